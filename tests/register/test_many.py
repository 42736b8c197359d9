"""Many at once, and what goes away in the middle: no number twice, none lost, every caller told."""

import multiprocessing
import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path

import pytest

from tests.support.postgres import Server
from tests.support.register_helpers import KIND, NOW, enrol, issue, new_register, open_register, person, stock
from tjdocs.errors import RegisterError
from tjdocs.register import queries

PROCESSES = 20
EACH = 10
fork = multiprocessing.get_context("fork")
FILES = {"DG1": "00" * 32}


def commit(reservation):
    reservation.commit(at=NOW, issued=NOW.date(), expires=date(2036, 11, 23), files=FILES)


def spread(work, processes=PROCESSES):
    """Run ``work`` in forked processes; return what each puts into the queue."""
    queue = fork.SimpleQueue()

    def guarded(n):
        try:
            work(queue, n)
        except BaseException as error:  # noqa: BLE001 (else the parent would wait for ever)
            queue.put(error)

    many = [fork.Process(target=guarded, args=(n,)) for n in range(processes)]
    for one in many:
        one.start()
    found = [queue.get() for _ in many]
    for one in many:
        one.join(60)
    assert [one for one in found if isinstance(one, BaseException)] == []
    return found


@pytest.mark.requirement("STL-3")
def test_twenty_processes_issue_from_the_same_ranges(stocked):
    """The register was opened before the fork: each process takes connections of its own."""
    stock(stocked, "P0002001-P0002050")

    def work(queue, n):
        queue.put([issue(stocked) for _ in range(EACH)])
        stocked.close()

    numbers = [number for some in spread(work) for number in some]
    assert len(set(numbers)) == PROCESSES * EACH
    found = {span.state for _, span in stocked.blanks.spans(officer="anna")}
    assert found == {"confirmed"}  # none lost, none spoiled
    assert stocked.resume(officer="chief", at=NOW) == []
    audit = stocked.audit(officer="auditor", heads=[])
    assert (audit.problems, audit.undetermined, audit.documents) == ((), (), len(numbers))


def drivers(register):
    """Return the driver's connections that a register takes for a read, a look-up and an issue's transaction."""
    store = register._context.store
    with store.read() as connection, queries.each(store) as direct, queries.transaction(store, lasting=False) as own:
        return [connection.connection.driver_connection, direct.driver, own.driver]


def test_no_connection_of_the_parent_in_a_child(stocked):
    """The pool has connections when the process forks: the child takes its own, and leaves the parent's open."""
    first = issue(stocked)
    parents = drivers(stocked)
    assert len(set(map(id, parents))) == 3

    def work(queue, n):
        own = drivers(stocked)
        numbers = [issue(stocked) for _ in range(EACH)]
        stocked.close()
        queue.put((numbers, [one for one in own if any(one is other for other in parents)]))

    outcomes = spread(work, 4)
    assert [shared for _, shared in outcomes] == [[]] * 4
    assert [one.execute("SELECT 1").fetchone()[0] for one in parents] == [1, 1, 1]
    numbers = [number for some, _ in outcomes for number in some] + [first, issue(stocked)]
    assert len(set(numbers)) == 4 * EACH + 2
    assert stocked.audit(officer="auditor").documents == len(numbers)


def statements(register, server):
    """Return a function that gives the statements which the driver got since it was called last."""
    if register._context.store.sqlite:
        found = []
        with register._context.store.read() as connection:  # the pool gives the same one again
            connection.connection.driver_connection.set_trace_callback(found.append)
        found.clear()
    else:
        log = server.folder / "log"
        seen = [len(log.read_text())]

    def told():
        if register._context.store.sqlite:
            some = found[:]
            found.clear()
            return some
        text = log.read_text()
        some = [line.partition("LOG:  ")[2] for line in text[seen[0] :].splitlines() if "LOG:  " in line]
        seen[0] = len(text)
        return [line.partition(": ")[2] for line in some if line.startswith(("statement: ", "execute "))]

    return told


