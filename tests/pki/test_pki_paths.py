"""From a document signer to a trusted CSCA, and why not: a chain fails in three ways, and only one accuses."""

from collections.abc import Sequence

import pytest

from tests.support import builders as b
from tjdocs.pki import Certificate, TrustStore, certification_path, public_key

LATER, LATEST = b.ec_key("second generation"), b.ec_key("third generation")
UTOPIA = b.utopia()
OTHER_NAME = b.name(("C", "UT"), ("O", "SPECIMEN"), ("CN", "CSCA Utopia of another name"))


def build(signer: b.Party, anchors: Sequence[b.Party] = (), candidates: Sequence[b.Party] = ()) -> certification_path.Path:
    return certification_path.build(
        signer.certificate, TrustStore.of([a.certificate for a in anchors], [c.certificate for c in candidates])
    )


def outcome(path: certification_path.Path):
    return path.valid, path.reason


def names(path: certification_path.Path) -> list[bytes]:
    return [certificate.raw for certificate in path.chain]


def link(old: b.Party, key, *, subject: bytes | None = None, **more) -> b.Party:
    """Return the link certificate by which ``old`` vouches for the next key (Doc 9303-12, 4.3)."""
    return b.csca(key=key, by=old, subject=subject or old.name, **more)


# ---------------------------------------------------------------------------------------------------------------- found


def test_a_signer_under_its_anchor():
    signer = b.signer(UTOPIA)
    path = build(signer, [UTOPIA])
    assert outcome(path) == (True, "")
    assert names(path) == [signer.raw, UTOPIA.raw]
    assert (path.warnings, path.attempts) == ((), ())


def test_through_one_link_and_through_two():
    first = link(UTOPIA, LATER)
    second = link(first, LATEST)
    signer = b.signer(second)
    path = build(signer, [UTOPIA], [first, second])
    assert outcome(path) == (True, "")
    assert names(path) == [signer.raw, second.raw, first.raw, UTOPIA.raw]
    assert build(signer, [UTOPIA], [second]).reason == "untrusted"
    assert build(signer, [first], [second]).chain[-1] == first.certificate  # the nearest trusted one ends it


def test_new_key_under_the_same_name():
    """Both generations have one name: the key identifier and the signature tell them apart."""
    new = b.csca(key=LATER)
    assert new.name == UTOPIA.name
    for by in (UTOPIA, new):
        signer = b.signer(by)
        path = build(signer, [UTOPIA, new])
        assert outcome(path) == (True, "")
        assert path.chain[-1] == by.certificate
        assert path.attempts == ()  # the likeliest first: nothing was tried in vain


def test_new_key_under_the_same_name_without_key_identifiers():
    old = b.csca(extensions=[b.basic_constraints(ca=True), b.key_usage("keyCertSign")])
    new = b.csca(key=LATER, extensions=[b.basic_constraints(ca=True), b.key_usage("keyCertSign")])
    for by in (old, new):
        path = build(b.signer(by, authority=None), [old, new])
        assert outcome(path) == (True, "")
        assert path.chain[-1] == by.certificate


def test_change_of_name():
    """The link carries the new name and is signed with the old key."""
    new = link(UTOPIA, LATER, subject=OTHER_NAME)
    assert (new.certificate.issuer, new.certificate.subject) == (UTOPIA.name, OTHER_NAME)
    path = build(b.signer(new), [UTOPIA], [new])
    assert outcome(path) == (True, "")
    assert path.warnings == ()
    assert path.chain[-1] == UTOPIA.certificate


def test_the_issuer_in_another_form_of_its_name():
    reordered = b.name(("CN", "csca utopia"), ("O", "SPECIMEN"), ("C", "UT"))
    path = build(b.signer(UTOPIA, issuer=reordered), [UTOPIA])
    assert (path.valid, path.warnings) == (True, ("issuer-name-form",))


def test_the_issuer_by_its_key_identifier_alone():
    path = build(b.signer(UTOPIA, issuer=OTHER_NAME), [UTOPIA])
    assert (path.valid, path.warnings) == (True, ("issuer-by-key-identifier",))


def test_the_issuer_by_its_key_identifier_is_of_the_same_state():
    abroad = b.csca("CSCA Elsewhere", "XX", key=UTOPIA.key)
    path = build(b.signer(abroad, "UT", issuer=OTHER_NAME), [abroad])
    assert outcome(path) == (None, "no-issuer")


