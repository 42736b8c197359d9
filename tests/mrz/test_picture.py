"""Zones read from pictures: scans and photographs of every format, damaged ones, and whatever is no picture."""

import io
import json
import os
import sys
from functools import cache

import cv2
import numpy as np
import pytest
from PIL import Image

from tests.support.hard_pictures import TROUBLES, askew, sent
from tests.support.mrz_zones import errors
from tests.support.pictures import (
    AT,
    FORMATS,
    HELD_OUT,
    SHEETS,
    TUNING,
    Picture,
    damaged,
    draw_page,
    figure,
    flatbed,
    photograph,
    random_lines,
    seeded,
)
from tjdocs import mrz, specs
from tjdocs.cli import main
from tjdocs.errors import InputError, SpecError, UsageError

cv2.setNumThreads(1)  # the tests themselves run on every processor
SHARE = 1 if os.environ.get("TJDOCS_SWEEP") == "full" else 10


def read(picture, **options):
    return mrz.read(picture.image if isinstance(picture, Picture) else picture, at=AT, **options)


@cache
def scan(name="TD3"):
    """One clean scan of a format, small enough to be read often."""
    return flatbed(7, HELD_OUT, 150, name, noise=4, blur=0.03)


# --- what is read ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize(("dpi", "seed"), [(300, 1), (150, 2)])
def test_scans_of_every_format(name, dpi, seed):
    picture = flatbed(seed, HELD_OUT, dpi, name)
    zone = read(picture)
    assert (zone.format, zone.lines) == (name, picture.lines)
    assert zone.valid
    assert (zone.repaired, zone.repair.read) == (False, picture.lines)


@pytest.mark.parametrize(("seed", "width"), [(21, 600), (22, 640), (23, 900), (24, 1300), (25, 2200), (26, 3900)])
def test_photographs_of_any_size(seed, width):
    picture = photograph(seed, HELD_OUT, width=width)
    zone = read(picture)
    assert zone.lines == picture.lines
    assert zone.valid


@pytest.mark.parametrize("turn", [90, 180, 270, 8, -11])
def test_any_way_up(turn):
    picture = scan("TD1")
    assert read(picture.image.rotate(turn, expand=True, fillcolor="#ddd")).lines == picture.lines


def test_a_page_that_is_bent():
    """The zone's lines are arcs, as on the page of a booklet that lies open."""
    picture = flatbed(3, HELD_OUT, 200, "TD3", turn=0, noise=5)
    pixels = np.asarray(picture.image)
    bent = np.full_like(pixels, 230)
    for x in range(pixels.shape[1]):
        sag = round(12 * (2 * x / pixels.shape[1] - 1) ** 2)
        bent[: pixels.shape[0] - sag, x] = pixels[sag:, x]
    assert read(Image.fromarray(bent)).lines == picture.lines


def test_faint_print_on_a_dark_page():
    picture = scan("TD2")
    dark = Image.fromarray((np.asarray(picture.image, np.float32) * 0.2 + 40).astype(np.uint8))
    assert read(dark).lines == picture.lines


def test_print_on_a_strong_colour():
    """Black print on a page that is dark in brightness, pale in one colour."""
    picture = scan("TD3")
    red = np.asarray(picture.image.convert("L"), np.float32)
    noise = np.random.default_rng(5).normal(0, 60, red.shape)
    pixels = np.stack([red, np.clip(red * 0.3 + noise, 0, 255), np.clip(red * 0.3 + noise, 0, 255)], axis=-1)
    assert read(Image.fromarray(pixels.astype(np.uint8))).lines == picture.lines


# --- figures of standards, leaflets and screens -----------------------------------------------------------------------------


@pytest.mark.parametrize("turn", [-45, -33, -22, 22, 28, 38, 45, 55, 68, 135, 205])
@pytest.mark.parametrize("name", ["TD1", "TD3"])
def test_askew_by_any_angle(name, turn):
    picture = figure(turn, name, turn=turn)
    zone = read(picture)
    assert (zone.format, zone.lines, zone.valid) == (name, picture.lines, True)


