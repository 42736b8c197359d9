"""A day or moment is read the same way in every room, and a naive one is refused in each."""

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tjdocs import mrz
from tjdocs.documents import eligibility
from tjdocs.documents import example as specimen
from tjdocs.errors import SpecError, UsageError
from tjdocs.inspection import Evidence, examine
from tjdocs.pki import Authority, TrustStore
from tjdocs.register import Keys, Register
from tjdocs.times import aware, day_of, home_zone, moment_of, named_zone, read

DUSHANBE = timezone(timedelta(hours=5))
LATE = datetime(2026, 11, 24, 1, 30, tzinfo=DUSHANBE)


class Nowhere(tzinfo):
    """A time zone that does not know its offset: as naive as none."""

    def utcoffset(self, dt):
        return None


NAIVE = [datetime(2026, 11, 24), datetime(2026, 11, 24, tzinfo=Nowhere())]  # noqa: DTZ001
NEITHER = ["2026-11-24", None, 20261124, (2026, 11, 24)]


ZONES = ("Asia/Dushanbe", "Pacific/Kiritimati", "Pacific/Apia", "Pacific/Auckland", "Etc/GMT+12", "Europe/Berlin", "UTC")
OFFSETS = st.integers(-23 * 60 - 59, 23 * 60 + 59).map(lambda minutes: timezone(timedelta(minutes=minutes)))


def test_the_day_of_a_moment_is_that_of_the_home_zone_whatever_offset_it_was_written_with():
    assert home_zone().key == "Asia/Dushanbe"
    assert day_of(LATE) == day_of(LATE.astimezone(UTC)) == date(2026, 11, 24)
    assert day_of(datetime(2026, 11, 23, 19, tzinfo=UTC)) == date(2026, 11, 24)
    assert day_of(datetime(2026, 11, 23, 18, 59, 59, tzinfo=UTC)) == date(2026, 11, 23)
    assert day_of(date(2026, 11, 24)) == date(2026, 11, 24)


def test_the_day_of_a_moment_in_a_named_zone():
    assert day_of(LATE, zone=named_zone("UTC", "here")) == date(2026, 11, 23)
    assert day_of(LATE, zone=named_zone("Pacific/Kiritimati", "here")) == date(2026, 11, 24)


def test_a_date_stands_for_its_noon():
    assert moment_of(date(2026, 11, 24)) == datetime(2026, 11, 24, 12, tzinfo=UTC)
    assert moment_of(LATE) == aware(LATE) == LATE
    far = moment_of(date(2026, 11, 24), zone=named_zone("Pacific/Kiritimati", "here"))
    assert far.isoformat() == "2026-11-24T12:00:00+14:00"


@given(st.dates(), st.sampled_from(ZONES))
@example(date.min, "Pacific/Kiritimati")
@example(date.max, "Pacific/Kiritimati")
@example(date(2011, 12, 30), "Pacific/Apia")  # a day that this place did not have
def test_a_date_is_its_own_day_in_every_zone(day, name):
    zone = named_zone(name, "here")
    assert day_of(day, zone=zone) == moment_of(day, zone=zone).date() == day


TWICE = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # a clock in Berlin shows this hour twice
MOMENTS = st.integers(-62_135_000_000, 253_402_000_000).map(lambda s: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=s))


@given(MOMENTS, OFFSETS, OFFSETS, st.sampled_from(ZONES))
@example(TWICE, UTC, DUSHANBE, "Europe/Berlin")
@example(TWICE + timedelta(hours=1), UTC, DUSHANBE, "Europe/Berlin")
def test_one_moment_has_one_day_and_one_text(moment, ours, theirs, name):
    zone, moment = named_zone(name, "here"), moment.astimezone(ours)
    other = moment_of(moment.astimezone(theirs), zone=zone)
    assert moment_of(moment, zone=zone).isoformat() == other.isoformat()
    assert other == moment
    assert other.date() == day_of(moment, zone=zone) == moment.astimezone(zone).date()
    # whoever reads it back has the same moment and day
    assert moment_of(datetime.fromisoformat(other.isoformat()), zone=zone).isoformat() == other.isoformat()


def test_moments_of_a_zone_with_summer_time_are_compared_as_moments():
    zone = named_zone("Europe/Berlin", "here")
    early, late = moment_of(TWICE, zone=zone), moment_of(TWICE + timedelta(hours=1), zone=zone)
    assert early.replace(tzinfo=None) == late.replace(tzinfo=None)  # the clock on the wall
    assert early < late
    assert late - early == timedelta(hours=1)


