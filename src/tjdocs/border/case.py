"""One inspection as the law sees it: who, with what document, in which direction, on which day."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from tjdocs import limits, mrz
from tjdocs.border.claims import Claims
from tjdocs.border.kinds import Kind, recognise
from tjdocs.errors import UsageError
from tjdocs.findings import Finding
from tjdocs.inspection import Evidence, Examination
from tjdocs.inspection.structure import ChipContent
from tjdocs.mrz.names import Name
from tjdocs.register.lists import Lists, Person
from tjdocs.seal import Seal

if TYPE_CHECKING:
    from tjdocs.border.standing import Standing

__all__ = ["Case"]


@dataclass(frozen=True, slots=True)
class Case:
    """What every rule of law is asked about. Personal data: ``repr`` shows none.

    :param zone: the zone that counts: DG1's, else the printed one; None where neither has a format
    :param person: whom to look for on lists, None where nobody is named, or there is no list
    :param names_left_out: there are more names, or longer ones, than are looked for
    :param issued: the date of issue, from ``chip``, ``seal`` or ``register``
    :param standing: what the register says; ``register_reason`` why it says nothing
    """

    at: datetime
    direction: str | None
    point: str
    asks_protection: bool
    claims: Claims = field(repr=False)
    findings: tuple[Finding, ...] = field(repr=False)
    chip: ChipContent | None = field(repr=False)
    zone: mrz.Zone | None = field(repr=False)
    kind: Kind | None
    person: Person | None = field(repr=False)
    names_left_out: bool
    lists: Lists | None = field(repr=False)
    seal: Seal | None = field(default=None, repr=False)
    issued: date | None = field(default=None, repr=False)
    issued_from: str = ""
    standing: "Standing | None" = None
    register_reason: str = "no-register"
    listed: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, evidence: Evidence, examination: Examination, lists: Lists | None) -> "Case":
        """Put a case together; the register is asked afterwards (:meth:`with_register`).

        :raises tjdocs.errors.UsageError: claims that cannot be used
        """
        claims = Claims.of(evidence.claims)
        zones = [z for z in (examination.chip_zone, examination.printed) if z is not None and z.format]
        zone = zones[0] if zones else None
        sealed = examination.sealed.seal if examination.sealed is not None else None
        issued, source = _issued(examination, sealed)
        # whom to look for matters only where there is something to look in
        person, left_out = None, False
        if lists is not None:
            person, left_out = _person(zones, examination.chip, claims, examination.at.date())
        return cls(
            examination.at,
            evidence.direction,
            evidence.point,
            evidence.asks_protection,
            claims,
            examination.findings,
            examination.chip,
            zone,
            recognise(zone),
            person,
            left_out,
            lists,
            sealed,
            issued,
            source,
            listed=lists.counts if lists is not None else {},
        )

    def with_register(self, standing: "Standing | None", reason: str) -> "Case":
        """Return the case with what the register says."""
        case = replace(self, standing=standing, register_reason=reason)
        if standing is None or self.issued is not None or not standing.date_of_issue:
            return case
        return replace(case, issued=date.fromisoformat(standing.date_of_issue), issued_from="register")

    @property
    def day(self) -> date:
        """The day of judgement, at its place."""
        return self.at.date()

    @property
    def categories(self) -> tuple[str, ...]:
        """The categories that seal, register and certificate say, those that there are."""
        sealed = str(self.seal.values.get("category", "")) if self.seal is not None else ""
        registered = self.standing.category if self.standing is not None else ""
        return tuple(dict.fromkeys(filter(None, (sealed, registered, self.claims.category))))

    @property
    def nationality(self) -> str:
        """Code of the holder's nationality, that claimed where there is no zone; empty: unknown."""
        return self.zone.nationality if self.zone is not None else self.claims.nationality


def _issued(examination: Examination, sealed: Seal | None) -> tuple[date | None, str]:
    """Return the date of issue and where it stands: in DG12, else in the seal."""
    if examination.chip is not None and examination.chip.issued is not None:
        return examination.chip.issued, "chip"
    header = sealed.header if sealed is not None else None
    return (header.issue_date, "seal") if header is not None and header.issue_date else (None, "")


def _person(zones: list[mrz.Zone], chip: ChipContent | None, claims: Claims, on: date) -> tuple[Person | None, bool]:
    """Return whom to look for, by every name that chip, page and traveller give; and whether these are too many."""
    given: list[Name | None] = [_name(zone.primary_identifier, zone.secondary_identifier) for zone in zones]
    dg11 = chip.parsed.get("DG11") if chip else None
    if zones and dg11 is not None:
        for text in filter(None, (dg11.full_name, *dg11.other_names)):
            primary, _, secondary = text.partition("<<")
            given += _spelt(primary.replace("<", " "), secondary.replace("<", " "))
    if claims.primary_identifier:
        given += _spelt(claims.primary_identifier, claims.secondary_identifier)
    found = list(dict.fromkeys(name for name in given if name is None or name.primary))
    names = [name for name in found if name is not None][: limits.NAMES]
    left_out = len(names) < len(found)
    zone = zones[0] if zones else None
    number = zone.document_number if zone is not None else ""
    if not names and not number:
        return None, left_out
    if zone is None:
        return Person(tuple(names), claims.date_of_birth, nationality=claims.nationality), left_out
    sex = zone.sex if zone.sex in ("M", "F") else ""
    return Person(tuple(names), _born(zone, on), sex, zone.nationality, number, zone.issuing_state), left_out


def _name(primary: str, secondary: str) -> Name:
    return Name(tuple(primary.split()), tuple(secondary.split()))


def _spelt(primary: str, secondary: str) -> list[Name | None]:
    """Return a name in national letters as each table spells it; None for one that is longer than is looked for."""
    if len(primary) + len(secondary) > limits.NAME:
        return [None]
    found: list[Name | None] = []
    for table in mrz.transliteration.tables():
        try:
            found.append(Name.of(primary, secondary, table=table))
        except UsageError:
            continue  # a letter without a rule: another table may have one
    return found


def _born(zone: mrz.Zone, on: date) -> str:
    """Return what is known of the date of birth: ``YYYY-MM-DD``, ``YYYY-MM``, ``YYYY``, or nothing."""
    if zone.date_of_birth is not None:
        return zone.date_of_birth.isoformat()
    raw = zone.date_of_birth_raw
    year, month = raw[:2], raw[2:4]
    if not (year.isascii() and year.isdecimal()):
        return ""
    whole = on.year // 100 * 100 + int(year)
    text = str(whole if whole <= on.year else whole - 100)
    return f"{text}-{month}" if month.isascii() and month.isdecimal() and 1 <= int(month) <= 12 else text
