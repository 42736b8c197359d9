"""Sign the entries of one process with its officers' keys."""

import secrets
from collections.abc import Iterable, Iterator, Mapping

from tjdocs.auditlog.entry import encode_base64, signed_part
from tjdocs.errors import KeyMaterialError, UsageError
from tjdocs.register.officer_keys import OfficerKey, OfficerSigner, verify

__all__ = ["Signers"]

_CHALLENGE = b"tjdocs register: challenge 1\n"


class Signers:
    """Hold the officers' keys of one process.

    ``once``: refuse an entry that the log already contains, since its bytes are older than the action.

    :raises UsageError: not an officer's key
    :raises KeyMaterialError: a key does not sign for its public part
    """

    once = False

    def __init__(self, signers: Iterable[OfficerSigner] = ()) -> None:
        self._signers: dict[str, OfficerSigner] = {}
        for signer in signers:
            if not isinstance(signer, OfficerSigner):
                raise UsageError(
                    "not an officer's key", where="officer_keys", hint="use OfficerKey.open(FILE, passphrase=…)"
                )
            # public keys are public: only a signature over fresh bytes proves the secret
            challenge = _CHALLENGE + secrets.token_bytes(32)
            if not verify(signer.public, signer.sign(challenge), challenge):
                raise KeyMaterialError("the key does not sign", where="officer_keys", hint="check the token")
            self._signers[encode_base64(signer.public)] = signer

    def __iter__(self) -> Iterator[OfficerSigner]:
        return iter(self._signers.values())

    def __contains__(self, public: object) -> bool:
        return public in self._signers

    def signs(self, officer: str, public: str) -> bool:
        """Whether this process signs for an officer."""
        return public in self

    def nonce(self) -> str:
        """Return the nonce of the next entry."""
        return secrets.token_hex(8)

    def signatures(self, register: str, body: bytes, keys: Mapping[str, str]) -> dict[str, bytes]:
        """Return the signatures of an entry.

        :param keys: public keys by officer
        :raises KeyMaterialError: a key did not sign; a wrong signature in the log would accuse its officer
        """
        message, signatures = signed_part(register, body), dict[str, bytes]()
        for officer, public in keys.items():
            if public in self:
                signer = self._signers[public]
                signatures[officer] = signer.sign(message)
                # a token may fail
                if not isinstance(signer, OfficerKey) and not verify(signer.public, signatures[officer], message):
                    raise KeyMaterialError("the key does not sign", where=f"officer {officer}", hint="check the token")
        return signatures
