"""The issuing act: whole or not at all; no number for what the law or the page does not allow."""

import dataclasses
import json
import os
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta, timezone
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from tests.support import builders as b
from tests.support.offices import production, used
from tjdocs import mrz
from tjdocs.border import Evidence, Inspector
from tjdocs.documents import ApplicationError, NotEligible, eligibility, example, load_types
from tjdocs.errors import KeyMaterialError, OutputError, RegisterError, TjdocsError, UsageError
from tjdocs.lds import ef_sod
from tjdocs.lds.dg11 import Dg11
from tjdocs.lds.dg12 import Dg12
from tjdocs.lds.ef_catalogue import LdsProblem
from tjdocs.office import Office, draft, output_folder
from tjdocs.office import issued_document as module
from tjdocs.pki import Authority, TrustStore
from tjdocs.pki.crl import Crl
from tjdocs.pki.public_key import hash_data
from tjdocs.register import Register, Reservation

KIND = "external-passport"
NAIVE = datetime(2026, 11, 24, 12, tzinfo=UTC).replace(tzinfo=None)
SECRETS = ("ҒАФУРОВ", "ҚОСИМ", "ҲАКИМӢ", "GHAFUROV", "QOSIM", "ХУҶАНД", "ZE184226B", "T00000001", "1994", "941124")


def leaks(text):
    told = re.sub(r"\b[0-9a-f]{64}\b", "digest", text)  # a digest may spell a year
    return [secret for secret in SECRETS if secret in told]


# a live chip alone proves itself, and of its two files beside the data groups a border compares the infos alone
OF_FILES = {("chip.genuine", "not-read-live"), ("lds.structure", "not-read")}


def left_open(verdict):
    """Return what did not pass, but for the seal, which a passport with a chip has not, and the law, not asked here."""
    return {
        (f.check, f.reason)
        for f in verdict.findings
        if f.outcome != "passed" and not b.of_law(f.check) and (f.check.partition(".")[0], f.reason) != ("seal", "no-input")
    }


@pytest.fixture(scope="module")
def issued(trial, application, now, tmp_path_factory):
    register = Register(f"sqlite:///{tmp_path_factory.mktemp('module') / 'register.db'}")
    return Office(trial, register).issue(application, at=now)


# ------------------------------------------------------------------------------------------------- what is issued


@pytest.mark.requirement("EXT-1")
@pytest.mark.requirement("ICAO-SOD")
@pytest.mark.requirement("ICAO-PA")
def test_a_border_admits_what_was_issued(issued, trial, now):
    assert {"EF.COM", "EF.SOD", "DG1", "DG2"} <= set(issued.chip)
    inspector = Inspector(trust=TrustStore.of([trial.csca]))
    verdict = inspector.inspect(Evidence(mrz=issued.mrz, chip=issued.chip), at=now)
    assert verdict.decision == "admit"
    assert left_open(verdict) == {("pa.ds-revocation", "no-crl"), *OF_FILES}
    # on its last valid day still, though its signer's key may not sign for long; the day after no more
    for day, decision in ((issued.date_of_expiry, "admit"), (issued.date_of_expiry + timedelta(days=1), "refuse")):
        assert inspector.inspect(Evidence(mrz=issued.mrz, chip=issued.chip), at=day).decision == decision


@pytest.mark.requirement("EXT-2")
def test_dates_everywhere_the_same(issued):
    assert (issued.date_of_issue, issued.date_of_expiry) == (date(2026, 11, 24), date(2036, 11, 23))
    zone = mrz.parse(issued.mrz, at=issued.date_of_issue)
    assert zone.valid
    assert zone.date_of_expiry == issued.date_of_expiry
    assert Dg12.parse(issued.chip["DG12"]).issued == issued.date_of_issue
    assert issued.record["date_of_expiry"] == "2036-11-23"


