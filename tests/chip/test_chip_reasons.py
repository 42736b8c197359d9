"""Every reason word of the live checks, each from a card that misbehaves in one way, and the verdict that follows."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest

from tests.support import builders as b
from tests.support import cards
from tests.support.cards import CAN, Between, Shown, ca_info, changing, pace_info, public_info, static_key
from tjdocs.asn1 import tlv
from tjdocs.chip import Card, CardKeys, TransportError
from tjdocs.chip.apdu import Answer, Command
from tjdocs.chip.groups import by_parameter_id
from tjdocs.chip.secure_messaging import SecureMessaging
from tjdocs.findings import checks

FULL = (pace_info(), ca_info(), public_info())
CAM = pace_info("PACE-ECDH-CAM-AES-CBC-CMAC-128", 13)
ACTIVE = b.ec_key("active")
OTHER = b.ec_key("another")
SHORT_KEY = b.der(0x6F, b.rsa_spki((1 << 767) + 1))


class Case(NamedTuple):
    """A card, what is between it and the reader, and the finding."""

    check: str
    reason: str
    outcome: str
    verdict: str
    shown: Callable[[], Shown]
    between: Callable[[Card], Any] | None = None
    options: Mapping[str, Any] = MappingProxyType({})

    @property
    def id(self) -> str:
        return f"{self.check}-{self.reason}"


def answered(ins: int, answer: bytes, times: int = 1000) -> Callable[[Card], Between]:
    """Put an answer in place of those to an instruction."""
    left = [times]

    def change(_: int, command: bytes, real: bytes) -> bytes:
        if command[1] != ins or not left[0]:
            return real
        left[0] -= 1
        return answer

    return changing(change)


def step(number: int, change: Callable[[bytes], bytes]) -> Callable[[Card], Between]:
    """Change the answer to a step of PACE."""
    count = [0]

    def changed(_: int, command: bytes, real: bytes) -> bytes:
        if command[1] != 0x86 or command[0] & 0x0C:
            return real
        count[0] += 1
        return change(real) if count[0] == number else real

    return changing(changed)


def first_protected(change: Callable[[bytes], bytes]) -> Callable[[Card], Between]:
    """Change the first protected answer to READ BINARY."""
    left = [1]

    def changed(_: int, command: bytes, real: bytes) -> bytes:
        if not command[0] & 0x0C or command[1] != 0xB0 or not left[0]:
            return real
        left[0] = 0
        return change(real)

    return changing(changed)


class Resealing:
    """A card whose protected answers are right but for one change: it has the session's keys."""

    def __init__(self, card: Card, change: Callable[[SecureMessaging, bytes], bytes]) -> None:
        self._card, self._change, self._left = card, change, 1

    def transmit(self, command: bytes) -> bytes:
        real = self._card.transmit(command)
        messaging = self._card._messaging
        if messaging is None or not command[0] & 0x0C or command[1] != 0xB0 or not self._left:
            return real
        self._left = 0
        return self._change(messaging, real)

    def reset(self) -> None:
        self._card.power_on()


def resealed(
    make: Callable[[list[tuple[int, bytes]]], list[tuple[int, bytes]]], sw: bytes = b""
) -> Callable[[Card], Resealing]:
    """Change the objects of a protected answer and make the MAC again."""

    def change(messaging: SecureMessaging, real: bytes) -> bytes:
        data = real[:-2]
        places, _ = tlv.places(data, 0, len(data), 9)
        objects = make([(tag, data[start:stop]) for tag, _, start, stop in places if tag != 0x8E])
        covered = b"".join(value if tag == 0 else tlv.encode(tag, value) for tag, value in objects)
        block = messaging.suite.block
        padded = covered + b"\x80" + bytes(-(len(covered) + 1) % block)
        mac = messaging._mac(messaging._counter() + padded)
        return covered + tlv.encode(0x8E, mac) + (sw or real[-2:])

    return lambda card: Resealing(card, change)


