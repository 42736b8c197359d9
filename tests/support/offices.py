"""A production register, where roles are enforced and blanks come from a store; the numbers that one handed out."""

import stat

from tjdocs.chip import CardKeys
from tjdocs.chip import card_keys as key_file
from tjdocs.lds import ef_catalogue
from tjdocs.office import chip_keys, one_register
from tjdocs.register import KeyRequest, Keys, OfficerKey, Register

OFFICERS = {name: OfficerKey.generate() for name in ("officer-1", "officer-2", "officer-7")}


def production(folder, now, kind, numbers, officer="officer-1", confirmed=True):
    """A register with one range of blanks of one type at Dushanbe, and one officer, whose key is at hand."""
    keys = Keys.generate("example.tj/register")
    url = f"sqlite:///{folder / 'production.db'}"
    first = OFFICERS[officer]
    register = Register.create(url, keys=keys, officer=officer, office="dushanbe", at=now, officer_key=first)
    register.blanks.add_series(kind, numbers[0] + "{:08d}", officer=officer, at=now)
    register.blanks.receive(numbers, act="act 1", supplier="printer", office="dushanbe", officer=officer, at=now)
    if confirmed:
        register.act("confirm", numbers, officers=[officer], at=now, office="dushanbe")
    return register


def enrolled(register, name, role, now, officer="officer-1"):
    """Enrol an officer at Dushanbe."""
    request = KeyRequest.of(name, OFFICERS[name])
    register.officers.enrol(name, role, office="dushanbe", officer=officer, at=now, key=request)


def reopened(register, *officers):
    """The same register, opened with the keys of some officers."""
    own = register._context
    url = own.store.url.render_as_string()
    return Register(url, keys=own.keys, officer_keys=[OFFICERS[name] for name in officers])


def tie(authority, register, pattern, now, officer="trial"):
    """Record that an authority issues numbers of a form from a register, as its first issue would."""
    one_register.belong(authority, register, [pattern], officer=officer, at=now)


def own_keys(folder):
    """Whether an issued folder has the private keys of its chip, each of them, and for their owner alone."""
    path = folder / key_file.FILE
    files = {ef_catalogue.recognise(file.name): file.read_bytes() for file in (folder / "chip").iterdir()}
    keys = CardKeys.parse(path.read_bytes())
    return not list(chip_keys.unproved(files, keys)) and stat.S_IMODE(path.stat().st_mode) == 0o600


def used(register):
    """Return the numbers handed out so far with their states: what is next to come tells where they end."""
    found = {}
    for n in range(1, 10_000):
        document = register.document(f"T{n:08d}")
        if document is None:
            return found
        found[document.number] = document.status
    raise AssertionError
