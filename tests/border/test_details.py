"""Details of findings in the language of a report: by templates and words that are data; JSON keeps the English ones."""

import functools
import html
import re
import time
from dataclasses import replace

import pytest

from tests.support import builders as b
from tests.support.cases_reading import CASES as READING
from tests.support.cases_seal import CASES as SEALS
from tests.support.cases_signer import CASES as SIGNER
from tests.support.cases_sod import CASES as SOD
from tests.support.law_cases import CASES as LAW
from tests.support.law_cases import Traveller, document, entry
from tjdocs import specs
from tjdocs.border.report.details import explain, phrase, problem_words, say
from tjdocs.border.report.html_report import render
from tjdocs.border.report.safe_values import face
from tjdocs.border.report.wording import texts
from tjdocs.cli import _io
from tjdocs.findings import Finding, Outcome, checks
from tjdocs.messages import Message

OTHERS = ("ru", "tg")
# what stays as it is, in whatever language: names of certificates, codes, ids, what a list's entry itself says
KEPT = re.compile(
    r"\b(?:C|O|OU|CN)=[^;:(]*|\S*[-_.:]\S*|\([A-Z]\w+\)|court order|court|geklaut|nonRepudiation|Kulma \(to China\)"
    r"|sha\d+|secp\d+r1|token frontal|shown|tag|cut|missing|value|role|expired|denied|limit|untrusted|country|mrz"
)


@functools.cache
def details() -> list[Finding]:
    """Every finding with a detail that any case of law and inspection gives, once."""
    findings = [f for case in LAW for f in case.who.judge().findings]
    findings += [f for case in (*SIGNER, *SOD, *READING, *SEALS) for f in case.make().judge().findings]
    return list(dict.fromkeys(f for f in findings if f.detail))


@pytest.mark.parametrize("language", OTHERS)
def test_nothing_that_a_guard_reads_is_left_in_english(language):
    words = texts(language)
    left = {}
    for finding in details():
        said = say(finding, words)
        if english := re.findall(r"\b[a-z]{3,}\b", KEPT.sub("", said)):
            left[finding.check, finding.detail] = english
    assert left == {}


@pytest.mark.parametrize("language", OTHERS)
def test_every_template_and_word_is_of_a_detail_that_there_is(language):
    """Where nobody makes such a detail any more, what translates it is dead."""
    table = specs.read_toml(f"text/{language}.toml")
    told = "\n".join(f.detail for f in details())
    texts_alone = "\n".join(f.detail for f in details() if f.message is None)
    for template, said in table["detail"].items():
        assert template.count("{}") == said.count("{}"), template
    patterns = {template: "[^\n]*?".join(map(re.escape, template.split("{}"))) for template in table["detail"]}
    unseen = {template for template, pattern in patterns.items() if not re.search(pattern, texts_alone)}
    unseen |= {word for word in table["word"] if word not in told}
    assert unseen == SEEN_ELSEWHERE
    problems = {w for words in problem_words().values() for w in words}
    assert {key.rpartition(" ")[2] for key in table["problem"]} <= problems
    assert {key.partition(" ")[0] for key in table["problem"] if " " in key} <= set(problem_words())


# by tests of their own, or by rooms that no case here enters
SEEN_ELSEWHERE = {
    "bilateral", "by the seal", "truncated", "wanted-person", "zone_a", "the ground bilateral does not count",
    "the ground list does not count", "the ground candidates-trusted does not count",
    # of the portrait, and of what is not shown
    "DG2 cannot be read: {}.", "The image in DG2 cannot be shown. {}", "Image in DG2, {} × {} pixels", "It cannot be decoded.",
    "First of {} images in DG2, {} × {} pixels", "({} bytes, not shown)", "No chip was read.", "DG2 was not handed over.",
    "DG2 holds no image that is read.", "encoded again for this report",
}  # fmt: skip


@pytest.mark.parametrize("language", OTHERS)
def test_every_reason_of_every_table_is_explained(language):
    words, english = texts(language), texts("en")
    for check in checks().values():
        for word in check.reasons:
            assert explain(check.id, word, words)[0] != explain(check.id, word, english)[0], (check.id, word)
    for area, problems in problem_words().items():
        for word, (text, clause) in problems.items():
            assert words.problem(area, word), (area, word)
            assert explain(f"{area or 'pa'}.x", word, words)[0] != text, (area, word)
            assert explain(f"{area or 'pa'}.x", word, words)[1] in ("", clause)


@pytest.mark.parametrize("language", OTHERS)
def test_every_action_and_label_is_there(language):
    mine, english = (specs.read_toml(f"text/{name}.toml") for name in (language, "en"))
    for table in ("label", "verdict", "outcome", "action"):
        assert mine[table].keys() == english[table].keys(), table


