"""Certificate revocation lists (RFC 5280, 5; Doc 9303-12, 7.1.4)."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256

from tjdocs.asn1 import ber, der, times, x509_schema
from tjdocs.pki import certificate_profiles, certification_path, distinguished_name, public_key
from tjdocs.pki.certificate import OID_AKI, Certificate

__all__ = ["Crl", "CrlError"]


class CrlError(ValueError):
    """Bytes that are no CRL."""


@dataclass(frozen=True, slots=True)
class Crl:
    """A certificate revocation list as read, complete for its issuer: any other is refused.

    :param serials: of all that are revoked, decoded once, so that a look-up does not depend on their number
    :param key_identifier: of the key that signed, None where the list does not say
    :param former_names: the issuer's other names, each a ``Name`` (DER): those before a change of name among them
    """

    raw: bytes = field(repr=False)
    tbs: bytes = field(repr=False)
    algorithm: bytes = field(repr=False)
    signature: bytes = field(repr=False)
    issuer: bytes = field(repr=False)
    this_update: datetime
    next_update: datetime | None
    serials: frozenset[int] = field(repr=False)
    warnings: tuple[str, ...] = ()
    key_identifier: bytes | None = field(default=None, repr=False)
    former_names: tuple[bytes, ...] = field(default=(), repr=False)
    _verified: dict[Certificate, public_key.SignatureResult] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @classmethod
    def parse(cls, data: bytes) -> "Crl":
        """Read a CRL, DER or BER.

        :raises CrlError: it is none
        """
        try:
            return _decode(cls, data, data, ())
        except der.DerError as error:
            first = str(error)
        try:
            return _decode(cls, ber.to_der(data), data, ("ber-encoded",))
        except der.DerError:
            raise CrlError(f"no CRL: {first}") from None

    def encode(self) -> bytes:
        """Return the bytes read."""
        return self.raw

    @property
    def sha256(self) -> str:
        """Digest of the whole list, hexadecimal."""
        return sha256(self.raw).hexdigest()

    def revocations(self) -> dict[int, datetime]:
        """Return every serial number on the list with its moment, in order.

        :raises CrlError: a moment cannot be read; whether a certificate is on the list does not depend on it
        """
        entries = der.decode(x509_schema.TbsCertificateList, self.tbs).revoked or ()
        try:
            return {entry.serial: times.parse_time(der.raw(entry.date)) for entry in entries}
        except der.DerError as error:
            raise CrlError(f"a date of revocation: {error}") from None

    def stale(self, at: datetime) -> bool:
        """Whether another list is due by then. One that does not say when is due as late as the standard allows."""
        if self.next_update is not None:
            return self.next_update < at
        # compared as a difference, since a sum could leave the calendar
        return at - self.this_update > timedelta(days=certificate_profiles.load().crl.longest_days)

    @property
    def country(self) -> str:
        """Country code of the issuer in upper case, empty without one."""
        return distinguished_name.country(self.issuer).upper()

    def of_issuer(self, name: bytes) -> bool:
        """Whether ``name`` (DER) is one of the issuer's, its former ones included (Doc 9303-12, 7.1.4 and D.1.2.3)."""
        wanted = distinguished_name.canonical(name)
        return any(distinguished_name.canonical(own) == wanted for own in (self.issuer, *self.former_names))

    def verify(self, issuer: Certificate) -> public_key.SignatureResult:
        """Verify the list's signature under ``issuer``'s key; the issuer must be an authority that may sign lists.

        The result is remembered: hashing a list takes as long as the list is.
        """
        result = self._verified.get(issuer)
        if result is None:
            if len(self._verified) >= _REMEMBERED:
                self._verified.clear()
            result = self._verified[issuer] = self._verify(issuer)
        return result

    def _verify(self, issuer: Certificate) -> public_key.SignatureResult:
        if certification_path.role_of(issuer, "cRLSign")[0]:
            return public_key.SignatureResult(False, "not-a-crl-signer")
        try:
            algorithm = x509_schema.algorithm_id(self.algorithm)
        except der.DerError:
            return public_key.SignatureResult(None, "algorithm-unknown")
        return public_key.verify(issuer.key, algorithm, self.signature, self.tbs)


_REMEMBERED = 64

# critical extensions that are understood; any other may narrow what the list covers (RFC 5280, 5.2)
_ISSUER_ALTERNATIVE_NAME = "2.5.29.18"
_UNDERSTOOD = {_ISSUER_ALTERNATIVE_NAME, "2.5.29.20", "2.5.29.35"}
# delta CRL indicator and issuing distribution point: such a list is not complete (Doc 9303-12, table 9)
_NARROWING = {"2.5.29.27", "2.5.29.28"}


def _decode(cls: type[Crl], data: bytes, raw: bytes, warnings: tuple[str, ...]) -> Crl:
    outer = der.decode(x509_schema.CertificateListFields, data)
    tbs = der.parse(outer.tbs, x509_schema.TbsCertificateList)
    if der.raw(tbs.signature) != der.raw(outer.signature_algorithm):
        raise der.DerError("inner and outer algorithm differ")
    if outer.signature.padding_bits():
        raise der.DerError("a signature that is no whole octets")
    entries = [extension for entry in tbs.revoked or () for extension in entry.extensions or ()]
    identifier = None
    former_names: tuple[bytes, ...] = ()
    seen = set()
    for extension in tbs.extensions or ():
        oid = extension.oid.dotted_string
        if oid in seen:
            raise der.DerError("an extension stands twice")
        seen.add(oid)
        if oid == OID_AKI:
            identifier = x509_schema.authority_key_identifier(extension.value)
        elif oid == _ISSUER_ALTERNATIVE_NAME:
            former_names = x509_schema.directory_names(extension.value)
    for extension in (*(tbs.extensions or ()), *entries):
        oid = extension.oid.dotted_string
        if oid in _NARROWING or (extension.critical and oid not in _UNDERSTOOD):
            raise der.DerError("a critical extension that is not understood")
    return cls(
        bytes(raw),
        der.raw(outer.tbs),
        der.raw(outer.signature_algorithm),
        outer.signature.as_bytes(),
        der.raw(tbs.issuer),
        times.parse_time(der.raw(tbs.this_update)),
        times.aware(tbs.next_update.as_datetime()) if tbs.next_update else None,
        frozenset(entry.serial for entry in tbs.revoked or ()),
        warnings,
        identifier,
        former_names,
    )
