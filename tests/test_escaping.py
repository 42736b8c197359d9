"""Text of a stranger is shown so that nothing of it is hidden, moves other text, or commands a terminal."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tjdocs import errors, escaping

# ECMA-48 (C0, C1, DEL), the marks of direction of UAX 9, marks without width, half a pair, letters without a form
HIDDEN = [
    *map(chr, [*range(0x20), 0x7F, *range(0x80, 0xA0)]), *"\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u202a\u202b\u202c",
    *"\u202d\u202e\u2066\u2067\u2068\u2069\u061c\ufeff\u2060\u00ad\u3164\u2800", "\ud800", "\udfff", "\U000e0001",
]  # fmt: skip
SEEN = ["ERIKSSON<<ANNA", "ЭРИКССОН, АННА", "Ҷӣқӯғҳ", "عمر", "E\u0301", "…", "⟨", "a b", ""]
anything = st.text(st.characters(codec=None))


def harmless(text: str) -> bool:
    return not any(unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") for c in text)


@pytest.mark.parametrize("character", HIDDEN, ids=lambda c: f"{ord(c):04x}")
def test_what_is_not_seen_is_an_escape(character):
    shown = escaping.printable(f"a{character}b")
    assert character not in shown
    assert shown.startswith("a\\u")
    assert not escaping.is_visible(f"a{character}b")
    assert json.loads(f'"{shown}"') == f"a{character}b"  # the form is JSON's


@pytest.mark.parametrize("text", SEEN)
def test_what_is_seen_stays(text):
    assert escaping.printable(text) == text
    assert escaping.is_visible(text)


# Unicode 15.0, DerivedCoreProperties.txt, Default_Ignorable_Code_Point: of the standard's text, not of the code's table
IGNORABLE = [
    (0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x200B, 0x200F),
    (0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0),
    (0xFFF0, 0xFFF8), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF),
]  # fmt: skip


def test_every_code_point_that_may_be_ignored_is_an_escape():
    codes = [code for first, last in IGNORABLE for code in range(first, last + 1)]
    assert len(codes) == 4174
    assert [hex(code) for code in codes if escaping.is_visible(chr(code)) or escaping.printable(chr(code)) == chr(code)] == []


def test_every_character_whose_name_says_that_it_has_no_form_is_an_escape():
    words = ("VARIATION SELECTOR", "NULL NOTEHEAD", "GRAPHEME JOINER", "ZERO WIDTH", "INHERENT", "OBJECT REPLACEMENT", "LETTER SELECTOR",
             "FULL BLANK", "HALF BLANK", "PATTERN BLANK", "CHOSEONG FILLER", "JUNGSEONG FILLER", "HANGUL FILLER", "SCRIPT FILLER")  # fmt: skip
    named = {chr(code): unicodedata.name(chr(code), "") for code in range(0x110000)}
    found = {c: name for c, name in named.items() if any(word in name for word in words)}
    assert {name for c, name in found.items() if escaping.printable(c) == c} == set()
    assert len(found) > 270


def test_marks_that_paint_over_other_lines():
    assert escaping.printable("e" + "\u0301" * 3) == "e" + "\u0301" * 3
    assert escaping.printable("e" + "\u0301" * 5).endswith("\\u0301\\u0301")


def test_line_ends_stay_where_they_are_the_writers_own():
    assert escaping.printable("a\nb") == "a\\u000ab"
    assert escaping.printable("a\nb\x1b", lines=True) == "a\nb\\u001b"


@given(anything)
def test_whatever_the_text_nothing_hidden_is_left_and_it_can_be_written(text):
    for shown in (escaping.printable(text), escaping.name(text)):
        assert harmless(shown)
        shown.encode()
    assert escaping.ascii_text(text).isascii()


@given(st.lists(anything, min_size=2, max_size=2, unique=True))
def test_two_names_never_look_alike(names):
    assert escaping.name(names[0]) != escaping.name(names[1])


def test_names_whose_escapes_are_characters():
    assert escaping.name("b\udcff") != escaping.name("b\\udcff")


@given(st.recursive(anything | st.integers() | st.booleans() | st.none(), lambda x: st.lists(x, max_size=3) | st.dictionaries(anything, x, max_size=3), max_leaves=8))
def test_json_says_the_same_and_shows_everything(value):
    for indent in (None, 2):
        text = escaping.json_text(value, indent=indent)
        assert json.loads(text) == value
        assert harmless(text.replace("\n", ""))
        text.encode()


@given(anything, anything, anything)
def test_no_error_has_anything_hidden(message, where, hint):
    error = errors.InputError(message, where=where, hint=hint)
    assert harmless(str(error))
    assert harmless(repr(error))
    assert all(harmless(part) for part in (error.message, error.where, error.hint))


def test_an_error_is_bounded():
    assert len(str(errors.UsageError("x" * 10**6, where="y" * 10**6, hint="z" * 10**6))) < 4000


@given(st.recursive(st.none() | st.booleans() | st.integers() | anything, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(anything, inner, max_size=3), max_leaves=6))
def test_json_on_one_line_is_that_of_the_standard_library_with_escapes(value):
    assert escaping.json_text(value) == escaping.printable(json.dumps(value, ensure_ascii=False))
