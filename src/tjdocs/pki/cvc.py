"""Card-verifiable certificates of terminal authentication, version 1 (Doc 9303-12, 7.2; BSI TR-03110-3, C and D).

:class:`CvCertificate` reads one, :func:`issue` makes one. :class:`TerminalTrust` takes certificates as a card does
(Doc 9303-11, 7.1.4.3), and :func:`choose` finds the certificates that lead from a card's authority to a terminal.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric import ec, rsa

from tjdocs import specs
from tjdocs.asn1 import tlv, x509_schema, x509_writing
from tjdocs.asn1.tlv import TlvError
from tjdocs.asn1.x509_schema import encode_oid
from tjdocs.errors import UsageError
from tjdocs.pki import algorithms, curves, public_key, signer
from tjdocs.pki.curves import Curve
from tjdocs.pki.public_key import PublicKey
from tjdocs.pki.signer import PrivateKey

__all__ = [
    "Algorithm",
    "CvCertificate",
    "CvKey",
    "CvcError",
    "Role",
    "TerminalTrust",
    "Verified",
    "choose",
    "curve_of",
    "encode_references",
    "issue",
    "references",
    "sign",
    "verify",
]

_CERTIFICATE, _BODY, _SIGNATURE, _PROFILE = 0x7F21, 0x7F4E, 0x5F37, 0x5F29
_ISSUER, _KEY, _HOLDER, _TEMPLATE = 0x42, 0x7F49, 0x5F20, 0x7F4C
_FROM, _TO, _EXTENSIONS, _OID, _RIGHTS = 0x5F25, 0x5F24, 0x65, 0x06, 0x53
_ORDER = (_PROFILE, _ISSUER, _KEY, _HOLDER, _TEMPLATE, _FROM, _TO)
_P, _A, _B, _BASE, _N, _POINT, _COFACTOR = range(0x81, 0x88)
_PARAMETERS = (_P, _A, _B, _BASE, _N, _COFACTOR)
_MODULUS, _EXPONENT = 0x81, 0x82
_INSPECTION_SYSTEM = "0.4.0.127.0.7.3.1.2.1"
_LONGEST_REFERENCE = 16
_REFERENCE = re.compile(r"[A-Z]{2}[\x20-\x7e\xa1-\xff]{0,9}[A-Z0-9]{5}")
_EF_CVCA = 36
_LONGEST = 4096
_MOST_LINKS = 16


class CvcError(Exception):
    """A certificate that a card does not take.

    :param reason: ``structure``, ``algorithm-unknown``, ``key-unusable``, ``dates``, ``no-issuer``, ``role``,
        ``parameters``, ``key-differs``, ``wrong-signature``, ``expired`` or ``known``
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Algorithm(specs.Row, frozen=True):
    """A protocol of terminal authentication: the algorithm of a key.

    :param signature: the id in ``specs/pki/algorithms.toml``
    :param in_doc_9303: whether Doc 9303-11 has it, or BSI TR-03110 alone
    """

    id: specs.Word
    oid: specs.Word
    signature: specs.Word
    hash: specs.Word
    in_doc_9303: bool = True

    def of_key(self, name: str) -> algorithms.Combination:
        """Return the signature with the key ``name``: a curve's name, or ``rsa-2048`` and the like."""
        return algorithms.Combination(id=self.id, key=name, signature=self.signature, hash=self.hash)


class Role(specs.Row, frozen=True):
    """A holder's role.

    :param bits: the first two of the access rights
    :param issuers: the roles whose keys may sign such a certificate
    :param date_moves_under: the roles of the issuer with which its effective date moves a card's date
    """

    id: specs.Word
    bits: int
    issuers: tuple[str, ...]
    shortest_days: specs.Positive
    longest_days: specs.Positive
    date_moves_under: tuple[str, ...] = ("cvca",)


class CvcFile(specs.Spec, frozen=True):
    """The form of ``specs/pki/cvc.toml``."""

    algorithm: tuple[Algorithm, ...]
    role: tuple[Role, ...]
    rights: Mapping[str, int]


@cache
def _table() -> CvcFile:
    return specs.load("pki/cvc.toml", CvcFile)


@cache
def _algorithm(id_: str) -> Algorithm:
    return next(row for row in _table().algorithm if id_ in (row.id, row.oid))


@cache
def _role(id_: str) -> Role:
    return next(row for row in _table().role if row.id == id_)


