"""The BSI's published specimens of 2008, judged on their own days and today; their CSCA was never published."""

from datetime import UTC, date, datetime

import pytest
from asn1crypto import cms, core, parser

from tests.support import builders as b
from tests.support import lds_helpers, real_data
from tjdocs.border import Evidence, Inspector
from tjdocs.inspection.evidence import read_folder
from tjdocs.lds.dg2 import Dg2
from tjdocs.lds.ef_sod import EfSod
from tjdocs.pki.trust.store import TrustStore

pytestmark = pytest.mark.real

# folder: a day on which it was valid, the groups that its EF.SOD lists, and those it does not
SPECIMENS = {
    "bsi2008": (date(2008, 6, 1), {"DG1", "DG2", "DG3", "DG14"}, {"DG4", "DG15"}),
    "bsi2008_pss": (date(2014, 6, 1), {"DG1", "DG2", "DG3", "DG4", "DG14"}, {"DG15"}),
}
# Neither states when it was signed; the signer of the first has no key usage, and its issuer no country.
ODDITIES = {
    "bsi2008": {
        ("pa.ds-validity", "assumed"),
        ("pa.ds-usage", "key-usage-absent"),
        ("pa.country", "country-absent"),
    },
    "bsi2008_pss": {("pa.ds-validity", "assumed")},
}
TODAY = date(2026, 11, 24)


@pytest.fixture(scope="module", params=sorted(SPECIMENS))
def specimen(request):
    folder = real_data.folder() / "specimens" / request.param
    if not folder.is_dir():
        real_data.missing(request.param, folder)
    return (folder, *SPECIMENS[request.param])


def judge(chip, day):
    return Inspector().inspect(Evidence(chip=chip), at=day)


def said(verdict, check):
    return {f.subject: (str(f.outcome), f.reason) for f in verdict.findings if f.check == check}


def without(folder, names):
    return {name: data for name, data in read_folder(folder)[0].items() if name not in names}


def test_the_table_above_is_what_ef_sod_lists(specimen):
    """Read by another library, so that the expectations do not rest on ours."""
    folder, _, listed, _ = specimen
    data = next(path for path in folder.iterdir() if "SOD" in path.name.upper()).read_bytes()
    signed = cms.ContentInfo.load(parser.parse(data)[4])["content"]
    content = core.load(signed["encap_content_info"]["content"].contents)
    assert {f"DG{row['0']}" for row in content.native["2"].values()} == listed


@pytest.mark.requirement("ICAO-PA")
@pytest.mark.requirement("ICAO-SOD")
def test_signature_and_hashes_of_what_is_listed(specimen):
    folder, day, listed, unlisted = specimen
    verdict = judge(folder, day)
    assert said(verdict, "pa.sod-structure") == {"": ("passed", "")}
    assert said(verdict, "pa.sod-signature") == {"": ("passed", "")}
    hashes = said(verdict, "pa.dg-hash")
    assert {name for name, result in hashes.items() if result == ("passed", "")} == listed
    assert {name for name, result in hashes.items() if result == ("failed", "not-listed")} == unlisted
    assert verdict.decision == "refuse"
    assert verdict.decided_by == ("pa.dg-hash", "pa.authentic")


@pytest.mark.requirement("TR-VERDICT")
def test_listed_groups_alone_are_referred_since_nobody_vouches(specimen):
    folder, day, listed, unlisted = specimen
    verdict = judge(without(folder, unlisted), day)
    assert said(verdict, "pa.ds-chain") == {"": ("undetermined", "no-issuer")}
    assert said(verdict, "pa.authentic") == {"": ("undetermined", "premise")}
    assert said(verdict, "doc.expiry") == {"": ("passed", "")}
    assert set(said(verdict, "pa.dg-hash")) == listed
    assert verdict.decision == "refer"
    assert verdict.decided_by == ("pa.ds-chain", "pa.authentic")


