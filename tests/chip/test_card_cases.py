"""The cases of BSI TR-03105-3.2 against our card, and the manners of a card that no such case has."""

import re
import tomllib
from pathlib import Path

import pytest

from tests.support import builders as b
from tests.support import cards
from tests.support.cards import CAN, Shown, ca_info, info, pace_info, public_info
from tjdocs.asn1 import tlv
from tjdocs.asn1.x509_schema import encode_oid
from tjdocs.chip import Can, Card, CardKeys, MrzKey, bac, chip_authentication, pace
from tjdocs.chip.apdu import EXTENDED, SHORT, Answer, Command
from tjdocs.chip.card import APPLICATION
from tjdocs.chip.secure_messaging import SecureMessagingError
from tjdocs.chip.session import ProtocolError, Session
from tjdocs.errors import UsageError
from tjdocs.lds import LdsError, ef_catalogue
from tjdocs.lds.dg14 import Dg14, SecurityInfos
from tjdocs.lds.ef_atr_info import EfAtrInfo

ROOT = Path(__file__).parents[2]
TABLE = tomllib.loads((ROOT / "tests/chip/card_cases.toml").read_text(encoding="utf-8"))
AUTHORITIES = (tlv.encode(0x42, b"UTCVCA00002") + tlv.encode(0x42, b"UTCVCA00001")).ljust(36, b"\x00")
LENGTHS = EfAtrInfo(1000, 800)
SECRET = {name: b.der(tag, bytes(range(200))) for name, tag in (("DG3", 0x63), ("DG4", 0x76))}
TA = info("TA", b.integer(1))
CHECKING_ERROR = range(0x6400, 0x7000)


def shown(*infos, **more):
    """A card with every file of the cases: DG3, DG4, EF.CVCA, EF.ATR/INFO."""
    changed = {**SECRET, "EF.CVCA": AUTHORITIES, "EF.ATR/INFO": LENGTHS.encode(), **more.pop("changed", {})}
    return Shown(*(infos or (pace_info(), ca_info(), public_info(), TA)), changed=changed, **more)


def select(name):
    return Command(0, 0xA4, 2, 12, ef_catalogue.by_name(name).file_id.to_bytes(2, "big"))


def session_of(card, access="pace", *, chip=False):
    """A session with the card: plain, after access, or after chip authentication."""
    card.power_on()
    session = Session(card)
    if access == "pace":
        protocol = pace.protocols(SecurityInfos.parse(card.files["EF.CardAccess"]).infos)[0]
        pace.authenticate(session, protocol, CAN, named=False)
    assert session.send(Command(0, 0xA4, 4, 12, APPLICATION)).ok
    if access == "bac":
        bac.authenticate(session, cards.zone_key())
    if chip:
        choice = chip_authentication.choices(Dg14.parse(card.files["DG14"]).infos)[0]
        chip_authentication.authenticate(session, choice)
    return session


def read_by(session, name, way, size):
    """Read the start of a file in one of the four ways of the cases."""
    entry = ef_catalogue.by_name(name)
    if way == "select":
        session.send(select(name))  # may say either
        return session.send(Command(0, 0xB0, 0, 0, le=size))
    if way == "short":
        return session.send(Command(0, 0xB0, 0x80 | entry.short_id, 0, le=size))
    where = entry.short_id if way == "odd-short" else entry.file_id
    return session.send(Command(0, 0xB1, where >> 8, where & 0xFF, b"\x54\x01\x00", size + 2))


WAYS = ("select", "short", "odd-short", "odd-id")
H_SENSITIVE = {f"H_{n}": (name, way) for n, name, way in zip((1, 2, 3, 4, 5, 6, 11, 12), ("DG3", "DG4") * 4, [w for w in WAYS for _ in "34"], strict=True)}
H_CLOSED = dict(zip(("H_7", "H_8", "H_9", "H_10"), WAYS, strict=True))
H_OPEN = dict(zip(("H_13", "H_14", "H_15", "H_16"), WAYS, strict=True))
OTHERS = ("M_6", "LDS_E_2", "LDS_F_1", "LDS_L_1", "LDS_L_2", "LDS_L_3", "LDS_L_4", "LDS_L_5")


