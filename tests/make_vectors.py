"""Make the vectors that hold bytes: algorithms, LDS files, passive authentication, seals. One command: run this file.

Usage: python -m tests.make_vectors [--renamed OLD=NEW]...
  --renamed   a case has another comment (or id) than its vector: the vector keeps its id

Everything is signed by ``builders`` and ``pki/signing``, never by the library; the expectations are in the tables of
cases and in this file, never taken from a run. Vectors that are there keep their ids and bytes. A changed expectation
gets a row in ``test_vectors/CHANGES.md``, in which a person says why. Documents are made for a second State too, by a
second process (``vector_files.SECOND``): the twin of ``pa-0001`` is ``pa-1001``.
"""

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tomllib
from datetime import date
from pathlib import Path

TESTS = Path(__file__).parent

from tests.support import builders as b  # noqa: E402
from tests.support import signing  # noqa: E402
from tests.support.cases_attacks import CASES as ATTACKS  # noqa: E402
from tests.support.cases_chip import cases as chip_cases  # noqa: E402
from tests.support.cases_conformance import ROWS  # noqa: E402
from tests.support.cases_reading import CASES as READING  # noqa: E402
from tests.support.cases_seal import CASES as SEALS  # noqa: E402
from tests.support.cases_signer import CASES as SIGNER  # noqa: E402
from tests.support.cases_sod import CASES as SOD  # noqa: E402
from tests.support.seal_faults import FAULTS  # noqa: E402
from tests.support.vector_files import IS_TWIN, RENAMED, SECOND, VECTORS, Area, b64, document  # noqa: E402
from tjdocs.findings import checks  # noqa: E402
from tjdocs.seal.seal_problems import kinds  # noqa: E402

DATA = b"tjdocs test vector"


def algorithms() -> None:
    area = Area("algorithms", "algorithm", "One signature of each combination of key and algorithm, and forgeries.")

    def given(row, signature=None, spki=None, algorithm=None):
        return {
            "operation": "signature",
            "public_key": b64(signing.spki(row["key"]) if spki is None else spki),
            "algorithm": b64(signing.algorithm(row) if algorithm is None else algorithm),
            "digest": row["hash"],
            "data": b64(DATA),
            "signature": b64(signing.sign(row, DATA) if signature is None else signature),
        }

    for id_, row in signing.ROWS.items():
        source = f"specs/pki/algorithms.toml: {id_}"
        warning = "ecdsa-plain-signature" if row.get("plain") else ""
        warning = "algorithm-is-key-type" if row["signature"] == "ecdsa" else warning
        if row["hash"] == "md5":
            area.add(id_, source, lambda row=row: given(row), "invalid", "algorithm-forbidden")
        else:
            flags = [*([warning] if warning else []), *(["algorithm-weak"] if row["hash"] == "sha1" else [])]
            expected = "acceptable" if flags else "valid"
            area.add(id_, source, lambda row=row: given(row), expected, warning, flags=flags)
            area.add(
                f"{id_}: signature over other data",
                source,
                lambda row=row: given(row, signature=signing.sign(row, DATA + b"!")),
                "invalid",
                "wrong-signature",
            )
    p256, rsa = signing.ROWS["ecdsa-p256-sha256"], signing.ROWS["rsa-sha256"]
    e3 = signing.ROWS["rsa-e3-sha256"]
    area.add(
        "RSA DigestInfo without NULL",
        "openssl issue 22093; RFC 8017, 9.2",
        lambda: given(rsa, signature=without_null(rsa)),
        "acceptable",
        "digest-info-without-null",
        flags=["digest-info-without-null"],
    )
    area.add(
        "e = 3: garbage behind a short DigestInfo, the cube root forged",
        "Bleichenbacher 2006; the recovered block is never searched",
        lambda: given(e3, signature=cube_root_forgery(e3)),
        "invalid",
        "wrong-signature",
    )
    area.add(
        "an EC key under an RSA algorithm",
        "the algorithm is SignerInfo's, never a guess (field: LT, US, PH, TR, DK)",
        lambda: given(p256, algorithm=signing.algorithm(rsa)),
        "invalid",
        "algorithm-key-mismatch",
    )
    area.add(
        "explicit parameters whose base point is another",
        "Doc 9303-12, 4.1.6.3; CVE-2020-0601",
        lambda: given(p256, spki=other_generator()),
        "invalid",
        "curve-unsupported",
    )
    area.write()


