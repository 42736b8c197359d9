"""A small disk of its own, to be filled up: a mount, which takes root."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def small_disk(place: Path, size: str) -> Iterator[Path]:
    """Mount a tmpfs of ``size`` at ``place``; without root skip the test, under TJDOCS_REQUIRE_REAL=1 fail it."""
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", place], capture_output=True)
    if mounted.returncode:
        if os.getuid() == 0 or os.environ.get("TJDOCS_REQUIRE_REAL") == "1":
            pytest.fail("no tmpfs can be mounted: " + mounted.stderr.decode())
        pytest.skip("only root mounts a disk")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", place], check=True)
