"""Blanks of strict accountability, documents, decisions, officers, and a log in which no change stays unseen."""

from tjdocs.register.decisions import PersonDecision
from tjdocs.register.holders import Holder
from tjdocs.register.issued_documents import Dossier
from tjdocs.register.issuing import Reservation
from tjdocs.register.number_ranges import number_pattern
from tjdocs.register.officer_keys import KeyRequest, OfficerKey, OfficerSigner
from tjdocs.register.orders import Order
from tjdocs.register.records import AuditReport, Blank, Document
from tjdocs.register.register import Register
from tjdocs.register.register_keys import DataKey, Keys
from tjdocs.register.run_migrations import migrate

__all__ = [
    "AuditReport",
    "Blank",
    "DataKey",
    "Document",
    "Dossier",
    "Holder",
    "KeyRequest",
    "Keys",
    "OfficerKey",
    "OfficerSigner",
    "Order",
    "PersonDecision",
    "Register",
    "Reservation",
    "migrate",
    "number_pattern",
]
