"""Transliteration: Tajik letters in every form, tables by name, and no letter dropped in silence."""

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tjdocs import mrz, specs
from tjdocs.errors import SpecError, UsageError
from tjdocs.mrz import transliteration
from tjdocs.mrz.transliteration import components, tables, visual_form

# The national table, letter by letter (chosen: none is published).
TAJIK = dict(
    zip(
        "АБВГҒДЕЁЖЗИӢЙКҚЛМНОПРСТУӮФХҲЧҶШЭЮЯ",
        "A B V G GH D E YO ZH Z I I Y K Q L M N O P R S T U U F KH H CH J SH E YU YA".split(),  # noqa: SIM905 - one look
        strict=True,
    )
)


@pytest.mark.parametrize("letter", TAJIK)
def test_every_tajik_letter_in_every_form(letter):
    for form in (
        letter,
        letter.lower(),
        unicodedata.normalize("NFD", letter),
        unicodedata.normalize("NFD", letter.lower()),
    ):
        assert mrz.transliterate(f"Б{form}") == f"B{TAJIK[letter]}"


def test_signs_are_left_out_and_nothing_else():
    assert mrz.transliterate("ОЛЬГА ПОДЪЁМ") == "OLGA PODYOM"
    assert mrz.transliterate("ПОДЪЁМ", table="icao") == "PODIEEM"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("D'ARTAGNAN", "DARTAGNAN"),
        ("O\u2019CONNOR", "OCONNOR"),
        ("MARIE-ELISE", "MARIE ELISE"),
        ("ANNA, MARIA", "ANNA MARIA"),
        ("  van   der  MUELLEN ", "VAN DER MUELLEN"),
        ("ST. JOHN (ANNA)", "ST JOHN ANNA"),
        ("Straße", "STRASSE"),
        ("Ĳsbrand", "IJSBRAND"),
        ("I\u0307lker ıŞIK", "ILKER ISIK"),
        ("e\u0301tienne", "ETIENNE"),
        ("ANNA<MARIA", "ANNA MARIA"),
        ("", ""),
    ],
)
def test_punctuation_and_latin_letters(text, expected):
    assert mrz.transliterate(text) == expected


def test_the_languages_of_the_standard():
    assert mrz.transliterate("Її Єє", table="icao-uk") == "YII YEIE"
    assert mrz.transliterate("Ѓорѓи", table="icao-mk") == "GJORGJI"
    assert mrz.transliterate("Müller Åsa", table="icao-short") == "MULLER ASA"
    assert mrz.transliterate("CAÑON", table="icao-x") == "CANXXON"


# Every letter of the alphabets of our neighbours and of their spouses, as their own languages write them.
ALPHABETS = {
    "Kazakh": "АӘБВГҒДЕЁЖЗИЙКҚЛМНҢОӨПРСТУҰҮФХҺЦЧШЩЪЫІЬЭЮЯ",
    "Kazakh, Latin of 2021": "AÄBDEFGĞHIİJKLMNÑOÖPQRSŞTUŪÜVYZ",
    "Kyrgyz": "АБВГДЕЁЖЗИЙКЛМНҢОӨПРСТУҮФХЦЧШЩЪЫЬЭЮЯ",
    "Uzbek": "АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЪЬЭЮЯЎҚҒҲ",
    "Karakalpak, Latin": "AÁBDEFGǴHXIÍJKQLMNŃOÓPRSTUÚVWYZ",
    "Azeri": "АБВГҒДЕӘЖЗИЫЈКҜЛМНОӨПРСТУҮФХҺЧҸШ",
    "Azeri, Latin": "ABCÇDEƏFGĞHXIİJKQLMNOÖPRSŞTUÜVYZ",
    "Turkmen": "АБВГДЕЁЖҖЗИЙКЛМНҢОӨПРСТУҮФХЦЧШЩЪЫЬЭӘЮЯ",
    "Turkmen, Latin": "ABÇDEÄFGHIJŽKLMNŇOÖPRSŞTUÜWYÝZ",
    "Romanian": "AĂÂBCDEFGHIÎJKLMNOPQRSȘTȚUVWXYZ",
    "Vietnamese": "AÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬBCDĐEÈÉẺẼẸÊỀẾỂỄỆGHIÌÍỈĨỊKLMNOÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢPQRSTUÙÚỦŨỤƯỪỨỬỮỰVXYỲÝỶỸỴ",
}


