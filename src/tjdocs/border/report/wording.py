"""What is said to a person: ``specs/text/border.<language>.toml``, English where a language lacks a text."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from tjdocs import specs
from tjdocs.errors import SpecError, UsageError
from tjdocs.findings import checks

__all__ = ["LANGUAGES", "Texts", "action", "texts"]

LANGUAGES = ("en", "ru", "tg")
_TABLES = ("label", "verdict", "outcome", "title", "action")
_OF_CATALOGUE = ("consequence", "reason")  # English stands in specs/checks.toml
_OF_FINDINGS = ("detail", "problem", "word")  # English stands in the findings, and in the tables of problems


class Texts:
    """The texts of a language."""

    def __init__(self, language: str, reviewed: bool, tables: Mapping[str, Mapping[str, str]]) -> None:
        self.language, self.reviewed, self._tables = language, reviewed, tables

    def label(self, key: str) -> str:
        """Return a heading or word of the report."""
        return self._tables["label"][key]

    def verdict(self, decision: str) -> str:
        """Return the verdict as a word."""
        return self._tables["verdict"][decision]

    def outcome(self, outcome: str) -> str:
        """Return how a check ended."""
        return self._tables["outcome"][outcome]

    def title(self, check: str) -> str:
        """Return what a check establishes; the catalogue's words where there are none."""
        return self._tables["title"].get(check, "")

    def consequence(self, check: str) -> str:
        """Return what it means that a check failed."""
        known = checks().get(check)
        return self._tables["consequence"].get(check, "") or (known.consequence if known else "")

    def reason(self, check: str, word: str) -> str:
        """Return what a reason word means; empty where only the tables beside the catalogue know it."""
        own = self._tables["reason"]
        known = checks().get(check)
        return own.get(f"{check} {word}") or own.get(word, "") or (known.reasons.get(word, "") if known else "")

    def problem(self, area: str, word: str) -> str:
        """Return what a word of the tables of problems and defects means, empty where only English is there."""
        table = self._tables["problem"]
        return table.get(f"{area} {word}") or table.get(word, "")

    def table(self, name: str) -> Mapping[str, str]:
        """Return the templates of details (``detail``), or the words in them (``word``)."""
        return MappingProxyType(dict(self._tables[name]))

    @property
    def fields(self) -> Mapping[str, str]:
        """Names of a zone's fields, by label."""
        return {key: text for key, text in self._tables["label"].items() if key.startswith("field-")}

    def action(self, check: str, reason: str = "", *, outcome: str = "") -> str:
        """Return what a guard should do when a check gave this reason; what accuses is for what failed alone."""
        actions = self._tables["action"]
        return actions.get(f"{check} {reason}") or actions.get(f"{check} {outcome}") or actions.get(check, "")


@cache
def texts(language: str) -> Texts:
    """Return the texts of a language.

    :raises UsageError: there is none
    """
    if language not in LANGUAGES:
        raise UsageError("no such language", where=language, hint=", ".join(LANGUAGES))
    tables: dict[str, dict[str, str]] = {name: {} for name in (*_TABLES, *_OF_CATALOGUE, *_OF_FINDINGS)}
    reviewed = True
    for name in dict.fromkeys(("en", language)):
        table = _read(name)
        reviewed = table["reviewed"]
        for key in tables:
            tables[key].update(table.get(key, {}))
    return Texts(language, reviewed, MappingProxyType(tables))


def _read(language: str) -> dict[str, Any]:
    where = f"specs/text/border.{language}.toml"
    table = specs.read_toml(f"text/border.{language}.toml")
    optional = (*_OF_CATALOGUE, *_OF_FINDINGS)
    specs.require_keys(table, ["schema", "language", "reviewed", *_TABLES], optional, where=where)
    if table["language"] != language or not isinstance(table["reviewed"], bool):
        raise SpecError("text of another language", where=where)
    return table


def action(check: str, reason: str) -> str:
    """Return in English what a guard should do when a check gave this reason."""
    return texts("en").action(check, reason)
