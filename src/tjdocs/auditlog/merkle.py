"""The Merkle tree of RFC 9162, 2.1: hashes, heads, inclusion and consistency proofs. Values in, values out."""

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256

__all__ = [
    "Frontier",
    "consistency_path",
    "inclusion_path",
    "leaf_hash",
    "node_hash",
    "verify_consistency",
    "verify_inclusion",
]

EMPTY = sha256(b"").digest()
Subtree = Callable[[int, int], bytes]


def leaf_hash(leaf: bytes) -> bytes:
    """Return the hash of an entry (RFC 9162, 2.1.1)."""
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of a node over its two children."""
    return sha256(b"\x01" + left + right).digest()


class Frontier:
    """The right edge of a growing tree: the perfect subtrees that its size is the sum of, the largest first."""

    __slots__ = ("hashes", "size")

    def __init__(self, size: int = 0, hashes: Iterable[bytes] = ()) -> None:
        self.size = size
        self.hashes = list(hashes)

    def add(self, hash_: bytes, weight: int = 1) -> None:
        """Append a leaf's hash, or the root of a perfect subtree of ``weight`` leaves at a place that fits one."""
        size = self.size
        hashes = self.hashes
        place = weight
        while size & place:
            hash_ = sha256(b"\x01" + hashes.pop() + hash_).digest()
            place <<= 1
        hashes.append(hash_)
        self.size = size + weight

    @property
    def root(self) -> bytes:
        """The head's hash: of nothing for an empty tree."""
        if not self.hashes:
            return EMPTY
        root = self.hashes[-1]
        for hash_ in reversed(self.hashes[:-1]):
            root = node_hash(hash_, root)
        return root


def root_of(hashes: Sequence[bytes]) -> bytes:
    """Return the root over leaf hashes."""
    level = list(hashes)
    while len(level) > 1:
        last = level[-1:] if len(level) % 2 else []
        level = [sha256(b"\1" + a + b).digest() for a, b in zip(level[::2], level[1::2], strict=False)] + last
    return level[0] if level else EMPTY


def inclusion_path(index: int, size: int, subtree: Subtree) -> list[bytes]:
    """Return the path that proves entry ``index`` in a tree of ``size`` (RFC 9162, 2.1.3.1).

    :param subtree: gives the root over the entries from its first argument up to its second
    """
    path: list[bytes] = []
    low, high = 0, size
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            path.append(subtree(middle, high))
            high = middle
        else:
            path.append(subtree(low, middle))
            low = middle
    return path[::-1]


def consistency_path(old: int, size: int, subtree: Subtree) -> list[bytes]:
    """Return the path that proves that the tree of ``size`` begins with that of ``old`` (RFC 9162, 2.1.4.1)."""
    path: list[bytes] = []
    low, high, complete = 0, size, True
    while old < high:
        middle = low + _split(high - low)
        if old <= middle:
            path.append(subtree(middle, high))
            high = middle
        else:
            path.append(subtree(low, middle))
            low, complete = middle, False
    if not complete:
        path.append(subtree(low, high))
    return path[::-1]


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Return whether the path leads from the entry to the root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    fn, sn, node = index, size - 1, leaf_hash(leaf)
    for step in path:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            node = node_hash(step, node)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            node = node_hash(node, step)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and node == root


def verify_consistency(old: int, size: int, path: Sequence[bytes], old_root: bytes, root: bytes) -> bool:
    """Return whether the path proves that the newer tree begins with the older (RFC 9162, 2.1.4.2)."""
    if not 0 <= old <= size:
        return False
    if old in (0, size):
        return not path and (old_root == EMPTY if old == 0 else old_root == root)
    steps = list(path)
    if old & (old - 1) == 0:
        steps.insert(0, old_root)
    if not steps:
        return False
    fn, sn = old - 1, size - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    before = after = steps[0]
    for step in steps[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            before, after = node_hash(step, before), node_hash(step, after)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            after = node_hash(after, step)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and before == old_root and after == root


def _split(size: int) -> int:
    """Return the largest power of two below ``size``."""
    return 1 << ((size - 1).bit_length() - 1)
