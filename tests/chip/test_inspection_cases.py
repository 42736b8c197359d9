"""The cases ISO7816_* of BSI TR-03105-5.1 as card scripts against our reader, and their count in docs/interop.md.

Most of its cases of bad cards are card faults (``specs/chip/faults.toml``), and test_card_faults.py runs those. Here are
the cards that a reader must take, and the list of all cases.
"""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import builders as b
from tests.support import cards
from tests.support.cards import Shown, ca_info, info, pace_info, public_info, static_key
from tjdocs.chip import Card, CardKeys, read
from tjdocs.chip.card_faults import faults
from tjdocs.chip.groups import groups
from tjdocs.lds.dg14 import SecurityInfoFile
from tjdocs.specs import load

GM = pace_info()
SIZES = {"A": 3, "B": 10, "C": 8, "D": 15, "E": 38, "F": 9, "G": 41}
WITHDRAWN = {"E_20", "E_21", "E_25", "F_03", "G_37"}
FILES_ONLY = {"B_10"}  # a revoked signer: passive authentication, which needs no chip
UNSTATED = {"C_08"}  # an empty face image: what a reader must do is not stated
NO_TERMINAL = {f"E_{number:02d}" for number in range(1, 39)} - WITHDRAWN


def ca_with(*parameter_ids: int, name: str = "CA-ECDH-AES-CBC-CMAC-128", ids: bool = False) -> Shown:
    """Return a card with chip authentication by these keys, each named by an identifier where ``ids``."""
    infos = [GM]
    keys: dict[int | None, int] = {}
    for number, parameter_id in enumerate(parameter_ids, 1):
        key_id = number if ids else None
        infos += [ca_info(name, key_id), public_info(parameter_id, key_id)]
        keys[key_id] = static_key(parameter_id)
    return Shown(*infos, keys=CardKeys(keys))


def rsa_with(hash_id: str) -> Shown:
    key = b.rsa_key("active")
    return Shown(GM, active=key, keys=CardKeys(active_authentication=key, active_hash=hash_id))


def plain() -> Shown:
    shown = Shown()
    shown.card = Card(shown.scene.chip, None)
    return shown


def ecdsa() -> Shown:
    named = info("aaProtocolObject", b.integer(1), b.oid("0.4.0.127.0.7.1.1.4.1.3"))
    return Shown(GM, named, active=b.ec_key("active"))


def cam(parameter_id: int = 13, *more: bytes) -> Shown:
    one = pace_info("PACE-ECDH-CAM-AES-CBC-CMAC-128", parameter_id)
    signed = cards.card_security(one, *more, public_info(parameter_id, named=True))
    return Shown(one, *more, security=signed, keys=CardKeys({}, mapping=static_key(parameter_id)))


def mapped(mapping: str) -> list[Shown]:
    """Return a card for each set of domain parameters that a mapping has."""
    made = []
    for group in groups():
        curve = group.tag == 0x86
        if (mapping == "CAM" and not curve) or (mapping == "IM" and curve and group.prime % 4 != 3):
            continue
        if mapping == "CAM":
            made.append(cam(group.parameter_id))
            continue
        kind = "ECDH" if curve else "DH"
        made.append(Shown(pace_info(f"PACE-{kind}-{mapping}-AES-CBC-CMAC-128", group.parameter_id)))
    return made


def protocols() -> list[Shown]:
    """Return a card for each object identifier of PACE, but those of chip authentication mapping (G_41)."""
    names = load("lds/security_infos.toml", SecurityInfoFile).protocols.values()
    wanted = [name for name in names if re.fullmatch(r"PACE-(DH|ECDH)-(GM|IM)-.+", name)]
    return [Shown(pace_info(name, 0 if "-DH-" in name else 12)) for name in wanted]


def domain() -> bytes:
    """Return a PACEDomainParameterInfo with standardised parameters."""
    return b.sequence(b.oid("0.4.0.127.0.7.2.2.4.2"), b.sequence(b.oid("0.4.0.127.0.7.1.2"), b.integer(13)))


