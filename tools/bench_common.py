"""What the figures of ``tools/bench`` share: the ratio, the moment, a passport. Not a tool of its own."""

import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256, SHA384, Hash

from tjdocs.documents import example
from tjdocs.office import Office
from tjdocs.pki import Authority
from tjdocs.register import Register

ROOT = Path(__file__).resolve().parents[1]
AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
Result = dict[str, object]

# what the tests draw and make is measured too
for _room in ("tests", "tests/page", "tests/mrz"):
    sys.path.append(str(ROOT / _room))


def ratio(
    measured: Callable[[], object],
    floor: Callable[[], object],
    *,
    rounds: int,
    repeat: int,
    before: Callable[[], object] = lambda: None,
) -> Result:
    """Return the median ratio of two functions that take turns, ``repeat`` calls each a round.

    :param before: called before each round, untimed
    """
    found = []
    for _ in range(rounds):
        before()
        times = []
        for function in (measured, floor):
            start = time.perf_counter()
            for _ in range(repeat):
                function()
            times.append(time.perf_counter() - start)
        found.append(times[0] / times[1])
    low, middle, high = statistics.quantiles(found, n=4)
    return {"value": round(middle, 3), "spread": round((high - low) / 2 / middle, 3)}


def hashed(algorithm: SHA256 | SHA384, data: bytes) -> bytes:
    state = Hash(algorithm)
    state.update(data)
    return state.finalize()


def passport(folder: Path) -> tuple[Authority, dict[str, bytes]]:
    """Return an authority (P-384 CSCA, P-256 signer) and a passport's files with a DG2 of 20 kB."""
    authority = Authority.create(folder / "authority", at=AT)
    return authority, another(folder, authority)


def another(folder: Path, authority: Authority) -> dict[str, bytes]:
    office = Office(authority, Register(f"sqlite:///{folder}/register.db"))
    return dict(office.issue(example("external-passport", at=AT), at=AT).chip)
