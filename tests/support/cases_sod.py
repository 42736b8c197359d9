"""Cases of ``pa.sod-structure``, ``pa.sod-signature`` and ``pa.dg-hash``: EF.SOD and what it covers."""

import functools
from dataclasses import replace

from tests.support import builders as b
from tests.support.inspection_case import Case, admitted, referred, refused

STRUCTURE, SIGNATURE, HASH = "pa.sod-structure", "pa.sod-signature", "pa.dg-hash"


def with_sod(data: bytes) -> b.Scene:
    return b.scene().with_files(EF_SOD=data)


def content() -> bytes:
    return b.security_object({1: b.digest("sha256", b.dg1(b.zone())), 2: b.digest("sha256", b.dg2())})


def info(**changes) -> bytes:
    return b.signer_info(content(), b.utopian_signer(), **changes)


def built(infos=None, certificates=None, **around) -> b.Scene:
    """The sound EF.SOD, with another SignedData around it."""
    infos = [info()] if infos is None else infos
    certificates = [b.utopian_signer().raw] if certificates is None else certificates
    return with_sod(b.signed_data(around.pop("inside", content()), infos, certificates, **around))


def with_unknown(*, first: bool) -> list[bytes]:
    """A wrong signature, and one of somebody who is not at hand: DER puts the shorter SignerInfo first."""
    wrong, unknown = info(signature=b""), info(by_key=bytes(20), signature=b"" if first else bytes(200))
    assert (unknown < wrong) == first
    return [wrong, unknown]


def hashes_of(*pairs) -> b.Scene:
    """A signed security object whose list of hashes is exactly ``pairs``."""
    return b.scene(content={"values": list(pairs)})


def group_hashes(*numbers: int) -> list[tuple[int, bytes]]:
    values = {1: b.digest("sha256", b.dg1(b.zone())), 2: b.digest("sha256", b.dg2())}
    return [(number, values.get(number, bytes(32))) for number in numbers]


@functools.cache
def rsa_signer(**changes) -> b.Party:
    return b.signer(b.utopia(), key=b.rsa_key("signer"), **changes)


@functools.cache
def other_key(info_: bytes) -> b.Party:
    """A signer whose certificate holds a key that is not the one that signs."""
    return b.signer(b.utopia(), info=info_)


def bare_digest_info() -> b.Scene:
    """An RSA block whose DigestInfo lacks the NULL, as RFC 8017, 9.2 also allows it to be read."""
    return rsa_block(b.sequence(b.sequence(b.oid(b.HASHES["sha256"][0])), b.octets(signed_digest())))


def signed_digest() -> bytes:
    items = sorted(
        (
            b.attribute("1.2.840.113549.1.9.3", b.oid(b.LDS_OBJECT)),
            b.attribute("1.2.840.113549.1.9.4", b.octets(b.digest("sha256", content()))),
            b.attribute("1.2.840.113549.1.9.5", b.time(b.SIGNED)),
        )
    )
    return b.digest("sha256", b.set_of(items))


def rsa_block(digest_info: bytes) -> b.Scene:
    numbers = b.rsa_key("signer").private_numbers()
    block = b"\x00\x01" + b"\xff" * (256 - 3 - len(digest_info)) + b"\x00" + digest_info
    raw = pow(int.from_bytes(block, "big"), numbers.d, numbers.public_numbers.n).to_bytes(256, "big")
    return b.scene(by=rsa_signer(), kind="rsa-sha256", signature=raw)


def bleichenbacher() -> b.Scene:
    """A digest info with octets behind it: what a reader that parses inside the block would take for sound."""
    digest_info = b.sequence(b.sequence(b.oid(b.HASHES["sha256"][0])), b.octets(signed_digest()))
    return rsa_block(digest_info + bytes(64))


def junk_inside() -> b.Scene:
    """An empty SEQUENCE among the certificates, which nobody signed."""
    return built(certificates=[b.sequence(), b.utopian_signer().raw])


