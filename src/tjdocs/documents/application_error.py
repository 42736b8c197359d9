"""The refusal of an application: every field error at once, each with its field, and never with the field's content."""

from collections.abc import Sequence

from tjdocs.errors import FieldError, InputError

__all__ = ["ApplicationError"]


class ApplicationError(InputError):
    """An application that cannot be used; ``faults`` holds every one that was found."""

    code = "application"

    def __init__(self, faults: Sequence[FieldError]) -> None:
        fields = ", ".join(dict.fromkeys(fault.field for fault in faults))
        if len(faults) == 1:
            reason = f" ({faults[0].reason})" if faults[0].reason else ""
            super().__init__(faults[0].message + reason, where=fields, hint=faults[0].hint)
        else:
            hint = "; ".join(map(str, faults))
            super().__init__(f"{len(faults)} faults in the application", where=fields, hint=hint)
        self.faults = tuple(faults)
