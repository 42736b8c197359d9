"""A day or moment is read the same way in every room, and a naive one is refused in each."""

from datetime import UTC, date, datetime, timedelta, timezone, tzinfo

import pytest

from tjdocs import mrz
from tjdocs.documents import eligibility, example
from tjdocs.errors import UsageError
from tjdocs.inspection import Evidence, examine
from tjdocs.pki import Authority, TrustStore
from tjdocs.register import Keys, Register
from tjdocs.times import aware, day_of, moment_of

DUSHANBE = timezone(timedelta(hours=5))
LATE = datetime(2026, 11, 24, 1, 30, tzinfo=DUSHANBE)


class Nowhere(tzinfo):
    """A time zone that does not know its offset: as naive as none."""

    def utcoffset(self, dt):
        return None


NAIVE = [datetime(2026, 11, 24), datetime(2026, 11, 24, tzinfo=Nowhere())]  # noqa: DTZ001
NEITHER = ["2026-11-24", None, 20261124, (2026, 11, 24)]


def test_a_day_is_that_of_where_the_moment_was_taken():
    assert day_of(LATE) == date(2026, 11, 24)
    assert day_of(LATE.astimezone(UTC)) == date(2026, 11, 23)
    assert day_of(date(2026, 11, 24)) == date(2026, 11, 24)


def test_a_date_stands_for_its_noon():
    assert moment_of(date(2026, 11, 24)) == datetime(2026, 11, 24, 12, tzinfo=UTC)
    assert moment_of(LATE) is LATE
    assert aware(LATE) is LATE


@pytest.mark.parametrize("read", [aware, day_of, moment_of])
@pytest.mark.parametrize("bad", [*NAIVE, *NEITHER])
def test_what_is_refused(read, bad):
    with pytest.raises(UsageError) as caught:
        read(bad, "since")
    assert (caught.value.where, "time zone" in caught.value.hint) == ("since", True)
    assert caught.value.message == ("a naive moment" if bad in NAIVE else caught.value.message)


def test_a_date_is_no_moment():
    with pytest.raises(UsageError, match="no moment"):
        aware(date(2026, 11, 24))


ROOMS = {
    "mrz": lambda at, folder: mrz.parse("P<", at=at),
    "documents": lambda at, folder: eligibility(example("external-passport", at=LATE), at=at),
    "example": lambda at, folder: example("external-passport", at=at),
    "inspection": lambda at, folder: examine(Evidence(), TrustStore.of(()), at=at),
    "pki": lambda at, folder: Authority.create(folder / "authority", at=at),
    "register": lambda at, folder: Register.create(
        f"sqlite:///{folder}/r.db", keys=Keys.generate("example.tj/register"), officer="chief", office="store", at=at
    ),
}  # fmt: skip


@pytest.mark.parametrize("room", ROOMS)
@pytest.mark.parametrize("bad", [*NAIVE, *NEITHER])
def test_every_room_refuses_it(room, bad, tmp_path):
    with pytest.raises(UsageError) as caught:
        ROOMS[room](bad, tmp_path)
    assert caught.value.where == "at"