@pytest.mark.requirement("STL-3")
@pytest.mark.parametrize("who", [None, person()])
def test_one_durable_commit_an_issue(url, keys, request, who):
    """Two transactions: the reservation's is not flushed, the record's is; nothing else is committed."""
    server = None
    if url.startswith("postgresql"):
        server, url = request.getfixturevalue("server"), f"{url}%20-clog_statement%3Dall"
    register = new_register(url, keys, office="store")
    register.blanks.add_series(KIND, "P{:07d}", officer="chief", at=NOW)
    stock(register, "P0000001-P0000100", office="store")
    for _ in range(6):  # prepared statements are logged under their names
        issue(register, officer="chief")
    register.close()
    told = statements(register, server)
    issue(register, officer="chief", person=who)
    lasting, commits = True, []
    for statement in told():
        if "synchronous" in statement:
            lasting = statement.endswith("FULL")
        elif statement.startswith("BEGIN") and server is not None:
            lasting = True
        elif statement == "COMMIT":
            commits.append(lasting)
    assert commits == [False, True]


def test_the_last_blanks_go_to_as_many_as_there_are(register):
    stock(register, "P0000001-P0000007")
    stock(register, "P0000101-P0000108")

    def work(queue, n):
        try:
            queue.put(issue(register))
        except RegisterError as error:
            queue.put(error.message)
        register.close()

    found = spread(work)
    assert sorted(one for one in found if one != "number not available") == [f"P{n:07d}" for n in (*range(1, 8), *range(101, 109))]
    assert found.count("number not available") == 5
    assert register.audit(officer="auditor").sound


def test_sequencing_and_issuing_at_once(stocked):
    def work(queue, n):
        for _ in range(EACH):
            issue(stocked) if n else stocked.log.sequence()
        queue.put(n)
        stocked.close()

    spread(work, 6)
    audit = stocked.audit(officer="auditor")
    assert (audit.problems, audit.documents) == ((), 5 * EACH)


def test_one_person_asks_twenty_offices_at_once(stocked):
    def work(queue, n):
        reservation = stocked.reserve(KIND, officer="anna", at=NOW)
        try:
            reservation.commit(at=NOW, issued=NOW.date(), expires=date(2036, 11, 23), files=FILES, person=person())
            queue.put("issued")
        except RegisterError as error:
            reservation.withdraw(at=NOW)
            queue.put(error.message)
        stocked.close()

    found = spread(work, 8)
    assert sorted(found) == [*["issued"], *[f"the holder has a valid {KIND}"] * 7]
    assert stocked.audit(officer="auditor").sound


def test_one_person_asks_two_offices_at_the_same_moment(stocked, monkeypatch):
    """Both would find no other document; the second has to wait until the first has one."""
    meeting, real, outcomes = threading.Barrier(2), queries.execute, []

    def execute(connection, statement, values=()):
        found = real(connection, statement, values)
        if statement == queries.OTHERS:
            with suppress(threading.BrokenBarrierError):
                meeting.wait(1)
        return found

    def work(reservation):
        try:
            call = {"issued": NOW.date(), "expires": date(2036, 11, 23), "files": FILES, "person": person()}
            reservation.commit(at=NOW, **call)
            outcomes.append("issued")
        except RegisterError as error:
            outcomes.append(error.message)

    reservations = [stocked.reserve(KIND, officer="anna", at=NOW) for _ in range(2)]
    monkeypatch.setattr(queries, "execute", execute)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, reservations))
    assert sorted(outcomes) == ["issued", f"the holder has a valid {KIND}"]


# --------------------------------------------------------------------------- the server is killed, away, or full


@pytest.fixture
def durable():
    made = Server(durable=True, connections=25)
    yield made
    made.close()


def made_on(server, keys):
    register = new_register(server.database(), keys, office="store")
    enrol(register, "anna", "clerk", "dushanbe")
    enrol(register, "auditor", "auditor", "store")
    register.blanks.add_series(KIND, "P{:07d}", officer="chief", at=NOW)
    stock(register, "P0000001-P0005000")
    return register


