"""Cases of ``pa.ds-*`` and ``pa.country``: who signed, and who vouches for it."""

import functools
from dataclasses import replace
from datetime import date, datetime, timedelta

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.support import builders as b
from tests.support.cases_sod import other_key
from tests.support.inspection_case import Case, admitted, referred, refused

CHAIN, VALIDITY, USAGE = "pa.ds-chain", "pa.ds-validity", "pa.ds-usage"
REVOCATION, COUNTRY = "pa.ds-revocation", "pa.country"

KNOWN = {"anchors": ()}  # known, not trusted


def signed_by(party: b.Party, *, anchors=None, signer: dict | None = None, **changes) -> b.Scene:
    """A sound document whose signer was certified by ``party``."""
    return b.scene(by=b.signer(party, **(signer or {})), anchors=anchors or [party], **changes)


def no_signer() -> b.Scene:
    return b.scene(serial=1)


@functools.cache
def forger(*, same_key_identifier: bool) -> b.Party:
    """A CSCA of an attacker under the name of Utopia's."""
    identifier = b.utopia().identifier if same_key_identifier else None
    return b.csca(key=b.ec_key("forger"), identifier=identifier)


@functools.cache
def next_generation() -> b.Party:
    """Utopia's next CSCA under another name; the old one certified it, in a link certificate."""
    return b.csca("CSCA Utopia 2", key=b.ec_key("next"), by=b.utopia())


def odd_csca(info: bytes) -> b.Party:
    """A CSCA whose certificate holds a key that this library cannot use."""
    return b.csca(info=info)


def many() -> b.Scene:
    """As many certificates of the issuer's name as no store of one State holds."""
    same = [b.csca(key=b.ec_key("many"), serial=n, signature=bytes(8)) for n in range(1, 66)]
    return b.scene(by=b.signer(b.utopia(), authority=None), anchors=same)


def csca_with(*extensions, identifier=True, **changes) -> b.Party:
    own = b.key_identifier(b.ec_key("csca CSCA Utopia UT"))
    return b.csca(extensions=[*([b.subject_identifier(own)] if identifier else []), *extensions], **changes)


CA, SIGNS = b.basic_constraints(ca=True), b.key_usage("keyCertSign", "cRLSign")

OID_NAME_CONSTRAINTS = "2.5.29.30"


def over(*extra: b.Extension, name: str = "CSCA Utopia 2", changed: bool = True, **changes) -> b.Scene:
    """A document under the next key, over a link certificate with more extensions than the profile has."""
    key = b.ec_key("next")
    own = b.key_identifier(key)
    more = [*extra, *([b.NAME_CHANGE] if changed else [])]
    link = b.csca(name, key=key, by=b.utopia(), extensions=b.authority(own, b.utopia().identifier, *more), **changes)
    return b.scene(by=b.signer(link), candidates=[link])


def name_constraints(*, permitted=(), excluded=()) -> b.Extension:
    trees = [
        b.der(tag, *(b.sequence(b.der(0xA4, name)) for name in names))
        for tag, names in ((0xA0, permitted), (0xA1, excluded))
        if names
    ]
    return OID_NAME_CONSTRAINTS, True, b.sequence(*trees)


AT_HOME, ABROAD = b.name(("C", b.COUNTRY.lower())), b.name(("C", "EW"))


def pointing_at(identifier: bytes) -> b.Scene:
    """A document signer whose certificate names another key than that of its issuer."""
    return b.scene(by=b.signer(b.utopia(), authority=identifier))


def certified_too_late() -> b.Scene:
    """A document signer of 2031 whose certificate is signed with SHA-1."""
    began = b.moment(2031, 2)
    party = b.signer(b.utopia(), kind="ecdsa-sha1", period=(began, b.moment(2036)), key_period=(began, None))
    return b.scene(by=party, signing_time=b.moment(2031, 3), at=b.moment(2031, 6), inside=b.zone(expires="360301"))


def csca_with_a_purpose() -> b.Scene:
    """As certificates of two States on the German lists: an extended key usage of a producer's, not critical."""
    own = b.key_identifier(b.ec_key("csca CSCA Utopia UT"))
    party = b.csca(extensions=b.authority(own, None, ("2.5.29.37", False, b.purposes("1.2.840.113533.7.74.3")[2])))
    return b.scene(by=b.signer(party), anchors=[party])


def under(scene: b.Scene, *denied: b.Party, **trust) -> b.Scene:
    """Return the scene under a policy that believes what it is told, and denies these certificates."""
    table = {"believe": ["anchor"], "denied": [party.certificate.sha256 for party in denied], **trust}
    return replace(scene, policy=b.policy(**table))


def denied_on_the_way(*, itself: bool = True) -> b.Scene:
    """The link to the next generation is denied, or only the root of its key, while the old anchor stays."""
    link, root = next_generation(), b.csca("CSCA Utopia 2", key=b.ec_key("next"))
    scene = b.scene(by=b.signer(link), anchors=[b.utopia()], candidates=[link, root])
    return under(scene, link if itself else root)


def denied_in_another_form(form, *, known: bool = False) -> b.Scene:
    """The document signer is denied by the SHA-256 of its file, and EF.SOD has it with its signature written otherwise."""
    other = b.resealed(b.utopian_signer(), form)
    scene = b.scene(outer={"certificates": [other.raw]}, candidates=[b.utopian_signer()] if known else [])
    return under(scene, b.utopian_signer())


def key_in_two_forms(*, revoked: bool) -> b.Scene:
    """A root of the next key is denied, or revoked; its link has the same point compressed."""
    key = b.ec_key("next")
    point = key.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    root = b.csca("CSCA Utopia 2", key=key)
    info = b.ec_spki("1.2.840.10045.3.1.7", point)
    link = b.csca("CSCA Utopia 2", key=key, by=b.utopia(), info=info)
    crls = [b.revocation_list(b.utopia(), [root.certificate.serial])] if revoked else []
    scene = b.scene(by=b.signer(link), candidates=[root, link], crls=crls)
    return scene if revoked else under(scene, root)


@functools.cache
def signer_with_the_name_of_its_csca(**changes) -> b.Party:
    """A document signer without key usage, whose subject is its issuer's name: it is no root for that."""
    given = {"key": b.ec_key("namesake"), "usage": None, "key_period": None, "types": None} | changes
    return b.signer(b.utopia(), subject=b.utopia().name, **given)


YOUNGER_PERIOD = (b.moment(2026, 6), b.moment(2036, 7))
YOUNGER = b.csca(serial=77, period=YOUNGER_PERIOD)