def long_form(objects: list[tuple[int, bytes]]) -> list[tuple[int, bytes]]:
    """Write the status with a length of two bytes."""
    return [(0, b"\x99\x81\x02" + value) if tag == 0x99 else (tag, value) for tag, value in objects]


class Removed:
    """A card that leaves the reader after some commands, or a reader that fails."""

    def __init__(self, card: Card, after: int, reason: str) -> None:
        self._card, self._left, self._reason = card, after, reason

    def transmit(self, command: bytes) -> bytes:
        if not self._left:
            raise TransportError(self._reason)
        self._left -= 1
        return self._card.transmit(command)


def flipped(data: bytes, place: int) -> bytes:
    changed = bytearray(data)
    changed[place] ^= 1
    return bytes(changed)


def plain_chip() -> Shown:
    return Shown()


def reflecting(step_number: int) -> Callable[[Card], Between]:
    """Send the reader's own key back."""
    count = [0]

    def change(_: int, command: bytes, real: bytes) -> bytes:
        if command[1] != 0x86 or command[0] & 0x0C:
            return real
        count[0] += 1
        if count[0] != step_number:
            return real
        own = tlv.read(tlv.read(Command.parse(command).data).value).value
        tag = {2: 0x82, 3: 0x84}[step_number]
        return tlv.encode(0x7C, tlv.encode(tag, own)) + b"\x90\x00"

    return changing(change)


def off_curve(real: bytes) -> bytes:
    return flipped(real, -3)


def endless(_: int, command: bytes, real: bytes) -> bytes:
    return b"\x61\x10"


def wrong_key(**more: Any) -> Shown:
    return Shown(*FULL, keys=CardKeys({None: static_key(12) ^ 1}), **more)


def refusing_aa() -> Shown:
    return Shown(pace_info(), active=ACTIVE, keys=CardKeys())


def aa_info(oid: str) -> bytes:
    return cards.info("aaProtocolObject", b.integer(1), b.oid(oid))


def answering(make: Callable[[bytes], bytes]) -> Callable[[Card], Card]:
    """Change the data that the card's own active authentication returns."""

    def change(card: Card) -> Card:
        own = card._internal_authenticate

        def changed(command: Command) -> Answer:
            answer = own(command)
            return Answer(answer.sw, make(answer.data))

        card._internal_authenticate = changed  # type: ignore[method-assign]
        return card

    return change


def signed_block(block: int, size: int) -> bytes:
    """Return what opens to a block under the key of active authentication."""
    numbers = b.rsa_key("active").private_numbers()
    return pow(block, numbers.d, numbers.public_numbers.n).to_bytes(size, "big")


def cam(security: bytes | None = None, keys: CardKeys | None = None, **more: Any) -> Shown:
    signed = cards.card_security(CAM, public_info(13, named=True)) if security is None else security
    return Shown(CAM, security=signed, keys=keys, **more)


def in_der(raw: bytes) -> bytes:
    half = len(raw) // 2
    parts = (int.from_bytes(raw[:half], "big"), int.from_bytes(raw[half:], "big"))
    return b.sequence(*(b.integer(part) for part in parts))