@pytest.mark.parametrize(("end", "name"), [
    (datetime(1, 1, 1, 11, 59, tzinfo=UTC), "Etc/GMT+12"), (datetime(9999, 12, 31, 19, tzinfo=UTC), "Asia/Dushanbe"),
])  # fmt: skip
def test_a_moment_at_the_end_of_the_calendar_is_left_in_utc(end, name):
    zone = named_zone(name, "here")
    for offset in (UTC, timezone(timedelta(hours=-1 if end.year == 9999 else 1))):
        assert moment_of(end.astimezone(offset), zone=zone).isoformat() == end.isoformat()
        assert day_of(end.astimezone(offset), zone=zone) == end.date()


@pytest.mark.parametrize("end", [datetime(1, 1, 1, tzinfo=DUSHANBE), datetime(9999, 12, 31, 23, tzinfo=timezone(-timedelta(hours=5)))])
def test_a_moment_beyond_the_calendar(end):
    zone = named_zone("Etc/GMT+12" if end.year == 1 else "Asia/Dushanbe", "here")
    with pytest.raises(UsageError, match="beyond the calendar"):
        moment_of(end, zone=zone)


@pytest.mark.parametrize("name", [
    "Asia/Dushambe", "asia/dushanbe", "America", "localtime", "posix/UTC", "right/UTC", "../UTC", "/etc/localtime", "",
    "Asia/Dushanbe\0", "UTC\n", "\ud800", 5, None, ["UTC"],
])  # fmt: skip
def test_a_zone_that_the_database_does_not_have(name):
    with pytest.raises(SpecError) as caught:
        named_zone(name, "points.toml kulma")
    assert (caught.value.message, caught.value.where.startswith("points.toml kulma: ")) == ("unknown time zone", True)


def test_the_zones_are_there_on_a_machine_without_a_database():
    program = "import zoneinfo; zoneinfo.reset_tzpath([]); from tjdocs import times; print(times.home_zone())"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "Asia/Dushanbe\n"


@pytest.mark.parametrize(("text", "value"), [
    ("2026-11-24", date(2026, 11, 24)),
    ("2026-11-24T01:30:00+05:00", LATE),
    ("2026-11-23T20:30:00Z", LATE),
])  # fmt: skip
def test_a_date_stays_a_date_when_it_is_read_and_a_moment_a_moment(text, value):
    assert read(text) == value
    assert type(read(text)) is type(value)


@pytest.mark.parametrize(("text", "message"), [
    ("2026-11-24T01:30:00", "a moment without offset"), ("2026-11-31", "not a date or moment"), ("", "not a date or moment"),
    ("now", "not a date or moment"), (20261124, "not a date or moment"), (None, "not a date or moment"),
])  # fmt: skip
def test_a_text_that_is_neither(text, message):
    with pytest.raises(UsageError, match=message) as caught:
        read(text, "--at")
    assert caught.value.where == "--at"


@pytest.mark.parametrize("taken", [aware, day_of, moment_of])
@pytest.mark.parametrize("bad", [*NAIVE, *NEITHER])
def test_what_is_refused(taken, bad):
    with pytest.raises(UsageError) as caught:
        taken(bad, "since")
    assert (caught.value.where, "time zone" in caught.value.hint) == ("since", True)
    assert caught.value.message == ("a naive moment" if bad in NAIVE else caught.value.message)


def test_a_date_is_no_moment():
    with pytest.raises(UsageError, match="not a moment"):
        aware(date(2026, 11, 24))


ROOMS = {
    "mrz": lambda at, folder: mrz.parse("P<", at=at),
    "documents": lambda at, folder: eligibility(specimen("external-passport", at=LATE), at=at),
    "example": lambda at, folder: specimen("external-passport", at=at),
    "inspection": lambda at, folder: examine(Evidence(), TrustStore.of(()), at=at),
    "pki": lambda at, folder: Authority.create(folder / "authority", at=at),
    "register": lambda at, folder: Register.create(
        f"sqlite:///{folder}/r.db", keys=Keys.generate("example.tj/register"), officer="chief", office="store", at=at, trial=True
    ),
}  # fmt: skip


@pytest.mark.parametrize("room", ROOMS)
@pytest.mark.parametrize("bad", [*NAIVE, *NEITHER])
def test_every_room_refuses_it(room, bad, tmp_path):
    with pytest.raises(UsageError) as caught:
        ROOMS[room](bad, tmp_path)
    assert caught.value.where == "at"
