"""Reading: the standard's specimens, what is put right, what is reported and where."""

from datetime import UTC, date, datetime
from itertools import permutations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.support.mrz_zones import AT, CLEAN, codes, errors
from tjdocs import mrz
from tjdocs.errors import SpecError, UsageError
from tjdocs.mrz import mrz_problems
from tjdocs.mrz.formats import formats
from tjdocs.mrz.parse_mrz import parse_printed

UPPER, LOWER = CLEAN.split("\n")

# Doc 9303-4 to -7: the specimens of the figures.
SPECIMENS = {
    "TD3": "PPUTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10",
    "TD1": "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<",
    "TD2": "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nD231458907UTO7408122F1204159<<<<<<<6",
    "MRV-A": "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL8988901C4XXX4009078F96121096ZE184226B<<<<<<",
    "MRV-B": "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nL8988901C4XXX4009078F9612109<<<<<<<<",
}


@pytest.mark.parametrize("name", SPECIMENS)
def test_a_specimen_is_valid_and_its_fields_are_read(name):
    zone = mrz.parse(SPECIMENS[name], at=AT)
    assert (zone.format, zone.valid) == (name, True)
    assert (zone.issuing_state, zone.primary_identifier, zone.secondary_identifier) == ("UTO", "ERIKSSON", "ANNA MARIA")
    assert set(codes(zone)) == {"expired", "state-specimen"}
    assert zone.sex == "F"


LINES = [text.split("\n") for text in SPECIMENS.values()]
ODD = [[], [""], *[lines[:-1] for lines in LINES], *[[*lines, lines[0]] for lines in LINES], *[[line + "\n" for line in lines] for lines in LINES]]
ODD += [[lines[0].lower(), *lines[1:]] for lines in LINES] + [[lines[0], "\n" + lines[1][1:], *lines[2:]] for lines in LINES]
ODD += [[lines[0], lines[1][:20], lines[1][20:], *lines[2:]] for lines in LINES]


@pytest.mark.parametrize("kind", [list, tuple])
@pytest.mark.parametrize("lines", [*LINES, *ODD])
def test_lines_that_need_nothing_are_read_as_any_lines_are(lines, kind, monkeypatch):
    read = mrz.parse(kind(lines), at=AT)
    monkeypatch.setattr("tjdocs.mrz.parse_mrz._by_lines", lambda text: (None, ()))
    assert read == mrz.parse(kind(lines), at=AT)


@pytest.mark.parametrize("lines", LINES)
def test_lines_that_need_nothing_are_taken_as_they_are(lines, monkeypatch):
    monkeypatch.setattr("tjdocs.mrz.parse_mrz.normalising", None)
    assert mrz.parse(lines, at=AT).lines == tuple(lines)


def test_td3_specimen_field_by_field():
    zone = mrz.parse(SPECIMENS["TD3"], at=AT)
    assert zone.as_json() == {
        "format": "TD3",
        "valid": True,
        "document_code": "PP",
        "issuing_state": "UTO",
        "document_number": "L898902C3",
        "nationality": "UTO",
        "date_of_birth": "1974-08-12",
        "sex": "F",
        "date_of_expiry": "2012-04-15",
        "primary_identifier": "ERIKSSON",
        "secondary_identifier": "ANNA MARIA",
        "optional_data": "ZE184226B",
        "optional_data_2": "",
        "problems": [problem.as_json() for problem in zone.problems],
    }
    assert zone.raw("document_number_check_digit") == "6"
    assert zone.raw("composite_check_digit") == "0"
    assert zone.raw("no_such_field") == ""


