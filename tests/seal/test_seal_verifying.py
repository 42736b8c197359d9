"""Verifying: which certificate counts, the standard's results by name, and a seal changed in any byte."""

import hashlib
import os
import random

import ecdsa
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from tests.support import builders as b
from tests.support import seals_made as s
from tjdocs import specs
from tjdocs.errors import SpecError
from tjdocs.findings import Finding, Outcome, checks, enforce_premises
from tjdocs.pki import TrustStore
from tjdocs.pki.trust.import_files import import_files
from tjdocs.seal import Seal, verify
from tjdocs.seal.seal_problems import kinds
from tjdocs.seal.seal_results import _table, results, status

CSCA = b.utopia().certificate
SHARE = 1 if os.environ.get("TJDOCS_SWEEP") == "full" else 10
# Doc 9303-13, appendix D, table D.1; Doc 9303-8, table A-1; Doc 9303-7, table 2
LEVELS = {
    "trustable": {"UNKNOWN_FEATURE"},
    "medium fraud potential": {"READ_ERROR", "EXPIRED_CERTIFICATE"},
    "high fraud potential": {
        "WRONG_FORMAT",
        "UNKNOWN_CERTIFICATE",
        "UNTRUSTED_CERTIFICATE",
        "INVALID_DOCUMENTTYPE",
        "REVOKED_CERTIFICATE",
        "INVALID_SIGNATURE",
        "INVALID_SEAL_MRZ",
        "INVALID_PRINTED_MRZ",
        "SEAL_DOCUMENT_MISMATCH",
        "INVALID_VISA_MRZ",
        "SEAL_VISA_MISMATCH",
        "INVALID_PASSPORT_MRZ",
        "SEAL_PASSPORT_MISMATCH",
    },
}


def store(*signers: b.Party, anchors=(CSCA,), **more) -> TrustStore:
    return TrustStore.of(anchors, [party.certificate for party in signers], **more)


def judged(data: bytes, trust: TrustStore, at=b.AT) -> dict[str, tuple[str, str]]:
    findings = enforce_premises(verify(Seal.parse(data), trust, at=at).findings)
    return {f.check: (str(f.outcome), f.reason) for f in findings}


def names(data: bytes, trust: TrustStore) -> list[str]:
    findings = enforce_premises(verify(Seal.parse(data), trust, at=b.AT).findings)
    return [result.id for result in status(findings).results]


@pytest.mark.requirement("ICAO-SEAL")
def test_the_results_are_the_standards():
    assert {result.id for result in results().values()} == set().union(*LEVELS.values())
    for level, members in LEVELS.items():
        assert {result.id for result in results().values() if result.trust == level} == members
    assert {result.id for result in results().values() if result.valid} == {"UNKNOWN_FEATURE"}


def test_every_reason_leads_to_a_result_or_is_known_to_need_none():
    """What has no name of the standard's is INVALID all the same."""
    _, by_reason, neutral = _table()
    listed = {f"{check.id}/{reason}" for check in checks().values() for reason in check.reasons if check.id[:5] == "seal."}
    follow = {reason for reason in listed if reason.split("/")[1] in ("premise", "unreadable", "no-input")}
    unnamed = {
        "seal.signer/code-unknown",
        "seal.signature/signer-missing",  # told of seal.signer
        "seal.signature/algorithm-unknown",
        "seal.signature/curve-unsupported",
        "seal.signature/key-unusable",
        "seal.signature/limit",
        "seal.revocation/stale",
        "seal.revocation/not-yet-issued",
        "seal.revocation/crl-signature",
        "seal.revocation/crl-not-tied",
    }
    table = {f"seal.structure/{code}" for code in kinds()}
    assert listed | table == set(by_reason) | neutral | follow | unnamed
    for reason in unnamed | follow:
        check, word = reason.split("/")
        assert not status([Finding(check, Outcome.UNDETERMINED, word)]).valid


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"PARKING", "magic"),
        (b'{"data": {"hdr": {"is": "UTO"}}}', "magic"),
        (bytes(20_000), "too-long"),
        (s.made(version=0x04), "version"),
        (s.made(definition=0x66), "profile-unknown"),
    ],
)
def test_what_is_not_judged_here_is_invalid_by_the_standard_and_accuses_nobody(data, reason):
    found = judged(data, store(s.signer()))
    assert found["seal.structure"] == ("undetermined", reason)
    assert "failed" not in {outcome for outcome, _ in found.values()}
    assert not Seal.parse(data).valid
    assert "WRONG_FORMAT" in names(data, store(s.signer()))


def test_a_forged_signature_under_an_unknown_profile_still_accuses():
    forged = s.made(definition=0x66, key=b.ec_key("forger"))
    assert judged(forged, store(s.signer()))["seal.signature"] == ("failed", "wrong-signature")