@pytest.mark.requirement("NAM-1")
def test_names_keep_their_letters_in_print_and_are_transliterated_in_the_zone(issued, monkeypatch):
    # Doc 9303-3 leaves the table to the State; the spelling is that of specs/transliteration, table tj
    assert issued.mrz[0] == "PPTJKGHAFUROV<<QOSIM<HAKIMI<<<<<<<<<<<<<<<<<"
    assert Dg11.parse(issued.chip["DG11"]).full_name == "ҒАФУРОВ<<ҚОСИМ<ҲАКИМӢ"
    assert issued.record["transliteration"] == "tj"
    seen = {}
    monkeypatch.setattr(module, "draw", lambda layout, values, **more: seen.update(values, layout=layout, **more))
    dataclasses.replace(issued).page  # noqa: B018 (drawn when asked for)
    assert seen["primary_identifier"] == "ҒАФУРОВ / GHAFUROV"
    assert seen["secondary_identifier"] == "ҚОСИМ ҲАКИМӢ / QOSIM HAKIMI"
    assert seen["place_of_birth"] == "ХУҶАНД / KHUJAND"
    assert seen["lines"] == issued.mrz
    assert seen["specimen"] is True


@pytest.mark.parametrize("name", ["ӯ", "ӣ", "ғ", "қ", "ҳ", "ҷ"])
@pytest.mark.requirement("NAM-1")
def test_each_letter_of_tajik(office, application, now, name):
    one = office.issue(dataclasses.replace(application, family_name=f"{name}а"), at=now)
    assert Dg11.parse(one.chip["DG11"]).full_name.startswith(f"{name}а<<")
    assert one.mrz[0][5] in "UIGQHJ"
    assert one.page.size == (1476, 1039)


def test_what_was_not_given_is_nowhere(office, application, now):
    """One name only, no place of birth, no personal number, no eyes: zone, chip and page do without."""
    bare = {"patronymic": "", "place_of_birth": "", "personal_number": "", "portrait_eyes": None, "given_names": ""}
    one = office.issue(dataclasses.replace(application, **bare), at=now)
    zone = mrz.parse(one.mrz, at=now.date())
    assert (zone.primary_identifier, zone.secondary_identifier, zone.optional_data) == ("GHAFUROV", "", "")
    details = Dg11.parse(one.chip["DG11"])
    assert (details.personal_number, details.place_of_birth) == (None, ())
    assert details.full_name.rstrip("<") == "ҒАФУРОВ"
    printed = {placed.id for placed in one.page.placed if placed.kind == "data"}
    assert "place_of_birth" not in printed
    assert "primary_identifier" in printed


def test_record_and_register_keep_digests_and_no_person(office, register, application, now):
    one = office.issue(application, at=now)
    digests = {name: sha256(data).hexdigest() for name, data in one.chip.items()}
    assert one.record["files"] == digests
    document = register.document(one.document_number)
    assert (document.status, document.files, document.officer) == ("issued", digests, "trial")
    assert (document.date_of_issue, document.date_of_expiry) == ("2026-11-24", "2036-11-23")
    kept = json.dumps(dict(one.record), ensure_ascii=False)
    assert [secret for secret in leaks(kept) if secret != one.document_number] == []
    assert json.loads(kept)["schema"] == 1


@pytest.mark.requirement("EXT-2")
@pytest.mark.parametrize(
    ("day", "last"),
    [
        (date(2028, 2, 29), date(2038, 2, 27)),
        (date(2027, 2, 28), date(2037, 2, 27)),
        (date(2027, 3, 1), date(2037, 2, 28)),
    ],
)
def test_leap_days(tmp_path, register, application, day, last):
    authority = Authority.create(tmp_path / "a", at=datetime(day.year, day.month, day.day, tzinfo=UTC))
    one = Office(authority, register).issue(application, at=day)
    assert (one.date_of_issue, one.date_of_expiry) == (day, last)
    assert mrz.parse(one.mrz, at=day).date_of_expiry == last


@pytest.mark.parametrize("offset", [5, -5, 0])
def test_the_act_has_one_day(tmp_path, application, offset):
    """The day that eligibility judged is the day that the document bears, wherever the office is."""
    place = timezone(timedelta(hours=offset))
    for hour in (1, 23):
        at = datetime(2026, 11, 24, hour, tzinfo=place)
        register = Register(f"sqlite:///{tmp_path / f'{hour}.db'}")
        office = Office(Authority.create(tmp_path / f"{hour}", at=at), register)
        # 18 years old on the 24th: of age on that day, not on the day before
        born = dataclasses.replace(application, date_of_birth=date(2008, 11, 24))
        answer = {result.rule: str(result.outcome) for result in eligibility(born, at=at)}
        one = office.issue(dataclasses.replace(born, consents=("legal-representatives",)), at=at)
        expected = "met" if one.date_of_issue >= date(2026, 11, 24) else "not met"
        assert answer["consent-of-representatives"] == expected


