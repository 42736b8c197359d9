"""Every example of the README and of docs/ runs."""

import doctest
import re
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tjdocs import vectors
from tjdocs.documents import example
from tjdocs.office import Office
from tjdocs.pki import Authority, TrustStore
from tjdocs.pki.importing import import_paths
from tjdocs.register import Register

ROOT = Path(__file__).parents[1]
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
BLOCKS = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)


def block(word):
    (found,) = (text for text in BLOCKS if word in text)
    return found


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    authority = Authority.create("authority", at=NOW)
    import_paths(TrustStore.create("trust.db"), ["authority/csca.cer"], trust_candidates=True, at=NOW)
    return authority


@pytest.mark.requirement("EXT-1")
def test_passport_office(place, tmp_path, capsys):
    exec(block("office.issue"), {"text": example("external-passport", at=NOW).to_json(), "now": NOW})
    assert {path.name for path in (tmp_path / "out").iterdir()} >= {"EF_COM.bin", "EF_SOD.bin", "DG1.bin", "DG2.bin"}
    assert (tmp_path / "page.png").read_bytes().startswith(b"\x89PNG")
    assert "PPTJKERIKSSON<<ANNA" in capsys.readouterr().out


def test_border_scanner(place, capsys):
    issued = Office(place, Register("sqlite:///r.db")).issue(example("external-passport", at=NOW), at=NOW)
    files = {name.replace(".", "_"): data for name, data in issued.chip.items()}
    exec(block("Inspector("), {"lines": list(issued.mrz), "files": files, "now": NOW})
    assert capsys.readouterr().out.startswith("admit ")


def test_zone(capsys):
    zone = "PPUTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"
    exec(block("mrz.make"), {"zone_text": zone, "today": NOW.date()})
    out = capsys.readouterr().out
    assert out.startswith("True L898902C3 ")
    assert "PPTJKERIKSSON<<ANNA<MARIYA" in out


def test_vectors(capsys):
    exec(block("vectors.load"), {})
    assert "pa-0001" in capsys.readouterr().out


def test_adapter(tmp_path):
    """The example is a program: with a library that reads DG1, it answers as expected in both modes."""
    library = """
from tjdocs.lds.catalogue import LdsError as Unreadable
from tjdocs.lds.dg1 import Dg1

def read_lds_file(name, data):
    Dg1.parse(data)
"""
    (tmp_path / "mylibrary.py").write_text(library, encoding="utf-8")
    (tmp_path / "adapter.py").write_text(block("mylibrary"), encoding="utf-8")
    ids = [vector.id for vector in vectors.load("lds") if vector.input["name"] == "DG1"]
    for lines in (True, False):
        asked = ids if lines else ids[:2]
        command = [sys.executable, str(tmp_path / "adapter.py")]
        report = vectors.run(ids=asked, command=command, lines=lines, reasons=True)
        assert (report.ok, report.counts["lds"]) == (True, len(asked))
    assert len(ids) >= 4
    assert len(block("mylibrary").splitlines()) <= 16


@pytest.mark.parametrize("path", sorted((ROOT / "docs").glob("*.md")), ids=lambda path: path.name)
def test_examples_in_docs(path):
    result = doctest.testfile(str(path), module_relative=False, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert result.failed == 0


def test_every_link_leads_somewhere():
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), ROOT / "test_vectors/README.md"]:
        for target in re.findall(r"\]\(([^)#:]+)\)", path.read_text(encoding="utf-8")):
            assert (path.parent / target).exists(), f"{path.name}: {target}"
