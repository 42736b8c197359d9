"""The picture itself: what check finds, and what prepare makes."""

import io
import math
import random
from dataclasses import replace
from struct import pack

import pytest
from PIL import Image, ImageDraw

from tjdocs.errors import UsageError
from tjdocs.lds.biometrics import iso19794_face
from tjdocs.lds.biometrics.iso19794_face import FaceImage, FacialRecord, ImageType
from tjdocs.portrait import check, prepare, prepare_portrait
from tjdocs.portrait.face_image import check_face

EYES = ((240.0, 330.0), (360.0, 330.0))
TOKEN_EYES = ((112.5, 180.0), (187.5, 180.0))


def drawing(size=(600, 800), eyes=EYES, *, mode="RGB", background=(205, 214, 222)):
    """A round head with two black eyes, and blue dots on a circle of 100 about the point between them."""
    picture = Image.new("RGB", size, background)
    draw = ImageDraw.Draw(picture)
    x, y = (eyes[0][0] + eyes[1][0]) / 2, (eyes[0][1] + eyes[1][1]) / 2
    draw.ellipse((x - 150, y - 170, x + 150, y + 230), fill=(222, 184, 152))
    for eye in eyes:
        draw.ellipse((eye[0] - 9, eye[1] - 9, eye[0] + 9, eye[1] + 9), fill=(0, 0, 0))
    return picture.convert(mode)


def coded(picture, form="JPEG", **options):
    out = io.BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()


def dark_eyes(data: bytes) -> list[tuple[float, float]]:
    """Find the black eyes in a picture: the middle of the dark pixels, left half and right half."""
    picture = Image.open(io.BytesIO(data)).convert("L")
    found = []
    for left, right in ((0, picture.width // 2), (picture.width // 2, picture.width)):
        dark = [(x, y) for y in range(picture.height) for x in range(left, right) if picture.getpixel((x, y)) < 90]
        found.append((sum(x for x, _ in dark) / len(dark) + 0.5, sum(y for _, y in dark) / len(dark) + 0.5))
    return found


def codes(data: bytes, **options) -> list[str]:
    return [problem.code for problem in check(data, **options)]


@pytest.mark.parametrize(
    "data",
    [
        coded(drawing((300, 400), TOKEN_EYES)),
        coded(drawing((300, 400), TOKEN_EYES), "JPEG2000"),
        coded(drawing((300, 400), TOKEN_EYES), "JPEG2000", no_jp2=True),
        coded(drawing((300, 400), TOKEN_EYES, mode="L")),
        coded(drawing((300, 400), TOKEN_EYES), progressive=True),
        coded(drawing((413, 531))),
    ],
    ids=["jpeg", "jp2", "codestream", "grey", "progressive", "35x45"],
)
def test_usable_portraits(data):
    assert codes(data) == []


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "image-format"),
        (coded(drawing(), "PNG"), "image-format"),
        (coded(drawing(), "GIF"), "image-format"),
        (b"\xff\xd8\xff", "image-damaged"),
        (coded(drawing())[:-2000], "image-damaged"),
        (coded(drawing(), "JPEG2000")[:200], "image-damaged"),
        (coded(drawing(), "JPEG2000", no_jp2=True)[:30], "image-damaged"),
        (coded(drawing((239, 320))), "image-size"),
        (coded(drawing((250, 319))), "image-size"),
        (coded(drawing((800, 600))), "image-aspect"),
        (coded(drawing((400, 1000))), "image-aspect"),
        (coded(drawing(mode="CMYK")), "image-colour"),
        (coded(drawing().convert("RGBA"), "JPEG2000"), "image-colour"),
        (coded(drawing(), exif=b"Exif\0\0II*\0\x08\0\0\0\0\0\0\0\0\0"), "image-metadata"),
        (bytes(10_000_001), "image-limit"),
    ],
)
def test_faults_are_named(data, code):
    assert codes(data) == [code]


def test_smallest_size_is_no_fault():
    assert codes(coded(drawing((240, 320)))) == []


