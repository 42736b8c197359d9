"""The files and keys that card faults put in place of a document's (``specs/chip/faults.toml``)."""

from collections.abc import Callable
from dataclasses import replace

from cryptography.hazmat.primitives.asymmetric import ec, rsa

from tjdocs.asn1 import der, tlv
from tjdocs.asn1.x509_schema import encode_oid
from tjdocs.chip.card_keys import CardKeys
from tjdocs.lds.dg14 import Dg14, SecurityInfos
from tjdocs.lds.ef_com import EfCom

__all__ = [
    "bad_key",
    "bad_oid",
    "bomb",
    "cut",
    "dg14",
    "flipped",
    "no_algorithm",
    "no_such_protocol",
    "other_id",
    "other_key_id",
    "other_keys",
    "other_parameters",
    "put",
    "stripped",
    "weaker",
    "without",
]


def flipped(data: bytes, place: int) -> bytes:
    """Return the bytes with one bit changed."""
    changed = bytearray(data)
    changed[place] ^= 1
    return bytes(changed)


def put(name: str, change: Callable[[bytes], bytes]) -> Callable[[dict[str, bytes]], dict[str, bytes]]:
    """Return a change of a file that the card has."""
    return lambda files: files | ({name: change(files[name])} if name in files else {})


def without(*names: str) -> Callable[[dict[str, bytes]], dict[str, bytes]]:
    """Return a change that takes files away."""
    return lambda files: {name: data for name, data in files.items() if name not in names}


def stripped(files: dict[str, bytes]) -> dict[str, bytes]:
    """Take DG14 and DG15 away, from EF.COM too."""
    others = without("DG14", "DG15")(files)
    listed = [number for number in EfCom.parse(files["EF.COM"]).data_groups if number not in (14, 15)]
    return others | {"EF.COM": EfCom.of(listed).encode()}


def cut(data: bytes) -> bytes:
    """Return the first half."""
    return data[: len(data) // 2]


def other_parameters(number: int) -> Callable[[bytes], bytes]:
    """Return a change by which every PACEInfo names other domain parameters."""

    def changed(data: bytes) -> bytes:
        infos = []
        for info in SecurityInfos.parse(data).infos:
            raw = info.raw
            if info.name.startswith("PACE-"):
                raw = tlv.encode(0x30, encode_oid(info.oid) + info.required + der.integer(number))
            infos.append(raw)
        return der.set_of(infos)

    return changed


def no_such_protocol(data: bytes) -> bytes:
    """Add a protocol of PACE that does not exist."""
    extra = tlv.encode(0x30, encode_oid("0.4.0.127.0.7.2.2.4.5.2") + der.integer(2) + der.integer(2))
    return der.set_of([*(info.raw for info in SecurityInfos.parse(data).infos), extra])


def weaker(data: bytes) -> bytes:
    """Offer triple DES alone, with the parameters and the agreement that there are."""
    info = next(info for info in SecurityInfos.parse(data).infos if info.name.startswith("PACE-"))
    oid = "0.4.0.127.0.7.2.2.4.1.1" if "-DH-" in info.name else "0.4.0.127.0.7.2.2.4.2.1"
    return der.set_of([tlv.encode(0x30, encode_oid(oid) + info.required + der.integer(info.identifier or 0))])


def bomb(variant: str) -> Callable[[bytes], bytes]:
    """Return a change to a file that is hard to parse."""

    def made(data: bytes) -> bytes:
        if variant == "length":
            return b"\x31\x84\x80\x00\x00\x00" + bytes(100)
        if variant == "many":
            return tlv.encode(0x31, b"\x30\x00" * 0x7FF0)
        nested = b""
        for _ in range(10_000):
            nested = tlv.encode(0x30, nested)
        return tlv.encode(0x31, nested)

    return made


def dg14(change: Callable[[bytes, str, int | None], bytes]) -> Callable[[bytes], bytes]:
    """Return a change of each SecurityInfo of DG14."""

    def changed(data: bytes) -> bytes:
        infos = [change(info.raw, info.name, info.identifier) for info in Dg14.parse(data).infos]
        return Dg14.of(infos).encode()

    return changed


def other_key_id(data: bytes) -> bytes:
    """Let the last public key of EF.CardSecurity name other parameters: 0D becomes 0C, of the same length."""
    place = data.find(bytes.fromhex("02010D"))
    return flipped(data, place + 2) if place >= 0 else flipped(data, len(data) // 3)


def bad_key(variant: str) -> Callable[[bytes, str, int | None], bytes]:
    """Return a change of a key's identifier or parameters, for :func:`dg14`."""

    def changed(raw: bytes, name: str, key_id: int | None) -> bytes:
        if not name.startswith("PK-"):
            return raw
        oid, spki, *more = der.parts(raw)
        algorithm, key = der.parts(spki)
        kind, parameters = der.parts(algorithm)
        if variant == "oid":
            kind = encode_oid("1.2.3.4")
        else:
            parameters = flipped(parameters, len(parameters) // 2)
        return tlv.encode(0x30, oid + tlv.encode(0x30, tlv.encode(0x30, kind + parameters) + key) + b"".join(more))

    return changed


def other_id(raw: bytes, name: str, key_id: int | None) -> bytes:
    """Give a key another identifier, for :func:`dg14`."""
    if not name.startswith("PK-"):
        return raw
    oid, spki, *_ = der.parts(raw)
    return tlv.encode(0x30, oid + spki + der.integer(77))


def no_algorithm(data: bytes) -> bytes:
    """Name an algorithm of active authentication that does not exist."""
    infos = [info.raw for info in Dg14.parse(data).infos if info.name != "aaProtocolObject"]
    named = encode_oid("2.23.136.1.1.5") + der.integer(1) + encode_oid("1.2.3.4")
    return Dg14.of([*infos, tlv.encode(0x30, named)]).encode()


def bad_oid(files: dict[str, bytes]) -> dict[str, bytes]:
    """Let DG14 name an algorithm of active authentication that does not exist."""
    return files | {"DG14": no_algorithm(files.get("DG14", b"\x6e\x02\x31\x00"))}


def other_keys(keys: CardKeys) -> CardKeys:
    """Return keys that differ from those of the files."""
    active = keys.active_authentication
    if isinstance(active, rsa.RSAPrivateKey):
        numbers = active.private_numbers().public_numbers
        active = rsa.generate_private_key(numbers.e, active.key_size)
    elif active is not None:
        active = ec.generate_private_key(active.curve)
    agreed = {key_id: private ^ 1 for key_id, private in keys.chip_authentication.items()}
    return replace(keys, chip_authentication=agreed, active_authentication=active, mapping=(keys.mapping or 2) ^ 1)
