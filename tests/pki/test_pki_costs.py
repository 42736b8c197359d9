"""Inputs made to keep a reader busy with signatures: what they cost is bounded by what their keys cost, not by a count."""

import base64
import time
from dataclasses import replace

import ecdsa
import pytest
from ecdsa.util import sigencode_der

from tests.support import builders as b
from tests.support import seals_made as seals
from tests.support.lists_made import LIST_SIGNER, list_signer, master_list
from tjdocs import limits, seal
from tjdocs.asn1 import ber
from tjdocs.pki import TrustStore, curves, public_key
from tjdocs.pki.attempts import COST, Attempts
from tjdocs.pki.certificate import Certificate
from tjdocs.pki.crl import Crl
from tjdocs.pki.trust import import_files, revocation, signer_rules, store_file
from tjdocs.pki.trust.master_list import MasterList

BRAINPOOL = curves.by_name("brainpoolP320r1")
LIBRARY = ecdsa.curves.BRAINPOOLP320r1
NAME = b.name(("C", b.COUNTRY))
VALID = (b.moment(2020), b.moment(2036))
SECONDS = 1.5


def key(number: int) -> ecdsa.SigningKey:
    return ecdsa.SigningKey.from_secret_exponent(1000 + number, LIBRARY)


def point(number: int) -> bytes:
    return b.ec_spki(BRAINPOOL.oid, b"\x04" + bytes(key(number).verifying_key.to_string()))


