"""Making seals: what is made is what a reader reads, and only a seal signer signs it."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from tests.support import builders as b
from tests.support import seals_made as s
from tjdocs.errors import KeyMaterialError, UsageError
from tjdocs.findings import enforce_premises
from tjdocs.pki import Authority, TrustStore, algorithms
from tjdocs.pki.signer import Signer, combination, generate_key
from tjdocs.seal import Header, Seal, make, verify
from tjdocs.seal.make_vds import message
from tjdocs.seal.seal_results import status

ISSUED, SIGNED = date(2026, 11, 23), date(2026, 11, 24)
AT = datetime(2026, 12, 1, tzinfo=UTC)
ETD = "emergency-travel-document"
def made(authority: Authority, profile=ETD, **changes) -> Seal:
    signer = authority.seal_signer(ETD if profile == "visa" else profile)
    values = {"signer": signer, "issue_date": ISSUED, "signature_date": SIGNED}
    return make(profile, **{**values, "features": s.FEATURES[profile], **changes})


def trust(authority: Authority) -> TrustStore:
    return TrustStore.of([authority.csca], authority.certificates().values())


@pytest.mark.requirement("ICAO-SEAL")
@pytest.mark.parametrize("profile", s.FEATURES)
def test_what_is_made_is_read_back(authority, profile):
    seal = made(authority, profile)
    assert Seal.parse(seal.encode()) == seal
    assert seal.problems == ()
    assert seal.profile.id == profile
    expected = dict(s.FEATURES[profile])
    if profile == "visa":
        expected["zone_b"] = expected["zone_b"][:64]
    assert seal.values == expected
    assert seal.header.country == "TJK"
    assert (seal.header.version, seal.header.issue_date, seal.header.signature_date) == (4, ISSUED, SIGNED)


@pytest.mark.requirement("ICAO-SEAL")
@pytest.mark.parametrize("profile", [name for name in s.FEATURES if name != "visa"])
def test_what_is_made_is_genuine(authority, named_authority, profile):
    for one in (authority, named_authority):
        seal = made(one, profile)
        findings = enforce_premises(verify(seal, trust(one), at=AT).findings)
        assert {f.check: str(f.outcome) for f in findings} == {
            "seal.structure": "passed",
            "seal.signer": "passed",
            "seal.signature": "passed",
            "seal.revocation": "undetermined",
        }
        assert status(findings).valid


def test_a_seal_is_small(authority, tmp_path):
    """As large as the worked example of Doc 9303-8: the reference is short. That of a trial is six bytes longer."""
    production = Authority.create(tmp_path / "p", at=b.moment(2026, 11), production=True, passphrase=b"secret")
    seal = made(production)
    assert (len(seal.encode()), seal.header.signer, seal.header.reference) == (134, "TJ01", "01")
    assert len(made(authority).encode()) == 140
    assert made(authority).header.signer == "TJ01"
    assert made(authority).header.serial == authority.seal_signer(ETD).certificate.serial


def test_the_signer_by_the_profile(tmp_path):
    """Doc 9303-12, 7.1.1: country and two characters name the signer, its serial number is the reference."""
    authority = Authority.create(tmp_path / "a", at=b.moment(2026, 11))
    seen = set()
    for _ in range(2):
        header = made(authority).header
        certificate = authority.seal_signer("emergency-travel-document").certificate
        assert certificate.subject_text == f"C=TJ, CN={header.signer[2:]}"
        assert certificate.serial == header.serial
        assert certificate.extended_key_usage == ("2.23.136.1.1.11.1",)
        assert certificate.private_key_usage is None
        seen.add((header.signer, header.reference))
        authority.new_seal_signer(ETD, at=b.moment(2026, 11))
    assert len(seen) == 2


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("ecdsa-p256-sha256", 64),
        ("ecdsa-bp256-sha256", 64),
        ("ecdsa-p384-sha384", 96),
        ("ecdsa-bp384-sha384", 96),
        ("ecdsa-bp512-sha512", 128),
        ("ecdsa-plain-p256-sha256", 64),
    ],
)
def test_every_curve_with_its_hash(name, size):
    row = algorithms.combinations()[name]
    key = generate_key(row)
    party = s.signer(key=key)
    seal = make(
        ETD,
        signer=Signer(party.certificate, row, key),
        issue_date=s.SIGNED,
        signature_date=s.SIGNED,
        features={"zone": s.zone()},
    )
    assert len(seal.signature) == size
    found = verify(seal, TrustStore.of([b.utopia().certificate], [party.certificate]), at=b.AT).findings
    assert [str(f.outcome) for f in found[:3]] == ["passed"] * 3


@pytest.mark.requirement("ICAO-SEAL")
def test_a_document_signer_signs_no_seal(authority):
    with pytest.raises(UsageError, match="not a seal signer"):
        made(authority, signer=authority.document_signer())


def odd_signer(name: str) -> Signer:
    row = combination(name)
    key = generate_key(row)
    return Signer(s.signer(key=key).certificate, row, key)


@pytest.mark.parametrize("name", ["ecdsa-p256-sha384", "ecdsa-p384-sha256", "ecdsa-p521-sha512", "rsa-sha256"])
def test_keys_and_hashes_with_which_no_seal_is_signed(name):
    with pytest.raises(UsageError, match="no seal is signed"):
        make(ETD, signer=odd_signer(name), issue_date=ISSUED, signature_date=SIGNED, features={"zone": s.zone()})


def test_the_key_is_used_in_its_period_only(authority):
    begin = authority.seal_signer("emergency-travel-document").certificate.not_before.date()
    assert begin == date(2026, 11, 24)
    for day in (date(2026, 11, 24), date(2028, 1, 24)):  # 1 year and 2 months (Doc 9303-8, 6.3.1)
        assert made(authority, signature_date=day).valid
    for day in (date(2026, 11, 23), date(2028, 1, 25)):
        with pytest.raises(KeyMaterialError) as caught:
            made(authority, signature_date=day)
        assert "tjdocs authority seal-signer" in caught.value.hint


@pytest.mark.parametrize(
    ("profile", "features", "where"),
    [
        ("passport", {}, "passport"),
        (ETD, {}, "emergency-travel-document: zone"),
        (ETD, {"zone": s.TJK, "colour": "red"}, "emergency-travel-document: colour"),
        (ETD, {"zone": s.TJK[:71]}, "feature zone"),
        (ETD, {"zone": s.TJK[:45] + "8" + s.TJK[46:]}, "emergency-travel-document: zone"),
        ("visa", s.FEATURES["visa"] | {"zone_a": s.visa(44)}, "visa: zone"),
        ("registration-certificate", s.FEATURES["registration-certificate"] | {"category": "H"}, "feature category"),
    ],
)
def test_seals_that_are_not_made(authority, profile, features, where):
    with pytest.raises(UsageError) as caught:
        made(authority, ETD, features=features) if profile == ETD else make(
            profile,
            signer=authority.seal_signer("emergency-travel-document"),
            issue_date=ISSUED,
            signature_date=SIGNED,
            features=features,
        )
    assert caught.value.where == where
    assert caught.value.hint
    assert "ERIKSSON" not in str(caught.value)


@pytest.mark.parametrize("name", ["issue_date", "signature_date"])
@pytest.mark.parametrize("value", ["2026-11-24", datetime(2026, 11, 24, tzinfo=UTC), None])
def test_dates_are_dates(authority, name, value):
    with pytest.raises(UsageError) as caught:
        made(authority, **{name: value})
    assert caught.value.where == name


def test_a_national_profile_is_its_states_alone(authority):
    with pytest.raises(UsageError, match="unknown profile"):
        made(authority, "stateless-id", country="UTO")


def test_a_country_without_a_code_must_be_given():
    party = s.signer(country="QQ", letters="S1")
    row = combination("ecdsa-p256-sha256")
    signer = Signer(party.certificate, row, b.ec_key("seal"))
    values = {"issue_date": s.SIGNED, "signature_date": s.SIGNED, "features": {"zone": s.zone()}}
    with pytest.raises(UsageError) as caught:
        make(ETD, signer=signer, **values)
    assert "country=" in caught.value.hint
    assert make(ETD, signer=signer, country="UTO", **values).header.signer == "QQS1"


def test_a_signer_whose_name_is_none_of_a_seal_signers():
    party = s.signer(letters="Seal Signer 1")
    signer = Signer(party.certificate, combination("ecdsa-p256-sha256"), b.ec_key("seal"))
    with pytest.raises(UsageError) as caught:
        make(ETD, signer=signer, issue_date=s.SIGNED, signature_date=s.SIGNED, features={"zone": s.zone()})
    assert caught.value.where == "signer"


def test_a_message_for_a_profile_that_nobody_knows():
    header = Header(4, "UTO", "UTS1", "5B", s.SIGNED, s.SIGNED, 0x66, 0x03)
    with pytest.raises(UsageError, match="unknown profile"):
        message(header, {})
    known = replace(header, definition=0x5E)
    assert message(known, {"zone": s.zone()}) == s.made(end=b"")
    with pytest.raises(UsageError, match="does not allow this version"):
        message(replace(known, version=3, reference="0005B"), {"zone": s.zone()})


def test_the_longest_value_of_version_3():
    header = Header(3, "UTO", "UTS1", "0005B", s.SIGNED, s.SIGNED, 0x5D, 0x01)
    features = s.FEATURES["visa"] | {"additional": bytes(254)}
    seal = Seal.assemble(message(header, features), bytes(64))
    assert seal.problems == ()
    assert seal.values["additional"] == bytes(254)
