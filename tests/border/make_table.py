"""The table of docs/border.md: five kinds of document in every state, each judged. Run it to print the table."""

import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]

from law_cases import REGISTERED, RETURN, STATELESS, Desk, Traveller, document, entry, paper  # noqa: E402

from tjdocs.border import Standing  # noqa: E402

WAYS = {  # where each is shown, and where it does not suffice
    "external-passport": ("entry", "domestic"),
    "internal-passport": ("domestic", "exit"),
    "stateless-id": ("exit", "domestic"),
    "registration-certificate": ("domestic", "exit"),
    "return-certificate": ("entry", "exit"),
}
DATES = {"stateless-id": STATELESS, "registration-certificate": REGISTERED, "return-certificate": RETURN}
CHIP = {"issued": "2026-03-02", "expires": "2036-03-01"}
SEALS = {"return-certificate": "emergency-travel-document"}


def shown(kind: str, **more: str) -> Traveller:
    dates = {**DATES.get(kind, CHIP), **more}
    if kind in DATES:
        return replace(paper(kind, SEALS.get(kind, kind), **dates), direction=WAYS[kind][0])
    return Traveller(document(kind, **dates), WAYS[kind][0])


def desk(kind: str, status: str) -> Desk:
    dates = DATES.get(kind, CHIP)
    return Desk(Standing(status, kind, dates["issued"], dates["expires"]))


def states(kind: str) -> dict[str, Traveller]:
    sound = replace(shown(kind), register=desk(kind, "handed-over"))
    other = shown(kind, number="T00000009")
    mixed = (other.shown[0], sound.shown[1])
    return {
        "valid": sound,
        "expired": replace(sound, at=date(2036, 3, 2)),
        "lost": replace(sound, register=desk(kind, "lost")),
        "revoked": replace(sound, register=desk(kind, "revoked")),
        "used up": replace(sound, register=desk(kind, "used-up")),
        "wrong direction": replace(sound, direction=WAYS[kind][1]),
        "banned holder": replace(sound, lists=(entry(), entry("wanted-person", id="E-2"))),
        "another's page": replace(sound, shown=mixed),
        "asks for protection": replace(sound, asks=True, register=desk(kind, "lost")),
    }


def table() -> str:
    rows = ["| document, direction | state | verdict | decided by |", "| --- | --- | --- | --- |"]
    for kind, (direction, _) in WAYS.items():
        for state, who in states(kind).items():
            verdict = who.judge()
            reasons = dict.fromkeys(
                f"`{f.check}` {f.reason}".rstrip()
                for f in verdict.findings
                if f.check in verdict.decided_by and (verdict.decision == "admit" or not f.outcome.holds)
            )
            because = "what is required" if verdict.decision == "admit" else ", ".join(reasons)
            rows.append(f"| {kind}, {who.direction or direction} | {state} | {verdict.decision} | {because} |")
    return "\n".join(rows)


if __name__ == "__main__":
    print(table())