def test_warnings_of_each_step_are_told():
    first = link(UTOPIA, LATER, issuer=b.name(("CN", "CSCA Utopia"), ("O", "specimen"), ("C", "UT")))
    signer = b.signer(first, issuer=OTHER_NAME)
    path = build(signer, [UTOPIA], [first])
    assert (path.valid, path.warnings) == (True, ("issuer-by-key-identifier", "issuer-name-form"))


def test_one_of_several_certificates_of_a_key():
    """298 of 914 keys stand in more than one certificate: root and link of one key, one of them trusted."""
    root, linked = b.csca(key=LATER), link(UTOPIA, LATER)
    for trusted, known in ((root, linked), (linked, root)):
        path = build(b.signer(linked), [trusted], [known])
        assert outcome(path) == (True, "")
        assert path.chain[-1] == trusted.certificate


# ------------------------------------------------------------------------------------------------------ who may certify


@pytest.mark.parametrize(
    ("extensions", "warnings"),
    [
        ([b.basic_constraints(ca=True), b.key_usage("keyCertSign")], ()),
        ([b.key_usage("keyCertSign", "cRLSign")], ("basic-constraints-absent",)),
        ([b.basic_constraints(ca=True)], ("key-usage-absent",)),
        ([], ("basic-constraints-absent", "key-usage-absent")),
        ([b.basic_constraints(ca=True), b.key_usage("keyCertSign", "digitalSignature")], ()),
    ],
)
def test_an_issuer_that_lacks_what_the_profile_asks_for(extensions, warnings):
    by = b.csca(extensions=extensions)
    path = build(b.signer(by, authority=None), [by])
    assert (path.valid, path.warnings) == (True, (*warnings, "authority-key-identifier-absent"))


UNREADABLE = b"\x05\x00"


@pytest.mark.parametrize(
    "extensions",
    [
        # seven links of a published list may certify by their key usage, and by their basic constraints are none
        [b.basic_constraints(ca=False), b.key_usage("keyCertSign")],
        [("2.5.29.19", True, UNREADABLE), b.key_usage("keyCertSign")],
        [b.basic_constraints(ca=True), ("2.5.29.15", True, UNREADABLE)],
        [b.basic_constraints(ca=True), ("2.5.29.15", True, bytes.fromhex("03810205a0"))],
        [b.basic_constraints(ca=True), b.key_usage("keyCertSign"), ("2.5.29.37", True, UNREADABLE)],
    ],
)
def test_an_authority_that_contradicts_itself_or_is_unreadable_accuses_nobody(extensions):
    by = b.csca(extensions=extensions)
    assert outcome(build(b.signer(by, authority=None), [by])) == (None, "role-contradictory")


@pytest.mark.parametrize(
    "extensions",
    [
        [b.basic_constraints(ca=False)],
        [b.basic_constraints(ca=True), b.key_usage("digitalSignature")],
        [b.basic_constraints(ca=True), b.key_usage("cRLSign")],
        [b.key_usage("digitalSignature")],
        [b.basic_constraints(ca=True), b.key_usage("keyCertSign"), b.purposes("2.23.136.1.1.3")],
        [b.basic_constraints(ca=True), b.key_usage("keyCertSign"), b.purposes("2.23.136.1.1.11.1")],
        # where nothing readable says that it may, what is unreadable gives nothing
        [("2.5.29.15", True, b"\x05\x00")],
        [("2.5.29.19", True, b"\x05\x00")],
        [b.basic_constraints(ca=False), ("2.5.29.15", True, b"\x05\x00")],
        [("2.5.29.37", False, b"\x05\x00")],
    ],
)
def test_who_may_not_certify(extensions):
    by = b.csca(extensions=extensions)
    path = build(b.signer(by, authority=None), [by])
    assert outcome(path) == (False, "not-a-ca")
    assert names(path) == [path.chain[0].raw]


def test_a_signer_without_any_extension_certifies_nothing():
    plain = b.signer(UTOPIA, usage=None, types=None, key_period=None, authority=None)
    bare = b.certify(plain.name, plain.key, [], by=UTOPIA, period=(b.moment(2026), b.moment(2036)))
    path = build(b.signer(bare, authority=None), [UTOPIA, bare])
    assert outcome(path) == (False, "not-a-ca")


