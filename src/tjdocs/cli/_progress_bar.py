"""Bars of progress on a terminal. Loaded where one is shown: most commands show none."""

from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
)
from rich.text import Text

from tjdocs.cli import _terminal

__all__ = ["of_bytes", "of_items"]


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        of = f" of {task.total:,.0f}" if task.total else ""
        return Text(f"{task.completed:,.0f}{of} ({task.finished_speed or task.speed or 0:,.0f}/s)")


def of_bytes() -> Progress:
    """Return a bar that shows how many bytes of something were read."""
    return _bar(TextColumn("{task.description}"), BarColumn(), DownloadColumn())


def of_items(what: str) -> Progress:
    """Return a bar that shows how many items were done, and how fast."""
    return _bar(SpinnerColumn(), TextColumn(what), _Rate(), TimeElapsedColumn())


def _bar(*columns: ProgressColumn) -> Progress:
    # the output is for another program: the bar must not redirect it
    return Progress(
        *columns, console=_terminal.console(on_error=True), transient=True, redirect_stdout=False, redirect_stderr=False
    )