def test_the_gravest_problem_decides_and_is_named():
    both = s.made(definition=0x66, end=b"")
    assert judged(both, store(s.signer()))["seal.structure"] == ("failed", "signature-missing")


def test_nothing_found_is_not_valid():
    assert not status([]).valid
    assert not status([Finding("pa.authentic", Outcome.PASSED)]).valid
    assert status([Finding("seal.structure", Outcome.PASSED), Finding("mrz.structure", Outcome.FAILED, "x")]).valid


@given(st.sampled_from([o for o in Outcome if not o.ok]), st.sampled_from([c for c in checks() if c[:5] == "seal."]))
def test_whatever_does_not_hold_is_invalid(outcome, check):
    assert not status([Finding("seal.structure", Outcome.PASSED), Finding(check, outcome, "anything")]).valid


@pytest.mark.parametrize(
    "change",
    [
        lambda t: t.update(colour="red"),
        lambda t: t["result"][0].update(colour="red"),
        lambda t: t["result"].append(t["result"][0]),
        lambda t: t["result"][1].update(reasons=["seal.structure/no-code"]),
        lambda t: t["result"].pop(1),
        lambda t: t["result"][1].update(valid=True),
    ],
)
def test_a_misspelt_table_is_an_error(monkeypatch, change):
    problems = specs.read_toml("seals/problems.toml")
    table = specs.read_toml("seals/results.toml")
    change(table)
    kinds()
    monkeypatch.setattr(specs, "read_toml", lambda path: table if "results" in path else problems)
    with pytest.raises(SpecError):
        _table.__wrapped__()


# ------------------------------------------------------------------------------------------------------ which signer


def test_the_signer_is_found_by_country_name_and_number():
    party = s.signer()
    trust = store(party, b.utopian_signer())
    assert trust.seal_signers("UTS1", 0x5B) == [party.certificate]
    for identifier, serial in (("UTS1", 0x5C), ("UTS2", 0x5B), ("UZS1", 0x5B), ("uts1", 0x5B), ("", 0)):
        assert trust.seal_signers(identifier, serial) == []
    merged = TrustStore.of([CSCA]).merged([trust])
    assert merged.seal_signers("UTS1", 0x5B) == [party.certificate]
    assert s.signer(subject=b.name(("C", "ut"), ("CN", "s1"))).certificate in store(
        s.signer(subject=b.name(("C", "ut"), ("CN", "s1")))
    ).seal_signers("UTS1", 0x5B)


def test_a_store_on_disk_keeps_signers_untrusted(tmp_path):
    for name, party in (("csca.cer", b.utopia()), ("seal.cer", s.utopian())):
        (tmp_path / name).write_bytes(party.raw)
    trust = TrustStore.create(tmp_path / "trust.db")
    import_files(trust, [tmp_path / "seal.cer"], anchors=[CSCA], at=b.AT)
    assert judged(s.made(), trust)["seal.signature"] == ("passed", "")
    again = TrustStore(tmp_path / "trust.db")
    assert [e.ground for e in again.entries if e.certificate == s.utopian().certificate] == [""]
    assert judged(s.made(), again)["seal.signature"] == ("passed", "")
    # a certificate that comes later is found too
    late = s.signer(serial=0x5C)
    (tmp_path / "late.cer").write_bytes(late.raw)
    import_files(again, [tmp_path / "late.cer"], at=b.AT)
    assert again.seal_signers("UTS1", 0x5C) == [late.certificate]


def test_a_signer_is_no_anchor_even_when_trusted():
    assert judged(s.made(), TrustStore.of([s.utopian().certificate]))["seal.signer"] == ("undetermined", "no-issuer")


def test_a_namesake_neither_helps_nor_hurts():
    """A forger's certificate of the same country, name and serial number lies beside the genuine one."""
    csca = b.csca(key=b.ec_key("forger"))
    forger = s.signer(csca, key=b.ec_key("forger"))
    forged, genuine = s.made(key=b.ec_key("forger")), s.made()
    for signers in ((forger, s.utopian()), (s.utopian(), forger)):
        trust = store(*signers)
        assert judged(genuine, trust)["seal.signature"] == ("passed", "")
        assert judged(forged, trust)["seal.signature"] == ("failed", "wrong-signature")
        assert not status(verify(Seal.parse(forged), trust, at=b.AT).findings).valid
    assert judged(forged, store(forger))["seal.signature"] == ("undetermined", "premise")


def test_a_crowd_of_namesakes_is_not_tried_to_the_end(monkeypatch):
    crowd = [s.signer(key=b.ec_key(f"crowd {n}")) for n in range(80)]
    found = verify(Seal.parse(s.made()), store(*crowd), at=b.AT)
    assert found.findings[2].reason == "wrong-signature"
    assert found.signer == crowd[0].certificate


