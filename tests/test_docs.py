"""Every example of the README and of docs/ runs."""

import doctest
import json
import os
import re
import shlex
import subprocess
import sys
import textwrap
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support.command_line import run
from tjdocs import vectors
from tjdocs.documents import example
from tjdocs.errors import RegisterError
from tjdocs.office import Office
from tjdocs.pki import Authority
from tjdocs.register import Register

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
# a clone's own commands: the second runs these tests, the first is a shell script of the same acts
CLONE = ("    tools/demo ", "    tools/test ")
LIBRARY = """
import base64
from tjdocs.vectors import library_adapter

class Unreadable(Exception):
    pass

def read_lds_file(name, data):
    result, reason = library_adapter._lds_file({"name": name, "data": base64.b64encode(data).decode()})
    if result == "invalid":
        error = Unreadable()
        error.reason = reason
        raise error
"""


def snippets(text):
    """Yield every block of the README, in order: whether it is Python, and its text without the indent."""
    for found in re.finditer(r"^```python\n(.*?)^```|((?:^    \S[^\n]*\n)(?:^    [^\n]*\n)*)", text, re.DOTALL | re.MULTILINE):
        yield found[1] is not None, found[1] if found[1] is not None else textwrap.dedent(found[2])


@pytest.fixture(scope="module")
def followed(tmp_path_factory):
    """A fresh folder in which the README was followed word for word; what each block printed."""
    folder, printed = tmp_path_factory.mktemp("readme"), []
    (folder / "mylibrary.py").write_text(LIBRARY, encoding="utf-8")  # the reader's own
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    for python, text in snippets(README):
        if text.startswith("tools/"):
            assert all(line.startswith(CLONE) for line in textwrap.indent(text, "    ").splitlines())
            continue
        if "import read_lds_file" in text:
            (folder / "adapter.py").write_text(text, encoding="utf-8")
            continue
        command = [sys.executable, "-c", text] if python else ["bash", "-ec", text]
        done = subprocess.run(command, cwd=folder, env={**os.environ, "PATH": path}, capture_output=True, text=True)
        assert done.returncode == 0, f"{text}\n{done.stdout}\n{done.stderr}"
        printed.append(done.stdout)
    return folder, printed


@pytest.mark.requirement("EXT-1")
def test_the_readme_runs_as_printed_and_in_that_order(followed):
    folder, (clerk, office, border, scanner, zone, listed, vectors_, run) = followed
    assert "external-passport T00000001, valid to" in clerk
    assert {path.name for path in (folder / "out").iterdir()} >= {"EF_COM.bin", "EF_SOD.bin", "DG1.bin", "DG2.bin"}
    assert (folder / "page.png").read_bytes().startswith(b"\x89PNG")
    assert "PPTJKERIKSSON<<ANNA" in office
    assert "\nADMIT\n" in border
    assert scanner.startswith("admit ")
    assert zone.startswith("True T00000001 ()") and "PPTJKERIKSSON<<ANNA<MARIYA" in zone
    assert "lds" in listed and (folder / "vectors").is_dir()
    assert "pa-0001" in vectors_
    assert "lds" in run


def test_no_number_is_issued_twice_by_the_readme(followed, tmp_path):
    folder, (_, office, *_) = followed
    assert "T00000002" in office
    office, now = Office(Authority.open(folder / "authority"), Register(f"sqlite:///{tmp_path}/register.db")), datetime.now(UTC)
    with pytest.raises(RegisterError, match="numbers of another register"):
        office.issue(example("external-passport", at=now), at=now)


def test_the_adapter_answers_in_both_modes(followed):
    folder, _ = followed
    ids = [vector.id for vector in vectors.load("lds") if vector.input["name"] == "DG1"]
    for lines in (True, False):
        asked = ids if lines else ids[:2]
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(folder)
            report = vectors.run(ids=asked, command=[sys.executable, "adapter.py"], lines=lines, reasons=True)
        assert (report.ok, report.counts["lds"]) == (True, len(asked))
    assert len(ids) >= 4
    assert len((folder / "adapter.py").read_text(encoding="utf-8").splitlines()) <= 16


@pytest.mark.parametrize("path", sorted((ROOT / "docs").glob("*.md")), ids=lambda path: path.name)
def test_examples_in_docs(path):
    result = doctest.testfile(str(path), module_relative=False, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert result.failed == 0


def test_what_the_border_prints_is_as_in_its_page(tmp_path, monkeypatch):
    """Each command after a dollar sign, with the lines below it."""
    page = (ROOT / "docs/border.md").read_text(encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    entry = {"id": "B-1", "category": "ban", "primary_identifier": "ЭРИКССОН", "secondary_identifier": "АННА МАРИЯ",
             "date_of_birth": "1994", "direction": "entry", "reason": "court order", "authority": "court"}  # fmt: skip
    (tmp_path / "bans.jsonl").write_text(json.dumps(entry) + "\n", encoding="utf-8")
    zone = re.search(r'^>>> zone = \("(\S+)", "(\S+)"\)$', page, re.MULTILINE)
    (tmp_path / "mrz.txt").write_text("\n".join(zone.groups()) + "\n")
    printed = re.findall(r"^    \$ tjdocs (.*)\n((?:    .*\n|\n(?=    ))+)", page, re.MULTILINE)
    assert len(printed) == 2
    for command, lines in printed:
        _, out, err = run(*shlex.split(command))
        assert (out, err) == (textwrap.dedent(lines), "")


def test_what_the_chip_prints_is_as_in_its_page(tmp_path, monkeypatch):
    """A new passport, and then a copy of its files without its keys."""
    page = (ROOT / "docs/chip.md").read_text(encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    run("authority", "create", "authority")
    _, out, _ = run("documents", "example", "external-passport")
    (tmp_path / "application.json").write_text(out, encoding="utf-8")
    run("issue", "external-passport", "--authority", "authority", "--application", "application.json", "--out", "passport")
    printed = re.findall(r"^    \$ (.*)\n((?:    (?!\$).*\n|\n(?=    ))*)", page, re.MULTILINE)
    assert [command.split()[0] for command, _ in printed] == ["tjdocs", "cp", "rm", "tjdocs"]
    for command, lines in printed:
        if command.startswith("tjdocs"):
            _, out, err = run(*shlex.split(command)[1:])
            assert (out, err) == (textwrap.dedent(lines), "")
        else:
            subprocess.run(shlex.split(command), check=True)


def test_snippets_define_every_name_that_they_use(tmp_path):
    """A reader copies one block: a name of another one would be an error."""
    for path in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
        for number, (python, text) in enumerate(snippets(path.read_text(encoding="utf-8"))):
            if (python and ">>>" not in text) or text.startswith(("from ", "import ")):  # a doctest is run as one
                (tmp_path / f"{path.stem}_{number}.py").write_text(text, encoding="utf-8")
    assert len(list(tmp_path.glob("README_*.py"))) >= 5
    assert len(list(tmp_path.glob("border_*.py"))) >= 1
    done = subprocess.run(["ruff", "check", "--isolated", "--select", "F821", tmp_path], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_every_link_leads_somewhere():
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), ROOT / "test_vectors/README.md"]:
        for target in re.findall(r"\]\(([^)#:]+)\)", path.read_text(encoding="utf-8")):
            assert (path.parent / target).exists(), f"{path.name}: {target}"
