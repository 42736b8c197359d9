"""What is said to a person: every label there in English, others marked as not reviewed; the report in each language."""

import re
from dataclasses import replace

import pytest

from tests.support import builders as b
from tests.support.law_cases import Traveller, document, entry
from tjdocs import specs
from tjdocs.border import Inspector, Policy
from tjdocs.border.report.html_report import render
from tjdocs.border.report.report_rows import not_checked, reasons
from tjdocs.border.report.wording import LANGUAGES, texts
from tjdocs.cli import _verdicts
from tjdocs.errors import UsageError
from tjdocs.findings import checks
from tjdocs.mrz.mrz_problems import problem_kinds
from tjdocs.pki.trust.store import Source, TrustStore

TABLES = {language: specs.read_toml(f"text/{language}.toml") for language in LANGUAGES}


@pytest.mark.parametrize("language", LANGUAGES)
def test_keys_are_those_of_english_and_of_the_catalogue(language):
    table = TABLES[language]
    for part in ("label", "verdict", "outcome"):
        assert table[part].keys() <= TABLES["en"][part].keys()
    assert table["verdict"].keys() == TABLES["en"]["verdict"].keys()
    assert table.get("title", {}).keys() <= checks().keys()
    for key in table["action"]:
        check, _, reason = key.partition(" ")
        assert check in checks()
        problems = {code for code, kind in problem_kinds().items() if kind.check == check}
        assert reason in ("", "undetermined") or reason in {*checks()[check].reasons, *problems}, key
    assert table["reviewed"] is (language == "en")


def test_whatever_may_refuse_says_what_to_do():
    """Every failed or referring reason of the law has an action."""
    harmless = {"no-input", "premise", "no-direction", "no-register", "no-point", "no-entry-date", "foreign", "limit"}
    harmless |= {"not-asked", "not-entering", "not-needed", "not-crossing", "not-limited", "not-asked-for", "not-staying"}
    harmless |= {"no-issue-date", "no-expiry", "no-list", "entered-in-future"}
    for check in checks().values():
        if check.id.startswith(("doc.", "holder.", "register.", "crossing.")):
            for reason in set(check.reasons) - harmless:
                assert texts("en").action(check.id, reason), (check.id, reason)


def test_every_label_of_the_template_is_there():
    folder = specs.folder("specs").parent / "src/tjdocs/border/report/templates/report.html"
    used = set(re.findall(r't\("([a-z-]+)"\)', folder.read_text()))
    assert used
    assert used <= TABLES["en"]["label"].keys()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "who",
    [
        Traveller(),
        Traveller(document("internal-passport"), "exit", lists=(entry(),)),
        Traveller(asks=True, trusting=False),
        Traveller(None, asks=True),
    ],
    ids=range(4),
)
def test_the_report_in_each_language(language, who):
    verdict = who.judge()
    words = texts(language)
    page = render(verdict, lang=language)
    assert f'<html lang="{language}">' in page
    assert words.verdict(verdict.decision) in page
    for reason in reasons(verdict, words):
        assert reason.headline.replace("'", "&#39;") in page
        assert all(step.replace("'", "&#39;") in page for step in reason.steps)
    for title, _ in not_checked(verdict, words):
        assert title.replace("'", "&#39;") in page
    assert (words.label("unreviewed") in page) is not words.reviewed


def test_not_checked_is_said_as_plainly_as_what_failed():
    missing = dict(not_checked(Traveller().judge(), texts("en")))
    assert "No list of bans was handed over." in missing.values()
    assert "No register was asked." in missing.values()
    assert "No revocation list of that State was handed over." in missing.values()


