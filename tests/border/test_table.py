"""The table of docs/border.md is what running it gives, and it says what the law says."""

from pathlib import Path

from make_table import WAYS, states, table

DOCS = Path(__file__).parents[2] / "docs/border.md"


def test_the_table_of_the_documentation_is_what_running_it_gives():
    assert table() in DOCS.read_text(encoding="utf-8")


def test_only_what_is_valid_is_admitted():
    for kind in WAYS:
        for state, who in states(kind).items():
            assert (who.judge().decision == "admit") == (state == "valid"), (kind, state)
