"""No control, escape or mark of direction of a stranger's reaches a terminal raw, and none begins a line of ours.

Every command is called with hostile text in each of its arguments; then with hostile content in every kind of input.
"""

import ast
import json
import os
import pty
import re
import shutil
import sqlite3
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from rich.console import Console
from rich.text import Text
from typer.main import get_command

from tests.support import builders as b
from tests.support import seals_made
from tests.support.command_line import run
from tjdocs import cli
from tjdocs.cli import _terminal, app

FORGED = "ADMIT (forged)"
# clear the screen, name the window, turn the direction, C1's own control sequence, a line of ours
HOSTILE = f"\x1b[2J\x1b]0;t\x07\u202e\x9b2J\u2066\r\n{FORGED}\x85\u2028{FORGED}"
NAME = HOSTILE.replace("/", "")  # as a file's name; a disk takes all of it
AT = ("--at", "2026-11-24")


def assert_clean(text: str, what: object) -> None:
    """Check what a terminal would be sent."""
    left = {c for c in text if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") and c != "\n"}
    assert not left, (what, left)
    assert not any(line.lstrip(' "').startswith(FORGED) for line in text.splitlines()), (what, text)


def both(*arguments, **more):
    """Run a command for a person and for a program; check both, return what the first printed."""
    results = [run(*arguments, *how, **more) for how in ([], ["--json"])]
    for _, out, err in results:
        assert_clean(out + err, arguments)
    return results[0]


def commands(command=None, path=()):
    command = command or get_command(app)
    if hasattr(command, "commands"):
        for name in command.list_commands(None):
            yield from commands(command.get_command(None, name), (*path, name))
    else:
        yield path, command


COMMANDS = dict(commands())
# these begin work in other processes, and have no other text than the options here
SLOW = {("vectors", "run"): ["--area", "--command"]}


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_hostile_arguments_of_every_command(place, path):
    command = COMMANDS[path]
    options = [p for p in command.params if p.param_type_name == "option" and not p.is_flag and p.opts != ["--help"]]
    places = [HOSTILE for p in command.params if p.param_type_name == "argument"]
    needed = [word for p in options if p.required for word in (p.opts[0], HOSTILE)]
    calls = [[*places, *needed]]
    if path not in SLOW:
        calls += [[*places, *needed, option.opts[0], HOSTILE] for option in options]
    calls.append([f"--{HOSTILE}"])
    for call in calls:
        status, out, err = run(*path, *call)
        assert_clean(out + err, (path, call))
        assert "internal error" not in err, (path, call, err)
        assert status in (0, 1, 2)


def test_no_such_command(place):
    for call in ([HOSTILE], ["border", HOSTILE], ["mrz", "parse", f"--{HOSTILE}"]):
        status, out, err = run(*call)
        assert status == 2
        assert_clean(out + err, call)


# ---------------------------------------------------------------------------------------------------- what is in files


@pytest.mark.parametrize("value", [
    {"chip": {HOSTILE: "AA=="}}, {"mrz": "X<<", "direction": HOSTILE}, {"mrz": "X<<", "seal": HOSTILE}, {HOSTILE: 1},
    {"mrz": "X<<", "point": HOSTILE}, {"claims": {HOSTILE: "x"}}, {"mrz": "X<<", "claims": {"place": HOSTILE}},
    {"mrz": HOSTILE}, {"mrz": [HOSTILE, "P<"]}, {"mrz": "X<<", "page": HOSTILE}, {"mrz": "X<<", "chip": HOSTILE},
    {"claims": {"primary_identifier": HOSTILE}}, {"\ud800": 1}, {"chip": {"\udcff": "AA=="}},
], ids=range(14))  # fmt: skip
def test_evidence(place, value):
    (place / "e.json").write_text(json.dumps(value))
    both("border", "inspect", "--evidence", "e.json", "--direction", "entry", "--watch-list", "ban.jsonl", *AT)
    (place / "e.jsonl").write_text(json.dumps({**value, "id": HOSTILE}) + "\n")
    _, out, err = run("border", "batch", "e.jsonl", "--workers", "1", *AT)
    assert_clean(out + err, value)
    assert len(out.splitlines()) == 1
    assert json.loads(out)["id"] == "e.jsonl:1"


def test_a_setup(place):
    for value in ({HOSTILE: 1}, {"direction": HOSTILE}, {"trust": HOSTILE}, {"at": HOSTILE}, {"policy": HOSTILE}, {"lang": HOSTILE}):
        (place / "s.json").write_text(json.dumps(value))
        both("border", "inspect", "--mrz", "mrz.txt", "--setup", "s.json")


def test_zones(place):
    for text in (f"P<{HOSTILE}\n", HOSTILE, f"P<UTO{HOSTILE[:20]}<<A".ljust(44, "<") + "\n" + "A" * 44):
        (place / "z.txt").write_text(text)
        for command in ("parse", "repair"):
            both("mrz", command, "z.txt", *AT)
        both("verify", "chip", "--mrz", "z.txt", *AT)
        both("dissect", "z.txt")
    _, out, _ = run("mrz", "parse", "--lines", "z.txt", *AT)
    assert_clean(out, "lines")


def test_names_of_files(place):
    folder = place / NAME
    shutil.copytree(place / "lane", folder)
    shutil.copytree(place / "lane" / "a", folder / NAME)
    shutil.copy(place / "authority" / "csca.cer", folder / NAME / f"{NAME}.cer")
    (folder / NAME / "chip" / f"{NAME}.bin").write_bytes(b"x")
    both("trust", "import", folder / NAME / f"{NAME}.cer", "--store", folder / "t.db", *AT)
    both("trust", "list", "--store", folder / "t.db")
    both("verify", folder / NAME / "chip", *AT)
    both("dissect", folder / NAME / f"{NAME}.cer")
    both("seal", "show", folder / NAME / f"{NAME}.cer")
    _, out, err = run("border", "batch", folder, "--workers", "1", *AT)
    assert_clean(out + err, "batch")
    assert [json.loads(line)["verdict"] for line in out.splitlines()] == ["refer", "refer"]


def test_a_folder_whose_name_is_no_text_and_a_terminal_without_letters(place):
    os.mkdir(os.fsencode(place / "lane") + b"/b\xff")
    (Path(os.fsdecode(os.fsencode(place / "lane") + b"/b\xff")) / "mrz.txt").write_text("P<")
    call = [sys.executable, "-m", "tjdocs", "border", "batch", "lane", "--workers", "1", *AT]
    done = subprocess.run(call, cwd=place, capture_output=True, env={**os.environ, "PYTHONIOENCODING": "ascii"}, check=False)
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == ["a", "b\\udcff"]
    assert done.stdout.isascii()
    (place / "z.txt").write_text("ЖЖЖ\n")
    call = [sys.executable, "-m", "tjdocs", "mrz", "parse", "z.txt", *AT]
    done = subprocess.run(call, cwd=place, capture_output=True, env={**os.environ, "PYTHONIOENCODING": "ascii"}, check=False)
    assert b"\\u0416\\u0416\\u0416" in done.stdout
    assert b"internal" not in done.stderr


def hostile_party() -> b.Party:
    name = b.name(("C", "TJ"), ("O", HOSTILE), ("CN", HOSTILE))
    return b.csca("CSCA", "TJ", subject=name, key=b.ec_key("hostile"))


def test_certificates_and_chips(place):
    csca = hostile_party()
    (place / "h.cer").write_bytes(csca.raw)
    signer = b.signer(csca, "TJ", subject=b.name(("C", "TJ"), ("CN", HOSTILE)))
    details = b.der(0x6B, b.der(0x5C, b"\x5f\x0e"), b.der(0x5F0E, HOSTILE.encode()))
    issued = b.der(0x6C, b.der(0x5C, b"\x5f\x19"), b.der(0x5F19, HOSTILE.encode()))
    scene = b.scene(anchors=[csca], by=signer, groups={1: b.dg1(b.zone()), 2: b.dg2(), 11: details, 12: issued})
    (place / "h").mkdir()
    for name, data in scene.chip.items():
        (place / "h" / f"{name.replace('.', '_')}.bin").write_bytes(data)
    shutil.copytree(place / "h", place / "batch" / "h" / "chip")
    run("border", "batch", "batch", "--workers", "1", "--out", "r.jsonl", "--trust", "authority/csca.cer", *AT)
    assert "\\u001b[2J" in (place / "r.jsonl").read_text()
    assert_clean((place / "r.jsonl").read_text(), "results")
    both("trust", "import", "h.cer", "--store", "t.db", "--trust-candidates", *AT)
    both("trust", "list", "--store", "t.db")
    both("trust", "explain", "--store", "t.db", "--country", "TJ")
    both("verify", "h", "--trust", "h.cer", *AT)
    both("verify", "h", "--trust", "authority/csca.cer", "--lang", "ru", *AT)
    both("sod", "show", "h/EF_SOD.bin")
    for path in ("h.cer", "h/EF_SOD.bin", "h/DG11.bin", "h/DG12.bin", "h/DG1.bin"):
        both("dissect", path)


def test_seals(place):
    data = seals_made.made()
    for at in range(len(data)):
        (place / "s.bin").write_bytes(data[:at] + HOSTILE.encode()[:30] + data[at + 30 :])
        _, out, err = run("seal", "show", "s.bin")
        assert_clean(out + err, at)
    both("seal", "verify", "s.bin", *AT)


def test_lists_and_policies(place):
    ban = json.loads((place / "ban.jsonl").read_text())
    for key in (*ban, HOSTILE, "aliases"):
        (place / "l.jsonl").write_text(json.dumps({**ban, key: [HOSTILE] if key == "aliases" else HOSTILE}) + "\n")
        (place / "l.csv").write_text(f'id,category,"{HOSTILE}"\n"{HOSTILE}",ban,x\n')
        for path in ("l.jsonl", "l.csv"):
            both("border", "inspect", "--mrz", "mrz.txt", "--direction", "entry", "--watch-list", path, *AT)
    escaped = json.dumps(HOSTILE)
    for text in (f"schema = 1\nname = {escaped}\nrequires = []\nrule = []\n", f"[{escaped}]\n", "a = \x1b\n",
                 f'schema = 1\nname = "x"\nrequires = [{escaped}]\nrule = []\n', f"schema = {escaped}\n{escaped} = 1\n"):  # fmt: skip
        (place / "p.toml").write_text(text)
        both("border", "inspect", "--mrz", "mrz.txt", "--policy", "p.toml", *AT)
        (place / "types").mkdir(exist_ok=True)
        (place / "types" / f"{NAME}.toml").write_text(text)
        both("documents", "list", "--types", "types")


def test_applications(place):
    application = json.loads((place / "external-passport.json").read_text())
    for key in (*application, HOSTILE):
        (place / "a.json").write_text(json.dumps({**application, key: HOSTILE}))
        both("documents", "check", "external-passport", "--application", "a.json", *AT)
    (place / "a.jsonl").write_text(json.dumps({**application, "family_name": HOSTILE}) + "\n")
    both("issue-batch", "external-passport", "a.jsonl", "--authority", "authority", "--out", "o", "--workers", "1", *AT)
    (place / "a.csv").write_text(f'"{HOSTILE}"\n"{HOSTILE}"\n')
    both("issue-batch", "external-passport", "a.csv", "--authority", "authority", "--out", "p", "--workers", "1", *AT)


def test_what_somebody_wrote_into_a_register(place):
    """An audit names what was changed, in lines that begin as it means them to."""
    both("register", "lost", (place / "number").read_text(), "--ground", HOSTILE, "--register", "sqlite:///register.db", *AT)
    with sqlite3.connect(place / "register.db") as database:
        database.execute("UPDATE document SET ground = ?, office = ?, officer = ?", (HOSTILE, HOSTILE, HOSTILE))
        database.execute(f'CREATE TABLE "{HOSTILE}" (x)')
        database.execute(f'CREATE TRIGGER "{HOSTILE} t" AFTER INSERT ON document BEGIN SELECT 1; END')
    database.close()
    register = ("--register", "sqlite:///register.db")
    status, out, _ = both("register", "audit", *register)
    assert status == 1
    assert "\\u001b[2J" in out
    for command in (["status", (place / "number").read_text()], ["status"], ["report"], ["statistics"], ["resume"]):
        both("register", *command, *register, *AT)
    with sqlite3.connect(place / "register.db") as database:
        database.execute("UPDATE entry SET leaf = ?", (json.dumps({"act": HOSTILE, "subject": HOSTILE, "at": HOSTILE, "officers": [HOSTILE]}),))
    database.close()
    both("register", "audit", *register)
    both("register", "status", (place / "number").read_text(), *register, *AT)


def test_an_evidence_archive(place):
    import io
    import zipfile

    def archive(manifest, **files):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as zipped:
            zipped.writestr(zipfile.ZipInfo("manifest.json"), json.dumps(manifest))
            for name, data in files.items():
                zipped.writestr(zipfile.ZipInfo(name), data)
        return stream.getvalue()

    for manifest in ({HOSTILE: 1}, {"schema": 1, "files": {HOSTILE: HOSTILE}, "at": HOSTILE, "made": HOSTILE, "verdict": HOSTILE}):
        (place / "e.zip").write_bytes(archive(manifest, a=b"x"))
        both("border", "evidence", "verify", "e.zip")


def test_a_program_that_runs_the_vectors(place):
    program = place / "adapter"
    program.write_text(f"#!{sys.executable}\nimport json\nprint(json.dumps({{'result': {HOSTILE!r}, 'reason': {HOSTILE!r}}}))\n")
    program.chmod(0o755)
    _, out, err = run("vectors", "run", "--area", "lds", "--command", str(program))
    assert_clean(out + err, "vectors")


# ------------------------------------------------------------------------------------------------------- the one way


def test_nothing_else_in_the_command_line_prints():
    """A module that printed by itself would do so past :mod:`tjdocs.cli._terminal`."""
    for path in sorted(Path(cli.__file__).parent.glob("*.py")):
        if path.name == "_terminal.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = ast.unparse(node.func)
                assert not re.search(r"^print$|\bConsole$|typer\.(echo|secho)|sys\.std(out|err)\.(buffer\.)?write", name), (path.name, name)


def test_whatever_a_library_prints_is_escaped_while_a_command_runs(capsys):
    with _terminal.guarded():
        print(f"a{HOSTILE}")
        print(HOSTILE, file=sys.stderr)
        sys.stdout.writelines([HOSTILE])
    out, err = capsys.readouterr()
    for text in (out, err):
        assert not {c for c in text if unicodedata.category(c) in ("Cc", "Cf") and c != "\n"}


def test_colours_and_help_reach_a_terminal(place):
    """Our own escapes are those of styles alone."""
    (place / "z.txt").write_text(f"P<{HOSTILE}\n")
    for call, expected in ((["mrz", "parse", "z.txt", *AT], "format-unknown"), (["--help"], "border"), (["border", "--help"], "inspect")):
        main, other = pty.openpty()
        environment = {**os.environ, "TERM": "xterm", "COLUMNS": "100"}
        with subprocess.Popen([sys.executable, "-m", "tjdocs", *call], cwd=place, stdout=other, stderr=other, env=environment) as process:
            os.close(other)
            shown = b""
            try:
                while data := os.read(main, 65536):
                    shown += data
            except OSError:  # Linux says so at the end
                pass
            process.wait()
        os.close(main)
        text = shown.decode().replace("\r\n", "\n")
        assert expected in text
        assert "\x1b[" in text
        assert_clean(re.sub(r"\x1b\[[0-9;]*m", "", text), call)


def test_a_paragraph_is_wrapped_on_a_terminal_alone(capsys, monkeypatch):
    """A stranger's text never begins a line there, and no program has to join lines again."""
    text = f"undetermined: Ban B-1. {HOSTILE} one entry is a possible match: name or date of birth fit in part"
    _terminal.paragraph(text, first="* ", indent="    ")
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("* undetermined: Ban B-1. ")
    assert line.endswith("fit in part")

    def terminal():
        return Console(file=sys.stdout, force_terminal=True, no_color=True, width=50, soft_wrap=True, highlight=False, emoji=False, markup=False)

    monkeypatch.setattr(_terminal, "console", terminal)
    _terminal.paragraph(Text(text), first="* ", indent="    ")
    first, *more = capsys.readouterr().out.splitlines()
    assert first.startswith("* undetermined")
    assert len(more) >= 2
    assert all(line.startswith("    ") and len(line) <= 50 and line == line.rstrip() for line in more)
    assert_clean("".join(more), "paragraph")
