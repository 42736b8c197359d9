"""``tjdocs border``: options and files in, verdict, report, record, evidence and results out."""

import io
import json
import re
import shutil
import sqlite3
import sys
import tarfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.support import builders as b
from tjdocs import cli
from tjdocs.border.report.wording import texts
from tjdocs.cli import _batch_output
from tjdocs.documents import example
from tjdocs.office import Office
from tjdocs.pki import Authority
from tjdocs.register import Register

AT = ["--at", "2026-11-24"]
BAN = {
    "id": "B-1", "category": "ban", "primary_identifier": "ЭРИКССОН", "secondary_identifier": "АННА НАМУНА",
    "date_of_birth": "1994", "direction": "both", "reason": "court order", "authority": "court",
}  # fmt: skip


@pytest.fixture(scope="module")
def issued(tmp_path_factory):
    """A passport of a trial authority, a ban, and who signs evidence."""
    folder = tmp_path_factory.mktemp("border")
    made = datetime(2026, 11, 24, 8, tzinfo=UTC)
    authority = Authority.create(folder / "authority", at=made)
    passport = Office(authority, Register(f"sqlite:///{folder}/register.db")).issue(example("external-passport", at=made), at=made)
    passport.chip.write(folder / "chip")
    (folder / "mrz.txt").write_text("\n".join(passport.mrz) + "\n")
    (folder / "ban.jsonl").write_text(json.dumps(BAN) + "\n")
    key = ec.generate_private_key(ec.SECP256R1())
    name = b.name(("C", "TJ"), ("CN", "Evidence SPECIMEN"))
    party = b.certify(name, key, [b.key_usage("digitalSignature")], period=(b.moment(2020), b.moment(2049)))
    (folder / "signer.cer").write_bytes(party.raw)
    (folder / "signer.key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return folder


@pytest.fixture
def place(issued, tmp_path, monkeypatch):
    shutil.copytree(issued, tmp_path / "here")
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "here"


@pytest.fixture
def run(monkeypatch, capsys):
    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["tjdocs", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, err = capsys.readouterr()
        return ended.value.code, out, err

    return call


PASSPORT = ["--mrz", "mrz.txt", "--chip", "chip", "--trust", "authority/csca.cer", "--direction", "entry"]


def test_inspect(place, run):
    status, out, _ = run("border", "inspect", *PASSPORT, *AT, "--json")
    verdict = json.loads(out)
    assert (status, verdict["verdict"]) == (0, "admit")
    assert verdict.keys() == {"schema", "verdict", "decided_by", "findings", "not_checked", "at", "policy_sha256"}
    assert {"check": "chip.genuine", "reason": "not-read-live", "subject": ""} in verdict["not_checked"]
    status, out, _ = run("border", "inspect", *PASSPORT, *AT)
    assert (status, out.splitlines()[0]) == (0, "ADMIT")
    assert f"not checked: {len(verdict['not_checked'])} (-v lists them)\n" in out
    status, out, _ = run("border", "inspect", *PASSPORT, *AT, "-v")
    assert "No list of bans was handed over." in out
    assert "Authenticity of the chip: Files were handed over: no chip proved that it is not a copy." in out


@pytest.mark.parametrize(
    ("more", "status", "verdict", "decided_by"),
    [
        (["--direction", "exit"], 0, "admit", None),
        (["--register", "sqlite:///register.db"], 0, "admit", None),
        (["--watch-list", "ban.jsonl"], 1, "refer", ["holder.ban"]),
        (["--watch-list", "ban.jsonl", "--asks-protection"], 1, "refer", ["holder.protection"]),
        (["--direction", "domestic"], 1, "refer", ["doc.use"]),
        (["--point", "nowhere"], 1, "refer", ["crossing.point"]),
        (["--direction", "border-stripe", "--claim", "place=Kulma"], 1, "refer", ["holder.permit"]),
        (["--at", "2037-01-01"], 1, "refuse", ["doc.expiry"]),
    ],
)
def test_what_options_change(place, run, more, status, verdict, decided_by):
    ended, out, _ = run("border", "inspect", *PASSPORT, *AT, "--json", *more)
    found = json.loads(out)
    assert (ended, found["verdict"]) == (status, verdict)
    assert decided_by is None or found["decided_by"] == decided_by


def test_all_of_it_in_two_files(place, run):
    """What the traveller hands over in one, what the desk says in the other."""
    (place / "desk").mkdir()
    setup = {
        "schema": 1, "trust": ["../authority/csca.cer"], "watch-list": "../ban.jsonl", "at": "2026-11-24", "dry-run": True,
        "point": "kulma",
    }  # fmt: skip
    (place / "desk" / "desk.json").write_text(json.dumps(setup))
    values = {"mrz": "mrz.txt", "chip": "chip", "direction": "entry", "claims": {"entered": "2026-11-20"}}
    (place / "e.json").write_text(json.dumps(values))
    both = ("border", "inspect", "--evidence", "e.json", "--setup", "desk/desk.json", "--json")
    status, out, _ = run(*both)
    assert (status, json.loads(out)["decided_by"]) == (1, ["holder.ban"])
    status, out, _ = run(*both, "--asks-protection")
    assert json.loads(out)["decided_by"] == ["holder.protection"]
    # an option goes before the setup
    assert json.loads(run(*both, "--at", "2037-01-01")[1])["decided_by"] == ["doc.expiry"]
    values["mrz"] = (place / "mrz.txt").read_text()
    (place / "e.json").write_text(json.dumps(values))
    assert run(*both)[0] == 1
    status, out, _ = run("border", "batch", "lines.jsonl", "--setup", "desk/desk.json", "--workers", "1")
    assert status == 2  # a batch is always dry
    (place / "desk" / "desk.json").write_text(json.dumps({key: setup[key] for key in ("trust", "watch-list", "at")}))
    (place / "lines.jsonl").write_text(json.dumps({**values, "chip": None}) + "\n")
    status, out, _ = run("border", "batch", "lines.jsonl", "--setup", "desk/desk.json", "--workers", "1")
    assert "holder.ban" in json.loads(out)["decided_by"]


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--mrz", "missing.txt"],
        ["--chip", "missing"],
        ["--mrz", "mrz.txt", "--direction", "in"],
        ["--mrz", "mrz.txt", "--claim", "entered"],
        ["--mrz", "mrz.txt", "--claim", "entered=yesterday"],
        ["--mrz", "mrz.txt", "--claim", "surname=X"],
        ["--mrz", "mrz.txt", "--register", "sqlite:///missing.db"],
        ["--mrz", "mrz.txt", "--watch-list", "mrz.txt"],
        ["--mrz", "mrz.txt", "--policy", "mrz.txt"],
        ["--mrz", "mrz.txt", "--lang", "de"],
        ["--mrz", "mrz.txt", "--export", "e.zip"],
        ["--evidence", "mrz.txt"],
        ["--mrz", "mrz.txt", "--at", "noon"],
    ],
)
def test_calls_that_cannot_be_used(place, run, arguments):
    status, out, err = run("border", "inspect", *arguments, "--json")
    assert status == 2
    assert json.loads(out).keys() == {"error"}
    assert len(err.splitlines()) == 1
    assert "ERIKSSON" not in out + err
    assert not (place / "missing.db").exists()


