"""OpenSSL's command line reads what we write, and we read what it writes."""

import os
import re
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from asn1crypto import parser
from asn1crypto import pem as armour

from tests.support import builders as b
from tjdocs.asn1 import x509_schema
from tjdocs.lds import ef_sod
from tjdocs.lds.ef_sod import EfSod
from tjdocs.pki import Authority, Certificate, TrustStore, algorithms, certification_path, public_key
from tjdocs.pki.crl import Crl
from tjdocs.pki.signed_data import SignedData
from tjdocs.pki.trust import import_files, revocation

OPENSSL = shutil.which("openssl") or ""
pytestmark = pytest.mark.interop
AT = str(int(datetime(2026, 11, 25, tzinfo=UTC).timestamp()))
SIGNED = datetime(2026, 11, 24, 9, tzinfo=UTC)
ECDSA = {"sha1": "1.2.840.10045.4.1"} | {
    f"sha{size}": f"1.2.840.10045.4.3.{number}" for number, size in enumerate((224, 256, 384, 512), 1)
}
ISSUING = [key for key, row in algorithms.combinations().items() if row.issue]
DIGESTS = ["sha224", "sha256", "sha384", "sha512"]  # of data groups: Doc 9303-12, 4.1.8
HASHES = {1: bytes(32), 2: bytes(range(32))}


def openssl(*arguments: str | Path, fails: bool = False, data: bytes | None = None) -> str:
    """Return what the program printed on both channels; fail unless it ended as expected."""
    run = subprocess.run(
        [OPENSSL, *map(str, arguments)],
        input=data,
        capture_output=True,
        check=False,
        env={"PATH": os.environ["PATH"], "OPENSSL_CONF": os.devnull},
    )
    text = (run.stdout + run.stderr).decode("utf-8", "replace")
    assert (run.returncode != 0) == fails, text
    return text


def pem(path: Path, kind: str, *blocks: bytes) -> Path:
    path.write_bytes(b"".join(armour.armor(kind, block) for block in blocks))
    return path


# ----------------------------------------------------------------------------------------------- what we write, OpenSSL


@pytest.mark.requirement("ICAO-PROFILE")
def test_chain_with_named_curves(named_authority, tmp_path):
    root = pem(tmp_path / "root.pem", "CERTIFICATE", named_authority.csca.raw)
    for signer in (named_authority.document_signer(), named_authority.seal_signer("emergency-travel-document")):
        leaf = pem(tmp_path / "leaf.pem", "CERTIFICATE", signer.certificate.raw)
        arguments = ["verify", "-attime", AT, "-CAfile", root, "-x509_strict", "-purpose", "any"]
        assert ": OK" in openssl(*arguments, leaf)
    changed = bytearray(named_authority.document_signer().certificate.raw)
    changed[-1] ^= 1
    assert "signature failure" in openssl(
        *arguments, pem(tmp_path / "bad.pem", "CERTIFICATE", bytes(changed)), fails=True
    )


@pytest.mark.requirement("ICAO-PROFILE")
def test_chain_with_explicit_parameters(authority, tmp_path):
    """The standard asks for explicit parameters, OpenSSL's chain verification refuses them by policy, after reading."""
    root = pem(tmp_path / "root.pem", "CERTIFICATE", authority.csca.raw)
    leaf = pem(tmp_path / "leaf.pem", "CERTIFICATE", authority.document_signer().certificate.raw)
    text = openssl("verify", "-attime", AT, "-CAfile", root, leaf, fails=True)
    assert "explicit" in text.lower()
    shown = openssl("x509", "-in", leaf, "-noout", "-text")
    assert "Field Type: prime-field" in shown
    assert "Cofactor:  1 (0x1)" in shown
    key = tmp_path / "key.pem"
    key.write_text(openssl("x509", "-in", root, "-noout", "-pubkey"))
    certificate = authority.document_signer().certificate
    (tmp_path / "tbs").write_bytes(certificate.tbs)
    (tmp_path / "signature").write_bytes(certificate.signature)
    arguments = ["dgst", "-sha384", "-verify", key, "-signature", tmp_path / "signature", tmp_path / "tbs"]
    assert "Verified OK" in openssl(*arguments)


