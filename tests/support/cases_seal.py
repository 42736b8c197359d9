"""Cases of ``seal.*``: what a seal's form, signer, signature and agreement with the zones may come to."""

import functools
import io
from datetime import date, timedelta

from PIL import Image

from tests.support import builders as b
from tests.support import cases_signer
from tests.support import seals_made as s
from tests.support.inspection_case import Case, admitted, referred, refused
from tjdocs.seal import draw_bar_code

FORM, SIGNER, SIGNATURE = "seal.structure", "seal.signer", "seal.signature"
REVOCATION, AGREEMENT = "seal.revocation", "seal.agreement"
CHECKS = (FORM, SIGNER, SIGNATURE, REVOCATION, AGREEMENT)
MORE = s.feature(0x77, b"?")
WRONG = s.zone()[:45] + "8" + s.zone()[46:]  # a wrong check digit


def png(*pictures: Image.Image) -> bytes:
    """Return pictures side by side as a PNG file."""
    sheet = Image.new("L", (sum(p.width for p in pictures), max(p.height for p in pictures)), 255)
    left = 0
    for picture in pictures:
        sheet.paste(picture, (left, 0))
        left += picture.width
    file = io.BytesIO()
    sheet.save(file, "PNG")
    return file.getvalue()


def without() -> b.Scene:
    return b.scene()


def cut() -> b.Scene:
    return s.scene(s.made(end=b""))


FORM_CASES: list[Case] = [
    admitted(FORM, "", s.scene),
    admitted(FORM, "", lambda: s.scene(png(draw_bar_code(s.made()))), note="picture"),
    admitted(FORM, "", lambda: s.scene(png(draw_bar_code(s.made()), draw_bar_code(s.made(), "qr"))), note="twice-the-same"),
    admitted(FORM, "", lambda: s.scene(png(draw_bar_code(b"PARKING"), draw_bar_code(s.made()))), note="among-others"),
    admitted(FORM, "feature-unknown", lambda: s.scene(s.made(s.emergency() + MORE))),
    *(Case("admit", check, "undetermined", "no-input", without) for check in CHECKS),
    referred(FORM, "limit", lambda: s.scene(bytes(10_000_001))),
    referred(FORM, "limit", lambda: s.scene(png(Image.new("1", (8000, 5001)))), note="pixels"),
    referred(FORM, "no-picture", lambda: s.scene(png(draw_bar_code(s.made()))[:200])),
    referred(FORM, "no-picture", lambda: s.scene(b"BM" + bytes(100)), note="bmp"),
    referred(FORM, "no-code", lambda: s.scene(png(Image.new("L", (300, 300), 255)))),
    referred(FORM, "no-code", lambda: s.scene(png(draw_bar_code(b"PARKING"))), note="another-code"),
    referred(FORM, "several", lambda: s.scene(png(draw_bar_code(s.made()), draw_bar_code(s.made(reference="5C"))))),
    # a bar code of another kind, or of a version or profile that is not known here, accuses nobody
    referred(FORM, "magic", lambda: s.scene(b"PARKING")),
    referred(FORM, "version", lambda: s.scene(s.made(version=0x04))),
    referred(FORM, "profile-unknown", lambda: s.scene(s.made(definition=0x66))),
    refused(FORM, "signature-missing", cut),
    refused(FORM, "feature-missing", lambda: s.scene(s.made(MORE)), note="graver-than-the-unknown-one"),
    refused(FORM, "zone", lambda: s.scene(s.made(s.emergency(WRONG)))),
    refused(FORM, "zone", lambda: b.Scene(None, None, s.scene().trust, seal=s.made(s.emergency(WRONG))), note="alone"),
]


def by(party: b.Party, **more) -> b.Scene:
    """A seal whose signer is ``party``."""
    return s.scene(by=[party], **more)


def certified_by(csca: b.Party, **more) -> b.Scene:
    return by(s.signer(csca), **more)


