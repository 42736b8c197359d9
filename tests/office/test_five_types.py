"""All five documents: issued, read back, judged, recorded; what the type leaves open, and what the law does not."""

import dataclasses
import io
import json
import re
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

import msgspec
import pytest
from PIL import Image

from tests.support.offices import enrolled, production, reopened
from tjdocs import mrz, seal
from tjdocs.border import Evidence, Inspector
from tjdocs.documents import ApplicationError, NotEligible, Override, RegisterFacts, example, load_types
from tjdocs.documents.applicant import EarlierName, HeldDocument, Journey, Spelling
from tjdocs.errors import KeyMaterialError, RegisterError, SpecError, TjdocsError, UsageError
from tjdocs.lds.dg11 import Dg11
from tjdocs.office import Office, draft, preview, printed_values, quality
from tjdocs.office import issued_document as issued_room
from tjdocs.office.output_folder import record_json
from tjdocs.pki import Authority, TrustStore, certificate_profiles
from tjdocs.register import Register
from tjdocs.seal import bar_code
from tjdocs.times import Period

DAY = timedelta(days=1)
ZONES = {
    "external-passport": ("TD3", "PP", "TJK", "T0000000", date(2036, 11, 23)),
    "internal-passport": ("TD1", "ID", "TJK", "TN000000", date(2036, 11, 23)),
    "stateless-id": ("TD3", "PS", "XXA", "TS000000", date(2027, 11, 23)),
    "registration-certificate": ("TD2", "IR", "XXA", "TR000000", date(2027, 5, 23)),
    "return-certificate": ("TD2", "PU", "TJK", "TU000000", date(2026, 12, 14)),  # the journey ends then
}
SECRETS = ("ЭРИКССОН", "АННА", "НАМУНА", "ERIKSSON", "1994", "941124", "ДУШАНБЕ", "SPECIMEN-")


@pytest.fixture(scope="module")
def module_office(trial, tmp_path_factory):
    return Office(trial, Register(f"sqlite:///{tmp_path_factory.mktemp('five') / 'register.db'}"))


def lawful(name, now, **changes):
    return dataclasses.replace(example(name, at=now), **changes)


@pytest.mark.requirement("INT-3")
@pytest.mark.requirement("STL-2")
@pytest.mark.requirement("REG-5")
@pytest.mark.requirement("RET-1")
@pytest.mark.parametrize("name", ZONES)
def test_each_is_issued_and_judged(module_office, trial, now, name):
    issued = module_office.issue(lawful(name, now), at=now)
    form, code, nationality, number, expires = ZONES[name]
    zone = mrz.parse(issued.mrz, at=now.date())
    assert zone.valid
    assert [problem for problem in zone.problems if problem.severity == "error"] == []
    assert (zone.format, zone.document_code, zone.nationality, zone.issuing_state) == (form, code, nationality, "TJK")
    assert zone.document_number[:8] == number
    assert zone.date_of_expiry == issued.date_of_expiry == expires
    inspector = Inspector(trust=TrustStore.of([trial.csca], trial.certificates().values()))
    use = load_types.get(name).use
    direction = "entry" if use.cross_in else "domestic"
    shown = {"mrz": issued.mrz, "chip": dict(issued.chip) or None, "direction": direction}
    assert inspector.inspect(Evidence(**shown, seal=issued.seal or None), at=now).decision == "admit"
    # what nothing proves genuine is not admitted
    assert inspector.inspect(Evidence(mrz=issued.mrz, direction=direction), at=now).decision == "refer"
    for day, outcome in ((expires, "passed"), (expires + DAY, "failed")):
        found = inspector.inspect(Evidence(mrz=issued.mrz, chip=dict(issued.chip) or None), at=day).findings
        assert {str(f.outcome) for f in found if f.check == "doc.expiry"} == {outcome}


@pytest.mark.parametrize("name", ["internal-passport", "stateless-id"])
@pytest.mark.parametrize("chip", [True, False])
def test_page_bears_the_symbol_of_a_chip_that_is_there(module_office, now, name, chip):
    issued = module_office.issue(lawful(name, now), at=now, chip=chip)
    assert any(placed.kind == "chip" for placed in issued.page.placed) is chip is bool(issued.chip)


@pytest.mark.parametrize("name", ZONES)
def test_record_names_the_grounds_and_no_person(module_office, now, name):
    issued = module_office.issue(lawful(name, now), at=now)
    kept = json.loads(json.dumps(dict(issued.record), ensure_ascii=False))
    kind = load_types.get(name)
    assert [row["rule"] for row in kept["grounds"]] == [rule.id for rule in kind.rules]
    assert {row["outcome"] for row in kept["grounds"]} == {"met"}
    assert kept["type_sha256"] == kind.sha256
    assert (kept["overrides"], kept["spelling"], kept["name_changes"]) == ([], "", 0)
    told = re.sub(r"\b[0-9a-f]{64}\b", "digest", json.dumps(kept, ensure_ascii=False))  # a digest may spell a year
    assert not [secret for secret in SECRETS if secret in told]


