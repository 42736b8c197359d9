"""Distinguished names: compared as RFC 5280, 7.1 says, and shown to a person."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support import builders as b
from tjdocs.pki import distinguished_name

PLAIN = b.name(("C", "UT"), ("O", "Republic of Utopia"), ("CN", "CSCA Utopia"))


@pytest.mark.parametrize(
    "other",
    [
        b.name(("CN", "CSCA Utopia"), ("O", "Republic of Utopia"), ("C", "UT")),
        b.name(("C", "UT"), ("O", "Republic of Utopia"), ("CN", "CSCA Utopia"), tag=0x13),
        b.name(("C", "UT"), ("O", "Republic of Utopia"), ("CN", "CSCA Utopia"), tag=0x1E),
        b.name(("C", "ut"), ("O", "REPUBLIC OF UTOPIA"), ("CN", "csca utopia")),
        b.name(("C", "UT"), ("O", " Republic  of\tUtopia "), ("CN", "CSCA Utopia ")),
    ],
    ids=["order", "printable", "bmp", "case", "spaces"],
)
def test_names_that_differ_in_form_alone_are_the_same(other):
    assert other != PLAIN
    assert distinguished_name.canonical(other) == distinguished_name.canonical(PLAIN)


@pytest.mark.parametrize(
    "other",
    [
        b.name(("C", "UT"), ("O", "Republic of Utopia")),
        b.name(("C", "UT"), ("OU", "Republic of Utopia"), ("CN", "CSCA Utopia")),
        b.name(("C", "UT"), ("O", "RepublicofUtopia"), ("CN", "CSCA Utopia")),
        b.name(("C", "UT"), ("O", "Republic of Utopia"), ("CN", "CSCA Utopia 2")),
        b.name(("C", "UT"), ("O", "CSCA Utopia"), ("CN", "Republic of Utopia")),
        b.name(("C", "UT"), ("O", "Republic of Utopia"), ("CN", "CSCA Utopia"), ("serialNumber", "2")),
        b.sequence(),
    ],
)
def test_other_names_are_other(other):
    assert distinguished_name.canonical(other) != distinguished_name.canonical(PLAIN)


def test_a_name_that_cannot_be_read_stands_for_itself():
    broken, other = b.sequence(b.integer(1)), b.sequence(b.integer(2))
    assert distinguished_name.canonical(broken) == broken
    assert distinguished_name.canonical(broken) != distinguished_name.canonical(other)
    assert distinguished_name.text(broken) == "(unreadable name)"
    assert distinguished_name.country(broken) == ""
    assert distinguished_name.attribute(broken, "CN") == ""


def test_names_in_words():
    assert distinguished_name.text(PLAIN) == "C=UT, O=Republic of Utopia, CN=CSCA Utopia"
    pair = [b.sequence(b.oid("2.5.4.3"), b.der(0x0C, b"A")), b.sequence(b.oid("2.5.4.99"), b.der(0x0C, b"B"))]
    assert distinguished_name.text(b.sequence(b.der(0x31, *pair))) == "CN=A+2.5.4.99=B"
    assert distinguished_name.text(b.sequence()) == ""


def test_attributes():
    assert distinguished_name.country(PLAIN) == "UT"
    assert distinguished_name.country(b.name(("C", "ut"))) == "ut"
    assert distinguished_name.country(b.name(("O", "x"))) == ""
    assert distinguished_name.attribute(PLAIN, "CN") == "CSCA Utopia"
    assert distinguished_name.attribute(PLAIN, "OU") == ""
    assert distinguished_name.attribute(b.name(("OU", "one"), ("OU", "two")), "OU") == "one"


@given(st.binary(max_size=60))
def test_no_bytes_raise(data):
    assert distinguished_name.canonical(data) == distinguished_name.canonical(data)
    assert isinstance(distinguished_name.text(data), str)
    assert isinstance(distinguished_name.country(data), str)
