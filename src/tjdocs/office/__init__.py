"""The issuing act: one document, or many from a file."""

from tjdocs.documents import ApplicationError, NotEligible, Override
from tjdocs.office.batch import Batch, Line
from tjdocs.office.issued import ChipFiles, Issued
from tjdocs.office.issuing import Office, Portrait
from tjdocs.office.preview import Preview, preview

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
