"""Lists: read with the line of what is malformed, found by name, birth and number, however long the list is."""

import csv
import itertools
import json
import pickle
import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tjdocs import limits, specs
from tjdocs.errors import InputError, OutputError, UsageError
from tjdocs.mrz.names import Name
from tjdocs.watchlists import watchlists
from tjdocs.watchlists.watchlists import Entry, PersonQuery, Watchlists, categories

SCHEMA = json.loads((specs.folder("specs") / "schemas/list-entry.json").read_text())
BAN = {
    "id": "B-1",
    "category": "ban",
    "primary_identifier": "ERIKSSON",
    "secondary_identifier": "ANNA MARIA",
    "date_of_birth": "1974-08-12",
    "direction": "both",
    "reason": "court order",
    "authority": "court",
}
ANNA = PersonQuery((Name(("ERIKSSON",), ("ANNA", "MARIA")),), "1974-08-12", "F", "UTO", "L898902C3", "UTO")


def found(entry: dict, person: PersonQuery = ANNA) -> list[tuple[bool, str]]:
    return [(match.exact, match.by) for match in Watchlists.of([entry]).find(person, categories()).matches]


@pytest.mark.requirement("BOR-2")
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, [(True, "name")]),
        ({"date_of_birth": "1974-08"}, [(False, "name")]),
        ({"date_of_birth": "1974"}, [(False, "name")]),
        ({"date_of_birth": ""}, [(False, "name")]),
        ({"date_of_birth": "1974-08-13"}, [(False, "name")]),
        ({"date_of_birth": "1974-12-08"}, [(False, "name")]),
        ({"date_of_birth": "1974-08-14"}, []),
        ({"date_of_birth": "1975"}, []),
        ({"date_of_birth": "1874-08-12"}, []),
        ({"primary_identifier": "ERICSSON"}, [(False, "variant")]),
        ({"primary_identifier": "ЭРИКССОН", "secondary_identifier": "АННА МАРИЯ"}, [(False, "variant")]),
        ({"primary_identifier": "EKBERG"}, []),
        ({"primary_identifier": "EKBERG", "aliases": ["ERIKSSON<<ANNA<MARIA"]}, [(True, "name")]),
        ({"secondary_identifier": "ANNA"}, [(False, "shortened")]),
        ({"secondary_identifier": ""}, [(False, "shortened")]),
        ({"secondary_identifier": "", "date_of_birth": "1974"}, []),
        ({"secondary_identifier": "MARIA ANNA", "date_of_birth": "1974-08-13"}, [(False, "rearranged")]),
        ({"primary_identifier": "ANNA MARIA", "secondary_identifier": "ERIKSSON"}, [(False, "rearranged")]),
        ({"primary_identifier": "ANNA MARIA", "secondary_identifier": "ERIKSSON", "date_of_birth": "1974-08-13"}, []),
        ({"primary_identifier": "ERIKSSONOV"}, [(False, "altered")]),
        ({"primary_identifier": "ERIKSSONOV", "date_of_birth": "1974"}, [(False, "altered")]),
        ({"primary_identifier": "ERIKSSONOV", "date_of_birth": ""}, []),
        ({"nationality": "SWE"}, [(False, "name")]),
        ({"sex": "M"}, [(False, "name")]),
        ({"nationality": "UTO", "sex": "F"}, [(True, "name")]),
        (
            {"primary_identifier": "EKBERG", "document_number": "L898902C3", "issuing_state": "UTO"},
            [(False, "document")],
        ),
        ({"primary_identifier": "", "document_number": "L898902C3", "issuing_state": "UTO"}, [(True, "document")]),
        ({"primary_identifier": "", "document_number": "L898902C3", "issuing_state": "SWE"}, []),
    ],
)
def test_whom_an_entry_means(changes, expected):
    assert found({**BAN, **changes}) == expected