def test_a_csca_with_a_purpose_of_its_producer():
    """US, SI: a purpose of the producer's software stands in the CSCA, not critical, beside cA and keyCertSign."""
    purpose = ("2.5.29.37", False, b.sequence(b.oid("1.2.840.113533.7.74.3")))
    by = b.csca(extensions=[b.basic_constraints(ca=True), b.key_usage("keyCertSign", "cRLSign"), purpose])
    assert build(b.signer(by, authority=None), [by]).valid is True


# --------------------------------------------------------------------------------------------------------------- failed


def test_nobody_of_that_name():
    path = build(b.signer(b.csca("Elsewhere", "XX"), "XX"), [UTOPIA])
    assert outcome(path) == (None, "no-issuer")
    assert path.attempts == ()
    assert outcome(build(b.signer(UTOPIA))) == (None, "no-issuer")


def test_the_name_is_known_but_not_the_key():
    new = b.csca(key=LATER)
    path = build(b.signer(new), [UTOPIA])
    assert outcome(path) == (None, "other-generation")
    assert [(attempt.issuer, attempt.reason) for attempt in path.attempts] == [(UTOPIA.certificate, "wrong-signature")]
    assert outcome(build(b.signer(new, authority=None), [UTOPIA])) == (None, "other-generation")


def test_the_key_is_known_and_the_signature_is_wrong():
    forged = b.signer(UTOPIA, signature=b.sign(b.ec_key("forger"), "ecdsa-sha256", b"x"))
    path = build(forged, [UTOPIA])
    assert outcome(path) == (False, "wrong-signature")
    tampered = b.signer(UTOPIA).raw.replace(b"Document Signer 1", b"Document Signer 2")
    assert outcome(certification_path.build(Certificate.parse(tampered), TrustStore.of([UTOPIA.certificate]))) == (
        False,
        "wrong-signature",
    )


def test_algorithms_that_differ_within_the_certificate():
    assert outcome(build(b.signer(UTOPIA, inner="ecdsa-sha384"), [UTOPIA])) == (False, "wrong-signature")


def test_the_chain_is_sound_and_ends_with_somebody_untrusted():
    path = build(b.signer(UTOPIA), [], [UTOPIA])
    assert outcome(path) == (None, "untrusted")
    assert [(attempt.issuer, attempt.reason) for attempt in path.attempts] == [(UTOPIA.certificate, "untrusted")]
    first = link(UTOPIA, LATER)
    assert outcome(build(b.signer(first), [], [UTOPIA, first])) == (None, "untrusted")
    assert outcome(build(b.signer(first), [b.csca("Elsewhere", "XX")], [UTOPIA, first])) == (None, "untrusted")


def test_trust_in_the_signer_itself_is_no_path():
    signer = b.signer(UTOPIA)
    assert outcome(build(signer, [signer])) == (None, "no-issuer")


def test_a_self_signed_signer_is_not_its_own_anchor():
    assert outcome(build(UTOPIA, [UTOPIA])) == (None, "no-issuer")
    forger = b.csca("CSCA Utopia", key=b.ec_key("forger"))
    path = build(forger, [UTOPIA], [forger])
    assert path.valid is not True


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"info": b.ec_spki("1.3.132.0.10", b"\4" + bytes(64))}, "curve-unsupported"),
        ({"info": b.sequence(b.integer(5))}, "key-unusable"),
        ({"info": b.sequence(b.sequence(b.oid("1.3.101.112")), b.bits(bytes(32)))}, "algorithm-unknown"),
        ({"info": b.rsa_spki((1 << 8192) | 1)}, "limit"),
    ],
)
def test_an_issuer_whose_key_cannot_be_used_decides_nothing(changes, reason):
    by = b.csca(**changes)
    assert outcome(build(b.signer(by), [by])) == (None, reason)


def test_an_algorithm_that_is_not_known_or_forbidden():
    assert outcome(build(b.signer(UTOPIA, kind="unknown", signature=b"x"), [UTOPIA])) == (None, "algorithm-unknown")
    by = b.csca(key=b.rsa_key("cms"), kind="rsa-sha256")
    forbidden = b.signer(by, kind="rsa-md5", signature=bytes(256))
    assert outcome(build(forbidden, [by])) == (False, "algorithm-forbidden")


