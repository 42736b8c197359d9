"""``tjdocs vectors``: options, the program after ``--``, the report for people and for other programs."""

import json
import os
import pty
import select
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import pytest

from tests.cli.test_cli import asked, run

ADAPTER = """
import json, sys
for line in sys.stdin:
    given = json.loads(line)["input"]
    print(json.dumps({"result": "valid", "reason": "\\x1b[31mred"}), flush=True)
"""


@pytest.fixture
def adapter(tmp_path):
    path = tmp_path / "an adapter.py"
    path.write_text(ADAPTER, encoding="utf-8")
    return path


def test_list_show_and_export(tmp_path):
    assert {row["area"] for row in asked("vectors", "list")[1]} >= {"mrz", "lds"}
    assert run("vectors", "export", tmp_path / "v")[0] == 0
    status, out, _ = run("vectors", "show", "pa-0001")
    shown = json.loads(out)
    assert (status, shown["expected"], shown["verdict"]) == (0, "valid", "admit")
    status, out, _ = run("vectors", "show", "pa-0001", "lds-0001", "--input")
    lines = [json.loads(line) for line in out.splitlines()]
    assert status == 0
    assert {"input": shown["input"]} in lines
    assert [list(line) for line in lines] == [["input"]] * 2


def test_this_library_is_run_without_a_program():
    assert run("vectors", "run", "--area", "lds") == (0, "lds: 17 run, 0 differ\n", "")
    assert run("vectors", "run", "--area", "lds", "--reasons", "--verdicts")[0] == 0
    status, out, _ = run("vectors", "run", "--id", "pa-0001", "--clauses")
    assert status == 0
    assert out.splitlines() == [
        "BSI TR-03135-1, 5.6.4.2: 1 run, 0 differ",
        "Doc 9303-10, 4.6.2: 1 run, 0 differ",
        "passive-authentication: 1 run, 0 differ",
    ]


@pytest.mark.parametrize("lines", [["--lines"], []], ids=["lines", "each"])
def test_a_program_after_two_hyphens_or_as_one_text(adapter, lines):
    ids = ["--id", "lds-0001", "--id", "lds-0002"]
    for program in (["--", sys.executable, "-I", adapter], ["--command", f"'{sys.executable}' -I '{adapter}'"]):
        status, out, err = run("vectors", "run", *ids, *lines, *program)
        assert (status, err) == (1, "")
        assert out.splitlines() == [
            "lds-0002: accepted: expected 'invalid' cut, got 'valid' \\u001b[31mred (EF.COM, last byte cut)",
            "Doc 9303-10, 4.6.1: 2 run, 1 differ",
            "lds: 2 run, 1 differ",
        ]


def test_options_of_the_program_are_its_own(tmp_path):
    path = tmp_path / "adapter.py"
    path.write_text('import json, sys\nprint(json.dumps({"result": " ".join(sys.argv[1:])}))')
    _, out, _ = run("vectors", "run", "--id", "mrz-0015", "--json", "--", sys.executable, path, "--id", "x", "--help")
    report = json.loads(out)
    assert report["differences"][0]["result"] == "--id x --help"


def test_the_report_for_other_programs(adapter, tmp_path):
    junit = tmp_path / "junit.xml"
    junit.write_text("of the run before")
    options = ["--area", "lds", "--lines", "--junit", junit, "--json"]
    status, out, _ = run("vectors", "run", *options, "--", sys.executable, adapter)
    report = json.loads(out)
    assert status == 1
    assert report["by_area"]["lds"] == {"run": 17, "differ": 9, "unsupported": 0, "not_run": 0}
    assert report["counts"] == {"lds": 17}
    assert report["by_clause"]["Doc 9303-10, 4.6.1"]["run"] == 3
    assert {row["expected"] for row in report["differences"]} == {"invalid"}
    (suite,) = ElementTree.parse(junit).getroot()
    assert (suite.get("tests"), suite.get("failures")) == ("17", "9")
    assert not list(tmp_path.glob(".junit*"))


@pytest.mark.parametrize(
    "arguments",
    [
        ("run", "--id", "pa-9999"),
        ("run", "--area", "no-such"),
        ("run", "--lines"),
        ("run", "--command", "true", "--", "true"),
        ("run", "--", "no-such-program"),
        ("run", "--", "no-such-program", "--json"),
        ("run", "--command", "node 'a"),
        ("run", "--timeout", "0", "--", "true"),
        ("run", "--area", "lds", "--junit", "no/such/folder/file.xml"),
        ("run", "--area", "lds", "--junit", "."),
        ("show", "pa-9999"),
        ("show",),
    ],
    ids=" ".join,
)
def test_unusable_calls(arguments, tmp_path):
    status, out, err = run("vectors", *arguments, cwd=tmp_path)
    assert (status, out) == (2, "")
    assert err.startswith("tjdocs: ")
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize("both", [False, True], ids=["errors alone", "output too"])
def test_progress_is_shown_on_a_terminal_alone(adapter, both):
    command = [sys.executable, "-m", "tjdocs", "vectors", "run", "--area", "lds", "--lines", "--", sys.executable, str(adapter)]
    piped = subprocess.run(command, capture_output=True, check=False)
    assert piped.stderr == b""
    master, slave = pty.openpty()
    out = slave if both else subprocess.PIPE
    with subprocess.Popen(command, stdout=out, stderr=slave, env={**os.environ, "TERM": "xterm"}) as process:
        os.close(slave)
        shown = b""
        while select.select([master], [], [], 60)[0]:
            try:
                data = os.read(master, 65536)
            except OSError:  # no process writes any more
                break
            if not data:
                break
            shown += data
        printed = shown if both else process.stdout.read()
    os.close(master)
    assert b"17 of 17" in shown
    assert piped.stdout.splitlines()[-1] in printed
