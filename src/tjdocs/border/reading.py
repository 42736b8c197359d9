"""Evidence as JSON: one inspection in a file, a line, or a folder; and back again."""

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tjdocs.errors import InputError, UsageError
from tjdocs.inspection import Evidence
from tjdocs.inspection.evidence import MAX_FILE
from tjdocs.lds import catalogue

__all__ = [
    "EVIDENCE_KEYS",
    "evidence_from_files",
    "evidence_from_folder",
    "evidence_from_json",
    "evidence_json",
    "is_evidence",
    "is_file",
    "judgeable",
]

EVIDENCE_KEYS = frozenset({"mrz", "chip", "seal", "page", "direction", "point", "asks_protection", "claims"})
MAX_TEXT = 1_000_000
_PAGES = ("page.jpg", "page.png")


def evidence_from_json(values: Mapping[str, Any], *, folder: Path | None) -> Evidence:
    """Return the evidence of a JSON object.

    ``mrz`` is the zone's text or its lines, ``chip`` an object of base64 texts by file name, ``seal`` and ``page``
    base64. With a folder each of the four may also be a path in it.

    :param folder: where paths lead from; None takes none
    :raises UsageError: an unknown key or a value that cannot be used
    :raises InputError: a file or folder named that cannot be read
    """
    if unknown := sorted(str(key)[:40] for key in values.keys() - EVIDENCE_KEYS - {"schema", "id"}):
        raise UsageError("unknown key", where=unknown[0], hint=", ".join(sorted(EVIDENCE_KEYS)))
    arguments: dict[str, Any] = {}
    if values.get("mrz") is not None:
        arguments["mrz"] = _zone(values["mrz"], folder)
    if values.get("chip") is not None:
        arguments["chip"] = _chip(values["chip"], folder)
    for name in ("seal", "page"):
        if values.get(name) is not None:
            arguments[name] = _file(values[name], name, folder)
    for name, kind in (("direction", str), ("point", str), ("asks_protection", bool), ("claims", dict)):
        if values.get(name) is not None:
            if not isinstance(values[name], kind):
                raise UsageError(f"no {kind.__name__}", where=name)
            arguments[name] = values[name]
    return Evidence(**arguments)


def _zone(value: object, folder: Path | None) -> object:
    # a zone of any format holds fillers or several lines, a path neither
    if folder is not None and isinstance(value, str) and not ("<" in value or "\n" in value):
        return _read(folder / value, MAX_TEXT).decode("utf-8", "replace")
    return value


def _chip(value: object, folder: Path | None) -> object:
    if isinstance(value, str) and folder is not None:
        return folder / value
    if not isinstance(value, dict):
        raise UsageError("no files", where="chip", hint='{"EF_SOD": "base64…", …}')
    return {name: _bytes(data, f"chip {str(name)[:40]}") for name, data in value.items()}


def _file(value: object, name: str, folder: Path | None) -> bytes:
    if folder is not None and isinstance(value, str) and is_file(folder / value):
        return _read(folder / value, MAX_FILE)
    try:
        return _bytes(value, name)
    except UsageError:
        if folder is None or not isinstance(value, str):
            raise
        raise InputError("neither a file nor base64", where=f"{name}: {value[:80]}") from None


def is_file(path: Path) -> bool:
    """Whether there is such a file; base64 may be longer than a name may be, or no path at all."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def _bytes(value: object, where: str) -> bytes:
    try:
        if isinstance(value, str | bytes):
            return base64.b64decode(value, validate=True)
    except ValueError:
        pass
    raise UsageError("no base64", where=where)


def _read(path: Path, limit: int) -> bytes:
    try:
        with open(path, "rb") as file:
            data = file.read(limit + 1)
    except (OSError, ValueError) as error:
        raise InputError("cannot read", where=str(path), hint=getattr(error, "strerror", "") or "") from None
    if len(data) > limit:
        raise InputError("over the limit", where=str(path), hint=f"at most {limit} bytes are read")
    return data


def evidence_from_folder(path: Path, common: Mapping[str, Any] | None = None) -> Evidence:
    """Return the evidence of a folder: EF files in it or in ``chip/``, ``mrz.txt``, ``seal.*``, ``evidence.json``.

    Where no zone stands there, ``page.png`` or ``page.jpg`` is looked at.

    :param common: what counts where the folder does not say otherwise
    :raises InputError: it holds none of them, or one that cannot be read
    :raises UsageError: ``evidence.json`` holds what cannot be used
    """
    try:
        own = [item for item in sorted(path.iterdir()) if item.is_file()]
        inner = sorted((path / "chip").iterdir()) if (path / "chip").is_dir() else []
    except OSError as error:
        raise InputError("cannot read", where=str(path), hint=error.strerror or "") from None
    beside = {item.name: item for item in own if not catalogue.recognise(item.name)}
    values = _beside({name: _read(beside[name], MAX_FILE) for name in beside if _known(name)}, str(path))
    if "chip" not in values:
        for place, held in ((path / "chip", inner), (path, own)):
            if any(catalogue.recognise(item.name) for item in held):
                values["chip"] = str(place.relative_to(path))
                break
    return judgeable({**(common or {}), **values}, str(path), path)


def evidence_from_files(files: Mapping[str, bytes], common: Mapping[str, Any] | None = None) -> Evidence:
    """Return the evidence of a folder's files by their paths in it, as :func:`evidence_from_folder` does."""
    values = _beside({name: data for name, data in files.items() if _known(name)}, "files")
    if "chip" not in values:
        for start in ("chip/", ""):
            named = {name.removeprefix(start): data for name, data in files.items() if name.startswith(start)}
            held = {name: data for name, data in named.items() if catalogue.recognise(name)}
            if held:
                values["chip"] = {name: base64.b64encode(data) for name, data in held.items()}
                break
    return judgeable({**(common or {}), **values}, "files", None)


def is_evidence(name: str) -> bool:
    """Whether a file of this name is one that a record's folder may hold."""
    return _known(name) or catalogue.recognise(name) is not None


def _known(name: str) -> bool:
    return name in ("evidence.json", "mrz.txt", *_PAGES) or name.startswith("seal.")


def _beside(files: Mapping[str, bytes], where: str) -> dict[str, Any]:
    """Return what stands beside the chip's files."""
    values: Any = {}
    if "evidence.json" in files:
        try:
            values = json.loads(files["evidence.json"])
        except (ValueError, RecursionError):
            values = None
        if not isinstance(values, dict):
            raise InputError("no JSON object", where=f"{where}: evidence.json")
    if "mrz.txt" in files:
        values.setdefault("mrz", files["mrz.txt"].decode("utf-8", "replace").splitlines())
    pages = sorted(files.keys() & set(_PAGES))
    if pages and "mrz" not in values:
        values.setdefault("page", base64.b64encode(files[pages[0]]).decode())
    seals = sorted(name for name in files if name.startswith("seal."))
    if seals:
        values.setdefault("seal", base64.b64encode(files[seals[0]]).decode())
    return dict(values)


def judgeable(values: Mapping[str, Any], where: str, folder: Path | None) -> Evidence:
    """Return the evidence of a JSON object in which there is something to judge.

    :raises InputError: there is nothing
    :raises UsageError: an unknown key or a value that cannot be used
    """
    if not values.keys() & {"mrz", "chip", "seal", "page", "claims", "asks_protection"}:
        raise InputError("nothing to judge", where=where, hint="EF files, mrz.txt, seal.png, page.png or evidence.json")
    return evidence_from_json(values, folder=folder)


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
