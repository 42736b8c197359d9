from dataclasses import replace

import pytest
from asn1crypto import parser
from hypothesis import given
from hypothesis import strategies as st

from tests.lds.test_face import records
from tests.support.lds_helpers import HEADER, JPEG_STUB, OWNER, TYPE, dg2, facial_record, obj
from tjdocs.errors import UsageError
from tjdocs.lds import LdsError
from tjdocs.lds.biometrics.iso19794_face import FaceImage, FacialRecord
from tjdocs.lds.dg2 import BiometricHeader, BiometricTemplate, Dg2, Iso39794Face

RECORD = obj("5F2E", facial_record())


def iso39794(image: bytes = JPEG_STUB, data_format: bytes = b"\2", size: bytes = b"") -> bytes:
    """A record of ISO/IEC 39794-5 with the mandatory fields, laid out after ICAO's application profile."""
    information = obj("A1", obj("A0", obj("80", data_format)), size)
    block = obj("A0", obj("A0", obj("80", image), information))
    representation = obj("30", obj("80", b"\0"), obj("A1", block))
    version = obj("A0", obj("80", b"\3"), obj("81", b"\x07\xe3"))
    return obj("A1", obj("65", version, obj("A1", representation)))


def test_reads_the_template():
    file = dg2()
    parsed = Dg2.parse(file)
    (template,) = parsed.templates
    assert template.header == BiometricHeader()
    assert template.header.format_type == b"\0\x08"
    assert parsed.images == (JPEG_STUB,)
    assert (parsed.problems, parsed.raw, parsed.trailing, parsed.encode()) == ((), file, 0, file)
    assert replace(parsed).encode() == file


def test_made_files_are_read_by_another_parser():
    file = Dg2.of(FaceImage(JPEG_STUB, 300, 400)).encode()
    _, _, tag, _, group, rest = parser.parse(file)
    assert (tag, rest) == (0x15, b"")  # application class, number 21
    *_, group_content, _ = parser.parse(group)
    *_, count, _ = parser.parse(group_content)
    assert count == b"\1"
    *_, template, _ = parser.parse(group_content[3:])
    assert template[:16] == HEADER[:16]


def test_several_templates():
    file = obj("75", obj("7F61", b"\2\1\2", *[obj("7F60", HEADER, RECORD)] * 2))
    parsed = Dg2.parse(file)
    assert len(parsed.templates) == 2
    assert parsed.problems == ()
    assert Dg2(parsed.templates).encode() == file


def test_all_of_the_header_is_kept():
    header = obj(
        "A1", obj("80", b"\1\1"), obj("81", b"\2"), obj("82", b"\0"), obj("83", b"20240101"), obj("85", b"2024"),
        obj("86", b"TJK"), OWNER, TYPE, obj("8A", b"?"),
    )  # fmt: skip
    file = dg2(header=header)
    (template,) = Dg2.parse(file).templates
    assert (template.header.version, template.header.creator) == (b"\1\1", b"TJK")
    assert (template.header.created, template.header.validity) == (b"20240101", b"2024")
    assert template.header.unknown == ((0x8A, b"?"),)
    assert replace(Dg2.parse(file)).encode() == file


def test_a_header_longer_than_one_byte_of_length_says():
    header = obj("A1", obj("7F49", bytes(125)))
    file = dg2(obj("5F2E", facial_record(image=JPEG_STUB + bytes(400))), header=header)
    assert Dg2.parse(file).templates[0].header.unknown == ((0x7F49, bytes(125)),)


def test_iso_39794_is_read_and_made():
    content = iso39794()
    file = dg2(obj("7F2E", content))
    parsed = Dg2.parse(file)
    record = parsed.templates[0].record
    assert isinstance(record, Iso39794Face)
    assert (record.image, record.data_format, record.format, record.claimed_format) == (JPEG_STUB, 2, "JPEG", "JPEG")
    assert (record.generation, record.year, parsed.images) == (3, 2019, (JPEG_STUB,))
    assert parsed.problems == ()
    assert Iso39794Face(JPEG_STUB).encode() == content
    assert replace(parsed).encode() == file


def test_iso_39794_size():
    size = obj("A7", obj("80", b"\x01\x2c"), obj("81", b"\x01\x90"))
    record = Iso39794Face.parse(iso39794(size=size))
    assert (record.width, record.height) == (300, 400)
    assert replace(record).encode() == iso39794(size=size)


def test_iso_39794_that_is_laid_out_otherwise_is_kept():
    file = dg2(obj("7F2E", obj("A1", obj("65", obj("A5", b"")))))
    parsed = Dg2.parse(file)
    assert parsed.images == ()
    assert [p.code for p in parsed.problems] == ["iso39794-unread"]
    assert parsed.encode() == file


