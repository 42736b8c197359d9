"""A policy: data that decides, fails closed, and refuses to be read when it is misspelt."""

import hashlib
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tjdocs import specs
from tjdocs.border import Decision, Policy
from tjdocs.errors import InputError, SpecError
from tjdocs.findings import Finding, Outcome, checks

HEAD = 'schema = 1\nname = "test"\nrequires = ["pa.authentic"]\n'
PASSED = Outcome.PASSED


def policy(rules: str = "", head: str = HEAD) -> Policy:
    return Policy.parse((head + (rules or "rule = []\n")).encode())


def rule(**entries: str) -> str:
    return "[[rule]]\n" + "".join(f'{key} = "{value}"\n' for key, value in entries.items())


def everything(outcome: Outcome = PASSED) -> list[Finding]:
    return [Finding(check, outcome, subject="DG1" if check == "pa.dg-hash" else "") for check in checks()]


# ------------------------------------------------------------------------------------------------------- deciding


@pytest.mark.requirement("TR-VERDICT")
def test_all_passed_admits_and_names_what_it_rested_on():
    decision, decided_by = Policy.default().decide(everything())
    assert decision is Decision.ADMIT
    assert set(decided_by) == {c for c in checks() if c == "pa.authentic" or c.startswith("lds.") or c == "doc.expiry"}


@pytest.mark.requirement("TR-VERDICT")
@pytest.mark.parametrize("required", ["pa.authentic", "lds.*", "doc.expiry"])
def test_nothing_is_admitted_without_what_is_required(required):
    pattern = required.rstrip("*")
    left = [f for f in everything() if not f.check.startswith(pattern)]
    assert Policy.default().decide(left) == (Decision.REFER, (required,))


def test_nothing_found_is_nothing_admitted():
    assert Policy.default().decide([]) == (Decision.REFER, ("pa.authentic", "lds.*", "doc.expiry"))
    # even where the requirement is the only entry of the policy
    assert policy().decide([]) == (Decision.REFER, ("pa.authentic",))


def test_what_is_required_and_undetermined_decides_under_its_own_name():
    found = [
        Finding("pa.authentic", Outcome.NOT_APPLICABLE),
        Finding("lds.structure", PASSED),
        Finding("doc.expiry", PASSED),
    ]
    assert Policy.default().decide(found) == (Decision.REFER, ("pa.authentic",))


@pytest.mark.parametrize("check", sorted(set(checks()) - {"holder.stay"}))
def test_whatever_fails_refuses(check):
    findings = [Finding(check, Outcome.FAILED, "any", subject="DG7") if f.check == check else f for f in everything()]
    assert Policy.default().decide(findings) == (Decision.REFER if check in ACCUSES_NOBODY else Decision.REFUSE, (check,))


# a chip that did not open, a session that broke, and one proof of several: `chip.genuine` fails without any
ACCUSES_NOBODY = {
    f"chip.{name}" for name in ("access", "pace", "bac", "secure-messaging", "downgrade", "aa", "ca", "ta")
}  # fmt: skip


@pytest.mark.parametrize("check", sorted(checks()))
def test_whatever_was_aborted_refers(check):
    decision, decided_by = Policy.default().decide([*everything(), Finding(check, Outcome.ABORTED)])
    assert (decision, decided_by) == (Decision.REFER, (check,))


