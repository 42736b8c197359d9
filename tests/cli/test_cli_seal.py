"""``tjdocs seal``, and seals given to ``verify`` and ``dissect``."""

import json
import stat

import pytest

from tests.cli.test_cli import asked, run
from tests.support import seals_made as s
from tjdocs.pki import TrustStore
from tjdocs.pki.trust.import_files import read_certificate
from tjdocs.seal import Seal, draw_bar_code

AT = "2026-11-24"
ZONE = s.zone(state="TJK", nationality="TJK")


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """An authority and a seal made by it."""
    folder = tmp_path_factory.mktemp("seal")
    assert run("authority", "create", folder / "a", "--at", AT)[0] == 0
    (folder / "features.json").write_text(json.dumps({"zone": ZONE}))
    (folder / "zone.txt").write_text(s.lines(ZONE))
    (folder / "other.txt").write_text(s.lines(s.zone(state="TJK", nationality="TJK", number="D23145891")))
    status, said = asked(
        "seal", "make", "emergency-travel-document", "--authority", folder / "a",
        "--features", folder / "features.json", "--issue-date", "2026-11-20", "--out", folder / "out", "--at", AT,
    )  # fmt: skip
    assert status == 0
    (folder / "said.json").write_text(json.dumps(said))
    return folder


def trusting(place, *more):
    return ("--trust", place / "a/csca.cer", "--seal-signer", place / "a/signers/seal-0001.cer", "--at", AT, *more)


def test_make(place):
    said = json.loads((place / "said.json").read_text())
    assert said["files"] == ["seal.bin", "seal.png"]
    assert (said["issue_date"], said["signature_date"], said["country"]) == ("2026-11-20", AT, "TJK")
    data = (place / "out/seal.bin").read_bytes()
    assert said["size"] == len(data) == 140
    assert Seal.parse(data).values == {"zone": ZONE}
    for name in said["files"]:
        assert stat.S_IMODE((place / "out" / name).stat().st_mode) == 0o600


def test_a_revoked_seal_signer_makes_no_seal(tmp_path):
    """Doc 9303-12, 4.1.5: every border would refuse what it signed."""
    authority, out = tmp_path / "a", tmp_path / "out"
    assert run("authority", "create", authority, "--at", AT)[0] == 0
    (tmp_path / "features.json").write_text(json.dumps({"zone": ZONE}))
    etd = ("seal", "make", "emergency-travel-document")
    make = (*etd, "--authority", authority, "--features", tmp_path / "features.json", "--out", out, "--at", "2026-11-27")
    signer = authority / "signers/seal-0001.cer"
    assert run("authority", "crl", authority, "--revoke", signer, "--at", "2026-11-26")[0] == 0
    status, _, err = run(*make)
    assert (status, err.count("\n"), "the signer is revoked" in err) == (2, 1, True)
    assert "tjdocs authority seal-signer DIR emergency-travel-document" in err
    assert not out.exists()
    assert run("authority", "seal-signer", authority, "emergency-travel-document", "--at", "2026-11-27")[0] == 0
    assert run(*make)[0] == 0


def test_each_category_has_its_signer(place, tmp_path):
    values = {"zone": s.zone(code="IR", state="TJK", nationality="UZB"), "category": "C", "date_of_acceptance": AT}
    (tmp_path / "features.json").write_text(json.dumps(values))
    given = ("--authority", place / "a", "--features", tmp_path / "features.json", "--out", tmp_path / "out", "--at", AT)
    assert asked("seal", "make", "registration-certificate", *given)[1]["signer"] == "TJ02"
    values = {"zone_b": s.visa(state="TJK"), "duration_of_stay": [30, 0, 0], "passport_number": "D23145890"}
    (tmp_path / "features.json").write_text(json.dumps(values))
    status, _, err = run("seal", "make", "visa", *given)
    assert (status, err.count("\n")) == (2, 1)
    assert "missing signer" in err
    assert "tjdocs authority seal-signer DIR visa" in err


def test_whom_a_policy_believes_of_a_seal(place, tmp_path):
    csca = TrustStore.of([read_certificate(place / "a/csca.cer")]).entries[0].certificate.sha256
    tables = {
        'believe = ["anchor"]': ("VALID", "passed", ""),
        'believe = ["list"]\nlists = 2': ("INVALID", "undetermined", "not-believed"),
        f'believe = ["anchor"]\ndenied = ["{csca}"]': ("INVALID", "failed", "denied"),
    }
    for table, expected in tables.items():
        path = tmp_path / "lane.toml"
        path.write_text(f'schema = 1\nname = "lane"\nrequires = ["seal.signature"]\nrule = []\n[trust]\n{table}\n')
        status, said = asked("seal", "verify", place / "out/seal.bin", *trusting(place, "--policy", path))
        (signer,) = (f for f in said["findings"] if f["check"] == "seal.signer")
        assert (said["status"], signer["outcome"], signer["reason"]) == expected
        assert status == int(expected[0] != "VALID")
    path.write_text("schema = 1")
    status, _, err = run("seal", "verify", place / "out/seal.bin", *trusting(place, "--policy", path))
    assert (status, err.count("\n")) == (2, 1)


