"""A card with a fault: where a fault can come in, and the card that lets it (``specs/chip/faults.toml``)."""

import time
from collections.abc import Callable, Mapping

from tjdocs.chip import bac
from tjdocs.chip.apdu import Answer, Command
from tjdocs.chip.card import Card
from tjdocs.chip.card_keys import CardKeys
from tjdocs.chip.groups import Group
from tjdocs.chip.pace import PaceCard, PaceProtocol
from tjdocs.chip.passwords import Can, MrzKey, Password
from tjdocs.chip.secure_messaging import SecureMessaging
from tjdocs.pki.cvc import TerminalTrust

__all__ = ["Behaviour", "FaultyCard"]


class Behaviour:
    """The places where a fault comes in. Each does nothing here."""

    def basis(self, files: dict[str, bytes]) -> dict[str, bytes]:
        """Return the files by which the card decides what it can do."""
        return files

    def shown(self, files: dict[str, bytes]) -> dict[str, bytes]:
        """Return the files that it gives."""
        return files

    def keys(self, keys: CardKeys) -> CardKeys:
        """Return its private keys."""
        return keys

    def raw(self, card: "FaultyCard", command: bytes, answer: Callable[[bytes], bytes]) -> bytes:
        """Answer the bytes that came."""
        return answer(command)

    def before(self, card: "FaultyCard", stage: str, command: Command) -> Answer | None:
        """Return an answer in place of the card's own."""
        return None

    def after(self, card: "FaultyCard", stage: str, command: Command, answer: Answer) -> Answer:
        """Return the answer to be sent, before its protection."""
        return answer

    def run(self, protocol: PaceProtocol, password: Password, static: int | None) -> PaceCard:
        """Return the card's side of a run of PACE."""
        return PaceCard(protocol, password, static)

    def sealed(self, card: "FaultyCard", messaging: SecureMessaging, command: Command, plain: Answer) -> Answer:
        """Return the protected answer."""
        return messaging.protect_answer(plain, command.ins)


class FaultyCard(Card):
    """A card with a fault, as a transport of :func:`tjdocs.chip.read`.

    :param behaviour: the fault
    :param sleep: waits so many seconds
    :raises UsageError: as :class:`tjdocs.chip.Card` does
    """

    def __init__(
        self,
        behaviour: Behaviour,
        files: Mapping[str, bytes],
        mrz_key: MrzKey | None,
        keys: CardKeys | None = None,
        *,
        can: Can | None = None,
        bac: bool = True,
        terminals: TerminalTrust | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.behaviour = behaviour
        self.sleep = sleep
        self.run_number = 0
        self.group: Group | None = None
        """The group of the run of PACE."""
        keys = self.behaviour.keys(keys or CardKeys())
        super().__init__(self.behaviour.basis(dict(files)), mrz_key, keys, can=can, bac=bac, terminals=terminals)
        self.files = self.behaviour.shown(dict(self.files))

    def transmit(self, command: bytes) -> bytes:
        """Answer a command. Only a fault of the transport raises an error."""
        return self.behaviour.raw(self, command, super().transmit)

    def stage(self, command: Command) -> str:
        """Return a word for the place of a command in the reading."""
        where = command.p1 << 8 | command.p2
        if command.ins == 0x86 and self._messaging is None:
            return f"pace-{self.run_number}"
        if command.ins == 0xA4:
            return {4: "select-application", 0: "select-master-file"}.get(command.p1, "select-file")
        if command.ins == 0x22:
            return {0xC1A4: "pace-0", 0x41A4: "ca-set", 0x41A6: "ca"}.get(where, "set")
        return {0xB0: "read", 0xB1: "read", 0x84: "challenge", 0x82: "bac", 0x86: "ca", 0x88: "aa"}.get(command.ins, "")

    def _run_command(self, command: Command) -> Answer:
        if command.ins == 0x22:
            self.run_number = 0
        elif command.ins == 0x86:
            self.run_number += 1
        stage = self.stage(command)
        answer = self.behaviour.before(self, stage, command)
        if answer is None:
            answer = super()._run_command(command)
        elif command.ins == 0x86:  # the step was not done
            self.run_number -= 1
        return self.behaviour.after(self, stage, command, answer)

    def _protect(self, messaging: SecureMessaging, command: Command, answer: Answer) -> Answer:
        return self.behaviour.sealed(self, messaging, command, answer)

    def _start(self, protocol: PaceProtocol, password: Password) -> PaceCard:
        self.group = protocol.group
        return self.behaviour.run(protocol, password, self.keys.mapping)

    def run_plain(self, command: Command) -> Answer:
        """Return the right answer to a command."""
        return super()._run_command(command)

    def set_challenge(self, challenge: bytes) -> None:
        """Take another challenge than the random one."""
        self._challenge = challenge

    def lose_session(self) -> None:
        """Forget keys and rights."""
        self._end_session()

    @property
    def early(self) -> SecureMessaging | None:
        """The keys of chip authentication, which are not in use yet."""
        return self._next

    def keep_keys(self) -> None:
        """Forget the new keys of chip authentication."""
        self._next = None

    def own_file(self, command: Command) -> str | None:
        """Return the name of the file that a command reads."""
        if command.ins == 0xB0 and command.p1 & 0x80:
            return self._by_short_id(command.p1 & 0x1F)
        return self._file

    def bac_keys(self) -> bac.Keys:
        """Return the keys of basic access control."""
        assert self._mrz_key is not None  # noqa: S101
        return bac.keys(self._mrz_key)
