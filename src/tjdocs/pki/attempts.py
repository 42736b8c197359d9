"""Bounds on the signatures verified for one input, so that nobody can make a reader compute without end."""

from dataclasses import dataclass

from tjdocs import limits
from tjdocs.pki.public_key import PublicKey

__all__ = ["Attempts"]

COST = limits.ATTEMPTS_COST


@dataclass(slots=True)
class Attempts:
    """A bound that the verifications for one document, master list or search share.

    :param left: number of verifications that may still be made
    :param cost: their cost together, in milliseconds of one processor. A key of a curve that OpenSSL lacks costs fifty
        times as much as one of P-256; a key with which OpenSSL refuses to compute, two thousand times as much
    :param above: the bound of which this one is a part, and which counts each verification too
    """

    left: int
    cost: float = COST
    above: "Attempts | None" = None

    def take(self, key: PublicKey) -> bool:
        """Count one more verification with ``key`` and return True; False where it may not be made."""
        cost = key.cost
        if self.left <= 0 or cost > self.cost or (self.above is not None and not self.above.take(key)):
            return False
        self.left -= 1
        self.cost -= cost
        return True
