"""A State's authority: the CSCA, its document and seal signers, its CRL (Doc 9303-12, 4 and 7.1).

Certificates are written by our own schemas, since the standard asks for explicit EC parameters. Files of keys have mode
0600 from their first byte on.
"""

import json
import os
import re
import shutil
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha1
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, rsa

from tjdocs import inputs
from tjdocs.asn1 import der, extensions, x509_schema, x509_writing
from tjdocs.errors import InputError, KeyMaterialError, OutputError, UsageError
from tjdocs.files import replace_file, write_private
from tjdocs.pki import certificate_profiles, distinguished_name, key_protection, signer
from tjdocs.pki.algorithms import Combination
from tjdocs.pki.authority import issuance, issue_crl
from tjdocs.pki.certificate import OID_SEAL_SIGNER, Certificate, CertificateError
from tjdocs.pki.crl import Crl
from tjdocs.pki.signer import PrivateKey, Signer
from tjdocs.times import aware

__all__ = ["Authority"]

_STATE = "authority.json"
_STATE_TYPES = {
    "schema": int,
    "trial": bool,
    "named_curves": bool,
    "csca_algorithm": str,
    "signer_algorithm": str,
    "crl_number": int,
    "issued": dict,
}
_SIGNER_FILE = re.compile(r"(ds|seal)-[0-9]{4,9}\.cer")
_SECOND = timedelta(seconds=1)
_MAX_PASSPHRASE = 1023


def _moment(at: datetime) -> datetime:
    moment = aware(at).astimezone(UTC).replace(microsecond=0)
    if moment.year < 1950:  # RFC 5280, 4.1.2.5: UTCTime begins in 1950
        raise UsageError("before the time of certificates", where="at", hint="a moment from 1950 on")
    return moment