def test_nothing_to_say_about_a_clean_zone():
    zone = mrz.parse(CLEAN, at=AT)
    assert zone.problems == ()
    assert zone.text == CLEAN


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (CLEAN, []),
        (CLEAN + "\n", []),
        ([UPPER, LOWER], []),
        ((UPPER + "\n", LOWER + "\n"), []),
        (CLEAN.encode(), []),
        (CLEAN.replace("\n", "\r\n"), ["normalised"]),
        (f"\n\n{CLEAN}\n\n", ["normalised"]),
        (CLEAN.lower(), ["normalised"]),
        (UPPER + LOWER, ["normalised"]),
        (" ".join(UPPER) + "\n  " + LOWER, ["normalised"]),
        (CLEAN.replace("<", " "), ["normalised"]),
        ("\ufeff" + CLEAN, ["normalised"]),
        (f"{UPPER}\u2028{LOWER}", ["normalised"]),
    ],
)
def test_text_is_put_right_and_said_to_be(text, said):
    zone = mrz.parse(text, at=AT)
    assert codes(zone) == said
    assert zone.lines == (UPPER, LOWER)


ORDERS = [(name, order) for name, text in SPECIMENS.items() for order in list(permutations(range(len(text.split("\n")))))[1:]]


@pytest.mark.parametrize(("name", "order"), ORDERS)
def test_lines_in_another_order_are_read_and_named(name, order):
    lines = SPECIMENS[name].split("\n")
    given = [lines[index] for index in order]
    for text in (given, "\n".join(given), "\r\n".join(given).lower().encode(), "".join(given)):
        zone = mrz.parse(text, at=AT)
        assert (zone.format, zone.valid, zone.lines) == (name, True, tuple(lines))
        assert "lines-reordered" in codes(zone)
        assert set(codes(zone)) <= {"lines-reordered", "normalised", "expired", "state-specimen"}
    assert not mrz.parse("".join(given), joined=True, at=AT).valid  # the chip's own order is part of what is signed
    assert not parse_printed(given, at=AT).valid  # and that of a page is part of the document
    spans = [span for span in mrz.spans("\n".join(given)) if span.depth == 0]
    assert [span.meaning for span in spans] == [f"line {index + 1}" for index in order]
    assert [span.data.decode() for span in spans] == given


def test_lines_of_letters_alone_are_put_right_by_their_check_digits():
    """A number and names of letters: no character of the first or third line is in a place of another kind."""
    made = mrz.make("TD1", document_code="I", issuing_state="TJK", document_number="ABCDEFGHK", nationality="TJK", date_of_birth="1974-08-12", sex="F", date_of_expiry="2031-04-15", primary_identifier="ERIKSSON", secondary_identifier="ANNA MARIA")  # fmt: skip
    zone = mrz.parse(made.lines[::-1], at=AT)
    assert (zone.valid, zone.lines, codes(zone)) == (True, made.lines, ["lines-reordered"])


def test_misread_lines_in_another_order_keep_their_errors():
    zone = mrz.parse([LOWER.replace("L898902C36", "L898902C37"), UPPER], at=AT)
    assert codes(zone) == ["lines-reordered", "check-digit", "composite-check-digit"]
    assert zone.primary_identifier == "ERIKSSON"
    repaired = mrz.parse([LOWER.replace("740812", "74O812"), UPPER], at=AT, repair=True)
    assert (repaired.valid, repaired.text) == (True, CLEAN)
    assert {"lines-reordered", "repaired"} <= set(codes(repaired))


@pytest.mark.parametrize("lines", [[LOWER, LOWER], [UPPER, UPPER], ["<" * 44] * 2, ["7" * 44] * 2, [LOWER, "X9" * 22], ["A" * 30] * 3])
def test_lines_that_are_no_zone_in_any_order_stay_as_they_are(lines):
    zone = mrz.parse(lines, at=AT)
    assert (zone.lines, zone.valid) == (tuple(lines), False)
    assert "lines-reordered" not in codes(zone)


def test_data_group_1_content_needs_no_word():
    for name, text in SPECIMENS.items():
        zone = mrz.parse(text.replace("\n", ""), joined=True, at=AT)
        assert zone.format == name
        assert "normalised" not in codes(zone)
        assert zone.lines == mrz.parse(text.replace("\n", "").encode(), joined=True, at=AT).lines
    assert codes(mrz.parse("P<" * 20, joined=True, at=AT)) == ["format-unknown"]


