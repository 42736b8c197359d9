"""Whom to believe: a trust policy as data, over what the store knows of each certificate."""

import hashlib
from dataclasses import replace

import pytest

from tests.support import builders as b
from tests.support.lists_made import MASTER_LIST, content, list_signer, master_list
from tjdocs.errors import SpecError, UsageError
from tjdocs.pki import TrustStore, certification_path
from tjdocs.pki import public_key as keys
from tjdocs.pki.signer import public_key_info
from tjdocs.pki.trust.explain_state import explain
from tjdocs.pki.trust.import_files import import_files
from tjdocs.pki.trust.trust_policy import GROUNDS, Entry, Source, TrustPolicy

UTOPIA, OTHER = b.utopia(), b.csca("CSCA Elsewhere", "XX")
LINK = b.csca("CSCA Utopia 2", key=b.ec_key("link"), by=UTOPIA)
SHA = {party: party.certificate.sha256 for party in (UTOPIA, OTHER, LINK)}
NOBODY = "00" * 32


def policy(**table) -> TrustPolicy:
    return TrustPolicy.parse({"believe": ["anchor", "list"], **table})


def listed(state: str, anchor: str = "aa" * 32, signature: str = "passed", name: str = "") -> Source:
    name = name or f"{state}.ml"
    return Source(name, hashlib.sha256(name.encode()).hexdigest(), signature, "list", "C=XX", anchor, state)


def entry(*origins: Source, grounds=("list",), party: b.Party = UTOPIA) -> Entry:
    return Entry(party.certificate, "self-signed", origins, tuple(grounds))


def known(party: b.Party) -> Entry:
    return Entry(party.certificate)


# -------------------------------------------------------------------------------------------------------------- reading


@pytest.mark.parametrize(
    ("table", "what", "hint"),
    [
        ([], "trust is not a table", ""),
        ({}, "missing believe", ""),
        ({"believe": ["anchor"], "deny": []}, "unknown deny", "denied"),
        ({"believe": []}, "unknown ground", "bilateral"),
        ({"believe": ["lists"]}, "unknown ground.*: lists", "bilateral"),
        ({"believe": "anchor"}, "believe is not a list of texts", ""),
        ({"believe": [1]}, "believe is not a list of texts", ""),
        ({"believe": ["list"], "lists": 0}, "not a number of lists", "1 to 1000"),
        ({"believe": ["list"], "lists": 10**5000}, "not a number of lists", "1 to 1000"),
        ({"believe": ["list"], "lists": True}, "not a number of lists", "1 to 1000"),
        ({"believe": ["list"], "lists": "2"}, "not a number of lists", "1 to 1000"),
        ({"believe": ["anchor"], "lists": 2}, "lists that do not count", "believe"),
        ({"believe": ["bilateral"], "anchors": [NOBODY]}, "anchors that do not count", "believe"),
        ({"believe": ["anchor"], "denied": ["ab"]}, "not a SHA-256.*: ab", "64 hexadecimal"),
        ({"believe": ["anchor"], "anchors": ["0x" + "0" * 62]}, "not a SHA-256", "64 hexadecimal"),
        ({"believe": ["anchor"], "denied": "00" * 32}, "denied is not a list of texts", ""),
    ],
)
def test_what_is_no_trust_policy_is_an_error_that_says_what_would_be_right(table, what, hint):
    with pytest.raises(SpecError, match=what) as caught:
        TrustPolicy.parse(table, where="lane.toml")
    assert "lane.toml" in str(caught.value)
    assert hint in caught.value.hint


def test_digests_in_any_case_are_the_same():
    assert policy(denied=[SHA[UTOPIA].upper()]).denied == {SHA[UTOPIA]}


# ------------------------------------------------------------------------------------------------------------- standing


def test_each_ground_counts_only_where_it_is_believed():
    for ground in GROUNDS:
        for believed in GROUNDS:
            found, why = TrustPolicy.parse({"believe": [believed]}).standing(entry(grounds=[ground]))
            assert found is (ground == believed)
            assert found or why == f"the ground {ground} does not count"
    assert TrustPolicy.parse({"believe": ["list"]}).standing(entry(grounds=["anchor", "list"]))[0]
    assert not policy().standing(entry(grounds=[]))[0]