SHA256 = aa_info("0.4.0.127.0.7.1.1.4.1.3")
CASES = [
    # access
    Case("chip.access", "no-access", "failed", "refer", plain_chip, None, {"password": cards.MrzKey("X" * 24)}),
    Case("chip.access", "no-application", "failed", "refer", plain_chip, answered(0xA4, b"\x6a\x82")),
    Case("chip.access", "no-password", "failed", "refer", plain_chip, None, {"password": CAN}),
    Case("chip.access", "card-removed", "aborted", "refer", plain_chip, lambda card: Removed(card, 7, "card-removed")),
    Case("chip.access", "reader-error", "aborted", "refer", plain_chip, lambda card: Removed(card, 3, "reader-error")),
    Case("chip.access", "record-ended", "aborted", "refer", plain_chip, lambda card: Removed(card, 9, "record-ended")),
    Case("chip.access", "limit", "aborted", "refer", plain_chip, changing(endless)),
    Case("chip.access", "cancelled", "aborted", "refer", plain_chip, None, {"cancelled": lambda: True}),
    Case("chip.access", "structure", "failed", "refer", plain_chip, changing(lambda n, c, a: b"\x90")),
    Case(
        "chip.access",
        "quirks",
        "warning",
        "admit",
        lambda: Shown(pace_info(), fault="read-160"),
    ),
    # PACE
    Case("chip.pace", "not-used", "not-applicable", "admit", plain_chip),
    Case(
        "chip.pace", "refused", "failed", "refer", lambda: Shown(pace_info()), None, {"password": cards.Can("000000")}
    ),
    Case(
        "chip.pace",
        "structure",
        "failed",
        "refer",
        lambda: Shown(pace_info()),
        step(1, lambda a: b"\x7c\x05\x80" + a[3:]),
    ),
    Case("chip.pace", "invalid-key", "failed", "refer", lambda: Shown(pace_info()), step(2, off_curve)),
    Case("chip.pace", "same-key", "failed", "refer", lambda: Shown(pace_info()), reflecting(3)),
    Case(
        "chip.pace",
        "nonce",
        "failed",
        "refer",
        lambda: Shown(pace_info()),
        step(1, lambda a: b"\x7c\x03\x80\x01\x00\x90\x00"),
    ),
    Case("chip.pace", "token", "failed", "refer", lambda: Shown(pace_info()), step(4, lambda a: flipped(a, -3))),
    Case("chip.pace", "no-parameters", "failed", "refer", lambda: Shown(pace_info(parameter_id=7))),
    Case(
        "chip.pace",
        "object-unknown",
        "warning",
        "admit",
        lambda: Shown(pace_info()),
        step(4, lambda a: tlv.encode(0x7C, tlv.read(a).value + b"\x8a\x00") + b"\x90\x00"),
    ),
    # basic access control
    Case("chip.bac", "not-used", "not-applicable", "admit", lambda: Shown(pace_info())),
    Case("chip.bac", "refused", "failed", "refer", plain_chip, answered(0x82, b"\x63\x00")),
    Case("chip.bac", "structure", "failed", "refer", plain_chip, answered(0x84, b"\x01\x02\x90\x00")),
    Case(
        "chip.bac", "mac", "failed", "refer", plain_chip, changing(lambda n, c, a: flipped(a, 3) if c[1] == 0x82 else a)
    ),
    Case("chip.bac", "challenge-not-returned", "failed", "refer", plain_chip, lambda card: Forgetful(card)),
    Case(
        "chip.bac",
        "after-pace",
        "warning",
        "refer",
        lambda: Shown(pace_info()),
        step(2, off_curve),
        {"bac_after_pace": True},
    ),
    Case("chip.bac", "repeated-challenge", "warning", "admit", lambda: Shown(fault="bac-challenge-repeats")),
    # secure messaging
    Case("chip.secure-messaging", "not-used", "not-applicable", "refer", plain_chip, None, {"password": CAN}),
    Case(
        "chip.secure-messaging",
        "unprotected",
        "failed",
        "refer",
        lambda: Shown(pace_info()),
        first_protected(lambda a: b"\x90\x00"),
    ),
    Case(
        "chip.secure-messaging",
        "structure",
        "failed",
        "refer",
        lambda: Shown(pace_info()),
        first_protected(lambda a: b"\x87\x7f" + a),
    ),
    Case(
        "chip.secure-messaging",
        "no-mac",
        "failed",
        "refer",
        lambda: Shown(pace_info()),
        first_protected(lambda a: a[:-12] + a[-2:]),
    ),
    Case(
        "chip.secure-messaging",
        "mac",
        "failed",
        "refer",
        lambda: Shown(pace_info()),
        first_protected(lambda a: flipped(a, 6)),
    ),
    Case(
        "chip.secure-messaging",
        "no-status",
        "failed",
        "refer",
        lambda: Shown(pace_info()),
        resealed(lambda o: [x for x in o if x[0] != 0x99]),
    ),
    Case(
        "chip.secure-messaging",
        "no-data",
        "failed",
        "refer",
        plain_chip,
        resealed(lambda o: [x for x in o if x[0] != 0x87]),
    ),
    Case(
        "chip.secure-messaging",
        "padding",
        "failed",
        "refer",
        plain_chip,
        resealed(lambda o: [(t, flipped(v, -1) if t == 0x87 else v) for t, v in o]),
    ),
    Case("chip.secure-messaging", "status-differs", "failed", "refer", plain_chip, resealed(lambda o: o, b"\x62\x82")),
    Case("chip.secure-messaging", "object-order", "warning", "admit", plain_chip, resealed(lambda o: o[::-1])),
    Case(
        "chip.secure-messaging",
        "object-unknown",
        "warning",
        "admit",
        plain_chip,
        resealed(lambda o: [(0x85 + 1, b"x"), *o]),
    ),
    Case("chip.secure-messaging", "length-not-minimal", "warning", "admit", plain_chip, resealed(long_form)),
    # chip authentication
    Case(
        "chip.ca",
        "premise",
        "undetermined",
        "refuse",
        lambda: Shown(*FULL, changed={"DG1": b.dg1(b.zone(number="X00000000"))}),
    ),
    Case("chip.ca", "not-asked", "undetermined", "refer", lambda: Shown(*FULL, changed={"DG14": None})),
    Case("chip.ca", "not-offered", "not-applicable", "admit", plain_chip),
    Case("chip.ca", "refused", "failed", "refuse", lambda: Shown(*FULL, keys=CardKeys())),
    Case("chip.ca", "structure", "failed", "refuse", lambda: Shown(*FULL), lambda card: Babbling(card)),
    Case("chip.ca", "not-proved", "failed", "refuse", wrong_key),
    Case(
        "chip.ca",
        "invalid-key",
        "failed",
        "refuse",
        lambda: Shown(pace_info(), ca_info(), public_info(12)[:-1] + bytes((public_info(12)[-1] ^ 1,))),
    ),
    Case("chip.ca", "no-data", "failed", "refuse", lambda: cam(keys=CardKeys())),
    Case("chip.ca", "no-key", "failed", "refuse", lambda: cam(cards.card_security(CAM))),
    Case(
        "chip.ca",
        "key-not-signed",
        "undetermined",
        "refer",
        lambda: cam(
            cards.card_security(CAM, public_info(13, named=True), by=b.signer(b.csca(key=b.ec_key("stranger"))))
        ),
    ),
    Case("chip.ca", "no-protocol", "warning", "admit", lambda: Shown(pace_info(), public_info())),
    # active authentication
    Case(
        "chip.aa",
        "premise",
        "undetermined",
        "refuse",
        lambda: Shown(
            pace_info(),
            active=ACTIVE,
            changed={"DG15": b.der(0x6F, b.spki(OTHER))},
            keys=CardKeys(active_authentication=OTHER),
        ),
    ),
    Case(
        "chip.aa",
        "not-asked",
        "undetermined",
        "refer",
        lambda: Shown(pace_info(), active=ACTIVE, changed={"DG15": None}),
    ),
    Case("chip.aa", "not-offered", "not-applicable", "admit", plain_chip),
    Case("chip.aa", "refused", "failed", "refuse", refusing_aa),
    Case(
        "chip.aa",
        "length",
        "failed",
        "refuse",
        lambda: Shown(pace_info(), active=b.rsa_key("active")),
        answering(lambda data: data[:100]),
    ),
    Case(
        "chip.aa",
        "trailer",
        "failed",
        "refuse",
        lambda: Shown(pace_info(), active=b.rsa_key("active")),
        answering(lambda data: signed_block(0x6A000C, len(data))),
    ),
    Case(
        "chip.aa",
        "wrong-signature",
        "failed",
        "refuse",
        lambda: Shown(pace_info(), active=ACTIVE, keys=CardKeys(active_authentication=OTHER)),
    ),
    Case(
        "chip.aa",
        "key-unusable",
        "undetermined",
        "refer",
        lambda: Shown(pace_info(), groups={15: SHORT_KEY}, keys=CardKeys(active_authentication=ACTIVE)),
    ),
    Case(
        "chip.aa",
        "algorithm-unknown",
        "failed",
        "refuse",
        lambda: Shown(pace_info(), aa_info("1.2.3.4"), active=ACTIVE),
    ),
    Case(
        "chip.aa",
        "hash-too-long",
        "warning",
        "admit",
        lambda: Shown(
            pace_info(),
            aa_info("0.4.0.127.0.7.1.1.4.1.5"),
            active=ACTIVE,
            keys=CardKeys(active_authentication=ACTIVE, active_hash="sha512"),
        ),
    ),
    Case("chip.aa", "no-algorithm", "warning", "admit", lambda: Shown(pace_info(), active=ACTIVE)),
    Case(
        "chip.aa",
        "signature-form",
        "warning",
        "admit",
        lambda: Shown(pace_info(), SHA256, active=ACTIVE),
        answering(in_der),
    ),
    # both lists of protocols
    Case(
        "chip.downgrade",
        "premise",
        "undetermined",
        "refuse",
        lambda: Shown(*FULL, changed={"DG1": b.dg1(b.zone(number="X00000000"))}),
    ),
    Case("chip.downgrade", "not-offered", "not-applicable", "admit", plain_chip),
    Case("chip.downgrade", "not-listed", "undetermined", "refer", lambda: Shown(access=(pace_info(),))),
    Case("chip.downgrade", "hidden", "failed", "refer", lambda: Shown(*FULL, changed={"EF.CardAccess": None})),
    Case(
        "chip.downgrade",
        "differs",
        "failed",
        "refer",
        lambda: Shown(pace_info("PACE-ECDH-GM-AES-CBC-CMAC-256", 13), pace_info(), access=(pace_info(),)),
    ),
    # copies
    Case(
        "chip.clone",
        "premise",
        "undetermined",
        "refuse",
        lambda: Shown(*FULL, changed={"DG1": b.dg1(b.zone(number="X00000000"))}),
    ),
    Case(
        "chip.clone",
        "not-asked",
        "undetermined",
        "refer",
        lambda: cam(
            cards.card_security(CAM, public_info(13, named=True), by=b.signer(b.csca(key=b.ec_key("stranger"))))
        ),
    ),
    Case("chip.clone", "not-offered", "not-applicable", "admit", plain_chip),
    Case("chip.clone", "not-proved", "failed", "refuse", wrong_key),
    Case("chip.clone", "stripped", "undetermined", "refer", lambda: Shown(*FULL, changed={"DG14": None})),
    # the chip as a whole
    Case(
        "chip.genuine",
        "premise",
        "undetermined",
        "refuse",
        lambda: Shown(*FULL, changed={"DG1": b.dg1(b.zone(number="X00000000"))}),
    ),
    Case("chip.genuine", "no-key", "undetermined", "admit", plain_chip),
    Case("chip.genuine", "not-proved", "failed", "refuse", wrong_key),
    Case("chip.genuine", "not-asked", "undetermined", "refer", lambda: Shown(*FULL, changed={"DG14": None})),
]


