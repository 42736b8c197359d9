"""The algorithm table, and every combination in it: signed by others, verified by us."""

import re
import tomllib
from datetime import date

import ecdsa
import pytest
from asn1crypto import algos
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import SignatureAlgorithmOID

from tests.support import builders as b
from tests.support import signing
from tjdocs.asn1 import x509_schema
from tjdocs.pki import algorithms, curves, public_key

DATA = b"what is signed"
VERIFIED = [id_ for id_ in signing.ROWS if signing.ROWS[id_]["hash"] != "md5"]


def verify(row, signature, data=DATA, *, kind=None, digest=None):
    key = public_key.load(signing.spki(kind or row["key"]))
    algorithm = x509_schema.algorithm_id(signing.algorithm(row))
    return public_key.verify(key, algorithm, signature, data, digest=row["hash"] if digest is None else digest)


def expected_warnings(row) -> tuple[str, ...]:
    if row.get("plain"):
        return ("ecdsa-plain-signature",)
    return ("algorithm-is-key-type",) if row["signature"] == "ecdsa" else ()


@pytest.mark.requirement("ICAO-ALGORITHM")
@pytest.mark.parametrize("id_", VERIFIED)
def test_every_combination_is_verified(id_):
    row = signing.ROWS[id_]
    signature = signing.sign(row, DATA)
    result = verify(row, signature)
    assert (result.valid, result.reason) == (True, "")
    assert result.warnings == expected_warnings(row)
    assert (result.algorithm, result.hash) == (row["signature"], row["hash"])


