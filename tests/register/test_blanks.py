"""Blanks of strict accountability: ranges, lawful moves only, and every number accounted for."""

import random
from datetime import date, timedelta
from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.register_helpers import KIND, NOW, TWO, enrol, issue, request, stock
from tjdocs import specs
from tjdocs.documents.number_pattern import Pattern
from tjdocs.errors import RegisterError, SpecError, UsageError
from tjdocs.register import lifecycle
from tjdocs.register.number_ranges import Span, Stock, differences, read_range

# who may do what to a blank, written down by hand from STL-3: not read from specs/register
LAWFUL = {
    ("assign", "received"): "sent",
    ("assign", "confirmed"): "sent",
    ("confirm", "sent"): "confirmed",
    ("confirm", "received"): "confirmed",
    ("spoil", "received"): "spoiled",
    ("spoil", "confirmed"): "spoiled",
    ("lost", "received"): "lost",
    ("lost", "sent"): "lost",
    ("lost", "confirmed"): "lost",
    ("stolen", "received"): "stolen",
    ("stolen", "sent"): "stolen",
    ("stolen", "confirmed"): "stolen",
    ("destroy", "received"): "destroyed",
    ("destroy", "confirmed"): "destroyed",
    ("destroy", "spoiled"): "destroyed",
    ("destroy", "lost"): "destroyed",
    ("destroy", "stolen"): "destroyed",
}
ACTS = ("assign", "confirm", "spoil", "lost", "stolen", "destroy")
STATES = ("received", "sent", "confirmed", "spoiled", "lost", "stolen", "destroyed", "reserved", "personalised", "never")


def do(register, act, numbers, at=NOW, **more):
    officers = ["chief", "second"] if act == "destroy" else ["chief"]
    told = {"office": "dushanbe", "to": "dushanbe", "ground": "told", "reference": "act 2", **more}
    register.blanks.move(act, numbers, officers=officers, at=at, **told)


def bring(register, state):
    """Bring one blank into a state; return its number."""
    number = "P0000001"
    if state == "never":
        return number
    register.blanks.receive(number, act="act 1", supplier="printer", office="dushanbe", officer="chief", at=NOW)
    if state in ("sent", "confirmed", "reserved", "personalised"):
        do(register, "assign", number)
    if state in ("confirmed", "reserved", "personalised"):
        do(register, "confirm", number)
    if state == "reserved":
        assert register.reserve(KIND, officer="anna", at=NOW).number == number
    if state == "personalised":
        assert issue(register) == number
    if state in ("spoiled", "lost", "stolen", "destroyed"):
        do(register, {"spoiled": "spoil", "destroyed": "destroy"}.get(state, state), number)
    assert register.blanks.find(number, officer="anna").state == state
    return number


def everything(register):
    """What the tables say, and how long the log is."""
    from tjdocs.register import tables as schema

    with register._context.store.read() as connection:
        tables = (schema.blank, schema.document, schema.reservation, schema.series, schema.officer, schema.entry)
        return [sorted(map(repr, connection.execute(table.select()).all())) for table in tables]


@pytest.mark.requirement("STL-3")
@pytest.mark.parametrize(("act", "state"), list(product(ACTS, STATES)))
def test_every_pair_of_act_and_state(register, act, state):
    number = bring(register, state)
    before = everything(register)
    if (act, state) in LAWFUL:
        do(register, act, number)
        assert register.blanks.find(number, officer="anna").state == LAWFUL[act, state]
        assert len(everything(register)[-1]) == len(before[-1]) + 1
        return
    with pytest.raises(RegisterError) as caught:
        do(register, act, number)
    assert number not in str(caught.value)
    if state not in ("reserved", "personalised", "never"):
        assert f"{act} is not lawful at status {state}" in str(caught.value)
    assert everything(register) == before


def test_the_table_above_is_what_the_specification_says():
    said = {(act.id, state): act.to for act in lifecycle.blanks().actions.values() for state in act.from_}
    assert said == LAWFUL


@pytest.mark.requirement("STL-3")
def test_ten_million_blanks_cost_no_more_than_ten(register):
    register.blanks.add_series("stateless-id", "S{:08d}", officer="chief", at=NOW)
    stock(register, "S00000001-S10000000")
    for n in (17, 4_000_000, 10_000_000):
        do(register, "spoil", f"S{n:08d}")
    spans = [(span.first, span.last, span.state) for _, span in register.blanks.spans("stateless-id", officer="anna")]
    assert spans == [
        (1, 16, "confirmed"), (17, 17, "spoiled"), (18, 3_999_999, "confirmed"), (4_000_000, 4_000_000, "spoiled"),
        (4_000_001, 9_999_999, "confirmed"), (10_000_000, 10_000_000, "spoiled"),
    ]  # fmt: skip
    do(register, "destroy", "S00000001-S10000000")
    assert [(len(span), span.state) for _, span in register.blanks.spans("stateless-id", officer="anna")] == [(10_000_000, "destroyed")]