class Forgetful:
    """A card that answers to another challenge than the reader's."""

    def __init__(self, card: Card) -> None:
        self._card = card

    def transmit(self, command: bytes) -> bytes:
        answer = self._card.transmit(command)
        if command[1] != 0x82:
            return answer
        from tjdocs.chip import bac

        own = bac.keys(cards.zone_key())
        content = bac.opened(own, answer[:-2])
        return bac.sealed(own, content[:8] + bytes(8) + content[16:]) + b"\x90\x00"


class Babbling:
    """A card that adds data to the answer of chip authentication."""

    def __init__(self, card: Card) -> None:
        self._card = card
        own = card._general_authenticate

        def changed(command: Command) -> Answer:
            answer = own(command)
            return Answer(answer.sw, b"\x7c\x03\x82\x01\x00") if answer.data == b"\x7c\x00" else answer

        card._general_authenticate = changed  # type: ignore[method-assign]

    def transmit(self, command: bytes) -> bytes:
        return self._card.transmit(command)

    def reset(self) -> None:
        self._card.power_on()


@pytest.mark.requirement("ICAO-CHIP")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_card_gives_the_finding_and_the_verdict(case):
    findings, verdict = case.shown().judge(case.between, **case.options)
    found = {name: finding for name, finding in findings.items() if name.split()[0] == case.check}
    assert (case.outcome, case.reason) in found.values(), findings
    assert verdict.decision == case.verdict, (verdict.decided_by, findings)


