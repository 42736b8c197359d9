"""The ledger of blanks and documents, and lists."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tjdocs.register.ledger import Document, Register

__all__ = ["Document", "Register"]


def __getattr__(name: str) -> Any:
    # the ledger brings the database library with it, for which no reader of lists should wait
    if name in __all__:
        from tjdocs.register import ledger

        return getattr(ledger, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
