"""Certificate revocation lists: read, verified, and such as cover less than they seem to."""

import dataclasses
from datetime import timedelta

import pytest
from asn1crypto import crl as other
from hypothesis import given
from hypothesis import strategies as st

from tests.support import builders as b
from tjdocs.pki import public_key
from tjdocs.pki.crl import Crl, CrlError

ISSUED, UNTIL = b.moment(2026, 11), b.moment(2027)


def tbs(**changes: bytes) -> bytes:
    fields = {
        "version": b.integer(1),
        "algorithm": b.algorithm("ecdsa-sha256"),
        "issuer": b.utopia().name,
        "issued": b.time(ISSUED),
        "until": b.time(UNTIL),
        "entries": b.sequence(b.sequence(b.integer(7), b.time(ISSUED))),
        "extensions": b.der(0xA0, b.sequence(b.sequence(b.oid("2.5.29.20"), b.octets(b.integer(3))))),
    }
    return b.sequence(*(fields | changes).values())


def whole(body: bytes, *, algorithm: bytes | None = None, key=None, unused: int = 0) -> bytes:
    signature = b.sign(key or b.utopia().key, "ecdsa-sha256", body)
    return b.sequence(body, algorithm or b.algorithm("ecdsa-sha256"), b.bits(signature, unused))


@pytest.mark.requirement("ICAO-DER")
def test_fields_are_those_that_another_library_reads(authority):
    for data in (whole(tbs()), (authority.folder / "csca.crl").read_bytes()):
        read, expected = Crl.parse(data), other.CertificateList.load(data, strict=True)
        listed = expected["tbs_cert_list"]
        assert read.encode() == read.raw == data
        assert read.tbs == listed.dump()
        assert read.algorithm == expected["signature_algorithm"].dump()
        assert read.signature == expected["signature"].native
        assert read.issuer == expected.issuer.dump()
        assert (read.this_update, read.next_update) == (listed["this_update"].native, listed["next_update"].native)
        assert read.serials == {entry["user_certificate"].native for entry in listed["revoked_certificates"]}
        assert read.sha256 == expected.sha256.hex()


def test_a_list_without_entries_or_next_update():
    read = Crl.parse(whole(tbs(until=b"", entries=b"", extensions=b"")))
    assert read.next_update is None
    assert read.serials == frozenset()
    assert Crl.parse(whole(tbs(version=b"", extensions=b""))).serials == {7}  # version 1


def test_an_empty_list_of_entries_is_read_all_the_same():
    assert Crl.parse(whole(tbs(entries=b.sequence()))).serials == frozenset()  # RFC 5280, 5.1.2.6: should be absent


def test_entries_with_extensions_and_late_dates():
    reason = b.sequence(b.sequence(b.oid("2.5.29.21"), b.octets(b.der(0x0A, b"\1"))))
    entries = b.sequence(
        b.sequence(b.integer(-7), b.time(ISSUED), reason), b.sequence(b.integer(2**159), b.time(b.moment(2051)))
    )
    assert Crl.parse(whole(tbs(entries=entries, until=b.time(b.moment(2051))))).serials == {-7, 2**159}


def test_a_date_of_revocation_that_is_none_hides_no_entry():
    entries = b.sequence(b.sequence(b.integer(7), b.der(0x17, b"991399000000Z")))
    crl = Crl.parse(whole(tbs(entries=entries)))
    assert crl.serials == {7}
    with pytest.raises(CrlError, match="a date of revocation"):
        crl.revocations()


def test_ber_is_read():
    body = tbs()
    read = Crl.parse(b"\x30\x80" + whole(body)[3 if len(whole(body)) < 256 else 4 :] + b"\0\0")
    assert read.serials == {7}
    assert read.tbs == body
    assert read.verify(b.utopia().certificate).valid


def test_whose_list_it_is():
    read = Crl.parse(whole(tbs()))
    assert (read.country, read.former_names) == ("UT", ())
    assert read.of_issuer(b.utopia().name)
    assert read.of_issuer(b.name(("CN", "csca utopia"), ("O", "SPECIMEN"), ("C", "UT")))
    assert not read.of_issuer(b.csca("Other").name)


