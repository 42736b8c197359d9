"""What cannot be written or signed is told before a certificate for return is used up, not after."""

import shutil
import sys
from datetime import UTC, datetime

import pytest

from tjdocs import cli
from tjdocs.documents import example
from tjdocs.office import Office
from tjdocs.pki import Authority
from tjdocs.register import Register

MADE = datetime(2026, 11, 24, 8, tzinfo=UTC)


@pytest.fixture(scope="module")
def issued(tmp_path_factory):
    folder = tmp_path_factory.mktemp("used-up")
    authority = Authority.create(folder / "authority", at=MADE)
    office = Office(authority, Register(f"sqlite:///{folder}/register.db"))
    paper = office.issue(example("return-certificate", at=MADE), at=MADE, page=False)
    (folder / "mrz.txt").write_text("\n".join(paper.mrz) + "\n")
    (folder / "seal.bin").write_bytes(paper.seal)
    (folder / "number").write_text(paper.document_number)
    shutil.copy(next((folder / "authority/signers").glob("ds-*.cer")), folder / "ds.cer")
    shutil.copy(next((folder / "authority/signers").glob("ds-*.key")), folder / "ds.key")
    shutil.copy(folder / "authority/signers/seal-0001.cer", folder / "seal.cer")
    return folder


@pytest.fixture
def place(issued, tmp_path, monkeypatch):
    shutil.copytree(issued, tmp_path / "here")
    monkeypatch.chdir(tmp_path / "here")
    (tmp_path / "here/there").write_text("kept")
    return tmp_path / "here"


def run(monkeypatch, *more):
    call = ["border", "inspect", "--mrz", "mrz.txt", "--seal", "seal.bin", "--signer", "seal.cer", "--direction", "entry",
            "--trust", "authority/csca.cer", "--register", "sqlite:///register.db", "--at", "2026-11-25"]  # fmt: skip
    monkeypatch.setattr(sys, "argv", ["tjdocs", *call, *more])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return ended.value.code


@pytest.mark.requirement("RET-2")
@pytest.mark.parametrize(
    "more",
    [
        ("--report", "there"),
        ("--report", "nowhere/report.html"),
        ("--record", "there"),
        ("--export", "there", "--export-signer", "seal.cer", "--export-key", "ds.key"),
        ("--export", "e.zip", "--export-signer", "ds.cer", "--export-key", "ds.key"),
        ("--export", "e.zip", "--export-signer", "ds.cer"),
        ("--export", "nowhere/e.zip", "--export-signer", "ds.cer", "--export-key", "ds.key"),
    ],
    ids=lambda more: " ".join(more[:4]),
)
def test_a_call_that_cannot_be_kept_uses_nothing_up(place, monkeypatch, capsys, more):
    number = (place / "number").read_text()
    assert run(monkeypatch, *more) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert Register("sqlite:///register.db").document(number).status == "issued"
    assert (place / "there").read_text() == "kept"
    assert run(monkeypatch, "--report", "report.html") == 0
    assert Register("sqlite:///register.db").document(number).status == "used-up"
