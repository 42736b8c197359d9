"""Bar codes: drawn and read again, in every symbology, turned, worn, among others; hostile pictures are refused."""

import io
import random
import struct
import subprocess
import sys
import zlib

import pytest
from PIL import Image, ImageFilter, ImageOps

from tests.support import seals_made as s
from tjdocs.errors import TjdocsError, UsageError
from tjdocs.seal import BarCodeError, draw_bar_code, read_bar_codes
from tjdocs.seal.bar_code import is_picture, read_bar_code, symbologies

SEAL = s.made()
SYMBOLOGIES = ("data-matrix", "qr", "aztec")


def png(picture: Image.Image, kind="PNG", **more) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **more)
    return file.getvalue()


def test_symbologies():
    assert symbologies() == SYMBOLOGIES


@pytest.mark.requirement("ICAO-SEAL")
@pytest.mark.parametrize("symbology", SYMBOLOGIES)
@pytest.mark.parametrize("module", [1, 2, 4, 11])
def test_drawn_and_read_again(symbology, module):
    picture = draw_bar_code(SEAL, symbology, module)
    assert picture.mode == "L"
    assert picture.width % module == picture.height % module == 0
    assert {value for _, value in picture.getcolors()} == {0, 255}
    assert read_bar_code(png(picture)) == SEAL
    assert read_bar_code(png(picture, "JPEG", quality=60)) == SEAL or module == 1


def test_sizes():
    """134 bytes, in modules without quiet zone: the symbologies' own tables."""
    assert len(SEAL) == 134
    assert [draw_bar_code(SEAL, name, 1, quiet=0).size for name in SYMBOLOGIES] == [(44, 44), (49, 49), (53, 53)]
    assert draw_bar_code(SEAL).size == (208, 208)
    assert draw_bar_code(SEAL, quiet=2, module=3).size == (144, 144)


@pytest.mark.parametrize("symbology", SYMBOLOGIES)
@pytest.mark.parametrize("size", [1, 66, 300, 900])
def test_any_bytes_survive(symbology, size):
    data = b"\xdc" + random.Random(size).randbytes(size - 1)
    assert read_bar_code(png(draw_bar_code(data, symbology, 3))) == data


@pytest.mark.parametrize("symbology", SYMBOLOGIES)
@pytest.mark.parametrize("angle", [3, 45, 90, 131, 180, 270, 333])
def test_turned(symbology, angle):
    turned = draw_bar_code(SEAL, symbology).rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor=255)
    assert read_bar_code(png(turned)) == SEAL