@functools.cache
def erewhon() -> b.Party:
    return b.csca("CSCA Utopia", key=b.ec_key("erewhon"))


def anchored(csca: b.Party, **more) -> b.Scene:
    return certified_by(csca, anchors=[csca], **more)


def odd_csca(info: bytes, **changes) -> b.Scene:
    """A signer certified by a CSCA whose certificate holds a key that this library cannot use."""
    csca = b.csca("CSCA Odd", info=info)
    return by(s.signer(csca, **changes), anchors=[csca])


def document_signer() -> b.Party:
    """A signer of EF.SODs that bears the name and number of a seal signer."""
    subject = b.name(("C", b.COUNTRY), ("CN", "S1"))
    return b.signer(b.utopia(), subject=subject, serial=0x5B, key=b.ec_key("seal"), types=None)


def signed_on(day: date, *, at=b.AT, **changes) -> b.Scene:
    return s.scene(s.made(signed=day), by=[s.signer(**changes)], at=at)


def of_state(country: str, *, csca: b.Party | None = None, letters="S1", **head) -> b.Scene:
    """A seal whose header says one State, signed by a signer of another."""
    csca = csca or b.csca("CSCA", country)
    signer = s.signer(csca, country=country, letters=letters)
    return s.scene(s.made(signer=country.upper() + letters, **head), by=[signer], anchors=[csca])


def over_a_link(*extra: b.Extension, changed: bool = True) -> b.Scene:
    """A seal signer below a link certificate of the CSCA's next key."""
    key = b.ec_key("next")
    more = [*extra, *([b.NAME_CHANGE] if changed else [])]
    extensions = b.authority(b.key_identifier(key), b.utopia().identifier, *more)
    link = b.csca("CSCA Utopia 2", key=key, by=b.utopia(), extensions=extensions)
    return certified_by(link, candidates=[link])


