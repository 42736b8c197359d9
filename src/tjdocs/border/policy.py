"""What a verdict demands of the findings: a policy is data, ``specs/policy/*.toml`` or another State's own file."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum, StrEnum
from functools import cache, lru_cache
from hashlib import sha256
from itertools import product
from math import prod
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tjdocs import inputs, limits, specs
from tjdocs.documents.document_class import DocumentClasses, document_classes
from tjdocs.documents.load_types import DocumentTypes
from tjdocs.errors import SpecError, UsageError
from tjdocs.findings import Finding, Outcome, checks
from tjdocs.pki.trust.trust_policy import TrustPolicy
from tjdocs.problems import PROBLEM_TABLES, defects, problem_table

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


_SCHEMAS = (1, 2, 3)
_NAMED = (1, 2)  # schemas in which the id of a policy is `name`
_REMEMBERED = 4096  # combinations of check, outcome and reason; checks.toml has a tenth of it
_WEIGHTS = {"none": _Weight.NONE, "refer": _Weight.REFER, "refuse": _Weight.REFUSE}


# of overrides the places, of rules subject and weight; the weight where no subject changes it
_Bearing = tuple[tuple[int, ...], tuple[tuple[str, _Weight], ...], _Weight | None]


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
    if pattern[-1:] == "*":
        return text.startswith(pattern[:-1])
    return pattern in ("", text)


@lru_cache(maxsize=1024)
def _any(patterns: tuple[str, ...], check: str) -> bool:
    return any(_matches(pattern, check) for pattern in patterns)


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy.

    :param requires: check patterns, for each of which ``admit`` needs at least one finding that holds
    :param rules: in order; the first that fits a finding decides on it, and a finding that none fits refers
    :param sha256: of the file, recorded with each inspection
    :param overrides: the first of them that fits a finding is the verdict, regardless of all others
    :param instead: by document class, the patterns in place of ``requires``, and the checks for which such a
        document may lack the input
    :param source: the file, for evidence that is kept
    :param trust: whom to believe of what the trust store holds; None: whom the import trusted
    """

    name: str
    requires: tuple[str, ...]
    rules: tuple[Rule, ...]
    sha256: str
    overrides: tuple[Rule, ...] = ()
    instead: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = field(default_factory=dict)
    source: bytes = field(default=b"", repr=False)
    trust: TrustPolicy | None = None
    _remembered: dict[tuple[str, str, str], _Bearing] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @classmethod
    def default(cls) -> "Policy":
        """Return the bundled default policy."""
        return _bundled("default")

    @classmethod
    def bundled(cls, name: str) -> "Policy":
        """Return a policy of ``specs/policy/`` by its name.

        :raises UsageError: there is none of that name
        """
        names = sorted(path.stem for path in specs.folder("specs").glob("policy/*.toml"))
        if name not in names:
            raise UsageError("unknown policy", where=str(name), hint=", ".join(names))
        return _bundled(name)

    @classmethod
    def read(cls, path: str | Path, *, types: DocumentTypes | None = None) -> "Policy":
        """Read a policy file.

        :param types: the document types that it may name; the bundled ones unless given
        :raises InputError: it cannot be read
        :raises SpecError: it is malformed, or names an unknown check or outcome
        """
        return cls.parse(inputs.read_file(path, limits.POLICY), where=str(path), types=types)

    @classmethod
    def parse(cls, data: bytes, *, where: str = "policy", types: DocumentTypes | None = None) -> "Policy":
        """Read a policy from TOML.

        :param types: the document types that it may name; the bundled ones unless given
        :raises SpecError: it is malformed, or names an unknown check or outcome
        """
        table = inputs.toml_table(data, where=where, limit=limits.POLICY)
        key = "name" if inputs.is_schema(table.get("schema"), *_NAMED) else "id"
        required, optional = ["schema", key, "requires", "rule"], ["override", "instead", "trust"]
        specs.require_keys(table, required, optional, where=where, schemas=_SCHEMAS)
        if not isinstance(table[key], str):
            raise SpecError("not a text", where=f"{where} {key}")
        for name in ("rule", "override", "instead"):
            rows = table.setdefault(name, [])
            if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
                raise SpecError(f"{name} is not a list of tables", where=where)
        return cls(
            table[key],
            _patterns(table["requires"], where),
            (_since() if table["schema"] == 1 else ()) + tuple(_rules(table["rule"], f"{where} rule")),
            sha256(data).hexdigest(),
            tuple(_override(row, f"{where} override") for row in table["override"]),
            MappingProxyType(
                _instead(table["instead"], document_classes() if types is None else DocumentClasses(types), where)
            ),
            data,
            TrustPolicy.parse(table["trust"], where=where) if "trust" in table else None,
        )

    def decide(self, findings: Sequence[Finding], *, document: str = "") -> tuple[Decision, tuple[str, ...]]:
        """Return the verdict and the ids of the checks that decided it, each once, in the order found.

        :param document: the document class, where it is known
        """
        overridden: dict[int, list[Finding]] = {}
        telling: list[tuple[str, _Weight]] = []
        requires, lacking = self.instead.get(document, (self.requires, ()))
        remembered = self._remembered
        for finding in findings:
            bearing = remembered.get((finding.check, finding.outcome, finding.reason))
            overrides, rules, weight = bearing if bearing is not None else self._bearing(finding)
            for index in overrides:
                if self.overrides[index].fits(finding):
                    overridden.setdefault(index, []).append(finding)
            if weight is None:
                weight = _weight(rules, finding.subject)
            if weight and not (lacking and _lacks(lacking, finding)):
                telling.append((finding.check, weight))
        if overridden:
            first = min(overridden)
            return Decision(self.overrides[first].decision), _ids(overridden[first])
        if refused := [check for check, weight in telling if weight is _Weight.REFUSE]:
            return Decision.REFUSE, tuple(dict.fromkeys(refused))
        deciding = [check for check, _ in telling]
        holding = dict.fromkeys([f.check for f in findings if f.outcome.ok])
        unmet, met_by = _met(requires, tuple(holding))
        for pattern in unmet:
            deciding += [f.check for f in findings if _matches(pattern, f.check)] or [pattern]
        if deciding:
            return Decision.REFER, tuple(dict.fromkeys(deciding))
        return Decision.ADMIT, met_by

    def consequence(self, finding: Finding) -> Decision:
        """Return the verdict for which this finding alone is a reason, else ``admit``.

        Whether something required is missing is another reason, which needs all findings.
        """
        overrides, rules, weight = self._bearing(finding)
        for index in overrides:
            if self.overrides[index].fits(finding):
                return Decision(self.overrides[index].decision)
        weight = _weight(rules, finding.subject) if weight is None else weight
        return {_Weight.REFUSE: Decision.REFUSE, _Weight.REFER: Decision.REFER}.get(weight, Decision.ADMIT)

    def _bearing(self, finding: Finding) -> _Bearing:
        """Return the overrides and rules that a finding's check, outcome and reason leave, in order; remember them."""
        if len(self._remembered) >= _REMEMBERED:
            self._remembered.clear()
        overrides = [n for n, rule in enumerate(self.overrides) if replace(rule, subject="").fits(finding)]
        fitting = [rule for rule in self.rules if replace(rule, subject="").fits(finding)]
        rules = tuple((rule.subject, _WEIGHTS[rule.decision]) for rule in fitting)
        weight = None if rules and rules[0][0] else _weight(rules, "")
        bearing = tuple(overrides), rules, weight
        self._remembered[finding.check, finding.outcome, finding.reason] = bearing
        return bearing


