"""Each file of ``specs/`` with a declared form, broken in each key: an error with the file and the path."""

import importlib.machinery
import importlib.util
from collections.abc import Mapping
from datetime import date, datetime, time
from pathlib import Path
from types import MappingProxyType
from typing import Annotated

import msgspec
import pytest
from msgspec import inspect

from tjdocs import specs
from tjdocs.errors import SpecError

ROOT = Path(__file__).parents[1]
WRONG = time(1)  # which no form takes
# files of other forms: of a policy, of texts, of checks and defects, and those that only tests and tools read
OTHERS = ("text/", "policy/", "checks.toml", "requirements.toml", "vectors.toml")


def _tool():
    loader = importlib.machinery.SourceFileLoader("schemas_tool", str(ROOT / "tools/schemas"))
    made = importlib.util.module_from_spec(importlib.util.spec_from_loader("schemas_tool", loader))
    loader.exec_module(made)
    return made


TOOL = _tool()
FILES = dict(TOOL.files())


def _fits(value, kind):
    if isinstance(kind, inspect.StructType):
        return isinstance(value, dict)
    if isinstance(kind, inspect.DictType):
        return isinstance(value, dict)
    return isinstance(value, list) or not isinstance(kind, inspect.VarTupleType | inspect.TupleType | inspect.FrozenSetType)


def places(value, kind, path="$", shape=""):
    """Yield the tables and their keys below a value: table, key or None for the table, whether required, path, shape."""
    if isinstance(kind, inspect.UnionType):
        kind = next(one for one in kind.types if not isinstance(one, inspect.NoneType) and _fits(value, one))
    if isinstance(kind, inspect.StructType):
        yield value, None, False, path, shape
        for field in kind.fields:
            name = field.encode_name
            if name in value:
                yield value, name, field.required, f"{path}.{name}", f"{shape}.{name}"
                yield from places(value[name], field.type, f"{path}.{name}", f"{shape}.{name}")
    elif isinstance(kind, inspect.DictType) and not isinstance(kind.value_type, inspect.AnyType):
        for name, part in value.items():
            yield value, name, False, f"{path}.{name}", f"{shape}.*"
            yield from places(part, kind.value_type, f"{path}.{name}", f"{shape}.*")
    elif isinstance(kind, inspect.VarTupleType):
        for number, part in enumerate(value):
            yield from places(part, kind.item_type, f"{path}[{number}]", f"{shape}[]")


def refusal(table, form, path):
    with pytest.raises(SpecError) as caught:
        specs.convert(table, form, where=f"specs/{path}")
    return caught.value


@pytest.mark.parametrize("path", FILES)
def test_each_key_broken_is_an_error_with_file_and_path(path):
    form, table = TOOL.form(FILES[path]), specs.read_toml(path)
    specs.convert(table, form, where=path)
    seen = set()
    for place, key, required, where, shape in list(places(table, inspect.type_info(form))):
        if shape in seen:
            continue
        seen.add(shape)
        if key is None:
            place["surplus"] = 1
            error = refusal(table, form, path)
            assert (error.message, error.where) == ("unknown surplus", f"specs/{path} {where}")
            assert "known are" in error.hint
            del place["surplus"]
        elif key == "schema":
            for other in (2, True, 1.0, "1"):
                table["schema"] = other
                assert refusal(table, form, path).message == "unknown schema"
            del table["schema"]
            assert refusal(table, form, path).message == "missing schema"
            table["schema"] = 1
        else:
            kept = dict(place)
            place[key] = WRONG
            assert refusal(table, form, path).where == f"specs/{path} {where}"
            del place[key]
            if required:
                error = refusal(table, form, path)
                assert (error.message, error.where) == (f"missing {key}", f"specs/{path} {where.removesuffix(f'.{key}')}")
            place.clear()
            place.update(kept)  # in the order of before
    specs.convert(table, form, where=path)
    assert len(seen) > 2


BAD = [
    [], {}, "", 5, -1, True, 1.5, [{}], {"a": {}}, {"a": 1}, ["x", 5], "x", date(2020, 1, 1), datetime(2020, 1, 1),  # noqa: DTZ001
    {"not-met": 1}, {"en": {"a": {"b": "c"}}}, {"a.b": [{"c": 1}]}, float("nan"),
]  # fmt: skip


