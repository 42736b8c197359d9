"""Applications: read from JSON that anybody may have written; every fault at once; nothing of a person in ``repr`` or errors."""

import base64
import dataclasses
import json
from datetime import UTC, date, datetime

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tjdocs import specs
from tjdocs.documents import Application, ApplicationError, example, load_types, schema
from tjdocs.documents import settings as limits
from tjdocs.documents.applicant import CitizenshipRecord, EarlierName, HeldDocument, Journey, PageNames, Spelling
from tjdocs.documents.name_spelling import characters
from tjdocs.errors import InputError, TjdocsError
from tjdocs.times import PartialDate

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
KIND = "external-passport"
PORTRAIT = b"\x89PNG specimen"
SECRETS = ("ЭРИКССОН", "АННА", "НАМУНА", "1994", "ДУШАНБЕ", "ZE184226B", "specimen", "legal-representatives", "SPECIMEN")
MAX_TEXT, MAX_JSON = limits.load().max_text, limits.load().max_json
ALL = [(name, field) for name in load_types.names() for field in load_types.get(name).fields]


def lawful(name):
    """A lawful application, as JSON's own values, with a portrait of a few bytes."""
    return json.loads(dataclasses.replace(example(name, at=NOW), portrait=PORTRAIT).to_json())


@pytest.fixture(scope="module")
def tables():
    return {name: lawful(name) for name in load_types.names()}


@pytest.fixture(scope="module")
def table(tables):
    return {**tables[KIND], "personal_number": "ZE184226B"}


def read(table, **changes):
    return Application.from_json(json.dumps({**table, **changes}))


def faults(table, **changes):
    with pytest.raises(ApplicationError) as caught:
        read(table, **changes)
    return caught.value


def test_there_and_back(table):
    application = read(table, consents=["legal-representatives"])
    assert application.portrait == PORTRAIT
    assert application.date_of_birth == date(1994, 11, 24)
    assert application.consents == ("legal-representatives",)
    assert application.citizenship_record == CitizenshipRecord("Вазорати корҳои дохилӣ", "SPECIMEN-1", date(2012, 11, 24))
    assert Application.from_json(application.to_json()) == application
    assert Application.from_json(application.to_json().encode()) == application


names = st.one_of(
    st.text(st.sampled_from("АбӣӮғҳҶш'-."), max_size=20).map(lambda text: f"Я{text}я"),
    st.text(st.sampled_from("ZéÑ'-."), max_size=20).map(lambda text: f"Z{text}z"),
)
latin_names = st.text(st.sampled_from("AbZéÑ'-."), max_size=20).map(lambda text: f"Z{text}z")
texts = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z", "M"]), min_size=1, max_size=20).map(
    lambda text: __import__("unicodedata").normalize("NFC", text)
)
words = st.text(st.characters(exclude_categories=["C", "Z", "M", "L"]) | st.sampled_from("АбӣӮғҳҶш"), min_size=1, max_size=20).map(
    lambda text: __import__("unicodedata").normalize("NFC", text)
)
points = st.tuples(*[st.floats(0, 9999)] * 2)
codes = st.sampled_from(["TJK", "D", "UTO", "XXA"])
held = st.builds(
    HeldDocument,
    kind=st.just("residence_permit"),
    number=texts,
    issued=st.none() | st.dates(),
    expires=st.none() | st.dates(),
    state=st.sampled_from(limits.load().document_states),
)
# every field of every type that has it
values = {
    "family_name": names,
    "given_names": names,
    "patronymic": names | st.just(""),
    "earlier_names": st.lists(
        st.builds(EarlierName, family_name=names, given_names=names, patronymic=names, until=st.dates(), act=texts), max_size=2
    ).map(tuple),
    "spelling": st.none()
    | st.builds(
        Spelling,
        family_name=latin_names,
        given_names=latin_names,
        patronymic=latin_names,
        reason=st.sampled_from(limits.load().spelling_reasons),
    ),
    "single_name": st.just(""),  # beside given names it is a fault
    "page_names": st.none() | st.builds(PageNames, family_name=words, given_names=words),
    "sex": st.sampled_from(["M", "F", "X"]),
    "date_of_birth": st.dates() | st.builds(PartialDate, year=st.integers(1, 9999), month=st.integers(0, 12)),
    "place_of_birth": words | st.just(""),
    "citizenship": codes,
    "citizenship_record": st.none() | st.builds(CitizenshipRecord, authority=words, reference=texts, date=st.dates()),
    "personal_number": texts | st.just(""),
    "category": texts | st.just(""),
    "date_of_entry": st.none() | st.dates(),
    "stay": st.sampled_from(["", "lawful", "illegal"]),
    "date_of_acceptance": st.none() | st.dates(),
    "located_in": codes | st.just(""),
    "journey": st.builds(
        Journey, destination=words, state=codes, transit=st.lists(words, max_size=3).map(tuple), until=st.none() | st.dates()
    ),
    "authority": words,
    "portrait": st.binary(min_size=1, max_size=50),
    "signature": st.binary(max_size=50),
    "portrait_eyes": st.none() | st.tuples(points, points),
    "consents": st.lists(texts, max_size=3).map(tuple),
}


