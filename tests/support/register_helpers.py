"""A register with blanks, and documents issued from them."""

from datetime import UTC, date, datetime, timedelta
from secrets import token_hex

from tjdocs.auditlog.entry import add_signatures, as_object, issue_leaf, make_leaf, signed_part
from tjdocs.auditlog.merkle import leaf_hash
from tjdocs.register import Holder, KeyRequest, OfficerKey, Register, tables
from tjdocs.times import anniversary

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
STAMP = NOW.isoformat()
ENTRY = tables.entry.c
KIND = "external-passport"
# the officers of these tests, each with a key: whoever has them all may act as any
OFFICERS = {name: OfficerKey.generate() for name in ("chief", "second", "anna", "auditor", "gate", "late", "bob")}
TWO = ("chief", "second")  # who signs together what one may not


def new_register(url, keys, officer="chief", office="store", **more):
    """A new production register, opened with every officer's key."""
    first = OFFICERS[officer]
    Register.create(url, keys=keys, officer=officer, office=office, at=NOW, officer_key=first, **more).close()
    return open_register(url, keys)


def open_register(url, keys, **more):
    """A register opened with every officer's key."""
    return Register(url, keys=keys, officer_keys=OFFICERS.values(), **more)


def request(name, key=None):
    """What an officer hands in to be enrolled."""
    return KeyRequest.of(name, key or OFFICERS[name])


def enrol(register, name, role, office, officer="chief", key=None):
    register.officers.enrol(name, role, office=office, officer=officer, at=NOW, key=request(name, key))


def stock(register, numbers, office="dushanbe"):
    register.blanks.receive(numbers, act="act 1", supplier="printer", office="store", officer="chief", at=NOW)
    register.blanks.move("assign", numbers, officers=["chief"], at=NOW, to=office)
    register.blanks.move("confirm", numbers, officers=["chief"], at=NOW, office=office)


def issue(register, officer="anna", at=NOW, **more):
    """Issue one document, in memory; return its number."""
    reservation = register.reserve(KIND, officer=officer, at=at)
    number = reservation.number
    values = {"issued": at.date(), "expires": anniversary(at.date(), 10) - timedelta(days=1), "files": {"DG1": "00" * 32}}
    reservation.commit(at=at, **{**values, **more})
    return number


def person(**changes):
    values = {
        "family_name": "ERIKSSON", "given_names": "ANNA MARIA", "date_of_birth": date(1974, 8, 12), "sex": "F",
        "citizenship": "TJK", "personal_number": "ZE184226B",
    }  # fmt: skip
    return Holder(**{**values, **changes})


class Clerk:
    """Who has all of the register's keys, and of the officers' her own."""

    def __init__(self, register):
        self.register = register
        self.secrets = register._context.secrets

    def sign(self, body, **signers):
        message = signed_part(self.secrets.register, body)
        return add_signatures(body, {name: key.sign(message) for name, key in signers.items()}) if signers else body

    def put(self, act, subject, leaf, *statements):
        """Write an entry under its mark, beside what it says."""
        with self.register._context.store.write() as connection:
            mac = self.secrets.entry(leaf_hash(leaf))
            connection.execute(tables.entry.insert().values(act=act, subject=subject, leaf=leaf, mac=mac))
            for statement in statements:
                connection.execute(statement)

    def forge(self, act, subject, officers, more, *statements, nonce="", at=STAMP, **signers):
        body = make_leaf(act, subject, at, officers, more, nonce=nonce or token_hex(8))
        self.put(act, subject, self.sign(body, **signers), *statements)

    def last(self, **more):
        with self.register._context.store.read() as connection:
            query = tables.entry.select().order_by(ENTRY.id.desc()).limit(1)
            for name, value in more.items():
                query = query.where(ENTRY[name] == value)
            return connection.execute(query).one()

    def change(self, id_, leaf):
        """Put other bytes in the place of an entry that has no place yet."""
        with self.register._context.store.write() as connection:
            new = {"leaf": leaf, "mac": self.secrets.entry(leaf_hash(leaf))}
            connection.execute(tables.entry.update().where(ENTRY.id == id_).values(**new))

    def issue(self, number, blank, officer="anna", *, signer="", office="dushanbe", series=1, **more):
        """Write an issue and its row, which leaves its range."""
        said = {
            "issued": NOW.date().isoformat(), "expires": "2036-11-23", "citizenship": "", "sex": "", "category": "",
            "replaces": "", "at": STAMP, "ground": "", **more,
        }  # fmt: skip
        at, ground, files = said.pop("at"), said.pop("ground"), said.pop("listed", "") or as_object({"DG1": "00" * 32})
        body = issue_leaf(
            number, KIND, office, officer, *said.values(), series, blank, "", at, ground, files, {}
        )  # fmt: skip
        row = tables.document.insert().values(
            id=tables.document_id(series, blank), number=number, series=series, blank=blank, document_type=KIND, office=office,
            officer=officer, state="issued", since=at, ground="", replaced_by="", files=files, **said,
        )  # fmt: skip
        free = tables.blank
        taken = free.update().where(free.c.first == blank).values(first=blank + 1)
        self.put("issue", number, self.sign(body, **{signer or officer: OFFICERS[signer or officer]}), row, taken)


def sql(register, *statements):
    """Run statements as somebody who writes to the database, each of which changes a row."""
    with register._context.store.write() as connection:
        for statement in statements:
            assert connection.exec_driver_sql(statement).rowcount != 0, statement
