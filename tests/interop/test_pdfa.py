"""veraPDF finds each of our pages to be PDF/A-2b.

``TJDOCS_VERAPDF`` names the jar of our own program around it (``verapdf/``), as ``tools/interop`` builds it.
"""

import os
import subprocess
from datetime import UTC, datetime

import pytest

from tjdocs.documents import example
from tjdocs.office import Office
from tjdocs.register import Register

pytestmark = [pytest.mark.interop, pytest.mark.requirement("ICAO-PAGE")]
AT = datetime(2026, 11, 24, 12, tzinfo=UTC)


def judge(*paths):
    """Return what veraPDF says of each file: one call, since it starts a virtual machine."""
    command = ["java", "-Xmx512m", "-jar", os.environ["TJDOCS_VERAPDF"]]
    run = subprocess.run(command, input="".join(f"{path}\n" for path in paths), capture_output=True, text=True, timeout=300, check=True)
    return run.stdout.splitlines()


def test_every_page_is_pdf_a(authority, tmp_path):
    office = Office(authority, Register(f"sqlite:///{tmp_path}/r.db"))
    paths = {}
    for kind in ("external-passport", "internal-passport", "stateless-id", "registration-certificate", "return-certificate"):
        paths[kind] = tmp_path / f"{kind}.pdf"
        paths[kind].write_bytes(office.issue(example(kind, at=AT), at=AT).page.pdf())
    assert dict(zip(paths, judge(*paths.values()), strict=True)) == dict.fromkeys(paths, "OK")
    # it would say so: without the identification of PDF/A in the metadata
    changed = tmp_path / "changed.pdf"
    changed.write_bytes(next(iter(paths.values())).read_bytes().replace(b"pdfaid:conformance", b"pdfaid:conformancX"))
    assert judge(changed) != ["OK"]
