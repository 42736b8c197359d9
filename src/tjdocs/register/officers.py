"""Officers: their roles (``specs/register/roles.toml``) and their keys."""

import builtins
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from tjdocs.auditlog.entry import decode_base64, encode_base64
from tjdocs.errors import RegisterError, UsageError
from tjdocs.register import lifecycle, records, roles, tables
from tjdocs.register.context import Context
from tjdocs.register.officer_keys import KeyRequest, OfficerSigner, fingerprint
from tjdocs.register.officer_signatures import Signers
from tjdocs.register.roles import Access, Acting

__all__ = ["Enrolled", "Officers", "begin", "enrol", "first_access"]

_table = tables.officer.c
_key = tables.officer_key.c


@dataclass(frozen=True, slots=True)
class Enrolled:
    """Hold one role of an officer.

    :param key: fingerprint of the officer's key, ``""`` for none
    """

    id: str
    role: str
    office: str
    key: str


class Officers:
    """Who acts in one register."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def enrol(
        self,
        id_: str,
        role: str,
        *,
        office: str,
        officer: str | Sequence[str],
        at: datetime,
        key: KeyRequest | None = None,
    ) -> None:
        """Give an officer a role, and with the first role a key; all roles of an officer have one office.

        :param officer: the enrolling officer; two where ``granted_by`` requires them and the register has them
        :param key: the officer's own request, with the first role; optional in a trial register
        :raises RegisterError: an unknown role, one that the officer has, a key already enrolled, or enrolling officers
            without the right
        """
        records.word(id_, "officer")
        records.word(office, "office")
        stamp = records.stamp(records.moment(at))
        if role not in lifecycle.roles():
            raise RegisterError("unknown role", where=str(role)[:40], hint=f"one of {', '.join(lifecycle.roles())}")
        with self._context.store.write(alone=True) as connection:
            acting = self._allow(connection, "enrol", id_, [role], officer)
            rows = connection.execute(select(_table.role, _table.office).where(_table.id == id_)).all()
            if any(row.role == role for row in rows):
                raise RegisterError("the officer has that role", where="role")
            if any(row.office != office for row in rows):
                raise RegisterError("the officer has another office", where="office", hint="dismiss first")
            current = _current(connection, id_)
            has_key = current is not None
            if key is not None and has_key:
                raise UsageError("the officer has a key", where="key", hint="replace it with Officers.new_key")
            if key is None and not has_key and not self._context.trial:
                hint = "give the officer's key request, made with `tjdocs register key new`"
                raise UsageError("officer without a key", where="key", hint=hint)
            # two who sign for a role sign for the key that gets it: nobody can replace the key between them
            shown = {"fingerprint": _shown(current)} if current is not None else {}
            enrol(self._context, connection, id_, role, office, stamp, acting, key, **shown)

    def dismiss(self, id_: str, role: str, *, officer: str | Sequence[str], at: datetime) -> None:
        """Take a role back; with the last one the officer's key ends.

        :param officer: the dismissing officer, or two, as for :meth:`enrol`; an auditor may be the second, if there are
            not two other supervisors
        :raises RegisterError: it is not held, or it is the last officer's who may enrol
        """
        records.word(id_, "officer")
        stamp = records.stamp(records.moment(at))
        with self._context.store.write(alone=True) as connection:
            acting = self._allow(connection, "dismiss", id_, [role], officer)
            others = {one for one, own in self._able(connection, "enrol") if (one, own) != (id_, role)}
            if not others:
                raise RegisterError("the last officer who may enrol", where="officer", hint="enrol another first")
            grant = _table.id == id_, _table.role == role
            if connection.execute(select(_table.id).where(*grant)).first() is None:
                raise RegisterError("the officer has no such role", where="role")
            connection.execute(delete(tables.officer).where(*grant))
            if connection.execute(select(_table.role).where(_table.id == id_)).first() is None:
                _end(connection, id_, stamp)
            self._context.record(connection, "dismiss", id_, stamp, acting, role=role)

    def new_key(self, id_: str, *, key: KeyRequest, officer: str | Sequence[str], at: datetime) -> None:
        """Replace an officer's key, which is lost or known to others; the old key ends.

        :param key: the officer's own request
        :param officer: the enrolling officer, or two, as for :meth:`dismiss`
        :raises RegisterError: an unknown officer, a key already enrolled, or enrolling officers without the right
        """
        records.word(id_, "officer")
        stamp = records.stamp(records.moment(at))
        with self._context.store.write(alone=True) as connection:
            own = connection.execute(select(_table.role).where(_table.id == id_)).scalars().all()
            acting = self._allow(connection, "new-key", id_, own, officer)
            if not own:
                raise RegisterError("unknown officer", where="officer", hint="enrol the officer first")
            _end(connection, id_, stamp)
            _keep_key(connection, id_, key, stamp)
            self._context.record(connection, "new-key", id_, stamp, acting, **key.fields)

    def list(self, *, officer: str = "") -> list[Enrolled]:
        """Return every officer's roles, with office and key.

        :param officer: who asks; may be left out in a trial register
        :raises RegisterError: an officer without the role
        """
        with self._context.store.read() as connection:
            self._context.access.require_read(connection, "status", officer)
            rows = connection.execute(
                select(_table.id, _table.role, _table.office, _key.public)
                .outerjoin(tables.officer_key, (_key.officer == _table.id) & (_key.until == ""))
                .order_by(_table.id, _table.role)
            )
            return [Enrolled(row.id, row.role, row.office, _shown(row.public)) for row in rows]

    def _allow(
        self, connection: Connection, act: str, id_: str, concerned: Iterable[str], officer: str | Sequence[str]
    ) -> Acting:
        """Require the officers who may do an action about an officer, as many as its roles demand."""
        officers = (officer,) if isinstance(officer, str) else tuple(officer)
        supervisors = {one for one, _ in self._able(connection, act)}
        count = 1 if self._context.trial else roles.needed(concerned, len(supervisors))
        seconded = len(supervisors - {id_}) < count
        return self._context.access.require_role(
            connection, act, officers, max(count, len(officers)), seconded=seconded
        )

    def _able(self, connection: Connection, act: str) -> builtins.list[tuple[str, str]]:
        """Return the officers who may do an action, with their roles; in a production register those with a key."""
        query = select(_table.id, _table.role).where(_table.role.in_(roles.able(act)))
        if not self._context.trial:
            query = query.join(tables.officer_key, (_key.officer == _table.id) & (_key.until == ""))
        return [(row.id, row.role) for row in connection.execute(query)]


def first_access(key: OfficerSigner | None, *, trial: bool) -> Access:
    """Return the access of a register's first officer.

    :raises UsageError: a production register without a first key
    """
    if key is None and not trial:
        hint = "make one with OfficerKey.create(FILE, passphrase=…) or `tjdocs register key new`"
        raise UsageError("officer without a key", where="officer_key", hint=hint)
    return Access(trial, Signers(() if key is None else (key,)))


def begin(
    context: Context,
    connection: Connection,
    act: str,
    subject: str,
    stamp: str,
    officer: str,
    key: OfficerSigner | None,
    **more: object,
) -> Acting:
    """Write the entry with a register's first key, signed with that key; in a trial register without a key."""
    if context.trial or key is None:
        by = Acting((officer,))
        context.record(connection, act, subject, stamp, by, **more)
        return by
    request = KeyRequest.of(officer, key)
    by = Acting((officer,), "", (encode_base64(request.public),))
    _keep_key(connection, officer, request, stamp)
    context.record(connection, act, subject, stamp, by, **more, **request.fields)
    return by


