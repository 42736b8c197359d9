"""The issuing act."""

from tjdocs.documents import NotEligible
from tjdocs.office.issuing import ChipFiles, Issued, Office

__all__ = ["ChipFiles", "Issued", "NotEligible", "Office"]
