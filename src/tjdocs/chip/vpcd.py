"""A card of memory in a virtual reader: PC/SC sees it by vsmartcard's driver ``vpcd``.

The driver waits for a card at a TCP port. The bytes of a message follow its length, in two bytes. A message of one byte
is an order to the reader, every other one is a command to the card.
"""

import contextlib
import socket

from tjdocs.chip.card import Card
from tjdocs.chip.transport import TransportError
from tjdocs.errors import InputError

__all__ = ["LONGEST", "PORT", "atr", "serve"]

PORT = 35963
"""The port of the driver's first reader."""

LONGEST = 0xFFFF
"""The most bytes of an answer that the driver takes, with its status word."""

_OFF, _ON, _RESET, _ATR = 0, 1, 2, 4
_QUICK = getattr(socket, "TCP_QUICKACK", None)
_TOO_LONG = bytes.fromhex("6700")


def atr(card: Card) -> bytes:
    """Return the answer to reset: that of a contactless card, with its capabilities (ISO/IEC 7816-4, 12.1.1).

    They are names of applications, short file identifiers, chaining and extended length. The limits of the lengths are
    in EF.ATR/INFO, where the card has that file (Doc 9303-10, table 29).
    """
    lengths = 0x20 if "EF.ATR/INFO" in card.files else 0
    historical = bytes((0x80, 0x73, 0x84, 0x01, 0xC0 | lengths))
    body = bytes((0x80 | len(historical), 0x80, 0x01)) + historical
    check = 0
    for byte in body:
        check ^= byte
    return b"\x3b" + body + bytes((check,))


def serve(card: Card, host: str = "127.0.0.1", port: int = PORT) -> None:
    """Put a card into a virtual reader, and answer for it until PC/SC ends the connection, or a fault pulls it out.

    :param host: the machine of ``pcscd``; ``port`` is its reader: each further one has the next port
    :raises InputError: no driver waits there, or its reader has a card
    """
    try:
        connection = socket.create_connection((host, port))
    except OSError:
        hint = "start pcscd with vsmartcard's driver vpcd"
        raise InputError("missing virtual reader", where=f"{host}:{port}", hint=hint) from None
    with connection, contextlib.suppress(EOFError, ConnectionError, TransportError):
        while True:
            answer = _answer(card, _message(connection))
            if answer is not None:
                connection.sendall(len(answer).to_bytes(2, "big") + answer)


def _answer(card: Card, message: bytes) -> bytes | None:
    """Return the answer to a message, None where none is expected."""
    if len(message) != 1:
        answer = card.transmit(message)
        return answer if len(answer) <= LONGEST else _TOO_LONG
    if message[0] == _ATR:
        return atr(card)
    if message[0] in (_OFF, _ON, _RESET):
        card.power_on()
    return None


def _message(connection: socket.socket) -> bytes:
    return _bytes(connection, int.from_bytes(_bytes(connection, 2), "big"))


def _bytes(connection: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        if _QUICK is not None:  # else each command waits 40 ms for an acknowledgement
            connection.setsockopt(socket.IPPROTO_TCP, _QUICK, 1)
        part = connection.recv(count - len(data))
        if not part:
            raise EOFError
        data += part
    return data
