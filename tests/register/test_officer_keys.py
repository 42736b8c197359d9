"""Officers' keys: a file under a passphrase, a request that proves the secret, and what a register takes and refuses."""

import base64
import json
import stat
import subprocess

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from hypothesis import given
from hypothesis import strategies as st

from tests.support.register_helpers import KIND, NOW, OFFICERS, TWO, enrol, issue, open_register, request
from tjdocs.auditlog.entry import decode_base64, encode_base64
from tjdocs.errors import InputError, KeyMaterialError, OutputError, RegisterError, UsageError
from tjdocs.pki import key_protection
from tjdocs.pki.key_protection import protect
from tjdocs.register import KeyRequest, OfficerKey, OfficerSigner, Register
from tjdocs.register.officer_keys import verify

SECRET = b"the officer's own"


@pytest.fixture(scope="module")
def written(tmp_path_factory, full_cost):
    """A key in its file, at the cost that the library has outside of these tests."""
    path = tmp_path_factory.mktemp("key") / "anna.key"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(key_protection, "COST", full_cost)
        return OfficerKey.create(path, passphrase=SECRET), path


# ---------------------------------------------------------------------------------------------------------- the file


def test_a_key_in_a_file(written):
    made, path = written
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    opened = OfficerKey.open(path, passphrase=SECRET)
    assert (opened.public, len(opened.public)) == (made.public, 32)
    assert isinstance(opened, OfficerSigner)
    assert verify(made.public, opened.sign(b"data"), b"data")
    assert not verify(made.public, opened.sign(b"data"), b"datum")
    assert made.fingerprint == f"SHA256:{made.fingerprint[7:]}"
    assert "PRIVATE" not in repr(made)
    assert made.key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption()).hex() not in f"{made!r} {path.read_text()}"


def test_the_file_is_what_other_programs_read(written):
    """PKCS #8 under scrypt: a library and OpenSSL's program open it, and name its scheme."""
    made, path = written
    other = load_pem_private_key(path.read_bytes(), SECRET)
    assert other.public_key().public_bytes_raw() == made.public
    secret = ["-passin", f"pass:{SECRET.decode()}"]
    shown = subprocess.run(["openssl", "pkey", "-in", path, *secret, "-pubout", "-outform", "DER"], capture_output=True, check=True)
    assert shown.stdout[-32:] == made.public
    parsed = subprocess.run(["openssl", "asn1parse", "-in", path], capture_output=True, check=True, text=True).stdout
    assert ":scrypt" in parsed
    assert ":aes-256-cbc" in parsed
    numbers = [int(line.rpartition(":")[2], 16) for line in parsed.splitlines() if "INTEGER" in line]
    assert numbers == [1 << 14, 8, 5]  # N, r, p
    salts = [line.rpartition(":")[2] for line in parsed.splitlines() if "OCTET STRING" in line]
    assert [len(salt) for salt in salts[:2]] == [32, 32]


def test_no_two_files_are_alike():
    key = ed25519.Ed25519PrivateKey.generate()
    assert protect(key, SECRET) != protect(key, SECRET)


@pytest.mark.parametrize("passphrase", [b"", b"short", b"x" * 1001, "text", None])
def test_a_key_needs_a_passphrase(tmp_path, passphrase):
    with pytest.raises(UsageError, match="needs a passphrase"):
        OfficerKey.create(tmp_path / "k", passphrase=passphrase)
    assert not (tmp_path / "k").exists()


def test_no_key_is_written_over_another(written, tmp_path):
    _, path = written
    with pytest.raises(OutputError):
        OfficerKey.create(path, passphrase=SECRET)
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OutputError):
        OfficerKey.create(tmp_path / "link", passphrase=SECRET)
    with pytest.raises(OutputError):
        OfficerKey.create(tmp_path / "nowhere/k", passphrase=SECRET)


@pytest.mark.parametrize("passphrase", [b"another's own", b"", None])
def test_without_its_passphrase_a_key_stays_shut(written, passphrase):
    with pytest.raises(KeyMaterialError, match="passphrase") as caught:
        OfficerKey.open(written[1], passphrase=passphrase)
    assert "TJDOCS_OFFICER_PASSPHRASE" in caught.value.hint
    assert caught.value.__cause__ is None


def test_files_that_are_no_officers_key(tmp_path):
    bare = ed25519.Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    files = {"none": None, "text": b"text", "bare": bare, "other": protect(ec.generate_private_key(ec.SECP256R1()), SECRET)}
    for name, data in files.items():
        if data is not None:
            (tmp_path / name).write_bytes(data)
        with pytest.raises(InputError):
            OfficerKey.open(tmp_path / name, passphrase=SECRET)


