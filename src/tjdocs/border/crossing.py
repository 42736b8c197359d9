"""One inspection as the law sees it: who, with what document, in which direction, on which day."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from tjdocs import limits, mrz
from tjdocs.border.claims import Claims
from tjdocs.documents.document_class import DocumentClass, DocumentClasses
from tjdocs.findings import Finding
from tjdocs.inspection import Evidence, Examination
from tjdocs.inspection.lds_checks import ChipContent
from tjdocs.mrz.names import Name, century, readings
from tjdocs.seal import Seal
from tjdocs.watchlists.watchlists import Found, PersonQuery, Watchlists, categories, is_birth

if TYPE_CHECKING:
    from tjdocs.border.checks.register_status import DocumentStatus

__all__ = ["Crossing"]


@dataclass(frozen=True, slots=True)
class Crossing:
    """The input of every rule of law. Personal data: ``repr`` shows none.

    :param zone: the zone that counts: DG1's, else the printed one; None where neither has a format
    :param person: for watch lists, with every name of chip, page and claims; None without name and number or lists
    :param holder: for visas and permits, with the names of the MRZ and of a signed DG11 alone
    :param seal: as read, whoever signed it; ``own_seal`` if documents of this class have it and its signature holds
    :param issued: the date of issue, from ``chip``, ``seal`` (``own_seal``) or ``register``
    :param listed, unfit: numbers of entries by category; of those that match nobody also by reason
    :param standing: the register's facts; ``register_reason`` why there are none
    """

    at: datetime
    direction: str | None
    point: str
    asks_protection: bool
    claims: Claims = field(repr=False)
    findings: tuple[Finding, ...] = field(repr=False)
    chip: ChipContent | None = field(repr=False)
    zone: mrz.Mrz | None = field(repr=False)
    document_class: DocumentClass | None
    person: PersonQuery | None = field(repr=False)
    holder: PersonQuery | None = field(repr=False)
    lists: Watchlists | None = field(repr=False)
    seal: Seal | None = field(default=None, repr=False)
    own_seal: Seal | None = field(default=None, repr=False)
    issued: date | None = field(default=None, repr=False)
    issued_from: str = ""
    standing: "DocumentStatus | None" = None
    register_reason: str = "no-register"
    listed: Mapping[str, int] = field(default_factory=dict)
    unfit: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    @classmethod
    def of(
        cls, evidence: Evidence, examination: Examination, lists: Watchlists | None, classes: DocumentClasses
    ) -> "Crossing":
        """Put a crossing together; the register is asked afterwards (:meth:`with_register`).

        :param classes: document classes that are recognised
        :raises tjdocs.errors.UsageError: claims that cannot be used
        """
        claims = Claims.of(evidence.claims)
        zones = [z for z in (examination.chip_mrz, examination.printed) if z is not None and z.format]
        zone = zones[0] if zones else None
        document_class = classes.recognise(zone)
        sealed = examination.sealed.seal if examination.sealed is not None else None
        own_seal = sealed if _is_own(sealed, document_class, examination) else None
        issued, source = _issued(examination, own_seal)
        return cls(
            examination.at,
            evidence.direction,
            evidence.point,
            evidence.asks_protection,
            claims,
            examination.findings,
            examination.chip,
            zone,
            document_class,
            # whom to look for matters only where there is something to look in
            _person(zones, examination.chip, claims, examination.at.date()) if lists is not None else None,
            _holder(zones, examination) if lists is not None else None,
            lists,
            sealed,
            own_seal,
            issued,
            source,
            listed=lists.counts if lists is not None else {},
            unfit=lists.unfit_counts if lists is not None else {},
        )

    def with_register(self, standing: "DocumentStatus | None", reason: str) -> "Crossing":
        """Return the crossing with the register's facts."""
        crossing = replace(self, standing=standing, register_reason=reason)
        if standing is None or self.issued is not None or not standing.date_of_issue:
            return crossing
        return replace(crossing, issued=date.fromisoformat(standing.date_of_issue), issued_from="register")

    @property
    def day(self) -> date:
        """The day of judgement, at its place."""
        return self.at.date()

    @property
    def categories(self) -> tuple[str, ...]:
        """The categories in the document's seal, register and certificate, without empty ones."""
        sealed = str(self.own_seal.values.get("category", "")) if self.own_seal is not None else ""
        registered = self.standing.category if self.standing is not None else ""
        return tuple(dict.fromkeys(filter(None, (sealed, registered, self.claims.category))))

    @property
    def nationality(self) -> str:
        """The nationality code of the MRZ, empty without one; a claimed nationality gives no right."""
        return self.zone.nationality if self.zone is not None else ""

    def look_up(self, wanted: Iterable[str]) -> Found | None:
        """Look the traveller up in the lists; None without lists, or without a name and number.

        :param wanted: categories of one sort: watch lists by every name, rights by the signed names
        """
        names = tuple(wanted)
        watched = any(categories()[name].kind == "watch" for name in names)
        person = self.person if watched else self.holder
        return self.lists.find(person, names) if self.lists is not None and person is not None else None


def _is_own(sealed: Seal | None, class_: DocumentClass | None, examination: Examination) -> bool:
    """Whether a seal is one of documents of this class, not a visa's or a sticker's, and its signature holds."""
    if sealed is None or sealed.profile is None or class_ is None or sealed.profile.id not in class_.seals:
        return False
    return _holds("seal.signature", examination)


