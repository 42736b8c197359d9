"""One reader of JSON and one of ``schema``: no file of another is read by looser rules than evidence is."""

import ast
import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tjdocs import inputs, specs
from tjdocs.auditlog import read_checkpoints
from tjdocs.auditlog.proofs import ConsistencyProof, read_proof
from tjdocs.border import Policy
from tjdocs.cli import _setup
from tjdocs.errors import SpecError, TjdocsError
from tjdocs.inspection.evidence_json import evidence_from_json
from tjdocs.office import one_register, output_folder
from tjdocs.register import KeyRequest, Keys

SOURCE = Path(__file__).parents[1] / "src" / "tjdocs"
NO_SCHEMA = [True, 1.0, "1", None, 2, False, [1]]


def nodes(word):
    """Yield the nodes of each module that has a word."""
    for path in sorted(SOURCE.rglob("*.py")):
        if word in (text := path.read_text(encoding="utf-8")):
            yield from ((path.relative_to(SOURCE).as_posix(), node) for node in ast.walk(ast.parse(text)))


def test_json_and_toml_are_parsed_in_one_module():
    parsing = {"loads", "load", "JSONDecoder"}
    calls, taken = set(), []
    for path, node in (*nodes("json"), *nodes("tomllib")):
        if isinstance(node, ast.Attribute) and node.attr in parsing and getattr(node.value, "id", "") in ("json", "tomllib"):
            calls.add((path, f"{node.value.id}.{node.attr}"))
        if isinstance(node, ast.ImportFrom) and node.module in ("json", "tomllib"):
            taken.append(path)
    assert calls == {("inputs.py", "json.loads"), ("inputs.py", "tomllib.loads")}
    assert taken == []


def test_schemas_are_compared_in_one_function():
    """``1 == True`` and ``1 == 1.0``: a comparison of its own would take them."""
    words = ('["schema"]', '.get("schema")', ".schema", '.pop("schema")', '.pop("schema", 1)')
    compared = {
        path for path, node in nodes("schema")
        if isinstance(node, ast.Compare)
        and any(ast.unparse(side).replace("'", '"').endswith(words) for side in (node.left, *node.comparators))
    }  # fmt: skip
    assert compared == {"border/policy.py"}  # which of two known ones it is


@pytest.mark.parametrize("value", NO_SCHEMA, ids=repr)
def test_a_schema_is_a_whole_number(value):
    assert not inputs.is_schema(value)
    assert not inputs.is_schema(value, 1, 3)
    assert inputs.is_schema(1)
    assert inputs.is_schema(2, 1, 2)


def _heads(table, tmp_path):
    (tmp_path / "heads").write_text(json.dumps(table) + "\n" + json.dumps(table) + "\n")
    return read_checkpoints(tmp_path / "heads")


def _registers(table, tmp_path):
    (tmp_path / one_register.FILE).write_text(json.dumps(table))
    return one_register._read(tmp_path)


def _data_key(table, tmp_path):
    (tmp_path / "data.key").write_text(json.dumps(table))
    return Keys.open(tmp_path)


def _record(table, tmp_path):
    (tmp_path / output_folder.RECORD).write_bytes(output_folder.record_json(table))
    return output_folder.read_record(tmp_path)


def _setup_file(table, tmp_path):
    (tmp_path / "desk.json").write_text(json.dumps(table))
    return _setup.desk(str(tmp_path / "desk.json"), {})


KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
REQUEST = KeyRequest.of("anna", SimpleNamespace(public=KEY.public_key().public_bytes_raw(), sign=KEY.sign))
POLICY = specs.read_bytes("policy/default.toml")
READERS = {
    "proof": (ConsistencyProof((), "old", "head").as_json(), lambda table, _: read_proof(json.dumps(table))),
    "heads": ({"schema": 1, "head": "head"}, _heads),
    "registers": ({"schema": 1, "registers": []}, _registers),
    "data key": ({"schema": 1, "keys": ["A" * 43 + "="]}, _data_key),
    "record": ({"schema": 1, "document_number": "x", "files": {}, "page": {}, "prints": []}, _record),
    "setup": ({"schema": 1, "direction": "entry"}, _setup_file),
    "request": (json.loads(REQUEST.text), lambda table, _: KeyRequest.parse(json.dumps(table))),
    "evidence": ({"schema": 1, "direction": "entry"}, lambda table, _: evidence_from_json(table, folder=None)),
}


@pytest.mark.parametrize("name", READERS)
def test_each_reader_asks_for_its_schema(name, tmp_path):
    table, read = READERS[name]
    read(table, tmp_path)
    for value in NO_SCHEMA:
        if name == "evidence" and value is None:
            continue  # the same as nothing
        with pytest.raises(TjdocsError):
            read({**table, "schema": value}, tmp_path)


@pytest.mark.parametrize("value", ["true", "1.0", "4", '"1"', "[1]"])
def test_a_policy_and_every_specification_ask_for_theirs(value):
    assert Policy.parse(POLICY)
    with pytest.raises(SpecError, match="unknown schema"):
        Policy.parse(POLICY.replace(b"schema = 3", b"schema = " + value.encode()))
    table = inputs.toml_table(b"schema = " + value.encode(), where="x")
    with pytest.raises(SpecError, match="unknown schema: x"):
        specs.require_keys(table, ["schema"], where="x")


@pytest.mark.parametrize("text", ['{"schema": 1, "schema": 1}', '{"schema": 1, "head": NaN}', "[" * 100_000, '{"a":' * 100_000])
def test_a_proof_and_a_request_are_read_by_it(text):
    for read in (read_proof, KeyRequest.parse):
        with pytest.raises(TjdocsError):
            read(text)
