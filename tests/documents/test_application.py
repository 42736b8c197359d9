"""Applications: read from JSON that anybody may have written; nothing of a person in ``repr`` or errors."""

import base64
import dataclasses
import json
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tjdocs.documents import Application, example, types
from tjdocs.documents.application import MAX_JSON, MAX_TEXT
from tjdocs.errors import InputError, TjdocsError

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
KIND = "external-passport"
PORTRAIT = b"\x89PNG specimen"
SECRETS = ("ЭРИКССОН", "АННА", "НАМУНА", "1994", "ДУШАНБЕ", "ZE184226B", "specimen", "legal-representatives")


@pytest.fixture(scope="module")
def table():
    """A lawful application, as JSON's own values, with a portrait of a few bytes."""
    application = dataclasses.replace(example(KIND, at=NOW), portrait=PORTRAIT, personal_number="ZE184226B")
    return json.loads(application.to_json())


def read(table, **changes):
    return Application.from_json(json.dumps({**table, **changes}))


def test_there_and_back(table):
    application = read(table, consents=["legal-representatives"])
    assert application.portrait == PORTRAIT
    assert application.date_of_birth == date(1994, 11, 24)
    assert application.consents == ("legal-representatives",)
    assert Application.from_json(application.to_json()) == application
    assert Application.from_json(application.to_json().encode()) == application


names = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=20)
points = st.tuples(*[st.floats(0, 9999)] * 2)


@given(
    st.builds(
        Application,
        document_type=st.just(KIND),
        family_name=names,
        given_names=names,
        patronymic=names | st.just(""),
        sex=st.sampled_from(["M", "F", "X"]),
        date_of_birth=st.dates(),
        place_of_birth=names | st.just(""),
        citizenship=st.sampled_from(["TJK", "D", "UTO"]),
        personal_number=names | st.just(""),
        authority=names,
        portrait=st.binary(min_size=1, max_size=50),
        portrait_eyes=st.none() | st.tuples(points, points),
        consents=st.lists(names, max_size=3).map(tuple),
    )
)
@settings(deadline=None)
def test_decoding_is_the_inverse_of_encoding(application):
    assert Application.from_json(application.to_json()) == application


def test_json_keys_are_the_fields_of_the_type(table):
    fields = {field.name for field in types.get(KIND).fields}
    assert table.keys() <= fields | {"schema", "document_type"}
    assert fields == {field.name for field in dataclasses.fields(Application)} - {"document_type"}


def test_optional_fields_may_be_left_out(table):
    optional = {field.name for field in types.get(KIND).fields if field.optional}
    application = Application.from_json(json.dumps({k: v for k, v in table.items() if k not in optional}))
    assert application.patronymic == ""
    assert application.portrait_eyes is None
    assert application.consents == ()