def pss_key_for(kind: str) -> b.Scene:
    """A signer whose key allows RSASSA-PSS with one hash, and a signature with SHA-256."""
    numbers = b.rsa_key("signer").public_key().public_numbers()
    key = b.sequence(b.integer(numbers.n), b.integer(numbers.e))
    party = b.signer(b.utopia(), key=b.rsa_key("signer"), info=b.sequence(b.algorithm(f"pss-{kind}"), b.bits(key)))
    return b.scene(by=party, kind="pss-sha256")


def negative_modulus() -> b.Scene:
    """A signer whose modulus is written without the zero that would make it positive."""
    numbers = b.rsa_key("signer").public_key().public_numbers()
    modulus = b.der(0x02, numbers.n.to_bytes(256, "big"))
    info = b.sequence(b.algorithm("rsa-key"), b.bits(b.sequence(modulus, b.integer(numbers.e))))
    return b.scene(by=b.signer(b.utopia(), key=b.rsa_key("signer"), info=info), kind="rsa-sha256")


def crowd_of_signers() -> b.Scene:
    """As many certificates of the signer's issuer and number as nobody tries; the signer's own is the last."""
    number = b.utopian_signer().certificate.serial
    others = [b.signer(b.utopia(), key=b.ec_key(f"crowd {n}"), serial=number) for n in range(20)]
    return built(certificates=[*(other.raw for other in others), b.utopian_signer().raw])


def longer_length() -> b.Scene:
    """EF.SOD with its length written in one byte more than DER has: no signature covers it."""
    scene = b.scene()
    data = scene.chip["EF.SOD"]
    assert data[1] == 0x82
    return scene.with_files(EF_SOD=data[:1] + b"\x83\x00" + data[2:])


def not_inside() -> b.Scene:
    """EF.SOD without certificates; the signer's lies in the trust store, untrusted."""
    return replace(built(certificates=[]), trust=b.scene(candidates=[b.utopian_signer()]).trust)


def padded() -> b.Scene:
    """DG2 and EF.SOD as a chip gives them that reports its memory's size: zeros behind the file."""
    sound = b.scene()
    return sound.with_files(DG2=sound.chip["DG2"] + bytes(40), EF_SOD=sound.chip["EF.SOD"] + bytes(40))


def with_group_padded(behind: bytes) -> b.Scene:
    sound = b.scene()
    return sound.with_files(DG2=sound.chip["DG2"] + behind)


