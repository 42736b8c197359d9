"""What a vector is, and where they lie: ``test_vectors/*.json``, of the schema beside them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from tjdocs import specs
from tjdocs.errors import OutputError, SpecError, UsageError

__all__ = ["Vector", "areas", "export", "load"]


@dataclass(frozen=True, slots=True)
class Vector:
    """One vector.

    :param id: never used again for another
    :param source: the clause, thread or table from which the expectation comes
    :param input: what to do with what; bytes are Base64, see ``test_vectors/README.md``
    :param expected: the result word or text, None where a field has no value; ``reason`` the reason
        word, empty where there is none
    """

    id: str
    area: str
    source: str
    comment: str
    input: Mapping[str, Any] = field(repr=False)
    expected: str | None
    reason: str

    def as_json(self) -> dict[str, Any]:
        """Return the vector as another program reads it, complete in itself."""
        return {
            "id": self.id,
            "area": self.area,
            "source": self.source,
            "comment": self.comment,
            "input": self.input,
            "expected": self.expected,
            "reason": self.reason,
        }


def areas() -> tuple[str, ...]:
    """Return the names of all areas."""
    return tuple(sorted(path.stem for path in specs.folder("test_vectors").glob("*.json") if path.stem != "schema"))


def load(area: str) -> tuple[Vector, ...]:
    """Return the vectors of an area, in order.

    :raises UsageError: there is no such area
    :raises SpecError: the file is malformed
    """
    if not isinstance(area, str) or area not in areas():
        raise UsageError("no such area", where=str(area), hint=f"one of {', '.join(areas())}")
    return _load(area)


@cache
def _load(area: str) -> tuple[Vector, ...]:
    where = f"test_vectors/{area}.json"
    table = json.loads((specs.folder("test_vectors") / f"{area}.json").read_text(encoding="utf-8"))
    specs.require_keys(table, ["schema", "area", "licence", "description", "vectors"], ["blobs"], where=where)
    if table["schema"] != 1 or table["area"] != area:
        raise SpecError("vectors of another schema or area", where=where)
    blobs = table.get("blobs", {})
    found = []
    for row in table["vectors"]:
        specs.require_keys(row, ["id", "source", "comment", "input", "expected", "reason"], where=where)
        given = _resolved(row["input"], blobs)
        found.append(Vector(row["id"], area, row["source"], row["comment"], given, row["expected"], row["reason"]))
    return tuple(found)


def _resolved(value: Any, blobs: Mapping[str, str]) -> Any:
    """Put the shared contents in the place of their names: the files hold each of them once."""
    if isinstance(value, dict):
        if value.keys() == {"blob"}:
            return blobs[value["blob"]]
        return {key: _resolved(item, blobs) for key, item in value.items()}
    if isinstance(value, list):
        return [_resolved(item, blobs) for item in value]
    return value


def export(folder: str | Path) -> list[Path]:
    """Write every area as one file of complete vectors, with the schema, into a new or empty folder.

    :raises OutputError: the folder holds something, or cannot be written
    """
    place = Path(folder)
    if place.is_symlink() or (place.exists() and (not place.is_dir() or any(place.iterdir()))):
        raise OutputError("not an empty folder", where=str(place), hint="name a new one")
    written = []
    try:
        place.mkdir(parents=True, exist_ok=True)
        for area in areas():
            table = {"schema": 1, "area": area, "licence": "CC0-1.0", "vectors": [v.as_json() for v in load(area)]}
            path = place / f"{area}.json"
            path.write_text(json.dumps(table, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
            written.append(path)
        for name in ("schema.json", "README.md", "LICENSE"):
            path = place / name
            path.write_bytes((specs.folder("test_vectors") / name).read_bytes())
            written.append(path)
    except OSError as error:
        raise OutputError("cannot write", where=str(place), hint=error.strerror or "") from None
    return written
