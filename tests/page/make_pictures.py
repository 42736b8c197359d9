"""Draw the specimens of the five documents for the documentation, small and in few colours.

Usage: python -m tests.page.make_pictures
"""

from pathlib import Path

from PIL import Image

from tests.support.page_helpers import NAMES, specimen

FOLDER = Path(__file__).parents[2] / "docs/pictures"
WIDTHS = {"td3": 640, "td1": 440, "stateless": 620, "registration": 410, "return": 420}
COLOURS = 160


def picture(name: str) -> Image.Image:
    """Return a document's specimen as it is shown."""
    whole = specimen(name).image()
    size = (WIDTHS[name], round(whole.height * WIDTHS[name] / whole.width))
    small = whole.resize(size, Image.Resampling.LANCZOS)
    return small.quantize(COLOURS, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in NAMES:
        picture(name).save(FOLDER / f"{name}.png", optimize=True)
        print(FOLDER / f"{name}.png")