def test_page_and_files(issued):
    files = issued.files
    assert {
        f"chip/{name}" for name in ("EF_COM.bin", "EF_SOD.bin", "DG1.bin", "DG2.bin", "DG11.bin", "DG12.bin")
    } <= set(files)
    assert set(files) - {name for name in files if name.startswith("chip/")} == {
        "chip_keys.json",
        "mrz.txt",
        "page.png",
        "page.pdf",
        "record.json",
    }
    assert files["mrz.txt"].decode().splitlines() == list(issued.mrz)
    assert files["page.png"].startswith(b"\x89PNG")
    assert files["page.pdf"].startswith(b"%PDF")
    assert json.loads(files["record.json"]) == dict(issued.record)
    assert issued.page is issued.page
    assert issued.page.specimen


def test_documents_of_a_revoked_signer_are_refused(tmp_path, register, application, now):
    authority = Authority.create(tmp_path / "a", at=now)
    first = Office(authority, register).issue(application, at=now)
    revoked = authority.document_signer().certificate.serial
    authority.new_document_signer(at=now)
    second = Office(authority, register).issue(application, at=now)
    assert first.record["signer"] != second.record["signer"]
    now += timedelta(days=1)
    crl = Crl.parse(authority.new_crl(at=now, revoked=[(revoked, now)]))
    inspector = Inspector(trust=TrustStore.of([authority.csca], crls=[crl]))
    for one, decision in ((first, "refuse"), (second, "admit")):
        verdict = inspector.inspect(Evidence(mrz=one.mrz, chip=one.chip), at=now)
        assert verdict.decision == decision
    assert left_open(verdict) == OF_FILES  # with a list, nothing but what a chip itself must prove


@pytest.mark.requirement("ICAO-PA")
@pytest.mark.parametrize(("name", "category"), [(KIND, ""), ("return-certificate", "emergency-travel-document")])
def test_a_revoked_signer_issues_nothing(tmp_path, register, now, name, category):
    """Doc 9303-12, 4.1.5: no number is used, and the office that was open before the revocation knows of it."""
    authority = Authority.create(tmp_path / "a", at=now)
    office, later = Office(authority, register), now + timedelta(days=1)
    signer = authority.seal_signer(category) if category else authority.document_signer()
    Authority.open(tmp_path / "a").new_crl(at=later, revoked=[(signer.certificate, later)])
    with pytest.raises(KeyMaterialError, match="the signer is revoked") as caught:
        office.issue(example(name, at=later), at=later)
    assert "make the next one" in caught.value.hint
    if category:
        authority.new_seal_signer(category, at=later)
    else:
        authority.new_document_signer(at=later)
    assert office.issue(example(name, at=later), at=later).document_number.endswith("0001")


@pytest.mark.parametrize(("name", "category"), [(KIND, ""), ("return-certificate", "emergency-travel-document")])
def test_a_signer_that_is_revoked_meanwhile_does_not_read_back(tmp_path, register, now, name, category, monkeypatch):
    """The product is judged with the authority's own list, as our own border judges it; the number is spoiled."""
    authority, later = Authority.create(tmp_path / "a", at=now), now + timedelta(days=1)
    office = Office(authority, register)
    signer = authority.seal_signer(category) if category else authority.document_signer()
    real = office._make

    def meanwhile(*arguments):
        made = real(*arguments)
        authority.new_crl(at=later, revoked=[(signer.certificate, later)])
        return made

    office.issue(example(name, at=now), at=now)  # the store of before the revocation is not used again
    monkeypatch.setattr(office, "_make", meanwhile)
    with pytest.raises(TjdocsError, match="the signer is revoked" if category else "did not read back") as caught:
        office.issue(example(name, at=later), at=later)
    assert category or "pa.ds-revocation" in caught.value.where
    assert register.document(load_types.get(name).trial_number.format(2)).status == "spoiled"


@pytest.mark.parametrize("days", [-1, 91])
def test_the_age_of_the_own_list_stops_nobody(tmp_path, register, application, now, days):
    """It is the last word on who is revoked; that the next one is due is the authority's matter (Doc 9303-12, 4.1.5)."""
    authority = Authority.create(tmp_path / "a", at=now)
    if days > 0:
        now += timedelta(days=days)
        authority.new_document_signer(at=now)
    else:
        authority.new_crl(at=now + timedelta(days=3))
    assert Office(authority, register).issue(application, at=now).document_number == "T00000001"


