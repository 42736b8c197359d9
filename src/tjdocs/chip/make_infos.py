"""Make security infos: the protocols and public keys that a chip offers (Doc 9303-11, 9.2)."""

from tjdocs.asn1 import der
from tjdocs.asn1.x509_schema import encode_oid
from tjdocs.chip import agreement_keys
from tjdocs.chip.cipher_suite import SUITES
from tjdocs.chip.groups import CurveGroup, Element, Group, by_name
from tjdocs.chip.pace import PaceProtocol
from tjdocs.errors import UsageError
from tjdocs.lds.dg14 import SecurityInfo
from tjdocs.pki import algorithms

__all__ = ["active_info", "authentication_info", "group", "key_info", "pace_info"]

_ACTIVE_HASHES = ("sha224", "sha256", "sha384", "sha512")


def group(name: str) -> Group:
    """Return a group by its name.

    :raises UsageError: it is not one of the standardised domain parameters (Doc 9303-11, 9.5.1)
    """
    result = by_name(name)
    if result is None:
        raise UsageError("unknown group", where=str(name)[:40], hint="as secp256r1 or modp-2048-256")
    return result


def pace_info(name: str, of: Group) -> bytes:
    """Return a PACEInfo, DER (Doc 9303-11, 9.2.1).

    :param name: of the protocol, for example ``PACE-ECDH-GM-AES-CBC-CMAC-128``
    :raises UsageError: PACE has no such protocol, or not over that group
    """
    info = SecurityInfo.made(name, der.integer(2), der.integer(of.parameter_id))
    if PaceProtocol.of(info) is None:
        raise UsageError("not a protocol of PACE over that group", where=name, hint=of.name)
    return info.raw


def authentication_info(name: str, of: Group, key_id: int | None = None) -> bytes:
    """Return a ChipAuthenticationInfo, DER (Doc 9303-11, 9.2.5).

    :param name: of the protocol, for example ``CA-ECDH-AES-CBC-CMAC-128``
    :raises UsageError: chip authentication has no such protocol, or not over that group
    """
    start = f"CA-{_agreement(of)}-"
    if not name.startswith(start) or name.removeprefix(start) not in SUITES:
        raise UsageError("not a protocol of chip authentication over that group", where=str(name)[:60], hint=of.name)
    return SecurityInfo.made(name, der.integer(1), _id(key_id)).raw


def key_info(of: Group, element: Element, key_id: int | None = None, *, standardised: bool = False) -> bytes:
    """Return a ChipAuthenticationPublicKeyInfo, DER (Doc 9303-11, 9.2.6).

    :param standardised: name the domain parameters, as EF.CardSecurity does; else give them in full, as DG14 does
    """
    key = agreement_keys.encode(of, element, standardised=standardised)
    return SecurityInfo.made(f"PK-{_agreement(of)}", key, _id(key_id)).raw


def active_info(hash_id: str) -> bytes:
    """Return the ActiveAuthenticationInfo of a key of ECDSA, DER (Doc 9303-11, 9.2.4).

    :raises UsageError: signatures with that hash are not of the standard
    """
    if hash_id not in _ACTIVE_HASHES:
        raise UsageError(
            "unknown hash of active authentication", where=str(hash_id)[:40], hint=", ".join(_ACTIVE_HASHES)
        )
    oid = algorithms.signature_by_id(f"ecdsa-plain-{hash_id}").oid
    return SecurityInfo.made("aaProtocolObject", der.integer(1), encode_oid(oid)).raw


def _agreement(of: Group) -> str:
    return "ECDH" if isinstance(of, CurveGroup) else "DH"


def _id(key_id: int | None) -> bytes:
    return b"" if key_id is None else der.integer(key_id)
