"""The issuing act: eligibility, number, zone, chip, seal, page, read back, record; whole or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from tjdocs.documents import Application, Override, RegisterFacts, eligibility
from tjdocs.documents.application_error import ApplicationError
from tjdocs.documents.assess import overruled
from tjdocs.documents.document_type import DocumentType
from tjdocs.documents.load_types import DocumentTypes, bundled
from tjdocs.documents.validity import last_day
from tjdocs.errors import FieldError, InputError, KeyMaterialError, RegisterError, UsageError
from tjdocs.lds.biometrics.iso19794_face import Eyes
from tjdocs.office import chip_keys, one_register, output_folder, printed_values
from tjdocs.office.draft import Draft, prepare_portrait
from tjdocs.office.issued_document import ChipFiles, Issued, PageInput
from tjdocs.office.quality import read_back
from tjdocs.pki import Authority, Certificate, Signer, TrustStore
from tjdocs.pki.crl import Crl
from tjdocs.pki.signer import next_command
from tjdocs.portrait import face_finder
from tjdocs.register import Document, Holder, Register
from tjdocs.times import day_of, moment_of

__all__ = ["Office", "Portrait"]


@dataclass(frozen=True, slots=True)
class Portrait:
    """A portrait made ready before the act; see :meth:`Office.prepare_portrait`."""

    _source: tuple[bytes, Eyes | None, str]
    _dg2: bytes

    def __repr__(self) -> str:
        return "Portrait()"


class Office:
    """A passport office: issues documents under an authority's signers and records them.

    :param authority: whose signers sign
    :param register: hands out numbers and records documents
    :param officer: who issues, recorded with each document
    :param types: the document types; the bundled ones unless given
    """

    def __init__(
        self, authority: Authority, register: Register, *, officer: str = "trial", types: DocumentTypes | None = None
    ) -> None:
        if not isinstance(authority, Authority) or not isinstance(register, Register):
            raise UsageError("unusable office", where="authority, register", hint="an Authority and a Register")
        if not isinstance(officer, str) or not officer or (not authority.trial and officer == "trial"):
            raise UsageError("missing officer", where="officer", hint="a production authority records who issues")
        if register.trial and not authority.trial:
            hint = "one made with `tjdocs register init --officer`, where roles are enforced"
            raise UsageError("a trial register for a production authority", where="register", hint=hint)
        self._authority = authority
        self._register = register
        self._officer = officer
        self._types = bundled() if types is None else types
        for kind in self._types.values():
            printed_values.check(kind)
        self._stocked: set[str] = set()
        self._belongs: set[str] = set()  # forms of numbers that the authority issues from this register
        self._borders: dict[str, tuple[Crl | None, Certificate | None, TrustStore]] = {}

    def issue(
        self,
        application: Application,
        *,
        at: date | datetime,
        out: str | Path | None = None,
        known: RegisterFacts | None = None,
        overrides: Sequence[Override] = (),
        chip: bool | None = None,
        page: bool = True,
        portrait: Portrait | None = None,
        replaces: str = "",
        ground: str = "",
    ) -> Issued:
        """Issue one document, or raise and leave nothing but a number marked spoiled.

        The rules get the register's facts about the applicant's documents. An applicant with a valid document of the
        type gets no second one unless the type allows several. A trial register, in which one specimen is everybody,
        does neither.

        :param at: the day or moment of issue; a moment with any offset has its day in the type's time zone, else in
            the home zone of ``specs/times.toml``
        :param out: a new or empty folder for the document's files; they are complete next to it before the document
            is recorded, and in place after
        :param known: facts about the applicant; None: the register is asked
        :param overrides: officers' decisions on rules that are not met
        :param chip: whether it gets a chip; None: every document whose type has one does
        :param page: whether it gets its page now
        :param portrait: the portrait as :meth:`prepare_portrait` made it ready
        :param replaces: number of the applicant's document that it takes the place of
        :param ground: why: ``renewal``, ``loss``, ``theft``, ``damage`` or ``change-of-name``
        :raises NotEligible: with every rule that the application does not meet; no number is used
        :raises ApplicationError: names, dates or a portrait that cannot be used, every fault; no number is used
        :raises UsageError: an unusable argument, an override that the rule does not allow, or a chip whose access
            protocols may not be issued on that day (Doc 9303-11, 4.1); no number is used
        :raises tjdocs.errors.OutputError: ``out`` holds something or cannot be written
        :raises tjdocs.errors.KeyMaterialError: the signer is revoked, its key is missing or past its period, or its
            certificate ends before the document would. Or the issuing or overriding officer's key is missing. No number
            is used
        :raises tjdocs.errors.RegisterError: no number can be had, the applicant has a valid document of the type,
            the old document cannot be replaced on that ground, the register belongs to another authority, or the
            authority issues such numbers from another register
        """
        draft, signer = self._prepare(application, at, known, overrides, chip, page, portrait, replaces)
        more: dict[str, Any] = {}
        if replaces or ground:
            person = Holder.of(application)
            self._register.replaceable(
                replaces, draft.kind.id, ground=ground, at=draft.now, person=person, officer=self._officer
            )
            more = {"replaces": {"document_number": replaces, "reason": ground}}
        return self._finish(draft, signer, out, more, replaces=replaces, ground=ground)

    def reissue(
        self,
        number: str,
        application: Application,
        *,
        at: date | datetime,
        ground: str,
        out: str | Path | None = None,
        known: RegisterFacts | None = None,
        overrides: Sequence[Override] = (),
        chip: bool | None = None,
    ) -> Issued:
        """Spoil a misprinted document and issue it again under a new number; the new record names the old one.

        The old document is spoiled as soon as the new one can be made, and before it has its number.

        :param number: of the misprinted document
        :param reason: the fault of the print
        :raises RegisterError: the register has no issued document of that number and type
        """
        _check_ground(ground)
        _check_application(application)
        document = self._register.document(number, officer=self._officer)
        if document is None or document.status != "issued" or document.document_type != application.document_type:
            hint = "one that was issued and not handed over; `tjdocs register find` finds a holder's documents"
            if document is not None and document.status == "handed-over":
                hint = f"it is handed-over: `tjdocs issue --replaces {number} --ground damage` issues one in its place"
            raise RegisterError(
                "the register has no issued document of that number and type", where="number", hint=hint
            )
        draft, signer = self._prepare(application, at, known, overrides, chip, True, None, number)
        if out is not None:
            output_folder.check_new(Path(out))
        self._register.act("spoil", number, officers=[self._officer], at=draft.now, ground=ground)
        return self._finish(draft, signer, out, {"replaces": {"document_number": number, "reason": ground}})

    def print_again(self, folder: str | Path, *, at: date | datetime, ground: str) -> list[Path]:
        """Note in a document's record that its page is printed again, and return the files to print.

        :param folder: the document's, as :meth:`issue` wrote it
        :param ground: why it is printed again
        :raises RegisterError: the register has no such issued document
        :raises tjdocs.errors.InputError: the folder holds no document with a page, or a file was changed
        """
        _check_ground(ground)
        record, document = self._recorded(Path(folder))
        if document is None or document.status != "issued":
            raise RegisterError("the register has no issued document with these files", where=str(folder))
        # the record as it was issued: only the prints after the first were added since
        first = output_folder.record_json({**record, "prints": record["prints"][:1]})
        signed = self._register.documents.written(document.number, officer=self._officer).get(output_folder.RECORD)
        if signed not in (None, sha256(first).hexdigest()):
            raise InputError("changed since it was issued", where=output_folder.RECORD, hint="issue it again")
        entry = {"at": moment_of(at).isoformat(), "officer": self._officer, "reason": ground}
        output_folder.replace_record(Path(folder), {**record, "prints": [*record["prints"], entry]})
        return [Path(folder) / name for name in record["page"]]

    def issued_in(self, folder: str | Path, application: Application) -> str:
        """Return the number of the applicant's document whose folder this is as it was issued, ``""`` if there is none.

        Whatever became of the document since does not count.

        :param application: the document is of its type, and of its applicant where the register knows the holder
        """
        try:
            record, document = ({}, None) if Path(folder).is_symlink() else self._recorded(Path(folder))
        except InputError:
            return ""
        if document is None or {record.get("document_type"), document.document_type} != {application.document_type}:
            return ""
        holder = self._register.documents.holder(document.number, officer=self._officer)
        return document.number if holder in (None, Holder.of(application)) else ""

    def _recorded(self, folder: Path) -> tuple[dict[str, Any], Document | None]:
        """Return the record in a document's folder, and the document if the register has it with these files.

        :raises tjdocs.errors.InputError: the folder is not a document's, or a file was changed
        """
        record = output_folder.read_record(folder)
        document = self._register.document(record["document_number"], officer=self._officer)
        same = document is not None and dict(document.files) == {**record["files"], **record["page"]}
        return record, document if same else None

    def prepare_portrait(self, application: Application) -> Portrait:
        """Make a portrait ready before the act, where that takes place elsewhere or earlier.

        :raises ApplicationError: every fault of the portrait
        """
        dg2, faults = prepare_portrait(application)
        if faults:
            raise ApplicationError(faults)
        return Portrait(_source(application), dg2)

    def _prepare(
        self,
        application: Application,
        at: date | datetime,
        known: RegisterFacts | None,
        overrides: Sequence[Override],
        chip: bool | None,
        page: bool,
        portrait: Portrait | None,
        replaced: str,
    ) -> tuple[Draft, Signer | None]:
        """Do everything that needs no number: an obstacle in law or page is found before one is used."""
        _check_application(application)
        kind = self._types[application.document_type]
        now = moment_of(at, zone=kind.time_zone)
        has_chip = _has_chip(kind, chip)
        if known is None:
            known = self._known(application, replaced)
        continues = self._issue_day(replaced)
        results = eligibility(application, at=now, known=known, continues=continues, types=self._types)
        used = overruled(results, overrides)
        if not self._authority.trial and any(override.officer == "trial" for override in used):
            raise UsageError("missing officer", where="overrides", hint="a production authority records who decides")
        for officer in sorted({override.officer for override in used} - {self._officer}):
            self._register.may("issue", officer)  # the deciding officer's key is here: a name alone decides nothing
        signer = self._authority.document_signer() if has_chip else None
        expires = self._expiry(kind, application, now, signer)
        if kind.chip is not None and has_chip:
            chip_keys.check_dates(kind.chip, issued=now.date(), expires=expires)
        if portrait is not None and portrait._source != _source(application):
            raise UsageError("the portrait of another application", where="portrait")
        draft = Draft.of(
            application,
            kind,
            now,
            expires,
            chip=has_chip,
            page=page,
            dg2=portrait._dg2 if portrait else b"",
            results=results,
            overrides=used,
        )
        self._belong(kind, now)
        return draft, signer

    def _expiry(self, kind: DocumentType, application: Application, now: datetime, signer: Signer | None) -> date:
        """Return the last valid day, after checking that the signers may sign such a document now."""
        signers = [signer] if signer else []
        if kind.seal is not None:
            signers.append(self._authority.seal_signer(kind.seal.profile))
        for one in signers:
            one.check_usage(now)
            listed = one.certificate.document_types
            code = kind.document_code
            if listed is not None and code not in listed and code[0] not in listed:
                hint = f"make the next signer with `{next_command(one.of_seals)}`"
                raise KeyMaterialError("the signer signs no documents of that code", where=code, hint=hint)
        stated = last_day(kind.validity, application, now.date())
        if stated < now.date():
            raise ApplicationError([FieldError("date_of_expiry", "the document would expire before its issue")])
        # a certificate ends within its last day, a document at the end of its own
        certificates = [self._authority.csca, *(one.certificate for one in signers)]
        ends = (day_of(certificate.not_after, zone=kind.time_zone) for certificate in certificates)
        end = min(ends) - timedelta(days=1)
        if end < stated and not kind.validity.shorter:
            raise KeyMaterialError(
                "a certificate ends before the document would",
                where=stated.isoformat(),
                hint="make the next signer with `tjdocs authority signer DIR`, or the next authority",
            )
        return min(stated, end)

    def _known_to_borders(self, kind: DocumentType) -> TrustStore:
        """Return the CSCA with its revocation list, and for a seal its signer, who is trusted by the issuer alone."""
        crl = self._authority.crl
        sealer = self._authority.seal_signer(kind.seal.profile).certificate if kind.seal else None
        known = self._borders.get(kind.id)
        if known is None or known[:2] != (crl, sealer):
            trust = TrustStore.of([self._authority.csca], [sealer] if sealer else (), [crl] if crl else ())
            known = self._borders[kind.id] = (crl, sealer, trust)
        return known[2]

    def _known(self, application: Application, replaced: str) -> RegisterFacts | None:
        """Return what the register knows of an applicant, without the document that is being replaced."""
        if self._register.trial or application.date_of_birth is None or not application.family_name:
            return None
        person = Holder.of(application)
        known = self._register.known(person, officer=self._officer)
        names = known.names
        # under a new name the applicant is found by a personal number alone; the old document has the earlier name
        if replaced and self._register.documents.known(replaced):
            holder = self._register.documents.holder(replaced, officer=self._officer)
            if holder is not None and person.may_be(holder, renamed=True) and (name := holder.zone_name()):
                names = tuple(dict.fromkeys((*names, name)))
        documents = tuple(document for document in known.documents if document.number != replaced)
        return replace(known, documents=documents, names=names)

    def _issue_day(self, number: str) -> date | None:
        """Return the day of issue of a document that is replaced; what cannot be replaced is refused later, by name."""
        document = self._register.document(number, officer=self._officer) if number else None
        return date.fromisoformat(document.date_of_issue) if document and document.date_of_issue else None

    def _stock(self, kind: DocumentType) -> None:
        """Give a trial register the type's trial series, where it has none; a production one has what it received."""
        if self._register.trial and kind.id not in self._stocked:
            last = 10**kind.trial_pattern.width - 1
            self._register.add_series(kind.id, kind.trial_number, last=last, at=self._authority.csca.not_before)
            self._stocked.add(kind.id)

    def _belong(self, kind: DocumentType, now: datetime) -> None:
        """Tie register and authority to each other, before the first number of each form."""
        if not self._belongs:
            one_register.check(self._authority, self._register)
        self._stock(kind)
        patterns = self._register.blanks.patterns(kind.id)
        if new := [pattern for pattern in patterns if pattern not in self._belongs]:
            one_register.belong(self._authority, self._register, new, officer=self._officer, at=now)
            self._belongs.update(new)

    def _finish(
        self,
        draft: Draft,
        signer: Signer | None,
        out: str | Path | None,
        more: dict[str, Any],
        *,
        replaces: str = "",
        ground: str = "",
    ) -> Issued:
        register, application = self._register, draft.application
        with (
            output_folder.staged(out) as staging,
            register.reserve(draft.kind.id, officer=self._officer, at=draft.now, out=out) as reservation,
        ):
            staging.open(reservation.staging)
            issued = self._make(draft, reservation.number, signer, more)
            read_back(issued, draft, self._known_to_borders(draft.kind), draft.now)
            files: dict[str, bytes] = {}
            if out is not None:
                issued = issued.drawn()
                files = issued.files
                staging.fill(files)
            reservation.commit(
                at=draft.now,
                issued=issued.date_of_issue,
                expires=issued.date_of_expiry,
                files={**issued.record["files"], **issued.record["page"]},
                written={name: sha256(data).hexdigest() for name, data in files.items()},
                person=Holder.of(application),
                category=application.category,
                replaces=replaces,
                ground=ground,
                several=register.trial or draft.kind.several,
            )
            staging.put_in_place()
        return issued

    def _make(self, draft: Draft, number: str, signer: Signer | None, more: dict[str, Any]) -> Issued:
        zone = draft.make_mrz(number)
        kind = draft.kind
        security = chip_keys.make(kind.chip, signer, draft.now) if kind.chip and signer else None
        files = draft.make_chip(zone, signer, security)
        sealer = self._authority.seal_signer(kind.seal.profile) if kind.seal else None
        seal = draft.make_seal(zone, sealer)
        page = None
        if draft.page and kind.page:
            page = PageInput(
                kind.page.layout,
                draft.page_values(number),
                draft.application.portrait,
                draft.eyes,
                draft.signature,
                bool(files),
                self._authority.trial,
            )
        record = {
            "schema": 1,
            "document_type": kind.id,
            "type_sha256": kind.sha256,
            "document_number": number,
            "date_of_issue": draft.issued.isoformat(),
            "date_of_expiry": draft.expires.isoformat(),
            "officer": self._officer,
            "transliteration": zone.transliteration,
            "spelling": draft.application.spelling.reason if draft.application.spelling else "",
            "page_names": draft.page_names(),
            "name_changes": len(draft.application.earlier_names),
            "consents": list(draft.application.consents),
            "category": draft.application.category,
            "portrait": face_finder.measure(draft.application.portrait, draft.application.portrait_eyes).as_json(),
            "grounds": [
                {"rule": result.rule, "requirement": result.requirement, "outcome": str(result.outcome)}
                for result in draft.results
            ],
            "overrides": [
                {"rule": override.rule, "officer": override.officer, "reason": override.reason}
                for override in draft.overrides
            ],
            "notes": [{"id": note.id, "text": note.text, "date": draft.issued.isoformat()} for note in kind.notes],
            "signer": signer.certificate.sha256 if signer else "",
            "seal_signer": sealer.certificate.sha256 if sealer else "",
            "seal": sha256(seal).hexdigest() if seal else "",
            "files": {name: sha256(data).hexdigest() for name, data in files.items()},
            "page": {},
            "prints": [{"at": draft.now.isoformat(), "officer": self._officer, "reason": ""}] if page else [],
            **more,
        }
        keys = security.keys if security and files else None
        chip = ChipFiles(files)
        return Issued(kind.id, number, draft.issued, draft.expires, zone.lines, chip, seal, record, page, keys)


def _has_chip(kind: DocumentType, chip: bool | None) -> bool:
    """Return whether a document gets a chip.

    :raises UsageError: a chip where the type has none, or none where it needs one
    """
    if kind.chip is None:
        if chip:
            raise UsageError("documents of this type have no chip", where="chip", hint="None or False")
        return False
    if chip is False and kind.chip.required:
        raise UsageError("issued with a chip or not at all", where="chip", hint=kind.chip.requirement)
    return chip is not False


def _source(application: Application) -> tuple[bytes, Eyes | None, str]:
    """Return the values that data group 2 is made from."""
    return application.portrait, application.portrait_eyes, application.sex


def _check_application(application: object) -> None:
    if not isinstance(application, Application):
        raise UsageError("not an application", where="application", hint="Application.from_json reads one")


def _check_ground(ground: str) -> None:
    if not isinstance(ground, str) or not ground.strip() or not ground.isprintable() or len(ground) > 500:
        raise UsageError("unusable reason", where="ground", hint="printable text of at most 500 characters")
