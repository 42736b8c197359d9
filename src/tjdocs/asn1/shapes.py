"""Bytes of a structure met before, the same but for what stands in some of its primitive elements.

Tags and lengths alone decide how DER is read; what stands in an octet string decides nothing. Bytes that agree with
others, already read, in all but the contents of such elements are read as those were, by one comparison.
"""

from collections.abc import Iterable
from struct import Struct

__all__ = ["Shape"]


class Shape:
    """Bytes of one length with holes, whose contents are not kept.

    :param data: the bytes
    :param holes: where each begins and ends; in order, none over another
    """

    __slots__ = ("_cut", "_fixed", "size")

    def __init__(self, data: bytes, holes: Iterable[tuple[int, int]]) -> None:
        form, last = "", 0
        for start, end in holes:
            form += f"{start - last}s{end - start}s"
            last = end
        self.size = len(data)
        self._cut = Struct(f"{form}{len(data) - last}s")
        self._fixed = self._cut.unpack(data)[::2]

    def match(self, data: bytes) -> tuple[bytes, ...] | None:
        """Return what ``data`` has in the holes, None when it differs anywhere else."""
        if len(data) != self.size:
            return None
        found = self._cut.unpack(data)
        return found[1::2] if found[::2] == self._fixed else None
