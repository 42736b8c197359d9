"""Batches: ordered, resumable, never stopped by one record, by any executor."""

import io
import json
import os
import subprocess
import sys
import tarfile
import time
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.support import builders as b
from tests.support.law_cases import Traveller, document, entry, foreigner, grant
from tjdocs import limits
from tjdocs.border import Watchlists, inspect_batch
from tjdocs.errors import InputError, UsageError
from tjdocs.inspection.evidence_json import evidence_from_json, evidence_json

TRUST = Traveller().inspector().trust
WHO = [
    Traveller(),
    Traveller(document(expires="2036-03-03")),
    Traveller(foreigner(), "exit"),
    Traveller(None, asks=True),
    Traveller(document("internal-passport"), "exit"),
]
BAD = [b"{", b"[]", b"{}", b'{"mrz": 5}', b'{"surname": "ERIKSSON"}', b'{"chip": {"DG1": "?"}}', b'{"mrz": "x", "at": "noon"}']


def line(who: Traveller, **more: object) -> bytes:
    return json.dumps({**evidence_json(who.evidence()), **more}).encode()


def lines(*rows: bytes) -> list[inspect_batch.Item]:
    return list(inspect_batch.line_items(io.BytesIO(b"\n".join(rows) + b"\n"), "x"))


def setup(**more: object) -> inspect_batch.Setup:
    return inspect_batch.Setup.of(trust=TRUST, **more)


@pytest.mark.parametrize("who", WHO, ids=range(len(WHO)))
def test_a_record_is_judged_as_its_evidence_is(who):
    (result,) = inspect_batch.run(lines(line(who)), setup(), at=b.AT, workers=1)
    assert result == {"id": "x:1", **who.judge().as_json()}


def test_evidence_as_json_and_back():
    for who in WHO:
        evidence = who.evidence()
        again = evidence_from_json(json.loads(json.dumps(evidence_json(evidence))), folder=None)
        for name in ("mrz", "direction", "point", "asks_protection", "claims"):
            assert getattr(again, name) == getattr(evidence, name)
        # as a mapping, the names are those of the catalogue
        assert again.files == evidence.files


@pytest.mark.parametrize("workers", [1, 2])
def test_one_bad_record_never_stops_the_others_and_the_order_is_kept(workers):
    rows = []
    for number in range(30):
        rows += [line(WHO[number % len(WHO)]), BAD[number % len(BAD)]]
    found = list(inspect_batch.run(lines(*rows), setup(), at=b.AT, workers=workers))
    assert [result["id"] for result in found] == [f"x:{n}" for n in range(1, 61)]
    assert [str(result["verdict"]) for result in found[:10:2]] == [str(who.judge().decision) for who in WHO]
    assert all(result["error"]["code"] in ("usage", "input") for result in found[1::2])
    assert "ERIKSSON" not in json.dumps([result.get("error") for result in found])


@pytest.mark.parametrize("make", [lambda: ThreadPoolExecutor(2), lambda: ProcessPoolExecutor(2, initializer=inspect_batch.install, initargs=(setup(),))])
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_any_executor_does(make):
    inspect_batch.install(setup())
    with make() as executor:
        found = list(inspect_batch.run(lines(*[line(WHO[0])] * 20), setup(), at=b.AT, executor=executor))
    assert [result["verdict"] for result in found] == ["admit"] * 20


