"""The files of vectors as the generator writes them: stable ids, changes that are noted, twins for a second State."""

import base64
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.support import builders as b
from tjdocs.vectors.library_adapter import answer
from tjdocs.vectors.notes import flag_of
from tjdocs.vectors.vector import TWIN, resolved

VECTORS = Path(__file__).parents[2] / "test_vectors"
CHANGES = VECTORS / "CHANGES.md"
WITHDRAWN = "withdrawn"
UNTOLD = "why?"  # what the generator writes where a person must say why
SECOND = ("SWE", "SE")  # the State of the twins
RENAMED: dict[str, str] = {}  # comments that cases have now, by those of the vectors that are theirs
IS_TWIN = (b.STATE, b.COUNTRY) == SECOND
_ROW = re.compile(r"^\| ([a-z]+-\d{4}) \| `([^`]*)` \| `([^`]*)` \| (.+) \|$", re.MULTILINE)

# about what a reader was given, and not about whether that is authentic
_OF_READING = ("pa.dg-hash/not-handed-over", "pa.dg-hash/mandatory-missing")


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def twin_of(id_: str) -> str:
    prefix, _, number = id_.rpartition("-")
    return f"{prefix}-{int(number) + TWIN:04d}"


def is_twin(id_: str) -> bool:
    return int(id_.rpartition("-")[2]) > TWIN


def changes() -> list[tuple[str, str, str, str]]:
    """Return the rows of ``CHANGES.md``: id, expectation before and after, why. A row is the twin's too."""
    return _ROW.findall(CHANGES.read_text(encoding="utf-8"))


def said(row: Mapping[str, Any]) -> str:
    """Return an expectation as ``CHANGES.md`` has it."""
    return " ".join(filter(None, (str(row["expected"]), row.get("verdict", ""), row["reason"])))


def document(verdict: str, reason: str, check: str = "", subject: str = "") -> dict[str, Any]:
    """Return the expectation of a whole document from our verdict and the reason that decides it first.

    Reasons of passive authentication are asked by ``authenticate``, all others by ``inspect``. A document that is
    admitted under a name is acceptable. One that is referred or refused is not accepted.

    :param check: the check that the case is about, where it has no reason
    """
    check = reason.partition("/")[0] or check
    of_reading = reason in _OF_READING and subject != "DG1"
    expected = "invalid" if verdict != "admit" else "acceptable" if reason else "valid"
    flags = [reason.partition("/")[2]] if expected == "acceptable" else [flag_of(reason)] if reason else []
    return {
        "operation": "authenticate" if check.startswith("pa.") and not of_reading else "inspect",
        "expected": expected,
        "reason": reason,
        "verdict": verdict,
        "flags": flags,
    }