def _weight(rules: tuple[tuple[str, _Weight], ...], subject: str) -> _Weight:
    for pattern, weight in rules:
        if not pattern or _matches(pattern, subject):
            return weight
    return _Weight.REFER


@lru_cache(maxsize=256)
def _met(requires: tuple[str, ...], holding: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the patterns for which no check holds, and the checks that hold for one."""
    unmet = tuple(pattern for pattern in requires if not any(_matches(pattern, check) for check in holding))
    return unmet, tuple(check for check in holding if _any(requires, check))


def _lacks(patterns: tuple[str, ...], finding: Finding) -> bool:
    """Whether a check could not be made because its input is missing, and may be."""
    undetermined = finding.outcome is Outcome.UNDETERMINED and finding.reason in ("no-input", "premise")
    return undetermined and _any(patterns, finding.check)


def _ids(findings: Iterable[Finding]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(finding.check for finding in findings))


def _patterns(value: object, where: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise SpecError("requires is not a list of check patterns", where=where)
    if not value or any("." not in pattern for pattern in value):
        raise SpecError("a policy that requires nothing in particular", where=where, hint="name checks")
    for pattern in value:
        _known(pattern, where)
    return tuple(value)


def _override(row: dict[str, Any], where: str) -> Rule:
    if any(isinstance(value, list) for value in row.values()):
        hint = "only a rule has lists: write an override for each value"
        raise SpecError("a list in an override", where=where, hint=hint)
    rule = _rule(row, where)
    if rule.decision == "none" or "." not in rule.check:
        raise SpecError("an override names a check, and refers or refuses", where=where)
    return rule


def _instead(
    rows: list[dict[str, Any]], known: DocumentClasses, where: str
) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    table = {}
    for row in rows:
        specs.require_keys(row, ["documents", "requires", "lacking"], where=f"{where} instead")
        requires = _patterns(row["requires"], f"{where} instead"), _patterns(row["lacking"], f"{where} instead")
        documents = row["documents"]
        if not isinstance(documents, list) or not all(isinstance(name, str) and name in known for name in documents):
            raise SpecError("unknown document class", where=f"{where} instead", hint=", ".join(known))
        table.update(dict.fromkeys(documents, requires))
    return table


def _rules(rows: list[dict[str, Any]], where: str) -> Iterator[Rule]:
    """Yield the rules of rows; a row with lists is one rule for each combination of their values."""
    combinations = 0
    for row in rows:
        lists = {key: value for key, value in row.items() if key != "decision" and isinstance(value, list)}
        if not all(values and all(values) for values in lists.values()):
            raise SpecError(
                "an empty list, or an empty text in one",
                where=where,
                hint="without the key a rule fits every value",
            )
        combinations += prod(map(len, lists.values())) if lists else 0
        if combinations > limits.POLICY_COMBINATIONS:
            hint = f"at most {limits.POLICY_COMBINATIONS:,} combinations of listed values"
            raise SpecError("over the limit", where=where, hint=hint)
        for values in product(*lists.values()):
            yield _rule({**row, **dict(zip(lists, values, strict=True))}, where)


def _rule(row: dict[str, Any], where: str) -> Rule:
    specs.require_keys(row, ["decision"], ["check", "outcome", "reason", "subject"], where=where)
    if not all(isinstance(value, str) for value in row.values()):
        raise SpecError("a value that is not text", where=where)
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
        raise SpecError("unknown reason", where=f"{where}: {row['reason']}", hint="reasons are in specs/checks.toml")
    return Rule(**row)


@cache
def _since() -> tuple[Rule, ...]:
    """Return the rules about findings that a policy of schema 1 could not know."""
    where = "policy/former/schema-1.toml"
    return tuple(_rules(specs.read_toml(where)["rule"], f"{where} rule"))


@cache
def _reasons() -> frozenset[str]:
    """Return every reason word that a finding may give, those of problems and defects included."""
    problems = (problem_table(path).keys() for path in PROBLEM_TABLES.values())
    return defects().names.union(*problems, *(check.reasons for check in checks().values()))


def _known(pattern: str, where: str) -> None:
    if not any(_matches(pattern, check) for check in checks()):
        raise SpecError("unknown check", where=f"{where}: {pattern}", hint="ids are in specs/checks.toml")


@cache
def _bundled(name: str) -> Policy:
    return Policy.parse(specs.read_bytes(f"policy/{name}.toml"), where=f"specs/policy/{name}.toml")
