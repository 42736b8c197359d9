"""The private keys of a chip, and the file that has them next to an issued document's files.

No certificate and no register has these keys: a person with the file can make a chip that passes for the issued one.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tjdocs import inputs, limits
from tjdocs.errors import InputError, KeyMaterialError
from tjdocs.pki import algorithms, key_protection

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric import ec, rsa

__all__ = ["FILE", "CardKeys"]

FILE = "chip_keys.json"
"""The usual name of the file."""
_HEXADECIMAL = re.compile(r"[1-9a-f][0-9a-f]*")


@dataclass(frozen=True, slots=True)
class CardKeys:
    """The private keys of a chip; none is in ``repr``.

    :param chip_authentication: by key identifier of DG14, None for a key without one
    :param active_authentication: the key whose public part is DG15
    :param active_hash: the hash of its signatures
    :param mapping: the key of EF.CardSecurity, for chip authentication mapping
    :param bac: whether it has the keys of basic access control, which its MRZ gives (Doc 9303-11, 4.3.2)
    """

    chip_authentication: Mapping[int | None, int] = field(default_factory=dict, repr=False)
    active_authentication: "rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | None" = field(default=None, repr=False)
    active_hash: str = "sha256"
    mapping: int | None = field(default=None, repr=False)
    bac: bool = True

    def encode(self) -> bytes:
        """Return the file: JSON, numbers in hexadecimal, the key of active authentication as PKCS #8, PEM."""
        table: dict[str, Any] = {
            "schema": 1,
            "bac": self.bac,
            "chip_authentication": [
                {"key_id": key_id, "private_key": f"{number:x}"} for key_id, number in self.chip_authentication.items()
            ],
        }
        if self.mapping is not None:
            table["mapping"] = f"{self.mapping:x}"
        if self.active_authentication is not None:
            pem = key_protection.protect(self.active_authentication, None).decode()
            table["active_authentication"] = {"private_key": pem, "hash": self.active_hash}
        return (json.dumps(table, indent=1, sort_keys=True) + "\n").encode()

    @classmethod
    def parse(cls, data: bytes, *, where: str = FILE) -> "CardKeys":
        """Read the file.

        :param where: its path, for an error
        :raises KeyMaterialError: it is not one, or is over the limit
        """
        if len(data) > limits.KEY_FILE:
            raise KeyMaterialError("a key file over the limit", where=where, hint=f"at most {limits.KEY_FILE} bytes")
        try:
            table = inputs.json_object(data, where=where)
            if not inputs.is_schema(table.pop("schema", None)):
                raise ValueError
            bac, mapping, active = (
                table.pop("bac"),
                table.pop("mapping", None),
                table.pop("active_authentication", None),
            )
            rows = table.pop("chip_authentication")
            keys = {row["key_id"]: _number(row["private_key"]) for row in rows}
            known = isinstance(rows, list) and all(set(row) == {"key_id", "private_key"} for row in rows)
            if table or not known or not isinstance(bac, bool) or len(keys) != len(rows) or not all(map(_is_id, keys)):
                raise ValueError
            signing, hash_ = (None, "sha256") if active is None else _active(active, where)
            return cls(keys, signing, hash_, None if mapping is None else _number(mapping), bac)
        except (InputError, KeyError, TypeError, ValueError, AttributeError):
            hint = "as `tjdocs issue` wrote it"
            raise KeyMaterialError("not the keys of a chip", where=where, hint=hint) from None


def _number(text: object) -> int:
    if not isinstance(text, str) or not _HEXADECIMAL.fullmatch(text):
        raise ValueError
    return int(text, 16)


def _is_id(key_id: object) -> bool:
    return key_id is None or (type(key_id) is int and key_id >= 0)


def _active(table: Mapping[str, Any], where: str) -> "tuple[rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, str]":
    if set(table) != {"private_key", "hash"}:
        raise ValueError
    from cryptography.hazmat.primitives.asymmetric import ec, rsa

    key = key_protection.load(table["private_key"].encode("ascii"), None, where=where)
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise TypeError
    return key, algorithms.hash_by_id(table["hash"]).id
