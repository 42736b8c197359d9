"""Terminals of Utopia and of its neighbour: keys, certificates, and cards with fingerprints."""

import functools
from datetime import date

from cryptography.hazmat.primitives.asymmetric import ec

from tests.support import builders as b
from tests.support.cards import Shown, ca_info, info, pace_info, public_info
from tjdocs.chip import Terminal
from tjdocs.pki import curves, cvc
from tjdocs.pki.cvc import CvCertificate, TerminalTrust

CVCA, LINKED, DV, FOREIGN, IS = "UTCVCA00001", "UTCVCA00002", "UTDV00001", "XXDV00001", "UTIS00001"
ECDSA = "TA-ECDSA-SHA-256"
BOTH = ("DG3", "DG4")
FROM = {"cvca": date(2026, 1, 1), "dv-domestic": date(2026, 10, 1), "dv-foreign": date(2026, 10, 1), "is": date(2026, 11, 20)}
TO = {"cvca": date(2028, 12, 1), "dv-domestic": date(2026, 12, 20), "dv-foreign": date(2026, 12, 20), "is": date(2026, 12, 10)}
FINGERS, IRISES = b.der(0x63, b"fingers " * 40), b.der(0x76, b"irises " * 50)
TA = info("TA", b.integer(1))


@functools.cache
def key(name: str, kind: str = "ec"):
    """Return the private key of a holder."""
    return b.rsa_key(f"terminal {name}") if kind == "rsa" else b.ec_key(f"terminal {name}")


@functools.cache
def curve_key(name: str, number: int = 1):
    """Return a private key on another curve than the usual one."""
    return ec.derive_private_key(1000 + number, curves.by_name(name).library_curve)


def certificate(role: str, holder: str, authority: str, *, signer=None, own=None, **changed) -> CvCertificate:
    """Return a certificate by the keys that the two names have; ``changed`` replaces any argument."""
    own = own or key(holder)
    given = {
        "public": own.public_key(),
        "algorithm": ECDSA,
        "authority": authority,
        "holder": holder,
        "role": role,
        "rights": BOTH,
        "valid_from": FROM[role],
        "valid_to": TO[role],
        "key": signer or key(authority),
        "parameters": role == "cvca",
    }
    return cvc.issue(**(given | changed))


def cvca(**changed) -> CvCertificate:
    return certificate("cvca", CVCA, CVCA, **changed)


def dv(**changed) -> CvCertificate:
    return certificate("dv-domestic", DV, CVCA, **changed)


def terminal_certificate(**changed) -> CvCertificate:
    return certificate("is", IS, changed.pop("authority", DV), **changed)


def link(**changed) -> CvCertificate:
    return certificate("cvca", LINKED, CVCA, **changed)


def trust(today: date | None = None) -> TerminalTrust:
    return TerminalTrust.of(cvca(), today)


def terminal(*certificates: CvCertificate) -> Terminal:
    """Return the terminal of Utopia, with the usual chain unless another is given."""
    chosen = certificates or (dv(), terminal_certificate())
    return Terminal.of([one.raw for one in chosen], key(IS))


def guarded(*infos: bytes, **options) -> Shown:
    """Return a document with fingerprints and irises that only terminals of Utopia may read."""
    given = infos or (pace_info(), ca_info(), public_info(), TA)
    options.setdefault("groups", {3: FINGERS, 4: IRISES})
    options.setdefault("terminals", trust())
    return Shown(*given, **options)
