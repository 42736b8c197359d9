"""The command line as other programs call it: keys, exit statuses, one clear line for a bad call."""

import contextlib
import io
import json
import re
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from tests.support import builders as b
from tests.support.lists_made import master_list
from tjdocs.border import Policy
from tjdocs.cli import main
from tjdocs.pki import TrustStore
from tjdocs.pki.trust.import_files import read_certificate, read_crl

AT = "2026-11-24"
LATER = "2026-12-01"


def process(*arguments):
    """Run the command line in a process of its own, as other programs do."""
    done = subprocess.run([sys.executable, "-m", "tjdocs", *map(str, arguments)], capture_output=True, check=False)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def run(*arguments, stdin=b"", cwd=None, env=None):
    """Run the command line in this process: starting one for every call would take most of the time."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["tjdocs", *map(str, arguments)])
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        for name, value in {"TJDOCS_PASSPHRASE": "", **(env or {})}.items():
            patch.setenv(name, value)
        if cwd:
            patch.chdir(cwd)
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), pytest.raises(SystemExit) as ended:
            main()
    return ended.value.code, out.getvalue(), err.getvalue()


def asked(*arguments, **more):
    status, out, _ = run(*arguments, "--json", **more)
    return status, json.loads(out)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """An authority with named curves, an application, and a passport issued from them."""
    folder = tmp_path_factory.mktemp("cli")
    assert run("authority", "create", folder / "authority", "--named-curves", "--at", AT)[0] == 0
    status, application, _ = run("documents", "example", "external-passport", "--at", AT)
    assert status == 0
    (folder / "application.json").write_text(application)
    status, summary = asked(
        "issue", "external-passport", "--authority", folder / "authority",
        "--application", folder / "application.json", "--out", folder / "out", "--at", AT,
    )  # fmt: skip
    assert status == 0
    (folder / "summary.json").write_text(json.dumps(summary))
    return folder


def test_issue(place):
    summary = json.loads((place / "summary.json").read_text())
    assert summary["document_type"] == "external-passport"
    assert (summary["date_of_issue"], summary["date_of_expiry"]) == ("2026-11-24", "2036-11-23")
    assert (place / "out/mrz.txt").read_text().split() == summary["mrz"]
    on_disk = {str(path.relative_to(place / "out")) for path in (place / "out").rglob("*") if path.is_file()}
    assert on_disk == set(summary["files"])
    assert {"chip/EF_COM.bin", "chip/EF_SOD.bin", "chip/DG1.bin", "chip/DG2.bin", "page.png", "page.pdf"} <= on_disk
    assert (place / "authority/register.db").exists()


def test_files_in_the_way_are_never_overwritten(place):
    before = {path: path.read_bytes() for path in (place / "out").rglob("*") if path.is_file()}
    status, out, err = run(
        "issue", "external-passport", "--authority", place / "authority",
        "--application", place / "application.json", "--out", place / "out", "--at", AT,
    )  # fmt: skip
    assert (status, out) == (2, "")
    assert err.startswith("tjdocs: not an empty folder")
    assert {path: path.read_bytes() for path in (place / "out").rglob("*") if path.is_file()} == before


@pytest.mark.requirement("EXT-3")
def test_an_application_that_is_not_eligible(place, tmp_path):
    application = json.loads((place / "application.json").read_text())
    application |= {"citizenship": "UZB", "date_of_birth": "2020-01-01"}
    (tmp_path / "a.json").write_text(json.dumps(application))
    status, said = asked(
        "issue", "external-passport", "--authority", place / "authority",
        "--application", tmp_path / "a.json", "--out", tmp_path / "out", "--at", AT,
    )  # fmt: skip
    assert status == 1
    assert {row["requirement"] for row in said["refused"]} == {"EXT-3", "EXT-4"}
    assert all(row.keys() == {"rule", "requirement", "outcome", "detail"} for row in said["refused"])
    assert not (tmp_path / "out").exists()


def test_verify(place):
    chip, csca = place / "out/chip", place / "authority/csca.cer"
    status, said = asked("verify", chip, "--trust", csca, "--mrz", place / "out/mrz.txt", "--at", AT)
    assert (status, said["verdict"]) == (0, "admit")
    assert "pa.authentic" in said["decided_by"]
    assert all(f.keys() - {"message"} == {"check", "outcome", "reason", "detail", "subject"} for f in said["findings"])
    status, said = asked("verify", chip, "--at", AT)
    assert (status, said["verdict"]) == (1, "refer")
    crl = place / "authority/csca.crl"
    _, said = asked("verify", chip, "--trust", csca, "--crl", crl, "--at", AT)
    assert {f["outcome"] for f in said["findings"] if f["check"] == "pa.ds-revocation"} == {"passed"}
    assert asked("verify", chip, "--trust", csca, "--at", "2040-01-01")[1]["verdict"] == "refuse"


@pytest.mark.requirement("TR-VERDICT")
def test_verify_for_a_person(place, tmp_path):
    report = tmp_path / "report.html"
    status, out, err = run(
        "verify", place / "out/chip", "--trust", place / "authority/csca.cer", "--at", AT, "--report", report
    )
    assert (status, err) == (0, "")
    assert out.startswith("ADMIT\n")
    passed, unchecked = map(int, re.search(r"^passed: (\d+); not checked: (\d+) \(-v lists them\)$", out, re.M).groups())
    assert passed > 10
    assert not re.search("^(passed|not-applicable) ", out, re.M)
    _, long, _ = run("verify", place / "out/chip", "--trust", place / "authority/csca.cer", "--at", AT, "--verbose")
    assert long.startswith("ADMIT\n")
    assert len(re.findall("^passed ", long, re.M)) == passed
    assert f"passed: {passed}; not checked: {unchecked}\n" in long
    assert "ERIKSSON" in report.read_text()


def test_a_chip_is_judged_in_the_language_asked_for(place, tmp_path):
    given = ("verify", place / "out/chip", "--trust", place / "authority/csca.cer", "--at", AT)
    status, out, _ = run(*given, "--lang", "ru", "--report", tmp_path / "r.html")
    assert status == 0
    assert "пройдено: " in out
    assert out.startswith("ПРОПУСТИТЬ")
    assert '<html lang="ru">' in (tmp_path / "r.html").read_text()
    status, _, err = run(*given, "--lang", "de")
    assert (status, err.count("\n")) == (2, 1)


def test_a_trust_store_pinned_by_its_digest(place, tmp_path):
    store = tmp_path / "trust.db"
    status, said = asked("trust", "import", "--store", store, place / "authority/csca.cer", "--trust-candidates")
    assert (status, said["sources"][0]["certificates"]) == (0, 1)
    digest = TrustStore(store).digest
    chip = place / "out/chip"
    assert run("verify", chip, "--trust", store, "--trust-digest", digest, "--at", AT)[0] == 0
    status, _, err = run("verify", chip, "--trust", store, "--trust-digest", "00" * 32, "--at", AT)
    assert (status, err.count("\n")) == (2, 1)
    assert said["trust_digest"] == digest
    # a digest of before pins the certificates alone, and that is said
    before = TrustStore(store).certificates_digest
    status, out, err = run("verify", chip, "--trust", store, "--trust-digest", before, "--at", AT, "--json")
    assert (status, json.loads(out)["verdict"]) == (0, "admit")
    assert err.count("\n") == 1
    assert digest in err
    # who said so is pinned: the same certificate with another word for it
    again = tmp_path / "again.db"
    asked("trust", "import", "--store", again, place / "authority/csca.cer", "--bilateral")
    assert TrustStore(again).certificates_digest == before
    assert run("verify", chip, "--trust", again, "--trust-digest", digest, "--at", AT)[0] == 2


def test_a_pin_of_a_store_without_the_signers_of_its_lists_is_told(place, tmp_path):
    """Whoever takes them from the file hides that one is revoked, and a store of before is no other."""
    (tmp_path / "a.ml").write_bytes(master_list([b.csca("CSCA Elsewhere", "XX").raw]))
    (tmp_path / "anchor.cer").write_bytes(b.utopia().raw)
    store = tmp_path / "trust.db"
    asked("trust", "import", "--store", store, tmp_path / "a.ml", "--anchor", tmp_path / "anchor.cer", "--at", AT)
    again = run("trust", "import", "--store", store, tmp_path / "a.ml", "--anchor", tmp_path / "anchor.cer", "--at", AT)[1]
    assert "signature passed; signer's revocation not settled (no-crl)" in again
    explained = run("trust", "explain", "--store", store, "--country", "XX", "--at", AT)[1]
    assert "Whether the signer of a.ml is revoked is not settled (no-crl). No revocation list of that State was handed over." in explained
    pinned = ("verify", place / "out/chip", "--trust", store, "--trust-digest", TrustStore(store).digest, "--at", AT)
    assert run(*pinned)[2] == ""
    with closing(sqlite3.connect(store)) as database, database:
        database.execute("DELETE FROM signer")
    assert "whether the signers of a.ml are revoked cannot be told" in run(*pinned)[2]


def test_whom_a_policy_believes(place, tmp_path):
    store, csca = tmp_path / "trust.db", place / "authority/csca.cer"
    assert asked("trust", "import", "--store", store, csca, "--bilateral", "--at", AT)[0] == 0
    (row,) = asked("trust", "list", "--store", store)[1]
    assert row["trusted"] == "bilateral"
    assert [(s["name"], s["kind"], s["imported"][:10]) for s in row["held_by"]] == [("csca.cer", "bilateral", AT[:10])]
    default = Policy.default().source.decode()
    tables = {
        "believed: received bilaterally": 'believe = ["bilateral"]\n',
        "not believed: the ground bilateral does not count": 'believe = ["anchor", "list"]\nlists = 2\n',
        "not believed: denied by the policy": 'believe = ["bilateral"]\ndenied = ["' + row["sha256"] + '"]\n',
    }
    verdicts = []
    for number, (said, table) in enumerate(tables.items()):
        path = tmp_path / f"{number}.toml"
        before, _, rest = default.partition("[trust]\n")
        path.write_text(f"{before}[trust]\n{table}{rest.partition(chr(10))[2]}")
        explained = run("trust", "explain", "--store", store, "--country", "TJ", "--policy", path)[1]
        assert f"under the policy: {said}" in explained
        inspected = ["border", "inspect", "--chip", place / "out/chip", "--trust", store, "--policy", path, "--at", AT]
        answer = asked(*inspected)[1]
        (chain,) = (f for f in answer["findings"] if f["check"] == "pa.ds-chain")
        verdicts.append((answer["verdict"], chain["outcome"], chain["reason"]))
        # a chip judged by itself is judged by the same
        status, alone = asked("verify", place / "out/chip", "--trust", store, "--policy", path, "--at", AT)
        assert chain in alone["findings"]
        assert (status, alone["verdict"]) == (int(answer["verdict"] != "admit"), answer["verdict"])
    assert verdicts == [
        ("admit", "passed", ""),
        ("refer", "undetermined", "not-believed"),
        ("refuse", "failed", "denied"),
    ]
    path.write_text(default.replace("[trust]", "[thrust]"))
    status, _, err = run("trust", "explain", "--store", store, "--country", "TJ", "--policy", path)
    assert (status, err.count("\n")) == (2, 1)
    assert "unknown thrust" in err
    assert "trust" in err.partition("known are")[2]


def test_what_a_policy_demands_of_a_chip(place, tmp_path):
    """What is demanded is the file's, not only whom to believe: an expired document may be referred."""
    path = tmp_path / "lane.toml"
    rule = 'rule = [\n{ check = "doc.expiry", outcome = "failed", decision = "refer" },\n'
    path.write_text(Policy.default().source.decode().replace("rule = [\n", rule, 1))
    late = ("verify", place / "out/chip", "--trust", place / "authority/csca.cer", "--at", "2037-01-01")
    assert asked(*late)[1]["verdict"] == "refuse"
    status, said = asked(*late, "--policy", path)
    assert (status, said["verdict"], said["decided_by"]) == (1, "refer", ["doc.expiry"])
    assert said["policy_sha256"] == Policy.read(path).sha256
    for wrong in (tmp_path / "missing", place / "authority/csca.cer"):
        status, _, err = run(*late, "--policy", wrong)
        assert (status, err.count("\n")) == (2, 1)


