"""Active authentication: the chip signs a challenge with the key whose public part is DG15 (Doc 9303-11, 6.1)."""

from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.constant_time import bytes_eq

from tjdocs.asn1 import x509_schema
from tjdocs.lds._oid import oid_text
from tjdocs.lds.dg14 import SecurityInfo
from tjdocs.pki import algorithms, public_key
from tjdocs.pki.public_key import PublicKey

__all__ = ["CHALLENGE", "ActiveAuthentication", "answer_size", "check", "sign"]

CHALLENGE = 8
_PROTOCOL = "aaProtocolObject"
_SHA1_TRAILER = b"\xbc"
# the second octet of the trailer CC (ISO/IEC 10118-3, as Doc 9303-11, 6.1.2.2 takes it)
_TRAILERS = {"sha224": b"\x38\xcc", "sha256": b"\x34\xcc", "sha384": b"\x36\xcc", "sha512": b"\x35\xcc"}
_HEADER = 0x6A


@dataclass(frozen=True, slots=True)
class ActiveAuthentication:
    """A challenge and the chip's answer.

    :param challenge: eight random bytes of the reader
    :param signature: what the chip returned
    """

    challenge: bytes = field(repr=False)
    signature: bytes = field(repr=False)


def algorithm_of(infos: tuple[SecurityInfo, ...]) -> str | None:
    """Return the object identifier of the signature that ActiveAuthenticationInfo names, None where there is none.

    Empty where the one that is there names nothing readable.
    """
    info = next((info for info in infos if info.name == _PROTOCOL), None)
    if info is None:
        return None
    named = info.optional or b""
    return oid_text(named[2:]) or "" if named[:2] == bytes((0x06, len(named) - 2)) else ""


def answer_size(key: PublicKey) -> int:
    """Return how long the chip's answer is, for Le; 0 where the key is not one of active authentication."""
    if key.kind == "rsa":
        return (key.bits + 7) // 8
    return 2 * key.curve.order_bytes if key.curve is not None else 0


def check(spki: bytes, infos: tuple[SecurityInfo, ...], run: ActiveAuthentication) -> tuple[str, tuple[str, ...]]:
    """Judge an answer under the key of DG15.

    :param spki: the key, DER
    :param infos: those of DG14, which name the hash of an ECDSA key
    :return: the reason for which it fails (empty: it is right), and names of the defects that were tolerated.
        Reasons: ``key-unusable``, ``algorithm-unknown``, ``length``, ``trailer``, ``wrong-signature``
    """
    key = public_key.load(spki)
    if key.kind == "rsa":
        return _check_rsa(key, run), ()
    if key.kind != "ec" or key.curve is None:
        return "key-unusable", ()
    return _check_ecdsa(key, algorithm_of(infos), run)


def _check_rsa(key: PublicKey, run: ActiveAuthentication) -> str:
    """Verify by ISO/IEC 9796-2, scheme 1: the whole block is taken apart by fixed lengths, nothing is searched for."""
    if algorithms.too_short(key.bits):
        return "key-unusable"
    numbers = key.handle if isinstance(key.handle, rsa.RSAPublicNumbers) else key.handle.public_numbers()
    size, number = (key.bits + 7) // 8, int.from_bytes(run.signature, "big")
    if len(run.signature) != size or number >= numbers.n:
        return "length"
    opened = pow(number, numbers.e, numbers.n)
    # a signature function of the standard may give n minus the number: just one of the two ends in C
    block = (opened if opened & 0xF == 0xC else numbers.n - opened).to_bytes(size, "big")
    if key.bits % 8 == 1:  # the block has one bit less than the modulus, and so begins after an octet of zero
        if block[0]:
            return "wrong-signature"
        block = block[1:]
        size -= 1
    hash_id = next((name for name, trailer in _TRAILERS.items() if block.endswith(trailer)), "")
    tail = 2
    if block.endswith(_SHA1_TRAILER):
        hash_id, tail = "sha1", 1
    if not hash_id:
        return "trailer"
    length = algorithms.hash_by_id(hash_id).length
    recovered, digest = block[1 : size - length - tail], block[size - length - tail : size - tail]
    if block[0] != _HEADER or not recovered:
        return "wrong-signature"
    right = bytes_eq(digest, public_key.hash_data(hash_id, recovered + run.challenge))
    return "" if right else "wrong-signature"


def _check_ecdsa(key: PublicKey, oid: str | None, run: ActiveAuthentication) -> tuple[str, tuple[str, ...]]:
    assert key.curve is not None  # noqa: S101
    if oid is None:  # the standard demands the info; some States leave it out, and the length of the key decides
        return _without_info(key, run)
    row = algorithms.signature_by_oid(oid)
    if row is None or not row.scheme.startswith("ecdsa") or row.hash == "sha1":
        return "algorithm-unknown", ()
    reason, warnings = _check_plain(key, row.hash, run)
    return reason, (warnings if reason or _fits(key, row.hash) else (*warnings, "hash-too-long"))


def _fits(key: PublicKey, hash_id: str) -> bool:
    """Whether a hash is no longer than the key (Doc 9303-11, 6.1.2.3)."""
    return 8 * algorithms.hash_by_id(hash_id).length <= key.bits


def _without_info(key: PublicKey, run: ActiveAuthentication) -> tuple[str, tuple[str, ...]]:
    for hash_id in ("sha256", "sha224", "sha384", "sha512"):
        if not _fits(key, hash_id):
            continue
        reason, warnings = _check_plain(key, hash_id, run)
        if not reason:
            return "", (*warnings, "no-algorithm")
    return "wrong-signature", ()


def _check_plain(key: PublicKey, hash_id: str, run: ActiveAuthentication) -> tuple[str, tuple[str, ...]]:
    """Verify r and s joined; the same in DER is met too, and is named."""
    for scheme, warnings in ((f"ecdsa-plain-{hash_id}", ()), (f"ecdsa-{hash_id}", ("signature-form",))):
        algorithm = x509_schema.AlgorithmId(algorithms.signature_by_id(scheme).oid, b"")
        result = public_key.verify(key, algorithm, run.signature, run.challenge)
        if result.valid:
            return "", warnings
    return "wrong-signature", ()


def sign(key: "rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey", hash_id: str, challenge: bytes, filler: bytes) -> bytes:
    """Return the answer of a card.

    :param filler: random bytes, at least as many as the modulus has, for the recoverable part of an RSA signature
    """
    if isinstance(key, ec.EllipticCurvePrivateKey):
        r, s = decode_dss_signature(key.sign(challenge, public_key.ecdsa_with(hash_id)))
        size = (key.curve.group_order.bit_length() + 7) // 8
        return r.to_bytes(size, "big") + s.to_bytes(size, "big")
    numbers = key.private_numbers()
    size = (key.key_size + 7) // 8
    width = (key.key_size + 6) // 8
    trailer = _SHA1_TRAILER if hash_id == "sha1" else _TRAILERS[hash_id]
    recovered = filler[: width - 1 - algorithms.hash_by_id(hash_id).length - len(trailer)]
    digest = public_key.hash_data(hash_id, recovered + challenge)
    block = int.from_bytes(bytes((_HEADER,)) + recovered + digest + trailer, "big")
    return pow(block, numbers.d, numbers.public_numbers.n).to_bytes(size, "big")
