"""At the crossing: evidence in, verdict out."""

from tjdocs.border.checks.register_status import DocumentStatus, RegisterStatus
from tjdocs.border.evidence.evidence_archive import export_evidence, verify_evidence
from tjdocs.border.inspector import Inspector, Verdict
from tjdocs.border.policy import Decision, Policy
from tjdocs.border.report.html_report import write_report
from tjdocs.inspection.evidence import Evidence
from tjdocs.watchlists.watchlists import Watchlists

__all__ = [
    "Decision",
    "DocumentStatus",
    "Evidence",
    "Inspector",
    "Policy",
    "RegisterStatus",
    "Verdict",
    "Watchlists",
    "export_evidence",
    "verify_evidence",
    "write_report",
]