def test_lists_of_how_many_states():
    two = policy(believe=["list"], lists=2)
    assert two.standing(entry(listed("DE"))) == (False, "on a list of 1 State (DE), 2 needed")
    assert two.standing(entry(listed("DE", name="1"), listed("DE", name="2")))[0] is False  # two editions
    assert two.standing(entry(listed("DE"), listed("FR", "bb" * 32)))[0] is True
    # what does not lead to an anchor, or is no list, is not counted
    for other in (
        listed("FR", signature="undetermined"),
        listed("FR", signature="failed"),
        listed("FR", anchor=""),
        Source("c.cer", "cc", "not-applicable", "file"),
        Source("d.cer", "dd", "passed", "bilateral", "", "aa" * 32, "FR"),
    ):
        assert two.standing(entry(listed("DE"), other))[0] is False
    assert two.standing(entry(listed("DE"), listed("FR", "bb" * 32, "warning")))[0] is True
    # an anchor that names no State may be any State's: its list is one more State's where the policy says whose
    for state in ("", "DEU", "D", "DE ", "\uff24\uff25", "DE\0"):
        assert two.standing(entry(listed("DE"), listed(state, "bb" * 32, name="2")))[0] is False
        assert two.standing(entry(listed(state, "aa" * 32, name="1"), listed(state, "bb" * 32, name="2")))[0] is False
        assert policy(believe=["list"]).standing(entry(listed(state)))[0] is True
    told = policy(believe=["list"], lists=2, states={"bb" * 32: "FR"})
    assert told.standing(entry(listed("DE"), listed("", "bb" * 32, name="2")))[0] is True


def signed_by(state: str, *keys: str) -> Source:
    """A list of a State, of whose certificates from the signer to the anchor these are the keys."""
    digests = [hashlib.sha256(f"{state} {key}".encode()).hexdigest() for key in keys]
    pairs = " ".join(f"{digest}:{hashlib.sha256(key.encode()).hexdigest()}" for digest, key in zip(digests, keys, strict=True))
    return replace(listed(state, digests[-1], name=f"{state} {keys}"), path=pairs)


@pytest.mark.parametrize(
    ("lists", "count"),
    [
        ([("GB", "s1", "k1"), ("FR", "s2", "k2")], 2),
        # one key under the names of two States is one voice: the anchor's, the signer's, or one between
        ([("GB", "s1", "k1"), ("FR", "s2", "k1")], 1),
        ([("GB", "s1", "k1"), ("FR", "s1", "k2")], 1),
        ([("GB", "s1", "k3", "k1"), ("FR", "s2", "k3", "k2")], 1),
        ([("GB", "s1", "k1"), ("FR", "s2", "k1"), ("FR", "s3", "k2")], 1),
        ([("GB", "s1", "k1"), ("FR", "s1", "k2"), ("DE", "s3", "k3")], 2),
        # what no table of codes knows as a State of today is not one more
        ([("GB", "s1", "k1"), ("UK", "s2", "k2")], 1),
        ([("GB", "s1", "k1"), ("gb", "s2", "k2")], 1),
        ([("DE", "s1", "k1"), ("DD", "s2", "k2")], 1),
        ([("FR", "s1", "k1"), ("FX", "s2", "k2"), ("ZZ", "s3", "k3")], 1),
        ([("DE", "s1", "k1"), ("IA", "s2", "k2"), ("UN", "s3", "k3")], 3),
    ],
)
def test_lists_of_independent_states_alone_are_counted(lists, count):
    held = entry(*(signed_by(*given) for given in lists))
    assert policy(believe=["list"], lists=count).standing(held)[0] is True
    assert policy(believe=["list"], lists=count + 1).standing(held)[0] is False


