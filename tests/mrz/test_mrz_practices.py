"""Practices of States: each MRZ of ``specs/mrz/practices.toml`` is read and named, and nothing else passes by it."""

from datetime import date

import pytest

from tjdocs import mrz, specs
from tjdocs.errors import SpecError, UsageError
from tjdocs.mrz import codes, mrz_problems, practices
from tjdocs.mrz.codes import standard, state_codes
from tjdocs.mrz.formats import formats

AT = date(2026, 11, 30)

# Made-up MRZs, each with the warning, the field, and the value that is read.
PRACTICES = {
    "IND given names": ("TD3", "IND", {"names": "<<SPECIMEN<SAMPLE"}, "practice-given-names-only", ("secondary_identifier", "SPECIMEN SAMPLE")),
    "PAK given names": ("TD3", "PAK", {"names": "<<SPECIMEN"}, "practice-given-names-only", ("primary_identifier", "")),
    "MYS double filler": ("TD3", "MYS", {"names": "SPECIMEN<<SAMPLE<<TEST<AL"}, "practice-double-filler", ("secondary_identifier", "SAMPLE TEST AL")),
    "ESP no end, December": ("TD1", "ESP", {"expiry": "991231"}, "practice-no-end", ("date_of_expiry", date(9999, 12, 31))),
    "ESP no end, January": ("TD1", "ESP", {"expiry": "990101"}, "practice-no-end", ("date_of_expiry", date(9999, 12, 31))),
    "ITA no end": ("TD1", "ITA", {"expiry": "990101"}, "practice-no-end", ("date_of_expiry", date(9999, 12, 31))),
    "MDA no expiry": ("TD1", "MDA", {"expiry": "<<<<<<"}, "practice-no-expiry", ("date_of_expiry", date(9999, 12, 31))),
    "CHE zeros": ("TD3", "CHE", {"birth": "900000"}, "practice-birth-zeros", ("date_of_birth", None)),
    "CHE zero day": ("TD3", "CHE", {"birth": "900300"}, "practice-birth-zeros", ("date_of_birth_raw", "900300")),
    "MAC no nationality": ("TD1", "MAC", {"nationality": "<<<"}, "practice-no-nationality", ("nationality", "")),
    "SVN two letters": ("TD1", "SI<", {"nationality": "UTO"}, "practice-state-code", ("issuing_state", "SI")),
    "WSA": ("TD3", "WSA", {"nationality": "UTO"}, "practice-state-code", ("issuing_state", "WSA")),
    "INP": ("TD3", "INP", {"nationality": "UTO"}, "practice-state-code", ("issuing_state", "INP")),
    "XXK": ("TD1", "D<<", {"nationality": "XXK"}, "practice-state-code", ("nationality", "XXK")),
    "GEO TR": ("TD1", "GEO", {"code": "TR"}, "practice-document-code", ("document_code", "TR")),
    "DEU ME": ("TD2", "D<<", {"code": "ME"}, "practice-document-code", ("document_code", "ME")),
    "USA VB": ("TD1", "USA", {"code": "VB"}, "practice-document-code", ("document_code", "VB")),
    "BEL filler counted": ("TD1", "BEL", {"number": "000590240", "excess": "601", "counted": True}, "practice-filler-counted", ("document_number", "000590240601")),
    "PRT filler counted": ("TD1", "PRT", {"number": "000024759", "excess": "ZZ7", "counted": True}, "practice-filler-counted", ("document_number", "000024759ZZ7")),
}  # fmt: skip


def made(format_, state, *, code=None, names="SPECIMEN<<SAMPLE", number="L898902C3", excess="", counted=False, birth="740812", expiry="310415", nationality="UTO"):
    """Return the text of an MRZ with the digits that its State prints, the composite's among them."""
    layout = formats()[format_]
    cells = ["<"] * (layout.lines * layout.columns)

    def put(name, text):
        cells[layout.by_name[name].slice.start : layout.by_name[name].slice.start + len(text)] = text

    put("document_code", code or {"TD3": "P<"}.get(format_, "I<"))
    for name, text in (("issuing_state", state), ("document_number", number), ("names", names), ("date_of_birth", birth)):
        put(name, text)
    for name, text in (("date_of_expiry", expiry), ("nationality", nationality), ("sex", "F")):
        put(name, text)
    for item in layout.checked:
        text = "".join(cells[item.slice])
        cells[item.digit] = mrz.check_digit(text)
    if excess:
        digit = mrz.check_digit(number + "<" * counted + excess)
        cells[layout.number_digit] = "<"
        put("optional_data", excess + digit)
    if layout.composite:
        cells[layout.composite_digit] = mrz.check_digit("".join("".join(cells[part]) for part in layout.composite_over))
    return "\n".join(layout.split("".join(cells)))


