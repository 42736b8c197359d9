"""The way to a card: bytes there, bytes back. In memory, over PC/SC (:mod:`tjdocs.chip.pcsc`), or from a record."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from tjdocs import inputs
from tjdocs.errors import InputError

__all__ = ["Exchange", "RecordedTransport", "RecordingTransport", "Transport", "TransportError"]


class TransportError(Exception):
    """The card or its reader is gone: nothing is known of the document.

    :param reason: ``card-removed``, ``reader-error``, or ``record-ended``
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Transport(Protocol):
    """What :func:`tjdocs.chip.read` needs of a card."""

    def transmit(self, command: bytes) -> bytes:
        """Send a command and return the answer, status word last.

        :raises TransportError: the card or the reader is gone
        """
        ...


@dataclass(frozen=True, slots=True)
class Exchange:
    """A command and its answer.

    :param header: the command's first four bytes; ``sent`` and ``received`` the numbers of all bytes
    :param sw: the status word
    :param command: all bytes, empty where the record has no content; the same of ``answer``
    """

    header: bytes
    sent: int
    received: int
    sw: int
    command: bytes = field(default=b"", repr=False)
    answer: bytes = field(default=b"", repr=False)

    def as_json(self) -> str:
        """Return the exchange as a line of a record."""
        table: dict[str, object] = {
            "header": self.header.hex().upper(),
            "sent": self.sent,
            "received": self.received,
            "sw": f"{self.sw:04X}",
        }
        if self.command:
            table |= {"command": self.command.hex().upper(), "answer": self.answer.hex().upper()}
        return json.dumps(table)


class RecordingTransport:
    """A transport that keeps what passes: headers, lengths and status words.

    :param transport: the way to the card
    :param content: keep all bytes too. They are personal data where the chip is open, and let its keys be guessed
        from the MRZ where it is not.
    """

    def __init__(self, transport: Transport, *, content: bool = False) -> None:
        self._transport, self._content = transport, content
        self.exchanges: list[Exchange] = []

    def transmit(self, command: bytes) -> bytes:
        """Send a command, and keep it with the answer.

        :raises TransportError: the card or the reader is gone
        """
        answer = self._transport.transmit(command)
        content = (command, answer) if self._content else (b"", b"")
        sw = int.from_bytes(answer[-2:], "big")
        self.exchanges.append(Exchange(command[:4], len(command), len(answer), sw, *content))
        return answer

    def reset(self) -> None:
        """Switch the card off and on.

        :raises TransportError: the transport cannot, or the card did not come back
        """
        inner = getattr(self._transport, "reset", None)
        if inner is None:
            raise TransportError("reader-error")
        inner()

    def record(self) -> str:
        """Return the exchanges as JSON lines."""
        return "".join(exchange.as_json() + "\n" for exchange in self.exchanges)


class RecordedTransport:
    """A card from a record with content: it gives the recorded answers to the recorded commands.

    :param record: JSON lines of :meth:`RecordingTransport.record`
    :raises InputError: a line without content, or no record
    """

    def __init__(self, record: str | Iterable[str]) -> None:
        self._exchanges: list[tuple[bytes, bytes]] = []
        lines = record.splitlines() if isinstance(record, str) else record
        for number, line in enumerate(lines, 1):
            try:
                table = inputs.json_object(line.encode(), where=f"line {number}")
                exchange = (bytes.fromhex(table["command"]), bytes.fromhex(table["answer"]))
            except (InputError, ValueError, KeyError, TypeError):
                hint = "RecordingTransport(content=True) makes one"
                raise InputError("an exchange without its content", where=f"line {number}", hint=hint) from None
            self._exchanges.append(exchange)
        self._next = 0

    def transmit(self, command: bytes) -> bytes:
        """Return the recorded answer.

        :raises TransportError: the record has another command here, or has ended
        """
        if self._next >= len(self._exchanges) or self._exchanges[self._next][0] != command:
            raise TransportError("record-ended")
        self._next += 1
        return self._exchanges[self._next - 1][1]
