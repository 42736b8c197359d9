"""Every reason word and every named tolerance, each from real bytes, with the verdict that follows."""

import pytest

from tests.support import builders as b
from tests.support import cases_reading, cases_seal, cases_signer, cases_sod
from tjdocs import specs
from tjdocs.findings import checks
from tjdocs.lds import ef_catalogue
from tjdocs.lds.readers import READERS

CASES = [*cases_sod.CASES, *cases_signer.CASES, *cases_reading.CASES, *cases_seal.CASES]

# Warnings that only lists and certificates of an import give; their tests stand in tests/pki.
# they are told by lists
ELSEWHERE = {"extended-key-usage-not-critical", "signing-time-absent"}


@pytest.mark.requirement("ICAO-PA")
@pytest.mark.requirement("TR-VERDICT")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_document_gives_the_finding_and_the_verdict(case):
    verdict = case.make().judge()
    found = [f for f in verdict.findings if f.check == case.check and f.subject == case.subject]
    assert [(f.outcome, f.reason) for f in found] == [(case.outcome, case.reason)]
    assert verdict.decision == case.verdict, [
        (f.check, f.subject, str(f.outcome), f.reason) for f in verdict.findings if f.outcome != "passed"
    ]
    assert verdict.decided_by
    if case.outcome == "failed":
        assert case.check in verdict.decided_by


def test_every_reason_of_the_catalogue_is_given_by_some_document():
    listed = {(check.id, reason) for check in checks().values() for reason in check.reasons if not b.of_law(check.id)}
    listed = {(check, reason) for check, reason in listed if not b.of_a_live_chip(check, reason)}
    given = {(case.check, case.reason) for case in CASES if case.reason}
    assert listed - given == {("lds.structure", "twice")}  # a folder's, in test_evidence.py


def test_no_file_without_a_reader_is_ever_passed():
    """Every file of the catalogue is read, or said not to be."""
    said = {case.subject for case in CASES if (case.check, case.reason) == ("lds.structure", "not-read")}
    assert said == {file.name for file in ef_catalogue.files()} - READERS.keys()


def test_bytes_behind_a_group_that_is_not_read_are_named_too():
    """A master file's file may be a row of objects: nothing there is behind the file."""
    sound = b.scene(groups={1: b.dg1(b.zone()), 2: b.dg2(), 7: b.der(0x67)})
    behind = sound.with_files(DG7=sound.chip["DG7"] + b"behind")
    padded = sound.with_files(DG7=sound.chip["DG7"] + bytes(9))
    row = b.Scene({**sound.chip, "EF.DIR": b.der(0x61, b.der(0x4F, b"1")) * 2}, sound.mrz, sound.trust)
    for scene, name, detail in ((behind, "DG7", "trailing-data"), (padded, "DG7", ""), (sound, "DG7", ""), (row, "EF.DIR", "")):
        (found,) = (f for f in scene.judge().findings if f.check == "lds.structure" and f.subject == name)
        assert (found.outcome, found.reason, found.detail) == ("undetermined", "not-read", detail)


def test_every_tolerance_of_the_table_is_met_by_some_document():
    table = specs.read_toml("defects.toml")
    named = {row["id"] for row in (*table["defect"], *table["content_type"]) if "id" in row}
    assert named - {case.reason for case in CASES} - ELSEWHERE == set()


def test_a_sound_document_is_admitted_and_everything_is_told():
    verdict = b.scene().judge()
    assert verdict.decision == "admit"
    assert {f.check for f in verdict.findings} == {id_ for id_ in checks() if not (id_.startswith("evidence.") or b.of_a_live_chip(id_))}
    not_at_hand = {(check, "no-input") for check in checks() if check.startswith("seal.")}
    measured = [f for f in verdict.findings if not b.of_law(f.check)]
    left_open = {(f.check, f.reason) for f in measured if f.outcome != "passed"}
    assert left_open == {("pa.ds-revocation", "no-crl"), ("chip.genuine", "not-read-live")} | not_at_hand
    assert set(verdict.decided_by) == {"doc.expiry", "lds.structure", "lds.com-sod", "pa.authentic", "lds.dg1-mrz"}


def test_files_are_told_in_the_order_of_their_numbers():
    groups = {1: b.dg1(b.zone()), 12: b.dg12("20260302"), 2: b.dg2(), 3: b.der(0x63), 14: b.der(0x6E, b.der(0x31))}
    findings = b.scene(groups=groups).examine().findings
    for check, first in (("lds.structure", ["EF.COM"]), ("pa.dg-hash", [])):
        told = [f.subject for f in findings if f.check == check]
        assert told == [*first, "DG1", "DG2", "DG3", "DG12", "DG14"]


@pytest.mark.parametrize("versions", [("0106", "999999"), ("0000", "000000"), ("0107", "040000")])
def test_versions_that_nothing_signs_are_not_called_passed(versions):
    lds, unicode = versions
    found = next(f for f in b.scene(com_bytes=b.com([1, 2], lds=lds, unicode=unicode)).examine().findings if f.check == "lds.com-sod")
    assert (str(found.outcome), found.detail) == ("passed", "the data groups alone: EF.SOD signs no version")
    signed = b.scene(com_bytes=b.com([1, 2], lds="0108"), content={"version": 1, "versions": ("0108", "040000")})
    found = next(f for f in signed.examine().findings if f.check == "lds.com-sod")
    assert (str(found.outcome), found.detail) == ("passed", "")


@pytest.mark.parametrize(
    ("make", "check", "detail"),
    [
        (lambda: cases_reading.page_says(number="L898902C4", sex="M"), "lds.dg1-mrz", "differ: document_number, sex"),
        (lambda: cases_reading.page_says(sex="M"), "lds.dg1-mrz", "differ: sex; line 2 position 21"),
        (
            lambda: cases_reading.printed(b.lines(cases_reading.wrong_digit(b.zone(), 53))),
            "lds.dg1-mrz",
            "check digits",
        ),
        (lambda: b.scene(com_bytes=b.com([1, 2, 15])), "lds.com-sod", "only in EF.COM: DG15"),
        (lambda: b.scene(groups={1: b.dg1(b.zone()), 2: b.dg2()}, com_bytes=b.com([1])), "lds.com-sod", "EF.SOD: DG2"),
        (lambda: b.scene(anchors=[]), "pa.authentic", "rests on pa.ds-chain"),
        (lambda: b.scene(anchors=[]), "pa.ds-chain", "CN=CSCA Utopia"),
        (lambda: b.scene(inside=b.zone(sex="Q")), "mrz.structure", "sex: "),
        (lambda: cases_reading.printed(cases_reading.GARBAGE), "mrz.structure", "zone: not a zone of any format"),
        (lambda: cases_signer.of_state("TJK"), "pa.country", "signer UT, issuer 1 UT, zone TJK"),
        (lambda: b.scene(signature=b""), "pa.sod-signature", "algorithm ecdsa-sha256"),
        (lambda: b.scene(inside=b.zone(expires="261123")), "doc.expiry", "2026-11-23"),
    ],
)
def test_details_tell_a_person_what_and_where(make, check, detail):
    details = [
        f.detail for f in make().examine().findings if f.check == check and f.outcome not in ("passed", "warning")
    ]
    assert any(detail in text for text in details), details
