"""The authority of a State: its CSCA, signers and CRLs."""