@pytest.mark.parametrize("language", OTHERS)
def test_portrait_and_details_of_the_chip_are_told_in_its_language(language):
    words = texts(language)
    sound = b.scene(groups={1: b.dg1(b.zone()), 2: b.dg2(), 12: b.dg12("20260302")})
    for scene in (sound, sound.with_files(DG2=None), replace(sound, chip=None), sound.with_files(DG2=b"\x75\x00")):
        page, english = render(scene.judge(), lang=language), face(scene.examine().chip)[1]
        assert phrase(english, words) != english
        assert html.escape(phrase(english, words)) in page
    for name in ("dg11", "dg12"):
        for row in specs.read_toml(f"lds/{name}.toml")["field"]:
            assert words.label(f"field-{row['id']}") != texts("en").label(f"field-{row['id']}")
    assert words.label("field-date_of_issue") in render(sound.judge(), lang=language)
    assert phrase("(12 bytes, not shown)", words).count("12") == 1


@pytest.mark.parametrize(
    ("detail", "said"),
    [
        ("tag 61 instead of 77", "тег 61 вместо 77"),
        ("cut: missing data object at offset 0", "cut: это не объект данных, смещение 0"),
        ("nobody signed", "никто не подписал"),
        # of what no template fits nothing is changed, nor of a sentence half
        ("anything, at all", "anything, at all"),
        ("a sentence, names, and more", "a sentence, names, and more"),
        ("", ""),
        # values are put in as they are, whatever they hold
        ("tag {0} instead of {x} {}", "тег {0} вместо {x} {}"),
    ],
)  # fmt: skip
def test_a_detail_without_a_message_is_said(detail, said):
    assert say(Finding("lds.dg1-mrz", Outcome.FAILED, "differs", detail), texts("ru")) == said
    assert say(Finding("lds.dg1-mrz", Outcome.FAILED, "differs", detail), texts("en")) == detail


@pytest.mark.parametrize(
    ("message", "english", "said"),
    [
        (Message.of("differ", fields=("document_number", "DG2", "sex")),
         "differ: document_number, DG2, sex", "расходятся: Номер документа, DG2, Пол"),
        (Message.of("part", part=Message.of("check-digit-of", field="date_of_expiry"), problem=Message("problem.mrz.check-digit")),
         "date_of_expiry_check_digit: the check digit does not agree with its field",
         "контрольная цифра: Действителен до: контрольная цифра поля не сходится"),
        (Message.of("signed-claimed", day="2026-03-02"),
         "signed 2026-03-02 (claimed)", "подписано 2026-03-02 (по данным подписанта)"),
        (Message.all((Message.of("stayed", count=11), Message.of("allowed", count=10))),
         "11 business days from the day after entry; 10 are allowed",
         "рабочих дней со следующего за въездом дня: 11; разрешено: 10"),
        # values are put in as they are, whatever they hold
        (Message.of("reason", reason="{0} {x} {}"), "reason {0} {x} {}", "причина: {0} {x} {}"),
    ],
)  # fmt: skip
def test_a_message_is_said(message, english, said):
    finding = Finding.of("lds.dg1-mrz", Outcome.FAILED, "differs", message, "DG1")
    assert (finding.detail, say(finding, texts("en")), say(finding, texts("ru"))) == (english, english, said)
    assert finding.as_json()["message"] == message.as_json()


def test_a_message_as_json():
    place = Message.of("place", line=1, column=18)
    message = Message.all((Message.of("differ", fields=("sex",)), place))
    parts = [{"id": "differ", "params": {"fields": ["sex"]}}, {"id": "place", "params": {"line": 1, "column": 18}}]
    assert message.as_json() == {"id": "all", "params": {"parts": parts}}
    assert Message.all((place,)) is place


@pytest.mark.parametrize(
    "detail",
    ["issued " + " by the , last valid day , at most " * 100, "; ".join(["a: b, c (d)"] * 400), "(" * 4000, "a: " * 1300, "a, " * 1300],
    ids=range(5),
)
def test_a_detail_that_somebody_made_long_is_said_in_a_moment(detail):
    say(Finding("pa.ds-chain", Outcome.FAILED, "denied", "x"), texts("ru"))
    begun = time.process_time()
    say(Finding("pa.ds-chain", Outcome.FAILED, "denied", detail), texts("ru"))
    assert time.process_time() - begun < 1


@pytest.mark.parametrize(("language", "said"), [("en", "differ: secondary_identifier"), ("ru", "расходятся: Имя, отчество"), ("tg", "фарқ мекунад: Ном")])
def test_the_detail_stands_in_report_and_terminal_in_its_language_and_in_json_in_english(language, said, capsys):
    text, chip = document()
    verdict = Traveller((text.replace("ANNA", "ANNI"), chip), lists=(entry(),)).judge()
    assert said in render(verdict, lang=language)
    _io.show_findings(verdict.findings, texts(language))
    shown = capsys.readouterr().out
    assert said in shown
    assert ("matched by" in shown) is (language == "en")
    (finding,) = (f for f in verdict.as_json()["findings"] if f["check"] == "lds.dg1-mrz")
    assert finding["detail"] == "differ: secondary_identifier; line 1 position 19"