@pytest.mark.parametrize(
    ("old", "new", "code", "field", "position", "expected", "found"),
    [
        ("L898902C36", "L898902C37", "check-digit", "document_number_check_digit", (2, 10), "6", "7"),
        ("7408122", "7408123", "check-digit", "date_of_birth_check_digit", (2, 20), "2", "3"),
        ("3104150", "3104151", "check-digit", "date_of_expiry_check_digit", (2, 28), "0", "1"),
        ("<<<<<16", "<<<<<26", "check-digit", "optional_data_check_digit", (2, 43), "1", "2"),
        ("<<<<<16", "<<<<<17", "composite-check-digit", "composite_check_digit", (2, 44), "6", "7"),
        ("PPTJK", "XPTJK", "document-code", "document_code", (1, 1), "", "XP"),
        ("PPTJK", "PPTJX", "state-unknown", "issuing_state", (1, 3), "", "TJX"),
        ("2F3", "2X3", "sex", "sex", (2, 21), "", "X"),
        ("MARIA", "MAR1A", "field-character", "names", (1, 24), "", "1"),
        ("MARIA", "MAR?A", "character", "names", (1, 24), "", "?"),
        ("<<<<<16", "<<<<<1B", "check-digit-not-computed", "", (), "", ""),
    ],
)
def test_a_problem_says_what_and_where(old, new, code, field, position, expected, found):
    assert CLEAN.count(old) == 1
    zone = mrz.parse(CLEAN.replace(old, new), at=AT)
    if code == "check-digit-not-computed":  # a letter is read, and is no digit
        assert errors(zone) == ["composite-check-digit"]
        return
    problem = next(p for p in zone.problems if p.code == code)
    assert (problem.field, problem.position) == (field, position)
    assert (problem.expected, problem.found) == (expected, found)
    assert problem.severity == mrz_problems.problem_kinds()[code].severity
    assert not zone.valid


def test_nothing_of_the_holder_shows_in_repr_or_messages():
    zone = mrz.parse(CLEAN.replace("L898902C36", "L898902C37").replace("MARIA", "MAR1A"), at=AT, repair=True)
    shown = repr(zone) + "".join(problem.text for problem in zone.problems)
    assert "ERIKSSON" not in shown
    assert "L898902" not in shown
    assert "740812" not in shown


def test_one_unreadable_field_never_loses_the_others():
    zone = mrz.parse(CLEAN.replace("740812", "??????"), at=AT)
    assert zone.date_of_birth is None
    assert (zone.document_number, zone.date_of_expiry) == ("L898902C3", date(2031, 4, 15))
    assert zone.as_json()["date_of_birth_raw"] == "??????"
    assert "check-digit-not-computed" in codes(zone)


def test_a_short_line_is_still_read():
    zone = mrz.parse(f"{UPPER[:-4]}\n{LOWER}", at=AT)
    assert codes(zone) == ["line-length"]
    problem = zone.problems[0]
    assert (problem.position, problem.expected, problem.found) == ((1, 41), "44", "40")
    assert zone.primary_identifier == "ERIKSSON"


def test_the_format_is_found_by_lines_and_first_letter():
    assert mrz.parse("V" + CLEAN[1:], at=AT).format == "MRV-A"
    assert mrz.parse("V" + SPECIMENS["TD2"][1:], at=AT).format == "MRV-B"
    assert mrz.parse("?" + CLEAN[1:], at=AT).format == "TD3"


@pytest.mark.parametrize(
    "text", ["", "\n", "HELLO", "<", "P<" * 5000, [], [""], b"\x00\xff", "A\nB\nC\nD", ["A"] * 5000]
)
def test_what_is_no_zone_has_no_format(text):
    zone = mrz.parse(text, at=AT, repair=True)
    assert zone.format is None
    assert errors(zone) == ["format-unknown"]
    assert (zone.document_number, zone.date_of_birth, zone.sex, zone.optional_data_2) == ("", None, "", "")
    assert zone.as_json()["format"] is None


@pytest.mark.parametrize("text", [None, 5, object(), [1, 2], [CLEAN, None]])
def test_what_is_no_text_is_a_bad_call(text):
    with pytest.raises(UsageError, match="text"):
        mrz.parse(text, at=AT)


