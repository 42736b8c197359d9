"""Whatever the evidence is made of, all kinds of it changed at once: a verdict, no exception, bounded time and memory.

``TJDOCS_SWEEP=full``: 100,000 inputs; otherwise a tenth of them, always the same. Each begins as one of the five
documents as an office issues them, and loses or changes zone, files, seal (or its picture), claims, direction and date,
or the JSON line or tar folder around them. Whoever is admitted all the same is so under a name, or nothing that counts
was changed.
"""

import base64
import io
import json
import os
import random
import resource
import tarfile
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import pytest

from tests.support import builders as b
from tjdocs.border import Evidence, Inspector, Policy, Watchlists, inspect_batch
from tjdocs.documents import example
from tjdocs.errors import TjdocsError
from tjdocs.inspection.evidence import DIRECTIONS
from tjdocs.office import Office
from tjdocs.pki import Authority, TrustStore
from tjdocs.register import Register
from tjdocs.seal.bar_code import is_picture, read_bar_code

pytestmark = [pytest.mark.sweep, pytest.mark.requirement("TR-VERDICT")]

PARTS = 10
EACH = 10_000 if os.environ.get("TJDOCS_SWEEP") == "full" else 1_000
SECONDS = 2.0  # of processor time for one input, whatever it is; most take a thousandth
GROWTH = 64 * 2**20

WAYS = {
    "external-passport": "entry",
    "internal-passport": "domestic",
    "stateless-id": "exit",
    "registration-certificate": "domestic",
    "return-certificate": "entry",
}
CLAIMS = ("primary_identifier", "secondary_identifier", "date_of_birth", "nationality", "place", "route", "vehicle",
          "category", "entered", "registered", "surname")  # fmt: skip
BAN = {
    "id": "B-1", "category": "ban", "direction": "both", "reason": "x", "authority": "y",
    "primary_identifier": "EKBERG", "secondary_identifier": "ANNA", "date_of_birth": "1994-11-24",
}  # fmt: skip

# Under what an admitted document may stand although something was changed. Nothing else.
NAMED = {
    # unsigned bytes behind a file
    ("lds.structure", "padding"), ("pa.sod-structure", "padding"), ("pa.dg-hash", "padding"),
    # unsigned bytes of EF.SOD
    ("pa.sod-structure", "cms-version"), ("pa.sod-structure", "ber-encoded"), ("pa.sod-structure", "length-form"),
    ("pa.sod-structure", "trailing-data"),
    ("pa.sod-signature", "digest-not-announced"), ("pa.sod-signature", "ber-encoded"),
    ("pa.sod-signature", "signer-not-inside"),  # it is in the trust store
    ("pa.sod-signature", "signer-info-version"), ("pa.sod-signature", "signer-name-form"),
    # what was left out, or lies behind a file
    ("pa.dg-hash", "not-handed-over"), ("lds.structure", "trailing-data"), ("lds.structure", "no-input"),
    ("lds.com-sod", "no-input"), ("lds.dg1-mrz", "no-input"), ("doc.validity-period", "no-issue-date"),
    ("mrz.structure", "no-input"), ("mrz.check-digits", "no-input"), ("mrz.dates", "no-input"),
    # how a zone was typed
    ("mrz.structure", "normalised"),
    # a seal proves a document by itself, and so does a chip
    ("seal.structure", "no-input"), ("seal.signature", "no-input"), ("seal.signer", "no-input"),
    ("seal.agreement", "no-input"), ("seal.revocation", "no-input"),
}  # fmt: skip


@dataclass(frozen=True)
class Document:
    kind: str
    zone: tuple[str, ...]
    chip: dict[str, bytes]
    seal: bytes
    picture: bytes


