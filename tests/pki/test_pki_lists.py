"""Master lists: read, verified up to the receiver's anchor, and sorted by who vouches for whom."""

from datetime import timedelta

import pytest

from tests.support import builders as b
from tests.support.lists_made import LIST_SIGNER, UTOPIA, content, list_signer, master_list
from tjdocs.pki import TrustStore
from tjdocs.pki.signed_data import CmsError
from tjdocs.pki.trust.master_list import MasterList, resolve

OTHER = b.csca("CSCA Elsewhere", "XX")
LINK = b.csca(key=b.ec_key("link"), by=UTOPIA, subject=UTOPIA.name)
LISTED = [UTOPIA.raw, OTHER.raw, LINK.raw]


def judged(raw: bytes, *anchors: b.Party, at=b.AT, **known):
    result = MasterList.parse(raw).verify([anchor.certificate for anchor in anchors], at=at, **known)
    return result.outcome, result.reason, result.warnings


PASSED = ("passed", "", ())


# -------------------------------------------------------------------------------------------------------------- reading


@pytest.mark.requirement("ICAO-LIST")
def test_a_list_is_read_in_its_order():
    read = MasterList.parse(master_list(LISTED))
    assert [certificate.raw for certificate in read.certificates] == sorted(LISTED)
    assert read.unreadable == ()
    assert read.signed_data.warnings == ()


@pytest.mark.requirement("ICAO-LIST")
def test_a_list_whose_set_is_unsorted_is_read_verified_as_read_and_named():
    backwards = sorted(LISTED, reverse=True)
    raw = master_list(LISTED, body=content(backwards, ordered=False))
    assert [certificate.raw for certificate in MasterList.parse(raw).certificates] == backwards
    assert judged(raw, UTOPIA) == ("warning", "", ("set-order",))
    # the signature is over the bytes as written, and over no other order of them
    sorted_since = raw.replace(content(backwards, ordered=False), content(LISTED))
    assert len(sorted_since) == len(raw) and sorted_since != raw
    assert judged(sorted_since, UTOPIA)[:2] == ("failed", "message-digest")


def test_one_certificate_that_cannot_be_read_does_not_lose_the_rest():
    junk = b.sequence(b.integer(5))
    read = MasterList.parse(master_list([*LISTED, junk]))
    assert len(read.certificates) == 3
    assert read.unreadable == (junk,)
    assert judged(master_list([*LISTED, junk]), UTOPIA) == PASSED


def test_an_empty_list():
    assert MasterList.parse(master_list([])).certificates == ()


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "not-signed-data"),
        (UTOPIA.raw, "not-signed-data"),
        (master_list(LISTED, content_type="2.23.136.1.1.1"), "content-type"),
        (master_list([], body=b""), "not-a-master-list"),
        (master_list([], body=b.sequence(b.integer(0))), "not-a-master-list"),
        (master_list([], body=b.sequence(b.set_of(LISTED))), "not-a-master-list"),
        (master_list([], body=content(LISTED) + b"\0"), "not-a-master-list"),
        (master_list([], body=b.sequence(b.integer(0), b.sequence(*LISTED))), "not-a-master-list"),
        (master_list([], body=b.sequence(b.integer(0), b.der(0x31, LISTED[0][:-1]))), "not-a-master-list"),
        (master_list([], body=b.sequence(b.integer(0), b.der(0x31, b"\x04\x81\x01a"))), "not-a-master-list"),
    ],
)
def test_what_is_no_list(raw, reason):
    with pytest.raises(CmsError) as caught:
        MasterList.parse(raw)
    assert caught.value.reason == reason


def test_a_list_left_open_is_read_by_its_name():
    raw = master_list(LISTED, outer={"indefinite": True})
    assert MasterList.parse(raw).signed_data.warnings == ("ber-encoded",)
    assert judged(raw, UTOPIA) == ("warning", "", ("ber-encoded",))


