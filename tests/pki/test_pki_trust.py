"""The trust store: what is kept, what is trusted, and what happens when somebody writes to the file."""

import hashlib
import shutil
import sqlite3
import threading

import pytest

from tests.support import builders as b
from tjdocs.errors import InputError, OutputError
from tjdocs.pki import TrustStore
from tjdocs.pki.trust.store import Source, TrustPolicy

UTOPIA, OTHER = b.utopia(), b.csca("CSCA Elsewhere", "XX")
LINK = b.csca(key=b.ec_key("link"), by=UTOPIA, subject=UTOPIA.name)
CRL = b.revocation_list(UTOPIA, [7])


def source(name: str = "list.ml", signature: str = "") -> Source:
    return Source(name, hashlib.sha256(name.encode()).hexdigest(), signature)


def add(store, *parties: b.Party, name: str = "list.ml", ground: str = "", kind: str = "self-signed", **more) -> int:
    certificates = [(party.certificate, kind) for party in parties]
    return store.add(source(name), certificates, grounds={c.sha256: ground for c, _ in certificates if ground}, **more)


@pytest.fixture
def store(tmp_path):
    made = TrustStore.create(tmp_path / "trust.db")
    add(made, UTOPIA, ground="anchor", crls=[CRL])
    add(made, OTHER, LINK, name="other.ml")
    return made


@pytest.fixture
def path(store, tmp_path):
    return tmp_path / "trust.db"


# -------------------------------------------------------------------------------------------------------------- keeping


def test_what_was_added_is_there_again_when_opened(store, path):
    for opened in (store, TrustStore(path), TrustStore(str(path)), TrustStore.create(path)):
        assert [entry.certificate.raw for entry in opened.entries] == [UTOPIA.raw, OTHER.raw, LINK.raw]
        assert [entry.ground for entry in opened.entries] == ["anchor", "", ""]
        assert [entry.sources for entry in opened.entries] == [("list.ml",), ("other.ml",), ("other.ml",)]
        assert opened.trusted(UTOPIA.certificate)
        assert not opened.trusted(OTHER.certificate)
        assert not opened.trusted(b.csca("Nobody").certificate)
        assert opened.crls == (CRL,)


def test_an_empty_store(tmp_path):
    empty = TrustStore.create(tmp_path / "new.db")
    assert (empty.entries, empty.crls) == ((), ())
    assert (empty.digest, empty.certificates_digest) == tuple(hashlib.sha256(d).hexdigest() for d in (b"[]", b""))
    assert empty.issuers(UTOPIA.certificate) == []


def test_adding_tells_how_many_are_new(store):
    assert add(store, UTOPIA, OTHER) == 0
    assert add(store, b.csca("Third"), UTOPIA, name="third.ml") == 1


def test_every_source_of_a_certificate_is_kept(store, path):
    add(store, UTOPIA, name="second.ml")
    add(store, UTOPIA, name="second.ml")
    for opened in (store, TrustStore(path)):
        (entry,) = (entry for entry in opened.entries if entry.certificate == UTOPIA.certificate)
        assert sorted(entry.sources) == ["list.ml", "second.ml"]


def test_a_source_whose_name_has_a_line_break_is_one_source(tmp_path):
    made = TrustStore.create(tmp_path / "trust.db")
    add(made, UTOPIA, name="a\nb.ml")
    (entry,) = made.entries
    assert len(entry.sources) == 1


def test_trust_is_not_lost_when_another_source_holds_the_certificate_untrusted(store, path):
    add(store, UTOPIA, name="untrusted.ml")
    assert TrustStore(path).trusted(UTOPIA.certificate)


def test_a_kind_once_known_stays(store, path):
    third = b.csca("Third")
    add(store, third, name="1", kind="unresolved")
    add(store, third, name="2", kind="link")
    add(store, third, name="3", kind="unresolved")
    assert [e.kind for e in TrustStore(path).entries if e.certificate == third.certificate] == ["link"]


