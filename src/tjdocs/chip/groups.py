"""The groups in which chips agree on keys: MODP groups and elliptic curves (Doc 9303-11, 9.5).

``cryptography`` has neither the addition of points nor a base point of one's own, both of which PACE needs. Points come
from ``ecdsa``, numbers from Python. Neither computes in constant time; ``docs/security.md`` says where that is allowed.
"""

import secrets
from abc import ABC, abstractmethod
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec

from tjdocs import specs
from tjdocs.pki import curves

if TYPE_CHECKING:
    from ecdsa.ellipticcurve import CurveFp

__all__ = ["CurveGroup", "Element", "Group", "GroupError", "ModpGroup", "by_name", "by_parameter_id", "groups"]

Element = Any
"""A public key, or a base: a number of a MODP group, a point of a curve."""


class GroupError(ValueError):
    """Bytes that are not a public key of the group."""


class GroupRow(specs.Row, frozen=True):
    """A row of the file; large numbers are hexadecimal."""

    name: str = msgspec.field(name="id")
    parameter_id: int
    p: specs.Hex
    g: specs.Hex
    q: specs.Hex


class GroupFile(specs.Spec, frozen=True):
    """The form of ``specs/chip/groups.toml``."""

    group: tuple[GroupRow, ...]


class Group(ABC):
    """A group of prime order, with the way in which its elements are written."""

    name: str
    parameter_id: int
    order: int
    tag: int
    """Of a public value in a PACE token: ``0x84``, or ``0x86`` of a point (Doc 9303-11, 9.4)."""

    def private_key(self) -> int:
        """Return a random private key."""
        return secrets.randbelow(self.order - 1) + 1

    def public_key(self, private: int) -> Element:
        """Return the public key of a private one over the standard's base."""
        return self.power(self.base, private)

    @property
    @abstractmethod
    def base(self) -> Element:
        """The base that the standard names."""

    @property
    @abstractmethod
    def prime(self) -> int:
        """The prime of its field."""

    @abstractmethod
    def power(self, base: Element, exponent: int) -> Element:
        """Return ``base`` to the power of ``exponent``; of a point, its multiple."""

    @abstractmethod
    def combine(self, first: Element, second: Element) -> Element:
        """Return the product of two numbers, the sum of two points."""

    @abstractmethod
    def encode(self, element: Element) -> bytes:
        """Return a public key as it is sent."""

    @abstractmethod
    def decode(self, data: bytes) -> Element:
        """Return the public key in ``data``.

        :raises GroupError: it is off the curve or out of the subgroup, or the neutral element
        """

    @abstractmethod
    def secret(self, element: Element) -> bytes:
        """Return a shared secret as keys are derived from it: its number or x, as long as the prime."""

    @abstractmethod
    def token_value(self, element: Element) -> bytes:
        """Return a public key as PACE's tokens have it."""


