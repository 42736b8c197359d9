"""Sweeps over an issued document: no changed byte makes it raise, and none is admitted but under a name.

``TJDOCS_SWEEP=full`` runs them at full size; otherwise a tenth of it, always the same tenth.
"""

import os
import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from asn1crypto import parser

from tjdocs.border import Evidence, Inspector, Verdict
from tjdocs.documents import example
from tjdocs.office import Office
from tjdocs.pki import Authority, TrustStore
from tjdocs.register import Register

pytestmark = [pytest.mark.sweep, pytest.mark.requirement("TR-VERDICT")]

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SHARE = 1 if os.environ.get("TJDOCS_SWEEP") == "full" else 10
CHANGES = 2_000
GROUPS = ("DG1", "DG2", "DG11", "DG12")

# EF.SOD by the places of its elements (RFC 5652, 5.1 and 5.3): the longest beginning names what lies below.
FIELDS = {
    (): "EF.SOD",
    (0, 0): "ContentInfo.contentType",
    (0, 1, 0, 0): "SignedData.version",
    (0, 1, 0, 1): "SignedData.digestAlgorithms",
    (0, 1, 0, 2, 0): "eContentType",
    (0, 1, 0, 2, 1): "eContent",
    (0, 1, 0, 3): "certificates",
    (0, 1, 0, 3, 0, 0): "certificate.tbsCertificate",
    (0, 1, 0, 3, 0, 1): "certificate.signatureAlgorithm",
    (0, 1, 0, 3, 0, 2): "certificate.signature",
    (0, 1, 0, 4, 0, 0): "SignerInfo.version",
    (0, 1, 0, 4, 0, 1, 0): "SignerInfo.issuer",
    (0, 1, 0, 4, 0, 1, 1): "SignerInfo.serialNumber",
    (0, 1, 0, 4, 0, 2): "SignerInfo.digestAlgorithm",
    (0, 1, 0, 4, 0, 3): "SignerInfo.signedAttrs",
    (0, 1, 0, 4, 0, 4): "SignerInfo.signatureAlgorithm",
    (0, 1, 0, 4, 0, 5): "SignerInfo.signature",
}

# Where no signature covers a byte and a changed one is still admitted, and under which name. Nothing else.
UNSIGNED = {
    "SignedData.version": {"cms-version"},
    "SignedData.digestAlgorithms": {"digest-not-announced"},
    "certificate.critical": {"ber-encoded"},  # TRUE is FF in DER, anything but 00 in BER: read as BER, then verified
    "SignerInfo.version": {"signer-info-version"},
    "SignerInfo.issuer": {"signer-name-form"},
}


@pytest.fixture(scope="module")
def document(tmp_path_factory):
    """A document as an office issues it, and whom to believe."""
    folder = tmp_path_factory.mktemp("mutations")
    authority = Authority.create(folder / "authority", at=NOW - timedelta(days=1))
    office = Office(authority, Register(f"sqlite:///{folder / 'register.db'}"))
    issued = office.issue(example("external-passport", at=NOW), at=NOW)
    return issued, Inspector(trust=TrustStore.of([authority.csca]))


def judge(document, **files: bytes) -> Verdict:
    issued, inspector = document
    chip = {**issued.chip, **{name.replace("_", "."): data for name, data in files.items()}}
    return inspector.inspect(Evidence(mrz=issued.mrz, chip=chip), at=NOW)


BOOLEAN = -1  # stands in a path for the content of a BOOLEAN