# ------------------------------------------------------------------------------------------------------------ verifying


@pytest.mark.requirement("ICAO-LIST")
def test_a_list_whose_signature_leads_to_the_anchor():
    assert judged(master_list(LISTED), UTOPIA) == PASSED
    assert judged(master_list(LISTED), OTHER, UTOPIA) == PASSED
    by_serial = master_list(LISTED, by_key=None)
    assert judged(by_serial, UTOPIA) == PASSED


@pytest.mark.requirement("ICAO-LIST")
def test_without_an_anchor_nothing_is_decided():
    assert judged(master_list(LISTED)) == ("undetermined", "no-anchor", ())


@pytest.mark.requirement("ICAO-LIST")
def test_with_another_anchor_the_list_is_not_trusted():
    # the CSCA lies inside, and is no anchor by that
    outcome, reason, _ = judged(master_list(LISTED), OTHER)
    assert (outcome, reason) == ("undetermined", "untrusted")
    outcome, reason, _ = judged(master_list(LISTED, inside=[list_signer().raw]), OTHER)
    assert (outcome, reason) == ("undetermined", "no-issuer")


def test_through_a_link_that_lies_inside():
    signer = list_signer(LINK)
    assert judged(master_list(LISTED, signer, inside=[signer.raw, LINK.raw]), UTOPIA) == PASSED
    outcome, reason, _ = judged(master_list(LISTED, signer, inside=[signer.raw]), UTOPIA)
    assert (outcome, reason) == ("undetermined", "other-generation")


def test_a_changed_signature_fails():
    for anchors in ((UTOPIA,), ()):
        assert judged(master_list(LISTED, signature=b"\x30\x00"), *anchors)[:2] == ("failed", "wrong-signature")
    changed = master_list(LISTED).replace(b"CSCA Elsewhere", b"CSCA Nowhere!!")
    assert judged(changed, UTOPIA)[:2] == ("failed", "message-digest")


def test_a_signer_that_nobody_certified():
    forged = list_signer(UTOPIA, signature=b.sign(b.ec_key("forger"), "ecdsa-sha256", b"x"))
    assert judged(master_list(LISTED, forged), UTOPIA)[:2] == ("failed", "wrong-signature")
    # without an anchor, too: the certificate that contradicts it lies inside
    assert judged(master_list(LISTED, forged))[:2] == ("failed", "wrong-signature")


def test_nobody_signed():
    assert judged(master_list(LISTED, infos=[]), UTOPIA) == ("failed", "no-signer", ())


def test_the_signers_certificate_is_missing():
    assert judged(master_list(LISTED, inside=[UTOPIA.raw]), UTOPIA)[:2] == ("undetermined", "signer-missing")


def test_a_namesake_in_front_of_the_signer_does_not_hide_it():
    """The certificates inside are not signed: anybody can put another one of the same issuer and number there."""
    signer = list_signer()
    twin = list_signer(key=b.ec_key("twin"), serial=signer.certificate.serial, signature=b"")
    for inside in ([twin.raw, signer.raw, UTOPIA.raw], [signer.raw, twin.raw, UTOPIA.raw]):
        assert judged(master_list(LISTED, signer, inside=inside, by_key=None), UTOPIA) == PASSED


def test_an_algorithm_that_is_not_known():
    raw = master_list(LISTED, algorithm_=b.algorithm("unknown"))
    assert judged(raw, UTOPIA)[:2] == ("undetermined", "algorithm-unknown")


@pytest.mark.parametrize(
    "changes",
    [
        {"extra": []},  # no purpose: a document signer
        {"extra": [b.purposes("2.23.136.1.1.8")]},  # deviation lists
        {"extra": [b.purposes("2.23.136.1.1.11.1")]},  # seals
        {"extra": [b.purposes(LIST_SIGNER), b.basic_constraints(ca=True)]},  # Doc 9303-12, 9: never the CSCA itself
        {"usage": ("keyCertSign",)},  # a key that signs certificates only
        {"usage": ("keyCertSign", "cRLSign", "digitalSignature")},
        {"usage": ("cRLSign",)},
    ],
)
def test_who_may_not_sign_lists(changes):
    assert judged(master_list(LISTED, list_signer(**changes)), UTOPIA)[:2] == ("failed", "signer-role")


