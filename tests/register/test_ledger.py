"""The register: a number is handed out once, whatever happens to it, whoever asks, and however many at a time."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from tjdocs.errors import RegisterError, UsageError
from tjdocs.register import Document, Register

ISSUED, EXPIRES = date(2026, 11, 24), date(2036, 11, 23)
FILES = {"DG1": "00" * 32, "EF.SOD": "ff" * 32}


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path / 'register.db'}"


@pytest.fixture
def register(url):
    made = Register(url)
    made.add_series("passport", "T{:08d}")
    return made


def reserve(register, kind="passport"):
    return register.reserve(kind, officer="officer-1")


def test_life_of_a_number(register):
    assert register.document("T00000001") is None
    number = reserve(register)
    assert number == "T00000001"
    assert register.document(number) == Document(number, "passport", "reserved", "officer-1", "", "", {})
    register.commit(number, issued=ISSUED, expires=EXPIRES, files=FILES)
    assert register.document(number) == Document(
        number, "passport", "issued", "officer-1", "2026-11-24", "2036-11-23", FILES
    )


def test_no_number_in_repr(register):
    number = reserve(register)
    assert number not in repr(register.document(number))
    assert number not in repr(register)
    register.spoil(number)
    with pytest.raises(RegisterError) as caught:
        register.spoil(number)
    assert number not in f"{caught.value} {caught.value!r} {caught.value.args}"


def test_a_spoiled_number_is_not_handed_out_again(register):
    spoiled = reserve(register)
    register.spoil(spoiled)
    assert reserve(register) == "T00000002"
    assert register.document(spoiled).status == "spoiled"
    assert register.document(spoiled).files == {}


@pytest.mark.parametrize("state", ["never handed out", "issued", "spoiled"])
def test_only_a_reserved_number_moves(register, state):
    number = "T00000099" if state == "never handed out" else reserve(register)
    if state == "issued":
        register.commit(number, issued=ISSUED, expires=EXPIRES, files=FILES)
    if state == "spoiled":
        register.spoil(number)
    before = register.document(number)
    for act in (
        lambda: register.spoil(number),
        lambda: register.commit(number, issued=date(2027, 1, 1), expires=EXPIRES, files={}),
    ):
        with pytest.raises(RegisterError, match="not reserved"):
            act()
    assert register.document(number) == before


def test_series_of_a_type_begins_once(register):
    reserve(register)
    register.add_series("passport", "X{:08d}", first=1)
    assert reserve(register) == "T00000002"
    register.add_series("identity-card", "C{:08d}", first=5, last=6)
    assert [reserve(register, "identity-card") for _ in range(2)] == ["C00000005", "C00000006"]
    with pytest.raises(RegisterError, match="used up"):
        reserve(register, "identity-card")
    assert reserve(register) == "T00000003"


def test_no_series_no_number(register):
    with pytest.raises(RegisterError) as caught:
        reserve(register, "unknown")
    assert caught.value.where == "unknown"
    assert caught.value.hint


def test_a_series_that_repeats_itself_hands_nothing_out_twice(register):
    register.add_series("other", "T{:08d}")
    assert reserve(register) == "T00000001"
    for _ in range(2):  # the same number under another type
        with pytest.raises(RegisterError):
            reserve(register, "other")


@pytest.mark.parametrize("pattern", ["SAME", "{", "{0.__class__}", "{:08d}{:08d}", "T{:08d}/../x", "t{:08d}", 5])
def test_a_pattern_that_is_more_than_a_number_is_refused(register, pattern):
    with pytest.raises(RegisterError, match="pattern"):
        register.add_series("odd", pattern)


def test_many_threads_never_share_a_number(register):
    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(lambda _: reserve(register), range(64)))
    assert sorted(numbers) == [f"T{n:08d}" for n in range(1, 65)]


def test_two_registers_on_one_file_never_share_a_number(register, url):
    other = Register(url)
    other.add_series("passport", "T{:08d}")
    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(lambda n: reserve((register, other)[n % 2]), range(40)))
    assert len(set(numbers)) == 40


def test_what_was_written_is_there_after_reopening(register, url):
    number = reserve(register)
    register.commit(number, issued=ISSUED, expires=EXPIRES, files=FILES)
    again = Register(url)
    assert again.document(number).status == "issued"
    assert reserve(again) == "T00000002"


def test_a_number_taken_by_a_process_that_died_stays_taken(register, url):
    reserve(register)
    del register
    assert reserve(Register(url)) == "T00000002"


@pytest.mark.parametrize(
    "url", ["", "register.db", "postgresql://host/db", "mysql://host/db", "no-such://x", "sqlite", 5, None]
)
def test_urls_that_cannot_be_used(url):
    with pytest.raises(UsageError) as caught:
        Register(url)
    assert caught.value.hint


def test_passwords_are_not_repeated():
    with pytest.raises(UsageError) as caught:
        Register("postgresql://officer:SECRET@host/db")
    assert "SECRET" not in f"{caught.value} {caught.value!r} {caught.value.args}"


def test_a_place_where_no_register_can_be(tmp_path):
    with pytest.raises(RegisterError) as caught:
        Register(f"sqlite:///{tmp_path}/missing/register.db")
    assert caught.value.__cause__ is None
    (tmp_path / "text.db").write_text("this is no database at all, but a text of some length" * 10)
    with pytest.raises(RegisterError):
        Register(f"sqlite:///{tmp_path}/text.db")


def test_a_register_of_another_version(register, url, tmp_path):
    with sqlite3.connect(tmp_path / "register.db") as database:
        database.execute("UPDATE meta SET value = '2' WHERE key = 'version'")
    database.close()
    with pytest.raises(RegisterError, match="another version"):
        Register(url)


def test_a_database_that_fails_says_so_without_its_values(register, tmp_path):
    number = reserve(register)
    with sqlite3.connect(tmp_path / "register.db") as database:
        database.execute("DROP TABLE document")
    database.close()
    with pytest.raises(RegisterError) as caught:
        register.spoil(number)
    assert number not in str(caught.value)
    assert caught.value.__cause__ is None
    with pytest.raises(RegisterError):
        reserve(register)
