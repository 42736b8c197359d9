"""The product answers as the files in this folder say: zones, verdicts, mutated chips, labelled bytes."""

import pytest

from tests.golden.made import FOLDER, PARTS, text


@pytest.mark.sweep
@pytest.mark.parametrize("part", PARTS)
def test_every_line_is_as_it_was(part):
    before = dict(line.split() for line in (FOLDER / f"{part}.txt").read_text().splitlines())
    now = dict(line.split() for line in text(part).splitlines())
    assert now.keys() == before.keys()
    assert not {name for name, digest in now.items() if before[name] != digest}
