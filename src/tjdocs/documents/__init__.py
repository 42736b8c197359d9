"""Document types, applications, eligibility: what the law says about who gets what."""

from tjdocs.documents.application import Application
from tjdocs.documents.eligibility import NotEligible, RuleResult, eligibility
from tjdocs.documents.example import example
from tjdocs.documents.types import DocumentType

__all__ = ["Application", "DocumentType", "NotEligible", "RuleResult", "eligibility", "example"]