class Told(Executor):
    """Judges nothing, says how long each record took, and keeps how many came at once."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self.lists = seconds, []

    def submit(self, function, digest, items, *rest):
        self.lists.append(len(items))
        done: Future = Future()
        done.set_result((self.seconds * len(items), [{"id": item.id} for item in items]))
        return done


def told(seconds: float, items) -> list[int]:
    """Run records that take so long each; return how long the lists were."""
    executor = Told(seconds)
    found = [result["id"] for result in inspect_batch.run(items, setup(), at=b.AT, executor=executor, workers=1)]
    assert found == [str(number) for number in range(len(found))]
    assert len(found) == sum(executor.lists)
    return executor.lists


def records(count: int, content: object = b"{}") -> list[inspect_batch.Item]:
    return [inspect_batch.Item(str(number), "line", content) for number in range(count)]


@pytest.fixture
def patient(monkeypatch):
    """Let no list end because the machine is busy."""
    monkeypatch.setattr(inspect_batch, "_COMING", 60)


@pytest.mark.usefixtures("patient")
def test_quick_records_go_in_long_lists_and_slow_ones_in_short_lists():
    assert told(0.0004, records(1000))[:5] == [8] * 5
    assert max(told(0.0004, records(1000))) == told(0.0004, records(1000))[5] == 64
    assert told(0.004, records(200))[5] == 10
    assert set(told(3.0, records(200))[5:]) == {1}


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize("content", [bytes(1_000_000), {"DG2": bytes(600_000), "DG1": bytes(400_000)}])
def test_a_list_is_bounded_in_memory(content):
    assert set(told(0.0004, records(40, content))) == {4}
    assert set(told(0.0004, records(4, bytes(9_000_000)))) == {1}


def test_what_comes_slowly_is_not_kept_waiting():
    def slow():
        for item in records(6):
            time.sleep(0.11)
            yield item

    assert told(0.0004, slow()) == [1] * 6


class Deadly:
    """Evidence that kills whoever unpacks it."""

    def __reduce__(self):
        return os._exit, (1,)


def test_a_record_that_kills_its_worker_is_lost_alone():
    good = lines(*[line(WHO[0])] * 12)
    items = [*good[:5], inspect_batch.Item("deadly", "line", Deadly()), *good[5:]]
    found = list(inspect_batch.run(items, setup(), at=b.AT, workers=2))
    assert [result["id"] for result in found] == [item.id for item in items]
    assert [str(result["verdict"]) for result in found] == ["admit"] * 5 + ["None"] + ["admit"] * 7
    assert found[5]["error"]["code"] == "worker"


def test_common_values_lists_and_policy_reach_the_workers():
    lists = Watchlists.of([entry(direction="exit"), grant("visa")])
    (result,) = inspect_batch.run(lines(line(WHO[0], direction=None)), setup(lists=lists), at=b.AT, common={"direction": "exit"}, workers=1)
    assert (result["verdict"], result["decided_by"]) == ("refuse", ["holder.ban"])
    (later,) = inspect_batch.run(lines(line(WHO[0])), setup(), at=b.moment(2037), workers=1)
    assert later["decided_by"] == ["doc.expiry"]


def test_no_record_says_another_crossing_than_the_desk_or_another_time():
    """A ban on entering does not bear on whoever says that he leaves."""
    lists, banned = Watchlists.of([entry(direction="entry")]), line(WHO[0], direction="exit")
    (own,) = inspect_batch.run(lines(banned), setup(lists=lists), at=b.AT, workers=1)
    assert own["verdict"] == "admit"  # the desk does not say
    (found,) = inspect_batch.run(lines(banned), setup(lists=lists), at=b.AT, common={"direction": "entry"}, workers=1)
    assert (found["verdict"], found["error"]["code"]) == (None, "usage")
    assert found["error"]["message"] == "another than the desk's: direction: exit; direction entry"
    (same,) = inspect_batch.run(lines(line(WHO[0])), setup(lists=lists), at=b.AT, common={"direction": "entry"}, workers=1)
    assert same["verdict"] == "refuse"
    for key, value in (("at", "2020-01-01T00:00:00+00:00"), ("policy", "own.toml"), ("dry_run", True), ("trust", [])):
        (found,) = inspect_batch.run(lines(line(WHO[0], **{key: value})), setup(), at=b.AT, workers=1)
        assert found["error"]["message"].startswith(f"unknown key: {key};")
    with pytest.raises(UsageError, match="unknown key: common"):
        inspect_batch.run(lines(banned), setup(), at=b.AT, common={"claims": {}}, workers=1).__next__()


def test_a_worker_makes_few_inspectors_and_each_once(monkeypatch):
    made = []
    monkeypatch.setattr(inspect_batch, "_inspectors", {})
    monkeypatch.setattr(inspect_batch.Setup, "inspector", lambda self: made.append(self.digest))
    for _ in range(3):
        inspect_batch.install(setup())
    assert len(made) == 1
    for number in range(10):
        inspect_batch.install(setup(register=f"sqlite:///{number}.db"))
    assert len(inspect_batch._inspectors) == inspect_batch._KEPT


# -------------------------------------------------------------------------------------------------------------- sources


@pytest.fixture
def folders(tmp_path: Path) -> Path:
    for number, who in enumerate(WHO):
        place = tmp_path / "lane" / f"{number:03d}"
        (place / "chip").mkdir(parents=True)
        evidence = who.evidence()
        beside = evidence_json(evidence, chip=False)
        text = beside.pop("mrz", None)
        (place / "evidence.json").write_text(json.dumps(beside))
        if text:
            (place / "mrz.txt").write_text(text)
        for name, data in (evidence.files or {}).items():
            (place / "chip" / f"{name.replace('.', '_')}.bin").write_bytes(data)
    (tmp_path / "lane" / "900").mkdir()
    (tmp_path / "lane" / "901").mkdir()
    (tmp_path / "lane" / "901" / "evidence.json").write_text("[")
    (tmp_path / "lane" / "note.txt").write_text("no record")
    return tmp_path / "lane"


def test_a_folder_of_folders_and_a_tar_stream_say_the_same(folders):
    expected = [str(who.judge().decision) for who in WHO]
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        archive.add(folders, arcname=".")
    stream.seek(0)
    for items in (inspect_batch.folder_items(folders), inspect_batch.folder_items(folders, here=True), inspect_batch.tar_items(stream)):
        found = list(inspect_batch.run(items, setup(), at=b.AT, workers=1))
        assert [str(result["verdict"]) for result in found if result["verdict"]] == expected
        assert all(result["error"]["code"] == "input" for result in found if not result["verdict"])
        assert found[-1]["id"] == "901"


@pytest.mark.parametrize("below", ["", "lane/", "./lane/", "a/b/lane/"])
def test_a_tar_stream_of_a_whole_lane_has_its_folders_for_records(folders, below):
    """``tar c lane``: the folders stand below one that is no record, beside files that are no evidence."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name in (f"{below}README", f"{below}notes/of/a/day.txt"):
            archive.addfile(tarfile.TarInfo(name))
        for folder in sorted(folders.iterdir()):
            archive.add(folder, f"{below}{folder.name}")
    stream.seek(0)
    here = list(inspect_batch.folder_items(folders, here=True))
    found = list(inspect_batch.tar_items(stream))
    assert [item.id for item in found] == [item.id for item in here]
    assert list(inspect_batch.run(found, setup(), at=b.AT, workers=1)) == list(inspect_batch.run(here, setup(), at=b.AT, workers=1))


