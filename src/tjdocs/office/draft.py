"""A document before it is issued: all that the application and the type decide, without and with its number."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from PIL import Image

from tjdocs import mrz, page, seal
from tjdocs.documents import Application, ApplicationError, FieldError, Override, RuleResult, name_spelling
from tjdocs.documents.applicant import EarlierName
from tjdocs.documents.document_type import DocumentType
from tjdocs.documents.one_script import script_faults
from tjdocs.errors import UsageError, field_error
from tjdocs.lds import ef_sod
from tjdocs.lds.biometrics.iso19794_face import Eyes
from tjdocs.lds.dg1 import Dg1
from tjdocs.lds.dg7 import Dg7
from tjdocs.lds.dg11 import Dg11, fitting
from tjdocs.lds.dg12 import Dg12
from tjdocs.lds.ef_com import EfCom
from tjdocs.mrz.transliteration import national_components
from tjdocs.office import printed_values
from tjdocs.office.chip_keys import ChipSecurity
from tjdocs.office.page_names import KEYS, page_name, page_name_faults, page_name_hint
from tjdocs.pki import Signer
from tjdocs.pki.public_key import hash_data
from tjdocs.portrait import face_finder, judge_photograph, signature_picture
from tjdocs.times import PartialDate, anniversary

__all__ = ["Draft", "prepare_portrait"]

_NO_NUMBER = "000000000"
_FIELDS = {  # of the zone and the page, as an application names them
    "primary_identifier": "family_name",
    "secondary_identifier": "given_names",
    "optional_data": "personal_number",
    "nationality": "citizenship",
    "eyes": "portrait_eyes",
    "full_name": "family_name",
    "other_names": "earlier_names",
    "issuing_authority": "authority",
    "destination": "journey.destination",
    "transit_points": "journey.transit",
    "residence_permit": "residence_permit.number",
    "residence_permit_expires": "residence_permit.expires",
}


@dataclass(frozen=True, slots=True)
class Draft:
    """A document without its number; make one with :meth:`of`.

    :param expires: the last valid day
    :param chip, page: whether it gets them
    :param identifiers: primary and secondary identifier in A to Z, whole
    :param groups: the data groups that do not depend on the number
    :param results: the rules' answers
    """

    application: Application
    kind: DocumentType
    now: datetime
    expires: date
    chip: bool
    page: bool
    born: date | PartialDate = field(repr=False)
    identifiers: tuple[str, str] = field(repr=False)
    groups: Mapping[int, bytes] = field(repr=False)
    results: tuple[RuleResult, ...] = field(default=(), repr=False)
    overrides: tuple[Override, ...] = ()
    _page_names: dict[int, tuple[str, str]] = field(default_factory=dict, init=False, repr=False, compare=False)

    @classmethod
    def of(
        cls,
        application: Application,
        kind: DocumentType,
        now: datetime,
        expires: date,
        *,
        chip: bool,
        page: bool,
        dg2: bytes = b"",
        results: tuple[RuleResult, ...] = (),
        overrides: tuple[Override, ...] = (),
    ) -> "Draft":
        """Prepare everything that does not depend on the number.

        :param dg2: the portrait as data group 2, where it was prepared before
        :raises ApplicationError: names, dates, texts or a portrait that cannot be used: every fault at once
        """
        faults = _name_faults(application, kind.transliteration)
        named = not faults
        faults += [*script_faults(application), *name_spelling.kept_faults(application)]
        portrait_faults: list[FieldError] = []
        if not dg2:
            dg2, portrait_faults = prepare_portrait(application)
        born = application.date_of_birth
        if born is None:
            faults.append(FieldError("date_of_birth", "missing field", "ISO 8601, YYYY-MM-DD"))
        groups = {2: dg2}
        draft = cls(
            application,
            kind,
            now,
            expires,
            chip,
            page and kind.page is not None,
            born or anniversary(now.date(), -30),
            name_spelling.in_zone(application, kind.transliteration) if named else ("X", "X"),
            groups,
            results,
            overrides,
        )
        faults += page_name_faults(draft) if named and draft.page else []
        if application.signature:
            signature, more = signature_picture.prepare(application.signature)
            faults += more
            if signature:
                groups[7] = Dg7((signature,)).encode()
        faults += portrait_faults + draft._zone_faults() + draft._add_details(groups)
        faults += draft._seal_faults() + draft._page_faults(None if portrait_faults else application.portrait)
        if faults:
            raise ApplicationError(list({(fault.field, fault.message): fault for fault in faults}.values()))
        return draft

    @property
    def issued(self) -> date:
        """The day of issue."""
        return self.now.date()

    @property
    def eyes(self) -> Eyes | None:
        """Centres of the eyes in the portrait, as stated, else as found."""
        return face_finder.measure(self.application.portrait, self.application.portrait_eyes).eyes

    @property
    def signature(self) -> bytes | None:
        """The holder's signature as DG7 and the page have it, None where there is none."""
        return Dg7.parse(self.groups[7]).images[0] if 7 in self.groups else None

    @property
    def sex(self) -> str:
        """The sex as the zone has it."""
        return "<" if self.application.sex == "X" else self.application.sex

    def make_mrz(self, number: str) -> mrz.Made:
        """Return the zone of a document of that number."""
        return mrz.make(**self._zone_values(number))

    def make_chip(self, zone: mrz.Made, signer: Signer | None, security: ChipSecurity | None) -> dict[str, bytes]:
        """Return the chip's files, signed; nothing for a document without a chip, which has no signer.

        :param security: the keys of this chip, with their files
        """
        chip = self.kind.chip
        if chip is None or signer is None or security is None:
            return {}
        encoded = {1: Dg1.from_lines(zone.lines).encode(), **self.groups, **security.groups}
        groups = {number: encoded[number] for number in chip.data_groups if number != 7 or number in encoded}
        security_object = ef_sod.build(
            {number: hash_data(chip.digest, data) for number, data in groups.items()},
            digest=chip.digest,
            signer=signer,
            signing_time=self.now,
            lds_version=chip.lds_version,
            unicode_version=chip.unicode_version,
        )
        com = EfCom.of(list(groups), lds_version=chip.lds_version, unicode_version=chip.unicode_version)
        files = {"EF.COM": com.encode(), "EF.SOD": security_object}
        files.update({f"DG{number}": data for number, data in groups.items()})
        files.update(security.files)
        return files

    def page_values(self, number: str) -> dict[str, str]:
        """Return the texts of the printed page by field."""
        return printed_values.page_values(self, number, self.kind.page.fields if self.kind.page else ())

    def page_name(self, part: int) -> tuple[str, str]:
        """Return an identifier as the page has it, and how: as :func:`page_name`, which sets text, once."""
        if part not in self._page_names:
            self._page_names[part] = page_name(self, part)
        return self._page_names[part]

    def page_names(self) -> dict[str, str]:
        """Return how the page has each identifier: ``whole``, ``abbreviated`` or ``officer``."""
        return {key: self.page_name(part)[1] for part, key in enumerate(KEYS)} if self.page else {}

    def make_seal(self, zone: mrz.Made, signer: Signer | None) -> bytes:
        """Return the seal, signed; nothing for a document without one, which has no seal signer."""
        kind = self.kind.seal
        if kind is None or signer is None:
            return b""
        features = printed_values.seal_values(self, kind.features, zone.lines)
        return seal.make(
            kind.profile, signer=signer, issue_date=self.issued, signature_date=self.issued, features=features
        ).encode()

    def _zone_values(self, number: str) -> dict[str, Any]:
        kind, application = self.kind, self.application
        return {
            "format": kind.mrz_format,
            "document_code": kind.document_code,
            "issuing_state": kind.issuing_state,
            "document_number": number,
            "nationality": application.citizenship,
            "date_of_birth": self.born if isinstance(self.born, date) else raw_birth(self.born),
            "sex": self.sex,
            "date_of_expiry": self.expires,
            "primary_identifier": self.identifiers[0],
            "secondary_identifier": self.identifiers[1],
            "optional_data": str(getattr(application, kind.optional_data)) if kind.optional_data else "",
            "transliteration": kind.transliteration,
        }

    def _zone_faults(self) -> list[FieldError]:
        born = anniversary(self.issued, -30)
        safe = {"primary_identifier": "X", "secondary_identifier": "X", "optional_data": "", "date_of_birth": born}
        safe |= {"sex": "<", "nationality": "XXX"}
        return _every_fault(lambda table: mrz.make(**table), self._zone_values(_NO_NUMBER), safe)

    def _add_details(self, groups: dict[int, bytes]) -> list[FieldError]:
        """Add DG11 and DG12 to ``groups``, or return why they cannot be made."""
        faults = []
        for number, make in ((11, self._dg11), (12, self._dg12)) if self.chip else ():
            try:
                groups[number] = make()
            except UsageError as error:
                faults.append(_refused(error))
        return faults

    def _seal_faults(self) -> list[FieldError]:
        """Return the faults of values that the seal cannot take; the zone has its own faults."""
        faults = []
        for name in self.kind.seal.features if self.kind.seal else ():
            try:
                printed_values.seal_values(self, [name], ())
            except UsageError as error:
                faults.append(_refused(error))
        return faults

    def _page_faults(self, portrait: bytes | None) -> list[FieldError]:
        """Return the faults of values that the page cannot take.

        :param portrait: None where its faults are known already
        """
        kind = self.kind.page
        if kind is None or not self.page:
            return []
        faults: list[FieldError] = []
        texts: dict[str, str] = {}
        for name in kind.fields:
            try:
                texts |= printed_values.page_values(self, _NO_NUMBER, [name])
            except UsageError as error:
                faults.append(_refused(error))
                texts[name] = "X"
        picture = portrait if portrait is not None else Image.new("RGB", (700, 900))
        eyes = self.eyes if portrait is not None else None

        def attempt(table: Mapping[str, str]) -> None:
            page.check(kind.layout, table, portrait=picture, eyes=eyes)

        return faults + [page_name_hint(fault) for fault in _every_fault(attempt, texts, dict.fromkeys(texts, "X"))]

    def _dg11(self) -> bytes:
        application = self.application
        return Dg11(
            full_name=fitting("full_name", _full_name(application)),
            other_names=tuple(
                text for name in application.earlier_names if (text := fitting("other_names", _full_name(name)))
            ),
            personal_number=application.personal_number or None,
            date_of_birth=f"{self.born.year:04}{self.born.month:02}{getattr(self.born, 'day', 0):02}",
            place_of_birth=(place,) if (place := fitting("place_of_birth", application.place_of_birth)) else (),
        ).encode()

    def _dg12(self) -> bytes:
        return Dg12(issuing_authority=self.application.authority, date_of_issue=self.issued.strftime("%Y%m%d")).encode()


