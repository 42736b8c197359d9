"""Document types are data: each file is read whole, and whatever is not understood is an error."""

import dataclasses
import re
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from tjdocs import specs
from tjdocs.documents import Application, DocumentType, DocumentTypes, eligibility, example, load_types
from tjdocs.documents.type_files import parse
from tjdocs.errors import SpecError, TjdocsError, UsageError
from tjdocs.mrz import codes, transliteration
from tjdocs.pki import algorithms

KIND = "external-passport"
FIVE = ("external-passport", "internal-passport", "registration-certificate", "return-certificate", "stateless-id")


def text(name):
    return (specs.folder("specs") / "documents" / f"{name}.toml").read_text(encoding="utf-8")


def test_there_are_five():
    assert load_types.names() == FIVE
    assert tuple(load_types.bundled()) == FIVE
    assert repr(load_types.bundled()).startswith("DocumentTypes(external-passport, ")
    assert len(load_types.bundled()) == 5


@pytest.mark.requirement("EXT-1")
@pytest.mark.requirement("EXT-2")
def test_the_passport_for_travel_abroad():
    kind = load_types.get(KIND)
    assert isinstance(kind, DocumentType)
    assert kind.validity.period.years == 10
    assert (kind.mrz_format, kind.document_code, kind.issuing_state) == ("TD3", "PP", "TJK")
    # a chip with EF.COM, DG1, DG2 and EF.SOD at least, or no passport
    assert {1, 2} <= set(kind.chip.data_groups)
    assert (kind.chip.required, kind.chip.requirement) == (True, "EXT-1")
    assert kind.seal is None


@pytest.mark.requirement("INT-2")
@pytest.mark.requirement("INT-3")
def test_the_passport_of_a_citizen():
    kind = load_types.get("internal-passport")
    assert (kind.mrz_format, kind.document_code, kind.issuing_state) == ("TD1", "ID", "TJK")
    assert kind.chip is not None
    assert not kind.chip.required


@pytest.mark.requirement("STL-2")
@pytest.mark.requirement("STL-3")
def test_the_stateless_persons_id():
    kind = load_types.get("stateless-id")
    assert (kind.mrz_format, kind.document_code) == ("TD3", "PS")
    assert kind.seal.profile == "stateless-id"
    assert "STL-3" in kind.requirements
    assert not kind.chip.required


@pytest.mark.requirement("REG-4")
@pytest.mark.requirement("REG-5")
@pytest.mark.requirement("REG-6")
def test_the_certificate_of_registration():
    kind = load_types.get("registration-certificate")
    assert (kind.mrz_format, kind.document_code, kind.chip) == ("TD2", "IR", None)
    assert kind.titles.keys() == {"en", "tg", "ru"}
    printed = " ".join(note.text for note in kind.notes if note.printed)
    # law.md, REG-4: these articles and no others; REG-6: not on the certificate
    assert re.findall("[0-9]{3}", printed) == ["497", "498", "499", "499", "335", "336"]
    (silent,) = [note for note in kind.notes if not note.printed]
    assert (silent.requirement, "470" in silent.text) == ("REG-6", True)


@pytest.mark.requirement("RET-2")
def test_the_certificate_for_return():
    kind = load_types.get("return-certificate")
    assert (kind.mrz_format, kind.document_code, kind.chip) == ("TD2", "PU", None)
    assert kind.seal.profile == "emergency-travel-document"
    assert {"destination", "transit_points"} <= set(kind.page.fields)  # Doc 9303-8, 4.4.2


# law.md: what each may be used for
@pytest.mark.requirement("INT-2")
@pytest.mark.requirement("STL-2")
@pytest.mark.requirement("REG-5")
@pytest.mark.requirement("RET-2")
@pytest.mark.parametrize(
    ("name", "use"),
    [
        ("external-passport", {"cross_out", "cross_in"}),
        ("internal-passport", {"inside"}),
        ("stateless-id", {"cross_out", "cross_in"}),
        ("registration-certificate", {"inside"}),
        ("return-certificate", {"cross_in", "single_use"}),
    ],
)
def test_what_each_may_be_used_for(name, use):
    found = load_types.get(name).use
    assert {word for word in ("cross_out", "cross_in", "inside", "single_use") if getattr(found, word)} == use