@pytest.mark.parametrize("access", ["pace", "bac"])
@pytest.mark.parametrize("case", H_SENSITIVE)
def test_fingerprints_are_closed_without_terminal_authentication(case, access):
    name, way = H_SENSITIVE[case]
    card = shown().card
    session = session_of(card, access, chip=True)
    answer = read_by(session, name, way, 24)
    assert answer.sw in CHECKING_ERROR
    assert not answer.data
    assert session.messaging is not None
    assert read_by(session, "DG1", "short", 8).data == card.files["DG1"][:8]  # protected, and the session goes on


@pytest.mark.parametrize("case", H_CLOSED)
def test_references_of_authorities_are_closed_without_access(case):
    answer = read_by(session_of(shown().card, "none"), "EF.CVCA", H_CLOSED[case], 36)
    assert answer.sw in CHECKING_ERROR
    assert not answer.data


@pytest.mark.parametrize("access", ["pace", "bac"])
@pytest.mark.parametrize("case", H_OPEN)
def test_references_of_authorities_are_read_after_access(case, access):
    answer = read_by(session_of(shown().card, access), "EF.CVCA", H_OPEN[case], 36)
    assert answer.sw == 0x9000
    assert answer.data == (b"\x53\x24" if "odd" in H_OPEN[case] else b"") + AUTHORITIES


def test_m_6_the_file_of_authorities_ends_after_36_bytes():
    session = session_of(shown().card)
    assert read_by(session, "EF.CVCA", "select", SHORT).data == AUTHORITIES
    beyond = session.send(Command(0, 0xB0, 0, 36, le=1))
    assert (beyond.sw, beyond.data) == (0x6B00, b"")
    assert session.send(Command(0, 0xB0, 0, 35, le=1)).data == b"\x00"


def test_lds_f_1_the_file_of_authorities_as_read():
    data = read_by(session_of(shown().card), "EF.CVCA", "short", 36).data
    first = tlv.read(data)
    second = tlv.read(data, first.end)
    assert first.tag == second.tag == 0x42
    for item in (first, second):
        assert re.fullmatch(rb"[A-Z]{2}[ -~]{0,9}[A-Z0-9]{5}", item.value)
    assert not data[second.end :].strip(b"\x00")


def test_lds_e_2_terminal_authentication_in_dg14():
    card = shown().card
    session = session_of(card)
    data = read_by(session, "DG14", "short", SHORT).data
    size = tlv.announced(data)
    while len(data) < size:
        data += session.send(Command(0, 0xB0, len(data) >> 8, len(data) & 0xFF, le=min(size - len(data), 200))).data
    (found,) = [one for one in Dg14.parse(data).infos if one.name == "TA"]
    assert tlv.read(found.required).value == b"\x01"
    assert found.optional is None or len(list(tlv.children(tlv.read(found.optional)))) in (1, 2)


def test_lds_l_the_file_of_lengths_is_read_in_plain():
    """LDS_L_1 to LDS_L_5."""
    card = shown().card
    card.power_on()
    session = Session(card)
    assert session.send(select("EF.ATR/INFO")).ok
    data = session.send(Command(0, 0xB0, 0, 0, le=SHORT)).data
    items, position = {}, 0
    while position < len(data):
        item = tlv.read(data, position)
        items[item.tag], position = item, item.end
    assert set(items) == {0x47, 0x7F66}
    assert [one.tag for one in tlv.children(items[0x7F66])] == [0x02, 0x02]
    assert all(int.from_bytes(one.value, "big", signed=True) > 0 for one in tlv.children(items[0x7F66]))
    assert len(items[0x47].value) == 3
    assert EfAtrInfo.parse(data) == LENGTHS
    assert not EfAtrInfo.parse(data).chaining  # our card takes no command in parts
    assert session.send(Command(0x10, 0xA4, 4, 12, APPLICATION)).sw == 0x6884


