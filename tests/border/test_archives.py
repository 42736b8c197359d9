"""Archives that somebody made: what a library reads of them before it can be asked anything is counted."""

import bz2
import gzip
import io
import lzma
import random
import struct
import tarfile
import zipfile
import zlib

import pytest

from tjdocs import archives, limits
from tjdocs.border import inspect_batch
from tjdocs.errors import InputError
from tjdocs.inspection.evidence_json import is_evidence

PACKED = {"plain": lambda data: data, "gzip": gzip.compress, "bzip2": bz2.compress, "xz": lzma.compress}


class Counted(io.BytesIO):
    """A stream that tells how much of it was read; a read of everything at once is a fault."""

    def __init__(self, data):
        super().__init__(data)
        self.taken = 0

    def read(self, size=-1):
        assert size >= 0
        data = super().read(size)
        self.taken += len(data)
        return data

    read1 = read


def tar(*entries) -> bytes:
    """A tar stream of entries: names with bytes, or headers as they are."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for entry in entries:
            if isinstance(entry, bytes):
                stream.write(entry)
                continue
            name, data = entry
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return stream.getvalue()


def header(kind: bytes, size: int, name: str = "x") -> bytes:
    """One header of any type that says any size."""
    info = tarfile.TarInfo(name)
    info.type, info.size = kind, size
    return info.tobuf(tarfile.GNU_FORMAT)


def read(data: bytes, stream=io.BytesIO):
    return list(archives.read_tar(stream(data), is_evidence))


RECORD = ("lane/a/mrz.txt", b"P<UTO")


# ------------------------------------------------------------------------------------------------------------------ tar


@pytest.mark.parametrize("how", PACKED)
def test_a_stream_is_read_however_it_is_packed(how):
    files = [(f"lane/{n}/mrz.txt", bytes([65 + n]) * n) for n in range(20)] + [("lane/z/seal.bin", bytes(range(256)) * 300)]
    found = read(PACKED[how](tar(*files)))
    assert [(name, sum(map(len, held.values()))) for name, held in found] == [*((str(n), n) for n in range(20)), ("z", 76_800)]


@pytest.mark.parametrize("how", ["gzip", "bzip2", "xz"])
def test_packed_streams_one_behind_another_are_one_and_padding_is_none(how):
    whole = tar(*[(f"lane/{n}/mrz.txt", b"x" * 5000) for n in range(8)])
    parts = PACKED[how](whole[:9000]) + PACKED[how](whole[9000:])
    for padding in (b"", bytes(1000), bytes(200_000)):
        assert len(read(parts + padding)) == 8


BEHIND = {
    "another archive": lambda how: PACKED[how](tar(("lane/a/mrz.txt", b"x")) + tar(("lane/b/mrz.txt", b"x"))),
    "another archive, not padded": lambda how: PACKED[how](tar(("lane/a/mrz.txt", b"x"))[:2048] + tar(("lane/b/mrz.txt", b"x"))),
    "another archive far behind": lambda how: PACKED[how](tar(("lane/a/mrz.txt", b"x")) + bytes(150_000) + tar(("lane/b/mrz.txt", b"x"))),
    "a packed archive": lambda how: PACKED[how](tar(("lane/a/mrz.txt", b"x"))) + PACKED[how](tar(("lane/b/mrz.txt", b"x"))),
    "text": lambda how: PACKED[how](tar(("lane/a/mrz.txt", b"x"))) + b"anything else",
    "text behind zeros": lambda how: PACKED[how](tar(("lane/a/mrz.txt", b"x"))) + bytes(100_000) + b"anything else",
}


@pytest.mark.parametrize("how", PACKED)
@pytest.mark.parametrize("what", BEHIND)
def test_what_follows_the_end_of_a_stream_is_not_lost_without_a_word(what, how):
    """GNU tar reads it with --ignore-zeros alone; here each record before it comes, and then an error."""
    found = archives.read_tar(io.BytesIO(BEHIND[what](how)), is_evidence)
    assert next(found) == ("a", {"mrz.txt": b"x"})
    with pytest.raises(InputError, match="bytes after the end of the tar stream"):
        next(found)


def test_zeros_without_end_are_not_read_to_their_end(monkeypatch):
    monkeypatch.setattr(limits, "PASSED_OVER", 1_000_000)
    with pytest.raises(InputError, match="over the limits"):
        read(tar(RECORD) + bytes(3_000_000))


@pytest.mark.parametrize("how", ["gzip", "bzip2", "xz"])
def test_a_packed_stream_that_breaks_off_is_no_stream(how):
    data = PACKED[how](tar(*[(f"lane/{n}/mrz.txt", bytes(n) + b"x" * 3000) for n in range(50)]))
    for cut in (7, len(data) // 2):
        with pytest.raises(InputError, match="not a tar stream"):
            read(data[:cut])


def four() -> bytes:
    return tar(*[(f"lane/{n}/mrz.txt", n.encode() * 600) for n in "abcd"])


SECOND = 512 * 3  # the second of four records: one header and two blocks each


@pytest.mark.parametrize("place", [0, 100, 124, 148, 156, 257])
def test_a_header_that_is_none_is_not_the_end(place):
    """tarfile stops there in silence, and a lane would lose all records behind it."""
    data = bytearray(four())
    data[SECOND + place] ^= 1
    with pytest.raises(InputError, match="not a tar stream"):
        read(bytes(data))


@pytest.mark.parametrize("cut", [SECOND, SECOND + 1, SECOND + 511, SECOND + 512])
def test_a_stream_without_its_end_broke_off(cut):
    with pytest.raises(InputError, match="not a tar stream"):
        read(four()[:cut])


def test_one_block_of_zeros_is_no_end_where_more_follows():
    data = four()
    with pytest.raises(InputError, match="not a tar stream"):
        read(data[:SECOND] + bytes(512) + data[SECOND:])
    behind = data[: 4 * SECOND]
    assert [name for name, _ in read(behind + bytes(1024))] == [*"abcd"]
    assert [name for name, _ in read(behind + bytes(512))] == [*"abcd"]


@pytest.mark.parametrize("size", ["-1", "0", "1", "x"])
def test_a_size_that_is_not_the_file_s_loses_no_record(size):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name in "ab":
            info = tarfile.TarInfo(f"lane/{name}/mrz.txt")
            info.size, info.pax_headers = 600, {"size": size} if name == "a" else {}
            archive.addfile(info, io.BytesIO(b"x" * 600))
    with pytest.raises(InputError, match="not a tar stream"):
        read(stream.getvalue())


SPELLINGS = ["lane/./a/mrz.txt", "lane//a/mrz.txt", "lane/a//mrz.txt", "././lane/a/mrz.txt", "./lane/a/./mrz.txt"]


@pytest.mark.parametrize("name", SPELLINGS)
def test_a_path_spelt_otherwise_is_that_path(name):
    """``tar c lane/.`` writes them: the record is read, and a file under two spellings comes twice."""
    assert read(tar((name, b"x"))) == [("a", {"mrz.txt": b"x"})]
    assert read(tar(RECORD, (name, b"x"))) == [("a", "a file twice: mrz.txt")]


@pytest.mark.parametrize("name", ["/lane/a/mrz.txt", "lane/../lane/a/mrz.txt", "../lane/a/mrz.txt"])
def test_a_path_outside_of_the_root_is_passed_over(name):
    assert read(tar((name, b"x"))) == []


def test_a_file_of_two_names_makes_a_bad_record_of_the_second():
    """In a folder either has its content; ``tar`` writes it once, and the link must not be a record without the file."""
    link = tarfile.TarInfo("lane/b/mrz.txt")
    link.type, link.linkname = tarfile.LNKTYPE, "lane/a/mrz.txt"
    found = read(tar(RECORD, ("lane/b/seal.bin", b"x"), link.tobuf()))
    assert found == [("a", {"mrz.txt": b"P<UTO"}), ("b", "a file written as a link to another: mrz.txt")]


def test_a_stream_comes_in_small_pieces():
    class Slow(io.BytesIO):
        def read1(self, size=-1):
            return self.read(min(size, 3))

    for how in PACKED:
        assert read(PACKED[how](tar(RECORD)), Slow) == [("a", {"mrz.txt": b"P<UTO"})]


@pytest.mark.parametrize("kind", [b"x", b"g", b"L", b"K", b"X", b"S"])
def test_what_is_said_of_one_file_is_bounded(kind):
    """A header may announce 8 GB of further headers: they are neither kept nor waited for."""
    data = tar(RECORD, header(kind, 8_000_000_000) + b"a" * 3_000_000)
    stream = Counted(data)
    with pytest.raises(InputError, match="tar"):
        list(archives.read_tar(stream, is_evidence))
    assert stream.taken < 1_000_000


def test_headers_that_only_announce_headers_do_not_recurse():
    for kind in (b"L", b"x"):
        with pytest.raises(InputError, match="tar"):
            read(header(kind, 0) * 5000 + tar(RECORD))


def test_what_is_said_of_all_files_is_bounded():
    def said(n: int) -> bytes:
        text = f" comment{n}=x\n"
        body = f"{len(text) + 2}{text}".encode()
        return header(b"g", len(body)) + body.ljust(512, b"\0")

    assert len(read(b"".join(map(said, range(5))) + tar(RECORD))) == 1
    with pytest.raises(InputError, match="more about all files"):
        read(b"".join(said(n) + tar((f"lane/{n}/mrz.txt", b"x"))[:1024] for n in range(10, 99)) * 2 + said(100) + said(101) + said(102)
             + b"".join(said(n) + header(b"0", 0, f"lane/{n}/mrz.txt") for n in range(103, 300)))


def noted(count: int, size: int) -> bytes:
    """Return entries that are passed over, each with a comment of that size."""
    body = f"{size} comment=".encode().ljust(size - 1, b"x") + b"\n"
    one = header(b"x", size) + body.ljust(-(-size // 512) * 512, b"\0") + header(b"0", 0, "lane/a/note.txt")
    return tar(RECORD)[:1024] + one * count + bytes(1024)


def test_what_is_said_of_many_files_is_bounded(monkeypatch):
    """Each header is below its own bound, and packs to a few bytes."""
    monkeypatch.setattr(limits, "GRACE_HEADERS", 30_000)
    monkeypatch.setattr(limits, "HEADERS_PER_BYTE", 2)
    parsed = []
    proc = tarfile.TarInfo._proc_pax
    monkeypatch.setattr(tarfile.TarInfo, "_proc_pax", lambda own, file: parsed.append(own.size) or proc(own, file))
    assert read(lzma.compress(noted(30, 999))) == [("a", {"mrz.txt": b"P<UTO"})]
    assert sum(parsed) == 30 * 999
    parsed.clear()
    with pytest.raises(InputError, match="more about the files"):
        read(lzma.compress(noted(300, 999)))
    assert sum(parsed) <= 32_000
    assert len(read(noted(300, 999))) == 1  # its own length is worth that


@pytest.mark.parametrize("digits", [59, 60])
def test_a_header_with_a_number_without_end_is_not_parsed(digits, monkeypatch):
    """The library searches it again from each digit: 60,000 of them took eight seconds."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as archive:
        info = tarfile.TarInfo("lane/a/mrz.txt")
        info.size, info.pax_headers = 5, {"comment": "1" * digits}
        archive.addfile(info, io.BytesIO(b"P<UTO"))
    if digits < 60:
        assert read(stream.getvalue()) == [("a", {"mrz.txt": b"P<UTO"})]
    else:
        with pytest.raises(InputError, match="over the limits"):
            read(stream.getvalue())


