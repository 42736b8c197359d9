"""The fields of applications, whatever the document; a document type names those that it asks for."""

from collections.abc import Mapping
from functools import cache, partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from tjdocs.documents import settings
from tjdocs.documents.applicant import CitizenshipRecord, EarlierName, HeldDocument, Journey, PageNames, Spelling
from tjdocs.documents.field_types import BirthDate, Code, Date, Eyes, FieldType, Image, ListOf, Name, Record, Text, Word

if TYPE_CHECKING:
    from tjdocs.documents.application import Application

__all__ = ["document_kind", "fields", "kind_at", "value_at"]

_GIVEN = frozenset({"given_names"})
_SEXES = ("M", "F", "X")


@cache
def fields() -> Mapping[str, FieldType]:
    """Return the kind of each field of :class:`~tjdocs.documents.Application`, by its name."""
    names: dict[str, FieldType] = {"family_name": Name(), "given_names": Name(), "patronymic": Name()}
    spelling: dict[str, FieldType] = {**names, "reason": Word(settings.load().spelling_reasons)}
    earlier: dict[str, FieldType] = {**names, "until": Date(), "act": Text()}
    citizenship: dict[str, FieldType] = {"authority": Text(), "reference": Text(), "date": Date()}
    journey: dict[str, FieldType] = {"destination": Text(), "state": Code(), "transit": ListOf(Text()), "until": Date()}
    return MappingProxyType(
        {
            **names,
            "single_name": Word(("yes",)),
            "earlier_names": ListOf(
                Record(EarlierName, earlier, frozenset({"family_name", "given_names", "until", "act"}), _GIVEN)
            ),
            "spelling": Record(Spelling, spelling, frozenset({"family_name", "given_names", "reason"}), _GIVEN),
            "page_names": Record(PageNames, {"family_name": Text(), "given_names": Text()}, frozenset()),
            "sex": Word(_SEXES),
            "date_of_birth": BirthDate(),
            "place_of_birth": Text(),
            "citizenship": Code(),
            "citizenship_record": Record(CitizenshipRecord, citizenship, frozenset(citizenship)),
            "personal_number": Text(),
            "category": Text(),  # which of them the law covers, its rule says
            "date_of_entry": Date(),
            "stay": Word(settings.load().stays),
            "date_of_acceptance": Date(),
            "located_in": Code(),
            "journey": Record(Journey, journey, frozenset({"destination", "state"})),
            "authority": Text(),
            "portrait": Image(),
            "portrait_eyes": Eyes(),
            "signature": Image(),
            "consents": ListOf(Text()),
        }
    )


@cache
def document_kind(name: str) -> Record:
    """Return the kind of a field that names a document which the applicant holds."""
    members: dict[str, FieldType] = {
        "number": Text(),
        "issued": Date(),
        "expires": Date(),
        "state": Word(settings.load().document_states),
    }
    return Record(partial(HeldDocument, name), members, frozenset({"number"}))


def kind_at(path: str, documents: frozenset[str]) -> FieldType | None:
    """Return the kind of the value at a path, for example ``journey.until``, None when there is none.

    :param documents: names of the type's fields that are documents
    """
    name, dot, member = path.partition(".")
    kind: FieldType | None = document_kind(name) if name in documents else fields().get(name)
    if dot:
        return kind.members.get(member) if isinstance(kind, Record) else None
    return kind


def value_at(application: "Application", path: str) -> Any:
    """Return the value at a path, None where the application has none."""
    name, _, member = path.partition(".")
    value = getattr(application, name) if name in fields() else application.document(name)
    if member and value is not None:
        value = getattr(value, member)
    return None if value in ("", ()) else value