@pytest.mark.parametrize("name", [field.name for field in types.get(KIND).fields if not field.optional])
@pytest.mark.parametrize("value", ["left-out", None, "", "  "], ids=repr)
def test_mandatory_fields_may_not(table, name, value):
    changed = {**table, name: value}
    if value == "left-out":
        del changed[name]
    with pytest.raises(InputError) as caught:
        Application.from_json(json.dumps(changed))
    assert caught.value.where == name
    assert caught.value.hint


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("family_name", 5),
        ("family_name", ["A"]),
        ("family_name", "A" * (MAX_TEXT + 1)),
        ("family_name", "A\nB"),
        ("family_name", "A\u202eB"),
        ("family_name", "A\0B"),
        ("given_names", "\ud800"),
        ("patronymic", None),
        ("sex", "W"),
        ("sex", "m"),
        ("sex", ["M"]),
        ("sex", True),
        ("date_of_birth", "24.11.1994"),
        ("date_of_birth", "1994-02-30"),
        ("date_of_birth", "1994-11-24T00:00:00"),
        ("date_of_birth", "1994-W01-1"),
        ("date_of_birth", "19941124"),
        ("date_of_birth", "٢٠٢٦-٠١-٠١"),
        ("date_of_birth", 19941124),
        ("citizenship", "tjk"),
        ("citizenship", "TJKX"),
        ("citizenship", "T1K"),
        ("citizenship", "ТҶК"),
        ("portrait", "%%%"),
        ("portrait", "Я"),
        ("portrait", 5),
        ("portrait", ["QQ=="]),
        ("portrait_eyes", None),
        ("portrait_eyes", [[1, 2]]),
        ("portrait_eyes", [[1, 2], [3, "4"]]),
        ("portrait_eyes", [[1, 2], [3, True]]),
        ("portrait_eyes", [[1, 2], [3, -4]]),
        ("portrait_eyes", [[1, 2], [3, 1e9]]),
        ("portrait_eyes", [[1, 2], [3, float("nan")]]),
        ("portrait_eyes", [[1, 2], [3, float("inf")]]),
        ("portrait_eyes", ["ab", "cd"]),
        ("portrait_eyes", {"ab": 1, "cd": 2}),
        ("consents", "legal-representatives"),
        ("consents", {"legal-representatives": True}),
        ("consents", [5]),
        ("consents", [["legal-representatives"]]),
    ],
)
def test_unusable_values_name_their_field_alone(table, name, value):
    with pytest.raises(InputError) as caught:
        read(table, **{name: value})
    assert caught.value.where == name
    assert caught.value.__cause__ is None


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
        "[" * 100_000,
        '{"schema": 1, "document_type": "external-passport"',
    ],
    ids=lambda text: text[:60],
)
def test_what_is_no_application(text):
    for form in (text, text.encode()):
        with pytest.raises(InputError):
            Application.from_json(form)


@pytest.mark.parametrize("schema", [2, 0, "1", True, None, [1]], ids=repr)
def test_another_schema(table, schema):
    with pytest.raises(InputError):
        read(table, schema=schema)


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
    with pytest.raises(InputError) as caught:
        read(table, hobby="chess")
    assert caught.value.where == "hobby"
    with pytest.raises(InputError) as caught:
        read(table, **{"x" * 1000: 1})
    assert len(caught.value.where) <= 40


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
fields = st.sampled_from([field.name for field in types.get(KIND).fields])


@given(st.dictionaries(fields, json_values, max_size=4))
@settings(max_examples=300, deadline=None)
def test_hostile_values_raise_nothing_else(changes):
    table = {"schema": 1, "document_type": KIND, "family_name": "SPECIMEN", "given_names": "A", "sex": "X"}
    table |= {"date_of_birth": "2000-01-01", "citizenship": "TJK", "authority": "A"}
    table |= {"portrait": base64.b64encode(PORTRAIT).decode()}
    refusal = None
    try:
        application = Application.from_json(json.dumps({**table, **changes}))
    except InputError as error:
        refusal = error
    if refusal is None:
        assert isinstance(application.date_of_birth, date)
        assert application.sex in ("M", "F", "X")
        assert Application.from_json(application.to_json()) == application
    else:
        assert refusal.where in table.keys() | changes.keys()


@given(st.binary(max_size=200) | st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_hostile_texts_raise_nothing_else(text):
    with pytest.raises(InputError):
        Application.from_json(text)


def test_nothing_of_the_person_in_repr(table):
    application = read(table, consents=["legal-representatives"])
    assert "external-passport" in repr(application)
    assert not any(secret in repr(application) for secret in SECRETS)


@pytest.mark.parametrize("name", [field.name for field in types.get(KIND).fields])
def test_nothing_of_the_person_in_errors(table, name):
    secret = "ЭРИКССОН\n" * 3
    with pytest.raises(InputError) as caught:
        read(table, **{name: [secret] if name == "consents" else secret})
    error = caught.value
    assert "ЭРИКССОН" not in f"{error} {error!r} {error.args} {error.__context__!r}"


def test_values_are_frozen(table):
    with pytest.raises(dataclasses.FrozenInstanceError):
        read(table).sex = "M"
