"""Kinds of values in an application: each reads a JSON value, writes it back, and has its JSON schema.

Reading never stops at a fault: faults are collected, and None stands for an unreadable value.
"""

import base64
import binascii
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any, Protocol

from msgspec import Struct

from tjdocs import mrz
from tjdocs.documents import settings
from tjdocs.documents.name_spelling import name_faults
from tjdocs.errors import FieldError
from tjdocs.times import PartialDate, read_birth

__all__ = [
    "BirthDate",
    "Code",
    "Date",
    "Eyes",
    "FieldType",
    "Image",
    "ListOf",
    "Name",
    "Reading",
    "Record",
    "Text",
    "Word",
    "shown",
]

_DATE = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOST_PIXELS = 100_000


def shown(name: str) -> str:
    """Return a field's name as an error may show it: anybody may have written it."""
    return "".join(c if c.isalnum() or c in "_-." else "?" for c in name[:40]) or "?"


@dataclass(slots=True)
class Reading:
    """One reading of an application: the transliteration table of its type, and the faults so far."""

    table: str
    faults: list[FieldError] = field(default_factory=list)

    def fault(self, where: str, message: str, hint: str) -> None:
        """Note a fault."""
        self.faults.append(FieldError(where, message, hint))


class FieldType(Protocol):
    """A kind of value."""

    def read(self, value: object, where: str, reading: Reading) -> Any:
        """Return the value, or None after noting why there is none."""

    def write(self, value: Any) -> Any:
        """Return the JSON value of a value."""

    def schema(self) -> dict[str, Any]:
        """Return the JSON schema of the values that :meth:`read` takes."""


class Text(Struct, frozen=True):
    """Printable text, composed (NFC), without blanks around it."""

    def read(self, value: object, where: str, reading: Reading) -> str | None:
        """Return the text."""
        longest = settings.load().max_text
        if not isinstance(value, str) or len(value) > longest or not value.isprintable():
            reading.fault(where, "unusable text", f"printable text of at most {longest} characters")
            return None
        return unicodedata.normalize("NFC", value).strip()

    def write(self, value: str) -> str:
        """Return the text."""
        return value

    def schema(self) -> dict[str, Any]:
        """Return the schema."""
        return {"type": "string", "maxLength": settings.load().max_text}


class Name(Text, frozen=True):
    """A name: letters that the table spells, blanks, apostrophes, hyphens, full stops."""

    def read(self, value: object, where: str, reading: Reading) -> str | None:
        """Return the name; every foreign character is named."""
        longest = settings.load().max_text
        if not isinstance(value, str) or len(value) > longest:
            reading.fault(where, "unusable text", f"printable text of at most {longest} characters")
            return None
        faults = list(name_faults(value, reading.table))
        for message, hint in faults:
            reading.fault(where, message, hint)
        return None if faults else unicodedata.normalize("NFC", value).strip()


class Date(Struct, frozen=True):
    """A day, ISO 8601."""

    def read(self, value: object, where: str, reading: Reading) -> date | None:
        """Return the day."""
        try:
            if isinstance(value, str) and _DATE.fullmatch(value):
                return date.fromisoformat(value)
        except ValueError:
            pass
        reading.fault(where, "not a date", "ISO 8601, YYYY-MM-DD")
        return None

    def write(self, value: date) -> str:
        """Return ISO 8601."""
        return value.isoformat()

    def schema(self) -> dict[str, Any]:
        """Return the schema."""
        return {"type": "string", "pattern": f"^{_DATE.pattern}$", "format": "date"}


class BirthDate(Struct, frozen=True):
    """A date of birth, ISO 8601; its day, or month and day, may be unknown (Doc 9303-3, 3.8)."""

    def read(self, value: object, where: str, reading: Reading) -> date | PartialDate | None:
        """Return the date."""
        try:
            if isinstance(value, str):
                return read_birth(value)
        except ValueError:
            pass
        reading.fault(where, "not a date", "ISO 8601, YYYY-MM-DD; YYYY-MM or YYYY where the rest is unknown")
        return None

    def write(self, value: date | PartialDate) -> str:
        """Return ISO 8601."""
        return value.isoformat()

    def schema(self) -> dict[str, Any]:
        """Return the schema."""
        return {"type": "string", "pattern": "^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"}


class Word(Struct, frozen=True):
    """One of a few words."""

    words: tuple[str, ...]

    def read(self, value: object, where: str, reading: Reading) -> str | None:
        """Return the word."""
        if isinstance(value, str) and value in self.words:
            return value
        reading.fault(where, "unusable value", f"one of {', '.join(self.words)}")
        return None

    def write(self, value: str) -> str:
        """Return the word."""
        return value

    def schema(self) -> dict[str, Any]:
        """Return the schema."""
        return {"enum": list(self.words)}


