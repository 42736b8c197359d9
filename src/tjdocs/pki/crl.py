"""Certificate revocation lists (RFC 5280, 5; Doc 9303-12, 7.1.4)."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256

from tjdocs.asn1 import ber, der, times, x509_schema
from tjdocs.pki import certificate_profiles, certification_path, distinguished_name, public_key
from tjdocs.pki.certificate import OID_AKI, Certificate

__all__ = ["Crl", "CrlError"]


class CrlError(ValueError):
    """Bytes that are not a CRL."""


@dataclass(frozen=True, slots=True)
class Crl:
    """A certificate revocation list as read; a list that is not complete for its issuer is refused.

    :param serials: of all revoked certificates, decoded once, so that a look-up does not depend on their number
    :param key_identifier: of the key that signed, None where the CRL does not name it
    :param former_names: the issuer's other names, for example before a change of name, each a ``Name`` (DER)
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

        :raises CrlError: it is not a CRL
        """
        try:
            return _decode(cls, data, data, ())
        except der.DerError as error:
            first = str(error)
        try:
            return _decode(cls, ber.to_der(data), data, ("ber-encoded",))
        except der.DerError:
            raise CrlError(f"not a CRL: {first}") from None

    def encode(self) -> bytes:
        """Return the bytes read."""
        return self.raw

    @property
    def sha256(self) -> str:
        """Digest of the whole CRL, hexadecimal."""
        return sha256(self.raw).hexdigest()

    def revocations(self) -> dict[int, datetime]:
        """Return every revoked serial number with the time of revocation, in order.

        :raises CrlError: a time cannot be read; ``serials`` does not depend on it
        """
        entries = der.decode(x509_schema.TbsCertificateList, self.tbs).revoked or ()
        try:
            return {entry.serial: times.parse_time(der.raw(entry.date)) for entry in entries}
        except der.DerError as error:
            raise CrlError(f"a date of revocation: {error}") from None

    def stale(self, at: datetime) -> bool:
        """Whether the next CRL is due by then; without its date, after the longest period of the standard."""
        if self.next_update is not None:
            return self.next_update < at
        # a difference, since a sum could be outside the calendar
        return at - self.this_update > timedelta(days=certificate_profiles.load().crl.longest_days)

    @property
    def country(self) -> str:
        """Country code of the issuer in upper case, empty without one."""
        return distinguished_name.country(self.issuer).upper()

    def of_issuer(self, name: bytes) -> bool:
        """Whether ``name`` (DER) is the issuer's name, or a former one (Doc 9303-12, 7.1.4 and D.1.2.3)."""
        wanted = distinguished_name.canonical(name)
        return any(distinguished_name.canonical(own) == wanted for own in (self.issuer, *self.former_names))

    def verify(self, issuer: Certificate) -> public_key.SignatureResult:
        """Verify the CRL's signature with ``issuer``'s key; the issuer must be a CA that may sign CRLs.

        The result is cached, since hashing a long CRL takes long.
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

# critical extensions that are understood; any other may narrow the scope of the CRL (RFC 5280, 5.2)
_ISSUER_ALTERNATIVE_NAME = "2.5.29.18"
_UNDERSTOOD = {_ISSUER_ALTERNATIVE_NAME, "2.5.29.20", "2.5.29.35"}
# delta CRL indicator and issuing distribution point: such a CRL is not complete (Doc 9303-12, table 9)
_NARROWING = {"2.5.29.27", "2.5.29.28"}


def _decode(cls: type[Crl], data: bytes, raw: bytes, warnings: tuple[str, ...]) -> Crl:
    outer = der.decode(x509_schema.CertificateListFields, data)
    tbs = der.parse(outer.tbs, x509_schema.TbsCertificateList)
    if der.raw(tbs.signature) != der.raw(outer.signature_algorithm):
        raise der.DerError("inner and outer algorithm differ")
    if outer.signature.padding_bits():
        raise der.DerError("the signature has unused bits")
    entries = [extension for entry in tbs.revoked or () for extension in entry.extensions or ()]
    identifier = None
    former_names: tuple[bytes, ...] = ()
    seen = set()
    for extension in tbs.extensions or ():
        oid = extension.oid.dotted_string
        if oid in seen:
            raise der.DerError("an extension is repeated")
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
