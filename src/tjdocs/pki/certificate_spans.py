"""A certificate as labelled bytes, for the dissect view (RFC 5280, 4.1; Doc 9303-12, 7.1)."""

from collections.abc import Iterator

from tjdocs.asn1 import der, tlv, x509_schema
from tjdocs.pki import distinguished_name
from tjdocs.pki.certificate import EXTENSIONS, Certificate, CertificateError
from tjdocs.spans import Span

__all__ = ["spans"]

_PROFILE = "Doc 9303-12, 7.1.1"


def spans(data: bytes, *, base: int = 0, depth: int = 0) -> tuple[Span, ...]:
    """Return a certificate as labelled spans; an unreadable one is a single span, labelled as not readable.

    :param base: offset of the certificate inside another file, added to all offsets
    """
    try:
        certificate = Certificate.parse(data)
        return tuple(_label(certificate, data, base, depth))
    except (CertificateError, tlv.TlvError, der.DerError, StopIteration, ValueError):
        return (Span(base, bytes(data), "not readable as a certificate", "RFC 5280, 4.1", depth),)


def _label(certificate: Certificate, data: bytes, base: int, depth: int) -> Iterator[Span]:
    def span(item: tlv.Tlv, meaning: str, level: int, value: str = "") -> Span:
        return Span(base + item.offset, data[item.offset : item.end], meaning, _PROFILE, depth + level, value)

    outer = tlv.read(data)
    tbs, algorithm, signature = tlv.children(outer)
    yield span(outer, "Certificate", 0, certificate.subject_text)
    yield span(tbs, "tbsCertificate", 1)
    items = list(tlv.children(tbs))
    if items[0].tag == 0xA0:
        yield span(items.pop(0), "version", 2, f"v{certificate.version}")
    labels = [
        ("serialNumber", f"{certificate.serial:x}"),
        ("signature", _oid(certificate.inner_algorithm)),
        ("issuer", certificate.issuer_text),
        ("validity", f"{certificate.not_before.isoformat()} to {certificate.not_after.isoformat()}"),
        ("subject", distinguished_name.text(certificate.subject)),
        ("subjectPublicKeyInfo", certificate.key.name + (", explicit parameters" if certificate.key.explicit else "")),
    ]
    for item, (meaning, value) in zip(items, labels, strict=False):
        yield span(item, meaning, 2, value)
    for item in items[len(labels) :]:
        if item.tag != 0xA3:
            yield span(item, "unique identifier", 2)
            continue
        yield span(item, "extensions", 2)
        for extension in tlv.children(next(tlv.children(item))):
            oid = x509_schema.algorithm_id(tlv.encode(0x30, data[_first(extension).offset : _first(extension).end])).oid
            critical = "critical" if certificate.extensions[oid][0] else ""
            yield span(extension, EXTENSIONS.get(oid, oid), 3, critical)
    yield span(algorithm, "signatureAlgorithm", 1, _oid(certificate.algorithm))
    yield span(signature, "signatureValue", 1)


def _first(item: tlv.Tlv) -> tlv.Tlv:
    return next(tlv.children(item))


def _oid(algorithm: bytes) -> str:
    try:
        return x509_schema.algorithm_id(algorithm).oid
    except der.DerError:
        return ""
