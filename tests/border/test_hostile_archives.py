"""Archives of evidence made to keep their reader busy, or to make it fail: each ends in findings, within the limits."""

import hashlib
import io
import json
import random
import time
import zipfile

import pytest

from tests.border.test_proof import CLEAN, MADE, exported, outcomes, rewritten, signer, trusting
from tests.support import builders as b
from tests.support.law_cases import Traveller, entry
from tjdocs import limits
from tjdocs.border import Inspector
from tjdocs.border.evidence import evidence_archive
from tjdocs.errors import InputError
from tjdocs.pki.trust.store import TrustStore
from tjdocs.watchlists.watchlists import Watchlists

DEEP = b"[" * 100_000
LEVELS = b"[" * 40 + b"]" * 40
ROW = {"file": "trust/0000.cer", "kind": "self-signed", "grounds": ["anchor"], "sources": []}
SOUND = {
    "evidence.json": b'{"mrz": "X"}', "twice.json": b"[]", "trust.json": b"[]", "register.json": b'{"reason": "no-register"}',
    "policy.toml": b'schema = 1\nname = "x"\nrequires = ["mrz.structure"]\nrule = []\n', "verdict.json": b"{}",
}  # fmt: skip
MANIFEST = {"schema": 1, "files": {}, "at": "2026-11-24T00:00:00+00:00", "made": MADE.isoformat()}


def lines(count: int, **more) -> bytes:
    return "".join(json.dumps({**entry(**more), "id": str(n)}) + "\n" for n in range(count)).encode()


HOSTILE = {
    **{f"{name}, deep": {name: DEEP} for name in SOUND},
    **{f"{name}, 40 levels": {name: LEVELS} for name in SOUND},
    **{f"{name}, no text": {name: b"\xff\xfe"} for name in SOUND},
    **{f"{name}, a number without end": {name: b"1" * 50_000} for name in SOUND},
    **{f"{name}, null": {name: b"null"} for name in SOUND},
    "policy, deep": {"policy.toml": b"a=" + DEEP},
    "policy, a long key": {"policy.toml": b"a." * 40_000 + b"a=1"},
    "policy, over the limit": {"policy.toml": b"#" * (limits.POLICY + 1)},
    "lists, deep": {"lists.jsonl": DEEP, "lists.json": b"{}"},
    "lists, more bytes": {"lists.jsonl": lines(1, reason="x" * limits.RECORDED_ENTRIES), "lists.json": b"{}"},
    "lists, more names": {"lists.jsonl": lines(2, aliases=[f"A<<B{n}" for n in range(limits.RECORDED_NAMES)]), "lists.json": b"{}"},
    "lists, counts of another kind": {"lists.jsonl": b"", "lists.json": b'{"ban": "many"}'},
    "trust, more rows": {"trust.json": json.dumps([ROW] * (limits.RECORDED_CERTIFICATES + 1)).encode()},
    "trust, rows of another kind": {"trust.json": b'[1, "x", null, []]'},
    "trust, a file that is not there": {"trust.json": json.dumps([ROW]).encode()},
    "trust, a file that is none": {"trust.json": json.dumps([ROW]).encode(), "trust/0000.cer": b"x"},
    "CRLs, more": {f"crl/{n:04d}.crl": b"" for n in range(limits.RECORDED_CERTIFICATES + 1)},
    "twice, more": {"twice.json": json.dumps(["a"] * 1000).encode()},
    "register, a date": {"register.json": b'{"reason": "", "status": "issued", "date_of_issue": "yesterday"}'},
    "register, numbers": {"register.json": b'{"reason": "", "status": 5}'},
    "register, more": {"register.json": b'{"reason": "", "status": "issued", "who": "x"}'},
    "evidence, setup": {"evidence.json": b'{"mrz": "X", "policy": "own.toml"}'},
    "evidence, a path": {"evidence.json": b'{"seal": "/etc/passwd"}'},
    "evidence, half a pair": {"evidence.json": b'{"chip": {"\\ud800": "AA=="}}'},
    "chip, a name": {"chip/x.bin": b"x"},
}


def manifest_of(files) -> dict:
    return {**MANIFEST, "files": {name: hashlib.sha256(data).hexdigest() for name, data in {**SOUND, **files}.items()}}


