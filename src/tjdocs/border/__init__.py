"""At the crossing: evidence in, verdict out."""

from tjdocs.border.checks.register_status import RegisterStatus, Standing, Status
from tjdocs.border.inspector import Inspector, Verdict
from tjdocs.border.policy import Decision, Policy
from tjdocs.inspection import Evidence
from tjdocs.watchlists.watchlists import Lists

__all__ = ["Decision", "Evidence", "Inspector", "Lists", "Policy", "RegisterStatus", "Standing", "Status", "Verdict"]
