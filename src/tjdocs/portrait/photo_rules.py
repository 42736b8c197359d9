"""``specs/portrait/handed_in.toml``: what a photograph and a picture of a signature must be."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from tjdocs import specs

__all__ = ["PHOTOGRAPH", "photograph_rules", "signature_rules"]

PHOTOGRAPH = ("formats", "smallest", "shape", "most_cut", "max_bytes", "max_pixels", "max_turn")
_SIGNATURE = ("smallest", "largest", "max_bytes", "max_pixels", "darkest_ink", "least_ink", "most_ink")
_FILE = "portrait/handed_in.toml"


@cache
def photograph_rules() -> Mapping[str, Any]:
    """Return the rules of a photograph, by the names of :data:`PHOTOGRAPH`.

    :raises tjdocs.errors.SpecError: the file is malformed
    """
    return _table("portrait", PHOTOGRAPH)


@cache
def signature_rules() -> Mapping[str, Any]:
    """Return the rules of a picture of the holder's signature (Doc 9303-3, 3.9.2).

    :raises tjdocs.errors.SpecError: the file is malformed
    """
    return _table("signature", _SIGNATURE)


def _table(name: str, keys: tuple[str, ...]) -> Mapping[str, Any]:
    where = f"specs/{_FILE}"
    table = specs.read_toml(_FILE)
    specs.require_keys(table, ("schema", "portrait", "signature"), where=where)
    specs.require_keys(table[name], keys, where=f"{where} {name}")
    return MappingProxyType({key: tuple(v) if isinstance(v, list) else v for key, v in table[name].items()})
