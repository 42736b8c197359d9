#!/usr/bin/env python3
"""A lane at the border: judges each document that a scanner puts into a folder, and prints a line for the guard.

Usage: examples/lane.py TRUST SCANS

TRUST is a trust store (`tjdocs trust import`). Each folder in SCANS is one document: `mrz.txt` and `chip/`. A line has
the folder, the decision, and the checks that decided it. Exit status 1 when somebody is not admitted.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path

from tjdocs.border import Evidence, Inspector
from tjdocs.pki import TrustStore


def main(trust: Path, scans: Path) -> int:
    """Judge every scan, and return the exit status."""
    inspector = Inspector(trust=TrustStore(trust))
    admitted = True
    for scan in sorted(path for path in scans.iterdir() if path.is_dir()):
        zone = scan / "mrz.txt"
        lines = zone.read_text(encoding="ascii", errors="replace").splitlines() if zone.exists() else None
        chip = scan / "chip"
        evidence = Evidence(mrz=lines, chip=chip if chip.is_dir() else None, direction="exit")
        verdict = inspector.inspect(evidence, at=datetime.now(UTC))
        admitted &= verdict.decision == "admit"
        print(f"{scan.name}: {verdict.decision} ({', '.join(verdict.decided_by)})")
    return 0 if admitted else 1


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:3])))
