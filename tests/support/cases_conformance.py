"""Conformance cases of inspection systems (BSI TR-03105-5.1, LDS_*): ids and expectations the guideline's, data our own.

``own`` marks rows that the guideline has moved to ICAO's own report: what they expect there is our reading of the title.
Rows about signature algorithms are vectors of ``passive-authentication`` and stand in ``make_vectors.py``.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from tests.support import builders as b
from tests.support import lds_helpers as lds
from tjdocs.asn1 import der
from tjdocs.lds.biometrics import iso19794_face
from tjdocs.lds.dg2 import Dg2
from tjdocs.portrait import prepare
from tjdocs.portrait.specimen_portrait import draw_specimen

FILES, LISTS, AGREE = "lds.structure", "lds.com-sod", "lds.dg1-mrz"
SHAPE, DIGITS, DATES = "mrz.structure", "mrz.check-digits", "mrz.dates"
STRUCTURE, SIGNATURE, HASH = "pa.sod-structure", "pa.sod-signature", "pa.dg-hash"
CHAIN, USAGE = "pa.ds-chain", "pa.ds-usage"


@dataclass(frozen=True)
class Row:
    """One case of the guideline.

    :param accepts: what the guideline, or our reading of it, expects
    :param verdict: ours under ``specs/policy/conformance.toml``, with the check and reason that decide it first
    """

    id: str
    accepts: bool
    verdict: str
    reason: str
    what: str
    make: Callable[[], b.Scene] = field(repr=False)
    own: bool = False


def accept(id_: str, what: str, make: Callable[[], b.Scene], *, own: bool = False, reason: str = "") -> Row:
    return Row(id_, True, "admit", reason, what, make, own)


def reject(
    id_: str, check: str, reason: str, what: str, make: Callable[[], b.Scene], *, own: bool = False, verdict: str = "refuse"
) -> Row:
    return Row(id_, False, verdict, f"{check}/{reason}", what, make, own)


# ------------------------------------------------------------------------------------------------------ EF.COM and DG1


def with_com(*objects: bytes, tag: int = 0x60, shift: int = 0) -> b.Scene:
    """A sound chip with another EF.COM; ``shift`` makes its outer length wrong."""
    data = b.der(tag, *objects)
    return b.scene(com_bytes=data[:1] + bytes((data[1] + shift,)) + data[2:])


LDS_VERSION, UNICODE = b.der(0x5F01, b"0107"), b.der(0x5F36, b"040000")
TAGS = b.der(0x5C, b"\x61\x75")


def page(**changes: str) -> b.Scene:
    """DG1 and page say the same, whatever it is."""
    return b.scene(inside=b.zone(**changes))


def at(position: int, text: str) -> b.Scene:
    """The zone with other characters at a place of both lines joined, no check digit mended."""
    whole = b.zone()
    return b.scene(inside=whole[:position] + text + whole[position + len(text) :])


def wrong_digit(position: int) -> b.Scene:
    whole = b.zone()
    return at(position, "1" if whole[position] != "1" else "2")


def with_group(number: int, data: bytes) -> b.Scene:
    return b.scene(groups={1: b.dg1(b.zone()), 2: b.dg2(), number: data})


def shifted(data: bytes, by: int) -> bytes:
    """Return a file whose outer length is wrong by ``by``; its last length octet is counted up."""
    place = 1 if data[1] < 0x80 else 1 + (data[1] & 0x7F)
    return data[:place] + bytes((data[place] + by,)) + data[place + 1 :]


# ------------------------------------------------------------------------------------------------------------------ DG2


@functools.cache
def portrait(form: str = "JPEG", **changes: Any) -> bytes:
    drawn = draw_specimen(size=(207, 266))
    return Dg2.of(replace(prepare(drawn.image, eyes=drawn.eyes, image_format=form), **changes)).encode()


def image(data: bytes) -> b.Scene:
    return with_group(2, data)


def record(**changes: Any) -> b.Scene:
    """DG2 whose facial record is laid out by hand, with the changes asked for."""
    return image(lds.dg2(lds.obj("5F2E", lds.facial_record(**changes))))


def header(*objects: bytes) -> b.Scene:
    return image(lds.dg2(header=lds.obj("A1", *objects)))


KIND, SUBTYPE = lds.obj("81", b"\2"), lds.obj("82", b"\0")
POINTS = (iso19794_face.FeaturePoint(2, 1, 100, 120), iso19794_face.FeaturePoint(3, 5, 90, 100))


def extra_points() -> bytes:
    drawn = draw_specimen(size=(207, 266))
    made = prepare(drawn.image, eyes=drawn.eyes, image_format="JPEG2000")
    return Dg2.of(replace(made, feature_points=(*made.feature_points, *POINTS))).encode()


# ---------------------------------------------------------------------------------------------------------- DG14, DG15

CA_ECDH = "0.4.0.127.0.7.2.2.3.2.2"


def info(*parts: bytes) -> bytes:
    return b.sequence(*parts)


def key_info(dotted: str = "0.4.0.127.0.7.2.2.1.2") -> bytes:
    return info(b.oid(dotted), b.spki(b.ec_key("chip")))


def dg14(*infos: bytes, tag: int = 0x6E) -> bytes:
    return b.der(tag, b.set_of(infos))


CHIP_INFO = info(b.oid(CA_ECDH), b.integer(1))


def dg15(tag: int = 0x6F) -> bytes:
    return b.der(tag, b.spki(b.rsa_key("chip", 1024)))


# --------------------------------------------------------------------------------------------------------------- EF.SOD


def sod(data: bytes) -> b.Scene:
    return b.scene().with_files(EF_SOD=data)


def content(**changes: Any) -> bytes:
    values = {1: b.digest("sha256", b.dg1(b.zone())), 2: b.digest("sha256", b.dg2())}
    return b.security_object(values, **changes)


def parts_of(data: bytes) -> list[bytes]:
    """Return the elements of a constructed one."""
    return list(der.parts(data))


def without(data: bytes, index: int, put: bytes = b"") -> bytes:
    """Return a SEQUENCE without one of its elements, or with another in its place."""
    parts = parts_of(data)
    parts[index] = put
    return b.sequence(*parts)


def signed(index: int | None = None, put: bytes = b"", *, infos: list[bytes] | None = None, **more: Any) -> b.Scene:
    """The sound SignedData with one element taken away or exchanged; no signature covers them."""
    whole = b.signed_data(content(), infos or [signer_info()], [b.utopian_signer().raw], **more)
    outer = parts_of(parts_of(whole)[0])
    inner = parts_of(outer[1])[0]
    if index is not None:
        inner = without(inner, index, put)
    return sod(b.der(0x77, b.sequence(outer[0], b.der(0xA0, inner))))


def signer_info(**changes: Any) -> bytes:
    return b.signer_info(content(), b.utopian_signer(), **changes)


def signer_part(index: int, put: bytes = b"") -> b.Scene:
    """The sound SignerInfo with one element taken away or exchanged."""
    return signed(infos=[without(signer_info(), index, put)])


def no_message_digest() -> b.Scene:
    items = [
        b.attribute("1.2.840.113549.1.9.3", b.oid(b.LDS_OBJECT)),
        b.attribute("1.2.840.113549.1.9.5", b.time(b.SIGNED)),
    ]
    signature = b.octets(b.sign(b.utopian_signer().key, "ecdsa-sha256", b.set_of(items)))
    whole = without(signer_info(), 3, b.der(0xA0, *sorted(items)))
    return signed(infos=[without(whole, 5, signature)])


def object_part(index: int, put: bytes = b"") -> b.Scene:
    """A signed security object with one element taken away or exchanged."""
    return b.scene(content_bytes=without(content(), index, put))


def listed(*entries: bytes, numbers: tuple[int, ...] = (1, 2), groups: dict[int, bytes] | None = None) -> b.Scene:
    """A signed security object whose list of hashes is ``entries``; EF.COM lists ``numbers``."""
    return b.scene(groups=groups, content_bytes=without(content(), 2, b.sequence(*entries)), com_bytes=b.com(numbers))


def entry(number: int, data: bytes | None = None) -> bytes:
    value = bytes(32) if data is None else b.digest("sha256", data)
    return b.sequence(b.integer(number), b.octets(value))


ONE, TWO = entry(1, b.dg1(b.zone())), entry(2, b.dg2())
FILLER = b.sequence(b.integer(3), b.octets(b"\xff" * 32))
FINGERS = b.der(0x63)


def certificate_part(index: int, put: bytes = b"", *, tbs: bool = True) -> b.Scene:
    """A signer whose certificate lacks an element, signed by the CSCA all the same."""
    whole, tbs_, signature_algorithm, _ = b.utopian_signer().raw, *parts_of(b.utopian_signer().raw)
    if not tbs:
        raw = without(whole, index, put)
    else:
        changed = without(tbs_, index, put)
        signature = b.bits(b.sign(b.utopia().key, "ecdsa-sha256", changed))
        raw = b.sequence(changed, signature_algorithm, signature)
    return sod(b.signed_data(content(), [signer_info()], [raw]))


def by(**changes: Any) -> b.Scene:
    return b.scene(by=b.signer(b.utopia(), **changes))


def version_one(lds_version: str = "0108", version: int = 1, *, versions: bool = True) -> b.Scene:
    given = {"version": version, "versions": (lds_version, "040000") if versions else None}
    return b.scene(content=given, com_bytes=b.com([1, 2], lds=lds_version))


def last_byte() -> b.Scene:
    return b.scene().with_files(DG2=b.dg2()[:-1] + bytes((b.dg2()[-1] ^ 1,)))


def own_signer() -> b.Scene:
    """No certificate inside; the reader has the signer's."""
    made = signed(3)
    return replace(made, trust=b.scene(candidates=[b.utopian_signer()]).trust)