def reissued(*, first: bool = True, trusting: bool = True) -> b.Scene:
    """Two certificates of Utopia's key, of which one is younger than the document signer's.

    :param trusting: both are trusted; else only the younger, and over it the root's own, which it does not reach
    """
    if not trusting:
        old = b.csca("CSCA Utopia 0")
        return b.scene(anchors=[YOUNGER, old], candidates=[b.csca(key=b.utopia().key, by=old, serial=78)])
    return b.scene(anchors=[YOUNGER, b.utopia()] if first else [b.utopia(), YOUNGER])


def relinked(*, older: bool = True) -> b.Scene:
    """Two links of the next key, of which the younger is met first and leads to the same anchor."""
    late = b.csca("CSCA Utopia 2", key=b.ec_key("next"), by=b.utopia(), serial=79, period=YOUNGER_PERIOD)
    links = [late, next_generation()] if older else [late]
    return b.scene(by=b.signer(late), anchors=[b.utopia()], candidates=links)


CHAIN_CASES: list[Case] = [
    admitted(CHAIN, "", b.scene),
    admitted(CHAIN, "extended-key-usage-present", csca_with_a_purpose),
    admitted(CHAIN, "algorithm-weak", lambda: b.scene(by=b.signer(b.utopia(), kind="ecdsa-sha1"))),
    admitted(CHAIN, "", lambda: signed_by(next_generation(), anchors=[b.utopia(), next_generation()]), note="link"),
    admitted(
        CHAIN,
        "",
        # the anchor is the old one; the link lies with the candidates
        lambda: replace(
            signed_by(next_generation()),
            trust=b.scene(anchors=[b.utopia()], candidates=[next_generation()]).trust,
        ),
        note="link-candidate",
    ),
    admitted(CHAIN, "authority-key-identifier-absent", lambda: b.scene(by=b.signer(b.utopia(), authority=None))),
    admitted(
        CHAIN,
        "authority-key-identifier-absent",
        lambda: b.scene(by=b.signer(b.utopia(), authority=None, extra=[("2.5.29.35", False, b.sequence())])),
        note="empty",
    ),
    admitted(CHAIN, "", lambda: b.scene(anchors=[b.utopia(), forger(same_key_identifier=False)]), note="two-of-a-name"),
    referred(CHAIN, "no-input", lambda: b.scene().with_files(EF_SOD=None)),
    Case("refuse", CHAIN, "undetermined", "unreadable", lambda: b.scene().with_files(EF_SOD=b"")),
    referred(CHAIN, "signer-missing", no_signer),
    referred(CHAIN, "no-issuer", lambda: b.scene(anchors=[])),
    referred(CHAIN, "no-issuer", lambda: b.scene(anchors=[b.csca("CSCA Erewhon", "EW")]), note="other-state"),
    referred(CHAIN, "other-generation", lambda: b.scene(anchors=[forger(same_key_identifier=False)])),
    referred(
        CHAIN,
        "other-generation",
        lambda: b.scene(by=b.signer(forger(same_key_identifier=False))),
        note="unknown-csca-of-the-same-names",
    ),
    referred(
        CHAIN,
        "other-generation",
        # without an authority key identifier any generation may be meant: nobody is accused
        lambda: b.scene(by=b.signer(forger(same_key_identifier=True), authority=None)),
        note="no-key-identifier",
    ),
    refused(CHAIN, "wrong-signature", lambda: b.scene(by=b.signer(forger(same_key_identifier=True)))),
    refused(
        CHAIN, "wrong-signature", lambda: b.scene(by=b.signer(b.utopia(), inner="ecdsa-sha384")), note="algorithms"
    ),
    refused(CHAIN, "wrong-signature", lambda: b.scene(by=b.signer(b.utopia(), signature=b"")), note="empty"),
    referred(CHAIN, "untrusted", lambda: b.scene(anchors=[], candidates=[b.utopia()])),
    admitted(CHAIN, "", lambda: under(b.scene(), b.csca("CSCA Erewhon", "EW")), note="another-denied"),
    admitted(
        CHAIN,
        "",
        # the way over the denied root is barred, the one over the link is not
        lambda: under(
            signed_by(next_generation(), anchors=[b.csca("CSCA Erewhon", "EW"), next_generation()]), b.utopia()
        ),
        note="denied-above-a-trusted-one",
    ),
    referred(CHAIN, "not-believed", lambda: under(b.scene(), believe=["list", "bilateral"])),
    referred(CHAIN, "not-believed", lambda: under(b.scene(), anchors=["00" * 32]), note="other-anchors"),
    refused(CHAIN, "denied", lambda: under(b.scene(), b.utopia())),
    refused(CHAIN, "denied", lambda: under(b.scene(), b.utopian_signer()), note="signer"),
    refused(CHAIN, "denied", denied_on_the_way, note="link"),
    refused(CHAIN, "denied", lambda: denied_on_the_way(itself=False), note="key-in-another-certificate"),
    refused(CHAIN, "denied", lambda: denied_in_another_form(b.flipped), note="signer-in-another-form"),
    refused(CHAIN, "denied", lambda: denied_in_another_form(b.flipped, known=True), note="known-signer-in-another-form"),
    refused(CHAIN, "denied", lambda: key_in_two_forms(revoked=False), note="key-in-another-form"),
    # seven links of a published list contradict themselves so: the State's mistake accuses nobody
    referred(CHAIN, "role-contradictory", lambda: signed_by(csca_with(SIGNS, b.basic_constraints(ca=False)))),
    referred(CHAIN, "role-contradictory", lambda: signed_by(csca_with(SIGNS, ("2.5.29.19", True, b"\x05\x00"))), note="unreadable"),
    refused(CHAIN, "not-a-ca", lambda: signed_by(csca_with(b.basic_constraints(ca=False)))),
    admitted(CHAIN, "", over, note="link-of-another-name"),
    refused(CHAIN, "critical-extension", lambda: over(("1.2.3.4", True, b"\x05\x00"))),
    admitted(CHAIN, "", lambda: over(("1.2.3.4", False, b"\x05\x00")), note="extension-not-critical"),
    refused(
        CHAIN,
        "critical-extension",
        lambda: signed_by(csca_with(CA, SIGNS, ("1.2.3.4", True, b"\x05\x00"))),
        note="of-the-trusted-one",
    ),
    refused(CHAIN, "name-constraints", lambda: over(name_constraints(permitted=[ABROAD]))),
    refused(CHAIN, "name-constraints", lambda: over(name_constraints(excluded=[AT_HOME])), note="excluded"),
    admitted(
        CHAIN, "", lambda: over(name_constraints(permitted=[AT_HOME], excluded=[ABROAD])), note="name-constraints-kept"
    ),
    refused(
        CHAIN,
        "critical-extension",
        # a constraint on e-mail addresses, which nobody here applies
        lambda: over((OID_NAME_CONSTRAINTS, True, b.sequence(b.der(0xA0, b.sequence(b.der(0x81, b"example.com")))))),
        note="name-constraints-of-another-form",
    ),
    admitted(CHAIN, "path-length", lambda: over(changed=False)),
    admitted(CHAIN, "", lambda: over(name="CSCA Utopia", changed=False), note="path-length-same-name"),
    admitted(CHAIN, "authority-key-identifier-differs", lambda: pointing_at(b"\x01" * 20), note="of-nobody"),
    admitted(
        CHAIN,
        "authority-key-identifier-differs",
        lambda: replace(
            pointing_at(forger(same_key_identifier=False).identifier),
            trust=b.scene(anchors=[b.utopia(), forger(same_key_identifier=False)]).trust,
        ),
        note="of-another-csca",
    ),
    admitted(
        CHAIN, "subject-key-identifier-absent", lambda: signed_by(csca_with(CA, SIGNS, identifier=False))
    ),
    refused(CHAIN, "pss-trailer", lambda: b.scene(by=b.signer(b.utopia(), kind="pss-trailer-2", signature=bytes(256)))),
    refused(
        CHAIN,
        "not-a-ca",
        lambda: b.scene(by=b.signer(signer_with_the_name_of_its_csca()), candidates=[signer_with_the_name_of_its_csca()]),
        note="name-of-the-csca",
    ),
    refused(CHAIN, "not-a-ca", lambda: signed_by(csca_with(CA, b.key_usage("cRLSign"))), note="usage"),
    refused(CHAIN, "not-a-ca", lambda: signed_by(csca_with(CA, SIGNS, b.purposes("2.23.136.1.1.3"))), note="purposes"),
    refused(
        CHAIN,
        "not-a-ca",
        # neither role nor usage, and not even self-named: anybody's certificate
        lambda: b.scene(by=b.signer(anybody()), anchors=[anybody()]),
        note="anybody",
    ),
    referred(
        CHAIN,
        "curve-unsupported",
        lambda: signed_by(odd_csca(b.ec_spki("1.3.132.0.10", b"\x04" + bytes(64)))),
    ),
    referred(CHAIN, "key-unusable", lambda: signed_by(odd_csca(b.ec_spki("1.2.840.10045.3.1.7", b"\x04" + bytes(64))))),
    referred(
        CHAIN,
        "limit",
        lambda: b.scene(
            by=b.signer(b.utopia(), kind="rsa-sha256", signature=b"x"), anchors=[odd_csca(b.rsa_spki(1 << 8200 | 1))]
        ),
        note="key",
    ),
    referred(CHAIN, "limit", many, note="candidates"),
    referred(CHAIN, "algorithm-unknown", lambda: b.scene(by=b.signer(b.utopia(), kind="unknown"))),
    refused(
        CHAIN,
        "algorithm-forbidden",
        lambda: b.scene(by=b.signer(b.utopia(), kind="rsa-md5", signature=bytes(64))),
    ),
    # no SHA-1 after 2030 (specs/pki/algorithms.toml)
    refused(CHAIN, "algorithm-forbidden", certified_too_late, note="sha1-after-2030"),
    admitted(CHAIN, "basic-constraints-absent", lambda: signed_by(csca_with(SIGNS))),
    admitted(CHAIN, "basic-constraints-absent", lambda: signed_by(csca_with()), note="neither"),
    admitted(CHAIN, "key-usage-absent", lambda: signed_by(csca_with(CA))),
    admitted(
        CHAIN,
        "issuer-name-form",
        lambda: b.scene(
            by=b.signer(b.utopia(), issuer=b.name(("CN", "csca utopia"), ("C", b.COUNTRY), ("O", "SPECIMEN"), tag=0x13))
        ),
    ),
    admitted(
        CHAIN,
        "issuer-by-key-identifier",
        lambda: b.scene(by=b.signer(b.utopia(), issuer=b.name(("C", b.COUNTRY), ("CN", "Nobody's name")))),
    ),
]


