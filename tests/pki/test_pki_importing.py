"""Bringing files into a trust store: what is taken, what is trusted, and what plants itself beside what is trusted."""

import io
import os
import sqlite3
import subprocess
import zipfile
from contextlib import closing
from hashlib import sha256

import pytest
from asn1crypto import pem

from tests.support import builders as b
from tests.support.lists_made import UTOPIA, content, list_signer, master_list
from tjdocs.errors import InputError, UsageError
from tjdocs.pki import TrustStore, raw_rsa
from tjdocs.pki.trust import import_files, import_forms
from tjdocs.pki.trust.explain_state import entry_json, explain
from tjdocs.pki.trust.master_list import MAX_LIST_SIZE

OTHER = b.csca("CSCA Elsewhere", "XX")
LINK = b.csca(key=b.ec_key("link"), by=UTOPIA, subject=UTOPIA.name)
ROGUE = b.csca("CSCA Utopia", key=b.ec_key("rogue"))
LISTED = [UTOPIA.raw, OTHER.raw, LINK.raw]


@pytest.fixture
def store(tmp_path):
    return TrustStore.create(tmp_path / "trust.db")


@pytest.fixture
def write(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()

    def write(name: str, data: bytes):
        path = folder / name
        path.write_bytes(data)
        return path

    return write


def armoured(*pairs: tuple[str, bytes]) -> bytes:
    return b"".join(pem.armor(kind, data) for kind, data in pairs)


def trusted(store: TrustStore) -> set[bytes]:
    return {entry.certificate.raw for entry in store.entries if store.trusted(entry.certificate)}


def known(store: TrustStore) -> set[bytes]:
    return {entry.certificate.raw for entry in store.entries}


# -------------------------------------------------------------------------------------------------------- what is taken


@pytest.mark.requirement("ICAO-LIST")
def test_a_list_that_leads_to_the_anchor_is_trusted(store, write):
    (report,) = import_files.import_files(store, [write("a.ml", master_list(LISTED))], anchors=[UTOPIA.certificate], at=b.AT)
    assert (report.certificates, report.new, report.parsed) == (3, 3, 3)
    assert (report.verified_self, report.verified_link, report.unresolved) == (2, 1, ())
    assert (report.signature, report.signature_reason, report.unreadable, report.crls) == ("passed", "", 0, 0)
    assert trusted(store) == set(LISTED)
    grounds = {entry.certificate.raw: entry.ground for entry in store.entries}
    assert grounds[OTHER.raw] == "list"
    assert {entry.kind for entry in store.entries} == {"self-signed", "link"}


@pytest.mark.requirement("ICAO-LIST")
@pytest.mark.parametrize("anchors", [[], [OTHER.certificate]])
def test_a_list_that_does_not_lead_to_the_anchor_gives_candidates(store, write, anchors):
    (report,) = import_files.import_files(store, [write("a.ml", master_list(LISTED))], anchors=anchors, at=b.AT)
    assert report.signature == "undetermined"
    assert known(store) == set(LISTED)
    assert trusted(store) == {anchor.raw for anchor in anchors}


def test_a_list_with_a_wrong_signature_gives_candidates(store, write):
    raw = master_list(LISTED, signature=b"\x30\x00")
    (report,) = import_files.import_files(store, [write("a.ml", raw)], anchors=[UTOPIA.certificate], at=b.AT)
    assert (report.signature, report.signature_reason) == ("failed", "wrong-signature")
    assert trusted(store) == {UTOPIA.raw}
    assert known(store) == set(LISTED)


def test_the_anchor_is_kept_and_trusted_though_no_file_holds_it(store, write):
    import_files.import_files(store, [write("other.cer", OTHER.raw)], anchors=[UTOPIA.certificate], at=b.AT)
    assert trusted(store) == {UTOPIA.raw}
    (entry,) = (entry for entry in store.entries if entry.ground)
    assert (entry.ground, entry.kind, entry.sources) == ("anchor", "self-signed", ("anchor",))


def test_a_certificate_alone_is_a_candidate(store, write):
    for name, data in (("a.cer", UTOPIA.raw), ("a.pem", armoured(("CERTIFICATE", OTHER.raw)))):
        (report,) = import_files.import_files(store, [write(name, data)], at=b.AT)
        assert (report.certificates, report.new, report.signature) == (1, 1, "not-applicable")
    assert known(store) == {UTOPIA.raw, OTHER.raw}
    assert trusted(store) == set()


def test_candidates_are_trusted_by_an_explicit_word(store, write):
    path = write("a.pem", armoured(("CERTIFICATE", UTOPIA.raw), ("CERTIFICATE", OTHER.raw)))
    (report,) = import_files.import_files(store, [path], trust_candidates=True, at=b.AT)
    assert (report.certificates, report.signature) == (2, "not-applicable")
    assert {entry.ground for entry in store.entries} == {"candidates-trusted"}


def test_revocation_lists(store, write):
    crl = b.revocation_list(UTOPIA, [7])
    paths = [write("a.crl", crl.raw), write("b.pem", armoured(("X509 CRL", b.revocation_list(OTHER, [8]).raw)))]
    reports = import_files.import_files(store, paths, at=b.AT)
    assert [(report.certificates, report.crls) for report in reports] == [(0, 1), (0, 1)]
    assert [crl.serials for crl in store.crls] == [{7}, {8}]


def test_a_folder_with_all_below_it(store, tmp_path, write):
    (tmp_path / "in" / "below").mkdir()
    write("b.cer", OTHER.raw)
    write("below/a.ml", master_list(LISTED))
    outside = tmp_path / "outside.cer"
    outside.write_bytes(ROGUE.raw)
    os.symlink(outside, tmp_path / "in" / "link.cer")
    reports = import_files.import_files(store, [tmp_path / "in"], anchors=[UTOPIA.certificate], at=b.AT)
    assert [os.path.basename(report.source) for report in reports] == ["b.cer", "a.ml"]
    assert ROGUE.raw not in known(store)  # links inside a folder are not followed


def test_the_same_file_twice(store, write):
    path = write("a.ml", master_list(LISTED))
    first, second = import_files.import_files(store, [path, path], anchors=[UTOPIA.certificate], at=b.AT)
    assert (first.new, second.new) == (3, 0)
    third = import_files.import_files(store, [path], at=b.AT)  # the anchor in the store counts
    assert third[0].signature == "passed"
    assert trusted(store) == set(LISTED)


def revoking(*parties: b.Party, by: b.Party = UTOPIA) -> bytes:
    return b.revocation_list(by, [party.certificate.serial for party in parties]).raw


@pytest.mark.parametrize(
    ("crls", "word"),
    [
        ([], "no-crl"),
        ([b.revocation_list(OTHER)], "other-issuer"),
        ([b.revocation_list(UTOPIA, until=b.moment(2026, 11, 2))], "stale"),
        ([b.revocation_list(UTOPIA, key=b.ec_key("forger"))], "crl-signature"),
        ([b.revocation_list(UTOPIA)], ""),
    ],
)
def test_that_a_signer_s_revocation_is_not_settled_is_said(store, write, crls, word):
    """By the words of the inspection, whenever the CRL came: a list passes, and nobody knows whether it should."""
    files = [write("a.ml", master_list([OTHER.raw])), *(write("z.crl", crl.raw) for crl in crls)]
    report, *_ = import_files.import_files(store, files, anchors=[UTOPIA.certificate], at=b.AT)
    assert (report.signature, report.signer_revocation, report.as_json()["signer_revocation"]) == ("passed", word, word)
    said = [line for line in explain(store, "XX", at=b.AT) if "is revoked is not settled" in line]
    assert [f" ({word}). " in line for line in said] == ([True] if word else [])
    assert all(line.startswith("Whether the signer of a.ml is") for line in said)


def test_a_signer_s_revocation_is_settled_for_a_moment(store, write):
    path, crl = write("a.ml", master_list([OTHER.raw])), write("z.crl", b.revocation_list(UTOPIA).raw)
    import_files.import_files(store, [path, crl], anchors=[UTOPIA.certificate], at=b.AT)
    assert "(stale)" in explain(store, "XX", at=b.moment(2028))[-1]
    assert "not settled" not in explain(store, "XX", at=b.AT)[-1]


@pytest.mark.requirement("ICAO-LIST")
@pytest.mark.parametrize("order", ["before", "with", "after", "later"])
def test_a_list_whose_signer_is_revoked_makes_nobody_trusted(store, write, order):
    """Doc 9303-12, 4.1.5: whenever the revocation comes, the list's word counts no more."""
    revoked = write("revoked.crl", revoking(list_signer()))
    path = write("a.ml", master_list([OTHER.raw]))
    anchors = [UTOPIA.certificate]
    if order == "before":
        import_files.import_files(store, [revoked], anchors=anchors, at=b.AT)
        (report,) = import_files.import_files(store, [path], anchors=anchors, at=b.AT)
    elif order == "with":
        _, report = import_files.import_files(store, [revoked, path], anchors=anchors, at=b.AT)
    elif order == "after":
        report, _ = import_files.import_files(store, [path, revoked], anchors=anchors, at=b.AT)
    else:
        (report,) = import_files.import_files(store, [path], anchors=anchors, at=b.AT)
        assert trusted(store) == {UTOPIA.raw, OTHER.raw}
        import_files.import_files(store, [revoked], anchors=anchors, at=b.AT)
    if order != "later":
        assert (report.signature, report.signature_reason) == ("failed", "signer-revoked")
    assert trusted(store) == {UTOPIA.raw}
    (entry,) = (entry for entry in store.entries if entry.certificate == OTHER.certificate)
    assert entry_json(entry, store)["trusted"] == ""
    said = explain(store, "XX", at=b.AT)
    assert said[0] == "1 certificates of XX, 0 of them trusted."
    if order in ("after", "later"):  # it was believed once
        assert any("not trusted now: on lists of 0 States" in line for line in said)
    assert TrustStore.of_entries(store.entries, store.crls, store.signers_of_lists).digest == store.digest


def form_3(store) -> None:
    """Make the store what the software before wrote: it kept no signers."""
    with closing(sqlite3.connect(store._path)) as database, database:
        database.execute("DROP TABLE signer")
        database.execute("UPDATE meta SET value = '3' WHERE key = 'version'")


def test_a_store_of_form_3_is_read_and_grows_into_form_4(store, write):
    path = write("a.ml", master_list([OTHER.raw]))
    import_files.import_files(store, [path], anchors=[UTOPIA.certificate], at=b.AT)
    assert store.lists_without_signers == ()
    form_3(store)
    older = TrustStore(store._path)
    assert (older.digest, older.lists_without_signers) == (store.digest, ("a.ml",))
    assert explain(older, "XX", at=b.AT)[-1] == "Whether the signer of a.ml is revoked cannot be told: import the list again."
    crl = write("revoked.crl", revoking(list_signer()))
    import_files.import_files(older, [crl], anchors=[UTOPIA.certificate], at=b.AT)
    assert OTHER.raw in trusted(older)  # nobody knows who signed the list
    import_files.import_files(older, [path], anchors=[UTOPIA.certificate], at=b.AT)
    assert (OTHER.raw in trusted(older), older.lists_without_signers) == (False, ())


def test_what_two_lists_say_stays_when_one_signer_is_revoked(store, write):
    second = list_signer(key=b.ec_key("second"), subject=b.name(("C", "UT"), ("CN", "Second")))
    paths = [write("a.ml", master_list([OTHER.raw])), write("b.ml", master_list([OTHER.raw], second, inside=[second.raw]))]
    crl = write("revoked.crl", revoking(list_signer()))
    import_files.import_files(store, [*paths, crl], anchors=[UTOPIA.certificate], at=b.AT)
    assert trusted(store) == {UTOPIA.raw, OTHER.raw}


def test_a_revoked_anchor_of_a_list_takes_it_with_it(store, write):
    path, crl = write("a.ml", master_list([OTHER.raw])), write("own.crl", revoking(UTOPIA))
    _, report = import_files.import_files(store, [crl, path], anchors=[UTOPIA.certificate], at=b.AT)
    assert (report.signature, report.signature_reason) == ("failed", "issuer-revoked")
    assert OTHER.raw not in trusted(store)


def test_a_crowd_of_slow_keys_ends(store, write):
    """A hundred certificates of one name under keys that OpenSSL refuses to compute with, a fifth of a second each."""
    odd = (1 << 4095) | 12345
    crowd = [
        b.csca(key=b.ec_key("slow"), serial=n, info=b.rsa_spki(odd + 2 * n, odd), kind="rsa-sha256", signature=bytes(512))
        for n in range(1, 31)
    ]
    count = []
    verify = raw_rsa.check
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(raw_rsa, "check", lambda *given: (count.append(1), verify(*given))[1])
        (report,) = import_files.import_files(store, [write("a.ml", master_list([c.raw for c in crowd]))], at=b.AT)
    assert len(count) <= 8
    assert {resolution.reason for resolution in report.unresolved} <= {"limit", "wrong-signature", "other-generation"}


def test_the_first_ground_of_trust_stays(store, write):
    """Why a certificate was trusted first is what an auditor asks for."""
    path = write("a.ml", master_list(LISTED))
    import_files.import_files(store, [path], anchors=[UTOPIA.certificate], at=b.AT)
    import_files.import_files(store, [path], trust_candidates=True, at=b.AT)
    grounds = {entry.certificate.raw: entry.ground for entry in store.entries}
    assert grounds[OTHER.raw] == "list"


@pytest.mark.requirement("ICAO-LIST")
@pytest.mark.parametrize("ground", ["anchor", "bilateral", "candidates"])
def test_an_anchor_in_the_store_counts_for_the_next_list(store, write, ground):
    """Those whom the receiver chose vouch for lists; a certificate that was only let in does not."""
    given = {
        "anchor": {"anchors": [UTOPIA.certificate]},
        "bilateral": {"bilateral": True},
        "candidates": {"trust_candidates": True},
    }
    import_files.import_files(store, [write("utopia.cer", UTOPIA.raw)], **given[ground], at=b.AT)
    (report,) = import_files.import_files(store, [write("a.ml", master_list([OTHER.raw]))], at=b.AT)
    vouched = ground != "candidates"
    assert (report.signature, OTHER.raw in trusted(store)) == (("passed", True) if vouched else ("undetermined", False))
    assert report.trusted == ((OTHER.certificate,) if vouched else ())


def test_a_csca_that_came_on_a_list_vouches_for_no_list(store, write):
    import_files.import_files(store, [write("a.ml", master_list([OTHER.raw]))], anchors=[UTOPIA.certificate], at=b.AT)
    abroad = list_signer(OTHER, subject=b.name(("C", "XX"), ("CN", "List Signer")))
    path = write("b.ml", master_list([ROGUE.raw], abroad, inside=[abroad.raw, OTHER.raw]))
    (report,) = import_files.import_files(store, [path], at=b.AT)
    assert report.signature == "undetermined"
    assert ROGUE.raw not in trusted(store)


@pytest.mark.parametrize("order", ["root first", "link first", "link in an earlier import"])
def test_unresolved_is_counted_for_the_store(store, write, order):
    """A link is resolved by a root of another file, of the anchors, or of a later import."""
    root, link = write("root.cer", UTOPIA.raw), write("link.cer", LINK.raw)
    if order == "link in an earlier import":
        (report,) = import_files.import_files(store, [link], at=b.AT)
        assert [item.reason for item in report.unresolved] == ["other-generation"]
        import_files.import_files(store, [write("other.cer", OTHER.raw)], anchors=[UTOPIA.certificate], at=b.AT)
    else:
        reports = import_files.import_files(store, [root, link] if order == "root first" else [link, root], at=b.AT)
        assert [report.unresolved for report in reports] == [(), ()]
        assert sorted((report.verified_self, report.verified_link) for report in reports) == [(0, 1), (1, 0)]
    kinds = {entry.certificate.raw: entry.kind for entry in TrustStore(store._path).entries}
    assert (kinds[UTOPIA.raw], kinds[LINK.raw]) == ("self-signed", "link")


def test_a_link_under_the_anchor_of_the_same_import_counts_as_trusted(store, write):
    reports = import_files.import_files(store, [write("link.cer", LINK.raw)], anchors=[UTOPIA.certificate], at=b.AT)
    assert [(report.verified_link, report.trusted) for report in reports] == [(1, (LINK.certificate,))]
    assert trusted(store) == {UTOPIA.raw}  # by a path, not in itself


@pytest.mark.requirement("ICAO-LIST")
def test_a_document_signer_on_a_list_is_no_csca(store, write):
    signer = b.signer(UTOPIA)
    path = write("a.ml", master_list([UTOPIA.raw, signer.raw]))
    (report,) = import_files.import_files(store, [path], anchors=[UTOPIA.certificate], at=b.AT)
    assert [(item.certificate, item.reason) for item in report.tolerated] == [(signer.certificate, "not-a-ca")]
    assert trusted(store) == {UTOPIA.raw}


def test_a_list_without_certificates_and_one_out_of_order_are_named(store, write):
    paths = [
        write("a.ml", master_list([])),
        write("b.ml", master_list([], body=content(sorted(LISTED, reverse=True), ordered=False))),
    ]
    reports = import_files.import_files(store, paths, anchors=[UTOPIA.certificate], at=b.AT)
    assert [(report.signature, report.notes) for report in reports] == [
        ("passed", ("no-certificates",)),
        ("warning", ("set-order",)),
    ]
    assert trusted(store) == set(LISTED)


def test_what_cannot_be_read_inside_a_list_is_counted(store, write):
    path = write("a.ml", master_list([*LISTED, b.sequence(b.integer(5))]))
    (report,) = import_files.import_files(store, [path], anchors=[UTOPIA.certificate], at=b.AT)
    assert (report.certificates, report.unreadable) == (4, 1)
    (unread,) = report.unread
    assert sha256(b.sequence(b.integer(5))).hexdigest() in unread.item
    assert report.accepted  # a State's odd certificate does not stop the others
    assert len(known(store)) == 3


def test_keys_that_do_not_load_are_counted(store, write):
    odd = b.csca("Odd", info=b.ec_spki("1.3.132.0.10", b"\4" + bytes(64)))
    (report,) = import_files.import_files(store, [write("a.ml", master_list([UTOPIA.raw, odd.raw]))], at=b.AT)
    assert (report.certificates, report.parsed) == (2, 1)
    (item,) = report.unresolved
    assert item.reason == "curve-unsupported"


def test_the_report_as_json(store, write):
    renamed = b.csca(key=b.ec_key("link"), by=UTOPIA, issuer=b.name(("C", "UT"), ("CN", "Nobody")))
    orphan = b.csca("Orphan", key=b.ec_key("orphan"), by=b.csca("Missing"))
    path = write("a.ml", master_list([UTOPIA.raw, renamed.raw, orphan.raw]))
    (report,) = import_files.import_files(store, [path], anchors=[UTOPIA.certificate], at=b.AT)
    assert report.as_json() == {
        "source": str(path),
        "certificates": 3,
        "new": 3,
        "parsed": 3,
        "verified_self": 1,
        "verified_link": 1,
        "unresolved": [
            {
                "subject": "C=UT, O=SPECIMEN, CN=Orphan",
                "sha256": orphan.certificate.sha256,
                "reason": "no-issuer",
            }
        ],
        "warnings": [
            {
                "subject": "C=UT, O=SPECIMEN, CN=CSCA Utopia",
                "sha256": renamed.certificate.sha256,
                "reason": "issuer-by-key-identifier",
            }
        ],
        "signature": "passed",
        "signature_reason": "",
        "signer_revocation": "no-crl",
        "unreadable": 0,
        "unreadable_items": [],
        "crls": 0,
        "crl_items": [],
        "trusted": 3,
        "notes": [],
    }


def test_the_report_names_the_defects_of_a_list_that_is_trusted(store, write):
    unsorted = master_list(LISTED, body=content(sorted(LISTED, reverse=True), ordered=False))
    (report,) = import_files.import_files(store, [write("a.ml", unsorted)], anchors=[UTOPIA.certificate], at=b.AT)
    assert (report.signature, report.signature_reason) == ("warning", "")
    assert report.as_json()["notes"] == ["set-order"]
    assert trusted(store) == set(LISTED)


# -------------------------------------------------------------------------------------------------------------- sources


def origins(store: TrustStore, party: b.Party) -> list[tuple[str, ...]]:
    (entry,) = (e for e in store.entries if e.certificate.raw == party.raw)
    return [(s.name, s.kind, s.signature, s.state, s.signed[:10], s.imported) for s in entry.origins]


@pytest.mark.requirement("ICAO-LIST")
def test_every_certificate_remembers_all_its_sources(store, write, tmp_path):
    """File, date of import, and of a list its own date, its signer, and to whom that led."""
    abroad = list_signer(OTHER, subject=b.name(("C", "XX"), ("CN", "List Signer")))
    second = master_list([UTOPIA.raw, OTHER.raw], abroad, inside=[abroad.raw])
    paths = [write("a.ml", master_list(LISTED)), write("b.ml", second), write("c.cer", UTOPIA.raw)]
    anchors = [UTOPIA.certificate, OTHER.certificate]
    import_files.import_files(store, paths, anchors=anchors, at=b.AT)
    moment = "2026-11-24T12:00:00+00:00"
    for opened in (store, TrustStore(tmp_path / "trust.db")):
        assert origins(opened, UTOPIA) == [
            ("a.ml", "list", "passed", "UT", "2026-03-02", moment),
            ("b.ml", "list", "passed", "XX", "2026-03-02", moment),
            ("c.cer", "file", "not-applicable", "", "", moment),
            ("anchor", "anchor", "", "", "", moment),
        ]
        assert [name for name, *_ in origins(opened, LINK)] == ["a.ml"]
        (entry,) = (e for e in opened.entries if e.certificate == OTHER.certificate)
        assert entry.grounds == ("list", "anchor")
        by_list = {source.name: (source.signer, source.anchor) for source in entry.origins[:2]}
        assert by_list == {
            "a.ml": ("C=UT, O=SPECIMEN, CN=Master List Signer", UTOPIA.certificate.sha256),
            "b.ml": ("C=XX, CN=List Signer", OTHER.certificate.sha256),
        }


def test_what_led_to_an_anchor_once_is_not_forgotten(store, write):
    path = write("a.ml", master_list(LISTED))
    import_files.import_files(store, [path], at=b.AT)
    assert [row[2] for row in origins(store, LINK)] == ["undetermined"]
    import_files.import_files(store, [path], anchors=[UTOPIA.certificate], at=b.AT)
    assert [row[2] for row in origins(store, LINK)] == ["passed"]
    import_files.import_files(store, [path], anchors=[OTHER.certificate], at=b.AT)
    assert [row[2] for row in origins(store, LINK)] == ["passed"]


def test_two_lists_in_one_file_are_two_sources(store, write):
    blocks = [("CMS", master_list([UTOPIA.raw])), ("CMS", master_list([OTHER.raw])), ("CERTIFICATE", ROGUE.raw)]
    import_files.import_files(store, [write("bundle.pem", armoured(*blocks))], anchors=[UTOPIA.certificate], at=b.AT)
    hashes = {s.sha256 for e in store.entries for s in e.origins if s.name == "bundle.pem"}
    assert len(hashes) == 3
    assert [row[1] for row in origins(store, ROGUE)] == ["file"]


def test_received_bilaterally(store, write):
    path = write("utopia.cer", UTOPIA.raw)
    import_files.import_files(store, [path], bilateral=True, at=b.AT)
    assert [row[1] for row in origins(store, UTOPIA)] == ["bilateral"]
    assert {entry.ground for entry in store.entries} == {"bilateral"}
    with pytest.raises(InputError, match="not received bilaterally") as caught:
        import_files.import_files(store, [write("a.ml", master_list(LISTED))], bilateral=True, at=b.AT)
    assert "--bilateral" in caught.value.hint
    assert known(store) == {UTOPIA.raw}


def test_a_naive_moment_of_import(store):
    with pytest.raises(UsageError, match="naive"):
        import_files.import_files(store, [], at=b.AT.replace(tzinfo=None))


# ------------------------------------------------------------------------------------------------------------- planting


@pytest.mark.requirement("ICAO-LIST")
@pytest.mark.parametrize("order", [[0, 1], [1, 0]])
def test_a_certificate_beside_a_genuine_list_in_one_file_is_a_candidate(store, write, order):
    blocks = [("CERTIFICATE", ROGUE.raw), ("CMS", master_list(LISTED))]
    path = write("bundle.pem", armoured(*(blocks[n] for n in order)))
    import_files.import_files(store, [path], anchors=[UTOPIA.certificate], at=b.AT)
    assert trusted(store) == set(LISTED)


@pytest.mark.requirement("ICAO-LIST")
@pytest.mark.parametrize("order", [[0, 1], [1, 0]])
def test_a_forged_list_beside_a_genuine_one_in_one_file_gives_candidates(store, write, order):
    signer = list_signer(ROGUE)
    forged = master_list([ROGUE.raw], signer, inside=[signer.raw, ROGUE.raw])
    blocks = [("CMS", forged), ("CMS", master_list(LISTED))]
    path = write("bundle.pem", armoured(*(blocks[n] for n in order)))
    (report,) = import_files.import_files(store, [path], anchors=[UTOPIA.certificate], at=b.AT)
    assert ROGUE.raw not in trusted(store)
    assert trusted(store) <= set(LISTED)
    assert report.signature not in ("passed", "warning")  # what is told is the worst of the file


def test_what_lies_beside_the_content_of_a_list_is_not_taken(store, write):
    raw = master_list(LISTED, inside=[list_signer().raw, UTOPIA.raw, ROGUE.raw])
    import_files.import_files(store, [write("a.ml", raw)], anchors=[UTOPIA.certificate], at=b.AT)
    assert known(store) == set(LISTED)


# ---------------------------------------------------------------------------------------------------------------- forms


def bundle(*parties: b.Party, form: str = "DER", crl: bytes = b"", folder) -> bytes:
    """Return a PKCS#7 bundle without a signature, as OpenSSL makes it."""
    (folder / "bundle.pem").write_bytes(armoured(*(("CERTIFICATE", p.raw) for p in parties)))
    source = ["-nocrl"]
    if crl:
        (folder / "crl.pem").write_bytes(armoured(("X509 CRL", crl)))
        source = ["-in", str(folder / "crl.pem")]
    command = ["openssl", "crl2pkcs7", *source, "-certfile", str(folder / "bundle.pem"), "-outform", form]
    return subprocess.run(command, check=True, capture_output=True).stdout


def zipped(files: dict[str, bytes], folders: tuple[str, ...] = ()) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in folders:
            archive.mkdir(name)
        for name, data in files.items():
            archive.writestr(name, data)
    return made.getvalue()


def lines_of_base64(data: bytes) -> bytes:
    return b"".join(pem.armor("X", data).splitlines(keepends=True)[1:-1])


FORMS = {
    "a trailing newline": (lambda data: data + b"\n", ("trailing-bytes",)),
    "a trailing line end of Windows": (lambda data: data + b"\r\n", ("trailing-bytes",)),
    "zeros after it": (lambda data: data + bytes(3), ("trailing-bytes",)),
    "Base64": (lines_of_base64, ("base64",)),
    "Base64 on one line, with a byte order mark": (
        lambda data: b"\xef\xbb\xbf" + b"".join(lines_of_base64(data).split()),
        ("base64",),
    ),
    "Base64 of padded bytes": (lambda data: lines_of_base64(data + b"\n"), ("base64", "trailing-bytes")),
    "a ZIP archive": (lambda data: zipped({"below/it.bin": data}, ("below",)), ("zip",)),
}


@pytest.mark.parametrize("name", FORMS)
def test_forms_in_which_files_are_handed_over(store, write, name):
    form, notes = FORMS[name]
    crl = b.revocation_list(UTOPIA, [7])
    paths = [write(f"{n}.bin", form(data)) for n, data in enumerate([OTHER.raw, crl.raw, master_list([LINK.raw])])]
    reports = import_files.import_files(store, paths, anchors=[UTOPIA.certificate], at=b.AT)
    assert [(report.notes, report.accepted) for report in reports] == [(notes, True)] * 3
    assert known(store) == {UTOPIA.raw, OTHER.raw, LINK.raw}
    assert store.crls == (crl,)
    if notes != ("zip",):
        assert import_files.read_certificate(paths[0]) == OTHER.certificate
        assert import_files.read_crl(paths[1]) == crl


@pytest.mark.parametrize("tail", [b"\n.", b"\x30\x00", b"\0" * 3 + b"x"])
def test_other_bytes_after_a_certificate_are_not_padding(store, write, tail):
    with pytest.raises(InputError, match="nothing to import"):
        import_files.import_files(store, [write("a.cer", OTHER.raw + tail)], at=b.AT)


@pytest.mark.parametrize("form", ["DER", "PEM"])
def test_a_bundle_of_pkcs_7_is_read_and_vouches_for_nobody(store, write, tmp_path, form):
    crl = b.revocation_list(UTOPIA, [7])
    path = write("cscas.p7b", bundle(UTOPIA, OTHER, form=form, crl=crl.raw, folder=tmp_path))
    (report,) = import_files.import_files(store, [path], anchors=[UTOPIA.certificate], at=b.AT)
    assert (report.certificates, report.crls, report.notes, report.signature) == (2, 1, ("pkcs7",), "not-applicable")
    assert trusted(store) == {UTOPIA.raw}
    assert known(store) == {UTOPIA.raw, OTHER.raw}
    assert set(import_files.read_certificates(path)) == {UTOPIA.certificate, OTHER.certificate}


def test_every_file_of_an_archive_has_its_report(store, write):
    path = write("lists.zip", zipped({"b.ml": master_list(LISTED), "README": b"read me", "a.cer": ROGUE.raw[:-1]}))
    reports = import_files.import_files(store, [path], anchors=[UTOPIA.certificate], at=b.AT)
    assert [report.source for report in reports] == [f"{path}/{name}" for name in ("README", "a.cer", "b.ml")]
    assert [[item.damaged for item in report.unread] for report in reports] == [[False], [True], []]
    assert trusted(store) == set(LISTED)


@pytest.mark.parametrize("data", [b"PK\3\4", zipped({"../a.cer": OTHER.raw}), zipped({"a.cer": OTHER.raw})[:-30], zipped({}, ("below",))])
def test_an_archive_that_cannot_be_read_is_an_entry(store, write, data):
    reports = import_files.import_files(store, [write("a.zip", data), write("b.cer", UTOPIA.raw)], at=b.AT)
    assert [bool(report.unread) for report in reports] == [True, False]
    assert not reports[0].accepted


# ------------------------------------------------------------------------------------------------------- a whole folder


def test_a_folder_is_read_to_the_end_and_reported_whole(store, write, tmp_path):
    write("a.cer", UTOPIA.raw)
    write("b.txt", b"hello\n")
    write("c.cer", OTHER.raw[:-9])
    write("d.ml", master_list(LISTED))
    with (tmp_path / "in" / "e.ml").open("wb") as file:
        file.truncate(MAX_LIST_SIZE + 1)
    write("f.crl", b.revocation_list(UTOPIA).raw)
    reports = import_files.import_files(store, [tmp_path / "in"], anchors=[UTOPIA.certificate], at=b.AT)
    assert [os.path.basename(report.source)[0] for report in reports] == list("abcdef")
    assert [bool(report.unread) for report in reports] == [False, True, True, False, True, False]
    assert [report.accepted for report in reports] == [True, True, False, True, False, True]  # text is no damaged list
    assert "over the limit" in reports[4].unread[0].reason
    assert (trusted(store), len(store.crls)) == (set(LISTED), 1)


def test_a_missing_path_is_a_bad_call_before_anything_is_imported(store, write, tmp_path):
    with pytest.raises(InputError, match="cannot read"):
        import_files.import_files(store, [write("a.cer", UTOPIA.raw), tmp_path / "missing"], at=b.AT)
    assert store.entries == ()


FORGED = b.revocation_list(UTOPIA, key=b.ec_key("forger"), authority=UTOPIA.certificate.subject_key_identifier)


@pytest.mark.parametrize(
    ("crl", "word"),
    [
        (b.revocation_list(UTOPIA, [7, 8]), ("passed", "")),
        (b.revocation_list(OTHER), ("undetermined", "untrusted")),
        (b.revocation_list(b.csca("CSCA Erewhon", "EW")), ("undetermined", "no-issuer")),
        (FORGED, ("failed", "wrong-signature")),
    ],
)
def test_a_crl_has_state_date_and_signature(store, write, crl, word):
    paths = [write("a.crl", crl.raw), write("other.cer", OTHER.raw)]
    report, _ = import_files.import_files(store, paths, anchors=[UTOPIA.certificate], at=b.AT)
    (item,) = report.crl_reports
    assert (item.country, item.this_update, item.next_update) == (crl.country, crl.this_update, crl.next_update)
    assert (item.revoked, item.sha256) == (len(crl.serials), crl.sha256)
    assert (item.signature, item.reason, report.accepted) == (*word, word[0] != "failed")
    (row,) = report.as_json()["crl_items"]
    assert (row["country"], row["this_update"][:10]) == (crl.country, crl.this_update.date().isoformat())


# ------------------------------------------------------------------------------------------------------------ bad calls


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"README",
        b.utopia().raw[:-1],
        b"-----BEGIN CERTIFICATE-----\n",
        b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        b"-----BEGIN CERTIFICATE-----\n****\n-----END CERTIFICATE-----\n",
        b"-----BEGIN CERTIFICATE-----\n" + b"A" * 63 + b"\n-----END CERTIFICATE-----\n",
        armoured(("PRIVATE KEY", b.sequence(b.integer(0)))),
        master_list([], content_type="2.23.136.1.1.1", body=content([])),
    ],
)
def test_a_file_that_holds_nothing_to_import(store, write, data):
    path = write("file", data)
    with pytest.raises(InputError) as caught:
        import_files.import_files(store, [path], at=b.AT)
    assert caught.value.where == str(path)
    assert caught.value.hint
    assert store.entries == ()