@pytest.mark.parametrize("name", [KIND, "return-certificate"])
def test_a_product_of_which_no_list_speaks_does_not_read_back(office, trial, now, name, monkeypatch):
    signers = trial.certificates().values()
    monkeypatch.setattr(office, "_known_to_borders", lambda kind: TrustStore.of([trial.csca], signers))
    with pytest.raises(TjdocsError, match="did not read back") as caught:
        office.issue(example(name, at=now), at=now)
    assert "revocation  no-crl" in caught.value.where


def test_without_the_own_list_nothing_is_issued(tmp_path, register, application, now):
    authority = Authority.create(tmp_path / "a", at=now)
    (tmp_path / "a/csca.crl").unlink()
    with pytest.raises(TjdocsError, match="the last CRL is missing"):
        Office(authority, register).issue(application, at=now)
    assert used(register) == {}


def test_the_authoritys_seal_signer_signs_no_chip(trial, issued, now):
    """It is certified by the same CSCA, for seals only (Doc 9303-13)."""
    signer = trial.seal_signer("emergency-travel-document")
    hashes = {number: hash_data("sha256", issued.chip[f"DG{number}"]) for number in (1, 2, 11, 12)}
    with pytest.raises(UsageError, match="not a document signer"):
        ef_sod.build(hashes, digest="sha256", signer=signer, signing_time=now)
    party = b.Party(signer.certificate.raw, signer.key, signer.certificate.subject, b"")
    content = b.security_object(hashes, version=1, versions=("0108", "040000"))
    forged = b.sod(content, party, signing_time=now)
    evidence = Evidence(mrz=issued.mrz, chip={**issued.chip, "EF.SOD": forged})
    verdict = Inspector(trust=TrustStore.of([trial.csca])).inspect(evidence, at=now)
    assert verdict.decision == "refuse"
    found = {f.check: (str(f.outcome), f.reason) for f in verdict.findings}
    assert found["pa.sod-signature"][0] == found["pa.ds-chain"][0] == "passed"
    assert found["pa.ds-usage"][0] == "failed"


# -------------------------------------------------------------------------------------------- what is not issued


@pytest.mark.requirement("EXT-3")
@pytest.mark.requirement("EXT-4")
def test_not_eligible_uses_no_number_and_tells_every_reason(office, register, application, now):
    child = dataclasses.replace(application, citizenship="UTO", date_of_birth=date(2010, 1, 1))
    with pytest.raises(NotEligible) as caught:
        office.issue(child, at=now)
    assert {result.requirement for result in caught.value.refused} == {"EXT-3", "EXT-4"}
    assert used(register) == {}
    consenting = dataclasses.replace(child, citizenship="TJK", consents=("legal-representatives",))
    assert office.issue(consenting, at=now).document_number == "T00000001"


def test_what_cannot_be_told_is_not_issued(office, register, application, now):
    for change in ({"citizenship": ""}, {"date_of_birth": None}):
        with pytest.raises(NotEligible):
            office.issue(dataclasses.replace(application, **change), at=now)
    assert used(register) == {}


def picture(width, height):
    stream = BytesIO()
    Image.new("RGB", (width, height), "#c0a080").save(stream, "PNG")
    return stream.getvalue()


UNUSABLE = {
    "portrait": {"portrait": b"no picture"},
    # specs/application.toml: at least 240 x 320 pixels
    "portrait-small": {"portrait": picture(100, 130), "portrait_eyes": None},
    "portrait-narrow": {"portrait": picture(100, 1000), "portrait_eyes": None},
    "portrait-empty": {"portrait": b""},
    "eyes": {"portrait_eyes": ((1.0, 1.0), (2.0, 2.0))},
    "name-letter": {"family_name": "漢"},
    "name-empty": {"family_name": ""},
    "name-of-punctuation": {"family_name": "..."},
    "personal-number-long": {"personal_number": "1" * 20},
    "personal-number-letter": {"personal_number": "Я"},
    "too-old": {"date_of_birth": date(1900, 1, 1)},
    "place_of_birth-letter": {"place_of_birth": "漢"},
    "sex": {"sex": ""},
    "sex-other": {"sex": "W"},
    "nationality": {"citizenship": "TJK", "personal_number": "1" * 20, "family_name": "A1"},
}


