"""Card-verifiable certificates: encoding and reading them back, hostile bytes, bad calls."""

from contextlib import suppress
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support import terminals as t
from tjdocs.errors import UsageError
from tjdocs.pki import cvc
from tjdocs.pki.cvc import CvcError, CvCertificate

REFERENCES = st.builds(
    lambda country, name, number: f"{country}{name}{number:05d}",
    st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=2, max_size=2),
    st.text("ABCXYZ0189", max_size=9),
    st.integers(0, 99999),
)


@settings(max_examples=60, deadline=None)
@given(
    REFERENCES,
    REFERENCES,
    st.sampled_from(["cvca", "dv-domestic", "dv-foreign", "is"]),
    st.sets(st.sampled_from(t.BOTH)),
    st.dates(date(2000, 1, 1), date(2090, 1, 1)),
    st.integers(0, 3000),
    st.booleans(),
)
def test_a_certificate_is_read_as_it_was_made(holder, authority, role, rights, first, days, parameters):
    key = t.key(t.DV)
    made = cvc.issue(
        public=key.public_key(), algorithm=t.ECDSA, holder=holder, authority=authority, role=role, rights=rights,
        valid_from=first, valid_to=first + timedelta(days), key=key, parameters=parameters, other_life=True,
    )  # fmt: skip
    for data in (made.raw, made.sent):
        again = CvCertificate.parse(data)
        assert again == made
        assert (again.holder, again.authority, again.role.id, again.rights) == (holder, authority, role, rights)
        assert (again.valid_from, again.valid_to) == (first, first + timedelta(days))
        assert (again.key.curve is not None) == parameters
    assert cvc.verify(made.key.resolve(cvc.curve_of(key)), made.key.algorithm, made.signature, made.body)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_changed_bytes_are_refused_or_a_wrong_signature(data):
    """No byte of body or signature can change without the card's notice, and no bytes raise another error."""
    raw = bytearray(t.dv().sent)
    place = data.draw(st.integers(0, len(raw) - 1))
    raw[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(CvcError):
        t.trust().after(CvCertificate.parse(bytes(raw)), t.CVCA)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200))
def test_random_bytes_are_refused_by_name(data):
    for read in (CvCertificate.parse, cvc.references):
        with suppress(CvcError):
            read(data)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"algorithm": "TA-ECDSA"}, "unknown algorithm: algorithm"),
        ({"role": "dv"}, "unknown role: role"),
        ({"rights": ("DG5",)}, "unknown right: rights"),
        ({"holder": "UT1"}, "not a reference: holder"),
        ({"valid_to": date(2027, 10, 1)}, "a life that the role has not: valid_to"),
        ({"algorithm": "TA-RSA-PSS-SHA-256"}, "not an algorithm of the key: algorithm"),
    ],
)
def test_a_bad_call_is_named(changed, message):
    given = {
        "public": t.key(t.DV).public_key(), "algorithm": t.ECDSA, "holder": t.DV, "authority": t.CVCA, "role": "dv-domestic",
        "rights": t.BOTH, "valid_from": date(2026, 10, 1), "valid_to": date(2026, 12, 20), "key": t.key(t.CVCA),
    }  # fmt: skip
    with pytest.raises(UsageError, match=message):
        cvc.issue(**(given | changed))


@pytest.mark.parametrize("certificate", [t.dv(), t.link()], ids=["verifier", "link"])
def test_trust_begins_with_a_cvcas_own_certificate(certificate):
    with pytest.raises(UsageError, match="not a CVCA's own certificate"):
        cvc.TerminalTrust.of(certificate)


def test_the_way_is_the_shortest_to_a_known_authority():
    """A self-signed certificate in the pool is no link, and a circle of links ends."""
    back = t.certificate("cvca", t.CVCA, t.LINKED)
    pool = [t.cvca(), t.link(), back, t.certificate("dv-domestic", t.DV, t.LINKED), t.dv()]
    own = t.terminal_certificate()
    assert [one.holder for one in cvc.choose(pool, own, [t.CVCA])] == [t.DV, t.IS]
    assert [one.holder for one in cvc.choose(pool[:4], own, [t.CVCA])] == [t.LINKED, t.DV, t.IS]
    assert cvc.choose(pool, own, ["UTNONE00001"]) is None
