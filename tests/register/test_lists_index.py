"""An altered or damaged index of lists: it is noticed, and nobody passes because of it."""

import itertools
import json
import pickle
import random
import shutil
import sqlite3
import tracemalloc

import pytest

from tjdocs import limits
from tjdocs.errors import InputError, UsageError
from tjdocs.mrz.names import Name, readings
from tjdocs.watchlists import index_form as form
from tjdocs.watchlists import watchlists
from tjdocs.watchlists.watchlists import Entry, PersonQuery, Unfit, Watchlists, categories

BAN = {
    "id": "B-1", "category": "ban", "primary_identifier": "ERIKSSON", "secondary_identifier": "ANNA",
    "date_of_birth": "1994-11-24", "direction": "both", "reason": "court order", "authority": "court",
}  # fmt: skip
ANNA = PersonQuery((Name(("ERIKSSON",), ("ANNA",)),), "1994-11-24")
OTHER = PersonQuery((Name(("EKBERG",), ("KARIN",)),), "1980-01-01")


def rows(count: int = 300) -> list[dict]:
    """Return so many entries and the one that is looked for."""
    picked = random.Random(7)
    word = lambda: "".join(picked.choices("ABDEFGHIKLMNOPRSTUVZ", k=7))  # noqa: E731
    return [BAN, *({**BAN, "id": f"x{n}", "primary_identifier": word(), "secondary_identifier": word()} for n in range(count))]


def write(path, entries) -> object:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in entries), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lists")
    Watchlists.build(folder / "b.db", [write(folder / "b.jsonl", rows())])
    return folder / "b.db"


@pytest.fixture
def copy(built, tmp_path):
    path = tmp_path / "b.db"
    shutil.copy(built, path)
    return path


def change(path, sql: str) -> None:
    with sqlite3.connect(path) as database:
        database.executescript(sql)
    database.close()


# ------------------------------------------------------------------------------------------------------------- altered


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM key",
        "DELETE FROM entry",
        "DELETE FROM entry WHERE id = 0",
        "UPDATE entry SET data = replace(data, 'both', 'exit') WHERE id = 0",
        "UPDATE entry SET data = replace(data, 'both', 'BOTH')",
        "UPDATE entry SET category = 'visa'",
        "UPDATE entry SET data = 'x'",
        "UPDATE entry SET data = x'00'",
        "UPDATE entry SET data = 5",
        """UPDATE entry SET data = '{"id":"1","category":"ban","z":1}'""",
        "UPDATE entry SET data = '" + "[" * 100_000 + "'",
        "UPDATE key SET hashes = x''",
        "UPDATE key SET hashes = 'text'",
        "UPDATE key SET bucket = -bucket - 1",
        "DELETE FROM digest WHERE part >= 0",
        "UPDATE digest SET digests = zeroblob(length(digests)) WHERE part >= 0",
    ],
)
def test_what_was_altered_is_seen_by_whoever_looks_there(copy, sql):
    change(copy, sql)
    opened = Watchlists(copy)
    assert opened.find(ANNA, ["ban"]).altered
    assert opened.find(ANNA, ["ban"]).matches == ()
    with pytest.raises(InputError, match="was altered") as caught:
        opened.check()
    assert "tjdocs border lists" in caught.value.hint


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM meta WHERE key LIKE 'count%'",
        "UPDATE meta SET value = 'x' WHERE key LIKE 'count%'",
        "UPDATE meta SET value = '0' WHERE key LIKE 'count%'",
        "UPDATE meta SET value = x'30' WHERE key LIKE 'count%'",
        "INSERT INTO meta VALUES ('count:visa', '1')",
        "UPDATE meta SET value = '0' WHERE key = 'bits'",
        "UPDATE meta SET value = '00' WHERE key = 'digest'",
        "DELETE FROM meta WHERE key = 'digest'",
        "DELETE FROM digest WHERE part = -1",
        "UPDATE digest SET digests = zeroblob(length(digests)) WHERE part = -1",
        "UPDATE digest SET digests = 'x'",
    ],
)
def test_an_altered_head_is_seen_when_it_is_opened(copy, sql):
    change(copy, sql)
    with pytest.raises(InputError, match="was altered"):
        Watchlists(copy)


