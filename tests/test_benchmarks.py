"""Kept benchmark results: complete, without names of hosts or folders; the plot and its page are made of them."""

import copy
import json
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).parents[1]
RESULTS = sorted((ROOT / "benchmarks/results").glob("*.json"))
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def history():
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        import bench_history
    finally:
        sys.path.remove(str(ROOT / "tools"))
    return bench_history


@pytest.fixture
def two():
    """A result, and one a year later that lacks a figure and has another."""
    row = {"value": 2.0, "spread": 0.1, "compared": "a | b", "taken": "2026-11-30", "load": 0.5}
    older = {
        "schema": 1, "commit": "a" * 40, "date": "2026-11-30T00:00:00+00:00", "versions": {"python": "3.11.7"},
        "machine": {"processors": 2}, "figures": {"mrz.a": row, "pa.<b>": row},
    }  # fmt: skip
    newer = copy.deepcopy(older) | {"commit": "b" * 40, "date": "2027-11-30T00:00:00+00:00"}
    newer["figures"] = {"mrz.a": {**row, "value": 3.0}, "zone.c": row}
    return [older, newer]


@pytest.mark.parametrize("path", RESULTS, ids=lambda path: path.stem)
def test_a_kept_result_is_complete_and_says_nothing_of_the_place(path):
    text = path.read_text(encoding="utf-8")
    table = json.loads(text)
    assert table.keys() == {"schema", "commit", "date", "versions", "machine", "figures"}
    assert table["commit"].startswith(path.stem)
    assert table["versions"].keys() >= {"python", "cryptography", "openssl"}
    assert table["machine"].keys() == {"processor", "processors", "system"}
    for row in table["figures"].values():
        assert row.keys() >= {"value", "spread", "compared", "taken", "load"}
    assert not re.search(r"(^|[\s\"'])/\w|://|[\w.-]+@", text)


def test_some_results_are_kept():
    assert RESULTS


def test_plot_and_page_are_made_of_the_kept_results(history):
    rows = history.history(history.RESULTS)
    assert history.PLOT.read_text(encoding="utf-8") == history.plot(rows), "tools/bench --plot"
    assert history.PAGE.read_text(encoding="utf-8") == history.page(rows), "tools/bench --plot"


def test_plot_has_a_point_for_each_value_and_loads_nothing(history, two):
    text = history.plot(two)
    assert text == history.plot(copy.deepcopy(two))
    root = ElementTree.fromstring(text)
    assert len(list(root.iter(f"{SVG}circle"))) == len(list(root.iter(f"{SVG}line"))) == 4
    assert len(list(root.iter(f"{SVG}path"))) == 1  # one figure has two values
    labels = [one.text for one in root.iter(f"{SVG}text")]
    assert labels == ["mrz.a", "3", "pa.<b>", "2", "zone.c", "2", "aaaaaaa", "bbbbbbb"]
    assert "href" not in text
    heights = [float(one.get("cy")) for one in root.iter(f"{SVG}circle")]
    assert heights[0] > heights[1]  # three is above two
    assert all(0 <= float(one.get("cx")) <= history.WIDTH for one in root.iter(f"{SVG}circle"))


def test_page_has_the_newest_value_of_each_figure(history, two):
    rows = [line.split(" | ") for line in history.page(two).splitlines() if line.startswith("| `")]
    assert [(row[0], row[1], row[4]) for row in rows] == [
        ("| `mrz.a`", "3.0", "bbbbbbb"), ("| `pa.<b>`", "2.0", "aaaaaaa"), ("| `zone.c`", "2.0", "bbbbbbb"),
    ]  # fmt: skip


def test_results_are_in_the_order_of_their_commits(history, two, tmp_path):
    for name, row in zip("ab", reversed(two), strict=True):
        (tmp_path / f"{name}.json").write_text(json.dumps(row), encoding="utf-8")
    assert history.history(tmp_path) == two


@pytest.fixture
def repository(history, monkeypatch, tmp_path):
    """A repository with one commit, in the place of this one."""
    monkeypatch.setattr(history, "ROOT", tmp_path)
    monkeypatch.setattr(history, "RESULTS", tmp_path / "benchmarks/results")
    (tmp_path / "src").mkdir()
    (tmp_path / "src/a.py").write_text("a = 1\n")
    names = ["-c", "user.name=specimen", "-c", "user.email=specimen"]
    for command in (["init", "-q"], ["add", "."], [*names, "commit", "-q", "-m", "A"]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    return tmp_path


def test_figures_of_one_commit_are_kept_together(history, repository):
    row = {"value": 1.5, "spread": 0.1, "compared": "x"}
    none = {"value": None, "spread": None, "compared": "no published list"}
    versions, machine = {"python": "3.11.7"}, {"processors": 2}
    path = history.save({"b": {"one": row, "two": row}, "c": none}, versions, machine, 0.25)
    assert history.save({"a": row}, versions, machine, 0.25) == path
    table = json.loads(path.read_text(encoding="utf-8"))
    assert list(table["figures"]) == ["a", "b.one", "b.two"]
    assert table["figures"]["a"]["load"] == 0.2
    assert path.stem == table["commit"][:12]
    before = path.read_bytes()
    with pytest.raises(ValueError, match="other versions or another machine: benchmarks/results/"):
        history.save({"a": row}, {"python": "3.12.0"}, machine, 0.25)
    (repository / "src/a.py").write_text("a = 2\n")
    with pytest.raises(ValueError, match="the tree differs from the commit"):
        history.save({"a": row}, versions, machine, 0.25)
    assert path.read_bytes() == before
