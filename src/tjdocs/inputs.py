"""Input within limits: a file, a JSON value, a TOML table. For any bytes there is one named error and no other.

Deep nesting, values and numbers without end, a name that occurs twice and bytes that are not text are refused here,
before anything is interpreted.
"""

import json
import os
import re
import stat
import tomllib
from collections.abc import Iterable
from itertools import accumulate
from math import isfinite
from typing import Any

from tjdocs import limits
from tjdocs.errors import InputError, SpecError

__all__ = [
    "has_more_values",
    "is_schema",
    "is_too_deep",
    "json_object",
    "json_value",
    "read_file",
    "toml_table",
]

# one that does not end is taken to the end: else each quote in it would be looked at as a beginning
_STRINGS = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)', re.DOTALL)
_STEPS = {"[": 1, "{": 1, "]": -1, "}": -1}
_PART = r"""(?:[A-Za-z0-9_-]++|"[^"\n]*"|'[^'\n]*')[ \t]*+\.[ \t]*+"""
# tomllib takes time that grows with the square of a key's parts, and more where there are many such keys
_LONG_KEY = re.compile(rf"(?:^[ \t]*+\[{{0,2}}+|[{{,])[ \t]*+(?:{_PART}){{{limits.TOML_DEPTH}}}", re.MULTILINE)


def read_file(path: str | os.PathLike[str], limit: int, *, regular: bool = False) -> bytes:
    """Return the bytes of a file.

    :param limit: bytes that are read
    :param regular: whether only a regular file is read; a pipe would wait for its writer
    :raises InputError: it cannot be read, or is over the limit
    """
    where = os.fspath(path)
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | (os.O_NONBLOCK if regular else 0))
        with open(descriptor, "rb") as file:
            if regular and not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise InputError("not a regular file", where=where, hint="name a file")
            data = file.read(limit + 1)
    except (OSError, ValueError) as error:
        hint = getattr(error, "strerror", None) or "name a readable file"
        raise InputError("cannot read", where=where, hint=hint) from None
    if len(data) > limit:
        raise InputError("over the limit", where=where, hint=f"at most {limit} bytes are read")
    return data


def json_value(data: bytes | str, *, where: str, values: int = limits.JSON_VALUES) -> Any:
    """Return a JSON value (RFC 8259) in which no object has a name twice. Nothing else in the library parses JSON.

    :param values: how many values it may have, as :func:`has_more_values` counts them
    :raises InputError: not JSON, or it has more values or a number without an end, or is nested deeper than 32 levels
    """
    try:
        # of bytes only UTF-8: the standard knows no other form
        text = data if isinstance(data, str) else data.decode("utf-8-sig")
        outline = _outline(text)
        if len(outline) > values and has_more_values(text, values):
            raise InputError("too many values", where=where, hint=f"at most {values}")
        if len(outline) > limits.JSON_DEPTH and is_too_deep(text):
            raise InputError("nested too deep", where=where, hint=f"at most {limits.JSON_DEPTH} levels")
        return json.loads(text, object_pairs_hook=_once, parse_constant=_no_number, parse_float=_finite)
    except _TwiceError as error:
        raise InputError("a name twice", where=str(error)[:40], hint=f"once in an object of {where}") from None
    except (ValueError, RecursionError):
        raise InputError("not JSON", where=where, hint="JSON in UTF-8") from None


def json_object(data: bytes | str, *, where: str, values: int = limits.JSON_VALUES) -> dict[str, Any]:
    """Return a JSON object.

    :raises InputError: not a JSON object; as :func:`json_value`
    """
    value = json_value(data, where=where, values=values)
    if not isinstance(value, dict):
        raise InputError("not a JSON object", where=where, hint="give a JSON object")
    return value


def is_schema(value: object, *known: int) -> bool:
    """Whether the value of ``schema`` in JSON or TOML is a known one: a whole number, neither ``true`` nor ``1.0``.

    :param known: the schemas that are read; 1 if there is none
    """
    return type(value) is int and value in (known or (1,))


def has_more_values(text: str, most: int) -> bool:
    """Whether JSON has more values than so many: commas and opening brackets count, those in texts left out."""
    return _separators(text) > most and _separators(_STRINGS.sub("", text)) > most


def is_too_deep(text: str) -> bool:
    """Whether arrays and objects of JSON are nested deeper than is read, brackets in texts left out."""
    if text.count("[") + text.count("{") <= limits.JSON_DEPTH:
        return False
    brackets = re.findall(r"[\[\]{}]", _STRINGS.sub("", text))
    return max(accumulate(map(_STEPS.__getitem__, brackets)), default=0) > limits.JSON_DEPTH


def _outline(text: str) -> bytes:
    """Return the commas and brackets of JSON, those in texts too, in one quick pass: usually there are few enough."""
    return text.encode(errors="surrogatepass").translate(None, _OTHERS)


_OTHERS = bytes(set(range(256)) - set(b"[]{},"))


def _separators(text: str) -> int:
    return text.count(",") + text.count("[") + text.count("{")


def toml_table(data: bytes, *, where: str, limit: int = limits.DOCUMENT_TYPE) -> dict[str, Any]:
    """Return a TOML document.

    :raises SpecError: not a table, over the limit, or is nested deeper than 32 levels
    """
    if len(data) > limit:
        raise SpecError("over the limit", where=where, hint=f"at most {limit} bytes are read")
    deep = SpecError("nested too deep", where=where, hint=f"at most {limits.TOML_DEPTH} levels")
    try:
        text = data.decode()
        if _LONG_KEY.search(text):
            raise deep
        table = tomllib.loads(text)
    except RecursionError:
        raise deep from None
    except ValueError as error:  # also a number of more digits than Python reads
        raise SpecError("not readable as TOML", where=where, hint=str(error)) from None
    level: list[Any] = [table]
    for _ in range(limits.TOML_DEPTH + 1):
        level = [item for value in level for item in _inside(value)]
    if level:
        raise deep
    return table


def _inside(value: Any) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is not a number")


def _finite(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise ValueError("a number beyond all that are read")
    return number


class _TwiceError(Exception):
    pass


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) < len(pairs):
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                raise _TwiceError(name)
            seen.add(name)
    return table
