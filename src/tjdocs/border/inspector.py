"""The inspector: evidence in, verdict out, with the reasons; :meth:`tjdocs.border.policy.Policy.decide` decides."""

from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tjdocs.border.checks import crossing_point, document_use, holder, register_status, stay
from tjdocs.border.checks.register_status import Status
from tjdocs.border.crossing import Crossing
from tjdocs.border.policy import Decision, Policy
from tjdocs.documents.document_class import DocumentClasses, document_classes
from tjdocs.documents.load_types import DocumentTypes
from tjdocs.errors import UsageError
from tjdocs.findings import Finding, enforce_premises
from tjdocs.inspection import Evidence, Examination, examine
from tjdocs.mrz import Mrz
from tjdocs.pki.trust.store import TrustStore
from tjdocs.watchlists.watchlists import Watchlists

if TYPE_CHECKING:
    from tjdocs.register import Register

__all__ = ["Inspector", "Verdict"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """A verdict with its reasons.

    :param decision: ``admit``, ``refer`` or ``refuse``
    :param decided_by: ids of the checks that decided it
    :param findings: everything that was checked, in order
    :param policy_sha256: of the policy applied
    :param examination: the evidence as read, for reports
    :param crossing: the input of the rules of law
    :param trust_imported: when the trust store was last imported into, ISO 8601; empty where nothing tells, None where
        there is no trust store, or an empty one
    """

    decision: Decision
    decided_by: tuple[str, ...]
    findings: tuple[Finding, ...]
    policy_sha256: str
    examination: Examination = field(repr=False)
    crossing: Crossing = field(repr=False)
    trust_imported: str | None = None

    @property
    def not_checked(self) -> tuple[Finding, ...]:
        """The findings of checks that were not made, for want of an input, a reader or a live chip."""
        return tuple(finding for finding in self.findings if finding.unchecked)

    @property
    def authentic(self) -> bool:
        """Whether :attr:`holder` and the portrait are the State's: from a chip of which ``pa.authentic`` passed."""
        passed = any(finding.check == "pa.authentic" and finding.outcome.ok for finding in self.findings)
        return passed and self.holder is not None and self.holder is self.examination.chip_mrz

    @property
    def holder(self) -> Mrz | None:
        """The MRZ that counts, with the holder's data: that of DG1, else the printed one; None without either.

        Its data are proven only where :attr:`authentic` is true.
        """
        return self.crossing.zone

    @property
    def portrait(self) -> bytes | None:
        """The portrait of DG2 as a JPEG of at most 480 × 640 pixels, None where there is none that can be shown.

        The picture is encoded again, so that no byte of the chip's image is passed on. It is
        proven only where :attr:`authentic` is true.
        """
        from tjdocs.border.report.safe_values import portrait

        return portrait(self.examination.chip)[0]

    def report(self, path: str | Path, *, lang: str = "en") -> None:
        """Write an HTML report as a new file that only its owner may read; see :func:`tjdocs.border.write_report`.

        :param lang: ``en``, ``ru`` or ``tg``
        :raises tjdocs.errors.UsageError: no such language
        :raises tjdocs.errors.OutputError: the path exists already, or nothing can be written there
        """
        from tjdocs.border.report.html_report import write_report

        write_report(self, path, lang=lang)

    def as_json(self) -> dict[str, Any]:
        """Return the verdict with the keys that the command line prints."""
        return {
            "schema": 1,
            "verdict": str(self.decision),
            "decided_by": list(self.decided_by),
            "findings": [finding.as_json() for finding in self.findings],
            "not_checked": [
                {"check": finding.check, "reason": finding.reason, "subject": finding.subject}
                for finding in self.not_checked
            ],
            "at": self.examination.at.isoformat(),
            "policy_sha256": self.policy_sha256,
            **({"trust_imported": self.trust_imported} if self.trust_imported else {}),
        }


class Inspector:
    """Judges documents; may be shared between threads.

    :param trust: whom to believe, as far as the policy does; None believes nobody, so that nothing is ever admitted
    :param register: where the status of our own documents is looked up
    :param lists: bans, watch lists, visas and permits
    :param policy: what a verdict demands; the bundled default unless given
    :param types: the document types that are ours, as an office has them; the bundled ones unless given
    :raises UsageError: an argument of another kind, or types without their files
    :raises SpecError: a type has the id of another class (``specs/border/other_documents.toml``)
    """

    def __init__(
        self,
        *,
        trust: TrustStore | None = None,
        register: "Register | Status | None" = None,
        lists: Watchlists | None = None,
        policy: Policy | None = None,
        types: DocumentTypes | None = None,
    ) -> None:
        if not isinstance(trust, TrustStore | None) or not isinstance(policy, Policy | None):
            raise UsageError("unusable inspector", where="trust, policy", hint="a TrustStore and a Policy, or None")
        if trust is not None and trust.policies:  # evidence and batches could not record it
            raise UsageError("a store under a policy", where="trust", hint="the store itself, and policy=")
        asked = None if register is None else register_status.asked(register)
        if not isinstance(lists, Watchlists | None) or (asked is None and register is not None):
            raise UsageError("unusable inspector", where="register, lists", hint="a Register and Watchlists, or None")
        if not isinstance(types, DocumentTypes | None):
            raise UsageError("unusable inspector", where="types", hint="DocumentTypes.load(FOLDER), or None")
        if types is not None:
            types.check_files()  # evidence and batches read them again
        self._types = types
        self._classes = document_classes() if types is None else DocumentClasses(types)
        self._trust = trust if trust is not None else TrustStore.of(())
        self._register = asked
        self._lists = lists
        self._policy = policy if policy is not None else Policy.default()

    @property
    def policy(self) -> Policy:
        """The policy that decides."""
        return self._policy

    @property
    def lists(self) -> Watchlists | None:
        """Bans, watch lists, visas and permits."""
        return self._lists

    @property
    def types(self) -> DocumentTypes | None:
        """The document types as they were given."""
        return self._types

    @property
    def trust(self) -> TrustStore:
        """The trust store as it was given."""
        return self._trust

    @property
    def trust_view(self) -> TrustStore:
        """The trust store as the policy sees it."""
        return self._trust.with_policy(self._policy.trust)

    def inspect(self, evidence: Evidence, *, at: date | datetime, dry_run: bool = False) -> Verdict:
        """Judge ``evidence`` at a time. Never raises on its content.

        The day of a moment is that in the crossing point's time zone (``specs/border/points.toml``, else
        ``specs/times.toml``), whatever offset the moment was given with; a date is its own day.

        With a register, a single-use document is used up by the verdict that admits it.

        :param dry_run: judge only
        :raises tjdocs.errors.UsageError: ``at`` is neither a date nor an aware moment, or a claim cannot be used
        """
        if not isinstance(evidence, Evidence):
            raise UsageError("not evidence", where="evidence", hint="Evidence(mrz=…, chip=…)")
        examination = examine(evidence, self.trust_view, at=at, time_zone=crossing_point.time_zone(evidence.point))
        crossing = Crossing.of(evidence, examination, self._lists, self._classes)
        crossing = crossing.with_register(*register_status.look_up(crossing, self._register))
        verdict = self._decide(examination, crossing)
        if dry_run or verdict.decision is not Decision.ADMIT or self._register is None or crossing.standing is None:
            return verdict
        class_ = crossing.document_class
        if class_ is None or not class_.single_use or crossing.direction not in class_.use:
            return verdict
        after = register_status.used_up(crossing, self._register)
        # else another desk was quicker, or the register is gone: judged again with the facts of now
        return verdict if after is crossing else self._decide(examination, after)

    def _decide(self, examination: Examination, crossing: Crossing) -> Verdict:
        findings = enforce_premises([*examination.findings, *_judge_law(crossing)])
        class_ = crossing.document_class
        decision, decided_by = self._policy.decide(findings, document=class_.id if class_ else "")
        imported = self._trust.imported
        return Verdict(decision, decided_by, findings, self._policy.sha256, examination, crossing, imported)


def _judge_law(crossing: Crossing) -> list[Finding]:
    """Return the findings of the checks that rest on law, in the order of the report, before premises are enforced."""
    return [
        *document_use.judge(crossing),
        *register_status.judge(crossing),
        crossing_point.point(crossing),
        crossing_point.protection(crossing),
        *holder.ban(crossing),
        *holder.watch(crossing),
        *holder.right(crossing),
        *holder.permit(crossing),
        stay.judge(crossing),
    ]
