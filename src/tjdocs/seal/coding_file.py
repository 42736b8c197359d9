"""The tables of a seal's coding, ``specs/seals/coding.toml``: which hash, which symbologies (Doc 9303-13, 2)."""

from functools import cache

from tjdocs import specs

__all__ = ["CodingFile", "HashRow", "Symbology", "tables"]


class HashRow(specs.Row, frozen=True):
    """The signature of curves with an order of at most so many bits."""

    order_bits: int
    signature: str


class Symbology(specs.Row, frozen=True):
    """A kind of bar code.

    :param format: its name in the library of bar codes
    :param level: of error correction; empty: without a choice
    :param quiet: modules of quiet zone
    :param eci: the designator before the bytes, or ``none``
    :param square: whether rectangles are left out
    """

    id: str
    format: str
    level: str
    quiet: int
    eci: str
    square: bool = False


class CodingFile(specs.Spec, frozen=True):
    """The form of ``specs/seals/coding.toml``."""

    hash: tuple[HashRow, ...]
    symbology: tuple[Symbology, ...]


@cache
def tables() -> CodingFile:
    """Return the tables.

    :raises tjdocs.errors.SpecError: the file is malformed
    """
    return specs.load("seals/coding.toml", CodingFile)
