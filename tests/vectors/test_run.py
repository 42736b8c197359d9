"""Running vectors against another program: its input, the comparison, and programs that hang, die or babble."""

import json
import os
import select
import sys
import xml.etree.ElementTree as ElementTree

import pytest

from tjdocs import vectors
from tjdocs.errors import UsageError
from tjdocs.vectors import Result
from tjdocs.vectors.adapter import _Process
from tjdocs.vectors.library_adapter import Answer
from tjdocs.vectors.run_vectors import GIVE_UP, Comparison

LDS = vectors.load("lds")
VALID = [v.id for v in LDS if v.expected == "valid"]
INVALID = [v.id for v in LDS if v.expected == "invalid"]

# as the guide describes it, with the answer put in
LOOP = """
import json, os, sys, time
count = 0
for line in sys.stdin:
    count += 1
    question = json.loads(line)
    {body}
    print(json.dumps(answer), flush=True)
"""


@pytest.fixture
def program(tmp_path):
    """Return a maker of programs, as the words of their command."""

    def make(body, *, whole=False):
        path = tmp_path / f"program-{len(list(tmp_path.iterdir()))}.py"
        path.write_text(body if whole else LOOP.format(body=body), encoding="utf-8")
        return [sys.executable, "-I", "-S", str(path)]

    return make


def by_id(report):
    return {result.vector.id: result for result in report.results}


# ------------------------------------------------------------------------------------------------------- its input


@pytest.mark.parametrize("lines", [True, False])
def test_a_program_gets_the_input_alone(program, tmp_path, lines):
    log = tmp_path / "log"
    command = program(f"open({str(log)!r}, 'a').write(line); answer = {{'result': 'unsupported'}}")
    vectors.run(ids=["pa-0001", "attack-0001", "mrz-0116"], command=command, lines=lines)
    assert log.read_bytes().isascii()
    given = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert [list(question) for question in given] == [["input"]] * 3
    wanted = {v.id: v.input for area in ("attacks", "mrz", "passive-authentication") for v in vectors.load(area)}
    assert sorted(map(str, given)) == sorted(str({"input": wanted[i]}) for i in ("pa-0001", "attack-0001", "mrz-0116"))
    assert not str(wanted["mrz-0116"]).isascii()


@pytest.mark.parametrize("lines", [True, False])
def test_a_program_that_echoes_the_expectation_has_none(program, lines):
    command = program('answer = {"result": question["expected"]} if "expected" in question else {}')
    report = vectors.run(ids=VALID[:2], command=command, lines=lines)
    assert not report.ok
    assert {(r.status, r.note) for r in report.differences} == {("no-answer", "neither result nor verdict in the answer")}


# ------------------------------------------------------------------------------------------------------ what counts


@pytest.mark.parametrize(
    ("expected", "given", "agrees"),
    [
        ("valid", "valid", True),
        ("valid", "acceptable", True),
        ("valid", "invalid", False),
        ("invalid", "invalid", True),
        ("invalid", "valid", False),
        ("invalid", "acceptable", False),
        ("acceptable", "valid", True),
        ("acceptable", "acceptable", True),
        ("acceptable", "invalid", True),
        ("valid", "admit", False),
        ("acceptable", "refused", False),
        ("invalid", "true", False),
    ],
)
def test_results_are_compared_by_acceptance(expected, given, agrees):
    vector = next(v for v in LDS if v.expected == expected)
    assert (Comparison().compare(vector, Answer(given)).status == "agrees") is agrees


def test_reasons_count_on_request_only():
    vector = next(v for v in LDS if v.reason == "cut")
    own, other = Answer("invalid", "cut"), Answer("invalid", "their own word")
    assert Comparison().compare(vector, other).status == "agrees"
    assert Comparison(reasons=True).compare(vector, own).status == "agrees"
    result = Comparison(reasons=True).compare(vector, other)
    assert (result.status, result.note) == ("differs", "another reason")