def test_another_passphrase(tmp_path):
    path = tmp_path / "anna.key"
    made = OfficerKey.create(path, passphrase=SECRET)
    with pytest.raises(KeyMaterialError):
        OfficerKey.change_passphrase(path, passphrase=b"another's own", new=b"the officer's next")
    with pytest.raises(UsageError):
        OfficerKey.change_passphrase(path, passphrase=SECRET, new=b"short")
    OfficerKey.change_passphrase(path, passphrase=SECRET, new=b"the officer's next")
    assert OfficerKey.open(path, passphrase=b"the officer's next").public == made.public
    with pytest.raises(KeyMaterialError):
        OfficerKey.open(path, passphrase=SECRET)
    assert [file.name for file in tmp_path.iterdir()] == ["anna.key"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


# ------------------------------------------------------------------------------------------------------- the request


def test_a_request_proves_the_secret():
    key = OfficerKey.generate()
    made = KeyRequest.of("anna", key)
    assert KeyRequest.parse(made.text) == made
    assert made.fingerprint == key.fingerprint
    assert key.key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption()) not in base64.b64decode(json.loads(made.text)["proof"])


@given(st.binary(max_size=80))
def test_keys_and_signatures_as_text(data):
    assert decode_base64(encode_base64(data), len(data)) == data
    for other in (encode_base64(data) + "\n", encode_base64(data) + "=", encode_base64(data).rstrip("=") + "A"):
        with pytest.raises(ValueError, match=r"\S"):
            decode_base64(other, len(data))


def changed(**more):
    return json.dumps({**json.loads(request("anna").text), **more})


@pytest.mark.parametrize(
    "text",
    [
        b"", b"\xff", b"[]", b"{}", b"[" * 60_000, b"x" * 20_000, b'{"schema": 1}', "null", changed(schema=2), changed(officer="bob"),
        changed(officer="no\none"), changed(officer=5), changed(key=encode_base64(OFFICERS["bob"].public)), changed(key="AA=="), changed(key=None),
        changed(proof=encode_base64(bytes(64))), changed(proof=""), changed(proof=encode_base64(OFFICERS["anna"].sign(b"anna"))),
    ],
    ids=range(18),
)  # fmt: skip
def test_what_is_no_request(text):
    with pytest.raises(InputError, match="request"):
        KeyRequest.parse(text)


PRIME = 2**255 - 19
D = -121665 * pow(121666, -1, PRIME) % PRIME


