"""Hostile cards and hostile readers: no session hangs, raises or convinces, and no protected byte leaves a card."""

import os
import random

import pytest

from tests.support import builders as b
from tests.support import cards
from tests.support.cards import Shown, ca_info, pace_info, public_info
from tjdocs import limits
from tjdocs.chip import Card, TransportError, chip_authentication, pace, read
from tjdocs.chip.apdu import Answer, ApduError, Command
from tjdocs.chip.card import APPLICATION
from tjdocs.chip.groups import CurveGroup, GroupError, ModpGroup, groups
from tjdocs.chip.secure_messaging import SecureMessagingError
from tjdocs.chip.session import Session
from tjdocs.lds.dg14 import Dg14, SecurityInfos

FULL = os.environ.get("TJDOCS_SWEEP") == "full"
SESSIONS = 50_000 if FULL else 200
COMMANDS = 200_000 if FULL else 4_000
PLAIN = "EF.CardAccess"  # read before any key was agreed on: anybody may change it
BOMBS = (
    b"\x31\x84\xff\xff\xff\xff" + bytes(40),
    b"\x30\x80" * 200,
    b"\x31\x82\x10\x00" + b"\x30\x00" * 2048,
    b"\x31\x1e" + b"\x31\x1c" * 14,
    bytes(3),
)


class Liar:
    """A card on whose line somebody without its keys writes anything."""

    def __init__(self, card: Card, seed: int) -> None:
        self._card, self._random = card, random.Random(seed)
        self._rate = self._random.choice((0.02, 0.1, 0.5, 1.0))
        self.count = 0

    def reset(self) -> None:
        self._card.power_on()

    def transmit(self, command: bytes) -> bytes:
        self.count += 1
        real = self._card.transmit(command)
        chance = self._random
        if chance.random() > self._rate:
            return real
        return chance.choice(
            (
                lambda: chance.randbytes(chance.randrange(300)),
                lambda: real[:-2] + chance.randrange(0x6000, 0xA000).to_bytes(2, "big"),
                lambda: chance.randrange(0x6000, 0xA000).to_bytes(2, "big"),
                lambda: real[: chance.randrange(len(real) + 1)],
                lambda: flipped(real, chance.randrange(8 * len(real))),
                lambda: real[:-2] * 2 + real[-2:],
                lambda: chance.choice(BOMBS) + b"\x90\x00",
                lambda: b"\x61\x00",
            )
        )()


