"""What a scanner may hand over: good calls are read, bad ones raise one of the library's own errors."""

import os
import random
from pathlib import Path

import pytest

from tests.support import builders as b
from tjdocs.border import Inspector
from tjdocs.errors import InputError, TjdocsError, UsageError
from tjdocs.inspection import Evidence, examine
from tjdocs.inspection.evidence import MAX_FILE, MAX_FOLDER, read_folder


@pytest.fixture
def folder(tmp_path):
    """A chip's folder as another program writes it."""
    names = {"DG1": "Datagroup1.bin", "DG2": "EF_DG2.bin", "EF.COM": "ef.com", "EF.SOD": "EF_SOD.bin"}
    for name, data in b.scene().chip.items():
        (tmp_path / names[name]).write_bytes(data)
    (tmp_path / "notes.txt").write_text("of no interest")
    (tmp_path / "DG3.bin").mkdir()  # a folder is no file
    return tmp_path


@pytest.mark.parametrize("kind", [str, Path, lambda path: path])
def test_folder_in_any_usual_spelling(folder, kind):
    evidence = Evidence(chip=kind(folder))
    assert evidence.files == b.scene().chip


def test_mapping_in_mixed_spellings_gives_the_same_findings(folder):
    chip = b.scene().chip
    spelt = {
        "ef0101.bin": chip["DG1"],
        "dg02": bytearray(chip["DG2"]),
        "COM": memoryview(chip["EF.COM"]),
        "EF_SOD": chip["EF.SOD"],
    }
    trust = b.scene().trust
    evidence = Evidence(chip=spelt)
    assert all(type(data) is bytes for data in evidence.files.values())
    assert examine(evidence, trust, at=b.AT).findings == examine(Evidence(chip=folder), trust, at=b.AT).findings


def test_later_changes_of_the_mapping_do_not_reach_the_evidence():
    files = dict(b.scene().chip)
    evidence = Evidence(chip=files)
    files["DG1"] = b""
    assert evidence.files["DG1"] == b.scene().chip["DG1"]


def test_nothing_handed_over_is_evidence_too():
    evidence = Evidence()
    assert evidence.files is None
    assert {f.outcome for f in examine(evidence, b.scene().trust, at=b.AT).findings} == {"undetermined"}


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_a_seal_is_kept_as_bytes(kind):
    given = bytearray(b"\xdc\x03")
    evidence = Evidence(seal=kind(given))
    given[0] = 0
    assert evidence.seal == b"\xdc\x03"
    assert type(evidence.seal) is bytes


@pytest.mark.parametrize("direction", ["entry", "exit", "border-area", "border-stripe", "domestic", None])
def test_directions(direction):
    assert Evidence(mrz="", direction=direction).direction == direction


@pytest.mark.parametrize(
    "arguments",
    [
        {"direction": "sideways"},
        {"direction": 5},
        {"mrz": 5},
        {"mrz": b"P<UTO"},
        {"mrz": ["P<UTO", 5]},
        {"mrz": {"P<UTO"}},
        {"chip": {}},
        {"chip": {"DG17": b""}},
        {"chip": {"DG1": "text"}},
        {"chip": {"DG1": None}},
        {"chip": {5: b""}},
        {"chip": 5},
        {"chip": []},
        {"chip": b"folder"},
        {"chip": "a\0b"},
        {"seal": "seal.bin"},
        {"seal": Path("seal.bin")},
        {"seal": 5},
    ],
    ids=repr,
)
def test_bad_calls_raise_the_librarys_own_error(arguments):
    with pytest.raises(TjdocsError) as caught:
        Evidence(**arguments)
    assert caught.value.message
    assert caught.value.hint or caught.value.where


@pytest.mark.parametrize("name", ["missing", "file", "empty", "nothing-known", "unreadable"])
def test_folders_that_cannot_be_judged(tmp_path, name):
    place = tmp_path / name
    if name == "file":
        place.write_bytes(b"")
    elif name != "missing":
        place.mkdir()
    if name == "nothing-known":
        (place / "photo.jpg").write_bytes(b"")
    if name == "unreadable":
        (place / "DG1.bin").symlink_to(place / "DG1.bin")
    with pytest.raises(InputError) as caught:
        read_folder(place)
    assert str(place) in caught.value.where


def test_a_file_of_100_megabytes_is_refused_unread(tmp_path, monkeypatch):
    with (tmp_path / "DG2.bin").open("wb") as file:
        file.truncate(100_000_000)
    monkeypatch.setattr(Path, "read_bytes", lambda self: pytest.fail("it was read"))
    with pytest.raises(InputError, match="over the limits"):
        read_folder(tmp_path)


def test_the_largest_file_is_still_read(tmp_path):
    with (tmp_path / "DG2.bin").open("wb") as file:
        file.truncate(MAX_FILE)
    assert len(read_folder(tmp_path)[0]["DG2"]) == MAX_FILE


