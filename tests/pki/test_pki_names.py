"""Distinguished names: compared as RFC 5280, 7.1 says, and shown to a person."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import builders as b
from tjdocs.pki import names

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
    assert names.canonical(other) == names.canonical(PLAIN)


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
    assert names.canonical(other) != names.canonical(PLAIN)


def test_a_name_that_cannot_be_read_stands_for_itself():
    broken, other = b.sequence(b.integer(1)), b.sequence(b.integer(2))
    assert names.canonical(broken) == broken
    assert names.canonical(broken) != names.canonical(other)
    assert names.text(broken) == "(unreadable name)"
    assert names.country(broken) == ""
    assert names.attribute(broken, "CN") == ""


def test_names_in_words():
    assert names.text(PLAIN) == "C=UT, O=Republic of Utopia, CN=CSCA Utopia"
    pair = [b.sequence(b.oid("2.5.4.3"), b.der(0x0C, b"A")), b.sequence(b.oid("2.5.4.99"), b.der(0x0C, b"B"))]
    assert names.text(b.sequence(b.der(0x31, *pair))) == "CN=A+2.5.4.99=B"
    assert names.text(b.sequence()) == ""


def test_attributes():
    assert names.country(PLAIN) == "UT"
    assert names.country(b.name(("C", "ut"))) == "ut"
    assert names.country(b.name(("O", "x"))) == ""
    assert names.attribute(PLAIN, "CN") == "CSCA Utopia"
    assert names.attribute(PLAIN, "OU") == ""
    assert names.attribute(b.name(("OU", "one"), ("OU", "two")), "OU") == "one"


@given(st.binary(max_size=60))
def test_no_bytes_raise(data):
    assert names.canonical(data) == names.canonical(data)
    assert isinstance(names.text(data), str)
    assert isinstance(names.country(data), str)
