"""Labelled bytes: what a format's reader saw, for the dissect view and the reports."""

from dataclasses import dataclass, field
from typing import Any

__all__ = ["Span"]


@dataclass(frozen=True, slots=True)
class Span:
    """One labelled stretch of a file.

    :param offset: of its first byte in the file
    :param data: its bytes, header included (personal data: not in ``repr``)
    :param meaning: the standard's term for it
    :param clause: its place in the standard
    :param depth: nesting, 0 for the outermost
    :param value: the value in a person's words (personal data: not in ``repr``)
    """

    offset: int
    data: bytes = field(repr=False)
    meaning: str
    clause: str = ""
    depth: int = 0
    value: str = field(default="", repr=False)

    def as_json(self) -> dict[str, Any]:
        """Return the span with its bytes in hexadecimal."""
        return {
            "offset": self.offset,
            "length": len(self.data),
            "bytes": self.data.hex(),
            "meaning": self.meaning,
            "clause": self.clause,
            "depth": self.depth,
            "value": self.value,
        }