@pytest.mark.parametrize("name", FIVE)
def test_what_a_type_names_is_there(name):
    kind = load_types.get(name)
    assert kind.id == name
    rows = {row["id"] for row in specs.read_toml("requirements.toml")["requirement"]}
    assert kind.requirements <= rows
    assert {rule.requirement for rule in kind.rules} <= kind.requirements
    assert kind.transliteration in transliteration.tables()
    assert kind.chip is None or algorithms.hash_by_id(kind.chip.digest)
    assert codes.alpha2(kind.issuing_state)
    assert {"en", "tg"} <= kind.titles.keys()
    prefix, digits = kind.trial_pattern.prefix, kind.trial_pattern.width
    numbers = {kind.trial_number.format(n) for n in (1, 2, 10**digits - 1)}
    assert len(numbers) == 3
    assert all(len(number) == 9 and number.startswith(prefix) for number in numbers)
    assert all(field.citation for field in kind.fields)


def test_no_number_can_be_of_two_types():
    patterns = [load_types.get(name).trial_number for name in FIVE]
    series = [re.sub(r"\{:0(\d)d\}", r"[0-9]{\1}", pattern) for pattern in patterns]
    for pattern in patterns:
        for number in (pattern.format(n) for n in (0, 1, 9999999)):
            assert sum(bool(re.fullmatch(one, number)) for one in series) == 1


def test_by_its_zone():
    known = load_types.bundled()
    assert known.by_zone("TD3", "PP", "TJK").id == "external-passport"
    assert known.by_zone("TD2", "PU", "TJK").id == "return-certificate"
    assert known.by_zone("TD3", "PP", "D") is None
    assert known.by_zone("TD3", "PR", "TJK") is None


def test_types_are_read_once_and_frozen():
    assert load_types.get(KIND) is load_types.get(KIND)
    with pytest.raises(dataclasses.FrozenInstanceError):
        load_types.get(KIND).document_code = "PD"
    with pytest.raises(TypeError):
        load_types.get(KIND).rules[0].arguments["values"] = ("UTO",)
    with pytest.raises(TypeError):
        load_types.bundled()["mine"] = load_types.get(KIND)


@pytest.mark.parametrize("name", ["no-such", "", "../policy/default", "external-passport.toml", None, 5, ["x"]])
def test_no_such_type(name):
    with pytest.raises(UsageError) as caught:
        load_types.get(name)
    assert KIND in caught.value.hint
    assert name not in load_types.bundled()


