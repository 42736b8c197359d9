"""Evidence that is kept: signed, verified elsewhere, judged again; and archives that somebody made to do harm."""

import io
import json
import re
import shutil
import stat
import subprocess
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support import builders as b
from tests.support.law_cases import (
    CASES,
    RETURN,
    Traveller,
    authority,
    document,
    entry,
    foreigner,
    grant,
    paper,
    standing,
)
from tests.support.lists_made import list_signer, master_list
from tjdocs import archives, limits, specs
from tjdocs.asn1 import der, tlv, x509_schema
from tjdocs.border import Evidence, Inspector, inspect_batch
from tjdocs.border.evidence import evidence_archive
from tjdocs.border.evidence.evidence_signature import read_signer
from tjdocs.errors import InputError, KeyMaterialError, OutputError, UsageError
from tjdocs.findings import Outcome, checks
from tjdocs.pki.signer import Signer, combination
from tjdocs.pki.trust import import_files
from tjdocs.pki.trust.store import Entry, Source, TrustPolicy, TrustStore

VALID = b.moment(2026), b.moment(2030)
MADE = datetime(2026, 11, 24, 12, 5, tzinfo=UTC)


def party(label="inspection", *, period=None):
    subject = b.name(("C", "TJ"), ("O", "SPECIMEN"), ("CN", f"Evidence {label}"))
    return b.certify(subject, b.ec_key(label), [b.key_usage("digitalSignature")], period=period or VALID)


def signer(of=None):
    of = of or party()
    return Signer(of.certificate, combination("ecdsa-p256-sha256"), of.key)


def trusting(*parties):
    return TrustStore.of([p.certificate for p in parties or [party()]])


def exported(path, who=None, *, by=None, at=MADE):
    who = who or Traveller()
    inspector = who.inspector()
    verdict = inspector.inspect(who.evidence(), at=who.at)
    evidence_archive.export_evidence(path, who.evidence(), verdict, inspector, signer=by or signer(), at=at)
    return verdict


def outcomes(result):
    return {f.check.partition(".")[2]: (str(f.outcome), f.reason) for f in result.findings}


MADE_OF_IT = ("evidence.structure", "evidence.signature", "evidence.files", "evidence.judgement")
CLEAN = {check.partition(".")[2]: ("passed", "") for check in MADE_OF_IT}
KEPT = [
    Traveller(),
    Traveller(None, asks=True),
    Traveller(foreigner(), lists=(grant("visa"), entry(primary_identifier="EKBERG"))),
    Traveller(lists=(entry(appeal="suspended"), entry("missing-person", id="E-2"))),
    Traveller(register=standing("lost"), claims={"entered": "2026-11-01"}, point="kulma"),
    Traveller(trusting=False),
    Traveller((document()[0], {**document()[1], "EF_ATR_INFO.bin": b.der(0x47), "EF.CardAccess": b.der(0x31), "DG3": b.der(0x63)})),
    paper("return-certificate", "emergency-travel-document", **RETURN),
    Traveller(document("internal-passport"), "exit", at=datetime(2026, 11, 24, 23, tzinfo=UTC)),
]


@pytest.mark.parametrize("mrz", [
    "P<\ud800UTO", ["P<TJK\udfff", "\ud800"], "P<\ud83d\ude00", document()[0].replace("ANNA", "AN\ud800\x1b"), "\x1b[2J\u202e\0", "",
], ids=ascii)  # fmt: skip
def test_any_text_of_a_scanner_is_kept_and_judged_again(tmp_path, mrz):
    """Half a character is data, as any character that no zone has: an inspection is not lost by it."""
    inspector = Traveller().inspector()
    evidence = Evidence(mrz=mrz, chip=document()[1], direction="entry")
    verdict = inspector.inspect(evidence, at=b.AT)
    evidence_archive.export_evidence(tmp_path / "e.zip", evidence, verdict, inspector, signer=signer(), at=MADE)
    result = evidence_archive.verify_evidence(tmp_path / "e.zip", trust=trusting())
    assert outcomes(result) == CLEAN
    assert result.verdict.findings == verdict.findings
    assert result.verdict.examination.printed == verdict.examination.printed


def test_an_archive_that_nobody_could_judge_again_is_not_written(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "JSON_VALUES", 50)
    with pytest.raises(InputError, match="more values than an archive has"):
        exported(tmp_path / "e.zip")
    assert not (tmp_path / "e.zip").exists()


@pytest.mark.parametrize(("name", "limit"), [("UNPACKED", 20_000), ("INPUT_FILE", 15_000), ("ENTRIES", 10), ("ZIP_DIRECTORY", 500)])
def test_an_archive_that_nobody_could_open_is_not_written(tmp_path, monkeypatch, name, limit):
    monkeypatch.setattr(limits, name, limit)
    with pytest.raises(InputError, match="evidence that no archive has"):
        exported(tmp_path / "e.zip")
    assert not (tmp_path / "e.zip").exists()


