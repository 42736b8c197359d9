"""A lane: evidence as JSON lines in, one answer for each in their order, by one inspector that stays warm."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from tjdocs import __version__
from tjdocs.border import inspect_batch
from tjdocs.border.inspect_batch import LineSource
from tjdocs.border.inspector import Inspector, Verdict
from tjdocs.inspection import Evidence

__all__ = ["answers", "ready"]

# an MRZ of a specimen, and a chip that cannot be read: every module of an inspection is then loaded
_FIRST = Evidence(
    mrz=("PPTJKERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "T000000014TJK9411243F3611236<<<<<<<<<<<<<<<0"),
    chip={"EF_COM": b"\0", "EF_SOD": b"\0", "DG1": b"\0", "DG2": b"\0"},
    direction="entry",
)


def ready(inspector: Inspector, *, at: date | datetime) -> dict[str, Any]:
    """Load everything that an inspection needs, and return the first line of a lane.

    The register is not asked, and nothing is recorded.
    """
    warm = Inspector(trust=inspector.trust, lists=inspector.lists, policy=inspector.policy, types=inspector.types)
    warm.inspect(_FIRST, at=at, dry_run=True).as_json()
    return {
        "schema": 1,
        "ready": True,
        "version": __version__,
        "policy_sha256": inspector.policy.sha256,
        "trust_digest": inspector.trust.digest,
    }


def answers(
    source: LineSource,
    inspector: Inspector,
    *,
    at: Callable[[], date | datetime],
    common: Mapping[str, str],
    dry_run: bool = False,
    keep: Callable[[Verdict], object] | None = None,
) -> Iterator[dict[str, Any]]:
    """Yield the answer to every line, also to a blank one: a verdict as JSON, or an ``error`` as in a batch.

    An ``id`` of the line is repeated in its answer, next to ``place``, its number. It may come again.

    :param at: called for each line
    :param common: direction and point of the desk; a line with another one is a bad line
    :param dry_run: whether no document is used up
    :param keep: called with each verdict before its answer; an error of it is the answer
    """
    for item in inspect_batch.line_items(source, "-", every=True):
        answer = inspect_batch.answer(inspector, item, common, at(), dry_run=dry_run, keep=keep)
        if answer.get("place") == answer["id"]:
            del answer["place"]
        yield answer
