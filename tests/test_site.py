"""The documentation site: every public name is described, every page is in the navigation, nothing comes from elsewhere."""

import importlib
import inspect
import re
import shutil
import subprocess
import sys
import zlib
from html.parser import HTMLParser
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOORS = sorted(path.parent.name for path in (ROOT / "src/tjdocs").glob("*/__init__.py"))
LOADING = {"script": "src", "img": "src", "iframe": "src", "source": "src", "link": "href", "object": "data", "use": "href"}


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    out = tmp_path_factory.mktemp("site")
    done = subprocess.run([sys.executable, ROOT / "tools/docs", "--out", out], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return out


@pytest.fixture(scope="module")
def inventory(site):
    """Every name in the built index, with the page and anchor that it leads to."""
    lines = zlib.decompress((site / "objects.inv").read_bytes().split(b"\n", 4)[4]).decode().splitlines()
    rows = (re.fullmatch(r"(\S+) +(py:\w+) +-?\d+ (\S+) .*", line) for line in lines)
    return {row[1]: row[3].replace("$", row[1]) for row in rows if row}


def public(name):
    """Names of a door and, where a name is a module, those of that module; a door without ``__all__`` has none."""
    module = importlib.import_module(name)
    for one in getattr(module, "__all__", ()):
        yield f"{name}.{one}"
        if inspect.ismodule(inner := getattr(module, one)):
            yield from public(inner.__name__)


@pytest.mark.parametrize("room", DOORS)
def test_every_public_name_is_in_the_reference(site, inventory, room):
    missing = [name for name in public(f"tjdocs.{room}") if name not in inventory]
    assert not missing
    for name in public(f"tjdocs.{room}"):
        page, _, anchor = inventory[name].partition("#")
        assert f'id="{anchor}"' in (site / page).read_text(encoding="utf-8"), name


def test_a_name_that_no_page_describes_would_be_seen(inventory):
    assert "tjdocs.mrz.parse" in inventory
    assert "tjdocs.mrz.parse_none" not in inventory


class Loads(HTMLParser):
    """Addresses that a browser fetches to show a page; not the links that a reader follows."""

    def __init__(self):
        super().__init__()
        self.addresses = []

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if tag in LOADING and (tag, attributes.get("rel")) not in (("link", "search"), ("link", "index")):
            self.addresses.append(attributes.get(LOADING[tag]) or "")


def test_no_page_loads_anything_from_elsewhere(site):
    for path in site.rglob("*.html"):
        parser = Loads()
        parser.feed(path.read_text(encoding="utf-8"))
        assert not [a for a in parser.addresses if re.match(r"(\w+:)?//", a)], path.name
        for address in parser.addresses:
            if address and not address.startswith(("data:", "#")):
                assert (path.parent / address.partition("?")[0].partition("#")[0]).exists(), (path.name, address)
    for path in site.rglob("*.css"):
        assert not re.search(r"url\(['\"]?(https?:)?//|@import\s+['\"](https?:)?//", path.read_text(encoding="utf-8")), path.name


def test_the_navigation_has_every_page_under_its_task(site):
    first = (site / "index.html").read_text(encoding="utf-8")
    captions = re.findall(r'class="caption-text">([^<]+)<', first)
    headings = re.findall(r"^## (.+)", (ROOT / "docs/README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert captions == [*headings, "Reference"]
    for path in (ROOT / "docs").glob("*.md"):
        assert path.name == "README.md" or f'href="docs/{path.stem}.html"' in first, path.name


def test_a_broken_link_is_an_error(tmp_path):
    """The tool ends with status 1 and names the page; without ``src`` there are the pages alone, which is quicker."""
    for name in ("docs", "examples", "test_vectors", "tools"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "*.json"))
    for path in ROOT.glob("*.md"):
        shutil.copyfile(path, tmp_path / path.name)
    page = tmp_path / "docs/glossary.md"
    page.write_text(page.read_text(encoding="utf-8") + "\n[nowhere](nowhere.md)\n", encoding="utf-8")
    command = [sys.executable, tmp_path / "tools/docs", "--out", tmp_path / "out"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 1
    assert "nowhere.md" in done.stderr
