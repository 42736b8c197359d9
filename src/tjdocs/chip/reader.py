"""Read a chip: the order of Doc 9303-11, 4.2, whatever the card does."""

import secrets
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace

from tjdocs import limits
from tjdocs.asn1 import tlv
from tjdocs.asn1.tlv import TlvError
from tjdocs.chip import active_authentication, bac, chip_authentication, pace, terminal_authentication
from tjdocs.chip.active_authentication import ActiveAuthentication
from tjdocs.chip.apdu import SHORT, Answer, Command
from tjdocs.chip.card import APPLICATION
from tjdocs.chip.chip_authentication import ChipAuthentication, ChipAuthenticationRun
from tjdocs.chip.chip_reading import ChipReading, Step
from tjdocs.chip.groups import GroupError
from tjdocs.chip.pace import PaceProtocol, PaceRun
from tjdocs.chip.passwords import Can, MrzKey
from tjdocs.chip.secure_messaging import SecureMessagingError
from tjdocs.chip.session import ProtocolError, Session, SessionEndedError
from tjdocs.chip.terminal_authentication import Terminal, TerminalRun
from tjdocs.chip.transport import Transport, TransportError
from tjdocs.findings import Outcome
from tjdocs.lds import LdsError, ef_catalogue
from tjdocs.lds.dg14 import Dg14, SecurityInfo, SecurityInfos
from tjdocs.lds.dg15 import Dg15
from tjdocs.lds.ef_com import EfCom
from tjdocs.lds.ef_sod import EfSod, SodError
from tjdocs.pki import public_key

__all__ = ["read"]

Progress = Callable[[str, int, int], None]
"""Called with a file's name, the bytes read of it, and those that it has."""

_SIZES = (192, 160, 128, 96)
_FURTHEST = 0x7FFF
_PART, _BEHIND = 0x6282, 0x6B00
_HEADER = 8
_WRONG_LENGTH = 0x6700
_SENSITIVE = ("DG3", "DG4")
_VISITS = 8  # one for each smaller size, one for each proof that ended a session
_READING = (0xB0, 0xB1)
_ONCE_MORE = (0x6300, 0x6985)


class _LostError(Exception):
    """The session is over; the next one takes smaller parts, or leaves a protocol out."""


class _NoAccessError(Exception):
    """The chip stays closed; the steps say why."""


