"""A file that is called sound without being read is read without a fault, byte for byte what it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lds_helpers import HEADER, JPEG_STUB, OWNER, TYPE, dg2, facial_record, mutations, obj, sampled_mutations
from test_dg11_dg12 import NAMES_11, OBJECTS_11, OBJECTS_12, file
from test_face import POINTS

from tjdocs.lds import dg2 as dg2_module
from tjdocs.lds import dg11, dg12
from tjdocs.lds.catalogue import LdsError

LONG = JPEG_STUB + bytes(300)
JPEG2000_STUB = b"\xff\x4f\xff\x51" + bytes(300)


def record(**changes) -> bytes:
    return obj("5F2E", facial_record(**{"image": LONG, **changes}))


def simple(*items: bytes, listed: bytes | None = None) -> bytes:
    return file("6B", *items, listed=listed)


FACES = {
    "usual": dg2(record()),
    "points": dg2(record(points=POINTS)),
    "JPEG 2000": dg2(record(image=JPEG2000_STUB, data_type=1)),
    "every length in one byte more": dg2(obj("5F2E", facial_record(image=JPEG_STUB + bytes(30_000)))),
}
DETAILS = {
    "usual": simple(*[OBJECTS_11[tag][0] for tag in ("5F0E", "5F2B", "5F11")]),
    "all simple fields": simple(*[item for item, _, _ in OBJECTS_11.values() if item != NAMES_11]),
    "none": simple(),
}
SOUND = {**{f"DG2, {name}": (dg2_module.sound, dg2_module.Dg2, data) for name, data in FACES.items()}}
SOUND |= {f"DG11, {name}": (dg11.sound, dg11.Dg11, data) for name, data in DETAILS.items()}

def framed(content: bytes) -> bytes:
    """DG2 in the usual form, however short the record."""
    for before, tag in ((HEADER, b"\x5f\x2e"), (b"\2\1\1", b"\x7f\x60"), (b"", b"\x7f\x61"), (b"", b"\x75")):
        content = before + tag + b"\x82" + len(content).to_bytes(2, "big") + content
    return content


def test_the_frame_is_usual():
    assert framed(facial_record(image=LONG)) == FACES["usual"]


ISSUES = ["20260302"]
DOCUMENTS = {text: file("6C", OBJECTS_12["5F19"][0], obj("5F26", text.encode())) for text in ISSUES}
DOCUMENTS["all simple fields"] = file("6C", *[item for tag, (item, _, _) in OBJECTS_12.items() if tag != "A0"])
DOCUMENTS["no date"] = file("6C", OBJECTS_12["5F19"][0])
SOUND |= {f"DG12, {name}": (lambda data: dg12.sound(data)[0], dg12.Dg12, data) for name, data in DOCUMENTS.items()}

BAD_FACES = {
    "identifier": {"identifier": b"FAX\0"}, "version": {"version": b"020\0"}, "length": {"length": 5},
    "count": {"count": 2}, "no face": {"count": 0}, "long block": {"block_length": 9999},
    "short block": {"block_length": 300}, "points cut": {"point_count": 60}, "points that leave no image": {"point_count": 40},
    "gender": {"gender": 77}, "eyes": {"eyes": 99}, "hair": {"hair": 99}, "yaw": {"pose": b"\xf0\1\1"},
    "roll": {"pose": b"\1\1\xf0"}, "uncertainty": {"uncertainty": b"\0\0\xf0"}, "basic": {"image_type": 0},
    "kind of image": {"image_type": 9}, "another coding": {"data_type": 1}, "unknown coding": {"data_type": 9},
    "no image": {"image": b""}, "no picture": {"image": b"GIF89a" + bytes(300)}, "a picture cut": {"image": b"\xff\xd8"},
}  # fmt: skip
UNSOUND = {f"DG2, {name}": (dg2_module.sound, dg2(record(**change))) for name, change in BAD_FACES.items()}
UNSOUND |= {
    "DG2, behind": (dg2_module.sound, FACES["usual"] + b"\0"),
    "DG2, many points": (dg2_module.sound, dg2(record(points=bytes(8) * 1025))),
    "DG2, a record cut": (dg2_module.sound, framed(b"FAC\x00010\0")),
    "DG2, number": (dg2_module.sound, dg2(record(), instances=b"\2\1\2")),
    "DG2, type": (dg2_module.sound, dg2(record(), header=obj("A1", obj("81", b"\3"), OWNER, TYPE))),
    "DG2, owner": (dg2_module.sound, dg2(record(), header=obj("A1", TYPE))),
    "DG2, object": (dg2_module.sound, dg2(record(), header=obj("A1", OWNER, TYPE, obj("8A", b"?")))),
    "DG2, header": (dg2_module.sound, dg2(record(), header=b"\xa1\x02\x80\x05")),
    "DG11, behind": (dg11.sound, DETAILS["usual"] + b"\0"),
    "DG11, another file": (dg11.sound, b"\x6c" + DETAILS["usual"][1:]),
    "DG11, no list": (dg11.sound, file("6B", OBJECTS_11["5F2B"][0], listed=False)),
    "DG11, nothing": (dg11.sound, b"\x6b\0"),
    "DG11, list": (dg11.sound, simple(OBJECTS_11["5F2B"][0], listed=b"\x5f\x0e")),
    "DG11, cut list": (dg11.sound, simple(OBJECTS_11["5F2B"][0], listed=b"\x5f")),
    "DG11, order": (dg11.sound, simple(OBJECTS_11["5F2B"][0], OBJECTS_11["5F0E"][0], listed=b"\x5f\x0e\x5f\x2b")),
    "DG11, twice": (dg11.sound, simple(*[OBJECTS_11["5F2B"][0]] * 2)),
    "DG11, unknown": (dg11.sound, simple(obj("5F7F", b"?"))),
    "DG11, names": (dg11.sound, simple(obj("A0", b"\2\1\2", obj("5F0F", b"ERIKSSON<<ANN")))),
    "DG11, text": (dg11.sound, simple(obj("5F0E", b"\xff"))),
    "DG11, parts": (dg11.sound, simple(obj("5F11", b"\xff"))),
    "DG11, date": (dg11.sound, simple(obj("5F2B", b"1974081"))),
    "DG11, month": (dg11.sound, simple(obj("5F2B", b"1974AU12"))),
}


@pytest.mark.parametrize(("sound", "kind", "data"), SOUND.values(), ids=SOUND)
def test_what_is_sound_is_called_so(sound, kind, data):
    assert sound(data)
    parsed = kind.parse(data)
    assert (parsed.problems, parsed.raw, parsed.trailing) == ((), data, 0)


@pytest.mark.parametrize(("sound", "kind", "data"), SOUND.values(), ids=SOUND)
def test_whatever_is_changed_what_is_called_sound_is(sound, kind, data):
    for damaged in mutations(data) if len(data) < 1000 else sampled_mutations(data, 500, first=120):
        if sound(damaged):
            parsed = kind.parse(damaged)
            assert (parsed.problems, parsed.raw, parsed.trailing) == ((), damaged, 0)


@pytest.mark.parametrize(("sound", "data"), UNSOUND.values(), ids=UNSOUND)
def test_what_has_a_fault_is_not_called_sound(sound, data):
    kind = dg2_module.Dg2 if sound is dg2_module.sound else dg11.Dg11
    assert not sound(data)
    try:
        parsed = kind.parse(data)
    except LdsError:
        return
    assert parsed.problems or parsed.trailing or parsed.tag_list is not None


@pytest.mark.parametrize("data", DOCUMENTS.values(), ids=DOCUMENTS)
def test_the_date_of_issue_is_that_of_the_reader(data):
    for damaged in (data, *mutations(data)):
        sound, issued = dg12.sound(damaged)
        assert issued == (dg12.Dg12.parse(damaged).issued if sound else None)
    assert (dg12.sound(data)[1] is None) is (data not in (DOCUMENTS["20260302"], DOCUMENTS["all simple fields"]))


def test_two_templates_are_for_the_reader_to_tell():
    assert not dg2_module.sound(obj("75", obj("7F61", b"\2\1\2", *[obj("7F60", HEADER, record())] * 2)))


def test_of_a_long_list_nothing_is_remembered(monkeypatch):
    monkeypatch.setattr("tjdocs.lds._details._known", None)
    assert not dg11.sound(simple(OBJECTS_11["5F2B"][0], listed=b"\x5f\x2b" * 33))


@given(st.binary(max_size=200))
def test_any_bytes(data):
    for start in (b"", FACES["usual"][:30], DETAILS["usual"][:20]):
        for sound in (dg2_module.sound, dg11.sound):
            assert sound(start + data) in (True, False)
