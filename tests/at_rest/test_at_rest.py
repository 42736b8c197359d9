"""What commit d010bd0 left on a disk opens, migrates and judges as it did (make_d010bd0.sh wrote it)."""

import json
import tarfile
from datetime import datetime
from pathlib import Path

import pytest

from tjdocs.auditlog import LogVerifier, read_proof
from tjdocs.border import Evidence, Inspector, Policy, Verdict, Watchlists
from tjdocs.border.evidence.evidence_archive import verify_evidence
from tjdocs.errors import InputError, RegisterError
from tjdocs.pki import Authority, Certificate, TrustStore
from tjdocs.pki.crl import Crl
from tjdocs.register import KeyRequest, Keys, OfficerKey, Register, migrate

PASSPHRASE = b"at rest, not secret"
AT = datetime.fromisoformat("2026-12-01T10:00:00+05:00")
ARCHIVE = Path(__file__).parent / "d010bd0.tar.gz"


@pytest.fixture
def place(tmp_path):
    with tarfile.open(ARCHIVE) as archive:
        archive.extractall(tmp_path, filter="data")
    return tmp_path


def judged(place: Path, **more: object) -> Verdict:
    evidence = Evidence(
        mrz=(place / "passport/mrz.txt").read_text().split(), chip=place / "passport/chip", direction="exit"
    )
    return Inspector(trust=TrustStore(place / "trust.db"), **more).inspect(evidence, at=AT)


def then(place: Path) -> tuple[str, list[str]]:
    found = json.loads((place / "judged.json").read_text())
    return found["verdict"], found["decided_by"]


def test_a_trust_store_judges_as_before(place):
    verdict = judged(place)
    assert (str(verdict.decision), list(verdict.decided_by)) == then(place) == ("admit", then(place)[1])


def test_a_policy_judges_as_before(place):
    policy = Policy.read(place / "policy.toml")
    verdict = judged(place, policy=policy)
    assert (str(verdict.decision), list(verdict.decided_by)) == then(place)
    (place / "passport/chip/DG2.bin").write_bytes(b"\x75\x00")
    assert judged(place, policy=policy).decision == "refuse"


def test_signed_evidence_verifies_and_is_judged_again_as_then(place):
    signer = Certificate.parse((place / "evidence.cer").read_bytes())
    proof = verify_evidence(place / "evidence.zip", trust=TrustStore.of([signer]))
    assert {finding.check: str(finding.outcome) for finding in proof.findings} == {
        "evidence.structure": "passed",
        "evidence.signature": "passed",
        "evidence.files": "passed",
        "evidence.judgement": "warning",  # findings that are new since
    }
    assert (str(proof.verdict.decision), list(proof.verdict.decided_by)) == then(place)


def test_an_index_of_watchlists_becomes_one_of_today(place):
    with pytest.raises(InputError, match="another version") as refused:
        Watchlists(place / "bans.index")
    assert "border lists OLD --out NEW" in refused.value.hint
    lists = Watchlists.build(place / "new.index", [place / "bans.index"])
    assert lists.counts == {"ban": 2}
    verdict = judged(place, lists=lists)
    assert (str(verdict.decision), verdict.decided_by) == ("refer", ("holder.ban",))  # a patronymic more


def test_a_register_migrates_and_its_proofs_verify(place):
    url, keys = f"sqlite:///{place}/register.db", Keys.open(place / "register.db-keys", passphrase=PASSPHRASE)
    with pytest.raises(RegisterError, match="older"):
        Register(url, keys=keys)
    key, auditor = OfficerKey.generate(), OfficerKey.generate()
    assert migrate(url, keys=keys, officer="supervisor", office="store", at=AT, officer_key=key)[0] == "0003"
    register = Register(url, keys=keys, officer_keys=[key, auditor])
    register.officers.new_key("auditor", key=KeyRequest.of("auditor", auditor), officer="supervisor", at=AT)
    assert register.document("T00000001", officer="supervisor").status == "handed-over"
    assert register.blanks.find("T00000005", officer="supervisor").state == "spoiled"
    report = register.audit(officer="auditor")
    assert not report.problems
    proofs = json.loads((place / "proofs.json").read_text())
    assert len(proofs["proofs"]) == 3
    for proof in proofs["proofs"]:
        assert read_proof(json.dumps(proof)).verify(LogVerifier.parse(proofs["verifier"]))


@pytest.mark.parametrize("folder", ["trial", "authority"])
def test_an_authority_signs_on(place, folder):
    authority = Authority.open(place / folder, passphrase=PASSPHRASE)
    assert authority.trial is (folder == "trial")
    assert authority.document_signer().certificate in authority.certificates().values()
    assert Crl.parse(authority.new_crl(at=AT)).verify(authority.csca).valid
    assert authority.new_document_signer(at=AT).certificate.issuer == authority.csca.subject
