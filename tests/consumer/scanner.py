"""A small consumer, type-checked strictly: what a border scanner's programmer writes against the public door."""

from collections.abc import Mapping
from datetime import UTC, date, datetime

from tjdocs import mrz, seal, vectors
from tjdocs.border import Decision, Evidence, Inspector, Policy
from tjdocs.documents import Application, NotEligible, eligibility
from tjdocs.office import Issued, Office
from tjdocs.pki import Authority, TrustStore
from tjdocs.register import KeyRequest, Keys, OfficerKey, OfficerSigner, Order, Register
from tjdocs.seal import bar_code, seal_results


def judge(store: str, files: Mapping[str, bytes], lines: list[str], at: datetime) -> tuple[bool, list[str]]:
    """Judge one document; return whether it is admitted, and every reason why not."""
    inspector = Inspector(trust=TrustStore(store), policy=Policy.default())
    verdict = inspector.inspect(Evidence(mrz=lines, chip=files, direction="entry"), at=at)
    reasons = [f"{f.check} {f.subject} {f.reason}" for f in verdict.findings if not f.outcome.ok]
    return verdict.decision is Decision.ADMIT, reasons


def issue(folder: str, text: str) -> Issued | list[str]:
    """Issue one document, or return what the law has against it."""
    now = datetime.now(UTC)
    office = Office(Authority.open(folder), Register("sqlite:///register.db"))
    application = Application.from_json(text)
    unmet = [rule.sentence for rule in eligibility(application, at=now) if rule.outcome != "met"]
    try:
        return office.issue(application, at=now)
    except NotEligible as error:
        return unmet + [rule.article for rule in error.refused]


class Token:
    """A key on a token, as its driver's programmer writes it."""

    public = bytes(32)

    def sign(self, data: bytes) -> bytes:
        """Return the token's signature."""
        return bytes(64)


def desk(url: str, keys: Keys, file: str, passphrase: bytes, token: OfficerSigner | None = None) -> Register:
    """Open a register of strict accountability at an officer's desk."""
    own: OfficerSigner = token or OfficerKey.open(file, passphrase=passphrase)
    return Register(url, keys=keys, officer_keys=[own])


def destroy(one: Register, other: Register, numbers: str, at: datetime) -> tuple[str, ...]:
    """Destroy blanks from two desks; return who had still to sign the order."""
    officers = ["chief", "second"]
    order = one.draft(lambda r: r.act("destroy", numbers, officers=officers, at=at, reference="act 1"))
    other.countersign(Order.parse(order.text))
    return order.lacking


def enrol(register: Register, request: str, at: datetime) -> str:
    """Enrol a clerk; return the fingerprint that both compare."""
    key = KeyRequest.parse(request)
    register.officers.enrol(key.officer, "clerk", office="dushanbe", officer="chief", at=at, key=key)
    return key.fingerprint


def number(text: str, today: date) -> str | None:
    """Return the document number of a valid zone."""
    zone = mrz.parse(text, at=today)
    return zone.document_number if zone.valid else None


def sealed(picture: bytes, trust: TrustStore, at: datetime) -> tuple[bool, list[str]]:
    """Judge a seal on a picture; return whether it is valid, and the standard's names for what it is not."""
    found = seal.verify(seal.Seal.parse(bar_code.read_bar_code(picture)), trust, at=at)
    status = seal_results.status(found.findings)
    return status.valid, [result.id for result in status.results]


def sources() -> set[str]:
    """Return the sources of the vectors of passive authentication."""
    return {vector.source for vector in vectors.load("passive-authentication")}
