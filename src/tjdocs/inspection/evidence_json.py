"""Evidence as JSON: one inspection in a file, a line, or a folder; and back again.

Evidence comes from a traveller: the files of a document, and claims. Trust, policy, register, watchlists and the time
come from the desk alone. A direction or point of the desk excludes any other in evidence.
"""

import base64
import os
import posixpath
import stat
from collections.abc import Hashable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from tjdocs import inputs, limits
from tjdocs.archives import ArchiveError, Held
from tjdocs.errors import InputError, UsageError
from tjdocs.inspection import Evidence
from tjdocs.inspection.evidence import is_blank, is_text
from tjdocs.lds import ef_catalogue
from tjdocs.mrz.normalising import decoded, is_zone

__all__ = [
    "CROSSING_KEYS",
    "EVIDENCE_KEYS",
    "JUDGED",
    "arguments",
    "evidence_from_files",
    "evidence_from_folder",
    "evidence_from_json",
    "evidence_json",
    "folder_files",
    "is_evidence",
    "judgeable",
    "named",
    "together",
]

CROSSING_KEYS = ("direction", "point")
EVIDENCE_KEYS = frozenset({"mrz", "chip", "seal", "page", "asks_protection", "claims", *CROSSING_KEYS})
JUDGED = frozenset({"mrz", "chip", "seal", "page", "claims", "asks_protection"})
_PAGES = ("page.jpg", "page.png", "page-back.jpg", "page-back.png")  # the MRZ of a card is on its back
_NOTHING: Mapping[str, str] = {}


class _Folder:
    """The files that paths of evidence name: regular files below a folder."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def has(self, value: str) -> bool:
        """Whether a path exists. The text may also be base64, which can be too long for a path, or invalid as one."""
        return value != "" and os.path.lexists(self._path / value)

    def read(self, value: str, name: str, most: int) -> bytes:
        """Return a file's bytes."""
        return inputs.read_file(self._there(value, name), most, regular=True)

    def _there(self, value: str, name: str) -> Path:
        """Return the path of a file or folder; an error does not show the text, which may be an MRZ."""
        path = _below(self._path, value, name)
        if not self.has(value):
            raise InputError("missing file or folder", where=name, hint="a path below the folder of the evidence")
        return path

    def chip(self, value: str) -> dict[str, bytes]:
        """Return the EF files of a folder; links are ignored."""
        folder, total = self._there(value, "chip"), 0
        files: dict[str, bytes] = {}
        for name in filter(ef_catalogue.recognise, _names(folder)):
            files[name] = inputs.read_file(folder / name, limits.CHIP_FILE, regular=True)
            total += len(files[name])
            if total > limits.CHIP_FOLDER:
                raise InputError("over the limits", where=str(folder), hint=f"at most {limits.CHIP_FOLDER} bytes")
        return files or _no_files(str(folder))


class _Record:
    """The files that paths of evidence name in the folder of a record: its own files, by their paths in it."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files

    def has(self, value: str) -> bool:
        """Whether a path is one of the record's files."""
        return posixpath.normpath(value) in self._files

    def read(self, value: str, name: str, most: int) -> bytes:
        """Return a file's bytes."""
        path = posixpath.normpath(value)
        if path not in self._files:
            raise InputError("not a file of the record", where=name, hint="evidence in its own folder")
        return self._files[path]

    def chip(self, value: str) -> dict[str, bytes]:
        """Return the EF files of a folder."""
        folder = posixpath.normpath(value)
        return _chip_files(self._files, "" if folder == "." else f"{folder}/") or _no_files("chip")


def _no_files(where: str) -> dict[str, bytes]:
    raise InputError("missing EF files", where=where, hint="give a folder with EF_SOD.bin, DG1.bin and so on")


def evidence_from_json(
    values: Mapping[str, Any], *, folder: Path | None, crossing: Mapping[str, str] = _NOTHING
) -> Evidence:
    """Return the evidence of a JSON object; see ``arguments``."""
    return Evidence(**arguments(values, folder=folder, crossing=crossing))