def numbered(table):
    return {f"{unit}_{n}" for unit, numbers in table.items() for n in numbers}


def named(text):
    """The cases that a file of tests names: J_5, j_5, "J_43 to J_53"."""
    spans = re.findall(r"J_(\d+) to J_(\d+)", text)
    single = {name.upper().replace("_1A", "_1a") for name in re.findall(r"[JKLMN]_\d+", text.replace("_j_", "_J_"), re.IGNORECASE)}
    return single | {f"J_{n}" for first, last in spans for n in range(int(first), int(last) + 1)}


def test_the_table_has_every_case_that_runs_and_no_other():
    assert numbered(TABLE["test_card_cases"]) == {*H_SENSITIVE, *H_CLOSED, *H_OPEN, *OTHERS}


def test_every_case_of_terminal_authentication_has_a_test():
    files = ("test_terminal_authentication.py", "test_terminal_cases.py")
    text = "".join((ROOT / "tests/chip" / name).read_text(encoding="utf-8") for name in files)
    wanted = {case.rstrip("ab") for case in numbered(TABLE["terminal"])}  # K_1a and K_1b are one test
    assert wanted <= named(text)


def test_every_case_is_listed_once():
    tables = [TABLE["test_card_cases"], TABLE["terminal"]]
    listed = [case for table in tables for case in numbered(table)]
    assert len(listed) == len(set(listed)) == 113  # of the guideline, as far as it says what a right card does


def test_the_documentation_counts_the_cases():
    text = (ROOT / "docs/interop.md").read_text(encoding="utf-8")
    assert "| run, all passed | 113 of 113 |" in text


# -------------------------------------------------------------------------------------------------- lengths and parts


def test_an_answer_longer_than_a_short_command_takes_comes_in_parts():
    """An RSA signature of 256 bytes under secure messaging, asked for by a command of the short form."""
    card = shown(pace_info(), active=b.rsa_key("active")).card
    session = session_of(card)
    command = session.messaging.protect(Command(0, 0x88, data=bytes(8), le=SHORT))
    assert not command.extended
    first = Answer.parse(card.transmit(command.encode()))
    assert first.sw >> 8 == 0x61
    assert len(first.data) == SHORT
    size = first.sw & 0xFF or SHORT
    part = Answer.parse(card.transmit(Command(0, 0xC0, le=10).encode()))
    assert part.sw == 0x6100 | (size - 10)
    rest = Answer.parse(card.transmit(Command(0, 0xC0, le=SHORT).encode()))
    answer = session.messaging.open_answer(Answer(rest.sw, first.data + part.data + rest.data), 0x88)
    assert answer.ok
    assert len(answer.data) == 256
    assert card.transmit(Command(0, 0xC0, le=SHORT).encode()) == b"\x69\x85"  # nothing is left
    assert read_by(session, "DG1", "short", 8).ok  # and the session goes on


def test_a_part_that_was_not_fetched_is_gone_with_the_next_command():
    card = shown(pace_info(), active=b.rsa_key("active")).card
    session = session_of(card)
    card.transmit(session.messaging.protect(Command(0, 0x88, data=bytes(8), le=SHORT)).encode())
    card.transmit(bytes.fromhex("00A4020C020101"))
    assert card.transmit(bytes.fromhex("00C0000000")) == b"\x69\x85"
    card = shown(pace_info(), active=b.rsa_key("active")).card
    session = session_of(card)
    card.transmit(session.messaging.protect(Command(0, 0x88, data=bytes(8), le=SHORT)).encode())
    card.power_on()
    assert card.transmit(bytes.fromhex("00C0000000")) == b"\x69\x85"