def test_a_truncated_name_is_a_possible_match():
    long = {**BAN, "primary_identifier": "NILAVADHANANANDA KRISHNAMURTHY", "secondary_identifier": "CHAYAPA DEJTHAMRONG"}
    cut = PersonQuery((Name(("NILAVADHANANANDA", "KRISHNAMU"), ("CHAYAPA", "DEJ")),), "1974-08-12")
    assert len(cut.names[0].text) == 39
    for born in ("1974-08-12", "1974", ""):
        assert found({**long, "date_of_birth": born}, cut) == [(False, "truncated")]
    for born in ("1974", ""):
        assert found(long, PersonQuery(cut.names, born)) == [(False, "truncated")]


@pytest.mark.parametrize("born", ["1974-08-12", "1974-08", "1974", ""])
@pytest.mark.parametrize("ours", ["1974-08-12", "1974-08", "1974", ""])
def test_dates_partly_unknown_on_either_side(born, ours):
    matches = found({**BAN, "date_of_birth": born}, PersonQuery(ANNA.names, ours))
    assert matches == [(born == ours == "1974-08-12", "name")]


@pytest.mark.parametrize(
    ("changes", "fits"),
    [
        ({"date_of_birth": "1974-08-13"}, ("name", "one-day")),
        ({"date_of_birth": "1974-12-08"}, ("name", "day-and-month")),
        ({"date_of_birth": "1974-08"}, ("name", "partly")),
        ({"primary_identifier": "ERICSSON"}, ("variant", "")),
        ({"date_of_birth": "1926-01-05"}, ("name", "century")),
        ({"date_of_birth": "1926"}, ("name", "century")),
        ({"date_of_birth": "2026-01-05"}, ("name", "")),
    ],
)
def test_how_the_dates_fit_is_told(changes, fits):
    person = ANNA
    if "26" in changes.get("date_of_birth", ""):
        person = PersonQuery(ANNA.names, "2026-01-05", century="1926-01-05")
    (match,) = Watchlists.of([{**BAN, **changes}]).find(person, ["ban"]).matches
    assert (match.by, match.born) == fits
    assert match.exact is (fits == ("name", ""))


@pytest.mark.requirement("BOR-2")
@pytest.mark.requirement("BOR-3")
@pytest.mark.parametrize(
    "changes",
    [
        {"secondary_identifier": ""},
        {"secondary_identifier": "MARIA ANNA"},
        {"secondary_identifier": "MARIA"},
        {"primary_identifier": "ANNA MARIA", "secondary_identifier": "ERIKSSON"},
        {"primary_identifier": "ERIKSSON ANNA MARIA", "secondary_identifier": ""},
        {"primary_identifier": "ERIKSSONOV"},
        {"primary_identifier": "ERISKSON"},
        {"primary_identifier": "EHRIKSSON", "aliases": ["GERIKSSON<<ANNA"]},
        {"date_of_birth": "1974-08-13"},
        {"date_of_birth": "1974-12-08"},
        {"date_of_birth": "2074-08-12"},
    ],
    ids=str,
)
def test_what_gives_a_right_is_not_found_by_a_name_that_resembles(changes):
    """A ban may belong to the holder. A visa must."""
    person = PersonQuery(ANNA.names, ANNA.born, century="2074-08-12")
    rows = [{**BAN, **changes, "id": category, "category": category, **RIGHT} for category in categories()]
    found_ = Watchlists.of(rows).find(person, categories()).matches
    watched = {match.entry.category for match in found_ if not match.exact}
    assert watched == {c.id for c in categories().values() if c.kind == "watch"} or "aliases" in changes
    assert not {match.entry.category for match in found_} & {c.id for c in categories().values() if c.kind == "grant"}


RIGHT = {"valid_until": "2027-01-01", "valid_from": "2026-01-01", "state": "UTO", "places": ["X"], "authority": "a"}
WORDS = st.sampled_from(
    ["ABDULLOEV", "ABDULAEV", "ABDULLAYEV", "SAFAROV", "SAFARZODA", "SAFAR", "SAPAROV", "YUSUPOV", "IUSUPOV", "XX", "ALI", "MUHAMMAD", "MOHAMED", "MAHMAD", "ZHON", "JON", "ALIZHON", "AL", "BASRI", "ALBASRI", "ZUHRA", "RAHMANI", "ERIKSSON", "EIRKSSON", "ERISKSON", "HASAN", "GASAN", "A", "NILAVADHANANANDA"]
)
NAMES = st.lists(WORDS, max_size=3)
FOREIGN = st.sampled_from(["رحمانی", "علی", "САФАРОВ", "РАҲМОНӢ", "CАФАР", "李"]) | WORDS
BORN = st.sampled_from(
    ["1974-08-12", "1974-08", "1974", "", "1974-08-13", "1974-12-08", "1980-01-01", "1980", "1874-08-12", "1874"]
)
ENTRIES = st.lists(st.tuples(st.lists(FOREIGN, min_size=1, max_size=3), st.lists(FOREIGN, max_size=3), BORN), min_size=1, max_size=12)
CATEGORY = st.sampled_from(["ban", "visa"])


