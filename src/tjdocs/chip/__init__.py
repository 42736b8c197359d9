"""Read the chip of any travel document, and be one: every protocol of Doc 9303-11 on both sides.

This room knows no law and no verdict. :func:`read` leaves a :class:`ChipReading`, which is evidence; whether the chip
is genuine is judged from it, and from the signatures over its files, by :mod:`tjdocs.inspection`.
"""

from tjdocs.chip.card import Card
from tjdocs.chip.card_keys import CardKeys
from tjdocs.chip.chip_reading import ChipReading, Step
from tjdocs.chip.passwords import Can, MrzKey
from tjdocs.chip.reader import read
from tjdocs.chip.terminal_authentication import Terminal
from tjdocs.chip.transport import RecordedTransport, RecordingTransport, Transport, TransportError

__all__ = [
    "Can",
    "Card",
    "CardKeys",
    "ChipReading",
    "MrzKey",
    "RecordedTransport",
    "RecordingTransport",
    "Step",
    "Terminal",
    "Transport",
    "TransportError",
    "read",
]
