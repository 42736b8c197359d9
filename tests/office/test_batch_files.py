"""What a batch leaves beside its documents: an index, and rejected rows to correct; files of other spreadsheets."""

import csv
import dataclasses
import json
import stat
from datetime import UTC, datetime, timedelta

import pytest

from tests.office.test_office_batch import GOOD, KIND, as_csv, row
from tests.office.test_office_batch import make as made_batch
from tjdocs.documents import ApplicationError, example, load_types
from tjdocs.errors import InputError, OutputError, UsageError
from tjdocs.office import application_rows
from tjdocs.pki import Authority

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def place(tmp_path):
    (tmp_path / "face.png").write_bytes(example(KIND, at=NOW).portrait)
    Authority.create(tmp_path / "authority", at=NOW - timedelta(days=1))
    return tmp_path


def make(place, lines, name="batch.jsonl", out="out"):
    return dataclasses.replace(made_batch(place, lines, name), out=place / out)


def written(made, path):
    made.check_rejected(path)
    made.write_rejected(path, list(made.run()))
    return path.read_text(encoding="utf-8") if path.exists() else None


def index(made):
    with (made.out / "index.csv").open(newline="") as file:
        return list(csv.DictReader(file))


# ------------------------------------------------------------------------------------------------------------ the index


def test_index_of_what_was_issued(place):
    made = make(place, [GOOD, row(citizenship="UZB"), GOOD])
    list(made.run())
    found = index(made)
    assert [(one["document_number"], one["line"], one["folder"]) for one in found] == [
        ("T00000001", "1", "00000001"), ("T00000002", "3", "00000003")
    ]  # fmt: skip
    for one in found:
        files = one["files"].split(";")
        assert {"mrz.txt", "record.json", "chip/DG1.bin"} <= set(files)
        assert all((made.out / one["folder"] / name).is_file() for name in files)
    assert list(found[0]) == ["document_number", "line", "folder", "files"]


def test_a_later_run_completes_the_index(place):
    made = make(place, [GOOD, GOOD])
    next(run := made.run())
    run.close()
    assert not (made.out / "index.csv").exists()
    assert [line.status for line in make(place, [GOOD, GOOD]).run()] == ["done", "issued"]
    assert [one["document_number"] for one in index(made)] == ["T00000001", "T00000002"]


# ----------------------------------------------------------------------------------------------- rejected and corrected


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_rejected_rows_are_corrected_and_issued(place, separator):
    text = as_csv([GOOD, {**GOOD, "citizenship": "UZB"}, {**GOOD, "sex": "W"}], separator=separator)
    rejected = written(make(place, text, "batch.csv"), place / "rejected.csv")
    lines = rejected.splitlines()
    assert lines[0] == separator.join(["rejected", text.splitlines()[0]])
    assert len(lines) == 3
    assert lines[1].startswith('"line 3 | EXT-3 ')
    assert lines[1].endswith(text.splitlines()[2])  # as it was written
    assert lines[2].startswith('"line 4 | sex')
    assert stat.S_IMODE((place / "rejected.csv").stat().st_mode) == 0o600
    again = written(make(place, rejected.replace("UZB", "TJK"), "second.csv", "out-2"), place / "again.csv").splitlines()
    assert again[0] == lines[0]  # no second column of reasons
    assert len(again) == 2
    assert again[1].startswith('"line 3 | sex')
    assert again[1].count("| sex") == 1
    corrected = "\n".join(again).replace(f"{separator}W{separator}", f"{separator}F{separator}") + "\n"
    last = make(place, corrected, "third.csv", "out-3")
    assert written(last, place / "none.csv") is None
    assert [one["document_number"] for one in index(last)] == ["T00000003"]


def test_rejected_json_lines(place):
    lines = [GOOD, row(citizenship="UZB")]
    text = "".join(f"{json.dumps(line)}\n" for line in lines) + "{broken\n"
    foreign, broken = map(json.loads, written(make(place, text), place / "rejected.jsonl").splitlines())
    assert foreign.pop("rejected").startswith("line 2 | EXT-3 ")
    assert foreign == lines[1]
    assert broken["unreadable"] == "{broken"
    assert broken["rejected"].startswith("line 3 | line")
    foreign |= {"citizenship": "TJK", "rejected": "line 2"}
    assert [line.status for line in make(place, [foreign], "again.jsonl", "out-2").run()] == ["issued"]