@pytest.mark.parametrize(
    ("check", "reason", "subject", "decision"),
    [
        ("pa.ds-revocation", "no-crl", "", "admit"),
        ("pa.ds-revocation", "stale", "", "refer"),
        ("pa.dg-hash", "not-handed-over", "DG3", "admit"),
        ("pa.dg-hash", "not-handed-over", "DG11", "admit"),
        ("pa.dg-hash", "not-handed-over", "DG14", "refer"),
        ("pa.dg-hash", "not-handed-over", "DG15", "refer"),
        ("pa.dg-hash", "not-handed-over", "DG1", "refer"),
        ("pa.dg-hash", "not-handed-over", "DG2", "refer"),
        ("pa.dg-hash", "limit", "DG3", "refer"),
        ("pa.dg-hash", "digest-unknown", "DG3", "refer"),
        ("lds.dg1-mrz", "no-input", "", "admit"),
        ("lds.dg1-mrz", "optional-data-differs", "", "refer"),
        ("lds.structure", "limit", "DG2", "refer"),
        ("lds.structure", "not-read", "DG3", "admit"),
        ("chip.genuine", "not-read-live", "", "admit"),
        ("chip.genuine", "no-input", "", "admit"),
        ("chip.genuine", "premise", "", "refer"),
        ("register.agreement", "chip-not-shown", "", "refer"),
        ("mrz.dates", "no-input", "zone", "admit"),
        ("mrz.dates", "unreadable", "zone", "refer"),
        ("doc.expiry", "no-date", "", "refer"),
        ("pa.country", "code-unknown", "", "refer"),
        ("pa.ds-chain", "no-issuer", "", "refer"),
    ],
)
def test_undetermined_under_the_default_policy(check, reason, subject, decision):
    extra = Finding(check, Outcome.UNDETERMINED, reason, subject=subject)
    verdict, decided_by = Policy.default().decide([*everything(), extra])
    assert verdict == decision
    if decision == "refer":
        assert decided_by == (check,)


def test_whom_to_believe_is_part_of_the_policy():
    assert policy().trust is None
    assert Policy.default().trust.believe == {"anchor", "bilateral", "list", "candidates-trusted"}
    head = HEAD.replace('requires', 'rule = []\nrequires')
    assert policy("[trust]\nbelieve = ['list']\nlists = 2\n", head).trust.lists == 2
    with pytest.raises(SpecError, match="unknown list") as caught:
        policy("[trust]\nbelieve = ['list']\nlist = 2\n", head)
    assert "lists" in caught.value.hint
    with pytest.raises(SpecError, match="not a table"):
        policy('trust = "everybody"\n', head)


def test_the_gravest_decides_alone_and_each_check_is_named_once():
    found = [
        Finding("pa.ds-chain", Outcome.UNDETERMINED, "no-issuer"),
        Finding("pa.dg-hash", Outcome.FAILED, "differs", subject="DG2"),
        Finding("pa.dg-hash", Outcome.FAILED, "differs", subject="DG1"),
        Finding("doc.expiry", Outcome.FAILED, "expired"),
    ]
    assert Policy.default().decide(found) == (Decision.REFUSE, ("pa.dg-hash", "doc.expiry"))


def test_first_rule_that_fits_decides():
    refused_first = policy(rule(decision="refuse", check="pa.country") + rule(decision="none", check="pa.country"))
    waved_first = policy(rule(decision="none", check="pa.country") + rule(decision="refuse", check="pa.country"))
    found = [Finding("pa.authentic", PASSED), Finding("pa.country", Outcome.FAILED)]
    none = rule(decision="none", outcome="passed")
    assert policy(none + rule(decision="refuse", check="pa.country")).decide(found)[0] == "refuse"
    # the passed one has no rule there: it refers, which is less than to refuse
    assert refused_first.decide(found) == (Decision.REFUSE, ("pa.country",))
    assert waved_first.decide(found) == (Decision.REFER, ("pa.authentic",))


def test_a_finding_that_no_rule_fits_refers():
    found = [Finding("pa.authentic", PASSED)]
    assert policy().decide(found) == (Decision.REFER, ("pa.authentic",))
    assert policy(rule(decision="none", outcome="passed")).decide(found) == (Decision.ADMIT, ("pa.authentic",))