def test_a_state_of_another_code_is_counted_where_the_policy_says_whose_it_is():
    other = signed_by("UK", "s2", "k2")
    held = entry(signed_by("FR", "s1", "k1"), other)
    assert policy(believe=["list"], lists=2).standing(held) == (False, "on a list of 1 State (FR), 2 needed")
    assert policy(believe=["list"], lists=2, states={other.anchor: "GB"}).standing(held)[0] is True
    assert policy(believe=["list"], lists=2, states={other.anchor: "FR"}).standing(held)[0] is False


def test_lists_under_given_anchors():
    given = policy(believe=["list", "anchor"], anchors=["aa" * 32])
    assert given.standing(entry(listed("DE")))[0] is True
    said = given.standing(entry(listed("FR", "bb" * 32)))
    assert said == (False, "on lists of 0 States under anchors that count, 1 needed")
    assert given.standing(entry(grounds=["anchor"])) == (False, "an anchor that the policy does not name")
    assert policy(anchors=[SHA[UTOPIA]]).standing(entry(grounds=["anchor"]))[0] is True


def test_a_list_under_a_denied_anchor_does_not_count():
    """Who denies a CSCA denies its word for others: its list, too, and under its key in another certificate."""
    link = b.csca(key=UTOPIA.key, by=OTHER, subject=UTOPIA.name)
    assert policy(denied=["aa" * 32]).standing(entry(listed("DE")))[0] is False
    assert policy(denied=["bb" * 32]).standing(entry(listed("DE")))[0] is True
    for denied in (UTOPIA, link):
        for anchor in (UTOPIA, link):
            entries = [entry(listed("UT", anchor.certificate.sha256), party=OTHER), *map(known, (UTOPIA, link))]
            seen = TrustStore.of_entries(entries).with_policy(policy(denied=[denied.certificate.sha256]))
            assert seen.distrust_reason(OTHER.certificate) == "not-believed"


def vouched(tmp_path, signer: b.Party, *, inside=(), anchor: b.Party = UTOPIA) -> TrustStore:
    """A store into which a list of OTHER was imported, signed by ``signer``."""
    store = TrustStore.create(tmp_path / f"{signer.certificate.sha256[:8]}.db")
    file = tmp_path / f"{signer.certificate.sha256[:8]}.ml"
    file.write_bytes(master_list([OTHER.raw], signer, inside=[signer.raw, *(party.raw for party in inside)]))
    (report,) = import_files(store, [file], anchors=[anchor.certificate], at=b.AT)
    assert report.signature == "passed"
    return store


def test_the_state_of_a_list_is_the_one_that_its_anchor_names(tmp_path):
    for codes, state in ((("UT",), "UT"), (("ut",), "UT"), (("UT", "EW"), ""), (("UTO",), ""), ((), "")):
        anchor = b.csca(subject=b.name(*(("C", code) for code in codes), ("CN", "Whose")))
        store = vouched(tmp_path, list_signer(anchor), anchor=anchor)
        (source,) = next(entry for entry in store.entries if entry.certificate == OTHER.certificate).origins
        assert source.state == state


@pytest.mark.parametrize("who", ["signer", "anchor", "between"])
def test_a_list_whose_signer_is_denied_does_not_count(tmp_path, who):
    """Who denies a list's signer, or whoever certified it, denies what only that list says."""
    signer = list_signer(LINK)
    store = vouched(tmp_path, signer, inside=[LINK])
    (source,) = store.entries[0].origins
    assert list(source.signers) == [party.certificate.sha256 for party in (signer, LINK, UTOPIA)]
    denied = {"signer": signer, "anchor": UTOPIA, "between": LINK}[who]
    seen = store.with_policy(policy(denied=[denied.certificate.sha256]))
    assert (store.distrust_reason(OTHER.certificate), seen.distrust_reason(OTHER.certificate)) == ("", "not-believed")
    assert seen.explain(OTHER.certificate) == "on lists of 0 States under anchors and signers that count, 1 needed"
    assert store.with_policy(policy(denied=[NOBODY])).trusted(OTHER.certificate)
    path = certification_path.build(b.signer(OTHER, "XX").certificate, seen)
    assert (path.valid, path.reason) == (None, "not-believed")
    said = explain(store, "XX", policy(denied=[denied.certificate.sha256]), at=b.AT)
    assert not any(line.startswith("Denied by the policy, and not in the store") for line in said)


