"""Find and read the data: ``specs/`` and ``test_vectors/`` in a checkout and in a wheel.

Each room declares the form of its own files as frozen types, and :func:`load` reads a file into one. A check that needs
more than one value raises ``ValueError`` in ``__post_init__``, and the error has the file and the path.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from functools import cache, partial
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal, TypeVar, cast

import msgspec
from msgspec.structs import force_setattr

from tjdocs import inputs
from tjdocs.errors import SpecError

__all__ = [
    "Hex",
    "Positive",
    "Row",
    "Spec",
    "Word",
    "convert",
    "digest",
    "folder",
    "load",
    "read_bytes",
    "read_toml",
    "require_keys",
]

Word = Annotated[str, msgspec.Meta(min_length=1)]
"""A text that is not empty."""
Positive = Annotated[int, msgspec.Meta(ge=1)]
"""A whole number by which something is divided, or of which there is one at least."""
Hex = Annotated[str, msgspec.Meta(pattern="^[0-9A-Fa-f]+$")]
"""A number in hexadecimal."""
_KINDS = {
    "str": "text", "int": "whole number", "float": "number", "bool": "truth value", "array": "list", "object": "table"
}  # fmt: skip
_RENAMED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "act": ("action",),
        "acts": ("actions",),
        "article": ("source",),
        "basis": ("source",),
        "bring": ("supporting_document",),
        "code": ("id",),
        "judged": ("required_by_rule",),
        "meaning": ("text",),
        "name": ("id", "text"),
        "state": ("status", "issuing_state"),
        "use.cross_in": ("use",),
        "use.cross_out": ("use",),
        "use.directions": ("use",),
        "use.inside": ("use",),
        "use.once": ("single_use",),
        "use.requirement": ("use_requirement",),
        "warning": ("id",),
    }
)
"""The keys that took the place of an old one. ``TABLE.KEY`` is a key of a table that is a list now."""
_KEY = re.compile(r"\.(\w+)|\[(\d+|\.\.\.)\]")
_FIELD_ERROR = re.compile(r"Object (missing|contains) (?:required|unknown) field `(.*)`")


class Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of a file: its keys are the fields. Each row's class repeats ``frozen=True``, for type checkers."""


class Spec(Row, frozen=True, kw_only=True):
    """A whole file."""

    schema: Literal[1]


_Form = TypeVar("_Form", bound=Row)


@cache
def folder(name: str) -> Path:
    """Return the bundled folder ``name`` (``"specs"`` or ``"test_vectors"``).

    :raises SpecError: the installation lacks it
    """
    for candidate in (Path(__file__).parent / name, Path(__file__).parents[2] / name):
        if candidate.is_dir():
            return candidate
    raise SpecError("bundled data is missing", where=name, hint="install tjdocs from its wheel or a checkout")


def read_bytes(path: str) -> bytes:
    """Return the bytes of ``specs/<path>``.

    :raises SpecError: there is no such file
    """
    try:
        return (folder("specs") / path).read_bytes()
    except OSError:
        raise SpecError("unknown specification", where=f"specs/{path}") from None


@cache
def digest(*names: str) -> str:
    """Return the SHA-256, hexadecimal, over files of ``specs/`` and all files of its folders, by name."""
    root = folder("specs")
    places = [root / name for name in names]
    paths = {path for place in places for path in ([place] if place.is_file() else place.rglob("*")) if path.is_file()}
    rows = sorted((path.relative_to(root).as_posix(), sha256(path.read_bytes()).hexdigest()) for path in paths)
    return sha256("".join(f"{content} {name}\n" for name, content in rows).encode()).hexdigest()


def read_toml(path: str) -> dict[str, Any]:
    """Return ``specs/<path>`` as parsed TOML.

    :raises SpecError: there is no such file, or it is not TOML
    """
    return inputs.toml_table(read_bytes(path), where=f"specs/{path}")


def load(path: str, form: type[_Form]) -> _Form:
    """Return ``specs/<path>`` in its declared form, immutable.

    :raises SpecError: there is no such file, or it is of another form
    """
    return convert(read_toml(path), form, where=f"specs/{path}")


def convert(table: Mapping[str, Any], form: type[_Form], *, where: str) -> _Form:
    """Return parsed TOML in its declared form, immutable: lists are tuples, tables are read-only.

    :param where: the file, for errors
    :raises SpecError: another ``schema``, an unknown or missing key, or a value that the form does not allow
    """
    if "schema" in form.__struct_fields__ and not inputs.is_schema(table.get("schema")):
        raise SpecError("unknown schema" if "schema" in table else "missing schema", where=where, hint="schema = 1")
    try:
        row = _converted(table, form)
    except msgspec.ValidationError as error:
        raise _refusal(str(error), table, form, where) from None
    return cast(_Form, _frozen(row))


def _converted(table: Any, form: type[_Form]) -> _Form:
    """Return a table as a form; a date is TOML's own and not a text, and a key may be a number."""
    return msgspec.convert(table, form, builtin_types=(datetime, date, time), str_keys=True)


def _frozen(value: Any) -> Any:
    """Return a value without lists and dicts in it; a row's fields are replaced in place."""
    if isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            part = getattr(value, name)
            if isinstance(part, dict | list | tuple | msgspec.Struct):
                force_setattr(value, name, _frozen(part))
        return value
    if isinstance(value, dict):
        return MappingProxyType({key: _frozen(part) for key, part in value.items()})
    return tuple(map(_frozen, value)) if type(value) in (list, tuple) else value  # a named tuple has no tables