@pytest.mark.parametrize("gap", [1.4, 1.8, 2.1, 2.4, 3.2])
@pytest.mark.parametrize("name", FORMATS)
def test_lines_at_any_distance(name, gap):
    """Three lines of TD1 more than 2.2 pitches apart were read as two of TD2, with a 7 in each empty place."""
    picture = figure(7, name, gap=gap)
    zone = read(picture)
    assert (zone.format, zone.lines, zone.valid) == (name, picture.lines, True)


def test_askew_and_far_apart_and_small():
    picture = figure(5, "TD1", gap=2.4, turn=31, pitch=10)
    assert read(picture).lines == picture.lines


@pytest.mark.parametrize("weight", [-0.03, 0.05, 0.09])
def test_another_weight_of_print_leaves_no_doubt(weight):
    for seed in range(3):
        picture = figure(seed, "TD3", pitch=13, weight=weight)
        zone = read(picture)
        assert (zone.lines, zone.problems) == (picture.lines, ())


@pytest.mark.parametrize("seed", range(6))
def test_a_figure_with_a_line_covered_passes_nothing_wrong(seed):
    """Of three lines one is gone: the two others are no zone."""
    picture = figure(seed, "TD1", gap=2.4)
    pixels = np.array(picture.image)
    dark = np.flatnonzero(pixels.min(axis=(1, 2)) < 90)
    pixels[dark[-1] - 8 : dark[-1] + 3] = pixels[dark[-1] + 6]
    zone = read(Image.fromarray(pixels))
    assert not zone.valid


@pytest.mark.parametrize(("place", "other", "open_"), [
    ((1, 8), "M", True),  # another letter of a name: nothing refutes it
    ((1, 8), "8", False),  # no digit is in a name
    ((1, 3), "X", False),  # XJK is the code of no State
    ((2, 3), "B", False),  # the number's check digit is another
    ((2, 4), "H", True),  # 7 and H count the same
    ((2, 15), "O", False),  # no letter is in a date
])  # fmt: skip
def test_what_the_zone_refutes_is_no_doubt(place, other, open_):
    from tjdocs.mrz.ocr.ocr_b import CHARACTERS
    from tjdocs.mrz.ocr.read_image import _open

    text = "PPTJKERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL89702C<<5TJK7408122F3104150<<<<<<<<<<<<<<<2"
    fields = mrz.parse(text, at=AT).fields() | {"document_number": "L89702C"}
    zone = mrz.parse(mrz.make("TD3", **fields).text, at=AT)
    assert zone.valid
    near = np.zeros((2, 44, len(CHARACTERS)), bool)
    near[place[0] - 1, place[1] - 1, CHARACTERS.index(other)] = True
    doubted = _open(zone, near)
    assert doubted[place[0] - 1, place[1] - 1] == open_
    assert doubted.sum() == open_
    wrong = mrz.parse(zone.text.replace("L897", "L898"), at=AT)
    assert not wrong.valid
    assert _open(wrong, near)[place[0] - 1, place[1] - 1]  # what is wrong itself refutes nothing


# --- what is handed over --------------------------------------------------------------------------------------------------


def test_a_path_bytes_and_a_picture(tmp_path):
    picture = scan()
    path = tmp_path / "scan.png"
    path.write_bytes(picture.file())
    for given in (path, str(path), path.read_bytes(), bytearray(path.read_bytes()), picture.image):
        assert mrz.read(given, at=AT).lines == picture.lines
    assert picture.image.size == scan().image.size


FILES = {
    "JPEG": {"quality": 60},
    "PNG": {},
    "TIFF": {},
    "BMP": {},
    "GIF": {},
    "WEBP": {"quality": 80},
    "JPEG2000": {},
    "PPM": {},
}


@pytest.mark.parametrize("kind", FILES)
def test_kinds_of_files(kind):
    assert mrz.read(scan().file(kind, **FILES[kind]), at=AT).lines == scan().lines


def _alpha(image):
    clear = image.convert("RGBA")
    clear.putalpha(Image.new("L", image.size, 255))
    clear.paste((0, 0, 0, 0), (0, 0, image.width, 20))  # black, yet transparent
    return clear


def _wide(image):
    return Image.fromarray(np.asarray(image.convert("L")).astype(np.uint16) * 257)


def _palette_with_alpha(image):
    made = image.convert("L").quantize(64)
    made.info["transparency"] = 0
    return made


