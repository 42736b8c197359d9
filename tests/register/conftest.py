"""Registers on both engines; helpers of other folders made importable, whichever way pytest was started."""


import pytest

from tests.support.postgres import Server
from tests.support.register_helpers import KIND, NOW, enrol, new_register, stock
from tjdocs.register import Keys


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
    register = new_register(url, keys)
    roles = (("auditor", "auditor", "store"), ("second", "officer", "store"), ("anna", "clerk", "dushanbe"), ("gate", "border", "gate-1"))
    for id_, role, office in roles:
        enrol(register, id_, role, office)
    register.blanks.add_series(KIND, "P{:07d}", officer="chief", at=NOW)
    yield register
    register.close()


@pytest.fixture
def stocked(register):
    """The same with a thousand blanks confirmed at Dushanbe."""
    stock(register, "P0000001-P0001000")
    return register