SCHEMA = jsonschema.Draft202012Validator(schema())


@given(st.data(), st.sampled_from(load_types.names()))
@settings(max_examples=150)
def test_decoding_is_the_inverse_of_encoding(data, name):
    kind = load_types.get(name)
    asked = {field.id for field in kind.fields if not field.document}
    built = {field: data.draw(values[field]) for field in asked}
    documents = (data.draw(held),) if name == "stateless-id" else ()
    application = Application(name, documents=documents, **built)
    assert Application.from_json(application.to_json()) == application
    SCHEMA.validate(json.loads(application.to_json()))


def test_every_field_is_of_some_type_and_every_type_asks_for_fields_alone(tables):
    asked = {field.id for name in load_types.names() for field in load_types.get(name).fields if not field.document}
    assert asked == {field.name for field in dataclasses.fields(Application)} - {"document_type", "documents"}
    for name, written in tables.items():
        assert written.keys() <= {field.id for field in load_types.get(name).fields} | {"schema", "document_type"}


@pytest.mark.parametrize("name", load_types.names())
def test_what_may_lack_may_be_left_out(tables, name):
    may = {field.id for field in load_types.get(name).fields if field.may_lack}
    application = Application.from_json(json.dumps({k: v for k, v in tables[name].items() if k not in may}))
    assert application.patronymic == ""
    assert application.portrait_eyes is None
    assert application.consents == ()
    assert application.documents == ()


@pytest.mark.parametrize(("name", "field"), [(n, f.id) for n, f in ALL if not f.may_lack])
def test_what_may_not_lack(tables, name, field):
    for value in ("left-out", None, "", "  "):
        changed = {**tables[name], field: value}
        if value == "left-out":
            del changed[field]
        error = faults(changed)
        assert error.where == field
        assert error.hint


