"""Commands and answers of a card, short and extended (ISO/IEC 7816-4, 5.1; Doc 9303-10, 3.6)."""

from dataclasses import dataclass, field

__all__ = ["EXTENDED", "SHORT", "Answer", "ApduError", "Command"]

SHORT, EXTENDED = 256, 65536
"""The most bytes that a short and an extended answer have."""


class ApduError(ValueError):
    """Bytes without the form of a command or an answer."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command to a card.

    :param cla: class byte; ``ins`` instruction, ``p1`` and ``p2`` parameters
    :param data: up to 65,535 bytes; not in ``repr``
    :param le: the most bytes that the answer may have, 1 to 65,536; None: no answer is expected
    :param extended: use the extended form even where the short one would do
    """

    cla: int
    ins: int
    p1: int = 0
    p2: int = 0
    data: bytes = field(default=b"", repr=False)
    le: int | None = None
    extended: bool = False

    @property
    def header(self) -> bytes:
        """The four bytes before data and lengths."""
        return bytes((self.cla, self.ins, self.p1, self.p2))

    def encode(self) -> bytes:
        """Return the command's bytes, in the short form where it fits.

        :raises ApduError: more data, or a longer answer, than a command can have
        """
        data, le = self.data, self.le
        if len(data) >= EXTENDED or (le is not None and not 1 <= le <= EXTENDED):
            raise ApduError("a command has at most 65,535 bytes, and its answer 1 to 65,536")
        if not self.extended and len(data) < SHORT and (le is None or le <= SHORT):
            body = bytes((len(data),)) + data if data else b""
            return self.header + body + (b"" if le is None else bytes((le % SHORT,)))
        body = len(data).to_bytes(2, "big") + data if data else b""
        end = b"" if le is None else (le % EXTENDED).to_bytes(2, "big")
        return self.header + (b"\x00" + body + end if body or end else b"")

    @classmethod
    def parse(cls, data: bytes) -> "Command":
        """Read a command.

        :raises ApduError: its lengths do not fit
        """
        if len(data) < 4:
            raise ApduError("a command has at least four bytes")
        (cla, ins, p1, p2), body = data[:4], data[4:]
        if not body:
            return cls(cla, ins, p1, p2)
        if len(body) == 1:
            return cls(cla, ins, p1, p2, le=body[0] or SHORT)
        if body[0]:
            size = body[0]
            content, after = body[1 : 1 + size], body[1 + size :]
            if len(content) < size or len(after) > 1:
                raise ApduError("the lengths of a short command do not fit")
            return cls(cla, ins, p1, p2, content, (after[0] or SHORT) if after else None)
        if len(body) == 3:
            return cls(cla, ins, p1, p2, le=int.from_bytes(body[1:], "big") or EXTENDED, extended=True)
        size = int.from_bytes(body[1:3], "big")
        content, after = body[3 : 3 + size], body[3 + size :]
        if not size or len(content) < size or len(after) not in (0, 2):
            raise ApduError("the lengths of an extended command do not fit")
        return cls(cla, ins, p1, p2, content, (int.from_bytes(after, "big") or EXTENDED) if after else None, True)


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer of a card.

    :param sw: status word, 0x9000 where all is good
    :param data: not in ``repr``
    """

    sw: int
    data: bytes = field(default=b"", repr=False)

    @property
    def ok(self) -> bool:
        """Whether the status word is 9000."""
        return self.sw == 0x9000

    def __repr__(self) -> str:
        return f"Answer({self.sw:04X}, {len(self.data)} bytes)"

    def encode(self) -> bytes:
        """Return the answer's bytes, status word last."""
        return self.data + self.sw.to_bytes(2, "big")

    @classmethod
    def parse(cls, data: bytes) -> "Answer":
        """Read an answer.

        :raises ApduError: it has no status word
        """
        if len(data) < 2:
            raise ApduError("an answer has at least the two bytes of its status word")
        return cls(int.from_bytes(data[-2:], "big"), data[:-2])
