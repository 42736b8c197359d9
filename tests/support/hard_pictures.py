"""Pictures as people send them: specimens held in a hand, photographed askew, printed in fonts that are nearly OCR-B.

Harder than those of ``pictures``, one trouble at a time or several; the reader was not tuned on them. Distances are in
pitches (2.54 mm), so that a trouble is as bad at every scale.
"""

import io
import random
from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from tests.support.pictures import (
    _PITCH,
    _SIZE,
    FORMATS,
    HELD_OUT,
    SHEETS,
    Box,
    Picture,
    Sheet,
    _colour,
    _covered,
    _face,
    _grid,
    _image,
    _laid,
    _lit,
    _placed,
    _sensed,
    draw_page,
    random_lines,
    seeded,
    zone_font,
)


@dataclass
class Shot:
    """What one picture is made with; troubles change it before it is drawn, or the page once it is."""

    rng: random.Random
    turn: float = 4.0
    slant: float = 0.04
    share: tuple[float, float] = (0.6, 0.95)
    pitch: tuple[float, float] = (11, 24)  # pixels of a character in the end
    blur: float = 0.06
    noise: float = 6
    quality: tuple[int, int] = (60, 92)
    stretch: float = 1.0  # of the printed line, against the standard's pitch
    printer: bool = False  # one that keeps neither size nor place exactly
    beside: bool = False  # the booklet's other page is in the picture too
    on_page: tuple[Callable[[random.Random, np.ndarray, Box, float], None], ...] = ()
    on_scene: tuple[Callable[[random.Random, np.ndarray, float], np.ndarray], ...] = ()


# --- troubles of the camera's place -------------------------------------------------------------------------------------


def askew(shot: Shot) -> Shot:
    """The camera was not held above the page: corners move by up to 14 % of its width, and it is turned."""
    return replace(shot, slant=0.14, turn=16)


def far_away(shot: Shot) -> Shot:
    """The page takes up a third of the picture."""
    return replace(shot, share=(0.3, 0.5))


def tiny(shot: Shot) -> Shot:
    """A scan or photograph of the page alone, some 600 pixels wide."""
    return replace(shot, share=(0.93, 0.97), pitch=(10.2, 12.5), turn=1.5, slant=0.01)


def small(shot: Shot) -> Shot:
    """Characters of 8 to 10 pixels: below what the documentation asks for."""
    return replace(shot, pitch=(8.0, 10.0))


def opened(shot: Shot) -> Shot:
    """The booklet lies open: a page of print above the data page."""
    return replace(shot, beside=True)


# --- troubles of the print ----------------------------------------------------------------------------------------------


def other_pitch(shot: Shot) -> Shot:
    """The print is up to 4 % wider or narrower than its height says."""
    return replace(shot, stretch=shot.rng.choice((-1, 1)) * shot.rng.uniform(0.02, 0.04) + 1)


def printer(shot: Shot) -> Shot:
    """Letters larger or smaller than their pitch, thick or thin, and none quite in its place."""
    return replace(shot, printer=True)


def overprint(shot: Shot) -> Shot:
    """SPECIMEN in large pale letters across the page, the zone included."""

    def put(rng: random.Random, page: np.ndarray, box: Box, ppm: float) -> None:
        height, width = page.shape[:2]
        sheet = Image.new("L", (width, height))
        face = _face("DejaVuSans-Bold.ttf", max(8, round(rng.uniform(11, 18) * ppm)))
        ImageDraw.Draw(sheet).text(
            (width / 2, height * rng.uniform(0.5, 0.8)), "SPECIMEN", font=face, fill=255, anchor="mm"
        )
        sheet = sheet.rotate(rng.uniform(-35, 35), Image.Resampling.BICUBIC)
        _covered(page, np.asarray(sheet), _colour(rng, 60, 220), rng.uniform(0.2, 0.45))

    return replace(shot, on_page=(*shot.on_page, put))


def busy(shot: Shot) -> Shot:
    """Security print: bundles of fine dark curves and a coloured picture beneath the zone too."""

    def put(rng: random.Random, page: np.ndarray, box: Box, ppm: float) -> None:
        height, width = page.shape[:2]
        x, y = _grid(width, height)
        for _ in range(rng.randint(2, 4)):
            turn, bend, step = rng.uniform(0, np.pi), rng.uniform(2, 9), rng.uniform(0.9, 2.6)
            along = x * np.cos(turn) + y * np.sin(turn) + bend * np.sin((x + y) / rng.uniform(5, 20))
            lines = np.clip(1 - np.abs((along / step) % 1 - 0.5) * step / rng.uniform(0.12, 0.22), 0, 1)
            share = (lines * rng.uniform(0.35, 0.75))[..., None].astype(np.float32)
            page[:] = page * (1 - share * (page > 90)) + _colour(rng, 60, 190) * share * (page > 90)

    return replace(shot, on_page=(*shot.on_page, put))


# --- troubles of the page and of light ----------------------------------------------------------------------------------