@pytest.mark.requirement("ICAO-PROFILE")
def test_certificates_in_words(named_authority, tmp_path):
    leaf = pem(tmp_path / "leaf.pem", "CERTIFICATE", named_authority.document_signer().certificate.raw)
    text = openssl("x509", "-in", leaf, "-noout", "-text")
    for expected in ("Digital Signature", "Private Key Usage Period", "DirName:/?L ?= ?TJK", "URI:", "Version: 3"):
        assert re.search(expected, text), expected
    root = pem(tmp_path / "root.pem", "CERTIFICATE", named_authority.csca.raw)
    assert "CA:TRUE, pathlen:0" in openssl("x509", "-in", root, "-noout", "-text")
    assert re.search(r"X509v3 Basic Constraints: critical", openssl("x509", "-in", root, "-noout", "-text"))


def test_revocation_list(named_authority, tmp_path):
    own = Authority.create(tmp_path / "own", at=named_authority.csca.not_before, named_curves=True)
    revoked = own.document_signer().certificate
    crl = pem(tmp_path / "crl.pem", "X509 CRL", own.new_crl(at=SIGNED, revoked=[(revoked.serial, SIGNED)]))
    root = pem(tmp_path / "root.pem", "CERTIFICATE", own.csca.raw)
    assert "verify OK" in openssl("crl", "-in", crl, "-noout", "-CAfile", root)
    text = openssl("crl", "-in", crl, "-noout", "-text")
    assert f"{revoked.serial:X}" in text
    assert "CRL Number" in text
    leaf = pem(tmp_path / "leaf.pem", "CERTIFICATE", revoked.raw)
    check = ["verify", "-attime", AT, "-CAfile", root, "-CRLfile", crl, "-crl_check", leaf]
    assert "certificate revoked" in openssl(*check, fails=True)
    pem(crl, "X509 CRL", own.new_crl(at=SIGNED + timedelta(seconds=1)))
    assert "certificate revoked" in openssl(*check, fails=True)  # and stays so


