"""Sentences for the flags and reasons of vectors, from the data of ``specs/``."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from tjdocs import specs
from tjdocs.errors import SpecError
from tjdocs.findings import checks
from tjdocs.lds.lds_problems import REASONS as FILE_REASONS
from tjdocs.problems import PROBLEM_TABLES, defects, problem_table
from tjdocs.seal.seal_results import results

__all__ = ["flag_of", "notes", "reasons"]

_FILE = "specs/vectors.toml"


@cache
def _table() -> Mapping[str, Any]:
    table = specs.read_toml("vectors.toml")
    specs.require_keys(table, ["schema", "bug_types", "tolerated", "flag", "word"], where=_FILE)
    specs.require_keys(table["tolerated"], ["bug_type", "effect"], where=f"{_FILE} tolerated")
    for row in table["flag"]:
        specs.require_keys(
            row, ["id", "bug_type", "effect"], ["text", "clause", "reasons"], where=f"{_FILE} {row.get('id')}"
        )
    for row in table["word"]:
        specs.require_keys(row, ["reason", "text", "clause"], where=f"{_FILE} {row.get('reason')}")
    for row in (*table["flag"], table["tolerated"]):
        if row["bug_type"] not in table["bug_types"]:
            raise SpecError("unknown bug type", where=f"{_FILE} {row.get('id', 'tolerated')}: {row['bug_type']}")
    return table


@cache
def _words() -> Mapping[str, Mapping[str, tuple[str, str]]]:
    """Return sentence and clause of every defect and problem, by the room that gives it."""
    types = {row.id: (f"the content is of the type {row.oid}", row.clause) for row in defects().content_type}
    texts = {"pa": types | {row.id: (row.text, row.clause) for row in defects().defect}}
    for room, path in PROBLEM_TABLES.items():
        texts[room] = {kind.id: (kind.text, kind.clause) for kind in problem_table(path).values()}
    for word, text in FILE_REASONS.items():
        texts["lds"].setdefault(word, (text, "Doc 9303-10, 4"))
    for name, result in results().items():
        texts["seal"][name] = (f"a validation result of the standard, trust level: {result.trust}", result.clause)
    for row in _table()["word"]:
        texts["mrz"].setdefault(row["reason"], (row["text"], row["clause"]))
    return texts


def flag_of(reason: str) -> str:
    """Return the flag of a vector that is not accepted: what our reason ``check/reason`` is about.

    A defect that only some policies refuse keeps its own name.
    """
    check, _, word = reason.partition("/")
    for row in _table()["flag"]:
        if reason in row.get("reasons", ()):
            return str(row["id"])
    return word if any(word == row.id for row in defects().defect) else check


def notes(flags: Iterable[str]) -> dict[str, dict[str, str]]:
    """Return the note of each flag: bug type, description, effect of a wrong answer, clause.

    :raises SpecError: a flag that no table explains
    """
    table = _table()
    rows = {row["id"]: row for row in table["flag"]}
    texts = {}
    for flag in sorted(flags):
        row = rows.get(flag, {})
        if flag in checks():
            text, clause = checks()[flag].title, checks()[flag].clause
        elif "text" in row:
            text, clause = row["text"], row["clause"]
        elif room := next((words for words in _words().values() if flag in words), None):
            text, clause = room[flag]
        else:
            raise SpecError("flag without a note", where=flag, hint=f"add a row to {_FILE}")
        shown = table["tolerated"] | row
        texts[flag] = {
            "bug_type": shown["bug_type"],
            "description": _sentence(text),
            "effect": shown["effect"],
            "clause": clause,
        }
    return texts


def reasons(given: Iterable[tuple[str, str]]) -> dict[str, dict[str, str]]:
    """Return sentence and clause of each reason word.

    :param given: operation and reason of the vectors; a reason may be several words
    :raises SpecError: a word that no table explains
    """
    texts = {}
    for operation, reason in sorted(given):
        for word in reason.split():
            text, clause = _explained(operation, word)
            texts[word] = {"description": _sentence(text), "clause": clause}
    return dict(sorted(texts.items()))


# operations other than those of the zone: the check of their reasons, where the reason names no check
_CHECKS = {
    "signature": "pa.sod-signature",
    "lds-file": "pa.sod-structure",
    "seal-read": "seal.structure",
    "seal-signature": "seal.signature",
    "seal-verify": "seal.structure",
    "bac-answer": "chip.bac",
    "pace-map": "chip.pace",
    "pace-agree": "chip.pace",
    "pace-chip-key": "chip.ca",
    "sm-answer": "chip.secure-messaging",
    "active-authentication": "chip.aa",
}


def _explained(operation: str, word: str) -> tuple[str, str]:
    check, _, reason = word.rpartition("/")
    check = check or _CHECKS.get(operation, "mrz.structure")
    room = "lds" if operation == "lds-file" else check.partition(".")[0]
    if reason in (words := _words().get(room, {})):
        return words[reason]
    if check in checks() and reason in checks()[check].reasons:
        return checks()[check].reasons[reason], checks()[check].clause
    if reason in _words()["pa"]:
        return _words()["pa"][reason]
    raise SpecError("reason word without a sentence", where=f"{operation}: {word}", hint=f"add a row to {_FILE}")


def _sentence(text: str) -> str:
    first = text[:1] if text[1:2] == " " and text[:1] != "a" else text[:1].upper()  # "r and s" stays
    return first + text[1:].rstrip(".") + "."