@pytest.mark.parametrize("name", PRACTICES)
def test_a_practice_is_named_and_read(name):
    format_, state, fields, warning, (attribute, value) = PRACTICES[name]
    zone = mrz.parse(made(format_, state, **fields), at=AT)
    assert zone.valid
    assert warning in [problem.code for problem in zone.problems if problem.severity == "warning"]
    assert getattr(zone, attribute) == value
    repaired = mrz.parse(made(format_, state, **fields), at=AT, repair=True)
    assert (repaired.lines, repaired.repaired) == (zone.lines, False)


MADE_AGAIN = {"practice-no-end": True, "practice-double-filler": False, "practice-filler-counted": False}


@pytest.mark.parametrize("name", PRACTICES)
def test_no_practice_is_made_but_that_of_a_date(name):
    """The standard's form is made, or nothing: as the documentation of `Mrz.fields` has it."""
    format_, state, fields, warning, _ = PRACTICES[name]
    zone = mrz.parse(made(format_, state, **fields), at=AT)
    if warning in MADE_AGAIN:
        assert (mrz.make(zone.format, **zone.fields()).lines == zone.lines) is MADE_AGAIN[warning]
    else:
        with pytest.raises(UsageError):
            mrz.make(zone.format, **zone.fields())


@pytest.mark.parametrize("name", PRACTICES)
def test_another_state_has_no_such_practice(name):
    format_, state, fields, warning, _ = PRACTICES[name]
    other = "FIN" if state not in ("SI<", "WSA", "INP") else state[::-1]
    zone = mrz.parse(made(format_, other, **fields), at=AT)
    assert warning not in [problem.code for problem in zone.problems]
    assert not zone.valid or zone.date_of_expiry.year < 2027


@pytest.mark.parametrize("name", PRACTICES)
def test_a_practice_explains_no_other_fault(name):
    """A wrong check digit of the birth, and a character that no field allows."""
    format_, state, fields, _, _ = PRACTICES[name]
    text = made(format_, state, **fields)
    layout = formats()[format_]
    lines = text.replace("\n", "")
    index = layout.by_name["date_of_birth"].digit
    wrong = lines[:index] + str((int(lines[index]) + 1) % 10) + lines[index + 1 :]
    assert not mrz.parse("\n".join(layout.split(wrong)), at=AT).valid
    assert not mrz.parse(text.replace("SPECIMEN", "SPEC1MEN"), at=AT).valid


@pytest.mark.parametrize("name", PRACTICES)
def test_repair_makes_no_other_document_of_a_practice(name):
    """With one misread digit elsewhere, the search for the standard's codes and names would rewrite the practice."""
    format_, state, fields, _, _ = PRACTICES[name]
    layout = formats()[format_]
    lines = made(format_, state, **fields).replace("\n", "")
    number = [] if "counted" in name else [layout.by_name["document_number"].slice.start]  # that practice is the number's
    for index in (layout.by_name["date_of_birth"].digit, *number):
        wrong = lines[:index] + ("O" if lines[index].isdigit() else "4") + lines[index + 1 :]
        zone = mrz.parse("\n".join(layout.split(wrong)), at=AT, repair=True)
        assert not zone.valid
        assert "".join(zone.lines) == wrong


@pytest.mark.parametrize("birth", ["901300", "909900", "900047", "900032", "90<<00"])
def test_zeros_explain_no_other_impossible_birth(birth):
    assert not mrz.parse(made("TD3", "CHE", birth=birth), at=AT).valid


@pytest.mark.parametrize(("code", "state", "expiry"), [("IR", "ITA", "991231"), ("AR", "ESP", "990101"), ("IR", "MDA", "<<<<<<")])
def test_a_document_without_an_end_is_an_identity_card(code, state, expiry):
    zone = mrz.parse(made("TD1", state, code=code, expiry=expiry), at=AT)
    assert zone.date_of_expiry is None or zone.date_of_expiry.year < 2100


def test_a_long_number_with_any_other_digit_is_wrong():
    good = made("TD1", "BEL", number="000590240", excess="601", counted=True)
    place = good.index("601") + 3
    results = [mrz.parse(good[:place] + digit + good[place + 1 :], at=AT) for digit in "0123456789"]
    right = {mrz.check_digit("000590240<601"), mrz.check_digit("000590240601")}
    composite = [zone for zone in results if not any("document_number" in problem.field for problem in zone.problems if problem.severity == "error")]
    assert {zone.raw("optional_data")[3] for zone in composite} == right
    assert sum(zone.valid for zone in results) == 1


@pytest.mark.parametrize(("code", "expected"), [("C1", True), ("I9", True), ("A0", True), ("1C", False), ("P1", False)])
@pytest.mark.parametrize("format_", ["TD1", "TD2"])
def test_a_card_may_have_a_digit_in_its_document_code(format_, code, expected):
    """Doc 9303-5 and -6, notes b and k; a passport may not (Doc 9303-4)."""
    zone = mrz.parse(made(format_, "USA", code=code), at=AT)
    assert zone.valid == expected
    assert not mrz.parse(made("TD3", "USA", code="P1"), at=AT).valid