@given(
    st.lists(
        st.builds(
            Finding,
            st.sampled_from(sorted(checks())),
            st.sampled_from(list(Outcome)),
            st.sampled_from(["", "no-input", "not-handed-over", "premise", "differs"]),
            st.just(""),
            st.sampled_from(["", "DG1", "DG2", "DG3", "zone"]),
        ),
        max_size=12,
    )
)
@settings(max_examples=300, deadline=None)
def test_default_policy_over_any_findings(found):
    decision, decided_by = Policy.default().decide(found)
    assert decided_by
    assert len(set(decided_by)) == len(decided_by)
    failed = {f.check for f in found if f.outcome is Outcome.FAILED and f.check not in {"holder.stay", *ACCUSES_NOBODY}}
    assert (decision == "refuse") == bool(failed)
    if failed:
        assert set(decided_by) == failed
    if decision == "admit":
        assert not any(f.outcome is Outcome.ABORTED for f in found)
        for prefix in ("pa.authentic", "lds.", "doc.expiry"):
            assert any(f.check.startswith(prefix) and f.outcome.ok for f in found)
        # one more failure is one too many
        assert Policy.default().decide([*found, Finding("mrz.dates", Outcome.FAILED)])[0] == "refuse"


# -------------------------------------------------------------------------------------------------------- reading


def test_default_policy_is_the_bundled_file_and_carries_its_digest():
    data = specs.read_bytes("policy/default.toml")
    assert Policy.default() == Policy.parse(data)
    assert Policy.default().sha256 == hashlib.sha256(data).hexdigest()
    assert Policy.default().name == "default"


def test_reading_a_file(tmp_path):
    path = tmp_path / "policy.toml"
    path.write_text(HEAD + "rule = []\n")
    for place in (path, str(path)):
        assert Policy.read(place) == policy()
    with pytest.raises(InputError) as caught:
        Policy.read(tmp_path / "missing.toml")
    assert "missing.toml" in caught.value.where
    path.write_text("= broken")
    with pytest.raises(SpecError) as caught:
        Policy.read(path)
    assert str(path) in caught.value.where


@pytest.mark.parametrize(
    "text",
    [
        "",
        "= broken",
        "schema = 1\n",
        HEAD,
        HEAD + "rule = []\nsurplus = 1\n",
        HEAD.replace("schema = 1", "schema = 4") + "rule = []\n",
        HEAD.replace("schema = 1", "schema = 3") + "rule = []\n",
        HEAD.replace("name", "id") + "rule = []\n",
        'schema = 1\nname = "x"\nrequires = []\nrule = []\n',
        'schema = 1\nname = "x"\nrequires = ["pa.unknown"]\nrule = []\n',
        'schema = 1\nname = "x"\nrequires = ["xy.*"]\nrule = []\n',
        HEAD + rule(check="pa.authentic"),
        HEAD + rule(decision="allow"),
        HEAD + rule(decision="admit", check="pa.authentic"),
        HEAD + rule(decision="refuse", outcome="bad"),
        HEAD + rule(decision="refuse", outcome=""),
        HEAD + rule(decision="refuse", check="pa.unknown"),
        HEAD + rule(decision="refuse", check="xy*"),
        HEAD + rule(decision="refuse", surplus="x"),
        HEAD + rule(decision="refuse", Check="pa.authentic"),
    ],
)
def test_what_is_misspelt_is_refused(text):
    with pytest.raises(SpecError):
        Policy.parse(text.encode())


def test_lists_of_a_row_are_a_rule_for_each_combination():
    head = 'schema = 3\nid = "test"\nrequires = ["pa.authentic"]\n'
    row = '[[rule]]\ncheck = ["holder.ban", "doc.*"]\noutcome = "undetermined"\nreason = ["no-list", "no-input"]\ndecision = "none"\n'
    each = [rule(check=check, outcome="undetermined", reason=reason, decision="none") for check in ("holder.ban", "doc.*") for reason in ("no-list", "no-input")]
    assert policy(row, head).rules == policy("".join(each), head).rules
    with pytest.raises(SpecError, match="must name its check"):  # each of them
        policy(row.replace('"doc.*"', '"*"'), head)


@pytest.mark.parametrize("values", ["[]", '[""]', '["DG1", ""]'])
def test_an_empty_list_or_text_in_one_widens_no_rule(values):
    text = f'schema = 3\nid = "x"\nrequires = ["pa.authentic"]\n[[rule]]\nsubject = {values}\ndecision = "none"\n'
    with pytest.raises(SpecError, match="an empty list, or an empty text in one"):
        Policy.parse(text.encode())


