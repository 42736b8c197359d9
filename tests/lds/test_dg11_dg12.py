from dataclasses import fields, replace
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.lds_helpers import obj
from tjdocs.errors import UsageError
from tjdocs.lds import LdsError
from tjdocs.lds.dg11 import Dg11
from tjdocs.lds.dg12 import Dg12

# Every data object of Doc 9303-10, tables 71 and 73, with the attribute that shows it
NAMES_11 = obj("A0", b"\2\1\2", obj("5F0F", b"ERIKSSON<<ANN"), obj("5F0F", b"SMITH<<ANNA"))
OBJECTS_11 = {
    "5F0E": (obj("5F0E", "ЭРИКССОН<<АННА<МАРИЯ".encode()), "full_name", "ЭРИКССОН<<АННА<МАРИЯ"),
    "A0": (NAMES_11, "other_names", ("ERIKSSON<<ANN", "SMITH<<ANNA")),
    "5F10": (obj("5F10", b"ZE184226B"), "personal_number", "ZE184226B"),
    "5F2B": (obj("5F2B", b"19740812"), "date_of_birth", "19740812"),
    "5F11": (obj("5F11", b"ZENITH<UTOPIA"), "place_of_birth", ("ZENITH", "UTOPIA")),
    "5F42": (obj("5F42", b"1 STREET<ZENITH<UTOPIA"), "address", ("1 STREET", "ZENITH", "UTOPIA")),
    "5F12": (obj("5F12", b"0"), "telephone", "0"),
    "5F13": (obj("5F13", b"SPECIMEN"), "profession", "SPECIMEN"),
    "5F14": (obj("5F14", b"DR"), "title", "DR"),
    "5F15": (obj("5F15", b"-"), "personal_summary", "-"),
    "5F16": (obj("5F16", b"\xff\xd8\xff"), "proof_of_citizenship", b"\xff\xd8\xff"),
    "5F17": (obj("5F17", b"L898902C3<D23145890"), "other_document_numbers", ("L898902C3", "D23145890")),
    "5F18": (obj("5F18", b""), "custody", ""),
}
OBJECTS_12 = {
    "5F19": (obj("5F19", "УТОПИЯ".encode()), "issuing_authority", "УТОПИЯ"),
    "5F26": (obj("5F26", b"20020415"), "date_of_issue", "20020415"),
    "A0": (obj("A0", b"\2\1\1", obj("5F1A", b"SMITH<<BRENDA<P")), "other_persons", ("SMITH<<BRENDA<P",)),
    "5F1B": (obj("5F1B", b"NONE"), "endorsements", "NONE"),
    "5F1C": (obj("5F1C", b"NONE"), "tax_exit_requirements", "NONE"),
    "5F1D": (obj("5F1D", b"front"), "front_image", b"front"),
    "5F1E": (obj("5F1E", b"rear"), "rear_image", b"rear"),
    "5F55": (obj("5F55", b"20020415123059"), "personalization_time", "20020415123059"),
    "5F56": (obj("5F56", b"SPECIMEN 1"), "personalization_system", "SPECIMEN 1"),
}
GROUPS = [("6B", Dg11, OBJECTS_11), ("6C", Dg12, OBJECTS_12)]


# A list names further names by their own tag, as in the example of Doc 9303-10, 4.7.12
NAMES = {"6B": bytes.fromhex("5F0F"), "6C": bytes.fromhex("5F1A")}


def file(tag, *items, listed=None):
    """A file with a tag list: of ``items`` unless given otherwise, none when False."""
    own = [NAMES[tag] if item[0] == 0xA0 else item[: 1 if item[0] & 0x1F != 0x1F else 2] for item in items]
    tags = b"".join(own) if listed is None else listed
    return obj(tag, *([] if listed is False else [obj("5C", tags)]), *items)


def faults(parsed):
    return [(problem.code, problem.severity) for problem in parsed.problems]


