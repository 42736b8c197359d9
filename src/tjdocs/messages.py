"""Messages and the catalogue of each language (``specs/text/LANGUAGE.toml``): ids, and texts with parameters by name.

A check returns a :class:`Message`; its text is made when it is shown, by the :class:`Catalogue` of a language.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from string import Formatter
from types import MappingProxyType
from typing import Any, Union

from msgspec import Struct

from tjdocs import specs
from tjdocs.errors import SpecError, UsageError
from tjdocs.problems import PROBLEM_TABLES, problem_table

__all__ = ["LANGUAGES", "Catalogue", "Message", "Param", "catalogue", "parameters"]

LANGUAGES = ("en", "ru", "tg")
_TABLES = ("show", "supporting_document", "rule", "label", "verdict", "outcome", "action", "message")
# of these the English texts are in specs/checks.toml, or in the findings
_OTHERS = ("title", "consequence", "reason", "detail", "word", "problem")
_ANSWERS = ("title", "not-met", "cannot-tell")

Param = Union[str, int, "Message", tuple["Param", ...]]


class Message(Struct, frozen=True):
    """A message: its text is that of a catalogue.

    :param id: of the table ``message``, or of another table with its name before a full stop: ``problem.mrz.character``
    :param params: by name; a word of the catalogue is shown in its language
    """

    id: str
    params: tuple[tuple[str, Param], ...] = ()

    @classmethod
    def of(cls, id_: str, /, **params: Param) -> "Message":
        """Return a message with parameters by name."""
        return cls(id_, tuple(params.items()))

    @classmethod
    def word(cls, value: str) -> "Message":
        """Return a word or a name alone."""
        return cls("value", (("value", value),))

    @classmethod
    def all(cls, parts: "tuple[Param, ...]") -> "Message":
        """Return several messages as one; a single one as it is."""
        return parts[0] if len(parts) == 1 and isinstance(parts[0], Message) else cls("all", (("parts", parts),))

    def __str__(self) -> str:
        """Return the text in English."""
        return catalogue("en").text(self)

    def as_json(self) -> dict[str, Any]:
        """Return id and parameters."""
        return {"id": self.id, "params": {name: _json(value) for name, value in self.params}}


def _json(value: Param) -> Any:
    if isinstance(value, Message):
        return value.as_json()
    return [_json(item) for item in value] if isinstance(value, tuple) else value


class Catalogue:
    """The texts of one language, by table and id.

    :param reviewed: whether a native reader has signed the wording
    """

    __slots__ = ("_tables", "_words", "language", "reviewed")

    def __init__(self, language: str, reviewed: bool, tables: Mapping[str, Mapping[str, Any]]) -> None:
        self.language, self.reviewed, self._tables = language, reviewed, tables
        self._words: dict[str, str] = dict(tables["word"])
        if language != "en":  # there a field has its own name
            fields = {key: text for key, text in tables["label"].items() if key.startswith("field-")}
            self._words |= {key.removeprefix("field-"): text for key, text in fields.items()}

    def table(self, name: str) -> Mapping[str, Any]:
        """Return the texts of a table by id; those of ``rule`` are tables by answer."""
        return self._tables[name]

    def text(self, message: Message) -> str:
        """Return the text of a message."""
        template = self._template(message.id)
        if not message.params:
            return template
        separator = "; " if message.id in _SENTENCES else ", "
        return template.format_map({name: self._shown(value, separator) for name, value in message.params})

    def _template(self, id_: str) -> str:
        text: str | None = self._tables["message"].get(id_)
        if text is None:
            table, _, key = id_.partition(".")
            own: Mapping[str, str] = self._tables[table]
            if table == "problem":
                area, _, code = key.partition(".")
                text = own.get(f"{area} {code}") or own.get(code) or problem_table(PROBLEM_TABLES[area])[code].text
            elif table == "action":  # of the check, where the reason has none of its own
                text = own.get(key) or own.get(key.partition(" ")[0], "")
            else:
                text = own[key]
        return text

    def _shown(self, value: Param, separator: str) -> str:
        if isinstance(value, str):
            return self._words.get(value, value)
        if isinstance(value, tuple):
            return separator.join(self._shown(item, ", ") for item in value)
        return self.text(value) if isinstance(value, Message) else str(value)

    def ids(self) -> Iterator[tuple[str, str]]:
        """Yield every id with its text, ``table.id``, and ``rule.id.answer``."""
        for name, table in self._tables.items():
            for key, value in table.items():
                texts = value if isinstance(value, dict) else {"": value}
                yield from ((".".join(filter(None, (name, key, answer))), text) for answer, text in texts.items())


# their parts are apart by a semicolon, others by a comma
_SENTENCES = ("all", "issuer-tried")


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
