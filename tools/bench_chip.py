"""The figures of reading chips for ``tools/bench``, all from the card in memory. Not a tool of its own."""

import statistics
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from unittest import mock

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.cmac import CMAC
from cryptography.hazmat.primitives.hashes import SHA256
from tests.support import builders as b
from tests.support import cards

from bench_common import Result, hashed, ratio
from tjdocs.border import Evidence, Inspector
from tjdocs.chip.apdu import Answer, Command
from tjdocs.chip.cipher_suite import SUITES, CipherSuite, pad
from tjdocs.chip.groups import CurveGroup
from tjdocs.chip.secure_messaging import SecureMessaging
from tjdocs.lds import ef_sod
from tjdocs.pki import certificate

_SUITE = SUITES["AES-CBC-CMAC-128"]
_FACE, _PART, _LONG = 20_000, 223, 64_000
_JMRTD = 91  # READ BINARY of JMRTD 0.8.6 for 20 kB in parts of 223 bytes


def _shown(face: int) -> cards.Shown:
    """Return a card with PACE-GM over P-256, AES-128 and chip authentication, whose DG2 has so many bytes."""
    group = b.der(0x75, bytes(face))
    return cards.Shown(cards.pace_info(), cards.ca_info(), cards.public_info(), groups={2: group})


def _recorded(run: Callable[[], object]) -> list[Callable[[], object]]:
    """Return the operations of keys, ciphers and points of both sides in ``run``, to be done again."""
    done: list[Callable[[], object]] = []

    def recorder(method: Callable[..., object]) -> Callable[..., object]:
        def record(*arguments: object) -> object:
            done.append(lambda: method(*arguments))
            return method(*arguments)

        return record

    names = ((CipherSuite, ("encrypt", "decrypt", "mac", "derive")), (CurveGroup, ("power", "combine")))
    patches = [mock.patch.object(of, name, recorder(getattr(of, name))) for of, some in names for name in some]
    for patch in patches:
        patch.start()
    run()
    mock.patch.stopall()
    return done


def read_floor_ratio(folder: Path) -> Result:
    """A reading with PACE, chip and passive authentication over the bare operations of card, reader and judge."""
    shown = _shown(_FACE)
    inspector = Inspector(trust=shown.scene.trust, policy=shown.scene.policy)

    def whole() -> None:
        reading = shown.read()
        assert reading.pace is not None
        assert reading.chip_authentication is not None
        inspector.inspect(Evidence(chip=reading), at=shown.scene.at)

    whole()
    files = dict(shown.scene.chip or {})
    data = ef_sod.EfSod.parse(files["EF.SOD"]).signed_data
    signer, info = certificate.Certificate.parse(data.certificates[0]), data.signers[0]
    trusted = b.utopia().certificate
    groups = [*(content for name, content in files.items() if name.startswith("DG")), data.content]
    again = _recorded(lambda: shown.read())

    def floor() -> None:
        for operation in again:
            operation()
        signer.key.handle.verify(info.signature, info.signed_forms[0], ec.ECDSA(SHA256()))
        trusted.key.handle.verify(signer.signature, signer.tbs, ec.ECDSA(SHA256()))
        for content in groups:
            hashed(SHA256(), content)

    compared = f"over {len(again)} operations of both sides, two signatures and hashes; DG2 {_FACE} B; CPU time"
    return {**ratio(whole, floor, rounds=15, repeat=2, clock=time.process_time), "compared": compared}


def sm_floor_ratio(folder: Path) -> Result:
    """The reader's secure messaging for 64 kB over AES-CBC and CMAC on the same blocks."""
    keys = bytes(range(16)), bytes(range(16, 32))
    parts = [bytes([number % 256]) * min(_PART, _LONG - number) for number in range(0, _LONG, _PART)]
    commands = [Command(0, 0xB0, place >> 8 & 0x7F, place & 0xFF, le=_PART) for place in range(0, _LONG, _PART)]
    card, answers = SecureMessaging(_SUITE, *keys), []
    for command, part in zip(commands, parts, strict=True):
        card.open_command(_protected(card, command, keys))
        answers.append(card.protect_answer(Answer(0x9000, part), command.ins))

    def messaging() -> None:
        reader = SecureMessaging(_SUITE, *keys)
        for command, answer in zip(commands, answers, strict=True):
            reader.protect(command)
            reader.open_answer(answer, command.ins)

    encrypted = bytes(len(pad(parts[0], 16)))

    def floor() -> None:
        for _ in commands:
            for length in (64, 16 + len(pad(encrypted + bytes(7), 16))):  # of a command, of an answer
                state = CMAC(algorithms.AES(keys[1]))
                state.update(bytes(length))
                state.finalize()
            block = Cipher(algorithms.AES(keys[0]), modes.CBC(bytes(16))).encryptor()  # the vector of the answer
            vector = block.update(bytes(16)) + block.finalize()
            run = Cipher(algorithms.AES(keys[0]), modes.CBC(vector)).decryptor()
            run.update(encrypted)
            run.finalize()

    compared = f"over the ciphers and MACs alone; {_LONG} B in parts of {_PART}; CPU time"
    return {**ratio(messaging, floor, rounds=15, repeat=3, clock=time.process_time), "compared": compared}


def _protected(card: SecureMessaging, command: Command, keys: tuple[bytes, bytes]) -> Command:
    """Return a command protected under the counter that the card has reached."""
    return SecureMessaging(_SUITE, *keys, card._ssc).protect(command)


def apdus(folder: Path) -> Result:
    """READ BINARY commands for a face of 20 kB, counted at the card."""
    counts: Counter[int] = Counter()
    file = 0

    def counting(number: int, command: bytes, answer: bytes) -> bytes:
        nonlocal file
        if command[1] == 0xB0:
            file = command[2] & 0x1F if command[2] & 0x80 else file  # a short identifier begins the next file
            counts[file] += 1
        return answer

    _shown(_FACE).read(cards.changing(counting))
    compared = f"for DG2 in parts of {_PART}; JMRTD 0.8.6: {_JMRTD}"
    return {"value": counts[2], "spread": 0, "compared": compared}


def read_growth(folder: Path) -> Result:
    """The time of a face ten times as long."""
    short, long = _shown(_FACE), _shown(10 * _FACE)
    times: dict[int, list[float]] = {0: [], 1: []}
    for _ in range(9):
        for number, shown in enumerate((short, long)):
            start = time.process_time()
            shown.read()
            times[number].append(time.process_time() - start)
    small, large = (statistics.median(times[number]) for number in (0, 1))
    return {"value": round(large / small, 2), "spread": 0, "compared": f"{10 * _FACE} B over {_FACE} B; CPU time"}


FIGURES = {
    "chip.read_floor_ratio": read_floor_ratio,
    "chip.sm_floor_ratio": sm_floor_ratio,
    "chip.apdus": apdus,
    "chip.read_growth": read_growth,
}
