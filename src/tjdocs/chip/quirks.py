"""The departures of real chips that the reader gets over, by name (``specs/chip/quirks.toml``)."""

from functools import cache

from tjdocs import specs

__all__ = ["Quirk", "quirks"]


class Quirk(specs.Row, frozen=True):
    """A row of the file.

    :param seen: the States whose chips have it, as far as they are known
    """

    name: str
    text: str
    seen: str


class QuirkFile(specs.Spec, frozen=True):
    """The form of ``specs/chip/quirks.toml``."""

    quirk: tuple[Quirk, ...]


@cache
def quirks() -> tuple[Quirk, ...]:
    """Return every quirk, in the order of the file."""
    return specs.load("chip/quirks.toml", QuirkFile).quirk