def test_revoking(place, tmp_path):
    folder = tmp_path / "own"
    assert run("authority", "create", folder, "--at", AT)[0] == 0
    first = next((folder / "signers").glob("ds-*.cer"))
    second = folder / "signers/ds-0002.cer"
    assert run("authority", "signer", folder, "--at", AT)[0] == 0
    number = f"{read_certificate(second).serial:x}"
    status, _, err = run("authority", "crl", folder, "--revoke", "0a1B", "--at", LATER)  # no certificate of that number
    assert (status, err.count("\n")) == (2, 1)
    status, _, err = run("authority", "crl", folder, "--revoke", first, "--revoke", number, "--at", LATER)
    assert (status, err) == (0, "")
    status, _, err = run("authority", "crl", folder, "--at", LATER + "T12:00:01+00:00")  # the entries stay
    assert status == 0
    assert "less than 48 hours old (Doc 9303-12, 4.1.5)" in err
    assert err.count("\n") == 1
    assert asked("authority", "crl", folder, "--at", LATER + "T12:00:02+00:00")[1]["early"] is True
    serials = read_crl(folder / "csca.crl").serials
    assert serials == {read_certificate(first).serial, read_certificate(second).serial}
    for wrong in ("not hexadecimal", place / "authority/csca.cer"):
        status, _, err = run("authority", "crl", folder, "--revoke", wrong, "--at", "2026-12-24")
        assert (status, err.count("\n")) == (2, 1)
        assert "--revoke" in err or "not a certificate of this authority" in err


