"""DG15: the public key of active authentication (Doc 9303-10, 4.7.15; Doc 9303-11, 6.1)."""

from dataclasses import dataclass, field

from tjdocs.asn1 import tlv
from tjdocs.errors import UsageError
from tjdocs.lds import ef_catalogue
from tjdocs.lds._oid import oid_text
from tjdocs.lds.data_objects import objects, outer
from tjdocs.lds.lds_problems import LdsError, guarded
from tjdocs.spans import Span

__all__ = ["Dg15", "spans"]

_TAG, _SEQUENCE, _OID, _BIT_STRING = 0x6F, 0x30, 0x06, 0x03


@dataclass(frozen=True, slots=True)
class Dg15:
    """DG15.

    :param public_key: ``SubjectPublicKeyInfo``, DER, as in the file
    """

    public_key: bytes = field(repr=False)
    raw: bytes = field(default=b"", init=False, repr=False, compare=False)
    """The file as read, without padding; empty when it was not read."""
    trailing: int = field(default=0, init=False, compare=False)
    """Number of bytes after the file's object when it was read."""

    @property
    def algorithm(self) -> str:
        """Dotted object identifier of the key's algorithm; empty when the key is unreadable."""
        try:
            return _algorithm(self.public_key, 0, len(self.public_key))
        except LdsError:
            return ""

    @classmethod
    @guarded
    def parse(cls, data: bytes) -> "Dg15":
        """Read DG15; the key itself is not loaded.

        :raises LdsError: it is malformed, or holds no ``SubjectPublicKeyInfo``
        """
        start, end, raw, trailing = outer(data, _TAG, "DG15")
        _algorithm(raw, start, end)
        parsed = cls(raw[start:end])
        object.__setattr__(parsed, "raw", raw)
        object.__setattr__(parsed, "trailing", trailing)
        return parsed

    def encode(self) -> bytes:
        """Return the file: as read, or made from the key.

        :raises UsageError: the key is not a ``SubjectPublicKeyInfo``
        """
        if self.raw:
            return self.raw
        if not self.algorithm:
            raise UsageError("not a public key", where="public_key", hint="SubjectPublicKeyInfo, DER")
        return tlv.encode(_TAG, self.public_key)


@guarded
def _algorithm(data: bytes, start: int, end: int) -> str:
    """Check the outline of a ``SubjectPublicKeyInfo`` and return its algorithm."""
    tag, _, inside, stop = tlv.place(data, start, end=end)
    if tag != _SEQUENCE or stop != end:
        raise LdsError("form", "public key is not a SEQUENCE that fills the file", start)
    parts = objects(data, inside, stop, 2)
    if [part[0] for part in parts] != [_SEQUENCE, _BIT_STRING]:
        raise LdsError("form", "public key is not a SubjectPublicKeyInfo", start)
    _, _, inside, stop = parts[0]
    identifier = tlv.read(data, inside, end=stop)
    oid = oid_text(identifier.value) if identifier.tag == _OID else None
    if oid is None:
        raise LdsError("value", "algorithm is not an object identifier", identifier.offset)
    return oid


def spans(data: bytes) -> tuple[Span, ...]:
    """Return DG15 as labelled spans; never raises."""
    return ef_catalogue.spans(data)