@pytest.mark.requirement("REG-3")
@pytest.mark.requirement("REG-4")
@pytest.mark.requirement("REG-6")
def test_the_certificate_records_category_and_exemptions(module_office, now):
    """The articles of REG-4 stand on it and no others; that of REG-6 is dated in the record alone."""
    application = lawful("registration-certificate", now, category="C")
    issued = module_office.issue(application, at=now)
    assert issued.record["category"] == "C"
    notes = {row["id"]: row for row in issued.record["notes"]}
    assert notes["officials-and-citizens"] == {
        "id": "officials-and-citizens",
        "text": "Code on Administrative Offences, Art. 470",
        "date": "2026-11-24",
    }
    kind = load_types.get("registration-certificate")
    made = draft.Draft.of(application, kind, now, issued.date_of_expiry, chip=False, page=True)
    printed = made.page_values("TR0000001")
    assert printed["category"] == (
        "C: ШИНОСНОМАИ СОБИҚ ИҶШС ДОРАД Ё ГУМ КАРДААСТ, БЕ ШАҲРВАНДӢ / "
        "HOLDER OF A PASSPORT OF THE FORMER USSR, OR WHO LOST IT, CITIZEN OF NO STATE"
    )
    assert printed["exemption"].replace("\u00a0", " ") == (  # blanks at which no line breaks
        "КҲМ / Code on Administrative Offences: 497, 498 (2), 499 (1), 499 (2); КҶ / Criminal Code: 335 (1), 336"
    )
    assert "470" not in " ".join(printed.values())


@pytest.mark.requirement("RET-2")
def test_a_certificate_for_return_names_the_route(now):
    application = lawful("return-certificate", now)
    made = draft.Draft.of(application, load_types.get("return-certificate"), now, now.date(), chip=False, page=True)
    printed = made.page_values("TU0000001")
    assert printed["destination"] == "ДУШАНБЕ / DUSHANBE"
    assert printed["transit_points"] == "АЛМАТО / ALMATO"


def test_dates_are_numeric_inside_the_country(now):
    """page.md: DD.MM.YYYY inside the country, months in words for travel."""
    for name, printed in (("internal-passport", "24.11.1994"), ("stateless-id", "24 НОЯ/NOV 1994")):
        made = draft.Draft.of(lawful(name, now), load_types.get(name), now, now.date(), chip=True, page=True)
        assert made.page_values("T")["date_of_birth"] == printed


@pytest.mark.requirement("STL-2")
def test_a_stateless_person_is_called_so_on_the_page(now):
    kind = load_types.get("stateless-id")
    for code, printed in (("XXA", "БЕШАҲРВАНД / STATELESS PERSON"), ("XXX", "МУҚАРРАР НАШУДААСТ / NOT ESTABLISHED")):
        made = draft.Draft.of(lawful("stateless-id", now, citizenship=code), kind, now, now.date(), chip=True, page=True)
        assert made.page_values("T")["nationality"] == printed


# ------------------------------------------------------------------------------------------------------------- seals


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("external-passport", None),
        ("internal-passport", None),
        ("stateless-id", {"residence_permit_number": "SPECIMEN 2", "residence_permit_expires": date(2030, 11, 24)}),
        ("registration-certificate", {"category": "A", "date_of_acceptance": date(2026, 11, 24)}),
        ("return-certificate", {}),
    ],
)
def test_seals(trial, register, now, name, expected):
    issued = Office(trial, register).issue(lawful(name, now), at=now)
    if expected is None:
        assert issued.seal == b""
        assert "seal.png" not in issued.files
        assert (issued.record["seal"], issued.record["seal_signer"]) == ("", "")
        return
    made = seal.Seal.parse(issued.seal)
    assert made.valid
    assert {name: value for name, value in made.values.items() if name != "zone"} == expected
    assert bar_code.read_bar_code(issued.files["seal.png"]) == issued.seal
    assert issued.record["seal"] == sha256(issued.seal).hexdigest()
    assert issued.record["seal_signer"] == trial.seal_signer(load_types.get(name).seal.profile).certificate.sha256
    assert issued.drawn().record["page"]["seal.png"] == sha256(issued.files["seal.png"]).hexdigest()


def test_the_page_of_a_sealed_document_is_drawn_when_it_is_asked_for(trial, register, now, monkeypatch):
    drawn = []
    monkeypatch.setattr(issued_room, "draw", lambda *_, **__: drawn.append(1))
    issued = Office(trial, register).issue(lawful("stateless-id", now), at=now)
    assert not drawn
    assert issued.page is None
    assert drawn == [1]


