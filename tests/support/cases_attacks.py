"""The attack catalogue: forgeries, each with the check that must catch it and its reason.

The attacker may have chips and seals of genuine documents, keys and certificates of his own, somebody else's signer's
key, or sit in an office; what he lacks is named in each case's text. Every document that is forged here is admitted
before (``test_attacks_catalogue.py``).
"""

import functools
import io
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps

from tests.support import builders as b
from tests.support import law_cases as law
from tests.support import seals_made as s
from tests.support.cases_signer import forger
from tjdocs.border import Evidence, Inspector, Verdict
from tjdocs.lds.dg2 import Dg2
from tjdocs.pki.trust.store import TrustStore
from tjdocs.portrait import prepare
from tjdocs.portrait.specimen_portrait import draw_specimen

PA, CHAIN, VALIDITY, USAGE = "pa.sod-signature", "pa.ds-chain", "pa.ds-validity", "pa.ds-usage"
STRUCTURE, HASH, REVOCATION, COUNTRY = "pa.sod-structure", "pa.dg-hash", "pa.ds-revocation", "pa.country"


@dataclass(frozen=True)
class Shown:
    """What is shown, to whom, and when."""

    evidence: Evidence = field(repr=False)
    trust: TrustStore = field(repr=False)
    at: date | datetime = b.AT

    def judge(self) -> Verdict:
        return Inspector(trust=self.trust).inspect(self.evidence, at=self.at)


@dataclass(frozen=True)
class Attack:
    """One forgery: what was done, the clause that forbids it, and what must catch it."""

    id: str
    source: str
    verdict: str
    check: str
    reason: str
    make: Callable[[], Shown] = field(repr=False)


def shown(scene: b.Scene, **more: Any) -> Shown:
    return Shown(replace(scene.evidence, **more) if more else scene.evidence, scene.trust, scene.at)


def refused(id_: str, check: str, reason: str, source: str, make: Callable[[], b.Scene | Shown]) -> Attack:
    return Attack(id_, source, "refuse", check, reason, _made(make))


def referred(id_: str, check: str, reason: str, source: str, make: Callable[[], b.Scene | Shown]) -> Attack:
    return Attack(id_, source, "refer", check, reason, _made(make))


def _made(make: Callable[[], b.Scene | Shown]) -> Callable[[], Shown]:
    def made() -> Shown:
        found = make()
        return found if isinstance(found, Shown) else shown(found)

    return made


# ------------------------------------------------------------------------------------------------ what there is to forge


def groups(inside: str | None = None, **more: bytes) -> dict[int, bytes]:
    """Return the groups of a passport with a date of issue and a key for active authentication."""
    key = b.der(0x6F, b.spki(b.ec_key("chip")))
    own = {1: b.dg1(inside or b.zone()), 2: b.dg2(), 12: b.dg12("20260302"), 15: key}
    return own | {int(name[2:]): data for name, data in more.items()}


@functools.cache
def genuine() -> b.Scene:
    """The passport that is forged."""
    return b.scene(groups=groups())


@functools.cache
def another() -> b.Scene:
    """A second passport of the same State and signer, genuine too."""
    zone = b.zone(number="L898902D1", names="SPECIMEN<<OTHER", born="801231", sex="M")
    return b.scene(groups=groups(zone, DG2=other_face()), inside=zone)


@functools.cache
def other_face() -> bytes:
    """DG2 of somebody else: another picture of the same form."""
    portrait = draw_specimen(size=(207, 266))
    picture, file = Image.open(io.BytesIO(portrait.image)), io.BytesIO()
    ImageOps.invert(picture.convert("RGB")).save(file, "PNG")
    return Dg2.of(prepare(file.getvalue(), eyes=portrait.eyes)).encode()


@functools.cache
def erewhon() -> b.Party:
    return b.csca("CSCA Erewhon", "EW")


def altered(name: str, needle: bytes, put: bytes | None = None, *, last: bool = False, of: b.Scene | None = None) -> b.Scene:
    """Return the genuine passport with ``needle``, as it stands in a file, replaced; a byte of it changed unless given."""
    scene = of or genuine()
    data = scene.chip[name]
    place = data.rindex(needle) if last else data.index(needle)
    put = needle[:-1] + bytes((needle[-1] ^ 1,)) if put is None else put
    return replace(scene, chip={**scene.chip, name: data[:place] + put + data[place + len(needle) :]})


def content(given: Mapping[int, bytes] | None = None, **changes: Any) -> bytes:
    given = groups() if given is None else given
    return b.security_object({number: b.digest("sha256", data) for number, data in given.items()}, **changes)


def resigned(by: b.Party, *, trust: b.Scene | None = None, outer: Mapping[str, Any] | None = None, **info: Any) -> b.Scene:
    """Return a passport that says whatever the attacker likes, signed by ``by``."""
    made = b.scene(groups=groups(b.zone(names="FORGER<<SPECIMEN")), by=by, outer=outer, **info)
    made = replace(made, mrz=b.lines(b.zone(names="FORGER<<SPECIMEN")))
    return replace(made, trust=trust.trust) if trust is not None else made


def swapped(*names: str) -> b.Scene:
    """Return the genuine passport with files of the other one."""
    return replace(genuine(), chip={**genuine().chip, **{name: another().chip[name] for name in names}})


def around(infos: list[bytes], certificates: list[bytes], *, inside: bytes | None = None, **more: Any) -> b.Scene:
    """Return the genuine passport with an EF.SOD put together anew; nobody signs anything that is not in ``infos``."""
    data = b.signed_data(content() if inside is None else inside, infos, certificates, **more)
    return genuine().with_files(EF_SOD=data)


def info(**changes: Any) -> bytes:
    return b.signer_info(content(), b.utopian_signer(), **changes)


