"""Basic access control, both sides (Doc 9303-11, 4.3): 3DES keys from the MRZ's key."""

import secrets
from typing import NamedTuple

from cryptography.hazmat.primitives.constant_time import bytes_eq

from tjdocs.chip.apdu import Command
from tjdocs.chip.cipher_suite import ENCRYPTION, MAC, SUITES, pad
from tjdocs.chip.passwords import MrzKey
from tjdocs.chip.secure_messaging import SecureMessaging
from tjdocs.chip.session import ProtocolError, Session

__all__ = ["CHALLENGE", "answer", "authenticate"]

CHALLENGE = 8
_KEY, _CRYPTOGRAM, _MAC = 16, 32, 8
_SUITE = SUITES["3DES-CBC-CBC"]


class Keys(NamedTuple):
    """The document's keys of basic access control."""

    enc: bytes
    mac: bytes


def keys(password: MrzKey) -> Keys:
    """Return the keys that the MRZ's key gives (Doc 9303-11, 9.7.2)."""
    seed = password.secret[:_KEY]
    return Keys(_SUITE.derive(seed, ENCRYPTION), _SUITE.derive(seed, MAC))


def sealed(own: Keys, content: bytes) -> bytes:
    """Return 32 bytes encrypted, and their MAC."""
    encrypted = _SUITE.encrypt(own.enc, content)
    return encrypted + _SUITE.mac(own.mac, pad(encrypted, _SUITE.block))


def opened(own: Keys, data: bytes) -> bytes:
    """Return the content of :func:`sealed`.

    :raises ProtocolError: ``structure`` or ``mac``
    """
    if len(data) != _CRYPTOGRAM + _MAC:
        raise ProtocolError("structure")
    encrypted, mac = data[:_CRYPTOGRAM], data[_CRYPTOGRAM:]
    if not bytes_eq(mac, _SUITE.mac(own.mac, pad(encrypted, _SUITE.block))):
        raise ProtocolError("mac")
    return _SUITE.decrypt(own.enc, encrypted)


def messaging(k_ifd: bytes, k_ic: bytes, rnd_ifd: bytes, rnd_ic: bytes) -> SecureMessaging:
    """Return the session that both sides' numbers give (Doc 9303-11, 9.8.2 and 9.7.3)."""
    seed = bytes(first ^ second for first, second in zip(k_ifd, k_ic, strict=True))
    counter = int.from_bytes(rnd_ic[4:] + rnd_ifd[4:], "big")
    return SecureMessaging(_SUITE, _SUITE.derive(seed, ENCRYPTION), _SUITE.derive(seed, MAC), counter)


def authenticate(session: Session, password: MrzKey, seen: list[bytes] | None = None) -> None:
    """Run the reader's side; the session is protected afterwards.

    :param seen: takes the chip's challenge
    :raises ProtocolError: ``refused`` with its status word, ``structure``, ``mac``, ``challenge-not-returned``
    """
    own = keys(password)
    challenge = session.send(Command(0x00, 0x84, le=CHALLENGE))
    if not challenge.ok:
        raise ProtocolError("refused", challenge.sw)
    if len(challenge.data) != CHALLENGE:
        raise ProtocolError("structure")
    if seen is not None:
        seen.append(challenge.data)
    rnd_ic, rnd_ifd, k_ifd = challenge.data, secrets.token_bytes(CHALLENGE), secrets.token_bytes(_KEY)
    token = sealed(own, rnd_ifd + rnd_ic + k_ifd)
    reply = session.send(Command(0x00, 0x82, data=token, le=len(token)))
    if not reply.ok:
        raise ProtocolError("refused", reply.sw)
    session.messaging = messaging(k_ifd, chip_key(own, reply.data, rnd_ic=rnd_ic, rnd_ifd=rnd_ifd), rnd_ifd, rnd_ic)


def chip_key(own: Keys, data: bytes, *, rnd_ic: bytes, rnd_ifd: bytes) -> bytes:
    """Return the chip's part of the session's key from its answer.

    :raises ProtocolError: ``structure``, ``mac``, or ``challenge-not-returned``
    """
    content = opened(own, data)
    if content[:CHALLENGE] != rnd_ic or content[CHALLENGE : 2 * CHALLENGE] != rnd_ifd:
        raise ProtocolError("challenge-not-returned")
    return content[2 * CHALLENGE :]


def answer(password: MrzKey, rnd_ic: bytes, token: bytes) -> tuple[bytes, SecureMessaging]:
    """Run the card's side of EXTERNAL AUTHENTICATE: return the answer and the session.

    :raises ProtocolError: the reader's token is not one of this key and challenge
    """
    own = keys(password)
    content = opened(own, token)
    rnd_ifd, k_ifd = content[:CHALLENGE], content[2 * CHALLENGE :]
    if not bytes_eq(content[CHALLENGE : 2 * CHALLENGE], rnd_ic):
        raise ProtocolError("challenge-not-returned")
    k_ic = secrets.token_bytes(_KEY)
    return sealed(own, rnd_ic + rnd_ifd + k_ic), messaging(k_ifd, k_ic, rnd_ifd, rnd_ic)
