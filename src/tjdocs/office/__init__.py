"""The issuing act: one document, or many from a file."""

from tjdocs.office.draft_preview import Preview, preview
from tjdocs.office.issue_batch import Batch, RowResult
from tjdocs.office.issued_document import ChipFiles, Issued
from tjdocs.office.office import Office, Portrait

__all__ = [
    "Batch",
    "ChipFiles",
    "Issued",
    "Office",
    "Portrait",
    "Preview",
    "RowResult",
    "preview",
]