def arguments(
    values: Mapping[str, Any], *, folder: Path | None, crossing: Mapping[str, str] = _NOTHING
) -> dict[str, Any]:
    """Return the arguments of :class:`Evidence` from a JSON object.

    ``mrz`` is the text of the MRZ or its lines, ``chip`` an object of base64 texts by file name, ``seal`` and ``page``
    base64. With a folder each of the four may also be the path of a file below it, for ``chip`` of a folder; links in
    it are ignored. Names may have hyphens. ``null`` is the same as a missing key.

    :param folder: the folder of all paths; None: paths are not allowed
    :param crossing: direction and point of the desk; evidence with another one is refused
    :raises UsageError: an unknown key, an unusable value, or another crossing than the desk's
    :raises InputError: a file or folder that cannot be read
    """
    return _arguments(values, _Folder(folder) if folder is not None else None, crossing)


def _arguments(
    values: Mapping[str, Any], place: _Folder | _Record | None, crossing: Mapping[str, str]
) -> dict[str, Any]:
    stated = named(values, "evidence")
    given = together(stated)
    if unknown := sorted(stated.keys() - EVIDENCE_KEYS - {"schema", "id"}):
        hint = f"evidence has {', '.join(sorted(EVIDENCE_KEYS))}; the desk says the rest, by options or --setup"
        raise UsageError("unknown key", where=", ".join(key[:40] for key in unknown[:5]), hint=hint)
    if "schema" in given and not inputs.is_schema(given["schema"]):
        raise UsageError("evidence of another version", where="schema", hint="1")
    keywords: dict[str, Any] = _crossing(given, crossing)
    if "mrz" in given:
        keywords["mrz"] = _mrz(given["mrz"], place)
    if "chip" in given:
        keywords["chip"] = _chip(given["chip"], place)
    for name in ("seal", "page"):
        if name in given:
            keywords[name] = _file(given[name], name, place)
    for name, kind, what in (("asks_protection", bool, "neither true nor false"), ("claims", dict, "not an object")):
        if name in given:
            if not isinstance(given[name], kind):
                raise UsageError(what, where=name)
            keywords[name] = given[name]
    return keywords


