"""Public keys as certificates contain them, and the verification of signatures with them.

``cryptography`` gets the key's numbers and the signature, never the certificate. Curves that it lacks go to
``ecdsa``, for verifying only.
"""

import hashlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache, lru_cache, partial
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import dsa, ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import Hash
from msgspec import Struct

from tjdocs import limits
from tjdocs.asn1 import der, tlv, x509_schema
from tjdocs.pki import algorithms, curves, raw_rsa

if TYPE_CHECKING:
    import ecdsa

__all__ = ["OF_THE_KEY", "PublicKey", "SignatureResult", "canonical_octets", "load", "signature_forms", "verify"]

MAX_RSA_BITS = limits.RSA_BITS

_LIBRARY_BITS, _LIBRARY_EXPONENT_BITS = 3072, 64
_PLAIN_BITS = 4096
_SLOW_COST = 240.0

_EC_PUBLIC_KEY = "1.2.840.10045.2.1"
_RSA = ("1.2.840.113549.1.1.1", "1.2.840.113549.1.1.10")
_DSA = "1.2.840.10040.4.1"
_MGF1 = "1.2.840.113549.1.1.8"


# reasons that accuse only where the key is the signer's: with another key every signature is wrong
OF_THE_KEY = ("wrong-signature", "algorithm-key-mismatch")


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key.

    :param kind: ``rsa``, ``ec``, ``dsa``, or ``unsupported``
    :param name: to show: ``RSA 2048``, ``secp256r1``; of an unsupported key, the reason
    :param bits: of modulus or prime field
    :param explicit: the EC domain parameters are given in full, not by name
    :param handle: the library's key object, None where unsupported
    :param pss_only: the key is for RSASSA-PSS alone (RFC 4055, 1.2)
    :param pss: the parameters that every signature of such a key must have, None where the key has none
    :param slow: verifying takes a fifth of a second, since OpenSSL refuses to compute with the key
    :param cost: milliseconds of one processor that verifying takes, measured, and rounded up
    :param warnings: names of the defects with which it was read
    """

    kind: str
    name: str
    bits: int = 0
    explicit: bool = False
    curve: curves.Curve | None = None
    handle: Any = field(default=None, repr=False)
    pss_only: bool = False
    pss: "PssParameters | None" = None
    slow: bool = False
    cost: float = 0.1
    warnings: tuple[str, ...] = ()


class PssParameters(NamedTuple):
    """RSASSA-PSS parameters: id of the hash, hash of the mask, salt length in octets."""

    hash: str
    mask: algorithms.HashAlgorithm
    salt: int


class SignatureResult(Struct, frozen=True):
    """The result of one signature verification.

    :param valid: None when it could not be decided (``reason`` says why)
    :param reason: ``wrong-signature``, ``algorithm-unknown``, ``algorithm-forbidden``, ``algorithm-key-mismatch``,
        ``pss-trailer``, ``curve-unsupported``, ``key-unusable``, ``limit``; empty when valid
    :param warnings: names of the defects with which it is valid
    :param algorithm: id of the algorithm used
    :param hash: id of the hash used
    """

    valid: bool | None
    reason: str = ""
    warnings: tuple[str, ...] = ()
    algorithm: str = ""
    hash: str = ""


@lru_cache(maxsize=1024)
def load(spki: bytes) -> PublicKey:
    """Read a SubjectPublicKeyInfo. Never raises: an unusable key is of kind ``unsupported``."""
    try:
        info = der.decode(x509_schema.SubjectPublicKeyInfo, spki)
        algorithm = x509_schema.algorithm_id(der.parts(spki)[0])
        if algorithm.oid == _EC_PUBLIC_KEY:
            return _load_ec(algorithm.parameters, info.key.as_bytes())
        if algorithm.oid in _RSA or algorithm.oid == _DSA:
            return _load_rsa_or_dsa(spki, algorithm, info)
    except (der.DerError, ValueError, UnsupportedAlgorithm, TypeError):
        return PublicKey("unsupported", "key-unusable")
    return PublicKey("unsupported", "algorithm-unknown")


def _load_rsa_or_dsa(
    spki: bytes, algorithm: x509_schema.AlgorithmId, info: x509_schema.SubjectPublicKeyInfo
) -> PublicKey:
    if algorithm.oid == _DSA:
        from cryptography.hazmat.primitives.serialization import load_der_public_key

        key = load_der_public_key(spki)
        if not isinstance(key, dsa.DSAPublicKey):
            return PublicKey("unsupported", "key-unusable")
        if key.key_size > MAX_RSA_BITS:
            return PublicKey("unsupported", "limit")
        return PublicKey("dsa", f"DSA {key.key_size}", key.key_size, handle=key, cost=0.1 + 1e-7 * key.key_size**2)
    numbers = list(tlv.children(tlv.read(info.key.as_bytes())))
    modulus, exponent = (int.from_bytes(number.value, "big") for number in numbers)
    pss_only = algorithm.oid == _RSA[1]
    warnings: tuple[str, ...] = ()
    # the first bit makes the modulus negative: its zero octet is missing, and every reader takes it as positive
    if numbers[0].value[:1] >= b"\x80":
        warnings = ("rsa-modulus-negative",)
    pss = None
    if pss_only and not algorithm.plain:
        parameters = _pss_parameters(algorithm.parameters)
        if isinstance(parameters, PssParameters):
            pss = parameters
        else:  # no signature can be held against them
            warnings = (*warnings, "pss-key-parameters")
    if modulus.bit_length() > MAX_RSA_BITS or exponent.bit_length() > MAX_RSA_BITS:
        return PublicKey("unsupported", "limit")
    handle: Any = rsa.RSAPublicNumbers(exponent, modulus)
    library = handle.public_key()
    slow = modulus.bit_length() > _LIBRARY_BITS and exponent.bit_length() > _LIBRARY_EXPONENT_BITS
    # OpenSSL refuses to compute with a slow key, whatever the signature; longer ones would take seconds
    if slow and modulus.bit_length() > _PLAIN_BITS:
        return PublicKey("unsupported", "limit")
    bits = library.key_size
    return PublicKey(
        "rsa",
        f"RSA {bits}",
        bits,
        handle=handle if slow else library,
        pss_only=pss_only,
        pss=pss,
        slow=slow,
        cost=_SLOW_COST if slow else 0.1 + 7e-10 * bits**2 * exponent.bit_length(),
        warnings=warnings,
    )


def _load_ec(parameters: bytes, point: bytes) -> PublicKey:
    curve, explicit = curves.from_parameters(parameters)
    if curve is None:
        return PublicKey("unsupported", "curve-unsupported", explicit=explicit)
    handle: Any
    if curve.backend == "ecdsa":
        handle = _library_point(curve, point)
    else:
        handle = ec.EllipticCurvePublicKey.from_encoded_point(curve.library_curve, point)
    cost = (curve.bits / 128 if curve.backend == "ecdsa" else curve.bits / 360) ** 2
    return PublicKey("ec", curve.name, curve.bits, explicit, curve, handle, cost=cost)


def canonical_octets(spki: bytes, octets: bytes) -> bytes:
    """Return the key's numbers in one form, whichever of several valid ones a SubjectPublicKeyInfo has.

    An EC point uncompressed, an RSA key as ``RSAPublicKey`` in DER. A key that cannot be read remains as it is.

    :param octets: the key alone, as it is written
    """
    if octets[:1] == b"\x04":
        return octets
    key = load(spki)
    if key.kind == "ec":
        if key.curve is not None and key.curve.backend == "ecdsa":
            return bytes(key.handle.to_string("uncompressed"))
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        return bytes(key.handle.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))
    if key.kind == "rsa":
        numbers = key.handle if key.slow else key.handle.public_numbers()
        return tlv.encode(0x30, b"".join(_positive(number) for number in (numbers.n, numbers.e)))
    return octets


def _positive(number: int) -> bytes:
    return tlv.encode(0x02, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def signature_forms(signature: bytes) -> set[bytes]:
    """Return ``signature`` in every form in which it is as valid: several for ECDSA, whatever the curve; else one.

    With (r, s) also (r, n - s) is valid, which anyone can write, and each of them in DER or joined. An RSA signature
    has one form: another number is another signature, which needs the key. So has one of DSA: its r changes with s.
    """
    pairs = set()
    if len(signature) % 2 == 0:
        half = len(signature) // 2
        pairs.add((int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big")))
    with suppress(ValueError):
        pairs.add(decode_dss_signature(signature))
    forms = {signature}
    for curve in curves.table().values():
        for r, s in pairs:
            if 0 < r < curve.n and 0 < s < curve.n:
                for value in (s, curve.n - s):
                    size = curve.order_bytes
                    forms.add(encode_dss_signature(r, value))
                    forms.add(r.to_bytes(size, "big") + value.to_bytes(size, "big"))
    return forms


def _library_point(curve: curves.Curve, point: bytes) -> "ecdsa.VerifyingKey":
    import ecdsa

    library = next(c for c in ecdsa.curves.curves if c.name == curve.name.replace("brainpool", "BRAINPOOL"))
    try:
        return ecdsa.VerifyingKey.from_string(point, library, valid_encodings=("uncompressed", "compressed"))
    except (ecdsa.errors.MalformedPointError, AssertionError):
        raise ValueError("point is not on the curve") from None


def verify(
    key: PublicKey, algorithm: x509_schema.AlgorithmId, signature: bytes, data: bytes, *, digest: str = ""
) -> SignatureResult:
    """Verify ``signature`` over ``data`` by the algorithm named, and by no other.

    :param digest: id of the digest algorithm in the SignerInfo, for signature algorithms that name none
    """
    row = algorithms.signature_by_oid(algorithm.oid)
    if row is None:
        return SignatureResult(None, "algorithm-unknown")
    warnings = (*key.warnings, row.warning) if row.warning else key.warnings
    hash_id = row.hash or digest
    mask = salt = None
    if row.scheme == "rsa-pss":
        pss = _pss_parameters(algorithm.parameters)
        if pss is None:
            return SignatureResult(None, "algorithm-unknown", algorithm=row.id)
        if pss == "trailer":
            return SignatureResult(False, "pss-trailer", algorithm=row.id)
        hash_id, mask, salt = pss
        # RFC 4055, 3.3: the key's own parameters hold for all its signatures, the salt's length being the least
        if key.pss is not None and (key.pss[:2] != pss[:2] or salt < key.pss.salt):
            warnings = (*warnings, "pss-key-parameters")
    elif not algorithm.plain:
        return SignatureResult(None, "algorithm-unknown", algorithm=row.id)
    if not hash_id:
        return SignatureResult(None, "algorithm-unknown", algorithm=row.id)
    hash_ = algorithms.hash_by_id(hash_id)
    if hash_.forbidden or (mask is not None and mask.forbidden):
        return SignatureResult(False, "algorithm-forbidden", algorithm=row.id, hash=hash_id)
    if key.kind == "unsupported":
        return SignatureResult(None, key.name, algorithm=row.id, hash=hash_id)
    if key.kind == "rsa" and algorithms.too_short(key.bits):
        return SignatureResult(False, "algorithm-forbidden", algorithm=row.id, hash=hash_id)
    kind = "ecdsa" if key.kind == "ec" else key.kind
    if not row.scheme.startswith(kind) or (key.pss_only and row.scheme != "rsa-pss"):
        return SignatureResult(False, "algorithm-key-mismatch", algorithm=row.id, hash=hash_id)
    tolerance = _check(key, row.scheme, hash_, mask, salt, signature, data)
    if tolerance is None:
        return SignatureResult(False, "wrong-signature", algorithm=row.id, hash=hash_id)
    return _right((*warnings, tolerance) if tolerance else warnings, row.id, hash_id)


@lru_cache(maxsize=256)
def _right(warnings: tuple[str, ...], algorithm: str, hash_id: str) -> SignatureResult:
    """Return what every right signature of an algorithm comes to."""
    return SignatureResult(True, "", warnings, algorithm, hash_id)


def _check(
    key: PublicKey,
    scheme: str,
    hash_: algorithms.HashAlgorithm,
    mask: algorithms.HashAlgorithm | None,
    salt: int | None,
    signature: bytes,
    data: bytes,
) -> str | None:
    """Return the tolerance under which the signature is right (empty: none needed), or None when it is wrong."""
    if key.kind == "rsa" and isinstance(key.handle, rsa.RSAPublicNumbers):
        return raw_rsa.check(key.handle.e, key.handle.n, hash_, mask, salt, signature, data)
    if scheme == "rsa-pss":
        assert mask is not None  # noqa: S101
        assert salt is not None  # noqa: S101
        return _check_pss(key.handle, hash_, mask, salt, signature, data)
    if scheme == "rsa-pkcs1":
        return _check_pkcs1(key.handle, hash_, signature, data)
    if scheme == "dsa":
        try:
            key.handle.verify(signature, data, hash_.library)
        except InvalidSignature:
            return None
        return ""
    return _check_ecdsa(key, scheme, hash_, signature, data)


def _check_ecdsa(
    key: PublicKey, scheme: str, hash_: algorithms.HashAlgorithm, signature: bytes, data: bytes
) -> str | None:
    if scheme == "ecdsa" and _ecdsa(key, signature, hash_, data):
        return ""
    assert key.curve is not None  # noqa: S101
    size = key.curve.order_bytes
    if scheme == "ecdsa":
        # some States write r and s joined under the identifier that asks for DER
        if len(signature) == 2 * size and _ecdsa(key, _joined(signature, size), hash_, data):
            return "ecdsa-plain-signature"
        return None
    if len(signature) == 2 * size and _ecdsa(key, _joined(signature, size), hash_, data):
        return ""
    return None


def _joined(signature: bytes, size: int) -> bytes:
    return encode_dss_signature(int.from_bytes(signature[:size], "big"), int.from_bytes(signature[size:], "big"))


@cache
def ecdsa_with(hash_id: str) -> ec.ECDSA:
    """Return ECDSA with a hash as ``cryptography`` knows it."""
    return ec.ECDSA(algorithms.hash_by_id(hash_id).library)


def _ecdsa(key: PublicKey, signature: bytes, hash_: algorithms.HashAlgorithm, data: bytes) -> bool:
    assert key.curve is not None  # noqa: S101
    if key.curve.backend == "cryptography":
        try:
            key.handle.verify(signature, data, ecdsa_with(hash_.id))
        except InvalidSignature:
            return False
        return True
    import ecdsa

    digest = Hash(hash_.library)
    digest.update(data)
    try:
        return bool(
            key.handle.verify_digest(
                signature, digest.finalize(), sigdecode=ecdsa.util.sigdecode_der, allow_truncate=True
            )
        )
    except (ecdsa.BadSignatureError, ecdsa.der.UnexpectedDER, ValueError, AssertionError, IndexError):
        return False


def _check_pkcs1(key: rsa.RSAPublicKey, hash_: algorithms.HashAlgorithm, signature: bytes, data: bytes) -> str | None:
    try:
        key.verify(signature, data, padding.PKCS1v15(), hash_.library)
    except InvalidSignature:
        pass
    else:
        return ""
    # The one other permitted form: a DigestInfo without NULL, compared whole. Nothing inside the block is parsed.
    try:
        block = key.recover_data_from_signature(signature, padding.PKCS1v15(), None)
    except InvalidSignature:
        return None
    digest = Hash(hash_.library)
    digest.update(data)
    bare = tlv.encode(0x30, x509_schema.encode_algorithm(hash_.oid) + tlv.encode(0x04, digest.finalize()))
    return "digest-info-without-null" if block == bare else None


def _check_pss(
    key: rsa.RSAPublicKey,
    hash_: algorithms.HashAlgorithm,
    mask: algorithms.HashAlgorithm,
    salt: int,
    signature: bytes,
    data: bytes,
) -> str | None:
    mgf = padding.MGF1(mask.library)
    try:
        key.verify(signature, data, padding.PSS(mgf, salt), hash_.library)
    except (InvalidSignature, ValueError):  # ValueError: a salt longer than the key allows
        pass
    else:
        return ""
    try:
        key.verify(signature, data, padding.PSS(mgf, padding.PSS.AUTO), hash_.library)
    except (InvalidSignature, ValueError):
        return None
    return "pss-salt-differs"


@lru_cache(maxsize=256)
def _pss_parameters(parameters: bytes) -> PssParameters | Literal["trailer"] | None:
    """Read RSASSA-PSS parameters; None when unusable, ``trailer`` where the trailer is unknown."""
    if not parameters:
        return PssParameters("sha1", algorithms.hash_by_id("sha1"), 20)
    try:
        fields = der.decode(x509_schema.PssParameters, parameters)
    except der.DerError:
        return None
    sha1 = algorithms.hash_by_id("sha1")
    hash_ = algorithms.hash_by_oid(fields.hash.oid.dotted_string) if fields.hash else sha1
    mask: algorithms.HashAlgorithm | None = sha1
    if fields.mask is not None:
        if fields.mask.oid.dotted_string != _MGF1:
            return None
        mask = algorithms.hash_by_oid(fields.mask.hash.oid.dotted_string)
    salt = 20 if fields.salt_length is None else fields.salt_length
    if fields.trailer not in (None, 1):
        return "trailer"
    if hash_ is None or mask is None or not 0 <= salt <= MAX_RSA_BITS // 8:
        return None
    return PssParameters(hash_.id, mask, salt)


def describe(algorithm: x509_schema.AlgorithmId, digest: str = "") -> str:
    """Return a signature algorithm as text to show: its id with the hash used, or its object identifier."""
    row = algorithms.signature_by_oid(algorithm.oid)
    if row is None:
        return algorithm.oid
    if row.hash:
        return row.id
    if row.scheme == "rsa-pss":
        pss = _pss_parameters(algorithm.parameters)
        return f"{row.id}-{pss.hash}" if isinstance(pss, PssParameters) else row.id
    return f"{row.id}-{digest}" if digest else row.id


def hash_data(hash_id: str, data: bytes) -> bytes:
    """Return the digest of ``data`` under the hash ``hash_id``.

    :raises KeyError: it is not in the table
    """
    return _HASHES[hash_id](data).digest()


_HASHES: dict[str, Callable[[bytes], "hashlib._Hash"]] = {
    "md5": partial(hashlib.md5, usedforsecurity=False),  # refused by name before it is used
    "sha1": partial(hashlib.sha1, usedforsecurity=False),  # documents issued with it are still read
    "sha224": hashlib.sha224,
    "sha256": hashlib.sha256,
    "sha384": hashlib.sha384,
    "sha512": hashlib.sha512,
}
