"""The JSON schema of applications, made from the document types (``specs/application.schema.json``)."""

from typing import Any

from tjdocs.documents.document_type import DocumentType
from tjdocs.documents.fields import document_kind, fields
from tjdocs.documents.load_types import DocumentTypes, bundled
from tjdocs.documents.texts import supporting_document

__all__ = ["schema"]


def schema(types: DocumentTypes | None = None) -> dict[str, Any]:
    """Return the JSON schema (draft 2020-12) of an application for any of the types.

    :param types: the document types; the bundled ones unless given
    """
    types = bundled() if types is None else types
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "An application for a document, as tjdocs issue reads it",
        "oneOf": [_application(kind) for kind in types.values()],
    }


def _application(kind: DocumentType) -> dict[str, Any]:
    properties: dict[str, Any] = {"schema": {"const": 1}, "document_type": {"const": kind.id}}
    for spec in kind.fields:
        form = (document_kind(spec.id) if spec.document else fields()[spec.id]).schema()
        if not spec.may_lack and form.get("type") == "string":
            form = {**form, "minLength": 1}
        if spec.id == "consents" and kind.consents:
            form = {**form, "examples": [list(kind.consents)]}
        properties[spec.id] = {**form, "description": supporting_document(spec, kind=kind)}
    required = [spec.id for spec in kind.fields if not (spec.may_lack or spec.unless)]
    apart = [{"oneOf": [{"required": [spec.unless]}, {"required": [spec.id]}]} for spec in kind.fields if spec.unless]
    return {
        "title": kind.title,
        "type": "object",
        "properties": properties,
        "required": ["schema", "document_type", *required],
        **({"allOf": apart} if apart else {}),
        "additionalProperties": False,
    }
