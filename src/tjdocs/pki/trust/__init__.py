"""Trust: certificates and their sources, the policy over them, lists, revocation, the law of signers."""
