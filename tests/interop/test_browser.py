"""A browser prints a report on one page, in each language."""

import re
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tjdocs.border import Evidence, Inspector
from tjdocs.border.report.html_report import render
from tjdocs.documents import example
from tjdocs.office import Office
from tjdocs.pki import Authority, TrustStore
from tjdocs.pki.crl import Crl
from tjdocs.register import Register

CHROMIUM = shutil.which("chromium") or ""
pytestmark = pytest.mark.interop
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=2)


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """An authority, its register, a passport's evidence, and the authority's CRL."""
    folder = tmp_path_factory.mktemp("desk")
    authority = Authority.create(folder / "authority", at=NOW - timedelta(days=1))
    register = Register(f"sqlite:///{folder / 'register.db'}")
    issued = Office(authority, register).issue(example("external-passport", at=NOW), at=NOW)
    evidence = Evidence(mrz="\n".join(issued.mrz), chip=dict(issued.chip), direction="exit")
    return authority, register, evidence, Crl.parse(authority.new_crl(at=NOW))


def verdict(desk, case):
    authority, register, evidence, crl = desk
    trust = TrustStore.of([authority.csca], (), [crl])
    chip = dict(evidence.chip)
    if case == "changed everywhere":
        chip["DG11"] = chip["DG11"][:60] + b"bad" + chip["DG11"][63:]
        changed = replace(evidence, mrz=evidence.mrz.replace("ANNA", "ANNE"), chip=chip)
        return Inspector(trust=trust, register=register).inspect(changed, at=LATER, dry_run=True)
    if case == "nobody known":
        return Inspector().inspect(replace(evidence, direction="entry"), at=LATER)
    if case == "expired, and asks for protection":
        asking = replace(evidence, direction="entry", asks_protection=True)
        return Inspector(trust=trust, register=register).inspect(asking, at=LATER.replace(year=2038), dry_run=True)
    if case == "every file broken":
        broken = replace(evidence, chip={name: data[:20] for name, data in chip.items()})
        return Inspector(trust=trust, register=register).inspect(broken, at=LATER, dry_run=True)
    return Inspector(trust=trust, register=register).inspect(evidence, at=LATER, dry_run=True)


@pytest.mark.parametrize("language", ["en", "ru", "tg"])
@pytest.mark.parametrize(
    "case",
    ["as issued", "changed everywhere", "nobody known", "expired, and asks for protection", "every file broken"],
)
def test_a_report_is_printed_on_one_page(desk, tmp_path, case, language):
    page, printed = (tmp_path / name for name in ("report.html", "report.pdf"))
    page.write_text(render(verdict(desk, case), lang=language), encoding="utf-8")
    run = subprocess.run(
        [
            CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer", "--no-first-run",
            f"--user-data-dir={tmp_path / 'profile'}", f"--print-to-pdf={printed}", page.as_uri(),
        ],
        capture_output=True, check=False, timeout=120,
    )  # fmt: skip
    assert printed.exists(), run.stderr[-500:]
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", printed.read_bytes())) == 1
