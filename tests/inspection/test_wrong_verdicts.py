"""Verdicts that were wrong in other programs, as their trackers tell; each is a document here."""

from dataclasses import replace

import pytest

from tests.support import builders as b
from tests.support import cases_reading, cases_signer, cases_sod
from tests.support import seals_made as s
from tjdocs.findings import checks
from tjdocs.pki.trust.store import TrustStore

RESTS_ON_CONTENT = {check.id for check in checks().values() if "pa.authentic" in check.premises}


def holds(scene: b.Scene) -> set[str]:
    return {f.check for f in scene.examine().findings if f.outcome.ok}


@pytest.mark.requirement("TR-PREMISE")
def test_clone_with_keys_of_its_own_proves_nothing():
    """gmrtd#349: the chip was called authentic although passive authentication had not succeeded."""
    own = b.csca(key=b.ec_key("cloner"))
    groups = {1: b.dg1(b.zone()), 2: b.dg2(), 15: b.der(0x6F, b.spki(b.ec_key("clone")))}
    clone = b.scene(by=b.signer(own), groups=groups)
    found = holds(clone)
    assert {"pa.sod-signature", "pa.dg-hash", "lds.structure"} <= found  # consistent in itself
    assert RESTS_ON_CONTENT
    assert found & ({"pa.authentic"} | RESTS_ON_CONTENT) == set()
    assert clone.judge().decision == "refer"


def test_issuing_state_is_compared_with_the_signers():
    """gmrtd#1: it never was."""
    scene = cases_signer.of_state("TJK", country="UT", csca_country="UT")
    verdict = scene.judge()
    assert verdict.decision == "refuse"
    assert "pa.country" in verdict.decided_by


@pytest.mark.requirement("TR-VERDICT")
@pytest.mark.parametrize(
    "make", [b.scene, lambda: b.scene(printed=None), cases_reading.zone_alone], ids=["all", "chip", "zone"]
)
def test_no_road_skips_a_check(make):
    """gmrtd#412: an offline path left out a part. With or without trust, lists and chip the same checks are told."""
    scene = make()
    for trust in (scene.trust, TrustStore.of(()), b.scene(crls=[b.revocation_list(b.utopia())]).trust):
        told = {f.check for f in replace(scene, trust=trust).examine().findings}
        per_group = set() if scene.chip else {"pa.dg-hash"}  # told of each group, and there is none
        assert told == {check for check in checks() if not (b.of_law(check) or b.of_a_live_chip(check))} - per_group


@pytest.mark.parametrize(
    "make",
    [
        lambda: cases_sod.built(infos=[]),
        lambda: b.scene(attributes=False),
        lambda: b.scene(signature=b""),
        lambda: cases_sod.built(certificates=[]),
    ],
    ids=["nobody", "no-attributes", "empty-signature", "no-certificate"],
)
def test_unsigned_is_not_untampered(make):
    """NFCPassportReader#274: an EF.SOD without a signature counted as not tampered with."""
    scene = make()
    assert holds(scene) & {"pa.sod-signature", "pa.authentic"} == set()
    assert scene.judge().decision != "admit"


def test_no_tick_without_a_data_group():
    """smartscanner-core#49: ticks were shown although no data group could be read."""
    sound = b.scene(printed=None)
    alone = replace(sound, chip={"EF.SOD": sound.chip["EF.SOD"], "EF.COM": sound.chip["EF.COM"]})
    verdict = alone.judge()
    assert verdict.decision == "refer"
    assert {f.outcome for f in verdict.findings if f.check in ("pa.dg-hash", "pa.authentic")} == {"undetermined"}


def test_ef_sod_alone_is_judged_as_far_as_it_goes():
    sound = b.scene(printed=None)
    found = replace(sound, chip={"EF.SOD": sound.chip["EF.SOD"]}).examine().findings
    assert {f.check for f in found if f.outcome.ok} == {
        "pa.sod-structure",
        "pa.sod-signature",
        "pa.ds-chain",
        "pa.ds-validity",
        "pa.ds-usage",
    }
    assert {f.subject for f in found if f.reason == "not-handed-over"} == {"DG1", "DG2"}


def test_flags_are_not_set_without_checking():
    """self#858: every flag was set. Whatever holds here names what it was checked on."""
    assert holds(b.Scene(None, None, b.scene().trust)) == set()
    assert holds(b.Scene(dict.fromkeys(("EF.COM", "EF.SOD", "DG1", "DG2"), b""), "", b.scene().trust)) == set()


@pytest.mark.requirement("ICAO-SOD")
def test_what_is_verified_is_what_was_read():
    """Order and form of the inner structures are kept: an unsorted list of hashes is hashed as it stands."""
    groups = {1: b.dg1(b.zone()), 2: b.dg2()}
    values = [(number, b.digest("sha256", groups[number])) for number in (2, 1)]
    assert b.scene(content={"values": values}).judge().decision == "admit"


# -------------------------------------------------------------------------------- certificates that strangers published

FORGER = b.csca(key=b.ec_key("forger"), identifier=b.utopia().identifier)  # of Utopia's name, with its key's identifier
NUMBER = b.utopian_signer().certificate.serial
ELSEWHERE = b.csca("CSCA Elsewhere", "XX")
PUBLISHED = {
    "a document signer of that number": lambda *more: b.scene(
        outer={"certificates": []}, candidates=[b.signer(FORGER, key=b.ec_key("stranger"), serial=NUMBER), *more]
    ),
    "a CSCA of that name and identifier": lambda *more: b.scene(anchors=[ELSEWHERE, *more], candidates=[FORGER]),
    "the CSCA's key in what is no CSCA's": lambda *more: b.scene(
        anchors=[ELSEWHERE, *more],
        candidates=[b.csca(extensions=[b.key_usage("digitalSignature")], by=FORGER, subject=b.utopia().name)],
    ),
    "a seal signer of that name": lambda *more: s.scene(
        by=[s.signer(by=FORGER, key=b.ec_key("stranger"), authority=None), *more]
    ),
}
KNOWN = {name: b.utopian_signer() if "document" in name else s.utopian() if "seal" in name else b.utopia() for name in PUBLISHED}


@pytest.mark.parametrize("name", PUBLISHED)
def test_what_a_stranger_published_accuses_nobody(name):
    """Whoever imports it knows one certificate more, that nobody vouches for: the genuine document is not refused."""
    assert PUBLISHED[name]().judge().decision == "refer"
    assert PUBLISHED[name](KNOWN[name]).judge().decision == "admit"


@pytest.mark.parametrize("name", list(PUBLISHED)[:1])
def test_a_signer_that_a_csca_vouches_for_accuses_beside_a_stranger(name):
    scene = PUBLISHED[name](b.utopian_signer())
    body = b.security_object({1: bytes(32), 2: bytes(32)})
    wrong = b.signer_info(body, b.utopian_signer(), signature=b.sequence(b.integer(1), b.integer(1)))
    forged = scene.with_files(EF_SOD=b.signed_data(body, [wrong], []))
    found = {f.check: (str(f.outcome), f.reason) for f in forged.examine().findings}
    assert found["pa.sod-signature"] == ("failed", "wrong-signature")


def test_a_usage_period_without_a_date_is_named():
    """RFC 3280, 4.2.1.4 forbids it; it was read as no period, without a word."""
    scene = cases_signer.signed_by(cases_signer.keyed(None, None, b.sequence()))
    found = {(f.check, f.reason) for f in scene.examine().findings}
    assert ("pa.ds-validity", "issuer-key-usage-period") in found
    assert scene.judge().decision == "admit"
