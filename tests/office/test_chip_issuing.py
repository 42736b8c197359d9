"""Issuing for chips: keys of their own, the files that offer them, and the days of Doc 9303-11, 4.1."""

import dataclasses
import shutil
import stat
import subprocess
from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
from asn1crypto import cms as asn1_cms
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from tests.support.command_line import run
from tests.support.offices import used
from tjdocs import specs
from tjdocs.border import Evidence, Inspector
from tjdocs.chip import CardKeys, access_dates, read
from tjdocs.chip.passwords import MrzKey
from tjdocs.documents import DocumentTypes, example, type_files
from tjdocs.documents.chip_content import ActiveContent, AgreementContent, ChipContent
from tjdocs.documents.load_types import bundled
from tjdocs.errors import KeyMaterialError, SpecError, TjdocsError, UsageError
from tjdocs.lds.dg14 import Dg14, SecurityInfos
from tjdocs.office import Office, chip_keys
from tjdocs.office.emulated_card import emulated_card
from tjdocs.pki import Authority, TrustStore
from tjdocs.register import Register

KIND = "external-passport"
PROTOCOLS = ["PACE-ECDH-CAM-AES-CBC-CMAC-128", "PACE-ECDH-GM-AES-CBC-CMAC-128"]


@pytest.fixture(scope="module")
def folder(trial, application, now, tmp_path_factory):
    """A passport as it was issued."""
    place = tmp_path_factory.mktemp("chip")
    office = Office(trial, Register(f"sqlite:///{place / 'register.db'}"))
    office.issue(application, at=now, out=place / "passport")
    return place / "passport"


def session(folder, trial, now, **options):
    """The verdict on the chip in a folder, and its findings by check and subject."""
    card, zone = emulated_card(folder, at=now.date())
    reading = read(card, MrzKey.of(zone), **options)
    verdict = Inspector(trust=TrustStore.of([trial.csca])).inspect(Evidence(mrz=zone.lines, chip=reading), at=now)
    return verdict, findings(verdict), reading


def findings(verdict):
    return {
        f"{finding.check} {finding.subject}".strip(): (str(finding.outcome), finding.reason)
        for finding in verdict.findings
        if finding.check.startswith("chip.")
    }


@pytest.mark.requirement("ICAO-CHIP-ISSUE")
def test_a_new_passport_is_read_by_pace_and_proves_each_key(folder, trial, now):
    verdict, found, reading = session(folder, trial, now)
    assert verdict.decision == "admit"
    passed = ["access", "pace", "secure-messaging", "ca", "aa", "ca EF.CardSecurity", "downgrade", "clone", "genuine"]
    assert {name: found[f"chip.{name}"] for name in passed} == dict.fromkeys(passed, ("passed", ""))
    assert found["chip.bac"] == ("not-applicable", "not-used")
    assert reading.pace.protocol.name == PROTOCOLS[0]
    assert set(reading.files) == {
        "EF.CardAccess", "EF.CardSecurity", "EF.COM", "EF.SOD", "DG1", "DG2", "DG11", "DG12", "DG14", "DG15",
    }  # fmt: skip


def test_generic_mapping_is_there_for_readers_without_the_other(folder, trial, now):
    """The chip takes each protocol that it offers; here it is left with generic mapping."""
    card, zone = emulated_card(folder, at=now.date())
    card._pace = tuple(one for one in card._pace if one.mapping == "GM")
    files = SecurityInfos.parse(card.files["EF.CardAccess"])
    card.files["EF.CardAccess"] = SecurityInfos.of(i.raw for i in files.infos if "-GM-" in i.name).encode()
    reading = read(card, MrzKey.of(zone))
    assert (reading.pace.protocol.mapping, str(reading.steps[0].outcome)) == ("GM", "passed")
    assert reading.chip_authentication is not None


def test_a_copy_without_the_keys_is_refused(folder, trial, now, tmp_path):
    shutil.copytree(folder, tmp_path / "copy")
    (tmp_path / "copy/chip_keys.json").unlink()
    verdict, found, _ = session(tmp_path / "copy", trial, now)
    assert verdict.decision == "refuse"
    assert found["chip.clone"] == found["chip.genuine"] == ("failed", "not-proved")
    assert {name: found[name][0] for name in ("chip.ca", "chip.aa", "chip.ca EF.CardSecurity")} == {
        "chip.ca": "failed",
        "chip.aa": "failed",
        "chip.ca EF.CardSecurity": "failed",
    }


