"""Pages with zones, drawn, then scanned or photographed, for tests and measurements.

A :class:`Look` says what paper, print and surroundings are drawn with. The reader was tuned on ``TUNING`` alone;
what is reported is measured on ``HELD_OUT``: other textures, scales, fonts around, weights of print, and seeds.
"""

import io
import random
import string
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from tjdocs import mrz
from tjdocs.fonts import font_file

AT = date(2026, 11, 24)
FORMATS = ("TD1", "TD2", "TD3", "MRV-A", "MRV-B")
_FONTS = Path(__file__).resolve().parents[2] / "src/tjdocs/fonts"
_PITCH = 2.54  # mm
_SIZE = 60 / 43.375  # of the font, in pitches


@dataclass(frozen=True, slots=True)
class Sheet:
    """A format's paper in mm (Doc 9303-4 to -7): size, the zone's centre lines above the bottom, its first character."""

    size: tuple[float, float]
    centres: tuple[float, ...]
    left: float
    codes: tuple[str, ...]


SHEETS = {
    "TD1": Sheet((85.6, 53.98), (15.73, 11.5, 7.27), 5.0, ("I", "ID", "C")),
    "TD2": Sheet((105, 74), (15.75, 9.4), 4.0, ("I", "ID", "C")),
    "TD3": Sheet((125, 88), (15.75, 9.4), 6.0, ("P", "PP", "PD")),
    "MRV-A": Sheet((120, 80), (15.75, 9.4), 4.0, ("V", "VB")),
    "MRV-B": Sheet((105, 74), (15.75, 9.4), 4.0, ("V", "VB")),
}


