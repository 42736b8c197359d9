"""Messages and the catalogue of each language (``specs/text/LANGUAGE.toml``): ids, and texts with parameters by name.

A check returns a :class:`Message`; its text is made when it is shown, by the :class:`Catalogue` of a language.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from string import Formatter
from types import MappingProxyType
from typing import Any

from tjdocs import specs
from tjdocs.errors import SpecError, UsageError

__all__ = ["LANGUAGES", "Catalogue", "catalogue", "parameters"]

LANGUAGES = ("en", "ru", "tg")
_TABLES = ("show", "bring", "rule", "label", "verdict", "outcome", "title", "action")
_OTHERS = ("consequence", "reason", "detail", "word", "problem")  # English is in specs/checks.toml, or in the findings
_ANSWERS = ("title", "not-met", "cannot-tell")


class Catalogue:
    """The texts of one language, by table and id.

    :param reviewed: whether a native reader has signed the wording
    """

    __slots__ = ("_tables", "language", "reviewed")

    def __init__(self, language: str, reviewed: bool, tables: Mapping[str, Mapping[str, Any]]) -> None:
        self.language, self.reviewed, self._tables = language, reviewed, tables

    def table(self, name: str) -> Mapping[str, Any]:
        """Return the texts of a table by id; those of ``rule`` are tables by answer."""
        return self._tables[name]

    def ids(self) -> Iterator[tuple[str, str]]:
        """Yield every id with its text, ``table.id``, and ``rule.id.answer``."""
        for name, table in self._tables.items():
            for key, value in table.items():
                texts = value if isinstance(value, dict) else {"": value}
                yield from ((".".join(filter(None, (name, key, answer))), text) for answer, text in texts.items())


def parameters(text: str) -> frozenset[str]:
    """Return the names of the parameters of a text."""
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name is not None)


@cache
def catalogue(language: str) -> Catalogue:
    """Return the texts of a language.

    :raises UsageError: unknown language
    :raises SpecError: the file is malformed
    """
    if language not in LANGUAGES:
        raise UsageError("unknown language", where=language, hint=f"one of {', '.join(LANGUAGES)}")
    where = f"specs/text/{language}.toml"
    table = specs.read_toml(f"text/{language}.toml")
    specs.require_keys(table, ["schema", "language", "reviewed", *_TABLES], _OTHERS, where=where)
    if table["language"] != language or not isinstance(table["reviewed"], bool):
        raise SpecError("text of another language", where=where)
    for rule, texts in table["rule"].items():
        specs.require_keys(texts, _ANSWERS, where=f"{where} rule.{rule}")
    tables = {name: MappingProxyType(table.get(name, {})) for name in (*_TABLES, *_OTHERS)}
    return Catalogue(language, table["reviewed"], MappingProxyType(tables))
