"""An older register brought up to this library's version, on an explicit word."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, bindparam, insert, select, text, update

from tjdocs.auditlog.entry import as_bytes, as_object, issue_leaf, read_json
from tjdocs.auditlog.merkle import leaf_hash
from tjdocs.documents.number_pattern import Pattern
from tjdocs.errors import RegisterError, UsageError
from tjdocs.register import database, records, tables
from tjdocs.register.context import Context, inserted
from tjdocs.register.officer_keys import OfficerSigner
from tjdocs.register.officers import begin, enrol, first_access
from tjdocs.register.register_keys import DataKey, Keys
from tjdocs.register.register_log import Secrets
from tjdocs.register.roles import Acting, able, no_role
from tjdocs.register.unlocking import unlock

__all__ = ["FIRST_KEYS", "migrate"]

FIRST_KEYS = "0004"  # the first version in which officers have keys
_BATCH = 10_000


def migrate(
    url: str,
    *,
    keys: Keys,
    officer: str,
    office: str,
    at: datetime,
    officer_key: OfficerSigner | None = None,
    trial: bool = False,
) -> tuple[str, str]:
    """Bring a register up to this library's version, whole or not at all; make a backup first.

    What the first ledger had (version 0001) enters the log as acts of ``officer``: its series with their blanks, its
    documents, and every number that never became one as spoiled. A later version's log is continued, and what somebody
    changed in it before stays as visible as it was. Until version 0003 officers had no keys: what they did stays
    unsigned, and the other officers get theirs by ``officers.new_key``. No process may be issuing meanwhile.

    :param keys: the register's; fresh ones for version 0001, which had none
    :param officer: who migrates; after version 0001 it takes a role
    :param officer_key: the officer's; up to version 0003 it becomes the register's first. A trial register needs none
    :param office: the officer's, where version 0001 gets its first one
    :param trial: roles are not enforced in what version 0001 becomes
    :returns: the version before and the version now
    :raises RegisterError: there is no register, it is a newer one, the keys are another's, or an officer has no role
    """
    keys.whole()
    records.word(officer, "officer")
    records.word(office, "office")
    at = records.moment(at)
    opened = database.Store(database.parse_url(url))
    before = opened.version()
    if not before or before >= tables.VERSION:
        opened.check_version()
        return before, before
    with opened.write(alone=True, made=False) as connection:
        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
        config.attributes["connection"] = connection
        if not connection.dialect.has_table(connection, "alembic_version"):
            command.stamp(config, "0001")
            command.upgrade(config, "head")
            context = _begin(opened, connection, keys, officer, office, at, trial, officer_key)
            _take_over(context, connection, officer, office, at)
        else:
            command.upgrade(config, "head")
            context = _continue(opened, connection, keys, officer, before, officer_key)
        more = {"before": before, "now": tables.VERSION, "register": context.secrets.register}
        if before < FIRST_KEYS or context.trial:
            begin(context, connection, "migrate", keys.name, records.stamp(at), officer, officer_key, **more)
        else:
            by = context.access.require_role(connection, "migrate", (officer,))
            context.record(connection, "migrate", keys.name, records.stamp(at), by, **more)
    with suppress(RegisterError):  # the audit names earlier changes
        context.log.sequence()  # at once: an entry without a place could still be put before the first key
    opened.close()
    return before, tables.VERSION


def _continue(
    opened: database.Store, connection: Connection, keys: Keys, officer: str, before: str, key: OfficerSigner | None
) -> Context:
    """Return the context of a register with a log, after bringing up the marks of its entries."""
    trial, secrets = unlock(opened, connection, keys)
    own = connection.execute(select(tables.officer.c.role).where(tables.officer.c.id == officer)).scalars().all()
    if not trial and not any(role in able("migrate") for role in own):
        raise no_role(officer, "migrate", own)
    if before == "0002":
        _mark_places(connection, secrets)
    return Context.of(opened, keys, secrets, first_access(key, trial=trial))


def _mark_places(connection: Connection, secrets: Secrets) -> None:
    """Give every entry that has its place the mark of a placed entry."""
    table, last = tables.entry.c, -1
    new: dict[str, Any] = {"mac": bindparam("mark")}
    columns = (table.id, table.position, table.leaf, table.mac)
    while rows := connection.execute(
        select(*columns).where(table.position > last).order_by(table.position).limit(_BATCH)
    ).all():
        marks = []
        for row in rows:
            hash_ = leaf_hash(as_bytes(row.leaf))
            if as_bytes(row.mac) == secrets.entry(hash_):  # else it was changed, and the audit names it
                marks.append({"id_": row.id, "mark": secrets.placed(hash_, row.id, row.position)})
        if marks:
            connection.execute(update(tables.entry).where(table.id == bindparam("id_")).values(new), marks)
        last = rows[-1].position


def _begin(
    opened: database.Store, connection: Connection, keys: Keys, officer: str, office: str, at: datetime, trial: bool,
    key: OfficerSigner | None,
) -> Context:  # fmt: skip
    """Begin the log of the first ledger, which had none."""
    data, log = keys.whole()
    secrets = Secrets(DataKey.generate().secret, DataKey.generate().secret)
    settings = {
        "origin": log.name,
        "trial": "1" if trial else "0",
        "key.lookup": data.wrap(secrets.lookup).hex(),
        "key.mac": data.wrap(secrets.mac).hex(),
    }
    connection.execute(insert(tables.setting), [{"key": key, "value": value} for key, value in settings.items()])
    context, stamp = Context.of(opened, keys, secrets, first_access(key, trial=trial)), records.stamp(at)
    by = Acting((officer,))  # earlier officers have no keys: nothing taken over is signed
    context.record(connection, "init", log.name, stamp, by, trial=trial, migrated="0001", keys=secrets.named())
    if not trial:
        enrol(context, connection, officer, "officer", office, stamp, by)
    return context


def _take_over(context: Context, connection: Connection, officer: str, office: str, at: datetime) -> None:
    by = Acting((officer,))
    documents = connection.execute(text("SELECT * FROM old_document ORDER BY number")).mappings().all()
    for row in connection.execute(text("SELECT * FROM old_series ORDER BY document_type")).mappings().all():
        own = [one for one in documents if one["document_type"] == row["document_type"]]
        _series(context, connection, row, own, by, office, at)
    for table in ("old_document", "old_series"):
        connection.exec_driver_sql(f"DROP TABLE {table}")


def _series(
    context: Context,
    connection: Connection,
    row: Mapping[Any, Any],
    own: list[Any],
    by: Acting,
    office: str,
    at: datetime,
) -> None:
    pattern, stamp, since = Pattern.parse(row["pattern"]), records.stamp(at), records.utc(at)
    result = connection.execute(insert(tables.series).values(document_type=row["document_type"], pattern=pattern.text))
    id_ = inserted(result)
    context.record(connection, "series", pattern.text, stamp, by, series=id_, document_type=row["document_type"])
    taken = [n for one in own if (n := pattern.read(one["number"])) is not None]
    if len(taken) != len(own):
        raise RegisterError("a number of no series", where=row["document_type"], hint="mend the old ledger first")
    first = min([row["next"], *taken])
    if first <= row["last"]:
        subject = (
            f"{pattern.number(first)}-{pattern.number(row['last'])}" if first < row["last"] else pattern.number(first)
        )
        blanks = {"series": id_, "first": first, "last": row["last"]}
        details = {"act": "migration", "supplier": "migration", "office": office}
        context.record(connection, "receive", subject, stamp, by, blanks=blanks, told=details)
        context.record(connection, "confirm", subject, stamp, by, blanks=blanks, told={"office": office})
    free = set(range(first, row["next"])) - set(taken)
    spans = [(row["next"], row["last"], "confirmed")] if row["next"] <= row["last"] else []
    for one in own:
        n = pattern.read(one["number"]) or 0
        if one["status"] == "issued":
            _document(context, connection, one, id_, n, office, at)
        else:
            free.add(n)
    for n in sorted(free):  # handed out, and never a document
        blanks = {"series": id_, "first": n, "last": n}
        context.record(connection, "spoil", pattern.number(n), stamp, by, blanks=blanks, told={"ground": "migration"})
        spans.append((n, n, "spoiled"))
    for low, high, state in spans:
        values_ = {
            "series": id_,
            "first": low,
            "last": high,
            "state": state,
            "office": office,
            "destination": "",
            "since": since,
        }
        connection.execute(insert(tables.blank).values(values_))


def _document(
    context: Context, connection: Connection, one: Mapping[Any, Any], series: int, n: int, office: str, at: datetime
) -> None:
    number, kind, by = one["number"], one["document_type"], records.word(one["officer"], "officer")
    issued, expires = one["date_of_issue"], one["date_of_expiry"]
    try:
        files = as_object(records.digests(read_json(one["files"]), "files"))
    except (ValueError, UsageError):
        raise RegisterError("unreadable digests", where=kind, hint="mend the old ledger first") from None
    connection.execute(
        insert(tables.document).values(
            id=tables.document_id(series, n), files=files, number=number, series=series, blank=n, document_type=kind,
            office=office, officer=by, issued=issued,
            expires=expires, state="issued", since=records.stamp(at), ground="", citizenship="", sex="", category="",
            replaces="", replaced_by="",
        )
    )  # fmt: skip
    leaf = issue_leaf(
        number, kind, office, by, issued, expires, "", "", "", "", series, n, "", records.stamp(at), "", files, {}
    )
    context.log.append(connection, "issue", number, leaf)
