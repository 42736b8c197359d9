"""A master list, and a revocation list that bears on its signer: which of them came first must not matter."""

from itertools import permutations

import pytest

from tests.support import builders as b
from tests.support.lists_made import list_signer, master_list
from tjdocs.border import Evidence, Inspector
from tjdocs.border.evidence import evidence_archive
from tjdocs.pki.signer import Signer, combination
from tjdocs.pki.trust.import_files import import_files
from tjdocs.pki.trust.store import TrustStore
from tjdocs.pki.trust.trust_policy import TrustPolicy

UTOPIA = b.utopia()
LINK = b.csca("CSCA Utopia 2", key=b.ec_key("next"), by=UTOPIA)
THIRD = b.csca("CSCA Utopia 3", key=b.ec_key("third"), by=LINK)
ROGUE = b.csca("CSCA Erewhon", "EW")
SIGNER = list_signer(LINK)


# who signs the revocation list, and whom it names; the links are only beside the content of the master list
LISTS = {
    "signer, by the root": b.revocation_list(UTOPIA, [SIGNER.certificate.serial]),
    "signer, by its issuer": b.revocation_list(LINK, [SIGNER.certificate.serial]),
    "signer, by a newer key": b.revocation_list(THIRD, [SIGNER.certificate.serial]),
    "link, by the root": b.revocation_list(UTOPIA, [LINK.certificate.serial]),
    "link, by a newer key": b.revocation_list(THIRD, [LINK.certificate.serial]),
}
OTHERS = {
    "nobody": b.revocation_list(UTOPIA, [1]),
    "by a stranger": b.revocation_list(b.csca("CSCA Utopia 2", key=b.ec_key("stranger")), [SIGNER.certificate.serial]),
}


def imported(folder, order, crl) -> TrustStore:
    files = {"list": master_list([ROGUE.raw], SIGNER, inside=[SIGNER.raw, LINK.raw, THIRD.raw]), "crl": crl.raw}
    store = TrustStore.create(folder / f"{'-'.join(order)}.db")
    for name in order:
        (folder / name).write_bytes(files[name])
        import_files(store, [folder / name], anchors=[UTOPIA.certificate], at=b.AT)
    return store


ORDERS = [*permutations(["list", "crl"]), ("list", "crl", "list")]


@pytest.mark.requirement("ICAO-LIST")
@pytest.mark.parametrize("name", LISTS)
def test_a_list_of_a_revoked_signer_vouches_for_nobody_in_any_order(tmp_path, name):
    for order in ORDERS:
        store = imported(tmp_path, order, LISTS[name])
        assert not store.trusted(ROGUE.certificate), order
        assert not TrustStore(tmp_path / f"{'-'.join(order)}.db").trusted(ROGUE.certificate), order


@pytest.mark.parametrize("name", OTHERS)
def test_and_of_one_that_is_not_revoked_it_does(tmp_path, name):
    for order in ORDERS:
        assert imported(tmp_path, order, OTHERS[name]).trusted(ROGUE.certificate), order


def test_a_revocation_list_by_a_denied_key_revokes_no_signer_of_a_list(tmp_path):
    """Whether a signer is revoked is judged under the policy too."""
    store = imported(tmp_path, ("list", "crl"), LISTS["signer, by a newer key"])
    policy = TrustPolicy(denied=frozenset({THIRD.certificate.sha256}))
    assert not store.trusted(ROGUE.certificate)
    assert store.with_policy(policy).trusted(ROGUE.certificate)


def test_what_came_beside_a_list_is_trusted_by_nobody(tmp_path):
    store = imported(tmp_path, ("list", "crl"), OTHERS["nobody"])
    assert {LINK.certificate, THIRD.certificate} <= set(store.signers_of_lists)
    assert not any(store.trusted(party.certificate) for party in (LINK, THIRD))
    assert {entry.certificate for entry in store.entries} == {UTOPIA.certificate, ROGUE.certificate}


@pytest.mark.parametrize("name", LISTS)
def test_an_archive_comes_to_the_same(tmp_path, name):
    store = imported(tmp_path, ("list", "crl"), LISTS[name])
    scene = b.scene(by=b.signer(ROGUE, "EW"), inside=b.zone(state="EWW"))
    inspector, evidence = Inspector(trust=store), Evidence(mrz=scene.mrz, chip=scene.chip)
    verdict = inspector.inspect(evidence, at=b.AT)
    assert ("pa.ds-chain", "not-believed") in {(f.check, f.reason) for f in verdict.findings}
    own = b.certify(b.name(("C", "UT"), ("CN", "Inspection")), b.ec_key("own"), [b.key_usage("digitalSignature")], period=(b.moment(2026), b.moment(2030)))
    by = Signer(own.certificate, combination("ecdsa-p256-sha256"), own.key)
    evidence_archive.export_evidence(tmp_path / "e.zip", evidence, verdict, inspector, signer=by, at=b.AT)
    result = evidence_archive.verify_evidence(tmp_path / "e.zip", trust=TrustStore.of([own.certificate]))
    assert [str(f.outcome) for f in result.findings] == ["passed"] * 4

