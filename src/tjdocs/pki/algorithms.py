"""The table of all algorithms: ``specs/pki/algorithms.toml`` (Doc 9303-12, 4.1.6 to 4.1.8)."""

from datetime import date
from functools import cache

from cryptography.hazmat.primitives import hashes
from msgspec import Struct

from tjdocs import specs

__all__ = ["Combination", "HashAlgorithm", "Signature", "combinations", "hash_by_id", "hash_by_oid", "signature_by_oid"]


class HashAlgorithm(specs.Row, frozen=True):
    """A hash algorithm.

    :param length: of its output, in octets
    :param weak_from: signatures of that day and later carry the warning ``algorithm-weak``
    :param forbidden: never accepted
    :param forbidden_from: signatures of that day and later are not accepted
    """

    id: str
    oid: str
    length: int
    weak_from: date | None = None
    forbidden: bool = False
    forbidden_from: date | None = None

    @property
    def library(self) -> hashes.HashAlgorithm:
        """The algorithm as ``cryptography`` knows it."""
        return _LIBRARY[self.id]


_LIBRARY: dict[str, hashes.HashAlgorithm] = {
    "md5": hashes.MD5(),  # noqa: S303 (known so that it can be refused by name)
    "sha1": hashes.SHA1(),  # noqa: S303 (documents issued with it are still read)
    "sha224": hashes.SHA224(),
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}


class Signature(specs.Row, frozen=True):
    """A signature algorithm identifier.

    :param scheme: ``rsa-pkcs1``, ``rsa-pss``, ``ecdsa``, ``ecdsa-plain`` or ``dsa``
    :param hash: id of its hash algorithm; empty where the parameters or the digest algorithm of the SignerInfo decide
    :param warning: accepted with this warning only
    """

    id: str
    oid: str
    scheme: str
    hash: str
    clause: str
    warning: str = ""


class Combination(specs.Row, frozen=True):
    """A combination of key and signature that is in use.

    :param key: a curve's name, or ``rsa-2048`` and the like
    :param issue: whether this library signs with it
    :param salt: PSS salt length in octets, where it is not the hash's
    :param mgf: hash of the PSS mask, where it is not the hash's
    :param plain: r and s joined under an identifier that asks for DER
    """

    id: str
    key: str
    signature: str
    hash: str
    issue: bool = False
    share: str = ""
    salt: int | None = None
    mgf: str = ""
    plain: bool = False


class RsaKeys(specs.Row, frozen=True):
    """The sizes of RSA keys that are weak from a day on, and of those that are never accepted."""

    forbidden_bits: int
    weak_bits: int
    weak_from: date


class AlgorithmFile(specs.Spec, frozen=True):
    """The form of ``specs/pki/algorithms.toml``."""

    hash: tuple[HashAlgorithm, ...]
    rsa: RsaKeys
    signature: tuple[Signature, ...]
    combination: tuple[Combination, ...]


class _Table(Struct, frozen=True):
    hashes: dict[str, HashAlgorithm]
    hash_oids: dict[str, HashAlgorithm]
    signatures: dict[str, Signature]
    signature_oids: dict[str, Signature]
    combinations: dict[str, Combination]
    rsa: RsaKeys


@cache
def _table() -> _Table:
    table = specs.load("pki/algorithms.toml", AlgorithmFile)
    return _Table(
        {row.id: row for row in table.hash},
        {row.oid: row for row in table.hash},
        {row.id: row for row in table.signature},
        {row.oid: row for row in table.signature},
        {row.id: row for row in table.combination},
        table.rsa,
    )


def hash_by_oid(oid: str) -> HashAlgorithm | None:
    """Return the hash algorithm of that identifier, None when unknown."""
    return _table().hash_oids.get(oid)


def hash_by_id(id_: str) -> HashAlgorithm:
    """Return the hash algorithm ``id_``.

    :raises KeyError: the table lacks it
    """
    return _table().hashes[id_]


def signature_by_oid(oid: str) -> Signature | None:
    """Return the signature algorithm of that identifier, None when unknown."""
    return _table().signature_oids.get(oid)


def signature_by_id(id_: str) -> Signature:
    """Return the signature algorithm ``id_``.

    :raises KeyError: the table lacks it
    """
    return _table().signatures[id_]


def combinations() -> dict[str, Combination]:
    """Return all combinations by id."""
    return dict(_table().combinations)


def too_short(rsa_bits: int) -> bool:
    """Whether an RSA key of that size (0: no RSA key) is never accepted."""
    return 0 < rsa_bits < _table().rsa.forbidden_bits


def outdated(hash_id: str, on: date) -> bool:
    """Whether a signature made on that day with that hash is no longer accepted."""
    forbidden_from = _table().hashes[hash_id].forbidden_from
    return forbidden_from is not None and on >= forbidden_from


def weak(hash_id: str, rsa_bits: int, on: date) -> bool:
    """Whether a signature made on that day with that hash and RSA key size (0: no RSA key) counts as weak."""
    table = _table()
    weak_from = table.hashes[hash_id].weak_from
    return (weak_from is not None and on >= weak_from) or (
        0 < rsa_bits < table.rsa.weak_bits and on >= table.rsa.weak_from
    )
