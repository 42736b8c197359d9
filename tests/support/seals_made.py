"""Seals made on purpose, also such as no State would issue.

Every byte is written here and signed by ``cryptography`` alone: nothing of the code under test is used.
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from tests.support import builders as b
from tjdocs.pki import TrustStore
from tjdocs.pki.crl import Crl

ALPHABET = " 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
SIGNED = date(2026, 6, 1)
SEAL_SIGNER = "2.23.136.1.1.11.1"


def c40(text: str) -> bytes:
    """Doc 9303-13, 2.6, read from the standard's text."""
    text = text.replace("<", " ")
    result = b""
    while len(text) >= 3:
        u1, u2, u3 = (ALPHABET.index(character) + 3 for character in text[:3])
        result += (1600 * u1 + 40 * u2 + u3 + 1).to_bytes(2, "big")
        text = text[3:]
    if len(text) == 2:
        u1, u2 = (ALPHABET.index(character) + 3 for character in text)
        result += (1600 * u1 + 40 * u2 + 1).to_bytes(2, "big")
    if len(text) == 1:
        result += bytes((254, ord(text) + 1))
    return result


def day(value: date) -> bytes:
    return int(value.strftime("%m%d") + f"{value.year:04d}").to_bytes(3, "big")


@dataclass(frozen=True)
class Head:
    """A header field by field; ``raw`` is another signer field than the usual one."""

    magic: int = 0xDC
    version: int = 0x03
    country: str | bytes = "UTO"
    signer: str = "UTS1"
    reference: str = "5B"
    issued: date | bytes = SIGNED
    signed: date | bytes = SIGNED
    definition: int = 0x5E
    category: int = 0x03
    raw: bytes | None = None

    def encode(self) -> bytes:
        length = f"{len(self.reference):02X}" if self.version == 0x03 else ""
        return b"".join(
            (
                bytes((self.magic, self.version)),
                self.country if isinstance(self.country, bytes) else c40(self.country.ljust(3, "<")),
                c40(self.signer + length + self.reference) if self.raw is None else self.raw,
                self.issued if isinstance(self.issued, bytes) else day(self.issued),
                self.signed if isinstance(self.signed, bytes) else day(self.signed),
                bytes((self.definition, self.category)),
            )
        )


def feature(tag: int, value: bytes) -> bytes:
    """Return a feature of version 4; lengths up to 127 are the same in version 3."""
    return b.der(tag, value) if tag else b"\x00" + b.der(1, value)[1:]


def zone(
    *,
    code: str = "PU",
    state: str = "UTO",
    names: str = b.NAMES,
    number: str = "D23145890",
    nationality: str = "UTO",
    born: str = "740812",
    expires: str = "270627",
) -> str:
    """Return a TD2 zone, both lines joined (Doc 9303-6, 4.2.2)."""
    second = number + b.check_digit(number) + nationality + born + b.check_digit(born) + "F"
    second += expires + b.check_digit(expires) + "<" * 7
    composite = b.check_digit(second[:10] + second[13:20] + second[21:35])
    return (code + state.ljust(3, "<") + names).ljust(36, "<") + second + composite


def visa(width: int = 36, *, number: str = "1234567XY", state: str = "UTO", born: str = "740812") -> str:
    """Return a visa's zone, both lines joined (Doc 9303-7, 4.2.2 and 7.2.2)."""
    second = number + b.check_digit(number) + "UTO" + born + b.check_digit(born) + "F270627" + b.check_digit("270627")
    return ("V<" + state + b.NAMES).ljust(width, "<") + second.ljust(width, "<")


HASHES = {224: hashes.SHA224(), 256: hashes.SHA256(), 384: hashes.SHA384(), 512: hashes.SHA512()}


