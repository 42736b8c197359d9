"""Evidence: the input of an inspection, not yet trusted (files of the chip: Doc 9303-10, 3.11)."""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeGuard
from unicodedata import category

from tjdocs import limits
from tjdocs.chip.chip_reading import ChipReading
from tjdocs.errors import InputError, UsageError
from tjdocs.escaping import unseen
from tjdocs.lds import ef_catalogue

__all__ = ["MAX_FILE", "MAX_FOLDER", "Evidence", "is_blank", "read_folder"]

MAX_FILE = limits.CHIP_FILE
MAX_FOLDER = limits.CHIP_FOLDER

DIRECTIONS = ("entry", "exit", "border-area", "border-stripe", "domestic")


@dataclass(frozen=True)
class Evidence:
    """One document as a scanner read it.

    :param mrz: the printed MRZ, as text or lines; a blank one is as None
    :param chip: EF files: a folder, or a mapping from names in any usual spelling (``EF_SOD``, ``DG1``,
        ``Datagroup1.bin``) to bytes; or the reading of a live chip (:func:`tjdocs.chip.read`); None: no chip was read
    :param direction: ``entry``, ``exit``, ``border-area``, ``border-stripe`` or ``domestic``
    :param seal: a visible digital seal: its bytes, or those of a PNG or JPEG picture of it; None or blank: none was
        read
    :param page: a picture of the page, PNG or JPEG; its MRZ is read where ``mrz`` is None (extra ``vision``)
    :param asks_protection: the traveller asks for protection
    :param point: id of the crossing point
    :param claims: statements of the traveller, and an officer's readings outside the document; only ``border`` uses
        them
    :raises UsageError: an unusable argument
    :raises InputError: a folder that cannot be read, has no EF file, or is over the limits
    """

    mrz: str | Sequence[str] | None = field(default=None, repr=False)
    chip: "str | os.PathLike[str] | Mapping[str, bytes] | ChipReading | None" = field(default=None, repr=False)
    direction: str | None = None
    seal: bytes | None = field(default=None, repr=False)
    page: bytes | None = field(default=None, kw_only=True, repr=False)
    asks_protection: bool = field(default=False, kw_only=True)
    point: str = field(default="", kw_only=True)
    claims: Mapping[str, object] | None = field(default=None, kw_only=True, repr=False)
    files: Mapping[str, bytes] | None = field(init=False, repr=False)
    """The chip's files by name, as read."""
    twice: frozenset[str] = field(init=False)
    """Names of files that were handed over twice, with different content."""
    reading: ChipReading | None = field(init=False, repr=False)
    """The reading of a live chip, None where only its files were handed over."""

    def __post_init__(self) -> None:
        if self.direction is not None and self.direction not in DIRECTIONS:
            raise UsageError("unknown direction", where=str(self.direction), hint=f"one of {', '.join(DIRECTIONS)}")
        if not is_text(self.point):
            raise UsageError("not text", where="point", hint="the id of a crossing point")
        lines = self.mrz if self.mrz is not None else ""
        if not isinstance(lines, Sequence) or not all(isinstance(line, str) for line in lines):
            raise UsageError("unusable MRZ", where="mrz", hint="give text, or a list of lines")
        if is_blank(lines):
            object.__setattr__(self, "mrz", None)
        elif not all(is_text(line) for line in ([lines] if isinstance(lines, str) else lines)):
            paired = _paired(lines) if isinstance(lines, str) else [_paired(line) for line in lines]
            object.__setattr__(self, "mrz", paired)
        files, twice = None, frozenset[str]()
        object.__setattr__(self, "reading", self.chip if isinstance(self.chip, ChipReading) else None)
        if isinstance(self.chip, ChipReading):
            files = dict(self.chip.files) or None
        elif isinstance(self.chip, Mapping):
            files, twice = _named(self.chip)
        elif self.chip is not None:
            files, twice = read_folder(self.chip)
        for name, hint in (("seal", "the seal's bytes, or those of a picture of it"), ("page", "those of a picture")):
            data = getattr(self, name)
            if data is None:
                continue
            if not isinstance(data, bytes | bytearray | memoryview):
                raise UsageError("not bytes", where=name, hint=hint)
            content = bytes(data)
            object.__setattr__(self, name, content if name == "page" or content.strip() else None)
        object.__setattr__(self, "files", files)
        object.__setattr__(self, "twice", twice)


def is_text(value: object) -> TypeGuard[str]:
    """Whether a value is text that can be encoded: a ``str`` with half a surrogate pair cannot."""
    return isinstance(value, str) and (value.isascii() or not any("\ud800" <= c <= "\udfff" for c in value))


_NO_CHARACTER = frozenset(("Cs", "Co", "Cn"))  # a surrogate, private or unassigned character is not blank


def is_blank(lines: Sequence[str]) -> bool:
    """Whether a text, or lines, consist of blanks, fillers and invisible characters alone."""
    text = "".join("".join(lines).replace("<", " ").split())
    if text.isascii() and text.isprintable():  # as nearly every MRZ is
        return not text
    return not text or (all(unseen(text)) and _NO_CHARACTER.isdisjoint(map(category, text)))


def _paired(text: str) -> str:
    """Return a text with each surrogate pair as one character; half a pair stays."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def _named(chip: Mapping[str, bytes]) -> tuple[dict[str, bytes], frozenset[str]]:
    files = []
    for key, data in chip.items():
        name = ef_catalogue.recognise(key) if isinstance(key, str) else None
        if name is None:
            raise UsageError("unknown EF file", where=str(key), hint="EF_COM, EF_SOD, DG1 to DG16")
        if not isinstance(data, bytes | bytearray | memoryview):
            raise UsageError("not bytes", where=key)
        files.append((name, bytes(data)))
    if not files:
        raise UsageError("missing EF file", where="chip", hint="None where no chip was read")
    return _each_once(files)


def _each_once(pairs: Iterable[tuple[str, bytes]]) -> tuple[dict[str, bytes], frozenset[str]]:
    """Return files by name, the first of each, and the names of files that came twice with different content."""
    files: dict[str, bytes] = {}
    twice = {name for name, data in pairs if files.setdefault(name, data) != data}
    return files, frozenset(twice)


def read_folder(folder: "str | os.PathLike[str]") -> tuple[dict[str, bytes], frozenset[str]]:
    """Read the EF files of a folder, by their names in ``tjdocs.lds.ef_catalogue``; other files are ignored.

    Returns the files, and the names of those that are in the folder twice with different content. Of these the first
    counts, and ``lds.structure`` fails.

    :raises InputError: the folder or a file cannot be read, there is no EF file, or the files are over the limits
    """
    if not isinstance(folder, str | os.PathLike):
        raise UsageError("neither a folder nor files", where="chip", hint="a path, or names with bytes")
    path = Path(folder)
    files = []
    total = 0
    try:
        for item in sorted(path.iterdir()):
            name = ef_catalogue.recognise(item.name)
            if name is None or not item.is_file():
                continue
            size = item.stat().st_size
            total += min(size, MAX_FILE + 1)
            if size > MAX_FILE or total > MAX_FOLDER:
                raise InputError("over the limits", where=str(item), hint=f"a file is at most {MAX_FILE} bytes")
            files.append((name, item.read_bytes()))
    except OSError as error:
        raise InputError("cannot read", where=str(path), hint=error.strerror or "give a readable folder") from None
    except ValueError:  # a NUL in the path
        raise InputError("not a path", where="chip", hint="give a readable folder") from None
    if not files:
        raise InputError("missing EF files", where=str(path), hint="give a folder with EF_SOD.bin, DG1.bin and so on")
    return _each_once(files)
