"""Worker processes or threads: results in the order of the work, and no more waits than the caller lets wait."""

import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from multiprocessing import get_context
from typing import Any, Generic, TypeVar

__all__ = ["BrokenExecutor", "Workers"]

Result = TypeVar("Result")


class Workers(Generic[Result]):
    """A pool of workers, begun with the first work. The end of its context drops all work that no worker has begun.

    Other processes find functions by name, so each has to be on the top level of a module.

    :param count: of processes, as many as there are processors when not given
    :param start: called with ``arguments`` in each process
    :param threads: threads in place of processes
    :param executor: another's workers, which are neither replaced nor ended
    :param replace: a broken pool is replaced when work is handed in
    """

    def __init__(
        self,
        count: int | None = None,
        *,
        start: Callable[..., None] | None = None,
        arguments: tuple[Any, ...] = (),
        threads: bool = False,
        executor: Executor | None = None,
        replace: bool = False,
    ) -> None:
        self.count = count or os.cpu_count() or 1
        self._start, self._arguments, self._threads, self._replace = start, arguments, threads, replace
        self._own, self._executor = executor is None, executor
        self._waiting: deque[tuple[Callable[..., Result], tuple[Any, ...], Future[Result]]] = deque()

    def __len__(self) -> int:
        """Return how much work has a result that was not taken yet."""
        return len(self._waiting)

    def __enter__(self) -> "Workers[Result]":
        """Begin."""
        return self

    def __exit__(self, *_: object) -> None:
        """Drop all work that no worker has begun, and wait for the other."""
        if self._own and self._executor is not None:
            self._executor.shutdown(cancel_futures=True)

    def submit(self, function: Callable[..., Result], *arguments: Any) -> None:
        """Hand in work.

        :raises BrokenExecutor: a worker died, and the pool is not replaced
        """
        future = self._hand_in(function, arguments)  # a pool that is replaced has new futures of all that waits
        self._waiting.append((function, arguments, future))

    def oldest(self) -> Result:
        """Wait for the work that was handed in first, and return its result or raise its error.

        :raises BrokenExecutor: its worker died
        """
        return self._waiting.popleft()[2].result()

    def done(self) -> Iterator[Result]:
        """Wait for any work, and yield the results of all that is done."""
        futures = [future for *_, future in self._waiting]
        ready = wait(futures, return_when="FIRST_COMPLETED").done
        self._waiting = deque(work for work in self._waiting if work[2] not in ready)
        yield from (future.result() for future in futures if future in ready)

    def at_once(self, function: Callable[..., Result], *arguments: Any) -> Result:
        """Return the result of work before the results of all that waits."""
        return self._hand_in(function, arguments).result()

    def renew(self) -> None:
        """Replace our own workers, and hand in again all work without a result."""
        if self._own and self._executor is not None:
            self._executor.shutdown(wait=False, cancel_futures=True)
            self._executor = pool = self._pool()
            self._waiting = deque(
                (function, arguments, future if _succeeded(future) else pool.submit(function, *arguments))
                for function, arguments, future in self._waiting
            )

    def _hand_in(self, function: Callable[..., Result], arguments: tuple[Any, ...]) -> "Future[Result]":
        self._executor = self._executor or self._pool()
        try:
            return self._executor.submit(function, *arguments)
        except BrokenExecutor:
            if not self._replace:
                raise
            self.renew()
            return self._executor.submit(function, *arguments)

    def _pool(self) -> Executor:
        if self._threads:
            return ThreadPoolExecutor(self.count, initializer=self._start, initargs=self._arguments)
        return ProcessPoolExecutor(self.count, get_context("spawn"), self._start, self._arguments)


def _succeeded(future: "Future[Any]") -> bool:
    return future.done() and not future.cancelled() and future.exception() is None
