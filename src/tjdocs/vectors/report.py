"""The report of a run, by vector, area and clause: as JSON, and as JUnit's XML for build servers."""

import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from tjdocs.vectors.vector import Vector, clauses

__all__ = ["Report", "Result"]


@dataclass(frozen=True, slots=True)
class Result:
    """How one vector was answered.

    :param status: ``agrees``, ``differs``, ``unsupported``, ``time-out``, ``no-answer``, or ``not-run`` after an
        adapter hung or died several times in a row
    :param result: the answer with ``reason`` and ``verdict``, as given
    :param note: where the difference is, or why there is no answer; of another program's text nothing is trusted
    :param seconds: time until the answer
    """

    vector: Vector
    status: str
    result: str | None = None
    reason: str = ""
    verdict: str = ""
    note: str = ""
    seconds: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """Return the result with the keys that the command line prints."""
        vector = self.vector
        return {
            "id": vector.id,
            "area": vector.area,
            "status": self.status,
            "expected": vector.expected,
            "expected_reason": vector.reason,
            "expected_verdict": vector.verdict,
            "result": self.result,
            "reason": self.reason,
            "verdict": self.verdict,
            "note": self.note,
            "flags": list(vector.flags),
            "clauses": list(clauses(vector)),
            "comment": vector.comment,
        }


@dataclass(frozen=True)
class Report:
    """The results of a run, in the order of the vectors."""

    results: tuple[Result, ...] = field(repr=False)

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """By area: number of vectors that were asked and answered, rightly or not."""
        return Counter(r.vector.area for r in self.results if r.status not in ("unsupported", "not-run"))

    @cached_property
    def skipped(self) -> Mapping[str, int]:
        """By area: number of vectors that the program does not support (``{"result": "unsupported"}``)."""
        return Counter(r.vector.area for r in self.results if r.status == "unsupported")

    @cached_property
    def not_run(self) -> int:
        """Number of vectors that were not asked any more, since the program hung or died several times in a row."""
        return sum(r.status == "not-run" for r in self.results)

    @cached_property
    def differences(self) -> tuple[Result, ...]:
        """The results that are not as expected, also those without an answer."""
        return tuple(r for r in self.results if r.status in ("differs", "time-out", "no-answer"))

    @property
    def ok(self) -> bool:
        """Whether something was run, all of it, and nothing differs."""
        return bool(self.counts) and not self.differences and not self.not_run

    def by_area(self) -> dict[str, dict[str, int]]:
        """Return the numbers of vectors run, differing, unsupported and not run, by area."""
        return _summary([(r.vector.area, r) for r in self.results])

    def by_clause(self) -> dict[str, dict[str, int]]:
        """Return the same by clause; a vector of several clauses counts for each."""
        rows = [(clause, result) for result in self.results for clause in clauses(result.vector)]
        return _summary(sorted(rows, key=lambda row: row[0]))

    def as_json(self) -> dict[str, Any]:
        """Return the report with the keys that the command line prints."""
        return {
            "schema": 1,
            "counts": dict(self.counts),
            "unsupported": dict(self.skipped),
            "not_run": self.not_run,
            "by_area": self.by_area(),
            "by_clause": self.by_clause(),
            "differences": [result.as_json() for result in self.differences],
        }

    def junit(self) -> bytes:
        """Return the report as JUnit's XML: a suite for each area, a case for each vector."""
        root = ElementTree.Element("testsuites", name="tjdocs vectors")
        for area, numbers in self.by_area().items():
            mine = [result for result in self.results if result.vector.area == area]
            errors = sum(r.status in ("time-out", "no-answer") for r in mine)
            suite = ElementTree.SubElement(
                root,
                "testsuite",
                name=area,
                tests=str(len(mine)),
                failures=str(numbers["differ"] - errors),
                errors=str(errors),
                skipped=str(numbers["unsupported"] + numbers["not_run"]),
                time=f"{sum(r.seconds for r in mine):.3f}",
            )
            for result in mine:
                _case(suite, result)
        ElementTree.indent(root)
        text: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
        return text + b"\n"


_ELEMENTS = {
    "differs": "failure",
    "time-out": "error",
    "no-answer": "error",
    "unsupported": "skipped",
    "not-run": "skipped",
}


def _summary(rows: list[tuple[str, Result]]) -> dict[str, dict[str, int]]:
    summary: dict[str, dict[str, int]] = {}
    for name, result in rows:
        row = summary.setdefault(name, {"run": 0, "differ": 0, "unsupported": 0, "not_run": 0})
        row["run"] += result.status not in ("unsupported", "not-run")
        row["differ"] += result.status in ("differs", "time-out", "no-answer")
        row["unsupported"] += result.status == "unsupported"
        row["not_run"] += result.status == "not-run"
    return summary


def _case(suite: ElementTree.Element, result: Result) -> None:
    vector = result.vector
    case = ElementTree.SubElement(
        suite,
        "testcase",
        classname=vector.area,
        name=_clean(f"{vector.id}: {vector.comment}"),
        time=f"{result.seconds:.3f}",
    )
    if result.status in _ELEMENTS:
        message = result.note or result.status
        element = ElementTree.SubElement(case, _ELEMENTS[result.status], message=_clean(f"{result.status}: {message}"))
        if _ELEMENTS[result.status] != "skipped":
            given, expected = result.result, vector.expected
            element.text = _clean(
                f"expected {expected!r} {vector.verdict} {vector.reason!r}\n"
                f"got {given!r} {result.verdict} {result.reason!r}\nsource: {vector.source}"
            )


def _clean(text: str) -> str:
    """Return text with characters that XML does not allow made visible: another program wrote parts of it."""
    return "".join(char if _allowed(char) else f"\\u{ord(char):04x}" for char in text)


def _allowed(char: str) -> bool:
    return char in "\t\n" or "\x20" <= char <= "\ud7ff" or "\ue000" <= char <= "\ufffd" or char >= "\U00010000"
