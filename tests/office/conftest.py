"""A trial authority, an application, and offices on fresh registers."""

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest

from tests.support.offices import tie
from tjdocs.documents import example
from tjdocs.office import Office
from tjdocs.pki import Authority
from tjdocs.register import Register

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture(scope="session")
def now():
    return NOW


@pytest.fixture(scope="session")
def trial(tmp_path_factory, share):
    """A trial authority made the day before."""
    return share(Authority.create(tmp_path_factory.mktemp("authority") / "trial", at=NOW - timedelta(days=1)))


@pytest.fixture(scope="session")
def application():
    """A lawful adult's application with every field, the names in Tajik letters."""
    return dataclasses.replace(
        example("external-passport", at=NOW),
        family_name="ҒАФУРОВ",
        given_names="ҚОСИМ",
        patronymic="ҲАКИМӢ",
        place_of_birth="ХУҶАНД",
        personal_number="ZE184226B",
    )


@pytest.fixture
def register(tmp_path):
    return Register(f"sqlite:///{tmp_path / 'register.db'}")


@pytest.fixture
def office(trial, register):
    return Office(trial, register)


@pytest.fixture
def tied(trial, register, office):
    """The same office, whose authority has this register already: nothing but documents is still to be written."""
    tie(trial, register, "T{:08d}", NOW)
    return office
