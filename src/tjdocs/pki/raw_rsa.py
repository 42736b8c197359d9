"""RSA verification on plain numbers, for the keys that OpenSSL refuses to compute with.

The keys of two States have random exponents as long as the modulus. All values are public, so that running time reveals
no secret. Blocks are compared as a whole, or decoded by RFC 8017; no part of a block is searched for.
"""

import hmac

from cryptography.hazmat.primitives.hashes import Hash

from tjdocs.asn1 import tlv, x509_schema
from tjdocs.pki.algorithms import HashAlgorithm

__all__ = ["check"]


def check(
    exponent: int,
    modulus: int,
    hash_: HashAlgorithm,
    mask: HashAlgorithm | None,
    salt: int | None,
    signature: bytes,
    data: bytes,
) -> str | None:
    """Return the tolerance under which a signature is right (empty: none needed), or None when it is wrong.

    :param mask: hash of the PSS mask; None verifies by PKCS#1 v1.5
    """
    size = (modulus.bit_length() + 7) // 8
    number = int.from_bytes(signature, "big")
    if len(signature) != size or number >= modulus:
        return None
    block = pow(number, exponent, modulus).to_bytes(size, "big")
    digest = _digest(hash_, data)
    if mask is not None:
        return _pss(block, modulus.bit_length() - 1, digest, hash_, mask, salt or 0)
    for null, tolerance in ((b"\x05\x00", ""), (b"", "digest-info-without-null")):
        info = tlv.encode(0x30, x509_schema.encode_algorithm(hash_.oid, null) + tlv.encode(0x04, digest))
        padding = size - 3 - len(info)
        if padding >= 8 and hmac.compare_digest(block, b"\x00\x01" + b"\xff" * padding + b"\x00" + info):
            return tolerance
    return None


def _pss(block: bytes, bits: int, digest: bytes, hash_: HashAlgorithm, mask: HashAlgorithm, salt: int) -> str | None:
    """Decode EMSA-PSS (RFC 8017, 9.1.2); the salt may have another length than announced, under a name."""
    size = (bits + 7) // 8
    if block[: len(block) - size].strip(b"\x00"):
        return None
    block = block[len(block) - size :]
    length = hash_.length
    if size < length + 2 or block[-1] != 0xBC:
        return None
    masked, seed = block[: size - length - 1], block[size - length - 1 : -1]
    unused = 8 * size - bits
    if unused and masked[0] >> (8 - unused):
        return None
    plain = bytearray(a ^ b for a, b in zip(masked, _mgf1(mask, seed, len(masked)), strict=True))
    plain[0] &= 0xFF >> unused
    padding, marker, salt_bytes = bytes(plain).partition(b"\x01")
    if marker != b"\x01" or padding.strip(b"\x00"):
        return None
    if not hmac.compare_digest(_digest(hash_, bytes(8) + digest + salt_bytes), seed):
        return None
    return "" if len(salt_bytes) == salt else "pss-salt-differs"


def _mgf1(hash_: HashAlgorithm, seed: bytes, length: int) -> bytes:
    blocks = (length + hash_.length - 1) // hash_.length
    return b"".join(_digest(hash_, seed + index.to_bytes(4, "big")) for index in range(blocks))[:length]


def _digest(hash_: HashAlgorithm, data: bytes) -> bytes:
    digest = Hash(hash_.library)
    digest.update(data)
    return digest.finalize()
