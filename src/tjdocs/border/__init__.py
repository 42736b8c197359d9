"""At the crossing: evidence in, verdict out."""

from tjdocs.border.inspector import Inspector, Verdict
from tjdocs.border.policy import Decision, Policy
from tjdocs.border.standing import Standing, Status
from tjdocs.inspection import Evidence
from tjdocs.register.lists import Lists

__all__ = ["Decision", "Evidence", "Inspector", "Lists", "Policy", "Standing", "Status", "Verdict"]
