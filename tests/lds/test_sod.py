"""EF.SOD: made by us and read by others, made by others and read by us, and what is none."""

import dataclasses
import random
from datetime import UTC, datetime
from typing import ClassVar

import msgspec
import pytest
from asn1crypto import cms, core, parser
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support import builders as b
from tjdocs.findings import checks
from tjdocs.lds import ef_sod, ef_sod_spans
from tjdocs.lds.ef_sod import EfSod, SecurityObject, SodError
from tjdocs.pki.signer import Signer, combination

HASHES = {1: bytes(32), 2: bytes(range(32)), 14: bytes(32)}
WHEN = datetime(2026, 3, 2, 9, 30, 15, tzinfo=UTC)


class DataGroupHash(core.Sequence):
    """Doc 9303-10, appendix D, for another library to read by."""

    _fields: ClassVar = [("number", core.Integer), ("value", core.OctetString)]


class DataGroupHashes(core.SequenceOf):
    _child_spec = DataGroupHash


class VersionInfo(core.Sequence):
    _fields: ClassVar = [("lds", core.PrintableString), ("unicode", core.PrintableString)]


class LdsSecurityObject(core.Sequence):
    _fields: ClassVar = [
        ("version", core.Integer),
        ("algorithm", cms.DigestAlgorithm),
        ("hashes", DataGroupHashes),
        ("info", VersionInfo, {"optional": True}),
    ]


def signer(kind: str = "ecdsa-p256-sha256") -> Signer:
    if kind.startswith("rsa"):
        party = b.signer(b.utopia(), key=b.rsa_key("sod"))
        return Signer(party.certificate, msgspec.structs.replace(combination(kind), key="rsa-2048"), party.key)
    return Signer(b.utopian_signer().certificate, combination(kind), b.utopian_signer().key)


def made(**changes) -> bytes:
    arguments = {"digest": "sha256", "signer": signer(), "signing_time": WHEN, **changes}
    return ef_sod.build(arguments.pop("hashes", HASHES), **arguments)


def as_another_library_reads(data: bytes) -> tuple[cms.SignedData, LdsSecurityObject]:
    assert data[0] == 0x77
    info = cms.ContentInfo.load(parser.parse(data, strict=True)[4], strict=True)
    signed = info["content"]
    assert signed["encap_content_info"]["content_type"].dotted == b.LDS_OBJECT
    content = signed["encap_content_info"]["content"].contents
    return signed, LdsSecurityObject.load(content, strict=True)


# -------------------------------------------------------------------------------------------------- made by us


@pytest.mark.requirement("ICAO-SOD")
@pytest.mark.parametrize("kind", ["ecdsa-p256-sha256", "ecdsa-p256-sha384", "rsa-sha256", "rsa-pss-sha512"])
def test_another_library_verifies_what_we_sign(kind):
    data = made(signer=signer(kind), digest="sha384")
    signed, content = as_another_library_reads(data)
    assert {row["number"].native: row["value"].native for row in content["hashes"]} == HASHES
    (info,) = signed["signer_infos"]
    attributes = {item["type"].native: item["values"][0] for item in info["signed_attrs"]}
    assert attributes["content_type"].dotted == b.LDS_OBJECT
    assert attributes["signing_time"].native == WHEN
    # the data groups' digest is the document type's, the message digest the signer's (RFC 8933, 3.1)
    assert content["algorithm"]["algorithm"].native == "sha384"
    assert attributes["message_digest"].native == b.digest(kind[-6:], content.dump())
    assert info["digest_algorithm"]["algorithm"].native == kind[-6:]
    message = info["signed_attrs"].untag().dump()
    key, signature = signer(kind).key.public_key(), info["signature"].native
    if kind.startswith("ecdsa"):
        key.verify(signature, message, ec.ECDSA({"256": hashes.SHA256(), "384": hashes.SHA384()}[kind[-3:]]))
    elif kind == "rsa-sha256":
        key.verify(signature, message, padding.PKCS1v15(), hashes.SHA256())
    else:
        key.verify(signature, message, padding.PSS(padding.MGF1(hashes.SHA512()), 64), hashes.SHA512())


def test_versions_and_order_are_the_standards():
    signed, content = as_another_library_reads(made(hashes={14: bytes(32), 1: bytes(32), 2: bytes(32)}))
    # Doc 9303-10, 4.6.2: SignedData version 3; RFC 5652, 5.3: SignerInfo 1 by issuer and serial, 3 by key identifier
    assert signed["version"].native == "v3"
    assert [row["number"].native for row in content["hashes"]] == [1, 2, 14]
    assert content["version"].native == 0
    assert content["info"].native is None
    assert [info["version"].native for info in signed["signer_infos"]] == ["v1"]
    assert [c.chosen.dump() for c in signed["certificates"]] == [b.utopian_signer().raw]
    by_key, newer = as_another_library_reads(made(by_key_identifier=True, lds_version="0108"))
    (info,) = by_key["signer_infos"]
    assert info["version"].native == "v3"
    assert info["sid"].chosen.native == b.key_identifier(b.ec_key("signer"))
    assert newer["version"].native == 1
    assert newer["info"].native == {"lds": "0108", "unicode": "040000"}