def test_the_keys_of_another_chip_prove_nothing(folder, trial, application, now, tmp_path):
    office = Office(trial, Register(f"sqlite:///{tmp_path / 'other.db'}"))
    other = office.issue(application, at=now, out=tmp_path / "other")
    mine, theirs = CardKeys.parse((folder / "chip_keys.json").read_bytes()), other.keys
    assert mine.mapping != theirs.mapping
    assert dict(mine.chip_authentication) != dict(theirs.chip_authentication)
    assert mine.active_authentication.private_numbers() != theirs.active_authentication.private_numbers()
    shutil.copytree(folder, tmp_path / "swapped")
    shutil.copy(tmp_path / "other/chip_keys.json", tmp_path / "swapped/chip_keys.json")
    verdict, found, _ = session(tmp_path / "swapped", trial, now)
    assert (verdict.decision, found["chip.clone"]) == ("refuse", ("failed", "not-proved"))


def test_the_keys_are_their_owners_alone(folder):
    mode = (folder / "chip_keys.json").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


def test_no_key_is_in_register_record_or_repr(trial, application, now, tmp_path):
    register = Register(f"sqlite:///{tmp_path / 'register.db'}")
    issued = Office(trial, register).issue(application, at=now, out=tmp_path / "out")
    keys = issued.keys
    numbers = [
        *keys.chip_authentication.values(), keys.mapping, keys.active_authentication.private_numbers().private_value,
    ]  # fmt: skip
    assert len(numbers) == 3
    places = [path for path in tmp_path.rglob("*") if path.is_file() and path.name != "chip_keys.json"]
    assert {"register.db", "record.json", "DG14.bin"} <= {path.name for path in places}
    texts = {path.name: path.read_bytes() for path in places} | {"repr": repr(issued).encode()}
    for number in numbers:
        raw = number.to_bytes(32, "big")
        assert raw.hex().lstrip("0").encode() in (tmp_path / "out/chip_keys.json").read_bytes() or number == numbers[2]
        for name, text in texts.items():
            for shape in (raw, raw.hex().encode(), raw.hex().upper().encode(), str(number).encode()):
                assert shape not in text, name
    assert "chip_keys" not in issued.record["files"]
    assert set(register.document(issued.document_number).files) == {*issued.chip, "page.png", "page.pdf"}


def test_the_files_are_those_of_the_type(folder):
    """Doc 9303-11, 9.2.11: the infos of EF.CardAccess are in DG14 and in EF.CardSecurity."""
    chip = {path.name: path.read_bytes() for path in (folder / "chip").iterdir()}
    access = {info.name: info.raw for info in SecurityInfos.parse(chip["EF_CardAccess.bin"]).infos}
    assert sorted(access) == PROTOCOLS
    dg14 = {info.name: info.raw for info in Dg14.parse(chip["DG14.bin"]).infos}
    assert access.items() <= dg14.items()
    assert dg14.keys() - access.keys() == {"CA-ECDH-AES-CBC-CMAC-128", "PK-ECDH", "aaProtocolObject"}
    signed = asn1_cms.ContentInfo.load(chip["EF_CardSecurity.bin"])["content"]["encap_content_info"]
    infos = SecurityInfos.parse(signed["content"].native)
    assert {info.raw for info in infos.infos} > set(access.values())
    assert {info.name: info.identifier for info in infos.infos}["PK-ECDH"] == 12  # the number of its parameters


