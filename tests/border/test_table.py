"""The table of docs/border.md is what running it gives, it is complete, and it says what the law says."""

from pathlib import Path

import pytest

from tests.border.make_table import rows, table

DOCS = Path(__file__).parents[2] / "docs/border.md"
TYPES = ("external-passport", "internal-passport", "stateless-id", "registration-certificate", "return-certificate")
WITH_CHIP = TYPES[:3]
STATES = {"valid", "expired", "lost", "stolen", "revoked", "used up", "lost and replaced", "wrong direction",
          "banned holder", "wrong holder", "asks for protection"}  # fmt: skip


@pytest.fixture(scope="module")
def found():
    return list(rows())


def test_the_table_of_the_documentation_is_what_running_it_gives(found):
    text = DOCS.read_text(encoding="utf-8")
    made = table(found)
    assert made in text
    assert sum(line.startswith("| ") and "| admit |" in line for line in text.splitlines()) == made.count("| admit |")


@pytest.mark.requirement("BOR-1")
def test_every_type_stands_there_in_every_state(found):
    assert {(kind, state) for kind, _, state, _, _ in found} == {
        *((kind, state) for kind in TYPES for state in STATES),
        *((kind, "chip not shown") for kind in WITH_CHIP),
        ("return-certificate", "shown again"),
    }
    assert len(found) == len(TYPES) * len(STATES) + len(WITH_CHIP) + 1


@pytest.mark.requirement("BOR-1")
def test_only_what_is_valid_is_admitted_and_whoever_asks_for_protection_is_never_refused(found):
    for kind, _, state, said, why in found:
        assert (said == "admit") == (state == "valid"), (kind, state)
        if state == "asks for protection":
            assert (said, why) == ("refer", "`holder.protection` asked")


def test_no_page_and_no_seal_takes_the_place_of_a_chip_that_the_register_knows(found):
    for kind, _, state, said, why in found:
        if state == "chip not shown":
            assert said == "refer"
            assert "`register.agreement` chip-not-shown" in why, kind


@pytest.mark.requirement("RET-2")
def test_a_return_certificate_is_good_for_one_journey(found):
    assert ("return-certificate", "entry", "shown again", "refuse", "`register.status` used-up") in found
