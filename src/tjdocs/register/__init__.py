"""The ledger of blanks and documents."""

from tjdocs.register.ledger import Document, Register

__all__ = ["Document", "Register"]