def test_a_jpeg_that_claims_too_many_pixels_is_not_decoded():
    data = coded(drawing())
    start = data.index(b"\xff\xc0") + 5
    assert codes(data[:start] + pack(">HH", 65000, 65000) + data[start + 4 :]) == ["image-limit"]


@pytest.mark.parametrize("where", ["box", "codestream"])
def test_a_jpeg_2000_that_claims_too_many_pixels_is_not_decoded(where):
    data = bytearray(coded(drawing(), "JPEG2000"))
    start = data.index(b"ihdr") + 4 if where == "box" else data.index(b"\xff\x4f\xff\x51") + 8
    data[start : start + 8] = pack(">II", 60000, 60000)
    if where == "codestream":  # in one tile
        data[start + 16 : start + 24] = pack(">II", 60000, 60000)
    assert codes(bytes(data)) == ["image-limit"]


def test_a_jpeg_2000_of_too_many_tiles_is_not_decoded():
    data = bytearray(coded(drawing(), "JPEG2000"))
    start = data.index(b"\xff\x4f\xff\x51") + 24
    data[start : start + 8] = pack(">II", 2, 2)
    assert codes(bytes(data)) == ["image-limit"]


def test_a_jpeg_of_too_many_scans_is_not_decoded():
    data = coded(drawing(), progressive=True)
    start, end = data.rindex(b"\xff\xda"), len(data) - 2
    assert codes(data[:end] + data[start:end] * 120 + data[end:]) == ["image-limit"]


def test_a_large_jpeg_of_many_scans_is_not_decoded():
    data = coded(drawing(), progressive=True)
    start, end = data.rindex(b"\xff\xda"), len(data) - 2
    size = data.index(b"\xff\xc2") + 5
    large = data[:size] + pack(">HH", 2600, 2600) + data[size + 4 : end] + data[start:end] * 87 + data[end:]
    assert [p.detail for p in check(large)] == ["too many pixels"]


def test_sizes_that_differ_between_box_and_codestream_are_told():
    data = bytearray(coded(drawing(), "JPEG2000"))
    start = data.index(b"ihdr") + 4
    data[start : start + 8] = pack(">II", 800, 601)
    assert set(codes(bytes(data))) & {"image-sizes-differ", "image-damaged"}


def test_damaged_images_give_an_answer():
    chance = random.Random(9303)
    for data in (coded(drawing((240, 320))), coded(drawing((240, 320)), "JPEG2000")):
        for _ in range(60):
            damaged = bytearray(data)
            for _ in range(3):
                damaged[chance.randrange(2, len(damaged))] ^= chance.randrange(1, 256)
            assert all(problem.text for problem in check(bytes(damaged)))
            assert codes(bytes(damaged[: chance.randrange(len(damaged))]))


@pytest.mark.parametrize(
    ("size", "eyes", "expected"),
    [
        ((300, 400), TOKEN_EYES, []),
        ((300, 400), TOKEN_EYES[::-1], []),  # either order
        ((300, 400), ((115, 183), (190, 183)), []),
        ((300, 400), ((100, 180), (200, 180)), ["token-eye-distance"]),
        ((300, 400), ((125, 180), (200, 180)), ["token-centre"]),
        ((300, 400), ((112, 195), (187, 195)), ["token-eye-line"]),
        ((300, 400), ((112, 172), (187, 190)), ["token-eye-line"]),
        ((311, 400), ((117, 187), (194, 187)), ["token-aspect"]),
        ((600, 800), TOKEN_EYES, ["token-eye-distance", "token-centre", "token-eye-line"]),
    ],
)
def test_token_geometry(size, eyes, expected):
    assert codes(coded(drawing(size)), eyes=eyes) == expected


@pytest.mark.parametrize("eyes", [((math.nan, 1), (2, 3)), ((1, 1), (math.inf, 1))])
def test_eyes_that_are_nowhere_are_a_bad_call(eyes):
    with pytest.raises(UsageError):
        check(coded(drawing()), eyes=eyes)
    with pytest.raises(UsageError):
        prepare(drawing(), eyes=eyes)


