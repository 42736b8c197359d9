"""The pool of workers: order, the bound of waiting work, a failing piece, a worker that dies, an early end."""

import os
import time
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from tjdocs.workers import BrokenExecutor, Workers

POOLS = {
    "processes": lambda: Workers(2),
    "threads": lambda: Workers(2, threads=True),
    "another's": lambda: Workers(executor=ThreadPoolExecutor(2)),
}
started = ""


def start(word: str) -> None:
    global started
    started = word


def word() -> tuple[str, int]:
    return started, os.getpid()


def later(number: int, seconds: float) -> int:
    time.sleep(seconds)
    return number


def seven(number: int) -> int:
    if number == 7:
        raise ValueError("seven")
    return number


def die_once(path: Path) -> str:
    """End this process, unless an earlier one was ended."""
    if path.exists():
        return "alive"
    path.touch()
    os._exit(1)


def touch(path: Path) -> None:
    path.touch()
    time.sleep(0.3)


@pytest.mark.parametrize("make", POOLS.values(), ids=POOLS)
def test_results_come_in_the_order_of_the_work(make):
    with make() as pool:
        for number in range(6):
            pool.submit(later, number, 0.05 * (6 - number))
        assert len(pool) == 6
        assert [pool.oldest() for _ in range(6)] == list(range(6))
        assert not pool


@pytest.mark.parametrize("make", POOLS.values(), ids=POOLS)
def test_a_failing_piece_raises_at_its_turn_and_the_others_have_their_results(make):
    with make() as pool:
        for number in (6, 7, 8):
            pool.submit(seven, number)
        assert pool.oldest() == 6
        with pytest.raises(ValueError, match="seven"):
            pool.oldest()
        assert pool.oldest() == 8


def test_results_may_be_taken_as_they_come():
    with Workers(2, threads=True) as pool:
        pool.submit(later, 0, 0.5)
        pool.submit(later, 1, 0)
        assert list(pool.done()) == [1]
        assert len(pool) == 1
        assert list(pool.done()) == [0]
        assert not pool


def test_work_at_once_leaves_the_order_of_what_waits():
    with Workers(2, threads=True) as pool:
        pool.submit(later, 0, 0.2)
        assert pool.at_once(later, 1, 0) == 1
        assert pool.oldest() == 0


def test_each_process_is_started_with_its_arguments_and_is_no_process_of_ours():
    with Workers(1, start=start, arguments=("ready",)) as pool:
        pool.submit(word)
        ready, process = pool.oldest()
    assert ready == "ready"
    assert process != os.getpid()
    assert started == ""


def test_no_worker_is_started_before_the_first_work(monkeypatch):
    monkeypatch.setattr(Workers, "_pool", lambda self: pytest.fail("started"))
    with Workers(2) as pool:
        assert not pool
    assert Workers().count == os.cpu_count()


def test_a_pool_whose_worker_died_is_an_error(tmp_path):
    with Workers(1) as pool:
        pool.submit(die_once, tmp_path / "dead")
        with pytest.raises(BrokenExecutor):
            pool.oldest()
        with pytest.raises(BrokenExecutor):
            pool.submit(seven, 1)


def test_a_pool_is_replaced_when_work_is_handed_in_and_what_waited_is_done(tmp_path):
    with Workers(1, replace=True) as pool:
        pool.submit(seven, 1)
        assert pool.oldest() == 1
        pool.submit(die_once, tmp_path / "dead")
        pool.submit(seven, 2)
        deadline = time.monotonic() + 30
        while not pool._executor._broken and time.monotonic() < deadline:
            time.sleep(0.01)
        pool.submit(seven, 3)
        assert [pool.oldest() for _ in range(3)] == ["alive", 2, 3]


def test_results_that_are_there_are_not_made_again_by_new_workers(tmp_path):
    with Workers(1) as pool:
        pool.submit(word)
        pool.submit(die_once, tmp_path / "dead")
        pool.submit(word)
        while not pool._waiting[1][2].done():
            time.sleep(0.01)
        pool.renew()
        (_, first), alive, (_, second) = (pool.oldest() for _ in range(3))
    assert alive == "alive"
    assert first != second


@pytest.mark.parametrize("threads", [False, True])
def test_an_early_end_drops_what_no_worker_has_begun_and_waits_for_the_rest(threads, tmp_path):
    begun = time.monotonic()
    with Workers(1, threads=threads) as pool:
        for number in range(40):
            pool.submit(touch, tmp_path / str(number))
        pool.oldest()
    places = len(list(tmp_path.iterdir()))
    assert 1 <= places < 10
    time.sleep(0.4)
    assert len(list(tmp_path.iterdir())) == places
    assert time.monotonic() - begun < 12


class Kept(Executor):
    """Another's workers, of which one died."""

    ended = False

    def submit(self, function, *arguments):
        future: Future = Future()
        future.set_exception(BrokenExecutor("died"))
        return future

    def shutdown(self, wait=True, *, cancel_futures=False):
        self.ended = True


def test_the_workers_of_another_are_neither_replaced_nor_ended():
    executor = Kept()
    with Workers(executor=executor, replace=True) as pool:
        pool.submit(seven, 1)
        pool.renew()
        with pytest.raises(BrokenExecutor):
            pool.oldest()
    assert pool._executor is executor
    assert not executor.ended