def test_candidates_are_not_trusted(place, tmp_path):
    store = tmp_path / "trust.db"
    status, said = asked("trust", "import", "--store", store, place / "authority/csca.cer")
    assert (status, said["certificates"], said["trusted"]) == (1, 1, 0)
    again = run("trust", "import", "--store", store, place / "authority/csca.cer")[1]
    assert "0 of 1 trusted: give --anchor FILE or --bilateral\n" in again
    assert asked("verify", place / "out/chip", "--trust", store, "--at", AT)[1]["verdict"] == "refer"
    _, rows = asked("trust", "list", "--store", store, "--country", "tj")
    assert [row["kind"] for row in rows] == ["self-signed"]
    assert {"subject", "issuer", "serial", "sha256", "country", "key", "not_before", "not_after", "sources"} <= set(rows[0])
    status, out, _ = run("trust", "explain", "--store", store, "--country", "TJ")
    assert status == 0
    assert "vouched for by its own key only" in out


def test_sod_show(place):
    status, said = asked("sod", "show", place / "out/chip/EF_SOD.bin")
    assert status == 0
    assert (said["lds_version"], said["hash_algorithm"]) == ("0108", "sha256")
    assert set(said["data_groups"]) == {"1", "2", "11", "12", "14", "15"}
    assert said["signature_algorithm"] == "ecdsa-sha256"
    assert "TRIAL" in said["signer_subject"]
    assert said["signer_issuer"].startswith("C=TJ, O=Republic of Tajikistan")
    int(said["certificate_serial"], 16)