# what JSON may hold in a field and no application does: (type, field, value, where the fault is)
UNUSABLE = [
    *((KIND, "family_name", value, "family_name") for value in (5, ["A"], "A" * (MAX_TEXT + 1), {"a": 1}, True)),
    # digits, punctuation, fillers, controls: not in a name
    *((KIND, "family_name", value, "family_name") for value in ("A1", "A;B", "A<B", "A\nB", "A\u202eB", "A\0B", "A/B", "漢", "A,B", "A_B")),
    (KIND, "given_names", "\ud800", "given_names"),
    (KIND, "given_names", "...", "given_names"),
    (KIND, "patronymic", None, "patronymic"),
    *((KIND, "sex", value, "sex") for value in ("W", "m", ["M"], True, "")),
    *(
        (KIND, "date_of_birth", value, "date_of_birth")
        for value in ("24.11.1994", "1994-02-30", "1994-11-24T00:00:00", "1994-W01-1", "19941124", "٢٠٢٦-٠١-٠١", 19941124)
    ),
    *((KIND, "citizenship", value, "citizenship") for value in ("tjk", "TJKX", "T1K", "ТҶК", "ZZZ", "IAO", ["TJK"], 5)),
    *((KIND, "portrait", value, "portrait") for value in ("%%%", "Я", 5, ["QQ=="])),
    *(
        (KIND, "portrait_eyes", value, "portrait_eyes")
        for value in (
            None, [[1, 2]], [[1, 2], [3, "4"]], [[1, 2], [3, True]], [[1, 2], [3, -4]], [[1, 2], [3, 1e9]],
            ["ab", "cd"], {"ab": 1, "cd": 2}, "", "12",
        )
    ),
    *((KIND, "consents", value, "consents") for value in ("x", {"x": True}, [5], [["x"]], ["x"] * 21)),
    (KIND, "spelling", "ERIKSSON", "spelling"),
    (KIND, "spelling", {"family_name": "A", "given_names": "B"}, "spelling.reason"),
    (KIND, "spelling", {"family_name": "A", "given_names": "B", "reason": "I like it"}, "spelling.reason"),
    (KIND, "spelling", {"family_name": "A1", "given_names": "B", "reason": "earlier-document"}, "spelling.family_name"),
    (KIND, "spelling", {"family_name": "A", "given_names": "", "reason": "earlier-document"}, "spelling.given_names"),
    (KIND, "earlier_names", {"family_name": "A"}, "earlier_names"),
    (KIND, "earlier_names", [{"family_name": "A", "given_names": "B", "act": "7"}], "earlier_names.until"),
    (KIND, "earlier_names", [5], "earlier_names"),
    (KIND, "citizenship_record", {"authority": "A", "reference": "7", "date": "today"}, "citizenship_record.date"),
    (KIND, "citizenship_record", {"authority": "A", "reference": "7", "date": "2020-01-01", "x": 1}, "citizenship_record.x"),
    ("stateless-id", "residence_permit", "SPECIMEN-2", "residence_permit"),
    ("stateless-id", "residence_permit", None, "residence_permit"),
    ("stateless-id", "residence_permit", {"issued": "2020-01-01", "expires": "2030-01-01"}, "residence_permit.number"),
    ("stateless-id", "residence_permit", {"number": "7", "expires": "soon"}, "residence_permit.expires"),
    ("stateless-id", "residence_permit", {"number": "7", "state": "mislaid"}, "residence_permit.state"),
    ("stateless-id", "residence_permit", {"number": "7", "kind": "passport"}, "residence_permit.kind"),
    ("registration-certificate", "stay", "temporary", "stay"),
    ("registration-certificate", "date_of_entry", "31.12.2016", "date_of_entry"),
    ("return-certificate", "journey", {"destination": "ДУШАНБЕ"}, "journey.state"),
    ("return-certificate", "journey", {"destination": "", "state": "TJK"}, "journey.destination"),
    ("return-certificate", "journey", {"destination": "Д", "state": "TJK", "transit": "АЛМАТЫ"}, "journey.transit"),
    ("return-certificate", "located_in", "Kazakhstan", "located_in"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "field", "value", "where"), UNUSABLE)
def test_unusable_values_name_their_field_alone(tables, name, field, value, where):
    error = faults(tables[name], **{field: value})
    assert error.where == where
    assert all(fault.hint for fault in error.faults)
    assert error.__cause__ is None


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_words_that_are_no_numbers_are_no_json(tables, number):
    text = json.dumps({**next(iter(tables.values())), "portrait_eyes": [[1, 2], [3, "x"]]}).replace('"x"', number)
    with pytest.raises(InputError, match="not JSON: application"):
        Application.from_json(text)


