"""What a case of ``test_reasons.py`` is: real bytes, one finding expected of them, and the verdict."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.support.builders import Scene

__all__ = ["Case", "admitted", "referred", "refused"]


@dataclass(frozen=True)
class Case:
    """One document with one thing about it.

    :param check: whose finding is expected, with ``outcome``, ``reason`` and, where there are several, ``subject``
    :param note: told apart from the other cases of the same reason
    """

    verdict: str
    check: str
    outcome: str
    reason: str
    make: Callable[[], Scene]
    subject: str = ""
    note: str = ""

    @property
    def id(self) -> str:
        return "-".join(filter(None, (self.check, self.reason or "passed", self.subject, self.note)))


def admitted(check: str, reason: str, make: Callable[[], Scene], *, note: str = "", subject: str = "") -> Case:
    """A tolerance under a name: the check holds, and the traveller passes."""
    return Case("admit", check, "warning" if reason else "passed", reason, make, subject, note)


def referred(check: str, reason: str, make: Callable[[], Scene], *, note: str = "", subject: str = "") -> Case:
    """What could not be decided: an officer looks."""
    return Case("refer", check, "undetermined", reason, make, subject, note)


def refused(check: str, reason: str, make: Callable[[], Scene], *, note: str = "", subject: str = "") -> Case:
    """What was done and failed."""
    return Case("refuse", check, "failed", reason, make, subject, note)
