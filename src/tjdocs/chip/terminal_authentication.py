"""Terminal authentication, version 1, both sides: who may read DG3 and DG4 (Doc 9303-11, 7.1)."""

import hashlib
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tjdocs.asn1 import tlv
from tjdocs.asn1.tlv import TlvError
from tjdocs.chip.apdu import Answer, Command
from tjdocs.chip.groups import GroupError, by_parameter_id
from tjdocs.chip.pace import PaceRun
from tjdocs.chip.passwords import MrzKey, Password
from tjdocs.chip.session import ProtocolError, Session
from tjdocs.errors import UsageError
from tjdocs.lds import ef_catalogue
from tjdocs.lds.dg14 import SecurityInfo
from tjdocs.pki import cvc
from tjdocs.pki.cvc import CvcError, CvCertificate, TerminalTrust
from tjdocs.pki.signer import PrivateKey

__all__ = ["CardSide", "Terminal", "TerminalRun", "authenticate", "chip_identifiers", "compressed", "offered"]

_CHALLENGE = 8
_EF_CVCA_SIZE = 36
_MOST_REFERENCES = 2
_SHORT_DATA = 200  # under secure messaging a short command has room for these
_REFERENCE = 0x83
_OK, _FAILED, _CONDITIONS, _NO_REFERENCE = Answer(0x9000), Answer(0x6300), Answer(0x6985), Answer(0x6A88)


@dataclass(frozen=True, slots=True)
class Terminal:
    """A terminal: its certificates and its private key, which is not in ``repr``.

    :param certificate: of the inspection system
    :param others: the verifiers' certificates and the links, in any order
    :param key: of the certificate
    """

    certificate: CvCertificate
    others: tuple[CvCertificate, ...]
    key: PrivateKey = field(repr=False)

    @classmethod
    def of(cls, certificates: Iterable[bytes], key: PrivateKey) -> "Terminal":
        """Return the terminal of a private key.

        :param certificates: card-verifiable certificates, one of them for the key
        :raises UsageError: one is malformed, or none is an inspection system's with this key
        """
        parsed: list[CvCertificate] = []
        for number, data in enumerate(certificates):
            try:
                parsed.append(CvCertificate.parse(data))
            except CvcError as error:
                where = f"certificates[{number}]"
                raise UsageError("not a card-verifiable certificate", where=where, hint=error.reason) from None
        own = [one for one in parsed if one.role.id == "is" and _fits(one, key)]
        if not own:
            hint = "the certificate of an inspection system with this key"
            raise UsageError("missing certificate of the terminal", where="certificates", hint=hint)
        newest = max(own, key=lambda one: one.valid_from)
        return cls(newest, tuple(one for one in parsed if one is not newest), key)


def _fits(certificate: CvCertificate, key: PrivateKey) -> bool:
    """Whether a certificate has the public part of a key."""
    algorithm, probe = certificate.key.algorithm, b"tjdocs"
    try:
        signature = cvc.sign(key, algorithm, probe)
        curve = cvc.curve_of(key)
        return cvc.verify(certificate.key.resolve(curve), algorithm, signature, probe)
    except (CvcError, TypeError, ValueError, AttributeError):
        return False


@dataclass(frozen=True, slots=True)
class TerminalRun:
    """A run that the chip accepted.

    :param authority: reference of the key from which the certificates went
    :param certificates: how many were sent
    :param rights: of the certificates that the terminal has
    :param warnings: names of the defects that were tolerated
    """

    authority: str
    certificates: int
    rights: frozenset[str]
    warnings: tuple[str, ...] = ()


def offered(infos: Iterable[SecurityInfo]) -> SecurityInfo | None:
    """Return the TerminalAuthenticationInfo of DG14, None where there is none."""
    return next((info for info in infos if info.name == "TA"), None)


