"""docs/peers.md: where other programs answer the vectors otherwise than expected. Run it to print the page.

``TJDOCS_JMRTD`` and ``TJDOCS_NODE`` name what ``tools/interop`` builds: the jar, and the folder of the adapters in Node.
"""

import os
import re
import tomllib
from collections import defaultdict
from pathlib import Path

from tjdocs import vectors
from tjdocs.vectors.notes import notes, reasons
from tjdocs.vectors.vector import TWIN

FOLDER = Path(__file__).parent
TABLE = tomllib.loads((FOLDER / "peers.toml").read_text(encoding="utf-8"))
MISSING = "no judgement yet"
HEAD = """# Other programs and the vectors

What programs that others wrote answer otherwise than the vectors expect, and why. The page is made by
`tests/interop/make_peers.py`, which asks each program every vector through `tjdocs vectors run --lines`; a test in
`tools/interop` compares it. Only differences are listed: an `acceptable` vector is answered rightly both ways. A vector
and its twin (1000 higher, for a State that ISO 3166 knows) are one entry where both differ. How far a difference can be
used depends on the whole reader, which may do elsewhere what a library leaves to it.
"""


def command(peer: str) -> list[str]:
    """Return program and arguments of a peer's adapter."""
    if peer == "jmrtd":
        return ["java", "-Xmx512m", "-jar", os.environ["TJDOCS_JMRTD"], "--adapter"]
    return ["node", f"{os.environ['TJDOCS_NODE']}/adapter.mjs", peer]


def ask(peer: str) -> vectors.Report:
    return vectors.run(command=command(peer), lines=True, seconds=120)  # a virtual machine starts slowly on a busy one


def shown(ids: list[str]) -> str:
    """Return ids with each twin under the vector whose twin it is; one alone is shown itself."""
    numbered = [(id_.rpartition("-")[0], int(id_.rpartition("-")[2])) for id_ in ids]
    both = set(numbered)
    kept = [(area, n) for area, n in numbered if n <= TWIN or (area, n - TWIN) not in both]
    return ", ".join(f"{area}-{n:04d}" for area, n in sorted(kept))


def judgement(peer: str, said: str) -> tuple[str, str]:
    """Return why a peer refuses a valid vector, with the clause."""
    for row in TABLE["judgement"]:
        if row["peer"] == peer and re.search(row["pattern"], said):
            return row["why"], row["clause"]
    return MISSING, said


def section(peer: dict[str, str], report: vectors.Report) -> list[str]:
    numbers = {key: sum(row[key] for row in report.by_area().values()) for key in ("run", "differ", "unsupported")}
    text = ["", f"## {peer['title']}", "", *peer["text"].strip().splitlines(), ""]
    text.append(f"{numbers['run']} vectors answered, {numbers['differ']} otherwise than expected, {numbers['unsupported']} not supported.")
    accepted, refused, broken = defaultdict(list), defaultdict(list), []
    for result in report.differences:
        vector = result.vector
        if result.status != "differs" or not vector.judges:
            broken.append(result)
        elif vector.expected == "invalid":
            accepted[(vector.flags[:1], vector.input["operation"], vector.reason)].append(vector.id)
        else:
            refused[judgement(peer["id"], result.reason)].append(vector.id)
    if accepted:
        text += ["", "Accepted, though invalid: not checked.", "", "| reason | not seen | the check prevents | vectors |", "| --- | --- | --- | --- |"]
    for (flags, operation, reason), ids in sorted(accepted.items(), key=lambda item: item[0][2]):
        told = " ".join(row["description"] for row in reasons([(operation, reason)]).values())
        effect = next((row["effect"] for row in notes(flags).values()), "A misread or invented zone passes as one of a travel document.")
        text.append(f"| `{reason}` | {told} | {effect} | {shown(ids)} |")
    if refused:
        text += ["", "Refused, though valid.", "", "| judgement | clause | vectors |", "| --- | --- | --- |"]
    text += [f"| {why} | {clause} | {shown(ids)} |" for (why, clause), ids in sorted(refused.items())]
    if broken:
        text += ["", "Answered with another value, or not at all.", "", "| vector | answer |", "| --- | --- |"]
    text += [f"| {result.vector.id} | {result.status} {result.result} |" for result in broken]
    return text


def document(reports: dict[str, vectors.Report]) -> str:
    text = [HEAD.rstrip()]
    for peer in TABLE["peer"]:
        text += section(peer, reports[peer["id"]])
    return "\n".join(text) + "\n"


if __name__ == "__main__":
    print(document({peer["id"]: ask(peer["id"]) for peer in TABLE["peer"]}), end="")
