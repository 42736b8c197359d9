"""Officers' keys (Ed25519, RFC 8032): the officer alone has the secret, the register keeps the public part.

An officer makes a key (:meth:`OfficerKey.create`) and gives a supervisor its :class:`KeyRequest`, which proves the
secret. A token replaces the file as any object with ``public`` and ``sign``: :class:`OfficerSigner`.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tjdocs import inputs, limits
from tjdocs.auditlog.entry import decode_base64, encode_base64
from tjdocs.errors import InputError, KeyMaterialError, UsageError
from tjdocs.files import replace_file, write_new
from tjdocs.pki.key_protection import PROTECTED, load, protect
from tjdocs.register import records

__all__ = ["KeyRequest", "OfficerKey", "OfficerSigner", "fingerprint", "verify"]

GIVE_KEY = "give --officer-key FILE, or TJDOCS_OFFICER_KEY"
PASSPHRASE = "give --officer-passphrase-file, or TJDOCS_OFFICER_PASSPHRASE"  # noqa: S105 (options, not a secret)
_SHORTEST, _LONGEST = 8, 1000
# each kind of signed text has its own first line: no signature of one kind is valid for another (entries, signing)
_REQUEST = b"tjdocs register: key request 1\n"
_PRIME = 2**255 - 19
# y of the points of small order: under such a key anyone can make a valid signature
_SMALL = frozenset(
    {
        0,
        1,
        _PRIME - 1,
        2707385501144840649318225287225658788936804267575313519463743609750303402022,
        55188659117513257062467267217118295137698188065244968500265048394206261417927,
    }
)


@runtime_checkable
class OfficerSigner(Protocol):
    """Sign for an officer: with the key of a file, or one that never leaves its token."""

    @property
    def public(self) -> bytes:
        """The public key, Ed25519, 32 bytes."""

    def sign(self, data: bytes) -> bytes:
        """Return the signature over ``data``, 64 bytes (RFC 8032, Ed25519, not Ed25519ph).

        :raises tjdocs.errors.KeyMaterialError: the token refused
        """


@dataclass(frozen=True, slots=True)
class OfficerKey:
    """Hold an officer's key, read from a file under a passphrase."""

    key: Ed25519PrivateKey = field(repr=False)

    @classmethod
    def generate(cls) -> "OfficerKey":
        """Return a fresh key, in memory alone."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def create(cls, path: str | Path, *, passphrase: bytes) -> "OfficerKey":
        """Make a key in a new file of mode 0600, under a passphrase.

        :raises UsageError: the passphrase is too short or too long
        :raises OutputError: there is a file already, or it cannot be written
        """
        fresh = cls.generate()
        write_new(Path(path), protect(fresh.key, _usable(passphrase)))
        return fresh

    @classmethod
    def open(cls, path: str | Path, *, passphrase: bytes | None) -> "OfficerKey":
        """Read a key.

        :raises InputError: the file cannot be read, or is not an Ed25519 key under a passphrase
        :raises KeyMaterialError: the passphrase is missing or wrong
        """
        pem = _read(Path(path))
        if not pem.startswith(PROTECTED):
            raise InputError(
                "not a key under a passphrase", where=str(path), hint="make one with `tjdocs register key new`"
            )
        if not passphrase:
            raise KeyMaterialError("missing passphrase", where=str(path), hint=PASSPHRASE)
        try:
            key = load(pem, passphrase, where=str(path))
        except (ValueError, TypeError, UnsupportedAlgorithm):
            raise KeyMaterialError("wrong passphrase, or not a key", where=str(path), hint=PASSPHRASE) from None
        if not isinstance(key, Ed25519PrivateKey):
            raise InputError("not an Ed25519 key", where=str(path), hint="make one with `tjdocs register key new`")
        return cls(key)

    @classmethod
    def change_passphrase(cls, path: str | Path, *, passphrase: bytes | None, new: bytes) -> None:
        """Put a key under another passphrase, in the same file; the key and its public part stay.

        :raises UsageError: the new passphrase is too short or too long
        :raises OutputError: the file cannot be written
        """
        pem = protect(cls.open(path, passphrase=passphrase).key, _usable(new))
        replace_file(Path(path), pem)

    @property
    def public(self) -> bytes:
        """The public key, 32 bytes."""
        return self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    @property
    def fingerprint(self) -> str:
        """The name by which people compare public keys."""
        return fingerprint(self.public)

    def sign(self, data: bytes) -> bytes:
        """Return the signature over ``data``, 64 bytes."""
        return self.key.sign(data)


@dataclass(frozen=True, slots=True)
class KeyRequest:
    """Bring an officer's public key to the register, signed with the key itself, which proves the secret.

    :param officer: the only id under which the key may be enrolled
    :param public: 32 bytes
    :param proof: the signature
    :raises InputError: the proof is wrong, or anyone can sign with the key (a point of small order)
    """

    officer: str
    public: bytes
    proof: bytes = field(repr=False)

    def __post_init__(self) -> None:
        records.word(self.officer, "officer")
        if not _sound(self.public) or not verify(self.public, self.proof, _request(self.officer, self.public)):
            hint = "make one with `tjdocs register key new`"
            raise InputError("the key request proves no key", where="request", hint=hint)

    @classmethod
    def of(cls, officer: str, signer: OfficerSigner) -> "KeyRequest":
        """Make the request of a key."""
        records.word(officer, "officer")
        return cls(officer, signer.public, signer.sign(_request(officer, signer.public)))

    @classmethod
    def parse(cls, text: str | bytes) -> "KeyRequest":
        """Read a request.

        :raises InputError: not a request, or its proof is wrong
        """
        try:
            if len(text) > limits.OFFICER_FILE:
                raise ValueError
            table = inputs.json_object(text, where="request")
            if not inputs.is_schema(table["schema"]):
                raise ValueError
            return cls.read(table["officer"], table)
        except (InputError, ValueError, KeyError, TypeError, UsageError):
            hint = "make one with `tjdocs register key new`"
            raise InputError("not a key request", where="request", hint=hint) from None

    @classmethod
    def read(cls, officer: str, table: Mapping[str, Any]) -> "KeyRequest":
        """Return the request in a log entry's ``key`` and ``proof``.

        :raises ValueError: they are not a key and a signature
        :raises InputError: the proof is wrong
        """
        return cls(officer, decode_base64(table["key"], 32), decode_base64(table["proof"], 64))

    @property
    def fields(self) -> dict[str, str]:
        """The key and its proof, as the log contains them."""
        return {"key": encode_base64(self.public), "proof": encode_base64(self.proof)}

    @property
    def text(self) -> str:
        """The request as :meth:`parse` reads it."""
        return json.dumps({"schema": 1, "officer": self.officer, **self.fields}) + "\n"

    @property
    def fingerprint(self) -> str:
        """The key's name, which officer and supervisor compare by word of mouth."""
        return fingerprint(self.public)


