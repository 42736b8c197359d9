"""The dissect view of each module, the sizes that image headers claim, and tables with a slip in them."""

import io
from struct import pack

import pytest
from PIL import Image

import tjdocs.lds.ef_com as com_module
from tests.lds.test_dg2 import iso39794
from tests.lds.test_dg11_dg12 import OBJECTS_11, OBJECTS_12, file
from tests.lds.test_dg14_dg15 import KEYS
from tests.support.lds_helpers import DG14, LDS_VERSION, TAG_LIST, UNICODE_VERSION, ZONE_TD3, com, dg2, obj
from tjdocs import image_header, specs
from tjdocs.errors import SpecError
from tjdocs.lds import dg1, dg11, dg12, dg14, dg15, ef_catalogue, file_spans, tagged_fields
from tjdocs.lds import dg2 as dg2_module
from tjdocs.lds.biometrics import iso19794_codes
from tjdocs.portrait import face_image

COM = com(LDS_VERSION, UNICODE_VERSION, TAG_LIST)


def shown(spans) -> list[tuple[int, str, str]]:
    return [(span.depth, span.meaning, span.value) for span in spans]


def test_ef_com():
    assert shown(com_module.spans(COM + b"\0\0")) == [
        (0, "Common data: versions and list of data groups", ""),
        (1, "LDS version", "0107"),
        (1, "Unicode version", "040000"),
        (1, "tags of the data groups present", "61 75 63"),
        (0, "padding behind the file's object", ""),
    ]


def test_dg1():
    assert shown(dg1.spans(obj("61", obj("5F1F", ZONE_TD3.encode()))))[1:] == [(1, "machine-readable zone", ZONE_TD3)]


def test_dg2():
    found = shown(dg2_module.spans(dg2()))
    assert [meaning for _, meaning, _ in found][:10] == [
        "Encoded face", "group of biometric templates", "number of instances", "biometric template", "biometric header",
        "biometric type", "biometric sub-type", "format owner", "format type", "facial record of ISO/IEC 19794-5",
    ]  # fmt: skip
    assert (6, "gender", "female") in found


def test_dg2_with_iso_39794():
    found = shown(dg2_module.spans(dg2(obj("7F2E", iso39794()))))
    assert {(meaning, value) for _, meaning, value in found} >= {
        ("record of ISO/IEC 39794", ""), ("generation", "3"), ("year", "2019"), ("image", ""), ("code", "2"),
        ("representation number", "0"),
    }  # fmt: skip
    assert not [meaning for _, meaning, _ in found if meaning.startswith(("object", "context"))]


def test_dg11_and_dg12():
    eleven = shown(dg11.spans(file("6B", *[item for item, _, _ in OBJECTS_11.values()])))
    assert (1, "full name", "ЭРИКССОН<<АННА<МАРИЯ") in eleven
    assert (2, "other name", "SMITH<<ANNA") in eleven
    twelve = shown(dg12.spans(file("6C", *[item for item, _, _ in OBJECTS_12.values()])))
    assert (1, "date of issue", "20020415") in twelve
    assert not [meaning for _, meaning, _ in eleven + twelve if meaning.startswith("object")]
    coded = shown(dg12.spans(file("6C", obj("5F26", bytes.fromhex("20020415")))))
    assert coded[-1] == (1, "date of issue", "20020415")


def test_dg14_and_dg15():
    found = shown(dg14.spans(DG14))
    assert (3, "protocol", "0.4.0.127.0.7.2.2.3.2.2") in found
    assert (3, "INTEGER", "13") in found
    assert shown(dg15.spans(obj("6F", KEYS[1])))[1:4] == [
        (1, "SubjectPublicKeyInfo", ""),
        (2, "SEQUENCE", ""),
        (3, "OBJECT IDENTIFIER", "1.2.840.10045.2.1"),
    ]


def test_files_without_a_module_of_their_own():
    sixteen = obj("70", obj("02", b"\1"), obj("A1", obj("5F50", b"20020415"), obj("5F51", b"SPECIMEN")))
    assert (2, "name of person", "SPECIMEN") in shown(ef_catalogue.spans(sixteen))
    assert shown(ef_catalogue.spans(obj("65", obj("02", b"\1"), obj("5F40", b"x"))))[-1] == (1, "displayed portrait", "")


def test_what_cannot_be_read_is_labelled():
    assert shown(ef_catalogue.spans(b"\x61\x05\x5f\x1f\x58")) == [
        (0, "cannot be read: content is cut: 5 bytes announced, 3 there", "")
    ]
    inside = shown(ef_catalogue.spans(obj("61", b"\x5f\x1f\x58A")))
    assert inside[1][1].startswith("cannot be read")
    assert ef_catalogue.spans(b"") == ()
    assert shown(ef_catalogue.spans(obj("04", b"x"))) == [(0, "OCTET STRING", "")]
    assert shown(ef_catalogue.spans(obj("5F19", b"x"))) == [(0, "object 5F19", "")]