def test_time_is_left_out_where_none_is_given():
    signed, _ = as_another_library_reads(made(signing_time=None))
    assert {item["type"].native for item in signed["signer_infos"][0]["signed_attrs"]} == {
        "content_type",
        "message_digest",
    }


@given(
    hashes_=st.dictionaries(st.integers(1, 16), st.binary(min_size=32, max_size=32), min_size=2, max_size=16),
    lds_version=st.sampled_from(["", "0107", "0108"]),
    by_key_identifier=st.booleans(),
    signing_time=st.none() | st.integers(-631_152_000, 4_102_444_800).map(lambda n: datetime.fromtimestamp(n, UTC)),
)
@settings(max_examples=60, deadline=None)
def test_reading_is_the_inverse_of_making(hashes_, lds_version, by_key_identifier, signing_time):
    data = made(hashes=hashes_, lds_version=lds_version, by_key_identifier=by_key_identifier, signing_time=signing_time)
    read = EfSod.parse(data)
    assert read.encode() == data
    assert (read.trailing, read.warnings) == (0, ())
    content = read.security_object
    assert dict(content.hashes) == hashes_
    assert (content.hash, content.hash_oid) == ("sha256", "2.16.840.1.101.3.4.2.1")
    assert content.lds_version == lds_version
    assert content.version == (1 if lds_version else 0)
    assert content.unicode_version == ("040000" if lds_version else "")
    (info,) = read.signed_data.signers
    (certificate,) = read.signed_data.parsed_certificates
    assert info.match(certificate) == ""
    assert read.signed_data.verify(info, certificate).valid is True


# ---------------------------------------------------------------------------------------------- made by others


def of_another(content: bytes | None = None, **around) -> bytes:
    content = b.security_object(HASHES) if content is None else content
    return b.sod(content, b.utopian_signer(), outer=around)


def test_what_another_made_is_read():
    read = EfSod.parse(of_another(b.security_object({1: b"\1" * 20, 2: b"\2" * 20}, kind="sha1")))
    assert dict(read.security_object.hashes) == {1: b"\1" * 20, 2: b"\2" * 20}
    assert read.security_object.hash == "sha1"


def test_a_hash_that_the_table_lacks_is_kept_by_its_identifier():
    read = EfSod.parse(of_another(b.security_object(HASHES, kind="sha3-256"))).security_object
    assert (read.hash, read.hash_oid) == ("", "2.16.840.1.101.3.4.2.8")


def test_parameters_of_the_hash_may_be_null():
    assert SecurityObject.parse(b.security_object(HASHES, parameters=b.der(0x05))).hash == "sha256"
    with pytest.raises(SodError) as caught:
        SecurityObject.parse(b.security_object(HASHES, parameters=b.integer(1)))
    assert caught.value.reason == "lds-object"


@pytest.mark.parametrize("padding", [b"", bytes(7), b"\xff" * 300])
def test_padding_is_counted_and_left_out(padding):
    data = of_another()
    read = EfSod.parse(data + padding)
    assert (read.raw, read.trailing) == (data, len(padding))
    assert read.encode() == data


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "file"),
        (b"\x77", "file"),
        (b"\x77\x80\x00\x00", "file"),
        (b"\x77\x85\x00\x00\x00\x00\x01\x00", "file"),
        (b"\x77\x00", "not-signed-data"),
        (b"\x60\x00", "tag"),
        (b"\x77\x02\x30\x00", "not-signed-data"),
    ],
)
def test_what_is_none(data, reason):
    with pytest.raises(SodError) as caught:
        EfSod.parse(data)
    assert caught.value.reason == reason
    assert isinstance(caught.value, ValueError)
    assert caught.value.__cause__ is None


def test_a_list_of_hashes_has_a_length():
    """A file of 86 kB, packed, had more than a million of them, which cost two seconds."""
    for size, reason in ((10_000, "lds-object"), (10_001, "limit")):
        with pytest.raises(SodError) as caught:
            SecurityObject.parse(bytes(size))
        assert caught.value.reason == reason


def test_hashes_cannot_be_changed_afterwards():
    read = EfSod.parse(of_another())
    with pytest.raises(TypeError):
        read.security_object.hashes[1] = b""
    with pytest.raises(dataclasses.FrozenInstanceError):
        read.trailing = 5


