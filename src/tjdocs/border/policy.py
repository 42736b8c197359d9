"""What a verdict demands of the findings: a policy is data, ``specs/policy/*.toml`` or another State's own file."""

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from tjdocs import specs
from tjdocs.errors import InputError, SpecError
from tjdocs.findings import Finding, Outcome, checks

__all__ = ["Decision", "Policy", "Rule"]


class Decision(StrEnum):
    """The three verdicts."""

    ADMIT = "admit"
    REFER = "refer"
    REFUSE = "refuse"


class _Weight(IntEnum):
    NONE = 0
    REFER = 1
    REFUSE = 2


_WEIGHTS = {"none": _Weight.NONE, "refer": _Weight.REFER, "refuse": _Weight.REFUSE}


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule; an empty entry fits everything, a check or subject may end in ``*``."""

    decision: str
    check: str = ""
    outcome: str = ""
    reason: str = ""
    subject: str = ""

    def fits(self, finding: Finding) -> bool:
        """Whether the rule speaks of ``finding``."""
        return (
            _matches(self.check, finding.check)
            and _matches(self.subject, finding.subject)
            and self.outcome in ("", finding.outcome)
            and self.reason in ("", finding.reason)
        )


def _matches(pattern: str, text: str) -> bool:
    if pattern.endswith("*"):
        return text.startswith(pattern[:-1])
    return pattern in ("", text)


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy.

    :param requires: check patterns, for each of which ``admit`` needs at least one finding that holds
    :param rules: in order; the first that fits a finding decides on it, and a finding that none fits refers
    :param sha256: of the file, recorded with each inspection
    """

    name: str
    requires: tuple[str, ...]
    rules: tuple[Rule, ...]
    sha256: str

    @classmethod
    def default(cls) -> "Policy":
        """Return the bundled default policy."""
        return _default()

    @classmethod
    def read(cls, path: str | Path) -> "Policy":
        """Read a policy file.

        :raises InputError: it cannot be read
        :raises SpecError: it is malformed, or names an unknown check or outcome
        """
        try:
            data = Path(path).read_bytes()
        except OSError as error:
            raise InputError("cannot read", where=str(path), hint=error.strerror or "") from None
        return cls.parse(data, where=str(path))

    @classmethod
    def parse(cls, data: bytes, *, where: str = "policy") -> "Policy":
        """Read a policy from TOML.

        :raises SpecError: it is malformed, or names an unknown check or outcome
        """
        try:
            table = tomllib.loads(data.decode())
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise SpecError("not readable as TOML", where=where, hint=str(error)) from None
        specs.require_keys(table, ["schema", "name", "requires", "rule"], where=where)
        if type(table["schema"]) is not int or table["schema"] != 1 or not isinstance(table["name"], str):
            raise SpecError("policy of another version", where=where)
        requires, rules = table["requires"], table["rule"]
        if not isinstance(requires, list) or not all(isinstance(item, str) for item in requires):
            raise SpecError("requires is no list of check patterns", where=where)
        if not isinstance(rules, list) or not all(isinstance(row, dict) for row in rules):
            raise SpecError("rule is no list of tables", where=where)
        if not requires or any("." not in pattern for pattern in requires):
            raise SpecError("a policy that requires nothing in particular", where=where, hint="name checks")
        for pattern in requires:
            _known(pattern, where)
        return cls(
            table["name"],
            tuple(table["requires"]),
            tuple(_rule(row, where) for row in rules),
            sha256(data).hexdigest(),
        )

    def decide(self, findings: Sequence[Finding]) -> tuple[Decision, tuple[str, ...]]:
        """Return the verdict and the ids of the checks that decided it, each once, in the order found."""
        weights = [self._weight(finding) for finding in findings]
        gravest = max(weights, default=_Weight.NONE)
        if gravest is _Weight.REFUSE:
            return Decision.REFUSE, _ids(f for f, w in zip(findings, weights, strict=True) if w is gravest)
        deciding = [f.check for f, w in zip(findings, weights, strict=True) if w is _Weight.REFER]
        for pattern in self.requires:
            if not any(f.outcome.holds and _matches(pattern, f.check) for f in findings):
                deciding += [f.check for f in findings if _matches(pattern, f.check)] or [pattern]
        if deciding:
            return Decision.REFER, tuple(dict.fromkeys(deciding))
        return Decision.ADMIT, _ids(
            f for f in findings if f.outcome.holds and any(_matches(p, f.check) for p in self.requires)
        )

    def _weight(self, finding: Finding) -> _Weight:
        for rule in self.rules:
            if rule.fits(finding):
                return _WEIGHTS[rule.decision]
        return _Weight.REFER


def _ids(findings: Iterable[Finding]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(finding.check for finding in findings))


def _rule(row: dict[str, Any], where: str) -> Rule:
    specs.require_keys(row, ["decision"], ["check", "outcome", "reason", "subject"], where=f"{where} rule")
    if not all(isinstance(value, str) for value in row.values()):
        raise SpecError("a value that is no text", where=f"{where} rule")
    if row["decision"] not in _WEIGHTS:
        raise SpecError("unknown decision", where=f"{where}: {row['decision']}", hint="refuse, refer or none")
    if row.get("outcome", "passed") not in list(Outcome):
        raise SpecError("unknown outcome", where=f"{where}: {row['outcome']}")
    harmless = row.get("outcome") in ("passed", "warning", "not-applicable")
    if row["decision"] == "none" and not harmless and "." not in row.get("check", ""):
        raise SpecError("a rule that waves through what did not pass must name its check", where=where)
    if row.get("check"):
        _known(row["check"], where)
    if row.get("reason", "premise") not in _reasons():
        raise SpecError("no such reason", where=f"{where}: {row['reason']}", hint="reasons stand in specs/checks.toml")
    return Rule(**row)


@cache
def _reasons() -> frozenset[str]:
    """Return every reason word that a finding may give, those of the tables beside the catalogue included."""
    tables = [("defects.toml", "defect", "name"), ("defects.toml", "content_type", "warning")]
    tables += [(f"{room}/problems.toml", "problem", "code") for room in ("lds", "mrz", "seals")]
    words = {row[key] for path, name, key in tables for row in specs.read_toml(path)[name]}
    return frozenset(words.union(*(check.reasons for check in checks().values())) - {""})


def _known(pattern: str, where: str) -> None:
    if not any(_matches(pattern, check) for check in checks()):
        raise SpecError("no such check", where=f"{where}: {pattern}", hint="ids stand in specs/checks.toml")


@cache
def _default() -> Policy:
    return Policy.parse(specs.read_bytes("policy/default.toml"), where="specs/policy/default.toml")