def sign(key: ec.EllipticCurvePrivateKey, data: bytes) -> bytes:
    """Return r and s, joined, each as long as the curve's order."""
    bits = key.curve.key_size
    digest = next(digest for limit, digest in HASHES.items() if bits <= limit)
    r, s = decode_dss_signature(key.sign(data, ec.ECDSA(digest, deterministic_signing=True)))
    return b"".join(number.to_bytes((bits + 7) // 8, "big") for number in (r, s))


def closing(signature: bytes) -> bytes:
    return b.der(0xFF, signature)


def emergency(text: str | None = None) -> bytes:
    return feature(0x02, c40(zone() if text is None else text))


def made(
    message: bytes | None = None,
    *,
    key: Any = None,
    signature: bytes | None = None,
    end: bytes | None = None,
    **head: Any,
) -> bytes:
    """Return the seal of an emergency travel document of Utopia, with the changes asked for.

    :param message: another message zone
    :param signature: another signature; ``end`` another signature zone
    :param head: changes of :class:`Head`
    """
    signed = replace(Head(), **head).encode() + (emergency() if message is None else message)
    if end is not None:
        return signed + end
    return signed + closing(sign(key or b.ec_key("seal"), signed) if signature is None else signature)


def signer(
    by: b.Party | None = None,
    *,
    letters: str = "S1",
    country: str = "UT",
    serial: int = 0x5B,
    key: Any = None,
    period: tuple[datetime, datetime] = (b.moment(2026), b.moment(2028, 3)),
    purposes: Sequence[str] | None = (SEAL_SIGNER,),
    types: Sequence[str] | None = ("PU",),
    authority: bytes | None = b"",
    extra: Sequence[b.Extension] = (),
    subject: bytes | None = None,
    **more: Any,
) -> b.Party:
    """Return a seal signer by the profile of Doc 9303-12, 7.1.1. None leaves an extension out; ``authority`` empty: that of ``by``."""
    by = by or b.utopia()
    extensions = [b.authority_identifier(authority or by.identifier)] if authority is not None else []
    extensions += extra
    if purposes is not None:
        extensions.append(b.purposes(*purposes))
    if types is not None:
        extensions.append(b.document_types(*types))
    subject = subject or b.name(("C", country), ("CN", letters), tag=0x13)
    key = key or b.ec_key("seal")
    return b.certify(subject, key, extensions, by=by, serial=serial, period=period, **more)


@functools.cache
def utopian() -> b.Party:
    return signer()


def scene(
    data: bytes | None = None,
    *,
    by: Sequence[b.Party] | None = None,
    anchors: Sequence[b.Party] = (),
    candidates: Sequence[b.Party] = (),
    crls: Sequence[Crl] = (),
    inside: str | None = None,
    printed: str | None = None,
    at: date | datetime = b.AT,
) -> b.Scene:
    """Return a sound chip of Utopia with a seal that agrees, judged by somebody who has its CSCA and the seal's signer.

    :param by: the seal signers whose certificates are at hand
    :param anchors: trusted besides Utopia's CSCA
    :param inside: DG1's zone, joined; the one in the seal unless given
    :param printed: the text of the printed zone; None: not handed over
    """
    document = b.scene(inside=zone() if inside is None else inside, printed=None, at=at)
    known = [*([utopian()] if by is None else by), *candidates]
    trust = TrustStore.of([p.certificate for p in (b.utopia(), *anchors)], [p.certificate for p in known], crls)
    return replace(document, mrz=printed, trust=trust, seal=made() if data is None else data)


def lines(joined: str) -> str:
    """Return a zone of two lines as text."""
    half = len(joined) // 2
    return f"{joined[:half]}\n{joined[half:]}\n"


TJK = zone(state="TJK", nationality="TJK")


def stateless() -> str:
    return b.zone(code="PS", state="TJK", nationality="XXA", expires="271123")


# what a seal of each profile that we make holds
FEATURES = {
    "emergency-travel-document": {"zone": TJK},
    "stateless-id": {
        "zone": stateless(),
        "residence_permit_number": "RP 12345",
        "residence_permit_expires": date(2027, 11, 23),
    },
    "registration-certificate": {
        "zone": zone(code="IR", state="TJK", nationality="UZB"),
        "category": "C",
        "date_of_acceptance": date(2026, 11, 23),
    },
    "visa": {
        "zone_b": visa(state="TJK"),
        "number_of_entries": 2,
        "duration_of_stay": (30, 0, 0),
        "passport_number": "D23145890",
        "visa_type": b"C1",
    },
}