@pytest.mark.parametrize("table", sorted(tables()))
@pytest.mark.parametrize("language", ALPHABETS)
def test_every_letter_of_a_neighbours_alphabet_has_a_value(language, table):
    for letter in ALPHABETS[language]:
        for form in (letter, letter.lower(), unicodedata.normalize("NFD", letter.lower())):
            spelt = mrz.transliterate(f"A{form}", table=table)
            assert spelt.startswith("A")
            assert len(spelt) > 1 or letter in "ЪЬ"


def test_vietnamese_letters_lose_their_marks():
    for letter in ALPHABETS["Vietnamese"]:
        bare = "D" if letter == "Đ" else unicodedata.normalize("NFD", letter)[0]
        assert mrz.transliterate(letter) == bare


@pytest.mark.parametrize(
    ("text", "table", "expected"),
    [
        ("Ўзбекистон", "uz", "OZBEKISTON"),  # O‘zbekiston, Xorazm, G‘allaorol, Jizzax: as the State writes them
        ("Хоразм", "uz", "XORAZM"),
        ("Ғаллаорол", "uz", "GALLAOROL"),
        ("Жиззах", "uz", "JIZZAX"),
        ("Oʻzbekiston", "tj", "OZBEKISTON"),
        ("Қызылорда", "kz", "KYZYLORDA"),
        ("Өскемен", "kz", "OSKEMEN"),
        ("Жаңаөзен", "kz", "ZHANAOZEN"),
        ("Өзгөн", "tj", "OZGON"),
        ("Азәрбајҹан", "tj", "AZARBAJJAN"),
        ("Azərbaycan", "tj", "AZARBAYCAN"),
        ("Türkmenbaşy", "icao-short", "TURKMENBASY"),
        ("Braşov, Brașov", "tj", "BRASOV BRASOV"),  # with the cedilla of old computers, and with the comma below
        ("Constanța", "icao", "CONSTANTA"),
        ("Huế Đà Nẵng", "tj", "HUE DA NANG"),
    ],
)
def test_names_of_the_neighbours_and_of_their_spouses(text, table, expected):
    assert mrz.transliterate(text, table=table) == expected


def test_a_chosen_row_has_a_source_and_never_replaces_the_standard():
    rows = {name: transliteration._rows(name) for name in transliteration._spec().files}
    chosen = rows.pop("chosen.csv")
    assert all(row["status"] == "chosen" and row["source"] for row in chosen)
    assert {row["letter"] for row in chosen}.isdisjoint(row.get("letter") for some in rows.values() for row in some)
    assert {name for name, table in tables().items() if table.status} == {"tj", "kz", "uz"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("018F,Ə", "00C0,À"),
        ("passports of Azerbaijan,chosen", "passports of Azerbaijan,draft"),
        (",spellings met in passports of Azerbaijan,", ",,"),
    ],
)
def test_a_malformed_chosen_row_is_refused(monkeypatch, old, new):
    read = specs.read_bytes
    changed = read("transliteration/chosen.csv").decode().replace(old, new, 1).encode()
    assert changed != read("transliteration/chosen.csv")
    monkeypatch.setattr(specs, "read_bytes", lambda path: changed if path.endswith("chosen.csv") else read(path))
    with pytest.raises(SpecError, match="specs/transliteration"):
        transliteration.tables.__wrapped__()


def test_a_hint_names_only_the_tables_that_have_the_letter():
    with pytest.raises(UsageError, match="CYRILLIC CAPITAL LETTER GJE") as refused:
        mrz.transliterate("Ѓорѓи")
    assert refused.value.hint == "spell it otherwise, or choose a table that has one: icao-mk"
    for letter in ("Ћ", "Ω", "\u0651"):  # the last is a sign without a letter before it: every table has a rule for it
        with pytest.raises(UsageError) as refused:
            mrz.transliterate(letter)
        assert refused.value.hint == "no table has one: spell it otherwise"


def test_arabic_rules():
    assert mrz.transliterate("عبّاس") == "EBBAS"
    assert mrz.transliterate("فضّة") == "FXDZXDZXAH"
    assert mrz.transliterate("فضَّة") == "FXDZXDZXAH"  # with the vowel sign before or behind the shadda
    assert mrz.transliterate("ابو بكر") == "ABW BKR"


