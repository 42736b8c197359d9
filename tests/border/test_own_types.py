"""An operator's own type: issued by its file, recognised, judged, kept as evidence and sent to workers by the same file."""

import io
import json
import re
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.support import builders as b
from tests.support.command_line import run
from tjdocs import limits, specs
from tjdocs.border import Evidence, Inspector, Policy, inspect_batch
from tjdocs.border.evidence import evidence_archive, evidence_signature
from tjdocs.documents import DocumentTypes, example
from tjdocs.documents.document_class import DocumentClasses, document_classes
from tjdocs.errors import InputError, SpecError, UsageError
from tjdocs.office import Office
from tjdocs.pki import Authority, TrustStore
from tjdocs.pki.signer import Signer, combination
from tjdocs.register import Register

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
OWN = "official-card"
INTERNAL = specs.read_bytes("documents/internal-passport.toml").decode()
RETURN = specs.read_bytes("documents/return-certificate.toml").decode()


def own(text: str = INTERNAL, **changes: str) -> str:
    """Return the file of an official's card, an identity card of another size."""
    text = text.replace('"internal-passport"', f'"{OWN}"').replace('"TD1"', '"TD2"').replace('"TN{', '"TC{')
    for old, new in changes.values():
        assert old in text
        text = text.replace(old, new)
    return text


