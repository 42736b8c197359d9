"""Cases of the zone, of the files, of their agreement, and of ``pa.authentic``."""

from tests.support import builders as b
from tests.support import lds_helpers as lds
from tests.support.inspection_case import Case, admitted, referred, refused

SHAPE, DIGITS, DATES, EXPIRY = "mrz.structure", "mrz.check-digits", "mrz.dates", "doc.expiry"
FILES, LISTS, AGREEMENT, AUTHENTIC = "lds.structure", "lds.com-sod", "lds.dg1-mrz", "pa.authentic"
GARBAGE = "no zone\n"


def printed(text: str) -> b.Scene:
    """A sound chip under a printed zone that says ``text``."""
    sound = b.scene()
    return b.Scene(sound.chip, text, sound.trust)


def zone_alone(text: str = b.lines(b.zone())) -> b.Scene:
    return b.Scene(None, text, b.scene().trust)


def without_dg1(**changes) -> b.Scene:
    return b.scene(printed=None, **changes).with_files(DG1=None)


def wrong_digit(joined: str, position: int) -> str:
    digit = "1" if joined[position] != "1" else "2"
    return joined[:position] + digit + joined[position + 1 :]


def not_read(make, subject: str, *, note: str = "") -> Case:
    """A file without a reader here: its frame is sound, its content unread, and nobody is stopped for it."""
    return Case("admit", FILES, "undetermined", "not-read", make, subject, note)


def with_master_file(name: str, data: bytes) -> b.Scene:
    sound = b.scene()
    return b.Scene({**sound.chip, name: data}, sound.mrz, sound.trust)


ZONE_CASES: list[Case] = [
    admitted(SHAPE, "", b.scene, subject="zone"),
    admitted(SHAPE, "", lambda: b.scene(printed=None), subject="DG1"),
    referred(SHAPE, "no-input", without_dg1, subject="zone"),
    refused(SHAPE, "format-unknown", lambda: printed(GARBAGE), subject="zone"),
    refused(SHAPE, "sex", lambda: b.scene(inside=b.zone(sex="Q")), subject="DG1"),
    refused(SHAPE, "state-unknown", lambda: b.scene(inside=b.zone(state="QQQ")), subject="DG1"),
    admitted(DIGITS, "", b.scene, subject="zone"),
    referred(DIGITS, "no-input", without_dg1, subject="zone"),
    Case("refuse", DIGITS, "undetermined", "unreadable", lambda: printed(GARBAGE), "zone"),
    refused(DIGITS, "check-digit", lambda: printed(b.lines(wrong_digit(b.zone(), 53))), subject="zone"),
    refused(DIGITS, "check-digit", lambda: b.scene(inside=wrong_digit(b.zone(), 71)), subject="DG1"),
    refused(DIGITS, "composite-check-digit", lambda: b.scene(inside=wrong_digit(b.zone(), 87)), subject="DG1"),
    admitted(DATES, "", b.scene, subject="DG1"),
    referred(DATES, "no-input", without_dg1, subject="zone"),
    Case("refuse", DATES, "undetermined", "unreadable", lambda: printed(GARBAGE), "zone"),
    refused(DATES, "date-impossible", lambda: b.scene(inside=b.zone(born="740231")), subject="DG1"),
    admitted(DATES, "expiry-distant", lambda: b.scene(inside=b.zone(expires="430301")), subject="DG1"),
    admitted(EXPIRY, "", b.scene),
    admitted(EXPIRY, "", lambda: b.scene(inside=b.zone(expires="261124")), note="last-day"),
    refused(EXPIRY, "expired", lambda: b.scene(inside=b.zone(expires="261123"))),
    refused(EXPIRY, "expired", lambda: zone_alone(b.lines(b.zone(expires="120415"))), note="zone-alone"),
    refused(
        EXPIRY,
        "expired",
        # the chip's own date counts, whatever the page says
        lambda: b.scene(inside=b.zone(expires="261123"), printed=b.zone()),
        note="page-says-otherwise",
    ),
    referred(EXPIRY, "no-date", without_dg1),
    Case("refuse", EXPIRY, "undetermined", "no-date", lambda: b.scene(inside=b.zone(expires="<<<<<<")), note="fillers"),
]


