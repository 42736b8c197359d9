"""Secure messaging: commands and answers encrypted and authenticated, on both sides (Doc 9303-11, 9.8).

Every error ends the session: keys that met a wrong message are used no more.
"""

from cryptography.hazmat.primitives.constant_time import bytes_eq

from tjdocs.asn1 import tlv
from tjdocs.asn1.tlv import Place, TlvError
from tjdocs.chip.apdu import EXTENDED, SHORT, Answer, Command
from tjdocs.chip.cipher_suite import CipherSuite, pad, unpad

__all__ = ["SecureMessaging", "SecureMessagingError"]

_PROTECTED = 0x0C
_CRYPTOGRAM, _ODD_CRYPTOGRAM, _LE, _STATUS, _MAC = 0x87, 0x85, 0x97, 0x99, 0x8E
_TAGS = {_CRYPTOGRAM, _ODD_CRYPTOGRAM, _LE, _STATUS, _MAC}
_MOST_OBJECTS = 16


class SecureMessagingError(Exception):
    """A message that is not one of the session.

    :param reason: ``unprotected``, ``structure``, ``no-mac``, ``mac``, ``no-status``, ``no-data``, ``padding``,
        ``status-differs``, or ``ended``
    :param sw: the status word of an answer without protection
    """

    def __init__(self, reason: str, sw: int | None = None) -> None:
        super().__init__(reason)
        self.reason, self.sw = reason, sw