@given(ENTRIES, st.lists(WORDS, min_size=1, max_size=3), NAMES, BORN, st.sampled_from(["", "1874-08-12", "1874"]), CATEGORY)
@settings(max_examples=150, deadline=None)
def test_the_index_loses_nobody(rows, surname, given_names, born, century, category):
    """Whoever is found by comparing with every entry is found through the index."""
    rows = [
        {**BAN, **RIGHT, "category": category, "id": str(n), "primary_identifier": " ".join(a),
         "secondary_identifier": " ".join(b), "date_of_birth": c}
        for n, (a, b, c) in enumerate(rows)
    ]  # fmt: skip
    person = PersonQuery((Name(tuple(surname), tuple(given_names)),), born, century=century)
    compared = {e["id"] for e in rows if watchlists._compare(person, Entry.of(e, where="")) is not None}
    assert {match.entry.id for match in Watchlists.of(rows).find(person, [category]).matches} == compared


# ------------------------------------------------------------------------------------------------------------ reading


def write(path: Path, *rows: object) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def test_csv_json_lines_and_an_index_say_the_same(tmp_path):
    entry = {**BAN, "aliases": ["EKBERG<<ANNA"], "places": ["Dushanbe", "Kulma"], "category": "border-area-permit"}
    entry["valid_until"] = "2027-01-01"
    lines = write(tmp_path / "list.jsonl", entry)
    with open(tmp_path / "list.csv", "w", newline="") as file:
        writer = csv.DictWriter(file, list(entry))
        writer.writeheader()
        writer.writerow({key: ";".join(value) if isinstance(value, list) else value for key, value in entry.items()})
    index = Watchlists.build(tmp_path / "list.db", [lines])
    assert (tmp_path / "list.db").stat().st_mode & 0o777 == 0o600
    expected = Watchlists.of([entry]).find(ANNA, categories())
    assert expected.matches[0].entry.as_json() == entry
    for read in (Watchlists.read([lines]), Watchlists.read([tmp_path / "list.csv"]), index, Watchlists.read([tmp_path / "list.db"])):
        assert read.find(ANNA, categories()) == expected
        assert read.counts == {"border-area-permit": 1}
    both = Watchlists.read([lines, tmp_path / "list.db"])
    assert both.counts == {"border-area-permit": 2}
    assert len(both.find(ANNA, categories()).matches) == 2
    again = pickle.loads(pickle.dumps(both))
    assert (again.counts, again.find(ANNA, categories())) == (both.counts, both.find(ANNA, categories()))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"id": ""}, "id"),
        ({"category": "bann"}, "category"),
        ({"primary_identifier": ""}, "primary_identifier"),
        ({"date_of_birth": "12.08.1974"}, "date_of_birth"),
        ({"date_of_birth": "1974-02-30"}, "date_of_birth"),
        ({"date_of_birth": "1974-13"}, "date_of_birth"),
        ({"sex": "female"}, "sex"),
        ({"nationality": "uto"}, "nationality"),
        ({"direction": "in"}, "direction"),
        ({"direction": ""}, "direction"),
        ({"reason": ""}, "reason"),
        ({"authority": ""}, "authority"),
        ({"appeal": "lost"}, "appeal"),
        ({"valid_from": "2026"}, "valid_from"),
        ({"valid_from": "2026-02-01", "valid_until": "2026-01-01"}, "valid_until"),
        ({"places": "Dushanbe"}, "places"),
        ({"aliases": ["<<ANNA"]}, "aliases"),
        ({"surname": "EKBERG"}, "unknown surname"),
        ({"reason": 5}, "reason"),
    ],
)
def test_a_malformed_row_is_a_bad_call_that_names_the_line(tmp_path, change, field):
    row = {**BAN, **change}
    with pytest.raises(InputError) as caught:
        Watchlists.read([write(tmp_path / "list.jsonl", BAN, {**BAN, "id": "B-2"}, row)])
    assert caught.value.where.endswith(f"list.jsonl: line 3: {field}")
    assert "ERIKSSON" not in str(caught.value)
    with pytest.raises(UsageError) as caught:
        Watchlists.of([BAN, row])
    assert caught.value.where == f"entry 2: {field}"
    with pytest.raises(InputError):
        Watchlists.build(tmp_path / "list.db", [tmp_path / "list.jsonl"])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["list.jsonl"]