def test_a_purpose_that_is_not_critical_and_a_missing_key_usage():
    weak = ("2.5.29.37", False, b.sequence(b.oid(LIST_SIGNER)))
    assert judged(master_list(LISTED, list_signer(extra=[weak])), UTOPIA) == (
        "warning",
        "",
        ("extended-key-usage-not-critical",),
    )
    assert judged(master_list(LISTED, list_signer(usage=None)), UTOPIA) == ("warning", "", ("key-usage-absent",))
    unreadable = list_signer(usage=None, extra=[b.purposes(LIST_SIGNER), ("2.5.29.15", True, b"\x05\x00")])
    assert judged(master_list(LISTED, unreadable), UTOPIA)[:2] == ("undetermined", "signer-role")
    purpose = list_signer(extra=[("2.5.29.37", True, b"\x05\x00")])
    assert judged(master_list(LISTED, purpose), UTOPIA)[:2] == ("undetermined", "signer-role")


def test_signing_time():
    assert judged(master_list(LISTED, signing_time=None), UTOPIA) == ("warning", "", ("signing-time-absent",))
    assert judged(master_list(LISTED, signing_time=b.utc(b"x")), UTOPIA) == ("warning", "", ("signing-time-absent",))
    later = b.moment(2028)
    for when in (b.moment(2024, 12, 31), b.moment(2027, 1, 2)):
        assert judged(master_list(LISTED, signing_time=when), UTOPIA, at=later)[:2] == ("failed", "signer-validity")
    for when in (b.moment(2025), b.moment(2027)):
        assert judged(master_list(LISTED, signing_time=when), UTOPIA, at=later) == PASSED
    without_seconds = master_list(LISTED, signing_time=b.utc(b"2603021030Z"))
    assert judged(without_seconds, UTOPIA) == ("warning", "", ("signing-time-form",))


def test_a_list_of_the_future_is_not_passed():
    tomorrow = master_list(LISTED, signing_time=b.AT + timedelta(days=2))
    assert judged(tomorrow, UTOPIA) == ("failed", "signed-in-future", ())


def test_a_list_without_signing_time_by_a_signer_that_has_ended():
    """Nothing says when it was signed: the signer must be valid now."""
    assert judged(master_list(LISTED, signing_time=None), UTOPIA, at=b.moment(2028))[:2] == ("failed", "signer-validity")


@pytest.mark.parametrize("kind", ["ecdsa-sha256", "ecdsa-sha1"])
def test_a_revoked_signer_is_nobodys(kind):
    """Doc 9303-12, 4.1.5: a list is for all certificates that the CSCA issued, those of list signers too."""
    revoked = b.revocation_list(UTOPIA, [list_signer().certificate.serial], kind=kind)
    assert judged(master_list(LISTED), UTOPIA, crls=[revoked])[:2] == ("failed", "signer-revoked")
    other = b.revocation_list(UTOPIA, [list_signer().certificate.serial + 1], kind=kind)
    assert judged(master_list(LISTED), UTOPIA, crls=[other]) == PASSED


def test_a_revoked_authority_takes_the_list_with_it():
    revoked = b.revocation_list(UTOPIA, [UTOPIA.certificate.serial])
    assert judged(master_list(LISTED), UTOPIA, crls=[revoked])[:2] == ("failed", "issuer-revoked")


def test_tolerances_are_told():
    raw = master_list(LISTED, ordered=False, outer={"version": 1}, version=1)
    assert judged(raw, UTOPIA) == ("warning", "", ("cms-version", "signer-info-version", "attributes-order"))


