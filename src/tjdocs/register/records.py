"""What the register takes and gives: documents, reservations, and the words that may name an officer or an office."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from tjdocs.errors import UsageError
from tjdocs.times import aware, day_of

__all__ = ["AuditReport", "Blank", "Discrepancy", "Document", "ResumeReport"]

_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@/-]{0,63}")
_NUMBER = re.compile(r"[A-Z0-9]{1,17}")
_CODE = re.compile(r"[A-Z]{0,3}")
_HEX = re.compile(r"[0-9a-f]{64}")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,199}")
MAX_TEXT = 500


@dataclass(frozen=True, slots=True)
class Document:
    """What the register knows of a document, without the person.

    :param status: ``reserved`` while it is being made, then a state of ``specs/register/documents.toml``;
        ``spoiled``, ``lost``, ``stolen`` or ``destroyed`` for a blank that never became a document
    :param files: SHA-256 of each file of the chip, hexadecimal
    :param ground: of the last act that gave one
    :param replaces: the number that it took the place of
    :param replaced_by: the number that took its place
    """

    number: str = field(repr=False)
    document_type: str
    status: str
    officer: str = ""
    date_of_issue: str = ""
    date_of_expiry: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    office: str = ""
    ground: str = ""
    category: str = ""
    replaces: str = field(default="", repr=False)
    replaced_by: str = field(default="", repr=False)

    def status_at(self, at: date | datetime) -> str:
        """Return the status on a day: ``expired`` after the last valid day of a document issued or handed over."""
        if self.status in ("issued", "handed-over") and day_of(at).isoformat() > self.date_of_expiry:
            return "expired"
        return self.status

    def valid(self, at: date | datetime) -> bool:
        """Whether it is a valid document in its holder's hands on a day."""
        return self.status_at(at) == "handed-over" and self.date_of_issue <= day_of(at).isoformat()


@dataclass(frozen=True, slots=True)
class Blank:
    """What the register knows of a blank.

    :param state: of ``specs/register/blanks.toml``, or ``reserved``, ``personalised``, ``handed-over``
    :param office: that answers for it
    """

    number: str = field(repr=False)
    document_type: str
    state: str
    office: str


@dataclass(frozen=True, slots=True)
class ResumeReport:
    """What ``resume`` did about a number that a crash left.

    :param done: ``completed``, ``spoiled``, ``kept`` (files are missing, but officers acted on the document),
        ``elsewhere`` (another host's, left alone) or ``forged``
    """

    number: str = field(repr=False)
    done: str


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """A row that the register did not change itself.

    :param code: ``changed``, ``missing``, ``inserted``, ``unlawful``, ``unsigned``, ``forged``, ``rolled-back``,
        ``out-of-order`` or ``damaged``
    :param table: where
    :param row: which: a number, a range, an entry's position, a head's size
    """

    code: str
    table: str
    row: str = field(repr=False)
    detail: str = field(default="", repr=False)

    def as_json(self) -> dict[str, str]:
        """Return the problem with the keys that the command line prints."""
        return {"code": self.code, "table": self.table, "row": self.row, "detail": self.detail}


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What an audit found.

    :param head: the newest signed head, ``""`` for none
    :param entries: how many were read
    :param documents: how many rows were compared
    :param undetermined: the questions that stay open, in words
    :param signed_from: the first signed entry; None without one, as in a trial register
    :param first_key: fingerprint and officer of the first key, the root of all others
    """

    head: str
    entries: int
    documents: int
    problems: tuple[Discrepancy, ...]
    undetermined: tuple[str, ...] = field(default=())
    signed_from: int | None = None
    first_key: str = ""

    @property
    def sound(self) -> bool:
        """Whether no change was found; ``undetermined`` questions stay open."""
        return not self.problems


def word(value: object, where: str) -> str:
    """Return an id of an officer, office or category.

    :raises UsageError: not a word
    """
    if not isinstance(value, str) or not _WORD.fullmatch(value):
        raise UsageError("unusable id", where=where, hint="letters, digits and . _ @ / -, at most 64")
    return value


def optional(value: object, where: str) -> str:
    """Return an id, or nothing."""
    return "" if value == "" else word(value, where)


def code(value: object, where: str) -> str:
    """Return a State's code or a sex, as in the zone, or nothing."""
    if not isinstance(value, str) or not _CODE.fullmatch(value):
        raise UsageError("not a code", where=where, hint="up to three letters")
    return value


def text(value: object, where: str) -> str:
    """Return a ground, act number or supplier.

    :raises UsageError: it is empty, too long or not printable
    """
    if not isinstance(value, str) or not value.strip() or len(value) > MAX_TEXT or not value.isprintable():
        raise UsageError("unusable text", where=where, hint=f"printable text of at most {MAX_TEXT} characters")
    return value.strip()


def told(value: object, where: str) -> str:
    """Return a text of the log that :func:`text` accepts as it is.

    :raises UsageError: another
    """
    content = text(value, where)
    if content != value:
        raise UsageError("unusable text", where=where, hint="without blanks around it")
    return content


def is_number(value: object) -> bool:
    """Whether a value may be a document's number."""
    return isinstance(value, str) and _NUMBER.fullmatch(value) is not None


def moment(at: object) -> datetime:
    """Return an aware moment, to the second as the log has it.

    :raises UsageError: not a moment
    """
    return aware(at).replace(microsecond=0)


def stamp(at: datetime) -> str:
    """Return a moment as the log writes it: where it was taken, to the second."""
    return at.isoformat(timespec="seconds")


def utc(at: datetime) -> str:
    """Return a moment in the form in which moments compare as text."""
    return at.astimezone(UTC).isoformat(timespec="seconds")


def day(value: object, where: str) -> str:
    """Return a date as text.

    :raises UsageError: not a date
    """
    if type(value) is not date:
        raise UsageError("not a date", where=where, hint="a date")
    return value.isoformat()


def is_day_of(day: date, at: datetime) -> bool:
    """Whether a day is that of a moment in some time zone: a document type may have its own."""
    since = at - datetime.combine(day, time.min, UTC)
    return timedelta(hours=-14) <= since < timedelta(hours=24 + 12)


def digests(value: object, where: str) -> dict[str, str]:
    """Return names with SHA-256 in hexadecimal.

    :raises UsageError: it is something else
    """
    if not isinstance(value, Mapping):
        raise UsageError("not digests", where=where, hint="a mapping of names to SHA-256")
    for name, digest in value.items():
        if not (isinstance(name, str) and _NAME.fullmatch(name) and ".." not in name):
            raise UsageError("unusable file name", where=where)
        if not (isinstance(digest, str) and _HEX.fullmatch(digest)):
            raise UsageError("not a SHA-256", where=where, hint="64 hexadecimal digits")
    return dict(value)
