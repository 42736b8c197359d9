"""The documentation's pictures are the documents as they are drawn today."""

import io

import pytest
from PIL import Image, ImageChops, ImageStat

from tests.page.make_pictures import FOLDER, picture
from tests.support.page_helpers import NAMES


def test_every_document_is_shown():
    assert {path.stem for path in FOLDER.glob("*.png")} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_picture_is_what_is_drawn_today(name):
    # another Pillow may round otherwise; another layout differs by far more. python -m tests.page.make_pictures
    data = (FOLDER / f"{name}.png").read_bytes()
    assert len(data) <= 120_000
    shown, drawn = Image.open(io.BytesIO(data)).convert("RGB"), picture(name).convert("RGB")
    assert shown.size == drawn.size
    assert max(ImageStat.Stat(ImageChops.difference(shown, drawn)).mean) < 1