def types_of(text: str) -> DocumentTypes:
    return DocumentTypes.of_files({OWN: text.encode()})


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """The type's file, a card that an office issued by it, and the signer of evidence."""
    folder = tmp_path_factory.mktemp("own")
    (folder / "types").mkdir()
    (folder / f"types/{OWN}.toml").write_text(own())
    types = DocumentTypes.load(folder / "types")
    authority = Authority.create(folder / "authority", at=AT)
    office = Office(authority, Register(f"sqlite:///{folder}/register.db"), types=types)
    office.issue(example(OWN, at=AT, types=types), at=AT, out=folder / "card", page=False)
    party = signer_party()
    (folder / "signer.cer").write_bytes(party.raw)
    (folder / "signer.key").write_bytes(party.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return folder


def signer_party():
    subject = b.name(("C", "TJ"), ("O", "SPECIMEN"), ("CN", "Evidence"))
    return b.certify(subject, b.ec_key("own types"), [b.key_usage("digitalSignature")], period=(b.moment(2020), b.moment(2049)))


def signer() -> Signer:
    party = signer_party()
    return Signer(party.certificate, combination("ecdsa-p256-sha256"), party.key)


def trusting() -> TrustStore:
    return TrustStore.of([signer_party().certificate])


def inspector(place: Path, types: DocumentTypes | None) -> Inspector:
    trust = TrustStore.of([Authority.open(place / "authority").csca])
    return Inspector(trust=trust, register=Register(f"sqlite:///{place}/register.db"), types=types)


def card(place: Path, direction: str = "domestic") -> Evidence:
    return Evidence(mrz=(place / "card/mrz.txt").read_text(), chip=place / "card/chip", direction=direction)


def findings(verdict, *checks):
    return {f.check: (str(f.outcome), f.reason) for f in verdict.findings if f.check in checks}


# --------------------------------------------------------------------------------------------------------- recognition


def test_a_document_of_an_own_type_is_judged_with_its_file_and_unknown_without(place):
    law = ("doc.type", "doc.use", "doc.validity-period", "register.agreement")
    verdict = inspector(place, DocumentTypes.load(place / "types")).inspect(card(place), at=AT)
    assert verdict.crossing.document_class.id == OWN
    assert findings(verdict, *law) == dict.fromkeys(law, ("passed", ""))
    assert verdict.decision == "admit"
    without = inspector(place, None).inspect(card(place), at=AT)
    assert without.crossing.document_class is None
    assert findings(without, "doc.type", "doc.use") == {
        "doc.type": ("undetermined", "not-known"),
        "doc.use": ("undetermined", "premise"),
    }
    assert without.decision == "refer"


def test_the_rows_of_its_file_decide_on_its_use(place):
    verdict = inspector(place, types_of(own())).inspect(card(place, "entry"), at=AT)
    assert findings(verdict, "doc.use") == {"doc.use": ("failed", "domestic-only")}
    text = re.sub(r"(?m)^\[border\]\n(\w.*\n)+", "", own())
    assert "[border]" not in text
    verdict = inspector(place, types_of(text)).inspect(card(place, "entry"), at=AT)
    assert findings(verdict, "doc.use") == {"doc.use": ("undetermined", "wrong-direction")}


def test_a_document_for_one_use_is_used_up(place, tmp_path):
    types = types_of(own(once=('use = ["domestic"', 'single_use = true\nuse = ["domestic"')))
    register = Register(f"sqlite:///{tmp_path}/register.db")
    authority = Authority.create(tmp_path / "authority", at=AT)
    office = Office(authority, register, types=types)
    issued = office.issue(example(OWN, at=AT, types=types), at=AT, page=False)
    desk = Inspector(trust=TrustStore.of([authority.csca]), register=register, types=types)
    shown = Evidence(mrz=issued.mrz, chip=dict(issued.chip), direction="domestic")
    verdicts = [desk.inspect(shown, at=AT, dry_run=number == 0) for number in range(3)]
    assert [str(verdict.decision) for verdict in verdicts] == ["admit", "admit", "refuse"]
    assert findings(verdicts[-1], "register.status") == {"register.status": ("failed", "used-up")}


def test_bundled_types_are_recognised_before_own_ones():
    text = own(codes=("[border]\n", '[border]\nformats = ["TD3"]\ncodes = ["P"]\n'))
    known = DocumentClasses(DocumentTypes.of_files({"a-card": text.replace(OWN, "a-card").encode()}))
    fitting = [id_ for id_, kind in known.items() if kind.fits("TD3", "TJK", "P")]
    assert fitting[:2] == ["external-passport", "a-card"]
    assert list(known)[:6] == [*list(document_classes())[:5], "a-card"]


def test_the_state_of_an_own_type_is_no_foreign_one():
    text = own(state=('issuing_state = "TJK"', 'issuing_state = "UTO"'))
    zone = ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10")
    evidence = Evidence(mrz=zone)
    assert Inspector().inspect(evidence, at=AT).crossing.document_class.id == "foreign-passport"
    assert Inspector(types=types_of(text)).inspect(evidence, at=AT).crossing.document_class is None


# -------------------------------------------------------------------------------------------------------- unusable files

BROKEN = {
    "reason": (INTERNAL, '"domestic-only"', '"library-card"', "unknown reason of doc.use"),
    "outcome": (INTERNAL, 'outcome = "failed"', 'outcome = "passed"', "unknown value 'passed'"),
    "format": (INTERNAL, "[border]\n", '[border]\nformats = ["TD9"]\n', "unknown format TD9"),
    "code": (INTERNAL, "[border]\n", '[border]\ncodes = ["I<"]\n', "a text of another form"),
    "not_beyond": (INTERNAL, "[border]\n", '[border]\nnot_beyond = "residence_permit_expires"\n', "not a date of the seal"),
    "profile": (RETURN, 'profile = "emergency-travel-document"', 'profile = "library-card"', "unknown profile of a seal"),
    "surplus": (INTERNAL, "[border]\n", "[border]\nstates = []\n", "unknown states"),
    "covers-a-bundled-type": (INTERNAL, "[border]\n", '[border]\ncodes = ["I*"]\n', "registration-certificate has IR"),
    "is-one": (INTERNAL, 'format = "TD2"', 'format = "TD1"', "internal-passport has ID"),
    "is-covered-by-one": (INTERNAL, '"TD2"\ndocument_code = "ID"', '"TD3"\ndocument_code = "P"', "external-passport has P"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_row_that_would_be_without_effect_is_refused_by_its_file(tmp_path, name):
    text, old, new, message = BROKEN[name]
    file = tmp_path / f"{OWN}.toml"
    if text == RETURN:
        text = text.replace('"return-certificate"', f'"{OWN}"').replace('code = "PU"', 'code = "IS"')
    file.write_text(own(text, change=(old, new)))
    with pytest.raises(SpecError) as caught:
        DocumentTypes.load(file)
    assert message in str(caught.value)
    assert str(file) in caught.value.where


def test_an_id_of_another_class_is_refused(tmp_path):
    types = DocumentTypes.of_files({"visa": own().replace(OWN, "visa").encode()})
    for use in (lambda: Inspector(types=types), lambda: inspect_batch.Setup.of(types=types).inspector()):
        with pytest.raises(SpecError, match="id of another class: types visa"):
            use()


@pytest.mark.parametrize(
    ("former", "hint"),
    [
        ("cross_out = true\ncross_in = true\nonce = false", "write use for use.cross_out, use for use.cross_in, single_use for use.once"),
        ("inside = true", "write use for use.inside"),
        ('directions = ["entry"]', "write use for use.directions"),
    ],
)
def test_a_file_of_the_former_form_is_told_the_new_key(tmp_path, former, hint):
    file = tmp_path / f"{OWN}.toml"
    file.write_text(re.sub(r"(?m)^use = .*$", "", own()) + f"[use]\n{former}\n")
    with pytest.raises(SpecError) as caught:
        DocumentTypes.load(file)
    assert str(file) in caught.value.where
    assert caught.value.hint == hint
    assert run("verify", tmp_path, "--types", file)[0] == 2


def test_types_that_an_inspector_cannot_use():
    bundled = DocumentTypes.load()
    odd = replace(bundled["internal-passport"], sha256="0")
    for types in ({}, "types", DocumentTypes({}), DocumentTypes({**bundled, odd.id: odd}), DocumentTypes({"x": odd})):
        with pytest.raises(UsageError, match="types"):
            Inspector(types=types)
    for types in (DocumentTypes({}), DocumentTypes({**bundled, odd.id: odd})):
        with pytest.raises(UsageError, match="without their files: types; DocumentTypes"):
            inspect_batch.Setup.of(types=types)
    assert Inspector(types=bundled).types is bundled
    assert Inspector().types is None


def test_a_policy_names_an_own_type_where_it_is_known(tmp_path):
    text = Policy.default().source.replace(b'["registration-certificate",', f'["{OWN}", "registration-certificate",'.encode())
    assert Policy.parse(text, types=types_of(own())).instead.keys() == {*Policy.default().instead, OWN}
    (tmp_path / "policy.toml").write_bytes(text)
    with pytest.raises(SpecError, match="unknown document class"):
        Policy.read(tmp_path / "policy.toml")
    (tmp_path / f"{OWN}.toml").write_text(own())
    types = DocumentTypes.load(tmp_path / f"{OWN}.toml")
    policy = Policy.read(tmp_path / "policy.toml", types=types)
    again = inspect_batch.Setup.of(policy=policy, types=types).inspector()
    assert again.policy.sha256 == policy.sha256
    assert again.types.files == types.files


# ----------------------------------------------------------------------------------------------------------- the archive


def exported(place: Path, path: Path, types: DocumentTypes | None, policy: Policy | None = None):
    desk = inspector(place, types)
    if policy is not None:
        desk = Inspector(trust=desk.trust, policy=policy, types=types)
    verdict = desk.inspect(card(place), at=AT)
    evidence_archive.export_evidence(path, card(place), verdict, desk, signer=signer(), at=AT)
    return verdict


def rewritten(path: Path, change, *, resign: bool) -> evidence_archive.ArchiveReport:
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    change(files)
    if resign:
        listed = {name: sha256(data).hexdigest() for name, data in files.items() if not name.startswith("manifest.")}
        files["manifest.json"] = json.dumps({**json.loads(files["manifest.json"]), "files": listed}).encode()
        files["manifest.p7s"] = evidence_signature.sign(files["manifest.json"], signer(), AT)
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data)
    return evidence_archive.verify_evidence(path, trust=trusting())


def test_an_archive_has_the_type_and_is_judged_again_by_it(place, tmp_path):
    verdict = exported(place, tmp_path / "e.zip", DocumentTypes.load(place / "types"))
    with zipfile.ZipFile(tmp_path / "e.zip") as archive:
        assert archive.read(f"types/{OWN}.toml") == own().encode()
        assert f"types/{OWN}.toml" in json.loads(archive.read("manifest.json"))["files"]
        assert [name for name in archive.namelist() if name.startswith("types/")] == [f"types/{OWN}.toml"]
    result = evidence_archive.verify_evidence(tmp_path / "e.zip", trust=trusting())
    assert result.valid
    assert result.verdict.as_json() == verdict.as_json()
    assert result.verdict.crossing.document_class.id == OWN


def test_an_archive_of_bundled_types_has_no_type(place, tmp_path):
    exported(place, tmp_path / "e.zip", None)
    with zipfile.ZipFile(tmp_path / "e.zip") as archive:
        assert not [name for name in archive.namelist() if name.startswith("types/")]
    assert evidence_archive.verify_evidence(tmp_path / "e.zip", trust=trusting()).valid


def test_an_archive_whose_type_was_changed_fails_its_integrity_check(place, tmp_path):
    exported(place, tmp_path / "e.zip", types_of(own()))
    name = f"types/{OWN}.toml"

    def longer(files):
        files[name] = files[name].replace(b"years = 10", b"years = 20")

    result = rewritten(tmp_path / "e.zip", longer, resign=False)
    assert {f.check: (str(f.outcome), f.reason) for f in result.findings}["evidence.files"] == ("failed", "differs")
    assert (result.valid, result.verdict) == (False, None)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda files, name: files.__setitem__(name, files[name].replace(b'use = ["domestic", ', b"use = [")), "verdict-differs"),
        (lambda files, name: files.pop(name), "verdict-differs"),
        (lambda files, name: files.__setitem__(name, b"schema = 1"), "not-repeatable"),
        (lambda files, name: files.__setitem__("types/internal-passport.toml", INTERNAL.encode()), "not-repeatable"),
    ],
    ids=["other-law", "missing", "broken", "a-bundled-one"],
)
def test_the_verdict_is_repeated_by_the_type_in_the_archive(place, tmp_path, change, reason):
    """Whoever signs may change it, and the verdict is then not the one of the manifest."""
    exported(place, tmp_path / "e.zip", types_of(own()))
    result = rewritten(tmp_path / "e.zip", lambda files: change(files, f"types/{OWN}.toml"), resign=True)
    assert {f.check: f.reason for f in result.findings}["evidence.judgement"] == reason
    assert not result.valid


