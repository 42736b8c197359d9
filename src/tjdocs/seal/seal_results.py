"""The standard's validation results by name, from findings (Doc 9303-13, appendix D): ``specs/seals/results.toml``."""

from collections.abc import Iterable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from msgspec import Struct

from tjdocs import specs
from tjdocs.errors import SpecError
from tjdocs.findings import Finding
from tjdocs.seal import seal_problems

__all__ = ["Result", "Status", "results", "status"]


class Result(specs.Row, frozen=True):
    """One validation result.

    :param valid: whether the seal is still VALID
    :param trust: the trust level that the standard recommends
    """

    id: str
    valid: bool
    trust: str
    clause: str
    reasons: tuple[str, ...] = ()


class ResultFile(specs.Spec, frozen=True):
    """The form of ``specs/seals/results.toml``: each name and each reason once."""

    neutral: frozenset[str]
    result: tuple[Result, ...]

    def __post_init__(self) -> None:
        names = [row.id for row in self.result]
        reasons = [reason for row in self.result for reason in row.reasons]
        if len(set(names)) < len(names) or len(set(reasons)) < len(reasons):
            raise ValueError("a name or a reason that is there twice")


class Status(Struct, frozen=True):
    """The outcome of the standard's validation policy.

    :param valid: VALID or INVALID; whatever did not pass makes a seal INVALID, also where no result has a name for it
    :param results: the sub-indications, each once
    """

    valid: bool
    results: tuple[Result, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the status with the keys that the command line prints."""
        return {
            "status": "VALID" if self.valid else "INVALID",
            "results": [{"name": result.id, "trust_level": result.trust} for result in self.results],
        }


@cache
def _table() -> tuple[Mapping[str, Result], Mapping[str, Result], frozenset[str]]:
    """Return the results by name, by "check/reason", and the reasons that leave a seal valid."""
    table = specs.load("seals/results.toml", ResultFile)
    by_name = {result.id: result for result in table.result}
    by_reason = {reason: result for result in table.result for reason in result.reasons}
    for kind in seal_problems.kinds().values():
        if kind.result not in by_name or by_name[kind.result].valid == (kind.severity != "warning"):
            raise SpecError("unknown result, or one of another severity", where=f"specs/seals/problems.toml {kind.id}")
        by_reason[f"seal.structure/{kind.id}"] = by_name[kind.result]
    return MappingProxyType(by_name), MappingProxyType(by_reason), table.neutral


def results() -> Mapping[str, Result]:
    """Return every validation result by its name.

    :raises SpecError: the table is malformed
    """
    return _table()[0]


def status(findings: Iterable[Finding]) -> Status:
    """Return what the standard's validation policy says of a seal's findings; those of other checks are passed over."""
    _, by_reason, neutral = _table()
    own = [finding for finding in findings if finding.check.startswith("seal.")]
    named: dict[str, Result] = {}
    valid = bool(own)
    for finding in own:
        reason = f"{finding.check}/{finding.reason}"
        result = by_reason.get(reason)
        if result is not None:
            named[result.id] = result
        if not (finding.outcome.ok or reason in neutral):
            valid = False
    return Status(valid, tuple(named.values()))
