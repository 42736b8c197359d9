"""A complete lawful application of a plainly marked specimen, which ``issue`` takes the same day."""

import base64
import re
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from tjdocs.documents.application import Application
from tjdocs.documents.load_types import DocumentTypes, bundled
from tjdocs.times import Period, anniversary, day_of

if TYPE_CHECKING:
    from tjdocs.portrait.specimen_portrait import SpecimenPortrait

__all__ = ["example"]

_OFFSET = re.compile("([+-])([0-9]{1,4}) (years|months|days)")


def example(document_type: str, *, at: date | datetime, types: DocumentTypes | None = None) -> Application:
    """Return an adult's application, its dates computed from ``at``.

    :param types: the document types; the bundled ones unless given
    :raises tjdocs.errors.UsageError: unknown document type, or ``at`` is not a day
    """
    kind = (bundled() if types is None else types)[document_type]
    on = day_of(at, zone=kind.time_zone)
    portrait = _specimen()
    values: dict[str, Any] = {
        "family_name": "ЭРИКССОН",
        "given_names": "АННА",
        "patronymic": "НАМУНА",  # "specimen"
        "sex": "F",
        "date_of_birth": anniversary(on, -32).isoformat(),
        "place_of_birth": "ДУШАНБЕ",
        "authority": "Вазорати корҳои дохилӣ / Ministry of Internal Affairs",
        "portrait": base64.b64encode(portrait.image).decode(),
        "portrait_eyes": [list(point) for point in portrait.eyes],
        **{name: _dated(value, on) for name, value in kind.example.items()},
    }
    asked = {spec.id for spec in kind.fields}
    return Application.from_values({name: value for name, value in values.items() if name in asked}, kind)


@cache
def _specimen() -> "SpecimenPortrait":
    from tjdocs.portrait.specimen_portrait import draw_specimen

    return draw_specimen()


def _dated(value: Any, on: date) -> Any:
    """Return a value of the type's file with ``-1 years`` and the like as dates."""
    if isinstance(value, Mapping):
        return {key: _dated(entry, on) for key, entry in value.items()}
    if isinstance(value, list):
        return [_dated(entry, on) for entry in value]
    if not isinstance(value, str) or not (match := _OFFSET.fullmatch(value)):
        return value
    count = int(match[2]) * (-1 if match[1] == "-" else 1)
    return Period(**{match[3]: count}).after(on).isoformat()