def test_evidence_of_more_values_than_it_has(place, run):
    (place / "e.json").write_text('{"mrz": "x<", "id": [' + "{}," * 1000 + "{}]}")
    status, out, _ = run("border", "inspect", "--evidence", "e.json", *AT, "--json")
    assert (status, json.loads(out)["error"]["message"]) == (2, "too many values: e.json")


def test_a_policy_of_ones_own(place, run):
    (place / "strict.toml").write_text('schema = 1\nname = "strict"\nrequires = ["register.status"]\nrule = []\n')
    status, out, _ = run("border", "inspect", *PASSPORT, *AT, "--json", "--policy", "strict.toml")
    assert (status, json.loads(out)["verdict"]) == (1, "refer")


def test_record_and_purge(place, run):
    for more in ([], ["--dry-run"]):
        run("border", "inspect", *PASSPORT, *AT, "--record", "records", *more)
    (lines,) = (place / "records").glob("*.jsonl")
    assert len(lines.read_text().splitlines()) == 1
    assert json.loads(run("border", "purge", "records", "--at", "2026-12-01", "--json")[1])["periods_deleted"] == 0
    assert run("border", "purge", "records", "--at", "2029-01-01")[1] == "periods deleted: 1\n"
    assert run("border", "purge", "nowhere")[0] == 2


