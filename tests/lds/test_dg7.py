"""DG7: displayed signature or usual mark (Doc 9303-10, 4.7.7)."""

import pytest

from tjdocs.errors import UsageError
from tjdocs.lds import LdsError
from tjdocs.lds.dg7 import Dg7

JPEG = b"\xff\xd8\xff\xe0 specimen"


def test_the_file_is_a_number_and_bare_images():
    # tag 67, number of images under 02, each image under 5F43
    data = b"\x67" + bytes([3 + 3 + len(JPEG)]) + b"\x02\x01\x01\x5f\x43" + bytes([len(JPEG)]) + JPEG
    assert Dg7((JPEG,)).encode() == data
    assert Dg7.parse(data).images == (JPEG,)
    two = Dg7((JPEG, JPEG + b"2"))
    assert Dg7.parse(two.encode()) == two


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x67\x00",
        b"\x65\x03\x02\x01\x00",
        b"\x67\x03\x02\x01\x01",
        b"\x67\x07\x02\x01\x02\x5f\x43\x01\xff",
        b"\x67\x04\x5f\x43\x01\xff",
        b"\x67\x07\x02\x01\x01\x5f\x40\x01\xff",
        b"\x67\x09\x02\x01\x01",
    ],
)
def test_what_is_no_dg7(data):
    with pytest.raises(LdsError):
        Dg7.parse(data)


@pytest.mark.parametrize("images", [(), (b"GIF89a",), (JPEG,) * 10])
def test_what_no_reader_could_read_is_not_written(images):
    with pytest.raises(UsageError) as caught:
        Dg7(images).encode()
    assert caught.value.where == "images"


def test_no_picture_in_repr():
    assert "specimen" not in repr(Dg7((JPEG,)))
