"""Certificates and lists made to be hostile: each is refused or bounded, under its name."""

import time
from dataclasses import replace

import pytest

from tests.support import builders as b
from tjdocs.pki import certification_path, public_key, signed_data
from tjdocs.pki.certificate import Certificate, CertificateError
from tjdocs.pki.crl import Crl
from tjdocs.pki.trust.store import TrustStore

pytestmark = pytest.mark.requirement("TR-VERDICT")
SECONDS = 10  # of processor time; each of these takes well under one


@pytest.fixture(autouse=True)
def bounded():
    began = time.process_time()
    yield
    assert time.process_time() - began < SECONDS


def reason(scene: b.Scene, check: str) -> tuple[str, str]:
    (found,) = [f for f in scene.examine().findings if f.check == check]
    return str(found.outcome), found.reason


def huge_name() -> bytes:
    return b.name(("C", "UT"), ("CN", "X" * 4_000_000))


# ------------------------------------------------------------------------------------------------------------- lists


@pytest.fixture(scope="module")
def large_list() -> Crl:
    serials = [*range(1, 50_000), b.utopian_signer().certificate.serial]
    return b.revocation_list(b.utopia(), serials)


def test_a_list_of_fifty_thousand_is_read_and_asked(large_list):
    assert len(large_list.serials) == 50_000
    assert reason(b.scene(crls=[large_list]), "pa.ds-revocation") == ("failed", "revoked")
    other = b.signer(b.utopia(), serial=77_777)
    assert reason(b.scene(by=other, crls=[large_list]), "pa.ds-revocation") == ("passed", "")


def test_a_hundred_lists_of_one_issuer_badly_signed(large_list):
    forged = [replace(large_list, signature=large_list.signature[:-1] + bytes((n,))) for n in range(100)]
    assert reason(b.scene(crls=forged), "pa.ds-revocation") == ("undetermined", "crl-signature")


# ------------------------------------------------------------------------------------------------------------- names


def test_a_certificate_with_a_name_of_four_megabytes_is_none():
    party = b.csca()
    raw = b.certify(huge_name(), party.key, [], period=(b.moment(2020), b.moment(2036))).raw
    with pytest.raises(CertificateError, match="limit"):
        Certificate.parse(raw)


def test_inside_an_ef_sod_it_is_passed_over():
    party = b.certify(huge_name(), b.ec_key("signer"), [], by=b.utopia(), period=(b.moment(2026), b.moment(2036)))
    info = b.signer_info(b"", b.utopian_signer(), serial=1)
    scene = b.scene()
    sod = b.signed_data(b.security_object({1: bytes(32), 2: bytes(32)}), [info], [party.raw])
    assert reason(scene.with_files(EF_SOD=sod), "pa.sod-signature") == ("undetermined", "signer-missing")
    assert scene.with_files(EF_SOD=sod).judge().decision == "refuse"  # the hashes are others


def test_a_signer_named_by_four_megabytes_is_not_found():
    assert reason(b.scene(issuer=huge_name()), "pa.sod-signature") == ("undetermined", "signer-missing")
    assert b.scene(issuer=huge_name()).judge().decision == "refer"


def test_a_list_of_such_an_issuer_is_of_the_state_and_of_nobody_known():
    found = b.revocation_list(b.utopia(), issuer=huge_name())
    assert reason(b.scene(crls=[found]), "pa.ds-revocation") == ("undetermined", "crl-signature")


def test_a_name_of_many_parts_inside_a_certificate():
    many = b.name(*[("OU", "X")] * 1_500, ("C", "UT"))
    party = b.csca(subject=many)
    assert b.scene(by=b.signer(party), anchors=[party]).judge().decision == "admit"


# -------------------------------------------------------------------------------------------------------------- keys


