"""Input within limits: nesting, numbers, names that stand twice, keys of many parts: a named error, and no work for it."""

import json
import os
import subprocess
import sys
import threading
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tjdocs import inputs, limits, specs
from tjdocs.errors import InputError, SpecError

LONG = 100_000


class Steps:
    """Counts calls and lines of Python that run: work that does not depend on how busy the machine is."""

    def __enter__(self):
        self.count, self.before = 0, sys.gettrace()
        sys.settrace(self._trace)
        return self

    def _trace(self, frame, event, argument):
        self.count += 1
        return self._trace

    def __exit__(self, *error):
        sys.settrace(self.before)


JSON = {
    "lists": "[" * LONG,
    "objects": '{"a":' * (LONG // 5),
    "33 levels": "[" * 33 + "]" * 33,
    "33 levels in objects": '{"a":' * 33 + "1" + "}" * 33,
    "a text that does not end": "[" * 33 + '"' + '\\"' * (LONG // 2),
    "a text that ends in an escape": "[" * 33 + '"' + "\\" * LONG,
    "digits": "1" * LONG,
    "no value": "",
    "bytes that are no text": b'"\xff"',
    "half a pair in bytes": b'"\xed\xa0\x80"',
    "a name twice": '{"a": 1, "a": 2}',
    "a name twice, deep inside": '[{"b": {"a": 1, "a": 1}}]',
    "a word that is no number": "[NaN]",
    "a number without an end": '{"a": -Infinity}',
    "a number beyond all that are read": "[1e999]",
    "many names, the last one twice": "{" + ",".join(f'"{n}":1' for n in range(12_000)) + ',"11999":1}',
}


@pytest.mark.parametrize("name", JSON)
def test_json_that_is_not_read(name):
    with Steps() as steps, pytest.raises(InputError) as caught:
        inputs.json_value(JSON[name], where="here")
    assert "here" in str(caught.value)
    assert steps.count < LONG  # 12,000 names that are each compared with each would be 144 million


def test_the_name_that_stands_twice_is_named():
    with pytest.raises(InputError, match="a name twice: direction; once in an object of here"):
        inputs.json_value('{"direction": "entry", "direction": "domestic"}', where="here")


@pytest.mark.parametrize("text", ["[" * 32 + "]" * 32, '"' + "[" * LONG + '"', '{"a": "\\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["}', "[" + "[]," * 50 + "[]]"])
def test_json_that_is_read(text):
    assert inputs.json_value(text, where="here") == json.loads(text)
    assert inputs.json_value(b"\xef\xbb\xbf" + text.encode(), where="here") == json.loads(text)


@given(st.recursive(st.none() | st.text(st.characters(codec="utf-8")) | st.integers(), lambda x: st.lists(x, max_size=4) | st.dictionaries(st.text(max_size=3), x, max_size=4)))
def test_what_json_is_is_read_as_json_reads_it(value):
    text = json.dumps(value)
    assert inputs.json_value(text, where="here") == value


@given(st.binary(max_size=60) | st.text('{}[]",:\\1a', max_size=60).map(str.encode))
def test_no_bytes_raise_anything_else(data):
    for read, error in ((inputs.json_object, InputError), (inputs.toml_table, SpecError)):
        try:
            assert isinstance(read(data, where="here"), dict)
        except error:
            pass


TOML = {
    "parts of a key": "a." * (LONG // 2) + "a=1",
    "parts of a quoted key": '"a".' * (LONG // 4) + "a=1",
    "parts of a header": "[" + "a." * (LONG // 2) + "a]",
    "parts of a header of a list": "[[" + "a . " * (LONG // 4) + "a]]",
    "parts of a key in a table": "a={" + "b." * 100 + "b=1}",
    "parts of a second key in a table": "a={c=1, " + "b." * 100 + "b=1}",
    "lists": "a=" + "[" * LONG,
    "tables": "a=" + "{a=" * (LONG // 3),
    "33 levels": "a=" + "[" * 33 + "1" + "]" * 33,
    "levels of two kinds": "[" + "a." * 20 + "a]\nb=" + "[" * 20 + "]" * 20,
    "digits": "a=" + "1" * LONG,
    "bytes that are no text": "\udcff",
    "over the limit": "#" * (limits.DOCUMENT_TYPE + 1),
}


@pytest.mark.parametrize("name", TOML)
def test_toml_that_is_not_read(name):
    with Steps() as steps, pytest.raises(SpecError) as caught:
        inputs.toml_table(TOML[name].encode(errors="surrogateescape"), where="here")
    assert "here" in str(caught.value)
    assert steps.count < 20 * LONG  # a key of 50,000 parts alone takes more than a thousand million


@pytest.mark.parametrize("text", ["[" + "a." * 20 + "a]\nb=1", "a=" + "[" * 31 + "]" * 31, 'a="' + "b.c." * 1000 + '"', "a='''\n" + "b.\n" * 100 + "'''"])
def test_toml_that_is_read(text):
    assert inputs.toml_table(text.encode(), where="here") == tomllib.loads(text)


@pytest.mark.parametrize("text", [" " * LONG, "[" + " \t" * LONG, "{" + " " * LONG, "a={" + " " * LONG, "a" * LONG, " " * LONG + "a" * LONG])
def test_toml_of_one_long_line_is_searched_once(text):
    """Where each of two repetitions tries the other's blanks again, this takes minutes."""
    program = "import sys; from tjdocs import inputs; inputs.toml_table(sys.stdin.buffer.read(), where='here')"
    ended = subprocess.run([sys.executable, "-c", program], input=(text * 5).encode(), capture_output=True, timeout=60)
    assert b"SpecError" in ended.stderr or ended.returncode == 0


def test_every_bundled_table_is_within_the_limits():
    for path in sorted(specs.folder("specs").rglob("*.toml")):
        assert inputs.toml_table(path.read_bytes(), where=path.name) == tomllib.loads(path.read_text(encoding="utf-8"))


def test_a_file(tmp_path):
    (tmp_path / "a").write_bytes(b"12345")
    assert inputs.read_file(tmp_path / "a", 5) == b"12345"
    with pytest.raises(InputError, match="at most 4 bytes"):
        inputs.read_file(tmp_path / "a", 4)
    for name in ("missing", "a/b", "\0", "x" * 5000):
        with pytest.raises(InputError, match="cannot read"):
            inputs.read_file(tmp_path / name, 4)
    with pytest.raises(InputError, match=r"cannot read.*[Dd]irectory"):
        inputs.read_file(tmp_path, 4)


def test_a_pipe_is_read_where_the_desk_names_it_and_not_where_evidence_does(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="not a regular file"):
        inputs.read_file(tmp_path / "pipe", 10, regular=True)
    writer = threading.Thread(target=(tmp_path / "pipe").write_bytes, args=(b"text",))
    writer.start()
    assert inputs.read_file(tmp_path / "pipe", 10) == b"text"
    writer.join()


# ------------------------------------------------------------------------------------------------------ many values

UNITS = {"objects": "{},", "lists": "[],", "numbers": "0,", "texts": '"",', "pairs": '{"a":1},'}


@pytest.mark.parametrize("name", UNITS)
def test_more_values_than_are_read(name, monkeypatch):
    """They are counted, and not made: a value may be three bytes long, and take a hundred."""
    many = ("[" + UNITS[name] * limits.JSON_VALUES + "0]").encode()
    monkeypatch.setattr(inputs.json, "loads", lambda *given, **more: pytest.fail("it was read"))
    with pytest.raises(InputError, match="too many values: here; at most 100000"):
        inputs.json_value(many, where="here")
    with pytest.raises(InputError, match="too many values: here; at most 5"):
        inputs.json_object('{"a":[' + UNITS[name] * 6 + "0]}", where="here", values=5)


def test_values_as_many_as_are_read():
    assert len(inputs.json_value("[" + "0," * (limits.JSON_VALUES - 1) + "0]", where="here")) == limits.JSON_VALUES
    for text in ('["' + ",[{" * limits.JSON_VALUES + '"]', '["\\"' + ",[{" * limits.JSON_VALUES + '\\\\"]'):
        assert inputs.json_value(text, where="here") == json.loads(text)


@given(st.recursive(st.none() | st.text("[]{},\"\\"), lambda x: st.lists(x, max_size=4) | st.dictionaries(st.text(max_size=3), x, max_size=4)))
def test_no_fewer_values_are_counted_than_there_are(value):
    def count(item):
        inner = item.values() if isinstance(item, dict) else item if isinstance(item, list) else ()
        return 1 + sum(map(count, inner))

    text = json.dumps(value)
    assert not inputs.has_more_values(text, 2 * count(value))
    assert count(value) == 1 or inputs.has_more_values(text, count(value) - 2)
