"""The trust store's figures for ``tools/bench``: growth of store and revocation list. Not a tool of its own."""

import time
from pathlib import Path

from bench_common import Result, forget_certificates, ratio  # says where the builders of the tests lie

# isort: split
from tests.support import builders as b

from tjdocs.findings import Outcome
from tjdocs.inspection import examine
from tjdocs.pki import certification_path, public_key
from tjdocs.pki.crl import Crl
from tjdocs.pki.trust import revocation
from tjdocs.pki.trust.store import Source, TrustStore

_STATES = 20  # whose documents are judged
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def store(path: Path, cscas: list[b.Party], crls: list[Crl]) -> TrustStore:
    """Return a store that was written to a file and opened again."""
    result = TrustStore.create(path)
    rows = [(party.certificate, "self-signed") for party in cscas]
    result.add(Source("list", "aa" * 32, "passed"), rows, grounds={c.sha256: "list" for c, _ in rows}, crls=crls)
    return TrustStore(path)


def trust_growth(folder: Path) -> Result:
    """Judging documents whose signers are unseen, with 10,000 certificates in the store over the same with 700."""

    def csca(number: int) -> b.Party:
        country = _LETTERS[number // 26 % 26] + _LETTERS[number % 26]
        return b.csca(f"CSCA {number}", country, key=b.ec_key(f"CSCA {number % 100}"), identifier=b"%020d" % number)

    cscas = [csca(number) for number in range(10_000)]
    scenes = []
    for number, by in enumerate(cscas[:_STATES]):
        signer = b.signer(by, key=b.ec_key(f"signer {number}"), serial=1000 + number)
        # a signer that is not inside must be found in the store, or be named as missing
        scenes += [b.scene(by=signer), b.scene(by=signer, outer={"certificates": []})]
    lists = [b.revocation_list(by, range(1, 50)) for by in cscas[:200]]
    small, large = store(folder / "small", cscas[:700], lists), store(folder / "large", cscas, lists)

    def forget() -> None:
        forget_certificates()
        for trust in (small, large):
            trust.memory.clear()
        for by in cscas[:_STATES]:
            public_key.load(by.certificate.spki)

    def judge(trust: TrustStore) -> None:
        for scene in scenes:
            examine(scene.evidence, trust, at=scene.at)

    return ratio(
        lambda: judge(large), lambda: judge(small), rounds=40, repeat=1, before=forget, clock=time.process_time
    ) | {
        "compared": f"examine() of {len(scenes)} documents of {_STATES} States, half of them without their signer's "
        f"certificate, {len(lists)} revocation lists at hand, 10,000 certificates in the store over 700"
    }


def crl_lookup_growth(folder: Path) -> Result:
    """Asking a list of 100,000 entries over asking one of 100."""
    signer = b.utopian_signer().certificate
    stores, opened, first = [], [], []
    for count in (100, 100_000):
        raw = b.revocation_list(b.utopia(), [(1 << 120) + 7919 * n for n in range(count)]).raw
        start = time.process_time()
        trust = TrustStore.of([b.utopia().certificate], crls=[Crl.parse(raw)])
        opened.append(time.process_time() - start)
        stores.append(trust)
    chain = certification_path.build(signer, stores[0]).chain

    def judge(trust: TrustStore, count: int = 500) -> None:
        for _ in range(count):
            if revocation.judge("pa.ds-revocation", chain, trust, at=b.AT).outcome is not Outcome.PASSED:
                raise RuntimeError("the signer of the benchmark counts as revoked")

    for trust in stores:
        start = time.process_time()
        judge(trust, 1)
        first.append(time.process_time() - start)
    return ratio(lambda: judge(stores[1]), lambda: judge(stores[0]), rounds=40, repeat=1, clock=time.process_time) | {
        "compared": f"revocation of a signer asked of 100,000 entries over 100; read in {opened[1] * 1000:.0f} ms over "
        f"{opened[0] * 1000:.2f}, asked the first time in {first[1] * 1000:.1f} ms over {first[0] * 1000:.1f}"
    }


FIGURES = {"trust.growth": trust_growth, "crl.lookup_growth": crl_lookup_growth}