@functools.cache
def anybody() -> b.Party:
    key = b.ec_key("anybody")
    subject = b.name(("C", b.COUNTRY), ("CN", "Anybody"))
    extensions = [b.subject_identifier(b.key_identifier(key))]
    return b.certify(subject, key, extensions, by=b.utopia(), period=(b.moment(2020), b.moment(2036)))


def timed(signing_time, *, at=b.AT, inside=None, **changes) -> b.Scene:
    """A document signed at a time, by a signer whose key may sign as long as its certificate is valid."""
    changes = {"key_period": None, "period": (b.moment(2026), b.moment(2036, 4)), **changes}
    return b.scene(by=b.signer(b.utopia(), **changes), signing_time=signing_time, at=at, inside=inside)


def stated(day: str, *, at=b.AT, signing_time=b.SIGNED, **changes) -> b.Scene:
    """A document whose DG12 states its date of issue."""
    changes = {"key_period": None, **changes}
    groups = {1: b.dg1(b.zone()), 2: b.dg2(), 12: b.dg12(day)}
    return b.scene(by=b.signer(b.utopia(), **changes), groups=groups, signing_time=signing_time, at=at)


SECOND = timedelta(seconds=1)
ENDED = (b.moment(2026), b.moment(2026, 6))
OLD = {"inside": b.zone(expires="280301")}

def keyed(begin: datetime | None, end: datetime | None, raw: bytes | None = None) -> b.Party:
    """The CSCA with a usage period of its key."""
    period = b.usage_period(begin, end) if raw is None else ("2.5.29.16", False, raw)
    return b.csca(extensions=[*b.authority(b.utopia().identifier), period])


def relinked_after_the_period() -> b.Scene:
    """A link that was made after the usage period of the key that signed it."""
    root = keyed(b.moment(2020), b.moment(2022))
    link = b.csca("CSCA Utopia 2", key=b.ec_key("second"), by=root, period=(b.moment(2024), b.moment(2036, 7)))
    return b.scene(by=b.signer(link), anchors=[root], candidates=[link])


def listed_by_the_ended(*serials: int, renewed: bool = False) -> b.Scene:
    """A list that was issued after the end of its CSCA's certificate, which the store may have anew."""
    ended = b.csca(period=(b.moment(2020), b.moment(2026, 6)))
    anew = [b.csca(serial=77)] if renewed else []
    return b.scene(by=b.signer(ended), anchors=[ended, *anew], crls=[b.revocation_list(ended, serials)])