class ModpGroup(Group):
    """A MODP group: numbers below a prime (RFC 5114)."""

    tag = 0x84

    def __init__(self, row: GroupRow) -> None:
        self.name, self.parameter_id = row.name, row.parameter_id
        self._p, self._g, self.order = (int(number, 16) for number in (row.p, row.g, row.q))
        self._size = (self._p.bit_length() + 7) // 8

    @property
    def base(self) -> int:
        """The generator that the standard names."""
        return self._g

    @property
    def prime(self) -> int:
        """The prime of its field."""
        return self._p

    def power(self, base: int, exponent: int) -> int:
        """Return ``base`` to the power of ``exponent``; of a point, its multiple."""
        return pow(base, exponent, self._p)

    def combine(self, first: int, second: int) -> int:
        """Return the product, or the sum of two points."""
        return first * second % self._p

    def encode(self, element: int) -> bytes:
        """Return a public key as it is sent."""
        return element.to_bytes(self._size, "big")

    def decode(self, data: bytes) -> int:
        """Return the public key in ``data``.

        :raises GroupError: the bytes are not one
        """
        # some chips drop zeros at the front, none adds any
        number = int.from_bytes(data, "big")
        if len(data) > self._size or not 1 < number < self._p - 1 or pow(number, self.order, self._p) != 1:
            raise GroupError("out of the subgroup")
        return number

    def secret(self, element: int) -> bytes:
        """Return a shared secret as keys are derived from it."""
        return element.to_bytes(self._size, "big")

    def token_value(self, element: int) -> bytes:
        """Return a public key as PACE's tokens have it."""
        return element.to_bytes((element.bit_length() + 7) // 8, "big")


class CurveGroup(Group):
    """An elliptic curve of cofactor 1; its elements are points of ``ecdsa``."""

    tag = 0x86

    def __init__(self, curve: curves.Curve) -> None:
        self.name, self.parameter_id, self.curve, self.order = curve.name, curve.parameter_id, curve, curve.n
        self._size = curve.field_bytes

    @property
    def base(self) -> Element:
        """The generator that the standard names."""
        return self.point(self.curve.gx, self.curve.gy)

    @property
    def prime(self) -> int:
        """The prime of its field."""
        return self.curve.p

    def point(self, x: int, y: int) -> Element:
        """Return the point with these coordinates.

        :raises GroupError: it is not on the curve
        """
        from ecdsa.ellipticcurve import PointJacobi

        if not (0 <= x < self.curve.p and 0 <= y < self.curve.p and self._equation().contains_point(x, y)):
            raise GroupError("not on the curve")
        return PointJacobi(self._equation(), x, y, 1, self.curve.n)

    def public_key(self, private: int) -> Element:
        """Return the public key of a private one, in constant time where ``cryptography`` has the curve."""
        if self.curve.backend != "cryptography":
            return self.power(self.base, private)
        numbers = ec.derive_private_key(private, self.curve.library_curve).public_key().public_numbers()
        return self.point(numbers.x, numbers.y)

    @cache  # noqa: B019  # the groups live as long as the process
    def _equation(self) -> "CurveFp":
        from ecdsa.ellipticcurve import CurveFp

        return CurveFp(self.curve.p, self.curve.a, self.curve.b, self.curve.h)

    def power(self, base: Element, exponent: int) -> Element:
        """Return ``base`` to the power of ``exponent``; of a point, its multiple."""
        return base * exponent

    def combine(self, first: Element, second: Element) -> Element:
        """Return the product, or the sum of two points."""
        return first + second

    def encode(self, element: Element) -> bytes:
        """Return a public key as it is sent."""
        return b"\x04" + self._octets(element.x()) + self._octets(element.y())

    def decode(self, data: bytes) -> Element:
        """Return the public key in ``data``.

        :raises GroupError: the bytes are not one
        """
        if len(data) != 1 + 2 * self._size or data[0] != 4:
            raise GroupError("not an uncompressed point")
        numbers = (int.from_bytes(part, "big") for part in (data[1 : 1 + self._size], data[1 + self._size :]))
        return self.point(*numbers)

    def secret(self, element: Element) -> bytes:
        """Return a shared secret as keys are derived from it."""
        return self._octets(element.x())

    def token_value(self, element: Element) -> bytes:
        """Return a public key as PACE's tokens have it."""
        return self.encode(element)

    def neutral(self, element: Element) -> bool:
        """Whether an element is the point at infinity."""
        from ecdsa.ellipticcurve import INFINITY

        return bool(element == INFINITY)

    def _octets(self, number: int) -> bytes:
        return int(number).to_bytes(self._size, "big")


@cache
def _groups() -> Mapping[int, Group]:
    rows = specs.load("chip/groups.toml", GroupFile).group
    numbered: dict[int, Group] = {row.parameter_id: ModpGroup(row) for row in rows}
    return numbered | {curve.parameter_id: CurveGroup(curve) for curve in curves.table().values()}


def groups() -> tuple[Group, ...]:
    """Return every group of the standardised domain parameters."""
    return tuple(_groups().values())


def by_name(name: str) -> Group | None:
    """Return the group ``name``, as ``secp256r1`` or ``modp-2048-256``, None for an unknown one."""
    return next((group for group in groups() if group.name == name), None)


def by_parameter_id(number: int) -> Group | None:
    """Return the group of the standardised domain parameters ``number``, None for a reserved one."""
    return _groups().get(number)
