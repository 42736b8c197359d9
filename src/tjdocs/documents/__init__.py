"""Document types, applications, eligibility: who gets which document by law."""

from tjdocs.documents.applicant import CitizenshipRecord, EarlierName, HeldDocument, Journey, Known, PageNames, Spelling
from tjdocs.documents.application import Application
from tjdocs.documents.application_error import ApplicationError
from tjdocs.documents.application_example import example
from tjdocs.documents.application_schema import schema
from tjdocs.documents.assess import NotEligible, Override, RuleResult, eligibility
from tjdocs.documents.document_type import DocumentType
from tjdocs.documents.load_types import DocumentTypes
from tjdocs.errors import FieldError

__all__ = [
    "Application",
    "ApplicationError",
    "CitizenshipRecord",
    "DocumentType",
    "DocumentTypes",
    "EarlierName",
    "FieldError",
    "HeldDocument",
    "Journey",
    "Known",
    "NotEligible",
    "Override",
    "PageNames",
    "RuleResult",
    "Spelling",
    "eligibility",
    "example",
    "schema",
]