@pytest.mark.requirement("ICAO-PA")
def test_revocation_as_openssl_judges_it(named_authority, tmp_path):
    """Good, revoked, stale, of another issuer, badly signed, and none: OpenSSL's word and ours, side by side."""
    own = Authority.create(tmp_path / "own", at=named_authority.csca.not_before, named_curves=True)
    other = Authority.create(tmp_path / "other", at=named_authority.csca.not_before, named_curves=True)
    old, new = own.document_signer().certificate, own.new_document_signer(at=SIGNED).certificate
    root = pem(tmp_path / "root.pem", "CERTIFICATE", own.csca.raw)
    data = own.new_crl(at=SIGNED, revoked=[(old.serial, SIGNED)])
    later = own.new_crl(at=SIGNED + timedelta(days=3))
    forged = data[:-1] + bytes((data[-1] ^ 1,))
    until = Crl.parse(data).next_update
    assert until is not None
    cases = [
        (new, data, SIGNED, ": OK", ("passed", "")),
        (new, data, until - timedelta(seconds=1), ": OK", ("passed", "")),
        (old, data, SIGNED, "certificate revoked", ("failed", "revoked")),
        (new, data, until + timedelta(seconds=1), "CRL has expired", ("undetermined", "stale")),
        (new, later, SIGNED + timedelta(days=1), "CRL is not yet valid", ("undetermined", "not-yet-issued")),
        (new, forged, SIGNED, "CRL signature failure", ("undetermined", "crl-signature")),
        (new, None, SIGNED, "unable to get certificate CRL", ("undetermined", "no-crl")),
    ]
    for certificate, crl, at, said, expected in cases:
        leaf = pem(tmp_path / "leaf.pem", "CERTIFICATE", certificate.raw)
        lists = ["-CRLfile", pem(tmp_path / "crl.pem", "X509 CRL", crl)] if crl else []
        moment = ["-attime", str(int(at.timestamp()))]
        assert said in openssl("verify", *moment, "-CAfile", root, *lists, "-crl_check", leaf, fails=said != ": OK")
        trust = TrustStore.of([own.csca], crls=[Crl.parse(crl)] if crl else [])
        found = revocation.judge("pa.ds-revocation", certification_path.build(certificate, trust).chain, trust, at=at)
        assert (str(found.outcome), found.reason) == expected, said
    # a list of somebody else: OpenSSL finds none
    renamed = b.revocation_list(b.csca("CSCA Elsewhere", "XX"))
    lists = ["-CRLfile", pem(tmp_path / "crl.pem", "X509 CRL", renamed.raw)]
    leaf = pem(tmp_path / "leaf.pem", "CERTIFICATE", new.raw)
    arguments = ["verify", "-attime", AT, "-CAfile", root, *lists, "-crl_check", leaf]
    assert "unable to get certificate CRL" in openssl(*arguments, fails=True)
    trust = TrustStore.of([own.csca], crls=[renamed])
    found = revocation.judge("pa.ds-revocation", certification_path.build(new, trust).chain, trust, at=SIGNED)
    assert (str(found.outcome), found.reason) == ("undetermined", "other-issuer")
    assert other.csca.subject == own.csca.subject  # the same name, another key: not a list of ours
    trust = TrustStore.of([own.csca], crls=[Crl.parse(other.new_crl(at=SIGNED))])
    found = revocation.judge("pa.ds-revocation", certification_path.build(new, trust).chain, trust, at=SIGNED)
    assert (str(found.outcome), found.reason) == ("undetermined", "crl-signature")


@pytest.mark.requirement("ICAO-DER")
def test_everything_parses_as_asn1(authority, tmp_path):
    signer = authority.document_signer()
    made = ef_sod.build(HASHES, digest="sha256", signer=signer, signing_time=SIGNED, lds_version="0108")
    for name, data in {
        "csca": authority.csca.raw,
        "ds": signer.certificate.raw,
        "seal": authority.seal_signer("emergency-travel-document").certificate.raw,
        "crl": (authority.folder / "csca.crl").read_bytes(),
        "sod": parser.parse(made)[4],
    }.items():
        (tmp_path / name).write_bytes(data)
        text = openssl("asn1parse", "-inform", "DER", "-in", tmp_path / name)
        assert "l= inf" not in text
        assert not re.search(r":BAD [A-Z]", text)  # hexadecimal digits may spell the word too
        first = re.match(r"\s*0:d=0\s+hl=(\d)\s+l=\s*(\d+)", text)
        assert int(first[1]) + int(first[2]) == len(data)


@pytest.mark.requirement("ICAO-SOD")
@pytest.mark.parametrize("by_key_identifier", [False, True])
def test_security_object_with_named_curves(named_authority, tmp_path, by_key_identifier):
    signer = named_authority.document_signer()
    made = ef_sod.build(HASHES, digest="sha256", signer=signer, signing_time=SIGNED, by_key_identifier=by_key_identifier)
    message, root = tmp_path / "sod.der", pem(tmp_path / "root.pem", "CERTIFICATE", named_authority.csca.raw)
    message.write_bytes(parser.parse(made)[4])
    out = tmp_path / "content"
    check = [
        "cms",
        "-verify",
        "-inform",
        "DER",
        "-in",
        message,
        "-CAfile",
        root,
        "-attime",
        AT,
        "-purpose",
        "any",
        "-out",
        out,
    ]
    assert "successful" in openssl(*check)
    assert out.read_bytes() == EfSod.parse(made).signed_data.content
    data = bytearray(message.read_bytes())
    data[-1] ^= 1
    message.write_bytes(data)
    assert "successful" not in openssl(*check, fails=True)