@pytest.mark.parametrize("name", UNUSABLE)
def test_what_cannot_be_used_uses_no_number(office, register, application, now, name):
    with pytest.raises(ApplicationError) as caught:
        office.issue(dataclasses.replace(application, **UNUSABLE[name]), at=now)
    assert used(register) == {}
    assert caught.value.where
    assert leaks(f"{caught.value} {caught.value!r}") == []
    if name == "place_of_birth-letter":
        assert caught.value.where == "place_of_birth"


TOO_MUCH = {
    "authority-long": {"authority": "Ш" * 200},
    "authority-glyph": {"authority": "漢字"},
    "authority-empty": {"authority": ""},
    "place-long": {"place_of_birth": "Ш" * 100},
    "family-name-long": {"family_name": "Ш" * 60},
    "given-names-long": {"given_names": "А" * 190},
}


@pytest.mark.requirement("EXT-1")
@pytest.mark.parametrize("name", TOO_MUCH)
@pytest.mark.parametrize("with_out", [False, True], ids=["in-memory", "to-folder"])
def test_a_page_that_cannot_be_printed_is_found_before_a_number_is_used(
    office, register, application, now, name, with_out, tmp_path
):
    """Either the whole document can be had, or there is none: a record without its page is half a document."""
    out = tmp_path / "out" if with_out else None
    refusal = None
    try:
        one = office.issue(dataclasses.replace(application, **TOO_MUCH[name]), at=now, out=out)
    except ApplicationError as error:
        refusal = error
    if refusal is None:
        assert one.page.size == (1476, 1039)
    else:
        assert used(register) == {}
        assert leaks(str(refusal)) == []
        assert not (tmp_path / "out").exists()


def test_a_portrait_that_turned_out_badly(office, register, application, now, monkeypatch):
    """What was prepared from the picture is checked like any reader would."""
    monkeypatch.setattr(
        draft.judge_photograph, "check_face", lambda image: (LdsProblem("image-colour"), LdsProblem("record-colour"))
    )
    with pytest.raises(ApplicationError, match="image-colour"):
        office.issue(application, at=now)
    assert used(register) == {}


def test_a_mere_warning_about_the_portrait_stops_nobody(office, application, now, monkeypatch):
    monkeypatch.setattr(draft.judge_photograph, "check_face", lambda image: (LdsProblem("record-colour"),))
    assert office.issue(application, at=now).document_number == "T00000001"


def test_a_draft_needs_a_date_of_birth(application, now):
    unknown = dataclasses.replace(application, date_of_birth=None)
    with pytest.raises(ApplicationError) as caught:
        draft.Draft.of(unknown, load_types.get(KIND), now, now.date(), chip=True, page=True)
    assert caught.value.where == "date_of_birth"


@pytest.mark.parametrize("at", [None, "2026-11-24", NAIVE])
def test_a_time_that_is_none(office, register, application, at):
    with pytest.raises(UsageError):
        office.issue(application, at=at)
    assert used(register) == {}


@pytest.mark.parametrize("days", [-2, 100])
def test_outside_the_signers_period_nothing_is_issued(office, register, application, now, days):
    with pytest.raises(KeyMaterialError) as caught:
        office.issue(application, at=now + timedelta(days=days))
    assert "tjdocs authority signer" in caught.value.hint
    assert used(register) == {}


def test_a_signer_without_its_key(tmp_path, register, application, now):
    authority = Authority.create(tmp_path / "a", at=now)
    (tmp_path / "a" / "signers" / "ds-0001.key").unlink()
    with pytest.raises(KeyMaterialError):
        Office(Authority.open(tmp_path / "a"), register).issue(application, at=now)
    assert authority.trial
    assert used(register) == {}


def test_a_series_that_is_used_up(tmp_path, trial, application, now):
    register = Register(f"sqlite:///{tmp_path / 'short.db'}")
    register.add_series(KIND, "T{:08d}", last=1, at=now)
    office = Office(trial, register)
    assert office.issue(application, at=now).document_number == "T00000001"
    with pytest.raises(RegisterError, match="used up"):
        office.issue(application, at=now)


