"""DG11: additional personal details (Doc 9303-10, 4.7.11)."""

from dataclasses import dataclass, field
from typing import ClassVar

from tjdocs.lds import ef_catalogue, tagged_fields
from tjdocs.lds.tagged_fields import DetailsFile
from tjdocs.spans import Span

__all__ = ["Dg11", "fitting", "spans"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dg11(DetailsFile):
    """DG11. A missing field is None, or an empty tuple.

    :param full_name: in national characters, never truncated; ``<<`` between primary and secondary identifier, ``<``
        between components, as in the zone
    :param other_names: each in the same form
    :param date_of_birth: ``YYYYMMDD``, unknown parts 0; in the file as digits or binary-coded digits
    :param place_of_birth, address: their parts
    :param proof_of_citizenship: an image
    :param other_document_numbers: of other valid travel documents
    """

    _TAG: ClassVar[int] = 0x6B
    _NAME: ClassVar[str] = "DG11"
    _TABLE: ClassVar[str] = "lds/dg11.toml"

    full_name: str | None = field(default=None, repr=False)
    other_names: tuple[str, ...] = field(default=(), repr=False)
    personal_number: str | None = field(default=None, repr=False)
    date_of_birth: str | None = field(default=None, repr=False)
    place_of_birth: tuple[str, ...] = field(default=(), repr=False)
    address: tuple[str, ...] = field(default=(), repr=False)
    telephone: str | None = field(default=None, repr=False)
    profession: str | None = field(default=None, repr=False)
    title: str | None = field(default=None, repr=False)
    personal_summary: str | None = field(default=None, repr=False)
    proof_of_citizenship: bytes | None = field(default=None, repr=False)
    other_document_numbers: tuple[str, ...] = field(default=(), repr=False)
    custody: str | None = field(default=None, repr=False)

    @property
    def identifiers(self) -> tuple[str, str]:
        """Primary and secondary identifier out of the full name, components parted by a blank."""
        primary, _, secondary = (self.full_name or "").partition("<<")
        return " ".join(primary.replace("<", " ").split()), " ".join(secondary.replace("<", " ").split())


def fitting(name: str, text: str) -> str | None:
    """Return a text for a field, None where it is longer than the field may be (Doc 9303-10, table 72).

    A name is never truncated: one that does not fit is left out.
    """
    return text if text and tagged_fields.fits(Dg11._TABLE, name, text) else None


def spans(data: bytes) -> tuple[Span, ...]:
    """Return DG11 as labelled spans; never raises."""
    return ef_catalogue.spans(data)
