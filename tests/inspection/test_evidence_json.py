"""Evidence as JSON names files of a folder: what it may not name, and how much of it is read."""

import pytest

from tests.support import builders as b
from tjdocs import limits
from tjdocs.errors import InputError
from tjdocs.inspection.evidence_json import evidence_from_json


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
