#!/usr/bin/env bash
# The MRZ library of PyPI refuses a zone whose date of birth is known in part, and makes none.
#
# Guess beforehand: fillers in the place of an unknown day or month are read like any other character, since the check digit
# over them is right; the library gives the text back, as two packages of npm do.
# Seen: the checker calls the zone invalid and names the birth date; the generator raises DateError. Day, month, and the
# whole date alike. The same zone with a whole date is valid.
# Why it matters: Doc 9303-3, 4.8 has fillers for what nobody knows of a birth. The holders are real: people without
# a birth certificate. A check that rests on this library turns them away, and an office that makes zones with it issues them
# none. Ask the check digits and the format apart from the calendar.
# Versions: PyPI mrz 0.6.2; npm mrz 5.0.2 and mrz-fast 1.0.9 beside it. Date: 2026-11-30.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check mrz==0.6.2
npm install --silent --no-audit --no-fund mrz@5.0.2 mrz-fast@1.0.9 > /dev/null
cat > ask.py <<'PY'
import json
from importlib.metadata import version

from mrz.checker.td3 import TD3CodeChecker
from mrz.generator.td3 import TD3CodeGenerator


def digit(text):
    return str(sum((0 if c == "<" else int(c, 36)) * (7, 3, 1)[i % 3] for i, c in enumerate(text)) % 10)


print("PyPI mrz", version("mrz"))
zones = {}
for birth in ("740812", "7408<<", "74<<<<", "<<<<<<"):
    line = "L898902C36USA" + birth + digit(birth) + "F3404159" + "<" * 14 + "0"
    line += digit(line[:10] + line[13:20] + line[21:43])
    zones[birth] = ["P<USAERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", line]
    checked = TD3CodeChecker("\n".join(zones[birth]))
    try:
        TD3CodeGenerator("P", "USA", "ERIKSSON", "ANNA MARIA", "L898902C3", "USA", birth, "F", "340415", "")
        made = "made"
    except Exception as error:
        made = type(error).__name__
    print(f"{birth}: valid {bool(checked)}, faults {[name for name, _ in checked.report.falses]}, generator {made}")
json.dump(zones, open("zones.json", "w"))
PY
cat > ask.mjs <<'JS'
import { readFileSync } from "node:fs";
import { parse } from "mrz";
import { parseMRZ } from "mrz-fast";
for (const [birth, lines] of Object.entries(JSON.parse(readFileSync("zones.json")))) {
  console.log(`${birth}: npm mrz valid ${parse(lines).valid}, mrz-fast valid ${parseMRZ(lines).valid}`);
}
JS
{ venv/bin/python ask.py; node ask.mjs; } | tee seen.txt
cat > expected.txt <<'TEXT'
PyPI mrz 0.6.2
740812: valid True, faults [], generator made
7408<<: valid False, faults ['birth date'], generator DateError
74<<<<: valid False, faults ['birth date'], generator DateError
<<<<<<: valid False, faults ['birth date'], generator DateError
740812: npm mrz valid true, mrz-fast valid true
7408<<: npm mrz valid true, mrz-fast valid true
74<<<<: npm mrz valid true, mrz-fast valid true
<<<<<<: npm mrz valid true, mrz-fast valid true
TEXT
diff expected.txt seen.txt && echo "as on 2026-11-30"