def test_every_signer_counts():
    body, first = content(LISTED), list_signer()
    second = list_signer(key=b.ec_key("second list signer"), subject=b.name(("C", "UT"), ("CN", "Second")))
    infos = [
        b.signer_info(body, party, by_key=party.identifier, content_type="2.23.136.1.1.2") for party in (first, second)
    ]
    inside = [first.raw, second.raw, UTOPIA.raw]
    assert judged(master_list(LISTED, infos=infos, inside=inside), UTOPIA)[0] in ("passed", "warning")
    broken = b.signer_info(body, second, by_key=second.identifier, content_type="2.23.136.1.1.2", signature=b"")
    assert judged(master_list(LISTED, infos=[infos[0], broken], inside=inside), UTOPIA)[0] == "failed"


# ------------------------------------------------------------------------------------------------- who vouches for whom


def kinds(*parties: b.Party, known: TrustStore | None = None) -> list[tuple[str, str]]:
    return [(r.kind, r.reason) for r in resolve([party.certificate for party in parties], known)]


def test_each_certificate_and_who_vouches_for_it():
    orphan = b.csca("Orphan", key=b.ec_key("orphan"), by=b.csca("Missing"))
    results = resolve([party.certificate for party in (UTOPIA, LINK, orphan)])
    assert [(r.kind, r.issuer, r.reason) for r in results] == [
        ("self-signed", UTOPIA.certificate, ""),
        ("link", UTOPIA.certificate, ""),
        ("unresolved", None, "no-issuer"),
    ]


def test_any_iterable_will_do():
    assert [r.kind for r in resolve(party.certificate for party in (UTOPIA, LINK))] == ["self-signed", "link"]


def test_known_certificates_vouch_too():
    assert kinds(LINK) == [("unresolved", "other-generation")]
    assert kinds(LINK, known=TrustStore.of([UTOPIA.certificate])) == [("link", "")]
    assert kinds(LINK, known=TrustStore.of([], [UTOPIA.certificate])) == [("link", "")]


def test_a_link_found_by_key_identifier_alone():
    renamed = b.csca(key=b.ec_key("link"), by=UTOPIA, issuer=b.name(("C", "UT"), ("CN", "Nobody")))
    assert kinds(UTOPIA, renamed)[1] == ("link", "issuer-by-key-identifier")


def test_a_root_that_its_own_key_and_a_link_both_vouch_for():
    root = b.csca(key=b.ec_key("link"))
    assert kinds(UTOPIA, root, LINK) == [("self-signed", ""), ("self-signed", ""), ("link", "")]


def test_a_root_without_key_identifiers():
    bare = b.csca("Bare", extensions=[b.basic_constraints(ca=True)])
    assert kinds(bare) == [("self-signed", "")]


@pytest.mark.parametrize(
    ("party", "others", "reason"),
    [
        (b.csca("Alone", signature=b"\x30\x00"), (), "other-generation"),
        (b.csca("Alone", "UT", by=UTOPIA, signature=b"\x30\x00"), (UTOPIA,), "wrong-signature"),
        (b.csca("Alone", info=b.ec_spki("1.3.132.0.10", b"\4" + bytes(64))), (), "curve-unsupported"),
        (b.csca("Alone", info=b.sequence(b.integer(5))), (), "key-unusable"),
        (
            b.csca("Alone", by=b.csca("Strange", info=b.sequence(b.integer(5)))),
            (b.csca("Strange", info=b.sequence(b.integer(5))),),
            "key-unusable",
        ),
        (b.csca("Alone", by=UTOPIA, kind="unknown", signature=b"x"), (UTOPIA,), "algorithm-unknown"),
    ],
)
def test_why_nobody_vouches(party, others, reason):
    *_, result = resolve([p.certificate for p in (*others, party)])
    assert (result.kind, result.issuer, result.reason) == ("unresolved", None, reason)
