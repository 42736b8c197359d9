"""Every card fault, and the finding of a right reader as the table states it."""

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.support import builders as b
from tests.support import cards
from tests.support.cards import Shown, ca_info, pace_info, public_info, static_key
from tjdocs.chip import CardKeys, card_faults, read
from tjdocs.chip.card_faults import CardFault, card_with_fault, faults, find
from tjdocs.chip.fault_behaviours import BEHAVIOURS
from tjdocs.errors import UsageError

CAM = pace_info("PACE-ECDH-CAM-AES-CBC-CMAC-128", 13)
ALL = [(fault, variant) for fault in faults() for variant in fault.variants or ("",)]
LARGE = b.der(0x75, b.der(0x7F61, b.der(0x02, b"\x01"), b.der(0x7F60, b.der(0x5F2E, bytes(range(256)) * 160))))


def name_of(fault: CardFault, variant: str) -> str:
    return fault.name + (f"/{variant}" if variant else "")


def key(needs: tuple[str, ...], of: object) -> object:
    if "rsa3" in needs:
        return rsa.generate_private_key(3, 2048)
    return of if "rsa" in needs else b.ec_key("active")


def shown(fault: CardFault, variant: str, *, faulty: bool, **more: object) -> Shown:
    """Return a card with all that the fault needs."""
    needs = fault.needs
    if variant in ("challenge", "bac"):
        needs = ("bac",)
    elif variant in ("ca", "aa"):
        needs = ("pace", variant)
    infos: list[bytes] = []
    if "cam" in needs:
        more["security"] = cards.card_security(CAM, public_info(13, named=True))
        infos.append(CAM)
    elif "dh" in needs or variant in ("0", "1", "p-1"):
        if fault.name == "pace-off-curve" or "dh" in needs:
            infos.append(pace_info("PACE-DH-GM-AES-CBC-CMAC-128", 0))
        else:
            infos.append(pace_info())
    elif "bac" not in needs or "pace" in needs:
        infos.append(pace_info())
    if "dh-ca" in needs:
        infos += [ca_info("CA-DH-AES-CBC-CMAC-128"), public_info(2)]
        more["keys"] = CardKeys({None: static_key(2)})
    elif "ca" in needs:
        infos += [ca_info(), public_info()]
    if "aa" in needs:
        more["active"] = key(needs, b.rsa_key("active"))
        if "rsa" not in needs and "rsa3" not in needs:
            infos.append(cards.info("aaProtocolObject", b.integer(1), b.oid("0.4.0.127.0.7.1.1.4.1.3")))
    if "large" in needs:
        more["groups"] = {2: LARGE}
    if faulty:
        more |= {"fault": name_of(fault, variant), "sleep": lambda seconds: None}
    return Shown(*infos, **more)


def made(fault: CardFault, variant: str, *, faulty: bool = True) -> list[tuple[str, str, str, str]]:
    """Return the findings of our reader on a card with all that the fault needs."""
    _, verdict = shown(fault, variant, faulty=faulty).judge()
    return [(f.check, str(f.outcome), f.reason, f.subject) for f in verdict.findings]


def fits(found: tuple[str, str, str, str], expected: card_faults.Finding) -> bool:
    right = expected.reason in ("*", found[2]) and expected.subject in ("", found[3])
    return right and found[:2] == (expected.check, expected.outcome)


@pytest.mark.requirement("ICAO-CHIP")
@pytest.mark.parametrize(("fault", "variant"), ALL, ids=[name_of(*one) for one in ALL])
def test_the_reader_has_the_finding_of_a_right_one(fault, variant):
    found = made(fault, variant)
    for expected in fault.expected(variant):
        assert any(fits(one, expected) for one in found), (expected, [one for one in found if one[0] == expected.check])


@pytest.mark.parametrize(("fault", "variant"), ALL, ids=[name_of(*one) for one in ALL])
def test_the_card_without_the_fault_has_no_such_finding(fault, variant):
    """Else the test above would prove nothing."""
    accused = [expected for expected in fault.expected(variant) if expected.outcome != "passed"]
    found = made(fault, variant, faulty=False) if accused else []
    assert not [one for one in found for expected in accused if fits(one, expected)], found


def test_every_row_has_a_behaviour_and_every_behaviour_a_row():
    assert [fault.name for fault in faults()] == list(BEHAVIOURS)
    assert len({fault.name for fault in faults()}) == len(faults())
    for fault in faults():
        assert set(fault.by_variant) <= set(fault.variants)


def test_a_fault_that_the_card_cannot_have_is_refused():
    with pytest.raises(UsageError, match="lacks"):
        card_with_fault("cam-wrong", {"DG1": b.dg1(b.zone())}, cards.zone_key())
    with pytest.raises(UsageError, match="unknown card fault"):
        find("no-such")
    with pytest.raises(UsageError, match="unknown variant"):
        find("pace-tag-90/9")
    assert find("every-sw/read=6A82")[1] == "read=6A82"

STATUS = ("6100", "6282", "6300", "63C0", "6700", "6883", "6982", "6985", "6A82", "6C00", "6F00")


@pytest.mark.requirement("ICAO-CHIP")
@pytest.mark.parametrize("step", [step for step in find("every-sw")[0].variants if step != "select-master-file"])
@pytest.mark.parametrize("status", STATUS)
def test_no_status_word_at_any_step_is_a_proof(step, status):
    """The reading ends, and the protocol of the step has not passed."""
    fault, _ = find("every-sw")
    card = shown(fault, step, faulty=False).card
    faulty = card_with_fault(f"every-sw/{step}={status}", card.files, cards.zone_key(), card.keys, can=cards.CAN)
    reading = read(faulty, cards.zone_key())
    passed = {one.check for one in reading.steps if one.outcome.ok}
    checks = {"challenge": "chip.bac", "bac": "chip.bac", "ca": "chip.ca", "select-application": "chip.access"}
    assert checks.get(step, "chip.pace" if step.startswith("pace") else "chip.aa") not in passed
    if step == "read":
        assert not reading.files
    if step == "aa":
        assert reading.active_authentication is None