COM_ROWS = [
    reject("A_01", FILES, "structure", "tag 61 in place of 60", lambda: with_com(LDS_VERSION, UNICODE, TAGS, tag=0x61), own=True),
    reject("A_02", FILES, "structure", "length too small", lambda: with_com(LDS_VERSION, UNICODE, TAGS, shift=-1), own=True),
    reject("A_03", FILES, "structure", "length too big", lambda: with_com(LDS_VERSION, UNICODE, TAGS, shift=1), own=True),
    reject("A_08", LISTS, "lists-differ", "list without DG1, which is there", lambda: b.scene(com_bytes=b.com([2])), own=True),
    reject("A_09", FILES, "structure", "no list", lambda: with_com(LDS_VERSION, UNICODE), own=True),
    accept("A_10", "LDS version 1.8", version_one, own=True),
]  # fmt: skip

DG1_ROWS = [
    accept("B_01", "optional data filled", b.scene, own=True),
    accept("B_02", "given names abbreviated", lambda: page(names="ERIKSSON<<A<M"), own=True),
    accept("B_03", "no secondary identifier", lambda: page(names="ERIKSSON"), own=True),
    accept("B_04", "no optional data, its check digit 0", lambda: page(optional=""), own=True),
    reject("B_05", FILES, "structure", "tag 62 in place of 61", lambda: with_group(1, b"\x62" + b.dg1(b.zone())[1:]), own=True),
    reject("B_06", FILES, "structure", "length too small", lambda: with_group(1, shifted(b.dg1(b.zone()), -1)), own=True),
    reject("B_07", FILES, "structure", "length too big", lambda: with_group(1, shifted(b.dg1(b.zone()), 1)), own=True),
    reject("B_08", SHAPE, "document-code", "unknown document code", lambda: page(code="X<"), own=True),
    reject("B_09", SHAPE, "field-character", "issuing State with a digit", lambda: page(state="U1O"), own=True),
    reject("B_10", SHAPE, "names-form", "no name", lambda: page(names=""), own=True),
    reject("B_11", AGREE, "differs", "another name than on the page", lambda: b.scene(printed=b.zone(names="ERIKSSON<<ANNE")), own=True),
    reject("B_12", AGREE, "differs", "another number than on the page", lambda: b.scene(printed=b.zone(number="L898902C4")), own=True),
    reject("B_13", DIGITS, "check-digit", "check digit of the number", lambda: wrong_digit(53), own=True),
    reject("B_14", SHAPE, "field-character", "nationality with a digit", lambda: page(nationality="U1O"), own=True),
    reject("B_15", DATES, "date-form", "date of birth with a letter", lambda: page(born="7A0812"), own=True),
    reject("B_16", DATES, "date-impossible", "date of birth that does not exist", lambda: page(born="740231"), own=True),
    reject("B_17", DIGITS, "check-digit", "check digit of the date of birth", lambda: wrong_digit(63), own=True),
    reject("B_18", SHAPE, "sex", "sex that is none", lambda: page(sex="Q"), own=True),
    reject("B_19", DATES, "date-form", "date of expiry with a letter", lambda: page(expires="3A0301"), own=True),
    reject("B_20", DATES, "date-impossible", "date of expiry that does not exist", lambda: page(expires="360231"), own=True),
    reject("B_21", DIGITS, "check-digit", "check digit of the date of expiry", lambda: wrong_digit(71), own=True),
    reject("B_22", DIGITS, "check-digit", "check digit of the optional data", lambda: wrong_digit(86), own=True),
    reject("B_23", DIGITS, "composite-check-digit", "composite check digit", lambda: wrong_digit(87), own=True),
    reject("B_24", FILES, "structure", "no zone inside", lambda: with_group(1, b.der(0x61)), own=True),
    accept("B_25", "day of birth unknown", lambda: page(born="7408<<"), own=True),
    accept("B_26", "month of birth unknown", lambda: page(born="74<<12"), own=True),
    accept("B_27", "year of birth unknown", lambda: page(born="<<0812"), own=True),
    accept("B_28", "date of birth unknown", lambda: page(born="<<<<<<"), own=True),
]  # fmt: skip