@pytest.mark.parametrize("symbology", SYMBOLOGIES)
def test_worn(symbology):
    """Blurred, noisy, on coloured paper, small on a large page."""
    code = draw_bar_code(SEAL, symbology)
    draw = random.Random(9303)
    noisy = code.filter(ImageFilter.GaussianBlur(1.2)).point(lambda value: value // 2 + 60)
    noise = Image.frombytes("L", code.size, bytes(draw.randrange(40) for _ in range(code.width * code.height)))
    worn = Image.blend(noisy, noise, 0.2)
    assert read_bar_code(png(worn)) == SEAL
    page = Image.new("RGB", (1240, 1754), "#d8f0d0")
    page.paste(code, (900, 1400))
    assert read_bar_code(png(page, "JPEG", quality=70)) == SEAL


@pytest.mark.parametrize("symbology", SYMBOLOGIES)
@pytest.mark.parametrize("width", [600, 2400])
def test_light_on_dark(symbology, width):
    page = Image.new("L", (width, width), 255)
    page.paste(draw_bar_code(SEAL, symbology, width // 150), (40, 60))
    assert read_bar_code(png(ImageOps.invert(page))) == SEAL


def test_transparent_and_other_modes():
    code = draw_bar_code(SEAL)
    clear = Image.new("RGBA", code.size)
    clear.paste((0, 0, 0, 255), mask=code.point(lambda value: 255 - value))
    assert read_bar_code(png(clear)) == SEAL
    for mode in ("1", "P", "LA", "RGB"):
        assert read_bar_code(png(code.convert(mode))) == SEAL


def test_among_other_codes():
    other = draw_bar_code(b"https://example.org/", "qr")
    code = draw_bar_code(SEAL)
    page = Image.new("L", (900, 400), 255)
    page.paste(other, (20, 20))
    page.paste(code, (300, 20))
    assert read_bar_codes(png(page)) == [SEAL]
    page.paste(draw_bar_code(SEAL, "aztec"), (600, 20))
    assert read_bar_code(png(page)) == SEAL  # the same seal twice is one


def test_several_seals_are_all_found_and_none_is_chosen():
    page = Image.new("L", (700, 300), 255)
    others = [SEAL, s.made(reference="5C")]
    for place, data in zip((20, 320), others, strict=True):
        page.paste(draw_bar_code(data), (place, 20))
    assert sorted(read_bar_codes(png(page))) == sorted(others)
    with pytest.raises(BarCodeError) as caught:
        read_bar_code(png(page))
    assert caught.value.reason == "several"


@pytest.mark.parametrize(
    ("reason", "picture"),
    [
        ("no-code", png(Image.new("L", (200, 200), 255))),
        ("no-code", png(Image.new("L", (1, 1)))),
        ("no-code", png(draw_bar_code(b"PARKING"))),
        ("no-code", png(draw_bar_code(SEAL).crop((0, 0, 100, 208)))),
        ("no-picture", b""),
        ("no-picture", SEAL),
        ("no-picture", b"GIF89a" + bytes(100)),
        ("no-picture", png(draw_bar_code(SEAL))[:150]),
        ("no-picture", png(draw_bar_code(SEAL))[:30]),
        ("no-picture", b"\xff\xd8\xff" + bytes(100)),
    ],
)
def test_pictures_without_a_seal(reason, picture):
    with pytest.raises(BarCodeError) as caught:
        read_bar_code(picture)
    assert caught.value.reason == reason
    assert isinstance(caught.value, TjdocsError)
    assert caught.value.hint


def header_of(width: int, height: int) -> bytes:
    """Return a PNG that announces a size and holds next to nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("size", [(8000, 5001), (60_000, 60_000), (1, 40_000_001), (10_000, 10_000)])
def test_a_forged_size_is_refused_before_decoding(size, monkeypatch):
    monkeypatch.setattr(Image.Image, "convert", lambda *_, **__: pytest.fail("decoded"))
    with pytest.raises(BarCodeError) as caught:
        read_bar_code(header_of(*size))
    assert caught.value.reason == "limit"


def test_beginnings():
    assert is_picture(png(draw_bar_code(SEAL)))
    assert is_picture(png(draw_bar_code(SEAL), "JPEG"))
    for kind in ("BMP", "GIF", "TIFF", "JPEG2000", "WEBP"):  # pictures, though none that is read
        assert is_picture(png(draw_bar_code(SEAL), kind))
        with pytest.raises(BarCodeError) as caught:
            read_bar_code(png(draw_bar_code(SEAL), kind))
        assert caught.value.reason == "no-picture"
    assert not is_picture(SEAL)
    assert not is_picture(b"")


@pytest.mark.parametrize(
    "arguments",
    [
        {"data": b""},
        {"data": "text"},
        {"data": bytes(5000)},
        {"symbology": "pdf417"},
        {"symbology": None},
        {"module": 0},
        {"module": 65},
        {"module": 1.5},
        {"quiet": -1},
        {"quiet": 65},
    ],
    ids=repr,
)
def test_bad_calls(arguments):
    with pytest.raises(UsageError) as caught:
        draw_bar_code(**{"data": SEAL, **arguments})
    assert caught.value.hint


def test_without_numpy():
    """Drawing and reading need no numpy, which is an extra."""
    program = (
        "import sys, io; sys.modules['numpy'] = None\n"
        "from tjdocs.seal.bar_code import draw_bar_code, read_bar_code\n"
        "file = io.BytesIO(); draw_bar_code(b'\\xdc1').save(file, 'PNG')\n"
        "assert read_bar_code(file.getvalue()) == b'\\xdc1'\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


@pytest.mark.parametrize(
    ("symbology", "size", "modules"),
    [
        ("data-matrix", 142, 44),  # ISO/IEC 16022, table 7: 144 codewords, of which two switch to bytes and count them
        ("data-matrix", 143, 48),
        ("qr", 105, 41),  # ISO/IEC 18004, table 7: version 6-M holds 106 bytes, one of them for the designator
        ("qr", 106, 45),
    ],
)
def test_the_designator_before_the_bytes(symbology, size, modules):
    """None in Data Matrix, where libdmtx hands it over as content; that of ISO-8859-1 in QR, by trial."""
    data = bytes(0x80 + 37 * n % 0x80 for n in range(size))
    assert draw_bar_code(data, symbology, module=1, quiet=0).size == (modules, modules)


@pytest.mark.parametrize("size", [20, 40, 60, 90, 98, 134, 300])
def test_symbols_are_square(size):
    """Longer rectangles than 16 x 48 are ISO/IEC 21471's, not ISO/IEC 16022's."""
    for symbology in symbologies():
        width, height = draw_bar_code(bytes((0xDC,)) + bytes(size - 1), symbology, module=1).size
        assert width == height