def test_what_another_list_says_too_is_believed(tmp_path):
    first, second = (list_signer(key=b.ec_key(name), subject=b.name(("C", "UT"), ("CN", name))) for name in "ab")
    store = vouched(tmp_path, first)
    file = tmp_path / "second.ml"
    file.write_bytes(master_list([OTHER.raw], second, inside=[second.raw]))
    import_files(store, [file], anchors=[UTOPIA.certificate], at=b.AT)
    for denied, believed in (([first], True), ([second], True), ([first, second], False)):
        seen = store.with_policy(policy(denied=[party.certificate.sha256 for party in denied]))
        assert seen.trusted(OTHER.certificate) is believed


def test_a_list_signer_is_denied_for_its_key_which_the_lists_tell(tmp_path):
    """Of a list signer, whom no list holds, the source tells the key: it is denied in its next certificate too."""
    old, new = list_signer(serial=1), list_signer(serial=2)
    store = vouched(tmp_path, old)
    file = tmp_path / "new.ml"
    file.write_bytes(master_list([LINK.raw], new, inside=[new.raw]))
    import_files(store, [file], anchors=[UTOPIA.certificate], at=b.AT)
    seen = store.with_policy(policy(denied=[old.certificate.sha256]))
    assert old.certificate.sha256 not in {entry.certificate.sha256 for entry in store.entries}
    assert [seen.distrust_reason(party.certificate) for party in (OTHER, LINK, UTOPIA)] == ["not-believed", "not-believed", ""]


def test_of_several_signers_of_a_list_none_may_be_denied(tmp_path):
    first, second = (list_signer(key=b.ec_key(name), subject=b.name(("C", "UT"), ("CN", name))) for name in "ab")
    body = content([OTHER.raw])
    infos = [b.signer_info(body, p, by_key=p.identifier, content_type=MASTER_LIST) for p in (first, second)]
    file, store = tmp_path / "two.ml", TrustStore.create(tmp_path / "two.db")
    file.write_bytes(master_list([OTHER.raw], infos=infos, inside=[first.raw, second.raw]))
    import_files(store, [file], anchors=[UTOPIA.certificate], at=b.AT)
    assert store.trusted(OTHER.certificate)
    for party in (first, second):
        assert not store.with_policy(policy(denied=[party.certificate.sha256])).trusted(OTHER.certificate)


# ---------------------------------------------------------------------------------------------------------- in the store


def test_a_store_under_a_policy(tmp_path):
    store = TrustStore.create(tmp_path / "trust.db")
    store.add(listed("DE"), [(UTOPIA.certificate, "self-signed")], grounds={SHA[UTOPIA]: "list"})
    two = policy(believe=["list"], lists=2)
    seen = store.with_policy(two)
    assert store.with_policy(two) is seen
    assert (store.trusted(UTOPIA.certificate), seen.trusted(UTOPIA.certificate)) == (True, False)
    assert seen.distrust_reason(UTOPIA.certificate) == "not-believed"
    assert seen.explain(UTOPIA.certificate) == "on a list of 1 State (DE), 2 needed"
    assert (seen.distrust_reason(OTHER.certificate), store.distrust_reason(OTHER.certificate)) == ("untrusted", "untrusted")
    assert seen.entries == store.entries
    assert seen.digest == TrustStore.of(()).digest != store.digest
    # it follows what is added
    store.add(listed("FR", "bb" * 32), [(UTOPIA.certificate, "self-signed")], grounds={SHA[UTOPIA]: "list"})
    assert seen.trusted(UTOPIA.certificate)
    assert seen.digest == store.digest
    assert store.with_policy(None) is store
    assert seen.with_policy(policy(denied=[SHA[UTOPIA]], believe=["list"])).distrust_reason(UTOPIA.certificate) == "denied"