def test_openssl_verifies_ef_card_security(application, now, tmp_path):
    """Signature and path of EF.CardSecurity, by another program; it takes named curves alone."""
    authority = Authority.create(tmp_path / "authority", at=now - timedelta(days=1), named_curves=True)
    office = Office(authority, Register(f"sqlite:///{tmp_path / 'register.db'}"))
    issued = office.issue(application, at=now, out=tmp_path / "out")
    (tmp_path / "csca.cer").write_bytes(authority.csca.raw)
    pem = tmp_path / "csca.pem"
    subprocess.run(["openssl", "x509", "-inform", "DER", "-in", tmp_path / "csca.cer", "-out", pem], check=True)
    file, content = tmp_path / "out/chip/EF_CardSecurity.bin", tmp_path / "content"
    command = ["openssl", "cms", "-verify", "-inform", "DER", "-in", file, "-CAfile", pem, "-purpose", "any", "-binary"]
    command += ["-attime", str(int(now.timestamp())), "-out", content]
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert len(SecurityInfos.parse(content.read_bytes()).infos) == 3
    shown = subprocess.run(
        ["openssl", "asn1parse", "-inform", "DER", "-in", file], capture_output=True, text=True, check=True
    ).stdout
    assert ":0.4.0.127.0.7.3.2.1" in shown
    changed = bytearray(issued.chip["EF.CardSecurity"])
    changed[changed.index(bytes.fromhex("04007F00070202040602"))] ^= 1
    file.write_bytes(changed)
    assert subprocess.run(command, capture_output=True, check=False).returncode != 0


# a folder as files


def judged(files, trial, now, lines):
    return Inspector(trust=TrustStore.of([trial.csca])).inspect(Evidence(mrz=lines, chip=files), at=now)


def test_files_are_compared_as_a_reading_is(folder, trial, now, tmp_path):
    """EF.CardAccess is not signed, and a folder has it for whoever compares it."""
    lines = (folder / "mrz.txt").read_text().splitlines()
    verdict = judged(folder / "chip", trial, now, lines)
    assert verdict.decision == "admit"
    assert findings(verdict) == {"chip.downgrade": ("passed", ""), "chip.genuine": ("undetermined", "not-read-live")}
    shutil.copytree(folder / "chip", tmp_path / "weaker")
    infos = SecurityInfos.parse((tmp_path / "weaker/EF_CardAccess.bin").read_bytes()).infos
    weaker = SecurityInfos.of(info.raw for info in infos if "-GM-" in info.name).encode()
    (tmp_path / "weaker/EF_CardAccess.bin").write_bytes(weaker)
    verdict = judged(tmp_path / "weaker", trial, now, lines)
    assert (verdict.decision, findings(verdict)["chip.downgrade"]) == ("refer", ("failed", "differs"))
    (tmp_path / "weaker/EF_CardAccess.bin").unlink()  # a scanner that hands over no such file accuses nobody
    verdict = judged(tmp_path / "weaker", trial, now, lines)
    assert verdict.decision == "admit"
    assert findings(verdict) == {"chip.genuine": ("undetermined", "not-read-live")}


def test_a_folder_of_before_is_read_as_before(folder, trial, now, tmp_path):
    """Without the file of the keys and EF.CardAccess the card has basic access control."""
    shutil.copytree(folder, tmp_path / "old")
    for name in ("chip_keys.json", "chip/EF_CardAccess.bin", "chip/EF_CardSecurity.bin"):
        (tmp_path / "old" / name).unlink()
    card, zone = emulated_card(tmp_path / "old", at=now.date())
    reading = read(card, MrzKey.of(zone))
    assert next((step.check, str(step.outcome)) for step in reading.steps) == ("chip.bac", "passed")
    assert "DG15" in reading.files


def test_a_chip_has_basic_access_control_as_its_type_says(folder, trial, now, tmp_path):
    shutil.copytree(folder, tmp_path / "pace")
    (tmp_path / "pace/chip/EF_CardAccess.bin").unlink()
    _, found, reading = session(tmp_path / "pace", trial, now)
    assert found["chip.access"] == ("failed", "no-access")
    assert reading.files == {}


def test_damaged_keys_are_named(folder, now, tmp_path):
    shutil.copytree(folder, tmp_path / "bad")
    (tmp_path / "bad/chip_keys.json").write_text("{}")
    with pytest.raises(KeyMaterialError, match="not the keys of a chip"):
        emulated_card(tmp_path / "bad", at=now.date())


# the act


def without_key(change):
    make = chip_keys.make

    def other(content, signer, at):
        made = make(content, signer, at)
        return dataclasses.replace(made, keys=change(made.keys))

    return other


LOST = {
    "DG14": lambda keys: dataclasses.replace(keys, chip_authentication={None: 5}),
    "DG15": lambda keys: dataclasses.replace(keys, active_authentication=ec.generate_private_key(ec.SECP256R1())),
    "EF.CardSecurity": lambda keys: dataclasses.replace(keys, mapping=5),
}