def test_a_policy_that_names_an_own_type_is_kept(place, tmp_path):
    text = Policy.default().source.replace(b'["registration-certificate",', f'["{OWN}", "registration-certificate",'.encode())
    types = types_of(own())
    exported(place, tmp_path / "e.zip", types, Policy.parse(text, types=types))
    assert evidence_archive.verify_evidence(tmp_path / "e.zip", trust=trusting()).valid


def test_an_archive_has_a_bounded_number_of_types(place, tmp_path, monkeypatch):
    exported(place, tmp_path / "e.zip", types_of(own()))
    monkeypatch.setattr(limits, "RECORDED_TYPES", 0)
    with pytest.raises(InputError, match="more document types than an archive has"):
        exported(place, tmp_path / "f.zip", types_of(own()))
    assert not (tmp_path / "f.zip").exists()
    result = evidence_archive.verify_evidence(tmp_path / "e.zip", trust=trusting())
    assert result.findings[-1].reason == "not-repeatable"


# --------------------------------------------------------------------------------------------------------------- batches


@pytest.mark.parametrize("workers", [1, 2])
def test_workers_have_the_types(place, workers):
    desk = inspector(place, types_of(own()))
    setup = inspect_batch.Setup.of(trust=desk.trust, types=desk.types, register=f"sqlite:///{place}/register.db")
    line = json.dumps({"mrz": (place / "card/mrz.txt").read_text(), "direction": "domestic"}).encode()
    items = list(inspect_batch.line_items(io.BytesIO(b"\n".join([line] * 20) + b"\n"), "x"))
    items.append(inspect_batch.Item("card", "folder", str(place / "card")))
    results = list(inspect_batch.run(items, setup, at=AT, workers=workers, common={"direction": "domestic"}))
    types = {f["outcome"] for result in results for f in result["findings"] if f["check"] == "doc.type"}
    assert (len(results), types, results[-1]["verdict"]) == (21, {"passed"}, "admit")


