"""The header of a seal, versions 3 and 4 (Doc 9303-13, 2.2)."""

import re
from dataclasses import dataclass
from datetime import date

from tjdocs.errors import UsageError
from tjdocs.seal import c40, dates
from tjdocs.seal.seal_problems import SealProblem

__all__ = ["MAGIC", "VERSIONS", "Header", "Part", "parse"]

MAGIC = 0xDC
VERSIONS = (3, 4)  # the byte holds one less
_SHORT = 5  # characters of a certificate reference in version 3
_COUNTRY = re.compile("[A-Z]{1,3}")
_SIGNER = re.compile("[A-Z]{2}[A-Z0-9]{2}")
_REFERENCE = re.compile("[0-9A-F]+")
_LENGTH = re.compile("[0-9A-F]{2}")


@dataclass(frozen=True, slots=True)
class Part:
    """One field of the header: its place and its value."""

    offset: int
    size: int
    meaning: str
    value: str


@dataclass(frozen=True, slots=True)
class Header:
    """A header.

    :param version: 3 (version byte 02) or 4 (03)
    :param country: code of the issuing State as in a zone, without fillers
    :param signer: the signer identifier: two letters of its country and two characters
    :param reference: the certificate reference, hexadecimal: the certificate's serial number
    :param issue_date: of the document; None where three bytes of a seal are not a day of the calendar
    :param signature_date: in the same form
    :param definition: document feature definition reference
    :param category: document type category
    """

    version: int
    country: str
    signer: str
    reference: str
    issue_date: date | None
    signature_date: date | None
    definition: int
    category: int

    @property
    def serial(self) -> int:
        """Serial number of the signer's certificate."""
        return int(self.reference, 16)

    def encode(self) -> bytes:
        """Return the header's bytes.

        :raises UsageError: a value that its field cannot hold
        """
        length = f"{len(self.reference):02X}" if self.version == 4 else ""
        for name, sound, hint in (
            ("version", self.version in VERSIONS, "3 or 4"),
            ("country", _COUNTRY.fullmatch(self.country), "the State's code of one to three letters"),
            ("signer", _SIGNER.fullmatch(self.signer), "two letters of the country and two letters or digits"),
            ("reference", _REFERENCE.fullmatch(self.reference), "hexadecimal digits, letters in upper case"),
            ("reference", len(self.reference) == _SHORT or self.version == 4, f"{_SHORT} digits in version 3"),
            ("reference", len(self.reference) <= 0xFF, "at most 255 digits"),
            ("reference", self.reference.strip("0"), "a certificate's serial number, which is never zero"),
            ("definition", 1 <= self.definition <= 254, "1 to 254"),
            ("category", 1 <= self.category <= 254, "1 to 254"),
        ):
            if not sound:
                raise UsageError("a value that no header of a seal has", where=name, hint=hint)
        if self.issue_date is None or self.signature_date is None:
            raise UsageError("a header without its dates", where="issue_date, signature_date")
        return b"".join(
            (
                bytes((MAGIC, self.version - 1)),
                c40.encode(self.country.ljust(3)),
                c40.encode(self.signer + length + self.reference),
                dates.encode(self.issue_date),
                dates.encode(self.signature_date),
                bytes((self.definition, self.category)),
            )
        )

    @property
    def parts(self) -> tuple[Part, ...]:
        """The fields in order, with their places."""
        length = 2 if self.version == 4 else 0
        rows = (
            (1, "magic constant", ""),
            (1, "version", str(self.version)),
            (2, "issuing country", self.country),
            (
                c40.size(len(self.signer) + length + len(self.reference)),
                "signer identifier and certificate reference",
                f"{self.signer} {self.reference}",
            ),
            (dates.SIZE, "document issue date", self.issue_date.isoformat() if self.issue_date else ""),
            (dates.SIZE, "signature creation date", self.signature_date.isoformat() if self.signature_date else ""),
            (1, "document feature definition reference", f"{self.definition:02X}"),
            (1, "document type category", f"{self.category:02X}"),
        )
        parts, offset = [], 0
        for size, meaning, value in rows:
            parts.append(Part(offset, size, meaning, value))
            offset += size
        return tuple(parts)

    @property
    def size(self) -> int:
        """Number of bytes that the header takes."""
        return sum(part.size for part in self.parts)


def parse(data: bytes) -> tuple[Header | None, tuple[SealProblem, ...]]:
    """Read the header at the beginning of ``data``; None where its fields cannot be separated. Never raises."""
    if data[:1] != bytes((MAGIC,)):
        return None, (SealProblem("magic"),)
    if len(data) < 2:
        return None, (SealProblem("cut", "version", offset=1),)
    version = data[1] + 1
    if version not in VERSIONS:
        return None, (SealProblem("version", "version", offset=1),)
    size = c40.size(4 + _SHORT)
    if version == 4 and len(data) >= 8:
        # the first six characters are two whole triples: the signer, and the length of what follows
        length = _text(data[4:8])[4:]
        if not _LENGTH.fullmatch(length):
            return None, (SealProblem("reference", "certificate reference", offset=6),)
        size = c40.size(6 + int(length, 16))
    at = 4 + size
    if len(data) < at + 2 * dates.SIZE + 2:
        return None, (SealProblem("cut", "header", offset=len(data)),)
    text = _text(data[4:at])
    signer, reference = text[:4], text[4 if version == 3 else 6 :]
    if not _REFERENCE.fullmatch(reference) or len(reference) != (_SHORT if version == 3 else int(text[4:6], 16)):
        return None, (SealProblem("reference", "certificate reference", offset=6),)
    country = _text(data[2:4])
    issued, signed = dates.decode(data[at : at + 3]), dates.decode(data[at + 3 : at + 6])
    faults = (
        ("country", "issuing country", 2, _COUNTRY.fullmatch(country.rstrip()) and len(country) == 3),
        ("signer", "signer identifier", 4, _SIGNER.fullmatch(signer)),
        ("reference-test", "certificate reference", 6, reference.strip("0")),
        ("date", "document issue date", at, issued),
        ("date", "signature creation date", at + 3, signed),
    )
    problems = tuple(SealProblem(code, subject, offset=offset) for code, subject, offset, sound in faults if not sound)
    definition, category = data[at + 6 : at + 8]
    return Header(version, country.rstrip(), signer, reference, issued, signed, definition, category), problems


def _text(data: bytes) -> str:
    """Return a text of the header, empty where it is not C40."""
    try:
        return c40.decode(data)
    except c40.C40Error:
        return ""
