"""The files of the LDS and of the master file (Doc 9303-10, 3.11): numbers, tags, names, usual spellings."""

import re
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from types import MappingProxyType

from msgspec import Struct

from tjdocs import specs
from tjdocs.asn1 import tlv
from tjdocs.errors import UsageError
from tjdocs.lds import file_spans
from tjdocs.lds.data_objects import MAX_FILE
from tjdocs.lds.lds_problems import LdsError, LdsProblem, guarded
from tjdocs.spans import Span

__all__ = [
    "LdsFile",
    "LdsProblem",
    "Place",
    "Presence",
    "by_name",
    "by_tag",
    "data_group",
    "file_name",
    "files",
    "recognise",
    "spans",
    "without_padding",
]


class Presence(StrEnum):
    """Whether a document must carry a file."""

    MANDATORY = "mandatory"
    OPTIONAL = "optional"
    CONDITIONAL = "conditional"
    RESERVED = "reserved"


class Place(StrEnum):
    """The place of a file on the chip."""

    APPLICATION = "application"
    MASTER_FILE = "master-file"


class LdsFile(Struct, frozen=True):
    """One elementary file.

    :param name: as everywhere in tjdocs: ``EF.COM``, ``EF.SOD``, ``DG1`` to ``DG16``, ``EF.CardAccess`` …
    :param file_name: its canonical name in a folder, ``EF_COM.bin``
    :param file_id: two-byte file identifier
    :param short_id: short file identifier
    :param tag: of its outermost object; None where it has no tag of its own
    :param place: the LDS application or the master file
    :param presence: whether it must be there
    :param title: its content
    :param clause: where the standard describes it
    """

    name: str
    file_name: str
    file_id: int
    short_id: int
    tag: int | None
    place: Place
    presence: Presence
    title: str
    clause: str

    @property
    def data_group(self) -> int | None:
        """Number of the data group, None for the other files."""
        return int(self.name[2:]) if self.name.startswith("DG") else None


class FileRow(specs.Row, frozen=True):
    """A row of ``specs/lds/files.toml``; numbers and tags are hexadecimal."""

    id: str
    file_name: str
    file_id: specs.Hex
    short_id: specs.Hex
    place: Place
    presence: Presence
    title: str
    clause: str
    spellings: tuple[str, ...]
    tag: specs.Hex | None = None


class LdsFiles(specs.Spec, frozen=True):
    """The form of ``specs/lds/files.toml``: no spelling is that of two files."""

    file: tuple[FileRow, ...]

    def __post_init__(self) -> None:
        spellings = [spelling for row in self.file for spelling in set(row.spellings)]
        if len(set(spellings)) < len(spellings):
            raise ValueError("a spelling of two files")


class _Catalogue(Struct, frozen=True):
    files: tuple[LdsFile, ...]
    by_name: Mapping[str, LdsFile]
    by_tag: Mapping[int, LdsFile]
    by_spelling: Mapping[str, str]


@cache
def _load() -> _Catalogue:
    rows = specs.load("lds/files.toml", LdsFiles).file
    files_ = [
        LdsFile(
            name=row.id,
            file_name=row.file_name,
            file_id=int(row.file_id, 16),
            short_id=int(row.short_id, 16),
            tag=int(row.tag, 16) if row.tag is not None else None,
            place=row.place,
            presence=row.presence,
            title=row.title,
            clause=row.clause,
        )
        for row in rows
    ]
    spellings = {spelling: row.id for row in rows for spelling in row.spellings}
    return _Catalogue(
        files=tuple(files_),
        by_name=MappingProxyType({f.name: f for f in files_}),
        by_tag=MappingProxyType({f.tag: f for f in files_ if f.tag is not None}),
        by_spelling=MappingProxyType(spellings),
    )


def files() -> tuple[LdsFile, ...]:
    """Return all files, those of the application first."""
    return _load().files


def by_name(name: str) -> LdsFile:
    """Return the file called ``name`` (exactly as in ``LdsFile.name``).

    :raises UsageError: there is none
    """
    try:
        return _load().by_name[name]
    except KeyError:
        raise UsageError(
            "unknown file of the LDS", where=name, hint="EF.COM, EF.SOD, DG1 to DG16, EF.CardAccess …"
        ) from None


def by_tag(tag: int) -> LdsFile | None:
    """Return the file whose outermost object has ``tag``."""
    return _load().by_tag.get(tag)


def data_group(number: int) -> LdsFile:
    """Return data group ``number``.

    :raises UsageError: not 1 to 16
    """
    return by_name(f"DG{number}")


def file_name(name: str) -> str:
    """Return the canonical name in a folder of the file ``name``: ``EF_COM.bin``, ``DG1.bin``.

    :raises UsageError: there is no such file
    """
    return by_name(name).file_name


_SPELLING = re.compile(r"(?:ef[ ._-]?)?(.+?)(?:\.(?:bin|dat))?", re.IGNORECASE | re.DOTALL)


def recognise(filename: str) -> str | None:
    """Return the name of the file that ``filename`` stands for, or None.

    Understood, in any case, with ``.bin``, ``.dat`` or no suffix: ``EF_COM``, ``EF.COM``, ``COM``, ``DG1``, ``DG01``,
    ``EF_DG1``, ``Datagroup1``, and the file identifiers of the application, ``0101`` or ``ef0101``. A folder before
    the name does not matter. A name of the catalogue is recognised as it is.
    """
    if filename in _load().by_name:
        return filename
    match = _SPELLING.fullmatch(filename.replace("\\", "/").rpartition("/")[2])
    return _load().by_spelling.get(match[1].lower()) if match else None


@guarded
def without_padding(data: bytes) -> tuple[bytes, int]:
    """Return a file's outermost object, over which its hash is made, and the number of bytes after it.

    Readers get files with padding where the chip reports their size in memory (Doc 9303-10, 4.6.2).

    :raises LdsError: there is no whole object
    """
    if len(data) > MAX_FILE:
        raise LdsError("limit", f"more than {MAX_FILE} bytes")
    top = tlv.read(data)
    trailing = len(data) - top.end
    return (bytes(data[: top.end]) if trailing else data), trailing


def spans(data: bytes) -> tuple[Span, ...]:
    """Return any file of the LDS as labelled spans. Never raises: what cannot be read is labelled so."""
    entry = by_tag(data[0]) if data else None
    return file_spans.dissect(
        data, entry.name if entry else "", entry.title if entry else "", entry.clause if entry else ""
    )