def test_a_permit_number_that_the_seal_cannot_hold_is_a_fault_before_a_number_is_used(trial, register, now):
    application = lawful("stateless-id", now)
    documents = tuple(dataclasses.replace(one, number="A" * 30) for one in application.documents)
    office = Office(trial, register)
    with pytest.raises(ApplicationError) as caught:
        office.issue(dataclasses.replace(application, documents=documents), at=now)
    assert {fault.field for fault in caught.value.faults} == {"residence_permit.number"}  # of seal and page


def test_a_document_whose_seal_is_that_of_another_does_not_count_as_issued(trial, register, now, monkeypatch):
    office = Office(trial, register)
    other = office.issue(lawful("return-certificate", now), at=now)
    monkeypatch.setattr(draft.Draft, "make_seal", lambda *_: other.seal)
    with pytest.raises(TjdocsError, match=r"seal\.agreement"):
        office.issue(lawful("return-certificate", now), at=now)


def test_a_document_without_its_seal_does_not_count_as_issued(trial, register, now, monkeypatch):
    monkeypatch.setattr(draft.Draft, "make_seal", lambda *_: b"")
    with pytest.raises(TjdocsError, match="read back: seal"):
        Office(trial, register).issue(lawful("return-certificate", now), at=now)


@pytest.mark.parametrize(
    ("part", "change"),
    [("page", {"fields": ("document_number", "no-such")}), ("seal", {"features": {"zone": "no.such"}}), ("seal", {"features": {"x": "journey.until"}})],
)
def test_a_value_that_nothing_computes_is_refused_when_the_office_opens(trial, register, part, change):
    kind = load_types.get("stateless-id")
    odd = dataclasses.replace(kind, **{part: msgspec.structs.replace(getattr(kind, part), **change)})
    with pytest.raises(SpecError):
        Office(trial, register, types=load_types.DocumentTypes({"stateless-id": odd}))
    assert printed_values.check(load_types.get("external-passport")) is None


# ------------------------------------------------------------------------------------------------------------- chips


@pytest.mark.requirement("INT-3")
@pytest.mark.parametrize(("chip", "files"), [(None, 10), (True, 10), (False, 0)])
@pytest.mark.parametrize("name", ["internal-passport", "stateless-id"])
def test_a_chip_where_it_is_personalised_with_one(module_office, now, name, chip, files):
    issued = module_office.issue(lawful(name, now), at=now, chip=chip)
    assert len(issued.chip) == files
    assert bool(issued.record["signer"]) == bool(files)


@pytest.mark.requirement("EXT-1")
@pytest.mark.parametrize(("name", "chip"), [("external-passport", False), ("return-certificate", True)])
def test_a_chip_is_not_a_matter_of_choice(office, register, now, name, chip):
    with pytest.raises(UsageError) as caught:
        office.issue(lawful(name, now), at=now, chip=chip)
    assert caught.value.where == "chip"
    assert register.document(ZONES[name][3] + "1") is None


# ---------------------------------------------------------------------------------------------------------- validity


@pytest.mark.requirement("STL-4")
@pytest.mark.parametrize(("days", "last"), [(364, date(2027, 11, 23)), (363, date(2027, 11, 22)), (365, date(2027, 11, 23)), (0, date(2026, 11, 24))])
def test_never_beyond_the_residence_permit(module_office, now, days, last):
    permit = HeldDocument("residence_permit", "SPECIMEN-2", now.date() - DAY, now.date() + days * DAY)
    issued = module_office.issue(lawful("stateless-id", now, documents=(permit,)), at=now)
    assert issued.date_of_expiry == last
    assert mrz.parse(issued.mrz, at=now.date()).date_of_expiry == last


@pytest.fixture
def short_lived(monkeypatch):
    """Authorities whose signers' certificates end with a document issued at once, give or take some days."""

    def make(folder, at, **changes):
        profile = certificate_profiles.load()
        monkeypatch.setattr(certificate_profiles, "load", lambda: msgspec.structs.replace(profile, **changes))
        return Authority.create(folder, at=at)

    return make


@pytest.mark.parametrize(("day", "within"), [(24, True), (25, False), (26, False)])
def test_never_beyond_the_signer(tmp_path, register, short_lived, day, within):
    """The certificate ends on 24.11.2036: a document to 23.11.2036 is within it. None is issued for less than 10 years."""
    ds = msgspec.structs.replace(certificate_profiles.load().ds, certificate=Period(years=10))
    office = Office(short_lived(tmp_path / "a", datetime(2026, 11, 24, tzinfo=UTC), ds=ds), register)
    at = datetime(2026, 11, day, 12, tzinfo=UTC)
    if within:
        assert office.issue(lawful("external-passport", at), at=at).date_of_expiry == date(2036, 11, 23)
    else:
        with pytest.raises(KeyMaterialError, match="ends before"):
            office.issue(lawful("external-passport", at), at=at)
        assert register.document("T00000001") is None