@pytest.mark.parametrize(
    "name", ["out/chip/EF_SOD.bin", "out/chip/EF_COM.bin", "out/chip/DG1.bin", "authority/csca.cer", "out/mrz.txt"]
)
def test_dissect(place, name):
    status, said = asked("dissect", place / name)
    assert status == 0
    assert len(said["spans"]) >= 4
    data = (place / name).read_bytes()
    assert all(data[s["offset"] : s["offset"] + s["length"]].hex() == s["bytes"] for s in said["spans"])
    assert run("dissect", place / name)[0] == 0


@pytest.mark.parametrize("byte", [0x00, 0x0A, 0x7F, 0x80, 0x85, 0xA0, 0xE4, 0xFF], ids=hex)
@pytest.mark.parametrize("at", [0, 43, 44, 87])
def test_dissect_a_chips_zone_with_any_byte(tmp_path, byte, at):
    """Every byte of DG1 is one character, also one that no zone may have."""
    zone = bytearray(b"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<L898902C36UTO7408122F3603011ZE184226B<<<<<12")
    zone[at] = byte
    data = b"\x61\x5b\x5f\x1f\x58" + bytes(zone)
    (tmp_path / "DG1.bin").write_bytes(data)
    status, said = asked("dissect", tmp_path / "DG1.bin")
    assert status == 0
    assert all(data[s["offset"] : s["offset"] + s["length"]].hex() == s["bytes"] for s in said["spans"])
    assert run("dissect", tmp_path / "DG1.bin")[0] == 0


