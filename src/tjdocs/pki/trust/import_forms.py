"""Forms of files with certificates, CRLs and lists: DER, PEM, Base64, PKCS#7 bundles, padding, ZIP archives."""

import base64
import binascii
import io
import re
from collections.abc import Iterator
from typing import NamedTuple

from tjdocs import archives
from tjdocs.pki import signed_data

__all__ = ["Block", "Content", "blocks", "contents", "looks_damaged"]

_PEM = re.compile(rb"-----BEGIN ([A-Z0-9 ]{1,40})-----([A-Za-z0-9+/=\s]*)-----END \1-----")
_BEGIN = b"-----BEGIN "
# A SEQUENCE of 128 bytes or more, as every certificate and list is. Text may begin with its tag, the digit 0.
_DER = re.compile(rb"\x30[\x80-\x84]")
_BASE64 = re.compile(rb"[A-Za-z0-9+/\s]++={0,2}+\s*+")
_BASE64_OF_DER = b"MI"  # 30 8x in Base64
_ZIP = b"PK\3\4"
_BOM = b"\xef\xbb\xbf"
_PADDING = b"\0\t\n\r\x1a "


class Block(NamedTuple):
    """One object of a file.

    :param data: its bytes, empty where they cannot be decoded
    :param place: its number in the file, empty for the only one
    :param forms: how it was handed over, other than as DER or PEM: ``base64``, ``trailing-bytes``, ``pkcs7``
    """

    data: bytes
    place: str = ""
    forms: tuple[str, ...] = ()


class Content(NamedTuple):
    """One file, or one file of a ZIP archive.

    :param inside: its name in the archive, empty for a file itself
    :param problem: why it has no bytes, empty where it has
    """

    data: bytes
    inside: str = ""
    problem: str = ""


def contents(data: bytes) -> list[Content]:
    """Return the files of a ZIP archive by name, or the data itself for other files.

    An archive that cannot be read is one file with the word of :class:`tjdocs.archives.ArchiveError` as its problem.
    """
    if not data.startswith(_ZIP):
        return [Content(data)]
    try:
        files = archives.read_zip(io.BytesIO(data), signed=False)
    except archives.ArchiveError as error:
        return [Content(b"", problem=f"archive: {error}")]
    return [Content(files[name], name) for name in sorted(files)] or [Content(b"", problem="archive: empty")]


def blocks(data: bytes) -> Iterator[Block]:
    """Yield the objects of a file: those of PEM text or of a PKCS#7 bundle, or the data itself."""
    if _DER.match(data) or _BEGIN not in data:
        yield from _unpacked(*_plain(data), "")
        return
    armoured = {match.start(): match for match in _PEM.finditer(data)}
    starts = [match.start() for match in re.finditer(_BEGIN, data)]
    for number, start in enumerate(starts, 1):
        # a block with a header line, another end or a foreign character is an error, and not skipped in silence
        match = armoured.get(start)
        try:
            body = base64.b64decode(b"".join(match[2].split()), validate=True) if match else b""
        except ValueError:
            body = b""
        yield from _unpacked(body, (), f"block {number}" if len(starts) > 1 else "")


def _plain(data: bytes) -> tuple[bytes, tuple[str, ...]]:
    """Return DER, decoded from Base64 and without padding, and the names of these forms."""
    forms: tuple[str, ...] = ()
    text = data.removeprefix(_BOM)
    if text.lstrip().startswith(_BASE64_OF_DER) and _BASE64.fullmatch(text):
        try:
            data, forms = base64.b64decode(b"".join(text.split()), validate=True), ("base64",)
        except binascii.Error:
            return data, ()
    end = _end(data)
    if end < len(data) and not data[end:].strip(_PADDING):
        return data[:end], (*forms, "trailing-bytes")
    return data, forms


def _end(data: bytes) -> int:
    """Return the end of the first element; of one without a definite length, the end without white space."""
    if not _DER.match(data):
        return len(data)
    if data[1] == 0x80:
        return len(data.rstrip(b"\n\r\t "))
    head = 2 + (data[1] & 0x7F)
    return head + int.from_bytes(data[2:head], "big") if len(data) >= head else len(data)


def _unpacked(data: bytes, forms: tuple[str, ...], place: str) -> Iterator[Block]:
    bundle = signed_data.unsigned_bundle(data)
    if bundle is None:
        yield Block(data, place, forms)
        return
    for number, item in enumerate(bundle, 1):
        yield Block(item, ", ".join(filter(None, (place, f"item {number}"))), (*forms, "pkcs7"))


def looks_damaged(data: bytes) -> bool:
    """Whether bytes that cannot be read seem to be meant as a certificate or list: text of another kind does not."""
    text = data.removeprefix(_BOM).lstrip()
    is_base64 = text.startswith(_BASE64_OF_DER) and _BASE64.fullmatch(text) is not None
    return not data or bool(_DER.match(data)) or _BEGIN in data or data.startswith(_ZIP) or is_base64