@pytest.mark.parametrize("id_", VERIFIED)
def test_no_combination_takes_another_signature(id_):
    row = signing.ROWS[id_]
    signature = bytearray(signing.sign(row, DATA))
    assert wrong(verify(row, bytes(signature), DATA + b"!"))
    for place in (len(signature) // 3, len(signature) - 1):
        signature[place] ^= 1
        assert wrong(verify(row, bytes(signature)))
        signature[place] ^= 1
    assert wrong(verify(row, bytes(signature[:-1])))
    assert wrong(verify(row, bytes(signature) + b"\0"))
    assert wrong(verify(row, b""))


def wrong(result: public_key.SignatureResult) -> bool:
    return result.valid is False and result.reason == "wrong-signature" and not result.warnings


@pytest.mark.parametrize("id_", VERIFIED)
def test_the_hash_is_that_of_the_identifier(id_):
    """An identifier that names a hash is not moved by the digest beside it; one that names none goes by that alone."""
    row = signing.ROWS[id_]
    signature = signing.sign(row, DATA)
    another = "sha384" if row["hash"] == "sha256" else "sha256"
    if row["signature"] in ("rsa", "ecdsa"):
        assert verify(row, signature, digest=another).valid is False
        result = verify(row, signature, digest="")
        assert (result.valid, result.reason) == (None, "algorithm-unknown")
    else:
        assert verify(row, signature, digest=another).valid is True
        assert verify(row, signature, digest="").valid is True


@pytest.mark.parametrize("signature", ["rsa-md5", "rsa"])
def test_md5_is_refused_by_name_though_the_signature_is_right(signature):
    row = {"key": "rsa-2048", "signature": signature, "hash": "md5"}
    result = verify(row, signing.sign(row, DATA))
    assert (result.valid, result.reason, result.hash) == (False, "algorithm-forbidden", "md5")


def test_md5_is_refused_within_pss_parameters():
    key = signing.rsa_key()
    for hash_, mask in (("md5", "sha256"), ("sha256", "md5"), ("md5", "md5")):
        algorithm = b.sequence(b.oid("1.2.840.113549.1.1.10"), signing.pss_parameters(hash_, mask, 16))
        signature = key.pss(hash_, DATA, salt=16, mask=mask)
        result = public_key.verify(public_key.load(key.spki), x509_schema.algorithm_id(algorithm), signature, DATA)
        assert (result.valid, result.reason) == (False, "algorithm-forbidden")


@pytest.mark.parametrize("id_", VERIFIED)
def test_a_key_of_another_kind_is_a_mismatch(id_):
    row = signing.ROWS[id_]
    other = "rsa-2048" if not row["key"].startswith("rsa") else "secp256r1"
    result = verify(row, signing.sign(row, DATA), kind=other)
    assert (result.valid, result.reason) == (False, "algorithm-key-mismatch")
    other = "dsa-2048" if not row["key"].startswith("dsa") else "secp256r1"
    result = verify(row, signing.sign(row, DATA), kind=other)
    assert (result.valid, result.reason) == (False, "algorithm-key-mismatch")


@pytest.mark.parametrize("parameters", [b.integer(5), b.sequence(), b"\x05\x01\x00", b.oid("1.2.840.10045.3.1.7")])
@pytest.mark.parametrize("id_", ["rsa-sha256", "ecdsa-p256-sha256", "dsa-sha256", "ecdsa-plain-p256-sha256"])
def test_parameters_where_there_are_none_are_not_overlooked(id_, parameters):
    row = signing.ROWS[id_]
    algorithm = x509_schema.AlgorithmId(signing.SIGNATURE_OIDS[row["signature"]], parameters)
    result = public_key.verify(public_key.load(signing.spki(row["key"])), algorithm, signing.sign(row, DATA), DATA)
    assert (result.valid, result.reason) == (None, "algorithm-unknown")


@pytest.mark.parametrize("parameters", [b"", b"\x05\x00"])
@pytest.mark.parametrize("id_", ["rsa-sha256", "ecdsa-p256-sha256", "dsa-sha256", "ecdsa-plain-p256-sha256"])
def test_null_and_no_parameters_are_the_same(id_, parameters):
    row = signing.ROWS[id_]
    algorithm = x509_schema.AlgorithmId(signing.SIGNATURE_OIDS[row["signature"]], parameters)
    assert public_key.verify(public_key.load(signing.spki(row["key"])), algorithm, signing.sign(row, DATA), DATA).valid


def test_an_unknown_algorithm_is_not_decided():
    key = public_key.load(signing.spki("secp256r1"))
    result = public_key.verify(key, x509_schema.AlgorithmId("1.3.6.1.4.1.2.267.7.4.4", b""), b"", DATA)
    assert (result.valid, result.reason, result.algorithm) == (None, "algorithm-unknown", "")


# ----------------------------------------------------------------------------------------------------- the table itself


def test_identifiers_are_those_of_other_libraries():
    for row in signing.TABLE["hash"]:
        assert algos.DigestAlgorithmId._map[row["oid"]] == row["id"]
        assert hashes.Hash(algorithms.hash_by_id(row["id"]).library).algorithm.digest_size == row["length"]
    names = {
        "rsa": "rsassa_pkcs1v15",
        "rsa-pss": "rsassa_pss",
        **{f"rsa-{h}": f"{h}_rsa" for h in ("md5", "sha1", "sha224", "sha256", "sha384", "sha512")},
        **{f"ecdsa-{h}": f"{h}_ecdsa" for h in ("sha1", "sha224", "sha256", "sha384", "sha512")},
        **{f"dsa-{h}": f"{h}_dsa" for h in ("sha1", "sha224", "sha256")},
    }
    plain = [id_ for id_ in signing.SIGNATURE_OIDS if id_.startswith("ecdsa-plain")]
    assert set(names) | set(plain) | {"ecdsa"} == set(signing.SIGNATURE_OIDS)
    for id_, name in names.items():
        assert algos.SignedDigestAlgorithmId._map[signing.SIGNATURE_OIDS[id_]] == name
    known = {value.dotted_string for key, value in vars(SignatureAlgorithmOID).items() if key.startswith("ECDSA")}
    assert {signing.SIGNATURE_OIDS[f"ecdsa-{h}"] for h in ("sha224", "sha256", "sha384", "sha512")} <= known
    # BSI TR-03111, 5.2.1.1: id-ecdsa-plain-signatures and the number of the hash
    order = ["sha1", "sha224", "sha256", "sha384", "sha512"]
    assert {id_: signing.SIGNATURE_OIDS[id_] for id_ in plain} == {
        f"ecdsa-plain-{hash_}": f"0.4.0.127.0.7.1.1.4.1.{number}" for number, hash_ in enumerate(order, 1)
    }


def test_rows_name_only_what_the_table_has():
    hashes_ = {row["id"] for row in signing.TABLE["hash"]}
    for row in signing.TABLE["signature"]:
        assert row["hash"] in hashes_ | {""}
        assert row["clause"]
    defects = tomllib.loads((signing.SPECS.parent / "defects.toml").read_text())
    named = {row["id"] for row in defects["defect"]}
    assert {row["warning"] for row in signing.TABLE["signature"] if "warning" in row} <= named
    for row in signing.ROWS.values():
        assert row["hash"] in hashes_
        assert row.get("mgf", "sha1") in hashes_
        assert row["signature"] in signing.SIGNATURE_OIDS
        assert algorithms.signature_by_id(row["signature"]).hash in ("", row["hash"])
        assert row["key"] in signing.CURVES or re.fullmatch(r"(rsa|dsa)-2048(-e3|-random-e)?", row["key"])
        assert not (row.get("issue") and row["hash"] in ("sha1", "md5"))  # Doc 9303-12, 4.1.8
    assert set(signing.ROWS) == set(algorithms.combinations())


def test_look_ups():
    assert algorithms.hash_by_oid("2.16.840.1.101.3.4.2.1").id == "sha256"
    assert algorithms.hash_by_oid("1.2.3") is None
    assert algorithms.signature_by_oid("1.2.840.113549.1.1.10").scheme == "rsa-pss"
    assert algorithms.signature_by_oid("1.2.3") is None
    with pytest.raises(KeyError):
        algorithms.hash_by_id("sha3")
    with pytest.raises(KeyError):
        algorithms.signature_by_id("rot13")
    algorithms.combinations().clear()
    assert algorithms.combinations()  # a copy was cleared


@pytest.mark.parametrize(
    ("hash_", "bits", "on", "weak"),
    [
        ("sha1", 0, date(2010, 12, 31), False),
        ("sha1", 0, date(2011, 1, 1), True),
        ("sha256", 0, date(2040, 1, 1), False),
        ("sha256", 2047, date(2013, 12, 31), False),
        ("sha256", 2047, date(2014, 1, 1), True),
        ("sha256", 2048, date(2040, 1, 1), False),
        ("sha1", 4096, date(2026, 1, 1), True),
    ],
)
def test_weakness_begins_on_a_day(hash_, bits, on, weak):
    assert algorithms.weak(hash_, bits, on) is weak


# --------------------------------------------------------------------------------------------------------------- curves


@pytest.mark.parametrize("name", signing.CURVES)
def test_curves_are_those_of_another_library(name):
    aliases = {"secp192r1": "NIST192p", "secp224r1": "NIST224p", "secp256r1": "NIST256p", "secp384r1": "NIST384p"}
    wanted = {**aliases, "secp521r1": "NIST521p"}.get(name, name.replace("brainpool", "BRAINPOOL"))
    other = next(curve for curve in ecdsa.curves.curves if curve.name == wanted)
    curve = curves.by_name(name)
    p = other.curve.p()
    assert (curve.p, curve.a, curve.b) == (p, other.curve.a() % p, other.curve.b() % p)
    assert (curve.gx, curve.gy, curve.n) == (other.generator.x(), other.generator.y(), other.order)
    assert curve.h == 1
    assert curve.bits == p.bit_length()
    assert curve.field_bytes == len(p.to_bytes((p.bit_length() + 7) // 8, "big"))
    assert curve.oid == ".".join(map(str, other.oid))
    assert curve.order_bytes == signing.order_bytes(name)


def test_the_parameter_ids_are_those_of_the_standard():
    # Doc 9303-11, table 12
    assert {curve["parameter_id"]: name for name, curve in signing.CURVES.items()} == {
        8: "secp192r1",
        9: "brainpoolP192r1",
        10: "secp224r1",
        11: "brainpoolP224r1",
        12: "secp256r1",
        13: "brainpoolP256r1",
        14: "brainpoolP320r1",
        15: "secp384r1",
        16: "brainpoolP384r1",
        17: "brainpoolP512r1",
        18: "secp521r1",
    }


def test_curve_look_ups():
    assert curves.by_library_name("brainpoolP256r1").name == "brainpoolP256r1"
    with pytest.raises(KeyError):
        curves.by_name("curve25519")
    with pytest.raises(KeyError):
        curves.by_library_name("curve25519")
    with pytest.raises(KeyError):
        _ = curves.by_name("brainpoolP320r1").library_curve
