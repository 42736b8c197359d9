"""Kinds of documents by their MRZ: our types (``specs/documents/``), and others (``specs/border/documents.toml``)."""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache, lru_cache
from types import MappingProxyType

from tjdocs import mrz, specs
from tjdocs.documents.document_type import Direction, Otherwise
from tjdocs.documents.load_types import bundled
from tjdocs.seal import vds_profiles
from tjdocs.times import Period

__all__ = ["Kind", "kinds", "recognise"]


class Kind(specs.Row, frozen=True, kw_only=True):
    """A kind of document.

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
    otherwise: Otherwise = Otherwise("wrong-direction", "undetermined")
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
        """Whether a zone of this format, issuing State and document code is of this kind."""
        return (
            format_ in self.formats
            and not (self.foreign and state in _own_states())
            and self.states[0] in ("*", state)
            and any(_code(pattern, code) for pattern in self.codes)
        )

    def latest(self, issued: date) -> date | None:
        """Return the last day of validity that is accepted: the anniversary itself, nothing later."""
        return self.period.after(issued) if self.period is not None else None


class KindFile(specs.Spec, frozen=True):
    """The form of ``specs/border/documents.toml``: documents that are not issued here."""

    document: tuple[Kind, ...]


@cache
def _own_states() -> frozenset[str]:
    return frozenset(state for kind in kinds().values() for state in kind.states) - {"*"}


def _code(pattern: str, code: str) -> bool:
    return code.startswith(pattern[:-1]) if pattern.endswith("*") else code == pattern


@cache
def kinds() -> Mapping[str, Kind]:
    """Return the kinds by id, in the order in which they are tried.

    :raises SpecError: the table is malformed
    """
    others = specs.load("border/documents.toml", KindFile).document
    return MappingProxyType({kind.id: kind for kind in (*_issued(), *others)})


def _issued() -> Iterator[Kind]:
    """Yield the kinds of our own types."""
    for kind in bundled().values():
        if (border := kind.border) is not None:
            yield Kind(
                id=kind.id,
                states=(kind.issuing_state,),
                formats=(kind.mrz_format, *border.formats),
                codes=(kind.document_code, *border.codes),
                use=kind.use.directions,
                seals=(kind.seal.profile,) if kind.seal is not None else (),
                otherwise=border.otherwise,
                period=kind.validity.period,
                extendable=kind.validity.extendable,
                single_use=kind.use.single_use,
                not_before=border.not_before,
                not_beyond=border.not_beyond,
                categories=tuple(kind.categories),
            )


def recognise(zone: mrz.Zone | None) -> Kind | None:
    """Return the kind of a zone's document, None where none fits."""
    if zone is None or not zone.format:
        return None
    return _recognised(zone.format, zone.issuing_state, zone.document_code)


@lru_cache(maxsize=1024)
def _recognised(format_: str, state: str, code: str) -> Kind | None:
    return next((kind for kind in kinds().values() if kind.fits(format_, state, code)), None)
