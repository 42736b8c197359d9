"""C40, in which a seal writes letters and digits (Doc 9303-13, 2.6; ISO/IEC 16022).

Three characters make two bytes. A text of the zone is written with blanks for its fillers; whoever reads a zone puts
the fillers back.
"""

__all__ = ["C40Error", "decode", "encode", "size"]

_CHARACTERS = " 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_FIRST = 3  # values 0 to 2 are shifts
_VALUES = {character: value for value, character in enumerate(_CHARACTERS, _FIRST)} | {"<": _FIRST}
_PAD = 0  # "shift 1" completes a triple
_UNLATCH = 0xFE


class C40Error(ValueError):
    """Text or bytes outside of C40. Its message has the place, never the value."""


def size(characters: int) -> int:
    """Return the number of bytes that a text of so many characters takes."""
    return 2 * -(-characters // 3)


def encode(text: str) -> bytes:
    """Return ``text`` as C40; fillers (``<``) become blanks.

    :raises C40Error: a character other than A to Z, 0 to 9, blank and filler
    """
    result = bytearray()
    for start in range(0, len(text), 3):
        part = text[start : start + 3]
        try:
            values = [_VALUES[character] for character in part]
        except KeyError:
            raise C40Error(f"a character that C40 has not, in position {start + 1} to {start + len(part)}") from None
        if len(values) == 1:
            # a remaining one is ASCII plus 1, as in Data Matrix
            result += bytes((_UNLATCH, ord(_CHARACTERS[values[0] - _FIRST]) + 1))
            continue
        values += [_PAD] * (3 - len(values))
        result += (1600 * values[0] + 40 * values[1] + values[2] + 1).to_bytes(2, "big")
    return bytes(result)


def decode(data: bytes) -> str:
    """Return the text of C40 bytes, blanks included.

    Only what :func:`encode` writes is read, so that every text has one form.

    :raises C40Error: an odd number of bytes, a shift, or padding before the end
    """
    if len(data) % 2:
        raise C40Error("an odd number of bytes")
    parts = []
    for start in range(0, len(data), 2):
        last = start + 2 == len(data)
        if data[start] == _UNLATCH:
            character = chr(data[start + 1] - 1) if data[start + 1] else ""
            if not last or character not in _VALUES or character == "<":
                raise C40Error(f"an unlatch that encodes no last character, at byte {start}")
            parts.append(character)
            continue
        value = int.from_bytes(data[start : start + 2], "big") - 1
        values = [value // 1600, value % 1600 // 40, value % 40] if value >= 0 else []
        if last and values and values[2] == _PAD:
            values.pop()
        if not values or not all(_FIRST <= value < _FIRST + len(_CHARACTERS) for value in values):
            raise C40Error(f"not three characters, at byte {start}")
        parts += [_CHARACTERS[value - _FIRST] for value in values]
    return "".join(parts)
