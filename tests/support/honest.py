"""Honest documents of many States' styles, made of random legal choices: each with the names under which it may pass.

Signed by ``cryptography`` through ``builders`` alone. A style is a State's: its CSCA, perhaps a second one with a link
certificate, algorithms, the form of its names. A document is one holder's, signed by one of the style's signers. The
same number gives the same choices in every run.
"""

import csv
import functools
import random
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from asn1crypto.x509 import Name
from cryptography.hazmat.primitives.asymmetric import ec

from tests.support import builders as b
from tests.support import seals_made
from tests.support.signing import LIBRARY_CURVES
from tjdocs.lds.dg2 import Dg2
from tjdocs.pki.crl import Crl
from tjdocs.pki.trust.store import TrustStore
from tjdocs.portrait import prepare
from tjdocs.portrait.specimen_portrait import draw_specimen

SPECS = Path(__file__).parents[2] / "specs"
CURVES = {row["id"]: row for row in tomllib.loads((SPECS / "pki/curves.toml").read_text())["curve"]}
EC = {name: curve for name, curve in LIBRARY_CURVES.items() if name != "secp192r1"}
HASHES = ("sha224", "sha256", "sha384", "sha512")
STYLES = 150
NOW = date(2026, 11, 24)
DAY = timedelta(days=1)
# what a zone may be told of: harmless by itself, and not of the document's making alone
OF_ZONES = {"possibly-truncated", "expired", "state-replaced", "state-withdrawn"}


@functools.cache
def states() -> list[tuple[str, str]]:
    """Return the codes of three and of two letters; the State whose own law is asked at this border left out."""
    with (SPECS / "codes/iso3166.csv").open(encoding="utf-8") as file:
        found = [(row["code"], row["alpha2"]) for row in csv.DictReader(file)]
    replaced = {"DEU": "D"}  # Doc 9303-3, 5
    special = [("EUE", "EU"), ("UNO", "UN")]
    return [(replaced.get(code, code), two) for code, two in found if code != "TJK"] + special


@functools.cache
def key(kind: str, label: str) -> Any:
    """Return the key of that label: of a curve, or an RSA key shared by all of its size."""
    if kind.startswith("rsa"):
        return b.rsa_key(f"honest {label[:4]}", int(kind[4:]))
    secret = random.Random(f"{kind} {label}").getrandbits(200)
    return ec.derive_private_key(secret + 1, EC[kind]())


def key_info(kind: str, of: Any, *, explicit: bool) -> bytes | None:
    """Return the key as SubjectPublicKeyInfo with explicit parameters (Doc 9303-12, 4.1.6.3), None: as usual."""
    if not explicit or kind not in CURVES:
        return None
    row = CURVES[kind]
    size = len(row["p"]) // 2
    number = {name: int(row[name], 16) for name in ("p", "n")}
    held = {name: bytes.fromhex(row[name]).rjust(size, b"\0") for name in ("a", "b", "gx", "gy")}
    parameters = b.sequence(
        b.integer(1),
        b.sequence(b.oid("1.2.840.10045.1.1"), b.integer(number["p"])),
        b.sequence(b.octets(held["a"]), b.octets(held["b"])),
        b.octets(b"\x04" + held["gx"] + held["gy"]),
        b.integer(number["n"]),
        b.integer(1),
    )
    point = of.public_key().public_numbers()
    encoded = b"\x04" + point.x.to_bytes(size, "big") + point.y.to_bytes(size, "big")
    return b.sequence(b.sequence(b.oid("1.2.840.10045.2.1"), parameters), b.bits(encoded))


def signature_kind(kind: str, hash_: str, choose: random.Random, *, plain: bool = False) -> str:
    if kind.startswith("rsa"):
        return f"{choose.choice(('rsa', 'pss'))}-{hash_}"
    return f"{'plain' if plain else 'ecdsa'}-{hash_}"


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def years_after(day: date, years: int) -> date:
    return day.replace(year=day.year + years, day=min(day.day, 28))


