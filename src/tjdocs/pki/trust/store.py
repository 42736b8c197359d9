"""The trust store: certificates with their sources, and which of them are trusted (Doc 9303-12, 8.1 and 9).

The store has every certificate with all its sources; a certificate in it is not trusted for that. The file is a cache
of public data: each certificate is hashed again on load. The set of trusted certificates has a digest that an
inspection system can pin.
"""

import json
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path as FilePath
from typing import Self

from tjdocs.errors import InputError, OutputError, UsageError
from tjdocs.pki import distinguished_name
from tjdocs.pki.certificate import Certificate
from tjdocs.pki.crl import Crl
from tjdocs.pki.trust import revocation, store_file
from tjdocs.pki.trust.trust_policy import Entry, Source, TrustPolicy

__all__ = ["Entry", "Source", "TrustPolicy", "TrustStore"]


@dataclass(slots=True)
class _Snapshot:
    """The content of a store and its indexes; a view under a policy shares them."""

    entries: dict[str, Entry] = field(default_factory=dict)
    by_subject: dict[bytes, list[Certificate]] = field(default_factory=dict)
    by_canonical: dict[object, list[Certificate]] = field(default_factory=dict)
    by_key_identifier: dict[bytes, list[Certificate]] = field(default_factory=dict)
    by_serial: dict[int, list[Certificate]] = field(default_factory=dict)
    by_computed: dict[bytes, list[Certificate]] | None = None  # made at the first use, as the next
    by_signer: dict[tuple[str, int], list[Certificate]] | None = None
    crls: tuple[Crl, ...] = ()
    signers: tuple[Certificate, ...] = ()
    memory: dict[object, object] = field(default_factory=dict, init=False)
    by_issuer: dict[object, list[Crl]] = field(default_factory=dict)
    by_state: dict[str, list[Crl]] = field(default_factory=dict)
    by_key: dict[str, list[Certificate]] | None = None  # made at the first use
    revoked: Mapping[str, str] | None = None  # status of master lists' signers by digest; made at the first use
    of: "_Snapshot | None" = None  # the snapshot of which this is a view
    denied: frozenset[str] = frozenset()  # digests of public keys
    barred: frozenset[str] = frozenset()  # digests of the certificates of these keys
    standings: dict[str, str] = field(default_factory=dict)
    imported: str | None = "?"  # computed at the first use

    @property
    def against(self) -> frozenset[str]:
        """Digests of denied keys and their certificates: no master list may rest on one of them."""
        return self.barred | self.denied

    def add(self, entry: Entry) -> None:
        certificate = entry.certificate
        self.imported = "?"
        self.entries[certificate.sha256] = entry
        self.memory.clear()
        self.by_subject.setdefault(certificate.subject, []).append(certificate)
        self.by_canonical.setdefault(distinguished_name.canonical(certificate.subject), []).append(certificate)
        self.by_serial.setdefault(certificate.serial, []).append(certificate)
        if certificate.subject_key_identifier:
            self.by_key_identifier.setdefault(certificate.subject_key_identifier, []).append(certificate)

    def keep(self, crls: Iterable[Crl]) -> None:
        self.crls = tuple(crls)
        for crl in self.crls:
            self.by_issuer.setdefault(distinguished_name.canonical(crl.issuer), []).append(crl)
            if crl.country:
                self.by_state.setdefault(crl.country, []).append(crl)