def signature_of(scene: b.Scene) -> bytes:
    """Return the last octets of EF.SOD: the end of its signature."""
    return scene.chip["EF.SOD"][-4:]


def two_signers() -> b.Scene:
    """The genuine signer over the genuine content, and the attacker over his own, which is what lies inside."""
    attacker = b.signer(forger(same_key_identifier=False), key=b.ec_key("attacker"))
    given = groups(DG2=other_face())
    own = content(given)
    infos = [info(), b.signer_info(own, attacker)]
    scene = around(infos, [b.utopian_signer().raw, attacker.raw], inside=own)
    return scene.with_files(DG2=other_face())


def attributes_as_content() -> b.Scene:
    """The signed attributes of a genuine EF.SOD handed over as content that was signed without attributes."""
    items = sorted(
        (
            b.attribute("1.2.840.113549.1.9.3", b.oid(b.LDS_OBJECT)),
            b.attribute("1.2.840.113549.1.9.4", b.octets(b.digest("sha256", content()))),
            b.attribute("1.2.840.113549.1.9.5", b.time(b.SIGNED)),
        )
    )
    signed = b.set_of(items)
    return around([b.signer_info(signed, b.utopian_signer(), attributes=False)], [b.utopian_signer().raw], inside=signed)


@functools.cache
def rsa_signer() -> b.Party:
    return b.signer(b.utopia(), key=b.rsa_key("signer"))


def rsa(**changes: Any) -> b.Scene:
    return b.scene(groups=groups(), by=rsa_signer(), **changes)


def late(**changes: Any) -> b.Party:
    """A signer whose certificate ended in June, and whose key was stolen since."""
    return b.signer(b.utopia(), key_period=None, period=(b.moment(2026), b.moment(2026, 6)), **changes)


def dated(day: str, signing_time: datetime | None, by: b.Party, **changes: Any) -> b.Scene:
    return b.scene(groups=groups(DG12=b.dg12(day)), by=by, signing_time=signing_time, **changes)


def lists(*found: Any, by: b.Party | None = None, **changes: Any) -> b.Scene:
    return b.scene(groups=groups(), crls=found, by=by, **changes)


def serial() -> int:
    return b.utopian_signer().certificate.serial


def other_base_point() -> bytes:
    """Return Utopia's public point over a base point of the attacker's choice (CVE-2020-0601)."""
    table = tomllib.loads((Path(__file__).parents[2] / "specs/pki/curves.toml").read_text())
    row = next(row for row in table["curve"] if row["id"] == "secp256r1")
    numbers = {name: bytes.fromhex(row[name]) for name in ("p", "a", "b", "n")}
    own = b.utopia().key.public_key().public_numbers()
    point = b"\x04" + own.x.to_bytes(32, "big") + own.y.to_bytes(32, "big")
    parameters = b.sequence(
        b.integer(1),
        b.sequence(b.oid("1.2.840.10045.1.1"), b.integer(int.from_bytes(numbers["p"], "big"))),
        b.sequence(b.octets(numbers["a"]), b.octets(numbers["b"])),
        b.octets(point),  # the public key itself, so that the private key is 1
        b.integer(int.from_bytes(numbers["n"], "big")),
        b.integer(1),
    )
    return b.sequence(b.sequence(b.oid("1.2.840.10045.2.1"), parameters), b.bits(point))


def curve_ball() -> b.Scene:
    fake = b.csca(key=b.ec_key("forger"), info=other_base_point(), identifier=b.utopia().identifier)
    party = b.signer(fake, key=b.ec_key("attacker"))
    return resigned(party, outer={"certificates": [party.raw, fake.raw]})


def stolen_certifies() -> b.Scene:
    """A stolen signer's key certifies a signer of the attacker's; both lie inside."""
    made = b.signer(b.utopian_signer(), key=b.ec_key("made"))
    scene = resigned(made, outer={"certificates": [made.raw, b.utopian_signer().raw]})
    return replace(scene, trust=b.scene(candidates=[b.utopian_signer()]).trust)


def of_state(zone_state: str, party: b.Party, country: str) -> b.Scene:
    """A signer of a trusted State signs a passport that says to be another's."""
    inside = b.zone(state=zone_state)
    return b.scene(groups=groups(inside), inside=inside, by=b.signer(party, country), anchors=[b.utopia(), party])


def foreign_signer_of_our_name() -> b.Scene:
    """Erewhon's CSCA, trusted for its own documents, certifies a signer and gives Utopia's CSCA as issuer."""
    party = b.signer(erewhon(), b.COUNTRY, issuer=b.utopia().name)
    return resigned(party, anchors=[b.utopia(), erewhon()])


def bare(length: int) -> b.Scene:
    """DG1's length written otherwise than it was signed: the same zone in other bytes."""
    data = genuine().chip["DG1"]
    return genuine().with_files(DG1=data[:1] + b"\x81" + data[1:2] + data[2:] + bytes(length))


# ---------------------------------------------------------------------------------------------------- documents of ours


def ours(kind: str, direction: str = "entry", *, at: date | datetime = b.AT, claims: Any = None, **zone: Any) -> Shown:
    """A document of Tajikistan signed with the true key: somebody in an office made what the law does not know."""
    text, chip = law.document(kind, **zone)
    evidence = Evidence(mrz=text, chip=chip, direction=direction, claims=claims)
    return Shown(evidence, TrustStore.of([law.authority().certificate]), at)


SEALS = {"stateless-id": (0x01, 0x10, 0x01), "return-certificate": (0x5E, 0x03, 0x02)}  # specs/seals/
RETURN = {"issued": "2026-11-20", "expires": "2026-12-10"}
STATELESS = {"issued": "2026-03-02", "expires": "2027-03-01", "nationality": "XXA"}
SEAL_TYPES = ("IR", "PS", "PU")


