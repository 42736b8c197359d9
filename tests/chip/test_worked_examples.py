"""The worked examples of Doc 9303-11, value by value: the oracle is the standard."""

import tomllib
from pathlib import Path
from types import SimpleNamespace

import pytest

from tjdocs.asn1 import tlv
from tjdocs.chip import agreement_keys, bac, pace, pace_mapping
from tjdocs.chip.apdu import Answer, Command
from tjdocs.chip.cipher_suite import ENCRYPTION, MAC, SUITES
from tjdocs.chip.groups import CurveGroup, by_parameter_id
from tjdocs.chip.pace import PaceProtocol, PaceRun
from tjdocs.chip.passwords import Can, MrzKey
from tjdocs.chip.secure_messaging import SecureMessaging
from tjdocs.lds.dg14 import SecurityInfo

EXAMPLES = {
    name: SimpleNamespace(**{k: v if k == "mrz_information" else bytes.fromhex(v) for k, v in table.items()})
    for name, table in tomllib.loads((Path(__file__).parent / "worked_examples.toml").read_text()).items()
}
TD3 = MrzKey("L898902C<369080619406236")
TDES = SUITES["3DES-CBC-CBC"]


def number(data):
    return int.from_bytes(data, "big")


def protocol_of(info):
    protocol = PaceProtocol.of(SecurityInfo.parse(info))
    assert protocol is not None
    return protocol


def test_keys_of_basic_access_control():
    example = EXAMPLES["bac"]
    assert TD3.secret == example.sha1_mrz_information
    keys = bac.keys(TD3)
    # the parity of a 3DES key changes nothing that it encrypts
    for key, adjusted in ((keys.enc, example.k_enc_parity_adjusted), (keys.mac, example.k_mac_parity_adjusted)):
        assert [octet & 0xFE for octet in key] == [octet & 0xFE for octet in adjusted]
    assert bac.sealed(keys, example.s) == example.external_authenticate_data
    assert bac.opened(keys, example.external_authenticate_response) == example.r


def test_session_keys_of_basic_access_control():
    example, start = EXAMPLES["bac"], EXAMPLES["secure_messaging_3des"]
    session = bac.messaging(example.k_ifd, example.k_ic, example.rnd_ifd, example.rnd_ic)
    protected = session.protect(Command.parse(start.select_command))
    assert protected.encode() == start.select_protected_command


def test_secure_messaging_of_both_sides():
    example = EXAMPLES["secure_messaging_3des"]
    reader, card = (SecureMessaging(TDES, example.ks_enc, example.ks_mac, number(example.start_ssc)) for _ in "ab")
    whole = b""
    for name in ("select", "read_4", "read_18"):
        command = Command.parse(getattr(example, f"{name}_command"))
        sent = getattr(example, f"{name}_protected_command")
        received = getattr(example, f"{name}_protected_response")
        assert reader.protect(command).encode() == sent
        assert card.open_command(Command.parse(sent)) == command
        data = getattr(example, f"{name}_data", b"")
        assert card.protect_answer(Answer(0x9000, data), command.ins).encode() == received
        assert reader.open_answer(Answer.parse(received), command.ins) == Answer(0x9000, data)
        whole += data
    assert whole == example.ef_com
    assert not reader.warnings


@pytest.mark.parametrize("name", ["pace_gm_ecdh", "pace_cam_ecdh"])
def test_generic_mapping_on_a_curve(name):
    example = EXAMPLES[name]
    protocol = protocol_of(example.pace_info)
    group = protocol.group
    assert isinstance(group, CurveGroup)
    password = MrzKey(example.mrz_information)
    assert password.secret == example.k_sha1_of_mrz_information
    assert pace.password_key(protocol, password) == example.k_pi
    assert pace.set_at(protocol, password, named=False).encode() == example.mse_set_at_command
    assert protocol.suite.encrypt(example.k_pi, example.nonce_s) == example.encrypted_nonce_z
    own = group.power(group.base, number(example.terminal_mapping_private_key))
    assert group.encode(own)[1:] == example.terminal_mapping_public_key_x_y
    other = group.decode(b"\x04" + example.chip_mapping_public_key_x_y)
    shared = group.power(other, number(example.terminal_mapping_private_key))
    assert group.encode(shared)[1:] == example.mapping_shared_point_h
    base = pace_mapping.generic(group, example.nonce_s, shared)
    assert group.encode(base)[1:] == example.mapped_generator_x_y
    agree_on_a_curve(example, protocol, base)


def test_integrated_mapping_on_a_curve():
    example = EXAMPLES["pace_im_ecdh"]
    protocol = protocol_of(tlv.encode(0x30, bytes.fromhex("060A04007F00070202040402 020102 02010D")))
    assert pace.password_key(protocol, Can("123456")) == example.k_pi
    assert protocol.suite.encrypt(example.k_pi, example.nonce_s) == example.encrypted_nonce_z
    group = protocol.group
    assert isinstance(group, CurveGroup)
    field = pace_mapping.pseudo_random(protocol.suite, example.nonce_s, example.nonce_t, group.prime)
    assert field == number(example.r_p) == number(example.pseudo_random_r) % group.prime
    base = pace_mapping.integrated(group, protocol.suite, example.nonce_s, example.nonce_t)
    assert group.encode(base)[1:] == example.mapped_generator_x_y
    agree_on_a_curve(example, protocol, base)