@dataclass(frozen=True, slots=True)
class Look:
    """How pages of one setting look.

    :param papers: what lies beneath the print, each a function of the random source, width and height
    :param desks: what lies around the page
    :param faces: fonts of the other text
    :param weights: by how much of a pitch strokes are thicker or thinner than the font's, at most
    :param widths: of photographs, in pixels
    :param cut: another cut of OCR-B, used for half of the zones where the machine has it
    """

    papers: tuple[Callable[[random.Random, int, int], np.ndarray], ...]
    desks: tuple[Callable[[random.Random, int, int], np.ndarray], ...]
    faces: tuple[str, ...]
    weights: tuple[float, float]
    widths: tuple[int, int]
    cut: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture and what its zone says."""

    image: Image.Image
    lines: tuple[str, ...]
    format: str

    def file(self, kind: str = "PNG", **options: object) -> bytes:
        """Return it as a file."""
        stream = io.BytesIO()
        self.image.save(stream, kind, **options)
        return stream.getvalue()


# --- zones --------------------------------------------------------------------------------------------------------


def random_lines(rng: random.Random, name: str) -> tuple[str, ...]:
    """Return a valid zone about which there is nothing to say, every letter and digit in it equally likely."""
    states = _states()
    letters, alnum = string.ascii_uppercase, string.ascii_uppercase + string.digits

    def word(low: int, high: int) -> str:
        while True:
            drawn = "".join(rng.choices(letters, k=rng.randint(low, high)))
            if not any(a == b == c for a, b, c in zip(drawn, drawn[1:], drawn[2:], strict=False)):
                return drawn

    long = name in ("TD1", "TD2") and rng.random() < 0.1
    while True:
        made = mrz.make(
            name,
            document_code=rng.choice(SHEETS[name].codes),
            issuing_state=rng.choice(states),
            document_number="".join(rng.choices(alnum, k=11 if long else rng.choice((7, 8, 9, 9, 9)))),
            nationality=rng.choice(states),
            date_of_birth=date(1945, 1, 1) + timedelta(rng.randrange(25_000)),
            sex=rng.choice("MF<"),
            date_of_expiry=date(2027, 1, 1) + timedelta(rng.randrange(3_300)),
            primary_identifier=" ".join(word(2, 9) for _ in range(rng.choice((1, 1, 1, 2)))),
            secondary_identifier=" ".join(word(2, 8) for _ in range(rng.choice((0, 1, 1, 2, 2)))),
            optional_data="".join(rng.choices(alnum, k=0 if long else rng.choice((0, 0, 5, 7)))),
        )
        if not mrz.parse(made.text, at=AT).problems:
            return made.lines


def seeded(seed: object) -> random.Random:
    return random.Random(str(seed))


@cache
def _states() -> list[str]:
    return sorted(c.code for c in mrz.codes.state_codes().values() if c.kind == "state" and c.plain)


# --- paper and surroundings: arrays of height, width, 3 ----------------------------------------------------------------


def _colour(rng: random.Random, low: int, high: int) -> np.ndarray:
    return np.array([rng.uniform(low, high) for _ in range(3)], np.float32)


def _grid(width: int, height: int) -> tuple[np.ndarray, np.ndarray]:
    """Return coordinates in mm of a page 125 mm wide, so that textures do not depend on the scale."""
    scale = 125 / width
    return np.meshgrid(np.arange(width, dtype=np.float32) * scale, np.arange(height, dtype=np.float32) * scale)


def _mixed(rng: random.Random, mask: np.ndarray, low: int = 205, high: int = 255, ink: int = 120) -> np.ndarray:
    """Return tinted paper with a texture printed on it in a weak colour."""
    paper, line = _colour(rng, low, high), _colour(rng, ink, 230)
    mask = np.clip(mask, 0, 1)[..., None]
    return paper * (1 - mask) + np.minimum(line, paper) * mask


def _noise(rng: random.Random, width: int, height: int, cell: float) -> np.ndarray:
    """Return smooth noise, 0 to 1, of blobs about ``cell`` mm wide."""
    scale = width / 125 * cell
    small = (max(2, round(width / scale)), max(2, round(height / scale)))
    field = np.random.default_rng(rng.getrandbits(32)).random((small[1], small[0]), np.float32)
    return cv2.resize(field, (width, height), interpolation=cv2.INTER_CUBIC)


def plain(rng: random.Random, width: int, height: int) -> np.ndarray:
    return np.ones((height, width, 1), np.float32) * _colour(rng, 215, 255)


def duct(rng: random.Random, width: int, height: int) -> np.ndarray:
    """Two colours that run into one another."""
    x, y = _grid(width, height)
    share = np.clip((x * rng.uniform(-1, 1) + y * rng.uniform(-1, 1)) / 80 + 0.5, 0, 1)[..., None]
    return _colour(rng, 190, 255) * share + _colour(rng, 190, 255) * (1 - share)


def waves(rng: random.Random, width: int, height: int) -> np.ndarray:
    """Fine lines that swing across the page."""
    x, y = _grid(width, height)
    swing = rng.uniform(0.5, 3) * np.sin(x / rng.uniform(4, 12) + rng.uniform(0, 6)) + x * rng.uniform(-0.3, 0.3)
    line = np.cos((y + swing) * 2 * np.pi / rng.uniform(0.7, 2.5))
    return _mixed(rng, (line - 0.5) * 2 * rng.uniform(0.3, 0.8))


def speckle(rng: random.Random, width: int, height: int) -> np.ndarray:
    return _mixed(rng, _noise(rng, width, height, rng.uniform(0.3, 1.2)) * rng.uniform(0.2, 0.7))


def rosettes(rng: random.Random, width: int, height: int) -> np.ndarray:
    """Guilloche about some points."""
    x, y = _grid(width, height)
    mask = np.zeros_like(x)
    for _ in range(rng.randint(1, 3)):
        dx, dy = x - rng.uniform(0, 125), y - rng.uniform(0, 90)
        distance, angle = np.hypot(dx, dy), np.arctan2(dy, dx)
        swing = rng.uniform(0.5, 2) * np.sin(angle * rng.randint(5, 16))
        ring = np.cos((distance + swing) * 2 * np.pi / rng.uniform(0.9, 2.2))
        mask = np.maximum(mask, (ring - 0.55) * 2 * np.clip(1.2 - distance / rng.uniform(30, 90), 0, 1))
    return _mixed(rng, mask * rng.uniform(0.4, 0.9))


def hatching(rng: random.Random, width: int, height: int) -> np.ndarray:
    """Two families of straight lines that cross."""
    x, y = _grid(width, height)
    mask = np.zeros_like(x)
    for _ in range(2):
        turn = rng.uniform(0, np.pi)
        mask += (np.cos((x * np.cos(turn) + y * np.sin(turn)) * 2 * np.pi / rng.uniform(0.8, 3)) > 0.75) * 0.5
    return _mixed(rng, mask * rng.uniform(0.3, 0.8))


def clouds(rng: random.Random, width: int, height: int) -> np.ndarray:
    """Coloured clouds with sharper edges, as of a landscape printed beneath."""
    field = _noise(rng, width, height, rng.uniform(6, 20))
    return _mixed(rng, (field > rng.uniform(0.4, 0.6)) * rng.uniform(0.3, 0.8) + 0.2 * field, ink=140)


def microtext(rng: random.Random, width: int, height: int) -> np.ndarray:
    """A word repeated all over in small weak print."""
    size = max(6, round(width / 125 * rng.uniform(1.0, 2.2)))
    face = _face("DejaVuSans-Bold.ttf", size)
    word = rng.choice(("SPECIMEN ", "UTOPIA ", "PASSPORT ", "9303 "))
    sheet = Image.new("L", (width, height))
    draw = ImageDraw.Draw(sheet)
    for row, y in enumerate(range(0, height, round(size * rng.uniform(1.3, 2.5)))):
        draw.text((-(row % 5) * size, y), word * (width // size), font=face, fill=255)
    return _mixed(rng, np.asarray(sheet, np.float32) / 255 * rng.uniform(0.2, 0.6))


def bare(rng: random.Random, width: int, height: int) -> np.ndarray:
    return np.ones((height, width, 1), np.float32) * _colour(rng, 20, 240)


def planks(rng: random.Random, width: int, height: int) -> np.ndarray:
    _, y = _grid(width, height)
    grain = _noise(rng, width, height, 8) * 6 + y * rng.uniform(0.6, 2)
    return _mixed(rng, 0.5 + 0.5 * np.cos(grain * 2), low=90, high=200, ink=40)


def cloth(rng: random.Random, width: int, height: int) -> np.ndarray:
    x, y = _grid(width, height)
    pitch = rng.uniform(4, 14)
    return _mixed(rng, ((x // pitch + y // pitch) % 2) * rng.uniform(0.4, 1), low=60, high=250, ink=30)


def leather(rng: random.Random, width: int, height: int) -> np.ndarray:
    rough = _noise(rng, width, height, 0.8) * _noise(rng, width, height, 3)
    return _mixed(rng, rough * 1.6, low=40, high=150, ink=15)


def letter(rng: random.Random, width: int, height: int) -> np.ndarray:
    """A printed letter beneath the document."""
    size = max(8, round(width / 125 * rng.uniform(2.5, 4)))
    sheet = Image.new("L", (width, height), rng.randint(225, 255))
    draw = ImageDraw.Draw(sheet)
    for y in range(size, height, round(size * 1.5)):
        words = " ".join("".join(rng.choices(string.ascii_lowercase, k=rng.randint(2, 9))) for _ in range(24))
        draw.text((size, y), words, font=_face("DejaVuSans.ttf", size), fill=rng.randint(20, 70))
    return np.repeat(np.asarray(sheet, np.float32)[..., None], 3, axis=2)


TUNING = Look((plain, duct, waves, speckle), (bare, planks), ("DejaVuSans-Bold.ttf",), (-0.02, 0.03), (700, 2600))
HELD_OUT = Look(
    (plain, rosettes, hatching, clouds, microtext),
    (bare, cloth, leather, letter),
    ("DejaVuSansCondensed.ttf", "DejaVuSansCondensed-Oblique.ttf"),
    (-0.03, 0.045),
    (600, 4000),
    "/usr/share/fonts/opentype/ocr-b/OCRBS.otf",
)


# --- the page -----------------------------------------------------------------------------------------------------------


@cache
def _face(name: str, size: int) -> ImageFont.FreeTypeFont:
    path = _FONTS / name
    path = path if path.exists() else _FONTS / "DejaVuSansCondensed.ttf"
    return ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.BASIC)


def zone_font() -> bytes:
    return font_file("ocr-b-outlines").read_bytes()


def _print_zone(
    page: np.ndarray, rng: random.Random, lines: tuple[str, ...], sheet: Sheet, look: Look, ppm: float
) -> None:
    """Print the lines, each character at its place to a fraction of a pixel."""
    pitch = _PITCH * ppm
    zoom = max(1, round(72 / pitch))
    path = look.cut if look.cut and Path(look.cut).exists() and rng.random() < 0.5 else None
    size = round(pitch * zoom * _SIZE, 2)
    face = ImageFont.truetype(path or io.BytesIO(zone_font()), size, layout_engine=ImageFont.Layout.BASIC)
    weight = rng.uniform(*look.weights) * pitch * zoom
    ink = _colour(rng, 0, 45)
    strength = rng.uniform(0.8, 1.0)
    jitter = rng.uniform(-0.8, 0.8), rng.uniform(-0.8, 0.8)  # mm, within the standard's tolerance
    height, width = page.shape[:2]
    for line, centre in zip(lines, sheet.centres, strict=True):
        top = height - (centre + 2.6 + jitter[1]) * ppm
        box = [round((sheet.left - 2 + jitter[0]) * ppm), round(top), 0, round(top + 5.2 * ppm)]
        box[2] = min(width, box[0] + round((len(line) * _PITCH + 4) * ppm))
        strip = Image.new("L", ((box[2] - box[0]) * zoom, (box[3] - box[1]) * zoom))
        draw = ImageDraw.Draw(strip)
        baseline = (2.6 + 1.23) * ppm * zoom
        for place, character in enumerate(line):
            draw.text(((1.6 * ppm + place * pitch) * zoom, baseline), character, font=face, fill=255, anchor="ls")
        ink_of = np.asarray(strip, np.float32)
        if abs(weight) >= 0.5:
            kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (1 + round(abs(weight)),) * 2)
            ink_of = (cv2.dilate if weight > 0 else cv2.erode)(ink_of, kernel)
        share = cv2.resize(ink_of, (box[2] - box[0], box[3] - box[1]), interpolation=cv2.INTER_AREA)[..., None]
        share *= strength / 255
        beneath = page[box[1] : box[3], box[0] : box[2]]
        beneath[:] = beneath * (1 - share) + ink * share


def _furnish(page: np.ndarray, rng: random.Random, sheet: Sheet, look: Look, ppm: float, back: bool) -> None:
    """Put a portrait, a heading, captions with data, perhaps a stamp above the zone."""
    height, width = page.shape[:2]
    floor = height - (sheet.centres[0] + 5) * ppm
    if not back:
        left, top = round(3 * ppm), round(floor - min(45 * ppm, floor * 0.72))
        _portrait(page[top : round(floor), left : round(left + (floor - top) * 0.78)], rng)
    picture = Image.fromarray(np.clip(page, 0, 255).astype(np.uint8))
    draw = ImageDraw.Draw(picture)
    x = (4 if back else 6 + (floor / ppm) * 0.56) * ppm
    y = rng.uniform(3, 6) * ppm
    while y < floor - 5 * ppm:
        small, large = (max(5, round(ppm * rng.uniform(1.2, 1.7))), max(6, round(ppm * rng.uniform(2.2, 3.4))))
        ink = tuple(int(v) for v in _colour(rng, 10, 110))
        name = rng.choice(look.faces)
        draw.text((x, y), "".join(rng.choices(string.ascii_letters + " /", k=18)), font=_face(name, small), fill=ink)
        words = "".join(rng.choices(string.ascii_uppercase + string.digits + " <", k=rng.randint(4, 24)))
        draw.text((x, y + small * 1.2), words, font=_face(name, large), fill=ink)
        y += (small + large) * 1.6
    page[:] = np.asarray(picture, np.float32)
    if back and rng.random() < 0.6:
        _bars(page[round(4 * ppm) : round(12 * ppm), round(width * 0.6) : round(width * 0.95)], rng, ppm)


def _bars(place: np.ndarray, rng: random.Random, ppm: float) -> None:
    """Print something like a bar code."""
    x = 0.0
    while x < place.shape[1]:
        bar = rng.uniform(0.25, 1) * ppm
        place[:, round(x) : round(x + bar)] = rng.uniform(10, 40)
        x += bar + rng.uniform(0.25, 1) * ppm


def _portrait(place: np.ndarray, rng: random.Random) -> None:
    """Paint something like a portrait: no person."""
    height, width = place.shape[:2]
    place[:] = _colour(rng, 170, 235)
    skin, hair, coat = _colour(rng, 90, 220), _colour(rng, 10, 120), _colour(rng, 10, 160)
    middle = width // 2
    cv2.ellipse(place, (middle, height), (round(width * 0.46), round(height * 0.3)), 0, 0, 360, coat.tolist(), -1)
    cv2.ellipse(place, (middle, round(height * 0.42)), (round(width * 0.31), round(height * 0.33)), 0, 0, 360, hair.tolist(), -1)
    cv2.ellipse(place, (middle, round(height * 0.48)), (round(width * 0.25), round(height * 0.29)), 0, 0, 360, skin.tolist(), -1)
    for side in (-1, 1):
        eye = (middle + side * round(width * 0.1), round(height * 0.44))
        cv2.circle(place, eye, max(1, round(width * 0.03)), hair.tolist(), -1)
    place += (_noise(rng, width, height, 125 / max(width, 1) * 3)[..., None] - 0.5) * 40


def draw_page(
    rng: random.Random, name: str, lines: tuple[str, ...], look: Look, ppm: float, sheet: Sheet | None = None
) -> tuple[np.ndarray, tuple[float, float, float, float]]:
    """Return a page at so many pixels a mm, and its zone's box: left, top, right, bottom in pixels."""
    sheet = sheet or SHEETS[name]
    width, height = round(sheet.size[0] * ppm), round(sheet.size[1] * ppm)
    page = rng.choice(look.papers)(rng, width, height).astype(np.float32)
    page = np.array(np.broadcast_to(page, (height, width, 3)))
    _furnish(page, rng, sheet, look, ppm, back=name == "TD1" or rng.random() < 0.1)
    if rng.random() < 0.5:  # the zone's ground is often calmer than the rest
        ground = page[round(height - (sheet.centres[0] + 4) * ppm) :]
        ground += (245 - ground) * rng.uniform(0.2, 0.9)
    _print_zone(page, rng, lines, sheet, look, ppm)
    box = (
        (sheet.left - 0.4) * ppm,
        height - (sheet.centres[0] + 1.6) * ppm,
        (sheet.left + len(lines[0]) * _PITCH) * ppm,
        height - (sheet.centres[-1] - 1.6) * ppm,
    )
    return page, box


