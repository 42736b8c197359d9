"""Public keys of chip authentication as DG14 and EF.CardSecurity have them (Doc 9303-11, 9.2.4 and 9.5).

DG14 gives domain parameters in full, EF.CardSecurity names those of the standard. Parameters outside the tables are
never computed with.
"""

from typing import NamedTuple

from tjdocs.asn1 import der, tlv, x509_schema, x509_writing
from tjdocs.asn1.tlv import TlvError
from tjdocs.chip.groups import CurveGroup, Element, Group, GroupError, ModpGroup, by_parameter_id, groups
from tjdocs.pki import curves

__all__ = ["AgreementKey", "encode", "group_of", "load"]

_EC, _DH, _PKCS3 = "1.2.840.10045.2.1", "1.2.840.10046.2.1", "1.2.840.113549.1.3.1"
_STANDARDISED = "0.4.0.127.0.7.1.2"


class AgreementKey(NamedTuple):
    """A static public key of a chip, and its group."""

    group: Group
    element: Element


def load(spki: bytes) -> AgreementKey:
    """Read a SubjectPublicKeyInfo.

    :raises GroupError: it is malformed, its group is not in a table, or it is not an element of its group
    """
    try:
        info = der.decode(x509_schema.SubjectPublicKeyInfo, spki)
        algorithm = x509_schema.algorithm_id(der.parts(spki)[0])
        group = _group(algorithm)
        octets = info.key.as_bytes()
        if group is None:
            raise GroupError("domain parameters that are in no table")
        if isinstance(group, ModpGroup) and algorithm.oid in (_DH, _PKCS3):
            octets = tlv.read(octets).value.lstrip(b"\x00")
        return AgreementKey(group, group.decode(octets))
    except (der.DerError, TlvError, ValueError, IndexError):
        raise GroupError("a malformed key of chip authentication") from None


def group_of(algorithm: bytes) -> Group | None:
    """Return the group of an AlgorithmIdentifier, None where it is in no table or malformed."""
    try:
        return _group(x509_schema.algorithm_id(algorithm))
    except (der.DerError, TlvError, ValueError, IndexError):
        return None


def _group(algorithm: x509_schema.AlgorithmId) -> Group | None:
    parameters = algorithm.parameters
    if algorithm.oid == _STANDARDISED:
        number = tlv.read(parameters)
        return by_parameter_id(int.from_bytes(number.value, "big")) if number.tag == 0x02 else None
    if algorithm.oid == _EC:
        curve, _ = curves.from_parameters(parameters)
        return by_parameter_id(curve.parameter_id) if curve is not None else None
    if algorithm.oid in (_DH, _PKCS3):
        first, second = (int.from_bytes(part.value, "big") for part in list(tlv.children(tlv.read(parameters)))[:2])
        return next((g for g in groups() if isinstance(g, ModpGroup) and (g.prime, g.base) == (first, second)), None)
    return None


def encode(group: Group, element: Element, *, standardised: bool = False) -> bytes:
    """Return the SubjectPublicKeyInfo of a key, DER.

    :param standardised: name the domain parameters, as EF.CardSecurity may; else give them in full, as DG14 must
    """
    octets = group.encode(element)
    if standardised:
        return x509_writing.encode_public_key(_STANDARDISED, der.integer(group.parameter_id), octets)
    if isinstance(group, CurveGroup):
        return x509_writing.encode_public_key(_EC, curves.explicit_parameters(group.name), octets)
    parameters = tlv.encode(0x30, b"".join(map(der.integer, (group.prime, group.base, group.order))))
    return x509_writing.encode_public_key(_DH, parameters, der.integer(element))