@pytest.mark.parametrize("name", LOST)
def test_a_chip_that_could_not_prove_its_keys_is_not_issued(tied, register, application, now, tmp_path, monkeypatch, name):
    monkeypatch.setattr(chip_keys, "make", without_key(LOST[name]))
    with pytest.raises(TjdocsError, match="did not read back") as error:
        tied.issue(application, at=now, out=tmp_path / "out")
    assert error.value.where == f"key of {name}"
    assert not (tmp_path / "out").exists()
    assert register.document("T00000001").status == "spoiled"


def test_ef_card_security_of_another_signer_is_not_issued(tied, application, now, tmp_path, monkeypatch):
    stranger = Authority.create(tmp_path / "stranger", at=now - timedelta(days=1)).document_signer()
    make = chip_keys.make
    monkeypatch.setattr(chip_keys, "make", lambda content, signer, at: make(content, stranger, at))
    with pytest.raises(TjdocsError, match="did not read back") as error:
        tied.issue(application, at=now)
    assert error.value.where == "EF.CardSecurity"


def test_a_signer_of_today_signs_today(application, now, tmp_path):
    """The day of issue is a whole day: a signer made in the course of it signs both files of that day."""
    authority = Authority.create(tmp_path / "authority", at=now)
    issued = Office(authority, Register(f"sqlite:///{tmp_path / 'register.db'}")).issue(application, at=now, out=tmp_path / "out")
    assert issued.keys is not None
    verdict, found, _ = session(tmp_path / "out", authority, now)
    assert (verdict.decision, found["chip.ca EF.CardSecurity"]) == ("admit", ("passed", ""))


@pytest.mark.parametrize("kind", ["internal-passport", "stateless-id"])
def test_cards_have_the_same_chip(trial, kind, now, tmp_path):
    office = Office(trial, Register(f"sqlite:///{tmp_path / 'register.db'}"))
    office.issue(example(kind, at=now), at=now, out=tmp_path / "out")
    _, found, _ = session(tmp_path / "out", trial, now)
    assert (found["chip.pace"], found["chip.genuine"]) == (("passed", ""), ("passed", ""))
    issued = office.issue(example(kind, at=now), at=now, out=tmp_path / "plain", chip=False)
    assert issued.keys is None
    assert not (tmp_path / "plain/chip_keys.json").exists()


# the days of Doc 9303-11, 4.1


def test_the_days_are_those_of_the_standard():
    rows = [(row.protocol, row.must, row.issued_from, row.valid_from) for row in access_dates.dates()]
    assert rows == [
        ("PACE", "have", date(2027, 1, 1), None),
        ("BAC", "not-have", date(2028, 1, 1), None),
        ("BAC", "not-have", None, date(2038, 1, 1)),
    ]
    assert {(row.source, row.article) for row in access_dates.dates()} == {("Doc 9303-11", "4.1")}


BOTH = ("PACE", "BAC")


@pytest.mark.requirement("ICAO-CHIP-DATES")
@pytest.mark.parametrize(
    ("protocols", "issued", "expires", "broken"),
    [
        ((), "2026-12-31", "2036-12-30", []),
        (("BAC",), "2026-12-31", "2036-12-30", []),
        (("BAC",), "2027-01-01", "2036-12-31", ["pace-in-new-chips"]),
        ((), "2027-01-01", "2036-12-31", ["pace-in-new-chips"]),
        (BOTH, "2027-12-31", "2037-12-31", []),
        (BOTH, "2027-12-31", "2038-01-01", ["no-bac-in-circulation"]),
        (BOTH, "2028-01-01", "2037-12-31", ["no-bac-in-new-chips"]),
        (("BAC",), "2028-01-01", "2038-01-01", ["pace-in-new-chips", "no-bac-in-new-chips", "no-bac-in-circulation"]),
        (("PACE",), "2028-01-01", "2038-01-01", []),
        (("PACE",), "2099-01-01", "2109-01-01", []),
    ],
)
def test_a_chip_breaks_the_demands_from_their_day_on(protocols, issued, expires, broken):
    days = {"issued": date.fromisoformat(issued), "expires": date.fromisoformat(expires)}
    assert [row.id for row in access_dates.broken(protocols, **days)] == broken