def small_order_points():
    """Every encoding of a point whose eightfold is the neutral one, found by the curve's own arithmetic (RFC 8032, 5.1)."""

    def root(square):
        x = pow(square, (PRIME + 3) // 8, PRIME)
        x = x if (x * x - square) % PRIME == 0 else x * pow(2, (PRIME - 1) // 4, PRIME) % PRIME
        return x if (x * x - square) % PRIME == 0 else None

    def add(p, q):
        product = D * p[0] * q[0] * p[1] * q[1] % PRIME
        x = (p[0] * q[1] + p[1] * q[0]) * pow(1 + product, -1, PRIME)
        return x % PRIME, (p[1] * q[1] + p[0] * q[0]) * pow(1 - product, -1, PRIME) % PRIME

    # a point of order 8: any point times the order of the large subgroup
    order, y, found = 2**252 + 27742317777372353535851937790883648493, 2, set()
    while len(found) < 8:
        y += 1
        x = root((y * y - 1) * pow(D * y * y + 1, -1, PRIME) % PRIME)
        if x is None:
            continue
        point, total, n = (x, y), (0, 1), order
        while n:
            if n & 1:
                total = add(total, point)
            point, n = add(point, point), n >> 1
        step = total
        for _ in range(8):
            found.add(step)
            step = add(step, total)
    encodings = {(y | (x & 1) << 255).to_bytes(32, "little") for x, y in found}
    return encodings | {(y | sign << 255).to_bytes(32, "little") for y in range(PRIME, 2**255) for sign in (0, 1)}


def test_keys_that_everybody_can_sign_with():
    """OpenSSL takes a signature under the neutral point for any text; no such key gets into a register."""
    neutral = (1).to_bytes(32, "little")
    forged = neutral + bytes(32)
    assert verify(neutral, forged, b"whatever this says")
    points = small_order_points()
    assert neutral in points
    assert len(points) >= 8
    for public in points:
        with pytest.raises(InputError, match="proves no key"):
            KeyRequest("anna", public, forged)


# ------------------------------------------------------------------------------------------------------- the register


def test_nobody_acts_or_looks_without_the_key(stocked, url, keys):
    number = issue(stocked)
    without = Register(url, keys=keys, officer_keys=[OFFICERS["anna"]])
    for call in (
        lambda: without.act("destroy", "P0000900", officers=TWO, at=NOW, reference="act 1"),
        lambda: without.act("lost", "P0000900", officers=["chief"], at=NOW, ground="g"),
        lambda: without.officers.enrol("late", "clerk", office="o", officer="chief", at=NOW, key=request("late")),
        lambda: without.document(number, officer="gate"),
        lambda: without.audit(officer="auditor"),
        lambda: without.reserve(KIND, officer="chief", at=NOW),
        lambda: without.resume(officer="chief", at=NOW),
        lambda: without.blanks.add_series("return-certificate", "R{:07d}", officer="chief", at=NOW),
        lambda: without.rewrap(officer="chief", at=NOW),
        lambda: without.decisions.record("legalisation", "late", day=NOW.date(), act="o", officer="chief", at=NOW),
    ):
        with pytest.raises(KeyMaterialError, match="missing officer's key: officer ") as caught:
            call()
        assert "--officer-key" in caught.value.hint
    assert without.document(number, officer="anna").status == "issued"
    without.act("handover", number, officers=["anna"], at=NOW)
    assert stocked.audit(officer="auditor").sound
    without.close()


class Borrowed:
    """A public key that anyone can see, with signatures that were kept."""

    def __init__(self, key):
        self.public, self._kept = key.public, key.sign(b"something else")

    def sign(self, data):
        return self._kept


def test_a_public_key_alone_is_none(register, url, keys):
    with pytest.raises(KeyMaterialError, match="does not sign"):
        Register(url, keys=keys, officer_keys=[Borrowed(OFFICERS["chief"])])
    with pytest.raises(UsageError, match="not an officer's key"):
        Register(url, keys=keys, officer_keys=["chief"])


class Token:
    """A key that never leaves its token: all that the register knows of one."""

    def __init__(self, key):
        self._key = key

    @property
    def public(self):
        return self._key.public

    def sign(self, data):
        return self._key.sign(data)


def test_a_token_takes_the_place_of_a_file(stocked, url, keys):
    held = Register(url, keys=keys, officer_keys=[Token(OFFICERS["anna"]), Token(OFFICERS["auditor"])])
    number = issue(held)
    assert held.audit(officer="auditor").sound
    assert stocked.document(number, officer="chief").officer == "anna"
    held.close()


class Failing(Token):
    """One that signs when it is tried, and something else after that."""

    def sign(self, data):
        return self._key.sign(data if b"challenge" in data else data + b" ")


def test_a_token_that_fails_leaves_no_entry(stocked, url, keys):
    """Else its officer would stand accused by the next audit."""
    held = Register(url, keys=keys, officer_keys=[Failing(OFFICERS["anna"])])
    reservation = held.reserve(KIND, officer="anna", at=NOW)
    number = reservation.number
    with pytest.raises(KeyMaterialError, match="does not sign: officer anna"):
        reservation.commit(at=NOW, issued=NOW.date(), expires=NOW.date(), files={})
    assert stocked.document(number, officer="chief").status == "reserved"
    assert stocked.audit(officer="auditor").problems == ()
    held.close()


def test_a_key_is_enrolled_once(register):
    enrol(register, "late", "clerk", "dushanbe")
    with pytest.raises(RegisterError, match="already enrolled"):
        enrol(register, "bob", "clerk", "dushanbe", key=OFFICERS["late"])
    with pytest.raises(UsageError, match="another officer"):
        register.officers.enrol("bob", "clerk", office="dushanbe", officer="chief", at=NOW, key=request("late"))
    with pytest.raises(UsageError, match="has a key"):
        enrol(register, "late", "border", "dushanbe", key=OfficerKey.generate())
    register.officers.enrol("late", "border", office="dushanbe", officer="chief", at=NOW)  # a second role, the same key
    register.officers.dismiss("late", "clerk", officer="chief", at=NOW)
    assert register.document("P0000001", officer="late") is None
    register.officers.dismiss("late", "border", officer="chief", at=NOW)
    with pytest.raises(UsageError, match="without a key"):  # with the last role the key ended
        register.officers.enrol("late", "clerk", office="dushanbe", officer="chief", at=NOW)
    with pytest.raises(RegisterError, match="already enrolled"):
        enrol(register, "late", "clerk", "dushanbe")
    enrol(register, "late", "clerk", "dushanbe", key=OfficerKey.generate())
    assert register.audit(officer="auditor", heads=[]).problems == ()


def test_a_lost_key_is_replaced(stocked, url, keys):
    issue(stocked)
    new = OfficerKey.generate()
    with pytest.raises(RegisterError, match="missing role"):
        stocked.officers.new_key("anna", key=request("anna", new), officer="anna", at=NOW)
    with pytest.raises(UsageError, match="another officer"):
        stocked.officers.new_key("anna", key=request("bob"), officer="chief", at=NOW)
    with pytest.raises(RegisterError, match="unknown officer"):
        stocked.officers.new_key("bob", key=request("bob"), officer="chief", at=NOW)
    stocked.officers.new_key("anna", key=request("anna", new), officer="chief", at=NOW)
    for call in (lambda: issue(stocked), lambda: stocked.document("P0000001", officer="anna")):
        with pytest.raises(KeyMaterialError, match="missing officer's key: officer anna"):
            call()
    with pytest.raises(RegisterError, match="already enrolled"):
        stocked.officers.new_key("anna", key=request("anna"), officer="chief", at=NOW)
    again = Register(url, keys=keys, officer_keys=[new])
    issue(again)
    again.close()
    assert stocked.audit(officer="auditor", heads=[]).problems == ()


def test_supervisors_and_auditors_are_granted_by_two(register):
    """One alone neither makes himself a second, nor gets an auditor out of the way."""
    for name, role in (("late", "officer"), ("late", "auditor")):
        with pytest.raises(RegisterError, match="signed by 2 different officers") as caught:
            enrol(register, name, role, "store")
        assert "order" in caught.value.hint
    for call in (
        lambda by: register.officers.dismiss("auditor", "auditor", officer=by, at=NOW),
        lambda by: register.officers.new_key("auditor", key=request("auditor", OfficerKey.generate()), officer=by, at=NOW),
    ):
        for by in ("chief", ("chief",), ("chief", "chief")):
            with pytest.raises(RegisterError, match="different officers"):
                call(by)
    enrol(register, "late", "officer", "store", TWO)
    with pytest.raises(RegisterError, match="signed by 2"):
        register.officers.dismiss("second", "officer", officer="chief", at=NOW)
    with pytest.raises(RegisterError, match="signed by 2"):
        register.officers.new_key("second", key=request("second", OfficerKey.generate()), officer="chief", at=NOW)
    register.officers.dismiss("second", "officer", officer=("chief", "late"), at=NOW)
    assert register.audit(officer="auditor", heads=[]).problems == ()


def test_of_two_supervisors_neither_takes_the_others_place(register, url, keys):
    """One with her own key alone would else sign as two. The other, or an auditor, signs with her."""
    new = OfficerKey.generate()
    for call in (
        lambda by: register.officers.new_key("second", key=request("second", new), officer=by, at=NOW),
        lambda by: register.officers.dismiss("second", "officer", officer=by, at=NOW),
    ):
        with pytest.raises(RegisterError, match="signed by 2 different officers"):
            call("chief")
        for by in (("chief", "anna"), ("auditor", "anna"), ("auditor", "gate")):
            with pytest.raises(RegisterError, match="missing role for"):
                call(by)
    enrol(register, "late", "auditor", "store", TWO)
    with pytest.raises(RegisterError, match="missing role for new-key"):
        register.officers.new_key("second", key=request("second", new), officer=("auditor", "late"), at=NOW)
    register.officers.new_key("second", key=request("second", new), officer=("auditor", "chief"), at=NOW)
    both = Register(url, keys=keys, officer_keys=[OFFICERS["chief"], new])
    both.officers.new_key("second", key=request("second", last := OfficerKey.generate()), officer=TWO, at=NOW)
    both.close()
    register.officers.dismiss("second", "officer", officer=("chief", "auditor"), at=NOW)
    with pytest.raises(RegisterError, match="already enrolled"):
        enrol(register, "bob", "clerk", "store", key=last)
    assert register.audit(officer="auditor", heads=[]).problems == ()


def test_an_auditor_is_second_only_where_no_supervisor_can_be(register):
    enrol(register, "late", "officer", "store", TWO)
    new = request("late", OfficerKey.generate())
    with pytest.raises(RegisterError, match="missing role for new-key"):
        register.officers.new_key("late", key=new, officer=("chief", "auditor"), at=NOW)
    with pytest.raises(RegisterError, match="missing role for enrol"):
        enrol(register, "bob", "officer", "store", ("chief", "auditor"))
    with pytest.raises(RegisterError, match="missing role for new-key"):  # a clerk's key takes a supervisor, and no auditor
        register.officers.new_key("anna", key=request("anna", OfficerKey.generate()), officer="auditor", at=NOW)
    register.officers.new_key("late", key=new, officer=TWO, at=NOW)
    assert register.audit(officer="auditor", heads=[]).problems == ()


def test_a_trial_register_asks_for_no_key(tmp_path):
    register = Register(f"sqlite:///{tmp_path / 'r.db'}")
    register.officers.enrol("anna", "clerk", office="o", officer="trial", at=NOW)
    register.officers.enrol("bob", "clerk", office="o", officer="trial", at=NOW, key=request("bob"))  # nor minds one
    register.officers.new_key("anna", key=request("anna"), officer="trial", at=NOW)
    register.add_series(KIND, "T{:08d}", at=NOW)
    issue(register, officer="whoever")
    audit = register.audit(heads=[])
    assert (audit.problems, audit.undetermined, audit.signed_from, audit.first_key) == ((), (), None, "")
    with pytest.raises(UsageError, match="nobody signs"):
        register.draft(lambda one: one.act("destroy", "T00000009", officers=("a", "b"), at=NOW, reference="act"))
    register.close()


def test_who_has_two_keys_acts_with_neither(register):
    """Whoever writes to the database gives an officer a key of their own."""
    with register._context.store.write() as connection:
        connection.exec_driver_sql("UPDATE officer_key SET until = 'x' WHERE officer = 'second'")
        connection.exec_driver_sql("INSERT INTO officer_key VALUES ('other', 'chief', '', '')")
    with pytest.raises(RegisterError, match="officer without a key"):
        register.blanks.add_series("return-certificate", "R{:07d}", officer="chief", at=NOW)
    assert {problem.table for problem in register.audit(officer="auditor").problems} == {"officer_key"}


def test_a_register_reopened_knows_its_officers(register, url, keys):
    again = open_register(url, keys)
    found = {(one.id, one.role): one.key for one in again.officers.list(officer="chief")}
    assert found["anna", "clerk"] == OFFICERS["anna"].fingerprint
    assert len(set(found.values())) == 5
    again.close()


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (
            lambda r: r.act("destroy", "P0000001", officers=("chief", "anna"), at=NOW, reference="act 1"),
            "missing role for destroy: officer anna; it takes officer; anna has clerk",
        ),
        (
            lambda r: r.documents.holder("P0000001", officer="auditor"),
            "missing role for look-up: officer auditor; it takes border or clerk or officer; auditor has auditor",
        ),
        (
            lambda r: r.officers.dismiss("anna", "clerk", officer=("anna", "auditor"), at=NOW),
            "missing role for dismiss: officer anna; it takes officer or auditor as the second of two; anna has clerk",
        ),
        (
            lambda r: r.reserve(KIND, officer="nobody", at=NOW),
            "missing role for issue: officer nobody; it takes clerk or officer; nobody has no role",
        ),
        (
            lambda r: r.act("destroy", "P0000001", officers=["chief"], at=NOW, reference="act 1"),
            "destroy is signed by 2 different officers: officer chief; it takes officer: name each and give both keys, "
            "or draft an order with --order",
        ),
        (
            lambda r: r.reserve(KIND, officer="anna", office="khujand", at=NOW),
            "an officer of another office: officer anna; issue is done at khujand by clerk or officer of that office; "
            "anna is of dushanbe",
        ),
        (
            lambda r: r.act("confirm", "P0000001", officers=["anna"], at=NOW, office="khujand"),
            "an officer of another office: officer anna; confirm is done at khujand by clerk or officer of that office; "
            "anna is of dushanbe",
        ),
        (
            lambda r: r.document("P0000001"),
            "nobody is named: officer; status takes auditor or border or clerk or officer; name who asks",
        ),
    ],
)
def test_a_refusal_names_the_officer_the_act_and_the_roles(stocked, call, said):
    with pytest.raises((RegisterError, UsageError)) as caught:
        call(stocked)
    assert str(caught.value) == said
