"""The entries of issues, compared with their rows and judged without JSON: an audit reads a million of them."""

import re
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

from tjdocs.auditlog.entry import read_moment
from tjdocs.errors import UsageError
from tjdocs.register import records

__all__ = ["Said", "is_lawful", "said_beside", "shape"]

_DIGEST = re.compile(r'"[0-9a-f]{64}"')
_HEX = b"0123456789abcdef"
_NAME = re.compile(r'"([A-Za-z0-9][A-Za-z0-9._/-]{0,199})":')
# what follows the part that is in the row too; with the moment where the row has a later one
_REST = re.compile(rb'([0-9T:.+-]{1,40})","ground":"([a-z-]{0,40})","files":(\{[^{}]*\})(?:,"written":(\{[^{}]*\}))?\}')


class Said(NamedTuple):
    """The values of an issue that only its entry has."""

    at: str
    ground: str


def said_beside(body: bytes, begin: str, since: str | None, files: object) -> Said | None:
    """Return the values that only an entry has; None if it differs from its row or from the form of entries.

    :param begin: from :func:`tjdocs.auditlog.entry.issue_prefix`, with the moment of the row
    :param since: that moment, if the document is as it was issued; else None
    """
    if type(files) is not str or shape(files) is None:
        return None
    start = begin.encode()
    if since is not None and body == b'%b","ground":"","files":%b}' % (start, files.encode()):
        return Said(since, "")
    start = start[: len(start) - len((since or "").encode())]
    match = _REST.fullmatch(body, len(start)) if body.startswith(start) else None
    if match is None:
        return None
    at, ground, listed, written = match.groups()
    if listed != files.encode() or (since is not None and at != since.encode()):
        return None
    if written is not None and shape(written.decode(errors="replace")) is None:
        return None
    return Said(at.decode(), ground.decode())


@lru_cache(4096)
def is_lawful(
    document_type: str, office: str, officer: str, issued: str, expires: str, citizenship: str, sex: str, category: str,
    at: str, dated: bool,
) -> bool:  # fmt: skip
    """Whether the register writes such values: ids, codes, dates in order, a moment in its one form.

    :param dated: the day of issue is that of the moment; it is an older ledger's else
    """
    try:
        for one in (document_type, office, officer):
            records.word(one, "issue")
        records.optional(category, "category")
        records.code(citizenship, "citizenship")
        records.code(sex, "sex")
        day, last, moment = date.fromisoformat(issued), date.fromisoformat(expires), read_moment(at)
    except (UsageError, ValueError, TypeError):
        return False
    plain = (day.isoformat(), last.isoformat(), records.stamp(moment)) == (issued, expires, at)
    return plain and day <= last and (not dated or records.is_day_of(day, moment))


def shape(text: object) -> Callable[[str], object] | None:
    """Return what accepts digests by the same names; None where a text is not as ``entries.as_object`` writes them."""
    return _shape(_DIGEST.sub("", text)) if isinstance(text, str) else None


@lru_cache(4096)
def _shape(text: str) -> Callable[[str], object] | None:
    names = _NAME.findall(text)
    if text != "{" + ",".join(f'"{name}":' for name in names) + "}" or names != sorted(set(names)):
        return None
    pieces = [piece for piece in text.replace(":", ':"\n"').split("\n") if piece]
    if len(pieces) == 1:
        return text.__eq__
    places, at = list[slice](), 0
    for piece in pieces:
        places.append(slice(at, at + len(piece)))
        at += len(piece) + 64
    beside, length, own = itemgetter(*places), at - 64, tuple(pieces)
    remainder = "".join(pieces).encode().translate(None, _HEX)

    def accepts(digests: str) -> bool:
        """Compare the text between the digests, and the text without hexadecimal digits."""
        same = type(digests) is str and len(digests) == length and beside(digests) == own
        return same and digests.encode().translate(None, _HEX) == remainder

    return accepts
