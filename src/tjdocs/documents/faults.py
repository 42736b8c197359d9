"""What makes an application unusable: every fault at once, each with its field, and never with the field's content."""

from collections.abc import Sequence
from dataclasses import dataclass

from tjdocs.errors import InputError, UsageError

__all__ = ["ApplicationError", "Fault", "refused"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault.

    :param field: where it is, for example ``family_name`` or ``journey.until``
    :param message: what is wrong
    :param hint: what would be right
    :param reason: a stable word, for example ``image-size``; empty for plain faults of form
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
        """Return the fault with the keys that the command line prints."""
        return {"field": self.field, "message": self.message, "hint": self.hint, "reason": self.reason}


def refused(error: UsageError, field: str) -> Fault:
    """Return another room's refusal as a fault of a field."""
    return Fault(field, error.message, error.hint)


class ApplicationError(InputError):
    """An application that cannot be used; ``faults`` holds every one that was found."""

    code = "application"

    def __init__(self, faults: Sequence[Fault]) -> None:
        fields = ", ".join(dict.fromkeys(fault.field for fault in faults))
        if len(faults) == 1:
            reason = f" ({faults[0].reason})" if faults[0].reason else ""
            super().__init__(faults[0].message + reason, where=fields, hint=faults[0].hint)
        else:
            hint = "; ".join(map(str, faults))
            super().__init__(f"{len(faults)} faults in the application", where=fields, hint=hint)
        self.faults = tuple(faults)
