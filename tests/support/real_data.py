"""Where the real published data lies: the folder that TJDOCS_REAL_DATA names, else ../shared/real."""

import os
from pathlib import Path

import pytest

_BESIDE = Path(__file__).resolve().parents[3] / "shared" / "real"


def folder() -> Path:
    """Return the folder; skip the test when there is none, fail it under TJDOCS_REQUIRE_REAL=1."""
    named = os.environ.get("TJDOCS_REAL_DATA")
    path = Path(named) if named else _BESIDE
    if not path.is_dir():
        missing("the folder of real data", path)
    return path


def read(name: str) -> bytes:
    """Return the bytes of ``name`` (a path below the folder); skip or fail as :func:`folder` does."""
    path = folder() / name
    if not path.is_file():
        missing(name, path)
    return path.read_bytes()


def missing(what: str, path: Path) -> None:
    text = f"real data: {what} is not at {path} (TJDOCS_REAL_DATA names another folder)"
    if os.environ.get("TJDOCS_REQUIRE_REAL") == "1":
        pytest.fail(text, pytrace=False)
    pytest.skip(text)