def test_authority(place, tmp_path):
    status, said = asked("authority", "signer", place / "authority", "--at", AT)
    assert (status, said["trial"]) == (0, True)
    assert run("authority", "crl", place / "authority", "--at", LATER)[0] == 0
    status, _, err = run("authority", "create", tmp_path / "p", "--production")
    assert (status, err.count("\n")) == (2, 1)
    status, _, err = run("authority", "create", tmp_path / "p", "--production", "--named-curves")
    assert (status, err.count("\n"), "9303-12, 4.1.6.3" in err) == (2, 1, True)
    assert not (tmp_path / "p").exists()
    _, _, err = run("authority", "create", tmp_path / "t")
    assert "plain files" in err
    secret = tmp_path / "secret"
    secret.write_text("correct horse\n")
    assert run("authority", "create", tmp_path / "q", "--production", "--passphrase-file", secret, "--at", AT)[0] == 0
    assert "TRIAL" not in asked("authority", "signer", tmp_path / "q", "--passphrase-file", secret, "--at", AT)[1]["csca"]["subject"]
    assert run("authority", "crl", tmp_path / "q", env={"TJDOCS_PASSPHRASE": "wrong"})[0] == 2
    status, _, err = run("authority", "create", tmp_path / "r", "--production", "--passphrase-file", secret, "--at", AT)
    assert (status, err.count("\n"), "second CSCA of that name" in err) == (2, 1, True)


def test_seal_signers(tmp_path):
    """One for each category, five in a year (Doc 9303-12, 4.1.3)."""
    folder = tmp_path / "own"
    made = asked("authority", "create", folder, "--at", AT)[1]
    assert list(made["seal_signers"]) == ["emergency-travel-document", "registration-certificate", "stateless-id"]
    status, out, err = run("authority", "seal-signer", folder, "visa", "--at", AT)
    assert (status, err) == (0, "tjdocs: 4 of 5 seal signers of a year (Doc 9303-12, 4.1.3)\n")
    assert "seal signer visa " in out
    said = asked("authority", "seal-signer", folder, "visa", "--at", LATER)[1]
    assert (said["document_signer"], said["seal_signers"]["visa"]["subject"]) == (made["document_signer"], "C=TJ, CN=05")
    assert said["seal_signers"] == {**made["seal_signers"], "visa": said["seal_signers"]["visa"]}
    status, _, err = run("authority", "seal-signer", folder, "visa", "--at", LATER)
    assert (status, err.count("\n"), "4.1.3" in err) == (2, 1, True)
    status, _, err = run("authority", "seal-signer", folder, "passport", "--at", LATER)
    assert (status, err.count("\n"), "unknown category" in err) == (2, 1, True)


def test_issuing_past_the_signers_period_names_the_command(place, tmp_path):
    status, _, err = run(
        "issue", "external-passport", "--authority", place / "authority",
        "--application", place / "application.json", "--out", tmp_path / "o", "--at", "2027-06-01",
    )  # fmt: skip
    assert status == 2
    assert "tjdocs authority signer" in err


def test_documents(place):
    assert asked("documents", "list")[1][0]["document_type"] == "external-passport"
    assert {"fields", "rules"} <= set(asked("documents", "show", "external-passport")[1])
    assert "Resolution 294" in run("documents", "show", "external-passport")[1]


ZONE = "PPUTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10\n"
KEYS = ["format", "valid", "document_code", "issuing_state", "document_number", "nationality", "date_of_birth", "sex", "date_of_expiry", "primary_identifier", "secondary_identifier", "optional_data", "optional_data_2", "problems"]


