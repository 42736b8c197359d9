"""What an image's header asks a decoder to do is looked at before a decoder sees it, by every door."""

import ast
import io
from pathlib import Path
from struct import pack

import pytest
from PIL import Image, ImageFile

from tests.support import builders as b
from tjdocs import image_header, images, limits, seal
from tjdocs.errors import InputError, UsageError
from tjdocs.inspection import Evidence, examine
from tjdocs.page import pictures
from tjdocs.pki import TrustStore
from tjdocs.portrait import face_finder, judge_photograph, prepare, signature_picture
from tjdocs.portrait.face_image import open_image

SOURCE = Path(__file__).parents[1] / "src/tjdocs"
READERS = {"images.py", "portrait/face_image.py", "mrz/ocr/image_file.py"}


def coded(form: str, size: tuple[int, int] = (300, 400), mode: str = "RGB", **options) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, "white").save(out, form, **options)
    return out.getvalue()


def refused_by_seal(data):
    with pytest.raises(seal.BarCodeError, match="not a readable picture"):
        seal.read_bar_codes(data)
    examined = examine(Evidence(seal=data), TrustStore.of(()), at=b.AT)
    assert ("seal.structure", "no-picture") in [(f.check, f.reason) for f in examined.findings]


def refused_by_page(data):
    reader = pytest.importorskip("tjdocs.mrz.ocr.read_image")
    with pytest.raises(InputError, match=r"a (damaged picture|picture that is not decoded)"):
        reader.read(data, at=b.AT)


def refused_by_face(data):
    assert open_image(data).code in ("image-damaged", "image-limit")


def refused_by_photograph(data):
    assert next(fault.reason for fault in judge_photograph.faults(data, None)) in ("image-damaged", "image-limit")


def refused_by_face_finder(data):
    assert face_finder._grey(data) is None


def refused_by_signature(data):
    assert [fault.reason for fault in signature_picture.prepare(data)[1]] == ["image-damaged"]


def refused_by_portrait(data):
    with pytest.raises(UsageError, match=r"cannot be read|over the limits"):
        prepare(data)


def refused_by_printing(data):
    with pytest.raises(UsageError, match="not a readable picture"):
        pictures.open_picture(data, where="portrait")


JPEG_DOORS = (
    refused_by_seal, refused_by_page, refused_by_face, refused_by_photograph, refused_by_face_finder,
    refused_by_signature, refused_by_portrait, refused_by_printing,
)  # fmt: skip
JPEG_2000_DOORS = JPEG_DOORS[1:]


@pytest.fixture
def undecoded(monkeypatch):
    """Fail where Pillow is handed a file."""
    monkeypatch.setattr(ImageFile.ImageFile, "__init__", lambda *_, **__: pytest.fail("a decoder has the file"))


def claiming(frame: int) -> bytes:
    """Return a plain JPEG whose frame header names another process; no decoder of that process could read it."""
    return coded("JPEG").replace(b"\xff\xc0", bytes((0xFF, frame)))


@pytest.mark.parametrize("refused", JPEG_DOORS)
def test_an_arithmetic_jpeg_is_handed_to_no_decoder(refused, undecoded):
    refused(claiming(0xC9))


@pytest.mark.parametrize("frame", [0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF])
def test_each_frame_of_arithmetic_coding_is_named(frame):
    data = claiming(frame)
    for behind in (data, data[:20] + b"between\xff\0\xff\xff\xff\x01" + data[20:]):  # as decoders pass over
        with pytest.raises(images.ArithmeticCodingError):
            images.check_coding(behind)
    assert open_image(data).detail == "ArithmeticCodingError"


