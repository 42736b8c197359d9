"""The four cipher suites of a chip, and how keys are derived for them (Doc 9303-11, 9.7 and 9.8).

3DES with retail MAC serves old chips, AES with CMAC all others. All of them encrypt in CBC mode.
"""

import hashlib
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.cmac import CMAC

__all__ = ["ENCRYPTION", "MAC", "PASSWORD", "SUITES", "CipherSuite", "pad", "unpad"]

ENCRYPTION, MAC, PASSWORD = 1, 2, 3
"""What a key is derived for: the counter of Doc 9303-11, 9.7.1."""
_MAC_LENGTH = 8


@dataclass(frozen=True, slots=True)
class CipherSuite:
    """A block cipher with its MAC and the hash by which its keys are derived.

    :param name: as in the names of the protocols, ``3DES-CBC-CBC`` or ``AES-CBC-CMAC-128`` to ``-256``
    :param key_size: in bytes
    :param block: in bytes
    :param strength: by which two suites are compared, a higher one is better
    """

    name: str
    key_size: int
    block: int
    hash: str
    strength: int

    @property
    def aes(self) -> bool:
        """Whether its cipher is AES."""
        return self.block == 16

    def derive(self, secret: bytes, purpose: int) -> bytes:
        """Return the key for ``purpose`` (Doc 9303-11, 9.7.1). The parity bits of 3DES keys are not adjusted."""
        return hashlib.new(self.hash, secret + purpose.to_bytes(4, "big")).digest()[: self.key_size]

    def encrypt(self, key: bytes, data: bytes, iv: bytes | None = None) -> bytes:
        """Encrypt whole blocks; the IV is zero unless given."""
        run = self._cipher(key, iv).encryptor()
        return run.update(data) + run.finalize()

    def decrypt(self, key: bytes, data: bytes, iv: bytes | None = None) -> bytes:
        """Decrypt whole blocks; the IV is zero unless given."""
        run = self._cipher(key, iv).decryptor()
        return run.update(data) + run.finalize()

    def mac(self, key: bytes, padded: bytes) -> bytes:
        """Return the eight bytes of the MAC over whole blocks (Doc 9303-11, 9.8.6)."""
        if self.aes:
            state = CMAC(algorithms.AES(key))
            state.update(padded)
            return state.finalize()[:_MAC_LENGTH]
        # ISO/IEC 9797-1, algorithm 3: single DES but for the last block
        first, second = key[:8], key[8:]
        last = _des(first, padded)[-8:]
        return _des(first, _des(second, last, decrypt=True))

    def token_mac(self, key: bytes, data: bytes) -> bytes:
        """Return the eight bytes of the MAC over any data, as PACE's tokens have it (Doc 9303-11, 4.4.3.4)."""
        return self.mac(key, data if self.aes else pad(data, self.block))

    def _cipher(self, key: bytes, iv: bytes | None) -> "Cipher[modes.CBC]":
        algorithm = algorithms.AES(key) if self.aes else TripleDES(key + key[:8])
        return Cipher(algorithm, modes.CBC(iv or bytes(self.block)))


def _des(key: bytes, data: bytes, *, decrypt: bool = False) -> bytes:
    """Run single DES in CBC mode, zero IV: 3DES of three equal keys."""
    cipher = Cipher(TripleDES(key * 3), modes.CBC(bytes(8)))
    run = cipher.decryptor() if decrypt else cipher.encryptor()
    return run.update(data) + run.finalize()


def pad(data: bytes, block: int) -> bytes:
    """Pad by ISO/IEC 9797-1, method 2: one bit, then zeros; a full block gets one more."""
    return data + b"\x80" + bytes(-(len(data) + 1) % block)


def unpad(data: bytes) -> bytes:
    """Take the padding off.

    :raises ValueError: there is none
    """
    content = data.rstrip(b"\x00")
    if content[-1:] != b"\x80":
        raise ValueError("the padding is missing")
    return content[:-1]


SUITES: Final = {
    suite.name: suite
    for suite in (
        CipherSuite("3DES-CBC-CBC", 16, 8, "sha1", 1),
        CipherSuite("AES-CBC-CMAC-128", 16, 16, "sha1", 2),
        CipherSuite("AES-CBC-CMAC-192", 24, 16, "sha256", 3),
        CipherSuite("AES-CBC-CMAC-256", 32, 16, "sha256", 4),
    )
}
"""By the name with which the protocols' names end (``specs/lds/security_infos.toml``)."""
