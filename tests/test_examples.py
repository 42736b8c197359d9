"""The programs in examples/ run as their heads say."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from tjdocs.documents import example
from tjdocs.pki import TrustStore
from tjdocs.pki.trust.import_files import import_files

EXAMPLES = Path(__file__).parents[1] / "examples"


def run(name, *arguments):
    call = [sys.executable, EXAMPLES / name, *arguments]
    done = subprocess.run(call, capture_output=True, text=True, check=False)
    assert not done.stderr, done.stderr
    return done.returncode, done.stdout.splitlines()


def test_an_office_issues_and_a_lane_judges(tmp_path):
    applications = tmp_path / "applications"
    applications.mkdir()
    for kind in ("external-passport", "internal-passport"):
        text = example(kind, at=datetime.now(UTC)).to_json()
        (applications / f"{kind}.json").write_text(text, encoding="utf-8")
    (applications / "unreadable.json").write_text("{}")
    status, lines = run("office.py", tmp_path / "authority", applications, tmp_path / "scans")
    assert status == 1
    assert [line.partition(",")[0] for line in lines[:2]] == [
        "external-passport.json: external-passport T00000001",
        "internal-passport.json: internal-passport TN0000001",
    ]
    assert lines[2].startswith("unreadable.json: refused: ")
    store = tmp_path / "trust.db"
    import_files(TrustStore.create(store), [tmp_path / "authority/csca.cer"], trust_candidates=True, at=datetime.now(UTC))
    status, lines = run("lane.py", store, tmp_path / "scans")
    assert status == 1  # the citizen's passport crosses no border
    assert lines[0].startswith("T00000001: admit (")
    assert lines[1].startswith("TN0000001: refuse (doc.use")
    data_group = tmp_path / "scans/T00000001/chip/DG1.bin"
    data_group.write_bytes(data_group.read_bytes()[:-1] + b"0")
    assert run("lane.py", store, tmp_path / "scans")[1][0].startswith("T00000001: refuse (")