def test_a_reader_of_short_commands_runs_pace_with_long_numbers():
    """A key of 2048 bits is longer than a short answer: 61xx, in the middle of a chain."""
    card = shown(pace_info("PACE-DH-GM-AES-CBC-CMAC-128", 2)).card

    class Short:
        def transmit(self, command):
            parsed = Command.parse(command)
            if parsed.le == EXTENDED:
                parsed = Command(parsed.cla, parsed.ins, parsed.p1, parsed.p2, parsed.data, SHORT, parsed.extended)
            return card.transmit(parsed.encode())

    card.power_on()
    session = Session(Short())
    protocol = pace.protocols(SecurityInfos.parse(card.files["EF.CardAccess"]).infos)[0]
    pace.authenticate(session, protocol, CAN, named=False)
    assert session.messaging is not None


def test_the_lengths_of_the_file_are_those_of_the_card():
    card = shown(groups={2: b.der(0x75, bytes(5000))}).card
    session = session_of(card)
    answer = session.send(Command(0, 0xB0, 0x82, 0, le=EXTENDED))
    assert answer.data == card.files["DG2"][: len(answer.data)]
    assert 700 < len(answer.data) < 800
    card.power_on()
    assert card.transmit(Command(0, 0xA4, 2, 12, bytes(1000)).encode()) == b"\x67\x00"
    assert len(card.transmit(Command(0, 0xB0, 0x9C, 0, le=EXTENDED).encode())) <= 800


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (LENGTHS.encode()[:-1], "cut"),
        (LENGTHS.encode() * 2, "duplicate"),
        (b"\x7f\x66\x04\x02\x02\x03\xe8", "value"),
        (b"\x7f\x66\x06\x02\x01\x00\x02\x01\x05", "value"),
        (b"\x7f\x66\x06\x02\x01\xff\x02\x01\x05", "value"),
        (b"\x7f\x66\x0b\x02\x06\x01\x01\x01\x01\x01\x01\x02\x01\x05", "value"),
        (b"\x44\x00" * 20, "limit"),
    ],
)
def test_lengths_that_cannot_be_read(data, reason):
    with pytest.raises(LdsError) as caught:
        EfAtrInfo.parse(data)
    assert caught.value.reason == reason
    with pytest.raises(UsageError, match=r"EF\.ATR/INFO"):
        Card({"EF.ATR/INFO": data}, None)


def test_a_file_of_lengths_without_lengths():
    assert EfAtrInfo.parse(b"\x43\x01\xb0" + bytes(4)) == EfAtrInfo(None, None, b"")
    assert not EfAtrInfo.parse(b"").extended
    assert EfAtrInfo(None, None).encode() == b"\x47\x03\x84\x01\x60"


def test_short_identifiers_belong_to_their_folder():
    """01 is EF.ATR/INFO or DG1, 1C EF.CardAccess or EF.CVCA: Doc 9303-10, 3.11."""
    card = shown().card
    card.power_on()
    session = Session(card)
    for number, name in ((0x01, "EF.ATR/INFO"), (0x1C, "EF.CardAccess")):
        content = card.files[name]
        assert session.send(Command(0, 0xB0, 0x80 | number, 0, le=SHORT)).data == content[:SHORT]
    session = session_of(card)
    for number, name in ((0x01, "DG1"), (0x1C, "EF.CVCA")):
        assert session.send(Command(0, 0xB0, 0x80 | number, 0, le=30)).data == card.files[name][:30]


# ------------------------------------------------------------------------------------------------- passwords, sessions


def guess(card, password):
    """Try a password by PACE; whether it was right."""
    card.power_on()
    protocol = pace.protocols(SecurityInfos.parse(card.files["EF.CardAccess"]).infos)[0]
    try:
        pace.authenticate(Session(card), protocol, password, named=False)
    except ProtocolError:
        return False
    return True