# each damage to a file, as a replacement in its text
DAMAGES = [
    ('id = "external-passport"', 'id = "another"'),
    ("schema = 1", "schema = 2"),
    ("schema = 1", "schema = 1\nsurplus = 1"),
    ("[mrz]\n", "[mrz]\nsurplus = 1\n"),
    ('format = "TD3"\n', ""),
    ('format = "TD3"', 'format = "TD9"'),
    ('document_code = "PP"', 'document_code = "ID"'),  # no passport's
    ('document_code = "PP"', "document_code = 5"),
    ('issuing_state = "TJK"', 'issuing_state = "XXA"'),  # no issuer
    ('transliteration = "tj"', 'transliteration = "no-such"'),
    ('optional_data = "personal_number"', 'optional_data = "portrait"'),
    ('optional_data = "personal_number"', 'optional_data = "category"'),  # not asked for
    ('trial = "T{:08d}"', 'trial = "T{:08d}"\nproduction = "P{:08d}"'),
    ('trial = "T{:08d}"', 'trial = "T{}"'),
    ('trial = "T{:08d}"', 'trial = "TTT{:08d}"'),  # ten characters
    ("years = 10\nrequirement", "requirement"),
    ("years = 10\nrequirement", "years = 10\nmonths = 1\nrequirement"),
    ("years = 10\nrequirement", "years = 0\nrequirement"),
    ("years = 10\nrequirement", "years = true\nrequirement"),
    ('requirement = "EXT-2"', 'requirement = "EXT-2"\nnot_beyond = ["journey.until"]'),  # not asked for
    ('requirement = "EXT-2"', 'requirement = "EXT-2"\nnot_beyond = ["family_name"]'),
    ('requirement = "EXT-2"', 'requirement = "EXT-2"\nnot_beyond = []'),
    ('requirement = "EXT-2"', ""),
    ('requirement = "EXT-2"', 'requirement = "ten years"'),
    ("age = 18\nyears", 'age = "18"\nyears'),
    ("use = [", "others = ["),
    ('use = ["entry"', 'use = ["elsewhere"'),
    ("use = [", 'single_use = "no"\nuse = ['),
    ('use_requirement = "EXT-1"\n', ""),
    ('use_requirement = "EXT-1"', 'use_requirement = "for travel"'),
    ('outcome = "undetermined" }\n', 'outcome = "undetermined", surplus = 1 }\n'),
    ("data_groups = [1, 2, 7, 11, 12, 14, 15]", "data_groups = [1, 11]"),
    ("data_groups = [1, 2, 7, 11, 12, 14, 15]", "data_groups = [1, 2, 3]"),
    ("data_groups = [1, 2, 7, 11, 12, 14, 15]", 'data_groups = ["1", 2]'),
    ('digest = "sha256"', 'digest = "md4"'),
    ('digest = "sha256"\n', ""),
    ("[chip]\n", "[chip]\nsurplus = 1\n"),
    ('layout = "td3"\n', ""),
    ('dates = "month"', 'dates = "roman"'),
    ('layout = "td3"', 'layout = "td3"\nsurplus = 1'),
    ('  "document_code", "issuing_state", "document_number",', '  5, "issuing_state", "document_number",'),
    ('[example]\ncitizenship = "TJK"', '[example]\ncategory = "A"'),  # not asked for
    ('[[field]]\nid = "sex"', '[[field]]\nid = "hobby"'),
    ('[[field]]\nid = "sex"', '[[field]]\nid = "sex"\nsurplus = 1'),
    ('[[field]]\nid = "sex"', '[[field]]\nid = "sex"\nkind = "document"'),
    ('[[field]]\nid = "sex"', '[[field]]\nid = "Permit!"\nkind = "document"'),
    ('[[field]]\nid = "date_of_birth"', '[[field]]\nid = "sex"'),
    ('id = "place_of_birth"\noptional = true', 'id = "place_of_birth"\noptional = "yes"'),
    ('source = "Doc 9303-4"\n', ""),
    ('source = "Doc 9303-4"\narticle = "4.1.1"\n', ""),
    ('source = "Doc 9303-4"', 'source = ""'),
    ('status = "chosen"', 'status = "repealed"'),
    ("shared = true", "shared = false"),
    ("shared = true", "shared = 1"),
    ('predicate = "one-of"', 'predicate = "no-such"'),
    ('predicate = "one-of"', 'predicate = "eval"'),
    ('values = ["TJK"]', "values = []"),
    ('values = ["TJK"]', 'values = "TJK"'),
    ('values = ["TJK"]\n', ""),
    ('values = ["TJK"]', 'values = ["TJK"]\nsurplus = 1'),
    ('field = "citizenship"\nvalues', 'field = "journey.until"\nvalues'),
    ('field = "citizenship"\nvalues', "field = 5\nvalues"),
    ('is = "not-after"', 'is = "around"'),
    ('second = "day"', 'second = "tomorrow"'),
    ('second = "day"', 'second = "sex"'),  # no date
    ('second = "day"', "second = 2026-01-01T00:00:00Z"),
    ('second = "day"', 'second = "day"\nmissing = "perhaps"'),
    ('second = "day"', 'second = "day"\nregister = true'),  # the register has no part in it
    ("age = 18\nconsent", "age = true\nconsent"),
    ('id = "citizen"\n', ""),
    ('id = "citizen"', 'id = "citizen"\noverride = "yes"'),
    ('id = "citizen"', 'id = "citizen"\notherwise = "met"'),
    ('id = "citizen"', 'id = "citizen"\nwhen = { field = "sex" }'),
    ('id = "citizen"', 'id = "citizen"\nwhen = { field = "hobby", values = ["A"] }'),
    ('source = "Resolution 294 of 27.05.2020"\n\n[[rule]]', "\n[[rule]]"),
    ('[title]\nen = "Biometric passport for travel abroad"', "[title]"),
    ('[title]\nen = "Biometric passport for travel abroad"', '[title]\nen = "X"\nfr = "Y"'),
    ('[title]\nen = "Biometric passport for travel abroad"', '[title]\nen = ""'),
]