@pytest.mark.requirement("NAM-1")
@pytest.mark.parametrize(
    ("name", "named"),
    [
        ("A1B2", ["'1' (U+0031, DIGIT ONE)", "'2' (U+0032, DIGIT TWO)"]),
        ("A;B", ["';' (U+003B, SEMICOLON)"]),
        ("A<B", ["'<' (U+003C, LESS-THAN SIGN)"]),
        ("A\x07B", [r"'\x07' (U+0007, without name)"]),
        ("ЭРИКССОН漢", ["'漢' (U+6F22, CJK UNIFIED IDEOGRAPH-6F22)"]),
    ],
)
def test_a_character_that_no_name_has_is_named(table, name, named):
    error = faults(table, family_name=name)
    assert [fault.message for fault in error.faults] == [f"missing rule for {one}" for one in named]
    assert all(one in str(error) for one in named)
    assert "ЭРИКССОН" not in str(error)


@pytest.mark.requirement("NAM-1")
@pytest.mark.parametrize(
    "name", ["O'BRIEN", "O’Brien", "Хуҷаев-Раҳмонӣ", "ДОДО ХУҶА", "St. John", "ÅNGSTRÖM", "Д’Ӯ", "и\u0304", "Ёлкин-Ўктам"]
)
def test_names_that_are_names(table, name):
    import unicodedata

    assert read(table, family_name=name).family_name == unicodedata.normalize("NFC", name)


MIXED = [  # changes, the field of the fault, the letters and places that it names
    ({"family_name": "ЭPИКCCOН"}, "family_name", ["'P' (U+0050, LATIN CAPITAL LETTER P) at 2", "'C'", "at 5, 6", "'O'", "at 7"]),
    ({"given_names": "Анна ANNA"}, "given_names", ["'A'", "at 6, 9", "'N'", "at 7, 8"]),
    ({"patronymic": "NАMUNA"}, "patronymic", ["'А' (U+0410, CYRILLIC CAPITAL LETTER A) at 2"]),
    ({"given_names": "MAPTA"}, "given_names", ["'M'", "'P'", "at 3"]),  # all of it looks Cyrillic, as the rest is
    (
        {"spelling": {"family_name": "ERIKSSON", "given_names": "АNNA", "reason": "earlier-document"}},
        "spelling.given_names",
        ["'А' (U+0410, CYRILLIC CAPITAL LETTER A) at 1"],
    ),
    (
        {"earlier_names": [{"family_name": "СВEНСОН", "given_names": "АННА", "until": "2020-01-01", "act": "SPECIMEN"}]},
        "earlier_names.family_name",
        ["'E' (U+0045, LATIN CAPITAL LETTER E) at 3"],
    ),
    ({"place_of_birth": "ДУШАНБЕ / DУSHANBE"}, "place_of_birth", ["'У' (U+0423, CYRILLIC CAPITAL LETTER U) at 12"]),
    ({"authority": "Вазорати кopҳои дохилӣ"}, "authority", ["'o' (U+006F, LATIN SMALL LETTER O) at 11", "'p'"]),
    (
        {"citizenship_record": {"authority": "ВKД", "reference": "SPECIMEN", "date": "2020-01-01"}},
        "citizenship_record.authority",
        ["'K' (U+004B, LATIN CAPITAL LETTER K) at 2"],
    ),
]


@pytest.mark.requirement("NAM-1")
@pytest.mark.parametrize("name", load_types.names())
@pytest.mark.parametrize(("changes", "field", "named"), MIXED, ids=[field for _, field, _ in MIXED])
def test_letters_of_two_scripts_are_a_fault_that_names_them(tables, name, changes, field, named):
    """Doc 9303-3, 6: letters that look alike have other values; a ban on the name would not be found."""
    if field.partition(".")[0] not in {spec.id for spec in load_types.get(name).fields}:
        pytest.skip("the type has no such field")
    error = faults({**tables[name], **changes})
    assert [(fault.field, fault.reason) for fault in error.faults] == [(field, "scripts")]
    assert [word for word in named if word not in error.faults[0].message] == []
    assert error.faults[0].hint


@pytest.mark.requirement("NAM-1")
def test_letters_of_two_scripts_in_a_journey(tables):
    journey = tables["return-certificate"]["journey"]
    for changed in ({"destination": "ДУШАНБE"}, {"transit": ["АЛМАТО", "ТAШКАНД"]}):
        error = faults(tables["return-certificate"], journey=journey | changed)
        assert [fault.field for fault in error.faults] == [f"journey.{name}" for name in changed]


