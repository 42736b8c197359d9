"""Archives that somebody else made: regular files under their root, small, each once.

A library reads some of it before anything can be asked of it (a directory, a header), and unpacks. All that is counted
on its way to it.
"""

import bz2
import lzma
import re
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import IO, Any

from tjdocs import limits
from tjdocs.errors import InputError

__all__ = ["ArchiveError", "Held", "read_tar", "read_zip"]

_BLOCK = 1 << 16  # bytes that are read or unpacked at once
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# of a zip archive the header before a file, its row in the directory, and the record after the directory
_ZIP_LOCAL, _ZIP_ROW, _ZIP_END = struct.Struct("<4s2B4H3L2H"), struct.Struct("<4s4B4H3L5H2L"), struct.Struct("<4s4H2LH")
_ZIP_VERSION, _ZIP_UTF8 = 20, 0x800  # 2.0, which Deflate needs; the flag of a name that is not ASCII
_TAR_BLOCK = 20 * 512  # what tarfile reads at once


class ArchiveError(ValueError):
    """An archive that is not read; ``reason`` is a stable word."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


class _MoreBehindError(Exception):
    """Bytes after the end of a stream that are not padding."""


class _Metered:
    """A file that gives so many bytes as were granted, and no more."""

    def __init__(self, source: Any, granted: int) -> None:
        self._source, self._left = source, granted

    def grant(self, size: int) -> None:
        """Let so many bytes be read from now on."""
        self._left = size

    def read(self, size: int = -1) -> bytes:
        if size < 0 or size > self._left:
            size = self._left + 1
        data: bytes = self._source.read(size)
        self._left -= len(data)
        if self._left < 0:
            raise ArchiveError("limit", "more about the files than is read")
        return data

    def __getattr__(self, name: str) -> Any:
        return getattr(self._source, name)


def _named(name: str) -> str:
    """Return a member's name, unchanged, if it is under the root."""
    if len(name) > limits.ZIP_PATH or not name.isprintable() or "\\" in name or ":" in name or not _inside(name):
        raise ArchiveError("name", "a name that is not a path under the root")
    return name


def _inside(name: str) -> bool:
    return len(name) <= limits.PATH and not any(part in ("", ".", "..") for part in name.split("/"))


def read_zip(source: IO[bytes], *, signed: bool = True) -> dict[str, bytes]:
    """Return the files of a zip archive by name.

    :param signed: each byte must be a file's or have one value. Then the archive is one that ``zipfile`` wrote at once:
        one entry after another, nothing between them, no extra fields, no comments, no descriptors, one time and mode
        for all. Otherwise all of that is passed over, and folders.
    :raises ArchiveError: ``archive``, ``name``, ``link``, ``twice``, ``encrypted``, ``limit`` or ``unsigned``
    """
    files: dict[str, bytes] = {}
    try:
        size = source.seek(0, 2)
        most = min(limits.UNPACKED, limits.GRACE + size * limits.RATIO)
        if size > limits.UNPACKED:
            raise ArchiveError("limit", f"more than {limits.UNPACKED} bytes")
        metered: Any = _Metered(source, limits.ZIP_DIRECTORY)
        with zipfile.ZipFile(metered) as archive:
            infos = archive.infolist()
            if len(infos) > limits.ENTRIES:
                raise ArchiveError("limit", f"more than {limits.ENTRIES} entries")
            if not signed:
                metered.grant(2 * limits.UNPACKED)  # entries may overlap: the unpacked size counts
                return _loose(archive, infos, most)
        if len({(info.date_time, info.create_system, info.external_attr) for info in infos}) > 1:
            raise ArchiveError("unsigned", "entries of several times, modes or systems")
        source.seek(0)
        directory = b""
        for info in infos:
            name = _require_usual(info)
            if name in files:
                raise ArchiveError("twice", "two entries of one name")
            local, central = _headers(info, source.tell())
            _require(source, local, "an entry with other bytes than its name, its sizes and its packing")
            directory += central
            # the sizes in the archive are not trusted: unpacking stops at the limit
            allowed = min(limits.INPUT_FILE, most, max(limits.GRACE, info.compress_size * limits.RATIO))
            files[name] = _unpack(info, source.read(info.compress_size), allowed)
            most -= len(files[name])
        end = _ZIP_END.pack(b"PK\5\6", 0, 0, len(infos), len(infos), len(directory), source.tell(), 0)
        _require(source, directory + end, "bytes after the last entry that are not the directory of the entries")
        if source.read(1):
            raise ArchiveError("unsigned", "bytes after the end")
    except ArchiveError:
        raise
    except Exception as error:  # noqa: BLE001 - a hostile archive may raise anything in zipfile: one finding
        raise ArchiveError("archive", f"not a zip archive: {type(error).__name__}") from None
    return files