def test_lists_of_rules_have_a_limit_together():
    row = '[[rule]]\ncheck = [{}]\nreason = [{}]\nsubject = [{}]\ndecision = "refer"\n'.format('"doc.use",' * 50, '"no-input",' * 50, '"x",' * 2)
    assert len(policy(row * 2).rules) == 10_000 + len(policy().rules)
    with pytest.raises(SpecError, match="over the limit"):
        policy(row * 3)
    with pytest.raises(SpecError, match="over the limit"):
        policy(row.replace('"x",', '"x",' * 5000))


def test_the_id_of_a_policy_was_its_name_until_schema_2():
    old, new = HEAD.replace("schema = 1", "schema = 2"), 'schema = 3\nid = "test"\nrequires = ["pa.authentic"]\n'
    assert policy(head=old).name == policy(head=new).name == "test"
    with pytest.raises(SpecError) as caught:
        policy(head=old.replace("schema = 2", "schema = 3"))
    assert (caught.value.message, caught.value.hint) == ("unknown name", "write id")


def test_the_default_policy_fits_on_one_page():
    lines = specs.read_bytes("policy/default.toml").decode().splitlines()
    assert len(lines) <= 60


def test_bytes_that_are_no_text():
    with pytest.raises(SpecError):
        Policy.parse(b"\xff\xfe")


@pytest.mark.parametrize(
    "entries",
    [
        {},
        {"outcome": "failed"},
        {"outcome": "undetermined"},
        {"outcome": "aborted"},
        {"reason": "no-input"},
        {"check": ""},
        {"check": "*"},
        {"check": "*", "outcome": "failed"},
        {"check": "p*", "outcome": "undetermined"},
    ],
    ids=repr,
)
def test_a_rule_that_waves_everything_through_is_refused(entries):
    with pytest.raises(SpecError):
        policy(rule(decision="none", **entries))


@pytest.mark.parametrize("pattern", ["", "*"])
def test_a_policy_that_requires_nothing_in_particular_is_refused(pattern):
    with pytest.raises(SpecError):
        policy(head=f'schema = 1\nname = "x"\nrequires = ["{pattern}"]\n')


@pytest.mark.parametrize(
    "text",
    [
        'schema = true\nname = "x"\nrequires = ["pa.authentic"]\nrule = []\n',
        'schema = 1\nname = 5\nrequires = ["pa.authentic"]\nrule = []\n',
        'schema = 1\nname = "x"\nrequires = "pa.authentic"\nrule = []\n',
        'schema = 1\nname = "x"\nrequires = 5\nrule = []\n',
        'schema = 1\nname = "x"\nrequires = [5]\nrule = []\n',
        HEAD + "rule = 5\n",
        HEAD + "rule = [5]\n",
        HEAD + '[rule]\ndecision = "refer"\n',
        HEAD + "[[rule]]\ndecision = 5\n",
        HEAD + '[[rule]]\ndecision = ["none"]\n',
        HEAD + '[[rule]]\ndecision = "refer"\ncheck = 5\n',
        HEAD + '[[rule]]\ndecision = "refer"\noutcome = 5\n',
        HEAD + '[[rule]]\ndecision = "refer"\noutcome = []\n',
        HEAD + '[[rule]]\ndecision = "refer"\noutcome = [5]\n',
        HEAD + '[[rule]]\ndecision = "refer"\noutcome = [["failed"]]\n',
        HEAD + '[[override]]\ncheck = ["doc.use"]\ndecision = "refer"\n[[rule]]\ndecision = "refer"\n',
        HEAD + '[[rule]]\ndecision = "refer"\nreason = 5\n',
        HEAD + '[[rule]]\ndecision = "refer"\nsubject = 5\n',
    ],
)
def test_values_of_another_type(text):
    with pytest.raises(SpecError):
        Policy.parse(text.encode())


def test_a_misspelt_reason_is_refused():
    """A rule that fits nothing would be silently without effect."""
    with pytest.raises(SpecError, match="unknown reason"):
        policy(rule(decision="refuse", check="doc.expiry", reason="expird"))
    policy(rule(decision="refuse", check="lds.structure", reason="trailing-data"))


