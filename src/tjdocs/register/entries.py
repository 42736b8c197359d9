"""What the log says of an act: JSON, one line. What is hashed and proved is these bytes, never a re-encoding."""

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from secrets import token_hex

__all__ = ["as_bytes", "as_object", "digest", "issue_leaf", "issue_prefix", "make_leaf", "read_written"]


def make_leaf(act: str, subject: str, at: str, officers: Sequence[str], **more: object) -> bytes:
    """Return the bytes of an entry: no two are alike, so that none counts that stands there twice."""
    table = {
        "schema": 1, "act": act, "subject": subject, "at": at, "officers": list(officers), **more,
        "nonce": token_hex(8),
    }  # fmt: skip
    return json.dumps(table, ensure_ascii=False, separators=(",", ":")).encode()


def digest(holder: bytes | None, personal: bytes | None, sealed: bytes | None) -> str:
    """Return what the log says of a row's personal columns: SHA-256 over each with its length."""
    if holder is personal is sealed is None:
        return ""
    parts = map(_written, (holder, personal, sealed))
    return sha256(b"".join(len(part).to_bytes(4, "big") + part for part in parts)).hexdigest()


def _written(value: object) -> bytes:
    """Return a personal column's bytes; of what none can hold (no bytes, or none of them) something else."""
    if type(value) is bytes and value:
        return value
    return b"" if value is None else repr(value).encode()


def as_bytes(value: object) -> bytes:
    """Return a column's bytes: SQLite gives back whatever type someone put there, and an audit must go on."""
    if isinstance(value, bytes):
        return value
    return b"" if value is None else bytes(value) if isinstance(value, memoryview | bytearray) else str(value).encode()


def issue_prefix(
    number: str, document_type: str, office: str, officer: str, issued: str, expires: str, citizenship: str, sex: str,
    category: str, replaces: str, series: int, blank: int, person: str, at: str,
) -> str:  # fmt: skip
    """Return how the entry of an issue begins: all that stands in the document's row too.

    Plain formatting, and no escaping: every value has passed :mod:`tjdocs.register.values`, and an audit must build
    a million of these. A label stands once in what was written, so no other row can give the same text.
    """
    return (
        f'{{"schema":1,"act":"issue","subject":"{number}","document_type":"{document_type}","office":"{office}",'
        f'"officers":["{officer}"],"issued":"{issued}","expires":"{expires}","citizenship":"{citizenship}","sex":"{sex}",'
        f'"category":"{category}","replaces":"{replaces}","blanks":{{"series":{series},"first":{blank},"last":{blank}}},'
        f'"person":"{person}","at":"{at}'
    )


def issue_leaf(
    number: str, document_type: str, office: str, officer: str, issued: str, expires: str, citizenship: str, sex: str,
    category: str, replaces: str, series: int, blank: int, person: str, at: str, ground: str,
    files: str, written: Mapping[str, str],
) -> bytes:  # fmt: skip
    """Return the log entry of an issue.

    :param files: as :func:`as_object` writes them, and the document's row has them
    """
    begin = issue_prefix(
        number, document_type, office, officer, issued, expires, citizenship, sex, category, replaces, series, blank,
        person, at,
    )  # fmt: skip
    return (
        f'{begin}","ground":"{ground}","files":{files}' + (f',"written":{as_object(written)}' if written else "") + "}"
    ).encode()


def as_object(digests: Mapping[str, str]) -> str:
    """Return digests as one text of JSON, by name."""
    return "{" + ",".join(f'"{name}":"{digests[name]}"' for name in sorted(digests)) + "}"


def read_written(leaf: bytes) -> dict[str, str]:
    """Return ``written`` of an issue's entry; nothing where it has none."""
    return dict(json.loads(leaf).get("written", {})) if leaf else {}
