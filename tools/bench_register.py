"""The register's figures for ``tools/bench``: commits, growth, audits, many processes. Not a tool of its own."""

import multiprocessing
import secrets
import shutil
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))

from tests.support.postgres import Server

from tjdocs.auditlog import merkle
from tjdocs.auditlog.entry import add_signatures, as_object, issue_leaf, signed_part
from tjdocs.documents import example
from tjdocs.office import Office
from tjdocs.pki import Authority
from tjdocs.register import Keys, OfficerKey, Register, owner, queries, tables

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
KIND = "external-passport"
STAMP, DAY, LAST = "2026-11-24T12:00:00+00:00", "2026-11-24", "2036-11-23"
FILES = dict.fromkeys(("EF.COM", "EF.SOD", "DG1", "DG2", "DG11", "DG12"), "ab" * 32)
LISTED = as_object(FILES)
COMMITS = 40
OFFICER = OfficerKey.generate()
Result = dict[str, object]


def made(url: str) -> Register:
    keys = Keys.generate("trial.invalid/register")
    register = Register.create(url, keys=keys, officer="trial", office="trial", at=AT, trial=True)
    register.add_series(KIND, "T{:08d}", at=AT)
    return register


def issue(register: Register) -> str:
    reservation = register.reserve(KIND, officer="trial", at=AT)
    number = reservation.number
    reservation.commit(at=AT, issued=AT.date(), expires=AT.date().replace(year=2036), files=FILES)
    return number


def summary(found: list[float]) -> Result:
    low, middle, high = statistics.quantiles(found, n=4)
    return {"value": round(middle, 3), "spread": round((high - low) / 2 / middle, 3)}


def bare(register: Register) -> Callable[[], None]:
    """Return one issue's statements through the driver alone, with one durable commit.

    What the register's own Python computes (leaf, marks, tokens) is made beforehand and is not part of the floor.
    """
    sqlite = register._context.store.sqlite
    connection = register._context.store.engine.raw_connection().driver_connection
    statements = (
        queries.FREE if sqlite else queries.FREE_SKIP, queries.SHORTEN, queries.RESERVE,
        queries.RESERVED if sqlite else queries.RESERVED_LOCK, queries.RECORD, queries.ENTRY, queries.DONE,
    )  # fmt: skip
    free, shorten, reserve, reserved, record, entry, done = (
        statement if sqlite else statement.replace("?", "%s") for statement in statements
    )
    begin = ("PRAGMA synchronous=FULL", "BEGIN IMMEDIATE") if sqlite else ("BEGIN",)
    rows = iter([_values(n) for n in range(50_000_000, 50_000_000 + COMMITS * 10)])
    run = connection.execute

    def once() -> None:
        number, reservation, document, leaf = next(rows)
        for statement in begin:
            run(statement)
        row = run(free, (KIND, "", "")).fetchone()
        run(shorten, row[:2])
        run(reserve, reservation)
        run(reserved, (number,)).fetchone()
        run(record, document)
        run(entry, ("issue", number, leaf, bytes(16)))
        run(done, (number,))
        connection.commit()

    return once


def _values(n: int) -> tuple[str, tuple[object, ...], tuple[object, ...], bytes]:
    number = f"T{n:08d}"
    row = (number, 1, n, KIND, "trial", "trial", owner.owner(), secrets.token_hex(16), "", "", bytes(16))
    return number, row, _document(n), _leaf(n)


def _leaf(n: int) -> bytes:
    """Return the entry of an issue."""
    values = ("", "", "", "", 1, n, "", STAMP, "", LISTED)
    return issue_leaf(f"T{n:08d}", KIND, "trial", "trial", DAY, LAST, *values, {})


def _document(n: int) -> tuple[object, ...]:
    """Return the values of ``queries.RECORD``."""
    number, own = f"T{n:08d}", tables.document_id(1, n)
    return own, number, 1, n, KIND, "trial", "trial", DAY, LAST, STAMP, "", "", "", "", LISTED, None, None, None, None


def commit_ratio(folder: Path) -> Result:
    """One issue's register part over its statements through the bare driver, one durable commit each."""
    server = Server(durable=True)
    results: Result = {}
    try:
        for name, url in (("sqlite", f"sqlite:///{folder}/r.db"), ("postgresql", server.database())):
            register = made(url)
            floor, ratios = bare(register), []
            for _ in range(COMMITS):
                times = []
                for function in (lambda register=register: issue(register), floor):
                    start = time.perf_counter()
                    for _ in range(10):
                        function()
                    times.append(time.perf_counter() - start)
                ratios.append(times[0] / times[1])
            results[name] = summary(ratios) | {
                "compared": "reserve and commit over the same statements, bare driver, one durable commit"
            }
            register.close()
    finally:
        server.close()
    return results