def compressed(parameter_id: int, public: bytes) -> bytes:
    """Return a key agreed on in its short form: x of a point, SHA-1 of a number (Doc 9303-11, 7.1.2).

    :raises ProtocolError: ``structure``: not a key
    """
    group = by_parameter_id(parameter_id)
    if group is None:
        raise ProtocolError("structure")
    try:
        element = group.decode(public)
    except GroupError:
        raise ProtocolError("structure") from None
    if group.tag == 0x86:
        return group.secret(element)
    return hashlib.sha1(group.encode(element), usedforsecurity=False).digest()


def chip_identifiers(password: Password | None, pace: PaceRun | None) -> tuple[tuple[str, bytes], ...]:
    """Return the chip's identifier in the order tried, each with the warning that it needs (Doc 9303-11, 7.1.2).

    After PACE it is the chip's key. Some chips take the document number there too («static binding»).
    """
    number = password.information[:-14].encode() if isinstance(password, MrzKey) else None
    if pace is None:
        return (("", number),) if number is not None else ()
    dynamic = compressed(pace.protocol.parameter_id, pace.chip_key)
    return (("", dynamic), ("static-binding", number)) if number is not None else (("", dynamic),)


def _file_of(info: SecurityInfo | None) -> tuple[int, int]:
    """Return file and short identifier of EF.CVCA: those that DG14 names, or the standard's."""
    entry = ef_catalogue.by_name("EF.CVCA")
    if info is None or info.optional is None:
        return entry.file_id, entry.short_id
    try:
        parts = [part.value for part in tlv.children(tlv.read(info.optional))]
    except TlvError:
        raise ProtocolError("structure") from None
    if not 1 <= len(parts) <= 2 or len(parts[0]) != 2:
        raise ProtocolError("structure")
    return int.from_bytes(parts[0], "big"), parts[1][0] if len(parts) == 2 and parts[1] else 0


def read_references(session: Session, info: SecurityInfo | None) -> tuple[str, ...]:
    """Return the references of EF.CVCA.

    :raises ProtocolError: ``cvca-unread`` with its status word, or ``structure``
    """
    file_id, short_id = _file_of(info)
    answer = session.send(Command(0x00, 0xB0, 0x80 | short_id, 0, le=_EF_CVCA_SIZE)) if short_id else None
    if answer is None or not (answer.ok and answer.data):
        chosen = session.send(Command(0x00, 0xA4, 0x02, 0x0C, file_id.to_bytes(2, "big")))
        if not chosen.ok:
            raise ProtocolError("cvca-unread", chosen.sw)
        answer = session.send(Command(0x00, 0xB0, 0, 0, le=_EF_CVCA_SIZE))
    if answer.sw not in (0x9000, 0x6282):
        raise ProtocolError("cvca-unread", answer.sw)
    try:
        return cvc.references(answer.data)
    except CvcError:
        raise ProtocolError("structure") from None


def authenticate(
    session: Session,
    terminal: Terminal,
    references: Sequence[str],
    identifiers: Sequence[tuple[str, bytes]],
    agreed: bytes,
) -> TerminalRun:
    """Run the reader's side.

    :param references: the authorities that the chip named
    :param identifiers: of the chip, as :func:`chip_identifiers` has them
    :param agreed: this side's key of chip authentication in its short form
    :raises ProtocolError: ``no-chain``, ``certificate-refused`` (with its status word), ``refused``, ``challenge``
    """
    way = cvc.choose(terminal.others, terminal.certificate, references)
    if way is None or not identifiers:
        raise ProtocolError("no-chain")
    for certificate in way:
        chosen = session.send(_named(0x81B6, certificate.authority))
        if not chosen.ok:
            raise ProtocolError("certificate-refused", chosen.sw)
        data = certificate.sent
        answer = session.send(Command(0x00, 0x2A, 0x00, 0xBE, data, extended=len(data) > _SHORT_DATA))
        if not answer.ok:
            raise ProtocolError("certificate-refused", answer.sw)
    answer = _FAILED
    for warning, identifier in identifiers:
        answer = _answer_challenge(session, terminal, identifier, agreed)
        if answer.ok:
            many = "too-many-references" if len(references) > _MOST_REFERENCES else ""
            warnings = tuple(word for word in (warning, many) if word)
            return TerminalRun(way[0].authority, len(way), _rights(terminal, way), warnings)
    raise ProtocolError("refused", answer.sw)


