"""docs/conformance-issuing.md says what the tests show: rows that can fail, tests that exist, the page of today."""

import ast

import pytest

from tests.office.make_conformance_issuing import CLAUSES, PAGE, PARTS, STATES, TESTS, document, named


def test_the_page_is_made_of_todays_rows():
    assert PAGE.read_text(encoding="utf-8") == document()


@pytest.mark.parametrize("clause", CLAUSES, ids=lambda clause: f"{clause['part']}-{clause['id']}")
def test_a_clause_has_a_state_and_what_proves_it(clause):
    assert clause["part"] in PARTS and clause["state"] in STATES
    assert bool(named(clause)) == (clause["state"] in ("met", "part"))
    for test in named(clause):
        path, _, name = test.partition("::")
        tree = ast.parse((TESTS / path).read_text(encoding="utf-8"))
        assert name in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}, test
