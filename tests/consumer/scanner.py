"""A small consumer, type-checked strictly: what a border scanner's programmer writes against the public door."""

from collections.abc import Mapping
from datetime import UTC, date, datetime

from tjdocs import mrz, seal, vectors
from tjdocs.border import Decision, Evidence, Inspector, Policy
from tjdocs.documents import Application, eligibility
from tjdocs.office import Issued, NotEligible, Office
from tjdocs.pki import Authority, TrustStore
from tjdocs.register import Register


def judge(store: str, files: Mapping[str, bytes], lines: list[str], at: datetime) -> tuple[bool, list[str]]:
    """Judge one document; return whether it is admitted, and every reason why not."""
    inspector = Inspector(trust=TrustStore(store), policy=Policy.default())
    verdict = inspector.inspect(Evidence(mrz=lines, chip=files, direction="entry"), at=at)
    reasons = [f"{f.check} {f.subject} {f.reason}" for f in verdict.findings if not f.outcome.holds]
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


def number(text: str, today: date) -> str | None:
    """Return the document number of a valid zone."""
    zone = mrz.parse(text, at=today)
    return zone.document_number if zone.valid else None


def sealed(picture: bytes, trust: TrustStore, at: datetime) -> tuple[bool, list[str]]:
    """Judge a seal on a picture; return whether it is valid, and the standard's names for what it is not."""
    found = seal.verify(seal.Seal.parse(seal.read_code(picture)), trust, at=at)
    status = seal.status(found.findings)
    return status.valid, [result.name for result in status.results]


def sources() -> set[str]:
    """Return the sources of the vectors of passive authentication."""
    return {vector.source for vector in vectors.load("passive-authentication")}
