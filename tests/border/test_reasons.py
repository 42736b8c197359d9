"""The reasons of a verdict: the finding in words, what to do about the evidence given, one vocabulary everywhere."""

import html
import re

import pytest

from tests.support import builders as b
from tests.support.law_cases import CASES as LAW
from tests.support.law_cases import Traveller, document, entry
from tjdocs.border import Evidence, Inspector, Policy
from tjdocs.border.report.html_report import render
from tjdocs.border.report.report_rows import further, reasons
from tjdocs.border.report.wording import LANGUAGES, texts
from tjdocs.cli import _verdicts
from tjdocs.findings import checks

WORDS = texts("en")


def shown(verdict, words, capsys, *, verbose=False):
    _verdicts.show(verdict, words, verbose=verbose)
    return capsys.readouterr().out


def listed(**more):
    """A traveller whom an entry may mean."""
    return Traveller(lists=(entry(**more),))


def test_the_bold_line_is_the_finding(capsys):
    """Not the title alone, which reads as if it held."""
    verdict = listed(date_of_birth="1994").judge()
    assert (verdict.decision, verdict.decided_by) == ("refer", ("holder.ban",))
    (reason,) = reasons(verdict, WORDS)
    (finding,) = [f for f in verdict.findings if f.check == "holder.ban"]
    told = WORDS.reason("holder.ban", "possible-match")
    assert reason.headline == f"undetermined: Ban {finding.subject}. {told}"
    assert f"<bdi class=\"doc\">{html.escape(reason.headline)}</bdi></strong>" in render(verdict)
    out = shown(verdict, WORDS, capsys)
    assert out.startswith(f"REFER\n{WORDS.label('sentence-refer')}\n\n{reason.headline} [holder.ban/possible-match]\n")


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_headline_is_a_title_alone(language):
    """Of every case of the law: outcome first, then what was found."""
    words = texts(language)
    for case in LAW:
        verdict = case.who.judge()
        for reason in reasons(verdict, words) if verdict.decision != "admit" else ():
            outcome, _, said = reason.headline.partition(": ")
            assert outcome == words.outcome(reason.outcome)
            name, _, sentence = said.partition(". ")
            assert name
            assert sentence.endswith((".", "!", "?")), reason.headline


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_entry_is_next_to_the_holder(language, capsys):
    words = texts(language)
    verdict = listed(primary_identifier="ERIKSSONOVA", date_of_birth="1994-11-25").judge()
    (reason,) = reasons(verdict, words)
    (compared,) = reason.comparisons
    rows = {label: (theirs, own) for label, theirs, own in compared.rows}
    assert rows[words.label("field-full_name")] == ("ERIKSSONOVA, ANNA MARIA", "ERIKSSON, ANNA MARIA")
    assert rows[words.label("field-date_of_birth")] == ("1994-11-25", "1994-11-24")
    out, page = shown(verdict, words, capsys), render(verdict, lang=language)
    for theirs, own in rows.values():
        first, second = [line for line in out.splitlines() if line.endswith((f"  {theirs}", f"  {own}"))][:2]
        assert first.endswith(theirs)
        assert out.splitlines().index(second) == out.splitlines().index(first) + 1
        out = out.partition(second)[2]
        assert re.search(rf"<td>.*{theirs}.*</td><td>.*{own}.*</td>", page)
    # JSON and what is kept have the id of the entry alone
    assert "ERIKSSONOVA" not in str(verdict.as_json())
    assert "ERIKSSONOVA" not in repr(compared)


def test_an_entry_of_a_document_or_of_a_traveller_without_one(capsys):
    number = {"primary_identifier": "", "secondary_identifier": "", "date_of_birth": ""}
    verdict = listed(**number, document_number="T00000001", issuing_state="TJK").judge()
    (compared,) = reasons(verdict, WORDS)[0].comparisons
    assert ("Document number", "T00000001", "T00000001") in compared.rows
    # the name of the page, where the chip has another
    text, chip = document()
    verdict = Traveller((text.replace("ERIKSSON", "ERIKSSEN"), chip), lists=(entry(primary_identifier="ERIKSSEN"),)).judge()
    (found,) = [reason for reason in reasons(verdict, WORDS) if reason.rows[0].check == "holder.ban"]
    assert ("Full name", "ERIKSSEN, ANNA MARIA", "ERIKSSON, ANNA MARIA / ERIKSSEN, ANNA MARIA") in found.comparisons[0].rows
    claims = {"primary_identifier": "ERIKSSON", "secondary_identifier": "ANNA MARIA", "date_of_birth": "1994"}
    verdict = Traveller(None, lists=(entry(),), claims=claims).judge()
    (found,) = [reason for reason in reasons(verdict, WORDS) if reason.rows[0].check == "holder.ban"]
    assert ("Date of birth", entry()["date_of_birth"], "1994") in found.comparisons[0].rows


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_not_handed_over_is_one_reason_with_one_action(language, capsys):
    """No advice about a chip that nobody gave, but to read it."""
    words = texts(language)
    verdict = Traveller((document()[0], None)).judge()
    (reason,) = reasons(verdict, words)
    assert reason.headline == f"{words.outcome('undetermined')}: {words.label('chip')}. {words.reason('lds.structure', 'no-input')}"
    assert {row.check for row in reason.rows} == set(verdict.decided_by)
    out = shown(verdict, words, capsys)
    steps = [line for line in out.splitlines() if "→" in line]
    assert steps == [f"  → {words.action('lds.structure', 'no-input')}"]
    page = render(verdict, lang=language)
    assert len(re.findall('<div class="step">', page)) == 1