DG2_ROWS = [
    accept("C_01", "JPEG 2000", lambda: image(portrait("JPEG2000")), own=True),
    accept("C_02", "JPEG", lambda: image(portrait()), own=True),
    accept("C_03", "JPEG 2000 with further feature points", lambda: image(extra_points()), own=True),
    reject("C_04", FILES, "structure", "tag 76 in place of 75", lambda: image(b"\x76" + portrait()[1:]), own=True),
    reject("C_05", FILES, "structure", "length too small", lambda: image(shifted(portrait(), -1)), own=True),
    reject("C_06", FILES, "structure", "length too big", lambda: image(shifted(portrait(), 1)), own=True),
    reject("C_07", FILES, "structure", "no number of instances", lambda: image(lds.dg2(instances=b"")), own=True),
    reject("C_08", FILES, "header-format-owner", "another format owner", lambda: header(KIND, SUBTYPE, lds.obj("87", b"\2\2"), lds.TYPE), own=True),
    reject("C_09", FILES, "header-format-owner", "no format owner", lambda: header(KIND, SUBTYPE, lds.TYPE), own=True),
    reject("C_10", FILES, "header-format-type", "another format type", lambda: header(KIND, SUBTYPE, lds.OWNER, lds.obj("88", b"\0\7")), own=True),
    reject("C_11", FILES, "header-format-type", "no format type", lambda: header(KIND, SUBTYPE, lds.OWNER), own=True),
    reject("C_13", FILES, "header-type", "another biometric type", lambda: header(lds.obj("81", b"\x08"), SUBTYPE, lds.OWNER, lds.TYPE), own=True),
    reject("C_14", FILES, "structure", "format identifier not FAC", lambda: record(identifier=b"FAX\0"), own=True),
    reject("C_15", FILES, "structure", "another version", lambda: record(version=b"099\0"), own=True),
    reject("C_16", FILES, "structure", "length does not count the feature points",
           lambda: record(points=bytes(16), block_length=14 + 18), own=True),
    reject("C_17", FILES, "record-code", "sex undefined", lambda: record(gender=9), own=True),
    reject("C_18", FILES, "record-code", "colour of eyes undefined", lambda: record(eyes=99), own=True),
    reject("C_19", FILES, "record-code", "colour of hair undefined", lambda: record(hair=99), own=True),
    *(reject(f"C_{20 + n}", FILES, "record-code", f"{name} out of range",
             lambda n=n: record(pose=b"\1" * n + b"\xfe" + b"\1" * (2 - n)), own=True) for n, name in enumerate(("yaw", "pitch", "roll"))),
    *(reject(f"C_{23 + n}", FILES, "record-code", f"uncertainty of {name} out of range",
             lambda n=n: record(uncertainty=b"\0" * n + b"\xfe" + b"\0" * (2 - n)), own=True) for n, name in enumerate(("yaw", "pitch", "roll"))),
    reject("C_26", FILES, "record-code", "type of image undefined", lambda: record(image_type=9), own=True),
    reject("C_27", FILES, "record-image-data", "image coded otherwise than said", lambda: record(data_type=1), own=True),
    reject("C_28", FILES, "structure", "no record", lambda: image(lds.dg2(b"")), own=True),
]  # fmt: skip