def test_a_range_moves_whole_or_not_at_all(register):
    stock(register, "P0000001-P0000100")
    do(register, "spoil", "P0000050")
    before = everything(register)
    for numbers in ("P0000040-P0000060", "P0000090-P0000101", "P0000050-P0000051"):
        with pytest.raises(RegisterError):
            do(register, "lost", numbers)
    assert everything(register) == before
    do(register, "lost", "P0000051-P0000100")
    assert [(s.first, s.last, s.state) for _, s in register.blanks.spans(officer="anna")] == [
        (1, 49, "confirmed"), (50, 50, "spoiled"), (51, 100, "lost")
    ]  # fmt: skip


@pytest.mark.parametrize(
    "numbers",
    [
        "P0000100-P0000001", "P0000001-S0000002", "P00000001", "X0000001", "P0000001-", "-P0000001", "P000000a", "", 5, None,
        "P0000001-P0000002-P0000003", "P0000001 ", "P0000001\n", "p0000001", "P00000٠1", "P0000001'; DROP TABLE blank; --",
    ],
)  # fmt: skip
def test_numbers_that_are_none(register, numbers):
    stock(register, "P0000001-P0000100")
    before = everything(register)
    for call in (
        lambda: do(register, "lost", numbers),
        lambda: register.blanks.receive(numbers, act="1", supplier="s", office="o", officer="chief", at=NOW),
    ):
        if numbers == "P0000001-":  # one number: lawful, and then no more
            continue
        with pytest.raises((RegisterError, UsageError)):
            call()
    assert everything(register) == before


@pytest.mark.requirement("STL-3")
@pytest.mark.parametrize("numbers", ["P0000001", "P0000100", "P0000050-P0000060", "P0000100-P0000200", "P0000000-P0000300"])
@pytest.mark.parametrize("state", ["confirmed", "lost", "destroyed", "reserved", "personalised"])
def test_nothing_is_received_twice(register, numbers, state):
    stock(register, "P0000001-P0000100")
    if state in ("lost", "destroyed"):
        do(register, "lost" if state == "lost" else "destroy", "P0000001-P0000100")
    if state in ("reserved", "personalised"):
        do(register, "lost", "P0000002-P0000100")
        register.reserve(KIND, officer="anna", at=NOW) if state == "reserved" else issue(register)
    before = everything(register)
    with pytest.raises(RegisterError, match="received before"):
        register.blanks.receive(numbers, act="act 9", supplier="printer", office="store", officer="chief", at=NOW)
    assert everything(register) == before


@pytest.mark.parametrize(
    "pattern",
    ["P{:07d}", "P0{:06d}", "P00{:05d}", "P001{:04d}"],
)
def test_series_that_share_a_number(register, pattern):
    with pytest.raises(RegisterError, match="another's"):
        register.blanks.add_series("other", pattern, officer="chief", at=NOW)


def test_series_that_share_none(register):
    for pattern in ("P{:08d}", "PA{:06d}", "Q{:07d}", "{:08d}"):
        register.blanks.add_series("other", pattern, officer="chief", at=NOW)
    register.blanks.add_series(KIND, "P{:07d}", officer="chief", at=NOW)  # known: left as it is
    assert len(everything(register)[3]) == 5


@pytest.mark.parametrize("pattern", ["SAME", "{", "{0.__class__}", "{:08d}{:08d}", "T{:08d}/../x", "t{:08d}", 5])
def test_a_pattern_that_is_more_than_a_number_is_refused(register, pattern):
    with pytest.raises(RegisterError, match="pattern"):
        register.blanks.add_series("odd", pattern, officer="chief", at=NOW)


@pytest.mark.requirement("STL-3")
def test_destruction_wants_two_officers_and_an_act(register):
    stock(register, "P0000001-P0000010")
    for officers in (["chief"], ["chief", "chief"], ["chief", "anna"], ["chief", "second", "auditor"], []):
        with pytest.raises(RegisterError, match=r"2 different|missing role"):
            register.blanks.move("destroy", "P0000001", officers=officers, at=NOW, reference="act 2")
    with pytest.raises(UsageError):
        register.blanks.move("destroy", "P0000001", officers=["chief", "second"], at=NOW, reference=" ")
    assert register.blanks.find("P0000001", officer="anna").state == "confirmed"


