"""One authority, one register: under which CSCA key a register issues, once it has issued under one.

The setting ``authority`` has the key's digest; an entry of the log says the same, with the CSCA's name.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from tjdocs.auditlog.entry import as_bytes, read_leaf
from tjdocs.auditlog.merkle import leaf_hash
from tjdocs.errors import RegisterError
from tjdocs.register import records, tables
from tjdocs.register.context import Context

__all__ = ["BELONG", "SETTING", "Csca", "belong", "belongs_to"]

BELONG = "belong"
SETTING = "authority"


@dataclass(frozen=True, slots=True)
class Csca:
    """The CSCA to which a register belongs.

    :param key: SHA-256 of its key's numbers, hexadecimal (:attr:`tjdocs.pki.Certificate.key_digest`)
    :param name: its subject, for a person
    """

    key: str
    name: str

    def __str__(self) -> str:
        return f"{self.name}, key {self.key[:16]}"


def belongs_to(context: Context, connection: Connection, expected: Csca | None = None) -> Csca | None:
    """Return the CSCA to which a register belongs; None before its first document.

    :param expected: refuse any other
    :raises RegisterError: it is another, or the setting or its entry was changed
    """
    settings, entry = context.store.settings(connection), tables.entry.c
    query = select(entry.id, entry.position, entry.leaf, entry.mac).where(
        entry.subject == settings.get("origin", ""), entry.act == BELONG
    )
    rows = connection.execute(query.limit(2)).all()
    if not rows and SETTING not in settings:
        return None
    try:
        (row,) = rows
        leaf = as_bytes(row.leaf)
        hash_, secrets = leaf_hash(leaf), context.secrets
        mark = secrets.entry(hash_) if row.position is None else secrets.placed(hash_, row.id, row.position)
        csca = Csca(**read_leaf(leaf)["csca"])
        if not hmac.compare_digest(as_bytes(row.mac), mark) or csca.key != settings.get(SETTING):
            raise ValueError
    except (ValueError, KeyError, TypeError):
        hint = "see `tjdocs register audit`, and restore a backup"
        raise RegisterError("the register's settings were changed", where=f"setting {SETTING}", hint=hint) from None
    if expected is not None and csca.key != expected.key:
        hint = f"it issues under {csca}; use that authority, or make a register for this one ({expected})"
        raise RegisterError("a register of another authority", where="register", hint=hint)
    return csca


def belong(context: Context, csca: Csca, *, officer: str, at: datetime) -> None:
    """Record the CSCA under which a register issues from now on.

    :raises RegisterError: it belongs to another, or an officer without the role
    """
    stamp = records.stamp(records.moment(at))
    records.text(csca.name, "name")
    with context.store.write(alone=True) as connection:
        by = context.access.require_role(connection, "issue", (officer,))
        if belongs_to(context, connection, csca) is None:
            connection.execute(insert(tables.setting).values(key=SETTING, value=csca.key))
            origin = context.store.settings(connection)["origin"]
            context.record(connection, BELONG, origin, stamp, by, csca={"key": csca.key, "name": csca.name})