@dataclass
class Input:
    """One input; ``given`` holds what is the same for the genuine document too."""

    document: Document
    zone: Any
    chip: dict[str, bytes] | None
    seal: bytes | None
    given: dict[str, Any] = field(default_factory=dict)

    def evidence(self) -> Evidence:
        return Evidence(mrz=self.zone, chip=self.chip or None, seal=self.seal or None, **self.given)

    def genuine(self) -> Evidence:
        one = self.document
        return Evidence(mrz=one.zone, chip=one.chip or None, seal=one.seal or None, **self.given)

    def harmless(self) -> bool:
        """Whether everything that a signature covers stands as it was issued."""
        one = self.document
        zone = "" if self.zone is None else self.zone if isinstance(self.zone, str) else "\n".join(self.zone)
        # a code's own correction may bring back the seal in a picture that was changed
        seal = read_bar_code(self.seal) if self.seal and is_picture(self.seal) else self.seal
        files = all(
            same(name, data, one.chip.get(name, b""))
            for name, data in (self.chip or {}).items()
            if name != "EF.CardSecurity"  # nothing rests on it where no live chip proves its key (chip.ca, key-not-signed)
        )
        return files and zone.split() in ([], "\n".join(one.zone).split()) and (seal or one.seal) == one.seal


def same(name: str, data: bytes, issued: bytes) -> bool:
    """Whether a file is as it was issued, but for a chip's empty memory behind it; EF.COM may list a tag twice."""
    if name == "EF.COM" and data[2:20] == issued[2:20] and set(data[20:]) == set(issued[20:]):
        return True
    behind = data[len(issued) :]
    return data.startswith(issued) and (not behind.strip(b"\x00") or not behind.strip(b"\xff"))


@pytest.fixture(scope="module")
def lane(tmp_path_factory):
    """Return the five documents, an inspector with register and lists and one without, and a batch's setup."""
    folder = tmp_path_factory.mktemp("mutated")
    authority = Authority.create(folder / "authority", at=b.AT - timedelta(days=1))
    url = f"sqlite:///{folder / 'register.db'}"
    office = Office(authority, Register(url))
    documents = []
    for kind in WAYS:
        issued = office.issue(example(kind, at=b.AT), at=b.AT, page=False)
        picture = issued.seal_png if issued.seal else b""
        documents.append(Document(kind, tuple(issued.mrz), dict(issued.chip), issued.seal, picture))
    trust = TrustStore.of([authority.csca], authority.certificates().values())
    lists = Watchlists.of([BAN])
    inspectors = Inspector(trust=trust, register=Register(url), lists=lists), Inspector(trust=trust)
    return documents, inspectors, inspect_batch.Setup.of(trust=trust, lists=lists, policy=Policy.default(), register=url)


# ------------------------------------------------------------------------------------------------------- what changes


