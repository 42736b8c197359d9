"""Signing: every combination that is issued, verified by another library; and what is written about it."""


import msgspec
import pytest
from asn1crypto import algos, keys
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key

from tests.support import builders as b
from tests.support import signing
from tjdocs.errors import UsageError
from tjdocs.pki import Signer, algorithms, signer

ISSUED = [id_ for id_, row in signing.ROWS.items() if row.get("issue")]
DATA = b"what is signed"


@pytest.fixture(scope="module")
def pairs():
    """One key of each kind, made by the library under test."""
    made: dict[str, tuple] = {}

    def pair(id_: str):
        row = signer.combination(id_)
        if row.key not in made:
            made[row.key] = signer.generate_key(row)
        return row, made[row.key]

    return pair


@pytest.mark.requirement("ICAO-ALGORITHM")
@pytest.mark.parametrize("id_", ISSUED)
def test_every_combination_that_is_issued_is_verified_by_another_library(pairs, id_):
    row, key = pairs(id_)
    signed = Signer(b.utopia().certificate, row, key)
    signature = signed.sign(DATA)
    hash_ = b.HASHES[row.hash][1]
    public = load_der_public_key(signer.public_key_info(key, named_curves=True))
    if isinstance(public, rsa.RSAPublicKey):
        assert (public.key_size, public.public_numbers().e) == (2048, 65537)
        form = padding.PKCS1v15()
        if row.signature == "rsa-pss":
            form = padding.PSS(padding.MGF1(hash_), hash_.digest_size)
        public.verify(signature, DATA, form, hash_)
    else:
        assert public.curve.name == row.key
        public.verify(signature, DATA, ec.ECDSA(hash_))
    assert signed.digest == row.hash


@pytest.mark.parametrize("id_", ISSUED)
def test_the_identifier_says_what_was_done(pairs, id_):
    row, key = pairs(id_)
    read = algos.SignedDigestAlgorithm.load(Signer(b.utopia().certificate, row, key).algorithm, strict=True)
    assert read["algorithm"].dotted == signing.SIGNATURE_OIDS[row.signature]
    if row.signature == "rsa-pss":
        parameters = read["parameters"]
        assert parameters["hash_algorithm"]["algorithm"].native == row.hash
        assert parameters["mask_gen_algorithm"]["algorithm"].native == "mgf1"
        assert parameters["mask_gen_algorithm"]["parameters"]["algorithm"].native == row.hash
        assert parameters["salt_length"].native == b.HASHES[row.hash][1].digest_size
        assert parameters["trailer_field"].native == "trailer_field_bc"
    elif row.signature.startswith("rsa"):
        assert read.dump().endswith(b"\x05\x00")  # RFC 4055, 5: NULL
    else:
        assert read.dump() == b.sequence(b.oid(signing.SIGNATURE_OIDS[row.signature]))  # RFC 5758, 3.2: none


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("id_", ["ecdsa-p256-sha256", "ecdsa-p521-sha512", "ecdsa-bp384-sha384", "rsa-sha256"])
def test_public_keys(pairs, id_, named):
    row, key = pairs(id_)
    read = keys.PublicKeyInfo.load(signer.public_key_info(key, named_curves=named), strict=True)
    if row.key.startswith("rsa"):
        assert read["public_key"].parsed["modulus"].native == key.public_key().public_numbers().n
        return
    assert read["algorithm"]["parameters"].name == ("named" if named else "specified")
    numbers = key.public_key().public_numbers()
    size = (key.curve.key_size + 7) // 8
    point = b"\4" + numbers.x.to_bytes(size, "big") + numbers.y.to_bytes(size, "big")
    assert bytes(read["public_key"]) == point
    if not named:
        assert read["algorithm"]["parameters"].chosen["order"].native == int(signing.CURVES[row.key]["n"], 16)


def test_joined_numbers(pairs):
    row, key = pairs("ecdsa-p521-sha512")
    for changed in (msgspec.structs.replace(row, plain=True), msgspec.structs.replace(row, signature="ecdsa-plain-sha512")):
        signature = signer.sign(key, changed, DATA)
        assert len(signature) == 2 * 66
        pair = signing.der_signature(int.from_bytes(signature[:66], "big"), int.from_bytes(signature[66:], "big"))
        key.public_key().verify(pair, DATA, ec.ECDSA(b.HASHES["sha512"][1]))


def test_another_salt_and_another_mask(pairs):
    row, key = pairs("rsa-pss-sha256")
    changed = msgspec.structs.replace(row, salt=20, mgf="sha1")
    signature = signer.sign(key, changed, DATA)
    form = padding.PSS(padding.MGF1(b.HASHES["sha1"][1]), 20)
    key.public_key().verify(signature, DATA, form, b.HASHES["sha256"][1])
    # both are the defaults, which DER leaves out (RFC 8017, A.2.3)
    parameters = algos.SignedDigestAlgorithm.load(signer.signature_algorithm(changed), strict=True)["parameters"]
    assert parameters["salt_length"].native == 20
    assert parameters["mask_gen_algorithm"]["parameters"]["algorithm"].native == "sha1"
    assert parameters["hash_algorithm"]["algorithm"].native == "sha256"


@pytest.mark.parametrize("id_", ["rsa-sha1", "rsa-md5", "ecdsa-bp320-sha256", "ecdsa-plain-p256-sha256", "rot13", ""])
def test_what_is_read_and_verified_only_is_not_issued(id_):
    with pytest.raises(UsageError, match="unknown signature algorithm for issuing") as caught:
        signer.combination(id_)
    assert caught.value.where == id_
    assert all(known in caught.value.hint for known in ISSUED)


def test_keys_are_fresh():
    row = algorithms.combinations()["ecdsa-p256-sha256"]
    numbers = {signer.generate_key(row).private_numbers().private_value for _ in range(3)}
    assert len(numbers) == 3