def test_the_names_that_its_issuer_had_before():
    """Doc 9303-12, 7.1.4: issuerAltName gives the former names after a change of name."""
    before = b.csca("CSCA Utopia before").name
    names = b.sequence(b.der(0x81, b"csca@example.com"), b.der(0xA4, before))
    extension = b.sequence(b.oid("2.5.29.18"), b.octets(names))
    read = Crl.parse(whole(tbs(extensions=b.der(0xA0, b.sequence(extension)))))
    assert read.former_names == (before,)
    assert read.of_issuer(before)
    assert read.of_issuer(b.utopia().name)
    odd = b.sequence(b.oid("2.5.29.18"), b.octets(b"\x05\x00"))
    assert Crl.parse(whole(tbs(extensions=b.der(0xA0, b.sequence(odd))))).former_names == ()


def test_the_signature():
    read = Crl.parse(whole(tbs()))
    assert read.verify(b.utopia().certificate).valid is True
    assert read.verify(b.csca("Other").certificate).reason == "wrong-signature"
    changed = Crl.parse(whole(tbs()).replace(b"\x02\x01\x07", b"\x02\x01\x08"))
    assert changed.serials == {8}
    assert changed.verify(b.utopia().certificate).reason == "wrong-signature"


def test_who_may_not_sign_lists():
    for party in (
        b.utopian_signer(),
        b.csca(extensions=[b.basic_constraints(ca=True), b.key_usage("keyCertSign")]),
        b.csca(extensions=[b.basic_constraints(ca=False), b.key_usage("keyCertSign", "cRLSign")]),
    ):
        read = Crl.parse(whole(tbs(), key=party.key))
        result = read.verify(party.certificate)
        assert (result.valid, result.reason) == (False, "not-a-crl-signer")


def test_an_algorithm_that_is_not_known_decides_nothing():
    for algorithm in (b.algorithm("unknown"), b.sequence(b.integer(5))):
        read = Crl.parse(whole(tbs(algorithm=algorithm), algorithm=algorithm))
        result = read.verify(b.utopia().certificate)
        assert (result.valid, result.reason) == (None, "algorithm-unknown")


@pytest.mark.parametrize("critical", [True, False])
@pytest.mark.parametrize(
    ("oid", "value"),
    [
        ("2.5.29.27", b.integer(1)),  # deltaCRLIndicator
        ("2.5.29.28", b.sequence(b.der(0x82, b"\xff"))),  # issuingDistributionPoint: only CA certificates
        ("2.5.29.28", b.sequence(b.der(0x81, b"\xff"))),  # only user certificates
        ("1.2.3.4", b"\x05\x00"),  # nobody knows what this narrows
    ],
)
def test_a_list_that_covers_less_than_everything_is_not_taken_for_complete(oid, value, critical):
    """RFC 5280, 5.2: a critical extension that is not understood; Doc 9303-12, table 9 forbids all three."""
    extension = b.sequence(b.oid(oid), b.der(1, b"\xff") if critical else b"", b.octets(value))
    if oid == "1.2.3.4" and not critical:
        assert Crl.parse(whole(tbs(extensions=b.der(0xA0, b.sequence(extension))))).serials == {7}
        return
    with pytest.raises(CrlError):
        Crl.parse(whole(tbs(extensions=b.der(0xA0, b.sequence(extension)))))


@pytest.mark.parametrize(
    ("oid", "value"),
    [
        ("2.5.29.29", b.sequence(b.der(0xA4, b.csca("Other").name))),  # certificateIssuer: an indirect list
        ("1.2.3.4", b"\x05\x00"),
    ],
)
def test_an_entry_with_a_critical_extension_that_is_not_understood(oid, value):
    """RFC 5280, 5.3: the list must not be used; which certificate the entry means is not known."""
    extension = b.sequence(b.oid(oid), b.der(1, b"\xff"), b.octets(value))
    entries = b.sequence(
        b.sequence(b.integer(7), b.time(ISSUED)), b.sequence(b.integer(8), b.time(ISSUED), b.sequence(extension))
    )
    with pytest.raises(CrlError):
        Crl.parse(whole(tbs(entries=entries)))


