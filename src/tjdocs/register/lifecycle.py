"""The lives of blanks and documents, roles and decisions, read from ``specs/register/*.toml`` into frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from tjdocs import specs
from tjdocs.documents import settings
from tjdocs.errors import RegisterError, SpecError

__all__ = ["Act", "Life", "Replacement", "Role", "blanks", "decisions", "documents", "roles"]

_NEEDS = frozenset({"act", "supplier", "office", "to", "ground"})


@dataclass(frozen=True, slots=True)
class Role:
    """What an officer may do.

    :param granted_by: number of officers who sign when an officer gets the role, loses it, or gets a new key while
        having it, if there are as many
    :param seconds: actions about another officer that it signs with a supervisor, if there is no second supervisor
    :param own_office: acts that it does at the officer's own office only
    """

    acts: frozenset[str]
    granted_by: int
    seconds: frozenset[str] = frozenset()
    own_office: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Act:
    """A lawful move.

    :param sources: states from which it leads; empty for what the register did not have before
    :param officers: how many officers sign it
    :param needs: what must be told with it
    """

    id: str
    sources: frozenset[str]
    to: str
    officers: int
    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Replacement:
    """A ground on which a new document takes the place of an old one."""

    id: str
    sources: frozenset[str]
    to: str


@dataclass(frozen=True, slots=True)
class Life:
    """A state machine.

    :param marked: the states for which the office answers (blanks), or that are valid by themselves (documents)
    :param held: what each state says of a document that somebody holds, a word of ``specs/application.toml``
    """

    states: tuple[str, ...]
    marked: frozenset[str]
    acts: Mapping[str, Act]
    replacements: Mapping[str, Replacement]
    held: Mapping[str, str]

    def act(self, id_: str) -> Act:
        """Return an act by its name.

        :raises RegisterError: there is none
        """
        try:
            return self.acts[id_]
        except KeyError:
            raise RegisterError("no such act", where=id_[:40], hint=f"one of {', '.join(self.acts)}") from None

    def check(self, act: Act, state: str) -> None:
        """Refuse an unlawful move, by name.

        :raises RegisterError: the act does not lead from ``state``
        """
        if state not in act.sources:
            hint = f"it leads from {', '.join(sorted(act.sources)) or 'nothing'}"
            raise RegisterError(f"{act.id} is not lawful for what is {state}", where="number", hint=hint)


@cache
def blanks() -> Life:
    """Return the life of a blank (``specs/register/blanks.toml``)."""
    return _life("blanks", "stock")


@cache
def documents() -> Life:
    """Return the life of a document (``specs/register/documents.toml``)."""
    return _life("documents", "living")


@cache
def roles() -> Mapping[str, Role]:
    """Return the roles (``specs/register/roles.toml``)."""
    where = "specs/register/roles.toml"
    table = specs.read_toml("register/roles.toml")
    specs.require_keys(table, ["schema", "role"], where=where)
    for row in table["role"]:
        specs.require_keys(row, ["id", "acts", "granted_by"], ["seconds", "own_office"], where=where)
        _known(where, row["acts"], row.get("own_office", []))
    return MappingProxyType(
        {
            row["id"]: Role(
                frozenset(row["acts"]), row["granted_by"], frozenset(row.get("seconds", ())),
                frozenset(row.get("own_office", ())),
            )
            for row in table["role"]
        }
    )  # fmt: skip


@cache
def decisions() -> Mapping[str, tuple[str, ...]]:
    """Return the outcomes of each kind of decision (``specs/register/decisions.toml``)."""
    where = "specs/register/decisions.toml"
    table = specs.read_toml("register/decisions.toml")
    specs.require_keys(table, ["schema", "kind"], where=where)
    for row in table["kind"]:
        specs.require_keys(row, ["id", "requirement", "outcomes"], where=where)
    return MappingProxyType({row["id"]: tuple(row["outcomes"]) for row in table["kind"]})


def _life(name: str, mark: str) -> Life:
    where = f"specs/register/{name}.toml"
    return _parse(specs.read_toml(f"register/{name}.toml"), mark, where)


def _parse(table: Mapping[str, Any], mark: str, where: str) -> Life:
    specs.require_keys(table, ["schema", "state", "act"], ["replacement"], where=where)
    for row in table["state"]:
        specs.require_keys(row, ["id", mark], ["held"], where=f"{where} state")
    states = tuple(row["id"] for row in table["state"])
    acts = {}
    for row in table["act"]:
        specs.require_keys(row, ["id", "from", "to", "officers", "needs"], where=f"{where} act")
        _known(where, states, [*row["from"], row["to"]])
        _known(where, _NEEDS, row["needs"])
        acts[row["id"]] = Act(row["id"], frozenset(row["from"]), row["to"], row["officers"], tuple(row["needs"]))
    replacements = {}
    for row in table.get("replacement", []):
        specs.require_keys(row, ["id", "from", "to"], where=f"{where} replacement")
        _known(where, states, [*row["from"], row["to"]])
        replacements[row["id"]] = Replacement(row["id"], frozenset(row["from"]), row["to"])
    marked = frozenset(row["id"] for row in table["state"] if row[mark])
    held = {row["id"]: row["held"] for row in table["state"] if "held" in row}
    _known(where, settings.load().document_states, list(held.values()))
    return Life(states, marked, MappingProxyType(acts), MappingProxyType(replacements), MappingProxyType(held))


def _known(where: str, known: Any, words: list[str]) -> None:
    if unknown := [word for word in words if word not in known]:
        raise SpecError(f"unknown {unknown[0]}", where=where, hint=f"known are {', '.join(sorted(known))}")
