"""Distinguished names: shown as text, and compared by RFC 5280, 7.1 rather than as bytes."""

from functools import lru_cache

from tjdocs.asn1 import der, x509_schema

__all__ = ["ATTRIBUTES", "canonical", "countries", "country", "is_code", "state", "text", "within"]

ATTRIBUTES = {
    "2.5.4.3": "CN",
    "2.5.4.5": "serialNumber",
    "2.5.4.6": "C",
    "2.5.4.7": "L",
    "2.5.4.8": "ST",
    "2.5.4.10": "O",
    "2.5.4.11": "OU",
    "0.9.2342.19200300.100.1.25": "DC",
    "1.2.840.113549.1.9.1": "emailAddress",
}
_OIDS = {name: oid for oid, name in ATTRIBUTES.items()}


@lru_cache(maxsize=1024)
def canonical(name: bytes) -> frozenset[tuple[str, str]] | bytes:
    """Return the form of a ``Name`` (DER) in which two names are compared.

    String types, letter case, runs of white space and the order of the parts do not count. In real documents all four
    differ between the issuer that a signer names and the subject of that issuer. An unreadable name is compared as
    bytes.
    """
    try:
        rdns = x509_schema.name_values(name)
    except der.DerError:
        return name
    return frozenset[tuple[str, str]]().union(*map(_folded, rdns))


@lru_cache(maxsize=1024)
def text(name: bytes) -> str:
    """Return a ``Name`` (DER) as text to show, in the order of its parts."""
    try:
        rdns = x509_schema.name_values(name)
    except der.DerError:
        return "(unreadable name)"
    return ", ".join("+".join(f"{ATTRIBUTES.get(v.oid, v.oid)}={v.text}" for v in rdn) for rdn in rdns)


@lru_cache(maxsize=1024)
def country(name: bytes) -> str:
    """Return the country code of a ``Name`` (DER) as written, empty when it has none."""
    return attribute(name, "C")


def countries(name: bytes) -> tuple[str, ...]:
    """Return every country code of a ``Name`` (DER) as written; Doc 9303-12, 7.1.1.1 asks for exactly one."""
    return _attributes(name, "C")


def state(name: bytes) -> str:
    """Return the State that a ``Name`` (DER) names, in upper case; empty unless it is one code of two letters."""
    codes = countries(name)
    return codes[0].upper() if len(codes) == 1 and is_code(codes[0]) else ""


def is_code(code: str) -> bool:
    """Whether a text has the form of a country code: two letters (ISO 3166-1; Doc 9303-12, 7.1.1.1)."""
    return len(code) == 2 and code.isascii() and code.isalpha()


def attribute(name: bytes, kind: str) -> str:
    """Return the first attribute ``kind`` (``CN``, ``C``, …) of a ``Name`` (DER), empty when it has none."""
    return next(iter(_attributes(name, kind)), "")


@lru_cache(maxsize=1024)
def _attributes(name: bytes, kind: str) -> tuple[str, ...]:
    try:
        rdns = x509_schema.name_values(name)
    except der.DerError:
        return ()
    return tuple(value.text for rdn in rdns for value in rdn if value.oid == _OIDS[kind])


def within(name: bytes, subtree: bytes) -> bool:
    """Whether a ``Name`` (DER) begins with the parts of ``subtree``, in that order (RFC 5280, 7.1)."""
    try:
        parts, base = x509_schema.name_values(name), x509_schema.name_values(subtree)
    except der.DerError:
        return False
    return len(parts) >= len(base) and all(_folded(a) == _folded(b) for a, b in zip(parts, base, strict=False))


def _folded(rdn: tuple[x509_schema.AttributeValue, ...]) -> frozenset[tuple[str, str]]:
    return frozenset((value.oid, " ".join(value.text.casefold().split())) for value in rdn)
