"""Streams: blocks of lines as they come, results in order, bounded memory, no wait for what is there."""

import io
import json
import os
import pty
import subprocess
import sys
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tjdocs.cli import _streams

ZONE = "PPTJKERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36TJK7408122F3104150ZE184226B<<<<<16\n"
PARSE = [sys.executable, "-m", "tjdocs", "mrz", "parse", "--lines", "--at", "2026-11-24"]


def all_blocks(data, limit=100):
    return [block for chunk in _streams.blocks(io.BytesIO(data), limit=limit) for block in chunk]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", []),
        (b"\n\n \r\n", []),
        (b"a\nb\n\nc", [b"a\nb", b"c"]),
        (b"a\r\nb\r\n\r\nc\r\n", [b"a\r\nb\r", b"c\r"]),
        (b"\n\na\n\n\n\nb\n", [b"a", b"b"]),
    ],
)
def test_blocks_are_parted_by_blank_lines(data, expected):
    assert all_blocks(data) == expected


@given(
    st.lists(
        st.lists(
            st.binary(min_size=1, max_size=30).filter(lambda x: b"\n" not in x and x.strip()), min_size=1, max_size=3
        )
    )
)
def test_blocks_come_back_whatever_the_size_of_what_is_read(blocks):
    data = b"\n\n".join(b"\n".join(block) for block in blocks)
    expected = [b"\n".join(block) for block in blocks]

    class Slow(io.BytesIO):
        def read1(self, size=-1):
            return super().read(3)

    found = [block for chunk in _streams.blocks(Slow(data), limit=1000) for block in chunk]
    assert found == expected


def test_a_pipe_that_is_full_gives_full_lists():
    # what one read of a pipe gives is less than a list: by that alone no process would ever be started
    read, write = os.pipe()

    def written():
        with open(write, "wb") as sink:
            sink.write(f"{ZONE}\n".encode() * 9_000)

    writer = threading.Thread(target=written)
    writer.start()
    with open(read, "rb") as source:
        sizes = [len(chunk) for chunk in _streams.blocks(source, limit=10_000)]
    writer.join()
    assert sum(sizes) == 9_000
    assert sizes.count(_streams._CHUNK) >= 2


def test_of_a_block_without_end_only_the_beginning_is_kept():
    line = b"A" * 44 + b"\n"
    found = all_blocks(line * 100_000 + b"\n" + b"B\n", limit=1000)
    assert len(found) == 2
    assert len(found[0]) < 1100
    assert found[1] == b"B"


def test_of_a_line_without_end_only_the_beginning_is_kept():
    found = all_blocks(b"A" * 3_000_000 + b"\n\nB\n", limit=1000)
    assert [len(block) for block in found] == [1000, 1]


def double(items):
    return [2 * item for item in items]


def fail_at_seven(items):
    if 7 in items:
        raise ValueError("seven")
    return items


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_results_come_in_order(workers):
    chunks = [list(range(start, start + 2000)) for start in range(0, 30_000, 2000)]
    assert list(_streams.in_order(double, chunks, workers=workers)) == [2 * n for n in range(30_000)]


def test_at_most_a_few_lists_wait():
    taken = []

    def chunks():
        for number in range(50):
            taken.append(number)
            yield [number] * 2000

    results = _streams.in_order(double, chunks(), workers=2)
    first = next(results)
    assert first == 0
    for _ in range(2 * 2000):
        next(results)
    assert len(taken) <= 10
    results.close()


def test_an_empty_list_gives_all_that_is_outstanding():
    log = []

    def chunks():
        for number in range(4):
            yield [number] * 2000
        yield []
        log.append("asked on")
        yield [9]

    results = _streams.in_order(double, chunks(), workers=2)
    seen = [next(results) for _ in range(4 * 2000)]
    assert not log
    assert seen[-1] == 6
    assert list(results) == [18]


def test_an_exception_in_a_process_is_not_lost():
    chunks = [[0] * 2000, [1] * 2000, [7], [2]]
    with pytest.raises(ValueError, match="seven"):
        list(_streams.in_order(fail_at_seven, chunks, workers=2))


def test_a_scanner_that_keeps_the_pipe_open_has_its_answer():
    process = subprocess.Popen(PARSE, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        for _ in range(3):
            process.stdin.write(f"{ZONE}\n".encode())
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["valid"]
    finally:
        process.stdin.close()
        assert process.wait(20) == 0
        process.stdout.close()


def test_many_zones_in_order_by_processes(tmp_path):
    path = tmp_path / "zones.txt"
    with open(path, "w") as file:
        for number in range(9_000):
            file.write(f"{ZONE if number % 3 else ZONE.replace('C36', 'C37')}\n")
    found = subprocess.run([*PARSE, str(path)], capture_output=True, check=False)
    assert found.returncode == 1
    assert [json.loads(line)["valid"] for line in found.stdout.splitlines()] == [bool(n % 3) for n in range(9_000)]
    assert not found.stderr


def test_a_reader_that_went_away_ends_it(tmp_path):
    path = tmp_path / "zones.txt"
    path.write_text(f"{ZONE}\n" * 20_000)
    process = subprocess.Popen([*PARSE, str(path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.readline()
    process.stdout.close()
    assert process.wait(30) is not None
    assert b"Traceback" not in process.stderr.read()
    process.stderr.close()


@pytest.mark.parametrize(
    ("count", "total", "lines"),
    [
        (99, 99, []),
        (250, 250, ["tjdocs: issued: 100 of 250", "tjdocs: issued: 200 of 250"]),
        (500, None, ["tjdocs: issued: 100", "tjdocs: issued: 200", "tjdocs: issued: 400"]),
    ],
)
def test_without_a_terminal_progress_is_a_line_now_and_then(capsys, count, total, lines):
    assert list(_streams.progress(range(count), "issued", total=total, lines=True)) == list(range(count))
    out, err = capsys.readouterr()
    assert (out, err.splitlines()) == ("", lines)


def test_lines_of_progress_are_few(capsys):
    list(_streams.progress(range(123_456), "issued", total=123_456, lines=True))
    list(_streams.progress(range(123_456), "zones", lines=False))
    err = capsys.readouterr().err.splitlines()
    assert 15 <= len(err) <= 20
    assert err[-1].endswith("of 123,456")


def test_progress_is_shown_on_a_terminal_and_stays_out_of_the_output(tmp_path):
    path = tmp_path / "zones.txt"
    path.write_text(f"{ZONE}\n" * 5_000)
    terminal, device = pty.openpty()
    with open(tmp_path / "out", "wb") as out:
        process = subprocess.Popen([*PARSE, str(path)], stdout=out, stderr=device)
        os.close(device)
        shown = b""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                data = os.read(terminal, 4096)
            except OSError:  # the other end was closed
                break
            shown += data
        assert process.wait(20) == 0
    os.close(terminal)
    assert b"zones" in shown
    assert b"schema" not in shown
    assert len((tmp_path / "out").read_bytes().splitlines()) == 5_000