@functools.cache
def seal_signer(**changes: Any) -> b.Party:
    extra = [b.key_usage("digitalSignature")]
    given = {"letters": "01", "country": "TJ", "serial": 0xA1, "types": SEAL_TYPES, "extra": extra, **changes}
    return s.signer(law.authority(), **given)


def text_of(kind: str, **zone: Any) -> str:
    return law.document(kind, **zone)[0]


def sealed(kind: str, text: str, issued: str, *, key: Any = None, country: str = "TJK", signer: str = "TJ01", **more: Any) -> bytes:
    definition, category, tag = SEALS[kind]
    day = date.fromisoformat(issued)
    message = s.feature(tag, s.c40(text.replace("\n", "")))
    given = {"issued": day, "signed": day, "reference": "A1", **more}
    return s.made(message, key=key, country=country, signer=signer, definition=definition, category=category, **given)


def paper(
    kind: str, zone: Mapping[str, Any], *, seal: bytes | None = None, direction: str = "entry", by: b.Party | None = None,
    crls: Any = (), at: date | datetime = b.AT, printed: str = "",
) -> Shown:  # fmt: skip
    """A document of paper with its seal; ``seal`` another one."""
    text = printed or text_of(kind, **zone)
    data = sealed(kind, text, zone["issued"]) if seal is None else seal
    trust = TrustStore.of([law.authority().certificate], [(by or seal_signer()).certificate], crls)
    return Shown(Evidence(mrz=text, seal=data, direction=direction), trust, at)


def turned(data: bytes, place: int) -> bytes:
    place %= len(data)
    return data[:place] + bytes((data[place] ^ 1,)) + data[place + 1 :]


OTHER = {**RETURN, "number": "T00000002", "primary": "SPECIMEN", "secondary": "OTHER"}
FIRST = text_of("return-certificate", **RETURN)

GENUINE: list[Callable[[], Shown]] = [
    lambda: shown(genuine()),
    lambda: shown(another()),
    lambda: shown(rsa(kind="rsa-sha256")),
    lambda: shown(rsa(kind="pss-sha256")),
    lambda: ours("external-passport"),
    lambda: ours("internal-passport", "domestic"),
    lambda: ours("registration-certificate", "domestic", **law.REGISTERED, claims={"category": "A"}),
    lambda: paper("return-certificate", RETURN),
    lambda: paper("stateless-id", STATELESS, direction="exit"),
]

