"""docs/conformance-issuing.md: each clause that binds an issuer, how it is met, and what its tests say.

``tools/interop --issuing`` runs it, since some tests need the programs that it sets up. It runs every test that
``clauses.toml`` names and prints the page; a test that does not pass stops it.
"""

import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path

TESTS = Path(__file__).parents[1]
PAGE = TESTS.parent / "docs/conformance-issuing.md"
CLAUSES = tomllib.loads((Path(__file__).parent / "clauses.toml").read_text(encoding="utf-8"))["clause"]
STATES = {
    "met": "met",
    "part": "met in part",
    "not": "not met",
    "authority": "the authority's",
}
PARTS = {
    3: "Specifications common to all documents",
    4: "Passports and other TD3 documents",
    5: "Cards, TD1",
    6: "TD2 documents",
    7: "Visas",
    8: "Emergency travel documents",
    9: "Deployment of biometrics and the chip",
    10: "Logical data structure",
    11: "Security mechanisms of the chip",
    12: "Public key infrastructure",
    13: "Visible digital seals",
}
HEAD = """# Clauses of Doc 9303 for issuers

Each clause of Doc 9303 (8th edition), Parts 3 to 13, that binds an issuer, in our words. Of Part 11 these are the files and
keys that the issuer makes; the rest binds the chip itself, which is not made here. `tools/interop --issuing` writes this page from `tests/office/clauses.toml` after it
has run every named test. It writes nothing when one fails. *The authority's* are paper, ink, machines and procedures,
which are outside of a library. Tests are files of `tests/`, with a function of the file after `::`.
"""


def named(clause: dict[str, object]) -> list[str]:
    found = clause.get("tests", [])
    assert isinstance(found, list)
    return found


def document() -> str:
    """Return the page, every test being passed."""
    counts = Counter(clause["state"] for clause in CLAUSES)
    lines = [HEAD, "| state | clauses |", "| --- | --- |"]
    lines += [f"| {word} | {counts[state]} |" for state, word in STATES.items()]
    for part, title in PARTS.items():
        lines += ["", f"## Part {part}: {title}", "", "| clause | asks | how it is met | state | tests |"]
        lines += ["| --- | --- | --- | --- | --- |"]
        for clause in CLAUSES:
            if clause["part"] == part:
                proofs = ", ".join(f"`{test}`" for test in named(clause))
                cells = (clause["id"], clause["asks"], clause["how"], STATES[clause["state"]], proofs)
                lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def main() -> int:
    ids = sorted({f"{TESTS}/{test}" for clause in CLAUSES for test in named(clause)})
    done = subprocess.run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *ids], check=False)
    if done.returncode == 0:
        PAGE.write_text(document(), encoding="utf-8")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
