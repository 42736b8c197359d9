"""Each message there and back, and each proof under its key alone."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from tests.support import builders as b
from tests.support import cards
from tests.support.cards import CAN, Shown, ca_info, pace_info, public_info
from tjdocs.chip import active_authentication, agreement_keys, chip_authentication, pace
from tjdocs.chip.active_authentication import ActiveAuthentication
from tjdocs.chip.apdu import EXTENDED, Answer, Command
from tjdocs.chip.card import APPLICATION
from tjdocs.chip.cipher_suite import SUITES, pad, unpad
from tjdocs.chip.groups import groups
from tjdocs.chip.secure_messaging import SecureMessaging, SecureMessagingError
from tjdocs.chip.session import Session
from tjdocs.lds.dg14 import Dg14, SecurityInfo, SecurityInfos
from tjdocs.pki import public_key

BYTE = st.integers(0, 255)
COMMANDS = st.builds(
    Command, st.sampled_from((0x00, 0x10)), BYTE, BYTE, BYTE, st.binary(max_size=600), st.none() | st.integers(1, EXTENDED)
)
SUITE = st.sampled_from(sorted(SUITES))


def session(name, counter=0):
    suite = SUITES[name]
    return SecureMessaging(suite, suite.derive(b"secret", 1), suite.derive(b"secret", 2), counter)


@given(COMMANDS)
def test_a_command_is_read_as_it_was_written(command):
    again = Command.parse(command.encode())
    assert (again.header, again.data, again.le) == (command.header, command.data, command.le)
    assert again.encode() == command.encode()


@given(st.binary(max_size=300), st.integers(0, 0xFFFF))
def test_an_answer_is_read_as_it_was_written(data, sw):
    assert Answer.parse(Answer(sw, data).encode()) == Answer(sw, data)


@given(st.binary(max_size=100), st.sampled_from((8, 16)))
def test_padding_comes_off_as_it_went_on(data, block):
    padded = pad(data, block)
    assert len(padded) % block == 0
    assert unpad(padded) == data


@given(SUITE, st.lists(st.tuples(COMMANDS, st.binary(max_size=400), st.integers(0, 0xFFFF)), max_size=4), st.integers(0, 2**64 - 1))
def test_messages_arrive_as_they_were_sent(name, messages, counter):
    reader, card = session(name, counter), session(name, counter)
    for command, data, sw in messages:
        sent = reader.protect(command)
        assert command.data[:9] not in sent.data or len(command.data) < 9
        got = card.open_command(Command.parse(sent.encode()))
        assert (got.header, got.data, got.le) == (command.header, command.data, command.le)
        answer = card.protect_answer(Answer(sw, data), command.ins)
        assert reader.open_answer(Answer.parse(answer.encode()), command.ins) == Answer(sw, data)
    assert not reader.warnings


@given(SUITE, st.binary(max_size=40), st.data())
def test_one_changed_bit_ends_the_session(name, data, draw):
    reader, card = session(name), session(name)
    card.open_command(reader.protect(Command(0, 0xB0, le=40)))
    sent = bytearray(card.protect_answer(Answer(0x9000, data), 0xB0).encode())
    bit = draw.draw(st.integers(0, 8 * len(sent) - 1))
    sent[bit // 8] ^= 1 << bit % 8
    with pytest.raises(SecureMessagingError):
        reader.open_answer(Answer.parse(bytes(sent)), 0xB0)
    with pytest.raises(SecureMessagingError, match="ended"):
        reader.protect(Command(0, 0xB0, le=1))


@pytest.mark.parametrize("name", SUITES)
def test_an_answer_is_not_taken_twice_or_in_another_order(name):
    for played in ((0, 0), (1,)):
        reader, card = session(name), session(name)
        answers = []
        for _ in range(2):
            card.open_command(reader.protect(Command(0, 0xB0, le=4)))
            answers.append(card.protect_answer(Answer(0x9000, b"data"), 0xB0))
            reader._ssc += 1  # as after the answer
        reader = session(name)
        reader.protect(Command(0, 0xB0, le=4))
        for number in played[:-1]:
            reader.open_answer(answers[number], 0xB0)
            reader.protect(Command(0, 0xB0, le=4))
        with pytest.raises(SecureMessagingError, match="mac"):
            reader.open_answer(answers[played[-1]], 0xB0)


@pytest.mark.parametrize("hash_id", ["sha1", "sha224", "sha256", "sha384", "sha512"])
def test_active_authentication_with_rsa_and_every_digest(hash_id):
    """ISO/IEC 9796-2, scheme 1; a signature may also be the number's difference from the modulus."""
    key, challenge = b.rsa_key("active"), bytes(range(8))
    signature = active_authentication.sign(key, hash_id, challenge, bytes(range(256)) * 2)
    modulus = key.public_key().public_numbers().n
    mirrored = (modulus - int.from_bytes(signature, "big")).to_bytes(len(signature), "big")
    for form in (signature, mirrored):
        assert active_authentication.check(b.spki(key), (), ActiveAuthentication(challenge, form)) == ("", ())
    for wrong in (ActiveAuthentication(bytes(8), signature), ActiveAuthentication(challenge, signature[1:])):
        assert active_authentication.check(b.spki(key), (), wrong)[0] in ("wrong-signature", "length")
    assert active_authentication.check(b.spki(b.rsa_key("another")), (), ActiveAuthentication(challenge, signature))[0]


