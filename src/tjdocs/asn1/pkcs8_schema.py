"""Encode encrypted private keys: PKCS #8, PBES2, scrypt, AES-256-CBC (RFC 5958, 3, RFC 8018, 6.2, RFC 7914, 7).

Those of others are not decrypted here: only what opening one costs is read.
"""

from cryptography.hazmat import asn1
from cryptography.hazmat.bindings._rust import ObjectIdentifier

from tjdocs.asn1 import der

__all__ = ["derivation", "encode_encrypted_key"]

_PBES2 = ObjectIdentifier("1.2.840.113549.1.5.13")
_PKCS12 = "1.2.840.113549.1.12.1."
_LEAST_COST = 1024  # of scrypt: below it, r times p alone takes the time
_SCRYPT = ObjectIdentifier("1.3.6.1.4.1.11591.4.11")
_AES_256_CBC = ObjectIdentifier("2.16.840.1.101.3.4.1.42")


@asn1.sequence
class _ScryptParameters:
    salt: bytes
    cost: int
    block_size: int
    parallelization: int


@asn1.sequence
class _KeyDerivation:
    oid: ObjectIdentifier
    parameters: _ScryptParameters


@asn1.sequence
class _Cipher:
    oid: ObjectIdentifier
    iv: bytes


@asn1.sequence
class _Pbes2Parameters:
    key_derivation: _KeyDerivation
    cipher: _Cipher


@asn1.sequence
class _Scheme:
    oid: ObjectIdentifier
    parameters: _Pbes2Parameters


@asn1.sequence
class _EncryptedPrivateKeyInfo:
    scheme: _Scheme
    data: bytes


@asn1.sequence
class _AnyAlgorithm:
    oid: ObjectIdentifier
    parameters: asn1.TLV


@asn1.sequence
class _AnyEncryptedKey:
    scheme: _AnyAlgorithm
    data: bytes


@asn1.sequence
class _AnyPbes2:
    key_derivation: _AnyAlgorithm
    cipher: asn1.TLV


@asn1.sequence
class _AnyScrypt:
    salt: bytes
    cost: int
    block_size: int
    parallelization: int
    key_length: int | None


@asn1.sequence
class _AnyRounds:
    """Of PBES1 and PKCS #12, and of PBKDF2 without a hash of its own."""

    salt: bytes
    rounds: int
    key_length: int | None


@asn1.sequence
class _AnyPbkdf2:
    salt: bytes
    rounds: int
    key_length: int | None
    hash: asn1.TLV


def derivation(data: bytes) -> tuple[str, int]:
    """Return how the key of an ``EncryptedPrivateKeyInfo`` is derived, and at which cost.

    ``scrypt`` with the product of N (at least 1,024), r and p, or ``rounds`` with the count of PBKDF2, PBES1 and
    PKCS #12 (that of PKCS #12 thrice).

    :raises DerError: it is not an encrypted key, or its key is derived in another way
    """
    algorithm = der.decode(_AnyEncryptedKey, data).scheme
    if algorithm.oid == _PBES2:
        algorithm = der.parse(algorithm.parameters, _AnyPbes2).key_derivation
    if algorithm.oid == _SCRYPT:
        costs = der.parse(algorithm.parameters, _AnyScrypt)
        return "scrypt", max(costs.cost, _LEAST_COST) * costs.block_size * costs.parallelization
    try:
        rounds = der.parse(algorithm.parameters, _AnyPbkdf2).rounds
    except der.DerError:
        rounds = der.parse(algorithm.parameters, _AnyRounds).rounds
    # PKCS #12 derives key and IV separately, and each block of them again
    return "rounds", rounds * 3 if algorithm.oid.dotted_string.startswith(_PKCS12) else rounds


def encode_encrypted_key(
    data: bytes, *, salt: bytes, cost: int, block_size: int, parallelization: int, iv: bytes
) -> bytes:
    """Return an ``EncryptedPrivateKeyInfo``, DER.

    :param data: the encrypted ``PrivateKeyInfo``
    :param cost, block_size, parallelization: N, r and p of scrypt
    :param iv: of AES-256 in CBC mode, 16 bytes
    """
    derivation = _KeyDerivation(
        oid=_SCRYPT,
        parameters=_ScryptParameters(salt=salt, cost=cost, block_size=block_size, parallelization=parallelization),
    )
    parameters = _Pbes2Parameters(key_derivation=derivation, cipher=_Cipher(oid=_AES_256_CBC, iv=iv))
    return der.encode(_EncryptedPrivateKeyInfo(scheme=_Scheme(oid=_PBES2, parameters=parameters), data=data))
