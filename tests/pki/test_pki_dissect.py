"""A certificate as labelled bytes, and a State's certificates in sentences."""

import pytest
from asn1crypto import x509
from hypothesis import given
from hypothesis import strategies as st

from tests.support import builders as b
from tjdocs.pki import TrustStore, certificate_spans
from tjdocs.pki.trust import explain_state
from tjdocs.pki.trust.store import Source, TrustPolicy

UTOPIA = b.utopia()
LINK = b.csca(key=b.ec_key("link"), by=UTOPIA, subject=UTOPIA.name)


def labelled(data: bytes, **more) -> dict[str, list]:
    found: dict[str, list] = {}
    for span in certificate_spans.spans(data, **more):
        found.setdefault(span.meaning, []).append(span)
    return found


def test_each_part_with_its_bytes():
    raw = b.utopian_signer().raw
    found, other = labelled(raw), x509.Certificate.load(raw, strict=True)
    tbs = other["tbs_certificate"]
    expected = {
        "Certificate": raw,
        "tbsCertificate": tbs.dump(),
        "serialNumber": tbs["serial_number"].dump(),
        "signature": tbs["signature"].dump(),
        "issuer": tbs["issuer"].dump(),
        "validity": tbs["validity"].dump(),
        "subject": tbs["subject"].dump(),
        "subjectPublicKeyInfo": tbs["subject_public_key_info"].dump(),
        "extensions": tbs["extensions"].dump(),
        "signatureAlgorithm": other["signature_algorithm"].dump(),
        "signatureValue": other["signature_value"].dump(),
    }
    for meaning, data in expected.items():
        (span,) = found[meaning]
        assert span.data == data, meaning
    names = {"keyUsage", "subjectKeyIdentifier", "authorityKeyIdentifier", "privateKeyUsagePeriod", "documentTypeList"}
    assert names <= set(found)
    assert found["keyUsage"][0].value == "critical"
    assert found["subjectKeyIdentifier"][0].value == ""
    assert found["version"][0].value == "v3"
    assert found["subjectPublicKeyInfo"][0].value == "secp256r1"


@pytest.mark.parametrize("base", [0, 1000])
def test_places_and_depths(base):
    raw = UTOPIA.raw
    spans = certificate_spans.spans(raw, base=base, depth=2)
    assert spans[0].depth == 2
    for span in spans:
        place = span.offset - base
        assert raw[place : place + len(span.data)] == span.data
        assert span.clause
    ends = []
    for span in spans:  # each lies within the one above it
        del ends[span.depth - 2 :]
        assert not ends or span.offset + len(span.data) <= ends[-1]
        ends.append(span.offset + len(span.data))


def test_explicit_parameters_are_told(authority):
    (span,) = labelled(authority.csca.raw)["subjectPublicKeyInfo"]
    assert span.value == "secp384r1, explicit parameters"


def test_odd_certificates():
    parts = [b.integer(5), b.algorithm("ecdsa-sha256"), UTOPIA.name, b.sequence(b.time(b.SIGNED), b.time(b.SIGNED))]
    tbs = b.sequence(*parts, UTOPIA.name, b.spki(UTOPIA.key), b.der(0x81, b"\0\xaa"))
    found = labelled(b.sequence(tbs, b.algorithm("ecdsa-sha256"), b.bits(b"")))
    assert found["unique identifier"][0].data == b.der(0x81, b"\0\xaa")
    assert "version" not in found
    unknown = b.certify(UTOPIA.name, UTOPIA.key, [("1.2.3.4", True, b"x")], period=(b.SIGNED, b.SIGNED))
    assert labelled(unknown.raw)["1.2.3.4"][0].value == "critical"


def test_what_is_no_certificate_is_one_span():
    for data in (b"", b"text", b"\x30\x00"):
        (span,) = certificate_spans.spans(data, base=7, depth=1)
        assert (span.offset, span.data, span.meaning, span.depth) == (7, data, "not readable as a certificate", 1)


