"""Whether a certificate is revoked, by the CRLs in a trust store (Doc 9303-12, 4.1.5, 7.1.4 and D.1.2.3).

One law for every kind of signer. A CRL is for all certificates of its State's CSCA: the newest key signs it for all
keys, and names change. It counts for a certificate when it is tied to the CSCA that issued the certificate: by the
name, by a former name in the CRL, or by link certificates between the two keys.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from tjdocs import limits
from tjdocs.findings import Finding, Outcome
from tjdocs.pki import algorithms, certification_path
from tjdocs.pki.attempts import Attempts
from tjdocs.pki.certificate import Certificate
from tjdocs.pki.crl import Crl

__all__ = ["REVOKED", "RevocationSource", "judge", "judge_crl", "listed", "revoked", "revoked_above"]


class RevocationSource(certification_path.CertificateSource, Protocol):
    """The part of a trust store that decides on revocation."""

    @property
    def crls(self) -> tuple[Crl, ...]:
        """All CRLs."""
        ...

    @property
    def memory(self) -> dict[object, object]:
        """Cached results on CRLs against this store; a change of the store clears them."""
        ...

    def crls_for(self, certificate: Certificate) -> list[Crl]:
        """Return the CRLs of a certificate's State, and those of its issuer's name."""
        ...

    def crl_signers(self, crl: Crl) -> list[Certificate]:
        """Return the certificates of a CRL's issuer, the likeliest first."""
        ...

    def of_key(self, certificate: Certificate) -> list[Certificate]:
        """Return all known certificates of a certificate's key."""
        ...

    def of_state(self, country: str) -> list[Certificate]:
        """Return the known certificates of a State, trusted or not."""
        ...


class _Sound(NamedTuple):
    """A CRL with a valid signature of a CA that is trusted, or has a path within its State to a trusted one."""

    crl: Crl
    by: Certificate
    warnings: tuple[str, ...]


def judge(
    check: str,
    chain: Sequence[Certificate],
    source: RevocationSource,
    *,
    at: datetime,
    attempts: Attempts | None = None,
) -> Finding:
    """Return the finding ``check`` on a signer: revoked, not, or why that is unknown.

    :param chain: the signer, then the certificates above it up to a trusted one
    :param attempts: the bound on the cost of verifying CRLs, shared with other searches; unless given, each CRL has its
        part of one bound for all CRLs of ``source``
    """
    if not source.crls:
        return Finding(check, Outcome.UNDETERMINED, "no-crl")
    signer, *above = chain
    lists = source.crls_for(signer)
    if not lists:
        return Finding(check, Outcome.UNDETERMINED, "other-issuer")
    sound = [one for crl in lists if isinstance(one := _sound(crl, source, attempts), _Sound)]
    tied = [one for one in sound if _tied(one, signer, above, source) == ""]
    if any(signer.serial in one.crl.serials for one in tied):
        return Finding(check, Outcome.FAILED, "revoked")
    if gone := revoked_above(chain, source, attempts):
        return Finding(check, Outcome.FAILED, "issuer-revoked", "; ".join(issuer.subject_text for issuer in gone))
    # an unfinished search may hide a revocation: many useless certificates must not make a signer pass
    reasons = [listed(c, chain[place:], source, attempts) for place, c in enumerate(chain, 1)]
    if unknown := [reason for reason in reasons if reason not in ("", REVOKED)]:
        return Finding(check, Outcome.UNDETERMINED, unknown[0])
    if not sound:
        return Finding(check, Outcome.UNDETERMINED, "crl-signature")
    # an untied CRL with this serial number may mean this signer, or that of another CSCA
    if not tied or any(signer.serial in one.crl.serials for one in sound):
        signers = dict.fromkeys(one.by.subject_text for one in sound)
        return Finding(check, Outcome.UNDETERMINED, "crl-not-tied", "; ".join(signers))
    issued = [one for one in tied if one.crl.this_update - at <= certification_path.CLOCK_SKEW]
    if not issued:
        return Finding(check, Outcome.UNDETERMINED, "not-yet-issued")
    # of each key the newest CRL counts, even if an older one has a later next update
    newest = {one.by.key_digest: one.crl for one in sorted(issued, key=lambda one: one.crl.this_update)}
    if all(crl.stale(at) for crl in newest.values()):
        return Finding(check, Outcome.UNDETERMINED, "stale")
    warnings = dict.fromkeys(warning for one in issued for warning in one.warnings)
    if warnings:
        return Finding(check, Outcome.WARNING, next(iter(warnings)), ", ".join(warnings))
    return Finding(check, Outcome.PASSED)


