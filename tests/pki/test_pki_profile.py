"""What the authority issues, against the standard's table of profiles, read by another library (Doc 9303-12, 7.1)."""

import hashlib
import string
from datetime import UTC, datetime, timedelta

import pytest
from asn1crypto import core, crl, x509
from hypothesis import example, given
from hypothesis import strategies as st

from tests.support import signing
from tjdocs import specs
from tjdocs.errors import SpecError, UsageError
from tjdocs.pki import Authority, certificate_profiles
from tjdocs.times import Period

# Doc 9303-12, table 6: m mandatory, o optional, x must not be there; and whether it is critical
EXTENSIONS = {
    #                          oid                 root  ds  seal  critical
    "authorityKeyIdentifier": ("2.5.29.35", "o", "m", "m", False),
    "subjectKeyIdentifier": ("2.5.29.14", "m", "o", "x", False),
    "keyUsage": ("2.5.29.15", "m", "m", "x", True),
    "privateKeyUsagePeriod": ("2.5.29.16", "m", "m", "x", False),
    "certificatePolicies": ("2.5.29.32", "o", "o", "x", False),
    "subjectAltName": ("2.5.29.17", "m", "m", "x", False),
    "issuerAltName": ("2.5.29.18", "m", "m", "x", False),
    "basicConstraints": ("2.5.29.19", "m", "x", "x", True),
    "extKeyUsage": ("2.5.29.37", "x", "x", "m", True),
    "cRLDistributionPoints": ("2.5.29.31", "m", "m", "x", False),
    "nameChange": ("2.23.136.1.1.6.1", "o", "x", "x", False),
    "documentTypeList": ("2.23.136.1.1.6.2", "x", "m", "o", False),
}
FORBIDDEN = ["2.5.29.33", "2.5.29.9", "2.5.29.30", "2.5.29.36", "2.5.29.54", "2.5.29.46", "2.16.840.1.113730.1.1"]
ROLES = ["root", "ds", "seal"]


@pytest.fixture(scope="module", params=["explicit", "named"])
def issued(request, authority, named_authority):
    made = authority if request.param == "explicit" else named_authority
    certificates = [made.csca, made.document_signer().certificate, made.seal_signer("emergency-travel-document").certificate]
    return request.param, dict(
        zip(ROLES, (x509.Certificate.load(c.raw, strict=True) for c in certificates), strict=True)
    )


def extensions(certificate: x509.Certificate) -> dict[str, x509.Extension]:
    return {item["extn_id"].dotted: item for item in certificate["tbs_certificate"]["extensions"]}


@pytest.mark.requirement("ICAO-PROFILE")
@pytest.mark.parametrize("role", ROLES)
def test_extensions_are_those_of_the_table(issued, role):
    found = extensions(issued[1][role])
    for name, (oid, *presence, critical) in EXTENSIONS.items():
        wanted = presence[ROLES.index(role)]
        assert wanted != "m" or oid in found, f"{name} is missing"
        assert wanted != "x" or oid not in found, f"{name} must not be there"
        if oid in found:
            assert found[oid]["critical"].native is critical, name
    assert not set(FORBIDDEN) & set(found)
    assert set(found) <= {row[0] for row in EXTENSIONS.values()}


@pytest.mark.requirement("ICAO-PROFILE")
@pytest.mark.parametrize("role", ROLES)
def test_fields_are_those_of_the_table(issued, role):
    certificate = issued[1][role]
    tbs = certificate["tbs_certificate"]
    assert tbs["version"].native == "v3"
    assert 0 < certificate.serial_number < 2**159
    assert len(tbs["serial_number"].contents) <= 20
    assert tbs["signature"].dump() == certificate["signature_algorithm"].dump()
    assert tbs["issuer_unique_id"].native is None
    assert tbs["subject_unique_id"].native is None
    for name in ("not_before", "not_after"):
        moment = tbs["validity"][name]
        assert moment.name == ("utc_time" if moment.native.year < 2050 else "general_time")
        assert moment.chosen.contents.endswith(b"Z")
        assert moment.native.microsecond == 0
    for extension in tbs["extensions"]:  # defaults are never written
        critical = extension["critical"].native
        assert extension.contents.count(b"\x01\x01\xff") >= critical
        assert b"\x01\x01\x00" not in extension.contents