def test_a_program_that_is_strict_with_a_defect_is_not_wrong_in_its_reason_or_verdict():
    vector = next(v for v in vectors.load("passive-authentication") if v.expected == "acceptable")
    strict = Answer("invalid", "theirs", "refuse")
    assert Comparison(reasons=True, verdicts=True).compare(vector, strict).status == "agrees"
    lenient = Answer("valid", "theirs", "admit")
    assert Comparison(reasons=True, verdicts=True).compare(vector, lenient).note == "another reason"


def test_verdicts_count_on_request_only_and_alone_where_a_program_has_no_result():
    (vector,) = (v for v in vectors.load("passive-authentication") if v.id == "pa-0001")
    assert Comparison().compare(vector, Answer("valid", "", "refuse")).status == "agrees"
    assert Comparison(verdicts=True).compare(vector, Answer("valid", "", "refuse")).note == "another verdict"
    assert Comparison(verdicts=True).compare(vector, Answer(None, "", "admit")).status == "agrees"
    assert Comparison(verdicts=True).compare(vector, Answer("valid", "", "ok")).note.startswith("not a verdict")
    assert Comparison().compare(vector, Answer(None, "", "admit")).status == "differs"


def test_values_are_compared_as_text(program):
    ids = [v.id for v in vectors.load("mrz") if v.input["operation"] == "check-digit"]
    sums = "sum((0 if c == '<' else int(c, 36)) * (7, 3, 1)[i % 3] for i, c in enumerate(question['input']['text']))"
    assert vectors.run(ids=ids, command=program(f"answer = {{'result': {sums} % 10}}"), lines=True).ok
    report = vectors.run(ids=ids, command=program("answer = {'result': 'x'}"), lines=True)
    assert {result.note for result in report.differences} == {"another value"}


def test_a_program_may_leave_vectors_out(program):
    report = vectors.run(["lds"], command=program('answer = {"result": "unsupported"}'), lines=True)
    assert (report.counts, report.skipped, report.ok) == ({}, {"lds": len(LDS)}, False)


def test_a_difference_names_both_sides(program):
    report = vectors.run(ids=[INVALID[0]], command=program("answer = {'result': 'valid'}"), lines=True)
    (found,) = report.as_json()["differences"]
    assert (found["id"], found["expected"], found["result"], found["note"]) == (INVALID[0], "invalid", "valid", "accepted")


# ---------------------------------------------------------------------------------------------- programs that fail


@pytest.mark.parametrize("lines", [True, False])
def test_a_program_that_hangs_is_named_and_the_others_are_asked(program, lines):
    hanging = next(v for v in LDS if v.id == VALID[1])
    assert hanging.id != VALID[0]  # the first answer has more time
    body = f"time.sleep(600) if question['input'] == {dict(hanging.input)!r} else 0; answer = {{'result': 'valid'}}"
    report = vectors.run(ids=VALID, command=program(body), lines=lines, seconds=4)
    given = by_id(report)
    assert (given[hanging.id].status, given[hanging.id].note) == ("time-out", "no answer within 4 seconds")
    assert {r.status for id_, r in given.items() if id_ != hanging.id} == {"agrees"}


@pytest.mark.parametrize("lines", [True, False])
def test_a_program_that_always_hangs_is_not_waited_for(program, lines):
    report = vectors.run(["lds"], command=program("import time\ntime.sleep(600)", whole=True), lines=lines, seconds=0.2)
    statuses = [result.status for result in report.results]
    assert GIVE_UP <= statuses.count("time-out") <= GIVE_UP + (os.cpu_count() or 1)
    assert report.not_run == len(LDS) - statuses.count("time-out")
    assert not report.ok


def test_what_a_program_started_ends_with_it(program, tmp_path):
    """The child has the pipe open for writing: its end is seen once no process has."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    body = f"""