@dataclass(frozen=True)
class Style:
    """How a State issues.

    :param anchor: its CSCA that is trusted
    :param csca: the one that signs: the anchor, or the next one, which a link certificate leads to
    :param links: what lies in the store besides
    :param window: days on which its documents are signed
    """

    state: str
    country: str
    anchor: b.Party
    csca: b.Party
    links: tuple[b.Party, ...]
    window: tuple[date, date]
    hash: str
    tag: int
    kind: str
    explicit: bool
    names: frozenset[str]


@functools.cache
def style(number: int) -> Style:
    choose = random.Random(f"style {number}")
    state, country = choose.choice(states())
    names: set[str] = set()
    if choose.random() < 0.05:  # 23 of 914 published CSCA certificates
        country = country.lower()
        names.add("country-case")
    kind = choose.choice(("secp256r1", "secp256r1", "secp384r1", "secp521r1", "brainpoolP256r1", "brainpoolP384r1",
                          "brainpoolP512r1", "rsa-3072", "rsa-2048"))  # fmt: skip
    hash_, explicit = choose.choice(HASHES[1:]), choose.random() < 0.6
    tag = choose.choice((0x0C, 0x13, 0x13, 0x14, 0x1E))  # UTF8, Printable, T61, BMP
    begin = date(choose.randrange(2006, 2024), choose.randrange(1, 13), choose.randrange(1, 29))
    organisation = choose.choice(("SPECIMEN", "Ministère SPÉCIMEN", "ОБРАЗЕЦ")) if tag in (0x0C, 0x1E) else "SPECIMEN"
    label, own = f"csca {number}", choose.choice(("CSCA", "Country Signing CA", f"CSCA-{state.rstrip('<')}"))

    def name(text: str) -> bytes:
        parts = [("C", country), ("O", organisation), *([("OU", "Passports")] if choose.random() < 0.5 else ()), ("CN", text)]
        return b.name(*parts, tag=tag)

    signed = signature_kind(kind, hash_, choose)
    subject = name(own)
    period = (midnight(begin), midnight(years_after(begin, choose.randrange(16, 21))))
    used = key(kind, label)
    more = {"info": key_info(kind, used, explicit=explicit), "kind": signed}
    anchor = b.csca(key=used, subject=subject, country=country, period=period, **more)
    csca, links, first = anchor, (), begin
    if choose.random() < 0.3:
        first = years_after(begin, 3)
        new = key(kind, f"{label} new")
        again = subject if choose.random() < 0.5 else name(f"{own} 2")  # a re-key under one name, or a new one
        period = (midnight(first), midnight(years_after(first, 16)))
        more["info"] = key_info(kind, new, explicit=explicit)
        csca = b.csca(key=new, subject=again, country=country, by=anchor, period=period, **more)
        links = (csca,)
        if choose.random() < 0.5:  # its self-signed certificate too
            links += (b.csca(key=new, subject=again, country=country, period=period, **more),)
    last = min(years_after(first, 5), NOW - timedelta(days=20))
    return Style(state, country, anchor, csca, links, (first, max(first, last)), hash_, tag, kind, explicit, frozenset(names))