@pytest.mark.requirement("ICAO-PROFILE")
@pytest.mark.parametrize("role", ROLES)
def test_names_are_those_of_the_table(issued, role):
    certificate = issued[1][role]
    root = issued[1]["root"]
    assert certificate.issuer.dump() == root.subject.dump()
    for name in (certificate.issuer, certificate.subject):
        pairs = [pair for rdn in name.chosen for pair in rdn]
        assert all(len(rdn) == 1 for rdn in name.chosen)
        kinds = {pair["type"].native: pair["value"] for pair in pairs}
        assert {"country_name", "common_name"} <= set(kinds)
        assert kinds["country_name"].native == "TJ"
        assert isinstance(kinds["country_name"].chosen, core.PrintableString)
        for value in kinds.values():
            assert isinstance(value.chosen, core.PrintableString | core.UTF8String)
    if role == "seal":
        assert set(certificate.subject.native) == {"country_name", "common_name"}
        letters = certificate.subject.native["common_name"]
        assert len(letters) == 2
        assert set(letters) <= set(string.ascii_uppercase + string.digits)
    else:
        assert "TRIAL" in certificate.subject.native["common_name"]


@pytest.mark.requirement("ICAO-PROFILE")
def test_keys_and_identifiers(issued):
    form, certificates = issued
    root = certificates["root"]
    assert root.issuer.dump() == root.subject.dump()
    for role, certificate in certificates.items():
        assert certificate.authority_key_identifier == root.key_identifier
        key = certificate.public_key
        assert key.algorithm == "ec"
        point = key["public_key"].native if isinstance(key["public_key"].native, bytes) else bytes(key["public_key"])
        assert point[0] == 4  # uncompressed
        if role != "seal":
            assert certificate.key_identifier == hashlib.sha1(point).digest()  # RFC 5280, 4.2.1.2, method 1
        parameters = key["algorithm"]["parameters"]
        assert parameters.name == ("specified" if form == "explicit" else "named")
        name = "secp384r1" if role == "root" else "secp256r1"
        if form == "named":
            assert parameters.native == name
            continue
        row = {key: int(signing.CURVES[name][key], 16) for key in ("p", "a", "b", "gx", "gy", "n")}
        chosen, size = parameters.chosen, (signing.CURVES[name]["bits"] + 7) // 8
        assert chosen["version"].native == "ecdpVer1"
        assert chosen["field_id"]["field_type"].native == "prime_field"
        assert chosen["field_id"]["parameters"].native == row["p"]
        assert bytes(chosen["curve"]["a"]) == row["a"].to_bytes(size, "big")
        assert bytes(chosen["curve"]["b"]) == row["b"].to_bytes(size, "big")
        assert bytes(chosen["base"]) == b"\4" + row["gx"].to_bytes(size, "big") + row["gy"].to_bytes(size, "big")
        assert (chosen["order"].native, chosen["cofactor"].native) == (row["n"], 1)


@pytest.mark.requirement("ICAO-PROFILE")
def test_what_the_extensions_say(issued):
    root, ds, seal = (issued[1][role] for role in ROLES)
    assert root.key_usage_value.native == {"key_cert_sign", "crl_sign"}
    assert ds.key_usage_value.native == {"digital_signature"}
    assert root.basic_constraints_value.native == {"ca": True, "path_len_constraint": 0}
    assert [item.dotted for item in seal.extended_key_usage_value] == ["2.23.136.1.1.11.1"]
    for certificate in (root, ds):
        names = certificate.subject_alt_name_value
        assert names.dump() == certificate.issuer_alt_name_value.dump()  # the same State in both
        directory, contact = names
        assert directory.native == {"locality_name": "TJK"}
        assert contact.name in ("rfc822_name", "dns_name", "uniform_resource_identifier")
        (point,) = certificate.crl_distribution_points_value
        assert point["distribution_point"].name == "full_name"
        assert (point["reasons"].native, point["crl_issuer"].native) == (None, None)
        (uri,) = point["distribution_point"].native
        assert uri.startswith(("https://", "http://", "ldap://"))


