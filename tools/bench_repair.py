"""The repair's figures for ``tools/bench``, each with those of an earlier build. Not a tool of its own."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from tests.support.misread_zones import Misread, confused, one_wrong
from tests.support.mrz_zones import AT as DAY
from tests.support.mrz_zones import seeded

from bench_common import ROOT, Result

BEFORE = "d010bd0"  # the build that the repair is compared with
COUNT = 4000
# Asks one build, whose source is on the path, for its repairs.
_ASK = """
import json, sys
from datetime import date
from tjdocs import mrz
for line in sys.stdin:
    zone = mrz.parse(json.loads(line), at=date.fromisoformat(sys.argv[1]), repair=True)
    print(json.dumps([zone.text, zone.valid, zone.repaired]))
"""


class Answer(NamedTuple):
    """What a build makes of one misread MRZ."""

    text: str
    valid: bool
    repaired: bool


def asked(source: Path, misread: Sequence[Misread]) -> list[Answer]:
    """Return the answers of a build.

    :param source: its folder ``src``
    """
    given = "".join(json.dumps(one.wrong) + "\n" for one in misread)
    environment = {**os.environ, "PYTHONPATH": str(source)}
    command = [sys.executable, "-c", _ASK, DAY.isoformat()]
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=True, env=environment)
    return [Answer(*json.loads(line)) for line in done.stdout.splitlines()]


def _builds(folder: Path) -> dict[str, Path]:
    """Return the sources of this build and of the earlier one, from the repository's history."""
    archive = ["git", "archive", BEFORE, "src", "specs"]
    content = subprocess.run(archive, cwd=ROOT, capture_output=True, check=True).stdout
    subprocess.run(["tar", "-x", "-C", folder], input=content, check=True)
    return {"now": ROOT / "src", BEFORE: folder / "src"}


def mrz_repair_false(folder: Path) -> Result:
    """The share of one wrong character, of any kind, that a repair makes a valid MRZ that is not the right one."""
    misread = list(one_wrong(seeded(18), COUNT))
    total = Counter(one.field for one in misread)
    shares, unseen = {}, 0
    for name, source in _builds(folder).items():
        false: Counter[str] = Counter()
        unseen = 0
        for one, answer in zip(misread, asked(source, misread), strict=True):
            false[one.field] += answer.valid and answer.repaired and answer.text != one.right
            unseen += answer.valid and not answer.repaired
        shares[name] = {field: false[field] / total[field] for field in total}
    now, before = shares["now"], shares[BEFORE]
    worst = max(now, key=lambda field: now[field])
    listed = ", ".join(f"{field} {now[field]:.1%} ({before[field]:.1%})" for field in total)
    compared = (
        f"valid but wrong after a repair, of {COUNT} MRZs with one wrong character of any kind in any field; the worst "
        f"field, {worst}. Each field, and in brackets of {BEFORE}: {listed}. {unseen} more were valid as "
        "they were read, which no repair sees"
    )
    spread = (now[worst] * (1 - now[worst]) / total[worst]) ** 0.5
    return {"value": round(now[worst], 4), "spread": round(spread, 4), "compared": compared}


def mrz_repair_typical(folder: Path) -> Result:
    """The share of MRZs, with one to three characters that readers confuse, that are given back as they were."""
    builds, results = _builds(folder), {}
    for wrong in (1, 2, 3):
        misread = list(confused(seeded(wrong), COUNT, wrong))
        right, valid = {}, {}
        for name, source in builds.items():
            given_back = [a for one, a in zip(misread, asked(source, misread), strict=True) if a.text == one.right]
            right[name] = len(given_back) / COUNT
            valid[name] = sum(answer.valid for answer in given_back) / COUNT
        compared = (
            f"of {COUNT} MRZs with {wrong} confused, given back as they were, {valid['now']:.4f} of all valid; "
            f"{BEFORE}: {right[BEFORE]:.4f}, {valid[BEFORE]:.4f}; spread: standard error"
        )
        spread = (right["now"] * (1 - right["now"]) / COUNT) ** 0.5
        results[str(wrong)] = {"value": round(right["now"], 4), "spread": round(spread, 4), "compared": compared}
    return dict(results)


FIGURES = {"mrz.repair_false": mrz_repair_false, "mrz.repair_typical": mrz_repair_typical}
