"""Whether a certificate is revoked, by the lists in a trust store (Doc 9303-12, 4.1.5, 7.1.4 and D.1.2.3).

One law for every kind of signer. A list is for all certificates of its State's CSCA: the newest key signs it for all
keys, and names change. It counts for a certificate when it is tied to the CSCA that issued that one: by the name, by
a former name that the list gives, or by link certificates between the two keys.
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

__all__ = ["REVOKED", "RevocationSource", "judge", "listed", "revoked", "revoked_above"]


class RevocationSource(certification_path.CertificateSource, Protocol):
    """What revocation needs of a trust store."""

    @property
    def crls(self) -> tuple[Crl, ...]:
        """All lists."""
        ...

    @property
    def memory(self) -> dict[object, object]:
        """What is kept of lists judged against this store; it ends with what the store holds now."""
        ...

    def crls_for(self, certificate: Certificate) -> list[Crl]:
        """Return the lists of a certificate's State, and those of its issuer's name."""
        ...

    def crl_signers(self, crl: Crl) -> list[Certificate]:
        """Return the certificates of a list's issuer, the likeliest first."""
        ...

    def of_key(self, certificate: Certificate) -> list[Certificate]:
        """Return all known certificates of a certificate's key."""
        ...

    def of_state(self, country: str) -> list[Certificate]:
        """Return the known certificates of a State, trusted or not."""
        ...


class _Sound(NamedTuple):
    """A list whose signature is right under an authority that is trusted, or to which a path leads at home."""

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
    :param attempts: what verifying lists may cost together with other searches; each has its part of what all lists of
        ``source`` may cost unless given
    """
    if not source.crls:
        return Finding(check, Outcome.UNDETERMINED, "no-crl")
    signer, *above = chain
    lists = source.crls_for(signer)
    if not lists:
        return Finding(check, Outcome.UNDETERMINED, "other-issuer")
    sound = [found for crl in lists if isinstance(found := _sound(crl, source, attempts), _Sound)]
    tied = [found for found in sound if _tied(found, signer, above, source) == ""]
    if any(signer.serial in found.crl.serials for found in tied):
        return Finding(check, Outcome.FAILED, "revoked")
    if gone := revoked_above(chain, source, attempts):
        return Finding(check, Outcome.FAILED, "issuer-revoked", "; ".join(issuer.subject_text for issuer in gone))
    # what was not tried to the end may name one of them: a crowd must not hide a revocation
    said = [listed(c, chain[place:], source, attempts) for place, c in enumerate(chain, 1)]
    if unknown := [reason for reason in said if reason not in ("", REVOKED)]:
        return Finding(check, Outcome.UNDETERMINED, unknown[0])
    if not sound:
        return Finding(check, Outcome.UNDETERMINED, "crl-signature")
    # an untied list that names the number may mean this signer: it is not known which CSCA's number that is
    if not tied or any(signer.serial in found.crl.serials for found in sound):
        signers = dict.fromkeys(found.by.subject_text for found in sound)
        return Finding(check, Outcome.UNDETERMINED, "crl-not-tied", "; ".join(signers))
    issued = [found for found in tied if found.crl.this_update - at <= certification_path.CLOCK_SKEW]
    if not issued:
        return Finding(check, Outcome.UNDETERMINED, "not-yet-issued")
    # of one key the newest list counts: an older one that was to last longer does not replace the one that is due
    newest = {found.by.key_digest: found.crl for found in sorted(issued, key=lambda found: found.crl.this_update)}
    if all(crl.stale(at) for crl in newest.values()):
        return Finding(check, Outcome.UNDETERMINED, "stale")
    warnings = dict.fromkeys(warning for found in issued for warning in found.warnings)
    if warnings:
        return Finding(check, Outcome.WARNING, next(iter(warnings)), ", ".join(warnings))
    return Finding(check, Outcome.PASSED)


def revoked(
    certificate: Certificate,
    above: Sequence[Certificate],
    source: RevocationSource,
    attempts: Attempts | None = None,
) -> bool:
    """Whether a sound list names ``certificate``, or a root of the same key: then the key itself is not to be used.

    :param above: the certificates above it, as far as they are known
    """
    return listed(certificate, above, source, attempts) == REVOKED


def listed(
    certificate: Certificate,
    above: Sequence[Certificate],
    source: RevocationSource,
    attempts: Attempts | None = None,
) -> str:
    """Return ``revoked`` as :func:`revoked` says it, nothing, or why that is not known.

    It is not known where a list names the certificate and more may have signed it than are tried (``crl-signature``),
    or more links may tie it (``crl-not-tied``): whatever others added to the store must not hide a revocation.
    """
    if not source.crls:
        return ""
    found = [_listed(certificate, above, source, attempts)]
    if found[0] != REVOKED:
        others = (other for other in source.of_key(certificate) if other != certificate and other.self_named)
        named = ((other, _listed(other, (), source, attempts)) for other in others)
        found += [said for other, said in named if said and other.verify(other).valid]
    return REVOKED if REVOKED in found else next(filter(None, found), "")


def revoked_above(
    chain: Sequence[Certificate], source: RevocationSource, attempts: Attempts | None = None
) -> list[Certificate]:
    """Return the revoked certificates above a signer: whatever rests on one of them is revoked with it (4.1.5.1)."""
    return [issuer for place, issuer in enumerate(chain[1:], 2) if revoked(issuer, chain[place:], source, attempts)]


def _listed(
    certificate: Certificate, above: Sequence[Certificate], source: RevocationSource, attempts: Attempts | None
) -> str:
    said = ""
    for crl in source.crls_for(certificate):
        # the number is asked first: judging a list costs a signature
        found = _sound(crl, source, attempts) if certificate.serial in crl.serials else None
        if isinstance(found, _Sound):
            tie = _tied(found, certificate, above, source)
            if not tie:
                return REVOKED
            said = said or ("crl-not-tied" if tie == _CUT else "")
        elif found == _CUT:
            said = said or "crl-signature"
    return said


def _sound(crl: Crl, source: RevocationSource, attempts: Attempts | None) -> _Sound | str | None:
    """Return the list with the certificate under which its signature is right, None where there is none.

    ``limit`` where more certificates may have signed it than are tried.

    Whether that certificate is itself revoked does not count: a key's last word may be that it is not to be used.
    """
    kept = source.memory.get(("crl", id(crl)), _MISSING)
    if kept is _MISSING:
        kept = source.memory["crl", id(crl)] = _verified(crl, source, attempts or _part(crl, source))
    assert kept is None or isinstance(kept, _Sound | str)  # noqa: S101
    return kept


REVOKED = "revoked"
_CUT, _MISSING = "limit", object()


def _part(crl: Crl, source: RevocationSource) -> Attempts:
    """Return what one list of a store may cost: its part of the bound on all, so that no list takes another's."""
    cost = limits.ATTEMPTS_COST / len(source.crls) + limits.LIST_COST_PER_BYTE * len(crl.raw)
    return Attempts(certification_path.MAX_TRIED, cost)


