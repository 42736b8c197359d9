"""One law of signers: whether a certificate was entitled to sign, by its role's row in ``specs/pki/signers.toml``.

Document signers, seal signers, list signers and signers of evidence are judged here and nowhere else
(Doc 9303-12, 6 and 7.1; RFC 5280, 6). A caller names the role, the times of signing and the State, and makes its own
findings from the faults.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from typing import Literal, NamedTuple, Protocol

from msgspec import Struct

from tjdocs import specs
from tjdocs.findings import Finding, Outcome
from tjdocs.messages import Message
from tjdocs.pki import algorithms, certification_path, distinguished_name
from tjdocs.pki.attempts import Attempts
from tjdocs.pki.certificate import (
    OID_BASIC_CONSTRAINTS,
    OID_EXTENDED_KEY_USAGE,
    OID_KEY_USAGE,
    OID_PRIVATE_KEY_USAGE,
    Certificate,
)
from tjdocs.pki.trust import revocation

__all__ = [
    "Fault",
    "JudgedSigner",
    "Role",
    "SignerSource",
    "StatedTime",
    "check_country",
    "check_document_type",
    "check_usage",
    "check_validity",
    "finding",
    "judge",
    "role",
]

_FAILED, _UNDETERMINED, _WARNING = Outcome.FAILED, Outcome.UNDETERMINED, Outcome.WARNING
_GRAVITY = (_FAILED, _UNDETERMINED, _WARNING)
# a day begins 14 hours before and ends 36 hours after its midnight in UTC, somewhere on earth
_DAY_AHEAD, _DAY_BEHIND, _NO_TIME = timedelta(hours=14), timedelta(hours=36), timedelta(0)


class Fault(NamedTuple):
    """One violation of the rules."""

    outcome: Outcome
    reason: str
    detail: Message | str = ""


class Role(specs.Row, frozen=True, kw_only=True):
    """A row of ``specs/pki/signers.toml``; the file explains each key."""

    id: str
    clause: str
    key_usage: Literal["expected", "unexpected"]
    purpose: str = ""
    not_purposes: tuple[str, ...] = ()
    extensions: frozenset[str] = frozenset()
    document_types: bool = False
    outlives: bool = False
    in_itself: bool = False


class Times(specs.Row, frozen=True):
    """The most days between two stated times of signing."""

    apart_days: int


class SignerFile(specs.Spec, frozen=True):
    """The form of ``specs/pki/signers.toml``."""

    times: Times
    role: tuple[Role, ...]


class _Table(Struct, frozen=True):
    roles: dict[str, Role]
    apart: timedelta


@cache
def _table() -> _Table:
    table = specs.load("pki/signers.toml", SignerFile)
    return _Table({row.id: row for row in table.role}, timedelta(days=table.times.apart_days))


def role(id_: str) -> Role:
    """Return the role ``id_``.

    :raises KeyError: the role is unknown
    """
    return _table().roles[id_]


class SignerSource(revocation.RevocationSource, Protocol):
    """The part of a trust store that the rules use."""

    def state(self, certificate: Certificate) -> str:
        """Return the country code of the State for which an authority signs, empty where it is unknown."""
        ...


class JudgedSigner(Struct, frozen=True):
    """The result on a signer that does not depend on its signatures and their times.

    :param path: its certification path, without revoked certificates if there is such a path
    :param chain: faults of the path; ``usage``, those of the signer's own certificate
    :param codes: country codes as written: of its issuer's name, and of its subject
    :param states: the State of each authority above it, empty where that is unknown
    :param agreed: the country code that signer and authorities all have, in upper case; empty without one
    :param untimely: a certificate of the path that was issued outside its issuer's validity
    :param periods: other faults of the path's validity and usage periods
    """

    certificate: Certificate
    role: Role
    path: certification_path.Path
    chain: tuple[Fault, ...]
    usage: tuple[Fault, ...]
    codes: tuple[tuple[str, ...], tuple[str, ...]]
    states: tuple[str, ...]
    agreed: str
    untimely: certification_path.Untimely | None
    periods: tuple[Fault, ...]


class StatedTime(Struct, frozen=True):
    """A time of signing.

    :param how: ``stated`` in the signed data, ``claimed`` by the signer, or ``assumed``
    :param whole_day: a day is stated, not a moment: all of it counts, in any time zone
    """

    moment: datetime
    how: str
    whole_day: bool = False

    @classmethod
    def of_day(cls, day: date, how: str = "stated") -> "StatedTime":
        """Return the time of a stated day."""
        return cls(datetime.combine(day, time(), UTC), how, True)

    @property
    def message(self) -> Message:
        """The day, and its source."""
        return Message.of(f"signed-{self.how}", day=self.moment.date().isoformat())


_REMEMBERED = 1024


def judge(
    certificate: Certificate,
    role_id: str,
    source: SignerSource,
    *,
    attempts: Attempts | None = None,
    listing: Attempts | None = None,
) -> JudgedSigner:
    """Judge a signer, apart from its signatures and their times; the result is cached until the store changes.

    :param attempts: the bound on the cost of path building, for several signers together
    :param listing: the bound on the cost of verifying CRLs; only for a source without other users, since results on
        CRLs are cached
    """
    memory, key = source.memory, (role_id, certificate.raw)
    known = memory.get(key)
    if isinstance(known, JudgedSigner):
        return known
    row = role(role_id)
    path = _path(certificate, row, source, attempts or Attempts(certification_path.MAX_TRIED), listing)
    issuer, subject = map(distinguished_name.countries, (certificate.issuer, certificate.subject))
    states = tuple(source.state(authority) for authority in path.chain[1:])
    judged = JudgedSigner(
        certificate,
        row,
        path,
        tuple(_chain(path)),
        tuple(check_usage(certificate, role_id)),
        (issuer, subject),
        states,
        issuer[0] if len(issuer) == 1 and {*subject, *states} == {issuer[0]} else "",
        certification_path.untimely(path.chain),
        tuple(_periods(path.chain)),
    )
    if attempts is not None and path.reason == "limit":
        return judged  # other signers used the bound up: the result is not cached
    if len(memory) >= _REMEMBERED:  # the number of forged signers has no bound
        memory.clear()
    memory[key] = judged
    return judged


def _path(
    certificate: Certificate, row: Role, source: SignerSource, attempts: Attempts, listing: Attempts | None
) -> certification_path.Path:
    """Return the path of a signer; one with a revoked certificate only where there is no other."""
    if row.in_itself:
        doubt = source.distrust_reason(certificate)
        valid = None if doubt and doubt != "denied" else not doubt
        return certification_path.Path(valid, doubt, (certificate,))
    first = path = certification_path.build(certificate, source, attempts=attempts)
    barred: frozenset[str] = frozenset()
    for _ in range(certification_path.MAX_DEPTH):
        gone = revocation.revoked_above(path.chain, source, listing) if path.valid else ()
        if not gone:
            break
        barred |= {issuer.sha256 for issuer in gone}
        path = certification_path.build(certificate, source, barred=barred, attempts=attempts)
    return path if path.valid else first


def _chain(path: certification_path.Path) -> Iterable[Fault]:
    if not path.valid:
        named, tried = path.chain[0].issuer_text, tuple(attempt.message for attempt in path.attempts)
        detail = Message.of("issuer", issuer=named)
        if tried:
            detail = Message.of("issuer-tried", issuer=named, attempts=tried)
        yield Fault(_UNDETERMINED if path.valid is None else _FAILED, path.reason, detail)
        return
    for warning in path.warnings:
        yield Fault(_WARNING, warning)
    for certificate, issuer in zip(path.chain, path.chain[1:], strict=False):
        bits = issuer.key.bits if issuer.key.kind == "rsa" else 0
        hash_, day = certificate.verify(issuer).hash, certificate.not_before.date()
        if algorithms.outdated(hash_, day):
            yield Fault(_FAILED, "algorithm-forbidden", Message.of("certified", day=day.isoformat()))
        elif algorithms.weak(hash_, bits, day):
            yield Fault(_WARNING, "algorithm-weak")


def check_usage(signer: Certificate, role_id: str) -> Iterable[Fault]:
    """Judge whether a certificate has the form of its role, apart from its issuer (Doc 9303-12, 7.1.1).

    An extension that is unreadable is the State's mistake: it leaves the rule undecided, and accuses nobody.
    """
    row = role(role_id)
    if foreign := signer.not_understood:
        yield Fault(_FAILED, "critical-extension", ", ".join(foreign))
    usage, purposes = signer.key_usage, signer.extended_key_usage
    if signer.is_ca or (usage is not None and usage & {"keyCertSign", "cRLSign"}):
        yield Fault(_FAILED, "ca-as-signer")
    elif signer.is_ca is None and OID_BASIC_CONSTRAINTS in signer.extensions:
        yield Fault(_UNDETERMINED, "ca-as-signer", Message.word("basic constraints are unreadable"))
    if OID_KEY_USAGE not in signer.extensions:
        if row.key_usage == "expected":
            yield Fault(_WARNING, "key-usage-absent")
    elif usage is None:
        yield Fault(_UNDETERMINED, "key-usage", Message.word("unreadable"))
    elif "digitalSignature" not in usage:
        yield Fault(_FAILED, "key-usage", _words(sorted(usage), "none"))
    elif row.key_usage == "expected" and not signer.extensions[OID_KEY_USAGE][0]:
        yield Fault(_WARNING, "key-usage-not-critical")
    if purposes == ():
        yield Fault(_UNDETERMINED, "role", Message.word("unreadable"))
    elif row.purpose:
        if row.purpose not in (purposes or ()):
            yield Fault(_FAILED, "role", _words(purposes or (), "no extended key usage"))
        elif not signer.extensions[OID_EXTENDED_KEY_USAGE][0]:
            yield Fault(_WARNING, "extended-key-usage-not-critical")
    elif purposes is not None:
        barred = [purpose for purpose in purposes if purpose.startswith(row.not_purposes or "")]
        if barred:
            yield Fault(_FAILED, "role", _words(barred, "none"))
    if row.in_itself and signer.document_types is not None:
        yield Fault(_FAILED, "role", "a document signer's certificate")
    if row.extensions and (more := sorted(signer.extensions.keys() - row.extensions)):
        yield Fault(_WARNING, "extension-surplus", ", ".join(more))
    for deviation in signer.deviations:
        yield Fault(_WARNING, deviation)


def check_document_type(signer: JudgedSigner, code: str) -> Iterable[Fault]:
    """Judge whether the signer may sign documents of a code (Doc 9303-12, 7.1.1.3).

    :param code: document code without fillers, empty where unknown
    """
    types = signer.certificate.document_types
    if not signer.role.document_types or types is None or not code:
        return
    if not types and "document-type-list-form" in signer.certificate.deviations:
        yield Fault(_UNDETERMINED, "document-type", Message.word("unreadable"))
    elif code not in types and not any(len(entry) == 1 and code.startswith(entry) for entry in types):
        yield Fault(_FAILED, "document-type", Message.of("for-codes", codes=tuple(types), code=code))


def check_country(signer: JudgedSigner, said: Message, expected: str | None) -> Iterable[Fault]:
    """Judge whether signer and authorities are of the document's State (Doc 9303-12, 7.1.1.1; TR-03135-1, 5.6.4.5).

    :param said: the State that the document names, for the detail
    :param expected: country code in its certificates, None where that is unknown
    """
    if expected is not None and signer.agreed == expected:
        return
    issuer, subject = signer.codes
    if len(issuer) > 1 and signer.states and signer.states[0] in [code.upper() for code in issuer]:
        issuer = (signer.states[0],)  # of several codes, the one that the policy gives it
    elif len(issuer) == 1 and not distinguished_name.is_code(issuer[0]) and signer.states and signer.states[0]:
        # without a code, the one that the policy gives it; its signers may have the same text in place of a code
        subject = tuple(signer.states[0] if code == issuer[0] else code for code in subject)
        issuer = (signer.states[0],)
    written = (*issuer, *subject, *signer.states)
    states = enumerate(signer.states, 1)
    above = [Message.of("issuer-country", number=index, code=code or "of no State") for index, code in states]
    own = [Message.of("signer-country", codes="+".join(issuer) or "-")]
    if subject not in ((), issuer):
        own.append(Message.of("subject-country", codes="+".join(subject)))
    detail = Message.of("list", parts=(*own, *above, said))
    elsewhere = {code.upper() for code in written if distinguished_name.is_code(code)} - {expected}
    named = all(map(distinguished_name.is_code, (*issuer, *subject))) or elsewhere
    several = len(issuer) > 1 or len(subject) > 1
    if expected is None or several or not named or not (issuer or subject) or not all(signer.states):
        yield Fault(_UNDETERMINED, "code-unknown", detail)
    elif {code.upper() for code in written} != {expected}:
        yield Fault(_FAILED, "differs", detail)
    else:
        if not issuer:
            yield Fault(_WARNING, "country-absent", detail)
        if any(code != code.upper() for code in written):
            yield Fault(_WARNING, "country-case", detail)


def check_validity(
    signer: JudgedSigner, times: Sequence[StatedTime], *, at: datetime, last: date | None = None
) -> Iterable[Fault]:
    """Judge every stated time of signing against the certificates' times (Doc 9303-12, 4.1 and 6).

    :param times: the first one is the time of signing
    :param at: the time of inspection
    :param last: the document's last valid day
    """
    for stated in times:
        yield from _time(signer, stated, at, last)
    if OID_PRIVATE_KEY_USAGE in signer.certificate.extensions and signer.certificate.private_key_usage is None:
        yield Fault(_WARNING, "key-usage-period-unreadable")
    if len(times) > 1:
        moments = [stated.moment for stated in times]
        if max(moments) - min(moments) > _table().apart:
            yield Fault(
                _WARNING, "signing-times-differ", Message.of("list", parts=tuple(stated.message for stated in times))
            )
    if times[0].how == "assumed":
        yield Fault(_WARNING, "assumed", times[0].message)
    if signer.untimely is not None:
        outcome = _FAILED if signer.untimely.reason == "issuer-validity" else _UNDETERMINED
        yield Fault(
            outcome, signer.untimely.reason, Message.all((signer.untimely.certificate.subject_text, times[0].message))
        )
    yield from signer.periods


def _periods(chain: Sequence[Certificate]) -> Iterable[Fault]:
    """Yield a fault for a certificate issued outside the usage period of its issuer's key, or that outlives it.

    The former (Doc 9303-12, 4.1) accuses nobody: of 424 published certificates with such an issuer 45 have this fault,
    and a thief of the key chooses the date in a certificate.
    """
    for certificate, issuer in pairwise(chain):
        begin, end = issuer.private_key_usage or (None, None)
        issued = certificate.not_before
        unreadable = OID_PRIVATE_KEY_USAGE in issuer.extensions and (begin, end) == (None, None)  # also an empty one
        early = begin is not None and begin - issued > certification_path.CLOCK_SKEW
        if unreadable or early or (end is not None and issued - end > certification_path.CLOCK_SKEW):
            day = issued.date().isoformat()
            detail = Message.of("certificate-of", certificate=certificate.subject_text, day=day)
            detail = Message.word("unreadable") if unreadable else detail
            yield Fault(_WARNING, "issuer-key-usage-period", detail)
    if len(chain) > 1 and chain[0].not_after > chain[1].not_after:
        day = chain[1].not_after.date().isoformat()
        yield Fault(_WARNING, "outlives-issuer", Message.of("issuer-valid-to", day=day))


def _time(signer: JudgedSigner, stated: StatedTime, at: datetime, last: date | None) -> Iterable[Fault]:
    certificate, moment = signer.certificate, stated.moment
    # Differences are compared, since sums could be outside the calendar.
    early, late = (_DAY_AHEAD, _DAY_BEHIND) if stated.whole_day else (_NO_TIME, _NO_TIME)
    if moment - at > certification_path.CLOCK_SKEW:
        yield Fault(_FAILED, "signed-in-future", stated.message)
    assumed = stated.how == "assumed"
    if last is not None and not assumed and moment.date() > last:
        yield Fault(_FAILED, "signed-after-expiry", stated.message)
    if certificate.not_before - moment > late:
        yield Fault(_FAILED, "not-yet-valid", stated.message)
    elif moment - certificate.not_after > early:
        yield Fault(_FAILED, "expired", stated.message)
    elif not signer.role.outlives and at > certificate.not_after:
        ended = certificate.not_after.date().isoformat()
        yield Fault(_UNDETERMINED, "expired-since", Message.of("valid-to", signed=stated.message, day=ended))
    begin, end = certificate.private_key_usage or (None, None)
    # a key usage period ends long before the document expires: it is not compared with an assumed time
    if not assumed and ((begin and begin - moment > late) or (end and moment - end > early)):
        yield Fault(_FAILED, "key-usage-period", stated.message)


def _words(values: Iterable[str], none: str) -> Message:
    return Message.of("list", parts=tuple(values) or (none,))


def finding(check: str, faults: Iterable[Fault], *, detail: Message | str = "") -> Finding:
    """Return one finding on all faults: the gravest is the reason, and the detail names each.

    :param detail: the detail of a check that passed
    """
    ranked = list(faults)
    if not ranked:
        return Finding.of(check, Outcome.PASSED, detail=detail)
    if len(ranked) == 1:
        return Finding.of(check, ranked[0].outcome, ranked[0].reason, ranked[0].detail)
    ranked.sort(key=lambda fault: _GRAVITY.index(fault.outcome))
    if not any(fault.detail for fault in ranked):  # reasons alone: a report explains each
        return Finding(check, ranked[0].outcome, ranked[0].reason, "; ".join(dict.fromkeys(f.reason for f in ranked)))
    named = dict.fromkeys(
        Message.of("named", reason=fault.reason, detail=fault.detail) if fault.detail else fault.reason
        for fault in ranked
    )
    return Finding.of(check, ranked[0].outcome, ranked[0].reason, Message("all", (("parts", tuple(named)),)))