def fill(register: Register, first: int, last: int, *, sign: bool = False) -> None:
    """Write documents and their entries as issues would have, many in one transaction."""
    connection = register._context.store.engine.raw_connection().driver_connection
    secrets = register._context.secrets

    def entries() -> Iterator[tuple[object, ...]]:
        for n in range(first, last + 1):
            number, leaf = f"T{n:08d}", _leaf(n)
            if sign:
                leaf = add_signatures(leaf, {"trial": OFFICER.sign(signed_part(secrets.register, leaf))})
            yield "issue", number, leaf, secrets.entry(merkle.leaf_hash(leaf))

    connection.execute("BEGIN IMMEDIATE")
    connection.executemany(queries.RECORD, map(_document, range(first, last + 1)))
    connection.executemany(queries.ENTRY, entries())
    connection.execute("UPDATE blank SET first = ?", (last + 1,))
    connection.execute("COMMIT")


def growth(folder: Path) -> Result:
    """Issue and look-up by number with 1,000,000 documents over the same with 1,000 (SQLite)."""
    small, large = made(f"sqlite:///{folder}/small.db"), made(f"sqlite:///{folder}/large.db")
    fill(small, 1, 1000)
    fill(large, 1, 1_000_000)
    issuing, looking = [], []
    for turn in range(40):
        times = []
        for register, size in ((large, 1_000_000), (small, 1000)):
            start = time.perf_counter()
            for _ in range(10):
                issue(register)
            middle = time.perf_counter()
            for n in range(200):
                register.document(f"T{(turn * 7919 + n * 104_729) % size + 1:08d}")
            times.append((middle - start, time.perf_counter() - middle))
        issuing.append(times[0][0] / times[1][0])
        looking.append(times[0][1] / times[1][1])
    size = (folder / "large.db").stat().st_size
    return {
        "issue": summary(issuing) | {"compared": "reserve and commit, 1,000,000 documents over 1,000"},
        "look_up": summary(looking) | {"compared": "document(number), 1,000,000 documents over 1,000"},
        "bytes_per_document": {"value": round(size / 1_000_000), "spread": 0, "compared": "SQLite file, log included"},
    }


def audit_ratio(folder: Path) -> Result:
    """A whole audit of 1,000,000 entries over reading the leaves by the bare driver and hashing the tree."""
    register = made(f"sqlite:///{folder}/r.db")
    fill(register, 1, 1_000_000)
    head = register.log.sequence()
    connection = register._context.store.engine.raw_connection().driver_connection
    totals, hashing, memory = [], [], []
    for _ in range(3):
        start = time.perf_counter()
        if not (audit := register.audit(sequence=False)).sound or audit.entries < 1_000_000:
            raise RuntimeError("the audit of the benchmark's register failed")
        totals.append(time.perf_counter() - start)
        start = time.perf_counter()
        leaves = [row[0] for row in connection.execute("SELECT leaf FROM entry ORDER BY position")]
        middle = time.perf_counter()
        _tree(leaves)
        hashing.append(time.perf_counter() - start)
        memory.append(time.perf_counter() - middle)
        del leaves
    fill(register, 1_000_001, 1_001_000)
    register.log.sequence()
    new = []
    for _ in range(5):
        start = time.perf_counter()
        register.audit(sequence=False, since=head)
        new.append(time.perf_counter() - start)
    median = statistics.median
    return {
        "full": {
            "value": round(median(totals) / median(hashing), 2),
            "spread": round((max(totals) - min(totals)) / 2 / median(totals), 3),
            "compared": f"audit of 1,000,000 entries ({median(totals):.1f} s) over reading and hashing them",
        },
        "full_over_hashing_in_memory": {
            "value": round(median(totals) / median(memory), 2),
            "spread": 0,
            "compared": "the same over hashing leaves that are in memory already",
        },
        "since": {
            "value": round(median(new) / median(totals), 4),
            "spread": round((max(new) - min(new)) / 2 / median(new), 3),
            "compared": "audit --since of 1,000 new entries over the full audit",
        },
    }


def _tree(leaves: list[bytes]) -> bytes:
    hashes = [sha256(b"\0" + leaf).digest() for leaf in leaves]
    while len(hashes) > 1:
        odd = hashes[-1:] if len(hashes) % 2 else []
        hashes = [sha256(b"\1" + a + b).digest() for a, b in zip(hashes[::2], hashes[1::2], strict=False)] + odd
    return hashes[0]


