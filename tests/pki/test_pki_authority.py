"""Making and using an authority: keys that are never readable by others, periods that hold, and nothing half made."""

import errno
import json
import os
import stat
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import msgspec
import pytest
from asn1crypto import crl, x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from tjdocs import specs
from tjdocs.errors import InputError, KeyMaterialError, OutputError, SpecError, TjdocsError, UsageError
from tjdocs.pki import Authority, certificate_profiles
from tjdocs.pki.authority import authority as module
from tjdocs.pki.crl import Crl
from tjdocs.times import Period

MADE = datetime(2026, 11, 24, 8, tzinfo=UTC)
PASSPHRASE = b"correct horse"
ETD = "emergency-travel-document"
LATER = MADE + timedelta(days=30)


@pytest.fixture
def own(tmp_path):
    """An authority that a test may add to."""
    return Authority.create(tmp_path / "own", at=MADE)


def below(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


# --------------------------------------------------------------------------------------------------------------- making


def test_what_lies_in_the_folder(own):
    assert below(own.folder) == {
        "authority.json",
        "csca.cer",
        "csca.crl",
        "csca.key",
        "signers",
        "signers/ds-0001.cer",
        "signers/ds-0001.key",
        *(f"signers/seal-000{n}.{end}" for n in (1, 2, 3) for end in ("cer", "key")),
    }
    assert sorted(os.listdir(own.folder.parent)) == ["own"]
    assert own.trial is True


def test_an_empty_folder_that_is_there_is_used(tmp_path):
    (tmp_path / "there").mkdir()
    assert Authority.create(tmp_path / "there", at=MADE).csca.self_named
    assert Authority.create(str(tmp_path / "new" / "deeper"), at=MADE).csca.self_named


def test_opened_again_it_is_the_same(own):
    again = Authority.open(own.folder)
    assert again.csca == own.csca
    assert again.document_signer().certificate == own.document_signer().certificate
    assert again.seal_signer(ETD).certificate == own.seal_signer(ETD).certificate
    assert again.trial is own.trial


def test_every_certificate_verifies_under_the_csca(own):
    for certificate in (own.csca, own.document_signer().certificate, own.seal_signer(ETD).certificate):
        assert certificate.verify(own.csca).valid
    assert Crl.parse((own.folder / "csca.crl").read_bytes()).verify(own.csca).valid


def test_the_key_of_each_certificate_lies_beside_it(own):
    for name in ("csca", "signers/ds-0001", "signers/seal-0001"):
        key = load_pem_private_key((own.folder / f"{name}.key").read_bytes(), None)
        certificate = x509.Certificate.load((own.folder / f"{name}.cer").read_bytes())
        point = key.public_key().public_numbers()
        size = (key.key_size + 7) // 8
        expected = b"\4" + point.x.to_bytes(size, "big") + point.y.to_bytes(size, "big")
        assert bytes(certificate.public_key["public_key"]) == expected


def test_no_two_authorities_share_a_key_or_a_number(own, authority):
    assert own.csca.spki != authority.csca.spki
    serials = {own.csca.serial, authority.csca.serial, own.document_signer().certificate.serial}
    assert len(serials) == 3


def test_the_moment_is_kept_in_utc(tmp_path):
    local = datetime(2026, 11, 24, 3, 30, 15, 999, tzinfo=timezone(timedelta(hours=5)))
    made = Authority.create(tmp_path / "local", at=local)
    assert made.csca.not_before == datetime(2026, 11, 23, 22, 30, 15, tzinfo=UTC)


@pytest.mark.parametrize("at", [datetime(2026, 11, 24), date(2026, 11, 24), "2026-11-24", None])  # noqa: DTZ001
def test_a_naive_moment_is_a_bad_call(tmp_path, own, at):
    with pytest.raises(UsageError, match=r"naive moment|not a moment"):
        Authority.create(tmp_path / "new", at=at)
    with pytest.raises(UsageError, match=r"naive moment|not a moment"):
        own.new_document_signer(at=at)
    with pytest.raises(UsageError, match=r"naive moment|not a moment"):
        own.new_seal_signer(ETD, at=at)
    with pytest.raises(UsageError, match=r"naive moment|not a moment"):
        own.new_crl(at=at)
    assert sorted(os.listdir(tmp_path)) == ["own"]


@pytest.mark.parametrize("at", [datetime(2049, 11, 1, tzinfo=UTC), datetime(2051, 1, 1, tzinfo=UTC)])
def test_dates_beyond_2049(tmp_path, at):
    made = Authority.create(tmp_path / "late", at=at)
    listed = crl.CertificateList.load((made.folder / "csca.crl").read_bytes(), strict=True)["tbs_cert_list"]
    assert listed["this_update"].native == at
    assert listed["next_update"].native == at + timedelta(days=90)
    assert listed["next_update"].name == "general_time"
    certificate = x509.Certificate.load(made.csca.raw, strict=True)
    assert certificate.not_valid_before == at


@pytest.mark.parametrize("option", ["csca_algorithm", "signer_algorithm"])
@pytest.mark.parametrize("name", ["rsa-sha1", "rsa-md5", "ecdsa-p192-sha256", "rot13"])
def test_an_algorithm_that_is_not_issued_with(tmp_path, option, name):
    with pytest.raises(UsageError) as caught:
        Authority.create(tmp_path / "new", at=MADE, **{option: name})
    assert caught.value.where == name
    assert "ecdsa-p256-sha256" in caught.value.hint
    assert os.listdir(tmp_path) == []


# ----------------------------------------------------------------------------------------------------------------- keys


def test_key_files_are_for_their_owner_alone(own):
    for path in own.folder.rglob("*.key"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(list(own.folder.rglob("*.key"))) == 5


def test_key_files_are_made_so_and_not_afterwards(tmp_path, monkeypatch):
    """From their first byte on, and whatever the umask: the mode stands in the call that creates the file."""
    made = {}
    real = os.open

    def watched(path, flags, mode=0o777, **more):
        descriptor = real(path, flags, mode, **more)
        if str(path).endswith(".key") and flags & os.O_CREAT:
            made[Path(path).name] = (stat.S_IMODE(os.fstat(descriptor).st_mode), bool(flags & os.O_EXCL))
        return descriptor

    monkeypatch.setattr(os, "open", watched)
    before = os.umask(0)
    try:
        Authority.create(tmp_path / "new", at=MADE)
    finally:
        os.umask(before)
    assert made == dict.fromkeys(("csca.key", "ds-0001.key", *(f"seal-000{n}.key" for n in (1, 2, 3))), (384, True))


def test_keys_under_a_passphrase(tmp_path):
    made = Authority.create(tmp_path / "locked", at=MADE, passphrase=PASSPHRASE)
    made.document_signer()
    for path in made.folder.rglob("*.key"):
        data = path.read_bytes()
        assert b"ENCRYPTED" in data
        with pytest.raises(TypeError):
            load_pem_private_key(data, None)
        assert isinstance(load_pem_private_key(data, PASSPHRASE), ec.EllipticCurvePrivateKey)
    again = Authority.open(made.folder, passphrase=PASSPHRASE)
    assert again.document_signer().sign(b"x")
    for wrong in (None, b"wrong"):
        locked = Authority.open(made.folder, passphrase=wrong)  # keys are read when first used
        for use in (Authority.document_signer, lambda a: a.seal_signer(ETD), lambda a: a.new_crl(at=LATER)):
            with pytest.raises(KeyMaterialError) as caught:
                use(locked)
            assert "TJDOCS_PASSPHRASE" in caught.value.hint
            assert "correct" not in str(caught.value)


def test_production_needs_a_passphrase(tmp_path):
    for passphrase in (None, b""):
        with pytest.raises(UsageError, match="passphrase"):
            Authority.create(tmp_path / "new", at=MADE, production=True, passphrase=passphrase)
    assert os.listdir(tmp_path) == []


def test_production_carries_no_trial_mark(tmp_path):
    made = Authority.create(tmp_path / "new", at=MADE, production=True, passphrase=PASSPHRASE)
    assert made.trial is False
    for certificate in (made.csca, made.document_signer().certificate, made.seal_signer(ETD).certificate):
        assert "TRIAL" not in certificate.subject_text + certificate.issuer_text
    assert Authority.open(made.folder, passphrase=PASSPHRASE).trial is False


def test_a_trial_is_marked(own):
    assert "TRIAL" in own.csca.subject_text
    assert "TRIAL" in own.document_signer().certificate.subject_text
    assert "TRIAL" in own.seal_signer(ETD).certificate.issuer_text


@pytest.mark.parametrize("passphrase", [b"x" * 1024, "text", 5])
def test_a_passphrase_that_cannot_be_used_is_a_bad_call(tmp_path, passphrase):
    with pytest.raises(TjdocsError):
        Authority.create(tmp_path / "new", at=MADE, passphrase=passphrase)
    assert os.listdir(tmp_path) == []


def test_no_key_is_shown(own):
    signer = own.document_signer()
    secret = signer.key.private_numbers().private_value
    for shown in (repr(signer), str(signer), repr(own)):
        assert str(secret) not in shown
        assert f"{secret:x}" not in shown.lower()
    assert "PrivateKey" not in repr(signer)


def test_a_key_that_is_missing(own):
    (own.folder / "signers/ds-0001.key").unlink()
    with pytest.raises(KeyMaterialError, match="unusable key file"):
        Authority.open(own.folder).document_signer()


@pytest.mark.parametrize("content", [b"", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_a_key_that_is_none(own, content):
    (own.folder / "signers/ds-0001.key").write_bytes(content)
    with pytest.raises(KeyMaterialError, match="does not open"):
        Authority.open(own.folder).document_signer()


def test_a_key_of_another_kind(own):
    from cryptography.hazmat.primitives.asymmetric import ed25519
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = ed25519.Ed25519PrivateKey.generate()
    data = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (own.folder / "signers/ds-0001.key").write_bytes(data)
    with pytest.raises(KeyMaterialError, match="neither"):
        Authority.open(own.folder).document_signer()


def test_a_key_that_is_not_its_certificates(own, authority):
    """A document signed with it would be refused at every border: told before anything is signed."""
    other = (authority.folder / "signers/ds-0001.key").read_bytes()
    (own.folder / "signers/ds-0001.key").write_bytes(other)
    with pytest.raises(KeyMaterialError):
        Authority.open(own.folder).document_signer()


def test_no_signer_at_all(own):
    for path in (own.folder / "signers").glob("ds-*"):
        path.unlink()
    with pytest.raises(KeyMaterialError, match="missing signer") as caught:
        Authority.open(own.folder).document_signer()
    assert "tjdocs authority signer" in caught.value.hint
    assert Authority.open(own.folder).seal_signer(ETD)


# ------------------------------------------------------------------------------------------------------ nothing by half


@pytest.mark.parametrize("content", ["file", "folder"])
def test_a_folder_that_is_not_empty_is_left_alone(tmp_path, content):
    folder = tmp_path / "used"
    folder.mkdir()
    (folder / content).mkdir() if content == "folder" else (folder / content).write_text("mine")
    with pytest.raises(OutputError, match="not an empty folder"):
        Authority.create(folder, at=MADE)
    assert os.listdir(folder) == [content]
    assert os.listdir(tmp_path) == ["used"]


def test_an_authority_is_never_made_over_another(own):
    before = {path: path.read_bytes() for path in own.folder.rglob("*") if path.is_file()}
    with pytest.raises(OutputError):
        Authority.create(own.folder, at=MADE)
    assert {path: path.read_bytes() for path in own.folder.rglob("*") if path.is_file()} == before


def test_a_file_in_its_place(tmp_path):
    (tmp_path / "file").write_text("mine")
    for place in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(OutputError):
            Authority.create(place, at=MADE)
    assert (tmp_path / "file").read_text() == "mine"
    assert os.listdir(tmp_path) == ["file"]


def test_a_link_in_its_place(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OutputError):
        Authority.create(tmp_path / "link", at=MADE)
    assert os.listdir(tmp_path / "elsewhere") == []
    assert sorted(os.listdir(tmp_path)) == ["elsewhere", "link"]


def test_the_current_folder(tmp_path, monkeypatch):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    try:
        Authority.create(".", at=MADE)
    except OutputError:
        assert os.listdir(tmp_path / "here") == []
    else:
        assert "csca.cer" in os.listdir(tmp_path / "here")
    assert os.listdir(tmp_path) == ["here"]


@pytest.mark.parametrize("step", ["generate_key", "sign", "public_key_info"])
@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_failure_leaves_nothing(tmp_path, monkeypatch, step, count):
    real, calls = getattr(module.signer, step), []

    def failing(*args, **more):
        calls.append(1)
        if len(calls) == count:
            raise OSError(errno.ENOSPC, "no space left")
        return real(*args, **more)

    monkeypatch.setattr(module.signer, step, failing)
    with pytest.raises((OSError, OutputError)):
        Authority.create(tmp_path / "new", at=MADE)
    assert os.listdir(tmp_path) == []


def test_an_interruption_leaves_nothing(tmp_path, monkeypatch):
    def interrupted(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        Authority.create(tmp_path / "new", at=MADE)
    assert os.listdir(tmp_path) == []


def test_a_disk_that_is_full_is_told_as_such(tmp_path, monkeypatch):
    def full(*args):
        raise OSError(errno.ENOSPC, "no space left")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OutputError):
        Authority.create(tmp_path / "new", at=MADE)
    assert os.listdir(tmp_path) == []


def test_a_disk_that_is_full_while_keys_are_written(tmp_path, monkeypatch):
    real = os.open

    def full(path, flags, *args, **more):
        if str(path).endswith("ds-0001.key"):
            raise OSError(errno.ENOSPC, "no space left")
        return real(path, flags, *args, **more)

    monkeypatch.setattr(os, "open", full)
    with pytest.raises(OutputError):
        Authority.create(tmp_path / "new", at=MADE)
    assert os.listdir(tmp_path) == []


def test_a_failing_replacement_keeps_the_file_there_was(own, monkeypatch):
    before = {path: path.read_bytes() for path in own.folder.rglob("*") if path.is_file()}

    def full(*args):
        raise OSError(errno.ENOSPC, "no space left")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises((OSError, OutputError)):
        own.new_crl(at=LATER)
    assert {path: path.read_bytes() for path in own.folder.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    "state",
    [
        "",
        "[]",
        "{}",
        '{"schema": 2}',
        '{"schema": 1}',
        '{"schema": 1, "trial": true}',
    ],
)
def test_what_is_no_authority(own, state):
    (own.folder / "authority.json").write_text(state)
    with pytest.raises(InputError):
        Authority.open(own.folder)


@pytest.mark.parametrize(
    "change",
    [
        {"trial": "no"},
        {"trial": None},
        {"named_curves": 0},
        {"csca_algorithm": 5},
        {"csca_algorithm": "rot13"},
        {"signer_algorithm": "rsa-md5"},
        {"crl_number": "one"},
        {"crl_number": 1.5},
        {"crl_number": -1},
        {"issued": []},
        {"issued": {"ds-0001": {}}},
        {"issued": {"ds-0001": {"serial": "x", "not_before": "2026-11-24T08:00:00+00:00"}}},
        {"issued": {"ds-0001": {"serial": "1", "not_before": "2026-11-24T08:00:00"}}},
        {"issued": {"csca-0001": {"serial": "1", "not_before": "2026-11-24T08:00:00+00:00"}}},
        {"issued": {"ds-0001": "1"}},
        {"schema": 2},
    ],
    ids=str,
)
def test_a_state_that_says_something_else_is_no_authority(own, change):
    """Nothing of it is found out at the counter, in the middle of an issuing act."""
    state = json.loads((own.folder / "authority.json").read_text())
    (own.folder / "authority.json").write_text(json.dumps(state | change))
    with pytest.raises((InputError, UsageError)):
        Authority.open(own.folder)


def test_a_folder_that_holds_none(tmp_path, own):
    with pytest.raises(InputError, match="not an authority") as caught:
        Authority.open(tmp_path)
    assert "authority create" in caught.value.hint
    (own.folder / "csca.cer").write_bytes(b"x")
    with pytest.raises(InputError, match="not a certificate"):
        Authority.open(own.folder)
    (own.folder / "csca.cer").unlink()
    with pytest.raises(InputError, match="not an authority"):
        Authority.open(own.folder)


# -------------------------------------------------------------------------------------------------------------- signers


def test_new_signers_are_the_ones_that_sign_from_then_on(own):
    first = own.document_signer()
    later = MADE + timedelta(days=60)
    ds, seal = own.new_document_signer(at=later), own.new_seal_signer(ETD, at=later)
    assert ds.certificate.not_before == seal.certificate.not_before == later
    assert own.document_signer().certificate == ds.certificate != first.certificate
    assert own.seal_signer(ETD).certificate == seal.certificate
    assert Authority.open(own.folder).document_signer().certificate == ds.certificate
    assert ds.certificate.verify(own.csca).valid
    assert ds.certificate.spki != first.certificate.spki
    assert "0002" in ds.certificate.subject_text
    signers = ("ds-0001", "ds-0002", "seal-0001", "seal-0002", "seal-0003", "seal-0004")
    assert {f"signers/{name}.{end}" for name in signers for end in ("cer", "key")} <= below(own.folder)


def test_the_next_number_is_never_one_that_is_in_use(own):
    """Old signers are put away at some time: what is newest may not be written over."""
    own.new_document_signer(at=MADE)
    newest = own.document_signer().certificate
    for path in (own.folder / "signers").glob("*-0001.*"):
        path.unlink()
    own.new_document_signer(at=MADE)
    kept = {path.read_bytes() for path in (own.folder / "signers").glob("ds-*.cer")}
    assert newest.raw in kept
    assert len(kept) == 2


def test_other_files_among_the_signers_do_not_matter(own):
    newest = own.document_signer().certificate
    for name in ("ds-old.cer", "ds-0001 (copy).cer", "ds-0002.cer.bak", "ds-.cer", "notes.txt"):
        (own.folder / "signers" / name).write_bytes(b"x")
    again = Authority.open(own.folder)
    assert again.document_signer().certificate == newest
    ds = again.new_document_signer(at=MADE)
    assert "0002" in ds.certificate.subject_text


def test_a_key_left_by_a_crash_does_not_stop_the_next_signer(own):
    (own.folder / "signers/ds-0002.key").write_text("left behind")
    ds = own.new_document_signer(at=MADE)
    assert ds.sign(b"x")
    assert stat.S_IMODE((own.folder / "signers/ds-0002.key").stat().st_mode) == 0o600


def test_the_csca_may_issue_within_its_keys_period_alone(own):
    begin, end = own.csca.private_key_usage
    assert begin == MADE
    assert own.new_document_signer(at=end).certificate.not_after <= own.csca.not_after
    before = below(own.folder)
    for at in (begin - timedelta(seconds=1), end + timedelta(seconds=1), end + timedelta(days=400)):
        with pytest.raises(KeyMaterialError, match="may not sign") as caught:
            own.new_document_signer(at=at)
        assert caught.value.where == at.date().isoformat()
    assert below(own.folder) == before


def test_a_signer_that_would_outlive_its_csca_is_not_made(own, monkeypatch):
    profile = certificate_profiles.load()
    longer = msgspec.structs.replace(profile, ds=msgspec.structs.replace(profile.ds, certificate=Period(years=30)))
    monkeypatch.setattr(certificate_profiles, "load", lambda: longer)
    before = below(own.folder)
    with pytest.raises(KeyMaterialError, match="ends before"):
        own.new_document_signer(at=MADE)
    assert below(own.folder) == before


def test_a_signer_may_sign_within_its_keys_period_alone(own):
    signer = own.document_signer()
    begin, end = signer.certificate.private_key_usage
    for at in (begin, begin + (end - begin) / 2, end):
        signer.check_usage(at)
    signer.check_usage(begin.replace(hour=0))  # by days: a date alone must not fall before a signer of that day
    for at in (begin.replace(hour=0) - timedelta(seconds=1), end + timedelta(seconds=1)):
        with pytest.raises(KeyMaterialError, match="may not sign") as caught:
            signer.check_usage(at)
        assert "tjdocs authority signer" in caught.value.hint


def test_a_seal_signer_may_sign_for_a_year_and_two_months(own):
    """Doc 9303-8, 6.3.1: the profile forbids the extension, the period holds all the same."""
    signer = own.seal_signer(ETD)
    signer.check_usage(MADE)
    signer.check_usage(MADE + timedelta(days=420))
    for at in (MADE - timedelta(days=1), MADE + timedelta(days=430), signer.certificate.not_after):
        with pytest.raises(KeyMaterialError, match="may not sign"):
            signer.check_usage(at)


def test_a_naive_moment_for_a_signer_is_a_bad_call(own):
    for signer in (own.document_signer(), own.seal_signer(ETD)):
        with pytest.raises(UsageError):
            signer.check_usage(datetime(2026, 11, 24))  # noqa: DTZ001


# ----------------------------------------------------------------------------------------------------- revocation lists


def listed(raw: bytes) -> dict:
    read = crl.CertificateList.load(raw, strict=True)["tbs_cert_list"]
    entries = read["revoked_certificates"]
    return {
        "number": next(
            e["extn_value"].parsed.native for e in read["crl_extensions"] if e["extn_id"].native == "crl_number"
        ),
        "entries": {} if entries.native is None else {e["user_certificate"].native: e for e in entries},
        "this": read["this_update"].native,
    }


def serials(own) -> tuple[int, int]:
    """Return the serial numbers of two document signers."""
    return own.document_signer().certificate.serial, own.new_document_signer(at=MADE).certificate.serial


def count(raw: bytes) -> int:
    """Return how many lists there were, this one included: the number without the trial's own range."""
    return listed(raw)["number"] % 2**32


def test_the_next_list(own):
    one, two = serials(own)
    raw = own.new_crl(at=LATER, revoked=[(one, MADE), (two, LATER)])
    assert (own.folder / "csca.crl").read_bytes() == raw == own.crl.raw
    read = listed(raw)
    assert (count(raw), read["this"]) == (2, LATER)
    assert {serial: entry["revocation_date"].native for serial, entry in read["entries"].items()} == {
        one: MADE,
        two: LATER,
    }
    assert all(entry["crl_entry_extensions"].native is None for entry in read["entries"].values())
    assert Crl.parse(raw).verify(own.csca).valid
    assert count(Authority.open(own.folder).new_crl(at=LATER + timedelta(days=2))) == 3


def test_whoever_is_revoked_stays_so(own):
    one, two = serials(own)
    own.new_crl(at=LATER, revoked=[(one, MADE)])
    later = LATER + timedelta(days=30)
    read = listed(Authority.open(own.folder).new_crl(at=later, revoked=[(two, later), (one, later)]))
    assert {serial: e["revocation_date"].native for serial, e in read["entries"].items()} == {one: MADE, two: later}
    assert listed(own.new_crl(at=later + timedelta(days=2)))["entries"].keys() == {one, two}


@pytest.mark.parametrize("last", [None, b"", b"other"], ids=["missing", "empty", "another authority's"])
def test_without_the_last_list_there_is_no_next(own, tmp_path, last):
    """Else a list that was lost would set everybody free. Nor does a signer sign: it may be on that list."""
    if last == b"other":
        last = (Authority.create(tmp_path / "other", at=MADE).folder / "csca.crl").read_bytes()
    (own.folder / "csca.crl").unlink()
    if last is not None:
        (own.folder / "csca.crl").write_bytes(last)
    before = below(own.folder)
    acts = [
        lambda: own.new_crl(at=LATER), own.document_signer, lambda: own.seal_signer(ETD),
        lambda: own.new_document_signer(at=LATER), lambda: own.new_seal_signer(ETD, at=LATER),
    ]  # fmt: skip
    for act in acts:
        with pytest.raises(InputError, match="last CRL") as caught:
            act()
        assert "put back" in caught.value.hint
    assert below(own.folder) == before


def test_the_next_update_is_never_later_than_ninety_days(own, monkeypatch):
    read = Crl.parse(own.new_crl(at=LATER))
    assert timedelta(0) < read.next_update - read.this_update <= timedelta(days=90)  # Doc 9303-12, 7.1.4
    table = specs.read_toml("pki/profiles.toml")
    assert table["crl"]["longest_days"] == 90
    for days, longest in ((91, 90), (0, 90), (-1, 90)):
        changed = {**table, "crl": {**table["crl"], "next_update_days": days, "longest_days": longest}}
        monkeypatch.setattr(specs, "read_toml", lambda path, changed=changed: changed)
        with pytest.raises(SpecError, match="too seldom"):
            certificate_profiles.load.__wrapped__()


def test_moments_of_revocation(own):
    (one, _), local = serials(own), datetime(2026, 11, 24, 3, 30, 15, 250, tzinfo=timezone(timedelta(hours=5)))
    (entry,) = listed(own.new_crl(at=LATER, revoked=[(one, local), (one, LATER)]))["entries"].values()
    assert entry["revocation_date"].native == datetime(2026, 11, 23, 22, 30, 15, tzinfo=UTC)
    later = LATER + timedelta(days=2)
    with pytest.raises(UsageError):
        own.new_crl(at=later, revoked=[(one, datetime(2026, 11, 24))])  # noqa: DTZ001
    with pytest.raises(UsageError, match="revoked after the list"):  # Doc 9303-12, 7.1.4, table 9
        own.new_crl(at=later, revoked=[(one, later + timedelta(seconds=1))])


def test_a_list_that_could_not_be_made_uses_no_number(own):
    key = (own.folder / "csca.key").read_bytes()
    (own.folder / "csca.key").unlink()
    with pytest.raises(KeyMaterialError):
        own.new_crl(at=LATER)
    (own.folder / "csca.key").write_bytes(key)
    assert count(own.new_crl(at=LATER)) == 2
    assert json.loads((own.folder / "authority.json").read_text())["crl_number"] == 2


def test_a_number_is_never_used_twice_whatever_fails(own, monkeypatch):
    """A power cut between the list and the count of lists: the next list still has a higher number."""
    (one, _), real, calls = serials(own), os.replace, []

    def cut(*args):
        calls.append(1)
        if len(calls) == 2:
            raise OSError(errno.EIO, "power cut")
        return real(*args)

    monkeypatch.setattr(os, "replace", cut)
    with pytest.raises((OSError, TjdocsError)):
        own.new_crl(at=LATER, revoked=[(one, MADE)])
    monkeypatch.undo()
    seen = listed((own.folder / "csca.crl").read_bytes())["number"]
    assert listed(Authority.open(own.folder).new_crl(at=LATER))["number"] > seen


def test_a_list_that_another_process_made_is_seen(own):
    again = Authority.open(own.folder)
    again.new_crl(at=LATER)
    assert own.crl.raw == again.crl.raw
    assert count(own.new_crl(at=LATER + timedelta(days=2))) == 3
    again.new_document_signer(at=LATER)  # nor is the count forgotten with what another process wrote
    assert count(Authority.open(own.folder).new_crl(at=LATER + timedelta(days=4))) == 4


@pytest.mark.requirement("ICAO-PROFILE")
def test_a_list_is_signed_in_the_period_of_its_key_alone(own):
    """Doc 9303-12, 4.1.4: after it the CSCA's next key signs the lists for all keys; table 6: the period."""
    _, end = own.csca.private_key_usage
    last = (own.folder / "csca.crl").read_bytes()
    for at in (MADE - timedelta(seconds=1), end + timedelta(seconds=1), own.csca.not_after + timedelta(days=400)):
        with pytest.raises(KeyMaterialError, match="may not sign") as caught:
            own.new_crl(at=at)
        assert caught.value.where == at.date().isoformat()
        assert "9303-12, 4.1.4" in caught.value.hint
    assert (own.folder / "csca.crl").read_bytes() == last
    assert Crl.parse(own.new_crl(at=end)).this_update == end


def test_each_list_is_of_a_later_second_than_the_last(own):
    """RFC 5280, 5.2.3: lists of one moment would have one number."""
    for at in (MADE, MADE - timedelta(days=0, microseconds=1)):
        with pytest.raises((UsageError, KeyMaterialError)):
            own.new_crl(at=at)
    with pytest.raises(UsageError, match="not after the last") as caught:
        own.new_crl(at=MADE)
    assert "RFC 5280, 5.2.3" in caught.value.hint
    assert Crl.parse(own.new_crl(at=MADE + timedelta(microseconds=1))).this_update == MADE + timedelta(seconds=1)
    with pytest.raises(UsageError, match="not after the last"):
        own.new_crl(at=MADE + timedelta(microseconds=2))


def test_a_list_within_48_hours_of_the_last_is_early(own):
    """Doc 9303-12, 4.1.5: not more often than every 48 hours; a revocation is published all the same."""
    own.new_crl(at=LATER)
    assert own.crl_is_early(LATER + timedelta(hours=47, minutes=59))
    assert not own.crl_is_early(LATER + timedelta(hours=48))
    assert own.new_crl(at=LATER + timedelta(hours=1))


def test_a_list_names_certificates_that_exist_alone(own, authority):
    last = (own.folder / "csca.crl").read_bytes()
    other = authority.document_signer().certificate
    for wrong in (7, other.serial, other):
        with pytest.raises(UsageError, match="not a certificate of this authority"):
            own.new_crl(at=LATER, revoked=[(wrong, MADE)])
    assert (own.folder / "csca.crl").read_bytes() == last
    sealer = own.seal_signer("stateless-id").certificate
    first = own.document_signer().certificate
    own.new_document_signer(at=MADE)
    for path in (own.folder / "signers").glob("*-000[13].*"):  # put away: they existed all the same
        path.unlink()
    again = Authority.open(own.folder)
    raw = again.new_crl(at=LATER, revoked=[(first.serial, MADE), (sealer, MADE), (own.csca.serial, MADE)])
    assert Crl.parse(raw).serials == {first.serial, sealer.serial, own.csca.serial}


def test_a_certificate_that_the_csca_signed_can_be_revoked_though_nobody_noted_it(own):
    """Whoever had the CSCA's key may have signed more than the folder knows."""
    signer = own.document_signer().certificate
    (own.folder / "signers/ds-0001.cer").unlink()
    state = json.loads((own.folder / "authority.json").read_text())
    del state["issued"]["ds-0001"]
    (own.folder / "authority.json").write_text(json.dumps(state))
    again = Authority.open(own.folder)
    with pytest.raises(UsageError, match="not a certificate"):
        again.new_crl(at=LATER, revoked=[(signer.serial, MADE)])
    assert Crl.parse(again.new_crl(at=LATER, revoked=[(signer, MADE)])).serials == {signer.serial}


# ------------------------------------------------------------------------------------------------------ revoked signers


@pytest.mark.requirement("ICAO-PA")
def test_a_revoked_signer_signs_no_more(own):
    """Doc 9303-12, 4.1.5: nor does an older one in its place, since who took one key may have the other."""
    own.new_document_signer(at=MADE)
    for signer in (own.document_signer(), own.seal_signer(ETD)):
        assert signer.sign(b"x")
    revoked = [(own.document_signer().certificate, LATER), (own.seal_signer(ETD).certificate, LATER)]
    Authority.open(own.folder).new_crl(at=LATER, revoked=revoked)  # the list counts for who opened before it, too
    for use, command in (
        (own.document_signer, "`tjdocs authority signer DIR`"),
        (lambda: own.seal_signer(ETD), f"`tjdocs authority seal-signer DIR {ETD}`"),
    ):
        with pytest.raises(KeyMaterialError, match="the signer is revoked") as caught:
            use()
        assert command in caught.value.hint
    assert own.seal_signer("stateless-id").sign(b"x")
    assert own.new_document_signer(at=LATER) == own.document_signer()
    assert own.new_seal_signer(ETD, at=LATER) == own.seal_signer(ETD)


def test_a_signer_that_is_no_longer_the_newest_may_be_revoked(own):
    first = own.document_signer().certificate
    newest = own.new_document_signer(at=MADE)
    own.new_crl(at=LATER, revoked=[(first, LATER)])
    assert own.document_signer() == newest


def test_under_a_revoked_csca_nothing_is_signed_but_lists(own):
    """Doc 9303-12, 4.1.5.1: whatever rests on it is revoked with it; its last word are its lists."""
    own.new_crl(at=LATER, revoked=[(own.csca, LATER)])
    before = below(own.folder)
    for act in (
        own.document_signer,
        lambda: own.seal_signer(ETD),
        lambda: own.new_document_signer(at=LATER),
        lambda: own.new_seal_signer(ETD, at=LATER),
    ):
        with pytest.raises(KeyMaterialError, match="the CSCA is revoked"):
            act()
    assert below(own.folder) == before
    assert own.csca.serial in Crl.parse(own.new_crl(at=LATER + timedelta(days=2))).serials


# ---------------------------------------------------------------------------------------- seal signers and their numbers


@pytest.mark.requirement("ICAO-SEAL")
def test_a_seal_signer_for_each_category(own):
    """Each signs its own types of document (Doc 9303-12, 7.1.3: documentTypeList)."""
    categories = certificate_profiles.load().seal.category
    own.new_seal_signer("visa", at=MADE)
    signers = {category: own.seal_signer(category).certificate for category in categories}
    assert {name: set(c.document_types) for name, c in signers.items()} == {n: set(t) for n, t in categories.items()}
    assert len({c.spki for c in signers.values()}) == len({c.serial for c in signers.values()}) == len(categories)
    assert own.certificates() == {"csca": own.csca, "ds": own.document_signer().certificate, **signers}


def test_a_category_without_signer_and_one_that_is_unknown(own):
    with pytest.raises(KeyMaterialError, match="missing signer") as caught:
        own.seal_signer("visa")
    assert "tjdocs authority seal-signer DIR visa" in caught.value.hint
    for act in (lambda: own.seal_signer("passport"), lambda: own.new_seal_signer("passport", at=MADE)):
        with pytest.raises(UsageError, match="unknown category") as caught:
            act()
        assert "visa" in caught.value.hint


@pytest.mark.requirement("ICAO-SEAL")
def test_five_seal_signers_in_a_year(own):
    """Doc 9303-12, 4.1.3: at most five published keys a year. Document signers do not count."""
    assert own.seal_signers_in_year(MADE) == 3
    own.new_document_signer(at=MADE)
    own.new_seal_signer(ETD, at=LATER)
    own.new_seal_signer(ETD, at=LATER)
    before = below(own.folder)
    end = MADE.replace(year=2027)
    for at in (LATER, end - timedelta(seconds=1), MADE):
        with pytest.raises(UsageError, match="too many seal signers in a year") as caught:
            own.new_seal_signer("visa", at=at)
        assert "9303-12, 4.1.3" in caught.value.hint
        assert end.date().isoformat() in caught.value.hint
    assert below(own.folder) == before
    for path in (own.folder / "signers").glob("seal-*"):  # putting them away makes room for none
        path.unlink()
    with pytest.raises(UsageError, match="too many"):
        Authority.open(own.folder).new_seal_signer("visa", at=LATER)
    assert Authority.open(own.folder).new_seal_signer("visa", at=end).certificate.serial % 4096 == 6


def test_numbers_go_on_though_all_files_are_put_away(own):
    """Doc 9303-12, 7.1.1.5: no serial number comes twice."""
    used = {name: certificate.serial for name, certificate in own.certificates().items()}
    for path in (own.folder / "signers").glob("*"):
        path.unlink()
    again = Authority.open(own.folder)
    assert "0002" in again.new_document_signer(at=MADE).certificate.subject_text
    signer = again.new_seal_signer(ETD, at=MADE).certificate
    assert signer.subject_text == "C=TJ, CN=04"
    assert signer.serial not in used.values()


def test_a_folder_from_before_numbers_were_kept(own):
    """The files say what there is, and the first new signer writes it down."""
    path = own.folder / "authority.json"
    state = json.loads(path.read_text())
    issued = state.pop("issued")
    path.write_text(json.dumps(state))
    again = Authority.open(own.folder)
    assert again.document_signer().certificate == own.document_signer().certificate
    again.new_document_signer(at=MADE)
    assert json.loads(path.read_text())["issued"].items() >= issued.items()


@pytest.mark.requirement("ICAO-SEAL")
def test_two_trials_share_no_number(own, authority):
    """Doc 9303-13, 2.2.1: the reference names one certificate of a signer, whatever key is above it."""
    names = [a.seal_signer(ETD).certificate.subject for a in (own, authority)]
    assert names[0] == names[1]
    numbers = [{c.serial for c in a.certificates().values()} | {listed(a.crl.raw)["number"]} for a in (own, authority)]
    assert not numbers[0] & numbers[1]
    for a in (own, authority):
        references = [f"{a.seal_signer(name).certificate.serial:X}" for name in certificate_profiles.load().seal.at_creation]
        assert {len(text) for text in references} == {12}
        assert [text[9:] for text in references] == ["001", "002", "003"]
        assert len({text[:9] for text in references}) == 1


def test_a_production_authority_counts_from_one_and_no_trial_meets_it(own, tmp_path):
    made = Authority.create(tmp_path / "new", at=MADE, production=True, passphrase=PASSPHRASE)
    names = certificate_profiles.load().seal.at_creation
    assert [made.seal_signer(name).certificate.serial for name in names] == [1, 2, 3]
    assert listed(made.crl.raw)["number"] == 1
    assert min(own.seal_signer(name).certificate.serial for name in names) > 1296


@pytest.mark.requirement("ICAO-PROFILE")
def test_a_second_production_csca_of_the_name_is_refused(tmp_path):
    """Doc 9303-12, 7.1.1.5: another key comes with a link under the same counters, which is not there yet."""
    first = Authority.create(tmp_path / "one", at=MADE, production=True, passphrase=PASSPHRASE)
    with pytest.raises(UsageError, match="second CSCA of that name") as caught:
        Authority.create(tmp_path / "two", at=MADE, production=True, passphrase=PASSPHRASE)
    assert caught.value.where == str(first.folder)
    assert "9303-12, 7.1.1.5" in caught.value.hint
    assert sorted(os.listdir(tmp_path)) == ["one"]
    Authority.create(tmp_path / "trial", at=MADE)  # another name
    Authority.create(tmp_path / "trial2", at=MADE)
    (first.folder / "csca.cer").write_bytes(b"x")
    with pytest.raises(InputError, match="not a certificate"):  # nobody knows whose that is
        Authority.create(tmp_path / "two", at=MADE, production=True, passphrase=PASSPHRASE)


@pytest.mark.requirement("ICAO-PROFILE")
def test_a_production_authority_writes_its_curves_out(tmp_path):
    """Doc 9303-12, 4.1.6.3: no named curves."""
    with pytest.raises(UsageError, match="named curves") as caught:
        Authority.create(tmp_path / "new", at=MADE, production=True, passphrase=PASSPHRASE, named_curves=True)
    assert "9303-12, 4.1.6.3" in caught.value.hint
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("day", [28, 29, 30])
def test_a_csca_of_the_last_days_of_a_month_signs_to_the_end_of_its_key(tmp_path, day):
    """Its certificate and those of its last signers end in February: none before the CSCA's own."""
    made = Authority.create(tmp_path / "late", at=datetime(2026, 11, day, 8, tzinfo=UTC))
    _, end = made.csca.private_key_usage
    assert made.csca.not_after == datetime(2042, 2, 28, 23, 59, 59, tzinfo=UTC)
    for before in (timedelta(hours=44), timedelta(hours=20), timedelta(0)):
        signer = made.new_document_signer(at=end - before).certificate
        assert signer.not_after <= made.csca.not_after


def test_rsa_authority_keys(tmp_path):
    made = Authority.create(tmp_path / "rsa", at=MADE, csca_algorithm="rsa-sha384", signer_algorithm="rsa-sha256")
    key = load_pem_private_key((made.folder / "csca.key").read_bytes(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    assert made.document_signer().certificate.verify(made.csca).algorithm == "rsa-sha384"
    assert made.seal_signer(ETD).certificate.key.kind == "ec"