VALIDITY_CASES: list[Case] = [
    admitted(VALIDITY, "", b.scene),
    admitted(VALIDITY, "", lambda: timed(b.SIGNED, period=ENDED), note="signed-in-time-by-a-signer-now-expired"),
    admitted(VALIDITY, "", lambda: timed(ENDED[1], period=ENDED), note="in-the-last-second"),
    admitted(VALIDITY, "", lambda: timed(ENDED[0], period=ENDED), note="in-the-first-second"),
    admitted(VALIDITY, "", lambda: timed(b.moment(2026, 11, 24, 18)), note="clocks-differ"),
    admitted(VALIDITY, "", lambda: timed(b.AT + timedelta(days=1)), note="clocks-differ-by-a-day"),
    admitted(VALIDITY, "", lambda: b.scene(signing_time=b.moment(2026, 4)), note="last-second-of-the-key"),
    admitted(VALIDITY, "", lambda: timed(b.SIGNED, key_period=(b.SIGNED, None)), note="first-second-of-the-key"),
    Case(
        "refuse",  # by its expiry alone
        VALIDITY,
        "passed",
        "",
        lambda: timed(b.moment(2028, 3, 1, 23), at=b.moment(2029), **OLD),
        note="on-the-last-valid-day",
    ),
    admitted(VALIDITY, "", lambda: stated("20260302", period=ENDED, signing_time=None), note="dg12"),
    admitted(VALIDITY, "signing-times-differ", lambda: stated("20260601", period=ENDED), note="dg12-last-day"),
    admitted(
        VALIDITY,
        "",
        lambda: stated("20260601", period=(b.moment(2026, 6, 1, 9), b.moment(2027)), signing_time=None),
        note="dg12-first-day",
    ),
    admitted(VALIDITY, "signing-times-differ", lambda: stated("20260601", key_period=ENDED), note="dg12-key"),
    # every stated time must fit, whichever of them is the time of signing
    refused(
        VALIDITY,
        "not-yet-valid",
        lambda: stated("20260601", period=(b.moment(2026, 6, 1, 9), b.moment(2027))),
        note="claim-before-dg12",
    ),
    refused(VALIDITY, "expired", lambda: stated("20260302", period=ENDED, signing_time=b.moment(2026, 7)), note="claim"),
    refused(
        VALIDITY,
        "key-usage-period",
        lambda: stated("20260302", key_period=ENDED, signing_time=b.moment(2026, 7)),
        note="claim",
    ),
    refused(VALIDITY, "signed-in-future", lambda: stated("20260302", signing_time=b.moment(2027)), note="claim"),
    refused(
        VALIDITY,
        "signed-after-expiry",
        lambda: b.scene(
            by=b.signer(b.utopia(), key_period=None),
            groups={1: b.dg1(b.zone(expires="260601")), 2: b.dg2(), 12: b.dg12("20260302")},
            inside=b.zone(expires="260601"),
            signing_time=b.moment(2026, 7),
        ),
        note="claim",
    ),
    admitted(VALIDITY, "signing-times-differ", lambda: stated("20260403", signing_time=b.SIGNED)),
    admitted(VALIDITY, "", lambda: stated("20260402", signing_time=b.SIGNED), note="times-apart"),
    admitted(VALIDITY, "", lambda: stated("20260201", signing_time=b.SIGNED), note="signed-after-issue"),
    admitted(VALIDITY, "signing-time-form", lambda: timed(b.utc(b"260302103000+0500")), note="offset"),
    admitted(VALIDITY, "signing-time-form", lambda: timed(b.der(0x18, b"202603021030Z")), note="general-no-seconds"),
    admitted(VALIDITY, "signing-time-unreadable", lambda: stated("20260302", signing_time=b.utc(b"never"))),
    admitted(VALIDITY, "", lambda: b.scene(by=b.signer(b.utopia(), key_period=(None, None))), note="key-period-empty"),
    admitted(
        VALIDITY, "", lambda: b.scene(by=b.signer(b.utopia(), key_period=(b.moment(2026), None))), note="key-begin"
    ),
    admitted(VALIDITY, "signing-time-form", lambda: timed(b.utc(b"2603021030Z")), note="no-seconds"),
    referred(VALIDITY, "no-input", lambda: b.scene().with_files(EF_SOD=None)),
    Case("refuse", VALIDITY, "undetermined", "unreadable", lambda: b.scene().with_files(EF_SOD=b"")),
    referred(VALIDITY, "signer-missing", no_signer),
    admitted(VALIDITY, "assumed", lambda: timed(None)),
    admitted(VALIDITY, "assumed", lambda: timed(b.utc(b"never")), note="unreadable-claim"),
    admitted(VALIDITY, "assumed", lambda: stated("20269999", signing_time=None), note="dg12-no-day"),
    refused(VALIDITY, "expired", lambda: timed(ENDED[1] + SECOND, period=ENDED)),
    refused(VALIDITY, "expired", lambda: timed(None, period=ENDED), note="assumed"),
    refused(VALIDITY, "expired", lambda: stated("20260602", period=ENDED), note="dg12"),
    refused(VALIDITY, "not-yet-valid", lambda: timed(ENDED[0] - SECOND, period=ENDED)),
    refused(VALIDITY, "not-yet-valid", lambda: stated("20251230"), note="dg12"),
    refused(VALIDITY, "key-usage-period", lambda: b.scene(signing_time=b.moment(2026, 4) + SECOND)),
    admitted(
        VALIDITY,
        "key-usage-period-unreadable",
        lambda: b.scene(by=b.signer(b.utopia(), key_period=None, extra=[("2.5.29.16", False, b"\x05\x00")])),
    ),
    refused(VALIDITY, "signed-after-expiry", lambda: stated("20400101", at=date(2041, 1, 1)), note="dg12"),
    refused(
        VALIDITY,
        "key-usage-period",
        lambda: timed(b.SIGNED, key_period=(b.SIGNED + SECOND, None)),
        note="before",
    ),
    refused(VALIDITY, "key-usage-period", lambda: stated("20260602", key_period=ENDED), note="dg12"),
    refused(
        VALIDITY,
        "issuer-validity",
        lambda: signed_by(b.csca(period=(b.moment(2015), b.moment(2025, 12, 31)))),
        note="after",
    ),
    # GB, CL, TR, PT, EE: one key in a root and in links that are years younger; whichever the store names first
    admitted(VALIDITY, "", lambda: reissued(), note="reissued-first"),
    admitted(VALIDITY, "", lambda: reissued(first=False), note="reissued-last"),
    admitted(VALIDITY, "", lambda: reissued(trusting=False), note="reissued-trusted-alone"),
    admitted(VALIDITY, "", lambda: relinked(), note="relinked"),
    # where only the younger is known it says nothing of what its key signed before: nobody is accused, nor believed
    referred(VALIDITY, "issuer-younger", lambda: b.scene(anchors=[YOUNGER]), note="reissued-alone"),
    referred(VALIDITY, "issuer-younger", lambda: relinked(older=False), note="relinked-late"),
    referred(VALIDITY, "issuer-younger", lambda: signed_by(b.csca(period=(b.moment(2026, 1, 3), b.moment(2036))))),
    admitted(
        VALIDITY, "", lambda: signed_by(b.csca(period=(b.moment(2026, 1, 2), b.moment(2036, 7)))), note="issuer-skew"
    ),
    # Doc 9303-12, table 1: a CSCA's certificate outlives those that it signs
    admitted(VALIDITY, "outlives-issuer", lambda: signed_by(b.csca(period=(b.moment(2020), b.moment(2036))))),
    admitted(
        VALIDITY,
        "outlives-issuer",
        lambda: signed_by(b.csca(period=(b.moment(2015), b.moment(2026)))),
        note="issuer-in-its-last-second",
    ),
    admitted(VALIDITY, "issuer-key-usage-period", lambda: signed_by(keyed(b.moment(2020), b.moment(2025))), note="after"),
    admitted(VALIDITY, "issuer-key-usage-period", lambda: signed_by(keyed(b.moment(2026, 1, 3), None)), note="before"),
    admitted(VALIDITY, "issuer-key-usage-period", lambda: signed_by(keyed(None, None, b"\x05\x00")), note="unreadable"),
    admitted(VALIDITY, "issuer-key-usage-period", relinked_after_the_period, note="of-a-link"),
    admitted(VALIDITY, "", lambda: signed_by(keyed(b.moment(2026, 1, 2), b.moment(2025, 12, 31))), note="issuer-key-skew"),
    refused(VALIDITY, "signed-in-future", lambda: timed(b.moment(2026, 11, 26))),
    refused(VALIDITY, "signed-in-future", lambda: stated("20261127"), note="dg12"),
    refused(VALIDITY, "signed-after-expiry", lambda: timed(b.moment(2028, 3, 2), at=b.moment(2029), **OLD)),
]


