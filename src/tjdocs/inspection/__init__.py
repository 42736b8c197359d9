"""Evidence in, findings out: every check that needs no law (Doc 9303-11 and -12; BSI TR-03135)."""

from tjdocs.findings import Finding, Outcome
from tjdocs.inspection.evidence import Evidence
from tjdocs.inspection.evidence_json import evidence_from_json
from tjdocs.inspection.examination import Examination, examine
from tjdocs.inspection.seal_checks import examine_seal

__all__ = [
    "Evidence",
    "Examination",
    "Finding",
    "Outcome",
    "evidence_from_json",
    "examine",
    "examine_seal",
]