STRUCTURE_CASES: list[Case] = [
    admitted(STRUCTURE, "length-form", longer_length),
    admitted(STRUCTURE, "", b.scene),
    admitted(STRUCTURE, "", lambda: b.scene(content={"version": 1, "versions": ("0107", "040000")}), note="v1"),
    referred(STRUCTURE, "no-input", lambda: b.scene().with_files(EF_SOD=None)),
    referred(STRUCTURE, "no-input", lambda: b.Scene(None, b.lines(b.zone()), b.scene().trust), note="no-chip"),
    referred(STRUCTURE, "limit", lambda: with_sod(b"\x77" + bytes(10_000_000)), note="size"),
    referred(STRUCTURE, "limit", lambda: built(certificates=[b.utopian_signer().raw] * 65), note="certificates"),
    referred(STRUCTURE, "limit", lambda: built([info()] * 5), note="signers"),
    refused(STRUCTURE, "file", lambda: with_sod(b"")),
    refused(STRUCTURE, "file", lambda: with_sod(b.scene().chip["EF.SOD"][:-1]), note="cut"),
    refused(STRUCTURE, "file", lambda: with_sod(b"\x77\x80" + b.scene().chip["EF.SOD"][4:] + bytes(2)), note="open"),
    refused(STRUCTURE, "tag", lambda: with_sod(b"\x78" + b.scene().chip["EF.SOD"][1:])),
    refused(STRUCTURE, "not-signed-data", lambda: with_sod(b.der(0x77, b.sequence(b.integer(1))))),
    refused(STRUCTURE, "not-signed-data", lambda: built(infos=[b.sequence(b.integer(1))]), note="signer-info"),
    refused(
        STRUCTURE, "not-signed-data", lambda: built([info(digest_parameters=b.sequence())]), note="digest-parameters"
    ),
    refused(STRUCTURE, "content-info", lambda: built(outer_type="1.2.840.113549.1.7.1")),
    refused(STRUCTURE, "content-missing", lambda: built(inside=None)),
    refused(STRUCTURE, "content-type", lambda: b.scene(content_type="1.2.3.4")),
    refused(STRUCTURE, "no-signer", lambda: built(infos=[])),
    refused(STRUCTURE, "lds-object", lambda: b.scene(content_bytes=b.sequence(b.integer(0)))),
    refused(STRUCTURE, "lds-object", lambda: b.scene(content={"parameters": b.sequence()}), note="parameters"),
    # the texts are signed where they are there, whatever the number says
    admitted(STRUCTURE, "lds-version-info", lambda: b.scene(content={"version": 1}), note="v1-without"),
    admitted(STRUCTURE, "lds-version-info", lambda: b.scene(content={"versions": ("0107", "040000")}), note="v0-with-its-own"),
    refused("lds.com-sod", "version-differs", lambda: b.scene(content={"versions": ("0108", "040000")}), note="v0-with"),
    refused(STRUCTURE, "lds-version", lambda: b.scene(content={"version": 2}), note="v2"),
    refused(STRUCTURE, "hash-list", lambda: hashes_of(*group_hashes(1, 1, 2)), note="twice"),
    refused(STRUCTURE, "hash-list", lambda: hashes_of(*group_hashes(1)), note="one"),
    refused(STRUCTURE, "hash-list", lambda: hashes_of(*group_hashes(1, 2, 17)), note="DG17"),
    refused(STRUCTURE, "hash-list", lambda: hashes_of(*group_hashes(1, 2, 0)), note="DG0"),
    refused(STRUCTURE, "hash-list", lambda: hashes_of(*group_hashes(1, 2, -1)), note="negative"),
    refused(STRUCTURE, "hash-list", lambda: hashes_of((1, bytes(31)), (2, bytes(32))), note="length"),
    admitted(STRUCTURE, "content-type-old-icao", lambda: b.scene(content_type="1.3.27.1.1.1")),
    admitted(STRUCTURE, "content-type-data", lambda: b.scene(content_type="1.2.840.113549.1.7.1")),
    admitted(STRUCTURE, "content-type-producer", lambda: b.scene(content_type="1.2.528.1.1006.1.20.1")),
    admitted(STRUCTURE, "ber-encoded", lambda: built(indefinite=True)),
    admitted(STRUCTURE, "set-order", lambda: built(announced=["sha512", "sha256"], ordered=False), note="digests"),
    admitted(STRUCTURE, "certificate-unreadable", junk_inside),
    admitted(STRUCTURE, "padding", padded),
    admitted(STRUCTURE, "padding", lambda: with_sod(b.scene().chip["EF.SOD"] + b"\xff" * 20), note="FF"),
    admitted(STRUCTURE, "cms-version", lambda: built(version=1)),
    admitted(STRUCTURE, "crls-inside", lambda: built(crls=b.der(0xA1, b.revocation_list(b.utopia()).raw))),
]