def test_that_no_chip_was_asked_and_no_group_read_is_said_in_report_terminal_and_json(capsys):
    scene = b.scene(groups={1: b.dg1(b.zone()), 2: b.dg2(), 3: b.der(0x63, b"garbage"), 7: b.der(0x67)})
    verdict = scene.judge()
    assert verdict.decision == "admit"
    for language in LANGUAGES:
        words = texts(language)
        missing = dict(not_checked(verdict, words))
        asked = words.title("chip.genuine") or checks()["chip.genuine"].title
        read = words.title("lds.structure") or checks()["lds.structure"].title
        assert missing[asked] == words.reason("chip.genuine", "not-read-live")
        assert missing[f"{read} DG3, DG7"] == words.reason("lds.structure", "not-read")
        for said in (render(verdict, lang=language), shown(verdict, words, capsys, verbose=True)):
            for title in (asked, f"{read} DG3, DG7"):
                assert title.replace("'", "&#39;") in said or title in said
    listed = verdict.as_json()["not_checked"]
    assert {"check": "chip.genuine", "reason": "not-read-live", "subject": ""} in listed
    assert {"check": "lds.structure", "reason": "not-read", "subject": "DG3"} in listed
    assert not any(row["check"] == "lds.structure" and row["subject"] in ("DG1", "DG2") for row in listed)
    # what passed, failed or rests on another check is not among them
    undetermined = {(f.check, f.reason, f.subject) for f in verdict.findings if f.outcome == "undetermined"}
    assert {(row["check"], row["reason"], row["subject"]) for row in listed} <= undetermined


def shown(verdict, words, capsys, *, verbose=False) -> str:
    _verdicts.show(verdict, words, verbose=verbose)
    return capsys.readouterr().out


def test_a_copied_chip_is_admitted_and_said_not_to_have_been_asked_by_every_policy_of_ours():
    """Files of a genuine chip, whoever brings them: what is measured is the same, a strict lane may refer."""
    scene = b.scene()
    strict = Policy.default().source + b'''
[[override]]
check = "chip.genuine"
reason = "not-read-live"
decision = "refer"
'''
    assert Inspector(trust=scene.trust).inspect(scene.evidence, at=b.AT).decision == "admit"
    verdict = Inspector(trust=scene.trust, policy=Policy.parse(strict)).inspect(scene.evidence, at=b.AT)
    assert (verdict.decision, verdict.decided_by) == ("refer", ("chip.genuine",))
    for language in LANGUAGES:
        (reason,) = reasons(verdict, texts(language))
        assert reason.steps == (texts(language).action("chip.genuine"),)
        assert reason.steps[0]


@pytest.mark.parametrize(
    ("imported", "said"),
    [
        ("2026-11-14T11:00:00+00:00", "last import on 2026-11-14, 10 days before the inspection"),
        ("2026-11-24T10:00:00+00:00", "last import on 2026-11-24, 0 days before the inspection"),
        ("2026-12-01T10:00:00+00:00", "last import on 2026-12-01"),
        ("", "when the trusted certificates were received is not known"),
        # what somebody wrote into the file
        ("2026-12-01T10:00:00", "when the trusted certificates were received is not known"),
        ("9999", "when the trusted certificates were received is not known"),
    ],
)
def test_how_old_the_trust_store_is_stands_under_what_was_not_checked(imported, said):
    who = Traveller()
    entry_ = who.inspector().trust.entries[0]
    early = Source("a.ml", "1" * 64, imported="2020-01-01T00:00:00+00:00" if imported > "2" else "")
    origins = (early, Source("b.ml", "2" * 64, imported=imported))
    inspector = Inspector(trust=TrustStore.of_entries([replace(entry_, origins=origins)]))
    verdict = inspector.inspect(who.evidence(), at=b.AT)
    assert dict(not_checked(verdict, texts("en")))["Trust store"] == said
    assert said in render(verdict)
    assert verdict.as_json().get("trust_imported", "") == imported
    for language in ("ru", "tg"):
        undated = said.startswith("when")
        assert (texts(language).label("trust-undated") if undated else imported[:10]) in render(verdict, lang=language)


def test_the_day_of_an_import_is_that_of_the_place():
    who = Traveller()
    entry_ = who.inspector().trust.entries[0]
    origins = (Source("a.ml", "1" * 64, imported="2026-11-23T20:00:00+00:00"),)
    verdict = Inspector(trust=TrustStore.of_entries([replace(entry_, origins=origins)])).inspect(who.evidence(), at=b.AT)
    assert dict(not_checked(verdict, texts("en")))["Trust store"] == "last import on 2026-11-24, 0 days before the inspection"


