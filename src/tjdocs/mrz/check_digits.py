"""Check digits: weights 7, 3, 1 over values 0 to 35, modulo 10 (Doc 9303-3, 4.9)."""

from tjdocs.errors import UsageError

__all__ = ["check_digit"]

ALPHABET = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ<"

# Value modulo 10 of each byte: digits 0 to 9, letters 10 to 35, the filler (and whatever else) 0.
VALUES = bytes(max(ALPHABET.find(bytes([byte])), 0) % 36 % 10 for byte in range(256))


def check_digit(text: str) -> str:
    """Return the check digit over ``text``.

    >>> check_digit("520727")
    '3'

    :raises UsageError: a character outside of the MRZ's alphabet
    """
    raw = text.encode("ascii", "replace")
    if raw.translate(None, ALPHABET):
        raise UsageError("a character outside of the MRZ's alphabet", where="text", hint="A to Z, 0 to 9 and <")
    # Longer than a zone: the sums below would no longer fit into their bytes.
    return str(sum(weigh(raw[start : start + 60].translate(VALUES)) for start in range(0, len(raw), 60)) % 10)


def weigh(values: bytes | bytearray) -> int:
    """Return the check digit, as a number, over at most 84 values, each already modulo 10.

    The values are taken as the digits of a number to the base 256. Modulo 256³ - 1 every third digit adds up
    in one place (256³ is 1 there), which leaves three sums, one a weight, in three bytes.
    """
    sums = int.from_bytes(values, "little") % 0xFFFFFF
    return (7 * (sums & 255) + 3 * (sums >> 8 & 255) + (sums >> 16)) % 10


def digit_over(text: str) -> str:
    """Return the check digit over the characters of a zone."""
    return str(weigh(text.encode().translate(VALUES)))
