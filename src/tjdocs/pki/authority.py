"""A State's authority: the CSCA, its document and seal signers, its CRL (Doc 9303-12, 4 and 7.1).

Certificates are written by our own schemas, since the standard asks for explicit EC parameters. Keys lie in files
of mode 0600 from their first byte on.
"""

import json
import os
import re
import shutil
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from hashlib import sha1
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from tjdocs.asn1 import der, extensions, writing, x509
from tjdocs.errors import InputError, KeyMaterialError, OutputError, UsageError
from tjdocs.pki import listing, profiles, signer
from tjdocs.pki.algorithms import Combination
from tjdocs.pki.certificate import OID_SEAL_SIGNER, Certificate, CertificateError
from tjdocs.pki.files import write_private
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
}
_MAX_PASSPHRASE = 1023


def _moment(at: datetime) -> datetime:
    moment = aware(at).astimezone(UTC).replace(microsecond=0)
    if moment.year < 1950:  # RFC 5280, 4.1.2.5: what two digits of a year can say
        raise UsageError("before the time of certificates", where="at", hint="a moment from 1950 on")
    return moment


class Authority:
    """An authority in a folder: ``csca.cer``, ``csca.key``, ``csca.crl`` and ``signers/``.

    Open one with :meth:`open`; make one with :meth:`create`.
    """

    def __init__(self, folder: Path, state: dict[str, object], passphrase: bytes | None) -> None:
        self._folder = folder
        self._state = state
        self._passphrase = passphrase
        self._signers: dict[str, Signer] = {}
        self.csca = _read_certificate(folder / "csca.cer")

    @property
    def trial(self) -> bool:
        """Whether this is a trial authority, whose certificates carry TRIAL in their names."""
        return bool(self._state["trial"])

    @property
    def folder(self) -> Path:
        """Where the authority lies."""
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
        """Make an authority with a CSCA, one document signer, one seal signer and an empty CRL.

        :param folder: new or empty
        :param at: the first moment of validity, aware
        :param passphrase: under which the keys are encrypted; a production authority needs one
        :param named_curves: name EC curves instead of giving their parameters, for programs that refuse those
        :param csca_algorithm: a combination of ``specs/pki/algorithms.toml`` instead of the profile's
        :param signer_algorithm: likewise, for the document signers
        :raises UsageError: production without a passphrase, or an unusable argument
        :raises OutputError: the folder is not empty or cannot be written
        """
        at = _moment(at)
        if production and not passphrase:
            raise UsageError("a production authority without passphrase", hint="give one with --passphrase-file")
        folder = Path(folder)
        if passphrase is not None and not (isinstance(passphrase, bytes) and 0 < len(passphrase) <= _MAX_PASSPHRASE):
            hint = f"1 to {_MAX_PASSPHRASE} bytes"
            raise UsageError("unusable passphrase", where="passphrase", hint=hint)
        if folder.is_symlink() or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
            raise OutputError("not an empty folder", where=str(folder), hint="name a new one")
        folder = folder.absolute()
        profile = profiles.load()
        state: dict[str, object] = {
            "schema": 1,
            "trial": not production,
            "named_curves": named_curves,
            "csca_algorithm": csca_algorithm or profile.csca.key,
            "signer_algorithm": signer_algorithm or profile.ds.key,
            "crl_number": 0,
        }
        row = signer.combination(str(state["csca_algorithm"]))
        signer.combination(str(state["signer_algorithm"]))
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
            authority.new_signers(at=at)
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

        :raises InputError: the folder holds none
        """
        folder = Path(folder)
        try:
            state = json.loads((folder / _STATE).read_text())
            if any(type(state[key]) is not kind for key, kind in _STATE_TYPES.items()):
                raise TypeError
            if state["crl_number"] < 0:
                raise ValueError
            signer.combination(state["csca_algorithm"])
            signer.combination(state["signer_algorithm"])
            if state["schema"] != 1:
                raise InputError("authority of another version", where=str(folder))
            return cls(folder, state, passphrase)
        except (OSError, ValueError, KeyError, TypeError, UsageError):
            hint = "make one with `tjdocs authority create DIR`"
            raise InputError("no authority", where=str(folder), hint=hint) from None

    def document_signer(self) -> Signer:
        """Return the newest document signer.

        :raises KeyMaterialError: its key is missing or the passphrase is wrong
        """
        return self._newest("ds")

    def seal_signer(self) -> Signer:
        """Return the newest seal signer.

        :raises KeyMaterialError: its key is missing or the passphrase is wrong
        """
        return self._newest("seal")

    def new_signers(self, *, at: datetime) -> tuple[Signer, Signer]:
        """Make the next document signer and the next seal signer.

        :raises KeyMaterialError: the CSCA's key may not sign on that day, or cannot be read
        """
        at = _moment(at)
        return self._issue("ds", at), self._issue("seal", at)

    def new_crl(self, *, at: datetime, revoked: Sequence[tuple[int, datetime]] = ()) -> bytes:
        """Write and return the next CRL, DER, also at ``csca.crl``. Whoever stood on the last one stands on it too.

        :param revoked: serial numbers that are revoked from now on, with the moment of revocation
        :raises KeyMaterialError: the CSCA's key cannot be read
        :raises InputError: the last list is missing, or not this authority's
        """
        at = _moment(at)
        number = int(str(self._state["crl_number"])) + 1
        row = signer.combination(str(self._state["csca_algorithm"]))
        known = listing.last_revoked(self._folder / "csca.crl", self.csca) if number > 1 else {}
        known = {**{serial: _moment(when) for serial, when in revoked}, **known}  # the first moment counts
        key = self._key("csca.key", self.csca)
        crl = listing.next_list(self.csca, key, row, number=number, revoked=known, at=at)
        # the number first: a crash between the two must not give two lists one number
        self._state["crl_number"] = number
        _replace(self._folder / _STATE, (json.dumps(self._state, indent=1) + "\n").encode())
        _replace(self._folder / "csca.crl", crl)
        return crl

    def _numbered(self, role: str) -> dict[int, Path]:
        """Return the certificates of a role by their numbers; other files in the folder do not matter."""
        found = {}
        folder = self._folder / "signers"
        for path in folder.iterdir() if folder.is_dir() else ():
            if match := re.fullmatch(rf"{role}-([0-9]{{4,9}})\.cer", path.name):
                found[int(match[1])] = path
        return found

    def _newest(self, role: str) -> Signer:
        numbered = self._numbered(role)
        if not numbered:
            hint = "make one with `tjdocs authority signer DIR`"
            raise KeyMaterialError("no signer", where=str(self._folder), hint=hint)
        path = numbered[max(numbered)]
        name = path.stem
        if name not in self._signers:
            profile = profiles.load()
            algorithm = str(self._state["signer_algorithm"]) if role == "ds" else profile.seal.key
            certificate = _read_certificate(path)
            self._signers[name] = Signer(
                certificate,
                signer.combination(algorithm),
                self._key(f"signers/{name}.key", certificate),
                (profile.ds if role == "ds" else profile.seal).private_key,
            )
        return self._signers[name]

    def _key(self, name: str, certificate: Certificate) -> PrivateKey:
        path = self._folder / name
        try:
            key = load_pem_private_key(path.read_bytes(), self._passphrase)
        except OSError:
            raise KeyMaterialError("no key", where=str(path)) from None
        except (ValueError, TypeError):
            hint = "give the passphrase with --passphrase-file or TJDOCS_PASSPHRASE"
            raise KeyMaterialError("key does not open", where=str(path), hint=hint) from None
        if not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
            raise KeyMaterialError("neither an EC nor an RSA key", where=str(path))
        if key.public_key() != certificate.key.handle:
            raise KeyMaterialError("the key is not its certificate's", where=str(path))
        return key

    def _issue(self, role: str, at: datetime) -> Signer:
        begin, end = self.csca.private_key_usage or (None, None)
        if (begin and at < begin) or (end and at > end):
            raise KeyMaterialError(
                "the CSCA's key may not sign on that day", where=at.date().isoformat(), hint="make a new authority"
            )
        profile = profiles.load()
        period = profile.ds if role == "ds" else profile.seal
        row = signer.combination(str(self._state["signer_algorithm"]) if role == "ds" else period.key)
        number = 1 + max(self._numbered(role), default=0)
        key = signer.generate_key(row)
        spki = signer.public_key_info(key, named_curves=bool(self._state["named_curves"]))
        subject = profile.signer_name(number, trial=self.trial) if role == "ds" else profile.seal_name(number)
        not_after = period.certificate.after(at)
        if not_after > self.csca.not_after:
            raise KeyMaterialError("the CSCA's certificate ends before the signer's would", where=str(self._folder))
        authority_id = extensions.authority_key_identifier(self.csca.subject_key_identifier or b"")
        values: list[tuple[str, bool, bytes]] = [("2.5.29.35", False, authority_id)]
        if role == "ds":
            name = extensions.alternative_name(profile.code, profile.contact)
            values += [
                ("2.5.29.14", False, extensions.subject_key_identifier(_identifier(spki))),
                ("2.5.29.15", True, extensions.key_usage(0)),
                ("2.5.29.16", False, extensions.private_key_usage_period(at, period.private_key.after(at))),
                ("2.5.29.17", False, name),
                ("2.5.29.18", False, name),
                ("2.5.29.31", False, extensions.crl_distribution_point(profile.crl)),
            ]
        else:
            values.append(("2.5.29.37", True, extensions.extended_key_usage(OID_SEAL_SIGNER)))
        values.append(("2.23.136.1.1.6.2", False, extensions.document_type_list(period.document_types)))
        csca_row = signer.combination(str(self._state["csca_algorithm"]))
        csca_key = self._key("csca.key", self.csca)
        # a seal spells its signer's serial number out: the running one is short, and no random one is as small
        serial = _serial() if role == "ds" else number
        certificate = _signed(csca_key, csca_row, self.csca.subject, subject, (at, not_after), spki, values, serial)
        # the key first: a certificate without a key would be taken for the newest signer
        stem = self._folder / "signers" / f"{role}-{number:04d}"
        stem.with_suffix(".key").unlink(missing_ok=True)  # what a crash may have left without a certificate
        _write_key(stem.with_suffix(".key"), key, self._passphrase)
        _replace(stem.with_suffix(".cer"), certificate)
        return self._newest(role)


def _put_in_place(staging: Path, place: Path) -> None:
    try:
        os.replace(staging, place)
    except OSError as error:
        raise OutputError("cannot write", where=str(place), hint=error.strerror or "") from None


def _self_signed(key: PrivateKey, at: datetime, state: dict[str, object]) -> bytes:
    profile = profiles.load()
    spki = signer.public_key_info(key, named_curves=bool(state["named_curves"]))
    identifier = _identifier(spki)
    subject = profile.csca_name(trial=bool(state["trial"]))
    name = extensions.alternative_name(profile.code, profile.contact)
    values = [
        ("2.5.29.35", False, extensions.authority_key_identifier(identifier)),
        ("2.5.29.14", False, extensions.subject_key_identifier(identifier)),
        ("2.5.29.15", True, extensions.key_usage(5, 6)),
        ("2.5.29.16", False, extensions.private_key_usage_period(at, profile.csca.private_key.after(at))),
        ("2.5.29.17", False, name),
        ("2.5.29.18", False, name),
        ("2.5.29.19", True, extensions.basic_constraints(0)),
        ("2.5.29.31", False, extensions.crl_distribution_point(profile.crl)),
    ]
    row = signer.combination(str(state["csca_algorithm"]))
    return _signed(key, row, subject, subject, (at, profile.csca.certificate.after(at)), spki, values, _serial())


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
    tbs = writing.encode_tbs_certificate(
        serial=serial,
        algorithm=algorithm,
        issuer=issuer,
        not_before=validity[0],
        not_after=validity[1],
        subject=subject,
        spki=spki,
        extensions=values,
    )
    return writing.encode_signed(tbs, algorithm, signer.sign(key, row, tbs))


def _serial() -> int:
    """Return a serial number that is positive, of 16 octets, and never comes twice."""
    return int.from_bytes(os.urandom(16), "big") >> 1 | 1 << 126


def _identifier(spki: bytes) -> bytes:
    """Return the key identifier of RFC 5280, 4.2.1.2, method 1."""
    return sha1(der.decode(x509.SubjectPublicKeyInfo, spki).key.as_bytes(), usedforsecurity=False).digest()


def _read_certificate(path: Path) -> Certificate:
    try:
        return Certificate.parse(path.read_bytes())
    except CertificateError:
        raise InputError("no certificate", where=str(path)) from None


def _write_key(path: Path, key: PrivateKey, passphrase: bytes | None) -> None:
    encryption = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    write_private(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption))


def _replace(path: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    descriptor, name = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        Path(name).chmod(0o644)
        _put_in_place(Path(name), path)
    except BaseException:
        with suppress(OSError):
            os.unlink(name)
        raise
