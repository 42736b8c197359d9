"""The checks of a document against the register: ``register.status`` and ``register.agreement``."""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

from tjdocs.border.crossing import Crossing
from tjdocs.errors import RegisterError, UsageError
from tjdocs.findings import Finding, Outcome, checks
from tjdocs.inspection.evidence import is_text
from tjdocs.lds import ef_catalogue
from tjdocs.messages import Message

if TYPE_CHECKING:
    from tjdocs.register import Register

__all__ = ["DocumentStatus", "RegisterStatus", "Status", "asked", "judge", "look_up", "used_up"]

_STANDS = ("issued", "handed-over")
_NOT_ISSUED = ("reserved", "spoiled")
_SIGNED = "EF.SOD"  # without it nothing of a chip can be judged


@dataclass(frozen=True, slots=True)
class DocumentStatus:
    """A register's facts about a document; empty where it has none.

    :param status: ``issued``, ``handed-over``, ``reserved``, ``spoiled``, ``lost``, ``stolen``, ``revoked``,
        ``replaced``, ``used-up`` or ``destroyed``
    :param date_of_issue, date_of_expiry: ISO 8601
    :param files: SHA-256 of the chip's files by name, hexadecimal
    :param since: of a document that is used up, the moment, ISO 8601; ``point`` where that was, ``by`` who did it
    """

    status: str
    document_type: str = ""
    date_of_issue: str = ""
    date_of_expiry: str = ""
    category: str = ""
    files: Mapping[str, str] = field(default_factory=dict, repr=False)
    since: str = ""
    point: str = ""
    by: str = ""


class Status(Protocol):
    """A source of the status of our own documents."""

    def status(self, number: str) -> DocumentStatus | None:
        """Return the facts about a number, None where it was never issued.

        :raises TjdocsError: the register cannot be asked
        """

    def use_up(self, number: str, *, at: datetime, point: str) -> bool:
        """Use up a single-use document. Of any number of calls for one document exactly one returns True.

        :raises TjdocsError: the register cannot be written
        """


class RegisterStatus:
    """The register of this library as a :class:`Status`.

    :param officer: in whose name it is asked, and documents are used up
    :raises RegisterError: an officer without the role
    """

    def __init__(self, register: "Register", *, officer: str = "trial") -> None:
        register.may("status", officer)
        self._register, self._officer = register, officer

    def status(self, number: str) -> DocumentStatus | None:
        """Return the register's facts about a number."""
        row = self._register.document(number, officer=self._officer)
        if row is None:
            return None
        facts = (row.document_type, row.date_of_issue, row.date_of_expiry, row.category, row.files)
        if row.status == "used-up" and (act := self._register.documents.last_act(number, officer=self._officer)):
            return DocumentStatus(row.status, *facts, act.at, act.reference, ", ".join(act.officers))
        return DocumentStatus(row.status, *facts)

    def use_up(self, number: str, *, at: datetime, point: str) -> bool:
        """Use up a single-use document by the register's act ``use``.

        :raises RegisterError: the register refused, and not because it was used up before
        """
        try:
            self._register.act("use", number, officers=[self._officer], at=at, reference=point)
        except RegisterError:
            standing = self.status(number)
            if standing is not None and standing.status == "used-up":
                return False
            raise
        return True


def asked(register: "Register | Status") -> Status | None:
    """Return the source of the status of documents; None for an object that cannot be asked.

    :raises UsageError: a production register without an officer; it answers to its officers only
    """
    from tjdocs.register import Register

    if isinstance(register, Register):
        if not register.trial:
            hint = "RegisterStatus(register, officer=ID)"
            raise UsageError("a register is asked in an officer's name", where="register", hint=hint)
        return RegisterStatus(register)
    return register if hasattr(register, "status") else None


def look_up(crossing: Crossing, register: Status | None) -> tuple[DocumentStatus | None, str]:
    """Return the register's facts, or why there are none: a reason of ``register.status``."""
    if crossing.document_class is not None and crossing.document_class.foreign:
        return None, "foreign"
    if register is None:
        return None, "no-register"
    if crossing.document_class is None or crossing.zone is None or not crossing.zone.document_number:
        return None, "no-input"
    try:
        standing = register.status(crossing.zone.document_number)
    except Exception:  # noqa: BLE001 - anybody's register: what it cannot say refers, and stops nobody's inspection
        return None, "unavailable"
    if standing is None:
        return None, "unknown-number"
    return (standing, "") if _usable(standing) else (None, "unavailable")


_TOLD = tuple(item.name for item in fields(DocumentStatus) if item.name != "files")


def _usable(standing: object) -> bool:
    """Whether a register's answer has the required form."""
    if not isinstance(standing, DocumentStatus) or not isinstance(standing.files, Mapping):
        return False
    texts = [*(getattr(standing, name) for name in _TOLD), *standing.files, *standing.files.values()]
    if not all(isinstance(text, str) for text in texts) or not is_text("".join(texts)):
        return False
    try:
        days = [day for day in (standing.date_of_issue, standing.date_of_expiry) if day]
        return all(date.fromisoformat(day).isoformat() == day for day in days)
    except ValueError:
        return False


