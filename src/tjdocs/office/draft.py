"""A document on its way: what the application and the type decide, before and after it has a number."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from tjdocs import mrz, page
from tjdocs.documents import Application
from tjdocs.documents.types import DocumentType
from tjdocs.errors import UsageError
from tjdocs.lds import face, sod
from tjdocs.lds.com import ComFile
from tjdocs.lds.dg1 import Dg1
from tjdocs.lds.dg2 import Dg2
from tjdocs.lds.dg11 import Dg11
from tjdocs.lds.dg12 import Dg12
from tjdocs.page import date_text, sex_text
from tjdocs.pki import Signer
from tjdocs.pki.keys import hash_data

__all__ = ["Draft"]

_SMALLEST_PORTRAIT = (240, 320)  # ISO/IEC 19794-5, 9: 60 pixels between the eyes
_NO_NUMBER = "000000000"


@dataclass(frozen=True, slots=True)
class Draft:
    """A document without its number; make one with :meth:`of`.

    :param expires: the last valid day
    :param spelling: a zone without a number, for the spelling of the names
    """

    application: Application
    kind: DocumentType
    now: datetime
    expires: date
    born: date = field(repr=False)
    dg2: bytes = field(repr=False)
    spelling: mrz.Made = field(repr=False)

    @classmethod
    def of(cls, application: Application, kind: DocumentType, now: datetime, expires: date) -> "Draft":
        """Prepare everything that does not depend on the number.

        :raises UsageError: a name, date or portrait that cannot be used, the field named
        """
        if application.date_of_birth is None:
            raise UsageError("no date of birth", where="date_of_birth")
        spelling = _zone(application, kind, _NO_NUMBER, application.date_of_birth, expires)
        draft = cls(application, kind, now, expires, application.date_of_birth, _dg2(application), spelling)
        page.check(kind.layout, draft.page_values(_NO_NUMBER), portrait=application.portrait)
        return draft

    def make(self, number: str, signer: Signer) -> tuple[tuple[str, ...], dict[str, bytes], str]:
        """Return the zone's lines, the chip's files, and the transliteration table used."""
        made = _zone(self.application, self.kind, number, self.born, self.expires)
        makers: dict[int, Callable[[], bytes]] = {
            1: Dg1.from_lines(made.lines).encode,
            2: lambda: self.dg2,
            11: self._dg11,
            12: self._dg12,
        }
        chip = self.kind.chip
        groups = {number: makers[number]() for number in chip.data_groups}
        security_object = sod.build(
            {number: hash_data(chip.digest, data) for number, data in groups.items()},
            digest=chip.digest,
            signer=signer,
            signing_time=self.now,
            lds_version=chip.lds_version,
            unicode_version=chip.unicode_version,
        )
        com = ComFile.of(list(groups), lds_version=chip.lds_version, unicode_version=chip.unicode_version)
        files = {"EF.COM": com.encode(), "EF.SOD": security_object}
        files.update({f"DG{number}": data for number, data in groups.items()})
        return made.lines, files, made.transliteration

    def page_values(self, number: str) -> dict[str, str]:
        """Return the texts of the printed page; names and place in national letters and in the zone's spelling."""
        application, kind = self.application, self.kind
        zone = mrz.parse(self.spelling.lines, at=self.now.date())
        values = {
            "document_code": kind.document_code,
            "issuing_state": kind.issuing_state,
            "document_number": number,
            "primary_identifier": _both(application.family_name, zone.primary_identifier),
            "secondary_identifier": _both(_secondary(application), zone.secondary_identifier),
            "nationality": kind.nationality,
            "date_of_birth": _date(self.born),
            "sex": sex_text(_sex(application)),
            "date_of_issue": _date(self.now.date()),
            "authority": application.authority,
            "date_of_expiry": _date(self.expires),
            "personal_number": application.personal_number,
            "place_of_birth": self._place_of_birth(),
        }
        return {name: value for name, value in values.items() if value or name == "secondary_identifier"}

    def _place_of_birth(self) -> str:
        place = self.application.place_of_birth
        if not place:
            return ""
        try:
            return _both(place, mrz.transliterate(place, table=self.kind.transliteration))
        except UsageError as error:
            raise UsageError(error.message, where="place_of_birth", hint=error.hint) from None

    def _dg11(self) -> bytes:
        application = self.application
        primary = "<".join(application.family_name.split())
        return Dg11(
            full_name=f"{primary}<<{'<'.join(_secondary(application).split())}",
            personal_number=application.personal_number or None,
            date_of_birth=self.born.strftime("%Y%m%d"),
            place_of_birth=(application.place_of_birth,) if application.place_of_birth else (),
        ).encode()

    def _dg12(self) -> bytes:
        return Dg12(
            issuing_authority=self.application.authority, date_of_issue=self.now.date().strftime("%Y%m%d")
        ).encode()


def _zone(application: Application, kind: DocumentType, number: str, born: date, expires: date) -> mrz.Made:
    return mrz.make(
        kind.mrz_format,
        document_code=kind.document_code,
        issuing_state=kind.issuing_state,
        document_number=number,
        nationality=kind.nationality,
        date_of_birth=born,
        sex=_sex(application),
        date_of_expiry=expires,
        primary_identifier=application.family_name,
        secondary_identifier=_secondary(application),
        optional_data=application.personal_number,
        transliteration=kind.transliteration,
    )


def _dg2(application: Application) -> bytes:
    image = face.prepare(application.portrait, eyes=application.portrait_eyes, smallest=_SMALLEST_PORTRAIT)
    problems = [problem for problem in face.check_face(image) if problem.severity == "error"]
    if problems:
        hint = "; ".join(problem.text for problem in problems)
        raise UsageError("portrait cannot be used", where=f"portrait ({problems[0].code})", hint=hint)
    return Dg2.of(image).encode()


def _secondary(application: Application) -> str:
    return f"{application.given_names} {application.patronymic}".strip()


def _sex(application: Application) -> str:
    return "<" if application.sex == "X" else application.sex


def _both(national: str, latin: str) -> str:
    return latin if national.upper() == latin else f"{national.upper()} / {latin}"


def _date(day: date) -> str:
    return date_text(day.year, day.month, day.day)
