"""Policies and document types with anything in any place: refused by name, never a fault of the reader."""

import copy
import datetime
import json
import tomllib
from pathlib import Path

import pytest

from tjdocs import limits
from tjdocs.border import Policy
from tjdocs.documents import DocumentTypes
from tjdocs.errors import SpecError, UsageError

HERE = Path(__file__).parent
POLICY = tomllib.loads((HERE.parent / "specs/policy/default.toml").read_text(encoding="utf-8"))
POLICY |= {"trust": {"believe": ["anchor"], "anchors": ["0" * 64], "denied": ["1" * 64]}}
TYPE = tomllib.loads((HERE / "office/refugee-travel-document.toml").read_text(encoding="utf-8"))
ANYTHING = [
    "", "x", "A" * 20_000, "a-" * 10_000, "{" * 5_000, "{:0999d}", "\x1b[2J\u202e", -1, 10**18, 1.5, float("inf"), True, [], {}, ["a"] * 5_000,
    [["a"]], [{}], [1, "a", True], {"a": 1}, {"a": {"b": {}}}, datetime.date(9999, 12, 31), datetime.datetime(1, 1, 1),  # noqa: DTZ001
]  # fmt: skip


def written(value) -> str:
    """Return a value as TOML; nothing here needs more of the form than inline tables."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, list):
        return f"[{','.join(map(written, value))}]"
    if isinstance(value, dict):
        return f"{{{','.join(f'{json.dumps(k)}={written(v)}' for k, v in value.items())}}}"
    return json.dumps(value) if isinstance(value, str) else repr(value)


def document(table) -> bytes:
    return "".join(f"{json.dumps(key)} = {written(value)}\n" for key, value in table.items()).encode()


def places(value, path=()):
    """Yield the path of every value in a table; of a list the first three items."""
    if path:
        yield path
    inside = value.items() if isinstance(value, dict) else list(enumerate(value))[:3] if isinstance(value, list) else ()
    for key, item in inside:
        yield from places(item, (*path, key))


def put(table, path, value):
    changed = copy.deepcopy(table)
    inner = changed
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return changed


def assert_named(read):
    """Check that a table is read, or refused in a short text that a terminal can show."""
    said = ""
    try:
        read()
    except SpecError as error:
        said = str(error)
    assert "\x1b" not in said
    assert len(said) < 4000


def test_they_are_read_as_they_are(tmp_path):
    assert Policy.parse(document(POLICY)).name == "default"
    (tmp_path / "refugee-travel-document.toml").write_bytes(document(TYPE))
    assert "refugee-travel-document" in DocumentTypes.load(tmp_path)


@pytest.mark.parametrize("path", list(places(POLICY)), ids=str)
def test_anything_in_a_policy(path):
    for value in ANYTHING:
        assert_named(lambda value=value: Policy.parse(document(put(POLICY, path, value))))


@pytest.mark.parametrize("path", list(places(TYPE)), ids=str)
def test_anything_in_a_document_type(path, tmp_path):
    for value in ANYTHING:
        (tmp_path / "refugee-travel-document.toml").write_bytes(document(put(TYPE, path, value)))
        assert_named(lambda: DocumentTypes.load(tmp_path))


@pytest.mark.parametrize("data", [b"a=" + b"[" * 50_000, b"a." * 20_000 + b"a=1", b"a=" + b"1" * 50_000, b"\xff", b"#" * limits.DOCUMENT_TYPE])
def test_a_table_that_would_keep_its_reader_busy(data, tmp_path):
    """Nesting, long keys, long numbers: in a file named by --policy, by --types, and in an archive of evidence."""
    with pytest.raises(SpecError):
        Policy.parse(data)
    (tmp_path / "x.toml").write_bytes(data)
    with pytest.raises((SpecError, UsageError)):
        DocumentTypes.load(tmp_path)