import os, subprocess, sys
os.set_inheritable(os.open({str(pipe)!r}, os.O_WRONLY), True)
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], close_fds=False)
print("no answer", flush=True)
sys.stdin.read()
"""
    try:
        (result,) = vectors.run(ids=VALID[:1], command=program(body, whole=True), lines=True).results
        assert result.note == "not JSON: no answer"
        assert select.select([reading], [], [], 30)[0], "the child lives on"
        assert os.read(reading, 1) == b""
    finally:
        os.close(reading)


def test_a_program_that_dies_is_started_again(program):
    body = "os._exit(7) if question['input']['name'] == 'DG12' else 0; answer = {'result': 'valid'}"
    report = vectors.run(ids=VALID, command=program(body), lines=True)
    dead = {id_ for id_, r in by_id(report).items() if r.status == "no-answer"}
    assert dead == {v.id for v in LDS if v.id in VALID and v.input["name"] == "DG12"} != set()
    assert {r.note for r in report.differences} == {"exit status 7"}


def test_a_program_that_ends_after_each_answer_is_started_again_without_a_word(program):
    body = "print('{\"result\": \"valid\"}', flush=True); sys.exit(0)"
    assert vectors.run(ids=VALID, command=program(body + "; answer = 0"), lines=True).ok


@pytest.mark.parametrize(
    ("body", "note"),
    [
        ("sys.exit(3)", "exit status 3"),
        ("sys.stderr.write('first\\nlast word\\n'); sys.exit(1)", "exit status 1; last word"),
        ("os.kill(os.getpid(), 9)", "ended by signal 9"),
        ("print('Loading…', flush=True); continue", "not JSON: Loading…"),
        ("print('[' * 200000, flush=True); continue", "too many values: [[["),
        ("print('{\"result\": \"valid\", \"result\": \"invalid\"}', flush=True); continue", "a name twice: {"),
        ("print('{\"result\": NaN}', flush=True); continue", "not JSON: {"),
        ("print('[]', flush=True); continue", "neither result nor verdict in the answer"),
        ("print('x' * 2000000, flush=True); continue", "answer of more than 1000000 bytes"),
        ("print('1\\n2', flush=True); continue", "wrote more than one line"),
        ("os.close(1); time.sleep(600)", "closed its output"),
    ],
)
@pytest.mark.parametrize("lines", [True, False])
def test_what_is_no_answer_is_told(program, body, note, lines):
    if not lines and "1\\n2" in body:
        note = "not JSON: 1"
    report = vectors.run(ids=VALID[:1], command=program(body + "; answer = 0"), lines=lines)
    (result,) = report.results
    assert (result.status, result.note[: len(note)]) == ("no-answer", note)


def test_a_line_too_many_never_becomes_the_next_answer(program):
    body = "answer = {'result': 'valid'}; os.write(1, (json.dumps(answer) + '\\n').encode() * 2); continue"
    report = vectors.run(ids=VALID, command=program(body), lines=True)
    assert {result.note for result in report.results if result.status != "not-run"} == {"wrote more than one line"}
    assert report.not_run == len(VALID) - GIVE_UP


def test_a_program_that_fills_both_channels_blocks_nobody(program):
    body = "sys.stderr.write('e' * 300000); sys.stderr.flush(); answer = {'result': 'valid', 'reason': 'r' * 300000}"
    assert vectors.run(ids=VALID, command=program(body), lines=True).ok
    unread = program("print('{\"result\": \"valid\"}', flush=True)", whole=True)
    large = max(vectors.load("passive-authentication"), key=lambda v: len(json.dumps(v.input)))
    assert vectors.run(ids=[large.id], command=unread).results[0].result == "valid"


@pytest.mark.parametrize("lines", [True, False])
def test_a_program_quicker_than_its_question(lines):
    """A program of one question may read nothing; one of many has not been asked yet."""
    process = _Process([sys.executable, "-c", "print('{}', flush=True)"])
    assert select.select([process._out], [], [], 30)[0]
    reply = process.ask(b"{}", 30, lines=lines)
    process.end()
    assert (reply.data.strip(), bool(reply.trouble)) == ((b"", True) if lines else (b"{}", False))


@pytest.mark.parametrize(
    ("command", "what"),
    [
        ("no-such-program", "program cannot be found: no-such-program"),
        ("./no/such/program", "program cannot be found"),
        ('node "a.js', "not a command"),
        ("   ", "empty command"),
        ([], None),
    ],
)
def test_a_program_that_is_none(command, what):
    if what is None:
        assert vectors.run(ids=VALID[:1], command=command).ok  # nothing named: this library
        return
    with pytest.raises(UsageError, match=what) as caught:
        vectors.run(ids=VALID[:1], command=command)
    assert caught.value.hint


def test_a_file_that_is_no_program(tmp_path):
    path = tmp_path / "a file.js"
    path.write_text("1")
    with pytest.raises(UsageError, match="cannot be started") as caught:
        vectors.run(ids=VALID[:1], command=[str(path)])
    assert "executable" in caught.value.hint
    path.chmod(0o755)
    path.write_bytes(b"\x00\x01")
    with pytest.raises(UsageError, match="cannot be started"):
        vectors.run(ids=VALID[:1], command=f"'{path}'")


@pytest.mark.parametrize(
    "bad", [{"ids": ["pa-9999"]}, {"lines": True}, {"seconds": 0, "command": "true"}, {"names": ["no-such"]}], ids=str
)
def test_calls_that_cannot_be_right(bad):
    with pytest.raises(UsageError):
        vectors.run(**bad)


# ------------------------------------------------------------------------------------------------------- the report


def test_a_selection_is_in_the_order_of_the_files_and_has_nothing_twice():
    report = vectors.run(["lds"], ids=["pa-0002", "lds-0001", "pa-0001"])
    assert [r.vector.id for r in report.results] == [*(v.id for v in LDS), "pa-0001", "pa-0002"]


def test_an_id_may_be_a_pattern():
    twins = vectors.run(ids=["pa-1*", "lds-000[12]"]).results
    assert len([r for r in twins if r.vector.id.startswith("pa-1")]) == len(vectors.load("passive-authentication")) // 2
    assert [r.vector.id for r in twins if r.vector.area == "lds"] == ["lds-0001", "lds-0002"]
    with pytest.raises(UsageError, match=r"unknown vector: pa-7\*"):
        vectors.run(ids=["pa-0001", "pa-7*"])


def test_sums_by_area_and_clause():
    vector = {v.id: v for v in (*LDS, *vectors.load("passive-authentication"))}
    report = vectors.Report(
        (
            Result(vector["pa-0001"], "agrees"),
            Result(vector["pa-0002"], "differs"),
            Result(vector["lds-0001"], "unsupported"),
            Result(vector["lds-0002"], "time-out"),
            Result(vector["lds-0003"], "not-run"),
        )
    )
    assert report.by_area() == {
        "passive-authentication": {"run": 2, "differ": 1, "unsupported": 0, "not_run": 0},
        "lds": {"run": 1, "differ": 1, "unsupported": 1, "not_run": 1},
    }
    assert report.by_clause()["Doc 9303-10, 4.6.2"] == {"run": 2, "differ": 1, "unsupported": 0, "not_run": 0}
    assert report.by_clause()["BSI TR-03135-1, 5.6.4.2"]["differ"] == 1
    assert report.as_json()["by_clause"] == report.by_clause()
    assert (report.counts, report.skipped, report.not_run) == ({"passive-authentication": 2, "lds": 1}, {"lds": 1}, 1)


def test_junit_has_a_case_for_each_vector_and_reads_whatever_a_program_wrote():
    vector = {v.id: v for v in LDS}
    hostile = "\x00\x1b[31m<![CDATA[ \ud800 & ]]>"
    report = vectors.Report(
        (
            Result(vector["lds-0001"], "agrees", "valid", seconds=0.5),
            Result(vector["lds-0002"], "differs", hostile, hostile, hostile, hostile),
            Result(vector["lds-0003"], "unsupported"),
            Result(vector["lds-0004"], "time-out", note="no answer within 1 seconds"),
            Result(vector["lds-0005"], "not-run"),
        )
    )
    (suite,) = ElementTree.fromstring(report.junit())
    assert suite.attrib == {
        "name": "lds", "tests": "5", "failures": "1", "errors": "1", "skipped": "2", "time": "0.500",
    }  # fmt: skip
    cases = suite.findall("testcase")
    assert [case.get("name").partition(":")[0] for case in cases] == [f"lds-000{n}" for n in range(1, 6)]
    assert [[child.tag for child in case] for case in cases] == [[], ["failure"], ["skipped"], ["error"], ["skipped"]]
    assert "\\u001b[31m" in cases[1][0].get("message")