ENDED = (b.moment(2026), b.moment(2026, 7))
SIGNER_CASES: list[Case] = [
    admitted(SIGNER, "", s.scene),
    admitted(SIGNER, "", lambda: s.scene(by=[s.signer(erewhon()), s.utopian()]), note="two-of-a-name"),
    admitted(SIGNER, "", lambda: by(s.signer(types=None)), note="any-document"),
    admitted(SIGNER, "", lambda: by(s.signer(types=("P",))), note="all-of-a-letter"),
    # Doc 9303-12, 7.1.3, table 8: a bar code signer has no key usage
    admitted(SIGNER, "extension-surplus", lambda: by(s.signer(extra=[b.key_usage("digitalSignature")]))),
    admitted(SIGNER, "", lambda: signed_on(date(2026, 1, 1)), note="first-day"),
    admitted(SIGNER, "", lambda: signed_on(b.AT.date() + timedelta(days=1)), note="tomorrow-somewhere"),
    *(referred(check, "unreadable", lambda: s.scene(png(Image.new("L", (99, 99), 255)))) for check in CHECKS[1:]),
    Case("refuse", SIGNER, "undetermined", "unreadable", cut, note="unsigned"),
    Case("refuse", SIGNER, "undetermined", "premise", lambda: s.scene(s.made(s.emergency() + s.emergency()))),
    referred(SIGNER, "signer-missing", lambda: s.scene(by=[])),
    referred(SIGNER, "signer-missing", lambda: by(s.signer(serial=0x5C)), note="another-serial"),
    referred(SIGNER, "signer-missing", lambda: by(s.signer(letters="S2")), note="another-signer"),
    referred(SIGNER, "signer-missing", lambda: by(s.signer(country="UZ")), note="another-country"),
    referred(SIGNER, "no-issuer", lambda: certified_by(b.csca("CSCA Nobody", key=b.ec_key("nobody")))),
    referred(SIGNER, "other-generation", lambda: certified_by(cases_signer.forger(same_key_identifier=False))),
    refused(SIGNER, "wrong-signature", lambda: certified_by(cases_signer.forger(same_key_identifier=True))),
    referred(SIGNER, "untrusted", lambda: certified_by(erewhon(), candidates=[erewhon()])),
    referred(
        SIGNER,
        "not-believed",
        lambda: cases_signer.under(
            certified_by(erewhon(), anchors=[erewhon()]), anchors=[b.utopia().certificate.sha256]
        ),
    ),
    refused(SIGNER, "denied", lambda: cases_signer.under(s.scene(), s.utopian())),
    refused(SIGNER, "not-a-ca", lambda: by(s.signer(b.utopian_signer()), anchors=[b.utopian_signer()])),
    referred(SIGNER, "curve-unsupported", lambda: odd_csca(b.ec_spki("1.3.132.0.10", b"\x04" + bytes(64)))),
    referred(SIGNER, "key-unusable", lambda: odd_csca(b.ec_spki("1.2.840.10045.3.1.7", b"\x04" + bytes(64)))),
    referred(SIGNER, "algorithm-unknown", lambda: by(s.signer(kind="unknown"))),
    refused(SIGNER, "algorithm-forbidden", lambda: by(s.signer(kind="rsa-md5", signature=bytes(64)))),
    referred(SIGNER, "limit", lambda: odd_csca(b.rsa_spki(1 << 8200 | 1), kind="rsa-sha256", signature=b"x")),
    admitted(SIGNER, "algorithm-weak", lambda: by(s.signer(kind="ecdsa-sha1"))),
    # a document signer, a list signer, and whoever has no purpose at all
    refused(SIGNER, "role", lambda: by(s.signer(purposes=None))),
    refused(SIGNER, "role", lambda: by(s.signer(purposes=("2.23.136.1.1.3",))), note="list-signer"),
    refused(SIGNER, "role", lambda: by(document_signer()), note="document-signer"),
    admitted(
        SIGNER,
        "extended-key-usage-not-critical",
        lambda: by(s.signer(purposes=None, extra=[("2.5.29.37", False, b.purposes(s.SEAL_SIGNER)[2])])),
    ),
    refused(SIGNER, "ca-as-signer", lambda: by(s.signer(extra=[b.basic_constraints(ca=True)]))),
    referred(SIGNER, "ca-as-signer", lambda: by(s.signer(extra=[("2.5.29.19", True, b"\x05\x00")])), note="unreadable"),
    refused(
        SIGNER,
        "ca-as-signer",
        lambda: by(s.signer(extra=[b.key_usage("digitalSignature", "keyCertSign")])),
        note="usage",
    ),
    refused(SIGNER, "key-usage", lambda: by(s.signer(extra=[b.key_usage("nonRepudiation")]))),
    referred(SIGNER, "key-usage", lambda: by(s.signer(extra=[("2.5.29.15", True, b"\x05\x00")])), note="unreadable"),
    refused(SIGNER, "critical-extension", lambda: by(s.signer(extra=[("1.2.3.4", True, b"\x05\x00")]))),
    refused(SIGNER, "document-type", lambda: by(s.signer(types=("PS", "IR")))),
    refused(SIGNER, "document-type", lambda: by(s.signer(types=())), note="none"),
    refused(SIGNER, "country", lambda: of_state("UZ")),
    refused(SIGNER, "country", lambda: by(s.signer(issuer_of_erewhon(), country=b.COUNTRY), anchors=[issuer_of_erewhon()]), note="issuer"),
    refused(SIGNER, "country", lambda: s.scene(s.made(s.emergency(s.zone(state="D")))), note="zone"),
    Case(
        "refuse",  # since the chip is Utopia's
        SIGNER,
        "undetermined",
        "code-unknown",
        lambda: s.scene(s.made(s.emergency(s.zone(state="QQQ")), country="QQQ")),
    ),
    admitted(SIGNER, "country-case", lambda: of_state("ut", csca=b.csca("CSCA", "ut"))),
    refused(SIGNER, "not-yet-valid", lambda: signed_on(date(2025, 12, 30))),
    refused(SIGNER, "key-usage-period", lambda: signed_on(s.SIGNED, extra=[b.usage_period(b.moment(2026, 6, 4), None)])),
    refused(SIGNER, "expired", lambda: signed_on(date(2026, 7, 2), period=ENDED)),
    refused(
        SIGNER,
        "key-usage-period",
        lambda: signed_on(s.SIGNED, extra=[b.usage_period(None, b.moment(2026, 5))]),
        note="after",
    ),
    # the same law as for document signers
    admitted(SIGNER, "certificate-version", lambda: by(s.signer(version=1))),
    admitted(SIGNER, "validity-time-form", lambda: by(s.signer(clock=b.general_time))),
    admitted(SIGNER, "authority-key-identifier-absent", lambda: by(s.signer(authority=None))),
    admitted(SIGNER, "authority-key-identifier-differs", lambda: by(s.signer(authority=b"\1" * 20))),
    admitted(SIGNER, "path-length", lambda: over_a_link(changed=False)),
    admitted(SIGNER, "", over_a_link, note="link"),
    refused(SIGNER, "critical-extension", lambda: over_a_link(("1.2.3.4", True, b"\x05\x00")), note="of-the-link"),
    refused(
        SIGNER,
        "name-constraints",
        lambda: over_a_link(cases_signer.name_constraints(permitted=[cases_signer.ABROAD])),
    ),
    referred(
        SIGNER,
        "role-contradictory",
        lambda: anchored(b.csca("CSCA Odd", extensions=[cases_signer.SIGNS, b.basic_constraints(ca=False)])),
    ),
    refused(SIGNER, "pss-trailer", lambda: by(s.signer(kind="pss-trailer-2", signature=bytes(256)))),
    admitted(SIGNER, "outlives-issuer", lambda: anchored(b.csca("CSCA Short", period=(b.moment(2020), b.moment(2027))))),
    referred(SIGNER, "expired-since", lambda: signed_on(date(2026, 7, 1), period=ENDED), note="last-day"),
    refused(SIGNER, "signed-in-future", lambda: signed_on(b.AT.date() + timedelta(days=2))),
    refused(SIGNER, "issuer-validity", lambda: anchored(b.csca("CSCA Old", period=(b.moment(2015), b.moment(2025))))),
    referred(
        SIGNER,
        "issuer-younger",
        lambda: anchored(b.csca("CSCA Late", period=(b.moment(2026, 2), b.moment(2036)))),
        note="before",
    ),
]


