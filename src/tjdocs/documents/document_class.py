"""Classes of documents by their MRZ: our types (``specs/documents/``), and others (``specs/border/``)."""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache, lru_cache

import msgspec

from tjdocs import mrz, specs
from tjdocs.documents.document_type import Direction, DocumentType, Otherwise, matches, wrong_direction
from tjdocs.documents.load_types import DocumentTypes, bundled
from tjdocs.errors import SpecError
from tjdocs.seal import vds_profiles
from tjdocs.times import Period

__all__ = ["DocumentClass", "DocumentClasses", "document_classes"]


class DocumentClass(specs.Row, frozen=True, kw_only=True):
    """A class of documents.

    :param use: directions in which it suffices; elsewhere ``doc.use`` gives ``otherwise``, a reason and an outcome
    :param period: how long the law lets it be valid; None: no length is laid down
    :param not_before: the first day of which such a document can be dated
    :param not_beyond: a date in its seal that it never outlives, by the feature's name; empty: none
    :param categories: those that the law knows; empty: it has none
    :param seals: profiles of ``specs/seals/`` that prove it genuine, where no chip does
    """

    id: str
    states: tuple[str, ...]
    formats: tuple[str, ...]
    codes: tuple[str, ...]
    use: tuple[Direction, ...]
    seals: tuple[str, ...] = ()
    otherwise: Otherwise = msgspec.field(default_factory=wrong_direction)
    period: Period | None = None
    extendable: bool = False
    single_use: bool = False
    foreign: bool = False
    not_before: date | None = None
    not_beyond: str = ""
    categories: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if unknown := set(self.seals) - set(vds_profiles.names()):
            raise ValueError(f"unknown profile of a seal; {min(unknown)}")

    def fits(self, format_: str, state: str, code: str) -> bool:
        """Whether a zone of this format, issuing State and document code is of this class."""
        return (
            format_ in self.formats
            and self.states[0] in ("*", state)
            and any(matches(pattern, code) for pattern in self.codes)
        )

    def latest(self, issued: date) -> date | None:
        """Return the last day of validity that is accepted: the anniversary itself, nothing later."""
        return self.period.after(issued) if self.period is not None else None


class OtherDocumentFile(specs.Spec, frozen=True):
    """The form of ``specs/border/other_documents.toml``: documents that are not issued here."""

    document: tuple[DocumentClass, ...]


class DocumentClasses(Mapping[str, DocumentClass]):
    """The classes by id, in the order in which they are tried: those of our types, then others.

    :raises SpecError: the table of the others is malformed, or has the id of a type
    """

    def __init__(self, types: DocumentTypes) -> None:
        others = specs.load("border/other_documents.toml", OtherDocumentFile).document
        if taken := sorted({class_.id for class_ in others} & types.keys()):
            hint = "give it another id"
            raise SpecError("a document type with the id of another class", where=f"types {taken[0]}", hint=hint)
        issued = sorted(types.values(), key=lambda type_: type_.id in types.files)  # the bundled ones first
        self._classes = {class_.id: class_ for class_ in (*map(_issued, issued), *others)}
        self._own_states = {state for class_ in self._classes.values() for state in class_.states} - {"*"}
        self._recognised = lru_cache(maxsize=1024)(self._first)

    def __getitem__(self, id_: str) -> DocumentClass:
        return self._classes[id_]

    def __iter__(self) -> Iterator[str]:
        return iter(self._classes)

    def __len__(self) -> int:
        return len(self._classes)

    def recognise(self, zone: mrz.Mrz | None) -> DocumentClass | None:
        """Return the class of a zone's document, None where none fits."""
        if zone is None or not zone.format:
            return None
        return self._recognised(zone.format, zone.issuing_state, zone.document_code)

    def _first(self, format_: str, state: str, code: str) -> DocumentClass | None:
        foreign = state not in self._own_states
        fitting = (class_ for class_ in self.values() if class_.fits(format_, state, code))
        return next((class_ for class_ in fitting if foreign or not class_.foreign), None)


@cache
def document_classes() -> DocumentClasses:
    """Return the classes of the bundled types and of others.

    :raises SpecError: the table is malformed
    """
    return DocumentClasses(bundled())


def _issued(type_: DocumentType) -> DocumentClass:
    """Return the class of a type's documents."""
    border = type_.border
    return DocumentClass(
        id=type_.id,
        states=(type_.issuing_state,),
        formats=type_.formats,
        codes=type_.codes,
        use=type_.use.directions,
        seals=(type_.seal.profile,) if type_.seal is not None else (),
        otherwise=border.otherwise,
        period=type_.validity.period,
        extendable=type_.validity.extendable,
        single_use=type_.use.single_use,
        not_before=border.not_before,
        not_beyond=border.not_beyond,
        categories=tuple(type_.categories),
    )
