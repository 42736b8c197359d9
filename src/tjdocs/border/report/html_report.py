"""The HTML report of an inspection: one page that loads nothing, runs nothing and can be kept and printed.

Whatever it shows came out of a document that need not be genuine. Three things keep that harmless: Jinja escapes
every value, ``report_values`` takes from every value its length and what a reader would not see, and the portrait is
decoded and encoded again, so that no byte of the chip's image reaches the page. The page's Content-Security-Policy
forbids everything but its own style and its own image, should one of the three fail.
"""

from datetime import date, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tjdocs import __version__, mrz
from tjdocs.border.inspector import Verdict
from tjdocs.border.policy import Decision
from tjdocs.border.report.details import explain, phrase
from tjdocs.border.report.report_rows import Row, finding_rows, not_checked, reasons
from tjdocs.border.report.safe_values import MAX_PICTURE, MAX_TEXT, face, neutral
from tjdocs.border.report.wording import Texts, texts
from tjdocs.files import write_new
from tjdocs.findings import Outcome
from tjdocs.inspection import Examination
from tjdocs.inspection.lds_checks import ChipContent
from tjdocs.lds.tagged_fields import field_kinds
from tjdocs.pki.certificate import Certificate

if TYPE_CHECKING:
    from jinja2 import Template

__all__ = ["MAX_PICTURE", "MAX_TEXT", "render", "write_report"]

MAX_ATTEMPTS = 32
MAX_LINES = 6

_AREAS = (
    ("mrz.", "area-zone"),
    ("doc.", "area-document"),
    ("lds.", "area-files"),
    ("pa.", "area-authentication"),
    ("chip.", "area-authentication"),
    ("seal.", "area-seal"),
    ("register.", "area-register"),
    ("crossing.", "area-crossing"),
    ("holder.", "area-holder"),
    ("", "area-other"),
)
_SIGNS = {
    Outcome.PASSED: "✓",
    Outcome.WARNING: "!",
    Outcome.FAILED: "✗",
    Outcome.UNDETERMINED: "?",
    Outcome.ABORTED: "■",
    Outcome.NOT_APPLICABLE: "–",
}
_VERDICTS = {
    Decision.ADMIT: "✓",
    Decision.REFER: "!",
    Decision.REFUSE: "✗",
}
_FIELDS = (
    "document_code",
    "issuing_state",
    "document_number",
    "primary_identifier",
    "secondary_identifier",
    "nationality",
    "date_of_birth",
    "sex",
    "date_of_expiry",
    "optional_data",
    "optional_data_2",
)


def write_report(verdict: Verdict, path: str | Path, *, lang: str = "en") -> None:
    """Write the report as a new file that only its owner may read (mode 0600): it holds personal data.

    :raises OutputError: the path exists already, a link included, or nothing can be written there; no part of a
        report is left then
    """
    write_new(path, render(verdict, lang=lang).encode(), what="reports are")


def render(verdict: Verdict, *, lang: str = "en") -> str:
    """Return the report as one HTML page. Never raises on a document's content; the same verdict, the same page.

    :param lang: ``en``, ``ru`` or ``tg``
    :raises UsageError: no such language
    """
    words = texts(lang)
    examination = verdict.examination
    chip, authentication = examination.chip, examination.authentication
    rows = finding_rows(verdict.findings, words)
    picture, face_text = face(chip)
    printed, inside = examination.printed, examination.chip_mrz
    missing = not_checked(verdict, words)
    # a printed page has each finding once
    deciding = verdict.decided_by if verdict.decision != "admit" else ()
    return _template().render(
        decision=str(verdict.decision),
        language=lang,
        words=words,
        t=words.label,
        f=lambda name: words.label(f"field-{name}"),
        unreviewed="" if words.reviewed else words.label("unreviewed"),
        verdict_word=words.verdict(verdict.decision),
        sign=_VERDICTS[verdict.decision],
        sentence=words.label(f"sentence-{verdict.decision}"),
        signs=_SIGNS,
        decided=reasons(verdict, words),
        missing=missing,
        brief=[row for row in rows if row.title not in dict(missing) and row.check not in deciding],
        areas=_areas(rows),
        genuine=next((row for row in rows if row.check == "pa.authentic"), None),
        face=picture,
        face_text=phrase(face_text, words),
        printed=printed,
        chip_zone=inside,
        printed_lines=_marked(printed, inside),
        chip_lines=_marked(inside, printed),
        fields=_zone_fields(printed, inside),
        details=[(name, _details(chip, name, words)) for name in ("DG11", "DG12")],
        path=authentication.path if authentication else None,
        max_attempts=MAX_ATTEMPTS,
        max_lines=MAX_LINES,
        role=lambda certificate, index: _role(certificate, index, words),
        times=_times(examination, words),
        files=[(name, len(data), sha256(data).hexdigest()) for name, data in chip.files.items()] if chip else [],
        at=_when(examination.at),
        policy_sha256=verdict.policy_sha256,
        version=__version__,
    )