@pytest.mark.parametrize("name", ["seal.bin", "seal.png"])
def test_show(place, name):
    status, said = asked("seal", "show", place / "out" / name)
    assert status == 0
    assert (said["profile"], said["valid"], said["version"], said["signer"]) == (
        "emergency-travel-document",
        True,
        4,
        "TJ01",
    )
    assert [row["value"] for row in said["features"]] == [ZONE]
    status, out, err = run("seal", "show", place / "out" / name)
    assert (status, err) == (0, "")
    assert ZONE in out


@pytest.mark.parametrize("name", ["seal.bin", "seal.png"])
def test_verify(place, name):
    status, said = asked("seal", "verify", place / "out" / name, *trusting(place, "--mrz", place / "zone.txt"))
    assert (status, said["status"], said["results"]) == (0, "VALID", [])
    assert said["signer"] == "C=TJ, CN=01"
    assert {f["check"] for f in said["findings"]} == {
        "seal.structure", "seal.signer", "seal.signature", "seal.revocation", "seal.agreement"
    }  # fmt: skip
    status, out, _ = run("seal", "verify", place / "out" / name, *trusting(place))
    assert status == 0
    assert out.splitlines()[-1] == "VALID"


def changed(place, offset=40):
    data = bytearray((place / "out/seal.bin").read_bytes())
    data[offset] ^= 1
    return bytes(data)


def test_results_by_name(place, tmp_path):
    (tmp_path / "changed.bin").write_bytes(changed(place, -1))
    (tmp_path / "cut.bin").write_bytes((place / "out/seal.bin").read_bytes()[:80])
    draw_bar_code(b"https://example.org/").save(tmp_path / "other.png")
    seal = place / "out/seal.bin"
    cases = [
        ("INVALID_SIGNATURE", (tmp_path / "changed.bin", *trusting(place))),
        ("WRONG_FORMAT", (tmp_path / "cut.bin", *trusting(place))),
        ("READ_ERROR", (tmp_path / "other.png", *trusting(place))),
        ("UNKNOWN_CERTIFICATE", (seal, "--trust", place / "a/csca.cer", "--at", AT)),
        ("UNTRUSTED_CERTIFICATE", (seal, "--signer", place / "a/signers/seal-0001.cer", "--at", AT)),
        ("SEAL_DOCUMENT_MISMATCH", (seal, *trusting(place, "--mrz", place / "other.txt"))),
        ("EXPIRED_CERTIFICATE", (seal, *trusting(place), "--at", "2031-01-01")),
    ]
    for name, arguments in cases:
        status, said = asked("seal", "verify", *arguments)
        assert (status, said["status"], [row["name"] for row in said["results"]]) == (1, "INVALID", [name])
    status, out, _ = run("seal", "verify", tmp_path / "changed.bin", *trusting(place))
    assert (status, out.splitlines()[-1]) == (1, "INVALID INVALID_SIGNATURE")


def test_a_revocation_list(place):
    arguments = trusting(place, "--crl", place / "a/csca.crl")
    _, said = asked("seal", "verify", place / "out/seal.bin", *arguments)
    assert {f["outcome"] for f in said["findings"] if f["check"] == "seal.revocation"} == {"passed"}


def test_a_visa_with_its_passport(tmp_path):
    (tmp_path / "visa.txt").write_text(s.lines(s.visa()))
    (tmp_path / "passport.txt").write_text(s.lines(s.zone()))
    message = s.feature(2, s.c40(s.visa()[:64])) + s.feature(4, bytes(3)) + s.feature(5, s.c40("D23145890"))
    (tmp_path / "seal.bin").write_bytes(s.made(message, definition=0x5D, category=0x01))
    for name, party in (("csca", s.b.utopia()), ("signer", s.signer(types=("V",)))):
        (tmp_path / f"{name}.cer").write_bytes(party.raw)
    status, said = asked(
        "seal", "verify", tmp_path / "seal.bin", "--trust", tmp_path / "csca.cer", "--signer", tmp_path / "signer.cer",
        "--mrz", tmp_path / "visa.txt", "--mrz", tmp_path / "passport.txt", "--at", AT,
    )  # fmt: skip
    assert (status, said["status"]) == (0, "VALID")
    found = {f["subject"]: f["outcome"] for f in said["findings"] if f["check"] == "seal.agreement"}
    assert found == {"zone 1": "passed", "zone 2": "passed"}


def test_show_what_is_wrong(place, tmp_path):
    (tmp_path / "cut.bin").write_bytes((place / "out/seal.bin").read_bytes()[:80])
    status, out, err = run("seal", "show", tmp_path / "cut.bin")
    assert (status, err) == (1, "")
    assert "cut: signature" in out
    (tmp_path / "head.bin").write_bytes(b"\xdc\x03")
    status, said = asked("seal", "show", tmp_path / "head.bin")
    assert (status, said["valid"], said["profile"]) == (1, False, None)
    (tmp_path / "odd.bin").write_bytes(s.made(s.emergency() + s.feature(0x77, b"?")))
    status, out, _ = run("seal", "show", tmp_path / "odd.bin")
    assert status == 0
    assert "feature 77" in out
    assert "3f" in out


