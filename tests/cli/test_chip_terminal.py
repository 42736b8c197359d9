"""The folder of a terminal, and the authority of an emulated card, on the command line."""

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.support import terminals as t
from tjdocs.cli import chip
from tjdocs.errors import InputError, UsageError


@pytest.fixture
def lane(tmp_path):
    for name, one in (("dv.cvc", t.dv()), ("is.cvc", t.terminal_certificate())):
        (tmp_path / name).write_bytes(one.raw)
    return tmp_path


@pytest.mark.parametrize(("name", "encoding"), [("key.pem", Encoding.PEM), ("key.der", Encoding.DER)])
def test_a_folder_is_a_terminal(lane, name, encoding):
    (lane / name).write_bytes(t.key(t.IS).private_bytes(encoding, PrivateFormat.PKCS8, NoEncryption()))
    terminal = chip._terminal_of(lane)
    assert terminal.certificate.holder == t.IS
    assert [one.holder for one in terminal.others] == [t.DV]


def test_what_is_wrong_with_a_folder_is_named(lane):
    with pytest.raises(InputError):
        chip._terminal_of(lane)
    (lane / "key.pem").write_bytes(b"no key")
    with pytest.raises(InputError, match="not a private key"):
        chip._terminal_of(lane)
    (lane / "key.pem").write_bytes(t.key(t.DV).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    with pytest.raises(UsageError, match="missing certificate of the terminal"):
        chip._terminal_of(lane)


def test_the_authority_of_a_card(lane):
    (lane / "cvca.cvc").write_bytes(t.cvca().raw)
    assert chip._trusted(str(lane / "cvca.cvc")).references == (t.CVCA,)
    (lane / "cvca.cvc").write_bytes(b"\x7f\x21")
    with pytest.raises(InputError, match="not a card-verifiable certificate"):
        chip._trusted(str(lane / "cvca.cvc"))
