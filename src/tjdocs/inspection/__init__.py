"""Evidence in, findings out: every check that needs no law (Doc 9303-11 and -12; BSI TR-03135)."""

from tjdocs.inspection.evidence import Evidence
from tjdocs.inspection.examination import Examination, examine

__all__ = ["Evidence", "Examination", "examine"]
