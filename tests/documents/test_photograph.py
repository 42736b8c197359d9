"""The portrait that an applicant hands in: each fault by name, and nothing decoded before the limits are checked."""

import io
import struct
import time
import zlib

import pytest
from PIL import Image

from tjdocs.lds.dg2 import Dg2
from tjdocs.portrait import judge_photograph
from tjdocs.portrait.picture_limits import photograph_rules
from tjdocs.portrait.specimen_portrait import draw_specimen

SPECIMEN = draw_specimen()


def picture(width, height, form="PNG", mode="RGB", **more):
    stream = io.BytesIO()
    Image.new(mode, (width, height), 128 if mode in ("L", "I;16") else "#c0a080" if mode == "RGB" else None).save(
        stream, form, **more
    )
    return stream.getvalue()


def reasons(portrait, eyes=None):
    return {(fault.field, fault.reason) for fault in judge_photograph.faults(portrait, eyes)}


@pytest.mark.parametrize("form", ["PNG", "JPEG", "JPEG2000"])
@pytest.mark.parametrize("with_eyes", [True, False])
def test_the_specimen_can_be_used(form, with_eyes):
    stream = io.BytesIO()
    Image.open(io.BytesIO(SPECIMEN.image)).save(stream, form)
    dg2, faults = judge_photograph.prepare(stream.getvalue(), SPECIMEN.eyes if with_eyes else None)
    assert faults == []
    (template,) = Dg2.parse(dg2).templates
    assert template.record.faces[0].format == "JPEG"


def bomb(width, height):
    """A PNG that claims more pixels than are decoded, its data well compressed."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1_000_000))) + chunk(b"IEND", b"")


def scans(count):
    """A progressive JPEG that asks for its scans again and again."""
    data = picture(3000, 4000, "JPEG", progressive=True)
    start = data.index(b"\xff\xda")
    return data[:start] + data[start:-2] * count + b"\xff\xd9"


FAULTS = {
    "no-image": (b"no picture", {"image-format"}),
    "empty": (b"", {"image-format"}),
    "gif": (picture(413, 531, "GIF", "L"), {"image-format"}),
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", {"image-format"}),
    "png-cut": (SPECIMEN.image[:5000], {"image-damaged"}),
    "png-header-alone": (b"\x89PNG\r\n\x1a\n", {"image-damaged"}),
    "jpeg-cut": (picture(413, 531, "JPEG")[:300], {"image-damaged"}),
    "bomb": (bomb(100_000, 100_000), {"image-limit"}),
    "bomb-jpeg": (picture(8000, 8000, "JPEG"), {"image-limit"}),
    "many-scans": (scans(200), {"image-limit"}),
    "many-bytes": (picture(413, 531) + bytes(10_000_000), {"image-limit"}),
    "small": (picture(100, 130), {"image-size"}),
    "too-wide": (picture(640, 480), {"image-wide"}),
    "too-narrow": (picture(300, 1000), {"image-narrow"}),
    "small-and-wide": (picture(239, 200), {"image-size", "image-wide"}),
    "small-and-narrow": (picture(100, 1000), {"image-size", "image-narrow"}),
}


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_by_name(name):
    portrait, expected = FAULTS[name]
    start = time.monotonic()
    found = judge_photograph.faults(portrait, None)
    assert {fault.reason for fault in found} == expected
    assert all(fault.field == "portrait" and fault.message and fault.hint for fault in found)
    assert judge_photograph.prepare(portrait, None) == (b"", found)
    assert time.monotonic() - start < 20  # nothing is decoded that is over the limits


# settings: 240 x 320 at least; a fifth of a side may be cut away to come to 35:45
@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((240, 320), set()),
        ((239, 320), {"image-size"}),
        ((240, 319), {"image-size"}),
        ((972, 1000), set()),  # 0.7778 / 0.8 = 0.9722
        ((973, 1000), {"image-wide"}),
        ((623, 1000), set()),  # 0.7778 * 0.8 = 0.6222
        ((622, 1000), {"image-narrow"}),
    ],
)
def test_boundaries_of_size_and_shape(size, expected):
    assert {fault.reason for fault in judge_photograph.faults(picture(*size), None)} == expected


@pytest.mark.parametrize(
    ("eyes", "expected"),
    [
        (((1e9, 238), (255, 238)), "eyes-outside"),
        (((158, 531), (255, 238)), "eyes-outside"),
        (((-1, 238), (255, 238)), "eyes-outside"),
        (((float("nan"), 238), (255, 238)), "eyes-outside"),
        (((158, 238), (158, 238)), "eyes-near"),
        (((158, 238), (217, 238)), "eyes-near"),  # 59 pixels; 60 in a token image
        (((158, 238), (218, 238)), None),
        (((158, 238), (255, 300)), "head-turned"),
        (((255, 238), (158, 238)), None),  # in either order
    ],
)
def test_where_the_eyes_are_said_to_be(eyes, expected):
    found = judge_photograph.faults(SPECIMEN.image, eyes)
    assert [(fault.field, fault.reason) for fault in found] == ([("portrait_eyes", expected)] if expected else [])


def test_a_head_too_near_to_the_edge():
    dg2, faults = judge_photograph.prepare(SPECIMEN.image, ((10.0, 20.0), (110.0, 20.0)))
    assert dg2 == b""
    assert [fault.reason for fault in faults] == ["image-unusable"]
    assert "edge" in faults[0].message


def test_a_cameras_orientation_is_obeyed():
    """A photograph taken upright with a camera on its side is as wide as it looks, not as it is stored."""
    exif = Image.Exif()
    exif[0x0112] = 6
    assert reasons(picture(1000, 750, "JPEG", exif=exif)) == set()
    assert reasons(picture(1000, 750, "JPEG")) == {("portrait", "image-wide")}


@pytest.mark.parametrize("mode", ["L", "1", "P", "RGBA", "I;16"])
def test_kinds_of_colour_are_converted(mode):
    dg2, faults = judge_photograph.prepare(picture(413, 531, "PNG", mode), None)
    assert (bool(dg2), faults) == (True, [])


def test_the_rules_are_those_that_are_shown():
    assert photograph_rules().smallest == (240, 320)
    assert photograph_rules().shape == (35, 45)
