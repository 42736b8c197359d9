"""``specs/application.toml``: what an application may hold, whatever the document."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from tjdocs import specs

__all__ = ["PORTRAIT", "Settings", "load"]

_FILE = "application.toml"
_SIGNATURE = ("smallest", "largest", "max_bytes", "max_pixels", "darkest_ink", "least_ink", "most_ink")
PORTRAIT = ("formats", "smallest", "shape", "most_cut", "max_bytes", "max_pixels", "max_turn")


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
    portrait: Mapping[str, Any]
    signature: Mapping[str, Any]


@cache
def load() -> Settings:
    """Return the settings.

    :raises tjdocs.errors.SpecError: the file is malformed
    """
    table = specs.read_toml(_FILE)
    specs.require_keys(table, ["schema", *Settings.__slots__], where=f"specs/{_FILE}")
    specs.require_keys(table["signature"], _SIGNATURE, where=f"specs/{_FILE} signature")
    specs.require_keys(table["portrait"], PORTRAIT, where=f"specs/{_FILE} portrait")
    return Settings(
        table["max_text"],
        table["max_list"],
        table["max_json"],
        table["name_signs"],
        tuple(table["one_script_words"]),
        tuple(table["spelling_reasons"]),
        tuple(table["document_states"]),
        tuple(table["stays"]),
        *(
            MappingProxyType({key: tuple(v) if isinstance(v, list) else v for key, v in table[name].items()})
            for name in ("portrait", "signature")
        ),
    )
