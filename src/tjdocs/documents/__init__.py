"""Document types, applications, eligibility: what the law says about who gets what."""

from tjdocs.documents.application import Application
from tjdocs.documents.eligibility import NotEligible, Override, RuleResult, eligibility
from tjdocs.documents.example import example
from tjdocs.documents.faults import ApplicationError, Fault
from tjdocs.documents.model import DocumentType
from tjdocs.documents.records import CitizenshipRecord, EarlierName, HeldDocument, Journey, Known, PageNames, Spelling
from tjdocs.documents.schema import schema
from tjdocs.documents.types import DocumentTypes

__all__ = [
    "Application",
    "ApplicationError",
    "CitizenshipRecord",
    "DocumentType",
    "DocumentTypes",
    "EarlierName",
    "Fault",
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
