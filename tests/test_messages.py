"""Every message has a text in every language, with the same parameters."""

import pytest

from tjdocs.errors import UsageError
from tjdocs.messages import LANGUAGES, catalogue, parameters

OTHERS = [language for language in LANGUAGES if language != "en"]
# in English these are in specs/checks.toml, and in the tables of problems: tests/border/test_texts.py and test_details.py
ELSEWHERE = ("title.", "consequence.", "reason.", "problem.", "detail.", "word.")


def texts(language: str) -> dict[str, str]:
    return {id_: text for id_, text in catalogue(language).ids() if not id_.startswith(ELSEWHERE)}


@pytest.mark.parametrize("language", OTHERS)
def test_every_id_is_in_every_language_with_the_same_parameters(language: str) -> None:
    english, own = texts("en"), texts(language)
    assert own.keys() == english.keys()
    assert {id_: parameters(text) for id_, text in own.items()} == {
        id_: parameters(text) for id_, text in english.items()
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_parameters_have_names(language: str) -> None:
    for id_, text in texts(language).items():
        assert "" not in parameters(text), id_
        assert text.strip(), id_


def test_an_unknown_language() -> None:
    with pytest.raises(UsageError, match="unknown language"):
        catalogue("de")
