"""The HTML report of an inspection: one page that loads nothing, runs nothing and can be kept and printed.

Whatever it shows came out of a document that need not be genuine. Three things keep that harmless: Jinja escapes
every value, :func:`_neutral` takes from every value its length and what a reader would not see, and the portrait is
decoded and encoded again, so that no byte of the chip's image reaches the page. The page's Content-Security-Policy
forbids everything but its own style and its own image, should one of the three fail.
"""

import os
from base64 import b64encode
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from unicodedata import category

from markupsafe import Markup

from tjdocs import __version__, mrz, specs
from tjdocs.border.inspector import Verdict
from tjdocs.border.policy import Decision
from tjdocs.errors import OutputError
from tjdocs.findings import Finding, Outcome, checks
from tjdocs.inspection import Examination
from tjdocs.inspection.structure import ChipContent
from tjdocs.lds._portrait import open_image
from tjdocs.lds.dg2 import Dg2
from tjdocs.lds.face import Problem
from tjdocs.pki.certificate import Certificate

if TYPE_CHECKING:
    from jinja2 import Template
    from PIL import Image

__all__ = ["render", "write_report"]

MAX_TEXT = 1000
MAX_ATTEMPTS = 32
MAX_LINES = 6
MAX_PICTURE = (480, 640)
_MAX_MARKS = 3

_AREAS = (
    ("mrz.", "Zone"),
    ("doc.", "Document"),
    ("lds.", "Files"),
    ("pa.", "Passive authentication"),
    ("seal.", "Seal"),
    ("register.", "Register"),
    ("crossing.", "Crossing"),
    ("holder.", "Holder"),
    ("", "Other"),
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
    Decision.ADMIT: ("✓", "Everything that the policy requires was established."),
    Decision.REFER: ("!", "Something that the policy requires was not established: an officer decides."),
    Decision.REFUSE: ("✗", "The policy refuses the document for what was found."),
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
_SIGNED = {
    "stated": "the date of issue in DG12, a signed group",
    "claimed": "the signer's own claim (signingTime)",
    "assumed": "not stated anywhere: the time of judgement was taken",
}


def write_report(verdict: Verdict, path: str | Path, *, lang: str = "en") -> None:
    """Write the report as a new file that only its owner may read (mode 0600): it holds personal data.

    :raises OutputError: something lies there already, a link included, or nothing can be written there; no part of
        a report is left then
    """
    data = render(verdict).encode()
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise OutputError("exists already", where=str(path), hint="name a new file: reports are kept") from None
    except (OSError, ValueError) as error:
        raise OutputError("cannot write", where=str(path), hint=getattr(error, "strerror", "") or "") from None
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
    except BaseException as error:
        with suppress(OSError):
            os.unlink(path)
        if isinstance(error, OSError):
            raise OutputError("cannot write", where=str(path), hint=error.strerror or "") from None
        raise


def render(verdict: Verdict) -> str:
    """Return the report as one HTML page. Never raises on what the document holds; the same verdict, the same page."""
    examination = verdict.examination
    chip, authentication = examination.chip, examination.authentication
    rows = _rows(verdict.findings)
    face, face_text = _face(chip)
    sign, sentence = _VERDICTS[verdict.decision]
    return _template().render(
        decision=str(verdict.decision),
        sign=sign,
        sentence=sentence,
        decided=[_decided(check, rows, verdict.decision) for check in verdict.decided_by],
        areas=_areas(rows),
        genuine=next((row for row in rows if row.check == "pa.authentic"), None),
        face=face,
        face_text=face_text,
        printed=examination.printed,
        chip_zone=examination.chip_zone,
        fields=_zone_fields(examination.printed, examination.chip_zone),
        details=[(name, _details(chip, name)) for name in ("DG11", "DG12")],
        path=authentication.path if authentication else None,
        max_attempts=MAX_ATTEMPTS,
        max_lines=MAX_LINES,
        times=_times(examination),
        files=[(name, len(data), sha256(data).hexdigest()) for name, data in chip.files.items()] if chip else [],
        at=_when(examination.at),
        policy_sha256=verdict.policy_sha256,
        version=__version__,
    )


@cache
def _template() -> "Template":
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("tjdocs.border", "templates"),
        autoescape=True,
        finalize=_neutral,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "label": lambda name: name.replace("_", " ").capitalize(),
        "meaning": lambda word: _explain("pa.ds-chain", word)[0],
        # of one candidate among several a wrong signature says less than of the chain
        "attempt": lambda word: _explain("pa.sod-signature" if "wrong" in word else "pa.ds-chain", word)[0],
        "role": _role,
    }
    return environment.get_template("report.html")


# ---------------------------------------------------------------------------------------------------- hostile values


