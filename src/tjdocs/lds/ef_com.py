"""EF.COM: versions and the list of data groups (Doc 9303-10, 4.6.1). It is not signed: never rest trust on it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from tjdocs.asn1 import tlv
from tjdocs.lds import ef_catalogue
from tjdocs.lds.data_objects import UnknownObject, encode_unknown, objects, outer, tag_bytes, tag_list, usable
from tjdocs.lds.lds_problems import LdsError, LdsProblem, guarded
from tjdocs.spans import Span

__all__ = ["EfCom", "spans"]

_TAG = 0x60
_LDS_VERSION, _UNICODE_VERSION, _TAG_LIST = 0x5F01, 0x5F36, 0x5C
_SMALL = 256  # bytes; files up to that are remembered


@dataclass(frozen=True, slots=True)
class EfCom:
    """EF.COM.

    :param lds_version: four digits, ``0107`` for 1.7
    :param unicode_version: six digits, ``040000`` for 4.0.0
    :param tags: of the data groups that are present, in the order of the file
    :param unknown: objects that the standard does not place there
    """

    lds_version: str
    unicode_version: str
    tags: tuple[int, ...]
    unknown: tuple[UnknownObject, ...] = ()
    problems: tuple[LdsProblem, ...] = field(default=(), init=False, compare=False)
    """Faults that did not stop reading; no signature covers this file."""
    raw: bytes = field(default=b"", init=False, repr=False, compare=False)
    """The file as read, without padding; empty when it was not read."""
    trailing: int = field(default=0, init=False, compare=False)
    """Number of bytes after the file's object when it was read."""

    @classmethod
    def of(cls, data_groups: Iterable[int], *, lds_version: str = "0107", unicode_version: str = "040000") -> "EfCom":
        """Return EF.COM for data groups given by number.

        :raises UsageError: a number that is not a data group's
        """
        tags = tuple(tag for n in data_groups if (tag := ef_catalogue.data_group(n).tag) is not None)
        return cls(lds_version, unicode_version, tags)

    @property
    def data_groups(self) -> tuple[int, ...]:
        """Numbers of the data groups listed, in the order of the file; without tags of other files."""
        return _data_groups(tuple(self.tags))

    @classmethod
    def parse(cls, data: bytes) -> "EfCom":
        """Read EF.COM.

        :raises LdsError: it is malformed
        """
        return _remembered(bytes(data)) if len(data) <= _SMALL else cls._parse(data)

    @classmethod
    @guarded
    def _parse(cls, data: bytes) -> "EfCom":
        begin, end, raw, trailing = outer(data, _TAG, "EF.COM")
        values: dict[int, bytes] = {}
        unknown: list[UnknownObject] = []
        tags: tuple[int, ...] = ()
        for tag, offset, start, stop in objects(raw, begin, end):
            value = raw[start:stop]
            if tag not in (_LDS_VERSION, _UNICODE_VERSION, _TAG_LIST):
                unknown.append((tag, value))
                continue
            if tag in values:
                raise LdsError("duplicate", f"object {tag:02X} occurs twice", offset)
            values[tag] = value
            if tag == _TAG_LIST:
                tags = tag_list(value, start)
            elif len(value) != (4 if tag == _LDS_VERSION else 6) or not value.isdigit():
                raise LdsError("value", f"version {tag:02X} is not of digits", offset)
        for tag in (_LDS_VERSION, _UNICODE_VERSION, _TAG_LIST):
            if tag not in values:
                raise LdsError("missing", f"object {tag:02X} is not there", end)
        parsed = cls(values[_LDS_VERSION].decode(), values[_UNICODE_VERSION].decode(), tags, tuple(unknown))
        problems = [LdsProblem("object-unknown", f"{tag:02X}") for tag, _ in unknown]
        if raw != parsed.encode():
            problems.append(LdsProblem("coding"))
        if len(set(tags)) != len(tags):
            problems.append(LdsProblem("tag-list"))
        object.__setattr__(parsed, "problems", tuple(problems))
        object.__setattr__(parsed, "raw", raw)
        object.__setattr__(parsed, "trailing", trailing)
        return parsed

    def encode(self) -> bytes:
        """Return the file: as read, or made from the fields.

        :raises UsageError: a version that is not of four or six digits
        """
        if self.raw:
            return self.raw
        for value, size, where in ((self.lds_version, 4, "lds_version"), (self.unicode_version, 6, "unicode_version")):
            usable(
                len(value) == size and value.isascii() and value.isdigit(),
                "version of another form",
                where=where,
                hint=f"{size} digits",
            )
        content = tlv.encode(_LDS_VERSION, self.lds_version.encode())
        content += tlv.encode(_UNICODE_VERSION, self.unicode_version.encode())
        content += tlv.encode(_TAG_LIST, b"".join(map(tag_bytes, self.tags)))
        return tlv.encode(_TAG, content + encode_unknown(self.unknown))


@lru_cache(maxsize=64)
def _data_groups(tags: tuple[int, ...]) -> tuple[int, ...]:
    files = (ef_catalogue.by_tag(tag) for tag in tags)
    return tuple(f.data_group for f in files if f is not None and f.data_group is not None)


@lru_cache(maxsize=64)
def _remembered(data: bytes) -> EfCom:
    """Read EF.COM; an issuer writes the same into every document."""
    return EfCom._parse(data)


def spans(data: bytes) -> tuple[Span, ...]:
    """Return EF.COM as labelled spans; never raises."""
    return ef_catalogue.spans(data)