def archive(files, manifest=None, *, signed: bool = True) -> bytes:
    """An archive with any content; a trusted signer answers for it, else it would not be looked at."""
    content = (json.dumps(manifest_of(files)) if manifest is None else manifest).encode()
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as zipped:
        zipped.writestr(zipfile.ZipInfo("manifest.json"), content)
        if signed:
            signature = evidence_archive.evidence_signature.sign(content, signer(), MADE)
            zipped.writestr(zipfile.ZipInfo("manifest.p7s"), signature)
        for name, data in {**SOUND, **files}.items():
            zipped.writestr(zipfile.ZipInfo(name), data)
    return stream.getvalue()


def verified(tmp_path, data: bytes):
    (tmp_path / "h.zip").write_bytes(data)
    result = evidence_archive.verify_evidence(tmp_path / "h.zip", trust=trusting())
    said = json.dumps(result.as_json())
    assert not result.valid
    assert all(len(finding.detail) < 1000 for finding in result.findings)
    assert said
    return outcomes(result)


@pytest.mark.parametrize("what", ["certificates", "digest algorithms", "attributes"])
def test_a_signature_that_unpacks_to_millions_of_things_costs_less_than_a_second(tmp_path, what):
    """98 kB of an archive became a SignedData of 5.6 MB, whose empty certificates alone cost 2.8 seconds."""
    content = b.octets(random.Random(1).randbytes(64_000))
    many, few = b"\x30\x00" * 2_800_000, b.sequence(b.oid("1.2.3"))
    inside = b.sequence(b.integer(3), b.der(0x80, b"x"), few, b.der(0xA0, many if what == "attributes" else few), few, b.octets(b"x"))
    data = b.sequence(
        b.integer(3),
        b.der(0x31, many if what == "digest algorithms" else few),
        b.sequence(b.oid("1.2.840.113549.1.7.1"), b.der(0xA0, content)),
        b.der(0xA0, many if what == "certificates" else few),
        b.set_of([inside]),
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, held in (("manifest.json", json.dumps(MANIFEST).encode()), ("manifest.p7s", b.sequence(b.oid("1.2.840.113549.1.7.2"), b.der(0xA0, data)))):
            zipped.writestr(zipfile.ZipInfo(name), held, zipfile.ZIP_DEFLATED)
    assert len(stream.getvalue()) < 100_000
    began = time.process_time()
    assert verified(tmp_path, stream.getvalue())["signature"] == ("failed", "no-signature")
    assert time.process_time() - began < 1.2


@pytest.mark.parametrize("name", HOSTILE)
def test_no_content_raises_or_is_believed(tmp_path, name):
    found = verified(tmp_path, archive(HOSTILE[name]))
    assert found["structure"] == ("passed", "")
    assert found["signature"] == found["files"] == ("passed", "")
    assert found["judgement"][1] in ("not-repeatable", "verdict-differs", "findings-differ")


@pytest.mark.parametrize("key", ["at", "made", "files", "verdict", "decided_by", "policy_sha256", "data_sha256", "trust_digest", "schema"])
@pytest.mark.parametrize("value", [None, 5, "x", [], {}, "9999-12-31T23:59:59-12:00", "0001-01-01", [[[[]]]], {"a": {"b": 1}}, "\ud800"], ids=range(10))
def test_any_manifest(tmp_path, key, value):
    verified(tmp_path, archive({}, json.dumps({**manifest_of({}), key: value})))


def test_what_nobody_answers_for_is_not_judged_again(tmp_path, monkeypatch):
    """Whoever sends an archive chooses its content: certificates whose keys cost seconds, for one."""
    exported(tmp_path / "e.zip")
    judged = []
    monkeypatch.setattr(evidence_archive, "_judge", lambda *a: judged.append(a))
    changes = {
        "no signature": lambda files: files.pop("manifest.p7s"),
        "no signature that holds": lambda files: files.__setitem__("manifest.json", files["manifest.json"] + b" "),
        "a file that differs": lambda files: files.__setitem__("trust.json", files["trust.json"] + b" "),
        "a file more": lambda files: files.__setitem__("trust/0099.cer", b""),
    }
    for name, change in changes.items():
        (tmp_path / "c.zip").write_bytes((tmp_path / "e.zip").read_bytes())
        result = rewritten(tmp_path / "c.zip", change)
        assert outcomes(result)["judgement"] == ("undetermined", "premise"), name
        assert result.verdict is None, name
        assert result.as_json()["judged_again"] is None, name
    assert outcomes(evidence_archive.verify_evidence(tmp_path / "e.zip", trust=TrustStore.of(())))["judgement"] == ("undetermined", "premise")
    assert judged == []


@pytest.mark.parametrize("text", ["", "[]", "{", DEEP.decode(), LEVELS.decode(), '{"schema": 1, "schema": 1}', "\ufeff{}"], ids=range(7))
def test_what_is_no_manifest(tmp_path, text):
    assert verified(tmp_path, archive({}, text))["structure"] == ("failed", "manifest")


def test_names_in_a_finding_are_few_and_short(tmp_path):
    listed = {f"{n}" + "x" * 100_000: "" for n in range(20)}
    verified(tmp_path, archive({}, json.dumps({**MANIFEST, "files": listed})))


def test_even_one_that_is_signed(tmp_path):
    """An authority signs what a traveller handed over: deep nesting there is the traveller's."""
    exported(tmp_path / "e.zip")
    for name in ("evidence.json", "trust.json", "twice.json", "policy.toml"):
        result = rewritten(tmp_path / "e.zip", lambda files, name=name: files.__setitem__(name, DEEP), resign=True)
        assert outcomes(result)["signature"] == CLEAN["signature"]
        assert outcomes(result)["judgement"][0] == "failed"


def test_what_could_not_be_judged_again_is_not_exported(tmp_path, monkeypatch):
    who = Traveller(lists=(entry(), entry(id="E-2")))
    inspector = who.inspector()
    verdict = inspector.inspect(who.evidence(), at=who.at)
    for name, most in (("RECORDED_ENTRIES", 100), ("RECORDED_NAMES", 1)):
        monkeypatch.setattr(limits, name, most)
        with pytest.raises(InputError, match="more matches than an archive has"):
            evidence_archive.export_evidence(tmp_path / "e.zip", who.evidence(), verdict, inspector, signer=signer(), at=b.AT)
        monkeypatch.undo()
    assert not (tmp_path / "e.zip").exists()
    evidence_archive.export_evidence(tmp_path / "e.zip", who.evidence(), verdict, inspector, signer=signer(), at=b.AT)
    assert outcomes(evidence_archive.verify_evidence(tmp_path / "e.zip", trust=trusting())) == CLEAN


# ------------------------------------------------------------------------------------- whom a chip says to look for


def names(*texts: str) -> bytes:
    """DG11 with a full name and other names."""
    first, *others = texts
    listed = b.der(0xA0, b.der(2, bytes([len(others)])), *(b.der(0x5F0F, text.encode()) for text in others)) if others else b""
    return b.der(0x6B, b.der(0x5C, b"\x5f\x0e" + (b"\xa0" if others else b"")), b.der(0x5F0E, first.encode()), listed)


LISTS = Watchlists.of([entry(primary_identifier="EKBERG", secondary_identifier="ANNA")])


def ban(dg11: bytes, **claims):
    scene = b.scene(groups={1: b.dg1(b.zone()), 2: b.dg2(), 11: dg11})
    from tjdocs.border import Evidence

    evidence = Evidence(mrz=scene.mrz, chip=scene.chip, direction="entry", claims=claims)
    verdict = Inspector(trust=scene.trust, lists=LISTS).inspect(evidence, at=b.AT)
    return [(f.outcome, f.reason) for f in verdict.findings if f.check == "holder.ban"]


@pytest.mark.requirement("BOR-2")
@pytest.mark.parametrize(
    "dg11",
    [names("ЩУКИНА" * 200), names("A<<B", "Щ" * 1201), names("A<<B", *(f"A{chr(65 + n // 26)}{chr(65 + n % 26)}<<B" for n in range(250)))],
    ids=["a long name", "a long other name", "many names"],
)
def test_names_that_are_not_all_looked_for_do_not_pass(dg11):
    assert ("undetermined", "limit") in ban(dg11)
    assert ("passed", "") not in ban(dg11)


@pytest.mark.requirement("BOR-2")
def test_a_name_claimed_that_is_too_long_does_not_pass():
    assert ("undetermined", "limit") in ban(names("A<<B"), primary_identifier="Щ" * 1000)


@pytest.mark.requirement("BOR-2")
def test_names_that_are_looked_for_pass():
    assert ban(names("ЭКБЕРГ<<ОЛЬГА", *(f"A{chr(65 + n)}<<B" for n in range(10)))) == [("passed", "")]
