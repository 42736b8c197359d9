"""A register with blanks, and documents issued from them."""

from datetime import UTC, date, datetime, timedelta

from tjdocs.documents.validity import anniversary
from tjdocs.register import KeyRequest, OfficerKey, Person, Register

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
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
    number = register.reserve(KIND, officer=officer, at=at)
    values = {"issued": at.date(), "expires": anniversary(at.date(), 10) - timedelta(days=1), "files": {"DG1": "00" * 32}}
    register.commit(number, at=at, **{**values, **more})
    return number


def person(**changes):
    values = {
        "family_name": "ERIKSSON", "given_names": "ANNA MARIA", "date_of_birth": date(1974, 8, 12), "sex": "F",
        "citizenship": "TJK", "personal_number": "ZE184226B",
    }  # fmt: skip
    return Person(**{**values, **changes})
