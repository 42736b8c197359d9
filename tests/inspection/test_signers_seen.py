"""A signer seen before is judged as if it were not: whatever changed since is seen."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.support import builders as b
from tjdocs.border import Inspector
from tjdocs.pki.trust import signer_rules
from tjdocs.pki.trust.store import Source, TrustStore
from tjdocs.pki.trust.trust_policy import TrustPolicy

pytestmark = [pytest.mark.requirement("ICAO-PA"), pytest.mark.requirement("TR-VERDICT")]

SIGNER = ("pa.ds-chain", "pa.ds-validity", "pa.ds-usage", "pa.country", "pa.ds-revocation", "pa.authentic")


def told(examination, *checks):
    return {f.check: (str(f.outcome), f.reason) for f in examination.findings if f.check in (checks or SIGNER)}


def stored(path, *crls):
    store = TrustStore.create(path)
    csca = b.utopia().certificate
    store.add(Source("a", "1" * 64), [(csca, "self-signed")], grounds={csca.sha256: "anchor"}, crls=crls)
    return store


def test_seen_twice_is_judged_alike():
    scene = b.scene(groups={1: b.dg1(b.zone()), 2: b.dg2()})
    first = scene.examine()
    assert len(scene.trust.memory) == 1
    assert scene.examine().findings == first.findings
    assert told(first)["pa.authentic"] == ("passed", "")


def test_another_store_knows_nothing_of_it():
    scene = b.scene()
    assert told(scene.examine())["pa.ds-chain"] == ("passed", "")
    nobody = replace(scene, trust=TrustStore.of([], [b.utopia().certificate]))
    assert told(nobody.examine())["pa.ds-chain"] == ("undetermined", "untrusted")
    assert told(replace(scene, trust=TrustStore.of([])).examine())["pa.ds-chain"] == ("undetermined", "no-issuer")
    assert told(scene.examine())["pa.ds-chain"] == ("passed", "")


def test_a_certificate_that_the_store_gets_counts_at_once(tmp_path):
    store = TrustStore.create(tmp_path / "trust.db")
    scene = replace(b.scene(), trust=store)
    assert told(scene.examine())["pa.ds-chain"] == ("undetermined", "no-issuer")
    csca = b.utopia().certificate
    store.add(Source("a", "1" * 64), [(csca, "self-signed")], grounds={csca.sha256: "anchor"})
    assert told(scene.examine())["pa.ds-chain"] == ("passed", "")


def test_a_revocation_list_that_the_store_gets_counts_at_once(tmp_path):
    store = stored(tmp_path / "trust.db")
    scene = replace(b.scene(), trust=store)
    assert told(scene.examine())["pa.ds-revocation"] == ("undetermined", "no-crl")
    crl = b.revocation_list(b.utopia(), [b.utopian_signer().certificate.serial])
    store.add(Source("crl", "2" * 64), [], grounds={}, crls=[crl])
    assert told(scene.examine())["pa.ds-revocation"] == ("failed", "revoked")


def test_the_day_is_judged_each_time():
    crl = b.revocation_list(b.utopia(), until=b.moment(2026, 12, 1))
    scene = b.scene(crls=[crl])
    later, before = datetime(2027, 1, 1, tzinfo=UTC), datetime(2020, 1, 1, tzinfo=UTC)
    assert told(scene.examine())["pa.ds-revocation"] == ("passed", "")
    assert told(replace(scene, at=later).examine())["pa.ds-revocation"] == ("undetermined", "stale")
    assert told(replace(scene, at=before).examine())["pa.ds-validity"] == ("failed", "signed-in-future")
    assert told(scene.examine())["pa.ds-validity"] == ("passed", "")


def test_the_zone_is_judged_each_time():
    party = b.signer(b.utopia(), "UT", types=["P"])
    trust = b.scene().trust
    passport = replace(b.scene(by=party), trust=trust)
    visa = replace(b.scene(by=party, inside=b.zone(code="ID")), trust=trust)
    stranger = replace(b.scene(by=party, inside=b.zone(state="SWE", nationality="SWE")), trust=trust)
    for _ in range(2):
        assert told(passport.examine())["pa.ds-usage"] == ("passed", "")
        assert told(visa.examine())["pa.ds-usage"] == ("failed", "document-type")
        assert told(stranger.examine())["pa.country"] == ("failed", "differs")
        assert told(passport.examine())["pa.country"][0] in ("passed", "undetermined")
    assert len(trust.memory) == 1


def test_a_signer_whose_signature_is_wrong_is_not_taken_for_the_one_seen():
    scene = b.scene()
    scene.examine()
    raw = b.utopian_signer().raw
    forged = raw[:-1] + bytes((raw[-1] ^ 1,))
    altered = scene.with_files(EF_SOD=scene.chip["EF.SOD"].replace(raw, forged))
    assert told(altered.examine())["pa.ds-chain"] == ("failed", "wrong-signature")
    assert told(scene.examine())["pa.ds-chain"] == ("passed", "")


def test_nothing_of_one_document_stays_for_the_next():
    """The signature and the hashes of every document are its own, whoever signed it."""
    scene = b.scene()
    scene.examine()
    altered = scene.with_files(DG2=scene.chip["DG2"][:-1] + b"\x00")
    assert told(altered.examine(), "pa.authentic")["pa.authentic"] == ("failed", "not-authentic")
    broken = bytearray(scene.chip["EF.SOD"])
    broken[-1] ^= 1
    assert told(scene.with_files(EF_SOD=bytes(broken)).examine(), "pa.sod-signature")["pa.sod-signature"][0] == "failed"


def test_of_forged_signers_only_so_many_are_remembered(monkeypatch):
    monkeypatch.setattr(signer_rules, "_REMEMBERED", 2)
    trust = b.scene().trust
    for number in range(5):
        party = b.signer(b.csca(f"CSCA {number}", "UT"), "UT")
        assert told(replace(b.scene(by=party), trust=trust).examine())["pa.authentic"][0] != "passed"
    assert len(trust.memory) <= 2


def test_the_law_s_policy_is_asked_each_time():
    """What is remembered are findings about a signer, never a verdict."""
    from tjdocs.border import Policy

    scene = b.scene()
    strict = Policy.parse(
        Policy.default().source.replace(b"rule = [\n", b'rule = [\n{ check = "pa.ds-revocation", reason = "no-crl", decision = "refer" },\n', 1)
    )
    assert Inspector(trust=scene.trust).inspect(scene.evidence, at=b.AT).decision == "admit"
    assert Inspector(trust=scene.trust, policy=strict).inspect(scene.evidence, at=b.AT).decision == "refer"
    assert Inspector(trust=scene.trust).inspect(scene.evidence, at=b.AT).decision == "admit"


def test_a_trust_policy_that_believes_less_is_not_answered_from_one_that_believes_more(tmp_path):
    store = stored(tmp_path / "trust.db")
    scene = replace(b.scene(), trust=store)
    denying = store.with_policy(TrustPolicy(denied=frozenset({b.utopia().certificate.sha256})))
    for _ in range(2):
        assert told(scene.examine())["pa.ds-chain"] == ("passed", "")
        assert told(replace(scene, trust=denying).examine())["pa.ds-chain"] == ("failed", "denied")
