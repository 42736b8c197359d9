"""Targets for coverage-guided fuzzing (``tools/fuzz``): whatever the bytes, no exception but the one documented."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["tjdocs"]):
    from tjdocs import mrz
    from tjdocs.asn1 import ber
    from tjdocs.asn1.der import DerError
    from tjdocs.inspection import Evidence, examine
    from tjdocs.lds import LdsError, ef_catalogue, ef_sod_spans
    from tjdocs.lds.dg1 import Dg1
    from tjdocs.lds.dg2 import Dg2
    from tjdocs.lds.dg11 import Dg11
    from tjdocs.lds.dg12 import Dg12
    from tjdocs.lds.dg14 import Dg14
    from tjdocs.lds.dg15 import Dg15
    from tjdocs.lds.ef_com import EfCom
    from tjdocs.lds.ef_sod import EfSod, SodError
    from tjdocs.pki import Certificate, TrustStore, certificate_spans
    from tjdocs.pki.certificate import CertificateError
    from tjdocs.pki.crl import Crl, CrlError
    from tjdocs.pki.signed_data import CmsError
    from tjdocs.pki.trust.master_list import MasterList
    from tjdocs.seal import Seal, spans, verify
    from tjdocs.seal.seal_results import status

from tests.support import builders as b
from tests.support import seals_made

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
SCENE = b.scene()
TRUST = SCENE.trust


def fuzz_mrz(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    zone = mrz.parse(text, at=AT, repair=len(data) % 2 == 0)
    zone.as_json()
    mrz.spans(text)


def fuzz_sod(data: bytes) -> None:
    ef_sod_spans.spans(data)
    try:
        assert data.startswith(EfSod.parse(data).encode())
    except SodError:
        pass


def fuzz_data_groups(data: bytes) -> None:
    ef_catalogue.spans(data)
    for reader in (EfCom, Dg1, Dg2, Dg11, Dg12, Dg14, Dg15):
        try:
            assert data.startswith(reader.parse(data).encode())
        except LdsError:
            pass


def fuzz_certificate(data: bytes) -> None:
    certificate_spans.spans(data)
    try:
        certificate = Certificate.parse(data)
    except CertificateError:
        pass
    else:
        assert certificate.encode() == data
        certificate.verify(certificate)
        for name in ("key_usage", "extended_key_usage", "private_key_usage", "document_types", "is_ca", "country"):
            getattr(certificate, name)
    try:
        Crl.parse(data)
    except CrlError:
        pass
    try:
        ber.to_der(data)
    except DerError:
        pass


def fuzz_list(data: bytes) -> None:
    try:
        MasterList.parse(data).verify([b.utopia().certificate], at=b.AT)
    except CmsError:
        pass


def fuzz_inspection(data: bytes) -> None:
    """Put the bytes in the place of one file, or over a part of EF.SOD."""
    files = dict(SCENE.chip)
    provider = atheris.FuzzedDataProvider(data)
    name = sorted(files)[provider.ConsumeIntInRange(0, len(files) - 1)]
    if provider.ConsumeBool():
        place = provider.ConsumeIntInRange(0, len(files[name]))
        rest = provider.ConsumeBytes(provider.remaining_bytes())
        files[name] = files[name][:place] + rest + files[name][place + len(rest) :]
    else:
        files[name] = provider.ConsumeBytes(provider.remaining_bytes())
    examination = examine(Evidence(chip=files), TRUST, at=AT)
    if files[name] != SCENE.chip[name] and name.startswith("DG"):
        authentic = [f for f in examination.findings if f.check == "pa.authentic"]
        stray = any(f.reason == "trailing-data" for f in examination.findings)
        padded = files[name].startswith(SCENE.chip[name])
        assert not authentic[0].outcome.ok or stray or padded


SEALED = seals_made.scene()


def fuzz_seal(data: bytes) -> None:
    """Read the bytes as a seal, and over a genuine one; nothing but the genuine one is valid."""
    spans(data)
    place = data[0] % len(SEALED.seal) if data else 0
    for candidate in (data, SEALED.seal[:place] + data[1:] + SEALED.seal[place + len(data) - 1 :] if data else b""):
        seal = Seal.parse(candidate)
        assert seal.encode() == candidate
        seal.as_json()
        valid = status(verify(seal, SEALED.trust, at=AT).findings).valid
        assert not valid or candidate == SEALED.seal


TARGETS = {
    "mrz": fuzz_mrz,
    "sod": fuzz_sod,
    "data-groups": fuzz_data_groups,
    "certificate": fuzz_certificate,
    "list": fuzz_list,
    "inspection": fuzz_inspection,
    "seal": fuzz_seal,
}


def seed(folder: Path, target: str) -> None:
    """Put genuine files into the corpus, so that the readers' depths are reached at once."""
    chip = SCENE.chip
    genuine = {
        "mrz": [SCENE.mrz.encode()],
        "sod": [chip["EF.SOD"]],
        "data-groups": [data for name, data in chip.items() if name != "EF.SOD"] + [b.dg12("20260302")],
        "certificate": [b.utopia().raw, b.utopian_signer().raw, b.revocation_list(b.utopia()).raw],
        "list": [chip["EF.SOD"][4:]],
        "inspection": [b"\x01\x01" + chip["EF.SOD"][:200]],
        "seal": [SEALED.seal],
    }
    for index, data in enumerate(genuine[target]):
        (folder / f"seed-{index}").write_bytes(data)


if __name__ == "__main__":
    name = sys.argv.pop(1)
    seed(Path(sys.argv[1]), name)
    assert TrustStore
    atheris.Setup(sys.argv, TARGETS[name])
    atheris.Fuzz()