def test_an_extension_that_stands_twice():
    extension = b.sequence(b.oid("2.5.29.20"), b.octets(b.integer(3)))
    with pytest.raises(CrlError):
        Crl.parse(whole(tbs(extensions=b.der(0xA0, b.sequence(extension, extension)))))


def test_the_key_that_it_names():
    assert Crl.parse(whole(tbs())).key_identifier is None
    oid, _, value = b.authority_identifier(b.utopia().identifier)
    named = tbs(extensions=b.der(0xA0, b.sequence(b.sequence(b.oid(oid), b.octets(value)))))
    assert Crl.parse(whole(named)).key_identifier == b.utopia().identifier


def test_when_it_is_stale():
    last = timedelta(seconds=1)
    assert not Crl.parse(whole(tbs())).stale(UNTIL)
    assert Crl.parse(whole(tbs())).stale(UNTIL + last)
    endless = Crl.parse(whole(tbs(until=b"")))
    assert not endless.stale(ISSUED + timedelta(days=90))  # Doc 9303-12, 7.1.4: at least every 90 days
    assert endless.stale(ISSUED + timedelta(days=90) + last)
    ancient = Crl.parse(whole(tbs(until=b"", issued=b.der(0x18, b"00010101000000Z"))))
    assert ancient.stale(ISSUED)
    assert not Crl.parse(whole(tbs(until=b"", issued=b.der(0x18, b"99991231235959Z")))).stale(ISSUED)


def test_its_signature_is_verified_once_for_each_issuer(monkeypatch):
    """A list of 100,000 entries takes as long to hash as everything else together."""
    verified = []
    whole_ = public_key.verify
    monkeypatch.setattr(public_key, "verify", lambda key, *rest: (verified.append(key), whole_(key, *rest))[1])
    read, other_one = Crl.parse(whole(tbs())), b.csca("Other").certificate
    for _ in range(3):
        assert read.verify(b.utopia().certificate).valid
        assert not read.verify(other_one).valid
    assert len(verified) == 2
    forged = dataclasses.replace(read, signature=read.signature[:-1] + b"x")
    assert not forged.verify(b.utopia().certificate).valid  # what was remembered is the other list's
    for number in range(200):
        read.verify(b.csca(f"CSCA {number}", key=b.ec_key(f"{number % 3}")).certificate)
    assert len(read._verified) <= 64


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x30\x00",
        b.utopia().raw,
        whole(tbs())[:-1],
        whole(tbs()) + b"\0",
        whole(tbs(issuer=b"", issued=b"")),
        whole(tbs(issued=b"", until=b"")),
        whole(tbs(issued=b.utc(b"261324080000Z"))),
        whole(tbs(algorithm=b.algorithm("ecdsa-sha384"))),  # another inside than outside
    ],
)
def test_what_is_no_list(data):
    with pytest.raises(CrlError, match="not a CRL"):
        Crl.parse(data)


def test_a_signature_is_whole_octets():
    with pytest.raises(CrlError):
        Crl.parse(whole(tbs(), unused=1))


@given(st.data())
def test_damage_gives_a_list_of_those_bytes_or_a_refusal(data):
    raw = bytearray(whole(tbs()))
    raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    try:
        read = Crl.parse(bytes(raw))
    except CrlError:
        return
    assert read.encode() == bytes(raw)
    assert read.verify(b.utopia().certificate).valid is not True or bytes(raw) == whole(tbs())


def test_values_are_frozen_and_not_shown():
    read = Crl.parse(whole(tbs()))
    with pytest.raises(dataclasses.FrozenInstanceError):
        read.serials = frozenset()
    assert "serials" not in repr(read)


def test_an_authority_signs_lists_only_if_its_key_usage_says_so():
    own = b.subject_identifier(b.key_identifier(b.ec_key("csca CSCA Utopia UT")))
    for usage, reason in (("cRLSign", ""), ("keyCertSign", "not-a-crl-signer")):
        party = b.csca(extensions=[own, b.basic_constraints(ca=True), b.key_usage(usage)])
        assert b.revocation_list(party).verify(party.certificate).reason == reason
