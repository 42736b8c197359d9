"""Signatures of every kind, made without the code under test: by ``cryptography``, by the textbook, or by hand."""

import functools
import hashlib
import tomllib
from pathlib import Path
from typing import Any

import ecdsa
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

from tests.support import builders as b

SPECS = Path(__file__).resolve().parents[2] / "specs" / "pki"
TABLE: dict[str, Any] = tomllib.loads((SPECS / "algorithms.toml").read_text())
CURVES: dict[str, Any] = {row["id"]: row for row in tomllib.loads((SPECS / "curves.toml").read_text())["curve"]}
ROWS: dict[str, dict[str, Any]] = {row["id"]: row for row in TABLE["combination"]}
SCHEMES = {row["id"]: row["scheme"] for row in TABLE["signature"]}
SIGNATURE_OIDS = {row["id"]: row["oid"] for row in TABLE["signature"]}

LIBRARY_CURVES = {
    "secp192r1": ec.SECP192R1,
    "secp224r1": ec.SECP224R1,
    "secp256r1": ec.SECP256R1,
    "secp384r1": ec.SECP384R1,
    "secp521r1": ec.SECP521R1,
    "brainpoolP256r1": ec.BrainpoolP256R1,
    "brainpoolP384r1": ec.BrainpoolP384R1,
    "brainpoolP512r1": ec.BrainpoolP512R1,
}

# RFC 8017, 9.2, note 1
DIGEST_INFO = {
    "md5": "3020300c06082a864886f70d020505000410",
    "sha1": "3021300906052b0e03021a05000414",
    "sha224": "302d300d06096086480165030402040500041c",
    "sha256": "3031300d060960864801650304020105000420",
    "sha384": "3041300d060960864801650304020205000430",
    "sha512": "3051300d060960864801650304020305000440",
}


# --------------------------------------------------------------------------------------------------------- RSA, by hand


