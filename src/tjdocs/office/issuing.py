"""The issuing act: eligibility, number, zone, data groups, EF.SOD, page, read back, record; whole or not at all."""

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from functools import cached_property
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

from tjdocs.documents import Application, NotEligible, eligibility, types
from tjdocs.documents.eligibility import day
from tjdocs.documents.predicates import Answer
from tjdocs.documents.validity import last_valid_day
from tjdocs.errors import RegisterError, TjdocsError, UsageError
from tjdocs.findings import Outcome
from tjdocs.inspection import Evidence, examine
from tjdocs.lds import catalogue
from tjdocs.office import folders
from tjdocs.office.draft import Draft
from tjdocs.page import Page, draw
from tjdocs.pki import Authority, Signer, TrustStore
from tjdocs.register import Register

__all__ = ["ChipFiles", "Issued", "Office"]


class ChipFiles(Mapping[str, bytes]):
    """The files of a chip by name (``EF.COM``, ``EF.SOD``, ``DG1``, …)."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = dict(files)

    def __getitem__(self, name: str) -> bytes:
        return self._files[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)

    def __repr__(self) -> str:
        return f"ChipFiles({', '.join(self._files)})"

    def write(self, folder: str | Path) -> None:
        """Write the files into ``folder``, which is new or empty, under their usual names.

        :raises OutputError: the folder holds something, or cannot be written
        """
        folders.write(Path(folder), {catalogue.file_name(name): data for name, data in self.items()})


@dataclass(frozen=True)
class Issued:
    """A whole document as issued.

    :param mrz: the zone's lines
    :param chip: the chip's files
    :param record: what the register keeps, without personal data
    """

    document_type: str
    document_number: str = field(repr=False)
    date_of_issue: date
    date_of_expiry: date
    mrz: tuple[str, ...] = field(repr=False)
    chip: ChipFiles
    record: Mapping[str, Any] = field(repr=False)
    _page: tuple[str, Mapping[str, str], bytes, bool] = field(repr=False)

    @cached_property
    def page(self) -> Page:
        """The printed data page, drawn when first asked for."""
        layout, values, portrait, specimen = self._page
        return draw(layout, values, portrait=portrait, lines=self.mrz, specimen=specimen)

    @cached_property
    def files(self) -> dict[str, bytes]:
        """Every file of the document by its path below the output folder, made when first asked for."""
        page = BytesIO()
        self.page.image().save(page, "PNG", dpi=(self.page.dpi, self.page.dpi))
        pdf = BytesIO()
        self.page.image().save(pdf, "PDF", resolution=self.page.dpi)
        return {
            **{f"chip/{catalogue.file_name(name)}": data for name, data in self.chip.items()},
            "mrz.txt": "".join(f"{line}\n" for line in self.mrz).encode(),
            "page.png": self.page.png(),
            "page.pdf": pdf.getvalue(),
            "record.json": (json.dumps(self.record, indent=1, sort_keys=True) + "\n").encode(),
        }

    def write(self, folder: str | Path) -> list[str]:
        """Write every file into ``folder``, which is new or empty; return their paths below it.

        :raises OutputError: the folder holds something, or cannot be written; nothing is left of it then
        """
        files = self.files
        folders.write(Path(folder), files)
        return list(files)


class Office:
    """A passport office: issues documents under an authority's signer and records them.

    :param authority: whose document signer signs
    :param register: hands out numbers and records documents
    :param officer: who issues, recorded with each document
    """

    def __init__(self, authority: Authority, register: Register, *, officer: str = "trial") -> None:
        if not isinstance(authority, Authority) or not isinstance(register, Register):
            raise UsageError("unusable office", where="authority, register", hint="an Authority and a Register")
        if not isinstance(officer, str) or not officer or (not authority.trial and officer == "trial"):
            raise UsageError("no officer", where="officer", hint="a production authority records who issues")
        if register.trial and not authority.trial:
            hint = "one made with `tjdocs register init --officer`, where roles are enforced"
            raise UsageError("a trial register for a production authority", where="register", hint=hint)
        self._authority = authority
        self._register = register
        self._officer = officer
        self._trust = TrustStore.of([authority.csca])
        if register.trial:
            for name in types.names():
                register.add_series(name, types.get(name).trial_number, at=authority.csca.not_before)

    def issue(self, application: Application, *, at: date | datetime, out: str | Path | None = None) -> Issued:
        """Issue one document, or raise and leave nothing but a number marked spoiled.

        :param at: the day or moment of issue
        :param out: a new or empty folder for the document's files; they are complete beside it before the document
            is recorded, and in place after
        :raises NotEligible: with every rule that the application does not meet; no number is used
        :raises UsageError: a name, date or portrait that cannot be used, the field named; no number is used
        :raises tjdocs.errors.OutputError: ``out`` holds something or cannot be written
        :raises tjdocs.errors.KeyMaterialError: the signer's key is missing or past its period; no number is used
        :raises tjdocs.errors.RegisterError: no number can be had
        """
        if not isinstance(application, Application):
            raise UsageError("no application", where="application", hint="Application.from_json reads one")
        now = _moment(at)
        kind = types.get(application.document_type)
        results = eligibility(application, at=now)
        if refused := tuple(result for result in results if result.outcome is not Answer.MET):
            raise NotEligible(refused)
        signer = self._authority.document_signer()
        signer.check_usage(now)
        # whatever cannot be written is found before a number is used
        draft = Draft.of(application, kind, now, last_valid_day(now.date(), kind.years))
        if out is not None:
            folders.check_new(Path(out))
        number = self._register.reserve(kind.id, officer=self._officer, at=now, out=out)
        try:
            issued = self._make(draft, number, signer)
            self._read_back(issued, now)
            with folders.staged(out, lambda: issued.files, staging=self._register.staging(number)):
                self._register.commit(
                    number,
                    at=now,
                    issued=issued.date_of_issue,
                    expires=issued.date_of_expiry,
                    files=issued.record["files"],
                    written={} if out is None else {n: sha256(d).hexdigest() for n, d in issued.files.items()},
                )
        except BaseException:
            with suppress(RegisterError):  # what went wrong first is what the caller must learn
                self._register.withdraw(number, at=now)
            raise
        if out is not None:
            self._register.placed(number)
        return issued

    def _make(self, draft: Draft, number: str, signer: Signer) -> Issued:
        lines, files, transliteration = draft.make(number, signer)
        record = {
            "schema": 1,
            "document_type": draft.kind.id,
            "document_number": number,
            "date_of_issue": draft.now.date().isoformat(),
            "date_of_expiry": draft.expires.isoformat(),
            "officer": self._officer,
            "transliteration": transliteration,
            "signer": signer.certificate.sha256,
            "files": {name: sha256(data).hexdigest() for name, data in files.items()},
        }
        page = (draft.kind.layout, draft.page_values(number), draft.application.portrait, self._authority.trial)
        return Issued(draft.kind.id, number, draft.now.date(), draft.expires, lines, ChipFiles(files), record, page)

    def _read_back(self, issued: Issued, now: datetime) -> None:
        """Judge the product as a border would; anything short of authentic spoils it."""
        examination = examine(Evidence(mrz=issued.mrz, chip=dict(issued.chip)), self._trust, at=now)
        unsound = [
            f"{f.check} {f.subject} {f.reason}".strip()
            for f in examination.findings
            if f.outcome is not Outcome.PASSED and f.check != "pa.ds-revocation"
        ]
        if unsound:
            raise TjdocsError("the document did not read back", where="; ".join(unsound), hint="it was spoiled")


def _moment(at: date | datetime) -> datetime:
    """Return the moment of issue; a date stands for its noon in UTC.

    :raises UsageError: a naive moment, or neither
    """
    on = day(at)
    return at if isinstance(at, datetime) else datetime.combine(on, time(12), UTC)