@pytest.mark.parametrize("text", ["{", "[]", '"ERIKSSON"', "5", "[" * 100_000])
def test_a_line_that_is_no_object(tmp_path, text):
    path = write(tmp_path / "list.jsonl", BAN)
    path.write_text(path.read_text() + "\n" + text)
    with pytest.raises(InputError) as caught:
        Watchlists.read([path])
    assert "line 3" in caught.value.where
    assert "ERIKSSON" not in str(caught.value)


@pytest.mark.parametrize("text", ["id,category\nB-1\n", "id,category\nB-1,ban,more\n", 'id,category\n"B-1,ban\n'])
def test_a_csv_file_with_a_bad_row(tmp_path, text):
    (tmp_path / "list.csv").write_text(text)
    with pytest.raises(InputError) as caught:
        Watchlists.read([tmp_path / "list.csv"])
    assert "line 2" in caught.value.where or "line 3" in caught.value.where


def test_files_that_cannot_be_read(tmp_path):
    (tmp_path / "latin").write_bytes(b"\xe9\n")
    (tmp_path / "other.db").write_bytes(b"SQLite format 3\x00" + bytes(100))
    for path in ("missing", "latin", "other.db"):
        with pytest.raises(InputError):
            Watchlists.read([tmp_path / path])
    with pytest.raises(OutputError):
        Watchlists.build(tmp_path / "latin", [])
    with pytest.raises(OutputError):
        Watchlists.build(tmp_path / "no" / "list.db", [])


@pytest.mark.parametrize("row", [BAN, {**BAN, "aliases": ["A<<B"]}, {"id": "1", "category": "wanted-person"}])
def test_the_published_schema_and_the_reader_agree(row):
    for changed in (row, {**row, "sex": "?"}, {**row, "document_number": "A1", "issuing_state": "UTO"}):
        schema_takes = jsonschema.Draft202012Validator(SCHEMA).is_valid(changed)
        try:
            # what a category needs beyond the schema is data, and told by the reader
            Entry.of({**changed, "authority": "x"}, where="")
        except UsageError:
            assert not schema_takes
        else:
            assert schema_takes


def test_an_entry_shows_nobody_in_its_repr():
    assert "ERIKSSON" not in repr(Entry.of(BAN, where="")) + repr(ANNA) + repr(Watchlists.of([BAN]).find(ANNA, ["ban"]))


def test_many_threads_and_too_many_candidates():
    many = Watchlists.of({**BAN, "id": str(number)} for number in range(limits.CANDIDATES + 1))
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda _: many.find(ANNA, ["ban"]), range(8)))
    assert all(result.limit and len(result.matches) == limits.CANDIDATES for result in results)


def test_a_long_list_finds_as_a_short_one(tmp_path):
    """Growth itself is measured by ``watch_list.growth``; here, that what lies around changes nothing."""
    picked = random.Random(5)
    letters = "ABDEFGHIKLMNOPRSTUVZ"
    word = lambda: "".join(picked.choices(letters, k=8))  # noqa: E731
    rows = [{**BAN, "id": f"x{n}", "primary_identifier": word(), "secondary_identifier": word()} for n in range(3000)]
    long = Watchlists.build(tmp_path / "l.db", [write(tmp_path / "l.jsonl", *rows, BAN)])
    assert [match.entry.id for match in long.find(ANNA, ["ban"]).matches] == ["B-1"]


