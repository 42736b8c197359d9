"""Documents, signers and authorities made on purpose, also such as no State would issue.

Every byte of a certificate, a list and an EF.SOD is written here and signed by ``cryptography`` alone: nothing of
the encoders under test is used, so that reading them is judged by another hand's work. The data groups that no test
looks into (the portrait) are the library's own.
"""

import functools
import hashlib
import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import SubjectKeyIdentifier

from tjdocs.border import Evidence, Inspector, Policy, Verdict
from tjdocs.inspection import Examination, examine
from tjdocs.pki.certificate import Certificate
from tjdocs.pki.crl import Crl
from tjdocs.pki.trust.store import TrustStore

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)  # the day of judgement, unless a test says otherwise
SIGNED = datetime(2026, 3, 2, 9, tzinfo=UTC)
LISTED = datetime(2026, 11, 1, tzinfo=UTC)  # a revocation list's date
NEXT_LIST = datetime(2027, 11, 1, tzinfo=UTC)
LDS_OBJECT = "2.23.136.1.1.1"
# The State of every document here, as zones and as certificates name it. Vectors are made for a second one, by
# another run of ``make_vectors.py``: "SWE SE".
STATE, COUNTRY = os.environ.get("TJDOCS_TEST_STATE", "UTO UT").split()
# Doc 9303-4, appendix B, the specimen of Utopia, with dates of this decade; the check digits are computed below
NAMES = "ERIKSSON<<ANNA<MARIA"


def moment(year: int, month: int = 1, day: int = 1, hour: int = 0) -> datetime:
    return datetime(year, month, day, hour, tzinfo=UTC)


# ---------------------------------------------------------------------------------------------------- DER, by hand