@pytest.mark.parametrize(
    ("curve", "hash_id", "oid"),
    [
        (ec.SECP224R1(), "sha224", "0.4.0.127.0.7.1.1.4.1.2"),
        (ec.SECP256R1(), "sha256", "0.4.0.127.0.7.1.1.4.1.3"),
        (ec.BrainpoolP384R1(), "sha384", "0.4.0.127.0.7.1.1.4.1.4"),
        (ec.SECP521R1(), "sha512", "0.4.0.127.0.7.1.1.4.1.5"),
    ],
)
def test_active_authentication_with_ecdsa(curve, hash_id, oid):
    key, challenge = ec.generate_private_key(curve), bytes(range(8))
    infos = (SecurityInfo.parse(cards.info("aaProtocolObject", b.integer(1), b.oid(oid))),)
    run = ActiveAuthentication(challenge, active_authentication.sign(key, hash_id, challenge, b""))
    assert active_authentication.check(b.spki(key), infos, run) == ("", ())
    assert active_authentication.check(b.spki(key), (), run) == ("", ("no-algorithm",))
    other = ActiveAuthentication(bytes(8), run.signature)
    assert active_authentication.check(b.spki(key), infos, other)[0] == "wrong-signature"


def test_a_block_with_room_for_forging_is_refused():
    """A reader that searches the digest in the block, or skips bytes behind it, takes forgeries for an exponent of 3."""
    numbers = b.rsa_key("active").private_numbers()
    modulus, challenge = numbers.public_numbers.n, bytes(8)
    digest = public_key.hash_data("sha1", b"m" + challenge)
    size = (modulus.bit_length() + 7) // 8
    block = (b"\x6a" + b"m" + digest).ljust(size - 1, b"\x00") + b"\xbc"
    forged = pow(int.from_bytes(block, "big"), numbers.d, modulus).to_bytes(size, "big")
    run = ActiveAuthentication(challenge, forged)
    assert active_authentication.check(b.spki(b.rsa_key("active")), (), run) == ("wrong-signature", ())


@pytest.mark.parametrize("standardised", [True, False])
@pytest.mark.parametrize("group", groups(), ids=lambda group: group.name)
def test_a_static_key_is_read_as_it_was_written(group, standardised):
    element = group.power(group.base, group.private_key())
    key = agreement_keys.load(agreement_keys.encode(group, element, standardised=standardised))
    assert key.group is group
    assert group.encode(key.element) == group.encode(element)


def test_defects_of_messages_are_named_after_the_keys_changed_too():
    card = Shown(pace_info(), ca_info(), public_info()).card
    card.power_on()
    reader = Session(card)
    (protocol,) = pace.protocols(SecurityInfos.parse(card.files["EF.CardAccess"]).infos)
    pace.authenticate(reader, protocol, CAN, named=False)
    assert reader.send(Command(0, 0xA4, 4, 12, APPLICATION)).ok
    before = reader.messaging
    before.warnings.add("object-order")
    (choice,) = chip_authentication.choices(Dg14.parse(card.files["DG14"]).infos)
    chip_authentication.authenticate(reader, choice)
    assert reader.messaging is not before
    assert reader.messaging.warnings == {"object-order"}
