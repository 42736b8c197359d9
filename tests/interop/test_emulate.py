"""``tjdocs chip emulate`` as people run it: a program of its own, whose card any program of PC/SC reads."""

import contextlib
import signal
import subprocess
import sys

import pytest

from tests.interop import virtual_reader
from tests.support import builders as b
from tests.support import cards
from tests.support.cards import Shown, pace_info
from tjdocs.chip import read
from tjdocs.lds import ef_catalogue

pytestmark = pytest.mark.interop


@pytest.fixture
def port(tmp_path_factory):
    with virtual_reader.service(tmp_path_factory.mktemp("pcsc")) as port:
        yield port


@pytest.fixture
def shown():
    return Shown(pace_info(), groups={2: b.der(0x75, bytes(range(256)) * 150)})


@pytest.fixture
def folder(tmp_path, shown):
    """The chip's files and the MRZ, as in the folder of an issued document."""
    (tmp_path / "chip").mkdir()
    for name, data in shown.card.files.items():
        (tmp_path / "chip" / ef_catalogue.by_name(name).file_name).write_bytes(data)
    zone = b.zone()
    half = len(zone) // 2
    (tmp_path / "mrz.txt").write_text(f"{zone[:half]}\n{zone[half:]}\n", encoding="ascii")
    return tmp_path


@contextlib.contextmanager
def emulated(folder, port):
    """Run the command; its output goes to a file, so that no full pipe ever stops it."""
    with (folder / "output.txt").open("w") as output:
        program = subprocess.Popen(
            [sys.executable, "-m", "tjdocs", "chip", "emulate", str(folder), "--can", "123456", "--port", str(port)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
        try:
            virtual_reader.until(lambda: virtual_reader.has_card() or program.poll() is not None)
            assert program.poll() is None, (folder / "output.txt").read_text(encoding="utf-8")
            yield program
        finally:
            program.kill()
            program.wait(20)


def test_the_card_of_a_folder_is_read_over_pcsc(port, folder, shown):
    from tjdocs.chip.pcsc import PcscTransport

    with emulated(folder, port) as program:
        for password in (cards.zone_key(), cards.CAN):
            transport = PcscTransport(virtual_reader.NAME)
            reading = read(transport, password)
            transport._connection.disconnect()
            assert dict(reading.files) == shown.card.files
            assert {str(step.outcome) for step in reading.steps} == {"passed"}
        said = subprocess.run(
            ["opensc-tool", "-r", "0", "-s", "00A4040C07A0000002471001"],
            capture_output=True, text=True, timeout=20, check=False,
        )
        assert "SW1=0x90, SW2=0x00" in said.stdout
        program.send_signal(signal.SIGINT)
        assert program.wait(20) == 0
    assert (folder / "output.txt").read_text(encoding="utf-8") == ""
    virtual_reader.until(lambda: not virtual_reader.has_card())


def test_the_command_ends_with_the_service(folder, tmp_path_factory):
    with contextlib.ExitStack() as commands:
        with virtual_reader.service(tmp_path_factory.mktemp("pcsc")) as port:
            program = commands.enter_context(emulated(folder, port))
        assert program.wait(20) == 0
    assert (folder / "output.txt").read_text(encoding="utf-8") == ""