@dataclass(frozen=True, slots=True)
class CvKey:
    """A public key as a certificate has it.

    :param algorithm: of the signatures that it verifies
    :param octets: the point, or ``RSAPublicKey`` in DER
    :param curve: its domain parameters, None where the certificate has none
    :param bits: of the modulus; 0 for a point
    """

    algorithm: Algorithm
    octets: bytes = field(repr=False)
    curve: Curve | None = None
    bits: int = 0

    def resolve(self, curve: Curve | None) -> PublicKey:
        """Return the key, a point on its own curve or on that of its issuer.

        :raises CvcError: ``parameters`` where there is no curve, ``key-unusable``
        """
        if self.bits:
            spki = x509_writing.encode_public_key("1.2.840.113549.1.1.1", b"\x05\x00", self.octets)
        else:
            own = self.curve or curve
            if own is None:
                raise CvcError("parameters")
            parameters = encode_oid(own.oid)
            spki = x509_writing.encode_public_key("1.2.840.10045.2.1", parameters, self.octets)
        key = public_key.load(spki)
        if key.kind == "unsupported":
            raise CvcError("key-unusable")
        return key


@dataclass(frozen=True, slots=True)
class CvCertificate:
    """A card-verifiable certificate.

    :param raw: as read, with the outer tag 7F21
    :param authority: reference of the key that signed it (CAR)
    :param holder: reference of its own key (CHR)
    :param rights: the files that it allows to read, ``DG3`` and ``DG4``
    :param valid_from: its effective date, ``valid_to`` its last day
    """

    raw: bytes = field(repr=False)
    authority: str
    holder: str
    key: CvKey
    role: Role
    rights: frozenset[str]
    valid_from: date
    valid_to: date
    body: bytes = field(repr=False)
    signature: bytes = field(repr=False)

    @classmethod
    def parse(cls, data: bytes) -> "CvCertificate":
        """Read a certificate, with its outer tag or, as a card gets it, without.

        :raises CvcError: it is malformed
        """
        try:
            return _certificate(data)
        except (TlvError, ValueError, IndexError):
            raise CvcError("structure") from None

    @property
    def sent(self) -> bytes:
        """The bytes that a card gets: body and signature without the outer tag."""
        return self.body + tlv.encode(_SIGNATURE, self.signature)


def _objects(data: bytes) -> list[tlv.Tlv]:
    """Return the data objects that fill ``data``."""
    objects, position = [], 0
    while position < len(data):
        item = tlv.read(data, position)
        objects.append(item)
        position = item.end
    return objects


def _certificate(data: bytes) -> CvCertificate:
    if len(data) > _LONGEST:
        raise CvcError("structure")
    outer = tlv.read(data)
    content = outer.value if outer.tag == _CERTIFICATE else data
    if outer.tag == _CERTIFICATE and outer.end != len(data):
        raise CvcError("structure")
    parts = _objects(content)
    if [part.tag for part in parts] != [_BODY, _SIGNATURE]:
        raise CvcError("structure")
    objects = _objects(parts[0].value)
    if tuple(item.tag for item in objects) not in (_ORDER, (*_ORDER, _EXTENSIONS)):
        raise CvcError("structure")
    values = [item.value for item in objects]
    if values[0] != b"\x00":  # version 1
        raise CvcError("structure")
    role, rights = _holder_rights(values[4])
    valid_from, valid_to = _date(values[5]), _date(values[6])
    if valid_to < valid_from:
        raise CvcError("dates")
    return CvCertificate(
        tlv.encode(_CERTIFICATE, content),
        _reference(values[1]),
        _reference(values[3]),
        _key(values[2]),
        role,
        rights,
        valid_from,
        valid_to,
        content[: parts[0].end],
        parts[1].value,
    )


def _reference(value: bytes) -> str:
    if not 0 < len(value) <= _LONGEST_REFERENCE:
        raise CvcError("structure")
    return value.decode("latin-1")


def _holder_rights(value: bytes) -> tuple[Role, frozenset[str]]:
    kind, bits = _objects(value)
    if kind.tag != _OID or tlv.encode(_OID, kind.value) != encode_oid(_INSPECTION_SYSTEM):
        raise CvcError("structure")
    if bits.tag != _RIGHTS or len(bits.value) != 1:
        raise CvcError("structure")
    number = bits.value[0]
    role = next(row for row in _table().role if row.bits == number >> 6)
    return role, frozenset(name for name, bit in _table().rights.items() if number & bit)


