"""``tools/prose`` sees the wording that the house does not use, and passes good sentences."""

import importlib.machinery
import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
GOOD = """
The signing time is after the time of inspection.
Return the check digit of a field.
The seal of a visa is not evidence for the passport.
A bad document never raises an error.
There is no list of this State.
The path is no longer valid.
The names are no more than 39 characters long.
Is this what is meant by a document class?
None of the signers has a name.
The State that issued the document signs its data.
A reader that fails returns a problem with a place.
Certificates come from the trust store or from EF.SOD.
UTO stands for a State that does not exist.
The day lies between the date of issue and the date of expiry.
Each finding has a check, an outcome and a reason.
The address is next to the portrait on the back.
One clause follows; another ends the sentence.
The certificate is after the signature in the file.
The officer decides by that rule.
A signature by that State counts; another does not.
What a clerk types is checked at once.
The law says what an officer must do.
Tell the traveller which document is missing.
The counter of blanks starts at one again.
The register has a row for each document.
No document is issued without an officer.
The vehicle is behind a barrier at the crossing point.
The holder may lack a second name.
The key is in the file `what is there` of the authority.
The book prints “what is this” and "nobody stood there".
""".strip().splitlines()
BAD = [
    ("free-relative", "Return what is written there."),
    ("free-relative", "Whoever has no passport is refused."),
    ("free-relative", "It names whatever the reader needs."),
    ("negated-noun", "A visa is no passport."),
    ("negated-noun", "The issuers were nobody."),
    ("negated-noun", "The digits are none."),
    ("place-verb", "The number stands on the page."),
    ("place-verb", "The date lies in the future."),
    ("place-verb", "The page bears a portrait."),
    ("speech", "The caller is told."),
    ("speech", "The chip says nothing."),
    ("false-friend", "The date is behind the number."),
    ("false-friend", "The files beside the application are read."),
    ("false-friend", "Build the index anew."),
    ("false-friend", "The certificate at hand is older."),
    ("false-friend", "It compares the law with that of then."),
    ("false-friend", "The reader starts by itself."),
    ("pile-up", "One; two; three."),
]


@pytest.fixture(scope="module")
def prose():
    loader = importlib.machinery.SourceFileLoader("prose_tool", str(ROOT / "tools/prose"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("prose_tool", loader))
    sys.modules["prose_tool"] = module
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "dont_write_bytecode", True)
        loader.exec_module(module)
    yield module
    del sys.modules["prose_tool"]


def rules(prose, source, kind="md", path="docs/page.md"):
    return [(hit.line, hit.rule) for hit in prose.read(path, source, kind)[0]]