@pytest.mark.requirement("STL-3")
def test_a_server_killed_in_the_middle_of_issuing(durable, keys):
    """Whoever was told "issued" has a record; whoever was not told has an error, and the blank is accounted for."""
    register = made_on(durable, keys)

    def work(queue, n):
        issued, errors, end = [], 0, time.monotonic() + 6
        while time.monotonic() < end:
            reservation = None
            try:
                reservation = register.reserve(KIND, officer="anna", at=NOW)
                commit(reservation)
                issued.append(reservation.number)
            except RegisterError:
                errors += 1
                if reservation is not None:
                    try:
                        reservation.withdraw(at=NOW)
                    except RegisterError:
                        pass
                time.sleep(0.05)
        queue.put((issued, errors))
        register.close()

    queue = fork.SimpleQueue()
    many = [fork.Process(target=work, args=(queue, n)) for n in range(4)]
    for one in many:
        one.start()
    for _ in range(2):
        time.sleep(1.2)
        durable.kill()
        time.sleep(0.3)
        durable.start()
    found = [queue.get() for _ in many]
    for one in many:
        one.join(60)
    issued = [number for some, _ in found for number in some]
    assert len(issued) > 20
    assert len(set(issued)) == len(issued)
    assert sum(errors for _, errors in found) > 0
    again = register.resume(officer="chief", at=NOW)
    assert {one.done for one in again} <= {"spoiled"}
    assert {register.document(number, officer="anna").status for number in issued} == {"issued"}
    audit = register.audit(officer="auditor", heads=[])
    assert audit.problems == ()
    report = register.report(first=NOW.date(), last=NOW.date(), officer="chief")
    assert report.balanced
    (line,) = (line for line in report.lines if line.office == "dushanbe")
    assert line.issued >= len(issued)


def test_a_server_that_goes_away_and_comes_back(durable, keys):
    register = made_on(durable, keys)
    first = issue(register)
    reservation = register.reserve(KIND, officer="anna", at=NOW)
    number = reservation.number
    durable.stop()
    for call in (
        lambda: commit(reservation),
        lambda: register.reserve(KIND, officer="anna", at=NOW),
        lambda: register.document(first, officer="anna"),
        lambda: register.audit(officer="auditor"),
        lambda: open_register(durable.url("postgres"), keys),
    ):
        with pytest.raises(RegisterError) as caught:
            call()
        assert caught.value.hint
        assert number not in str(caught.value)
    durable.start()
    commit(reservation)
    assert register.document(first, officer="anna").status == register.document(number, officer="anna").status == "issued"
    assert register.audit(officer="auditor").sound


def test_a_server_that_was_started_again_meanwhile(durable, keys):
    """The pool's connections are gone with the server: the pool notices, and no caller does."""
    register = made_on(durable, keys)
    first = issue(register)
    durable.stop("immediate")
    durable.start()
    second = issue(register)
    assert {register.document(number, officer="anna").status for number in (first, second)} == {"issued"}
    assert second != first


def test_more_callers_than_connections(durable, keys):
    register = made_on(durable, keys)
    everybody = fork.Barrier(32)  # whoever has a connection keeps it until all have asked for one

    def work(queue, n):
        try:
            own = open_register(register._context.store.url.render_as_string(), keys, wait=5)
            with own._context.store.read():
                everybody.wait(60)
        except RegisterError as error:
            everybody.wait(60)
            queue.put(error.hint)
            return
        try:
            issue(own)
            queue.put("issued")
        except RegisterError as error:
            queue.put(error.hint)
        own.close()

    register.close()
    found = spread(work, 32)
    told = [one for one in found if one != "issued"]
    assert told
    assert all("connection" in one or "clients" in one or "slots" in one for one in told), told
    assert found.count("issued") > 0
    assert register.audit(officer="auditor").documents == found.count("issued")


def test_a_commit_whose_answer_got_lost(stocked, monkeypatch):
    """The transaction went through and nobody could say so: the caller withdraws, and the record says spoiled."""
    reservation = stocked.reserve(KIND, officer="anna", at=NOW)
    number = reservation.number
    real = queries.transaction

    @contextmanager
    def transaction(store, *, lasting):
        with real(store, lasting=lasting) as connection:
            yield connection
        raise RegisterError("the register refused", hint="connection lost")

    monkeypatch.setattr(queries, "transaction", transaction)
    with pytest.raises(RegisterError, match="refused"):
        commit(reservation)
    monkeypatch.undo()
    assert stocked.document(number, officer="anna").status == "issued"
    reservation.withdraw(at=NOW)
    assert stocked.document(number, officer="anna").status == "spoiled"
    assert stocked.audit(officer="auditor").sound


