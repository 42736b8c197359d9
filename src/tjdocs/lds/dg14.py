"""DG14: SecurityInfos, what the chip can do and with which keys (Doc 9303-10, 4.7.14; Doc 9303-11, 9.2).

EF.CardAccess holds the same set without a file tag around it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

from tjdocs import specs
from tjdocs.asn1 import tlv
from tjdocs.asn1.tlv import Place
from tjdocs.asn1.x509_schema import encode_oid
from tjdocs.errors import UsageError
from tjdocs.lds import ef_catalogue
from tjdocs.lds._oid import oid_text
from tjdocs.lds.data_objects import MAX_FILE, objects, outer
from tjdocs.lds.lds_problems import LdsError, LdsProblem, guarded
from tjdocs.spans import Span

__all__ = ["Dg14", "SecurityInfo", "SecurityInfos", "protocol_name", "spans"]

_TAG, _SET, _SEQUENCE, _OID, _INTEGER = 0x6E, 0x31, 0x30, 0x06, 0x02
_MAX_INFOS = 64


class SecurityInfoFile(specs.Spec, frozen=True):
    """The form of ``specs/lds/security_infos.toml``."""

    protocols: Mapping[str, str]
    versions: Mapping[str, tuple[int, ...]]
    later_versions: Mapping[str, tuple[int, ...]] = {}


@cache
def _table() -> SecurityInfoFile:
    return specs.load("lds/security_infos.toml", SecurityInfoFile)


def protocol_name(oid: str) -> str:
    """Return a protocol's name in Doc 9303-11, for example ``CA-ECDH-AES-CBC-CMAC-128``; empty for an unknown one."""
    return _table().protocols.get(oid, "")


@cache
def _oids() -> Mapping[str, str]:
    return {name: oid for oid, name in _table().protocols.items()}


@dataclass(frozen=True, slots=True)
class SecurityInfo:
    """One ``SecurityInfo``.

    :param oid: dotted object identifier of its protocol
    :param required: the required data, DER
    :param optional: the optional data, DER; None where there is none
    :param raw: the whole SEQUENCE as read
    """

    oid: str
    required: bytes = field(repr=False)
    optional: bytes | None = field(default=None, repr=False)
    raw: bytes = field(default=b"", repr=False)

    @property
    def name(self) -> str:
        """The protocol's name, empty for an unknown one."""
        return protocol_name(self.oid)

    @property
    def version(self) -> int | None:
        """The version, where the required data is a small number."""
        return _small(self.required)

    @property
    def identifier(self) -> int | None:
        """Key or parameter identifier, where the optional data is a small number."""
        return _small(self.optional or b"")

    @classmethod
    def made(cls, name: str, required: bytes, optional: bytes = b"") -> "SecurityInfo":
        """Return the ``SecurityInfo`` of a protocol.

        :param name: the protocol's, as :attr:`name` has it
        :param required, optional: the data, DER; an empty ``optional`` is left out
        :raises UsageError: the protocol is unknown, or the data is malformed
        """
        oid = _oids().get(name)
        if oid is None:
            raise UsageError("unknown protocol", where=str(name)[:60], hint="a name of specs/lds/security_infos.toml")
        try:
            return cls.parse(tlv.encode(_SEQUENCE, encode_oid(oid) + required + optional))
        except LdsError as error:
            raise UsageError("not the data of a SecurityInfo", where=name, hint=error.message) from None

    @classmethod
    @guarded
    def parse(cls, data: bytes) -> "SecurityInfo":
        """Read one ``SecurityInfo`` without trailing bytes.

        :raises LdsError: it is malformed
        """
        item = tlv.place(data)
        if item[3] != len(data):
            raise LdsError("form", "bytes after the SecurityInfo", item[3])
        return _info(data, item)


