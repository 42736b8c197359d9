"""Whatever is handed over: a verdict, no exception, and nobody admitted by it."""

import json
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.law_cases import NEVER, SOMEBODY, Desk, Traveller, document, entry, grant, standing
from tjdocs.border import Evidence, Inspector, Watchlists
from tjdocs.border.report import html_report
from tjdocs.errors import UsageError
from tjdocs.inspection.evidence import DIRECTIONS
from tjdocs.register import Keys, Register

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)

LISTS = Watchlists.of([entry(), NEVER, SOMEBODY, grant("visa"), entry("missing-person", date_of_birth="", id="E-3")])
TRUST = Traveller().inspector().trust
TEXT, CHIP = document()


@st.composite
def altered(draw, text: str) -> str:
    letters = list(text)
    for _ in range(draw(st.integers(0, 6))):
        place = draw(st.integers(0, len(letters) - 1))
        letters[place] = draw(st.one_of(st.sampled_from("<0129AOIZ \n"), st.characters(codec="utf-8")))
    return "".join(letters)


@given(
    zone=st.one_of(st.none(), st.text(max_size=200), altered(TEXT)),
    direction=st.sampled_from((None, *DIRECTIONS)),
    claims=st.dictionaries(st.sampled_from(["primary_identifier", "secondary_identifier", "date_of_birth", "nationality", "place", "category"]), st.text(max_size=40)),
    register=st.sampled_from([None, Desk(), Desk(broken=True), standing(), standing("lost"), standing("no such word")]),
    at=st.dates(date(1990, 1, 1), date(2090, 1, 1)),
    asks=st.booleans(),
)
@settings(max_examples=300, deadline=None)
def test_papers_without_proof_never_raise_and_never_admit(zone, direction, claims, register, at, asks):
    evidence = Evidence(mrz=zone, direction=direction, claims=claims, asks_protection=asks, point="kulma")
    verdict = Inspector(trust=TRUST, register=register, lists=LISTS).inspect(evidence, at=at)
    assert verdict.decision != "admit"
    assert not asks or verdict.decision == "refer"
    assert verdict.decided_by


@given(zone=altered(TEXT), name=st.sampled_from(sorted(CHIP)), data=st.data())
@settings(max_examples=100, deadline=None)
def test_an_altered_document_is_never_admitted_in_place_of_the_sound_one(zone, name, data):
    files = dict(CHIP)
    content = bytearray(files[name])
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= data.draw(st.integers(0, 255))
    files[name] = bytes(content)
    evidence = Evidence(mrz=zone, chip=files, direction="entry")
    verdict = Inspector(trust=TRUST, lists=LISTS).inspect(evidence, at=date(2026, 11, 24))
    assert verdict.decision in ("refer", "refuse")  # the very document is under a ban


HALF = "\ud800"  # half a surrogate pair: a str that is no text, as a JSON escape may make it


def test_half_a_character_in_a_zone_is_one_that_may_not_stand_there(tmp_path):
    """It reaches lists, register, record and evidence as U+FFFD, which all of them can write."""
    register = Register.create(
        f"sqlite:///{tmp_path / 'r.db'}", keys=Keys.generate("x"), officer="a", office="b", at=AT, trial=True
    )
    for place in ("ANNA", "T00000001", "TJK9"):
        zone = TEXT.replace(place, place[:2] + HALF + place[3:])
        evidence = Evidence(mrz=zone, direction="entry")
        verdict = Inspector(trust=TRUST, register=register, lists=LISTS).inspect(evidence, at=AT)
        assert verdict.decision == "refuse"
        assert ("mrz.structure", "failed") in {(f.check, str(f.outcome)) for f in verdict.findings}
        json.dumps(verdict.as_json(), ensure_ascii=False).encode()
        html_report.render(verdict).encode()


@pytest.mark.parametrize("given", [{"claims": {"place": HALF}}, {"point": HALF}, {"claims": {"primary_identifier": HALF}}])
def test_half_a_character_in_what_a_desk_says_is_a_bad_call(given):
    with pytest.raises(UsageError):
        Inspector(lists=LISTS).inspect(Evidence(mrz=TEXT, direction="entry", **given), at=AT)
