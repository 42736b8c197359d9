"""The lives of blanks and documents, roles and decisions, read from ``specs/register/*.toml`` into frozen values."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Literal, TypeVar

import msgspec

from tjdocs import specs
from tjdocs.documents import settings
from tjdocs.errors import RegisterError, SpecError

__all__ = ["Action", "Lifecycle", "Replacement", "Role", "blanks", "decisions", "documents", "roles"]


class Role(specs.Row, frozen=True, kw_only=True):
    """What an officer may do.

    :param granted_by: number of officers who sign when an officer gets the role, loses it, or gets a new key while
        having it, if there are as many
    :param seconds: actions about another officer that it signs with a supervisor, if there is no second supervisor
    :param own_office: actions that it does at the officer's own office only
    """

    id: str
    actions: frozenset[str]
    granted_by: int
    seconds: frozenset[str] = frozenset()
    own_office: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        _known(self.actions, self.own_office)


class RoleFile(specs.Spec, frozen=True):
    """The form of ``specs/register/roles.toml``."""

    role: tuple[Role, ...]


class DecisionKind(specs.Row, frozen=True):
    """A kind of decision with its outcomes."""

    id: str
    requirement: str
    outcomes: tuple[str, ...]


class DecisionFile(specs.Spec, frozen=True):
    """The form of ``specs/register/decisions.toml``."""

    kind: tuple[DecisionKind, ...]


class Action(specs.Row, frozen=True):
    """A lawful move.

    :param from_: states from which it leads; empty for what the register did not have before
    :param officers: how many officers sign it
    :param needs: the details that it requires
    """

    id: str
    from_: frozenset[str] = msgspec.field(name="from")
    to: str
    officers: int
    needs: tuple[Literal["act", "supplier", "office", "to", "ground"], ...]


class Replacement(specs.Row, frozen=True):
    """A ground on which a new document takes the place of an old one."""

    id: str
    from_: frozenset[str] = msgspec.field(name="from")
    to: str


class BlankStatus(specs.Row, frozen=True):
    """A status of a blank.

    :param stock: whether the office answers for it
    """

    id: str
    stock: bool


class DocumentStatus(specs.Row, frozen=True):
    """A status of a document.

    :param living: whether it is the holder's valid document while its dates allow
    """

    id: str
    living: bool
    held: str = ""


class BlankFile(specs.Spec, frozen=True):
    """The form of ``specs/register/blanks.toml``."""

    status: tuple[BlankStatus, ...]
    action: tuple[Action, ...]

    def __post_init__(self) -> None:
        _check_moves(self.status, self.action)


class DocumentFile(specs.Spec, frozen=True):
    """The form of ``specs/register/documents.toml``."""

    status: tuple[DocumentStatus, ...]
    action: tuple[Action, ...]
    replacement: tuple[Replacement, ...] = ()

    def __post_init__(self) -> None:
        _check_moves(self.status, (*self.action, *self.replacement))


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """A state machine.

    :param live_statuses: the states for which the office answers (blanks), or that are valid by themselves (documents)
    :param held: the state of a document in an application, for each status, a word of ``specs/application.toml``
    """

    states: tuple[str, ...]
    live_statuses: frozenset[str]
    actions: Mapping[str, Action]
    replacements: Mapping[str, Replacement]
    held: Mapping[str, str]

    def action(self, id_: str) -> Action:
        """Return an action by its name.

        :raises RegisterError: there is none
        """
        try:
            return self.actions[id_]
        except KeyError:
            raise RegisterError("unknown action", where=id_[:40], hint=f"one of {', '.join(self.actions)}") from None

    def check(self, action: Action, state: str) -> None:
        """Refuse an unlawful move, by name.

        :raises RegisterError: the action does not lead from ``state``
        """
        if state not in action.from_:
            hint = f"it leads from {', '.join(sorted(action.from_)) or 'nothing'}"
            raise RegisterError(f"{action.id} is not lawful at status {state}", where="number", hint=hint)


@cache
def blanks() -> Lifecycle:
    """Return the life of a blank (``specs/register/blanks.toml``)."""
    table = specs.load("register/blanks.toml", BlankFile)
    live = frozenset(row.id for row in table.status if row.stock)
    return Lifecycle(
        tuple(row.id for row in table.status), live, _by_id(table.action), _by_id(()), MappingProxyType({})
    )


@cache
def documents() -> Lifecycle:
    """Return the life of a document (``specs/register/documents.toml``)."""
    table = specs.load("register/documents.toml", DocumentFile)
    live = frozenset(row.id for row in table.status if row.living)
    meanings = {row.id: row.held for row in table.status if row.held}
    if unknown := set(meanings.values()) - set(settings.load().document_states):
        raise SpecError(f"unknown {min(unknown)}", where="specs/register/documents.toml status held")
    states = tuple(row.id for row in table.status)
    return Lifecycle(states, live, _by_id(table.action), _by_id(table.replacement), MappingProxyType(meanings))


@cache
def roles() -> Mapping[str, Role]:
    """Return the roles (``specs/register/roles.toml``)."""
    return _by_id(specs.load("register/roles.toml", RoleFile).role)


@cache
def decisions() -> Mapping[str, tuple[str, ...]]:
    """Return the outcomes of each kind of decision (``specs/register/decisions.toml``)."""
    return MappingProxyType({row.id: row.outcomes for row in specs.load("register/decisions.toml", DecisionFile).kind})


_Named = TypeVar("_Named", Role, Action, Replacement)


def _by_id(rows: Iterable[_Named]) -> Mapping[str, _Named]:
    return MappingProxyType({row.id: row for row in rows})


def _check_moves(statuses: Iterable[BlankStatus | DocumentStatus], moves: Iterable[Action | Replacement]) -> None:
    ids = [row.id for row in statuses]
    for move in moves:
        _known(ids, [*move.from_, move.to])


def _known(known: Iterable[str], words: Iterable[str]) -> None:
    if unknown := set(words) - set(known):
        raise ValueError(f"unknown {min(unknown)}; known are {', '.join(sorted(known))}")
