"""Check on the chip itself: ``chip.genuine`` (Doc 9303-11, 6).

Passive authentication proves files, and files can be copied. Only a chip that answers with a key that cannot be read
out of it proves that it is no copy. What is inspected here are files that were read before: nobody asked the chip.
"""

from tjdocs.findings import Finding, Outcome, brief
from tjdocs.inspection.lds_checks import ChipContent

__all__ = ["check_genuine"]


def check_genuine(chip: ChipContent | None) -> Finding:
    """Return that it was not checked, and why: no chip was handed over, or its files alone."""
    return brief("chip.genuine", Outcome.UNDETERMINED, "no-input" if chip is None else "not-read-live")