@functools.cache
def issuer_of_erewhon() -> b.Party:
    return b.csca("CSCA Erewhon", "EW")


def odd_key(info: bytes) -> b.Scene:
    return by(s.signer(info=info))


SIGNATURE_CASES: list[Case] = [
    admitted(SIGNATURE, "", s.scene),
    Case("refuse", SIGNATURE, "undetermined", "premise", lambda: by(s.signer(purposes=None)), note="signer"),
    referred(SIGNATURE, "premise", lambda: certified_by(b.csca("CSCA Nobody", key=b.ec_key("nobody")))),
    referred(SIGNATURE, "signer-missing", lambda: s.scene(by=[])),
    refused(SIGNATURE, "wrong-signature", lambda: s.scene(s.made(key=b.ec_key("forger")))),
    refused(SIGNATURE, "wrong-signature", lambda: s.scene(s.made(signature=bytes(64))), note="zeros"),
    refused(SIGNATURE, "wrong-signature", lambda: s.scene(s.made(signature=bytes(62))), note="short"),
    refused(SIGNATURE, "wrong-signature", lambda: s.scene(swapped()), note="from-another-seal"),
    refused(SIGNATURE, "algorithm-key-mismatch", lambda: by(s.signer(key=b.rsa_key("seal")))),
    referred(SIGNATURE, "curve-unsupported", lambda: odd_key(b.ec_spki("1.3.132.0.10", b"\x04" + bytes(64)))),
    referred(SIGNATURE, "key-unusable", lambda: odd_key(b.ec_spki("1.2.840.10045.3.1.7", b"\x04" + bytes(64)))),
    referred(SIGNATURE, "limit", lambda: odd_key(b.rsa_spki(1 << 8200 | 1))),
    referred(SIGNATURE, "algorithm-unknown", lambda: odd_key(b.sequence(b.sequence(b.oid("1.3.101.112")), b.bits(bytes(32))))),
]