# LDS_C_04 to 08, 10 and 28 of BSI TR-03105-5.1, and more of the kind
@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "cut"),
        (dg2(tag="76"), "tag"),  # LDS_C_04
        (b"\x75" + bytes([dg2()[1] - 1]) + dg2()[2:], "cut"),  # LDS_C_05
        (b"\x75" + bytes([dg2()[1] + 1]) + dg2()[2:], "cut"),  # LDS_C_06
        (dg2(instances=b""), "missing"),  # LDS_C_07
        (dg2(b""), "missing"),  # LDS_C_28
        (dg2(header=b""), "missing"),
        (dg2(instances=b"\2\3\0\0\1"), "value"),
        (obj("75"), "missing"),
        (obj("75", obj("7F61", b"\2\1\0")), "missing"),
        (obj("75", *[obj("7F61", b"\2\1\1", obj("7F60", HEADER, RECORD))] * 2), "duplicate"),
        (obj("75", obj("7F61", b"\2\1\1", *[obj("7F60", HEADER, RECORD)] * 17)), "limit"),
        (dg2(header=obj("A1", obj("81", bytes(1100)))), "limit"),
        (dg2(header=obj("A1", b"\x81")), "cut"),
        (dg2(obj("7F2E", b"\xa1\x05")), "cut"),
        (dg2(obj("5F2E", b"FAC")), "cut"),
    ],
)
def test_malformed(data, reason):
    with pytest.raises(LdsError) as caught:
        Dg2.parse(data)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("file", "before"),
    [
        (dg2(header=obj("A1", b"\x81")), "a101"),
        (dg2(obj("7F2E", b"\xa1\x05")), "7f2e02"),
        (dg2(obj("5F2E", b"FAC")), "5f2e03"),
    ],
)
def test_errors_name_the_offset_in_the_file(file, before):
    with pytest.raises(LdsError) as caught:
        Dg2.parse(file)
    assert caught.value.offset == file.index(bytes.fromhex(before)) + len(before) // 2


@pytest.mark.parametrize(
    ("file", "code"),
    [
        (dg2(header=obj("A1", obj("87", b"\1\xff"), TYPE)), "header-format-owner"),  # LDS_C_08
        (dg2(header=obj("A1", TYPE)), "header-format-owner"),  # LDS_C_09
        (dg2(header=obj("A1", OWNER, obj("88", b"\0\x09"))), "header-format-type"),  # LDS_C_10
        (dg2(header=obj("A1", OWNER)), "header-format-type"),  # LDS_C_11
        (dg2(header=obj("A1", obj("81", b"\x08"), OWNER, TYPE)), "header-type"),  # LDS_C_13
        (dg2(instances=b"\2\1\2"), "instances-count"),
        (dg2(obj("7F2E", iso39794()), header=obj("A1", OWNER)), "header-format-type"),
        (dg2(obj("7F2E", iso39794(b"GIF89a"))), "image-format"),
        (dg2(obj("7F2E", iso39794(data_format=b"\3"))), "record-image-data"),
    ],
)
def test_readable_faults_are_named(file, code):
    parsed = Dg2.parse(file)
    assert {p.code: p.severity for p in parsed.problems} == {code: "undetermined" if code == "image-format" else "warning"}
    assert parsed.encode() == file
    assert Dg2.parse(replace(parsed).encode()) == parsed


def test_unknown_objects_are_a_warning():
    for file in (
        obj("75", obj("7F61", b"\2\1\1", obj("7F60", HEADER, RECORD)), obj("53", b"x")),
        obj("75", obj("7F61", b"\2\1\1", obj("7F60", HEADER, RECORD, obj("53", b"x")))),
    ):
        parsed = Dg2.parse(file)
        assert [(p.code, p.severity) for p in parsed.problems] == [("object-unknown", "warning")]
        assert replace(parsed).encode() == file


@pytest.mark.parametrize(
    "made",
    [
        Dg2(()),
        Dg2((BiometricTemplate(Iso39794Face(JPEG_STUB)),) * 17),
        Dg2((BiometricTemplate(Iso39794Face(JPEG_STUB)),), instances=256),
        Dg2((BiometricTemplate(Iso39794Face(b"GIF89a")),)),
        Dg2((BiometricTemplate(Iso39794Face(JPEG_STUB, width=-1, height=1)),)),
    ],
)
def test_what_cannot_be_read_back_is_not_written(made):
    with pytest.raises(UsageError):
        made.encode()


maybe = st.none() | st.binary(max_size=8)
headers = st.builds(BiometricHeader, maybe, maybe, maybe, maybe, maybe, maybe, maybe, maybe)
iso_faces = st.builds(
    Iso39794Face, st.binary(min_size=1, max_size=60), st.integers(0, 9), st.integers(0, 0xFFFF), st.integers(0, 0xFFFF),
    st.integers(3, 0xFFFF), st.integers(2019, 9999),
)  # fmt: skip
templates = st.builds(BiometricTemplate, records | iso_faces, headers)


@given(st.lists(templates, min_size=1, max_size=3).map(tuple))
def test_round_trip(content):
    made = Dg2(content)
    assert Dg2.parse(made.encode()) == made


def test_round_trip_of_a_record_alone():
    assert Dg2.parse(Dg2((BiometricTemplate(FacialRecord.parse(facial_record())),)).encode()).encode() == dg2()
