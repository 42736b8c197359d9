"""BER becomes DER by one function; whoever calls it attaches the warning ``ber-encoded``."""

from pyasn1.codec.ber import decoder
from pyasn1.codec.der import encoder
from pyasn1.error import PyAsn1Error

from tjdocs.asn1 import tlv
from tjdocs.asn1.der import DerError

__all__ = ["to_der"]

_MAX_ELEMENTS = 100_000


def to_der(data: bytes) -> bytes:
    """Decode BER without a schema and encode it again as DER, SETs in DER order.

    What is signed inside stays what it was as long as its issuer signed DER, which CMS and X.509 ask for; where
    not, the signature check tells.

    :raises DerError: it is no BER, is nested too deeply, or has trailing bytes
    """
    _bound(data)
    try:
        value, rest = decoder.decode(data)
        if rest:
            raise DerError("no BER (trailing bytes)")
        encoded: bytes = encoder.encode(value)
    except (PyAsn1Error, ValueError, TypeError, IndexError, OverflowError, KeyError, AttributeError):
        raise DerError("no BER") from None
    except RecursionError:
        raise DerError("no BER (nested too deeply)") from None
    return encoded


def _bound(data: bytes) -> None:
    """Refuse nesting and element counts that would make the tolerant decoder slow."""
    position = count = 0
    ends: list[int | None] = []  # None: of indefinite length
    while position < len(data):
        while ends and ends[-1] is not None and position >= ends[-1]:
            ends.pop()
        count += 1
        if count > _MAX_ELEMENTS or len(ends) > tlv.MAX_DEPTH:
            raise DerError("no BER (over the limits)")
        tag = data[position]
        position += 1
        if tag & 0x1F == 0x1F:
            while position < len(data) and data[position] & 0x80:
                position += 1
            position += 1
        if position >= len(data):
            raise DerError("no BER (cut)")
        length = data[position]
        position += 1
        if tag == 0 and length == 0:
            if ends and ends[-1] is None:
                ends.pop()
            continue
        if length == 0x80:
            ends.append(None)
            continue
        if length > 0x80:
            size = length & 0x7F
            length = int.from_bytes(data[position : position + size], "big")
            position += size
        if length > len(data) - position:
            raise DerError("no BER (cut)")
        if tag & 0x20:
            ends.append(position + length)
        else:
            position += length
