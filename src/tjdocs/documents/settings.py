"""``specs/application.toml``: what an application may hold, whatever the document."""

from functools import cache

from tjdocs import specs

__all__ = ["Settings", "load"]


class Settings(specs.Spec, frozen=True):
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
    """Return the settings."""
    return specs.load("application.toml", Settings)
