"""All checks that rest on law, over one case, in the order of the report."""

from tjdocs.border.checks import crossing_point, document_use, holder, register_status, stay
from tjdocs.border.crossing import Case
from tjdocs.findings import Finding

__all__ = ["judge"]


def judge(case: Case) -> list[Finding]:
    """Return the findings of law on a case; the caller enforces the premises of all findings together."""
    return [
        *document_use.judge(case),
        *register_status.judge(case),
        crossing_point.point(case),
        crossing_point.protection(case),
        *holder.ban(case),
        *holder.watch(case),
        *holder.right(case),
        *holder.permit(case),
        stay.judge(case),
    ]
