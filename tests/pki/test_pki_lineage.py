"""Which link certificates connect the keys of a State's CSCAs, so that a revocation list of one is for the others too."""

import pytest

from tests.support import builders as b
from tjdocs.pki import TrustStore
from tjdocs.pki.trust import revocation
from tjdocs.pki.trust.trust_policy import TrustPolicy

ONE, TWO = b.csca("CSCA Utopia A", key=b.ec_key("a")), b.csca("CSCA Utopia B", key=b.ec_key("b"))
SIGNER = b.signer(TWO).certificate
LIST = b.revocation_list(ONE)


def link(by: b.Party, to: b.Party, **changes) -> b.Party:
    given = {"subject": to.name, "key": to.key, "by": by, "serial": 4711} | changes
    return b.csca(**given)


def reason(anchors, candidates, *, denied=()) -> str:
    store = TrustStore.of([p.certificate for p in anchors], [p.certificate for p in candidates], [LIST])
    view = store.with_policy(TrustPolicy(denied=frozenset(p.certificate.sha256 for p in denied)))
    return revocation.judge("x", [SIGNER, TWO.certificate], view, at=b.AT).reason


def test_a_link_of_a_trusted_authority_ties_its_list():
    assert reason([ONE, TWO], [link(ONE, TWO)]) == ""
    assert reason([ONE, TWO], [link(TWO, ONE)]) == ""
    assert reason([ONE, TWO], []) == "crl-not-tied"


MIDDLE = b.csca("CSCA Utopia C", key=b.ec_key("middle"))


def test_over_one_that_is_known_only():
    between = link(ONE, MIDDLE)
    assert reason([ONE, TWO], [between, link(between, TWO)]) == ""
    # its root is not trusted, and no trusted one certified it
    assert reason([ONE, TWO], [MIDDLE, link(MIDDLE, TWO), link(MIDDLE, ONE)]) == "crl-not-tied"


def test_not_over_one_that_is_denied():
    between = link(ONE, MIDDLE)
    assert reason([ONE, TWO], [between, link(between, TWO)], denied=[between]) == "crl-not-tied"
    direct = link(ONE, TWO)
    other = link(ONE, MIDDLE, serial=4712)
    assert reason([ONE, TWO], [direct, other], denied=[other]) == ""


@pytest.mark.parametrize("extensions", [[b.basic_constraints(ca=False)], [b.key_usage("digitalSignature")]], ids=["no CA", "usage"])
def test_not_over_one_that_may_not_certify(extensions):
    identified = [b.subject_identifier(b.key_identifier(MIDDLE.key)), b.authority_identifier(ONE.identifier)]
    between = link(ONE, MIDDLE, extensions=[*identified, *extensions])
    assert reason([ONE, TWO], [between, link(between, TWO)]) == "crl-not-tied"
    # nor over one that is trusted, for another use
    assert reason([ONE, TWO, between], [link(between, TWO), link(between, ONE)]) == "crl-not-tied"


# ------------------------------------------------------------------------------- certificates whose path is not yet known


def test_a_list_is_tied_by_the_name_of_the_issuer_that_a_path_finds():
    """The certificate has another name for its issuer; its key identifier finds it."""
    odd = b.signer(ONE, issuer=b.name(("C", b.COUNTRY), ("CN", "Nobody's name"))).certificate
    other = b.csca("CSCA Utopia A", key=b.ec_key("another key of that name"))
    crl = b.revocation_list(other, [odd.serial])
    store = TrustStore.of([ONE.certificate, other.certificate], (), [crl])
    assert revocation.revoked(odd, (), store)
    assert not revocation.revoked(odd, (), TrustStore.of([ONE.certificate, TWO.certificate], (), [b.revocation_list(TWO, [odd.serial])]))


def test_a_certificate_with_its_issuer_s_name_has_a_path_all_the_same():
    party = b.signer(ONE, subject=ONE.name).certificate
    newest = link(ONE, TWO)
    store = TrustStore.of([ONE.certificate], [newest.certificate], [b.revocation_list(newest, [party.serial])])
    assert revocation.revoked(party, (), store)
