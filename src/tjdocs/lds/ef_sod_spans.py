"""EF.SOD as labelled bytes, for the dissect view."""

from collections.abc import Callable, Iterator

from tjdocs.asn1 import der, tlv, x509_schema
from tjdocs.lds.ef_sod import EfSod, SodError
from tjdocs.pki.certificate import Certificate, CertificateError
from tjdocs.spans import Span

__all__ = ["spans"]

_FILE = "Doc 9303-10, 4.6.2"
_OBJECT = "Doc 9303-10, 4.6.2.3"
_CMS = "RFC 5652, 5.1"
_SIGNER = "RFC 5652, 5.3"


def spans(data: bytes) -> tuple[Span, ...]:
    """Return an EF.SOD as labelled bytes. An unreadable one is one span with that label. Never raises an error."""
    try:
        sod = EfSod.parse(data)
    except SodError as error:
        return (Span(0, bytes(data), f"not readable as EF.SOD: {error.reason}", _FILE),)
    result = [Span(0, sod.raw, "EF.SOD", _FILE)]
    if "ber-encoded" in sod.signed_data.warnings:
        # the parts were read after conversion and have no place of their own in the file
        result.append(Span(0, sod.raw, "BER, not labelled further", _FILE, 1))
    else:
        try:
            for part in _parts(data, sod):
                result.append(part)
        except tlv.TlvError:
            # certificates are kept as they are: a bad one does not make the EF.SOD unreadable
            result.append(Span(0, sod.raw, "the rest is not labelled", _FILE, 1))
    if sod.trailing:
        result.append(Span(len(sod.raw), bytes(data[len(sod.raw) :]), "padding", _FILE))
    return tuple(result)


def _parts(data: bytes, sod: EfSod) -> Iterator[Span]:
    def span(item: tlv.Tlv, meaning: str, clause: str, depth: int, value: str = "") -> Span:
        return Span(item.offset, bytes(data[item.offset : item.end]), meaning, clause, depth, value)

    signed_data = _child(_child(_child(tlv.read(data), 0), 1), 0)
    items = list(tlv.children(signed_data))
    yield span(items[0], "SignedData version", _CMS, 1, str(sod.signed_data.version))
    yield span(items[1], "digest algorithms", _CMS, 1, ", ".join(sod.signed_data.digests))
    yield span(items[2], "encapsulated content", _CMS, 1, sod.signed_data.content_type)
    content = _child(_child(items[2], 1), 0)
    base = content.offset + content.header
    lds = sod.security_object
    inside = tlv.read(content.value, base=base)
    inside_end = base + len(content.value)
    about = f"version {lds.version}, {lds.hash or lds.hash_oid}"
    yield Span(base, bytes(data[base:inside_end]), "LDS security object", _OBJECT, 2, about)
    for entry in tlv.children(_child(inside, 2)):
        number, value = tlv.children(entry)
        meaning = f"hash of DG{int.from_bytes(number.value, 'big')}"
        yield Span(value.offset + value.header, value.value, meaning, _OBJECT, 3, value.value.hex())
    for item in items[3:]:
        if item.tag == 0xA0:
            for certificate in tlv.children(item):
                raw = bytes(data[certificate.offset : certificate.end])
                yield span(certificate, "certificate", "RFC 5652, 10.2.2", 1, _subject(raw))
        elif item.tag == 0x31:
            for signer in tlv.children(item):
                yield from _signer(signer, span)


def _signer(signer: tlv.Tlv, make: Callable[..., Span]) -> Iterator[Span]:
    yield make(signer, "signer information", _SIGNER, 1)
    fields = list(tlv.children(signer))
    yield make(fields[0], "version", _SIGNER, 2)
    yield make(fields[1], "signer identifier", _SIGNER, 2)
    yield make(fields[2], "digest algorithm", _SIGNER, 2)
    others = fields[3:]
    if others and others[0].tag == 0xA0:
        yield make(others.pop(0), "signed attributes", "RFC 5652, 11", 2)
    if len(others) >= 2:
        algorithm, signature = others[0], others[1]
        full = make(algorithm, "signature algorithm", _SIGNER, 2)
        yield Span(full.offset, full.data, full.meaning, _SIGNER, 2, _oid(full.data))
        yield Span(signature.offset + signature.header, signature.value, "signature", _SIGNER, 2)


def _child(item: tlv.Tlv, index: int) -> tlv.Tlv:
    return list(tlv.children(item))[index]


def _subject(raw: bytes) -> str:
    try:
        return Certificate.parse(raw).subject_text
    except CertificateError:
        return ""


def _oid(algorithm: bytes) -> str:
    try:
        return x509_schema.algorithm_id(algorithm).oid
    except der.DerError:
        return ""
