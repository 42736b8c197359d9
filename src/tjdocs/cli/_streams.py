"""Process many items of a stream by worker processes, in order and in bounded memory."""

import os
import select
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Any, BinaryIO, TypeVar

from tjdocs.cli import _terminal

__all__ = ["Lane", "blocks", "bytes_read", "in_order", "progress"]

_READ = 1 << 18
_CHUNK = 2000
_STEP = 100  # items before the first line of progress
_LINES = 20  # of progress, when the total is known
_MOMENT = 0.01  # seconds
Item = TypeVar("Item")
Result = TypeVar("Result")


def blocks(source: BinaryIO, *, limit: int) -> Iterator[list[bytes]]:
    """Yield lists of blocks of lines, separated by blank lines. A list is full, or ends where the writer pauses.

    An empty list means that the writer pauses: results so far should be written out.

    :param limit: bytes of a block that are used; further ones are ignored
    """
    complete: list[bytes] = []
    block: list[bytes] = []
    size, tail, cut = 0, b"", False
    read = getattr(source, "read1", source.read)
    while data := read(_READ):
        *lines, tail = (tail + data).split(b"\n")
        for line in lines:
            if cut:
                cut = False  # the end of a line whose beginning is in the block
            elif line.strip():
                if size <= limit:
                    block.append(line[:limit])
                    size += len(line)
            elif block:
                complete.append(b"\n".join(block))
                block, size = [], 0
        if len(tail) > limit:
            if not cut and size <= limit:
                block.append(tail[:limit])
                size += len(tail)
            tail, cut = b"", True
        while len(complete) >= _CHUNK:
            yield complete[:_CHUNK]
            complete = complete[_CHUNK:]
        if not _more(source):
            if complete:
                yield complete
                complete = []
            yield []
    if tail.strip() and not cut and size <= limit:
        block.append(tail)
    if block:
        complete.append(b"\n".join(block))
    if complete:
        yield complete


def _more(source: BinaryIO) -> bool:
    """Whether there is more to read within a moment: a pipe is empty after each reading."""
    try:
        return bool(select.select([source], [], [], _MOMENT)[0])
    except (OSError, ValueError):
        return False


class Lane:
    """Lines of a stream until its end, SIGTERM, SIGINT, or until nobody reads the answers any more.

    A signal never interrupts an answer. The second one has its usual effect.

    :param source: the file descriptor of the lines
    :param sink: that of the answers
    """

    def __init__(self, source: int, sink: int) -> None:
        self._source, self._sink = source, sink
        self._buffer, self._looked = bytearray(), 0
        self._ended = self._stopped = False
        self._before: dict[int, Any] = {}
        self._poll = select.poll()

    def __enter__(self) -> "Lane":
        # a signal writes a byte into the pipe, which ends the waiting
        self._wake, self._waker = os.pipe()
        os.set_blocking(self._waker, False)
        self._wakeup = signal.set_wakeup_fd(self._waker, warn_on_full_buffer=False)
        self._before = {number: signal.signal(number, self._stop) for number in (signal.SIGTERM, signal.SIGINT)}
        self._poll.register(self._source, select.POLLIN)
        self._poll.register(self._wake, select.POLLIN)
        self._poll.register(self._sink, 0)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._restore()
        signal.set_wakeup_fd(self._wakeup)
        os.close(self._wake)
        os.close(self._waker)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self._stopped = True
        self._restore()

    def _restore(self) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def readline(self, limit: int, /) -> bytes:
        """Return the next line, or so many bytes of it; nothing at the end."""
        while True:
            end = self._buffer.find(b"\n", self._looked) + 1
            self._looked = len(self._buffer)
            if not (end or self._ended or len(self._buffer) >= limit):
                self._fill()
            elif self._is_over():
                return b""
            else:
                size = min(end or len(self._buffer), limit)
                line = bytes(self._buffer[:size])
                del self._buffer[:size]
                self._looked = 0
                return line
            if self._stopped:
                return b""

    def _is_over(self) -> bool:
        """Whether a line must not be judged any more: its answer would reach nobody."""
        gone = any(place == self._sink and event & _GONE for place, event in self._poll.poll(0))
        return gone or self._stopped

    def _fill(self) -> None:
        events = dict(self._poll.poll())
        if self._wake in events:
            os.read(self._wake, _READ)
        if events.get(self._sink, 0) & _GONE:
            self._stopped = True
        elif self._source in events:
            data = os.read(self._source, _PIPE)
            self._buffer += data
            self._ended = not data


_PIPE = 1 << 16  # bytes that a pipe holds at once
_GONE = select.POLLERR | select.POLLHUP | select.POLLNVAL


def in_order(
    function: Callable[[list[Item]], list[Result]], chunks: Iterable[list[Item]], *, workers: int | None = None
) -> Iterator[Result]:
    """Yield the results of ``function`` on the items of all lists, in their order.

    At most a few lists wait at any time, so that memory does not grow with the stream. Processes start with the second
    full list. An empty list asks for all outstanding results.

    :param function: on the top level of a module, since other processes must import it
    :param workers: number of processes; without it, one for each processor
    """
    from tjdocs.workers import Workers

    full = 0
    with Workers[list[Result]](workers) as pool:
        for chunk in chunks:
            full += len(chunk) >= _CHUNK
            if full < 2 or pool.count == 1:
                yield from function(chunk) if chunk else ()
                continue
            if chunk:
                pool.submit(function, chunk)
            while len(pool) > (2 * pool.count if chunk else 0):
                yield from pool.oldest()
        while pool:
            yield from pool.oldest()


def _counted(items: Iterable[Item], what: str, total: int | None) -> Iterator[Item]:
    step = _STEP if total is None else max(_STEP, -(-total // _LINES))
    of, due = f" of {total:,}" if total else "", step
    for count, item in enumerate(items, 1):
        yield item
        if count == due:
            _terminal.error(f"tjdocs: {what}: {count:,}{of}")
            due = 2 * due if total is None else due + step


@contextmanager
def bytes_read() -> Iterator[Callable[[str, int, int], None]]:
    """Yield a function that shows on standard error, if that is a terminal, how much of a file was read."""
    if not sys.stderr.isatty():
        yield lambda name, done, size: None
        return
    from tjdocs.cli._progress_bar import of_bytes

    with of_bytes() as bar:
        task = bar.add_task("")
        yield lambda name, done, size: bar.update(task, description=name, completed=done, total=size)


def progress(
    items: Iterable[Item], what: str, *, total: int | None = None, silent: bool = False, lines: bool = False
) -> Iterator[Item]:
    """Yield the items, and show their number on standard error.

    A terminal gets a bar, unless standard output is a terminal too.

    :param lines: write lines to a file or pipe: at most 20 for a known total, else one whenever the count has doubled
    :param silent: nothing else is printed meanwhile, so that both may be the terminal
    """
    if not sys.stderr.isatty() or (sys.stdout.isatty() and not silent):
        yield from _counted(items, what, total) if lines and not sys.stderr.isatty() else items
        return
    from tjdocs.cli._progress_bar import of_items

    with of_items(what) as bar:
        task = bar.add_task(what, total=total)
        for item in items:
            yield item
            bar.advance(task)