def test_the_digest_covers_who_said_so():
    """Where lists are counted the sources decide: whoever pins the store pins them too."""
    path = f"{'1' * 64}:{'2' * 64}"

    def digest(*origins: Source, grounds=("list",)) -> str:
        return TrustStore.of_entries([entry(*origins, grounds=grounds), known(OTHER)]).digest

    german, french = listed("DE"), listed("FR", "bb" * 32)
    kept = digest(german)
    told = [
        digest(), digest(german, french), digest(french), digest(replace(german, state="FR")),
        digest(replace(german, anchor="cc" * 32)), digest(replace(german, path=path)), digest(german, grounds=("anchor",)),
        digest(german, grounds=("list", "anchor")),
    ]  # fmt: skip
    assert len({kept, *told}) == 1 + len(told)
    # another edition of the same list by the same signer says the same, as does what vouches for nobody
    edition = replace(german, name="newer.ml", sha256="dd" * 32, signed="2026-01-01", imported="2026-02-02")
    assert {digest(edition), digest(german, edition), digest(edition, german)} == {kept}
    assert digest(german, listed("FR", signature="failed"), Source("c.cer", "cc", kind="file")) == kept
    # what is merely known is not pinned; a digest of before covers the certificates alone
    assert TrustStore.of_entries([entry(german)]).digest == kept
    stores = [TrustStore.of_entries([entry(*origins)]) for origins in ((german,), (french,))]
    alone = hashlib.sha256(SHA[UTOPIA].encode()).hexdigest()
    assert {store.certificates_digest for store in stores} == {alone}
    assert alone not in {store.digest for store in stores}


def test_whoever_is_denied_has_no_ground():
    store = TrustStore.of([UTOPIA.certificate, OTHER.certificate], [LINK.certificate])
    seen = store.with_policy(policy(denied=[SHA[UTOPIA]]))
    assert [seen.distrust_reason(p.certificate) for p in (UTOPIA, OTHER, LINK)] == ["denied", "", "untrusted"]
    assert seen.explain(UTOPIA.certificate) == "denied by the policy"
    path = certification_path.build(b.signer(LINK).certificate, seen)
    assert (path.valid, path.reason) == (False, "denied")
    assert [(a.issuer, a.reason) for a in path.attempts] == [
        (LINK.certificate, "untrusted"),
        (UTOPIA.certificate, "denied"),
    ]


def test_a_denied_key_is_denied_in_another_certificate_and_another_form():
    """Root and link of one key, one with the curve's name and one with its parameters (225 of 232 give these)."""
    link = b.csca(key=b.ec_key("link"), by=UTOPIA, info=public_key_info(b.ec_key("link"), named_curves=False))
    root = b.csca(key=b.ec_key("link"))
    assert keys.load(link.certificate.spki).explicit
    assert link.certificate.spki != root.certificate.spki
    store = TrustStore.of([UTOPIA.certificate], [link.certificate, root.certificate])
    signer = b.signer(link).certificate
    assert certification_path.build(signer, store).valid
    seen = store.with_policy(policy(denied=[root.certificate.sha256]))
    assert seen.distrust_reason(link.certificate) == "denied"
    assert seen.explain(link.certificate) == "its key is that of a certificate which the policy denies"
    assert certification_path.build(signer, seen).reason == "denied"
    # a denied signer itself, though nobody keeps it in a store
    assert certification_path.build(signer, store.with_policy(policy(denied=[signer.sha256]))).reason == "denied"


def test_whom_the_policy_believes_comes_first():
    """A crowd that only the import trusted must not hide the one that the policy believes."""
    crowd = [b.csca(key=b.ec_key("crowd"), identifier=UTOPIA.identifier, serial=n) for n in range(1, 80)]
    entries = [entry(grounds=["candidates-trusted"], party=party) for party in crowd]
    store = TrustStore.of_entries([*entries, entry(grounds=["anchor"])])
    signer = b.signer(UTOPIA).certificate
    assert certification_path.build(signer, store).reason == "limit"
    assert certification_path.build(signer, store.with_policy(policy())).valid


def test_a_policy_is_not_lost_by_merging():
    store = TrustStore.of([UTOPIA.certificate])
    seen = store.with_policy(policy(denied=[SHA[UTOPIA]]))
    for first, second in ((seen, store), (store, seen)):
        with pytest.raises(UsageError, match="under a policy"):
            first.merged([second])
