"""Cards of Utopia: signed files, keys, and what lies between a card and its reader."""

import functools
from collections.abc import Callable
from dataclasses import replace
from datetime import date

from cryptography.hazmat.primitives.asymmetric import rsa

from tests.support import builders as b
from tjdocs import mrz
from tjdocs.asn1 import tlv
from tjdocs.chip import Can, Card, CardKeys, ChipReading, MrzKey, agreement_keys, read
from tjdocs.chip.card_faults import card_with_fault
from tjdocs.chip.groups import by_parameter_id
from tjdocs.lds.dg14 import SecurityInfo, SecurityInfoFile
from tjdocs.specs import load

CAN = Can("123456")
TODAY = date(2026, 11, 24)
_OIDS = {name: oid for oid, name in load("lds/security_infos.toml", SecurityInfoFile).protocols.items()}


def zone_key() -> MrzKey:
    """Return the password of every card here."""
    return MrzKey.of(mrz.parse(b.zone(), joined=True, at=TODAY))


def info(name: str, *parts: bytes) -> bytes:
    """Return a SecurityInfo of a protocol by its name."""
    return b.sequence(b.oid(_OIDS[name]), *parts)


def pace_info(name: str = "PACE-ECDH-GM-AES-CBC-CMAC-128", parameter_id: int = 12) -> bytes:
    return info(name, b.integer(2), b.integer(parameter_id))


@functools.cache
def static_key(parameter_id: int) -> int:
    """Return the private key of chip authentication of every card here."""
    group = by_parameter_id(parameter_id)
    assert group is not None
    return group.private_key()


def public_info(
    parameter_id: int = 12, key_id: int | None = None, private: int | None = None, *, named: bool = False
) -> bytes:
    group = by_parameter_id(parameter_id)
    assert group is not None
    element = group.power(group.base, private or static_key(parameter_id))
    kind = "PK-ECDH" if group.tag == 0x86 else "PK-DH"
    spki = agreement_keys.encode(group, element, standardised=named)
    return info(kind, spki, *([] if key_id is None else [b.integer(key_id)]))


def ca_info(name: str = "CA-ECDH-AES-CBC-CMAC-128", key_id: int | None = None) -> bytes:
    return info(name, b.integer(1), *([] if key_id is None else [b.integer(key_id)]))


def card_security(*infos: bytes, by: b.Party | None = None) -> bytes:
    """Return EF.CardSecurity, signed by Utopia's document signer."""
    file = b.sod(b.set_of(infos), by or b.utopian_signer(), content_type=SECURITY_OBJECT)
    return tlv.read(file).value  # EF.SOD has a tag around it, this file has none


SECURITY_OBJECT = "0.4.0.127.0.7.3.2.1"


class Shown:
    """A document of Utopia with a chip that is there to be asked.

    :param infos: of DG14 and, as far as they are of PACE, of EF.CardAccess; none: the chip has neither
    :param active: whether it has active authentication
    :param fault: of the card, by its name
    :param changed: files put in place after signing; None takes one away
    """

    def __init__(
        self,
        *infos: bytes,
        active: object = None,
        access: tuple[bytes, ...] | None = None,
        security: bytes | None = None,
        changed: dict[str, bytes | None] | None = None,
        keys: CardKeys | None = None,
        groups: dict[int, bytes] | None = None,
        fault: str = "",
        **card: object,
    ) -> None:
        given = {1: b.dg1(b.zone()), 2: b.dg2(), **(groups or {})}
        if infos:
            given[14] = b.der(0x6E, b.set_of(infos))
        if active is not None:
            given[15] = b.der(0x6F, b.spki(active))
        self.scene = b.scene(groups=given)
        files = dict(self.scene.chip or {})
        pace = tuple(one for one in infos if _is_pace(one)) if access is None else access
        if pace:
            files["EF.CardAccess"] = b.set_of(pace)
        if security is not None:
            files["EF.CardSecurity"] = security
        files |= changed or {}
        own = keys or CardKeys(
            {None: static_key(12)},
            active,
            "sha1" if isinstance(active, rsa.RSAPrivateKey) else "sha256",
            static_key(13) if security else None,
        )
        files = {name: data for name, data in files.items() if data is not None}
        if fault:
            self.card = card_with_fault(fault, files, zone_key(), own, can=CAN, **card)
        else:
            self.card = Card(files, zone_key(), own, can=CAN, **card)

    def read(
        self, between: Callable[[Card], object] | None = None, password: object = "", **options: object
    ) -> ChipReading:
        """Read the card from power-on."""
        self.card.power_on()
        transport = between(self.card) if between else self.card
        return read(transport, zone_key() if password == "" else password, **options)

    def judge(self, *arguments: object, **options: object):
        """Return the findings of a reading by check and subject, and the verdict."""
        verdict = replace(self.scene, chip=self.read(*arguments, **options)).judge()
        return {
            f"{f.check} {f.subject}".strip(): (str(f.outcome), f.reason)
            for f in verdict.findings
            if f.check.startswith("chip.")
        }, verdict


def _is_pace(one: bytes) -> bool:
    return SecurityInfo.parse(one).name.startswith("PACE-")


class Between:
    """Changes answers on their way: by the number of the command, or by its instruction."""

    def __init__(self, card: Card, change: Callable[[int, bytes, bytes], bytes]) -> None:
        self._card, self._change, self._count = card, change, 0

    def transmit(self, command: bytes) -> bytes:
        self._count += 1
        return self._change(self._count, command, self._card.transmit(command))

    def reset(self) -> None:
        self._card.power_on()


def changing(change: Callable[[int, bytes, bytes], bytes]) -> Callable[[Card], Between]:
    return lambda card: Between(card, change)