@pytest.mark.parametrize("name", ["seal.bin", "seal.png"])
def test_dissect(place, name):
    status, said = asked("dissect", place / "out" / name)
    assert status == 0
    data = (place / "out/seal.bin").read_bytes()
    assert all(data[row["offset"] : row["offset"] + row["length"]].hex() == row["bytes"] for row in said["spans"])
    assert {"magic constant", "value", "r", "s"} <= {row["meaning"] for row in said["spans"]}


def test_a_seal_beside_a_chip(tmp_path):
    scene = s.scene()
    (tmp_path / "chip").mkdir()
    for name, data in scene.chip.items():
        (tmp_path / "chip" / f"{name.replace('.', '_')}.bin").write_bytes(data)
    (tmp_path / "csca.cer").write_bytes(s.b.utopia().raw)
    (tmp_path / "signer.cer").write_bytes(s.utopian().raw)
    (tmp_path / "seal.bin").write_bytes(s.made())
    (tmp_path / "forged.bin").write_bytes(s.made(key=s.b.ec_key("forger")))
    common = ("verify", tmp_path / "chip", "--trust", tmp_path / "csca.cer", "--at", AT)
    signer = ("--signer", tmp_path / "signer.cer")
    assert asked(*common)[1]["verdict"] == "admit"
    status, said = asked(*common, *signer, "--seal", tmp_path / "seal.bin")
    assert (status, said["verdict"]) == (0, "admit")
    assert {f["outcome"] for f in said["findings"] if f["check"] == "seal.signature"} == {"passed"}
    assert asked(*common, "--seal", tmp_path / "seal.bin")[1]["verdict"] == "refer"
    status, said = asked(*common, *signer, "--seal", tmp_path / "forged.bin")
    assert (status, said["verdict"], said["decided_by"]) == (1, "refuse", ["seal.signature"])


BAD_CALLS = [
    ("seal", "show", "missing"),
    ("seal", "show", "empty"),
    ("seal", "show", "random"),
    ("seal", "show", "broken.png"),
    ("seal", "show", "blank.png"),
    ("seal", "verify", "missing"),
    ("seal", "verify", "empty"),
    ("seal", "verify", "random", "--signer", "missing"),
    ("seal", "verify", "random", "--signer", "random"),
    ("seal", "verify", "random", "--at", "yesterday"),
    ("dissect", "blank.png"),
    ("seal", "make", "passport", "--authority", "a", "--features", "f.json", "--out", "o"),
    ("seal", "make", "visa", "--authority", "a", "--features", "f.json", "--out", "o"),
    ("seal", "make", "emergency-travel-document", "--authority", "a", "--features", "f.json", "--out", "o"),
    ("seal", "make", "emergency-travel-document", "--authority", "a", "--features", "missing", "--out", "o"),
]


@pytest.mark.parametrize("arguments", BAD_CALLS, ids=" ".join)
def test_bad_calls_give_one_clear_line(tmp_path, arguments):
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "random").write_bytes(bytes(range(1, 200)))
    (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(50))
    draw_bar_code(b"PARKING").save(tmp_path / "blank.png")
    (tmp_path / "f.json").write_text(json.dumps({"zone": ZONE}))
    status, out, err = run(*arguments, cwd=tmp_path)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("tjdocs: ")
    assert "ERIKSSON" not in err


@pytest.mark.parametrize(
    ("options", "where"),
    [
        (("--symbology", "pdf417"), "pdf417"),
        (("--module", "0"), "module"),
        (("--issue-date", "yesterday"), "yesterday"),
        (("--at", "2030-01-01"), "2030-01-01"),
    ],
)
def test_what_make_refuses_leaves_nothing(place, tmp_path, options, where):
    status, out, err = run(
        "seal", "make", "emergency-travel-document", "--authority", place / "a",
        "--features", place / "features.json", "--out", tmp_path / "o", "--at", AT, *options,
    )  # fmt: skip
    assert (status, out) == (2, "")
    assert where in err
    assert not (tmp_path / "o").exists()


def test_nothing_is_overwritten(place):
    before = (place / "out/seal.bin").read_bytes()
    status, _, err = run(
        "seal", "make", "emergency-travel-document", "--authority", place / "a",
        "--features", place / "features.json", "--out", place / "out", "--at", AT,
    )  # fmt: skip
    assert status == 2
    assert "not an empty folder" in err
    assert (place / "out/seal.bin").read_bytes() == before


def test_other_symbologies_and_sizes(place, tmp_path):
    for symbology in ("qr", "aztec"):
        status, said, _ = run(
            "seal", "make", "emergency-travel-document", "--authority", place / "a", "--features",
            place / "features.json", "--out", tmp_path / symbology, "--at", AT, "--symbology", symbology, "--module", "6",
        )  # fmt: skip
        assert status == 0
        assert symbology in said
        assert asked("seal", "show", tmp_path / symbology / "seal.png")[0] == 0
