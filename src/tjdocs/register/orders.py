"""Orders: two officers sign one action at two desks, so that their keys never meet.

The first officer drafts an :class:`Order`, which changes nothing. The second countersigns it, which does the action.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tjdocs import inputs, limits
from tjdocs.auditlog.entry import decode_base64, encode_base64, read_json, read_leaf, read_moment, signed_part
from tjdocs.errors import InputError, KeyMaterialError, RegisterError, UsageError
from tjdocs.register.officer_keys import GIVE_KEY, KeyRequest, OfficerSigner, verify
from tjdocs.register.officer_signatures import Signers
from tjdocs.register.officers import Officers

__all__ = ["Countersigning", "Drafted", "Drafting", "Order", "repeat"]


@dataclass(frozen=True, slots=True)
class Order:
    """Hold an action that some of its officers have signed, and that nobody has done.

    :param body: its future log entry, without signatures
    :param signatures: by officer
    """

    body: bytes = field(repr=False)
    signatures: Mapping[str, bytes] = field(repr=False)

    @classmethod
    def parse(cls, text: str | bytes) -> "Order":
        """Read an order.

        :raises InputError: not an order
        """
        try:
            if len(text) > limits.LOG_ENTRY:
                raise ValueError
            table = read_json(text)
            signatures = {str(officer): decode_base64(given, 64) for officer, given in table["signatures"].items()}
            order = cls(table["order"].encode(), signatures)
            if not inputs.is_schema(table["schema"]) or not signatures.keys() <= set(order.entry["officers"]):
                raise ValueError
            order.entry["nonce"]
            order.request  # noqa: B018 (its proof is verified)
        except (ValueError, LookupError, TypeError, AttributeError, InputError, UsageError):
            raise InputError("not an order", where="order", hint="make one with `--order`") from None
        return order

    @property
    def text(self) -> str:
        """The order as :meth:`parse` reads it."""
        signatures = {officer: encode_base64(signature) for officer, signature in self.signatures.items()}
        table = {"schema": 1, "order": self.body.decode(), "signatures": signatures}
        return json.dumps(table, ensure_ascii=False, indent=1) + "\n"

    @property
    def entry(self) -> dict[str, Any]:
        """The action: act, subject, moment, officers and details."""
        return read_leaf(self.body)

    @property
    def request(self) -> KeyRequest | None:
        """The key that the action gives an officer; None for none."""
        entry = self.entry
        return KeyRequest.read(entry["subject"], entry) if "key" in entry else None

    @property
    def lacking(self) -> tuple[str, ...]:
        """The officers who have not signed."""
        return tuple(officer for officer in self.entry["officers"] if officer not in self.signatures)


class Drafted(Exception):  # noqa: N818 (nothing went wrong)
    """End a drafted action before the database keeps any of it."""

    def __init__(self, order: Order) -> None:
        super().__init__()
        self.order = order


class Drafting(Signers):
    """Sign for the officers who are here, and end the action with an order."""

    def signs(self, officer: str, public: str) -> bool:
        """Whether an officer signs, here or later."""
        return True

    def signatures(self, register: str, body: bytes, keys: Mapping[str, str]) -> dict[str, bytes]:
        """Make the order.

        :raises Drafted: the order
        :raises UsageError: one officer alone signs the action
        :raises KeyMaterialError: none of its officers is here
        """
        signatures = super().signatures(register, body, keys)
        if len(keys) < 2:
            raise UsageError("an action that one officer signs", where="order", hint="do it without an order")
        if not signatures:
            raise KeyMaterialError("missing officer's key", where="officer", hint=GIVE_KEY)
        raise Drafted(Order(body, signatures))


class Countersigning(Signers):
    """Sign an order for the officers who are here, and keep its other signatures."""

    once = True

    def __init__(self, here: Iterable[OfficerSigner], order: Order) -> None:
        super().__init__(here)
        self._order = order

    def signs(self, officer: str, public: str) -> bool:
        """Whether an officer is here or has signed the order."""
        return officer in self._order.signatures or public in self

    def nonce(self) -> str:
        """Return the order's nonce."""
        return str(self._order.entry["nonce"])

    def signatures(self, register: str, body: bytes, keys: Mapping[str, str]) -> dict[str, bytes]:
        """Return the signatures of the order's entry.

        :raises RegisterError: the register would record another entry now, or a signature of the order is wrong
        """
        if body != self._order.body:
            hint = "its subject has changed since: draft it again"
            raise RegisterError("the entry differs from the order", where="order", hint=hint)
        message, signatures = signed_part(register, body), super().signatures(register, body, keys)
        for officer, public in keys.items():
            given = self._order.signatures.get(officer)
            if given is not None:
                if not verify(decode_base64(public, 32), given, message):
                    raise RegisterError("wrong signature of the order", where=f"officer {officer}")
                signatures[officer] = given
        return {officer: signatures[officer] for officer in keys}


def repeat(order: Order, officers: Officers, act: Callable[..., None]) -> None:
    """Do the action of an order.

    :param officers: the register's
    :param act: :meth:`tjdocs.register.Register.act`
    :raises RegisterError: the action is unlawful, or one that takes no order
    """
    entry = order.entry
    name, subject, by, at = entry["act"], entry["subject"], entry["officers"], read_moment(entry["at"])
    details = entry.get("told", {})
    try:
        if name == "enrol":
            officers.enrol(subject, entry["role"], office=entry["office"], officer=by, at=at, key=order.request)
        elif name == "dismiss":
            officers.dismiss(subject, entry["role"], officer=by, at=at)
        elif name == "new-key":
            officers.new_key(subject, key=KeyRequest.read(subject, entry), officer=by, at=at)
        elif "blanks" in entry or "document" in entry:
            reference = details.get("act", "") or entry.get("reference", "")
            ground = details.get("ground", "") or entry.get("document", {}).get("ground", "")
            more = {"office": details.get("office", ""), "to": details.get("to", "")}
            act(name, subject, officers=by, at=at, ground=ground, reference=reference, **more)
        else:
            raise RegisterError(f"{name} takes no order", where="order")
    except (ValueError, LookupError):
        raise InputError("not an order", where="order", hint="make one with `--order`") from None
