"""Each departure of real chips that the reader gets over: the files are read, and the reading names it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.support import builders as b
from tests.support import cards
from tests.support.cards import Between, Shown, ca_info, pace_info, public_info, static_key
from tjdocs.chip import Card, CardKeys, ChipReading, active_authentication
from tjdocs.chip.active_authentication import ActiveAuthentication
from tjdocs.chip.apdu import Answer, Command
from tjdocs.chip.quirks import quirks
from tjdocs.errors import InputError
from tjdocs.lds.dg14 import SecurityInfo

RSA = b.rsa_key("active")


def running(card: Card, change: Callable[[Command, Callable[[Command], Answer]], Answer]) -> Card:
    """Let the card answer its plain commands in another way."""
    own = card._run_command
    card._run_command = lambda command: change(command, own)  # type: ignore[method-assign]
    return card


def no_identifier(command: Command, own: Callable[[Command], Answer]) -> Answer:
    """Find the master file only by the command without its identifier."""
    if command.ins == 0xA4 and command.p1 == 0 and command.data:
        return Answer(0x6A86)
    if command.ins == 0xA4 and command.p1 == 0:
        no_identifier.chosen = True
    lost = command.p1 in (2, 0x9C) and not getattr(no_identifier, "chosen", False)
    return Answer(0x6A82) if lost and command.ins in (0xA4, 0xB0) else own(command)


def wants_parameters(command: Command, own: Callable[[Command], Answer]) -> Answer:
    missing = command.ins == 0x22 and command.p1 == 0xC1 and b"\x84\x01" not in command.data
    return Answer(0x6A87) if missing else own(command)


def wants_no_parameters(command: Command, own: Callable[[Command], Answer]) -> Answer:
    if command.ins != 0x22 or command.p1 != 0xC1:
        return own(command)
    if b"\x84\x01" in command.data:
        return Answer(0x6A80)
    return own(replace(command, data=command.data + b"\x84\x01\x0c"))


def refuses_first(command: Command, own: Callable[[Command], Answer], tries: list[int] = []) -> Answer:  # noqa: B006
    if command.ins != 0x82:
        return own(command)
    tries.append(1)
    return Answer(0x6985) if len(tries) == 1 else own(command)


def without_kat(command: Command, own: Callable[[Command], Answer]) -> Answer:
    return Answer(0x6A86) if command.ins == 0x22 and command.p2 == 0xA6 else own(command)


def cut_once(size: int) -> Callable[[Command, Callable[[Command], Answer]], Answer]:
    def change(command: Command, own: Callable[[Command], Answer]) -> Answer:
        answer = own(command)
        return Answer(answer.sw, answer.data[:size]) if command.ins == 0x88 and not command.extended else answer

    return change


def warned(command: Command, own: Callable[[Command], Answer]) -> Answer:
    answer = own(command)
    return replace(answer, sw=0x6282) if command.ins == 0xB0 and command.p2 > 8 and answer.ok else answer


def corrected(command: Command, own: Callable[[Command], Answer]) -> Answer:
    too_much = command.ins == 0xB0 and (command.le or 0) > 100
    return Answer(0x6C64) if too_much else own(command)


GM = pace_info()
NO_ID = cards.info("PACE-ECDH-GM-AES-CBC-CMAC-128", b.integer(2))
DOMAIN = SecurityInfo.parse(public_info(12)).required
CA_3DES = (pace_info(), ca_info("CA-ECDH-3DES-CBC-CBC"), public_info())
CA_DH = (pace_info(), ca_info("CA-DH-AES-CBC-CMAC-128"), public_info(2))
CASES: dict[str, tuple[Callable[[], Shown], Any]] = {
    "master-file-without-data": (lambda: Shown(GM), no_identifier),
    "parameters-named": (lambda: Shown(GM), wants_parameters),
    "parameters-not-named": (
        lambda: Shown(GM, pace_info("PACE-ECDH-GM-3DES-CBC-CBC", 13)),
        wants_no_parameters,
    ),
    "parameter-id-missing": (lambda: Shown(GM, NO_ID, access=(NO_ID, pace_info("PACE-ECDH-GM-3DES-CBC-CBC"))), None),
    "bac-second-try": (Shown, refuses_first),
    "key-agreement-in-two": (lambda: Shown(*CA_3DES), without_kat),
    "signature-cut": (lambda: Shown(active=rsa.generate_private_key(65537, 1800)), cut_once(0)),
    "chained": (lambda: Shown(*CA_DH, keys=CardKeys({None: static_key(2)}), fault="chain-only"), None),
    "smaller-parts": (lambda: Shown(GM, fault="read-160"), None),
    "length-corrected": (lambda: Shown(GM), corrected),
    "end-warned": (lambda: Shown(GM), warned),
}


@pytest.mark.requirement("ICAO-CHIP")
@pytest.mark.parametrize("name", CASES)
def test_the_reader_gets_over_it_and_names_it(name):
    make, change = CASES[name]
    no_identifier.__dict__.clear()
    shown = make()
    if name == "parameter-id-missing":
        one = shown.card._pace
        shown.card._pace = tuple(replace(p, parameter_id=12) for p in one)
    reading = shown.read(lambda card: running(card, change) if change else card)
    assert name in reading.quirks, (reading.steps, reading.unread)
    steps = {step.check: step for step in reading.steps}
    assert (str(steps["chip.access"].outcome), steps["chip.access"].reason) == ("warning", "quirks")
    assert name in steps["chip.access"].detail
    assert {"DG1", "DG2"} <= set(reading.files)
    again = ChipReading.from_json(reading.as_json(), reading.files)
    assert again.quirks == reading.quirks


def test_every_row_has_its_card():
    assert [quirk.name for quirk in quirks()] == list(CASES)


def test_a_right_card_has_no_quirk():
    assert Shown(*CA_3DES, active=RSA).read().quirks == ()


def test_a_modulus_with_one_bit_in_its_first_octet():
    """The block of such a signature begins after an octet of zero (k mod 8 = 1)."""
    private = rsa.generate_private_key(65537, 2049)
    challenge = bytes(8)
    signature = active_authentication.sign(private, "sha256", challenge, bytes(range(1, 256)) * 2)
    run = ActiveAuthentication(challenge, signature)
    assert active_authentication.check(b.spki(private), (), run) == ("", ())
    other = ActiveAuthentication(bytes(7) + b"\x01", signature)
    assert active_authentication.check(b.spki(private), (), other)[0] == "wrong-signature"


@pytest.mark.parametrize(
    "change",
    [
        {"commands": float("inf")},
        {"steps": [["chip.pace", "failed", "no-such-word", ""]]},
        {"steps": [["pa.authentic", "passed", "", ""]]},
        {"steps": [["chip.nothing", "passed", "", ""]]},
        {"quirks": ["no-such-quirk"]},
        {"quirks": "smaller-parts"},
    ],
    ids=["infinite", "reason", "other-check", "no-check", "quirk", "text"],
)
def test_a_reading_of_other_words_is_refused(change):
    table = Shown(GM).read().as_json() | change
    with pytest.raises(InputError, match="not the reading"):
        ChipReading.from_json(table, {})


def test_sets_of_parameters_that_the_reader_does_not_know_count_too():
    """The card has two sets, so that the one chosen is named."""
    sent: list[bytes] = []

    def note(_: int, command: bytes, answer: bytes) -> bytes:
        sent.append(command)
        return answer

    unknown = pace_info(parameter_id=31)
    shown = Shown(GM, access=(GM, unknown))
    shown.read(lambda card: Between(card, note))
    first = next(command for command in sent if command[:4] == bytes.fromhex("0022C1A4"))
    assert b"\x84\x01\x0c" in first
