from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.lds_helpers import JPEG_STUB, facial_record
from tjdocs.errors import UsageError
from tjdocs.lds import LdsError
from tjdocs.lds.biometrics import iso19794_face
from tjdocs.lds.biometrics.iso19794_face import FaceImage, FacialRecord, FeaturePoint, code_name

POINTS = bytes.fromhex("01c100b9010e000001c2006f010f0000")
JP2_STUB = bytes.fromhex("0000000c6a5020200d0a870a")


def codes(record: bytes) -> set[str]:
    return {problem.code for problem in FacialRecord.parse(record).problems}


def test_reads_every_field():
    (found,) = FacialRecord.parse(facial_record(points=POINTS, pose=b"\x01\xb4\x02", uncertainty=b"\0\x03\x04")).faces
    assert (found.gender, found.eye_colour, found.hair_colour, found.expression) == (2, 3, 4, 1)
    assert (found.pose, found.pose_uncertainty) == ((1, 180, 2), (0, 3, 4))
    assert (found.width, found.height, found.image_type, found.image_data_type) == (300, 400, 1, 0)
    assert (found.colour_space, found.source_type, found.image) == (1, 2, JPEG_STUB)
    assert found.feature_points == (FeaturePoint(12, 1, 185, 270), FeaturePoint(12, 2, 111, 271))
    assert found.eyes == ((111, 271), (185, 270))
    assert code_name("eye_colour", found.eye_colour) == "brown"


def test_reads_several_faces():
    one = facial_record()[14:]
    record = b"FAC\x00010\x00" + (14 + 2 * len(one)).to_bytes(4, "big") + b"\0\2" + one + one
    parsed = FacialRecord.parse(record)
    assert len(parsed.faces) == 2
    assert parsed.problems == ()
    assert replace(parsed).encode() == record


def test_a_good_record_has_no_problem_and_is_made_again():
    record = facial_record(points=POINTS)
    parsed = FacialRecord.parse(record)
    assert parsed.problems == ()
    assert parsed.encode() == record
    assert replace(parsed).encode() == record


# LDS_C_14 to 28 of BSI TR-03105-5.1 and more of the kind: refused, or read with a fault of severity "error"
@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (b"", "cut"),
        (facial_record()[:13], "cut"),
        (facial_record()[:60], "cut"),
        (facial_record(identifier=b"FIR\0"), "form"),  # LDS_C_14
        (facial_record(version=b"030\0"), "version"),  # LDS_C_15
        (facial_record(count=0), "missing"),
        (facial_record(count=2), "cut"),
        (facial_record(count=65), "limit"),
        (facial_record(block_length=31), "value"),
        (facial_record(block_length=0xFFFFFFFF), "cut"),
        (facial_record(point_count=3), "value"),
        (facial_record(points=POINTS * 513), "limit"),
        (facial_record(image=b""), "missing"),  # LDS_C_28
    ],
)
def test_malformed(record, reason):
    with pytest.raises(LdsError) as caught:
        FacialRecord.parse(record)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("record", "code"),
    [
        (facial_record(length=99), "record-length"),
        (facial_record(points=POINTS, block_length=32 + len(JPEG_STUB)), "record-length"),  # LDS_C_16
        (facial_record() + b"\0", "record-length"),
        (facial_record(gender=3), "record-code"),  # LDS_C_17
        (facial_record(eyes=8), "record-code"),  # LDS_C_18
        (facial_record(hair=0x80), "record-code"),  # LDS_C_19
        (facial_record(hair=8), "record-code-later"),
        (facial_record(hair=9), "record-code-later"),
        (facial_record(hair=10), "record-code"),
        (facial_record(pose=b"\xb5\0\0"), "record-code"),  # LDS_C_20
        (facial_record(pose=b"\0\xb5\0"), "record-code"),  # LDS_C_21
        (facial_record(pose=b"\0\0\xb5"), "record-code"),  # LDS_C_22
        (facial_record(uncertainty=b"\xb6\0\0"), "record-code"),  # LDS_C_23
        (facial_record(uncertainty=b"\0\xb6\0"), "record-code"),  # LDS_C_24
        (facial_record(uncertainty=b"\0\0\xb6"), "record-code"),  # LDS_C_25
        (facial_record(image_type=3), "record-code"),  # LDS_C_26
        (facial_record(data_type=2), "record-code"),  # LDS_C_27
        (facial_record(data_type=1), "record-image-data"),  # LDS_C_27
        (facial_record(image=JP2_STUB), "record-image-data"),
        (facial_record(image=b"GIF89a"), "image-format"),
        (facial_record(image_type=0), "record-image-type"),
    ],
)
def test_readable_faults_are_named(record, code):
    parsed = FacialRecord.parse(record)
    found = {problem.code: problem.severity for problem in parsed.problems}
    assert found == {code: "undetermined" if code == "image-format" else "warning"}
    assert parsed.encode() == record
    assert FacialRecord.parse(replace(parsed).encode()) == parsed


