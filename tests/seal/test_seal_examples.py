"""The worked examples of the standard and published test seals, in both directions."""

import tomllib
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from tests.support import builders as b
from tests.support import seals_made as s
from tjdocs import mrz, specs
from tjdocs.asn1 import x509_schema
from tjdocs.pki import public_key
from tjdocs.seal import Header, Seal, spans
from tjdocs.seal.hashing import algorithm_of
from tjdocs.seal.make_vds import message

TABLE = tomllib.loads((Path(__file__).parent / "examples.toml").read_text())
SEALS = {row["id"]: row for row in TABLE["seal"]}
SIGNED = [row for row in SEALS.values() if "signer_public_key" in row]
CURVE_TABLE = specs.read_toml("pki/curves.toml")["curve"]
CURVES = {"brainpoolP256r1": "1.3.36.3.3.2.8.1.1.7", "brainpoolP224r1": "1.3.36.3.3.2.8.1.1.5"}


def data_of(row) -> bytes:
    return bytes.fromhex("".join(row["hex"]))


def key_of(row) -> public_key.PublicKey:
    return public_key.load(b.ec_spki(CURVES[row["signer_curve"]], bytes.fromhex(row["signer_public_key"])))


def header_of(row) -> Header:
    version = row["version_byte"] + 1
    reference = row["reference"][6 if version == 4 else 4 :]
    country, signer = row["country"].rstrip("<"), row["reference"][:4]
    dates = row["issue_date"], row["signature_date"]
    return Header(version, country, signer, reference, *dates, row["definition"], row["category"])


@pytest.mark.requirement("ICAO-SEAL")
@pytest.mark.parametrize("id_", SEALS)
def test_reading(id_):
    row = SEALS[id_]
    seal = Seal.parse(data_of(row))
    assert seal.problems == ()
    assert seal.header == header_of(row)
    assert len(seal.signature) == row["signature_length"]
    assert [(f.tag, len(f.value)) for f in seal.features] == [(f["tag"], f["length"]) for f in row["features"]]
    for feature, expected in zip(seal.features, row["features"], strict=True):
        if "hex" in expected:
            assert feature.value == bytes.fromhex(expected["hex"])
        else:
            assert feature.value == s.c40(expected["text"])
            assert expected["text"].rstrip() in [str(v).replace("<", " ").rstrip() for v in seal.values.values()]


@pytest.mark.requirement("ICAO-SEAL")
@pytest.mark.parametrize("id_", SEALS)
def test_writing(id_):
    """Header and values, and the signature given, make the same bytes."""
    row = SEALS[id_]
    seal = Seal.parse(data_of(row))
    signed = message(header_of(row), dict(seal.values))
    assert signed == seal.signed
    assert Seal.assemble(signed, seal.signature).encode() == data_of(row) == seal.encode()


@pytest.mark.requirement("ICAO-SEAL")
@pytest.mark.parametrize("row", SIGNED, ids=lambda row: row["id"])
def test_signatures_are_right_under_the_published_keys(row):
    seal, key = Seal.parse(data_of(row)), key_of(row)
    algorithm = algorithm_of(key)
    assert algorithm.hash == row["hash"].lower().replace("-", "")
    named = x509_schema.AlgorithmId(algorithm.oid, b"")
    assert public_key.verify(key, named, seal.signature, seal.signed).valid
    for changed in (seal.signed[:-1], seal.signed + b"\0", bytes((seal.signed[0] ^ 1,)) + seal.signed[1:]):
        assert public_key.verify(key, named, seal.signature, changed).reason == "wrong-signature"


def test_the_zone_of_the_worked_example_is_a_zone():
    seal = Seal.parse(data_of(SEALS["emergency-travel-document"]))
    zone = mrz.parse(seal.zone, joined=True, at=seal.header.issue_date)
    assert (zone.format, zone.document_code, zone.document_number) == ("TD2", "PU", "D23145890")
    assert zone.valid


@pytest.mark.parametrize("row", TABLE["ecdsa_to_der"]["examples"], ids=lambda row: row["der"])
def test_r_and_s_as_der_and_back(row):
    """What the library between us and the standard does with the standard's example (Doc 9303-13, B.3)."""
    assert encode_dss_signature(row["r"], row["s"]).hex().upper() == row["der"]
    assert decode_dss_signature(bytes.fromhex(row["der"])) == (row["r"], row["s"])


@pytest.mark.parametrize("curve", CURVE_TABLE, ids=lambda row: row["id"])
def test_the_hash_follows_from_the_order_of_the_curve(curve):
    size = (curve["bits"] + 7) // 8
    point = b"\4" + int(curve["gx"], 16).to_bytes(size, "big") + int(curve["gy"], 16).to_bytes(size, "big")
    key = public_key.load(b.ec_spki(curve["oid"], point))
    assert key.kind == "ec"
    bits = int(curve["n"], 16).bit_length()
    hashes = {int(limit): name for limit, name in TABLE["hash_by_order_bits"]["up_to"].items()}
    expected = next((name for limit, name in hashes.items() if bits <= limit), None)
    found = algorithm_of(key)
    assert (found.hash if found else None) == (expected.lower().replace("-", "") if expected else None)


def test_an_order_above_all_limits_has_no_hash():
    assert {row["id"] for row in CURVE_TABLE if int(row["n"], 16).bit_length() > 512} == {"secp521r1"}
    assert algorithm_of(public_key.load(b.spki(b.rsa_key("seal")))) is None


@pytest.mark.parametrize("id_", SEALS)
def test_dissected_byte_by_byte(id_):
    data = data_of(SEALS[id_])
    found = spans(data)
    for span in found:
        assert data[span.offset : span.offset + len(span.data)] == span.data
        assert span.clause
    deepest = [span for n, span in enumerate(found) if n + 1 == len(found) or found[n + 1].depth <= span.depth]
    assert b"".join(span.data for span in deepest) == data  # each byte once, in order
    assert {"magic constant", "version", "issuing country", "tag", "length", "value", "r", "s"} <= {
        span.meaning for span in found
    }
