"""``documents``, ``issue`` and ``issue-batch`` as other programs call them."""

import base64
import json
import re
from pathlib import Path

import pytest

from tests.cli.test_cli import asked, run
from tjdocs.documents import texts

FIVE = ["external-passport", "internal-passport", "registration-certificate", "return-certificate", "stateless-id"]
SIXTH = Path(__file__).parents[1] / "office/refugee-travel-document.toml"
AT = "2026-11-24"


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cli-documents")
    assert run("authority", "create", folder / "authority", "--at", AT)[0] == 0
    for name in FIVE:
        (folder / f"{name}.json").write_text(run("documents", "example", name, "--at", AT)[1])
    (folder / "types").mkdir()
    (folder / "types" / SIXTH.name).write_bytes(SIXTH.read_bytes())
    return folder


def changed(place, tmp_path, name, **changes):
    table = json.loads((place / f"{name}.json").read_text())
    for key, value in changes.items():
        if value is None:
            del table[key]
        else:
            table[key] = value
    path = tmp_path / f"{name}.json"
    path.write_text(json.dumps(table))
    return path


def issue(place, out, name, application=None, *more):
    return asked(
        "issue", name, "--authority", place / "authority", "--application", application or place / f"{name}.json",
        "--out", out, "--at", AT, *more,
    )  # fmt: skip


def test_list():
    status, rows = asked("documents", "list")
    assert status == 0
    assert [row["document_type"] for row in rows] == FIVE


@pytest.mark.parametrize("name", FIVE)
@pytest.mark.parametrize("lang", ["en", "ru", "tg"])
def test_show_tells_what_to_bring_and_the_article_that_asks_for_it(name, lang):
    status, said = asked("documents", "show", name, "--lang", lang)
    assert status == 0
    assert all(field["bring"] and field["article"] for field in said["fields"])
    assert all(rule["sentence"] and rule["article"] and rule["requirement"] for rule in said["rules"])
    assert {rule["reviewed"] for rule in said["rules"]} == {lang == "en"}
    # what a portrait must be is told before one is handed in
    assert said["portrait"]["smallest"] == [240, 320]
    status, out, _ = run("documents", "show", name, "--lang", lang)
    assert status == 0
    assert all(field["bring"] in out and field["article"] in out for field in said["fields"])
    assert all(rule["sentence"] in out for rule in said["rules"])
    assert (texts.word("unreviewed", lang=lang) in out) == (lang != "en")


@pytest.mark.parametrize("lang", ["en", "ru", "tg"])
def test_show_has_categories_articles_acts_and_what_no_native_reader_has_signed(lang):
    status, said = asked("documents", "show", "registration-certificate", "--lang", lang)
    assert status == 0
    assert [row["category"] for row in said["categories"]] == list("ABCDEFG")
    assert [row["printed"] for row in said["notes"]] == [True, True, False]
    assert (said["reviewed"], said["page"]) == (["en"], {"layout": "registration", "reviewed": False})
    assert said["acts"] == [{"cited": "Law 1652 of 18.12.2019", "signed": "2019-12-18", "registered": "2019-12-19"}]
    out = run("documents", "show", "registration-certificate", "--lang", lang)[1]
    assert all(f"{row['category']}: {row['text']}" in out for row in said["categories"])
    assert all(row["text"] in out for row in said["notes"])
    assert texts.word("page_unreviewed", lang=lang) in out
    assert out.startswith(said["titles"][lang])
    assert texts.word("acts", lang=lang) in out


def test_show_names_repealed_and_amended_acts_and_the_word_for_a_consent():
    out = run("documents", "show", "stateless-id")[1]
    assert "Resolution 218 of 15.05.1999: repealed by Resolution 207 of 31.03.2020\n" in out
    out = run("documents", "show", "external-passport")[1]
    assert "Resolution 294 of 27.05.2020: amended by Resolution 687 of 31.12.2020\n" in out
    assert "the consent of the legal representatives, written legal-representatives" in out
    assert "Acts:" not in run("documents", "show", "internal-passport")[1]


def test_show_in_words():
    out = run("documents", "show", "stateless-id")[1]
    assert "residence_permit" in out
    assert "para. 26, Resolution 218 of 15.05.1999" in out
    assert "240 x 320 pixels at least" in out
    assert "at most 20% of a side is cut away" in out
    assert "valid for, in years: 1\n" in out
    assert "may be used to leave the country, to enter the country\n" in out
    assert "\n  ICAO-PORTRAIT  The portrait shows one upright face." in out  # as wide as the longest requirement