@pytest.mark.parametrize(("months", "last"), [(11, date(2027, 10, 23)), (12, date(2027, 11, 23)), (13, date(2027, 11, 23))])
def test_a_document_that_may_be_shorter_ends_with_its_signers(tmp_path, register, short_lived, months, last):
    made = datetime(2026, 11, 24, tzinfo=UTC)
    seal = msgspec.structs.replace(certificate_profiles.load().seal, certificate=Period(months=months))
    office = Office(short_lived(tmp_path / "a", made, seal=seal), register)
    assert office.issue(lawful("stateless-id", made), at=made, chip=False).date_of_expiry == last


def test_never_beyond_the_csca(tmp_path, register, short_lived):
    made = datetime(2026, 11, 24, tzinfo=UTC)
    profile = certificate_profiles.load()
    short = msgspec.structs.replace(profile.csca, certificate=Period(months=6))
    ds = msgspec.structs.replace(profile.ds, certificate=Period(months=6))
    seal = msgspec.structs.replace(profile.seal, certificate=Period(months=6))
    office = Office(short_lived(tmp_path / "a", made, csca=short, ds=ds, seal=seal), register)
    assert office.issue(lawful("stateless-id", made), at=made).date_of_expiry == date(2027, 5, 23)
    with pytest.raises(KeyMaterialError):
        office.issue(lawful("internal-passport", made), at=made)


def test_a_signer_for_other_documents(tmp_path, register, short_lived, now):
    ds = msgspec.structs.replace(certificate_profiles.load().ds, document_types=("ID",))
    office = Office(short_lived(tmp_path / "a", now, ds=ds), register)
    with pytest.raises(KeyMaterialError) as caught:
        office.issue(lawful("external-passport", now), at=now)
    assert caught.value.where == "PP"
    assert register.document("T00000001") is None
    assert office.issue(lawful("internal-passport", now), at=now).document_number == "TN0000001"


def test_the_seal_signers_period_counts_too(tmp_path, register, short_lived):
    made = datetime(2026, 11, 24, tzinfo=UTC)
    seal = msgspec.structs.replace(certificate_profiles.load().seal, private_key=Period(months=1))
    office = Office(short_lived(tmp_path / "a", made, seal=seal), register)
    later = datetime(2026, 12, 26, tzinfo=UTC)
    with pytest.raises(KeyMaterialError, match="may not sign"):
        office.issue(lawful("return-certificate", later), at=later)
    assert office.issue(lawful("external-passport", later), at=later).document_number == "T00000001"


def test_a_type_whose_rules_forget_the_end_of_a_permit(trial, register, now):
    kind = load_types.get("stateless-id")
    lax = dataclasses.replace(kind, rules=tuple(rule for rule in kind.rules if rule.id != "residence-permit"))
    office = Office(trial, register, types=load_types.DocumentTypes({"stateless-id": lax}))
    permit = HeldDocument("residence_permit", "SPECIMEN-2", now.date() - 9 * DAY, now.date() - DAY)
    with pytest.raises(ApplicationError, match="expire before its issue"):
        office.issue(lawful("stateless-id", now, documents=(permit,)), at=now)


# ------------------------------------------------------------------------------------------------- a clock set back


@pytest.mark.requirement("REG-1")
@pytest.mark.requirement("INT-1")
@pytest.mark.parametrize("name", ZONES)
def test_a_clock_set_back_issues_nothing(tmp_path, register, now, name):
    """Today's application on an earlier day: the law's dates or the signer's period stop it, with every reason."""
    authority = Authority.create(tmp_path / "a", at=datetime(2010, 1, 1, tzinfo=UTC))
    office = Office(authority, register)
    back = datetime(2010, 1, 2, tzinfo=UTC)
    with pytest.raises((NotEligible, ApplicationError)) as caught:
        office.issue(lawful(name, now, date_of_birth=date(2011, 1, 1)), at=back)
    assert {result.requirement for result in caught.value.refused} >= {
        "external-passport": {"EXT-3", "CIT-1", "EXT-4"},
        "internal-passport": {"INT-1", "CIT-1"},
        "stateless-id": {"STL-1"},
        "registration-certificate": {"REG-1", "REG-5", "CIT-1"},
        "return-certificate": {"RET-1", "CIT-1"},
    }[name]
    assert register.document(ZONES[name][3] + "1") is None


# ------------------------------------------------------------------------------------------------------------- names