def test_a_row_that_is_no_csv_stays_as_it_is(place):
    text = as_csv([GOOD]) + 'one,"two\n' + "three\n"
    rejected = written(make(place, text, "batch.csv"), place / "r.csv").splitlines()
    assert [line.split('",', 1)[1] for line in rejected[1:]] == ['one,"two', "three"]


def test_a_reason_has_no_value_of_the_application(place):
    (line,) = make(place, [row(family_name="SPECIMEN;", citizenship="UZB")]).run()
    assert line.reasons
    assert "SPECIMEN" not in " ".join(line.reasons)


def test_where_rejected_rows_cannot_be(place):
    made = make(place, as_csv([GOOD]), "batch.csv")
    (place / "there.csv").write_text("kept")
    (place / "link.csv").symlink_to("nowhere")
    (place / "inner").mkdir()
    for name, error, text in (
        ("there.csv", OutputError, "the path exists already"), ("link.csv", OutputError, "the path exists already"),
        ("r.jsonl", UsageError, "another form"), ("inner/r.csv", UsageError, "another folder"),
    ):  # fmt: skip
        with pytest.raises(error, match=text):
            made.check_rejected(place / name)
    assert (place / "there.csv").read_text() == "kept"
    assert not made.out.exists()


# --------------------------------------------------------------------------------------------------- other spreadsheets


@pytest.mark.parametrize(("separator", "word"), [(";", "semicolons"), ("\t", "tabs")])
def test_another_separator_is_read_and_named(place, separator, word):
    made = make(place, as_csv([GOOD], separator=separator), "batch.csv")
    assert made.notes == (f"cells are parted by {word}",)
    assert [line.status for line in made.run()] == ["issued"]
    assert make(place, as_csv([GOOD]), "plain.csv").notes == make(place, [GOOD]).notes == ()


def test_a_fault_names_the_separator(place):
    with pytest.raises(ApplicationError, match="not a line of CSV") as caught:
        application_rows.read(b'"unclosed', ("family_name",), load_types.get(KIND), place, separator=";")
    assert "semicolons" in str(caught.value)


def test_semicolons_within_a_cell():
    table = application_rows._cells('A;"АЛМАТО; ТАШКЕНТ"', ("family_name", "journey.transit"), load_types.get("return-certificate"), ";")
    assert table["journey"]["transit"] == ["АЛМАТО", "ТАШКЕНТ"]


@pytest.mark.parametrize(("encoding", "said"), [("cp1251", "Windows-1251"), ("utf-16", "UTF-16"), ("utf-16-le", "UTF-16")])
@pytest.mark.parametrize("name", ["batch.csv", "batch.jsonl"])
def test_another_encoding_is_refused_with_its_name(place, encoding, said, name):
    """A font of before Unicode may show a Tajik letter in another's place: a person decides."""
    table = {**GOOD, "family_name": "СПЕСИМЕН", "given_names": "АННА", "patronymic": "", "place_of_birth": "ДУШАНБЕ"}
    text = as_csv([table]) if name.endswith("csv") else json.dumps(table, ensure_ascii=False) + "\n"
    made = make(place, text, name)
    (place / name).write_bytes(text.encode(encoding, errors="replace"))
    with pytest.raises(InputError, match="not UTF-8") as caught:
        next(made.run())
    assert f"it looks like {said}" in caught.value.hint
    assert f"-t UTF-8 {name} > NEW" in caught.value.hint
    assert not made.out.exists()


def test_one_odd_line_stops_nobody(place):
    made, text = make(place, ""), json.dumps(GOOD, ensure_ascii=False)
    (place / "batch.jsonl").write_bytes(text.encode() + b"\n" + text.encode("cp1251", "replace") + b"\n")
    assert [line.status for line in made.run()] == ["issued", "unusable"]