@pytest.mark.parametrize("who", KEPT, ids=range(len(KEPT)))
def test_judged_again_from_its_own_content(tmp_path, who):
    verdict = exported(tmp_path / "e.zip", who)
    assert (tmp_path / "e.zip").stat().st_mode & 0o777 == 0o600
    result = evidence_archive.verify_evidence(tmp_path / "e.zip", trust=trusting())
    assert outcomes(result) == CLEAN
    assert result.valid
    assert result.verdict.as_json() == verdict.as_json()
    assert json.loads(json.dumps(result.as_json()))["judged_again"] == str(verdict.decision)


@pytest.mark.sweep
def test_every_case_of_the_law_is_judged_again_alike(tmp_path):
    for number, case in enumerate(CASES):
        verdict = exported(tmp_path / f"{number}.zip", case.who)
        result = evidence_archive.verify_evidence(tmp_path / f"{number}.zip", trust=trusting())
        assert outcomes(result) == CLEAN, case.id
        assert result.verdict.findings == verdict.findings, case.id


def test_only_what_bears_on_the_document_is_kept(tmp_path):
    """Other States' certificates and other persons' entries stay at home."""
    other = b.csca("CSCA Elsewhere", "SE")
    who = Traveller(lists=(entry(), entry(id="E-2", primary_identifier="EKBERG")))
    inspector = who.inspector()
    crls = [b.revocation_list(other)]
    inspector._trust = TrustStore.of([*(e.certificate for e in inspector.trust.entries), other.certificate], crls=crls)
    verdict = inspector.inspect(who.evidence(), at=who.at)
    evidence_archive.export_evidence(tmp_path / "e.zip", who.evidence(), verdict, inspector, signer=signer(), at=MADE)
    with zipfile.ZipFile(tmp_path / "e.zip") as archive:
        content = b"".join(archive.read(name) for name in archive.namelist())
        assert sum(name.startswith("trust/") for name in archive.namelist()) == 1
    assert b"EKBERG" not in content
    assert other.raw not in content
    assert outcomes(evidence_archive.verify_evidence(tmp_path / "e.zip", trust=trusting())) == CLEAN  # other-issuer, as it was


def test_what_a_code_is_signed_as_bears_on_the_document(tmp_path):
    """GBD has no two letters: the United Kingdom's certificates are what speaks for it."""
    british, other = b.csca("CSCA A", "GB"), b.csca("CSCA B", "SE")
    inspector = Inspector(trust=TrustStore.of([british.certificate, other.certificate]))
    evidence = Evidence(mrz=b.lines(b.zone(state="GBD")))
    verdict = inspector.inspect(evidence, at=b.AT)
    evidence_archive.export_evidence(tmp_path / "e.zip", evidence, verdict, inspector, signer=signer(), at=MADE)
    with zipfile.ZipFile(tmp_path / "e.zip") as archive:
        kept = [archive.read(name) for name in archive.namelist() if name.startswith("trust/")]
    assert kept == [british.raw]


def test_what_the_digest_of_the_store_covers_is_told(tmp_path):
    who = Traveller()
    exported(tmp_path / "e.zip", who)
    said = evidence_archive.verify_evidence(tmp_path / "e.zip", trust=trusting()).as_json()
    assert said["trust_digest"] == who.inspector().trust_view.digest
    assert said["trust_digest_covers"] == ["certificates", "grounds", "sources"]

    def before(files):
        manifest = json.loads(files["manifest.json"])
        del manifest["trust_digest_covers"]
        files["manifest.json"] = evidence_archive._json(manifest)

    result = rewritten(tmp_path / "e.zip", before, resign=True)
    assert outcomes(result) == CLEAN
    assert result.as_json()["trust_digest_covers"] == ["certificates"]


@pytest.mark.parametrize("then", [None, "0" * 64])
def test_that_the_law_is_another_now_is_told_beside_a_verdict_that_differs(tmp_path, then):
    exported(tmp_path / "e.zip")

    def before(files):
        manifest = json.loads(files["manifest.json"])
        assert re.fullmatch("[0-9a-f]{64}", manifest["data_sha256"])
        manifest |= {"verdict": "refuse", **({"data_sha256": then} if then else {})}
        files["manifest.json"] = evidence_archive._json(manifest)

    result = rewritten(tmp_path / "e.zip", before, resign=True)
    (judged,) = (f for f in result.findings if f.check == "evidence.judgement")
    assert (judged.outcome, judged.reason) == ("failed", "verdict-differs")
    assert ("not those of then" in judged.detail) is bool(then)


