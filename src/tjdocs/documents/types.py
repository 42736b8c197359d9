"""Document types: each one TOML file in ``specs/documents/``, read into frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from tjdocs import specs
from tjdocs.errors import UsageError

__all__ = ["ChipContent", "DocumentType", "FieldSpec", "RuleSpec", "get", "names"]


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field of an application, and what the applicant must bring for it."""

    name: str
    bring: str
    optional: bool = False


@dataclass(frozen=True, slots=True)
class RuleSpec:
    """One eligibility rule.

    :param predicate: a name in ``tjdocs.documents.predicates``
    :param arguments: the predicate's own
    :param requirement: id in ``specs/requirements.toml``
    """

    id: str
    predicate: str
    requirement: str
    article: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ChipContent:
    """What the chip carries."""

    requirement: str
    data_groups: tuple[int, ...]
    lds_version: str
    unicode_version: str
    digest: str


@dataclass(frozen=True, slots=True)
class DocumentType:
    """A document type.

    :param trial_number: pattern of a trial authority's document numbers
    :param years: of validity
    """

    id: str
    title: str
    mrz_format: str
    document_code: str
    issuing_state: str
    nationality: str
    transliteration: str
    trial_number: str
    years: int
    chip: ChipContent
    layout: str
    fields: tuple[FieldSpec, ...]
    rules: tuple[RuleSpec, ...]


def names() -> tuple[str, ...]:
    """Return the ids of all document types."""
    return tuple(sorted(path.stem for path in (specs.folder("specs") / "documents").glob("*.toml")))


@cache
def get(id_: str) -> DocumentType:
    """Return the document type ``id_``.

    :raises UsageError: there is none
    :raises tjdocs.errors.SpecError: its file is malformed
    """
    if id_ not in names():
        raise UsageError("no such document type", where=id_, hint=f"one of {', '.join(names())}")
    where = f"specs/documents/{id_}.toml"
    table = specs.read_toml(f"documents/{id_}.toml")
    keys = ["schema", "id", "title", "mrz", "number", "validity", "chip", "page", "field", "rule"]
    specs.require_keys(table, keys, where=where)
    mrz_keys = ["format", "document_code", "issuing_state", "nationality", "transliteration"]
    specs.require_keys(table["mrz"], mrz_keys, where=f"{where} mrz")
    specs.require_keys(table["number"], ["trial"], where=f"{where} number")
    specs.require_keys(table["validity"], ["years", "requirement"], where=f"{where} validity")
    specs.require_keys(table["chip"], ChipContent.__slots__, where=f"{where} chip")
    specs.require_keys(table["page"], ["layout"], where=f"{where} page")
    for row in table["field"]:
        specs.require_keys(row, ["name", "bring"], ["optional"], where=f"{where} field")
    mrz = table["mrz"]
    return DocumentType(
        table["id"],
        table["title"],
        mrz["format"],
        mrz["document_code"],
        mrz["issuing_state"],
        mrz["nationality"],
        mrz["transliteration"],
        table["number"]["trial"],
        table["validity"]["years"],
        ChipContent(**{**table["chip"], "data_groups": tuple(table["chip"]["data_groups"])}),
        table["page"]["layout"],
        tuple(FieldSpec(**row) for row in table["field"]),
        tuple(_rule(row, where) for row in table["rule"]),
    )


def _rule(row: dict[str, Any], where: str) -> RuleSpec:
    own = {"id", "predicate", "requirement", "article"}
    specs.require_keys({k: v for k, v in row.items() if k in own}, own, where=f"{where} rule")
    arguments = MappingProxyType({key: value for key, value in row.items() if key not in own})
    return RuleSpec(row["id"], row["predicate"], row["requirement"], row["article"], arguments)