@pytest.mark.requirement("NAM-1")
@pytest.mark.parametrize("name", ZONES)
def test_a_spelling_that_is_kept(module_office, now, name):
    kept = Spelling("ERICSSON", "ANNA", "earlier-document", "NAMUNA")
    application = lawful(name, now, spelling=kept)
    found = preview(application, at=now)
    assert found.eligible
    assert (found.spelt, found.proposed) == (("ERICSSON", "ANNA NAMUNA"), ("ERIKSSON", "ANNA NAMUNA"))
    issued = module_office.issue(application, at=now)
    assert mrz.parse(issued.mrz, at=now.date()).primary_identifier == "ERICSSON"
    assert issued.record["spelling"] == "earlier-document"
    if issued.chip:  # the national letters stay
        assert Dg11.parse(issued.chip["DG11"]).full_name == "ЭРИКССОН<<АННА<НАМУНА"


@pytest.mark.requirement("NAM-1")
def test_a_change_of_name_keeps_the_earlier_one(module_office, now):
    earlier = EarlierName("СВЕНССОН", "АННА", date(2020, 1, 1), "7", "НАМУНА")
    issued = module_office.issue(lawful("external-passport", now, earlier_names=(earlier,)), at=now)
    assert Dg11.parse(issued.chip["DG11"]).other_names == ("СВЕНССОН<<АННА<НАМУНА",)
    assert issued.record["name_changes"] == 1
    known = RegisterFacts(names=(("ERIKSSON", "ANNA NAMUNA"), ("SVENSSON", "ANNA NAMUNA")))
    with pytest.raises(NotEligible) as caught:
        module_office.issue(lawful("external-passport", now), at=now, known=known)
    assert [result.rule for result in caught.value.refused] == ["name-changes"]


@pytest.mark.parametrize(
    ("family", "given", "full"),
    [
        ("Ал-Басрӣ", "Д'Арто Мария-Ҷон", "Ал<Басрӣ<<ДАрто<Мария<Ҷон"),
        ("О’Нил, мл.", "Анна", "ОНил<мл<<Анна"),
        ("Эрикссон", "", "Эрикссон"),
    ],
)
def test_a_name_on_the_chip_has_the_signs_of_the_zone(family, given, full):
    """Doc 9303-10, 4.7.11: << between the identifiers of those who have two, no hyphen, no apostrophe."""
    assert draft._full_name(EarlierName(family, given, date(2020, 1, 1), "7")) == full


@pytest.mark.parametrize("name", ZONES)
def test_names_longer_than_any_field(module_office, now, name):
    """The zone cuts them as the standard allows; the chip has them whole or not at all; so does the page."""
    long = lawful(name, now, family_name="Я" * 24, given_names="АБДУЛЛАХОН", patronymic="РАҲМАТУЛЛОЗОДА")
    issued = module_office.issue(long, at=now, page=False)
    zone = mrz.parse(issued.mrz, at=now.date())
    assert zone.valid
    assert zone.primary_identifier.startswith("YAYA")
    assert zone.secondary_identifier
    if issued.chip:
        full = Dg11.parse(issued.chip["DG11"]).full_name
        assert full == f"{'Я' * 24}<<АБДУЛЛАХОН<РАҲМАТУЛЛОЗОДА"
        assert len(full.encode()) == 99  # the most that DG11 may have: Doc 9303-10, table 72
        one_more = module_office.issue(dataclasses.replace(long, family_name="Я" * 25), at=now, page=False)
        details = Dg11.parse(one_more.chip["DG11"])
        assert (details.full_name, details.date_of_birth, details.problems) == (None, "19941124", ())
        place = module_office.issue(dataclasses.replace(long, place_of_birth="Ш" * 50), at=now, page=False)
        assert Dg11.parse(place.chip["DG11"]).place_of_birth == ()
    # 200 letters, the most that an application may hold
    longest = lawful(name, now, family_name="Ш" * 200, given_names="А" * 200, patronymic="Б" * 200)
    assert module_office.issue(longest, at=now, page=False).mrz


# --------------------------------------------------------------------------------------------------------- overrides


@pytest.mark.requirement("REG-3")
def test_an_override_stays_in_the_record(office, now):
    application = lawful("registration-certificate", now, category="F", citizenship="XXX")
    with pytest.raises(NotEligible):
        office.issue(application, at=now)
    override = Override("former-union-open", "officer-7", "protected by another agreement")
    issued = office.issue(application, at=now, overrides=[override])
    assert issued.document_number == "TR0000001"  # the refusal used no number
    assert issued.record["overrides"] == [
        {"rule": "former-union-open", "officer": "officer-7", "reason": "protected by another agreement"}
    ]
    outcomes = {row["rule"]: row["outcome"] for row in issued.record["grounds"]}
    assert outcomes["former-union-open"] == "cannot tell"


