"""A new data key: every row's own key is wrapped anew, and the register's two."""

from datetime import datetime

from sqlalchemy import select, update

from tjdocs.errors import RegisterError
from tjdocs.register import schema, values
from tjdocs.register.context import Context
from tjdocs.register.keys import DataKey

__all__ = ["run"]


def run(context: Context, *, officer: str, at: datetime) -> int:
    """See :meth:`tjdocs.register.Register.rewrap`."""
    stamp, keys, done = values.stamp(values.moment(at)), context.keys, 0
    if not keys.data:
        raise RegisterError("no data key", where="keys", hint="open the register with its keys")
    newest: DataKey = keys.data[0]
    with context.store.write() as connection:
        context.allow(connection, "rewrap", (officer,))
        for name, value in context.store.settings(connection).items():
            if name.startswith("key.") and bytes.fromhex(value)[:4] != newest.id:
                wrapped = newest.wrap(keys.unwrap(bytes.fromhex(value))).hex()
                table = schema.setting
                connection.execute(update(table).where(table.c.key == name).values(value=wrapped))
        context.record(connection, "rewrap", newest.id.hex(), stamp, [officer])
    for table, key in ((schema.document, schema.document.c.number), (schema.decision, schema.decision.c.id)):
        last = ""
        while True:
            with context.store.write() as connection:
                query = select(key, table.c.wrapped).where(key > last, table.c.wrapped.is_not(None))
                rows = connection.execute(query.order_by(key).limit(1000)).all()
                if not rows:
                    break
                for row in rows:
                    if bytes(row.wrapped[:4]) != newest.id:
                        wrapped_key = newest.wrap(keys.unwrap(row.wrapped))
                        connection.execute(update(table).where(key == row[0]).values(wrapped=wrapped_key))
                        done += 1
                last = rows[-1][0]
    return done
