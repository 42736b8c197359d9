"""DER in and out. The only module set that touches the declarative decoder, whose interface is marked unstable.

A value with the type ``TLV`` in a schema keeps its bytes: DER has one form for each value and the decoder refuses
every other, so :func:`raw` returns exactly the bytes that were read.
"""

from typing import Any, TypeVar

from cryptography.hazmat import asn1

from tjdocs.asn1 import tlv

__all__ = [
    "TLV",
    "DerError",
    "decode",
    "encode",
    "header",
    "in_order",
    "integer",
    "members",
    "parse",
    "parts",
    "raw",
    "set_of",
]

TLV = asn1.TLV
T = TypeVar("T")


class DerError(ValueError):
    """Bytes that are not the DER form of the schema named."""


def decode(schema: type[T], data: bytes) -> T:
    """Decode ``data`` as ``schema``.

    :raises DerError: it is not; trailing bytes, BER forms and encoded defaults included
    """
    try:
        return asn1.decode_der(schema, data)
    except (ValueError, TypeError, OverflowError) as error:
        raise DerError(f"not a valid {schema.__name__} ({_kind(error)})") from None


def parse(item: TLV, schema: type[T]) -> T:
    """Decode an element that another schema kept whole.

    :raises DerError: it is not of ``schema``
    """
    try:
        result: T = item.parse(schema)
    except (ValueError, TypeError, OverflowError) as error:
        raise DerError(f"not a valid {schema.__name__} ({_kind(error)})") from None
    return result


def _kind(error: Exception) -> str:
    """Return the decoder's word for the defect, without any of the data."""
    text = str(error)
    _, _, kind = text.partition("kind: ")
    word = ""
    for char in kind:
        if not char.isalnum():
            break
        word += char
    return word or type(error).__name__


def encode(value: Any) -> bytes:
    """Encode a schema object."""
    return asn1.encode_der(value)


def raw(item: TLV) -> bytes:
    """Return an element's bytes, header included, as read."""
    # the library encodes these from version 50 on
    return bytes(item.tag_bytes) + tlv.encode_length(len(item.data)) + bytes(item.data)


def parts(data: bytes) -> list[bytes]:
    """Return the elements inside one that a schema has accepted, each as read.

    The schema has their types. This finds only their ends, which is quicker than keeping them as ``TLV``.

    :param data: a constructed element with a tag of one byte, header included
    """
    elements = []
    length = data[1]
    position, end = (2 if length < 0x80 else 2 + (length & 0x7F)), len(data)
    while position < end:
        start = position
        if data[position] & 0x1F == 0x1F:  # a tag of several bytes
            position += 1
            while data[position] & 0x80:
                position += 1
        length = data[position + 1]
        position += 2
        if length >= 0x80:
            size = length & 0x7F
            length = int.from_bytes(data[position : position + size], "big")
            position += size
        position += length
        elements.append(data[start:position])
    return elements


def members(data: bytes, most: int | None = None) -> list[bytes]:
    """Return the elements of a SET OF, each as read, in the order read.

    DER has one order (X.690, 11.6), and the decoder refuses any other. But a signature covers the bytes in the order in
    which their signer wrote them. A caller names a deviation: :func:`in_order`.

    :param data: an element that a schema has accepted, header included
    :param most: the reading ends with the next element after so many
    :raises DerError: it is not a SET OF, or an element's header is not DER
    """
    if data[0] != 0x31:
        raise DerError("not a SET OF (UnexpectedTag)")
    if 4 < len(data) < 0x80 and data[2] & 0x1F != 0x1F and data[3] == len(data) - 4:  # the usual: one short element
        return [data[2:]]
    start = 2 if data[1] < 0x80 else 2 + (data[1] & 0x7F)
    try:
        items, _ = tlv.places(data, start, len(data), len(data) if most is None else most + 1)
    except tlv.TlvError as error:
        raise DerError(f"not a SET OF ({error.message})") from None
    elements = []
    for tag, begin, content, end in items:
        if content - begin != 2 and data[begin:content] != tlv.encode_header(tag, end - content):
            raise DerError("not a SET OF (InvalidLength)")
        elements.append(data[begin:end])
    return elements


def in_order(elements: list[bytes]) -> bool:
    """Whether encoded elements are in the order of DER for a SET OF (X.690, 11.6)."""
    return elements == sorted(elements)


def header(tag: int, length: int) -> bytes:
    """Return a one-byte tag and the shortest length."""
    return bytes((tag,)) + tlv.encode_length(length)


def integer(value: int) -> bytes:
    """Return an INTEGER."""
    body = value.to_bytes((value + (value < 0)).bit_length() // 8 + 1, "big", signed=True)
    return tlv.encode(0x02, body)


def set_of(elements: list[bytes], *, ordered: bool = True) -> bytes:
    """Return a SET OF of encoded elements, in DER order or, unless ``ordered``, in the given order."""
    body = b"".join(sorted(elements) if ordered else elements)
    return tlv.encode(0x31, body)
