"""How long a card makes a reader wait after wrong passwords, so that nobody guesses them in a night."""

__all__ = ["GuessDelay"]

_FREE = 1  # a mistyped digit costs nothing
_FIRST = 0.5
_MOST = 16.0  # a reader at the border must still be served


class GuessDelay:
    """The wrong passwords since the last right one.

    The numbers are chosen. The second mistake in a row costs half a second, and each further one twice as much, up to
    sixteen seconds. Six digits are then guessed in three months, on average.
    """

    def __init__(self) -> None:
        self._wrong = 0

    @property
    def seconds(self) -> float:
        """The time before the next password is judged."""
        return min(_FIRST * 2.0 ** (self._wrong - _FREE - 1), _MOST) if self._wrong > _FREE else 0.0

    def wrong(self) -> None:
        """Count a wrong password."""
        self._wrong = min(self._wrong + 1, 64)

    def right(self) -> None:
        """Forget the wrong ones."""
        self._wrong = 0