@pytest.mark.requirement("NAM-1")
@pytest.mark.parametrize(
    "changes",
    [
        {"family_name": "ERIKSSON", "given_names": "ANNA MARIA", "patronymic": ""},
        {"family_name": "Bjorn"},  # another script than the rest, in letters that look like none of it
        {"family_name": "OʼCONNOR"},  # a modifier letter is a sign
        {"authority": "ВКД MIA №2"},
        {"place_of_birth": "Хуҷанд / Khujand"},
    ],
)
def test_two_scripts_apart_are_lawful(table, changes):
    read(table, **changes)


def test_every_letter_of_the_table_may_stand_in_a_name():
    assert {"Ӣ", "Ӯ", "Ғ", "Қ", "Ҳ", "Ҷ", "Ё", "Ъ", "Ь", "É", "'", "-", " ", "."} <= characters("tj")
    assert not {"1", "<", ";", "/", ",", "_", "\n"} & characters("tj")


def test_every_fault_at_once(table):
    wrong = {
        "family_name": "A1",
        "sex": "W",
        "date_of_birth": "yesterday",
        "citizenship": "tjk",
        "portrait": "%%%",
        "hobby": "chess",
        "spelling": {"family_name": "A;", "reason": "whim"},
    }
    changed = {**table, **wrong}
    del changed["authority"]
    error = faults(changed)
    expected = {"family_name", "sex", "date_of_birth", "citizenship", "portrait", "hobby", "authority"}
    expected |= {"spelling.family_name", "spelling.given_names", "spelling.reason"}
    assert {fault.field for fault in error.faults} == expected
    assert set(error.where.split(", ")) == expected
    assert error.message == "10 faults in the application"
    assert all(f"{field}: " in error.hint for field in expected)
    assert {tuple(fault.as_json()) for fault in error.faults} == {("field", "message", "hint", "reason")}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "5",
        "{}",
        '{"schema": 2, "document_type": "external-passport"}',
        '{"schema": "1", "document_type": "external-passport"}',
        '{"schema": true, "document_type": "external-passport"}',
        '{"schema": 1}',
        '{"schema": 1, "document_type": "no-such"}',
        '{"schema": 1, "document_type": null}',
        '{"schema": 1, "document_type": ["external-passport"]}',
        '{"schema": 1, "document_type": {"a": 1}}',
        '{"schema": 1, "document_type": "../external-passport"}',
        '{"schema": 1, "document_type": ' + "9" * 5000 + "}",
        '{"schema": 1, "schema": 1, "document_type": "external-passport"}',
        "[" * 100_000,
        '{"schema": 1, "document_type": "external-passport"',
    ],
    ids=lambda text: text[:60],
)
def test_what_is_no_application(text):
    for form in (text, text.encode()):
        with pytest.raises(InputError):
            Application.from_json(form)


def test_a_field_that_stands_twice_is_refused(table):
    """Which of two dates of birth counts is not ours to choose."""
    twice = json.dumps(table)[:-1] + ', "date_of_birth": "2001-01-01"}'
    with pytest.raises(InputError, match="twice: date_of_birth"):
        Application.from_json(twice)


@pytest.mark.parametrize("version", [2, 0, "1", True, None, [1]], ids=repr)
def test_another_schema(table, version):
    with pytest.raises(InputError):
        read(table, schema=version)


def test_bytes_that_are_no_text():
    with pytest.raises(InputError):
        Application.from_json(b"\xff\xfe\xff")


def test_over_the_limit_is_not_even_read():
    with pytest.raises(InputError, match="over the limit"):
        Application.from_json(" " * (MAX_JSON + 1))


@pytest.mark.parametrize("value", [None, 5, ["{}"]])
def test_a_bad_call_raises_the_librarys_own_error(value):
    with pytest.raises(TjdocsError):
        Application.from_json(value)


