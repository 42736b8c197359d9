"""A card fault on the command line: read at once, listed, refused."""

import json

import pytest

from tests.support.command_line import run
from tjdocs.chip.card_faults import faults

AT = ("--at", "2026-11-24")
READ = ("chip", "read", "--emulate", ".", "--trust", "authority/csca.cer", *AT)


@pytest.mark.requirement("ICAO-CHIP")
def test_a_fault_of_the_emulated_card_is_found(place):
    status, text, _ = run(*READ, "--fault", "sm-bad-mac", "--json")
    found = {(f["check"], f["outcome"], f["reason"]) for f in json.loads(text)["findings"]}
    assert (status, ("chip.secure-messaging", "failed", "mac") in found) == (1, True)


@pytest.mark.parametrize("command", ["read", "emulate"])
def test_the_faults_are_listed_with_their_findings(command):
    status, text, _ = run("chip", command, "--faults")
    assert status == 0
    names = [line.split()[0] for line in text.splitlines() if not line.startswith(" ")]
    assert names == [fault.name for fault in faults()]
    assert "  chip.secure-messaging failed: no-mac" in text.splitlines()


@pytest.mark.parametrize("name", ["no-such", "sm-bad-mac/2", "every-sw/pace-1=xyz"])
def test_an_unknown_fault_is_refused(place, name):
    assert run(*READ, "--fault", name)[0] == 2


def test_a_card_with_basic_access_control_in_place_of_pace(place):
    status, text, _ = run(*READ, "--bac", "--json")
    found = {f["check"]: (f["outcome"], f["reason"]) for f in json.loads(text)["findings"]}
    assert (found["chip.bac"][0], found["chip.pace"][0]) == ("passed", "not-applicable")
    status, text, _ = run(*READ, "--bac", "--fault", "bac-bad-mac", "--json")
    found = {f["check"]: (f["outcome"], f["reason"]) for f in json.loads(text)["findings"]}
    assert (status, found["chip.bac"]) == (1, ("failed", "mac"))


@pytest.mark.parametrize("option", [("--bac",), ("--fault", "sm-bad-mac")])
def test_an_option_of_the_card_needs_an_emulated_card(place, option):
    assert run("chip", "read", *option, "--can", "123456")[0] == 2


def test_a_fault_needs_an_emulated_card(place):
    assert run("chip", "read", "--fault", "sm-bad-mac", "--can", "123456")[0] == 2
