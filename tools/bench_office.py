"""The office's figures for ``tools/bench``: issuing, batches, pages. Not a tool of its own."""

import io
import multiprocessing
import shutil
import statistics
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from itertools import count
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256, SHA384
from PIL import Image
from tests.support.page_helpers import DOCUMENTS, specimen

from bench_common import AT, Result, hashed, passport, ratio
from tjdocs.documents import example
from tjdocs.lds import ef_sod
from tjdocs.lds.card_security import CardSecurity
from tjdocs.office import Batch, Issued, Office
from tjdocs.pki import Authority, public_key
from tjdocs.register import Register


def issue_floor_ratio(folder: Path) -> Result:
    """EF.SOD issued over the bare signature plus hashes, P-256."""
    authority, files = passport(folder)
    signer = authority.document_signer()
    groups = {int(name[2:]): data for name, data in files.items() if name.startswith("DG")}
    library, content, seconds = SHA256(), b"x" * 200, [0]

    def measured() -> None:
        values = {number: public_key.hash_data("sha256", data) for number, data in groups.items()}
        seconds[0] += 1  # no two documents are signed at the same moment
        moment = AT + timedelta(seconds=seconds[0])
        ef_sod.build(values, digest="sha256", signer=signer, signing_time=moment, lds_version="0108")

    def floor() -> None:
        for data in groups.values():
            hashed(library, data)
        hashed(library, content)
        signer.key.sign(content, ec.ECDSA(library))

    return ratio(measured, floor, rounds=60, repeat=50) | {
        "compared": f"hashes and EF.SOD of four groups (DG2 {len(files['DG2'])} B) over the same hashes "
        "and one P-256 signature"
    }


class _Reserved:
    """A number without a register."""

    staging = ""

    def __init__(self, number: str) -> None:
        self.number = number

    def __enter__(self) -> "_Reserved":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def commit(self, **_: object) -> None:
        pass


class _Numbers(Register):
    """A register that only counts: what a register itself costs has a figure of its own."""

    trial = True

    def __init__(self) -> None:
        self._next = 0
        self.blanks = self

    def add_series(self, *_: object, **__: object) -> None:
        pass

    def belongs_to(self, *_: object, **__: object) -> None:
        pass

    def patterns(self, *_: object) -> tuple[str, ...]:
        return ()

    def reserve(self, *_: object, **__: object) -> "_Reserved":
        self._next += 1
        return _Reserved(f"T{self._next:08d}")


def office_issue_floor_ratio(folder: Path) -> Result:
    """The whole act for one passport, without page and register, over what it cannot do without."""
    authority = Authority.create(folder / "authority", at=AT)
    office, application = Office(authority, _Numbers()), example("external-passport", at=AT)
    ready = office.prepare_portrait(application)

    def measured() -> Issued:
        return office.issue(application, at=AT, page=False, portrait=ready)

    issued = measured()
    signer, trust_key = authority.document_signer(), authority.csca.key.handle
    data = ef_sod.EfSod.parse(issued.chip["EF.SOD"]).signed_data
    contents = [*(content for name, content in issued.chip.items() if name.startswith("DG")), data.content]
    public = signer.certificate.key.handle
    signed = [data.signers[0], CardSecurity.parse(issued.chip["EF.CardSecurity"]).signed_data.signers[0]]

    def floor() -> None:
        for _ in range(3):  # chip authentication, its mapping, active authentication
            ec.generate_private_key(ec.SECP256R1())
        for content in contents:
            hashed(SHA256(), content)
        for info in signed:
            signer.key.sign(info.signed_forms[0], ec.ECDSA(SHA256()))
            public.verify(info.signature, info.signed_forms[0], ec.ECDSA(SHA256()))
        trust_key.verify(signer.certificate.signature, signer.certificate.tbs, ec.ECDSA(SHA384()))
        for content in contents:
            hashed(SHA256(), content)

    return ratio(measured, floor, rounds=60, repeat=20) | {
        "compared": "Office.issue of an external passport (no page, portrait prepared before, numbers from memory) "
        "over three new P-256 keys, two P-256 signatures, two rounds of hashes, two P-256 and one P-384 verification"
    }


_ROUNDS, _PASSPORTS = 3, 680  # on two processes: 2,040 passports in all


