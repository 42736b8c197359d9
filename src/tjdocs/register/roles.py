"""Roles (``specs/register/roles.toml``) and officers' keys, required at each call."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from tjdocs.errors import KeyMaterialError, RegisterError, UsageError
from tjdocs.register import lifecycle, queries, records
from tjdocs.register.officer_keys import GIVE_KEY
from tjdocs.register.officer_signatures import Signers

__all__ = ["Access", "Acting", "able", "done_at", "needed", "no_role", "of_another_office", "seconding"]


@dataclass(frozen=True, slots=True)
class Acting:
    """Name the officers who may do an action, and whose keys sign its entry.

    :param office: of the first, ``""`` in a trial register
    :param keys: their public keys, in the same order; empty in a trial register, where nobody signs
    """

    officers: tuple[str, ...]
    office: str = ""
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Access:
    """Require role and key of each officer in whose name one process acts or looks.

    :param trial: roles are not enforced, and nobody signs
    :param signers: the process's keys
    """

    trial: bool
    signers: Signers = field(repr=False)

    def require_role(
        self,
        connection: Connection | queries.Direct,
        act: str,
        officers: Sequence[str],
        count: int = 1,
        *,
        look: bool = False,
        seconded: bool = False,
        office: str = "",
    ) -> Acting:
        """Require officers who may do an action, each with a key.

        :param look: nothing is signed, so an order cannot replace a key
        :param seconded: one of two officers may have a role that only seconds the action
        :param office: where the action is done; some roles do it at their officer's own office only
        :raises RegisterError: an officer without the role or without a key, or another number of officers
        :raises KeyMaterialError: this process does not have an officer's key
        :raises tjdocs.errors.UsageError: an unusable id
        """
        for officer in officers:
            records.word(officer, "officer")
        if len(set(officers)) != count or len(officers) != count:
            named = "one officer" if count == 1 else f"{count} different officers"
            hint = "" if count == 1 else ": name each and give both keys, or draft an order with --order"
            who = f"officer {', '.join(officers) or 'not named'}"
            raise RegisterError(f"{act} is signed by {named}", where=who, hint=f"it takes {permitted(act)}{hint}")
        if self.trial:
            return Acting(tuple(officers))
        rows = [queries.execute(connection, queries.ROLES, (officer,)) for officer in officers]
        owned = [{str(row.role) for row in some} for some in rows]
        acting = [not one.isdisjoint(able(act)) for one in owned]
        if seconded and any(acting):
            acting = [may or not one.isdisjoint(seconding(act)) for may, one in zip(acting, owned, strict=True)]
        for officer, roles, may in zip(officers, owned, acting, strict=True):
            if not may:
                raise no_role(officer, act, roles)
        for officer, some in zip(officers, rows, strict=True):
            if office and not any(done_at(row.role, act, row.office, office) for row in some):
                raise of_another_office(officer, act, office, str(some[0].office))
        keys = tuple(_key(officer, {row.public for row in some}) for officer, some in zip(officers, rows, strict=True))
        for officer, key in zip(officers, keys, strict=True):
            if not (key in self.signers if look else self.signers.signs(officer, key)):
                raise KeyMaterialError("missing officer's key", where=f"officer {officer}", hint=GIVE_KEY)
        if len(set(keys)) != count:
            raise RegisterError("two officers with one key", where="officer", hint="run `tjdocs register audit`")
        return Acting(tuple(officers), str(rows[0][0].office), keys)

    def require_read(self, connection: Connection | queries.Direct, act: str, officer: str) -> None:
        """Require an officer who may look; a trial register needs none.

        :raises RegisterError: an officer without the role or without a key
        :raises KeyMaterialError: this process does not have the officer's key
        :raises UsageError: nobody is named, or an unusable id
        """
        if officer == "" and not self.trial:
            hint = f"{act} takes {permitted(act)}; name who asks"
            raise UsageError("nobody is named", where="officer", hint=hint)
        if officer:
            self.require_role(connection, act, (officer,), look=True)


def able(act: str) -> list[str]:
    """Return the roles that may do an act."""
    return sorted(name for name, role in lifecycle.roles().items() if act in role.actions)


def permitted(act: str) -> str:
    """Return the roles that may do an act, for a person."""
    seconds = [f"{role} as the second of two" for role in seconding(act)]
    return " or ".join([*able(act), *seconds]) or "a role that nobody has"


def no_role(officer: str, act: str, roles: Iterable[str]) -> RegisterError:
    """Return the refusal of an officer without a role for an act: who, what, and which roles may."""
    own = ", ".join(sorted(roles)) or "no role"
    hint = f"it takes {permitted(act)}; {officer} has {own}"
    return RegisterError(f"missing role for {act}", where=f"officer {officer}", hint=hint)


def of_another_office(officer: str, act: str, office: str, own: str) -> RegisterError:
    """Return the refusal of an officer who would do an act at another office than the own one."""
    hint = f"{act} is done at {office} by {permitted(act)} of that office; {officer} is of {own}"
    return RegisterError("an officer of another office", where=f"officer {officer}", hint=hint)


def done_at(role: object, act: str, own: object, office: str) -> bool:
    """Whether an officer with a role at one's own office does an act at an office."""
    own_role = lifecycle.roles().get(str(role))
    return own_role is not None and act in own_role.actions and (act not in own_role.own_office or own == office)


def seconding(act: str) -> list[str]:
    """Return the roles that may be the second to sign an action about an officer."""
    return sorted(name for name, role in lifecycle.roles().items() if act in role.seconds)


def needed(roles: Iterable[str], supervisors: int) -> int:
    """Return how many officers sign an action about an officer.

    :param roles: the officer's, or the role that the officer gets or loses
    :param supervisors: number of officers with key and role for it, the officer concerned among them: if that one
        were left out, one of two supervisors could take the other's place
    """
    most = max((lifecycle.roles()[role].granted_by for role in roles if role in lifecycle.roles()), default=1)
    return max(1, min(most, supervisors))


def _key(officer: str, keys: Collection[object]) -> str:
    """Return the one key that an officer has."""
    (key,) = keys if len(keys) == 1 else ("",)
    if not isinstance(key, str) or not key:
        hint = "make one with `tjdocs register key new`; a supervisor enrols it with `tjdocs register key replace`"
        raise RegisterError("officer without a key", where=f"officer {officer}", hint=hint)
    return key
