"""libdmtx and ZXing (Java) read every profile's seal in every symbology, as drawn and as printed on a page.

``TJDOCS_ZXING`` names the jar of our own program around ZXing (``zxing/``), as ``tools/interop`` builds it.
"""

import os
import random
import shutil
import subprocess
from datetime import date

import pytest

from tests.support import seals_made as s
from tjdocs import seal
from tjdocs.seal import draw_bar_code
from tjdocs.seal.bar_code import symbologies

pytestmark = [pytest.mark.interop, pytest.mark.requirement("ICAO-SEAL")]
FORMATS = {"data-matrix": "DATA_MATRIX", "qr": "QR_CODE", "aztec": "AZTEC"}


def _others() -> dict[str, bytes]:
    """Return bytes that readers are known to change."""
    draw = random.Random("seal")
    found = {f"random {size}": b"\xdc" + draw.randbytes(size - 1) for size in (60, 98, 134, 300)}
    return found | {"all bytes": b"\xdc" + bytes(range(256)), "zeros": b"\xdc" + bytes(80), "line ends": b"\xdc\r\n\n\r" * 30}


@pytest.fixture(scope="module")
def contents(authority):
    """A seal of every profile that we make, and other bytes."""
    day, found = date(2026, 11, 24), _others()
    for name, features in s.FEATURES.items():
        signer = authority.seal_signer(name) if name != "visa" else authority.seal_signer("emergency-travel-document")
        made = seal.make(name, signer=signer, issue_date=day, signature_date=day, features=features)
        found[name] = made.encode()
    return found


@pytest.fixture(scope="module")
def pictures(contents, tmp_path_factory):
    folder = tmp_path_factory.mktemp("codes")
    found = {}
    for number, (name, data) in enumerate(contents.items()):
        for symbology in symbologies():
            path = folder / f"{number}-{symbology}.png"
            draw_bar_code(data, symbology, 6).save(path)
            found[name, symbology] = path
    return found


def test_zxing_reads_every_seal(contents, pictures):
    command = ["java", "-Xmx512m", "-jar", os.environ["TJDOCS_ZXING"]]
    paths = "".join(f"{path}\n" for path in pictures.values())
    run = subprocess.run(command, input=paths, capture_output=True, text=True, timeout=300, check=True)
    read = dict(zip(pictures, run.stdout.splitlines(), strict=True))
    assert read == {(name, kind): f"{FORMATS[kind]} {contents[name].hex()}" for name, kind in pictures}


@pytest.mark.parametrize("name", [*s.FEATURES, *_others()])
def test_libdmtx_reads_every_data_matrix(contents, pictures, name):
    dmtxread = shutil.which("dmtxread") or ""
    command = [dmtxread, "-N1", "-m60000", str(pictures[name, "data-matrix"])]
    assert subprocess.run(command, capture_output=True, timeout=120, check=True).stdout == contents[name]
