"""An append-only log that anybody can verify: entries, a Merkle tree, checkpoints, proofs (RFC 9162)."""
