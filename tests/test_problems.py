"""The tables of problems: every format's is read by one loader, which refuses a slip."""

import pytest

from tjdocs import specs
from tjdocs.errors import SpecError
from tjdocs.lds import lds_problems
from tjdocs.mrz import mrz_problems
from tjdocs.problems import problem_table
from tjdocs.seal import seal_problems

FORMATS = [lds_problems.LdsProblem, mrz_problems.MrzProblem, seal_problems.SealProblem]
SLIPS = {
    "severity": lambda rows: rows[0].update(severity="grave"),
    "twice": lambda rows: rows.append(rows[0]),
    "unknown": lambda rows: rows[0].update(colour="red"),
    "missing": lambda rows: rows[0].pop("clause"),
}


@pytest.mark.parametrize("format_", FORMATS)
def test_a_problem_has_what_its_row_says(format_):
    rows = specs.read_toml(format_.TABLE)["problem"]
    assert rows
    for row in rows:
        problem = format_(row["id"], "part", "12 of 10")
        assert (problem.severity, problem.text, problem.clause) == (row["severity"], row["text"], row["clause"])
        assert "12" not in repr(problem)


@pytest.mark.parametrize("format_", FORMATS)
def test_a_word_of_no_row_is_no_problem(format_):
    with pytest.raises(SpecError, match=format_.TABLE):
        format_("no-such-problem")


@pytest.mark.parametrize("slip", SLIPS)
@pytest.mark.parametrize("format_", FORMATS)
def test_a_slip_in_a_table_is_refused(format_, slip, monkeypatch):
    table = specs.read_toml(format_.TABLE)
    rows = [dict(row) for row in table["problem"]]
    SLIPS[slip](rows)
    monkeypatch.setattr(specs, "read_toml", lambda path: {"schema": 1, "problem": rows})
    with pytest.raises(SpecError):
        problem_table.__wrapped__(format_.TABLE)


def test_a_problem_of_the_mrz_belongs_to_a_check(monkeypatch):
    table = specs.read_toml("mrz/problems.toml")
    monkeypatch.setattr(specs, "read_toml", lambda path: {"schema": 1, "problem": [table["problem"][0] | {"check": "mrz"}]})
    problem_table.cache_clear()
    try:
        with pytest.raises(SpecError, match="unknown check"):
            mrz_problems.problem_kinds.__wrapped__()
    finally:
        problem_table.cache_clear()
