"""Write ``register-0003.json``: a register as the library wrote it at version 0003, before officers had keys.

Run once, with that version of the library (commit d010bd0) on PYTHONPATH; it stays as it is. Rows are by table, bytes
as ``{"hex": …}``; the keys are made up, and protect nothing.
"""

import base64
import json
import sqlite3
import sys
import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from tjdocs.register import Holder, Keys, Register, owner
from tjdocs.register.tables import VERSION

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
KIND = "external-passport"
HOLDER = Holder(
    "ERIKSSON", date(1974, 8, 12), given_names="ANNA MARIA", sex="F", citizenship="TJK", personal_number="ZE184226B"
)


def issue(register, **more):
    number = register.reserve(KIND, officer="anna", at=NOW)
    day = NOW.date()
    values = {"issued": day, "expires": day.replace(year=2036) - timedelta(days=1), "files": {"DG1": "00" * 32}}
    register.commit(number, at=NOW, **{**values, **more})
    return number


def live(register):
    """Documents in several states, spoiled and destroyed blanks, a decision, two heads, what a crash left."""
    for id_, role, office in (
        ("second", "officer", "store"), ("anna", "clerk", "dushanbe"), ("auditor", "auditor", "store"),
        ("gate", "border", "gate-1"), ("late", "clerk", "dushanbe"),
    ):  # fmt: skip
        register.officers.enrol(id_, role, office=office, officer="chief", at=NOW)
    register.officers.dismiss("late", "clerk", officer="chief", at=NOW)
    register.blanks.add_series(KIND, "P{:07d}", officer="chief", at=NOW)
    told = {"act": "act 1", "supplier": "printer", "office": "store", "officer": "chief", "at": NOW}
    register.blanks.receive("P0000001-P0000300", **told)
    register.act("assign", "P0000001-P0000300", officers=["chief"], at=NOW, to="dushanbe")
    register.act("confirm", "P0000001-P0000300", officers=["anna"], at=NOW, office="dushanbe")
    numbers = [issue(register) for _ in range(4)]
    numbers.append(issue(register, person=HOLDER))
    register.act("handover", numbers[4], officers=["anna"], at=NOW)
    register.act("lost", numbers[4], officers=["chief"], at=NOW, ground="told by the holder", reference="act 2")
    issue(register, person=HOLDER, replaces=numbers[4], ground="loss", category="A")
    register.log.sequence()
    register.act("destroy", "P0000290-P0000300", officers=["chief", "second"], at=NOW, reference="act 3")
    register.decisions.record("citizenship", "citizen", day=NOW.date(), act="o 1", officer="chief", at=NOW, person=HOLDER)
    register.log.sequence()
    issue(register)  # has no place yet
    register.reserve(KIND, officer="anna", at=NOW)  # its process ends with this one


def table(database, name):
    cursor = database.execute(f"SELECT * FROM {name}")
    names = [column[0] for column in cursor.description]
    return [
        {key: {"hex": value.hex()} if isinstance(value, bytes) else value for key, value in zip(names, row, strict=True)}
        for row in cursor
    ]


def main():
    assert VERSION == "0003"
    owner.owner = lambda: "office-1|00000000-0000-0000-0000-000000000000|1|1"
    folder = Path(tempfile.mkdtemp())
    Keys.create(folder / "keys", name="example.tj/register")
    path = folder / "register.db"
    keys = Keys.open(folder / "keys")
    register = Register.create(f"sqlite:///{path}", keys=keys, officer="chief", office="store", at=NOW)
    live(register)
    register.close()
    database = sqlite3.connect(path)
    names = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")]
    made = {
        "keys": {file.name: base64.b64encode(file.read_bytes()).decode() for file in sorted((folder / "keys").iterdir())},
        "schema": [row[0] for row in database.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite%'")],
        "tables": {name: table(database, name) for name in names},
    }
    Path(sys.argv[1]).write_text(json.dumps(made, indent=1) + "\n")


if __name__ == "__main__":
    main()