@pytest.mark.parametrize(("old", "new"), DAMAGES, ids=[f"{i}-{new[:30]!r}" for i, (_, new) in enumerate(DAMAGES)])
def test_a_damaged_file_is_refused(old, new):
    whole = text(KIND)
    assert old in whole
    with pytest.raises(SpecError) as caught:
        parse(whole.replace(old, new, 1).encode(), KIND, "here")
    assert "here" in caught.value.where


@pytest.mark.parametrize("data", [b"= broken", b"\xff\xfe", b"", b"schema = 1"])
def test_what_is_no_document_type(data):
    with pytest.raises(SpecError):
        parse(data, KIND, "here")


@pytest.mark.parametrize(
    ("rows", "citation"),
    [
        ('source = "Resolution 294 of 27.05.2020"', "Resolution 294 of 27.05.2020"),
        ('source = "Law 1652 of 18.12.2019"\narticle = "Art. 1"', "Art. 1, Law 1652 of 18.12.2019"),
        ('source = "Doc 9303-3"\narticle = "4.6"\nstatus = "enacted"', "Doc 9303-3, 4.6"),
        ('source = "drafts of 2020"\nstatus = "draft"', "drafts of 2020"),
        ('source = "Doc 9303-3"\narticle = "4.6"\nstatus = "chosen"', "chosen; Doc 9303-3, 4.6"),
        ('status = "chosen"', "chosen"),
    ],
)
def test_the_law_of_a_field_in_one_text(rows, citation):
    whole = text("return-certificate").replace('source = "Doc 9303-8"\narticle = "4.3.2"', rows, 1)
    (sex,) = [spec for spec in parse(whole.encode(), "return-certificate", "here").fields if spec.id == "sex"]
    assert sex.citation == citation


@pytest.mark.parametrize("name", FIVE)
def test_a_rule_of_consistent_data_claims_no_act(name):
    rules = [rule for rule in load_types.get(name).rules if rule.id in ("born-before", "born-before-entry")]
    assert {(rule.source, rule.article, rule.citation) for rule in rules} == {("", "", "chosen")}


def test_an_article_of_an_old_file_is_an_error_that_names_the_new_keys():
    whole = text("return-certificate").replace('source = "Doc 9303-8"\n', "", 1).replace('"4.3.2"', '"Doc 9303-8, 4.3.2"', 1)
    with pytest.raises(SpecError, match="missing source") as caught:
        parse(whole.encode(), "return-certificate", "here")
    assert (caught.value.where, "write source, article and status" in caught.value.hint) == ("here $.field[0]", True)


MORE = [
    ("stateless-id", "[seal]\n", "[seal]\nsurplus = 1\n"),
    ("stateless-id", 'zone = "zone"', "zone = 1"),
    ("stateless-id", 'document = "residence_permit"', 'document = "passport"'),
    ("stateless-id", "[page.nationalities]\n", "[page.nationalities]\nXXX = 5\n"),
    ("registration-certificate", "printed = true", 'printed = "yes"'),
    ("registration-certificate", "second = 2016-12-31", "second = 2016-12-31T00:00:00"),
    ("return-certificate", 'documents = ["return-certificate"]', "documents = [5]"),
    ("return-certificate", 'id = "journey"\n', 'id = "voyage"\n'),
]


@pytest.mark.parametrize(("name", "old", "new"), MORE)
def test_other_damages(name, old, new):
    assert old in text(name)
    with pytest.raises(SpecError):
        parse(text(name).replace(old, new, 1).encode(), name, "here")


@pytest.mark.parametrize("part", ["chip", "page"])
def test_a_type_may_do_without(part):
    """A chip and a page are parts that a type may have."""
    whole = text(KIND)
    start = whole.index(f"[{part}]")
    end = next(place.start() for place in re.finditer(rf"^\[(?!{part})", whole, re.MULTILINE) if place.start() > start)
    kind = parse((whole[:start] + whole[end:]).encode(), KIND, "here")
    assert getattr(kind, part) is None


