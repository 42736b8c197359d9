"""Document types, applications, eligibility: what the law says about who gets what."""

from tjdocs.documents.applicant import RegisterFacts
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
    "DocumentType",
    "DocumentTypes",
    "FieldError",
    "NotEligible",
    "Override",
    "RegisterFacts",
    "RuleResult",
    "eligibility",
    "example",
    "schema",
]
