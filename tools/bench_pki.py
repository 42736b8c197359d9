"""Passive authentication and the trust store, for ``tools/bench``. Not a tool of its own."""

import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec

from bench_common import AT, ROOT, Result, Shown, another, forget_certificates, many_signers, ratio
from tjdocs.inspection import Evidence, examine
from tjdocs.pki import Authority, TrustStore, public_key
from tjdocs.pki.trust.import_files import import_files, read_certificate


def pa_floor_ratio(folder: Path) -> Result:
    """Passive authentication of one passport, signer unseen, over its bare verifications and hashes."""
    shown = many_signers(folder)
    evidence = [Evidence(chip=chip) for chip in shown.chips]

    def measured() -> None:
        for item in evidence:
            examine(item, shown.trust, at=AT)

    return ratio(measured, shown.floor, rounds=60, repeat=1, before=shown.forget, clock=time.process_time) | {
        "compared": f"examine() of a passport ({shown.sizes}) over verify P-256, verify P-384 and all hashes by "
        "cryptography; 20 passports of 20 signers a round"
    }


def pa_warm_ratio(folder: Path) -> Result:
    """Passive authentication of one passport whose signer was seen before, over one verification and its hashes."""
    authority = Authority.create(folder / "authority", at=AT)
    shown = Shown(authority, [(authority.document_signer().certificate, another(folder, authority)) for _ in range(20)])
    evidence = [Evidence(chip=chip) for chip in shown.chips]

    def measured() -> None:
        for item in evidence:
            examine(item, shown.trust, at=AT)

    return ratio(measured, shown.warm_floor, rounds=60, repeat=1, before=measured, clock=time.process_time) | {
        "compared": f"examine() of a passport ({shown.sizes}), its signer seen before, over verify P-256 and all "
        "hashes by cryptography; 20 passports of one signer a round"
    }


def trust_import_ratio(folder: Path) -> Result:
    """Importing and verifying the 581-certificate list over every bare signature verification performed."""
    real = Path(os.environ.get("TJDOCS_REAL_DATA", ROOT.parent / "shared/real"))
    path = next((real / "master_lists").glob("DE_ML_2026*"), None) if real.is_dir() else None
    if path is None:
        return {"value": None, "spread": None, "compared": f"no published list at {real}"}
    anchor = read_certificate(real / "certificates/DE_ROOT_CA_CSCA07.cer")
    performed: list[tuple[object, ...]] = []
    check = public_key._check

    def recorded(*arguments: object) -> str | None:
        performed.append(arguments)
        return check(*arguments)

    def measured(count: list[int]) -> None:
        forget_certificates()
        count[0] += 1
        import_files(TrustStore.create(folder / f"{count[0]}.db"), [path], anchors=[anchor], at=AT)

    count = [0]
    public_key._check = recorded
    measured(count)
    public_key._check = check
    bare = [_bare(*arguments) for arguments in performed]

    def floor() -> None:
        for call in bare:
            call()

    return ratio(lambda: measured(count), floor, rounds=12, repeat=1) | {
        "compared": f"import of {path.name} into a new store over its {len(bare)} signature verifications "
        "by cryptography"
    }


def _bare(
    key: object, scheme: str, hash_: object, mask: object, salt: object, signature: bytes, data: bytes
) -> Callable[[], None]:
    """Return one verification as ``cryptography`` does it, without anything around it."""
    from cryptography.hazmat.primitives.asymmetric import padding

    handle, library = key.handle, hash_.library
    if scheme == "rsa-pss":
        arguments = (signature, data, padding.PSS(padding.MGF1(mask.library), salt), library)
    elif scheme == "rsa-pkcs1":
        arguments = (signature, data, padding.PKCS1v15(), library)
    else:
        arguments = (signature, data, ec.ECDSA(library))

    def call() -> None:
        with suppress(InvalidSignature):
            handle.verify(*arguments)

    return call


FIGURES = {
    "pa.floor_ratio": pa_floor_ratio,
    "pa.warm_ratio": pa_warm_ratio,
    "trust.import_ratio": trust_import_ratio,
}