def curled(shot: Shot) -> Shot:
    """A booklet that does not lie flat: lines bend by up to a pitch, and characters are narrower near the spine."""

    def bend(rng: random.Random, scene: np.ndarray, pitch: float) -> np.ndarray:
        height, width = scene.shape[:2]
        x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
        t = x / width if rng.random() < 0.5 else 1 - x / width
        across = width * rng.uniform(0.01, 0.03) * (1 - t) ** 3 * (1 if rng.random() < 0.5 else -1)
        down = pitch * rng.uniform(0.3, 1.0) * (np.sin(np.pi * t) if rng.random() < 0.5 else (1 - t) ** 2)
        return cv2.remap(scene, x + across, y + down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)

    return replace(shot, on_scene=(*shot.on_scene, bend))


def lens(shot: Shot) -> Shot:
    """A wide lens: straight lines bend outwards or inwards."""

    def bend(rng: random.Random, scene: np.ndarray, pitch: float) -> np.ndarray:
        height, width = scene.shape[:2]
        x, y = np.meshgrid(np.linspace(-1, 1, width, dtype=np.float32), np.linspace(-1, 1, height, dtype=np.float32))
        k = rng.choice((-1, 1)) * rng.uniform(0.015, 0.05)
        factor = 1 + k * (x * x + y * y) / 2 - k
        return cv2.remap(
            scene, (x * factor + 1) * (width - 1) / 2, (y * factor + 1) * (height - 1) / 2, cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )  # fmt: skip

    return replace(shot, on_scene=(*shot.on_scene, bend))


def _veil(
    rng: random.Random, scene: np.ndarray, draw: Callable[[np.ndarray], None], soft: Callable[[], float]
) -> np.ndarray:
    """Return how much of each pixel one to three shapes cover, 0 to 1, with edges as soft as ``soft`` says."""
    mask = np.zeros(scene.shape[:2], np.uint8)
    for _ in range(rng.randint(1, 3)):
        draw(mask)
    return cv2.GaussianBlur(mask, (0, 0), soft()).astype(np.float32)[..., None] / 255


def shaded(shot: Shot) -> Shot:
    """Shadows with hard edges, of a hand or a telephone."""

    def put(rng: random.Random, scene: np.ndarray, pitch: float) -> np.ndarray:
        height, width = scene.shape[:2]

        def shadow(mask: np.ndarray) -> None:
            points = np.array([[rng.uniform(-0.2, 1.2) * width, rng.uniform(-0.2, 1.2) * height] for _ in range(4)])
            cv2.fillConvexPoly(mask, cv2.convexHull(points.round().astype(np.int32)), 255)

        return scene * (1 - _veil(rng, scene, shadow, lambda: pitch * rng.uniform(0.1, 0.8)) * rng.uniform(0.35, 0.65))

    return replace(shot, on_scene=(*shot.on_scene, put))


def shining(shot: Shot) -> Shot:
    """A pale haze of laminate over a part of the page: contrast goes, print stays."""

    def put(rng: random.Random, scene: np.ndarray, pitch: float) -> np.ndarray:
        height, width = scene.shape[:2]

        def haze(mask: np.ndarray) -> None:
            axes = [max(1, round(rng.uniform(3, 14) * pitch)) for _ in range(2)]
            middle = round(rng.uniform(0.1, 0.9) * width), round(rng.uniform(0.3, 0.95) * height)
            cv2.ellipse(mask, middle, axes, rng.uniform(0, 180), 0, 360, 255, -1)

        share = _veil(rng, scene, haze, lambda: pitch * rng.uniform(1, 3)) * rng.uniform(0.4, 0.75)
        return scene * (1 - share) + 255 * share

    return replace(shot, on_scene=(*shot.on_scene, put))


def shaken(shot: Shot) -> Shot:
    """The camera moved: smeared in one direction by up to a fifth of a pitch."""

    def smear(rng: random.Random, scene: np.ndarray, pitch: float) -> np.ndarray:
        length = max(2, round(pitch * rng.uniform(0.1, 0.2)))
        kernel = np.zeros((2 * length + 1,) * 2, np.float32)
        turn = rng.uniform(0, np.pi)
        half = np.array([np.cos(turn), np.sin(turn)]) * length / 2
        ends = [tuple((length + sign * half).round().astype(int).tolist()) for sign in (-1, 1)]
        cv2.line(kernel, *ends, 1.0)
        return cv2.filter2D(scene, -1, kernel / kernel.sum())

    return replace(shot, on_scene=(*shot.on_scene, smear))


def squeezed(shot: Shot) -> Shot:
    """JPEG at a low quality, twice, as messengers send it."""
    return replace(shot, quality=(22, 40))


TROUBLES = (
    askew, far_away, tiny, small, opened, other_pitch, printer, overprint, busy, curled, lens, shaded, shining, shaken, squeezed,
)  # fmt: skip