def _loose(archive: zipfile.ZipFile, infos: list[zipfile.ZipInfo], most: int) -> dict[str, bytes]:
    """Return the files of an archive of which no byte is signed."""
    files: dict[str, bytes] = {}
    for info in infos:
        if info.is_dir() and not info.file_size:
            continue
        name = _require_usual(info)
        if name in files:
            raise ArchiveError("twice", "two entries of one name")
        # the sizes in the archive are not trusted: unpacking stops at the limit
        allowed = min(limits.INPUT_FILE, most, max(limits.GRACE, info.compress_size * limits.RATIO))
        with archive.open(info) as member:
            files[name] = member.read(allowed + 1)
        if len(files[name]) > allowed:
            raise ArchiveError("limit", "an entry unpacks to more than is read")
        most -= len(files[name])
    return files


def _require_usual(info: zipfile.ZipInfo) -> str:
    """Return the name of an entry that is a regular file, packed as is read."""
    if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG) or info.is_dir():
        raise ArchiveError("link", "an entry that is not a regular file")
    if info.flag_bits & 1:
        raise ArchiveError("encrypted", "an encrypted entry")
    if info.compress_type not in _PACKINGS:
        raise ArchiveError("archive", "an entry that is packed in another way than is read")
    return _named(info.filename)


def _headers(info: zipfile.ZipInfo, place: int) -> tuple[bytes, bytes]:
    """Return the only local header and row of the directory that an entry at a place may have."""
    name = info.orig_filename.encode()
    year, month, day, hour, minute, second = info.date_time
    flags = 0 if name.isascii() else _ZIP_UTF8
    moment = hour << 11 | minute << 5 | second // 2, (year - 1980) << 9 | month << 5 | day
    sizes = info.CRC, info.compress_size, info.file_size
    both = _ZIP_VERSION, 0, flags, info.compress_type, *moment, *sizes, len(name), 0
    row = _ZIP_ROW.pack(b"PK\1\2", _ZIP_VERSION, info.create_system, *both, 0, 0, 0, info.external_attr, place)
    return _ZIP_LOCAL.pack(b"PK\3\4", *both) + name, row + name


def _require(source: IO[bytes], expected: bytes, detail: str) -> None:
    """Read bytes that have one value."""
    if source.read(len(expected)) != expected:
        raise ArchiveError("unsigned", detail)


def _unpack(info: zipfile.ZipInfo, packed: bytes, allowed: int) -> bytes:
    """Return the file of an entry, which is all that its packed bytes are."""
    data = packed
    if info.compress_type == zipfile.ZIP_DEFLATED:
        stream = zlib.decompressobj(-zlib.MAX_WBITS)
        data = stream.decompress(packed, allowed + 1)
        if len(data) <= allowed and (not stream.eof or stream.unused_data):
            raise ArchiveError("unsigned", "an entry that does not end where its packed bytes end")
    if len(data) > allowed:
        raise ArchiveError("limit", "an entry unpacks to more than is read")
    if len(data) != info.file_size or zlib.crc32(data) != info.CRC:
        raise ArchiveError("archive", "an entry of another size or checksum than the archive says")
    # Deflate may have blocks without content, in any number; to bytes that do not pack it needs to add a few alone
    if len(packed) > len(data) + len(data) // 1000 + limits.PACKED_MORE:
        raise ArchiveError("unsigned", "an entry that is longer packed than unpacked")
    return data


# ------------------------------------------------------------------------------------------------------------ unpacking


