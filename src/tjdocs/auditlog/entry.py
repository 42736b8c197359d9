"""The log's entries: JSON, one line each. Hashes, signatures and proofs cover these bytes, never a re-encoding."""

import base64
import binascii
import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from tjdocs import inputs, limits
from tjdocs.errors import InputError

__all__ = [
    "UNREADABLE",
    "add_signatures",
    "as_bytes",
    "as_object",
    "decode_base64",
    "digest",
    "encode_base64",
    "entry_name",
    "has_body",
    "issue_leaf",
    "issue_prefix",
    "make_leaf",
    "read_json",
    "read_leaf",
    "read_moment",
    "read_written",
    "signed_part",
    "split_signatures",
]

_ALWAYS = {"act", "subject", "at", "officers"}
_BLANKS = {"series", "first", "last"}
_MAX_NUMBER = 10**9  # of a series or blank: a pattern has nine digits at most
# the first line of each signed entry, and of no other signed text
_ENTRY = b"tjdocs register: entry 1\n"
_SIGNATURES = b',"signatures":{'  # within a text its quotes would have a backslash before them
_SIGNATURE = rb'"([A-Za-z0-9._@/-]{1,64})":"([A-Za-z0-9+/]{86}==)"'
_ALL_SIGNATURES = re.compile(rb"%b(?:,%b)*\}\}" % (_SIGNATURE, _SIGNATURE))
_ONE_SIGNATURE = re.compile(_SIGNATURE)
# errors that a value of another type or content causes in its reader
UNREADABLE = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError)


def make_leaf(
    act: str, subject: str, at: str, officers: Sequence[str], more: Mapping[str, object], *, nonce: str
) -> bytes:
    """Return the bytes of an entry.

    :param nonce: makes the entry unique, so that the same bytes never count twice
    """
    table = {
        "schema": 1, "act": act, "subject": subject, "at": at, "officers": list(officers), **more,
        "nonce": nonce,
    }  # fmt: skip
    return json.dumps(table, ensure_ascii=False, separators=(",", ":")).encode()


# ----------------------------------------------------------------------------------------------------------- signatures


def encode_base64(data: bytes) -> str:
    """Return a key or signature as text."""
    return base64.b64encode(data).decode()


def decode_base64(text: object, length: int) -> bytes:
    """Return a key or signature from its text; the same bytes have one text only.

    :raises ValueError: not the text of so many bytes
    """
    if not isinstance(text, str):
        raise ValueError("not a text")
    try:
        data = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from None
    if len(data) != length or encode_base64(data) != text:
        raise ValueError("of another length or spelling")
    return data


def signed_part(register: str, body: bytes) -> bytes:
    """Return the bytes that each officer of an entry signs.

    :param register: the register's id: a signature is valid in one register only
    :param body: the entry without signatures: act, subject, officers, moment, details, nonce
    """
    return b"%b%b\n%b" % (_ENTRY, register.encode(), body)


def add_signatures(body: bytes, signatures: Mapping[str, bytes]) -> bytes:
    """Return an entry with its signatures, one an officer."""
    text = ",".join(f'"{officer}":"{encode_base64(signature)}"' for officer, signature in signatures.items())
    return b"%b%b%b}}" % (body[:-1], _SIGNATURES, text.encode())


def split_signatures(leaf: bytes) -> tuple[bytes, dict[str, bytes]]:
    """Return an entry without its signatures, and the signatures by officer; unsigned, the whole entry and none."""
    body, parted, tail = leaf.rpartition(_SIGNATURES)
    if not parted or not _ALL_SIGNATURES.fullmatch(tail):
        return leaf, {}
    try:
        pairs = _ONE_SIGNATURE.findall(tail)
        signatures = {officer.decode(): decode_base64(text.decode(), 64) for officer, text in pairs}
    except ValueError:  # not the canonical text of a signature
        return leaf, {}
    # an officer signs once: the same entry with a signature repeated would have other bytes
    return (body + b"}", signatures) if len(signatures) == len(pairs) else (leaf, {})


def has_body(leaf: bytes, body: bytes) -> bool:
    """Whether an entry is this one, whatever its signatures: one key can make many valid ones."""
    return leaf == body or leaf.startswith(body[:-1] + _SIGNATURES)


# -------------------------------------------------------------------------------------------------------------- reading