def usage(*, anchors=None, types=("P",), printed="", inside=None, **changes) -> b.Scene:
    return b.scene(by=b.signer(b.utopia(), types=types, **changes), anchors=anchors, printed=printed, inside=inside)


def self_signing_csca() -> b.Scene:
    """The CSCA's own key signs an EF.SOD, without a document signer."""
    return b.scene(by=b.utopia())


def link_signs() -> b.Scene:
    """A link certificate's key signs an EF.SOD."""
    return b.scene(by=next_generation())


def certifier(*, ca: bool | None, usage_: tuple[str, ...]) -> b.Scene:
    """A certificate that may certify signs an EF.SOD, its role stated or not."""
    key = b.ec_key("certifier")
    extensions = [b.authority_identifier(b.utopia().identifier), b.key_usage(*usage_)]
    if ca is not None:
        extensions.append(b.basic_constraints(ca=ca))
    subject = b.name(("C", b.COUNTRY), ("CN", "CSCA Utopia 3"))
    return b.scene(by=b.certify(subject, key, extensions, by=b.utopia(), period=(b.moment(2026), b.moment(2036))))


def seal_signer_signs() -> b.Scene:
    """A seal signer (Doc 9303-12, 7.1.1: extended key usage 2.23.136.1.1.11.1) signs an EF.SOD."""
    return usage(usage=None, extra=[b.purposes("2.23.136.1.1.11.1")])


def without_seconds(moment) -> bytes:
    return b.utc(moment.strftime("%y%m%d%H%MZ").encode())


def general_without_seconds(moment) -> bytes:
    return b.der(0x18, moment.strftime("%Y%m%d%H%MZ").encode())


def with_offset(moment) -> bytes:
    return b.utc(moment.strftime("%y%m%d%H%M%S+0000").encode())


def type_list(*parts: bytes) -> b.Extension:
    """A list of document codes as somebody else writes it."""
    return "2.23.136.1.1.6.2", False, b.sequence(*parts)


USAGE_CASES: list[Case] = [
    admitted(USAGE, "", b.scene),
    admitted(USAGE, "", lambda: usage(types=None), note="any-document"),
    admitted(USAGE, "", lambda: usage(types=("P",), inside=b.zone(code="PP")), note="first-letter"),
    admitted(USAGE, "", lambda: usage(types=("ID", "PP"), inside=b.zone(code="PP")), note="both-letters"),
    referred(USAGE, "no-input", lambda: b.scene().with_files(EF_SOD=None)),
    Case("refuse", USAGE, "undetermined", "unreadable", lambda: b.scene().with_files(EF_SOD=b"")),
    referred(USAGE, "signer-missing", no_signer),
    refused(USAGE, "ca-as-signer", self_signing_csca),
    refused(USAGE, "ca-as-signer", link_signs, note="link"),
    refused(USAGE, "ca-as-signer", lambda: certifier(ca=True, usage_=("digitalSignature",)), note="role-alone"),
    refused(
        USAGE,
        "ca-as-signer",
        lambda: certifier(ca=None, usage_=("digitalSignature", "keyCertSign", "cRLSign")),
        note="usage-alone",
    ),
    refused(USAGE, "key-usage", lambda: usage(usage=("nonRepudiation",))),
    # an extension that is unreadable is its State's mistake, and accuses nobody
    referred(
        USAGE, "key-usage", lambda: usage(usage=None, extra=[("2.5.29.15", True, b.integer(1))]), note="unreadable"
    ),
    refused(USAGE, "role", seal_signer_signs, note="seal-signer"),
    refused(USAGE, "critical-extension", lambda: usage(extra=[("1.2.3.4", True, b"\x05\x00")])),
    admitted(USAGE, "", lambda: usage(extra=[("1.2.3.4", False, b"\x05\x00")]), note="foreign-not-critical"),
    refused(USAGE, "role", lambda: usage(extra=[b.purposes("2.23.136.1.1.3")]), note="list-signer"),
    refused(USAGE, "role", lambda: usage(extra=[b.purposes("2.23.136.1.1.8")]), note="deviation-list"),
    referred(USAGE, "role", lambda: usage(extra=[("2.5.29.37", True, b.integer(1))]), note="unreadable"),
    refused(USAGE, "document-type", lambda: usage(types=("ID",))),
    refused(USAGE, "document-type", lambda: usage(types=("I", "V")), note="other-letters"),
    refused(USAGE, "document-type", lambda: usage(types=("PS",), inside=b.zone(code="PP")), note="other-passport"),
    refused(USAGE, "document-type", lambda: usage(types=()), note="none"),
    referred(
        USAGE, "document-type", lambda: usage(types=None, extra=[("2.23.136.1.1.6.2", False, b"\x30")]), note="cut"
    ),
    admitted(USAGE, "document-type-list-form", lambda: usage(types=("P<",)), note="filler"),
    admitted(USAGE, "key-usage-absent", lambda: usage(usage=None)),
    admitted(USAGE, "certificate-version", lambda: usage(version=1)),
    admitted(USAGE, "certificate-version", lambda: usage(version=None), note="none"),
    admitted(USAGE, "validity-time-form", lambda: usage(clock=b.general_time)),
    admitted(USAGE, "validity-time-form", lambda: usage(clock=without_seconds), note="no-seconds"),
    admitted(USAGE, "validity-time-form", lambda: usage(clock=general_without_seconds), note="general-no-seconds"),
    admitted(USAGE, "validity-time-form", lambda: usage(clock=with_offset), note="offset"),
    admitted(
        USAGE,
        "document-type-list-form",
        lambda: usage(types=None, extra=[type_list(b.set_of([b.der(0x13, b"P"), b.der(0x13, b"PP")]))]),
    ),
    admitted(
        USAGE,
        "document-type-list-form",
        lambda: usage(
            types=None,
            extra=[type_list(b.integer(0), b.set_of([b.der(0x13, b"PP"), b.der(0x13, b"P")], ordered=False))],
        ),
        note="not-sorted",
    ),
    admitted(
        USAGE,
        "",
        lambda: signed_by(
            b.csca(period=(b.moment(2020), b.moment(2052))), signer={"period": (b.moment(2026), b.moment(2051))}
        ),
        note="four-digit-years-where-they-belong",
    ),
    admitted(
        USAGE,
        "key-usage-not-critical",
        lambda: usage(usage=None, extra=[b.key_usage("digitalSignature", critical=False)]),
    ),
    refused(USAGE, "role", lambda: usage(extra=[b.purposes("1.3.6.1.5.5.7.3.4")]), note="foreign-critical"),
    refused(
        USAGE,
        "role",
        lambda: usage(extra=[("2.5.29.37", False, b.purposes("1.3.6.1.5.5.7.3.1")[2])]),
        note="foreign-not-critical",
    ),
    referred(USAGE, "ca-as-signer", lambda: usage(extra=[("2.5.29.19", True, b"\x05\x00")]), note="unreadable"),
]


