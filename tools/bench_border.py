"""The border's figures for ``tools/bench``. Not a tool of its own."""

import json
import multiprocessing
import sqlite3
import statistics
import subprocess
import sys
import threading
import time
from base64 import b64encode
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from bench_common import AT, Result, Shown, another, hashed, many_signers, ratio
from tjdocs.border import Evidence, Inspector, inspect_batch
from tjdocs.lds import dg1, ef_sod
from tjdocs.pki import Authority
from tjdocs.register import Register


def inspect_ratio(folder: Path) -> Result:
    """The whole inspection with register and rules over the floor of ``pa.floor_ratio`` and one bare look-up."""
    shown = many_signers(folder)
    register = Register(f"sqlite:///{folder}/register.db")
    inspector = Inspector(trust=shown.trust, register=register)
    zones = [dg1.Dg1.parse(chip["DG1"]).zone for chip in shown.chips]
    evidence = [
        Evidence(mrz=(zone[:44], zone[44:]), chip=chip, direction="entry", point="kulma")
        for zone, chip in zip(zones, shown.chips, strict=True)
    ]
    numbers = [zone[44:53] for zone in zones]
    database = sqlite3.connect(folder / "register.db")
    statement = "SELECT state, document_type, issued, expires FROM document WHERE number = ?"
    if {str(inspector.inspect(item, at=AT).decision) for item in evidence} != {"admit"}:
        raise RuntimeError("the passports of the benchmark are not admitted")

    def measured() -> None:
        for item in evidence:
            inspector.inspect(item, at=AT)

    def floor() -> None:
        shown.floor()
        for number in numbers:
            database.execute(statement, (number,)).fetchone()

    try:
        return ratio(measured, floor, rounds=60, repeat=1, before=shown.forget, clock=time.process_time) | {
            "compared": f"Inspector.inspect of a passport with its page's zone ({shown.sizes}), register on SQLite, no "
            "lists, over verify P-256, verify P-384, all hashes and one SELECT by number; 20 passports of 20 signers a "
            "round"
        }
    finally:
        database.close()
        register.close()


_DOCUMENTS, _RECORDS = 40, 4000


def _lines(folder: Path) -> tuple[Shown, list[bytes], inspect_batch.Setup]:
    """Return passports, each as a line for a batch, and what the batch judges with."""
    authority = Authority.create(folder / "authority", at=AT)
    signer = authority.document_signer().certificate
    shown = Shown(authority, [(signer, another(folder, authority)) for _ in range(_DOCUMENTS)])
    lines = []
    for chip in shown.chips:
        zone = dg1.Dg1.parse(chip["DG1"]).zone
        files = {name.replace(".", "_"): b64encode(data).decode() for name, data in chip.items()}
        lines.append(json.dumps({"mrz": [zone[:44], zone[44:]], "chip": files, "direction": "entry"}).encode())
    return shown, lines, inspect_batch.Setup.of(trust=shown.trust)


def _items(lines: list[bytes], count: int) -> Iterator[inspect_batch.Item]:
    return (inspect_batch.Item(str(number), "line", lines[number % len(lines)]) for number in range(count))


def batch_scaling(folder: Path) -> Result:
    """What a second process gains a batch of inspections, over what it gains the bare operations."""
    shown, lines, setup = _lines(folder)
    spawn = multiprocessing.get_context("spawn")

    def rate(processes: int) -> float:
        # both with processes of their own, so that one and two do the same work a record
        install = inspect_batch.install
        with ProcessPoolExecutor(processes, mp_context=spawn, initializer=install, initargs=(setup,)) as executor:
            list(inspect_batch.run(_items(lines, 200), setup, at=AT, executor=executor, workers=processes))
            start = time.perf_counter()
            items = _items(lines, _RECORDS * processes)
            results = list(inspect_batch.run(items, setup, at=AT, executor=executor, workers=processes))
            taken = time.perf_counter() - start
        if {result["verdict"] for result in results} != {"admit"}:
            raise RuntimeError("the passports of the benchmark are not admitted")
        return len(results) / taken

    def bare(processes: int) -> float:
        with ProcessPoolExecutor(processes, mp_context=spawn) as executor:
            work = (shown.chips[0], 30_000)
            list(executor.map(_bare, [(shown.chips[0], 10)] * processes * 2))
            start = time.perf_counter()
            list(executor.map(_bare, [work] * processes))
            return 30_000 * processes / (time.perf_counter() - start)

    rates = []
    for _ in range(3):
        one = rate(1), bare(1)
        two = rate(2), bare(2)
        rates.append((two[0] / one[0] / (two[1] / one[1]), two[0] / one[0], two[1] / one[1], two[0]))
    middle = sorted(rates)[1]
    values = [value for value, *_ in rates]
    return {
        "value": round(middle[0], 3),
        "spread": round((max(values) - min(values)) / 2 / middle[0], 3),
        "compared": f"gain of batch.run (JSON lines with chip and zone, {_RECORDS} a process) from a second process "
        f"({middle[1]:.2f} times, {middle[3]:.0f} a second) over that of verify P-256 and all hashes "
        f"({middle[2]:.2f} times)",
    }


