"""ICAO's own structures (Doc 9303-10, 4.6.2 and appendix D; Doc 9303-12, 7.1 and 9)."""

from collections.abc import Mapping
from functools import lru_cache

from cryptography.hazmat import asn1

from tjdocs.asn1 import der, tlv

__all__ = ["CscaMasterList", "DataGroupHash", "LdsSecurityObject", "LdsVersionInfo", "encode_security_object"]


@asn1.sequence
class DataGroupHash:
    """``DataGroupHash``."""

    number: int
    value: bytes


@asn1.sequence
class LdsVersionInfo:
    """``LDSVersionInfo``: LDS version ``aabb``, Unicode version ``aabbcc``."""

    lds_version: asn1.PrintableString
    unicode_version: asn1.PrintableString


@asn1.sequence
class LdsSecurityObject:
    """``LDSSecurityObject``."""

    version: int
    hash_algorithm: asn1.TLV
    hashes: list[DataGroupHash]
    version_info: LdsVersionInfo | None


@asn1.sequence
class CscaMasterList:
    """``CscaMasterList``; the certificates are a SET OF, see :func:`tjdocs.asn1.der.members`."""

    version: int
    certificates: asn1.TLV


def encode_security_object(
    algorithm: bytes, hashes: Mapping[int, bytes], lds_version: str, unicode_version: str
) -> bytes:
    """Return an ``LDSSecurityObject``, DER: of version 1, or 0 where ``lds_version`` is empty.

    :param algorithm: of the hashes, an ``AlgorithmIdentifier``, DER
    :param hashes: by data group number
    """
    listed = [tlv.encode(0x30, der.integer(number) + tlv.encode(0x04, hashes[number])) for number in sorted(hashes)]
    versions = _version_info(lds_version, unicode_version) if lds_version else b""
    version = der.integer(1 if lds_version else 0)
    return tlv.encode(0x30, version + algorithm + tlv.encode(0x30, b"".join(listed)) + versions)


@lru_cache(maxsize=16)
def _version_info(lds_version: str, unicode_version: str) -> bytes:
    texts = asn1.PrintableString(lds_version), asn1.PrintableString(unicode_version)
    return der.encode(LdsVersionInfo(lds_version=texts[0], unicode_version=texts[1]))