def der(tag: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    head = tag.to_bytes(max(1, (tag.bit_length() + 7) // 8), "big")
    if len(body) < 0x80:
        return head + bytes((len(body),)) + body
    length = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return head + bytes((0x80 | len(length),)) + length + body


def sequence(*parts: bytes) -> bytes:
    return der(0x30, *parts)


def set_of(parts: Iterable[bytes], *, ordered: bool = True) -> bytes:
    return der(0x31, *(sorted(parts) if ordered else parts))


def integer(value: int) -> bytes:
    return der(0x02, value.to_bytes((value + (value < 0)).bit_length() // 8 + 1, "big", signed=True))


def octets(value: bytes) -> bytes:
    return der(0x04, value)


def bits(value: bytes, unused: int = 0) -> bytes:
    return der(0x03, bytes((unused,)), value)


@functools.cache
def oid(dotted: str) -> bytes:
    first, second, *rest = map(int, dotted.split("."))
    body = b""
    for number in (first * 40 + second, *rest):
        groups = [number & 0x7F]
        while number := number >> 7:
            groups.append(0x80 | number & 0x7F)
        body += bytes(reversed(groups))
    return der(0x06, body)


def utc_time(value: datetime) -> bytes:
    return der(0x17, value.strftime("%y%m%d%H%M%SZ").encode())


def general_time(value: datetime) -> bytes:
    return der(0x18, f"{value.year:04d}{value.strftime('%m%d%H%M%SZ')}".encode())


def utc(text: bytes) -> bytes:
    """Return a UTCTime that says ``text``."""
    return der(0x17, text)


def time(value: datetime) -> bytes:
    return utc_time(value) if 1950 <= value.year < 2050 else general_time(value)


_NAME_TYPES = {"C": "2.5.4.6", "O": "2.5.4.10", "OU": "2.5.4.11", "CN": "2.5.4.3", "serialNumber": "2.5.4.5"}


def name(*parts: tuple[str, str], tag: int = 0x0C) -> bytes:
    """Return a Name of one attribute an RDN; ``C`` is a PrintableString, the rest are of ``tag``."""
    codec = "utf-16-be" if tag == 0x1E else "utf-8"
    values = [(kind, der(0x13, text.encode()) if kind == "C" else der(tag, text.encode(codec))) for kind, text in parts]
    return sequence(*(der(0x31, sequence(oid(_NAME_TYPES[kind]), value)) for kind, value in values))


# ------------------------------------------------------------------------------------------------- keys, signatures

HASHES: dict[str, tuple[str, Any]] = {
    "md5": ("1.2.840.113549.2.5", hashes.MD5()),
    "sha1": ("1.3.14.3.2.26", hashes.SHA1()),
    "sha224": ("2.16.840.1.101.3.4.2.4", hashes.SHA224()),
    "sha256": ("2.16.840.1.101.3.4.2.1", hashes.SHA256()),
    "sha384": ("2.16.840.1.101.3.4.2.2", hashes.SHA384()),
    "sha512": ("2.16.840.1.101.3.4.2.3", hashes.SHA512()),
    "sha3-256": ("2.16.840.1.101.3.4.2.8", hashes.SHA3_256()),
}
_ALGORITHMS = {
    "ecdsa-sha1": "1.2.840.10045.4.1",
    "ecdsa-sha224": "1.2.840.10045.4.3.1",
    "ecdsa-sha256": "1.2.840.10045.4.3.2",
    "ecdsa-sha384": "1.2.840.10045.4.3.3",
    "ecdsa-sha512": "1.2.840.10045.4.3.4",
    "plain-sha224": "0.4.0.127.0.7.1.1.4.1.2",
    "plain-sha256": "0.4.0.127.0.7.1.1.4.1.3",
    "plain-sha384": "0.4.0.127.0.7.1.1.4.1.4",
    "plain-sha512": "0.4.0.127.0.7.1.1.4.1.5",
    "rsa-md5": "1.2.840.113549.1.1.4",
    "rsa-sha1": "1.2.840.113549.1.1.5",
    "rsa-sha224": "1.2.840.113549.1.1.14",
    "rsa-sha256": "1.2.840.113549.1.1.11",
    "rsa-sha384": "1.2.840.113549.1.1.12",
    "rsa-sha512": "1.2.840.113549.1.1.13",
    "pss": "1.2.840.113549.1.1.10",
    "rsa-key": "1.2.840.113549.1.1.1",
    "ec-key": "1.2.840.10045.2.1",
    "unknown": "1.2.3.4.5",
}


def algorithm(kind: str, *, salt: int = 32) -> bytes:
    """Return an AlgorithmIdentifier; ``kind`` is a key of the table above, ``pss-`` and a hash, or ``pss-trailer-2``."""
    if kind == "pss-trailer-2":
        return sequence(oid(_ALGORITHMS["pss"]), sequence(der(0xA3, integer(2))))
    if kind.startswith("pss-"):
        digest = sequence(oid(HASHES[kind.partition("-")[2]][0]), der(0x05))
        mask = sequence(oid("1.2.840.113549.1.1.8"), digest)
        return sequence(oid(_ALGORITHMS["pss"]), sequence(der(0xA0, digest), der(0xA1, mask), der(0xA2, integer(salt))))
    return sequence(oid(_ALGORITHMS[kind]), der(0x05) if kind.startswith("rsa") else b"")


@functools.cache
def ec_key(label: str = "") -> ec.EllipticCurvePrivateKey:
    """Return the P-256 key of that label: the same one in every run."""
    number = int.from_bytes(hashlib.sha256(label.encode()).digest()[1:], "big")
    return ec.derive_private_key(number, ec.SECP256R1())


@functools.cache
def rsa_key(label: str = "", size: int = 2048) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, size)


def sign(key: Any, kind: str, data: bytes, *, salt: int = 32) -> bytes:
    digest = HASHES.get(kind.partition("-")[2], HASHES["sha256"])[1]
    if isinstance(key, rsa.RSAPrivateKey):
        form = padding.PSS(padding.MGF1(digest), salt) if kind.startswith("pss") else padding.PKCS1v15()
        return key.sign(data, form, digest)
    signature = key.sign(data, ec.ECDSA(digest, deterministic_signing=True))
    return joined(signature, (key.curve.key_size + 7) // 8) if kind.startswith("plain") else signature


def joined(signature: bytes, size: int = 32) -> bytes:
    return b"".join(number.to_bytes(size, "big") for number in decode_dss_signature(signature))


P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def flipped(signature: bytes, order: int = P256_ORDER) -> bytes:
    """Return an ECDSA signature (r, s) as (r, n - s), which anyone can do."""
    r, s = decode_dss_signature(signature)
    return encode_dss_signature(r, order - s)


def resealed(party: "Party", signature: Callable[[bytes], bytes]) -> "Party":
    """Return a certificate whose signature is written otherwise; nothing that is signed changes."""
    own = party.certificate
    raw = sequence(own.tbs, own.algorithm, bits(signature(own.signature)))
    return Party(raw, party.key, party.name, party.identifier)


def spki(key: Any) -> bytes:
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def ec_spki(curve_oid: str, point: bytes) -> bytes:
    """Return a SubjectPublicKeyInfo of any curve and any point."""
    return sequence(sequence(oid(_ALGORITHMS["ec-key"]), oid(curve_oid)), bits(point))


def rsa_spki(modulus: int, exponent: int = 65537) -> bytes:
    return sequence(algorithm("rsa-key"), bits(sequence(integer(modulus), integer(exponent))))


def key_identifier(key: Any) -> bytes:
    """RFC 5280, 4.2.1.2, method 1, as another library computes it."""
    return SubjectKeyIdentifier.from_public_key(key.public_key()).digest


# ----------------------------------------------------------------------------------------------------- certificates

Extension = tuple[str, bool, bytes]
USAGE = {"digitalSignature": 0x80, "nonRepudiation": 0x40, "keyCertSign": 0x04, "cRLSign": 0x02}


def key_usage(*names: str, critical: bool = True) -> Extension:
    value = sum(USAGE[item] for item in names)
    return "2.5.29.15", critical, bits(bytes((value,)), (value & -value).bit_length() - 1)


def basic_constraints(*, ca: bool) -> Extension:
    return "2.5.29.19", True, sequence(der(0x01, b"\xff"), integer(0)) if ca else sequence()


def subject_identifier(value: bytes) -> Extension:
    return "2.5.29.14", False, octets(value)


def authority_identifier(value: bytes) -> Extension:
    return "2.5.29.35", False, sequence(der(0x80, value))


def purposes(*dotted: str) -> Extension:
    return "2.5.29.37", True, sequence(*map(oid, dotted))


def usage_period(begin: datetime | None, end: datetime | None) -> Extension:
    parts = [(0x80, begin), (0x81, end)]
    return "2.5.29.16", False, sequence(*(der(tag, general_time(at)[2:]) for tag, at in parts if at))


NAME_CHANGE: Extension = ("2.23.136.1.1.6.1", False, der(0x05))


def authority(own: bytes, above: bytes | None = None, *extra: Extension) -> list[Extension]:
    """Return the extensions of a CSCA with a key identifier, or of a link with that of the key above it as well."""
    identifiers = [authority_identifier(above or own), subject_identifier(own)]
    return [*identifiers, key_usage("keyCertSign", "cRLSign"), basic_constraints(ca=True), *extra]


def document_types(*codes: str) -> Extension:
    strings = set_of(der(0x13, code.encode()) for code in codes)
    return "2.23.136.1.1.6.2", False, sequence(integer(0), strings)


@dataclass(frozen=True)
class Party:
    """A certificate with its private key."""

    raw: bytes = field(repr=False)
    key: Any = field(repr=False)
    name: bytes = field(repr=False)
    identifier: bytes = field(repr=False)

    @property
    def certificate(self) -> Certificate:
        return Certificate.parse(self.raw)


def certify(
    subject: bytes,
    key: Any,
    extensions: Sequence[Extension],
    *,
    by: Party | None = None,
    issuer: bytes | None = None,
    serial: int | None = None,
    period: tuple[datetime, datetime],
    kind: str = "ecdsa-sha256",
    inner: str | None = None,
    info: bytes | None = None,
    identifier: bytes | None = None,
    signature: bytes | None = None,
    unused: int = 0,
    version: int | None = 2,
    clock: Callable[[datetime], bytes] | None = None,
) -> Party:
    """Return a certificate, self-signed unless ``by`` somebody.

    :param issuer: another issuer's name than that of ``by``
    :param inner: another algorithm inside what is signed
    :param info: another SubjectPublicKeyInfo than that of ``key``
    :param unused: unused bits announced in the signature's BIT STRING
    :param version: as coded, 2 for version 3; None leaves it out
    :param clock: writes the dates otherwise than :func:`time`
    """
    info = info or spki(key)
    identifier = key_identifier(key) if identifier is None else identifier
    name_ = issuer or (by.name if by else subject)
    if serial is None:
        serial = int.from_bytes(hashlib.sha256(subject + info + name_).digest()[:8], "big") >> 1
    tbs = sequence(
        der(0xA0, integer(version)) if version is not None else b"",
        integer(serial),
        algorithm(inner or kind),
        name_,
        sequence(*((clock or time)(moment_) for moment_ in period)),
        subject,
        info,
        der(0xA3, sequence(*(sequence(oid(o), der(1, b"\xff") if c else b"", octets(v)) for o, c, v in extensions)))
        if extensions
        else b"",
    )
    signature = sign(by.key if by else key, kind, tbs) if signature is None else signature
    return Party(sequence(tbs, algorithm(kind), bits(signature, unused)), key, subject, identifier)


def csca(
    common_name: str = "CSCA Utopia",
    country: str = COUNTRY,
    *,
    key: Any = None,
    by: Party | None = None,
    identifier: bytes | None = None,
    period: tuple[datetime, datetime] = (moment(2020), moment(2036, 7)),
    subject: bytes | None = None,
    extensions: Sequence[Extension] | None = None,
    **more: Any,
) -> Party:
    """Return a CSCA, or with ``by`` a link certificate."""
    key = key or ec_key(f"csca {common_name} {'UT' if country == COUNTRY else country}")
    own = key_identifier(key) if identifier is None else identifier
    subject = subject or name(("C", country), ("O", "SPECIMEN"), ("CN", common_name))
    if extensions is None:
        changed = [NAME_CHANGE] if by and subject != by.name else []
        extensions = authority(own, by.identifier if by else None, *changed)
    return certify(subject, key, extensions, by=by, period=period, identifier=own, **more)


def signer(
    by: Party,
    country: str = COUNTRY,
    *,
    key: Any = None,
    period: tuple[datetime, datetime] = (moment(2026), moment(2036, 4)),
    key_period: tuple[datetime | None, datetime | None] | None = (moment(2026), moment(2026, 4)),
    usage: Sequence[str] | None = ("digitalSignature",),
    types: Sequence[str] | None = ("P", "PP"),
    authority: bytes | None = b"",
    extra: Sequence[Extension] = (),
    subject: bytes | None = None,
    **more: Any,
) -> Party:
    """Return a document signer. None leaves an extension out; ``authority`` empty: the identifier of ``by``."""
    key = key or ec_key("signer")
    extensions = [subject_identifier(key_identifier(key)), *extra]
    if authority is not None:
        extensions.append(authority_identifier(authority or by.identifier))
    if usage is not None:
        extensions.append(key_usage(*usage))
    if key_period is not None:
        extensions.append(usage_period(*key_period))
    if types is not None:
        extensions.append(document_types(*types))
    subject = subject or name(("C", country), ("O", "SPECIMEN"), ("CN", "Document Signer 1"))
    return certify(subject, key, extensions, by=by, period=period, **more)


def revocation_list(
    by: Party,
    serials: Sequence[int] = (),
    *,
    issued: datetime = LISTED,
    until: datetime | None = NEXT_LIST,
    issuer: bytes | None = None,
    kind: str = "ecdsa-sha256",
    key: Any = None,
    former: Sequence[bytes] = (),
    authority: bytes | None = None,
) -> Crl:
    """Return a revocation list.

    :param former: names that its issuer had before, told in issuerAltName
    :param authority: key identifier of its issuer; left out unless given
    """
    entries = sequence(*(sequence(integer(serial), time(issued)) for serial in serials)) if serials else b""
    names_ = sequence(oid("2.5.29.18"), octets(sequence(*(der(0xA4, name_) for name_ in former)))) if former else b""
    keyed = sequence(oid("2.5.29.35"), octets(sequence(der(0x80, authority)))) if authority else b""
    tbs = sequence(
        integer(1),
        algorithm(kind),
        issuer or by.name,
        time(issued),
        time(until) if until else b"",
        entries,
        der(0xA0, sequence(names_, keyed)) if former or authority else b"",
    )
    return Crl.parse(sequence(tbs, algorithm(kind), bits(sign(key or by.key, kind, tbs))))


# ------------------------------------------------------------------------------------------------------ data groups


def check_digit(text: str) -> str:
    """Doc 9303-3, 4.9: weights 7, 3, 1; letters from 10; fillers 0."""
    values = [0 if c == "<" else int(c, 36) for c in text]
    return str(sum(value * (7, 3, 1)[index % 3] for index, value in enumerate(values)) % 10)


def zone(
    *,
    code: str = "P<",
    state: str = STATE,
    names: str = NAMES,
    number: str = "L898902C3",
    nationality: str = STATE,
    born: str = "740812",
    sex: str = "F",
    expires: str = "360301",
    optional: str = "ZE184226B",
) -> str:
    """Return a TD3 zone, both lines joined."""
    number, optional = number.ljust(9, "<"), optional.ljust(14, "<")
    second = number + check_digit(number) + nationality.ljust(3, "<") + born + check_digit(born) + sex
    second += expires + check_digit(expires) + optional + check_digit(optional)
    composite = check_digit(second[:10] + second[13:20] + second[21:43])
    return (code + state.ljust(3, "<") + names).ljust(44, "<") + second + composite


def lines(joined_zone: str) -> str:
    return f"{joined_zone[:44]}\n{joined_zone[44:]}\n"


def dg1(joined_zone: str) -> bytes:
    return der(0x61, der(0x5F1F, joined_zone.encode("latin-1")))


@functools.cache
def dg2() -> bytes:
    from tjdocs.lds.dg2 import Dg2
    from tjdocs.portrait import prepare
    from tjdocs.portrait.specimen_portrait import draw_specimen

    portrait = draw_specimen(size=(207, 266))
    return Dg2.of(prepare(portrait.image, eyes=portrait.eyes)).encode()


def dg12(issued: str) -> bytes:
    return der(0x6C, der(0x5C, b"\x5f\x19\x5f\x26"), der(0x5F19, b"UTOPIA"), der(0x5F26, issued.encode()))


def com(numbers: Iterable[int], *, lds: str = "0107", unicode: str = "040000") -> bytes:
    # Doc 9303-10, table 38: the tags of DG1 to DG16
    listed = bytes(bytes.fromhex("6175637665666768696a6b6c6d6e6f70")[number - 1] for number in numbers)
    return der(0x60, der(0x5F01, lds.encode()), der(0x5F36, unicode.encode()), der(0x5C, listed))


# ----------------------------------------------------------------------------------------------------------- EF.SOD


def digest(kind: str, data: bytes) -> bytes:
    state = hashes.Hash(HASHES[kind][1])
    state.update(data)
    return state.finalize()


def security_object(
    values: Mapping[int, bytes] | Sequence[tuple[int, bytes]],
    *,
    kind: str = "sha256",
    version: int = 0,
    versions: tuple[str, str] | None = None,
    parameters: bytes = b"",
) -> bytes:
    """Return an LDS security object over hashes by data group number."""
    pairs = values.items() if isinstance(values, Mapping) else values
    return sequence(
        integer(version),
        sequence(oid(HASHES[kind][0]), parameters),
        sequence(*(sequence(integer(number), octets(value)) for number, value in pairs)),
        sequence(*(der(0x13, text.encode()) for text in versions)) if versions else b"",
    )


def attribute(dotted: str, *values: bytes, ordered: bool = True) -> bytes:
    return sequence(oid(dotted), set_of(values, ordered=ordered))


def signer_info(
    content: bytes,
    party: Party,
    *,
    kind: str = "ecdsa-sha256",
    digest_kind: str = "sha256",
    content_type: str = LDS_OBJECT,
    signing_time: datetime | bytes | None = SIGNED,
    message_digest: bytes | None = None,
    attributes: bool = True,
    ordered: bool = True,
    by_key: bytes | None = None,
    version: int | None = None,
    issuer: bytes | None = None,
    serial: int | None = None,
    signature: bytes | None = None,
    signed: bytes | None = None,
    unsigned: bytes = b"",
    salt: int = 32,
    stated_salt: int | None = None,
    digest_parameters: bytes = b"",
    algorithm_: bytes | None = None,
    more: Sequence[bytes] = (),
) -> bytes:
    """Return a SignerInfo.

    :param ordered: sign and write the attributes in DER order; otherwise both in the reverse order
    :param more: further signed attributes
    :param by_key: name the signer by this key identifier
    :param signed: sign this instead
    """
    items = [
        attribute("1.2.840.113549.1.9.3", oid(content_type)),
        attribute("1.2.840.113549.1.9.4", octets(message_digest or digest(digest_kind, content))),
    ]
    if signing_time is not None:
        value = signing_time if isinstance(signing_time, bytes) else time(signing_time)
        items.append(attribute("1.2.840.113549.1.9.5", value))
    items.extend(more)
    items.sort(reverse=not ordered)
    body = set_of(items, ordered=False) if attributes else content
    if signature is None:
        signature = sign(party.key, kind, body if signed is None else signed, salt=salt)
    certificate = party.certificate
    sid = sequence(issuer or certificate.issuer, integer(certificate.serial if serial is None else serial))
    return sequence(
        integer(version if version is not None else 1 if by_key is None else 3),
        sid if by_key is None else der(0x80, by_key),
        sequence(oid(HASHES[digest_kind][0]), digest_parameters),
        der(0xA0, *items) if attributes else b"",
        algorithm_ or algorithm(kind, salt=salt if stated_salt is None else stated_salt),
        octets(signature),
        unsigned,
    )


def signed_data(
    content: bytes | None,
    infos: Sequence[bytes],
    certificates: Sequence[bytes],
    *,
    content_type: str = LDS_OBJECT,
    outer_type: str = "1.2.840.113549.1.7.2",
    version: int = 3,
    announced: Sequence[str] = ("sha256",),
    crls: bytes = b"",
    indefinite: bool = False,
    ordered: bool = True,
) -> bytes:
    """Return an EF.SOD around SignerInfos.

    :param indefinite: as BER, the outer lengths left open
    :param ordered: the announced digests and the SignerInfos in DER order; otherwise both in the order given
    """
    body = (
        integer(version),
        set_of((sequence(oid(HASHES[kind][0])) for kind in announced), ordered=ordered),
        sequence(oid(content_type), der(0xA0, octets(content)) if content is not None else b""),
        der(0xA0, *certificates) if certificates else b"",
        crls,
        set_of(infos, ordered=ordered),
    )
    if indefinite:
        inner = b"\x30\x80" + b"".join(body) + bytes(2)
        return der(0x77, b"\x30\x80" + oid(outer_type) + b"\xa0\x80" + inner + bytes(2) + bytes(2))
    return der(0x77, sequence(oid(outer_type), der(0xA0, sequence(*body))))


def sod(content: bytes, party: Party, *, outer: Mapping[str, Any] | None = None, **info: Any) -> bytes:
    """Return an EF.SOD of one signer, whose certificate lies inside."""
    around = {"certificates": [party.raw], "announced": [info.get("digest_kind", "sha256")], **(outer or {})}
    if "content_type" in info:
        around.setdefault("content_type", info["content_type"])
    return signed_data(content, [signer_info(content, party, **info)], **around)


# ----------------------------------------------------------------------------------------------------------- scenes

_LAW = ("evidence.", "crossing.", "register.", "holder.", "doc.type", "doc.genuine", "doc.use", "doc.validity-period")


def of_law(check: str) -> bool:
    """Whether ``border`` makes a check, and ``inspection`` does not."""
    return check.startswith(_LAW)



def of_a_live_chip(check: str, reason: str = "") -> bool:
    """Whether only the reading of a live chip gives a check, or a reason of it; their tests are in tests/chip."""
    files_alone = check == "chip.genuine" and reason in ("", "no-input", "not-read-live")
    return check.startswith("chip.") and not files_alone


@dataclass(frozen=True)
class Scene:
    """Evidence, whom to believe, and when: everything that a judgement rests on."""

    chip: Mapping[str, bytes] | None
    mrz: str | None
    trust: TrustStore
    at: date | datetime = AT
    seal: bytes | None = None
    policy: Policy | None = None

    @property
    def evidence(self) -> Evidence:
        return Evidence(mrz=self.mrz, chip=self.chip, seal=self.seal)

    def examine(self) -> Examination:
        trust = self.trust.with_policy(self.policy.trust) if self.policy else self.trust
        return examine(self.evidence, trust, at=self.at)

    def judge(self) -> Verdict:
        return Inspector(trust=self.trust, policy=self.policy).inspect(self.evidence, at=self.at)

    def with_files(self, **files: bytes | None) -> "Scene":
        """Return the scene with files put in place (``EF_SOD=``, ``DG1=``), or taken away with None."""
        names = {key.replace("_", "."): value for key, value in files.items()}
        kept = {**(self.chip or {}), **names}
        return replace(self, chip={key: value for key, value in kept.items() if value is not None})


def policy(**trust: Any) -> Policy:
    """Return the default policy with another ``[trust]`` table, or, without one, with none."""
    before, _, rest = Policy.default().source.decode().partition("[trust]\n")
    after = rest.partition("\n\n")[2]
    # lists of texts and whole numbers are the same in JSON and TOML; a table differs by its sign
    table = "".join(f"{name} = {json.dumps(value).replace(': ', ' = ')}\n" for name, value in trust.items())
    return Policy.parse(f"{before}{'[trust]' if trust else ''}\n{table}\n{after}".encode())


@functools.cache
def utopia() -> Party:
    return csca()


@functools.cache
def utopian_signer() -> Party:
    return signer(utopia())


def scene(
    *,
    anchors: Sequence[Party] | None = None,
    candidates: Sequence[Party] = (),
    crls: Sequence[Crl] = (),
    by: Party | None = None,
    printed: str | None = "",
    inside: str | None = None,
    groups: Mapping[int, bytes] | None = None,
    at: date | datetime = AT,
    content: Mapping[str, Any] | None = None,
    content_bytes: bytes | None = None,
    com_bytes: bytes | None = None,
    **info: Any,
) -> Scene:
    """Return a sound document of Utopia, judged by somebody who trusts its CSCA, with the changes asked for.

    :param printed: the printed zone, joined; None: not handed over; empty: as on the chip
    :param inside: the zone of DG1, joined
    :param content: changes of the security object; ``content_bytes`` another one
    :param info: changes of :func:`sod`
    """
    inside = zone() if inside is None else inside
    given = {1: dg1(inside), 2: dg2()} if groups is None else dict(groups)
    kind = (content or {}).get("kind", "sha256")
    values = {number: digest(kind, data) for number, data in given.items()}
    body = content_bytes or security_object(**{"values": values, **(content or {})})
    files = {f"DG{number}": data for number, data in given.items()}
    files["EF.COM"] = com(given) if com_bytes is None else com_bytes
    files["EF.SOD"] = sod(body, by or utopian_signer(), **info)
    trusted = [utopia()] if anchors is None else anchors
    trust = TrustStore.of([p.certificate for p in trusted], [p.certificate for p in candidates], crls)
    text = None if printed is None else lines(printed or inside)
    return Scene(files, text, trust, at)