def test_the_digest_of_the_data_is_of_law_and_standard_as_they_lie_there(tmp_path, monkeypatch):
    shutil.copytree(specs.folder("specs"), tmp_path / "specs")
    before = specs.digest(*evidence_archive._DATA)
    monkeypatch.setattr(specs, "folder", lambda name: tmp_path / name)
    digest = specs.digest.__wrapped__
    assert digest(*evidence_archive._DATA) == before
    stay = tmp_path / "specs/border/stay.toml"
    stay.write_bytes(stay.read_bytes() + b"\n")
    assert digest(*evidence_archive._DATA) != before
    changed = digest(*evidence_archive._DATA)
    stay.rename(tmp_path / "specs/border/stays.toml")
    renamed = digest(*evidence_archive._DATA)
    (tmp_path / "specs/text/en.toml").unlink()  # what is said of a verdict is no part of it
    assert digest(*evidence_archive._DATA) == renamed
    assert len({before, changed, renamed}) == 3
    former = tmp_path / "specs/policy/former/schema-1.toml"
    former.write_bytes(former.read_bytes() + b"\n")  # by which an old policy judges
    changed = digest(*evidence_archive._DATA)
    assert changed != renamed
    zone = tmp_path / "specs/times.toml"
    zone.write_text(zone.read_text().replace("Asia/Dushanbe", "UTC"))  # which day it was
    assert digest(*evidence_archive._DATA) not in (before, changed, renamed)


BELIEVED = {
    "believed": ({"believe": ["list"], "lists": 2}, "admit"),
    "not believed": ({"believe": ["list"], "lists": 3}, "refer"),
    "other ground": ({"believe": ["anchor", "bilateral"]}, "refer"),
    "under one anchor": ({"believe": ["list"], "anchors": [b.utopia().certificate.sha256]}, "admit"),
    "denied": ({"believe": ["list"], "denied": ["csca"]}, "refuse"),
    "denied for its key": ({"believe": ["list"], "denied": ["link"]}, "refuse"),
    "lists under a denied anchor": ({"believe": ["list"], "denied": [b.utopia().certificate.sha256]}, "admit"),
    "so that too few are left": ({"believe": ["list"], "lists": 2, "denied": [b.utopia().certificate.sha256]}, "refer"),
    "denied signer of a list": ({"believe": ["list"], "lists": 2, "denied": ["5" * 64]}, "refer"),
    "denied signer of another list": ({"believe": ["list"], "lists": 2, "denied": ["6" * 64]}, "refer"),
    "denied by another certificate of the anchor": ({"believe": ["list"], "lists": 2, "denied": ["abroad"]}, "refer"),
}


@pytest.mark.requirement("TR-VERDICT")
@pytest.mark.parametrize("name", BELIEVED)
def test_whom_the_policy_believed_is_believed_again(tmp_path, name):
    """The archive carries grounds and sources, so that the policy in it comes to the same elsewhere."""
    table, expected = BELIEVED[name]
    who = Traveller()
    csca = authority().certificate
    elsewhere = b.csca("CSCA Elsewhere", "FR")
    link = b.certify(csca.subject, b.ec_key("x"), [], info=csca.spki, by=elsewhere, period=VALID).certificate
    abroad = b.csca("CSCA Abroad", "SE", key=b.utopia().key).certificate  # another certificate of a list's anchor
    named = {"csca": csca.sha256, "link": link.sha256, "abroad": abroad.sha256}
    anchors = {"UT": b.utopia().certificate.sha256, "FR": elsewhere.certificate.sha256}
    signers = {"UT": f"{'5' * 64}:{'9' * 64} {anchors['UT']}:{'8' * 64}", "FR": ""}
    lists = tuple(
        Source(f"{s}.ml", s * 32, "passed", "list", "C=?", anchor, s, path=signers[s]) for s, anchor in anchors.items()
    )
    # a list of others alone, of the same signer's key in another certificate
    other = Source("o.ml", "0" * 64, "passed", "list", "C=?", "7" * 64, "SE", path=f"{'6' * 64}:{'9' * 64}")
    lists = (replace(lists[0], imported="2026-11-01T00:00:00+00:00"), *lists[1:])
    entries = [Entry(csca, "self-signed", lists, ("list",)), Entry(link, "link"), Entry(abroad), Entry(b.utopia().certificate)]
    other = replace(other, imported="2026-11-20T00:00:00+00:00")  # of the whole store, which the archive does not hold
    entries.append(Entry(b.csca("CSCA Far", "NO").certificate, "self-signed", (other,), ("list",)))
    policy = b.policy(**{**table, "denied": [named.get(text, text) for text in table.get("denied", [])]})
    inspector = Inspector(trust=TrustStore.of_entries(entries), policy=policy)
    verdict = inspector.inspect(who.evidence(), at=who.at)
    assert verdict.decision == expected
    evidence_archive.export_evidence(tmp_path / "e.zip", who.evidence(), verdict, inspector, signer=signer(), at=MADE)
    result = evidence_archive.verify_evidence(tmp_path / "e.zip", trust=trusting())
    assert outcomes(result) == CLEAN
    assert {**result.verdict.as_json(), "trust_imported": "2026-11-20T00:00:00+00:00"} == verdict.as_json()
    # and so does a batch's worker
    setup = inspect_batch.Setup.of(trust=inspector.trust, policy=policy)
    assert setup.inspector().inspect(who.evidence(), at=who.at).as_json() == verdict.as_json()