def test_check_face_compares_the_record_with_the_image():
    made = prepare(drawing(), eyes=EYES)
    assert check_face(made) == ()
    assert [p.code for p in check_face(replace(made, width=301))] == ["record-image-size"]
    assert [p.code for p in check_face(replace(made, colour_space=3))] == ["record-colour"]
    assert [p.code for p in check_face(replace(made, image=b"x"))] == ["image-format"]
    moved = tuple(p._replace(y=p.y + 30) for p in made.feature_points)
    assert [p.code for p in check_face(replace(made, feature_points=moved))] == ["token-eye-line"]
    frontal = replace(made, feature_points=moved, image_type=ImageType.FULL_FRONTAL)
    assert check_face(frontal) == ()


@pytest.mark.parametrize("image_format", ["JPEG", "JPEG2000"])
@pytest.mark.parametrize("width", [240, 300, 480])
def test_prepare_puts_the_eyes_where_the_standard_wants_them(image_format, width):
    made = prepare(drawing(), eyes=EYES, image_format=image_format, width=width)
    assert (made.width, made.height) == (width, width * 4 // 3)
    assert (made.image_type, made.format) == (2, image_format)
    (left, left_y), (right, right_y) = dark_eyes(made.image)
    assert left == pytest.approx(0.375 * width, abs=1)
    assert right == pytest.approx(0.625 * width, abs=1)
    assert (left_y, right_y) == pytest.approx((0.6 * width, 0.6 * width), abs=1)
    assert check_face(made) == ()
    assert FacialRecord((made,)).problems == ()
    assert made.eyes is not None
    assert made.eyes[0] == pytest.approx((left, left_y), abs=1.5)


@pytest.mark.parametrize("angle", [-12, 7, 25])
def test_prepare_levels_the_head(angle):
    upright, centre = drawing((900, 1000), ((380, 480), (520, 480))), (450, 480)
    turned = upright.rotate(-angle, Image.Resampling.BICUBIC, center=centre, fillcolor=(205, 214, 222))
    dx, dy = 70 * math.cos(math.radians(angle)), 70 * math.sin(math.radians(angle))
    made = prepare(turned, eyes=((450 - dx, 480 - dy), (450 + dx, 480 + dy)), width=300)
    (left, left_y), (right, right_y) = dark_eyes(made.image)
    assert (left, right) == pytest.approx((112.5, 187.5), abs=1)
    assert (left_y, right_y) == pytest.approx((180, 180), abs=1)


def test_prepare_never_stretches():
    picture = Image.new("RGB", (700, 800), "white")
    ImageDraw.Draw(picture).ellipse((200, 250, 500, 550), fill="black")
    for made in (
        prepare(picture),
        prepare(picture, eyes=((300, 400), (400, 400))),
        prepare(picture, width=280, height=360),
    ):
        box = Image.open(io.BytesIO(made.image)).convert("L").point(lambda v: 255 if v < 128 else 0).getbbox()
        assert box is not None
        assert box[2] - box[0] == pytest.approx(box[3] - box[1], abs=1)


def test_prepare_without_eyes_takes_the_middle_and_claims_nothing_of_the_face():
    made = prepare(drawing((1000, 800)), width=300)
    assert (made.width, made.height, made.image_type, made.feature_points) == (300, 400, 0, ())  # basic (5.7)
    assert check_face(made) == ()
    (problem,) = FacialRecord((made,)).problems
    assert (problem.code, problem.severity) == ("record-image-type", "warning")


@pytest.mark.parametrize("image_format", ["JPEG", "JPEG2000"])
def test_prepare_keeps_to_the_size_and_is_repeatable(image_format):
    noise = Image.frombytes("RGB", (600, 800), random.Random(1).randbytes(600 * 800 * 3))
    made = [prepare(noise, image_format=image_format, width=300, max_bytes=15_000) for _ in range(2)]
    assert 10_000 < len(made[0].image) <= 15_000
    assert made[0] == made[1]


def test_prepare_takes_better_quality_where_there_is_room():
    sizes = [len(prepare(drawing(), max_bytes=limit).image) for limit in (3_000, 20_000)]
    assert sizes[0] <= 3_000 < sizes[1]


@pytest.mark.parametrize("limit", range(1, 40))
def test_the_best_setting_that_fits_is_found(limit):
    sizes = [40 - setting for setting in range(30)]  # from the best setting on, ever smaller: 40 to 11 bytes
    if limit < min(sizes):
        with pytest.raises(UsageError):
            prepare_portrait._best(lambda setting: bytes(sizes[setting]), list(range(30)), limit)
    else:
        found = prepare_portrait._best(lambda setting: bytes(sizes[setting]), list(range(30)), limit)
        assert len(found) == max(size for size in sizes if size <= limit)


def test_prepare_gives_up_rather_than_grow():
    with pytest.raises(UsageError, match="max_bytes"):
        prepare(drawing(), max_bytes=500)


def test_prepare_leaves_metadata_behind_and_obeys_the_orientation():
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90 degrees to show
    exif[0x010F] = "SPECIMEN CAMERA"
    lying = drawing().transpose(Image.Transpose.ROTATE_90)
    data = coded(lying, exif=exif.tobytes(), comment=b"SPECIMEN COMMENT", xmp=b"<x>SPECIMEN XMP</x>")
    assert b"SPECIMEN CAMERA" in data
    made = prepare(data, eyes=EYES, width=300)
    assert b"SPECIMEN" not in made.image
    assert b"Exif" not in made.image
    assert dark_eyes(made.image)[0] == pytest.approx((112.5, 180), abs=1)


@pytest.mark.parametrize(
    ("picture", "colour"),
    [
        (drawing(mode="L"), 3),
        (drawing(mode="P"), 1),
        (drawing(mode="CMYK"), 1),
        (drawing().convert("RGBA"), 1),
        (coded(drawing(), "PNG"), 1),
        (coded(drawing(mode="L"), "JPEG2000"), 3),
    ],
)
def test_prepare_takes_what_offices_have(picture, colour):
    made = prepare(picture, eyes=EYES)
    assert made.colour_space == colour
    assert check_face(made) == ()


def test_transparent_parts_become_white():
    made = prepare(Image.new("RGBA", (300, 400), (0, 0, 0, 0)))
    assert Image.open(io.BytesIO(made.image)).getpixel((150, 200)) == (255, 255, 255)


def test_a_little_room_is_filled_in_but_not_more():
    close = drawing((500, 640), ((190, 285), (310, 285)), background=(10, 200, 30))
    made = prepare(close, eyes=((190, 285), (310, 285)))
    corner = Image.open(io.BytesIO(made.image)).convert("RGB").getpixel((2, 2))
    assert corner == pytest.approx((10, 200, 30), abs=12)
    with pytest.raises(UsageError, match="edge"):
        prepare(close, eyes=((190, 200), (310, 200)))


@pytest.mark.parametrize(
    ("options", "where"),
    [
        ({"image_format": "PNG"}, "image_format"),
        ({"width": 0}, "width"),
        ({"width": 70_000}, "width"),
        ({"eyes": EYES, "height": 300}, "height"),
        ({"eyes": ((100, 100), (100, 100))}, "eyes"),
        ({"eyes": ((100, 100), (700, 100))}, "eyes"),
        ({"eyes": ((240, 330), (360, 430))}, "eyes"),
    ],
)
def test_prepare_refuses(options, where):
    with pytest.raises(UsageError) as caught:
        prepare(drawing(), **options)
    assert where in caught.value.where


def test_prepare_refuses_what_is_no_picture_or_too_large():
    huge = bytearray(coded(drawing(), "PNG"))
    huge[16:24] = pack(">II", 60_000, 60_000)
    for data in (b"", b"GIF89a", coded(drawing())[:300], bytes(huge), bytes(10_000_001)):
        with pytest.raises(UsageError):
            prepare(data)


def test_prepared_face_in_dg2():
    made = prepare(drawing(), eyes=EYES)
    record = FacialRecord.parse(FacialRecord((made,)).encode())
    assert record.faces == (made,)
    assert isinstance(record.faces[0], FaceImage)
    assert {span.value for span in iso19794_face.spans(record.encode())} >= {"token frontal", "JPEG", "360 x 480"}