def test_scans_are_those_of_the_picture_alone():
    """A camera writes a video behind the picture's end, and FF DA is in it by chance."""
    data = coded("JPEG")
    video = b"\xff\xda\0\1" * 100_000
    assert (head(data + video).scans, head(data + video).metadata) == (1, True)
    assert (head(data).metadata, head(data + bytes(9)).metadata) == (False, False)
    assert open_image(data + video).size == (300, 400)
    assert images.most_pixels(data + video) >= images.most_pixels(data)
    note = b"\xff\xfe" + pack(">H", 2 + 40) + b"\xff\xda\xff\xd9" * 10  # in a comment, an end too
    assert head(data[:2] + note + data[2:]).scans == 1
    # every scan of the picture counts, also where the end comes after more segments than are looked at, or never
    scan = data[data.rindex(b"\xff\xda") : -2]
    for many in (3, 50, 1000):
        assert head(data[:-2] + scan * many + data[-2:] + video).scans >= 1 + many
        assert head(data[:-2] + scan * many).scans == 1 + many
    progressive = coded("JPEG", progressive=True)
    assert head(progressive).scans == progressive.count(b"\xff\xda") > 1


def test_a_marker_in_a_scan_hides_no_scan():
    """Restart markers, filling and segments between two scans are passed over as decoders do."""
    data = coded("JPEG")
    scan = data[data.rindex(b"\xff\xda") : -2]
    for between in (b"\xff\xd0\xff\0\xff\xff", b"\xff\xe1\0\6\xff\xd9\xff\xd9", b"\xff\1\xff\xd7", b"\xff\xfe\0\0"):
        assert head(data[:-2] + between + scan + data[-2:]).scans == 2


def test_conditions_of_arithmetic_coding_are_refused():
    data = coded("JPEG")
    with pytest.raises(images.ArithmeticCodingError):
        images.check_coding(data[:2] + b"\xff\xcc\0\4\0\x10" + data[2:])


@pytest.mark.parametrize("progressive", [False, True])
def test_other_jpegs_are_read_whatever_their_segments_contain(progressive):
    data = coded("JPEG", progressive=progressive)
    note = b"\xff\xc9\0\x0b\x08\0\1\0\1\1\1\x11\0"  # a frame header in a comment
    noted = data[:2] + b"\xff\xfe" + pack(">H", 2 + len(note)) + note + data[2:]
    images.check_coding(noted)
    assert open_image(noted).size == (300, 400)


def test_a_jpeg_without_a_frame_is_handed_to_no_decoder(undecoded):
    refused_by_seal(b"\xff\xd8\xff\xe0\0\2\xff\xd9")


def tiff(strip: bytes = bytes(300 * 400), compression: int = 1, further=()) -> bytes:
    """Return a TIFF file of one strip."""
    fields = (
        (256, 4, 300), (257, 4, 400), (258, 3, 8), (259, 3, compression), (262, 3, 1), (273, 4, 8), (277, 3, 1),
        (278, 4, 400), (279, 4, len(strip)), *further,
    )  # fmt: skip
    entries = [pack("<HHII", tag, kind, 1, value) for tag, kind, value in fields]
    strip += bytes(len(strip) % 2)
    return pack("<4sI", b"II*\0", 8 + len(strip)) + strip + pack("<H", len(entries)) + b"".join(entries) + bytes(4)


@pytest.mark.parametrize("compression", [6, 7, 34712, 34925, 50000, 50001, 1000])
def test_another_coding_in_a_tiff_is_handed_to_no_decoder(undecoded, compression):
    """JPEG in it has scans and tables in any number of strips, which may be the same bytes."""
    refused_by_page(tiff(coded("JPEG", mode="L"), compression))
    reader = pytest.importorskip("tjdocs.mrz.ocr.read_image")
    with pytest.raises(InputError, match="a picture that is not decoded: image") as refused:
        reader.read(tiff(coded("JPEG", mode="L"), compression), at=b.AT)
    assert refused.value.hint == "a coding that is not decoded in TIFF"


