"""Many items from a stream, by worker processes, in order, in bounded memory."""

import select
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO, TypeVar

from rich.progress import Progress, ProgressColumn, SpinnerColumn, Task, TextColumn, TimeElapsedColumn
from rich.text import Text

from tjdocs.cli import _terminal
from tjdocs.workers import Workers

__all__ = ["blocks", "in_order", "progress"]

_READ = 1 << 18
_CHUNK = 2000
_STEP = 100  # items before the first line of progress
_LINES = 20  # of progress, when the total is known
_MOMENT = 0.01  # seconds
Item = TypeVar("Item")
Result = TypeVar("Result")


def blocks(source: BinaryIO, *, limit: int) -> Iterator[list[bytes]]:
    """Yield lists of blocks of lines, which blank lines part: full ones, or what there is when no more was written.

    An empty list says that the writer has nothing more for now: whoever waits for results should have them.

    :param limit: bytes of a block that are kept; the rest is passed over
    """
    found: list[bytes] = []
    block: list[bytes] = []
    size, rest, cut = 0, b"", False
    read = getattr(source, "read1", source.read)
    while data := read(_READ):
        *lines, rest = (rest + data).split(b"\n")
        for line in lines:
            if cut:
                cut = False  # the end of a line whose beginning was kept
            elif line.strip():
                if size <= limit:
                    block.append(line[:limit])
                    size += len(line)
            elif block:
                found.append(b"\n".join(block))
                block, size = [], 0
        if len(rest) > limit:
            if not cut and size <= limit:
                block.append(rest[:limit])
                size += len(rest)
            rest, cut = b"", True
        while len(found) >= _CHUNK:
            yield found[:_CHUNK]
            found = found[_CHUNK:]
        if not _more(source):
            if found:
                yield found
                found = []
            yield []
    if rest.strip() and not cut and size <= limit:
        block.append(rest)
    if block:
        found.append(b"\n".join(block))
    if found:
        yield found


def _more(source: BinaryIO) -> bool:
    """Whether there is more to read, or will be in a moment: a pipe is empty whenever it was read."""
    try:
        return bool(select.select([source], [], [], _MOMENT)[0])
    except (OSError, ValueError):
        return False


def in_order(
    function: Callable[[list[Item]], list[Result]], chunks: Iterable[list[Item]], *, workers: int | None = None
) -> Iterator[Result]:
    """Yield the results of ``function`` on the items of all lists, in their order.

    At most a few lists wait at any time, so that memory does not grow with the stream. Processes are started with
    the second full list. An empty list asks for all results that are outstanding.

    :param function: on the top level of a module, since other processes must find it
    :param workers: processes; as many as there are processors when not given
    """
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


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        of = f" of {task.total:,.0f}" if task.total else ""
        return Text(f"{task.completed:,.0f}{of} ({task.finished_speed or task.speed or 0:,.0f}/s)")


def progress(
    items: Iterable[Item], what: str, *, total: int | None = None, silent: bool = False, lines: bool = False
) -> Iterator[Item]:
    """Yield the items, and show on standard error how many there were.

    A terminal gets a bar, if standard output is not one too.

    :param lines: a file or pipe gets a line every so many items: of a known total at most 20 lines, else whenever the
        count has doubled
    :param silent: nothing is printed meanwhile, so that both may be the terminal
    """
    if not sys.stderr.isatty() or (sys.stdout.isatty() and not silent):
        yield from _counted(items, what, total) if lines and not sys.stderr.isatty() else items
        return
    columns = [SpinnerColumn(), TextColumn(what), _Rate(), TimeElapsedColumn()]
    # what is printed meanwhile is for another program: the bar must not redirect it
    bar = Progress(
        *columns, console=_terminal.console(on_error=True), transient=True, redirect_stdout=False, redirect_stderr=False
    )
    with bar:
        task = bar.add_task(what, total=total)
        for item in items:
            yield item
            bar.advance(task)
