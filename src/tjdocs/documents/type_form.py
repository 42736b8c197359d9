"""The form of a document type's file, ``specs/documents/*.toml``; CONTRIBUTING.md explains each entry."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeAlias

import msgspec

from tjdocs import specs
from tjdocs.documents.chip_content import ChipContent
from tjdocs.documents.document_type import (
    BorderContent,
    Direction,
    FieldSpec,
    Note,
    PageContent,
    SealContent,
    Wording,
    Words,
)
from tjdocs.specs import Word
from tjdocs.times import Period

__all__ = ["SharedRows", "TypeFile"]

Language: TypeAlias = Literal["en", "tg", "ru"]
_Count: TypeAlias = Annotated[int, msgspec.Meta(ge=1, le=1000)]


class Titles(specs.Row, frozen=True):
    """The title by language."""

    en: Word
    tg: Word
    ru: Word | None = None


class ZoneRow(specs.Row, frozen=True):
    """The MRZ: its format, and its content besides the holder's data."""

    format: Word
    document_code: Word
    issuing_state: Word
    transliteration: Word
    optional_data: Word = ""
    requirement: Word = ""


class NumberRow(specs.Row, frozen=True):
    """The pattern of a trial authority's document numbers."""

    trial: Annotated[str, msgspec.Meta(pattern=r"^[A-Z0-9]{0,8}\{:0[1-9]d\}$")]
    requirement: Word = ""

    def __post_init__(self) -> None:
        if len(self.trial.format(0)) > 9:
            raise ValueError("unusable number pattern; letters, then {:08d} or the like")


class PeriodRow(specs.Row, frozen=True, kw_only=True):
    """A period in one unit."""

    years: _Count | None = None
    months: _Count | None = None
    days: _Count | None = None

    def __post_init__(self) -> None:
        if sum(count is not None for count in (self.years, self.months, self.days)) != 1:
            raise ValueError("not a period; years, months or days, one of them")

    @property
    def period(self) -> Period:
        """The period."""
        return Period(self.years or 0, self.months or 0, self.days or 0)


class MinorRow(PeriodRow, frozen=True, kw_only=True):
    """The period for an applicant who is younger than an age."""

    age: int
    requirement: Word


class ValidityRow(PeriodRow, frozen=True, kw_only=True):
    """How long documents are valid, as :class:`tjdocs.documents.validity.Validity` explains it."""

    requirement: Word
    shorter: bool = False
    not_beyond: Words | None = None
    extendable: bool = False
    minor: MinorRow | None = None


class SharedRows(specs.Spec, frozen=True):
    """The form of ``specs/documents_shared.toml``."""

    names: tuple[FieldSpec, ...]
    pictures: tuple[FieldSpec, ...]
    rule: tuple[Mapping[str, Any], ...]


class TypeFile(specs.Spec, frozen=True, kw_only=True):
    """A document type's file."""

    id: Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9-]{1,39}$")]
    title: Titles
    mrz: ZoneRow
    number: NumberRow
    validity: ValidityRow
    use: tuple[Direction, ...]
    use_requirement: Word
    example: Mapping[str, Any]
    field: tuple[FieldSpec, ...]
    rule: tuple[Mapping[str, Any], ...]
    single_use: bool = False
    chip: ChipContent | None = None
    seal: SealContent | None = None
    page: PageContent | None = None
    note: tuple[Note, ...] = ()
    text: Mapping[Language, Mapping[str, Mapping[Literal["title", "not-met", "cannot-tell"], Word]]] = {}
    time_zone: str | None = None
    reviewed: tuple[Language, ...] = ("en",)
    shared: bool = False
    category: Mapping[str, Wording] = {}
    border: BorderContent = msgspec.field(default_factory=BorderContent)
