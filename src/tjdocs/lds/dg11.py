"""DG11: additional personal details (Doc 9303-10, 4.7.11)."""

from dataclasses import dataclass, field

from tjdocs.lds import _details, catalogue
from tjdocs.lds._errors import Problem, guarded
from tjdocs.lds._read import UnknownObject
from tjdocs.spans import Span

__all__ = ["Dg11", "fitting", "spans"]

_TAG, _TABLE = 0x6B, "lds/dg11.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dg11:
    """DG11. What is not there is None, or an empty tuple.

    :param full_name: in national characters, never truncated; ``<<`` between primary and secondary identifier, ``<``
        between components, as in the zone
    :param other_names: likewise, each of them
    :param date_of_birth: ``YYYYMMDD``, unknown parts 0; in the file as digits or binary-coded digits
    :param place_of_birth, address: their parts
    :param proof_of_citizenship: an image
    :param other_document_numbers: of other valid travel documents
    :param tag_list: the tag list when it is not simply that of the objects behind it
    :param unknown: objects that the standard does not place there, and such as could not be used
    """

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
    def parse(cls, data: bytes) -> "Dg11":
        """Read DG11.

        :raises LdsError: it is malformed
        """
        found = _details.read(data, _TAG, "DG11", _TABLE)
        parsed = cls(**found.values, tag_list=found.tag_list, unknown=found.unknown)
        _details.keep(parsed, found)
        return parsed

    @property
    def identifiers(self) -> tuple[str, str]:
        """Primary and secondary identifier out of the full name, components parted by a blank."""
        primary, _, secondary = (self.full_name or "").partition("<<")
        return " ".join(primary.replace("<", " ").split()), " ".join(secondary.replace("<", " ").split())

    def encode(self) -> bytes:
        """Return the file: as read, or made from the fields, dates as digits.

        :raises UsageError: a value that no reader could read back
        """
        return self.raw or _details.build(self, _TAG, _TABLE, self.tag_list, self.unknown)


def fitting(name: str, text: str) -> str | None:
    """Return a text for a field, None where it is longer than the field may be (Doc 9303-10, table 72).

    A name is never truncated: one that does not fit is left out.
    """
    return text if text and _details.fits(_TABLE, name, text) else None


def spans(data: bytes) -> tuple[Span, ...]:
    """Return DG11 as labelled spans; never raises."""
    return catalogue.spans(data)