class Authority:
    """An authority in a folder: ``csca.cer``, ``csca.key``, ``csca.crl`` and ``signers/``.

    Open one with :meth:`open`; make one with :meth:`create`.
    """

    def __init__(self, folder: Path, state: dict[str, Any], passphrase: bytes | None) -> None:
        self._folder = folder
        self._state = state
        self._passphrase = passphrase
        self._signers: dict[str, Signer] = {}
        self._certificates: dict[str, Certificate] = {}
        self._crl: Crl | None = None
        self.csca = _read_certificate(folder / "csca.cer")

    @property
    def trial(self) -> bool:
        """Whether this is a trial authority, whose certificates carry TRIAL in their names."""
        return bool(self._state["trial"])

    @property
    def folder(self) -> Path:
        """The authority's folder."""
        return self._folder

    @classmethod
    def create(
        cls,
        folder: str | Path,
        *,
        at: datetime,
        passphrase: bytes | None = None,
        production: bool = False,
        named_curves: bool = False,
        csca_algorithm: str = "",
        signer_algorithm: str = "",
    ) -> "Authority":
        """Make an authority with a CSCA, a document signer, a seal signer for each usual category, and an empty CRL.

        Two production CSCAs of one name would repeat serial numbers and the names of seal signers. So a second one in
        the same parent folder is refused until keys can be renewed (Doc 9303-12, 7.1.1.5).

        :param folder: new or empty
        :param at: the beginning of validity, aware
        :param passphrase: under which the keys are encrypted; a production authority needs one
        :param named_curves: name EC curves instead of giving their parameters, for programs that refuse those
        :param csca_algorithm: a combination of ``specs/pki/algorithms.toml`` instead of the profile's
        :param signer_algorithm: a combination for the document signers
        :raises UsageError: production without a passphrase or with named curves, a production CSCA of that name in
            the folder's parent, or an unusable argument
        :raises OutputError: the folder is not empty or cannot be written
        """
        at = _moment(at)
        if production and named_curves:
            hint = "EC parameters are explicit (Doc 9303-12, 4.1.6.3)"
            raise UsageError("a production authority with named curves", where="named_curves", hint=hint)
        if production and not passphrase:
            raise UsageError("a production authority without passphrase", hint="give one with --passphrase-file")
        folder = Path(folder)
        if passphrase is not None and not (isinstance(passphrase, bytes) and 0 < len(passphrase) <= _MAX_PASSPHRASE):
            hint = f"1 to {_MAX_PASSPHRASE} bytes"
            raise UsageError("unusable passphrase", where="passphrase", hint=hint)
        if folder.is_symlink() or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
            raise OutputError("not an empty folder", where=str(folder), hint="name a new one")
        folder = folder.absolute()
        profile = certificate_profiles.load()
        if production:
            _check_only_one(folder, profile.csca_name(trial=False))
        state: dict[str, Any] = {
            "schema": 1,
            "trial": not production,
            "named_curves": named_curves,
            "csca_algorithm": csca_algorithm or profile.csca.key,
            "signer_algorithm": signer_algorithm or profile.ds.key,
            "crl_number": 0,
            "issued": {},
        }
        row = signer.combination(state["csca_algorithm"])
        signer.combination(state["signer_algorithm"])
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            staging = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        except OSError as error:
            raise OutputError("cannot write", where=str(folder.parent), hint=error.strerror or "") from None
        try:
            (staging / "signers").mkdir()
            key = signer.generate_key(row)
            certificate = _self_signed(key, at, state)
            _write_key(staging / "csca.key", key, passphrase)
            (staging / "csca.cer").write_bytes(certificate)
            (staging / _STATE).write_text(json.dumps(state, indent=1) + "\n")
            authority = cls(staging, state, passphrase)
            authority.new_document_signer(at=at)
            for category in profile.seal.at_creation:
                authority.new_seal_signer(category, at=at)
            authority.new_crl(at=at)
            staging.chmod(0o755)
            _put_in_place(staging, folder)
        except BaseException as error:
            shutil.rmtree(staging, ignore_errors=True)
            if isinstance(error, OSError):
                raise OutputError("cannot write", where=str(folder), hint=error.strerror or "") from None
            raise
        return cls.open(folder, passphrase=passphrase)

    @classmethod
    def open(cls, folder: str | Path, *, passphrase: bytes | None = None) -> "Authority":
        """Open an existing authority. Keys are read when first used.

        :raises InputError: the folder has none
        """
        folder = Path(folder)
        state = _read_state(folder)
        if not (folder / "csca.cer").is_file():
            raise _no_authority(folder)
        return cls(folder, state, passphrase)

    def document_signer(self) -> Signer:
        """Return the newest document signer.

        :raises KeyMaterialError: it is revoked, its key is missing or the passphrase is wrong
        :raises InputError: the authority's own CRL is missing
        """
        return self._newest("ds")

    def seal_signer(self, category: str) -> Signer:
        """Return the newest seal signer of a category of documents.

        :param category: a seal profile of ``specs/seals/``, for example ``emergency-travel-document``
        :raises UsageError: an unknown category
        :raises KeyMaterialError: it is revoked, its key is missing or the passphrase is wrong
        :raises InputError: the authority's own CRL is missing
        """
        return self._newest("seal", category)

    def certificates(self) -> dict[str, Certificate]:
        """Return the newest certificates by name: ``csca``, ``ds``, and the categories of seals."""
        newest = {"csca": self.csca}
        for name, certificate in sorted(self._on_file().items(), key=lambda item: (len(item[0]), item[0])):
            newest["ds" if name.startswith("ds-") else self._category(certificate)] = certificate
        newest.pop("", None)
        return newest

    def new_document_signer(self, *, at: datetime) -> Signer:
        """Make the next document signer.

        :raises KeyMaterialError: the CSCA's key may not sign on that day, or cannot be read
        """
        return self._issue("ds", _moment(at))

    def new_seal_signer(self, category: str, *, at: datetime) -> Signer:
        """Make the next seal signer of a category of documents.

        :param category: as in :meth:`seal_signer`
        :raises UsageError: an unknown category, or more signers in a year than Doc 9303-12, 4.1.3 allows
        :raises KeyMaterialError: the CSCA's key may not sign on that day, or cannot be read
        """
        return self._issue("seal", _moment(at), category)

    def seal_signers_in_year(self, at: datetime) -> int:
        """Return the number of seal signers made within a year of a moment."""
        return issuance.count_year(self._issued(), _moment(at))

    @property
    def crl(self) -> Crl | None:
        """The authority's last CRL, as its file is now; None before the first one.

        :raises InputError: it is missing, or not this authority's
        """
        if self._state["crl_number"]:
            self._crl = issue_crl.last_list(self._folder / "csca.crl", self.csca, self._crl)
        return self._crl

    def crl_is_early(self, at: datetime) -> bool:
        """Whether a CRL at that moment is less than 48 hours after the last one (Doc 9303-12, 4.1.5)."""
        last = self.crl
        return last is not None and issue_crl.is_early(last, _moment(at))

    def new_crl(self, *, at: datetime, revoked: Sequence[tuple[int | Certificate, datetime]] = ()) -> bytes:
        """Write the next CRL to ``csca.crl``, and return it, DER. It has the entries of the last one too.

        Its time is ``at``, or the next full second.

        :param revoked: certificates that are revoked from now on, or their serial numbers, with the moment of
            revocation
        :raises UsageError: the moment is not after that of the last CRL (RFC 5280, 5.2.3), a certificate is not of
            this authority, or its revocation is after the CRL
        :raises KeyMaterialError: the CSCA's key cannot be read, or may not sign on that day (Doc 9303-12, 4.1.4); after
            its period the CSCA's next key signs all CRLs (4.1.5)
        :raises InputError: the last CRL is missing, or not this authority's
        """
        now = _moment(at)
        if at.microsecond:
            now += _SECOND
        self._state = _read_state(self._folder)
        key = self._csca_key(now)
        last = self.crl
        if last is not None and now <= last.this_update:
            hint = f"a moment after {last.this_update.isoformat()} (RFC 5280, 5.2.3)"
            raise UsageError("not after the last revocation list", where=now.isoformat(), hint=hint)
        issued = {self.csca.serial, *(one.serial for one in self._issued())}
        moments = [(one, _moment(when)) for one, when in revoked]
        entries = issue_crl.newly_revoked(moments, issued, self.csca, now)
        if last is not None:
            entries |= last.revocations()  # the first moment counts
        count = self._state["crl_number"] + 1
        number = issuance.crl_number(self.csca, count, trial=self.trial)
        row = signer.combination(self._state["csca_algorithm"])
        crl = issue_crl.next_list(self.csca, key, row, number=number, revoked=entries, at=now)
        # the number first: after a crash between the two writes no two CRLs have one number
        self._write_state(crl_number=count)
        replace_file(self._folder / "csca.crl", crl, mode=0o644)
        return crl

    def _write_state(self, **changes: object) -> None:
        self._state.update(changes)
        replace_file(self._folder / _STATE, (json.dumps(self._state, indent=1) + "\n").encode(), mode=0o644)

    def _on_file(self) -> dict[str, Certificate]:
        """Return the signers' certificates by the names of their files; other files in the folder are ignored."""
        certificates = {}
        folder = self._folder / "signers"
        for path in folder.iterdir() if folder.is_dir() else ():
            if _SIGNER_FILE.fullmatch(path.name):
                if path.stem not in self._certificates:
                    self._certificates[path.stem] = _read_certificate(path)
                certificates[path.stem] = self._certificates[path.stem]
        return certificates

    def _issued(self) -> set[issuance.Issuance]:
        """Return all signers ever made, also those whose files are no longer in the folder."""
        issued = issuance.read(self._state["issued"])
        for name, certificate in self._on_file().items():
            role, _, number = name.partition("-")
            issued.add(issuance.Issuance(role, int(number), certificate.serial, certificate.not_before))
        return issued

    def _category(self, certificate: Certificate) -> str:
        """Return the category of a seal signer by its document types; empty for an unknown one."""
        types = set(certificate.document_types or ())
        categories = certificate_profiles.load().seal.category.items()
        return next((name for name, codes in categories if set(codes) == types), "")

    def _newest(self, role: str, category: str = "") -> Signer:
        profile = certificate_profiles.load()
        row = profile.seal_signer(category) if role == "seal" else profile.ds
        numbers = {
            int(name.partition("-")[2]): name
            for name, certificate in self._on_file().items()
            if name.startswith(f"{role}-") and (role == "ds" or self._category(certificate) == category)
        }
        hint = f"make the next one with `{signer.next_command(role == 'seal', category)}`"
        if not numbers:
            raise KeyMaterialError("missing signer", where=f"{self._folder} {category}".rstrip(), hint=hint)
        name = numbers[max(numbers)]
        certificate = self._certificates[name]
        # no border accepts its signatures (Doc 9303-12, 4.1.5)
        if certificate.serial in self._revoked():
            raise KeyMaterialError("the signer is revoked", where=f"{self._folder} {name}", hint=hint)
        if name not in self._signers:
            algorithm = self._state["signer_algorithm"] if role == "ds" else row.key
            key = self._key(f"signers/{name}.key", certificate)
            self._signers[name] = Signer(certificate, signer.combination(algorithm), key, row.private_key)
        return self._signers[name]

    def _revoked(self) -> frozenset[int]:
        """Return the serial numbers on the authority's last CRL.

        :raises KeyMaterialError: the CSCA's is one of them: it then signs CRLs only (Doc 9303-12, 4.1.5.1)
        """
        crl = self.crl
        serials = crl.serials if crl is not None else frozenset()
        if self.csca.serial in serials:
            raise KeyMaterialError("the CSCA is revoked", where=str(self._folder), hint="nothing is signed under it")
        return serials

    def _csca_key(self, at: datetime) -> PrivateKey:
        """Return the CSCA's key, if it may sign at that moment (Doc 9303-12, 4.1.4 and 7.1.1, table 6)."""
        begin, end = self.csca.private_key_usage or (None, None)
        begin, end = begin or self.csca.not_before, end or self.csca.not_after
        if not max(begin, self.csca.not_before) <= at <= min(end, self.csca.not_after):
            hint = f"from {begin.date()} to {end.date()} (Doc 9303-12, 4.1.4); then a new CSCA key signs"
            raise KeyMaterialError("the CSCA's key may not sign on that day", where=at.date().isoformat(), hint=hint)
        return self._key("csca.key", self.csca)

    def _key(self, name: str, certificate: Certificate) -> PrivateKey:
        path = self._folder / name
        try:
            key = key_protection.read(path, self._passphrase)
        except (ValueError, TypeError):
            hint = "give the passphrase with --passphrase-file or TJDOCS_PASSPHRASE"
            raise KeyMaterialError("key does not open", where=str(path), hint=hint) from None
        if not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
            raise KeyMaterialError("neither an EC nor an RSA key", where=str(path))
        if key.public_key() != certificate.key.handle:
            raise KeyMaterialError("the key is not its certificate's", where=str(path))
        return key

    def _issue(self, role: str, at: datetime, category: str = "") -> Signer:
        self._state = _read_state(self._folder)
        self._revoked()
        csca_key = self._csca_key(at)
        issued = self._issued()
        profile = certificate_profiles.load()
        period = profile.ds if role == "ds" else profile.seal_signer(category)
        if role == "seal":
            issuance.check_year(issued, at)
        row = signer.combination(self._state["signer_algorithm"] if role == "ds" else period.key)
        number = issuance.next_number(issued, role)
        key = signer.generate_key(row)
        spki = signer.public_key_info(key, named_curves=self._state["named_curves"])
        subject = profile.signer_name(number, trial=self.trial) if role == "ds" else profile.seal_name(number)
        not_after = period.certificate.after_moment(at)
        if not_after > self.csca.not_after:
            raise KeyMaterialError("the CSCA's certificate ends before the signer's would", where=str(self._folder))
        authority_id = extensions.authority_key_identifier(self.csca.subject_key_identifier or b"")
        values: list[tuple[str, bool, bytes]] = [("2.5.29.35", False, authority_id)]
        if role == "ds":
            name = extensions.alternative_name(profile.issuing_state.code, profile.issuing_state.contact)
            values += [
                ("2.5.29.14", False, extensions.subject_key_identifier(_identifier(spki))),
                ("2.5.29.15", True, extensions.key_usage(0)),
                ("2.5.29.16", False, extensions.private_key_usage_period(at, period.private_key.after_moment(at))),
                ("2.5.29.17", False, name),
                ("2.5.29.18", False, name),
                ("2.5.29.31", False, extensions.crl_distribution_point(profile.issuing_state.crl)),
            ]
        else:
            values.append(("2.5.29.37", True, extensions.extended_key_usage(OID_SEAL_SIGNER)))
        values.append(("2.23.136.1.1.6.2", False, extensions.document_type_list(period.document_types)))
        csca_row = signer.combination(self._state["csca_algorithm"])
        # a seal contains its signer's serial number: it is short, shorter than any random one
        serial = _serial() if role == "ds" else issuance.seal_serial(self.csca, number, trial=self.trial)
        certificate = _signed(csca_key, csca_row, self.csca.subject, subject, (at, not_after), spki, values, serial)
        # the key first: a certificate without a key would count as the newest signer
        stem = self._folder / "signers" / f"{role}-{number:04d}"
        stem.with_suffix(".key").unlink(missing_ok=True)  # of a crash before its certificate
        _write_key(stem.with_suffix(".key"), key, self._passphrase)
        replace_file(stem.with_suffix(".cer"), certificate, mode=0o644)
        self._write_state(issued=issuance.write(self._issued()))
        return self._newest(role, category)