def read(
    transport: Transport,
    password: MrzKey | Can | None = None,
    *,
    terminal: Terminal | None = None,
    bac_after_pace: bool = False,
    progress: Progress = lambda name, done, size: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> ChipReading:
    """Read every file of a chip that its password opens, and let the chip prove its keys. No card raises an error.

    :param transport: the way to the card; where it has ``reset``, a broken session is begun again
    :param password: the MRZ's key or the card access number; None for a chip that is open
    :param terminal: reads DG3 and DG4 by terminal authentication; None leaves them out
    :param bac_after_pace: run basic access control after PACE failed. The standard has it only for chips without
        PACE, so that this is off.
    :param progress: called as the files come in
    :param cancelled: asked before each command; True ends the reading
    """
    return _Reader(transport, password, terminal, bac_after_pace, progress, cancelled).run()


class _Reader:
    def __init__(
        self,
        transport: Transport,
        password: MrzKey | Can | None,
        terminal: Terminal | None,
        bac_after_pace: bool,
        progress: Progress,
        cancelled: Callable[[], bool],
    ) -> None:
        self._transport, self._password, self._bac_after_pace = transport, password, bac_after_pace
        self._terminal, self._granted = terminal, frozenset[str]()
        self._progress, self._cancelled = progress, cancelled
        self._files: dict[str, bytes] = {}
        self._unread: dict[str, str] = {}
        self._steps: dict[str, Step] = {}
        self._session = Session(transport, cancelled=cancelled)
        self._pace: PaceRun | None = None
        self._agreed: ChipAuthenticationRun | None = None  # until an answer confirms it
        self._confirmed: ChipAuthenticationRun | None = None
        self._active: ActiveAuthentication | None = None
        self._chaining = False  # once the card refused extended length
        self._challenges: list[bytes] = []
        self._size: int | None = None  # of a part, once the usual one was too long

    def run(self) -> ChipReading:
        try:
            for _ in range(_VISITS):
                try:
                    self._visit()
                    break
                except _LostError:
                    self._restart()
            else:
                raise SessionEndedError("limit")
        except _NoAccessError:
            pass
        except TransportError as error:
            self._step("chip.access", Outcome.ABORTED, error.reason)
        except SessionEndedError as error:
            self._step("chip.access", Outcome.ABORTED, error.reason)
        except SecureMessagingError as error:
            self._step("chip.secure-messaging", Outcome.FAILED, error.reason)
        except ProtocolError as error:
            self._step("chip.access", Outcome.FAILED, error.reason, error.detail)
        session = self._session
        opened = self._steps.get("chip.access")
        if session.quirks and opened is not None and opened.outcome is Outcome.PASSED:
            self._step("chip.access", Outcome.WARNING, "quirks", ", ".join(sorted(session.quirks)))
        return ChipReading(
            files=dict(self._files),
            steps=tuple(self._steps.values()),
            unread=dict(self._unread),
            pace=self._pace,
            chip_authentication=self._confirmed,
            active_authentication=self._active,
            commands=session.commands,
            quirks=tuple(sorted(session.quirks)),
            received=session.received,
        )

    def _step(self, check: str, outcome: Outcome, reason: str = "", detail: str = "") -> None:
        self._steps[check] = Step(check, outcome, reason, detail)

    def _restart(self) -> None:
        reset = getattr(self._transport, "reset", None)
        if reset is None:
            raise TransportError("reader-error")
        reset()
        self._session = Session(self._transport, cancelled=self._cancelled, after=self._session)
        self._session.chaining = self._chaining
        # a proof and the files before access belong to the session that is over: the next card may be another
        self._pace = None
        if (
            self._terminal is not None and self._confirmed is not None
        ):  # terminal authentication needs one of its session
            self._confirmed = None
            self._steps.pop("chip.ca")
        for name in ("EF.CardAccess", "EF.CardSecurity"):
            self._files.pop(name, None)

    def _visit(self) -> None:
        self._open()
        for name in ("EF.COM", "EF.SOD"):
            self._file(name)
        listed = self._listed()
        if "DG14" in listed:
            self._file("DG14")
            self._authenticate_chip()
        if "DG15" in listed:
            self._file("DG15")
            self._authenticate_actively()
        if self._terminal is not None and not listed.isdisjoint(_SENSITIVE):
            self._authenticate_terminal(self._terminal, listed)
        for name in sorted(listed, key=lambda name: int(name[2:])):
            if name in self._granted:
                self._file(name)
                if name not in self._files:
                    self._step("chip.ta", Outcome.FAILED, "not-granted", self._unread[name])
            elif name in _SENSITIVE:
                self._unread.setdefault(name, "no-rights")
            else:
                self._file(name)
        self._note_messaging()

    def _listed(self) -> set[str]:
        """Return the data groups that EF.COM or EF.SOD lists."""
        numbers: set[int] = {1, 2}
        with suppress(KeyError, LdsError):
            numbers |= set(EfCom.parse(self._files["EF.COM"]).data_groups)
        with suppress(KeyError, SodError):
            numbers |= set(EfSod.parse(self._files["EF.SOD"]).security_object.hashes)
        return {f"DG{number}" for number in numbers if 1 <= number <= 16}

    # access

    def _open(self) -> None:
        """Get into the chip: PACE where it has it, else basic access control, unless it is open."""
        infos = self._card_access()
        protocols = pace.protocols(infos)
        done = bool(protocols) and self._run_pace(protocols, _named_sets(infos) > 1)
        if done:
            self._file("EF.CardSecurity")
        elif protocols:
            if not self._bac_after_pace:
                self._refuse("no-access")
            self._restart()  # the card may be in the middle of PACE
        elif any(info.name.startswith("PACE-") for info in infos) and not protocols:
            self._step("chip.pace", Outcome.FAILED, "no-parameters")
        self._select_application()
        if not done and not self._is_open():
            self._run_bac()
        self._step("chip.access", Outcome.PASSED)

    def _select_application(self) -> None:
        answer = self._send(Command(0x00, 0xA4, 0x04, 0x0C, APPLICATION))
        if not answer.ok:
            self._refuse("no-application", f"{answer.sw:04X}")

    def _refuse(self, reason: str, detail: str = "") -> None:
        self._step("chip.access", Outcome.FAILED, reason, detail)
        raise _NoAccessError

    def _card_access(self) -> tuple[SecurityInfo, ...]:
        """Return the infos of EF.CardAccess, none where it is missing or cannot be read."""
        chosen = self._send(Command(0x00, 0xA4, 0x00, 0x0C, b"\x3f\x00"))  # some cards refuse, and are there already
        self._file("EF.CardAccess")
        if not chosen.ok and "EF.CardAccess" not in self._files:
            chosen = self._send(Command(0x00, 0xA4, 0x00, 0x0C))
            self._file("EF.CardAccess")
            if chosen.ok and "EF.CardAccess" in self._files:
                self._session.quirks.add("master-file-without-data")
        data = self._files.get("EF.CardAccess")
        if data is None:
            if self._unread.get("EF.CardAccess") == "limit":  # a card without PACE has no such file at all
                self._step("chip.pace", Outcome.FAILED, "structure")
            return ()
        try:
            return SecurityInfos.parse(data).infos
        except LdsError:
            self._step("chip.pace", Outcome.FAILED, "structure")
            return ()

    def _run_pace(self, protocols: tuple[PaceProtocol, ...], named: bool) -> bool:
        """Run PACE by the strongest protocol, and say how it went.

        :param named: whether the card has several sets of domain parameters, known here or not
        """
        if self._password is None:
            self._refuse("no-password")
            return False
        if SecurityInfo.parse(protocols[0].info).identifier is None:
            self._session.quirks.add("parameter-id-missing")
        try:
            self._pace = pace.authenticate(self._session, protocols[0], self._password, named=named)
        except ProtocolError as error:
            self._step("chip.pace", Outcome.FAILED, error.reason, error.detail or protocols[0].name)
            return False
        self._note("chip.pace", self._pace.warnings, protocols[0].name)
        return True

    def _is_open(self) -> bool:
        """Whether a file can be read without any access protocol (Doc 9303-11, 4.1, note 1)."""
        answer = self._session.send(Command(0x00, 0xB0, 0x80 | ef_catalogue.by_name("EF.COM").short_id, 0, le=4))
        return answer.ok and bool(answer.data)

    def _run_bac(self) -> None:
        if not isinstance(self._password, MrzKey):
            self._refuse("no-password")
            return
        tried = len(self._challenges)
        try:
            self._try_bac(self._password)
        except ProtocolError as error:
            self._step("chip.bac", Outcome.FAILED, error.reason, error.detail)
            self._refuse("no-access")
        if len(self._challenges) > tried + 1:
            self._session.quirks.add("bac-second-try")
        failed = self._steps.get("chip.pace")
        warnings = ["after-pace"] if failed is not None and failed.outcome is Outcome.FAILED else []
        if len(set(self._challenges)) < len(self._challenges):
            warnings.append("repeated-challenge")
        self._note("chip.bac", warnings)

    def _try_bac(self, password: MrzKey) -> None:
        """Run basic access control, once more where the card refused: some do so at first, and take the second try."""
        try:
            bac.authenticate(self._session, password, self._challenges)
        except ProtocolError as error:
            if error.sw not in _ONCE_MORE or getattr(self._transport, "reset", None) is None:
                raise
            self._restart()
            self._select_application()
            bac.authenticate(self._session, password, self._challenges)

    def _note(self, check: str, warnings: Iterable[str], detail: str = "") -> None:
        """Say that a protocol passed, or passed with the first of its defects."""
        first = next(iter(sorted(warnings)), "")
        self._step(check, Outcome.WARNING if first else Outcome.PASSED, first, detail)

    def _note_messaging(self) -> None:
        messaging = self._session.messaging
        if messaging is not None:
            self._note("chip.secure-messaging", messaging.warnings, messaging.suite.name)

    # authenticity

    def _authenticate_chip(self) -> None:
        """Run chip authentication with the keys of DG14 until the chip takes one."""
        if self._session.messaging is None or "chip.ca" in self._steps:  # asked before the session was lost
            return
        try:
            infos = Dg14.parse(self._files["DG14"]).infos
            choices = chip_authentication.choices(infos)
        except (KeyError, LdsError):
            return
        except GroupError:
            self._step("chip.ca", Outcome.FAILED, "invalid-key")
            return
        for choice in choices:
            try:
                self._agreed = chip_authentication.authenticate(self._session, choice)
            except ProtocolError as error:
                self._step("chip.ca", Outcome.FAILED, error.reason, error.detail)
                continue
            except SecureMessagingError as error:
                if not _needs_length(choice) or not self._no_length("chip.ca", error):
                    self._step("chip.ca", Outcome.FAILED, "not-proved")
                raise _LostError from None
            self._select_again()
            self._confirmed, self._agreed = self._agreed, None
            self._note("chip.ca", choice.warnings, choice.suite.name)
            return

    def _no_length(self, check: str, error: SecureMessagingError) -> bool:
        """Whether a card refused extended length. The next session chains, or leaves the protocol out."""
        if error.reason != "unprotected" or (error.sw != _WRONG_LENGTH and not self._chaining):
            return False
        if self._chaining:
            self._step(check, Outcome.UNDETERMINED, "not-asked", f"{error.sw:04X}")
        self._chaining = True
        return True

    def _select_again(self) -> None:
        """Let an answer confirm the new keys: without one nothing is proved."""
        short_id = ef_catalogue.by_name("EF.SOD").short_id
        try:
            self._session.send(Command(0x00, 0xB0, 0x80 | short_id, 0, le=8))
        except (SecureMessagingError, ProtocolError):
            self._agreed = None
            self._step("chip.ca", Outcome.FAILED, "not-proved")
            raise _LostError from None

    def _authenticate_actively(self) -> None:
        """Have a random challenge signed; the answer is judged with the files, not here."""
        try:
            key = public_key.load(Dg15.parse(self._files["DG15"]).public_key)
        except (KeyError, LdsError):
            return
        size = active_authentication.answer_size(key)
        if not size or self._active is not None or "chip.aa" in self._steps:
            return
        most = self._session.messaging.most_short if self._session.messaging else SHORT
        challenge = secrets.token_bytes(active_authentication.CHALLENGE)
        command = Command(0x00, 0x88, data=challenge, le=max(size, SHORT), extended=size > most)
        try:
            answer = self._send(command)
            if answer.ok and key.kind == "rsa" and len(answer.data) < size:
                # some cards cut a signature by the form of the command: the other form, with a new challenge
                challenge = secrets.token_bytes(active_authentication.CHALLENGE)
                other = replace(command, data=challenge, extended=not command.extended)
                answer = self._send(replace(other, le=size if other.extended else min(size, SHORT)))
                if answer.ok and len(answer.data) == size:
                    self._session.quirks.add("signature-cut")
        except SecureMessagingError as error:
            if error.reason != "unprotected":
                raise
            # a long signature needs a long answer
            if not command.extended or not self._no_length("chip.aa", error):
                self._step("chip.aa", Outcome.FAILED, "refused", f"{error.sw:04X}")
            raise _LostError from None
        if not answer.ok:
            self._step("chip.aa", Outcome.FAILED, "refused", f"{answer.sw:04X}")
            return
        self._active = ActiveAuthentication(challenge, answer.data)

    def _authenticate_terminal(self, terminal: Terminal, listed: set[str]) -> None:
        """Get the rights to DG3 and DG4, and say how it went."""
        if "chip.ta" in self._steps and not self._steps["chip.ta"].outcome.ok:
            return  # asked before the session was lost
        self._granted = frozenset()
        try:
            unprotected = any(self._shows(name) for name in sorted(listed.intersection(_SENSITIVE)))
            run = self._terminal_run(terminal)
        except ProtocolError as error:
            undecided = error.reason in ("no-chain", "no-chip-authentication")
            outcome = Outcome.UNDETERMINED if undecided else Outcome.FAILED
            self._step("chip.ta", outcome, error.reason, error.detail)
            return
        except SecureMessagingError as error:
            if error.reason != "unprotected":
                raise
            self._step("chip.ta", Outcome.FAILED, "refused", f"{error.sw:04X}")
            raise _LostError from None
        self._granted = run.rights
        self._note("chip.ta", (*run.warnings, *(("unprotected",) if unprotected else ())), run.authority)

    def _shows(self, name: str) -> bool:
        """Whether the chip gives a protected file's first bytes before terminal authentication."""
        answer = self._session.send(Command(0x00, 0xB0, 0x80 | ef_catalogue.by_name(name).short_id, 0, le=_HEADER))
        return _readable(answer)

    def _terminal_run(self, terminal: Terminal) -> TerminalRun:
        chip, run = self._confirmed, self._pace
        if chip is not None:
            agreed = terminal_authentication.compressed(chip.choice.group.parameter_id, chip.public)
        elif run is not None and run.authentication_data:
            agreed = terminal_authentication.compressed(run.protocol.parameter_id, run.reader_key)
        else:
            raise ProtocolError("no-chip-authentication")
        infos: tuple[SecurityInfo, ...] = ()
        with suppress(KeyError, LdsError):
            infos = Dg14.parse(self._files["DG14"]).infos
        info = terminal_authentication.offered(infos)
        names = run.authorities if run is not None else ()
        names = names or terminal_authentication.read_references(self._session, info)
        identifiers = terminal_authentication.chip_identifiers(self._password, run)
        return terminal_authentication.authenticate(self._session, terminal, names, identifiers, agreed)

    # files

    def _send(self, command: Command) -> Answer:
        answer = self._session.send(command)
        if command.ins in _READING and answer.ok and not answer.data and self._session.messaging is not None:
            self._session.messaging.end()
            raise SecureMessagingError("no-data")
        return answer

    def _file(self, name: str) -> None:
        """Read a file, or note why not."""
        if name in self._files:
            return
        try:
            content, reason = self._content(name)
        except SecureMessagingError as error:
            if error.reason == "unprotected" and error.sw == _WRONG_LENGTH and self._smaller():
                raise _LostError from None
            raise
        if content:
            self._files[name] = content
            self._unread.pop(name, None)
        else:
            self._unread[name] = reason

    def _smaller(self) -> bool:
        """Take the next smaller size of a part; whether there is one."""
        size = self._part_size()
        smaller = next((smaller for smaller in _SIZES if smaller < size), None)
        if smaller is not None:
            self._session.quirks.add("smaller-parts")
        self._size = smaller or size
        return smaller is not None

    def _part_size(self) -> int:
        if self._size is not None:
            return self._size
        return self._session.messaging.most_short if self._session.messaging is not None else SHORT

    def _content(self, name: str) -> tuple[bytes, str]:
        """Return a file's bytes up to the end of its object, or as many as there are, and why there are none."""
        entry = ef_catalogue.by_name(name)
        answer = self._first(entry)
        if not _readable(answer):
            return b"", f"{answer.sw:04X}"
        parts, done = [answer.data], len(answer.data)
        try:
            size = tlv.announced(answer.data)
        except TlvError:
            return answer.data, ""
        if size > limits.CHIP_FILE:
            return b"", "limit"
        while done < size and answer.data and answer.sw != _PART:
            self._progress(name, done, size)
            answer = self._next(done, min(self._part_size(), size - done))
            if answer.sw == _PART and answer.data:
                self._session.quirks.add("end-warned")
            if _readable(answer):
                parts.append(answer.data)
                done += len(answer.data)
            elif answer.sw == _WRONG_LENGTH and self._smaller():
                answer = replace(answer, data=b"again")
            elif answer.sw not in (_BEHIND, _PART, 0x9000):  # not the end: the file is whole, and was not read
                return b"", f"{answer.sw:04X}"
            else:
                break
        self._progress(name, min(done, size), size)
        return b"".join(parts)[:size], ""

    def _first(self, entry: ef_catalogue.LdsFile) -> Answer:
        """Return the first bytes, by short identifier or, where the card has none, after a SELECT.

        They say how long the file is: some cards end the session where a reader asks for more than there is.
        """
        answer = self._send(Command(0x00, 0xB0, 0x80 | entry.short_id, 0, le=_HEADER))
        if _readable(answer):
            return answer
        chosen = self._send(Command(0x00, 0xA4, 0x02, 0x0C, entry.file_id.to_bytes(2, "big")))
        if not chosen.ok:
            return chosen
        return self._send(Command(0x00, 0xB0, 0, 0, le=_HEADER))

    def _next(self, offset: int, size: int) -> Answer:
        """Return a further part; beyond 32 kB by the odd instruction (Doc 9303-10, 3.6.6)."""
        if offset <= _FURTHEST:  # some cards refuse a part that reaches beyond
            return self._send(Command(0x00, 0xB0, offset >> 8, offset & 0xFF, le=min(size, _FURTHEST + 1 - offset)))
        header = 2 if size < 0x80 else 3
        asked = tlv.encode(0x54, offset.to_bytes((offset.bit_length() + 7) // 8, "big"))
        answer = self._send(Command(0x00, 0xB1, 0, 0, asked, le=min(size + header, self._part_size())))
        if not _readable(answer):
            return answer
        try:
            item = tlv.read(answer.data)
        except TlvError:
            raise ProtocolError("structure") from None
        if item.tag != 0x53:
            raise ProtocolError("structure")
        return replace(answer, data=item.value)


def _needs_length(choice: ChipAuthentication) -> bool:
    """Whether a reader's key is too long for a short command under secure messaging."""
    return len(choice.group.encode(choice.key)) > _SIZES[0]


def _named_sets(infos: tuple[SecurityInfo, ...]) -> int:
    """Return how many sets of domain parameters the PACEInfos of a card name, those unknown here too."""
    return len({info.identifier for info in infos if info.name.startswith("PACE-") and info.identifier is not None})


def _readable(answer: Answer) -> bool:
    return answer.sw in (0x9000, _PART) and bool(answer.data)
