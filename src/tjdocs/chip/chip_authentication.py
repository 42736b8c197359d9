"""Chip authentication, both sides: new keys from the chip's static key (Doc 9303-11, 6.2).

The key is proved by a right answer under the new keys, and EF.SOD shows that it is the chip's.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from tjdocs.asn1 import der, tlv
from tjdocs.asn1.x509_schema import encode_oid
from tjdocs.chip import agreement_keys
from tjdocs.chip.apdu import SHORT, Command
from tjdocs.chip.cipher_suite import ENCRYPTION, MAC, SUITES, CipherSuite
from tjdocs.chip.groups import Element, Group, GroupError
from tjdocs.chip.pace import dynamic_data
from tjdocs.chip.secure_messaging import SecureMessaging
from tjdocs.chip.session import ProtocolError, Session
from tjdocs.lds.dg14 import SecurityInfo

__all__ = ["ChipAuthentication", "ChipAuthenticationRun", "authenticate", "choices", "new_messaging"]

_KEY = {"PK-DH": 0x84, "PK-ECDH": 0x86}
_EPHEMERAL_KAT, _EPHEMERAL, _KEY_ID, _OID = 0x91, 0x80, 0x84, 0x80


@dataclass(frozen=True, slots=True)
class ChipAuthentication:
    """A key of DG14 with a protocol for it.

    :param oid: of the protocol, empty where DG14 names none for the key: then 3DES is meant
    :param key_id: where the chip has several keys, or names the one that it has
    """

    oid: str
    suite: CipherSuite
    group: Group = field(repr=False)
    key: Element = field(repr=False)
    key_id: int | None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChipAuthenticationRun:
    """What a run leaves besides its keys.

    :param public: the reader's key, as sent: terminal authentication signs its x
    """

    choice: ChipAuthentication
    public: bytes = field(repr=False)


def choices(infos: Iterable[SecurityInfo]) -> tuple[ChipAuthentication, ...]:
    """Return what DG14 offers and this reader has, the strongest first.

    A key without a protocol is taken with 3DES, as the first chips had it (BSI TR-03110-3, A.1.1.2), under a name.

    :raises GroupError: there is a key, but none that can be used
    """
    listed = tuple(infos)
    protocols = [info for info in listed if info.name.startswith("CA-") and info.name.count("-") > 1]
    offers: list[ChipAuthentication] = []
    error = False
    for info in listed:
        tag = _KEY.get(info.name)
        if tag is None:
            continue
        try:
            group, key = agreement_keys.load(info.required)
        except GroupError:
            error = True
            continue
        if group.tag != tag:
            error = True
            continue
        kind = info.name.removeprefix("PK-")
        before = len(offers)
        for protocol in protocols:
            suite = SUITES.get(protocol.name.removeprefix(f"CA-{kind}-"))
            if suite is not None and protocol.identifier == _key_id(info):
                offers.append(ChipAuthentication(protocol.oid, suite, group, key, _key_id(info)))
        if not protocols:
            suite = SUITES["3DES-CBC-CBC"]
            offers.append(ChipAuthentication("", suite, group, key, _key_id(info), ("no-protocol",)))
        error |= len(offers) == before or (_key_id(info) or 0) < 0  # a key that no protocol is for
    offers = [offer for offer in offers if (offer.key_id or 0) >= 0]
    error |= bool(protocols) and not offers
    if error and not offers:
        raise GroupError("the key cannot be used")
    return tuple(sorted(offers, key=lambda c: (c.suite.strength, c.group.order.bit_length()), reverse=True))


def _key_id(info: SecurityInfo) -> int | None:
    return info.identifier


def authenticate(session: Session, choice: ChipAuthentication) -> ChipAuthenticationRun:
    """Run the reader's side; the session has the new keys afterwards, which an answer has yet to confirm.

    :raises ProtocolError: ``refused`` with its status word, or ``structure``
    """
    group = choice.group
    private = group.private_key()
    own = group.encode(group.power(group.base, private))
    key_id = b"" if choice.key_id is None else tlv.encode(_KEY_ID, _octets(choice.key_id))
    data = tlv.encode(_EPHEMERAL_KAT, own) + key_id
    answer = None
    if not choice.suite.aes:
        answer = session.send(Command(0x00, 0x22, 0x41, 0xA6, data, extended=len(data) >= SHORT))
        if not answer.ok and not choice.oid:
            raise ProtocolError("refused", answer.sw)
    if answer is None or not answer.ok:  # 3DES too may need these two commands (Doc 9303-11, 8.5, note 1)
        if answer is not None:
            session.quirks.add("key-agreement-in-two")
        data = tlv.encode(_OID, tlv.read(encode_oid(choice.oid)).value) + key_id
        answer = session.send(Command(0x00, 0x22, 0x41, 0xA4, data))
        if not answer.ok:
            raise ProtocolError("refused", answer.sw)
        data = tlv.encode(0x7C, tlv.encode(_EPHEMERAL, own))
        answer = session.send(Command(0x00, 0x86, data=data, le=SHORT, extended=len(data) >= SHORT))
        if not answer.ok:
            raise ProtocolError("refused", answer.sw)
        if dynamic_data(answer.data):
            raise ProtocolError("structure")
    new, before = new_messaging(choice.suite, group, group.power(choice.key, private)), session.messaging
    if before is not None:
        new.warnings |= before.warnings
    session.messaging = new
    return ChipAuthenticationRun(choice, own)


def new_messaging(suite: CipherSuite, group: Group, shared: Element) -> SecureMessaging:
    """Return the session under the new keys; its counter is zero, with 3DES too."""
    secret = group.secret(shared)
    return SecureMessaging(suite, suite.derive(secret, ENCRYPTION), suite.derive(secret, MAC))


def _octets(number: int) -> bytes:
    """Return a key identifier as DG14 has it: the content of an INTEGER."""
    return tlv.read(der.integer(number)).value
