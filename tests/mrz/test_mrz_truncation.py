"""Names that do not fit: every example of the standard by a named strategy, and what holds for all of them."""

import time

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tjdocs.errors import UsageError
from tjdocs.mrz.truncation import STRATEGIES, fit

LONG = "BENNELONG WOOLOOMOOLOO WARRANDYTE WARNAMBOOL", "DINGO POTOROO"
TD1, TD2, TD3 = 30, 31, 39

# Doc 9303-4 to -7, 4.2.3 (MRV-B: 7.2.3).
EXAMPLES = [
    (TD3, ("NILAVADHANANANDA", "CHAYAPA DEJTHAMRONG KRASUANG"), "initials", "NILAVADHANANANDA<<CHAYAPA<DEJTHAMRONG<K"),
    (TD3, ("NILAVADHANANANDA", "ARNPOL PETCH CHARONGUANG"), "shortened", "NILAVADHANANANDA<<ARNPOL<PETCH<CHARONGU"),
    (TD3, LONG, "initials", "BENNELONG<WOOLOOMOOLOO<WARRANDYTE<W<<DI"),
    (TD3, LONG, "shortened:9,7,7,6/5", "BENNELONG<WOOLOOM<WARRAND<WARNAM<<DINGO"),
    (TD3, LONG, "fixed-length:6", "BENNEL<WOOLOO<WARRAN<WARNAM<<DINGO<POTO"),
    (TD1, ("NILAVADHANANANDA", "CHAYAPA DEJTHAMRONG KRASUANG"), "initials", "NILAVADHANANANDA<<CHAYAPA<DE<K"),
    (TD1, ("NILAVADHANANANDA", "ARNPOL PETCH CHARONGUANG"), "shortened:/6,2,2", "NILAVADHANANANDA<<ARNPOL<PE<CH"),
    (TD1, LONG, "initials", "BENNELONG<WOOLOOMOOLOO<W<W<<DI"),
    (TD1, LONG, "shortened:9,7,2,4/1,1", "BENNELONG<WOOLOOM<WA<WARN<<D<P"),
    (TD1, LONG, "fixed-length", "BENNE<WOOLO<WARRA<WARNA<<DIN<P"),
    (TD1, ("VILARCHAO FERNANDEZ", "JOSE RAMON"), "initials", "VILARCHAO<FERNANDEZ<<JOSE<RAMO"),
    (TD2, ("NILAVADHANANANDA", "CHAYAPA DEJTHAMRONG KRASUANG"), "initials", "NILAVADHANANANDA<<CHAYAPA<DEJ<K"),
    (TD2, ("NILAVADHANANANDA", "ARNPOL PETCH CHARONGUANG"), "shortened", "NILAVADHANANANDA<<ARN<PET<CHARO"),
    (TD2, LONG, "initials", "BENNELONG<WOOLOOMOOLOO<W<W<<D<P"),
    (TD2, LONG, "shortened:9,7,3,4/1,1", "BENNELONG<WOOLOOM<WAR<WARN<<D<P"),
    (TD2, LONG, "fixed-length:6,5", "BENNEL<WOOLO<WARRA<WARNA<<DIN<P"),
    (TD2, ("NILAVADHANANANDA", "ARNPOL PETCH CHARONGUANG"), "shortened:/4,2,5", "NILAVADHANANANDA<<ARNP<PE<CHARO"),
    (TD2, LONG, "initials-filled", "BENNELONG<WOOLOOMOOLOO<WAR<W<<D"),
    (TD2, LONG, "shortened:9,7,3,2/5", "BENNELONG<WOOLOOM<WAR<WA<<DINGO"),
    (TD2, LONG, "fixed-length:4", "BENN<WOOL<WARR<WARN<<DINGO<POTO"),
]


@pytest.mark.parametrize(("width", "name", "strategy", "expected"), EXAMPLES)
def test_the_standards_examples(width, name, strategy, expected):
    fitted = fit(name[0].split(), name[1].split(), width, strategy)
    assert fitted.text == expected
    assert fitted.truncated


