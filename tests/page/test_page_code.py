"""A bar code comes in as a picture of any size and goes out module by module."""

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from tests.support.page_helpers import bar_code, payload
from tjdocs.errors import UsageError
from tjdocs.page.code import fit_code, modules_of
from tjdocs.page.page_layout import Box, CodePlace

PLACE = CodePlace(Box(100, 50, 388, 338), module=4, quiet=4)


@pytest.mark.parametrize("scale", [1, 2, 3, 7])
@pytest.mark.parametrize("quiet", [True, False])
@pytest.mark.parametrize("mode", ["1", "L"])
def test_modules_do_not_depend_on_how_they_come(scale, quiet, mode):
    expected = bar_code(payload(134), quiet=False)
    assert expected.size == (44, 44)
    modules = modules_of(bar_code(payload(134), scale=scale, quiet=quiet).convert(mode))
    assert modules.mode == "1"
    assert modules.convert("L").tobytes() == expected.tobytes()


@settings(max_examples=40, deadline=None)
@given(data=st.binary(min_size=1, max_size=200), scale=st.integers(1, 5))
def test_every_code_is_read_back_as_printed(data, scale):
    printed, box = fit_code(bar_code(data, scale=scale), PLACE)
    assert PLACE.box.holds(box)
    assert box[2:] == PLACE.box[2:]
    assert printed.size == (box.width, box.height)
    # of Data Matrix alone: now and then its modules hold a short linear code by chance
    found = zxingcpp.read_barcodes(printed.convert("L"), formats=zxingcpp.BarcodeFormat.DataMatrix)
    assert [symbol.bytes for symbol in found] == [data]


@pytest.mark.parametrize("kind", [zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.Aztec])
def test_other_symbologies_are_printed_alike(kind):
    symbol = memoryview(zxingcpp.create_barcode(payload(134), kind).to_image(scale=3))
    picture = Image.frombytes("L", symbol.shape[::-1], symbol.tobytes())
    printed, _ = fit_code(picture, PLACE)
    assert zxingcpp.read_barcodes(printed.convert("L"))[0].bytes == payload(134)


def test_module_is_as_wide_as_the_layout_says():
    printed, box = fit_code(bar_code(payload(134), scale=9), PLACE)
    assert box.width == (44 + 2 * 4) * 4
    dark = ImageOps.invert(printed.convert("L"))
    assert dark.getbbox() == (16, 16, box.width - 16, box.width - 16)


def test_too_large_a_code_is_refused_by_name():
    with pytest.raises(UsageError, match="too large") as caught:
        fit_code(bar_code(payload(300)), PLACE)
    assert caught.value.where == "code"
    assert caught.value.hint == "64 modules at most"


def slanted():
    return bar_code(payload(20), scale=4).rotate(10, fillcolor=255)


@pytest.mark.parametrize(
    "picture",
    [
        b"",
        None,
        Image.new("L", (40, 40), 255),
        Image.new("L", (40, 40), 0),
        Image.new("RGB", (40, 40)),
        Image.new("L", (4, 4)),
        Image.new("L", (0, 0)),
        Image.new("1", (3000, 3000)),
        slanted().crop((2, 0, 70, 70)),
    ],
    ids=["bytes", "nothing", "white", "black", "colour", "small", "empty", "huge", "slanted"],
)
def test_what_is_no_code_is_refused(picture):
    with pytest.raises(UsageError) as caught:
        fit_code(picture, CodePlace(Box(0, 0, 240, 240), module=4, quiet=4))
    assert caught.value.where == "code"