@pytest.mark.parametrize("act", ["receive", *ACTS])
@pytest.mark.parametrize("officer", ["anna", "auditor", "gate", "nobody"])
def test_an_officer_without_the_role(register, act, officer):
    stock(register, "P0000001-P0000010")
    before = everything(register)
    may = {"confirm": "anna", "spoil": "anna"}
    if may.get(act) == officer:
        return
    officers = [officer, "chief"][: 2 if act == "destroy" else 1]
    told = {"office": "dushanbe", "to": "khujand", "ground": "g", "reference": "r"}

    def call():
        if act == "receive":
            register.blanks.receive("P0000020", act="1", supplier="s", office="o", officer=officer, at=NOW)
        else:
            register.blanks.move(act, "P0000001", officers=officers, at=NOW, **told)

    with pytest.raises(RegisterError, match="missing role"):
        call()
    assert everything(register) == before


HOSTILE = ["", " ", "\n", "a\nb", "x\u202e", "\0", "a" * 501, None, 5, b"x", ["x"], "\ud800"]


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_hostile_text_in_every_field(register, text):
    stock(register, "P0000001-P0000010")
    before = everything(register)
    told = {"act": "1", "supplier": "s", "office": "o", "officer": "chief"}
    for field in told:
        with pytest.raises((UsageError, RegisterError)):
            register.blanks.receive("P0000020", **{**told, field: text}, at=NOW)
    for act, field in (("assign", "to"), ("confirm", "office"), ("spoil", "ground"), ("lost", "ground")):
        with pytest.raises((UsageError, RegisterError)):
            register.blanks.move(act, "P0000001", officers=["chief"], at=NOW, **{field: text})
    assert everything(register) == before


@pytest.mark.parametrize("word", ["'; DROP TABLE blank; --", "a b", "ё", "%s", "a" * 65, '"', "{x}"])
def test_hostile_ids(register, word):
    for call in (
        lambda: register.officers.enrol(word, "clerk", office="o", officer="chief", at=NOW),
        lambda: register.officers.enrol("x", "clerk", office=word, officer="chief", at=NOW),
        lambda: register.reserve(KIND, officer=word, at=NOW),
        lambda: register.reserve(word, officer="anna", at=NOW),
        lambda: register.blanks.add_series(word, "Z{:08d}", officer="chief", at=NOW),
    ):
        with pytest.raises((UsageError, RegisterError)):
            call()


@pytest.mark.parametrize("at", [None, "2026-11-24", date(2026, 11, 24), NOW.replace(tzinfo=None)])
def test_a_time_that_is_none(register, at):
    with pytest.raises(UsageError):
        do(register, "lost", "P0000001", at=at)


def test_times_do_not_go_back(register):
    stock(register, "P0000001-P0000010")
    do(register, "lost", "P0000001", at=NOW + timedelta(days=2))
    with pytest.raises(RegisterError, match="before the last"):
        do(register, "destroy", "P0000001", at=NOW + timedelta(days=1))
    do(register, "lost", "P0000002", at=NOW + timedelta(days=1))  # the others are where they were
    with pytest.raises(RegisterError, match="before"):
        register.reserve(KIND, officer="anna", at=NOW - timedelta(seconds=1))


def test_an_office_confirms_only_what_was_sent_to_it(register):
    register.blanks.receive("P0000001-P0000010", act="1", supplier="s", office="store", officer="chief", at=NOW)
    do(register, "assign", "P0000001-P0000005", to="khujand")
    with pytest.raises(RegisterError, match="not sent to"):
        do(register, "confirm", "P0000001-P0000005", office="dushanbe")
    with pytest.raises(RegisterError, match="not sent to"):
        do(register, "confirm", "P0000006", office="dushanbe")  # received at the store
    do(register, "confirm", "P0000001-P0000003", office="khujand")
    do(register, "confirm", "P0000006", office="store")
    assert [(s.first, s.last, s.state, s.office, s.to) for _, s in register.blanks.spans(officer="anna")] == [
        (1, 3, "confirmed", "khujand", ""), (4, 5, "sent", "store", "khujand"), (6, 6, "confirmed", "store", ""),
        (7, 10, "received", "store", ""),
    ]  # fmt: skip
    with pytest.raises(RegisterError, match="number not available"):  # anna's office has none
        register.reserve(KIND, officer="anna", at=NOW)


