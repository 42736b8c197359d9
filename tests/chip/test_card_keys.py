"""The file of a chip's keys, and the security infos that are made for them."""

import json
import subprocess

import pytest
from asn1crypto import core, keys
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support import builders as b
from tests.support import cards
from tjdocs.chip import CardKeys, agreement_keys, chip_authentication, make_infos
from tjdocs.chip.groups import by_name, by_parameter_id, groups
from tjdocs.errors import KeyMaterialError, UsageError
from tjdocs.lds import LdsError
from tjdocs.lds.card_security import CardSecurity
from tjdocs.lds.dg14 import Dg14, SecurityInfo, SecurityInfos

NUMBERS = st.integers(1, 2**521)
SIGNING = [None, b.ec_key("active"), ec.generate_private_key(ec.BrainpoolP384R1()), rsa.generate_private_key(65537, 2048)]
HASHES = ["sha224", "sha256", "sha384", "sha512"]


@given(
    agreed=st.dictionaries(st.none() | st.integers(0, 2**31), NUMBERS, max_size=4),
    signing=st.sampled_from(range(len(SIGNING))),
    hash_=st.sampled_from(HASHES),
    mapping=st.none() | NUMBERS,
    bac=st.booleans(),
)
@settings(max_examples=60)
def test_keys_are_read_as_they_were_written(agreed, signing, hash_, mapping, bac):
    made = CardKeys(agreed, SIGNING[signing], hash_ if signing else "sha256", mapping, bac)
    read = CardKeys.parse(made.encode())
    assert dict(read.chip_authentication) == agreed
    assert (read.mapping, read.bac, read.active_hash) == (mapping, bac, made.active_hash)
    numbers = [key.private_numbers() if key else None for key in (read.active_authentication, SIGNING[signing])]
    assert numbers[0] == numbers[1]
    assert read.encode() == made.encode()


def test_no_key_is_shown():
    keys_ = CardKeys({None: 0xABCDEF0123456789}, SIGNING[1], "sha256", 0x1234567890ABCDEF)
    shown = f"{keys_!r} {keys_}"
    assert "CardKeys(" in shown
    for number in (0xABCDEF0123456789, 0x1234567890ABCDEF):
        assert str(number) not in shown
        assert f"{number:x}" not in shown.lower()


def test_another_program_reads_the_file():
    """The key of active authentication is PKCS #8 in PEM, the others are hexadecimal."""
    table = json.loads(CardKeys({None: 255}, SIGNING[1], "sha256", 16).encode())
    assert (table["chip_authentication"], table["mapping"]) == ([{"key_id": None, "private_key": "ff"}], "10")
    pem = table["active_authentication"]["private_key"].encode()
    assert load_pem_private_key(pem, None).private_numbers() == SIGNING[1].private_numbers()
    out = subprocess.run(["openssl", "pkey", "-noout", "-text"], input=pem, capture_output=True, check=True).stdout
    assert b"Private-Key: (256 bit" in out


GOOD = json.loads(CardKeys({None: 255, 3: 7}, SIGNING[1], "sha256", 16, bac=False).encode())


def changed(**values):
    return json.dumps({key: value for key, value in {**GOOD, **values}.items() if value is not ...}).encode()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff",
        changed(schema=2),
        changed(schema=True),
        changed(bac=1),
        changed(bac=...),
        changed(surplus=1),
        changed(chip_authentication=...),
        changed(chip_authentication=[1]),
        changed(chip_authentication=[{"key_id": -1, "private_key": "1"}]),
        changed(chip_authentication=[{"key_id": True, "private_key": "1"}]),
        changed(chip_authentication=[{"key_id": "1", "private_key": "1"}]),
        changed(chip_authentication=[{"key_id": 1, "private_key": "1"}, {"key_id": 1, "private_key": "2"}]),
        changed(chip_authentication={}),
        changed(chip_authentication=""),
        changed(chip_authentication=[{"key_id": 1, "private_key": "1", "surplus": 1}]),
        changed(active_authentication={**GOOD["active_authentication"], "surplus": 1}),
        changed(mapping="0x10"),
        changed(mapping="0"),
        changed(mapping="-1"),
        changed(mapping="1_0"),
        changed(mapping="xyz"),
        changed(mapping=16),
        changed(active_authentication={"private_key": "PEM", "hash": "sha256"}),
        changed(active_authentication={**GOOD["active_authentication"], "hash": "sha3"}),
        changed(active_authentication="x"),
        b" " * 9000,
    ],
)
def test_another_file_is_refused_without_its_content(data):
    with pytest.raises(KeyMaterialError) as error:
        CardKeys.parse(data, where="chip_keys.json")
    assert error.value.where == "chip_keys.json"
    assert "xyz" not in str(error.value)


def test_a_good_file_is_not_refused():
    assert CardKeys.parse(changed()).mapping == 16


@pytest.mark.parametrize("group", groups(), ids=lambda group: group.name)
def test_a_public_key_is_that_of_the_group(group):
    """By the fast way, where there is one, as by the group's own arithmetic."""
    private = group.private_key()
    assert group.encode(group.public_key(private)) == group.encode(group.power(group.base, private))
    assert by_name(group.name) is group