def coded(form: str, **options) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (321, 432)).save(out, form, **options)
    return out.getvalue()


@pytest.mark.parametrize(
    "data",
    [coded("JPEG"), coded("JPEG", progressive=True), coded("JPEG2000"), coded("JPEG2000", no_jp2=True),
     coded("JPEG2000", tile_size=(100, 100))],
)  # fmt: skip
def test_sizes_that_headers_claim(data):
    head = image_header.head(data)
    assert head is not None
    assert set(head.sizes) == {(321, 432)}
    assert head.kind == image_header.kind(data)


def test_tiles_are_counted():
    head = image_header.head(coded("JPEG2000", tile_size=(100, 100)))
    assert head is not None
    assert head.tiles == 4 * 5


def test_jpeg_segments():
    data = coded("JPEG")
    filled = data[:2] + b"\xff\xff\xff\x01" + b"\xff\xff" + data[3:]  # fill bytes, a marker without length
    assert image_header.head(filled) == image_header.head(data)
    assert image_header.head(data[:20]) is None
    assert image_header.head(data[:2] + b"\xff\xe2\0\2" * 300 + data[2:]) is None
    assert image_header.head(b"\xff\xd8\xff\xd9") is None


def test_jp2_boxes():
    data = coded("JPEG2000")
    start = data.index(b"jp2c") - 4
    long_form = data[:start] + pack(">I4sQ", 1, b"jp2c", 16 + len(data) - start - 8) + data[start + 8 :]
    assert image_header.head(long_form) == image_header.head(data)
    assert image_header.head(data[: start + 8] + b"\xff\x4f") is None
    assert image_header.head(data[:start]) is None  # no codestream
    assert image_header.head(data[:12]) is None
    assert image_header.head(data[:12] + bytes(8)) is None


def test_codestream_without_size():
    siz = bytearray(coded("JPEG2000", no_jp2=True))
    siz[8:16] = bytes(8)
    assert image_header.head(bytes(siz)) is None


SLIPS = [
    (ef_catalogue._load, {"file": [{"id": "DG1"}]}),
    (ef_catalogue._load, {"file": [{"id": "X", "file_name": "X", "file_id": "XYZ", "short_id": "01", "place": "application",
                                 "presence": "mandatory", "title": "", "clause": "", "spellings": []}]}),
    (ef_catalogue._load, {"file": [{"id": name, "file_name": "X", "file_id": "01", "short_id": "01", "place": "application",
                                 "presence": "mandatory", "title": "", "clause": "", "spellings": ["x"]}
                                for name in "XY"]}),
    (iso19794_codes._tables, {"code": {"gender": {"clause": "", "nmaes": {}}}}),
    (face_image.image_numbers, {"max_bytes": 1}),
    (file_spans._meanings, {"file": {"DG1": {"5F1F": {"text": "", "value": "txet"}}}}),
    (file_spans._meanings, {"file": {"DG1": {"5F1F": {"meaning": ""}}}}),
    (dg14._table, {"protocols": {}}),
]  # fmt: skip


@pytest.mark.parametrize(("load", "table"), SLIPS)
def test_a_slip_in_a_table_is_told(load, table, monkeypatch):
    monkeypatch.setattr(specs, "read_toml", lambda path: {"schema": 1, **table})
    with pytest.raises(SpecError):
        load.__wrapped__()


@pytest.mark.parametrize(
    "row",
    [
        {"tag": "5F0E", "id": "x", "kind": "txt"},
        {"tag": "A0", "id": "x", "kind": "names"},
        {"tag": "5F0E", "id": "x"},
    ],
)
def test_a_slip_in_a_table_of_fields_is_told(row, monkeypatch):
    monkeypatch.setattr(specs, "read_toml", lambda path: {"schema": 1, "field": [row]})
    with pytest.raises(SpecError):
        tagged_fields._table.__wrapped__("lds/dg11.toml")


@pytest.mark.parametrize(
    ("name", "meaning"),
    [("gender", "unspecified"), ("eye_colour", "unspecified"), ("hair_colour", "unspecified"), ("pose", "unspecified"),
     ("expression", "unspecified"), ("image_type", "basic"), ("image_data_type", "JPEG"),
     ("source_type", "unspecified"), ("colour_space", "unspecified"), ("pose_uncertainty", "unspecified")],
)  # fmt: skip
def test_every_coded_field_of_a_face_has_a_table(name, meaning):
    assert iso19794_codes.code_name(name, 0) == meaning
