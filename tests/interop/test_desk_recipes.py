"""docs/desk.md in a shell, word for word."""

import json
import os
import re
import shlex
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

pytestmark = pytest.mark.interop
RECIPES = Path(__file__).parents[2] / "docs/desk.md"
BLOCK = re.compile(r"(?:^    \S[^\n]*\n)(?:^    [^\n]*\n)*", re.MULTILINE)
STATUS = re.compile(r" +# exit status ([0-9])$")


def test_the_desk_recipes_run_as_printed(tmp_path):
    """One clerk's day from an empty folder, in one shell; a command without a status ends with 0."""
    lines = ["exec 9>&1 > printed 2>&1"]
    for block in BLOCK.findall(RECIPES.read_text(encoding="utf-8")):
        for line in textwrap.dedent(block).splitlines():
            status = found[1] if (found := STATUS.search(line)) else "0"
            lines += [
                f"{{ {STATUS.sub('', line)}; }}; s=$?",
                f"[ $s = {status} ] || {{ echo status $s: {shlex.quote(line)} >&9; exit 9; }}",
            ]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", "\n".join(lines)], cwd=tmp_path, env={**os.environ, "PATH": path}, capture_output=True, text=True
    )
    printed = (tmp_path / "printed").read_text(encoding="utf-8")
    assert done.returncode == 0, f"{done.stdout}\n{printed[-2000:]}"
    for said in (
        "already has a valid external-passport: P0000001", "external-passport P0000006, valid to",
        "registration-certificate G0000002, valid to", "3-stolen/page.pdf", "no issued document of that number and type",
        "missing role for destroy: officer anna; it takes officer; anna has clerk", "ONE-1",
        "many.csv: cells are parted by semicolons",
    ):  # fmt: skip
        assert said in printed, said
    record = json.loads((tmp_path / "4-again/record.json").read_text())
    assert record["replaces"] == {"document_number": "P0000003", "reason": "smudged"}
    assert (tmp_path / "rejected.csv").read_text(encoding="utf-8").splitlines()[1].startswith('"line 2 | ')
    assert not (tmp_path / "none").exists()