# ------------------------------------------------------------------------------------------------ what a look-up costs

OTHERS = tuple(Name((first + "OV",), (second,)) for first in ("RAHIM", "KARIM", "SAFAR", "NAZAR", "SHARIP", "DAVLAT", "SAID", "HOL") for second in ("ALI", "AHMAD", "HASAN", "RUSTAM", "DALER", "UMED"))
MANY = [{**BAN, "id": f"M-{n}", "primary_identifier": name.primary[0], "secondary_identifier": name.secondary[0], "date_of_birth": f"{1950 + n // 48}-01-01"} for n, name in enumerate(OTHERS * 20)]


def counted(monkeypatch, *names: str) -> dict[str, int]:
    """Count the calls of functions of the module."""
    counts = dict.fromkeys(names, 0)
    for name in names:
        real = getattr(watchlists, name)

        def count(*given, name=name, real=real):
            counts[name] += 1
            return real(*given)

        monkeypatch.setattr(watchlists, name, count)
    return counts


@pytest.mark.parametrize("parts", [1, 4])
def test_many_names_and_many_candidates_are_compared_within_one_bound(monkeypatch, parts):
    """A chip's unsigned DG11 with a name for each surname, and a zone without a date of birth."""
    lists = Watchlists._of([Watchlists.of(MANY[part::parts])._parts[0] for part in range(parts)], {})
    few = lists.find(PersonQuery(OTHERS[:1]), ["ban"])
    assert (few.limit, len(few.matches)) == (False, 20)
    counts = counted(monkeypatch, "resemble")
    many = lists.find(PersonQuery(OTHERS), ["ban"])
    assert many.limit
    assert limits.COMPARISONS * 0.9 < counts["resemble"] <= limits.COMPARISONS