@pytest.mark.parametrize(("tag", "group", "table"), GROUPS)
def test_every_object_of_the_standards_table(tag, group, table):
    data = file(tag, *[item for item, _, _ in table.values()])
    parsed = group.parse(data)
    assert {name: getattr(parsed, name) for _, name, _ in table.values()} == {n: v for _, n, v in table.values()}
    assert (parsed.problems, parsed.unknown, parsed.raw, parsed.encode()) == ((), (), data, data)
    assert replace(parsed).encode() == data


@pytest.mark.parametrize(("tag", "group", "table"), GROUPS)
def test_each_object_alone(tag, group, table):
    for item, name, value in table.values():
        parsed = group.parse(file(tag, item))
        assert getattr(parsed, name) == value
        assert group(**{name: value}).encode() == file(tag, item)


@pytest.mark.parametrize(("tag", "group", "table"), GROUPS)
def test_empty_file_and_padding(tag, group, table):
    parsed = group.parse(file(tag) + bytes(5))
    assert (parsed, parsed.trailing, parsed.problems) == (group(), 5, ())
    assert group().encode() == file(tag)


def test_dates_in_binary_coded_digits():
    assert Dg11.parse(file("6B", obj("5F2B", bytes.fromhex("19740812")))).date_of_birth == "19740812"
    twelve = Dg12.parse(
        file("6C", obj("5F26", bytes.fromhex("20020415")), obj("5F55", bytes.fromhex("20020415123059")))
    )
    assert (twelve.date_of_issue, twelve.personalization_time) == ("20020415", "20020415123059")
    assert twelve.issued == date(2002, 4, 15)
    assert twelve.problems == ()


def test_unknown_parts_of_a_date_are_kept():
    assert Dg11.parse(file("6B", obj("5F2B", b"19740000"))).date_of_birth == "19740000"
    assert Dg12(date_of_issue="20020400").issued is None
    assert Dg12().issued is None


@pytest.mark.parametrize(
    "value",
    [b"", b"1974", b"1974081", b"197408123", b"1974-08-", b"\x19\x74\x0a\x12", b"\xb2\xb2\xb2\xb2\xb2\xb2\xb2\xb2"],
)
def test_a_date_of_another_form_does_not_lose_the_rest(value):
    data = file("6B", obj("5F2B", value), obj("5F14", b"DR"))
    parsed = Dg11.parse(data)
    assert (parsed.date_of_birth, parsed.title, parsed.unknown) == (None, "DR", ((0x5F2B, value),))
    assert faults(parsed) == [("date-form", "warning")]
    assert parsed.encode() == data


def test_text_that_is_not_utf_8():
    data = file("6B", obj("5F0E", "MÜLLER".encode("latin-1")))
    parsed = Dg11.parse(data)
    assert parsed.full_name == "M\ufffdLLER"
    assert faults(parsed) == [("text-encoding", "warning")]
    assert parsed.encode() == data


def test_a_duplicate_counts_once():
    parsed = Dg11.parse(file("6B", obj("5F14", b"DR"), obj("5F14", b"PROF")))
    assert (parsed.title, parsed.unknown) == ("DR", ((0x5F14, b"PROF"),))
    assert faults(parsed) == [("object-duplicate", "undetermined")]


def test_an_object_of_another_group_is_kept():
    data = file("6B", obj("5F26", b"20020415"), obj("5F14", b"DR"))
    parsed = Dg11.parse(data)
    assert parsed.unknown == ((0x5F26, b"20020415"),)
    assert faults(parsed) == [("object-unknown", "warning")]


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        (False, [("tag-list-missing", "warning")]),
        (b"", [("tag-list", "warning")]),
        (b"\x5f\x14\x5f\x10", [("tag-list", "warning")]),
    ],
)
def test_tag_list_that_disagrees(listed, expected):
    data = file("6B", obj("5F14", b"DR"), listed=listed)
    parsed = Dg11.parse(data)
    assert faults(parsed) == expected
    assert parsed.encode() == data
    assert listed is False or replace(parsed).encode() == data