def test_a_crl_is_kept_once(store, path):
    add(store, crls=[CRL, b.revocation_list(UTOPIA, [8])], name="crls")
    assert [crl.serials for crl in TrustStore(path).crls] == [{7}, {8}]


# ------------------------------------------------------------------------------------------------------------ in memory


def test_a_store_in_memory():
    made = TrustStore.of([UTOPIA.certificate], [UTOPIA.certificate, OTHER.certificate], [CRL])
    assert [(entry.certificate, entry.ground) for entry in made.entries] == [
        (UTOPIA.certificate, "anchor"),
        (OTHER.certificate, ""),
    ]
    assert made.crls == (CRL,)
    with pytest.raises(OutputError, match="in memory"):
        add(made, LINK)


def test_merged_stores(store):
    one = TrustStore.of([OTHER.certificate], [LINK.certificate], [b.revocation_list(OTHER, [9])])
    for merged in (store.merged([one]), one.merged([store]), store.merged([one, one])):
        assert {e.certificate.sha256: bool(e.ground) for e in merged.entries} == {
            UTOPIA.certificate.sha256: True,
            OTHER.certificate.sha256: True,
            LINK.certificate.sha256: False,
        }
        assert {crl.serials for crl in merged.crls} == {frozenset({7}), frozenset({9})}
        assert merged.issuers(b.signer(OTHER, "XX").certificate) == [OTHER.certificate]
    assert not store.trusted(OTHER.certificate)  # merging changes neither
    assert not one.trusted(UTOPIA.certificate)
    assert store.merged([]).digest == store.digest


def test_merging_keeps_all_sources(tmp_path, store):
    second = TrustStore.create(tmp_path / "second.db")
    add(second, OTHER, name="second.ml", ground="list")
    for merged in (store.merged([second]), second.merged([store])):
        (entry,) = (entry for entry in merged.entries if entry.certificate == OTHER.certificate)
        assert entry.ground == "list"
        assert sorted(entry.sources) == ["other.ml", "second.ml"]


# -------------------------------------------------------------------------------------------------------------- issuers


def test_issuers_the_likeliest_first():
    subject = b.signer(UTOPIA).certificate
    namesake = b.csca(key=b.ec_key("namesake"))
    nameless = b.csca(key=b.ec_key("x"), extensions=[b.basic_constraints(ca=True)])  # no key identifier
    renamed = b.csca("Renamed", key=UTOPIA.key)
    for order in ([namesake, nameless, renamed, UTOPIA], [UTOPIA, renamed, nameless, namesake]):
        made = TrustStore.of([], [party.certificate for party in order])
        assert made.issuers(subject) == [p.certificate for p in (UTOPIA, nameless, renamed, namesake)]


def test_issuers_of_a_certificate_without_authority_key_identifier():
    subject = b.signer(UTOPIA, authority=None).certificate
    namesake = b.csca(key=b.ec_key("namesake"))
    made = TrustStore.of([], [namesake.certificate, UTOPIA.certificate, OTHER.certificate])
    assert made.issuers(subject) == [namesake.certificate, UTOPIA.certificate]


def test_a_name_in_another_form_finds_its_issuer():
    subject = b.signer(UTOPIA, issuer=b.name(("CN", "csca  utopia"), ("O", "SPECIMEN"), ("C", "ut")), authority=None)
    assert TrustStore.of([], [UTOPIA.certificate]).issuers(subject.certificate) == [UTOPIA.certificate]


def test_an_empty_key_identifier_finds_nobody():
    by = b.csca(identifier=b"")
    subject = b.signer(by, issuer=b.name(("C", "UT"), ("CN", "No such name")), extra=[])
    empty = TrustStore.of([], [by.certificate])
    assert empty.issuers(subject.certificate) == []


# -------------------------------------------------------------------------------------------------------------- pinning