@pytest.mark.parametrize("lang", ["en", "ru", "tg"])
def test_report_and_terminal_in_three_languages(place, run, lang):
    status, out, _ = run("border", "inspect", *PASSPORT, *AT, "--watch-list", "ban.jsonl", "--lang", lang, "--report", "r.html", "--verbose")
    assert status == 1
    page = (place / "r.html").read_text()
    assert f'<html lang="{lang}">' in page
    word = {"en": "REFER", "ru": "НА ДОПОЛНИТЕЛЬНУЮ ПРОВЕРКУ", "tg": "БА САНҶИШИ ИЛОВАГӢ"}[lang]
    assert out.startswith(word)
    assert word.lower() in page.lower()
    passed = {"en": "passed", "ru": "пройдено", "tg": "гузашт"}[lang]
    assert re.search(rf"^{passed} +pa\.dg-hash", out, re.M)
    assert texts(lang).reason("pa.ds-revocation", "no-crl") in " ".join(out.split())


def test_evidence_goes_out_and_is_verified(place, run):
    signing = ["--export-signer", "signer.cer", "--export-key", "signer.key"]
    status, out, _ = run("border", "inspect", *PASSPORT, *AT, "--json", "--export", "e.zip", *signing)
    assert status == 0
    status, out, _ = run("border", "evidence", "verify", "e.zip", "--trust", "signer.cer", "--json")
    told = json.loads(out)
    assert (status, told["valid"], told["verdict"], told["judged_again"]) == (0, True, "admit", "admit")
    assert run("border", "evidence", "verify", "e.zip")[0] == 1  # nobody is trusted
    told = run("border", "evidence", "verify", "e.zip", "--trust", "signer.cer")[1]
    assert "evidence holds\nwhether the signer is revoked is not settled: no-crl\n" in told
    (place / "e.json").write_text(json.dumps({"mrz": "mrz.txt", "direction": "entry"}))
    (place / "desk.json").write_text(json.dumps({"trust": "authority/csca.cer", "at": "2026-11-24"}))
    call = ("border", "evidence", "export", "f.zip", "--evidence", "e.json", "--setup", "desk.json", *signing, "--json")
    status, out, _ = run(*call)
    assert json.loads(out)["verdict"] == "refer"
    status, out, _ = run("border", "evidence", "verify", "f.zip", "--trust", "signer.cer", "--json")
    assert (status, json.loads(out)["judged_again"]) == (0, "refer")


def test_an_index_of_lists(place, run):
    assert json.loads(run("border", "lists", "ban.jsonl", "--out", "ban.db", "--json")[1])["entries"] == {"ban": 1}
    status, out, _ = run("border", "inspect", *PASSPORT, *AT, "--json", "--watch-list", "ban.db")
    assert json.loads(out)["decided_by"] == ["holder.ban"]
    assert run("border", "lists", "ban.jsonl", "--out", "ban.db")[0] == 2
    (place / "bad.jsonl").write_text("{}\n")
    status, _, err = run("border", "lists", "bad.jsonl", "--out", "bad.db")
    assert status == 2
    assert "line 1" in err


@pytest.mark.parametrize("command", [("lists",), ("batch", "--workers", "1")])
def test_a_missing_file_of_the_name_of_the_output_is_missing(place, run, command):
    """It was made before it was read: an index of nobody, and a lane without travellers, with the exit status 0."""
    for source in ("new", "new.unfinished"):
        status, _, err = run("border", command[0], source, *command[1:], "--out", "new")
        assert (status, "cannot read" in err) == (2, True)
        assert not [path for path in place.iterdir() if path.name.startswith("new")]


