"""Help: every command has an example that runs, its own words for --at, and its group; completion; brackets."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup
from typer.main import get_command

from tests.support import seals_made
from tests.support.command_line import run
from tjdocs import cli
from tjdocs.cli import _COMMANDS, _help, app


def walk(command=None, path=()):
    """Yield every command and group with its path."""
    command = command or get_command(app)
    yield path, command
    if isinstance(command, TyperGroup):
        for name in command.list_commands(None):
            yield from walk(command.get_command(None, name), (*path, name))


ALL = {" ".join(path): command for path, command in walk()}
LEAVES = {path: command for path, command in ALL.items() if not isinstance(command, TyperGroup)}
LINES = [(path, line) for path, lines in _help.EXAMPLES.items() for line in lines]


@pytest.fixture
def wide(monkeypatch):
    monkeypatch.setenv("COLUMNS", "300")
    monkeypatch.setenv("NO_COLOR", "1")


def plain(text):
    return " ".join(re.sub("[│╭╮╰╯─]", " ", text).split())


def words_of(line):
    """The arguments of an example without what a shell takes."""
    words = shlex.split(line)
    assert words[0] == "tjdocs"
    return words[1 : words.index(">") if ">" in words else None]


# ------------------------------------------------------------------------------------------------------------ examples


def test_every_command_has_an_example_and_every_example_a_command():
    assert LEAVES.keys() == _help.EXAMPLES.keys() - {""}


@pytest.mark.parametrize("path", ALL, ids=lambda path: path or "tjdocs")
def test_each_help_shows_an_example_and_every_text_whole(path, wide):
    """Brackets too, which rich takes for styles."""
    status, out, err = run(*path.split(), "-h")
    assert (status or 0, err) == (0, "")
    shown = plain(out)
    assert re.search(r"\bExamples?: tjdocs ", shown)
    for line in _help.EXAMPLES.get(path, ()):
        assert " ".join(line.split()) in shown
    for parameter in ALL[path].params:
        if text := getattr(parameter, "help", None):
            assert " ".join(text.replace("\\[", "[").split()) in shown, parameter.name


@pytest.mark.parametrize(("path", "line"), LINES, ids=[line[7:60] for _, line in LINES])
def test_each_example_can_be_parsed(path, line):
    """By the command of whose help it is, with nothing left over."""
    words = words_of(line)
    command, context = get_command(app), None
    for name in path.split() if path else words[: 1 + (words[0] == "border")]:
        assert words.pop(0) == name
        command = command.get_command(context, name)
        assert command is not None
    context = command.make_context(path or "tjdocs", words)
    assert not context.args or "--" in line


# what an example needs from elsewhere: another office's key, another program, a server
NOT_RUN = {
    "border evidence export", "border evidence verify", "register key replace", "register countersign", "register migrate",
    "issue-batch", "border batch", "border serve",  # begin other processes; their own tests run them
    "register confirm", "register dismiss",  # of a register with roles; the tests of a register have them
    "chip list", "chip emulate",  # need the service of PC/SC
    "authority create",  # the folder's authority is made first
}  # fmt: skip
ELSEWHERE = ("postgresql://", "adapter.py")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The folder of the examples: what the reader brings along."""
    folder = tmp_path_factory.mktemp("examples")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert not run("authority", "create", "authority")[0]
        for name in ("anna.pass", "anna-2.pass"):
            (folder / name).write_text(f"long enough for {name}\n")
    ban = {"id": "B-1", "category": "ban", "primary_identifier": "EKBERG", "date_of_birth": "1994", "direction": "both",
           "reason": "court order", "authority": "court"}  # fmt: skip
    (folder / "bans.jsonl").write_text(json.dumps(ban) + "\n")
    (folder / "traveller.json").write_text('{"mrz": "passport/mrz.txt", "chip": "passport/chip"}')
    (folder / "desk.json").write_text('{"trust": "trust.db", "direction": "entry"}')
    (folder / "features.json").write_text(json.dumps({"zone": seals_made.zone(state="TJK", nationality="TJK")}))
    return folder


def test_the_examples_run_one_after_the_other(folder, monkeypatch):
    monkeypatch.chdir(folder)
    for path, line in LINES:
        if path in ("", *NOT_RUN) or any(word in line for word in ELSEWHERE):
            continue
        if path == "register handover":  # the documents of the register of the examples
            _register_a_passport()
        status, out, err = run(*words_of(line))
        # a seal signer that nobody vouches for, and a number that was lost: judged, and not accepted
        assert (status or 0) in ((0, 1) if path in ("seal verify", "mrz repair", "register find") else (0,)), (line, out, err)
        assert "internal error" not in err
        if ">" in line:
            Path(line.split()[-1]).write_text(out)


