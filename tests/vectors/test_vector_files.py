"""The generator's files: ids stay, changes are noted, twins follow their vectors."""

import json

import pytest

from tests.support import vector_files
from tests.support.vector_files import Area, document

TABLE = {
    "schema": 1, "area": "lds", "licence": "CC0-1.0", "description": "d",
    "vectors": [
        {"id": "lds-0001", "source": "s", "comment": "first", "flags": [],
         "input": {"operation": "check-digit", "text": "520727"}, "expected": "3", "reason": ""},
        {"id": "lds-1001", "source": "s", "comment": "first (State SWE)", "flags": [],
         "input": {"operation": "check-digit", "text": "520727"}, "expected": "3", "reason": ""},
        {"id": "lds-0003", "source": "s", "comment": "third", "flags": [],
         "input": {"operation": "check-digit", "text": "A"}, "expected": "0", "reason": ""},
    ],
}  # fmt: skip


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "lds.json").write_text(json.dumps(TABLE))
    (tmp_path / "CHANGES.md").write_text("| id | was | is | why |\n| --- | --- | --- | --- |\n| lds-0002 | `valid` | `withdrawn` | gone |\n")
    monkeypatch.setattr(vector_files, "VECTORS", tmp_path)
    monkeypatch.setattr(vector_files, "CHANGES", tmp_path / "CHANGES.md")
    return tmp_path


def digit(text):
    return lambda: {"operation": "check-digit", "text": text}


def written(folder):
    return {row["id"]: row for row in json.loads((folder / "lds.json").read_text())["vectors"]}


def test_a_new_case_gets_the_next_id_and_no_withdrawn_one(folder, capsys):
    area = Area("lds", "lds", "d")
    area.add("first", "s", digit("other bytes"), "3")
    area.add("third", "s", digit("A"), "0")
    area.add("new", "s", digit("1"), "7")
    area.write()
    rows = written(folder)
    assert list(rows) == ["lds-0001", "lds-0003", "lds-0004", "lds-1001"]
    assert rows["lds-0004"]["comment"] == "new"
    assert rows["lds-0001"]["input"]["text"] == "520727"  # bytes that are there stay
    assert capsys.readouterr().out == ""


def test_a_changed_expectation_waits_for_a_reason_and_reaches_the_twin(folder, capsys):
    for _ in range(2):  # the second run notes nothing again
        area = Area("lds", "lds", "d")
        area.add("first", "s", digit("520727"), "4", flags=["expired"])
        area.add("third", "s", digit("A"), "0")
        area.write()
    rows = written(folder)
    assert [rows[id_]["expected"] for id_ in ("lds-0001", "lds-1001")] == ["4", "4"]
    assert [rows[id_]["flags"] for id_ in ("lds-0001", "lds-1001")] == [["expired"], ["expired"]]
    assert (folder / "CHANGES.md").read_text().endswith("gone |\n| lds-0001 | `3` | `4` | why? |\n")
    said = capsys.readouterr().out
    assert "lds-0001: expectation changed; say why" in said
    assert "this library answers 3" in said


def test_a_case_under_another_name_keeps_the_id_of_its_vector(folder, monkeypatch):
    monkeypatch.setattr(vector_files, "RENAMED", {"first": "first, named"})
    area = Area("lds", "lds", "d")
    area.add("first, named", "s", digit("520727"), "4")
    area.write()
    rows = written(folder)
    assert list(rows) == ["lds-0001", "lds-0003", "lds-1001"]
    assert [rows[id_]["comment"] for id_ in ("lds-0001", "lds-1001")] == ["first, named", "first, named (State SWE)"]
    assert [rows[id_]["expected"] for id_ in ("lds-0001", "lds-1001")] == ["4", "4"]


def test_a_withdrawn_vector_goes_with_its_twin_and_a_lost_case_is_named(folder, capsys):
    with (folder / "CHANGES.md").open("a") as file:
        file.write("| lds-0001 | `3` | `withdrawn` | wrong |\n")
    area = Area("lds", "lds", "d")
    area.write()
    assert list(written(folder)) == ["lds-0003"]
    assert "lds-0003: no case makes it any more" in capsys.readouterr().out


def test_a_case_that_is_not_sure_is_left_out_where_this_library_answers_otherwise(folder):
    area = Area("lds", "lds", "d")
    area.add("unsure", "s", digit("1"), "8", sure=False)
    area.add("sure", "s", digit("1"), "8")
    area.write()
    assert [row["comment"] for row in written(folder).values() if row["id"] > "lds-0003"] == ["sure", "first (State SWE)"]


def test_a_twin_is_made_where_the_state_is_in_the_bytes(folder, monkeypatch):
    monkeypatch.setattr(vector_files, "IS_TWIN", True)
    area = Area("lds", "lds", "d")
    area.add("third", "s", digit("A"), "0")  # nothing in it is of the State
    assert "lds-1003" not in {row["id"] for row in area.table["vectors"]}
    area.add("third", "s", digit("B"), "7")
    area.add("first", "s", digit("B"), "7")  # it has one
    area.add("unknown", "s", digit("B"), "7")
    area.write()
    rows = written(folder)
    assert list(rows) == ["lds-0001", "lds-0003", "lds-1001", "lds-1003"]
    assert rows["lds-1003"]["comment"] == "third (State SWE)"


@pytest.mark.parametrize(
    ("arguments", "operation", "expected", "flags"),
    [
        (("admit", "", "pa.ds-chain"), "authenticate", "valid", []),
        (("admit", "", "lds.structure"), "inspect", "valid", []),
        (("admit", "pa.ds-usage/key-usage-absent"), "authenticate", "acceptable", ["key-usage-absent"]),
        (("refuse", "pa.ds-usage/key-usage-absent"), "authenticate", "invalid", ["key-usage-absent"]),
        (("refuse", "pa.country/differs"), "authenticate", "invalid", ["pa.country"]),
        (("refer", "pa.ds-chain/no-issuer"), "authenticate", "invalid", ["pa.ds-chain"]),
        (("refer", "pa.dg-hash/not-handed-over", "", "DG2"), "inspect", "invalid", ["pa.dg-hash"]),
        (("refer", "pa.dg-hash/not-handed-over", "", "DG1"), "authenticate", "invalid", ["pa.dg-hash"]),
        (("refuse", "doc.expiry/expired", "pa.ds-chain"), "inspect", "invalid", ["doc.expiry"]),
        (("refuse", "pa.sod-signature/digest-forbidden"), "authenticate", "invalid", ["weak-algorithm"]),
    ],
    ids=str,
)
def test_our_verdict_becomes_a_result_that_others_share(arguments, operation, expected, flags):
    made = document(*arguments)
    assert (made["operation"], made["expected"], made["flags"]) == (operation, expected, flags)
    assert (made["verdict"], made["reason"]) == arguments[:2]
