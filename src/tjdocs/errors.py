"""Bad calls: exceptions with the error, its place and a hint.

A bad *document* never raises an error; its results are :mod:`tjdocs.findings`.
Messages name files, fields and ids. They never carry names of persons, document numbers or key material. What a file or
a caller brought into one is bounded and printable: it may go to any terminal or log.
"""

from dataclasses import dataclass

from tjdocs.escaping import printable

_LONGEST = 1000  # characters of each part


class TjdocsError(Exception):
    """Root of everything that tjdocs raises.

    :param message: the error
    :param where: the argument, file or field concerned
    :param hint: what would be right
    """

    code = "error"

    def __init__(self, message: str, *, where: str = "", hint: str = "") -> None:
        self.message, self.where, self.hint = (_shown(part) for part in (message, where, hint))
        super().__init__(self.message)

    def __str__(self) -> str:
        """One line: what, where, what would be right."""
        text = self.message
        if self.where:
            text += f": {self.where}"
        if self.hint:
            text += f"; {self.hint}"
        return text


def _shown(text: str) -> str:
    return printable(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…")


class UsageError(TjdocsError):
    """An argument that cannot be used."""

    code = "usage"


class InputError(TjdocsError):
    """A file or folder that cannot be read, is over the limits, or has an unknown form."""

    code = "input"


class OutputError(TjdocsError):
    """A place where nothing can or may be written."""

    code = "output"


class SpecError(TjdocsError):
    """A specification, policy or document-type file with an unknown or missing entry."""

    code = "spec"


class KeyMaterialError(TjdocsError):
    """A key that is missing, locked, or past the period in which it may sign."""

    code = "key"


class RegisterError(TjdocsError):
    """A register that refuses an act: unknown, exhausted, or of another version."""

    code = "register"


@dataclass(frozen=True, slots=True)
class FieldError:
    """One field of an application that cannot be used.

    :param field: where it is, for example ``family_name`` or ``journey.until``
    :param message: the error
    :param hint: what would be right
    :param reason: a stable word, for example ``image-size``; empty for plain errors of form
    """

    field: str
    message: str
    hint: str = ""
    reason: str = ""

    def __str__(self) -> str:
        text = f"{self.field}: {self.message}"
        if self.reason:
            text += f" ({self.reason})"
        return f"{text}: {self.hint}" if self.hint else text

    def as_json(self) -> dict[str, str]:
        """Return it with the keys that the command line prints."""
        return {"field": self.field, "message": self.message, "hint": self.hint, "reason": self.reason}


def field_error(error: UsageError, field: str) -> FieldError:
    """Return another room's refusal as the error of a field."""
    return FieldError(field, error.message, error.hint)
