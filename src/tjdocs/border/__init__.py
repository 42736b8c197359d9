"""At the crossing: evidence in, verdict out."""

from tjdocs.border.inspector import Inspector, Verdict
from tjdocs.border.policy import Decision, Policy
from tjdocs.inspection import Evidence

__all__ = ["Decision", "Evidence", "Inspector", "Policy", "Verdict"]