class Code(Struct, frozen=True):
    """A code of a State, an organization or a status that is allowed as nationality (Doc 9303-3, 5)."""

    def read(self, value: object, where: str, reading: Reading) -> str | None:
        """Return the code."""
        known = mrz.codes.state_codes().get(value) if isinstance(value, str) else None
        if known is None or not known.is_nationality:
            reading.fault(where, "not a State's code", "a code of Doc 9303-3, 5, without fillers, for example TJK")
            return None
        return known.code

    def write(self, value: str) -> str:
        """Return the code."""
        return value

    def schema(self) -> dict[str, Any]:
        """Return the schema."""
        return {"type": "string", "pattern": "^[A-Z]{1,3}$"}


class Image(Struct, frozen=True):
    """An image file's bytes, in Base64."""

    def read(self, value: object, where: str, reading: Reading) -> bytes | None:
        """Return the bytes; whether they are an image is seen later."""
        try:
            if isinstance(value, str):
                return base64.b64decode(value, validate=True)
        except (binascii.Error, ValueError):
            pass
        reading.fault(where, "not Base64", "an image file's bytes in Base64")
        return None

    def write(self, value: bytes) -> str:
        """Return Base64."""
        return base64.b64encode(value).decode()

    def schema(self) -> dict[str, Any]:
        """Return the schema."""
        return {"type": "string", "contentEncoding": "base64"}


def _is_pixel(value: float) -> bool:
    return not isinstance(value, bool) and 0 <= value < _MOST_PIXELS


class Eyes(Struct, frozen=True):
    """Two points in pixels."""

    def read(
        self, value: object, where: str, reading: Reading
    ) -> tuple[tuple[float, float], tuple[float, float]] | None:
        """Return the points."""
        match value:
            case [
                [int() | float() as ax, int() | float() as ay],
                [int() | float() as bx, int() | float() as by],
            ] if all(map(_is_pixel, (ax, ay, bx, by))):
                return (float(ax), float(ay)), (float(bx), float(by))
        reading.fault(where, "not two points", "[[x, y], [x, y]] in pixels")
        return None

    def write(self, value: tuple[tuple[float, float], tuple[float, float]]) -> list[list[float]]:
        """Return lists of numbers."""
        return [list(point) for point in value]

    def schema(self) -> dict[str, Any]:
        """Return the schema."""
        number = {"type": "number", "minimum": 0, "exclusiveMaximum": _MOST_PIXELS}
        point = {"type": "array", "items": number, "minItems": 2, "maxItems": 2}
        return {"type": "array", "items": point, "minItems": 2, "maxItems": 2}


class ListOf(Struct, frozen=True):
    """A list of values of one kind."""

    kind: FieldType

    def read(self, value: object, where: str, reading: Reading) -> tuple[Any, ...] | None:
        """Return the values that could be read."""
        longest = settings.load().max_list
        if not isinstance(value, list) or len(value) > longest:
            reading.fault(where, "not a list", f"a list of at most {longest} entries")
            return None
        read = [self.kind.read(item, where, reading) for item in value]
        return tuple(item for item in read if item is not None)

    def write(self, value: tuple[Any, ...]) -> list[Any]:
        """Return a list."""
        return [self.kind.write(item) for item in value]

    def schema(self) -> dict[str, Any]:
        """Return the schema."""
        return {"type": "array", "items": self.kind.schema(), "maxItems": settings.load().max_list}


class Record(Struct, frozen=True):
    """A record of named values.

    :param make: makes the record from its values by name
    :param required: members without which there is no record
    :param empty: required members that may be empty: the given names of a person with one name
    """

    make: Any
    members: Mapping[str, FieldType]
    required: frozenset[str]
    empty: frozenset[str] = frozenset()

    def read(self, value: object, where: str, reading: Reading) -> Any:
        """Return the record."""
        if not isinstance(value, dict):
            reading.fault(where, "not a record", f"an object with {', '.join(self.members)}")
            return None
        before = len(reading.faults)
        for name in sorted(value.keys() - self.members.keys()):
            reading.fault(f"{where}.{shown(name)}", "unknown field", f"known are {', '.join(self.members)}")
        read = {n: kind.read(value[n], f"{where}.{n}", reading) for n, kind in self.members.items() if n in value}
        for name in self.members:
            if name in self.required and (name not in value or (read[name] == "" and name not in self.empty)):
                reading.fault(f"{where}.{name}", "missing field", f"an object with {', '.join(sorted(self.required))}")
        return None if len(reading.faults) > before else self.make(**read)

    def write(self, value: Any) -> dict[str, Any]:
        """Return an object of the members that are not left to their defaults."""
        defaults = {item.name: item.default for item in fields(value)}
        members = {name: (kind, getattr(value, name)) for name, kind in self.members.items()}
        return {n: kind.write(v) for n, (kind, v) in members.items() if n in self.required or v != defaults[n]}

    def schema(self) -> dict[str, Any]:
        """Return the schema."""
        return {
            "type": "object",
            "properties": {name: kind.schema() for name, kind in self.members.items()},
            "required": sorted(self.required),
            "additionalProperties": False,
        }