def test_an_override_needs_a_named_officer_in_production(tmp_path, now):
    authority = Authority.create(tmp_path / "a", at=now, passphrase=b"passphrase of a test", production=True)
    register = production(tmp_path, now, "registration-certificate", "R00000001-R00000009")
    office = Office(authority, register, officer="officer-1")
    application = lawful("registration-certificate", now, category="F", citizenship="XXX")
    with pytest.raises(UsageError, match="missing officer"):
        office.issue(application, at=now, overrides=[Override("former-union-open", "trial", "because")])
    assert register.document("R00000001", officer="officer-1") is None


@pytest.mark.parametrize("enrolled_too", [False, True])
def test_an_override_in_the_name_of_an_officer_who_is_not_here(tmp_path, now, enrolled_too):
    """A name alone overrides nothing: whoever decides is an officer, and her key is at hand."""
    authority = Authority.create(tmp_path / "a", at=now, passphrase=b"passphrase of a test", production=True)
    register = production(tmp_path, now, "registration-certificate", "R00000001-R00000009")
    if enrolled_too:
        enrolled(register, "officer-2", "officer", now)
    application = lawful("registration-certificate", now, category="F", citizenship="XXX")
    call = {"at": now, "page": False, "overrides": [Override("former-union-open", "officer-2", "because")]}
    with pytest.raises((RegisterError, KeyMaterialError), match="missing officer's key" if enrolled_too else "missing role"):
        Office(authority, register, officer="officer-1").issue(application, **call)
    assert register.document("R00000001", officer="officer-1") is None
    if enrolled_too:
        both = reopened(register, "officer-1", "officer-2")
        assert Office(authority, both, officer="officer-1").issue(application, **call).document_number == "R00000001"


def test_what_the_register_knows_is_heeded(office, register, now):
    passport = HeldDocument("external-passport", "T00000009", now.date() - DAY, now.date() + DAY)
    with pytest.raises(NotEligible) as caught:
        office.issue(lawful("return-certificate", now), at=now, known=RegisterFacts((passport,)))
    assert [result.rule for result in caught.value.refused] == ["no-valid-passport"]
    assert register.document("TU0000001") is None


# ------------------------------------------------------------------------------------------------- every fault at once


def test_all_faults_of_names_zone_page_and_portrait_at_once(office, register, now):
    bad = lawful(
        "external-passport",
        now,
        family_name="A1",
        given_names="B;",
        personal_number="1" * 20,
        place_of_birth="漢",
        authority="Ш" * 200,
        portrait=b"no picture",
        spelling=None,
    )
    with pytest.raises(ApplicationError) as caught:
        office.issue(bad, at=now)
    fields = {fault.field for fault in caught.value.faults}
    assert fields == {"family_name", "given_names", "personal_number", "place_of_birth", "authority", "portrait"}
    assert register.document("T00000001") is None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"earlier_names": (EarlierName("A;", "B", date(2020, 1, 1), "7"),)}, "earlier_names.family_name"),
        ({"spelling": Spelling("A1", "B", "earlier-document")}, "spelling.family_name"),
        ({"place_of_birth": "A<B"}, "place_of_birth"),
        ({"date_of_birth": date(1900, 1, 1)}, "date_of_birth"),
    ],
)
def test_faults_name_the_applications_field(office, register, now, changes, field):
    application = lawful("external-passport", now, **changes)
    with pytest.raises(ApplicationError) as caught:
        office.issue(application, at=now, overrides=[Override("kept-spelling", "officer-7", "tested")])
    assert caught.value.where == field
    assert register.document("T00000001") is None


@pytest.mark.parametrize(("journey", "value"), [(Journey("漢", "TJK"), "destination"), (Journey("A", "TJK", ("漢",)), "transit_points")])
def test_a_route_that_cannot_be_spelt(now, journey, value):
    kind = load_types.get("return-certificate")
    made = draft.Draft.of(lawful("return-certificate", now, journey=journey), kind, now, now.date(), chip=False, page=False)
    with pytest.raises(UsageError) as caught:
        printed_values.page_values(made, "TU0000001", [value])
    assert caught.value.where.startswith("journey.")


# -------------------------------------------------------------------------------------------------- prepared portraits


def test_a_portrait_prepared_before(office, now):
    application = lawful("external-passport", now)
    ready = office.prepare_portrait(application)
    assert repr(ready) == "Portrait()"
    one = office.issue(application, at=now, portrait=ready)
    assert one.chip["DG2"] == office.issue(application, at=now).chip["DG2"]
    other = dataclasses.replace(application, portrait_eyes=None)
    with pytest.raises(UsageError, match="another application"):
        office.issue(other, at=now, portrait=ready)
    with pytest.raises(ApplicationError):
        office.prepare_portrait(dataclasses.replace(application, portrait=b"no picture"))


# -------------------------------------------------------------------------------------------- quality assurance, pages