def guess_bac(card, password):
    card.power_on()
    session = Session(card)
    session.send(Command(0, 0xA4, 4, 12, APPLICATION))
    try:
        bac.authenticate(session, password)
    except ProtocolError:
        return False
    return True


WRONG = MrzKey("L898902C<369080619406237")


@pytest.mark.parametrize(("attempt", "wrong"), [(guess, Can("000000")), (guess, WRONG), (guess_bac, WRONG)], ids=["can", "mrz", "bac"])
def test_wrong_passwords_cost_time_that_grows(attempt, wrong):
    card = shown().card
    waits = []
    card.wait = waits.append
    for _ in range(9):  # each with a card that was switched off and on
        assert not attempt(card, wrong)
    assert waits == [0.5, 1, 2, 4, 8, 16, 16]  # the first mistake is free, and so is the try after it
    assert attempt(card, cards.zone_key())
    assert waits.pop() == 16
    waits.clear()
    assert attempt(card, cards.zone_key())
    assert not attempt(card, wrong)
    assert attempt(card, cards.zone_key())
    assert waits == []


def test_the_wait_is_one_for_both_protocols():
    card = shown().card
    waits = []
    card.wait = waits.append
    assert not guess(card, Can("000000"))
    assert not guess_bac(card, WRONG)
    assert not guess(card, Can("000001"))
    assert waits == [0.5]


@pytest.mark.parametrize("between", [select("EF.COM"), Command(0, 0xB0, 0x9E, 0, le=4), Command(0, 0xE0)])
def test_a_challenge_is_for_the_next_command_alone(between):
    card = shown().card
    session = session_of(card, "none")
    own = bac.keys(cards.zone_key())
    challenge = session.send(Command(0, 0x84, le=8)).data
    token = Command(0, 0x82, data=bac.sealed(own, bytes(8) + challenge + bytes(16)), le=40)
    session.send(between)
    assert session.send(token).sw == 0x6985


def test_an_answer_to_an_old_challenge_is_refused():
    """A repeated nonce is one that a listener knows."""
    card = shown().card
    session = session_of(card, "none")
    own = bac.keys(cards.zone_key())
    old = session.send(Command(0, 0x84, le=8)).data
    token = Command(0, 0x82, data=bac.sealed(own, bytes(8) + old + bytes(16)), le=40)
    assert session.send(Command(0, 0x84, le=8)).data != old
    assert session.send(token).sw == 0x6300
    assert session.send(token).sw == 0x6985


@pytest.mark.parametrize("first", ["pace", "bac"])
@pytest.mark.parametrize("second", ["pace", "bac"])
def test_no_second_access_inside_a_session(first, second):
    """The same as L_13 to L_16, without terminal authentication before: an error, and nothing is opened by it."""
    card = shown().card
    session = session_of(card, first)
    protocol = pace.protocols(SecurityInfos.parse(card.files["EF.CardAccess"]).infos)[0]
    again = {"pace": lambda: pace.authenticate(session, protocol, CAN, named=False), "bac": lambda: bac.authenticate(session, cards.zone_key())}
    with pytest.raises(ProtocolError):
        again[second]()
    assert read_by(session, "DG3", "short", 8).sw == 0x6982
    assert read_by(session, "DG1", "short", 8).ok


@pytest.mark.parametrize("command", ["00B0810000", "80B0810000", "0CB08100", "0CB081000D9701008E08000000000000000000", "04B0810000"])
def test_a_command_without_protection_ends_the_session(command):
    card = shown().card
    session = session_of(card)
    answer = card.transmit(bytes.fromhex(command))
    assert len(answer) == 2
    assert int.from_bytes(answer, "big") in CHECKING_ERROR
    with pytest.raises(SecureMessagingError):
        read_by(session, "DG1", "short", 8)
    assert Answer.parse(card.transmit(bytes.fromhex("00B0810008"))) == Answer(0x6982)


