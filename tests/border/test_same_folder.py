"""One folder has one answer: read by a worker, read for a worker that does not see it, or as a part of a tar stream."""

import base64
import io
import json
import os
import tarfile

import pytest

from tests.support import builders as b
from tjdocs import limits
from tjdocs.border import inspect_batch
from tjdocs.cli._batch_output import Results
from tjdocs.inspection.evidence_json import evidence_from_files

SCENE = b.scene()
CHIP = {f"{name.replace('.', '_')}.bin": data for name, data in SCENE.chip.items()}
ZONE = {"mrz.txt": SCENE.mrz.encode()}
SETUP = inspect_batch.Setup.of(trust=SCENE.trust)
DG1 = CHIP["DG1.bin"]


def said(**values):
    return {"evidence.json": json.dumps(values).encode()}


FOLDERS = {
    "sound": ({**CHIP, **ZONE}, "admit"),
    "a file twice, alike": ({**CHIP, **ZONE, "dg01.bin": DG1}, "admit"),
    "a file twice, the first another": ({**CHIP, **ZONE, "DG01.bin": DG1 + b"\0"}, "refuse"),
    "a file twice, the second another": ({**CHIP, **ZONE, "dg01.bin": DG1 + b"\0"}, "refuse"),
    "a file twice in chip": ({f"chip/{name}": data for name, data in {**CHIP, "dg01.bin": DG1}.items()} | ZONE, "admit"),
    "an empty seal": ({**CHIP, **ZONE, "seal.": b""}, "admit"),
    "a seal in a folder": ({**CHIP, **ZONE, "seal.d/DG1.bin": b"x"}, "admit"),
    "a folder in chip": ({**CHIP, **ZONE, "chip/x/DG1.bin": b"x"}, "admit"),
    "a zone in chip": ({**{f"chip/{name}": data for name, data in CHIP.items()}, "chip/mrz.txt": b"x"}, "admit"),
    "paths": ({**{f"chip/{n}": d for n, d in CHIP.items()}, **ZONE, **said(mrz="mrz.txt", chip="chip")}, "admit"),
    "paths with dots": ({**CHIP, **ZONE, **said(mrz="./chip/../mrz.txt", chip=".")}, "admit"),
    "a path to nothing": ({**CHIP, **said(mrz="zone.txt")}, None),
    "a path to what is no evidence": ({**CHIP, "zone.txt": SCENE.mrz.encode(), **said(mrz="zone.txt")}, None),
    "a path to a seal of none": ({**CHIP, **ZONE, **said(seal="seal.bin")}, None),
    "a chip that is none": ({**CHIP, **ZONE, **said(chip="files")}, None),
    "a path that leads out": ({**CHIP, **said(mrz="../sound/mrz.txt")}, None),
    "a path from the root": ({**CHIP, **said(seal="/etc/passwd")}, None),
    "no zone": ({**CHIP, "mrz.txt": b""}, "admit"),
    "a blank zone": ({**CHIP, "mrz.txt": b"\xef\xbb\xbf \r\n\r\n"}, "admit"),
    "more values than evidence has": ({**CHIP, **ZONE, "evidence.json": b'{"id":[' + b"{}," * 1000 + b"{}]}"}, None),
    "half a character": ({**CHIP, "evidence.json": b'{"mrz": "P<\\ud800"}'}, "refuse"),
    "a large file": ({**CHIP, **ZONE, "DG2.bin": bytes(limits.CHIP_FILE + 1)}, "refer"),
    "nothing": ({"notes.txt": b"x"}, None),
}


def write(root, name, files):
    for path, data in files.items():
        place = root / name / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)


