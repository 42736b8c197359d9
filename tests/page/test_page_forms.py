"""Numbers of a layout by which something is divided, or of which there is one at least."""

import tomllib

import pytest

from tjdocs import specs
from tjdocs.errors import SpecError
from tjdocs.page import layout_files


def places(table):
    yield table, "dpi"
    for part in table["face"]:
        yield from ((part[name], key) for name, keys in NUMBERS.items() for key in keys if name in part)


NUMBERS = {
    "page": ["size"], "code": ["module", "quiet"], "mrz": ["characters", "pitch", "printing_height"],
    "scale": ["millimetres"], "emblem": ["words"],
}  # fmt: skip
TOO_SMALL = {"quiet": -1, "size": [0, 100], "millimetres": 9, "words": []}


@pytest.mark.parametrize("name", layout_files.layouts())
def test_a_number_that_is_too_small_is_named(name):
    text = (specs.folder("specs") / f"page/{name}.toml").read_text(encoding="utf-8")
    count = len(list(places(tomllib.loads(text))))
    assert count >= 5
    for number in range(count):
        table = tomllib.loads(text)
        part, key = list(places(table))[number]
        part[key] = TOO_SMALL.get(key, 0)
        with pytest.raises(SpecError, match=key):
            layout_files.parse(table, where="own.toml")