class Codes(core.SetOf):
    _child_spec = core.PrintableString


class DocumentTypeList(core.Sequence):
    _fields = [("version", core.Integer), ("codes", Codes)]  # noqa: RUF012


@pytest.mark.requirement("ICAO-PROFILE")
@pytest.mark.parametrize("role", ["ds", "seal"])
def test_document_types(issued, role):
    value = extensions(issued[1][role])["2.23.136.1.1.6.2"]["extn_value"]
    read = DocumentTypeList.load(bytes(value), strict=True)
    assert read["version"].native == 0
    assert all(1 <= len(code) <= 2 and code.isalpha() and code.isupper() for code in read["codes"].native)


@pytest.mark.requirement("ICAO-PROFILE")
def test_periods(issued, made):
    """Doc 9303-12, table 1: a certificate is valid for the use of its key and the longest life of what it signs."""
    root, ds, seal = (issued[1][role] for role in ROLES)
    assert root.not_valid_before == ds.not_valid_before == seal.not_valid_before == made
    period = {role: issued[1][role].private_key_usage_period_value for role in ("root", "ds")}
    assert period["root"]["not_before"].native == made
    years = (period["root"]["not_after"].native - made).days / 365.25
    assert 3 <= years <= 5
    assert (period["ds"]["not_after"].native - made) <= timedelta(days=93)  # three months
    ten_years_after_the_last_use = period["ds"]["not_after"].native.replace(
        year=period["ds"]["not_after"].native.year + 10
    )
    assert ds.not_valid_after >= ten_years_after_the_last_use
    last = period["root"]["not_after"].native
    assert root.not_valid_after >= last + (ds.not_valid_after - ds.not_valid_before) - timedelta(days=3)
    assert seal.not_valid_after - seal.not_valid_before >= timedelta(days=365 + 365 + 28)


@pytest.mark.requirement("ICAO-PROFILE")
def test_revocation_list_follows_its_profile(authority, made):
    read = crl.CertificateList.load((authority.folder / "csca.crl").read_bytes(), strict=True)
    listed = read["tbs_cert_list"]
    assert listed["version"].native == "v2"
    assert listed["signature"].dump() == read["signature_algorithm"].dump()
    assert read.issuer.dump() == authority.csca.subject
    assert listed["this_update"].native == made
    assert timedelta(0) < listed["next_update"].native - made <= timedelta(days=90)
    assert listed["revoked_certificates"].native is None  # absent when empty
    found = {item["extn_id"].native: item for item in listed["crl_extensions"]}
    assert set(found) == {"authority_key_identifier", "crl_number"}
    assert not any(item["critical"].native for item in found.values())
    number = found["crl_number"]["extn_value"].parsed.native
    assert number % 2**32 == 1  # the first; above it the trial's own range
    assert number < 2**159
    assert found["authority_key_identifier"]["extn_value"].parsed["key_identifier"].native == (
        authority.csca.subject_key_identifier
    )


# -------------------------------------------------------------------------------------------------------------- periods

