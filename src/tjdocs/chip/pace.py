"""PACE, both sides: a password becomes strong keys (Doc 9303-11, 4.4)."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.constant_time import bytes_eq

from tjdocs.asn1 import tlv
from tjdocs.asn1.tlv import TlvError
from tjdocs.asn1.x509_schema import encode_oid
from tjdocs.chip import agreement_keys, pace_mapping
from tjdocs.chip.apdu import EXTENDED, SHORT, Answer, Command
from tjdocs.chip.cipher_suite import ENCRYPTION, MAC, PASSWORD, SUITES, CipherSuite, pad, unpad
from tjdocs.chip.groups import Element, Group, GroupError, by_parameter_id
from tjdocs.chip.passwords import Password
from tjdocs.chip.secure_messaging import SecureMessaging
from tjdocs.chip.session import ProtocolError, Session
from tjdocs.lds.dg14 import SecurityInfo

__all__ = ["PaceCard", "PaceProtocol", "PaceRun", "authenticate", "protocols"]

_MAPPINGS = ("IM", "GM", "CAM")
_DYNAMIC = 0x7C
_NONCE, _MAP_READER, _MAP_CHIP, _KEY_READER, _KEY_CHIP, _TOKEN_READER, _TOKEN_CHIP = range(0x80, 0x87)
_CAR, _CAR_BEFORE, _CHIP_AUTHENTICATION = 0x87, 0x88, 0x8A
_CHAINED = 0x10
_MOST_OBJECTS = 8
_LONGEST_NONCE = 64


@dataclass(frozen=True, slots=True)
class PaceProtocol:
    """A protocol that a PACEInfo offers.

    :param name: for example ``PACE-ECDH-GM-AES-CBC-CMAC-128``
    :param mapping: ``GM``, ``IM`` or ``CAM``
    :param parameter_id: of the standardised domain parameters (Doc 9303-11, 9.5.1)
    :param info: the PACEInfo, DER
    """

    oid: str
    name: str
    mapping: str
    suite: CipherSuite
    group: Group = field(repr=False)
    parameter_id: int
    info: bytes = field(repr=False)

    @property
    def strength(self) -> tuple[int, int, bool]:
        """By which two protocols are compared: cipher, group, and whether the chip proves its key as well."""
        return self.suite.strength, min(self.group.order.bit_length(), 256), self.mapping == "CAM"

    @classmethod
    def of(cls, info: SecurityInfo, parameter_id: int | None = None) -> "PaceProtocol | None":
        """Return the protocol of a PACEInfo, None where it is not one of the standard.

        :param parameter_id: that of a PACEInfo without its own
        """
        start, agreement, mapping, *suite = (info.name + "---").rstrip("-").split("-", 3) + [""] * 4
        chosen = SUITES.get(suite[0])
        if start != "PACE" or chosen is None or mapping not in _MAPPINGS:
            return None
        number = parameter_id if info.identifier is None else info.identifier
        group = None if number is None else by_parameter_id(number)
        if group is None or number is None or (group.tag == 0x86) != (agreement == "ECDH"):
            return None
        if mapping == "IM" and agreement == "ECDH" and group.prime % 4 != 3:
            return None
        return cls(info.oid, info.name, mapping, chosen, group, number, info.raw)


def protocols(infos: Iterable[SecurityInfo]) -> tuple[PaceProtocol, ...]:
    """Return the protocols that a card offers and this reader has, the strongest first.

    A PACEInfo without a parameterId takes the one that every other info of the card names, where there is just one.
    """
    listed = tuple(infos)
    named = {number for info in listed if (number := _parameter_id(info)) is not None}
    only = named.pop() if len(named) == 1 else None
    offered = [protocol for info in listed if (protocol := PaceProtocol.of(info, only)) is not None]
    return tuple(sorted(offered, key=lambda protocol: protocol.strength, reverse=True))


def _parameter_id(info: SecurityInfo) -> int | None:
    """Return the standardised domain parameters that an info of PACE names."""
    if info.name.startswith("PACE-") and info.name.count("-") > 2:
        return info.identifier
    if not info.name.startswith("PACE-"):
        return None
    group = agreement_keys.group_of(info.required)
    return None if group is None else group.parameter_id


@dataclass(frozen=True, slots=True)
class PaceRun:
    """What a run leaves besides its keys.

    :param chip_key: the chip's key of the third step, as sent: terminal authentication signs its x
    :param mapping_key: the chip's key of the second step, as sent; empty with integrated mapping
    :param authentication_data: with chip authentication mapping: the decrypted data of the fourth step
    :param reader_key: the reader's key of the third step, which terminal authentication signs after the mapping
    :param authorities: the certification authority references that the card named
    :param warnings: names of the defects that were tolerated
    """

    protocol: PaceProtocol
    chip_key: bytes = field(repr=False)
    mapping_key: bytes = field(default=b"", repr=False)
    authentication_data: bytes | None = field(default=None, repr=False)
    authorities: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    reader_key: bytes = field(default=b"", repr=False, compare=False)  # of the session: a record does not keep it


def password_key(protocol: PaceProtocol, password: Password) -> bytes:
    """Return the key under which the chip sends its nonce (Doc 9303-11, 9.7.3)."""
    return protocol.suite.derive(password.secret, PASSWORD)


def token(protocol: PaceProtocol, ks_mac: bytes, public: Element) -> bytes:
    """Return the token over a public key that was received (Doc 9303-11, 4.4.3.4)."""
    group = protocol.group
    value = encode_oid(protocol.oid) + tlv.encode(group.tag, group.token_value(public))
    return protocol.suite.token_mac(ks_mac, tlv.encode(0x7F49, value))


def session_keys(protocol: PaceProtocol, shared: Element) -> tuple[bytes, bytes]:
    """Return the keys of encryption and MAC that the shared secret gives."""
    secret = protocol.group.secret(shared)
    return protocol.suite.derive(secret, ENCRYPTION), protocol.suite.derive(secret, MAC)


def set_at(protocol: PaceProtocol, password: Password, *, named: bool) -> Command:
    """Return MSE:Set AT.

    :param named: name the domain parameters, as a card with several of them needs it
    """
    data = tlv.encode(0x80, tlv.read(encode_oid(protocol.oid)).value) + tlv.encode(0x83, bytes((password.reference,)))
    if named:
        data += tlv.encode(0x84, bytes((protocol.parameter_id,)))
    return Command(0x00, 0x22, 0xC1, 0xA4, data)


def authenticate(session: Session, protocol: PaceProtocol, password: Password, *, named: bool) -> PaceRun:
    """Run the reader's side; the session is protected afterwards.

    :param named: whether the card offers more than one set of domain parameters
    :raises ProtocolError: ``refused`` with its status word, ``structure``, ``invalid-key``, ``same-key``, ``nonce``,
        or ``token``: the password is wrong, or the card does not know it
    """
    answer = session.send(set_at(protocol, password, named=named))
    if not _accepted(answer):  # some cards want the parameters named although there is one set, others do not
        answer = session.send(set_at(protocol, password, named=not named))
        if _accepted(answer):
            session.quirks.add("parameters-not-named" if named else "parameters-named")
    if not _accepted(answer):
        raise ProtocolError("refused", answer.sw)
    try:
        return _steps(session, protocol, password)
    except GroupError:
        raise ProtocolError("invalid-key") from None


def _accepted(answer: Answer) -> bool:
    return answer.ok or answer.sw >> 4 == 0x63C  # 63Cx: so many tries are left


def _steps(session: Session, protocol: PaceProtocol, password: Password) -> PaceRun:
    suite, group = protocol.suite, protocol.group
    encrypted = _ask(session, b"", _NONCE)[_NONCE]
    right = len(encrypted) == pace_mapping.nonce_size(suite) if protocol.mapping == "IM" else len(encrypted) > 0
    if not right or len(encrypted) % suite.block or len(encrypted) > _LONGEST_NONCE:
        raise ProtocolError("nonce")
    nonce = suite.decrypt(password_key(protocol, password), encrypted)
    mapping_key = b""
    if protocol.mapping == "IM":
        other = secrets.token_bytes(suite.key_size)
        _ask(session, tlv.encode(_MAP_READER, other), _MAP_CHIP, empty=True)
        base = pace_mapping.integrated(group, suite, nonce, other)
    else:
        private = group.private_key()
        own = group.encode(group.power(group.base, private))
        mapping_key = _ask(session, tlv.encode(_MAP_READER, own), _MAP_CHIP)[_MAP_CHIP]
        base = pace_mapping.generic(group, nonce, group.power(other_key(group, mapping_key, own), private))
    private = group.private_key()
    public = group.power(base, private)
    own = group.encode(public)
    chip_key = _ask(session, tlv.encode(_KEY_READER, own), _KEY_CHIP)[_KEY_CHIP]
    other_public = other_key(group, chip_key, own)
    ks_enc, ks_mac = session_keys(protocol, group.power(other_public, private))
    last = _ask(session, tlv.encode(_TOKEN_READER, token(protocol, ks_mac, other_public)), _TOKEN_CHIP, last=True)
    if not bytes_eq(last[_TOKEN_CHIP], token(protocol, ks_mac, public)):
        raise ProtocolError("token")
    session.messaging = SecureMessaging(suite, ks_enc, ks_mac)
    data, usual = None, {_TOKEN_CHIP, _CAR, _CAR_BEFORE}
    if protocol.mapping == "CAM":
        data = opened_data(suite, ks_enc, last.get(_CHIP_AUTHENTICATION, b""))
        usual.add(_CHIP_AUTHENTICATION)
    warnings = ("object-unknown",) if set(last) - usual else ()
    authorities = tuple(
        last[tag].decode("latin-1") for tag in (_CAR, _CAR_BEFORE) if tag in last and len(last[tag]) <= 16
    )
    return PaceRun(protocol, chip_key, mapping_key, data, authorities, warnings, own)


def _ask(session: Session, content: bytes, wanted: int, *, last: bool = False, empty: bool = False) -> dict[int, bytes]:
    """Send a step of GENERAL AUTHENTICATE and return the objects of its answer, ``wanted`` among them."""
    data = tlv.encode(_DYNAMIC, content)
    long = len(data) >= SHORT
    answer = session.send(Command(0 if last else _CHAINED, 0x86, data=data, le=EXTENDED if long else SHORT))
    if not answer.ok:
        raise ProtocolError("refused", answer.sw)
    objects = dynamic_data(answer.data)
    if (wanted not in objects and not empty) or (not last and not set(objects) <= {wanted}):
        raise ProtocolError("structure")
    return objects


def dynamic_data(data: bytes) -> dict[int, bytes]:
    """Return the objects inside dynamic authentication data (7C).

    :raises ProtocolError: ``structure``
    """
    try:
        tag, _, start, stop = tlv.place(data)
        places, end = tlv.places(data, start, stop, _MOST_OBJECTS)
    except TlvError:
        raise ProtocolError("structure") from None
    objects = {tag: data[begin:close] for tag, _, begin, close in places}
    if tag != _DYNAMIC or stop != len(data) or end != stop or len(objects) != len(places):
        raise ProtocolError("structure")
    return objects


def other_key(group: Group, data: bytes, own: bytes) -> Element:
    """Return the other side's public key.

    :raises GroupError: it is not a key of the group
    :raises ProtocolError: ``same-key``: it is one's own, sent back
    """
    element = group.decode(data)
    if bytes_eq(group.encode(element), own):  # as an element: the same number may be written shorter
        raise ProtocolError("same-key")
    return element


def opened_data(suite: CipherSuite, ks_enc: bytes, encrypted: bytes) -> bytes:
    """Return decrypted chip authentication data, empty where there is none that can be read.

    (Doc 9303-11, 4.4.3.5)
    """
    if not encrypted or len(encrypted) % suite.block:
        return b""
    try:
        return unpad(suite.decrypt(ks_enc, encrypted, _data_iv(suite, ks_enc)))
    except ValueError:
        return b""


def _data_iv(suite: CipherSuite, ks_enc: bytes) -> bytes:
    return suite.encrypt(ks_enc, b"\xff" * suite.block)


def proves_key(run: PaceRun, static: Element) -> bool:
    """Whether chip authentication mapping proved the private key of ``static`` (Doc 9303-11, 4.4.3.5.2)."""
    group, data = run.protocol.group, run.authentication_data or b""
    number = int.from_bytes(data, "big")
    if len(data) != (group.order.bit_length() + 7) // 8 or not 0 < number < group.order:
        return False
    return bytes_eq(group.encode(group.power(static, number)), run.mapping_key)


class PaceCard:
    """The card's side of one run.

    :param static: the private key of chip authentication, where the mapping proves it
    """

    def __init__(self, protocol: PaceProtocol, password: Password, static: int | None = None) -> None:
        self.protocol, self._password, self._static = protocol, password, static
        self._steps = iter((self._nonce, self._map, self._agree, self._confirm))
        self.messaging: SecureMessaging | None = None
        self.chip_key = self.reader_key = b""

    @property
    def last(self) -> bool:
        """Whether the next step is the fourth."""
        return self.chip_key != b""

    def step(self, data: bytes) -> bytes:
        """Return the answer to the next step.

        :raises ProtocolError: the reader's data is wrong, or all steps were done
        """
        try:
            return tlv.encode(_DYNAMIC, next(self._steps)(dynamic_data(data)))
        except (GroupError, KeyError, StopIteration):
            raise ProtocolError("structure") from None

    def _nonce(self, given: dict[int, bytes]) -> bytes:
        if given:
            raise ProtocolError("structure")
        suite = self.protocol.suite
        self._s = secrets.token_bytes(pace_mapping.nonce_size(suite))
        return tlv.encode(_NONCE, suite.encrypt(password_key(self.protocol, self._password), self._s))

    def _map(self, given: dict[int, bytes]) -> bytes:
        protocol, group, received = self.protocol, self.protocol.group, given[_MAP_READER]
        if protocol.mapping == "IM":
            if len(received) != protocol.suite.key_size:
                raise ProtocolError("structure")
            self._base = pace_mapping.integrated(group, protocol.suite, self._s, received)
            return tlv.encode(_MAP_CHIP, b"")
        self._mapping = group.private_key()
        own = group.encode(group.power(group.base, self._mapping))
        shared = group.power(other_key(group, received, own), self._mapping)
        self._base = pace_mapping.generic(group, self._s, shared)
        return tlv.encode(_MAP_CHIP, own)

    def _agree(self, given: dict[int, bytes]) -> bytes:
        protocol, group = self.protocol, self.protocol.group
        private = group.private_key()
        public = group.power(self._base, private)
        self.chip_key = group.encode(public)
        self.reader_key = given[_KEY_READER]
        other = other_key(group, self.reader_key, self.chip_key)
        self._keys = session_keys(protocol, group.power(other, private))
        self._tokens = token(protocol, self._keys[1], public), token(protocol, self._keys[1], other)
        return tlv.encode(_KEY_CHIP, self.chip_key)

    def _confirm(self, given: dict[int, bytes]) -> bytes:
        expected, own = self._tokens
        if not bytes_eq(given[_TOKEN_READER], expected):
            raise ProtocolError("token")
        suite, (ks_enc, ks_mac) = self.protocol.suite, self._keys
        self.messaging = SecureMessaging(suite, ks_enc, ks_mac)
        answer = tlv.encode(_TOKEN_CHIP, own)
        if self.protocol.mapping == "CAM" and self._static is not None:
            order = self.protocol.group.order
            number = pow(self._static, -1, order) * self._mapping % order
            data = pad(number.to_bytes((order.bit_length() + 7) // 8, "big"), suite.block)
            answer += tlv.encode(_CHIP_AUTHENTICATION, suite.encrypt(ks_enc, data, _data_iv(suite, ks_enc)))
        return answer