@dataclass(frozen=True, slots=True)
class SecurityInfos:
    """The set, in the order of the file: not sorted, since the file is hashed as it is.

    EF.CardAccess is such a set, and is read too.
    """

    infos: tuple[SecurityInfo, ...]
    raw: bytes = field(default=b"", init=False, repr=False, compare=False)
    """The set as read, without padding; empty when it was not read."""
    trailing: int = field(default=0, init=False, compare=False)
    """Number of bytes after the set when it was read."""

    @classmethod
    def of(cls, infos: Iterable[bytes]) -> "SecurityInfos":
        """Return the set of ``SecurityInfo`` given as DER, in DER's order.

        :raises UsageError: one is malformed
        """
        try:
            return cls(tuple(SecurityInfo.parse(info) for info in sorted(infos)))
        except LdsError as error:
            raise UsageError("not a SecurityInfo", where="infos", hint=error.message) from None

    @classmethod
    @guarded
    def parse(cls, data: bytes) -> "SecurityInfos":
        """Read EF.CardAccess.

        :raises LdsError: it is malformed
        """
        if len(data) > MAX_FILE:
            raise LdsError("limit", f"more than {MAX_FILE} bytes")
        item = tlv.place(data)
        return _infos(data, item, len(data) - item[3])

    def encode(self) -> bytes:
        """Return the set: as read, or made of its members in the order given.

        :raises UsageError: a member without its bytes
        """
        if self.raw:
            return self.raw
        if not all(info.raw for info in self.infos):
            raise UsageError("SecurityInfo without its bytes", where="infos", hint="SecurityInfo.parse gives them")
        return tlv.encode(_SET, b"".join(info.raw for info in self.infos))

    @property
    def problems(self) -> tuple[LdsProblem, ...]:
        """Faults that did not stop reading: protocols and versions that are not known."""
        problems: list[LdsProblem] = []
        for info in self.infos:
            if not info.name:
                problems.append(LdsProblem("protocol-unknown", info.oid))
            elif not _known_version(info):
                version = str(info.version)
                if _later_version(info):
                    problems.append(LdsProblem("protocol-version-later", info.name, version))
                else:
                    problems.append(LdsProblem("protocol-version", info.name, version))
        return tuple(problems)


@dataclass(frozen=True, slots=True)
class Dg14:
    """DG14."""

    security_infos: SecurityInfos
    raw: bytes = field(default=b"", init=False, repr=False, compare=False)
    """The file as read, without padding; empty when it was not read."""
    trailing: int = field(default=0, init=False, compare=False)
    """Number of bytes after the file's object when it was read."""

    @classmethod
    def of(cls, infos: Iterable[bytes]) -> "Dg14":
        """Return DG14 for ``SecurityInfo`` given as DER.

        :raises UsageError: one is malformed
        """
        return cls(SecurityInfos.of(infos))

    @property
    def infos(self) -> tuple[SecurityInfo, ...]:
        """The ``SecurityInfo``, in the order of the file."""
        return self.security_infos.infos

    @property
    def problems(self) -> tuple[LdsProblem, ...]:
        """Faults that did not stop reading."""
        return self.security_infos.problems

    @classmethod
    @guarded
    def parse(cls, data: bytes) -> "Dg14":
        """Read DG14.

        :raises LdsError: it is malformed
        """
        begin, end, raw, trailing = outer(data, _TAG, "DG14")
        item = tlv.place(data, begin, end=end)
        if item[3] != end:
            raise LdsError("form", "bytes after the SecurityInfos", item[3])
        parsed = cls(_infos(data, item, 0))
        object.__setattr__(parsed, "raw", raw)
        object.__setattr__(parsed, "trailing", trailing)
        return parsed

    def encode(self) -> bytes:
        """Return the file: as read, or made of its members.

        :raises UsageError: a member without its bytes
        """
        return self.raw or tlv.encode(_TAG, self.security_infos.encode())


def _infos(data: bytes, item: Place, trailing: int) -> SecurityInfos:
    tag, offset, start, stop = item
    if tag != _SET:
        raise LdsError("tag", "SecurityInfos are not a SET", offset)
    members = objects(data, start, stop, _MAX_INFOS)
    parsed = SecurityInfos(tuple(_info(data, member) for member in members))
    object.__setattr__(parsed, "raw", bytes(data[offset:stop]))
    object.__setattr__(parsed, "trailing", trailing)
    return parsed


def _info(data: bytes, item: Place) -> SecurityInfo:
    tag, offset, start, stop = item
    if tag != _SEQUENCE:
        raise LdsError("form", "SecurityInfo is not a SEQUENCE", offset)
    parts = objects(data, start, stop, 3)
    if len(parts) < 2 or parts[0][0] != _OID:
        raise LdsError("missing", "SecurityInfo without protocol or data", offset)
    _, place, begin, end = parts[0]
    oid = oid_text(bytes(data[begin:end]))
    if oid is None:
        raise LdsError("value", "protocol is not an object identifier", place)
    required, *rest = (bytes(data[place:end]) for _, place, _, end in parts[1:])
    return SecurityInfo(oid, required, rest[0] if rest else None, bytes(data[offset:stop]))


def _known_version(info: SecurityInfo) -> bool:
    if info.version is None and info.name.startswith("PACE-"):
        return True
    return all(info.version in known for start, known in _table().versions.items() if info.name.startswith(start))


def _later_version(info: SecurityInfo) -> bool:
    return any(info.version in known for start, known in _table().later_versions.items() if info.name.startswith(start))


def _small(der: bytes) -> int | None:
    small = 3 <= len(der) <= 6 and der[0] == _INTEGER and der[1] == len(der) - 2
    return int.from_bytes(der[2:], "big", signed=True) if small else None


def spans(data: bytes) -> tuple[Span, ...]:
    """Return DG14 as labelled spans; never raises."""
    return ef_catalogue.spans(data)
