"""A register with blanks, and documents issued from them."""

from datetime import UTC, date, datetime, timedelta

from tjdocs.documents.validity import anniversary
from tjdocs.register import Person

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
KIND = "external-passport"


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