def test_a_key_that_is_struck_out_is_seen_where_nobody_was_to_be_found(copy):
    """That nothing is there is proved too."""
    keys = [
        set(watchlists.index_lookups.looked_up(ANNA.names, [ANNA.born], "", "")[0]),
        set(watchlists.index_lookups.stored([("ERIKSSON", "ANNA")], ANNA.born, "", "")[0]),
    ]
    key = min(set.intersection(*keys))
    bits = Watchlists(copy)._parts[0]._bits
    with sqlite3.connect(copy) as database:
        bucket = form.bucket_of(key, bits)
        (data,) = database.execute("SELECT hashes FROM key WHERE bucket = ?", (bucket,)).fetchone()
        kept = b"".join(data[at : at + form.KEY] for at in range(0, len(data), form.KEY) if data[at : at + 8] != key)
        database.execute("UPDATE key SET hashes = ? WHERE bucket = ?", (kept, bucket))
    database.close()
    assert Watchlists(copy).find(ANNA, ["ban"]).altered
    # whoever does not look there does not see it
    others = [PersonQuery((), document_number=f"A{number}", issuing_state="UTO") for number in range(50)]
    assert sum(Watchlists(copy).find(other, ["ban"]).altered for other in others) < 25
    with pytest.raises(InputError):
        Watchlists(copy).check()


def test_any_damaged_byte_is_seen_or_changes_nothing(built, tmp_path):
    whole, data = Watchlists(built).find(ANNA, ["ban"]), built.read_bytes()
    assert len(whole.matches) == 1
    picked, path = random.Random(9303), tmp_path / "b.db"
    for _ in range(150):
        broken = bytearray(data)
        broken[picked.randrange(len(data))] ^= picked.randrange(1, 256)
        path.write_bytes(broken)
        try:
            found = Watchlists(path).find(ANNA, ["ban"])
        except InputError:
            continue
        assert found.altered or found.matches == whole.matches