def test_the_same_of_a_seal_and_of_an_mrz():
    """Where a policy of another lane asks for them."""
    scene = b.scene()
    given = {"chip": scene.evidence.chip}, {"seal": b"no seal"}
    for (check, label), evidence in zip((("seal.structure", "area-seal"), ("mrz.structure", "printed-zone")), given, strict=True):
        asked = Policy.default().source + f'\n[[override]]\ncheck = "{check}"\nreason = "no-input"\ndecision = "refer"\n'.encode()
        verdict = Inspector(trust=scene.trust, policy=Policy.parse(asked)).inspect(Evidence(**evidence), at=b.AT)
        assert verdict.decided_by == (check,)
        (reason,) = reasons(verdict, WORDS)
        assert reason.headline == f"undetermined: {WORDS.label(label)}. {WORDS.reason(check, 'no-input')}"
        assert reason.steps == (WORDS.action(check, "no-input"),)


def test_what_follows_from_a_finding_is_no_further_reason():
    verdict = Traveller(trusting=False).judge()
    assert {"pa.ds-chain", "pa.authentic", "lds.dg1-mrz"} <= set(verdict.decided_by)
    (reason,) = reasons(verdict, WORDS)
    assert reason.rows[0].id == "pa.ds-chain/no-issuer"
    assert {row.check for row in reason.rows[1:]} == set(verdict.decided_by) - {"pa.ds-chain"}
    assert reason.steps == (WORDS.action("pa.ds-chain", "no-issuer"),)


def test_every_deciding_check_is_in_a_reason_and_every_finding_somewhere(capsys):
    """None is lost between reasons, further findings, and the checks not made or passed, of any case of the law."""
    for case in LAW:
        verdict = case.who.judge()
        made = reasons(verdict, WORDS)
        named = {row.check for reason in made for row in reason.rows}
        assert named == set(verdict.decided_by) & checks().keys()
        rows = [row for reason in made for row in reason.rows] + further(verdict, WORDS)
        there = {(row.check, subject, row.reason) for row in rows for subject in row.subjects or ("",)}
        for finding in verdict.findings:
            counted = finding.outcome in ("passed", "not-applicable") or finding.unchecked or finding.reason == "premise"
            assert counted or (finding.check, finding.subject, finding.reason) in there, finding


def test_a_lesser_match_is_shown_beside_the_one_that_refuses(capsys):
    verdict = Traveller(lists=(entry(id="B-1"), entry(id="B-2", date_of_birth="1994"))).judge()
    assert (verdict.decision, verdict.decided_by) == ("refuse", ("holder.ban",))
    assert [row.subjects for row in further(verdict, WORDS)] == [("B-2",)]
    out = shown(verdict, WORDS, capsys)
    assert out.index("Ban B-1.") < out.index("Also found") < out.index("Ban B-2.")


def test_two_entries_have_their_action_once(capsys):
    step = WORDS.action("holder.ban", "possible-match")
    one = entry(id="B-1", date_of_birth="1994")
    first, second = reasons(Traveller(lists=(one, {**one, "id": "B-2", "authority": "police"})).judge(), WORDS)
    assert (first.steps, second.steps) == ((), (step,))
    # alike but for their ids
    (both,) = reasons(Traveller(lists=(one, {**one, "id": "B-2"})).judge(), WORDS)
    assert both.headline.startswith("undetermined: Ban B-1, B-2. ")
    assert [compared.entry for compared in both.comparisons] == ["B-1", "B-2"]


def test_a_warning_has_no_advice_for_a_failure():
    """Its own step, where it has one, never that of its check."""
    warned = [row for case in LAW for row in further(case.who.judge(), WORDS) if row.outcome == "warning"]
    assert warned
    for row in warned:
        assert row.step == WORDS.table("action").get(f"{row.check} {row.reason}", "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_terminal_html_and_json_have_one_vocabulary(language, capsys):
    """The same ids, and in English the same words."""
    words = texts(language)
    text, chip = document()
    for who in (Traveller(), listed(date_of_birth="1994"), Traveller((text.replace("ANNA", "ANNI"), chip)), Traveller(trusting=False)):
        verdict = who.judge()
        table, page = verdict.as_json(), html.unescape(re.sub("<[^>]+>", " ", render(verdict, lang=language)))
        out = shown(verdict, words, capsys, verbose=True)
        assert out.startswith(words.verdict(table["verdict"]).upper())
        if language == "en":
            assert out.splitlines()[0].lower() == table["verdict"]
            assert all(words.outcome(finding["outcome"]) == finding["outcome"] for finding in table["findings"])
        for finding in table["findings"]:
            for place in (out, page):
                assert words.outcome(finding["outcome"]) in place
                assert finding["check"] in place
                assert finding["reason"] in place
        for check in table["decided_by"]:
            assert check in page.partition(words.label("content"))[0]
        count = len(table["not_checked"])
        assert words.label("counts").format(passed=sum(f.outcome.ok for f in verdict.findings), count=count) in shown(verdict, words, capsys)


def test_brackets_of_a_list_are_text(capsys):
    verdict = listed(id="B-[red]1[/red]", reason="[bold]court[/bold] [link=x]order[/link]", date_of_birth="1994").judge()
    for verbose in (False, True):
        out = shown(verdict, WORDS, capsys, verbose=verbose)
        assert "Ban B-[red]1[/red]." in out
        assert "[bold]court[/bold] [link=x]order[/link]" in out
