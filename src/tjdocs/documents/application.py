"""What an applicant asks for: a typed record, read from JSON."""

import base64
import binascii
import json
import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tjdocs.documents import types
from tjdocs.errors import InputError, UsageError

__all__ = ["Application"]

MAX_TEXT = 200
MAX_JSON = 20_000_000
_DATE = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SEXES = ("M", "F", "X")


@dataclass(frozen=True, slots=True)
class Application:
    """An application for one document. Personal data: nothing of it is in ``repr``.

    :param document_type: id of a document type
    :param citizenship: three-letter code, empty where it is not recorded
    :param portrait: an image file's bytes
    :param portrait_eyes: centres of the eyes in the portrait, pixels, the picture's left one first
    :param consents: recorded consents, for example ``legal-representatives``
    """

    document_type: str
    family_name: str = field(default="", repr=False)
    given_names: str = field(default="", repr=False)
    patronymic: str = field(default="", repr=False)
    sex: str = field(default="", repr=False)
    date_of_birth: date | None = field(default=None, repr=False)
    place_of_birth: str = field(default="", repr=False)
    citizenship: str = field(default="", repr=False)
    personal_number: str = field(default="", repr=False)
    authority: str = field(default="", repr=False)
    portrait: bytes = field(default=b"", repr=False)
    portrait_eyes: tuple[tuple[float, float], tuple[float, float]] | None = field(default=None, repr=False)
    consents: tuple[str, ...] = field(default=(), repr=False)

    @classmethod
    def from_json(cls, text: str | bytes) -> "Application":
        """Read an application from JSON with the keys above; dates ISO 8601, the portrait in Base64.

        :raises InputError: it is malformed; the field is named, never its content
        """
        if not isinstance(text, str | bytes):
            raise UsageError("no application", where="text", hint="JSON as text or bytes")
        if len(text) > MAX_JSON:
            raise InputError("over the limit", where="application", hint=f"at most {MAX_JSON} bytes")
        try:
            table = json.loads(text)
        except (ValueError, RecursionError):
            raise InputError("no JSON", where="application", hint="see `tjdocs documents example`") from None
        if not isinstance(table, dict) or type(table.get("schema")) is not int or table["schema"] != 1:
            raise InputError("no application of schema 1", where="application", hint='a JSON object with "schema": 1')
        kind = table.get("document_type")
        if kind not in types.names():
            raise InputError("unknown document type", where="document_type", hint=f"one of {', '.join(types.names())}")
        specified = {spec.name: spec for spec in types.get(kind).fields}
        if unknown := sorted(table.keys() - specified.keys() - {"schema", "document_type"}):
            raise InputError("unknown field", where=str(unknown[0])[:40], hint=f"known are {', '.join(specified)}")
        for name, spec in specified.items():
            if not spec.optional and table.get(name) in (None, ""):
                raise InputError("missing field", where=name, hint=spec.bring)
        values = {name: _READERS[name](table[name], name) for name in specified if name in table}
        for name, spec in specified.items():
            if not spec.optional and not values[name]:  # blanks alone
                raise InputError("missing field", where=name, hint=spec.bring)
        return cls(kind, **values)

    def to_json(self) -> str:
        """Return the application as :meth:`from_json` reads it."""
        table: dict[str, Any] = {"schema": 1, "document_type": self.document_type}
        for spec in types.get(self.document_type).fields:
            value = getattr(self, spec.name)
            if spec.optional and not value:
                continue
            if isinstance(value, date):
                value = value.isoformat()
            elif isinstance(value, bytes):
                value = base64.b64encode(value).decode()
            table[spec.name] = value
        return json.dumps(table, ensure_ascii=False, indent=1) + "\n"


def _text(value: object, name: str) -> str:
    if not isinstance(value, str) or len(value) > MAX_TEXT or not value.isprintable():
        raise InputError("unusable text", where=name, hint=f"printable text of at most {MAX_TEXT} characters")
    return value.strip()


def _sex(value: object, name: str) -> str:
    if value not in _SEXES:
        raise InputError("unusable value", where=name, hint=f"one of {', '.join(_SEXES)}")
    return str(value)


def _code(value: object, name: str) -> str:
    text = _text(value, name)
    if not (1 <= len(text) <= 3 and text.isascii() and text.isalpha() and text.isupper()):
        raise InputError("no State's code", where=name, hint="three letters, as in the zone")
    return text


def _date(value: object, name: str) -> date:
    text = _text(value, name)
    try:
        if not _DATE.fullmatch(text):
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise InputError("no date", where=name, hint="ISO 8601, YYYY-MM-DD") from None


def _image(value: object, name: str) -> bytes:
    try:
        if isinstance(value, str):
            return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        pass
    raise InputError("no Base64", where=name, hint="an image file's bytes in Base64")


def _eyes(value: object, name: str) -> tuple[tuple[float, float], tuple[float, float]]:
    try:
        (ax, ay), (bx, by) = value  # type: ignore[misc]
        numbers = [ax, ay, bx, by]  # type: ignore[has-type]
        if any(isinstance(n, bool) or not isinstance(n, int | float) or not 0 <= n < 100_000 for n in numbers):
            raise ValueError
    except (TypeError, ValueError):
        raise InputError("no two points", where=name, hint="[[x, y], [x, y]] in pixels") from None
    return (float(numbers[0]), float(numbers[1])), (float(numbers[2]), float(numbers[3]))


def _words(value: object, name: str) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise InputError("no list", where=name, hint="a list of words")
    return tuple(_text(item, name) for item in value)


_READERS: dict[str, Any] = {
    "family_name": _text,
    "given_names": _text,
    "patronymic": _text,
    "sex": _sex,
    "date_of_birth": _date,
    "place_of_birth": _text,
    "citizenship": _code,
    "personal_number": _text,
    "authority": _text,
    "portrait": _image,
    "portrait_eyes": _eyes,
    "consents": _words,
}