def test_paths_that_cannot_be_read(store, tmp_path):
    with pytest.raises(InputError, match="cannot read"):
        import_files.import_files(store, [tmp_path / "missing"], at=b.AT)


def test_a_file_over_the_limit(store, tmp_path):
    path = tmp_path / "large.ml"
    with path.open("wb") as file:
        file.truncate(MAX_LIST_SIZE + 1)
    with pytest.raises(InputError, match="over the limit"):
        import_files.import_files(store, [path], at=b.AT)


def test_a_line_of_text_before_the_armour(store, write):
    # as `openssl x509 -text` writes it
    path = write("a.pem", b"Certificate:\n    Data:\n" + armoured(("CERTIFICATE", UTOPIA.raw)))
    import_files.import_files(store, [path], at=b.AT)
    assert known(store) == {UTOPIA.raw}


ODD_BLOCKS = {
    "a header line": lambda text: text.replace(b"CRL-----\n", b"CRL-----\nComment: of Utopia\n\n", 1),
    "another end": lambda text: text.replace(b"END X509 CRL", b"END CRL"),
    "a remark after its beginning": lambda text: text.replace(b"CRL-----\n", b"CRL-----  # no 7\n", 1),
    "a foreign character": lambda text: text[:60] + b"_" + text[61:],
    "no end": lambda text: text[:-30],
}


