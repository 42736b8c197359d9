"""Acts that were repealed or amended, the amnesty law's own limit, the right to return, and the words for consents."""

import dataclasses
import json
from datetime import UTC, datetime

import msgspec
import pytest

from tjdocs import specs
from tjdocs.documents import Application, eligibility, example, load_types, schema, texts
from tjdocs.documents.acts import acts, cited_by
from tjdocs.errors import SpecError

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
REG = "registration-certificate"


def sentence(name, rule, lang="en", **changes):
    application = dataclasses.replace(example(name, at=NOW), **changes)
    (found,) = [result for result in eligibility(application, at=NOW, lang=lang) if result.rule == rule]
    return str(found.outcome), found.sentence


@pytest.mark.requirement("STL-1")
@pytest.mark.requirement("STL-2")
@pytest.mark.requirement("STL-3")
@pytest.mark.requirement("STL-4")
def test_a_repealed_act_is_cited_with_the_one_in_its_place():
    kind = load_types.get("stateless-id")
    rows = specs.read_toml("requirements.toml")["requirement"]
    cited = [part.citation for part in (*kind.fields, *kind.rules) if part.requirement == "STL-1" and part.source]
    cited += [row["source"] for row in rows if row["id"].startswith("STL-")]
    assert len(cited) == 7
    for text in cited:
        assert text.startswith("Resolution 207 of 31.03.2020; para. 26, Resolution 218 of 15.05.1999")
        assert "(cited by the source, repealed)" in text
    assert [act.as_json() for act in cited_by(kind)] == [
        {"cited": "Resolution 218 of 15.05.1999", "repealed_by": "Resolution 207 of 31.03.2020"}
    ]


@pytest.mark.parametrize(
    ("name", "cited"),
    [
        ("external-passport", ["Resolution 294 of 27.05.2020"]),
        ("internal-passport", []),
        ("return-certificate", ["Resolution 294 of 27.05.2020"]),
        (REG, ["Law 1652 of 18.12.2019"]),
    ],
)
def test_acts_that_each_type_cites(name, cited):
    assert [act.cited for act in cited_by(load_types.get(name))] == cited


@pytest.mark.parametrize(
    "row",
    [
        {"cited": "Act 1 of 01.01.2000"},
        {"cited": "Act 1 of 01.01.2000", "repealed_by": 5},
        {"cited": "Act 1 of 01.01.2000", "amended_in": "2017"},
        {"cited": "Act 1 of 01.01.2000", "withdrawn": "2017"},
        {"repealed_by": "Act 2 of 01.01.2001"},
    ],
)
def test_a_malformed_row_of_an_act_is_refused(monkeypatch, row):
    monkeypatch.setattr(specs, "read_toml", lambda path: {"schema": 1, "act": [row]})
    acts.cache_clear()
    with pytest.raises(SpecError, match=r"acts\.toml"):
        acts()
    monkeypatch.undo()
    acts.cache_clear()


@pytest.mark.requirement("REG-3")
@pytest.mark.parametrize("category", ["F", "G"])
@pytest.mark.parametrize(("lang", "words"), [("en", "by its Art. 1"), ("ru", "по статье 1"), ("tg", "тибқи моддаи 1")])
def test_a_foreign_citizen_from_outside_the_former_ussr_is_not_eligible(category, lang, words):
    outcome, said = sentence(REG, "former-union", lang, category=category, citizenship="AFG")
    assert (outcome, words in said) == ("not met", True)
    (rule,) = [rule for rule in load_types.get(REG).rules if rule.id == "former-union"]
    assert (rule.override, rule.citation) == (False, "Art. 1, Law 1652 of 18.12.2019 (amnesty)")


@pytest.mark.requirement("REG-5")
@pytest.mark.parametrize(("lang", "word"), [("en", "signed"), ("ru", "подписания"), ("tg", "имзои")])
def test_the_amnesty_laws_date_is_named_as_the_day_of_signature(lang, word):
    application = example(REG, at=NOW)
    for at in (NOW, datetime(2019, 12, 17, 9, tzinfo=UTC)):
        (found,) = [r for r in eligibility(application, at=at, lang=lang) if r.rule == "law-in-force"]
        assert "2019" in found.sentence
        assert word in found.sentence
    (act,) = cited_by(load_types.get(REG))
    assert act.notes == {"signed": "2019-12-18", "registered": "2019-12-19"}


@pytest.mark.requirement("RET-1")
@pytest.mark.parametrize("state", ["expired", "unusable", "lost", "stolen"])
def test_a_passport_that_is_not_valid_hinders_no_return(state):
    table = json.loads(example("return-certificate", at=NOW).to_json())
    table["passport"] = {"number": "SPECIMEN-9", "issued": "2020-01-01", "expires": "2029-12-31", "state": state}
    application = Application.from_json(json.dumps(table))
    assert {str(result.outcome) for result in eligibility(application, at=NOW)} == {"met"}