def test_a_tag_list_that_names_the_inner_tag_is_no_fault():
    data = file("6B", obj("A0", b"\2\1\1", obj("5F0F", b"SMITH")), listed=b"\x5f\x0f")
    parsed = Dg11.parse(data)
    assert parsed.problems == ()
    assert replace(parsed).encode() == data


def test_number_of_names_that_is_wrong():
    data = file("6B", obj("A0", b"\2\1\3", obj("5F0F", b"SMITH")))
    parsed = Dg11.parse(data)
    assert (parsed.other_names, faults(parsed)) == (("SMITH",), [("names-count", "warning")])


def test_names_outside_of_their_list():
    parsed = Dg11.parse(file("6B", obj("5F0F", b"SMITH"), obj("5F0F", b"SMYTHE")))
    assert (parsed.other_names, parsed.problems) == (("SMITH", "SMYTHE"), ())


def test_identifiers():
    assert Dg11(full_name="ЭРИКССОН<<АННА<МАРИЯ").identifiers == ("ЭРИКССОН", "АННА МАРИЯ")
    assert Dg11(full_name="ЭРИКССОН").identifiers == ("ЭРИКССОН", "")
    assert Dg11().identifiers == ("", "")


@pytest.mark.parametrize(("tag", "group"), [("6B", Dg11), ("6C", Dg12)])
@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ([b"\x5f"], "cut"),
        ([b"\x5f\x0e\x05x"], "cut"),
        ([b"\x5f\x80\x80\x80\x01\x00"], "form"),
        ([obj("5C", b"\x5f")], "cut"),
        ([obj("5C", b"\x6f" * 300)], "limit"),
        ([obj("04")] * 300, "limit"),
        ([obj("A0", *[obj("5F0F", b"X")] * 300)], "limit"),
        ([obj("A0", b"\x5f\x0f\x03X")], "cut"),
    ],
)
def test_malformed(tag, group, content, reason):
    with pytest.raises(LdsError) as caught:
        group.parse(obj(tag, *content))
    assert caught.value.reason == reason
    with pytest.raises(LdsError) as caught:
        group.parse(obj("61"))
    assert caught.value.reason == "tag"


@pytest.mark.parametrize(
    "made",
    [
        Dg11(date_of_birth="1974-08-12"),
        Dg11(date_of_birth="740812"),
        Dg11(date_of_birth="١٩٧٤٠٨١٢"),
        Dg12(personalization_time="20020415"),
        Dg11(place_of_birth=("A<B",)),
        Dg11(place_of_birth="ZENITH"),
        Dg11(other_names=("X",) * 256),
        Dg11(full_name="\ud800"),
        Dg11(date_of_birth="19740230"),
        Dg12(date_of_issue="20260230"),
        Dg12(date_of_issue="20260000"),
        Dg12(personalization_time="20260302240000"),
        Dg11(proof_of_citizenship="image"),
    ],
)
def test_what_cannot_be_read_back_is_not_written(made):
    with pytest.raises(UsageError):
        made.encode()


def test_no_personal_data_in_repr():
    text = repr(Dg11.parse(file("6B", *[item for item, _, _ in OBJECTS_11.values()])))
    assert not any(word in text for word in ("ERIKSSON", "ЭРИКССОН", "ZENITH", "1974", "ZE184226B"))


@pytest.mark.parametrize(
    ("text", "possible"),
    [
        ("20260302", True),
        ("20240229", True),
        ("20260230", False),
        ("20261302", False),
        ("20260000", False),
        ("00000000", False),
    ],
)
def test_a_date_of_issue_that_is_no_day_is_named_and_not_used(text, possible):
    """Doc 9303-10, table 73: a date of issue is YYYYMMDD, all of it."""
    for value in (text.encode(), bytes.fromhex(text)):
        if value[2:3] > b"\x12" and len(value) == 4:
            continue  # as binary-coded digits it is no date at all, and has another name
        parsed = Dg12.parse(file("6C", obj("5F26", value)))
        assert faults(parsed) == ([] if possible else [("date-impossible", "warning")])
        assert (parsed.issued is not None) is possible


