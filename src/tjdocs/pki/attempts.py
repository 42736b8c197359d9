"""How many signatures are verified for one input, and at what cost: nobody can make a reader compute without end."""

from dataclasses import dataclass

from tjdocs import limits
from tjdocs.pki.public_key import PublicKey

__all__ = ["Attempts"]

COST = limits.ATTEMPTS_COST


@dataclass(slots=True)
class Attempts:
    """A bound that the verifications for one document, list or search share.

    :param left: how many may still be made
    :param cost: what they may cost together, in milliseconds of one processor: a key of a curve that OpenSSL lacks
        costs fifty times as much as one of P-256, and one with which OpenSSL refuses to compute, two thousand times
    :param above: a bound of which this one is a part: what is taken here is taken there too
    """

    left: int
    cost: float = COST
    above: "Attempts | None" = None

    def take(self, key: PublicKey) -> bool:
        """Whether one more verification with ``key`` may be made; if so it is counted."""
        cost = key.cost
        if self.left <= 0 or cost > self.cost or (self.above is not None and not self.above.take(key)):
            return False
        self.left -= 1
        self.cost -= cost
        return True
