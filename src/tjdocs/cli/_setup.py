"""The settings of the desk, which evidence never has: trust, policy, register, watchlists and time.

They come from options and from a setup file, a JSON object with the names of the options. Options go first.
"""

import os
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from tjdocs import inputs
from tjdocs.border import Inspector, Watchlists
from tjdocs.border.checks.register_status import RegisterStatus
from tjdocs.cli import _io, _register, _verdicts
from tjdocs.errors import UsageError
from tjdocs.inspection.evidence_json import CROSSING_KEYS, named

__all__ = [
    "BATCH_KEYS",
    "INSPECT_KEYS",
    "SERVE_KEYS",
    "SetupFile",
    "crossing",
    "desk",
    "make_inspector",
    "open_register",
]

SetupFile = Annotated[
    str,
    typer.Option("--setup", metavar="FILE", help="The desk's options as JSON, under their names; options go first."),
]

# lists of paths
_LISTS = ("trust", "crl", "signer", "watch_list", "permit", "types", "officer_key", "officer_passphrase_file")
_DIGESTS = ("list_digest",)  # a list of texts
_PATHS = ("policy", "keys", "record", "export_signer", "export_key", "passphrase_file")
_TEXTS = ("trust_digest", "register", "officer", "lang", "at", *CROSSING_KEYS)
_FLAGS = ("dry_run",)
INSPECT_KEYS = frozenset({*_LISTS, *_DIGESTS, *_PATHS, *_TEXTS, *_FLAGS})
BATCH_KEYS = frozenset({*_LISTS, *_DIGESTS, *_TEXTS, "policy"}) - {"lang"}
SERVE_KEYS = BATCH_KEYS | {"keys", "record", "dry_run"}


def desk(path: str, given: Mapping[str, Any], keys: Collection[str] = INSPECT_KEYS) -> dict[str, Any]:
    """Return the values of options; without an option, that of the setup file.

    :param path: of the setup file, empty without one; paths in it begin at its folder
    :param given: values of options by argument; an empty value is not given
    :param keys: keys that this command allows
    :raises UsageError: an unknown key, or a value of another type; the error names it
    :raises InputError: the file cannot be read, or is not a JSON object
    """
    options = {key: value for key, value in given.items() if value}
    if not path:
        return options
    values = named(inputs.json_object(_io.read_file(path), where=path), path)
    if unknown := sorted(values.keys() - keys - {"schema"}):
        hint = ", ".join(sorted(key.replace("_", "-") for key in keys))
        raise UsageError("unknown key", where=f"{path}: {', '.join(key[:40] for key in unknown[:5])}", hint=hint)
    if "schema" in values and not inputs.is_schema(values.pop("schema")):
        raise UsageError("a setup of another version", where=f"{path}: schema", hint="1")
    folder = Path() if path == "-" else Path(path).parent
    return {**{key: _checked(key, value, folder, path) for key, value in values.items()}, **options}


def _checked(key: str, value: Any, folder: Path, path: str) -> Any:
    where = f"{path}: {key.replace('_', '-')}"
    if key in _FLAGS:
        if type(value) is not bool:
            raise UsageError("neither true nor false", where=where, hint="true or false, without quotation marks")
        return value
    if key in _LISTS or key in _DIGESTS:
        kind, hint = ("paths", '["FILE", …]') if key in _LISTS else ("digests", '["DIGEST", …]')
        listed = [value] if isinstance(value, str) else value
        if not isinstance(listed, list) or not all(map(_is_usable, listed)):
            raise UsageError(f"not a list of {kind}", where=where, hint=hint)
        return [str(folder / item) for item in listed] if key in _LISTS else listed
    if not _is_usable(value):
        raise UsageError("not text", where=where, hint='"…"')
    return str(folder / value) if key in _PATHS else value


def _is_usable(value: object) -> bool:
    """Whether a value is text that a command line can pass: without NUL and without half a surrogate pair."""
    if not isinstance(value, str) or not value or "\0" in value:
        return False
    try:
        return bool(os.fsencode(value))
    except UnicodeEncodeError:
        return False


def crossing(values: Mapping[str, Any]) -> dict[str, str]:
    """Return direction and point of the desk, so far as given; evidence must not have others."""
    return {key: values[key] for key in CROSSING_KEYS if key in values}


def make_inspector(values: Mapping[str, Any]) -> Inspector:
    """Return the inspector with the desk's settings."""
    store = _io.trust(
        values.get("trust", []), values.get("crl", []), values.get("trust_digest", ""), values.get("signer", [])
    )
    types = _verdicts.types(values.get("types"))
    return Inspector(
        trust=store,
        register=open_register(values),
        lists=_lists([*values.get("watch_list", []), *values.get("permit", [])], values.get("list_digest", [])),
        policy=_verdicts.policy(values.get("policy", ""), types),
        types=types,
    )


def _lists(files: list[str], digests: list[str]) -> Watchlists | None:
    if digests and not files:
        raise UsageError("a list is missing", where="--list-digest", hint="give --watch-list or --permit")
    return Watchlists.read(files, digests=digests) if files else None


def open_register(values: Mapping[str, Any]) -> RegisterStatus | None:
    """Open a register that exists: an inspection never makes one."""
    if not values.get("register"):
        return None
    own = values.get("officer_key"), values.get("officer_passphrase_file")
    register = _register.open_register(values["register"], values.get("keys", ""), "", *own)
    # without an officer a register refuses the look-up; a trial register has none
    return RegisterStatus(register, officer=values.get("officer") or ("trial" if register.trial else ""))
