"""The library works with each version of cryptography that it allows, not with the newest alone."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.interop
ROOT = Path(__file__).parents[2]
# they hold the library's encoder of TLV against its decoder: 50 has the first one, and nothing here needs it
OF_50 = (
    "test_what_was_read_is_written_back",
    "test_a_changed_byte_is_refused_or_written_back_as_it_stands",
    "test_certificate_of_another_library",
    "test_what_is_written_by_tags_is_read_by_schema",
)


@pytest.mark.parametrize("version", ["48", "49"])
def test_readers_writers_and_vectors_with_an_older_version(version, tmp_path):
    place = tmp_path / version
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(place)]
    subprocess.run([*install, f"cryptography=={version}.*"], check=True)
    environment = os.environ | {"PYTHONPATH": str(place)}

    def run(*call: str) -> str:
        done = subprocess.run(
            [sys.executable, *call], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
        return done.stdout

    assert run("-c", "import cryptography; print(cryptography.__version__)").startswith(f"{version}.")
    tests = ("tests/asn1", "tests/pki", "tests/lds/test_sod.py", "tests/lds/test_dg14_dg15.py")
    left = [f"--deselect=tests/asn1/test_asn1_der.py::{name}" for name in OF_50]
    assert " passed" in run("-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "not sweep", *left, *tests)
    run("-m", "tjdocs", "vectors", "run")