@pytest.mark.parametrize(
    "changes",
    [{"gender": 0}, {"gender": 255}, {"eyes": 255}, {"hair": 7}, {"pose": b"\xb4\xb4\xb4"},
     {"uncertainty": b"\xb5" * 3}, {"image_type": 2}, {"data_type": 1, "image": JP2_STUB},
     {"data_type": 1, "image": b"\xff\x4f\xff\x51"}],
)  # fmt: skip
def test_defined_codes_are_no_fault(changes):
    assert codes(facial_record(**changes)) == set()


@pytest.mark.parametrize(
    "changes",
    [{"image": b""}, {"width": 70000}, {"gender": 256}, {"pose": (1, 2)}, {"property_mask": 1 << 24}, {"quality": -1},
     {"feature_points": (FeaturePoint(16, 1, 0, 0),)}, {"feature_points": (FeaturePoint(2, 1, 0, 65536),)}],
)  # fmt: skip
def test_numbers_that_do_not_fit_are_not_written(changes):
    with pytest.raises(UsageError):
        FacialRecord((replace(FaceImage(JPEG_STUB, 300, 400), **changes),)).encode()


@pytest.mark.parametrize("number", [0, 65])
def test_number_of_faces_is_bounded(number):
    with pytest.raises(UsageError):
        FacialRecord((FaceImage(JPEG_STUB, 300, 400),) * number).encode()


def test_code_names():
    assert code_name("image_data_type", 1) == "JPEG 2000"
    assert code_name("gender", 77) == ""
    with pytest.raises(UsageError):
        code_name("beard", 1)


def test_spans_lie_where_they_say():
    record = facial_record(points=POINTS)
    found = iso19794_face.spans(record, base=100)
    assert all(span.data == record[span.offset - 100 : span.offset - 100 + len(span.data)] for span in found)
    by_meaning = {span.meaning: span for span in found}
    assert by_meaning["eye colour"].value == "brown"
    assert by_meaning["feature point 12.2"].value == "111, 271"
    assert by_meaning["image"].data == JPEG_STUB
    assert by_meaning["width and height"].value == "300 x 400"


def test_spans_of_what_is_no_record():
    (only,) = iso19794_face.spans(b"FIR\x00", base=7)
    assert (only.offset, only.data) == (7, b"FIR\x00")
    assert "cannot be read" in only.meaning


def test_no_image_or_features_in_repr():
    text = repr(FacialRecord.parse(facial_record()))
    assert "xff" not in text
    assert "gender" not in text


byte, short = st.integers(0, 255), st.integers(0, 0xFFFF)
triple = st.tuples(byte, byte, byte)
points = st.builds(FeaturePoint, st.integers(0, 15), st.integers(0, 15), short, short, byte, short)
faces = st.builds(
    FaceImage,
    st.binary(min_size=1, max_size=60),
    short,
    short,
    byte,
    byte,
    byte,
    byte,
    short,
    short,
    byte,
    byte,
    byte,
    st.integers(0, 0xFFFFFF),
    short,
    triple,
    triple,
    st.lists(points, max_size=4).map(tuple),
)
records = st.builds(FacialRecord, st.lists(faces, min_size=1, max_size=3).map(tuple))


@given(records)
def test_round_trip(record):
    data = record.encode()
    assert FacialRecord.parse(data) == record
    assert int.from_bytes(data[8:12], "big") == len(data)