def test_a_store_under_a_policy_is_not_taken_where_its_policy_would_be_lost():
    seen = Traveller().inspector().trust.with_policy(b.policy(believe=["list"]).trust)
    for use in (Inspector, inspect_batch.Setup.of):
        with pytest.raises(UsageError, match="under a policy"):
            use(trust=seen)


def rewritten(path, change, *, resign=False):
    """Write the archive again with its files changed; with ``resign`` its maker changed them."""
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    change(files)
    if resign:
        manifest = json.loads(files["manifest.json"])
        listed = {n: evidence_archive.sha256(d).hexdigest() for n, d in files.items() if not n.startswith("manifest.")}
        files["manifest.json"] = evidence_archive._json({**manifest, "files": listed})
        files["manifest.p7s"] = evidence_archive.evidence_signature.sign(files["manifest.json"], signer(), MADE)
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data)
    return evidence_archive.verify_evidence(path, trust=trusting())


def put(name, data):
    return lambda files: files.__setitem__(name, data)


def edit(name, old, new):
    return lambda files: files.__setitem__(name, files[name].replace(old, new))


@pytest.mark.parametrize(
    ("change", "resign", "check", "outcome", "reason"),
    [
        (lambda files: files.pop("manifest.json"), False, "structure", "failed", "manifest"),
        (put("manifest.json", b"{"), False, "structure", "failed", "manifest"),
        (lambda files: files.pop("manifest.p7s"), False, "signature", "failed", "no-signature"),
        (put("manifest.p7s", b"\x30\x00"), False, "signature", "failed", "no-signature"),
        (edit("manifest.json", b'"admit"', b'"refer"'), False, "signature", "failed", "other-content"),
        (lambda f: f.__setitem__("manifest.p7s", f["manifest.p7s"][:-1] + bytes([f["manifest.p7s"][-1] ^ 1])), False, "signature", "failed", "wrong-signature"),
        (put("chip/DG2.bin", b"\x75\x00"), False, "files", "failed", "differs"),
        (put("chip/DG3.bin", b"\x63\x00"), False, "files", "failed", "lists-differ"),
        (lambda files: files.pop("chip/DG2.bin"), False, "files", "failed", "lists-differ"),
        (put("chip/DG2.bin", b"\x75\x00"), True, "judgement", "failed", "verdict-differs"),
        (edit("verdict.json", b'"no-list"', b'"banned"'), True, "judgement", "warning", "findings-differ"),
        (edit("verdict.json", b'"admit"', b'"refuse"'), True, "judgement", "failed", "verdict-differs"),
        (edit("verdict.json", b'"decided_by"', b'"decided"'), True, "judgement", "failed", "verdict-differs"),
        (lambda files: files.pop("verdict.json"), True, "judgement", "failed", "verdict-differs"),
        (put("verdict.json", b"{}"), True, "judgement", "failed", "verdict-differs"),
        (lambda files: files.pop("policy.toml"), True, "judgement", "failed", "not-repeatable"),
        (put("policy.toml", b"= broken"), True, "judgement", "failed", "not-repeatable"),
        (put("trust.json", b"[5]"), True, "judgement", "failed", "not-repeatable"),
        (put("twice.json", b"5"), True, "judgement", "failed", "not-repeatable"),
        (put("register.json", b'{"reason": "", "stat": 1}'), True, "judgement", "failed", "not-repeatable"),
    ],
)  # fmt: skip
def test_whatever_is_altered_is_found(tmp_path, change, resign, check, outcome, reason):
    exported(tmp_path / "e.zip")
    result = rewritten(tmp_path / "e.zip", change, resign=resign)
    assert outcomes(result)[check] == (outcome, reason)
    assert result.valid == (outcome == "warning")