DG14_ROWS = [
    reject("F_01", FILES, "structure", "tag 6F in place of 6E", lambda: with_group(14, dg14(CHIP_INFO, key_info(), tag=0x6F))),
    reject("F_02", FILES, "structure", "length too small", lambda: with_group(14, shifted(dg14(CHIP_INFO, key_info()), -1))),
    reject("F_03", FILES, "structure", "length too big", lambda: with_group(14, shifted(dg14(CHIP_INFO, key_info()), 1))),
    reject("F_04", FILES, "protocol-unknown", "key under an undefined identifier",
           lambda: with_group(14, dg14(CHIP_INFO, key_info("0.4.0.127.0.7.2.2.1.3")))),
    reject("F_05", FILES, "structure", "no identifier of chip authentication",
           lambda: with_group(14, dg14(info(b.integer(1), b.integer(1)), key_info()))),
    reject("F_06", FILES, "protocol-version", "chip authentication of version 10",
           lambda: with_group(14, dg14(info(b.oid(CA_ECDH), b.integer(10)), key_info()))),
    reject("F_07", FILES, "structure", "chip authentication without version",
           lambda: with_group(14, dg14(info(b.oid(CA_ECDH)), key_info()))),
]  # fmt: skip

DG15_ROWS = [
    reject("I_01", FILES, "structure", "tag 70 in place of 6F", lambda: with_group(15, dg15(0x70))),
    reject("I_02", FILES, "structure", "length too small", lambda: with_group(15, shifted(dg15(), -1))),
    reject("I_03", FILES, "structure", "length too big", lambda: with_group(15, shifted(dg15(), 1))),
]

