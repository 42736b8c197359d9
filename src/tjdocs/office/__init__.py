"""The issuing act: one document, or many from a file."""

from tjdocs.documents import ApplicationError, NotEligible, Override
from tjdocs.office.draft_preview import Preview, preview
from tjdocs.office.issue_batch import Batch, Line
from tjdocs.office.issued_document import ChipFiles, Issued
from tjdocs.office.office import Office, Portrait

__all__ = [
    "ApplicationError",
    "Batch",
    "ChipFiles",
    "Issued",
    "Line",
    "NotEligible",
    "Office",
    "Override",
    "Portrait",
    "Preview",
    "preview",
]
