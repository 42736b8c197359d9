"""All checks that rest on law, over one crossing, in the order of the report."""

from tjdocs.border.checks import crossing_point, document_use, holder, register_status, stay
from tjdocs.border.crossing import Crossing
from tjdocs.findings import Finding

__all__ = ["judge"]


def judge(crossing: Crossing) -> list[Finding]:
    """Return the findings of law on a case; the caller enforces the premises of all findings together."""
    return [
        *document_use.judge(crossing),
        *register_status.judge(crossing),
        crossing_point.point(crossing),
        crossing_point.protection(crossing),
        *holder.ban(crossing),
        *holder.watch(crossing),
        *holder.right(crossing),
        *holder.permit(crossing),
        stay.judge(crossing),
    ]
