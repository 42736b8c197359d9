"""A reader's session with a card: status words followed, messages protected, everything counted."""

from collections.abc import Callable
from dataclasses import replace

from tjdocs import limits
from tjdocs.chip.apdu import EXTENDED, SHORT, Answer, ApduError, Command
from tjdocs.chip.secure_messaging import SecureMessaging
from tjdocs.chip.transport import Transport

__all__ = ["ProtocolError", "Session", "SessionEndedError"]

_GET_RESPONSE = 0xC0
_MOST_FOLLOWED = 300  # 61xx in a row: enough for 64 kB in parts of 256 bytes


class ProtocolError(Exception):
    """A card that does not do its part of a protocol.

    :param reason: a stable word, for example ``refused``, ``structure``, ``token``
    :param sw: the status word, where that is the answer
    """

    def __init__(self, reason: str, sw: int | None = None) -> None:
        super().__init__(reason)
        self.reason, self.sw = reason, sw

    @property
    def detail(self) -> str:
        """The status word in hexadecimal, or nothing."""
        return f"{self.sw:04X}" if self.sw is not None else ""


class SessionEndedError(Exception):
    """This side ends the session.

    :param reason: ``limit`` or ``cancelled``
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Session:
    """One session, from power-on.

    :param transport: the way to the card
    :param cancelled: asked before each command whether to stop
    :param after: the session before it, whose commands count too
    """

    def __init__(
        self,
        transport: Transport,
        *,
        cancelled: Callable[[], bool] = lambda: False,
        after: "Session | None" = None,
    ) -> None:
        self._transport, self._cancelled = transport, cancelled
        self.messaging: SecureMessaging | None = None
        """Secure messaging, once an access protocol has agreed on keys."""
        self.commands: int = after.commands if after is not None else 0
        self.received: int = after.received if after is not None else 0
        self.quirks: set[str] = after.quirks if after is not None else set()
        """Names of the departures from the standard that were got over (``specs/chip/quirks.toml``)."""
        self.chaining = False
        """Whether long protected commands are sent in parts (ISO/IEC 7816-4, 5.3.3), not with extended length."""

    def send(self, command: Command) -> Answer:
        """Send a command, protected where keys were agreed on, and return the answer.

        :raises TransportError: the card or its reader is gone
        :raises SecureMessagingError: the answer is not authentic
        :raises SessionEndedError: a limit was met, or the caller cancelled
        :raises ProtocolError: reason ``structure``: no answer at all
        """
        messaging = self.messaging
        if messaging is None:
            return self._exchange(command)
        answer = messaging.open_answer(self._exchange(messaging.protect(command)), command.ins)
        if answer.sw >> 8 == 0x6C:  # under the MAC: the length was wrong, and the card says the right one
            self.quirks.add("length-corrected")
            again = replace(command, le=answer.sw & 0xFF or SHORT)
            answer = messaging.open_answer(self._exchange(messaging.protect(again)), command.ins)
        return answer

    def _exchange(self, command: Command) -> Answer:
        """Send a command and follow 61xx and 6Cxx, which belong to the transport (ISO/IEC 7816-3, 12.2.1)."""
        chained = self.chaining and self.messaging is not None and command.extended
        answer = self._in_parts(command) if chained else self._transmit(command)
        if answer.sw >> 8 == 0x6C and self.messaging is None and not answer.data:
            answer = self._transmit(replace(command, le=answer.sw & 0xFF or SHORT, extended=False))
        parts, size = [answer.data], len(answer.data)
        for _ in range(_MOST_FOLLOWED):
            if answer.sw >> 8 != 0x61:
                return Answer(answer.sw, b"".join(parts))
            answer = self._transmit(Command(0, _GET_RESPONSE, le=answer.sw & 0xFF or SHORT))
            parts.append(answer.data)
            size += len(answer.data)
            if size > EXTENDED:
                break
        raise SessionEndedError("limit")

    def _in_parts(self, command: Command) -> Answer:
        """Send a command in a chain of short ones; the answer is that to the last, or the first refusal."""
        data, le = command.data, None if command.le is None else SHORT
        while len(data) >= SHORT:
            part, data = data[: SHORT - 1], data[SHORT - 1 :]
            answer = self._transmit(replace(command, cla=command.cla | 0x10, data=part, le=None, extended=False))
            if not answer.ok:
                return answer
        answer = self._transmit(replace(command, data=data, le=le, extended=False))
        if answer.ok or answer.sw >> 8 == 0x61:
            self.quirks.add("chained")
        return answer

    def _transmit(self, command: Command) -> Answer:
        if self._cancelled():
            raise SessionEndedError("cancelled")
        if self.commands >= limits.CHIP_COMMANDS or self.received >= limits.CHIP_BYTES:
            raise SessionEndedError("limit")
        self.commands += 1
        raw = self._transport.transmit(command.encode())
        self.received += len(raw)
        try:
            return Answer.parse(raw)
        except ApduError:
            raise ProtocolError("structure") from None
