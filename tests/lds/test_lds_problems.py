"""Every named problem is listed, found by some file, and says where the standard has it."""

import ast
from pathlib import Path

import pytest

import tjdocs
from tjdocs import specs
from tjdocs.errors import SpecError
from tjdocs.lds.lds_problems import REASONS, LdsProblem

ROWS = specs.read_toml("lds/problems.toml")["problem"]
SOURCES = {room: list((Path(tjdocs.__file__).parent / room).rglob("*.py")) for room in ("lds", "portrait")}


def called_with(name: str, *rooms: str) -> set[str]:
    """First arguments, where they are constants, of all calls of ``name`` in these rooms."""
    found = set()
    for source in (path for room in rooms or SOURCES for path in SOURCES[room]):
        for node in ast.walk(ast.parse(source.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == name and node.args:
                found |= {part.value for part in ast.walk(node.args[0]) if isinstance(part, ast.Constant)}
    return found


def test_the_list_is_what_the_code_finds():
    assert {row["id"] for row in ROWS} == called_with("LdsProblem")


def test_every_reason_of_an_error_is_explained():
    sod = {"sod"}  # reasons of EF.SOD are its own
    assert called_with("LdsError") - sod <= set(REASONS)


def test_each_says_what_and_where():
    for row in ROWS:
        problem = LdsProblem(row["id"])
        assert problem.severity in ("error", "undetermined", "warning")
        assert problem.text.endswith(".")
        assert problem.clause


def test_a_file_that_can_be_read_has_no_error_for_which_its_holder_is_refused():
    """What the State signed is read or an officer looks; errors are of photographs that are handed in."""
    severities = {row["id"]: row["severity"] for row in ROWS}
    of_files = {id_: severities[id_] for id_ in called_with("LdsProblem", "lds")}
    assert "error" not in of_files.values()
    # no two readers may take another name or face from them
    officer = {id_ for id_, severity in of_files.items() if severity == "undetermined"}
    assert officer == {"object-duplicate", "iso39794-unread", "image-format"}


def test_an_unknown_code_is_a_defect_of_the_code():
    with pytest.raises(SpecError):
        LdsProblem("no-such-problem")


def test_details_do_not_show_in_repr():
    assert "300" not in repr(LdsProblem("image-size", detail="300 x 400"))
