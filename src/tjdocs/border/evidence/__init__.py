"""Evidence archives (complete, signed) and inspection records (minimal, deletable)."""