class Area:
    """One file. A case is known by its comment: new ones are put after those that are there, which keep id and bytes."""

    def __init__(self, area: str, prefix: str, description: str) -> None:
        self.path = VECTORS / f"{area}.json"
        self.prefix = prefix
        self.table: dict[str, Any] = {"schema": 1, "area": area, "licence": "CC0-1.0", "vectors": []}
        if self.path.exists():
            self.table = json.loads(self.path.read_text(encoding="utf-8"))
        self.table["description"] = description
        gone = {id_ for id_, _, now, _ in changes() if now == WITHDRAWN}
        self.numbers = [int(id_.rpartition("-")[2]) for id_ in gone if id_.startswith(f"{prefix}-")]
        gone |= {twin_of(id_) for id_ in gone}
        self.table["vectors"] = [row for row in self.table["vectors"] if row["id"] not in gone]
        for row in self.table["vectors"]:
            for old, new in RENAMED.items():
                if row["comment"] in (old, _twin_comment(old)):
                    row["comment"] = new if row["comment"] == old else _twin_comment(new)
        self.rows = {row["comment"]: row for row in self.table["vectors"]}
        self.cases: set[str] = set()

    def add(
        self,
        comment: str,
        source: str,
        make: Callable[[], dict[str, Any]],
        expected: str,
        reason: str = "",
        *,
        flags: list[str] | None = None,
        verdict: str = "",
        operation: str = "",
        sure: bool = True,
    ) -> None:
        """Add a case, or bring the expectation of the vector that is there to what the case says.

        :param sure: without it the vector is left out when this library answers otherwise: a case with two things
            about it has no one first reason
        """
        self.cases.add(comment)
        base = self.rows.get(comment)
        expectation = {"expected": expected, "reason": reason, "verdict": verdict}
        flags = flags or []
        if IS_TWIN:
            self._add_twin(base, source, make, expectation, flags, operation, sure=sure)
            return
        if base is not None:
            self._update(base, source, expectation, flags, operation)
            if (twin := self.rows.get(_twin_comment(comment))) is not None:
                self._update(twin, source, expectation, flags, operation, note=False)
            return
        given = [int(row["id"][-4:]) for row in self.rows.values() if not is_twin(row["id"])]
        number = 1 + max((*self.numbers, *given), default=0)
        self._append(f"{self.prefix}-{number:04d}", comment, source, make(), expectation, flags, operation, sure=sure)

    def _add_twin(self, base, source, make, expectation, flags, operation, *, sure: bool) -> None:
        if base is None or _twin_comment(base["comment"]) in self.rows:
            return
        given = make()
        if self._whole(given) | {"operation": ""} == self._whole(base["input"]) | {"operation": ""}:
            return  # nothing in it is of the State
        self._append(twin_of(base["id"]), _twin_comment(base["comment"]), source, given, expectation, flags, operation, sure=sure)

    def _append(self, id_, comment, source, given, expectation, flags, operation, *, sure: bool) -> None:
        if operation:
            given = given | {"operation": operation}
        says = answer(self._whole(given))
        if says != (expectation["expected"], expectation["reason"], expectation["verdict"]):
            if not sure:
                return
            if IS_TWIN:
                print(f"no twin {id_}: {comment}: {' '.join(filter(None, says))}")
                return
        row = {"id": id_, "source": source, "comment": comment, "flags": flags, "input": given}
        row |= {"expected": expectation["expected"], "reason": expectation["reason"]}
        row |= {"verdict": expectation["verdict"]} if expectation["verdict"] else {}
        self.table["vectors"].append(row)
        self.rows[comment] = row

    def _update(self, row, source, expectation, flags, operation, *, note: bool = True) -> None:
        before = said(row)
        row |= {"source": source, "flags": flags}
        if operation:
            row["input"]["operation"] = operation
        wanted = {key: value for key, value in expectation.items() if value or key != "verdict"}
        if {key: row.get(key) for key in wanted} == wanted:
            return
        row |= wanted
        if note and not any(id_ == row["id"] and now == said(row) for id_, _, now, _ in changes()[-200:]):
            with CHANGES.open("a", encoding="utf-8") as file:
                file.write(f"| {row['id']} | `{before}` | `{said(row)}` | {UNTOLD} |\n")
            print(f"{row['id']}: expectation changed; say why in {CHANGES.name}")
        says = answer(self._whole(row["input"]))
        if says != (row["expected"], row["reason"], row.get("verdict", "")):
            print(f"{row['id']}: this library answers {' '.join(filter(None, says))}")

    def _whole(self, given: Any) -> Any:
        return resolved(json.loads(json.dumps(given)), self.table.get("blobs", {}))

    def blob(self, data: bytes):
        """Return content that several vectors share by its name, short content as it is."""
        if len(data) < 300:
            return b64(data)
        name = hashlib.sha256(data).hexdigest()[:16]
        self.table.setdefault("blobs", {})[name] = b64(data)
        return {"blob": name}

    def write(self) -> None:
        """Write the file in the order of ids, and name the vectors that no case makes any more."""
        rows = sorted(self.table["vectors"], key=lambda row: row["id"])
        used = set(re.findall(r'"blob": "(\w+)"', json.dumps(rows)))
        blobs = {name: data for name, data in self.table.get("blobs", {}).items() if name in used}
        table = {key: self.table[key] for key in ("schema", "area", "licence", "description")} | {"vectors": rows}
        table |= {"blobs": blobs} if blobs else {}
        self.path.write_text(json.dumps(table, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        if not IS_TWIN:
            for row in rows:
                if row["comment"] not in self.cases and not is_twin(row["id"]):
                    print(f"{row['id']}: no case makes it any more; withdraw it in {CHANGES.name}: {row['comment']}")


def _twin_comment(comment: str) -> str:
    return f"{comment} (State {SECOND[0]})"