WRONG = b.sequence(b.integer(BRAINPOOL.n // 3), b.integer(BRAINPOOL.n // 5))
AUTHORITY = [b.key_usage("keyCertSign", "cRLSign"), b.basic_constraints(ca=True)]


def slow(number: int, *, by: int | None = None, extensions=(), info: bytes | None = None) -> b.Party:
    given = {"info": info or point(number), "identifier": b"", "serial": number + 1, "period": VALID}
    if by is None:
        return b.certify(NAME, None, extensions, signature=WRONG, **given)
    tbs = b.certify(NAME, None, extensions, signature=b"", **given).certificate.tbs
    signature = key(by).sign(tbs, hashfunc=ecdsa.util.sha256, sigencode=sigencode_der)
    return b.certify(NAME, None, extensions, signature=signature, **given)


class Spent:
    """Counts what is verified, by what a key of its kind costs; a verification that is remembered costs nothing."""

    def __init__(self) -> None:
        self.cost, self.count = 0.0, 0


@pytest.fixture
def spent(monkeypatch):
    found, verify = Spent(), public_key.verify

    def counting(key, *arguments, **more):
        found.cost += key.cost
        found.count += 1
        return verify(key, *arguments, **more)

    monkeypatch.setattr(public_key, "verify", counting)
    return found


def pem(*parties: b.Party) -> bytes:
    blocks = (base64.encodebytes(party.raw) for party in parties)
    return b"".join(b"-----BEGIN CERTIFICATE-----\n" + block + b"-----END CERTIFICATE-----\n" for block in blocks)


def rsa_with_a_long_exponent(number: int) -> bytes:
    modulus = (1 << 3071) + 2 * number + 1
    return b.rsa_spki(modulus, modulus - 2)


CROWDS = {
    "a curve that OpenSSL lacks": [slow(number) for number in range(60)],
    "exponents as long as their modulus": [
        b.certify(NAME, None, [], info=rsa_with_a_long_exponent(n), identifier=b"", serial=n + 1, period=VALID, kind="rsa-sha256", signature=bytes(383) + b"\2")
        for n in range(60)
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", CROWDS)
def test_a_crowd_of_certificates_of_one_name(tmp_path, name, spent):
    data = pem(*CROWDS[name])
    assert len(data) < 120_000
    (tmp_path / "crowd.pem").write_bytes(data)
    store = TrustStore.create(tmp_path / "trust.db")
    (report,) = import_files.import_files(store, [tmp_path / "crowd.pem"], at=b.AT)
    assert report.certificates == 60
    assert "limit" in {resolution.reason for resolution in report.unresolved}
    assert 0 < spent.cost <= limits.ATTEMPTS_COST + limits.LIST_COST_PER_BYTE * len(data)


def folder_of(tmp_path, files: dict[str, bytes]):
    folder = tmp_path / "folder"
    folder.mkdir()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder, sum(map(len, files.values()))


@pytest.mark.parametrize("name", CROWDS)
def test_a_crowd_in_as_many_files_costs_no_more(tmp_path, name, spent):
    folder, size = folder_of(tmp_path, {f"{n:02}.cer": party.raw for n, party in enumerate(CROWDS[name])})
    store = TrustStore.create(tmp_path / "trust.db")
    reports = import_files.import_files(store, [folder], at=b.AT)
    assert sum(report.certificates for report in reports) == 60
    # a file's part need not suffice for one key of which a second suffices for two
    assert spent.cost <= limits.ATTEMPTS_COST + limits.LIST_COST_PER_BYTE * size


def test_honest_roots_in_as_many_files_are_placed(tmp_path):
    roots = [slow(n, by=n, extensions=[*AUTHORITY, b.subject_identifier(bytes([n]) * 20)]) for n in range(60)]
    folder, _ = folder_of(tmp_path, {f"{n:02}.cer": party.raw for n, party in enumerate(roots)})
    store = TrustStore.create(tmp_path / "trust.db")
    reports = import_files.import_files(store, [folder], at=b.AT)
    assert [(report.verified_self, report.unresolved) for report in reports] == [(1, ())] * 60


def test_master_lists_and_revocation_lists_in_one_folder(tmp_path, spent):
    """Each master list is judged against all revocation lists: what that costs does not multiply."""
    party = list_signer()
    crowd = [slow(number, extensions=AUTHORITY) for number in range(200, 260)]
    lists = {
        f"b{n}.ml": master_list([b.utopia().raw, *(p.raw for p in crowd[3 * n : 3 * n + 3])], party, inside=[party.raw, crowd[n].raw])
        for n in range(20)
    }
    given = {"issuer": NAME, "key": b.ec_key("nobody")}
    revoking = {f"a{n}.crl": b.revocation_list(b.utopia(), [party.certificate.serial, n], **given).raw for n in range(20)}
    folder, size = folder_of(tmp_path, revoking | lists)
    assert size < 100_000
    store = TrustStore.create(tmp_path / "trust.db")
    reports = import_files.import_files(store, [folder], anchors=[b.utopia().certificate], at=b.AT)
    assert {report.signature for report in reports if report.source.endswith(".ml")} <= {"passed", "warning"}
    assert spent.cost < 1000 * SECONDS


def many_lists(tmp_path, monkeypatch) -> tuple[list, list]:
    """Three hundred short revocation lists, and what is counted while they are imported: writes and conversions."""
    written, converted = [], []
    for name, found in (("write", written), ("write_crls", written)):
        real = getattr(store_file, name)
        monkeypatch.setattr(store_file, name, lambda *given, real=real, found=found: found.append(given) or real(*given))
    real_ber = ber.to_der
    monkeypatch.setattr(ber, "to_der", lambda data: converted.append(data) or real_ber(data))
    return written, converted


LISTS = [b.revocation_list(b.utopia(), [number + 1]).raw for number in range(300)]


def test_many_revocation_lists_in_one_file_are_each_read_once(tmp_path, monkeypatch):
    """To be told that a list is no certificate costs ten times as much as reading it."""
    file = tmp_path / "many.crl"
    file.write_bytes(b"".join(armour(raw, "X509 CRL") for raw in LISTS))
    written, converted = many_lists(tmp_path, monkeypatch)
    store = TrustStore.create(tmp_path / "trust.db")
    (report,) = import_files.import_files(store, [file], at=b.AT)
    assert report.crls == len(store.crls) == 300
    assert len(written) == 1
    assert not converted


def test_many_revocation_lists_in_as_many_files_are_written_at_once(tmp_path, monkeypatch):
    folder = tmp_path / "lists"
    folder.mkdir()
    for number, raw in enumerate(LISTS):
        (folder / f"{number:03}.crl").write_bytes(raw)
    (folder / "100.z.cer").write_bytes(b.utopia().raw)
    written, _ = many_lists(tmp_path, monkeypatch)
    store = TrustStore.create(tmp_path / "trust.db")
    reports = import_files.import_files(store, [folder], at=b.AT)
    assert [report.crls for report in reports].count(1) == len(store.crls) == 300
    assert [crl.raw for crl in store.crls] == LISTS
    assert len(written) == 3  # those before the certificate, it, and those after it


def test_lists_around_a_file_that_cannot_be_imported_are_kept(tmp_path):
    folder = tmp_path / "lists"
    folder.mkdir()
    for number, raw in enumerate([*LISTS[:3], b"none", *LISTS[3:5]]):
        (folder / f"{number:03}.crl").write_bytes(raw)
    store = TrustStore.create(tmp_path / "trust.db")
    reports = import_files.import_files(store, [folder], at=b.AT)
    assert [(report.crls, report.unreadable) for report in reports] == [*[(1, 0)] * 3, (0, 1), *[(1, 0)] * 2]
    assert [crl.raw for crl in store.crls] == LISTS[:5]


def armour(raw: bytes, label: str) -> bytes:
    return f"-----BEGIN {label}-----\n{base64.b64encode(raw).decode()}\n-----END {label}-----\n".encode()


def test_a_crowd_that_is_honest_is_placed(tmp_path):
    """As many roots as a file of that size has, each on the same curve, and each signed by itself."""
    roots = [slow(number, by=number, extensions=[*AUTHORITY, b.subject_identifier(bytes([number]) * 20)]) for number in range(60)]
    (tmp_path / "roots.pem").write_bytes(pem(*roots))
    store = TrustStore.create(tmp_path / "trust.db")
    (report,) = import_files.import_files(store, [tmp_path / "roots.pem"], at=b.AT)
    assert (report.verified_self, report.unresolved) == (60, ())


def test_a_master_list_whose_certificates_are_a_maze(spent):
    """Paths of such keys beside the content: the search through them ends by what it cost."""
    parties = [slow(n, by=n + 1 if n < 9 else None, extensions=AUTHORITY) for n in range(60)]
    extensions = [b.key_usage("digitalSignature"), b.purposes(LIST_SIGNER)]
    own = b.ec_key("list")
    given = {"issuer": NAME, "period": VALID}
    tbs = b.certify(NAME, own, extensions, signature=b"", **given).certificate.tbs
    signature = key(0).sign(tbs, hashfunc=ecdsa.util.sha256, sigencode=sigencode_der)
    signer = b.certify(NAME, own, extensions, signature=signature, **given)
    raw = master_list([b.utopia().raw], signer, inside=[*(p.raw for p in reversed(parties)), signer.raw], by_key=None)
    assert len(raw) < 25_000
    result = MasterList.parse(raw).verify([b.csca("CSCA Elsewhere").certificate], at=b.AT)
    assert result.outcome == "undetermined"
    assert spent.count > 20
    assert spent.cost < 1000 * SECONDS


def test_a_list_is_tied_by_trusted_authorities_without_computing_with_a_stranger_s_key(spent):
    one, two = b.csca("CSCA Utopia A", key=b.ec_key("a")), b.csca("CSCA Utopia B", key=b.ec_key("b"))
    crowd = [party.certificate for party in CROWDS["a curve that OpenSSL lacks"]]
    crl = b.revocation_list(one)
    store = TrustStore.of([one.certificate, two.certificate], crowd, [crl])
    party = b.signer(two)
    found = revocation.judge("x", [party.certificate, two.certificate], store, at=b.AT)
    assert (found.outcome, found.reason) == ("undetermined", "crl-not-tied")
    assert spent.cost < 50


def test_a_revocation_list_with_a_crowd_of_authorities_of_its_issuer_s_name(spent):
    crowd = [slow(number, extensions=AUTHORITY).certificate for number in range(200, 500)]
    crl = b.revocation_list(b.csca(subject=NAME, key=b.ec_key("listing")))
    chain = [b.utopian_signer().certificate, b.utopia().certificate]
    found = revocation.judge("x", chain, TrustStore.of(chain[1:], crowd, [crl]), at=b.AT)
    assert found.reason == "crl-signature"
    assert spent.cost < 1000 * SECONDS


def of_nobody(count: int, issuer: bytes = NAME) -> list[Crl]:
    """Revocation lists of a State that none of its authorities signed."""
    return [b.revocation_list(b.utopia(), [n], issuer=issuer, key=b.ec_key("nobody")) for n in range(count)]


def test_many_revocation_lists_with_a_crowd_of_authorities(spent):
    crowd = [slow(number, extensions=AUTHORITY).certificate for number in range(200, 260)]
    chain = [b.utopian_signer().certificate, b.utopia().certificate]
    crls = of_nobody(60)
    found = revocation.judge("x", chain, TrustStore.of(chain[1:], crowd, crls), at=b.AT)
    assert found.reason == "crl-signature"
    assert spent.cost <= limits.ATTEMPTS_COST + limits.LIST_COST_PER_BYTE * sum(len(crl.raw) for crl in crls)


@pytest.mark.parametrize("first", [True, False])
def test_many_revocation_lists_do_not_hide_one_of_a_trusted_authority(first):
    root = slow(7, by=7, extensions=AUTHORITY)
    signer = slow(8, by=7)
    tbs = b.revocation_list(b.utopia(), [signer.certificate.serial], issuer=NAME).tbs
    signature = key(7).sign(tbs, hashfunc=ecdsa.util.sha256, sigencode=sigencode_der)
    own = Crl.parse(b.sequence(tbs, b.algorithm("ecdsa-sha256"), b.bits(signature)))
    crowd = [slow(number, extensions=AUTHORITY).certificate for number in range(200, 260)]
    crls = [own, *of_nobody(300)] if first else [*of_nobody(300), own]
    store = TrustStore.of([root.certificate], crowd, crls)
    found = revocation.judge("x", [signer.certificate, root.certificate], store, at=b.AT)
    assert (found.outcome, found.reason) == ("failed", "revoked")


def test_the_seal_of_a_signer_with_a_crowd_of_namesakes_and_issuers(spent):
    crowd = [slow(number, extensions=AUTHORITY) for number in range(40)]
    namesakes = [seals.signer(by=crowd[0], key=b.ec_key(f"namesake {n}"), authority=None, signature=WRONG) for n in range(60)]
    known = [party.certificate for party in (*crowd, *namesakes, seals.utopian())]
    store = TrustStore.of([b.utopia().certificate], known)
    found = seal.verify(seal.Seal.parse(seals.made()), store, at=b.AT).findings
    assert all(finding.outcome.ok for finding in found[:3])
    assert spent.cost < 1000 * SECONDS


def test_what_others_left_over_is_not_remembered_of_a_signer():
    party, store = b.utopian_signer().certificate, TrustStore.of([b.utopia().certificate])
    assert signer_rules.judge(party, "document", store, attempts=Attempts(0)).path.reason == "limit"
    assert signer_rules.judge(party, "document", store).path.valid


def test_what_a_search_left_over_hides_no_revocation():
    party, root = b.utopian_signer().certificate, b.utopia().certificate
    newest = b.csca(key=b.ec_key("next"), by=b.utopia())
    store = TrustStore.of([root], [newest.certificate], [b.revocation_list(newest, [root.serial])])
    assert signer_rules.judge(party, "document", store, attempts=Attempts(1)).path.valid
    found = revocation.judge("x", [party, root], store, at=b.AT)
    assert (found.outcome, found.reason) == ("failed", "issuer-revoked")


def strangers(count: int, name: str, *, key: str = "") -> list[Certificate]:
    """Links that say that Utopia's CSCA certified them, and that somebody else signed."""
    forger = replace(b.utopia(), key=b.ec_key("forger"))
    made = (b.csca(name, key=b.ec_key(key or f"stranger {n}"), by=forger, serial=n + 1) for n in range(count))
    return [party.certificate for party in made]


NAMESAKES, LINKS = strangers(64, "CSCA Utopia 2"), strangers(600, "CSCA Utopia 9", key="stranger")


@pytest.mark.parametrize(
    ("crowd", "names", "reason"),
    [
        ([], "signer", "revoked"),
        ([], "issuer", "issuer-revoked"),
        (NAMESAKES, "signer", "crl-signature"),
        (NAMESAKES, "issuer", "crl-signature"),
        (NAMESAKES, "nobody", ""),
        (LINKS, "signer", "crl-not-tied"),
        (LINKS, "issuer", "crl-not-tied"),
        (LINKS, "nobody", ""),
    ],
)
def test_a_crowd_of_strangers_hides_no_revocation_behind_another_list(crowd, names, reason):
    """The State's older key still gives lists, and its newest, that only a link vouches for, names the certificate."""
    party, root = b.utopian_signer().certificate, b.utopia().certificate
    newest = b.csca("CSCA Utopia 2", key=b.ec_key("next"), by=b.utopia())
    number = {"signer": party.serial, "issuer": root.serial, "nobody": 1}[names]
    crls = [b.revocation_list(b.utopia()), b.revocation_list(newest, [number])]
    found = revocation.judge("x", [party, root], TrustStore.of([root], [*crowd, newest.certificate], crls), at=b.AT)
    outcome = "failed" if not crowd else "undetermined" if reason else "passed"
    assert (str(found.outcome), found.reason) == (outcome, reason)


def test_a_crowd_of_strangers_does_not_keep_the_word_of_a_list_s_revoked_signer(tmp_path):
    party, listed = list_signer(), b.csca("CSCA Elsewhere", "XX").certificate
    (tmp_path / "a.ml").write_bytes(master_list([listed.raw], party))
    store = TrustStore.create(tmp_path / "trust.db")
    import_files.import_files(store, [tmp_path / "a.ml"], anchors=[b.utopia().certificate], at=b.AT)
    newest = b.csca("CSCA Utopia 2", key=b.ec_key("next"), by=b.utopia())
    crl = b.revocation_list(newest, [party.certificate.serial])
    for crowd in ([], NAMESAKES):
        added = TrustStore.of([], [*crowd, newest.certificate], [crl])
        assert store.merged([added]).distrust_reason(listed) == "not-believed"


def test_a_bound_that_is_part_of_another():
    cheap = b.utopia().certificate.key
    whole = Attempts(3)
    parts = [Attempts(2, above=whole), Attempts(2, above=whole)]
    assert [part.take(cheap) for part in parts for _ in range(3)] == [True, True, False, True, False, False]


def test_the_bound_is_a_count_and_a_cost():
    cheap, dear = b.utopia().certificate.key, CROWDS["a curve that OpenSSL lacks"][0].certificate.key
    assert dear.cost > 10 * cheap.cost
    counted = Attempts(3)
    assert [counted.take(cheap) for _ in range(5)] == [True, True, True, False, False]
    costed = Attempts(10_000, COST + 1)
    taken = sum(costed.take(dear) for _ in range(10_000))
    assert COST - dear.cost < taken * dear.cost <= COST + 1
    assert costed.take(cheap)  # what is left suffices for a cheaper one


@pytest.mark.parametrize("name", sorted(curves.table()))
def test_what_a_key_costs_is_about_what_it_costs(name):
    """Within a factor of ten of the time taken: machines differ, orders of magnitude must not."""
    curve = curves.by_name(name)
    size = curve.field_bytes
    base = b"\x04" + curve.gx.to_bytes(size, "big") + curve.gy.to_bytes(size, "big")
    key_ = Certificate.parse(b.csca(info=b.ec_spki(curve.oid, base)).raw).key
    algorithm = public_key.x509_schema.algorithm_id(b.algorithm("ecdsa-sha256"))
    signature = b.sequence(b.integer(curve.n // 3), b.integer(curve.n // 5))
    public_key.verify(key_, algorithm, signature, b"x")
    taken = []
    for _ in range(5):
        begun = time.process_time()
        public_key.verify(key_, algorithm, signature, b"x")
        taken.append((time.process_time() - begun) * 1000)
    assert min(taken) < 10 * key_.cost
