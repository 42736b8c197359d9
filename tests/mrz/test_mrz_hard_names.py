"""Fifty hard names in three formats, held against spellings and check digits counted here (Doc 9303-3, 4.6 and 4.9).

The names are no one's: each has the word for a specimen (намуна) in it where it has room for one.
"""

import pytest

from tjdocs import mrz

NAMES = [  # primary identifier, secondary identifier
    ("Намуназода-Намунаев", "Муҳаммаднамуна Абдулнамунавичзода"),
    ("Намунаӯғлӣ", "Ҷӯранамуна Ғуломнамунавич"),
    ("Қӯрғоннамунаи", "Ҳӯҷанамуна Қӯшнамуназода"),
    ("Ӣнамунаӣ", "Ӣ Ӣнамунапур"),
    ("Ғафурнамунаи Хуҷандӣ", "Шамснамуна Муҳаммаднамуна Низоми Шерозӣ"),
    ("Щнамуна-Съёмкин", "Подъячий Объездович"),
    ("Ёрнамуна", "Юнамуна Яъқубнамуна"),
    ("О'Намуна", "Шонамуна Патрикнамуна"),
    ("О’Намуна", "Шонамуна"),
    ("Аль-Намуна", "Ҳуда Муҳаммад Ҷавод"),
    ("ибни Намуна", "Абӯнамуна Ҳусайн"),
    ("Саъдунамуна", "Маъруф Исмоъил"),
    ("Ъ Намуна", "А Б"),
    ("Ҳ", "Ҷ"),
    ("Намуна", ""),
    ("Мирзоабдурнамунахӯҷазодаи Кӯлобии Ҳисорӣ", "Файзнамуна Раҳматнамуна"),
    ("Муҳаммаднамуназодаи Бадахшонии Рӯшонӣ", "Гулнамунабону Зебунамуна Моҳпайкар Абдунамунапур"),
    ("Намуна", "Ир Сен"),
    ("Цнамуна", "Виктор Намунавич"),
    ("Чнамуна", "Эмиль Хаимович"),
    ("Жӯранамуна", "Ж М"),
    ("Мак-Намунаӯлӣ", "Жан-Пьер д'Намуна"),
    ("Абдулло-ӣ Намуна", "Шоҳ-и-Замон"),
    ("НАМУНАШО", "ДОДХУДО КАРАМХУДО"),
    ("Намуна-ақа", "Бобо-Ҷон Пири-Мард"),
    ("Сайидҷалолиддинабдуқодирмуҳаммаднамуна", "А Б"),
    ("Абвгдеёжзийклмнопрстуфхцчшщъыьэюя", "Ғӣқӯҳҷ Абвгд"),
    ("Ҳоҷимуҳаммаднамунаабдулғафурҷонзода", "Муҳаммадсаиднамунаабдуллоҳзодаи Ҳоҷимуҳаммад"),
    ("Ивановъ Намуна", "Пётръ Ильич"),
    ("Ҷамшеднамуна", "Ҷ Ҷ"),
    ("Раҷабнамуна", "Қурбоннамуна Ӯрунбойзода"),
    ("Ғ", "Ғ Ғ"),
    ("Шамсутдинҳоҷинамуна-Абдуллоҷонова", "Муаттарнамуна Абдураззоқовна"),
    ("Холнамуна", "Ҳолнамуна Холов"),
    ("Эшнамуна", "Эҳсон Эшмирзо"),
    ("Тӯраҷоннамунаи Сарихосорӣ", "Тӯраҷони Калон Тӯра"),
    ("Юсуфнамуна", "Ёқуб Ёр"),
    ("Абу Абдуллоҳ Муҳаммад ибни Намуна", "ал Хоразмӣ"),
    ("Ван дер Намуна", "Яан Питерс"),
    ("Лутфунамуна", "Лутфунамуна Лутфунамуна"),
    ("Шарифхӯҷанамуна", "Шаҳло Шарифхӯҷаевна"),
    ("Бегмуродзодашоҳинамунагинобод", "Нурмуҳаммадшоҳи Зоҳиршоҳпур"),
    ("Намуна", "К К"),
    ("Давлатнамуна-Ӯзбеков-Тоҷиков-Русов", "Искандар Зулқарнайнович"),
    ("Хайёмнамуна", "Умар Ғиёсиддин Абулфатҳ Умар ибни Иброҳим"),
    ("Рӯднамуна", "Абӯабдуллоҳ Ҷаъфар Муҳаммад"),
    ("Намунаиён", "Намуна Намунаиён"),
    ("Намуна Намуна Намуна Намуна Намуна", "Намуна Намуна"),
    ("Яъ", "Юь Ё"),
    ("Шшшшшшшшшшшшшшшшшшш", "Щщщщщщ Жжжжжж"),
]
ROOM = {"TD1": 30, "TD2": 31, "TD3": 39}
CODES = {"TD1": "ID", "TD2": "IR", "TD3": "PP"}
LETTERS = dict(zip("абвгдезийклмнопрстуфы", "ABVGDEZIYKLMNOPRSTUFY", strict=True))
LETTERS |= {
    "ё": "YO",
    "ж": "ZH",
    "х": "KH",
    "ц": "TS",
    "ч": "CH",
    "ш": "SH",
    "щ": "SHCH",
    "э": "E",
    "ю": "YU",
    "я": "YA",
}
LETTERS |= {
    "ғ": "GH",
    "ӣ": "I",
    "қ": "Q",
    "ӯ": "U",
    "ҳ": "H",
    "ҷ": "J",
    "ъ": "",
    "ь": "",
    "'": "",
    "’": "",
    "-": "<",
    " ": "<",
}


