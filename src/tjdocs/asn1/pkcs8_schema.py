"""Encode encrypted private keys: PKCS #8, PBES2, scrypt, AES-256-CBC (RFC 5958, 3, RFC 8018, 6.2, RFC 7914, 7)."""

from cryptography.hazmat import asn1
from cryptography.x509 import ObjectIdentifier

from tjdocs.asn1 import der

__all__ = ["encode_encrypted_key"]

_PBES2 = ObjectIdentifier("1.2.840.113549.1.5.13")
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
