"""The trust store: certificates with their sources, and which of them are trusted (Doc 9303-12, 8.1 and 9).

Every certificate is kept with every source that held it; being kept is not being trusted. The file is a cache of
public data: each certificate is hashed again on load, and the set of trusted ones has a digest that an inspection
system can pin.
"""

import json
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha1, sha256
from pathlib import Path as FilePath

from tjdocs.asn1 import der, x509
from tjdocs.errors import InputError, OutputError, UsageError
from tjdocs.pki import names, storing
from tjdocs.pki.belief import Entry, Source, TrustPolicy
from tjdocs.pki.certificate import Certificate
from tjdocs.pki.crl import Crl

__all__ = ["Entry", "Source", "TrustPolicy", "TrustStore", "key_digest"]


@dataclass(slots=True)
class _Snapshot:
    """What a store holds, and its indexes; a view under a policy shares them."""

    entries: dict[str, Entry] = field(default_factory=dict)
    by_subject: dict[bytes, list[Certificate]] = field(default_factory=dict)
    by_canonical: dict[object, list[Certificate]] = field(default_factory=dict)
    by_key_identifier: dict[bytes, list[Certificate]] = field(default_factory=dict)
    by_serial: dict[int, list[Certificate]] = field(default_factory=dict)
    by_computed: dict[bytes, list[Certificate]] | None = None  # made when first asked for, as the next
    by_signer: dict[tuple[str, int], list[Certificate]] | None = None
    crls: tuple[Crl, ...] = ()
    memory: dict[bytes, object] = field(default_factory=dict, init=False)
    by_issuer: dict[object, list[Crl]] = field(default_factory=dict)
    of: "_Snapshot | None" = None  # that of which this is a view
    denied: frozenset[str] = frozenset()  # digests of public keys
    barred: frozenset[str] = frozenset()  # digests of the certificates of these keys
    standings: dict[str, str] = field(default_factory=dict)
    imported: str | None = "?"  # worked out when first asked for

    @property
    def against(self) -> frozenset[str]:
        """What no list may rest on: keys that are denied, and their certificates."""
        return self.barred | self.denied

    def add(self, entry: Entry) -> None:
        certificate = entry.certificate
        self.imported = "?"
        self.entries[certificate.sha256] = entry
        self.memory.clear()
        self.by_subject.setdefault(certificate.subject, []).append(certificate)
        self.by_canonical.setdefault(names.canonical(certificate.subject), []).append(certificate)
        self.by_serial.setdefault(certificate.serial, []).append(certificate)
        if certificate.subject_key_identifier:
            self.by_key_identifier.setdefault(certificate.subject_key_identifier, []).append(certificate)

    def keep(self, crls: Iterable[Crl]) -> None:
        self.crls = tuple(crls)
        for crl in self.crls:
            self.by_issuer.setdefault(names.canonical(crl.issuer), []).append(crl)


def _key(certificate: Certificate) -> bytes:
    """Return the key alone: root and link of one key may describe its curve otherwise."""
    try:
        return der.decode(x509.SubjectPublicKeyInfo, certificate.spki).key.as_bytes()
    except der.DerError:
        return certificate.spki


def key_digest(certificate: Certificate) -> str:
    """Return the SHA-256 of a certificate's key alone, hexadecimal."""
    return sha256(_key(certificate)).hexdigest()


