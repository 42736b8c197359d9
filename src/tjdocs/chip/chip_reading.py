"""What a reading of a chip leaves: files, the result of each protocol, and the proof of authenticity. Frozen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tjdocs.chip import active_authentication, agreement_keys, chip_authentication, pace
from tjdocs.chip.active_authentication import ActiveAuthentication
from tjdocs.chip.chip_authentication import ChipAuthenticationRun
from tjdocs.chip.groups import GroupError
from tjdocs.chip.pace import PaceProtocol, PaceRun
from tjdocs.chip.quirks import quirks
from tjdocs.errors import InputError
from tjdocs.findings import Outcome, checks
from tjdocs.lds.dg14 import SecurityInfo

__all__ = ["ChipReading", "Step", "offers_chip_authentication"]


@dataclass(frozen=True, slots=True)
class Step:
    """One protocol's result.

    :param check: the check that it answers, for example ``chip.pace``
    :param reason: a stable word, empty where it simply passed
    :param detail: a status word, or the protocol's name; never document data
    """

    check: str
    outcome: Outcome
    reason: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class ChipReading:
    """A chip as it was read in one visit.

    :param files: by name, as read
    :param steps: the protocols' results, in the order run
    :param unread: files that the chip lists and did not give, each with its status word or another reason
    :param pace: the run of PACE, None where there was none
    :param chip_authentication: the run that an answer under its keys confirmed
    :param active_authentication: challenge and answer
    :param quirks: names of the departures from the standard that the reader got over (``specs/chip/quirks.toml``)
    :param commands: sent to the card; ``received``: bytes of its answers
    """

    files: Mapping[str, bytes] = field(repr=False)
    steps: tuple[Step, ...]
    unread: Mapping[str, str] = field(default_factory=dict)
    pace: PaceRun | None = None
    chip_authentication: ChipAuthenticationRun | None = None
    active_authentication: ActiveAuthentication | None = None
    commands: int = 0
    received: int = 0
    quirks: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the reading without its files, as :meth:`from_json` reads it: keys and answers in hexadecimal."""
        table: dict[str, Any] = {
            "schema": 1,
            "steps": [[step.check, str(step.outcome), step.reason, step.detail] for step in self.steps],
            "unread": dict(self.unread),
            "commands": self.commands,
            "received": self.received,
            "quirks": list(self.quirks),
        }
        if self.active_authentication is not None:
            run = self.active_authentication
            table["active_authentication"] = [run.challenge.hex(), run.signature.hex()]
        if self.pace is not None:
            run_ = self.pace
            table["pace"] = {
                "info": run_.protocol.info.hex(),
                "parameter_id": run_.protocol.parameter_id,
                "chip_key": run_.chip_key.hex(),
                "mapping_key": run_.mapping_key.hex(),
                "authentication_data": None if run_.authentication_data is None else run_.authentication_data.hex(),
            }
        return table

    @classmethod
    def from_json(cls, table: Mapping[str, Any], files: Mapping[str, bytes]) -> "ChipReading":
        """Return the reading that :meth:`as_json` wrote. Only who can vouch for it may hand it over.

        :raises InputError: another form
        """
        try:
            steps = tuple(
                Step(check, Outcome(outcome), reason, detail) for check, outcome, reason, detail in table["steps"]
            )
            if not all(_known(step) for step in steps):
                raise ValueError
            signed, agreed = table.get("active_authentication"), table.get("pace")
            return cls(
                dict(files),
                steps,
                {str(name): str(reason) for name, reason in table["unread"].items()},
                pace=None if agreed is None else _pace(agreed),
                active_authentication=None if signed is None else ActiveAuthentication(*map(bytes.fromhex, signed)),
                commands=int(table["commands"]),
                received=int(table["received"]),
                quirks=_names(table.get("quirks", [])),
            )
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
            raise InputError(
                "not the reading of a chip", where="reading", hint="ChipReading.as_json writes one"
            ) from None

    def active(self, spki: bytes, infos: tuple[SecurityInfo, ...]) -> Step:
        """Judge the answer of active authentication under a key of DG15.

        :param infos: those of DG14
        """
        assert self.active_authentication is not None  # noqa: S101
        reason, warnings = active_authentication.check(spki, infos, self.active_authentication)
        if reason:
            return Step("chip.aa", Outcome.UNDETERMINED if reason == "key-unusable" else Outcome.FAILED, reason)
        return Step("chip.aa", Outcome.WARNING, warnings[0]) if warnings else Step("chip.aa", Outcome.PASSED)

    def mapping(self, infos: tuple[SecurityInfo, ...]) -> Step:
        """Judge chip authentication mapping under the key of EF.CardSecurity for its parameters.

        :param infos: those of EF.CardSecurity
        """
        run = self.pace
        assert run is not None  # noqa: S101
        keys = [info for info in infos if info.name == "PK-ECDH"]
        named = [info for info in keys if info.identifier in (None, run.protocol.parameter_id)]
        if not named:
            return Step("chip.ca", Outcome.FAILED, "no-key")
        if not run.authentication_data:
            return Step("chip.ca", Outcome.FAILED, "no-data")
        for info in named:
            try:
                key = agreement_keys.load(info.required)
            except GroupError:
                continue
            if key.group is run.protocol.group and pace.proves_key(run, key.element):
                return Step("chip.ca", Outcome.PASSED, "", run.protocol.name)
        return Step("chip.ca", Outcome.FAILED, "not-proved")


def _known(step: Step) -> bool:
    """Whether a step is one of a check on the chip, with a reason that the check has."""
    if not all(isinstance(text, str) for text in (step.check, step.reason, step.detail)):
        return False
    check = checks().get(step.check) if step.check.startswith("chip.") else None
    return check is not None and (not step.reason or step.reason in check.reasons)


def _pace(table: Mapping[str, Any]) -> PaceRun:
    """Return a run of PACE; ``ValueError`` where its protocol is not one of the standard."""
    protocol = PaceProtocol.of(SecurityInfo.parse(bytes.fromhex(table["info"])), table.get("parameter_id"))
    if protocol is None:
        raise ValueError("not a PACEInfo")
    data = table["authentication_data"]
    chip_key, mapping_key = (bytes.fromhex(table[name]) for name in ("chip_key", "mapping_key"))
    return PaceRun(protocol, chip_key, mapping_key, None if data is None else bytes.fromhex(data))


def _names(words: Any) -> tuple[str, ...]:
    """Return the names of quirks; ``ValueError`` where one is unknown."""
    if not isinstance(words, list) or not set(words) <= {quirk.name for quirk in quirks()}:
        raise ValueError("not names of quirks")
    return tuple(words)


def offers_chip_authentication(infos: tuple[SecurityInfo, ...]) -> bool:
    """Whether DG14 has a key of chip authentication, usable or not."""
    try:
        return bool(chip_authentication.choices(infos))
    except GroupError:
        return True