def batch_issue_scaling(folder: Path) -> Result:
    """What a second process gains a batch, over what it gains the bare operations of the same passports."""
    authority = Authority.create(folder / "authority", at=AT)
    application = example("external-passport", at=AT)
    line = application.to_json().replace("\n", "") + "\n"
    office = Office(authority, _Numbers())
    issued = office.issue(application, at=AT, page=False)
    groups = [content for name, content in issued.chip.items() if name.startswith("DG")]

    def batch_rate(workers: int, count: int, place: Path) -> float:
        place.mkdir()
        shutil.copytree(authority.folder, place / "authority")  # each with a register of its own
        (place / "batch.jsonl").write_text(line * count)
        batch = Batch(
            "external-passport", place / "batch.jsonl", place / "out", AT, place / "authority",
            f"sqlite:///{place}/register.db", pages=False, workers=workers,
        )  # fmt: skip
        moments = [time.perf_counter() for outcome in batch.run() if outcome.status == "issued"]
        warm = count // 10  # the processes have begun by then
        return (count - 1 - warm) / (moments[-1] - moments[warm])

    def bare_rate(processes: int) -> float:
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(processes, mp_context=context) as pool:
            list(pool.map(_bare_passports, [(application.portrait, groups, 1)] * processes * 2))
            start = time.perf_counter()
            list(pool.map(_bare_passports, [(application.portrait, groups, 150)] * processes))
            return 150 * processes / (time.perf_counter() - start)

    rates = []
    for number in range(_ROUNDS):
        one = batch_rate(1, _PASSPORTS // 2, folder / f"one-{number}"), bare_rate(1)
        two = batch_rate(2, _PASSPORTS, folder / f"two-{number}"), bare_rate(2)
        rates.append(two[0] / one[0] / (two[1] / one[1]))
        for place in (f"one-{number}", f"two-{number}"):
            shutil.rmtree(folder / place)
    middle = statistics.median(rates)
    return {
        "value": round(middle, 3),
        "spread": round((max(rates) - min(rates)) / 2 / middle, 3),
        "compared": f"gain of Batch.run ({_ROUNDS} x {_PASSPORTS} passports, no pages, SQLite, folders) from a second "
        "process, over that of their signatures, verifications, hashes, and the decoding, scaling and coding of their "
        "portraits",
    }


def _bare_passports(work: tuple[bytes, list[bytes], int]) -> None:
    """Do what passports cannot do without, so many times."""
    portrait, groups, count = work
    key, root = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP384R1())
    rooted = root.sign(b"certificate" * 80, ec.ECDSA(SHA384()))
    for _ in range(count):
        picture = Image.open(io.BytesIO(portrait)).convert("RGB").resize((360, 480), Image.Resampling.LANCZOS)
        for quality in (62, 78, 86, 90, 92, 93, 94):
            picture.save(io.BytesIO(), "JPEG", quality=quality, optimize=True)
        for _ in range(2):
            for content in groups:
                hashed(SHA256(), content)
        signature = key.sign(groups[0], ec.ECDSA(SHA256()))
        key.public_key().verify(signature, groups[0], ec.ECDSA(SHA256()))
        root.public_key().verify(rooted, b"certificate" * 80, ec.ECDSA(SHA384()))


def page_ratio(folder: Path) -> Result:
    """A page drawn, as PNG and as PDF, over Pillow's own PNG encoding of that picture; the worst of five layouts."""
    results = {name: _page_ratio(name) for name in DOCUMENTS}
    worst = max(results.values(), key=lambda result: float(str(result["value"])))
    each = ", ".join(f"{name} {result['value']}" for name, result in results.items())
    return worst | {"compared": f"page with PNG and PDF over PNG encoding of such a picture by Pillow: {each}"}


def _page_ratio(name: str) -> Result:
    picture = specimen(name).image()
    numbers = count()

    def measured() -> None:  # each with a number, and so a background, of its own
        drawn = specimen(name, {"document_number": f"L{next(numbers):08}"})
        drawn.png()
        drawn.pdf()

    return ratio(measured, lambda: picture.save(io.BytesIO(), "PNG"), rounds=12, repeat=1)


FIGURES = {
    "issue.floor_ratio": issue_floor_ratio,
    "office.issue_floor_ratio": office_issue_floor_ratio,
    "batch.issue_scaling": batch_issue_scaling,
    "office.page_ratio": page_ratio,
}
