"""The State of the zone against the countries of signer and CSCA, for the codes that are no State's own two letters."""

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support import builders as b
from tests.support import cases_signer
from tests.support import seals_made as seals
from tjdocs.border import Inspector
from tjdocs.findings import checks
from tjdocs.mrz import codes

ROWS = list(csv.DictReader((Path(__file__).parents[2] / "specs/codes/special.csv").read_text().splitlines()))
SIGNED = {row["code"]: row["alpha2"] or row["signed_as"] for row in ROWS}


def country(code: str, signed: str, csca: str = "") -> tuple[str, str]:
    scene = cases_signer.of_state(code.ljust(3, "<"), country=signed, csca_country=csca or signed)
    (finding,) = (f for f in scene.examine().findings if f.check == "pa.country")
    return str(finding.outcome), finding.reason


def test_the_codes_are_signed_as_the_published_certificates_are():
    """C of the CSCA certificates whose alternative names say these codes, or, of GBD, of those that print them."""
    told = {code: SIGNED[code] for code in ("D", "RKS", "EUE", "UNO", "UNA", "UNK", "XOM", "UTO")}
    assert told == {"D": "DE", "RKS": "KS", "EUE": "EU", "UNO": "UN", "UNA": "UN", "UNK": "UN", "XOM": "XO", "UTO": "UT"}
    assert {SIGNED[code] for code in ("GBD", "GBN", "GBO", "GBP", "GBS")} == {"GB"}
    assert all("Doc 9303-12, 7.1.1" in row["source"] for row in ROWS if row["signed_as"])
    assert {code: codes.signing_country(code) or "" for code in SIGNED} == SIGNED
    # what two letters stand for, and stand for two letters, is as it was
    assert (codes.alpha2("GBD"), codes.alpha3("GB"), codes.alpha3("UN")) == (None, "GBR", "UNO")
    assert [codes.signing_country(code) for code in ("D<<", "DEU", "TJK", "ZZZ", "")] == ["DE", "DE", "TJ", None, None]


@pytest.mark.parametrize("code", [code for code, signed in SIGNED.items() if signed])
def test_a_code_signed_under_its_country_passes_and_under_another_fails(code):
    signed = SIGNED[code]
    assert country(code, signed) == ("passed", "")
    assert country(code, signed.lower()) == ("warning", "country-case")
    assert country(code, "TJ") == ("failed", "differs")
    assert country(code, signed, "TJ") == ("failed", "differs")
    assert country(code, "TJ", signed) == ("failed", "differs")


@pytest.mark.parametrize("code", [code for code, signed in SIGNED.items() if not signed])
def test_a_code_without_two_letters_is_undetermined_whoever_signed(code):
    for signed in ("XO", "GB", code[:2]):
        assert country(code, signed) == ("undetermined", "code-unknown")
    assert "no known two-letter code" in checks()["pa.country"].reasons["code-unknown"]


def test_a_signer_of_another_country_than_its_issuer_is_told():
    """Doc 9303-12, 7.1.1: both have the same country; who certified it alone is not all that counts."""
    scene = cases_signer.of_state("UTO", country="TJ")
    (finding,) = (f for f in scene.examine().findings if f.check == "pa.country")
    assert (finding.outcome, finding.reason) == ("failed", "differs")
    assert finding.detail == "signer UT, its subject TJ, issuer 1 UT, zone UTO"


def test_a_passport_of_an_overseas_territory_signed_in_the_united_kingdom_is_admitted():
    scene = cases_signer.of_state("GBD", country="GB", csca_country="GB", printed=b.lines(b.zone(state="GBD")))
    verdict = Inspector(trust=scene.trust).inspect(scene.evidence, at=b.AT)
    assert verdict.decision == "admit", [f for f in verdict.findings if not f.outcome.ok]
    foreign = cases_signer.of_state("GBD", country="FR", csca_country="FR")
    verdict = Inspector(trust=foreign.trust).inspect(foreign.evidence, at=b.AT)
    assert (verdict.decision, "pa.country" in verdict.decided_by) == ("refuse", True)


