"""The days from which chips must have PACE, and may not have basic access control (Doc 9303-11, 4.1)."""

from collections.abc import Iterable
from datetime import date
from typing import Literal

from tjdocs import specs

__all__ = ["AccessDate", "broken", "dates"]


class AccessDate(specs.Row, frozen=True, kw_only=True):
    """A row of the file.

    :param protocol: ``PACE`` or ``BAC``
    :param must: whether a chip must have the protocol, or must not have it
    :param issued_from: of chips issued on that day or later
    :param valid_from: of documents that are valid on that day or later
    """

    id: specs.Word
    protocol: Literal["PACE", "BAC"]
    must: Literal["have", "not-have"]
    source: specs.Word
    article: specs.Word
    issued_from: date | None = None
    valid_from: date | None = None

    def __post_init__(self) -> None:
        if (self.issued_from is None) == (self.valid_from is None):
            raise ValueError("not a day; issued_from or valid_from, one of them")

    @property
    def day(self) -> date:
        """The day from which it applies."""
        day = self.issued_from or self.valid_from
        assert day is not None  # noqa: S101 (__post_init__)
        return day

    @property
    def demand(self) -> str:
        """The demand as a sentence, with its source."""
        verb = "have" if self.must == "have" else "have no"
        whose = "issued" if self.issued_from else "of documents that are valid"
        return (
            f"chips {whose} on or after {self.day.isoformat()} {verb} {self.protocol} ({self.source}, {self.article})"
        )


class AccessDateFile(specs.Spec, frozen=True):
    """The form of ``specs/chip/access_dates.toml``."""

    date: tuple[AccessDate, ...]


def dates() -> tuple[AccessDate, ...]:
    """Return the rows of the file."""
    return specs.load("chip/access_dates.toml", AccessDateFile).date


def broken(protocols: Iterable[str], *, issued: date, expires: date) -> tuple[AccessDate, ...]:
    """Return the rows that a chip breaks.

    :param protocols: ``PACE``, ``BAC``, those that it has
    :param issued: its day of issue
    :param expires: the last valid day of its document
    """
    offered = frozenset(protocols)
    return tuple(
        row
        for row in dates()
        if (issued if row.issued_from else expires) >= row.day and (row.protocol in offered) != (row.must == "have")
    )