@given(
    st.lists(
        st.tuples(st.sampled_from(["GM", "IM", "CAM"]), st.sampled_from(["128", "192", "256"])),
        min_size=1,
        max_size=4,
        unique=True,
    ),
    st.sampled_from(["secp256r1", "brainpoolP256r1", "secp384r1", "brainpoolP512r1", "secp521r1"]),
    st.none() | st.integers(0, 1000),
)
@settings(max_examples=40)
def test_infos_are_read_as_they_were_made(mappings, group_name, key_id):
    group = make_infos.group(group_name)
    private = group.private_key()
    names = [f"PACE-ECDH-{mapping}-AES-CBC-CMAC-{size}" for mapping, size in mappings]
    made = [make_infos.pace_info(name, group) for name in names]
    made += [
        make_infos.authentication_info("CA-ECDH-AES-CBC-CMAC-256", group, key_id),
        make_infos.key_info(group, group.public_key(private), key_id),
        make_infos.active_info("sha384"),
    ]
    dg14 = Dg14.parse(Dg14.of(made).encode())
    assert sorted(info.raw for info in dg14.infos) == sorted(made)
    assert dg14.problems == ()
    (choice,) = chip_authentication.choices(dg14.infos)
    assert (choice.group, choice.key_id, choice.suite.key_size) == (group, key_id, 32)
    assert group.encode(choice.key) == group.encode(group.public_key(private))
    access = SecurityInfos.parse(SecurityInfos.of(made[: len(names)]).encode())
    assert {(info.name, info.version, info.identifier) for info in access.infos} == {
        (name, 2, group.parameter_id) for name in names
    }


class Info(core.Sequence):
    """A SecurityInfo as another library has it."""

    _fields = [  # noqa: RUF012  # the library writes into it
        ("protocol", core.ObjectIdentifier),
        ("required", core.Any),
        ("optional", core.Any, {"optional": True}),
    ]


def test_infos_have_the_form_of_the_standard():
    """Doc 9303-11, 9.2.1, 9.2.4 to 9.2.6, by another library."""
    group = by_name("secp256r1")
    element = group.public_key(5)
    pace = Info.load(make_infos.pace_info("PACE-ECDH-CAM-AES-CBC-CMAC-128", group)).native
    assert pace == {"protocol": "0.4.0.127.0.7.2.2.4.6.2", "required": 2, "optional": 12}
    one = Info.load(make_infos.authentication_info("CA-ECDH-AES-CBC-CMAC-128", group, 3)).native
    assert one == {"protocol": "0.4.0.127.0.7.2.2.3.2.2", "required": 1, "optional": 3}
    active = Info.load(make_infos.active_info("sha256")).native
    assert active == {"protocol": "2.23.136.1.1.5", "required": 1, "optional": "0.4.0.127.0.7.1.1.4.1.3"}
    explicit, named = (
        Info.load(make_infos.key_info(group, element, 12, standardised=standardised)) for standardised in (False, True)
    )
    assert (explicit["protocol"].native, explicit["optional"].native) == ("0.4.0.127.0.7.2.2.1.2", 12)
    read = keys.PublicKeyInfo.load(explicit["required"].dump())
    numbers = ec.derive_private_key(5, ec.SECP256R1()).public_key().public_numbers()
    assert read["algorithm"]["parameters"].name == "specified"
    assert read["public_key"].native == b"\x04" + numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big")
    algorithm = Info.load(core.Sequence.load(named["required"].dump())[0].dump())
    assert (algorithm["protocol"].native, algorithm["required"].native) == ("0.4.0.127.0.7.1.2", 12)


@pytest.mark.parametrize(
    ("make", "where"),
    [
        (lambda group: make_infos.group("secp257r1"), "secp257r1"),
        (lambda group: make_infos.pace_info("PACE-DH-GM-AES-CBC-CMAC-128", group), "PACE-DH-GM-AES-CBC-CMAC-128"),
        (lambda group: make_infos.pace_info("CA-ECDH-AES-CBC-CMAC-128", group), "CA-ECDH-AES-CBC-CMAC-128"),
        (lambda group: make_infos.pace_info("PACE", group), "PACE"),
        (lambda group: make_infos.authentication_info("CA-DH-AES-CBC-CMAC-128", group), "CA-DH-AES-CBC-CMAC-128"),
        (lambda group: make_infos.authentication_info("CA-ECDH", group), "CA-ECDH"),
        (lambda group: make_infos.active_info("sha1"), "sha1"),  # Doc 9303-11, 6.1.2.3
        (lambda group: SecurityInfo.made("TA", b""), "TA"),
    ],
)
def test_an_unusable_info_is_refused_by_name(make, where):
    with pytest.raises(UsageError) as error:
        make(by_name("secp256r1"))
    assert error.value.where == where


def test_ef_card_security_is_read_as_it_was_signed():
    mapping = cards.pace_info("PACE-ECDH-CAM-AES-CBC-CMAC-128", 13)
    key = cards.public_info(13, 13, named=True)
    data = cards.card_security(mapping, key)
    read = CardSecurity.parse(data + bytes(10))
    assert read.raw == data
    assert {info.raw for info in read.security_infos.infos} == {mapping, key}
    group, _ = agreement_keys.load(next(i for i in read.security_infos.infos if i.name == "PK-ECDH").required)
    assert group is by_parameter_id(13)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda data: data[:50], "cut"),
        (lambda data: b"", "cut"),
        (lambda data: b"\x31" + data[1:], "form"),
        (lambda data: data.replace(bytes.fromhex("060804007F0007030201"), bytes.fromhex("060804007F0007030202")), "value"),
        (lambda data: cards.card_security(b"\x02\x01\x00"), "form"),
    ],
)
def test_another_file_is_no_ef_card_security(change, reason):
    data = cards.card_security(cards.pace_info())
    with pytest.raises(LdsError) as error:
        CardSecurity.parse(change(data))
    assert error.value.reason == reason