def test_the_candidates_of_all_lists_together_are_bounded():
    monthly = [Watchlists.of({**BAN, "id": f"{month}-{n}"} for n in range(limits.CANDIDATES // 4))._parts[0] for month in range(5)]
    assert not Watchlists._of(monthly[:4], {}).find(ANNA, ["ban"]).limit
    found_ = Watchlists._of(monthly, {}).find(ANNA, ["ban"])
    assert found_.limit
    assert len(found_.matches) == limits.CANDIDATES


@pytest.mark.parametrize("most", [300, 800, 890, 3000])
def test_a_person_has_no_more_keys_than_are_looked_for(monkeypatch, most):
    """Those of the days next to the date of birth count as well."""
    monkeypatch.setattr(limits, "LOOKUP_KEYS", most)
    names = [Name(("CHOJIQXOJAYEV" + letter,), ("XOJAXON", "JORAXOJA")) for letter in "ABCDEFGH"]
    hashes, used = watchlists.index_lookups.looked_up(names, ["1974-08-12"], "UTO", "L898902C3")
    assert len(hashes) <= most
    assert len(used) < len(names)


def test_names_with_keys_without_end_are_not_looked_for(monkeypatch):
    """Letters that are read in many ways, in each of two hundred years; the number and other names are looked for."""
    made = []
    real = watchlists.index_lookups._hash
    monkeypatch.setattr(watchlists.index_lookups, "_hash", lambda parts: made.append(parts) or real(parts))
    hard = [Name(("CHOJIQXOJAYEV" + letter,), ("XOJAXON", "JORAXOJA")) for letter in "ABCDEFGH"]
    number = {**BAN, "id": "N", "primary_identifier": "", "document_number": "L898902C3", "issuing_state": "UTO"}
    lists = Watchlists.of([BAN, number])
    made.clear()
    result = lists.find(PersonQuery((*hard, *ANNA.names), "", document_number="L898902C3", issuing_state="UTO"), ["ban"])
    assert result.limit
    assert [match.entry.id for match in result.matches] == ["N", "B-1"]
    assert len(made) <= limits.LOOKUP_KEYS + 1
    names = tuple(Name(("A" + a + b,)) for a in "BDFGK" for b in "LMNPRSTVZBDF")
    assert len(names) > limits.PERSON_NAMES
    assert lists.find(PersonQuery(names, "1974-08-12"), ["ban"]).limit
    assert not lists.find(PersonQuery(names[: limits.PERSON_NAMES], "1974-08-12"), ["ban"]).limit


def test_names_of_a_stranger_do_not_displace_an_exact_match():
    """The bound is used up by those who may be somebody else last."""
    lists = Watchlists.of([*({**row, "date_of_birth": "1974"} for row in MANY), BAN])
    result = lists.find(PersonQuery((*ANNA.names, *OTHERS), "1974-08-12"), ["ban"])
    assert result.limit
    assert [match.entry.id for match in result.matches if match.exact] == ["B-1"]


def test_a_bound_is_reached_alike_whichever_categories_are_asked_for():
    """An archive of evidence asks for all of them at once, and judges as the checks did."""
    lists = Watchlists.of([*MANY, *({**row, "id": "W" + row["id"], "category": "wanted-person"} for row in MANY)])
    person = PersonQuery(OTHERS)
    both, one, other = (lists.find(person, wanted) for wanted in (["ban", "wanted-person"], ["ban"], ["wanted-person"]))
    assert {m.entry.id for m in both.matches} == {m.entry.id for m in (*one.matches, *other.matches)}
    again = Watchlists.of([match.entry for match in both.matches])
    assert [m.entry.id for m in again.find(person, ["ban"]).matches] == [m.entry.id for m in one.matches]


# ------------------------------------------------------------------------------------------- documents and their States

NUMBER_ONLY = {**BAN, "primary_identifier": "", "secondary_identifier": "", "date_of_birth": ""}


@pytest.mark.parametrize(("listed", "shown"), [*itertools.product(["D", "DEU"], repeat=2), ("ROM", "ROU"), ("ROU", "ROM"), ("BUR", "MMR")])
def test_a_state_with_two_codes_is_one_state(tmp_path, listed, shown):
    """The standard has D for Germany, ISO 3166-1 has DEU; lists have either, and so have zones that are wrong.

    A code that ISO 3166-1 withdrew because a State took another is that State's.
    """
    person = replace(ANNA, issuing_state=shown, nationality=shown)
    number = {**NUMBER_ONLY, "document_number": "L898902C3", "issuing_state": listed}
    name = {**BAN, "nationality": listed}
    for entry, how in ((number, (True, "document")), (name, (True, "name"))):
        index = Watchlists.build(tmp_path / f"{how[1]}.db", [write(tmp_path / "l.jsonl", entry)])
        for lists in (Watchlists.of([entry]), index):
            assert [(match.exact, match.by) for match in lists.find(person, ["ban"]).matches] == [how]
            assert lists.unfit() == []
    assert found(name, replace(person, nationality="UTO")) == [(False, "name")]
    assert found(number, replace(person, issuing_state="UTO")) == []


@pytest.mark.parametrize("listed", ["AB12345", "AB 12345", "AB-12345", "AB<12345", " AB12345<<"])
@pytest.mark.parametrize("shown", ["AB12345", "AB<12345", "AB 12-345"])
def test_a_number_is_the_same_however_its_parts_are_parted(tmp_path, listed, shown):
    """An MRZ has fillers for blanks and hyphens of the number that is printed."""
    entry = {**NUMBER_ONLY, "document_number": listed, "issuing_state": "UTO"}
    index = Watchlists.build(tmp_path / "l.db", [write(tmp_path / "l.jsonl", entry)])
    for lists in (Watchlists.of([entry]), index):
        for number, count in ((shown, 1), ("AB123456", 0), ("A12345", 0), ("", 0)):
            person = PersonQuery((), document_number=number, issuing_state="UTO")
            assert len(lists.find(person, ["ban"]).matches) == count


@pytest.mark.parametrize("number", ["-", "< <", "ab1", "A/1"])
def test_a_number_of_other_characters_is_malformed(number):
    row = {**NUMBER_ONLY, "document_number": number, "issuing_state": "UTO"}
    assert not jsonschema.Draft202012Validator(SCHEMA).is_valid(row)
    with pytest.raises(UsageError) as caught:
        Entry.of(row, where="x")
    assert caught.value.where == "x: document_number"
