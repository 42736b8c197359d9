"""One certificate and one key, written in several ways: whoever is denied or revoked stays so in each of them."""

import hashlib

import ecdsa
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.support import builders as b
from tests.support import signing
from tests.support.lists_made import list_signer, master_list
from tjdocs.pki import TrustStore, curves
from tjdocs.pki.certificate import Certificate
from tjdocs.pki.trust.import_files import import_files
from tjdocs.pki.trust.trust_policy import TrustPolicy

UTOPIA = b.utopia()
CURVES = {name: row for name, row in signing.CURVES.items() if row["backend"] == "cryptography"}
OTHER_CURVES = signing.CURVES.keys() - CURVES.keys()


def denying(party: b.Party) -> TrustPolicy:
    return TrustPolicy(denied=frozenset({hashlib.sha256(party.raw).hexdigest()}))


def joined(signature: bytes) -> bytes:
    return b.joined(signature)


def in_ber(party: b.Party) -> b.Party:
    """A certificate whose outer length is indefinite."""
    own = party.certificate
    raw = b"\x30\x80" + own.tbs + own.algorithm + b.bits(own.signature) + b"\0\0"
    return b.Party(raw, party.key, party.name, party.identifier)


# --------------------------------------------------------------------------------------------------------- certificates


FORMS = {
    "the other s": b.flipped,
    "joined": joined,
    "joined, the other s": lambda signature: joined(b.flipped(signature)),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_denied_certificate_is_denied_in_each_form_of_its_signature(form):
    """Nobody has the file that was denied: its SHA-256 alone is known."""
    party = b.utopian_signer()
    other = b.resealed(party, FORMS[form])
    assert other.raw != party.raw
    assert other.certificate.verify(UTOPIA.certificate).valid
    store = TrustStore.of([UTOPIA.certificate])
    assert store.with_policy(denying(party)).distrust_reason(other.certificate) == "denied"
    assert store.with_policy(denying(other)).distrust_reason(party.certificate) == "denied"
    assert store.with_policy(denying(other)).explain(party.certificate) == "denied by the policy"
    # another certificate is not
    assert store.with_policy(denying(UTOPIA)).distrust_reason(other.certificate) == "untrusted"


def test_and_where_der_was_written_as_ber():
    party = b.utopian_signer()
    for other in (in_ber(party), in_ber(b.resealed(party, b.flipped))):
        assert "ber-encoded" in other.certificate.warnings
        assert TrustStore.of(()).with_policy(denying(party)).distrust_reason(other.certificate) == "denied"


@pytest.mark.parametrize("name", sorted(signing.CURVES))
def test_on_every_curve(name):
    row = signing.CURVES[name]
    order = int(row["n"], 16)
    size = (order.bit_length() + 7) // 8
    signature = b.sequence(b.integer(order // 3), b.integer(order // 5))
    party = b.signer(UTOPIA, signature=signature)
    for other in (b.resealed(party, lambda s: b.flipped(s, order)), b.resealed(party, lambda s: b.joined(s, size))):
        assert TrustStore.of(()).with_policy(denying(party)).distrust_reason(other.certificate) == "denied"


def test_an_rsa_signature_has_one_form():
    """It is a number: another one is another signature, which needs the key."""
    root = b.csca(key=b.rsa_key("one form"), kind="rsa-sha256").certificate
    assert root.digests == {root.sha256}


def test_a_certificate_in_the_store_is_denied_by_another_form_of_it():
    """The forger's form came into the store first: a key that is denied is denied in every certificate."""
    party = b.csca("CSCA Utopia 2", key=b.ec_key("next"), by=UTOPIA)
    link = b.csca("CSCA Utopia 2", key=b.ec_key("next"), by=b.csca("CSCA Erewhon", "EW"))
    store = TrustStore.of([UTOPIA.certificate], [b.resealed(party, b.flipped).certificate, link.certificate])
    assert store.with_policy(denying(party)).distrust_reason(link.certificate) == "denied"
    assert store.with_policy(denying(UTOPIA)).distrust_reason(link.certificate) == "untrusted"


@pytest.mark.requirement("ICAO-LIST")
@pytest.mark.parametrize("form", [lambda signature: signature, *FORMS.values()], ids=["as it was", *FORMS])
def test_a_denied_signer_of_a_master_list_in_another_form(tmp_path, form):
    signer = list_signer()
    given = b.resealed(signer, form)
    vouched = b.csca("CSCA Erewhon", "EW")
    (tmp_path / "a.ml").write_bytes(master_list([vouched.raw], given))
    store = TrustStore.create(tmp_path / "trust.db")
    import_files(store, [tmp_path / "a.ml"], anchors=[UTOPIA.certificate], at=b.AT)
    assert store.trusted(vouched.certificate)
    assert store.with_policy(denying(b.utopian_signer())).trusted(vouched.certificate)
    assert not store.with_policy(denying(signer)).trusted(vouched.certificate)


# ----------------------------------------------------------------------------------------------------------------- keys


def of_key(info: bytes, **changes) -> Certificate:
    return b.csca(info=info, **changes).certificate


@pytest.mark.parametrize("name", sorted(CURVES))
def test_a_point_has_one_digest_compressed_or_not(name):
    curve = curves.by_name(name)
    key = b.ec.generate_private_key(curve.library_curve).public_key()
    forms = [key.public_bytes(Encoding.X962, form) for form in (PublicFormat.UncompressedPoint, PublicFormat.CompressedPoint)]
    whole, short = (of_key(b.ec_spki(curve.oid, point)) for point in forms)
    assert whole.spki != short.spki
    assert whole.key_digest == short.key_digest == hashlib.sha256(forms[0]).hexdigest()  # as stores have it
    # an identifier of the key is over the octets that are written (RFC 5280, 4.2.1.2)
    assert whole.computed_key_identifier != short.computed_key_identifier


@pytest.mark.parametrize("name", sorted(OTHER_CURVES))
def test_and_on_curves_that_another_library_computes_with(name):
    library = next(c for c in ecdsa.curves.curves if c.name == name.replace("brainpool", "BRAINPOOL"))
    key = ecdsa.SigningKey.from_secret_exponent(7, library).verifying_key
    forms = [of_key(b.ec_spki(curves.by_name(name).oid, bytes(key.to_string(form)))) for form in ("uncompressed", "compressed")]
    assert forms[0].spki != forms[1].spki
    assert len({certificate.key_digest for certificate in forms}) == 1


def rsa_info(modulus: bytes, exponent: bytes = b"\x01\x00\x01", *, behind: bytes = b"") -> bytes:
    numbers = b.sequence(b.der(2, modulus), b.der(2, exponent)) + behind
    return b.sequence(b.algorithm("rsa-key"), b.bits(numbers))


def test_an_rsa_key_has_one_digest_however_its_numbers_are_written():
    number = b.rsa_key("spare").public_key().public_numbers().n.to_bytes(256, "big")
    usual = of_key(rsa_info(b"\0" + number))
    assert usual.key_digest == hashlib.sha256(b.sequence(b.der(2, b"\0" + number), b.integer(65537))).hexdigest()
    forms = {
        "spare zeros": rsa_info(b"\0\0\0" + number),
        "no sign": rsa_info(number),
        "spare zeros of the exponent": rsa_info(b"\0" + number, b"\0\x01\x00\x01"),
    }
    for name, info in forms.items():
        other = of_key(info)
        assert other.key.kind == "rsa", name
        assert other.key_digest == usual.key_digest, name
    other_key = b.rsa_key("another").public_key().public_numbers().n.to_bytes(256, "big")
    assert of_key(rsa_info(b"\0" + other_key)).key_digest != usual.key_digest
    assert of_key(rsa_info(b"\0" + number, b"\x03")).key_digest != usual.key_digest


def test_a_key_that_cannot_be_read_is_its_octets():
    octets = b"\x02" + b"\xff" * 32
    unread = of_key(b.ec_spki("1.2.840.10045.3.1.7", octets))
    assert unread.key.kind == "unsupported"
    assert unread.key_digest == hashlib.sha256(octets).hexdigest()


def test_revoking_a_root_revokes_its_key_in_another_form():
    key = b.rsa_key("next root")
    number = key.public_key().public_numbers().n.to_bytes(256, "big")
    root = b.csca("CSCA Utopia 2", key=key, kind="rsa-sha256")
    link = b.csca("CSCA Utopia 2", key=key, by=UTOPIA, info=rsa_info(b"\0\0" + number))
    crl = b.revocation_list(UTOPIA, [root.certificate.serial])
    scene = b.scene(by=b.signer(root, kind="rsa-sha256"), candidates=[root, link], crls=[crl])
    found = {f.check: (f.outcome, f.reason) for f in scene.examine().findings}
    assert found["pa.ds-revocation"] == ("failed", "issuer-revoked")
