"""Evidence as JSON: one inspection in a file, a line, or a folder; and back again.

Evidence comes from a traveller: what was read of a document, and what was said. Whom to trust, by which policy,
register and lists, at what time, and whether only to judge, comes from the desk alone. Where the desk says direction or
point, no evidence says another.
"""

import base64
import os
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tjdocs import inputs, limits
from tjdocs.errors import InputError, UsageError
from tjdocs.inspection import Evidence
from tjdocs.lds import catalogue

__all__ = [
    "CROSSING_KEYS",
    "EVIDENCE_KEYS",
    "JUDGED",
    "arguments",
    "evidence_from_files",
    "evidence_from_folder",
    "evidence_from_json",
    "evidence_json",
    "is_evidence",
    "judgeable",
    "named",
]

CROSSING_KEYS = ("direction", "point")
EVIDENCE_KEYS = frozenset({"mrz", "chip", "seal", "page", "asks_protection", "claims", *CROSSING_KEYS})
JUDGED = frozenset({"mrz", "chip", "seal", "page", "claims", "asks_protection"})
_PAGES = ("page.jpg", "page.png", "page-back.jpg", "page-back.png")  # the MRZ of a card is on its back
_NOTHING: Mapping[str, str] = {}


def evidence_from_json(
    values: Mapping[str, Any], *, folder: Path | None, crossing: Mapping[str, str] = _NOTHING
) -> Evidence:
    """Return the evidence of a JSON object; see :func:`arguments`."""
    return Evidence(**arguments(values, folder=folder, crossing=crossing))


def arguments(
    values: Mapping[str, Any], *, folder: Path | None, crossing: Mapping[str, str] = _NOTHING
) -> dict[str, Any]:
    """Return the arguments of :class:`Evidence` from a JSON object.

    ``mrz`` is the text of the MRZ or its lines, ``chip`` an object of base64 texts by file name, ``seal`` and ``page``
    base64. With a folder each of the four may also name a file below it, ``chip`` a folder. Names may be written with a
    hyphen; ``null`` is the same as nothing.

    :param folder: where paths lead from, and out of which none leads; None takes none
    :param crossing: direction and point, where the desk says them; evidence that says another is refused
    :raises UsageError: an unknown key, a value that cannot be used, or another crossing than the desk's
    :raises InputError: a file or folder named that cannot be read
    """
    given = {key: value for key, value in named(values, "evidence").items() if value is not None}
    if unknown := sorted(given.keys() - EVIDENCE_KEYS - {"schema", "id"}):
        hint = f"evidence has {', '.join(sorted(EVIDENCE_KEYS))}; the desk says the rest, by options or --setup"
        raise UsageError("unknown key", where=", ".join(key[:40] for key in unknown[:5]), hint=hint)
    if "schema" in given and (type(given["schema"]) is not int or given["schema"] != 1):
        raise UsageError("evidence of another version", where="schema", hint="1")
    found: dict[str, Any] = _crossing(given, crossing)
    if "mrz" in given:
        found["mrz"] = _mrz(given["mrz"], folder)
    if "chip" in given:
        found["chip"] = _chip(given["chip"], folder)
    for name in ("seal", "page"):
        if name in given:
            found[name] = _file(given[name], name, folder)
    for name, kind, what in (("asks_protection", bool, "neither true nor false"), ("claims", dict, "no object")):
        if name in given:
            if not isinstance(given[name], kind):
                raise UsageError(what, where=name)
            found[name] = given[name]
    return found


