"""DG11 and DG12: a tag list and simple objects, read and written from a table of fields (``specs/lds/dg11.toml``)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import Any, ClassVar, Literal, NamedTuple, Self

from msgspec import Struct

from tjdocs import specs
from tjdocs.asn1 import tlv
from tjdocs.asn1.tlv import Place
from tjdocs.errors import UsageError
from tjdocs.lds.data_objects import UnknownObject, encode_unknown, objects, outer, tag_bytes, tag_list, usable
from tjdocs.lds.lds_problems import LdsProblem, guarded

__all__ = ["Details", "DetailsFile", "fits"]

_TAG_LIST, _COUNT = 0x5C, 0x02
_DIGITS: Mapping[str, int] = MappingProxyType({"date": 8, "time": 14})


class FieldRow(specs.Row, frozen=True):
    """A row of ``specs/lds/dg11.toml`` or ``dg12.toml``; tags are hexadecimal."""

    tag: specs.Hex
    id: str
    kind: Literal["text", "parts", "date", "time", "names", "bytes"]
    inner: specs.Hex | None = None
    partly: bool = False
    most: int | None = None

    def __post_init__(self) -> None:
        if (self.kind == "names") != (self.inner is not None):
            raise ValueError("inner tag of names alone")


class FieldFile(specs.Spec, frozen=True):
    """The form of both files."""

    field: tuple[FieldRow, ...]


class _Field(Struct, frozen=True):
    tag: int
    name: str
    kind: str
    inner: int | None = None
    partly: bool = False
    most: int | None = None


@cache
def _table(path: str) -> tuple[Mapping[int, _Field], Mapping[int, _Field]]:
    """Return the fields by their tags, and those that hold names by the tag of each name."""
    fields: dict[int, _Field] = {}
    for row in specs.load(path, FieldFile).field:
        inner = int(row.inner, 16) if row.inner is not None else None
        tag = int(row.tag, 16)
        fields[tag] = _Field(tag, row.id, row.kind, inner, row.partly, row.most)
    inside = {field.inner: field for field in fields.values() if field.inner is not None}
    return MappingProxyType(fields), MappingProxyType(inside)


def field_kinds(path: str) -> Mapping[str, str]:
    """Return the kind of each field by its name, in the order of a file of ``specs/lds/``."""
    return {field.name: field.kind for field in _table(path)[0].values()}


class Details(NamedTuple):
    """What a file held.

    :param values: by the name of the field, those that were there
    :param tag_list: as read when it is not simply the list of the following objects
    """

    values: Mapping[str, Any]
    tag_list: tuple[int, ...] | None
    unknown: tuple[UnknownObject, ...]
    problems: tuple[LdsProblem, ...]
    raw: bytes
    trailing: int


def _read(data: bytes, tag: int, name: str, path: str) -> Details:
    """Read the file ``name``; an object that cannot be used becomes a problem and stays among the unknown ones.

    :raises LdsError, TlvError: it is malformed
    """
    begin, end, raw, trailing = outer(data, tag, name)
    fields, inner = _table(path)
    values: dict[str, Any] = {}
    unknown: list[UnknownObject] = []
    problems: list[LdsProblem] = []
    listed: tuple[int, ...] | None = None
    present: list[int] = []
    for item in objects(raw, begin, end):
        tag, _, start, stop = item
        if tag == _TAG_LIST and listed is None:
            listed = tag_list(raw[start:stop], start)
            continue
        present.append(tag)
        if (field := fields.get(tag)) is not None:
            if field.name in values:
                problems.append(LdsProblem("object-duplicate", field.name))
            elif (value := _value(raw, item, field, problems)) is not None:
                values[field.name] = value
                continue
        elif (loose := inner.get(tag)) is not None:  # a further name outside of its list
            values[loose.name] = (*values.get(loose.name, ()), _text(raw[start:stop], loose.name, problems))
            continue
        else:
            problems.append(LdsProblem("object-unknown", f"{tag:02X}"))
        unknown.append((tag, raw[start:stop]))
    tags = None
    if listed is None:
        problems.append(LdsProblem("tag-list-missing"))
    elif listed != tuple(_listed(tag, fields) for tag in present):
        tags = listed
        if odd := {_outer(tag, inner) for tag in listed} ^ {_outer(tag, inner) for tag in present}:
            problems.append(LdsProblem("tag-list", detail=" ".join(f"{t:02X}" for t in sorted(odd))))
    return Details(values, tags, tuple(unknown), tuple(problems), raw, trailing)


def _listed(tag: int, fields: Mapping[int, _Field]) -> int:
    """Return the tag under which a list names an object: of names their own (Doc 9303-10, 4.7.11 and 4.7.12)."""
    field = fields.get(tag)
    return tag if field is None or field.inner is None else field.inner


def _outer(tag: int, inner: Mapping[int, _Field]) -> int:
    """Return an object's tag from that in a list: some list names by the tag around them, not by the names' own."""
    return inner[tag].tag if tag in inner else tag


def _value(data: bytes, item: Place, field: _Field, problems: list[LdsProblem]) -> Any:
    kind = field.kind
    if kind == "names":
        return _names(data, item, field, problems)
    value = data[item[2] : item[3]]
    if kind == "text":
        return _text(value, field.name, problems)
    if kind == "parts":
        return tuple(_text(value, field.name, problems).split("<"))
    if kind in _DIGITS:
        size = _DIGITS[kind]
        binary = len(value) == size // 2
        text = value.hex() if binary else value.decode("latin-1")
        # A month above 12 is not a month but characters, for example "1974" alone.
        if len(text) == size and text.isascii() and text.isdigit() and not (binary and text[4:6] > "12"):
            if not _possible(text, field):
                problems.append(LdsProblem("date-impossible", field.name))
            return text
        problems.append(LdsProblem("date-form", field.name, f"{len(value)} bytes"))
        return None
    return value


def _possible(text: str, field: _Field) -> bool:
    """Whether digits are a day or a moment of the calendar; zeros where a part may be unknown."""
    year, month, day = int(text[:4]), int(text[4:6]), int(text[6:8])
    if field.partly:  # a leap year, January or a first day in place of unknown parts
        year, month, day = year or 2000, month or 1, day or 1
    try:
        date(year, month, day)
    except ValueError:
        return False
    return not text[8:] or (text[8:10] < "24" and text[10:12] < "60" and text[12:] < "60")


def _text(value: bytes, name: str, problems: list[LdsProblem]) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        problems.append(LdsProblem("text-encoding", name))
        return value.decode("utf-8", "replace")


def _names(data: bytes, item: Place, field: _Field, problems: list[LdsProblem]) -> tuple[str, ...]:
    names: list[str] = []
    count = -1
    for tag, _, start, stop in objects(data, item[2], item[3]):
        if tag == field.inner:
            names.append(_text(data[start:stop], field.name, problems))
        elif tag == _COUNT and count < 0 and stop - start == 1:
            count = data[start]
        else:
            problems.append(LdsProblem("object-unknown", f"{field.name}, {tag:02X}"))
    if count != len(names):
        problems.append(LdsProblem("names-count", field.name, f"{max(count, 0)}, not {len(names)}"))
    return tuple(names)


def _build(
    source: object, tag: int, path: str, listed: tuple[int, ...] | None, unknown: tuple[UnknownObject, ...]
) -> bytes:
    """Return the file with the fields of ``source`` in the order of the table, tag list first.

    :raises UsageError: a value that no reader could read back
    """
    present: list[int] = []
    content = b""
    fields = _table(path)[0]
    for entry in fields.values():
        value = getattr(source, entry.name)
        if value is None or value == ():
            continue
        present.append(_listed(entry.tag, fields))
        content += tlv.encode(entry.tag, _coded(value, entry))
    present.extend(_listed(other, fields) for other, _ in unknown)
    tags = b"".join(map(tag_bytes, present if listed is None else listed))
    return tlv.encode(tag, tlv.encode(_TAG_LIST, tags) + content + encode_unknown(unknown))


def _coded(value: Any, field: _Field) -> bytes:
    if field.kind == "bytes":
        usable(isinstance(value, bytes), "not bytes", where=field.name)
        return bytes(value)
    if field.kind == "names":
        usable(len(value) < 0x100, "too many names", where=field.name, hint="at most 255")
        assert field.inner is not None  # noqa: S101 - the table is checked when it is read
        inner = field.inner
        return tlv.encode(_COUNT, bytes((len(value),))) + b"".join(tlv.encode(inner, _utf8(n, field)) for n in value)
    if field.kind in _DIGITS:
        size = _DIGITS[field.kind]
        form = "YYYYMMDD" if field.kind == "date" else "YYYYMMDDhhmmss"
        form += ", unknown parts 0" if field.partly else ""
        usable(
            len(value) == size and value.isascii() and value.isdigit(),
            "date of another form",
            where=field.name,
            hint=form,
        )
        usable(_possible(value, field), "no day of the calendar", where=field.name, hint=form)
        return _utf8(value, field)
    if field.kind == "parts":
        _usable_parts(value, field)
        return _utf8("<".join(value), field)
    return _utf8(value, field)


def _usable_parts(value: Sequence[str], field: _Field) -> None:
    usable(not isinstance(value, str), "one text in place of its parts", where=field.name, hint="a tuple of texts")
    usable(not any("<" in part for part in value), "part with a filler in it", where=field.name, hint="no <")


def _utf8(text: str, field: _Field) -> bytes:
    try:
        data = text.encode()
    except UnicodeEncodeError:
        raise UsageError("text that UTF-8 cannot hold", where=field.name) from None
    usable(field.most is None or len(data) <= field.most, "too long", where=field.name, hint=f"{field.most} bytes")
    return data


def fits(path: str, name: str, text: str) -> bool:
    """Whether a text is short enough for the field of that name."""
    (most,) = (field.most for field in _table(path)[0].values() if field.name == name)
    return most is None or len(text.encode("utf-8", "replace")) <= most


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailsFile:
    """The part that DG11 and DG12 have in common. Absent values are None, or an empty tuple.

    :param tag_list: the tag list when it differs from the list of the objects after it
    :param unknown: objects that the standard does not place there, and unusable ones
    """

    _TAG: ClassVar[int]
    _NAME: ClassVar[str]
    _TABLE: ClassVar[str]

    tag_list: tuple[int, ...] | None = None
    unknown: tuple[UnknownObject, ...] = field(default=(), repr=False)
    problems: tuple[LdsProblem, ...] = field(default=(), init=False, compare=False)
    """Faults that did not stop reading."""
    raw: bytes = field(default=b"", init=False, repr=False, compare=False)
    """The file as read, without padding; empty when it was not read."""
    trailing: int = field(default=0, init=False, compare=False)
    """Number of bytes after the file's object when it was read."""

    @classmethod
    @guarded
    def parse(cls, data: bytes) -> Self:
        """Read the file.

        :raises LdsError: it is malformed
        """
        details = _read(data, cls._TAG, cls._NAME, cls._TABLE)
        parsed = cls(**details.values, tag_list=details.tag_list, unknown=details.unknown)
        for name in ("problems", "raw", "trailing"):
            object.__setattr__(parsed, name, getattr(details, name))
        return parsed

    def encode(self) -> bytes:
        """Return the file: as read, or made from the fields, dates as digits.

        :raises UsageError: a value that no reader could read back
        """
        return self.raw or _build(self, self._TAG, self._TABLE, self.tag_list, self.unknown)
