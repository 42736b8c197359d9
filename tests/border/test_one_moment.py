"""One moment gives one verdict, whatever offset its text has: its day is that of the crossing point's time zone."""

import functools
import tomllib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.support import cases_attacks as attacks
from tests.support.law_cases import FOREIGN, VALID, Desk, Traveller, document, entry, grant
from tjdocs import specs, times
from tjdocs.border import Evidence, Inspector
from tjdocs.border.checks import crossing_point
from tjdocs.border.evidence.inspection_record import Records, retention
from tjdocs.errors import SpecError

DUSHANBE = timezone(timedelta(hours=5))
OFFSETS = st.integers(-23 * 60 - 59, 23 * 60 + 59).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MIDNIGHT = datetime(2026, 12, 10, 19, tzinfo=UTC)  # 11 December begins in Dushanbe


@functools.cache
def travellers() -> dict[str, tuple[Inspector, Evidence]]:
    """Whoever's verdict rests on a day: of expiry, issue, a ban, a visa, a stay, a date of birth."""
    paper = attacks.paper("return-certificate", attacks.RETURN)  # to 10 December
    visa = Traveller(FOREIGN, lists=(grant("visa", valid_until="2026-12-10"),), point="kulma")
    ban = Traveller(lists=(entry(valid_from="2026-12-11", valid_until="2027-01-01"),))
    stay = Traveller(FOREIGN, "exit", claims={"entered": "2026-11-26"})  # ten business days end with 10 December
    dated = Traveller(document(issued="2026-12-11", expires="2036-12-10"), register=Desk(VALID))
    expires = Traveller(document("return-certificate", issued="2026-11-20", expires="2026-12-10"))
    young = Traveller(document(born="2026-12-11", expires="2036-03-01"))
    lanes = {"visa": visa, "ban": ban, "stay": stay, "dated": dated, "expires": expires, "century": young}
    found = {name: (who.inspector(), who.evidence()) for name, who in lanes.items()}
    return {"paper": (Inspector(trust=paper.trust), paper.evidence), **found}


def judged(name: str, at: date | datetime):
    inspector, evidence = travellers()[name]
    return inspector.inspect(evidence, at=at, dry_run=True)


@pytest.mark.requirement("BOR-4")
@given(st.sampled_from(sorted(travellers())), st.integers(-100_000, 100_000), OFFSETS, OFFSETS)
@example("paper", 0, UTC, DUSHANBE)
@example("paper", 3600, UTC, DUSHANBE)  # 20:00 in UTC: the next day had begun at the desk
@settings(max_examples=150, deadline=None)
def test_one_moment_gives_one_verdict(name, seconds, ours, theirs):
    moment = MIDNIGHT + timedelta(seconds=seconds)
    first, second = judged(name, moment.astimezone(ours)), judged(name, moment.astimezone(theirs))
    assert first.as_json() == second.as_json()
    assert first.crossing.day == moment.astimezone(ZoneInfo("Asia/Dushanbe")).date()
    # the verdict says the moment so that whoever reads it reads that day
    assert first.as_json()["at"][:10] == first.crossing.day.isoformat()


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("paper", ("admit", ""), ("refuse", "doc.expiry expired")),
        ("expires", ("admit", ""), ("refuse", "doc.expiry expired")),
        ("visa", ("admit", ""), ("refuse", "holder.right expired")),
        ("ban", ("admit", ""), ("refuse", "holder.ban banned")),
        ("stay", ("admit", ""), ("refer", "holder.stay overstayed")),
        ("dated", ("refuse", "doc.validity-period issued-in-future"), ("refuse", "register.agreement differs")),
    ],
)
def test_the_day_changes_at_midnight_in_dushanbe(name, before, after):
    for at, (decision, reason) in (
        (MIDNIGHT - timedelta(seconds=1), before), (MIDNIGHT, after), (date(2026, 12, 10), before), (date(2026, 12, 11), after),
    ):  # fmt: skip
        verdict = judged(name, at)
        found = {f"{f.check} {f.reason}" for f in verdict.findings if f.check in verdict.decided_by and not f.outcome.ok}
        assert verdict.decision == decision, (at, found)
        assert not reason or reason in found, (at, found)
        assert verdict.crossing.day == (at if type(at) is date else at.astimezone(DUSHANBE).date())


