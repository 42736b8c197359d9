"""A card in memory: a whole eMRTD made of issued files and keys (Doc 9303-10, 3; Doc 9303-11).

It grants what a right card grants and nothing else, to any commands in any order.
"""

import secrets
from collections.abc import Callable, Mapping

from tjdocs.asn1 import tlv
from tjdocs.asn1.tlv import TlvError
from tjdocs.asn1.x509_schema import encode_oid
from tjdocs.chip import active_authentication, bac, chip_authentication, pace
from tjdocs.chip.apdu import EXTENDED, SHORT, Answer, ApduError, Command
from tjdocs.chip.card_keys import CardKeys
from tjdocs.chip.chip_authentication import ChipAuthentication
from tjdocs.chip.groups import GroupError
from tjdocs.chip.guess_delay import GuessDelay
from tjdocs.chip.pace import PaceCard, PaceProtocol
from tjdocs.chip.passwords import Can, MrzKey, Password
from tjdocs.chip.secure_messaging import SecureMessaging, SecureMessagingError
from tjdocs.chip.session import ProtocolError
from tjdocs.chip.terminal_authentication import CardSide, compressed
from tjdocs.errors import UsageError
from tjdocs.lds import LdsError, ef_catalogue
from tjdocs.lds.dg14 import Dg14, SecurityInfo, SecurityInfos
from tjdocs.lds.ef_atr_info import EfAtrInfo
from tjdocs.lds.ef_catalogue import Place
from tjdocs.pki.cvc import TerminalTrust

__all__ = ["APPLICATION", "Card"]

APPLICATION = bytes.fromhex("A0000002471001")
"""The application identifier of the eMRTD application (Doc 9303-10, 3.11)."""

_MASTER_FILE = 0x3F00
_ODD_OFFSET, _ODD_DATA = 0x54, 0x53
_OPEN_FILES = ("EF.CardAccess", "EF.DIR", "EF.ATR/INFO")
_AFTER_PACE = "EF.CardSecurity"
_SENSITIVE = ("DG3", "DG4")
_GET_RESPONSE, _STATUS = 0xC0, 2
_GUESSES = ("mac", "token")

_OK = Answer(0x9000)
_WRONG_LENGTH, _NOT_ALLOWED, _CONDITIONS, _SM_MISSING, _SM_WRONG = 0x6700, 0x6982, 0x6985, 0x6987, 0x6988
_WRONG_DATA, _NOT_FOUND, _WRONG_PARAMETERS, _NO_REFERENCE = 0x6A80, 0x6A82, 0x6A86, 0x6A88
_WRONG_OFFSET, _UNKNOWN_INS, _UNKNOWN_CLASS, _FAILED = 0x6B00, 0x6D00, 0x6E00, 0x6300