def run(*arguments):
    done = subprocess.run([sys.executable, ROOT / "tools/prose", *arguments], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_there_are_thirty_good_sentences():
    assert len(GOOD) == 30


@pytest.mark.parametrize("sentence", GOOD)
def test_good_sentences(prose, sentence):
    assert rules(prose, sentence) == []


@pytest.mark.parametrize(("rule", "sentence"), BAD, ids=[row[1] for row in BAD])
def test_bad_sentences_in_every_kind_of_text(prose, rule, sentence):
    assert rules(prose, sentence) == [(1, rule)]
    assert rules(prose, f'"""A module.\n\n{sentence}\n"""\n', "python", "src/tjdocs/mrz/x.py") == [(3, rule)]
    assert rules(prose, f"x = 1  # {sentence}\n", "python", "src/tjdocs/mrz/x.py") == [(1, rule)]
    assert rules(prose, f"raise UsageError({sentence!r})\n", "python", "src/tjdocs/mrz/x.py") == [(1, rule)]
    assert rules(prose, f"a = 1\n# {sentence}\n", "toml", "specs/x.toml") == [(2, rule)]
    assert rules(prose, f"a = 1\nb = '{sentence}'\n", "toml", "specs/x.toml") == [(2, rule)]


def test_every_rule_has_a_bad_sentence(prose):
    assert {rule for rule, _ in BAD} | {"error-no"} == set(prose.RULES)


def test_messages_begin_with_what_is_missing(prose):
    assert rules(prose, 'raise UsageError("no such file", where="x")\n', "python") == [(1, "error-no")]
    assert rules(prose, 'raise errors.UsageError(f"no file {name}")\n', "python") == [(1, "error-no")]
    assert rules(prose, 'raise UsageError("missing file")\nprint("no file")\n', "python") == []
    assert rules(prose, 'raise UsageError("bad", hint=f"what is {x}")\n', "python") == [(1, "free-relative")]


def test_variables_are_nouns(prose):
    source = "found = 1\nfor held, (told, x) in y:\n    pass\n"
    assert rules(prose, source, "python") == [(1, "variable"), (2, "variable"), (2, "variable")]
    assert rules(prose, "first, *rest = x\nleft, top = y\n", "python") == []
    assert rules(prose, "left = 1\ndef f():\n    right = 2\n", "python") == [(1, "variable")]


def test_a_sentence_over_lines(prose):
    assert rules(prose, "A visa\nis\nno passport.\n") == [(2, "negated-noun")]
    assert rules(prose, "# A visa\n# is no\n# passport.\n", "toml", "specs/x.toml") == [(2, "negated-noun")]
    assert rules(prose, "- A visa is\n\n- no passport; a\n- b; c; d\n") == [(4, "pile-up")]


def test_code_is_left_out(prose):
    assert rules(prose, "```text\na; b; c; d\n```\n\n    what is this; a; b\n\n`what is` [text](what-is-there.md)\n") == []
    assert rules(prose, '"""A door.\n\n>>> print("what is this")\n"""\n', "python") == []


def test_texts_of_law_keep_their_verbs(prose):
    assert rules(prose, 'text = "the page bears it"\n', "toml", "specs/requirements.toml") == []


def test_an_excuse_needs_a_reason(prose):
    assert rules(prose, "A visa is no passport. <!-- prose: ok the words of the act -->\n") == []
    assert rules(prose, "A visa is no passport. <!-- prose: ok -->\n") == [(1, "negated-noun")]
    assert rules(prose, "found = 1  # prose: ok the name of the act\n", "python") == []
    assert rules(prose, '"""A visa is no passport."""  # prose: ok the words of the act\n', "python") == []


def test_budgets(prose, tmp_path):
    (tmp_path / "page.md").write_text("A visa is no passport.\n" + "word " * 500, encoding="utf-8")
    status, text = run(tmp_path)
    assert (status, f"{tmp_path}/page.md:1: negated-noun: " in text) == (1, True)
    (tmp_path / "page.md").write_text("A visa is no passport.\n" + "word " * 1000, encoding="utf-8")
    assert run(tmp_path)[0] == 0
    assert (prose.budget("specs/lds", 9999), prose.budget("src/tjdocs/lds: messages", 9999)) == (0, 0)
    assert prose.budget("src/tjdocs/lds", 2999) == 2


def test_a_hit_more_than_the_table_allows(prose, tmp_path, monkeypatch, capsys):
    (tmp_path / "docs").mkdir()
    page = tmp_path / "docs/page.md"
    monkeypatch.setattr(prose, "ROOT", tmp_path)
    monkeypatch.setattr(prose, "TABLE", tmp_path / "prose.toml")
    monkeypatch.setattr(prose, "TREE", ("docs",))
    monkeypatch.setattr(sys, "argv", ["tools/prose", "--lower"])
    page.write_text("A visa is no passport.\n\nA seal is no chip.\n", encoding="utf-8")
    assert prose.main() == 0
    monkeypatch.setattr(sys, "argv", ["tools/prose"])
    assert prose.main() == 0
    page.write_text("A visa is no passport.\n", encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["tools/prose", "--lower"])
    assert prose.main() == 0
    page.write_text("A visa is no passport.\n\nA seal is no chip.\n", encoding="utf-8")
    assert prose.main() == 1  # --lower raises nothing
    monkeypatch.setattr(sys, "argv", ["tools/prose"])
    assert prose.main() == 1
    assert "prose: 2 hits, allowed 1: docs" in capsys.readouterr().err


def test_the_tree_is_within_the_table():
    status, text = run()
    assert status == 0, text
