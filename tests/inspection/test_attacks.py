"""What somebody without a key may do to a document: add, take away, turn over. Unsigned bytes never admit unnamed."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from asn1crypto import x509

from tests.support import builders as b
from tests.support import cases_sod
from tests.support.cases_signer import ENDED
from tjdocs.pki.trust.store import TrustStore


def outcomes(scene: b.Scene) -> dict[tuple[str, str], tuple[str, str]]:
    return {(f.check, f.subject): (str(f.outcome), f.reason) for f in scene.examine().findings}


def named(scene: b.Scene) -> set[str]:
    """Return the names under which a document is admitted."""
    return {f.reason for f in scene.judge().findings if f.outcome == "warning"}


def of_signers(party: b.Party, *infos: bytes) -> b.Scene:
    return cases_sod.built(list(infos), certificates=[party.raw])


# ------------------------------------------------------------------------------------------- unsigned parts of EF.SOD


@pytest.mark.parametrize("at_fault", ["unknown", "wrong"])
def test_time_of_signing_is_that_of_the_signer_that_verified(at_fault):
    """One more signer, whom nobody verified, states a better time."""
    late = b.signer(b.utopia(), key_period=None, period=ENDED)
    content = cases_sod.content()
    genuine = b.signer_info(content, late, signing_time=b.moment(2026, 9))
    assert outcomes(of_signers(late, genuine))["pa.ds-validity", ""] == ("failed", "expired")
    sid = {"by_key": bytes(20)} if at_fault == "unknown" else {}
    # version 0 sorts first in the SET
    added = b.signer_info(content, late, signing_time=b.moment(2026, 3), signature=b"", version=0, **sid)
    assert sorted((genuine, added))[0] == added
    scene = of_signers(late, genuine, added)
    assert outcomes(scene)["pa.ds-validity", ""] == ("failed", "expired")
    assert scene.judge().decision == "refuse"


def test_an_added_signer_of_the_attacker_does_not_vouch():
    """A second signature under the attacker's own key: it verifies, and its signer has no chain."""
    attacker = b.signer(b.csca(key=b.ec_key("attacker csca")), key=b.ec_key("attacker"))
    content = b.security_object({1: b.digest("sha256", b.dg1(b.zone())), 2: bytes(32)})
    # the content was exchanged, so the genuine signature no longer fits
    genuine = b.signer_info(cases_sod.content(), b.utopian_signer())
    own = b.signer_info(content, attacker)
    scene = cases_sod.built([genuine, own], certificates=[b.utopian_signer().raw, attacker.raw], inside=content)
    assert outcomes(scene)["pa.sod-signature", ""] == ("warning", "several-signers")
    assert outcomes(scene)["pa.ds-chain", ""] == ("undetermined", "other-generation")
    assert scene.judge().decision != "admit"


def test_a_self_signed_certificate_inside_is_no_anchor():
    stranger = b.csca("CSCA Utopia", key=b.ec_key("stranger"))
    party = b.signer(stranger)
    scene = b.scene(by=party, anchors=[], outer={"certificates": [party.raw, stranger.raw]})
    assert outcomes(scene)["pa.ds-chain", ""] == ("undetermined", "no-issuer")
    assert scene.judge().decision == "refer"


def test_unused_bits_of_a_signature_are_not_overlooked():
    """The certificate's BIT STRING says that its last bit does not count; no signature covers that octet."""
    party = next(p for n in range(1, 99) if not (p := b.signer(b.utopia(), serial=n)).raw[-1] & 1)
    value = x509.Certificate.load(party.raw)["signature_value"].contents
    place = party.raw.rindex(value)
    turned = party.raw[:place] + b"\x01" + party.raw[place + 1 :]
    info = b.signer_info(cases_sod.content(), party)
    assert cases_sod.built([info], certificates=[party.raw]).judge().decision == "admit"
    scene = cases_sod.built([info], certificates=[turned])
    assert scene.judge().decision != "admit" or named(scene)


@pytest.mark.parametrize("name", ["EF.SOD", "DG1", "DG2"])
def test_bytes_behind_a_file_are_told(name):
    """Zeros are a chip's memory; anything else behind the file is nobody's, and no signature covers it."""
    sound = b.scene()
    padded = replace(sound, chip={**sound.chip, name: sound.chip[name] + bytes(8)})
    assert padded.judge().decision == "admit"
    smuggled = replace(sound, chip={**sound.chip, name: sound.chip[name] + b"SMUGGLED"})
    assert smuggled.judge().decision != "admit" or named(smuggled)


