"""``crossing.point`` (BOR-4) and ``holder.protection`` (BOR-5)."""

from collections.abc import Mapping
from datetime import tzinfo
from functools import cache
from types import MappingProxyType
from typing import Literal

from msgspec import Struct

from tjdocs import specs, times
from tjdocs.border.crossing import Crossing
from tjdocs.findings import Finding, Outcome
from tjdocs.messages import Message

__all__ = ["CrossingPoint", "point", "points", "protection", "time_zone"]


class CrossingPoint(Struct, frozen=True):
    """A set crossing point.

    :param kind: ``air``, ``rail`` or ``road``
    :param time_zone: in which a moment has its day there
    :param state: code of the State on the other side, empty where it is not one State
    """

    name: str
    kind: str
    time_zone: tzinfo
    state: str = ""


class PointRow(specs.Row, frozen=True):
    """A row of ``specs/border/points.toml``."""

    id: str
    text: str
    kind: Literal["air", "rail", "road"]
    time_zone: str | None = None
    state: str = ""


class PointFile(specs.Spec, frozen=True):
    """The form of the file."""

    point: tuple[PointRow, ...]


@cache
def points() -> Mapping[str, CrossingPoint]:
    """Return the crossing points by id.

    :raises tjdocs.errors.SpecError: the table is malformed
    """
    table = {}
    for row in specs.load("border/points.toml", PointFile).point:
        where = f"specs/border/points.toml {row.id}"
        zone = times.named_zone(row.time_zone, where) if row.time_zone is not None else times.home_zone()
        table[row.id] = CrossingPoint(row.text, row.kind, zone, row.state)
    return MappingProxyType(table)


def time_zone(point_: str) -> tzinfo:
    """Return the time zone of a crossing point; the home zone where the point is not set."""
    known = points().get(point_)
    return known.time_zone if known is not None else times.home_zone()


def point(crossing: Crossing) -> Finding:
    """Judge whether the crossing is at a set crossing point."""
    check = "crossing.point"
    if crossing.direction is None:
        return Finding(check, Outcome.UNDETERMINED, "no-direction")
    if crossing.direction not in ("entry", "exit"):
        return Finding(check, Outcome.NOT_APPLICABLE, "not-crossing")
    if not crossing.point:
        return Finding(check, Outcome.UNDETERMINED, "no-point")
    if crossing.point not in points():
        return Finding(check, Outcome.UNDETERMINED, "not-set")
    return Finding.of(check, Outcome.PASSED, detail=Message.word(points()[crossing.point].name))


def protection(crossing: Crossing) -> Finding:
    """Return whether protection is asked for, with the action to take."""
    check = "holder.protection"
    if not crossing.asks_protection:
        return Finding(check, Outcome.NOT_APPLICABLE, "not-asked")
    return Finding.of(check, Outcome.UNDETERMINED, "asked", Message(f"action.{check} asked"))
