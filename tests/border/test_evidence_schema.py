"""The published schema of evidence accepts what the reader accepts, and nothing else."""

import base64
import json
from dataclasses import fields

import jsonschema
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.border.test_batch import WHO
from tjdocs import specs
from tjdocs.border.claims import Claims
from tjdocs.errors import InputError, UsageError
from tjdocs.inspection.evidence import DIRECTIONS
from tjdocs.inspection.evidence_json import EVIDENCE_KEYS, evidence_from_json, evidence_json

SCHEMA = json.loads((specs.folder("specs") / "schemas/evidence.json").read_text())
FOLLOWS = jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER)
FILE = jsonschema.Draft202012Validator({**SCHEMA["$defs"]["file"], "$defs": SCHEMA["$defs"]})


def accepted(values: dict) -> bool:
    try:
        Claims.of(evidence_from_json(values, folder=None).claims)
    except (UsageError, InputError):
        return False
    return True


wrong = st.sampled_from([5, 1.5, True, False, [], [5], {}, {"a": 1}, "", " ", "x", "QQ==", "QQ=", "QQ==\n", ["P<UTO"], None])
data = st.binary(max_size=6).map(lambda raw: base64.b64encode(raw).decode())
PARTS = {
    "schema": st.sampled_from([1, 2, True, "1", None]),
    "id": wrong,
    "mrz": st.sampled_from(["P<UTO", ["P<UTO", "L898"], [], "", ["P", None]]) | wrong,
    "chip": st.dictionaries(st.sampled_from(["EF_SOD", "DG1", "Datagroup2.bin", "011e"]), data | wrong, max_size=2) | wrong,
    "seal": data | wrong,
    "page": data | wrong,
    "direction": st.sampled_from([*DIRECTIONS, "in"]) | wrong,
    "point": st.text("ab", max_size=3) | wrong,
    "asks_protection": wrong,
    "asks-protection": wrong,
    "claims": st.dictionaries(
        st.sampled_from([*(field.name for field in fields(Claims)), "surname"]),
        st.sampled_from(["2026-11-10", "2026-13-01", "20261110", "2026-W46-2", "x", "", 5, None, "2026-11-10\n"]), max_size=2,
    ) | wrong,
    "policy": wrong, "trust": wrong, "register": wrong, "at": wrong, "surname": wrong,
}  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(sorted(PARTS)), max_size=4, unique=True).flatmap(lambda keys: st.fixed_dictionaries({key: PARTS[key] for key in keys})))
@example({"asks_protection": True, "asks-protection": True})
def test_the_schema_and_the_reader_agree(values):
    values = json.loads(json.dumps(values))
    assert FOLLOWS.is_valid(values) == accepted(values)


def test_the_schema_has_every_key_of_the_reader():
    keys = EVIDENCE_KEYS | {"schema", "id", "asks-protection"}
    assert SCHEMA["properties"].keys() == SCHEMA["$defs"]["file"]["properties"].keys() == keys
    assert SCHEMA["$defs"]["claims"]["properties"].keys() == {field.name for field in fields(Claims)}


@pytest.mark.parametrize("who", WHO, ids=range(len(WHO)))
def test_evidence_that_we_write_follows_it(who):
    values = json.loads(json.dumps(evidence_json(who.evidence())))
    FOLLOWS.validate(values)
    FILE.validate(values)


def test_a_file_may_name_paths_and_a_line_may_not():
    values = {"mrz": "mrz.txt", "chip": "chip", "seal": "seal.png", "claims": {"entered": "2026-11-10"}}
    FILE.validate(values)
    assert not FOLLOWS.is_valid(values)
    assert not accepted(values)
    assert not FILE.is_valid({**values, "trust": "trust.db"})