class _Zlib:
    """``zlib`` with the interface of the other two."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(wbits=31)
        self._full = False

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    @property
    def needs_input(self) -> bool:
        return not (self._inner.unconsumed_tail or self._full)

    def decompress(self, data: bytes, max_length: int) -> bytes:
        unpacked = self._inner.decompress(self._inner.unconsumed_tail + data, max_length)
        self._full = len(unpacked) >= max_length  # there may be more of the same input
        return unpacked


_PACKED: tuple[tuple[bytes, Callable[[], Any]], ...] = (
    (b"\x1f\x8b", _Zlib),
    (b"BZh", bz2.BZ2Decompressor),
    (b"\xfd7zXZ\x00", lambda: lzma.LZMADecompressor(memlimit=limits.XZ_MEMORY)),
)
_LONGEST_MARK = max(len(mark) for mark, _ in _PACKED)


class _Unpacked:
    """A stream, unpacked where it is packed, in memory that does not grow; so much of it as its length is worth."""

    def __init__(self, source: IO[bytes]) -> None:
        self._more: Callable[[int], bytes] = getattr(source, "read1", source.read)
        self.packed = 0  # bytes read
        self._given = 0
        self._head, self._rest = b"", b""
        packing = next((pair for pair in _PACKED if self._starts(pair[0])), None)
        self._mark: bytes = packing[0] if packing else b""
        self._make: Callable[[], Any] | None = packing[1] if packing else None
        self._inner = self._make() if self._make is not None else None

    def read(self, size: int) -> bytes:
        """Return so many bytes, fewer at the end alone."""
        parts, count = [self._rest], len(self._rest)
        while count < size and (data := self._next()):
            parts.append(data)
            count += len(data)
        joined = b"".join(parts)
        self._rest = joined[size:]
        return joined[:size]

    def _next(self) -> bytes:
        """Return the next bytes, empty at the end."""
        while True:
            if self._inner is None:
                data = self._head or self._fill()
                self._head = b""
                return data
            if self._inner.eof and not self._follows():
                return b""
            data = b""
            if self._inner.needs_input:
                data = self._head or self._fill()
                self._head = b""
                if not data:
                    raise EOFError
            unpacked: bytes = self._inner.decompress(data, _BLOCK)
            self._given += len(unpacked)
            if self._given > limits.GRACE_STREAM + limits.RATIO * self.packed:
                raise ArchiveError("limit", "it unpacks to more than is read")
            if unpacked:
                return unpacked

    def _follows(self) -> bool:
        """Whether another packed stream follows the one that ended; zeros after it are padding.

        :raises _MoreBehindError: anything else follows
        """
        assert self._inner is not None  # noqa: S101
        assert self._make is not None  # noqa: S101
        self._head = self._inner.unused_data + self._head
        if not self._starts(self._mark):
            self._head = _padding(self._head, self._fill)
            return False
        self._inner = self._make()
        return True

    def _starts(self, mark: bytes) -> bool:
        while len(self._head) < _LONGEST_MARK and (data := self._fill()):
            self._head += data
        return self._head.startswith(mark)

    def _fill(self) -> bytes:
        data = self._more(_BLOCK)
        self.packed += len(data)
        return data


def _padding(data: bytes, more: Callable[[], bytes]) -> bytes:
    """Read what follows the end of a stream; return nothing.

    :raises _MoreBehindError: it has another byte than zero
    :raises ArchiveError: more zeros than are passed over
    """
    passed = 0
    while data:
        if data.strip(b"\0"):
            raise _MoreBehindError
        passed += len(data)
        if passed > limits.PASSED_OVER:
            raise ArchiveError("limit", "more zeros after its end than are passed over")
        data = more()
    return b""


# ------------------------------------------------------------------------------------------------------------------ tar


class Held:
    """The files of one record, within the limits."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self._total = 0

    def room(self, size: int) -> None:
        """Refuse a further file of that size.

        :raises ArchiveError: the record is over the limits with it
        """
        self._total += size
        if size > limits.INPUT_FILE or self._total > limits.UNPACKED or len(self.files) >= limits.ENTRIES:
            raise ArchiveError("limit", "over the limits")

    def add(self, name: str, data: bytes) -> None:
        """Take a file.

        :raises ArchiveError: the record is over the limits with it
        """
        self.place(name, len(data), lambda: data)

    def place(self, name: str, size: int, content: Callable[[], bytes]) -> None:
        """Take a file of a known size.

        :raises ArchiveError: the record has one of that name, or is over the limits with it
        """
        if name in self.files:
            raise ArchiveError("twice", f"a file twice: {name[:80]}")
        self.room(size)
        self.files[name] = content()