@given(st.data())
def test_damage_does_not_raise(data):
    raw = bytearray(b.utopian_signer().raw)
    for _ in range(data.draw(st.integers(1, 3))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    assert certificate_spans.spans(bytes(raw))[0].data == bytes(raw)


def test_an_algorithm_that_cannot_be_read_is_labelled_all_the_same():
    broken = b.sequence(b.integer(5))
    parts = [b.integer(5), broken, UTOPIA.name, b.sequence(b.time(b.SIGNED), b.time(b.SIGNED))]
    found = labelled(b.sequence(b.sequence(*parts, UTOPIA.name, b.spki(UTOPIA.key)), broken, b.bits(b"")))
    assert found["subject"][0].data == UTOPIA.name
    assert found["signatureAlgorithm"][0].data == broken


# ------------------------------------------------------------------------------------------------------------ sentences


@pytest.fixture
def store(tmp_path):
    made = TrustStore.create(tmp_path / "trust.db")
    orphan = b.csca("Orphan", key=b.ec_key("orphan"), by=b.csca("Missing"))
    renamed = b.csca("Renamed", key=b.ec_key("renamed"), by=UTOPIA, issuer=b.name(("C", "UT"), ("CN", "Nobody")))
    rows = [(UTOPIA, "self-signed"), (LINK, "link"), (orphan, "unresolved"), (renamed, "link")]
    certificates = [(party.certificate, kind) for party, kind in rows]
    made.add(
        Source("a.ml", "aa", "passed"),
        certificates,
        grounds={UTOPIA.certificate.sha256: "anchor", LINK.certificate.sha256: "list"},
    )
    elsewhere = b.csca("CSCA Elsewhere", "XX").certificate
    made.add(Source("b.cer", "bb"), [(elsewhere, "self-signed")], grounds={elsewhere.sha256: "candidates-trusted"})
    return made


def test_a_state_in_sentences(store):
    text = "\n".join(explain_state.explain(store, "ut", at=b.AT))
    assert text.startswith("4 certificates of UT, 2 of them trusted.")
    for expected in (
        "vouched for by its own key only",
        f"vouched for by C=UT, O=SPECIMEN, CN=CSCA Utopia, serial {UTOPIA.certificate.serial:x}",
        "(found by key identifier only)",
        "nobody here vouches for it: nobody of the issuer's name is known",
        "trusted: given as an anchor; from a.ml",
        "trusted: on a list whose signature leads to an anchor; from a.ml",
        "not trusted by itself: a candidate; from a.ml",
        "the certificate that signed Orphan of 2020-01-01 (issuer C=UT, O=SPECIMEN, CN=Missing)",
    ):
        assert expected in text
    assert "CSCA Elsewhere" not in text


def test_a_state_of_which_nothing_is_missing(store):
    lines = explain_state.explain(store, "XX", at=b.AT)
    assert lines[0] == "1 certificates of XX, 1 of them trusted."
    assert lines[-1].startswith("Nothing is missing")
    assert any("--trust-candidates" in line for line in lines)
    assert explain_state.explain(store, "zz", at=b.AT) == ["No certificate of ZZ is in the store."]


def test_a_state_under_a_policy(store):
    """Whether each is believed, by itself or by a path, and why not."""
    away, orphan = "0" * 64, next(e.certificate for e in store.entries if "Orphan" in e.certificate.subject_text)

    def said(**table):
        lines = explain_state.explain(store, "UT", TrustPolicy.parse(table), at=b.AT)
        return lines, [line.partition("policy: ")[2] for line in lines if line.startswith("  under the policy: ")]

    serial = f"{UTOPIA.certificate.serial:x}"
    lines, found = said(believe=["anchor"], denied=[away])
    assert lines[0] == "4 certificates of UT, 2 of them trusted, 1 believed under the policy."
    by_path = f"believed by a path to C=UT, O=SPECIMEN, CN=CSCA Utopia, serial {serial}; not in itself: "
    assert sorted(found) == sorted([
        "believed: given as an anchor",
        f"{by_path}the ground list does not count",
        f"{by_path}a candidate: no ground to believe it was given at import",
        "not believed: a candidate: no ground to believe it was given at import",
    ])  # fmt: skip
    assert lines[-1] == f"Denied by the policy, and not in the store, so that its key is not known: {away}."
    _, found = said(believe=["anchor"], denied=[UTOPIA.certificate.sha256, orphan.sha256])
    assert sorted(found) == sorted([
        "not believed: denied by the policy",
        "not believed: denied by the policy",
        "not believed: the ground list does not count; who vouches for it is denied",
        "not believed: a candidate: no ground to believe it was given at import; who vouches for it is denied",
    ])  # fmt: skip


def test_entries(store):
    assert [e.certificate.country for e in explain_state.entries(store)] == ["UT"] * 4 + ["XX"]
    (entry,) = explain_state.entries(store, "xx")
    assert explain_state.entry_json(entry, store) == {
        "subject": "C=XX, O=SPECIMEN, CN=CSCA Elsewhere",
        "issuer": "C=XX, O=SPECIMEN, CN=CSCA Elsewhere",
        "serial": f"{entry.certificate.serial:x}",
        "sha256": entry.certificate.sha256,
        "country": "XX",
        "key": "secp256r1",
        "not_before": "2020-01-01T00:00:00+00:00",
        "not_after": "2036-07-01T00:00:00+00:00",
        "sources": ["b.cer"],
        "kind": "self-signed",
        "trusted": "candidates-trusted",
        "held_by": [
            {"name": "b.cer", "sha256": "bb"}
            | dict.fromkeys(("signature", "kind", "signer", "anchor", "state", "signed", "imported", "path"), "")
        ],
    }