@pytest.mark.parametrize("lang", ["en", "ru", "tg"])
def test_show_tells_what_each_document_is(lang):
    said = {name: run("documents", "show", name, "--lang", lang)[1] for name in FIVE}
    words = {name: texts.word(name, lang=lang) for name in ("chip", "chip_optional", "seal", "once", "shorter")}
    have = {word: {name for name in FIVE if re.search(rf"\b{text}\b", said[name])} for word, text in words.items()}
    assert have["chip"] >= {"external-passport"}
    assert have["chip_optional"] == {"internal-passport", "stateless-id"}
    assert have["seal"] == {"stateless-id", "registration-certificate", "return-certificate"}
    assert have["once"] == {"return-certificate"}
    assert have["shorter"] == {"stateless-id", "return-certificate"}
    assert all("{" not in out for out in said.values())
    headings = ("applicant", "portrait", "document", "rules")
    assert all(texts.word(heading, lang=lang) in out for out in said.values() for heading in headings)


@pytest.mark.parametrize("name", FIVE)
def test_an_example_is_taken_the_same_day(place, tmp_path, name):
    status, said = issue(place, tmp_path / "out", name)
    assert status == 0
    assert (said["document_type"], said["date_of_issue"]) == (name, AT)
    on_disk = {str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert on_disk == set(said["files"]) >= {"mrz.txt", "record.json"}
    chip = name in ("external-passport", "internal-passport", "stateless-id")
    assert ("chip/EF_SOD.bin" in on_disk) == chip
    assert run("mrz", "parse", tmp_path / "out/mrz.txt", "--at", AT)[0] == 0


def test_a_stateless_persons_example_has_a_residence_permit(place):
    table = json.loads((place / "stateless-id.json").read_text())
    assert set(table["residence_permit"]) == {"number", "issued", "expires"}


UNLAWFUL = [
    ("external-passport", {"citizenship": "UZB"}, {"EXT-3"}),
    ("external-passport", {"citizenship": "UZB", "citizenship_record": None, "date_of_birth": "2020-01-01"}, {"EXT-3", "CIT-1", "EXT-4"}),
    ("internal-passport", {"citizenship": "XXA"}, {"INT-1"}),
    ("stateless-id", {"residence_permit": None}, {"STL-1"}),
    ("stateless-id", {"residence_permit": {"number": "7", "issued": "2020-01-01", "expires": "2026-11-23"}}, {"STL-1"}),
    ("registration-certificate", {"date_of_acceptance": "2026-11-23", "date_of_entry": "2016-12-31", "category": "H"}, {"REG-1", "REG-2", "REG-3"}),
    ("return-certificate", {"located_in": "TJK"}, {"RET-1"}),
    ("return-certificate", {"journey": {"destination": "ДУШАНБЕ", "state": "TJK", "until": "2026-11-23"}}, {"RET-2"}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "changes", "requirements"), UNLAWFUL)
def test_what_the_law_does_not_allow(place, tmp_path, name, changes, requirements):
    status, said = issue(place, tmp_path / "out", name, changed(place, tmp_path, name, **changes))
    assert status == 1
    assert {row["requirement"] for row in said["refused"]} == requirements
    assert all(row.keys() == {"rule", "requirement", "outcome", "detail"} for row in said["refused"])
    assert not (tmp_path / "out").exists()
    status, out, err = run(
        "issue", name, "--authority", place / "authority", "--application", tmp_path / f"{name}.json", "--out",
        tmp_path / "out", "--at", AT, "--lang", "tg",
    )  # fmt: skip
    assert (status, err) == (1, "")
    assert all(requirement in out for requirement in requirements)


def test_what_is_malformed_comes_at_once_and_without_its_content(place, tmp_path):
    path = changed(
        place, tmp_path, "external-passport", family_name="SECRET7;", sex="W", portrait="%%%", citizenship="UZB"
    )
    status, said = issue(place, tmp_path / "out", "external-passport", path)
    assert status == 2
    assert said["error"]["code"] == "application"
    assert all(field in said["error"]["message"] for field in ("family_name", "sex", "portrait"))
    assert "'7' (U+0037, DIGIT SEVEN)" in said["error"]["hint"]
    status, out, err = run(
        "issue", "external-passport", "--authority", place / "authority", "--application", path, "--out",
        tmp_path / "out", "--at", AT,
    )  # fmt: skip
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert "SECRET" not in err + json.dumps(said)


@pytest.mark.parametrize(
    ("portrait", "reason"),
    [(b"no picture", "image-format"), (b"\x89PNG\r\n\x1a\n" + bytes(8) + b"\x00\x01\x86\xa0" * 2, "image-limit")],
)
def test_a_portrait_that_is_none(place, tmp_path, portrait, reason):
    path = changed(place, tmp_path, "return-certificate", portrait=base64.b64encode(portrait).decode())
    status, said = issue(place, tmp_path / "out", "return-certificate", path)
    assert (status, reason in said["error"]["message"]) == (2, True)


def test_check_judges_without_issuing(place, tmp_path):
    kept = {"family_name": "ERICSSON", "given_names": "ANNA NAMUNA", "reason": "earlier-document"}
    path = changed(place, tmp_path, "stateless-id", spelling=kept)
    status, said = asked("documents", "check", "stateless-id", "--application", path, "--at", AT)
    assert (status, said["eligible"], said["date_of_expiry"]) == (0, True, "2027-11-23")
    assert said["spelling"] == {
        "primary_identifier": "ERICSSON",
        "secondary_identifier": "ANNA NAMUNA",
        "proposed": {"primary_identifier": "ERIKSSON", "secondary_identifier": "ANNA NAMUNA"},
        "kept": True,
    }
    out = run("documents", "check", "stateless-id", "--application", path, "--at", AT)[1]
    assert "in the zone: ERICSSON, ANNA NAMUNA" in out
    assert "proposed: ERIKSSON, ANNA NAMUNA" in out
    one = {"single_name": "yes", "given_names": None, "patronymic": None}
    out = run("documents", "check", "stateless-id", "--application", changed(place, tmp_path, "stateless-id", **one), "--at", AT)[1]
    assert "in the zone: ERIKSSON\n" in out
    path = changed(place, tmp_path, "stateless-id", citizenship="TJK")
    status, said = asked("documents", "check", "stateless-id", "--application", path, "--at", AT)
    assert (status, said["eligible"]) == (1, False)
    assert run("documents", "check", "external-passport", "--application", path, "--at", AT)[0] == 2


def test_the_schema_is_the_published_one():
    published = Path(__file__).parents[2] / "specs/application.schema.json"
    assert run("documents", "schema")[1] == published.read_text(encoding="utf-8")


def test_no_chip(place, tmp_path):
    status, said = issue(place, tmp_path / "out", "internal-passport", None, "--no-chip")
    assert (status, [name for name in said["files"] if name.startswith("chip/")]) == (0, [])
    assert issue(place, tmp_path / "other", "external-passport", None, "--no-chip")[0] == 2


def test_override(place, tmp_path):
    path = changed(place, tmp_path, "registration-certificate", category="F", citizenship="XXX")
    arguments = (place, tmp_path / "out", "registration-certificate", path)
    assert issue(*arguments)[0] == 1
    assert issue(*arguments, "--override", "former-union-open=agreed")[0] == 2  # nobody decides
    assert issue(*arguments, "--override", "former-union-open", "--officer", "officer-7")[0] == 2  # for no reason
    assert issue(*arguments, "--override", "category=agreed", "--officer", "officer-7")[0] == 2  # not allowed
    status, _ = issue(*arguments, "--override", "former-union-open=agreed", "--officer", "officer-7")
    assert status == 0
    record = json.loads((tmp_path / "out/record.json").read_text())
    assert record["overrides"] == [{"rule": "former-union-open", "officer": "officer-7", "reason": "agreed"}]


@pytest.mark.parametrize("given", ["option", "environment"])
def test_a_sixth_type_by_its_file_alone(place, tmp_path, given):
    types = ("--types", place / "types") if given == "option" else ()
    env = {} if given == "option" else {"TJDOCS_DOCUMENT_TYPES": str(place / "types")}
    name = "refugee-travel-document"
    assert len(asked("documents", "list", *types, env=env)[1]) == 6
    assert asked("documents", "show", name, *types, env=env)[0] == 0
    application = tmp_path / "application.json"
    application.write_text(run("documents", "example", name, "--at", AT, *types, env=env)[1])
    status, said = asked(
        "issue", name, "--authority", place / "authority", "--application", application, "--out", tmp_path / "out",
        "--at", AT, *types, env=env,
    )  # fmt: skip
    assert (status, said["mrz"][0][:5]) == (0, "PRTJK")
    status, said = asked(
        "verify", tmp_path / "out/chip", "--trust", place / "authority/csca.cer", "--mrz", tmp_path / "out/mrz.txt", "--at", AT
    )
    assert (status, said["verdict"]) == (0, "admit")
    status, _, err = run("documents", "show", name)  # without the folder there is none
    assert (status, err.count("\n")) == (2, 1)


@pytest.mark.parametrize("folder", ["missing", "authority"])
def test_a_folder_that_holds_no_types(place, folder):
    for command in (("documents", "list"), ("documents", "show", "external-passport"), ("documents", "schema")):
        status, out, err = run(*command, "--types", place / folder)
        assert (status, out, err.count("\n")) == (2, "", 1)


def test_issue_batch(place, tmp_path):
    good = json.loads((place / "external-passport.json").read_text())
    lines = [good, {**good, "citizenship": "UZB"}, {**good, "family_name": "A;"}]
    (tmp_path / "batch.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    command = (
        "issue-batch", "external-passport", tmp_path / "batch.jsonl", "--authority", place / "authority", "--out",
        tmp_path / "out", "--at", AT, "--workers", "1", "--no-pages", "--register", f"sqlite:///{place / 'authority/register.db'}",
    )  # fmt: skip
    status, said = asked(*command)
    assert status == 1
    assert {key: said[key] for key in ("issued", "done", "refused", "unusable")} == {
        "issued": 1,
        "done": 0,
        "refused": 1,
        "unusable": 1,
    }
    refused, unusable = said["lines"]
    assert (refused["line"], [row["requirement"] for row in refused["refused"]]) == (2, ["EXT-3"])
    assert (unusable["line"], [row["field"] for row in unusable["faults"]]) == (3, ["family_name"])
    assert (tmp_path / "out/00000001/record.json").exists()
    status, out, err = run(*command)
    assert (status, err) == (1, "")
    assert "line 2: EXT-3" in out
    assert "line 3: family_name: missing rule for ';'" in out
    assert out.rstrip().endswith("0 issued, 1 done, 1 refused, 1 unusable")
    assert run(*command, "--rejected", tmp_path / "r.jsonl")[0] == 1
    rejected = [json.loads(line) for line in (tmp_path / "r.jsonl").read_text().splitlines()]
    assert [row.pop("rejected")[:14] for row in rejected] == ["line 2 | EXT-3", "line 3 | famil"]
    assert rejected == lines[1:]
    assert "the path exists already" in run(*command, "--rejected", tmp_path / "r.jsonl")[2]
    assert (tmp_path / "out/index.csv").read_text().splitlines()[1].startswith("T0000000")
    assert "ЭРИКССОН" not in out + json.dumps(said, ensure_ascii=False)


def test_a_batch_tells_a_log_how_far_it_is(place, tmp_path):
    bad = {**json.loads((place / "external-passport.json").read_text()), "citizenship": "UZB"}
    (tmp_path / "batch.jsonl").write_text((json.dumps(bad) + "\n") * 250)
    status, out, err = run(
        "issue-batch", "external-passport", tmp_path / "batch.jsonl", "--authority", place / "authority", "--out",
        tmp_path / "out", "--at", AT, "--workers", "1", "--no-pages", "--register", f"sqlite:///{place / 'authority/register.db'}",
    )  # fmt: skip
    assert (status, out.rstrip().splitlines()[-1]) == (1, "0 issued, 0 done, 250 refused, 0 unusable")
    assert err.splitlines() == ["tjdocs: applications: 100 of 250", "tjdocs: applications: 200 of 250"]


def test_a_batch_of_another_spreadsheet(place, tmp_path):
    (tmp_path / "batch.csv").write_text("family_name;sex\nA;W\n")
    command = (
        "issue-batch", "external-passport", tmp_path / "batch.csv", "--authority", place / "authority", "--out",
        tmp_path / "out", "--at", AT, "--workers", "1", "--register", f"sqlite:///{place / 'authority/register.db'}",
    )  # fmt: skip
    status, out, err = run(*command)
    assert (status, err) == (1, "tjdocs: batch.csv: cells are parted by semicolons\n")
    assert "line 2: sex" in out
    status, out, _ = run(*command, "--json")
    assert json.loads(out)["notes"] == ["cells are parted by semicolons"]
    (tmp_path / "batch.csv").write_bytes("family_name;sex\nСПЕСИМЕН;W\n".encode("cp1251"))
    status, out, err = run(*command[:6], tmp_path / "other", *command[7:])
    assert (status, out) == (2, "")
    assert "it looks like Windows-1251" in err
    assert "iconv -f CP1251 -t UTF-8 batch.csv > NEW.csv" in err


@pytest.mark.parametrize(
    "arguments",
    [
        ("issue-batch", "external-passport", "missing.jsonl", "--authority", "authority", "--out", "o"),
        ("issue-batch", "no-such", "external-passport.json", "--authority", "authority", "--out", "o"),
        ("issue-batch", "external-passport", "external-passport.json", "--authority", "missing", "--out", "o"),
        ("issue-batch", "external-passport", "external-passport.json", "--authority", "authority", "--out", "authority"),
        ("issue-batch", "external-passport", "external-passport.json", "--authority", "authority", "--out", "o", "--workers", "99"),
        ("documents", "check", "external-passport", "--application", "missing"),
        ("documents", "show", "external-passport", "--lang", "fr"),
    ],
)  # fmt: skip
def test_bad_calls_give_one_clear_line(place, arguments):
    status, out, err = run(*arguments, cwd=place)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("tjdocs: ")
    assert asked(*arguments, cwd=place)[1]["error"].keys() == {"code", "message", "hint"}