def listed(*serials: int, by=None, crls=None, **changes) -> b.Scene:
    return b.scene(crls=crls or [b.revocation_list(by or b.utopia(), serials, **changes)])


def serial() -> int:
    return b.utopian_signer().certificate.serial


def listed_under_the_second_name() -> b.Scene:
    """A CSCA that names two States; the list of its key is issued under the name of the second alone."""
    root = b.csca(subject=of_two("EW", b.COUNTRY))
    crls = [b.revocation_list(b.utopia(), [b.signer(root).certificate.serial])]
    return named_of_two("EW", b.COUNTRY, anchors=[root, b.utopia()], crls=crls)


def older_list_that_lasts_longer() -> b.Scene:
    """The newest list of a key is due; the one before was to last until later."""
    newest = b.revocation_list(b.utopia(), issued=b.moment(2026, 11, 10), until=b.moment(2026, 11, 20))
    return listed(crls=[b.revocation_list(b.utopia(), issued=b.moment(2026, 11, 1), until=b.moment(2026, 12, 20)), newest])


def revoked_by_key_identifier() -> b.Scene:
    party = b.signer(b.utopia(), issuer=b.name(("C", b.COUNTRY), ("CN", "Nobody's name")))
    return b.scene(by=party, crls=[b.revocation_list(b.utopia(), [party.certificate.serial])])


def newest_key_lists(*serials: int, link: bool = True, **changes) -> b.Scene:
    """Utopia's next key, under the same name, signs the list for all keys; the link vouches for it (9303-12, 7.1.4)."""
    party = b.csca(key=b.ec_key("next"), **({"by": b.utopia()} if link else {}), **changes)
    return b.scene(candidates=[party], crls=[b.revocation_list(party, serials)])


def listed_by_a_namesake(certifier: b.Party, **changes) -> b.Scene:
    party = b.csca(key=b.ec_key("next"), by=certifier, **changes)
    lists = [b.revocation_list(party, [serial()])]
    return b.scene(anchors=[b.utopia(), certifier], candidates=[party], crls=lists)


def renamed(*serials: int, link: bool = True, former: bool = False, **changes) -> b.Scene:
    """A CSCA that changed its name; its list under the new name is for the certificates of the old key too.

    :param link: the old key certified the new one, and the link certificate is at hand
    :param former: the list itself names what the CSCA was called before
    """
    root = b.csca("CSCA Utopia 2", key=b.ec_key("next"))
    crl = b.revocation_list(root, serials, former=[b.utopia().name] if former else [], **changes)
    return b.scene(anchors=[b.utopia(), root], candidates=[next_generation()] if link else [], crls=[crl])


def ahead(*serials: int) -> b.Scene:
    """A signer of the new name under the old anchor, and a list of the old name: they are one CSCA."""
    by = b.signer(next_generation())
    serials = serials or (by.certificate.serial,)
    return b.scene(by=by, candidates=[next_generation()], crls=[b.revocation_list(b.utopia(), serials)])


def revoked_on_the_way(party: b.Party, *more: b.Party, by: b.Party | None = None) -> b.Scene:
    """A signer below a link certificate, and a list that names a certificate of the path."""
    crl = b.revocation_list(by or b.utopia(), [party.certificate.serial])
    return b.scene(by=b.signer(next_generation()), candidates=[next_generation(), *more], crls=[crl])


def relinked_after_revocation() -> b.Scene:
    """The first link is revoked; another one of the same keys leads to the same anchor."""
    second = b.csca("CSCA Utopia 2", key=b.ec_key("next"), by=b.utopia(), serial=4711)
    return revoked_on_the_way(next_generation(), second)


def certified_by_a_stranger(*serials: int) -> b.Scene:
    """Two CSCAs of the State that no link connects. A stranger's CSCA certified both keys, which anyone can do."""
    one, two = b.csca("CSCA Utopia A", key=b.ec_key("a")), b.csca("CSCA Utopia B", key=b.ec_key("b"))
    stranger = b.csca("CSCA Utopia F", key=b.ec_key("stranger"))
    forged = [b.csca(f"CSCA Utopia {name}", key=b.ec_key(name.lower()), by=stranger) for name in "AB"]
    party = b.signer(two)
    serials = serials and (party.certificate.serial,)
    return b.scene(by=party, anchors=[one, two], candidates=[stranger, *forged], crls=[b.revocation_list(one, serials)])


def links_of_links(*serials: int) -> b.Scene:
    """The list's key is certified by one that the anchor certified: two links between signer and list."""
    third = b.csca("CSCA Utopia 3", key=b.ec_key("third"), by=next_generation())
    return b.scene(candidates=[next_generation(), third], crls=[b.revocation_list(third, serials)])


def seal_signer_lists(*serials: int) -> b.Scene:
    """A trusted seal signer, which has neither key usage nor basic constraints, lists in the CSCA's name."""
    extra = [b.purposes("2.23.136.1.1.11.1")]
    subject = b.name(("C", b.COUNTRY), ("CN", "02"))
    party = b.signer(b.utopia(), key=b.ec_key("seal"), usage=None, key_period=None, types=None, subject=subject, extra=extra)
    crl = b.revocation_list(party, serials, issuer=b.utopia().name, authority=party.identifier)
    return b.scene(anchors=[b.utopia(), party], crls=[crl])