def test_a_folder_over_its_limit(tmp_path):
    count = MAX_FOLDER // MAX_FILE
    for number in range(1, count + 2):
        with (tmp_path / f"DG{number}.bin").open("wb") as file:
            file.truncate(MAX_FILE)
    with pytest.raises(InputError, match="over the limits"):
        read_folder(tmp_path)
    (tmp_path / "DG1.bin").unlink()
    assert len(read_folder(tmp_path)[0]) == count


def test_random_files_are_judged_and_nothing_of_them_holds(tmp_path):
    draw = random.Random(9303)
    for name in ("EF_COM.bin", "EF_SOD.bin", "DG1.bin", "DG2.bin", "DG12.bin", "DG14.bin", "DG15.bin", "DG16.bin"):
        (tmp_path / name).write_bytes(draw.randbytes(draw.randrange(2_000)))
    findings = examine(Evidence(chip=tmp_path), b.scene().trust, at=b.AT).findings
    assert [f for f in findings if f.outcome.ok] == []


@pytest.mark.parametrize("at", ["2026-11-24", None, 20261124, b.AT.replace(tzinfo=None)], ids=repr)
def test_a_time_that_is_none_is_a_bad_call(at):
    with pytest.raises(UsageError):
        examine(Evidence(), b.scene().trust, at=at)


def test_a_day_stands_for_its_noon():
    sound = b.scene()
    at_noon = examine(sound.evidence, sound.trust, at=b.AT)
    on_day = examine(sound.evidence, sound.trust, at=b.AT.date())
    assert on_day == at_noon
    assert on_day.at == b.AT


def test_folder_that_vanishes_between_is_no_crash(folder, monkeypatch):
    real = Path.read_bytes

    def vanish(self):
        os.unlink(self)
        return real(self)

    monkeypatch.setattr(Path, "read_bytes", vanish)
    with pytest.raises(InputError, match="cannot read"):
        Evidence(chip=folder)


def test_a_file_that_is_there_twice_is_a_finding(tmp_path):
    """Folder and mapping are judged alike; which of the two the chip has, nobody knows."""
    sound = b.scene()
    for name, data in sound.chip.items():
        (tmp_path / name.replace(".", "_")).write_bytes(data)
    (tmp_path / "Datagroup1.bin").write_bytes(sound.chip["DG1"])
    same = Evidence(mrz=sound.mrz, chip=tmp_path)
    assert (same.twice, Inspector(trust=sound.trust).inspect(same, at=sound.at).decision) == (frozenset(), "admit")
    (tmp_path / "Datagroup1.bin").write_bytes(b"another")
    mapping = {path.name: path.read_bytes() for path in sorted(tmp_path.iterdir())}
    for chip in (tmp_path, mapping):
        verdict = Inspector(trust=sound.trust).inspect(Evidence(mrz=sound.mrz, chip=chip), at=sound.at)
        assert verdict.decision == "refuse"
        assert ("lds.structure", "failed", "twice", "DG1") in [
            (f.check, f.outcome, f.reason, f.subject) for f in verdict.findings
        ]
    mapping["Datagroup1.bin"] = sound.chip["DG1"]
    assert (Evidence(chip=mapping).files, Evidence(chip=mapping).twice) == (same.files, frozenset())


NOTHING = ["", [], [""], ["", ""], "\n", "   ", "\ufeff", "\ufeff\r\n", ["\u00a0", "\t"],
           "\u200b", "\0", "\0\0\n\0", "<", "<" * 88, ["<" * 44, "<" * 44], "<" * 30 + "\u200b\n\u2060\0", "\u3164\u2800<"]


@pytest.mark.parametrize("mrz", NOTHING, ids=ascii)
def test_a_zone_in_which_nothing_is_written_is_none(mrz):
    """Nothing read proves nothing: neither for a genuine chip nor against it."""
    sound = b.scene()
    given = Evidence(mrz=mrz, chip=sound.chip)
    assert given.mrz is None
    found, without = (examine(e, sound.trust, at=b.AT) for e in (given, Evidence(chip=sound.chip)))
    assert (found.printed, found.findings) == (None, without.findings)
    alone = examine(Evidence(mrz=mrz), sound.trust, at=b.AT).findings
    assert ("mrz.structure", "undetermined", "no-input") in [(f.check, f.outcome, f.reason) for f in alone]


@pytest.mark.parametrize("mrz", ["<-", "-", "\0P", "\ud800", "\ue000", "x\n", ["", "P<"]], ids=repr)
def test_a_zone_in_which_anything_is_written_is_judged(mrz):
    found = examine(Evidence(mrz=mrz), b.scene().trust, at=b.AT).findings
    assert ("mrz.structure", "failed", "format-unknown") in [(f.check, f.outcome, f.reason) for f in found]


def test_two_halves_of_a_character_are_one():
    """Text of a program may have it in halves; JSON knows no such text, and an archive is judged again from JSON."""
    assert Evidence(mrz="P<\ud83d\ude00<\ud800").mrz == "P<\U0001f600<\ud800"
    assert Evidence(mrz=["P<\ud83d\ude00", "\ud800"]).mrz == ["P<\U0001f600", "\ud800"]