def spelt(name: str) -> str:
    """Return a name's components by the table of the facts, letter by letter."""
    return "<".join(part for part in "".join(LETTERS[sign] for sign in name.lower()).split("<") if part)


def digit(text: str) -> str:
    values = (0 if sign == "<" else int(sign, 36) for sign in text)
    return str(sum(value * (7, 3, 1)[place % 3] for place, value in enumerate(values)) % 10)


def lines_with_digits(form: str, lines: tuple[str, ...]) -> None:
    if form == "TD1":
        upper, lower = lines[:2]
        assert upper[14] == digit(upper[5:14])
        assert lower[6] == digit(lower[:6]) and lower[14] == digit(lower[8:14])
        assert lower[29] == digit(upper[5:30] + lower[:7] + lower[8:15] + lower[18:29])
        return
    line, last = lines[1], len(lines[1]) - 1
    assert line[9] == digit(line[:9]) and line[19] == digit(line[13:19]) and line[27] == digit(line[21:27])
    assert line[last] == digit(line[:10] + line[13:20] + line[21:last])


def test_there_are_fifty():
    assert len(set(NAMES)) == 50


@pytest.mark.parametrize("form", ["TD1", "TD2", "TD3"])
def test_fifty_hard_names_make_lawful_zones_in_three_formats(form):
    for primary, secondary in NAMES:
        zone = mrz.make(
            form,
            document_code=CODES[form],
            issuing_state="TJK",
            document_number="T00000001",
            nationality="TJK",
            date_of_birth="1974-08-12",
            sex="F",
            date_of_expiry="2036-11-23",
            primary_identifier=primary,
            secondary_identifier=secondary,
        )
        lines_with_digits(form, zone.lines)
        name = zone.lines[2] if form == "TD1" else zone.lines[0][5:]
        whole = spelt(primary) + ("<<" + spelt(secondary) if secondary else "")
        if len(whole) <= ROOM[form]:
            assert (name, zone.truncated) == (whole.ljust(ROOM[form], "<"), False)
            continue
        assert zone.truncated and name[-1].isalpha()
        first, _, second = name.partition("<<")
        kept = [*zip(first.split("<"), spelt(primary).split("<"), strict=False)]
        kept += zip(second.split("<"), spelt(secondary).split("<"), strict=False)
        assert second[:1].isalpha() == bool(secondary) and "<<" not in second
        assert all(part and full.startswith(part) for part, full in kept)
