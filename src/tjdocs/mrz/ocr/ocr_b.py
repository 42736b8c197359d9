"""The characters of OCR-B as a reader meets them: drawn once from the bundled font, in many weights and sharpnesses.

A cell is a patch of fixed size around one character's place, one pitch wide. For each sharpness there is a
:class:`Model`: the mean cell of each character, and how cells of one character differ among themselves.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import Any, TypeVar, cast

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from tjdocs.fonts import font_file
from tjdocs.mrz.check_digits import ALPHABET

__all__ = ["BLURS", "CHARACTERS", "HEIGHT", "WIDTH", "Model", "model", "normalised", "templates", "times"]

Floats = NDArray[np.float32]

CHARACTERS = ALPHABET.decode()
WIDTH, HEIGHT = 20, 28  # of a cell: 1 pitch and 1.4 pitches
_FONT = "ocr-b-outlines"
_SIZE = 60 / 43.375  # of the font, in pitches
_CENTRE = 1.23 / 2.54  # of a character above the baseline, in pitches
_DRAWN = 40  # pixels of a pitch in which glyphs are drawn
_WEIGHTS = (-1, 0, 1, 2)  # by how many pixels strokes are thicker, on both sides together
_REGULAR = 1
_SAMPLES = 40  # lines drawn for each sharpness, every character once in each
BLURS = (0.03, 0.075, 0.12, 0.17)  # standard deviations in pitches; the last of pictures that are hardly readable
_KEPT = 80  # directions in which cells of one character differ


@dataclass(frozen=True, slots=True)
class Model:
    """The characters at one sharpness.

    :param means: one mean cell a row, in the axes
    :param axes: directions in which cells of one character differ, one a row; pixels are flattened
    :param spread: variances along them
    :param rest: what of each mean is not in the axes: its squared distances are taken pixel by pixel
    """

    means: Floats
    axes: Floats
    spread: Floats
    rest: Floats

    @property
    def whole(self) -> Floats:
        """The mean cells, pixel by pixel."""
        return times(self.means, self.axes.T) + self.rest


@cache
def templates(pitch: int, blur: float = 0.08) -> Floats:
    """Return one cell of each character for a pitch in whole pixels, 0 for paper and 1 for ink."""
    height = round(pitch * HEIGHT / WIDTH)
    cells = []
    for tile in _drawn(_REGULAR):
        wide = cv2.GaussianBlur(np.pad(tile, ((0, 0), (_DRAWN, _DRAWN))), (0, 0), blur * _DRAWN)
        cells.append(cv2.resize(wide[:, _DRAWN : 2 * _DRAWN], (pitch, height), interpolation=cv2.INTER_AREA))
    return np.stack(cells).astype(np.float32)


@cache
def model(blur: float) -> Model:
    """Return the model of one sharpness, one of ``BLURS``."""
    random = np.random.default_rng(9303)
    samples = [sample for _ in range(_SAMPLES) for sample in _sample(random, blur)]
    flat, _ = normalised(np.stack([cell for _, cell in samples]))
    label = np.array([label for label, _ in samples])
    means = np.stack([flat[label == index].mean(axis=0) for index in range(len(CHARACTERS))])
    axes, spread = _axes((flat - means[label]).astype(np.float64), random)
    return Model((means @ axes.T).astype(np.float32), axes, spread, (means - means @ axes.T @ axes).astype(np.float32))


def normalised(cells: Floats) -> tuple[Floats, Floats]:
    """Return flattened cells without their brightness and contrast, and that contrast."""
    flat = cells.reshape(len(cells), -1)
    flat = flat - flat.mean(axis=1, keepdims=True)
    norms = np.linalg.norm(flat, axis=1)
    return (flat / np.maximum(norms, 1e-6)[:, None]).astype(np.float32), norms.astype(np.float32)


_Array = TypeVar("_Array", bound=NDArray[Any])


def times(ones: _Array, others: _Array) -> _Array:
    """Return the product of every row with every other row.

    Not by BLAS: for arrays as small as these its threads cost many times what they bring.
    """
    return cast(_Array, np.einsum("ik,jk->ij", ones, others))


def _axes(within: NDArray[np.float64], random: np.random.Generator) -> tuple[Floats, Floats]:
    """Return the directions in which rows vary most, and their variances: a few rounds of subspace iteration."""
    covariance = within.T @ within / len(within)
    basis = random.standard_normal((len(covariance), _KEPT))
    for _ in range(4):
        basis = covariance @ basis
        basis = basis @ np.linalg.inv(np.linalg.cholesky(basis.T @ basis)).T  # its columns orthonormal
    values, turn = np.linalg.eigh(basis.T @ covariance @ basis)
    return (basis @ turn).T.astype(np.float32), np.maximum(values, 0).astype(np.float32)


def _sample(random: np.random.Generator, blur: float) -> Iterator[tuple[int, Floats]]:
    """Yield every character once, cut out of a line as printers and cameras vary it."""
    order = random.permutation(len(CHARACTERS))
    drawn = _drawn(int(random.integers(len(_WEIGHTS))))
    line = np.pad(np.hstack([drawn[index] for index in order]), ((0, 0), (_DRAWN, _DRAWN)))
    line = cv2.GaussianBlur(line, (0, 0), blur * _DRAWN * random.uniform(0.75, 1.3))
    across, down = WIDTH / _DRAWN * random.normal(1, 0.012), WIDTH / _DRAWN * random.normal(1, 0.015)
    slant = random.normal(0, 0.012)
    for place, index in enumerate(order):
        shift = random.normal(0, 0.015 * WIDTH, 2)
        middle = (place + 1.5) * _DRAWN - 0.5, line.shape[0] / 2 - 0.5
        matrix = np.array([[across, slant, 0], [0, down, 0]])
        matrix[:, 2] = np.array([WIDTH / 2, HEIGHT / 2]) - 0.5 + shift - matrix[:, :2] @ middle
        cell = cv2.warpAffine(line, matrix, (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR)
        yield int(index), cell.astype(np.float32, copy=False)


@cache
def _drawn(weight: int) -> Floats:
    """Return every character at one weight, drawn large: 0 paper, 1 ink."""
    source = BytesIO(font_file(_FONT).read_bytes())
    face = ImageFont.truetype(source, _DRAWN * _SIZE, layout_engine=ImageFont.Layout.BASIC)
    height = round(_DRAWN * HEIGHT / WIDTH)
    tiles = []
    for character in CHARACTERS:
        tile = Image.new("L", (_DRAWN, height))
        start = (_DRAWN - face.getlength(character)) / 2
        ImageDraw.Draw(tile).text((start, height / 2 + _CENTRE * _DRAWN), character, font=face, fill=255, anchor="ls")
        tiles.append(np.asarray(tile, np.float32) / 255)
    drawn = np.stack(tiles)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (abs(_WEIGHTS[weight]) * 2 + 1,) * 2)
    if _WEIGHTS[weight]:
        change = cv2.dilate if _WEIGHTS[weight] > 0 else cv2.erode
        # between two whole pixels of the kernel: half of the way
        drawn = np.stack([(tile + change(tile, kernel)) / 2 for tile in drawn])
    return drawn.astype(np.float32)
