"""Which process holds a reservation, and whether it still runs."""

import os
import socket
from functools import cache
from pathlib import Path

__all__ = ["is_gone", "is_here", "owner"]


def owner() -> str:
    """Return this process: host, start of the machine, process, its start."""
    return _owner(os.getpid())


@cache
def _owner(pid: int) -> str:
    return f"{socket.gethostname()}|{_boot()}|{pid}|{_started(pid)}"


def is_here(text: str) -> bool:
    """Whether a process was one of this machine."""
    return text.split("|")[0] == socket.gethostname()


def is_gone(text: str) -> bool:
    """Whether a process of this machine has ended."""
    parts = text.split("|")
    if len(parts) != 4 or not parts[2].isdecimal():
        return True  # of no process; its mark proves whether it was made here
    _, boot, pid, started = parts
    return boot != _boot() or started != _started(int(pid)) or _is_zombie(int(pid))


def _boot() -> str:
    return (_read("/proc/sys/kernel/random/boot_id") or "").strip()


def _started(pid: int) -> str:
    """Return when a process began, in ticks; ``""`` for none. Its name may hold spaces and brackets."""
    text = _read(f"/proc/{pid}/stat")
    if text is None:  # no such process, or a system without /proc
        return "" if Path("/proc/self/stat").exists() else _alive(pid)
    return text.rpartition(")")[2].split()[19]


def _is_zombie(pid: int) -> bool:
    text = _read(f"/proc/{pid}/stat")
    return text is not None and text.rpartition(")")[2].split()[0] in ("Z", "X")


def _alive(pid: int) -> str:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return ""
    except OSError:
        pass
    return "runs"


def _read(path: str) -> str | None:
    try:
        return Path(path).read_text()
    except OSError:
        return None