def with_chip(chip):
    """The types with another chip in the passport."""
    return DocumentTypes({**bundled(), KIND: dataclasses.replace(bundled()[KIND], chip=chip)})


def with_bac():
    return with_chip(msgspec.structs.replace(bundled()[KIND].chip, bac=True))


def office_of(day, types, tmp_path):
    at = datetime(*day, 12, tzinfo=UTC)
    authority = Authority.create(tmp_path / f"authority-{at.date()}", at=at - timedelta(days=1))
    return Office(authority, Register(f"sqlite:///{tmp_path / str(at.date())}.db"), types=types), at


def test_a_type_with_basic_access_control_ends_with_2027(tmp_path):
    types = with_bac()
    office, at = office_of((2027, 12, 31), types, tmp_path)
    issued = office.issue(example(KIND, at=at), at=at)
    assert issued.keys.bac
    assert issued.date_of_expiry < date(2038, 1, 1)  # ten years from the last such day end before the clause does
    office, at = office_of((2028, 1, 1), types, tmp_path)
    with pytest.raises(UsageError, match="may not be issued") as error:
        office.issue(example(KIND, at=at), at=at)
    assert error.value.where == "no-bac-in-new-chips: 2028-01-01"
    assert "Doc 9303-11, 4.1" in error.value.hint
    assert used(office._register) == {}  # no number was taken


def test_a_longer_document_with_basic_access_control_is_refused_earlier():
    types = with_bac()
    kind = types[KIND]
    with pytest.raises(UsageError) as error:
        chip_keys.check_dates(kind.chip, issued=date(2027, 6, 1), expires=date(2038, 1, 1))
    assert error.value.where == "no-bac-in-circulation: 2038-01-01"


def test_the_bundled_types_have_no_end():
    for kind in bundled().values():
        if kind.chip is not None:
            chip_keys.check_dates(kind.chip, issued=date(2050, 1, 1), expires=date(2060, 1, 1))
            assert kind.chip.access == ("PACE",)


# what a type's file may say

GROUPS = (1, 2, 14, 15)
PACE = AgreementContent(("PACE-ECDH-GM-AES-CBC-CMAC-128",), "secp256r1")
CAM = AgreementContent(tuple(PROTOCOLS), "secp256r1")
CA = AgreementContent(("CA-ECDH-AES-CBC-CMAC-128",), "secp256r1")
EC, RSA = ActiveContent("secp256r1", "sha256"), ActiveContent("rsa-2048", "sha256")


def content(groups=GROUPS, **values):
    more = {"required": True, "requirement": "EXT-1", "lds_version": "0108", "unicode_version": "040000"}
    return ChipContent(data_groups=groups, digest="sha256", **more, **values)


@pytest.mark.parametrize(
    ("groups", "values"),
    [
        ((1, 2), {"pace": PACE}),
        ((1, 2), {"active_authentication": RSA}),
        ((1, 2, 14), {}),
        ((1, 2, 15), {}),
        ((1, 2, 14, 15), {"active_authentication": RSA}),
        ((1, 2, 15), {"active_authentication": EC}),
        ((1, 2, 14), {"pace": CAM}),  # mapping without chip authentication (Doc 9303-11, 4.4)
        ((1, 2, 14), {"pace": AgreementContent(CAM.protocols[:1], CAM.group), "chip_authentication": CA}),
    ],
)
def test_a_chip_that_contradicts_itself_is_refused(groups, values):
    with pytest.raises(ValueError, match="Doc 9303-1"):
        content(groups, **values)


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('group = "secp256r1"', 'group = "secp257r1"', "secp257r1"),
        ("PACE-ECDH-GM-AES-CBC-CMAC-128", "PACE-DH-GM-AES-CBC-CMAC-128", "PACE-DH-GM-AES-CBC-CMAC-128"),
        ("CA-ECDH-AES-CBC-CMAC-128", "CA-ECDH-AES-CBC-CMAC-129", "CA-ECDH-AES-CBC-CMAC-129"),
        ('key = "secp256r1"', 'key = "rsa-512"', "rsa-512"),
        ('hash = "sha256"\n', 'hash = "sha1"\n', "sha1"),
        ("protocols = [\"CA-ECDH-AES-CBC-CMAC-128\"]", "protocols = []", "each once"),
    ],
)
def test_an_unknown_protocol_or_key_is_an_error_of_the_file(old, new, named):
    text = specs.read_bytes(f"documents/{KIND}.toml").decode()
    assert old in text
    with pytest.raises(SpecError) as error:
        type_files.parse(text.replace(old, new).encode(), KIND, "type.toml")
    assert named in str(error.value)


