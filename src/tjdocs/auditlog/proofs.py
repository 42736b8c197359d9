"""Proofs as values, verified with a checkpoint and the log's public key, without the database."""

import base64
import binascii
from dataclasses import dataclass, field
from typing import Any

from tjdocs import inputs
from tjdocs.auditlog import merkle
from tjdocs.auditlog.checkpoint import LogVerifier
from tjdocs.errors import InputError

__all__ = ["ConsistencyProof", "InclusionProof", "read_proof"]


@dataclass(frozen=True, slots=True)
class InclusionProof:
    """A proof that an entry is in the log under a checkpoint (RFC 9162, 2.1.3).

    :param leaf: the entry's bytes, JSON
    :param path: hashes from the leaf to the root
    :param head: a signed note
    """

    index: int
    leaf: bytes = field(repr=False)
    path: tuple[bytes, ...] = field(repr=False)
    head: str

    def verify(self, verifier: LogVerifier) -> bool:
        """Return whether the head is the log's and the entry is in it."""
        try:
            checkpoint = verifier.open(self.head)
        except InputError:
            return False
        if checkpoint.origin != verifier.name:
            return False
        return merkle.verify_inclusion(self.leaf, self.index, checkpoint.size, self.path, checkpoint.root)

    def as_json(self) -> dict[str, Any]:
        """Return the proof as :func:`read_proof` reads it."""
        return {
            "schema": 1,
            "proof": "inclusion",
            "index": self.index,
            "entry": self.leaf.decode(),
            "path": [base64.b64encode(step).decode() for step in self.path],
            "head": self.head,
        }


@dataclass(frozen=True, slots=True)
class ConsistencyProof:
    """That the log under one head begins with all that was under an older one (RFC 9162, 2.1.4)."""

    path: tuple[bytes, ...] = field(repr=False)
    old: str
    head: str

    def verify(self, verifier: LogVerifier) -> bool:
        """Return whether both heads are the log's and nothing before the older was changed."""
        try:
            before, after = verifier.open(self.old), verifier.open(self.head)
        except InputError:
            return False
        if {before.origin, after.origin} != {verifier.name}:
            return False
        return merkle.verify_consistency(before.size, after.size, self.path, before.root, after.root)

    def as_json(self) -> dict[str, Any]:
        """Return the proof as :func:`read_proof` reads it."""
        return {
            "schema": 1,
            "proof": "consistency",
            "path": [base64.b64encode(step).decode() for step in self.path],
            "old": self.old,
            "head": self.head,
        }


def read_proof(text: str | bytes) -> InclusionProof | ConsistencyProof:
    """Read a proof from JSON.

    :raises InputError: it is not a proof
    """
    try:
        table = inputs.json_object(text, where="proof")
        if not inputs.is_schema(table["schema"]):
            raise ValueError
        path = tuple(base64.b64decode(step, validate=True) for step in table["path"])
        if table["proof"] == "inclusion" and type(table["index"]) is int:
            return InclusionProof(table["index"], table["entry"].encode(), path, str(table["head"]))
        if table["proof"] == "consistency":
            return ConsistencyProof(path, str(table["old"]), str(table["head"]))
        raise ValueError
    except (ValueError, KeyError, TypeError, AttributeError, InputError, binascii.Error):
        raise InputError("not a proof", where="proof", hint="as `tjdocs register prove --json` prints it") from None
