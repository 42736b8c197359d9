"""What the product answers, as one digest for each input: compared with the files in this folder.

Run it to write them: ``python -m tests.golden.made``. A change of structure leaves every line as it was; a change of
behaviour names in its message the lines that it changes, and the clause.
"""

import base64
import json
import random
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from tjdocs import mrz, vectors
from tjdocs.border import Evidence, Inspector
from tjdocs.errors import TjdocsError
from tjdocs.lds import ef_catalogue, ef_sod_spans
from tjdocs.pki import Certificate, TrustStore
from tjdocs.vectors.library_adapter import answer

FOLDER = Path(__file__).parent
AREAS = vectors.areas()
MUTATED, ZONES = 2000, 3000
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def digest(value: object) -> str:
    return sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()[:16]


def judged(given: dict[str, object], files: dict[str, bytes]) -> dict[str, object]:
    """Return the JSON of a verdict on a vector's files, its anchors being trusted."""
    anchors = [Certificate.parse(base64.b64decode(item)) for item in given["anchors"]]
    at = (
        datetime.fromisoformat(given["at"])
        if "T" in given["at"]
        else datetime.fromisoformat(f"{given['at']}T12:00+05:00")
    )
    evidence = Evidence(mrz=given.get("mrz"), chip=files or None, direction=given.get("direction"))
    found = Inspector(trust=TrustStore.of(anchors)).inspect(evidence, at=at).as_json()
    del found["policy_sha256"]
    return found


def opened(given: dict[str, object]) -> dict[str, bytes]:
    return {name: base64.b64decode(data) for name, data in given["files"].items()}


def answers() -> Iterator[tuple[str, object]]:
    """Yield the answer to each vector, and the whole verdict where it has files."""
    for area in AREAS:
        for vector in vectors.load(area):
            given = dict(vector.input)
            whole = judged(given, opened(given)) if "files" in given and given.get("files") else None
            yield vector.id, (tuple(answer(given)), whole)


def mutated() -> Iterator[tuple[str, object]]:
    """Yield the verdict on genuine files of which one byte or length is another."""
    source = random.Random(9303)
    sound = [
        dict(one.input)
        for one in vectors.load("passive-authentication")
        if one.expected == "valid" and one.input.get("files")
    ]
    for number in range(MUTATED):
        given = source.choice(sound)
        files = opened(given)
        name = source.choice(sorted(files))
        data = bytearray(files[name])
        place = source.randrange(min(len(data), 400) if source.random() < 0.7 else len(data))
        way = source.randrange(3)
        if way == 0:
            data[place] ^= 1 << source.randrange(8)
        elif way == 1:
            del data[place]
        else:
            data.insert(place, source.randrange(256))
        yield f"{number:04}", judged(given, files | {name: bytes(data)})


def zones() -> Iterator[tuple[str, object]]:
    """Yield zones made from fields of every kind, and what reading them says."""
    source = random.Random(2026)
    codes = {"TD1": "ID", "TD2": "IR", "TD3": "PP", "MRV-A": "V", "MRV-B": "V"}

    def name(parts: int) -> str:
        return " ".join("".join(source.choices(LETTERS, k=source.randrange(1, 14))) for _ in range(parts))

    for number in range(ZONES):
        form = source.choice(sorted(codes))
        fields = {
            "document_code": codes[form],
            "issuing_state": source.choice(("TJK", "UTO", "D")),
            "document_number": "".join(source.choices(LETTERS + "0123456789", k=source.randrange(1, 13))),
            "nationality": source.choice(("TJK", "XXA", "UTO")),
            "date_of_birth": f"19{source.randrange(30, 100)}-{source.randrange(1, 13):02}-{source.randrange(1, 29):02}",
            "sex": source.choice("MFX"),
            "date_of_expiry": f"20{source.randrange(27, 37)}-{source.randrange(1, 13):02}-{source.randrange(1, 29):02}",
            "primary_identifier": name(source.randrange(1, 4)),
            "secondary_identifier": name(source.randrange(0, 5)),
        }
        try:
            made = mrz.make(form, **fields).lines
        except TjdocsError as error:
            yield f"{number:04}", error.code
            continue
        yield f"{number:04}", (made, mrz.parse("\n".join(made), at=datetime(2026, 11, 30, tzinfo=UTC)).as_json())


def spans() -> Iterator[tuple[str, object]]:
    """Yield the labelled bytes of the files in every tenth vector that has some."""
    for vector in [one for one in vectors.load("passive-authentication") if one.input.get("files")][::10]:
        for name, data in sorted(opened(dict(vector.input)).items()):
            view = ef_sod_spans.spans if name == "EF_SOD" else ef_catalogue.spans
            yield f"{vector.id}/{name}", [span.as_json() for span in view(data)]


PARTS = {"answers": answers, "mutated": mutated, "zones": zones, "spans": spans}


def text(part: str) -> str:
    return "".join(f"{name} {digest(value)}\n" for name, value in PARTS[part]())


if __name__ == "__main__":
    for one in sys.argv[1:] or PARTS:
        (FOLDER / f"{one}.txt").write_text(text(one))
