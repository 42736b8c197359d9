"""The card faults by name: cards that do one thing wrong, a test bench of readers (``specs/chip/faults.toml``).

Each fault has the finding of a right reader.
"""

import time
from collections.abc import Callable, Mapping
from functools import cache

import msgspec
from cryptography.hazmat.primitives.asymmetric import rsa

from tjdocs import specs
from tjdocs.chip.card_keys import CardKeys
from tjdocs.chip.fault_behaviours import BEHAVIOURS
from tjdocs.chip.faulty_card import FaultyCard
from tjdocs.chip.groups import ModpGroup
from tjdocs.chip.pace import PaceProtocol
from tjdocs.chip.passwords import Can, MrzKey
from tjdocs.errors import UsageError
from tjdocs.lds.dg14 import Dg14, SecurityInfo, SecurityInfos
from tjdocs.lds.dg15 import Dg15
from tjdocs.pki import public_key
from tjdocs.pki.cvc import TerminalTrust

__all__ = ["CardFault", "Finding", "card_with_fault", "faults", "find"]


class Finding(msgspec.Struct, frozen=True):
    """A finding that a right reader has.

    :param reason: empty: none; ``*``: any
    """

    check: str
    outcome: str
    reason: str = ""
    subject: str = ""


class CardFault(specs.Row, frozen=True):
    """A row of the file.

    :param text: one sentence or two
    :param needs: words for what the card must have
    :param variants: names of its forms, the usual one first
    :param cases: of BSI TR-03105-5.1
    """

    name: str
    text: str
    findings: tuple[str, ...]
    needs: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()
    by_variant: Mapping[str, tuple[str, ...]] = {}
    cases: tuple[str, ...] = ()

    def expected(self, variant: str = "") -> tuple[Finding, ...]:
        """Return the findings of a right reader."""
        return tuple(Finding(*line.split()) for line in self.by_variant.get(variant, self.findings))


class FaultFile(specs.Spec, frozen=True):
    """The form of ``specs/chip/faults.toml``."""

    fault: tuple[CardFault, ...]


@cache
def faults() -> tuple[CardFault, ...]:
    """Return every card fault, in the order of the file."""
    return specs.load("chip/faults.toml", FaultFile).fault


def find(name: str) -> tuple[CardFault, str]:
    """Return a fault and its variant, from ``NAME`` or ``NAME/VARIANT``.

    :raises UsageError: unknown
    """
    base, _, variant = name.partition("/")
    fault = next((fault for fault in faults() if fault.name == base), None)
    if fault is None:
        raise UsageError("unknown card fault", where=base, hint="tjdocs chip emulate --faults lists them")
    step, _, sw = variant.partition("=") if base == "every-sw" else (variant, "", "")
    if variant and (step not in fault.variants or (sw and not _is_status(sw))):
        hint = f"one of {', '.join(fault.variants)}" if fault.variants else "it has none"
        raise UsageError("unknown variant of a card fault", where=name, hint=hint)
    return fault, variant or next(iter(fault.variants), "")


def _is_status(text: str) -> bool:
    return len(text) == 4 and all(character in "0123456789ABCDEF" for character in text)


def card_with_fault(
    name: str,
    files: Mapping[str, bytes],
    mrz_key: MrzKey | None,
    keys: CardKeys | None = None,
    *,
    can: Can | None = None,
    bac: bool = True,
    terminals: TerminalTrust | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> FaultyCard:
    """Return a card with a fault; the other parameters are those of :class:`tjdocs.chip.Card`.

    :param name: ``NAME`` or ``NAME/VARIANT``; of ``every-sw`` also ``NAME/STEP=STATUS``, the status in hexadecimal
    :param sleep: waits so many seconds
    :raises UsageError: an unknown fault, or a card that lacks what the fault changes
    """
    fault, variant = find(name)
    lacking = [need for need in fault.needs if not _has(need, files, bac=bac and mrz_key is not None)]
    if lacking:
        raise UsageError("the card lacks what the fault changes", where=name, hint=f"it needs {', '.join(fault.needs)}")
    return FaultyCard(
        BEHAVIOURS[fault.name](variant), files, mrz_key, keys, can=can, bac=bac, terminals=terminals, sleep=sleep
    )


def _infos(files: Mapping[str, bytes], name: str) -> tuple[SecurityInfo, ...]:
    if name not in files:
        return ()
    return Dg14.parse(files[name]).infos if name == "DG14" else SecurityInfos.parse(files[name]).infos


def _has(need: str, files: Mapping[str, bytes], *, bac: bool) -> bool:
    """Whether a card has the protocol that a word of the file names."""
    offered = [p for info in _infos(files, "EF.CardAccess") if (p := PaceProtocol.of(info)) is not None]
    key = public_key.load(Dg15.parse(files["DG15"]).public_key) if "DG15" in files else None
    return {
        "bac": lambda: bac,
        "pace": lambda: bool(offered),
        "cam": lambda: any(p.mapping == "CAM" for p in offered),
        "gm": lambda: any(p.mapping == "GM" for p in offered),
        "dh": lambda: any(isinstance(p.group, ModpGroup) for p in offered),
        "ca": lambda: any(info.name.startswith("PK-") for info in _infos(files, "DG14")),
        "dh-ca": lambda: any(info.name == "PK-DH" for info in _infos(files, "DG14")),
        "aa": lambda: key is not None,
        "rsa": lambda: key is not None and key.kind == "rsa",
        "rsa3": lambda: _exponent(files) == 3,
        "large": lambda: len(files.get("DG2", b"")) > 0x8000,
    }[need]()


def _rsa(files: Mapping[str, bytes]) -> rsa.RSAPublicNumbers | None:
    key = public_key.load(Dg15.parse(files["DG15"]).public_key) if "DG15" in files else None
    if key is None or key.kind != "rsa":
        return None
    return key.handle if isinstance(key.handle, rsa.RSAPublicNumbers) else key.handle.public_numbers()


def _exponent(files: Mapping[str, bytes]) -> int:
    numbers = _rsa(files)
    return numbers.e if numbers is not None else 0
