"""Files made by hand for the tests, and damage done to files. Nothing here uses the code under test."""

import random
from collections.abc import Iterator
from struct import pack

ZONE_TD3 = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<L898902C36UTO7408122F1204159ZE184226B<<<<<10"


def obj(tag: str, *content: bytes) -> bytes:
    """One data object, coded independently of tjdocs."""
    body = b"".join(content)
    if len(body) < 128:
        length = bytes([len(body)])
    elif len(body) < 256:
        length = b"\x81" + bytes([len(body)])
    else:
        length = b"\x82" + pack(">H", len(body))
    return bytes.fromhex(tag) + length + body


def com(*content: bytes, tag: str = "60") -> bytes:
    return obj(tag, *content)


LDS_VERSION, UNICODE_VERSION, TAG_LIST = (
    obj("5F01", b"0107"),
    obj("5F36", b"040000"),
    obj("5C", bytes.fromhex("617563")),
)

# Not a picture: the first bytes of one, which is all that reading the structure looks at.
JPEG_STUB = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffd9")


def facial_record(
    *,
    identifier: bytes = b"FAC\0",
    version: bytes = b"010\0",
    length: int | None = None,
    count: int = 1,
    block_length: int | None = None,
    points: bytes = b"",
    point_count: int | None = None,
    gender: int = 2,
    eyes: int = 3,
    hair: int = 4,
    pose: bytes = b"\1\1\1",
    uncertainty: bytes = b"\0\0\0",
    image_type: int = 1,
    data_type: int = 0,
    image: bytes = JPEG_STUB,
) -> bytes:
    """A facial record laid out field by field after ISO/IEC 19794-5:2005, 5."""
    body = pack(">HBBB", len(points) // 8 if point_count is None else point_count, gender, eyes, hair)
    body += b"\0\0\0" + b"\0\1" + pose + uncertainty + points
    body += pack(">BBHHBBHH", image_type, data_type, 300, 400, 1, 2, 0, 0) + image
    body = pack(">I", len(body) + 4 if block_length is None else block_length) + body
    return identifier + version + pack(">IH", 14 + len(body) if length is None else length, count) + body


OWNER, TYPE = obj("87", b"\1\1"), obj("88", b"\0\x08")
HEADER = obj("A1", obj("81", b"\2"), obj("82", b"\0"), OWNER, TYPE)


def dg2(
    record: bytes | None = None, *, header: bytes = HEADER, instances: bytes = b"\x02\x01\x01", tag: str = "75"
) -> bytes:
    record = obj("5F2E", facial_record()) if record is None else record
    return obj(tag, obj("7F61", instances, obj("7F60", header, record)))


# SecurityInfo: chip authentication with ECDH and AES-128, version 1; PACE-ECDH-GM-AES-128, version 2, parameters 13
CHIP_AUTHENTICATION = bytes.fromhex("300f060a04007f00070202030202020101")
PACE_INFO = bytes.fromhex("3012060a04007f0007020204020202010202010d")
DG14 = obj("6E", obj("31", CHIP_AUTHENTICATION, PACE_INFO))


def mutations(data: bytes) -> Iterator[bytes]:
    """Every byte changed in three ways, and every truncation."""
    for position in range(len(data)):
        for flip in (0x01, 0x20, 0xFF):
            yield data[:position] + bytes([data[position] ^ flip]) + data[position + 1 :]
        yield data[:position]


def sampled_mutations(data: bytes, number: int, *, first: int = 0) -> Iterator[bytes]:
    """Some of them, always the same; all changes within the first ``first`` bytes."""
    for changed in _changes(data[:first]):
        yield changed + data[first:]
    chance = random.Random(9303)
    for _ in range(number):
        position = chance.randrange(len(data))
        yield data[:position]
        yield data[:position] + bytes([data[position] ^ chance.choice((0x01, 0x20, 0xFF))]) + data[position + 1 :]


def _changes(data: bytes) -> Iterator[bytes]:
    for position in range(len(data)):
        for flip in (0x01, 0x20, 0xFF):
            yield data[:position] + bytes([data[position] ^ flip]) + data[position + 1 :]