@pytest.mark.requirement("ICAO-SOD")
def test_security_object_with_explicit_parameters(authority, tmp_path):
    made = ef_sod.build(HASHES, digest="sha256", signer=authority.document_signer(), signing_time=SIGNED)
    message, out = tmp_path / "sod.der", tmp_path / "content"
    message.write_bytes(parser.parse(made)[4])
    check = ["cms", "-verify", "-noverify", "-inform", "DER", "-in", message, "-out", out]
    assert "successful" in openssl(*check)
    assert out.read_bytes() == EfSod.parse(made).signed_data.content
    data = message.read_bytes().replace(bytes(32), bytes(31) + b"\1", 1)  # a hash in the content
    message.write_bytes(data)
    assert "successful" not in openssl(*check, fails=True)


@pytest.mark.requirement("ICAO-SOD")
@pytest.mark.parametrize("algorithm", ISSUING)
def test_security_object_of_every_combination_that_may_issue(tmp_path, algorithm):
    """Whatever the digest of the data groups is, that of SignerInfo is the signature's (RFC 8933, 3.1)."""
    made = Authority.create(tmp_path / "own", at=SIGNED, named_curves=True, signer_algorithm=algorithm)
    message, root = tmp_path / "sod.der", pem(tmp_path / "root.pem", "CERTIFICATE", made.csca.raw)
    check = ["cms", "-verify", "-inform", "DER", "-in", message, "-CAfile", root, "-attime", AT, "-purpose", "any"]
    for digest in DIGESTS:
        hashes = {number: b.digest(digest, b"%d" % number) for number in (1, 2)}
        data = ef_sod.build(hashes, digest=digest, signer=made.document_signer(), signing_time=SIGNED)
        message.write_bytes(parser.parse(data)[4])
        assert "successful" in openssl(*check, "-out", tmp_path / "content")


# ----------------------------------------------------------------------------------------- what OpenSSL writes, we read


@pytest.mark.parametrize("hash_", ["sha1", "sha224", "sha256", "sha384", "sha512"])
@pytest.mark.parametrize("curve", ["brainpoolP192r1", "brainpoolP224r1", "brainpoolP320r1", "prime192v1", "secp224r1"])
def test_signatures_on_curves_that_few_libraries_have(tmp_path, curve, hash_):
    key, data, signature = tmp_path / "key.pem", tmp_path / "data", tmp_path / "signature"
    form = "explicit" if hash_ in ("sha1", "sha512") else "named_curve"
    openssl("ecparam", "-name", curve, "-genkey", "-noout", "-param_enc", form, "-out", key)
    openssl("pkey", "-in", key, "-pubout", "-outform", "DER", "-out", tmp_path / "public")
    data.write_bytes(b"what is signed")
    openssl("dgst", f"-{hash_}", "-sign", key, "-out", signature, data)
    loaded = public_key.load((tmp_path / "public").read_bytes())
    assert loaded.kind == "ec"
    assert loaded.explicit is (form == "explicit")
    algorithm = x509_schema.AlgorithmId(ECDSA[hash_], b"")
    assert public_key.verify(loaded, algorithm, signature.read_bytes(), b"what is signed").valid is True
    assert public_key.verify(loaded, algorithm, signature.read_bytes(), b"what is signed!").valid is False


def request(tmp_path: Path, *arguments: str) -> tuple[Path, Path]:
    """Return a self-signed certificate and its key, as OpenSSL makes them."""
    key, certificate = tmp_path / "made.key", tmp_path / "made.pem"
    config = tmp_path / "config"
    config.write_text(
        "[req]\ndistinguished_name=dn\nprompt=no\nx509_extensions=ca\n[dn]\nC=UT\nO=SPECIMEN\nCN=OpenSSL\n"
        "[ca]\nbasicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign,digitalSignature\n"
        "subjectKeyIdentifier=hash\n"
    )
    openssl("req", "-x509", "-nodes", "-config", config, "-keyout", key, "-out", certificate, "-days", "30", *arguments)
    return certificate, key