@pytest.mark.parametrize(
    ("field", "value"),
    [("document_number", "T99999999"), ("date_of_expiry", date(2035, 1, 1)), ("date_of_birth", date(1990, 1, 1)), ("sex", "M"), ("nationality", "UTO")],
)
@pytest.mark.parametrize("name", ["external-passport", "return-certificate"])
def test_a_sound_zone_that_says_something_else_is_spoiled(office, register, now, monkeypatch, name, field, value):
    """Check digits fit, signatures verify, and it is another person's document all the same."""
    real = draft.mrz.make

    def make(**table):
        if table["document_number"] != draft._NO_NUMBER:
            table[field] = value
        return real(**table)

    monkeypatch.setattr(draft.mrz, "make", make)
    with pytest.raises(TjdocsError, match=f"did not read back: .*zone {field}"):
        office.issue(lawful(name, now), at=now, page=False)
    assert register.document(ZONES[name][3] + "1").status == "spoiled"


def test_a_chip_that_was_not_made_is_missed(office, register, now, monkeypatch):
    monkeypatch.setattr(draft.Draft, "make_chip", lambda self, zone, signer, security: {})
    with pytest.raises(TjdocsError, match="did not read back: chip"):
        office.issue(lawful("external-passport", now), at=now, page=False)
    assert register.document("T00000001").status == "spoiled"


def test_no_zone_is_missed(now):
    examination = type("Examination", (), {"printed": None})()
    made = draft.Draft.of(lawful("external-passport", now), load_types.get("external-passport"), now, now.date(), chip=True, page=False)
    assert quality._differing(examination, made, "T00000001") == ["missing"]


def test_without_a_page(office, now, tmp_path):
    one = office.issue(lawful("external-passport", now), at=now, page=False, out=tmp_path / "out")
    assert not one.has_page
    assert not list((tmp_path / "out").glob("page.*"))
    assert (one.record["page"], one.record["prints"]) == ({}, [])
    with pytest.raises(UsageError, match="without a page"):
        one.page  # noqa: B018
    assert one.drawn() is one


# ----------------------------------------------------------------------------------- printing again, misprints


@pytest.fixture
def folder(office, now, tmp_path):
    office.issue(lawful("external-passport", now), at=now, out=tmp_path / "out")
    return tmp_path / "out"


def test_a_page_can_be_printed_again_and_the_record_says_so(office, register, now, folder):
    first = json.loads((folder / "record.json").read_text())
    assert first["prints"] == [{"at": "2026-11-24T17:00:00+05:00", "officer": "trial", "reason": ""}]
    assert set(first["page"]) == {"page.png", "page.pdf"}
    # the register has the page's digests too
    assert register.document("T00000001").files == {**first["files"], **first["page"]}
    files = office.print_again(folder, at=now + DAY, ground="paper jam")
    assert {path.name for path in files} == {"page.png", "page.pdf"}
    again = json.loads((folder / "record.json").read_text())
    assert again["prints"][1:] == [{"at": "2026-11-25T17:00:00+05:00", "officer": "trial", "reason": "paper jam"}]
    assert {**again, "prints": first["prints"]} == first
    assert (folder / "record.json").stat().st_mode & 0o777 == 0o600
    office.print_again(folder, at=now + DAY, ground="ink")
    assert len(json.loads((folder / "record.json").read_text())["prints"]) == 3


@pytest.mark.parametrize("name", ["page.png", "chip/DG2.bin"])
def test_what_was_changed_is_not_printed_again(office, now, folder, name):
    (folder / name).write_bytes(b"changed")
    with pytest.raises(TjdocsError, match="changed since it was issued"):
        office.print_again(folder, at=now, ground="paper jam")


@pytest.mark.parametrize("damage", ["gone", "no-json", "list", "keys", "forged", "spoiled"])
def test_what_is_no_issued_documents_folder(office, register, now, folder, damage):
    record = folder / "record.json"
    table = json.loads(record.read_text())
    if damage == "gone":
        record.unlink()
    elif damage == "spoiled":
        register.act("spoil", "T00000001", officers=["trial"], at=now, ground="smudged")
    else:
        forged = {**table, "document_number": "T00000002"}
        text = {"no-json": "{", "list": "[]", "keys": "{}", "forged": json.dumps(forged)}[damage]
        record.write_text(text)
    before = record.read_bytes() if record.exists() else b""
    with pytest.raises(TjdocsError, match=r"cannot read|not a document's folder|no issued document"):
        office.print_again(folder, at=now, ground="paper jam")
    assert (record.read_bytes() if record.exists() else b"") == before


