"""A service of PC/SC with a virtual reader, and cards that are put into it one after the other."""

import contextlib
import fcntl
import shutil
import socket
import subprocess
import threading
import time
from pathlib import Path

from tjdocs.chip import vpcd

NAME = "tjdocs"
SOCKET = Path("/run/pcscd/pcscd.comm")  # the same for every pcscd of a machine
DRIVER = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so"


class Slot:
    """A reader whose card is changed between sessions, without a new connection."""

    def __init__(self):
        self.card = None
        self.commands = 0

    @property
    def files(self):
        return self.card.files

    def put(self, card):
        self.card, self.commands = card, 0

    def transmit(self, command):
        self.commands += 1
        return self.card.transmit(command)

    def power_on(self):
        self.card.power_on()


def free_port():
    """Return a port that is free, with the next one: the driver has two readers."""
    while True:
        with socket.create_server(("127.0.0.1", 0)) as first:
            port = first.getsockname()[1]
            with contextlib.suppress(OSError, OverflowError), socket.create_server(("127.0.0.1", port + 1)):
                return port


@contextlib.contextmanager
def service(folder):
    """Run a service of our own, and yield the port at which its reader waits for a card."""
    with open("/tmp/tjdocs-pcscd.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another run of the tests may have its service
        with socket.socket(socket.AF_UNIX) as other:
            running = other.connect_ex(str(SOCKET)) == 0
        assert not running, "a pcscd is running; stop it, a machine has only one"
        shutil.rmtree(SOCKET.parent, ignore_errors=True)
        SOCKET.parent.mkdir(parents=True)
        port = free_port()
        conf = folder / "reader.conf"  # by its whole path: pcscd leaves its folder first
        conf.write_text(
            f'FRIENDLYNAME "{NAME}"\nDEVICENAME /dev/null:{port}\nLIBPATH {DRIVER}\nCHANNELID {port}\n',
            encoding="ascii",
        )
        with open(folder / "pcscd.log", "w") as log:
            program = subprocess.Popen(["pcscd", "--foreground", "-c", str(conf)], stdout=log, stderr=log)
        try:
            until(SOCKET.exists)
            yield port
        finally:
            program.terminate()
            program.wait(20)


@contextlib.contextmanager
def inserted(folder, card):
    """Yield a slot with a card in it, in a reader of a service of our own."""
    slot = Slot()
    slot.put(card)
    with service(folder) as port:
        thread = threading.Thread(target=vpcd.serve, args=(slot, "127.0.0.1", port))
        thread.start()
        until(has_card)
        yield slot
    thread.join(20)
    assert not thread.is_alive()


def has_card():
    """Whether our reader has a card."""
    return NAME in _seen()


def _seen():
    """Return the first reader's line of OpenSC's list, where it has a card."""
    run = subprocess.run(["opensc-tool", "-l"], capture_output=True, text=True, timeout=20, check=False)
    return next((line for line in run.stdout.splitlines() if " Yes " in line), "")


def until(done, seconds=20):
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "no service of PC/SC"
        time.sleep(0.05)