@pytest.mark.parametrize(
    ("arguments", "scheme"),
    [
        (["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:brainpoolP320r1", "-sha384"], "ecdsa-sha384"),
        (
            ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-pkeyopt", "ec_param_enc:explicit", "-sha256"],
            "ecdsa-sha256",
        ),
        (["-newkey", "rsa:2048", "-sha256"], "rsa-sha256"),
        (["-newkey", "rsa:2048", "-pkeyopt", "rsa_keygen_pubexp:3", "-sha512"], "rsa-sha512"),
        (
            ["-newkey", "rsa:2048", "-sha256", "-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:20"],
            "rsa-pss",
        ),
        (["-newkey", "rsa-pss", "-pkeyopt", "rsa_keygen_bits:2048", "-sha256"], "rsa-pss"),
    ],
    ids=lambda value: value if isinstance(value, str) else "-".join(value[1:3]),
)
def test_certificates_that_openssl_made(tmp_path, arguments, scheme):
    path, _ = request(tmp_path, *arguments)
    certificate = import_files.read_certificate(path)
    result = certificate.verify(certificate)
    assert (result.valid, result.algorithm, result.warnings) == (True, scheme, ())
    changed = Certificate.parse(certificate.raw.replace(b"OpenSSL", b"openssl"))
    assert changed.verify(changed).reason == "wrong-signature"


@pytest.mark.parametrize(
    ("options", "warnings"),
    [([], ()), (["-keyid"], ()), (["-stream", "-indef"], ("ber-encoded",))],
    ids=["serial", "keyid", "ber"],
)
def test_signed_data_that_openssl_made(tmp_path, options, warnings):
    path, key = request(tmp_path, "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384", "-sha384")
    (tmp_path / "content").write_bytes(b"the octets signed" * 1000)
    # a content type of its own makes OpenSSL write version 3, as the LDS security object has
    arguments = ["cms", "-sign", "-binary", "-nodetach", "-nosmimecap", "-md", "sha384", "-outform", "DER"]
    arguments += ["-econtent_type", b.LDS_OBJECT, "-signer", str(path), "-inkey", str(key), *options]
    openssl(*arguments, "-in", tmp_path / "content", "-out", tmp_path / "message")
    data = SignedData.parse((tmp_path / "message").read_bytes())
    assert data.content == b"the octets signed" * 1000
    assert data.content_type == b.LDS_OBJECT
    assert data.warnings == warnings
    (info,), (certificate,) = data.signers, data.parsed_certificates
    assert info.match(certificate) == ""
    result = data.verify(info, certificate)
    assert (result.valid, result.reason, result.warnings) == (True, "", ())
    assert (info.digest, result.hash) == ("sha384", "sha384")


def test_revocation_list_that_openssl_made(tmp_path):
    path, key = request(tmp_path, "-newkey", "rsa:2048", "-sha256")
    config = tmp_path / "ca"
    config.write_text(
        f"[ca]\ndefault_ca=x\n[x]\ndatabase={tmp_path}/index\ncrlnumber={tmp_path}/number\ndefault_md=sha256\n"
        "default_crl_days=30\n"
    )
    (tmp_path / "index").write_text("R\t301124080000Z\t261124080000Z,keyCompromise\t0123AB\tunknown\t/CN=x\n")
    (tmp_path / "number").write_text("07\n")
    openssl("ca", "-config", config, "-gencrl", "-keyfile", key, "-cert", path, "-out", tmp_path / "crl.pem")
    crl, certificate = import_files.read_crl(tmp_path / "crl.pem"), import_files.read_certificate(path)
    assert isinstance(crl, Crl)
    assert crl.serials == {0x0123AB}  # an entry with a reason code is read, too
    assert crl.verify(certificate).valid
    assert crl.of_issuer(certificate.subject)