def surplus(*, certificates=(), digests=(), attributes=False):
    """A genuine signature's file with more in it than it covers, which is sorted as DER asks for."""

    def change(files):
        info, explicit = der.parts(files["manifest.p7s"])
        version, announced, content, inside, signers = der.parts(der.parts(explicit)[0])
        inside = tlv.encode(0xA0, b"".join(sorted([*der.parts(inside), *certificates])))
        announced = der.set_of([*der.parts(announced), *digests])
        if attributes:
            (signer_info,) = der.parts(signers)
            more = tlv.encode(0xA1, tlv.encode(0x30, x509_schema.encode_oid("1.2.3.4") + der.set_of([b"\4\4junk"])))
            signers = tlv.encode(0x31, tlv.encode(0x30, b"".join(der.parts(signer_info)) + more))
        changed = tlv.encode(0x30, version + announced + content + inside + signers)
        files["manifest.p7s"] = tlv.encode(0x30, info + tlv.encode(0xA0, changed))

    return change


@pytest.mark.parametrize("change", [
    surplus(certificates=[b.utopia().certificate.raw]),
    surplus(certificates=[tlv.encode(0x30, b"\4\4junk")]),
    surplus(digests=[tlv.encode(0x30, x509_schema.encode_oid("1.2.3.4") + b"\4\4junk")]),
    surplus(attributes=True),
], ids=["certificate", "no certificate", "digest algorithm", "unsigned attribute"])  # fmt: skip
def test_the_file_of_the_signature_has_nothing_beside_it_without_a_word(tmp_path, change):
    exported(tmp_path / "e.zip")
    assert outcomes(rewritten(tmp_path / "e.zip", surplus())) == CLEAN
    result = rewritten(tmp_path / "e.zip", change)
    (judged,) = (f for f in result.findings if f.check == "evidence.signature")
    assert judged.outcome == "warning"
    assert "unsigned" in (judged.reason, *re.findall(r"[\w-]+", judged.detail))
    assert result.valid


def test_a_text_of_another_version_is_no_other_finding(tmp_path):
    """Details and messages are for a person; what is compared is check, outcome, reason and subject."""
    exported(tmp_path / "e.zip")

    def change(files):
        verdict = json.loads(files["verdict.json"])
        for finding in verdict["findings"]:
            finding.pop("message", None)
            finding["detail"] += " as it was said once"
        files["verdict.json"] = json.dumps(verdict).encode()

    assert outcomes(rewritten(tmp_path / "e.zip", change, resign=True))["judgement"] == ("passed", "")


@pytest.mark.parametrize("findings", [5, "x", [5], {"a": 1}, None])
def test_findings_of_another_form_are_other_findings(tmp_path, findings):
    exported(tmp_path / "e.zip")

    def change(files):
        files["verdict.json"] = json.dumps(json.loads(files["verdict.json"]) | {"findings": findings}).encode()

    assert outcomes(rewritten(tmp_path / "e.zip", change, resign=True))["judgement"] == ("warning", "findings-differ")


@pytest.mark.parametrize("where", ["before", "behind", "said", "twice"])
def test_bytes_outside_of_the_entries_are_found(tmp_path, where):
    """A reader that goes from the start would see what lies before, and nothing there is signed."""
    exported(tmp_path / "e.zip")
    data, other = (tmp_path / "e.zip").read_bytes(), b"another archive"
    changed = {
        "before": other + data,
        "behind": data + other,
        "said": data[:-2] + len(other).to_bytes(2, "little") + other,
        "twice": data + data,
    }
    (tmp_path / "e.zip").write_bytes(changed[where])
    assert outcomes(evidence_archive.verify_evidence(tmp_path / "e.zip", trust=trusting()))["structure"] == ("failed", "unsigned")


@pytest.mark.parametrize(
    ("by", "trust", "reason"),
    [
        (party("another"), trusting(), "untrusted"),
        (party(), TrustStore.of(()), "untrusted"),
    ],
)
def test_who_may_sign_evidence(tmp_path, by, trust, reason):
    exported(tmp_path / "e.zip", by=signer(by))
    result = evidence_archive.verify_evidence(tmp_path / "e.zip", trust=trust)
    assert outcomes(result)["signature"] == ("undetermined", reason)
    # nothing rests on a signature that nobody answers for
    assert outcomes(result)["files"] == outcomes(result)["judgement"] == ("undetermined", "premise")
    assert not result.valid


def test_a_signature_made_outside_of_the_signers_validity():
    old = party("old", period=(b.moment(2020), b.moment(2026)))
    signature = evidence_archive.evidence_signature.sign(b"x", signer(old), MADE)
    finding = evidence_archive.evidence_signature.judge(b"x", signature, trusting(old), made=MADE.isoformat()).finding
    assert (finding.outcome, finding.reason) == (Outcome.FAILED, "expired")