def test_hostile_bytes_raise_nothing_else():
    draw = random.Random(9303)
    data = of_another()
    for _ in range(400):
        changed = bytearray(data)
        for _ in range(draw.randrange(1, 4)):
            changed[draw.randrange(len(changed))] = draw.randrange(256)
        cut = bytes(changed[: draw.randrange(1, len(changed) + 1)])
        for hostile in (bytes(changed), cut):
            reason, read = "", None
            try:
                read = EfSod.parse(hostile)
            except SodError as error:
                reason = error.reason
            if read is None:
                assert reason in checks()["pa.sod-structure"].reasons
            else:
                assert len(read.raw) + read.trailing == len(hostile)


# ------------------------------------------------------------------------------------------------------ labelled


@pytest.mark.parametrize("padding", [b"", bytes(5)])
def test_spans_stand_where_they_say(padding):
    data = made(lds_version="0108") + padding
    spans = ef_sod_spans.spans(data)
    assert all(data[span.offset : span.offset + len(span.data)] == span.data for span in spans)
    assert (spans[0].offset, spans[0].depth) == (0, 0)
    assert len(spans[0].data) == len(data) - len(padding)
    hashed = {span.meaning: span.data for span in spans if span.meaning.startswith("hash of")}
    assert hashed == {f"hash of DG{number}": value for number, value in HASHES.items()}
    assert any(span.data == b.utopian_signer().raw and "Document Signer 1" in span.value for span in spans)
    assert [span.data for span in spans if span.meaning == "padding"] == ([padding] if padding else [])
    assert all(span.clause for span in spans)


def test_spans_of_equal_hashes_do_not_share_a_place():
    """DG1 and DG14 have the same hash in this file; each label stands at its own."""
    spans = [span for span in ef_sod_spans.spans(made()) if span.meaning.startswith("hash of")]
    assert len({span.offset for span in spans}) == len(spans) == 3


@pytest.mark.parametrize("data", [b"", b"\x77\x00", b"\x60\x00", bytes(50)])
def test_what_cannot_be_read_is_one_span(data):
    (span,) = ef_sod_spans.spans(data)
    assert (span.offset, span.data) == (0, data)
    assert span.meaning.startswith("not readable as EF.SOD")


def test_signature_algorithm_is_labelled_at_the_signers_place():
    """The certificate holds the same algorithm identifier; the label is not to stand there."""
    data = made()
    spans = {span.meaning: span for span in ef_sod_spans.spans(data)}
    certificate, algorithm, signature = (spans[m] for m in ("certificate", "signature algorithm", "signature"))
    assert certificate.data.count(algorithm.data)
    assert algorithm.offset >= certificate.offset + len(certificate.data)
    assert signature.offset == algorithm.offset + len(algorithm.data) + 2  # the OCTET STRING's header between


def test_an_unreadable_certificate_does_not_shift_the_labels():
    junk = b.sequence(b.integer(1))
    spans = ef_sod_spans.spans(of_another(certificates=[junk, b.utopian_signer().raw]))
    named = {span.data: span.value for span in spans if span.meaning == "certificate"}
    assert "Document Signer 1" in named[b.utopian_signer().raw]
    assert named.get(junk, "") == ""


@pytest.mark.parametrize(
    "changes", [{"algorithm_": b.sequence()}, {"algorithm_": b.integer(1)}], ids=["empty", "other"]
)
def test_an_unreadable_algorithm_is_labelled_all_the_same(changes):
    data = b.sod(b.security_object(HASHES), b.utopian_signer(), **changes)
    assert "signature" in {span.meaning for span in ef_sod_spans.spans(data)}


@pytest.mark.parametrize("indefinite", [False, True], ids=["der", "ber"])
def test_spans_of_damaged_files_never_raise(indefinite):
    draw = random.Random(1)
    data = of_another(indefinite=indefinite)
    for _ in range(200):
        changed = bytearray(data)
        changed[draw.randrange(len(changed))] ^= 1 << draw.randrange(8)
        for span in ef_sod_spans.spans(bytes(changed)):
            assert span.data == bytes(changed)[span.offset : span.offset + len(span.data)]


def test_the_dissect_view_of_a_certificate_that_is_none():
    data = ef_sod.build(HASHES, digest="sha256", signer=signer(), signing_time=WHEN)
    found = ef_sod_spans.spans(data)
    certificate = next(span for span in found if span.meaning == "certificate")
    broken = data[: certificate.offset] + b"\xff\xff\xff\xff" + data[certificate.offset + 4 :]
    EfSod.parse(broken)  # readable, but for the certificate
    meanings = [span.meaning for span in ef_sod_spans.spans(broken)]
    assert meanings[-1] == "the rest is not labelled"
    assert "hash of DG14" in meanings
