"""Protect private keys by a passphrase: PKCS #8, PBES2 with scrypt (RFC 7914), slow to guess.

``cryptography`` writes PKCS #8 with 2,048 rounds of PBKDF2 only. It reads this form, as OpenSSL does: the costs are
below OpenSSL's memory limit. The cost that a file asks for is checked before the file is opened.
"""

import base64
import os
from collections.abc import Iterator
from typing import Protocol

from cryptography.exceptions import InternalError, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
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
    load_der_private_key,
    load_pem_private_key,
)

from tjdocs import inputs, limits
from tjdocs.asn1 import der
from tjdocs.asn1.pkcs8_schema import derivation, encode_encrypted_key
from tjdocs.errors import InputError, KeyMaterialError

__all__ = ["COST", "PROTECTED", "load", "protect", "read"]

PROTECTED = b"-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
_END = b"-----END ENCRYPTED PRIVATE KEY-----\n"
COST = 1 << 14  # 16 MiB, a quarter of a second
_BLOCK_SIZE, _PARALLELIZATION = 8, 5
_LINE = 64
_ENCRYPTED = b"ENCRYPTED"
_BEGIN, _FINISH, _DASHES = b"-----BEGIN ", b"-----END ", b"-----"
_COSTS = {"scrypt": limits.KEY_SCRYPT, "rounds": limits.KEY_ROUNDS}


class _Key(Protocol):
    def private_bytes(
        self, encoding: Encoding, format: PrivateFormat, encryption_algorithm: KeySerializationEncryption
    ) -> bytes: ...


def protect(key: _Key, passphrase: bytes | None) -> bytes:
    """Return a private key under a passphrase, or without one in clear, PEM."""
    if not passphrase:
        return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    plain = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    salt, iv = os.urandom(16), os.urandom(16)
    costs = {"n": COST, "r": _BLOCK_SIZE, "p": _PARALLELIZATION}
    encryptor = Cipher(AES256(Scrypt(salt=salt, length=32, **costs).derive(passphrase)), CBC(iv)).encryptor()
    padder = PKCS7(128).padder()
    data = encryptor.update(padder.update(plain) + padder.finalize()) + encryptor.finalize()
    encoded = encode_encrypted_key(
        data, salt=salt, cost=COST, block_size=_BLOCK_SIZE, parallelization=_PARALLELIZATION, iv=iv
    )
    text = base64.b64encode(encoded)
    lines = [text[start : start + _LINE] + b"\n" for start in range(0, len(text), _LINE)]
    return PROTECTED + b"".join(lines) + _END


def load(data: bytes, passphrase: bytes | None, *, where: str) -> PrivateKeyTypes:
    """Return the private key of a file, PEM or DER.

    :param where: the file, for an error
    :raises KeyMaterialError: opening it takes longer than the limit
    :raises ValueError, TypeError: it is not a private key, or the passphrase is wrong or missing
    """
    if len(data) > limits.KEY_FILE:
        raise KeyMaterialError("a key file over the limit", where=where, hint=f"at most {limits.KEY_FILE} bytes")
    armoured = _BEGIN in data
    for label, text in _blocks(data) if armoured else [(b"", data)]:
        _check_cost(text, where, must=_ENCRYPTED in label)
    library = load_pem_private_key if armoured else load_der_private_key
    try:
        # testing long primes takes minutes: their length is checked below, before the test
        key = library(data, passphrase, unsafe_skip_rsa_key_validation=True)
        return _checked(key, where) if isinstance(key, RSAPrivateKey) else key
    except (UnsupportedAlgorithm, InternalError):
        raise ValueError("a key of an unknown kind") from None


def read(path: str | os.PathLike[str], passphrase: bytes | None) -> PrivateKeyTypes:
    """Return the private key of a file; a file over the limit is not read.

    :raises KeyMaterialError: it cannot be read, or as :func:`load`
    :raises ValueError, TypeError: as :func:`load`
    """
    try:
        data = inputs.read_file(path, limits.KEY_FILE)
    except InputError as error:
        raise KeyMaterialError(f"unusable key file, {error.message}", where=error.where, hint=error.hint) from None
    return load(data, passphrase, where=os.fspath(path))


def _checked(key: RSAPrivateKey, where: str) -> RSAPrivateKey:
    """Return an RSA key whose numbers fit together and are prime by the library's tests."""
    numbers, most = key.private_numbers(), limits.RSA_KEY_BITS
    if key.key_size > most or max(numbers.p, numbers.q).bit_length() > most // 2:
        raise KeyMaterialError("an RSA key over the limit", where=where, hint=f"at most {most} bits, two equal primes")
    return numbers.private_key()


def _blocks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield label and content of every block of PEM that begins, whether it ends or not.

    A block reaches to the next end, over any beginning. A block with a header line, or anything else but base64 and
    white space, has no content here: the library may read it in another way. A block with a second beginning counts as
    encrypted.
    """
    for part in data.split(_FINISH):
        _, begun, after = part.partition(_BEGIN)
        label, _, text = after.partition(_DASHES)
        if begun:
            yield label if _BEGIN not in text else _ENCRYPTED, _decoded(text)


def _decoded(text: bytes) -> bytes:
    try:
        return base64.b64decode(b"".join(text.split()), validate=True)
    except ValueError:
        return b""


def _check_cost(data: bytes, where: str, *, must: bool) -> None:
    try:
        kind, cost = derivation(data)
    except der.DerError:
        if must:  # the library may read it in another way
            raise
        return
    if cost > _COSTS[kind]:
        hint = f"{kind} of at most {_COSTS[kind]}: protect it again, as with `openssl pkcs8 -topk8 -iter 600000`"
        raise KeyMaterialError(f"a key file that takes too long to open ({kind} {cost})", where=where, hint=hint)
