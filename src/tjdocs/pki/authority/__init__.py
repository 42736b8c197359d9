"""The authority of a State: its CSCA, its signers, its CRLs."""