def test_a_key_of_another_kind_than_the_algorithm():
    by = b.csca(key=b.rsa_key("cms"), kind="rsa-sha256")
    signer = b.signer(by, kind="ecdsa-sha256", signature=b"x")
    assert outcome(build(signer, [by])) == (False, "wrong-signature")
    assert outcome(build(b.signer(by, kind="ecdsa-sha256", signature=b"x", authority=None), [by])) == (
        None,
        "other-generation",
    )


# ----------------------------------------------------------------------------------------- not accused without evidence


def test_somebody_of_the_name_who_is_no_ca_does_not_accuse():
    """The CSCA is missing; a list signer of the same name is known, whose key did not sign this."""
    missing = b.csca(key=LATER)
    namesake = b.signer(UTOPIA, key=b.ec_key("namesake"), subject=missing.name)
    path = build(b.signer(missing), [], [namesake])
    assert path.valid is None
    assert path.reason in ("no-issuer", "other-generation")


@pytest.mark.parametrize(
    ("undecided", "reason"),
    [
        ({"info": b.ec_spki("1.3.132.0.10", b"\4" + bytes(64))}, "curve-unsupported"),
        ({"info": b.sequence(b.sequence(b.oid("1.3.101.112")), b.bits(bytes(32)))}, "algorithm-unknown"),
        ({"info": b.rsa_spki((1 << 8192) | 1)}, "limit"),
        ({"info": b.sequence(b.integer(5))}, "key-unusable"),
    ],
)
def test_one_wrong_key_does_not_accuse_where_another_of_its_identifier_is_undecided(undecided, reason):
    """TW, TR, HU: one key identifier stands for several keys."""
    wrong = b.csca(key=LATER, identifier=UTOPIA.identifier)
    unknown = b.csca(identifier=UTOPIA.identifier, **undecided)
    assert outcome(build(b.signer(UTOPIA), [wrong, unknown])) == (None, reason)
    assert outcome(build(b.signer(UTOPIA), [unknown, wrong])) == (None, reason)


def test_one_key_identifier_for_several_keys():
    others = [b.csca(key=b.ec_key(f"shared {n}"), identifier=UTOPIA.identifier) for n in range(3)]
    for place in range(4):
        anchors = [*others[:place], UTOPIA, *others[place:]]
        path = build(b.signer(UTOPIA), anchors)
        assert outcome(path) == (True, "")
        assert len(path.attempts) == place


# -------------------------------------------------------------------------------------------------------- loops, limits


def test_loops_end():
    one, two = b.csca("One"), b.csca("Two")
    crossed = [b.csca("One", by=two, key=one.key), b.csca("Two", by=one, key=two.key)]
    path = build(b.signer(one), [], [one, two, *crossed])
    assert outcome(path) == (None, "untrusted")
    tried = [attempt.issuer.sha256 for attempt in path.attempts if attempt.reason == "untrusted"]
    assert len(tried) == len(set(tried))


def test_a_certificate_is_not_its_own_issuer_by_a_detour():
    first = link(UTOPIA, LATER)
    back = b.csca(key=UTOPIA.key, by=first)
    path = build(b.signer(UTOPIA), [], [first, back])
    assert outcome(path) == (None, "untrusted")
    assert len(build(b.signer(UTOPIA), [UTOPIA], [first, back]).chain) == 2


def chain_of_links(length: int) -> list[b.Party]:
    parties = [UTOPIA]
    for number in range(length):
        parties.append(link(parties[-1], b.ec_key(f"link {number}")))
    return parties


def test_depth_is_bounded():
    parties = chain_of_links(9)
    short = parties[: certification_path.MAX_DEPTH]
    path = build(b.signer(short[-1]), [UTOPIA], short[1:])
    assert path.valid is True
    assert len(path.chain) == certification_path.MAX_DEPTH + 1
    path = build(b.signer(parties[-1]), [UTOPIA], parties[1:])
    assert path.valid is not True