KINDS = {
    "grey": lambda image: image.convert("L"),
    "palette": lambda image: image.quantize(64),
    "palette with a transparent colour": _palette_with_alpha,
    "grey with alpha": lambda image: _alpha(image).convert("LA"),
    "alpha": _alpha,
    "CMYK": lambda image: image.convert("CMYK"),
    "YCbCr": lambda image: image.convert("YCbCr"),
    "16 bits": _wide,
    "32 bits": lambda image: Image.fromarray(np.asarray(image.convert("L")).astype(np.int32) * 1_000_000),
    "floats": lambda image: Image.fromarray(np.asarray(image.convert("L")).astype(np.float32) / 255),
}


@pytest.mark.parametrize("kind", KINDS)
def test_kinds_of_pixels(kind):
    assert read(KINDS[kind](scan().image)).lines == scan().lines


def test_16_bits_in_a_file():
    stream = io.BytesIO()
    _wide(scan().image).save(stream, "PNG")
    assert mrz.read(stream.getvalue(), at=AT).lines == scan().lines


def test_black_and_white_only():
    picture = flatbed(4, HELD_OUT, 300, "TD3", blur=0.02, noise=2)
    grey = np.asarray(picture.image.convert("L"))
    assert read(Image.fromarray(grey > 110)).lines == picture.lines


@pytest.mark.parametrize("orientation", [2, 3, 5, 6, 7, 8])
def test_exif_orientation(orientation):
    """Also the mirrored ones, which a reader that ignored it could not read."""
    back = {2: 0, 3: 3, 5: 5, 6: 2, 7: 6, 8: 4}  # the transposition that undoes each
    image = scan().image.transpose(Image.Transpose(back[orientation]))
    exif = Image.Exif()
    exif[0x0112] = orientation
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=90, exif=exif)
    assert mrz.read(stream.getvalue(), at=AT).lines == scan().lines


def test_damaged_exif_data_do_not_matter():
    stream = io.BytesIO()
    scan().image.save(stream, "JPEG", quality=90, exif=b"Exif\0\0MM\0*\0\0\0\x08\xff\xff" + b"\x01\x12" * 9)
    assert mrz.read(stream.getvalue(), at=AT).lines == scan().lines


@pytest.mark.parametrize("kind", ["GIF", "TIFF", "PNG", "WEBP"])
def test_of_several_pictures_the_first_is_read(kind):
    blank = Image.new("RGB", scan().image.size, "#cde")
    stream = io.BytesIO()
    scan().image.save(stream, kind, save_all=True, append_images=[blank, blank])
    assert mrz.read(stream.getvalue(), at=AT).lines == scan().lines


def _bomb():
    """A PNG of a few bytes that claims 60,000 by 60,000 pixels."""
    data = bytearray(_file(Image.new("1", (8, 8))))
    data[16:24] = (60_000).to_bytes(4, "big") * 2
    import zlib

    data[29:33] = zlib.crc32(bytes(data[12:29])).to_bytes(4, "big")
    return bytes(data)


def _file(image, kind="PNG"):
    stream = io.BytesIO()
    image.save(stream, kind)
    return stream.getvalue()


UNUSABLE = {
    "nothing": b"",
    "text": b"PPTJKERIKSSON<<ANNA",
    "a PDF": b"%PDF-1.7\n1 0 obj",
    "only a mark": b"\x89PNG\r\n\x1a\n",
    "only a JPEG's mark": b"\xff\xd8\xff\xe0",
    "only a TIFF's mark": b"II*\0\x08\0\0\0",
    "only a WebP's mark": b"RIFF\x10\0\0\0WEBPVP8 ",
    "a bomb": _bomb(),
    "a large PPM": b"P6 9000 9000 255\n" + b"\0" * 100,
    "PostScript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n",
}


@pytest.mark.parametrize("kind", UNUSABLE)
def test_what_is_no_usable_picture(kind):
    with pytest.raises(InputError):
        mrz.read(UNUSABLE[kind], at=AT)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "BMP", "GIF", "WEBP", "JPEG2000"])
def test_a_file_that_was_cut(kind):
    with pytest.raises(InputError):
        mrz.read(scan().file(kind)[:-2000], at=AT)


def test_too_many_pixels_and_bytes(monkeypatch):
    with pytest.raises(InputError, match="pixels"):
        mrz.read(Image.new("1", (8000, 5001)), at=AT)
    with pytest.raises(InputError, match="bytes"):
        mrz.read(b"\xff\xd8\xff" + bytes(50_000_000), at=AT)