def read_tar(source: IO[bytes], known: Callable[[str], bool]) -> Iterator[tuple[str, dict[str, bytes] | str]]:
    """Yield the folders of a tar stream with their files, as they come. A folder's files follow one another.

    The first file that is evidence decides the depth of the folders (``tar c lane``: one below the root). Symbolic
    links and special files are passed over, as are hidden folders, folders in a record other than ``chip``, and names
    outside of the root. A folder that the stream names and of which it has no file is yielded without files, one that
    cannot be taken with the reason in their place: a file in it comes twice, or is one of several names of a file,
    which ``tar`` writes once and then as links.

    :param known: whether a file of this name is evidence; no other is read
    :raises InputError: it is not a tar stream, breaks off, or is over the limits as a whole: its headers, its folders
        without files, a file that is passed over, or its size when unpacked; or, once all records have come, another
        archive follows it
    """
    current = ""
    behind = False
    record: Held | str = ""
    folders = _Folders()
    try:
        for member, content in _members(source):
            # as a folder's own paths, so that a file is the same under each spelling, and twice if it comes under two
            name = "/".join(part for part in member.name.split("/") if part not in ("", "."))
            if member.name.startswith("/") or not _inside(name):
                continue
            if member.isdir():
                folders.name(name.split("/"))
                continue
            *above, last = name.split("/")
            if not (member.isreg() or member.islnk()) or not above or not folders.placed(above, known(last)):
                continue
            folder, within = folders.record(above)
            if not folder:
                continue
            if folder != current:
                if current:
                    yield current, record if isinstance(record, str) else record.files
                for empty in folders.filled(folder):
                    yield empty, {}
                current, record = folder, Held()
            if known(last) and within in ([], ["chip"]) and not isinstance(record, str):
                try:
                    if member.islnk():
                        raise ArchiveError("link", f"a file written as a link to another: {last[:80]}")
                    record.place("/".join((*within, last)), member.size, content)
                except ArchiveError as error:
                    record = str(error)
    except _MoreBehindError:
        behind = True
    except ArchiveError as error:
        raise InputError("over the limits", where="tar", hint=str(error)) from None
    except (tarfile.TarError, EOFError, OSError, ValueError, RecursionError, zlib.error, lzma.LZMAError) as error:
        raise InputError("not a tar stream", where="tar", hint=type(error).__name__) from None
    if current:
        yield current, record if isinstance(record, str) else record.files
    for empty in folders.left():
        yield empty, {}
    if behind:
        hint = "give each archive on its own: what comes after the first was not read"
        raise InputError("bytes after the end of the tar stream", where="tar", hint=hint)


class _Member(tarfile.TarInfo):
    """An entry of a stream that ends by its mark: ``tarfile`` takes a bad or cut header for the end."""

    @classmethod
    def fromtarfile(cls, tarfile: tarfile.TarFile) -> "_Member":
        """Return the next entry.

        :raises tarfile.EOFHeaderError: the end; ``tarfile.ReadError``, bytes that are not an entry
        """
        try:
            return super().fromtarfile(tarfile)
        except _AT_THE_END:
            following = getattr(tarfile, "fileobj").read(_TAR_UNIT)  # noqa: B009
            if following.strip(b"\0"):
                raise _BROKEN("a lone block of zeros") from None
            raise
        except _NO_HEADER as error:
            raise _BROKEN(str(error)) from None