def parallel(folder: Path) -> Result:
    """Documents issued a second, signed, by 8 processes on PostgreSQL over one; and the least of 1 to 20 over one."""
    server = Server(durable=True)
    try:
        authority = Authority.create(folder / "authority", at=AT)
        register = made(server.database())
        office = Office(authority, register)
        application = example(KIND, at=AT)
        office.issue(application, at=AT)
        rates = {
            count: statistics.median(_rate(office, application, register, count) for _ in range(3))
            for count in (1, 2, 4, 8, 20)
        }
        register.close()
    finally:
        server.close()
        shutil.rmtree(folder / "authority", ignore_errors=True)
    text = ", ".join(f"{count}: {rate:.0f}/s" for count, rate in rates.items())
    return {
        "eight": {"value": round(rates[8] / rates[1], 2), "spread": 0, "compared": f"8 processes over 1; {text}"},
        "least": {
            "value": round(min(rates.values()) / rates[1], 2),
            "spread": 0,
            "compared": "the slowest of 1 to 20 over 1",
        },
    }


def _rate(office: Office, application: object, register: Register, count: int, seconds: float = 3) -> float:
    fork = multiprocessing.get_context("fork")
    queue = fork.SimpleQueue()
    register.close()

    def work() -> None:
        done, end = 0, time.perf_counter() + seconds
        while time.perf_counter() < end:
            office.issue(application, at=AT)
            done += 1
        queue.put(done)
        register.close()

    many = [fork.Process(target=work) for _ in range(count)]
    start = time.perf_counter()
    for one in many:
        one.start()
    total = sum(queue.get() for _ in many)
    for one in many:
        one.join()
    return total / (time.perf_counter() - start)


SIGNED = 20_000  # entries of the audit


def signed(folder: Path) -> Result:
    """What officers' signatures cost: the same acts and audit in a register of strict accountability and a trial one.

    To the trial's time the bare signature of an entry is added, or its verification.
    """
    strict, trial = _strict(f"sqlite:///{folder}/strict.db"), made(f"sqlite:///{folder}/trial.db")
    key, leaf = OFFICER.key, _leaf(1)
    public, signature = key.public_key(), key.sign(leaf)
    issuing = []
    for _ in range(COMMITS):
        times = []
        for register, bare in ((strict, lambda: None), (trial, lambda: key.sign(leaf))):
            start = time.process_time()
            for _ in range(10):
                issue(register)
                bare()
            times.append(time.process_time() - start)
        issuing.append(times[0] / times[1])
    fill(strict, 1001, 1000 + SIGNED, sign=True)
    fill(trial, 1001, 1000 + SIGNED)
    strict.log.sequence()
    trial.log.sequence()
    auditing = []
    for _ in range(4):
        times = []
        for register, count in ((strict, 0), (trial, SIGNED)):
            start = time.process_time()
            if register.audit(officer="trial", sequence=False).documents < SIGNED:
                raise RuntimeError("the audit of the benchmark's register failed")
            for _ in range(count):
                public.verify(signature, leaf)
            times.append(time.process_time() - start)
        auditing.append(times[0] / times[1])
    return {
        "commit": summary(issuing) | {"compared": "a signed issue over a trial register's and one Ed25519 signature"},
        "audit": summary(auditing)
        | {"compared": f"audit of {SIGNED} signed issues over a trial register's and as many Ed25519 verifications"},
    }


def _strict(url: str) -> Register:
    """Return a register of strict accountability with its blanks, whose one officer is clerk and auditor too."""
    at, keys = AT, Keys.generate("example.tj/register")
    register = Register.create(url, keys=keys, officer="trial", office="trial", at=at, officer_key=OFFICER)
    register.officers.enrol("trial", "auditor", office="trial", officer="trial", at=at)
    register.blanks.add_series(KIND, "T{:08d}", officer="trial", at=at)
    order = {"act": "a", "supplier": "s", "office": "trial", "officer": "trial", "at": at}
    register.blanks.receive("T00000001-T99999999", **order)
    register.act("confirm", "T00000001-T99999999", officers=["trial"], at=at, office="trial")
    return register


FIGURES = {
    "register.commit_ratio": commit_ratio,
    "register.signed": signed,
    "register.growth": growth,
    "register.audit_ratio": audit_ratio,
    "register.parallel": parallel,
}
