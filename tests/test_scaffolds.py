"""``tools/new-check`` and ``tools/new-document-type``: all places or none, a tree that loads, tests that name the next step."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILL = "FILL" + " IN"  # in two parts: this file is searched too
PLACES = ("specs", "src", "tests", "docs", "CHANGELOG.md")
COPIED = (*PLACES, "tools", "test_vectors", "CONTRIBUTING.md", "pyproject.toml")
PRINTED = re.findall(r"^```text\n\$ (tools/new-.+)\n((?:.*\n)*?)```$", (ROOT / "CONTRIBUTING.md").read_text("utf-8"), re.MULTILINE)


def left(tree):
    """Each place that a scaffold left to fill in, in the order of work: data, code, tests, pages."""
    for name in PLACES:
        place = tree / name
        for path in [place] if place.is_file() else sorted(place.rglob("*")):
            if path.suffix in (".toml", ".py", ".md"):
                for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                    if FILL in line:
                        yield f"{path.relative_to(tree)}:{number}: {line.strip()}"


def test_nothing_is_left_to_fill_in():
    assert not (places := list(left(ROOT))), "\n".join(["fill in next:", *places])


def copy(folder):
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "golden"))
        else:
            shutil.copyfile(ROOT / name, folder / name)
    return folder


def run(tree, *command):
    """Run a command in a copy of the tree, with the library of that copy."""
    environment = {**os.environ, "PYTHONPATH": str(tree / "src"), "PYTHONPYCACHEPREFIX": f"{tree}-compiled"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return subprocess.run([sys.executable, *command], cwd=tree, env=environment, capture_output=True, text=True, check=False)


def failing(tree, *arguments):
    """The tests that fail in a copy, and all that was printed."""
    done = run(tree, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-rf", "--tb=short", *arguments)
    return set(re.findall(r"^FAILED \S*::(\S+)", done.stdout, re.MULTILINE)), done.stdout


def snapshot(tree):
    return {path: path.read_bytes() for name in COPIED for path in [tree / name, *(tree / name).rglob("*")] if path.is_file()}


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    """A copy in which nothing was written."""
    return copy(tmp_path_factory.mktemp("clean"))


@pytest.fixture(scope="module", params=["mrz.line-length", "doc.deposit"])
def checked(request, tmp_path_factory):
    """A copy with a new check, of the library or of the law."""
    tree = copy(tmp_path_factory.mktemp("checked"))
    done = run(tree, "tools/new-check", request.param)
    assert done.returncode == 0, done.stderr
    return tree, request.param, done.stdout


@pytest.fixture(scope="module", params=[("external-passport", ""), ("internal-passport", "IX"), ("registration-certificate", "IX")])
def typed(request, tmp_path_factory):
    """A copy with a new document type, like one of each format."""
    like, code = request.param
    tree = copy(tmp_path_factory.mktemp("typed"))
    done = run(tree, "tools/new-document-type", "official-paper", "--like", like, *(["--code", code] if code else []))
    assert done.returncode == 0, done.stderr
    return tree, done.stdout


@pytest.mark.parametrize(("command", "output"), PRINTED, ids=lambda value: value.partition("\n")[0])
def test_the_output_in_contributing_is_what_the_tool_prints(tmp_path, command, output):
    assert run(copy(tmp_path), *shlex.split(command)).stdout == output


def test_both_tools_are_in_contributing():
    assert [command.split()[0] for command, _ in PRINTED] == ["tools/new-document-type", "tools/new-check"]


def test_a_new_check_loads_and_the_list_begins_with_its_row(checked):
    tree, id_, output = checked
    assert run(tree, "-c", f"from tjdocs.findings import checks; import tjdocs.border; checks()['{id_}']").returncode == 0
    assert run(tree, "-m", "ruff", "check", "--no-cache", ".").returncode == 0
    assert run(tree, "-m", "ruff", "format", "--no-cache", "--check", "src").returncode == 0
    failed, printed = failing(tree, "tests/test_scaffolds.py::test_nothing_is_left_to_fill_in")
    assert failed == {"test_nothing_is_left_to_fill_in"}
    first = next(line for line in printed.splitlines() if f": {FILL}" in line or f'"{FILL}' in line)
    assert re.search(rf'specs/checks.toml:\d+: title = "{FILL}: a noun phrase"', first)
    # each place that is printed has something to fill in, or says that it has not
    places = {line.split()[0]: line for line in output.partition("not written:")[0].splitlines()[1:]}
    open_places = {place.partition(":")[0] for place in left(tree)}
    assert open_places == {name for name, line in places.items() if "nothing is left" not in line}


def test_the_cases_of_a_new_check_fail_until_it_has_a_function(checked):
    tree, id_, _ = checked
    room, name = ("border", id_.replace(".", "-")) if id_.startswith("doc") else ("inspection", id_)
    failed, _ = failing(tree, f"tests/{room}", "-k", name)
    finds = {one for one in failed if one.startswith(("test_the_finding", "test_document_gives"))}
    assert len(finds) == 3
    assert all(name in one for one in failed)
    # every reason has its case, and every text is there
    failed, _ = failing(tree, f"tests/{room}", "-k", "every_reason_of_the")
    assert not failed
    assert not failing(tree, "tests/border/test_texts.py", "tests/border/test_details.py", "-k", "keys_are or every or says_what")[0]


def test_a_new_type_loads_and_the_list_begins_with_its_file(typed):
    tree, output = typed
    program = "from tjdocs.documents import load_types; assert 'official-paper' in load_types.names()"
    assert run(tree, "-c", program).returncode == 0
    assert run(tree, "-m", "ruff", "check", "--no-cache", ".").returncode == 0
    _, printed = failing(tree, "tests/test_scaffolds.py::test_nothing_is_left_to_fill_in")
    assert re.search(rf'fill in next:\n(?:E +)?specs/documents/official-paper.toml:\d+: # {FILL}', printed)
    assert re.search(rf'specs/documents/official-paper.toml:\d+: en = "{FILL}"', printed)
    assert "tests/documents/test_types.py " in output.partition("not written:")[2]


def test_a_new_type_is_issued_and_admitted_and_its_boundaries_are_the_next_step(typed):
    tree, _ = typed
    failed, printed = failing(tree, "tests/office/test_official_paper.py")
    assert failed == {"test_official_paper_has_boundaries"}, printed
    assert f"{FILL}: the last lawful application" in printed
    failed, _ = failing(
        tree, "tests/documents/test_types.py::test_there_are_five", "tests/documents/test_application.py", "-k", "five or schema_is_current",
    )  # fmt: skip
    assert failed == {"test_there_are_five"}


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (("new-check", "mrz.dates"), "the check exists: mrz.dates"),
        (("new-check", "mrz"), "not an id of a check: mrz"),
        (("new-check", "mrz.Dates"), "not an id of a check: mrz.Dates"),
        (("new-check", "mrz.a/../b"), "not an id of a check: mrz.a/../b"),
        (("new-check", "visa.length"), "unknown group: visa"),
        (("new-check", "mrz.length", "--reasons", "no-input,no-input"), "not reasons: no-input,no-input"),
        (("new-check", "mrz.length", "--reasons", "No"), "not reasons: No"),
        (("new-document-type", "stateless-id"), "the document exists: stateless-id"),
        (("new-document-type", "foreign-card"), "the document exists: foreign-card"),
        (("new-document-type", "../paper"), "not an id of a document type: ../paper"),
        (("new-document-type", "Paper"), "not an id of a document type: Paper"),
        (("new-document-type", "paper", "--like", "papyrus"), "unknown document type: papyrus"),
        (("new-document-type", "paper", "--code", "pd"), "not a document code: pd"),
        (("new-document-type", "paper", "--like", "internal-passport"), "not a document code: missing"),
        (("new-document-type", "paper", "--code", "PS"), "the tree would not load: "),  # another type has it
    ],
)
def test_a_call_that_cannot_be_carried_out_writes_nothing(clean, command, message):
    before = snapshot(clean)
    done = run(clean, f"tools/{command[0]}", *command[1:])
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"tools/{command[0]}: {message}")
    assert done.stderr.count("\n") == 1
    assert snapshot(clean) == before


@pytest.mark.parametrize("failing_at", [1, 3, 8])
def test_a_write_that_fails_leaves_the_tree_as_it_was(clean, failing_at):
    program = f"""
import os, runpy, sys
calls, replace = [], os.replace
def replace_(*paths):
    calls.append(paths)
    if len(calls) == {failing_at}:
        raise OSError(28, "No space left on device")
    replace(*paths)
os.replace = replace_
sys.argv = ["tools/new-check", "mrz.line-length"]
runpy.run_path("tools/new-check", run_name="__main__")
"""
    before = snapshot(clean)
    done = run(clean, "-c", program)
    assert done.returncode == 2
    assert done.stderr == "tools/new-check: not written: No space left on device; the tree is as it was\n"
    assert snapshot(clean) == before