FILE_CASES: list[Case] = [
    admitted(FILES, "", b.scene, subject="EF.COM"),
    admitted(FILES, "", b.scene, subject="DG2"),
    *(
        not_read(lambda number=number, tag=tag: b.scene(groups=with_group(number, b.der(tag, b"\xff garbage \x00"))), f"DG{number}")
        for number, tag in ((3, 0x63), (4, 0x76), (5, 0x65), (6, 0x66), (7, 0x67), (8, 0x68), (9, 0x69), (10, 0x6A), (13, 0x6D), (16, 0x70))
    ),
    not_read(lambda: b.scene(groups=with_group(16, b.der(0x70))), "DG16", note="empty"),
    not_read(lambda: b.scene(groups=with_group(3, b.der(0x63, bytes(9_999_995)))), "DG3", note="largest"),
    # bytes that the hash does not cover do not make it read
    not_read(lambda: b.scene(groups=with_group(7, b.der(0x67))).with_files(DG7=b.der(0x67) + b"behind"), "DG7", note="behind"),
    *(
        not_read(lambda name=name, data=data: with_master_file(name.partition("/")[0], data), name)
        for name, data in (
            ("EF.CardAccess", b.der(0x31)), ("EF.CardSecurity", b.der(0x30)), ("EF.CVCA", b.der(0x42, b"UTCVCA00001")),
            ("EF.ATR/INFO", b.der(0x47, b"abc")), ("EF.DIR", b.der(0x61, b.der(0x4F, b"1")) * 2),
        )
    ),
    referred(FILES, "no-input", zone_alone, note="zone-alone"),
    referred(
        FILES, "no-input", lambda: b.Scene({"EF.SOD": b.scene().chip["EF.SOD"]}, None, b.scene().trust), note="sod"
    ),
    referred(FILES, "limit", lambda: b.scene(groups=with_group(2, b.der(0x75, bytes(10_000_000)))), subject="DG2"),
    refused(FILES, "structure", lambda: b.scene(groups=with_group(2, b"")), subject="DG2", note="empty"),
    refused(FILES, "structure", lambda: b.scene(groups=with_group(2, b"\x75\x05ab")), subject="DG2", note="cut"),
    refused(FILES, "structure", lambda: b.scene(com_bytes=b"\x60\x00"), subject="EF.COM"),
    refused(FILES, "structure", lambda: b.scene(groups=with_group(3, b.der(0x64))), subject="DG3", note="tag"),
    *(
        refused(FILES, "structure", lambda number=number, data=data: b.scene(groups=with_group(number, data)), subject=f"DG{number}", note="frame")
        for number, data in (
            (3, b"\x63\x05ab"), (4, b""), (5, b"\x65"), (6, b"\x66\x85\x01\x01\x01\x01\x01"), (7, b"\x67\x84\xff\xff\xff\xff"),
            (8, b"\x7f"), (9, b"\x7f\xff\xff\xff\x01"), (13, b"\x6d\x82\x01"), (16, b"\x70\x80\x00\x00"),
        )
    ),
    refused(FILES, "structure", lambda: b.scene(groups=with_group(1, b.dg1("A" * 87))), subject="DG1", note="zone"),
    admitted(
        FILES,
        "object-unknown",
        lambda: b.scene(groups=with_group(12, b.der(0x6C, b.der(0x5C, b"\x5f\x77"), b.der(0x5F77, b"?")))),
        subject="DG12",
    ),
    admitted(
        FILES,
        "date-form",
        lambda: b.scene(groups=with_group(12, b.dg12("soon"))),
        subject="DG12",
    ),
    admitted(FILES, "date-impossible", lambda: b.scene(groups=with_group(12, b.dg12("20260230"))), subject="DG12"),
    admitted(FILES, "padding", lambda: b.scene(com_bytes=b.com([1, 2]) + bytes(8)), subject="EF.COM"),
    admitted(FILES, "", lambda: padded(2, bytes(8)), subject="DG2", note="padding"),
    admitted(FILES, "trailing-data", lambda: padded(1, b"\x00\x01"), subject="DG1"),
    # of later editions and guidelines: nothing that a holder is refused for
    admitted(FILES, "record-code-later", lambda: b.scene(groups={1: b.dg1(b.zone()), 2: hair(8)}), subject="DG2"),
    admitted(FILES, "protocol-version-later", lambda: b.scene(groups=with_group(14, chip_authentication(2))), subject="DG14"),
    # what follows a file hides none of its faults
    admitted(FILES, "date-form", lambda: padded(12, bytes(8), b.dg12("soon")), subject="DG12", note="padding"),
    admitted(FILES, "object-unknown", lambda: b.scene(groups=with_group(12, two_defects())), subject="DG12", note="of-two"),
    referred(FILES, "object-duplicate", lambda: b.scene(groups=with_group(12, two_faults())), subject="DG12", note="of-two"),
    # the State signed what it wrote: a code or number that contradicts what is there proves nothing against the holder
    admitted(FILES, "record-code", lambda: with_face(hair=99), subject="DG2"),
    admitted(FILES, "record-length", lambda: with_face(length=99), subject="DG2"),
    admitted(FILES, "record-image-data", lambda: with_face(data_type=1), subject="DG2"),
    admitted(FILES, "instances-count", lambda: with_dg2(instances=b"\2\1\2"), subject="DG2"),
    admitted(FILES, "header-type", lambda: with_dg2(header=lds.obj("A1", lds.obj("81", b"\x08"), lds.OWNER, lds.TYPE)), subject="DG2"),
    admitted(FILES, "header-format-owner", lambda: with_dg2(header=lds.obj("A1", lds.TYPE)), subject="DG2"),
    admitted(FILES, "header-format-type", lambda: with_dg2(header=lds.obj("A1", lds.OWNER)), subject="DG2"),
    admitted(FILES, "protocol-version", lambda: b.scene(groups=with_group(14, chip_authentication(10))), subject="DG14"),
    # a face that is not seen here: an officer compares by eye
    referred(FILES, "image-format", lambda: with_face(image=b"GIF89a"), subject="DG2"),
    referred(FILES, "iso39794-unread", lambda: with_dg2(lds.obj("7F2E", lds.obj("A1", lds.obj("65")))), subject="DG2"),
]


