"""Who may be given a passport: every rule answers, with its article, whatever the application says."""

import dataclasses
import importlib
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tjdocs import specs
from tjdocs.documents import Application, NotEligible, RuleResult, eligibility, example, types
from tjdocs.documents.predicates import PREDICATES, Answer
from tjdocs.errors import SpecError, UsageError

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
TODAY = NOW.date()
KIND = "external-passport"
module = importlib.import_module("tjdocs.documents.eligibility")  # the package has a function of that name


@pytest.fixture(scope="module")
def adult():
    return dataclasses.replace(example(KIND, at=NOW), portrait=b"")


def answers(application, at=TODAY):
    return {result.rule: str(result.outcome) for result in eligibility(application, at=at)}


@pytest.mark.requirement("EXT-3")
@pytest.mark.parametrize(
    ("citizenship", "answer"), [("TJK", "met"), ("UTO", "not met"), ("XXA", "not met"), ("", "cannot tell")]
)
def test_only_citizens(adult, citizenship, answer):
    assert answers(dataclasses.replace(adult, citizenship=citizenship))["citizen"] == answer


@pytest.mark.requirement("EXT-3")
@pytest.mark.parametrize(
    ("born", "answer"), [(TODAY, "met"), (TODAY + timedelta(days=1), "not met"), (None, "cannot tell")]
)
def test_nobody_is_born_tomorrow(adult, born, answer):
    assert answers(dataclasses.replace(adult, date_of_birth=born))["born-before"] == answer


@pytest.mark.requirement("EXT-4")
@pytest.mark.parametrize(
    ("born", "on", "answer"),
    [
        (date(2008, 11, 25), TODAY, "not met"),  # 18 tomorrow
        (date(2008, 11, 24), TODAY, "met"),  # 18 today
        (date(2008, 11, 23), TODAY, "met"),  # 18 yesterday
        (date(2026, 11, 24), TODAY, "not met"),
        (date(2008, 2, 29), date(2026, 2, 27), "not met"),
        (date(2008, 2, 29), date(2026, 2, 28), "met"),  # 29 February has its anniversary on 28 February
        (None, TODAY, "cannot tell"),
    ],
)
def test_under_18_the_representatives_consent(adult, born, on, answer):
    application = dataclasses.replace(adult, date_of_birth=born)
    assert answers(application, on)["consent-of-representatives"] == answer
    consented = dataclasses.replace(application, consents=("legal-representatives",))
    assert answers(consented, on)["consent-of-representatives"] == "met"
    other = dataclasses.replace(application, consents=("photography",))
    assert answers(other, on)["consent-of-representatives"] == answer


@pytest.mark.parametrize("born", [date.max, date(9982, 1, 1), date.min])
def test_absurd_dates_of_birth_are_answered(adult, born):
    """JSON lets them through; a clerk is told, and nothing stumbles."""
    found = answers(dataclasses.replace(adult, date_of_birth=born))
    assert found["born-before"] == ("met" if born == date.min else "not met")
    assert found.keys() == {"citizen", "born-before", "consent-of-representatives"}


def test_every_rule_answers_with_its_article_and_a_sentence(adult):
    rows = {row["id"] for row in specs.read_toml("requirements.toml")["requirement"]}
    for name in types.names():
        results = eligibility(dataclasses.replace(adult, document_type=name), at=NOW)
        assert [result.rule for result in results] == [rule.id for rule in types.get(name).rules]
        for result in results:
            assert result.requirement in rows
            assert result.article
            assert result.sentence.endswith(".")


def test_every_answer_of_every_rule_has_its_sentence():
    rules = specs.read_toml("text/en.toml")["rule"]
    for name in types.names():
        for rule in types.get(name).rules:
            assert rules[rule.id].keys() >= {"title", "not-met", "cannot-tell"}


def test_json_of_an_answer(adult):
    foreigner = dataclasses.replace(adult, citizenship="UTO")
    assert eligibility(foreigner, at=NOW)[0].as_json() == {
        "rule": "citizen",
        "requirement": "EXT-3",
        "outcome": "not met",
        "detail": "The passport for travel abroad is issued to citizens of Tajikistan only."
        " (Resolution 294 of 27.05.2020)",
    }


def test_refusal_names_every_rule_and_no_person(adult):
    application = dataclasses.replace(adult, citizenship="", date_of_birth=date(2030, 1, 1))
    refused = tuple(r for r in eligibility(application, at=NOW) if r.outcome is not Answer.MET)
    error = NotEligible(refused)
    assert error.code == "not-eligible"
    assert len(error.refused) == 3
    assert all(result.sentence in error.hint for result in refused)
    assert all(result.requirement in error.where for result in refused)
    assert "ЭРИКССОН" not in f"{error} {error!r} {error.refused}"
    assert "2030" not in f"{error} {error!r}"


@pytest.mark.parametrize("at", [None, "2026-11-24", 20261124, NOW.replace(tzinfo=None)])
def test_a_day_that_is_none(adult, at):
    with pytest.raises(UsageError):
        eligibility(adult, at=at)


@given(st.dates(), st.dates(), st.sampled_from(["", "TJK", "UTO"]), st.booleans())
@settings(deadline=None, max_examples=200)
def test_every_application_is_answered(born, on, citizenship, consent):
    application = Application(
        KIND, date_of_birth=born, citizenship=citizenship, consents=("legal-representatives",) * consent
    )
    results = eligibility(application, at=on)
    assert all(isinstance(result, RuleResult) for result in results)
    met = {result.rule: result.outcome is Answer.MET for result in results}
    assert met["citizen"] == (citizenship == "TJK")
    assert met["born-before"] == (born <= on)
    if consent:
        assert met["consent-of-representatives"]


@pytest.mark.parametrize(
    "change",
    [{"predicate": "no-such"}, {"arguments": {}}, {"arguments": {"state": "TJK", "more": 1}}],
    ids=["predicate", "too-few", "too-many"],
)
def test_a_rule_that_nothing_computes_is_refused(adult, monkeypatch, change):
    kind = types.get(KIND)
    odd = dataclasses.replace(kind, rules=(dataclasses.replace(kind.rules[0], **change),))
    monkeypatch.setattr(types, "get", lambda name: odd)
    with pytest.raises(SpecError):
        eligibility(adult, at=NOW)


def test_an_answer_without_a_sentence_is_refused(adult, monkeypatch):
    monkeypatch.setattr(
        module.specs, "read_toml", lambda path: {"schema": 1, "language": "en", "reviewed": True, "rule": {}}
    )
    module._texts.cache_clear()
    try:
        with pytest.raises(SpecError, match="no sentence"):
            eligibility(adult, at=NOW)
    finally:
        module._texts.cache_clear()


def test_predicates_are_all_used_by_some_type():
    used = {rule.predicate for name in types.names() for rule in types.get(name).rules}
    assert used == PREDICATES.keys()