def test_officers(register):
    with pytest.raises(RegisterError, match="unknown role"):
        register.officers.enrol("x", "king", office="o", officer="chief", at=NOW)
    with pytest.raises(RegisterError, match="has that role"):
        enrol(register, "anna", "clerk", "dushanbe")
    with pytest.raises(RegisterError, match="another office"):
        enrol(register, "anna", "auditor", "khujand", TWO)
    for officer in ("anna", "auditor", "gate", "nobody"):
        with pytest.raises(RegisterError, match="missing role"):
            enrol(register, "late", "clerk", "o", officer)
    register.officers.dismiss("anna", "clerk", officer="chief", at=NOW)
    with pytest.raises(RegisterError, match="no such role"):
        register.officers.dismiss("anna", "clerk", officer="chief", at=NOW)
    register.officers.dismiss("second", "officer", officer=TWO, at=NOW)
    with pytest.raises(RegisterError, match="last officer"):
        register.officers.dismiss("chief", "officer", officer="chief", at=NOW)
    held = {(one.id, one.role, one.office, one.key) for one in register.officers.list(officer="chief")}
    assert held == {
        ("chief", "officer", "store", request("chief").fingerprint),
        ("auditor", "auditor", "store", request("auditor").fingerprint),
        ("gate", "border", "gate-1", request("gate").fingerprint),
    }


# ------------------------------------------------------------------------------------------------ the algebra of ranges


@given(st.integers(0, 2**32))
def test_stock_is_a_map_from_numbers(seed):
    """Spans say the same as a plain dictionary of numbers."""
    chance = random.Random(seed)
    stock_, plain = Stock(), {}
    for _ in range(30):
        first = chance.randrange(40)
        last = chance.randrange(first, 40)
        new = None if chance.random() < 0.2 else Span(first, last, chance.choice("ab"), "o")
        stock_.put(new, first, last)
        for n in range(first, last + 1):
            plain[n] = new and new.state
    found = {n: span.state for span in stock_ for n in range(span.first, span.last + 1)}
    assert found == {n: state for n, state in plain.items() if state}
    assert stock_.overlaps() == []
    merged = stock_.merged()
    assert {n: s.state for s in merged for n in range(s.first, s.last + 1)} == found
    assert not any(a.joins(b) for a, b in pairwise(merged))
    for _ in range(5):
        first = chance.randrange(40)
        last = chance.randrange(first, 40)
        assert stock_.covers(first, last) == all(n in found for n in range(first, last + 1))
    other = Stock(span for span in merged if chance.random() < 0.5)
    lost = {n for low, high, _, theirs in differences(merged, other) for n in range(low, high + 1) if theirs is None}
    assert lost == set(found) - {n for s in other for n in range(s.first, s.last + 1)}


@given(st.text("PQ01", max_size=4), st.integers(1, 6), st.text("PQ01", max_size=4), st.integers(1, 6))
def test_patterns_collide_when_they_share_a_number(prefix, width, other, size):
    a, b = Pattern(prefix, width), Pattern(other, size)
    shared = False
    if len(prefix) + width == len(other) + size:
        text = "".join(
            (prefix[i : i + 1] or (other[i] if other[i].isdigit() else "")) if i < len(other) else (prefix[i : i + 1] or "0")
            for i in range(len(prefix) + width)
        )
        shared = a.read(text) is not None and b.read(text) is not None
    assert a.collides(b) == b.collides(a) == shared
    for n in (0, 10**width - 1):
        assert a.read(a.number(n)) == n
    assert Pattern.parse(a.text) == a


def test_reading_a_range():
    assert read_range("P0000001-P0000002") == ("P0000001", "P0000002")
    assert read_range("P0000001") == ("P0000001", "P0000001")


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        (("action", 0, "to"), None, "nowhere"),
        (("action", 1, "from"), None, ["nowhere"]),
        (("action", 1, "needs"), None, ["wishes"]),
        (("action", 1, "colour"), None, "red"),
        (("status", 0, "colour"), None, "red"),
        (("colour",), None, "red"),
    ],
)
def test_a_life_with_a_mistake_is_refused(path, old, new):
    table = specs.read_toml("register/blanks.toml")
    place = table
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = new
    with pytest.raises(SpecError):
        specs.convert(table, lifecycle.BlankFile, where="here")


def test_every_act_is_some_roles():
    acts = set(lifecycle.blanks().actions) | set(lifecycle.documents().actions)
    assert acts <= set().union(*(role.actions for role in lifecycle.roles().values()))
