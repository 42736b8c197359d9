"""The inspector: evidence in, verdict out, with the reasons."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from tjdocs.border.policy import Decision, Policy
from tjdocs.errors import UsageError
from tjdocs.findings import Finding
from tjdocs.inspection import Evidence, Examination, examine
from tjdocs.pki.trust import TrustStore

__all__ = ["Inspector", "Verdict"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """A verdict with its reasons.

    :param decision: ``admit``, ``refer`` or ``refuse``
    :param decided_by: ids of the checks that decided it
    :param findings: everything that was checked, in order
    :param policy_sha256: of the policy applied
    :param examination: what was read, for reports
    """

    decision: Decision
    decided_by: tuple[str, ...]
    findings: tuple[Finding, ...]
    policy_sha256: str
    examination: Examination = field(repr=False)

    def as_json(self) -> dict[str, Any]:
        """Return the verdict with the keys that the command line prints."""
        return {
            "schema": 1,
            "verdict": str(self.decision),
            "decided_by": list(self.decided_by),
            "findings": [finding.as_json() for finding in self.findings],
            "at": self.examination.at.isoformat(),
            "policy_sha256": self.policy_sha256,
        }


class Inspector:
    """Judges documents; may be shared between threads.

    :param trust: whom to believe; None believes nobody, so that nothing is ever admitted
    :param policy: what a verdict demands; the bundled default unless given
    """

    def __init__(self, *, trust: TrustStore | None = None, policy: Policy | None = None) -> None:
        if not isinstance(trust, TrustStore | None) or not isinstance(policy, Policy | None):
            raise UsageError("unusable inspector", where="trust, policy", hint="a TrustStore and a Policy, or None")
        self._trust = trust if trust is not None else TrustStore.of(())
        self._policy = policy if policy is not None else Policy.default()

    def inspect(self, evidence: Evidence, *, at: date | datetime) -> Verdict:
        """Judge ``evidence`` at a time. Never raises on what the evidence holds.

        :raises tjdocs.errors.UsageError: ``at`` is neither a date nor an aware moment
        """
        if not isinstance(evidence, Evidence):
            raise UsageError("no evidence", where="evidence", hint="Evidence(mrz=…, chip=…)")
        examination = examine(evidence, self._trust, at=at)
        decision, decided_by = self._policy.decide(examination.findings)
        return Verdict(decision, decided_by, examination.findings, self._policy.sha256, examination)