def _print(page: np.ndarray, rng: random.Random, lines: tuple[str, ...], sheet: Sheet, ppm: float) -> None:
    """Print a zone with a printer's own faults."""
    zoom, height = 3, page.shape[0]
    pitch = _PITCH * ppm * zoom
    size = pitch * _SIZE * rng.uniform(0.93, 1.05)
    face = ImageFont.truetype(io.BytesIO(zone_font()), round(size, 2), layout_engine=ImageFont.Layout.BASIC)
    away, weight = rng.uniform(0.01, 0.035) * pitch, rng.uniform(-0.03, 0.07) * pitch
    ink, strength = _colour(rng, 0, 70), rng.uniform(0.7, 1.0)
    for line, centre in zip(lines, sheet.centres, strict=True):
        left, top = round((sheet.left - 2) * ppm), round(height - (centre + 2.6) * ppm)
        right, bottom = min(page.shape[1], left + round((len(line) * _PITCH + 4) * ppm)), top + round(5.2 * ppm)
        strip = Image.new("L", ((right - left) * zoom, (bottom - top) * zoom))
        for place, character in enumerate(line):
            at = 1.6 * ppm * zoom + place * pitch + rng.gauss(0, away), 3.83 * ppm * zoom + rng.gauss(0, away)
            ImageDraw.Draw(strip).text(at, character, font=face, fill=255, anchor="ls")
        share = np.asarray(strip, np.float32)
        if abs(weight) >= 0.5:
            kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (1 + round(abs(weight)),) * 2)
            share = (cv2.dilate if weight > 0 else cv2.erode)(share, kernel)
        share = cv2.resize(share, (right - left, bottom - top), interpolation=cv2.INTER_AREA)[..., None] * (
            strength / 255
        )
        page[top:bottom, left:right] = page[top:bottom, left:right] * (1 - share) + ink * share


def _other_page(rng: random.Random, page: np.ndarray, ppm: float) -> np.ndarray:
    """Return a page of print to be laid above the data page."""
    other = np.array(np.broadcast_to(_colour(rng, 200, 250), page.shape), np.float32)
    sheet = Image.fromarray(other.astype(np.uint8))
    draw, y = ImageDraw.Draw(sheet), 6 * ppm
    while y < page.shape[0] - 6 * ppm:
        height = rng.uniform(2, 4) * ppm
        words = "".join(rng.choices("ABCDEFGHIKLMNOPRSTUVZ  <<0123456789", k=rng.randint(12, 44)))
        draw.text((5 * ppm, y), words, font=_face("DejaVuSans.ttf", max(6, round(height))), fill=(30, 30, 60))
        y += height * rng.uniform(1.3, 2.5)
    other = np.asarray(sheet, np.float32).copy()
    other[-max(1, round(ppm / 2)) :] *= 0.6  # the spine
    return other


def sent(seed: int, *troubles: Callable[[Shot], Shot], name: str = "") -> Picture:
    """Return a picture with these troubles, or with one to three chosen by the seed."""
    rng = seeded(f"sent {seed}")
    name = name or rng.choice(("TD3", "TD3", *FORMATS))
    lines = random_lines(rng, name)
    shot = Shot(rng)
    for trouble in troubles or rng.sample(TROUBLES, rng.choice((1, 2, 2, 3))):
        shot = trouble(shot)
    pitch, share = rng.uniform(*shot.pitch), rng.uniform(*shot.share)
    target = pitch / _PITCH
    size = SHEETS[name].size
    blank = tuple(" " * len(line) for line in lines)
    page, box = draw_page(rng, name, blank if shot.printer else lines, HELD_OUT, target * 1.4)
    if shot.printer:
        _print(page, rng, lines, SHEETS[name], target * 1.4)
    for put in shot.on_page:
        put(rng, page, box, target * 1.4)
    if shot.stretch != 1:
        page = cv2.resize(page, (round(page.shape[1] * shot.stretch), page.shape[0]), interpolation=cv2.INTER_AREA)
    if shot.beside:
        page, size = np.vstack([_other_page(rng, page, target * 1.4), page]), (size[0], 2 * size[1])
    width = round(size[0] * target / share)
    height = max(round(width * rng.uniform(0.7, 1.3)), round(size[1] * target * 1.06))
    desk = np.array(np.broadcast_to(rng.choice(HELD_OUT.desks)(rng, width, height), (height, width, 3)), np.float32)
    matrix = _placed(rng, page.shape[1::-1], (width, height), 1 / 1.4, shot.turn, shot.slant)
    scene = _laid(page, desk, matrix)
    for put_on in shot.on_scene:
        scene = put_on(rng, scene, pitch)
    scene = _sensed(rng, _lit(rng, scene, 0.6), rng.uniform(0, shot.blur) * pitch, rng.uniform(0, shot.noise))
    image = _image(np.rot90(scene, rng.choice((0, 0, 0, 0, 1, 2, 3))))
    for _ in range(2 if shot.quality[0] < 50 else 1):
        stream = io.BytesIO()
        image.save(stream, "JPEG", quality=rng.randint(*shot.quality))
        image = Image.open(stream)
    return Picture(image, lines, name)
