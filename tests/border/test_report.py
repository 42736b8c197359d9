import base64
import binascii
import os
import random
import stat
import tomllib
from dataclasses import replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.support import builders
from tjdocs import specs
from tjdocs.border import Evidence, Inspector, Verdict
from tjdocs.border.report.html_report import MAX_PICTURE, MAX_TEXT, render, write_report
from tjdocs.border.report.report_rows import not_checked
from tjdocs.border.report.wording import texts
from tjdocs.errors import OutputError
from tjdocs.findings import Finding, Outcome, checks
from tjdocs.lds.biometrics.iso19794_face import FaceImage
from tjdocs.lds.dg2 import Dg2
from tjdocs.pki.trust.store import TrustStore

POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
SCRIPT = "<script>alert(1)</script>"
BREAKOUT = "\"'></td><img src=x onerror=alert(1)>{{ 7*7 }}&lt;"
LOADING = {"src", "href", "srcset", "action", "data", "poster", "background", "formaction", "cite", "ping"}
VOID = {"meta", "img", "br", "col"}


class Page(HTMLParser):
    """A page as a browser takes it apart: elements with their attributes, and the text outside of them."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.parts: list[str] = []
        self.rows: list[str] = []
        self.style = self.title = ""
        self.feed(html)
        self.close()
        assert self.open == [], "elements are left open"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag == "tr":
            self.rows.append("")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1] == tag, f"{tag} is closed out of order"
        if tag in ("td", "th", "dt", "dd"):
            self.handle_data(" ")
        self.open.pop()

    def handle_data(self, data: str) -> None:
        if self.open[-1:] == ["style"]:
            self.style += data
        elif self.open[-1:] == ["title"]:
            self.title += data
        else:
            self.parts.append(data)
            if "tr" in self.open:
                self.rows[-1] += data

    @property
    def text(self) -> str:
        return "".join(self.parts)

    @property
    def words(self) -> str:
        """The text with every run of white space as one blank."""
        return " ".join(self.text.split())

    @property
    def images(self) -> list[str]:
        return [attributes["src"] or "" for tag, attributes in self.elements if tag == "img"]

    def row(self, *wanted: str) -> str:
        """Return the one row of a table that holds everything wanted."""
        found = [" ".join(row.split()) for row in self.rows if all(text in row for text in wanted)]
        assert len(found) == 1, f"{len(found)} rows with {wanted}"
        return found[0]


def page(verdict: Verdict) -> Page:
    return Page(render(verdict))


def assert_harmless(page: Page) -> None:
    tags = {tag for tag, _ in page.elements}
    assert not tags & {"script", "iframe", "object", "embed", "link", "base", "form", "svg", "a", "video", "audio"}
    for tag, attributes in page.elements:
        assert not [name for name in attributes if name.startswith("on") or name == "style"], tag
        for name in LOADING & attributes.keys():
            assert tag == "img"
            assert name == "src"
            assert (attributes[name] or "").startswith("data:image/jpeg;base64,")
    assert len(page.images) <= 1
    refresh = [attributes for tag, attributes in page.elements if attributes.get("http-equiv") == "refresh"]
    assert refresh == []
    assert "url(" not in page.style
    assert "@import" not in page.style


def group2(image: bytes, *, size: tuple[int, int] = (300, 400), kind: int = 0) -> bytes:
    return Dg2.of(FaceImage(image, *size, image_data_type=kind)).encode()


def with_image(image: bytes, **more: int) -> Verdict:
    return builders.scene(groups={1: builders.dg1(builders.zone()), 2: group2(image, **more)}).judge()


def picture(size: tuple[int, int] = (300, 400), mode: str = "RGB") -> Image.Image:
    red, green = Image.linear_gradient("L").resize(size), Image.radial_gradient("L").resize(size)
    made = Image.merge("RGB", (red, green, Image.new("L", size, 90)))
    return made if mode == "RGB" else made.convert(mode)


def jpeg(size: tuple[int, int] = (300, 400), mode: str = "RGB", **options: object) -> bytes:
    stream = BytesIO()
    picture(size, mode).save(stream, "JPEG", **options)
    return stream.getvalue()


def shown(verdict: Verdict) -> bytes:
    """Return the bytes of the one image of the report."""
    (source,) = page(verdict).images
    return base64.b64decode(source.removeprefix("data:image/jpeg;base64,"), validate=True)


def with_findings(*findings: Finding) -> Verdict:
    return replace(builders.scene(printed=None, groups=None).judge(), findings=findings)


def dg11(name: str) -> bytes:
    return builders.der(
        0x6B, builders.der(0x5C, b"\x5f\x0e"), builders.der(0x5F0E, name.encode("utf-8", "surrogatepass"))
    )


# ---------------------------------------------------------------------------------------------------------- hostility


@pytest.mark.parametrize("attack", [SCRIPT, BREAKOUT], ids=["script", "breakout"])
def test_what_a_document_says_is_text(attack: str) -> None:
    subject = builders.name(("C", "UT"), ("O", attack), ("CN", "signer"))
    inside = ("P<UTO" + attack).ljust(88, "<")[:88]
    scene = builders.scene(
        by=builders.signer(builders.utopia(), subject=subject),
        inside=inside,
        printed=("P<UTO" + attack).ljust(44, "<")[:44] + builders.zone()[44:],
        groups={1: builders.dg1(inside), 2: builders.dg2(), 11: dg11(attack)},
    )
    verdict = replace(scene.judge(), decided_by=(attack, "pa.country"))
    verdict = replace(verdict, findings=(*verdict.findings, Finding("pa.country", Outcome.FAILED, attack, attack)))
    verdict = replace(verdict, findings=(*verdict.findings, Finding(attack, Outcome.FAILED, subject=attack)))
    read = page(verdict)
    assert_harmless(read)
    assert f"O={attack}" in read.text  # the certificate
    assert f"Full name {attack}" in read.text  # DG11
    assert attack[:25] in read.text.partition("MRZ of the chip (DG1)")[2].partition("details on the chip")[0]
    assert read.text.count(attack) >= 6  # the rest: findings, and what decided


def test_the_policy_of_the_page_stands_before_everything_else() -> None:
    elements = page(builders.scene().judge()).elements
    assert [tag for tag, _ in elements[:4]] == ["html", "head", "meta", "meta"]
    assert elements[2][1] == {"charset": "utf-8"}
    assert elements[3][1] == {"http-equiv": "Content-Security-Policy", "content": POLICY}


@pytest.mark.parametrize("scene", ["sound", "altered", "untrusted", "no chip", "nothing"])
def test_nothing_is_loaded_and_nothing_runs(scene: str) -> None:
    sound = builders.scene()
    verdicts = {
        "sound": sound,
        "altered": sound.with_files(DG2=group2(jpeg())),
        "untrusted": builders.scene(anchors=[]),
        "no chip": replace(sound, chip=None),
        "nothing": replace(sound, chip=None, mrz=None),
    }
    assert_harmless(page(verdicts[scene].judge()))


@pytest.mark.parametrize(
    "character",
    [
        "\u202e",
        "\u2066",
        "\u200f",
        "\x00",
        "\x1b",
        "\n",
        "\x85",
        "\u2028",
        "\u00a0",
        "\u200b",
        "\u3164",
        "\ufeff",
        "\ud800",
    ],
    ids=ascii,
)
def test_what_is_not_seen_is_named(character: str) -> None:
    name = f"AB{character}CD"
    detail = with_findings(Finding("pa.country", Outcome.FAILED, "differs", name))
    assert f"AB⟨U+{ord(character):04X}⟩CD" in page(detail).text
    if character != "\ud800":  # which no encoding can hold
        groups = {1: builders.dg1(builders.zone()), 2: builders.dg2(), 11: dg11(name)}
        assert f"AB⟨U+{ord(character):04X}⟩CD" in page(builders.scene(groups=groups).judge()).text


def test_marks_do_not_pile_up_over_other_lines() -> None:
    read = page(with_findings(Finding("pa.country", Outcome.FAILED, "differs", "z" + "\u0301" * 20 + "й")))
    assert "z" + "\u0301" * 3 + "⟨U+0301⟩" * 17 + "й" in read.text


@given(st.text(st.characters(exclude_categories=())))
@settings(max_examples=60, deadline=None)
def test_any_text_is_harmless_and_read_back_as_written(text: str) -> None:
    html = render(with_findings(Finding("pa.country", Outcome.FAILED, text, f"it says {text}", text)))
    html.encode()
    assert not [c for c in html if not c.isprintable() and c != "\n"]
    read = Page(html)
    assert_harmless(read)
    if text.isprintable() and text.isascii():
        assert read.text.count(text) >= 3


def test_a_long_text_is_cut_and_says_so() -> None:
    read = page(with_findings(Finding("pa.country", Outcome.FAILED, "differs", "A" * (MAX_TEXT + 234))))
    assert "A" * MAX_TEXT + " … (234 more characters)" in read.text
    assert "A" * (MAX_TEXT + 1) not in read.text


# ----------------------------------------------------------------------------------------------------------- the face


def test_the_face_is_encoded_again() -> None:
    comment = b"COMMENT-OF-THE-CHIP"
    original = jpeg(comment=comment, icc_profile=b"PROFILE-OF-THE-CHIP" * 8, exif=b"Exif\0\0EXIF-OF-THE-CHIP")
    assert comment in original
    html = render(with_image(original))
    data = shown(with_image(original))
    assert base64.b64encode(original[:60]).decode()[:-4] not in html
    assert data != original
    assert b"OF-THE-CHIP" not in data
    opened = Image.open(BytesIO(data), formats=["JPEG"])
    assert opened.size == (300, 400)
    assert {key for key in opened.info if not key.startswith("jfif")} == set()
    wanted = Image.open(BytesIO(original)).convert("RGB")
    difference = [abs(a - b) for a, b in zip(opened.tobytes(), wanted.tobytes(), strict=True)]
    assert sum(difference) / len(difference) < 4


@pytest.mark.parametrize("size", [(1500, 2000), (4000, 100), (16, 5000)])
def test_a_large_face_is_made_smaller(size: tuple[int, int]) -> None:
    opened = Image.open(BytesIO(shown(with_image(jpeg(size), size=size))))
    assert opened.width <= MAX_PICTURE[0]
    assert opened.height <= MAX_PICTURE[1]
    assert f"{size[0]} × {size[1]} pixels" in page(with_image(jpeg(size), size=size)).text


@pytest.mark.parametrize(
    ("mode", "form"),
    [
        ("L", "JPEG"),
        ("CMYK", "JPEG"),
        ("RGB", "JPEG2000"),
        ("RGBA", "JPEG2000"),
        ("LA", "JPEG2000"),
        ("I;16", "JPEG2000"),
    ],
)
def test_every_kind_of_colour_is_shown(mode: str, form: str) -> None:
    stream = BytesIO()
    made = picture(mode="L" if mode == "I;16" else mode)
    if mode == "I;16":
        made = Image.frombytes("I;16", made.size, b"".join(bytes((0, value)) for value in made.tobytes()))
    made.save(stream, form)
    opened = Image.open(BytesIO(shown(with_image(stream.getvalue(), kind=form == "JPEG2000"))))
    wanted = picture().convert("L") if mode in ("L", "LA", "I;16") else picture()
    for at in ((20, 20), (150, 200), (280, 380)):
        expected = wanted.convert("RGB").getpixel(at)
        assert all(abs(a - b) < 16 for a, b in zip(opened.getpixel(at), expected, strict=True)), at


def _huge() -> bytes:
    """Return a JPEG whose header claims 65,535 x 65,535 pixels."""
    data = bytearray(jpeg())
    frame = data.index(b"\xff\xc0")
    data[frame + 5 : frame + 9] = b"\xff\xff\xff\xff"
    return bytes(data)


@pytest.mark.parametrize(
    ("image", "why"),
    [
        (jpeg()[:900], "cannot be decoded to its end"),
        (b"\xff\xd8\xff" + b"rubbish" * 40, "cannot be decoded"),
        (b"GIF89a" + bytes(200), "neither JPEG nor JPEG 2000"),
        (b"<svg onload=alert(1)>", "neither JPEG nor JPEG 2000"),
        (_huge(), "over the limits"),
    ],
    ids=["cut", "rubbish", "gif", "svg", "huge"],
)
def test_a_face_that_cannot_be_shown_is_said_to_be_so(image: bytes, why: str) -> None:
    read = page(with_image(image))
    assert read.images == []
    assert f"The image in DG2 cannot be shown. The image {'is' if 'cannot' not in why else ''}".rstrip() in read.words
    assert why in read.words
    assert_harmless(read)


@pytest.mark.parametrize("error", [RuntimeError, MemoryError, UserWarning, EOFError])
def test_whatever_the_decoder_does_there_is_a_report(error: type[Exception], monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise error("made to fail")

    verdict = builders.scene().judge()
    monkeypatch.setattr(Image.Image, "convert", fails)
    assert "The image in DG2 cannot be shown." in page(verdict).words


def test_a_missing_or_unreadable_face_is_said_to_be_so() -> None:
    sound = builders.scene()
    assert "DG2 was not handed over." in page(sound.with_files(DG2=None).judge()).words
    assert "DG2 cannot be read: " in page(sound.with_files(DG2=builders.dg2()[:500]).judge()).words
    assert "No chip was read." in page(replace(sound, chip=None).judge()).words


# --------------------------------------------------------------------------------------------------------- the verdict


def _verdicts() -> dict[str, Verdict]:
    sound = builders.scene()
    return {
        "admit": sound.judge(),
        "refer": builders.scene(anchors=[]).judge(),
        "refuse": sound.with_files(DG2=group2(jpeg())).judge(),
    }


@pytest.mark.parametrize("decision", ["admit", "refer", "refuse"])
def test_the_verdict_is_said_in_words_with_what_decided_it(decision: str) -> None:
    verdict = _verdicts()[decision]
    assert verdict.decision == decision
    read = page(verdict)
    assert read.title == f"Inspection report: {decision}"
    assert ("section", {"class": f"verdict {decision}", "aria-label": "Verdict"}) in read.elements
    decided = read.words.partition("Decided by")[2].partition("Holder and document")[0]
    assert [check in decided for check in verdict.decided_by] == [True] * len(verdict.decided_by)
    assert verdict.policy_sha256 in read.text


def test_on_paper_nothing_is_told_twice() -> None:
    verdict = _verdicts()["refuse"]
    brief = render(verdict).partition('<ul class="brief">')[2].partition("</ul>")[0]
    titles = {finding.check: checks()[finding.check].title for finding in verdict.findings}
    assert titles["mrz.structure"] in brief
    assert not any(titles[check] in brief for check in verdict.decided_by)
    assert not any(title in brief for title, _ in not_checked(verdict, texts("en")))


def test_what_a_failure_means_stands_once_for_all_that_failed_so() -> None:
    cut = builders.scene().with_files(DG1=builders.dg1(builders.zone())[:20], DG2=builders.dg2()[:500]).judge()
    said = render(cut).partition('<ul class="decided')[2].partition("</ul>")[0]
    assert said.count('<code class="doc">lds.structure/structure</code>') == 2
    words = texts("en")
    assert said.count(f"{words.label('means')}: {words.consequence('lds.structure')}") == 1


def test_what_was_not_checked_for_one_reason_stands_in_one_line() -> None:
    rows = not_checked(builders.scene().with_files(**{"EF.SOD": b"none"}).judge(), texts("en"))
    named = [title for title, _ in rows if title.startswith(checks()["pa.dg-hash"].title)]
    assert len(named) == 1
    assert "DG1, DG2" in named[0]


def test_only_what_counts_against_a_document_decides_in_the_report() -> None:
    decided = page(_verdicts()["refuse"]).words.partition("Decided by")[2].partition("Holder and document")[0]
    assert "failed: Data group hash DG2. The hash differs from the signed one. pa.dg-hash/differs" in decided
    assert "Means: the data group was altered, exchanged or added." in decided
    assert "DG1 " not in decided


def test_a_check_that_was_never_made_decides_by_its_name() -> None:
    verdict = replace(_verdicts()["refer"], findings=(), decided_by=("lds.*",))
    assert "A check that the policy requires was not made: lds.*" in page(verdict).words


@pytest.mark.parametrize(
    ("decision", "sentence"),
    [
        ("admit", "The data of the chip are those that its State signed."),
        ("refer", "The chip's content is not known to be genuine."),
        ("refuse", "The chip failed passive authentication."),
    ],
)
def test_the_chips_content_is_shown_with_how_far_it_may_be_relied_on(decision: str, sentence: str) -> None:
    content = page(_verdicts()[decision]).words.partition("Holder and document")[2]
    assert content.lstrip(" ✓✗?").startswith(sentence)


# ----------------------------------------------------------------------------------------------------------- findings


@pytest.mark.parametrize("decision", ["admit", "refer", "refuse"])
def test_every_finding_stands_in_the_table_with_outcome_title_and_clause(decision: str) -> None:
    verdict = _verdicts()[decision]
    read = page(verdict)
    rows = [" ".join(row.split()) for row in read.rows]
    for finding in verdict.findings:
        check = checks()[finding.check]
        wanted = (check.title, finding.check, finding.subject, finding.reason, check.clause)
        fitting = [row for row in rows if all(text in row for text in wanted)]
        assert [row for row in fitting if row[1:].startswith(str(finding.outcome))], finding
        assert all(not row[0].isalnum() for row in fitting)  # a sign beside the word
    areas = [row for row in rows if row in ("MRZ", "Document", "Files", "Passive authentication", "Seal", "Register", "Crossing", "Holder", "Other")]
    assert areas == ["MRZ", "Document", "Files", "Passive authentication", "Seal", "Register", "Crossing", "Holder"]


def _texts(path: str, table: str, text: str) -> dict[str, str]:
    rows = tomllib.loads((specs.folder("specs") / path).read_text())[table]
    return {row["id"]: row[text] for row in rows}


def test_every_reason_word_of_the_tables_is_explained() -> None:
    cases = [(check.id, word, text) for check in checks().values() for word, text in check.reasons.items()]
    cases += [("pa.ds-chain", *item) for item in _texts("defects.toml", "defect", "text").items()]
    cases += [("mrz.structure", *item) for item in _texts("mrz/problems.toml", "problem", "text").items()]
    cases += [("lds.structure", *item) for item in _texts("lds/problems.toml", "problem", "text").items()]
    cases += [("seal.structure", *item) for item in _texts("seals/problems.toml", "problem", "text").items()]
    own = {(check.id, word) for check in checks().values() for word in check.reasons}
    assert len(cases) > 150
    read = page(with_findings(*(Finding(check, Outcome.FAILED, word) for check, word, _ in cases)))
    rows = [" ".join(row.split()) for row in read.rows]
    for check, word, text in cases:
        explanation = checks()[check].reasons[word] if (check, word) in own else text
        assert [row for row in rows if f"{check} {word}: {explanation}" in row], (check, word)


def test_content_types_that_are_tolerated_are_explained() -> None:
    row = page(with_findings(Finding("pa.sod-structure", Outcome.WARNING, "content-type-data"))).row(
        "content-type-data"
    )
    assert "content-type-data: the content is of type 1.2.840.113549.1.7.1 instead of 2.23.136.1.1.1" in row


def test_several_tolerances_are_explained_each() -> None:
    names = "key-usage-absent, country-case"
    row = page(with_findings(Finding("pa.ds-chain", Outcome.WARNING, "key-usage-absent", names))).row("pa.ds-chain")
    assert "key-usage-absent: the certificate has no key usage" in row
    assert "country-case: the country code is in lower case" in row
    assert names not in row


def test_words_that_no_table_has_are_shown_as_they_are() -> None:
    read = page(
        with_findings(
            Finding("pa.ds-chain", Outcome.FAILED, "word-of-tomorrow", "and its detail"),
            Finding("stamp.ink", Outcome.ABORTED, "torn-off", subject="stamp 1"),
        )
    )
    assert "word-of-tomorrow and its detail" in read.row("word-of-tomorrow")
    assert read.row("torn-off") == "■aborted stamp.ink stamp.ink stamp 1 torn-off"
    assert "Other" in [" ".join(row.split()) for row in read.rows]


def test_a_check_of_one_area_does_not_borrow_the_words_of_another() -> None:
    read = page(
        with_findings(
            Finding("mrz.dates", Outcome.FAILED, "date-form"), Finding("lds.structure", Outcome.FAILED, "date-form")
        )
    )
    assert "neither six digits nor" in read.row("mrz.dates")
    assert "neither digits nor binary-coded digits" in read.row("lds.structure")


# -------------------------------------------------------------------------------------------------------- what was read


def test_zones_are_shown_as_they_stand_and_differing_fields_marked() -> None:
    inside, printed = builders.zone(), builders.zone(names="ERIKSSON<<ANNI<MARIA")
    read = page(builders.scene(inside=inside, printed=printed).judge())
    for joined in (inside, printed):
        assert f"{joined[:44]}\n{joined[44:]}" in read.text
    assert read.row("Secondary identifier") == "Secondary identifier ≠ differs ANNI MARIA ANNA MARIA"
    assert read.row("Date of birth") == "Date of birth 1974-08-12 1974-08-12"
    assert read.row("Document number") == "Document number L898902C3 L898902C3"
    assert read.text.count("≠") == 1


def test_an_unknown_date_is_shown_as_it_stands() -> None:
    read = page(builders.scene(printed=None, inside=builders.zone(born="7408<<")).judge())
    assert read.row("Date of birth") == "Date of birth 7408<<"


def test_details_of_dg11_and_dg12_are_shown() -> None:
    groups = {
        1: builders.dg1(builders.zone()),
        2: builders.dg2(),
        11: dg11("ЭРИКССОН<<АННА"),
        12: builders.dg12("20260302"),
    }
    words = page(builders.scene(groups=groups).judge()).words
    assert "Personal details on the chip (DG11) Full name ЭРИКССОН<<АННА" in words
    assert "Issuing authority UTOPIA Date of issue 2026-03-02" in words


def test_a_zone_of_many_lines_does_not_flood_the_report() -> None:
    verdict = Inspector().inspect(Evidence(mrz=["P<UTO"] * 100), at=builders.AT)
    read = page(verdict)
    assert read.text.count("P<UTO") == 6
    assert "and 94 more lines." in read.words


# ------------------------------------------------------------------------------------------- certificates, times, files


def test_the_chain_is_shown_certificate_by_certificate() -> None:
    old, new = builders.csca(key=builders.ec_key("old")), builders.csca(key=builders.ec_key("new"))
    link = builders.csca(key=builders.ec_key("new"), by=old)
    signer = builders.signer(new)
    chain = page(builders.scene(by=signer, anchors=[old], candidates=[link]).judge()).words.partition("Certification path")[2]
    positions = []
    roles = ("Document signer", "Issuer 1: link certificate", "Issuer 2: CSCA, self-signed (trusted)")
    for role, party in zip(roles, (signer, link, old), strict=True):
        certificate = party.certificate
        serial, digest = f"{certificate.serial:X}", certificate.sha256
        card = f"{role} Subject {certificate.subject_text} Issuer {certificate.issuer_text} Serial number {serial}"
        dates = f"Valid {certificate.not_before:%Y-%m-%d} to {certificate.not_after:%Y-%m-%d}"
        assert f"{card} {dates} Key secp256r1 SHA-256 {digest}" in chain
        positions.append(chain.index(digest))
    assert positions == sorted(positions)
    assert "The path ends at a trusted certificate." in chain
    assert "Tried in vain" not in chain


def test_where_a_chain_ends_and_what_was_tried() -> None:
    stranger = builders.csca(key=builders.ec_key("stranger"))
    read = page(builders.scene(anchors=[stranger]).judge())
    chain = read.words.partition("Certification path")[2]
    reason = checks()["pa.ds-chain"].reasons["other-generation"]
    assert f"The path ends here. other-generation: {reason} The issuer named is C=UT, O=SPECIMEN" in chain
    row = read.row(stranger.certificate.sha256)
    assert f"{stranger.certificate.serial:X}" in row
    assert "wrong-signature: The signature is wrong." in row


def test_attempts_are_counted_rather_than_listed_without_end() -> None:
    strangers = [builders.csca(key=builders.ec_key(f"stranger {number}")) for number in range(40)]
    read = page(builders.scene(anchors=strangers).judge())
    assert sum(party.certificate.sha256 in read.text for party in strangers) == 32
    assert "and 8 more." in read.words


def test_no_signer_no_chain() -> None:
    assert "No document signer was found." in page(replace(builders.scene(), chip=None).judge()).words


@pytest.mark.parametrize(
    ("how", "row"),
    [
        ("stated", "Signing 2026-03-02 the date of issue in DG12, a signed group"),
        ("claimed", "Signing 2026-03-02 09:00:00 UTC the signer's own claim (signingTime)"),
        ("assumed", "Signing 2026-11-24 17:00:00+05:00 not stated anywhere: the time of inspection was taken"),
    ],
)
def test_the_three_times_are_told_apart(how: str, row: str) -> None:
    groups = {1: builders.dg1(builders.zone()), 2: builders.dg2()}
    if how == "stated":
        groups[12] = builders.dg12("20260302")
    signed = None if how == "assumed" else builders.SIGNED
    read = page(builders.scene(groups=groups, signing_time=signed, at=date(2026, 11, 24)).judge())
    assert read.row("Signing 2026") == row
    assert read.row("Inspection").startswith("Inspection 2026-11-24 17:00:00+05:00")
    assert "2026-01-01 00:00:00 UTC 2036-04-01 00:00:00 UTC" in read.row("Document signer", "certificate")
    assert "2026-01-01 00:00:00 UTC 2026-04-01 00:00:00 UTC" in read.row("Document signer", "private key usage period")
    assert "2036-03-01" in read.row("Document (DG1)")


def test_the_time_of_judgement_is_shown_as_the_clock_at_the_place_had_it() -> None:
    at = datetime.fromisoformat("2026-11-24T12:00:00+05:00")
    for moment in (at, at.astimezone(UTC)):
        assert "2026-11-24 12:00:00+05:00" in page(builders.scene(at=moment).judge()).row("Inspection")


def test_the_files_handed_over_are_pinned_by_their_digests() -> None:
    scene = builders.scene()
    read = page(scene.judge())
    assert scene.chip is not None
    for name, data in scene.chip.items():
        digest = binascii.hexlify(builders.digest("sha256", data)).decode()
        assert read.row(digest) == f"{name} {len(data)} {digest}"


# ------------------------------------------------------------------------------------------------------------- robust


def test_damaged_documents_always_give_a_report() -> None:
    scene = builders.scene(
        groups={1: builders.dg1(builders.zone()), 2: builders.dg2(), 11: dg11("A"), 12: builders.dg12("x")}
    )
    assert scene.chip is not None
    chance = random.Random(9303)
    for _ in range(60):
        name = chance.choice(list(scene.chip))
        data = bytearray(scene.chip[name])
        for _ in range(chance.randint(1, 6)):
            data[chance.randrange(min(len(data), 400))] = chance.randrange(256)
        damaged = scene.with_files(**{name.replace(".", "_"): bytes(data[: chance.randint(1, len(data))])})
        assert_harmless(page(damaged.judge()))


def test_the_same_verdict_gives_the_same_page() -> None:
    verdict = builders.scene().judge()
    assert render(verdict) == render(verdict)


# --------------------------------------------------------------------------------------------------------------- files


@pytest.fixture(name="verdict")
def _verdict() -> Verdict:
    return Inspector(trust=TrustStore.of(())).inspect(Evidence(mrz=builders.lines(builders.zone())), at=builders.AT)


def test_a_report_is_for_its_owner_only(verdict: Verdict, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    before = os.umask(0)
    try:
        write_report(verdict, path)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_text(encoding="utf-8") == render(verdict)


def test_nothing_is_overwritten(verdict: Verdict, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text("kept")
    with pytest.raises(OutputError) as raised:
        write_report(verdict, str(path))
    assert raised.value.where == str(path)
    assert raised.value.hint
    assert path.read_text() == "kept"


@pytest.mark.parametrize("target", ["there", "nowhere"])
def test_a_link_is_not_followed(verdict: Verdict, tmp_path: Path, target: str) -> None:
    (tmp_path / "there").write_text("kept")
    link = tmp_path / "report.html"
    link.symlink_to(tmp_path / target)
    with pytest.raises(OutputError):
        write_report(verdict, link)
    assert (tmp_path / "there").read_text() == "kept"
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("name", ["no-folder/report.html", "report\0.html", "."])
def test_a_place_where_nothing_can_be_written(verdict: Verdict, tmp_path: Path, name: str) -> None:
    with pytest.raises(OutputError):
        write_report(verdict, f"{tmp_path}/{name}")


@pytest.mark.parametrize(("error", "raised"), [(OSError(28, "No space left"), OutputError), (KeyError(), KeyError)])
def test_no_part_of_a_report_is_left(
    verdict: Verdict,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    raised: type[Exception],
) -> None:
    opens = os.fdopen

    def full(descriptor: int, mode: str) -> object:
        opens(descriptor, mode).close()
        raise error

    monkeypatch.setattr(os, "fdopen", full)
    with pytest.raises(raised):
        write_report(verdict, tmp_path / "report.html")
    assert list(tmp_path.iterdir()) == []


def test_holder_portrait_and_report_of_a_verdict(tmp_path):
    scene = builders.scene()
    verdict = Inspector(trust=scene.trust).inspect(scene.evidence, at=builders.AT)
    assert verdict.authentic
    assert verdict.holder is verdict.examination.chip_mrz
    assert "ERIKSSON" in verdict.holder.primary_identifier
    verdict.report(tmp_path / "report.html", lang="tg")
    assert (tmp_path / "report.html").read_text(encoding="utf-8") == render(verdict, lang="tg")
    with pytest.raises(OutputError):
        verdict.report(tmp_path / "report.html")
    pictured = with_image(jpeg(comment=b"a stranger's"))
    assert pictured.portrait == shown(pictured)
    assert b"stranger" not in pictured.portrait
    # without trust, and of a printed zone alone, nothing is the State's
    assert not Inspector().inspect(scene.evidence, at=builders.AT).authentic
    printed = Inspector(trust=scene.trust).inspect(Evidence(mrz=scene.evidence.mrz), at=builders.AT)
    assert (printed.holder, printed.portrait, printed.authentic) == (printed.examination.printed, None, False)
    assert Inspector().inspect(Evidence(), at=builders.AT).holder is None
