"""The register's public door."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from tjdocs.documents import RegisterFacts
from tjdocs.errors import RegisterError, UsageError
from tjdocs.register import (
    create_register,
    database,
    find_holders,
    key_wrapping,
    lifecycle,
    reconciliation,
    records,
    statistics,
)
from tjdocs.register.audit import audit
from tjdocs.register.belonging import Csca, belong, belongs_to
from tjdocs.register.blanks import Blanks
from tjdocs.register.context import Context
from tjdocs.register.decisions import Decisions
from tjdocs.register.holders import Holder
from tjdocs.register.issued_documents import Documents
from tjdocs.register.issuing import Issuing, Reservation
from tjdocs.register.officer_keys import OfficerSigner
from tjdocs.register.officer_signatures import Signers
from tjdocs.register.officers import Officers, first_access
from tjdocs.register.orders import Countersigning, Drafted, Drafting, Order, repeat
from tjdocs.register.records import AuditReport, Document, ResumeReport
from tjdocs.register.register_keys import Keys
from tjdocs.register.roles import Access
from tjdocs.register.unlocking import unlock
from tjdocs.times import PartialDate

__all__ = ["Register"]

_TRIAL_START = datetime(2000, 1, 1, tzinfo=UTC)


class Register:
    """Blanks, documents and the log in a database; may be shared between threads and used after a fork.

    :param url: an SQLAlchemy URL, for example ``sqlite:///register.db`` or ``postgresql://USER@HOST/NAME``. An SQLite
        file that does not exist, and never did, becomes a trial register: every officer has every role, its keys lie
        in the folder ``<file>-keys`` next to it. A production register is made with :meth:`create`.
    :param keys: the register's keys; None takes those in ``<file>-keys``, if there
    :param officer_keys: of the officers in whose names this process acts and looks; a trial register needs none
    :param wait: seconds to wait for a lock that another process holds
    :raises UsageError: the URL or the keys cannot be used
    :raises KeyMaterialError: an officer's key does not sign
    :raises RegisterError: the database cannot be opened, is not a register, or is of another version

    ``blanks``, ``documents``, ``decisions``, ``officers`` and ``log`` are its parts.
    """

    def __init__(
        self, url: str, *, keys: Keys | None = None, officer_keys: Iterable[OfficerSigner] = (), wait: float = 30
    ) -> None:
        signers = Signers(officer_keys)
        if keys is not None and not isinstance(keys, Keys):
            raise UsageError("unusable keys", where="keys", hint="Keys.open(FOLDER)")
        opened = database.Store(database.parse_url(url), wait=wait)
        folder = create_register.default_folder(opened)
        # never in place of one that is gone: its numbers would be used again
        if opened.sqlite and not opened.version() and (keys is None or keys.name == create_register.TRIAL_NAME):
            # another process may have made it since; it notes that afterwards
            if folder is not None and create_register.was_made(folder) and not opened.version():
                hint = f"restore a backup; to begin anew, take {folder.name} away too"
                raise RegisterError("the register is gone, and its keys are there", where=str(opened.path), hint=hint)
            keys = keys or create_register.trial_keys(folder)
            create_register.create(
                opened, keys, officer="trial", office="trial", at=_TRIAL_START, access=Access(True, signers)
            )
            create_register.note(folder)
        elif keys is None and folder is not None and folder.is_dir():
            keys = Keys.open(folder)
        self._open(opened, keys or Keys(), signers)

    def _open(self, opened: database.Store, keys: Keys, signers: Signers) -> None:
        opened.check_version()
        with opened.read(lenient=True) as connection:  # what cannot be read is named
            trial, secrets = unlock(opened, connection, keys)
        self._use(Context.of(opened, keys, secrets, Access(trial, signers)))

    def _use(self, context: Context) -> None:
        self._context = context
        self.log = context.log
        self.blanks = Blanks(self._context)
        self.documents = Documents(self._context)
        self.decisions = Decisions(self._context)
        self.officers = Officers(self._context)
        self._issuing = Issuing(self._context)

    @classmethod
    def create(
        cls,
        url: str,
        *,
        keys: Keys,
        officer: str,
        office: str,
        at: datetime,
        officer_key: OfficerSigner | None = None,
        trial: bool = False,
        wait: float = 30,
    ) -> "Register":
        """Make a register in an empty database.

        :param keys: from :meth:`Keys.create`, kept outside the database
        :param officer: the first officer, who enrols the others
        :param office: the first officer's
        :param officer_key: the first officer's, on which all others rest; may be left out of a trial register
        :param trial: roles are not enforced, and nobody signs
        :raises UsageError: no key of the first officer
        :raises RegisterError: there is a register already, or the database cannot be used
        """
        keys.whole()
        access = first_access(officer_key, trial=trial)
        records.word(officer, "officer")
        records.word(office, "office")
        opened = database.Store(database.parse_url(url), wait=wait)
        if opened.version():
            raise RegisterError("there is a register already", where="url")
        folders = (keys.folder, create_register.default_folder(opened))
        # never in place of one that is gone: its numbers would be used again, under heads of the same key
        if any(map(create_register.was_made, folders)):
            hint = "restore a backup; a new register has new keys"
            raise RegisterError("the register of these keys was made before", where="keys", hint=hint)
        moment = records.moment(at)
        create_register.create(opened, keys, officer=officer, office=office, at=moment, access=access, key=officer_key)
        for folder in folders:
            create_register.note(folder)
        opened.close()
        return cls(url, keys=keys, officer_keys=() if officer_key is None else (officer_key,), wait=wait)

    @property
    def trial(self) -> bool:
        """Whether roles are not enforced; no register for a production authority."""
        return self._context.trial

    @property
    def id(self) -> str:
        """The register's id, as its signed entries have it; a copy of a register has the same.

        :raises RegisterError: the register is open without its data key
        """
        return self._context.secrets.register or self._context.secrets.mark().hex()

    @property
    def place(self) -> str:
        """Its URL, without a password; an SQLite file by its whole path."""
        store_ = self._context.store
        return f"sqlite:///{store_.path.absolute()}" if store_.path else store_.url.render_as_string(hide_password=True)

    def belongs_to(self, expected: Csca | None = None) -> Csca | None:
        """Return the CSCA under whose key the register issues; None before its first document.

        :param expected: refuse any other
        :raises RegisterError: it is another, or the record of it was changed
        """
        with self._context.store.read() as connection:
            return belongs_to(self._context, connection, expected)

    def belong(self, csca: Csca, *, officer: str, at: datetime) -> None:
        """Record the CSCA under whose key the register issues, once and for all.

        ``Office`` does so with the first document.

        :raises RegisterError: it belongs to another, or an officer without the role
        """
        belong(self._context, csca, officer=officer, at=at)

    def close(self) -> None:
        """Close every connection; the next call opens one again."""
        self._context.store.close()

    # ------------------------------------------------------------------------------------------------- issuing

    def add_series(
        self,
        document_type: str,
        pattern: str,
        *,
        at: datetime,
        first: int = 1,
        last: int = 99_999_999,
        officer: str = "trial",
    ) -> None:
        """Give a trial register a series with its blanks, once; a document type that has one is left as it is.

        A production register has its blanks from ``blanks.receive``, ``assign`` and ``confirm``.

        :param pattern: with one replacement field for the running number, for example ``T{:08d}``
        :raises RegisterError: unusable pattern, or a production register without a series of that type
        """
        self.blanks.stock_trial(document_type, pattern, first, last, officer=officer, at=at)

    def reserve(
        self, document_type: str, *, officer: str, at: datetime, office: str = "", out: str | Path | None = None
    ) -> Reservation:
        """Take the lowest confirmed blank of the officer's office for this process; no number is ever handed out twice.

        Not flushed to the disk: a power cut before :meth:`Reservation.commit` leaves the blank free as it was.

        :param out: folder for the document's files; they are written into ``Reservation.staging`` first
        :return: the reservation, to be used as a context manager
        :raises RegisterError: no series, none confirmed there, an officer without the role, or a moment before the
            blanks were confirmed
        """
        return self._issuing.reserve(document_type, officer=officer, at=at, office=office, out=out)

    def replaceable(
        self,
        old: str,
        document_type: str,
        *,
        ground: str,
        at: datetime,
        person: Holder | None = None,
        officer: str = "",
    ) -> None:
        """Refuse what :meth:`Reservation.commit` would refuse of a replacement, before a number is used.

        :param person: who gets the new document; the old one must be theirs
        :raises RegisterError: no such document of the type, another person's, or no ground for its state; or no role
        """
        self._issuing.replaceable(old, document_type, ground=ground, at=at, person=person, officer=officer)

    def resume(self, *, officer: str, at: datetime, everywhere: bool = False) -> list[ResumeReport]:
        """Complete or spoil what processes left that are gone.

        A committed document is completed if its files are in their folder or the staging folder, each with its recorded
        SHA-256. Any other number is spoiled, and its staged files are removed.

        :param everywhere: also reservations of other machines; only for use when no office is issuing
        :raises RegisterError: an officer without the role
        """
        return self._issuing.resume(officer=officer, at=at, everywhere=everywhere)

    # ------------------------------------------------------------------------------------------------- looking

    def document(self, number: str, *, officer: str = "") -> Document | None:
        """Return the document of a number, without its holder; None if the number was never handed out.

        :param officer: who asks; may be left out in a trial register
        :raises RegisterError: an officer without the role
        """
        return self.documents.find(number, officer=officer)

    def known(self, person: Holder, *, officer: str = "") -> RegisterFacts:
        """Return what the register knows of a person, for ``eligibility(…, known=)``.

        :param officer: may be left out in a trial register
        :raises RegisterError: an officer without the role, or no data key
        """
        return self.documents.dossier(person, officer=officer).known()

    def find(
        self,
        family_name: str = "",
        *,
        given_names: str = "",
        date_of_birth: date | PartialDate | None = None,
        personal_number: str = "",
        wide: bool = False,
        officer: str = "",
    ) -> find_holders.Search:
        """Return the documents of persons of a name, or of a personal number, with their holders.

        With a whole date of birth the exact name is looked for, as a zone spells it, by its keyed hash, and so is a
        personal number. In all other searches every holder's row is opened: some 10,000 rows a second, 25,000 with a
        date of birth. At most 50 documents are returned: the closest names first, and before others who has one name.

        :param family_name: or the one name; may lack next to a personal number
        :param given_names: may lack, or be some of them, in a wide search; patronymic included
        :param date_of_birth: a day, or the known part of one, which also finds whole dates of that year or month
        :param personal_number: whatever blanks and hyphens part it; a name and a date next to it must agree
        :param wide: other spellings, orders, endings and shortened names too, as Doc 9303-3, 4.6 names are compared
        :param officer: may be left out in a trial register
        :raises RegisterError: an officer without the role, or no data key
        :raises UsageError: neither name nor personal number, or an unusable text
        """
        return find_holders.find(
            self._context, family_name, given_names=given_names, date_of_birth=date_of_birth,
            personal_number=personal_number, wide=wide, officer=officer,
        )  # fmt: skip

    def act(
        self, act: str, numbers: str, *, officers: Sequence[str], at: datetime, ground: str = "", reference: str = "",
        office: str = "", to: str = "",
    ) -> None:  # fmt: skip
        """Do an act on a document, where the number is one, else on blanks: a number or a range ``A-B``.

        :raises RegisterError: the act is not lawful, by name; nothing changed
        """
        if self.documents.known(numbers):
            self.documents.act(act, numbers, officers=officers, at=at, ground=ground, reference=reference)
        elif act in lifecycle.blanks().actions:
            self.blanks.move(
                act, numbers, officers=officers, at=at, office=office, to=to, ground=ground, reference=reference
            )
        else:
            hint = f"{act} is for documents; no document was issued under it"
            raise RegisterError("unknown document", where="number", hint=hint)

    def draft(self, act: Callable[["Register"], object]) -> Order:
        """Return an order for an action of two officers, signed by the officers who are here; nothing is done.

        :param act: does the action with the register that it receives, naming both officers
        :raises RegisterError: an unlawful action
        :raises UsageError: a trial register, where nobody signs, or not an action
        """
        if self.trial:
            raise UsageError("nobody signs in a trial register", where="act", hint="do it without an order")
        try:
            act(self._signed_by(Drafting(self._context.access.signers)))
        except Drafted as drafted:
            return drafted.order
        raise UsageError("not an action that officers sign", where="act")

    def countersign(self, order: Order) -> None:
        """Do the action of an order, with its signatures and those of the officers who are here.

        :raises RegisterError: an unlawful action, an entry that would now differ, or a wrong signature
        :raises KeyMaterialError: an officer who has not signed is not here
        """
        signed = self._signed_by(Countersigning(self._context.access.signers, order))
        repeat(order, signed.officers, signed.act)

    def _signed_by(self, signers: Signers) -> "Register":
        register, own = object.__new__(type(self)), self._context
        register._use(Context.of(own.store, own.keys, own.secrets, Access(own.trial, signers)))
        return register

    # ------------------------------------------------------------------------------------------------- auditing

    def audit(
        self, *, officer: str = "", since: str = "", heads: Sequence[str] | None = None, sequence: bool = True,
        persons: bool = False,
    ) -> AuditReport:  # fmt: skip
        """Look for any change that the register did not make.

        :param since: a signed head: only what came after it is read, and that it continues that head
        :param heads: signed heads kept outside the database (:func:`tjdocs.auditlog.read_checkpoints`); without them a
            roll-back of the whole database is ``undetermined``
        :param sequence: give new entries their places first, if the process has the keys
        :param persons: open every person's row too: the log does not cover the wrapping of the rows' own keys
        :raises RegisterError: an officer without the role
        """
        return audit.run(self._context, officer=officer, since=since, heads=heads, sequence=sequence, persons=persons)

    def may(self, act: str, officer: str) -> None:
        """Let a look pass that an officer's role allows; in a trial register nobody need be named.

        :raises RegisterError: an officer without the role
        """
        with self._context.store.read() as connection:
            self._context.access.require_read(connection, act, officer)

    def report(self, *, first: date, last: date, officer: str = "") -> "reconciliation.Report":
        """Reconcile blanks by office and day; every blank that breaks the equation is named.

        :raises RegisterError: an officer without the role
        """
        return reconciliation.run(self._context, officer=officer, first=first, last=last)

    def statistics(
        self, *, first: date, last: date, by: Sequence[str] = ("document_type", "decision"), officer: str = ""
    ) -> "statistics.Statistics":
        """Count documents issued and decisions taken in a period, with those of the same period a year earlier.

        :param by: some of ``document_type office category citizenship sex decision``
        :raises RegisterError: an officer without the role
        """
        return statistics.run(self._context, officer=officer, first=first, last=last, by=by)

    def rewrap(self, *, officer: str, at: datetime) -> int:
        """Wrap every row's key by the newest data key (:meth:`Keys.renewed`); return the number of rows.

        May be stopped and run again. The log covers the sealed columns, not their wrapping.

        :raises RegisterError: an officer without the role, or missing key of a row
        """
        return key_wrapping.run(self._context, officer=officer, at=at)