def test_mrz_parse_and_make():
    status, said = asked("mrz", "parse", stdin=ZONE.encode())
    assert (status, said["valid"]) == (0, True)
    assert set(KEYS) <= set(said)
    assert (said["document_number"], said["date_of_birth"]) == ("L898902C3", "1974-08-12")
    status, said = asked("mrz", "parse", stdin=ZONE.replace("L898902C36", "L898902C37").encode())
    assert (status, said["valid"]) == (1, False)
    assert {"code", "severity", "field", "position", "message", "expected", "found"} <= set(said["problems"][0])
    whole = asked("mrz", "parse", stdin=ZONE.encode())[1]
    assert run("mrz", "make", "--format", "TD3", stdin=json.dumps(whole).encode()) == (0, ZONE, "")


def test_mrz_parse_tells_a_person_where():
    _, out, _ = run("mrz", "parse", stdin=ZONE.replace("L898902C36", "L898902C37").lower().encode())
    assert "check-digit: document_number_check_digit, line 2, column 10: " in out
    assert "expected 6, found 7" in out
    assert "normalised: zone: " in out
    assert "line-length: zone, line 2, column 44: " in run("mrz", "parse", stdin=ZONE.encode()[:-2])[1]


def test_mrz_make_takes_the_format_of_the_json():
    card = "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<\n"
    whole = asked("mrz", "parse", stdin=card.encode())[1]
    assert run("mrz", "make", stdin=json.dumps(whole).encode()) == (0, card, "")
    assert run("mrz", "make", "--format", "TD3", stdin=json.dumps(whole).encode())[0] == 2
    assert run("mrz", "make", stdin=json.dumps(whole | {"format": 5}).encode())[0] == 2


def test_mrz_make_tells_the_table_and_the_strategy():
    fields = asked("mrz", "parse", stdin=ZONE.encode())[1] | {"primary_identifier": "ГУЛОВ", "secondary_identifier": "Х " * 30}
    status, said = asked("mrz", "make", "--transliteration", "icao", stdin=json.dumps(fields).encode())
    assert (status, said["transliteration"], said["truncation"]) == (0, "icao", "initials")
    assert said["lines"][0].startswith("PPUTOGULOV<<KH<K")


def test_mrz_make_says_what_would_be_right():
    for stdin in (b"{}", b"[]"):
        status, out, err = run("mrz", "make", stdin=stdin)
        assert (status, out, err.count("; ")) == (2, "", 1)


def test_mrz_lines():
    status, out, _ = run("mrz", "parse", "--lines", stdin=f"{ZONE}\n\n{ZONE}".encode())
    assert status == 0
    assert [json.loads(line)["valid"] for line in out.splitlines()] == [True, True]


def test_mrz_repair():
    # an O alone in the number may as well be a mistyped 0 elsewhere; one in the date too is a reader's
    misread = ZONE.replace("L898902C3", "L8989O2C3").replace("7408122", "74O8122")
    assert "7408122" in ZONE
    assert asked("mrz", "repair", stdin=ZONE.replace("L898902C3", "L8989O2C3").encode())[1]["candidates"]
    status, said = asked("mrz", "repair", stdin=misread.encode())
    assert (status, said["valid"], said["repaired"], said["document_number"]) == (0, True, True, "L898902C3")
    assert said == asked("mrz", "parse", "--repair", stdin=misread.encode())[1]
    status, out, _ = run("mrz", "repair", stdin=misread.encode())
    assert status == 0
    assert "changed   document_number, line 2, column 6: O read, 0 taken" in out
    assert f"read      {misread.splitlines()[1]}" in out
    status, out, _ = run("mrz", "repair", stdin=ZONE.replace("L898902C3", "L89*902C3").encode())
    assert status == 1
    assert [line.split()[-4:] for line in out.splitlines() if line.startswith("possible")] == [
        ["*", "read,", "8", "taken"], ["*", "read,", "I", "taken"], ["*", "read,", "S", "taken"],
    ]  # fmt: skip
    assert "possible" not in run("mrz", "repair", stdin=ZONE.encode())[1]


