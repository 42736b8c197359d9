"""A date of issue, or a category, counts only if the document itself says it, and somebody known signed it."""

from dataclasses import replace
from datetime import date

import pytest

from tests.support import builders as b
from tests.support import seals_made as s
from tests.support.law_cases import REGISTERED, RETURN, Traveller, authority, document, paper, standing
from tjdocs.border import Evidence, Inspector
from tjdocs.pki.trust.store import TrustStore

CHECKS = ("doc.validity-period", "register.agreement")
TEXT, CHIP = document(issued=None)
WITH_DATE = document()
REGISTER = standing()
VISA = s.feature(2, s.c40(s.visa()[:64])) + s.feature(4, bytes(3)) + s.feature(5, s.c40("T00000001"))
SIGNER = s.signer(types=("V",), period=(b.moment(2020), b.moment(2030)))


def visa(issued: date, *, key: str = "seal") -> bytes:
    """Return the seal of a visa of Utopia in the passport of ours."""
    return s.made(VISA, key=b.ec_key(key), definition=0x5D, category=1, issued=issued, signed=issued)


def judge(seal, register=None, *, shown=(TEXT, CHIP)):
    trust = TrustStore.of([authority().certificate, b.utopia().certificate], [SIGNER.certificate])
    verdict = Inspector(trust=trust, register=register).inspect(Evidence(mrz=shown[0], chip=shown[1], seal=seal, direction="entry"), at=b.AT)
    found = {f.check: f for f in verdict.findings}
    return verdict, {check: (str(found[check].outcome), found[check].reason, found[check].detail) for check in CHECKS}


@pytest.mark.parametrize("day", [date(2020, 6, 1), date(2026, 6, 1), date(2027, 6, 1)], ids=str)
@pytest.mark.parametrize("key", ["seal", "nobody"])
@pytest.mark.parametrize("register", [None, REGISTER], ids=["alone", "register"])
def test_a_visa_says_nothing_of_the_passport_in_which_it_is(day, key, register):
    """Neither a genuine visa of another State, nor a seal of an unknown signer, dates or accuses the passport."""
    verdict, found = judge(visa(day, key=key), register)
    without, expected = judge(None, register)
    assert found == expected
    assert not set(verdict.decided_by) & {"doc.validity-period", "register.agreement"}
    assert "by the seal" not in found["doc.validity-period"][2]
    assert without.decision == "admit"


def test_the_register_dates_a_passport_with_a_visa():
    _, found = judge(visa(date(2026, 6, 1)), REGISTER)
    assert found["doc.validity-period"] == ("passed", "", "issued 2026-03-02 by the register")
    assert found["register.agreement"][0] == "passed"


def test_a_seal_of_the_document_dates_it_once_its_signature_holds():
    who = paper("return-certificate", "emergency-travel-document", **RETURN)
    assert who.judge().crossing.issued_from == "seal"
    longer = paper("return-certificate", "emergency-travel-document", issued="2026-11-20", expires="2026-12-21")
    assert longer.judge().decided_by == ("doc.validity-period",)
    unknown = replace(longer, trusting=False).judge()
    assert (unknown.decision, unknown.crossing.issued, unknown.crossing.issued_from) == ("refer", None, "")


def test_a_category_of_a_seal_counts_once_its_signature_holds():
    said = standing(document_type="registration-certificate", date_of_issue="2026-11-20", date_of_expiry="2027-05-19", category="B")
    who = replace(paper("registration-certificate", "registration-certificate", direction="domestic", **REGISTERED), register=said)
    assert who.judge().decided_by == ("register.agreement",)  # the seal says A
    unknown = replace(who, trusting=False).judge()
    assert (unknown.decision, "register.agreement" in unknown.decided_by) == ("refer", False)


def test_a_date_in_a_chip_counts_once_its_hash_is_signed_by_somebody_known():
    assert Traveller(WITH_DATE).judge().crossing.issued_from == "chip"
    later = document(issued="2026-11-25", expires="2036-11-24")
    assert "doc.validity-period" in Traveller(later).judge().decided_by
    unknown = Traveller(later, trusting=False, register=REGISTER).judge()
    assert unknown.crossing.issued_from == "register"
    unsigned = {name: data for name, data in later[1].items() if name != "EF.SOD"}
    alone = Traveller((later[0], unsigned)).judge()
    assert (alone.decision, alone.crossing.issued) == ("refer", None)
    beside = {**CHIP, "DG12": b.dg12("20261125")}
    assert Traveller((TEXT, beside)).judge().crossing.issued is None