def padded(number: int, behind: bytes, data: bytes = b"") -> b.Scene:
    """A file with more behind it than was hashed."""
    scene = b.scene(groups=with_group(number, data)) if data else b.scene()
    return scene.with_files(**{f"DG{number}": scene.chip[f"DG{number}"] + behind})


def hair(code: int) -> bytes:
    """DG2 whose facial record has another colour of hair, which is at a fixed place after the record's header."""
    data = bytearray(b.dg2())
    data[data.index(b"FAC\0") + 14 + 8] = code
    return bytes(data)


def with_dg2(record: bytes | None = None, **changes: bytes) -> b.Scene:
    return b.scene(groups={1: b.dg1(b.zone()), 2: lds.dg2(record, **changes)})


def with_face(**changes) -> b.Scene:
    """DG2 whose facial record is laid out by hand."""
    return with_dg2(lds.obj("5F2E", lds.facial_record(**changes)))


def chip_authentication(version: int) -> bytes:
    """DG14 with one protocol, CA-ECDH-AES-CBC-CMAC-128."""
    info = b.sequence(b.oid("0.4.0.127.0.7.2.2.3.2.2"), b.integer(version))
    return b.der(0x6E, b.der(0x31, info))


def two_defects() -> bytes:
    """DG12 with an unknown object and a date that is none: both are named, the first is the reason."""
    return b.der(0x6C, b.der(0x5C, b"\x5f\x77\x5f\x26"), b.der(0x5F77, b"?"), b.der(0x5F26, b"soon"))


def two_faults() -> bytes:
    """DG12 with an unknown object, a warning, and after it a repeated one, an error: the graver is the reason."""
    day = b.der(0x5F26, b"20260115")
    return b.der(0x6C, b.der(0x5C, b"\x5f\x77\x5f\x26"), b.der(0x5F77, b"?"), day, day)


def with_group(number: int, data: bytes) -> dict[int, bytes]:
    return {1: b.dg1(b.zone()), 2: b.dg2(), number: data}


