"""Another program as an adapter: started for each question, or kept for all and asked line by line."""

import os
import selectors
import shlex
import shutil
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import monotonic

from tjdocs import limits
from tjdocs.errors import UsageError

__all__ = ["Adapter", "Reply", "words_of"]

_TAIL = 2000  # bytes of standard error that are kept
_READ = 1 << 16
_START = 3  # times as long for the first answer of a process that is kept: virtual machines start, scripts compile
_ENDING = 1.0  # seconds that a program may take to end after it closed its output


@dataclass(frozen=True, slots=True)
class Reply:
    """An adapter's line.

    :param data: the line as written; empty when there was no answer
    :param trouble: why there was none, else empty
    :param late: the time was over
    :param ended: the program ended without an answer
    :param log: the end of standard error, as text of which nothing is trusted
    """

    data: bytes = field(repr=False)
    trouble: str = ""
    late: bool = False
    ended: bool = False
    log: str = field(default="", repr=False)


def words_of(command: str | Sequence[str]) -> list[str]:
    """Return program and arguments; a text is split as a shell splits it. The program is found before anything runs.

    :raises UsageError: nothing is named, a quote is open, or there is no such program
    """
    try:
        words = shlex.split(command) if isinstance(command, str) else list(command)
    except ValueError as error:
        raise UsageError("not a command", where=str(command), hint=f"{error}".lower()) from None
    if not words:
        raise UsageError("empty command", where="command", hint="name a program, for example: node adapter.js")
    if shutil.which(words[0]) is None:
        if Path(words[0]).is_file():
            hint = f"make it executable, or name its interpreter, for example: python3 {words[0]}"
            raise UsageError("program cannot be started", where=words[0], hint=hint)
        hint = "name a program on the PATH or a path; a path with blanks needs quotes"
        raise UsageError("program cannot be found", where=words[0], hint=hint)
    return words


class Adapter:
    """A program that answers questions, one JSON line each.

    :param lines: one process for all questions. A process that died or was ended is started again for the next one
    :param seconds: time for one answer; three times as long for the first one of a process that is kept
    """

    def __init__(self, words: Sequence[str], *, lines: bool, seconds: float) -> None:
        self._words = list(words)
        self._lines = lines
        self._seconds = seconds
        self._running: _Process | None = None

    def ask(self, question: bytes) -> Reply:
        """Return the answer to one line.

        :raises UsageError: the program cannot be started
        """
        running = self._running is not None
        reply = self._ask(question)
        # a program that ended after its last answer is not an error of this question
        return self._ask(question) if running and reply.ended else reply

    def _ask(self, question: bytes) -> Reply:
        first = self._lines and self._running is None
        seconds = self._seconds * (_START if first else 1)
        process = self._running or _Process(self._words)
        self._running = process
        reply = process.ask(question, seconds, lines=self._lines)
        if reply.trouble or not self._lines:
            self.close()
        if reply.late and first:
            return replace(
                reply, trouble=f"{reply.trouble} for the first question: a slow start needs a longer time-out"
            )
        return reply

    def close(self) -> None:
        """End the process that is kept."""
        if self._running is not None:
            self._running.end()
            self._running = None


class _Process:
    """One process with its pipes, none of which may block."""

    def __init__(self, words: Sequence[str]) -> None:
        try:
            self._process = subprocess.Popen(  # noqa: S603 (the caller names the program)
                words,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,  # its own children end with it
            )
        except OSError as error:
            hint = f"{error.strerror or 'not executable'}: name its interpreter, for example: python3 {words[0]}"
            raise UsageError("program cannot be started", where=words[0], hint=hint) from None
        pipes = (self._process.stdin, self._process.stdout, self._process.stderr)
        self._pipes = [pipe for pipe in pipes if pipe is not None]  # all three: they were asked for
        self._in, self._out, self._log = (pipe.fileno() for pipe in self._pipes)
        self._open = {self._out, self._log}
        self._tail = b""
        for pipe in (self._in, self._out, self._log):
            os.set_blocking(pipe, False)

    def ask(self, question: bytes, seconds: float, *, lines: bool) -> Reply:
        """Write the question and read the answer: a line, or all that is written until the program ends."""
        self._tail = b""
        if lines and self._read(self._out):  # else the process has one question
            return self._reply(b"", "wrote more than one line for the question before")
        answer, waiting = b"", memoryview(question + b"\n")
        until = monotonic() + seconds
        with selectors.DefaultSelector() as selector:
            for pipe in self._open:
                selector.register(pipe, selectors.EVENT_READ)
            selector.register(self._in, selectors.EVENT_WRITE)
            while self._out in self._open and not (lines and b"\n" in answer):
                remaining = until - monotonic()
                if remaining <= 0:
                    return self._reply(b"", f"no answer within {seconds:g} seconds", late=True)
                for key, _ in selector.select(remaining):
                    if key.fd == self._in:
                        waiting = self._write(waiting)
                        if not waiting:
                            selector.unregister(self._in)
                            if not lines:
                                self._pipes[0].close()
                        continue
                    data = self._read(key.fd)
                    if key.fd == self._out:
                        answer += data
                    if key.fd not in self._open:
                        selector.unregister(key.fd)
                if len(answer) > limits.ANSWER:
                    return self._reply(b"", f"answer of more than {limits.ANSWER} bytes")
        line, _, trailing = answer.partition(b"\n") if lines else (answer, b"", b"")
        if trailing.strip():
            return self._reply(b"", "wrote more than one line")
        if line.strip():
            return self._reply(line, "")
        return self._reply(b"", self._end_of_output(), ended=True)

    def _write(self, waiting: memoryview) -> memoryview:
        try:
            return waiting[os.write(self._in, waiting) :]
        except BlockingIOError:
            return waiting
        except OSError:  # it reads no more, and may have answered all the same
            return memoryview(b"")

    def _read(self, pipe: int) -> bytes:
        """Return the bytes that can be read now; remember the end of standard error, and which pipes ended."""
        if pipe not in self._open:
            return b""
        try:
            data = os.read(pipe, _READ)
        except BlockingIOError:
            return b""
        except OSError:
            data = b""
        if not data:
            self._open.discard(pipe)
        if pipe == self._log:
            self._tail = (self._tail + data)[-_TAIL:]
        return data

    def _end_of_output(self) -> str:
        try:
            status = self._process.wait(_ENDING)
        except subprocess.TimeoutExpired:
            return "closed its output"
        return f"ended by signal {-status}" if status < 0 else f"exit status {status}"

    def _reply(self, data: bytes, trouble: str, *, late: bool = False, ended: bool = False) -> Reply:
        while self._log in self._open and self._read(self._log):
            pass
        return Reply(data, trouble, late, ended, self._tail.decode(errors="replace"))

    def end(self) -> None:
        """End the process and its children, whatever they do."""
        with suppress(OSError):
            os.killpg(self._process.pid, signal.SIGKILL)
        for pipe in self._pipes:
            with suppress(OSError):
                pipe.close()
        self._process.wait()
