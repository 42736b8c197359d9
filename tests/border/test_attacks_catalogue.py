"""The attack catalogue: what is forged there was admitted before, and nothing that was forged is."""


import pytest

from tests.support import cases_attacks
from tests.support.vector_files import is_twin
from tjdocs import vectors
from tjdocs.findings import checks

CASES = cases_attacks.CASES


@pytest.mark.requirement("TR-VERDICT")
@pytest.mark.parametrize("make", cases_attacks.GENUINE)
def test_what_is_forged_was_admitted_before(make):
    assert make().judge().decision == "admit"


@pytest.mark.requirement("TR-VERDICT")
@pytest.mark.parametrize("attack", CASES, ids=lambda attack: attack.id)
def test_attack_is_caught_by_the_check_named(attack):
    verdict = attack.make().judge()
    assert verdict.decision == attack.verdict
    assert (attack.check, attack.reason) in [(f.check, f.reason) for f in verdict.findings if not f.outcome.ok]
    assert attack.check in verdict.decided_by


def test_catalogue_is_at_least_sixty_and_every_attack_has_a_vector():
    assert len(CASES) >= 60
    given = {vector.comment: vector.reason for vector in vectors.load("attacks") if not is_twin(vector.id)}
    assert given == {a.id: f"{a.check}/{a.reason}" for a in CASES}


def test_no_vector_of_an_attack_expects_acceptance_and_each_names_a_reason_of_the_catalogue():
    for vector in vectors.load("attacks"):
        assert (vector.expected, vector.verdict) in (("invalid", "refuse"), ("invalid", "refer"))
        check, _, reason = vector.reason.partition("/")
        assert reason in checks()[check].reasons