MD5 = b.sequence(b.oid(b.HASHES["md5"][0]))
SOD_ROWS = [
    accept("H_15", "no certificate inside; the reader has it", own_signer, reason=f"{SIGNATURE}/signer-not-inside"),
    reject("H_17", STRUCTURE, "tag", "tag 78 in place of 77", lambda: sod(b"\x78" + b.scene().chip["EF.SOD"][1:]), own=True),
    reject("H_18", STRUCTURE, "not-signed-data", "length too small", lambda: sod(shifted(b.scene().chip["EF.SOD"], -1)), own=True),
    reject("H_19", STRUCTURE, "file", "length too big", lambda: sod(shifted(b.scene().chip["EF.SOD"], 1)), own=True),
    reject("H_20", STRUCTURE, "cms-version", "SignedData of version 1", lambda: signed(version=1), own=True),
    reject("H_21", STRUCTURE, "not-signed-data", "SignedData without version", lambda: signed(0), own=True),
    reject("H_22", SIGNATURE, "digest-not-announced", "MD5 announced", lambda: signed(announced=["md5"]), own=True),
    reject("H_23", STRUCTURE, "not-signed-data", "no digest announced", lambda: signed(1), own=True),
    reject("H_24", STRUCTURE, "content-type", "content of another type", lambda: b.scene(content_type="1.2.3.4"), own=True),
    reject("H_25", STRUCTURE, "not-signed-data", "content without type", lambda: signed(2, b.sequence(b.der(0xA0, b.octets(content())))), own=True),
    reject("H_26", SIGNATURE, "signer-info-version", "SignerInfo of version 2", lambda: signer_part(0, b.integer(2)), own=True),
    reject("H_27", STRUCTURE, "not-signed-data", "SignerInfo without version", lambda: signer_part(0), own=True),
    reject("H_28", SIGNATURE, "signer-missing", "number of no certificate inside", lambda: b.scene(serial=1), own=True, verdict="refer"),
    reject("H_29", SIGNATURE, "signer-missing", "key identifier of no certificate inside", lambda: b.scene(by_key=bytes(20)), own=True, verdict="refer"),
    reject("H_30", SIGNATURE, "digest-forbidden", "digest algorithm MD5", lambda: b.scene(digest_kind="md5"), own=True),
    reject("H_31", STRUCTURE, "not-signed-data", "no digest algorithm", lambda: signer_part(2), own=True),
    reject("H_32", SIGNATURE, "message-digest", "another message digest", lambda: b.scene(message_digest=bytes(32)), own=True),
    reject("H_33", SIGNATURE, "message-digest", "no message digest", no_message_digest, own=True),
    reject("H_37", SIGNATURE, "wrong-signature", "signature wrong", lambda: b.scene(signed=b"other"), own=True),
    reject("H_38", STRUCTURE, "not-signed-data", "no signature", lambda: signer_part(5), own=True),
    reject("H_39", STRUCTURE, "lds-version", "security object of version 2", lambda: b.scene(content={"version": 2}), own=True),
    reject("H_40", STRUCTURE, "lds-object", "security object without version", lambda: object_part(0), own=True),
    reject("H_41", HASH, "digest-forbidden", "hashes by MD5", lambda: b.scene(content={"kind": "md5"}), own=True),
    reject("H_42", STRUCTURE, "lds-object", "no hash algorithm", lambda: object_part(1), own=True),
    reject("H_43", HASH, "differs", "another hash for DG2", lambda: listed(ONE, entry(2)), own=True),
    reject("H_44", LISTS, "lists-differ", "no hash for DG1", lambda: listed(TWO, entry(14, b.der(0x6E, b.der(0x31))),
           groups={1: b.dg1(b.zone()), 2: b.dg2(), 14: b.der(0x6E, b.der(0x31))}, numbers=(1, 2, 14)), own=True),
    reject("H_45", LISTS, "lists-differ", "a hash for DG10, which is not there", lambda: listed(ONE, TWO, entry(10))),
    reject("H_46", STRUCTURE, "hash-list", "DG1 numbered FF", lambda: listed(b.sequence(b"\x02\x01\xff", b.octets(b.digest("sha256", b.dg1(b.zone())))), TWO)),
    reject("H_47", STRUCTURE, "lds-object", "DG2 without number", lambda: listed(ONE, b.sequence(b.octets(b.digest("sha256", b.dg2()))))),
    reject("H_48", USAGE, "certificate-version", "certificate of version 2", lambda: by(version=1), own=True),
    reject("H_49", USAGE, "certificate-version", "certificate without version", lambda: by(version=None), own=True),
    reject("H_50", SIGNATURE, "signer-missing", "certificate without serial number", lambda: certificate_part(1), verdict="refer"),
    reject("H_51", CHAIN, "wrong-signature", "algorithms inside and outside differ", lambda: by(inner="ecdsa-sha384")),
    reject("H_52", SIGNATURE, "signer-missing", "no algorithm inside", lambda: certificate_part(2), verdict="refer"),
    reject("H_54", CHAIN, "issuer-by-key-identifier", "another issuer's name, signed by the CSCA",
           lambda: by(issuer=b.name(("C", b.COUNTRY), ("CN", "Another CSCA")))),
    reject("H_55", SIGNATURE, "signer-missing", "no issuer", lambda: certificate_part(3), verdict="refer"),
    reject("H_56", USAGE, "validity-time-form", "dates before 2050 in four-digit years", lambda: by(clock=b.general_time)),
    reject("H_57", SIGNATURE, "signer-missing", "no validity", lambda: certificate_part(4), verdict="refer"),
    reject("H_58", SIGNATURE, "algorithm-unknown", "the key's algorithm is md5WithRSAEncryption", lambda: by(
        info=b.sequence(b.algorithm("rsa-md5"), b.bits(b.sequence(b.integer(1 << 2047 | 1), b.integer(65537))))), verdict="refer"),
    reject("H_59", SIGNATURE, "signer-missing", "no public key", lambda: certificate_part(6), verdict="refer"),
    reject("H_60", CHAIN, "authority-key-identifier-absent", "authority key identifier without its identifier",
           lambda: by(authority=None, extra=[("2.5.29.35", False, b.sequence())])),
    reject("H_61", CHAIN, "authority-key-identifier-absent", "no authority key identifier", lambda: by(authority=None)),
    reject("H_62", USAGE, "key-usage-not-critical", "key usage not critical", lambda: by(
        usage=None, extra=[b.key_usage("digitalSignature", critical=False)])),
    reject("H_63", USAGE, "key-usage", "key usage without digital signature", lambda: by(usage=("nonRepudiation",))),
    reject("H_64", USAGE, "key-usage-absent", "no key usage", lambda: by(usage=None)),
    reject("H_66", SIGNATURE, "signer-missing", "no algorithm outside", lambda: certificate_part(1, tbs=False), verdict="refer"),
    reject("H_67", CHAIN, "wrong-signature", "certificate's signature wrong", lambda: by(signature=b.sequence(b.integer(1), b.integer(1))), own=True),
    reject("H_68", SIGNATURE, "signer-missing", "no signature on the certificate", lambda: certificate_part(2, tbs=False), own=True, verdict="refer"),
    reject("H_69", HASH, "differs", "last byte of DG2 changed", last_byte),
    reject("H_84", SIGNATURE, "signer-info-version", "version 3 with issuer and serial number", lambda: b.scene(version=3)),
    reject("H_85", SIGNATURE, "signer-info-version", "version 1 with key identifier", lambda: b.scene(
        version=1, by_key=b.key_identifier(b.ec_key("signer")))),
    accept("H_86", "LDS 1.8 with its versions signed", version_one, own=True),
    reject("H_87", STRUCTURE, "lds-version-info", "versions inside a security object of version 0", lambda: version_one(version=0), own=True),
    reject("H_88", STRUCTURE, "lds-version-info", "version 1 without versions", lambda: version_one("0107", versions=False), own=True),
    reject("H_90", LISTS, "lists-differ", "DG3 listed with a filler, EF.COM silent", lambda: listed(ONE, TWO, FILLER).with_files(DG3=FINGERS)),
    reject("H_91", LISTS, "lists-differ", "no hash for DG2, which EF.COM lists", lambda: listed(ONE, entry(3, FINGERS), numbers=(1, 2, 3)).with_files(DG3=FINGERS)),
    reject("H_92", LISTS, "lists-differ", "DG3's hash in place of DG2's", lambda: listed(ONE, entry(3, FINGERS)).with_files(DG3=FINGERS)),
    reject("H_93", STRUCTURE, "lds-object", "a field that is not known behind the hashes", lambda: b.scene(
        content_bytes=b.sequence(*parts_of(content()), b.octets(bytes(32))))),
]  # fmt: skip

ROWS = [*COM_ROWS, *DG1_ROWS, *DG2_ROWS, *DG14_ROWS, *DG15_ROWS, *SOD_ROWS]