def root_revoked_by_another_certificate() -> b.Scene:
    """A root of the anchor's key is revoked: the key itself is not to be used."""
    other = b.csca(key=b.utopia().key, serial=815)
    return b.scene(candidates=[other], crls=[b.revocation_list(b.utopia(), [815])])


OTHER_STATE = b.csca("CSCA Erewhon", "EW")
REVOCATION_CASES: list[Case] = [
    admitted(REVOCATION, "", listed),
    admitted(REVOCATION, "", lambda: listed(1, 2, 3), note="others"),
    admitted(REVOCATION, "", lambda: listed(until=None), note="no-next-update"),
    admitted(REVOCATION, "", lambda: listed(until=b.AT), note="in-its-last-second"),
    admitted(
        REVOCATION,
        "",
        lambda: listed(
            crls=[b.revocation_list(b.utopia(), until=b.moment(2026, 11, 2)), b.revocation_list(b.utopia())]
        ),
        note="one-is-fresh",
    ),
    admitted(
        REVOCATION,
        "",
        lambda: listed(
            crls=[b.revocation_list(b.utopia(), [serial()], key=b.ec_key("x")), b.revocation_list(b.utopia())]
        ),
        note="forged-one-beside",
    ),
    admitted(REVOCATION, "", lambda: listed(until=None, issued=b.AT - timedelta(days=90)), note="of-ninety-days"),
    admitted(REVOCATION, "", newest_key_lists, note="newest-key"),
    referred(REVOCATION, "premise", lambda: b.scene(anchors=[])),
    referred(REVOCATION, "premise", no_signer, note="no-signer"),
    Case("refuse", REVOCATION, "undetermined", "premise", lambda: b.scene().with_files(EF_SOD=b""), note="no-sod"),
    referred(REVOCATION, "no-input", lambda: b.scene().with_files(EF_SOD=None)),
    Case("admit", REVOCATION, "undetermined", "no-crl", b.scene),
    Case("admit", REVOCATION, "undetermined", "other-issuer", lambda: listed(by=OTHER_STATE)),
    referred(REVOCATION, "stale", lambda: listed(until=b.moment(2026, 11, 24, 11))),
    admitted(REVOCATION, "crl-issuer-expired", lambda: listed_by_the_ended()),
    refused(REVOCATION, "revoked", lambda: listed_by_the_ended(serial()), note="issuer-expired"),
    admitted(REVOCATION, "", lambda: listed_by_the_ended(renewed=True), note="issuer-expired-and-renewed"),
    referred(REVOCATION, "stale", older_list_that_lasts_longer, note="an-older-one-lasts-longer"),
    referred(
        REVOCATION,
        "stale",
        # it names no next update: another is due after 90 days all the same
        lambda: listed(until=None, issued=b.AT - timedelta(days=90, seconds=1)),
        note="no-next-update",
    ),
    referred(REVOCATION, "crl-signature", lambda: newest_key_lists(serial(), link=False), note="newest-key-unlinked"),
    referred(
        REVOCATION,
        "crl-signature",
        # a certificate of the CSCA's name that may not certify
        lambda: listed_by_a_namesake(b.csca("CSCA Utopia 0"), extensions=[b.subject_identifier(b"x")]),
        note="no-authority-of-the-name",
    ),
    # a foreign CSCA certifies a CSCA of Utopia's name, which lists a signer of Utopia
    referred(REVOCATION, "crl-signature", lambda: listed_by_a_namesake(OTHER_STATE), note="foreign-link"),
    referred(REVOCATION, "not-yet-issued", lambda: listed(issued=b.moment(2026, 11, 26))),
    referred(REVOCATION, "crl-signature", lambda: listed(serial(), key=b.ec_key("x"))),
    referred(
        REVOCATION,
        "crl-signature",
        # the document signer names itself in a list's issuer: it may not sign lists
        lambda: listed(serial(), by=b.utopian_signer(), issuer=b.utopia().name),
        note="signer-signs-list",
    ),
    referred(
        REVOCATION,
        "crl-signature",
        # a foreign CSCA, trusted for its own State, lists a signer of Utopia in Utopia's name
        lambda: b.scene(
            anchors=[b.utopia(), OTHER_STATE],
            crls=[b.revocation_list(OTHER_STATE, [serial()], issuer=b.utopia().name)],
        ),
        note="foreign-list",
    ),
    referred(
        REVOCATION,
        "crl-signature",
        # a CSCA of the same names that is known, but not trusted, signs a list
        lambda: b.scene(
            candidates=[forger(same_key_identifier=False)],
            crls=[b.revocation_list(forger(same_key_identifier=False), [serial()])],
        ),
        note="untrusted",
    ),
    referred(REVOCATION, "crl-signature", seal_signer_lists, note="seal-signer"),
    referred(REVOCATION, "crl-signature", lambda: seal_signer_lists(serial()), note="seal-signer-names-the-signer"),
    referred(
        REVOCATION,
        "crl-signature",
        lambda: b.scene(
            candidates=[signer_with_the_name_of_its_csca()],
            crls=[b.revocation_list(signer_with_the_name_of_its_csca(), [serial()])],
        ),
        note="signer-with-the-name-of-its-csca",
    ),
    refused(REVOCATION, "revoked", lambda: listed(serial())),
    admitted(REVOCATION, "algorithm-weak", lambda: listed(kind="ecdsa-sha1")),
    refused(REVOCATION, "revoked", lambda: listed(serial(), kind="ecdsa-sha1"), note="weak-list"),
    referred(
        REVOCATION,
        "crl-signature",
        # NIST: no SHA-1 after 2030
        lambda: b.scene(
            inside=b.zone(expires="360301"),
            at=b.moment(2031, 6),
            crls=[b.revocation_list(b.utopia(), issued=b.moment(2031, 5), until=b.moment(2031, 7), kind="ecdsa-sha1")],
        ),
        note="forbidden-algorithm",
    ),
    admitted(REVOCATION, "", renamed, note="renamed"),
    refused(REVOCATION, "revoked", lambda: renamed(serial()), note="renamed"),
    refused(REVOCATION, "revoked", lambda: renamed(serial(), link=False, former=True), note="former-name"),
    admitted(REVOCATION, "", lambda: renamed(link=False, former=True), note="former-name"),
    refused(REVOCATION, "revoked", ahead, note="renamed-since"),
    admitted(REVOCATION, "", lambda: ahead(1), note="renamed-since"),
    referred(REVOCATION, "crl-not-tied", lambda: renamed(link=False)),
    referred(REVOCATION, "crl-not-tied", certified_by_a_stranger, note="certified-by-a-stranger"),
    referred(REVOCATION, "crl-not-tied", lambda: certified_by_a_stranger(1), note="of-a-stranger-that-names-the-signer"),
    admitted(REVOCATION, "", lambda: links_of_links(1), note="two-links"),
    refused(REVOCATION, "revoked", lambda: links_of_links(serial()), note="two-links"),
    referred(REVOCATION, "crl-not-tied", lambda: renamed(serial(), link=False), note="that-names-the-signer"),
    referred(
        REVOCATION,
        "crl-not-tied",
        # beside the CSCA's own list, which does not name the signer, another one of the State has its number
        lambda: replace(
            renamed(serial(), link=False),
            trust=renamed(serial(), link=False).trust.merged([listed(1).trust]),
        ),
        note="beside-a-clean-one",
    ),
    admitted(
        REVOCATION,
        "",
        lambda: replace(renamed(1, link=False), trust=renamed(1, link=False).trust.merged([listed(1).trust])),
        note="untied-beside-its-own",
    ),
    refused(REVOCATION, "issuer-revoked", lambda: listed(b.utopia().certificate.serial)),
    refused(REVOCATION, "issuer-revoked", root_revoked_by_another_certificate, note="another-certificate-of-the-key"),
    refused(REVOCATION, "issuer-revoked", lambda: key_in_two_forms(revoked=True), note="key-in-another-form"),
    refused(REVOCATION, "issuer-revoked", lambda: revoked_on_the_way(next_generation()), note="link"),
    refused(REVOCATION, "issuer-revoked", lambda: revoked_on_the_way(b.utopia()), note="above-the-link"),
    # another way is open
    admitted(REVOCATION, "", relinked_after_revocation, note="relinked-after-revocation"),
    refused(REVOCATION, "revoked", lambda: listed(serial(), until=b.moment(2026, 11, 2)), note="stale"),
    refused(REVOCATION, "revoked", listed_under_the_second_name, note="second-of-two-States"),
    refused(REVOCATION, "revoked", lambda: listed(1, serial(), 2), note="among-others"),
    refused(REVOCATION, "revoked", lambda: newest_key_lists(serial()), note="newest-key"),
    # its issuer's name is nobody's, so that only the chain tells whose list counts
    refused(REVOCATION, "revoked", revoked_by_key_identifier, note="issuer-by-key-identifier"),
]