def bytes_changed(draw: random.Random, data: bytes, other: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(draw.choice((1, 1, 1, 2, 3, 8))):
        if not changed:
            break
        place = draw.randrange(len(changed))
        match draw.randrange(9):
            case 0:
                changed[place] ^= 1 << draw.randrange(8)
            case 1:
                changed[place] = draw.choice((0x00, 0x7F, 0x80, 0x84, 0xFF))
            case 2:
                changed.insert(place, draw.randrange(256))
            case 3:
                del changed[place]
            case 4:
                changed[place : place + 16] = other[place : place + 16]
            case 5:
                changed[place:place] = changed[:64] * draw.choice((1, 4))
            case 6:
                del changed[place:]
            case 7:
                changed += draw.choice((b"\x00" * 32, b"\xff" * 8, b"\x90\x00", draw.randbytes(12)))
            case _:
                changed[place : place + 4] = draw.randbytes(4)
    return bytes(changed)


def text_changed(draw: random.Random, text: str) -> str:
    letters = list(text)
    for _ in range(draw.choice((1, 1, 2, 5))):
        place = draw.randrange(len(letters) + 1)
        match draw.randrange(6):
            case 0:
                letters[place : place + 1] = draw.choice("<0129AOIZB8S5 ")
            case 1:
                letters.insert(place, draw.choice("\n <A\u0416\ud800\x00\U0001f600"))
            case 2:
                del letters[place : place + draw.choice((1, 1, 20))]
            case 3:
                letters = list("".join(letters).lower())
            case 4:
                letters += draw.choice((["<"] * 44, ["\n", " "], ["A"] * 3000))
            case _:
                letters.reverse()
    return "".join(letters)


def changed(draw: random.Random, documents: list[Document]) -> Input:
    """Return a document with one to all of its parts changed, and circumstances of all kinds."""
    one, other = draw.choice(documents), draw.choice(documents)
    found = Input(one, one.zone, dict(one.chip) or None, one.seal or None)
    found.given["direction"] = WAYS[one.kind] if draw.random() < 0.7 else draw.choice((None, *DIRECTIONS))
    found.given["point"] = draw.choice(("", "kulma", "nowhere", "\x00"))
    found.given["asks_protection"] = draw.random() < 0.05
    if draw.random() < 0.15:
        keys = draw.sample(CLAIMS[:-1], draw.randint(1, 3))
        values = ("ERIKSSON", "EKBERG", "1994", "2026-11-01", "UTO", "\U0001f600", "A" * 500, "", "kulma")
        days = ("2026-11-01", "0001-01-01", "9999-12-31", "2024-02-29")  # what is no date there is a bad call
        claims = {key: draw.choice(days if key in ("entered", "registered") else values) for key in keys}
        found.given["claims"] = claims
    parts = draw.sample(("zone", "chip", "seal"), draw.choice((1, 1, 2, 3)))
    if "zone" in parts:
        text = "\n".join(draw.choice((one, one, one, other)).zone)
        found.zone = None if draw.random() < 0.1 else text_changed(draw, text)
    if "chip" in parts and found.chip:
        for name in draw.sample(sorted(found.chip), draw.choice((1, 1, 2, len(found.chip)))):
            if draw.random() < 0.1:
                del found.chip[name]
            elif draw.random() < 0.1 and name in other.chip:
                found.chip[name] = other.chip[name]
            else:
                found.chip[name] = bytes_changed(draw, found.chip[name], other.chip.get(name, b""))
    elif "chip" in parts and other.chip:
        found.chip = dict(other.chip)
    if "seal" in parts:
        if draw.random() < 0.1 and one.picture:  # slow: a picture is looked at
            found.seal = bytes_changed(draw, one.picture, other.picture)
        elif one.seal:
            found.seal = bytes_changed(draw, one.seal, other.seal)
        else:
            found.seal = other.seal or None
    return found


def as_json(found: Input) -> dict[str, Any]:
    values: dict[str, Any] = {key: value for key, value in found.given.items() if value is not None}
    if found.zone is not None:
        values["mrz"] = found.zone if isinstance(found.zone, str) else list(found.zone)
    if found.chip:
        values["chip"] = {name.replace(".", "_"): base64.b64encode(d).decode() for name, d in found.chip.items()}
    if found.seal:
        values["seal"] = base64.b64encode(found.seal).decode()
    return values


def line_of(draw: random.Random, found: Input) -> bytes:
    """Return a JSON line of it, the text of the line itself changed at times, a value of another kind put in."""
    values = as_json(found)
    if draw.random() < 0.3:
        key = draw.choice((*values, "at", "claims", "chip", "mrz", "seal", "schema", "more"))
        values[key] = draw.choice((None, 5, -1e400, [], {}, "x", ["x"], {"EF_SOD": 5}, {"DG99": ""}, "\ud800", True))
    text = json.dumps(values).encode()
    return bytes_changed(draw, text, text[::-1]) if draw.random() < 0.4 else text


def tar_of(draw: random.Random, found: Input) -> bytes:
    """Return a tar stream with its folder, changed at times."""
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        zone = found.zone if isinstance(found.zone, str) else "\n".join(found.zone or ())
        files = {f"chip/{name.replace('.', '_')}.bin": data for name, data in (found.chip or {}).items()}
        files |= {"mrz.txt": zone.encode("utf-8", "replace"), "seal.bin": found.seal or b""}
        files["evidence.json"] = json.dumps({k: v for k, v in found.given.items() if v is not None}).encode()
        for name, data in files.items():
            info = tarfile.TarInfo(f"{draw.choice(('a', 'a', 'a', '..', '/etc'))}/{name}")
            info.size = len(data)
            info.type = draw.choice((tarfile.REGTYPE,) * 9 + (tarfile.SYMTYPE,))
            archive.addfile(info, io.BytesIO(data) if info.type == tarfile.REGTYPE else None)
    data = target.getvalue()
    return bytes_changed(draw, data, data[::-1]) if draw.random() < 0.5 else data


# ------------------------------------------------------------------------------------------------------------- judging


def told(findings: Any) -> set[tuple[str, str]]:
    rows = [f.as_json() for f in findings] if findings and not isinstance(findings[0], dict) else findings
    return {(f["check"], f["reason"]) for f in rows if f["outcome"] not in ("passed", "not-applicable")}


def of_each(found: Input, documents: list[Document]) -> list[Input]:
    """Return the input as one of its own document, then as one of each."""
    return [replace(found, document=one) for one in (found.document, *documents)]


def judged(found: Input, inspector: Inspector, at: date) -> tuple[str, set[tuple[str, str]]]:
    verdict = inspector.inspect(found.evidence(), at=at, dry_run=True)
    assert verdict.decided_by
    assert verdict.decision == "refer" or not found.given["asks_protection"]
    return str(verdict.decision), told(verdict.findings)


def results_of(draw: random.Random, found: Input, setup: inspect_batch.Setup, road: str) -> list[dict[str, Any]]:
    if road == "line":
        items = list(inspect_batch.line_items(io.BytesIO(line_of(draw, found)), "x"))
    else:
        try:
            items = list(inspect_batch.tar_items(io.BytesIO(tar_of(draw, found))))
        except TjdocsError:
            return []  # the stream is none: told in one line
    return list(inspect_batch.run(items, setup, at=b.AT, workers=1))


@pytest.mark.parametrize("part", range(PARTS))
def test_every_kind_of_evidence_changed_at_once(lane, part):
    documents, inspectors, setup = lane
    draw = random.Random(f"9303 {part}")
    count, slowest, resident = Counter(), 0.0, 0
    for number in range(EACH):
        found = changed(draw, documents)
        road = draw.choices(("desk", "line", "tar"), (80, 12, 8))[0]
        start = time.process_time()
        if road == "desk":
            at = b.AT if draw.random() < 0.9 else date(1990, 1, 1) + timedelta(days=draw.randrange(36_000))
            inspector = draw.choice(inspectors)  # without a register nothing but the document itself can tell
            decision, words = judged(found, inspector, at)
            count[decision] += 1
            taken = time.process_time() - start
            if decision == "admit":
                # all that was left may be another's whole document: then it is judged as that one
                found = next((one for one in of_each(found, documents) if one.harmless()), found)
                new = words - told(inspector.inspect(found.genuine(), at=at, dry_run=True).findings)
                assert new <= NAMED, (part, number)
                assert new or found.harmless(), (part, number)
                count["named" if new else "harmless"] += 1
        else:
            for result in results_of(draw, found, setup, road):
                error = result.get("error")
                assert error is None or error["code"] in ("usage", "input"), (part, number, error)
                count[f"{road}: {'not read' if error else result['verdict']}"] += 1
            taken = time.process_time() - start
        slowest = max(slowest, taken)
        assert taken < SECONDS, (part, number, taken)
        if number == EACH // 5:
            resident = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 - resident
    print(f"{dict(sorted(count.items()))}, slowest {slowest:.3f} s, grown by {grown / 2**20:.1f} MB")
    assert grown < GROWTH
    # the sweep is one: everything that can come of it did
    assert {"admit", "refer", "refuse", "named", "harmless", "line: not read", "line: refuse", "tar: refuse"} <= set(count)