def raw_birth(born: date | PartialDate) -> str:
    """Return a date of birth as the zone has it: six characters, fillers for unknown parts (Doc 9303-3, 4.7)."""
    month, day = born.month, getattr(born, "day", 0)
    return f"{born.year % 100:02}" + "".join(f"{part:02}" if part else "<<" for part in (month, day))


def prepare_portrait(application: Application) -> tuple[bytes, list[FieldError]]:
    """Return an application's portrait as data group 2, or every fault of it."""
    known = face_finder.measure(application.portrait, application.portrait_eyes)
    return judge_photograph.prepare(application.portrait, known.eyes, by_program=not known.stated, sex=application.sex)


def _name_faults(application: Application, table: str) -> list[FieldError]:
    """Return the faults of names, for applications that were not read from JSON."""
    spelling = application.spelling
    parts = ("family_name", "given_names", "patronymic")
    texts = [(part, getattr(application, part)) for part in parts]
    texts += [(f"spelling.{part}", getattr(spelling, part)) for part in parts] if spelling else []
    texts += [(f"earlier_names.{part}", getattr(name, part)) for name in application.earlier_names for part in parts]
    return [FieldError(name, *fault) for name, text in texts for fault in name_spelling.name_faults(text, table)]


def _full_name(name: Application | EarlierName) -> str:
    """Return a name in national letters as data group 11 has it: with the signs of the zone (Doc 9303-10, 4.7.11)."""
    parts = (name.family_name, f"{name.given_names} {name.patronymic}")
    return "<<".join("<".join(components) for part in parts if (components := national_components(part)))


def _refused(error: UsageError) -> FieldError:
    """Return another room's refusal as a fault of the application's field."""
    return field_error(error, _FIELDS.get(error.where, error.where))


def _every_fault(
    attempt: Callable[[Mapping[str, Any]], object], table: Mapping[str, Any], safe: Mapping[str, Any]
) -> list[FieldError]:
    """Return every refusal of values: after each, the value refused gives way to a safe one, and it is tried again."""
    faults: list[FieldError] = []
    while True:
        try:
            attempt(table)
        except UsageError as error:
            faults.append(_refused(error))
            if error.where not in safe or table[error.where] == safe[error.where]:
                return faults
            table = {**table, error.where: safe[error.where]}
        else:
            return faults
