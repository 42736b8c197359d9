"""Every named problem is listed, found by some file, and says where the standard has it."""

import ast
from pathlib import Path

import pytest

import tjdocs
from tjdocs import specs
from tjdocs.errors import SpecError
from tjdocs.lds.lds_problems import REASONS, LdsProblem

ROWS = specs.read_toml("lds/problems.toml")["problem"]
SOURCES = [path for room in ("lds", "portrait") for path in (Path(tjdocs.__file__).parent / room).rglob("*.py")]


def called_with(name: str) -> set[str]:
    """First arguments, where they are constants, of all calls of ``name`` in this room."""
    found = set()
    for source in SOURCES:
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
        assert problem.severity in ("error", "warning")
        assert problem.text.endswith(".")
        assert problem.clause


def test_an_unknown_code_is_a_defect_of_the_code():
    with pytest.raises(SpecError):
        LdsProblem("no-such-problem")


def test_details_do_not_show_in_repr():
    assert "300" not in repr(LdsProblem("image-size", detail="300 x 400"))
