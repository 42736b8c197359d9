"""A new data key: wrap every row's own key again, and the register's two."""

from datetime import datetime

from sqlalchemy import select, update

from tjdocs.auditlog.entry import as_bytes
from tjdocs.errors import RegisterError
from tjdocs.register import records, tables
from tjdocs.register.context import Context
from tjdocs.register.register_keys import DataKey

__all__ = ["run"]


def run(context: Context, *, officer: str, at: datetime) -> int:
    """See :meth:`tjdocs.register.Register.rewrap`."""
    stamp, keys, done = records.stamp(records.moment(at)), context.keys, 0
    if not keys.data:
        raise RegisterError("missing data key", where="keys", hint="open the register with its keys")
    newest: DataKey = keys.data[0]
    with context.store.write() as connection:
        by = context.access.require_role(connection, "rewrap", (officer,))
        settings = context.store.settings(connection)
        for name in ("key.lookup", "key.mac"):
            try:
                old = bytes.fromhex(settings[name])
            except (KeyError, TypeError, ValueError):
                hint = "restore it from a backup"
                raise RegisterError(
                    "the register's settings were changed", where=f"setting {name}", hint=hint
                ) from None
            if old[:4] != newest.id:
                table = tables.setting
                value = newest.wrap(keys.unwrap(old)).hex()
                connection.execute(update(table).where(table.c.key == name).values(value=value))
        context.record(connection, "rewrap", newest.id.hex(), stamp, by)
    for table, key in ((tables.document, tables.document.c.number), (tables.decision, tables.decision.c.id)):
        last = ""
        while True:
            with context.store.write() as connection:
                query = select(key.label("subject"), table.c.wrapped).where(key > last, table.c.wrapped.is_not(None))
                rows = connection.execute(query.order_by(key).limit(1000)).all()
                if not rows:
                    break
                for row in rows:
                    wrapped = as_bytes(row.wrapped)
                    if wrapped[:4] != newest.id:
                        wrapped_key = newest.wrap(keys.unwrap(wrapped))
                        connection.execute(update(table).where(key == row.subject).values(wrapped=wrapped_key))
                        done += 1
                last = rows[-1].subject
    return done