TILED = {  # each is no bigger than some kilobytes, and asks for gigabytes or minutes
    "one tile larger than the picture": ((322, 4, 64_000), (323, 4, 64_000)),
    "many tiles, each wider than the picture": ((322, 4, 60_000), (323, 4, 16)),
    "a field twice": ((256, 4, 1),),
    "half a tile": ((322, 4, 16),),
    "a tile of no width": ((322, 4, 0), (323, 4, 16)),
    "a width of another type": ((322, 12, 16), (323, 4, 16)),
}


@pytest.mark.parametrize("name", TILED)
def test_tiles_larger_than_the_picture_are_handed_to_no_decoder(undecoded, name):
    refused_by_page(tiff(further=TILED[name]))


def test_a_tiff_cut_in_its_directory_is_handed_to_no_decoder(undecoded):
    refused_by_page(tiff()[:-40])


@pytest.mark.parametrize("options", [{}, {"compression": "tiff_lzw"}, {"compression": "tiff_adobe_deflate"}, {"compression": "packbits"}])
def test_usual_tiffs_are_opened(options):
    images.check_coding(coded("TIFF", **options))
    images.check_coding(tiff(further=((322, 4, 304), (323, 4, 416))))
    images.check_coding(coded("TIFF", mode="1", compression="group4"))


def test_a_narrow_jpeg_counts_the_blocks_that_are_coded(monkeypatch):
    """Each of its pixels is a row of a block."""
    wide, narrow = coded("JPEG", (800, 800), mode="L"), coded("JPEG", (1, 6400), mode="L")
    monkeypatch.setattr(limits, "SCANNED_PIXELS", 1_000_000)
    assert images.most_pixels(wide) == 1_000_000
    assert images.most_pixels(narrow) == 1_000_000 // 16


@pytest.mark.parametrize("size", [(1, 30_000), (30_000, 1), (70_000, 1)])
def test_a_picture_of_a_seal_with_a_very_long_side_is_a_limit(size):
    """The library that reads bar codes raises at 65,535 pixels, also where a picture was enlarged."""
    data = coded("PNG", size, "L")
    with pytest.raises(seal.BarCodeError, match="too large"):
        seal.read_bar_codes(data)
    examined = examine(Evidence(seal=data), TrustStore.of(()), at=b.AT)
    assert ("seal.structure", "limit") in [(f.check, f.reason) for f in examined.findings]


def test_pillow_opens_files_behind_this_check_alone():
    for path in SOURCE.rglob("*.py"):
        name, text = path.relative_to(SOURCE).as_posix(), path.read_text(encoding="utf-8")
        opens = any(isinstance(node, ast.Call) and ast.unparse(node.func) == "Image.open" for node in ast.walk(ast.parse(text)))
        assert not opens or name == "images.py", name
        assert "ImagePlugin" not in text or name in READERS, name
        assert name not in READERS or "check_coding(data)" in text, name


# ------------------------------------------------------------------------------------------------------------ JPEG 2000


def planes(data: bytes, exponent: int) -> bytes:
    """Return a JPEG 2000 file whose quantization claims more bit planes than its blocks have."""
    at = data.index(b"\xff\x5c")
    end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return data[: at + 5] + bytes([exponent << 3]) * (end - at - 5) + data[end:]


def head(data: bytes) -> image_header.ImageHead:
    claims = image_header.head(data)
    assert claims is not None
    return claims


@pytest.mark.parametrize("bare", [False, True])
def test_the_bit_planes_of_a_jpeg_2000_bound_its_pixels(bare):
    plain = coded("JPEG2000", (1200, 1200), no_jp2=bare)
    assert (head(plain).components, head(plain).planes) == (3, 11)
    assert images.most_pixels(plain) > 1_000_000
    assert open_image(plain).size == (1200, 1200)
    costly = planes(plain, 29)
    assert head(costly).planes == 30
    assert images.most_pixels(costly) < 1200 * 1200
    assert open_image(costly).code == "image-limit"
    assert images.most_pixels(coded("JPEG2000", (1200, 1200), "L")) == pytest.approx(3 * images.most_pixels(plain), rel=0.01)


