"""The page of the documentation and the examples in docstrings, run as they stand."""

import doctest
from pathlib import Path

import pytest

from tjdocs.mrz import check_digits, codes, transliteration

PAGE = Path(__file__).parents[2] / "docs" / "mrz.md"


def test_the_page():
    result = doctest.testfile(str(PAGE), module_relative=False, encoding="utf-8")
    assert result.attempted > 25
    assert result.failed == 0


@pytest.mark.parametrize("module", [check_digits, codes, transliteration])
def test_docstrings(module):
    result = doctest.testmod(module)
    assert result.attempted > 0
    assert result.failed == 0