def test_that_there_is_no_trust_store_is_told(tmp_path):
    for trust in (None, TrustStore.of(()), TrustStore.create(tmp_path / "trust.db")):
        verdict = Inspector(trust=trust).inspect(Traveller().evidence(), at=b.AT)
        assert dict(not_checked(verdict, texts("en")))["Trust store"] == "no certificate to trust was handed over"
        assert "trust_imported" not in verdict.as_json()
    # and once something was imported, when
    store = TrustStore.create(tmp_path / "trust.db")
    assert store.imported is None
    certificate = b.utopia().certificate
    store.add(Source("a", "1" * 64, imported="2026-11-20T12:00:00+00:00"), [(certificate, "self-signed")], grounds={})
    assert store.imported == store.with_policy(Policy.default().trust).imported == "2026-11-20T12:00:00+00:00"


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_to_do_stands_beside_each_check_also_where_it_did_not_decide(language):
    """Whoever asks for protection is referred for that; what was found of the documents, and what to do, stands beside."""
    text, chip = document()
    words = texts(language)
    forged = Traveller((text.replace("ANNA", "ANNI"), chip), asks=True, lists=(entry(),))
    verdict = forged.judge()
    assert verdict.decided_by == ("holder.protection",)
    page = render(verdict, lang=language)
    for check, reason in (("lds.dg1-mrz", "differs"), ("holder.ban", "banned")):
        assert words.action(check, reason) in page
    # of what was not handed over nothing is to be done
    assert words.action("seal.structure") not in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_nobody_is_accused_of_what_was_not_established(language):
    """Of a zone alone nothing says that a signature is wrong: that is for what failed."""
    words = texts(language)
    accusing = {"en": "Keep the document", "ru": "Изымите", "tg": "Ҳуҷҷатро гиред"}[language]
    zone_alone = Traveller((document()[0], None)).judge()
    (missing,) = reasons(zone_alone, words)
    assert missing.steps == (words.action("lds.structure", "no-input"),)
    assert {row.check for row in missing.rows} == set(zone_alone.decided_by)
    assert accusing not in missing.steps[0]
    for check in checks():
        for reason in checks()[check].reasons:
            step = words.action(check, reason, outcome="undetermined")
            assert accusing not in step or words.action(check, reason) != words.action(check), (check, reason)
    forged = Traveller((document()[0].replace("ANNA", "ANNI"), document()[1])).judge()
    assert [reason.steps for reason in reasons(forged, words)] == [(words.action("lds.dg1-mrz", "differs"),)]
    assert accusing.lower() in words.action("lds.dg1-mrz", "differs").lower()


def test_characters_that_differ_are_marked():
    text, chip = document()
    verdict = Traveller((text.replace("ANNA", "ANNI"), chip)).judge()
    assert render(verdict).count("<mark>I</mark>") == 1
    assert render(verdict).count("<mark>A</mark>") == 1
    assert "<mark>" not in render(Traveller().judge())


def test_a_language_that_is_not_there():
    with pytest.raises(UsageError):
        render(Traveller().judge(), lang="de")




@pytest.mark.parametrize("language", [name for name in LANGUAGES if name != "en"])
def test_what_a_guard_reads_first_is_in_his_own_language(language):
    """Titles, what failing means, and the reasons of what was not checked; words that nobody gives are none."""
    table = TABLES[language]
    asked = {id_ for id_ in checks() if not id_.startswith("evidence.")}
    assert table.get("title", {}).keys() == table["consequence"].keys() == checks().keys()
    given = {(check.id, word) for check in checks().values() for word in check.reasons}
    words = {word for _, word in given} | {"no-zone", "assumed"}
    for key in table["reason"]:
        check, _, word = key.rpartition(" ")
        assert (check, word) in given if check else word in words, key
    for check, word in given:
        if check in asked and word.startswith(("no-", "not-handed")):
            assert texts(language).reason(check, word) != checks()[check].reasons[word], (check, word)


@pytest.mark.parametrize(("language", "said"), [("en", "Fields of the two MRZs differ."), ("ru", "Поля двух МСЗ расходятся."), ("tg", "Майдонҳои ду MRZ мувофиқ нестанд.")])
def test_the_reason_stands_in_the_report_in_its_language(language, said):
    who = Traveller((document()[0].replace("ERIKSSON", "ERIKSSUN"), document()[1]))
    page = render(who.judge(), lang=language)
    assert said in page
    assert checks()["lds.dg1-mrz"].consequence in page or language != "en"
    assert texts(language).consequence("lds.dg1-mrz") in page
    assert (language == "en") == ("was handed over" in page)
