"""Reading: whatever the bytes say nothing raises, and every fault has its name."""

from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.support import builders as b
from tests.support import seals_made as s
from tests.support.seal_faults import FAULTS, NUMBER, STAY, A, B, visa
from tjdocs.errors import SpecError, UsageError
from tjdocs.seal import Header, Seal, spans
from tjdocs.seal.seal_problems import SealProblem, kinds
from tjdocs.seal.vds_features import encode
from tjdocs.seal.vds_header import parse

SOUND = s.made()
NO_DAY = b"\xff\xff\xff"
ZONE = s.emergency()


@pytest.mark.requirement("ICAO-SEAL")
@pytest.mark.parametrize(("code", "data"), FAULTS, ids=[f"{code}-{n}" for n, (code, _) in enumerate(FAULTS)])
def test_each_fault_has_its_name(code, data):
    seal = Seal.parse(data)
    assert code in [problem.code for problem in seal.problems]
    assert {p.code for p in seal.problems} <= {code, "feature-missing", "profile-unknown", "feature-unknown", "signature-missing"}
    assert seal.valid is (code == "feature-unknown")
    assert seal.encode() == data
    assert all(problem.clause and problem.text for problem in seal.problems)


def test_the_table_lists_what_is_found_in_some_seal():
    assert {code for code, _ in FAULTS} == set(kinds())
    with pytest.raises(SpecError):
        SealProblem("no-such-problem")


def test_problems_say_where_and_keep_values_to_themselves():
    (problem,) = Seal.parse(s.made(s.emergency(s.zone()[:45] + "8" + s.zone()[46:]))).problems
    assert (problem.subject, problem.offset) == ("zone", 18)
    assert problem.as_json()["severity"] == "error"
    secrets = ("ERIKSSON", "D23145890", "740812")
    assert not [secret for secret in secrets if secret in repr(Seal.parse(SOUND)) + repr(problem)]
    assert "3000" not in repr(SealProblem("too-long", detail="3000 bytes"))


def test_a_sound_seal():
    seal = Seal.parse(SOUND)
    assert seal.valid
    assert seal.problems == ()
    assert seal.header == Header(4, "UTO", "UTS1", "5B", s.SIGNED, s.SIGNED, 0x5E, 0x03)
    assert seal.header.serial == 0x5B
    assert seal.values == {"zone": s.zone()}
    assert seal.signed + s.closing(seal.signature) == SOUND


def test_any_order_of_features_is_valid():
    for features in ((B, STAY, NUMBER), (NUMBER, B, STAY), (STAY, NUMBER, A)):
        assert Seal.parse(visa(*features)).problems == ()


def test_version_3_has_lengths_of_one_byte():
    """Doc 9303-13, 2.3: in version 3 the byte 81 is a length of 129, in version 4 the beginning of one."""
    head = {"version": 0x02, "definition": 0x5D, "category": 0x01, "reference": "0005B"}
    more = bytes((7, 0x81)) + bytes(129)
    seal = Seal.parse(s.made(B + STAY + NUMBER + more, **head))
    assert seal.problems == ()
    assert seal.values["additional"] == bytes(129)
    long_form = s.feature(7, bytes(129))
    assert Seal.parse(s.made(B + STAY + NUMBER + long_form, **head)).problems
    assert Seal.parse(visa(B, STAY, NUMBER, long_form)).problems == ()


def test_long_references():
    """A serial number has up to 20 octets (Doc 9303-12, 7.1.1)."""
    for digits in (1, 2, 3, 7, 40):
        seal = Seal.parse(s.made(reference="F" * digits))
        assert seal.valid
        assert seal.header.serial == int("F" * digits, 16)


def test_faults_do_not_hide_one_another():
    data = s.made(ZONE + ZONE + s.feature(0x77, b""), issued=NO_DAY, country="U1O", signature=b"x") + b"!"
    assert [problem.code for problem in Seal.parse(data).problems] == [
        "country",
        "date",
        "feature-duplicate",
        "trailing",
        "signature-length",
        "feature-unknown",
    ]


@pytest.mark.parametrize("value", ["text", None, 5, [0xDC]])
def test_what_is_no_bytes_is_a_bad_call(value):
    with pytest.raises(UsageError):
        Seal.parse(value)


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_any_kind_of_bytes(kind):
    assert Seal.parse(kind(SOUND)) == Seal.parse(SOUND)


# ------------------------------------------------------------------------------------------------------------ sweeps


@given(st.binary(max_size=200))
@example(b"\xdc\x03")
def test_no_bytes_raise(data):
    for candidate in (data, SOUND[:18] + data, SOUND[:68] + data):
        seal = Seal.parse(candidate)
        assert seal.encode() == candidate
        seal.as_json()
        assert seal.values is not None
        covered = spans(candidate)
        assert all(candidate[span.offset :].startswith(span.data) for span in covered)
        if seal.header is not None:
            deepest = [p for n, p in enumerate(covered) if n + 1 == len(covered) or covered[n + 1].depth <= p.depth]
            assert b"".join(span.data for span in deepest) == candidate


