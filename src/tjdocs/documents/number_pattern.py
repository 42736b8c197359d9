"""The form of document numbers: of a document type's trial numbers, and of a series in the register."""

import re
from functools import cache

from msgspec import Struct

from tjdocs.errors import RegisterError

__all__ = ["Pattern"]

_PATTERN = re.compile(r"([A-Z0-9]{0,8})\{:0([1-9])d\}")


class Pattern(Struct, frozen=True):
    """The form of a series' numbers: letters and digits, then the running number in a fixed width."""

    prefix: str
    width: int

    @classmethod
    def parse(cls, text: str) -> "Pattern":
        """Read a pattern such as ``T{:08d}``.

        :raises RegisterError: it is more than letters, digits and one place for the running number
        """
        match = _PATTERN.fullmatch(text) if isinstance(text, str) else None
        if match is None:
            raise RegisterError("unusable number pattern", where="pattern", hint="letters, then {:08d} or the like")
        return _pattern(match[1], int(match[2]))

    @property
    def text(self) -> str:
        """The pattern as :meth:`parse` reads it."""
        return f"{self.prefix}{{:0{self.width}d}}"

    def number(self, n: int) -> str:
        """Return the number of the blank ``n``."""
        return f"{self.prefix}{n:0{self.width}d}"

    def read(self, number: str) -> int | None:
        """Return the position of a number in the series, None for a number outside of it."""
        digits = number[len(self.prefix) :]
        if len(digits) == self.width and number.startswith(self.prefix) and digits.isascii() and digits.isdigit():
            return int(digits)
        return None

    def collides(self, other: "Pattern") -> bool:
        """Whether one number could be of both series."""
        if len(self.prefix) + self.width != len(other.prefix) + other.width:
            return False
        short, long = sorted((self.prefix, other.prefix), key=len)
        ending = long[len(short) :]
        return long.startswith(short) and (not ending or ending.isdigit())

    def check(self, first: int, last: int) -> None:
        """Refuse a range that runs backwards or out of the pattern.

        :raises RegisterError: it does
        """
        if any(isinstance(n, bool) or not isinstance(n, int) for n in (first, last)) or not 0 <= first <= last:
            raise RegisterError("unusable range", where="range", hint="from the lower number to the higher")
        if last >= 10**self.width:
            raise RegisterError("range out of the pattern", where="range", hint=f"{self.width} digits")


@cache
def _pattern(prefix: str, width: int) -> Pattern:
    return Pattern(prefix, width)
