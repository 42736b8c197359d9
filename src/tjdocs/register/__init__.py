"""Blanks of strict accountability, documents, decisions, lists, and a log in which no change stays unseen."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tjdocs.auditlog.checkpoint import Checkpoint, LogSigner, Verifier
    from tjdocs.auditlog.proofs import ConsistencyProof, InclusionProof, read_proof
    from tjdocs.register.belonging import Csca
    from tjdocs.register.decisions import Decision
    from tjdocs.register.find_holders import Held, Search
    from tjdocs.register.holders import Person
    from tjdocs.register.issued_documents import Dossier
    from tjdocs.register.number_ranges import pattern_of
    from tjdocs.register.officer_keys import KeyRequest, OfficerKey, OfficerSigner
    from tjdocs.register.orders import Order
    from tjdocs.register.records import Audit, Blank, Document, Problem, Resumed
    from tjdocs.register.register import Register
    from tjdocs.register.register_keys import DataKey, Keys
    from tjdocs.register.register_log import append_head, read_heads
    from tjdocs.register.run_migrations import migrate

_PLACES = {
    "belonging": ("Csca",),
    "checkpoint": ("Checkpoint", "LogSigner", "Verifier"),
    "decisions": ("Decision",),
    "documents": ("Dossier",),
    "finding": ("Held", "Search"),
    "keys": ("DataKey", "Keys"),
    "log": ("append_head", "read_heads"),
    "migrating": ("migrate",),
    "officer_keys": ("KeyRequest", "OfficerKey", "OfficerSigner"),
    "orders": ("Order",),
    "people": ("Person",),
    "proofs": ("ConsistencyProof", "InclusionProof", "read_proof"),
    "ranges": ("pattern_of",),
    "register": ("Register",),
    "values": ("Audit", "Blank", "Document", "Problem", "Resumed"),
}

__all__ = [
    "Audit",
    "Blank",
    "Checkpoint",
    "ConsistencyProof",
    "Csca",
    "DataKey",
    "Decision",
    "Document",
    "Dossier",
    "Held",
    "InclusionProof",
    "KeyRequest",
    "Keys",
    "LogSigner",
    "OfficerKey",
    "OfficerSigner",
    "Order",
    "Person",
    "Problem",
    "Register",
    "Resumed",
    "Search",
    "Verifier",
    "append_head",
    "migrate",
    "pattern_of",
    "read_heads",
    "read_proof",
]


def __getattr__(name: str) -> Any:
    # the register brings the database library with it, for which no reader of lists should wait
    for place, names in _PLACES.items():
        if name in names:
            return getattr(import_module(f"tjdocs.register.{place}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