def test_a_number_whose_withdrawal_failed_is_resumed_while_its_process_runs(stocked, monkeypatch):
    reservation = stocked.reserve(KIND, officer="anna", at=NOW)
    number = reservation.number
    assert stocked.resume(officer="chief", at=NOW) == []  # somebody is at work on it

    def fail(*arguments, **more):
        raise RegisterError("the register refused")

    monkeypatch.setattr("tjdocs.register.issuing.spoil_blank", fail)
    with pytest.raises(RegisterError):
        reservation.withdraw(at=NOW)
    monkeypatch.undo()
    assert [(one.number, one.done) for one in stocked.resume(officer="chief", at=NOW)] == [(number, "spoiled")]
    assert stocked.document(number, officer="anna").status == "spoiled"


def test_what_another_machine_left_is_left_alone(stocked, monkeypatch):
    monkeypatch.setattr("socket.gethostname", lambda: "elsewhere")
    from tjdocs.register import owner

    owner._owner.cache_clear()
    reservation = stocked.reserve(KIND, officer="anna", at=NOW)
    number = reservation.number
    monkeypatch.undo()
    owner._owner.cache_clear()
    assert [(one.number, one.done) for one in stocked.resume(officer="chief", at=NOW)] == [(number, "elsewhere")]
    assert stocked.document(number, officer="anna").status == "reserved"
    assert [one.done for one in stocked.resume(officer="chief", at=NOW, everywhere=True)] == ["spoiled"]
    with pytest.raises(RegisterError, match="missing role"):
        stocked.resume(officer="gate", at=NOW)


def test_a_process_that_died_and_one_that_lives(stocked):
    def work(queue, n):
        queue.put(stocked.reserve(KIND, officer="anna", at=NOW).number)
        os.kill(os.getpid(), signal.SIGKILL)

    queue = fork.SimpleQueue()
    one = fork.Process(target=work, args=(queue, 0))
    one.start()
    number = queue.get()
    while ") Z" not in Path(f"/proc/{one.pid}/stat").read_text():
        time.sleep(0.01)  # dead, and not yet waited for
    held = stocked.reserve(KIND, officer="anna", at=NOW).number
    assert [(one.number, one.done) for one in stocked.resume(officer="chief", at=NOW)] == [(number, "spoiled")]
    one.join()
    assert stocked.document(held, officer="anna").status == "reserved"


def test_a_forged_reservation_is_not_resumed(stocked):
    with stocked._context.store.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO reservation SELECT 'P0000600', id, 600, 'external-passport', 'dushanbe', 'anna', 'committed', "
            "'host|boot|1|1', 'token', '/tmp/place', '/tmp/staging', '' FROM series"
        )
    assert [one.done for one in stocked.resume(officer="chief", at=NOW, everywhere=True)] == ["forged"]


def test_an_officer_changes_while_nobody_writes(server, keys, monkeypatch):
    """Whoever was let in before a dismissal has an entry before it: else an honest officer would stand accused."""
    register = new_register(server.database(), keys)
    for name, role, office in (("auditor", "auditor", "store"), ("anna", "clerk", "dushanbe")):
        enrol(register, name, role, office)
    register.blanks.add_series(KIND, "P{:07d}", officer="chief", at=NOW)
    stock(register, "P0000001-P0000010")
    reservation, real = register.reserve(KIND, officer="anna", at=NOW), queries.execute
    asked, dismissed = threading.Event(), threading.Event()

    def waits():
        with register._context.store.read() as connection:
            query = "SELECT COUNT(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
            return connection.exec_driver_sql(query).scalar() > 0

    def execute(connection, statement, values=()):
        found = real(connection, statement, values)
        if statement == queries.ROLES and values == ("anna",):
            asked.set()
            while not waits() and not dismissed.is_set():
                pass
        return found

    def dismiss():
        asked.wait()
        register.officers.dismiss("anna", "clerk", officer="chief", at=NOW)
        dismissed.set()

    monkeypatch.setattr(queries, "execute", execute)
    with ThreadPoolExecutor(2) as pool:
        done = [pool.submit(commit, reservation), pool.submit(dismiss)]
        for one in done:
            one.result()
    monkeypatch.undo()
    audit = register.audit(officer="auditor", heads=[])
    assert (audit.problems, audit.documents) == ((), 1)
    register.close()