def _neutral(value: object) -> str:
    """Return a value as text that is what it looks like; Jinja puts every value through this, then escapes it.

    What is not seen, or changes the order in which other characters are seen (controls, overrides of direction,
    blanks that are no blank, letters without a form), is named instead: ``⟨U+202E⟩``. So is the fourth and every
    further mark upon one letter, which would paint over the lines above. Longer texts than ``MAX_TEXT`` are cut.
    """
    if isinstance(value, Markup):  # made by the template, or by this module out of nothing foreign
        return value
    text = str(value)
    rest = len(text) - MAX_TEXT
    if rest > 0:
        text = text[:MAX_TEXT]
    if not (text.isascii() and text.isprintable()):
        marks = 0
        shown = []
        for character in text:
            kind = category(character)
            marks = marks + 1 if kind in ("Mn", "Me") else 0
            unseen = not character.isprintable() or character in _BLANK or marks > _MAX_MARKS
            shown.append(f"⟨U+{ord(character):04X}⟩" if unseen else character)
        text = "".join(shown)
    return f"{text} … ({rest} more characters)" if rest > 0 else text


_BLANK = "\u115f\u1160\u2800\u3164\uffa0"  # letters and a symbol without a form; str.isprintable() lets them pass


def _face(chip: ChipContent | None) -> tuple[Markup | None, str]:
    """Return the portrait as a data URI, None where it cannot be shown, and what it is, or why not."""
    if chip is None:
        return None, "No chip was read."
    if "DG2" not in chip.files:
        return None, "DG2 was not handed over."
    dg2 = chip.parsed.get("DG2")
    if not isinstance(dg2, Dg2):
        return None, f"DG2 cannot be read: {chip.errors.get('DG2', ('', ''))[1]}."
    if not dg2.images:
        return None, "DG2 holds no image that is read."
    try:
        opened = open_image(dg2.images[0])
        if isinstance(opened, Problem):
            return None, f"The image in DG2 cannot be shown. {opened.text}"
        data = _encoded_again(opened)
    except Exception:  # noqa: BLE001 - whatever a hostile picture does to Pillow, there is a report
        return None, "The image in DG2 cannot be shown. It cannot be decoded."
    which = "Image" if len(dg2.images) == 1 else f"First of {len(dg2.images)} images"
    text = f"{which} in DG2, {opened.width} × {opened.height} pixels; encoded again for this report"
    return Markup("data:image/jpeg;base64,") + b64encode(data).decode(), text


def _encoded_again(picture: "Image.Image") -> bytes:
    """Return a JPEG of nothing but the pixels, at most ``MAX_PICTURE`` large."""
    from PIL import Image

    if picture.mode.startswith(("I", "F")):  # sixteen bits of grey
        picture = picture.point(lambda value: value / 256)
    picture = picture.convert("RGB")
    picture.thumbnail(MAX_PICTURE)
    fresh = Image.new("RGB", picture.size)  # a copy would carry comments and profiles along
    fresh.paste(picture)
    stream = BytesIO()
    fresh.save(stream, "JPEG", quality=90, subsampling=0)
    return stream.getvalue()


# ----------------------------------------------------------------------------------------------------------- findings


@dataclass(frozen=True, slots=True)
class _Row:
    """Findings that differ in their subject only.

    :param reasons: each word with its explanation, which may be empty
    :param consequence: what it means, where the check failed
    """

    check: str
    title: str
    outcome: str
    sign: str
    subjects: tuple[str, ...]
    reasons: tuple[tuple[str, str], ...]
    detail: str
    clauses: tuple[str, ...]
    consequence: str


@cache
def _words() -> Mapping[str, Mapping[str, tuple[str, str]]]:
    """Return explanation and clause of the reason words that stand outside of ``specs/checks.toml``, by area."""
    table = specs.read_toml("defects.toml")
    accepted = next(row["oid"] for row in table["content_type"] if not row["warning"])
    defects = {
        row["warning"]: (f"the content is of type {row['oid']} instead of {accepted}", row["clause"])
        for row in table["content_type"]
        if row["warning"]
    }
    defects |= {row["name"]: (row["text"], row["clause"]) for row in table["defect"]}
    words = {"": MappingProxyType(defects)}
    words["mrz"] = MappingProxyType({kind.code: (kind.message, kind.clause) for kind in mrz.problem_kinds().values()})
    for area, room in (("lds", "lds"), ("seal", "seals")):
        rows = specs.read_toml(f"{room}/problems.toml")["problem"]
        words[area] = MappingProxyType({row["code"]: (row["text"], row["clause"]) for row in rows})
    return words


def _explain(check: str, word: str) -> tuple[str, str]:
    """Return what a reason word means and the clause of it alone; empty texts where no table has it."""
    known = checks().get(check)
    if known is not None and word in known.reasons:
        return known.reasons[word], ""
    return _words().get(check.partition(".")[0], {}).get(word) or _words()[""].get(word) or ("", "")


def _rows(findings: Iterable[Finding]) -> list[_Row]:
    """Return the findings in order, those alike but for their subject in one row."""
    subjects: dict[tuple[str, Outcome, str, str], list[str]] = {}
    for f in findings:
        subjects.setdefault((f.check, f.outcome, f.reason, f.detail), []).append(f.subject)
    return [_row(Finding(*key), tuple(filter(None, names))) for key, names in subjects.items()]