def test_the_digest_is_of_the_trusted_alone(store):
    assert store.certificates_digest == hashlib.sha256(UTOPIA.certificate.sha256.encode()).hexdigest()
    assert store.digest == TrustStore.of([UTOPIA.certificate]).digest
    before = store.digest
    add(store, b.csca("Third"), name="third")
    assert store.digest == before
    add(store, OTHER, name="trusted now", ground="list")
    digests = sorted([UTOPIA.certificate.sha256, OTHER.certificate.sha256])
    assert store.certificates_digest == hashlib.sha256("\n".join(digests).encode()).hexdigest()
    assert store.digest != before


def test_the_digest_does_not_depend_on_the_order():
    certificates = [UTOPIA.certificate, OTHER.certificate, LINK.certificate]
    assert TrustStore.of(certificates).digest == TrustStore.of(certificates[::-1]).digest
    assert TrustStore.of(certificates[:2], certificates[2:]).digest != TrustStore.of(certificates).digest


# ---------------------------------------------------------------------------------------------- altered behind its back


def altered(path, tmp_path, sql: str, *values) -> TrustStore:
    copy = tmp_path / "altered.db"
    shutil.copy(path, copy)
    database = sqlite3.connect(copy)
    with database:
        database.execute(sql, values)
    database.close()
    return TrustStore(copy)


@pytest.mark.parametrize(
    ("sql", "value"),
    [
        ("UPDATE certificate SET der = ? WHERE sha256 = (SELECT sha256 FROM trusted)", OTHER.raw),
        ("UPDATE certificate SET der = ?", UTOPIA.raw + b"\0"),
        ("UPDATE certificate SET der = ?", b""),
        ("UPDATE certificate SET der = ?", "text"),
        ("UPDATE certificate SET der = ?", 5),
        ("UPDATE certificate SET sha256 = 'x' || sha256 WHERE der <> ?", b""),
        ("INSERT INTO certificate VALUES ('aa', ?, 'self-signed')", LINK.raw),
        ("INSERT INTO certificate VALUES (5, ?, 'self-signed')", LINK.raw),
        ("UPDATE crl SET der = ?", b.revocation_list(UTOPIA, []).raw),  # the revoked one struck out
        ("UPDATE crl SET der = ?", b"junk"),
        ("UPDATE crl SET der = ?", "text"),
        ("UPDATE crl SET sha256 = ?", "00" * 32),
    ],
)
def test_a_store_that_was_altered_is_not_opened(path, tmp_path, sql, value):
    with pytest.raises(InputError, match="altered"):
        altered(path, tmp_path, sql, value)


@pytest.mark.parametrize("data", [b"no certificate at all", b"\x30\x00"], ids=["text", "empty"])
def test_an_entry_that_is_no_certificate_is_not_opened_though_its_digest_fits(path, tmp_path, data):
    with pytest.raises(InputError, match="altered"):
        altered(path, tmp_path, "INSERT INTO certificate VALUES (?, ?, 'x')", hashlib.sha256(data).hexdigest(), data)


def test_a_list_that_is_none_is_not_opened_though_its_digest_fits(path, tmp_path):
    with pytest.raises(InputError, match="altered"):
        altered(path, tmp_path, "INSERT INTO crl VALUES (?, ?)", hashlib.sha256(b"x").hexdigest(), b"x")


def test_trust_given_in_the_file_changes_the_digest(store, path, tmp_path):
    opened = altered(path, tmp_path, "INSERT INTO trusted VALUES (?, 'anchor')", OTHER.certificate.sha256)
    assert opened.trusted(OTHER.certificate)
    assert opened.digest != store.digest  # which is what --trust-digest is for


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE trusted SET ground = x'616263'",
        "UPDATE certificate SET kind = x'616263'",
        "UPDATE source SET name = x'616263'",
        "UPDATE trusted SET ground = 'whatever'",
    ],
)
def test_values_of_another_kind_are_told_when_opened(path, tmp_path, sql):
    """Later they would end a report in the middle."""
    with pytest.raises(InputError):
        altered(path, tmp_path, sql)