def test_holes_of_many_files_are_bounded(monkeypatch):
    monkeypatch.setattr(limits, "GRACE_HEADERS", 30_000)
    monkeypatch.setattr(limits, "HEADERS_PER_BYTE", 0)
    more = bytearray(512)
    more[504] = 1  # and another block of the map follows
    start = bytearray(header(b"S", 0, "lane/a/note.txt"))
    start[482] = 1
    start[148:156] = f"{sum(start) - sum(start[148:156]) + 8 * 32:06o}\0 ".encode()
    one = bytes(start + more * 19) + bytes(512)
    assert len(read(tar(RECORD)[:1024] + one * 2 + bytes(1024))) == 1
    with pytest.raises(InputError, match="more about the files"):
        read(tar(RECORD)[:1024] + one * 3 + bytes(1024))


@pytest.mark.parametrize("how", PACKED)
def test_a_stream_of_thousands_of_files_with_times_is_read(how):
    """As ``tar --format=pax`` writes them: three times of a file in nanoseconds, and a path that is long."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for n in range(4000):
            info = tarfile.TarInfo(f"lane/{n}/mrz.txt")
            times = dict.fromkeys(("mtime", "atime", "ctime"), f"17000{n:05}.{n * 7919 % 1000003:09}")
            info.pax_headers = times | {"comment": "x" * 100}
            info.size = 5
            archive.addfile(info, io.BytesIO(b"P<UTO"))
    assert sum(1 for _ in archives.read_tar(io.BytesIO(PACKED[how](stream.getvalue())), is_evidence)) == 4000


def test_a_sparse_map_without_end_is_bounded():
    """GNU.sparse 1.0: a number says how many numbers follow in the file's data."""
    def record(key: str, value: str) -> bytes:
        for size in range(len(key) + len(value) + 3, 200):
            text = f"{size} {key}={value}\n".encode()
            if len(text) == size:
                return text
        raise AssertionError

    said = b"".join(record(f"GNU.sparse.{key}", value) for key, value in (("major", "1"), ("minor", "0"), ("name", "lane/a/mrz.txt"), ("realsize", "5")))
    data = header(b"x", len(said)) + said.ljust(-(-len(said) // 512) * 512, b"\0") + header(b"0", 8_000_000_000, "lane/a/mrz.txt")
    stream = Counted(data + b"999999999\n" + b"0\n" * 3_000_000)
    with pytest.raises(InputError, match="tar"):
        list(archives.read_tar(stream, is_evidence))
    assert stream.taken < 1_000_000


def test_what_is_unpacked_is_counted(monkeypatch):
    monkeypatch.setattr(limits, "GRACE_STREAM", 100_000)
    film = tar(RECORD, ("lane/a/film.mp4", bytes(3_000_000)), ("lane/b/mrz.txt", b"x"))
    assert len(read(film)) == 2  # as long as it is
    for how in ("gzip", "bzip2", "xz"):
        stream = Counted(PACKED[how](film))
        with pytest.raises(InputError, match="unpacks to more"):
            list(archives.read_tar(stream, is_evidence))


def test_entries_are_counted(monkeypatch):
    monkeypatch.setattr(limits, "GRACE_MEMBERS", 20)
    many = tar(*[(f"other/{n}", b"") for n in range(300)], RECORD)
    assert len(read(many)) == 1
    with pytest.raises(InputError, match="more entries"):
        read(lzma.compress(many))


def test_memory_for_a_dictionary_is_bounded(monkeypatch):
    data = lzma.compress(tar(RECORD), preset=9)
    monkeypatch.setattr(limits, "XZ_MEMORY", 1_000_000)
    with pytest.raises(InputError, match="not a tar stream"):
        read(data)


@pytest.mark.parametrize("name", ["lane/b\udcff/mrz.txt", "lane/\x1b[2J/mrz.txt", "lane/a:b/mrz.txt", "lane/a\\b/mrz.txt", "lane/\u202e/mrz.txt"])
def test_a_folder_of_any_name_is_a_record(name):
    """A disk can hold it, and who lies in it is judged."""
    (found,) = inspect_batch.tar_items(io.BytesIO(tar((name, b"P<"))))
    assert found.content == {"mrz.txt": b"P<"}
    assert found.id.isprintable()


def test_a_name_that_no_disk_can_hold_is_passed_over():
    assert read(tar(RECORD, ("lane/" + "x" * 2000 + "/mrz.txt", b""), ("lane/../b/mrz.txt", b""))) == [("a", {"mrz.txt": b"P<UTO"})]


# ------------------------------------------------------------------------------------------------------------------ zip


def zipped(files, method=zipfile.ZIP_STORED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, data in files:
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return stream.getvalue()


def reason(data: bytes) -> str:
    with pytest.raises(archives.ArchiveError) as caught:
        archives.read_zip(io.BytesIO(data))
    return caught.value.reason


def test_a_directory_is_bounded_before_it_is_read():
    """The end of an archive says how long its directory is; zipfile reads all of it, and only then knows the entries."""
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1, 1, 50_000_000, 0, 0)
    assert reason(bytes(50_000_000) + end) == "limit"


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_packings_that_unpack_a_block_whole_are_not_read(method):
    assert reason(zipped([("a", bytes(1_000_000))], method)) == "archive"


def test_the_sum_of_what_unpacks_is_bounded_by_the_archive():
    assert reason(zipped([(f"{n}", bytes(limits.GRACE)) for n in range(60)], zipfile.ZIP_DEFLATED)) == "limit"
    assert len(archives.read_zip(io.BytesIO(zipped([("1", bytes(limits.GRACE)), ("2", b"")], zipfile.ZIP_DEFLATED)))) == 2


def test_an_archive_over_the_limits_is_not_opened(monkeypatch):
    monkeypatch.setattr(limits, "UNPACKED", 1000)
    assert reason(zipped([("a", bytes(2000))])) == "limit"


def between(files, place: int, junk: bytes) -> bytes:
    """A zip archive with bytes at a place; the offsets in its directory are those of the entries then."""
    data = zipped(files)
    directory = data.index(b"PK\1\2")
    moved = bytearray(data[directory:])
    at = 0
    while (at := moved.find(b"PK\1\2", at)) >= 0:
        offset = int.from_bytes(moved[at + 42 : at + 46], "little")
        moved[at + 42 : at + 46] = (offset + len(junk) * (offset >= place)).to_bytes(4, "little")
        at += 46
    end = moved.rindex(b"PK\5\6")
    moved[end + 16 : end + 20] = (directory + len(junk)).to_bytes(4, "little")
    return data[:place] + junk + data[place:directory] + bytes(moved)


def test_an_archive_has_no_bytes_between_its_entries_nor_after_them():
    files = [("a", b"one"), ("b", b"two")]
    data = zipped(files)
    second, directory = data.index(b"PK\3\4", 4), data.index(b"PK\1\2")
    assert set(archives.read_zip(io.BytesIO(between(files, second, b"")))) == {"a", "b"}
    for place in (second, directory):
        changed = between(files, place, b"nobody signed this")
        with zipfile.ZipFile(io.BytesIO(changed)) as archive:
            assert archive.read("b") == b"two"
        assert reason(changed) == "unsigned"


def test_each_byte_of_an_archive_is_a_file_s_or_has_one_value():
    """Neither times nor modes, versions and flags are left for whoever has the archive: they would differ between two entries."""
    files = [("a", b"one"), ("b", b"two"), ("\u0439", b"")]
    data = zipped(files)
    assert archives.read_zip(io.BytesIO(data)) == dict(files)
    for place in range(len(data)):
        for bit in range(8):
            changed = bytearray(data)
            changed[place] ^= 1 << bit
            assert reason(bytes(changed)) in ("unsigned", "archive", "name", "link", "twice", "encrypted"), (place, bit)


class Pipe(io.RawIOBase):
    """Where an archive's writer cannot go back: sizes come after the files."""

    def __init__(self):
        self.data = b""

    def writable(self):
        return True

    def write(self, data):
        self.data += bytes(data)
        return len(data)


def surplus(where: str) -> bytes:
    """An archive with bytes that zipfile passes over."""
    stream = Pipe() if where == "descriptors" else io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in ("a", "b"):
            info = zipfile.ZipInfo(name)
            info.extra = b"\xca\xfe\4\0junk" if where == "extra field" else b""
            info.comment = b"junk" if where == "comment of an entry" else b""
            info.internal_attr = where == "internal attributes"
            info.create_version = 63 if where == "version" else 20
            info.date_time = (1980, 1, 2 if where == "another time" and name == "b" else 1, 0, 0, 0)
            info.external_attr = (0o100666 << 16) * (where == "another mode" and name == "b")
            archive.writestr(info, b"one")
        archive.comment = b"junk" if where == "comment" else b""
        if where == "order of the directory":
            archive.filelist.reverse()
    return stream.data if where == "descriptors" else stream.getvalue()


@pytest.mark.parametrize("where", [
    "extra field", "comment of an entry", "internal attributes", "version", "another time", "another mode", "comment",
    "order of the directory", "descriptors",
])  # fmt: skip
def test_an_archive_has_nothing_beside_its_files(where):
    data = surplus(where)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.read("b") == b"one"
    assert reason(data) == "unsigned"
    assert set(archives.read_zip(io.BytesIO(surplus("nowhere")))) == {"a", "b"}


def local_extra(data: bytes, junk: bytes) -> bytes:
    """An archive whose only entry has an extra field in its local header alone."""
    changed = bytearray(data)
    changed[28:30] = len(junk).to_bytes(2, "little")
    name = int.from_bytes(changed[26:28], "little")
    changed[30 + name : 30 + name] = junk
    end = changed.rindex(b"PK\5\6")
    changed[end + 16 : end + 20] = (int.from_bytes(changed[end + 16 : end + 20], "little") + len(junk)).to_bytes(4, "little")
    return bytes(changed)


def repacked(name: str, data: bytes, packed: bytes) -> bytes:
    """An archive of one file, with other packed bytes than zipfile's."""
    changed = bytearray(zipped([(name, packed)]))
    for place in (8, changed.index(b"PK\1\2") + 10):
        changed[place : place + 2] = (8).to_bytes(2, "little")
        changed[place + 6 : place + 10] = zlib.crc32(data).to_bytes(4, "little")
        changed[place + 14 : place + 18] = len(data).to_bytes(4, "little")
    return bytes(changed)


def deflated(data: bytes) -> bytes:
    stream = zlib.compressobj(9, zlib.DEFLATED, -15)
    return stream.compress(data) + stream.flush()


TEXT = bytes(range(64)) * 20
EMPTY_BLOCK = b"\0\0\0\xff\xff"


@pytest.mark.parametrize("changed", [
    local_extra(zipped([("a", b"one")]), b"\xca\xfe\4\0junk"),
    repacked("a", TEXT, deflated(TEXT) + b"nobody signed this"),
    repacked("a", TEXT, EMPTY_BLOCK * 300 + deflated(TEXT)),
], ids=["local extra field", "after the stream", "blocks without content"])  # fmt: skip
def test_an_entry_has_nothing_beside_its_file(changed):
    with zipfile.ZipFile(io.BytesIO(changed)) as archive:
        assert archive.read("a") in (b"one", TEXT)
    assert reason(changed) == "unsigned"


def test_a_stream_that_does_not_end_is_no_file():
    assert archives.read_zip(io.BytesIO(repacked("a", TEXT, deflated(TEXT)))) == {"a": TEXT}
    assert reason(repacked("a", TEXT, deflated(TEXT)[:-1])) == "unsigned"
    stream = zlib.compressobj(9, zlib.DEFLATED, -15)
    assert reason(repacked("a", TEXT, stream.compress(TEXT) + stream.flush(zlib.Z_SYNC_FLUSH))) == "unsigned"


@pytest.mark.parametrize("size", [0, 1, 20, 1000, 50_000, 300_000])
def test_bytes_that_do_not_pack_are_packed_by_a_writer_all_the_same(size):
    files = {"a": random.Random(size).randbytes(size)}
    assert archives.read_zip(io.BytesIO(zipped(files.items(), zipfile.ZIP_DEFLATED))) == files


def test_a_folder_that_claims_a_size_grants_no_headers():
    """A chain of long names, each the next one's, ends the stream and not the batch."""
    folder = tarfile.TarInfo("lane/")
    folder.type, folder.size = tarfile.DIRTYPE, 900_000_000
    name = tarfile.TarInfo("././@LongLink")
    name.type, name.size = tarfile.GNUTYPE_LONGNAME, 2
    chain = (name.tobuf(tarfile.GNU_FORMAT) + b"a\0".ljust(512, b"\0")) * 1500
    claimed = bytearray(folder.tobuf(tarfile.GNU_FORMAT))
    claimed[124:136] = b"%011o\0" % folder.size
    claimed[148:156] = b"        "
    claimed[148:156] = b"%06o\0 " % sum(claimed)
    stream = archives.read_tar(io.BytesIO(tar(RECORD, bytes(claimed) + chain)), is_evidence)
    with pytest.raises(InputError, match="more about the files than is read"):
        list(stream)


def test_a_sparse_file_that_claims_a_size_ends_the_stream_and_not_the_batch():
    sparse = tarfile.TarInfo("lane/x")
    sparse.type = tarfile.GNUTYPE_SPARSE
    claimed = bytearray(sparse.tobuf(tarfile.GNU_FORMAT))
    claimed[386:410] = b"%011o\0" % 0 * 2
    claimed[482:495] = b"\0%011o\0" % 900_000_000
    claimed[148:156] = b"        "
    claimed[148:156] = b"%06o\0 " % sum(claimed)
    name = tarfile.TarInfo("././@LongLink")
    name.type, name.size = tarfile.GNUTYPE_LONGNAME, 2
    chain = (name.tobuf(tarfile.GNU_FORMAT) + b"a\0".ljust(512, b"\0")) * 1500
    stream = archives.read_tar(io.BytesIO(tar(RECORD, bytes(claimed) + chain)), is_evidence)
    with pytest.raises(InputError, match="not a tar stream"):
        list(stream)