# ------------------------------------------------------------------------------------- overrides, other documents

ASKED = Finding("holder.protection", Outcome.UNDETERMINED, "asked")
OVERRIDE = '[[override]]\ncheck = "holder.protection"\nreason = "asked"\ndecision = "refer"\n'
INSTEAD = '[[instead]]\ndocuments = ["return-certificate"]\nrequires = ["doc.genuine"]\nlacking = ["lds.*"]\n'
NONE = rule(decision="none", outcome="passed")


def test_an_override_is_the_verdict_whatever_else_was_found():
    found = [Finding("doc.expiry", Outcome.FAILED, "expired"), ASKED]
    assert Policy.default().decide(found) == (Decision.REFER, ("holder.protection",))
    own = policy(NONE + OVERRIDE)
    assert own.decide([Finding("pa.authentic", PASSED)])[0] is Decision.ADMIT
    assert own.decide([Finding("pa.authentic", PASSED), ASKED]) == (Decision.REFER, ("holder.protection",))


def test_what_is_required_of_a_document_without_a_chip():
    own = policy(NONE + INSTEAD)
    found = [Finding("doc.genuine", PASSED)]
    assert own.decide(found, document="return-certificate") == (Decision.ADMIT, ("doc.genuine",))
    lacks = Finding("lds.structure", Outcome.UNDETERMINED, "no-input")
    assert own.decide([*found, lacks], document="return-certificate")[0] is Decision.ADMIT
    for worse in (Finding("lds.structure", Outcome.UNDETERMINED, "limit"), Finding("pa.country", Outcome.UNDETERMINED, "no-input")):
        assert own.decide([*found, worse], document="return-certificate") == (Decision.REFER, (worse.check,))
    for other in ("", "external-passport"):
        assert own.decide(found, document=other) == (Decision.REFER, ("pa.authentic",))


@pytest.mark.parametrize(
    "text",
    [
        OVERRIDE.replace("refer", "none"),
        OVERRIDE.replace("holder.protection", "*"),
        OVERRIDE.replace("holder.protection", "holder.nobody"),
        '[[override]]\ndecision = "refer"\n',
        "override = 5\n",
        INSTEAD.replace("return-certificate", "library-card"),
        INSTEAD.replace('["return-certificate"]', '"return-certificate"'),
        INSTEAD.replace('["doc.genuine"]', "[]"),
        INSTEAD.replace('["doc.genuine"]', '["*"]'),
        INSTEAD.replace('["doc.genuine"]', '["doc.nothing"]'),
        INSTEAD.replace('["lds.*"]', '["*"]'),
        INSTEAD + "surplus = 1\n",
    ],
)
def test_overrides_and_requirements_that_are_misspelt_are_refused(text):
    head, rules = HEAD, "rule = []\n"
    with pytest.raises(SpecError):
        Policy.parse((head + rules + text if text.startswith("[[") else head + text + rules).encode())


def test_the_file_is_kept_for_evidence():
    assert hashlib.sha256(Policy.default().source).hexdigest() == Policy.default().sha256


OVERRIDES = b"""
schema = 1
name = "two"
requires = ["pa.authentic"]
[[override]]
check = "pa.dg-hash"
subject = "DG2"
decision = "refuse"
[[override]]
check = "holder.protection"
reason = "asked"
decision = "refer"
[[rule]]
decision = "none"
check = "pa.*"
"""


def test_of_two_overrides_the_first_that_fits_decides_and_its_subject_counts():
    policy = Policy.parse(OVERRIDES)
    authentic = Finding("pa.authentic", Outcome.PASSED)
    asked = Finding("holder.protection", Outcome.UNDETERMINED, "asked")
    face, zone = (Finding("pa.dg-hash", Outcome.PASSED, subject=name) for name in ("DG2", "DG1"))
    for _ in range(2):  # what bears on a finding is remembered
        assert policy.decide([asked, face, zone, authentic]) == ("refuse", ("pa.dg-hash",))
        assert policy.decide([asked, zone, authentic]) == ("refer", ("holder.protection",))
        assert policy.decide([zone, authentic]) == ("admit", ("pa.authentic",))


