"""What a document type says, as frozen values; ``specs/documents/*.toml`` explain each entry."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, tzinfo
from types import MappingProxyType
from typing import Annotated, Any, Literal, TypeAlias

import msgspec

from tjdocs import specs
from tjdocs.documents.chip_content import ChipContent
from tjdocs.documents.number_pattern import Pattern
from tjdocs.documents.validity import Validity
from tjdocs.findings import checks
from tjdocs.specs import Word

__all__ = [
    "BorderContent",
    "ByLanguage",
    "Cited",
    "Direction",
    "DocumentType",
    "FieldSpec",
    "Note",
    "Otherwise",
    "PageContent",
    "RuleSpec",
    "SealContent",
    "Use",
    "Wording",
    "Words",
    "by_language",
    "matches",
    "wrong_direction",
]

Words: TypeAlias = Annotated[tuple[Word, ...], msgspec.Meta(min_length=1)]
"""A list of words that is not empty."""


class ByLanguage(specs.Row, frozen=True):
    """A text by language, in English at least."""

    en: Word
    tg: Word | None = None
    ru: Word | None = None


Wording: TypeAlias = Word | ByLanguage
"""A text by language, or in English alone."""


def by_language(wording: Wording) -> Mapping[str, str]:
    """Return a wording as texts by language."""
    if isinstance(wording, str):
        return MappingProxyType({"en": wording})
    return MappingProxyType({key: text for key, text in msgspec.structs.asdict(wording).items() if text is not None})


class Cited(specs.Row, frozen=True, kw_only=True):
    """The law of a row.

    :param source: the act or standard, or several with their places
    :param article: the place in it: an article, or the number of a clause
    :param status: ``chosen`` where the source is silent; without a source, where no source has such a rule
    """

    source: Word = ""
    article: Word = ""
    status: Literal["enacted", "draft", "chosen"] = "enacted"

    def __post_init__(self) -> None:
        if not self.source and (self.article or self.status != "chosen"):
            raise ValueError('missing source; write source, article and status, or status = "chosen" alone')

    @property
    def citation(self) -> str:
        """The law in one text: an article before its act, a clause after its standard."""
        parts = (self.article, self.source) if self.article[:1].isalpha() else (self.source, self.article)
        return "; ".join(filter(None, ("chosen" * (self.status == "chosen"), ", ".join(filter(None, parts)))))


class FieldSpec(Cited, frozen=True, kw_only=True):
    """One field of an application.

    :param optional: whether it may be missing
    :param required_by_rule: it may be missing, but a rule needs it
    :param kind: ``document`` where it names one that the applicant holds
    :param supporting_document: the document that the applicant brings for it
    :param unless: an earlier field in whose place it stands: one of the two is there
    :param requirement: id in ``specs/requirements.toml``, or empty
    """

    id: Word
    requirement: Word = ""
    optional: bool = False
    required_by_rule: bool = False
    kind: Literal["", "document"] = ""
    supporting_document: Wording | None = None
    unless: Word = ""

    @property
    def document(self) -> bool:
        """Whether it names a document that the applicant holds."""
        return self.kind == "document"

    @property
    def supporting_documents(self) -> Mapping[str, str]:
        """The text of ``supporting_document`` by language; empty: as in ``specs/text/``."""
        text = self.supporting_document
        return by_language(text) if text is not None else MappingProxyType({})

    @property
    def may_lack(self) -> bool:
        """Whether an application without it can be read."""
        return self.optional or self.required_by_rule


class When(specs.Row, frozen=True):
    """The values of a field for which a rule applies."""

    field: Word
    values: Words


class RuleRow(Cited, frozen=True, kw_only=True):
    """The entries that every rule may have; the others are its predicate's arguments.

    :param predicate: a name in ``tjdocs.documents.rules``
    :param requirement: id in ``specs/requirements.toml``
    :param when: None: always
    :param otherwise: the answer when it does not hold
    :param override: whether an officer may issue although it is not met
    :param register: whether only the register can answer it
    """

    id: Word
    predicate: Word
    requirement: Word
    when: When | None = None
    otherwise: Literal["not met", "cannot tell"] = "not met"
    override: bool = False
    register: bool = False


class RuleSpec(RuleRow, frozen=True, kw_only=True):
    """One eligibility rule, with the arguments of its predicate."""

    arguments: Mapping[str, Any]


Direction: TypeAlias = Literal["entry", "exit", "border-area", "border-stripe", "domestic"]
"""A way in which a document is used, as evidence has it."""


class Use(msgspec.Struct, frozen=True):
    """The use of a document.

    :param directions: those in which it suffices
    :param single_use: whether one use ends it
    """

    directions: tuple[Direction, ...]
    single_use: bool = False

    @property
    def cross_out(self) -> bool:
        """Whether its holder leaves the country with it."""
        return "exit" in self.directions

    @property
    def cross_in(self) -> bool:
        """Whether its holder enters the country with it."""
        return "entry" in self.directions

    @property
    def inside(self) -> bool:
        """Whether it is used inside of the country."""
        return "domestic" in self.directions


class Otherwise(specs.Row, frozen=True):
    """The finding of ``doc.use`` where a document does not suffice."""

    reason: Word
    outcome: Literal["failed", "undetermined"]

    def __post_init__(self) -> None:
        if self.reason not in (known := checks()["doc.use"].reasons):
            raise ValueError(f"unknown reason of doc.use; one of {', '.join(known)}")


def wrong_direction() -> Otherwise:
    """Return the finding for a document whose file has none."""
    return Otherwise("wrong-direction", "undetermined")


def matches(pattern: str, code: str) -> bool:
    """Whether a document code is one of a pattern, which may end in ``*``."""
    return code.startswith(pattern[:-1]) if pattern.endswith("*") else code == pattern


class BorderContent(specs.Row, frozen=True):
    """The border's own knowledge of a document.

    :param formats, codes: of its MRZ, in addition to those of the documents that are issued
    :param otherwise: the finding in a direction in which it does not suffice
    :param not_before: the first day of which such a document can be dated
    :param not_beyond: a date in its seal that it never outlives, by the feature's name
    """

    otherwise: Otherwise = msgspec.field(default_factory=wrong_direction)
    formats: tuple[Word, ...] = ()
    codes: tuple[Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{1,2}\*?$")], ...] = ()
    not_before: date | None = None
    not_beyond: Word = ""


class SealContent(specs.Row, frozen=True):
    """The content of the visible digital seal.

    :param profile: of ``specs/seals/``
    :param features: name of each feature with the name of its value (``tjdocs.office.printed_values``)
    """

    profile: Word
    requirement: Word
    features: Mapping[str, Word]


class PageContent(specs.Row, frozen=True):
    """The content of the page.

    :param layout: of ``specs/page/``
    :param dates: ``month`` or ``numeric``
    :param fields: names of the values that are printed (``tjdocs.office.printed_values``)
    :param nationalities, categories: by code, the text that is printed in its place
    :param texts: by field of the layout, its text on every document of the type
    """

    layout: Word
    dates: Literal["month", "numeric"]
    fields: Words
    nationalities: Mapping[str, Word] = {}
    categories: Mapping[str, Word] = {}
    texts: Mapping[str, Word] = {}


class Note(specs.Row, frozen=True):
    """A text that the document's record carries, and the document itself where ``printed``.

    :param text: in English, for the record
    :param page: its printed form in the national language and English; empty: the text
    :param tg, ru: the text in these languages, for a screen
    """

    id: Word
    text: Word
    printed: bool
    requirement: Word
    page: Word = ""
    tg: Word | None = None
    ru: Word | None = None

    @property
    def words(self) -> Mapping[str, str]:
        """The text by language."""
        return by_language(ByLanguage(self.text, self.tg, self.ru))

    @property
    def printed_text(self) -> str:
        """The text on the page; empty where it is not printed."""
        return (self.page or self.text) if self.printed else ""


@dataclass(frozen=True, slots=True, repr=False)
class DocumentType:
    """A document type.

    :param titles: by language
    :param reviewed: languages whose wording in this file a native reader has signed
    :param categories: the law's categories, each by language
    :param trial_number: pattern of a trial authority's document numbers
    :param time_zone: in which the moment of issue has its day; None: the home zone
    :param optional_data: the field that is the zone's optional data, or empty
    :param chip, seal, page: None where there is none
    :param example: values of a lawful application, in addition to a specimen's names and portrait
    :param texts: sentences for the type's own rules, by language and rule
    :param sha256: of the file
    """

    id: str
    titles: Mapping[str, str]
    mrz_format: str
    document_code: str
    issuing_state: str
    transliteration: str
    optional_data: str
    trial_number: str
    validity: Validity
    use: Use
    chip: ChipContent | None
    seal: SealContent | None
    page: PageContent | None
    notes: tuple[Note, ...]
    fields: tuple[FieldSpec, ...]
    rules: tuple[RuleSpec, ...]
    example: Mapping[str, Any]
    texts: Mapping[str, Mapping[str, Mapping[str, str]]]
    sha256: str
    requirements: frozenset[str]
    """Every requirement that the file carries."""
    time_zone: tzinfo | None = None
    reviewed: tuple[str, ...] = ("en",)
    categories: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    border: BorderContent = field(default_factory=BorderContent)

    def __repr__(self) -> str:
        return f"DocumentType({self.id!r})"

    @property
    def several(self) -> bool:
        """Whether a person may hold more than one valid document of it: no rule forbids it."""
        return not any(rule.predicate == "holds-none" and self.id in rule.arguments["documents"] for rule in self.rules)

    @property
    def formats(self) -> tuple[str, ...]:
        """Formats of its MRZ, those of earlier documents included."""
        return (self.mrz_format, *self.border.formats)

    @property
    def codes(self) -> tuple[str, ...]:
        """Patterns of its document codes, those of earlier documents included."""
        return (self.document_code, *self.border.codes)

    @property
    def title(self) -> str:
        """The title in English."""
        return self.titles["en"]

    @property
    def consents(self) -> tuple[str, ...]:
        """The words for the consents that its rules ask for."""
        return tuple(dict.fromkeys(str(r.arguments["consent"]) for r in self.rules if "consent" in r.arguments))

    @property
    def trial_pattern(self) -> Pattern:
        """The form of the trial numbers."""
        return Pattern.parse(self.trial_number)

    @property
    def documents(self) -> frozenset[str]:
        """Names of the fields that are documents which the applicant holds."""
        return frozenset(spec.id for spec in self.fields if spec.document)