def test_two_setups_with_other_types_are_two():
    one, two = types_of(own()), types_of(own(years=("years = 10", "years = 5")))
    digests = [inspect_batch.Setup.of(types=types).digest for types in (None, DocumentTypes.load(), one, types_of(own()), two)]
    assert digests[0] == digests[1]
    assert digests[2] == digests[3]
    assert len(set(digests)) == 3


# ---------------------------------------------------------------------------------------------------------- command line

EVIDENCE = {"mrz": "card/mrz.txt", "chip": "card/chip", "direction": "domestic"}


@pytest.fixture
def here(place, monkeypatch):
    monkeypatch.chdir(place)
    (place / "e.json").write_text(json.dumps(EVIDENCE))
    return place


TRUST = ("--trust", "authority/csca.cer", "--at", AT.isoformat())


def doc_type(out: str) -> str:
    return next(f["reason"] for f in json.loads(out)["findings"] if f["check"] == "doc.type")


@pytest.mark.parametrize("types", ["types", f"types/{OWN}.toml"])
def test_commands_take_a_folder_or_a_file(here, tmp_path, types):
    assert len(json.loads(run("documents", "list", "--types", types, "--json")[1])) == 6
    for command in (
        ("verify", "card/chip", "--mrz", "card/mrz.txt", *TRUST),
        ("border", "inspect", "--evidence", "e.json", "--dry-run", *TRUST),
        ("border", "inspect", "--chip", "card/chip", "--direction", "domestic", *TRUST),
    ):
        assert doc_type(run(*command, "--json")[1]) == "not-known"
        status, out, _ = run(*command, "--types", types, "--json")
        assert (status, doc_type(out)) == (0, "")
    (tmp_path / "desk.json").write_text(json.dumps({"types": [str(here / types)]}))
    status, out, _ = run("border", "inspect", "--evidence", "e.json", "--setup", tmp_path / "desk.json", *TRUST, "--json")
    assert (status, doc_type(out)) == (0, "")