def enrol(
    context: Context,
    connection: Connection,
    id_: str,
    role: str,
    office: str,
    stamp: str,
    by: Acting,
    key: KeyRequest | None = None,
    **more: str,
) -> None:
    """Write an officer's role, a key that comes with it, and the log entry."""
    connection.execute(insert(tables.officer).values(id=id_, role=role, office=office))
    if key is not None:
        _keep_key(connection, id_, key, stamp)
    context.record(connection, "enrol", id_, stamp, by, role=role, office=office, **(key.fields if key else more))


def _keep_key(connection: Connection, id_: str, key: KeyRequest, stamp: str) -> None:
    """Write an officer's key.

    :raises UsageError: the request of another officer
    :raises RegisterError: a key already enrolled, under any name
    """
    if not isinstance(key, KeyRequest) or key.officer != id_:
        raise UsageError("key request of another officer", where="key", hint="let the officer make one for this id")
    public = encode_base64(key.public)
    if connection.execute(select(_key.public).where(_key.public == public)).scalar() is not None:
        raise RegisterError("key already enrolled", where="key", hint="let the officer make another")
    connection.execute(insert(tables.officer_key).values(public=public, officer=id_, since=stamp, until=""))


def _current(connection: Connection, id_: str) -> str | None:
    return connection.execute(select(_key.public).where(_key.officer == id_, _key.until == "")).scalar()


def _end(connection: Connection, id_: str, stamp: str) -> None:
    own = _key.officer == id_, _key.until == ""
    if connection.execute(select(_key.public).where(*own)).first() is not None:
        connection.execute(update(tables.officer_key).where(*own).values(until=stamp))


def _shown(public: str | None) -> str:
    try:
        return fingerprint(decode_base64(public, 32)) if public else ""
    except ValueError:
        return "?"
