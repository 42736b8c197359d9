"""``specs/application.toml``: what an application may hold, whatever the document."""

from dataclasses import dataclass
from functools import cache

from tjdocs import specs

__all__ = ["Settings", "load"]

_FILE = "application.toml"


@dataclass(frozen=True, slots=True)
class Settings:
    """The file's entries, as they are explained there."""

    max_text: int
    max_list: int
    max_json: int
    name_signs: str
    one_script_words: tuple[str, ...]
    spelling_reasons: tuple[str, ...]
    document_states: tuple[str, ...]
    stays: tuple[str, ...]


@cache
def load() -> Settings:
    """Return the settings.

    :raises tjdocs.errors.SpecError: the file is malformed
    """
    table = specs.read_toml(_FILE)
    specs.require_keys(table, ["schema", *Settings.__slots__], where=f"specs/{_FILE}")
    return Settings(
        table["max_text"],
        table["max_list"],
        table["max_json"],
        table["name_signs"],
        tuple(table["one_script_words"]),
        tuple(table["spelling_reasons"]),
        tuple(table["document_states"]),
        tuple(table["stays"]),
    )
