"""Where the data lies: ``specs/`` and ``test_vectors/`` in a checkout and in a wheel.

Nothing is interpreted here; each room parses its own files into frozen types.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

from tjdocs import inputs
from tjdocs.errors import SpecError

__all__ = ["digest", "folder", "read_bytes", "read_toml", "require_keys"]


@cache
def folder(name: str) -> Path:
    """Return the bundled folder ``name`` (``"specs"`` or ``"test_vectors"``).

    :raises SpecError: the installation lacks it
    """
    for candidate in (Path(str(files("tjdocs"))) / name, Path(__file__).parents[2] / name):
        if candidate.is_dir():
            return candidate
    raise SpecError("bundled data is missing", where=name, hint="install tjdocs from its wheel or a checkout")


def read_bytes(path: str) -> bytes:
    """Return the bytes of ``specs/<path>``.

    :raises SpecError: there is no such file
    """
    try:
        return (folder("specs") / path).read_bytes()
    except OSError:
        raise SpecError("no such specification", where=f"specs/{path}") from None


@cache
def digest(*names: str) -> str:
    """Return the SHA-256, hexadecimal, over files of ``specs/`` and all files of its folders, by name."""
    root = folder("specs")
    places = [root / name for name in names]
    found = {path for place in places for path in ([place] if place.is_file() else place.rglob("*")) if path.is_file()}
    rows = sorted((path.relative_to(root).as_posix(), sha256(path.read_bytes()).hexdigest()) for path in found)
    return sha256("".join(f"{content} {name}\n" for name, content in rows).encode()).hexdigest()


def read_toml(path: str) -> dict[str, Any]:
    """Return ``specs/<path>`` as parsed TOML.

    :raises SpecError: there is no such file, or it is not TOML
    """
    return inputs.toml_table(read_bytes(path), where=f"specs/{path}")


def require_keys(
    table: Mapping[str, Any],
    required: Iterable[str],
    optional: Iterable[str] = (),
    *,
    where: str,
    schemas: Iterable[int] = (1,),
) -> None:
    """Check a table's keys, so that a misspelt entry is an error and not silently without effect.

    :param schemas: the schemas that are read, where ``schema`` is required
    :raises SpecError: a required key is missing or an unknown one present, or the schema is another
    """
    required = set(required)
    if missing := sorted(required - table.keys()):
        raise SpecError(f"missing {', '.join(missing)}", where=where)
    if unknown := sorted(table.keys() - required - set(optional)):
        known = ", ".join(sorted(required | set(optional)))
        raise SpecError(f"unknown {', '.join(unknown)}", where=where, hint=f"known are {known}")
    if "schema" in required and not inputs.is_schema(table["schema"], *schemas):
        raise SpecError("unknown schema", where=where, hint=" or ".join(map(str, schemas)))