def test_paths_that_cannot_be_read(tmp_path):
    for path in (tmp_path, tmp_path / "none.png", "a\0b"):
        with pytest.raises(InputError):
            mrz.read(path, at=AT)


@pytest.mark.parametrize("given", [None, 5, [b"x"], np.zeros((4, 4), np.uint8)])
def test_what_is_nothing_that_could_be_a_picture(given):
    with pytest.raises(UsageError, match="picture"):
        mrz.read(given, at=AT)


def test_a_moment_without_offset_is_a_bad_call():
    from datetime import datetime

    with pytest.raises(UsageError, match="naive moment"):
        mrz.read(scan().image, at=datetime(2026, 11, 24))  # noqa: DTZ001 - that is what is tried


def test_without_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "cv2", None)
    for name in [name for name in sys.modules if name.startswith("tjdocs.mrz.ocr")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delattr(mrz, "ocr", raising=False)
    with pytest.raises(UsageError, match=r"pip install tjdocs\[vision\]"):
        mrz.read(scan().image, at=AT)


def test_reading_text_does_not_import_numpy():
    import subprocess

    code = "import sys, tjdocs.mrz, tjdocs.cli; sys.exit(any(m in sys.modules for m in ('cv2', 'numpy')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# --- where there is no zone -----------------------------------------------------------------------------------------------


def _page_without_zone():
    page, box = draw_page(seeded("page"), "TD3", random_lines(seeded("zone"), "TD3"), TUNING, 6)
    return Image.fromarray(page[: round(box[1])].clip(0, 255).astype(np.uint8))


NO_ZONE = {
    "one pixel": lambda: Image.new("RGB", (1, 1)),
    "one row": lambda: Image.new("L", (3000, 1), 128),
    "one column": lambda: Image.new("L", (1, 3000), 128),
    "a blank page": lambda: Image.new("L", (900, 600), 230),
    "noise": lambda: Image.fromarray(np.random.default_rng(1).integers(0, 256, (500, 700), np.uint8)),
    "stripes": lambda: Image.fromarray(np.tile(np.repeat(np.uint8([0, 255]), 6), (300, 60))),
    "a page without a zone": _page_without_zone,
    "half of a zone": lambda: scan("TD3").image.crop((0, 0, scan("TD3").image.width // 2, scan("TD3").image.height)),
}


@pytest.mark.parametrize("kind", NO_ZONE)
def test_a_picture_without_a_zone_says_so(kind):
    zone = read(NO_ZONE[kind]())
    assert not zone.valid
    assert not zone.repaired
    assert errors(zone)
    if kind != "half of a zone":
        assert (zone.format, zone.lines, errors(zone)) == (None, (), ["no-zone"])
        assert zone.as_json()["read"] == []


# --- what is not shown clearly ----------------------------------------------------------------------------------------------


def _with(change, name="TD3", seed=11, dpi=200):
    """Return a scan that lies straight, its page changed before it was scanned."""

    def damage(rng, page, box, ppm):
        change(page, lambda line, column: _cell(name, box, ppm, line, column))

    return flatbed(seed, TUNING, dpi, name, turn=0.5, noise=4, blur=0.03, damage=damage)


def _cell(name, box, ppm, line, column):
    """Return the box in pixels of a character, counted from 1."""
    sheet = SHEETS[name]
    left = box[0] + (column - 1) * 2.54 * ppm
    middle = box[3] - (sheet.centres[line - 1] - sheet.centres[-1] + 1.6) * ppm
    return tuple(round(v) for v in (left, middle - 1.6 * ppm, left + 2.54 * ppm, middle + 1.6 * ppm))


def _paint(page, box, level):
    page[box[1] : box[3], box[0] : box[2]] = level


@pytest.mark.parametrize("level", [0, 120, 235])
@pytest.mark.parametrize("place", [(1, 2), (1, 4), (1, 7), (1, 44), (2, 21)])
def test_a_character_that_is_covered_is_never_given_for_certain(place, level):
    """Under no check digit: document code, State, name, filler, sex."""
    zone = read(_with(lambda page, cell: _paint(page, cell(*place), level)))
    assert not zone.valid
    assert ("unreadable-character", place) in [(p.code, p.position) for p in zone.problems]


def test_a_blot_that_leaves_a_character_legible_is_a_warning():
    def blot(page, cell):
        left, _, _, bottom = cell(1, 8)
        _paint(page, (left + 6, bottom - 10, left + 13, bottom - 3), 60)

    picture = _with(blot)
    zone = read(picture)
    assert zone.lines == picture.lines
    assert [p.position for p in zone.problems if p.code == "uncertain-character"] == [(1, 8)]
    assert zone.valid


@pytest.mark.parametrize(("seed", "share"), [(44, 0.5), (51, 0.5), (48, 0.6), (46, 0.6)])
def test_a_character_covered_by_half_is_doubted_and_never_changed_in_silence(seed, share):
    def cover(page, cell):
        left, top, right, bottom = cell(2, 4)
        _paint(page, (left, top, round(left + (right - left) * share), bottom), 240)

    picture = _with(cover, seed=seed)
    zone = read(picture)
    doubted = [p.position for p in zone.problems if p.code in ("uncertain-character", "unreadable-character")]
    assert (2, 4) in doubted
    assert zone.repaired == (zone.lines != zone.repair.read)


def test_what_was_misread_is_repaired_from_what_the_picture_says():
    """The left half of a 5 is covered: it looks like a 3, the 5 comes next, and the check digits agree with that."""

    def cover(page, cell):
        left, top, right, bottom = cell(2, 4)
        _paint(page, (left, top, (left + right) // 2, bottom), 240)

    picture = _with(cover, seed=44)
    zone = read(picture)
    assert picture.lines[1][3] == "5"
    assert zone.repair.read != picture.lines
    assert zone.lines == picture.lines
    assert zone.repaired
    assert [(change.position, change.repaired) for change in zone.repair.changes] == [((2, 4), "5")]
    assert "repaired" in [p.code for p in zone.problems]


def test_the_ends_of_lines_cut_off():
    picture = _with(lambda page, cell: _paint(page, (cell(1, 43)[0], 0, page.shape[1], page.shape[0]), 90))
    assert not read(picture).valid


def _silent(zone, lines):
    """Whether something wrong passes as read."""
    return zone.lines != lines and zone.valid and not zone.repaired and not zone.problems


@pytest.mark.parametrize("seed", range(12))
def test_damaged_pictures_pass_nothing_wrong(seed):
    picture = damaged(seed, HELD_OUT)
    assert not _silent(read(picture), picture.lines)


@pytest.mark.sweep
@pytest.mark.parametrize("part", range(3))  # as long as all other sweeps together: two processors share it
def test_damaged_pictures_by_the_thousand(part):
    exact = 0
    for seed in range(10_000 + part, 10_000 + 1500 // SHARE, 3):
        picture = damaged(seed, HELD_OUT)
        zone = read(picture)
        assert not _silent(zone, picture.lines), seed
        exact += zone.lines == picture.lines
    assert exact >= 0.4 * (500 // SHARE)


@pytest.mark.parametrize("seed", [6000, 6021, 6029])
def test_a_page_seen_much_askew_is_levelled(seed):
    picture = sent(seed, askew)  # read before as a smaller format, or with wrong characters where print is smallest
    assert read(picture).lines == picture.lines


@pytest.mark.parametrize("slope", [0.0, 1.0])
def test_levelling_finds_nothing_where_nothing_is(slope):
    from tjdocs.mrz.ocr.straighten import Effort, Grid, _levelled

    x, y = np.meshgrid(np.arange(44.0) * 16 + 50, 60 + 40 * np.arange(2.0))
    points = np.stack([x, y * slope + x * (1 - slope)], axis=-1)  # a zone's grid, or all of it on one line
    assert _levelled(np.full((200, 900), 255, np.uint8), Grid(points, 0.7), Effort(1, 60)) is None


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: trouble.__name__)
def test_pictures_as_people_send_them_pass_nothing_wrong(trouble):
    picture = sent(5001, trouble)
    zone = read(picture)
    assert zone.lines == picture.lines
    assert not _silent(zone, picture.lines)


@pytest.mark.sweep
def test_pictures_as_people_send_them_by_the_hundred():
    exact = 0
    for seed in range(30_000, 30_000 + 300 // SHARE):
        picture = sent(seed)
        zone = read(picture)
        assert not _silent(zone, picture.lines), seed
        exact += zone.lines == picture.lines
    assert exact >= 0.9 * (300 // SHARE)


@pytest.mark.sweep
@pytest.mark.parametrize(("dpi", "least"), [(300, 0.98), (150, 0.9)])
def test_scans_by_the_hundred(dpi, least):
    count = 400 // SHARE
    pictures = (flatbed(20_000 + seed, HELD_OUT, dpi) for seed in range(count))
    assert sum(read(picture).lines == picture.lines for picture in pictures) >= least * count


# --- hostile files ------------------------------------------------------------------------------------------------------------


def _outcome(data):
    try:
        return mrz.read(data, at=AT)
    except InputError:
        return None


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "GIF", "BMP", "WEBP", "JPEG2000", "PPM"])
def test_damaged_files_give_a_zone_or_an_input_error(kind):
    rng = seeded(f"files {kind}")
    whole = _file(scan().image.resize((120, 80)), kind)
    for _ in range(40):
        data = bytearray(whole)
        for _ in range(rng.randint(1, 6)):
            data[rng.randrange(min(len(data), rng.choice((40, 400, len(data)))))] = rng.randrange(256)
        if rng.random() < 0.3:
            del data[rng.randrange(len(data)) :]
        _outcome(bytes(data))


# --- command line -------------------------------------------------------------------------------------------------------------


def run(*arguments, stdin=b""):
    import contextlib

    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["tjdocs", "mrz", "read", *map(str, arguments), "--at", AT.isoformat()])
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), pytest.raises(SystemExit) as ended:
            main()
    return ended.value.code, out.getvalue(), err.getvalue()


def test_command(tmp_path):
    path = tmp_path / "scan.png"
    path.write_bytes(scan().file())
    for status, out, err in (run(path, "--json"), run("-", "--json", stdin=path.read_bytes())):
        printed = json.loads(out)
        assert (status, err) == (0, "")
        assert (printed["lines"], printed["repaired"], printed["valid"]) == (list(scan().lines), False, True)
        assert set(printed) > {"schema", "format", "document_number", "problems", "read", "changes", "candidates"}
    status, out, _ = run(path)
    assert status == 0
    assert scan().lines[0] in out


@pytest.mark.parametrize(("given", "seen"), [(None, "1"), ("3", "3")])
def test_command_starts_without_threads_of_blas_unless_told(given, seen, tmp_path, monkeypatch):
    path = tmp_path / "scan.png"
    path.write_bytes(scan().file())
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", given or "")  # so that it is put back afterwards
    if given is None:
        monkeypatch.delenv("OPENBLAS_NUM_THREADS")
    found = []
    read_picture = mrz.read
    monkeypatch.setattr(
        mrz, "read", lambda *a, **k: found.append(os.environ["OPENBLAS_NUM_THREADS"]) or read_picture(*a, **k)
    )
    assert run(path)[0] == 0
    assert found == [seen]


def test_command_without_a_zone_and_without_a_picture(tmp_path):
    blank = tmp_path / "blank.png"
    Image.new("L", (300, 200), 240).save(blank)
    status, out, err = run(blank)
    assert (status, err) == (1, "")
    assert "no machine-readable zone was found in the picture" in out
    status, out, _ = run(blank, "--json")
    assert (status, json.loads(out)["lines"], json.loads(out)["problems"][0]["code"]) == (1, [], "no-zone")
    text = tmp_path / "zone.txt"
    text.write_text("PPTJKERIKSSON<<ANNA")
    status, out, err = run(text)
    assert (status, out) == (2, "")
    assert err.startswith("tjdocs: not a picture:")
    assert err.count("\n") == 1


# --- its data -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("old", "new"), [("temperature = ", "warmth = "), ("schema = 1", "schema = 1\nmore = 2")])
def test_a_malformed_table_is_refused(monkeypatch, old, new):
    from tjdocs.mrz.ocr import read_image as picture

    text = specs.read_bytes("mrz/picture.toml").decode()
    assert old in text
    monkeypatch.setattr(specs, "read_bytes", lambda path: text.replace(old, new, 1).encode())
    with pytest.raises(SpecError, match="picture"):
        picture._numbers.__wrapped__()
