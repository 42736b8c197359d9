"""JMRTD, the Java library of the field, reads and verifies what we issue; test_peers.py asks it the vectors.

The program is our own (``jmrtd/``); ``TJDOCS_JMRTD`` names its jar, as ``tools/interop`` builds it.
"""

import base64
import json
import os
import subprocess
from datetime import UTC, datetime

import pytest

from tjdocs.documents import example
from tjdocs.lds.biometrics import iso19794_face
from tjdocs.lds.dg2 import Dg2
from tjdocs.lds.ef_sod import EfSod
from tjdocs.office import Office
from tjdocs.pki import Authority, algorithms
from tjdocs.register import Register

pytestmark = pytest.mark.interop
AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
ISSUING = [key for key, row in algorithms.combinations().items() if row.issue]


def ask(documents):
    """Return JMRTD's answers by id: one call, since each starts a virtual machine."""
    jar = os.environ["TJDOCS_JMRTD"]
    run = subprocess.run(
        ["java", "-Xmx512m", "-jar", jar, "--vectors"],
        input=json.dumps(documents).encode(),
        capture_output=True,
        timeout=300,
        check=True,
    )
    return {answer["id"]: answer for answer in map(json.loads, run.stdout.splitlines())}


def document(id_, files, csca):
    inside = {name: data for name, data in files.items() if not name.startswith("EF.Card")}  # of the application
    named = {name.replace(".", "_"): base64.b64encode(data).decode() for name, data in inside.items()}
    return {"id": id_, "files": named, "csca": [base64.b64encode(csca).decode()], "at": "2026-11-24T12:00:00Z"}


@pytest.fixture(scope="module")
def issued(tmp_path_factory):
    """Passports of an authority with explicit EC parameters, and of one with named curves for each combination."""
    folder = tmp_path_factory.mktemp("jmrtd")
    found = {}
    for name, choices in {
        "explicit": {},
        "named": {"named_curves": True},
        "brainpool": {"signer_algorithm": "ecdsa-bp256-sha256", "csca_algorithm": "ecdsa-bp384-sha384"},
        "pss": {"signer_algorithm": "rsa-pss-sha256", "csca_algorithm": "rsa-pss-sha512"},
        **{name: {"signer_algorithm": name, "named_curves": True} for name in ISSUING},
    }.items():
        authority = Authority.create(folder / name, at=AT, **choices)
        office = Office(authority, Register(f"sqlite:///{folder / name}.db"))
        found[name] = office.issue(example("external-passport", at=AT), at=AT), authority
    return found


@pytest.fixture(scope="module")
def answers(issued):
    asked = [document(name, passport.chip, authority.csca.raw) for name, (passport, authority) in issued.items()]
    passport, authority = issued["explicit"]
    chip, stranger = dict(passport.chip), issued["named"][1].csca.raw
    changed = bytearray(chip["DG1"])
    changed[20] ^= 1
    torn = bytearray(chip["EF.SOD"])
    torn[-3] ^= 1
    asked += [
        document("changed-dg1", {**chip, "DG1": bytes(changed)}, authority.csca.raw),
        document("changed-signature", {**chip, "EF.SOD": bytes(torn)}, authority.csca.raw),
        document("another-csca", chip, stranger),
    ]
    return ask(asked)


@pytest.mark.parametrize("name", ["explicit", "named", "brainpool", "pss", *ISSUING])
def test_our_passports_verify(answers, name):
    answer = answers[name]
    assert answer["passive_authentication"] is True, answer.get("error")
    assert answer["hashed"] == [1, 2, 11, 12, 14, 15]
    assert (answer["errors"], answer["warnings"], answer["unlisted"], answer["missing"]) == ({}, {}, [], [])
    assert set(answer["reencoded"]) >= {"EF_COM", "DG1", "DG2"}


def test_the_same_values_are_read(answers, issued):
    answer, (passport, authority) = answers["explicit"], issued["explicit"]
    sod = EfSod.parse(passport.chip["EF.SOD"])
    hashes = {str(number): value.hex() for number, value in sod.security_object.hashes.items()}
    assert answer["sod"]["data_groups"] == hashes
    assert (answer["sod"]["lds_version"], answer["sod"]["hash_algorithm"]) == ("0108", "sha256")
    assert int(answer["sod"]["certificate_serial"], 16) == authority.document_signer().certificate.serial
    assert answer["com"]["lds_version"] == "1.8"
    assert answer["dg1"]["mrz"] == "".join(passport.mrz)
    image = Dg2.parse(passport.chip["DG2"]).templates[0].record.faces[0]
    (read,) = answer["dg2"]["images"]
    assert (read["width"], read["height"]) == (image.width, image.height)
    assert image.image_data_type == iso19794_face.ImageDataType.JPEG
    said = json.dumps([answer["dg11"], answer["dg12"]], ensure_ascii=False)
    for text in ("ЭРИКССОН", "НАМУНА", "ДУШАНБЕ", "Вазорати корҳои дохилӣ"):
        assert text in said


@pytest.mark.parametrize(
    ("name", "step"), [("changed-dg1", "hashes"), ("changed-signature", "signature"), ("another-csca", "chain")]
)
def test_what_was_changed_is_seen(answers, name, step):
    assert answers[name]["passive_authentication"] is False
    assert [kind for kind, held in answers[name]["steps"].items() if not held] == [step]