def nodes(value):
    """Yield each place below a value as table or list and key."""
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield value, key
        yield from nodes(value[key])


@pytest.mark.parametrize("path", FILES)
def test_any_value_in_any_place_fits_or_is_an_error_with_its_path(path):
    form, table = TOOL.form(FILES[path]), specs.read_toml(path)
    every, refused = list(nodes(table)), []
    for place, key in every[:: len(every) // 20 + 1]:
        kept = place[key]
        for other in BAD:
            place[key] = other
            try:
                specs.convert(table, form, where="here")
            except SpecError as error:
                refused.append(error)
        place[key] = kept
    for error in refused:
        assert error.where.startswith("here $") or "schema" in error.message, error
        assert "[...]" not in error.where
        assert "xpected" not in error.message
    assert refused


def test_every_file_has_a_declared_form_or_is_named():
    every = {path.relative_to(TOOL.SPECS).as_posix() for path in TOOL.SPECS.rglob("*.toml")}
    assert {path for path in every if not path.startswith(OTHERS)} == set(FILES)


def _parts(value):
    yield value
    if isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from _parts(getattr(value, name))
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _parts(part)
    elif isinstance(value, tuple):
        for part in value:
            yield from _parts(part)


@pytest.mark.parametrize("path", FILES)
def test_what_was_loaded_cannot_be_changed(path):
    for part in _parts(specs.load(path, TOOL.form(FILES[path]))):
        assert not isinstance(part, dict | list | set), part
        if isinstance(part, msgspec.Struct) and part.__struct_fields__:
            with pytest.raises(AttributeError):
                setattr(part, part.__struct_fields__[0], 1)
        if isinstance(part, Mapping):
            assert isinstance(part, MappingProxyType)


def _rows(kind):
    for one in kind.__subclasses__():
        yield one
        yield from _rows(one)


def test_every_row_is_frozen_and_forbids_unknown_keys():
    list(map(TOOL.form, FILES.values()))
    rows = list(_rows(specs.Row))
    assert len(rows) > 80
    for row in rows:
        assert row.__struct_config__.frozen, row
        assert row.__struct_config__.forbid_unknown_fields, row


@pytest.mark.skipif(not msgspec.__version__.startswith("0.23."), reason="another version writes the same schema otherwise")
def test_the_schemas_are_current():
    """Run ``tools/schemas`` where this fails."""
    found = TOOL.schemas()
    for name, text in found.items():
        assert (TOOL.SPECS / "schemas" / name).read_text(encoding="utf-8") == text, name
    bundled = {path.relative_to(TOOL.SPECS / "schemas").as_posix() for path in (TOOL.SPECS / "schemas").rglob("*.json")}
    assert bundled - set(found) == {"evidence.json", "list-entry.json", "ready.json", "verdict.json"}


class Inner(specs.Row, frozen=True):
    """A row of a test's own."""

    size: int = 1

    def __post_init__(self):
        if self.size == 5:
            raise ValueError("not a size; less than 5")


class Outer(specs.Spec, frozen=True):
    """A file of a test's own."""

    word: specs.Word
    number: specs.Hex = "0"
    several: Mapping[str, Mapping[str, Inner]] = {}
    rows: tuple[Inner, ...] = ()
    pair: tuple[int, int] = (0, 0)
    count: Annotated[int, msgspec.Meta(ge=1)] = 1


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({}, "missing word: x.toml $; known are count, number, pair, rows, schema, several, word"),
        ({"word": ""}, "an empty text: x.toml $.word"),
        ({"word": "a", "count": 0}, "not a whole number >= 1: x.toml $.count"),
        ({"word": "a", "pair": [1]}, "not a list of length 2, got 1: x.toml $.pair"),
        ({"word": 1}, "not a text: x.toml $.word; whole number found"),
        ({"word": "a", "number": "12g"}, "a text of another form: x.toml $.number; ^[0-9A-Fa-f]+$"),
        ({"word": "a", "rows": {}}, "not a list: x.toml $.rows; table found"),
        ({"word": "a", "rows": [{}, {"size": 5}]}, "not a size: x.toml $.rows[1]; less than 5"),
        ({"word": "a", "rows": [{"size": True}]}, "not a whole number: x.toml $.rows[0].size; truth value found"),
        ({"word": "a", "several": {"b": {"c": {}, "d": {"size": "1"}}}}, "not a whole number: x.toml $.several.b.d.size; text found"),
        ({"word": "a", "several": {"b": {"c.d": {"wide": 1}}}}, "unknown wide: x.toml $.several.b.c.d; known are size"),
    ],
)  # fmt: skip
def test_an_error_says_what_and_where(table, message):
    with pytest.raises(SpecError) as caught:
        specs.convert({"schema": 1, **table}, Outer, where="x.toml")
    assert str(caught.value) == message


