"""The German master lists and Indonesia's series, as they were published."""

from collections import Counter
from functools import cache

import pytest
from asn1crypto import cms as other
from asn1crypto import core, x509

from tests.support import builders as b
from tests.support import real_data
from tjdocs.mrz import codes
from tjdocs.pki import Certificate, TrustStore, certification_path, distinguished_name, public_key, signed_data
from tjdocs.pki.trust import import_files
from tjdocs.pki.trust.master_list import MasterList, resolve

pytestmark = [pytest.mark.real, pytest.mark.requirement("ICAO-LIST")]

NEW, OLD = "master_lists/DE_ML_2026-01-08-12-20-54.ml", "master_lists/DE_ML_2025-03-05-08-05-28.ml"
COUNTS = {  # certificates, under their own key, under another one's, without a parent
    NEW: (581, 374, 195, 12),
    OLD: (557, 363, 185, 9),
}
BY_IDENTIFIER = ["ES", "HU", "PH"]
INDONESIA = ["2010-12_CSCA", "2016-01_CSCA_LINK", "2016-01_CSCA", "2020-10_CSCA_LINK", "2020-10_CSCA"]


@cache
def master_list(name: str) -> MasterList:
    return MasterList.parse(real_data.read(name))


@cache
def anchor() -> Certificate:
    return Certificate.parse(real_data.read("certificates/DE_ROOT_CA_CSCA07.cer"))


def indonesia(name: str) -> Certificate:
    return Certificate.parse(real_data.read(f"certificates/IDN/{name}.cer"))


def path_of(name: str):
    real_data.read(name)
    return real_data.folder() / name


class Certificates(core.SetOf):
    _child_spec = x509.Certificate


class CscaMasterList(core.Sequence):
    _fields = [("version", core.Integer), ("certificates", Certificates)]  # noqa: RUF012


@pytest.mark.parametrize("name", [NEW, OLD])
def test_counts(name):
    read = master_list(name)
    results = resolve(read.certificates)
    kinds = Counter(result.kind for result in results)
    assert (len(read.certificates), kinds["self-signed"], kinds["link"], kinds["unresolved"]) == COUNTS[name]
    assert read.unreadable == ()
    assert all(certificate.key.kind in ("rsa", "ec") for certificate in read.certificates)
    tolerated = [result for result in results if result.kind != "unresolved" and result.reason]
    assert sorted(result.certificate.country for result in tolerated) == BY_IDENTIFIER
    assert {result.reason for result in tolerated} == {"issuer-by-key-identifier"}
    reasons = {result.reason for result in results if result.kind == "unresolved"}
    assert reasons <= {"no-issuer", "other-generation"}  # parents that are not there; nobody is accused


@pytest.mark.requirement("ICAO-DER")
@pytest.mark.parametrize("name", [NEW, OLD])
def test_every_certificate_keeps_its_bytes(name):
    data = real_data.read(name)
    content = other.ContentInfo.load(data)["content"]["encap_content_info"]["content"]
    expected = [item.dump() for item in CscaMasterList.load(content.native)["certificates"]]
    assert [certificate.encode() for certificate in master_list(name).certificates] == expected
    assert all(certificate.raw in data for certificate in master_list(name).certificates)
    assert {certificate.warnings for certificate in master_list(name).certificates} == {()}


@pytest.mark.parametrize("name", [NEW, OLD])
def test_certificates_say_what_another_library_reads(name):
    for certificate in master_list(name).certificates:
        read = x509.Certificate.load(certificate.raw)
        assert certificate.serial == read.serial_number
        assert certificate.spki == read.public_key.dump()
        assert certificate.not_before == read["tbs_certificate"]["validity"]["not_before"].native
        assert certificate.not_after == read["tbs_certificate"]["validity"]["not_after"].native
        try:
            identifier = read.key_identifier
        except ValueError:  # Lithuania's, of which the other library cannot read the extension
            identifier = None
        if identifier is not None:
            assert certificate.subject_key_identifier == identifier