def _read_state(folder: Path) -> dict[str, Any]:
    try:
        state: dict[str, Any] = inputs.json_object((folder / _STATE).read_bytes(), where=_STATE)
        state.setdefault("issued", {})  # in older folders it is missing, and the files count
        if any(type(state[key]) is not kind for key, kind in _STATE_TYPES.items()):
            raise TypeError
        if state["crl_number"] < 0:
            raise ValueError
        signer.combination(state["csca_algorithm"])
        signer.combination(state["signer_algorithm"])
        issuance.read(state["issued"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError, InputError, UsageError):
        raise _no_authority(folder) from None
    if not inputs.is_schema(state["schema"]):
        raise InputError("authority of another version", where=str(folder))
    return state


def _no_authority(folder: Path) -> InputError:
    return InputError("not an authority", where=str(folder), hint="make one with `tjdocs authority create DIR`")


def _check_only_one(folder: Path, subject: bytes) -> None:
    """Refuse a CSCA if another one in the same parent folder has its name.

    :raises UsageError: there is one
    :raises InputError: a neighbour cannot be read
    """
    try:
        others = sorted(folder.parent.iterdir()) if folder.parent.is_dir() else []
        certificates = [path for other in others if (path := other / "csca.cer").exists()]
    except OSError as error:
        raise InputError("cannot read", where=str(folder.parent), hint=error.strerror or "") from None
    for path in certificates:
        if distinguished_name.canonical(_read_certificate(path).subject) == distinguished_name.canonical(subject):
            hint = "one CSCA of a name; its key cannot be renewed yet (Doc 9303-12, 7.1.1.5)"
            raise UsageError("a second CSCA of that name", where=str(path.parent), hint=hint)


def _put_in_place(staging: Path, place: Path) -> None:
    try:
        os.replace(staging, place)
    except OSError as error:
        raise OutputError("cannot write", where=str(place), hint=error.strerror or "") from None


def _self_signed(key: PrivateKey, at: datetime, state: dict[str, Any]) -> bytes:
    profile = certificate_profiles.load()
    spki = signer.public_key_info(key, named_curves=bool(state["named_curves"]))
    identifier = _identifier(spki)
    subject = profile.csca_name(trial=bool(state["trial"]))
    name = extensions.alternative_name(profile.issuing_state.code, profile.issuing_state.contact)
    values = [
        ("2.5.29.35", False, extensions.authority_key_identifier(identifier)),
        ("2.5.29.14", False, extensions.subject_key_identifier(identifier)),
        ("2.5.29.15", True, extensions.key_usage(5, 6)),
        ("2.5.29.16", False, extensions.private_key_usage_period(at, profile.csca.private_key.after_moment(at))),
        ("2.5.29.17", False, name),
        ("2.5.29.18", False, name),
        ("2.5.29.19", True, extensions.basic_constraints(0)),
        ("2.5.29.31", False, extensions.crl_distribution_point(profile.issuing_state.crl)),
    ]
    row = signer.combination(state["csca_algorithm"])
    return _signed(key, row, subject, subject, (at, profile.csca_end(at)), spki, values, _serial())


def _signed(
    key: PrivateKey,
    row: Combination,
    issuer: bytes,
    subject: bytes,
    validity: tuple[datetime, datetime],
    spki: bytes,
    values: list[tuple[str, bool, bytes]],
    serial: int,
) -> bytes:
    algorithm = signer.signature_algorithm(row)
    tbs = x509_writing.encode_tbs_certificate(
        serial=serial,
        algorithm=algorithm,
        issuer=issuer,
        not_before=validity[0],
        not_after=validity[1],
        subject=subject,
        spki=spki,
        extensions=values,
    )
    return x509_writing.encode_signed(tbs, algorithm, signer.sign(key, row, tbs))


def _serial() -> int:
    """Return a random serial number: positive, of 16 octets, never used before."""
    return int.from_bytes(os.urandom(16), "big") >> 1 | 1 << 126


def _identifier(spki: bytes) -> bytes:
    """Return the key identifier of RFC 5280, 4.2.1.2, method 1."""
    return sha1(der.decode(x509_schema.SubjectPublicKeyInfo, spki).key.as_bytes(), usedforsecurity=False).digest()


def _read_certificate(path: Path) -> Certificate:
    try:
        return Certificate.parse(path.read_bytes())
    except (OSError, CertificateError):
        raise InputError("not a certificate", where=str(path)) from None


def _write_key(path: Path, key: PrivateKey, passphrase: bytes | None) -> None:
    write_private(path, key_protection.protect(key, passphrase))