def test_a_list_that_is_cut_off_is_none(built, tmp_path):
    data = built.read_bytes()
    for length in (50, 4096, len(data) // 2, len(data) - 1):
        (tmp_path / "b.db").write_bytes(data[:length])
        try:
            found = Watchlists(tmp_path / "b.db").find(ANNA, ["ban"])
        except InputError:
            continue
        assert found.altered or len(found.matches) == 1


def test_an_index_that_is_altered_while_it_is_open(copy):
    opened = Watchlists(copy)
    assert len(opened.find(ANNA, ["ban"]).matches) == 1
    copy.write_bytes(copy.read_bytes()[:4096] + bytes(copy.stat().st_size - 4096))
    found = opened.find(OTHER, ["ban"])
    assert found.altered or not found.matches


def test_one_of_two_lists_that_is_altered_hides_nothing_of_the_other(copy, tmp_path):
    change(copy, "DELETE FROM key")
    both = Watchlists.read([copy, write(tmp_path / "more.jsonl", [{**BAN, "id": "B-2"}])])
    found = both.find(ANNA, ["ban"])
    assert found.altered
    assert [match.entry.id for match in found.matches] == ["B-2"]


# -------------------------------------------------------------------------------------------------------------- digest


def test_list_and_index_have_one_digest_and_another_list_has_another(built, tmp_path):
    listed = write(tmp_path / "b.jsonl", rows())
    assert Watchlists.read([listed]).digest == Watchlists(built).digest == Watchlists.of(rows()).digest
    Watchlists(built).check()
    others = [rows()[1:], rows()[::-1], [*rows(), BAN], [{**BAN, "direction": "exit"}, *rows()[1:]], []]
    assert len({Watchlists.of(other).digest for other in others} | {Watchlists(built).digest}) == len(others) + 1


def test_pins(built, tmp_path):
    more = write(tmp_path / "more.jsonl", [BAN])
    one, other = Watchlists(built).digest, Watchlists.read([more]).digest
    for digests in ((), (one, other), (other.upper(), one), (Watchlists.read([built, more]).digest,)):
        assert Watchlists.read([built, more], digests=digests).counts == {"ban": 302}
    for paths, digests in (([built], [other]), ([built, more], [one]), ([built], [one, other]), ([], [one]), ([built], ["x"])):
        with pytest.raises(UsageError, match="not those pinned"):
            Watchlists.read(paths, digests=digests)


def test_whoever_makes_an_index_anew_does_not_have_its_digest(built, tmp_path):
    """Without a ban, and all digests in it right: only the pin tells."""
    made = Watchlists.build(tmp_path / "b.db", [write(tmp_path / "b.jsonl", rows()[1:])])
    made.check()
    assert made.find(ANNA, ["ban"]) == watchlists.Found()
    with pytest.raises(UsageError, match="not those pinned"):
        Watchlists.read([tmp_path / "b.db"], digests=[Watchlists(built).digest])


def test_a_worker_opens_the_same_index_or_none(copy, built):
    data = pickle.dumps(Watchlists(copy))
    assert pickle.loads(data).find(ANNA, ["ban"]) == Watchlists(built).find(ANNA, ["ban"])
    copy.unlink()
    Watchlists.build(copy, [write(copy.parent / "other.jsonl", rows()[1:])])
    with pytest.raises(InputError, match="replaced"):
        pickle.loads(data)


# -------------------------------------------------------------------------------------------------------------- others


def renamed(path, version: str) -> None:
    """Make an index one of an older version, which has the same tables and digests of the same kind."""
    with sqlite3.connect(path) as database:
        meta = dict(database.execute("SELECT key, value FROM meta WHERE key != 'digest'")) | {"version": version}
        meta["digest"] = form.digest_of(meta)
        database.executemany("UPDATE meta SET value = ? WHERE key = ?", ((value, key) for key, value in meta.items()))
    database.close()


@pytest.mark.parametrize("version", ["4", "5"])
def test_an_index_of_an_older_version_is_refused_and_becomes_one_of_today(copy, version):
    """Its keys are of numbers and codes as they were spelt, or of codes that were withdrawn."""
    renamed(copy, version)
    with pytest.raises(InputError, match="index of lists of another version") as caught:
        Watchlists.read([copy])
    assert "tjdocs border lists OLD --out NEW" in caught.value.hint
    made = Watchlists.build(copy.with_name("new.db"), [copy])
    assert made.digest == Watchlists.of(rows()).digest
    renamed(copy, "3")
    with pytest.raises(InputError, match="index of lists of another version"):
        Watchlists.build(copy.with_name("other.db"), [copy])


def test_an_altered_index_of_version_4_does_not_become_one_of_today(copy):
    renamed(copy, "4")
    change(copy, "UPDATE entry SET data = replace(data, 'both', 'exit') WHERE id = 0")
    with pytest.raises(InputError, match="was altered"):
        Watchlists.build(copy.with_name("new.db"), [copy])
    assert not copy.with_name("new.db").exists()


def test_an_index_of_version_1_is_refused_with_what_makes_it_anew(tmp_path):
    path = tmp_path / "old.db"
    change(
        path,
        """
        CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
        CREATE TABLE entry (id INTEGER PRIMARY KEY, category TEXT NOT NULL, data TEXT NOT NULL);
        CREATE TABLE key (hash INTEGER NOT NULL, entry INTEGER NOT NULL);
        INSERT INTO meta VALUES ('version', '1');
        CREATE INDEX key_hash ON key (hash, entry); ANALYZE;
        """,
    )
    for opened in (Watchlists, lambda path: Watchlists.read([path])):
        with pytest.raises(InputError, match="index of lists of another version") as caught:
            opened(path)
        assert "tjdocs border lists OLD --out NEW" in caught.value.hint


UNFIT = [
    ({"primary_identifier": "李", "secondary_identifier": "明"}, "script"),
    ({"primary_identifier": "Ωνάσης"}, "script"),
    ({"primary_identifier": "李", "document_number": "A1", "issuing_state": "CHN"}, "script"),
    ({"primary_identifier": "...", "secondary_identifier": "-"}, "no-letters"),
    ({"secondary_identifier": "", "date_of_birth": "1994"}, "too-little"),
    ({"secondary_identifier": "", "date_of_birth": ""}, "too-little"),
    ({"secondary_identifier": "明", "date_of_birth": "1994-11"}, "too-little"),
    ({"category": "visa", "primary_identifier": "李", "valid_until": "2027-01-01"}, "script"),
    ({"primary_identifier": "", "document_number": "A1", "issuing_state": "GER"}, "code"),
    ({"document_number": "A1", "issuing_state": "XXA"}, "code"),  # a status is no issuer
    ({"document_number": "A1"}, "code"),
    ({"nationality": "IAO"}, "code"),
    ({"secondary_identifier": "", "date_of_birth": "", "document_number": "A1", "issuing_state": "GER"}, "code"),
]
FIT = [
    {},
    {"secondary_identifier": ""},
    {"date_of_birth": ""},
    {"primary_identifier": "ERIKSSON ANNA", "secondary_identifier": "", "date_of_birth": "1994"},
    {"secondary_identifier": "", "date_of_birth": "", "document_number": "A1", "issuing_state": "UTO"},
    {"primary_identifier": "", "document_number": "A1", "issuing_state": "UTO"},
    {"primary_identifier": "", "document_number": "A-1", "issuing_state": "DEU"},
    {"document_number": "A1", "issuing_state": "SUN", "nationality": "XXA"},
    {"primary_identifier": "رحمانی", "secondary_identifier": "علی"},
    {"primary_identifier": "李", "aliases": ["LI<<MING"]},
    {"category": "visa", "secondary_identifier": "", "date_of_birth": "", "valid_until": "2027-01-01"},
]


def test_entries_by_which_nobody_can_be_found_are_named(tmp_path):
    made = [{**BAN, "id": f"U-{n}", **changes} for n, (changes, _) in enumerate(UNFIT)]
    made += [{**BAN, "id": f"F-{n}", **changes} for n, changes in enumerate(FIT)]
    path = write(tmp_path / "l.jsonl", made)
    expected = [Unfit(f"U-{n}", changes.get("category", "ban"), reason) for n, (changes, reason) in enumerate(UNFIT)]
    for opened in (Watchlists.of(made), Watchlists.read([path]), Watchlists.build(tmp_path / "l.db", [path])):
        assert opened.unfit() == expected
        assert opened.unfit_counts == {"ban": {"script": 3, "no-letters": 1, "too-little": 3, "code": 5}, "visa": {"script": 1}}
    change(tmp_path / "l.db", "DELETE FROM unfit")
    with pytest.raises(InputError, match="was altered"):
        Watchlists(tmp_path / "l.db").unfit()
    assert Watchlists(tmp_path / "l.db").unfit_counts["ban"]["script"] == 3  # these are of the head


WAYS = " ".join(["اوهغ", "وهوه", "هقجة", "چوهو"] * 6)  # read in more ways than are looked for
USUAL = [
    ("CHOJIQXOJAYEV", "XOJAXON JORAXOJA"), ("QODIRJONOV", "JAMSHEDKHOJA YUSUFJONOVICH"), ("ҚОДИРҶОНОВ", "ҶАМШЕДХОҶА ЮСУФҶОНОВИЧ"),
    ("دولت یوروف", "نورالدین قهارجانوویچ"), ("الخوارزمی", "ابو عبدالله محمد بن موسی"), ("حجازی", "جواد قلیچ"),
]  # fmt: skip


def test_an_entry_of_too_many_spellings_is_named_and_still_found_by_the_first(tmp_path):
    rows = [{**BAN, "id": "W-1", "primary_identifier": WAYS, "secondary_identifier": WAYS, "date_of_birth": "1994"},
            {**BAN, "id": "W-2", "aliases": [f"{WAYS}<<{WAYS}"], "date_of_birth": "1994-11-24"}]  # fmt: skip
    path = write(tmp_path / "l.jsonl", rows)
    for opened in (Watchlists.of(rows), Watchlists.build(tmp_path / "l.db", [path])):
        assert opened.unfit() == [Unfit("W-1", "ban", "spellings"), Unfit("W-2", "ban", "spellings")]
    assert opened.find(PersonQuery((Name(("ERIKSSON",), ("ANNA", "MARIA")),), "1994-11-24"), ["ban"]).matches
    for row in rows:
        entry = Entry.of(row, where="")
        hashes, complete = watchlists.index_lookups.stored(entry.names, entry.date_of_birth, "", "")
        assert not complete
        assert len(hashes) <= limits.NAME_KEYS + 100  # those of the name before


@pytest.mark.parametrize("name", USUAL, ids=" ".join)
@pytest.mark.parametrize("born", ["1994-11-24", "1994", ""])
def test_names_of_people_have_no_more_spellings_than_are_looked_for(name, born):
    assert watchlists.index_lookups.stored([name], born, "", "")[1]
    assert watchlists.index_lookups.stored([name, *[("РАҲМОНОВ", "ЭМОМАЛӢ"), ("رحمانی", "علی")] * 10], born, "", "")[1]


def test_many_names_of_one_entry_share_one_bound():
    names = [(" ".join([word] * 3), word) for word in map("".join, itertools.permutations("وهجغ"))] * 2
    hashes, complete = watchlists.index_lookups.stored(names, "1994", "", "")
    assert not complete
    assert limits.ENTRY_KEYS * 0.9 < len(hashes) < limits.ENTRY_KEYS * 1.5  # each name is kept as it is read first


def calls(monkeypatch, module, name):
    """Count the calls of a function."""
    made, real = [], getattr(module, name)
    monkeypatch.setattr(module, name, lambda *given, **more: made.append(given) or real(*given, **more))
    return made


def test_of_an_entry_with_names_without_end_only_the_first_are_read(tmp_path, monkeypatch):
    """A row of 100 kB with 4,000 aliases: the rest is neither read nor has keys, and the entry is named."""
    aliases = [f"{a}{b}{c}OV<<JAQ{c}" for a in "BDFGHKLMNPRSTVZC" for b in "AEIOU" for c in "BDFGHKLMNPRSTVZCJQXWYBDFGHKLMNPRSTVZCJQXWYAEIOUAEIOU"][:4000]
    row = {**BAN, "aliases": aliases}
    path = write(tmp_path / "l.jsonl", [row])
    read = calls(monkeypatch, watchlists.index_lookups, "keys")
    for opened in (Watchlists.of([row]), Watchlists.build(tmp_path / "l.db", [path])):
        assert opened.unfit() == [Unfit("B-1", "ban", "names")]
        at = PersonQuery((Name(("BABOV",), ("JAQB",)),), BAN["date_of_birth"])
        assert [match.exact for match in opened.find(at, ["ban"]).matches] == [True]
        last = aliases[-1].partition("<<")
        assert not opened.find(PersonQuery((Name((last[0],), (last[2],)),), BAN["date_of_birth"]), ["ban"]).matches
    assert len(read) <= 2 * limits.ENTRY_NAMES + 10
    fits = {**BAN, "aliases": aliases[: limits.ENTRY_NAMES - 1]}
    assert Watchlists.of([fits]).unfit() == []


HARD = ["".join(word) for word in itertools.islice(itertools.permutations("اوهغقجةچيوك", 5), 0, 30_000, 50)]


@pytest.mark.parametrize("names", [[(word, word[::-1]) for word in HARD], [("CHOJI" + word, word[::-1] + " XOJAXON") for word in map("".join, itertools.product("JQX", repeat=5))]])
def test_a_list_of_hard_names_has_no_more_keys_than_its_length_allows(monkeypatch, names):
    """Each entry is found by the name as it is read first, also those that come when there is no more room."""
    made = [{**BAN, "id": str(n), "primary_identifier": a, "secondary_identifier": b_, "date_of_birth": "1994"} for n, (a, b_) in enumerate(names)]
    hashed = calls(monkeypatch, watchlists.index_lookups, "_hash")
    read = calls(monkeypatch, watchlists.index_lookups, "entry_keys")
    lists = Watchlists.of(made)
    room = limits.LIST_KEYS + limits.LIST_KEYS_PER_BYTE * sum(len(Entry.of(row, where="").text().encode()) for row in made)
    assert len(hashed) < room * 1.2
    assert len(read) < len(made)
    assert {entry.reason for entry in lists.unfit()} == {"spellings"}
    for row in [made[int(entry.id)] for entry in lists.unfit()][::20]:
        person = PersonQuery(readings((row["primary_identifier"], row["secondary_identifier"]))[:1], "1994")
        assert row["id"] in {match.entry.id for match in lists.find(person, ["ban"]).matches}


def test_many_usual_names_are_kept_in_each_spelling():
    """A list in Arabic, Tajik and Latin letters of more than 100 kB."""
    picked = random.Random(3)
    words = ["محمد", "احمد", "علی", "حسین", "عبدالله", "رحمانی", "نورالدین", "جواد", "کریم", "یوسف", "غلام", "حجازی", "دولت", "موسی", "قهار", "شریف"]
    tajik = ["РАҲИМОВ", "ҚОДИРҶОНОВ", "ҶАМШЕДХОҶА", "ХОҶАЕВ", "ФИРӮЗ", "БАХТИЁР", "ҒАФУРОВ", "ҶӮРАЕВ"]
    made = [
        {**BAN, "id": str(n), "primary_identifier": picked.choice(own), "secondary_identifier": " ".join(picked.choices(own, k=2)),
         "date_of_birth": "1994"} for n, own in enumerate([words, words, tajik] * 200)
    ]  # fmt: skip
    assert Watchlists.of(made).unfit() == []


LONG = "more than 100000 characters"


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("l.jsonl", "", f"line 1: {LONG}"),
        ("l.jsonl", '{"id": "', f"line 1: {LONG}"),
        ("l.jsonl", "\n\n", f"line 3: {LONG}"),
        ("l.csv", "", f"line 1: {LONG}"),
        ("l.csv", "id,category\n", f"line 2: {LONG}"),
        ("l.csv", "id,category\n1,", f"line 2: {LONG}"),
        ("l.csv", "id,category\n" + '"a\n",' * 40_000, LONG),  # one row of many lines
        ("l.csv", 'id,category\n"' + "a\n" * 60_000, LONG),  # one cell of many lines
    ],
    ids=range(8),
)
def test_a_line_without_end_is_not_read(tmp_path, name, text, expected):
    path = tmp_path / name
    with open(path, "w") as file:
        file.write(text)
        file.truncate(3_000_000_000)  # of zeros, which take no room unless they are read
    tracemalloc.start()
    with pytest.raises(InputError) as caught:
        Watchlists.read([path])
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()
    assert expected in str(caught.value)


