"""The guideline's cases under both policies: what is expected, and the page that lists the differences."""

from pathlib import Path

import pytest

from tests.vectors import make_conformance
from tjdocs import specs
from tjdocs.border import Policy
from tjdocs.errors import UsageError

DOCS = Path(__file__).parents[2] / "docs/conformance.md"


@pytest.fixture(scope="module")
def rows():
    return make_conformance.rows()


@pytest.mark.requirement("TR-VERDICT")
def test_what_the_guideline_accepts_is_admitted_and_nothing_else(rows):
    wrong = {id_ for id_, row in rows.items() if (row["conformance"] == "admit") != (row["expects"] == "accept")}
    assert wrong == set()


def test_every_case_of_the_six_files_is_a_vector_or_says_why_not(rows):
    numbers = {letter: make_conformance.NUMBERS[file] for letter, file in make_conformance.FILES.items()}
    every = {f"{letter}_{n:02}" for letter, last in numbers.items() for n in range(1, last + 1)}
    assert len(every) == 174
    assert set(rows) | set(make_conformance.NOT_MADE) == every
    assert set(rows) & set(make_conformance.NOT_MADE) == set()


def test_the_default_differs_only_by_tolerances_that_have_a_name_and_a_reason(rows):
    table = specs.read_toml("defects.toml")["defect"] + specs.read_toml("lds/problems.toml")["problem"]
    named = {row["id"] for row in table}
    given = set()
    for row in rows.values():
        if row["default"] != row["conformance"]:
            assert (row["default"], row["conformance"]) == ("admit", "refuse")
            assert row["default-reason"] == row["conformance-reason"]
            given.add(row["conformance-reason"].partition("/")[2])
    assert given == set(make_conformance.WHY) <= named


def test_the_page_is_what_running_the_cases_gives():
    assert DOCS.read_text(encoding="utf-8") == make_conformance.document()


def test_a_policy_that_is_not_bundled():
    with pytest.raises(UsageError, match="unknown policy"):
        Policy.bundled("../defects")
