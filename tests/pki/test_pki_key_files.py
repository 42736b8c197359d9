"""Files of private keys that somebody made so that opening them takes long: what it costs is read before it is done."""

import base64
import os

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat

from tests.support import builders as b
from tjdocs import limits
from tjdocs.asn1 import der
from tjdocs.asn1.pkcs8_schema import derivation
from tjdocs.border.evidence.evidence_signature import read_signer
from tjdocs.errors import InputError, KeyMaterialError
from tjdocs.pki import Authority, key_protection
from tjdocs.register.officer_keys import OfficerKey
from tjdocs.register.register_keys import Keys

PASSPHRASE = b"a long passphrase"
AES = b.sequence(b.oid("2.16.840.1.101.3.4.1.42"), b.octets(bytes(16)))
SHA256 = b.sequence(b.oid("1.2.840.113549.2.9"), b.der(0x05))


def pbes2(function: bytes) -> bytes:
    return b.sequence(b.sequence(b.oid("1.2.840.113549.1.5.13"), b.sequence(function, AES)), b.octets(bytes(48)))


def pbkdf2(rounds: int) -> bytes:
    return pbes2(b.sequence(b.oid("1.2.840.113549.1.5.12"), b.sequence(b.octets(bytes(8)), b.integer(rounds), SHA256)))


def pbes1(rounds: int, oid: str = "1.2.840.113549.1.12.1.3") -> bytes:
    return b.sequence(b.sequence(b.oid(oid), b.sequence(b.octets(bytes(8)), b.integer(rounds))), b.octets(bytes(48)))


def scrypt(cost: int, size: int, lanes: int, *more: bytes) -> bytes:
    values = b.sequence(b.octets(bytes(16)), *map(b.integer, (cost, size, lanes)), *more)
    return pbes2(b.sequence(b.oid("1.3.6.1.4.1.11591.4.11"), values))


def pem(data: bytes, label: str = "ENCRYPTED PRIVATE KEY", head: bytes = b"") -> bytes:
    text = base64.encodebytes(data)
    return b"-----BEGIN %b-----\n%b%b-----END %b-----\n" % (label.encode(), head, text, label.encode())