LONG = "ERIKSSON<<ANNA<MARIA<CHRISTINA<ELISABET"  # as much as a TD3 zone holds
BYTES: list[Attack] = [
    refused("changed byte: name in DG1", HASH, "differs", "Doc 9303-11, 5.1", lambda: replace(
        altered("DG1", b"ANNA", b"ANNE"), mrz=b.lines(b.zone(names="ERIKSSON<<ANNE<MARIA")))),
    refused("changed byte: portrait in DG2", HASH, "differs", "Doc 9303-11, 5.1",
            lambda: genuine().with_files(DG2=turned(b.dg2(), len(b.dg2()) // 2))),
    refused("changed byte: date of issue in DG12", HASH, "differs", "Doc 9303-11, 5.1",
            lambda: altered("DG12", b"20260302", b"20260802")),
    refused("changed byte: key in DG15", HASH, "differs", "Doc 9303-11, 5.1",
            lambda: altered("DG15", genuine().chip["DG15"][-4:])),
    refused("changed byte: hash in the security object", PA, "message-digest", "RFC 5652, 5.4",
            lambda: altered("EF.SOD", b.digest("sha256", b.dg2()))),
    refused("changed byte: group number in the security object", PA, "message-digest", "Doc 9303-10, 4.6.2",
            lambda: altered("EF.SOD", b.integer(15) + b.octets(b.digest("sha256", groups()[15])),
                            b.integer(14) + b.octets(b.digest("sha256", groups()[15]))).with_files(EF_COM=b.com([1, 2, 12, 14]))),
    refused("changed byte: message digest", PA, "message-digest", "RFC 5652, 11.2",
            lambda: altered("EF.SOD", b.digest("sha256", content()))),
    refused("changed byte: signing time", PA, "wrong-signature", "RFC 5652, 5.4",
            lambda: altered("EF.SOD", b"260302090000Z", b"260402090000Z")),
    refused("changed byte: signed content type", PA, "content-type-attribute", "RFC 5652, 11.1",
            lambda: altered("EF.SOD", b.oid(b.LDS_OBJECT), last=True)),
    refused("changed byte: signature", PA, "wrong-signature", "RFC 5652, 5.6",
            lambda: altered("EF.SOD", signature_of(genuine()), last=True)),
    refused("changed byte: last day of the signer's certificate", CHAIN, "wrong-signature", "Doc 9303-12, 7.1",
            lambda: altered("EF.SOD", b"360401000000Z", b"380401000000Z")),
    refused("changed byte: signature of the signer's certificate", CHAIN, "wrong-signature", "Doc 9303-12, 7.1",
            lambda: altered("EF.SOD", b.utopian_signer().raw[-6:])),
    referred("changed byte: serial number that names the signer", PA, "signer-missing", "RFC 5652, 5.3",
             lambda: altered("EF.SOD", b.integer(serial()), last=True)),
    refused("the zone in DG1 written with a longer length", HASH, "differs", "Doc 9303-10, 4.6.2: the file's bytes",
            lambda: bare(0)),
]  # fmt: skip

EXCHANGED: list[Attack] = [
    refused("DG2 of another passport", HASH, "differs", "Doc 9303-11, 5.1", lambda: swapped("DG2")),
    refused("DG1 of another passport, its page beside it", HASH, "differs", "Doc 9303-11, 5.1",
            lambda: replace(swapped("DG1"), mrz=another().mrz)),
    refused("DG15 of the attacker's chip", HASH, "differs", "Doc 9303-11, 6.1",
            lambda: genuine().with_files(DG15=b.der(0x6F, b.spki(b.ec_key("clone"))))),
    refused("EF.SOD of another passport", HASH, "differs", "Doc 9303-11, 5.1", lambda: swapped("EF.SOD")),
    refused("altered photo", HASH, "differs", "Doc 9303-11, 5.1", lambda: genuine().with_files(DG2=other_face())),
    refused("altered photo, its hash put into EF.SOD", PA, "message-digest", "RFC 5652, 5.4",
            lambda: altered("EF.SOD", b.digest("sha256", b.dg2()), b.digest("sha256", other_face())).with_files(DG2=other_face())),
    refused("altered photo, hash and message digest put into EF.SOD", PA, "wrong-signature", "RFC 5652, 5.4",
            lambda: around([info(signature=info()[-70:], message_digest=b.digest("sha256", content(groups(DG2=other_face()))))],
                           [b.utopian_signer().raw], inside=content(groups(DG2=other_face()))).with_files(DG2=other_face())),
    refused("chip of one passport, page of another", "lds.dg1-mrz", "differs", "Doc 9303-10, 4.7.1; BSI TR-03135-1, 5.7.2",
            lambda: replace(genuine(), mrz=another().mrz)),
    refused("page with the chip's number and another name", "lds.dg1-mrz", "differs", "BSI TR-03135-1, 5.7.2",
            lambda: replace(genuine(), mrz=b.lines(b.zone(names="FORGER<<SPECIMEN")))),
    refused("page with a later date of expiry than the chip", "lds.dg1-mrz", "differs", "BSI TR-03135-1, 5.7.2",
            lambda: replace(genuine(), mrz=b.lines(b.zone(expires="380301")))),
    refused("expired chip under a page that is valid", "doc.expiry", "expired", "BSI TR-03135-1, 5.7.1",
            lambda: b.scene(groups=groups(b.zone(expires="261101")), inside=b.zone(expires="261101"), printed=b.zone(expires="361101"))),
    refused("two zones of one truncated name, one letter shorter", "lds.dg1-mrz", "differs", "Doc 9303-3, 4.6",
            lambda: replace(b.scene(groups=groups(b.zone(names=LONG)), inside=b.zone(names=LONG)), mrz=b.lines(b.zone(names=LONG[:-1])))),
    refused("two persons of one truncated name", "lds.dg1-mrz", "differs", "Doc 9303-3, 4.6",
            lambda: replace(b.scene(groups=groups(b.zone(names=LONG)), inside=b.zone(names=LONG)), mrz=b.lines(b.zone(names=LONG, born="741208")))),
    refused("a letter of a truncated name altered on the page", "lds.dg1-mrz", "differs", "Doc 9303-3, 4.6",
            lambda: replace(b.scene(groups=groups(b.zone(names=LONG)), inside=b.zone(names=LONG)),
                            mrz=b.lines(b.zone(names=LONG.replace("ELISABET", "ELIZABET"))))),
]  # fmt: skip

GROUPS: list[Attack] = [
    refused("DG15 stripped with its listing in EF.COM", "lds.com-sod", "lists-differ", "Doc 9303-10, 4.6.1; 9303-11, 6.1",
            lambda: genuine().with_files(DG15=None, EF_COM=b.com([1, 2, 12]))),
    refused("DG15 stripped with its hash in EF.SOD", PA, "message-digest", "RFC 5652, 5.4",
            lambda: around([info()], [b.utopian_signer().raw],
                           inside=content({n: d for n, d in groups().items() if n != 15})).with_files(DG15=None, EF_COM=b.com([1, 2, 12]))),
    refused("DG11 added with its listing", "lds.com-sod", "lists-differ", "Doc 9303-10, 4.6.1", lambda: genuine().with_files(
        DG11=b.der(0x6B, b.der(0x5C, b"\x5f\x0e"), b.der(0x5F0E, b"FORGER<<SPECIMEN")), EF_COM=b.com([1, 2, 11, 12, 15]))),
    refused("DG11 added, EF.COM silent", HASH, "not-listed", "Doc 9303-11, 5.1", lambda: genuine().with_files(
        DG11=b.der(0x6B, b.der(0x5C, b"\x5f\x0e"), b.der(0x5F0E, b"FORGER<<SPECIMEN")))),
    referred("DG15 withheld by a copy that cannot use its key", HASH, "not-handed-over", "Doc 9303-11, 6.1", lambda: genuine().with_files(DG15=None)),
    referred("DG14 withheld by a copy that cannot use its key", HASH, "not-handed-over", "Doc 9303-11, 6.2", lambda: b.scene(
        groups=groups(DG14=b.der(0x6E, b.der(0x31)))).with_files(DG14=None)),
    referred("DG2 withheld", HASH, "not-handed-over", "Doc 9303-10, 4.2", lambda: genuine().with_files(DG2=None)),
    refused("LDS version lowered in the security object", "lds.com-sod", "version-differs", "Doc 9303-10, 4.6.1 and 4.6.2",
            lambda: b.scene(groups=groups(), com_bytes=b.com(groups(), lds="0108"))),
    refused("LDS version lowered in EF.COM", "lds.com-sod", "version-differs", "Doc 9303-10, 4.6.1",
            lambda: b.scene(groups=groups(), content={"version": 1, "versions": ("0108", "040000")})),
    refused("two hashes for DG2", STRUCTURE, "hash-list", "Doc 9303-10, 4.6.2", lambda: b.scene(groups=groups(), content={"values": [
        *((n, b.digest("sha256", d)) for n, d in groups().items()), (2, b.digest("sha256", other_face()))]})),
]  # fmt: skip

SIGNED: list[Attack] = [
    referred("re-signed by the attacker's CSCA of the same name", CHAIN, "other-generation", "Doc 9303-12, 6",
             lambda: resigned(b.signer(forger(same_key_identifier=False)))),
    refused("re-signed by the attacker's CSCA of the same name and key identifier", CHAIN, "wrong-signature", "Doc 9303-12, 6",
            lambda: resigned(b.signer(forger(same_key_identifier=True)))),
    referred("the attacker's CSCA inside EF.SOD", CHAIN, "other-generation", "RFC 5652, 5.1: certificates are not trusted by lying there",
             lambda: resigned(b.signer(forger(same_key_identifier=False)), outer={"certificates": [
                 b.signer(forger(same_key_identifier=False)).raw, forger(same_key_identifier=False).raw]})),
    referred("self-signed certificate inside, no CSCA known", CHAIN, "no-issuer", "Doc 9303-12, 6",
             lambda: resigned(b.signer(forger(same_key_identifier=False)), anchors=[], outer={"certificates": [
                 b.signer(forger(same_key_identifier=False)).raw, forger(same_key_identifier=False).raw]})),
    referred("self-signed signer", CHAIN, "no-issuer", "Doc 9303-12, 7.1", lambda: resigned(b.certify(
        b.name(("C", b.COUNTRY), ("O", "SPECIMEN"), ("CN", "Document Signer 1")), b.ec_key("attacker"), [b.key_usage("digitalSignature")],
        period=(b.moment(2026), b.moment(2036))))),
    referred("the attacker's CSCA known to the store, not trusted", CHAIN, "untrusted", "Doc 9303-12, 8.1: being kept is not being trusted",
             lambda: resigned(b.signer(forger(same_key_identifier=False)), candidates=[forger(same_key_identifier=False)])),
    referred("a link certificate that the CSCA did not sign", CHAIN, "untrusted", "Doc 9303-12, 4.1.3", lambda: resigned(
        b.signer(b.csca("CSCA Utopia 2", key=b.ec_key("forger"), by=b.utopia(), signature=b"")),
        candidates=[b.csca("CSCA Utopia 2", key=b.ec_key("forger"), by=b.utopia(), signature=b"")])),
    refused("a stolen signer certifies the attacker's", CHAIN, "not-a-ca", "Doc 9303-12, 7.1", stolen_certifies),
    refused("the CSCA's public key over a base point of the attacker's", CHAIN, "wrong-signature", "CVE-2020-0601; Doc 9303-12, 4.1.6.3",
            curve_ball),
    refused("the CSCA's certificate signs EF.SOD", USAGE, "ca-as-signer", "Doc 9303-12, 7.1", lambda: resigned(b.utopia())),
    refused("a link certificate signs EF.SOD", USAGE, "ca-as-signer", "Doc 9303-12, 7.1",
            lambda: resigned(b.csca("CSCA Utopia 2", key=b.ec_key("next"), by=b.utopia()))),
    refused("a seal signer signs EF.SOD", USAGE, "role", "Doc 9303-12, 7.1.1", lambda: resigned(
        b.signer(b.utopia(), usage=None, extra=[b.purposes(s.SEAL_SIGNER)]))),
    refused("a master list signer signs EF.SOD", USAGE, "role", "Doc 9303-12, 7.1.1", lambda: resigned(
        b.signer(b.utopia(), extra=[b.purposes("2.23.136.1.1.3")]))),
    refused("a key that is not for signatures", USAGE, "key-usage", "Doc 9303-12, 7.1.1",
            lambda: resigned(b.signer(b.utopia(), usage=("nonRepudiation",)))),
    refused("a signer of identity cards signs a passport", USAGE, "document-type", "Doc 9303-12, 7.1.1.3",
            lambda: resigned(b.signer(b.utopia(), types=("ID",)))),
    refused("a signer with a critical extension that nobody knows", USAGE, "critical-extension", "RFC 5280, 4.2",
            lambda: resigned(b.signer(b.utopia(), extra=[("1.2.3.4", True, b"\x05\x00")]))),
    refused("document signer of another State", COUNTRY, "differs", "Doc 9303-12, 7.1.1", lambda: of_state(b.STATE, erewhon(), "EW")),
    refused("document signer of another State, its country in lower case", COUNTRY, "differs", "Doc 9303-12, 7.1.1",
            lambda: of_state(b.STATE, b.csca("CSCA Erewhon", "ew"), "ew")),
    refused("another State's CSCA certifies a signer of ours", COUNTRY, "differs", "Doc 9303-12, 7.1.1",
            lambda: of_state(b.STATE, erewhon(), b.COUNTRY)),
    refused("our State's code in a passport of another State's signer", COUNTRY, "differs", "BSI TR-03135-1, 5.6.4.5",
            lambda: of_state("TJK", b.utopia(), b.COUNTRY)),
    referred("another State's CSCA under our CSCA's name", CHAIN, "other-generation", "Doc 9303-12, 6", foreign_signer_of_our_name),
]  # fmt: skip

TIMES: list[Attack] = [
    refused("signed after the signer's certificate ended", VALIDITY, "expired", "Doc 9303-12, 4.1",
            lambda: dated("20260901", b.moment(2026, 9), late())),
    refused("expired signer backdated: DG12 tells", VALIDITY, "expired", "Doc 9303-12, 4.1",
            lambda: dated("20260901", b.moment(2026, 3), late())),
    refused("expired signer, no time stated", VALIDITY, "expired", "Doc 9303-12, 4.1", lambda: b.scene(
        groups={n: d for n, d in groups().items() if n != 12}, by=late(), signing_time=None)),
    refused("expired signer, a date of issue put beside it", "lds.com-sod", "lists-differ", "Doc 9303-10, 4.6.1", lambda: b.scene(
        groups={n: d for n, d in groups().items() if n != 12}, by=late(), signing_time=None,
        com_bytes=b.com(groups())).with_files(DG12=b.dg12("20260302"))),
    refused("signed before the signer's certificate began", VALIDITY, "not-yet-valid", "Doc 9303-12, 4.1",
            lambda: dated("20251215", b.moment(2025, 12, 15), b.utopian_signer())),
    refused("private-key usage period passed", VALIDITY, "key-usage-period", "Doc 9303-12, 7.1.1",
            lambda: dated("20260901", b.moment(2026, 9), b.utopian_signer())),
    refused("signer certified by a CSCA that had ended", VALIDITY, "issuer-validity", "Doc 9303-12, 4.1", lambda: b.scene(
        groups=groups(), by=b.signer(old_csca()), anchors=[old_csca()])),
    refused("signed tomorrow", VALIDITY, "signed-in-future", "BSI TR-03135-1, 5.6.4.3.4",
            lambda: dated("20261128", b.AT + timedelta(days=4), b.signer(b.utopia(), key_period=None))),
]  # fmt: skip


@functools.cache
def old_csca() -> b.Party:
    return b.csca(period=(b.moment(2015), b.moment(2025, 6)))


REVOKED: list[Attack] = [
    refused("revoked signer", REVOCATION, "revoked", "Doc 9303-12, 5.5", lambda: lists(b.revocation_list(b.utopia(), [serial()]))),
    refused("revoked signer, backdated before its certificate was withdrawn", REVOCATION, "revoked", "Doc 9303-12, 5.5",
            lambda: lists(b.revocation_list(b.utopia(), [serial()]), signing_time=b.moment(2026, 1, 2))),
    refused("revoked signer, an empty newer list of the attacker's beside it", REVOCATION, "revoked", "RFC 5280, 6.3.3", lambda: lists(
        b.revocation_list(b.utopia(), [], issued=b.moment(2026, 11, 20), key=b.ec_key("forger")),
        b.revocation_list(b.utopia(), [serial()]))),
    refused("revoked signer, another State's list beside it", REVOCATION, "revoked", "Doc 9303-12, 5.5", lambda: lists(
        b.revocation_list(erewhon()), b.revocation_list(b.utopia(), [serial()]))),
    refused("revoked signer on a list that is stale", REVOCATION, "revoked", "Doc 9303-12, 5.5", lambda: lists(
        b.revocation_list(b.utopia(), [serial()], until=b.moment(2026, 11, 2)))),
    referred("list badly signed", REVOCATION, "crl-signature", "RFC 5280, 6.3.3", lambda: lists(
        b.revocation_list(b.utopia(), [], key=b.ec_key("forger")))),
    referred("list of another State's CSCA under our CSCA's name", REVOCATION, "crl-signature", "RFC 5280, 6.3.3", lambda: lists(
        b.revocation_list(erewhon(), [], issuer=b.utopia().name), anchors=[b.utopia(), erewhon()])),
    referred("list signed by a document signer", REVOCATION, "crl-signature", "RFC 5280, 6.3.3", lambda: lists(
        b.revocation_list(b.utopian_signer(), [], issuer=b.utopia().name))),
    referred("stale list held back for the newer one", REVOCATION, "stale", "Doc 9303-12, 5.5", lambda: lists(
        b.revocation_list(b.utopia(), [], until=b.moment(2026, 11, 2)))),
    referred("list dated after the day of judgement", REVOCATION, "not-yet-issued", "RFC 5280, 5.1.2.4", lambda: lists(
        b.revocation_list(b.utopia(), [], issued=b.moment(2027, 1)))),
]  # fmt: skip

ALGORITHMS: list[Attack] = [
    refused("hashes of the groups lowered to MD5", HASH, "digest-forbidden", "Doc 9303-12, 4.1.8",
            lambda: b.scene(groups=groups(), content={"kind": "md5"})),
    refused("digest algorithm lowered to SHA-1 beside the signature", PA, "message-digest", "RFC 5652, 5.3",
            lambda: around([info(digest_kind="sha1", message_digest=b.digest("sha256", content()))], [b.utopian_signer().raw],
                           announced=["sha1"])),
    refused("digest algorithm lowered to MD5", PA, "digest-forbidden", "Doc 9303-12, 4.1.8",
            lambda: b.scene(groups=groups(), digest_kind="md5")),
    refused("signature algorithm lowered to MD5", PA, "algorithm-forbidden", "Doc 9303-12, 4.1.8", lambda: rsa(
        kind="rsa-sha256", algorithm_=b.algorithm("rsa-md5"))),
    refused("signature algorithm lowered to SHA-1", PA, "wrong-signature", "RFC 5652, 5.3", lambda: b.scene(
        groups=groups(), algorithm_=b.algorithm("ecdsa-sha1"))),
    refused("signed with SHA-1 after the day from which it is not accepted", PA, "algorithm-forbidden", "NIST SP 800-131A, SHA-1 until 2030",
            lambda: sha1_in_2031()),
    refused("signer's certificate signed with SHA-1 after that day", CHAIN, "algorithm-forbidden", "NIST SP 800-131A, SHA-1 until 2030",
            lambda: sha1_in_2031(chain=True)),
    refused("PSS parameters that name another hash", PA, "wrong-signature", "RFC 8017, 9.1.2", lambda: rsa(
        kind="pss-sha256", algorithm_=other_pss("sha1", "sha1"))),
    refused("PSS parameters that name another mask", PA, "wrong-signature", "RFC 8017, 9.1.2", lambda: rsa(
        kind="pss-sha256", algorithm_=other_pss("sha256", "sha1"))),
    refused("PKCS#1 v1.5 signature under the name of PSS", PA, "wrong-signature", "RFC 8017, 8.1 and 8.2", lambda: rsa(
        kind="rsa-sha256", algorithm_=b.algorithm("pss-sha256"))),
    refused("PSS signature under the name of PKCS#1 v1.5", PA, "wrong-signature", "RFC 8017, 8.1 and 8.2", lambda: rsa(
        kind="pss-sha256", algorithm_=b.algorithm("rsa-sha256"))),
    refused("RSA algorithm over an EC key", PA, "algorithm-key-mismatch", "RFC 5652, 5.3", lambda: b.scene(
        groups=groups(), algorithm_=b.algorithm("rsa-sha256"))),
    refused("inner and outer algorithm of the signer's certificate differ", CHAIN, "wrong-signature", "RFC 5280, 4.1.1.2", lambda: b.scene(
        groups=groups(), by=b.signer(b.utopia(), inner="ecdsa-sha384"))),
    refused("ECDSA signature of zeros", PA, "wrong-signature", "CVE-2022-21449", lambda: b.scene(
        groups=groups(), signature=b.sequence(b.integer(0), b.integer(0)))),
]  # fmt: skip


def other_pss(digest: str, mask: str) -> bytes:
    def of(kind: str) -> bytes:
        return b.sequence(b.oid(b.HASHES[kind][0]), b.der(0x05))

    mgf1 = b.sequence(b.oid("1.2.840.113549.1.1.8"), of(mask))
    parameters = b.sequence(b.der(0xA0, of(digest)), b.der(0xA1, mgf1), b.der(0xA2, b.integer(32)))
    return b.sequence(b.oid("1.2.840.113549.1.1.10"), parameters)


def sha1_in_2031(*, chain: bool = False) -> b.Scene:
    """A whole document of 2031 over SHA-1, for which collisions are made at will."""
    period = (b.moment(2031), b.moment(2036))
    party = b.signer(b.utopia(), key_period=None, period=period, kind="ecdsa-sha1" if chain else "ecdsa-sha256")
    zone = b.zone(expires="360301")
    given = {} if chain else {"kind": "ecdsa-sha1", "digest_kind": "sha1", "content": {"kind": "sha1"}}
    made = b.scene(groups=groups(zone, DG12=b.dg12("20310302")), by=party, signing_time=b.moment(2031, 3, 2), **given)
    return replace(made, at=date(2031, 6, 1))


CMS: list[Attack] = [
    refused("signed attributes dropped", PA, "no-signed-attributes", "RFC 5652, 5.3 and 11", lambda: b.scene(
        groups=groups(), attributes=False)),
    refused("signed attributes handed over as content", STRUCTURE, "lds-object", "RFC 5652, 5.4", attributes_as_content),
    referred("two signers, the good one over other content", CHAIN, "other-generation", "Doc 9303-10, 4.6.2", two_signers),
    refused("a certificate that borrows issuer and number of the signer's", CHAIN, "wrong-signature", "RFC 5652, 5.3", lambda: resigned(
        borrowed(), outer={"certificates": [borrowed().raw, b.utopian_signer().raw]})),
    referred("more certificates than are looked at", STRUCTURE, "limit", "chosen: at most 64 certificates", lambda: around(
        [info()], [b.utopian_signer().raw] * 65).with_files(EF_COM=None)),
    referred("the signer's certificate taken out", PA, "signer-missing", "Doc 9303-10, 4.6.2", lambda: around([info()], [forger(
        same_key_identifier=False).raw])),
    refused("content of another type", STRUCTURE, "content-type", "Doc 9303-10, 4.6.2",
            lambda: b.scene(groups=groups(), content_type="1.2.3.4")),
    refused("content taken out", STRUCTURE, "content-missing", "Doc 9303-10, 4.6.2", lambda: genuine().with_files(
        EF_SOD=b.signed_data(None, [info()], [b.utopian_signer().raw]))),
    refused("nobody signed", STRUCTURE, "no-signer", "Doc 9303-10, 4.6.2", lambda: around([], [b.utopian_signer().raw])),
    refused("EF.SOD empty", STRUCTURE, "not-signed-data", "Doc 9303-10, 4.6.2", lambda: genuine().with_files(EF_SOD=b"\x77\x00")),
]  # fmt: skip


@functools.cache
def borrowed() -> b.Party:
    return b.signer(b.utopia(), key=b.ec_key("attacker"), serial=serial(), signature=b"")


SEAL, AGREE = "seal.signer", "seal.agreement"
PAPER: list[Attack] = [
    refused("replayed seal: another return certificate's", AGREE, "differs", "Doc 9303-8, appendix A", lambda: paper(
        "return-certificate", OTHER, seal=sealed("return-certificate", FIRST, "2026-11-20"))),
    refused("name altered on the page beside a genuine seal", AGREE, "differs", "Doc 9303-8, appendix A", lambda: paper(
        "return-certificate", {**RETURN, "secondary": "ANNE MARIA"}, seal=sealed("return-certificate", FIRST, "2026-11-20"))),
    refused("seal of a stateless ID on a passport's page", AGREE, "differs", "Doc 9303-13, appendix D", lambda: replace(
        ours("external-passport"), evidence=replace(ours("external-passport").evidence, seal=sealed(
            "stateless-id", text_of("stateless-id", **STATELESS), "2026-03-02")), trust=paper("return-certificate", RETURN).trust)),
    refused("seal of a stateless ID cut to a return certificate's page", AGREE, "differs", "Doc 9303-13, appendix D", lambda: paper(
        "return-certificate", RETURN, seal=sealed("stateless-id", text_of("stateless-id", **STATELESS), "2026-03-02"))),
    refused("changed byte: a letter in the seal", "seal.signature", "wrong-signature", "Doc 9303-13, 2.4", lambda: paper(
        "return-certificate", {**RETURN, "number": "T00000002"}, seal=sealed("return-certificate", FIRST, "2026-11-20")[:18]
        + sealed("return-certificate", text_of("return-certificate", **{**RETURN, "number": "T00000002"}), "2026-11-20")[18:-64]
        + sealed("return-certificate", FIRST, "2026-11-20")[-64:])),
    refused("changed byte: the seal's signature", "seal.signature", "wrong-signature", "Doc 9303-13, 2.4", lambda: paper(
        "return-certificate", RETURN, seal=turned(sealed("return-certificate", FIRST, "2026-11-20"), -1))),
    refused("seal signed by the attacker's key", "seal.signature", "wrong-signature", "Doc 9303-13, 2.4", lambda: paper(
        "return-certificate", RETURN, seal=sealed("return-certificate", FIRST, "2026-11-20", key=b.ec_key("attacker")))),
    refused("document signer signs a seal", SEAL, "role", "Doc 9303-12, 7.1.1", lambda: paper(
        "return-certificate", RETURN, by=b.signer(law.authority(), "TJ", subject=b.name(("C", "TJ"), ("CN", "01")), serial=0xA1,
                                                  key=b.ec_key("seal"), types=None))),
    refused("seal signer without the extended key usage", SEAL, "role", "Doc 9303-12, 7.1.1", lambda: paper(
        "return-certificate", RETURN, by=seal_signer(purposes=None))),
    refused("seal signer's certificate signed with SHA-1 after the day from which it is not accepted", SEAL, "algorithm-forbidden",
            "NIST SP 800-131A, SHA-1 until 2030", lambda: replace(paper(
                "return-certificate", {"issued": "2031-06-01", "expires": "2031-06-20"},
                by=seal_signer(period=(b.moment(2031), b.moment(2033)), kind="ecdsa-sha1")), at=date(2031, 6, 2))),
    refused("the CSCA signs a seal", SEAL, "ca-as-signer", "Doc 9303-12, 7.1", lambda: paper(
        "return-certificate", RETURN, by=s.signer(law.authority(), letters="01", country="TJ", serial=0xA1, types=SEAL_TYPES,
                                                  extra=[b.basic_constraints(ca=True)]))),
    refused("seal signer for other documents", SEAL, "document-type", "Doc 9303-12, 7.1.1.3", lambda: paper(
        "return-certificate", RETURN, by=seal_signer(types=("PS",)))),
    refused("seal signed after its signer's certificate ended", SEAL, "expired", "Doc 9303-13, appendix D", lambda: paper(
        "return-certificate", RETURN, by=seal_signer(period=(b.moment(2026), b.moment(2026, 11))))),
    refused("revoked seal signer", "seal.revocation", "revoked", "Doc 9303-12, 5.5", lambda: paper(
        "return-certificate", RETURN, crls=[b.revocation_list(law.authority(), [0xA1])])),
    referred("seal whose signer nobody certified", SEAL, "no-issuer", "Doc 9303-12, 6", lambda: paper(
        "return-certificate", RETURN, by=s.signer(b.csca("CSCA Nobody", "TJ", key=b.ec_key("forger")), letters="01", country="TJ",
                                                  serial=0xA1, types=SEAL_TYPES))),
    refused("another State's signer seals a document of ours", SEAL, "country", "Doc 9303-12, 7.1.1", lambda: replace(
        paper("return-certificate", RETURN, seal=sealed("return-certificate", FIRST, "2026-11-20", signer="UTS1", reference="5B")),
        trust=TrustStore.of([law.authority().certificate, b.utopia().certificate], [s.signer(types=("PU",)).certificate]))),
    referred("a return certificate without its seal", "doc.genuine", "premise", "Doc 9303-8, 6", lambda: replace(
        paper("return-certificate", RETURN), evidence=Evidence(mrz=FIRST, direction="entry"))),
]  # fmt: skip

LAW: list[Attack] = [
    refused("internal passport at the border", "doc.use", "domestic-only", "law: INT-2", lambda: ours("internal-passport")),
    refused("internal passport dated before there were any", "doc.validity-period", "before-it-existed", "law: INT-1", lambda: ours(
        "internal-passport", "domestic", issued="2014-02-28", expires="2024-02-27", at=date(2023, 1, 1))),
    refused("stateless ID of two years", "doc.validity-period", "too-long", "law: STL-4", lambda: ours(
        "stateless-id", nationality="XXA", expires="2028-03-01")),
    refused("stateless ID of two years with a true seal", "doc.validity-period", "too-long", "law: STL-4", lambda: paper(
        "stateless-id", {**STATELESS, "expires": "2028-03-01"})),
    refused("passport of eleven years", "doc.validity-period", "too-long", "law: EXT-2", lambda: ours(
        "external-passport", expires="2037-03-01")),
    refused("passport dated tomorrow", "doc.validity-period", "issued-in-future", "law: EXT-2", lambda: ours(
        "external-passport", issued="2026-11-25", expires="2036-11-24")),
    refused("return certificate of 31 days", "doc.validity-period", "too-long", "law: RET-2", lambda: paper(
        "return-certificate", {**RETURN, "expires": "2026-12-21"})),
    refused("return certificate shown for leaving", "doc.use", "wrong-direction", "law: RET-2", lambda: paper(
        "return-certificate", RETURN, direction="exit")),
    refused("registration certificate shown as a travel document", "doc.use", "no-travel-document", "law: REG-5", lambda: ours(
        "registration-certificate", "exit", **law.REGISTERED)),
    refused("registration certificate outside its categories", "doc.type", "category", "law: REG-3", lambda: ours(
        "registration-certificate", "domestic", **law.REGISTERED, claims={"category": "H"})),
    refused("registration certificate older than the law", "doc.validity-period", "before-it-existed", "law: REG-5", lambda: ours(
        "registration-certificate", "domestic", issued="2019-12-17", expires="2020-06-16", at=date(2020, 1, 1))),
    referred("an expired passport's code in a format that has none", "doc.type", "not-known", "Doc 9303-4, 4.4", lambda: ours(
        "external-passport", format_="TD2", code="ID")),
]  # fmt: skip

CASES = [*BYTES, *EXCHANGED, *GROUPS, *SIGNED, *TIMES, *REVOKED, *ALGORITHMS, *CMS, *PAPER, *LAW]