class Card:
    """A card, as a transport of :func:`tjdocs.chip.read`.

    EF.CardAccess decides whether it has PACE, DG14 whether chip authentication, DG15 whether active authentication.
    EF.ATR/INFO limits the lengths of commands and answers. An answer that is longer than a short command takes comes in
    parts, by GET RESPONSE.

    :param files: by name, as :class:`tjdocs.lds.ef_catalogue.LdsFile` has them
    :param mrz_key: the password of both access protocols; None: the chip is open to everybody
    :param keys: the private keys
    :param can: the second password of PACE
    :param bac: whether it has basic access control
    :param terminals: the authorities whose terminals may read DG3 and DG4, and the card's date; None: nobody may.
        Both change as certificates come in, and are kept over sessions
    :param largest: the most bytes of an answer, without its status word
    :raises UsageError: DG14, EF.CardAccess or EF.ATR/INFO is malformed, or there is no file
    """

    def __init__(
        self,
        files: Mapping[str, bytes],
        mrz_key: MrzKey | None,
        keys: CardKeys | None = None,
        *,
        can: Can | None = None,
        bac: bool = True,
        terminals: TerminalTrust | None = None,
        largest: int = EXTENDED,
    ) -> None:
        if not files:
            raise UsageError("a card without files", where="files", hint="the files of an issued document")
        self.files = dict(files)
        self.keys = keys or CardKeys()
        self._passwords = {password.reference: password for password in (mrz_key, can) if password is not None}
        self._mrz_key, self._bac = mrz_key, bac
        lengths = self._lengths()
        self._most_command = lengths.most_command
        self._largest, self._most_answer = largest, lengths.most_answer
        self._delay = GuessDelay()
        self.wait: Callable[[float], object] | None = None
        """Called with the seconds that wrong passwords cost, before the next password is judged. They count beyond a
        reset. None: nobody waits."""
        self._pace = pace.protocols(self._infos("EF.CardAccess"))
        self._offers = self._chip_authentication()
        self._terminals = CardSide(terminals) if terminals is not None else None
        self.power_on()

    def __repr__(self) -> str:
        return f"Card({len(self.files)} files)"

    def _infos(self, name: str) -> tuple[SecurityInfo, ...]:
        if name not in self.files:
            return ()
        data = self.files[name]
        try:
            return Dg14.parse(data).infos if name == "DG14" else SecurityInfos.parse(data).infos
        except LdsError as error:
            raise UsageError("security infos that cannot be read", where=name, hint=error.message) from None

    def _lengths(self) -> EfAtrInfo:
        if "EF.ATR/INFO" not in self.files:
            return EfAtrInfo(None, None)
        try:
            return EfAtrInfo.parse(self.files["EF.ATR/INFO"])
        except LdsError as error:
            raise UsageError("lengths that cannot be read", where="EF.ATR/INFO", hint=error.message) from None

    def _chip_authentication(self) -> tuple[ChipAuthentication, ...]:
        try:
            return chip_authentication.choices(self._infos("DG14"))
        except GroupError:
            return ()

    def power_on(self) -> None:
        """Forget the session: a card pulled out and put back."""
        self._place = Place.MASTER_FILE
        self._file: str | None = None
        self._challenge: bytes | None = None
        self._run: PaceCard | None = None
        self._left = b""
        self._end_session()

    reset = power_on

    def _end_session(self) -> None:
        """Drop keys and rights."""
        self._messaging: SecureMessaging | None = None
        self._next: SecureMessaging | None = None
        self._named: ChipAuthentication | None = None
        self._access = self._mrz_key is None
        self._by_pace = False
        self._identifier: bytes | None = None  # of this chip, for terminal authentication
        self._agreed: bytes | None = None  # the reader's newest key of chip authentication
        if self._terminals is not None:
            self._terminals.end_session()
            self.files["EF.CVCA"] = self._terminals.file

    def transmit(self, command: bytes) -> bytes:
        """Answer a command. No bytes raise an error."""
        try:
            parsed = Command.parse(command)
        except ApduError:
            return Answer(_WRONG_LENGTH).encode()
        if self._most_command is not None and len(command) > self._most_command:
            return Answer(_WRONG_LENGTH).encode()
        if parsed.ins == _GET_RESPONSE and not parsed.cla & ~0x0C:
            return self._rest(parsed)
        answer = self._answer(parsed)
        if parsed.extended or len(answer.data) <= SHORT:
            self._left = b""
            return answer.encode()
        self._left = answer.encode()
        return self._part_of_answer(SHORT)

    def _rest(self, command: Command) -> bytes:
        """Give the next part of an answer. It is the transport's command: the session goes on (TR-03110-3, F.1)."""
        if not self._left or command.data:
            return Answer(_CONDITIONS).encode()
        return self._part_of_answer(min(command.le or 0, SHORT))

    def _part_of_answer(self, size: int) -> bytes:
        part, self._left = self._left[:size], self._left[size:]
        remaining = len(self._left) - _STATUS
        if remaining <= 0:
            part, self._left = part + self._left, b""
            return part
        return Answer(0x6100 | (remaining if remaining < SHORT else 0), part).encode()

    def _answer(self, command: Command) -> Answer:
        unknown = bool(command.cla & ~0x1C)
        if unknown or not command.cla & 0x0C:
            if self._messaging is not None:  # a plain command ends the session (Doc 9303-11, 9.8.3)
                self._end_session()
                return Answer(_UNKNOWN_CLASS if unknown else _SM_MISSING)
            if unknown:
                return Answer(_UNKNOWN_CLASS)
            return self._shown(command, self._run_command(command))
        if self._messaging is None:
            return Answer(_SM_WRONG)
        messaging = self._messaging
        try:
            plain = messaging.open_command(command)
        except SecureMessagingError:
            self._end_session()
            return Answer(_SM_WRONG)
        answer = self._protect(messaging, plain, self._shown(plain, self._run_command(plain)))
        if self._next is not None:
            self._messaging, self._next = self._next, None
        return answer

    def _protect(self, messaging: SecureMessaging, command: Command, answer: Answer) -> Answer:
        """Protect an answer under the keys that its command had."""
        return messaging.protect_answer(answer, command.ins)

    def _shown(self, command: Command, answer: Answer) -> Answer:
        """Cut an answer to the length that was asked for."""
        if command.le is None:
            return Answer(answer.sw)
        most = EXTENDED if command.le == SHORT else command.le  # Le 00 asks for all that there is
        return Answer(answer.sw, answer.data[: min(most, self._largest)])

    def _run_command(self, command: Command) -> Answer:
        if command.ins != 0x82:  # a challenge is for the command after it
            self._challenge = None
        action = self._commands().get(command.ins)
        if action is None:
            return Answer(_UNKNOWN_INS)
        if command.cla & 0x10 and command.ins != 0x86:
            return Answer(0x6884)
        if command.ins != 0x86:
            self._run = None
        try:
            return action(command)
        except (ProtocolError, GroupError, TlvError):
            return Answer(_FAILED if command.ins in (0x82, 0x86) else _WRONG_DATA)

    def _commands(self) -> Mapping[int, Callable[[Command], Answer]]:
        return {
            0xA4: self._select,
            0xB0: self._read,
            0xB1: self._read_odd,
            0x84: self._get_challenge,
            0x82: self._external_authenticate,
            0x22: self._set_environment,
            0x2A: self._verify_certificate,
            0x86: self._general_authenticate,
            0x88: self._internal_authenticate,
        }

    # files

    def _select(self, command: Command) -> Answer:
        how, data = command.p1, command.data
        if how == 0x04:
            if data != APPLICATION:
                return Answer(_NOT_FOUND)
            self._place, self._file = Place.APPLICATION, None
            return _OK
        if how == 0x00 and data in (b"", _MASTER_FILE.to_bytes(2, "big")):
            self._place, self._file = Place.MASTER_FILE, None
            return _OK
        if how not in (0x00, 0x02) or len(data) != 2:
            return Answer(_WRONG_PARAMETERS)
        name = self._named_file(lambda file: file.file_id == int.from_bytes(data, "big"))
        if name is None:
            return Answer(_NOT_FOUND if self._access else _NOT_ALLOWED)
        if not self._allowed(name):
            return Answer(_NOT_ALLOWED)
        self._file = name
        return _OK

    def _named_file(self, fits: Callable[[ef_catalogue.LdsFile], bool]) -> str | None:
        for file in ef_catalogue.files():
            if file.place is self._place and file.name in self.files and fits(file):
                return file.name
        return None

    def _allowed(self, name: str) -> bool:
        if name in _OPEN_FILES:
            return True
        if name == _AFTER_PACE:
            return self._by_pace
        granted = self._terminals.rights if self._terminals is not None else frozenset()
        return self._access and (name not in _SENSITIVE or name in granted)

    def _read(self, command: Command) -> Answer:
        if command.data or command.le is None:
            return Answer(_WRONG_LENGTH)
        if command.p1 & 0x80:
            if command.p1 & 0x60:
                return Answer(_WRONG_PARAMETERS)
            return self._part(self._by_short_id(command.p1 & 0x1F), command.p2, command.le)
        return self._part(self._file, command.p1 << 8 | command.p2, command.le)

    def _room(self) -> int:
        """Return the most bytes of a file in an answer."""
        if self._most_answer is None:
            return self._largest
        size, messaging = self._most_answer - _STATUS, self._messaging
        return min(self._largest, size if messaging is None else messaging.most_data(size))

    def _by_short_id(self, number: int) -> str | None:
        return self._named_file(lambda file: file.short_id == number)

    def _part(self, name: str | None, offset: int, size: int) -> Answer:
        if name is None:
            return Answer(0x6986 if self._access else _NOT_ALLOWED)
        if not self._allowed(name):
            return Answer(_NOT_ALLOWED)
        self._file = name
        content = self.files[name]
        if offset >= len(content):
            return Answer(_WRONG_OFFSET)
        return Answer(0x9000, content[offset : offset + min(size, self._room())])

    def _read_odd(self, command: Command) -> Answer:
        number = command.p1 << 8 | command.p2
        if number == 0:
            name = self._file
        elif number < 0x20:
            name = self._by_short_id(number)
        else:
            name = self._named_file(lambda file: file.file_id == number)
        asked = tlv.read(command.data)
        if asked.tag != _ODD_OFFSET or asked.end != len(command.data) or len(asked.value) > 4 or command.le is None:
            return Answer(_WRONG_DATA)
        header = 2 if command.le < 0x82 else 3 if command.le < 0x103 else 4
        part = self._part(name, int.from_bytes(asked.value, "big"), max(command.le - header, 1))
        return Answer(part.sw, tlv.encode(_ODD_DATA, part.data)) if part.ok else part

    # access

    def _get_challenge(self, command: Command) -> Answer:
        if command.le != bac.CHALLENGE:
            return Answer(_WRONG_LENGTH)
        if self._terminals is not None and self._messaging is not None:
            return self._terminals.challenge()
        if self._place is not Place.APPLICATION or not self._bac or self._mrz_key is None or self._access:
            return Answer(_CONDITIONS)
        self._challenge = secrets.token_bytes(bac.CHALLENGE)
        return Answer(0x9000, self._challenge)

    def _external_authenticate(self, command: Command) -> Answer:
        if self._terminals is not None and self._messaging is not None and self._identifier is not None:
            return self._terminals.authenticate(command.data, self._identifier, self._agreed)
        challenge, self._challenge = self._challenge, None
        if challenge is None or self._mrz_key is None or self._messaging is not None or self._access:
            return Answer(_CONDITIONS)
        self._slow_down()
        try:
            data, messaging = bac.answer(self._mrz_key, challenge, command.data)
        except ProtocolError as error:
            self._judge(error)
            raise
        self._delay.right()
        self._messaging, self._access = messaging, True
        self._identifier = self._mrz_key.information[:-14].encode()
        return Answer(0x9000, data)

    def _slow_down(self) -> None:
        if self.wait is not None and self._delay.seconds:
            self.wait(self._delay.seconds)

    def _judge(self, error: ProtocolError) -> None:
        """Count a wrong password; other faults teach a reader nothing."""
        if error.reason in _GUESSES:
            self._delay.wrong()

    def _set_environment(self, command: Command) -> Answer:
        where = command.p1 << 8 | command.p2
        objects = {item.tag: item.value for item in _objects(command.data)}
        if where == 0xC1A4:
            return self._set_pace(objects)
        if where == 0x41A4:
            return self._set_chip_authentication(objects)
        if where == 0x41A6:
            return self._key_agreement(objects)
        if self._terminals is not None and where in (0x81A4, 0x81B6):
            if self._messaging is None:
                return Answer(_NOT_ALLOWED)
            chosen = self._terminals.choose_issuer if where == 0x81B6 else self._terminals.choose_terminal
            return chosen(objects)
        return Answer(_WRONG_PARAMETERS)

    def _verify_certificate(self, command: Command) -> Answer:
        if self._terminals is None or self._messaging is None:
            return Answer(_UNKNOWN_INS if self._terminals is None else _NOT_ALLOWED)
        if command.p1 << 8 | command.p2 != 0x00BE:
            return Answer(_WRONG_PARAMETERS)
        answer = self._terminals.verify(command.data)
        self.files["EF.CVCA"] = self._terminals.file
        return answer

    def _set_pace(self, objects: Mapping[int, bytes]) -> Answer:
        if self._messaging is not None or self._access:
            return Answer(_CONDITIONS)
        named = objects.get(0x84)
        oid = tlv.encode(0x06, objects.get(0x80, b""))
        fitting = [protocol for protocol in self._pace if encode_oid(protocol.oid) == oid]
        if not fitting:
            return Answer(_WRONG_DATA)
        sets = {protocol.parameter_id for protocol in self._pace}
        if named is None and len(sets) > 1:
            return Answer(_NO_REFERENCE)
        chosen = next((p for p in fitting if named is None or p.parameter_id == int.from_bytes(named, "big")), None)
        password = self._passwords.get(int.from_bytes(objects.get(0x83, b""), "big"))
        if chosen is None or password is None:
            return Answer(_NO_REFERENCE)
        self._run = self._start(chosen, password)
        return _OK

    def _start(self, protocol: PaceProtocol, password: Password) -> PaceCard:
        return PaceCard(protocol, password, self.keys.mapping)

    def _general_authenticate(self, command: Command) -> Answer:
        if self._named is not None:
            return self._key_agreement(pace.dynamic_data(command.data))
        run, self._run = self._run, None
        if run is None:
            return Answer(_CONDITIONS)
        if run.last == bool(command.cla & 0x10):  # only the fourth step is the last of the chain
            return Answer(0x6883)
        if run.last:
            self._slow_down()
        try:
            data = run.step(command.data)
        except ProtocolError as error:
            self._judge(error)
            raise
        self._run = run
        if run.messaging is not None:
            self._delay.right()
            self._messaging, self._access, self._by_pace, self._run = run.messaging, True, True, None
            self._place, self._file = Place.MASTER_FILE, None
            number = run.protocol.parameter_id
            self._identifier = compressed(number, run.chip_key)
            self._agreed = compressed(number, run.reader_key) if run.protocol.mapping == "CAM" else None
        return Answer(0x9000, data)

    # authenticity

    def _set_chip_authentication(self, objects: Mapping[int, bytes]) -> Answer:
        if self._messaging is None:
            return Answer(_NOT_ALLOWED)
        oid = tlv.encode(0x06, objects.get(0x80, b""))
        offered = [offer for offer in self._offers if offer.oid and encode_oid(offer.oid) == oid]
        self._named = _of_key(offered, objects)
        return _OK if self._named is not None else Answer(_NO_REFERENCE if offered else _WRONG_DATA)

    def _key_agreement(self, objects: Mapping[int, bytes]) -> Answer:
        if self._messaging is None:
            return Answer(_NOT_ALLOWED)
        named, self._named = self._named, None
        kat = named is None
        offer = _of_key([o for o in self._offers if not o.suite.aes], objects) if named is None else named
        private = self.keys.chip_authentication.get(offer.key_id) if offer is not None else None
        if offer is None or private is None:
            return Answer(_NO_REFERENCE)
        group = offer.group
        public = group.decode(objects.get(0x91 if kat else 0x80, b""))
        if group.encode(public) == group.encode(offer.key):
            return Answer(_WRONG_DATA)
        self._next = chip_authentication.new_messaging(offer.suite, group, group.power(public, private))
        self._agreed = compressed(group.parameter_id, group.encode(public))
        return _OK if kat else Answer(0x9000, tlv.encode(0x7C, b""))

    def _internal_authenticate(self, command: Command) -> Answer:
        key = self.keys.active_authentication
        if not self._access or key is None:
            return Answer(_NOT_ALLOWED if not self._access else _UNKNOWN_INS)
        if len(command.data) != active_authentication.CHALLENGE or command.le is None:
            return Answer(_WRONG_LENGTH)
        return Answer(
            0x9000, active_authentication.sign(key, self.keys.active_hash, command.data, secrets.token_bytes(1024))
        )


def _of_key(offers: list[ChipAuthentication], objects: Mapping[int, bytes]) -> ChipAuthentication | None:
    """Return the offer of the key that a reader named; the only one where it named none."""
    named = objects.get(0x84)
    if named is None:
        return offers[0] if len(offers) == 1 else None
    return next((offer for offer in offers if offer.key_id == int.from_bytes(named, "big")), None)


def _objects(data: bytes) -> list[tlv.Tlv]:
    objects, position = [], 0
    while position < len(data):
        item = tlv.read(data, position)
        objects.append(item)
        position = item.end
    return objects
