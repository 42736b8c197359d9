"""An application: a typed record, read from JSON (``specs/application.schema.json``)."""

import json
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field
from dataclasses import fields as attributes
from datetime import date
from typing import Any

from tjdocs import inputs
from tjdocs.documents import settings
from tjdocs.documents.applicant import CitizenshipRecord, EarlierName, HeldDocument, Journey, PageNames, Spelling
from tjdocs.documents.application_error import ApplicationError
from tjdocs.documents.document_type import DocumentType
from tjdocs.documents.field_types import Reading, shown
from tjdocs.documents.fields import document_kind, fields
from tjdocs.documents.load_types import DocumentTypes, bundled
from tjdocs.documents.name_spelling import kept_faults
from tjdocs.documents.one_script import script_faults
from tjdocs.documents.texts import supporting_document
from tjdocs.errors import InputError, UsageError
from tjdocs.times import PartialDate

__all__ = ["Application", "read_object"]


@dataclass(frozen=True, slots=True)
class Application:
    """An application for one document. Personal data: nothing of it is in ``repr``.

    :param document_type: id of a document type
    :param single_name: ``yes`` where the person has one name only; it is ``family_name`` (Doc 9303-3, 3.4)
    :param date_of_birth: a day, or a month or year where the rest is unknown
    :param citizenship: three-letter code, empty where it is not recorded
    :param citizenship_record: who settled the citizenship, and when
    :param spelling: a spelling in Latin letters that the holder keeps
    :param page_names: an officer's texts for the page where a name does not fit
    :param earlier_names: names before a change of name
    :param portrait: an image file's bytes
    :param portrait_eyes: centres of the eyes in the portrait, pixels, the picture's left one first
    :param signature: an image file's bytes of the holder's signature, dark on white
    :param consents: recorded consents, for example ``legal-representatives``
    :param category: of the amnesty law, a letter
    :param stay: ``lawful`` or ``illegal``
    :param located_in: the State in which the applicant is
    :param documents: documents that the applicant holds or held; ``kind`` is the name of the field
    """

    document_type: str
    family_name: str = field(default="", repr=False)
    given_names: str = field(default="", repr=False)
    patronymic: str = field(default="", repr=False)
    single_name: str = field(default="", repr=False)
    earlier_names: tuple[EarlierName, ...] = field(default=(), repr=False)
    spelling: Spelling | None = field(default=None, repr=False)
    page_names: PageNames | None = field(default=None, repr=False)
    sex: str = field(default="", repr=False)
    date_of_birth: date | PartialDate | None = field(default=None, repr=False)
    place_of_birth: str = field(default="", repr=False)
    citizenship: str = field(default="", repr=False)
    citizenship_record: CitizenshipRecord | None = field(default=None, repr=False)
    personal_number: str = field(default="", repr=False)
    category: str = field(default="", repr=False)
    date_of_entry: date | None = field(default=None, repr=False)
    stay: str = field(default="", repr=False)
    date_of_acceptance: date | None = field(default=None, repr=False)
    located_in: str = field(default="", repr=False)
    journey: Journey | None = field(default=None, repr=False)
    authority: str = field(default="", repr=False)
    portrait: bytes = field(default=b"", repr=False)
    portrait_eyes: tuple[tuple[float, float], tuple[float, float]] | None = field(default=None, repr=False)
    signature: bytes = field(default=b"", repr=False)
    consents: tuple[str, ...] = field(default=(), repr=False)
    documents: tuple[HeldDocument, ...] = field(default=(), repr=False)

    def document(self, kind: str) -> HeldDocument | None:
        """Return the document of a kind that the applicant names, None when there is none."""
        return next((document for document in self.documents if document.kind == kind), None)

    @classmethod
    def from_json(cls, text: str | bytes, *, types: DocumentTypes | None = None) -> "Application":
        """Read an application from JSON with the keys above; dates ISO 8601, the portrait in Base64.

        :param types: the document types to choose from; the bundled ones unless given
        :raises ApplicationError: it is malformed; every fault with its field, never its content
        :raises tjdocs.errors.InputError: not a JSON object of schema 1 for a document type
        """
        if not isinstance(text, str | bytes):
            raise UsageError("not an application", where="text", hint="JSON as text or bytes")
        limit = settings.load().max_json
        if len(text) > limit:
            raise InputError("over the limit", where="application", hint=f"at most {limit} bytes")
        table = read_object(text)
        if not inputs.is_schema(table.get("schema")):
            raise InputError(
                "not an application of schema 1", where="application", hint='a JSON object with "schema": 1'
            )
        types = bundled() if types is None else types
        kind = table.get("document_type")
        if not isinstance(kind, str) or kind not in types:
            raise InputError("unknown document type", where="document_type", hint=f"one of {', '.join(types)}")
        del table["schema"], table["document_type"]
        return cls.from_values(table, types[kind])

    @classmethod
    def from_values(cls, table: Mapping[str, Any], kind: DocumentType) -> "Application":
        """Read an application for ``kind`` from the values that JSON holds, without schema and type.

        :raises ApplicationError: it is malformed
        """
        reading = Reading(kind.transliteration)
        specified = {spec.id: spec for spec in kind.fields}
        for name in sorted(table.keys() - specified.keys()):
            reading.fault(shown(name), "unknown field", f"known are {', '.join(specified)}")
        values: dict[str, Any] = {}
        documents = []
        for name, spec in specified.items():
            lacks = not spec.may_lack and not (spec.unless and values.get(spec.unless))
            if spec.unless and values.get(spec.unless) and table.get(name):
                reading.fault(name, f"contradicts {spec.unless}", "one of the two")
            elif lacks and table.get(name) in (None, ""):
                reading.fault(name, "missing field", supporting_document(spec, kind=kind))
            elif name in table:
                before = len(reading.faults)
                value = (document_kind(name) if spec.document else fields()[name]).read(table[name], name, reading)
                if lacks and not value and len(reading.faults) == before:  # blanks alone
                    reading.fault(name, "missing field", supporting_document(spec, kind=kind))
                if not spec.document:
                    values[name] = value
                elif value is not None:
                    documents.append(value)
        read = {name: value for name, value in values.items() if value is not None}
        application = cls(kind.id, **read, documents=tuple(documents))
        if faults := [*reading.faults, *script_faults(application), *kept_faults(application)]:
            raise ApplicationError(faults)
        return application

    def to_json(self) -> str:
        """Return the application as :meth:`from_json` reads it."""
        table: dict[str, Any] = {"schema": 1, "document_type": self.document_type}
        for name, kind in fields().items():
            value = getattr(self, name)
            if value != _DEFAULTS[name] or name in _ALWAYS:
                table[name] = kind.write(value) if value is not None else None
        table |= {document.kind: document_kind(document.kind).write(document) for document in self.documents}
        return json.dumps(table, ensure_ascii=False, indent=1) + "\n"


_DEFAULTS = {item.name: item.default for item in attributes(Application) if item.default is not MISSING}
_ALWAYS = ("family_name", "given_names", "sex", "date_of_birth", "citizenship", "authority", "portrait")


def read_object(text: str | bytes) -> dict[str, Any]:
    """Return a JSON object in which every name occurs once.

    :raises InputError: not such an object
    """
    return inputs.json_object(text, where="application")
