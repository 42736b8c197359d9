"""Keys and signatures at the edges: forged blocks, odd exponents and salts, odd points, curves that are not theirs."""

import hashlib
import math

import ecdsa
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support import builders as b
from tests.support import signing
from tjdocs.asn1 import x509_schema
from tjdocs.pki import curves, public_key

DATA = b"what is signed"
RSA_SHA256 = x509_schema.AlgorithmId("1.2.840.113549.1.1.11", b"\x05\x00")
ECDSA_SHA256 = x509_schema.AlgorithmId("1.2.840.10045.4.3.2", b"")
DSA_SHA256 = x509_schema.AlgorithmId("2.16.840.1.101.3.4.3.2", b"")


def pss(parameters: bytes) -> x509_schema.AlgorithmId:
    return x509_schema.AlgorithmId("1.2.840.113549.1.1.10", parameters)


def outcome(result: public_key.SignatureResult):
    return result.valid, result.reason, result.warnings


WRONG = (False, "wrong-signature", ())
RIGHT = (True, "", ())

# ----------------------------------------------------------------------------------------------------- RSA, PKCS#1 v1.5


def bare_info(hash_: str, data: bytes) -> bytes:
    """A DigestInfo without NULL."""
    return b.sequence(b.sequence(signing.hash_oid(hash_)), b.octets(hashlib.new(hash_, data).digest()))


@pytest.mark.parametrize("hash_", ["sha1", "sha224", "sha256", "sha384", "sha512"])
@pytest.mark.parametrize("kind", ["rsa-2048", "rsa-2048-e3"])
def test_a_digest_info_without_null_is_accepted_by_its_name(kind, hash_):
    key = signing.rsa_key(kind)
    signature = key.raw(signing.pkcs1_block(bare_info(hash_, DATA), 256))
    algorithm = x509_schema.AlgorithmId(signing.SIGNATURE_OIDS[f"rsa-{hash_}"], b"\x05\x00")
    result = public_key.verify(public_key.load(key.spki), algorithm, signature, DATA)
    assert outcome(result) == (True, "", ("digest-info-without-null",))
    assert outcome(public_key.verify(public_key.load(key.spki), algorithm, signature, DATA + b"!")) == WRONG


def blocks(size: int = 256):
    """Blocks that a careless reader would take for right."""
    digest = hashlib.sha256(DATA).digest()
    right = signing.digest_info("sha256", DATA)
    identifier = b.sequence(signing.hash_oid("sha256"), b"\x05\x00")
    yield "the digest alone", signing.pkcs1_block(digest, size)
    yield "another hash's identifier", signing.pkcs1_block(bytes.fromhex(signing.DIGEST_INFO["sha1"]) + digest, size)
    yield "bytes behind the digest info", signing.pkcs1_block(right + b"\0", size)
    yield "bytes behind the bare one", signing.pkcs1_block(bare_info("sha256", DATA) + b"\0", size)
    yield (
        "parameters that are no NULL",
        signing.pkcs1_block(
            b.sequence(b.sequence(signing.hash_oid("sha256"), b.octets(b"garbage")), b.octets(digest)), size
        ),
    )
    yield (
        "NULL with content",
        signing.pkcs1_block(
            b.sequence(b.sequence(signing.hash_oid("sha256"), b"\x05\x01\x00"), b.octets(digest)), size
        ),
    )
    yield "lengths in a long form", signing.pkcs1_block(b"\x30\x81" + bytes([len(right) - 2]) + right[2:], size)
    yield "an element more", signing.pkcs1_block(b.sequence(identifier, b.octets(digest), b.octets(b"x")), size)
    yield "short padding, garbage at the end", b"\0\1" + b"\xff" * 8 + b"\0" + right + bytes(size - 11 - len(right))
    yield "seven bytes of padding", b"\0\1" + b"\xff" * 7 + b"\0" + bytes(size - 10 - len(right)) + right
    yield "no padding", b"\0\1\0" + bytes(size - 3 - len(right)) + right
    yield "padding of block type 2", b"\0\2" + b"\xff" * (size - 3 - len(right)) + b"\0" + right
    yield "padding of block type 0", bytes(size - len(right)) + right
    yield "padding with a hole", b"\0\1" + b"\xff" * 100 + b"\xfe" + b"\xff" * (size - 104 - len(right)) + b"\0" + right
    yield "no end of padding", b"\0\1" + b"\xff" * (size - 2 - len(right)) + right
    yield "first byte not zero", b"\1\1" + b"\xff" * (size - 3 - len(right)) + b"\0" + right


# 3136 bits and a long exponent: the library's own road, which OpenSSL refuses to take
ROADS = {"rsa-2048": 256, "rsa-3136-random-e": 392}


@pytest.mark.parametrize("kind", ROADS)
@pytest.mark.parametrize("what", [what for what, _ in blocks()])
def test_no_other_block_is_accepted(kind, what):
    key, block = signing.rsa_key(kind), dict(blocks(ROADS[kind]))[what]
    if int.from_bytes(block, "big") >= key.n:
        block = block.replace(b"\1\1", b"\0\1", 1)[:-1] + b"\0"
    assert outcome(public_key.verify(public_key.load(key.spki), RSA_SHA256, key.raw(block), DATA)) == WRONG