@pytest.mark.parametrize("row", ['"' + "a\n" * 60_000 + '"', '"a\n",' * 30_000])
def test_a_row_of_many_lines_is_no_longer_than_one_line_may_be(tmp_path, row):
    (tmp_path / "l.csv").write_text(f"id,category\n{row}\n")
    with pytest.raises(InputError, match=LONG):
        Watchlists.read([tmp_path / "l.csv"])
    (tmp_path / "l.csv").write_text("id,category,direction,reason,authority,primary_identifier\n" + 'B,ban,both,"a b",c,ERIKSSON\n' * 5000)
    assert Watchlists.read([tmp_path / "l.csv"]).counts == {"ban": 5000}  # rows are counted one by one


def test_a_row_that_says_a_thing_twice(tmp_path):
    path = tmp_path / "l.jsonl"
    path.write_text('{"id": "1", "category": "ban", "direction": "both", "direction": "exit"}')
    with pytest.raises(InputError, match="line 1: not JSON"):
        Watchlists.read([path])
    path = tmp_path / "l.csv"
    path.write_text("id,category,direction,direction\nB,ban,both,exit\n")
    with pytest.raises(InputError, match="line 1: a column twice"):
        Watchlists.read([path])


def test_an_unknown_key_is_told_without_what_a_terminal_obeys(tmp_path):
    path = write(tmp_path / "l.jsonl", [{**BAN, "\x1b[2J": "x"}])
    with pytest.raises(InputError) as caught:
        Watchlists.read([path])
    assert str(caught.value).isprintable()


def test_too_many_entries_of_one_name_are_refused_when_the_index_is_made(tmp_path, monkeypatch):
    monkeypatch.setattr(form.limits, "DATABASE_VALUE", 1000)
    path = write(tmp_path / "l.jsonl", [{**BAN, "id": str(n)} for n in range(100)])
    with pytest.raises(InputError, match="too many entries of one name"):
        Watchlists.build(tmp_path / "l.db", [path])
    assert [item.name for item in tmp_path.iterdir()] == ["l.jsonl"]


def test_an_empty_list(tmp_path):
    empty = Watchlists.build(tmp_path / "l.db", [write(tmp_path / "l.jsonl", [])])
    empty.check()
    assert (empty.counts, empty.unfit(), empty.find(ANNA, categories())) == ({}, [], watchlists.Found())


@pytest.mark.parametrize(
    "origin", [{"counts": 5}, {"counts": {"ban": "x"}}, {"unfit": {"ban": 1}}, {"unfit": []}, {"limit": 5}, {"altered": [[]]}]
)
def test_an_excerpt_with_a_malformed_summary(origin):
    with pytest.raises(UsageError):
        Watchlists.of([BAN], origin=origin)