def swapped() -> bytes:
    """The signature of one seal behind the content of another."""
    own, other = s.made(), s.made(issued=date(2026, 6, 2))
    return other[: -64] + own[-64:]


def renamed(*serials: int, link: bool = True) -> b.Scene:
    """A CSCA that changed its name, and its list under the new one."""
    root = b.csca("CSCA Utopia 2", key=b.ec_key("next"))
    links = [cases_signer.next_generation()] if link else []
    return s.scene(anchors=[b.utopia(), root], candidates=links, crls=[b.revocation_list(root, serials)])


def listed(*serials: int, by=None, **changes) -> list:
    return [b.revocation_list(by or b.utopia(), serials, **changes)]


REVOCATION_CASES: list[Case] = [
    admitted(REVOCATION, "", lambda: s.scene(crls=listed(0x5C))),
    Case("admit", REVOCATION, "undetermined", "no-crl", s.scene),
    Case(
        "admit",
        REVOCATION,
        "undetermined",
        "other-issuer",
        lambda: s.scene(crls=listed(by=b.csca("CSCA Erewhon", "EW"))),
    ),
    refused(REVOCATION, "revoked", lambda: s.scene(crls=listed(0x5B))),
    refused(REVOCATION, "revoked", lambda: s.scene(crls=listed(0x5B, kind="ecdsa-sha1")), note="weak-list"),
    admitted(REVOCATION, "algorithm-weak", lambda: s.scene(crls=listed(0x5C, kind="ecdsa-sha1"))),
    refused(REVOCATION, "revoked", lambda: renamed(0x5B), note="renamed"),
    admitted(REVOCATION, "", lambda: renamed(0x5C), note="renamed"),
    referred(REVOCATION, "crl-not-tied", lambda: renamed(0x5B, link=False)),
    refused(REVOCATION, "issuer-revoked", lambda: s.scene(crls=listed(b.utopia().certificate.serial))),
    referred(REVOCATION, "premise", lambda: certified_by(erewhon())),
    referred(REVOCATION, "stale", lambda: s.scene(crls=listed(until=b.moment(2026, 11, 2)))),
    referred(REVOCATION, "not-yet-issued", lambda: s.scene(crls=listed(issued=b.moment(2026, 12)))),
    referred(REVOCATION, "crl-signature", lambda: s.scene(crls=listed(key=b.ec_key("forger")))),
]


def visa_seal(zone: str, *, number: str = "D23145890", tag: int = 0x02, size: int = 64) -> bytes:
    message = s.feature(tag, s.c40(zone[:size])) + s.feature(0x04, bytes(3)) + s.feature(0x05, s.c40(number))
    return s.made(message, definition=0x5D, category=0x01)


def visa(printed: str | None, *, sealed: str | None = None, inside: str | None = None, **changes) -> b.Scene:
    """A passport with a visa: the visa's zone is printed, the passport's in the chip."""
    data = visa_seal(s.visa() if sealed is None else sealed, **changes)
    return s.scene(data, by=[s.signer(types=("V", "VU"))], printed=printed, inside=inside)


def two_readings() -> tuple[str, str]:
    """Return a zone of format MRV-B, and one of MRV-A that begins like it, the check digits of both being right."""
    for n in range(1000):
        short = s.visa(number=f"1234{n:03}XY", born=f"7408{n % 28 + 1:02}")[:64]
        second = short[44:]
        if b.check_digit(second[:9]) == second[9] and b.check_digit(second[13:19]) == second[19]:
            long = short + "F270627" + b.check_digit("270627")
            return short, long.ljust(88, "<")
    raise AssertionError


