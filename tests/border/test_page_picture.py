"""A picture of the page is evidence: its zone is read from it, where nobody typed one."""

import base64
import io
import json
from datetime import timedelta

import pytest
from PIL import Image

from tests.border.test_proof import CLEAN, signer, trusting
from tests.border.test_proof import outcomes as outcomes_of
from tests.support import builders as b
from tjdocs.border import Evidence, Inspector, inspect_batch
from tjdocs.border.evidence import evidence_archive
from tjdocs.documents import example
from tjdocs.errors import InputError, UsageError
from tjdocs.inspection.evidence_json import evidence_from_folder, evidence_from_json, evidence_json
from tjdocs.office import Office
from tjdocs.pki import Authority, TrustStore
from tjdocs.register import Register

pytestmark = pytest.mark.requirement("TR-VERDICT")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    authority = Authority.create(folder / "authority", at=b.AT - timedelta(days=1))
    office = Office(authority, Register(f"sqlite:///{folder / 'register.db'}"))
    passport, paper = (office.issue(example(kind, at=b.AT), at=b.AT) for kind in ("external-passport", "return-certificate"))
    trust = TrustStore.of([authority.csca], authority.certificates().values())
    return passport, paper, Inspector(trust=trust), trust


def outcomes(verdict):
    return {(f.check, f.subject, str(f.outcome), f.reason) for f in verdict.findings}


def test_page_and_chip_admit(made):
    passport, _, inspector, _ = made
    verdict = inspector.inspect(Evidence(page=passport.page.png(), chip=dict(passport.chip), direction="entry"), at=b.AT)
    assert verdict.decision == "admit"
    assert verdict.examination.printed.lines == tuple(passport.mrz)
    assert ("lds.dg1-mrz", "", "passed", "") in outcomes(verdict)


def test_page_and_seal_admit(made):
    _, paper, inspector, _ = made
    verdict = inspector.inspect(Evidence(page=paper.page.png(), seal=paper.seal, direction="entry"), at=b.AT)
    assert verdict.decision == "admit"
    assert ("seal.agreement", "zone", "passed", "") in outcomes(verdict)


def test_another_s_page_is_refused(made):
    passport, paper, inspector, _ = made
    verdict = inspector.inspect(Evidence(page=paper.page.png(), chip=dict(passport.chip), direction="entry"), at=b.AT)
    assert verdict.decision == "refuse"
    assert "lds.dg1-mrz" in verdict.decided_by


def test_what_was_typed_counts_before_the_picture(made):
    passport, _, inspector, _ = made
    evidence = Evidence(mrz=passport.mrz, page=b"no picture", chip=dict(passport.chip), direction="entry")
    assert inspector.inspect(evidence, at=b.AT).decision == "admit"


def empty() -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (600, 400), "white").save(target, "PNG")
    return target.getvalue()


@pytest.mark.parametrize("page", [b"", b"no picture", b"\x89PNG\r\n\x1a\n", empty(), empty()[:200]], ids=range(5))
def test_a_picture_without_a_zone_refers_and_says_so(made, page):
    passport, _, inspector, _ = made
    verdict = inspector.inspect(Evidence(page=page, chip=dict(passport.chip), direction="entry"), at=b.AT)
    assert verdict.decision == "refer"
    assert ("mrz.structure", "zone", "undetermined", "no-zone") in outcomes(verdict)
    assert ("lds.dg1-mrz", "", "undetermined", "unreadable") in outcomes(verdict)


def test_no_bytes_are_a_bad_call():
    with pytest.raises(UsageError):
        Evidence(page="page.png")


def test_as_json_in_a_folder_and_in_a_batch(made, tmp_path):
    passport, _, inspector, trust = made
    evidence = Evidence(page=passport.page.png(), chip=dict(passport.chip), direction="entry")
    again = evidence_from_json(json.loads(json.dumps(evidence_json(evidence))), folder=None)
    assert again.page == evidence.page
    folder = tmp_path / "one"
    (folder / "chip").mkdir(parents=True)
    for name, data in passport.chip.items():
        (folder / "chip" / f"{name.replace('.', '_')}.bin").write_bytes(data)
    (folder / "page.png").write_bytes(passport.page.png())
    found = evidence_from_folder(folder, {"direction": "entry"})
    assert found.page == evidence.page
    assert inspector.inspect(found, at=b.AT).decision == "admit"
    (folder / "mrz.txt").write_text("\n".join(passport.mrz))
    assert evidence_from_folder(folder).page is None  # nobody waits for a picture that is not needed
    line = json.dumps({"page": base64.b64encode(passport.page.png()).decode(), "direction": "entry"}).encode()
    (result,) = inspect_batch.run([inspect_batch.Item("x", "line", line)], inspect_batch.Setup.of(trust=trust), at=b.AT, workers=1)
    assert result["verdict"] == "refer"
    assert {f["outcome"] for f in result["findings"] if f["check"].startswith("mrz.")} == {"passed"}


def test_base64_that_is_longer_than_a_file_s_name_may_be(made, tmp_path):
    """A picture's bytes in an evidence file are no path."""
    _, paper, _, _ = made
    long = base64.b64encode(b"\x89PNG" + b"\xfb" * 900).decode()  # without a slash, it is one name
    for name in ("seal", "page"):
        values = {"mrz": list(paper.mrz), name: long, "direction": "entry"}
        assert getattr(evidence_from_json(values, folder=tmp_path), name)[:4] == b"\x89PNG"


def test_judged_again_from_evidence_that_holds_the_picture(made, tmp_path):
    passport, _, inspector, _ = made
    evidence = Evidence(page=passport.page.png(), chip=dict(passport.chip), direction="entry")
    verdict = inspector.inspect(evidence, at=b.AT)
    evidence_archive.export_evidence(tmp_path / "e.zip", evidence, verdict, inspector, signer=signer(), at=b.AT)
    result = evidence_archive.verify_evidence(tmp_path / "e.zip", trust=trusting())
    assert outcomes_of(result) == CLEAN
    assert result.valid
    assert result.verdict.as_json() == verdict.as_json()


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match="neither a file nor base64: page"):
        evidence_from_json({"page": "no.png"}, folder=tmp_path)