@pytest.mark.parametrize("name", ODD_BLOCKS)
def test_a_block_that_is_not_plain_is_not_passed_over(store, write, name):
    block = ODD_BLOCKS[name](armoured(("X509 CRL", b.revocation_list(UTOPIA, [7]).raw)))
    path = write("both.pem", armoured(("CERTIFICATE", UTOPIA.raw)) + block)
    (report,) = import_files.import_files(store, [path], at=b.AT)
    assert known(store) == {UTOPIA.raw}
    assert [(item.item, item.damaged) for item in report.unread] == [("block 2", True)]
    assert not report.accepted
    with pytest.raises(InputError, match="not a CRL"):
        import_files.read_crls(str(write("two.pem", armoured(("X509 CRL", b.revocation_list(OTHER, [8]).raw)) + block)))


# ------------------------------------------------------------------------------------------------------- single objects


def test_one_certificate(write):
    for data in (UTOPIA.raw, armoured(("CERTIFICATE", UTOPIA.raw)), b"\r\n" + armoured(("CERTIFICATE", UTOPIA.raw))):
        assert import_files.read_certificate(write("a.cer", data)) == UTOPIA.certificate
    both = armoured(("EC PARAMETERS", b.oid("1.2.840.10045.3.1.7")), ("CERTIFICATE", UTOPIA.raw))
    assert import_files.read_certificate(str(write("a.pem", both))) == UTOPIA.certificate


