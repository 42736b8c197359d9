"""DG12: additional document details (Doc 9303-10, 4.7.12)."""

from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

from tjdocs.lds import ef_catalogue
from tjdocs.lds.tagged_fields import DetailsFile
from tjdocs.spans import Span

__all__ = ["Dg12", "spans"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dg12(DetailsFile):
    """DG12. A missing field is None, or an empty tuple.

    :param date_of_issue: ``YYYYMMDD``; in the file as digits or binary-coded digits
    :param other_persons: names of other persons on the document
    :param tax_exit_requirements: tax or exit requirements
    :param front_image, rear_image: of the document
    :param personalization_time: ``YYYYMMDDhhmmss``, digits or binary-coded digits
    :param personalization_system: its serial number
    """

    _TAG: ClassVar[int] = 0x6C
    _NAME: ClassVar[str] = "DG12"
    _TABLE: ClassVar[str] = "lds/dg12.toml"

    issuing_authority: str | None = None
    date_of_issue: str | None = field(default=None, repr=False)
    other_persons: tuple[str, ...] = field(default=(), repr=False)
    endorsements: str | None = field(default=None, repr=False)
    tax_exit_requirements: str | None = field(default=None, repr=False)
    front_image: bytes | None = field(default=None, repr=False)
    rear_image: bytes | None = field(default=None, repr=False)
    personalization_time: str | None = field(default=None, repr=False)
    personalization_system: str | None = None

    @property
    def issued(self) -> date | None:
        """Date of issue, None when it is not there or no day of the calendar."""
        return _day(self.date_of_issue or "")


def _day(text: str) -> date | None:
    if not (len(text) == 8 and text.isascii() and text.isdigit()):
        return None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None


def spans(data: bytes) -> tuple[Span, ...]:
    """Return DG12 as labelled spans; never raises."""
    return ef_catalogue.spans(data)
