"""Running vectors: against this library, or against any program that answers one vector at a time."""

import json
import subprocess
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from tjdocs.errors import UsageError
from tjdocs.vectors.library import answer
from tjdocs.vectors.model import Vector, areas, load

__all__ = ["Difference", "Report", "run"]

_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Difference:
    """A vector that was answered otherwise than expected."""

    vector: Vector
    result: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Report:
    """How many vectors of each area were run, and what differed.

    :param counts: by area: number run
    :param skipped: by area: number that the program said it cannot do (``{"result": "unsupported"}``)
    """

    counts: Mapping[str, int]
    skipped: Mapping[str, int]
    differences: tuple[Difference, ...] = field(repr=False)

    def as_json(self) -> dict[str, Any]:
        """Return the report with the keys that the command line prints."""
        return {
            "schema": 1,
            "counts": dict(self.counts),
            "unsupported": dict(self.skipped),
            "differences": [
                {
                    "id": d.vector.id,
                    "area": d.vector.area,
                    "expected": d.vector.expected,
                    "expected_reason": d.vector.reason,
                    "result": d.result,
                    "reason": d.reason,
                    "comment": d.vector.comment,
                }
                for d in self.differences
            ],
        }


def run(names: Iterable[str] = (), *, command: str = "") -> Report:
    """Run the vectors of the areas named, or of all.

    :param command: a program that reads one vector as JSON on standard input and answers
        ``{"result": …, "reason": …}``; this library unless given
    :raises UsageError: no such area, or the program cannot be started
    """
    chosen = [vector for name in (tuple(names) or areas()) for vector in load(name)]
    if command:
        with ThreadPoolExecutor(max_workers=2) as pool:
            answers = list(pool.map(lambda vector: _program(command, vector), chosen))
    else:
        answers = [answer(vector.input) for vector in chosen]
    counts: dict[str, int] = {}
    skipped: dict[str, int] = {}
    differences = []
    for vector, (result, reason) in zip(chosen, answers, strict=True):
        if result == "unsupported":
            skipped[vector.area] = skipped.get(vector.area, 0) + 1
            continue
        counts[vector.area] = counts.get(vector.area, 0) + 1
        if (result, reason) != (vector.expected, vector.reason):
            differences.append(Difference(vector, result, reason))
    return Report(counts, skipped, tuple(differences))


def _program(command: str, vector: Vector) -> tuple[str | None, str]:
    text = json.dumps(vector.as_json(), ensure_ascii=False)
    try:
        done = subprocess.run(  # noqa: S603 (the caller names the program)
            [command], input=text.encode(), capture_output=True, timeout=_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return "timeout", ""
    except OSError as error:
        hint = error.strerror or "name an executable program"
        raise UsageError("program cannot be started", where=command, hint=hint) from None
    try:
        said = json.loads(done.stdout)
        result = said["result"]
        return (None if result is None else str(result)), str(said.get("reason") or "")
    except (ValueError, KeyError, TypeError, AttributeError):
        return "no answer", f"exit status {done.returncode}"
