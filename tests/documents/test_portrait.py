"""The specimen portrait, measured on its pixels against Doc 9303-3, 3.9.1 and ISO/IEC 19794-5."""

import io

import pytest
from PIL import Image, ImageChops, ImageFilter, ImageStat

from tjdocs.errors import UsageError
from tjdocs.portrait.specimen_portrait import draw_specimen

SIZES = [(413, 531), (827, 1063), (207, 266)]


@pytest.fixture(scope="module", params=SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def drawn(request):
    return draw_specimen(size=request.param)


@pytest.fixture(scope="module")
def picture(drawn):
    return Image.open(io.BytesIO(drawn.image)).copy()


def skin(picture):
    """Return a mask of what has the skin's hue: red well above blue, and not dark."""
    red, _, blue = picture.split()
    warm = ImageChops.subtract(red, blue).point([255 if level > 35 else 0 for level in range(256)])
    bright = red.point([255 if level > 110 else 0 for level in range(256)])
    return ImageChops.multiply(warm, bright).filter(ImageFilter.MedianFilter(5))


def dark(picture, limit=80):
    return picture.convert("L").point([255 if level < limit else 0 for level in range(256)])


def test_picture_is_a_png_of_the_size_asked_for(drawn, picture):
    assert Image.open(io.BytesIO(drawn.image)).format == "PNG"
    assert picture.mode == "RGB"
    assert picture.size == drawn.size
    dpi = picture.info["dpi"][0]
    assert picture.width / dpi * 25.4 == pytest.approx(35, abs=0.1)  # 35 mm wide whatever its pixels


def test_head_takes_seventy_to_eighty_percent_of_the_height(drawn, picture):
    width, height = picture.size
    assert 0.70 <= (drawn.chin - drawn.crown) / height <= 0.80
    # the hair's upper edge, looked for on the middle column
    top = dark(picture).crop((width // 2, 0, width // 2 + 1, height)).getbbox()[1]
    assert 0 <= drawn.crown - top < 0.03 * height
    assert 0.70 <= (drawn.chin - top) / height <= 0.80
    # the chin: its light skin ends, the neck's shade begins
    column = [picture.getpixel((width // 2, y))[1] for y in range(height)]
    steps = {y: column[y - 2] - column[y + 2] for y in range(round(0.79 * height), round(0.86 * height))}
    assert max(steps, key=steps.get) == pytest.approx(drawn.chin, abs=0.012 * height)


def test_eyes_are_where_it_says(drawn, picture):
    for x, y in drawn.eyes:
        reach = round(picture.width * 0.012)
        pupil = picture.crop((x - reach, y - reach, x + reach + 1, y + reach + 1)).convert("L")
        cheek = picture.getpixel((x, y + round(picture.height * 0.08)))
        assert sorted(pupil.tobytes())[len(pupil.tobytes()) // 2] < 70
        assert sum(cheek) / 3 > 130
        # centre of the dark: the pupil and the iris about it
        window = round(picture.width * 0.03)
        eye = dark(picture.crop((x - window, y - window, x + window + 1, y + window + 1)), 95)
        left, _, right, bottom = eye.getbbox()
        assert (left + right) / 2 == pytest.approx(window, abs=window * 0.4)
        assert bottom > window


def test_eyes_are_level_and_about_the_middle(drawn):
    (right_x, right_y), (left_x, left_y) = drawn.eyes
    width, height = drawn.size
    assert right_y == left_y
    assert right_x < left_x
    assert (right_x + left_x) / 2 == pytest.approx(width / 2, abs=0.005 * width)
    # ISO/IEC 19794-5, full frontal: eyes at 50 to 70 % of the height from below
    assert 0.5 <= 1 - right_y / height <= 0.7


def test_a_token_image_can_be_cut_from_it_whole(drawn):
    # ISO/IEC 19794-5, token frontal: width W, height W / 0.75, eyes W / 4 apart, 0.6 W below the top
    (right_x, y), (left_x, _) = drawn.eyes
    token_width = 4 * (left_x - right_x)
    left = (right_x + left_x) / 2 - token_width / 2
    top = y - 0.6 * token_width
    assert left >= 0
    assert left + token_width <= drawn.size[0]
    assert top >= 0
    assert top + token_width / 0.75 <= drawn.size[1]
    assert top <= drawn.crown
    if drawn.size[0] >= 413:
        assert left_x - right_x >= 90  # pixels between the eyes, for face recognition


def test_face_is_upright_and_centred(drawn, picture):
    width, height = picture.size
    face = skin(picture).crop((0, round(0.4 * height), width, round(0.6 * height)))
    left, _, right, _ = face.getbbox()
    assert (left + right) / 2 == pytest.approx(width / 2, abs=0.015 * width)
    assert 0.5 <= (right - left) / width <= 0.72  # head's width, ISO/IEC 19794-5: image width is 7:5 to 2:1 of it


def test_background_is_light_and_plain(picture):
    width, height = picture.size
    for box in (
        (0, 0, width, height // 14),
        (0, 0, width // 7, height // 2),
        (width - width // 7, 0, width, height // 2),
    ):
        low, high = picture.crop(box).convert("L").getextrema()
        assert low > 200
        assert high - low < 40


def test_the_word_stands_across_the_lower_part(picture):
    width, height = picture.size
    white = picture.convert("L").point([255 if level > 252 else 0 for level in range(256)])
    word = white.crop((0, round(0.83 * height), width, height))
    left, _, right, bottom = word.getbbox()
    assert right - left > 0.55 * width
    assert bottom < word.height  # not cut off
    assert white.crop((0, 0, width, round(0.8 * height))).resize((1, 1), Image.Resampling.BOX).getpixel((0, 0)) < 3
    # eight letters: seven gaps between white columns
    columns = word.resize((word.width, 1), Image.Resampling.BOX).crop((left, 0, right, 1)).tobytes()
    runs = sum(1 for before, now in zip(b"\0" + columns, columns, strict=False) if now and not before)
    assert runs >= 8


def test_it_is_a_coloured_picture_with_detail(picture):
    assert len(picture.resize((64, 80)).getcolors(64 * 80)) > 800
    red, _, blue = ImageStat.Stat(
        picture.crop((picture.width // 3, picture.height // 3, 2 * picture.width // 3, 2 * picture.height // 3))
    ).mean
    assert red > blue + 25


def test_same_size_gives_the_same_portrait():
    assert draw_specimen(size=(207, 266)) == draw_specimen(size=(207, 266))
    assert draw_specimen().size == (413, 531)


def test_repr_shows_no_picture(drawn):
    assert "PNG" not in repr(drawn)
    assert len(repr(drawn)) < 200


@pytest.mark.parametrize("size", [(0, 0), (100, 129), (531, 413), (413, 413), (413, 560), (2000, 2571), (-413, -531)])
def test_another_shape_is_a_usage_error(size):
    with pytest.raises(UsageError, match="413 x 531"):
        draw_specimen(size=size)