@cache
def _template() -> "Template":
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("tjdocs.border.report", "templates"),
        autoescape=True,
        finalize=neutral,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "meaning": lambda word, words: explain("pa.ds-chain", word, words)[0],
        # of one candidate among several a wrong signature says less than of the chain
        "attempt": _attempt,
    }
    return environment.get_template("report.html")


# ----------------------------------------------------------------------------------------------------------- findings


def _attempt(word: str, words: Texts) -> str:
    return explain("pa.sod-signature" if "wrong" in word else "pa.ds-chain", word, words)[0]


def _areas(rows: list[Row]) -> list[tuple[str, list[Row]]]:
    """Return the rows by area, in the order of the areas; every row is in one, an unknown check under Other."""
    areas: dict[str, list[Row]] = {title: [] for _, title in _AREAS}
    for row in rows:
        areas[next(title for prefix, title in _AREAS if row.check.startswith(prefix))].append(row)
    return [(title, members) for title, members in areas.items() if members]


def _marked(zone: mrz.Mrz | None, other: mrz.Mrz | None) -> list[list[tuple[str, bool]]]:
    """Return the lines of a zone in pieces, each with whether it is wrong or differs from the other zone's."""
    if zone is None:
        return []
    wrong = {p.position for p in zone.problems if p.severity == "error"}
    lines = []
    for number, line in enumerate(zone.lines, 1):
        against = other.lines[number - 1] if other is not None and number <= len(other.lines) else None
        pieces: list[tuple[str, bool]] = []
        for column, character in enumerate(line, 1):
            differs = against is not None and against[column - 1 : column] != character
            marked = (number, column) in wrong or differs
            if pieces and pieces[-1][1] is marked:
                pieces[-1] = (pieces[-1][0] + character, marked)
            else:
                pieces.append((character, marked))
        lines.append(pieces)
    return lines


def _zone_fields(printed: mrz.Mrz | None, chip: mrz.Mrz | None) -> list[tuple[str, str, str, bool]]:
    """Return name, printed value, chip's value, and whether they differ, of every field that one of them has."""
    of_page, of_chip = _values(printed), _values(chip)
    rows = []
    for name in _FIELDS:
        values = of_page.get(name, ""), of_chip.get(name, "")
        if any(values):
            rows.append((name, *values, bool(of_page and of_chip) and values[0] != values[1]))
    return rows


def _values(zone: mrz.Mrz | None) -> dict[str, str]:
    if zone is None or not zone.format:
        return {}
    read = zone.as_json()
    return {name: read[name] if read[name] is not None else read.get(f"{name}_raw", "") for name in _FIELDS}


def _details(chip: ChipContent | None, name: str, words: Texts) -> list[tuple[str, str]]:
    """Return the fields of DG11 or DG12 that are there."""
    group = chip.parsed.get(name) if chip else None
    if group is None:
        return []
    rows = []
    for field, kind in field_kinds(f"lds/{name.lower()}.toml").items():
        value: Any = getattr(group, field)
        if kind == "date" and value:
            value = f"{value[:4]}-{value[4:6]}-{value[6:]}"
        elif isinstance(value, bytes):
            value = phrase(f"({len(value)} bytes, not shown)", words)
        elif isinstance(value, tuple):
            value = "; ".join(value)
        if value:
            rows.append((field, value))
    return rows


def _role(certificate: Certificate, index: int, words: Texts) -> str:
    if index == 0:
        return words.label("role-signer")
    # a link certificate mostly has the same name twice: only the signature tells
    own = certificate.self_named and certificate.verify(certificate).valid is not False
    return f"{words.label('issuer')} {index}: " + words.label("role-csca" if own else "role-link")


def _times(examination: Examination, words: Texts) -> list[tuple[str, str, str, str]]:
    """Return what, from (or at), to, and a note."""
    t = words.label
    rows = [(t("time-judgement"), _when(examination.at), "", t("time-given"))]
    authentication = examination.authentication
    if authentication is not None and authentication.signed is not None:
        moment, how = authentication.signed.moment, authentication.signed.how
        shown = moment.date().isoformat() if how == "stated" else _when(moment)
        rows.append((t("time-signing"), shown, "", t(f"signed-{how}")))
    for zone, name in ((examination.printed, t("printed-zone")), (examination.chip_mrz, "DG1")):
        if zone is not None and zone.date_of_expiry is not None:
            rows.append((f"{t('time-document')} ({name})", "", zone.date_of_expiry.isoformat(), t("time-last")))
    if authentication is not None and authentication.path is not None:
        for index, certificate in enumerate(authentication.path.chain):
            role = _role(certificate, index, words)
            rows.append((role, _when(certificate.not_before), _when(certificate.not_after), t("time-certificate")))
            period = certificate.private_key_usage
            if period:
                rows.append((role, _when(period[0]), _when(period[1]), t("time-key")))
    return rows


def _when(moment: date | datetime | None) -> str:
    """Return a moment for a person; certificates' times are in UTC, the others in the zone of the place."""
    if moment is None:
        return ""
    text = moment.isoformat(" ", "seconds") if isinstance(moment, datetime) else moment.isoformat()
    return text.replace("+00:00", " UTC")