def _row(finding: Finding, subjects: tuple[str, ...]) -> _Row:
    known = checks().get(finding.check)
    # several tolerances stand in the detail, by their names
    named = [word for word in finding.detail.split(", ") if word in _words()[""]]
    only_names = bool(named) and ", ".join(named) == finding.detail
    words = list(dict.fromkeys(filter(None, (finding.reason, *(named if only_names else ())))))
    explained = [(word, *_explain(finding.check, word)) for word in words]
    detail = "" if only_names else finding.detail
    clauses = filter(None, (known.clause if known else "", *(clause for _, _, clause in explained)))
    return _Row(
        finding.check,
        known.title if known else finding.check,
        finding.outcome.value,
        _SIGNS[finding.outcome],
        subjects,
        tuple((word, "" if text in detail else text) for word, text, _ in explained),
        detail,
        tuple(dict.fromkeys(clauses)),
        known.consequence if known and finding.outcome is Outcome.FAILED else "",
    )


def _areas(rows: list[_Row]) -> list[tuple[str, list[_Row]]]:
    """Return the rows by area, in the order of the areas; every row stands in one, an unknown check under Other."""
    found: dict[str, list[_Row]] = {title: [] for _, title in _AREAS}
    for row in rows:
        found[next(title for prefix, title in _AREAS if row.check.startswith(prefix))].append(row)
    return [(title, members) for title, members in found.items() if members]


def _decided(check: str, rows: list[_Row], decision: Decision) -> tuple[str, list[_Row]]:
    """Return the title of a check that decided, and those of its rows that tell why."""
    own = [row for row in rows if row.check == check]
    against = [row for row in own if row.outcome in ("failed", "undetermined", "aborted")]
    failed = [row for row in against if row.outcome == Outcome.FAILED]
    if decision is not Decision.ADMIT:
        own = (failed if decision is Decision.REFUSE else []) or against or own
    known = checks().get(check)
    return (known.title if known else f"A check that the policy requires was not made: {check}"), own


def _zone_fields(printed: mrz.Zone | None, chip: mrz.Zone | None) -> list[tuple[str, str, str, bool]]:
    """Return name, printed value, chip's value, and whether they differ, of every field that one of them has."""
    ours, theirs = _values(printed), _values(chip)
    rows = []
    for name in _FIELDS:
        values = ours.get(name, ""), theirs.get(name, "")
        if any(values):
            rows.append((name, *values, bool(ours and theirs) and values[0] != values[1]))
    return rows


def _values(zone: mrz.Zone | None) -> dict[str, str]:
    if zone is None or not zone.format:
        return {}
    read = zone.as_json()
    return {name: read[name] if read[name] is not None else read.get(f"{name}_raw", "") for name in _FIELDS}


def _details(chip: ChipContent | None, name: str) -> list[tuple[str, str]]:
    """Return the fields of DG11 or DG12 that are there."""
    group = chip.parsed.get(name) if chip else None
    if group is None:
        return []
    rows = []
    for field, kind in ((row["name"], row["kind"]) for row in specs.read_toml(f"lds/{name.lower()}.toml")["field"]):
        value: Any = getattr(group, field)
        if kind == "date" and value:
            value = f"{value[:4]}-{value[4:6]}-{value[6:]}"
        elif isinstance(value, bytes):
            value = f"({len(value)} bytes, not shown)"
        elif isinstance(value, tuple):
            value = "; ".join(value)
        if value:
            rows.append((field, value))
    return rows


def _role(certificate: Certificate, index: int) -> str:
    if index == 0:
        return "Document signer"
    # a link certificate mostly has the same name twice: only the signature tells
    own = certificate.self_named and certificate.verify(certificate).valid is not False
    return f"Issuer {index}: " + ("CSCA, self-signed" if own else "link certificate")


def _times(examination: Examination) -> list[tuple[str, str, str, str]]:
    """Return what, from (or at), to, and a note."""
    rows = [("Judgement", _when(examination.at), "", "given to the inspection")]
    authentication = examination.authentication
    if authentication is not None and authentication.signed is not None:
        moment, how = authentication.signed
        shown = moment.date().isoformat() if how == "stated" else _when(moment)
        rows.append(("Signing", shown, "", _SIGNED.get(how, how)))
    for zone, name in ((examination.printed, "printed zone"), (examination.chip_zone, "DG1")):
        if zone is not None and zone.date_of_expiry is not None:
            rows.append((f"Document ({name})", "", zone.date_of_expiry.isoformat(), "last valid day"))
    if authentication is not None and authentication.path is not None:
        for index, certificate in enumerate(authentication.path.chain):
            role = _role(certificate, index)
            rows.append((role, _when(certificate.not_before), _when(certificate.not_after), "certificate"))
            period = certificate.private_key_usage
            if period:
                rows.append((role, _when(period[0]), _when(period[1]), "private key usage period"))
    return rows


def _when(moment: date | datetime | None) -> str:
    """Return a moment for a person; certificates' times are in UTC, the others in the zone given."""
    if moment is None:
        return ""
    text = moment.isoformat(" ", "seconds") if isinstance(moment, datetime) else moment.isoformat()
    return text.replace("+00:00", " UTC")
