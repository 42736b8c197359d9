"""One authority, one register: no number is issued twice under one CSCA.

The register records the CSCA (:meth:`tjdocs.register.Register.belong`). The authority's folder has ``registers.json``,
which says from which register each form of numbers is issued. Registers whose numbers cannot be the same may share one
CSCA.
"""

import fcntl
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tjdocs import inputs
from tjdocs.documents.number_pattern import Pattern
from tjdocs.errors import InputError, OutputError, RegisterError
from tjdocs.files import replace_file
from tjdocs.pki import Authority
from tjdocs.register import Register
from tjdocs.register.belonging import Csca

__all__ = ["FILE", "belong", "check"]

FILE = "registers.json"


@dataclass(frozen=True, slots=True)
class _Row:
    """A register under an authority.

    :param patterns: the forms of its numbers that were issued
    """

    id: str
    place: str
    patterns: tuple[str, ...]


def check(authority: Authority, register: Register) -> bool:
    """Whether a register belongs to the authority already.

    :raises RegisterError: it belongs to another, or the record of it was changed
    """
    return register.belongs_to(_csca(authority)) is not None


def belong(authority: Authority, register: Register, patterns: Sequence[str], *, officer: str, at: datetime) -> None:
    """Record that an authority issues numbers of these forms from this register, on both sides.

    :raises RegisterError: the authority issues such numbers from another register, or the register belongs to another
        authority
    :raises InputError: the authority's record of its registers cannot be read
    :raises OutputError: it cannot be written
    """
    belongs = check(authority, register)
    _keep(authority.folder, register, patterns)
    if not belongs:
        register.belong(_csca(authority), officer=officer, at=at)


def _csca(authority: Authority) -> Csca:
    return Csca(authority.csca.key_digest, authority.csca.subject_text)


def _keep(folder: Path, register: Register, patterns: Sequence[str]) -> None:
    if _lacking(_read(folder), register, patterns):
        with _alone(folder):  # another process may have written since
            registers = _read(folder)
            new = (*registers.get(register.id, _Row("", "", ())).patterns, *_lacking(registers, register, patterns))
            registers[register.id] = _Row(register.id, register.place, new)
            _write(folder, registers)


def _lacking(registers: dict[str, _Row], register: Register, patterns: Sequence[str]) -> list[str]:
    """Return the forms of numbers that no register has yet.

    :raises RegisterError: another register has them
    """
    for other in registers.values():
        for pattern in patterns:
            if other.id != register.id and any(_collide(pattern, one) for one in other.patterns):
                hint = f"the authority issues them from {other.place}; give that register, or make another authority"
                raise RegisterError("numbers of another register", where=pattern, hint=hint)
    own = registers.get(register.id)
    return [pattern for pattern in patterns if own is None or pattern not in own.patterns]


def _collide(one: str, other: str) -> bool:
    return Pattern.parse(one).collides(Pattern.parse(other))


def _read(folder: Path) -> dict[str, _Row]:
    path = folder / FILE
    try:
        table = inputs.json_object(path.read_bytes(), where=FILE)
        if not inputs.is_schema(table["schema"]):
            raise ValueError
        rows = [_Row(str(row["id"]), str(row["place"]), tuple(map(str, row["patterns"]))) for row in table["registers"]]
        for row in rows:
            for pattern in row.patterns:
                Pattern.parse(pattern)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, LookupError, TypeError, InputError, RegisterError):
        hint = "restore it from a backup: it says from which register the authority issues"
        raise InputError("unreadable record of registers", where=str(path), hint=hint) from None
    return {row.id: row for row in rows}


def _write(folder: Path, registers: dict[str, _Row]) -> None:
    rows = [{"id": row.id, "place": row.place, "patterns": list(row.patterns)} for row in registers.values()]
    replace_file(folder / FILE, (json.dumps({"schema": 1, "registers": rows}, indent=1) + "\n").encode())


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise OutputError("cannot write", where=str(folder), hint=error.strerror or "") from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
