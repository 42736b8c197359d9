"""Checks on the files: ``lds.structure`` and ``lds.com-sod`` (Doc 9303-10, 4)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from tjdocs.findings import OF_SEVERITY, Finding, Outcome
from tjdocs.inspection.evidence import MAX_FILE
from tjdocs.lds import LdsError, ef_catalogue
from tjdocs.lds.ef_sod import EfSod, SodError
from tjdocs.lds.readers import READERS
from tjdocs.messages import Message
from tjdocs.pki import public_key

__all__ = ["ChipContent", "check_com_sod", "check_structure", "read_chip"]

_SIGNED_VERSION = "0108"
# before LDS version 1.8 the versions in EF.COM are not signed: only the data groups are compared
_GROUPS_ALONE = Finding.of("lds.com-sod", Outcome.PASSED, detail=Message("groups-alone"))


@dataclass(frozen=True, slots=True)
class ChipContent:
    """The files of a chip, each parsed as far as possible.

    :param files: by name, as handed over
    :param sod: EF.SOD, None when not handed over or unreadable (``sod_reason`` says which)
    :param parsed: every other file that could be read, by name
    :param errors: reason and detail of every other file
    :param contents: by name, the octets that hashes cover: the file without padding, or all of a file without data
        object
    :param issued: the date of issue in DG12
    """

    files: Mapping[str, bytes] = field(repr=False)
    sod: EfSod | None
    sod_reason: str
    sod_detail: str = field(repr=False)
    parsed: Mapping[str, Any] = field(repr=False)
    errors: Mapping[str, tuple[str, str]] = field(repr=False)
    contents: Mapping[str, bytes] = field(repr=False)
    issued: date | None = field(repr=False)
    _digests: dict[tuple[str, str], bytes] = field(default_factory=dict, init=False, repr=False, compare=False)

    def digest(self, name: str, hash_id: str) -> bytes:
        """Return the digest of a file's content, computed once for EF.SOD and the register.

        :raises KeyError: the file or the hash algorithm is unknown
        """
        digest = self._digests.get((name, hash_id))
        if digest is None:
            digest = self._digests[name, hash_id] = public_key.hash_data(hash_id, self.contents[name])
        return digest

    @property
    def data_groups(self) -> dict[int, str]:
        """Names of the data groups handed over, by number."""
        order = _order()
        return {number: name for name in self.files if (number := order[name])}

    def behind(self, name: str) -> tuple[str, ...]:
        """Return the problem of octets after a file's object, if there are any; no hash or signature covers them.

        ``padding``: a chip's empty memory, zeros or FF; ``trailing-data``: anything else.
        """
        data, size = self.files[name], len(self.contents[name])
        if len(data) == size:
            return ()
        more = data[size:]
        return ("padding",) if not more.strip(b"\x00") or not more.strip(b"\xff") else ("trailing-data",)


@cache
def _order() -> dict[str, int]:
    """Return the place of each file in reports: EF files, then data groups by number."""
    return {file.name: file.data_group or 0 for file in ef_catalogue.files()}


@cache
def _tags() -> dict[str, int | None]:
    return {file.name: file.tag for file in ef_catalogue.files()}


def read_chip(files: Mapping[str, bytes]) -> ChipContent:
    """Parse every file once. No content raises an error."""
    sod, reason, detail = None, "no-input", ""
    parsed: dict[str, Any] = {}
    errors: dict[str, tuple[str, str]] = {}
    contents: dict[str, bytes] = {}
    issued: date | None = None
    for name, data in files.items():
        if len(data) > MAX_FILE:
            errors[name] = ("limit", f"more than {MAX_FILE} bytes")
            if name == "EF.SOD":
                reason = "limit"
        elif name == "EF.SOD":
            try:
                sod, reason = EfSod.parse(data), ""
                contents[name] = sod.raw
            except SodError as error:
                reason, detail = error.reason, str(error)
        else:
            try:
                parsed[name], contents[name] = _read(name, data)
                if name == "DG12":
                    issued = parsed[name].issued
            except LdsError as error:
                contents[name] = _content(data)
                errors[name] = ("limit" if error.reason == "limit" else "structure", f"{error.reason}: {error}")
    return ChipContent(files, sod, reason, detail, parsed, errors, contents, issued)


def _content(data: bytes) -> bytes:
    """Return a file without padding, or all of it where there is no data object."""
    try:
        return ef_catalogue.without_padding(data)[0]
    except LdsError:
        return data


def _read(name: str, data: bytes) -> tuple[Any, bytes]:
    """Return a file as its parser gives it, None without a parser, and its bytes without padding."""
    reader = READERS.get(name)
    if reader is not None:
        read = reader(data)
        return read, read.raw
    content, _ = ef_catalogue.without_padding(data)
    tag = _tags()[name]
    if tag is not None and content[0] != tag:
        raise LdsError("tag", f"tag {content[0]:02X} instead of {tag:02X}")
    return None, content


def check_structure(chip: ChipContent | None) -> list[Finding]:
    """Judge whether each file, EF.SOD apart, has the structure that its name demands.

    Of a file without a parser only the outermost object is checked; its content is not read. A file without data
    of the holder, such as EF.CardAccess, is undetermined where it cannot be read.
    """
    if chip is None:
        return [Finding.of("lds.structure", Outcome.UNDETERMINED, "no-input")]
    findings = []
    for name in sorted(chip.files, key=_order().__getitem__):
        if name == "EF.SOD":
            continue
        if name in chip.errors:
            reason, detail = chip.errors[name]
            of_holder = name == "EF.COM" or name.startswith("DG")
            outcome = Outcome.FAILED if of_holder and reason != "limit" else Outcome.UNDETERMINED
            findings.append(Finding.of("lds.structure", outcome, reason, detail, name))
            continue
        if name not in READERS:
            findings.append(Finding("lds.structure", Outcome.UNDETERMINED, "not-read", _unread(chip, name), name))
            continue
        # padding after a hashed data group is named where its hash is judged
        behind = chip.behind(name)
        if behind == ("padding",) and name != "EF.COM":
            behind = ()
        problems = getattr(chip.parsed[name], "problems", ())
        if not problems:
            if behind:
                findings.append(Finding.of("lds.structure", Outcome.WARNING, behind[0], subject=name))
            else:
                findings.append(Finding.of("lds.structure", Outcome.PASSED, subject=name))
            continue
        worst = sorted(problems, key=lambda problem: tuple(OF_SEVERITY).index(problem.severity))
        outcome = OF_SEVERITY[worst[0].severity]
        parts: tuple[Message | str, ...] = (*(Message(f"problem.lds.{problem.code}") for problem in worst), *behind)
        findings.append(Finding.of("lds.structure", outcome, worst[0].code, Message.all(parts), name))
    return findings or [Finding.of("lds.structure", Outcome.UNDETERMINED, "no-input")]


def _unread(chip: ChipContent, name: str) -> str:
    """Return the problem of a file that was not read; a file without its own tag may be a row of objects."""
    odd = _tags()[name] is not None and "trailing-data" in chip.behind(name)
    return "trailing-data" if odd else ""


def _digits(version: str) -> str:
    """Return a version with two digits for each part, as EF.COM has it: ``1.8`` is ``0108``."""
    return "".join(part.zfill(2) for part in version.split(".")) if "." in version else version


def check_com_sod(chip: ChipContent | None) -> Finding:
    """Compare the data groups and versions of EF.COM and EF.SOD."""
    check = "lds.com-sod"
    if chip is None or "EF.COM" not in chip.files or "EF.SOD" not in chip.files:
        return Finding.of(check, Outcome.UNDETERMINED, "no-input")
    com = chip.parsed.get("EF.COM")
    if com is None or chip.sod is None:
        return Finding.of(check, Outcome.UNDETERMINED, "unreadable")
    signed = chip.sod.security_object
    listed = set(com.data_groups)
    if listed != signed.hashes.keys():
        only = (("only-in-com", listed - signed.hashes.keys()), ("only-in-sod", signed.hashes.keys() - listed))
        odd = [(id_, tuple(f"DG{n}" for n in sorted(numbers))) for id_, numbers in only if numbers]
        detail = Message.all(tuple(Message.of(id_, groups=groups) for id_, groups in odd))
        return Finding.of(check, Outcome.FAILED, "lists-differ", detail)
    if not signed.lds_version and com.lds_version >= _SIGNED_VERSION:
        # from LDS 1.8 on the version is signed: a security object without it was downgraded
        return Finding.of(
            check, Outcome.FAILED, "version-differs", Message.of("versions", com=com.lds_version, sod="none")
        )
    versions = (signed.lds_version, signed.unicode_version)
    if not signed.lds_version:
        return _GROUPS_ALONE
    if versions != (com.lds_version, com.unicode_version):
        detail = Message.of("versions", com=com.lds_version, sod=versions[0])
        if tuple(map(_digits, versions)) == (com.lds_version, com.unicode_version):
            return Finding.of(check, Outcome.WARNING, "version-form", detail)
        return Finding.of(check, Outcome.FAILED, "version-differs", detail)
    return Finding.of(check, Outcome.PASSED)