LIST_CASES: list[Case] = [
    admitted(LISTS, "", b.scene),
    admitted(LISTS, "", lambda: b.scene(com_bytes=b.com([2, 1])), note="order"),
    # repetition in EF.COM does not matter to the comparison, and is told
    admitted(FILES, "tag-list", lambda: b.scene(com_bytes=b.com([2, 1, 2])), subject="EF.COM"),
    admitted(
        FILES, "coding", lambda: b.scene(com_bytes=b"\x60\x81" + b.com([1, 2])[1:]), subject="EF.COM", note="long-length"
    ),
    admitted(
        LISTS,
        "",
        lambda: b.scene(content={"version": 1, "versions": ("0108", "040000")}, com_bytes=b.com([1, 2], lds="0108")),
        note="versions",
    ),
    Case("admit", LISTS, "undetermined", "no-input", lambda: b.scene().with_files(EF_COM=None)),
    referred(LISTS, "no-input", lambda: b.scene().with_files(EF_SOD=None), note="sod"),
    referred(LISTS, "no-input", zone_alone, note="zone-alone"),
    Case("refuse", LISTS, "undetermined", "unreadable", lambda: b.scene(com_bytes=b"\x60\x00")),
    Case("refuse", LISTS, "undetermined", "unreadable", lambda: b.scene().with_files(EF_SOD=b""), note="sod"),
    # DG14 stripped from EF.COM alone, and from the chip with its listing in EF.COM
    refused(
        LISTS, "lists-differ", lambda: b.scene(groups=with_group(14, b.der(0x6E, b.der(0x31))), com_bytes=b.com([1, 2]))
    ),
    refused(
        LISTS,
        "lists-differ",
        lambda: b.scene(groups=with_group(3, b.der(0x63)), com_bytes=b.com([1, 2])).with_files(DG3=None),
        note="stripped",
    ),
    refused(LISTS, "lists-differ", lambda: b.scene(com_bytes=b.com([1, 2, 15])), note="added"),
    refused(
        LISTS,
        "version-differs",
        lambda: b.scene(com_bytes=b.com([1, 2], lds="0108")),
        note="lowered",
    ),
    refused(
        LISTS,
        "version-differs",
        lambda: b.scene(content={"version": 1, "versions": ("0108", "040000")}),
        note="lds",
    ),
    admitted(LISTS, "version-form", lambda: b.scene(com_bytes=b.com([1, 2], lds="0108"), content={"version": 1, "versions": ("1.8", "4.0.0")})),
    refused(
        LISTS,
        "version-differs",
        lambda: b.scene(com_bytes=b.com([1, 2], lds="0108"), content={"version": 1, "versions": ("1.7", "4.0.0")}),
        note="dots",
    ),
    refused(
        LISTS,
        "version-differs",
        lambda: b.scene(content={"version": 1, "versions": ("0107", "050000")}),
        note="unicode",
    ),
]


def page_says(**changes) -> b.Scene:
    return b.scene(printed=b.zone(**changes))


AGREEMENT_CASES: list[Case] = [
    admitted(AGREEMENT, "", b.scene),
    Case("admit", AGREEMENT, "undetermined", "no-input", lambda: b.scene(printed=None)),
    referred(AGREEMENT, "no-input", lambda: b.scene().with_files(DG1=None), note="no-dg1"),
    referred(AGREEMENT, "premise", lambda: b.scene(anchors=[])),
    Case("refuse", AGREEMENT, "undetermined", "unreadable", lambda: printed(GARBAGE)),
    refused(AGREEMENT, "differs", lambda: page_says(names="SPECIMEN<<OTHER"), note="names"),
    refused(AGREEMENT, "differs", lambda: page_says(number="L898902C4"), note="number"),
    refused(AGREEMENT, "differs", lambda: page_says(expires="360302"), note="expiry"),
    refused(AGREEMENT, "differs", lambda: page_says(optional="X", sex="M"), note="optional-and-more"),
    refused(AGREEMENT, "differs", lambda: printed(b.lines(wrong_digit(b.zone(), 53))), note="check-digit"),
    # a difference accuses even where the chip is not proven: page and chip do not belong together
    refused(AGREEMENT, "differs", lambda: b.scene(anchors=[], printed=b.zone(number="L898902C4")), note="unproven"),
    referred(AGREEMENT, "optional-data-differs", lambda: page_says(optional="ZE184226C")),
]

GENUINE_CASES: list[Case] = [
    Case("admit", "chip.genuine", "undetermined", "not-read-live", b.scene),
    # whether the files are authentic does not matter: no chip was asked
    Case("refuse", "chip.genuine", "undetermined", "not-read-live", lambda: b.scene(signature=b""), note="forged"),
    referred("chip.genuine", "no-input", zone_alone),
]
AUTHENTIC_CASES: list[Case] = [
    admitted(AUTHENTIC, "", b.scene),
    referred(AUTHENTIC, "premise", lambda: b.scene(anchors=[])),
    referred(AUTHENTIC, "premise", lambda: b.scene().with_files(DG1=None), note="no-dg1"),
    referred(AUTHENTIC, "premise", zone_alone, note="zone-alone"),
    # every group handed over counts, not DG1 alone
    referred(
        AUTHENTIC,
        "premise",
        lambda: b.scene(groups=with_group(2, b.der(0x75, bytes(10_000_000)))),
        note="dg2-over-the-limit",
    ),
    refused(AUTHENTIC, "not-authentic", lambda: b.scene(signature=b"")),
    refused(AUTHENTIC, "not-authentic", lambda: b.scene().with_files(DG2=b"\x75\x00"), note="dg2"),
]

CASES = ZONE_CASES + FILE_CASES + LIST_CASES + AGREEMENT_CASES + AUTHENTIC_CASES + GENUINE_CASES
