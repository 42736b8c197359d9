"""The bundled vectors: their shape, their sources, and every answer of this library."""

import base64
import json
import tomllib
from pathlib import Path

import jsonschema
import pytest

from tests.support.vector_files import UNTOLD, WITHDRAWN, changes, is_twin, said, twin_of
from tjdocs import specs, vectors
from tjdocs.errors import OutputError, SpecError, UsageError
from tjdocs.pki import Certificate, algorithms
from tjdocs.seal.seal_problems import kinds
from tjdocs.seal.seal_results import results
from tjdocs.vectors.notes import notes, reasons
from tjdocs.vectors.vector import clauses, exported

ROOT = Path(__file__).parents[2]
FOLDER = specs.folder("test_vectors")
SCHEMA = json.loads((FOLDER / "schema.json").read_text())
AREAS = ("algorithms", "attacks", "chip", "conformance", "lds", "mrz", "passive-authentication", "seal")


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
    report = vectors.run([area], reasons=True, verdicts=True)
    assert report.counts == {area: len(vectors.load(area))}
    assert [(d.vector.id, d.result, d.reason, d.verdict) for d in report.differences] == []


def test_this_library_accepts_every_defect_and_names_it_where_it_has_a_name():
    """A program that is stricter would not be wrong. This one is neither stricter nor silent."""
    for area in AREAS:
        for result in vectors.run([area]).results:
            vector = result.vector
            named = vector.reason or vector.input["operation"] in ("parse", "seal-verify")
            unnamed = vector.expected == "acceptable" and not named
            assert result.result == ("valid" if unnamed else vector.expected), vector.id


@pytest.mark.parametrize("area", AREAS)
def test_an_acceptable_vector_has_a_flag_and_every_flag_a_note(area):
    table = exported(area)
    for row in table["vectors"]:
        assert row["flags"] or row["expected"] != "acceptable", row["id"]
        assert set(row["flags"]) <= set(table["notes"])
    assert {flag for row in table["vectors"] for flag in row["flags"]} == set(table["notes"])


@pytest.mark.parametrize("area", AREAS)
def test_every_reason_word_has_a_sentence(area):
    table = exported(area)
    words = {word for row in table["vectors"] for word in row["reason"].split()}
    assert words == set(table["reasons"])
    assert all(row["description"].endswith(".") and row["clause"] for row in table["reasons"].values())


def test_what_is_named_a_defect_is_acceptable_and_what_fails_has_the_flag_of_its_check():
    given = {vector.reason: vector for vector in vectors.load("passive-authentication")}
    weak = given["pa.sod-signature/algorithm-weak"]
    assert (weak.expected, weak.flags, weak.verdict) == ("acceptable", ("algorithm-weak",), "admit")
    forged = given["pa.ds-chain/wrong-signature"]
    assert (forged.expected, forged.flags, forged.verdict) == ("invalid", ("pa.ds-chain",), "refuse")
    unknown = given["pa.ds-chain/no-issuer"]
    assert (unknown.expected, unknown.verdict) == ("invalid", "refer")


def test_a_document_that_is_authentic_and_not_accepted_is_asked_as_a_whole():
    operations = {(v.reason.partition(".")[0], v.input["operation"]) for v in documents() if v.reason}
    assert operations >= {("pa", "authenticate"), ("doc", "inspect"), ("lds", "inspect")}
    assert not operations & {("doc", "authenticate"), ("lds", "authenticate")}


def documents():
    return [v for area in ("passive-authentication", "attacks", "conformance") for v in vectors.load(area)]


@pytest.mark.parametrize(("area", "prefix"), [("passive-authentication", "pa"), ("conformance", "conformance")])
def test_every_document_has_a_twin_of_a_state_that_iso_3166_knows(area, prefix):
    given = {vector.id: vector for vector in vectors.load(area)}
    for id_, vector in given.items():
        if is_twin(id_):
            continue
        twin = given[twin_of(id_)]
        assert (twin.expected, twin.reason, twin.verdict) == (vector.expected, vector.reason, vector.verdict)
        assert (twin.flags, twin.input["operation"]) == (vector.flags, vector.input["operation"])
        assert twin.input["files"] != vector.input["files"] or twin.input["anchors"] != vector.input["anchors"]


def test_a_twin_is_of_sweden_in_zone_and_certificates():
    (vector,) = (v for v in vectors.load("passive-authentication") if v.id == "pa-1001")
    assert vector.input["mrz"].startswith("P<SWEERIKSSON<<ANNA<MARIA")
    assert b"P<SWEERIKSSON" in base64.b64decode(vector.input["files"]["DG1"])
    anchor = Certificate.parse(base64.b64decode(vector.input["anchors"][0]))
    assert anchor.country == "SE"


# ---------------------------------------------------------------------------------------------------------- changes