SECOND = pace_info("PACE-ECDH-GM-AES-CBC-CMAC-256", 13)
TAKEN: dict[str, tuple[str, Callable[[], list[Shown]]]] = {
    "A_01": ("chip.access", lambda: [plain()]),
    "A_02": ("chip.bac", lambda: [Shown()]),
    "D_01": ("chip.ca", lambda: [ca_with(2, name="CA-DH-AES-CBC-CMAC-128")]),
    "D_02": ("chip.ca", lambda: [ca_with(12)]),
    "D_03": ("chip.ca", lambda: [ca_with(12, ids=True)]),
    "D_04": ("chip.ca", lambda: [ca_with(12, 13, ids=True)]),
    "D_05": ("chip.ca", lambda: [ca_with(12, 13, 15, ids=True)]),
    "D_14": ("chip.ca", lambda: [ca_with(1, name="CA-DH-3DES-CBC-CBC")]),
    "F_01": ("chip.aa", lambda: [rsa_with("sha1")]),
    "F_02": ("chip.aa", lambda: [ecdsa()]),
    "F_04": ("chip.aa", lambda: [rsa_with("sha224")]),
    "F_05": ("chip.aa", lambda: [rsa_with("sha256")]),
    "F_06": ("chip.aa", lambda: [rsa_with("sha384")]),
    "F_07": ("chip.aa", lambda: [rsa_with("sha512")]),
    "G_01": ("chip.pace", lambda: [Shown(GM)]),
    "G_02": ("chip.pace", lambda: mapped("GM")),
    "G_03": ("chip.pace", lambda: mapped("IM")),
    "G_04": ("chip.pace", protocols),
    "G_05": ("chip.pace", lambda: [Shown(GM, ca_info(), public_info(), access=(GM, ca_info()))]),
    "G_06": ("chip.pace", lambda: [Shown(GM, SECOND)]),
    "G_07": ("chip.pace", lambda: [Shown(GM, SECOND, domain(), access=(GM, SECOND, domain()))]),
    "G_34": ("chip.ca", lambda: [cam()]),
    "G_41": ("chip.ca", lambda: mapped("CAM")),
}
FRESH = "D_10"
UNLISTED = "G_38"
REACHED = {case for fault in faults() for case in fault.cases} | set(TAKEN) | {FRESH, UNLISTED}


@pytest.mark.requirement("ICAO-CHIP")
@pytest.mark.parametrize("case", TAKEN)
def test_the_reader_takes_a_right_card(case):
    check, make = TAKEN[case]
    made = make()
    assert made
    for shown in made:
        findings, _ = shown.judge()
        name = f"{check} EF.CardSecurity" if case in ("G_34", "G_41") else check
        assert findings[name] == ("passed", "")
        assert not {name: finding for name, finding in findings.items() if finding[0] == "failed"}


def test_every_run_of_chip_authentication_has_a_key_of_its_own():
    """D_10."""
    shown = ca_with(12)
    sent: list[bytes] = []
    for _ in range(2):
        run = read(shown.card, cards.zone_key()).chip_authentication
        assert run is not None
        sent.append(run.public)
        shown.card.power_on()
    assert len(set(sent)) == 2


def test_a_card_whose_dg14_does_not_list_the_mapping_is_not_admitted():
    """G_38."""
    one = pace_info("PACE-ECDH-CAM-AES-CBC-CMAC-128", 13)
    signed = cards.card_security(one, public_info(13, named=True))
    findings, verdict = Shown(ca_info(), public_info(), access=(one,), security=signed).judge()
    assert findings["chip.downgrade"] == ("failed", "differs")
    assert verdict.decision == "refer"


def cases(group: str) -> set[str]:
    return {f"{group}_{number:02d}" for number in range(1, SIZES[group] + 1)}


def test_every_case_is_run_or_has_its_reason():
    every = {case for group in SIZES for case in cases(group)}
    named = {case for case in REACHED if not case.startswith("LDS_")}
    assert named <= every
    assert every - named == WITHDRAWN | FILES_ONLY | UNSTATED | NO_TERMINAL


def test_the_table_in_the_documentation_counts_the_same():
    page = (Path(__file__).parents[2] / "docs/interop.md").read_text()
    rows = re.findall(r"^\| ISO7816_([A-G]) \| [^|]+ \| (\d+) \| (\d+) \|", page, re.MULTILINE)
    assert [group for group, *_ in rows] == list(SIZES)
    for group, all_of, passed in rows:
        assert (int(all_of), int(passed)) == (SIZES[group], len(cases(group) & REACHED)), group
