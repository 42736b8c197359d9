"""The bundled vectors, run against this library; the file's own shape."""

import json
from collections import Counter
from datetime import date

import pytest

from tjdocs import mrz, specs
from tjdocs.errors import UsageError
from tjdocs.mrz import mrz_problems

FILE = json.loads((specs.folder("test_vectors") / "mrz.json").read_text(encoding="utf-8"))
VECTORS = FILE["vectors"]


def _judged(zone):
    """A name may be truncated without any defect; every other warning is one that a strict program refuses."""
    warned = {problem.code for problem in zone.problems} - {"possibly-truncated"}
    return "acceptable" if zone.valid and warned else "valid" if zone.valid else "invalid"


def _parse(given):
    zone = mrz.parse(given["text"], at=date.fromisoformat(given["at"]))
    return _judged(zone), next((problem.code for problem in zone.problems if problem.severity == "error"), "")


def _problems(given):
    zone = mrz.parse(given["text"], at=date.fromisoformat(given["at"]))
    return _judged(zone), " ".join(problem.code for problem in zone.problems)


def _read(given):
    return mrz.parse(given["text"], at=date.fromisoformat(given["at"])).as_json()[given["field"]], ""


def _repair(given):
    zone = mrz.parse(given["text"], at=date.fromisoformat(given["at"]), repair=True)
    if zone.repair.candidates:
        return "ambiguous", "repair-ambiguous"
    if "repair-unconfirmed" in [problem.code for problem in zone.problems]:
        return zone.text, "repair-unconfirmed"
    return zone.text if zone.repaired else "as read" if zone.valid else "none", ""


RUN = {
    "parse": _parse,
    "problems": _problems,
    "read": _read,
    "repair": _repair,
    "make": lambda given: (mrz.make(given["format"], **given["fields"]).text, ""),
    "transliterate": lambda given: (mrz.transliterate(given["text"], table=given["table"]), ""),
    "check-digit": lambda given: (mrz.check_digit(given["text"]), ""),
}


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["id"])
def test_a_vector(vector):
    try:
        result = RUN[vector["input"]["operation"]](vector["input"])
    except UsageError as error:
        result = "refused", error.code
    assert result == (vector["expected"], vector["reason"]), vector["comment"]


def test_the_file_is_well_formed():
    assert (FILE["schema"], FILE["area"], FILE["licence"]) == (1, "mrz", "CC0-1.0")
    ids = [vector["id"] for vector in VECTORS]
    assert len(set(ids)) == len(ids)
    for vector in VECTORS:
        assert set(vector) == {"id", "source", "comment", "flags", "input", "expected", "reason"}
        assert vector["source"]
        assert vector["comment"]
    operations = Counter(vector["input"]["operation"] for vector in VECTORS)
    assert set(operations) == set(RUN)


def test_the_flags_of_a_zone_are_its_warnings():
    kinds = mrz_problems.problem_kinds()
    for vector in VECTORS:
        if vector["input"]["operation"] == "problems" and vector["expected"] == "acceptable":
            warned = {word for word in vector["reason"].split() if kinds[word].severity == "warning"}
            assert set(vector["flags"]) == warned - {"possibly-truncated"}, vector["id"]


def test_every_kind_of_problem_has_a_vector():
    said = {word for v in VECTORS for word in v["reason"].split()}
    said |= (
        {"repaired"} if any(v["input"]["operation"] == "repair" and "\n" in v["expected"] for v in VECTORS) else set()
    )
    of_pictures = {"no-zone", "uncertain-character", "unreadable-character"}  # test_picture.py has those
    assert set(mrz_problems.problem_kinds()) <= said | of_pictures