def revoked(
    certificate: Certificate,
    above: Sequence[Certificate],
    source: RevocationSource,
    attempts: Attempts | None = None,
) -> bool:
    """Whether a valid CRL names ``certificate``, or a self-signed one with its key: the key is then revoked.

    :param above: the known certificates above it
    """
    return listed(certificate, above, source, attempts) == REVOKED


def listed(
    certificate: Certificate,
    above: Sequence[Certificate],
    source: RevocationSource,
    attempts: Attempts | None = None,
) -> str:
    """Return ``revoked`` where :func:`revoked` is true, else an empty text, or why the status is unknown.

    The status is unknown where a CRL names the certificate, but more keys may have signed the CRL than are tried
    (``crl-signature``), or more links may tie it (``crl-not-tied``): added certificates must not hide a revocation.
    """
    if not source.crls:
        return ""
    reasons = [_listed(certificate, above, source, attempts)]
    if reasons[0] != REVOKED:
        others = (other for other in source.of_key(certificate) if other != certificate and other.self_named)
        named = ((other, _listed(other, (), source, attempts)) for other in others)
        reasons += [reason for other, reason in named if reason and other.verify(other).valid]
    return REVOKED if REVOKED in reasons else next(filter(None, reasons), "")


def revoked_above(
    chain: Sequence[Certificate], source: RevocationSource, attempts: Attempts | None = None
) -> list[Certificate]:
    """Return the revoked certificates above a signer; the signer is revoked with any of them (4.1.5.1)."""
    return [issuer for place, issuer in enumerate(chain[1:], 2) if revoked(issuer, chain[place:], source, attempts)]


def judge_crl(crl: Crl, source: RevocationSource) -> tuple[Outcome, str]:
    """Return the outcome of a CRL's own signature, and the reason unless it passed.

    ``no-issuer``: no certificate of its issuer is known. ``other-generation``: none of them has the key that it names.
    ``untrusted``: the signature is valid, and its signer does not count. ``wrong-signature`` fails: the issuer's key
    did not sign. ``limit``: more keys may have signed than are tried. A warning names a defect.

    :param crl: one of ``source.crls`` itself, since results are kept by object
    """
    sound = _sound(crl, source, None)
    if isinstance(sound, _Sound):
        return (Outcome.WARNING, sound.warnings[0]) if sound.warnings else (Outcome.PASSED, "")
    if sound is not None:
        return Outcome.UNDETERMINED, sound
    candidates = source.crl_signers(crl)
    results = [(candidate, crl.verify(candidate)) for candidate in candidates]  # each is remembered
    if any(result.valid for _, result in results):
        return Outcome.UNDETERMINED, "untrusted"
    for candidate, result in results:
        if crl.key_identifier is not None and candidate.subject_key_identifier == crl.key_identifier:
            return (Outcome.UNDETERMINED if result.valid is None else Outcome.FAILED), result.reason
    return Outcome.UNDETERMINED, "other-generation" if candidates else "no-issuer"


def _listed(
    certificate: Certificate, above: Sequence[Certificate], source: RevocationSource, attempts: Attempts | None
) -> str:
    reason = ""
    for crl in source.crls_for(certificate):
        # the serial number first: verifying a CRL costs a signature
        sound = _sound(crl, source, attempts) if certificate.serial in crl.serials else None
        if isinstance(sound, _Sound):
            tie = _tied(sound, certificate, above, source)
            if not tie:
                return REVOKED
            reason = reason or ("crl-not-tied" if tie == _CUT else "")
        elif sound == _CUT:
            reason = reason or "crl-signature"
    return reason


def _sound(crl: Crl, source: RevocationSource, attempts: Attempts | None) -> _Sound | str | None:
    """Return the CRL with the certificate that verifies it, None without one.

    ``limit`` where more certificates may have signed it than are tried.

    The certificate may itself be revoked: a key may sign its own revocation.
    """
    cached = source.memory.get(("crl", id(crl)), _MISSING)
    if cached is _MISSING:
        cached = source.memory["crl", id(crl)] = _verified(crl, source, attempts or _part(crl, source))
    assert cached is None or isinstance(cached, _Sound | str)  # noqa: S101
    return cached


REVOKED = "revoked"
_CUT, _MISSING = "limit", object()


def _part(crl: Crl, source: RevocationSource) -> Attempts:
    """Return the bound on the cost of one CRL: its part of the store's bound, so that no CRL uses another's."""
    cost = limits.ATTEMPTS_COST / len(source.crls) + limits.LIST_COST_PER_BYTE * len(crl.raw)
    return Attempts(certification_path.MAX_TRIED, cost)