def test_a_year_of_two_digits_is_read_on_the_day_of_the_place():
    """Born on 11 December: the day before, that was a hundred years ago."""
    years = [judged("century", MIDNIGHT + timedelta(seconds=s)).examination.printed.date_of_birth.year for s in (-1, 0)]
    assert years == [1926, 2026]


# ------------------------------------------------------------------------------------------------------ another time zone


@pytest.fixture
def points(monkeypatch):
    """Set crossing points with rows of a test's own."""

    def set_(*rows):
        table = {"schema": 1, "point": [{"text": "Specimen", "kind": "road", **row} for row in rows]}
        read = specs.read_toml
        monkeypatch.setattr(specs, "read_toml", lambda path: table if path == "border/points.toml" else read(path))
        found = crossing_point.points.__wrapped__()
        monkeypatch.setattr(crossing_point, "points", lambda: found)
        return found

    return set_


def test_a_crossing_point_may_have_a_time_zone_of_its_own(points):
    points({"id": "here"}, {"id": "far", "time_zone": "Pacific/Auckland"}, {"id": "west", "time_zone": "Etc/GMT+12"})
    inspector, evidence = travellers()["paper"]
    day = {"": 10, "here": 10, "nowhere": 10, "far": 11, "west": 9}
    at = datetime(2026, 12, 10, 11, 30, tzinfo=UTC)
    for point, number in day.items():
        seen = replace(evidence, point=point)
        verdicts = [inspector.inspect(seen, at=at.astimezone(offset), dry_run=True) for offset in (UTC, DUSHANBE)]
        assert verdicts[0].as_json() == verdicts[1].as_json()
        assert verdicts[0].crossing.day == date(2026, 12, number)
        assert any(f.reason == "expired" for f in verdicts[0].findings) is (number > 10)
        # a date is that date everywhere
        on_day = inspector.inspect(seen, at=date(2026, 12, 10), dry_run=True)
        assert on_day.crossing.day == date(2026, 12, 10)
        assert on_day.decision == ("refer" if point == "nowhere" else "admit")  # which is no crossing point


@pytest.mark.parametrize("name", ["Asia/Dushambe", "localtime", ""])
def test_a_crossing_point_in_no_time_zone_is_an_error_of_the_table(points, name):
    with pytest.raises(SpecError, match="unknown time zone") as caught:
        points({"id": "kulma", "time_zone": name})
    assert "points.toml kulma" in caught.value.where


@pytest.mark.parametrize("table", ['schema = 1\ntime_zone = "Dushanbe"', "schema = 1", 'schema = 1\ntime_zone = "UTC"\nzone = "UTC"'])
def test_a_home_zone_that_cannot_be_used(table, monkeypatch):
    monkeypatch.setattr(specs, "read_toml", lambda path: tomllib.loads(table))
    with pytest.raises(SpecError):
        times.home_zone.__wrapped__()


# --------------------------------------------------------------------------------------------------- batches and records


def test_records_are_of_the_day_at_the_desk_and_go_on_it(tmp_path):
    """The first period of the calendar begins on 1 January 2020, and each has 31 days."""
    begins = date(2020, 1, 1) + timedelta(days=31 * 82)
    at = datetime(begins.year, begins.month, begins.day, 0, 30, tzinfo=DUSHANBE)
    for number, moment in enumerate((at, at.astimezone(UTC))):
        records = Records(tmp_path / str(number))
        records.add(Traveller(at=moment).judge())
        (period,) = (tmp_path / str(number)).glob("*.jsonl")
        assert period.stem == begins.isoformat()
        last = at + timedelta(days=retention().key_days - 1 + retention().days)
        assert records.purge(at=last.astimezone(UTC)) == 0
        assert records.purge(at=(last + timedelta(days=1)).astimezone(UTC)) == 1
