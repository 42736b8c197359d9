"""EC domain parameters: named, or explicit and recognised by comparison (Doc 9303-12, 4.1.6.3).

225 of 232 EC keys of published CSCA certificates have explicit parameters. They are a curve of the table only if prime,
both coefficients, base point and order are all equal. Parameters outside the table are never computed with.
"""

from functools import cache, lru_cache
from typing import Literal

from cryptography.hazmat.primitives.asymmetric import ec
from msgspec import Struct
from msgspec.structs import asdict

from tjdocs import specs
from tjdocs.asn1 import der, tlv, x509_schema, x509_writing

__all__ = ["Curve", "by_name", "explicit_parameters", "from_parameters", "table"]


_PRIME_FIELD = "1.2.840.10045.1.1"


class Curve(Struct, frozen=True):
    """One row of ``specs/pki/curves.toml``.

    :param backend: the library that verifies on it, ``cryptography`` or ``ecdsa``
    """

    name: str
    oid: str
    parameter_id: int
    bits: int
    backend: str
    p: int
    a: int
    b: int
    gx: int
    gy: int
    n: int
    h: int

    @property
    def field_bytes(self) -> int:
        """Octets of a coordinate."""
        return (self.bits + 7) // 8

    @property
    def order_bytes(self) -> int:
        """Octets of r and of s in a plain signature (BSI TR-03111, 5.2.1)."""
        return (self.n.bit_length() + 7) // 8

    @property
    def library_curve(self) -> ec.EllipticCurve:
        """The curve as ``cryptography`` knows it.

        :raises KeyError: its backend is another
        """
        return _LIBRARY[self.name]()


_LIBRARY: dict[str, type[ec.EllipticCurve]] = {
    "secp192r1": ec.SECP192R1,
    "secp224r1": ec.SECP224R1,
    "secp256r1": ec.SECP256R1,
    "secp384r1": ec.SECP384R1,
    "secp521r1": ec.SECP521R1,
    "brainpoolP256r1": ec.BrainpoolP256R1,
    "brainpoolP384r1": ec.BrainpoolP384R1,
    "brainpoolP512r1": ec.BrainpoolP512R1,
}


class CurveRow(specs.Row, frozen=True):
    """A row of the file; large numbers are hexadecimal."""

    id: str
    oid: str
    parameter_id: int
    bits: int
    backend: Literal["cryptography", "ecdsa"]
    p: specs.Hex
    a: specs.Hex
    b: specs.Hex
    gx: specs.Hex
    gy: specs.Hex
    n: specs.Hex
    h: int


class CurveFile(specs.Spec, frozen=True):
    """The form of ``specs/pki/curves.toml``."""

    curve: tuple[CurveRow, ...]


@cache
def table() -> dict[str, Curve]:
    """Return every curve, by name."""
    curves = {}
    for row in specs.load("pki/curves.toml", CurveFile).curve:
        numbers = {key: int(getattr(row, key), 16) for key in ("p", "a", "b", "gx", "gy", "n")}
        values = {**asdict(row), **numbers}
        curves[row.id] = Curve(name=values.pop("id"), **values)
    return curves


@cache
def by_name(name: str) -> Curve:
    """Return the curve ``name``.

    :raises KeyError: the table lacks it
    """
    return table()[name]


@cache
def by_library_name(name: str) -> Curve:
    """Return the curve that ``cryptography`` calls ``name``.

    :raises KeyError: the table lacks it
    """
    return by_name({library().name: own_name for own_name, library in _LIBRARY.items()}[name])


@cache
def _by_oid() -> dict[str, Curve]:
    return {curve.oid: curve for curve in table().values()}


@lru_cache(maxsize=256)
def from_parameters(parameters: bytes) -> tuple[Curve | None, bool]:
    """Return the curve of ``EcpkParameters`` (DER), and whether they are explicit.

    The curve is None when the table lacks it.
    """
    if parameters[:1] == b"\x06":
        oid = x509_schema.algorithm_id(tlv.encode(0x30, parameters)).oid
        return _by_oid().get(oid), False
    try:
        fields = der.decode(x509_schema.EcParameters, parameters)
    except der.DerError:
        return None, True
    for curve in table().values():
        size = curve.field_bytes
        gx, gy = curve.gx.to_bytes(size, "big"), curve.gy.to_bytes(size, "big")
        if (
            fields.field.oid.dotted_string == _PRIME_FIELD
            and fields.field.prime == curve.p
            and int.from_bytes(fields.curve.a, "big") % curve.p == curve.a
            and int.from_bytes(fields.curve.b, "big") % curve.p == curve.b
            and fields.base in (b"\x04" + gx + gy, bytes((2 + (curve.gy & 1),)) + gx)
            and fields.order == curve.n
            and fields.cofactor in (None, curve.h)
        ):
            return curve, True
    return None, True


@cache
def explicit_parameters(name: str) -> bytes:
    """Return the explicit parameters of the curve ``name``, DER, with cofactor and uncompressed base point."""
    curve = by_name(name)
    size = curve.field_bytes
    a, b, gx, gy = (value.to_bytes(size, "big") for value in (curve.a, curve.b, curve.gx, curve.gy))
    return x509_writing.ec_parameters(curve.p, a, b, b"\x04" + gx + gy, curve.n, curve.h)
