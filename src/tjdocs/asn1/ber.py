"""BER becomes DER by one function; whoever calls it attaches the warning ``ber-encoded``."""

from dataclasses import dataclass, field

from tjdocs import limits
from tjdocs.asn1 import tlv
from tjdocs.asn1.der import DerError

__all__ = ["to_der"]

_MAX_ELEMENTS = limits.BER_ELEMENTS
_BIT_STRING, _OCTET_STRING, _BOOLEAN = 0x03, 0x04, 0x01
# universal types that BER may write in pieces: strings and times (X.690, 8.6, 8.7, 8.23)
_PIECES = {0x03, 0x04, 0x0C, *range(0x12, 0x1F)}


@dataclass(slots=True)
class _Open:
    """A constructed element whose end has not come: ``end`` is None where its length was left open."""

    tag: bytes
    end: int | None
    parts: list[tuple[bytes, bytes]] = field(default_factory=list)


def to_der(data: bytes) -> bytes:
    """Write BER again as DER, tag by tag, without a schema. Only the order of a SET OF stays as it was read.

    The signed parts stay the same if their issuer signed DER, which CMS and X.509 demand. If not, the signature check
    fails.

    :raises DerError: it is not BER, is over the limits, or has trailing bytes
    """
    top = _Open(b"", len(data))
    stack = [top]
    position = count = 0
    while True:
        while len(stack) > 1 and stack[-1].end == position:
            _close(stack)
        if position == len(data):
            break
        count += 1
        if count > _MAX_ELEMENTS or len(stack) > tlv.MAX_DEPTH:
            raise DerError("not BER (over the limits)")
        tag, length, position = _header(data, position)
        limit = next(frame.end for frame in reversed(stack) if frame.end is not None)
        if position + (length or 0) > limit:
            raise DerError("not BER (cut)")
        if tag == b"\x00":
            if length != 0 or len(stack) == 1 or stack[-1].end is not None:
                raise DerError("not BER (end of contents)")
            _close(stack)
        elif tag[0] & 0x20:
            stack.append(_Open(tag, None if length is None else position + length))
        elif length is None:
            raise DerError("not BER (indefinite length)")
        else:
            stack[-1].parts.append((tag, data[position : position + length]))
            position += length
    if len(stack) > 1 or len(top.parts) != 1:
        raise DerError("not BER (cut, or trailing bytes)")
    return _written(top.parts[0])


def _header(data: bytes, position: int) -> tuple[bytes, int | None, int]:
    """Return tag, length (None: left open) and where the content begins."""
    start = position
    try:
        position += 1
        if data[start] & 0x1F == 0x1F:
            while data[position] & 0x80:
                position += 1
            position += 1
        tag = data[start:position]
        length = data[position]
        position += 1
        if length < 0x80:
            return tag, length, position
        if length == 0x80:
            return tag, None, position
        size = length & 0x7F
        if size > 8 or position + size > len(data):
            raise DerError("not BER (cut)")
        return tag, int.from_bytes(data[position : position + size], "big"), position + size
    except IndexError:
        raise DerError("not BER (cut)") from None


def _close(stack: list[_Open]) -> None:
    """Put the element that ends here into the one around it."""
    frame = stack.pop()
    universal = frame.tag[0] & 0x1F if frame.tag[0] < 0x40 else None
    if universal is not None and universal in _PIECES:
        part = (bytes((universal,)), _joined(universal, frame.parts))
    elif universal not in (None, 0x08, 0x0B, 0x10, 0x11):
        raise DerError("not BER (constructed)")
    else:
        items = [_written(item) for item in frame.parts]
        part = (frame.tag, b"".join(items))
    stack[-1].parts.append(part)


def _joined(universal: int, parts: list[tuple[bytes, bytes]]) -> bytes:
    kind = _BIT_STRING if universal == _BIT_STRING else _OCTET_STRING
    if any(tag[0] != kind for tag, _ in parts):
        raise DerError("not BER (pieces)")
    pieces = [content for _, content in parts]
    if kind == _OCTET_STRING:
        return b"".join(pieces)
    if not all(pieces) or any(piece[0] for piece in pieces[:-1]):
        raise DerError("not BER (pieces)")
    return (pieces[-1][:1] if pieces else b"\x00") + b"".join(piece[1:] for piece in pieces)


def _written(part: tuple[bytes, bytes]) -> bytes:
    tag, content = part
    if tag[0] == _BOOLEAN and content != b"\x00":
        if len(content) != 1:
            raise DerError("not BER (boolean)")
        content = b"\xff"
    return tag + tlv.encode_length(len(content)) + content
