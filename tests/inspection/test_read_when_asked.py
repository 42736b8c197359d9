"""Files without a fault are read when somebody looks into them, and nobody can tell."""

import pytest

import builders as b
from tjdocs import mrz
from tjdocs.inspection import structure
from tjdocs.inspection.structure import Parsed, read_chip

DG11 = b.der(0x6B, b.der(0x5C, b"\x5f\x0e"), b.der(0x5F0E, b"ERIKSSON<<ANNA<MARIA"))
GROUPS = {1: b.dg1(b.zone()), 2: b.dg2(), 11: DG11, 12: b.dg12("20260302")}
DATES = [{**GROUPS, 12: b.dg12(text)} for text in ("20260230", "2026030", "\x20\x26\x03\x02")]
DATES.append({**GROUPS, 12: GROUPS[12] + bytes(2)})


@pytest.fixture
def unread(monkeypatch):
    """Let all of them be unreadable."""

    def refuse(data: bytes) -> None:
        raise AssertionError("read")

    monkeypatch.setattr(structure, "_READERS", {**structure._READERS, **dict.fromkeys(("DG2", "DG11", "DG12"), refuse)})
    return monkeypatch


def test_a_sound_chip_is_judged_without_reading_what_nothing_rests_on(unread):
    scene = b.scene(groups=GROUPS)
    found = scene.examine()
    outcomes = {f.subject: str(f.outcome) for f in found.findings if f.check == "lds.structure"}
    assert all(outcomes[name] == "passed" for name in ("DG1", "DG2", "DG11", "DG12"))
    (validity,) = [f.detail for f in found.findings if f.check == "pa.ds-validity"]
    assert validity == "signed 2026-03-02 (stated)"
    with pytest.raises(AssertionError):
        found.chip.parsed["DG2"]
    unread.undo()
    assert found.chip.parsed["DG2"].raw == GROUPS[2]
    assert found.chip.parsed["DG2"] is found.chip.parsed.get("DG2")
    assert found.chip.parsed.get("DG11").full_name == "ERIKSSON<<ANNA<MARIA"


def test_findings_are_those_of_a_chip_that_was_read(monkeypatch):
    for groups in (GROUPS, {**GROUPS, 2: GROUPS[2] + bytes(3)}, {**GROUPS, 11: DG11[:-1]}, {**GROUPS, 2: b"\x75\0"}, *DATES):
        scene = b.scene(groups=groups)
        found = scene.examine()
        with monkeypatch.context() as patch:
            patch.setattr(structure, "_SOUND", {})
            patch.setattr(structure.dg12, "sound", lambda data: (False, None))
            read = scene.examine()
        assert found.findings == read.findings
        assert found.chip.parsed == read.chip.parsed
        assert (found.chip.contents, found.chip.issued) == (read.chip.contents, read.chip.issued)


def test_a_mapping_of_what_was_read_and_what_will_be():
    chip = read_chip({"DG2": GROUPS[2], "DG11": DG11, "DG1": GROUPS[1], "DG5": b"\x65\x00"})
    assert sorted(chip.parsed) == ["DG1", "DG11", "DG2", "DG5"]
    assert len(chip.parsed) == 4
    assert "DG2" in chip.parsed
    assert chip.parsed.get("DG3") is None
    with pytest.raises(KeyError):
        chip.parsed["DG3"]
    assert [chip.parsed.faultless(name) for name in ("DG1", "DG2", "DG3")] == [False, True, False]
    assert dict(chip.parsed) == {name: chip.parsed[name] for name in ("DG1", "DG2", "DG5", "DG11")}
    assert len(Parsed({}, {})) == 0
    assert "ERIKSSON" not in repr(chip.parsed)


GENUINE = b.zone(code="PP", state="TJK", nationality="TJK", number="T12345678", optional="")


def test_a_zone_that_is_on_both_sides_is_read_once(monkeypatch):
    scene = b.scene(inside=GENUINE)
    expected = mrz.parse_joined(GENUINE, at=b.AT)
    monkeypatch.setattr(mrz, "parse_joined", None)
    found = scene.examine()
    assert (found.printed, found.chip_zone) == (expected, expected)
    assert not expected.problems


@pytest.mark.parametrize(
    ("inside", "printed"),
    [
        (GENUINE, GENUINE.replace("ERIKSSON", "ERIKSSAN")),
        (GENUINE, GENUINE.lower()),  # put right, and told so of the printed one alone
        (b.zone(), b.zone()),  # a specimen's
        (GENUINE, GENUINE[:-1] + "0"),
        (GENUINE, None),
    ],
)
def test_any_other_zone_of_a_chip_is_read_by_itself(inside, printed):
    found = b.scene(inside=inside, printed=printed).examine()
    assert found.chip_zone == mrz.parse_joined(inside, at=b.AT)