@pytest.mark.parametrize("name", [NEW, OLD])
def test_the_signature(name):
    read = master_list(name)
    result = read.verify([anchor()], at=b.AT)
    assert (result.outcome, result.reason, result.warnings) == ("passed", "", ())
    without = read.verify([], at=b.AT)
    assert (without.outcome, without.reason) == ("undetermined", "no-anchor")
    abroad = read.verify([indonesia("2010-12_CSCA")], at=b.AT)
    assert (abroad.outcome, abroad.reason) == ("undetermined", "untrusted")
    assert read.verify([indonesia("2010-12_CSCA"), anchor()], at=b.AT).outcome == "passed"


@pytest.mark.parametrize(("name", "total"), [(NEW, 581), (OLD, 557)])
def test_import_with_the_anchor(tmp_path, name, total):
    store = TrustStore.create(tmp_path / "trust.db")
    (report,) = import_files.import_files(store, [path_of(name)], anchors=[anchor()], at=b.AT)
    assert (report.certificates, report.new, report.parsed) == (total, total, total)
    assert (report.verified_self, report.verified_link, len(report.unresolved)) == COUNTS[name][1:]
    assert all(item.reason for item in report.unresolved)
    assert sorted(item.certificate.country for item in report.tolerated) == BY_IDENTIFIER
    assert (report.signature, report.signature_reason) == ("passed", "")
    opened = TrustStore(tmp_path / "trust.db")
    assert len([entry for entry in opened.entries if entry.ground]) == len(opened.entries)
    assert len(opened.entries) == total + (anchor() not in master_list(name).certificates)
    assert opened.digest == store.digest


@pytest.mark.parametrize("who", ["nobody", "Indonesia"])
def test_import_without_the_right_anchor_trusts_nothing_of_the_list(tmp_path, who):
    anchors = [] if who == "nobody" else [indonesia("2020-10_CSCA")]
    store = TrustStore.create(tmp_path / "trust.db")
    (report,) = import_files.import_files(store, [path_of(NEW)], anchors=anchors, at=b.AT)
    assert report.signature == "undetermined"
    assert [entry.certificate for entry in store.entries if entry.ground] == anchors
    assert {certificate.sha256 for certificate in master_list(NEW).certificates} <= {
        e.certificate.sha256 for e in store.entries
    }


def test_a_changed_byte_in_the_signature(tmp_path):
    signature = master_list(NEW).signed_data.signers[0].signature
    data = bytearray(real_data.read(NEW))
    place = bytes(data).rindex(signature)
    data[place + len(signature) - 1] ^= 1
    changed = MasterList.parse(bytes(data))
    assert (changed.verify([anchor()], at=b.AT).outcome, changed.verify([anchor()], at=b.AT).reason) == ("failed", "wrong-signature")
    path = tmp_path / "changed.ml"
    path.write_bytes(data)
    store = TrustStore.create(tmp_path / "trust.db")
    (report,) = import_files.import_files(store, [path], anchors=[anchor()], at=b.AT)
    assert (report.signature, report.signature_reason) == ("failed", "wrong-signature")
    assert [entry.certificate for entry in store.entries if entry.ground] == [anchor()]
    assert len(store.entries) >= 581


def test_a_changed_byte_in_the_content():
    data = bytearray(real_data.read(NEW))
    data[bytes(data).index(b"CSCA Tajikistan") + 5] ^= 0x20
    changed = MasterList.parse(bytes(data))
    assert (changed.verify([anchor()], at=b.AT).outcome, changed.verify([anchor()], at=b.AT).reason) == ("failed", "message-digest")


def test_tajikistan(tmp_path):
    store = TrustStore.create(tmp_path / "trust.db")
    import_files.import_files(store, [path_of(NEW)], anchors=[anchor()], at=b.AT)

    def years() -> list[int]:
        return sorted(e.certificate.not_before.year for e in store.entries if e.certificate.country == "TJ")

    assert years() == [2015, 2018]
    import_files.import_files(store, [path_of(OLD)], anchors=[anchor()], at=b.AT)
    assert years() == [2010, 2015, 2018]
    (oldest,) = (e for e in store.entries if e.certificate.country == "TJ" and e.certificate.not_before.year == 2010)
    assert oldest.sources == (OLD.split("/")[1],)
    assert oldest.ground == "list"
    schemes = {c.not_before.year: c.verify(c).algorithm for c in master_list(OLD).certificates if c.country == "TJ"}
    assert schemes == {2010: "rsa-pss", 2015: "rsa-pss", 2018: "rsa-sha384"}


