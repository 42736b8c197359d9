"""Where the data lies, and that a misspelt entry is an error."""

import tomllib

import pytest

from tjdocs import specs
from tjdocs.errors import SpecError


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """The library finds its data in another folder."""
    (tmp_path / "specs").mkdir()
    monkeypatch.setattr(specs, "__file__", str(tmp_path / "specs.py"))
    monkeypatch.setattr(specs, "folder", specs.folder.__wrapped__)
    return tmp_path


def test_folder_is_found_in_a_checkout():
    place = specs.folder("specs")
    assert (place / "checks.toml").is_file()
    assert specs.folder("specs") == place


def test_folder_beside_the_package_comes_first(elsewhere):
    assert specs.folder("specs") == elsewhere / "specs"


def test_an_installation_without_its_data_says_so(elsewhere):
    with pytest.raises(SpecError) as caught:
        specs.folder("test_vectors")
    assert caught.value.where == "test_vectors"
    assert caught.value.hint


def test_bytes_and_toml_are_the_files_own():
    data = (specs.folder("specs") / "checks.toml").read_bytes()
    assert specs.read_bytes("checks.toml") == data
    assert specs.read_toml("checks.toml") == tomllib.loads(data.decode())


@pytest.mark.parametrize("path", ["missing.toml", "policy", "mrz/missing.toml"])
def test_what_is_not_there(path):
    for read in (specs.read_bytes, specs.read_toml):
        with pytest.raises(SpecError) as caught:
            read(path)
        assert caught.value.where == f"specs/{path}"
        assert caught.value.__cause__ is None


@pytest.mark.parametrize("data", [b"= broken", b"\xff\xfe", b"a = 1\na = 2\n"])
def test_what_is_no_toml(elsewhere, data):
    (elsewhere / "specs" / "x.toml").write_bytes(data)
    with pytest.raises(SpecError, match="not readable as TOML"):
        specs.read_toml("x.toml")


def test_required_and_optional_keys():
    specs.require_keys({"a": 1, "b": 2}, ["a"], ["b", "c"], where="x")
    specs.require_keys({"a": 1}, iter(["a"]), where="x")
    with pytest.raises(SpecError, match=r"missing b, c: x$"):
        specs.require_keys({"a": 1}, ["a", "b", "c"], where="x")
    with pytest.raises(SpecError, match=r"unknown d: x; known are a, b"):
        specs.require_keys({"a": 1, "d": 2}, ["a"], ["b"], where="x")


def test_every_specification_is_readable():
    paths = sorted(path for path in specs.folder("specs").rglob("*.toml"))
    assert len(paths) > 10
    assert all(specs.read_toml(str(path.relative_to(specs.folder("specs")))) for path in paths)


def test_requirements_are_unique_and_complete():
    rows = specs.read_toml("requirements.toml")["requirement"]
    for row in rows:
        specs.require_keys(row, ["id", "area", "text", "source"], ["chosen"], where=row["id"])
        assert row["area"] in ("border", "documents", "register", "standard")
    assert len({row["id"] for row in rows}) == len(rows)
