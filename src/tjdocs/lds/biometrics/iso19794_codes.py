"""Names of the codes in a facial record, from ``specs/lds/face.toml``."""

from collections.abc import Iterable, Mapping
from functools import cache
from operator import itemgetter

from tjdocs import specs
from tjdocs.errors import UsageError

__all__ = ["code_name", "unusual"]


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


def unusual(codes: Iterable[tuple[str, int]]) -> list[tuple[str, int, bool]]:
    """Return those of the codes that have no meaning in the record's edition, undefined ones first.

    Each has its field, its value, and whether a later edition defines it.
    """
    tables = _tables()
    unnamed = ((name, value, tables[name]) for name, value in codes if value not in tables[name].names)
    unknown = [(name, value, value in table.later) for name, value, table in unnamed if not _in_range(table, value)]
    return sorted(unknown, key=itemgetter(2))


def _in_range(table: CodeTable, value: int) -> bool:
    return value <= table.last or (table.vendor_from is not None and value >= table.vendor_from)


def code_name(name: str, value: int) -> str:
    """Return the meaning of a record's code, empty when it is undefined: ``code_name("eye_colour", 3)`` is brown.

    :raises UsageError: ``name`` is not a coded field of :class:`tjdocs.lds.biometrics.iso19794_face.FaceImage`
    """
    if name not in _tables():
        raise UsageError("not a coded field of a face", where=name, hint=", ".join(_tables()))
    table = _tables()[name]
    return table.names.get(value) or table.later.get(value, "")
