"""Files of the LDS that cannot be read, and named problems of those that can."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from types import MappingProxyType
from typing import ClassVar, ParamSpec, TypeVar

from tjdocs import problems
from tjdocs.asn1.tlv import TlvError

__all__ = ["REASONS", "LdsError", "LdsProblem", "guarded"]

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

    :param reason: a stable word, for example ``cut``
    :param message: the error
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
            cut = "cut" in error.message or error.message == "missing data object"
            raise LdsError("cut" if cut else "form", error.message, error.offset) from None

    return wrapper


@dataclass(frozen=True, slots=True)
class LdsProblem(problems.Problem):
    """A named problem of a file of the LDS that could be read."""

    TABLE: ClassVar[str] = "lds/problems.toml"