def of_state(code: str, *, country: str = b.COUNTRY, csca_country: str = b.COUNTRY, **changes) -> b.Scene:
    """A document whose zone says ``code``, signed under a CSCA of ``csca_country``."""
    party = b.csca("CSCA", csca_country)
    return b.scene(by=b.signer(party, country), anchors=[party], inside=b.zone(state=code), **changes)


def nameless_csca(**changes) -> b.Scene:
    """An issuer without a country in its name, as of the BSI specimen of 2008."""
    party = b.csca(subject=b.name(("CN", "CSCA without a State")))
    return b.scene(by=b.signer(party, **changes), anchors=[party])


def of_two(*codes: str) -> bytes:
    return b.name(*(("C", code) for code in codes), ("CN", "Several States"))


def csca_of(*codes: str) -> b.Scene:
    """A CSCA that names several States."""
    return signed_by(b.csca(subject=of_two(*codes)))


def named_by_the_policy(code: str) -> b.Scene:
    """A CSCA that names no State, for which the policy names one."""
    scene = nameless_csca()
    (entry,) = scene.trust.entries
    return replace(scene, policy=b.policy(believe=["anchor"], states={entry.certificate.sha256: code}))


def named_of_two(*codes: str, **changes) -> b.Scene:
    """A CSCA that names several States, of which the policy names ours."""
    party = b.csca(subject=of_two(*codes))
    policy = b.policy(believe=["anchor"], states={party.certificate.sha256: b.COUNTRY})
    return replace(signed_by(party, **changes), policy=policy)


COUNTRY_CASES: list[Case] = [
    admitted(COUNTRY, "", b.scene),
    admitted(COUNTRY, "", lambda: of_state("D<<", country="DE", csca_country="DE"), note="one-letter-code"),
    admitted(COUNTRY, "", lambda: of_state("TJK", country="TJ", csca_country="TJ"), note="TJK"),
    admitted(COUNTRY, "", lambda: b.scene(printed=None), note="chip-alone"),
    referred(COUNTRY, "no-input", lambda: b.scene(printed=None).with_files(DG1=None)),
    referred(COUNTRY, "no-input", lambda: b.scene().with_files(EF_SOD=None), note="no-sod"),
    Case("refuse", COUNTRY, "undetermined", "unreadable", lambda: b.scene().with_files(EF_SOD=b"")),
    referred(COUNTRY, "signer-missing", no_signer),
    referred(COUNTRY, "code-unknown", lambda: of_state("XBA"), note="organization"),
    refused(COUNTRY, "differs", lambda: of_state("XOM"), note="Order-of-Malta"),
    admitted(COUNTRY, "", lambda: of_state("XOM", country="XO", csca_country="XO"), note="Order-of-Malta"),
    referred(COUNTRY, "code-unknown", lambda: nameless_csca(subject=b.name(("CN", "No State"))), note="signer"),
    # Doc 9303-12, 7.1.1.1: a CSCA names its State; one that names none signs for none, however it is trusted
    referred(COUNTRY, "code-unknown", nameless_csca, note="csca"),
    referred(COUNTRY, "code-unknown", lambda: csca_of(b.COUNTRY, "EW"), note="csca-of-two"),
    referred(COUNTRY, "code-unknown", lambda: b.scene(by=b.signer(b.utopia(), subject=of_two(b.COUNTRY, "EW"))), note="signer-of-two"),
    referred(COUNTRY, "code-unknown", lambda: csca_of(b.STATE), note="csca-of-three-letters"),
    admitted(COUNTRY, "", lambda: named_of_two(b.COUNTRY, "EW"), note="named-of-two-by-the-policy"),
    admitted(COUNTRY, "", lambda: named_of_two("EW", b.COUNTRY), note="named-second-by-the-policy"),
    refused(COUNTRY, "differs", lambda: named_by_the_policy("EW"), note="named-by-the-policy"),
    refused(COUNTRY, "differs", lambda: of_state("TJK"), note="foreign-genuine-signer"),
    refused(
        COUNTRY,
        "differs",
        # a foreign CSCA that certifies under the name of Utopia's, found by its key identifier
        lambda: b.scene(by=b.signer(OTHER_STATE, "EW", issuer=b.utopia().name), anchors=[OTHER_STATE]),
        note="name-borrowed",
    ),
    admitted(COUNTRY, "country-absent", lambda: named_by_the_policy(b.COUNTRY)),
    admitted(COUNTRY, "country-case", lambda: of_state(b.STATE, country=b.COUNTRY.lower(), csca_country=b.COUNTRY.lower())),
]

CASES = CHAIN_CASES + VALIDITY_CASES + USAGE_CASES + REVOCATION_CASES + COUNTRY_CASES
__all__ = ["CASES", "KNOWN", "forger", "next_generation", "other_key"]
