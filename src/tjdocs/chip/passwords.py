"""The passwords of a chip: the MRZ's key, and the card access number (Doc 9303-11, 4.3.2 and 4.4.4)."""

import hashlib
from dataclasses import dataclass, field
from typing import ClassVar, Protocol

from tjdocs.errors import UsageError
from tjdocs.mrz.check_digits import check_digit
from tjdocs.mrz.mrz import Mrz

__all__ = ["Can", "MrzKey", "Password"]


class Password(Protocol):
    """A password of PACE."""

    reference: ClassVar[int]
    """Its number in MSE:Set AT (Doc 9303-11, 4.4.4.1)."""

    @property
    def secret(self) -> bytes:
        """The bytes from which its key is derived."""
        ...


@dataclass(frozen=True, slots=True)
class MrzKey:
    """The MRZ's key: document number, date of birth and date of expiry, each with its check digit.

    :param information: these characters; not in ``repr``
    """

    information: str = field(repr=False)
    reference: ClassVar[int] = 1

    @classmethod
    def of(cls, mrz: Mrz) -> "MrzKey":
        """Return the key of a parsed MRZ.

        :raises UsageError: its format is unknown
        """
        if mrz.format is None:
            raise UsageError("MRZ without a format", where="mrz", hint="tjdocs.mrz.parse of two or three lines")
        return cls.made(mrz.document_number, mrz.date_of_birth_raw, mrz.date_of_expiry_raw)

    @classmethod
    def made(cls, document_number: str, date_of_birth: str, date_of_expiry: str) -> "MrzKey":
        """Return the key made from the fields of an MRZ, dates as its six characters.

        :raises UsageError: a character outside of the MRZ's alphabet, or a date without six
        """
        for where, text in (("date_of_birth", date_of_birth), ("date_of_expiry", date_of_expiry)):
            if len(text) != 6:
                raise UsageError("not a date of an MRZ", where=where, hint="six characters, YYMMDD")
        fields = (document_number.ljust(9, "<"), date_of_birth, date_of_expiry)
        return cls("".join(text + check_digit(text) for text in fields))

    @property
    def secret(self) -> bytes:
        """SHA-1 of the key's characters: 20 bytes, of which basic access control takes 16."""
        return hashlib.sha1(self.information.encode(), usedforsecurity=False).digest()


@dataclass(frozen=True, slots=True)
class Can:
    """The card access number, printed on the document.

    :param digits: six, or as many as are printed; not in ``repr``
    :raises UsageError: not digits
    """

    digits: str = field(repr=False)
    reference: ClassVar[int] = 2

    def __post_init__(self) -> None:
        if not (self.digits.isascii() and self.digits.isdigit()):
            raise UsageError("not a card access number", where="can", hint="digits, usually six")

    @property
    def secret(self) -> bytes:
        """Its characters."""
        return self.digits.encode()
