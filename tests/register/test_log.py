"""The log: the tree of RFC 9162, heads in C2SP's form, proofs that verify without the database."""

import base64
import json
import subprocess
import sys
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.register_helpers import KIND, NOW, enrol, issue, open_register
from tjdocs.auditlog import (
    Checkpoint,
    ConsistencyProof,
    InclusionProof,
    LogVerifier,
    append_checkpoint,
    merkle,
    read_checkpoints,
    read_proof,
)
from tjdocs.errors import InputError, KeyMaterialError, OutputError, RegisterError, UsageError
from tjdocs.register import Keys

# the reference leaves and roots of the Certificate Transparency implementations (the tree of RFC 6962 and RFC 9162)
LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
# the example of golang.org/x/mod/sumdb/note
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


def tree(leaves):
    """The tree's root by its definition (RFC 9162, 2.1.1), written down once more."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\0" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b"\1" + tree(leaves[:k]) + tree(leaves[k:])).digest()


def test_published_roots():
    frontier = merkle.Frontier()
    for leaf, root in zip(LEAVES, ROOTS, strict=True):
        frontier.add(merkle.leaf_hash(bytes.fromhex(leaf)))
        assert frontier.root.hex() == root


@given(st.lists(st.binary(max_size=3), max_size=40), st.data())
def test_proofs_hold_and_nothing_else_does(leaves, data):
    def subtree(low, high):
        return tree(leaves[low:high])

    size, root = len(leaves), tree(leaves)
    frontier = merkle.Frontier()
    for leaf in leaves:
        frontier.add(merkle.leaf_hash(leaf))
    assert frontier.root == root
    old = data.draw(st.integers(0, size))
    path = merkle.consistency_path(old, size, subtree) if old else []
    assert merkle.verify_consistency(old, size, path, tree(leaves[:old]), root)
    assert not merkle.verify_consistency(old, size, [*path, bytes(32)], tree(leaves[:old]), root)
    assert not merkle.verify_consistency(old, size, path, bytes(32), root)
    if 0 < old < size:
        assert not merkle.verify_consistency(old, size, path, tree(leaves[:old]), bytes(32))
        assert not merkle.verify_consistency(old, size, path[:-1], tree(leaves[:old]), root)
    if size:
        index = data.draw(st.integers(0, size - 1))
        path = merkle.inclusion_path(index, size, subtree)
        assert merkle.verify_inclusion(leaves[index], index, size, path, root)
        assert not merkle.verify_inclusion(leaves[index] + b"x", index, size, path, root)
        assert not merkle.verify_inclusion(leaves[index], index, size, [*path, bytes(32)], root)
        assert not merkle.verify_inclusion(leaves[index], index, size, path, bytes(32))
        assert not merkle.verify_inclusion(leaves[index], size, size, path, root)
        for step in range(len(path)):
            changed = [*path[:step], bytes(32), *path[step + 1 :]]
            assert not merkle.verify_inclusion(leaves[index], index, size, changed, root)


def test_a_note_signed_by_go():
    verifier = LogVerifier.parse(GO_KEY)
    assert verifier.text == GO_KEY
    assert verifier.verify(GO_NOTE)
    assert not verifier.verify(GO_NOTE.replace("answer", "Answer"))
    with pytest.raises(InputError, match="not a checkpoint"):
        verifier.open(GO_NOTE)


@pytest.fixture(scope="module")
def signer():
    return Keys.generate("example.tj/log").log


@given(st.integers(0, 10**12), st.binary(min_size=32, max_size=32))
def test_heads_there_and_back(signer, size, root):
    head = Checkpoint("example.tj/log", size, root)
    assert Checkpoint.parse(head.text) == head
    assert signer.verifier.open(signer.sign(head)) == head


@pytest.mark.parametrize(
    "change",
    [
        lambda note: note.replace("\n7\n", "\n8\n"),
        lambda note: note.replace("\n7\n", "\n07\n"),
        lambda note: note.replace("example.tj/log", "example.tj/lag"),
        lambda note: note.rstrip("\n"),
        lambda note: note + "\n",
        lambda note: note + "x\n",
        lambda note: note.replace("—", "-"),
        lambda note: note.replace("\n\n", "\n"),
        lambda note: note.replace("\n\n", "\nmore\n\n"),
        lambda note: note.replace("\n7", "\n7\r"),
        lambda note: note[: note.index("—")],
        lambda note: note + note[note.index("—") : -9] + ("B" if note[-9] == "A" else "A") + note[-8:],  # signed twice
        lambda note: note.replace("— example.tj/log ", "— example.tj/log AAAA"),
        lambda note: "",
        lambda note: note * 1000,
    ],
)
def test_a_head_that_was_changed(signer, change):
    note = signer.sign(Checkpoint("example.tj/log", 7, bytes(range(32))))
    with pytest.raises(InputError):
        signer.verifier.open(change(note))


def test_signatures_of_witnesses_are_left_alone(signer):
    note = signer.sign(Checkpoint("example.tj/log", 7, bytes(32)))
    other = Keys.generate("witness.example").log.sign(Checkpoint("witness.example", 7, bytes(32)))
    both = note + other[other.index("—") :]
    assert signer.verifier.open(both).size == 7
    with pytest.raises(UsageError):
        signer.sign(Checkpoint("another", 7, bytes(32)))


@pytest.mark.parametrize(
    "text",
    ["", "a", "a+b+c", GO_KEY.replace("c74f", "c75f"), GO_KEY.replace("ARpc", "AhpC"), GO_KEY[:-4], " +c74f20a3+ARpc", "x y+00000000+AA=="],
)  # fmt: skip
def test_verifier_keys_that_are_none(text):
    with pytest.raises(InputError):
        LogVerifier.parse(text)


# ------------------------------------------------------------------------------------------------- the register's log


def test_proofs_of_a_document(stocked):
    first = issue(stocked)
    with pytest.raises(RegisterError, match="no signed head"):
        stocked.log.prove(first, officer="auditor")
    head = stocked.log.sequence()
    assert stocked.log.sequence() == head  # nothing new: the same head
    number = issue(stocked)
    with pytest.raises(RegisterError, match="not in a head yet"):
        stocked.log.prove(number, officer="auditor")
    with pytest.raises(RegisterError, match="nothing in the log"):
        stocked.log.prove("P0000999", officer="auditor")
    stocked.documents.act("handover", number, officers=["anna"], at=NOW)
    stocked.log.sequence()
    proofs = stocked.log.prove(number, officer="auditor")
    assert [json.loads(proof.leaf)["act"] for proof in proofs] == ["issue", "handover"]
    assert all(proof.verify(stocked.log.verifier) for proof in proofs)
    consistency = stocked.log.prove_consistency(head, officer="auditor")
    assert consistency.verify(stocked.log.verifier)
    assert [note for note in stocked.log.heads() if note in (head, stocked.log.head())] == [head, stocked.log.head()]
    for proof in (*proofs, consistency):
        again = read_proof(json.dumps(proof.as_json()))
        assert again == proof
        assert not again.verify(Keys.generate("example.tj/register").verifier)
        assert not again.verify(Keys.generate("example.tj/other").verifier)


@pytest.mark.parametrize("name", ["index", "entry", "path", "head"])
def test_a_proof_that_was_changed(stocked, name):
    number = issue(stocked)
    stocked.log.sequence()
    table = stocked.log.prove(number, officer="auditor")[0].as_json()
    changed = {
        "index": table["index"] - 1,
        "entry": table["entry"].replace("2036", "2046"),
        "path": [base64.b64encode(bytes(32)).decode(), *table["path"][1:]],
        "head": table["head"].replace("\n11\n", "\n12\n"),
    }
    assert read_proof(json.dumps(table)).verify(stocked.log.verifier)
    assert not read_proof(json.dumps({**table, name: changed[name]})).verify(stocked.log.verifier)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"schema": 1}', '{"schema": 1, "proof": "inclusion", "path": [1]}', "[" * 5000,
                                  '{"schema": 1, "proof": "x", "path": []}', '{"schema": 1, "proof": "inclusion", "path": ["%"]}'])  # fmt: skip
def test_proofs_that_are_none(text):
    with pytest.raises(InputError):
        read_proof(text)


def test_a_verifier_needs_no_database():
    """Proofs and heads are verified by modules that import neither SQLAlchemy nor a driver."""
    code = (
        "import sys; sys.modules['sqlalchemy'] = sys.modules['tjdocs.register'] = None;"
        "from tjdocs.auditlog import LogVerifier, read_proof"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_who_sequences(stocked, url, keys):
    issue(stocked)
    for less in (Keys((), keys.log, keys.verifier), Keys(keys.data, None, keys.verifier), Keys((), None, keys.verifier)):
        with pytest.raises(KeyMaterialError):
            open_register(url, less).log.sequence()
    assert open_register(url, Keys((), None, keys.verifier)).log.head() == ""
    with pytest.raises(KeyMaterialError, match="public key"):
        open_register(url, Keys(keys.data)).log.verifier  # noqa: B018


def test_without_the_data_key_nothing_is_written(stocked, url, keys):
    """An entry without its mark could be anyone's."""
    blind = open_register(url, Keys((), None, keys.verifier))
    for call in (
        lambda: blind.reserve(KIND, officer="anna", at=NOW),
        lambda: blind.blanks.move("lost", "P0000001", officers=["chief"], at=NOW, ground="g"),
        lambda: enrol(blind, "late", "clerk", "o"),
    ):
        with pytest.raises(RegisterError, match="data key"):
            call()
    assert stocked.blanks.find("P0000001", officer="anna").state == "confirmed"