@pytest.mark.parametrize("key", ["officer", "overrides", "grounds", "signer", "more", "prints"])
def test_a_record_that_was_changed_is_not_added_to(office, now, folder, key):
    """The register has the digest of the record as it was issued; prints that were noted since stand behind the first."""
    record = folder / "record.json"
    office.print_again(folder, at=now, ground="paper jam")
    table = json.loads(record.read_text())
    record.write_bytes(record_json({**table, key: [] if key == "prints" else "another"}))
    with pytest.raises(TjdocsError, match=r"changed since it was issued"):
        office.print_again(folder, at=now, ground="paper jam")


BROKEN = {
    "page-list": lambda table: record_json({**table, "page": []}),
    "page-text": lambda table: record_json({**table, "page": "page.png"}),
    "digest-number": lambda table: record_json({**table, "page": {"page.png": 5}}),
    "half-a-character": lambda table: json.dumps({**table, "category": "\ud800"}).encode(),
    "half-a-number": lambda table: json.dumps({**table, "document_number": "\ud800"}).encode(),
    "other-form": lambda table: json.dumps(table).encode(),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_record_that_no_office_writes(office, now, folder, name):
    record = folder / "record.json"
    record.write_bytes(BROKEN[name](json.loads(record.read_text())))
    before = record.read_bytes()
    with pytest.raises(TjdocsError, match=r"not a document's folder|changed since"):
        office.print_again(folder, at=now, ground="paper jam")
    assert record.read_bytes() == before


@pytest.mark.parametrize("reason", ["", "  ", None, "a\nb", "x" * 501])
def test_it_is_printed_again_for_a_reason(office, now, tmp_path, reason):
    with pytest.raises(UsageError, match="unusable reason"):
        office.print_again(tmp_path, at=now, ground=reason)
    with pytest.raises(UsageError, match="unusable reason"):
        office.reissue("T00000001", lawful("external-passport", now), at=now, ground=reason)


@pytest.mark.requirement("STL-3")
@pytest.mark.parametrize("name", ["stateless-id", "external-passport"])
def test_a_misprint_is_spoiled_and_issued_again_under_a_new_number(office, register, now, name):
    application = lawful(name, now)
    first = office.issue(application, at=now, page=False)
    second = office.reissue(first.document_number, application, at=now, ground="smudged portrait")
    assert second.document_number == ZONES[name][3] + "2"
    assert register.document(first.document_number).status == "spoiled"
    assert register.document(second.document_number).status == "issued"
    assert second.record["replaces"] == {"document_number": first.document_number, "reason": "smudged portrait"}


def test_what_cannot_be_reissued_is_left_as_it_is(office, register, now, tmp_path):
    application = lawful("external-passport", now)
    first = office.issue(application, at=now)
    for number in ("T00000009", "nothing"):
        with pytest.raises(RegisterError):
            office.reissue(number, application, at=now, ground="smudged")
    with pytest.raises(RegisterError):  # another type's
        office.reissue(first.document_number, lawful("stateless-id", now), at=now, ground="smudged")
    with pytest.raises(NotEligible):
        office.reissue(first.document_number, lawful("external-passport", now, citizenship="UTO"), at=now, ground="smudged")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").write_text("mine")
    with pytest.raises(TjdocsError, match="not an empty folder"):
        office.reissue(first.document_number, application, at=now, ground="smudged", out=tmp_path / "out")
    assert register.document(first.document_number).status == "issued"
    assert register.document("T00000002") is None


# ---------------------------------------------------------------------------------------------------- strict numbers


@pytest.mark.requirement("STL-3")
@pytest.mark.requirement("REG-6")
def test_no_number_is_used_twice_whatever_happens(office, register, now, monkeypatch):
    """Issued, refused, failed, misprinted: every number that was handed out has one fate, and none comes again."""
    application = lawful("stateless-id", now)
    numbers = [office.issue(application, at=now, page=False).document_number]
    with pytest.raises(NotEligible):
        office.issue(lawful("stateless-id", now, documents=()), at=now)
    with monkeypatch.context() as patch:
        patch.setattr(draft.ef_sod, "build", lambda *a, **k: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            office.issue(application, at=now, page=False)
    numbers.append(office.issue(application, at=now, page=False).document_number)
    numbers.append(office.reissue(numbers[0], application, at=now, ground="smudged").document_number)
    assert numbers == ["TS0000001", "TS0000003", "TS0000004"]
    fates = [register.document(f"TS000000{n}").status for n in range(1, 5)]
    assert fates == ["spoiled", "spoiled", "issued", "issued"]
    assert register.document("TS0000005") is None


@pytest.mark.requirement("ICAO-PAGE")
def test_the_seals_picture_has_its_resolution(module_office, now):
    # Doc 9303-13, 2.1: modules of 0.3386 mm, four pixels at 300 dpi
    issued = module_office.issue(lawful("return-certificate", now), at=now)
    assert Image.open(io.BytesIO(issued.seal_png)).info["dpi"] == pytest.approx((300, 300), abs=0.1)
