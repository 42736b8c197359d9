"""A chip's zone that the page has too is read once; any other is read by itself."""

import pytest

from tests.support import builders as b
from tjdocs import mrz
from tjdocs.mrz import parse_mrz

GENUINE = b.zone(code="PP", state="TJK", nationality="TJK", number="T12345678", optional="")


def test_a_zone_that_is_on_both_sides_is_read_once(monkeypatch):
    scene = b.scene(inside=GENUINE)
    expected = mrz.parse(GENUINE, joined=True, at=b.AT)
    monkeypatch.setattr(parse_mrz, "_parse_joined", None)
    found = scene.examine()
    assert (found.printed, found.chip_mrz) == (expected, expected)
    assert not expected.problems


@pytest.mark.parametrize(
    ("inside", "printed"),
    [
        (GENUINE, GENUINE.replace("ERIKSSON", "ERIKSSAN")),
        (GENUINE, GENUINE.lower()),  # put right, and told so of the printed one alone
        (b.zone(), b.zone()),  # a specimen's
        (GENUINE, GENUINE[:-1] + "0"),
        (GENUINE, None),
    ],
)
def test_any_other_zone_of_a_chip_is_read_by_itself(inside, printed):
    found = b.scene(inside=inside, printed=printed).examine()
    assert found.chip_mrz == mrz.parse(inside, joined=True, at=b.AT)