def test_a_crowd_of_strangers_accuses_nobody():
    """Certificates that no CSCA signed, as anybody can write and publish, in front of the signer's."""
    stranger = b.csca("CSCA Nowhere")
    for key in (None, "seal"):
        strangers = [
            s.signer(
                stranger,
                key=b.ec_key(key or f"stranger {n}"),
                period=(b.moment(2026, 1, 1 + n // 24, n % 24), b.moment(2028)),
                authority=b.utopia().identifier,
                issuer=b.utopia().name,
            )
            for n in range(70)
        ]
        assert judged(s.made(), store(*strangers[:63], s.utopian()))["seal.signature"] == ("passed", "")
        found = judged(s.made(), store(*strangers, s.utopian()))
        assert found["seal.signer"] == found["seal.signature"] == ("undetermined", "limit")


CURVES = (
    ec.SECP224R1,
    ec.SECP256R1,
    ec.SECP384R1,
    ec.BrainpoolP256R1,
    ec.BrainpoolP384R1,
    ec.BrainpoolP512R1,
)


@pytest.mark.parametrize("curve", CURVES, ids=lambda curve: curve.name)
def test_every_curve(curve):
    key = ec.generate_private_key(curve())
    party = s.signer(key=key)
    assert judged(s.made(key=key), store(party))["seal.signature"] == ("passed", "")
    assert judged(s.made(key=b.ec_key("seal")), store(party))["seal.signature"] == ("failed", "wrong-signature")


def test_the_curve_that_the_library_lacks():
    """brainpoolP224r1: verified by the other library, as the published visa needs it."""
    key = ecdsa.SigningKey.generate(ecdsa.BRAINPOOLP224r1)
    party = s.signer(info=b.ec_spki("1.3.36.3.3.2.8.1.1.5", key.verifying_key.to_string("uncompressed")))
    signature = key.sign(s.made(end=b""), hashfunc=hashlib.sha224, sigencode=ecdsa.util.sigencode_string)
    assert len(signature) == 56
    assert judged(s.made(signature=signature), store(party))["seal.signature"] == ("passed", "")
    wrong = signature[:-1] + bytes((signature[-1] ^ 1,))
    assert judged(s.made(signature=wrong), store(party))["seal.signature"] == ("failed", "wrong-signature")


def test_several_faults_of_a_signer_are_all_told():
    party = s.signer(purposes=None, types=("PS",), period=(b.moment(2026), b.moment(2026, 7)))
    found = verify(Seal.parse(s.made()), store(party), at=b.AT).findings[1]
    assert (found.outcome, found.reason) == ("failed", "role")
    for word in ("role", "document-type", "expired-since"):
        assert word in found.detail


def test_only_the_bytes_read_are_verified():
    """A length in another form is not written anew: the signature is over what stands there."""
    long_form = b"\x02\x81\x30" + s.c40(s.zone())
    found = judged(s.made(long_form), store(s.utopian()))
    assert found["seal.structure"] == ("failed", "length-form")
    raw = verify(Seal.parse(s.made(long_form)), store(s.utopian()), at=b.AT).findings[2]
    assert raw.outcome == "passed"  # by itself: premises are another step
    assert found["seal.signature"] == ("undetermined", "premise")


# ------------------------------------------------------------------------------------------------------------- sweep


@pytest.mark.sweep
@pytest.mark.requirement("ICAO-SEAL")
def test_each_byte_of_a_seal_turned_over():
    """Every byte, three ways: never an exception, never valid."""
    trust, data = store(s.utopian()), s.made(s.emergency() + s.feature(0x77, b"?"))
    assert names(data, trust) == ["UNKNOWN_FEATURE"]
    for offset in range(len(data)):
        for mask in (0x01, 0x20, 0xFF):
            changed = data[:offset] + bytes((data[offset] ^ mask,)) + data[offset + 1 :]
            found = enforce_premises(verify(Seal.parse(changed), trust, at=b.AT).findings)
            assert not status(found).valid, (offset, mask)
            assert not next(f for f in found if f.check == "seal.signature").outcome.ok


@pytest.mark.sweep
def test_a_seal_cut_or_lengthened():
    trust, data = store(s.utopian()), s.made()
    draw = random.Random(9303)
    for length in range(len(data)):
        assert not status(verify(Seal.parse(data[:length]), trust, at=b.AT).findings).valid
    for _ in range(5_000 // SHARE):
        changed = bytearray(data)
        for _ in range(draw.choice((1, 1, 2, 5))):
            place = draw.randrange(len(changed))
            match draw.randrange(4):
                case 0:
                    changed[place] ^= 1 << draw.randrange(8)
                case 1:
                    changed.insert(place, draw.randrange(256))
                case 2:
                    del changed[place]
                case _:
                    other = draw.randrange(len(changed))
                    changed[place:place] = changed[other : other + 16]
        if changed != data:
            assert not status(verify(Seal.parse(bytes(changed)), trust, at=b.AT).findings).valid