def test_a_signer_inside_twice_is_still_one():
    party = b.utopian_signer()
    assert cases_sod.built(certificates=[party.raw, party.raw]).judge().decision == "admit"


def test_a_certificate_that_borrows_issuer_and_serial_cannot_admit():
    """The attacker's certificate names itself as the genuine signer; it comes first in the set."""
    genuine = b.utopian_signer()
    attacker = b.signer(b.utopia(), key=b.ec_key("attacker"), serial=genuine.certificate.serial, signature=b"")
    content = b.security_object({1: b.digest("sha256", b.dg1(b.zone())), 2: bytes(32)})
    scene = cases_sod.built(
        [b.signer_info(content, attacker)], certificates=[attacker.raw, genuine.raw], inside=content
    )
    assert outcomes(scene)["pa.ds-chain", ""] == ("failed", "wrong-signature")
    assert scene.judge().decision == "refuse"


def test_padding_of_pkcs1_is_not_parsed_even_under_an_exponent_of_three():
    """Bleichenbacher 2006: a cube root gives a block that begins well; what stands behind the digest is garbage."""
    key = b.rsa_key("signer").public_key().public_numbers()
    info = b.rsa_spki(key.n, 3)
    party = b.signer(b.utopia(), key=b.rsa_key("signer"), info=info)
    digest_info = b.sequence(b.sequence(b.oid(b.HASHES["sha256"][0]), b.der(0x05)), b.octets(cases_sod.signed_digest()))
    wanted = int.from_bytes(b"\x00\x01\xff\x00" + digest_info, "big") << 8 * (256 - 4 - len(digest_info))
    low, high = 0, 1 << 700
    while low < high:  # the least cube that is not below the block wanted
        middle = (low + high) // 2
        low, high = (middle + 1, high) if middle**3 < wanted else (low, middle)
    block = (low**3).to_bytes(256, "big")
    assert block.startswith(b"\x00\x01\xff\x00" + digest_info)
    scene = b.scene(by=party, kind="rsa-sha256", signature=low.to_bytes(256, "big"))
    assert outcomes(scene)["pa.sod-signature", ""] == ("failed", "wrong-signature")


# ------------------------------------------------------------------------------------------------------- data groups


@pytest.mark.parametrize("name", ["DG1", "DG2", "DG12"])
def test_a_changed_byte_of_any_group_refuses(name):
    groups = {1: b.dg1(b.zone()), 2: b.dg2(), 12: b.dg12("20260302")}
    sound = b.scene(groups=groups)
    assert sound.judge().decision == "admit"
    data = sound.chip[name]
    for place in {0, 1, len(data) // 2, len(data) - 1}:
        changed = data[:place] + bytes((data[place] ^ 1,)) + data[place + 1 :]
        verdict = replace(sound, chip={**sound.chip, name: changed}).judge()
        assert verdict.decision == "refuse"
        assert [f.reason for f in verdict.findings if (f.check, f.subject) == ("pa.dg-hash", name)] == ["differs"]


def test_groups_exchanged_with_those_of_another_document():
    """DG2 of somebody else, with its own genuine EF.SOD left at home."""
    other = b.scene(inside=b.zone(number="L898902C4", names="SPECIMEN<<OTHER"))
    sound = b.scene()
    for name in ("DG1", "EF.SOD"):
        mixed = replace(sound, chip={**sound.chip, name: other.chip[name]})
        assert mixed.judge().decision == "refuse"


def test_a_date_of_issue_that_was_not_signed_does_not_count():
    """DG12 is added to a document signed too late; it is not listed, and its date is not believed."""
    party = b.signer(b.utopia(), key_period=None, period=ENDED)
    late = b.scene(by=party, signing_time=b.moment(2026, 9))
    found = outcomes(late.with_files(DG12=b.dg12("20260302")))
    assert found["pa.ds-validity", ""] == ("failed", "expired")
    assert found["pa.dg-hash", "DG12"] == ("failed", "not-listed")


@pytest.mark.parametrize("stripped", [{"DG2"}, {"DG12"}, {"DG2", "DG12", "EF.COM"}, {"DG1", "DG2", "DG12"}])
def test_taking_files_away_never_makes_a_bad_document_good(stripped):
    groups = {1: b.dg1(b.zone()), 2: b.dg2(), 12: b.dg12("20260302")}
    bad = b.scene(groups=groups, by=b.signer(b.csca(key=b.ec_key("forger"), identifier=b.utopia().identifier)))
    kept = {name: data for name, data in bad.chip.items() if name not in stripped}
    assert replace(bad, chip=kept).judge().decision == "refuse"


# -------------------------------------------------------------------------------------------------------------- times


@pytest.mark.parametrize("year", [1, 9999])
def test_dates_at_the_ends_of_the_calendar(year):
    """Certificates may say anything: a State's own is believed, and none makes the reader stumble."""
    begin = b.moment(1) if year == 1 else b.moment(2020)
    end = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    party = b.csca(period=(begin, end))
    scene = b.scene(by=b.signer(party, period=(b.moment(2026), end)), anchors=[party])
    assert scene.judge().decision == "admit"


@pytest.mark.parametrize("at", [date.min, date.max, datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)])
def test_judged_at_the_ends_of_the_calendar(at):
    assert replace(b.scene(), at=at).judge().decision == "refuse"
    stated = b.scene(groups={1: b.dg1(b.zone()), 2: b.dg2(), 12: b.dg12("99991231")})
    assert replace(stated, at=at).judge().decision == "refuse"