# each key that was renamed, in a file that had it: the file, the table, the old key, the new one
RENAMED = [
    ("documents/external-passport.toml", ("field", 0), "name", "id"),
    ("documents/external-passport.toml", ("field", 0), "judged", "required_by_rule"),
    ("documents/external-passport.toml", ("field", 0), "bring", "supporting_document"),
    ("mrz/problems.toml", ("problem", 0), "code", "id"),
    ("defects.toml", ("content_type", 1), "warning", "id"),
    ("lds/objects.toml", ("file", "DG1", "5F1F"), "meaning", "text"),
    ("border/points.toml", ("point", 0), "name", "text"),
    ("border/rights.toml", ("agreement", 0), "basis", "source"),
    ("border/stay.toml", (), "article", "source"),
    ("register/blanks.toml", (), "state", "status"),
    ("register/documents.toml", (), "act", "action"),
    ("register/roles.toml", ("role", 0), "acts", "actions"),
    ("pki/profiles.toml", (), "state", "issuing_state"),
]


@pytest.mark.parametrize(("path", "place", "old", "new"), RENAMED)
def test_an_old_key_is_an_error_that_names_the_new_one(path, place, old, new):
    table = row = specs.read_toml(path)
    for key in place:
        row = row[key]
    row[old] = row.pop(new, "x")
    error = refusal(table, TOOL.form(FILES[path]), path)
    assert (error.message, error.hint) == (f"unknown {old}", f"write {new}")
    where = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in place)
    assert error.where == f"specs/{path} ${where}"


def test_every_renamed_key_is_tried():
    used = {"use.cross_in", "use.cross_out", "use.directions", "use.inside", "use.once", "use.requirement"}  # of a table that is a list now
    assert {old for _, _, old, _ in RENAMED} | used == set(specs._RENAMED)


def test_an_old_table_is_an_error_that_names_the_new_keys():
    path = "documents/return-certificate.toml"
    table = specs.read_toml(path)
    table["use"] = {"directions": table["use"], "once": True, "requirement": "RET-2"}
    error = refusal(table, TOOL.form(FILES[path]), path)
    assert (error.message, error.where) == ("not a list", f"specs/{path} $.use")
    assert error.hint == "write use for use.directions, single_use for use.once, use_requirement for use.requirement"


def test_an_old_key_next_to_the_new_one_is_only_unknown():
    path = "mrz/problems.toml"
    table = specs.read_toml(path)
    table["problem"][0]["code"] = "x"
    assert "known are" in refusal(table, TOOL.form(FILES[path]), path).hint


def test_the_wrong_key_of_a_long_table_is_found_in_few_steps(monkeypatch):
    """A document type of 1 MB may have a hundred thousand keys, and each conversion reads all of them."""
    calls = []
    real = specs.msgspec.convert
    monkeypatch.setattr(specs.msgspec, "convert", lambda *given, **named: calls.append(1) or real(*given, **named))
    for place in (0, 1, 500, 998, 999):
        calls.clear()
        several = {f"k{number}": {"x": {"size": "1" if number == place else 1}} for number in range(1000)}
        table = {"schema": 1, "word": "a", "several": several}
        with pytest.raises(SpecError) as caught:
            specs.convert(table, Outer, where="here")
        assert caught.value.where == f"here $.several.k{place}.x.size"
        assert len(calls) <= 15