class TrustStore:
    """Certificates, known or trusted, in memory after opening; threads may share it.

    :param path: an existing store, as ``tjdocs trust import`` makes it
    :raises InputError: the file is missing, is not a trust store, or has an altered certificate
    """

    def __init__(self, path: str | FilePath) -> None:
        self._path: FilePath | None = FilePath(path)
        self._lock = threading.Lock()
        self._above: TrustStore | None = None
        self._policies: tuple[TrustPolicy, ...] = ()
        self._views: dict[TrustPolicy, TrustStore] = {}
        if not self._path.is_file():
            raise InputError("missing trust store", where=str(path), hint="make one with `tjdocs trust import`")
        self._loaded: _Snapshot | None = self._load()

    @property
    def _snapshot(self) -> _Snapshot:
        """The content of the store, read again after a change."""
        if self._above is not None:
            return self._view(self._above._snapshot)
        snapshot = self._loaded
        if snapshot is None:
            with self._lock:
                snapshot = self._loaded = self._loaded or self._load()
        return snapshot

    @classmethod
    def create(cls, path: str | FilePath) -> "TrustStore":
        """Open the store at ``path``, or make an empty one.

        :raises OutputError: it cannot be made
        :raises InputError: the file is not a trust store
        """
        if not FilePath(path).exists():
            store_file.create(FilePath(path))
        return cls(path)

    @classmethod
    def of(
        cls, anchors: Iterable[Certificate], candidates: Iterable[Certificate] = (), crls: Iterable[Crl] = ()
    ) -> "TrustStore":
        """Return a store in memory that trusts ``anchors`` and knows ``candidates`` without trusting them."""
        entries = [Entry(certificate, grounds=("anchor",)) for certificate in anchors]
        return cls.of_entries([*entries, *map(Entry, candidates)], crls)

    @classmethod
    def of_entries(
        cls, entries: Iterable[Entry], crls: Iterable[Crl] = (), signers: Iterable[Certificate] = ()
    ) -> Self:
        """Return a store in memory with these entries; of two entries with one certificate the first counts.

        :param signers: the certificates from the signers of master lists to their anchors
        """
        store = cls.__new__(cls)
        store._path = store._above = None
        store._lock = threading.Lock()
        store._policies, store._views = (), {}
        store._loaded = snapshot = _Snapshot()
        snapshot.keep(crls)
        snapshot.signers = tuple(dict.fromkeys(signers))
        for entry in entries:
            if entry.certificate.sha256 not in snapshot.entries:
                snapshot.add(entry)
        return store

    def merged(self, others: Sequence["TrustStore"]) -> "TrustStore":
        """Return a store in memory with the entries, grounds and CRLs of this one and ``others``.

        :raises UsageError: one of them is a view under a policy, which would be lost
        """
        if self._policies or any(other._policies for other in others):
            raise UsageError("a store under a policy", where="merged", hint="merge first, then apply the policy")
        snapshots = [self._snapshot, *(other._snapshot for other in others)]
        entries: dict[str, Entry] = {}
        for digest, entry in (item for snapshot in snapshots for item in snapshot.entries.items()):
            known = entries.get(digest)
            if known is not None:
                origins = tuple(dict.fromkeys((*known.origins, *entry.origins)))
                grounds = tuple(dict.fromkeys((*known.grounds, *entry.grounds)))
                entry = replace(known, origins=origins, grounds=grounds)
            entries[digest] = entry
        crls = (crl for snapshot in snapshots for crl in snapshot.crls)
        signers = (signer for snapshot in snapshots for signer in snapshot.signers)
        return TrustStore.of_entries(entries.values(), crls, signers)

    def with_policy(self, policy: TrustPolicy | None) -> "TrustStore":
        """Return a view of the store under ``policy``: the same certificates, of which fewer are believed.

        Certificates added to this store are in the view too. None returns this store.
        """
        if policy is None:
            return self
        view = self._views.get(policy)
        if view is None:
            view = TrustStore.of_entries(())
            view._loaded, view._above, view._policies = None, self, (*self._policies, policy)
            self._views = {**self._views, policy: view}
        return view

    @property
    def policies(self) -> tuple[TrustPolicy, ...]:
        """The policies of this view; empty for a store without one, where trust at import is enough."""
        return self._policies

    @property
    def denied_digests(self) -> frozenset[str]:
        """SHA-256 of all certificates whose keys the policies deny, those of master lists' signers included."""
        return self._snapshot.barred

    def _view(self, base: _Snapshot) -> _Snapshot:
        snapshot = self._loaded
        if snapshot is None or snapshot.of is not base:
            digests = frozenset().union(*(policy.denied for policy in self._policies))
            entries = base.entries.values() if digests else ()
            known = (*(entry.certificate for entry in entries), *(base.signers if digests else ()))
            keys = frozenset(c.key_digest for c in known if self._denied(c))
            # for a master list's signer that is not in the store, the source has the digest of its key
            signers = (source.signers for source in {source for entry in entries for source in entry.origins})
            keys |= {key for pairs in signers for digest, key in pairs.items() if digest in digests}
            barred = frozenset(c.sha256 for c in known if keys and c.key_digest in keys)
            snapshot = self._loaded = replace(base, of=base, denied=keys, barred=barred, standings={}, revoked=None)
        return snapshot

    def _load(self) -> _Snapshot:
        # only a store in memory has no path, and it is never loaded: it is made with its snapshot
        assert self._path is not None  # noqa: S101
        entries, crls, signers = store_file.read(self._path)
        snapshot = _Snapshot()
        for entry in entries:
            snapshot.add(entry)
        snapshot.keep(crls)
        snapshot.signers = signers
        return snapshot

    @property
    def signers_of_lists(self) -> tuple[Certificate, ...]:
        """The certificates from the signers of master lists to their anchors, and the CAs that came with them.

        None is trusted for this.
        """
        return self._snapshot.signers

    @property
    def lists_without_signers(self) -> tuple[str, ...]:
        """Names of the master lists that vouch for certificates, and whose signers are not in the store (its form 3).

        The revocation status of such a signer is unknown. Importing the master list again adds the signer.
        """
        digests = {signer.sha256 for signer in self.signers_of_lists}
        sources = {source for entry in self.entries for source in entry.origins if source.vouches}
        return tuple(sorted({source.name for source in sources if not digests.issuperset(source.signers)}))

    def __contains__(self, certificate: Certificate) -> bool:
        """Whether the store has ``certificate``, trusted or not."""
        return certificate.sha256 in self._snapshot.entries

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All entries, in the order of their import."""
        return tuple(self._snapshot.entries.values())

    @property
    def crls(self) -> tuple[Crl, ...]:
        """All CRLs."""
        return self._snapshot.crls

    def crls_for(self, certificate: Certificate) -> list[Crl]:
        """Return the CRLs of a certificate's State, and those of its issuer's name (Doc 9303-12, D.1.2.3)."""
        snapshot = self._snapshot
        codes = self._named(certificate.issuer) or self._named(certificate.subject)
        if not codes:
            issuers = {issuer.sha256 for issuer in self.issuers(certificate)} if self._policies else ()
            codes = [code for policy in self._policies for digest, code in policy.states if digest in issuers]
        crls = [*(crl for code in codes for crl in snapshot.by_state.get(code.upper(), ()))]
        crls += snapshot.by_issuer.get(distinguished_name.canonical(certificate.issuer), ())
        return list({id(crl): crl for crl in crls}.values())

    @staticmethod
    def _named(name: bytes) -> list[str]:
        return [code for code in distinguished_name.countries(name) if distinguished_name.is_code(code)]

    def crl_signers(self, crl: Crl) -> list[Certificate]:
        """Return the certificates of a CRL's issuer, by name or by key; those with the key that it names come first."""
        snapshot = self._snapshot
        keyed = snapshot.by_key_identifier.get(crl.key_identifier, ()) if crl.key_identifier else ()
        named = snapshot.by_canonical.get(distinguished_name.canonical(crl.issuer), ())
        candidates = dict.fromkeys((*named, *(c for c in keyed if c.country == crl.country)))

        def rank(certificate: Certificate) -> tuple[bool, bool]:
            named = crl.key_identifier is None or certificate.subject_key_identifier == crl.key_identifier
            return not named, bool(self._believed(certificate))

        return sorted(candidates, key=rank)

    @property
    def digest(self) -> str:
        """SHA-256 over the trusted certificates and their grounds, hexadecimal, for ``--trust-digest``.

        Of each trusted certificate: its digest and grounds, and the State, anchor and signer's path of each master list
        that vouches for it. The edition of the master list is not in it: a newer one with the same content has the same
        digest.
        """
        rows = []
        for entry in self._trusted():
            lists = {(source.state, source.anchor, source.path) for source in entry.origins if source.vouches}
            rows.append((entry.certificate.sha256, sorted(entry.grounds), sorted(lists)))
        return sha256(json.dumps(rows).encode()).hexdigest()

    @property
    def certificates_digest(self) -> str:
        """SHA-256 over the sorted digests of the trusted certificates alone, as ``--trust-digest`` also takes it."""
        return sha256("\n".join(entry.certificate.sha256 for entry in self._trusted()).encode()).hexdigest()

    def _trusted(self) -> list[Entry]:
        entries = sorted(self._snapshot.entries.items())
        return [entry for _, entry in entries if self.trusted(entry.certificate)]

    @property
    def revoked_signers(self) -> frozenset[str]:
        """SHA-256 of the revoked certificates between master lists' signers and their anchors."""
        return frozenset(digest for digest, reason in self._listed.items() if reason == revocation.REVOKED)

    @property
    def _listed(self) -> Mapping[str, str]:
        """Master lists' signers that are ``revoked``, or why that is unknown, by SHA-256; their lists do not count."""
        snapshot = self._snapshot
        if snapshot.revoked is None:
            snapshot.revoked = self._revoked(snapshot)
        return snapshot.revoked

    @property
    def imported(self) -> str | None:
        """The time of the last import, ISO 8601; empty where no source has it, None for an empty store."""
        snapshot = self._snapshot
        if snapshot.imported == "?":
            sources = {source for entry in snapshot.entries.values() for source in entry.origins}
            latest = max((source.imported for source in sources), default="")
            snapshot.imported = latest if snapshot.entries else None
        return snapshot.imported

    @property
    def memory(self) -> dict[object, object]:
        """Cached results on certificates and CRLs against this store; a change of the store clears them."""
        return self._snapshot.memory

    def trusted(self, certificate: Certificate) -> bool:
        """Whether ``certificate`` is trusted in itself."""
        return not self.distrust_reason(certificate)

    def distrust_reason(self, certificate: Certificate) -> str:
        """Return why ``certificate`` is not trusted in itself, empty when it is.

        - ``untrusted``: it has no ground.
        - ``not-believed``: its grounds are not enough for the policy; for instance, its master list's signer is
          revoked.
        - ``denied``: the policy denies it, or another certificate of its key.
        """
        before = self._believed(certificate)
        if before:
            return before
        listed = self._listed
        return self._standing(self._snapshot, certificate, frozenset(listed)) if listed else ""

    def _believed(self, certificate: Certificate) -> str:
        """Return the doubt without regard to revoked signers of master lists, whose revocation depends on it."""
        snapshot = self._snapshot
        doubt = snapshot.standings.get(certificate.sha256)
        if doubt is None:
            doubt = self._standing(snapshot, certificate)
            if certificate.sha256 in snapshot.entries:  # others come from documents: their number has no bound
                snapshot.standings[certificate.sha256] = doubt
        return doubt

    def _revoked(self, snapshot: _Snapshot) -> Mapping[str, str]:
        """Return the reasons of :attr:`_listed` for the certificates from master lists' signers to their anchors."""
        if not snapshot.crls or not snapshot.signers:
            return {}
        before = self._before_revocation(snapshot)
        reasons = ((signer.sha256, revocation.listed(signer, (), before)) for signer in snapshot.signers)
        return {digest: reason for digest, reason in reasons if reason}

    def _before_revocation(self, snapshot: _Snapshot) -> "_BeforeRevocation":
        entries = [*snapshot.entries.values(), *map(Entry, snapshot.signers)]
        before = _BeforeRevocation.of_entries(entries, snapshot.crls, snapshot.signers)
        before._policies = self._policies
        before._view(before._snapshot)
        return before

    def signer_revocation(self, source: Source, *, at: datetime) -> str:
        """Return why the revocation of a master list's signers is not settled, as a reason of ``pa.ds-revocation``.

        Empty where it is settled: at that moment a CRL that counts names none of them. Empty too where the master list
        does not vouch by its signature, and where its signers are not in the store (:attr:`lists_without_signers`).
        """
        snapshot = self._snapshot
        by_digest = {signer.sha256: signer for signer in snapshot.signers}
        path = [by_digest[digest] for digest in source.signers if digest in by_digest]
        if not source.vouches or not path:
            return ""
        before = self._before_revocation(snapshot)
        # several signers follow one another, each with the authorities above it
        starts = [place for place, certificate in enumerate(path) if not place or not certificate.is_ca]
        reasons = (revocation.judge("", path[place:], before, at=at).reason for place in starts)
        return next(filter(None, reasons), "")

    def _denied(self, certificate: Certificate) -> bool:
        return any(policy.denies(certificate) for policy in self._policies)

    def _standing(self, snapshot: _Snapshot, certificate: Certificate, revoked: frozenset[str] = frozenset()) -> str:
        if self._denied(certificate):
            return "denied"
        if snapshot.denied and certificate.key_digest in snapshot.denied:
            return "denied"
        entry = snapshot.entries.get(certificate.sha256)
        if entry is None or not entry.grounds:
            return "untrusted"
        against = snapshot.against | revoked
        # without a policy, only a revoked signer makes a master list worthless
        policies = self._policies or ((TrustPolicy(),) if against else ())
        return "" if all(policy.standing(entry, against)[0] for policy in policies) else "not-believed"

    def explain(self, certificate: Certificate) -> str:
        """Return in words why ``certificate`` is trusted in itself, or why not."""
        if self.distrust_reason(certificate) == "denied":
            named = self._denied(certificate)
            return "denied by the policy" if named else "its key is that of a certificate which the policy denies"
        snapshot = self._snapshot
        entry = snapshot.entries.get(certificate.sha256, Entry(certificate))
        against = snapshot.against | self._listed.keys()
        results = [policy.standing(entry, against) for policy in self._policies or (TrustPolicy(),)]
        return next((why for believed, why in results if not believed), results[0][1])

    def state(self, certificate: Certificate) -> str:
        """Return the country code of the State for which an authority signs, in upper case; empty where it is unknown.

        It is the code of its subject. Without a code, or with several, it is the one that a policy gives it. Only a
        text with the form of a country code names a State.
        """
        for policy in self._policies:
            for digest, code in policy.states:
                if digest == certificate.sha256:
                    return code
        return distinguished_name.state(certificate.subject)

    def of_key(self, certificate: Certificate) -> list[Certificate]:
        """Return all known certificates of a certificate's key."""
        snapshot = self._snapshot
        if snapshot.by_key is None:
            by_key: dict[str, list[Certificate]] = {}
            for entry in snapshot.entries.values():
                by_key.setdefault(entry.certificate.key_digest, []).append(entry.certificate)
            snapshot.by_key = by_key
        return snapshot.by_key.get(certificate.key_digest, [])

    def of_state(self, country: str) -> list[Certificate]:
        """Return the known certificates of a State (two letters, upper case), trusted or not."""
        certificates = (entry.certificate for entry in self._snapshot.entries.values())
        return [c for c in certificates if c.country == country]

    def issuers(self, certificate: Certificate) -> list[Certificate]:
        """Return the certificates that may have issued ``certificate``, the likeliest first.

        They have the key identifier and the same State, or the issuer's name: as bytes, or by RFC 5280, 7.1.
        """
        snapshot = self._snapshot
        identifier = certificate.authority_key_identifier
        canonical = distinguished_name.canonical(certificate.issuer)
        keyed = snapshot.by_key_identifier.get(identifier, ()) if identifier else ()
        if len(keyed) == 1 and keyed == snapshot.by_subject.get(certificate.issuer) == snapshot.by_canonical[canonical]:
            return list(keyed)  # usually name and key identifier lead to the same certificate
        by_name = {
            issuer.sha256: issuer
            for issuer in (
                *snapshot.by_subject.get(certificate.issuer, ()),
                *snapshot.by_canonical.get(canonical, ()),
            )
        }
        by_key = {
            issuer.sha256: issuer
            for issuer in keyed
            if issuer.country == certificate.country or issuer.sha256 in by_name
        }

        def rank(digest: str) -> tuple[int, bool]:
            # within a rank the trusted first: many candidates must not hide them
            untrusted = bool(self._believed(snapshot.entries[digest].certificate))
            if digest in by_key:
                return (0 if digest in by_name else 2), untrusted
            named = identifier is None or by_name[digest].subject_key_identifier is None
            return (1 if named else 3), untrusted

        return [by_name.get(digest) or by_key[digest] for digest in sorted({**by_name, **by_key}, key=rank)]

    def signers(self, *, serial: int | None = None, key_identifier: bytes | None = None) -> Iterator[Certificate]:
        """Yield the certificates that a SignerInfo may name, by serial number or key identifier (RFC 5652, 5.3)."""
        snapshot = self._snapshot
        if key_identifier is None:
            if serial is not None:
                yield from snapshot.by_serial.get(serial, ())
            return
        yield from snapshot.by_key_identifier.get(key_identifier, ())
        if snapshot.by_computed is None:
            computed: dict[bytes, list[Certificate]] = {}
            for entry in snapshot.entries.values():
                computed.setdefault(entry.certificate.computed_key_identifier, []).append(entry.certificate)
            snapshot.by_computed = computed
        yield from snapshot.by_computed.get(key_identifier, ())

    def seal_signers(self, identifier: str, serial: int) -> list[Certificate]:
        """Return the certificates that a seal may name by subject and serial number, trusted or not.

        :param identifier: two letters of the country and the two characters of the common name (Doc 9303-13, 2.2.1)
        """
        snapshot = self._snapshot
        index = snapshot.by_signer
        if index is None:
            index = {}
            for entry in snapshot.entries.values():
                subject = entry.certificate.subject
                name = distinguished_name.attribute(subject, "C") + distinguished_name.attribute(subject, "CN")
                index.setdefault((name.upper(), entry.certificate.serial), []).append(entry.certificate)
            snapshot.by_signer = index
        return list(index.get((identifier, serial), ()))

    def add(
        self,
        source: Source,
        certificates: Sequence[tuple[Certificate, str]],
        *,
        grounds: dict[str, str],
        crls: Sequence[Crl] = (),
        signers: Sequence[Certificate] = (),
    ) -> int:
        """Add the certificates of ``source``, each with its kind; return the number of new ones.

        :param grounds: the grounds of trusted certificates, by digest
        :param signers: of a master list: the certificates from its signer to its anchor
        :raises OutputError: the store cannot be written
        """
        path = self._writable()
        with self._lock:
            new = store_file.write(path, source, certificates, grounds, crls, signers)
            self._loaded = None
        return new

    def add_crls(self, files: Sequence[tuple[Source, Sequence[Crl]]]) -> None:
        """Add the CRLs of several files in one transaction.

        :raises OutputError: the store cannot be written
        """
        path = self._writable()
        with self._lock:
            store_file.write_crls(path, files)
            self._loaded = None

    def settle(self, kinds: Mapping[str, str]) -> None:
        """Write the kinds of certificates that were unresolved, by digest: their issuers came later.

        :raises OutputError: the store cannot be written
        """
        path = self._writable()
        with self._lock:
            store_file.write_kinds(path, kinds)
            self._loaded = None

    def _writable(self) -> FilePath:
        if self._path is None:
            raise OutputError("a store in memory cannot be added to", hint="use TrustStore.create")
        return self._path


class _BeforeRevocation(TrustStore):
    """The store by which the revocation of master lists' signers is decided: it ignores that revocation itself.

    It also knows the signers of master lists and the CAs that came with them, as the import of a master list does. So
    the result is the same whether a CRL was imported before or after the master list.
    """

    def distrust_reason(self, certificate: Certificate) -> str:
        """Return the doubt without regard to revoked signers of master lists."""
        return self._believed(certificate)

    def explain(self, certificate: Certificate) -> str:
        """Return an empty text: the words of the store depend on revocation."""
        return ""
