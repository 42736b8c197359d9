"""How the result of a line of a batch is named: by its own ``id`` where that is a proper text, else by its place."""

from collections.abc import Mapping
from typing import Any

from tjdocs import inputs, limits
from tjdocs.errors import InputError
from tjdocs.escaping import is_visible

__all__ = ["names", "own_id", "values"]

MAX_ID = 100


def values(line: bytes, place: str) -> dict[str, Any]:
    """Return the JSON object of a line.

    :raises InputError: not a JSON object
    """
    return inputs.json_object(line, where=place, values=limits.EVIDENCE_VALUES)


def names(found: Mapping[str, Any], place: str) -> dict[str, str]:
    """Return ``id``, with ``place`` next to an own one, or with ``id_unused`` next to a place where that is improper.

    :param place: the stream's name, a colon, and the line's number
    """
    own = found.get("id")
    if own is None:
        return {"id": place}
    why = ""
    if not isinstance(own, str) or not own:
        why = "no-text"
    elif len(own) > MAX_ID:
        why = "too-long"
    elif not is_visible(own) or own != own.strip():
        why = "not-printable"
    elif own.startswith(place[: place.rindex(":") + 1]):
        why = "a-place"
    return {"id": place, "id_unused": why} if why else {"id": own, "place": place}


def own_id(line: bytes, place: str) -> str:
    """Return the ``id`` by which a line's result would be named, empty when it would be by its place."""
    try:
        result = names(values(line, place), place)
    except InputError:
        return ""
    return result["id"] if "place" in result else ""
