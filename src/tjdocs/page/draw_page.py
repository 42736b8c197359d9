"""Draw a page from values: the one way in is :func:`draw`, the way out :class:`Page`."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from PIL import Image, ImageColor

from tjdocs.errors import UsageError
from tjdocs.lds.biometrics.iso19794_face import Eyes
from tjdocs.page.code import fit_code
from tjdocs.page.guilloche import draw_background
from tjdocs.page.layout_files import load
from tjdocs.page.marks import draw_chip, draw_emblem, draw_overprint, draw_panel, draw_scale
from tjdocs.page.page_layout import Box, Face, Layout
from tjdocs.page.pictures import fit_portrait, fit_signature, open_picture, paste_ghost
from tjdocs.page.printed_page import DrawnFace, Page
from tjdocs.page.text import text_mask, tidy
from tjdocs.page.typesetting import Placed, Run, check_fields, check_lines, field_texts, set_face

__all__ = ["check", "check_text", "draw"]


def draw(
    layout: str,
    values: Mapping[str, str],
    *,
    portrait: bytes | Image.Image | None = None,
    eyes: Eyes | None = None,
    signature: bytes | Image.Image | None = None,
    lines: Sequence[str] = (),
    code: Image.Image | None = None,
    chip: bool = False,
    specimen: bool,
) -> Page:
    """Draw a page. The same input gives the same pixels.

    :param layout: name of a layout, for example ``td3``
    :param values: text by field id, as it is to be read; a slash parts the national from the Latin form
    :param portrait: a PNG, JPEG or JPEG 2000 file, or a picture; required where the layout has a place for it
    :param eyes: centres of the eyes in the upright portrait, in pixels; it is cropped about them (Doc 9303-3, 3.9.1.3),
        and about its middle without them
    :param signature: a picture too, dark on white; its place stays free without one
    :param lines: the machine-readable zone, line by line
    :param code: the bar code, mode 1 or L, dark on light, each module the same whole number of pixels across, with or
        without quiet zone; its place stays free without one
    :param chip: whether the document has a signed chip: the "chip inside" symbol is printed only then, where the layout
        has a place for it (Doc 9303-9, 2.3)
    :param specimen: print SPECIMEN across each face
    :raises UsageError: a value is unknown, lacks, or does not fit; the message names the field, never the value
    :raises tjdocs.errors.SpecError: the layout's file is malformed
    """
    plan = load(layout)
    texts = field_texts(plan, values)
    check_lines(next((face.mrz for face in plan.face if face.mrz), None), lines)
    given = {
        "portrait": _picture(plan, portrait, "portrait", required=True),
        "signature": _picture(plan, signature, "signature", required=False),
    }
    if code is not None:
        if not _has_place(plan, "code"):
            raise UsageError("the page has no place for it", where="code")
        given["code"] = code
    faces = tuple(_draw_face(plan, face, texts, given, eyes, lines, chip, specimen) for face in plan.face)
    return Page(layout, plan.dpi, specimen, plan.title, plan.language, plan.gap, faces)


def check(
    layout: str,
    values: Mapping[str, str],
    *,
    portrait: bytes | Image.Image | None = None,
    eyes: Eyes | None = None,
) -> None:
    """Find out whether :func:`draw` would take these values, without drawing.

    :raises UsageError: as :func:`draw`
    """
    plan = load(layout)
    texts = field_texts(plan, values)
    picture = _picture(plan, portrait, "portrait", required=True)
    for face in plan.face:
        if face.portrait and picture:
            fit_portrait(picture, face.portrait, eyes)
    check_fields(plan, texts)


def check_text(layout: str, key: str, text: str) -> None:
    """Find out whether one value fits its place on a layout.

    :param key: of the value, for example ``secondary_identifier``
    :raises UsageError: it does not; the message says how long it is and how much room there is
    """
    check_fields(load(layout), {key: tidy(text)})


def _has_place(plan: Layout, name: str) -> bool:
    return any(getattr(face, name) is not None for face in plan.face)


def _picture(plan: Layout, source: bytes | Image.Image | None, where: str, *, required: bool) -> Image.Image | None:
    if source is None:
        if required and _has_place(plan, where):
            raise UsageError("the page needs one", where=where)
        return None
    if not _has_place(plan, where):
        raise UsageError("the page has no place for it", where=where)
    return open_picture(source, where=where)


def _draw_face(
    plan: Layout,
    face: Face,
    texts: Mapping[str, str],
    given: Mapping[str, Image.Image | None],
    eyes: Eyes | None,
    lines: Sequence[str],
    chip: bool,
    specimen: bool,
) -> DrawnFace:
    placed: list[Placed] = []
    pictures: list[tuple[Image.Image, Box]] = []

    def add(kind: str, box: Box) -> None:
        placed.append(Placed(kind, "", box, face.id))

    ground = draw_background(face.background, face.page.size, texts[face.background.seed])
    for panel in face.panel:
        draw_panel(ground, panel, plan.ink.get(panel.fill, ""), plan.ink.get(panel.edge, ""))
    if face.emblem:
        draw_emblem(ground, face.emblem, plan.ink[face.emblem.ink])
        add("emblem", face.emblem.box)
    if face.chip and chip:
        draw_chip(ground, face.chip, plan.ink[face.chip.ink])
        add("chip", face.chip.box)
    if face.scale:
        draw_scale(ground, face.scale, plan.ink[face.scale.ink])
        add("scale", face.scale.box)
    portrait, signature, code = given["portrait"], given["signature"], given.get("code")
    if face.portrait and portrait:
        printed = fit_portrait(portrait, face.portrait, eyes)
        pictures.append((printed, face.portrait.box))
        add("portrait", face.portrait.box)
        if face.ghost:
            add("ghost", paste_ghost(ground, printed, face.ghost))
    if face.signature and signature:
        add("signature", fit_signature(ground, signature, face.signature.box))
    if face.code and code:
        pictures.append(fit_code(code, face.code))
        add("code", pictures[-1][1])

    sheet = ground.copy()
    for picture, box in pictures:
        sheet.paste(picture, box)
    overprints = tuple((part, plan.ink[part.ink]) for part in face.overprint) if specimen else ()
    for part, colour in overprints:
        add("overprint", draw_overprint(sheet, part, colour))
    runs, set_ = set_face(plan, face, texts, lines if face.mrz else ())
    for run in runs:
        _print(sheet, run)
    return DrawnFace(
        face.id,
        face.page.size,
        (*placed, *set_),
        sheet.tobytes(),
        ground,
        tuple(pictures),
        overprints,
        tuple(runs),
    )


def _print(sheet: Image.Image, run: Run) -> None:
    mask, ink = (_fixed_mask if run.fixed else text_mask)(run.font, run.size, run.text, run.spacing)
    place = (run.x + ink.left, run.baseline + ink.top, run.x + ink.right, run.baseline + ink.bottom)
    sheet.paste(ImageColor.getrgb(run.colour), place, mask)


# Captions, fixed words and the machine-readable zone's characters: alike on every document, nobody's data.
_fixed_mask = lru_cache(maxsize=512)(text_mask)
