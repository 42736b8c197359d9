"""A vector, and its bundled files: ``test_vectors/*.json``, of the schema next to them."""

import fnmatch
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from tjdocs import inputs, specs
from tjdocs.errors import OutputError, SpecError, UsageError
from tjdocs.vectors.notes import notes, reasons

__all__ = ["RESULTS", "TWIN", "Vector", "areas", "clauses", "export", "load", "select"]

RESULTS = ("valid", "invalid", "acceptable")
"""Results of the operations that judge something."""

TWIN = 1000
"""The vector of this much higher number asks the same of a document of a State that ISO 3166 knows."""


@dataclass(frozen=True, slots=True)
class Vector:
    """One vector.

    :param id: never used again for another
    :param source: the clause, thread or table from which the expectation comes
    :param input: what to do with which data; bytes are Base64, see ``test_vectors/README.md``
    :param expected: ``valid``, ``invalid`` or ``acceptable`` where the operation judges, else the value as text, None
        where a field has no value
    :param reason: our reason word, empty without one
    :param flags: kinds to which the vector belongs, explained by the file's ``notes``; an acceptable vector has one
    :param verdict: our own verdict on a whole document (``admit``, ``refer``, ``refuse``), else empty
    """

    id: str
    area: str
    source: str
    comment: str
    input: Mapping[str, Any] = field(repr=False)
    expected: str | None
    reason: str
    flags: tuple[str, ...] = ()
    verdict: str = ""

    @property
    def judges(self) -> bool:
        """Whether the result is a word (valid, invalid, acceptable), and not a value."""
        return self.input["operation"] in _JUDGING

    def as_json(self) -> dict[str, Any]:
        """Return the vector as the files of the schema have it, complete in itself."""
        row: dict[str, Any] = {
            "id": self.id,
            "source": self.source,
            "comment": self.comment,
            "flags": list(self.flags),
            "input": self.input,
            "expected": self.expected,
            "reason": self.reason,
        }
        return row | ({"verdict": self.verdict} if self.verdict else {})

    def question(self) -> str:
        """Return the line that a program is asked: the input alone, so that nothing gives the answer away.

        It is ASCII: readers differ in which other characters end a line.
        """
        return json.dumps({"input": self.input})


_JUDGING = frozenset(
    (
        "parse",
        "problems",
        "signature",
        "lds-file",
        "authenticate",
        "inspect",
        "seal-read",
        "seal-signature",
        "seal-verify",
        "bac-answer",
        "pace-chip-key",
        "active-authentication",
    )
)


def areas() -> tuple[str, ...]:
    """Return the names of all areas."""
    return tuple(sorted(path.stem for path in specs.folder("test_vectors").glob("*.json") if path.stem != "schema"))


def load(area: str) -> tuple[Vector, ...]:
    """Return the vectors of an area, in order.

    :raises UsageError: there is no such area
    :raises SpecError: the file is malformed
    """
    if not isinstance(area, str) or area not in areas():
        raise UsageError("unknown area", where=str(area), hint=f"one of {', '.join(areas())}")
    return _load(area)[1]


def select(names: tuple[str, ...] = (), ids: tuple[str, ...] = ()) -> list[Vector]:
    """Return the vectors of the areas and those of the ids, each once, in the order of areas and numbers.

    Without areas and ids, all vectors.

    :param ids: ids, or patterns of ids such as ``pa-1*``
    :raises UsageError: unknown area or id
    """
    for name in names:
        load(name)
    everything = [vector for area in areas() for vector in load(area)]
    wanted: set[str] = set()
    for pattern in ids:
        matching = set(fnmatch.filter((vector.id for vector in everything), pattern))
        if not matching:
            raise UsageError("unknown vector", where=pattern, hint="an id such as pa-0001, or a pattern such as pa-1*")
        wanted |= matching
    if not names and not ids:
        return everything
    return [vector for vector in everything if vector.area in names or vector.id in wanted]


@cache
def _load(area: str) -> tuple[str, tuple[Vector, ...]]:
    where = f"test_vectors/{area}.json"
    data = (specs.folder("test_vectors") / f"{area}.json").read_bytes()
    table = inputs.json_object(data, where=where, values=len(data))
    specs.require_keys(table, ["schema", "area", "licence", "description", "vectors"], ["blobs"], where=where)
    if table["area"] != area:
        raise SpecError("vectors of another area", where=where)
    blobs = table.get("blobs", {})
    result = []
    for row in table["vectors"]:
        keys = ["id", "source", "comment", "flags", "input", "expected", "reason"]
        specs.require_keys(row, keys, ["verdict"], where=where)
        vector = Vector(
            id=row["id"],
            area=area,
            source=row["source"],
            comment=row["comment"],
            input=resolved(row["input"], blobs),
            expected=row["expected"],
            reason=row["reason"],
            flags=tuple(row["flags"]),
            verdict=row.get("verdict", ""),
        )
        result.append(vector)
    return table["description"], tuple(result)


def resolved(value: Any, blobs: Mapping[str, str]) -> Any:
    """Put the shared contents in the place of their names: the bundled files have each of them once."""
    if isinstance(value, dict):
        if value.keys() == {"blob"}:
            return blobs[value["blob"]]
        return {key: resolved(item, blobs) for key, item in value.items()}
    if isinstance(value, list):
        return [resolved(item, blobs) for item in value]
    return value


def clauses(vector: Vector) -> tuple[str, ...]:
    """Return the clauses and other sources of a vector, one by one."""
    parts, depth, part = [], 0, ""
    for char in vector.source:
        depth += (char == "(") - (char == ")")
        if char == ";" and not depth:
            parts.append(part)
            part = ""
        else:
            part += char
    clauses = [text.partition(" (")[0].strip() for text in (*parts, part)]
    return tuple(dict.fromkeys(f"Doc {text}" if text.startswith("9303-") else text for text in clauses))


def exported(area: str) -> dict[str, Any]:
    """Return an area as one table: every vector complete, its flags and reason words explained."""
    description, vectors = _load(area)
    return {
        "schema": 1,
        "area": area,
        "licence": "CC0-1.0",
        "description": description,
        "notes": notes({flag for vector in vectors for flag in vector.flags}),
        "reasons": reasons({(vector.input["operation"], vector.reason) for vector in vectors if vector.reason}),
        "vectors": [vector.as_json() for vector in vectors],
    }


def export(folder: str | Path) -> list[Path]:
    """Write every area as one file of complete vectors, with the schema, into a new or empty folder.

    :raises OutputError: the folder is not empty, or cannot be written
    """
    place = Path(folder)
    if place.is_symlink() or (place.exists() and (not place.is_dir() or any(place.iterdir()))):
        raise OutputError("not an empty folder", where=str(place), hint="name a new one")
    written = []
    try:
        place.mkdir(parents=True, exist_ok=True)
        for area in areas():
            path = place / f"{area}.json"
            path.write_text(json.dumps(exported(area), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
            written.append(path)
        for name in ("schema.json", "README.md", "CHANGES.md", "LICENSE"):
            path = place / name
            path.write_bytes((specs.folder("test_vectors") / name).read_bytes())
            written.append(path)
    except OSError as error:
        raise OutputError("cannot write", where=str(place), hint=error.strerror or "") from None
    return written