@functools.cache
def signer(number: int, which: int) -> tuple[b.Party, str, tuple[date, date], frozenset[str]]:
    """Return one of a style's signers: with its signature algorithm, the days on which it signs, and its tolerances."""
    of, choose = style(number), random.Random(f"signer {number} {which}")
    names = set(of.names)
    kind = of.kind
    if not kind.startswith("rsa"):
        kind = choose.choice((of.kind, "secp256r1", "secp224r1", "brainpoolP256r1"))
    first, last = of.window
    begin = first + DAY * choose.randrange(max(1, (last - first).days))
    until = min(begin + timedelta(days=90), last)
    period = (midnight(begin), midnight(years_after(until, 10) + timedelta(days=choose.randrange(40, 150))))
    signed = signature_kind(of.kind, of.hash, choose)
    used = key(kind, f"ds {number} {which}")
    common = f"Document Signer {which}"
    attribute_tag = choose.choice((of.tag, 0x0C, 0x13))
    parts = [("C", of.country), ("O", "SPECIMEN"), ("CN", common)]
    more: dict[str, Any] = {"extra": []}
    if choose.random() < 0.4:
        more["extra"].append(("2.5.29.31", False, b.sequence(b.sequence(b.der(0xA0, b.der(0xA0, b.der(0x86, b"http://crl.invalid/x.crl")))))))
    if choose.random() < 0.3:
        more["extra"].append(("2.5.29.18", False, b.sequence(b.der(0x82, b"csca.invalid"))))
    if choose.random() < 0.3:
        more["extra"].append(("2.5.29.17", False, b.sequence(b.der(0x82, b"ds.invalid"))))
    if choose.random() < 0.2:
        more["extra"].append(("2.5.29.32", False, b.sequence(b.sequence(b.oid("1.3.6.1.4.1.99999.1")))))
    if choose.random() < 0.05:
        more["authority"] = None
        names.add("authority-key-identifier-absent")
    if choose.random() < 0.05:
        more["clock"] = b.general_time
        names.add("validity-time-form")
    if choose.random() < 0.03:
        more["usage"], more["extra"] = None, [*more["extra"], b.key_usage("digitalSignature", critical=False)]
        names.add("key-usage-not-critical")
    if choose.random() < 0.3:  # the issuer's attributes in another string type: the name is the same
        plain_letters = all(text.isascii() for _, text in names_of(of.csca.name))
        other = choose.choice((0x0C, 0x13)) if plain_letters else 0x0C
        issuer = b.name(*names_of(of.csca.name), tag=other)
        if issuer != of.csca.name:
            more["issuer"] = issuer
            names.add("issuer-name-form")
    party = b.signer(
        of.csca,
        of.country,
        key=used,
        info=key_info(kind, used, explicit=of.explicit),
        kind=signed,
        period=period,
        key_period=(midnight(begin), midnight(until + DAY)) if choose.random() < 0.8 else None,
        types=choose.choice((None, ("P", "A", "I", "C"), ("P", "PD", "PU", "A", "AC", "C", "I", "ID", "IR"))),
        serial=choose.choice((choose.randrange(1, 128), choose.getrandbits(63) + 1, choose.getrandbits(150) + 1)),
        subject=b.name(*parts, tag=attribute_tag),
        **more,
    )
    hash_ = "sha1" if until < date(2011, 1, 1) and choose.random() < 0.4 else choose.choice(HASHES)
    plain = hash_ != "sha1" and not kind.startswith("rsa") and choose.random() < 0.3
    algorithm = signature_kind(kind, hash_, choose, plain=plain)
    return party, algorithm, (begin, until), frozenset(names)


def names_of(name: bytes) -> list[tuple[str, str]]:
    """Return the attributes of a name that ``builders.name`` made, as read by another library."""
    kinds = {"country_name": "C", "organization_name": "O", "organizational_unit_name": "OU", "common_name": "CN"}
    return [(kinds[pair["type"].native], pair["value"].native) for rdn in Name.load(name).chosen for pair in rdn]


# -------------------------------------------------------------------------------------------------------- the document


@dataclass(frozen=True)
class Honest:
    """A document with whom to believe, and the names under which it may be admitted."""

    chip: Mapping[str, bytes] = field(repr=False)
    mrz: str | None = field(repr=False)
    trust: TrustStore = field(repr=False)
    at: datetime
    names: frozenset[str]