class Endless:
    """A source that always knows further issuers, all of whose keys seem to fit: no memory of those seen ends that."""

    def __init__(self) -> None:
        self.asked = 0

    def issuers(self, certificate: Certificate) -> list[Certificate]:
        self.asked += 1
        assert self.asked < 1000, "the search does not end"
        first = self.asked * certification_path.MAX_CANDIDATES
        return [fitting(number) for number in range(first, first + certification_path.MAX_CANDIDATES)]

    def distrust_reason(self, certificate: Certificate) -> str:
        return "untrusted"

    def explain(self, certificate: Certificate) -> str:
        return ""


def fitting(number: int) -> Certificate:
    return b.csca(serial=number, signature=bytes(8)).certificate


def test_a_search_is_bounded_whatever_the_source(monkeypatch):
    verified = []
    monkeypatch.setattr(
        Certificate, "verify", lambda certificate, issuer: (verified.append(1), public_key.SignatureResult(True))[1]
    )
    source = Endless()
    path = certification_path.build(b.signer(UTOPIA).certificate, source)
    assert path.valid is None
    assert len(verified) == certification_path.MAX_TRIED
    assert "limit" in {attempt.reason for attempt in path.attempts}
    assert source.asked <= certification_path.MAX_TRIED + 1


def test_whoever_is_met_too_far_up_is_tried_again_from_nearer():
    """The likelier way round meets the last link at the depth's bound; the other meets it two steps up."""
    parties = chain_of_links(certification_path.MAX_DEPTH)
    first, top = parties[1], parties[-1]
    short = b.csca(key=top.key, by=first, serial=5)
    path = build(b.signer(top), [UTOPIA], [*parties[1:], short])
    assert path.valid is True
    assert [c.sha256 for c in path.chain[1:]] == [p.certificate.sha256 for p in (short, first, UTOPIA)]


def test_a_long_way_round_does_not_hide_the_short_one():
    parties = chain_of_links(certification_path.MAX_DEPTH + 3)
    top = parties[-1]
    short = b.csca(key=top.key, by=UTOPIA, serial=5)
    path = build(b.signer(top), [UTOPIA], [*parties[1:], short])
    assert path.valid is True
    assert [c.sha256 for c in path.chain[1:]] == [short.certificate.sha256, UTOPIA.certificate.sha256]


def crowd(count: int) -> list[b.Party]:
    """Certificates of one name, none of which signed what is asked about."""
    return [
        b.certify(
            UTOPIA.name, LATER, [b.basic_constraints(ca=True)], serial=number, period=(b.moment(2020), b.moment(2030))
        )
        for number in range(count)
    ]


def test_sixty_four_candidates_are_tried():
    path = build(b.signer(UTOPIA, authority=None), [*crowd(certification_path.MAX_CANDIDATES - 1), UTOPIA])
    assert path.valid is True
    assert len(path.attempts) == certification_path.MAX_CANDIDATES - 1


def test_more_candidates_than_are_tried():
    path = build(b.signer(UTOPIA, authority=None), [*crowd(certification_path.MAX_CANDIDATES), UTOPIA])
    assert outcome(path) == (None, "limit")
    assert len(path.attempts) == certification_path.MAX_CANDIDATES + 1
    assert path.attempts[-1].reason == "limit"


def test_the_key_identifier_brings_the_right_one_forward():
    path = build(b.signer(UTOPIA), [*crowd(200), UTOPIA])
    assert (path.valid, path.attempts) == (True, ())


def test_a_crowd_of_one_identifier_does_not_make_the_signer_a_forger():
    """Whoever was not tried may have signed it."""
    wrong = [
        b.csca(key=LATER, identifier=UTOPIA.identifier, serial=number) for number in range(1, certification_path.MAX_CANDIDATES + 1)
    ]
    path = build(b.signer(UTOPIA), [*wrong, UTOPIA])
    assert outcome(path) == (None, "limit")


def test_a_crowd_of_the_untrusted_does_not_hide_the_trusted():
    """Anybody can hand in candidates; whom we trust is tried first."""
    wrong = [b.csca(key=LATER, identifier=UTOPIA.identifier, serial=number) for number in range(1, 80)]
    path = certification_path.build(
        b.signer(UTOPIA).certificate, TrustStore.of([UTOPIA.certificate], [w.certificate for w in wrong])
    )
    assert path.valid is True
    store = TrustStore.of([], [w.certificate for w in wrong]).merged([TrustStore.of([UTOPIA.certificate])])
    assert certification_path.build(b.signer(UTOPIA).certificate, store).valid is True
