"""Blanks of strict accountability, documents, decisions, officers, and a log in which no change stays unseen."""

from tjdocs.auditlog.checkpoint import Checkpoint, LogSigner, Verifier
from tjdocs.auditlog.proofs import ConsistencyProof, InclusionProof, read_proof
from tjdocs.register.belonging import Csca
from tjdocs.register.decisions import Decision
from tjdocs.register.find_holders import Held, Search
from tjdocs.register.holders import Person
from tjdocs.register.issued_documents import Dossier
from tjdocs.register.issuing import Reservation
from tjdocs.register.number_ranges import pattern_of
from tjdocs.register.officer_keys import KeyRequest, OfficerKey, OfficerSigner
from tjdocs.register.orders import Order
from tjdocs.register.records import Audit, Blank, Document, Problem, Resumed
from tjdocs.register.register import Register
from tjdocs.register.register_keys import DataKey, Keys
from tjdocs.register.register_log import append_head, read_heads
from tjdocs.register.run_migrations import migrate

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
    "Reservation",
    "Resumed",
    "Search",
    "Verifier",
    "append_head",
    "migrate",
    "pattern_of",
    "read_heads",
    "read_proof",
]