def _date(value: bytes) -> date:
    """Return a date of six octets, one digit each (Doc 9303-12, 7.2.2.5)."""
    if len(value) != 6 or max(value) > 9:
        raise CvcError("dates")
    year, month, day = (value[i] * 10 + value[i + 1] for i in (0, 2, 4))
    try:
        return date(2000 + year, month, day)
    except ValueError:
        raise CvcError("dates") from None


def _key(value: bytes) -> CvKey:
    objects = _objects(value)
    parts = {item.tag: item.value for item in objects}
    if len(parts) != len(objects) or not objects or objects[0].tag != _OID:
        raise CvcError("structure")
    named = tlv.encode(_OID, parts.pop(_OID))
    algorithm = next((row for row in _table().algorithm if encode_oid(row.oid) == named), None)
    if algorithm is None:
        raise CvcError("algorithm-unknown")
    if algorithm.id.startswith("TA-RSA"):
        if set(parts) != {_MODULUS, _EXPONENT}:
            raise CvcError("structure")
        modulus, exponent = (int.from_bytes(parts[tag], "big") for tag in (_MODULUS, _EXPONENT))
        return CvKey(algorithm, _rsa_octets(modulus, exponent), None, modulus.bit_length())
    if set(parts) == {_POINT}:
        return CvKey(algorithm, parts[_POINT])
    if set(parts) != {*_PARAMETERS, _POINT}:
        raise CvcError("structure")
    numbers = [int.from_bytes(parts[tag], "big") for tag in (_P, _N, _COFACTOR)]
    parameters = x509_writing.ec_parameters(numbers[0], parts[_A], parts[_B], parts[_BASE], numbers[1], numbers[2])
    curve, _ = curves.from_parameters(parameters)
    if curve is None:
        raise CvcError("key-unusable")
    return CvKey(algorithm, parts[_POINT], curve)


