"""The entry of a list next to the traveller, so that a guard can compare them."""

from dataclasses import dataclass, field

from tjdocs.border.inspector import Verdict
from tjdocs.border.report.wording import Texts
from tjdocs.watchlists.watchlists import Entry

__all__ = ["Comparison", "comparison"]

_FIELDS = ("date_of_birth", "sex", "nationality", "document_number", "issuing_state")


@dataclass(frozen=True, slots=True)
class Comparison:
    """An entry and the traveller. Personal data: only the entry's id is in ``repr``.

    :param entry: its id
    :param rows: label, the entry's value and the traveller's, of the fields that the entry has
    """

    entry: str
    rows: tuple[tuple[str, str, str], ...] = field(repr=False)


def comparison(entry: Entry, verdict: Verdict, words: Texts) -> Comparison:
    """Return an entry next to the traveller."""
    own = _own(verdict)
    rows = [(words.label("field-full_name"), _names(entry), own["names"])] if entry.names else []
    rows += [
        (words.label(f"field-{name}"), getattr(entry, name), own[name]) for name in _FIELDS if getattr(entry, name)
    ]
    return Comparison(entry.id, tuple(rows))


def _names(entry: Entry) -> str:
    return " / ".join(_name(*pair) for pair in entry.names)


def _name(primary: str, secondary: str) -> str:
    return ", ".join(filter(None, (primary, secondary)))


def _own(verdict: Verdict) -> dict[str, str]:
    """Return the values of the traveller: every name of the chip, the page and the claims, and the document's data."""
    crossing, examination = verdict.crossing, verdict.examination
    zone, claims, person = crossing.zone, crossing.claims, crossing.person or crossing.holder
    zones = [one for one in (examination.chip_mrz, examination.printed) if one is not None]
    names = [_name(one.primary_identifier, one.secondary_identifier) for one in zones]
    dg11 = crossing.chip.parsed.get("DG11") if crossing.chip is not None else None
    if dg11 is not None and dg11.full_name:
        primary, _, secondary = dg11.full_name.partition("<<")
        names.append(_name(primary.replace("<", " "), secondary.replace("<", " ")))
    names.append(_name(claims.primary_identifier, claims.secondary_identifier))
    return {
        "names": " / ".join(dict.fromkeys(filter(None, names))),
        "date_of_birth": person.born if person is not None else "",
        "sex": zone.sex if zone is not None else "",
        "nationality": zone.nationality if zone is not None else claims.nationality,
        "document_number": zone.document_number if zone is not None else "",
        "issuing_state": zone.issuing_state if zone is not None else "",
    }