def test_what_a_policy_remembers_of_findings_has_an_end(monkeypatch):
    from tjdocs.border import policy as module

    monkeypatch.setattr(module, "_REMEMBERED", 3)
    policy = Policy.parse(OVERRIDES)
    for number in range(10):
        policy.decide([Finding("pa.dg-hash", Outcome.FAILED, f"word-{number}")])
    assert len(policy._remembered) <= 3


def test_what_a_younger_issuer_leaves_open_is_referred_unless_a_lane_says_otherwise():
    """The rule of docs/policy.md, as it stands there."""
    text = (Path(__file__).parents[2] / "docs/policy.md").read_text()
    (added,) = re.findall(r'^    (\{ check = "pa.ds-validity".*)$', text, re.MULTILINE)
    lane = Policy.parse(Policy.default().source.replace(b"\n]\n", f"\n{added}\n]\n".encode(), 1))
    open_ = Finding("pa.ds-validity", Outcome.UNDETERMINED, "issuer-younger")
    findings = [f for f in everything() if f.check not in ("pa.ds-validity", "pa.authentic")]
    findings += [open_, Finding("pa.authentic", Outcome.UNDETERMINED, "premise")]
    assert Policy.default().decide(findings) == (Decision.REFER, ("pa.ds-validity", "pa.authentic"))
    assert lane.decide(findings) == (Decision.REFUSE, ("pa.ds-validity",))


def test_a_policy_of_schema_1_judges_what_came_later_as_it_did():
    later = [Finding("chip.genuine", Outcome.UNDETERMINED, reason) for reason in ("not-read-live", "no-input")]
    later.append(Finding("lds.structure", Outcome.UNDETERMINED, "not-read", subject="DG3"))
    rules = 'name = "x"\nrequires = ["pa.authentic"]\n[[rule]]\noutcome = "passed"\ndecision = "none"\n'
    passed = [Finding("pa.authentic", Outcome.PASSED)]
    for finding in later:
        decided = [Policy.parse(f"schema = {n}\n{rules}".encode()).decide([*passed, finding])[0] for n in (1, 2)]
        assert decided == ["admit", "refer"]


@pytest.mark.parametrize("kind", ["rule", "override"])
@pytest.mark.parametrize(("line", "said"), [
    ('check = "doc.expiry"\nsurplus = "x"', "unknown surplus"), ('check = "doc.expiry"\noutcome = 5', "a value that is not text"),
    ('check = "doc.x"', "unknown check"), ('check = "doc.expiry"\nreason = "x"', "unknown reason"),
])  # fmt: skip
def test_an_error_names_the_table_in_which_it_is(kind, line, said):
    with pytest.raises(SpecError, match=said) as caught:
        policy((kind == "override") * "rule = []\n" + f'[[{kind}]]\n{line}\ndecision = "refer"\n')
    assert caught.value.where.startswith(f"policy {kind}")


def test_an_override_has_no_lists():
    with pytest.raises(SpecError, match="a list in an override") as caught:
        policy('rule = []\n[[override]]\ncheck = ["doc.expiry", "doc.use"]\ndecision = "refer"\n')
    assert (caught.value.where, caught.value.hint) == ("policy override", "only a rule has lists: write an override for each value")


def test_an_override_counts_for_its_subject_alone():
    head = 'schema = 3\nid = "test"\nrequires = ["pa.authentic"]\n'
    override = '[[override]]\ncheck = "pa.dg-hash"\nsubject = "DG1"\ndecision = "refuse"\n'
    own = policy(rule(outcome="failed", decision="refer") + override, head)
    consequences = {name: own.consequence(Finding("pa.dg-hash", Outcome.FAILED, "differs", subject=name)) for name in ("DG1", "DG2")}
    assert consequences == {"DG1": Decision.REFUSE, "DG2": Decision.REFER}
