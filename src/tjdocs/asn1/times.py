"""Times as certificates, lists and messages carry them (RFC 5280, 4.1.2.5; RFC 5652, 11.3)."""

import re
from datetime import UTC, datetime

from tjdocs.asn1 import der, tlv

__all__ = ["aware", "encode_time", "in_der_form", "parse_time"]

# the one form that DER has for each of the two: tag, length, digits to the second, Z; later Pythons take hour 24
_DER = re.compile(rb"\x17\x0d([0-9]{6}(?!24)[0-9]{6})Z|\x18\x0f([0-9]{8}(?!24)[0-9]{6})Z")
_TIME = re.compile(r"[0-9]{12}([0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{4})")


def in_der_form(data: bytes) -> bool:
    """Whether a ``Time`` has the one form that DER allows: digits to the second, then Z (RFC 5280, 4.1.2.5)."""
    return _DER.fullmatch(data) is not None


def parse_time(data: bytes) -> datetime:
    """Read a ``Time`` (UTCTime or GeneralizedTime) as an aware moment.

    Seconds may be missing, and an offset may take the place of Z: old certificates have both. Whoever accepts such
    a time names it (:func:`in_der_form`).

    :raises DerError: it is not a ``Time``
    """
    usual = _DER.fullmatch(data)
    if usual:
        short, digits = usual[1], (usual[1] or usual[2]).decode()
        if short:
            digits = ("20" if digits < "50" else "19") + digits
        try:
            return datetime.fromisoformat(f"{digits[:8]}T{digits[8:]}Z")
        except ValueError:
            raise der.DerError("not a Time") from None
    try:
        item = tlv.read(data)
    except tlv.TlvError:
        raise der.DerError("not a Time") from None
    text = item.value.decode("ascii", "replace")
    if item.tag == 0x17:
        if len(text) < 2 or not text[:2].isdigit():
            raise der.DerError("not a Time")
        text = ("20" if int(text[:2]) < 50 else "19") + text
    elif item.tag != 0x18:
        raise der.DerError("not a Time")
    if not _TIME.fullmatch(text):
        raise der.DerError("not a Time")
    text = text.replace("Z", "+0000")
    # the form follows from the number of digits: the library's parser would take one digit where two belong
    form = "%Y%m%d%H%M%S.%f%z" if "." in text else "%Y%m%d%H%M%S%z" if text[:14].isdigit() else "%Y%m%d%H%M%z"
    try:
        return datetime.strptime(text, form).astimezone(UTC)
    except (ValueError, OverflowError):
        raise der.DerError("not a Time") from None


def aware(moment: datetime) -> datetime:
    """Return a decoded time as an aware moment; DER's times are in UTC."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def encode_time(moment: datetime) -> bytes:
    """Return a ``Time``: UTCTime from 1950 to 2049, else GeneralizedTime (Doc 9303-12, 7.1.1; RFC 5280, 4.1.2.5)."""
    moment = moment.astimezone(UTC)
    digits = f"{moment.month:02}{moment.day:02}{moment.hour:02}{moment.minute:02}{moment.second:02}Z"
    if 1950 <= moment.year < 2050:
        return tlv.encode(0x17, f"{moment.year % 100:02}{digits}".encode())
    return tlv.encode(0x18, f"{moment.year:04}{digits}".encode())