def _refusal(text: str, table: Any, form: type[Row], where: str) -> SpecError:
    """Return the refusal of a table that is not of a form."""
    what, _, place = text.partition(" - at ")
    keys = _KEY.findall(place)
    named = _named(what, table, form, keys)
    if field := _FIELD_ERROR.fullmatch(what):
        known, missing = _known(form, keys), field[1] == "missing"
        what = f"{'missing' if missing else 'unknown'} {field[2]}"
        hint = f"known are {', '.join(known)}" if known else ""
        if not missing and (new := _new_key(field[2], known, _at(table, keys))):
            hint = f"write {new}"
    elif what.startswith("Invalid enum value "):
        what, hint = f"unknown value {what.removeprefix('Invalid enum value ')}", ""
    elif match := re.fullmatch(r"Expected `(.*)`, got `(.*)`", what):
        kinds = [_KINDS.get(kind, kind) for kind in match[1].split(" | ") if kind != "null"]
        what, hint = f"not a {' or '.join(kinds)}", f"{_KINDS.get(match[2], match[2])} found"
        if match[2] == "object" and (renamed := _renamed_inside(table, form, keys)):
            hint = f"write {renamed}"
    elif what.startswith("Expected `str` matching regex "):
        what, hint = "a text of another form", what.removeprefix("Expected `str` matching regex ").strip("'")
    elif what == "Expected `str` of length >= 1":
        what, hint = "an empty text", ""
    elif match := re.fullmatch(r"Expected `(\w+)` ((?:of length|[<>]).*)", what):
        what, hint = f"not a {_KINDS.get(match[1], match[1])} {match[2]}", ""
    else:
        what, _, hint = what.partition("; ")
    return SpecError(what[:1].lower() + what[1:], where=f"{where} ${named}", hint=hint)


def _named(what: str, table: Any, form: type[Row], keys: list[tuple[str, str]]) -> str:
    """Return the path of an error; the key of a table of free keys is the first with which it has the same error."""
    path, value = "", table
    for number, (name, index) in enumerate(keys):
        if index == "...":
            names = list(value)
            fails = partial(_fails, what, table, form, keys[:number], names)
            name = names[bisect_left(range(1, len(names)), True, key=fails)] if names else "..."
        path += f"[{index}]" if index.isdigit() else f".{name}"
        value = value[int(index)] if index.isdigit() else value.get(name, {})
        keys[number] = (name, index)
    return path


def _fails(what: str, table: Any, form: type[Row], keys: list[tuple[str, str]], names: list[str], most: int) -> bool:
    """Whether a table of free keys gives an error with the first of its keys alone."""

    def only(value: Any, rest: list[tuple[str, str]]) -> Any:
        if not rest:
            return {key: value[key] for key in names[:most]}
        name, index = rest[0]
        if index.isdigit():
            return [only(part, rest[1:]) if number == int(index) else part for number, part in enumerate(value)]
        return {**value, name: only(value[name], rest[1:])}

    try:
        _converted(only(table, keys), form)
    except msgspec.ValidationError as error:
        return str(error).partition(" - at ")[0] == what
    return False


def _at(value: Any, keys: list[tuple[str, str]]) -> Any:
    """Return the value at a path."""
    for name, index in keys:
        value = value[int(index)] if index.isdigit() else value[name]
    return value


def _new_key(old: str, known: list[str], table: Mapping[str, Any]) -> str:
    """Return the key of a form in the place of an old one; empty: it was never a key, or the new key is there too."""
    return next((new for new in _RENAMED.get(old, ()) if new in known and new not in table), "")


def _renamed_inside(table: Any, form: type[Row], keys: list[tuple[str, str]]) -> str:
    """Return the new keys in the place of those of a table that is no longer one."""
    known, name = _known(form, keys[:-1]), keys[-1][0]
    pairs = ((f"{name}.{old}", _RENAMED.get(f"{name}.{old}", ())) for old in _at(table, keys))
    return ", ".join(f"{new} for {old}" for old, places in pairs for new in places if new in known)


def _known(form: type[Row], keys: list[tuple[str, str]]) -> list[str]:
    """Return the keys that the table at a path may have."""
    from msgspec import inspect

    kind: Any = inspect.type_info(form)
    for name, index in keys:
        if isinstance(kind, inspect.StructType):
            kind = next(field.type for field in kind.fields if field.encode_name == name)
        else:
            kind = getattr(kind, "value_type" if index == "..." else "item_type", kind)
        if isinstance(kind, inspect.UnionType):
            kind = next((one for one in kind.types if isinstance(one, inspect.StructType)), kind.types[0])
    return sorted(field.encode_name for field in getattr(kind, "fields", ()))


def require_keys(
    table: Mapping[str, Any],
    required: Iterable[str],
    optional: Iterable[str] = (),
    *,
    where: str,
    schemas: Iterable[int] = (1,),
) -> None:
    """Check a table's keys, so that a misspelt entry is an error and not silently without effect.

    :param schemas: the schemas that are read, where ``schema`` is required
    :raises SpecError: a required key is missing or an unknown one present, or the schema is another
    """
    required = set(required)
    if "schema" in required & table.keys() and not inputs.is_schema(table["schema"], *schemas):
        raise SpecError("unknown schema", where=where, hint=" or ".join(map(str, schemas)))
    known = sorted(required | set(optional))
    unknown = sorted(table.keys() - set(known))
    for old in unknown:
        if new := _new_key(old, known, table):
            raise SpecError(f"unknown {old}", where=where, hint=f"write {new}")
    if missing := sorted(required - table.keys()):
        raise SpecError(f"missing {', '.join(missing)}", where=where)
    if unknown:
        raise SpecError(f"unknown {', '.join(unknown)}", where=where, hint=f"known are {', '.join(known)}")
