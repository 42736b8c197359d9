"""Terminals of Utopia and of its neighbour: keys, certificates, and cards with fingerprints."""

import functools
from datetime import date

from cryptography.hazmat.primitives.asymmetric import ec

from tests.support import builders as b
from tests.support.cards import CAN, Shown, ca_info, info, pace_info, public_info, zone_key
from tjdocs.chip import Terminal, bac, chip_authentication, pace
from tjdocs.chip import terminal_authentication as ta
from tjdocs.chip.apdu import Command
from tjdocs.chip.session import Session
from tjdocs.lds.dg14 import Dg14, SecurityInfos
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


class Visit:
    """A session of a reader that has access and chip authentication behind it."""

    def __init__(self, shown: Shown | None = None, *, chip: bool = True, by: str = "bac") -> None:
        self.shown, self.by = shown or (guarded() if by == "pace" else guarded(ca_info(), public_info())), by
        self.begin(chip=chip)

    def begin(self, *, chip: bool = True) -> None:
        self.shown.card.power_on()
        self.session = Session(self.shown.card)
        # terminal authentication signs it: after PACE it is the x of the chip's key
        self.identifier = zone_key().information[:-14].encode()
        if self.by == "pace":
            protocol = pace.protocols(SecurityInfos.parse(self.shown.card.files["EF.CardAccess"]).infos)[0]
            run = pace.authenticate(self.session, protocol, CAN, named=False)
            self.identifier = ta.compressed(protocol.parameter_id, run.chip_key)
        self.session.send(Command(0x00, 0xA4, 0x04, 0x0C, bytes.fromhex("A0000002471001")))
        if self.by == "bac":
            bac.authenticate(self.session, zone_key())
        self.agreed = b""
        if chip:
            choice = chip_authentication.choices(Dg14.parse(self.shown.card.files["DG14"]).infos)[0]
            run = chip_authentication.authenticate(self.session, choice)
            self.agreed = ta.compressed(choice.group.parameter_id, run.public)

    @property
    def today(self) -> date:
        return self.shown.card._terminals.trust.today

    def named(self, where: int, reference: str) -> int:
        data = b"\x83" + bytes((len(reference),)) + reference.encode()
        return self.session.send(Command(0x00, 0x22, where >> 8, where & 255, data)).sw

    def verify(self, data: bytes | CvCertificate, reference: str = "") -> int:
        """Send a certificate, by the reference that it names unless another is given."""
        sent = data.sent if isinstance(data, CvCertificate) else data
        name = reference or (data.authority if isinstance(data, CvCertificate) else CVCA)
        self.named(0x81B6, name)
        return self.session.send(Command(0x00, 0x2A, 0x00, 0xBE, sent, extended=True)).sw

    def authenticate(self, **changed) -> int:
        sw = self.named(0x81A4, changed.get("holder", IS))
        answer = self.session.send(Command(0x00, 0x84, le=8))
        if not answer.ok:
            return sw if sw != 0x9000 else answer.sw
        signed = changed.get("signed", self.identifier + answer.data + self.agreed)
        signature = cvc.sign(key(IS), dv().key.algorithm, signed)
        return self.session.send(Command(0x00, 0x82, data=signature)).sw

    def read(self, short_id: int) -> int:
        return self.session.send(Command(0x00, 0xB0, 0x80 | short_id, 0, le=8)).sw
