"""What the figures of ``tools/bench`` share: the ratio, the moment, a passport. Not a tool of its own."""

import statistics
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, Hash

from tjdocs.border import Policy
from tjdocs.documents import example
from tjdocs.lds import ef_sod
from tjdocs.office import Office
from tjdocs.pki import Authority, TrustStore, certificate, public_key
from tjdocs.pki.certificate import Certificate
from tjdocs.register import Register

ROOT = Path(__file__).resolve().parents[1]
AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
Result = dict[str, object]

sys.path.append(str(ROOT))  # what the helpers of the tests draw and make is measured too


def ratio(
    measured: Callable[[], object],
    floor: Callable[[], object],
    *,
    rounds: int,
    repeat: int,
    before: Callable[[], object] = lambda: None,
    clock: Callable[[], float] = time.perf_counter,
) -> Result:
    """Return the median ratio of two functions that take turns, ``repeat`` calls each a round, each first in turn.

    :param before: called before each of the two, untimed
    :param clock: ``time.process_time`` where nothing waits: other programs then stretch neither of the two
    """
    ratios = []
    for number in range(rounds):
        times = {}
        for function in (measured, floor) if number % 2 else (floor, measured):
            before()
            start = clock()
            for _ in range(repeat):
                function()
            times[function] = clock() - start
        ratios.append(times[measured] / times[floor])
    low, middle, high = statistics.quantiles(ratios, n=4)
    return {"value": round(middle, 3), "spread": round((high - low) / 2 / middle, 3)}


def forget_certificates() -> None:
    """Make every certificate and key unseen again."""
    certificate._parse.cache_clear()
    certificate._verify.cache_clear()
    public_key.load.cache_clear()


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


class Shown:
    """Passports as they are shown at a border, with what they cannot be judged without.

    :param documents: each signer's certificate with the chip's files
    """

    def __init__(self, authority: Authority, documents: Sequence[tuple[Certificate, dict[str, bytes]]]) -> None:
        self.chips = [files for _, files in documents]
        self.trust = TrustStore.of([authority.csca])
        self._csca = authority.csca
        self._bare = []
        for signer, chip in documents:
            data = ef_sod.EfSod.parse(chip["EF.SOD"]).signed_data
            groups = [content for name, content in chip.items() if name.startswith("DG")]
            self._bare.append((signer, signer.key.handle, data.signers[0], [*groups, data.content]))

    @property
    def sizes(self) -> str:
        """How long the files are, for a person."""
        files = self.chips[0]
        return f"EF.SOD {len(files['EF.SOD'])} B, DG2 {len(files['DG2'])} B, four groups"

    def forget(self) -> None:
        """Make every signer unseen again; the store is open, its keys are in memory."""
        forget_certificates()
        for store in (self.trust, self.trust.with_policy(Policy.default().trust)):  # as an inspector sees it
            store.memory.clear()
        public_key.load(self._csca.spki)

    def floor(self) -> None:
        """Verify both signatures of each passport and hash its groups, by ``cryptography`` alone."""
        trust_key = self._csca.key.handle
        for signer, key, info, contents in self._bare:
            key.verify(info.signature, info.signed_forms[0], ec.ECDSA(SHA256()))
            trust_key.verify(signer.signature, signer.tbs, ec.ECDSA(SHA384()))
            for content in contents:
                hashed(SHA256(), content)

    def warm_floor(self) -> None:
        """Do the same without the signer's certificate, which was verified before."""
        for _, key, info, contents in self._bare:
            key.verify(info.signature, info.signed_forms[0], ec.ECDSA(SHA256()))
            for content in contents:
                hashed(SHA256(), content)


def many_signers(folder: Path, count: int = 20) -> Shown:
    """Return passports of as many signers."""
    authority, files = passport(folder)
    documents = [(authority.document_signer().certificate, files)]
    for _ in range(count - 1):
        signer = authority.new_document_signer(at=AT)
        documents.append((signer.certificate, another(folder, authority)))
    return Shown(authority, documents)