def test_every_reason_of_a_live_check_is_given_by_some_card():
    listed = {(check.id, reason) for check in checks().values() for reason in check.reasons}
    live = {(check, reason) for check, reason in listed if b.of_a_live_chip(check, reason) and reason}
    live = {row for row in live if row[0] != "chip.ta"}  # tests/chip/test_terminal_authentication.py
    given = {(case.check, case.reason) for case in CASES}
    # the reader never goes on after an error
    assert live - given == {("chip.secure-messaging", "ended")}
    assert by_parameter_id(12) is not None


SIGNED = cards.card_security(CAM, public_info(13, named=True))


@pytest.mark.parametrize(
    "security",
    [
        b"",
        b"\x30",
        SIGNED[:-40] + bytes(40),
        SIGNED.replace(b"\x04\x00\x7f\x00\x07\x03\x02\x01", b"\x04\x00\x7f\x00\x07\x03\x02\x02"),
        tlv.read(b.sod(b.set_of([b.sequence()]), b.utopian_signer(), content_type=cards.SECURITY_OBJECT)).value,
        tlv.read(b.sod(b.set_of([CAM]), b.utopian_signer(), content_type=cards.SECURITY_OBJECT, signature=b"")).value,
        cards.card_security(CAM, public_info(13, named=True), by=b.signer(b.utopia(), country="FR")),
        cards.card_security(CAM, public_info(13, named=True), by=b.utopia()),
    ],
    ids=["none", "cut", "zeros", "type", "content", "unsigned", "other-state", "csca"],
)
def test_a_key_that_nobody_signed_proves_nothing(security):
    findings, _ = cam(security).judge()
    assert findings["chip.ca EF.CardSecurity"] == ("undetermined", "key-not-signed")


