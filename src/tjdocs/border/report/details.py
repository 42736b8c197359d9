"""The texts of a finding in the language of a report: its reason explained, its detail translated.

A finding has a message, whose text the catalogue of a language makes. A detail that a reader of files made as an
English text has none: templates and words that are data (``[detail]`` and ``[word]`` of ``specs/text/*.toml``)
translate it when it is shown, and a text that no template fits is shown as it is.
"""

import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from tjdocs.border.report.wording import Texts
from tjdocs.findings import Finding
from tjdocs.messages import catalogue
from tjdocs.problems import PROBLEM_TABLES, defects, problem_table

__all__ = ["explain", "phrase", "problem_words", "say"]

# beyond these a detail has a document's own text, which nobody translates
_MAX_DETAIL, _MAX_PART, _MAX_DEPTH = 4000, 400, 4


@cache
def problem_words() -> Mapping[str, Mapping[str, tuple[str, str]]]:
    """Return explanation and clause of the reason words that are not in ``specs/checks.toml``, by area."""
    table = defects()
    accepted = next(row.oid for row in table.content_type if not row.id)
    named = {
        row.id: (f"the content is of type {row.oid} instead of {accepted}", row.clause)
        for row in table.content_type
        if row.id
    }
    named |= {row.id: (row.text, row.clause) for row in table.defect}
    words = {"": MappingProxyType(named)}
    for area, path in PROBLEM_TABLES.items():
        kinds = problem_table(path).values()
        words[area] = MappingProxyType({kind.id: (kind.text, kind.clause) for kind in kinds})
    return MappingProxyType(words)


def explain(check: str, word: str, words: Texts) -> tuple[str, str]:
    """Return what a reason word means and the clause of it alone; empty texts where no table has it."""
    if meaning := words.reason(check, word):
        return meaning, ""
    area = check.partition(".")[0]
    known = problem_words()
    text, clause = known.get(area, {}).get(word) or known[""].get(word) or ("", "")
    return words.problem(area, word) or text, clause


def say(finding: Finding, words: Texts) -> str:
    """Return a finding's detail in the language of ``words``, in English where the language has no text for it."""
    detail = finding.detail
    if finding.message is not None:
        return catalogue(words.language).text(finding.message)
    if not detail or words.language == "en" or len(detail) > _MAX_DETAIL:
        return detail
    return _book(words).whole(detail)


def phrase(text: str, words: Texts) -> str:
    """Return another English text of a report in the language, by the same templates and words."""
    return text if words.language == "en" else _book(words).whole(text)


class _Book:
    """The templates and words of a language."""

    def __init__(self, words: Texts) -> None:
        self._words = dict(words.table("word"))
        self._words |= {key.removeprefix("field-"): text for key, text in words.fields.items()}
        for area, problems in problem_words().items():
            for word, (text, _) in problems.items():
                if translation := words.problem(area, word):
                    self._words[text] = translation
        # the longest first: a short template also fits a text that a longer one fits better
        templates = sorted(words.table("detail").items(), key=lambda item: len(item[0].replace("{}", "")), reverse=True)
        self._templates = [(_pattern(template), translation) for template, translation in templates]

    def whole(self, detail: str) -> str:
        """Return a detail translated part by part."""
        if detail in self._words:
            return self._words[detail]
        return "; ".join(self._say(part, 0) or part for part in detail.split("; "))

    def _say(self, text: str, depth: int) -> str:
        """Return the translation of a part of a detail, or of a value in it; empty where there is none."""
        if text in self._words:
            return self._words[text]
        if depth > _MAX_DEPTH or len(text) > _MAX_PART:
            return ""
        for pattern, translation in self._templates:
            if match := pattern.fullmatch(text):
                return translation.format(*(self._say(value, depth + 1) or value for value in match.groups()))
        head, mark, tail = text.partition(": ")
        if mark:
            first, second = self._say(head, depth + 1), self._say(tail, depth + 1)
            return f"{first or head}: {second or tail}" if first or second else ""
        return self._list(text.split(", "), depth) if ", " in text else ""

    def _list(self, pieces: list[str], depth: int) -> str:
        """Return a list of words translated one by one; empty for a sentence that has a comma."""
        parts = [self._say(piece, depth + 1) for piece in pieces]
        if not any(parts) or any(" " in piece for piece, part in zip(pieces, parts, strict=True) if not part):
            return ""
        return ", ".join(part or piece for part, piece in zip(parts, pieces, strict=True))


def _pattern(template: str) -> "re.Pattern[str]":
    return re.compile("(.*?)".join(map(re.escape, template.split("{}"))))


@cache
def _book(words: Texts) -> _Book:
    return _Book(words)