# ------------------------------------------------------------------------------------------------- further folders


def sixth(**changes):
    table = text("external-passport")
    changes = {
        'id = "external-passport"': 'id = "official-passport"',
        'document_code = "PP"': 'document_code = "PO"',
        'trial = "T{:08d}"': 'trial = "TO{:07d}"',
        **changes,
    }
    for old, new in changes.items():
        assert old in table
        table = table.replace(old, new, 1)
    return table


def test_a_further_folder_adds_a_type(tmp_path):
    (tmp_path / "official-passport.toml").write_text(sixth(), encoding="utf-8")
    (tmp_path / "notes.txt").write_text("not a type")
    found = DocumentTypes.load(tmp_path)
    assert set(found) == {*FIVE, "official-passport"}
    assert found.by_zone("TD3", "PO", "TJK").id == "official-passport"
    application = example("official-passport", at=date(2026, 11, 24), types=found)
    assert Application.from_json(application.to_json(), types=found) == application
    assert {str(r.outcome) for r in eligibility(application, at=date(2026, 11, 24), types=found)} == {"met"}
    with pytest.raises(TjdocsError):
        Application.from_json(application.to_json())  # nobody named the folder
    with pytest.raises(UsageError):
        eligibility(application, at=date(2026, 11, 24))
    assert set(DocumentTypes.load()) == set(FIVE)


REFUSED = {
    "same-id": {'id = "official-passport"': 'id = "external-passport"'},
    "same-zone": {'document_code = "PO"': 'document_code = "PP"'},
    "same-series": {'trial = "TO{:07d}"': 'trial = "TS{:07d}"'},
    "series-within-another": {'trial = "TO{:07d}"': 'trial = "T1{:07d}"'},
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_type_that_could_be_taken_for_another_is_refused(tmp_path, name):
    table = sixth()
    for old, new in REFUSED[name].items():
        table = table.replace(old, new)
    file = "external-passport" if name == "same-id" else "official-passport"
    (tmp_path / f"{file}.toml").write_text(table, encoding="utf-8")
    with pytest.raises(SpecError) as caught:
        DocumentTypes.load(tmp_path)
    assert str(tmp_path) in caught.value.where


def test_one_broken_file_refuses_the_folder(tmp_path):
    (tmp_path / "official-passport.toml").write_text(sixth(), encoding="utf-8")
    (tmp_path / "zz.toml").write_text("schema = 1")
    with pytest.raises(SpecError):
        DocumentTypes.load(tmp_path)


def test_folders_that_hold_no_type(tmp_path):
    for folder in (tmp_path, tmp_path / "missing", "a\0b"):
        with pytest.raises(UsageError):
            DocumentTypes.load(folder)
    (tmp_path / "x.toml").mkdir()
    with pytest.raises(UsageError):
        DocumentTypes.load(tmp_path)


def test_a_file_over_the_limit(tmp_path):
    (tmp_path / "official-passport.toml").write_bytes(b"#" * 1_000_001)
    with pytest.raises(SpecError, match="over the limit"):
        DocumentTypes.load(tmp_path)


@pytest.mark.parametrize("name", FIVE)
def test_example_is_lawful_on_its_own_day(name):
    for day in (date(2024, 2, 29), date(2026, 11, 24), date(2027, 3, 1)):
        application = example(name, at=day)
        assert {str(result.outcome) for result in eligibility(application, at=day)} == {"met"}
        assert Application.from_json(application.to_json()) == application
    with pytest.raises(UsageError):
        example("no-such", at=date(2026, 11, 24))


@pytest.mark.parametrize("name", load_types.names())
def test_the_hash_of_a_type_covers_the_rules_that_it_shares(name):
    specs_ = Path(__file__).parents[2] / "specs"
    text = (specs_ / f"documents/{name}.toml").read_bytes()
    shared = (specs_ / "documents_shared.toml").read_bytes() if b"\nshared = true" in text else b""
    assert load_types.get(name).sha256 == sha256(text + shared).hexdigest()
