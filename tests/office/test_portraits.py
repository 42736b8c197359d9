"""The face on a portrait: one, upright, its eyes known; what DG2 and page make of it, and what nobody measured."""

import dataclasses
import io

import pytest
from PIL import Image, ImageOps

from tjdocs.documents import NotEligible, Override, eligibility, example, load_types
from tjdocs.lds.dg2 import Dg2
from tjdocs.office import preview
from tjdocs.portrait import face_finder
from tjdocs.portrait.specimen_portrait import draw_specimen

SPECIMEN = draw_specimen()
FACE = Image.open(io.BytesIO(SPECIMEN.image)).convert("RGB")
ROW = pytest.mark.requirement("ICAO-PORTRAIT")


def png(picture, **more):
    stream = io.BytesIO()
    picture.save(stream, "PNG", **more)
    return stream.getvalue()


def two_faces():
    picture = Image.new("RGB", (826, 1062), "#d9e1e8")
    picture.paste(FACE, (0, 200))
    picture.paste(FACE, (413, 300))
    return picture


def half_size():
    picture = Image.new("RGB", (826, 1062), "#d9e1e8")
    picture.paste(FACE, (206, 265))
    return picture


@pytest.fixture
def blind(monkeypatch):
    """Without the extra ``vision``."""
    monkeypatch.setattr(face_finder, "_cascades", lambda: ())
    face_finder.find.cache_clear()
    yield
    face_finder.find.cache_clear()


def application(now, picture, eyes=None, **changes):
    data = picture if isinstance(picture, bytes) else png(picture)
    return dataclasses.replace(example("external-passport", at=now), portrait=data, portrait_eyes=eyes, **changes)


def outcome(asked, now):
    return next(str(r.outcome) for r in eligibility(asked, at=now, types=load_types.bundled()) if r.rule == "portrait-face")


@ROW
@pytest.mark.parametrize(
    ("picture", "problem"),
    [
        (Image.new("RGB", (413, 531), "white"), "none"),
        (FACE.rotate(180), "upside-down"),
        (ImageOps.flip(FACE), "upside-down"),
        (two_faces(), "several"),
    ],
    ids=["white", "turned", "mirrored", "two"],
)
@pytest.mark.parametrize("eyes", [None, ((158.0, 238.0), (256.0, 238.0))])
def test_what_is_not_one_upright_face_is_refused(office, now, picture, problem, eyes):
    # Doc 9303-3, 3.9.1; eyes that are stated are no face
    asked = application(now, picture, eyes)
    assert face_finder.measure(asked.portrait, asked.portrait_eyes).problem == problem
    assert outcome(asked, now) == "not met"
    with pytest.raises(NotEligible) as caught:
        office.issue(asked, at=now, page=False)
    assert [result.rule for result in caught.value.refused] == ["portrait-face"]
    assert "upside down" in caught.value.refused[0].sentence


@ROW
@pytest.mark.parametrize("size", [(413, 531), (827, 1063), (241, 310)])
def test_the_eyes_are_found(size):
    drawn = draw_specimen(size=size)
    found = face_finder.find(drawn.image).eyes
    apart = drawn.eyes[1][0] - drawn.eyes[0][0]
    for one, other in zip(found, drawn.eyes, strict=True):
        assert one == pytest.approx(other, abs=0.06 * apart)


@ROW
def test_a_faces_found_eyes_crop_dg2_and_page(office, now):
    asked = application(now, half_size())
    issued = office.issue(asked, at=now)
    face = Dg2.parse(issued.chip["DG2"]).templates[0].record.faces[0]
    assert face.image_type == 1  # full frontal: measured, not to a token's precision
    assert face.eyes[1][0] - face.eyes[0][0] == pytest.approx(90, abs=1)
    box = next(placed.box for placed in issued.page.placed if placed.kind == "portrait")
    shown = face_finder.find(png(issued.page.faces[0].crop(box))).eyes
    assert shown[1][0] - shown[0][0] == pytest.approx(box.width / 4, rel=0.08)
    assert issued.record["portrait"] == {"eyes": "found", "problem": "", "missing": ["crown", "chin"]}


@ROW
def test_stated_eyes_make_a_token_image(office, now):
    issued = office.issue(application(now, FACE, SPECIMEN.eyes), at=now, page=False)
    assert Dg2.parse(issued.chip["DG2"]).templates[0].record.faces[0].image_type == 2
    assert issued.record["portrait"]["eyes"] == "stated"


@ROW
def test_without_the_extra_a_named_officer_decides(office, now, blind):
    asked = application(now, FACE)
    assert outcome(asked, now) == "cannot tell"
    assert preview(asked, at=now).unmeasured == ("face", "eyes", "crown", "chin")
    with pytest.raises(NotEligible, match="not measured"):
        office.issue(asked, at=now, page=False)
    decided = [Override("portrait-face", "officer-1", "the applicant was here")]
    issued = office.issue(asked, at=now, page=False, overrides=decided)
    assert issued.record["overrides"][0]["officer"] == "officer-1"
    assert issued.record["portrait"] == {"eyes": "", "problem": "", "missing": ["face", "eyes", "crown", "chin"]}
    # basic: nothing was measured (Doc 9303-10, 4.7.2)
    assert Dg2.parse(issued.chip["DG2"]).templates[0].record.faces[0].image_type == 0


@ROW
def test_without_the_extra_stated_eyes_are_taken(office, now, blind):
    asked = application(now, FACE, SPECIMEN.eyes)
    assert outcome(asked, now) == "met"
    assert preview(asked, at=now).unmeasured == ("face", "crown", "chin")
    assert office.issue(asked, at=now, page=False).document_number


@ROW
@pytest.mark.parametrize(("sex", "gender"), [("M", 1), ("F", 2), ("X", 0)])
def test_dg2_has_the_holders_sex(office, now, sex, gender):
    # ISO/IEC 19794-5:2005, 5.5
    issued = office.issue(application(now, FACE, SPECIMEN.eyes, sex=sex), at=now, page=False)
    assert Dg2.parse(issued.chip["DG2"]).templates[0].record.faces[0].gender == gender


@ROW
@pytest.mark.parametrize(("stated", "source"), [(3, 2), (2, 3), (1, 3), (9, 0), (None, 0)])
def test_dg2_has_the_source_that_the_file_states(office, now, stated, source):
    # ISO/IEC 19794-5:2005, 5.7; Exif 2.3, FileSource
    exif = Image.Exif()
    if stated is not None:
        exif[0x8769] = {0xA300: bytes([stated])}
    issued = office.issue(application(now, png(FACE, exif=exif), SPECIMEN.eyes), at=now, page=False)
    face = Dg2.parse(issued.chip["DG2"]).templates[0].record.faces[0]
    assert (face.source_type, face.device_type) == (source, 0)
