"""Evidence as JSON names files of a folder: what it may not name, and how much of it is read."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support import builders as b
from tjdocs import limits, mrz
from tjdocs.errors import InputError, UsageError
from tjdocs.inspection import Evidence
from tjdocs.inspection.evidence_json import evidence_from_files, evidence_from_json


@pytest.fixture
def folder(tmp_path):
    chip = tmp_path / "chip"
    chip.mkdir()
    for name, data in b.scene().evidence.files.items():
        (chip / f"{name.replace('.', '_')}.bin").write_bytes(data)
    return tmp_path


def test_the_files_of_a_chip_have_a_bound_together(folder, monkeypatch):
    size = sum(path.stat().st_size for path in (folder / "chip").iterdir())
    monkeypatch.setattr(limits, "CHIP_FOLDER", size)
    assert evidence_from_json({"chip": "chip"}, folder=folder).files
    monkeypatch.setattr(limits, "CHIP_FOLDER", size - 1)
    with pytest.raises(InputError, match="over the limits"):
        evidence_from_json({"chip": "chip"}, folder=folder)


@pytest.mark.parametrize("value", ["a\0b", "\udcff"])
def test_a_text_that_can_be_no_path_leads_nowhere(folder, value):
    with pytest.raises(InputError):
        evidence_from_json({"seal": value}, folder=folder)


def test_base64_longer_than_a_name_may_be_is_no_path(folder):
    assert evidence_from_json({"seal": "A" * 5000}, folder=folder).seal == bytes(3750)


# nothing is as nothing -----------------------------------------------------------------------------------------------

ZONE = "\n".join(b.scene().evidence.mrz.splitlines() if isinstance(b.scene().evidence.mrz, str) else b.scene().evidence.mrz)
CHIP = {f"{name.replace('.', '_')}.bin": data for name, data in b.scene().evidence.files.items()}
NOTHING = ["", "\n", " \n \n", "<" * 44 + "\n" + "<" * 44, "\u200b"]


@pytest.mark.parametrize("written", NOTHING)
def test_a_zone_without_a_character_hides_no_page(written):
    files = {**CHIP, "mrz.txt": written.encode(), "page.png": b"a picture"}
    assert evidence_from_files(files).page == b"a picture"
    for key in ("mrz.txt", "zone.txt"):
        files = {**CHIP, key: written.encode(), "page.png": b"a picture", "evidence.json": json.dumps({"mrz": key}).encode()}
        assert evidence_from_files(files).page == b"a picture"


@pytest.mark.parametrize("said", [None, *NOTHING, [], [""], ["<<", " "]])
def test_a_zone_of_nothing_in_json_leaves_the_file_beside_it(said):
    files = {**CHIP, "mrz.txt": ZONE.encode(), "evidence.json": json.dumps({"mrz": said}).encode()}
    assert evidence_from_files(files).mrz == ZONE.splitlines()


def test_null_leaves_seal_page_and_chip_beside_it():
    said = json.dumps({"seal": None, "page": None, "chip": None, "asks-protection": None, "claims": None}).encode()
    found = evidence_from_files({**CHIP, "seal.bin": b"\xdcseal", "page.png": b"a picture", "evidence.json": said})
    assert (found.seal, found.page) == (b"\xdcseal", b"a picture")
    assert found.files == b.scene().evidence.files


@pytest.mark.parametrize("data", [b"", b"\n", b" \r\n"])
def test_an_empty_seal_is_as_none(data):
    assert evidence_from_files({**CHIP, "seal.png": data}).seal is None
    assert Evidence(seal=data).seal is None
    said = json.dumps({"seal": ""}).encode()
    assert evidence_from_files({**CHIP, "seal.bin": b"\xdcseal", "evidence.json": said}).seal == b"\xdcseal"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_a_zone_is_read_in_the_encodings_of_scanners(encoding):
    mark = b"\xff\xfe" if encoding == "utf-16-le" else b""
    found = evidence_from_files({**CHIP, "mrz.txt": mark + ZONE.encode(encoding)})
    assert mrz.parse(found.mrz, at=b.AT).lines == mrz.parse(ZONE, at=b.AT).lines


def test_no_error_shows_the_text_of_an_mrz(folder):
    text = b.scene().evidence.mrz if isinstance(b.scene().evidence.mrz, str) else "".join(b.scene().evidence.mrz)
    blanks = text.replace("<", " ").replace("\n", "")
    assert evidence_from_json({"mrz": blanks}, folder=folder).mrz == blanks  # fillers as blanks: no path
    short = blanks[:70]
    for name in ("mrz", "seal", "page", "chip"):
        for value in (short, f"../{short}"):
            for act in (
                lambda said: evidence_from_json(said, folder=folder),
                lambda said: evidence_from_files({**CHIP, "evidence.json": json.dumps(said).encode()}),
            ):
                with pytest.raises((InputError, UsageError)) as caught:
                    act({name: value})
                assert "ERIKSSON" not in str(caught.value), name


def test_an_empty_file_hides_none_of_its_kind():
    files = {**CHIP, "page.jpg": b"", "page.png": b"a picture", "seal.bin": b"\n", "seal.png": b"\xdcseal"}
    assert (evidence_from_files(files).page, evidence_from_files(files).seal) == (b"a picture", b"\xdcseal")
    said = {"evidence.json": json.dumps({"page": "", "seal": "  "}).encode()}
    assert evidence_from_files({**files, **said}).page == b"a picture"
    assert evidence_from_files({**CHIP, **said}).seal is None
    assert evidence_from_files({**CHIP, "page.png": b""}).page == b""  # a picture without a zone, which refers


# two sources of one thing --------------------------------------------------------------------------------------------

BLANK = base64.b64encode(b" \n ").decode()


@pytest.mark.parametrize("stated", [{"seal": BLANK}, {"seal": "seal.b"}, {"seal": ""}, {"seal": None}])
def test_a_blank_seal_in_json_hides_no_seal_beside_it(stated):
    files = {**CHIP, "seal.bin": b"a seal", "seal.b": b" \n", "evidence.json": json.dumps(stated).encode()}
    assert evidence_from_files(files).seal == b"a seal"


@pytest.mark.parametrize("stated", [{"page": BLANK}, {"page": "page.txt"}])
def test_a_blank_page_in_json_hides_no_page_beside_it(stated):
    files = {**CHIP, "page.jpg": b"a picture", "page.txt": b" ", "evidence.json": json.dumps(stated).encode()}
    assert evidence_from_files(files).page == b"a picture"


OTHER = {**CHIP, "DG1.bin": b"\x61\x00"}
IN_JSON = {name: base64.b64encode(data).decode() for name, data in CHIP.items()}


@pytest.mark.parametrize(
    ("files", "error"),
    [
        ({f"chip/{name}": data for name, data in CHIP.items()} | {"DG1.bin": b"a\0"}, "sets of the chip's files"),
        ({f"chip/{name}": data for name, data in CHIP.items()} | {"DG15.bin": b"o\0"}, "sets of the chip's files"),
        ({**OTHER, "evidence.json": json.dumps({"chip": IN_JSON}).encode()}, "sets of the chip's files"),
        ({**CHIP, "seal.bin": b"one", "seal.png": b"two"}, "seals"),
        ({**CHIP, "seal.bin": b"one", "evidence.json": json.dumps({"seal": base64.b64encode(b"two").decode()}).encode()}, "seals"),
    ],
)
def test_two_sources_with_different_content_are_an_error(files, error):
    with pytest.raises(InputError, match=f"two different {error}"):
        evidence_from_files(files)


PICTURE = base64.b64encode(b"a picture").decode()


@pytest.mark.parametrize("files", [
    {"page.jpg": b"a picture", "page.png": b"another"},
    {"page-back.jpg": b"a picture", "page-back.png": b"another"},
    {"page.jpg": b"another", "evidence.json": json.dumps({"page": PICTURE}).encode()},
    {"page-back.png": b"another", "evidence.json": json.dumps({"page": PICTURE}).encode()},
    {"page.png": b"another", "evidence.json": json.dumps({"page": "other.png"}).encode(), "other.png": b"a picture"},
])  # fmt: skip
@pytest.mark.parametrize("zone", [{}, {"mrz.txt": ZONE.encode()}])
def test_two_pictures_of_the_page_are_an_error(files, zone):
    with pytest.raises(InputError, match="two different pictures of the page"):
        evidence_from_files({**CHIP, **zone, **files})


def test_the_same_picture_twice_and_one_of_each_side_are_none():
    same = {"page.jpg": b"a picture", "page.png": b"a picture", "page-back.png": b" "}
    assert evidence_from_files({**same, "evidence.json": json.dumps({"page": PICTURE}).encode()}).page == b"a picture"
    sides = {"page.jpg": b"a picture", "page-back.png": b"the back"}
    assert evidence_from_files(sides).page == b"the back"
    assert evidence_from_files({**sides, "evidence.json": json.dumps({"page": PICTURE}).encode()}).page == b"a picture"


def test_two_mrzs_are_an_error():
    """An altered one in a file was left out in silence, and refuse became admit."""
    files = {**CHIP, "mrz.txt": ZONE.replace("ERIKSSON", "ERIKSEN<").encode()}
    for stated in (ZONE, ZONE.splitlines()):
        changed = {**files, "evidence.json": json.dumps({"mrz": stated}).encode()}
        with pytest.raises(InputError, match="two different MRZs"):
            evidence_from_files(changed)
        assert evidence_from_files({**changed, "mrz.txt": ZONE.encode() + b"\r\n"}).mrz == ZONE.splitlines()


def test_two_sources_with_the_same_content_are_one():
    files = {f"chip/{name}": data for name, data in CHIP.items()} | CHIP | {"seal.a": b"one", "seal.b": b"one", "seal.c": b" "}
    files["evidence.json"] = json.dumps({"chip": IN_JSON, "seal": base64.b64encode(b"one").decode()}).encode()
    read = evidence_from_files(files)
    assert (set(read.files.values()), read.twice, read.seal) == (set(CHIP.values()), frozenset(), b"one")


# base64 ---------------------------------------------------------------------------------------------------------------


@given(st.one_of(st.binary(max_size=40).map(lambda data: base64.b64encode(data).decode()), st.text("AQZaz09+/=-_ \n\u00e9", max_size=9)))
def test_base64_is_as_strict_as_that_of_the_standard_library(text):
    try:
        expected = base64.b64decode(text, validate=True)
    except ValueError:
        expected = None
    try:
        read = evidence_from_json({"chip": {"DG1": text}}, folder=None).files["DG1"]
    except UsageError:
        read = None
    assert read == expected