def test_both_lists_together(tmp_path):
    store = TrustStore.create(tmp_path / "trust.db")
    reports = import_files.import_files(store, [path_of(OLD), path_of(NEW)], anchors=[anchor()], at=b.AT)
    distinct = {c.sha256 for name in (OLD, NEW) for c in master_list(name).certificates}
    assert [report.new for report in reports] == [557, len(distinct) - 557]
    both = [entry for entry in store.entries if {OLD.split("/")[1], NEW.split("/")[1]} <= set(entry.sources)]
    assert len(both) == 557 + 581 - len(distinct)


def test_indonesia_is_one_chain():
    certificates = [indonesia(name) for name in INDONESIA]
    kinds = [(result.kind, result.issuer) for result in resolve(certificates)]
    first, link_2016, root_2016, link_2020, root_2020 = certificates
    assert kinds == [
        ("self-signed", first),
        ("link", first),
        ("self-signed", root_2016),
        kinds[3],
        ("self-signed", root_2020),
    ]
    assert kinds[3][0] == "link"
    assert kinds[3][1].spki == link_2016.spki == root_2016.spki
    assert link_2020.spki == root_2020.spki
    found = certification_path.build(link_2020, TrustStore.of([first], [link_2016]))
    assert found.valid is True
    assert found.chain == (link_2020, link_2016, first)
    assert certification_path.build(link_2020, TrustStore.of([first])).valid is None


@pytest.mark.parametrize("name", [NEW, OLD])
def test_every_link_has_a_path(name):
    """Whatever is odd in 581 certificates, no State's link is refused for it."""
    read = master_list(name)
    store = TrustStore.of(read.certificates)
    told: Counter[str] = Counter()
    for result in resolve(read.certificates):
        if result.kind == "link":
            found = certification_path.build(result.certificate, store)
            assert found.valid is True, (result.certificate.subject_text, found.reason)
            told.update(found.warnings)
    assert set(told) <= {
        "issuer-by-key-identifier",
        "issuer-name-form",
        "basic-constraints-absent",
        "key-usage-absent",
        "extended-key-usage-present",
        "ber-encoded",
        "authority-key-identifier-absent",
    }
    assert told["issuer-by-key-identifier"] == 3


@pytest.mark.parametrize("name", [NEW, OLD])
def test_what_a_key_signed_before_its_younger_certificates_has_a_path(name, monkeypatch):
    """A signer of each key's first day; some keys stand in links that are years younger, and the list's order is any."""
    of_key: dict[bytes, list[Certificate]] = {}
    for certificate in master_list(name).certificates:
        if certificate.is_ca is not False:
            of_key.setdefault(certificate.spki, []).append(certificate)
    several = [sorted(found, key=lambda c: c.not_before) for found in of_key.values() if len(found) > 1]
    assert sum((found[-1].not_before - found[0].not_before).days > 90 for found in several) >= 5
    monkeypatch.setattr(
        Certificate, "verify", lambda certificate, issuer: public_key.SignatureResult(issuer.spki == certificate.spki)
    )
    for found in several:
        day = (found[0].not_before, found[0].not_after)
        identifier = found[-1].subject_key_identifier
        extensions = [b.authority_identifier(identifier)] if identifier else []
        subject = b.name(("C", found[-1].country), ("CN", "SPECIMEN"))
        # it has the key's own info, so that the certificates of that key are those that verify it
        signer = b.certify(subject, b.ec_key(), extensions, issuer=found[-1].subject, period=day, info=found[0].spki)
        for order in (found, found[::-1]):
            path = certification_path.build(signer.certificate, TrustStore.of(order))
            assert path.valid, path.reason
            assert certification_path.untimely(path.chain) is None, found[0].subject_text