def test_a_production_authority_wants_an_officer(tmp_path, register, now, application):
    authority = Authority.create(tmp_path / "a", at=now, passphrase=b"passphrase of a test", production=True)
    with pytest.raises(UsageError):
        Office(authority, register)
    with pytest.raises(UsageError, match="trial register"):
        Office(authority, register, officer="officer-7")
    register = production(tmp_path, now, KIND, "P00000007-P00000009", officer="officer-7", confirmed=False)
    office = Office(authority, register, officer="officer-7")
    with pytest.raises(RegisterError):  # received, not confirmed
        office.issue(application, at=now)
    register.act("confirm", "P00000007-P00000009", officers=["officer-7"], at=now, office="dushanbe")
    with pytest.raises(RegisterError, match="missing role"):
        Office(authority, register, officer="officer-8").issue(application, at=now)
    one = office.issue(application, at=now)
    assert (one.document_number, register.document("P00000007", officer="officer-7").officer) == ("P00000007", "officer-7")
    assert not one.page.specimen


# ----------------------------------------------------------------------------------------------- when it goes wrong


@pytest.mark.parametrize("name", ["hash", "signature", "zone"])
def test_what_does_not_read_back_is_spoiled(office, register, application, now, monkeypatch, name):
    """A fault in the making, whatever it is, is seen by the same checks as a border has."""
    if name == "hash":
        monkeypatch.setattr(draft, "hash_data", lambda kind, data: bytes(32))
    if name == "signature":
        monkeypatch.setattr("tjdocs.pki.signer.sign", lambda key, row, data: bytes(64))
    if name == "zone":
        real = draft.Dg1.from_lines
        monkeypatch.setattr(draft.Dg1, "from_lines", lambda lines: real((lines[0], lines[1][:-1] + "A")))
    with pytest.raises(TjdocsError, match="did not read back") as caught:
        office.issue(application, at=now)
    assert used(register) == {"T00000001": "spoiled"}
    assert leaks(f"{caught.value} {caught.value!r}") == []
    monkeypatch.undo()
    assert office.issue(application, at=now).document_number == "T00000002"


@pytest.mark.requirement("EXT-1")
@pytest.mark.parametrize("error", [RuntimeError("chip"), KeyboardInterrupt()], ids=["fault", "interrupt"])
def test_without_its_chip_there_is_no_document(office, register, application, now, monkeypatch, error):
    def fail(*arguments, **more):
        raise error

    monkeypatch.setattr(draft.ef_sod, "build", fail)
    with pytest.raises(type(error)):
        office.issue(application, at=now)
    assert used(register) == {"T00000001": "spoiled"}


def test_a_register_that_refuses_the_record(office, register, application, now, monkeypatch, tmp_path):
    def fail(*arguments, **more):
        raise RegisterError("full")

    monkeypatch.setattr(Reservation, "commit", fail)
    with pytest.raises(RegisterError, match="full"):
        office.issue(application, at=now, out=tmp_path / "out")
    assert used(register) == {"T00000001": "spoiled"}
    assert sorted(path.name for path in tmp_path.iterdir() if "register" not in path.name) == []


def test_many_threads_issue_with_a_number_each(office, register, application, now):
    with ThreadPoolExecutor(4) as pool:
        many = list(pool.map(lambda _: office.issue(application, at=now), range(8)))
    assert {one.document_number for one in many} == {f"T{n:08d}" for n in range(1, 9)}
    assert set(used(register).values()) == {"issued"}


# ------------------------------------------------------------------------------------------------------ the folder


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("ready", ["new", "empty", "deep"])
def test_files_in_a_new_folder(office, application, now, tmp_path, ready):
    out = tmp_path / ("a/b/c" if ready == "deep" else "out")
    if ready == "empty":
        out.mkdir()
    one = office.issue(application, at=now, out=out)
    assert {str(p.relative_to(out)): p.read_bytes() for p in out.rglob("*") if p.is_file()} == one.files
    assert not [name for name in left(out.parent) if name.startswith(".")]
    with pytest.raises(OutputError):
        one.write(out)


def test_writing_what_was_issued(issued, tmp_path):
    names = issued.write(str(tmp_path / "out"))
    assert sorted(names) == sorted(str(p.relative_to(tmp_path / "out")) for p in (tmp_path / "out").rglob("*.*"))
    issued.chip.write(tmp_path / "chip")
    assert left(tmp_path / "chip") == left(tmp_path / "out" / "chip")
    evidence = Evidence(chip=tmp_path / "chip")
    assert evidence.files == dict(issued.chip)


