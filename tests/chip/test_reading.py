"""Reading a card: each protocol by itself and together, with the findings and the verdict that follow."""

import os

import pytest

from tests.support import builders as b
from tests.support import cards
from tests.support.cards import CAN, Shown, ca_info, pace_info, public_info
from tjdocs.asn1 import tlv
from tjdocs.chip import Card, CardKeys, MrzKey, RecordedTransport, RecordingTransport, read
from tjdocs.chip.apdu import Answer, Command
from tjdocs.chip.pace import PaceProtocol
from tjdocs.lds.dg14 import SecurityInfo
from tjdocs.specs import read_toml

FULL = os.environ.get("TJDOCS_SWEEP") == "full"
PROTOCOLS = sorted(name for name in read_toml("lds/security_infos.toml")["protocols"].values() if name.count("-") > 4)
OFFERED = [
    (name, number)
    for name in PROTOCOLS
    for number in range(32)
    if PaceProtocol.of(SecurityInfo.parse(pace_info(name, number))) is not None
]
PROVING = (pace_info(), ca_info(), public_info())


def files_of(shown):
    return {name: data for name, data in shown.card.files.items() if name != "EF.CardAccess"}


def test_every_protocol_of_the_standard_is_offered_with_every_group_that_it_has():
    """Doc 9303-11, tables 6 to 8: three groups of numbers, eleven curves, and integrated mapping not on one of them."""
    by_kind = {}
    for name, number in OFFERED:
        by_kind.setdefault(tuple(name.split("-")[1:3]), set()).add(number)
    curves = {8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18}
    assert by_kind == {
        ("DH", "GM"): {0, 1, 2},
        ("DH", "IM"): {0, 1, 2},
        ("ECDH", "GM"): curves,
        ("ECDH", "IM"): curves - {10},
        ("ECDH", "CAM"): curves,
    }