VARIANTS = {
    "pace alone": ((1, 2, 14), {"pace": PACE}, {"EF.CardAccess"}, {"chip.genuine": ("undetermined", "no-key")}),
    "rsa alone": ((1, 2, 15), {"active_authentication": RSA}, set(), {"chip.aa": ("passed", ""), "chip.bac": ("passed", "")}),
    "all, other groups": (
        GROUPS,
        {
            "pace": AgreementContent(("PACE-ECDH-IM-AES-CBC-CMAC-256", "PACE-ECDH-CAM-AES-CBC-CMAC-256"), "brainpoolP384r1"),
            "chip_authentication": AgreementContent(("CA-DH-AES-CBC-CMAC-128",), "modp-2048-224"),
            "active_authentication": ActiveContent("brainpoolP384r1", "sha384"),
        },
        {"EF.CardAccess", "EF.CardSecurity"},
        {"chip.ca": ("passed", ""), "chip.aa": ("passed", ""), "chip.ca EF.CardSecurity": ("passed", "")},
    ),
    "nothing": ((1, 2), {}, set(), {"chip.bac": ("passed", ""), "chip.genuine": ("undetermined", "no-key")}),
}


@pytest.mark.parametrize("name", VARIANTS)
def test_a_type_may_choose_other_protocols(trial, application, now, tmp_path, name):
    groups, values, files, expected = VARIANTS[name]
    types = with_chip(content(groups, **values))
    office = Office(trial, Register(f"sqlite:///{tmp_path / 'register.db'}"), types=types)
    issued = office.issue(application, at=now, out=tmp_path / "out")
    assert set(issued.chip) - {"EF.COM", "EF.SOD", *(f"DG{n}" for n in groups)} == files
    assert (tmp_path / "out/chip_keys.json").exists() == (name not in ("nothing", "pace alone"))
    assert isinstance(issued.keys.active_authentication, rsa.RSAPrivateKey) == (name == "rsa alone")
    _, found, reading = session(tmp_path / "out", trial, now)
    assert {check: found[check] for check in expected} == expected
    assert set(reading.files) == set(issued.chip)


# the command line, in a fresh folder


def test_a_fresh_folder_from_issue_to_clone(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run("authority", "create", "authority")[0] == 0
    status, out, _ = run("documents", "example", KIND)
    (tmp_path / "application.json").write_text(out)
    status, out, _ = run("issue", KIND, "--authority", "authority", "--application", "application.json", "--out", "passport")
    assert status == 0
    assert "passport/chip_keys.json" in out
    ask = ("--trust", "authority/csca.cer")
    status, out, _ = run("chip", "read", "--emulate", "passport", *ask, "-v")
    assert (status, out.splitlines()[0]) == (0, "ADMIT")
    assert PROTOCOLS[0] in out
    status, out, _ = run("verify", "passport/chip", *ask, "--mrz", "passport/mrz.txt")
    assert (status, out.splitlines()[0]) == (0, "ADMIT")
    shutil.copytree("passport", "clone")
    (tmp_path / "clone/chip_keys.json").unlink()
    status, out, _ = run("chip", "read", "--emulate", "clone", *ask)
    assert (status, out.splitlines()[0]) == (1, "REFUSE")
    assert "chip.clone/not-proved" in out
    status, _, _ = run("verify", "clone/chip", *ask, "--mrz", "clone/mrz.txt")
    assert status == 0  # its files are genuine: that alone no verification of files can see


def test_the_form_of_the_dates_is_checked():
    with pytest.raises(ValueError, match="one of them"):
        access_dates.AccessDate(id="x", protocol="BAC", must="have", source="s", article="a")
    assert msgspec.structs.fields(access_dates.AccessDate)