def _register_a_passport():
    """In a register of its own: each authority has one."""
    run("authority", "create", "another")
    place = ("--authority", "another", "--register", "sqlite:///register.db", "--officer", "trial")
    status, out, err = run("issue", "external-passport", "--application", "application.json", *place, "--out", "registered")
    assert status == 0, (out, err)


# ------------------------------------------------------------------------------------------------------------- groups


def test_each_command_is_in_one_group_and_listed_with_the_sentence_of_its_own_help(wide):
    for group in ("", "register"):
        grouped = [name for names in _help.GROUPS[group].values() for name in names]
        assert sorted(grouped) == sorted(set(grouped)) == sorted(ALL[group].list_commands(None))
    out = plain(run("--help")[1])
    for name, (_, _, sentence) in _COMMANDS.items():
        assert f"{name} {sentence}" in out
        assert ALL[name].help.replace("\\[", "[").replace("\n", " ").startswith(sentence), name
    for heading in (*_help.GROUPS[""],):
        assert heading in out


def test_the_list_of_commands_imports_none_of_them():
    code = (
        "import sys; from tjdocs.cli import main; sys.argv = ['tjdocs', '--help']\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "assert not {name for name in sys.modules if name.startswith('tjdocs.') and name.split('.')[1] in ('border', 'pki', 'register', 'office')}"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0


def test_each_time_has_words_of_its_own(wide):
    timed = {path for path, command in LEAVES.items() if any(p.name == "at" for p in command.params)}
    assert timed == _help.TIMES.keys()
    for path in ("verify", "issue", "authority crl", "register report", "mrz parse"):
        assert f"{_help.TIMES[path]}; now, unless given." in plain(run(*path.split(), "-h")[1])
    assert len({_help.TIMES[path] for path in ("verify", "issue", "authority crl", "trust import", "register lost")}) == 5


def test_brackets_are_not_styles(wide, capsys):
    one = typer.Typer(add_completion=False)

    @one.command()
    def command(value: str = typer.Option("", help="a [red]word[/red] of [x]")) -> None:
        """Take [bold]this[/bold]."""

    made = _help.prepared(typer.main.get_command(one), "none")
    made.main(["--help"], prog_name="x", standalone_mode=False)
    out = plain(capsys.readouterr().out)
    assert "Take [bold]this[/bold]." in out
    assert "a [red]word[/red] of [x]" in out


# ------------------------------------------------------------------------------------------------ help, version, shell


def test_help_of_a_command_and_of_none(wide):
    for path in ("", "verify", "border", "border evidence verify"):
        helps = [run(*call) for call in (("help", *path.split()), (*path.split(), "--help"), (*path.split(), "-h"))]
        assert len({(status or 0, out.strip(), err) for status, out, err in helps}) == 1
    for unknown in (["nope"], ["border", "nope"], ["verify", "nope"]):
        status, out, err = run("help", *unknown)
        assert (status, out) == (2, "")
        assert err == f"tjdocs: unknown command: {' '.join(unknown)}; tjdocs --help lists them\n"


def test_version_as_a_command_an_option_and_json():
    assert run("version")[1] == run("--version")[1] == f"tjdocs {cli.about.__version__}\n"
    assert json.loads(run("version", "--json")[1])["version"] == cli.about.__version__


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(shell):
    from typer._completion_shared import get_completion_script

    def asked(**more):
        code = "from tjdocs.cli import main; import sys; sys.argv = ['tjdocs']; main()"
        environment = {**os.environ, **more}
        return subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False).stdout

    script = get_completion_script(prog_name="tjdocs", complete_var="_TJDOCS_COMPLETE", shell=shell)
    assert asked(_TJDOCS_COMPLETE=f"source_{shell}").strip() == script.strip()
    typed = {"_TYPER_COMPLETE_ARGS": "tjdocs border ins", "_TYPER_COMPLETE_FISH_ACTION": "get-args", "COMP_WORDS": "tjdocs border ins", "COMP_CWORD": "2"}
    assert "inspect" in asked(_TJDOCS_COMPLETE=f"complete_{shell}", **typed)