def named(values: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Return a JSON object's values by the names of arguments: names of options have hyphens for underscores.

    :raises UsageError: two keys of the same name
    """
    renamed = {key.replace("-", "_"): value for key, value in values.items()}
    if len(renamed) < len(values):
        twice = next(key for key in values if "-" in key and key.replace("-", "_") in values)
        raise UsageError("a name twice", where=f"{where}: {twice[:40]}", hint="once")
    return renamed


def together(*sources: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of several sources; of two values the later counts, unless it is empty.

    Empty are None, a blank MRZ, and a blank seal or page.
    """
    values = [item for source in sources for item in source.items() if item[1] is not None]
    return dict(values) | {name: value for name, value in values if not _is_nothing(name, value)}


def _is_nothing(name: str, value: object) -> bool:
    if name == "mrz" and (isinstance(value, str) or (isinstance(value, list) and all(map(is_text, value)))):
        return is_blank(value)
    return value is None or (name in ("seal", "page") and isinstance(value, str | bytes) and not value.strip())


def _crossing(given: Mapping[str, Any], desk: Mapping[str, str]) -> dict[str, str]:
    """Return direction and point: the desk's, else those of the evidence."""
    crossing = dict(desk)
    for name in CROSSING_KEYS:
        value = given.get(name)
        if value is None:
            continue
        if not isinstance(value, str):
            raise UsageError("not text", where=name)
        if crossing.setdefault(name, value) != value:
            raise UsageError("another than the desk's", where=f"{name}: {value[:40]}", hint=f"{name} {desk[name]}")
    return crossing


def _mrz(value: Any, place: _Folder | _Record | None) -> Any:
    # an MRZ has fillers or several lines, a path has neither; some scanners write blanks for fillers
    if (
        place is not None
        and isinstance(value, str)
        and not ("<" in value or "\n" in value or is_blank(value) or is_zone(value))
    ):
        return decoded(place.read(value, "mrz", limits.TEXT))
    return value


def _chip(value: object, place: _Folder | _Record | None) -> dict[str, bytes]:
    if isinstance(value, str) and place is not None:
        return place.chip(value)
    if not isinstance(value, dict):
        raise UsageError("not an object of files", where="chip", hint='{"EF_SOD": "base64…", …}')
    return {name: _bytes(data, f"chip {str(name)[:40]}") for name, data in value.items()}


def _file(value: object, name: str, place: _Folder | _Record | None) -> bytes:
    if _is_nothing(name, value):
        return b""
    if place is not None and isinstance(value, str) and place.has(value):
        return place.read(value, name, limits.CHIP_FILE)
    try:
        return _bytes(value, name)
    except UsageError:
        if not isinstance(place, _Folder) or not isinstance(value, str):
            raise
        raise InputError("neither a file nor base64", where=name) from None


def _below(folder: Path, value: str, name: str) -> Path:
    """Return a path of evidence, which must be in the evidence's folder.

    :raises UsageError: the path leads out of it, by ``..``, from the root, or through a link
    """
    try:
        path = (folder / value).resolve()
        if path.is_relative_to(folder.resolve()):
            return path
    except (OSError, ValueError, RuntimeError):  # a NUL, a name too long, a loop of links
        pass
    raise UsageError("not below the folder of the evidence", where=name, hint="options name files anywhere")


def _bytes(value: object, where: str) -> bytes:
    """Return bytes as they are, or those of a base64 text."""
    if isinstance(value, bytes):
        return value
    with suppress(ValueError):
        if isinstance(value, str):
            return msgspec.convert(value, bytes)  # as strict as binascii, and four times as quick
    raise UsageError("not base64", where=where)


def evidence_from_folder(path: Path, crossing: Mapping[str, str] = _NOTHING) -> Evidence:
    """Return the evidence of a folder: EF files in it or in ``chip/``, ``mrz.txt``, ``seal.*``, ``evidence.json``.

    Without an MRZ the picture of the page counts: ``page-back``, else ``page``, ``.jpg`` or ``.png``. Links are
    ignored.

    :param crossing: as in :func:`evidence_from_json`
    :raises InputError: the folder has none of them, an unreadable one, or two that differ
    :raises UsageError: ``evidence.json`` has an unusable value
    """
    return evidence_from_files(folder_files(path), crossing, where=str(path))


def evidence_from_files(
    files: Mapping[str, bytes], crossing: Mapping[str, str] = _NOTHING, *, where: str = "files"
) -> Evidence:
    """Return the evidence of a folder's files by their paths in it, as :func:`evidence_from_folder` does."""
    record = _Record(files)
    values = _beside({name: data for name, data in files.items() if _known(name)}, where, record)
    stated = values.get("chip")
    chips = [_chip(stated, record) if stated is not None else {}, _chip_files(files, "chip/"), _chip_files(files, "")]
    read = [frozenset((ef_catalogue.recognise(name), data) for name, data in chip.items()) for chip in chips if chip]
    _require_one("sets of the chip's files", read, where)
    if chip := next(filter(None, chips), None):
        values["chip"] = chip
    return _judgeable(values, where, record, crossing)


def folder_files(path: Path) -> dict[str, bytes]:
    """Return the evidence files of a folder by their paths in it, as in its tar archive; links are ignored.

    :raises InputError: it cannot be read, or is over the limits of a record
    """
    names = [name for name in _names(path) if is_evidence(name)]
    if _is_folder(path / "chip"):
        names += [f"chip/{name}" for name in _names(path / "chip") if is_evidence(name)]
    bounded = Held()
    try:
        for name in names:
            bounded.add(name, inputs.read_file(path / name, limits.INPUT_FILE, regular=True))
    except ArchiveError as error:
        raise InputError(str(error), where=str(path)) from None
    return bounded.files


def is_evidence(name: str) -> bool:
    """Whether a record's folder may have a file of this name as evidence."""
    return _known(name) or ef_catalogue.recognise(name) is not None


def _known(name: str) -> bool:
    if name.startswith("seal."):
        return ef_catalogue.recognise(name) is None
    return name in ("evidence.json", "mrz.txt", *_PAGES)


def _chip_files(files: Mapping[str, bytes], folder: str) -> dict[str, bytes]:
    """Return the EF files of a folder in a record, in the order of their names."""
    inner = {name.removeprefix(folder): name for name in sorted(files) if name.startswith(folder)}
    return {name: files[path] for name, path in inner.items() if ef_catalogue.recognise(name)}


def _names(folder: Path) -> list[str]:
    """Return the names of the regular files of a folder."""
    try:
        with os.scandir(folder) as items:
            return sorted(item.name for item in items if item.is_file(follow_symlinks=False))
    except (OSError, ValueError) as error:
        raise InputError("cannot read", where=str(folder), hint=getattr(error, "strerror", "") or "") from None


def _is_folder(path: Path) -> bool:
    try:
        return stat.S_ISDIR(os.lstat(path).st_mode)
    except OSError:
        return False


def _beside(files: Mapping[str, bytes], where: str, record: _Record) -> dict[str, Any]:
    """Return the values of the files other than the chip's."""
    stated: dict[str, Any] = {}
    if "evidence.json" in files:
        place = f"{where}: evidence.json"
        stated = named(inputs.json_object(files["evidence.json"], where=place, values=limits.EVIDENCE_VALUES), where)
    if isinstance(stated.get("mrz"), str):
        stated["mrz"] = _mrz(stated["mrz"], record).splitlines()
    for name in ("seal", "page"):  # before they are put together: a text of blanks in base64 is nothing
        if isinstance(stated.get(name), str):
            stated[name] = _file(stated[name], name, record)
    values: dict[str, Any] = {}
    if "mrz.txt" in files:
        values["mrz"] = decoded(files["mrz.txt"]).splitlines()
        read = [source.get("mrz") for source in (values, stated)]
        given = [lines for lines in read if isinstance(lines, list) and not _is_nothing("mrz", lines)]
        _require_one(
            "MRZs", (tuple(str(line).strip() for line in lines if str(line).strip()) for lines in given), where
        )
    seals = sorted((name for name in files if name.startswith("seal.")), reverse=True)
    contents = (*(files[name] for name in seals), stated.get("seal"))
    _require_one("seals", (data for data in contents if isinstance(data, bytes) and data.strip()), where)
    _require_one_page(files, stated.get("page"), where)
    values = together(values, *({"seal": files[name]} for name in seals), stated)
    if _is_nothing("mrz", values.get("mrz")):
        pages = sorted(files.keys() & set(_PAGES), reverse=True)
        values = together(*({"page": files[name]} for name in pages), values)
    return values


def _require_one_page(files: Mapping[str, bytes], stated: object, where: str) -> None:
    """Require one picture of a side, and that ``evidence.json`` has no other one than the files.

    :raises InputError: two differ
    """
    kind = "pictures of the page"
    given = {name: files[name] for name in _PAGES if files.get(name, b"").strip()}
    for side in ("page", "page-back"):
        _require_one(kind, (data for name, data in given.items() if name.startswith(f"{side}.")), where)
    if isinstance(stated, bytes) and stated.strip() and stated not in given.values():
        _require_one(kind, (stated, *given.values()), where)


def _require_one(kind: str, contents: Iterable[Hashable], where: str) -> None:
    """Require that all sources of one thing have the same content: none of them is left out in silence.

    :raises InputError: two differ
    """
    if len(set(contents)) > 1:
        raise InputError(f"two different {kind}", where=where, hint="leave out the one that is not to be judged")


def judgeable(values: Mapping[str, Any], where: str, crossing: Mapping[str, str] = _NOTHING) -> Evidence:
    """Return the evidence of a JSON object that has something to judge.

    :raises InputError: it has nothing to judge
    :raises UsageError: as :func:`evidence_from_json`
    """
    return _judgeable(values, where, None, crossing)


def _judgeable(values: Mapping[str, Any], where: str, place: _Record | None, crossing: Mapping[str, str]) -> Evidence:
    keywords = _arguments(values, place, crossing)
    if not JUDGED & keywords.keys():
        raise InputError("nothing to judge", where=where, hint="EF files, mrz.txt, seal.png, page.png or evidence.json")
    return Evidence(**keywords)


def evidence_json(evidence: Evidence, *, chip: bool = True) -> dict[str, Any]:
    """Return evidence as the JSON object that :func:`evidence_from_json` reads. It has personal data.

    :param chip: whether to include the chip's files
    """
    values: dict[str, Any] = {"schema": 1, "direction": evidence.direction, "point": evidence.point}
    values["asks_protection"] = evidence.asks_protection
    if evidence.mrz is not None:
        values["mrz"] = evidence.mrz if isinstance(evidence.mrz, str) else list(evidence.mrz)
    if evidence.claims:
        values["claims"] = {key: str(value) for key, value in evidence.claims.items()}
    for name, data in (("seal", evidence.seal), ("page", evidence.page)):
        if data is not None:
            values[name] = base64.b64encode(data).decode()
    if chip and evidence.files is not None:
        values["chip"] = {name: base64.b64encode(data).decode() for name, data in evidence.files.items()}
    return {key: value for key, value in values.items() if value is not None}