@pytest.fixture(params=["file-inside", "hidden-file-inside", "file", "link", "dangling-link"])
def occupied(request, tmp_path):
    place = tmp_path / "out"
    if request.param == "file":
        place.write_text("mine")
    elif request.param == "link":
        (tmp_path / "elsewhere").mkdir()
        place.symlink_to(tmp_path / "elsewhere")
    elif request.param == "dangling-link":
        place.symlink_to(tmp_path / "nowhere")
    else:
        place.mkdir()
        (place / (".mine" if "hidden" in request.param else "mine")).write_text("mine")
    return place


def test_nothing_is_written_over(office, register, application, now, occupied, issued):
    before = {p: p.read_bytes() for p in occupied.parent.rglob("*mine") if p.is_file()}
    for act in (
        lambda: office.issue(application, at=now, out=occupied),
        lambda: issued.write(occupied),
        lambda: issued.chip.write(occupied),
    ):
        with pytest.raises(OutputError) as caught:
            act()
        assert str(occupied) in caught.value.where
    assert {p: p.read_bytes() for p in occupied.parent.rglob("*mine") if p.is_file()} == before
    assert used(register) == {}


@pytest.mark.parametrize("at_file", [1, 4, 10])
def test_a_full_disk_leaves_nothing(tied, register, application, now, tmp_path, monkeypatch, at_file):
    place = tmp_path / "place"
    place.mkdir()
    count = iter(range(1, 100))
    real = output_folder._write

    def write(path, data):
        if next(count) == at_file:
            real(path, data[: len(data) // 2])
            raise OSError(28, "No space left on device")
        return real(path, data)

    monkeypatch.setattr(output_folder, "_write", write)
    with pytest.raises(OutputError, match="No space left on device"):
        tied.issue(application, at=now, out=place / "out")
    assert left(place) == []
    assert used(register) == {"T00000001": "spoiled"}


def test_what_the_disk_changed_is_seen(tied, register, application, now, tmp_path, monkeypatch):
    """Every file is read back before the document is recorded."""
    monkeypatch.setattr(output_folder.os, "fsync", lambda descriptor: os.truncate(descriptor, 5))
    with pytest.raises(OutputError):
        tied.issue(application, at=now, out=tmp_path / "out")
    assert used(register) == {"T00000001": "spoiled"}


def test_folder_that_cannot_be_put_in_place(tied, register, application, now, tmp_path, monkeypatch):
    """The last step fails: nothing lies there, and the register does not say that a document was issued."""
    place = tmp_path / "place"
    place.mkdir()

    def refuse(source, target):
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(OutputError, match="Operation not permitted"):
        tied.issue(application, at=now, out=place / "out")
    assert left(place) == []
    assert used(register) == {"T00000001": "spoiled"}


def test_an_interrupt_when_all_is_done_undoes_nothing(office, register, application, now, tmp_path, monkeypatch):
    """What lies in its place is issued: a folder whose number is spoiled would be taken for a document."""

    flush = output_folder.flush_folder

    def interrupt(folder):
        if folder == tmp_path:
            raise KeyboardInterrupt
        flush(folder)

    monkeypatch.setattr(output_folder, "flush_folder", interrupt)
    with pytest.raises(KeyboardInterrupt):
        office.issue(application, at=now, out=tmp_path / "out")
    assert "record.json" in left(tmp_path / "out")
    assert used(register) == {"T00000001": "issued"}


def test_a_place_where_nothing_can_be_written(office, register, application, now, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError):
        office.issue(application, at=now, out=tmp_path / "file" / "out")
    assert set(used(register).values()) <= {"spoiled"}


# ----------------------------------------------------------------------------------------------------- personal data


def test_nothing_of_the_person_in_repr(issued, application, trial, now, register):
    made = draft.Draft.of(application, load_types.get(KIND), now, issued.date_of_expiry, chip=True, page=True)
    for part in (issued, issued.chip, issued.page, application, made):
        assert leaks(repr(part)) == [], type(part).__name__
        assert len(repr(part)) < 4000, type(part).__name__  # and no image
    assert "EF.SOD" in repr(issued.chip)
    assert repr(Office(trial, register)).startswith("<tjdocs.office")


def test_chip_is_a_mapping(issued):
    assert len(issued.chip) == 10
    assert dict(issued.chip) == {name: issued.chip[name] for name in issued.chip}
    assert "DG3" not in issued.chip
    with pytest.raises(TypeError):
        issued.chip["DG1"] = b""
