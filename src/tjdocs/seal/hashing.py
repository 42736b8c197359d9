"""Which signature algorithm a key signs seals with: the curve's order decides (Doc 9303-13, 2.4)."""

from functools import cache

from tjdocs import specs
from tjdocs.pki import algorithms
from tjdocs.pki.algorithms import Signature
from tjdocs.pki.public_key import PublicKey

__all__ = ["algorithm_of"]

_FILE = "seals/coding.toml"


@cache
def _hashes() -> tuple[tuple[int, Signature], ...]:
    table = specs.read_toml(_FILE)
    specs.require_keys(table, ["schema", "hash", "symbology"], where=f"specs/{_FILE}")
    rows = []
    for row in table["hash"]:
        specs.require_keys(row, ["order_bits", "signature"], where=f"specs/{_FILE} hash")
        rows.append((row["order_bits"], algorithms.signature_by_id(row["signature"])))
    return tuple(sorted(rows, key=lambda row: row[0]))


def algorithm_of(key: PublicKey) -> Signature | None:
    """Return the algorithm (r and s joined) of an EC key; None for another key, or an order that has no hash."""
    if key.curve is None:
        return None
    bits = key.curve.n.bit_length()
    return next((signature for limit, signature in _hashes() if bits <= limit), None)
