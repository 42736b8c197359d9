"""DG12: additional document details (Doc 9303-10, 4.7.12)."""

from dataclasses import dataclass, field
from datetime import date

from tjdocs.lds import _details, catalogue
from tjdocs.lds._errors import Problem, guarded
from tjdocs.lds._read import UnknownObject
from tjdocs.spans import Span

__all__ = ["Dg12", "spans"]

_TAG, _TABLE = 0x6C, "lds/dg12.toml"
_DATE_OF_ISSUE = 0x5F26


@dataclass(frozen=True, slots=True, kw_only=True)
class Dg12:
    """DG12. What is not there is None, or an empty tuple.

    :param date_of_issue: ``YYYYMMDD``; in the file as digits or binary-coded digits
    :param other_persons: names of other persons on the document
    :param tax_exit_requirements: tax or exit requirements
    :param front_image, rear_image: of the document
    :param personalization_time: ``YYYYMMDDhhmmss``, digits or binary-coded digits
    :param personalization_system: its serial number
    :param tag_list: the tag list when it is not simply that of the objects behind it
    :param unknown: objects that the standard does not place there, and such as could not be used
    """

    issuing_authority: str | None = None
    date_of_issue: str | None = field(default=None, repr=False)
    other_persons: tuple[str, ...] = field(default=(), repr=False)
    endorsements: str | None = field(default=None, repr=False)
    tax_exit_requirements: str | None = field(default=None, repr=False)
    front_image: bytes | None = field(default=None, repr=False)
    rear_image: bytes | None = field(default=None, repr=False)
    personalization_time: str | None = field(default=None, repr=False)
    personalization_system: str | None = None
    tag_list: tuple[int, ...] | None = None
    unknown: tuple[UnknownObject, ...] = field(default=(), repr=False)
    problems: tuple[Problem, ...] = field(default=(), init=False, compare=False)
    """Faults that did not stop reading."""
    raw: bytes = field(default=b"", init=False, repr=False, compare=False)
    """The file as read, without padding; empty when it was not read."""
    trailing: int = field(default=0, init=False, compare=False)
    """Number of bytes behind the file's object when it was read."""

    @classmethod
    @guarded
    def parse(cls, data: bytes) -> "Dg12":
        """Read DG12.

        :raises LdsError: it is malformed
        """
        found = _details.read(data, _TAG, "DG12", _TABLE)
        parsed = cls(**found.values, tag_list=found.tag_list, unknown=found.unknown)
        _details.keep(parsed, found)
        return parsed

    @property
    def issued(self) -> date | None:
        """Date of issue, None when it is not there or no day of the calendar."""
        return _day(self.date_of_issue or "")

    def encode(self) -> bytes:
        """Return the file: as read, or made from the fields, dates as digits.

        :raises UsageError: a value that no reader could read back
        """
        return self.raw or _details.build(self, _TAG, _TABLE, self.tag_list, self.unknown)


def _day(text: str) -> date | None:
    if not (len(text) == 8 and text.isascii() and text.isdigit()):
        return None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None


def spans(data: bytes) -> tuple[Span, ...]:
    """Return DG12 as labelled spans; never raises."""
    return catalogue.spans(data)
