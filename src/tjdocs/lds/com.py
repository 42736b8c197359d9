"""EF.COM: versions and the list of data groups (Doc 9303-10, 4.6.1). It is not signed: never rest trust on it."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from tjdocs.asn1 import tlv
from tjdocs.lds import catalogue
from tjdocs.lds._errors import LdsError, Problem, guarded
from tjdocs.lds._read import UnknownObject, encode_unknown, objects, outer, tag_bytes, tag_list, usable
from tjdocs.spans import Span

__all__ = ["ComFile", "spans"]

_TAG = 0x60
_LDS_VERSION, _UNICODE_VERSION, _TAG_LIST = 0x5F01, 0x5F36, 0x5C


@dataclass(frozen=True, slots=True)
class ComFile:
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
    raw: bytes = field(default=b"", init=False, repr=False, compare=False)
    """The file as read, without padding; empty when it was not read."""
    trailing: int = field(default=0, init=False, compare=False)
    """Number of bytes behind the file's object when it was read."""

    @classmethod
    def of(cls, data_groups: Iterable[int], *, lds_version: str = "0107", unicode_version: str = "040000") -> "ComFile":
        """Return EF.COM for data groups given by number.

        :raises UsageError: a number that is no data group's
        """
        tags = tuple(tag for n in data_groups if (tag := catalogue.data_group(n).tag) is not None)
        return cls(lds_version, unicode_version, tags)

    @property
    def data_groups(self) -> tuple[int, ...]:
        """Numbers of the data groups listed, in the order of the file; tags that are no data group's left out."""
        found = (catalogue.by_tag(tag) for tag in self.tags)
        return tuple(f.data_group for f in found if f is not None and f.data_group is not None)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Faults that did not stop reading; no signature covers this file."""
        found = [Problem("object-unknown", f"{tag:02X}") for tag, _ in self.unknown]
        if self.raw and self.raw != replace(self).encode():
            found.append(Problem("coding"))
        if len(set(self.tags)) != len(self.tags):
            found.append(Problem("tag-list"))
        return tuple(found)

    @classmethod
    @guarded
    def parse(cls, data: bytes) -> "ComFile":
        """Read EF.COM.

        :raises LdsError: it is malformed
        """
        top, raw, trailing = outer(data, _TAG, "EF.COM")
        values: dict[int, bytes] = {}
        unknown: list[UnknownObject] = []
        tags: tuple[int, ...] = ()
        for item in objects(data, top.header, top.end):
            if item.tag not in (_LDS_VERSION, _UNICODE_VERSION, _TAG_LIST):
                unknown.append((item.tag, item.value))
                continue
            if item.tag in values:
                raise LdsError("duplicate", f"object {item.tag:02X} stands twice", item.offset)
            values[item.tag] = item.value
            if item.tag == _TAG_LIST:
                tags = tag_list(item.value, item.offset + item.header)
            elif len(item.value) != (4 if item.tag == _LDS_VERSION else 6) or not item.value.isdigit():
                raise LdsError("value", f"version {item.tag:02X} is not of digits", item.offset)
        for tag in (_LDS_VERSION, _UNICODE_VERSION, _TAG_LIST):
            if tag not in values:
                raise LdsError("missing", f"object {tag:02X} is not there", top.end)
        parsed = cls(values[_LDS_VERSION].decode(), values[_UNICODE_VERSION].decode(), tags, tuple(unknown))
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


def spans(data: bytes) -> tuple[Span, ...]:
    """Return EF.COM as labelled spans; never raises."""
    return catalogue.spans(data)