def test_a_tar_stream_of_two_lanes_and_one_of_a_chip_alone():
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name in ("x/one/mrz.txt", "x/two/chip/DG1.bin", "x/two/mrz.txt", "y/one/mrz.txt"):
            archive.addfile(tarfile.TarInfo(name))
    stream.seek(0)
    found = [(item.id, sorted(item.content)) for item in inspect_batch.tar_items(stream)]
    assert found == [("one", ["mrz.txt"]), ("two", ["chip/DG1.bin", "mrz.txt"]), ("y/one", ["mrz.txt"])]
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name in ("chip/DG1.bin", "chip/DG2.bin"):
            archive.addfile(tarfile.TarInfo(name))
    stream.seek(0)
    assert [(item.id, sorted(item.content)) for item in inspect_batch.tar_items(stream)] == [("chip", ["DG1.bin", "DG2.bin"])]


NOTHING = [
    "lane/000/", "lane/001/", "lane/001/chip/", "lane/002/", "lane/002/mrz.txt", "lane/002/chip/", "lane/003/",
    "lane/004/", "lane/005/", "lane/005/mrz.txt", "lane/006/",
]  # fmt: skip


def stream_of(*names: str) -> io.BytesIO:
    """A tar stream of empty files, and of folders where a name ends in a stroke."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name in names:
            info = tarfile.TarInfo(name.rstrip("/"))
            info.type = tarfile.DIRTYPE if name.endswith("/") else tarfile.REGTYPE
            archive.addfile(info)
    stream.seek(0)
    return stream


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (NOTHING, ["000", "001", "002+", "003", "004", "005+", "006"]),
        (["lane/", *NOTHING], ["000", "001", "002+", "003", "004", "005+", "006"]),
        # nothing but folders: those in which no other lies
        (["lane/", "lane/000/", "lane/001/", "lane/001/chip/"], ["000", "001"]),
        # all folders, then all files
        (["lane/0/", "lane/1/", "lane/2/", "lane/0/mrz.txt", "lane/1/mrz.txt"], ["0+", "1+", "2"]),
        (["lane/0/", "lane/1/", "lane/2/", "lane/0/mrz.txt", "lane/2/mrz.txt"], ["0+", "1", "2+"]),
        # hidden ones are no records, as on a disk
        (["lane/.git/", "lane/.git/HEAD", "lane/1/mrz.txt", "lane/.old/mrz.txt"], ["1+"]),
        (["../up/", "/abs/", "lane/1/mrz.txt"], ["1+"]),
    ],
    ids=range(7),
)
def test_an_empty_folder_of_a_tar_stream_is_a_record_in_which_nothing_was_handed_over(names, expected):
    found = list(inspect_batch.tar_items(stream_of(*names)))
    assert [item.id + "+" * bool(item.content) for item in found] == expected
    results = list(inspect_batch.run(found, setup(), at=b.AT, workers=1))
    empty = [result["error"]["message"] for item, result in zip(found, results, strict=True) if not item.content]
    assert all(message.startswith("nothing to judge") for message in empty)


def test_a_tar_stream_of_folders_without_end_is_over_the_limits(monkeypatch):
    monkeypatch.setattr(limits, "EMPTY_FOLDERS", 3)
    for names in (["a/", "b/", "c/", "d/"], ["z/mrz.txt", "a/", "b/", "c/", "d/"]):
        with pytest.raises(InputError, match="over the limits"):
            list(inspect_batch.tar_items(stream_of(*names)))


def test_a_folder_over_the_limits_is_one_bad_record_of_a_tar_stream(monkeypatch):
    monkeypatch.setattr(limits, "INPUT_FILE", 100)
    monkeypatch.setattr(limits, "UNPACKED", 150)
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name, size in (
            ("lane/0/mrz.txt", 10), ("lane/1/chip/DG2.bin", 101), ("lane/1/mrz.txt", 5), ("lane/2/mrz.txt", 80),
            ("lane/2/seal.png", 80), ("lane/3/film.mp4", 5000), ("lane/3/mrz.txt", 10), ("lane/4/film.mp4", 10),
        ):  # fmt: skip
            info = tarfile.TarInfo(name)
            info.size = size
            archive.addfile(info, io.BytesIO(bytes(size)))
    stream.seek(0)
    found = list(inspect_batch.tar_items(stream))
    assert [(item.id, item.kind if item.kind == "bad" else sorted(item.content)) for item in found] == [
        ("0", ["mrz.txt"]), ("1", "bad"), ("2", "bad"), ("3", ["mrz.txt"]), ("4", []),
    ]  # fmt: skip
    results = list(inspect_batch.run(found, setup(), at=b.AT, workers=1))
    told = [(result["verdict"], result.get("error", {}).get("message", "").partition(":")[0]) for result in results]
    # an MRZ of NUL is as none
    assert told == [("refer", ""), (None, "over the limits"), (None, "over the limits"), ("refer", ""), (None, "nothing to judge")]
    monkeypatch.setattr(limits, "PASSED_OVER", 4999)
    stream.seek(0)
    with pytest.raises(InputError, match="over the limits"):
        list(inspect_batch.tar_items(stream))


def test_a_tar_stream_gives_regular_files_under_its_root_only():
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name, kind, data in (
            ("../up/mrz.txt", tarfile.REGTYPE, b"x"),
            ("/abs/mrz.txt", tarfile.REGTYPE, b"x"),
            ("a/link", tarfile.SYMTYPE, b""),
            ("a/hard", tarfile.LNKTYPE, b""),
            ("top.txt", tarfile.REGTYPE, b"x"),
            ("a/mrz.txt", tarfile.REGTYPE, b"yes"),
        ):
            info = tarfile.TarInfo(name)
            info.type, info.size, info.linkname = kind, len(data), "/etc/passwd"
            archive.addfile(info, io.BytesIO(data))
    stream.seek(0)
    assert [(item.id, item.content) for item in inspect_batch.tar_items(stream)] == [("a", {"mrz.txt": b"yes"})]


@pytest.mark.parametrize("data", [b"nothing", b"\x1f\x8b\x08" + bytes(20), b""])
def test_what_is_no_tar_stream(data):
    with pytest.raises(InputError):
        list(inspect_batch.tar_items(io.BytesIO(data)))


def test_a_tar_stream_that_breaks_off(folders):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        archive.add(folders, arcname="lane")
    with pytest.raises(InputError):
        list(inspect_batch.tar_items(io.BytesIO(stream.getvalue()[:20_000])))


def test_a_line_that_is_too_long_is_one_bad_record(monkeypatch):
    monkeypatch.setattr(limits, "LINE", 100)
    found = list(inspect_batch.line_items(io.BytesIO(b"{}\n" + b"x" * 1000 + b"\n\n{}\n"), "x"))
    assert [(item.id, item.kind) for item in found] == [("x:1", "line"), ("x:2", "bad"), ("x:4", "line")]
    results = list(inspect_batch.run(found, setup(), at=b.AT, workers=1))
    assert [result["error"]["message"].partition(":")[0] for result in results][1] == "over the limit"


@pytest.mark.parametrize("workers", [1, 2])
def test_a_line_is_named_by_its_own_id(workers):
    rows = [line(WHO[0], id="desk 2/17"), line(WHO[0]), line(WHO[0], id="Камера 1"), b'{"id": "no evidence"}', b"{"]
    found = list(inspect_batch.run(lines(*rows), setup(), at=b.AT, workers=workers))
    assert [(result["id"], result.get("place")) for result in found] == [
        ("desk 2/17", "x:1"), ("x:2", None), ("Камера 1", "x:3"), ("no evidence", "x:4"), ("x:5", None),
    ]  # fmt: skip
    assert not any("id_unused" in result for result in found)
    assert found[0] == {"id": "desk 2/17", "place": "x:1", **WHO[0].judge().as_json()}
    assert found[3]["error"]["code"] == "input"


@pytest.mark.parametrize(
    ("own", "why"),
    [
        (7, "no-text"), ([], "no-text"), ("", "no-text"), ("a" * 101, "too-long"), ("a\nb", "not-printable"),
        ("\u202eabc", "not-printable"), ("\ud800", "not-printable"), (" a", "not-printable"), ("x:9", "a-place"),
    ],
    ids=range(9),
)  # fmt: skip
def test_an_id_that_is_no_proper_text_is_told_and_the_line_named_by_its_place(own, why):
    found = list(inspect_batch.run(lines(line(WHO[0], id=own)), setup(), at=b.AT, workers=1))
    assert [(result["id"], result["id_unused"], result["verdict"]) for result in found] == [("x:1", why, "admit")]
    assert json.dumps(found, ensure_ascii=False).encode()


@pytest.mark.parametrize("workers", [1, 2])
def test_an_id_that_stands_in_two_lines_names_the_first_alone(workers):
    rows = [line(WHO[0], id="A"), line(WHO[0], id="B"), line(WHO[0], id="A")] * 4
    found = list(inspect_batch.run(lines(*rows), setup(), at=b.AT, workers=workers, named=["B"]))
    assert [result["id"] for result in found] == ["A", *(f"x:{n}" for n in range(2, 13))]
    assert [result.get("id_unused") for result in found] == [None, *["taken"] * 11]


def named(*items: inspect_batch.Item, **more: object) -> list[tuple[str, str | None, str | None, str | None]]:
    results = inspect_batch.run(items, setup(), at=b.AT, **{"workers": 1, **more})
    return [(r["id"], r.get("place"), r.get("id_unused"), r["verdict"]) for r in results]


FOLDER = {"mrz.txt": b"P<"}


@pytest.mark.parametrize("workers", [1, 2])
def test_no_record_takes_the_verdict_of_another_away_by_its_name(workers):
    """An own id, a line's place and a folder's name may be one text; each of the three records has a result."""
    a, b_ = line(WHO[0], id="b:1"), line(WHO[0], id="gate-7")
    judged = line(WHO[0])
    items = [
        *inspect_batch.line_items(io.BytesIO(a + b"\n" + b_), "a"), *inspect_batch.line_items(io.BytesIO(judged), "b"),
        inspect_batch.Item("gate-7", "files", FOLDER), inspect_batch.Item("b:1", "files", FOLDER),
        inspect_batch.Item("c:1", "files", FOLDER), *inspect_batch.line_items(io.BytesIO(judged), "c"),
        *inspect_batch.line_items(io.BytesIO(line(WHO[0], id="gate-7")), "d"), inspect_batch.Item("gate-7", "files", FOLDER),
    ]  # fmt: skip
    verdict = named(inspect_batch.Item("x", "files", FOLDER))[0][3]
    assert verdict
    expected = [
        ("b:1", "a:1", None, "admit"), ("gate-7", "a:2", None, "admit"), ("./b:1", "b:1", "taken", "admit"),
        ("./gate-7", "gate-7", "taken", verdict), ("././b:1", "b:1", "taken", verdict), ("c:1", None, None, verdict),
        ("./c:1", "c:1", "taken", "admit"), ("d:1", None, "taken", "admit"), ("./gate-7", None, None, None),
    ]  # fmt: skip
    assert named(*items, workers=workers) == expected
    for done in range(1, len(items)):
        folders = [item.id for item in items[:done] if "place" not in item.names]
        left = named(*items[done:], named=[row[0] for row in expected[:done]], folders=folders)
        assert left == expected[done:]


# --------------------------------------------------------------------------------------------------------------- cluster


@pytest.mark.interop
def test_a_cluster_of_two_workers_one_of_which_is_killed():
    """Dask's executor: every record has its verdict, in order, although a worker process died in the middle."""
    path = os.pathsep.join([str(Path(__file__).parents[2]), *sys.path])
    done = subprocess.run(
        [sys.executable, "-m", "tests.border.cluster_run", "400"],
        env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, timeout=240,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout.splitlines()[-1])
    assert told == {"workers": 2, "killed": True, "verdicts": ["admit"], "order": True, "results": 400}