def test_a_jpeg_2000_of_the_field_is_far_below_the_bound():
    """413 x 531 pixels in 15 kB, of 11 planes without loss and 15 with it (ICAO's and the BSI's specimens)."""
    for most_planes in (11, 15):
        assert limits.bit_planes(15_000) // (3 * (most_planes + 8)) > 4 * 413 * 531
    assert open_image(coded("JPEG2000", (413, 531))).size == (413, 531)


def test_planes_are_looked_for_wherever_a_decoder_reads_them():
    data = coded("JPEG2000", no_jp2=True)
    quantization = data[data.index(b"\xff\x5c") :][: 4 + 16 + 1]
    large = planes(quantization, 25)
    first_tile, packets = data.index(b"\xff\x90"), data.index(b"\xff\x93")
    size = int.from_bytes(data[first_tile + 6 : first_tile + 10], "big")

    def in_tile(segment: bytes) -> bytes:
        part = data[first_tile : first_tile + 6] + pack(">I", size + len(segment)) + data[first_tile + 10 : packets]
        return data[:first_tile] + part + segment + data[packets:]

    assert head(data).planes == 11
    assert head(data[:first_tile] + large + data[first_tile:]).planes == 26
    assert head(in_tile(large)).planes == 26
    one = b"\xff\x5d" + pack(">H", len(large) - 1) + b"\1" + large[4:]  # of one component
    assert head(data[:first_tile] + one + data[first_tile:]).planes == 26
    # a region of interest, a segment without a known meaning, a tile that ends within its own header, a damaged style
    assert head(in_tile(b"\xff\x5e\0\5\0\0\x10")).planes == 30
    assert head(data[:first_tile] + b"\xff\x7f\0\2" + data[first_tile:]).planes == 30
    assert head(data[: first_tile + 6] + pack(">I", 12) + data[first_tile + 10 :]).planes == 30
    assert head(data.replace(quantization[:5], quantization[:4] + b"\x5f")).planes == 30
    # nothing behind the last tile, or its length left open
    assert head(data[:-2]).planes == 11
    assert head(data[: first_tile + 6] + bytes(4) + data[first_tile + 10 :]).planes == 11


def of_components(count: int) -> bytes:
    """Return a JPEG 2000 file whose codestream claims more components than its header does."""
    data = coded("JPEG2000", (32, 32))
    at = data.index(b"\xff\x4f\xff\x51")
    length = 38 + 3 * count
    siz = pack(">H", length) + data[at + 6 : at + 40] + pack(">H", count) + b"\7\1\1" * count
    return data[: at + 4] + siz + data[at + 4 + 47 :]


@pytest.mark.parametrize("refused", JPEG_2000_DOORS)
def test_a_jpeg_2000_of_many_components_is_handed_to_no_decoder(refused, undecoded):
    """A decoder has a table for each component of each tile before it has read either."""
    claims = head(of_components(5))
    assert claims.components == 5 > limits.COMPONENTS
    refused(of_components(5))


@pytest.mark.parametrize("refused", JPEG_2000_DOORS)
def test_a_jpeg_2000_of_many_tiles_is_handed_to_no_decoder(refused, undecoded):
    data = bytearray(coded("JPEG2000"))
    at = data.index(b"\xff\x4f\xff\x51") + 24
    data[at : at + 8] = pack(">II", 2, 2)
    assert head(bytes(data)).tiles > limits.TILES
    refused(bytes(data))


def of_layers(layers: int, *, order: bytes = b"") -> bytes:
    """Return an image whose header says that it has so many layers; precincts of 16 x 16 samples."""
    data = coded("JPEG2000", precinct_size=(16, 16))
    at = data.index(b"\xff\x52")
    data = data[: at + 6] + pack(">H", layers) + data[at + 8 :]
    end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return data[:end] + order + data[end:]