def test_neither_a_csca_nor_a_document_signer_signs_evidence(tmp_path):
    for wrong in (b.utopia(), b.signer(b.utopia(), types=["P"])):
        with pytest.raises(UsageError):
            exported(tmp_path / "e.zip", by=signer(wrong))
        content = b"x"
        signature = evidence_archive.evidence_signature.sign(content, signer(wrong), MADE)
        finding = evidence_archive.evidence_signature.judge(content, signature, trusting(wrong), made=MADE.isoformat()).finding
        assert (finding.outcome, finding.reason) == (Outcome.FAILED, "role")


def revoked_list(tmp_path) -> TrustStore:
    """A store in which the document's CSCA is known by a master list of another State, whose signer was revoked since."""
    abroad = b.csca("CSCA Erewhon", "EW")
    signer_ = list_signer(abroad, subject=b.name(("C", "EW"), ("CN", "List")))
    files = {"a.ml": master_list([authority().certificate.raw], signer_, inside=[signer_.raw]),
             "revoked.crl": b.revocation_list(abroad, [signer_.certificate.serial]).raw,
             "other.crl": b.revocation_list(b.csca("CSCA", "XX")).raw}
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    store = TrustStore.create(tmp_path / "trust.db")
    import_files.import_files(store, [tmp_path / name for name in files], anchors=[abroad.certificate], at=b.AT)
    return store


def test_evidence_keeps_why_a_list_is_not_believed(tmp_path):
    """The revocation, who signed it and the list's signer are of another State than the document."""
    store = revoked_list(tmp_path)
    zone, chip = document()
    evidence = Evidence(mrz=zone, chip=chip, direction="entry")
    inspector = Inspector(trust=store)
    verdict = inspector.inspect(evidence, at=b.AT)
    assert [f.reason for f in verdict.findings if f.check == "pa.ds-chain"] == ["not-believed"]
    evidence_archive.export_evidence(tmp_path / "e.zip", evidence, verdict, inspector, signer=signer(), at=MADE)
    assert outcomes(evidence_archive.verify_evidence(tmp_path / "e.zip", trust=trusting())) == CLEAN


def again(tmp_path, scene):
    """Return how the archive of a scene's inspection is judged, and the verdict."""
    inspector, evidence = Inspector(trust=scene.trust, policy=scene.policy), Evidence(mrz=scene.mrz, chip=scene.chip)
    verdict = inspector.inspect(evidence, at=b.AT)
    evidence_archive.export_evidence(tmp_path / "e.zip", evidence, verdict, inspector, signer=signer(), at=MADE)
    return outcomes(evidence_archive.verify_evidence(tmp_path / "e.zip", trust=trusting())), verdict


@pytest.mark.parametrize("trusted", [True, False], ids=["trusted", "unknown"])
def test_evidence_keeps_the_root_of_a_state_that_changed_its_letters(tmp_path, trusted):
    root = b.csca("CSCA Before", "CS")
    middle = b.csca("CSCA Between", "YU", by=root)
    link = b.csca("CSCA After", "RS", by=middle)
    crls = [b.revocation_list(root, [middle.certificate.serial])]
    for lists in ([], crls):
        scene = b.scene(
            by=b.signer(link, "RS"), anchors=[root] if trusted else [], candidates=[middle, link, root], crls=lists, inside=b.zone(state="SRB")
        )
        found, verdict = again(tmp_path, scene)
        assert found == CLEAN
        reached = [f for f in verdict.findings if f.check == "pa.ds-chain" and f.outcome.ok]
        assert bool(reached) is trusted
        (tmp_path / "e.zip").unlink()


def test_evidence_keeps_a_denied_signer_of_a_list_in_another_form(tmp_path):
    """Only the certificate says that it is the denied one; its SHA-256 does not."""
    signer_ = list_signer()
    (tmp_path / "a.ml").write_bytes(master_list([authority().certificate.raw], b.resealed(signer_, b.flipped)))
    (tmp_path / "b.ml").write_bytes(master_list([b.csca("CSCA Far", "NO").raw], b.resealed(signer_, b.joined)))
    store = TrustStore.create(tmp_path / "trust.db")
    import_files.import_files(store, [tmp_path / "a.ml", tmp_path / "b.ml"], anchors=[b.utopia().certificate], at=b.AT)
    zone, chip = document()
    scene = b.Scene(chip, zone, store, policy=b.policy(believe=["list"], denied=[signer_.certificate.sha256]))
    found, verdict = again(tmp_path, scene)
    assert found == CLEAN
    assert "not-believed" in {f.reason for f in verdict.findings}


def test_workers_of_a_batch_know_it_too(tmp_path):
    again = inspect_batch.Setup.of(trust=revoked_list(tmp_path)).inspector()
    assert again.trust_view.distrust_reason(authority().certificate) == "not-believed"