def test_the_moment_of_judgement_is_a_date_or_aware():
    assert mrz.parse(CLEAN, at=datetime(2026, 11, 24, tzinfo=UTC)).at == AT
    for at in (datetime(2026, 11, 24), "2026-11-24", None):  # noqa: DTZ001 - naive on purpose
        with pytest.raises(UsageError, match="at"):
            mrz.parse(CLEAN, at=at)
    with pytest.raises(UsageError, match="text"):
        mrz.parse(None, joined=True, at=AT)


_HOSTILE = st.text(st.sampled_from("<KP0OV1\n\r ?é«2T"), max_size=200) | st.text(max_size=300) | st.binary(max_size=300)
_NEARLY = st.lists(st.tuples(st.integers(0, 88), st.characters()), max_size=6)


@given(_HOSTILE)
@example("\ud800" * 44 + "\n" + "\ud800" * 44)
def test_any_text_gives_a_zone(text):
    for repair in (False, True):
        zone = mrz.parse(text, at=AT, repair=repair)
        zone.as_json()
        zone.fields()
        assert zone.valid == (not errors(zone))
    mrz.spans(text)
    mrz.parse(text, joined=True, at=AT)


@given(_NEARLY)
def test_any_change_to_a_zone_gives_a_zone(changes):
    characters = list(CLEAN)
    for place, character in changes:
        characters[place] = character
    text = "".join(characters)
    zone = mrz.parse(text, at=AT, repair=True)
    zone.as_json()
    if zone.valid and not zone.repaired and "normalised" not in codes(zone):
        assert zone.text == text


def test_spans_cover_every_character_once():
    for name, text in SPECIMENS.items():
        spans = mrz.spans(text)
        deep = [span for span in spans if span.depth == 1]
        assert "".join(span.value for span in deep) == text.replace("\n", "")
        assert all(text[span.offset : span.offset + len(span.data)] == span.data.decode() for span in spans)
        assert {span.clause for span in spans} == {formats()[name].clause}
    assert [span.offset for span in mrz.spans(UPPER + LOWER) if span.depth == 0] == [0, 44]
    assert [span.meaning for span in mrz.spans(b"HELLO")] == ["no machine-readable zone"]


def test_every_kind_of_problem_belongs_to_a_check():
    checks = {kind.check for kind in mrz_problems.problem_kinds().values()}
    assert checks == {"mrz.structure", "mrz.check-digits", "mrz.dates", "doc.expiry", "none"}
    informative = {kind.id for kind in mrz_problems.problem_kinds().values() if kind.check == "none"}
    assert all(mrz_problems.problem_kinds()[code].severity == "warning" for code in informative)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("at = [1, 1, 2]", "at = [1, 1, 3]"),
        ('kind = "sex"', 'kind = "gender"'),
        ('id = "sex"', 'id = "sex"\nwidth = 1'),
        ("columns = 44", "columns = 45"),
    ],
)
def test_a_malformed_layout_is_refused(monkeypatch, old, new):
    from tjdocs import specs
    from tjdocs.mrz import formats as layout

    text = specs.read_bytes("mrz/td3.toml").decode()
    assert old in text
    monkeypatch.setattr(specs, "read_bytes", lambda path: text.replace(old, new, 1).encode())
    with pytest.raises(SpecError, match=r"td3\.toml"):
        layout._format("mrz/td3.toml")


@pytest.mark.parametrize(("encoding", "said"), [("utf-8-sig", ["normalised"]), ("utf-16", [])])
def test_bytes_with_a_mark_of_their_encoding(encoding, said):
    zone = mrz.parse(CLEAN.encode(encoding), at=AT)
    assert (zone.valid, codes(zone)) == (True, said)
    assert zone.text == CLEAN
    assert not mrz.parse("\ufeff".encode(encoding), at=AT).valid
    assert not mrz.parse(CLEAN.encode(encoding)[:-1] + b"\xd8", at=AT).valid  # cut in a character


def test_bytes_in_utf8_are_read_as_characters():
    zone = mrz.parse(CLEAN.replace("<<ANNA", "«ANNA").encode(), at=AT, repair=True)
    assert (zone.valid, zone.repaired, zone.text) == (True, True, CLEAN)