def test_a_seal_cut_anywhere_is_not_valid():
    for length in range(len(SOUND)):
        assert not Seal.parse(SOUND[:length]).valid


headers = st.builds(
    Header,
    version=st.just(4),
    country=st.from_regex("[A-Z]{1,3}", fullmatch=True),
    signer=st.from_regex("[A-Z]{2}[A-Z0-9]{2}", fullmatch=True),
    reference=st.from_regex("[0-9A-F]{0,40}[1-9A-F][0-9A-F]{0,40}", fullmatch=True),
    issue_date=st.dates(),
    signature_date=st.dates(),
    definition=st.integers(1, 254),
    category=st.integers(1, 254),
)


@given(headers, st.sampled_from((3, 4)))
def test_every_header_is_read_back(header, version):
    if version == 3:
        header = replace(header, version=3, reference=header.reference[:5].zfill(5).replace("00000", "00001"))
    data = header.encode()
    assert len(data) == header.size
    assert parse(data) == (header, ())
    if version == 3:
        assert len(data) == 18


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("version", 2),
        ("version", 5),
        ("country", "U1O"),
        ("country", "UTOP"),
        ("country", ""),
        ("signer", "UTS"),
        ("signer", "1TS1"),
        ("reference", ""),
        ("reference", "5g"),
        ("reference", "000"),
        ("reference", "F" * 256),
        ("issue_date", None),
        ("signature_date", None),
        ("definition", 0),
        ("definition", 255),
        ("category", 0),
        ("category", 255),
    ],
)
def test_headers_that_are_not_written(name, value):
    header = Header(4, "UTO", "UTS1", "5B", s.SIGNED, s.SIGNED, 0x5E, 0x03)
    assert header.encode() == s.Head().encode()
    with pytest.raises(UsageError) as caught:
        replace(header, **{name: value}).encode()
    assert name in caught.value.where


def test_a_reference_of_version_3_has_five_digits():
    header = Header(3, "UTO", "UTS1", "5B", s.SIGNED, s.SIGNED, 0x5D, 0x01)
    with pytest.raises(UsageError, match="reference"):
        header.encode()
    expected = s.Head(version=0x02, reference="0005B", definition=0x5D, category=0x01).encode()
    assert replace(header, reference="0005B").encode() == expected


def test_json_has_everything_that_a_seal_says():
    value = Seal.parse(visa(B, STAY, NUMBER, s.feature(3, b"\0"), s.feature(0x66, b"?"))).as_json()
    assert value["profile"] == "visa"
    assert (value["version"], value["country"], value["signer"], value["reference"]) == (4, "UTO", "UTS1", "5B")
    assert (value["issue_date"], value["signature_date"]) == ("2026-06-01", "2026-06-01")
    by_name = {row["name"]: row for row in value["features"]}
    assert by_name["zone_b"]["value"] == s.visa()[:64]
    assert by_name["duration_of_stay"] == {
        "tag": 4,
        "name": "duration_of_stay",
        "value": "0 0 0",
        "meaning": "until the last day of the zone's validity",
        "bytes": "000000",
    }
    assert by_name["number_of_entries"]["meaning"] == "unlimited"
    assert by_name[None]["value"] is None
    assert [row["code"] for row in value["problems"]] == ["feature-unknown"]
    nothing = Seal.parse(b"").as_json()
    assert nothing["profile"] is None
    assert nothing["version"] is None


def test_what_cannot_be_read_is_left_out_of_the_values():
    seal = Seal.parse(visa(s.feature(2, bytes(44)), STAY, s.feature(6, b""), NUMBER, s.feature(5, s.c40("X" * 9))))
    assert seal.values == {"duration_of_stay": (0, 0, 0), "passport_number": "D23145890"}  # the first of two counts
    assert seal.zone == ""
    rows = {row["tag"]: row["value"] for row in seal.as_json()["features"]}
    assert rows[2] is None


def test_bytes_that_cannot_be_told_apart_are_labelled_so():
    rest = [span for span in spans(s.made(ZONE + b"\x03\x80??", end=b"")) if span.meaning == "not readable"]
    assert [span.data for span in rest] == [b"\x03\x80??"]
    assert [span.meaning for span in spans(b"PARKING")] == ["not readable as a seal"]


def test_a_value_too_long_for_one_byte_of_length():
    assert encode(0x07, bytes(255), der=False) == b"\x07\xff" + bytes(255)
    assert encode(0x07, bytes(255), der=True) == b.der(0x07, bytes(255))
    with pytest.raises(UsageError):
        encode(0x07, bytes(256), der=False)