@pytest.mark.parametrize("bare", [False, True])
@pytest.mark.parametrize("padded", [8, 1, 0])
def test_forging_under_exponent_three(bare, padded):
    """Bleichenbacher, 2006: a right digest info, then garbage that makes the block a cube. No private key is used."""
    key = signing.rsa_key("rsa-2048-e3")
    info = bare_info("sha256", DATA) if bare else signing.digest_info("sha256", DATA)
    head = b"\0\1" + b"\xff" * padded + b"\0" + info
    low = int.from_bytes(head + bytes(256 - len(head)), "big")
    root = cube_root(low)
    forged = root + (root**3 < low)
    assert (forged**3).to_bytes(256, "big").startswith(head)  # the attack works against a reader of the block
    signature = forged.to_bytes(256, "big")
    assert outcome(public_key.verify(public_key.load(key.spki), RSA_SHA256, signature, DATA)) == WRONG


def cube_root(number: int) -> int:
    low, high = 0, 1 << (number.bit_length() // 3 + 1)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if middle**3 <= number else (low, middle - 1)
    return low


def test_forging_by_parameters_under_exponent_three():
    """Kuehn, Pyshkin and others, 2006: right padding and digest, garbage in the identifier's parameters."""
    key = signing.rsa_key("rsa-2048-e3")
    data = next(text for text in (b"%d" % n for n in range(50)) if hashlib.sha256(text).digest()[-1] & 1)
    tail = b.octets(hashlib.sha256(data).digest())
    # two lengths of two bytes each, then an OCTET STRING of 191 bytes as parameters
    head = b"\0\1" + b"\xff" * 8 + b"\0" + bytes.fromhex("3081f23081cd") + signing.hash_oid("sha256") + b"\x04\x81\xbf"
    assert len(head) + 191 + len(tail) == 256
    modulus = 1 << 8 * len(tail)
    low = pow(int.from_bytes(tail, "big"), pow(3, -1, modulus // 4), modulus)  # an odd number has a cube root
    high = cube_root(int.from_bytes(head + b"\x80" + bytes(256 - len(head) - 1), "big"))
    forged = high // modulus * modulus + low
    block = (forged**3).to_bytes(256, "big")
    assert block.startswith(head)
    assert block.endswith(tail)  # the attack works against a reader of the block
    assert outcome(public_key.verify(public_key.load(key.spki), RSA_SHA256, forged.to_bytes(256, "big"), data)) == WRONG


@pytest.mark.parametrize("kind", ROADS)
def test_numbers_at_the_edges_are_no_signatures(kind):
    key, size = signing.rsa_key(kind), ROADS[kind]
    # n + s is of the same length only where s is small enough
    data, s = next(
        (text, number)
        for text in (b"%d" % n for n in range(200))
        for number in [int.from_bytes(key.pkcs1("sha256", text), "big")]
        if key.n + number < 1 << 8 * size
    )
    assert outcome(public_key.verify(public_key.load(key.spki), RSA_SHA256, s.to_bytes(size, "big"), data)) == RIGHT
    for number in (0, 1, key.n - 1, key.n, key.n + s, key.n - s):
        signature = number.to_bytes(size, "big")
        assert outcome(public_key.verify(public_key.load(key.spki), RSA_SHA256, signature, data)) == WRONG
    right = s.to_bytes(size, "big")
    for signature in (b"\0" + right, right + b"\0", right[:-1], b""):
        assert outcome(public_key.verify(public_key.load(key.spki), RSA_SHA256, signature, data)) == WRONG


@pytest.mark.parametrize("kind", ["rsa-2048-random-e", "rsa-3072-random-e", "rsa-4096-random-e"])
def test_random_exponents(kind):
    """Some States' exponents are as long as the modulus: a right signature is right, whatever the key's size."""
    key = signing.rsa_key(kind)
    assert key.e.bit_length() > 64
    loaded = public_key.load(key.spki)
    assert loaded.kind == "rsa"
    assert outcome(public_key.verify(loaded, RSA_SHA256, key.pkcs1("sha256", DATA), DATA)) == RIGHT
    assert outcome(public_key.verify(loaded, RSA_SHA256, key.pkcs1("sha256", DATA), DATA + b"!")) == WRONG
    algorithm = pss(signing.pss_parameters("sha256", "sha256", 32))
    signature = key.pss("sha256", DATA, salt=32, mask="sha256")
    assert outcome(public_key.verify(loaded, algorithm, signature, DATA)) == RIGHT
    assert outcome(public_key.verify(loaded, algorithm, signature, DATA + b"!")) == WRONG


def primes(key):
    numbers = key.private_numbers()
    return numbers.p, numbers.q


def test_a_modulus_of_one_bit_more_than_whole_octets():
    """RFC 8017, 9.1.1: the encoded message is then an octet shorter than the signature."""
    p = signing.rsa_key("rsa-4096").library.private_numbers().p  # of 2048 bits
    candidates = (q for _ in range(20) for q in primes(rsa.generate_private_key(65537, 2178)))  # of 1089 bits
    blocks = (signing.pss_block("sha256", DATA, bytes([salt]) * 32, "sha256", 3136) for salt in range(256))
    block = next(block for block in blocks if block[0] < 16)
    q = next(q for q in candidates if (p * q).bit_length() == 3137 and p * q > int.from_bytes(b"\1" + block, "big"))
    n, order = p * q, (p - 1) * (q - 1)
    e = next(number for number in range((1 << 80) | 1, 1 << 81, 2) if math.gcd(number, order) == 1)
    loaded, algorithm = public_key.load(b.rsa_spki(n, e)), pss(signing.pss_parameters("sha256", "sha256", 32))
    assert len(block) == 392
    for first, expected in ((b"\0", RIGHT), (b"\1", WRONG)):
        number = int.from_bytes(first + block, "big")
        assert number < n
        signature = pow(number, pow(e, -1, order), n).to_bytes(393, "big")
        assert outcome(public_key.verify(loaded, algorithm, signature, DATA)) == expected


def test_a_modulus_without_its_leading_zero_is_read_as_what_it_is():
    key = signing.rsa_key()
    unsigned = b.der(0x02, key.n.to_bytes(256, "big"))  # as an INTEGER it would be negative
    spki = b.sequence(b.algorithm("rsa-key"), b.bits(b.sequence(unsigned, b.integer(key.e))))
    result = public_key.verify(public_key.load(spki), RSA_SHA256, key.pkcs1("sha256", DATA), DATA)
    assert outcome(result) == (True, "", ("rsa-modulus-negative",))


@pytest.mark.parametrize(
    ("modulus", "exponent", "name"),
    [
        ((1 << 8192) | 1, 65537, "limit"),
        ((1 << 2047) | 1, (1 << 8192) | 1, "limit"),
        (0, 0, "key-unusable"),
        (1, 3, "key-unusable"),
        ((1 << 2047) | 1, 1, "key-unusable"),
        ((1 << 2047) | 1, 2, "key-unusable"),
        ((1 << 2047) | 1, 65536, "key-unusable"),
        ((1 << 2047) | 1, (1 << 2047) | 1, "key-unusable"),
    ],
)
def test_rsa_keys_that_are_not_computed_with(modulus, exponent, name):
    key = public_key.load(b.rsa_spki(modulus, exponent))
    assert (key.kind, key.name) == ("unsupported", name)
    assert outcome(public_key.verify(key, RSA_SHA256, bytes(256), DATA)) == (None, name, ())


def test_a_key_that_takes_seconds_to_compute_with_is_over_the_limit():
    """A long exponent beside a long modulus: a file of 64 such keys would hold a border up for minutes."""
    key = public_key.load(b.rsa_spki((1 << 8191) | 1, (1 << 8190) | 1))
    assert (key.kind, key.name) == ("unsupported", "limit")


def test_the_largest_rsa_key():
    key = public_key.load(b.rsa_spki((1 << 8191) | 1))
    assert (key.kind, key.name, key.bits) == ("rsa", "RSA 8192", 8192)
    assert outcome(public_key.verify(key, RSA_SHA256, bytes(1024), DATA)) == WRONG


@pytest.mark.parametrize("size", [64, 512, 768, 1024])
@pytest.mark.parametrize("hash_", ["sha1", "sha512"])
def test_short_rsa_keys_do_not_raise(size, hash_):
    key = public_key.load(b.rsa_spki((1 << (size - 1)) | 1, 3))
    signature = b"\1" * (size // 8)
    expected = WRONG if size == 1024 else (False, "algorithm-forbidden", ())
    algorithm = x509_schema.AlgorithmId(signing.SIGNATURE_OIDS[f"rsa-{hash_}"], b"")
    assert outcome(public_key.verify(key, algorithm, signature, DATA)) == expected
    algorithm = pss(signing.pss_parameters(hash_, hash_, 20))
    assert outcome(public_key.verify(key, algorithm, signature, DATA)) == expected


@pytest.mark.parametrize(
    ("bits", "reason"), [(512, "algorithm-forbidden"), (1023, "algorithm-forbidden"), (1024, "wrong-signature")]
)
def test_an_rsa_key_that_anybody_could_factor_signs_nothing(bits, reason):
    key = public_key.load(b.rsa_spki((1 << (bits - 1)) | 12345))
    result = public_key.verify(key, x509_schema.AlgorithmId("1.2.840.113549.1.1.11", b""), bytes(bits // 8), b"x")
    assert (result.valid, result.reason) == (False, reason)


# ------------------------------------------------------------------------------------------------------------- RSA, PSS


@pytest.mark.parametrize("salt", [0, 1, 20, 32, 33, 64, 222])
def test_any_salt_of_the_parameters(salt):
    key = signing.rsa_key()
    signature = key.pss("sha256", DATA, salt=salt, mask="sha256")
    algorithm = pss(signing.pss_parameters("sha256", "sha256", salt))
    assert outcome(public_key.verify(public_key.load(key.spki), algorithm, signature, DATA)) == RIGHT


@pytest.mark.parametrize(("stated", "used"), [(20, 32), (32, 20), (0, 64), (64, 0), (222, 32), (1000, 32)])
def test_another_salt_than_stated_is_accepted_by_its_name(stated, used):
    key = signing.rsa_key()
    signature = key.pss("sha256", DATA, salt=used, mask="sha256")
    algorithm = pss(signing.pss_parameters("sha256", "sha256", stated))
    assert outcome(public_key.verify(public_key.load(key.spki), algorithm, signature, DATA)) == (True, "", ("pss-salt-differs",))
    assert outcome(public_key.verify(public_key.load(key.spki), algorithm, signature, DATA + b"!")) == WRONG


@pytest.mark.parametrize("mask", ["sha1", "sha224", "sha256", "sha384", "sha512"])
@pytest.mark.parametrize("hash_", ["sha1", "sha224", "sha256", "sha384", "sha512"])
def test_the_mask_may_have_another_hash(hash_, mask):
    key = signing.rsa_key()
    signature = key.pss(hash_, DATA, salt=20, mask=mask)
    for null in (True, False):
        algorithm = pss(signing.pss_parameters(hash_, mask, 20, null=null))
        assert outcome(public_key.verify(public_key.load(key.spki), algorithm, signature, DATA)) == RIGHT
    other = "sha256" if mask != "sha256" else "sha384"
    algorithm = pss(signing.pss_parameters(hash_, other, 20))
    assert outcome(public_key.verify(public_key.load(key.spki), algorithm, signature, DATA)) == WRONG


@pytest.mark.parametrize(
    "parameters", [b"", b.sequence(), b.sequence(b.der(0xA2, b.integer(20))), b.sequence(b.der(0xA3, b.integer(1)))]
)
def test_what_the_parameters_leave_out_has_its_default(parameters):
    key = signing.rsa_key()
    signature = key.pss("sha1", DATA, salt=20, mask="sha1")
    result = public_key.verify(public_key.load(key.spki), pss(parameters), signature, DATA, digest="sha256")
    assert outcome(result) == RIGHT
    assert result.hash == "sha1"


def masked(identifier: bytes) -> bytes:
    return b.sequence(b.der(0xA0, b.sequence(signing.hash_oid("sha256"))), b.der(0xA1, identifier))


@pytest.mark.parametrize(
    "parameters",
    [
        b"\x05\x00",
        b.integer(5),
        b.sequence(b.der(0xA0, b.sequence(b.oid("2.16.840.1.101.3.4.2.8")))),  # SHA3-256: not in the table
        masked(b.sequence(b.oid("1.2.3"), b.sequence(signing.hash_oid("sha256")))),
        masked(b.sequence(b.oid("1.2.840.113549.1.1.8"))),
        masked(b.sequence(b.oid("1.2.840.113549.1.1.8"), b.sequence(b.oid("2.16.840.1.101.3.4.2.8")))),
        b.sequence(b.der(0xA2, b.integer(-1))),
        b.sequence(b.der(0xA2, b.integer(1 << 40))),
        b.sequence(b.der(0xA4, b.integer(2))),
        b.sequence() + b"\0",
    ],
)
def test_pss_parameters_that_are_not_understood_decide_nothing(parameters):
    key = signing.rsa_key()
    signature = key.pss("sha256", DATA, salt=32, mask="sha256")
    result = public_key.verify(public_key.load(key.spki), pss(parameters), signature, DATA, digest="sha256")
    assert outcome(result) == (None, "algorithm-unknown", ())


def test_a_pss_trailer_that_does_not_exist():
    """RFC 8017, A.2.3: trailerField shall be 1."""
    key = signing.rsa_key()
    result = public_key.verify(public_key.load(key.spki), pss(b.sequence(b.der(0xA3, b.integer(2)))), bytes(256), DATA)
    assert outcome(result) == (False, "pss-trailer", ())


def restricted(parameters: bytes) -> bytes:
    key = signing.rsa_key()
    algorithm = b.sequence(b.oid("1.2.840.113549.1.1.10"), parameters)
    return b.sequence(algorithm, b.bits(b.sequence(b.integer(key.n), b.integer(key.e))))


def pss_parameters(hash_: str, *, mask: str | None = None, salt: int = 32) -> bytes:
    digest, other = (b.sequence(signing.hash_oid(name)) for name in (hash_, mask or hash_))
    mgf = b.sequence(b.oid("1.2.840.113549.1.1.8"), other)
    return b.sequence(b.der(0xA0, digest), b.der(0xA1, mgf), b.der(0xA2, b.integer(salt)))


@pytest.mark.parametrize(
    ("own", "warnings"),
    [
        (pss_parameters("sha256"), ()),
        (pss_parameters("sha256", salt=20), ()),  # RFC 4055, 3.3: the key names the least length
        (pss_parameters("sha256", salt=48), ("pss-key-parameters",)),
        (pss_parameters("sha512"), ("pss-key-parameters",)),
        (pss_parameters("sha256", mask="sha512"), ("pss-key-parameters",)),
        (b.sequence(b.der(0xA3, b.integer(2))), ("pss-key-parameters",)),
        (b"\x05\x00", ()),
        (b"", ()),
    ],
)
def test_what_a_pss_key_allows_is_held_against_its_signatures(own, warnings):
    key = signing.rsa_key()
    signature = key.pss("sha256", DATA, salt=32, mask="sha256")
    result = public_key.verify(public_key.load(restricted(own)), pss(pss_parameters("sha256")), signature, DATA)
    assert outcome(result) == (True, "", warnings)


def test_a_key_that_is_for_pss_alone():
    """RFC 4055, 1.2: a key under id-RSASSA-PSS signs by PSS and nothing else."""
    key = signing.rsa_key()
    spki = b.sequence(
        b.sequence(b.oid("1.2.840.113549.1.1.10")), b.bits(b.sequence(b.integer(key.n), b.integer(key.e)))
    )
    loaded = public_key.load(spki)
    algorithm = pss(signing.pss_parameters("sha256", "sha256", 32))
    assert outcome(public_key.verify(loaded, algorithm, key.pss("sha256", DATA, salt=32, mask="sha256"), DATA)) == RIGHT
    result = public_key.verify(loaded, RSA_SHA256, key.pkcs1("sha256", DATA), DATA)
    assert outcome(result) == (False, "algorithm-key-mismatch", ())


@pytest.mark.parametrize("kind", ROADS)
@pytest.mark.parametrize("change", ["trailer", "top bit", "separator", "padding", "hash", "short"])
def test_pss_blocks_that_are_nearly_right(kind, change):
    key, size = signing.rsa_key(kind), ROADS[kind]
    algorithm = pss(signing.pss_parameters("sha256", "sha256", 32))

    def judged(block: bytes):
        return outcome(public_key.verify(public_key.load(key.spki), algorithm, key.raw(block), DATA))

    # a salt for which the block stays below the modulus even with its top bit set
    block, high = next(
        (block, high)
        for seed in range(500)
        for block in [signing.pss_block("sha256", DATA, hashlib.sha256(b"%d" % seed).digest(), "sha256", 8 * size - 1)]
        for high in [bytes([block[0] | 0x80]) + block[1:]]
        if int.from_bytes(high, "big") < key.n
    )
    assert judged(block) == RIGHT
    mask = signing.mgf1("sha256", block[-33:-1], size - 33)
    plain = bytearray(x ^ y for x, y in zip(block, mask, strict=False))
    plain[0] &= 0x7F
    assert plain.index(1) == size - 33 - 33
    if change == "separator":
        plain[size - 66] = 2
    elif change == "padding":
        plain[5] = 3
    elif change == "short":
        plain = bytearray(size - 33)  # neither separator nor salt
    remade = bytes([(plain[0] ^ mask[0]) & 0x7F]) + bytes(x ^ y for x, y in zip(plain[1:], mask[1:], strict=True))
    changed = {
        "trailer": block[:-1] + b"\xcc",
        "top bit": high,
        "hash": block[:-2] + bytes([block[-2] ^ 1]) + block[-1:],
    }.get(change, remade + block[size - 33 :])
    assert changed != block
    assert judged(changed) == WRONG


# -------------------------------------------------------------------------------------------------------- ECDSA and DSA


@pytest.mark.parametrize("curve", ["secp256r1", "brainpoolP320r1"])
@pytest.mark.parametrize("case", ["r = 0", "s = 0", "r = n", "s = n", "r + n", "-s", "negative", "long", "swapped"])
def test_numbers_outside_the_order_are_no_signature(curve, case):
    row = {"key": curve, "signature": "ecdsa-sha256", "hash": "sha256"}
    n = int(signing.CURVES[curve]["n"], 16)
    der_form = signing.sign(row, DATA)
    joined = b.joined(der_form, signing.order_bytes(curve))
    r, s = (int.from_bytes(half, "big") for half in (joined[: len(joined) // 2], joined[len(joined) // 2 :]))
    pairs = {
        "r = 0": (0, s),
        "s = 0": (r, 0),
        "r = n": (n, s),
        "s = n": (r, n),
        "r + n": (r + n, s),
        "-s": (r, -s),
        "negative": (-r, -s),
        "long": (1 << 3000, s),
        "swapped": (s, r),
    }
    key = public_key.load(signing.spki(curve))
    assert outcome(public_key.verify(key, ECDSA_SHA256, signing.der_signature(*pairs[case]), DATA)) == WRONG
    # (r, n - s) is as right as (r, s): that is ECDSA
    assert outcome(public_key.verify(key, ECDSA_SHA256, signing.der_signature(r, n - s), DATA)) == RIGHT


@pytest.mark.parametrize("curve", ["secp256r1", "brainpoolP320r1"])
@pytest.mark.parametrize(
    "signature",
    ["", "00", "30", "3000", "30800000", "3084ffffffff", "300602010102", "30060201010201", "3003020101", "0500"],
)
def test_bytes_that_are_no_signature(curve, signature):
    key = public_key.load(signing.spki(curve))
    assert outcome(public_key.verify(key, ECDSA_SHA256, bytes.fromhex(signature), DATA)) == WRONG


@pytest.mark.parametrize("curve", ["secp256r1", "secp521r1", "brainpoolP320r1"])
def test_joined_numbers_have_the_length_of_the_order(curve):
    size = signing.order_bytes(curve)
    row = {"key": curve, "signature": "ecdsa-plain-sha256", "hash": "sha256"}
    joined = signing.sign(row, DATA)
    key, algorithm = public_key.load(signing.spki(curve)), x509_schema.AlgorithmId("0.4.0.127.0.7.1.1.4.1.3", b"")
    assert outcome(public_key.verify(key, algorithm, joined, DATA)) == RIGHT
    longer = b"\0" + joined[:size] + b"\0" + joined[size:]
    uneven = joined[:size] + b"\0" + joined[size:]  # the same numbers, the second a byte longer
    assert outcome(public_key.verify(key, ECDSA_SHA256, uneven, DATA)) == WRONG
    for signature in (
        longer,
        uneven,
        joined + b"\0",
        b"\0" + joined,
        signing.sign(row | {"signature": "ecdsa-sha256"}, DATA),
    ):
        assert outcome(public_key.verify(key, algorithm, signature, DATA)) == WRONG
    assert outcome(public_key.verify(key, ECDSA_SHA256, longer, DATA)) == WRONG
    assert outcome(public_key.verify(key, algorithm, bytes(2 * size), DATA)) == WRONG


@settings(max_examples=200)
@given(st.binary(max_size=160), st.sampled_from(["secp256r1", "brainpoolP224r1", "rsa-2048", "dsa-2048"]))
def test_no_signature_raises(signature, kind):
    key = public_key.load(signing.spki(kind))
    for algorithm in (RSA_SHA256, ECDSA_SHA256, DSA_SHA256, pss(signing.pss_parameters("sha256", "sha256", 32))):
        assert public_key.verify(key, algorithm, signature, DATA).valid is False


def compressed(curve: str, form: str) -> bytes:
    numbers = signing.EcKey(curve)
    x = numbers.point[0].to_bytes(numbers.field_size, "big")
    y = numbers.point[1].to_bytes(numbers.field_size, "big")
    odd = numbers.point[1] & 1
    return {
        "uncompressed": b"\4" + x + y,
        "compressed": bytes([2 + odd]) + x,
        "hybrid": bytes([6 + odd]) + x + y,
        "raw": x + y,
        "cut": b"\4" + x + y[:-1],
        "long": b"\4" + x + y + b"\0",
        "infinity": b"\0",
        "empty": b"",
        "off the curve": b"\4" + x + bytes([y[0] ^ 1]) + y[1:],
        "no such x": b"\2" + b"\0" * (numbers.field_size - 1) + b"\5",
        "not reduced": b"\4" + b"\xff" * (2 * numbers.field_size),
        "another form": b"\5" + x + y,
    }[form]


@pytest.mark.parametrize("curve", ["brainpoolP192r1", "brainpoolP224r1", "brainpoolP320r1"])
@pytest.mark.parametrize("form", ["uncompressed", "compressed"])
def test_points_of_both_forms(curve, form):
    numbers = signing.EcKey(curve)
    key = public_key.load(b.ec_spki(numbers.oid, compressed(curve, form)))
    assert (key.kind, key.name, key.bits, key.explicit) == ("ec", curve, int(curve[10:13]), False)
    signature = signing.der_signature(*numbers.sign("sha256", DATA))
    assert outcome(public_key.verify(key, ECDSA_SHA256, signature, DATA)) == RIGHT


def test_points_of_both_forms_on_curves_of_the_other_library():
    key = b.ec_key()
    point = key.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    signature = key.sign(DATA, ec.ECDSA(hashes.SHA256()))
    assert (
        outcome(public_key.verify(public_key.load(b.ec_spki("1.2.840.10045.3.1.7", point)), ECDSA_SHA256, signature, DATA)) == RIGHT
    )


@pytest.mark.parametrize("curve", ["brainpoolP320r1", "brainpoolP256r1"])
@pytest.mark.parametrize(
    "form",
    ["raw", "hybrid", "cut", "long", "infinity", "empty", "off the curve", "not reduced", "another form"],
)
def test_points_that_are_none(curve, form):
    """RFC 5480, 2.2: uncompressed or compressed; and every point is checked to be on its curve."""
    key = public_key.load(b.ec_spki(signing.EcKey(curve).oid, compressed(curve, form)))
    assert (key.kind, key.name) == ("unsupported", "key-unusable")
    assert outcome(public_key.verify(key, ECDSA_SHA256, bytes(64), DATA)) == (None, "key-unusable", ())


def dsa_spki(**changes: int) -> bytes:
    numbers = signing.dsa_key().public_key().public_numbers()
    values = {"p": numbers.parameter_numbers.p, "q": numbers.parameter_numbers.q, "g": numbers.parameter_numbers.g}
    values |= {"y": numbers.y} | changes
    parameters = b.sequence(*(b.integer(values[name]) for name in "pqg"))
    return b.sequence(b.sequence(b.oid("1.2.840.10040.4.1"), parameters), b.bits(b.integer(values["y"])))


def test_dsa_key():
    key = public_key.load(dsa_spki())
    assert (key.kind, key.name, key.bits) == ("dsa", "DSA 2048", 2048)
    signature = signing.dsa_key().sign(DATA, hashes.SHA256())
    assert outcome(public_key.verify(key, DSA_SHA256, signature, DATA)) == RIGHT


@pytest.mark.parametrize(
    "changes", [{"q": 0}, {"q": 7}, {"g": 0}, {"g": 1}, {"y": 0}, {"y": 1}, {"p": -7}, {"p": (1 << 9000) | 1}]
)
def test_dsa_numbers_that_are_none_never_verify(changes):
    key = public_key.load(dsa_spki(**changes))
    for pair in ((1, 1), (5, 5), (0, 0)):
        assert public_key.verify(key, DSA_SHA256, signing.der_signature(*pair), DATA).valid is not True


def test_dsa_keys_have_the_same_limit():
    key = public_key.load(dsa_spki(p=(1 << 8192) | 1))
    assert (key.kind, key.name) == ("unsupported", "limit")


def test_dsa_key_that_inherits_its_parameters():
    key = public_key.load(b.sequence(b.sequence(b.oid("1.2.840.10040.4.1")), b.bits(b.integer(5))))
    assert (key.kind, key.name) == ("unsupported", "key-unusable")


# --------------------------------------------------------------------------------------------------------------- curves


def parameters(name: str, **changes) -> bytes:
    """Return explicit EC parameters of a curve with changes, DER."""
    row = signing.CURVES[name]
    size = (row["bits"] + 7) // 8
    field = {key: int(row[key], 16) for key in ("p", "a", "b", "gx", "gy", "n")}
    x, y = (field[key].to_bytes(size, "big") for key in ("gx", "gy"))
    a, b_ = (field[key].to_bytes(size, "big") for key in ("a", "b"))
    values = {
        "version": 1,
        "field": b.oid("1.2.840.10045.1.1"),
        "p": field["p"],
        "a": a,
        "b": b_,
        "seed": b"",
        "base": b"\4" + x + y,
        "n": field["n"],
        "h": 1,
    } | changes
    return b.sequence(
        b.integer(values["version"]),
        b.sequence(values["field"], b.integer(values["p"])),
        b.sequence(b.octets(values["a"]), b.octets(values["b"]), values["seed"]),
        b.octets(values["base"]),
        b.integer(values["n"]),
        b.integer(values["h"]) if values["h"] is not None else b"",
    )


def explicit_spki(name: str, **changes) -> bytes:
    if name in signing.LIBRARY_CURVES:
        key = signing.ec_key(name)
        point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    else:
        point = compressed(name, "uncompressed")
    algorithm = b.sequence(b.oid("1.2.840.10045.2.1"), parameters(name, **changes))
    return b.sequence(algorithm, b.bits(point))


@pytest.mark.parametrize("name", signing.CURVES)
def test_explicit_parameters_are_recognised(name):
    key = public_key.load(explicit_spki(name))
    assert (key.kind, key.name, key.explicit) == ("ec", name, True)
    row = {"key": name, "signature": "ecdsa-sha256", "hash": "sha256"}
    assert outcome(public_key.verify(key, ECDSA_SHA256, signing.sign(row, DATA), DATA)) == RIGHT
    assert curves.from_parameters(parameters(name)) == (curves.by_name(name), True)
    assert curves.explicit_parameters(name) == parameters(name)


@pytest.mark.parametrize("name", ["secp256r1", "secp521r1", "brainpoolP384r1", "brainpoolP224r1"])
def test_explicit_parameters_in_the_forms_that_are_met(name):
    row = signing.CURVES[name]
    size, p = (row["bits"] + 7) // 8, int(row["p"], 16)
    x, odd = int(row["gx"], 16).to_bytes(size, "big"), int(row["gy"], 16) & 1
    a = int(row["a"], 16)
    for changes in (
        {"h": None},
        {"seed": b.bits(bytes(20))},
        {"base": bytes([2 + odd]) + x},
        {"a": a.to_bytes(size + 1, "big")},  # with a leading zero
        {"a": (a + p).to_bytes(size + 1, "big")},  # not reduced
        {"version": 2},
        {"version": 3},
    ):
        key = public_key.load(explicit_spki(name, **changes))
        assert (key.kind, key.name) == ("ec", name)


def wrong_parameters():
    row = signing.CURVES["secp256r1"]
    number = {key: int(row[key], 16) for key in ("p", "a", "b", "gx", "gy", "n")}
    x, y = (number[key].to_bytes(32, "big") for key in ("gx", "gy"))
    yield "another base point", {"base": b"\4" + doubled_base()}  # CVE-2020-0601
    yield "base point of the other sign", {"base": b"\4" + x + (number["p"] - number["gy"]).to_bytes(32, "big")}
    yield "compressed base point of the other sign", {"base": bytes([2 + (1 - (number["gy"] & 1))]) + x}
    yield "hybrid base point", {"base": bytes([6 + (number["gy"] & 1)]) + x + y}
    yield "base point at infinity", {"base": b"\0"}
    yield "no base point", {"base": b""}
    yield "another order", {"n": number["n"] - 2}
    yield "order of one", {"n": 1}
    yield "order of zero", {"n": 0}
    yield "negative order", {"n": -number["n"]}
    yield "another cofactor", {"h": 2}
    yield "cofactor of zero", {"h": 0}
    yield "another prime", {"p": number["p"] + 2}
    yield "prime of zero", {"p": 0}
    yield "another a", {"a": b"\0" * 32}
    yield "another b", {"b": b"\0" * 32}
    yield "no coefficients", {"a": b"", "b": b""}
    yield "a field that is no prime's", {"field": b.oid("1.2.840.10045.1.2")}


def doubled_base() -> bytes:
    key = signing.EcKey.__new__(signing.EcKey)
    curve = ecdsa.NIST256p
    key.p, key.a = curve.curve.p(), curve.curve.a() % curve.curve.p()
    base = (int(curve.generator.x()), int(curve.generator.y()))
    return b"".join(number.to_bytes(32, "big") for number in key.add(base, base))


@pytest.mark.parametrize(("what", "changes"), list(wrong_parameters()), ids=[what for what, _ in wrong_parameters()])
def test_parameters_that_fit_no_curve_are_never_computed_with(what, changes):
    key = public_key.load(explicit_spki("secp256r1", **changes))
    assert (key.kind, key.name, key.handle) == ("unsupported", "curve-unsupported", None)
    signature = signing.sign({"key": "secp256r1", "signature": "ecdsa-sha256", "hash": "sha256"}, DATA)
    assert outcome(public_key.verify(key, ECDSA_SHA256, signature, DATA)) == (None, "curve-unsupported", ())


def test_a_twisted_curve_is_not_taken_for_its_sister():
    # brainpoolP256t1 shares prime and order with r1 and differs in the rest (RFC 5639, 3.4)
    changes = {
        "a": bytes.fromhex("A9FB57DBA1EEA9BC3E660A909D838D726E3BF623D52620282013481D1F6E5374"),
        "b": bytes.fromhex("662C61C430D84EA4FE66A7733D0B76B7BF93EBC4AF2F49256AE58101FEE92B04"),
        "base": bytes.fromhex(
            "04A3E8EB3CC1CFE7B7732213B23A656149AFA142C47AAFBC2B79A191562E1305F4"
            "2D996C823439C56D7F7B22E14644417E69BCB6DE39D027001DABE8F35B25C9BE"
        ),
    }
    assert public_key.load(explicit_spki("brainpoolP256r1", **changes)).name == "curve-unsupported"
    assert public_key.load(explicit_spki("brainpoolP256r1")).name == "brainpoolP256r1"


@pytest.mark.parametrize(
    "parameters_", [b"", b"\x05\x00", b.oid("1.3.132.0.10"), b.integer(5), b.sequence(), b"\x06\x01\x80"]
)
def test_parameters_that_say_nothing_known(parameters_):
    point = b.ec_key().public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    key = public_key.load(b.sequence(b.sequence(b.oid("1.2.840.10045.2.1"), parameters_), b.bits(point)))
    assert key.kind == "unsupported"
    assert key.name in ("curve-unsupported", "key-unusable")
    assert public_key.verify(key, ECDSA_SHA256, b"", DATA).valid is None


# ------------------------------------------------------------------------------------------------------------ all of it


@pytest.mark.parametrize(
    "spki",
    [
        b"",
        b"\x30\x00",
        b.sequence(b.integer(5)),
        b.sequence(b.algorithm("rsa-key"), b.bits(b"")),
        b.sequence(b.algorithm("rsa-key"), b.bits(b.sequence(b.integer(5)))),
        b.sequence(b.algorithm("rsa-key"), b.bits(b.sequence(b.integer(5), b.integer(3), b.integer(3)))),
        b.sequence(b.algorithm("rsa-key"), b.bits(b"\x30\x05\x02")),
        b.sequence(b.algorithm("rsa-key"), b.octets(b"")),
    ],
)
def test_what_is_no_key(spki):
    key = public_key.load(spki)
    assert (key.kind, key.name) == ("unsupported", "key-unusable")


def test_a_key_of_an_unknown_kind():
    key = public_key.load(b.sequence(b.sequence(b.oid("1.3.101.112")), b.bits(bytes(32))))  # Ed25519
    assert (key.kind, key.name) == ("unsupported", "algorithm-unknown")
    assert outcome(public_key.verify(key, ECDSA_SHA256, b"", DATA)) == (None, "algorithm-unknown", ())


@pytest.mark.parametrize("kind", ["rsa-2048", "secp256r1", "brainpoolP224r1", "dsa-2048"])
@settings(max_examples=60)
@given(data=st.data())
def test_damaged_keys_do_not_raise(kind, data):
    spki = bytearray(signing.spki(kind))
    for _ in range(data.draw(st.integers(1, 3))):
        spki[data.draw(st.integers(0, len(spki) - 1))] = data.draw(st.integers(0, 255))
    key = public_key.load(bytes(spki))
    algorithm = {"rsa-2048": RSA_SHA256, "dsa-2048": DSA_SHA256}.get(kind, ECDSA_SHA256)
    assert public_key.verify(key, algorithm, bytes(64), DATA).valid is not True


def test_a_key_shows_no_numbers():
    shown = repr(public_key.load(signing.spki("rsa-2048")))
    assert "RSA 2048" in shown
    assert str(signing.rsa_key().n) not in shown


@pytest.mark.parametrize(
    ("oid", "parameters_", "digest", "expected"),
    [
        ("1.2.840.113549.1.1.11", b"\x05\x00", "", "rsa-sha256"),
        ("1.2.840.113549.1.1.10", b"", "", "rsa-pss-sha1"),
        ("1.2.840.113549.1.1.10", signing.pss_parameters("sha384", "sha384", 48), "sha256", "rsa-pss-sha384"),
        ("1.2.840.113549.1.1.10", b"\x05\x00", "sha256", "rsa-pss"),
        ("1.2.840.113549.1.1.1", b"\x05\x00", "sha256", "rsa-sha256"),
        ("1.2.840.113549.1.1.1", b"\x05\x00", "", "rsa"),
        ("1.2.3.4", b"", "sha256", "1.2.3.4"),
    ],
)
def test_algorithms_in_words(oid, parameters_, digest, expected):
    assert public_key.describe(x509_schema.AlgorithmId(oid, parameters_), digest) == expected


def test_hashes():
    for name in ("md5", "sha1", "sha224", "sha256", "sha384", "sha512"):
        assert public_key.hash_data(name, DATA) == hashlib.new(name, DATA).digest()


def test_the_hand_made_signatures_are_those_of_the_library():
    """The oracle's own check: what is built by hand here, ``cryptography`` accepts."""
    key = signing.rsa_key()
    public = rsa.RSAPublicNumbers(key.e, key.n).public_key()
    public.verify(key.pkcs1("sha384", DATA), DATA, padding.PKCS1v15(), hashes.SHA384())
    form = padding.PSS(padding.MGF1(hashes.SHA1()), 17)
    public.verify(key.pss("sha256", DATA, salt=17, mask="sha1"), DATA, form, hashes.SHA256())
    numbers = signing.EcKey("brainpoolP320r1")
    library = ecdsa.VerifyingKey.from_string(compressed("brainpoolP320r1", "uncompressed"), ecdsa.BRAINPOOLP320r1)
    signature = b"".join(number.to_bytes(40, "big") for number in numbers.sign("sha512", DATA))
    assert library.verify(signature, DATA, hashlib.sha512, allow_truncate=True)