def stream(root, *, back=False):
    """Return a tar stream of the records in their order; a record's files from the last one on if ``back``."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for path in (path for record in sorted(root.iterdir()) for path in sorted(record.rglob("*"), reverse=back)):
            archive.add(path, arcname=f"lane/{path.relative_to(root)}", recursive=False)
    packed.seek(0)
    return packed


def answers(root):
    """Return what each entrance says of a folder of records, in which a sound one comes first."""
    for items in (
        inspect_batch.folder_items(root), inspect_batch.folder_items(root, here=True), inspect_batch.tar_items(stream(root)), inspect_batch.tar_items(stream(root, back=True)),
    ):  # fmt: skip
        results = {result.pop("id"): result for result in inspect_batch.run(items, SETUP, at=b.AT, workers=1)}
        assert results.pop("0")["verdict"] == "admit"
        yield results


@pytest.fixture
def lane(tmp_path):
    write(tmp_path / "lane", "0", {**CHIP, **ZONE})
    return tmp_path / "lane"


@pytest.mark.parametrize("name", FOLDERS)
def test_one_folder_has_one_answer(lane, name):
    files, verdict = FOLDERS[name]
    write(lane, "r", files)
    worker, *others = (found["r"] for found in answers(lane))
    assert [found["verdict"] for found in (worker, *others)] == [verdict] * 4, worker
    if verdict is not None:
        assert others == [worker] * 3


def test_what_a_file_holds_is_never_a_path():
    """Bytes of a seal or a page whose base64 is the name of another file."""
    name = "DG01"
    data = base64.b64decode(name)
    found = evidence_from_files({**CHIP, "DG1.bin": DG1, name: DG1, "seal.bin": data, "page.png": data, "mrz.txt": b""})
    assert (found.seal, found.page, found.mrz) == (data, data, None)


@pytest.mark.parametrize("linked", ["DG3.bin", "mrz.txt", "seal.png", "chip"])
def test_a_link_is_passed_over_at_every_entrance(lane, linked):
    write(lane, "r", CHIP)
    write(lane.parent, "away", {"file": DG1, "DG1.bin": b"x"})
    os.symlink(lane.parent / "away" / ("" if linked == "chip" else "file"), lane / "r" / linked)
    worker, *others = (found["r"] for found in answers(lane))
    assert others == [worker] * 3
    assert (worker["verdict"], [f["reason"] for f in worker["findings"] if f["check"] == "lds.dg1-mrz"]) == ("admit", ["no-input"])


# ----------------------------------------------------------------------------------------------------------- twice


def tar(*members):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, data in members:
            info = tarfile.TarInfo(f"lane/{name}")
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    packed.seek(0)
    return packed


def record(name):
    return [(f"{name}/{path}", data) for path, data in {**CHIP, **ZONE}.items()]


def told(packed, **more):
    results = inspect_batch.run(inspect_batch.tar_items(packed), SETUP, at=b.AT, workers=1, **more)
    return [(r["id"], r["verdict"], r.get("error", {}).get("message", "")) for r in results]


@pytest.mark.parametrize("data", [b"x", ZONE["mrz.txt"]], ids=["another", "the same"])
def test_a_file_that_comes_twice_makes_a_bad_record(data):
    assert told(tar(*record("a"), ("a/mrz.txt", data), *record("b"))) == [
        ("a", None, "a file twice: mrz.txt: a"), ("b", "admit", ""),
    ]  # fmt: skip


def test_a_folder_that_comes_again_has_no_second_verdict():
    assert told(tar(*record("a"), *record("b"), ("a/mrz.txt", b"x"), *record("c"))) == [
        ("a", "admit", ""), ("b", "admit", ""), ("a", None, "a record twice: a"), ("c", "admit", ""),
    ]  # fmt: skip


def test_nor_has_it_where_a_batch_goes_on(tmp_path):
    packed = tar(*record("a"), *record("b"), ("a/mrz.txt", b"x"))
    whole = list(inspect_batch.run(inspect_batch.tar_items(packed), SETUP, at=b.AT, workers=1))
    with Results(str(tmp_path / "out"), "digest", b.AT, given=True) as first:
        first.write(whole[:2])
    packed.seek(0)
    with Results(str(tmp_path / "out"), "digest", b.AT, given=True) as later:
        assert list(inspect_batch.run(later.left(inspect_batch.tar_items(packed)), SETUP, at=b.AT, workers=1, named=later.named, folders=later.folders)) == whole[2:]
