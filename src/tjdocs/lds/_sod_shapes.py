"""EF.SODs of one issuer: all alike but for hashes, signature, signing time, and the signer's number and certificate.

How such a file is read is remembered, never what it says: a shape holds none of these (:mod:`tjdocs.asn1.shapes`).
Only the usual form is remembered, one signer with one certificate and no signed attribute beside the three that
EF.SODs have; any other is read as if for the first time.
"""

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from tjdocs.asn1 import tlv
from tjdocs.asn1.shapes import Shape
from tjdocs.asn1.tlv import Place
from tjdocs.pki import cms

if TYPE_CHECKING:
    from tjdocs.lds.sod import SecurityObject, Sod

__all__ = ["keep", "read"]

_VARYING = (cms.OID_MESSAGE_DIGEST, cms.OID_SIGNING_TIME)
_BEGINNING = 64  # bytes by which files of one length are told apart
_MOST_KINDS, _MOST_ALIKE = 128, 8

_Read = tuple["cms.SignedData", "SecurityObject"]


@dataclass(frozen=True, slots=True)
class _Known:
    """A form: where things stand, and what is the same in all files of it.

    :param numbers: of the data groups, whose hashes are the first holes
    :param attributes: each with its value (None: it varies) and where that stands
    :param listed: where all of them stand, header included
    :param issuer: the signer's issuer, None where a key identifier names the signer
    """

    shape: Shape
    kind: "type[SecurityObject]"
    numbers: tuple[int, ...]
    content: tuple[int, int]
    certificate: tuple[int, int]
    listed: tuple[int, int]
    attributes: tuple[tuple[str, bytes | None, int, int], ...]
    issuer: bytes | None
    data: tuple[int, tuple[str, ...], str, tuple[str, ...]]
    signer: tuple[int, str, bytes, tuple[str, ...]]
    security: tuple[int, str, str, str, str]

    def made(self, raw: bytes, holes: tuple[bytes, ...]) -> _Read | None:
        """Return what a file of this form says; None: the signer's number is no DER."""
        identifier = holes[len(self.numbers) + 1]
        serial = None
        if self.issuer is not None:
            if len(identifier) > 1 and identifier[0] in (0, 0xFF) and (identifier[0] ^ identifier[1]) < 0x80:
                return None
            serial = int.from_bytes(identifier, "big", signed=True)
        attributes: dict[str, tuple[bytes, ...]] = {
            oid: (raw[start:end] if value is None else value,) for oid, value, start, end in self.attributes
        }
        version, digest, algorithm, warnings = self.signer
        begin, end = self.listed
        info = cms.SignerInfo(
            version,
            self.issuer,
            serial,
            None if self.issuer is not None else identifier,
            digest,
            attributes,
            (b"\x31" + raw[begin + 1 : end],),
            algorithm,
            holes[-1],
            warnings,
        )
        version, digests, content_type, warnings = self.data
        begin, end = self.content
        first, last = self.certificate
        data = cms.SignedData(version, digests, content_type, raw[begin:end], (raw[first:last],), (info,), warnings)
        number, hash_, hash_oid, lds_version, unicode_version = self.security
        hashes = MappingProxyType(dict(zip(self.numbers, holes, strict=False)))
        return data, self.kind(number, hash_, hash_oid, hashes, lds_version, unicode_version)


_known: dict[tuple[int, bytes], tuple[_Known, ...]] = {}


def read(raw: bytes) -> _Read | None:
    """Return what an EF.SOD says whose form is known, None for any other.

    :param raw: the file without padding
    """
    for known in _known.get((len(raw), raw[:_BEGINNING]), ()):
        holes = known.shape.match(raw)
        if holes is not None:
            return known.made(raw, holes)
    return None


def keep(sod: "Sod") -> None:
    """Remember the form of a file that was read."""
    try:
        known = _form(sod)
    except (ValueError, tlv.TlvError):  # another number of elements somewhere
        return
    if known is None:
        return
    key = len(sod.raw), sod.raw[:_BEGINNING]
    if key not in _known and len(_known) >= _MOST_KINDS:  # of forged files there is no end
        _known.clear()
    _known[key] = (known, *_known.get(key, ()))[:_MOST_ALIKE]


def _form(sod: "Sod") -> _Known | None:
    """Return the form of a file, None where it is not the usual one.

    :raises ValueError: likewise
    """
    raw, data, security = sod.raw, sod.signed_data, sod.security_object
    if "ber-encoded" in data.warnings:
        return None
    (info,) = data.signers
    (whole,) = _inside(raw, tlv.place(raw))
    _, explicit = _inside(raw, whole)
    (fields,) = _inside(raw, explicit)
    _, _, encapsulated, certificates, signers = _inside(raw, fields)
    _, explicit = _inside(raw, encapsulated)
    (content,) = _inside(raw, explicit)
    (certificate,) = _inside(raw, certificates)
    (signer,) = _inside(raw, signers)
    _, sid, _, listed, _, signature = _inside(raw, signer)
    (object_,) = _inside(raw, content)
    _, _, group_hashes, *_ = _inside(raw, object_)
    hashes = [_inside(raw, item)[1] for item in _inside(raw, group_hashes)]
    identifier = sid if info.issuer is None else _inside(raw, sid)[1]
    attributes = []
    for element in _inside(raw, listed):
        _, values = _inside(raw, element)
        (value,) = _inside(raw, values)
        attributes.append(value)
    types = tuple(info.attributes or ())
    if len(types) != len(attributes) or not {*types} <= {cms.OID_CONTENT_TYPE, *_VARYING}:
        return None
    varying = [value for oid, value in zip(types, attributes, strict=True) if oid in _VARYING]
    holes = [*hashes, certificate, identifier, *varying, signature]
    known = _Known(
        Shape(raw, [(start, end) for _, _, start, end in holes]),
        type(security),
        tuple(security.hashes),
        content[2:],
        (certificate[1], certificate[3]),
        (listed[1], listed[3]),
        tuple(
            (oid, None if oid in _VARYING else raw[value[1] : value[3]], value[1], value[3])
            for oid, value in zip(types, attributes, strict=True)
        ),
        info.issuer,
        (data.version, data.digests, data.content_type, data.warnings),
        (info.version, info.digest, info.algorithm, info.warnings),
        (security.version, security.hash, security.hash_oid, security.lds_version, security.unicode_version),
    )
    # the file itself must come out, its attributes in DER's order: which their types decide, not what stands in holes
    return known if known.made(raw, known.shape.match(raw) or ()) == (data, security) else None


def _inside(raw: bytes, place: Place) -> list[Place]:
    """Return where the elements inside one stand.

    :raises ValueError: they do not fill it, or there are too many
    """
    found, stopped = tlv.places(raw, place[2], place[3], 32)
    if stopped != place[3]:
        raise ValueError("more elements than are usual")
    return found