@pytest.mark.parametrize(
    ("info", "expected"),
    [
        (b.rsa_spki((1 << 16_383) | 1), "limit"),
        (b.rsa_spki((1 << 8_191) | 1, (1 << 8_000) | 1), "limit"),
        (b.ec_spki("1.2.840.10045.3.1.7", b"\x04" + bytes(64)), "key-unusable"),
        (b.ec_spki("1.2.840.10045.3.1.7", b"\x04" + b"\x01" * 64), "key-unusable"),
        (b.ec_spki("1.2.840.10045.3.1.7", b"\x00"), "key-unusable"),
    ],
    ids=["RSA-16384", "long exponent", "the point zero", "a point beside the curve", "the point at infinity"],
)
def test_a_key_that_cannot_be_used_decides_nothing(info, expected):
    kind = "ecdsa-sha256" if expected == "key-unusable" else "rsa-sha256"
    signer = b.signer(b.utopia(), info=info)
    scene = b.scene(by=signer, algorithm_=b.algorithm(kind))
    assert reason(scene, "pa.sod-signature") == ("undetermined", expected)
    assert scene.judge().decision == "refer"
    csca = b.csca(info=info)
    party = b.signer(b.utopia(), kind=kind, signature=bytes(64))
    scene = b.scene(by=party, anchors=[csca])
    assert reason(scene, "pa.ds-chain") == ("undetermined", expected)
    assert scene.judge().decision != "admit"


# ------------------------------------------------------------------------------------------------------------- paths


@pytest.fixture
def verified(monkeypatch):
    """Count the signatures that are verified."""
    count = []
    whole = public_key.verify
    monkeypatch.setattr(public_key, "verify", lambda *given, **more: (count.append(1), whole(*given, **more))[1])
    return count


def namesakes(number: int) -> list[b.Party]:
    return [b.csca(key=b.ec_key(f"namesake {n}")) for n in range(number)]


def test_a_hundred_cscas_of_one_name_hide_none(verified):
    crowd = namesakes(100)
    scene = b.scene(by=b.signer(b.utopia(), serial=9_001), anchors=[*crowd, b.utopia()])
    assert scene.judge().decision == "admit"
    assert len(verified) <= 2  # EF.SOD, and the certificate under the key that it names


def test_a_crowd_in_front_of_four_signers_ends(verified):
    """64 certificates of the number that all four SignerInfos name, each with attributes in two orders."""
    number = b.utopian_signer().certificate.serial
    crowd = [b.signer(b.utopia(), key=b.ec_key(f"crowd {n}"), serial=number) for n in range(64)]
    values = {1: b.digest("sha256", b.dg1(b.zone())), 2: b.digest("sha256", b.dg2())}
    content = b.security_object(values)
    infos = [b.signer_info(content, party, ordered=False, signature=bytes(64)) for party in crowd[:4]]
    sod = b.signed_data(content, infos, [party.raw for party in crowd])
    assert reason(b.scene().with_files(EF_SOD=sod), "pa.sod-signature") == ("undetermined", "limit")
    assert len(verified) <= 2 * signed_data.MAX_ATTEMPTS + 1  # in two orders, and the certificate under its issuer's key


def test_without_key_identifiers_so_many_are_tried(verified):
    scene = b.scene(by=b.signer(b.utopia(), serial=9_002, authority=None), anchors=namesakes(100))
    assert reason(scene, "pa.ds-chain") == ("undetermined", "limit")
    assert len(verified) <= certification_path.MAX_CANDIDATES + 1


def test_a_hundred_untrusted_ones_do_not_hide_the_trusted_one():
    scene = b.scene(by=b.signer(b.utopia(), serial=9_003, authority=None), candidates=namesakes(100))
    assert scene.judge().decision == "admit"


def test_links_in_a_circle_end():
    ring = [b.csca(f"CSCA {n}", key=b.ec_key(f"ring {n}")) for n in range(20)]
    links = [
        b.csca(f"CSCA {n}", key=b.ec_key(f"ring {n}"), by=ring[(n + 1) % len(ring)]) for n in range(len(ring))
    ]
    scene = b.scene(by=b.signer(links[0]), anchors=[], candidates=links)
    assert reason(scene, "pa.ds-chain") == ("undetermined", "untrusted")
    assert scene.judge().decision == "refer"


def test_everybody_certifies_everybody_and_the_search_ends(verified):
    """A mesh of one name: each of twelve keys certified by each, none trusted."""
    crowd = namesakes(12)
    mesh = [
        b.csca(key=holder.key, by=issuer, serial=100 * i + j)
        for i, holder in enumerate(crowd)
        for j, issuer in enumerate(crowd)
    ]
    path = certification_path.build(b.signer(mesh[0], serial=9_004).certificate, TrustStore.of([], [p.certificate for p in mesh]))
    assert (path.valid, path.reason) == (None, "untrusted")
    assert len(verified) <= 200
