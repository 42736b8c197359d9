"""How PACE makes a new base from the nonce: generic and integrated mapping (Doc 9303-11, 4.4.3.3).

Chip authentication mapping maps as generic mapping does.
"""

from tjdocs.chip.cipher_suite import CipherSuite
from tjdocs.chip.groups import CurveGroup, Element, Group, GroupError, ModpGroup

__all__ = ["generic", "integrated", "nonce_size"]

_C128 = (
    bytes.fromhex("a668892a7c41e3ca739f40b057d85904"),
    bytes.fromhex("a4e136ac725f738b01c1f60217c188ad"),
)
_C256 = (
    bytes.fromhex("d463d65234124ef7897054986dca0a174e28df758cbaa03f240616414d5a1676"),
    bytes.fromhex("54bd7255f0aaf831bec3423fcf39d69b6cbf066677d0faae5aadd99df8e53517"),
)


def nonce_size(suite: CipherSuite) -> int:
    """Return how long the nonce of integrated mapping is in bytes; generic mapping takes any of whole blocks."""
    return 16 if suite.key_size == 16 else 32


def generic(group: Group, nonce: bytes, shared: Element) -> Element:
    """Return the base of generic mapping: the old base to the power of the nonce, combined with ``shared``.

    :param shared: what both sides agreed on with their mapping keys, a whole point on a curve
    :raises GroupError: the result is the neutral element
    """
    exponent = int.from_bytes(nonce, "big") % group.order
    return _checked(group, group.combine(group.power(group.base, exponent), shared))


def integrated(group: Group, suite: CipherSuite, nonce: bytes, other: bytes) -> Element:
    """Return the base of integrated mapping, made from both nonces alone.

    :param nonce: the chip's, which was sent encrypted
    :param other: the reader's, as long as a key
    :raises GroupError: the result may not be a base
    """
    number = pseudo_random(suite, nonce, other, group.prime)
    if isinstance(group, ModpGroup):
        return _checked(group, group.power(number, (group.prime - 1) // group.order))
    if not isinstance(group, CurveGroup):
        raise TypeError("not a group of Doc 9303-11")
    return _checked(group, encode_point(group, number))


def pseudo_random(suite: CipherSuite, nonce: bytes, other: bytes, prime: int) -> int:
    """Return R of Doc 9303-11, 4.4.3.3.2: a number that depends on both nonces."""
    size = nonce_size(suite)
    first, second = _C128 if size == 16 else _C256
    key = suite.encrypt(other, nonce)[: suite.key_size]
    parts = []
    for _ in range(-(-(prime.bit_length() + 64) // (8 * size))):
        parts.append(suite.encrypt(key, second))
        key = suite.encrypt(key, first)[: suite.key_size]
    return int.from_bytes(b"".join(parts), "big") % prime


def encode_point(group: CurveGroup, t: int) -> Element:
    """Return the point for the field element ``t`` (Doc 9303-11, appendix B, affine form; p is 3 modulo 4).

    :raises GroupError: the curve's prime does not allow it, or ``t`` has no point
    """
    p, a, b = group.curve.p, group.curve.a, group.curve.b
    if p % 4 != 3:
        raise GroupError("integrated mapping needs a prime that is 3 modulo 4")
    alpha = -t * t % p
    bottom = a * (alpha + alpha * alpha) % p
    if not bottom:
        raise GroupError("the field element has no point")
    x2 = -b * (1 + alpha + alpha * alpha) * pow(bottom, -1, p) % p
    x3 = alpha * x2 % p
    h2 = (x2 * x2 * x2 + a * x2 + b) % p
    u = pow(t, 3, p) * h2 % p
    # one power serves as square root and as test
    root = pow(h2, p - 1 - (p + 1) // 4, p)
    if root * root * h2 % p == 1:
        return group.point(x2, root * h2 % p)
    return group.point(x3, root * u % p)


def _checked(group: Group, element: Element) -> Element:
    neutral = group.neutral(element) if isinstance(group, CurveGroup) else element == 1
    if neutral:
        raise GroupError("neutral element")
    return element