@pytest.mark.parametrize("name", [NEW, OLD])
def test_every_certificate_authority_of_the_list_may_certify(name, monkeypatch):
    """US, SI: a producer's own purpose beside cA TRUE and keyCertSign must not make a State's signers nobody's."""
    monkeypatch.setattr(Certificate, "verify", lambda certificate, issuer: public_key.SignatureResult(True))
    refused = [
        certificate.subject_text
        for certificate in master_list(name).certificates
        if certificate.is_ca is not False
        and certification_path.build(certificate_of(certificate), TrustStore.of([certificate])).reason
    ]
    assert refused == []


@pytest.mark.parametrize("name", [NEW, OLD])
def test_links_that_deny_being_an_authority_have_a_root_of_the_same_key(name):
    """CM, IT, LU, PT, TR: links whose basic constraints say no, beside keyCertSign; nothing is lost by that."""
    certificates = master_list(name).certificates
    deniers = [certificate for certificate in certificates if certificate.is_ca is False]
    assert Counter(c.country for c in deniers) == {"CM": 1, "IT": 1, "LU": 2, "PT": 1, "TR": 2}
    for denier in deniers:
        assert any(c.is_ca and c.spki == denier.spki for c in certificates)


@pytest.mark.parametrize("name", [NEW, OLD])
def test_every_country_of_the_list_is_one_that_signs_for_a_code_of_the_zone(name):
    """UN, EU, KS and DE among them: no State's passport is undetermined because its two letters are not known."""
    signing = {codes.signing_country(code) for code in codes.state_codes()}
    certificates = master_list(name).certificates
    assert {c.country for c in certificates} - signing == set()
    assert {"UN", "EU", "KS", "DE"} <= {c.country for c in certificates}
    # a link over two States: Bermuda and the United Kingdom, each under the other's key
    other = {tuple(map(distinguished_name.state, (c.subject, c.issuer))) for c in certificates}
    assert {pair for pair in other if pair[0] != pair[1]} <= {("BM", "GB"), ("GB", "BM")}


@pytest.mark.parametrize("name", [NEW, OLD])
def test_no_certificate_of_the_list_accuses_what_it_certified(name):
    roles = Counter(certification_path.role_of(c)[0] for c in master_list(name).certificates)
    assert set(roles) == {"", "role-contradictory"}
    assert roles["role-contradictory"] == 7
    assert master_list(name).warnings == ()


def certificate_of(issuer: Certificate) -> Certificate:
    """Return a certificate that names ``issuer``; its signature is nothing."""
    identifier = issuer.subject_key_identifier
    extensions = [b.authority_identifier(identifier)] if identifier else []
    return b.certify(
        b.name(("CN", "SPECIMEN")), b.ec_key(), extensions, issuer=issuer.subject, period=(b.SIGNED, b.SIGNED)
    ).certificate


def test_a_list_of_our_own_making_over_the_published_certificates(tmp_path):
    """Signed with RSA by a list signer of Utopia, and read back as any other."""
    signer = b.signer(
        b.utopia(),
        key=b.rsa_key("list"),
        types=None,
        key_period=None,
        extra=[b.purposes("2.23.136.1.1.3")],
        subject=b.name(("C", "UT"), ("CN", "Master List Signer")),
        period=(b.moment(2026), b.moment(2027)),
    )
    content = b.sequence(b.integer(0), b.set_of(c.raw for c in master_list(NEW).certificates))
    attributes = [
        signed_data.attribute(signed_data.OID_CONTENT_TYPE, b.oid("2.23.136.1.1.2")),
        signed_data.attribute(signed_data.OID_MESSAGE_DIGEST, b.octets(b.digest("sha256", content))),
        signed_data.attribute(signed_data.OID_SIGNING_TIME, b.time(b.SIGNED)),
    ]
    for kind in ("rsa-sha256", "pss-sha256"):
        data = signed_data.encode(
            "2.23.136.1.1.2",
            content,
            digest="sha256",
            certificates=[signer.raw],
            signer=signer.certificate,
            algorithm=b.algorithm(kind),
            attributes=attributes,
            signature=b.sign(signer.key, kind, b.set_of(attributes)),
            by_key_identifier=True,
        )
        read = MasterList.parse(data)
        assert read.certificates == master_list(NEW).certificates
        assert read.verify([b.utopia().certificate], at=b.AT).outcome == "passed"
        assert read.verify([anchor()], at=b.AT).outcome == "undetermined"