def agree_on_a_curve(example, protocol, base):
    group = protocol.group
    private = number(example.terminal_agreement_private_key)
    own = group.power(base, private)
    assert group.encode(own)[1:] == example.terminal_agreement_public_key_x_y
    other = group.decode(b"\x04" + example.chip_agreement_public_key_x_y)
    assert group.encode(group.power(base, number(example.chip_agreement_private_key))) == group.encode(other)
    shared = group.power(other, private)
    assert group.secret(shared) == example.shared_secret_x
    confirm(example, protocol, shared, own, other)


def confirm(example, protocol, shared, own, other):
    assert pace.session_keys(protocol, shared) == (example.ks_enc, example.ks_mac)
    assert pace.token(protocol, example.ks_mac, other) == example.token_ifd
    assert pace.token(protocol, example.ks_mac, own) == example.token_ic


def test_generic_mapping_in_a_modp_group():
    example = EXAMPLES["pace_gm_dh"]
    protocol = protocol_of(example.pace_info)
    group = protocol.group
    numbers = number(example.prime_p), number(example.generator_g), number(example.subgroup_order_q)
    assert (group.prime, group.base, group.order) == numbers
    assert pace.password_key(protocol, MrzKey(example.mrz_information)) == example.k_pi
    assert pace.set_at(protocol, MrzKey(""), named=False).encode() == example.mse_set_at_command
    assert protocol.suite.encrypt(example.k_pi, example.nonce_s) == example.encrypted_nonce_z
    private = number(example.terminal_mapping_private_key)
    assert group.encode(group.power(group.base, private)) == example.terminal_mapping_public_key
    shared = group.power(group.decode(example.chip_mapping_public_key), private)
    assert group.encode(shared) == example.mapping_shared_h
    base = pace_mapping.generic(group, example.nonce_s, shared)
    assert group.encode(base) == example.mapped_generator
    agree_in_a_modp_group(example, protocol, base)


def test_integrated_mapping_in_a_modp_group():
    example, group = EXAMPLES["pace_im_dh"], by_parameter_id(0)
    protocol = protocol_of(tlv.encode(0x30, bytes.fromhex("060A04007F00070202040302 020102 020100")))
    assert group is protocol.group
    assert protocol.suite.encrypt(example.k_pi, example.nonce_s) == example.encrypted_nonce_z
    field = pace_mapping.pseudo_random(protocol.suite, example.nonce_s, example.nonce_t, group.prime)
    assert field == number(example.r_p)
    base = pace_mapping.integrated(group, protocol.suite, example.nonce_s, example.nonce_t)
    assert group.encode(base) == example.mapped_generator
    agree_in_a_modp_group(example, protocol, base)


def agree_in_a_modp_group(example, protocol, base):
    group = protocol.group
    private = number(example.terminal_agreement_private_key)
    own = group.power(base, private)
    assert group.encode(own) == example.terminal_agreement_public_key
    other = group.decode(example.chip_agreement_public_key)
    assert group.encode(group.power(base, number(example.chip_agreement_private_key))) == group.encode(other)
    shared = group.power(other, private)
    assert group.secret(shared) == example.shared_secret
    confirm(example, protocol, shared, own, other)


def test_chip_authentication_mapping():
    example = EXAMPLES["pace_cam_ecdh"]
    protocol = protocol_of(example.pace_info)
    group = protocol.group
    key = agreement_keys.load(SecurityInfo.parse(example.chip_authentication_public_key_info).required)
    assert key.group is group
    assert group.encode(key.element)[1:] == example.chip_static_public_key_x_y
    data = pace.opened_data(protocol.suite, example.ks_enc, example.encrypted_chip_authentication_data)
    assert data == example.chip_authentication_data
    mapping_key = b"\x04" + example.chip_mapping_public_key_x_y
    run = PaceRun(protocol, b"", mapping_key, data)
    assert pace.proves_key(run, key.element)
    assert not pace.proves_key(run, group.power(key.element, 2))
    for wrong in (b"", data[1:], b"\x00" + data, bytes(len(data)), data[:-1] + bytes((data[-1] ^ 1,))):
        assert not pace.proves_key(PaceRun(protocol, b"", mapping_key, wrong), key.element)


def test_keys_are_derived_for_three_purposes():
    example = EXAMPLES["bac"]
    assert TDES.derive(example.session_key_seed, ENCRYPTION)[:1] in (
        example.ks_enc[:1],
        bytes((example.ks_enc[0] ^ 1,)),
    )
    assert TDES.derive(example.session_key_seed, MAC) != TDES.derive(example.session_key_seed, ENCRYPTION)