def flipped(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def genuine(reading, shown):
    """Whether all that was read under keys is the card's own.

    A line may make any chip look like an open one: that is another chip, and its files are judged as read.
    """
    keyed = any(step.check in ("chip.pace", "chip.bac") and step.outcome.ok for step in reading.steps)
    return not keyed or all(
        name == PLAIN or shown.card.files[name].startswith(data) for name, data in reading.files.items()
    )


@pytest.fixture(scope="module")
def documents():
    return [
        Shown(),
        Shown(pace_info(parameter_id=8), active=b.ec_key("active")),
        Shown(pace_info("PACE-ECDH-IM-3DES-CBC-CBC", 8), ca_info(), public_info()),
    ]


@pytest.mark.sweep
def test_nobody_without_the_keys_changes_a_byte_that_is_read(documents):
    read_whole = 0
    for seed in range(SESSIONS):
        shown = documents[seed % 10 // 4]
        shown.card.power_on()
        line = Liar(shown.card, seed)
        reading = read(line, cards.zone_key())
        assert line.count <= reading.commands <= limits.CHIP_COMMANDS
        assert genuine(reading, shown), seed
        read_whole += dict(reading.files) == shown.card.files
    assert 0 < read_whole < SESSIONS  # some were hardly touched, and most were


class Inside:
    """A card with the keys of its session, which answers anything under them."""

    def __init__(self, shown: Shown, seed: int) -> None:
        self._card, chance = shown.card, random.Random(seed)
        right = Card._run_command

        def answer(card: Card, command: Command) -> Answer:
            if not card._access or chance.random() > 0.3:
                return right(card, command)
            size = chance.choice((0, 1, 5, 200, 300, 4000))
            start = chance.choice((b"", *BOMBS, b"\x75\x83\x98\x96\x80", b"\x61\x5d"))
            return Answer(chance.choice((0x9000, 0x9000, 0x6282, 0x6C10, 0x6700, 0x6A82)), (start + chance.randbytes(size))[:300])

        self._answer = answer

    def transmit(self, command: bytes) -> bytes:
        self._card._run_command = self._answer.__get__(self._card)
        try:
            return self._card.transmit(command)
        finally:
            del self._card._run_command

    def reset(self) -> None:
        self._card.power_on()


@pytest.mark.sweep
def test_a_card_that_answers_anything_under_its_keys_ends_in_findings(documents):
    for seed in range(SESSIONS // 4):
        shown = documents[seed % 3]
        shown.card.power_on()
        findings, verdict = shown.judge(lambda _, shown=shown, seed=seed: Inside(shown, seed))
        assert findings["chip.access"][0] in ("passed", "warning", "failed", "aborted")
        assert verdict.decision in ("refer", "refuse") or findings["chip.access"] == ("passed", "")


class Endless:
    """A card that gives one byte of a large file at a time."""

    def __init__(self, card: Card) -> None:
        self._card, self.count = card, 0

    def transmit(self, command: bytes) -> bytes:
        self.count += 1
        if command[1] == 0xB0:
            return (b"\x60\x83\x10\x00\x00" if command[2] & 0x80 else b"\x00") + b"\x90\x00"
        return b"\x90\x00"


def test_a_session_has_a_bound(monkeypatch):
    monkeypatch.setattr(limits, "CHIP_COMMANDS", 500)
    card = Endless(Shown().card)
    reading = read(card, None)
    assert card.count == reading.commands == 500
    assert [(step.check, step.reason) for step in reading.steps][-1] == ("chip.access", "limit")
    assert not reading.files


@pytest.mark.sweep
def test_a_reader_without_a_password_gets_no_protected_byte(documents):
    """Random commands, and right ones in a wrong order; a session that anybody can begin is none."""
    chance = random.Random(20261201)
    secret = [data for name, data in documents[1].card.files.items() if name != PLAIN]
    fragments = {data[at : at + 8] for data in secret for at in range(0, len(data) - 8, 3)}
    fragments = {fragment for fragment in fragments if fragment not in documents[1].card.files[PLAIN]}  # DG14 repeats it
    right = [
        Command(0, 0xA4, 4, 12, APPLICATION),
        Command(0, 0xA4, 0, 12, b"\x3f\x00"),
        *(Command(0, 0xA4, 2, 12, bytes((1, n))) for n in (*range(1, 17), 0x1C, 0x1D, 0x1E)),
        *(Command(0, 0xB0, 0x80 | n, 0, le=256) for n in range(1, 31)),
        Command(0, 0xB0, 0, 0, le=256),
        Command(0, 0xB1, 0, 0, b"\x54\x01\x00", 256),
        Command(0, 0xB1, 1, 1, b"\x54\x01\x00", 256),
        Command(0, 0x84, le=8),
        Command(0, 0x82, data=bytes(40), le=40),
        Command(0, 0x22, 0xC1, 0xA4, bytes.fromhex("800A04007F00070202040202830101")),
        Command(0x10, 0x86, data=b"\x7c\x00", le=256),
        Command(0, 0x86, data=b"\x7c\x00", le=256),
        Command(0, 0x22, 0x41, 0xA4, bytes.fromhex("800A04007F00070202030202")),
        Command(0, 0x22, 0x41, 0xA6, bytes(40)),
        Command(0, 0x88, data=bytes(8), le=256),
        Command(0, 0xC0, le=256),
        Command(0x0C, 0xC0, le=256),
        Command(0x0C, 0xB0, 0x81, 0, bytes.fromhex("9701008E080000000000000000"), 256),
        Command(0x0C, 0xA4, 2, 12, bytes.fromhex("8E080000000000000000"), 256),
    ]
    card = documents[1].card
    card.power_on()
    for _ in range(COMMANDS):
        if chance.random() < 0.8:
            command = chance.choice(right).encode()
            if chance.random() < 0.1:
                command = flipped(command, chance.randrange(8 * len(command)))
        else:
            command = chance.randbytes(chance.randrange(1, 60))
        answer = card.transmit(command)
        assert not any(answer[at : at + 8] in fragments for at in range(len(answer) - 7)), command.hex()
        assert card._messaging is None
        if chance.random() < 0.01:
            card.power_on()


SENSITIVE = {"DG3": b.der(0x63, bytes(range(1, 200))), "DG4": b.der(0x76, bytes(range(200, 1, -1)))}


@pytest.mark.sweep
@pytest.mark.parametrize("proved", [False, True], ids=["access", "chip-authentication"])
def test_a_reader_with_a_password_gets_no_byte_of_fingerprints(proved):
    """Protected commands in any order, whose answers it can decrypt: access is not the right to read DG3 and DG4."""
    card = Shown(pace_info(), ca_info(), public_info(), active=b.ec_key("active"), changed=SENSITIVE).card
    fragments = {data[at : at + 8] for data in SENSITIVE.values() for at in range(len(data) - 7)}
    chance = random.Random(20261202)
    right = [
        Command(0, 0xA4, 4, 12, APPLICATION),
        Command(0, 0xA4, 0, 12, b"\x3f\x00"),
        *(Command(0, 0xA4, 2, 12, bytes((1, n))) for n in (1, 3, 3, 4, 4, 14)),
        *(Command(0, 0xB0, 0x80 | n, offset, le=256) for n in (1, 3, 4, 14) for offset in (0, 8)),
        *(Command(0, 0xB0, 0, offset, le=200) for offset in (0, 8)),
        *(Command(0, 0xB1, where >> 8, where & 255, b"\x54\x01\x00", 256) for where in (0, 3, 4, 0x103, 0x104)),
        Command(0, 0x84, le=8),
        Command(0, 0x82, data=bytes(40), le=40),
        Command(0, 0x22, 0x41, 0xA4, bytes.fromhex("800A04007F00070202030202")),
        Command(0, 0x22, 0x81, 0xA4, bytes(20)),
        Command(0, 0x22, 0x81, 0xB6, bytes(20)),
        Command(0, 0x2A, 0, 0xBE, bytes(60)),
        Command(0, 0x86, data=b"\x7c\x00", le=256),
        Command(0, 0x88, data=bytes(8), le=256),
    ]
    session, read_something = None, 0
    for _ in range(COMMANDS // 2):
        if session is None:
            session = inside(card, proved=proved)
        command = chance.choice(right)
        if chance.random() < 0.1:
            command = Command(0, chance.choice((0xA4, 0xB0, 0xB1)), chance.randrange(256), chance.randrange(256), b"", 256)
        try:
            answer = session.send(command)
        except SecureMessagingError:
            session = None
            continue
        read_something += len(answer.data)
        assert not any(answer.data[at : at + 8] in fragments for at in range(len(answer.data) - 7)), command
        if chance.random() < 0.002:
            card.transmit(b"\x00\xb0\x83\x00\x00")
            session = None
    assert read_something > COMMANDS


def inside(card, *, proved):
    """Return a session after access, and after chip authentication too."""
    card.power_on()
    session = Session(card)
    protocol = pace.protocols(SecurityInfos.parse(card.files[PLAIN]).infos)[0]
    pace.authenticate(session, protocol, cards.CAN, named=False)
    session.send(Command(0, 0xA4, 4, 12, APPLICATION))
    if proved:
        chip_authentication.authenticate(session, chip_authentication.choices(Dg14.parse(card.files["DG14"]).infos)[0])
    return session


class Once:
    """A card whose answer to one command is another one; every further answer too, if it is said."""

    def __init__(self, card: Card, number: int, answer: bytes, *, always: bool = False) -> None:
        self._card, self._number, self._given, self._always, self.count = card, number, answer, always, 0

    def reset(self) -> None:
        self._card.power_on()

    def transmit(self, command: bytes) -> bytes:
        self.count += 1
        real = self._card.transmit(command)
        return self._given if self.count == self._number or (self._always and self.count > self._number) else real


WORDS = range(0x6000, 0xA000) if FULL else (0x6100, 0x6110, 0x6200, 0x6282, 0x6300, 0x63C1, 0x6700, 0x6982, 0x6A82, 0x6B00, 0x6C00, 0x6C10, 0x6D00, 0x9000, 0x9001)


@pytest.mark.sweep
@pytest.mark.parametrize("kind", range(3), ids=["bac", "pace", "im-ca"])
def test_every_status_word_at_every_step(documents, kind):
    """Alone, and with the data of before: no session hangs, and no byte that is not the card's is taken for it."""
    shown = documents[kind]
    shown.card.power_on()
    usual = read(shown.card, cards.zone_key())
    chance = random.Random(kind)
    steps = range(1, usual.commands + 1)
    # at full size each word of two bytes at some step, else some words at every third one
    full = [(chance.choice(steps), word) for word in WORDS[kind::3]]
    for step, word in full if FULL else [(step, chance.choice(WORDS)) for step in steps[kind::3]]:
        always = chance.random() < 0.1
        shown.card.power_on()
        line = Once(shown.card, step, word.to_bytes(2, "big"), always=always)
        reading = read(line, cards.zone_key())
        assert line.count <= reading.commands <= 20 * usual.commands + 400, (step, hex(word))
        assert genuine(reading, shown), (step, hex(word))


@pytest.mark.parametrize("always", [False, True], ids=["once", "always"])
@pytest.mark.parametrize(
    "answer",
    [b"\x61\x00", b"\x61\x01", b"\x00" * 256 + b"\x61\x00", b"\x6c\x00", b"\x6c\x01", b"", b"\x90", bytes(70_000) + b"\x90\x00", b"\x7c" * 66_000 + b"\x61\x00"],
    ids=["61-empty", "61-one", "61-full", "6c-all", "6c-one", "nothing", "half", "oversize", "oversize-61"],
)
def test_endless_and_oversize_answers_end(documents, answer, always):
    shown = documents[1]
    for step in range(1, 14):
        shown.card.power_on()
        line = Once(shown.card, step, answer, always=always)
        reading = read(line, cards.zone_key())
        assert reading.commands == line.count <= 1_500, step
        assert genuine(reading, shown), step


@pytest.mark.parametrize("bomb", BOMBS, ids=["length", "indefinite", "many", "nested", "zeros"])
def test_a_bomb_in_card_access_ends_in_a_finding(bomb):
    """The reader goes on without PACE, as if the file were not there, and says so."""
    shown = Shown(pace_info())

    class Bomb:
        def transmit(self, command: bytes) -> bytes:
            parsed = Command.parse(command)
            first = command[:3] == b"\x00\xb0\x9c"
            if parsed.ins != 0xB0 or not (first or parsed.p1 < 0x80) or shown.card._access:
                return shown.card.transmit(command)
            offset = 0 if first else parsed.p1 << 8 | parsed.p2
            return bomb[offset : offset + (parsed.le or 0)] + b"\x90\x00"

        reset = shown.card.power_on

    shown.card.power_on()
    reading = read(Bomb(), cards.zone_key())
    steps = {step.check: str(step.outcome) for step in reading.steps}
    assert steps.get("chip.pace") != "passed"
    assert reading.commands < 2_000
    assert "DG1" not in reading.files or steps["chip.bac"] in ("passed", "warning")


@pytest.mark.parametrize("group", groups(), ids=lambda group: group.name)
def test_what_is_no_public_key_is_refused(group):
    size = len(group.encode(group.base))
    bad = [b"", bytes(size), b"\x04" + bytes(size - 1), b"\xff" * size, group.encode(group.base) + b"\x00"]
    if isinstance(group, CurveGroup):
        x, y = group.base.x(), group.base.y()
        half = (size - 1) // 2
        off = b"\x04" + int(x).to_bytes(half, "big") + int(y ^ 1).to_bytes(half, "big")
        compressed = bytes((2 + (y & 1),)) + int(x).to_bytes(half, "big")
        bad += [off, compressed, b"\x00"]
    else:
        assert isinstance(group, ModpGroup)
        p = group.prime
        other = next(n for n in range(2, 100) if pow(n, group.order, p) != 1)
        bad += [n.to_bytes(size, "big") for n in (0, 1, p - 1, other)] + [p.to_bytes(size + 1, "big")]
    for data in bad:
        with pytest.raises(GroupError):
            group.decode(data)
    right = group.encode(group.power(group.base, group.private_key()))
    assert group.encode(group.decode(right)) == right


@pytest.mark.parametrize("data", [b"", b"\x00\xa4\x04", b"\x00\xa4\x04\x0c\x05\x01", b"\x00\xb0\x00\x00\x00\x00\x05\x01", bytes(4) + b"\x00\x00\x00\x01\x02"])
def test_bytes_that_are_no_command_are_answered(data):
    with pytest.raises(ApduError):
        Command.parse(data)
    assert Shown().card.transmit(data) == b"\x67\x00"


def test_a_transport_that_fails_is_no_result_on_the_document():
    class Broken:
        def transmit(self, command: bytes) -> bytes:
            raise TransportError("reader-error")

    reading = read(Broken(), cards.zone_key())
    assert [(step.check, str(step.outcome), step.reason) for step in reading.steps] == [("chip.access", "aborted", "reader-error")]
