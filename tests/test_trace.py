"""``docs/law.md`` is current, and a requirement that nothing carries or tests is seen."""

import importlib.machinery
import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def trace(place, *arguments):
    command = [sys.executable, place / "tools/trace", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def module():
    loader = importlib.machinery.SourceFileLoader("trace_tool", str(ROOT / "tools/trace"))
    made = importlib.util.module_from_spec(importlib.util.spec_from_loader("trace_tool", loader))
    loader.exec_module(made)
    return made


@pytest.fixture
def copy(tmp_path):
    for name in ("tools", "specs", "docs"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copytree(ROOT / "tests", tmp_path / "tests", ignore=shutil.ignore_patterns("__pycache__", "jmrtd"))
    return tmp_path


def edit(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_law_is_current(module):
    rows = module.tomllib.loads((ROOT / "specs/requirements.toml").read_text())["requirement"]
    text = (ROOT / "docs/law.md").read_text(encoding="utf-8")
    assert text == module.law(rows, module.carriers()), "tools/trace --law"
    # every id of the law's table of documents, and the one that is ours
    ids = [f"EXT-{n}" for n in range(1, 5)] + [f"STL-{n}" for n in range(1, 5)] + [f"INT-{n}" for n in range(1, 4)]
    ids += [f"REG-{n}" for n in range(1, 7)] + ["CIT-1", "RET-1", "RET-2", "ONE-1", "NAM-1"]
    assert [row["id"] for row in rows if row["area"] == "documents"] == ids
    assert all(f"| {id_} | " in text for id_ in ids)


def test_everything_is_carried_and_tested():
    status, said = trace(ROOT)
    assert (status, said.splitlines()[-1].endswith(" 0 faults")) == (0, True), said


def test_a_rule_that_was_taken_away_is_missed(copy):
    edit(copy / "specs/documents/registration-certificate.toml", 'requirement = "REG-1"', 'requirement = "REG-2"')
    status, said = trace(copy)
    assert status == 1
    assert "requirement that no document type carries: REG-1" in said
    assert "docs/law.md is not current" in said
    assert trace(copy, "--law")[0] == 1
    assert "is not current" not in trace(copy)[1]


def test_a_test_that_was_taken_away_is_missed(copy):
    for path in (copy / "tests").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace('requirement("STL-4")', 'requirement("STL-9")'), encoding="utf-8")
    said = trace(copy)[1]
    assert "requirement without a test: STL-4" in said
    assert "a test names no requirement: STL-9" in said


def test_a_requirement_that_nobody_listed(copy):
    edit(copy / "specs/documents/stateless-id.toml", 'requirement = "STL-4"', 'requirement = "STL-8"')
    assert "a document type names no requirement: STL-8" in trace(copy)[1]


def test_a_repealed_act_that_is_cited_alone(copy):
    edit(copy / "specs/documents/stateless-id.toml", "Resolution 207 of 31.03.2020; ", "")
    assert "a repealed act is cited alone: specs/documents/stateless-id.toml:" in trace(copy)[1]


def test_changes_of_acts_are_in_the_law(copy):
    text = (copy / "docs/law.md").read_text(encoding="utf-8")
    assert "| Resolution 294 of 27.05.2020 | amended by Resolution 687 of 31.12.2020 |" in text
    edit(copy / "specs/acts.toml", "amended_in = 2017", "amended_in = 2018")
    assert "docs/law.md is not current" in trace(copy)[1]