def test_heads_kept_outside(tmp_path, stocked):
    path = tmp_path / "heads"
    notes = []
    for _ in range(3):
        issue(stocked)
        notes.append(stocked.log.sequence())
        append_checkpoint(path, notes[-1])
        append_checkpoint(path, notes[-1])  # once is enough
    assert read_checkpoints(path) == notes
    path.write_bytes(path.read_bytes()[:-20])  # a crash cut the last line off
    assert read_checkpoints(path) == notes[:2]
    append_checkpoint(path, notes[2])
    assert read_checkpoints(path) == notes
    for other in (b"a key or a letter, without a line's end", b"\0\1"):
        path.write_bytes(other)
        for call in (lambda: read_checkpoints(path), lambda: append_checkpoint(path, notes[0])):
            with pytest.raises(InputError):
                call()
        assert path.read_bytes() == other
    path.write_text("something else\n")
    for call in (lambda: read_checkpoints(path), lambda: append_checkpoint(path, notes[0]), lambda: read_checkpoints(tmp_path / "none")):
        with pytest.raises(InputError):
            call()
    with pytest.raises(OutputError):
        append_checkpoint(tmp_path / "no" / "heads", notes[0])


# --------------------------------------------------------------------------------------------------------------- keys


@pytest.mark.parametrize("passphrase", [None, b"passphrase of a test"])
def test_keys_in_a_folder(tmp_path, passphrase):
    made = Keys.create(tmp_path / "k", name="example.tj/log", passphrase=passphrase)
    again = Keys.open(tmp_path / "k", passphrase=passphrase)
    assert again.data == made.data
    assert again.log.verifier == made.verifier == again.verifier
    assert {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "k").iterdir()} == {
        "data.key": 0o600, "log.key": 0o600, "log.pub": 0o600
    }  # fmt: skip
    raw = b"".join(path.read_bytes() for path in (tmp_path / "k").iterdir())
    assert (base64.b64encode(made.data[0].secret) in raw) == (passphrase is None)
    for wrong in (b"wrong", None) if passphrase else ():
        with pytest.raises(KeyMaterialError):
            Keys.open(tmp_path / "k", passphrase=wrong)
    with pytest.raises(OutputError, match="already"):
        Keys.create(tmp_path / "k", name="example.tj/log")
    for name, left in (("log.key", (True, False, True)), ("data.key", (False, False, True))):
        (tmp_path / "k" / name).unlink()
        found = Keys.open(tmp_path / "k", passphrase=passphrase)
        assert (bool(found.data), found.log is not None, found.verifier is not None) == left