def test_unknown_fields_are_refused(table):
    assert faults(table, hobby="chess").where == "hobby"
    assert len(faults(table, **{"x" * 1000: 1}).where) <= 40
    assert faults(table, **{"a\nb\x1b[31m": 1}).where == "a?b??31m"
    assert faults(table, category="A").where == "category"  # another type's


# ---------------------------------------------------------------------------------------------------- the JSON schema


def test_the_published_schema_is_current():
    published = (specs.folder("specs") / "application.schema.json").read_text(encoding="utf-8")
    assert published == json.dumps(schema(), ensure_ascii=False, indent=1) + "\n", "tjdocs documents schema"
    jsonschema.Draft202012Validator.check_schema(schema())


@pytest.mark.parametrize("name", load_types.names())
def test_examples_are_of_the_schema(tables, name):
    SCHEMA.validate(tables[name])


# what a schema cannot say: which letters a name has, which codes and days there are, what is Base64, what is a number
BEYOND = {"missing rule for", "a name without a letter", "not a State's code", "not a date", "not Base64", "unusable text", "not two points"}


@pytest.mark.parametrize(("name", "field", "value", "where"), UNUSABLE)
def test_the_schema_refuses_what_the_library_refuses(tables, name, field, value, where):
    error = faults(tables[name], **{field: value})
    try:
        SCHEMA.validate({**tables[name], field: value})
    except jsonschema.ValidationError:
        return
    blank = value == "" or (isinstance(value, dict) and "" in value.values())
    assert blank or all(any(fault.message.startswith(beyond) for beyond in BEYOND) for fault in error.faults)


# --------------------------------------------------------------------------------------------------- hostile values

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(st.data(), st.sampled_from(load_types.names()))
@settings(max_examples=300)
def test_hostile_values_raise_nothing_else(data, name):
    table = lawful_tables[name]
    fields = st.sampled_from([field.id for field in load_types.get(name).fields])
    changes = data.draw(st.dictionaries(fields, json_values, max_size=4))
    try:
        application = Application.from_json(json.dumps({**table, **changes}))
    except ApplicationError as error:
        named = {fault.field.partition(".")[0] for fault in error.faults}
    else:
        named = set()
        assert isinstance(application.date_of_birth, date)
        assert application.sex in ("M", "F", "X")
        assert Application.from_json(application.to_json()) == application
    # names of one person are of one script: another one in a field may be named at the next
    names = {field for field in named | changes.keys() if "name" in field or "patronymic" in field}
    assert named - (names if names & changes.keys() else set()) <= changes.keys()


lawful_tables = {name: lawful(name) for name in load_types.names()}


@given(st.binary(max_size=200) | st.text(max_size=200))
@settings(max_examples=200)
def test_hostile_texts_raise_nothing_else(text):
    with pytest.raises(InputError):
        Application.from_json(text)


# ---------------------------------------------------------------------------------------------------- personal data


@pytest.mark.parametrize("name", load_types.names())
def test_nothing_of_the_person_in_repr(tables, name):
    application = read(tables[name])
    assert name in repr(application)
    parts = [application, *application.documents, application.journey, application.citizenship_record]
    for part in parts:
        assert not any(secret in repr(part) for secret in SECRETS), repr(part)
    spelling = Spelling("ЭРИКССОН", "АННА", "earlier-document", "НАМУНА")
    earlier = EarlierName("ЭРИКССОН", "АННА", date(1994, 1, 1), "SPECIMEN", "НАМУНА")
    assert not any(secret in f"{spelling!r} {earlier!r}" for secret in SECRETS)


@pytest.mark.parametrize(("name", "field"), [(n, f.id) for n, f in ALL])
def test_nothing_of_the_person_in_errors(tables, name, field):
    secret = "ЭРИКССОН\n" * 3
    error = faults(tables[name], **{field: [secret] if field == "consents" else secret})
    assert "ЭРИКССОН" not in f"{error} {error!r} {error.args} {error.__context__!r}"


def test_values_are_frozen(table):
    with pytest.raises(dataclasses.FrozenInstanceError):
        read(table).sex = "M"
    assert base64.b64encode(PORTRAIT).decode() in read(table).to_json()
