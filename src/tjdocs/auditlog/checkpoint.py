"""Signed heads of the log in C2SP's form: a checkpoint in a note signed with Ed25519.

https://c2sp.org/tlog-checkpoint and https://c2sp.org/signed-note.
"""

import base64
import binascii
import json
import os
import re
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tjdocs import inputs, limits
from tjdocs.errors import InputError, OutputError, UsageError

__all__ = ["Checkpoint", "LogSigner", "LogVerifier", "append_checkpoint", "read_checkpoints"]

_ED25519 = b"\x01"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,99}")
_SIZE = re.compile(r"0|[1-9][0-9]{0,17}")
_MAX_NOTE = 100_000
_MAX_SIGNATURES = 64
_LINE = b'{"schema": 1, "head": "'  # as a line of a file of heads begins


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of a log.

    :param origin: the log's name
    :param size: how many entries
    :param root: of the Merkle tree over them, 32 bytes
    """

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    @classmethod
    def parse(cls, text: str) -> "Checkpoint":
        """Read the text of a checkpoint.

        :raises InputError: it is not a checkpoint
        """
        lines = text.split("\n")
        try:
            if len(lines) < 4 or lines[-1] or not all(lines[:-1]) or not _SIZE.fullmatch(lines[1]):
                raise ValueError
            root = base64.b64decode(lines[2], validate=True)
            if len(root) != 32 or base64.b64encode(root).decode() != lines[2]:
                raise ValueError
        except (ValueError, binascii.Error):
            raise InputError("not a checkpoint", where="head", hint="origin, size and root, a line each") from None
        return cls(lines[0], int(lines[1]), root)


@dataclass(frozen=True, slots=True)
class LogVerifier:
    """A log's public key under its name: all that is needed to verify heads.

    :param key: Ed25519, 32 bytes
    """

    name: str
    key: bytes

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not _NAME.fullmatch(self.name):
            raise UsageError("unusable log name", where="name", hint="for example example.tj/register")

    @property
    def key_id(self) -> bytes:
        """The four bytes that name the key in a signature line (signed-note, Signatures)."""
        return sha256(self.name.encode() + b"\n" + _ED25519 + self.key).digest()[:4]

    @property
    def text(self) -> str:
        """The key as ``name+id+key``, the form in which such keys are handed out."""
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(_ED25519 + self.key).decode()}"

    @classmethod
    def parse(cls, text: str) -> "LogVerifier":
        """Read ``name+id+key``.

        :raises InputError: it is not a key, or its id does not belong to it
        """
        name, _, tail = text.strip().partition("+")
        key_id, _, encoded = tail.partition("+")
        try:
            raw = base64.b64decode(encoded, validate=True)
            if raw[:1] != _ED25519 or len(raw) != 33:
                raise ValueError
            verifier = cls(name, raw[1:])
            if verifier.key_id.hex() != key_id:
                raise ValueError
        except (ValueError, binascii.Error, UsageError):
            raise InputError("not a verifier key", where="verifier", hint="name+id+key, Ed25519") from None
        return verifier

    def verify(self, note: str) -> bool:
        """Return whether the note has this key's signature, and no failing signature of this key."""
        return self._text(note) is not None

    def open(self, note: str) -> Checkpoint:
        """Return the checkpoint that a note signs.

        :raises InputError: it is not a note, is not signed by this key, or signs something else
        """
        text = self._text(note)
        if text is None:
            raise InputError("head not signed by the log's key", where=self.name, hint="is it the right public key?")
        return Checkpoint.parse(text)

    def is_plain(self, note: str) -> bool:
        """Return whether a note that :meth:`open` reads is exactly as :meth:`LogSigner.sign` writes it."""
        checkpoint, encoded = self.open(note), note.rstrip("\n").rpartition(" ")[2]
        return note == _note(checkpoint, base64.b64decode(encoded))

    def _text(self, note: str) -> str | None:
        text, parted, signatures = note.rpartition("\n\n")
        lines = signatures.split("\n")
        if not parted or len(note) > _MAX_NOTE or lines.pop() or not 0 < len(lines) <= _MAX_SIGNATURES:
            return None
        text += "\n"
        if any(ord(char) < 0x20 and char != "\n" for char in note):
            return None
        verified = False
        for line in lines:
            mark, _, tail = line.partition(" ")
            name, _, encoded = tail.partition(" ")
            try:
                raw = base64.b64decode(encoded, validate=True)
            except (ValueError, binascii.Error):
                return None
            if mark != "\u2014" or len(raw) < 5:
                return None
            if name != self.name or raw[:4] != self.key_id:
                continue  # an unknown key's: other logs and witnesses sign too
            try:
                Ed25519PublicKey.from_public_bytes(self.key).verify(raw[4:], text.encode())
            except InvalidSignature:
                return None
            verified = True
        return text if verified else None


