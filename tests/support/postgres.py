"""A PostgreSQL server of the tests' own: in a folder, on a Unix socket, nothing shared with the machine's."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from itertools import count
from pathlib import Path

from sqlalchemy import create_engine

FAST = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"  # for tests that do not kill the server


def programs() -> Path:
    """Return where the server's programs lie; fails, and never skips, without one."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not found:
        raise RuntimeError("no PostgreSQL server: apt-get install --no-install-recommends postgresql")
    return found[-1].parent


class Server:
    """A server; ``durable`` leaves fsync on, as kill tests and benchmarks want it."""

    def __init__(self, *, durable: bool = False, connections: int = 100) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="tjpg"))  # short: a socket's path has 108 bytes
        self._options = "" if durable else FAST
        self._connections = connections
        self._names = count(1)
        if os.getuid() == 0:
            shutil.chown(self.folder, "postgres")
        self._run(programs() / "initdb", "-D", self._data, "-U", "tj", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8")
        self.start()
        url = self.url("postgres").replace("postgresql:", "postgresql+psycopg:")
        self._engine = create_engine(url, isolation_level="AUTOCOMMIT")

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def _run(self, *arguments: object) -> None:
        command = [str(argument) for argument in arguments]
        if os.getuid() == 0:  # the server refuses root
            command = ["runuser", "-u", "postgres", "--", *command]
        environment = {**os.environ, "LC_ALL": "C.UTF-8"}
        done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd="/")
        if done.returncode:
            raise RuntimeError(f"{command}: {done.stdout}{done.stderr}")

    def start(self) -> None:
        options = f"-c listen_addresses='' -c unix_socket_directories={self.folder} -c max_connections={self._connections}"
        log = self.folder / "log"
        self._run(programs() / "pg_ctl", "-D", self._data, "-s", "-w", "-l", log, "-o", f"{options} {self._options}", "start")

    def stop(self, mode: str = "fast") -> None:
        self._run(programs() / "pg_ctl", "-D", self._data, "-m", mode, "-s", "-w", "stop")

    def kill(self) -> None:
        """End the server and its children as a power cut would."""
        main = int((self._data / "postmaster.pid").read_text().split()[0])
        children = Path(f"/proc/{main}/task/{main}/children").read_text().split()
        for pid in (main, *map(int, children)):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        deadline = time.monotonic() + 10
        while any(Path(f"/proc/{pid}/stat").exists() for pid in (main, *children)) and time.monotonic() < deadline:
            time.sleep(0.01)
        (self._data / "postmaster.pid").unlink(missing_ok=True)

    def url(self, database: str) -> str:
        return f"postgresql://tj@/{database}?host={self.folder}"

    def database(self) -> str:
        """Make an empty database; return its URL."""
        name = f"tj{next(self._names)}"
        with self._engine.connect() as connection:
            connection.exec_driver_sql(f"CREATE SCHEMA {name}")
        # a schema of its own: a database would be copied from a template each time
        return f"{self.url('postgres')}&options=-csearch_path%3D{name}"

    def close(self) -> None:
        try:
            self._engine.dispose()
            self.stop("immediate")
        except RuntimeError:
            pass
        shutil.rmtree(self.folder, ignore_errors=True)