def named(values: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Return a JSON object's values by the names of arguments: those of options have a hyphen for an underscore.

    :raises UsageError: two keys of the same name
    """
    found = {key.replace("-", "_"): value for key, value in values.items()}
    if len(found) < len(values):
        twice = next(key for key in values if "-" in key and key.replace("-", "_") in values)
        raise UsageError("a name twice", where=f"{where}: {twice[:40]}", hint="once")
    return found


def _crossing(given: Mapping[str, Any], desk: Mapping[str, str]) -> dict[str, str]:
    """Return direction and point: the desk's, else those of the evidence."""
    found = dict(desk)
    for name in CROSSING_KEYS:
        value = given.get(name)
        if value is None:
            continue
        if not isinstance(value, str):
            raise UsageError("no text", where=name)
        if found.setdefault(name, value) != value:
            raise UsageError("another than the desk's", where=f"{name}: {value[:40]}", hint=f"{name} {desk[name]}")
    return found


def _mrz(value: object, folder: Path | None) -> object:
    # an MRZ of any format holds fillers or several lines, a path neither
    if folder is not None and isinstance(value, str) and not ("<" in value or "\n" in value):
        return inputs.read_file(_below(folder, value, "mrz"), limits.TEXT, regular=True).decode("utf-8", "replace")
    return value


def _chip(value: object, folder: Path | None) -> object:
    if isinstance(value, str) and folder is not None:
        value = _below(folder, value, "chip")
    if isinstance(value, Path):
        if links := [name for name in _names(value, links=True) if catalogue.recognise(name)]:
            raise UsageError("a link", where=f"chip: {links[0]}", hint="evidence has regular files alone")
        return value
    if not isinstance(value, dict):
        raise UsageError("no files", where="chip", hint='{"EF_SOD": "base64…", …}')
    return {name: _bytes(data, f"chip {str(name)[:40]}") for name, data in value.items()}


def _file(value: object, name: str, folder: Path | None) -> bytes:
    if folder is not None and isinstance(value, str) and _is_there(folder / value):
        return inputs.read_file(_below(folder, value, name), limits.CHIP_FILE, regular=True)
    try:
        return _bytes(value, name)
    except UsageError:
        if folder is None or not isinstance(value, str):
            raise
        raise InputError("neither a file nor base64", where=f"{name}: {value[:80]}") from None


def _is_there(path: Path) -> bool:
    """Whether a path leads anywhere; base64 may be longer than a name may be, or no path at all."""
    try:
        return os.path.lexists(path)
    except (OSError, ValueError):
        return False


def _below(folder: Path, value: str, name: str) -> Path:
    """Return the path of what evidence names, which nothing leads out of the evidence's folder.

    :raises UsageError: it leads out, by ``..``, from the root, or through a link
    """
    try:
        path = (folder / value).resolve()
        if path.is_relative_to(folder.resolve()):
            return path
    except (OSError, ValueError, RuntimeError):  # a NUL, a name too long, a loop of links
        pass
    where = f"{name}: {value[:80]}"
    raise UsageError("not below the folder of the evidence", where=where, hint="options name files anywhere")


def _bytes(value: object, where: str) -> bytes:
    try:
        if isinstance(value, str | bytes):
            return base64.b64decode(value, validate=True)
    except ValueError:
        pass
    raise UsageError("no base64", where=where)


def evidence_from_folder(path: Path, crossing: Mapping[str, str] = _NOTHING) -> Evidence:
    """Return the evidence of a folder: EF files in it or in ``chip/``, ``mrz.txt``, ``seal.*``, ``evidence.json``.

    Where it has no MRZ, a picture of the page is looked at: ``page`` or
    ``page-back``, ``.jpg`` or ``.png``. Links in it are passed over.

    :param crossing: as :func:`evidence_from_json` takes it
    :raises InputError: it holds none of them, or one that cannot be read
    :raises UsageError: ``evidence.json`` holds what cannot be used
    """
    own, inner = _names(path), _names(path / "chip") if _is_folder(path / "chip") else []
    values = _beside({name: _read(path / name) for name in _chosen(own)}, str(path))
    if "chip" not in values:
        for place, held in ((path / "chip", inner), (path, own)):
            if any(catalogue.recognise(name) for name in held):
                values["chip"] = place
                break
    return judgeable(values, str(path), path, crossing)


def evidence_from_files(files: Mapping[str, bytes], crossing: Mapping[str, str] = _NOTHING) -> Evidence:
    """Return the evidence of a folder's files by their paths in it, as :func:`evidence_from_folder` does."""
    values = _beside({name: files[name] for name in _chosen(files)}, "files")
    if "chip" not in values:
        for start in ("chip/", ""):
            held = {name.removeprefix(start): data for name, data in files.items() if name.startswith(start)}
            held = {name: data for name, data in held.items() if catalogue.recognise(name)}
            if held:
                values["chip"] = {name: base64.b64encode(data) for name, data in held.items()}
                break
    return judgeable(values, "files", None, crossing)


def is_evidence(name: str) -> bool:
    """Whether a file of this name is one that a record's folder may hold."""
    return _known(name) or catalogue.recognise(name) is not None


def _known(name: str) -> bool:
    return name in ("evidence.json", "mrz.txt", *_PAGES) or name.startswith("seal.")


def _chosen(names: Iterable[str]) -> list[str]:
    """Return the files that are read beside the chip's: of several seals and pages the first alone."""
    known = sorted(name for name in names if _known(name) and not catalogue.recognise(name))
    seals = [name for name in known if name.startswith("seal.")]
    return [name for name in known if name not in seals[1:]]


def _names(folder: Path, *, links: bool = False) -> list[str]:
    """Return the names of the regular files of a folder, or those of its links."""
    try:
        with os.scandir(folder) as found:
            return sorted(i.name for i in found if (i.is_symlink() if links else i.is_file(follow_symlinks=False)))
    except (OSError, ValueError) as error:
        raise InputError("cannot read", where=str(folder), hint=getattr(error, "strerror", "") or "") from None


def _is_folder(path: Path) -> bool:
    try:
        return stat.S_ISDIR(os.lstat(path).st_mode)
    except OSError:
        return False


def _read(path: Path) -> bytes:
    return inputs.read_file(path, limits.CHIP_FILE, regular=True)


def _beside(files: Mapping[str, bytes], where: str) -> dict[str, Any]:
    """Return what there is beside the chip's files."""
    values: dict[str, Any] = {}
    if "evidence.json" in files:
        values = named(inputs.json_object(files["evidence.json"], where=f"{where}: evidence.json"), where)
    if "mrz.txt" in files:
        values.setdefault("mrz", files["mrz.txt"].decode("utf-8", "replace").splitlines())
    pages = sorted(files.keys() & set(_PAGES))
    if pages and "mrz" not in values:
        values.setdefault("page", base64.b64encode(files[pages[0]]).decode())
    for name, data in files.items():
        if name.startswith("seal."):
            values.setdefault("seal", base64.b64encode(data).decode())
    return values


def judgeable(
    values: Mapping[str, Any], where: str, folder: Path | None, crossing: Mapping[str, str] = _NOTHING
) -> Evidence:
    """Return the evidence of a JSON object in which there is something to judge.

    :raises InputError: there is nothing
    :raises UsageError: as :func:`evidence_from_json`
    """
    found = arguments(values, folder=folder, crossing=crossing)
    if not JUDGED & found.keys():
        raise InputError("nothing to judge", where=where, hint="EF files, mrz.txt, seal.png, page.png or evidence.json")
    return Evidence(**found)


def evidence_json(evidence: Evidence, *, chip: bool = True) -> dict[str, Any]:
    """Return evidence as the JSON object that :func:`evidence_from_json` reads; holds personal data.

    :param chip: whether to put the chip's files in
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
