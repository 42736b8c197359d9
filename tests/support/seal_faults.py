"""Seals with one thing wrong each, by the code of the problem that it is. New ones come last: vectors count them."""

from datetime import date

from tests.support import seals_made as s

SOUND = s.made()
NO_DAY = b"\xff\xff\xff"
ZONE = s.emergency()


def short_form(value: bytes) -> bytes:
    return b"\x02\x81" + bytes((len(value),)) + value


def visa(*features: bytes, **head) -> bytes:
    return s.made(b"".join(features), definition=0x5D, category=0x01, **head)


STAY, NUMBER = s.feature(4, bytes(3)), s.feature(5, s.c40("D23145890"))
A, B = s.feature(1, s.c40(s.visa(44)[:72])), s.feature(2, s.c40(s.visa()[:64]))

def registration(accepted: date, **head) -> bytes:
    """A certificate of registration, issued and signed on 2 March 2026 unless it says otherwise."""
    zone = s.c40(s.zone(code="IR", state="TJK", nationality="UZB"))
    message = s.feature(1, zone) + s.feature(2, s.c40("C")) + s.feature(3, s.day(accepted))
    days = {"issued": date(2026, 3, 2), "signed": date(2026, 3, 2)}
    return s.made(message, **{"country": "TJK", "definition": 0x01, "category": 0x12, "version": 0x03, **days, **head})


FAULTS = [
    ("magic", b""),
    ("magic", b"\xdd" + SOUND[1:]),
    ("magic", b"https://example.org/"),
    ("cut", SOUND[:1]),
    ("version", s.made(version=0x01)),
    ("version", s.made(version=0x04)),
    ("cut", SOUND[:4]),
    ("cut", SOUND[:9]),
    ("cut", SOUND[:17]),
    ("country", s.made(country="U<O")),
    ("country", s.made(country="U1O")),
    ("country", s.made(country="<<<")),
    ("country", s.made(country=b"\xfe\x56")),
    ("country", s.made(country=b"\x00\x00")),
    ("signer", s.made(signer="U1S1")),
    ("signer", s.made(signer="UTS<")),
    ("reference", s.made(reference="5G")),
    ("reference", s.made(reference="")),
    ("reference", s.made(raw=s.c40("UTS10G5B"))),
    ("reference", s.made(raw=s.c40("UTS1035B"))),
    ("reference", s.made(raw=s.c40("UTS1015B"))),
    ("reference", s.made(raw=b"\x00\x00" + s.c40("UTS1025B")[2:])),
    ("reference", s.made(version=0x02, raw=s.c40("UTS1000G1"))),
    ("reference-test", s.made(reference="00")),
    ("reference-test", s.made(version=0x02, definition=0x5D, category=0x01, reference="00000", message=B + STAY + NUMBER)),
    ("date", s.made(issued=NO_DAY)),
    ("date", s.made(signed=NO_DAY)),
    ("profile-unknown", s.made(definition=0x5F)),
    ("profile-unknown", s.made(category=0x00)),
    ("profile-unknown", s.made(definition=0x01, category=0x10)),  # Tajikistan's, under Utopia's name
    ("profile-version", s.made(version=0x02, reference="0005B")),
    ("length-form", s.made(short_form(s.c40(s.zone())))),
    ("length-form", s.made(b"\x02\x82\x00\x30" + s.c40(s.zone()))),
    ("length-form", s.made(b"\x02\x80" + s.c40(s.zone()))),
    ("length-form", s.made(b"\x02\x85\x00\x00\x00\x00\x30" + s.c40(s.zone()))),
    ("length-form", visa(B, STAY, NUMBER, b"\x07\x82\x00\x80" + bytes(128))),
    ("length-form", s.made(end=b"\xff\x81\x40" + bytes(64))),
    ("length-form", s.made(end=b"\xff\x80" + bytes(64))),
    ("cut", s.made(ZONE + b"\x03", end=b"")),
    ("cut", s.made(ZONE + b"\x03\x81", end=b"")),
    ("cut", s.made(ZONE + b"\x03\x82\x01", end=b"")),
    ("cut", s.made(ZONE + b"\x03\x02\x01", end=b"")),
    ("cut", s.made(end=b"\xff")),
    ("cut", s.made(end=b"\xff\x40" + bytes(63))),
    ("feature-duplicate", s.made(ZONE + ZONE)),
    ("feature-duplicate", visa(A, B, STAY, NUMBER)),
    ("feature-missing", s.made(b"")),
    ("feature-missing", visa(STAY, NUMBER)),
    ("feature-missing", visa(B, NUMBER)),
    ("feature-missing", visa(B, STAY)),
    ("feature-length", s.made(s.feature(2, s.c40(s.zone()[:69])))),
    ("feature-length", visa(B, STAY, NUMBER, s.feature(6, b""))),
    ("feature-length", visa(B, STAY, NUMBER, s.feature(6, bytes(5)))),
    ("feature-value", s.made(s.feature(2, bytes(48)))),
    ("feature-value", s.made(s.emergency(s.zone()[:71]))),
    ("feature-value", visa(B, STAY, s.feature(5, s.c40("<" * 9)))),
    ("feature-unknown", s.made(ZONE + s.feature(0x77, b"?"))),
    ("feature-unknown", s.made(s.feature(0x00, b"") + ZONE)),
    ("zone", s.made(s.emergency("V<" + s.zone()[2:]))),
    ("zone", s.made(s.emergency(s.zone()[:45] + "8" + s.zone()[46:]))),
    ("signature-missing", s.made(end=b"")),
    ("signature-length", s.made(signature=b"")),
    ("signature-length", s.made(signature=bytes(63))),
    ("trailing", SOUND + b"\0"),
    ("trailing", SOUND + SOUND),
    ("too-long", SOUND + bytes(4096)),
    ("feature-later", registration(date(2026, 3, 3))),
    ("feature-later", registration(date(2026, 3, 2), issued=date(2026, 3, 1))),
    ("feature-later", registration(date(2026, 3, 2), signed=date(2026, 3, 1))),
    ("feature-later", registration(date(2040, 1, 1))),
]