@pytest.mark.requirement("RET-1")
@pytest.mark.parametrize(
    ("lang", "unusable", "right"),
    [
        ("en", "unusable", "has the right to return"),
        ("ru", "непригоден", "право на возвращение"),
        ("tg", "корношоям", "ҳуқуқи бозгашт"),
    ],
)
def test_expired_or_unusable_passport_and_right_to_return_in_three_languages(lang, unusable, right):
    kind = load_types.get("return-certificate")
    (passport,) = [spec for spec in kind.fields if spec.id == "passport"]
    assert unusable in texts.sentence(kind, "no-valid-passport", "title", lang=lang).text
    assert unusable in texts.supporting_document(passport, lang=lang, kind=kind)
    assert right in kind.notes[0].words[lang]


# ------------------------------------------------------------------------------------------------------------ consents


@pytest.mark.requirement("EXT-4")
def test_the_word_for_a_consent_is_in_schema_and_refusal():
    minor = dataclasses.replace(example("external-passport", at=NOW), date_of_birth=NOW.date())
    for lang in texts.LANGUAGES:
        (refusal,) = [r for r in eligibility(minor, at=NOW, lang=lang) if r.rule == "consent-of-representatives"]
        assert str(refusal.outcome) == "not met"
        assert "legal-representatives" in refusal.sentence
    (passport,) = [one for one in schema()["oneOf"] if one["properties"]["document_type"]["const"] == "external-passport"]
    consents = passport["properties"]["consents"]
    assert consents["examples"] == [["legal-representatives"]]
    assert "legal-representatives" in consents["description"]


@pytest.mark.requirement("EXT-4")
def test_age_and_word_of_a_consent_are_the_rules(monkeypatch):
    kind = load_types.get("external-passport")
    rules = tuple(
        msgspec.structs.replace(rule, arguments={"age": 16, "consent": "guardian"}) if "consent" in rule.arguments else rule
        for rule in kind.rules
    )
    other = dataclasses.replace(kind, rules=rules)
    said = texts.sentence(other, "consent-of-representatives", "not-met").text
    assert said == "The applicant is under 16, and the consent of the legal representatives (guardian) is not recorded."
    (spec,) = [spec for spec in kind.fields if spec.id == "consents"]
    assert texts.supporting_document(spec, kind=other) == "under 16 years: the consent of the legal representatives, written guardian"


# ------------------------------------------------------------------------------------------------------------- wording


@pytest.mark.parametrize(
    ("name", "tajik", "russian"),
    [
        ("external-passport", "Шиносномаи хориҷии дорои ҳомили электронии иттилоот", "Заграничный паспорт, содержащий электронный носитель информации"),
        ("internal-passport", "Шиносномаи шаҳрванди Ҷумҳурии Тоҷикистон (корти ID)", "Паспорт гражданина Республики Таджикистан (ID-карта)"),
        ("stateless-id", "Шаҳодатномаи шахси бешаҳрванд", "Удостоверение лица без гражданства"),
        (REG, "Шаҳодатномаи бақайдгирӣ", "Свидетельство о регистрации"),
        ("return-certificate", "Шаҳодатномаи бозгашт ба Ҷумҳурии Тоҷикистон", "Свидетельство на возвращение в Республику Таджикистан"),
    ],
)  # fmt: skip
def test_titles_are_the_official_names_and_not_reviewed(name, tajik, russian):
    kind = load_types.get(name)
    assert (kind.titles["tg"], kind.titles["ru"]) == (tajik, russian)
    assert kind.reviewed == ("en",)


@pytest.mark.parametrize("name", ["stateless-id", REG])
@pytest.mark.parametrize(
    ("lang", "words"), [("en", "XXA for a stateless person"), ("ru", "XXA — лицо без гражданства"), ("tg", "XXA — шахси бешаҳрванд")]
)
def test_a_types_own_text_is_in_the_language_asked_for(name, lang, words):
    (spec,) = [spec for spec in load_types.get(name).fields if spec.id == "citizenship"]
    assert words in texts.supporting_document(spec, lang=lang)


@pytest.mark.requirement("REG-3")
@pytest.mark.requirement("REG-4")
def test_categories_and_articles_are_in_three_languages_and_printed_in_tajik_first():
    kind = load_types.get(REG)
    assert "".join(kind.categories) == "".join(kind.page.categories) == "ABCDEFG"
    assert all(words.keys() == {"en", "ru", "tg"} for words in kind.categories.values())
    assert all(note.words.keys() == {"en", "ru", "tg"} for note in kind.notes)
    for code, printed in kind.page.categories.items():
        national, _, english = printed.partition(" / ")
        assert printed.startswith(f"{code}: ")
        assert not national[3:].isascii()
        assert english.isascii()
    assert [note.printed_text.partition(" / ")[0] for note in kind.notes if note.printed] == ["КҲМ", "КҶ"]
    assert [note.printed_text for note in kind.notes if not note.printed] == [""]