def without_null(row) -> bytes:
    key = signing.rsa_key(row["key"])
    digest = hashlib.sha256(DATA).digest()
    info = b.sequence(b.sequence(b.oid(b.HASHES["sha256"][0])), b.octets(digest))
    return key.raw(signing.pkcs1_block(info, key.size // 8))


def cube_root_forgery(row) -> bytes:
    """A block that begins rightly and goes on with garbage, as an integer cube root gives it."""
    key = signing.rsa_key(row["key"])
    size = key.size // 8
    info = signing.digest_info("sha256", DATA)
    target = int.from_bytes((b"\x00\x01" + b"\xff" * 8 + b"\x00" + info).ljust(size, b"\xff"), "big")
    low, high = 0, 1 << (key.size // 3 + 2)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if middle**3 <= target else (low, middle - 1)
    return low.to_bytes(size, "big")


def other_generator() -> bytes:
    row = signing.CURVES["secp256r1"]
    numbers = {name: bytes.fromhex(row[name]) for name in ("p", "a", "b", "gx", "gy", "n")}
    point = b.ec_key("another base point").public_key().public_numbers()
    base = b"\x04" + point.x.to_bytes(32, "big") + point.y.to_bytes(32, "big")
    parameters = b.sequence(
        b.integer(1),
        b.sequence(b.oid("1.2.840.10045.1.1"), b.integer(int.from_bytes(numbers["p"], "big"))),
        b.sequence(b.octets(numbers["a"]), b.octets(numbers["b"])),
        b.octets(base),
        b.integer(int.from_bytes(numbers["n"], "big")),
        b.integer(1),
    )
    return b.sequence(b.sequence(b.oid("1.2.840.10045.2.1"), parameters), b.bits(base))


def lds() -> None:
    area = Area("lds", "lds", "Files of the LDS, read or refused.")

    def add(comment, source, name, data, expected, reason="", *flags):
        make = lambda: {"operation": "lds-file", "name": name, "data": area.blob(data)}  # noqa: E731
        area.add(comment, source, make, expected, reason, flags=list(flags))

    zone = b.zone()
    com = b.com([1, 2])
    add("EF.COM of DG1 and DG2", "Doc 9303-10, 4.6.1", "EF.COM", com, "valid")
    add("EF.COM, last byte cut", "Doc 9303-10, 4.6.1", "EF.COM", com[:-1], "invalid", "cut")
    add("EF.COM's content under another tag", "Doc 9303-10, 4.6.1", "EF.COM", b"\x61" + com[1:], "invalid", "tag")
    add("DG1 of a TD3 zone", "Doc 9303-10, 4.7.1", "DG1", b.dg1(zone), "valid")
    add("DG1, zeros behind it", "Doc 9303-10, 4.6.2", "DG1", b.dg1(zone) + bytes(8), "acceptable", "", "padding")
    add("DG1, last byte cut", "Doc 9303-10, 4.7.1", "DG1", b.dg1(zone)[:-1], "invalid", "cut")
    add("DG1 without a zone", "Doc 9303-10, 4.7.1", "DG1", b.der(0x61), "invalid", "missing")
    add("DG1, indefinite length", "Doc 9303-10, 4.6", "DG1", b"\x61\x80" + b.dg1(zone)[2:] + bytes(2), "invalid", "form")
    add("DG2 with one ISO/IEC 19794-5 face", "Doc 9303-10, 4.7.2", "DG2", b.dg2(), "valid")
    add("DG2, cut in the image", "Doc 9303-10, 4.7.2", "DG2", b.dg2()[:-100], "invalid", "cut")
    add("DG12 with its date of issue", "Doc 9303-10, 4.7.12", "DG12", b.dg12("20260302"), "valid")
    bcd = b.der(0x6C, b.der(0x5C, bytes.fromhex("5F26")), b.der(0x5F26, bytes.fromhex("20260302")))
    add("DG12, the date as binary-coded digits", "Doc 9303-10, 4.7.12; field", "DG12", bcd, "acceptable", "", "date-coded")
    dg11 = b.der(0x6B, b.der(0x5C, bytes.fromhex("5F0E")), b.der(0x5F0E, b"ERIKSSON<<ANNA<MARIA"))
    add("DG11 with a full name", "Doc 9303-10, 4.7.11", "DG11", dg11, "valid")
    sod = b.scene().chip["EF.SOD"]
    add("EF.SOD", "Doc 9303-10, 4.6.2", "EF.SOD", sod, "valid")
    add("EF.SOD under tag 78", "BSI TR-03105-5.1, LDS_H_17", "EF.SOD", b"\x78" + sod[1:], "invalid", "tag")
    add("EF.SOD, last byte cut", "BSI TR-03105-5.1, LDS_H_19", "EF.SOD", sod[:-1], "invalid", "file")
    add("EF.SOD, empty", "Doc 9303-10, 4.6.2", "EF.SOD", b"\x77\x00", "invalid", "not-signed-data")
    area.write()


def passive_authentication() -> None:
    area = Area(
        "passive-authentication",
        "pa",
        "Chips under given anchors: whether what they hold is authentic (authenticate) or the document is accepted"
        " (inspect); our verdict under the default policy, and what decided it first.",
    )

    def given(scene):
        value = inspected(area, scene.evidence, scene.trust, scene.at)
        return value | ({"trust": whom(scene.policy.trust)} if scene.policy is not None else {})

    for case in [*SOD, *SIGNER, *READING]:
        if case.check.startswith("mrz"):
            continue  # the zone has an area of its own
        if case.reason in ("not-read", "not-read-live") and case.subject != "DG16":
            continue  # what this library does not read, another may
        scene = case.make()
        if scene.chip is None or sum(map(len, scene.chip.values())) > 60_000:
            continue
        # what is left open and admitted all the same is told in the report, and decides nothing
        told = bool(case.reason) and not (case.verdict == "admit" and case.outcome == "undetermined")
        reason = f"{case.check}/{case.reason}" if told else ""
        expected = document(case.verdict, reason, case.check, case.subject)
        area.add(case.id, checks()[case.check].clause, lambda s=scene: given(s), **expected, sure=False)
    for row, (scene, verdict, reason) in inspection_rows().items():
        name = f"BSI TR-03105-5.1, LDS_{row}"
        area.add(name, name, lambda s=scene: given(s), **document(verdict, reason, "pa.sod-signature"))
    area.write()


def whom(policy):
    """Return a trust policy as the table that says it."""
    table = {"believe": sorted(policy.believe), "lists": policy.lists, "denied": sorted(policy.denied)}
    if "list" not in policy.believe:
        del table["lists"]
    if policy.states:
        table["states"] = dict(sorted(policy.states))
    return table | ({"anchors": sorted(policy.anchors)} if policy.anchors is not None else {})


def inspected(area: Area, evidence, trust, at):
    """Return the question what evidence comes to."""
    value = {
        "operation": "inspect",
        "files": {name: area.blob(data) for name, data in (evidence.chip or {}).items()},
        "anchors": [area.blob(e.certificate.raw) for e in trust.entries if e.ground],
        "candidates": [area.blob(e.certificate.raw) for e in trust.entries if not e.ground],
        "crls": [area.blob(crl.raw) for crl in trust.crls],
        "at": at.isoformat(),
    }
    more = {"mrz": evidence.mrz, "direction": evidence.direction, "claims": evidence.claims}
    if evidence.seal is not None:
        more["seal"] = area.blob(evidence.seal)
    return value | {name: item for name, item in more.items() if item is not None}


def attacks() -> None:
    area = Area("attacks", "attack", "Forgeries, each with the check that must catch it; none may be admitted.")
    for attack in ATTACKS:
        made = attack.make()
        area.add(
            attack.id,
            attack.source,
            lambda m=made: inspected(area, m.evidence, m.trust, m.at),
            **document(attack.verdict, f"{attack.check}/{attack.reason}"),
        )
    area.write()


def conformance() -> None:
    area = Area(
        "conformance",
        "conformance",
        "Conformance cases of inspection systems (BSI TR-03105-5.1): chips judged under specs/policy/conformance.toml.",
    )
    for row in ROWS:
        scene = row.make()
        area.add(
            f"LDS_{row.id}: {row.what}",
            f"BSI TR-03105-5.1, LDS_{row.id}" + (" (moved to ICAO's report: own reading of its title)" if row.own else ""),
            lambda s=scene: inspected(area, s.evidence, s.trust, s.at) | {"policy": "conformance"},
            **document(row.verdict, row.reason, "pa.sod-structure" if row.id.startswith("H_") else "lds.structure"),
        )
    area.write()


def inspection_rows():
    """Return the cases about signature algorithms among the EF.SOD cases of BSI TR-03105-5.1."""
    same = {
        "H_01": ("rsa-sha1", "sha1"), "H_02": ("rsa-pss-sha1", "sha1"), "H_03": ("rsa-pss-sha256", "sha256"),
        "H_04": ("rsa-sha224", "sha224"), "H_05": ("rsa-sha256", "sha256"), "H_06": ("rsa-sha384", "sha384"),
        "H_07": ("rsa-sha512", "sha512"), "H_09": ("ecdsa-p224-sha1", "sha1"),
        "H_10": ("ecdsa-plain-p224-sha1", "sha1"), "H_11": ("ecdsa-plain-p224-sha224", "sha224"),
        "H_12": ("ecdsa-plain-bp256-sha256", "sha256"), "H_13": ("ecdsa-plain-bp384-sha384", "sha384"),
        "H_14": ("ecdsa-plain-bp512-sha512", "sha512"), "H_65": ("rsa-md5", "md5"), "H_70": ("ecdsa-p224-sha224", "sha224"),
        "H_71": ("ecdsa-bp256-sha256", "sha256"), "H_72": ("ecdsa-bp384-sha384", "sha384"),
        "H_73": ("ecdsa-bp512-sha512", "sha512"), "H_79": ("rsa-encryption-sha1", "sha1"),
        "H_80": ("rsa-encryption-sha224", "sha224"), "H_81": ("rsa-encryption-sha256", "sha256"),
        "H_82": ("rsa-encryption-sha384", "sha384"), "H_83": ("rsa-encryption-sha512", "sha512"),
        "H_94": ("rsa-pss-sha224", "sha224"), "H_95": ("rsa-pss-sha384", "sha384"), "H_96": ("rsa-pss-sha512", "sha512"),
        "H_08": ("dsa-sha1", "sha1"), "H_97": ("dsa-sha224", "sha224"), "H_98": ("dsa-sha256", "sha256"),
    }  # fmt: skip
    found = {}
    weak = {"sha1": "pa.sod-signature/algorithm-weak"}
    for row, (combination, kind) in same.items():
        sod_row = signing.ROWS[combination]
        verdict, reason = "admit", weak.get(kind, "")
        if kind == "md5":
            verdict, reason = "refuse", "pa.sod-signature/digest-forbidden"
        found[row] = (signed_by(sod_row, certificate_row(sod_row), kind, kind), verdict, reason)
    pss, v15 = signing.ROWS["rsa-pss-sha256"], signing.ROWS["rsa-sha256"]
    two = "pa.sod-signature/digest-algorithm-differs"
    found["H_74"] = (signed_by(pss, pss, "sha224", "sha256"), "admit", "")
    found["H_75"] = (signed_by(pss, pss, "sha224", "sha224"), "admit", two)
    found["H_77"] = (signed_by(pss, signing.ROWS["rsa-pss-sha224"], "sha256", "sha256"), "admit", "")
    found["H_78"] = (signed_by(pss, v15, "sha256", "sha256"), "admit", "")
    found["H_76"] = (signed_by(v15, signing.ROWS["ecdsa-p256-sha224"], "sha224", "sha224"), "admit", two)
    md5 = signing.ROWS["rsa-md5"]
    found["H_36"] = (signed_by(md5, v15, "sha256", "sha256"), "refuse", "pa.sod-signature/algorithm-forbidden")
    found["H_15"] = (signed_by(v15, v15, "sha256", "sha256", inside=False), "refer", "pa.sod-signature/signer-missing")
    return found


# Doc 9303-13, appendix D; Doc 9303-8, appendix A; Doc 9303-7, 9.4: what each finding is called there
RESULTS = {
    "seal.structure": {
        "READ_ERROR": "limit no-picture no-code several",
        "WRONG_FORMAT": "magic signature-missing feature-missing",
        "UNKNOWN_FEATURE": "feature-unknown",
        "INVALID_SEAL_MRZ": "zone",
    },
    "seal.signer": {
        "UNKNOWN_CERTIFICATE": "signer-missing",
        "UNTRUSTED_CERTIFICATE": "no-issuer other-generation wrong-signature untrusted not-a-ca role ca-as-signer country"
        " role-contradictory critical-extension name-constraints pss-trailer",
        "INVALID_DOCUMENTTYPE": "document-type",
        "EXPIRED_CERTIFICATE": "expired expired-since not-yet-valid key-usage-period",
    },
    "seal.signature": {"INVALID_SIGNATURE": "wrong-signature"},
    "seal.revocation": {"REVOKED_CERTIFICATE": "revoked issuer-revoked"},
    "seal.agreement": {
        "INVALID_PRINTED_MRZ": "zone-invalid",
        "SEAL_DOCUMENT_MISMATCH": "differs",
        "INVALID_VISA_MRZ": "visa-zone-invalid",
        "SEAL_VISA_MISMATCH": "visa-differs",
        "INVALID_PASSPORT_MRZ": "passport-zone-invalid",
        "SEAL_PASSPORT_MISMATCH": "passport-differs",
    },
}


def chips() -> None:
    area = Area("chip", "chip", "Protocols between a reader and a chip: access, secure messaging, active authentication.")
    for case in chip_cases():
        area.add(case.comment, case.source, lambda c=case: c.given, case.expected, case.reason, flags=list(case.flags))
    area.write()


def seals() -> None:
    area = Area("seal", "seal", "Visible digital seals: coding, form, signature, and the standard's validation results.")
    examples = tomllib.loads((TESTS / "seal/examples.toml").read_text())
    for row in examples["c40"]["examples"]:
        source = f"Doc {row.get('source', examples['c40']['source'])}"
        text, blanks = row["text"], row["text"].replace("<", " ")
        area.add(f"C40 of {text}", source, lambda t=text: {"operation": "c40-encode", "text": t}, row["hex"])
        data = b64(bytes.fromhex(row["hex"]))
        area.add(f"{text} out of C40", source, lambda d=data: {"operation": "c40-decode", "data": d}, blanks)
    for data in ("FE00", "0000", "66A9D9C5", "FE42D9C5", "D9"):
        made = lambda d=data: {"operation": "c40-decode", "data": b64(bytes.fromhex(d))}  # noqa: E731
        area.add(f"bytes that are no C40: {data}", "Doc 9303-13, 2.6", made, "invalid")
    for text in ("uto", "A-B"):
        made = lambda t=text: {"operation": "c40-encode", "text": t}  # noqa: E731
        area.add(f"text that C40 cannot hold: {text}", "Doc 9303-13, 2.6", made, "refused")
    for row in examples["seal"]:
        example_seal(area, row)
    counts: dict[str, int] = {}
    for code, data in FAULTS:
        counts[code] = counts.get(code, 0) + 1
        expected = ("valid" if code == "feature-unknown" else "invalid", code)
        made = lambda d=data: {"operation": "seal-read", "data": area.blob(d)}  # noqa: E731
        # of two faults none is the first
        area.add(f"{code}, {counts[code]}", kinds()[code].clause, made, *expected, flags=flags(*expected), sure=False)
    for case in SEALS:
        scene = case.make()
        if scene.seal is None or len(scene.seal) > 60_000 or case.reason in ("premise", "unreadable"):
            continue
        names = [name for name, reasons in RESULTS[case.check].items() if case.reason in reasons.split()]
        neutral = case.reason in ("", "no-crl", "other-issuer", "nothing-to-compare", "feature-unknown")
        defect = case.outcome == "warning" and not neutral
        if case.reason and not neutral and not names and not defect:
            continue
        expected = ("acceptable" if defect else "valid" if neutral else "invalid", " ".join(names))
        made = lambda s=scene: judged(s, area.blob)  # noqa: E731
        tags = [case.reason] if defect else [] if neutral else [case.check]
        area.add(case.id, checks()[case.check].clause, made, *expected, flags=tags, sure=False)
    area.write()


def flags(expected: str, reason: str) -> list[str]:
    return ["seal.structure"] if expected == "invalid" else []


def judged(scene, put):
    """Return the question what a scene's seal is; ``put`` writes bytes down."""
    entries = scene.trust.entries
    return {
        "operation": "seal-verify",
        "data": put(scene.seal),
        "anchors": [put(e.certificate.raw) for e in entries if e.ground],
        "candidates": [put(e.certificate.raw) for e in entries if not e.ground],
        "crls": [put(crl.raw) for crl in scene.trust.crls],
        "at": scene.at.isoformat(),
        "zones": [text for text in (scene.mrz, inside(scene)) if text],
    }


def inside(scene) -> str:
    """Return the zone of the chip as two lines."""
    if scene.chip is None:
        return ""
    joined = scene.chip["DG1"][5:].decode()
    return f"{joined[: len(joined) // 2]}\n{joined[len(joined) // 2 :]}\n"


def example_seal(area: Area, row) -> None:
    """A published seal in both directions: its fields out of the bytes, the bytes out of its fields."""
    source = ("" if row["source"].startswith("BSI") else "Doc ") + row["source"]
    data = bytes.fromhex("".join(row["hex"]))
    version = row["version_byte"] + 1
    header = {
        "version": version,
        "country": row["country"].rstrip("<"),
        "signer": row["reference"][:4],
        "reference": row["reference"][6 if version == 4 else 4 :],
        "issue_date": row["issue_date"].isoformat(),
        "signature_date": row["signature_date"].isoformat(),
        "definition": row["definition"],
        "category": row["category"],
    }
    profile = tomllib.loads((TESTS.parent / f"specs/seals/{PROFILES[row['id']]}.toml").read_text())
    kinds_ = {feature["tag"]: feature for feature in profile["feature"]}
    features = {}
    for feature in row["features"]:
        kind = kinds_[feature["tag"]]
        value = feature.get("text", "").ljust(kind.get("characters", [0])[0]) or list(bytes.fromhex(feature["hex"]))
        features[kind["id"]] = value.replace(" ", "<") if kind["type"] == "zone" else value
    area.add(f"{row['id']}: read", source, lambda: {"operation": "seal-read", "data": b64(data)}, "valid")
    for name, value in (header | features).items():
        shown = " ".join(map(str, value)) if isinstance(value, list) else str(value)
        made = lambda n=name: {"operation": "seal-value", "data": b64(data), "field": n}  # noqa: E731
        area.add(f"{row['id']}: {name}", source, made, shown)
    signature = b64(data[-row["signature_length"] :])
    given = {"operation": "seal-encode", "header": header, "features": features, "signature": signature}
    area.add(f"{row['id']}: written", source, lambda: given, b64(data))
    if "signer_public_key" in row:
        oid = {"brainpoolP256r1": "1.3.36.3.3.2.8.1.1.7", "brainpoolP224r1": "1.3.36.3.3.2.8.1.1.5"}[row["signer_curve"]]
        key = b64(b.ec_spki(oid, bytes.fromhex(row["signer_public_key"])))
        signed = lambda d: {"operation": "seal-signature", "data": b64(d), "public_key": key}  # noqa: E731
        area.add(f"{row['id']}: signature", source, lambda: signed(data), "valid")
        changed = data[:-1] + bytes((data[-1] ^ 1,))
        area.add(f"{row['id']}: last byte changed", source, lambda: signed(changed), "invalid", "wrong-signature")


PROFILES = {
    "emergency-travel-document": "emergency-travel-document",
    "visa-224-bit": "visa",
    "address-sticker-passport": "address-sticker-passport",
    "arrival-attestation-header-02": "arrival-attestation",
}


def certificate_row(row):
    """Return the combination by which the certificates beside are signed: the CSCA has a key of its own."""
    if row["key"].startswith("secp224"):
        return signing.ROWS[row["id"].replace("p224", "p256")] if "plain" not in row["id"] else (
            signing.ROWS[f"ecdsa-p256-{row['hash']}"]
        )
    if row["key"].startswith("brainpool"):
        nist = {"brainpoolP256r1": "p256", "brainpoolP384r1": "p384", "brainpoolP512r1": "p521"}[row["key"]]
        return signing.ROWS[f"ecdsa-{nist}-{row['hash']}"]
    if row["signature"] == "rsa":
        return signing.ROWS[f"rsa-{row['hash']}"]
    return row


def signed_by(sod_row, chain_row, hash_kind, digest_kind, *, inside=True):
    """Return a scene whose chain and EF.SOD are signed by given combinations."""
    own = dict(chain_row)
    if own["key"].startswith(("rsa", "dsa")) and own["key"] == sod_row["key"] and own["key"] != "dsa-2048":
        own["key"] = "rsa-3072"
    root_name = b.name(("C", b.COUNTRY), ("O", "SPECIMEN"), ("CN", "CSCA Utopia"))
    root_id = hashlib.sha1(b"root" + own["key"].encode()).digest()
    root_extensions = [
        b.subject_identifier(root_id), b.authority_identifier(root_id),
        b.key_usage("keyCertSign", "cRLSign"), b.basic_constraints(ca=True),
    ]  # fmt: skip
    period = (b.moment(2020), b.moment(2036, 7))
    root = certificate(root_name, root_name, own, own["key"], root_extensions, period)
    name = b.name(("C", b.COUNTRY), ("O", "SPECIMEN"), ("CN", "Document Signer 1"))
    extensions = [
        b.authority_identifier(root_id), b.key_usage("digitalSignature"), b.document_types("P", "PP"),
        b.usage_period(b.moment(2026), b.moment(2026, 4)),
    ]  # fmt: skip
    ds = certificate(name, root_name, own, sod_row["key"], extensions, (b.moment(2026), b.moment(2036, 4)))
    party = b.Party(ds, None, name, b"")
    groups = {1: b.dg1(b.zone()), 2: b.dg2()}
    values = {n: b.digest(hash_kind, data) for n, data in groups.items()}
    content = b.security_object(values, kind=hash_kind)
    attributes = [
        b.attribute("1.2.840.113549.1.9.3", b.oid(b.LDS_OBJECT)),
        b.attribute("1.2.840.113549.1.9.4", b.octets(b.digest(digest_kind, content))),
        b.attribute("1.2.840.113549.1.9.5", b.time(b.SIGNED)),
    ]
    signature = signing.sign(sod_row, b.set_of(attributes))
    info = b.signer_info(
        content, party, digest_kind=digest_kind, signature=signature, algorithm_=signing.algorithm(sod_row)
    )
    sod = b.signed_data(content, [info], [ds] if inside else [], announced=[digest_kind])
    files = {"EF.COM": b.com(groups), "EF.SOD": sod, "DG1": groups[1], "DG2": groups[2]}
    from tjdocs.pki import Certificate, TrustStore

    return b.Scene(files, b.lines(b.zone()), TrustStore.of([Certificate.parse(root)]), date(2026, 6, 1))


def certificate(subject, issuer, row, key_kind, extensions, period) -> bytes:
    info = signing.spki(key_kind)
    serial = int.from_bytes(hashlib.sha256(subject + info).digest()[:8], "big") >> 1
    tbs = b.sequence(
        b.der(0xA0, b.integer(2)), b.integer(serial), signing.algorithm(row), issuer,
        b.sequence(b.time(period[0]), b.time(period[1])), subject, info,
        b.der(0xA3, b.sequence(*(
            b.sequence(b.oid(o), b.der(1, b"\xff") if c else b"", b.octets(v)) for o, c, v in extensions
        ))),
    )  # fmt: skip
    return b.sequence(tbs, signing.algorithm(row), b.bits(signing.sign(row, tbs)))


# the vectors of the standard's specimens, with the year of expiry
SPECIMENS = {
    "mrz-0001": 2012, "mrz-0002": 2012, "mrz-0003": 2012, "mrz-0004": 1996, "mrz-0005": 1996, "mrz-0006": 1994,
    "mrz-0007": 1994, "mrz-0008": 1995, "mrz-0009": 1995, "mrz-0011": 1994, "mrz-0013": 1994, "mrz-0014": 2026,
}  # fmt: skip


def specimens() -> None:
    """The standard's specimens once more, with the code of a State in the place of Utopia's, before they expire."""
    area = Area("mrz", "mrz", json.loads((VECTORS / "mrz.json").read_text(encoding="utf-8"))["description"])
    area.cases = set(area.rows)  # the others are written by hand
    for id_, year in SPECIMENS.items():
        (row,) = (row for row in area.table["vectors"] if row["id"] == id_)
        text = row["input"]["text"].replace("UTO", SECOND[0])  # no check digit is computed over a State
        made = lambda t=text, y=year: {"operation": "parse", "text": t, "at": f"{y}-01-01"}  # noqa: E731
        area.add(f"{row['comment']}, of State {SECOND[0]}, in the year of its expiry", row["source"], made, "valid")
    area.write()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Make the vectors that hold bytes.")
    parser.add_argument("--renamed", action="append", default=[], metavar="OLD=NEW")
    RENAMED.update(pair.split("=", 1) for pair in parser.parse_args().renamed)
    if not IS_TWIN:
        algorithms()
        lds()
        specimens()
        seals()
        chips()
    passive_authentication()
    attacks()
    conformance()
    if not IS_TWIN:
        subprocess.run([sys.executable, __file__], env={**os.environ, "TJDOCS_TEST_STATE": " ".join(SECOND)}, check=True)