@pytest.mark.parametrize("text", ["0001010100Z", "99123123Z", "20260302090000", "", "Z", "2603020900+9999"])
def test_claims_of_time_in_any_form(text):
    for tag in (0x17, 0x18, 0x04):
        found = outcomes(b.scene(signing_time=b.der(tag, text.encode())))
        assert found["pa.ds-validity", ""][0] in ("failed", "warning", "passed")


def test_two_claims_of_time_are_none():
    content = cases_sod.content()
    items = sorted(
        (
            b.attribute("1.2.840.113549.1.9.3", b.oid(b.LDS_OBJECT)),
            b.attribute("1.2.840.113549.1.9.4", b.octets(b.digest("sha256", content))),
            b.attribute("1.2.840.113549.1.9.5", b.time(b.SIGNED), b.time(b.moment(2026, 2))),
        )
    )
    party = b.signer(b.utopia(), key_period=None)
    certificate = party.certificate
    info = b.sequence(
        b.integer(1),
        b.sequence(certificate.issuer, b.integer(certificate.serial)),
        b.sequence(b.oid(b.HASHES["sha256"][0])),
        b.der(0xA0, *items),
        b.algorithm("ecdsa-sha256"),
        b.octets(b.sign(party.key, "ecdsa-sha256", b.set_of(items))),
    )
    scene = of_signers(party, info)
    assert outcomes(scene)["pa.ds-validity", ""] == ("warning", "assumed")


# -------------------------------------------------------------------------------------------------------------- trust


def test_a_candidate_is_not_trusted_by_being_known():
    """The forger's CSCA lies in the store as a candidate, beside the true one."""
    forged = b.csca(key=b.ec_key("forger"))
    scene = b.scene(by=b.signer(forged), candidates=[forged])
    assert outcomes(scene)["pa.ds-chain", ""] == ("undetermined", "untrusted")
    assert scene.judge().decision == "refer"


def test_a_link_that_the_trusted_csca_did_not_sign_leads_nowhere():
    forged_link = b.csca("CSCA Utopia 2", key=b.ec_key("forger"), by=b.utopia(), signature=b"")
    scene = b.scene(by=b.signer(forged_link), candidates=[forged_link])
    assert outcomes(scene)["pa.ds-chain", ""] == ("undetermined", "untrusted")


def test_links_in_a_circle_end():
    first = b.csca("CSCA A", key=b.ec_key("a"))
    second = b.csca("CSCA B", key=b.ec_key("b"), by=first)
    back = b.csca("CSCA A", key=b.ec_key("a"), by=second)
    scene = b.scene(by=b.signer(back), anchors=[], candidates=[second, back])
    assert outcomes(scene)["pa.ds-chain", ""] == ("undetermined", "untrusted")


def test_a_document_signer_cannot_certify_another():
    """A stolen document signer's key makes a signer of its own; the stolen one lies in the store."""
    stolen = b.utopian_signer()
    made = b.signer(stolen, key=b.ec_key("made"))
    scene = b.scene(by=made, candidates=[stolen])
    assert outcomes(scene)["pa.ds-chain", ""] == ("failed", "not-a-ca")


def test_no_trust_anchor_never_admits():
    sound = b.scene()
    verdict = replace(sound, trust=TrustStore.of(())).judge()
    assert verdict.decision == "refer"
    assert "pa.ds-chain" in verdict.decided_by
    assert "pa.authentic" in verdict.decided_by
