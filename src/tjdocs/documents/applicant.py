"""Facts about an applicant, of the application and of the register. Personal data: not in ``repr``."""

from dataclasses import dataclass, field
from datetime import date

__all__ = ["CitizenshipRecord", "EarlierName", "HeldDocument", "Journey", "PageNames", "RegisterFacts", "Spelling"]


@dataclass(frozen=True, slots=True)
class HeldDocument:
    """A document that a person holds, or held.

    :param kind: id of a document type, or the field of an application that names it, for example ``residence_permit``
    :param issued, expires: first and last valid day, None where that is not known
    :param state: its status, a word of ``specs/application.toml``; only ``valid`` counts
    """

    kind: str
    number: str = field(default="", repr=False)
    issued: date | None = field(default=None, repr=False)
    expires: date | None = field(default=None, repr=False)
    state: str = "valid"

    def valid_on(self, day: date) -> bool | None:
        """Return whether it is valid on a day, None where its dates do not decide."""
        if self.state != "valid" or (self.issued and self.issued > day) or (self.expires and self.expires < day):
            return False
        return None if self.issued is None or self.expires is None else True


@dataclass(frozen=True, slots=True)
class RegisterFacts:
    """The register's facts about an applicant; the caller of ``eligibility`` hands them in.

    :param documents: every document of the applicant, of whatever state
    :param names: primary and secondary identifier of every name that it has of the applicant, in A to Z
    :param decisions: the kind of every decision that it has on the applicant, of ``specs/register/decisions.toml``
    """

    documents: tuple[HeldDocument, ...] = ()
    names: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    decisions: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Spelling:
    """A spelling in Latin letters that the holder keeps instead of the table's.

    :param reason: a word of ``specs/application.toml``
    """

    family_name: str = field(repr=False)
    given_names: str = field(repr=False)
    reason: str
    patronymic: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class PageNames:
    """An officer's texts for the page where a name does not fit, abbreviated: national form / Latin form."""

    family_name: str = field(default="", repr=False)
    given_names: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class EarlierName:
    """An applicant's name before a change.

    :param until: the day of the change
    :param act: reference of the act that changed it
    """

    family_name: str = field(repr=False)
    given_names: str = field(repr=False)
    until: date = field(repr=False)
    act: str = field(repr=False)
    patronymic: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class CitizenshipRecord:
    """The outcome of the procedure that settles citizenship.

    :param authority: who settled it
    :param reference: under which reference
    :param date: on which day
    """

    authority: str
    reference: str = field(repr=False)
    date: date


@dataclass(frozen=True, slots=True)
class Journey:
    """A journey home (Doc 9303-8, 4.4.2).

    :param destination: final destination
    :param state: three-letter code of its State
    :param transit: transit points as ticketed
    :param until: the last day that the journey needs, None where that is not known
    """

    destination: str = field(repr=False)
    state: str
    transit: tuple[str, ...] = field(default=(), repr=False)
    until: date | None = None