def test_mrz_make_cuts_names_as_told():
    fields = asked("mrz", "parse", stdin=ZONE.encode())[1] | {
        "primary_identifier": "NILAVADHANANANDA CHAYAPA", "secondary_identifier": "DEJTHAMRONG KRASUANG",
    }  # fmt: skip
    found = {
        strategy: run("mrz", "make", "--truncation", strategy, stdin=json.dumps(fields).encode())[1].splitlines()[0][5:]
        for strategy in ("initials", "fixed-length:8")
    }
    assert found == {
        "initials": "NILAVADHANANANDA<CHAYAPA<<DEJTHAMRONG<K",
        "fixed-length:8": "NILAVADHA<CHAYAPA<<DEJTHAMRONG<KRASUANG",
    }
    status, _, err = run("mrz", "make", "--truncation", "guess", stdin=json.dumps(fields).encode())
    assert status == 2
    assert "truncation" in err


@pytest.fixture
def unusable(tmp_path):
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "random").write_bytes(bytes(range(1, 256)) * 20)
    with open(tmp_path / "large", "wb") as file:
        file.truncate(100_000_000)
    (tmp_path / "nothing").mkdir()
    return tmp_path


BAD_CALLS = [
    ("verify", "missing"),
    ("verify", "empty"),
    ("verify", "nothing"),
    ("verify", "random"),
    ("verify", "nothing", "--trust", "missing"),
    ("verify", "nothing", "--trust", "random"),
    *(("sod", "show", name) for name in ("missing", "empty", "random", "large", "nothing")),
    *(("dissect", name) for name in ("missing", "empty", "large", "nothing")),
    *(("mrz", "parse", name) for name in ("missing", "empty", "large", "nothing")),
    *(("mrz", "make", name) for name in ("missing", "empty", "random")),
    *(("trust", "import", "--store", "s", name) for name in ("missing", "empty", "random", "large")),
    ("trust", "list", "--store", "missing"),
    ("trust", "list", "--store", "random"),
    ("trust", "explain", "--store", "missing", "--country", "TJ"),
    ("documents", "show", "no-such"),
    ("authority", "signer", "nothing"),
    ("verify", "nothing", "--at", "yesterday"),
    ("verify", "nothing", "--at", "2026-01-01T00:00:00"),
    ("no-such-command",),
    ("verify",),
    ("vectors", "run", "--area", "no-such"),
    ("issue", "external-passport", "--authority", "nothing", "--application", "missing", "--out", "o"),
]


@pytest.mark.parametrize("arguments", BAD_CALLS, ids=" ".join)
def test_bad_calls_give_one_clear_line(unusable, arguments):
    status, out, err = run(*arguments, cwd=unusable)
    assert (status, out) == (2, "")
    assert err.startswith("tjdocs: ")
    assert err.count("\n") == 1
    assert "Traceback" not in err
    status, out, _ = run(*arguments, "--json", cwd=unusable)
    assert status == 2
    assert json.loads(out)["error"].keys() == {"code", "message", "hint"}


def test_a_large_file_among_a_chips(place, tmp_path):
    chip = tmp_path / "chip"
    chip.mkdir()
    for path in (place / "out/chip").iterdir():
        (chip / path.name).write_bytes(path.read_bytes())
    with open(chip / "DG3.bin", "wb") as file:
        file.truncate(100_000_000)
    status, out, err = run("verify", chip)
    assert (status, out, err.count("\n")) == (2, "", 1)


def test_help_and_version():
    for arguments in ((), ("verify",), ("trust", "import"), ("authority", "create"), ("issue",)):
        status, out, _ = run(*arguments, "--help")
        assert status == 0
        assert "Usage" in out
    assert run("--version")[1].startswith("tjdocs ")


def test_as_a_process_of_its_own(place):
    status, out, err = process("verify", place / "out/chip", "--at", AT)
    assert (status, err) == (1, "")
    assert out.startswith("REFER\n")
    status, out, err = process("verify", place / "none")
    assert (status, out, err.count("\n")) == (2, "", 1)


def test_no_command_waits_for_the_database_of_another():
    """A scanner's program starts this for each document."""
    code = (
        "import sys; from tjdocs.cli import main; sys.argv = ['tjdocs', 'verify', '--help']\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "assert not {'sqlalchemy', 'fpdf', 'numpy', 'cv2'} & sys.modules.keys()"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0