def _verified(crl: Crl, source: RevocationSource, attempts: Attempts) -> _Sound | str | None:
    candidates = source.crl_signers(crl)
    unsound = _CUT if len(candidates) > certification_path.MAX_CANDIDATES else None
    late: _Sound | None = None
    for place, candidate in enumerate(candidates[: certification_path.MAX_CANDIDATES]):
        if late and candidate.key_digest != late.by.key_digest:
            continue
        # a trusted authority that comes first is always asked: nobody else chooses its key
        if (place or source.doubt(candidate)) and not attempts.take(candidate.key):
            unsound = _CUT
            continue
        result = crl.verify(candidate)
        if not result.valid:
            continue
        doubt = source.doubt(candidate)
        if doubt == "denied" or (doubt and certification_path.role_of(candidate)[0]):
            continue
        if doubt and (why := _not_at_home(candidate, source, attempts)):
            unsound = _CUT if why == _CUT else unsound
            continue
        made = crl.this_update.date()
        if algorithms.outdated(result.hash, made):
            continue
        bits = candidate.key.bits if candidate.key.kind == "rsa" else 0
        weak = ("algorithm-weak",) if algorithms.weak(result.hash, bits, made) else ()
        warnings = (*crl.warnings, *result.warnings, *weak)
        # one key may have several certificates, of which a later one answers for the list
        if crl.this_update - candidate.not_after <= certification_path.CLOCK_SKEW:
            return _Sound(crl, candidate, warnings)
        late = late or _Sound(crl, candidate, (*warnings, "crl-issuer-expired"))
    return late or unsound


def _not_at_home(candidate: Certificate, source: RevocationSource, attempts: Attempts) -> str:
    """Return why no path leads to a trusted certificate and never abroad: who lists is nobody else's to say."""
    found = certification_path.build(candidate, source, attempts=attempts)
    if not found.valid:
        return found.reason
    return "" if len({certificate.country for certificate in found.chain}) == 1 else "abroad"


def _tied(found: _Sound, certificate: Certificate, above: Sequence[Certificate], source: RevocationSource) -> str:
    """Return nothing where a list is of the CSCA that issued ``certificate``, else why it is not known to be."""
    if found.crl.of_issuer(certificate.issuer):
        return ""
    cut = False
    if not above and not certificate.self_signed:
        path = certification_path.build(certificate, source)
        above, cut = path.chain[1:], path.reason == _CUT
    if any(found.crl.of_issuer(issuer.subject) for issuer in above[:1]):
        return ""
    lineage = _lineage(found.by, source)
    if any(c.key_digest in lineage.keys for c in above or (certificate,)):
        return ""
    return _CUT if cut or lineage.cut else "crl-not-tied"


class _Lineage(NamedTuple):
    """Keys that are connected, and whether there are more links than were tried."""

    keys: frozenset[str]
    cut: bool


def _lineage(authority: Certificate, source: RevocationSource) -> _Lineage:
    """Return the keys that link certificates of one State connect with an authority's, its own included.

    A link counts where a trusted authority of the State signed it, or one whose own link counts: anyone can certify
    any two keys. So nothing is verified under the key of a stranger.
    """
    kept = source.memory.get(("lineage", authority.key_digest))
    if isinstance(kept, _Lineage):
        return kept
    doubts = {c: source.doubt(c) for c in source.of_state(authority.country)}
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
    found = source.memory["lineage", authority.key_digest] = _Lineage(frozenset(reached), cut)
    return found
