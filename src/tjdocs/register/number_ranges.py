"""Series, numbers and ranges: ten million blanks are one range, whatever happens to a few of them."""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from tjdocs.documents.number_pattern import Pattern
from tjdocs.errors import UsageError

__all__ = ["Runs", "Span", "Stock", "differences", "number_pattern", "read_range"]

_NUMBER = re.compile(r"[A-Z0-9]{1,17}")


def read_range(text: str) -> tuple[str, str]:
    """Read ``A-B`` or one number; the two ends, not yet looked up.

    :raises UsageError: it is neither
    """
    first, _, last = text.partition("-") if isinstance(text, str) else ("", "", "")
    last = last or first
    if not _NUMBER.fullmatch(first) or not _NUMBER.fullmatch(last):
        raise UsageError("not a number or range", where="number", hint="a number, or FIRST-LAST")
    return first, last


def number_pattern(text: str) -> str:
    """Return the pattern of a range's numbers: letters, then all its digits at the end (at most nine).

    :raises UsageError: the two ends differ in form, or not a range
    """
    ends = [re.fullmatch(r"([A-Z0-9]*?)([0-9]{1,9})", number) for number in read_range(text)]
    forms = {(match[1], len(match[2])) for match in ends if match}
    if None in ends or len(forms) != 1:
        raise UsageError("numbers of two forms", where="number", hint="FIRST-LAST of one series")
    prefix, width = forms.pop()
    return Pattern(prefix, width).text


@dataclass(frozen=True, slots=True)
class Span:
    """Blanks of one series that share a state, an office and the moment of their last act.

    :param to: where they were sent, for those on their way
    :param since: UTC
    """

    first: int
    last: int
    state: str
    office: str
    to: str = ""
    since: str = ""

    def __len__(self) -> int:
        return self.last - self.first + 1

    def joins(self, other: "Span") -> bool:
        """Whether ``other`` follows at once and differs in nothing but its numbers."""
        return self.last + 1 == other.first and self.same(other)

    def same(self, other: "Span") -> bool:
        """Whether both say the same of their blanks."""
        own, another = (
            (self.state, self.office, self.to, self.since),
            (other.state, other.office, other.to, other.since),
        )
        return own == another

    def cut(self, first: int, last: int) -> "Span":
        """Return the same for other numbers."""
        return replace(self, first=first, last=last)


class Stock:
    """The spans of one series in order, none overlapping: the model that an audit replays the log into."""

    def __init__(self, spans: Iterable[Span] = ()) -> None:
        self._spans = sorted(spans, key=lambda span: span.first)

    def __iter__(self) -> Iterator[Span]:
        return iter(self._spans)

    def cover(self, first: int, last: int) -> list[Span]:
        """Return the parts of spans that lie in the range."""
        place = bisect_right(self._spans, first, key=lambda span: span.first) - 1
        pairs = []
        for span in self._spans[max(place, 0) :]:
            if span.first > last:
                break
            if span.last >= first:
                low, high = max(first, span.first), min(last, span.last)
                pairs.append(span.cut(low, high))
        return pairs

    def covers(self, first: int, last: int) -> bool:
        """Whether every number of the range is in a span."""
        return sum(map(len, self.cover(first, last))) == last - first + 1

    def put(self, new: Span | None, first: int, last: int) -> None:
        """Replace all spans in the range by ``new``, or by nothing."""
        low = max(bisect_right(self._spans, first, key=lambda span: span.first) - 1, 0)
        high = bisect_right(self._spans, last, key=lambda span: span.first)
        pieces: list[Span] = []
        for span in self._spans[low:high]:
            if span.last < first or span.first > last:
                pieces.append(span)
                continue
            if span.first < first:
                pieces.append(span.cut(span.first, first - 1))
            if span.last > last:
                pieces.append(span.cut(last + 1, span.last))
        if new is not None:
            pieces.append(new)
        pieces.sort(key=lambda span: span.first)
        self._spans[low:high] = pieces

    def merged(self) -> list[Span]:
        """Return the spans with neighbours that say the same put together."""
        pieces: list[Span] = []
        for span in self._spans:
            if pieces and pieces[-1].joins(span):
                before = pieces.pop()
                span = span.cut(before.first, span.last)
            pieces.append(span)
        return pieces

    def overlaps(self) -> list[tuple[Span, Span]]:
        """Return neighbours that share a number: none in a sound register."""
        return [(a, b) for a, b in pairwise(self._spans) if a.last >= b.first]


def differences(ours: Iterable[Span], theirs: Iterable[Span]) -> Iterator[tuple[int, int, Span | None, Span | None]]:
    """Yield the stretches in which two lists of spans do not say the same: first, last, ours, theirs."""
    left, right = list(ours), list(theirs)
    edges = sorted({edge for span in (*left, *right) for edge in (span.first, span.last + 1)})
    a, b = Stock(left), Stock(right)
    for low, high in pairwise(edges):
        one, other = a.cover(low, high - 1), b.cover(low, high - 1)
        mine, yours = (one[0] if one else None), (other[0] if other else None)
        if (mine is None) != (yours is None) or (mine is not None and yours is not None and not mine.same(yours)):
            yield low, high - 1, mine, yours


class Runs:
    """Numbers joined to runs without a gap, in any order."""

    def __init__(self) -> None:
        self._runs: dict[tuple[int, str, str], list[list[int]]] = defaultdict(list)

    def of(self, key: tuple[int, str, str]) -> list[list[int]]:
        """Return the runs of a series, office and document type, for :meth:`join`."""
        return self._runs[key]

    @staticmethod
    def join(runs: list[list[int]], number: int) -> None:
        """Put a number to runs."""
        if runs and runs[-1][1] + 1 == number:
            runs[-1][1] = number
        else:
            runs.append([number, number])

    def spans(self) -> Iterator[tuple[int, str, str, int, int]]:
        """Yield the runs: series, office, document type, first, last."""
        for (series, office, kind), runs in self._runs.items():
            if not runs:
                continue
            runs.sort()
            first, last = runs[0]
            for low, high in runs[1:]:
                if low > last + 1:
                    yield series, office, kind, first, last
                    first = low
                last = max(last, high)
            yield series, office, kind, first, last
