"""Quality assurance: the product is read back as a border would read it, before it counts as issued."""

from collections.abc import Mapping
from datetime import datetime

from tjdocs.chip import CardKeys
from tjdocs.errors import TjdocsError
from tjdocs.findings import Finding, Outcome
from tjdocs.inspection import Evidence, Examination, examine
from tjdocs.inspection.chip_checks import signed_infos
from tjdocs.lds.dg7 import Dg7
from tjdocs.lds.dg14 import SecurityInfos
from tjdocs.office.chip_keys import unproved
from tjdocs.office.draft import Draft, raw_birth
from tjdocs.office.issued_document import Issued
from tjdocs.pki import TrustStore

__all__ = ["read_back"]

_NO_CHIP = ("lds.", "pa.")
_NO_SEAL = ("seal.",)
_LATER = ("chip.genuine",)  # the files are in no chip yet
_REVOCATION = ("pa.ds-revocation", "seal.revocation")
_AGE = ("stale", "not-yet-issued")  # the authority's own last CRL counts, however old it is


# a border does not look into these as files; they are read here
_READ_HERE = [("lds.structure", "not-read", name) for name in ("DG7", "EF.CardAccess", "EF.CardSecurity")]
_BASIC = "record-image-type"  # a warning: nothing was measured on the portrait, and a named officer decided


def read_back(issued: Issued, draft: Draft, trust: TrustStore, now: datetime) -> None:
    """Judge the product and compare it with its draft.

    :raises TjdocsError: a check did not pass, or the zone does not agree with the application
    """
    chip = dict(issued.chip) or None
    examination = examine(
        Evidence(mrz=issued.mrz, chip=chip, seal=issued.seal_png or None), trust, at=now, time_zone=now.tzinfo
    )
    unsound = [
        f"{finding.check} {finding.subject} {finding.reason}".strip()
        for finding in examination.findings
        if finding.outcome is not Outcome.PASSED
        and not _expected(finding, chip is not None, bool(issued.seal))
        and not (finding.reason == _BASIC and draft.eyes is None)
    ]
    unsound += [f"zone {name}" for name in _differing(examination, draft, issued.document_number)]
    if chip and _signature(chip) != draft.signature:
        unsound.append("DG7")
    if chip:
        unsound += [f"key of {name}" for name in unproved(chip, issued.keys or CardKeys())]
    if chip and not _signed(chip, examination, trust, now):
        unsound.append("EF.CardSecurity")
    if draft.chip and chip is None:
        unsound.append("chip")
    if draft.kind.seal and not issued.seal:
        unsound.append("seal")
    if unsound:
        raise TjdocsError("the document did not read back", where="; ".join(unsound), hint="it was spoiled")


def _signed(chip: Mapping[str, bytes], examination: Examination, trust: TrustStore, now: datetime) -> bool:
    """Whether the State signed every info of EF.CardAccess in EF.CardSecurity, if the chip has that file."""
    if "EF.CardSecurity" not in chip:
        return True
    assert examination.authentication is not None  # noqa: S101 (examine gives it)
    infos = signed_infos(chip["EF.CardSecurity"], examination.authentication, trust, now)
    offered = SecurityInfos.parse(chip["EF.CardAccess"]).infos
    return infos is not None and set(offered) <= set(infos)


def _signature(chip: Mapping[str, bytes]) -> bytes | None:
    """Return the signature in DG7, None without the file.

    :raises tjdocs.lds.LdsError: it cannot be read
    """
    images = Dg7.parse(bytes(chip["DG7"])).images if "DG7" in chip else ()
    return images[0] if images else None


def _expected(finding: Finding, has_chip: bool, has_seal: bool) -> bool:
    """Whether a check was not expected to pass: it can be made later, or not at all."""
    if finding.outcome is not Outcome.UNDETERMINED:
        return False
    if (finding.check, finding.reason, finding.subject) in _READ_HERE:
        return True
    absent = (() if has_chip else _NO_CHIP) + (() if has_seal else _NO_SEAL)
    if finding.check in _REVOCATION and finding.reason in _AGE:
        return True
    return finding.check in _LATER or finding.check.startswith(absent)


def _differing(examination: Examination, draft: Draft, number: str) -> list[str]:
    """Return the fields of the printed zone that are not those of the draft."""
    zone = examination.printed
    if zone is None:
        return ["missing"]
    application, kind = draft.application, draft.kind
    wanted = {
        "format": kind.mrz_format,
        "document_code": kind.document_code,
        "issuing_state": kind.issuing_state,
        "document_number": number,
        "nationality": application.citizenship,
        "date_of_birth_raw": raw_birth(draft.born),
        "sex": draft.sex,
        "date_of_expiry": draft.expires,
    }
    return [name for name, value in wanted.items() if getattr(zone, name) != value]
