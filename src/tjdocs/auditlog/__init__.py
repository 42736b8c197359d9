"""An append-only log that anybody can verify: entries, a Merkle tree, checkpoints, proofs (RFC 9162)."""

from tjdocs.auditlog.checkpoint import Checkpoint, LogSigner, LogVerifier, append_checkpoint, read_checkpoints
from tjdocs.auditlog.proofs import ConsistencyProof, InclusionProof, read_proof

__all__ = [
    "Checkpoint",
    "ConsistencyProof",
    "InclusionProof",
    "LogSigner",
    "LogVerifier",
    "append_checkpoint",
    "read_checkpoints",
    "read_proof",
]