def _verified(crl: Crl, source: RevocationSource, attempts: Attempts) -> _Sound | str | None:
    candidates = source.crl_signers(crl)
    unsound = _CUT if len(candidates) > certification_path.MAX_CANDIDATES else None
    late: _Sound | None = None
    for place, candidate in enumerate(candidates[: certification_path.MAX_CANDIDATES]):
        if late and candidate.key_digest != late.by.key_digest:
            continue
        # a trusted CA that comes first is always tried: nobody else chooses its key
        if (place or source.distrust_reason(candidate)) and not attempts.take(candidate.key):
            unsound = _CUT
            continue
        result = crl.verify(candidate)
        if not result.valid:
            continue
        doubt = source.distrust_reason(candidate)
        if doubt == "denied" or (doubt and certification_path.role_of(candidate)[0]):
            continue
        if doubt and (why := _not_at_home(candidate, source, attempts)):
            unsound = _CUT if why == _CUT else unsound
            continue
        day = crl.this_update.date()
        if algorithms.outdated(result.hash, day):
            continue
        bits = candidate.key.bits if candidate.key.kind == "rsa" else 0
        weak = ("algorithm-weak",) if algorithms.weak(result.hash, bits, day) else ()
        warnings = (*crl.warnings, *result.warnings, *weak)
        # one key may have several certificates; the CRL may be of a later one
        if crl.this_update - candidate.not_after <= certification_path.CLOCK_SKEW:
            return _Sound(crl, candidate, warnings)
        late = late or _Sound(crl, candidate, (*warnings, "crl-issuer-expired"))
    return late or unsound


def _not_at_home(candidate: Certificate, source: RevocationSource, attempts: Attempts) -> str:
    """Return why no path within one State leads to a trusted certificate: no other State decides who signs its CRLs."""
    path = certification_path.build(candidate, source, attempts=attempts)
    if not path.valid:
        return path.reason
    return "" if len({certificate.country for certificate in path.chain}) == 1 else "abroad"


def _tied(sound: _Sound, certificate: Certificate, above: Sequence[Certificate], source: RevocationSource) -> str:
    """Return an empty text where a CRL is of the CSCA that issued ``certificate``, else why that is unknown."""
    if sound.crl.of_issuer(certificate.issuer):
        return ""
    cut = False
    if not above and not certificate.self_signed:
        path = certification_path.build(certificate, source)
        above, cut = path.chain[1:], path.reason == _CUT
    if any(sound.crl.of_issuer(issuer.subject) for issuer in above[:1]):
        return ""
    lineage = _lineage(sound.by, source)
    if any(c.key_digest in lineage.keys for c in above or (certificate,)):
        return ""
    return _CUT if cut or lineage.cut else "crl-not-tied"


class _Lineage(NamedTuple):
    """Keys that link certificates connect; ``cut``: there are more links than are tried."""

    keys: frozenset[str]
    cut: bool


def _lineage(authority: Certificate, source: RevocationSource) -> _Lineage:
    """Return the keys that link certificates of one State connect with an authority's, its own included.

    A link counts if a trusted authority of the State signed it, or an authority whose own link counts: anyone can
    certify any two keys. So no signature is verified with the key of a stranger.
    """
    cached = source.memory.get(("lineage", authority.key_digest))
    if isinstance(cached, _Lineage):
        return cached
    doubts = {c: source.distrust_reason(c) for c in source.of_state(authority.country)}
    links = [c for c, doubt in doubts.items() if doubt != "denied"]
    sound = {c.sha256 for c in links if not doubts[c] and not certification_path.role_of(c)[0]}
    connected: dict[str, set[str]] = {}
    attempts, tried, cut = Attempts(certification_path.MAX_TRIED), set[tuple[str, str]](), False
    for _ in range(certification_path.MAX_DEPTH):
        before = frozenset(sound)
        for link in links:
            above = [issuer for issuer in source.issuers(link) if issuer.sha256 in before and issuer != link]
            cut = cut or len(above) > certification_path.MAX_CANDIDATES
            for issuer in above[: certification_path.MAX_CANDIDATES]:
                if (link.sha256, issuer.sha256) in tried:
                    continue
                if not attempts.take(issuer.key):
                    cut = True
                    continue
                tried.add((link.sha256, issuer.sha256))
                if link.verify(issuer).valid and not certification_path.role_of(link)[0]:
                    sound.add(link.sha256)
                    connected.setdefault(link.key_digest, set()).add(issuer.key_digest)
                    connected.setdefault(issuer.key_digest, set()).add(link.key_digest)
        if sound == before:
            break
    reached, ahead = {authority.key_digest}, [authority.key_digest]
    while ahead:
        new = connected.get(ahead.pop(), set()) - reached
        reached |= new
        ahead += new
    lineage = source.memory["lineage", authority.key_digest] = _Lineage(frozenset(reached), cut)
    return lineage
