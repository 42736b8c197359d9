"""`verify` and `border inspect` print alike, and `explain` what they print."""

import json
from datetime import date

import pytest

from tests.support.command_line import run
from tjdocs import mrz
from tjdocs.cli import _verdicts

AT = ("--at", "2026-11-24")
CHIP = ("--mrz", "mrz.txt", "--trust", "authority/csca.cer", *AT)


@pytest.mark.parametrize("more", [(), ("-v",), ("--verbose",), ("--lang", "tg"), ("--crl", "authority/csca.crl", "-v")], ids=" ".join)
def test_the_same_evidence_is_printed_alike(place, more):
    for trusted in (CHIP, ("--mrz", "mrz.txt", *AT)):
        verify = run("verify", "chip", *trusted, *more)
        assert verify == run("border", "inspect", "--chip", "chip", *trusted, *more)
        assert verify[0] == (0 if trusted is CHIP else 1)


def test_both_have_one_printer(place, monkeypatch):
    """A second one would drift."""
    asked = []
    monkeypatch.setattr(_verdicts, "show", lambda verdict, words, *, verbose: asked.append(verdict.decision))
    for call in (("verify", "chip"), ("border", "inspect", "--chip", "chip")):
        assert run(*call, *CHIP)[1] == ""
    assert asked == ["admit", "admit"]


def test_verdict_reasons_steps_and_one_line_of_what_was_not_checked(place):
    zone = mrz.parse((place / "mrz.txt").read_text(), at=date(2026, 11, 24))
    names = {name: getattr(zone, name) for name in ("primary_identifier", "secondary_identifier")}
    ban = {**json.loads((place / "ban.jsonl").read_text()), **names, "date_of_birth": str(zone.date_of_birth.year)}
    (place / "ban.jsonl").write_text(json.dumps(ban) + "\n")
    out = run("border", "inspect", "--chip", "chip", *CHIP, "--direction", "entry", "--watch-list", "ban.jsonl")[1]
    lines = out.splitlines()
    assert lines[0] == "REFER"
    assert lines[3].startswith("undetermined: Ban B-1. ")
    assert lines[3].endswith("[holder.ban/possible-match]")
    told = json.loads(run("border", "inspect", "--chip", "chip", *CHIP, "--direction", "entry", "--watch-list", "ban.jsonl", "--json")[1])
    passed = sum(finding["outcome"] in ("passed", "warning") for finding in told["findings"])
    assert lines[-1] == f"passed: {passed}; not checked: {len(told['not_checked'])} (-v lists them)"
    assert "handed over" not in out


def test_a_word_of_a_report_is_explained(place):
    status, out, err = run("explain", "holder.ban/possible-match")
    assert (status or 0, err) == (0, "")
    assert out.splitlines()[0] == "holder.ban/possible-match"
    assert "Severity: failed: refuse; undetermined: refer" in out
    assert "→ Compare date and place of birth" in out
    told = json.loads(run("explain", "holder.ban/possible-match", "--json")[1])
    assert told["schema"] == 1
    (one,) = told["explanations"]
    assert one.keys() == {"id", "kind", "title", "sentence", "severity", "clause", "action", "more"}
    assert run("explain", "practice-no-end", "--lang", "tg")[1].splitlines()[1].startswith("Санаҳои MRZ. ")
    assert len(run("explain", "--all")[1].splitlines()) > 400


@pytest.mark.parametrize(("call", "said"), [
    (("holder.ban/posible-match",), "unknown word: holder.ban/posible-match; nearest: holder.ban/possible-match"),
    (("mrz.check-digit",), "unknown word: mrz.check-digit; nearest: mrz.check-digits"),
    (("§",), "unknown word: §; --all lists the words"),
    ((), "missing word: explain; give a word, or --all"),
    (("refer", "--all"), "words and --all: explain; give a word, or --all"),
    (("refer", "--lang", "de"), "unknown language: de; one of en, ru, tg"),
])  # fmt: skip
def test_an_unusable_call(call, said):
    status, out, err = run("explain", *call)
    assert (status, out) == (2, "")
    assert err.startswith(f"tjdocs: {said}")
    assert err.count("\n") == 1
    assert json.loads(run("explain", *call, "--json")[1])["error"]["code"] == "usage"
