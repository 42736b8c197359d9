"""What ``tools/new-check`` and ``tools/new-document-type`` share: edits that are written all or not at all."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FILL = "FILL IN"  # tests/test_scaffolds.py fails while a file has it


class RefusedError(Exception):
    """A call that cannot be carried out."""


def ready(tool: str) -> None:
    """Go on in .venv where this Python lacks the library's dependencies."""
    if importlib.util.find_spec("cryptography") is None or importlib.util.find_spec("ruff") is None:
        subprocess.run([ROOT / "tools/setup"], check=True, stdout=sys.stderr)
        python = ROOT / ".venv/bin/python"
        os.execv(python, [str(python), tool, *sys.argv[1:]])  # noqa: S606


def found(pattern: str, folder: str, text: str) -> list[Path]:
    """Return the files below a folder whose text matches, in order of their paths."""
    paths = sorted((ROOT / folder).rglob(pattern))
    return [path for path in paths if re.search(text, path.read_text("utf-8"), re.MULTILINE)]


def one(pattern: str, folder: str, text: str) -> Path:
    """Return the file below a folder whose text matches.

    :raises RefusedError: there is none
    """
    paths = found(pattern, folder, text)
    if not paths:
        raise RefusedError(f"missing {pattern} in {folder}: {text}")
    return paths[0]


class Plan:
    """Edits of the tree, in order, and what each place still needs."""

    def __init__(self) -> None:
        self.texts: dict[Path, str] = {}
        self.places: list[tuple[str, str]] = []

    def text(self, path: Path) -> str:
        """Return a file's text after the edits so far."""
        return self.texts.get(path) or path.read_text("utf-8")

    def create(self, path: Path, text: str, need: str) -> None:
        """Plan a new file.

        :raises RefusedError: it exists
        """
        if path.exists():
            raise RefusedError(f"file exists: {path.relative_to(ROOT)}")
        self._put(path, text, need)

    def insert(self, path: Path, after: str, text: str, need: str, *, before: bool = False) -> None:
        """Plan text after the last match of a pattern, or before it.

        :raises RefusedError: nothing matches
        """
        source = self.text(path)
        matches = list(re.finditer(after, source, re.MULTILINE))
        if not matches:
            raise RefusedError(f"missing place in {path.relative_to(ROOT)}: {after}")
        at = matches[-1].start() if before else matches[-1].end()
        self._put(path, source[:at] + text + source[at:], need)

    def _put(self, path: Path, text: str, need: str) -> None:
        if path.suffix == ".py":
            text = _tidy(text, path)
        self.texts[path] = text
        name = path.relative_to(ROOT).as_posix()
        if need and (name, need) not in self.places:
            self.places.append((name, need))

    def load(self, program: str, made: tuple[str, ...] = ()) -> None:
        """Run a program over a copy of the tree with the edits; ``made`` are files that it writes there.

        :raises RefusedError: it fails
        """
        with tempfile.TemporaryDirectory() as folder:
            stage = Path(folder)
            for name in ("src", "specs", "test_vectors"):
                shutil.copytree(ROOT / name, stage / name, ignore=shutil.ignore_patterns("__pycache__"))
            for path, text in self.texts.items():
                place = stage / path.relative_to(ROOT)
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_text(text, "utf-8")
            environment = {**os.environ, "PYTHONPATH": str(stage / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
            command = [sys.executable, "-c", program]
            done = subprocess.run(command, cwd=stage, env=environment, capture_output=True, text=True, check=False)
            if done.returncode:
                raise RefusedError(f"the tree would not load: {done.stderr.strip().rpartition(chr(10))[2]}")
            for name in made:
                self._put(ROOT / name, (stage / name).read_text("utf-8"), "")
                self.places.append((name, "made by a command: make it anew at the end"))

    def write(self) -> None:
        """Write every file, or none.

        :raises RefusedError: a file cannot be written; the tree is as it was
        """
        before = {path: path.read_bytes() if path.exists() else None for path in self.texts}
        fresh = {path: path.with_name(f".{path.name}.new") for path in self.texts}
        replaced: list[Path] = []
        try:
            for path, text in self.texts.items():
                fresh[path].write_text(text, "utf-8")
                if before[path] is not None:
                    shutil.copymode(path, fresh[path])
            for path, temporary in fresh.items():
                replaced.append(path)
                os.replace(temporary, path)
        except OSError as error:
            for path in replaced:
                content = before[path]
                if content is None:
                    path.unlink(missing_ok=True)
                else:
                    path.write_bytes(content)
            raise RefusedError(f"not written: {error.strerror}; the tree is as it was") from None
        finally:
            for temporary in fresh.values():
                temporary.unlink(missing_ok=True)

    def show(self, further: list[tuple[str, str]], then: list[str]) -> None:
        """Print the places, those that are only sometimes needed, and the next commands."""
        width = max(len(name) for name, _ in [*self.places, *further]) + 2
        print(f"written, with {FILL} where something is left to do:")
        for name, need in self.places:
            print(f"  {name:{width}}{need}")
        print("not written:")
        for name, need in further:
            print(f"  {name:{width}}{need}")
        print("next:")
        for command in then:
            print(f"  {command}")


def _tidy(text: str, path: Path) -> str:
    """Sort the imports of a module, and format one of the library."""
    ruff = [sys.executable, "-m", "ruff"]
    commands = [[*ruff, "check", "--select", "I", "--fix", "-q"]]
    commands += [[*ruff, "format", "-q"]] if "src" in path.relative_to(ROOT).parts[:1] else []
    for command in commands:
        line = [*command, "--no-cache", "--stdin-filename", str(path), "-"]
        done = subprocess.run(line, cwd=ROOT, input=text, capture_output=True, text=True, check=False)
        text = done.stdout or text
    return text


def run(tool: str, main: Callable[[], None]) -> int:
    """Run a tool's main function; a refusal is one line on standard error."""
    try:
        main()
    except RefusedError as refusal:
        print(f"{tool}: {refusal}", file=sys.stderr)
        return 2
    return 0
