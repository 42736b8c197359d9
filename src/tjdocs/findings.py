"""A finding: one judgement on one thing, and the rule that a check falls with its premises.

``specs/checks.toml`` lists every check with its clause, its premises and its reasons.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any

from msgspec import Struct

from tjdocs import specs
from tjdocs.errors import SpecError
from tjdocs.messages import Message

__all__ = ["OF_SEVERITY", "Check", "Finding", "Outcome", "checks", "enforce_premises"]


class Outcome(StrEnum):
    """How a check ended; ``specs/checks.toml`` maps each to a result of BSI TR-03135."""

    PASSED = "passed"
    WARNING = "warning"  # passed under a named tolerance
    FAILED = "failed"
    UNDETERMINED = "undetermined"
    ABORTED = "aborted"
    NOT_APPLICABLE = "not-applicable"

    ok: bool
    """Whether something may rest on it."""

    def __init__(self, word: str) -> None:
        self.ok = word in ("passed", "warning")


OF_SEVERITY: Mapping[str, Outcome] = MappingProxyType(
    {"error": Outcome.FAILED, "undetermined": Outcome.UNDETERMINED, "warning": Outcome.WARNING}
)
"""The outcome of a check for the severity of a problem, the gravest first."""


_UNCHECKED = ("no-", "not-handed-over", "not-read", "other-issuer")


@dataclass(frozen=True, slots=True)
class Finding:
    """One judgement.

    :param check: id from ``specs/checks.toml``, for example ``pa.sod-signature``
    :param outcome: how the check ended
    :param reason: a stable word below the check, empty when it simply passed
    :param explanation: the detail or its message; may hold document data, hence not in ``repr``
    :param subject: the judged thing where there are several, for example ``DG1``
    """

    check: str
    outcome: Outcome
    reason: str = ""
    explanation: Message | str = field(default="", repr=False)
    subject: str = ""
    _json: dict[str, Any] | None = field(default=None, init=False, repr=False, compare=False)

    @classmethod
    def of(
        cls, check: str, outcome: Outcome, reason: str = "", detail: Message | str = "", subject: str = ""
    ) -> "Finding":
        """Return a finding with a detail, or with the message of one: its text is made when it is shown.

        Equal findings without a detail are one object.
        """
        return cls(check, outcome, reason, detail, subject) if detail else _plain(check, outcome, reason, subject)

    @property
    def detail(self) -> str:
        """More of the reason for a person, in English."""
        return str(self.explanation)

    @property
    def message(self) -> Message | None:
        """The message of which the detail is the English text, None where it has no id."""
        return self.explanation if isinstance(self.explanation, Message) else None

    @property
    def unchecked(self) -> bool:
        """Whether nothing was checked: the input of the check was not given, not read, or not asked for."""
        return self.outcome is Outcome.UNDETERMINED and self.reason.startswith(_UNCHECKED)

    def as_json(self) -> dict[str, Any]:
        """Return the finding with the keys that the command line prints."""
        table = self._json
        if table is None:
            table = {
                "check": self.check,
                "outcome": str(self.outcome),
                "reason": self.reason,
                "detail": self.detail,
                "subject": self.subject,
            }
            if isinstance(self.explanation, Message):
                table["message"] = self.explanation.as_json()
                return table
            # most findings are without a detail, and one object in every verdict
            object.__setattr__(self, "_json", table)
        return dict(table)


@lru_cache(maxsize=1024)
def _plain(check: str, outcome: Outcome, reason: str, subject: str) -> Finding:
    """Return a finding without a detail: there are few of them."""
    return Finding(check, outcome, reason, subject=subject)


class Check(Struct, frozen=True):
    """One row of ``specs/checks.toml``.

    :param premises: checks without which this one is at best undetermined; each is an id, or an id and a
        subject joined by a colon
    :param reasons: every reason word that the check gives, with its explanation
    """

    id: str
    title: str
    clause: str
    consequence: str
    premises: tuple[str, ...]
    reasons: Mapping[str, str]


@cache
def checks() -> Mapping[str, Check]:
    """Return the catalogue of checks by id.

    :raises tjdocs.errors.SpecError: the catalogue is malformed or names an unknown premise
    """
    table = specs.read_toml("checks.toml")
    specs.require_keys(table, ["schema", "results", "check"], where="specs/checks.toml")
    catalogue = {}
    for row in table["check"]:
        where = f"specs/checks.toml {row.get('id')}"
        specs.require_keys(row, ["id", "title", "clause", "consequence"], ["premises", "reasons"], where=where)
        catalogue[row["id"]] = Check(
            row["id"],
            row["title"],
            row["clause"],
            row["consequence"],
            tuple(row.get("premises", ())),
            MappingProxyType(dict(row.get("reasons", {}))),
        )
    for check in catalogue.values():
        for premise in check.premises:
            if premise.partition(":")[0] not in catalogue:
                raise SpecError("unknown premise", where=f"specs/checks.toml {check.id}: {premise}")
    return MappingProxyType(catalogue)


def enforce_premises(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Lower every finding whose premises did not pass to ``undetermined``, reason ``premise``.

    A premise that was not checked at all counts as one that did not pass. Findings that already say
    ``failed``, ``undetermined`` or ``aborted`` are left as they are. The order is kept.
    """
    result = list(findings)
    resting, by_subject = _resting()
    holding: set[str] = set()  # of those, a check also when only some of its findings hold
    fallen: set[str] = set()
    for finding in result:
        group = holding if finding.outcome.ok else fallen
        group.add(finding.check)
        if finding.check in by_subject:
            group.add(f"{finding.check}:{finding.subject}")
    sound = holding - fallen
    # premises first: a fallen check takes along all checks that rest on it
    for id_, premises, needed in resting:
        if id_ not in holding or needed <= sound:
            continue
        missing = next(premise for premise in premises if premise not in sound)
        for index, finding in enumerate(result):
            if finding.check == id_ and finding.outcome.ok:
                rests = Message.of("rests-on", checks=missing)
                result[index] = Finding.of(finding.check, Outcome.UNDETERMINED, "premise", rests, finding.subject)
                sound.discard(f"{id_}:{finding.subject}")
        sound.discard(id_)
    return tuple(result)


@cache
def _resting() -> tuple[tuple[tuple[str, tuple[str, ...], frozenset[str]], ...], frozenset[str]]:
    """Return the checks that have premises, those first on which others rest; and those named with a subject.

    Each check comes with its premises in order and as a set.

    :raises SpecError: premises that rest on one another
    """
    catalogue = checks()
    levels: dict[str, int] = {}

    def level(id_: str, above: tuple[str, ...]) -> int:
        if id_ in above:
            raise SpecError("premises rest on one another", where=f"specs/checks.toml {id_}")
        if id_ not in levels:
            below = (level(premise.partition(":")[0], (*above, id_)) for premise in catalogue[id_].premises)
            levels[id_] = 1 + max(below, default=0)
        return levels[id_]

    resting = sorted((id_ for id_ in catalogue if catalogue[id_].premises), key=lambda id_: level(id_, ()))
    rows = tuple((id_, catalogue[id_].premises, frozenset(catalogue[id_].premises)) for id_ in resting)
    named = {premise for _, premises, _ in rows for premise in premises if ":" in premise}
    return rows, frozenset(premise.partition(":")[0] for premise in named)