def verify(public: bytes, signature: bytes, data: bytes) -> bool:
    """Return whether a key signed ``data``."""
    try:
        _loaded(public).verify(signature, data)
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True


@lru_cache(maxsize=1024)
def _loaded(public: bytes) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(public)


def fingerprint(public: bytes) -> str:
    """Return a public key's fingerprint: SHA-256 in base64, as SSH writes it."""
    return f"SHA256:{base64.b64encode(sha256(public).digest()).decode().rstrip('=')}"


def _request(officer: str, public: bytes) -> bytes:
    return _REQUEST + officer.encode() + b"\n" + public


def _sound(public: bytes) -> bool:
    """Whether a public key has its canonical form, and only its secret can sign for it."""
    if not isinstance(public, bytes) or len(public) != 32:
        return False
    y = int.from_bytes(public, "little") & (2**255 - 1)
    return y < _PRIME and y not in _SMALL


def _usable(passphrase: bytes) -> bytes:
    if not isinstance(passphrase, bytes) or not _SHORTEST <= len(passphrase) <= _LONGEST:
        hint = f"{PASSPHRASE}, of {_SHORTEST} to {_LONGEST} bytes"
        raise UsageError("an officer's key needs a passphrase", where="passphrase", hint=hint)
    return passphrase


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(limits.OFFICER_FILE)
    except OSError as error:
        raise InputError("cannot read", where=str(path), hint=error.strerror or "") from None