def test_a_card_with_pace_alone_has_no_basic_access_control():
    card = shown(bac=False).card
    assert guess(card, CAN)
    assert not guess_bac(card, cards.zone_key())
    assert session_of(card, "none").send(Command(0, 0x84, le=8)).sw == 0x6985


# -------------------------------------------------------------------------------------------------------- public keys


def no_keys(group):
    """Public keys that no side may take: off the curve, out of the subgroup, of small order, neutral, compressed."""
    size = len(group.encode(group.base))
    if group.tag == 0x84:
        small = next(n for n in range(2, 100) if pow(n, group.order, group.prime) != 1)
        return [n.to_bytes(size, "big") for n in (0, 1, group.prime - 1, small)] + [b""]
    point = group.encode(group.base)
    return [point[:-1] + bytes((point[-1] ^ 1,)), bytes(size), b"\x00", b"\x02" + point[1 : 1 + size // 2], b""]


@pytest.mark.parametrize("step", [1, 2])
@pytest.mark.parametrize(("name", "number"), [("PACE-ECDH-GM-AES-CBC-CMAC-128", 12), ("PACE-ECDH-GM-3DES-CBC-CBC", 13), ("PACE-DH-GM-AES-CBC-CMAC-128", 0)])
def test_the_card_takes_no_bad_key_in_pace(name, number, step):
    card = shown(pace_info(name, number)).card
    (protocol,) = pace.protocols(SecurityInfos.parse(card.files["EF.CardAccess"]).infos)
    group = protocol.group
    for bad in no_keys(group):
        card.power_on()
        session = Session(card)
        assert session.send(pace.set_at(protocol, CAN, named=False)).ok
        assert session.send(Command(0x10, 0x86, data=b"\x7c\x00", le=SHORT)).ok
        for number_of_step, tag in ((1, 0x81), (2, 0x83)):
            key = bad if number_of_step == step else group.encode(group.power(group.base, group.private_key()))
            answer = session.send(Command(0x10, 0x86, data=tlv.encode(0x7C, tlv.encode(tag, key)), le=SHORT))
            assert answer.ok == (number_of_step < step), (number_of_step, bad[:4].hex())
            if not answer.ok:
                assert answer.sw == 0x6300
                break
        assert session.send(Command(0x10, 0x86, data=b"\x7c\x00", le=SHORT)).sw == 0x6985  # the run is over
        session.send(Command(0, 0xA4, 4, 12, APPLICATION))  # outside of it 01 is EF.ATR/INFO
        assert session.send(Command(0, 0xB0, 0x81, 0, le=4)).sw == 0x6982


@pytest.mark.parametrize(("protocol", "number"), [("CA-ECDH-AES-CBC-CMAC-128", 12), ("CA-DH-3DES-CBC-CBC", 2), ("CA-ECDH-3DES-CBC-CBC", 13)])
def test_the_card_takes_no_bad_key_in_chip_authentication(protocol, number):
    keys = CardKeys({None: cards.static_key(number)})
    card = shown(pace_info(), ca_info(protocol), public_info(number), keys=keys).card
    (choice,) = chip_authentication.choices(Dg14.parse(card.files["DG14"]).infos)
    session = session_of(card)
    named = Command(0, 0x22, 0x41, 0xA4, tlv.encode(0x80, tlv.read(encode_oid(choice.oid)).value))
    for bad in (*no_keys(choice.group), choice.group.encode(choice.key)):  # its own key, sent back, is none either
        if choice.suite.aes:
            assert session.send(named).ok
            data = tlv.encode(0x7C, tlv.encode(0x80, bad))
            answer = session.send(Command(0, 0x86, data=data, le=SHORT, extended=len(data) > 255))
        else:
            data = tlv.encode(0x91, bad)
            answer = session.send(Command(0, 0x22, 0x41, 0xA6, data, extended=len(data) > 255))
        assert answer.sw in (0x6300, 0x6A80), bad[:4].hex()
        assert read_by(session, "DG1", "short", 8).ok  # the session has its keys of before
