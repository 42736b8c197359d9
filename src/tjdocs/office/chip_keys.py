"""The keys of a new chip, and the files that offer them (Doc 9303-11, 9.2).

They are DG14, DG15, EF.CardAccess and EF.CardSecurity. Every chip has keys of its own.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from tjdocs.chip import CardKeys, access_dates, agreement_keys, chip_authentication, make_infos
from tjdocs.chip.groups import Group
from tjdocs.documents.chip_content import ActiveContent, ChipContent, active_keys
from tjdocs.errors import UsageError
from tjdocs.lds import card_security
from tjdocs.lds.card_security import CardSecurity
from tjdocs.lds.dg14 import Dg14, SecurityInfos
from tjdocs.lds.dg15 import Dg15
from tjdocs.pki import Signer
from tjdocs.pki.signer import PrivateKey, generate_key, public_key_info

__all__ = ["ChipSecurity", "check_dates", "make", "unproved"]


@dataclass(frozen=True, slots=True)
class ChipSecurity:
    """The keys of one chip with the files that offer them.

    :param keys: the private keys
    :param groups: DG14 and DG15, by number, as far as the type has them
    :param files: EF.CardAccess and EF.CardSecurity, by name, as far as the type has them
    """

    keys: CardKeys = field(repr=False)
    groups: Mapping[int, bytes] = field(repr=False)
    files: Mapping[str, bytes] = field(repr=False)


def check_dates(content: ChipContent, *, issued: date, expires: date) -> None:
    """Refuse a chip whose access protocols the standard no longer allows, or does not allow as long as it is valid.

    :raises UsageError: with the demand and its clause
    """
    for row in access_dates.broken(content.access, issued=issued, expires=expires):
        raise UsageError(
            "a chip with access protocols that may not be issued",
            where=f"{row.id}: {expires.isoformat() if row.valid_from else issued.isoformat()}",
            hint=f"{row.demand}: change [chip] of the document type",
        )


def make(content: ChipContent, signer: Signer, at: datetime) -> ChipSecurity:
    """Generate the keys of one chip and make its files.

    :param signer: the document signer, who signs EF.CardSecurity
    :param at: the signing time of EF.CardSecurity
    """
    access = _access_infos(content)
    infos, agreed = list(access), dict[int | None, int]()
    if content.chip_authentication is not None:
        group = make_infos.group(content.chip_authentication.group)
        agreed[None], key = _pair(group, standardised=False)
        infos += [make_infos.authentication_info(name, group) for name in content.chip_authentication.protocols]
        infos.append(key)
    signing = _active_key(content.active_authentication)
    groups = {}
    if content.active_authentication is not None and signing is not None:
        groups[15] = Dg15(public_key_info(signing, named_curves=False)).encode()
        if not content.active_authentication.key.startswith("rsa-"):
            infos.append(make_infos.active_info(content.active_authentication.hash))
    if infos:
        groups[14] = Dg14.of(infos).encode()
    mapping, files = None, {}
    if access:
        files["EF.CardAccess"] = SecurityInfos.of(access).encode()
    if content.mapping and content.pace is not None:
        mapping, key = _pair(make_infos.group(content.pace.group), standardised=True)
        signed = SecurityInfos.of([*access, key])
        files["EF.CardSecurity"] = card_security.build(signed, signer=signer, signing_time=at)
    hash_ = content.active_authentication.hash if content.active_authentication else "sha256"
    return ChipSecurity(CardKeys(agreed, signing, hash_, mapping, content.bac), dict(sorted(groups.items())), files)


def _access_infos(content: ChipContent) -> list[bytes]:
    if content.pace is None:
        return []
    group = make_infos.group(content.pace.group)
    return [make_infos.pace_info(name, group) for name in content.pace.protocols]


def _pair(group: Group, *, standardised: bool) -> tuple[int, bytes]:
    """Return a new private key and the info of its public key; named parameters have their number as key identifier."""
    private = group.private_key()
    key_id = group.parameter_id if standardised else None
    return private, make_infos.key_info(group, group.public_key(private), key_id, standardised=standardised)


def _active_key(content: ActiveContent | None) -> PrivateKey | None:
    return generate_key(active_keys()[content.key]) if content is not None else None


def unproved(files: Mapping[str, bytes], keys: CardKeys) -> Iterator[str]:
    """Yield the files of a chip with a public key whose private one is missing.

    :raises tjdocs.lds.LdsError: a file cannot be read
    """
    if "DG14" in files:
        for offer in chip_authentication.choices(Dg14.parse(files["DG14"]).infos):
            private = keys.chip_authentication.get(offer.key_id)
            if private is None or not _same(offer.group, offer.key, private):
                yield "DG14"
    if "EF.CardSecurity" in files:
        for info in CardSecurity.parse(files["EF.CardSecurity"]).security_infos.infos:
            if info.name.startswith("PK-"):
                group, element = agreement_keys.load(info.required)
                if keys.mapping is None or not _same(group, element, keys.mapping):
                    yield "EF.CardSecurity"
    if "DG15" in files:
        active = keys.active_authentication
        own = public_key_info(active, named_curves=False) if active is not None else b""
        if Dg15.parse(files["DG15"]).public_key != own:
            yield "DG15"


def _same(group: Group, element: object, private: int) -> bool:
    return group.encode(element) == group.encode(group.public_key(private))