def test_a_revoked_or_denied_signer_of_evidence():
    """One law of signers: whoever revokes or denies a certificate does so whatever it signs."""
    csca = b.csca("CSCA Evidence", "TJ")
    subject = b.name(("C", "TJ"), ("O", "SPECIMEN"), ("CN", "Evidence"))
    extensions = [b.key_usage("digitalSignature"), b.authority_identifier(csca.identifier)]
    own = b.certify(subject, b.ec_key("inspection"), extensions, by=csca, period=VALID)
    signature = evidence_archive.evidence_signature.sign(b"x", signer(own), MADE)
    trust = TrustStore.of([own.certificate, csca.certificate], crls=[b.revocation_list(csca, [own.certificate.serial])])
    for store, reason in ((trust, "revoked"), (trusting(own).with_policy(denying(own)), "denied")):
        finding = evidence_archive.evidence_signature.judge(b"x", signature, store, made=MADE.isoformat()).finding
        assert (finding.outcome, finding.reason) == (Outcome.FAILED, reason)
    elsewhere = TrustStore.of([own.certificate, csca.certificate], crls=[b.revocation_list(csca, [1])])
    assert evidence_archive.evidence_signature.judge(b"x", signature, elsewhere, made=MADE.isoformat()).finding.outcome == Outcome.PASSED


def test_a_signer_of_evidence_whose_revocation_is_not_settled(tmp_path):
    """It holds, and says by the words of the inspection what is not known of its signer."""
    csca = b.csca("CSCA Evidence", "TJ")
    extensions = [b.key_usage("digitalSignature"), b.authority_identifier(csca.identifier)]
    subject = b.name(("C", "TJ"), ("O", "SPECIMEN"), ("CN", "Evidence"))
    own = b.certify(subject, b.ec_key("inspection"), extensions, by=csca, period=VALID)
    exported(tmp_path / "e.zip", by=signer(own))

    def listed(*crls):
        return TrustStore.of([own.certificate, csca.certificate], crls=crls)

    for store, word in (
        (listed(), "no-crl"),
        (listed(b.revocation_list(b.utopia())), "other-issuer"),
        (listed(b.revocation_list(csca, until=b.moment(2026, 11, 2))), "stale"),
        (listed(b.revocation_list(csca, key=b.ec_key("forger"))), "crl-signature"),
        (listed(b.revocation_list(csca)), ""),
    ):
        found = evidence_archive.verify_evidence(tmp_path / "e.zip", trust=store)
        assert (found.valid, found.signer_revocation, found.as_json()["signer_revocation"]) == (True, word, word)
    revoked = evidence_archive.verify_evidence(tmp_path / "e.zip", trust=listed(b.revocation_list(csca, [own.certificate.serial])))
    assert (revoked.valid, revoked.signer_revocation) == (False, "")


def denying(party_):
    return TrustPolicy(denied=frozenset({party_.certificate.sha256}))


def test_the_signing_time_is_the_manifest_s():
    signature = evidence_archive.evidence_signature.sign(b"x", signer(), MADE)
    for made in ("", "yesterday", (MADE + timedelta(seconds=1)).isoformat()):
        assert evidence_archive.evidence_signature.judge(b"x", signature, trusting(), made=made).finding.reason == "signing-time"


def test_a_signature_without_the_signers_certificate():
    signature = evidence_archive.evidence_signature.sign(b"x", signer(), MADE)
    inside = evidence_archive.evidence_signature.sign(b"x", replace(signer(), certificate=party("another").certificate), MADE)
    # the key is another's: the certificate that is named did not make the signature
    assert evidence_archive.evidence_signature.judge(b"x", inside, trusting(), made=MADE.isoformat()).finding.reason == "wrong-signature"
    hidden = signature.replace(party().certificate.raw, b"\x30\x82" + bytes(len(party().certificate.raw) - 2))
    assert evidence_archive.evidence_signature.judge(b"x", hidden, trusting(), made=MADE.isoformat()).finding.reason in ("signer-missing", "no-signature")


def test_calls_that_cannot_be_used(tmp_path):
    exported(tmp_path / "e.zip")
    with pytest.raises(OutputError):
        exported(tmp_path / "e.zip")
    with pytest.raises(OutputError):
        exported(tmp_path / "no" / "e.zip")
    with pytest.raises(KeyMaterialError):
        exported(tmp_path / "f.zip", at=datetime(2031, 1, 1, tzinfo=UTC))
    with pytest.raises(InputError):
        evidence_archive.verify_evidence(tmp_path / "missing.zip", trust=trusting())