@pytest.mark.parametrize("refused", JPEG_2000_DOORS)
def test_a_jpeg_2000_of_many_layers_is_handed_to_no_decoder(refused, undecoded):
    claims = head(of_layers(1))
    assert 19 * 25 * 3 <= claims.precincts == claims.packets <= limits.PRECINCTS
    layers = limits.PACKETS // claims.precincts
    images.check_coding(of_layers(layers))
    refused(of_layers(layers + 1))


def test_a_change_of_the_order_of_packets_counts_as_many():
    order = b"\xff\x5f\0\x09\0\0\0\1\1\1\0"
    assert head(of_layers(2, order=order)).packets > 10 * head(of_layers(2)).packets


@pytest.mark.parametrize("refused", JPEG_2000_DOORS)
def test_a_jpeg_2000_of_many_precincts_is_handed_to_no_decoder(refused, undecoded):
    data = bytearray(coded("JPEG2000", precinct_size=(16, 16)))
    at = data.index(b"\xff\x52")
    end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    data[at + 14 : end] = bytes(end - at - 14)  # precincts of one sample
    assert head(bytes(data)).precincts > limits.PRECINCTS
    refused(bytes(data))


@pytest.mark.parametrize("refused", JPEG_2000_DOORS)
def test_a_jpeg_2000_without_a_codestream_is_handed_to_no_decoder(refused, undecoded):
    data = coded("JPEG2000")
    refused(data[: data.index(b"jp2c") - 4])


def test_of_a_jpeg_2000_cut_in_its_header_that_is_said():
    data = coded("JPEG2000")
    for cut in (data[: data.index(b"\xff\x51") + 9], data[: data.index(b"\xff\x52") + 9]):
        with pytest.raises(ValueError, match="the file is cut in it"):
            images.check_coding(cut)
        assert "cut" in open_image(cut).detail
    with pytest.raises(ValueError, match="no frame header: the file is cut before it"):
        images.check_coding(coded("JPEG")[:40])


PORTRAITS = [((1200, 1600), 30_000), ((1200, 1600), 15_000), ((900, 1200), 15_000), ((413, 531), 15_000)]


@pytest.mark.parametrize("irreversible", [True, False])
@pytest.mark.parametrize(("size", "length"), PORTRAITS)
def test_a_large_portrait_in_a_short_jpeg_2000_is_decoded(size, length, irreversible):
    across = Image.linear_gradient("L").resize(size)
    noise = Image.effect_noise(size, 20)
    picture = Image.merge("RGB", [across, noise, Image.blend(across, noise, 0.5)])
    out = io.BytesIO()
    rate = size[0] * size[1] * 3 / length
    picture.save(out, "JPEG2000", irreversible=irreversible, quality_mode="rates", quality_layers=[rate])
    assert len(out.getvalue()) <= length * 1.1
    assert open_image(out.getvalue()).size == size


HIDING = {
    "a marker without a length": b"\xff\x30",
    "a marker that nobody knows": b"\xff\x7a\0\2",
    "a segment longer than the file": b"\xff\x64\xff\xff\0\1",
    "more levels than there may be": b"\xff\x53\0\x09\0\0\xff\4\4\0\0",
    "segments without end": b"\xff\x64\0\4\0\1" * 5000,
}


@pytest.mark.parametrize("name", HIDING)
@pytest.mark.parametrize("refused", [refused_by_page, refused_by_face])
def test_a_jpeg_2000_header_that_hides_its_coding_is_handed_to_no_decoder(refused, undecoded, name):
    """A decoder goes on at the next marker that it knows, and finds the coding that was passed over here."""
    data = coded("JPEG2000")
    at = data.index(b"\xff\x52")
    changed = data[:at] + HIDING[name] + data[at:]
    claims = image_header.head(changed)
    assert claims is None or claims.packets > limits.PACKETS
    refused(changed)