moments = st.datetimes(datetime(2000, 1, 1), datetime(2090, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


@given(moments, st.integers(0, 20), st.integers(0, 30))
@example(datetime(2026, 1, 31, tzinfo=UTC), 0, 3)
@example(datetime(2026, 1, 31, tzinfo=UTC), 0, 1)
@example(datetime(2028, 2, 29, tzinfo=UTC), 1, 0)
@example(datetime(2027, 8, 31, tzinfo=UTC), 0, 6)
def test_calendar_arithmetic(moment, years, months):
    after = Period(years=years, months=months).after_moment(moment)
    total = moment.year * 12 + moment.month - 1 + 12 * years + months
    assert (after.year * 12 + after.month - 1) == total
    assert after.timetz() == moment.timetz()
    assert after.day == moment.day or (after.day < moment.day and (after + timedelta(days=1)).day == 1)


@given(moments)
@example(datetime(2026, 11, 30, tzinfo=UTC))
@example(datetime(2028, 2, 29, 8, tzinfo=UTC))
def test_a_signer_of_the_last_days_fits_into_its_csca(moment):
    """Doc 9303-12, table 1: the CSCA lives as long as what its key signed to the last moment, and a day at most longer."""
    profile = certificate_profiles.load()
    last_use, end = profile.csca.private_key.after_moment(moment), profile.csca_end(moment)
    for hours in range(0, 24 * 4, 5):
        use = last_use - timedelta(hours=hours)
        assert profile.ds.certificate.after_moment(use) <= end
        assert profile.seal.certificate.after_moment(use) <= end
    assert timedelta(0) <= end - profile.csca.certificate.after_moment(moment).replace(microsecond=0) < timedelta(days=1)


def test_names_of_signers():
    profile = certificate_profiles.load()

    def common_name(data: bytes) -> str:
        return x509.Name.load(data, strict=True).native["common_name"]

    assert common_name(profile.csca_name(trial=False)) == "CSCA Tajikistan"
    assert common_name(profile.csca_name(trial=True)) == "CSCA Tajikistan TRIAL"
    assert common_name(profile.signer_name(7, trial=False)) == "Document Signer Tajikistan 0007"
    assert common_name(profile.signer_name(7, trial=True)) == "Document Signer Tajikistan TRIAL 0007"
    assert [common_name(profile.seal_name(n)) for n in (1, 10, 35, 36, 1295)] == ["01", "0A", "0Z", "10", "ZZ"]
    assert len({profile.seal_name(n) for n in range(1, 1296)}) == 1295
    for used_up in (0, 1296):
        with pytest.raises(UsageError, match="all names of seal signers are used"):
            profile.seal_name(used_up)


SOUND = specs.read_toml("pki/profiles.toml")


@pytest.mark.parametrize(
    "change",
    [
        lambda table: table.pop("csca"),
        lambda table: table.update(more={}),
        lambda table: table["issuing_state"].pop("code"),
        lambda table: table["issuing_state"].update(capital="Dushanbe"),
        lambda table: table["ds"].update(documents=[]),
        lambda table: table["ds"].pop("key"),
        lambda table: table["crl"].update(days=1),
        lambda table: table["crl"].update(shortest_hours=24 * 90),
        lambda table: table["seal"].update(document_types=["P"]),
        lambda table: table["seal"].update(category={"visa": ["V"], "other": ["V"]}, at_creation=[]),
        lambda table: table["seal"].update(category={"visa": []}, at_creation=[]),
        lambda table: table["seal"].update(at_creation=["no-such"]),
        lambda table: table["seal"].update(keys_a_year=2),
        lambda table: table["ds"].update(private_key={"weeks": 1}),
        lambda table: table["ds"].update(certificate=3),
    ],
)
def test_a_misspelt_entry_is_an_error(monkeypatch, change):
    table = {name: dict(part) if isinstance(part, dict) else part for name, part in SOUND.items()}
    change(table)
    monkeypatch.setattr(specs, "read_toml", lambda path: table)
    certificate_profiles.load.cache_clear()
    try:
        with pytest.raises(SpecError):
            certificate_profiles.load()
    finally:
        certificate_profiles.load.cache_clear()


def test_another_algorithm_than_the_profiles(tmp_path, made):
    folder = tmp_path / "rsa"
    mixed = Authority.create(folder, at=made, csca_algorithm="ecdsa-bp256-sha384", signer_algorithm="rsa-pss-sha512")
    ds = x509.Certificate.load(mixed.document_signer().certificate.raw, strict=True)
    assert ds.public_key.algorithm == "rsa"
    assert ds["signature_algorithm"]["algorithm"].native == "sha384_ecdsa"
    assert mixed.csca.key.name == "brainpoolP256r1"
    assert mixed.document_signer().certificate.verify(mixed.csca).valid
    assert mixed.seal_signer("emergency-travel-document").certificate.key.name == "secp256r1"  # seals: ECDSA only, as the profile says
    assert mixed.seal_signer("emergency-travel-document").certificate.verify(mixed.csca).valid
