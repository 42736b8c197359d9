"""What may be wrong with a file of the LDS: too broken to read, or readable with a named fault."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, wraps
from types import MappingProxyType
from typing import ParamSpec, TypeVar

from tjdocs import specs
from tjdocs.asn1.tlv import TlvError
from tjdocs.errors import SpecError

__all__ = ["REASONS", "LdsError", "Problem", "guarded"]

REASONS: Mapping[str, str] = MappingProxyType(
    {
        "cut": "the file or an object in it ends too early",
        "form": "bytes that are not what the standard's coding allows",
        "tag": "the outermost object is of another file",
        "missing": "an object without which the file says nothing",
        "duplicate": "an object twice that may stand there once",
        "value": "an object whose value has an unusable form",
        "version": "a version of the record that is not read",
        "limit": "more objects, levels or bytes than are read",
    }
)


class LdsError(ValueError):
    """A file of the LDS that cannot be read. Its text names tags and offsets, never document data.

    :param reason: a stable word out of :data:`REASONS`
    :param message: what was wrong
    :param offset: where in the file
    """

    def __init__(self, reason: str, message: str, offset: int = 0) -> None:
        super().__init__(f"{message} at offset {offset}")
        self.reason = reason
        self.message = message
        self.offset = offset

    def __reduce__(self) -> tuple[type["LdsError"], tuple[str, str, int]]:
        return LdsError, (self.reason, self.message, self.offset)


_P = ParamSpec("_P")
_R = TypeVar("_R")


def guarded(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Turn the errors of the TLV reader inside ``function`` into :class:`LdsError`."""

    @wraps(function)
    def wrapper(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        try:
            return function(*args, **kwargs)
        except TlvError as error:
            cut = "cut" in error.message or error.message == "no data object"
            raise LdsError("cut" if cut else "form", error.message, error.offset) from None

    return wrapper


@cache
def _known() -> Mapping[str, Mapping[str, str]]:
    known: dict[str, Mapping[str, str]] = {}
    for row in specs.read_toml("lds/problems.toml")["problem"]:
        specs.require_keys(row, ("code", "severity", "text", "clause"), where="specs/lds/problems.toml")
        if row["severity"] not in ("error", "warning") or row["code"] in known:
            raise SpecError("unusable row", where=f"specs/lds/problems.toml, {row['code']}")
        known[row["code"]] = MappingProxyType(row)
    return MappingProxyType(known)


@dataclass(frozen=True, slots=True)
class Problem:
    """A named fault in a file that could be read; ``specs/lds/problems.toml`` lists them all.

    :param code: stable word, for example ``image-size``
    :param subject: what is concerned where there are several: a field, ``face 2``
    :param detail: measured and expected values, for a person
    """

    code: str
    subject: str = ""
    detail: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        if self.code not in _known():
            raise SpecError("unknown problem code", where=self.code, hint="specs/lds/problems.toml lists them")

    @property
    def severity(self) -> str:
        """``error``: against the standard; ``warning``: met in genuine documents and harmless by itself."""
        return _known()[self.code]["severity"]

    @property
    def text(self) -> str:
        """What it means, in a sentence."""
        return _known()[self.code]["text"]

    @property
    def clause(self) -> str:
        """Where the standard says so."""
        return _known()[self.code]["clause"]