@pytest.mark.parametrize(
    ("text", "possible"),
    [("19740812", True), ("19740000", True), ("00000000", True), ("00000230", False), ("00000229", True), ("19741300", False)],
)
def test_a_date_of_birth_may_lack_parts(text, possible):
    parsed = Dg11.parse(file("6B", obj("5F2B", text.encode())))
    assert faults(parsed) == ([] if possible else [("date-impossible", "warning")])


@pytest.mark.parametrize("name", ["full_name", "personal_number", "telephone", "profession", "title", "personal_summary"])
def test_a_text_of_dg11_has_99_bytes(name):
    """Doc 9303-10, table 72; one of somebody else that is longer is read, and written as it was read."""
    assert Dg11.parse(Dg11(**{name: "Ш" * 49 + "1"}).encode()).problems == ()
    with pytest.raises(UsageError, match=rf"too long: {name}; 99 bytes"):
        Dg11(**{name: "Ш" * 50}).encode()
    longer = file("6B", obj("5F0E", ("Ш" * 50).encode()))
    assert Dg11.parse(longer).encode() == longer


def test_parts_and_further_names_have_99_bytes_each():
    assert Dg11(other_names=("Ш" * 49, "Щ" * 49)).encode()
    assert Dg12(other_persons=("Ш" * 49, "Щ" * 49), issuing_authority="Ш" * 49).encode()
    for made in (Dg11(other_names=("Ш" * 50,)), Dg11(place_of_birth=("Ш" * 30, "Ш" * 30)), Dg12(other_persons=("Ш" * 50,))):
        with pytest.raises(UsageError, match="too long"):
            made.encode()


text = st.text(st.characters(codec="utf-8"), max_size=12)
part = text.map(lambda t: t.replace("<", ""))


moments = st.datetimes(datetime(1000, 1, 1), datetime(9999, 12, 31))  # noqa: DTZ001 - digits have no zone
days = moments.map(lambda moment: f"{moment:%Y%m%d}")
partly = st.tuples(days, st.booleans(), st.booleans(), st.booleans()).map(
    lambda drawn: "".join(
        "0" * len(part) if unknown else part
        for part, unknown in zip((drawn[0][:4], drawn[0][4:6], drawn[0][6:]), drawn[1:], strict=True)
    )
)


VALUES = {
    "full_name": text, "other_names": st.lists(text, max_size=4).map(tuple), "date_of_birth": partly,
    "place_of_birth": st.lists(part, max_size=3).map(tuple), "address": st.lists(part, max_size=3).map(tuple),
    "other_document_numbers": st.lists(part, max_size=3).map(tuple), "proof_of_citizenship": st.binary(max_size=8),
    "other_persons": st.lists(text, max_size=4).map(tuple), "date_of_issue": days,
    "personalization_time": moments.map(lambda moment: f"{moment:%Y%m%d%H%M%S}"), "front_image": st.binary(max_size=8),
    "rear_image": st.binary(max_size=8),
}  # fmt: skip


def contents(group):
    names = [f.name for f in fields(group) if f.init and f.name not in ("tag_list", "unknown")]
    optional = {name: VALUES.get(name, text) for name in names}
    return st.fixed_dictionaries({}, optional=optional).map(lambda values: group(**values))


@given(contents(Dg11))
def test_round_trip_dg11(made):
    parsed = Dg11.parse(made.encode())
    assert parsed == made
    assert parsed.problems == ()


@given(contents(Dg12))
def test_round_trip_dg12(made):
    parsed = Dg12.parse(made.encode())
    assert parsed == made
    assert parsed.problems == ()
