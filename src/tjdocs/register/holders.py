"""Persons in the register: sealed at rest, found by exact match through keyed hashes."""

import hmac
import json
import os
import unicodedata
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection

from tjdocs.auditlog.entry import as_bytes, read_json
from tjdocs.documents import Application
from tjdocs.errors import RegisterError, UsageError
from tjdocs.mrz.names import Name
from tjdocs.register import queries
from tjdocs.register.register_keys import Keys
from tjdocs.times import PartialDate, read_birth

__all__ = ["Holder", "Sealed", "hashes", "is_one", "numbers", "open_sealed", "seal", "unopened"]

_NONCE = 12
_HASH = 16


@dataclass(frozen=True, slots=True)
class Holder:
    """Whom a document or decision is about. Personal data: nothing of it is in ``repr``.

    One person is who has the same personal number, whatever parts its letters and digits, or, where one of the two has
    none, the same name (as a zone spells it) and date of birth.

    :param date_of_birth: a day, or a month or year where the rest is unknown; those are equal to themselves alone
    :param citizenship: three-letter code
    """

    family_name: str = field(repr=False)
    date_of_birth: date | PartialDate = field(repr=False)
    given_names: str = field(default="", repr=False)
    patronymic: str = field(default="", repr=False)
    sex: str = field(default="", repr=False)
    place_of_birth: str = field(default="", repr=False)
    citizenship: str = field(default="", repr=False)
    personal_number: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        for name in self.__slots__:
            value = getattr(self, name)
            if name == "date_of_birth":
                if type(value) not in (date, PartialDate):
                    raise UsageError("not a date of birth", where=name, hint="a date, or a PartialDate")
            elif not isinstance(value, str) or len(value) > 200 or not value.isprintable():
                raise UsageError("unusable text", where=name, hint="printable text of at most 200 characters")
        if not self.family_name.strip():
            raise UsageError("a person without a name", where="family_name")

    @classmethod
    def of(cls, application: Application) -> "Holder":
        """Return the person who applies."""
        return cls(**{name: getattr(application, name) for name in cls.__slots__})

    def zone_name(self) -> tuple[str, str] | None:
        """Return primary and secondary identifier in A to Z; None for a letter without a rule."""
        try:
            name = Name.of(self.family_name, self._secondary())
        except UsageError:
            return None
        return " ".join(name.primary), " ".join(name.secondary)

    def holder_key(self) -> bytes:
        """Return what the keyed hash of name and date of birth is taken over."""
        secondary = self._secondary()
        try:
            name = Name.of(self.family_name, secondary).text
        except UsageError:  # a letter without a rule
            name = "<<".join(_folded(part) for part in (self.family_name, secondary))
        return f"{name}\0{self.date_of_birth.isoformat()}".encode()

    def may_be(self, other: "Holder", *, renamed: bool = False) -> bool:
        """Whether both may be one person: the same personal number, or name and date of birth where one has none.

        :param renamed: the name may differ
        """
        own, another = self.personal_key(), other.personal_key()
        if own and another:
            return own == another
        if renamed:
            return self.date_of_birth == other.date_of_birth
        return self.holder_key() == other.holder_key()

    def _secondary(self) -> str:
        return f"{self.given_names} {self.patronymic}".strip()

    def personal_key(self) -> bytes:
        """Return what the keyed hash of the personal number is taken over; empty without one.

        Blanks, hyphens and fillers are left out: who writes one more would else be another person.
        """
        return "".join(filter(str.isalnum, _folded(self.personal_number))).encode()


@dataclass(frozen=True, slots=True)
class Sealed:
    """A person's columns in a row.

    :param sealed: nonce and ciphertext, AES-256-GCM under the row's own key, bound to the row's subject
    :param wrapped: that key, wrapped
    """

    holder: bytes | None = None
    personal: bytes | None = None
    sealed: bytes | None = None
    wrapped: bytes | None = None


def hashes(person: Holder, lookup: bytes) -> tuple[bytes, bytes | None]:
    """Return the keyed hashes under which a person is kept."""
    holder = hmac.digest(lookup, b"holder\0" + person.holder_key(), "sha256")[:_HASH]
    return holder, next(iter(numbers(person, lookup)), None)


def numbers(person: Holder, lookup: bytes) -> tuple[bytes, ...]:
    """Return the keyed hashes under which a personal number is found: as it is kept, and as it was kept before."""
    spellings = (person.personal_key(), _folded(person.personal_number).encode())
    spelt = dict.fromkeys(spellings) if spellings[0] else ()
    return tuple(hmac.digest(lookup, b"personal\0" + number, "sha256")[:_HASH] for number in spelt)


def is_one(
    person: Holder,
    found_by: tuple[bytes, ...],
    keys: Keys,
    subject: str,
    personal: object,
    sealed: object,
    wrapped: object,
) -> bool:
    """Whether a row with a person's name or number is that person's: two personal numbers are two persons.

    :param found_by: the hashes of the person's number; an older row may have the hash of another spelling
    :raises RegisterError: the row was changed
    """
    if personal is None or not found_by or as_bytes(personal) in found_by:
        return True
    return open_sealed(sealed, wrapped, subject, keys).personal_key() == person.personal_key()


def seal(person: Holder, subject: str, keys: Keys, lookup: bytes) -> Sealed:
    """Return a person's columns for the row ``subject``."""
    table = {name: value for name, value in asdict(person).items() if value}
    table["date_of_birth"] = person.date_of_birth.isoformat()
    key, nonce = os.urandom(32), os.urandom(_NONCE)
    text = json.dumps(table, ensure_ascii=False, separators=(",", ":")).encode()
    holder, personal = hashes(person, lookup)
    sealed = nonce + AESGCM(key).encrypt(nonce, text, subject.encode())
    return Sealed(holder, personal, sealed, keys.data[0].wrap(key))


def open_sealed(sealed: object, wrapped: object, subject: str, keys: Keys) -> Holder:
    """Return the person of a row.

    :param sealed: the row's value, of any type
    :raises RegisterError: missing key, or the row was changed
    """
    for name, value in (("sealed", sealed), ("wrapped", wrapped)):
        if not isinstance(value, bytes | memoryview):
            raise _changed(name)
    key, data = keys.unwrap(as_bytes(wrapped)), as_bytes(sealed)
    try:
        text = AESGCM(key).decrypt(data[:_NONCE], data[_NONCE:], subject.encode())
        table: dict[str, Any] = read_json(text)
        table["date_of_birth"] = read_birth(table["date_of_birth"])
        return Holder(**table)
    except (InvalidTag, ValueError, KeyError, TypeError):
        raise _changed("sealed") from None


def _changed(column: str) -> RegisterError:
    return RegisterError("a person's row was changed", where=column, hint="see `tjdocs register audit --persons`")


def unopened(connection: Connection, keys: Keys) -> Iterator[tuple[str, str]]:
    """Yield table and subject of every row whose own key does not open its person."""
    for table, statement in (("document", queries.PERSONS), ("decision", queries.DECIDED)):
        for row in queries.stream(connection, statement):
            try:
                open_sealed(row.sealed, row.wrapped, str(row.subject), keys)
            except RegisterError:
                yield table, str(row.subject)


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).upper().split())
