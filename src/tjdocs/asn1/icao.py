"""ICAO's own structures (Doc 9303-10, 4.6.2 and appendix D; Doc 9303-12, 7.1 and 9)."""

from cryptography.hazmat import asn1

__all__ = ["CscaMasterList", "DataGroupHash", "LdsSecurityObject", "LdsVersionInfo", "version_info"]


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
    """``CscaMasterList``."""

    version: int
    certificates: asn1.SetOf[asn1.TLV]


def version_info(lds_version: str, unicode_version: str) -> LdsVersionInfo:
    """Return an ``LDSVersionInfo``."""
    return LdsVersionInfo(
        lds_version=asn1.PrintableString(lds_version), unicode_version=asn1.PrintableString(unicode_version)
    )