def test_reading_a_signer(tmp_path):
    own = party()
    (tmp_path / "c.cer").write_bytes(own.raw)
    pem = own.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    for name, data in (("k.pem", pem), ("k.der", own.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))):
        (tmp_path / name).write_bytes(data)
        assert read_signer(tmp_path / "c.cer", tmp_path / name).certificate.raw == own.raw
    (tmp_path / "other.cer").write_bytes(party("another").raw)
    (tmp_path / "no.key").write_bytes(b"nothing")
    for certificate, key in (("other.cer", "k.pem"), ("c.cer", "no.key"), ("c.cer", "missing")):
        with pytest.raises(KeyMaterialError):
            read_signer(tmp_path / certificate, tmp_path / key)


@pytest.mark.interop
def test_openssl_verifies_the_signature(tmp_path):
    exported(tmp_path / "e.zip")
    with zipfile.ZipFile(tmp_path / "e.zip") as archive:
        (tmp_path / "m.p7s").write_bytes(archive.read("manifest.p7s"))
        content = archive.read("manifest.json")
    (tmp_path / "c.cer").write_bytes(party().raw)
    command = "openssl cms -verify -inform DER -in m.p7s -CAfile c.pem -partial_chain -purpose any -no_check_time -binary"
    subprocess.run(["openssl", "x509", "-inform", "DER", "-in", "c.cer", "-out", "c.pem"], cwd=tmp_path, check=True)
    told = subprocess.run(command.split(), cwd=tmp_path, check=True, capture_output=True)
    assert told.stdout == content


# ----------------------------------------------------------------------------------------------------- hostile archives


def zipped(*members):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data, mode in members:
            info = zipfile.ZipInfo("x")
            info.filename = name
            info.external_attr = mode << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
    return stream.getvalue()


REGULAR = stat.S_IFREG | 0o600


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "archive"),
        (b"PK\x05\x06" + bytes(10), "archive"),
        (zipped(("/etc/passwd", b"", REGULAR)), "name"),
        (zipped(("../x", b"", REGULAR)), "name"),
        (zipped(("a/../../x", b"", REGULAR)), "name"),
        (zipped(("C:/x", b"", REGULAR)), "name"),
        (zipped(("a\\x", b"", REGULAR)), "name"),
        (zipped(("a\nx", b"", REGULAR)), "name"),
        (zipped(("x" * 201, b"", REGULAR)), "name"),
        (zipped(("link", b"/etc/passwd", stat.S_IFLNK | 0o777)), "link"),
        (zipped(("device", b"", stat.S_IFCHR | 0o600)), "link"),
        (zipped(("folder/", b"", stat.S_IFDIR | 0o700)), "link"),
        (zipped(("bomb", bytes(5_000_000), REGULAR)), "limit"),
        (zipped(*((str(n), b"", REGULAR) for n in range(limits.ENTRIES + 1))), "limit"),
    ],
    ids=range(14),
)
def test_archives_made_to_do_harm(tmp_path, data, reason):
    (tmp_path / "e.zip").write_bytes(data)
    result = evidence_archive.verify_evidence(tmp_path / "e.zip", trust=trusting())
    assert outcomes(result)["structure"] == ("failed", reason)
    assert not result.valid
    assert result.verdict is None


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_entries_of_one_name(tmp_path):
    (tmp_path / "e.zip").write_bytes(zipped(("a", b"1", REGULAR), ("a", b"2", REGULAR)))
    assert outcomes(evidence_archive.verify_evidence(tmp_path / "e.zip", trust=trusting()))["structure"] == ("failed", "twice")


def test_an_encrypted_entry(tmp_path):
    data = bytearray(zipped(("a", b"1", REGULAR)))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "e.zip").write_bytes(data)
    assert outcomes(evidence_archive.verify_evidence(tmp_path / "e.zip", trust=trusting()))["structure"] == ("failed", "encrypted")


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    path = tmp_path_factory.mktemp("sound") / "e.zip"
    exported(path)
    return path.read_bytes()


@given(st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_altered_byte_holds_or_raises(sound, tmp_path, data):
    altered = bytearray(sound)
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(altered) - 1))
        altered[place] ^= data.draw(st.integers(1, 255))
    (tmp_path / "e.zip").write_bytes(altered)
    result = evidence_archive.verify_evidence(tmp_path / "e.zip", trust=trusting())
    if result.valid:  # a last byte of a packed file has bits that Deflate does not use
        assert result.verdict.decision == "admit"
        assert archives.read_zip(io.BytesIO(bytes(altered))) == archives.read_zip(io.BytesIO(sound))


def test_reasons_of_evidence_are_all_given():
    source = Path(__file__).read_text(encoding="utf-8")
    for check in checks().values():
        if check.id.startswith("evidence."):
            for reason in check.reasons:
                assert f'"{reason}"' in source, (check.id, reason)
