"""A State's certificates in words: their sources, who vouches for whom, and which are missing."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from tjdocs.findings import checks
from tjdocs.pki import certification_path, distinguished_name
from tjdocs.pki.certificate import Certificate
from tjdocs.pki.trust.master_list import Resolution, resolve
from tjdocs.pki.trust.store import Entry, Source, TrustPolicy, TrustStore
from tjdocs.pki.trust.trust_policy import WORDS

__all__ = ["entries", "entry_json", "explain"]


def entries(store: TrustStore, country: str = "") -> list[Entry]:
    """Return the store's entries, those of one State if ``country`` is given (two letters, any case)."""
    return [entry for entry in store.entries if not country or entry.certificate.country == country.upper()]


def entry_json(entry: Entry, store: TrustStore) -> dict[str, Any]:
    """Return an entry of ``store`` with the keys that the command line prints."""
    certificate = entry.certificate
    return {
        "subject": certificate.subject_text,
        "issuer": certificate.issuer_text,
        "serial": f"{certificate.serial:x}",
        "sha256": certificate.sha256,
        "country": certificate.country,
        "key": certificate.key.name,
        "not_before": certificate.not_before.isoformat(),
        "not_after": certificate.not_after.isoformat(),
        "sources": list(entry.sources),
        "kind": entry.kind,
        "trusted": entry.ground if store.trusted(certificate) else "",
        "held_by": [asdict(source) for source in entry.origins],
    }


def explain(store: TrustStore, country: str, policy: TrustPolicy | None = None, *, at: datetime) -> list[str]:
    """Return sentences about a State's certificates, oldest first.

    :param policy: the trust policy by which each is believed or not, with the reason
    :param at: the moment at which the signers of their master lists must not be revoked
    """
    own = sorted(entries(store, country), key=lambda entry: entry.certificate.not_before)
    if not own:
        return [f"No certificate of {country.upper()} is in the store."]
    trusted = sum(store.trusted(entry.certificate) for entry in own)
    lines = [f"{len(own)} certificates of {country.upper()}, {trusted} of them trusted."]
    seen = store.with_policy(policy)
    if policy is not None:
        believed = sum(seen.trusted(entry.certificate) for entry in own)
        lines[0] = f"{lines[0][:-1]}, {believed} believed under the policy."
    resolutions = resolve([entry.certificate for entry in own], store)
    for entry, resolution in zip(own, resolutions, strict=True):
        lines.append(_describe(entry))
        lines.append(f"  {_vouching(resolution)}")
        lines.append(f"  {_trust(entry, store)}")
        if policy is not None:
            lines.append(f"  under the policy: {_believed(entry.certificate, seen)}")
    missing = [r for r in resolutions if r.kind == "unresolved"]
    if missing:
        lines.append("Missing:")
        lines += [f"  the certificate that signed {_short(r)}: {_REASONS.get(r.reason, r.reason)}" for r in missing]
    else:
        lines.append("Nothing is missing: every certificate is vouched for by its own key or another one here.")
    for name in store.lists_without_signers:
        lines.append(f"Whether the signer of {name} is revoked cannot be told: import the list again.")
    lines += _unsettled(own, store, at)
    known = {entry.certificate.sha256 for entry in store.entries}
    known.update(*(source.signers for entry in store.entries for source in entry.origins))
    for digest in sorted(policy.denied - known) if policy is not None else ():
        lines.append(f"Denied by the policy, and not in the store, so that its key is not known: {digest}.")
    return lines


def _unsettled(own: list[Entry], store: TrustStore, at: datetime) -> list[str]:
    """Return a sentence for each master list whose signer has no settled revocation status."""
    sources = dict.fromkeys(source for entry in own for source in entry.origins)
    words = checks()["pa.ds-revocation"].reasons
    reasons = ((source, store.signer_revocation(source, at=at)) for source in sources)
    return [
        f"Whether the signer of {source.name} is revoked is not settled ({reason}). {words.get(reason, '')}".rstrip()
        for source, reason in reasons
        if reason
    ]


def _believed(certificate: Certificate, seen: TrustStore) -> str:
    """Return whether a store under a policy believes a certificate, in itself or by a path, and why."""
    doubt, why = seen.distrust_reason(certificate), seen.explain(certificate)
    if doubt in ("", "denied"):
        return f"{'not believed' if doubt else 'believed'}: {why}"
    path = certification_path.build(certificate, seen)
    if path.valid:
        end = path.chain[-1]
        return f"believed by a path to {end.subject_text}, serial {end.serial:x}; not in itself: {why}"
    barred = any(attempt.reason == "denied" for attempt in path.attempts)
    return f"not believed: {why}" + ("; who vouches for it is denied" if barred else "")


_REASONS = {
    "no-issuer": "nobody of the issuer's name is known",
    "other-generation": "the issuer's name is known, but no certificate here has that key",
    "wrong-signature": "the issuer's key is here and the signature is wrong",
    "curve-unsupported": "a key is on a curve that is not read",
    "algorithm-unknown": "the signature algorithm is not known",
    "key-unusable": "a key cannot be read",
    "limit": "more signatures would have to be verified than are tried",
}


def _describe(entry: Entry) -> str:
    certificate = entry.certificate
    return (
        f"{certificate.subject_text}, serial {certificate.serial:x}, {certificate.key.name}, "
        f"valid {certificate.not_before.date().isoformat()} to {certificate.not_after.date().isoformat()}"
    )


def _short(resolution: Resolution) -> str:
    certificate = resolution.certificate
    common_name = distinguished_name.attribute(certificate.subject, "CN") or certificate.subject_text
    return f"{common_name} of {certificate.not_before.date().isoformat()} (issuer {certificate.issuer_text})"


def _vouching(resolution: Resolution) -> str:
    if resolution.kind == "self-signed":
        return "vouched for by its own key only"
    if resolution.issuer is None:
        return f"nobody here vouches for it: {_REASONS.get(resolution.reason, resolution.reason)}"
    issuer = resolution.issuer
    by = f"{issuer.subject_text}, serial {issuer.serial:x}"
    return f"vouched for by {by}" + (" (found by key identifier only)" if resolution.reason else "")


def _trust(entry: Entry, store: TrustStore) -> str:
    ground = f"trusted: {WORDS[entry.ground]}" if entry.ground else "not trusted by itself: a candidate"
    if entry.ground and not store.trusted(entry.certificate):
        ground = f"trusted at import: {WORDS[entry.ground]}; not trusted now: {store.explain(entry.certificate)}"
    return f"{ground}; from {', '.join(map(_source, entry.origins)) or 'no source that is known'}"


def _source(source: Source) -> str:
    """Return a source's name, its issuer, signer and dates."""
    details = []
    if source.vouches:
        details.append(f"list of {source.state or 'no State'}")
    elif source.kind == "list":
        details.append(f"list, signature {source.signature}")
    if source.signer:
        details.append(f"signed by {source.signer}")
    dates = (("of", source.signed), ("imported", source.imported))
    details += [f"{word} {moment[:10]}" for word, moment in dates if moment]
    return f"{source.name} ({', '.join(details)})" if details else source.name
