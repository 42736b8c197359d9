"""EF.SOD: the signed hashes of the data groups (Doc 9303-10, 4.6.2 and appendix D)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from types import MappingProxyType

from tjdocs import limits, problems
from tjdocs.asn1 import der, icao_schema, tlv, x509_schema
from tjdocs.errors import UsageError
from tjdocs.pki import algorithms
from tjdocs.pki import signed_data as cms
from tjdocs.pki.signer import Signer, signed_data

__all__ = ["EfSod", "SecurityObject", "SodError", "build"]

TAG = 0x77
OID_LDS_SECURITY_OBJECT = "2.23.136.1.1.1"


class SodError(ValueError):
    """Bytes that are not an EF.SOD; ``reason`` is a stable word of ``pa.sod-structure``."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class SecurityObject:
    """The LDS security object, the signed content of EF.SOD.

    :param version: 0, or 1 with the two version texts
    :param hash: id of the hash algorithm, empty when the table lacks it
    :param hashes: by data group number
    :param warnings: ``lds-version-info`` where the version is 0 with the two texts, or 1 without them
    """

    version: int
    hash: str
    hash_oid: str
    hashes: Mapping[int, bytes] = field(repr=False)
    lds_version: str = ""
    unicode_version: str = ""
    warnings: tuple[str, ...] = ()

    @classmethod
    def parse(cls, data: bytes) -> "SecurityObject":
        """Read an LDSSecurityObject, DER.

        :raises SodError: it is not one, or its list of hashes contradicts itself
        """
        if len(data) > limits.SECURITY_OBJECT:  # a file that packs well names a million hashes
            raise SodError("limit", "a list of hashes longer than is read")
        try:
            fields = der.decode(icao_schema.LdsSecurityObject, data)
            algorithm = x509_schema.algorithm_id(der.parts(data)[1])
        except der.DerError as error:
            raise SodError("lds-object", str(error)) from None
        if fields.version not in (0, 1):
            raise SodError("lds-version", "version of the security object neither 0 nor 1")
        hashes = {item.number: item.value for item in fields.hashes}
        if len(hashes) != len(fields.hashes) or len(hashes) < 2 or min(hashes) < 1 or max(hashes) > 16:
            raise SodError("hash-list", "the list of hashes has no valid form")
        row = algorithms.hash_by_oid(algorithm.oid)
        if not algorithm.plain:
            raise SodError("lds-object", "the hash algorithm has parameters")
        if row is not None and {len(value) for value in hashes.values()} != {row.length}:
            raise SodError("hash-list", "a hash has not the length of its algorithm")
        info = fields.version_info
        return cls(
            fields.version,
            row.id if row else "",
            algorithm.oid,
            MappingProxyType(hashes),
            info.lds_version.as_str() if info else "",
            info.unicode_version.as_str() if info else "",
            () if (fields.version == 1) == (info is not None) else ("lds-version-info",),
        )


@dataclass(frozen=True)
class EfSod:
    """An EF.SOD as read.

    :param raw: the file without padding
    :param trailing: number of bytes after it
    :param warnings: named defects under which it was read
    """

    raw: bytes = field(repr=False)
    trailing: int
    signed_data: cms.SignedData
    security_object: SecurityObject
    warnings: tuple[str, ...]

    @classmethod
    def parse(cls, data: bytes) -> "EfSod":
        """Read an EF.SOD.

        :raises SodError: it is not an EF.SOD
        """
        try:
            tag, _, start, end = tlv.place(data)
        except tlv.TlvError as error:
            raise SodError("file", str(error)) from None
        if tag != TAG:
            raise SodError("tag", f"tag {tag:02X} instead of {TAG:02X}")
        raw = bytes(data[:end])
        try:
            signed_data = cms.SignedData.parse(raw[start:])
        except cms.CmsError as error:
            raise SodError(error.reason, str(error)) from None
        if signed_data.content_type not in _content_types():
            raise SodError("content-type", f"content of type {signed_data.content_type}")
        if not signed_data.signers:
            raise SodError("no-signer", "nobody signed")
        warnings = _warnings(signed_data, end - start, start)
        security_object = SecurityObject.parse(signed_data.content)
        return cls(raw, len(data) - end, signed_data, security_object, (*warnings, *security_object.warnings))

    def encode(self) -> bytes:
        """Return the bytes read, without padding."""
        return self.raw


def _warnings(signed_data: cms.SignedData, length: int, header: int) -> tuple[str, ...]:
    """Return the named tolerances for a file with so many bytes inside and in its header."""
    warnings = signed_data.warnings
    if accepted := _content_types()[signed_data.content_type]:
        warnings += (accepted,)
    if len(der.header(TAG, length)) != header:
        warnings += ("length-form",)
    return warnings


@cache
def _content_types() -> Mapping[str, str]:
    return {row.oid: row.id for row in problems.defects().content_type}


def build(
    hashes: Mapping[int, bytes],
    *,
    digest: str,
    signer: Signer,
    signing_time: datetime | None,
    lds_version: str = "",
    unicode_version: str = "040000",
    by_key_identifier: bool = False,
) -> bytes:
    """Return an EF.SOD over data group hashes.

    :param hashes: by data group number, 2 to 16 of them, made with ``digest``
    :param digest: hash id of the data groups' hashes
    :param signing_time: written into the signed attributes; None leaves it out
    :param lds_version: four digits make an LDS security object of version 1, an empty text one of version 0
    :raises UsageError: the signer is for seals or lists
    """
    if signer.certificate.extended_key_usage is not None:  # document signers have none (Doc 9303-12, 7.1.1)
        where = signer.certificate.subject_text
        raise UsageError("not a document signer", where=where, hint="Authority.document_signer()")
    algorithm = x509_schema.encode_algorithm(algorithms.hash_by_id(digest).oid)
    content = icao_schema.encode_security_object(algorithm, hashes, lds_version, unicode_version)
    signed = signed_data(OID_LDS_SECURITY_OBJECT, content, signer, at=signing_time, by_key_identifier=by_key_identifier)
    return tlv.encode(TAG, signed)