def test_a_card_with_a_digit_in_its_document_code_is_made():
    zone = mrz.parse(made("TD1", "USA", code="C1"), at=AT)
    again = mrz.make(format="TD1", **zone.fields())
    assert again.lines == zone.lines
    assert mrz.parse(again.text, at=AT, repair=True).document_code == "C1"


def test_a_replaced_code_is_the_state_that_has_it_now():
    for code, now in practices.means().items():
        assert standard(code) == now
        assert state_codes()[now].plain or now == "D"
    assert (codes.signing_country("INP"), codes.alpha2("SI"), codes.alpha2("XXK")) == (codes.signing_country("XPO"), "SI", "KS")


def test_every_row_names_a_problem_and_has_a_source():
    kinds = mrz_problems.problem_kinds()
    for row in practices.practices():
        assert kinds[row.warning].severity == "warning"
        assert not row.problem or kinds[row.problem].severity == "error"
        assert row.read.endswith(".")
        assert row.source.endswith(".")


@pytest.mark.parametrize(
    ("old", "new"),
    [('problem = "names-form"\n', ""), ('"names-form"', '"nonsense"'), ('field = "names"', 'field = "no_such"'), ('warning = "practice-no-end"', 'warning = "x"'), ('printed = "WSA"', 'printed = "W.A"'), ('rule = "filler-counted"', 'rule = "filler-counted"\nprinted = "<"'), ('states = ["MDA"]', "states = []"), ('printed = "<<<<<<"\n', ""), ('printed = "TR"', 'printed = "("'), ('"TD2"', '"TD9"')],
)
def test_a_malformed_row_is_refused(monkeypatch, old, new):
    read = specs.read_bytes
    changed = read("mrz/practices.toml").decode().replace(old, new, 1).encode()
    monkeypatch.setattr(specs, "read_bytes", lambda path: changed if path == "mrz/practices.toml" else read(path))
    with pytest.raises(SpecError, match=r"practices\.toml"):
        practices.practices.__wrapped__()


# Made-up MRZs as honest holders brought them, and the only warning of each.
OF_THE_WORLD = [
    ("practice-given-names-only", """\
P<IND<<SARITA<DEVI<<<<<<<<<<<<<<<<<<<<<<<<<<
T9200001<5IND8501019F3101012<<<<<<<<<<<<<<<2"""),
    ("", """\
C1USA0000003193LIN0000000319<<
8008172M3505311COD<<<<<<<<<<<5
SPECIMEN<<TEST<VOID<<<<<<<<<<<"""),
    ("practice-state-code", """\
ARD<<Y000000019<<<<<<<<<<<<<<<
9001011M3001019XXK<<<<<<<<<<<8
BERISHA<<ARBEN<<<<<<<<<<<<<<<<"""),
    ("practice-no-expiry", """\
IDMDAB0000000182000000000018<<
4001016F<<<<<<0MDA<<<<<<<<<<<1
POPESCU<<MARIA<<<<<<<<<<<<<<<<"""),
    ("practice-no-end", """\
IDESPAAA000001100000001R<<<<<<
4001016F9901018ESP<<<<<<<<<<<2
ESPANOLA<ESPANOLA<<CARMEN<<<<<"""),
    ("practice-document-code", """\
TRGEO25AA00001001000000001<<<<
9001011M3001019UKR<<<<<<<<<<<8
KOVALENKO<<OLENA<<<<<<<<<<<<<<"""),
    ("practice-filler-counted", """\
IDBEL000590240<6013<<<<<<<<<<<
8512017F3101012BEL851201002007
PEETERS<<ANNA<MARIA<E<<<<<<<<<"""),
    ("practice-state-code", """\
P<INPSPECIMEN<<SAMPLE<<<<<<<<<<<<<<<<<<<<<<<
XX000000<0FRA7501012F31010121234567890<<<<72"""),
    ("practice-no-nationality", """\
I<MAC10000249<41208157<<<<<<<<
6106225M3101012<<<P<<<<<<<<<<7
KUOK<<CHEONG<MENG<<<<<<<<<<<<<"""),
    ("practice-birth-zeros", """\
PMCHETESFAY<<SARA<<<<<<<<<<<<<<<<<<<<<<<<<<<
X0000001<4ERI9000003F3101012<<<<<<<<<<<<<<04"""),
    ("practice-double-filler", """\
P<MYSTAN<<MEI<<LING<AL<<<<<<<<<<<<<<<<<<<<<<
A000000011MYS8501019F3101012<<<<<<<<<<<<<<00"""),
    ("practice-state-code", """\
I<SI<00001001061807000000001<<
6606079F3107276SI<<<<<<<<<<<<9
VZOREC<<TINA<<<<<<<<<<<<<<<<<<"""),
]


@pytest.mark.parametrize(("warning", "text"), OF_THE_WORLD)
def test_an_mrz_of_the_world_is_valid_and_stays_as_it_is(warning, text):
    zone = mrz.parse(text, at=AT, repair=True)
    assert zone.valid
    assert not zone.repaired
    assert {problem.code for problem in zone.problems} == {warning} - {""}
