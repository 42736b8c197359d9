"""Master lists made by hand for the tests; nothing here uses the code under test."""

from collections.abc import Sequence

from asn1crypto import parser

from tests.support import builders as b

MASTER_LIST, LIST_SIGNER = "2.23.136.1.1.2", "2.23.136.1.1.3"
UTOPIA = b.utopia()


def list_signer(by: b.Party = UTOPIA, **changes) -> b.Party:
    """Return a list signer's certificate (Doc 9303-12, 7.1.1: extended key usage, critical)."""
    given = {
        "key": b.ec_key("list signer"),
        "types": None,
        "key_period": None,
        "extra": [b.purposes(LIST_SIGNER)],
        "subject": b.name(("C", "UT"), ("O", "SPECIMEN"), ("CN", "Master List Signer")),
        "period": (b.moment(2025), b.moment(2027)),
    } | changes
    return b.signer(by, **given)


def content(certificates: Sequence[bytes], *, version: int = 0, ordered: bool = True) -> bytes:
    return b.sequence(b.integer(version), b.set_of(certificates, ordered=ordered))


def master_list(
    certificates: Sequence[bytes],
    signer: b.Party | None = None,
    *,
    inside: Sequence[bytes] | None = None,
    body: bytes | None = None,
    content_type: str = MASTER_LIST,
    infos: Sequence[bytes] | None = None,
    outer: dict | None = None,
    **info,
) -> bytes:
    """Return a CSCA master list (Doc 9303-12, 9).

    :param inside: the certificates beside the content; the signer's and its CSCA's unless given
    :param info: changes of ``builders.signer_info``
    """
    signer = signer or list_signer()
    body = content(certificates) if body is None else body
    arguments = {"by_key": signer.identifier, "content_type": content_type} | info
    made = [b.signer_info(body, signer, **arguments)] if infos is None else infos
    beside = [signer.raw, UTOPIA.raw] if inside is None else inside
    return parser.parse(b.signed_data(body, made, beside, content_type=content_type, **(outer or {})))[4]
