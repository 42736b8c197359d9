"""The register's days are those of the home zone, whatever offset a moment was given with."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from tjdocs.errors import UsageError
from tjdocs.register import Document, Register
from tjdocs.register.reconciliation import _day

DUSHANBE = timezone(timedelta(hours=5))
OFFSETS = [UTC, DUSHANBE, timezone(timedelta(hours=-11))]
MIDNIGHT = datetime(2026, 11, 24, 19, tzinfo=UTC)  # 25 November begins in Dushanbe
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize("offset", OFFSETS, ids=str)
def test_a_document_expires_with_its_last_day_there(offset):
    document = Document("T00000001", "external-passport", "handed-over", "anna", "2026-11-24", "2026-11-24")
    last, after = (MIDNIGHT - SECOND).astimezone(offset), MIDNIGHT.astimezone(offset)
    assert (document.status_at(last), document.status_at(after)) == ("handed-over", "expired")
    assert (document.valid(last), document.valid(after)) == (True, False)
    first = MIDNIGHT - timedelta(days=1)
    assert document.valid(first.astimezone(offset)) is True
    assert document.valid((first - SECOND).astimezone(offset)) is False
    assert (document.status_at(date(2026, 11, 24)), document.status_at(date(2026, 11, 25))) == ("handed-over", "expired")


@pytest.mark.parametrize("offset", OFFSETS, ids=str)
def test_a_decision_is_of_no_day_to_come_there(offset, tmp_path):
    register = Register(f"sqlite:///{tmp_path}/r.db")
    given = {"act": "act 1", "officer": "anna", "document_type": "external-passport"}
    with pytest.raises(UsageError, match="a day to come"):
        register.decisions.record("application", "accepted", day=date(2026, 11, 25), at=(MIDNIGHT - SECOND).astimezone(offset), **given)
    assert register.decisions.record("application", "accepted", day=date(2026, 11, 25), at=MIDNIGHT.astimezone(offset), **given)


@pytest.mark.parametrize("offset", OFFSETS, ids=str)
def test_blanks_move_on_the_day_there(offset, tmp_path):
    register = Register(f"sqlite:///{tmp_path}/r.db")
    register.blanks.add_series("external-passport", "T{:08d}", officer="anna", at=(MIDNIGHT - SECOND).astimezone(offset))
    told = {"act": "act 1", "supplier": "printer", "office": "dushanbe", "officer": "anna"}
    register.blanks.receive("T00000001-T00000010", at=(MIDNIGHT - SECOND).astimezone(offset), **told)
    register.blanks.receive("T00000011-T00000013", at=MIDNIGHT.astimezone(offset), **told)
    lines = register.report(first=date(2026, 11, 24), last=date(2026, 11, 25)).lines
    assert [(line.day, line.opening, line.received) for line in lines] == [("2026-11-24", 0, 10), ("2026-11-25", 10, 3)]


@pytest.mark.parametrize(("stamp", "day"), [
    ("2026-11-24T19:00:00+00:00", "2026-11-25"), ("2026-11-25T00:00:00+05:00", "2026-11-25"), ("2026-11-24T18:59:59Z", "2026-11-24"),
    # altered behind the register's back
    ("2026-11-24T19:00:00", "2026-11-24"), ("yesterday", "yesterday"), ("9999-12-31T23:00:00+00:00", "9999-12-31"), ("", ""),
])  # fmt: skip
def test_an_altered_entry_stops_no_report(stamp, day):
    assert _day(stamp) == day
