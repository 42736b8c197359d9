"""Results of ``tools/bench`` by commit, their plot and their table. Not a tool."""

import json
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks/results"
PLOT, PAGE = ROOT / "docs/benchmarks.svg", ROOT / "docs/benchmarks.md"
HEAD = """# Benchmarks

Made by `tools/bench --plot` from `benchmarks/results/`, one file for each measured commit (`tools/bench --save`). Each
figure is a ratio or a share, measured in one run against the bare operations that it contains. A bar is the spread:
half the distance between the quartiles, over the median. The load is that of the machine before the measurement. On a
machine with other work the spread grows. A commit without a figure was measured without it.

![each figure by commit](benchmarks.svg)
"""
WIDTH, ROW, LEFT, RIGHT = 760, 64, 230, 90


def _git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


def flat(results: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return every measured figure by its name; one of several engines or cases has a name for each."""
    rows = {}
    for name, result in results.items():
        for part, row in ({"": result} if "value" in result else result).items():
            if row["value"] is not None:
                rows[f"{name}.{part}" if part else name] = row
    return rows


def save(results: Mapping[str, Any], versions: Mapping[str, str], machine: Mapping[str, Any], load: float) -> Path:
    """Keep results under the commit that they measure, next to its figures that were kept before.

    :raises ValueError: the tree differs from the commit, or the kept figures have other versions or another machine
    """
    if _git("status", "--porcelain", "--untracked-files=no", "--", "src", "specs", "tools", "tests"):
        raise ValueError("the tree differs from the commit: commit first")
    commit, date = _git("show", "--no-patch", "--format=%H %cI").split()
    path = RESULTS / f"{commit[:12]}.json"
    earlier = json.loads(path.read_text("utf-8")) if path.exists() else {"figures": {}}
    if "versions" in earlier and (earlier["versions"], earlier["machine"]) != (versions, machine):
        raise ValueError(f"other versions or another machine: {path.relative_to(ROOT)}")
    taken = datetime.now(UTC).date().isoformat()
    figures = earlier["figures"] | {
        name: {**row, "taken": taken, "load": round(load, 1)} for name, row in flat(results).items()
    }
    date = datetime.fromisoformat(date).astimezone(UTC).isoformat()
    table = {"schema": 1, "commit": commit, "date": date, "versions": versions, "machine": machine}
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({**table, "figures": dict(sorted(figures.items()))}, indent=1, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")
    return path


def history(folder: Path) -> list[dict[str, Any]]:
    """Return the kept results, the oldest commit first."""
    rows = [json.loads(path.read_text("utf-8")) for path in folder.glob("*.json")]
    return sorted(rows, key=lambda row: (row["date"], row["commit"]))


def plot(rows: list[dict[str, Any]]) -> str:
    """Return an SVG with a line for each figure: its values by commit, each with its spread."""
    names = sorted({name for row in rows for name in row["figures"]})
    height = ROW * len(names) + 30
    style = "text{font:12px sans-serif;fill:#333}path{fill:none}path,line{stroke:#2a6}circle{fill:#2a6}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}">',
        f'<style>{style}</style><rect width="100%" height="100%" fill="#fff"/>',
    ]
    step = (WIDTH - LEFT - RIGHT) / max(len(rows) - 1, 1)
    for number, name in enumerate(names):
        top = number * ROW
        figures = [(LEFT + at * step, row["figures"].get(name)) for at, row in enumerate(rows)]
        points = [(x, row["value"], row["value"] * row["spread"]) for x, row in figures if row]
        low = min(value - spread for _, value, spread in points)
        high = max(value + spread for _, value, spread in points)
        size = (ROW - 24) / ((high - low) or 1)

        def y(value: float, *, top: int = top, low: float = low, size: float = size) -> float:
            return top + ROW - 12 - (value - low) * size

        parts.append(f'<text x="8" y="{top + ROW / 2 + 4:.0f}">{escape(name)}</text>')
        for x, value, spread in points:
            parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{y(value - spread):.1f}" y2="{y(value + spread):.1f}"/>')
            parts.append(f'<circle cx="{x:.1f}" cy="{y(value):.1f}" r="3"/>')
        if len(points) > 1:
            parts.append('<path d="M' + " L".join(f"{x:.1f} {y(value):.1f}" for x, value, _ in points) + '"/>')
        x, value, _ = points[-1]
        parts.append(f'<text x="{x + 10:.1f}" y="{y(value) + 4:.1f}">{value:g}</text>')
    for at, row in enumerate(rows):
        if at in (0, len(rows) - 1):
            parts.append(f'<text x="{LEFT + at * step - 20:.1f}" y="{height - 8}">{row["commit"][:7]}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def page(rows: list[dict[str, Any]]) -> str:
    """Return docs/benchmarks.md: the plot, the newest value of each figure, and the machines."""
    lines = [HEAD, "| figure | value | spread | load | commit | compared |", "| --- | --- | --- | --- | --- | --- |"]
    for name in sorted({name for row in rows for name in row["figures"]}):
        newest = next(row for row in reversed(rows) if name in row["figures"])
        figure = newest["figures"][name]
        compared = figure["compared"].replace("|", "\\|")
        numbers = " | ".join(str(figure[key]) for key in ("value", "spread", "load"))
        lines.append(f"| `{name}` | {numbers} | {newest['commit'][:7]} | {compared} |")
    lines += ["", "| commit | date | figures | versions | machine |", "| --- | --- | --- | --- | --- |"]
    for row in rows:
        versions = ", ".join(f"{key} {value}" for key, value in row["versions"].items())
        machine = ", ".join(f"{key} {value}" for key, value in row["machine"].items())
        lines.append(f"| {row['commit'][:7]} | {row['date'][:10]} | {len(row['figures'])} | {versions} | {machine} |")
    return "\n".join(lines) + "\n"


def draw() -> None:
    """Write the plot and the page from the kept results."""
    rows = history(RESULTS)
    PLOT.write_text(plot(rows), encoding="utf-8")
    PAGE.write_text(page(rows), encoding="utf-8")
