"""The table of docs/border.md: five types issued by an office, in every state of the register, each judged.

Run it to print the table.
"""

import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.support import builders as b
from tests.support.law_cases import entry
from tjdocs.border import Evidence, Inspector, Verdict, Watchlists
from tjdocs.documents import example
from tjdocs.office import Issued, Office
from tjdocs.pki import Authority, TrustStore
from tjdocs.register import Register

WAYS = {  # where each is shown, and where it does not suffice
    "external-passport": ("entry", "domestic"),
    "internal-passport": ("domestic", "exit"),
    "stateless-id": ("exit", "domestic"),
    "registration-certificate": ("domestic", "exit"),
    "return-certificate": ("entry", "exit"),
}
# acts of the register that bring a document there, once it is handed over
ACTS = {
    "lost": [("lost", "told by its holder")],
    "stolen": [("stolen", "told by its holder")],
    "revoked": [("revoke", "citizenship lost")],
    "used up": [("use", "")],
}


@dataclass(frozen=True)
class Shown:
    """A document at a desk; everything that a verdict rests on."""

    issued: Issued
    direction: str
    at: date | datetime
    page_of: Issued | None = None
    lists: Watchlists | None = None
    asks: bool = False
    hidden: bool = False  # the chip is kept back

    def judge(self, lane: "Lane") -> Verdict:
        inspector = Inspector(trust=lane.trust, register=Register(lane.url), lists=self.lists)
        page, proof = self.page_of or self.issued, self.issued
        evidence = Evidence(
            mrz=page.mrz, chip=None if self.hidden else dict(proof.chip) or None, seal=proof.seal or None, direction=self.direction,
            asks_protection=self.asks,
        )  # fmt: skip
        return inspector.inspect(evidence, at=self.at)


class Lane:
    """An office, its register, and who believes its CSCA."""

    def __init__(self, folder: Path) -> None:
        self.url = f"sqlite:///{folder / 'register.db'}"
        authority = Authority.create(folder / "authority", at=b.AT - timedelta(days=1))
        self.office = Office(authority, Register(self.url))
        self.trust = TrustStore.of([authority.csca], authority.certificates().values())

    def issue(self, kind: str, **more: Any) -> Issued:
        issued = self.office.issue(example(kind, at=b.AT), at=b.AT, page=False, **more)
        self.act("handover", issued)
        return issued

    def act(self, act: str, issued: Issued, ground: str = "") -> None:
        Register(self.url).act(act, issued.document_number, officers=["trial"], at=b.AT, ground=ground)

    def states(self, kind: str) -> Iterator[tuple[str, Shown]]:
        """Yield each state with the document in it."""
        here, elsewhere = WAYS[kind]
        sound = Shown(self.issue(kind), here, b.AT)
        yield "valid", sound if kind != "return-certificate" else replace(sound, issued=self.issue(kind))
        yield "expired", replace(sound, at=sound.issued.date_of_expiry + timedelta(days=1))
        for state, acts in ACTS.items():
            issued = self.issue(kind)
            for act, ground in acts:
                self.act(act, issued, ground)
            yield state, replace(sound, issued=issued)
        old = self.issue(kind)
        self.act("lost", old, "told by its holder")
        self.issue(kind, replaces=old.document_number, ground="loss")
        yield "lost and replaced", replace(sound, issued=old)
        yield "wrong direction", replace(sound, direction=elsewhere)
        yield "banned holder", replace(sound, lists=banned())
        yield "wrong holder", replace(sound, page_of=self.issue(kind))
        if sound.issued.chip:
            yield "chip not shown", replace(sound, hidden=True)
        lost = self.issue(kind)
        self.act("lost", lost, "told by its holder")
        yield "asks for protection", replace(sound, issued=lost, asks=True)


def banned() -> Watchlists:
    """Return a ban and a search for the person whom every example document names."""
    person = {"secondary_identifier": "ANNA NAMUNA"}
    return Watchlists.of([entry(**person), entry("wanted-person", id="E-2", **person)])


def rows() -> Iterator[tuple[str, str, str, str, str]]:
    """Yield type, direction, state, verdict and what decided it."""
    with tempfile.TemporaryDirectory() as folder:
        lane = Lane(Path(folder))
        for kind in WAYS:
            for state, shown in lane.states(kind):
                verdict = shown.judge(lane)
                yield kind, shown.direction, state, str(verdict.decision), because(verdict)
                if state == "valid" and kind == "return-certificate":
                    again = shown.judge(lane)
                    yield kind, shown.direction, "shown again", str(again.decision), because(again)


def because(verdict: Verdict) -> str:
    if verdict.decision == "admit":
        return "all required checks"
    reasons = dict.fromkeys(
        f"`{f.check}` {f.reason}" for f in verdict.findings if f.check in verdict.decided_by and not f.outcome.ok
    )
    return ", ".join(reasons)


def table(found: Iterable[tuple[str, str, str, str, str]]) -> str:
    """Return the rows as a table."""
    head = ["| document, direction | state | verdict | decided by |", "| --- | --- | --- | --- |"]
    return "\n".join([*head, *(f"| {k}, {way} | {state} | {said} | {why} |" for k, way, state, said, why in found)])


if __name__ == "__main__":
    print(table(rows()))