SIGNATURE_CASES: list[Case] = [
    admitted(SIGNATURE, "", b.scene),
    admitted(SIGNATURE, "", lambda: pss_key_for("sha256"), note="pss-key"),
    admitted(SIGNATURE, "pss-key-parameters", lambda: pss_key_for("sha512")),
    refused(SIGNATURE, "pss-trailer", lambda: b.scene(algorithm_=b.algorithm("pss-trailer-2"))),
    admitted(SIGNATURE, "rsa-modulus-negative", negative_modulus),
    *(
        referred(check, "limit", crowd_of_signers, note="certificates-of-one-number")
        for check in (SIGNATURE, "pa.ds-chain", "pa.ds-validity", "pa.ds-usage", "pa.country")
    ),
    admitted(SIGNATURE, "", lambda: b.scene(by=rsa_signer(), kind="rsa-sha256"), note="rsa"),
    admitted(SIGNATURE, "", lambda: b.scene(by=rsa_signer(), kind="pss-sha256"), note="pss"),
    admitted(SIGNATURE, "", lambda: b.scene(by=rsa_signer(), kind="pss-sha256", salt=20), note="pss-salt-20"),
    admitted(
        SIGNATURE,
        "",
        # RFC 3370, 3.2: rsaEncryption is a signature algorithm of CMS, the digest beside it decides
        lambda: b.scene(by=rsa_signer(), kind="rsa-sha256", algorithm_=b.algorithm("rsa-key")),
        note="rsa-encryption",
    ),
    admitted(SIGNATURE, "", lambda: b.scene(kind="plain-sha256"), note="plain"),
    # RFC 8933, 3.1; BSI TR-03105-5.1, H_75 and H_76
    admitted(SIGNATURE, "digest-algorithm-differs", lambda: b.scene(kind="ecdsa-sha384", digest_kind="sha512")),
    admitted(SIGNATURE, "", lambda: b.scene(by_key=b.key_identifier(b.ec_key("signer"))), note="by-key-identifier"),
    admitted(SIGNATURE, "", lambda: built(certificates=[b.utopia().raw, b.utopian_signer().raw]), note="csca-inside"),
    referred(SIGNATURE, "no-input", lambda: b.scene().with_files(EF_SOD=None)),
    refused(STRUCTURE, "tag", lambda: with_sod(b.dg1(b.zone())), note="another-file"),
    Case("refuse", SIGNATURE, "undetermined", "unreadable", lambda: with_sod(b"")),
    referred(SIGNATURE, "signer-missing", lambda: built(certificates=[])),
    referred(SIGNATURE, "signer-missing", lambda: b.scene(serial=1), note="serial"),
    referred(SIGNATURE, "signer-missing", lambda: b.scene(issuer=b.name(("C", b.COUNTRY), ("CN", "X"))), note="issuer"),
    referred(SIGNATURE, "signer-missing", lambda: b.scene(by_key=bytes(20)), note="key"),
    refused(SIGNATURE, "wrong-signature", lambda: b.scene(signature=b.sign(b.ec_key("other"), "ecdsa-sha256", b""))),
    refused(SIGNATURE, "wrong-signature", lambda: b.scene(signature=b""), note="empty"),
    refused(
        SIGNATURE, "wrong-signature", lambda: b.scene(by=rsa_signer(), kind="rsa-sha256", signature=b"x"), note="rsa"
    ),
    refused(
        SIGNATURE, "wrong-signature", lambda: b.scene(by=rsa_signer(), kind="pss-sha256", signature=b"x"), note="pss"
    ),
    refused(SIGNATURE, "wrong-signature", lambda: b.scene(kind="plain-sha256", signature=bytes(64)), note="plain"),
    refused(SIGNATURE, "wrong-signature", lambda: b.scene(signature=bytes(64)), note="zeros-joined"),
    refused(SIGNATURE, "wrong-signature", bleichenbacher, note="octets-behind-the-digest"),
    refused(
        SIGNATURE,
        "wrong-signature",
        # a signature over the content itself: what a reader that forgets the attributes takes for sound
        lambda: b.scene(signed=content()),
        note="over-content",
    ),
    refused(
        SIGNATURE, "wrong-signature", lambda: built([info(signature=b""), info(signature=b"x")]), note="two-signers"
    ),
    refused(SIGNATURE, "wrong-signature", lambda: built(with_unknown(first=True)), note="unknown-signer-first"),
    refused(SIGNATURE, "wrong-signature", lambda: built(with_unknown(first=False)), note="unknown-signer-last"),
    refused(SIGNATURE, "message-digest", lambda: b.scene(message_digest=bytes(32))),
    refused(SIGNATURE, "message-digest", lambda: b.scene(message_digest=bytes(20)), note="length"),
    refused(SIGNATURE, "content-type-attribute", lambda: b.scene(outer={"content_type": "1.3.27.1.1.1"})),
    refused(SIGNATURE, "no-signed-attributes", lambda: b.scene(attributes=False)),
    referred(SIGNATURE, "digest-unknown", lambda: b.scene(digest_kind="sha3-256")),
    refused(SIGNATURE, "digest-forbidden", lambda: b.scene(digest_kind="md5")),
    referred(SIGNATURE, "algorithm-unknown", lambda: b.scene(algorithm_=b.algorithm("unknown"))),
    referred(SIGNATURE, "algorithm-unknown", lambda: b.scene(algorithm_=b.sequence()), note="empty"),
    referred(
        SIGNATURE,
        "algorithm-unknown",
        lambda: b.scene(algorithm_=b.sequence(b.oid("1.2.840.113549.1.1.10"), b.integer(1))),
        note="pss-parameters",
    ),
    refused(
        SIGNATURE,
        "algorithm-forbidden",
        lambda: b.scene(by=rsa_signer(), kind="rsa-sha256", algorithm_=b.algorithm("rsa-md5")),
    ),
    refused(SIGNATURE, "algorithm-key-mismatch", lambda: b.scene(algorithm_=b.algorithm("rsa-sha256"))),
    refused(
        SIGNATURE,
        "algorithm-key-mismatch",
        lambda: b.scene(by=rsa_signer(), kind="rsa-sha256", algorithm_=b.algorithm("ecdsa-sha256")),
        note="rsa",
    ),
    referred(
        SIGNATURE,
        "curve-unsupported",
        # secp256k1, on which no State signs
        lambda: b.scene(by=other_key(b.ec_spki("1.3.132.0.10", b"\x04" + bytes(64)))),
    ),
    referred(
        SIGNATURE, "key-unusable", lambda: b.scene(by=other_key(b.ec_spki("1.2.840.10045.3.1.7", b"\x04" + bytes(64))))
    ),
    referred(
        SIGNATURE,
        "limit",
        lambda: b.scene(by=other_key(b.rsa_spki(1 << 8200 | 1)), algorithm_=b.algorithm("rsa-sha256")),
    ),
    admitted(SIGNATURE, "signer-info-version", lambda: b.scene(version=3)),
    admitted(
        SIGNATURE,
        "signer-info-version",
        lambda: b.scene(version=1, by_key=b.key_identifier(b.ec_key("signer"))),
        note="1",
    ),
    admitted(SIGNATURE, "digest-not-announced", lambda: b.scene(outer={"announced": ["sha1"]})),
    admitted(
        SIGNATURE,
        "unsigned-attributes",
        lambda: b.scene(unsigned=b.der(0xA1, b.attribute("1.2.3.4", b.integer(1)))),
    ),
    admitted(
        SIGNATURE,
        "signer-name-form",
        lambda: b.scene(issuer=b.name(("CN", "csca  UTOPIA"), ("O", "Specimen"), ("C", b.COUNTRY.lower()), tag=0x1E)),
    ),
    admitted(
        SIGNATURE,
        "signer-key-identifier-computed",
        lambda: b.scene(
            by=b.certify(
                b.name(("C", b.COUNTRY), ("CN", "Document Signer 2")),
                b.ec_key("signer"),
                [b.authority_identifier(b.utopia().identifier), b.key_usage("digitalSignature")],
                by=b.utopia(),
                period=(b.moment(2026), b.moment(2036, 4)),
            ),
            by_key=b.key_identifier(b.ec_key("signer")),
        ),
    ),
    admitted(
        SIGNATURE,
        "several-signers",
        lambda: built([info(), b.signer_info(content(), b.utopian_signer(), signature=b"", by_key=bytes(20))]),
    ),
    admitted(SIGNATURE, "attributes-order", lambda: b.scene(ordered=False)),
    admitted(
        SIGNATURE, "ecdsa-plain-signature", lambda: b.scene(kind="plain-sha256", algorithm_=b.algorithm("ecdsa-sha256"))
    ),
    admitted(SIGNATURE, "algorithm-is-key-type", lambda: b.scene(algorithm_=b.algorithm("ec-key"))),
    admitted(SIGNATURE, "digest-info-without-null", bare_digest_info),
    admitted(
        SIGNATURE, "pss-salt-differs", lambda: b.scene(by=rsa_signer(), kind="pss-sha256", salt=64, stated_salt=20)
    ),
    admitted(SIGNATURE, "signer-not-inside", not_inside),
    referred(SIGNATURE, "signer-missing", lambda: replace(not_inside(), trust=b.scene().trust), note="not-inside"),
    admitted(
        SIGNATURE,
        "algorithm-weak",
        lambda: b.scene(kind="ecdsa-sha1", digest_kind="sha1", content={"kind": "sha1"}),
        note="sha1",
    ),
    admitted(SIGNATURE, "algorithm-weak", lambda: b.scene(content={"kind": "sha1"}), note="hashes-alone"),
    admitted(
        SIGNATURE,
        "algorithm-weak",
        lambda: b.scene(by=b.signer(b.utopia(), key=b.rsa_key("short", 1024)), kind="rsa-sha256"),
        note="rsa-1024",
    ),
]