@pytest.mark.parametrize(("name", "number"), OFFERED[:: len(OFFERED) // 14], ids=lambda value: str(value))
def test_a_card_is_read_through_pace(name, number):
    shown = Shown(pace_info(name, number))
    for password in (cards.zone_key(), CAN):
        reading = shown.read(password=password)
        assert {step.check: str(step.outcome) for step in reading.steps} == {
            "chip.pace": "passed",
            "chip.access": "passed",
            "chip.secure-messaging": "passed",
        }
        assert reading.pace is not None
        assert reading.pace.protocol.name == name
        assert dict(reading.files) == shown.card.files


@pytest.mark.sweep
@pytest.mark.parametrize(("name", "number"), OFFERED if FULL else OFFERED[5 :: len(OFFERED) // 14], ids=lambda value: str(value))
def test_a_card_is_read_through_every_pace(name, number):
    shown = Shown(pace_info(name, number))
    assert dict(shown.read(password=CAN).files) == shown.card.files


def test_the_strongest_of_several_protocols_is_taken():
    weak, strong = pace_info("PACE-ECDH-GM-3DES-CBC-CBC", 12), pace_info("PACE-ECDH-GM-AES-CBC-CMAC-256", 13)
    shown = Shown(weak, strong)
    reading = shown.read()
    assert reading.pace is not None
    assert reading.pace.protocol.name == "PACE-ECDH-GM-AES-CBC-CMAC-256"
    assert dict(reading.files) == shown.card.files


def test_a_chip_without_pace_is_read_through_basic_access_control():
    shown = Shown()
    findings, verdict = shown.judge()
    assert findings == {
        "chip.access": ("passed", ""),
        "chip.pace": ("not-applicable", "not-used"),
        "chip.bac": ("passed", ""),
        "chip.secure-messaging": ("passed", ""),
        "chip.ca": ("not-applicable", "not-offered"),
        "chip.aa": ("not-applicable", "not-offered"),
        "chip.ta": ("not-applicable", "not-offered"),
        "chip.downgrade": ("not-applicable", "not-offered"),
        "chip.clone": ("not-applicable", "not-offered"),
        "chip.genuine": ("undetermined", "no-key"),
    }
    assert verdict.decision == "admit"


def test_an_open_chip_is_read_without_a_password():
    """Doc 9303-11, 4.1, note 1: a State may leave its chips open."""
    shown = Shown()
    plain = Card(files_of(shown), None)
    reading = read(plain, None)
    assert dict(reading.files) == plain.files
    assert [(step.check, str(step.outcome)) for step in reading.steps] == [("chip.access", "passed")]


@pytest.mark.parametrize("active", [b.ec_key("active"), b.rsa_key("active")], ids=["ecdsa", "rsa"])
def test_a_chip_that_proves_its_keys_is_genuine(active):
    shown = Shown(*PROVING, active=active)
    findings, verdict = shown.judge()
    assert findings["chip.ca"] == ("passed", "")
    assert findings["chip.aa"][0] in ("passed", "warning")
    assert findings["chip.genuine"] == findings["chip.clone"] == findings["chip.downgrade"] == ("passed", "")
    assert verdict.decision == "admit"


@pytest.mark.parametrize(
    ("protocol", "number"),
    [
        ("CA-ECDH-3DES-CBC-CBC", 12),
        ("CA-ECDH-AES-CBC-CMAC-192", 13),
        ("CA-ECDH-AES-CBC-CMAC-256", 15),
        ("CA-ECDH-AES-CBC-CMAC-128", 9),
        ("CA-DH-AES-CBC-CMAC-128", 2),
        ("CA-DH-3DES-CBC-CBC", 0),
    ],
)
def test_chip_authentication_in_every_kind_of_group(protocol, number):
    keys = CardKeys({None: cards.static_key(number)})
    findings, verdict = Shown(pace_info(), ca_info(protocol), public_info(number), keys=keys).judge()
    assert findings["chip.ca"] == ("passed", "")
    assert verdict.decision == "admit"


def test_the_better_of_two_keys_of_chip_authentication_is_taken():
    infos = (
        ca_info("CA-ECDH-3DES-CBC-CBC", 1),
        ca_info("CA-ECDH-AES-CBC-CMAC-256", 2),
        public_info(12, 1),
        public_info(13, 2),
    )
    keys = CardKeys({1: cards.static_key(12), 2: cards.static_key(13)})
    reading = Shown(pace_info(), *infos, keys=keys).read()
    assert reading.chip_authentication is not None
    assert reading.chip_authentication.choice.key_id == 2


def test_chip_authentication_mapping_proves_the_key_of_a_signed_file():
    mapping = pace_info("PACE-ECDH-CAM-AES-CBC-CMAC-128", 13)
    shown = Shown(mapping, security=cards.card_security(mapping, public_info(13, named=True)))
    findings, verdict = shown.judge()
    assert findings["chip.ca EF.CardSecurity"] == ("passed", "")
    assert findings["chip.genuine"] == ("passed", "")
    assert verdict.decision == "admit"


def test_a_large_face_is_read_beyond_32_kilobytes():
    """Doc 9303-10, 3.6.6: the offsets of READ BINARY end there, and the odd instruction takes over."""
    large = b.der(0x75, bytes(range(256)) * 200)
    shown = Shown(pace_info(), groups={2: large})
    assert dict(shown.read().files) == shown.card.files


@pytest.mark.parametrize("largest", [231, 223, 200, 160, 100])
def test_a_card_of_short_answers_is_read_in_smaller_parts(largest):
    shown = Shown(pace_info(), largest=largest)
    assert dict(shown.read().files) == shown.card.files


def test_progress_and_cancelling():
    shown, seen = Shown(pace_info()), []
    shown.read(progress=lambda *step: seen.append(step))
    assert ("DG1", 93, 93) in seen
    reading = shown.read(cancelled=lambda: len(seen) > 0)
    assert [(step.check, str(step.outcome), step.reason) for step in reading.steps] == [
        ("chip.access", "aborted", "cancelled")
    ]
    assert not reading.files


def test_a_record_with_content_is_read_again():
    shown = Shown()
    plain = Card(files_of(shown), None)
    recorder = RecordingTransport(plain, content=True)
    first = read(recorder, None)
    assert read(RecordedTransport(recorder.record()), None) == first


def test_a_record_without_content_has_no_byte_of_the_files():
    shown = Shown(pace_info())
    recorder = RecordingTransport(shown.card)
    shown.card.power_on()
    read(recorder, cards.zone_key())
    record = recorder.record()
    assert record.count("\n") == len(recorder.exchanges) > 10
    assert all(not exchange.command and not exchange.answer for exchange in recorder.exchanges)
    assert all(len(line) < 100 for line in record.splitlines())


@pytest.mark.requirement("ICAO-CHIP-KEY")
@pytest.mark.parametrize(
    ("number", "birth", "expiry", "information"),
    [
        ("L898902C", "690806", "940623", "L898902C<369080619406236"),
        ("D23145890734", "340712", "950712", "D23145890734934071279507122"),
        ("T22000129", "640812", "101031", "T22000129364081251010318"),
    ],
)
def test_the_key_of_the_mrz(number, birth, expiry, information):
    """Doc 9303-11, appendix D.2 and G: also a number longer than nine characters."""
    assert MrzKey.made(number, birth, expiry).information == information


def test_the_result_of_a_reading_is_the_same_from_an_archive(tmp_path):
    mapping = pace_info("PACE-ECDH-CAM-AES-CBC-CMAC-128", 13)
    shown = Shown(
        mapping, active=b.ec_key("active"), security=cards.card_security(mapping, public_info(13, named=True))
    )
    reading = shown.read()
    again = type(reading).from_json(reading.as_json(), reading.files)
    assert again.steps == reading.steps
    assert again.pace == reading.pace
    assert again.active_authentication == reading.active_authentication


class Short:
    """A card whose answers have a bound, and which ends the session where a reader asks for more."""

    def __init__(self, card: Card, largest: int) -> None:
        self._card, self._largest, self.sessions = card, largest, 1

    def reset(self) -> None:
        self.sessions += 1
        self._card.power_on()

    def transmit(self, command: bytes) -> bytes:
        parsed = Command.parse(command)
        protected = [item.value for item in tlv.children(tlv.read(tlv.encode(0x30, parsed.data)))] if command[0] & 0x0C else []
        asked = int.from_bytes(protected[-2], "big") if len(protected) > 1 and parsed.ins in (0xB0, 0x88) else 0
        if asked > self._largest or (len(protected) > 1 and parsed.ins == 0x88 and parsed.extended):
            self._card._end_session()
            return b"\x67\x00"
        return self._card.transmit(command)


@pytest.mark.parametrize("largest", [200, 150, 100])
def test_a_card_that_ends_the_session_at_a_long_read_is_read_in_smaller_parts(largest):
    shown = Shown(pace_info())
    shown.card.power_on()
    short = Short(shown.card, largest)
    assert dict(read(short, cards.zone_key()).files) == shown.card.files
    assert 1 < short.sessions < 6


class WithoutParts(Short):
    """A card that has no GET RESPONSE either: it cannot give a long signature at all."""

    def transmit(self, command: bytes) -> bytes:
        if command[0] & 0x0C and command[1] == 0x88:
            self._card._end_session()
            return b"\x67\x00"
        return super().transmit(command)


def test_a_card_without_extended_length_gives_its_long_signature_in_parts():
    shown = Shown(pace_info(), active=b.rsa_key("active"))
    findings, verdict = shown.judge(lambda card: Short(card, 256))
    assert findings["chip.aa"] == ("passed", "")
    assert verdict.decision == "admit"


def test_a_card_without_long_answers_is_read_without_its_long_signature():
    """Doc 9303-11, 6.1.4: a signature of 2,048 bits needs extended length."""
    shown = Shown(pace_info(), active=b.rsa_key("active"))
    findings, verdict = shown.judge(lambda card: WithoutParts(card, 256))
    assert findings["chip.aa"] == ("undetermined", "not-asked")
    assert findings["chip.access"] == ("passed", "")
    assert verdict.decision == "refer"


def test_a_card_that_always_ends_the_session_ends_the_reading():
    shown = Shown(pace_info())
    shown.card.power_on()
    reading = read(Short(shown.card, 0), cards.zone_key())
    assert ("chip.secure-messaging", "unprotected") in [(step.check, step.reason) for step in reading.steps]
    assert not set(reading.files) - {"EF.CardAccess"}


@pytest.mark.parametrize(
    "infos",
    [
        (ca_info(key_id=1), public_info(12, 2)),
        (ca_info("CA-DH-AES-CBC-CMAC-128"), public_info(12)),
        (ca_info(),),
        (ca_info(key_id=-1), public_info(12, -1)),
    ],
    ids=["key-id", "kind", "no-key", "negative"],
)
def test_a_key_without_its_protocol_is_not_a_chip_without_keys(infos):
    """BSI TR-03105-5.1, ISO7816_D_13: DG14 offers chip authentication that cannot be run."""
    findings, verdict = Shown(pace_info(), *infos).judge()
    assert findings["chip.ca"] == ("failed", "invalid-key")
    assert findings["chip.genuine"] == ("failed", "not-proved")
    assert verdict.decision == "refuse"


class Stumbling:
    """A card with the session's keys that answers one protected error in the middle of a file."""

    def __init__(self, card: Card, sw: int) -> None:
        self._card, right = card, Card._run_command
        left = [1]

        def answer(own: Card, command: Command) -> Answer:
            if own._access and command.ins == 0xB0 and not command.p1 & 0x80 and left[0]:
                left[0] = 0
                return Answer(sw)
            return right(own, command)

        self._answer = answer

    def transmit(self, command: bytes) -> bytes:
        self._card._run_command = self._answer.__get__(self._card)
        try:
            return self._card.transmit(command)
        finally:
            del self._card._run_command


def test_an_error_in_the_middle_of_a_file_is_not_its_end():
    shown = Shown(pace_info())
    for sw, unread in ((0x6700, {}), (0x6F00, {"EF.COM": "6F00"})):
        reading = shown.read(lambda card, sw=sw: Stumbling(card, sw))
        assert {name: why for name, why in reading.unread.items() if name != "EF.CardSecurity"} == unread
        assert set(reading.files) | unread.keys() == set(shown.card.files)


def test_a_proof_ends_with_its_session():
    """A relayed chip of another holder proves its key, the session breaks, and a copy without PACE goes on."""
    mapping = pace_info("PACE-ECDH-CAM-AES-CBC-CMAC-128", 13)
    relayed = Shown(mapping, security=cards.card_security(mapping, public_info(13, named=True)))
    copy = Shown()

    class Changed:
        def __init__(self, card: Card) -> None:
            self._card, self._reads = card, 0

        def reset(self) -> None:
            self._card = copy.card
            self._card.power_on()

        def transmit(self, command: bytes) -> bytes:
            if self._card is relayed.card and command[0] & 0x0C and command[1] == 0xB0:
                self._reads += 1
                if self._reads > 12:
                    return b"\x67\x00"
            return self._card.transmit(command)

    findings, _ = relayed.judge(Changed, bac_after_pace=True)
    assert "chip.ca EF.CardSecurity" not in findings
    assert findings["chip.genuine"][0] == "undetermined"