def test_a_passport_of_the_order_of_malta_is_admitted_under_its_own_csca_alone():
    for signed, decision in (("XO", "admit"), ("MT", "refuse"), ("XP", "refuse")):
        scene = cases_signer.of_state("XOM", country=signed, csca_country=signed, printed=b.lines(b.zone(state="XOM")))
        verdict = Inspector(trust=scene.trust).inspect(scene.evidence, at=b.AT)
        assert verdict.decision == decision, signed


def test_a_seal_of_an_overseas_territory_is_signed_in_the_united_kingdom():
    for country, expected in (("GB", ("passed", "")), ("FR", ("failed", "country"))):
        csca = b.csca("CSCA", country)
        signer = seals.signer(csca, country=country, letters="S1")
        scene = seals.scene(seals.made(seals.emergency(seals.zone(state="GBD")), signer=f"{country}S1", country="GBD"), by=[signer], anchors=[csca])
        (finding,) = (f for f in scene.examine().findings if f.check == "seal.signer")
        assert (str(finding.outcome), finding.reason) == expected


# ------------------------------------------------------------------------- what has not the form of a country code

LONG = b.name(("C", b.STATE), ("CN", "CSCA"))
ODD = b.csca(subject=LONG, key=b.ec_key("odd"))
ODD_LINK = b.csca(subject=LONG, key=b.ec_key("odd"), by=b.utopia())
SIGNER_NAMED = {code: b.name(("C", code), ("CN", "Document Signer")) for code in (b.STATE, b.COUNTRY, "EW")}


def told(csca: b.Party, state: str = b.COUNTRY):
    return b.policy(believe=["anchor"], states={csca.certificate.sha256: state})


@pytest.mark.parametrize(
    ("csca", "code", "state", "expected"),
    [
        (b.utopia(), b.STATE, "", ("undetermined", "code-unknown")),  # it names no State, and accuses nobody
        (b.utopia(), "EW", "", ("failed", "differs")),
        (b.csca(country="EW"), b.STATE, "", ("failed", "differs")),  # the CSCA's own name is another State's
        (ODD, b.COUNTRY, "", ("undetermined", "code-unknown")),
        (ODD, b.COUNTRY, b.COUNTRY, ("passed", "")),
        (ODD, b.STATE, b.COUNTRY, ("passed", "")),
        (ODD, "EW", b.COUNTRY, ("failed", "differs")),
        (ODD, b.COUNTRY, "EW", ("failed", "differs")),
    ],
)
def test_a_code_of_three_letters_names_no_state(csca, code, state, expected):
    scene = b.scene(by=b.signer(csca, subject=SIGNER_NAMED[code]), anchors=[csca])
    found = replace(scene, policy=told(csca, state) if state else None).examine().findings
    assert next((str(f.outcome), f.reason) for f in found if f.check == "pa.country") == expected


@pytest.mark.parametrize("code", [b.COUNTRY, b.STATE])
@pytest.mark.parametrize("csca", [ODD, ODD_LINK], ids=["root", "link"])
def test_a_list_of_the_state_is_asked_where_names_have_three_letters(csca, code):
    """The State that the policy gives the CSCA, or that of the root above it, lists what it revoked."""
    party = b.signer(csca, subject=SIGNER_NAMED[code])
    by = b.csca(subject=b.name(("C", b.COUNTRY), ("CN", "New")), key=b.ec_key("odd")) if csca is ODD else b.utopia()
    crl = b.revocation_list(by, [party.certificate.serial])
    anchors = [csca, by] if csca is ODD else [by]
    scene = b.scene(by=party, anchors=anchors, candidates=[csca], crls=[crl])
    found = replace(scene, policy=told(csca)).examine().findings
    assert next((str(f.outcome), f.reason) for f in found if f.check == "pa.ds-revocation") == ("failed", "revoked")
