"""`tjdocs explain`: every word of the tables has an explanation in each language."""

import tomllib

import pytest

from tests.support.cases_reading import CASES as READING
from tests.support.cases_seal import CASES as SEALS
from tests.support.cases_signer import CASES as SIGNER
from tests.support.cases_sod import CASES as SOD
from tests.support.law_cases import CASES as LAW
from tests.support.law_cases import Traveller, document
from tjdocs import specs
from tjdocs.border import Policy
from tjdocs.border.report.explanations import explained_ids, explanations
from tjdocs.border.report.wording import LANGUAGES, texts
from tjdocs.errors import UsageError
from tjdocs.findings import Finding, Outcome


def _table(path):
    return tomllib.loads((specs.folder("specs") / path).read_text(encoding="utf-8"))


def _ids():
    """Every id of the files themselves, not by our readers."""
    for check in _table("checks.toml")["check"]:
        yield check["id"]
        yield from (f"{check['id']}/{reason}" for reason in check.get("reasons", {}))
    for path in ("mrz/problems.toml", "lds/problems.toml", "seals/problems.toml"):
        yield from (row["id"] for row in _table(path)["problem"])
    defects = _table("defects.toml")
    yield from (row["id"] for row in (*defects["defect"], *defects["content_type"]) if "id" in row)
    yield from (row["warning"] for row in _table("mrz/practices.toml")["practice"])
    yield from (row["id"] for row in _table("seals/results.toml")["result"])
    yield from ("passed", "warning", "failed", "undetermined", "aborted", "not-applicable", "admit", "refer", "refuse")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_id_of_specs_is_explained_in_each_language(language):
    words, english = texts(language), texts("en")
    ids = set(_ids())
    assert ids == set(explained_ids())
    assert len(ids) > 400
    for id_ in ids:
        own, told = explanations(id_, words), explanations(id_, english)
        assert [one.id for one in own] == [one.id for one in told]
        for one, other in zip(own, told, strict=True):
            assert one.id.split("/")[-1] == id_.split("/")[-1]
            assert all((one.title, one.sentence, one.kind)), id_
            if one.kind not in ("outcome", "verdict"):
                assert all((one.severity, one.clause)), id_
            if language != "en":
                assert one.sentence != other.sentence, id_


def test_every_reason_that_a_case_gives_is_explained_as_it_is_printed():
    findings = {f for case in LAW for f in case.who.judge().findings}
    findings |= {f for case in (*SIGNER, *SOD, *READING, *SEALS) for f in case.make().judge().findings}
    printed = {f"{finding.check}/{finding.reason}" for finding in findings if finding.reason}
    assert len(printed) > 200
    for id_ in printed:
        assert [one.id for one in explanations(id_, texts("en"))] == [id_]


def test_problems_and_defects_below_their_check():
    words = texts("en")
    (problem,) = explanations("mrz.check-digits/check-digit", words)
    assert (problem.kind, problem.severity, problem.clause) == ("problem", "error", "Doc 9303-3, 4.9")
    (defect,) = explanations("pa.sod-structure/ber-encoded", words)
    assert (defect.kind, defect.severity) == ("defect", "warning")
    (practice,) = explanations("practice-no-end", words)
    assert practice.kind == "practice"
    assert ("Issuing state", "ESP, ITA") in practice.more
    assert "This State prints it so" in practice.action
    # the problem of another check
    with pytest.raises(UsageError):
        explanations("mrz.dates/check-digit", words)


def test_a_reason_of_several_checks_has_each():
    found = explanations("no-direction", texts("en"))
    assert {one.id for one in found} >= {"doc.use/no-direction", "holder.ban/no-direction"}
    assert all(one.severity == "Not checked" for one in found)


def test_an_unknown_word_has_the_nearest():
    with pytest.raises(UsageError) as caught:
        explanations("holder.ban/posible-match", texts("en"))
    assert "nearest: holder.ban/possible-match" in caught.value.hint
    with pytest.raises(UsageError) as caught:
        explanations("?" * 10_000, texts("en"))
    assert len(str(caught.value)) < 300


def test_severity_is_the_default_policys():
    words = texts("en")
    (revoked,) = explanations("pa.ds-revocation/revoked", words)
    assert revoked.severity == "failed: refuse; undetermined: refer"
    (stay,) = explanations("holder.stay", words)
    assert stay.severity.startswith("failed: refer")
    (asked,) = explanations("holder.protection/asked", words)
    assert asked.severity == "failed: refer; undetermined: refer"
    strict = Policy.parse(Policy.default().source + b'\n[[override]]\ncheck = "chip.genuine"\nreason = "not-read-live"\ndecision = "refer"\n')
    finding = Finding("chip.genuine", Outcome.UNDETERMINED, "not-read-live")
    assert (Policy.default().consequence(finding), strict.consequence(finding)) == ("admit", "refer")
    # what it says alone is what it decides
    verdict = Traveller((document()[0].replace("ANNA", "ANNI"), document()[1])).judge()
    (differs,) = [f for f in verdict.findings if f.check == "lds.dg1-mrz"]
    assert Policy.default().consequence(differs) == verdict.decision == "refuse"


def test_no_accusing_action_for_what_is_not_established():
    (limit,) = explanations("pa.sod-signature/limit", texts("en"))
    assert limit.action.startswith("failed: Keep the document")
    assert "undetermined: This was not established" in limit.action
