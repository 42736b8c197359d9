"""Dates as a seal writes them: the number MMDDYYYY in three bytes (Doc 9303-13, 2.3.1)."""

from datetime import date

__all__ = ["SIZE", "decode", "encode"]

SIZE = 3


def encode(day: date) -> bytes:
    """Return a day as three bytes."""
    return (day.month * 1_000_000 + day.day * 10_000 + day.year).to_bytes(SIZE, "big")


def decode(data: bytes) -> date | None:
    """Return the day that three bytes stand for, None when there is no such day."""
    number = int.from_bytes(data, "big")
    try:
        return date(number % 10_000, number // 1_000_000, number // 10_000 % 100)
    except ValueError:
        return None