def test_every_change_of_an_expectation_has_a_reason_and_is_the_expectation_of_today():
    given = {row["id"]: row for area in AREAS for row in raw(area)}
    last = {}
    for id_, before, now, why in changes():
        assert why != UNTOLD, f"{id_}: say why in CHANGES.md"
        assert before != now
        assert last.get(id_, before) == before, f"{id_}: a row does not go on where the one before ended"
        last[id_] = now
    assert len(last) >= 2
    for id_, now in last.items():
        if now == WITHDRAWN:
            assert not {id_, twin_of(id_)} & set(given)
        else:
            assert said(given[id_]) == now


def test_no_id_is_left_out_unless_it_was_withdrawn():
    withdrawn = {id_ for id_, _, now, _ in changes() if now == WITHDRAWN}
    for area in AREAS:
        ids = [row["id"] for row in raw(area)]
        assert ids == sorted(ids)
        prefix = ids[0].rpartition("-")[0]
        every = {f"{prefix}-{n:04d}" for n in range(1, 1 + max(int(id_[-4:]) for id_ in ids if not is_twin(id_)))}
        missing = every - set(ids)
        assert {id_ for id_ in missing if id_ not in withdrawn} <= NEVER_GIVEN.get(area, set()), area


# ids that a hand-written file passed over before the first release
NEVER_GIVEN: dict[str, set[str]] = {}


def raw(area):
    return json.loads((FOLDER / f"{area}.json").read_text(encoding="utf-8"))["vectors"]


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
    given = [vector.verdict for vector in vectors.load("passive-authentication")]
    assert all(given.count(verdict) >= 20 for verdict in ("admit", "refer", "refuse"))
    expected = [vector.expected for vector in vectors.load("passive-authentication")]
    assert all(expected.count(result) >= 50 for result in ("valid", "invalid", "acceptable"))


def test_rows_about_signature_algorithms_have_vectors():
    rows = {vector.source.rpartition("LDS_")[2] for vector in vectors.load("passive-authentication")}
    numbers = [*range(1, 16), 36, 65, *range(70, 84), *range(94, 99)]
    assert {f"H_{n:02}" for n in numbers} <= rows


def test_vectors_are_complete_in_themselves():
    assert all("blob" not in json.dumps(vector.as_json()["input"]) for a in AREAS for vector in vectors.load(a))


def test_unknown_area():
    with pytest.raises(UsageError, match="unknown area"):
        vectors.load("no-such")


def test_exported_files_are_complete_and_of_the_exported_schema(tmp_path):
    written = vectors.export(tmp_path / "out")
    named = {*(f"{area}.json" for area in AREAS), "schema.json", "README.md", "CHANGES.md", "LICENSE"}
    assert {path.name for path in written} == named
    schema = jsonschema.Draft202012Validator(json.loads((tmp_path / "out/schema.json").read_text(encoding="utf-8")))
    for area in AREAS:
        table = json.loads((tmp_path / f"out/{area}.json").read_text(encoding="utf-8"))
        assert [error.message for error in schema.iter_errors(table)] == []
        assert [row["id"] for row in table["vectors"]] == [vector.id for vector in vectors.load(area)]
        assert '{"blob":' not in json.dumps(table["vectors"])
    with pytest.raises(OutputError):
        vectors.export(tmp_path / "out")


@pytest.mark.parametrize(
    "change",
    [
        {"expected": "admit"},
        {"expected": "acceptable", "flags": []},
        {"flags": ["Not A Flag"]},
        {"verdict": "accept"},
        {"area": "lds"},
    ],
    ids=str,
)
def test_the_schema_refuses_what_no_vector_has(change):
    table = exported("passive-authentication")
    row = table["vectors"][0] | change
    schema = jsonschema.Draft202012Validator(SCHEMA)
    assert list(schema.iter_errors(table | {"vectors": [row]}))
    without = {key: value for key, value in row.items() if key != "verdict"}
    assert list(schema.iter_errors(table | {"vectors": [without]}))
    assert not list(schema.iter_errors(table | {"vectors": table["vectors"][:1]}))


def test_the_guide_names_every_operation_area_and_bug_type():
    guide = (FOLDER / "README.md").read_text(encoding="utf-8")
    operations = {vector.input["operation"] for area in AREAS for vector in vectors.load(area)}
    for word in (*operations, *AREAS, *specs.read_toml("vectors.toml")["bug_types"]):
        assert f"| `{word}` |" in guide, word


def test_a_flag_without_a_note_is_an_error():
    with pytest.raises(SpecError, match="flag without a note"):
        notes(["no-such-flag"])
    with pytest.raises(SpecError, match="without a sentence"):
        reasons([("inspect", "pa.country/no-such-word")])


def test_a_source_of_several_clauses_counts_for_each():
    (vector,) = (v for v in vectors.load("passive-authentication") if v.id == "pa-0001")
    assert clauses(vector) == ("Doc 9303-10, 4.6.2", "BSI TR-03135-1, 5.6.4.2")
    (vector,) = (v for v in vectors.load("mrz") if v.id == "mrz-0004")
    assert clauses(vector) == ("Doc 9303-7, appendix A",)