def test_oddities_of_2008_are_warnings_with_their_names(specimen):
    folder, day, _, unlisted = specimen
    found = judge(without(folder, unlisted), day)
    warnings = {(f.check, f.reason) for f in found.findings if f.outcome == "warning"}
    assert warnings == ODDITIES[folder.name]
    assert not [f for f in found.findings if f.outcome == "failed"]


def test_today_they_have_expired(specimen):
    folder, _, _, unlisted = specimen
    verdict = judge(without(folder, unlisted), TODAY)
    assert said(verdict, "doc.expiry") == {"": ("failed", "expired")}
    # no time of signing is stated: today is assumed, and the signer's certificate has ended
    assert said(verdict, "pa.ds-validity") == {"": ("failed", "expired")}
    assert verdict.decision == "refuse"
    assert {"doc.expiry", "pa.ds-validity"} <= set(verdict.decided_by)


def test_a_changed_byte_in_each_group(specimen):
    folder, day, listed, unlisted = specimen
    files = without(folder, unlisted)
    for name in listed:
        data = files[name]
        changed = data[:-1] + bytes((data[-1] ^ 1,))
        verdict = judge({**files, name: changed}, day)
        assert said(verdict, "pa.dg-hash")[name] == ("failed", "differs")
        assert verdict.decision == "refuse"


def test_its_own_signer_is_no_anchor(specimen):
    """Somebody puts the document signer itself into the store: it certifies nobody, not even itself."""
    folder, day, _, unlisted = specimen
    files = without(folder, unlisted)
    (certificate,) = EfSod.parse(files["EF.SOD"]).signed_data.parsed_certificates
    verdict = Inspector(trust=TrustStore.of([certificate])).inspect(Evidence(chip=files), at=day)
    assert verdict.decision == "refer"


def test_further_groups_of_the_same_source_belong_to_no_ef_sod():
    folder = real_data.folder() / "specimens" / "bsi2008_extra"
    if not folder.is_dir():
        real_data.missing("bsi2008_extra", folder)
    verdict = judge(folder, datetime(2008, 6, 1, tzinfo=UTC))
    assert {outcome for outcome, _ in said(verdict, "pa.dg-hash").values()} == {"undetermined"}
    assert verdict.decision != "admit"


@pytest.mark.parametrize("name", ["bsi2008", "bsi2008_pss", "bsi2008_extra"])
def test_no_file_that_was_published_is_refused_for_its_form(name):
    """Whatever is odd in it, it is read, and named if at all; what is not read here is said to be so."""
    folder = real_data.folder() / "specimens" / name
    if not folder.is_dir():
        real_data.missing(name, folder)
    found = [f for f in judge(folder, date(2008, 6, 1)).findings if f.check in ("lds.structure", "lds.com-sod", "mrz.structure")]
    assert "failed" not in {str(f.outcome) for f in found}
    assert {f.reason for f in found if str(f.outcome) == "undetermined"} <= {"not-read", "no-input"}


@pytest.mark.parametrize("name", ["ICAO_39794_5_AP_MandFields.dat", "sample-39794-5-ed-1-v1.der"])
def test_a_published_face_of_iso_39794_is_found_without_a_problem(name):
    data = real_data.read(f"iso39794/{name}")
    record = data if data[0] == 0xA1 else b.der(0xA1, data)  # the second sample lacks the group's own tag
    dg2 = Dg2.parse(b.der(0x75, b.der(0x7F61, b"\2\1\1", b.der(0x7F60, lds_helpers.HEADER, b.der(0x7F2E, record)))))
    assert dg2.problems == ()
    assert len(dg2.images) == 1


def test_groups_of_one_specimen_under_the_ef_sod_of_the_other():
    one, other = (real_data.folder() / "specimens" / name for name in sorted(SPECIMENS))
    if not (one.is_dir() and other.is_dir()):
        real_data.missing("the two specimens", one)
    mixed = {**without(one, {"DG4", "DG15"}), "EF.SOD": read_folder(other)[0]["EF.SOD"]}
    verdict = judge(mixed, date(2008, 6, 1))
    assert "pa.authentic" in verdict.decided_by
    assert verdict.decision == "refuse"
