"""Registers on both engines; helpers of other folders made importable, whichever way pytest was started."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from register_helpers import KIND, NOW, stock

from postgres import Server
from tjdocs.register import Keys, Register


@pytest.fixture(scope="session")
def server():
    made = Server()
    yield made
    made.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'register.db'}"
    return request.getfixturevalue("server").database()


@pytest.fixture(scope="session")
def keys():
    return Keys.generate("example.tj/register")


@pytest.fixture
def register(url, keys):
    """A production register: chief (officer, store), anna (clerk, dushanbe), second (officer, store), and the others."""
    made = Register.create(url, keys=keys, officer="chief", office="store", at=NOW)
    roles = (("second", "officer", "store"), ("anna", "clerk", "dushanbe"), ("auditor", "auditor", "store"), ("gate", "border", "gate-1"))
    for id_, role, office in roles:
        made.officers.enrol(id_, role, office=office, officer="chief", at=NOW)
    made.blanks.add_series(KIND, "P{:07d}", officer="chief", at=NOW)
    yield made
    made.close()


@pytest.fixture
def stocked(register):
    """The same with a thousand blanks confirmed at Dushanbe."""
    stock(register, "P0000001-P0001000")
    return register
