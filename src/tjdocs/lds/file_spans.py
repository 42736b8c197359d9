"""Any file of the LDS as labelled spans, from the names in ``specs/lds/objects.toml``."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Literal, TypeAlias

from tjdocs import limits, specs
from tjdocs.asn1 import tlv
from tjdocs.asn1.tlv import Tlv, TlvError
from tjdocs.lds._oid import oid_text
from tjdocs.lds.biometrics import iso19794_face
from tjdocs.lds.data_objects import tag_list
from tjdocs.lds.lds_problems import LdsError
from tjdocs.spans import Span

__all__ = ["dissect"]

_MAX_SPANS = limits.SPANS
_Shown: TypeAlias = Literal["", "text", "number", "digits", "tags", "oid", "face"]
_UNIVERSAL: Mapping[int, tuple[str, _Shown]] = MappingProxyType(
    {
        0x01: ("BOOLEAN", ""),
        0x02: ("INTEGER", "number"),
        0x03: ("BIT STRING", ""),
        0x04: ("OCTET STRING", ""),
        0x05: ("NULL", ""),
        0x06: ("OBJECT IDENTIFIER", "oid"),
        0x0A: ("ENUMERATED", "number"),
        0x0C: ("UTF8String", "text"),
        0x13: ("PrintableString", "text"),
        0x16: ("IA5String", "text"),
        0x17: ("UTCTime", "text"),
        0x18: ("GeneralizedTime", "text"),
        0x30: ("SEQUENCE", ""),
        0x31: ("SET", ""),
    }
)


class Meaning(specs.Row, frozen=True):
    """The name of a data object, and how its content is shown."""

    text: str
    value: _Shown = ""


class ObjectFile(specs.Spec, frozen=True):
    """The form of ``specs/lds/objects.toml``: meanings by file and path of tags."""

    file: Mapping[str, Mapping[str, Meaning]]


@cache
def _meanings() -> Mapping[str, Mapping[str, Meaning]]:
    return specs.load("lds/objects.toml", ObjectFile).file


def dissect(data: bytes, name: str, title: str, clause: str) -> tuple[Span, ...]:
    """Return ``data``, a file called ``name`` (empty if unknown), as spans. Never raises.

    Depth first and without recursion; at most 5,000 spans, and of copied bytes 5 MB and four times the file. Then a
    last span names the limit.
    """
    result: list[Span] = []
    copied, most = 0, limits.SPAN_BYTES + 4 * len(data)
    table = _meanings().get(name, MappingProxyType({}))
    # one entry a level: where to go on, where it ends, the path of tags
    stack: list[tuple[int, int, tuple[int, ...]]] = [(0, len(data), ())]
    while stack:
        start, end, path = stack.pop()
        depth = len(path)
        if start >= end:
            continue
        if len(result) >= _MAX_SPANS or copied > most:
            result.append(Span(start, b"", "further objects are not shown", "", depth))
            break
        if depth == 0 and start:
            result.append(Span(start, data[start:end], "padding behind the file's object", "Doc 9303-10, 4.6.2"))
            break
        try:
            item = tlv.read(data, start, end=end)
        except TlvError as error:
            result.append(Span(start, data[start:end], f"cannot be read: {error.message}", "", depth))
            copied += end - start
            continue
        stack.append((item.end, end, path))
        meaning = _meaning(table, (*path, item.tag), title)
        copied += item.end - item.offset
        result.append(Span(start, data[start : item.end], meaning.text, clause, depth, _value(item, meaning.value)))
        if meaning.value == "face":
            result.extend(iso19794_face.spans(item.value, base=item.offset + item.header, depth=depth + 1))
        elif item.constructed and depth + 1 < tlv.MAX_DEPTH:
            stack.append((item.offset + item.header, item.end, (*path, item.tag)))
    return tuple(result)


def _meaning(table: Mapping[str, Meaning], path: tuple[int, ...], title: str) -> Meaning:
    """Return what the table names: the whole ``path``, else its longest end, else the last tag's own name."""
    if len(path) == 1 and title:
        return Meaning(title)
    names = [f"{tag:02X}" for tag in path]
    if (meaning := table.get("/" + "/".join(names[1:]))) is not None:
        return meaning
    for start in range(1, len(names)):
        if (meaning := table.get("/".join(names[start:]))) is not None:
            return meaning
    if (known := _UNIVERSAL.get(path[-1])) is not None:
        return Meaning(*known)
    if len(names[-1]) == 2 and 0x80 <= path[-1] < 0xC0:
        return Meaning(f"context-specific [{path[-1] & 0x1F}]")
    return Meaning(f"object {names[-1]}")


def _value(item: Tlv, how: str) -> str:
    if how == "text":
        return item.value.decode("utf-8", "replace")
    if how == "digits":
        text = item.value.decode("latin-1")
        return text if text.isascii() and text.isdigit() else item.value.hex()
    if how == "number":
        return str(int.from_bytes(item.value, "big", signed=True)) if len(item.value) <= 16 else ""
    if how == "oid":
        return oid_text(item.value) or ""
    if how == "tags":
        try:
            return " ".join(f"{tag:02X}" for tag in tag_list(item.value, 0))
        except LdsError:
            return ""
    return ""
