"""The register's keys, which lie outside the database: one for personal columns, one that signs heads of the log.

A folder holds ``data.key`` (needed where persons are written or looked up), ``log.key`` (needed where heads are signed)
and ``log.pub`` (enough to audit). Each may be missing where it is not needed.
"""

import base64
import binascii
import json
import os
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from tjdocs import inputs, limits
from tjdocs.auditlog.checkpoint import LogSigner, LogVerifier
from tjdocs.errors import InputError, KeyMaterialError, OutputError, RegisterError, UsageError
from tjdocs.files import replace_file, write_private
from tjdocs.pki import key_protection

__all__ = ["DataKey", "Keys"]

_GIVE = "--passphrase-file, or TJDOCS_PASSPHRASE"
_SCRYPT = 1 << 15


@dataclass(frozen=True, slots=True)
class DataKey:
    """Wraps the rows' own keys (AES-256 key wrap, RFC 3394).

    :param secret: 32 bytes
    """

    secret: bytes = field(repr=False)

    @classmethod
    def generate(cls) -> "DataKey":
        """Return a fresh key."""
        return cls(os.urandom(32))

    @property
    def id(self) -> bytes:
        """Four bytes that name the key and reveal nothing of it."""
        return sha256(b"tjdocs register key\0" + self.secret).digest()[:4]

    def wrap(self, key: bytes) -> bytes:
        """Return ``key`` wrapped, this key's id before it."""
        return self.id + aes_key_wrap(self.secret, key)


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of a register that a process has.

    :param data: data keys, the one in use first; older ones until every row is wrapped again
    :param log: signs heads
    :param verifier: the log's public key
    :param folder: where they are kept; None for keys in memory only
    """

    data: tuple[DataKey, ...] = ()
    log: LogSigner | None = None
    verifier: LogVerifier | None = None
    folder: Path | None = field(default=None, repr=False, compare=False)

    @classmethod
    def generate(cls, name: str) -> "Keys":
        """Return fresh keys.

        :param name: of the log, for example ``example.tj/register``
        """
        log = LogSigner(name, Ed25519PrivateKey.generate())
        return cls((DataKey.generate(),), log, log.verifier)

    @classmethod
    def create(cls, folder: str | Path, *, name: str, passphrase: bytes | None = None) -> "Keys":
        """Make fresh keys in a folder, each file of mode 0600 from its first byte on.

        :raises OutputError: there are keys already, or nothing can be written there
        """
        keys = cls.generate(name)
        _, log = keys.whole()
        place = Path(folder)
        if any((place / file).exists() for file in ("data.key", "log.key", "log.pub")):
            raise OutputError("there are keys already", where=str(place), hint="name a new folder")
        pem = key_protection.protect(log.key, passphrase)
        try:
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_private(place / "data.key", _sealed(keys.data, passphrase))
            write_private(place / "log.key", pem)
            write_private(place / "log.pub", f"{log.verifier.text}\n".encode())
        except OSError as error:
            raise OutputError("cannot write", where=str(place), hint=error.strerror or "") from None
        return replace(keys, folder=place)

    @classmethod
    def open(cls, folder: str | Path, *, passphrase: bytes | None = None) -> "Keys":
        """Read those of the three files that exist.

        :raises InputError: there is none, or one cannot be read
        :raises KeyMaterialError: the passphrase is missing or wrong
        """
        place = Path(folder)
        data, pem, public = (_read(place / file) for file in ("data.key", "log.key", "log.pub"))
        if data is None and pem is None and public is None:
            raise InputError("missing register keys", where=str(place), hint="data.key, log.key or log.pub")
        verifier = LogVerifier.parse(public.decode("ascii", "replace")) if public is not None else None
        log = None
        if pem is not None:
            if verifier is None:
                raise InputError("log.key without log.pub", where=str(place), hint="put the public key next to it")
            log = LogSigner(verifier.name, _private(pem, passphrase, place))
            if log.verifier != verifier:
                raise InputError("log.key and log.pub are not a pair", where=str(place))
        return cls(_opened(data, passphrase, place) if data is not None else (), log, verifier, place)

    @property
    def name(self) -> str:
        """The log's name, ``""`` without its public key."""
        return self.verifier.name if self.verifier is not None else ""

    def whole(self) -> tuple[DataKey, LogSigner]:
        """Return the data key in use and the key that signs heads.

        :raises UsageError: one is missing
        """
        if not self.data or self.log is None:
            raise UsageError("a register is made with all its keys", where="keys", hint="Keys.create(FOLDER, name=…)")
        return self.data[0], self.log

    def renewed(self, folder: str | Path, *, passphrase: bytes | None = None) -> "Keys":
        """Put a new data key before the ones in ``folder``; rows follow with ``Register.rewrap``.

        :raises UsageError: there is no data key yet
        """
        if not self.data:
            raise UsageError("missing data key", where="keys")
        return self._with((DataKey.generate(), *self.data), folder, passphrase)

    def only_newest(self, folder: str | Path, *, passphrase: bytes | None = None) -> "Keys":
        """Drop the older data keys, once every row is wrapped by the newest."""
        return self._with(self.data[:1], folder, passphrase)

    def _with(self, data: tuple[DataKey, ...], folder: str | Path, passphrase: bytes | None) -> "Keys":
        replace_file(Path(folder) / "data.key", _sealed(data, passphrase))
        return replace(self, data=data)

    def unwrap(self, wrapped: bytes) -> bytes:
        """Return a key that one of the data keys wrapped.

        :raises RegisterError: none did
        """
        for key in self.data:
            if wrapped[:4] == key.id:
                try:
                    return aes_key_unwrap(key.secret, wrapped[4:])
                except (InvalidUnwrap, ValueError):
                    break
        raise RegisterError("wrapped by another key, or damaged", where="keys", hint="open the register with its keys")