def test_the_environment_names_types_for_the_border_too(here, monkeypatch):
    monkeypatch.setenv("TJDOCS_DOCUMENT_TYPES", str(here / "types"))
    assert run("border", "inspect", "--evidence", "e.json", *TRUST, "--json")[0] == 0


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_batch_takes_types(here, tmp_path, workers):
    (here / "lane.jsonl").write_text(json.dumps({"mrz": (here / "card/mrz.txt").read_text(), "direction": "domestic"}) + "\n")
    out = run("border", "batch", "lane.jsonl", *TRUST, "--workers", workers, "--types", "types")[1]
    assert doc_type(out) == ""
    assert doc_type(run("border", "batch", "lane.jsonl", *TRUST, "--workers", workers)[1]) == "not-known"
    call = ("border", "batch", "lane.jsonl", *TRUST, "--out", tmp_path / "r.jsonl")
    run(*call, "--types", "types")
    status, _, err = run(*call)
    assert (status, "results of another batch" in err) == (2, True)


def test_evidence_on_the_command_line(here, tmp_path):
    signing = ("--export-signer", "signer.cer", "--export-key", "signer.key")
    call = ("border", "evidence", "export", tmp_path / "e.zip", "--evidence", "e.json", *signing, *TRUST, "--types", "types")
    assert run(*call, "--json")[0] == 0
    status, out, _ = run("border", "evidence", "verify", tmp_path / "e.zip", "--trust", "signer.cer", "--json")
    assert (status, json.loads(out)["judged_again"]) == (0, "admit")


def test_a_policy_with_an_own_type_serves_every_command(here, tmp_path):
    text = Policy.default().source.replace(b'["registration-certificate",', f'["{OWN}", "registration-certificate",'.encode())
    (tmp_path / "policy.toml").write_bytes(text)
    policy = ("--policy", tmp_path / "policy.toml")
    for command in (
        ("verify", "card/chip", *TRUST),
        ("seal", "verify", "card/mrz.txt", *TRUST),
        ("trust", "explain", "--store", "missing.db", "--country", "TJ"),
    ):
        assert "unknown document class" in run(*command, *policy)[2]
        assert "unknown document class" not in run(*command, *policy, "--types", "types")[2]


@pytest.mark.parametrize("types", ["missing", "authority"])
def test_paths_that_are_no_types(here, types):
    for command in (("verify", "card/chip"), ("border", "inspect", "--evidence", "e.json"), ("border", "batch", "e.json")):
        status, out, err = run(*command, "--types", types)
        assert (status, out, err.count("\n")) == (2, "", 1)