def spelled(choose: random.Random, room: int) -> str:
    """Return names of a holder as a zone writes them, filling at most ``room``; all letters, none a person's."""

    def word() -> str:
        return "".join(choose.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ") for _ in range(choose.randrange(1, 13)))

    primary = "<".join(word() for _ in range(choose.randrange(1, 3)))
    secondary = "<".join(word() for _ in range(choose.randrange(0, 4)))
    text = f"{primary}<<{secondary}" if secondary else primary
    return text[:room].rstrip("<")


def td1(code: str, state: str, names: str, number: str, born: str, sex: str, expires: str, optional: str) -> str:
    """Doc 9303-5, 4.2.2."""
    first = (code + state.ljust(3, "<") + number.ljust(9, "<") + b.check_digit(number.ljust(9, "<")) + optional).ljust(30, "<")
    second = born + b.check_digit(born) + sex + expires + b.check_digit(expires) + state.ljust(3, "<")
    second = second.ljust(29, "<")
    composite = b.check_digit(first[5:30] + second[:7] + second[8:15] + second[18:29])
    return first + second + composite + names.ljust(30, "<")


def zone(choose: random.Random, state: str, issued: date, expires: date) -> str:
    number = "".join(choose.choice("ABCDEFGHJKLMNPRSTUVWXYZ0123456789") for _ in range(choose.randrange(6, 10)))
    birth = date(choose.randrange(max(1935, issued.year - 70), issued.year), choose.randrange(1, 13), choose.randrange(1, 29))
    born = f"{birth:%y%m%d}"
    if choose.random() < 0.03:
        born = choose.choice((born[:4] + "<<", "<<<<<<"))
    sex, end = choose.choice("MF<"), f"{expires:%y%m%d}"
    form = choose.choice(("TD3", "TD3", "TD3", "TD1", "TD2"))
    if form == "TD3":
        codes = ("P<", "PP", "PD") if expires < date(2038, 1, 1) else ("PP", "PD")
        optional = choose.choice(("", "", "ZE184226B", "".join(choose.choice("0123456789") for _ in range(14))))
        return b.zone(code=choose.choice(codes), state=state, names=spelled(choose, 39), number=number, nationality=state,
                      born=born, sex=sex, expires=end, optional=optional)  # fmt: skip
    if form == "TD2":
        return seals_made.zone(code=choose.choice(("ID", "A<", "C<", "IR", "PU")), state=state, names=spelled(choose, 31), number=number.ljust(9, "<"),
                               nationality=state.ljust(3, "<"), born=born, expires=end)  # fmt: skip
    optional = choose.choice(("", "123456789012345"))
    return td1(choose.choice(("ID", "I<", "AC")), state, spelled(choose, 30), number, born, sex, end, optional)


def width(joined: str) -> int:
    return {88: 44, 72: 36, 90: 30}[len(joined)]


CA_INFO = b.sequence(b.oid("0.4.0.127.0.7.2.2.3.2.2"), b.integer(1))


@functools.cache
def faces() -> tuple[bytes, ...]:
    drawn = draw_specimen(size=(207, 266))
    made = [prepare(drawn.image, eyes=drawn.eyes, image_format=form) for form in ("JPEG", "JPEG2000")]
    made.append(replace(made[0], gender=2, eye_colour=3, hair_colour=4, pose=(1, 1, 1), feature_points=()))
    return tuple(Dg2.of(item).encode() for item in made)


def optional_groups(choose: random.Random, issued: date) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    if choose.random() < 0.3:
        found[3] = b.der(0x63, choose.randbytes(choose.randrange(1, 200)))
    if choose.random() < 0.2:
        found[7] = b.der(0x67, b.der(0x02, b"\x01"), b.der(0x5F43, b"\xff\xd8\xff" + choose.randbytes(30)))
    if choose.random() < 0.5:
        text = choose.choice(("SPECIMEN<<HOLDER", "НАМУНА<<ДОРАНДА", "見本<<所持人", "ÅÄÖ<<ØÆ")).encode()
        found[11] = b.der(0x6B, b.der(0x5C, b"\x5f\x0e"), b.der(0x5F0E, text))
    if choose.random() < 0.5:
        found[12] = b.dg12(f"{issued:%Y%m%d}")
    if choose.random() < 0.1:
        found[13] = b.der(0x6D, choose.randbytes(20))
    if choose.random() < 0.4:
        chip_key = b.sequence(b.oid("0.4.0.127.0.7.2.2.1.2"), b.spki(b.ec_key("chip")))
        found[14] = b.der(0x6E, b.set_of((CA_INFO, chip_key)))
    if choose.random() < 0.4:
        found[15] = b.der(0x6F, b.spki(b.ec_key("chip")))
    if choose.random() < 0.1:
        found[16] = b.der(0x70)
    return found


def honest(number: int) -> Honest:
    """Return the document of that number."""
    choose = random.Random(f"honest {number}")
    index = choose.randrange(STYLES)
    of = style(index)
    party, algorithm, (first, last), tolerances = signer(index, choose.randrange(3))
    names = set(tolerances)
    issued = first + DAY * choose.randrange(max(1, (last - first).days))
    expires = years_after(issued, choose.choice((5, 10, 10))) - DAY
    joined = zone(choose, of.state, issued, expires)
    groups = {1: b.dg1(joined), 2: choose.choice(faces()), **optional_groups(choose, issued)}
    hash_ = "sha1" if algorithm.endswith("sha1") else choose.choice(HASHES)
    moment = midnight(issued) + timedelta(hours=choose.randrange(8, 18))
    lds = choose.choice(("", "0107", "0108"))
    order = sorted(groups)
    if choose.random() < 0.1:  # nothing says that they stand by their numbers
        choose.shuffle(order)
    content = b.security_object(
        [(n, b.digest(hash_, groups[n])) for n in order],
        kind=hash_,
        version=1 if lds else 0,
        versions=(lds, "040000") if lds else None,
        parameters=choose.choice((b"", b.der(0x05))),
    )
    types = {b.LDS_OBJECT: "", "1.3.27.1.1.1": "content-type-old-icao", "1.2.840.113549.1.7.1": "content-type-data"}
    content_type = choose.choices(list(types), (90, 6, 4))[0]
    names.add(types[content_type])
    digest = choose.choice((algorithm.partition("-")[2], *HASHES)) if choose.random() < 0.3 else algorithm.partition("-")[2]
    if digest != algorithm.partition("-")[2]:
        names.add("digest-algorithm-differs")
    signing_time = choose.choice((moment, moment, b.general_time(moment), None))
    if signing_time is None and 12 not in groups:
        names.add("assumed")
    info: dict[str, Any] = {"kind": algorithm, "digest_kind": digest, "signing_time": signing_time, "content_type": content_type}
    if algorithm.startswith("pss"):
        info["salt"] = choose.choice((20, 28, 32, 48, 64))
    if choose.random() < 0.3:
        info["by_key"] = b.key_identifier(party.key)
        if key_info_differs(party):
            names.add("signer-key-identifier-computed")
    certificates = [party.raw]
    if choose.random() < 0.2:  # the issuer's certificate beside it
        certificates.append(of.csca.raw)
    made = b.signer_info(content, party, **info)
    sod = b.signed_data(content, [made], sorted(certificates), content_type=content_type, announced=[digest])
    # with no time stated the time of judgement is taken: the signer's certificate is valid until then
    days = (expires - issued).days if 12 in groups or signing_time is not None else (expires - issued).days // 2
    at = moment + timedelta(days=choose.randrange(1, days))
    if hash_ == "sha1" and "assumed" in names and at.year >= 2011:  # specs/pki/algorithms.toml: weak from then on
        names.add("algorithm-weak")
    listed = list(groups)
    choose.shuffle(listed)
    chip = {f"DG{n}": data for n, data in groups.items() if n != 3}  # fingerprints stay unread
    chip |= {"EF.COM": b.com(listed, lds=lds or "0107"), "EF.SOD": sod}
    if choose.random() < 0.2:
        names.add("padding")
        chip = {name: data + choose.choice((b"\0", b"\xff")) * choose.randrange(1, 9) for name, data in chip.items()}
    crls: Sequence[Crl] = ()
    if choose.random() < 0.3:
        times = {"issued": at - timedelta(days=5), "until": at + timedelta(days=80)}
        kind = signature_kind(of.kind, of.hash, random.Random(index))
        crls = [b.revocation_list(of.csca, [choose.getrandbits(60) for _ in range(choose.randrange(4))], kind=kind, **times)]
    trust = TrustStore.of([of.anchor.certificate], [link.certificate for link in of.links], crls)
    size = width(joined)
    lines = "\n".join(joined[i : i + size] for i in range(0, len(joined), size))
    printed = lines if choose.random() < 0.8 else None
    return Honest(chip, printed, trust, at, frozenset(names - {""}))


def key_info_differs(party: b.Party) -> bool:
    """Whether the certificate's own key identifier is not the one by which EF.SOD names the signer."""
    return party.certificate.subject_key_identifier != b.key_identifier(party.key)