def _rsa_octets(modulus: int, exponent: int) -> bytes:
    numbers = (n.to_bytes(n.bit_length() // 8 + 1, "big") for n in (modulus, exponent))
    return tlv.encode(0x30, b"".join(tlv.encode(0x02, number) for number in numbers))


# making


def issue(
    *,
    public: "rsa.RSAPublicKey | ec.EllipticCurvePublicKey",
    algorithm: str,
    authority: str,
    holder: str,
    role: str,
    rights: Iterable[str],
    valid_from: date,
    valid_to: date,
    key: PrivateKey,
    signed_by: str = "",
    parameters: bool = False,
    other_life: bool = False,
) -> CvCertificate:
    """Make a certificate.

    :param public: the holder's key
    :param algorithm: of that key, for example ``TA-ECDSA-SHA-256``
    :param authority: reference of the signing key
    :param holder: country, up to nine characters, five characters of a sequence
    :param role: ``cvca``, ``dv-domestic``, ``dv-foreign`` or ``is``
    :param rights: of ``DG3`` and ``DG4``
    :param key: of the authority
    :param signed_by: the algorithm of the authority's key, where it is another
    :param parameters: with the domain parameters, which a CVCA's own certificate must have and a link that changes them
    :param other_life: allow a life outside of Doc 9303-12, table 2
    :raises UsageError: an unknown algorithm, role or right, a malformed reference, or a life that the role has not
    """
    row, own = _named_algorithm(algorithm), _named_role(role)
    signing = _named_algorithm(signed_by or algorithm)
    for where, text in (("authority", authority), ("holder", holder)):
        if not _REFERENCE.fullmatch(text):
            raise UsageError("not a reference", where=where, hint="country, up to 9 characters, 5 of a sequence")
    unknown = set(rights := frozenset(rights)) - set(_table().rights)
    if unknown:
        raise UsageError("unknown right", where="rights", hint=f"known are {', '.join(_table().rights)}")
    days = (valid_to - valid_from).days + 1
    if days < 1 or not (other_life or own.shortest_days <= days <= own.longest_days):
        hint = f"{own.shortest_days} to {own.longest_days} days"
        raise UsageError("a life that the role has not", where="valid_to", hint=hint)
    if isinstance(public, rsa.RSAPublicKey) != row.id.startswith("TA-RSA"):
        raise UsageError("not an algorithm of the key", where="algorithm", hint=row.id)
    bits = own.bits << 6 | sum(_table().rights[name] for name in rights)
    template = encode_oid(_INSPECTION_SYSTEM) + tlv.encode(_RIGHTS, bytes((bits,)))
    body = tlv.encode(
        _BODY,
        tlv.encode(_PROFILE, b"\x00")
        + tlv.encode(_ISSUER, authority.encode("latin-1"))
        + tlv.encode(_KEY, encode_oid(row.oid) + _key_value(public, parameters))
        + tlv.encode(_HOLDER, holder.encode("latin-1"))
        + tlv.encode(_TEMPLATE, template)
        + tlv.encode(_FROM, _digits(valid_from))
        + tlv.encode(_TO, _digits(valid_to)),
    )
    return CvCertificate.parse(body + tlv.encode(_SIGNATURE, sign(key, signing, body)))


def _named_algorithm(id_: str) -> Algorithm:
    known = {row.id: row for row in _table().algorithm}
    if id_ not in known:
        raise UsageError("unknown algorithm", where="algorithm", hint=f"known are {', '.join(known)}")
    return known[id_]


def _named_role(id_: str) -> Role:
    known = {row.id: row for row in _table().role}
    if id_ not in known:
        raise UsageError("unknown role", where="role", hint=f"known are {', '.join(known)}")
    return known[id_]


def _digits(day: date) -> bytes:
    return bytes(map(int, day.strftime("%y%m%d")))


def _key_value(public: "rsa.RSAPublicKey | ec.EllipticCurvePublicKey", parameters: bool) -> bytes:
    if isinstance(public, rsa.RSAPublicKey):
        numbers = public.public_numbers()
        pairs = ((_MODULUS, numbers.n), (_EXPONENT, numbers.e))
        return b"".join(tlv.encode(tag, n.to_bytes((n.bit_length() + 7) // 8, "big")) for tag, n in pairs)
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    values = {_POINT: public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)}
    if parameters:
        curve = curves.by_library_name(public.curve.name)
        size = curve.field_bytes
        p, a, b, x, y = (n.to_bytes(size, "big") for n in (curve.p, curve.a, curve.b, curve.gx, curve.gy))
        order = curve.n.to_bytes(curve.order_bytes, "big")
        values |= {_P: p, _A: a, _B: b, _BASE: b"\x04" + x + y, _N: order, _COFACTOR: bytes((curve.h,))}
    return b"".join(tlv.encode(tag, values[tag]) for tag in sorted(values))


def curve_of(key: PrivateKey) -> Curve | None:
    """Return the curve of a private key, None of an RSA key."""
    return None if isinstance(key, rsa.RSAPrivateKey) else curves.by_library_name(key.curve.name)


def sign(key: PrivateKey, algorithm: Algorithm, data: bytes) -> bytes:
    """Return a signature: of a certificate's body, or of a terminal's answer to a challenge."""
    curve = curve_of(key)
    name = curve.name if curve is not None else f"rsa-{key.key_size}"
    return signer.sign(key, algorithm.of_key(name), data)


def verify(key: PublicKey, algorithm: Algorithm, signature: bytes, data: bytes) -> bool:
    """Whether a signature is right in every detail: a card takes no other length of the salt, and no other form."""
    named = x509_schema.algorithm_id(signer.signature_algorithm(algorithm.of_key(key.name)))
    result = public_key.verify(key, named, signature, data)
    return bool(result.valid) and not set(result.warnings) - set(key.warnings)


# trusting


class Verified(NamedTuple):
    """A certificate that a card took, its key, its curve, and the rights of the whole chain."""

    certificate: CvCertificate
    key: PublicKey
    curve: Curve | None
    rights: frozenset[str]


@dataclass(frozen=True, slots=True)
class TerminalTrust:
    """The trust of a card in terminals: its date, its authorities, and the verifier or terminal that it took last.

    :param today: the card's date, which only certificates move
    :param points: at most two, the newest first
    :param last: of this session; it is forgotten with it
    """

    today: date
    points: tuple[Verified, ...]
    last: Verified | None = None

    @classmethod
    def of(cls, authority: CvCertificate, today: date | None = None) -> "TerminalTrust":
        """Return the trust of a new card in a CVCA.

        :param today: the card's date; None: the certificate's effective date
        :raises UsageError: not the certificate of a CVCA signed by itself
        """
        if authority.role.id != "cvca" or authority.authority != authority.holder:
            raise UsageError("not a CVCA's own certificate", where="authority", hint="role cvca, CAR equal to CHR")
        try:
            key = authority.key.resolve(None)
        except CvcError as error:
            raise UsageError("a key that cannot be used", where="authority", hint=error.reason) from None
        if not verify(key, authority.key.algorithm, authority.signature, authority.body):
            raise UsageError("a wrong signature", where="authority", hint="the certificate that the CVCA made")
        point = Verified(authority, key, authority.key.curve, authority.rights)
        return cls(today or authority.valid_from, (point,))

    @property
    def references(self) -> tuple[str, ...]:
        """The references that EF.CVCA has, the newest first."""
        return tuple(point.certificate.holder for point in self.points)

    def without_session(self) -> "TerminalTrust":
        """Return what is left after the session: date and authorities."""
        return replace(self, last=None)

    def key_of(self, reference: str) -> Verified | None:
        """Return the key with that reference, None where there is none."""
        known = (self.last, *self.points) if self.last is not None else self.points
        return next((one for one in known if one.certificate.holder == reference), None)

    def after(self, certificate: CvCertificate, reference: str) -> "TerminalTrust":
        """Return the trust after taking a certificate (Doc 9303-11, 7.1.4.3). Nothing changes with a refused one.

        :param reference: of the key that the terminal chose
        :raises CvcError: it is refused
        """
        issuer = self.key_of(reference)
        if issuer is None or certificate.authority != reference:
            raise CvcError("no-issuer")
        above, role = issuer.certificate, certificate.role
        if above.role.id not in role.issuers:
            raise CvcError("role")
        if any(certificate.holder == point.certificate.holder for point in self.points):
            raise CvcError("known")
        link = role.id == "cvca"
        key, curve = _under(certificate, issuer, link)
        if not verify(issuer.key, above.key.algorithm, certificate.signature, certificate.body):
            raise CvcError("wrong-signature")
        # an authority that has ended signs its successor, and nothing else
        ended = certificate.valid_to < self.today or (above.role.id == "cvca" and above.valid_to < self.today)
        if not link and ended:
            raise CvcError("expired")
        today = max(self.today, certificate.valid_from) if above.role.id in role.date_moves_under else self.today
        rights = certificate.rights if link else certificate.rights & issuer.rights
        taken = Verified(certificate, key, curve, rights)
        if link:
            return TerminalTrust(today, (taken, *self.points[:1]), self.last)
        return TerminalTrust(today, self.points, taken)


def _under(certificate: CvCertificate, issuer: Verified, link: bool) -> tuple[PublicKey, Curve | None]:
    """Return the key of a certificate and its curve; a chain has one algorithm and size, links excepted."""
    own, above = certificate.key, issuer.certificate.key
    if not link:
        if own.curve is not None:
            raise CvcError("parameters")
        if own.algorithm != above.algorithm or own.bits != above.bits:
            raise CvcError("key-differs")
    curve = own.curve or (None if own.bits else issuer.curve)
    return own.resolve(curve), curve


def choose(
    certificates: Iterable[CvCertificate], terminal: CvCertificate, references: Iterable[str]
) -> tuple[CvCertificate, ...] | None:
    """Return the certificates to send, in their order, from a card's authority to the terminal; None without a way.

    :param certificates: those of the terminal, links and verifiers
    :param references: the authorities that the card knows; the way is the shortest to any of them
    """
    known, pool = set(references), tuple(certificates)
    ways: list[tuple[CvCertificate, ...]] = [(terminal,)]
    for _ in range(_MOST_LINKS):
        for way in ways:
            if way[0].authority in known:
                return way
        ways = [
            (above, *way)
            for way in ways
            for above in pool
            if above.holder == way[0].authority
            and above.role.id in way[0].role.issuers
            and above not in way
            and above.authority != above.holder
        ][:_MOST_LINKS]
    return None


# EF.CVCA


def references(data: bytes) -> tuple[str, ...]:
    """Return the references of EF.CVCA, the newest first (Doc 9303-11, K.2).

    :raises CvcError: ``structure``: there is none, or another object
    """
    found: list[str] = []
    position = 0
    try:
        while position < len(data) and data[position]:
            item = tlv.read(data, position)
            if item.tag != _ISSUER:
                raise CvcError("structure")
            found.append(_reference(item.value))
            position = item.end
    except TlvError:
        raise CvcError("structure") from None
    if not found or data[position:].strip(b"\x00"):
        raise CvcError("structure")
    return tuple(found)


def encode_references(names: Iterable[str]) -> bytes:
    """Return EF.CVCA: at most two references and zeros, 36 bytes."""
    return b"".join(tlv.encode(_ISSUER, name.encode("latin-1")) for name in names).ljust(_EF_CVCA, b"\x00")