def verdict_aside(case: Case) -> Case:
    """The verdict follows from the zones themselves: page and chip are of two documents."""
    return Case("refuse", case.check, case.outcome, case.reason, case.make, case.subject, case.note)


def page(**changes) -> b.Scene:
    return s.scene(printed=s.lines(s.zone(**changes)))


AGREEMENT_CASES: list[Case] = [
    admitted(AGREEMENT, "", s.scene, subject="DG1"),
    admitted(AGREEMENT, "", page, subject="zone"),
    Case("refuse", AGREEMENT, "undetermined", "premise", lambda: s.scene(s.made(key=b.ec_key("forger"))), "DG1"),
    referred(AGREEMENT, "premise", lambda: s.scene(by=[]), subject="DG1", note="signer-missing"),
    referred(AGREEMENT, "unreadable", lambda: s.scene(s.made(definition=0x66)), note="profile-unknown"),
    referred(
        AGREEMENT,
        "nothing-to-compare",
        lambda: b.Scene(None, None, s.scene().trust, seal=s.made()),
        note="no-zone",
    ),
    Case("refuse", AGREEMENT, "undetermined", "nothing-to-compare", lambda: s.scene(s.made(MORE)), note="no-feature"),
    refused(AGREEMENT, "differs", lambda: s.scene(inside=s.zone(number="D23145891")), subject="DG1", note="number"),
    refused(AGREEMENT, "differs", lambda: page(names="ERIKSSON<<ANNA"), subject="zone", note="name"),
    refused(AGREEMENT, "differs", lambda: page(expires="270628"), subject="zone", note="expiry"),
    refused(AGREEMENT, "differs", lambda: s.scene(inside=b.zone()), subject="DG1", note="another-format"),
    Case("refuse", AGREEMENT, "undetermined", "zone-invalid", lambda: s.scene(printed=s.lines(WRONG)), "zone"),
    Case("refuse", AGREEMENT, "undetermined", "zone-invalid", lambda: s.scene(printed="no zone"), "zone", "no-format"),
    verdict_aside(admitted(AGREEMENT, "", lambda: visa(s.lines(s.visa())), subject="zone", note="visa")),
    verdict_aside(admitted(AGREEMENT, "", lambda: visa(s.lines(s.visa())), subject="DG1", note="passport")),
    verdict_aside(
        admitted(
            AGREEMENT,
            "",
            lambda: visa(s.lines(s.visa(44)), sealed=s.visa(44), tag=0x01, size=72),
            subject="zone",
            note="visa-a",
        )
    ),
    referred(AGREEMENT, "nothing-to-compare", lambda: visa(None), subject="visa", note="no-visa-zone"),
    refused(
        AGREEMENT, "visa-differs", lambda: visa(s.lines(s.visa()), sealed=s.visa(number="1234567XZ")), subject="zone"
    ),
    refused(
        AGREEMENT,
        "visa-differs",
        lambda: visa(s.lines(two_readings()[1]), sealed=two_readings()[0]),
        subject="zone",
        note="another-format",
    ),
    refused(AGREEMENT, "passport-differs", lambda: visa(None, number="D23145891"), subject="DG1"),
    Case(
        "refuse",
        AGREEMENT,
        "undetermined",
        "visa-zone-invalid",
        lambda: visa(s.lines(s.visa()[:45] + "0" + s.visa()[46:])),
        "zone",
    ),
    Case("refuse", AGREEMENT, "undetermined", "passport-zone-invalid", lambda: visa(None, inside=WRONG), "DG1"),
]

CASES = FORM_CASES + SIGNER_CASES + SIGNATURE_CASES + REVOCATION_CASES + AGREEMENT_CASES
