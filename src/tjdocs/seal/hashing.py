"""Which signature algorithm a key signs seals with: the curve's order decides (Doc 9303-13, 2.4)."""

from functools import cache

from tjdocs.pki import algorithms
from tjdocs.pki.algorithms import Signature
from tjdocs.pki.public_key import PublicKey
from tjdocs.seal import coding_file

__all__ = ["algorithm_of"]


@cache
def _hashes() -> tuple[tuple[int, Signature], ...]:
    rows = [(row.order_bits, algorithms.signature_by_id(row.signature)) for row in coding_file.tables().hash]
    return tuple(sorted(rows, key=lambda row: row[0]))


def algorithm_of(key: PublicKey) -> Signature | None:
    """Return the algorithm (r and s joined) of an EC key; None for another key, or an order that has no hash."""
    if key.curve is None:
        return None
    bits = key.curve.n.bit_length()
    return next((signature for limit, signature in _hashes() if bits <= limit), None)