def test_a_letter_is_doubled_once():
    # two signs after one letter would double what is doubled: 40 of them, 10^12 letters
    for hostile in ("\u0628" + "\u0651" * 2, "\u0628" + "\u0651" * 40, "\u0628\u0651\u064e\u0651"):
        with pytest.raises(UsageError, match="SHADDA"):
            mrz.transliterate(hostile)
    assert mrz.transliterate("\u0628\u0651\u0628\u0651") == "BBBB"


def test_long_names_take_time_in_proportion_to_their_length():
    def seconds(text):
        started = time.process_time()
        mrz.transliterate(text)
        return time.process_time() - started

    sign = "\u0629\u064e"  # a letter that is another at the end, with a sign that has no value
    assert seconds(sign * 200_000) < 30 * max(min(seconds(sign * 20_000) for _ in range(3)), 0.01)


@pytest.mark.parametrize("text", ["Ω", "Ћ", "漢", "ANNA2", "A+B", "Ё\u0301", "\u0651", "A\x00", "\ud800"])
def test_a_character_without_rule_is_named(text):
    with pytest.raises(UsageError, match=r"missing rule for .*U\+[0-9A-F]{4}"):
        mrz.transliterate(text)


def test_tables_are_known_by_name():
    assert next(iter(tables())) == "tj"
    assert {"icao", "icao-be", "icao-bg", "icao-mk", "icao-sr", "icao-uk"} <= set(tables())
    assert all(table.title and table.source for table in tables().values())
    with pytest.raises(UsageError, match="transliteration"):
        mrz.transliterate("A", table="klingon")


_KNOWN = sorted(letter for letter, value in tables()["tj"].letters.items() if value)


@given(
    st.lists(st.text(st.sampled_from([*_KNOWN, *"abcXYZ"]), min_size=1), min_size=1), st.sampled_from(sorted(tables()))
)
def test_only_letters_come_out(words, table):
    for component in components(" ".join(words), table=table):
        assert component.isascii()
        assert component.isalpha()
        assert component.isupper()


@given(st.text(max_size=30), st.sampled_from(sorted(tables())))
def test_any_text_is_spelt_or_refused(text, table):
    try:
        found = components(text, table=table)
    except UsageError:
        return
    assert all(c.isascii() and c.isalpha() and c.isupper() for c in found)
    joins, separates = transliteration._punctuation()
    for character in unicodedata.normalize("NFC", text) if not found else "":  # nothing came out: it held no letter
        silent = tables()[table].letters.get(character.upper()) == "" or character in joins | separates
        assert silent or character.isspace() or unicodedata.category(character).startswith("P")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('base = "icao"', 'base = "unknown"'),
        ('exceptions = "be"', 'except = "be"'),
        ('title = "Tajik', 'name = "Tajik'),
        ("[punctuation]", "[signs]"),
    ],
)
def test_a_malformed_table_is_refused(monkeypatch, old, new):
    text = specs.read_bytes("transliteration/tables.toml").decode()
    assert old in text
    read = specs.read_bytes
    changed = text.replace(old, new, 1).encode()
    monkeypatch.setattr(specs, "read_bytes", lambda path: changed if path.endswith("tables.toml") else read(path))
    for cached in (transliteration._spec, transliteration._punctuation):
        cached.cache_clear()
    try:
        with pytest.raises(SpecError):
            transliteration.tables.__wrapped__()
    finally:
        for cached in (transliteration._spec, transliteration._punctuation):
            cached.cache_clear()


@given(st.text(alphabet="АБҶъьЁО-’'‐ ʼ.", max_size=14), st.sampled_from(sorted(tables())))
def test_the_visual_form_is_the_zones_name_with_its_signs(text, table):
    # Doc 9303-3, 3.4 and 4.6
    try:
        expected = components(text, table=table)
    except UsageError:
        with pytest.raises(UsageError):
            visual_form(text, table=table)
        return
    shown = visual_form(text, table=table)
    assert components(shown, table=table) == expected
    assert [sign for sign in shown if sign in "’'ʼ-‐"] == [
        sign for word in text.split() if components(word, table=table) for sign in word if sign in "’'ʼ-‐"
    ]
