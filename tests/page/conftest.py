import pytest
from PIL import Image, ImageDraw


@pytest.fixture(scope="session")
def portrait() -> Image.Image:
    """A picture whose corners and middle can be told apart."""
    picture = Image.new("RGB", (413, 531), (180, 200, 220))
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 0, 40, 40), fill=(250, 0, 0))
    pen.rectangle((372, 490, 412, 530), fill=(0, 0, 250))
    pen.ellipse((120, 120, 290, 400), fill=(90, 60, 40))
    return picture
