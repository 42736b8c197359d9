"""Programs that others wrote answer the vectors; docs/peers.md has each difference with its judgement."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.interop import make_peers
from tjdocs import vectors

pytestmark = pytest.mark.interop
ROOT = Path(__file__).parents[2]
PEERS = [peer["id"] for peer in make_peers.TABLE["peer"]]


@pytest.fixture(scope="module")
def reports():
    return {peer: make_peers.ask(peer) for peer in PEERS}


@pytest.mark.parametrize("peer", PEERS)
def test_a_program_answers_all_vectors_that_it_supports(reports, peer):
    report = reports[peer]
    assert len(report.results) == sum(len(vectors.load(area)) for area in vectors.areas())
    assert {result.status for result in report.results} <= {"agrees", "differs", "unsupported"}
    assert sum(report.counts.values()) >= 150
    agreed = sum(result.status == "agrees" for result in report.results)
    assert agreed > len(report.differences)


def test_the_page_is_what_the_programs_answer(reports):
    page = make_peers.document(reports)
    assert make_peers.MISSING not in page, "add a row to tests/interop/peers.toml"
    hint = "tools/interop --peers writes it"
    assert (ROOT / "docs/peers.md").read_text(encoding="utf-8") == page, hint


def test_a_twin_gets_other_readers_past_the_table_of_states(reports):
    """The standard's specimens are refused by a program that knows real States alone; their twins are read."""
    given = {result.vector.id: result for result in reports["mrz"].results}
    assert given["mrz-0001"].result == "invalid"
    assert "UTO" in given["mrz-0001"].reason
    assert given["mrz-0001"].status == "agrees"
    (twin,) = (r for r in reports["mrz"].results if r.vector.comment.startswith(f"{given['mrz-0001'].vector.comment}, of"))
    assert (twin.result, twin.status) == ("valid", "agrees")


def test_the_first_adapter_of_the_guide_runs(tmp_path):
    """test_vectors/README.md, from zero to a first result, in JavaScript and without any package."""
    guide = (ROOT / "test_vectors/README.md").read_text(encoding="utf-8")
    (program,) = re.findall(r"```js\n(.*?)```", guide, re.DOTALL)
    (tmp_path / "adapter.js").write_text(program, encoding="utf-8")
    run = subprocess.run(
        ["tjdocs", "vectors", "run", "--json", "--lines", "--", "node", tmp_path / "adapter.js"],
        capture_output=True, check=False, timeout=300,
    )  # fmt: skip
    report = json.loads(run.stdout)
    assert (run.returncode, report["differences"]) == (0, [])
    assert report["counts"]["mrz"] >= 5
    assert report["counts"]["algorithms"] >= 60
