"""A sixth document type, added by a TOML file alone: asked for, judged, issued and inspected like the others."""

import dataclasses
import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from tjdocs import mrz
from tjdocs.border import Evidence, Inspector
from tjdocs.documents import Application, DocumentTypes, NotEligible, eligibility, example, schema
from tjdocs.errors import SpecError, UsageError
from tjdocs.lds.ef_sod import EfSod
from tjdocs.office import Office, preview
from tjdocs.pki import TrustStore

SIXTH = "refugee-travel-document"
FILE = Path(__file__).with_name(f"{SIXTH}.toml")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("types")
    (place / FILE.name).write_bytes(FILE.read_bytes())
    return place


@pytest.fixture(scope="module")
def six(folder):
    return DocumentTypes.load(folder)


@pytest.fixture(scope="module")
def refugee(six, now):
    return example(SIXTH, at=now, types=six)


def test_it_is_issued_and_admitted_like_the_others(trial, register, six, refugee, now, tmp_path):
    office = Office(trial, register, types=six)
    issued = office.issue(refugee, at=now, out=tmp_path / "out")
    zone = mrz.parse(issued.mrz, at=now.date())
    assert zone.valid
    assert (zone.format, zone.document_code, zone.nationality) == ("TD3", "PR", "XXB")
    assert zone.document_number == "TF0000001"
    # two years, cut by the status that ends in one
    assert issued.date_of_expiry == date(2027, 11, 24)
    assert set(issued.chip) == {"EF.COM", "EF.SOD", "DG1", "DG2", "DG12"}
    assert EfSod.parse(issued.chip["EF.SOD"]).security_object.hash == "sha384"
    inspector = Inspector(trust=TrustStore.of([trial.csca], trial.certificates().values()), types=six)
    sealed = (tmp_path / "out/seal.png").read_bytes()
    verdict = inspector.inspect(Evidence(mrz=issued.mrz, chip=tmp_path / "out/chip", seal=sealed), at=now)
    assert verdict.crossing.document_class.id == SIXTH
    unpassed = {
        (finding.check, finding.reason)
        for finding in verdict.findings
        if finding.check.startswith(("mrz.", "lds.", "pa.", "seal.")) and finding.outcome != "passed"
    }
    assert unpassed == {("pa.ds-revocation", "no-crl"), ("seal.revocation", "no-crl")}
    assert verdict.decision == "admit"
    printed = {placed.id for placed in issued.page.placed if placed.kind == "data"}
    assert "nationality" in printed
    assert (tmp_path / "out/page.png").read_bytes().startswith(b"\x89PNG")
    record = json.loads((tmp_path / "out/record.json").read_text())
    assert record["type_sha256"] == six[SIXTH].sha256


def test_its_rules_answer_with_their_own_sentences(six, refugee, now):
    citizen = dataclasses.replace(refugee, citizenship="TJK", documents=())
    found = {r.rule: (str(r.outcome), r.sentence) for r in eligibility(citizen, at=now, types=six)}
    assert found["refugee"] == ("not met", "This document is issued to refugees only.")
    assert found["refugee-status"][0] == "not met"
    assert found["born-before"][1] == "The date of birth is not in the future."  # the bundled sentence
    for lang in ("tg", "ru"):  # its own sentences are in English alone
        spoken = {r.rule: r.language for r in eligibility(citizen, at=now, types=six, lang=lang)}
        assert spoken == {"refugee": "en", "refugee-status": "en", "born-before": lang}


@pytest.mark.parametrize(("days", "lawful"), [(-1, False), (0, True), (1, True)])
def test_its_boundaries(trial, register, six, refugee, now, days, lawful):
    status = dataclasses.replace(refugee.documents[0], expires=now.date() + timedelta(days=days))
    application = dataclasses.replace(refugee, documents=(status,))
    office = Office(trial, register, types=six)
    if lawful:
        assert office.issue(application, at=now, page=False).date_of_expiry == status.expires
    else:
        with pytest.raises(NotEligible):
            office.issue(application, at=now)
        assert register.document("TF0000001") is None


def test_it_has_a_schema_and_a_preview(six, refugee, now):
    titles = [one["title"] for one in schema(six)["oneOf"]]
    assert "Travel document (Convention of 28 July 1951)" in titles
    assert Application.from_json(refugee.to_json(), types=six) == refugee
    assert preview(refugee, at=now, types=six).eligible
    assert six.by_zone("TD3", "PR", "TJK").id == SIXTH


def test_who_was_not_given_the_file_issues_none(office, register, refugee, now):
    with pytest.raises(UsageError, match="unknown document type"):
        office.issue(refugee, at=now)
    assert register.document("TF0000001") is None


def test_a_rule_without_a_sentence_is_refused(tmp_path):
    text = FILE.read_text(encoding="utf-8")
    (tmp_path / FILE.name).write_text(text[: text.index("[text.en.refugee-status]")], encoding="utf-8")
    with pytest.raises(SpecError, match="missing sentence"):
        DocumentTypes.load(tmp_path)


def test_a_field_without_a_text_is_refused(tmp_path):
    text = FILE.read_text(encoding="utf-8")
    start = text.index('supporting_document = "the certificate of refugee status')
    (tmp_path / FILE.name).write_text(text[:start] + text[text.index("\n", start) + 1 :], encoding="utf-8")
    with pytest.raises(SpecError, match="missing text"):
        DocumentTypes.load(tmp_path)