# --- scanner and camera ---------------------------------------------------------------------------------------------------


def _lit(rng: random.Random, scene: np.ndarray, darkest: float) -> np.ndarray:
    """Let the light fall off across the picture, and perhaps a soft shadow fall on it."""
    height, width = scene.shape[:2]
    x, y = np.meshgrid(np.linspace(-0.5, 0.5, width, dtype=np.float32), np.linspace(-0.5, 0.5, height, dtype=np.float32))
    turn = rng.uniform(0, 2 * np.pi)
    slope = np.clip(0.5 + x * np.cos(turn) + y * np.sin(turn), 0, 1)
    light = 1 - (1 - rng.uniform(darkest, 1)) * slope
    if rng.random() < 0.3:
        edge = x * np.cos(turn + 1) + y * np.sin(turn + 1) - rng.uniform(-0.3, 0.3)
        light *= 1 - rng.uniform(0.1, 0.35) / (1 + np.exp(-edge * rng.uniform(8, 60)))
    return scene * light[..., None]


def _sensed(rng: random.Random, scene: np.ndarray, blur: float, noise: float) -> np.ndarray:
    """Blur (standard deviation in pixels) and add noise (in levels of 255)."""
    if blur > 0.2:
        scene = cv2.GaussianBlur(scene, (0, 0), blur)
    height, width = scene.shape[:2]
    source = np.random.default_rng(rng.getrandbits(32))
    tile = source.standard_normal((min(height, 700), min(width, 900), 4), np.float32)
    tile = np.tile(tile, (-(-height // tile.shape[0]), -(-width // tile.shape[1]), 1))[:height, :width]
    return np.clip(scene + noise * (0.8 * tile[..., 3:] + 0.6 * tile[..., :3]), 0, 255)


def _image(scene: np.ndarray) -> Image.Image:
    return Image.fromarray(np.clip(scene, 0, 255).astype(np.uint8))


Damage = Callable[[random.Random, np.ndarray, tuple[float, float, float, float], float], None]


def flatbed(
    seed: int, look: Look, dpi: float, name: str = "", *, turn: float = 5.0, blur: float = 0.1, noise: float = 20,
    damage: Damage | None = None,
) -> Picture:  # fmt: skip
    """Return a page as a flatbed scanner sees it.

    :param turn: degrees, at most
    :param blur: standard deviation in pitches, at most
    :param noise: standard deviation in levels, at most
    """
    rng = random.Random(f"flatbed {seed}")
    name = name or rng.choice(FORMATS)
    lines = random_lines(rng, name)
    ppm = dpi / 25.4
    page, box = draw_page(rng, name, lines, look, ppm)
    if damage:
        damage(rng, page, box, ppm)
    height, width = page.shape[:2]
    rim = round(rng.uniform(6, 14) * ppm)
    lid = float(rng.choice((255, 245, 225, 60, 20)))
    scene = np.full((height + 2 * rim, width + 2 * rim, 3), lid, np.float32)
    scene[rim : rim + height, rim : rim + width] = page
    middle = (scene.shape[1] / 2, scene.shape[0] / 2)
    matrix = cv2.getRotationMatrix2D(middle, rng.uniform(-turn, turn), 1)
    scene = cv2.warpAffine(
        scene, matrix, scene.shape[1::-1], flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_CONSTANT, borderValue=[lid] * 3
    )
    scene = _sensed(rng, _lit(rng, scene, 0.6), rng.uniform(0, blur) * _PITCH * ppm, rng.uniform(0, noise))
    return Picture(_image(scene), lines, name)


def photograph(
    seed: int, look: Look, name: str = "", *, width: int = 0, turn: float = 9.0, slant: float = 0.05, blur: float = 0.08,
    noise: float = 10, damage: Damage | None = None, upright: bool = False,
) -> Picture:  # fmt: skip
    """Return a page as a camera sees it, or a scan of a whole page: any way up, slightly slanted, JPEG.

    :param width: in pixels; drawn from the look's when 0
    :param slant: how far the corners move, in widths of the page, at most
    """
    rng = random.Random(f"photograph {seed}")
    name = name or rng.choice(FORMATS)
    sheet = SHEETS[name]
    lines = random_lines(rng, name)
    low, high = look.widths
    width = width or round(low * (high / low) ** rng.random())
    # small pictures are of the page alone
    share = rng.uniform(max(0.55, min(0.97, 580 / width)), 0.97)
    target = share * width / sheet.size[0]  # pixels a mm in the end
    ppm = target * 1.25
    page, box = draw_page(rng, name, lines, look, ppm)
    if damage:
        damage(rng, page, box, ppm)
    height = round(width * rng.uniform(0.66, 0.8)) if share > 0.9 else round(width * rng.uniform(0.6, 1.3))
    height = max(height, round(share * width * sheet.size[1] / sheet.size[0] * 1.05))
    desk = rng.choice(look.desks)(rng, width, height)
    desk = np.array(np.broadcast_to(desk, (height, width, 3)), np.float32)
    matrix = _placed(rng, page.shape[1::-1], (width, height), target / ppm, turn if share < 0.9 else turn / 4, slant)
    scene = _laid(page, desk, matrix)
    scene = _lit(rng, scene, 0.55)
    scene = _sensed(rng, scene, rng.uniform(0, blur) * _PITCH * target, rng.uniform(0, noise))
    way = 0 if upright else rng.choice((0, 0, 0, 1, 2, 3))
    image = _image(np.rot90(scene, way))
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=rng.randint(55, 95))
    return Picture(Image.open(stream), lines, name)


def _placed(
    rng: random.Random, size: tuple[int, int], room: tuple[int, int], scale: float, turn: float, slant: float
) -> np.ndarray:
    """Return the homography that lays a page into a scene, inside it."""
    width, height = size
    corners = np.float32([[0, 0], [width, 0], [width, height], [0, height]])
    angle = np.radians(rng.uniform(-turn, turn))
    rotation = np.float32([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    moved = (corners - [width / 2, height / 2]) @ rotation.T * scale
    moved += np.float32([[rng.uniform(-slant, slant) * width * scale for _ in range(2)] for _ in range(4)]) / 2
    extent = np.ptp(moved, axis=0)
    moved *= min(1, *(np.float32(room) * 0.99 / extent))
    low, high = moved.min(axis=0), moved.max(axis=0)
    shift = [rng.uniform(-low[i], max(-low[i], room[i] - high[i])) for i in range(2)]
    return cv2.getPerspectiveTransform(corners, np.float32(moved + shift))


def _laid(page: np.ndarray, desk: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    size = desk.shape[1::-1]
    mask = cv2.warpPerspective(np.ones(page.shape[:2], np.float32), matrix, size, flags=cv2.INTER_LINEAR)[..., None]
    laid = cv2.warpPerspective(page, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return desk * (1 - mask) + laid * mask


# --- damage ---------------------------------------------------------------------------------------------------------------
# Each is put on the page, over or beside the zone, before it is scanned or photographed.

Box = tuple[float, float, float, float]


def _spot(rng: random.Random, box: Box) -> tuple[float, float]:
    return rng.uniform(box[0], box[2]), rng.uniform(box[1], box[3])


def _covered(page: np.ndarray, mask: np.ndarray, colour: np.ndarray, strength: float) -> None:
    share = (mask.astype(np.float32) / 255 * strength)[..., None]
    page[:] = page * (1 - share) + colour * share


def blots(rng: random.Random, page: np.ndarray, box: Box, ppm: float) -> None:
    """Ink, coffee, dirt: dark spots, sharp or soft."""
    mask = np.zeros(page.shape[:2], np.uint8)
    for _ in range(rng.randint(1, 4)):
        x, y = _spot(rng, box)
        axes = [max(1, round(rng.uniform(0.2, 3.5) * ppm)) for _ in range(2)]
        cv2.ellipse(mask, (round(x), round(y)), axes, rng.uniform(0, 180), 0, 360, 255, -1, cv2.LINE_AA)
    if rng.random() < 0.4:
        mask = cv2.GaussianBlur(mask, (0, 0), rng.uniform(0.1, 0.8) * ppm)
    _covered(page, mask, _colour(rng, 0, 110), rng.uniform(0.4, 1))


def scratches(rng: random.Random, page: np.ndarray, box: Box, ppm: float) -> None:
    """Lines scratched into the print, pale, or drawn over it, dark."""
    for _ in range(rng.randint(1, 5)):
        mask = np.zeros(page.shape[:2], np.uint8)
        (x, y), turn, length = _spot(rng, box), rng.uniform(0, np.pi), rng.uniform(2, 25) * ppm
        points = np.array([[x + length * t * np.cos(turn) + rng.uniform(-0.5, 0.5) * ppm, y + length * t * np.sin(turn)] for t in (-0.5, -0.2, 0.2, 0.5)])
        cv2.polylines(mask, [points.round().astype(np.int32)], False, 255, max(1, round(rng.uniform(0.08, 0.6) * ppm)), cv2.LINE_AA)
        _covered(page, mask, _colour(rng, 190, 255) if rng.random() < 0.5 else _colour(rng, 0, 90), rng.uniform(0.6, 1))


def stamp(rng: random.Random, page: np.ndarray, box: Box, ppm: float) -> None:
    """A stamp across the zone: rings and words in one colour."""
    size = round(rng.uniform(10, 24) * ppm)
    sheet = Image.new("L", (2 * size, 2 * size))
    draw = ImageDraw.Draw(sheet)
    line = max(1, round(rng.uniform(0.3, 0.9) * ppm))
    draw.ellipse((line, line, 2 * size - line, 2 * size - line), outline=255, width=line)
    draw.ellipse((size * 0.3, size * 0.3, size * 1.7, size * 1.7), outline=255, width=line)
    face = _face("DejaVuSans-Bold.ttf", max(6, round(size * 0.28)))
    draw.text((size, size), rng.choice(("VOID", "ENTRY\n24.11", "SEEN", "COPY")), font=face, fill=255, anchor="mm")
    sheet = sheet.rotate(rng.uniform(0, 360), Image.Resampling.BICUBIC)
    x, y = _spot(rng, box)
    mask = np.zeros(page.shape[:2], np.uint8)
    ink = np.asarray(sheet)
    left, top = round(x - size), round(y - size)
    x0, y0, x1, y1 = max(0, left), max(0, top), min(page.shape[1], left + 2 * size), min(page.shape[0], top + 2 * size)
    mask[y0:y1, x0:x1] = ink[y0 - top : y1 - top, x0 - left : x1 - left]
    _covered(page, mask, _colour(rng, 0, 150), rng.uniform(0.4, 0.95))


def patches(rng: random.Random, page: np.ndarray, box: Box, ppm: float) -> None:
    """Pieces stuck over the zone, of paper, black or in a colour, straight or not."""
    for _ in range(rng.randint(1, 3)):
        (x, y), half = _spot(rng, box), [rng.uniform(0.3, 4) * ppm for _ in range(2)]
        corners = cv2.boxPoints(((x, y), (2 * half[0], 2 * half[1]), rng.choice((0.0, rng.uniform(0, 90)))))
        mask = np.zeros(page.shape[:2], np.uint8)
        cv2.fillPoly(mask, [corners.round().astype(np.int32)], 255, cv2.LINE_AA)
        beside = page[max(0, round(box[1]) - 3) : round(box[1]) + 1, round(box[0]) : round(box[2])]
        colour = beside.reshape(-1, 3).mean(axis=0) if rng.random() < 0.5 else _colour(rng, 0, 255)
        _covered(page, mask, colour, 1.0)


def torn(rng: random.Random, page: np.ndarray, box: Box, ppm: float) -> None:
    """A part of the page is missing: at its left or right edge, at a corner, or the end of the last line."""
    height, width = page.shape[:2]
    into = rng.uniform(0, 9) * ppm
    slope = rng.uniform(-0.3, 0.3) * ppm * 10
    if rng.random() < 0.5:
        area = np.array([[0, 0], [box[0] + into + slope, 0], [box[0] + into - slope, height], [0, height]])
    elif rng.random() < 0.6:
        area = np.array([[width, 0], [box[2] - into + slope, 0], [box[2] - into - slope, height], [width, height]])
    else:
        low = box[3] - rng.uniform(0, 3.5) * ppm
        area = np.array([[0, height], [0, low + slope / 3], [width, low - slope / 3], [width, height]])
    mask = np.zeros((height, width), np.uint8)
    cv2.fillPoly(mask, [area.round().astype(np.int32)], 255, cv2.LINE_AA)
    _covered(page, mask, _colour(rng, 20, 255), 1.0)


def glare(rng: random.Random, page: np.ndarray, box: Box, ppm: float) -> None:
    """A lamp mirrored in the laminate, or print that has faded."""
    mask = np.zeros(page.shape[:2], np.float32)
    for _ in range(rng.randint(1, 3)):
        x, y = _spot(rng, box)
        axes = [max(1, round(rng.uniform(1, 12) * ppm)) for _ in range(2)]
        cv2.ellipse(mask, (round(x), round(y)), axes, rng.uniform(0, 180), 0, 360, 255, -1)
    mask = cv2.GaussianBlur(mask, (0, 0), rng.uniform(0.2, 3) * ppm)
    _covered(page, mask, np.float32([255, 255, 255]), rng.uniform(0.5, 1))


def writing(rng: random.Random, page: np.ndarray, box: Box, ppm: float) -> None:
    """A pen went over the zone: thick and thin curves as of a signature."""
    mask = np.zeros(page.shape[:2], np.uint8)
    x, y = _spot(rng, box)
    points = [(x, y)]
    for _ in range(rng.randint(6, 25)):
        x, y = x + rng.uniform(-1, 3) * ppm, y + rng.uniform(-3, 3) * ppm
        points.append((x, y))
    cv2.polylines(mask, [np.array(points).round().astype(np.int32)], False, 255, max(1, round(rng.uniform(0.2, 0.7) * ppm)), cv2.LINE_AA)
    _covered(page, mask, _colour(rng, 0, 120), rng.uniform(0.5, 1))


def fold(rng: random.Random, page: np.ndarray, box: Box, ppm: float) -> None:
    """A crease: a pale and a dark line, and the print beside it shifted."""
    x, turn = rng.uniform(box[0], box[2]), rng.uniform(-0.4, 0.4)
    shift = max(1, round(rng.uniform(0.1, 0.5) * ppm))
    for row in range(round(box[1]), round(box[3])):
        at = round(min(max(x + turn * (row - box[1]), 0), page.shape[1] - shift - 1))
        page[row, at:-shift] = page[row, at + shift :].copy()
    mask = np.zeros(page.shape[:2], np.uint8)
    ends = [(round(x + turn * (y - box[1])), round(y)) for y in (box[1] - ppm, box[3] + ppm)]
    cv2.line(mask, *ends, 255, max(1, round(rng.uniform(0.15, 0.7) * ppm)), cv2.LINE_AA)
    _covered(page, mask, _colour(rng, 200, 255) if rng.random() < 0.6 else _colour(rng, 40, 110), 0.9)


def worn(rng: random.Random, page: np.ndarray, box: Box, ppm: float) -> None:
    """Print that has come off in specks."""
    left, top, right, bottom = (round(v) for v in box)
    place = page[top:bottom, left:right]
    size = (place.shape[1], place.shape[0])
    field = np.random.default_rng(rng.getrandbits(32)).random((max(2, round(size[1] / ppm / 0.25)), max(2, round(size[0] / ppm / 0.25))), np.float32)
    specks = (cv2.resize(field, size, interpolation=cv2.INTER_LINEAR) > rng.uniform(0.6, 0.85)).astype(np.float32)
    paper = np.percentile(place.reshape(-1, 3), 80, axis=0)
    place[:] = place * (1 - specks[..., None]) + paper * specks[..., None]


DAMAGES: tuple[Damage, ...] = (blots, scratches, stamp, patches, torn, glare, writing, fold, worn)


def damaged(seed: int, look: Look, name: str = "") -> Picture:
    """Return a picture of a damaged zone: scanned or photographed, sometimes beyond recognition."""
    rng = random.Random(f"damaged {seed}")
    harms = rng.sample(DAMAGES, rng.choice((1, 1, 1, 2)))

    def harm(rng: random.Random, page: np.ndarray, box: Box, ppm: float) -> None:
        for one in harms:
            one(rng, page, box, ppm)

    blur = 0.2 if rng.random() < 0.15 else 0.08
    if rng.random() < 0.5:
        return flatbed(seed, look, rng.choice((120, 150, 200, 300)), name, blur=blur, damage=harm)
    return photograph(seed, look, name, width=rng.choice((650, 800, 1000, 1400)), blur=blur, damage=harm)


def figure(
    seed: int, name: str, *, gap: float = 0.0, turn: float = 0.0, pitch: float = 15.0, weight: float = 0.0,
    look: Look = HELD_OUT,
) -> Picture:  # fmt: skip
    """Return a document's page as a figure of a standard or a leaflet has it: clean, at any turn, lines at any distance.

    :param gap: pitches from line to line; 0 for the format's own
    :param turn: degrees, anticlockwise
    :param pitch: pixels from character to character
    :param weight: pitches by which strokes are thicker
    """
    rng = random.Random(f"figure {seed}")
    lines = random_lines(rng, name)
    sheet, ppm = SHEETS[name], pitch / _PITCH
    if gap:
        centres = tuple(sheet.centres[-1] + gap * _PITCH * place for place in reversed(range(len(lines))))
        sheet = replace(sheet, centres=centres)
    plainly = replace(look, papers=(plain,), weights=(weight, weight), cut="")
    page, _ = draw_page(rng, name, lines, plainly, ppm, sheet)
    height, width = page.shape[:2]
    side = round(float(np.hypot(width, height)) * 1.05)
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), turn, 1)
    matrix[:, 2] += np.array([side - width, side - height]) / 2
    scene = cv2.warpAffine(page, matrix, (side, side), flags=cv2.INTER_AREA, borderValue=(250, 250, 250))
    return Picture(_image(_sensed(rng, scene, 0.05 * pitch, 3)), lines, name)