@dataclass(frozen=True, slots=True)
class LogSigner:
    """The key that signs heads."""

    name: str
    key: Ed25519PrivateKey = field(repr=False)

    @property
    def verifier(self) -> LogVerifier:
        """The public half."""
        return LogVerifier(self.name, self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))

    def sign(self, checkpoint: Checkpoint) -> str:
        """Return the note of a checkpoint.

        :raises UsageError: it is another log's
        """
        if checkpoint.origin != self.name:
            raise UsageError("checkpoint of another log", where="origin", hint="a log signs its own heads")
        raw = self.verifier.key_id + self.key.sign(checkpoint.text.encode())
        return _note(checkpoint, raw)


def _note(checkpoint: Checkpoint, signature: bytes) -> str:
    return f"{checkpoint.text}\n\u2014 {checkpoint.origin} {base64.b64encode(signature).decode()}\n"


def append_checkpoint(path: str | Path, note: str) -> None:
    """Write a head outside the database, after the ones that are there, unless it is the last already.

    :raises OutputError: the file cannot be written
    """
    try:
        if Path(path).exists():
            if (known := read_checkpoints(path)) and known[-1] == note:
                return
            content = Path(path).read_bytes()  # not more than was read above
            if not content.endswith(b"\n"):  # a crash cut the last line off
                os.truncate(path, content.rfind(b"\n") + 1)
        line = json.dumps({"schema": 1, "head": note}, ensure_ascii=False).encode() + b"\n"
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        with os.fdopen(handle, "ab") as file:
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise OutputError("cannot write", where=str(path), hint=error.strerror or "") from None


def read_checkpoints(path: str | Path) -> list[str]:
    """Read the heads that :func:`append_checkpoint` wrote; a last line that a crash cut off is left out.

    :raises InputError: the file cannot be read, or holds something else
    """
    lines, size, last = list[bytes](), 0, b"\n"
    try:
        with Path(path).open("rb") as file:
            while line := file.readline(limits.HEAD + 1):
                last, size = line, size + len(line)
                if len(line) > limits.HEAD or size > limits.HEADS:
                    raise InputError(
                        "not heads of a log, or too many", where=str(path), hint="as `--heads` writes them"
                    )
                lines.append(line.removesuffix(b"\n"))
    except OSError as error:
        raise InputError("cannot read", where=str(path), hint=error.strerror or "") from None
    if last.endswith(b"\n"):
        lines.append(b"")
    if not (_LINE.startswith(lines[-1]) or lines[-1].startswith(_LINE)):
        raise InputError("not heads of a log", where=str(path), hint="as `--heads` writes them")
    notes = []
    for line in lines[:-1]:
        try:
            table = inputs.json_object(line, where=str(path))
            if not inputs.is_schema(table["schema"]) or not isinstance(table["head"], str):
                raise ValueError
        except (ValueError, KeyError, InputError):
            raise InputError("not heads of a log", where=str(path), hint="as `--heads` writes them") from None
        notes.append(table["head"])
    return notes
