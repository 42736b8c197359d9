"""The machine-readable zone measured on the page as poppler renders it at 1,200 dpi, in millimetres of the standard."""

import io
import subprocess
from collections import defaultdict
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image

from tests.support.page_helpers import NAMES, SIZES, ZONES, specimen

DPI = 1200
MM = DPI / 25.4
PITCH = 2.54  # Doc 9303-3, 4.4: 10 characters to 25.4 mm
# Doc 9303-4, -5 and -6, 4.2.1 and figures: left edge of the first character; centre lines above the lower edge
FIRST = {"td3": 6.0, "stateless": 6.0, "td1": 5.0, "registration": 4.0, "return": 4.0}
CENTRES = {
    "td3": (15.75, 9.40),
    "stateless": (15.75, 9.40),
    "td1": (15.73, 11.50, 7.27),
    "registration": (15.75, 9.40),
    "return": (15.75, 9.40),
}
WIDTH = {"td3": 125.0, "stateless": 125.0, "td1": 85.6, "registration": 105.0, "return": 105.0}  # A4: its panel
HEIGHT = {"td1": 2.95}  # of the printing zone of a line; 4.3 on larger documents


def ink(name: str) -> np.ndarray:
    """Return which points of the zone's face are dark, the last row being the document's lower edge."""
    done = subprocess.run(
        ["pdftoppm", "-r", str(DPI), "-gray", "-f", str(len(SIZES[name])), "-"],
        input=specimen(name, specimen=False).pdf(),
        capture_output=True,
        check=True,
    )
    Image.MAX_IMAGE_PIXELS = None  # the A4 sheet has 139 million points; nothing foreign is opened here
    return np.asarray(Image.open(io.BytesIO(done.stdout))) < 100


@pytest.mark.parametrize("name", NAMES)
def test_pitch_and_place_of_each_character_at_1200_dpi(name):
    dark = ink(name)
    half = HEIGHT.get(name, 4.3) / 2
    for line, above in zip(ZONES[name], CENTRES[name], strict=True):
        middle = len(dark) - above * MM
        band = dark[round(middle - half * MM) : round(middle + half * MM) + 1, : round(WIDTH[name] * MM)]
        edges = np.flatnonzero(np.diff(band.any(axis=0).astype(np.int8), prepend=0, append=0)).reshape(-1, 2)
        assert len(edges) == len(line)  # white paper parts every character from the next, and nothing else is there
        places, heights = defaultdict(list), []  # the left edge of each character's ink, by character; letters' middles
        for column, (character, (left, right)) in enumerate(zip(line, edges, strict=True)):
            places[character].append((column, left / MM))
            rows = np.flatnonzero(band[:, left:right].any(axis=1))
            assert rows[0] > 0 and rows[-1] < len(band) - 1  # within the printing zone
            if character.isalpha():
                heights.append(above + half - (rows[0] + rows[-1]) / 2 / MM)
        for same in places.values():
            for (first, left), (second, right) in pairwise(same):
                assert right - left == pytest.approx(PITCH * (second - first), abs=0.03)
        assert places[line[0]][0][1] == pytest.approx(FIRST[name], abs=1.0)
        assert np.mean(heights) == pytest.approx(above, abs=0.06)
        assert max(heights) - min(heights) < 0.06  # the line is level
