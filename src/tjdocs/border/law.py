"""All checks that rest on law, over one case, in the order of the report."""

from tjdocs.border import crossing, documents, holder, standing, stay
from tjdocs.border.case import Case
from tjdocs.findings import Finding

__all__ = ["judge"]


def judge(case: Case) -> list[Finding]:
    """Return what the law says of a case. Premises are enforced by whoever joins it with the other findings."""
    return [
        *documents.judge(case),
        *standing.judge(case),
        crossing.point(case),
        crossing.protection(case),
        *holder.ban(case),
        *holder.watch(case),
        *holder.right(case),
        *holder.permit(case),
        stay.judge(case),
    ]