def places(data: bytes, path: tuple[int, ...] = (), offset: int = 0) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Yield every offset with the path of the innermost element around it, as another library parses them."""
    _, constructed, tag, header, content, _ = parser.parse(data)
    if not constructed:
        for position in range(len(header) + len(content)):
            inside = tag == 1 and header[0] == 0x01 and position >= len(header)
            yield offset + position, (*path, BOOLEAN) if inside else path
        return
    for position in range(len(header)):
        yield offset + position, path
    start, index = 0, 0
    while start < len(content):
        _, _, _, head, body, _ = parser.parse(content[start:])
        size = len(head) + len(body)
        yield from places(content[start : start + size], (*path, index), offset + len(header) + start)
        start, index = start + size, index + 1


def named(data: bytes) -> list[str]:
    """Return the field of each byte."""
    found = [""] * len(data)
    for offset, path in places(data):
        if path[-1:] == (BOOLEAN,):
            found[offset] = "certificate.critical"
            continue
        found[offset] = next(FIELDS[path[:end]] for end in range(len(path), -1, -1) if path[:end] in FIELDS)
    return found


def test_the_table_of_fields_names_every_part(document):
    data = document[0].chip["EF.SOD"]
    assert set(named(data)) == {*FIELDS.values(), "certificate.critical"}
    assert judge(document).decision == "admit"


@pytest.mark.requirement("ICAO-SOD")
def test_each_byte_of_ef_sod_turned_over(document):
    data = document[0].chip["EF.SOD"]
    fields = named(data)
    draw = random.Random(9303)
    admitted = defaultdict(set)
    for offset, field in enumerate(fields):
        # the unsigned fields are short: they are always swept whole, so that the table above is met exactly
        if field not in UNSIGNED and draw.randrange(SHARE):
            continue
        for mask in (0x01, 0x20, 0xFF):
            changed = data[:offset] + bytes((data[offset] ^ mask,)) + data[offset + 1 :]
            verdict = judge(document, EF_SOD=changed)
            if verdict.decision == "admit":
                warnings = {f.reason for f in verdict.findings if f.outcome == "warning"}
                assert warnings, f"admitted without a word: {field}, byte {offset}, xor {mask:02X}"
                admitted[field] |= warnings
    assert admitted == UNSIGNED


def test_ef_sod_cut_at_each_length(document):
    data = document[0].chip["EF.SOD"]
    draw = random.Random(9303)
    for length in range(len(data)):
        if length % SHARE and draw.randrange(SHARE):
            continue
        verdict = judge(document, EF_SOD=data[:length])
        assert verdict.decision == "refuse", length
        assert "pa.sod-structure" in verdict.decided_by


def changes(data: bytes, seed: str) -> Iterator[bytes]:
    """Yield changed copies: bytes turned over, set, inserted, left out, exchanged; stretches doubled; the end cut."""
    draw = random.Random(seed)
    for _ in range(CHANGES // SHARE):
        changed = bytearray(data)
        for _ in range(draw.choice((1, 1, 1, 2, 8))):
            place, other = draw.randrange(len(changed)), draw.randrange(len(changed))
            match draw.randrange(7):
                case 0:
                    changed[place] ^= 1 << draw.randrange(8)
                case 1:
                    changed[place] = draw.choice((0x00, 0x7F, 0x80, 0xFF))
                case 2:
                    changed.insert(place, draw.randrange(256))
                case 3 if len(changed) > 1:
                    del changed[place]
                case 4:
                    changed[place], changed[other] = changed[other], changed[place]
                case 5:
                    changed[place:place] = changed[other : other + 16]
                case _ if place:
                    del changed[place:]
        if changed != data:
            yield bytes(changed)


@pytest.mark.parametrize("name", GROUPS)
def test_changes_of_each_data_group(document, name):
    data = document[0].chip[name]
    count = 0
    for changed in changes(data, name):
        # an insertion may leave the file's object whole and lie behind it: that is no change of the group
        if changed.startswith(data):
            continue
        count += 1
        verdict = judge(document, **{name: changed})
        assert verdict.decision == "refuse"
        assert ("pa.dg-hash", name, "failed", "differs") in {
            (f.check, f.subject, str(f.outcome), f.reason) for f in verdict.findings
        }
    assert count > CHANGES // SHARE * 0.9


def test_changes_of_ef_com_are_never_admitted_in_silence(document):
    """EF.COM is not signed: what it says is only compared with what is."""
    data = document[0].chip["EF.COM"]
    for changed in changes(data, "EF.COM"):
        verdict = judge(document, EF_COM=changed)
        if verdict.decision == "admit":
            told = {f.outcome for f in verdict.findings if f.subject == "EF.COM" or f.check == "lds.com-sod"}
            behind = changed.startswith(data)
            twice = changed[2:20] == data[2:20] and set(changed[20:]) == set(data[20:])  # a tag listed again
            assert told != {"passed"} or behind or twice
