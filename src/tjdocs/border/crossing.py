"""``crossing.point`` (BOR-4) and ``holder.protection`` (BOR-5)."""

from collections.abc import Mapping
from functools import cache

from tjdocs import specs
from tjdocs.border.case import Case
from tjdocs.border.texts import action
from tjdocs.findings import Finding, Outcome

__all__ = ["point", "points", "protection"]


@cache
def points() -> Mapping[str, str]:
    """Return the names of the crossing points by id."""
    table = specs.read_toml("border/points.toml")
    specs.require_keys(table, ["schema", "point"], where="specs/border/points.toml")
    for row in table["point"]:
        specs.require_keys(row, ["id", "name", "kind"], where=f"specs/border/points.toml {row.get('id')}")
    return {row["id"]: row["name"] for row in table["point"]}


def point(case: Case) -> Finding:
    """Judge whether the crossing is at a set crossing point."""
    check = "crossing.point"
    if case.direction is None:
        return Finding(check, Outcome.UNDETERMINED, "no-direction")
    if case.direction not in ("entry", "exit"):
        return Finding(check, Outcome.NOT_APPLICABLE, "not-crossing")
    if not case.point:
        return Finding(check, Outcome.UNDETERMINED, "no-point")
    if case.point not in points():
        return Finding(check, Outcome.UNDETERMINED, "not-set")
    return Finding(check, Outcome.PASSED, detail=points()[case.point])


def protection(case: Case) -> Finding:
    """Tell whether protection is asked for, and what is done then."""
    check = "holder.protection"
    if not case.asks_protection:
        return Finding(check, Outcome.NOT_APPLICABLE, "not-asked")
    return Finding(check, Outcome.UNDETERMINED, "asked", action(check, "asked"))