SLOW = {
    "PBKDF2": pbkdf2(limits.KEY_ROUNDS + 1),
    "PBES1": pbes1(limits.KEY_ROUNDS + 1),
    "scrypt, lanes": scrypt(1 << 14, 8, 20),
    "scrypt, with a length": scrypt(1 << 14, 8, 20, b.integer(32)),
    "a number without end": pbkdf2(1 << 400),
    "scrypt of the least N": scrypt(2, 1_300_000, 1),
    "PKCS #12, which makes each block anew": pbes1(limits.KEY_ROUNDS // 2),
}


@pytest.mark.parametrize("name", SLOW)
def test_a_file_that_takes_long_is_not_opened(name):
    data = SLOW[name]
    for file in (data, pem(data), pem(data, "PRIVATE KEY"), pem(b"x", "EC PARAMETERS") + pem(data)):
        with pytest.raises(KeyMaterialError, match="takes too long to open") as caught:
            key_protection.load(file, PASSPHRASE, where="own.key")
        assert "own.key" in str(caught.value)
    # what the library would skip and we cannot is not opened
    with pytest.raises(ValueError, match="not a valid _AnyEncryptedKey"):
        key_protection.load(pem(data, head=b"Comment: x\n\n"), PASSPHRASE, where="own.key")


def test_what_the_library_would_read_is_what_was_looked_at(monkeypatch):
    """Base64 that ends by its padding, in a header line or before another beginning, hides the block behind it."""
    monkeypatch.setattr(key_protection, "load_pem_private_key", lambda *_: pytest.fail("the library has the file"))
    cheap = next(text for rounds in (1, 1000, 100_000) if (text := base64.b64encode(pbkdf2(rounds))).endswith(b"="))
    assert derivation(base64.b64decode(cheap))
    block = b"-----BEGIN ENCRYPTED PRIVATE KEY-----\n%b\n" + base64.encodebytes(pbkdf2(1000)) + b"-----END ENCRYPTED PRIVATE KEY-----\n"
    for head in (cheap[:1] + b": " + cheap[1:] + b"\n", cheap + b"-----: x\n", cheap + b"\n-----BEGIN : x\n", b"Comment: x\n"):
        with pytest.raises(ValueError, match="not a valid _AnyEncryptedKey"):
            key_protection.load(block % head, PASSPHRASE, where="own.key")
    with pytest.raises(ValueError, match="not a valid _AnyEncryptedKey"):
        key_protection.load(b"-----BEGIN EC PARAMETERS-----\n" + pem(pbkdf2(1000)), PASSPHRASE, where="own.key")


def test_what_a_file_costs():
    assert derivation(pbkdf2(600_000)) == derivation(pbes1(600_000, "1.2.840.113549.1.5.10")) == ("rounds", 600_000)
    assert derivation(pbes1(600_000)) == ("rounds", 1_800_000)
    assert derivation(scrypt(1 << 14, 8, 5)) == ("scrypt", 655_360)
    for data in (b"", b.sequence(), b.sequence(b.integer(0), AES, b.octets(b"x")), pbes2(AES)[:-1]):
        with pytest.raises(der.DerError):
            derivation(data)


def test_usual_files_are_opened():
    key = Ed25519PrivateKey.generate()
    for form in (Encoding.PEM, Encoding.DER):
        plain = key.private_bytes(form, PrivateFormat.PKCS8, NoEncryption())
        sealed = key.private_bytes(form, PrivateFormat.PKCS8, BestAvailableEncryption(PASSPHRASE))
        assert isinstance(key_protection.load(plain, None, where=""), Ed25519PrivateKey)
        assert isinstance(key_protection.load(sealed, PASSPHRASE, where=""), Ed25519PrivateKey)
    own = key_protection.protect(key, PASSPHRASE)
    assert isinstance(key_protection.load(own, PASSPHRASE, where=""), Ed25519PrivateKey)


def test_every_place_that_opens_a_key_asks(tmp_path, monkeypatch):
    asked = []
    slow = tmp_path / "slow.key"
    slow.write_bytes(pem(SLOW["PBKDF2"]))
    own = Authority.create(tmp_path / "authority", at=b.AT)
    (own.folder / "csca.key").write_bytes(slow.read_bytes())
    Keys.create(tmp_path / "keys", name="Desk")
    (tmp_path / "keys/log.key").write_bytes(slow.read_bytes())
    certificate = tmp_path / "own.cer"
    certificate.write_bytes(b.utopia().raw)
    monkeypatch.setattr(key_protection, "derivation", lambda data: asked.append(data) or ("rounds", 10**12))
    for open_ in (
        lambda: OfficerKey.open(slow, passphrase=PASSPHRASE),
        lambda: read_signer(certificate, slow, passphrase=PASSPHRASE),
        lambda: own.new_document_signer(at=b.AT),
        lambda: Keys.open(tmp_path / "keys", passphrase=PASSPHRASE),
    ):
        with pytest.raises(KeyMaterialError, match="takes too long to open"):
            open_()
    assert len(asked) == 4


def test_a_file_of_many_beginnings_is_read_once():
    data = b"-----BEGIN -----" * (limits.KEY_FILE // 16)
    assert sum(len(label) + len(text) for label, text in key_protection._blocks(data)) <= len(data)
    with pytest.raises(ValueError, match=r"PEM|[Kk]ey"):
        key_protection.load(data, None, where="own.key")
    with pytest.raises(KeyMaterialError, match="over the limit"):
        key_protection.load(data + bytes(16), None, where="own.key")


UNKNOWN = {
    "curve": b.sequence(b.integer(0), b.sequence(b.oid("1.2.840.10045.2.1"), b.oid("1.3.132.0.99")),
                        b.octets(b.sequence(b.integer(1), b.octets(b"\1" * 32)))),
    "algorithm": b.sequence(b.integer(0), b.sequence(b.oid("1.2.3.4")), b.octets(b"\1" * 32)),
    "scrypt of a large N": scrypt(1 << 17, 1, 19),
}  # fmt: skip


@pytest.mark.parametrize("kind", UNKNOWN)
def test_a_key_of_an_unknown_kind_is_named(kind, tmp_path):
    certificate, key = tmp_path / "own.cer", tmp_path / "own.key"
    certificate.write_bytes(b.utopia().raw)
    key.write_bytes(UNKNOWN[kind])
    own = Authority.create(tmp_path / "authority", at=b.AT)
    (own.folder / "csca.key").write_bytes(UNKNOWN[kind])
    with pytest.raises(KeyMaterialError):
        read_signer(certificate, key, passphrase=b"x")
    with pytest.raises(KeyMaterialError):
        Authority.open(own.folder, passphrase=b"x").new_document_signer(at=b.AT)


def rsa_file(p: int, q: int) -> bytes:
    """Return a key of two numbers, prime or not; the library asks whether they are, and that takes time."""
    e = 65537
    d = pow(e, -1, (p - 1) * (q - 1))
    numbers = (0, p * q, e, d, p, q, d % (p - 1), d % (q - 1), pow(q, -1, p))
    return b.sequence(*map(b.integer, numbers))


WIDE = {
    "two long primes": ((1 << 2100) + 1, (1 << 2099) + 3),
    "one long prime": ((1 << 3000) + 1, (1 << 500) + 15),
}


@pytest.mark.parametrize("name", WIDE)
def test_an_rsa_key_of_long_primes_is_not_looked_into(name):
    data = rsa_file(*WIDE[name])
    for file in (data, pem(data, "RSA PRIVATE KEY")):
        with pytest.raises(KeyMaterialError, match="over the limit") as caught:
            key_protection.load(file, None, where="here")
        assert "here" in str(caught.value)


def test_numbers_of_an_rsa_key_that_are_not_prime_are_still_refused():
    with pytest.raises(ValueError, match=r"[Ii]nvalid|prime|key"):
        key_protection.load(rsa_file((1 << 1023) + 1, (1 << 1022) + 3), None, where="here")


def test_every_key_that_is_made_is_slow_to_guess(tmp_path):
    Authority.create(tmp_path / "authority", at=b.AT, passphrase=PASSPHRASE)
    Keys.create(tmp_path / "keys", name="example.tj/register", passphrase=PASSPHRASE)
    OfficerKey.create(tmp_path / "officer.key", passphrase=PASSPHRASE)
    found = [path for path in tmp_path.rglob("*.key") if path.name != "data.key"]
    assert len(found) >= 5
    for path in found:
        kind, cost = derivation(base64.b64decode(b"".join(path.read_bytes().splitlines()[1:-1])))
        assert (kind, cost) == ("scrypt", max(key_protection.COST, 1024) * 8 * 5), path


def test_no_more_of_a_file_is_read_than_a_key_may_have(tmp_path):
    (tmp_path / "large.key").touch()
    os.truncate(tmp_path / "large.key", 1 << 40)  # it would not fit into memory
    with pytest.raises(KeyMaterialError, match="over the limit"):
        key_protection.read(tmp_path / "large.key", None)
    (tmp_path / "log.key").symlink_to(tmp_path / "large.key")
    with pytest.raises(InputError, match="over the limit"):
        Keys.open(tmp_path)