class RsaKey:
    """An RSA key with any exponent, computed with by ``pow`` alone."""

    def __init__(self, size: int, exponent: int = 65537, *, source: rsa.RSAPrivateKey | None = None) -> None:
        library = source or rsa.generate_private_key(exponent if exponent in (3, 65537) else 65537, size)
        numbers = library.private_numbers()
        self.n, self.e, self.size = numbers.public_numbers.n, exponent, size
        self.d = pow(exponent, -1, (numbers.p - 1) * (numbers.q - 1))
        self.library = library if exponent == numbers.public_numbers.e else None
        self.spki = b.rsa_spki(self.n, exponent)

    def raw(self, block: bytes) -> bytes:
        """Return the block raised to the private exponent, whatever it holds."""
        return pow(int.from_bytes(block, "big"), self.d, self.n).to_bytes(self.size // 8, "big")

    def pkcs1(self, hash_: str, data: bytes) -> bytes:
        return self.raw(pkcs1_block(digest_info(hash_, data), self.size // 8))

    def pss(self, hash_: str, data: bytes, *, salt: int, mask: str) -> bytes:
        return self.raw(pss_block(hash_, data, bytes(range(1, salt + 1)), mask, self.size - 1))


def digest_info(hash_: str, data: bytes) -> bytes:
    return bytes.fromhex(DIGEST_INFO[hash_]) + hashlib.new(hash_, data).digest()


def pkcs1_block(info: bytes, size: int) -> bytes:
    return b"\0\1" + b"\xff" * (size - 3 - len(info)) + b"\0" + info


def mgf1(hash_: str, seed: bytes, length: int) -> bytes:
    """RFC 8017, B.2.1."""
    parts, counter = b"", 0
    while len(parts) < length:
        parts += hashlib.new(hash_, seed + counter.to_bytes(4, "big")).digest()
        counter += 1
    return parts[:length]


def pss_block(hash_: str, data: bytes, salt: bytes, mask: str, bits: int) -> bytes:
    """RFC 8017, 9.1.1."""
    size = (bits + 7) // 8
    inner = hashlib.new(hash_, bytes(8) + hashlib.new(hash_, data).digest() + salt).digest()
    block = bytes(size - len(salt) - len(inner) - 2) + b"\1" + salt
    masked = bytearray(x ^ y for x, y in zip(block, mgf1(mask, inner, len(block)), strict=True))
    masked[0] &= 0xFF >> (8 * size - bits)
    return bytes(masked) + inner + b"\xbc"


def rsa_key(kind: str = "rsa-2048") -> RsaKey:
    """Return the session's key of that kind: a size, perhaps an unusual exponent."""
    return _rsa_key(kind)


@functools.cache
def _rsa_key(kind: str) -> RsaKey:
    if kind == "rsa-2048-e3":
        return RsaKey(2048, 3)
    if kind == "rsa-2048-random-e":
        return RsaKey(2048, _random_exponent(2048), source=rsa_key().library)
    size = int(kind.split("-")[1])
    if kind.endswith("random-e"):
        return RsaKey(size, _random_exponent(size), source=rsa_key(f"rsa-{size}").library)
    return RsaKey(size)


def _random_exponent(size: int) -> int:
    numbers = rsa_key(f"rsa-{size}").library.private_numbers()
    exponent = int.from_bytes(hashlib.shake_256(b"exponent").digest(size // 8 - 1), "big") | 1
    while True:
        try:
            pow(exponent, -1, (numbers.p - 1) * (numbers.q - 1))
        except ValueError:
            exponent += 2
        else:
            return exponent


# -------------------------------------------------------------------------------------------- elliptic curves, textbook


class EcKey:
    """A key on a curve of ``ecdsa``'s tables, computed with in affine coordinates by the textbook."""

    def __init__(self, name: str, secret: int = 0x1234567890ABCDEF1234567890ABCDEF1234567890ABCDEF) -> None:
        curve = next(c for c in ecdsa.curves.curves if c.name == name.replace("brainpool", "BRAINPOOL"))
        self.p, self.a, self.n = curve.curve.p(), curve.curve.a() % curve.curve.p(), int(curve.order)
        self.base = (int(curve.generator.x()), int(curve.generator.y()))
        self.oid = ".".join(map(str, curve.oid))
        self.secret, self.name = secret % self.n, name
        self.point = self.times(self.secret, self.base)
        self.field_size = (self.p.bit_length() + 7) // 8
        encoded = b"\4" + b"".join(number.to_bytes(self.field_size, "big") for number in self.point)
        self.spki = b.ec_spki(self.oid, encoded)

    def add(self, one: Any, two: Any) -> Any:
        if one is None or two is None:
            return one or two
        (x1, y1), (x2, y2) = one, two
        if x1 == x2 and (y1 + y2) % self.p == 0:
            return None
        above, below = (3 * x1 * x1 + self.a, 2 * y1) if one == two else (y2 - y1, x2 - x1)
        slope = above * pow(below, -1, self.p)
        x3 = (slope * slope - x1 - x2) % self.p
        return x3, (slope * (x1 - x3) - y1) % self.p

    def times(self, number: int, point: Any) -> Any:
        result = None
        while number:
            if number & 1:
                result = self.add(result, point)
            point = self.add(point, point)
            number >>= 1
        return result

    def sign(self, hash_: str, data: bytes) -> tuple[int, int]:
        digest = hashlib.new(hash_, data).digest()
        value = int.from_bytes(digest, "big") >> max(0, 8 * len(digest) - self.n.bit_length())
        nonce = int.from_bytes(hashlib.sha512(b"nonce" + digest).digest(), "big") % self.n
        r = self.times(nonce, self.base)[0] % self.n
        return r, pow(nonce, -1, self.n) * (value + r * self.secret) % self.n


@functools.cache
def ec_key(name: str) -> Any:
    """Return a key of ``cryptography``, or of the textbook on the curves that it lacks."""
    if name in LIBRARY_CURVES:
        return ec.derive_private_key(0x1234567890ABCDEF1234567890ABCDEF, LIBRARY_CURVES[name]())
    return EcKey(name)


@functools.cache
def dsa_key() -> dsa.DSAPrivateKey:
    return dsa.generate_private_key(2048)


def hash_oid(hash_: str) -> bytes:
    return b.oid(b.HASHES[hash_][0])


def order_bytes(curve: str) -> int:
    return (int(CURVES[curve]["n"], 16).bit_length() + 7) // 8


def der_signature(r: int, s: int) -> bytes:
    return b.sequence(b.integer(r), b.integer(s))


def spki(kind: str) -> bytes:
    """Return the SubjectPublicKeyInfo of a combination's key."""
    if kind.startswith("rsa"):
        return rsa_key(kind).spki
    key = dsa_key() if kind.startswith("dsa") else ec_key(kind)
    return key.spki if isinstance(key, EcKey) else b.spki(key)


def pss_parameters(hash_: str, mask: str, salt: int, *, null: bool = True) -> bytes:
    tail = b"\x05\x00" if null else b""
    return b.sequence(
        b.der(0xA0, b.sequence(hash_oid(hash_), tail)),
        b.der(0xA1, b.sequence(b.oid("1.2.840.113549.1.1.8"), b.sequence(hash_oid(mask), tail))),
        b.der(0xA2, b.integer(salt)),
    )


def algorithm(row: dict[str, Any]) -> bytes:
    """Return a combination's AlgorithmIdentifier, DER."""
    scheme = SCHEMES[row["signature"]]
    parameters = b"\x05\x00" if scheme == "rsa-pkcs1" else b""
    if scheme == "rsa-pss":
        salt = row.get("salt", hashlib.new(row["hash"]).digest_size)
        parameters = pss_parameters(row["hash"], row.get("mgf", row["hash"]), salt)
    return b.sequence(b.oid(SIGNATURE_OIDS[row["signature"]]), parameters)


def sign(row: dict[str, Any], data: bytes) -> bytes:
    """Return a combination's signature over ``data``."""
    hash_, scheme = row["hash"], SCHEMES[row["signature"]]
    library_hash: hashes.HashAlgorithm = b.HASHES[hash_][1]
    if scheme.startswith("rsa"):
        key, mask = rsa_key(row["key"]), row.get("mgf", hash_)
        salt = row.get("salt", library_hash.digest_size)
        if key.library is None or hash_ == "md5":
            return key.pss(hash_, data, salt=salt, mask=mask) if scheme == "rsa-pss" else key.pkcs1(hash_, data)
        form = padding.PSS(padding.MGF1(b.HASHES[mask][1]), salt) if scheme == "rsa-pss" else padding.PKCS1v15()
        return key.library.sign(data, form, library_hash)
    if scheme == "dsa":
        return dsa_key().sign(data, library_hash)
    key = ec_key(row["key"])
    if isinstance(key, EcKey):
        signature = der_signature(*key.sign(hash_, data))
    else:
        signature = key.sign(hashlib.new(hash_, data).digest(), ec.ECDSA(Prehashed(library_hash)))
    if scheme == "ecdsa-plain" or row.get("plain"):
        return b.joined(signature, order_bytes(row["key"]))
    return signature
