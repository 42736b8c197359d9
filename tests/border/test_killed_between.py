"""A process killed between "used up" and "admit": the register shows which desk used the document, and when."""

import json
import shutil
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from tjdocs.border import Evidence, Inspector
from tjdocs.border.checks.register_status import RegisterStatus
from tjdocs.border.evidence import evidence_archive
from tjdocs.border.report.html_report import render
from tjdocs.documents import example
from tjdocs.office import Office
from tjdocs.pki import Authority, TrustStore
from tjdocs.register import Register

MADE = datetime(2026, 11, 24, 8, tzinfo=UTC)
AT = "2026-11-25T09:30:00+05:00"
# the command line, whose process is killed as soon as the register has used the document up
KILLED = """
import os, signal, sys
from tjdocs.border.checks.register_status import RegisterStatus
from tjdocs.cli import main
use = RegisterStatus.use_up
def killed(self, *arguments, **more):
    use(self, *arguments, **more)
    os.kill(os.getpid(), signal.SIGKILL)
RegisterStatus.use_up = killed
main()
"""


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A desk with its register, and a traveller with a certificate for return."""
    authority = Authority.create(tmp_path / "authority", at=MADE)
    office = Office(authority, Register(f"sqlite:///{tmp_path}/register.db"))
    paper = office.issue(example("return-certificate", at=MADE), at=MADE, page=False)
    (tmp_path / "mrz.txt").write_text("\n".join(paper.mrz) + "\n")
    (tmp_path / "seal.bin").write_bytes(paper.seal)
    (tmp_path / "number").write_text(paper.document_number)
    shutil.copy((tmp_path / "authority/signers") / "seal-0001.cer", tmp_path / "seal.cer")
    monkeypatch.chdir(tmp_path)
    return tmp_path


INSPECT = [
    "border", "inspect", "--mrz", "mrz.txt", "--seal", "seal.bin", "--signer", "seal.cer", "--trust", "authority/csca.cer",
    "--direction", "entry", "--point", "kulma", "--register", "sqlite:///register.db", "--officer", "trial", "--at", AT,
]  # fmt: skip


def call(*arguments, program=("-m", "tjdocs")):
    return subprocess.run([sys.executable, *program, *arguments], capture_output=True, text=True, check=False)


@pytest.mark.requirement("RET-2")
def test_after_a_kill_the_register_shows_desk_and_moment(place):
    killed = call(*INSPECT, program=("-c", KILLED))
    assert (killed.returncode, killed.stdout) == (-9, "")  # no verdict was shown
    number = (place / "number").read_text()
    # the traveller still stands there: the guard asks again
    again = call(*INSPECT, "--json")
    (found,) = (f for f in json.loads(again.stdout)["findings"] if f["check"] == "register.status")
    assert (again.returncode, found["outcome"], found["reason"]) == (1, "failed", "used-up")
    assert found["detail"] == f"used up {AT}; at point kulma; by officer trial"
    shown = call(*INSPECT).stdout
    assert f"used up {AT}; at point kulma; by officer trial" in shown
    assert "If that was this desk a moment ago" in " ".join(shown.split())
    # and so does the supervisor, without the document
    said = json.loads(call("register", "status", number, "--register", "sqlite:///register.db", "--json").stdout)
    assert said["status"] == "used-up"
    assert said["last_act"] == {"act": "use", "at": AT, "officers": ["trial"], "reference": "kulma"}
    lines = dict(line.split(None, 1) for line in call("register", "status", number, "--register", "sqlite:///register.db").stdout.replace("last act", "last_act").replace("at point", "at_point").splitlines())
    assert (lines["last_act"], lines["at"], lines["by"], lines["at_point"]) == ("use", AT, "trial", "kulma")
    # what the register shows is what its log proves
    assert call("register", "audit", "--register", "sqlite:///register.db").returncode == 0


@pytest.mark.requirement("RET-2")
def test_a_kill_before_the_use_leaves_the_document_unused(place):
    killed = call(*INSPECT, program=("-c", KILLED.replace("    use(self, *arguments, **more)\n", "")))
    assert killed.returncode == -9
    assert call(*INSPECT).returncode == 0
    assert call(*INSPECT).returncode == 1


def desk(place, **more):
    authority = Authority.open(place / "authority")
    trust = TrustStore.of([authority.csca], authority.certificates().values())
    return Inspector(trust=trust, register=RegisterStatus(Register("sqlite:///register.db")), **more)


def test_every_report_and_archive_tells_it(place, tmp_path):
    from tests.border.test_proof import CLEAN, outcomes, signer, trusting

    inspector = desk(place)
    shown = Evidence(mrz=(place / "mrz.txt").read_text(), seal=(place / "seal.bin").read_bytes(), direction="entry", point="kulma")
    at = datetime.fromisoformat(AT)
    assert inspector.inspect(shown, at=at).decision == "admit"
    verdict = inspector.inspect(shown, at=at)
    for lang, words in (("en", "at point kulma"), ("ru", "пункт kulma"), ("tg", "нуқта kulma")):
        assert words in render(verdict, lang=lang)
    evidence_archive.export_evidence(tmp_path / "e.zip", shown, verdict, inspector, signer=signer(), at=at)
    result = evidence_archive.verify_evidence(tmp_path / "e.zip", trust=trusting())
    assert outcomes(result) == CLEAN
    assert result.verdict.findings == verdict.findings


def test_the_last_act_of_any_document(place):
    register, number = Register("sqlite:///register.db"), (place / "number").read_text()
    assert register.documents.last_act("TU9999999") is None
    assert register.documents.last_act(number).act == "issue"
    register.act("lost", number, officers=["trial"], at=datetime.fromisoformat(AT), ground="reported", reference="protocol 7")
    act = register.documents.last_act(number)
    assert act.as_json() == {"act": "lost", "at": AT, "officers": ["trial"], "reference": "protocol 7"}
    register.log.sequence()  # with its place in the log as without
    assert register.documents.last_act(number) == act
    register.act("revoke", number, officers=["trial"], at=datetime.fromisoformat(AT), ground="citizenship lost")
    assert register.documents.last_act(number).act == "revoke"