def _bare(work: tuple[dict[str, bytes], int]) -> None:
    """Do what a passport of a signer seen before cannot be judged without, so many times."""
    chip, count = work
    data = ef_sod.EfSod.parse(chip["EF.SOD"]).signed_data
    info, key = data.signers[0], data.parsed_certificates[0].key.handle
    contents = [*(content for name, content in chip.items() if name.startswith("DG")), data.content]
    for _ in range(count):
        key.verify(info.signature, info.signed_forms[0], ec.ECDSA(SHA256()))
        for content in contents:
            hashed(SHA256(), content)


def batch_memory(folder: Path) -> Result:
    """Memory of a worker after 100,000 documents over that after 10,000."""
    _, lines, setup = _lines(folder)
    spawn = multiprocessing.get_context("spawn")
    done, sizes = 0, {}
    with ProcessPoolExecutor(1, mp_context=spawn, initializer=inspect_batch.install, initargs=(setup,)) as executor:
        results = inspect_batch.run(_varied(lines, 100_000), setup, at=AT, executor=executor, workers=1)
        for _ in results:
            done += 1
            if done in (10_000, 100_000):
                sizes[done] = executor.submit(_resident).result()
    return {
        "value": round(sizes[100_000] / sizes[10_000], 3),
        "spread": 0,
        "compared": f"resident memory of a worker after 100,000 documents ({sizes[100_000] / 2**20:.1f} MB) over that "
        f"after 10,000 ({sizes[10_000] / 2**20:.1f} MB); every fourth with a zone of its own",
    }


def serve_rate(folder: Path) -> Result:
    """Documents that ``border serve`` judges in a second of its processor, over those of ``Inspector.inspect``."""
    shown, lines, _ = _lines(folder)
    url, csca = f"sqlite:///{folder}/register.db", folder / "authority" / "csca.cer"
    register = Register(url)
    inspector = Inspector(trust=shown.trust, register=register)
    handed = [(json.loads(line)["mrz"], chip) for line, chip in zip(lines, shown.chips, strict=True)]
    call = [sys.executable, "-m", "tjdocs", "border", "serve", "--trust", csca, "--register", url, "--dry-run"]
    call += ["--direction", "entry", "--point", "kulma", "--at", AT.isoformat()]

    def inspected() -> float:
        start = time.process_time()
        for zone, chip in handed:
            files = {name: bytes(bytearray(data)) for name, data in chip.items()}  # as a scanner hands them: seen first
            inspector.inspect(Evidence(mrz=zone, chip=files, direction="entry", point="kulma"), at=AT, dry_run=True)
        return time.process_time() - start

    with subprocess.Popen(call, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as lane:
        assert lane.stdin is not None
        assert lane.stdout is not None
        lane.stdout.readline()

        def served() -> float:
            start = _processor_time(lane.pid)
            writer = threading.Thread(target=write)
            writer.start()
            verdicts = {json.loads(lane.stdout.readline())["verdict"] for _ in lines}
            writer.join()
            if verdicts != {"admit"}:
                raise RuntimeError("the passports of the benchmark are not admitted")
            return _processor_time(lane.pid) - start

        def write() -> None:
            lane.stdin.write(b"".join(line + b"\n" for line in lines))
            lane.stdin.flush()

        for _ in range(3):
            inspected(), served()
        pairs = [(inspected(), served()) for _ in range(60)]
        lane.stdin.close()
    register.close()
    low, middle, high = statistics.quantiles([own / lanes for own, lanes in pairs], n=4)
    own, lanes = (statistics.median(values) / len(lines) * 1000 for values in zip(*pairs, strict=True))
    return {
        "value": round(middle, 3),
        "spread": round((high - low) / 2 / middle, 3),
        "compared": f"documents a second of one processor: `border serve`, JSON lines with chip, zone ({lanes:.2f} ms "
        f"each), over Evidence and Inspector.inspect in process ({own:.2f} ms); both with a register on SQLite",
    }


def _processor_time(pid: int) -> float:
    """Return the seconds that a process with one thread has used of a processor."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


def _varied(lines: list[bytes], count: int) -> Iterator[inspect_batch.Item]:
    """Yield records that differ, so that a growing memory of records would be seen."""
    for item in _items(lines, count):
        if int(item.id) % 4 == 0:
            # the page's number is another: read, compared, and told to differ
            item = replace(item, content=item.content.replace(b'"T', b'"%s' % chr(65 + int(item.id) % 26).encode(), 1))
        yield item


def _resident() -> int:
    """Return this process's resident memory in bytes."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) * 1024
    raise RuntimeError("unknown resident memory: /proc/self/status")


FIGURES = {
    "border.inspect_ratio": inspect_ratio,
    "batch.scaling": batch_scaling,
    "batch.memory": batch_memory,
    "serve.rate": serve_rate,
}
