"""Protect private keys by a passphrase: PKCS #8, PBES2 with scrypt (RFC 7914), slow to guess.

``cryptography`` writes PKCS #8 with 2,048 rounds of PBKDF2 only. It reads this form, as OpenSSL does: the costs are
below OpenSSL's memory limit.
"""

import base64
import os
from typing import Protocol

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from cryptography.hazmat.primitives.padding import PKCS7
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)

from tjdocs.asn1.pkcs8_schema import encode_encrypted_key

__all__ = ["COST", "PROTECTED", "protect"]

PROTECTED = b"-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
_END = b"-----END ENCRYPTED PRIVATE KEY-----\n"
COST = 1 << 14  # 16 MiB, a quarter of a second
_BLOCK_SIZE, _PARALLELIZATION = 8, 5
_LINE = 64


class _Key(Protocol):
    def private_bytes(
        self, encoding: Encoding, format: PrivateFormat, encryption_algorithm: KeySerializationEncryption
    ) -> bytes: ...


def protect(key: _Key, passphrase: bytes) -> bytes:
    """Return a private key under a passphrase, PEM."""
    plain = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    salt, iv = os.urandom(16), os.urandom(16)
    costs = {"n": COST, "r": _BLOCK_SIZE, "p": _PARALLELIZATION}
    encryptor = Cipher(AES256(Scrypt(salt=salt, length=32, **costs).derive(passphrase)), CBC(iv)).encryptor()
    padder = PKCS7(128).padder()
    data = encryptor.update(padder.update(plain) + padder.finalize()) + encryptor.finalize()
    der = encode_encrypted_key(
        data, salt=salt, cost=COST, block_size=_BLOCK_SIZE, parallelization=_PARALLELIZATION, iv=iv
    )
    text = base64.b64encode(der)
    lines = [text[start : start + _LINE] + b"\n" for start in range(0, len(text), _LINE)]
    return PROTECTED + b"".join(lines) + _END