class SecureMessaging:
    """The session of a reader or of a card.

    :param suite: cipher and MAC
    :param ks_enc: key of encryption; ``ks_mac`` that of the MAC
    :param ssc: the send sequence counter before the first command
    """

    def __init__(self, suite: CipherSuite, ks_enc: bytes, ks_mac: bytes, ssc: int = 0) -> None:
        self.suite, self._enc, self._mac_key, self._ssc = suite, ks_enc, ks_mac, ssc
        self.warnings: set[str] = set()
        """Names of the tolerated defects of the answers so far: ``object-order``, ``object-unknown``,
        ``length-not-minimal``."""
        self._ended = False

    def __repr__(self) -> str:
        return f"SecureMessaging({self.suite.name})"

    @property
    def most_short(self) -> int:
        """How many bytes of data a short answer has at most: 231 with 3DES, 223 with AES."""
        return self.most_data(SHORT)

    def most_data(self, size: int) -> int:
        """Return how many bytes of data an answer of ``size`` bytes has at most, without its outer status word."""
        # tag, up to three octets of length and 01 of the cryptogram, the status word's object, the MAC's
        return max((size - 5 - 4 - 10) // self.suite.block * self.suite.block - 1, 1)

    def end(self) -> None:
        """Use the keys no more."""
        self._ended = True

    def protect(self, command: Command) -> Command:
        """Return the command as it is sent.

        :raises SecureMessagingError: the session has ended
        """
        header = self._next(bytes((command.cla | _PROTECTED, *command.header[1:])))
        objects = self._objects(command.ins, command.data)
        if command.le is not None:
            octets = 1 if command.le <= SHORT else 2
            objects += tlv.encode(_LE, (command.le % (SHORT if octets == 1 else EXTENDED)).to_bytes(octets, "big"))
        mac = self._mac(header + (pad(objects, self.suite.block) if objects else b""))
        data = objects + tlv.encode(_MAC, mac)
        long = command.extended or len(data) >= SHORT or (command.le or 0) > SHORT
        cla, ins, p1, p2 = command.cla | _PROTECTED, command.ins, command.p1, command.p2
        return Command(cla, ins, p1, p2, data, EXTENDED if long else SHORT, long)

    def open_answer(self, answer: Answer, ins: int) -> Answer:
        """Return the answer to a command with the instruction ``ins``, decrypted.

        :raises SecureMessagingError: it is not authentic; the session has ended
        """
        try:
            return self._open_answer(answer, ins)
        except SecureMessagingError:
            self._ended = True
            raise
        except (TlvError, ValueError):
            self._ended = True
            raise SecureMessagingError("structure") from None

    def _open_answer(self, answer: Answer, ins: int) -> Answer:
        counter = self._next()
        if not answer.data:
            raise SecureMessagingError("unprotected", answer.sw)
        objects, signed = self._authentic(answer.data, counter)
        status = objects.pop(_STATUS, None)
        if status is None:
            raise SecureMessagingError("no-status")
        if len(status) != 2:
            raise SecureMessagingError("structure")
        sw = int.from_bytes(status, "big")
        if answer.sw != sw:
            raise SecureMessagingError("status-differs")
        self._note(answer.data, signed)
        return Answer(sw, self._content(objects, ins))

    def open_command(self, command: Command) -> Command:
        """Return a command that a card received, without its protection.

        :raises SecureMessagingError: it is not authentic; the session has ended
        """
        try:
            if command.cla & _PROTECTED != _PROTECTED:
                raise SecureMessagingError("unprotected")
            return self._open_command(command)
        except SecureMessagingError:
            self._ended = True
            raise
        except (TlvError, ValueError):
            self._ended = True
            raise SecureMessagingError("structure") from None

    def _open_command(self, command: Command) -> Command:
        # the header is padded alone; without objects some readers pad once more
        objects, _ = self._authentic(command.data, self._next(command.header))
        le = objects.pop(_LE, None)
        if le is not None and len(le) not in (1, 2):
            raise SecureMessagingError("structure")
        most = None if le is None else int.from_bytes(le, "big") or SHORT ** len(le)
        data = self._content(objects, command.ins)
        cla = command.cla & ~_PROTECTED
        return Command(cla, command.ins, command.p1, command.p2, data, most, command.extended)

    def protect_answer(self, answer: Answer, ins: int) -> Answer:
        """Return a card's answer as it is sent.

        :raises SecureMessagingError: the session has ended
        """
        self._next()
        return self.seal(self._objects(ins, answer.data) + tlv.encode(_STATUS, answer.sw.to_bytes(2, "big")), answer.sw)

    def seal(self, objects: bytes, sw: int) -> Answer:
        """Return an answer with these objects and their MAC, by the counter as it is."""
        mac = self._mac(self._counter() + pad(objects, self.suite.block))
        return Answer(sw, objects + tlv.encode(_MAC, mac))

    def encrypt(self, data: bytes) -> bytes:
        """Encrypt whole blocks, by the counter as it is."""
        return self.suite.encrypt(self._enc, data, self._iv())

    def _next(self, header: bytes = b"") -> bytes:
        """Count, and return what the MAC covers first: the counter, and a command's header in blocks of its own."""
        if self._ended:
            raise SecureMessagingError("ended")
        self._ssc = (self._ssc + 1) % 256**self.suite.block
        return self._counter() + (pad(header, self.suite.block) if header else b"")

    def _counter(self) -> bytes:
        return self._ssc.to_bytes(self.suite.block, "big")

    def _iv(self) -> bytes | None:
        return self.suite.encrypt(self._enc, self._counter()) if self.suite.aes else None

    def _mac(self, padded: bytes) -> bytes:
        return self.suite.mac(self._mac_key, padded)

    def _objects(self, ins: int, data: bytes) -> bytes:
        if not data:
            return b""
        encrypted = self.encrypt(pad(data, self.suite.block))
        return tlv.encode(_ODD_CRYPTOGRAM, encrypted) if ins & 1 else tlv.encode(_CRYPTOGRAM, b"\x01" + encrypted)

    def _authentic(self, data: bytes, before: bytes) -> tuple[dict[int, bytes], list[Place]]:
        """Return the objects under the MAC by tag, and their places in the order sent."""
        try:
            places, end = tlv.places(data, 0, len(data), _MOST_OBJECTS)
        except TlvError:
            raise SecureMessagingError("structure" if data[0] in _TAGS else "unprotected") from None
        if not {tag for tag, *_ in places} & _TAGS:
            raise SecureMessagingError("unprotected")
        if end != len(data):
            raise SecureMessagingError("structure")
        if not places or places[-1][0] != _MAC:
            raise SecureMessagingError("no-mac")
        signed = places[:-1]
        _, mac_start, begin, stop = places[-1]
        covered = data[:mac_start]
        block = self.suite.block
        forms = [before + (pad(covered, block) if covered else b"")]
        if not covered:
            forms.append(pad(before, block))
        if not any(bytes_eq(self._mac(form), data[begin:stop]) for form in forms):
            raise SecureMessagingError("mac")
        objects = {tag: data[start:stop] for tag, _, start, stop in signed}
        if len(objects) != len(signed) or _MAC in objects:
            raise SecureMessagingError("structure")
        return objects, signed

    def _content(self, objects: dict[int, bytes], ins: int) -> bytes:
        """Return the decrypted data of the objects; those that are unknown stay unread."""
        plain, odd = objects.get(_CRYPTOGRAM), objects.get(_ODD_CRYPTOGRAM)
        if plain is None and odd is None:
            return b""
        if (plain is None) == (odd is None) or (odd is None) == bool(ins & 1):
            raise SecureMessagingError("structure")
        if odd is None and plain is not None:
            if plain[:1] != b"\x01":
                raise SecureMessagingError("structure")
            odd = plain[1:]
        if not odd or len(odd) % self.suite.block:
            raise SecureMessagingError("structure")
        try:
            return unpad(self.suite.decrypt(self._enc, odd, self._iv()))
        except ValueError:
            raise SecureMessagingError("padding") from None

    def _note(self, data: bytes, signed: list[Place]) -> None:
        """Name the tolerated defects of an authentic answer (Doc 9303-11, 9.8.4)."""
        tags = [tag for tag, *_ in signed]
        known = [tag for tag in tags if tag in (_CRYPTOGRAM, _ODD_CRYPTOGRAM, _STATUS)]
        if known and known[-1] != _STATUS:
            self.warnings.add("object-order")
        if known != tags:
            self.warnings.add("object-unknown")
        if any(data[start:stop] != tlv.encode(tag, data[begin:stop]) for tag, start, begin, stop in signed):
            self.warnings.add("length-not-minimal")