def test_trust_in_what_is_not_there_is_no_trust(store, path, tmp_path):
    assert altered(path, tmp_path, "INSERT INTO trusted VALUES ('aa', 'anchor')").digest == store.digest


@pytest.mark.parametrize(
    "sql",
    ["UPDATE meta SET value = '1'", "UPDATE meta SET value = '2'", "UPDATE meta SET value = '5'", "UPDATE meta SET value = ''", "DELETE FROM meta", "UPDATE meta SET value = x'31'"],
)
def test_a_store_of_another_version(path, tmp_path, sql):
    with pytest.raises(InputError, match="another version") as caught:
        altered(path, tmp_path, sql)
    assert caught.value.hint


def test_the_state_of_an_authority():
    """Doc 9303-12, 7.1.1.1: its subject names exactly one country."""
    none, two = b.csca(subject=b.name(("CN", "None"))), b.csca(subject=b.name(("C", "UT"), ("C", "EW"), ("CN", "Two")))
    lower = b.csca("Lower", "ut")
    store = TrustStore.of([party.certificate for party in (UTOPIA, none, two, lower)])
    assert [store.state(p.certificate) for p in (UTOPIA, none, two, lower)] == [b.COUNTRY, "", "", "UT"]
    seen = store.with_policy(TrustPolicy(states=frozenset({(two.certificate.sha256, "EW")})))
    assert [seen.state(p.certificate) for p in (UTOPIA, none, two)] == [b.COUNTRY, "", "EW"]


@pytest.mark.parametrize("table", ["certificate", "trusted", "membership", "source", "crl", "signer", "meta"])
def test_a_store_without_a_table(path, tmp_path, table):
    with pytest.raises(InputError, match="not a trust store"):
        altered(path, tmp_path, f"DROP TABLE {table}")


# ------------------------------------------------------------------------------------------------------------ bad calls


def test_no_store_there(tmp_path):
    for path in (tmp_path / "missing.db", tmp_path):
        with pytest.raises(InputError, match="missing trust store") as caught:
            TrustStore(path)
        assert str(path) in str(caught.value)
        assert caught.value.hint


@pytest.mark.parametrize("content", [b"", b"certificates", b"SQLite format 3\0" + bytes(84)])
def test_a_file_that_is_no_store(tmp_path, content):
    path = tmp_path / "file"
    path.write_bytes(content)
    for opened in (TrustStore, TrustStore.create):
        with pytest.raises(InputError, match="not a trust store"):
            opened(path)
    assert path.read_bytes() == content


def test_a_database_that_is_no_store(tmp_path):
    database = sqlite3.connect(tmp_path / "other.db")
    with database:
        database.execute("CREATE TABLE meta (key TEXT, value TEXT)")
    database.close()
    with pytest.raises(InputError):
        TrustStore(tmp_path / "other.db")


def test_a_place_where_none_can_be_made(tmp_path):
    with pytest.raises(OutputError, match="cannot make"):
        TrustStore.create(tmp_path / "missing" / "trust.db")


def test_a_store_that_cannot_be_written(store, path):
    path.unlink()
    path.mkdir()
    with pytest.raises(OutputError, match="cannot write"):
        add(store, b.csca("Third"))


def test_odd_paths(tmp_path):
    for name in ("with space?.db", "with%20percent.db", "with#hash.db", "mode=ro.db"):
        add(TrustStore.create(tmp_path / name), UTOPIA, ground="anchor")
        assert TrustStore(tmp_path / name).trusted(UTOPIA.certificate)


def test_several_threads(store, path):
    faults = []

    def work(number: int) -> None:
        try:
            add(store, b.csca(f"Thread {number}"), name=f"thread {number}")
            assert UTOPIA.certificate in store.issuers(b.signer(UTOPIA).certificate)
        except BaseException as fault:  # noqa: BLE001 (a thread's fault must fail the test)
            faults.append(fault)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert len(store.entries) == len(TrustStore(path).entries) == 3 + 8