def test_the_open_list_is_compared_with_the_signed_file_of_its_kind():
    """EF.CardSecurity has every info of EF.CardAccess (Doc 9303-11, 9.2.11)."""
    both = (CAM, pace_info("PACE-ECDH-GM-AES-CBC-CMAC-128", 13))
    whole = Shown(*both, security=cards.card_security(*both, public_info(13, named=True)))
    assert whole.judge()[0]["chip.downgrade"] == ("passed", "")
    lacking = Shown(*both, security=cards.card_security(CAM, public_info(13, named=True)))
    assert lacking.judge()[0]["chip.downgrade"] == ("failed", "differs")


@pytest.mark.parametrize("data", [b"\x04\x02ab", b"\x61\x7f", b"\x60"], ids=["object", "cut", "byte"])
def test_data_in_plain_are_named_so(data):
    findings, _ = Shown(pace_info()).judge(first_protected(lambda a: data + b"\x90\x00"))
    assert findings["chip.secure-messaging"] == ("failed", "unprotected")


@pytest.mark.parametrize("data", [b"\x9f" * 100, b"\x30\x03\x02\x01\x05", b"\x31\x05\x00"], ids=["no object", "no set", "cut"])
@pytest.mark.parametrize("name", ["EF.CardAccess", "EF.CardSecurity"])
def test_a_list_of_protocols_that_cannot_be_read_refers_and_never_refuses(name, data):
    """No file with it says anything of the holder; a chip without PACE is read by basic access control."""
    shown = Shown()
    shown.card.files[name] = data
    findings, verdict = shown.judge()
    assert findings["chip.access"] == ("passed", "")
    assert verdict.decision == ("refer" if name == "EF.CardAccess" else "admit")  # the latter is read after PACE alone
    of_files = replace(shown.scene, chip=shown.card.files).judge()
    assert of_files.decision in ("admit", "refer")
