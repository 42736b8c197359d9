"""INT-4: a treaty lets the passport of a citizen cross the border; without a row it does not."""

from datetime import date
from functools import partial

import pytest

from tests.support.law_cases import Traveller, document
from tjdocs import specs
from tjdocs.border.checks import treaties as room
from tjdocs.border.checks.treaties import treaties
from tjdocs.errors import SpecError

CARD = partial(document, "internal-passport")
ROW = {"document": "internal-passport", "state": "UZB", "since": date(2020, 1, 1), "source": "Agreement of 01.12.2019"}
AT = "fotehobod"  # to Uzbekistan


@pytest.fixture
def table(monkeypatch):
    """Put rows in the table of treaties."""
    read = specs.read_toml

    def put(*rows):
        made = {"schema": 1, "treaty": list(rows)}
        monkeypatch.setattr(specs, "read_toml", lambda path: made if path == "border/treaties.toml" else read(path))
        treaties.cache_clear()

    yield put
    monkeypatch.undo()
    treaties.cache_clear()


def use(point=AT, direction="exit", kind=CARD):
    verdict = Traveller(kind(), direction, point=point).judge()
    (found,) = [f for f in verdict.findings if f.check == "doc.use"]
    return str(found.outcome), found.reason, found.detail


@pytest.mark.requirement("INT-2")
@pytest.mark.requirement("INT-4")
@pytest.mark.parametrize("direction", ["entry", "exit"])
def test_no_treaty_is_known_and_the_card_does_not_suffice(direction):
    assert treaties() == ()
    assert use(direction=direction)[:2] == ("failed", "domestic-only")


@pytest.mark.requirement("INT-4")
@pytest.mark.parametrize("direction", ["entry", "exit"])
def test_a_treaty_with_the_state_on_the_other_side_lets_it_suffice(table, direction):
    table(ROW)
    assert use(direction=direction) == ("passed", "", "Agreement of 01.12.2019")


@pytest.mark.requirement("INT-4")
@pytest.mark.parametrize(
    ("row", "point", "expected"),
    [
        (ROW, "kulma", ("failed", "domestic-only")),  # to China
        (ROW, "dushanbe-airport", ("undetermined", "not-recognised")),  # to many States
        (ROW, "", ("undetermined", "not-recognised")),
        (ROW | {"since": date(2099, 1, 1)}, AT, ("failed", "domestic-only")),
        (ROW | {"until": date(2020, 12, 31)}, AT, ("failed", "domestic-only")),
        (ROW | {"document": "return-certificate"}, AT, ("failed", "domestic-only")),
    ],
)
def test_another_state_day_or_document(table, row, point, expected):
    table(row)
    assert use(point)[:2] == expected


@pytest.mark.requirement("INT-4")
@pytest.mark.parametrize(
    ("since", "until", "known"),
    [("2026-11-24", None, 1), ("2026-11-25", None, 0), ("2020-01-01", "2026-11-24", 1), ("2020-01-01", "2026-11-23", 0)],
)
def test_first_and_last_day_are_included(table, since, until, known):
    days = {"since": date.fromisoformat(since)} | ({"until": date.fromisoformat(until)} if until else {})
    table(ROW | days)
    assert len(room.in_force("internal-passport", date(2026, 11, 24))) == known


@pytest.mark.parametrize(
    "row",
    [
        {**ROW, "document": "no-such"},
        {**ROW, "state": "QQQ"},
        {**ROW, "state": 5},
        {**ROW, "since": "2020-01-01"},
        {**ROW, "until": 5},
        {**ROW, "surplus": 1},
        {key: value for key, value in ROW.items() if key != "source"},
    ],
)
def test_a_malformed_row_is_refused(table, row):
    table(row)
    with pytest.raises(SpecError, match="treaties"):
        treaties()