class _Extended:
    """The count of all bytes about a stream's files besides their plain headers: as many as its length is worth."""

    def __init__(self, stream: _Unpacked) -> None:
        self._stream = stream
        self._bytes = 0

    def add(self, size: int) -> None:
        """Count so many bytes more.

        :raises ArchiveError: they are more than are read
        """
        self._bytes += max(0, size)
        if self._bytes > limits.GRACE_HEADERS + limits.HEADERS_PER_BYTE * self._stream.packed:
            raise ArchiveError("limit", "more about the files than is read")

    def entries(self) -> type[_Member]:
        """Return the class of the stream's entries: their extended headers are counted before they are parsed."""

        class Counted(_Member):
            @classmethod
            def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> "Counted":
                header = super().frombuf(buf, encoding, errors)
                if header.type in _EXTENDED:
                    counter.add(header.size)
                return header

            def _proc_pax(self, archive: Any) -> Any:
                stream = archive.fileobj
                block = stream.read(-(-self.size // _TAR_UNIT) * _TAR_UNIT)
                if _DIGITS.search(block):  # it is searched once for each digit of a long number
                    raise ArchiveError("limit", "a number of too many digits")
                archive.fileobj = _Again(block, stream)
                try:
                    return super()._proc_pax(archive)  # type: ignore[misc]  # typeshed does not have it
                finally:
                    archive.fileobj = stream

        counter = self
        return Counted


class _Again:
    """A stream of which the next block was read already."""

    def __init__(self, block: bytes, rest: Any) -> None:
        self._blocks, self._rest = [block], rest

    def read(self, size: int) -> bytes:
        data: bytes = self._blocks.pop() if self._blocks else self._rest.read(size)
        return data

    def __getattr__(self, name: str) -> Any:
        return getattr(self._rest, name)


_DIGITS = re.compile(rb"[0-9]{60}")  # a size and a time have fewer
_EXTENDED = (
    tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK
)  # fmt: skip
_TAR_UNIT = 512
_AT_THE_END, _NO_HEADER, _BROKEN = tarfile.EOFHeaderError, tarfile.HeaderError, tarfile.ReadError  # type: ignore[attr-defined]


def _members(source: IO[bytes]) -> Iterator[tuple[tarfile.TarInfo, Callable[[], bytes]]]:
    """Yield what a tar stream holds, each with a function that reads its content; memory does not grow.

    :raises ArchiveError: it says more than is read, or passes over too much
    """
    stream = _Unpacked(source)
    metered: Any = _Metered(stream, limits.HEADER)
    extended = _Extended(stream)
    count = place = 0
    with tarfile.open(fileobj=metered, mode="r|", tarinfo=extended.entries()) as archive:
        members: list[tarfile.TarInfo] = vars(archive)["members"]
        while (member := archive.next()) is not None:
            members.clear()  # tarfile would keep all of them
            if member.sparse is not None or member.type == tarfile.GNUTYPE_SPARSE:
                extended.add(member.offset_data - place)  # the map of its holes
            place = archive.offset
            count += 1
            if count > limits.GRACE_MEMBERS + stream.packed // limits.BYTES_PER_MEMBER:
                raise ArchiveError("limit", "it has more entries than are read")
            if len(archive.pax_headers) > limits.GLOBAL_HEADERS:
                raise ArchiveError("limit", "more about all files than is read")
            if member.size > limits.PASSED_OVER:
                raise ArchiveError("limit", "a file larger than is passed over")
            # its content, the rest of its last block, the bytes that tarfile reads ahead, and the next header;
            # a folder has no content, whatever size it claims
            passed = member.size if member.isreg() or member.type not in tarfile.SUPPORTED_TYPES else 0
            metered.grant(max(0, passed) + 2 * _TAR_BLOCK + limits.HEADER)
            yield member, _reading(archive, member)

        def more() -> bytes:
            metered.grant(limits.HEADER)
            data: bytes = getattr(archive, "fileobj").read(_TAR_BLOCK)  # noqa: B009
            return data

        _padding(more(), more)


def _reading(archive: tarfile.TarFile, member: tarfile.TarInfo) -> Callable[[], bytes]:
    def content() -> bytes:
        if member.sparse is not None:
            raise ArchiveError("limit", "a sparse file")
        file = archive.extractfile(member)
        return file.read() if file is not None else b""

    return content


class _Folders:
    """The depth of a stream's records, and its folders without a file so far."""

    def __init__(self) -> None:
        self._above: list[str] | None = None
        self._early: list[list[str]] = []  # those named before the depth is known
        self._empty: dict[str, None] = {}
        self._begun = ""

    def placed(self, folders: list[str], evidence: bool) -> bool:
        """Add a file's folders; return whether the depth of the records is known."""
        if self._above is None and evidence:
            self._settle(folders)
        return self._above is not None

    def _settle(self, folders: list[str]) -> None:
        self._above = folders[: -2 if folders[-1] == "chip" and len(folders) > 1 else -1]
        early, self._early = self._early, []
        for parts in early:
            self.name(parts)

    def name(self, folders: list[str]) -> None:
        """Note a folder that the stream names."""
        if self._above is None:
            self._early.append(folders)
        elif (folder := self.record(folders)[0]) and folder != self._begun:
            self._empty.setdefault(folder)
        if max(len(self._early), len(self._empty)) > limits.EMPTY_FOLDERS:
            raise ArchiveError("limit", f"more than {limits.EMPTY_FOLDERS} empty folders")

    def record(self, folders: list[str]) -> tuple[str, list[str]]:
        """Return the record to which folders lead, empty when they lead to none, and the folders within it."""
        above = self._above or []
        record = folders[: len(above) + 1]
        if len(folders) <= len(above) or record[-1].startswith("."):
            return "", []
        return "/".join(record if record[:-1] != above else record[-1:]), folders[len(record) :]

    def filled(self, folder: str) -> list[str]:
        """Tell that a file of a record comes; return the records before it that have none.

        When the last folder named is the first to have a file, folders come with their files, and those before it
        have none. Else all folders were named first, and which have none is known at the end.
        """
        last = next(reversed(self._empty), None)
        self._empty.pop(folder, None)
        self._begun = folder
        if last != folder:
            return []
        empty, self._empty = list(self._empty), {}
        return empty

    def left(self) -> list[str]:
        """Return the folders left at the end: in a stream of folders alone, those without another folder."""
        if self._above is None:
            below = [parts[:-1] if parts[-1] == "chip" and len(parts) > 1 else parts for parts in self._early]
            holding = {tuple(parts[:-1]) for parts in below}
            leaves = [parts for parts in below if tuple(parts) not in holding]
            if leaves:
                self._settle([*min(leaves, key=len)])
        return list(self._empty)
