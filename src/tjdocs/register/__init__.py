"""Blanks of strict accountability, documents, decisions, and a log in which no change stays unseen."""

from tjdocs.register.checkpoint import Checkpoint, LogSigner, Verifier
from tjdocs.register.decisions import Decision
from tjdocs.register.documents import Known
from tjdocs.register.keys import DataKey, Keys
from tjdocs.register.log import append_head, read_heads
from tjdocs.register.migrating import migrate
from tjdocs.register.people import Person
from tjdocs.register.proofs import ConsistencyProof, InclusionProof, read_proof
from tjdocs.register.ranges import pattern_of
from tjdocs.register.register import Register
from tjdocs.register.values import Audit, Blank, Document, Problem, Resumed

__all__ = [
    "Audit",
    "Blank",
    "Checkpoint",
    "ConsistencyProof",
    "DataKey",
    "Decision",
    "Document",
    "InclusionProof",
    "Keys",
    "Known",
    "LogSigner",
    "Person",
    "Problem",
    "Register",
    "Resumed",
    "Verifier",
    "append_head",
    "migrate",
    "pattern_of",
    "read_heads",
    "read_proof",
]
