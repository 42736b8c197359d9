"""Check on the chip itself: ``chip.genuine`` (Doc 9303-11, 6).

Passive authentication verifies files, and files can be copied. Only an answer that needs the chip's private key proves
that the chip is genuine. This room inspects files that were read before, without such an answer.
"""

from tjdocs.findings import Finding, Outcome
from tjdocs.inspection.lds_checks import ChipContent

__all__ = ["check_genuine"]


def check_genuine(chip: ChipContent | None) -> Finding:
    """Return the undetermined finding: the chip was not handed over, or only its files were."""
    return Finding.of("chip.genuine", Outcome.UNDETERMINED, "no-input" if chip is None else "not-read-live")
