"""Officers and their roles (``specs/register/roles.toml``)."""

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from tjdocs.errors import RegisterError
from tjdocs.register import lives, schema, values
from tjdocs.register.context import Context

__all__ = ["Officers"]

_table = schema.officer.c


class Officers:
    """Who acts in one register."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def enrol(self, id_: str, role: str, *, office: str, officer: str, at: datetime) -> None:
        """Give an officer a role; who has other roles keeps them, and has one office.

        :raises RegisterError: unknown role, the role is held already, or the enrolling officer may not
        """
        values.word(id_, "officer")
        values.word(office, "office")
        stamp = values.stamp(values.moment(at))
        if role not in lives.roles():
            raise RegisterError("no such role", where=str(role)[:40], hint=f"one of {', '.join(lives.roles())}")
        with self._context.store.write() as connection:
            self._context.allow(connection, "enrol", (officer,))
            rows = connection.execute(select(_table.role, _table.office).where(_table.id == id_)).all()
            if any(row.role == role for row in rows):
                raise RegisterError("the officer has that role", where="role")
            if any(row.office != office for row in rows):
                raise RegisterError("the officer has another office", where="office", hint="dismiss first")
            enrol(self._context, connection, id_, role, office, stamp, officer)

    def dismiss(self, id_: str, role: str, *, officer: str, at: datetime) -> None:
        """Take a role back.

        :raises RegisterError: it is not held, or it is the last officer's who may enrol
        """
        stamp = values.stamp(values.moment(at))
        with self._context.store.write() as connection:
            self._context.allow(connection, "dismiss", (officer,))
            able = [name for name, acts in lives.roles().items() if "enrol" in acts]
            left = connection.execute(
                select(_table.id).where(_table.role.in_(able), ~((_table.id == id_) & (_table.role == role)))
            ).first()
            if left is None:
                raise RegisterError("the last officer who may enrol", where="officer", hint="enrol another first")
            gone = connection.execute(delete(schema.officer).where(_table.id == id_, _table.role == role))
            if gone.rowcount != 1:
                raise RegisterError("the officer has no such role", where="role")
            self._context.record(connection, "dismiss", id_, stamp, [officer], role=role)

    def list(self, *, officer: str = "") -> list[tuple[str, str, str]]:
        """Return every officer's id, role and office.

        :param officer: who asks; may be left out in a trial register
        :raises RegisterError: an officer without the role
        """
        with self._context.store.read() as connection:
            self._context.may_read(connection, "status", officer)
            rows = connection.execute(select(_table.id, _table.role, _table.office).order_by(_table.id, _table.role))
            return [(row.id, row.role, row.office) for row in rows]


def enrol(context: Context, connection: Connection, id_: str, role: str, office: str, stamp: str, by: str) -> None:
    """Write an officer's role and its log entry."""
    connection.execute(insert(schema.officer).values(id=id_, role=role, office=office))
    context.record(connection, "enrol", id_, stamp, [by], role=role, office=office)