class TrustStore:
    """Certificates known and trusted, in memory once open; may be shared between threads.

    :param path: an existing store, as ``tjdocs trust import`` makes it
    :raises InputError: there is none, it is no trust store, or a certificate in it was altered
    """

    def __init__(self, path: str | FilePath) -> None:
        self._path: FilePath | None = FilePath(path)
        self._lock = threading.Lock()
        self._above: TrustStore | None = None
        self._policies: tuple[TrustPolicy, ...] = ()
        self._views: dict[TrustPolicy, TrustStore] = {}
        if not self._path.is_file():
            raise InputError("no such trust store", where=str(path), hint="make one with `tjdocs trust import`")
        self._loaded: _Snapshot | None = self._load()

    @property
    def _snapshot(self) -> _Snapshot:
        """What the store holds, read again when it was written to since."""
        if self._above is not None:
            return self._view(self._above._snapshot)
        snapshot = self._loaded
        if snapshot is None:
            with self._lock:
                snapshot = self._loaded = self._loaded or self._load()
        return snapshot

    @classmethod
    def create(cls, path: str | FilePath) -> "TrustStore":
        """Open the store at ``path``, making an empty one where there is none.

        :raises OutputError: it cannot be made there
        :raises InputError: what lies there is no trust store
        """
        if not FilePath(path).exists():
            storing.create(FilePath(path))
        return cls(path)

    @classmethod
    def of(
        cls, anchors: Iterable[Certificate], candidates: Iterable[Certificate] = (), crls: Iterable[Crl] = ()
    ) -> "TrustStore":
        """Return a store in memory that trusts ``anchors`` and merely knows ``candidates``."""
        entries = [Entry(certificate, grounds=("anchor",)) for certificate in anchors]
        return cls.of_entries([*entries, *map(Entry, candidates)], crls)

    @classmethod
    def of_entries(cls, entries: Iterable[Entry], crls: Iterable[Crl] = ()) -> "TrustStore":
        """Return a store in memory with these entries; of two of one certificate the first counts."""
        store = cls.__new__(cls)
        store._path = store._above = None
        store._lock = threading.Lock()
        store._policies, store._views = (), {}
        store._loaded = snapshot = _Snapshot()
        snapshot.keep(crls)
        for entry in entries:
            if entry.certificate.sha256 not in snapshot.entries:
                snapshot.add(entry)
        return store

    def merged(self, others: Sequence["TrustStore"]) -> "TrustStore":
        """Return a store in memory that knows and trusts what this one and ``others`` do.

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
        return TrustStore.of_entries(entries.values(), (crl for snapshot in snapshots for crl in snapshot.crls))

    def under(self, policy: TrustPolicy | None) -> "TrustStore":
        """Return the store as ``policy`` sees it: the same certificates, of which it believes fewer.

        It follows what is added to this one. None changes nothing.
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
        """The policies under which it is seen; none where what was trusted at import is trusted."""
        return self._policies

    @property
    def barred(self) -> frozenset[str]:
        """SHA-256 of all certificates in the store that the policies deny, for their keys also."""
        return self._snapshot.barred

    def _view(self, whole: _Snapshot) -> _Snapshot:
        snapshot = self._loaded
        if snapshot is None or snapshot.of is not whole:
            digests = frozenset().union(*(policy.denied for policy in self._policies))
            keys = frozenset(key_digest(whole.entries[digest].certificate) for digest in digests & whole.entries.keys())
            entries = whole.entries.values() if digests else ()
            # of a list's signer, whom no list holds, the list's source tells the key
            signers = (source.signers for source in {source for entry in entries for source in entry.origins})
            keys |= {key for found in signers for digest, key in found.items() if digest in digests}
            barred = frozenset(e.certificate.sha256 for e in entries if keys and key_digest(e.certificate) in keys)
            snapshot = self._loaded = replace(whole, of=whole, denied=keys, barred=barred, standings={})
        return snapshot

    def _load(self) -> _Snapshot:
        # a store in memory, which has no path, is never loaded: it was made with its snapshot
        assert self._path is not None  # noqa: S101
        entries, crls = storing.read(self._path)
        snapshot = _Snapshot()
        for entry in entries:
            snapshot.add(entry)
        snapshot.keep(crls)
        return snapshot

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All certificates, in the order of their arrival."""
        return tuple(self._snapshot.entries.values())

    @property
    def crls(self) -> tuple[Crl, ...]:
        """All revocation lists."""
        return self._snapshot.crls

    def crls_of(self, *issuers: bytes) -> list[Crl]:
        """Return the revocation lists of issuers of these names (DER), each once."""
        found = {names.canonical(issuer): None for issuer in issuers}
        return [crl for name in found for crl in self._snapshot.by_issuer.get(name, ())]

    def crl_signers(self, crl: Crl) -> list[Certificate]:
        """Return the certificates of a list's issuer, those of the key that it names first, then the trusted."""
        found = self._snapshot.by_canonical.get(names.canonical(crl.issuer), ())

        def rank(certificate: Certificate) -> tuple[bool, bool]:
            named = crl.key_identifier is None or certificate.subject_key_identifier == crl.key_identifier
            return not named, not self.trusted(certificate)

        return sorted(found, key=rank)

    @property
    def digest(self) -> str:
        """SHA-256 over what is trusted and who said so, hexadecimal: what ``--trust-digest`` pins.

        Of each trusted certificate: its digest, its grounds, and of each list that vouches for it the State, the anchor
        and the signer's path; not the list's edition, so that a newer one that says the same changes nothing.
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
    def imported(self) -> str | None:
        """When it was last imported into, ISO 8601; empty where no source tells, None where it holds nothing."""
        snapshot = self._snapshot
        if snapshot.imported == "?":
            sources = {source for entry in snapshot.entries.values() for source in entry.origins}
            latest = max((source.imported for source in sources), default="")
            snapshot.imported = latest if snapshot.entries else None
        return snapshot.imported

    @property
    def memory(self) -> dict[bytes, object]:
        """What others keep of certificates judged against this store; it ends with what the store holds now."""
        return self._snapshot.memory

    def trusted(self, certificate: Certificate) -> bool:
        """Whether ``certificate`` is trusted in itself."""
        return not self.doubt(certificate)

    def doubt(self, certificate: Certificate) -> str:
        """Return why ``certificate`` is not trusted in itself, empty when it is.

        ``untrusted``: nothing speaks for it; ``not-believed``: what speaks for it does not suffice for the policy;
        ``denied``: the policy denies it, or another certificate of its key.
        """
        snapshot = self._snapshot
        digest = certificate.sha256
        found = snapshot.standings.get(digest)
        if found is None:
            found = self._doubt(snapshot, certificate)
            if digest in snapshot.entries:  # others come from documents, and there is no end of them
                snapshot.standings[digest] = found
        return found

    def _doubt(self, snapshot: _Snapshot, certificate: Certificate) -> str:
        if any(certificate.sha256 in policy.denied for policy in self._policies):
            return "denied"
        if snapshot.denied and key_digest(certificate) in snapshot.denied:
            return "denied"
        entry = snapshot.entries.get(certificate.sha256)
        if entry is None or not entry.grounds:
            return "untrusted"
        return "" if all(policy.standing(entry, snapshot.against)[0] for policy in self._policies) else "not-believed"

    def why(self, certificate: Certificate) -> str:
        """Return in words why ``certificate`` is trusted in itself, or why not."""
        if self.doubt(certificate) == "denied":
            named = any(certificate.sha256 in policy.denied for policy in self._policies)
            return "denied by the policy" if named else "its key is that of a certificate which the policy denies"
        snapshot = self._snapshot
        entry = snapshot.entries.get(certificate.sha256, Entry(certificate))
        said = [policy.standing(entry, snapshot.against) for policy in self._policies or (TrustPolicy(),)]
        return next((why for believed, why in said if not believed), said[0][1])

    def issuers(self, certificate: Certificate) -> list[Certificate]:
        """Return the certificates that may have issued ``certificate``, the likeliest first.

        Found by key identifier within the same State, by name as bytes, and by name as RFC 5280, 7.1 compares.
        """
        snapshot = self._snapshot
        identifier = certificate.authority_key_identifier
        canonical = names.canonical(certificate.issuer)
        keyed = snapshot.by_key_identifier.get(identifier, ()) if identifier else ()
        if len(keyed) == 1 and keyed == snapshot.by_subject.get(certificate.issuer) == snapshot.by_canonical[canonical]:
            return list(keyed)  # the usual: name and key identifier lead to one and the same
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
            # within a rank the trusted first: a crowd of candidates must not hide them
            untrusted = bool(self.doubt(snapshot.entries[digest].certificate))
            if digest in by_key:
                return (0 if digest in by_name else 2), untrusted
            named = identifier is None or by_name[digest].subject_key_identifier is None
            return (1 if named else 3), untrusted

        return [by_name.get(digest) or by_key[digest] for digest in sorted({**by_name, **by_key}, key=rank)]

    def signers(self, *, serial: int | None = None, key_identifier: bytes | None = None) -> Iterator[Certificate]:
        """Yield the certificates that a SignerInfo may name: by their number, or by their key (RFC 5652, 5.3)."""
        snapshot = self._snapshot
        if key_identifier is None:
            if serial is not None:
                yield from snapshot.by_serial.get(serial, ())
            return
        yield from snapshot.by_key_identifier.get(key_identifier, ())
        if snapshot.by_computed is None:
            computed: dict[bytes, list[Certificate]] = {}
            for entry in snapshot.entries.values():
                digest = sha1(_key(entry.certificate), usedforsecurity=False).digest()
                computed.setdefault(digest, []).append(entry.certificate)
            snapshot.by_computed = computed
        yield from snapshot.by_computed.get(key_identifier, ())

    def seal_signers(self, identifier: str, serial: int) -> list[Certificate]:
        """Return the certificates that a seal may name: by their subject and serial number, trusted or not.

        :param identifier: two letters of the country and the two characters of the common name (Doc 9303-13, 2.2.1)
        """
        snapshot = self._snapshot
        index = snapshot.by_signer
        if index is None:
            index = {}
            for entry in snapshot.entries.values():
                subject = entry.certificate.subject
                name = names.attribute(subject, "C") + names.attribute(subject, "CN")
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
    ) -> int:
        """Keep certificates, each with its kind, as held by ``source``; return how many are new.

        :param grounds: why those of these digests are trusted
        :raises OutputError: the store cannot be written
        """
        if self._path is None:
            raise OutputError("a store in memory cannot be added to", hint="use TrustStore.create")
        with self._lock:
            new = storing.write(self._path, source, certificates, grounds, crls)
            self._loaded = None
        return new
