#!/usr/bin/env python3
"""A small passport office: applications from a folder, one document each, and a list of refusals.

Usage: examples/office.py AUTHORITY APPLICATIONS OUT

AUTHORITY is the folder of a trial authority; it is made where there is none. APPLICATIONS has one JSON file for each
applicant (`tjdocs documents example external-passport`). OUT gets a folder for each document, named by its number.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path

from tjdocs.documents import Application, ApplicationError, NotEligible
from tjdocs.errors import InputError
from tjdocs.office import Office
from tjdocs.pki import Authority
from tjdocs.register import Register


def opened(folder: Path, now: datetime) -> Office:
    """Open the office, and make authority and register the first time."""
    authority = Authority.open(folder) if folder.exists() else Authority.create(folder, at=now)
    return Office(authority, Register(f"sqlite:///{folder}/register.db"))


def main(authority: Path, applications: Path, out: Path) -> int:
    """Issue to every applicant, and return the exit status."""
    now = datetime.now(UTC)
    office, refused = opened(authority, now), 0
    for path in sorted(applications.glob("*.json")):
        try:
            issued = office.issue(Application.from_json(path.read_text(encoding="utf-8")), at=now)
        except (ApplicationError, InputError, NotEligible) as error:
            refused += 1
            print(f"{path.name}: refused: {error}")
            continue
        issued.write(out / issued.document_number)
        print(f"{path.name}: {issued.document_type} {issued.document_number}, valid to {issued.date_of_expiry}")
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:4])))
