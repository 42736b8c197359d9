"""One office for the sweeps over every command: what each needs to get as far as it can."""

import shutil
from datetime import UTC, datetime

import pytest

from tjdocs.documents import example
from tjdocs.office import Office
from tjdocs.pki import Authority
from tjdocs.register import Keys, Register

MADE = datetime(2026, 11, 24, 8, tzinfo=UTC)


@pytest.fixture(scope="session")
def office(tmp_path_factory):
    """A folder with an authority, a register, a passport, a certificate for return, applications and a trust store."""
    folder = tmp_path_factory.mktemp("office")
    authority = Authority.create(folder / "authority", at=MADE)
    register = Register.create(
        f"sqlite:///{folder}/register.db", keys=Keys.create(folder / "register.db-keys", name="example.tj/trial"),
        officer="trial", office="store", at=MADE, trial=True,
    )  # fmt: skip
    maker = Office(authority, register)
    passport = maker.issue(example("external-passport", at=MADE), at=MADE, page=False)
    passport.chip.write(folder / "chip")
    (folder / "mrz.txt").write_text("\n".join(passport.mrz) + "\n")
    (folder / "number").write_text(passport.document_number)
    paper = maker.issue(example("return-certificate", at=MADE), at=MADE, page=False)
    (folder / "return.txt").write_text("\n".join(paper.mrz) + "\n")
    (folder / "seal.bin").write_bytes(paper.seal)
    for type_ in ("external-passport", "return-certificate"):
        (folder / f"{type_}.json").write_text(example(type_, at=MADE).to_json())
    signers = folder / "authority" / "signers"
    shutil.copy(signers / "seal-0001.cer", folder / "seal.cer")
    shutil.copytree(folder / "chip", folder / "lane" / "a" / "chip")
    shutil.copy(folder / "mrz.txt", folder / "lane" / "a")
    (folder / "lines.jsonl").write_text('{"mrz": "P<"}\n')
    (folder / "ban.jsonl").write_text(
        '{"id": "B-1", "category": "ban", "primary_identifier": "EKBERG", "date_of_birth": "1994", "direction": "both",'
        ' "reason": "court order", "authority": "court"}\n'
    )
    return folder


@pytest.fixture
def place(office, tmp_path, monkeypatch):
    """A copy of the office, and the working folder."""
    shutil.copytree(office, tmp_path / "here")
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "here"