def _rights(terminal: Terminal, way: tuple[CvCertificate, ...]) -> frozenset[str]:
    """Return the rights of a whole chain, as far as the terminal has its certificates."""
    chain = [one for one in way if one.role.id != "cvca"]
    chain += [one for one in (*way, *terminal.others) if one.holder == chain[0].authority and one.role.id == "cvca"][:1]
    return frozenset.intersection(*(one.rights for one in chain))


def _named(where: int, reference: str) -> Command:
    return Command(0x00, 0x22, where >> 8, where & 0xFF, tlv.encode(_REFERENCE, reference.encode("latin-1")))


def _answer_challenge(session: Session, terminal: Terminal, identifier: bytes, agreed: bytes) -> Answer:
    answer = session.send(_named(0x81A4, terminal.certificate.holder))
    if not answer.ok:
        return answer
    answer = session.send(Command(0x00, 0x84, le=_CHALLENGE))
    if not answer.ok:
        return answer
    if len(answer.data) != _CHALLENGE:
        raise ProtocolError("challenge")
    signature = cvc.sign(terminal.key, terminal.certificate.key.algorithm, identifier + answer.data + agreed)
    return session.send(Command(0x00, 0x82, data=signature, extended=len(signature) > _SHORT_DATA))


class CardSide:
    """The card's side: its trust is kept over sessions, the rest is of one.

    :param trust: authorities and date
    """

    def __init__(self, trust: TerminalTrust) -> None:
        self.trust = trust
        self.end_session()

    def end_session(self) -> None:
        """Drop rights, challenge and the keys of the session."""
        self.trust = self.trust.without_session()
        self.rights: frozenset[str] = frozenset()
        self.done = False
        self._issuer: str | None = None
        self._holder: str | None = None
        self._challenge: bytes | None = None

    @property
    def file(self) -> bytes:
        """EF.CVCA."""
        return cvc.encode_references(self.trust.references)

    def choose_issuer(self, objects: Mapping[int, bytes]) -> Answer:
        """MSE:Set DST: name the key that verifies the next certificate."""
        name = objects.get(_REFERENCE, b"").decode("latin-1")
        self._issuer = name if self.trust.key_of(name) is not None else None
        return _OK if self._issuer is not None else _NO_REFERENCE

    def verify(self, data: bytes) -> Answer:
        """PSO:Verify Certificate."""
        issuer, self._issuer = self._issuer, None
        if issuer is None:
            return _CONDITIONS
        try:
            self.trust = self.trust.after(CvCertificate.parse(data), issuer)
        except CvcError:
            return _FAILED
        return _OK

    def choose_terminal(self, objects: Mapping[int, bytes]) -> Answer:
        """MSE:Set AT: name the terminal's key."""
        self._challenge = None
        name, last = objects.get(_REFERENCE, b"").decode("latin-1"), self.trust.last
        right = last is not None and last.certificate.role.id == "is" and last.certificate.holder == name
        self._holder = name if right else None
        return _OK if right else _NO_REFERENCE

    def challenge(self) -> Answer:
        """GET CHALLENGE."""
        if self._holder is None or self.done:
            return _CONDITIONS
        self._challenge = secrets.token_bytes(_CHALLENGE)
        return Answer(0x9000, self._challenge)

    def authenticate(self, signature: bytes, identifier: bytes, agreed: bytes | None) -> Answer:
        """EXTERNAL AUTHENTICATE: grant the rights of the chain, once a session.

        :param identifier: of this chip
        :param agreed: the reader's key of chip authentication in its short form, None where there was none
        """
        challenge, self._challenge = self._challenge, None
        holder, self._holder = self._holder, None
        last = self.trust.last
        if self.done:
            return Answer(0x6982)
        if challenge is None or holder is None or last is None or agreed is None:
            return _CONDITIONS
        if not cvc.verify(last.key, last.certificate.key.algorithm, signature, identifier + challenge + agreed):
            return _FAILED
        self.rights, self.done = last.rights, True
        return _OK
