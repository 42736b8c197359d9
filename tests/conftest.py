"""Shared by all rooms: two trial authorities."""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import settings

from tjdocs.pki import Authority, key_protection

# the machine may be busy: nothing here is a timed assertion; .ci/run tries the same examples each time
settings.register_profile("tjdocs", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("tjdocs")

_FULL_COST = key_protection.COST
key_protection.COST = 16  # a file says its own: opening hundreds of keys at full cost would take most of the time
MADE = datetime(2026, 11, 24, 8, tzinfo=UTC)


_shared: list[Authority] = []  # of the session


@pytest.fixture(scope="session")
def share() -> Callable[[Authority], Authority]:
    """Say that many tests use an authority, each with a register of its own."""

    def note(authority: Authority) -> Authority:
        _shared.append(authority)
        return authority

    return note


@pytest.fixture(autouse=True)
def _no_register_yet() -> Iterator[None]:
    """No test's register is that of another: an authority has one.

    Before a test, and after it: what a module shares is made before the first of its tests.
    """
    _forget_registers()
    yield
    _forget_registers()


def _forget_registers() -> None:
    for authority in _shared:
        (authority.folder / "registers.json").unlink(missing_ok=True)


@pytest.fixture(scope="session")
def full_cost() -> int:
    """Cost of a passphrase outside of the tests."""
    return _FULL_COST


@pytest.fixture(scope="session")
def made() -> datetime:
    """When the session's authorities were made."""
    return MADE


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory, share: Callable[[Authority], Authority]) -> Authority:
    """A trial authority with explicit EC parameters. For reading and signing: whoever adds to one makes its own."""
    return share(Authority.create(tmp_path_factory.mktemp("authority") / "explicit", at=MADE))


@pytest.fixture(scope="session")
def named_authority(tmp_path_factory: pytest.TempPathFactory, share: Callable[[Authority], Authority]) -> Authority:
    """A trial authority whose certificates name their curves."""
    return share(Authority.create(tmp_path_factory.mktemp("authority") / "named", at=MADE, named_curves=True))
