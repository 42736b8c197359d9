"""What importing a public door loads: of the heavy libraries and of our rooms those that are named here, no others."""

import importlib
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

HEAVY = {
    "PIL", "alembic", "cryptography.x509", "cv2", "dask", "ecdsa", "fpdf", "jinja2", "numpy", "smartcard",
    "sqlalchemy", "zxingcpp",
}  # fmt: skip
# who loads the border's rooms loads no authority: none inspects with one
DOORS = {
    "mrz": "",
    "auditlog": "",
    "pki": "asn1 mrz pki.trust",
    "lds": "asn1 lds.biometrics mrz pki pki.trust",
    "seal": "asn1 mrz pki pki.trust",
    "portrait": "asn1 lds lds.biometrics mrz pki pki.trust",
    "documents": "asn1 mrz pki pki.trust",
    "inspection": "asn1 lds lds.biometrics mrz pki pki.trust seal",
    "watchlists": "mrz",
    "border": "asn1 documents inspection lds lds.biometrics mrz pki pki.trust seal watchlists",
    "vectors": "asn1 border documents inspection lds lds.biometrics mrz pki pki.trust seal watchlists",
    "page": "PIL asn1 lds lds.biometrics mrz pki pki.trust portrait",
    "register": "alembic asn1 auditlog documents mrz pki pki.trust sqlalchemy",
    "office": (
        "PIL alembic asn1 auditlog documents inspection lds lds.biometrics mrz page pki pki.authority pki.trust"
        " portrait register seal sqlalchemy"
    ),
}
ROOMS = {name for loaded in DOORS.values() for name in loaded.split()} - HEAVY | DOORS.keys()


@pytest.mark.parametrize("door", DOORS)
def test_a_door_loads_the_libraries_and_rooms_that_are_named(door):
    program = f"import sys, tjdocs.{door}; print(*sys.modules)"
    modules = set(
        subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    )
    rooms = {name for name in ROOMS if f"tjdocs.{name}" in modules}
    assert (modules & HEAVY) | rooms - {door} == set(DOORS[door].split())


def test_the_authority_is_loaded_when_it_is_asked_for():
    program = (
        "import sys, tjdocs.pki as p; a = 'tjdocs.pki.authority' in sys.modules; p.Authority; print(a, p.Authority)"
    )
    out = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert out.startswith("False <class 'tjdocs.pki.authority.authority.Authority'>")


def test_a_name_that_the_door_lacks_is_an_error():
    import tjdocs.pki

    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        _ = tjdocs.pki.Nothing


def test_the_package_leads_to_every_door():
    import inspect
    import pkgutil

    import tjdocs

    rooms = {room.name for room in pkgutil.iter_modules(tjdocs.__path__) if room.ispkg}
    without = {name for name in rooms if not hasattr(importlib.import_module(f"tjdocs.{name}"), "__all__")}
    assert set(tjdocs.__all__) == rooms - without - {"cli", "fonts"} | {"errors"}
    text = inspect.getdoc(tjdocs)
    named = dict(re.findall(r"^ +``(\w+)`` +(.+)$", text, re.MULTILINE))
    assert named.keys() | {"errors"} == set(tjdocs.__all__)
    for name, words in re.findall(r"^ +``(\w+)`` +(.+)$", text, re.MULTILINE):
        for one in re.findall(r"``(\w+)``", words):
            assert one == "and" or hasattr(importlib.import_module(f"tjdocs.{name}"), one), (name, one)
    program = "from tjdocs import *; border.Inspector, mrz.parse, errors.TjdocsError"
    subprocess.run([sys.executable, "-c", program], check=True)


def test_the_metadata_says_who_and_where():
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text())["project"]
    assert project["authors"]
    assert project["urls"]
    assert all(url.startswith("https://") for url in project["urls"].values())
