"""What a document type's chip carries: its data groups, protocols and keys (Doc 9303-10, -11)."""

from tjdocs import specs
from tjdocs.errors import SpecError, UsageError
from tjdocs.pki import algorithms
from tjdocs.specs import Word

__all__ = ["DATA_GROUPS", "ActiveContent", "AgreementContent", "ChipContent", "active_keys", "check"]

DATA_GROUPS = (1, 2, 7, 11, 12, 14, 15)
"""What an office can put on a chip."""
_INFOS, _ACTIVE_KEY = 14, 15


class AgreementContent(specs.Row, frozen=True):
    """Protocols of PACE or chip authentication, and their group.

    :param protocols: their names, as ``PACE-ECDH-GM-AES-CBC-CMAC-128``
    :param group: of the standardised domain parameters, as ``secp256r1``
    """

    protocols: tuple[Word, ...]
    group: Word

    def __post_init__(self) -> None:
        if not self.protocols or len(set(self.protocols)) < len(self.protocols):
            raise ValueError("unusable protocols; one or more, each once")


class ActiveContent(specs.Row, frozen=True):
    """The key of active authentication.

    :param key: a curve's name, or ``rsa-2048`` and the like
    :param hash: of its signatures
    """

    key: Word
    hash: Word


class ChipContent(specs.Row, frozen=True, kw_only=True):
    """What the chip carries.

    :param required: whether the document is issued with a chip or not at all
    :param bac: whether it has basic access control
    :param pace: None without PACE; ``chip_authentication``, ``active_authentication``: the same
    """

    required: bool
    requirement: Word
    data_groups: tuple[int, ...]
    lds_version: Word
    unicode_version: Word
    digest: Word
    bac: bool = True
    pace: AgreementContent | None = None
    chip_authentication: AgreementContent | None = None
    active_authentication: ActiveContent | None = None

    def __post_init__(self) -> None:
        groups = set(self.data_groups)
        if not {1, 2} <= groups <= set(DATA_GROUPS):
            known = ", ".join(map(str, DATA_GROUPS))
            raise ValueError(f"unusable data groups of a chip; 1 and 2 at least (Doc 9303-10, 4.2), of {known}")
        active = self.active_authentication
        infos = bool(self.pace or self.chip_authentication or (active and not active.key.startswith("rsa-")))
        if infos != (_INFOS in groups) or bool(active) != (_ACTIVE_KEY in groups):
            raise ValueError(
                "data groups that do not agree with the protocols; 14 with PACE, chip authentication or active"
                " authentication by ECDSA, 15 with active authentication (Doc 9303-10, 4.7.14 and 4.7.15)"
            )
        if self.mapping and (not self.chip_authentication or len(self.pace.protocols if self.pace else ()) < 2):
            raise ValueError(
                "chip authentication mapping alone; with another mapping and chip authentication (Doc 9303-11, 4.4)"
            )

    @property
    def mapping(self) -> bool:
        """Whether it has chip authentication mapping, and so EF.CardSecurity."""
        return self.pace is not None and any("-CAM-" in name for name in self.pace.protocols)

    @property
    def access(self) -> tuple[str, ...]:
        """The access protocols that it has: ``PACE``, ``BAC``."""
        return ("PACE",) * (self.pace is not None) + ("BAC",) * self.bac


def active_keys() -> dict[str, algorithms.Combination]:
    """Return the kinds of keys that active authentication may have, each with a row by which a key is generated."""
    return {row.key: row for row in algorithms.combinations().values() if row.issue}


def check(content: ChipContent, where: str) -> None:
    """Compare the protocols and keys with the tables of the chip.

    :raises SpecError: one is unknown, or does not fit its group
    """
    try:
        algorithms.hash_by_id(content.digest)
    except KeyError:
        raise SpecError("unknown digest", where=f"{where} digest", hint=content.digest) from None
    if content.pace is None and content.chip_authentication is None and content.active_authentication is None:
        return
    from tjdocs.chip import make_infos  # loads the LDS, which most callers of this room do not need

    try:
        if content.pace is not None:
            for name in content.pace.protocols:
                make_infos.pace_info(name, make_infos.group(content.pace.group))
        if content.chip_authentication is not None:
            for name in content.chip_authentication.protocols:
                make_infos.authentication_info(name, make_infos.group(content.chip_authentication.group))
        if content.active_authentication is not None:
            make_infos.active_info(content.active_authentication.hash)
            if content.active_authentication.key not in (known := active_keys()):
                raise UsageError(
                    "unknown key", where=content.active_authentication.key, hint=f"one of {', '.join(sorted(known))}"
                )
    except UsageError as error:
        raise SpecError(error.message, where=where, hint=f"{error.where}; {error.hint}") from None
