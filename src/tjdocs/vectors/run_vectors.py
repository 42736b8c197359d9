"""Running vectors: against this library, or against any program (:mod:`tjdocs.vectors.adapter`)."""

import json
from collections.abc import Iterable, Iterator, Sequence
from threading import Lock
from time import perf_counter
from typing import Any

from tjdocs import inputs
from tjdocs.errors import InputError, UsageError
from tjdocs.vectors.adapter import Adapter, Reply, words_of
from tjdocs.vectors.library_adapter import Answer, answer
from tjdocs.vectors.report import Report, Result
from tjdocs.vectors.vector import RESULTS, Vector, select
from tjdocs.workers import Workers

__all__ = ["Comparison", "results", "run"]

SECONDS = 10.0
GIVE_UP = 3  # times in a row that an adapter hangs or dies, until nothing more is asked
_VERDICTS = ("admit", "refer", "refuse")


class Comparison:
    """What of an answer counts.

    :param reasons: reason words too
    :param verdicts: verdicts too
    """

    def __init__(self, reasons: bool = False, verdicts: bool = False) -> None:
        self.reasons = reasons
        self.verdicts = verdicts

    def compare(self, vector: Vector, given: Answer, seconds: float = 0.0) -> Result:
        """Return how a vector was answered. An acceptable one is answered rightly both ways.

        Where a program is strict its reasons and verdicts are its own: they are not compared.
        """
        if given.result == "unsupported":
            status, note = "unsupported", ""
        else:
            note = self._difference(vector, given)
            status = "differs" if note else "agrees"
        return Result(vector, status, given.result, given.reason, given.verdict, note, seconds)

    def _difference(self, vector: Vector, given: Answer) -> str:
        alone = self.verdicts and vector.verdict and given.verdict and given.result is None
        if vector.judges and not alone:
            if given.result not in RESULTS:
                return f"not a result: one of {', '.join(RESULTS)}, unsupported"
            accepted = given.result != "invalid"
            if vector.expected != "acceptable" and accepted != (vector.expected == "valid"):
                return "accepted" if accepted else "refused"
            if vector.expected == "acceptable" and not accepted:
                return ""
        elif not vector.judges and given.result != vector.expected:
            return "another value"
        if self.verdicts and vector.verdict and given.verdict != vector.verdict:
            known = given.verdict in _VERDICTS
            return "another verdict" if known else f"not a verdict: one of {', '.join(_VERDICTS)}"
        if self.reasons and given.reason != vector.reason:
            return "another reason"
        return ""


def run(
    names: Iterable[str] = (),
    *,
    ids: Iterable[str] = (),
    command: str | Sequence[str] = "",
    lines: bool = False,
    reasons: bool = False,
    verdicts: bool = False,
    seconds: float = SECONDS,
) -> Report:
    """Run the vectors of the areas and ids, or all, and compare the answers.

    :param ids: ids, or patterns of ids such as ``pa-1*``
    :param command: a program that is asked instead of this library: a text that is split as a shell splits it, or
        program and arguments. It reads ``{"input": …}`` on standard input and answers ``{"result": …}``, with
        ``reason`` and ``verdict`` where it has them
    :param lines: one process for all vectors, one line for each question and each answer
    :param reasons: compare our reason words too
    :param verdicts: compare our verdicts too
    :param seconds: time for one answer of a program
    :raises UsageError: unknown area or id, or the program cannot be started
    """
    chosen = select(tuple(names), tuple(ids))
    return Report(tuple(results(chosen, Comparison(reasons, verdicts), command=command, lines=lines, seconds=seconds)))


def results(
    chosen: Sequence[Vector],
    comparison: Comparison,
    *,
    command: str | Sequence[str] = "",
    lines: bool = False,
    seconds: float = SECONDS,
) -> Iterator[Result]:
    """Yield the result of each vector in order, as soon as it is known; see :func:`run`.

    :raises UsageError: the program cannot be started
    """
    if seconds <= 0:
        raise UsageError("not a time-out", where=f"{seconds:g} seconds", hint="give a number above 0")
    if not command:
        if lines:
            raise UsageError("lines without a program", where="lines", hint="name a program after --")
        return _library(chosen, comparison)
    words = words_of(command)
    return _kept(chosen, comparison, words, seconds) if lines else _each(chosen, comparison, words, seconds)


def _library(chosen: Iterable[Vector], comparison: Comparison) -> Iterator[Result]:
    for vector in chosen:
        begun = perf_counter()
        given = answer(vector.input)
        yield comparison.compare(vector, given, perf_counter() - begun)


def _kept(chosen: Iterable[Vector], comparison: Comparison, words: Sequence[str], seconds: float) -> Iterator[Result]:
    adapter = Adapter(words, lines=True, seconds=seconds)
    failed = 0
    try:
        for vector in chosen:
            if failed >= GIVE_UP:
                yield Result(vector, "not-run")
                continue
            result = _asked(adapter, vector, comparison)
            failed = failed + 1 if result.status in ("time-out", "no-answer") else 0
            yield result
    finally:
        adapter.close()


def _each(chosen: Iterable[Vector], comparison: Comparison, words: Sequence[str], seconds: float) -> Iterator[Result]:
    hung = 0  # counted by the workers, so that none begins a program that nobody waits for
    lock = Lock()

    def asked(vector: Vector) -> Result:
        nonlocal hung
        if hung >= GIVE_UP:
            return Result(vector, "not-run")
        result = _asked(Adapter(words, lines=False, seconds=seconds), vector, comparison)
        with lock:
            hung = hung + 1 if result.status == "time-out" else 0
        return result

    with Workers[Result](threads=True) as pool:
        for vector in chosen:
            pool.submit(asked, vector)
        while pool:
            yield pool.oldest()


def _asked(adapter: Adapter, vector: Vector, comparison: Comparison) -> Result:
    begun = perf_counter()
    reply = adapter.ask(vector.question().encode())
    given = _read(reply)
    spent = perf_counter() - begun
    if isinstance(given, Answer):
        return comparison.compare(vector, given, spent)
    status = "time-out" if reply.late else "no-answer"
    last = reply.log.strip().splitlines()[-1:] if reply.log.strip() else []
    return Result(vector, status, note="; ".join([given, *last]), seconds=spent)


def _read(reply: Reply) -> Answer | str:
    """Return an adapter's answer, or why it has none."""
    if reply.trouble:
        return reply.trouble
    try:
        value = inputs.json_value(reply.data, where="the answer")
    except InputError as error:
        return f"{error.message}: {reply.data[:60].decode(errors='replace')}"
    if not isinstance(value, dict) or not {"result", "verdict"} & value.keys():
        return "neither result nor verdict in the answer"
    return Answer(_text(value.get("result")), _text(value.get("reason")) or "", _text(value.get("verdict")) or "")


def _text(value: Any) -> str | None:
    """Return a value as the files have it: numbers as text, true and lists as JSON, which no vector expects."""
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value)
