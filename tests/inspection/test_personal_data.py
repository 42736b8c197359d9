"""No names, numbers or images in ``repr`` and in errors; the command line prints details, ``repr`` never does."""

import pytest

from tests.inspection.test_reasons import CASES
from tests.support import builders as b
from tests.support import cases_reading, seals_made
from tjdocs.errors import TjdocsError
from tjdocs.inspection import Evidence

SECRETS = ("ERIKSSON", "ANNA", "L898902C3", "D23145890", "740812", "1974", "ZE184226B")


def leaks(text: str) -> list[str]:
    return [secret for secret in SECRETS if secret in text]


def parts(scene: b.Scene) -> list[object]:
    examination = scene.examine()
    chip = examination.chip
    found = [scene.evidence, scene.judge(), examination, examination.printed, examination.chip_mrz, chip]
    found += [examination.authentication, examination.sealed, examination.sealed.seal, *examination.findings]
    found += [examination.sealed.verification, *(examination.sealed.seal.features if examination.sealed.seal else ())]
    if chip is not None:
        found += [chip.sod, *chip.parsed.values()]
    return found


@pytest.mark.parametrize(
    "make",
    [
        b.scene,
        lambda: b.scene(groups={1: b.dg1(b.zone()), 2: b.dg2(), 12: b.dg12("20260302")}),
        lambda: cases_reading.page_says(names="ERIKSSON<<ANNA", number="L898902C3"),
        lambda: b.scene(inside=b.zone(sex="Q")),
        seals_made.scene,
        lambda: seals_made.scene(inside=seals_made.zone(number="D23145891")),
    ],
    ids=["sound", "dg12", "page-differs", "bad-zone", "seal", "seal-differs"],
)
def test_repr_of_everything_that_was_read(make):
    for part in parts(make()):
        assert leaks(repr(part)) == [], type(part).__name__
        assert b.dg2()[-32:] not in repr(part).encode("latin-1", "replace")


def test_repr_of_every_finding_of_every_case():
    for case in CASES[::3]:
        verdict = case.make().judge()
        assert leaks(repr(verdict)) == []
        assert leaks(" ".join(map(repr, verdict.findings))) == []


@pytest.mark.parametrize(
    "arguments",
    [
        {"mrz": [b.zone(), 5]},
        {"chip": {"DG1": b.zone()}},
        {"mrz": b.zone(), "direction": "sideways"},
    ],
    ids=["line", "text", "direction"],
)
def test_errors_name_the_argument_and_not_its_content(arguments):
    with pytest.raises(TjdocsError) as caught:
        Evidence(**arguments)
    error = caught.value
    assert leaks(f"{error} {error!r} {error.args} {error.where} {error.hint}") == []
    assert error.__cause__ is None


def test_nothing_is_logged_about_persons(caplog):
    with caplog.at_level("DEBUG"):
        b.scene().judge()
    assert leaks(caplog.text) == []