def read_json(data: object) -> Any:
    """Return a JSON value from the database.

    :raises ValueError: not JSON, over a limit, or with half a character
    """
    raw = as_bytes(data)
    if len(raw) > limits.LOG_ENTRY:
        raise ValueError("over the limit")
    try:
        table = inputs.json_value(raw, where="log", values=limits.LOG_ENTRY)
        if b"\\u" in raw:
            json.dumps(table, ensure_ascii=False).encode()  # fails for half a character
    except (InputError, UnicodeError) as error:
        raise ValueError(str(error) if isinstance(error, InputError) else type(error).__name__) from None
    return table


def read_leaf(leaf: bytes) -> dict[str, Any]:
    """Return the members of an entry, each that the register reads with its own type.

    :raises ValueError: an unreadable entry, or other bytes than the one form of its values: a name twice, a space
    """
    table = read_json(leaf)
    if not isinstance(table, dict) or not table.keys() >= _ALWAYS:
        raise ValueError("not an entry")
    if json.dumps(table, ensure_ascii=False, separators=(",", ":")).encode() != leaf:
        raise ValueError("not the form in which entries are written")
    for name, value in table.items():
        if name in _SHAPES and not _SHAPES[name](value):
            raise ValueError(f"{name} is of another type")
    return table


def read_moment(text: object) -> datetime:
    """Return a moment from the database.

    :raises ValueError: not a moment, without an offset, or beyond the calendar in UTC
    """
    if not isinstance(text, str):
        raise ValueError("not a text")
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("without an offset")
    try:
        moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("beyond the calendar") from None
    return moment


def _is_text(value: object) -> bool:
    return type(value) is str


def _is_number(value: object) -> bool:
    return type(value) is int and 0 <= value <= _MAX_NUMBER


def _is_moment(value: object) -> bool:
    try:
        return read_moment(value).isoformat(timespec="seconds") == value  # its one form: days are found by the text
    except ValueError:
        return False


def _is_words(value: object) -> bool:
    return isinstance(value, dict) and all(map(_is_text, value.values()))


def _is_blanks(value: object) -> bool:
    return isinstance(value, dict) and value.keys() == _BLANKS and all(map(_is_number, value.values()))


def _is_document(value: object) -> bool:
    return isinstance(value, dict) and _is_words(value) and _is_moment(value.get("since"))


_SHAPES: dict[str, Callable[[object], bool]] = {
    "at": _is_moment,
    "officers": lambda value: type(value) is list and all(map(_is_text, value)),
    "blanks": _is_blanks,
    "told": _is_words,
    "document": _is_document,
    "decision": _is_words,
    "keys": _is_words,
    "csca": _is_words,
    "files": _is_words,
    "written": _is_words,
    "series": _is_number,
    "trial": lambda value: type(value) is bool,
    **dict.fromkeys(
        (
            "act",
            "subject",
            "document_type",
            "role",
            "office",
            "key",
            "proof",
            "register",
            "person",
            "reference",
            "fingerprint",
            "nonce",
        ),
        _is_text,
    ),
}


# --------------------------------------------------------------------------------------------------------------- issues


def digest(holder: bytes | None, personal: bytes | None, sealed: bytes | None) -> str:
    """Return the log's digest of a row's personal columns: SHA-256 over each with its length."""
    if holder is personal is sealed is None:
        return ""
    parts = map(_written, (holder, personal, sealed))
    return sha256(b"".join(len(part).to_bytes(4, "big") + part for part in parts)).hexdigest()


def _written(value: object) -> bytes:
    """Return a personal column's bytes. An impossible value (not bytes, or empty) gives other bytes."""
    if type(value) is bytes and value:
        return value
    return b"" if value is None else repr(value).encode()


def as_bytes(value: object) -> bytes:
    """Return a column's bytes: SQLite gives back whatever type someone put there, and an audit must go on."""
    if isinstance(value, bytes):
        return value
    if isinstance(value, memoryview | bytearray):
        return bytes(value)
    return b"" if value is None else str(value).encode(errors="surrogatepass")


def entry_name(id_: object, position: object) -> str:
    """Return the name of an entry: its place, or its id before it has one."""
    return str(position) if position is not None else f"new, id {id_}"


def issue_prefix(
    number: str, document_type: str, office: str, officer: str, issued: str, expires: str, citizenship: str, sex: str,
    category: str, replaces: str, series: int, blank: int, person: str, at: str,
) -> str:  # fmt: skip
    """Return the beginning of the entry of an issue: all values that the document's row has too.

    Plain formatting, and no escaping: every value has passed :mod:`tjdocs.register.records`, and an audit must build
    a million of these. An audit verifies the values too (:mod:`tjdocs.register.audit.issue_entries`).
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
    """Return ``written`` of an issue's entry; nothing where it has none.

    :raises ValueError: an unreadable entry
    """
    return dict(read_leaf(leaf).get("written", {}))
