"""Who may do what: the roles of ``specs/register/roles.toml``, asked at each call."""

from collections.abc import Sequence

from sqlalchemy import Connection

from tjdocs.errors import RegisterError, UsageError
from tjdocs.register import hot, lives, values

__all__ = ["allow", "may_read"]


def allow(connection: Connection | hot.Direct, act: str, officers: Sequence[str], count: int, *, trial: bool) -> str:
    """Let an act pass that its officers may do; return the office of the first, ``""`` in a trial register.

    :raises RegisterError: an officer without the role, or too few officers
    :raises tjdocs.errors.UsageError: an unusable id
    """
    for officer in officers:
        values.word(officer, "officer")
    if len(set(officers)) != count or len(officers) != count:
        named = "one officer" if count == 1 else f"{count} different officers"
        raise RegisterError(f"{act} is signed by {named}", where="officer")
    if trial:
        return ""
    offices = []
    for officer in officers:
        rows = hot.execute(connection, hot.ROLES, (officer,))
        if not any(act in lives.roles().get(role, ()) for role, _ in rows):
            able = sorted(role for role, acts in lives.roles().items() if act in acts)
            raise RegisterError(f"no role for {act}", where="officer", hint=f"it takes {' or '.join(able) or 'no one'}")
        offices.append(str(rows[0][1]))
    return offices[0]


def may_read(connection: Connection | hot.Direct, act: str, officer: str, *, trial: bool) -> None:
    """Let a look pass; in a trial register nobody need be named.

    :raises RegisterError: an officer without the role
    :raises UsageError: nobody is named, or an unusable id
    """
    if officer == "" and not trial:
        raise UsageError("nobody is named", where="officer", hint="a production register answers to its officers")
    if officer:
        allow(connection, act, (officer,), 1, trial=trial)
