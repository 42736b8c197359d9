"""Claims next to the document: the traveller's declaration, and an officer's reading of stamps and papers."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

from tjdocs.errors import UsageError
from tjdocs.inspection.evidence import is_text

__all__ = ["Claims"]

_DATES = ("entered", "registered")


@dataclass(frozen=True, slots=True)
class Claims:
    """Claims. Personal data: nothing of it is in ``repr``.

    :param primary_identifier, secondary_identifier: a further name, for watch lists alone: it gives no right
    :param date_of_birth, nationality: of a traveller without a document, for watch lists alone; the date may be
        ``YYYY`` or ``YYYY-MM``, and one in another form counts as unknown
    :param entered: the day of the last entry, as stamped
    :param registered: the day on which the stay was registered
    :param place, route: where to, in the border area or border stripe
    :param vehicle: the vehicle's registration number
    :param category: the category that a registration certificate shows
    """

    primary_identifier: str = field(default="", repr=False)
    secondary_identifier: str = field(default="", repr=False)
    date_of_birth: str = field(default="", repr=False)
    nationality: str = field(default="", repr=False)
    entered: date | None = field(default=None, repr=False)
    registered: date | None = field(default=None, repr=False)
    place: str = field(default="", repr=False)
    route: str = field(default="", repr=False)
    vehicle: str = field(default="", repr=False)
    category: str = field(default="", repr=False)

    @classmethod
    def of(cls, values: Mapping[str, object] | None) -> "Claims":
        """Return the claims of a mapping; dates are ``YYYY-MM-DD``, or ``date``.

        :raises UsageError: an unknown name, or a value that cannot be used
        """
        if not values:
            return _NONE
        known = [item.name for item in fields(cls)]
        claims: dict[str, Any] = {}
        for name, value in values.items():
            if name not in known:
                raise UsageError("unknown claim", where=f"claims {str(name)[:40]}", hint=", ".join(known))
            if name in _DATES:
                claims[name] = _day(value, name)
            elif is_text(value):
                claims[name] = value
            else:
                raise UsageError("not text", where=f"claims {name}")
        return cls(**claims)


def _day(value: object, name: str) -> date:
    if type(value) is date:
        return value
    with suppress(ValueError):
        day = date.fromisoformat(value if isinstance(value, str) else "")
        if day.isoformat() == value:  # ISO 8601 has other forms, of weeks too, which no stamp has
            return day
    raise UsageError("not a date", where=f"claims {name}", hint="YYYY-MM-DD")


_NONE = Claims()
