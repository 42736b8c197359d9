"""The bundled vectors: their shape, their sources, and every answer of this library."""

import base64
import json
import sys
import tomllib
from pathlib import Path

import jsonschema
import pytest

from tjdocs import specs, vectors
from tjdocs.errors import OutputError, UsageError
from tjdocs.pki import algorithms
from tjdocs.seal.problems import kinds
from tjdocs.seal.results import results

ROOT = Path(__file__).parents[2]
FOLDER = specs.folder("test_vectors")
SCHEMA = json.loads((FOLDER / "schema.json").read_text())
AREAS = ("algorithms", "attacks", "conformance", "lds", "mrz", "passive-authentication", "seal")


def test_areas():
    assert vectors.areas() == AREAS


@pytest.mark.parametrize("area", AREAS)
def test_files_are_of_their_schema(area):
    table = json.loads((FOLDER / f"{area}.json").read_text(encoding="utf-8"))
    jsonschema.validate(table, SCHEMA)
    ids = [row["id"] for row in table["vectors"]]
    assert len(set(ids)) == len(ids)


@pytest.mark.requirement("ICAO-PA")
@pytest.mark.parametrize("area", AREAS)
def test_this_library_answers_as_expected(area):
    report = vectors.run([area])
    assert report.counts == {area: len(vectors.load(area))}
    assert [(d.vector.id, d.result, d.reason) for d in report.differences] == []


@pytest.mark.requirement("ICAO-ALGORITHM")
def test_every_combination_of_the_table_has_a_vector():
    sources = {vector.source for vector in vectors.load("algorithms")}
    assert {f"specs/pki/algorithms.toml: {id_}" for id_ in algorithms.combinations()} <= sources


@pytest.mark.requirement("ICAO-SEAL")
def test_every_validation_result_of_a_seal_has_a_vector():
    named = {name for v in vectors.load("seal") if v.input["operation"] == "seal-verify" for name in v.reason.split()}
    assert named == set(results())
    read = {v.reason for v in vectors.load("seal") if v.input["operation"] == "seal-read" and v.reason}
    assert read == set(kinds())


@pytest.mark.requirement("ICAO-SEAL")
def test_the_worked_examples_are_vectors_in_both_directions():
    encoded = {v.expected: v for v in vectors.load("seal") if v.input["operation"] == "seal-encode"}
    signed = 0
    for row in tomllib.loads((ROOT / "tests/seal/examples.toml").read_text())["seal"]:
        data = base64.b64encode(bytes.fromhex("".join(row["hex"]))).decode()
        about = [v for v in vectors.load("seal") if v.input.get("data") == data]
        assert {"seal-read", "seal-value"} <= {v.input["operation"] for v in about}
        assert data in encoded
        signed += any(v.input["operation"] == "seal-signature" for v in about)
    assert signed == 3


def test_every_verdict_has_vectors():
    expected = [vector.expected for vector in vectors.load("passive-authentication")]
    assert all(expected.count(verdict) >= 20 for verdict in ("admit", "refer", "refuse"))


def test_rows_about_signature_algorithms_have_vectors():
    rows = {vector.source.rpartition("LDS_")[2] for vector in vectors.load("passive-authentication")}
    numbers = [*range(1, 16), 36, 65, *range(70, 84), *range(94, 99)]
    assert {f"H_{n:02}" for n in numbers} <= rows


def test_vectors_are_complete_in_themselves():
    assert all("blob" not in json.dumps(vector.as_json()["input"]) for a in AREAS for vector in vectors.load(a))


def test_unknown_area():
    with pytest.raises(UsageError, match="no such area"):
        vectors.load("no-such")


def program(tmp_path, body):
    path = tmp_path / "program"
    path.write_text(f"#!{sys.executable}\nimport json, sys\nvector = json.load(sys.stdin)\n{body}\n")
    path.chmod(0o755)
    return str(path)


def test_another_program_is_asked_and_believed_in_nothing(tmp_path):
    says = program(tmp_path, 'print(json.dumps({"result": vector["expected"], "reason": vector["reason"]}))')
    assert vectors.run(["lds"], command=says).differences == ()
    wrong = program(tmp_path, 'print(json.dumps({"result": "valid", "reason": ""}))')
    report = vectors.run(["lds"], command=wrong)
    assert {d.vector.expected for d in report.differences} == {"invalid"}
    assert len(report.differences) == sum(v.expected == "invalid" for v in vectors.load("lds"))


def test_a_program_may_leave_vectors_out(tmp_path):
    report = vectors.run(["lds"], command=program(tmp_path, 'print(json.dumps({"result": "unsupported"}))'))
    assert (report.counts, report.skipped) == ({}, {"lds": len(vectors.load("lds"))})


def test_a_program_that_answers_nothing_differs(tmp_path):
    report = vectors.run(["lds"], command=program(tmp_path, "sys.exit(3)"))
    assert {(d.result, d.reason) for d in report.differences} == {("no answer", "exit status 3")}


def test_a_program_that_is_none(tmp_path):
    with pytest.raises(UsageError, match="cannot be started"):
        vectors.run(["lds"], command=str(tmp_path / "none"))


def test_export(tmp_path):
    written = vectors.export(tmp_path / "out")
    assert {path.name for path in written} == {*(f"{a}.json" for a in AREAS), "schema.json", "README.md", "LICENSE"}
    table = json.loads((tmp_path / "out/lds.json").read_text())
    assert [row["id"] for row in table["vectors"]] == [vector.id for vector in vectors.load("lds")]
    with pytest.raises(OutputError):
        vectors.export(tmp_path / "out")
