"""A document is issued on one day, whatever offset the moment of issue was given with: that of the type's time zone."""

import dataclasses
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.office.test_sixth_type import FILE, SIXTH
from tjdocs import mrz
from tjdocs.documents import DocumentTypes, eligibility, example
from tjdocs.errors import SpecError
from tjdocs.lds.dg12 import Dg12
from tjdocs.office import Office, preview

DUSHANBE = timezone(timedelta(hours=5))
LATE = datetime(2026, 11, 24, 20, tzinfo=UTC)  # 25 November, one o'clock in the morning in Dushanbe
OFFSETS = [UTC, DUSHANBE, timezone(timedelta(hours=-11))]


def dated(folder: Path, time_zone: str) -> DocumentTypes:
    """The types of a State elsewhere."""
    text = FILE.read_text().replace(f'id = "{SIXTH}"\n', f'id = "{SIXTH}"\n' + (f'time_zone = "{time_zone}"\n' if time_zone else ""))
    (folder / FILE.name).write_text(text)
    return DocumentTypes.load(folder)


@pytest.mark.parametrize("offset", OFFSETS, ids=str)
def test_a_document_is_issued_on_the_day_of_the_home_zone(office, offset, tmp_path):
    at = LATE.astimezone(offset)
    issued = office.issue(example("external-passport", at=at), at=at, out=tmp_path / "out", page=False)
    assert (issued.date_of_issue, issued.date_of_expiry) == (date(2026, 11, 25), date(2036, 11, 24))
    assert Dg12.parse(issued.chip["DG12"]).date_of_issue == "20261125"
    assert mrz.parse(issued.mrz, at=date(2026, 11, 25)).date_of_expiry == date(2036, 11, 24)
    kept = office._register.document(issued.document_number)
    assert (kept.date_of_issue, kept.date_of_expiry) == ("2026-11-25", "2036-11-24")


def test_a_date_is_the_day_of_issue(office):
    issued = office.issue(example("external-passport", at=date(2026, 11, 24)), at=date(2026, 11, 24), page=False)
    assert issued.date_of_issue == date(2026, 11, 24)


@pytest.mark.parametrize(("time_zone", "day"), [("", 25), ("America/Lima", 24), ("Asia/Dushanbe", 25), ("Pacific/Kiritimati", 25)])
@pytest.mark.parametrize("offset", OFFSETS, ids=str)
def test_a_type_may_have_a_time_zone_of_its_own(trial, register, tmp_path, time_zone, day, offset):
    types, at = dated(tmp_path, time_zone), LATE.astimezone(offset)
    application = example(SIXTH, at=at, types=types)
    assert application == example(SIXTH, at=date(2026, 11, day), types=types)
    lasting = tuple(dataclasses.replace(held, expires=date(2040, 1, 1)) for held in application.documents)
    application = dataclasses.replace(application, documents=lasting)
    shown = preview(application, at=at, types=types)
    issued = Office(trial, register, types=types).issue(application, at=at)
    assert issued.date_of_issue == date(2026, 11, day)
    assert shown.expires == issued.date_of_expiry == date(2028, 11, day - 1)
    # and a date is that date there too
    assert Office(trial, register, types=types).issue(application, at=date(2026, 11, 26)).date_of_issue == date(2026, 11, 26)


@pytest.mark.parametrize(("time_zone", "answer"), [("", "met"), ("America/Lima", "not met")])
@pytest.mark.parametrize("offset", OFFSETS, ids=str)
def test_the_rules_are_asked_of_that_day(tmp_path, time_zone, answer, offset):
    """Of somebody born on 25 November: the day of issue, or one to come."""
    types = dated(tmp_path, time_zone)
    child = dataclasses.replace(example(SIXTH, at=LATE, types=types), date_of_birth=date(2026, 11, 25))
    found = {result.rule: str(result.outcome) for result in eligibility(child, at=LATE.astimezone(offset), types=types)}
    assert found["born-before"] == answer


@pytest.mark.parametrize(("time_zone", "last"), [("", date(2027, 2, 28)), ("America/Lima", date(2027, 2, 27))])
def test_a_document_ends_on_the_day_before_its_signers_certificate_does_there(trial, register, tmp_path, time_zone, last):
    """In Lima the certificate ends on the evening of 28 February."""
    types = dated(tmp_path, time_zone)
    office, application = Office(trial, register, types=types), example(SIXTH, at=LATE, types=types)
    certificate = SimpleNamespace(not_after=datetime(2027, 3, 1, 2, tzinfo=UTC), document_types=None)
    signer = SimpleNamespace(certificate=certificate, check_usage=lambda at: None)
    assert office._expiry(types[SIXTH], application, LATE, signer) == last


@pytest.mark.parametrize("time_zone", ["Dushanbe", "asia/dushanbe", "localtime", "UTC+5"])
def test_a_type_in_no_time_zone_is_an_error_of_its_file(tmp_path, time_zone):
    with pytest.raises(SpecError, match="unknown time zone") as caught:
        dated(tmp_path, time_zone)
    assert FILE.name in caught.value.where