def used_up(crossing: Crossing, register: Status) -> Crossing:
    """Use up the document; return the case, with the register's new facts where another call did it."""
    if crossing.zone is None or crossing.standing is None:
        return crossing
    try:
        first: object = register.use_up(crossing.zone.document_number, at=crossing.at, point=crossing.point)
    except Exception:  # noqa: BLE001 - likewise; the document may be used up, and who is sure of it asks again
        return crossing.with_register(None, "unavailable")
    if first is True:
        return crossing
    if first is not False:  # neither: nobody knows whose call it was
        return crossing.with_register(None, "unavailable")
    now, _ = look_up(crossing, register)
    if now is None or now.status != "used-up":
        now = replace(crossing.standing, status="used-up")
    return crossing.with_register(now, "")


def judge(crossing: Crossing) -> list[Finding]:
    """Judge ``register.status`` and ``register.agreement``."""
    status, agreement = "register.status", "register.agreement"
    reason, standing = crossing.register_reason, crossing.standing
    if reason == "foreign":
        return [Finding(check, Outcome.NOT_APPLICABLE, reason) for check in (status, agreement)]
    if standing is None:
        failed = reason == "unknown-number"
        first = Finding(status, Outcome.FAILED if failed else Outcome.UNDETERMINED, reason)
        follow = reason if reason in ("no-register", "no-input") else "premise"
        return [first, Finding(agreement, Outcome.UNDETERMINED, follow)]
    if standing.status in _STANDS:
        first = Finding(status, Outcome.PASSED)
    elif standing.status in _NOT_ISSUED:
        first = Finding(status, Outcome.FAILED, "not-issued")
    elif standing.status in checks()[status].reasons:
        first = Finding.of(status, Outcome.FAILED, standing.status, _used(standing))
    else:  # a word of another register: nothing is known of it
        first = Finding.of(
            status, Outcome.UNDETERMINED, "unavailable", Message.of("status", status=standing.status[:40])
        )
    return [first, _agreement(crossing, standing)]


def _used(standing: DocumentStatus) -> Message | str:
    """Return when, where and by whom a document was used up, as far as the register says."""
    if standing.status != "used-up" or not standing.since:
        return ""
    when, where, who = standing.since, standing.point, standing.by
    facts = (("used-up", "moment", when), ("at-point", "point", where), ("by-officer", "officer", who))
    return Message.all(tuple(Message.of(id_, **{name: value}) for id_, name, value in facts if value))


def _agreement(crossing: Crossing, standing: DocumentStatus) -> Finding:
    """Compare the fields that both have."""
    check = "register.agreement"
    zone, class_ = crossing.zone, crossing.document_class
    assert zone is not None  # noqa: S101
    expiry = zone.date_of_expiry
    issued = crossing.issued if crossing.issued_from not in ("register", "") else None
    registered = {name: digest for file, digest in standing.files.items() if (name := _chip_file(file))}
    pairs = {
        "document_type": (standing.document_type, class_.id if class_ else ""),
        "date_of_expiry": (standing.date_of_expiry, expiry.isoformat() if expiry else ""),
        "date_of_issue": (standing.date_of_issue, issued.isoformat() if issued else ""),
        "category": (standing.category, "".join(c for c in crossing.categories if c != standing.category)),
        **{name: (registered[name], digest) for name, digest in _digests(crossing, registered).items()},
    }
    compared = {name: pair for name, pair in pairs.items() if all(pair)}
    differing = [name for name, (registered_value, value) in compared.items() if registered_value != value]
    if differing:
        return Finding.of(check, Outcome.FAILED, "differs", Message.of("differ", fields=tuple(differing)))
    if registered and (crossing.chip is None or _SIGNED not in crossing.chip.files):
        # a seal proves its own fields alone, and the document has a chip with more
        return Finding.of(check, Outcome.UNDETERMINED, "chip-not-shown", Message(f"action.{check} chip-not-shown"))
    if not compared:
        return Finding(check, Outcome.UNDETERMINED, "no-input")
    return Finding.of(check, Outcome.PASSED, detail=Message.of("compared", fields=tuple(compared)))


@lru_cache(maxsize=256)
def _chip_file(name: str) -> str:
    """Return the name of a chip's file as a register may spell it; a register has files of the page too."""
    return ef_catalogue.recognise(name) or ""


def _digests(crossing: Crossing, names: Container[str]) -> dict[str, str]:
    """Return the digests of those of the chip's files that have these names."""
    chip = crossing.chip
    return {name: chip.digest(name, "sha256").hex() for name in chip.contents if name in names} if chip else {}
