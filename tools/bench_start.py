"""The weight of a command for ``tools/bench``, next to an earlier build in the same run. Not a tool of its own."""

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from tests.support.misread_zones import one_wrong
from tests.support.mrz_zones import AT as DAY
from tests.support.mrz_zones import seeded

from bench_common import AT, ROOT, Result, passport

BEFORE = "d010bd0"
_ROUNDS = 9


class Run(NamedTuple):
    """What a command needed: processor seconds, and kB of memory at its most."""

    seconds: float
    memory: int


# A process of its own starts the command: the memory of a child counts that of its parent until it becomes the command.
_START = """
import json, resource, subprocess, sys
done = subprocess.run(sys.argv[1:], stdin=sys.stdin, stdout=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([used.ru_utime + used.ru_stime, used.ru_maxrss, done.returncode]))
"""


def _run(source: Path, cache: Path, arguments: Sequence[str], text: str) -> Run:
    environment = {**os.environ, "PYTHONPATH": str(source), "PYTHONPYCACHEPREFIX": str(cache)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # as installed: modules are compiled once
    command = [sys.executable, "-c", _START, sys.executable, *arguments]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=True, env=environment)
    seconds, memory, code = json.loads(done.stdout)
    if code not in (0, 1):
        raise RuntimeError(f"{arguments}: exit code {code}")
    return Run(seconds, memory)


def _compared(folder: Path, arguments: Sequence[str], text: str = "") -> tuple[list[Run], list[Run]]:
    """Return the runs of this build and of the earlier one, which take turns; the first is not counted, it compiles."""
    archive = ["git", "archive", BEFORE, "src", "specs"]
    content = subprocess.run(archive, cwd=ROOT, capture_output=True, check=True).stdout
    before = folder / "before"
    before.mkdir()
    subprocess.run(["tar", "-x", "-C", before], input=content, check=True)
    now, then = [], []
    for _ in range(_ROUNDS + 1):
        now.append(_run(ROOT / "src", folder, arguments, text))
        then.append(_run(before / "src", folder, arguments, text))
    return now[1:], then[1:]


def _times(folder: Path, arguments: Sequence[str], text: str = "") -> Result:
    ratios = [a.seconds / b.seconds for a, b in zip(*_compared(folder, arguments, text), strict=True)]
    return _result(ratios, f"CPU time of the process over that of {BEFORE}, in turns")


def _result(ratios: list[float], compared: str) -> Result:
    low, middle, high = statistics.quantiles(ratios, n=4)
    return {"value": round(middle, 3), "spread": round((high - low) / 2 / middle, 3), "compared": compared}


def _verify(folder: Path) -> list[str]:
    authority, files = passport(folder)
    chip = folder / "chip"
    chip.mkdir()
    for name, content in files.items():
        (chip / f"{name.replace('.', '_')}.bin").write_bytes(content)
    anchor = folder / "csca.cer"
    anchor.write_bytes(authority.csca.raw)
    return ["-m", "tjdocs", "verify", str(chip), "--trust", str(anchor), "--at", f"{AT:%Y-%m-%d}"]


def start_verify(folder: Path) -> Result:
    """``tjdocs verify`` of a passport's chip, the whole process."""
    return _times(folder, _verify(folder))


def start_mrz(folder: Path) -> Result:
    """``tjdocs mrz parse -`` of one zone."""
    zone = next(iter(one_wrong(seeded(1), 1))).right
    return _times(folder, ["-m", "tjdocs", "mrz", "parse", "-", "--at", DAY.isoformat()], zone)


def start_help(folder: Path) -> Result:
    """``tjdocs --help``."""
    return _times(folder, ["-m", "tjdocs", "--help"])


def start_import(folder: Path) -> Result:
    """``import tjdocs.border``."""
    return _times(folder, ["-c", "import tjdocs.border"])


def weight_verify(folder: Path) -> Result:
    """The most memory that ``tjdocs verify`` has."""
    runs = _compared(folder, _verify(folder))
    ratios = [a.memory / b.memory for a, b in zip(*runs, strict=True)]
    return _result(ratios, f"peak memory of the process over that of {BEFORE}; {runs[0][0].memory} kB")


_FOREIGN = """
import msgspec, sys
before = set(sys.modules)
from tjdocs import mrz
names = {name.partition(".")[0] for name in set(sys.modules) - before} - set(sys.stdlib_module_names)
print(*sorted(names - {"tjdocs"}))
"""


def weight_mrz(folder: Path) -> Result:
    """Packages that ``from tjdocs import mrz`` imports, except msgspec with its needs and ours."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run([sys.executable, "-c", _FOREIGN], env=environment, capture_output=True, text=True, check=True)
    names = done.stdout.split()
    compared = f"packages besides the standard library and msgspec: {', '.join(names) or 'none'}"
    return {"value": len(names), "spread": 0, "compared": compared}


FIGURES = {
    "start.verify": start_verify,
    "start.mrz": start_mrz,
    "start.help": start_help,
    "start.import": start_import,
    "weight.verify": weight_verify,
    "weight.mrz": weight_mrz,
}