def test_a_list_is_checked_and_its_entries_that_nobody_is_found_by_are_named(place, run):
    rows = [BAN, {**BAN, "id": "B-2", "primary_identifier": "李", "secondary_identifier": "明"}, {**BAN, "id": "B-3", "secondary_identifier": ""},
            {**BAN, "id": "B-4", "document_number": "A1", "issuing_state": "GER"}]  # fmt: skip
    (place / "l.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    for arguments in (["l.jsonl"], ["l.jsonl", "--out", "l.db"], ["l.db"]):
        status, out, _ = run("border", "lists", *arguments, "--json")
        shown = json.loads(out)
        assert status == 1  # B-2 could be nobody's
        assert shown["entries"] == {"ban": 4}
        assert [(row["id"], row["category"], row["reason"]) for row in shown["unfit"]] == [("B-2", "ban", "script"), ("B-3", "ban", "too-little"), ("B-4", "ban", "code")]
        assert shown["digests"] == {arguments[-1]: shown["digest"]}
    status, out, _ = run("border", "lists", "l.jsonl", "ban.jsonl")
    assert "in letters that no table has: ban B-2" in out
    assert "or the number has no State: ban B-4" in out
    assert "no whole date of birth: only a holder without another name is found: ban B-3" in out
    assert run("border", "lists", "ban.jsonl")[0] == 0
    status, out, _ = run("border", "inspect", *PASSPORT, *AT, "--watch-list", "l.db", "--lang", "ru")
    assert "записей, по имени которых найти нельзя: 1" in out
    assert "с номером без государства: 1" in out
    assert "слишком мало сведений" in out


def test_a_list_that_is_pinned(place, run):
    pin = json.loads(run("border", "lists", "ban.jsonl", "--out", "ban.db", "--json")[1])["digest"]
    for path in ("ban.jsonl", "ban.db"):
        assert run("border", "inspect", *PASSPORT, *AT, "--watch-list", path, "--list-digest", pin)[0] == 1
    (place / "other.jsonl").write_text(json.dumps({**BAN, "primary_identifier": "EKBERG"}) + "\n")
    assert run("border", "inspect", *PASSPORT, *AT, "--watch-list", "other.jsonl")[0] == 0
    for arguments in (
        ["--watch-list", "other.jsonl", "--list-digest", pin],
        ["--watch-list", "ban.db", "--permit", "other.jsonl", "--list-digest", pin],
        ["--list-digest", pin],
    ):
        status, _, err = run("border", "inspect", *PASSPORT, *AT, *arguments)
        assert status == 2
        assert "pinned" in err or "a list is missing" in err
    status, _, err = run("border", "batch", "lane", "--trust", "authority/csca.cer", "--watch-list", "other.jsonl", "--list-digest", pin)
    assert (status, "pinned" in err) == (2, True)


@pytest.mark.parametrize(
    ("sql", "status"),
    [("DELETE FROM key", 1), ("UPDATE entry SET data = 'x'", 1), ("DROP TABLE key", 2), ("DELETE FROM meta WHERE key LIKE 'count%'", 2)],
)
def test_an_index_that_was_altered_lets_nobody_through(place, run, sql, status):
    run("border", "lists", "ban.jsonl", "--out", "ban.db")
    with sqlite3.connect("ban.db") as database:
        database.execute(sql)
    database.close()
    found, out, _ = run("border", "inspect", *PASSPORT, *AT, "--json", "--watch-list", "ban.db")
    assert found == status
    if status == 1:
        verdict = json.loads(out)
        assert (verdict["verdict"], verdict["decided_by"]) == ("refer", ["holder.ban"])
        assert "list-altered" in {finding["reason"] for finding in verdict["findings"]}
    assert run("border", "lists", "ban.db")[0] == 2


# ---------------------------------------------------------------------------------------------------------------- batch


@pytest.fixture
def lane(place):
    for number in range(6):
        folder = place / "lane" / f"{number}"
        shutil.copytree(place / "chip", folder / "chip")
        shutil.copy(place / "mrz.txt", folder)
    (place / "lane" / "3" / "chip" / "EF_SOD.bin").write_bytes(b"\x77\x00")
    shutil.rmtree(place / "lane" / "4" / "chip")
    (place / "lane" / "4" / "mrz.txt").unlink()
    return place


BATCH = ["--trust", "authority/csca.cer", "--direction", "entry", "--workers", "1"]


def test_batch_resumes_where_it_broke_off(lane, run):
    status, out, err = run("border", "batch", "lane", *BATCH, *AT)
    rows = [json.loads(line) for line in out.splitlines()]
    assert status == 1
    assert [row["id"] for row in rows] == list("012345")
    assert [row["verdict"] for row in rows] == ["admit", "admit", "admit", "refuse", None, "admit"]
    assert "admit 4, error 1, refuse 1" in err
    assert run("border", "batch", "lane", *BATCH, *AT, "--out", "r.jsonl")[0] == 1
    whole = Path("r.jsonl").read_text()
    assert whole == out
    assert Path("r.jsonl").stat().st_mode & 0o777 == 0o600
    # broken off in the middle of a line; the time of judgement is that of the first run
    Path("r.jsonl").write_text(whole[: len(whole) // 2])
    status, _, err = run("border", "batch", "lane", *BATCH, "--out", "r.jsonl")
    assert Path("r.jsonl").read_text() == whole
    assert "admit 4, error 1, refuse 1" in err


def test_results_of_something_else_are_not_gone_on_with(lane, run):
    run("border", "batch", "lane", *BATCH, *AT, "--out", "r.jsonl")
    for more in (["--at", "2026-11-25"], ["--direction", "exit"], ["--watch-list", "ban.jsonl"]):
        assert run("border", "batch", "lane", *BATCH, "--out", "r.jsonl", *more)[0] == 2
    shutil.rmtree(lane / "lane" / "0")
    assert run("border", "batch", "lane", *BATCH, "--out", "r.jsonl")[0] == 2
    Path("other.jsonl").write_text("{}\n")
    assert run("border", "batch", "lane", *BATCH, "--out", "other.jsonl")[0] == 2


def test_batch_reads_tar_and_lines(lane, run, monkeypatch):
    with tarfile.open("lane.tar", "w") as archive:
        archive.add("lane", arcname=".")
    _, out, _ = run("border", "batch", "lane.tar", *BATCH, *AT)
    assert [json.loads(line)["verdict"] for line in out.splitlines()] == ["admit"] * 3 + ["refuse", None, "admit"]
    lines = (json.dumps({"mrz": Path("mrz.txt").read_text()}) + "\n").encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(lines)))
    _, out, _ = run("border", "batch", "-", *BATCH, *AT)
    assert json.loads(out)["id"] == "-:1"
    assert json.loads(out)["verdict"] == "refer"


def test_a_batch_of_lines_with_ids_of_their_own_resumes(lane, run):
    zone = Path("mrz.txt").read_text()
    ids = ["A", "B", None, "A", "C", "C", "x y"]
    rows = [json.dumps({"mrz": zone, **({"id": name} if name else {})}) for name in ids]
    Path("l.jsonl").write_text("\n".join(rows) + "\n")
    run("border", "batch", "l.jsonl", *BATCH, *AT, "--out", "r.jsonl")
    whole = Path("r.jsonl").read_text()
    names = ["A", "B", "l.jsonl:3", "l.jsonl:4", "C", "l.jsonl:6", "x y"]
    assert [json.loads(line)["id"] for line in whole.splitlines()] == names
    for done in range(len(ids)):
        Path("r.jsonl").write_text("".join(whole.splitlines(keepends=True)[:done]))
        run("border", "batch", "l.jsonl", *BATCH, "--out", "r.jsonl")
        assert Path("r.jsonl").read_text() == whole
    # a line of another id in the first one's place
    Path("l.jsonl").write_text("\n".join([rows[1], rows[0], *rows[2:]]) + "\n")
    status, _, err = run("border", "batch", "l.jsonl", *BATCH, "--out", "r.jsonl")
    assert status == 2
    assert "results of other records" in err


def test_lines_of_files_of_one_name_have_places_of_their_own(lane, run):
    zone = Path("mrz.txt").read_text()
    for folder in ("mon", "tue"):
        Path(folder).mkdir()
        Path(folder, "lane.jsonl").write_text((json.dumps({"mrz": zone}) + "\n") * 2)
    Path("one.jsonl").write_text(json.dumps({"mrz": zone, "id": "tue/lane.jsonl:1"}) + "\n" + json.dumps({"mrz": zone, "id": "0"}))
    paths = ["one.jsonl", "mon/lane.jsonl", "tue/lane.jsonl", "lane", "one.jsonl"]
    run("border", "batch", *paths, *BATCH, *AT, "--out", "r.jsonl")
    whole = Path("r.jsonl").read_text()
    rows = [json.loads(line) for line in whole.splitlines()]
    assert [row["id"] for row in rows] == [
        "tue/lane.jsonl:1", "0", "mon/lane.jsonl:1", "mon/lane.jsonl:2", "./tue/lane.jsonl:1", "tue/lane.jsonl:2",
        "./0", *"12345", "one.jsonl:1", "one.jsonl:2",
    ]  # fmt: skip
    assert [row["id"] for row in rows if row["verdict"] is None] == ["4"]  # an empty folder
    for done in range(len(rows)):
        Path("r.jsonl").write_text("".join(whole.splitlines(keepends=True)[:done]))
        run("border", "batch", *paths, *BATCH, "--out", "r.jsonl")
        assert Path("r.jsonl").read_text() == whole


def test_what_is_wrong_with_a_path_is_a_result_and_the_next_path_is_judged(lane, run):
    with tarfile.open("a.tar", "w") as archive:
        archive.add("lane/0", arcname="lane/0")
    data = Path("a.tar").read_bytes()
    zone = Path("mrz.txt").read_text()
    Path("b.jsonl").write_text(json.dumps({"mrz": zone}) + "\n")
    for bad, ids in ((data + b"junk", ["0", "a.tar", "b.jsonl:1"]), (data[:2000], ["a.tar", "b.jsonl:1"])):
        Path("a.tar").write_bytes(bad)
        for name in ("r.jsonl", "r.jsonl.state"):
            Path(name).unlink(missing_ok=True)
        for _ in range(2):  # and again
            status, _, _ = run("border", "batch", "a.tar", "b.jsonl", *BATCH, *AT, "--out", "r.jsonl")
            rows = [json.loads(line) for line in Path("r.jsonl").read_text().splitlines()]
            assert (status, [row["id"] for row in rows]) == (1, ids)
            assert [row["verdict"] for row in rows][-2:] == [None, "refer"]
            assert rows[-2]["error"]["code"] == "input"
            assert "a.tar" in rows[-2]["error"]["message"]
        Path("r.jsonl").write_text(json.dumps(rows[0]) + "\n")  # as a build before left it
        run("border", "batch", "a.tar", "b.jsonl", *BATCH, *AT, "--out", "r.jsonl")
        assert [json.loads(line)["id"] for line in Path("r.jsonl").read_text().splitlines()] == ids
    assert run("border", "batch", "b.jsonl", "nowhere", *BATCH, *AT) == (2, "", "tjdocs: cannot read: nowhere; No such file or directory\n")


def test_batch_calls_that_cannot_be_used(lane, run):
    assert run("border", "batch", "nowhere", *BATCH)[0] == 2
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_batch_output, "CONNECT", "1s")  # nobody listens there
        assert run("border", "batch", "lane", *BATCH, "--dask", "tcp://127.0.0.1:1", *AT)[0] == 2
    assert run("border", "batch", "lane", *BATCH, "--out", "no/r.jsonl")[0] == 2