def test_a_name_that_fits_is_left_whole():
    for strategy in STRATEGIES:
        fitted = fit(["PAPANDROPOULOUS"], ["JONATHON", "WARREN", "TREVOR"], TD3, strategy)
        assert (fitted.text, fitted.truncated) == ("PAPANDROPOULOUS<<JONATHON<WARREN<TREVOR", False)
        assert fit(["ARKFREITH"], [], TD1, strategy).text == "ARKFREITH".ljust(TD1, "<")


_COMPONENTS = st.lists(st.text("ABCXYZ", min_size=1, max_size=45), min_size=1, max_size=24)


@given(_COMPONENTS, _COMPONENTS | st.just([]), st.sampled_from([TD1, TD2, TD3]), st.sampled_from(sorted(STRATEGIES)))
def test_what_the_standard_asks_of_every_truncation(primary, secondary, width, strategy):
    fitted = fit(primary, secondary, width, strategy)
    assume(fitted.truncated)
    assert len(fitted.text) == width
    one, _, other = fitted.text.rstrip("<").partition("<<")
    kept, rest = one.split("<"), other.split("<") if other else []
    assert all(whole.startswith(part) for whole, part in zip(primary, kept, strict=False))
    assert all(whole.startswith(part) for whole, part in zip(secondary, rest, strict=False))
    assert len(kept) <= len(primary)
    assert len(rest) <= len(secondary)
    assert bool(rest) == bool(secondary)  # the separator and a letter of the secondary stay
    if max(map(len, [*primary, *secondary])) > 1:  # of single letters alone not every length can be filled
        assert fitted.text[-1] != "<"


@pytest.mark.parametrize(
    "strategy",
    ["", "middle", "initials:3", "initials-filled:1", "shortened:0", "shortened:x", "shortened:1,,2", "fixed-length:-1",
     "fixed-length:1000", "shortened:9,7,7,7/9", "shortened:9,9,9,9", "fixed-length:²", "fixed-length:" + "9" * 5000],
)  # fmt: skip
def test_lengths_that_cannot_be_used_are_refused(strategy):
    with pytest.raises(UsageError, match="truncation"):
        fit(LONG[0].split(), LONG[1].split(), TD3, strategy)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_what_no_field_has_room_for_costs_nothing(strategy):
    short, long = ["ABCD", "E"] * 20, ["ABCD", "E"] * 50_000
    started = time.process_time()
    assert fit(long, long, TD3, strategy) == fit(short, short, TD3, strategy)
    assert fit(["A" * 10**6], ["B" * 10**6], TD3, strategy) == fit(["A" * 60], ["B" * 60], TD3, strategy)
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    ("primary", "secondary", "strategy", "expected"),
    [
        # The primary gives way, however long its first component is.
        (["A" * 45], ["ANNA"], "initials", "A" * 36 + "<<A"),
        (["A" * 45], [], "initials", "A" * 39),
        # So many components that even their first letters do not fit: those at the end are left out.
        (["ABC"] * 24, ["ANNA"], "initials", "AB" + "<A" * 17 + "<<A"),
        # What initials leave over is given back, so that the last position is a letter.
        (["AAAA", "B" * 33], ["C"], "initials", "AAAA<" + "B" * 31 + "<<C"),
        # One position is left: a letter makes room for the first letter of a component that was left out.
        (["A" * 35], ["B", "C"], "initials", "A" * 34 + "<<B<C"),
        (["A" * 30], ["BBBB", "C" * 3], "initials", "A" * 30 + "<<BBBB<CC"),
        (["A"] * 21, ["B"], "initials", "<".join("A" * 18) + "<<B<"),
    ],
)
def test_the_primary_gives_way_and_a_letter_stands_last(primary, secondary, strategy, expected):
    assert len(expected) == TD3 or expected.endswith("<")
    assert fit(primary, secondary, TD3, strategy).text == expected.ljust(TD3, "<")