HASH_CASES: list[Case] = [
    admitted(HASH, "", b.scene, subject="DG2"),
    admitted(HASH, "padding", lambda: with_group_padded(bytes(40)), subject="DG2"),
    admitted(HASH, "padding", lambda: with_group_padded(b"\xff"), subject="DG2", note="FF"),
    admitted(HASH, "", lambda: b.scene(content={"kind": "sha512"}), subject="DG1", note="sha512"),
    referred(HASH, "no-sod", lambda: b.scene().with_files(EF_SOD=None), subject="DG1"),
    refused(HASH, "differs", lambda: b.scene().with_files(DG2=b.dg2()[:-1] + b"\x00"), subject="DG2"),
    refused(HASH, "differs", lambda: b.scene().with_files(DG2=b""), subject="DG2", note="empty"),
    refused(HASH, "not-listed", lambda: b.scene().with_files(DG14=b.der(0x6E, b.der(0x31))), subject="DG14"),
    referred(HASH, "not-handed-over", lambda: b.scene().with_files(DG1=None), subject="DG1"),
    referred(HASH, "not-handed-over", lambda: b.scene().with_files(DG2=None), subject="DG2"),
    referred(
        HASH,
        "mandatory-missing",
        lambda: b.scene(groups={1: b.dg1(b.zone()), 12: b.dg12("20260302")}),
        subject="DG2",
    ),
    # a protected group that stays unread is told, and stops nobody
    Case(
        "admit",
        HASH,
        "undetermined",
        "not-handed-over",
        lambda: b.scene(groups={1: b.dg1(b.zone()), 2: b.dg2(), 3: b.der(0x63)}).with_files(DG3=None),
        "DG3",
    ),
    referred(HASH, "digest-unknown", lambda: b.scene(content={"kind": "sha3-256"}), subject="DG1"),
    refused(HASH, "digest-forbidden", lambda: b.scene(content={"kind": "md5"}), subject="DG1"),
    referred(
        HASH,
        "limit",
        lambda: b.scene(groups={1: b.dg1(b.zone()), 2: b.der(0x75, bytes(10_000_000))}),
        subject="DG2",
    ),
]

CASES = STRUCTURE_CASES + SIGNATURE_CASES + HASH_CASES
