"""Times at the ends of the calendar: every command answers, or names the time; none fails by itself."""

from datetime import date, datetime, timedelta, timezone

import pytest

from tests.support.command_line import run
from tjdocs.cli import _COMMANDS
from tjdocs.errors import UsageError
from tjdocs.times import aware, moment_of

BORDER = ("--trust", "authority/csca.cer", "--direction", "entry")
KEPT = ("--register", "sqlite:///register.db")
# every command that takes --at, with what it needs to get as far as it can
COMMANDS = {
    "mrz parse": ("mrz", "parse", "mrz.txt"),
    "mrz parse --lines": ("mrz", "parse", "--lines", "mrz.txt"),
    "mrz repair": ("mrz", "repair", "mrz.txt"),
    "trust import": ("trust", "import", "authority/csca.cer", "--store", "t.db", "--trust-candidates"),
    "trust explain": ("trust", "explain", "--store", "kept.db", "--country", "TJ"),
    "verify": ("verify", "chip", "--mrz", "mrz.txt", "--trust", "authority/csca.cer", "--report", "r.html"),
    "authority create": ("authority", "create", "another"),
    "authority signer": ("authority", "signer", "authority"),
    "authority seal-signer": ("authority", "seal-signer", "authority", "visa"),
    "authority crl": ("authority", "crl", "authority"),
    "documents example": ("documents", "example", "return-certificate"),
    "documents check": ("documents", "check", "external-passport", "--application", "external-passport.json"),
    "issue": (
        "issue", "return-certificate", "--authority", "authority", "--application", "return-certificate.json",
        "--out", "o",
    ),
    "reissue": (
        "reissue", "T00000001", "--authority", "authority", "--application", "external-passport.json", "--out", "o",
        "--reason", "smudged", *KEPT,
    ),
    "print-again": ("print-again", "chip", "--authority", "authority", "--reason", "paper jam", *KEPT),
    "issue-batch": ("issue-batch", "return-certificate", "return.jsonl", "--authority", "authority", "--out", "b"),
    "seal make": ("seal", "make", "emergency-travel-document", "--authority", "authority", "--features", "f.json", "--out", "s"),
    "seal verify": ("seal", "verify", "seal.bin", "--trust", "authority/csca.cer", "--signer", "seal.cer"),
    "border inspect": (
        "border", "inspect", "--mrz", "mrz.txt", "--chip", "chip", *BORDER, *KEPT, "--report", "r.html",
        "--record", "records", "--watch-list", "ban.jsonl",
    ),
    "border inspect (used up)": (
        "border", "inspect", "--mrz", "return.txt", "--seal", "seal.bin", "--signer", "seal.cer", *BORDER, *KEPT,
    ),
    "border batch": ("border", "batch", "lane", "--workers", "1", *BORDER),
    "border purge": ("border", "purge", "lane"),
    "chip read": ("chip", "read", "--emulate", ".", "--trust", "authority/csca.cer"),
    "register init": ("register", "init", "--register", "sqlite:///another.db"),
    "register status": ("register", "status", "T00000001", *KEPT),
    "register find": ("register", "find", "--surname", "ERIKSSON", "--date-of-birth", "1974-08-12", *KEPT),
    "register receive": ("register", "receive", "P00000001-P00000100", "--type", "external-passport", *KEPT),
    "register lost": ("register", "lost", "T00000001", "--ground", "reported", *KEPT),
    "register resume": ("register", "resume", *KEPT),
    "register report": ("register", "report", *KEPT),
    "register statistics": ("register", "statistics", *KEPT),
    "register enrol": ("register", "enrol", "anna", "clerk", "--office", "store", *KEPT),
}  # fmt: skip
ENDS = [
    "0001-01-01", "9999-12-31", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00",
]  # fmt: skip


def commands_with_a_time() -> set[str]:
    """Return every command whose help names --at."""
    from typer.main import get_command

    from tjdocs.cli import app

    found = set()

    def walk(command, path):
        if hasattr(command, "commands"):
            for name in command.list_commands(None):
                walk(command.get_command(None, name), (*path, name))
        elif any("--at" in option.opts for option in command.params):
            found.add(" ".join(path))

    walk(get_command(app), ())
    return found


# acts of the register that share one function with those above
ALIKE = {f"register {act}" for act in ("assign", "confirm", "spoil", "destroy", "handover", "stolen", "revoke", "dismiss",
                                       "decide", "migrate", "rewrap", "key replace")}  # fmt: skip
# a picture; the same function as `border inspect`; a process of its own (test_serve_cli.py)
ELSEWHERE = {"mrz read", "chip emulate", "border evidence export", "border serve"}


def test_every_command_that_takes_a_time_is_here():
    assert commands_with_a_time() == {name.partition(" (")[0].partition(" --")[0] for name in COMMANDS} | ALIKE | ELSEWHERE
    assert {name.split()[0] for name in COMMANDS} <= set(_COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_no_command_fails_at_the_ends_of_the_calendar(place, command):
    zone = (place / "mrz.txt").read_text().replace("\n", "")
    (place / "f.json").write_text(f'{{"zone": "{zone}"}}')
    run("trust", "import", "authority/csca.cer", "--store", "kept.db", "--trust-candidates")
    (place / "return.jsonl").write_text((place / "return-certificate.json").read_text().replace("\n", "") + "\n")
    for end in ENDS:
        status, _, err = run(*COMMANDS[command], "--at", end)
        assert status in (0, 1, 2), end
        assert "internal error" not in err, (end, err)
        if status == 2:
            assert err.startswith("tjdocs: "), end
            assert err.count("\n") == 1, (end, err)
        for made in ("t.db", "r.html", "another.db"):
            (place / made).unlink(missing_ok=True)


@pytest.mark.parametrize("moment", [
    datetime.max.replace(tzinfo=timezone(timedelta(hours=-12))), datetime.min.replace(tzinfo=timezone(timedelta(hours=14))),
])  # fmt: skip
def test_a_moment_that_utc_cannot_say_is_a_bad_call(moment):
    with pytest.raises(UsageError, match="beyond the calendar"):
        aware(moment)
    with pytest.raises(UsageError, match="beyond the calendar"):
        moment_of(moment)


def test_the_ends_themselves_can_be_said():
    assert moment_of(date.max).year == 9999
    assert moment_of(date.min).year == 1