def _sealed(keys: tuple[DataKey, ...], passphrase: bytes | None) -> bytes:
    salt = os.urandom(16)
    table: dict[str, object] = {"schema": 1, "keys": [base64.b64encode(key.secret).decode() for key in keys]}
    if passphrase:
        outer = _derive(passphrase, salt)
        table = {
            "schema": 1,
            "salt": salt.hex(),
            "wrapped": [base64.b64encode(aes_key_wrap(outer, key.secret)).decode() for key in keys],
        }
    return json.dumps(table).encode() + b"\n"


def _opened(data: bytes, passphrase: bytes | None, place: Path) -> tuple[DataKey, ...]:
    try:
        table = inputs.json_object(data, where="data.key")
        if not inputs.is_schema(table["schema"]):
            raise ValueError
        if "wrapped" in table:
            if not passphrase:
                raise KeyMaterialError("passphrase needed", where=str(place / "data.key"), hint=_GIVE)
            outer = _derive(passphrase, bytes.fromhex(table["salt"]))
            data_keys = tuple(DataKey(aes_key_unwrap(outer, base64.b64decode(text))) for text in table["wrapped"])
        else:
            data_keys = tuple(DataKey(base64.b64decode(text, validate=True)) for text in table["keys"])
        if not data_keys or any(len(key.secret) != 32 for key in data_keys):
            raise ValueError
    except InvalidUnwrap:
        raise KeyMaterialError("wrong passphrase", where=str(place / "data.key")) from None
    except (ValueError, TypeError, KeyError, InputError, binascii.Error):
        raise InputError("not a data key", where=str(place / "data.key")) from None
    return data_keys


def _derive(passphrase: bytes, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=_SCRYPT, r=8, p=1).derive(passphrase)


def _private(pem: bytes, passphrase: bytes | None, place: Path) -> Ed25519PrivateKey:
    try:
        key = key_protection.load(pem, passphrase, where=str(place / "log.key"))
    except TypeError:  # a passphrase where none is wanted, or none where one is
        if passphrase is None:
            raise KeyMaterialError("passphrase needed", where=str(place / "log.key"), hint=_GIVE) from None
        return _private(pem, None, place)
    except (ValueError, UnsupportedAlgorithm):
        raise KeyMaterialError("wrong passphrase, or no key", where=str(place / "log.key")) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyMaterialError("not an Ed25519 key", where=str(place / "log.key"))
    return key


def _read(path: Path) -> bytes | None:
    return inputs.read_file(path, limits.TEXT) if os.path.lexists(path) else None
