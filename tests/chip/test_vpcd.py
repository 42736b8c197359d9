"""A card in a virtual reader: the other end of the connection is played by hand here, tests/interop has the real one."""

import socket
import threading

import pytest

from tests.support.cards import Shown, pace_info
from tjdocs.chip import vpcd
from tjdocs.errors import InputError


def framed(data):
    return len(data).to_bytes(2, "big") + data


@pytest.fixture
def driver():
    """The driver's end, with a card in its reader."""
    shown = Shown(pace_info())
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=vpcd.serve, args=(shown.card, "127.0.0.1", listening.getsockname()[1]))
        thread.start()
        connection, _ = listening.accept()
    connection.settimeout(10)
    with connection:
        yield connection, shown.card
    thread.join(10)
    assert not thread.is_alive()


def answer(connection):
    data = connection.recv(2, socket.MSG_WAITALL)
    return connection.recv(int.from_bytes(data, "big"), socket.MSG_WAITALL)


def test_orders_and_commands(driver):
    connection, card = driver
    connection.sendall(framed(b"\x01") + framed(b"\x04"))
    assert answer(connection) == vpcd.atr(card)
    for part in framed(bytes.fromhex("00B09C0000")):  # in pieces
        connection.sendall(bytes((part,)))
    assert answer(connection) == card.files["EF.CardAccess"] + b"\x90\x00"
    connection.sendall(framed(bytes.fromhex("00A4040C07A0000002471001")))
    assert answer(connection) == b"\x90\x00"
    connection.sendall(framed(b""))
    assert answer(connection) == b"\x67\x00"


@pytest.mark.parametrize("order", [b"\x00", b"\x01", b"\x02"], ids=["off", "on", "reset"])
def test_an_order_ends_the_session(driver, order):
    """EF.CardAccess can be read by its short identifier in the master file only."""
    connection, _ = driver
    connection.sendall(framed(bytes.fromhex("00A4040C07A0000002471001")))
    assert answer(connection) == b"\x90\x00"
    connection.sendall(framed(bytes.fromhex("00B09C0000")))
    assert answer(connection)[-2:] != b"\x90\x00"
    connection.sendall(framed(order) + framed(bytes.fromhex("00B09C0000")))
    assert answer(connection)[-2:] == b"\x90\x00"


def test_the_answer_to_reset():
    """ISO/IEC 7816-3, 8.2: historical bytes counted; 85 xor 80 xor 01 xor 80 xor 73 xor 84 xor 01 xor C0 is B2."""
    card = Shown(pace_info()).card
    assert vpcd.atr(card).hex(" ") == "3b 85 80 01 80 73 84 01 c0 b2"
    card.files["EF.ATR/INFO"] = b"\x47\x03\x84\x01\xe0"
    assert vpcd.atr(card).hex(" ") == "3b 85 80 01 80 73 84 01 e0 92"


def test_an_answer_too_long_for_the_driver_is_refused():
    class Long:
        def transmit(self, command):
            return bytes(65536) + b"\x90\x00"

    assert vpcd._answer(Long(), bytes(5)) == b"\x67\x00"


def test_without_a_driver():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(InputError, match="missing virtual reader"):
        vpcd.serve(Shown().card, "127.0.0.1", port)
