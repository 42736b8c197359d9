"""Texts for a guard, of the catalogues of messages; English where a language lacks one."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from tjdocs.findings import checks
from tjdocs.messages import LANGUAGES, catalogue

__all__ = ["LANGUAGES", "Texts", "action", "texts"]

_TABLES = (
    *("label", "verdict", "outcome", "title", "action"),
    *("consequence", "reason"),  # English is in specs/checks.toml
    *("detail", "problem", "word"),  # English is in the findings, and in the tables of problems
)


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
        """Return what a reason word means; empty where only the tables of problems and defects have it."""
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
        """Return what a guard should do when a check gave this reason; only a failed check has an accusing one."""
        actions = self._tables["action"]
        return actions.get(f"{check} {reason}") or actions.get(f"{check} {outcome}") or actions.get(check, "")


@cache
def texts(language: str) -> Texts:
    """Return the texts of a language.

    :raises UsageError: unknown language
    """
    own, english = catalogue(language), catalogue("en")
    tables = {name: MappingProxyType({**english.table(name), **own.table(name)}) for name in _TABLES}
    return Texts(language, own.reviewed, MappingProxyType(tables))


def action(check: str, reason: str) -> str:
    """Return in English what a guard should do when a check gave this reason."""
    return texts("en").action(check, reason)
