"""EF.CardSecurity: security infos that the State signed (Doc 9303-10, 3.11.4; Doc 9303-11, 9.2.11)."""

from dataclasses import dataclass, field
from datetime import datetime

from tjdocs.asn1 import tlv
from tjdocs.errors import UsageError
from tjdocs.lds.data_objects import MAX_FILE
from tjdocs.lds.dg14 import SecurityInfos
from tjdocs.lds.lds_problems import LdsError, guarded
from tjdocs.pki import signed_data as cms
from tjdocs.pki.signer import Signer, signed_data

__all__ = ["CardSecurity", "build"]

_SECURITY_OBJECT = "0.4.0.127.0.7.3.2.1"


@dataclass(frozen=True)
class CardSecurity:
    """An EF.CardSecurity as read. Its signature is not verified here.

    :param security_infos: the signed infos
    :param raw: the file without padding
    :param trailing: number of bytes after it
    """

    security_infos: SecurityInfos
    signed_data: cms.SignedData = field(repr=False)
    raw: bytes = field(repr=False)
    trailing: int = 0

    @classmethod
    @guarded
    def parse(cls, data: bytes) -> "CardSecurity":
        """Read an EF.CardSecurity.

        :raises LdsError: it is malformed, of another content, or nobody signed it
        """
        if len(data) > MAX_FILE:
            raise LdsError("limit", f"more than {MAX_FILE} bytes")
        raw = bytes(data[: tlv.place(data)[3]])
        try:
            content = cms.SignedData.parse(raw)
        except cms.CmsError as error:
            raise LdsError("form", str(error)) from None
        if content.content_type != _SECURITY_OBJECT:
            raise LdsError("value", f"content of type {content.content_type}")
        if not content.signers:
            raise LdsError("missing", "nobody signed")
        return cls(SecurityInfos.parse(content.content), content, raw, len(data) - len(raw))

    def encode(self) -> bytes:
        """Return the bytes read, without padding."""
        return self.raw


def build(infos: SecurityInfos, *, signer: Signer, signing_time: datetime | None) -> bytes:
    """Return an EF.CardSecurity with its signer's certificate.

    :param signing_time: written into the signed attributes; None leaves it out
    :raises UsageError: the signer is for seals or lists
    """
    if signer.certificate.extended_key_usage is not None:  # document signers have none (Doc 9303-12, 7.1.1)
        where = signer.certificate.subject_text
        raise UsageError("not a document signer", where=where, hint="Authority.document_signer()")
    return signed_data(_SECURITY_OBJECT, infos.encode(), signer, at=signing_time)