def test_one_revocation_list(write):
    crl = b.revocation_list(UTOPIA, [7])
    for data in (crl.raw, armoured(("CERTIFICATE", UTOPIA.raw), ("X509 CRL", crl.raw))):
        assert import_files.read_crl(write("a.crl", data)) == crl


@pytest.mark.parametrize("data", [b"", b"text", armoured(("X509 CRL", b"\x30\x00"))])
def test_neither(write, data):
    path = write("a", data)
    for read, what in ((import_files.read_certificate, "not a certificate"), (import_files.read_crl, "not a CRL")):
        with pytest.raises(InputError, match=what) as caught:
            read(path)
        assert caught.value.where == str(path)


def test_a_folder_is_no_certificate(tmp_path):
    with pytest.raises(InputError, match="cannot read"):
        import_files.read_certificate(tmp_path)


@pytest.mark.parametrize("head", [b"", b"01 CSCA of Utopia\n", "0\u0438 CSCA\n".encode(), b"0\n", b"subject=CSCA\n"])
def test_text_before_a_certificate_may_begin_with_the_digit_0(tmp_path, head):
    """0x30 is the digit 0 and the tag of a SEQUENCE."""
    path = tmp_path / "csca.pem"
    path.write_bytes(head + pem.armor("CERTIFICATE", b.utopia().raw))
    assert import_files.read_certificate(path).raw == b.utopia().raw
    path.write_bytes(b.utopia().raw + b"-----BEGIN CERTIFICATE-----")
    assert [block.data for block in import_forms.blocks(path.read_bytes())] == [path.read_bytes()]
