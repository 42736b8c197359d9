"""Names of the codes in a facial record, from ``specs/lds/face.toml``."""

from collections.abc import Iterable, Mapping
from functools import cache

from tjdocs import specs
from tjdocs.errors import UsageError

__all__ = ["code_name", "later", "undefined"]


class CodeTable(specs.Row, frozen=True):
    """The codes of a field; the file explains each entry."""

    clause: str
    names: Mapping[int, str] = {}
    later: Mapping[int, str] = {}
    last: int = -1
    vendor_from: int | None = None


class CodeFile(specs.Spec, frozen=True):
    """The form of ``specs/lds/face.toml``."""

    code: Mapping[str, CodeTable]


@cache
def _tables() -> Mapping[str, CodeTable]:
    return specs.load("lds/face.toml", CodeFile).code


def undefined(codes: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    """Return those of the codes, each as field and value, for which no standard and no maker has a meaning."""
    tables = _tables()
    unnamed = [(name, value) for name, value in codes if value not in tables[name].names]
    return [(name, value) for name, value in unnamed if not _in_range(tables[name], value)]


def later(codes: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    """Return those of the codes, each as field and value, that only a later edition of the standard defines."""
    return [(name, value) for name, value in codes if value in _tables()[name].later]


def _in_range(table: CodeTable, value: int) -> bool:
    return value <= table.last or value in table.later or (table.vendor_from is not None and value >= table.vendor_from)


def code_name(name: str, value: int) -> str:
    """Return the meaning of a record's code, empty when it is undefined: ``code_name("eye_colour", 3)`` is brown.

    :raises UsageError: ``name`` is not a coded field of :class:`tjdocs.lds.biometrics.iso19794_face.FaceImage`
    """
    if name not in _tables():
        raise UsageError("not a coded field of a face", where=name, hint=", ".join(_tables()))
    table = _tables()[name]
    return table.names.get(value) or table.later.get(value, "")
