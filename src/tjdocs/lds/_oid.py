"""Object identifiers as dotted text (ITU-T X.690, 8.19)."""

__all__ = ["oid_text"]

_MAX_BYTES = 64


def oid_text(content: bytes) -> str | None:
    """Return the dotted form of an OBJECT IDENTIFIER's content; None when it is invalid or longer than 64 bytes."""
    if not content or len(content) > _MAX_BYTES or content[-1] & 0x80:
        return None
    arcs: list[int] = []
    arc = 0
    fresh = True
    for byte in content:
        if fresh and byte == 0x80:  # a leading zero: not the shortest form
            return None
        arc = arc << 7 | byte & 0x7F
        fresh = not byte & 0x80
        if fresh:
            arcs.append(arc)
            arc = 0
    first = min(arcs[0] // 40, 2)
    return ".".join(map(str, (first, arcs[0] - 40 * first, *arcs[1:])))
