"""How many signatures are verified for one input, so that nobody can make a reader compute without end."""

from dataclasses import dataclass

from tjdocs.pki.keys import PublicKey

__all__ = ["Attempts"]


@dataclass(slots=True)
class Attempts:
    """A bound that the verifications for one document, list or search share.

    :param left: how many may still be made
    :param slow: how many of them with keys that OpenSSL refuses to compute with, a fifth of a second each
    """

    left: int
    slow: int = 2

    def take(self, key: PublicKey) -> bool:
        """Whether one more verification with ``key`` may be made; if so it is counted."""
        if self.left <= 0 or (key.slow and self.slow <= 0):
            return False
        self.left -= 1
        self.slow -= key.slow
        return True