@pytest.mark.parametrize("name", ["data.key", "log.key", "log.pub"])
@pytest.mark.parametrize("content", [b"", b"{}", b"\xff", b'{"schema": 1, "keys": ["AA=="]}', b'{"keys": []}', b'{"keys": 5}'])
def test_key_files_that_are_none(tmp_path, name, content):
    Keys.create(tmp_path / "k", name="example.tj/log")
    (tmp_path / "k" / name).write_bytes(content)
    with pytest.raises((InputError, KeyMaterialError)):
        Keys.open(tmp_path / "k")
    with pytest.raises(InputError):
        Keys.open(tmp_path / "none")


def test_keys_that_do_not_belong_together(tmp_path):
    Keys.create(tmp_path / "a", name="example.tj/log")
    Keys.create(tmp_path / "b", name="example.tj/log")
    (tmp_path / "a" / "log.pub").write_bytes((tmp_path / "b" / "log.pub").read_bytes())
    with pytest.raises(InputError, match="not a pair"):
        Keys.open(tmp_path / "a")
    (tmp_path / "a" / "log.pub").unlink()
    with pytest.raises(InputError, match=r"without log.pub"):
        Keys.open(tmp_path / "a")
    for name in ("", "a b", "a+b", "ё", 5):
        with pytest.raises(UsageError):
            Keys.create(tmp_path / "c", name=name)


def test_a_head_that_names_another_log(signer):
    """One key must not speak for two logs: the origin is the key's name."""
    leaf = b"an entry"
    text = Checkpoint("example.tj/other", 1, merkle.leaf_hash(leaf)).text
    raw = signer.verifier.key_id + signer.key.sign(text.encode())
    note = f"{text}\n\u2014 example.tj/log {base64.b64encode(raw).decode()}\n"
    assert signer.verifier.verify(note)
    assert not InclusionProof(0, leaf, (), note).verify(signer.verifier)
    assert not ConsistencyProof((), note, note).verify(signer.verifier)
    ours = signer.sign(Checkpoint("example.tj/log", 1, merkle.leaf_hash(leaf)))
    assert InclusionProof(0, leaf, (), ours).verify(signer.verifier)
    assert ConsistencyProof((), ours, ours).verify(signer.verifier)


def test_inclusion_needs_a_number_for_its_place():
    assert not InclusionProof(0, b"", (), "no head").verify(LogVerifier.parse(GO_KEY))