def _holds(check: str, examination: Examination) -> bool:
    findings = [finding for finding in examination.findings if finding.check == check]
    return bool(findings) and all(finding.outcome.ok for finding in findings)


def _issued(examination: Examination, own_seal: Seal | None) -> tuple[date | None, str]:
    """Return the date of issue and where it is: in DG12, else in the seal; an unsigned one proves nothing."""
    chip = examination.chip
    if chip is not None and chip.issued is not None and _holds("pa.authentic", examination):
        return chip.issued, "chip"
    header = own_seal.header if own_seal is not None else None
    return (header.issue_date, "seal") if header is not None and header.issue_date else (None, "")


def _person(zones: list[mrz.Mrz], chip: ChipContent | None, claims: Claims, on: date) -> PersonQuery | None:
    """Return the person for watch lists, with every name of chip, page and claims."""
    texts = _details(chip) if zones else []
    if claims.primary_identifier or claims.secondary_identifier:
        texts.append((claims.primary_identifier, claims.secondary_identifier))
    return _with_names(list(map(_name, zones)), texts, zones, chip, claims, on)


def _holder(zones: list[mrz.Mrz], examination: Examination) -> PersonQuery | None:
    """Return the person for rights, with the names of the first MRZ and of a DG11 whose hash is signed."""
    if not zones:
        return None
    signed = any(f.check == "pa.dg-hash" and f.subject == "DG11" and f.outcome.ok for f in examination.findings)
    chip = examination.chip if signed else None
    return _with_names([_name(zones[0])], _details(chip), zones, chip, Claims(), examination.at.date())


def _with_names(
    names: list[Name],
    texts: list[tuple[str, str]],
    zones: list[mrz.Mrz],
    chip: ChipContent | None,
    claims: Claims,
    on: date,
) -> PersonQuery | None:
    spellings, limit = _all_spellings(texts)
    names = list(dict.fromkeys(name for name in [*names, *spellings] if name.primary))
    zone = zones[0] if zones else None
    number = zone.document_number if zone is not None else ""
    if not names and not number and not limit:
        return None
    if zone is None:
        # in another form it would match no entry, as unknown it matches all
        born = claims.date_of_birth if is_birth(claims.date_of_birth) else ""
        return PersonQuery(tuple(names), born, nationality=claims.nationality, limit=limit)
    sex = zone.sex if zone.sex in ("M", "F") else ""
    born, other = _born(zone, chip, on)
    return PersonQuery(tuple(names), born, sex, zone.nationality, number, zone.issuing_state, other, limit)


def _details(chip: ChipContent | None) -> list[tuple[str, str]]:
    """Return the names of DG11, each as primary and secondary identifier."""
    dg11 = chip.parsed.get("DG11") if chip else None
    texts = [text for text in (dg11.full_name, *dg11.other_names) if text] if dg11 is not None else []
    parts = (text.partition("<<") for text in texts)
    return [(primary.replace("<", " "), secondary.replace("<", " ")) for primary, _, secondary in parts]


def _all_spellings(texts: list[tuple[str, str]]) -> tuple[list[Name], bool]:
    """Return names in all their spellings, and whether there are more than are looked up."""
    names: list[Name] = []
    budget = limits.NAMES
    for text in texts:
        budget -= sum(map(len, text))
        spellings = _spellings(*text) if budget >= 0 else []
        budget -= sum(len(name.text) for name in spellings)
        if budget < 0:
            return names, True
        names += spellings
    return names, False


def _name(zone: mrz.Mrz) -> Name:
    return _in_its_field(Name(tuple(zone.primary_identifier.split()), tuple(zone.secondary_identifier.split())))


def _spellings(primary: str, secondary: str) -> list[Name]:
    """Return a name in national letters as each table spells it, or unchanged if no table has its letters."""
    return [_in_its_field(name) for name in readings((primary, secondary))]


def _in_its_field(name: Name) -> Name:
    """Return a name without primary identifier as a primary identifier (Doc 9303-3, 4.6)."""
    return name if name.primary else Name(name.secondary)


def _born(zone: mrz.Mrz, chip: ChipContent | None, on: date) -> tuple[str, str]:
    """Return the known part of the date of birth, and the same in another century if that may be meant.

    An MRZ has two digits of the year, DG11 has four. Each is ``YYYY-MM-DD``, ``YYYY-MM``, ``YYYY`` or empty.
    """
    born = _of_zone(zone, on)
    dg11 = chip.parsed.get("DG11") if chip else None
    digits = (dg11.date_of_birth or "") if dg11 is not None else ""
    day = f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"
    if zone.date_of_birth is not None and digits[2:] == zone.date_of_birth_raw and is_birth(day):
        return day, born if born != day else ""
    return born, century(born, years=on.year - int(born[:4]) + 100) if born else ""


def _of_zone(zone: mrz.Mrz, on: date) -> str:
    if zone.date_of_birth is not None:
        return zone.date_of_birth.isoformat()
    raw = zone.date_of_birth_raw
    year, month = raw[:2], raw[2:4]
    if not (year.isascii() and year.isdecimal()):
        return ""
    number = on.year // 100 * 100 + int(year)
    number -= 100 if number > on.year else 0
    if number < 1:  # before the calendar: unknown
        return ""
    text = f"{number:04d}"
    return f"{text}-{month}" if month.isascii() and month.isdecimal() and 1 <= int(month) <= 12 else text
