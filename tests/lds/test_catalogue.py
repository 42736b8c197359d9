import pytest

from tjdocs.errors import UsageError
from tjdocs.lds import LdsError, ef_catalogue
from tjdocs.lds.ef_catalogue import Place, Presence

# Doc 9303-10, 3.11 and table 38, typed from the standard: file identifier, short identifier, tag
NUMBERS = {
    "EF.COM": (0x011E, 0x1E, 0x60),
    "DG1": (0x0101, 0x01, 0x61),
    "DG2": (0x0102, 0x02, 0x75),
    "DG3": (0x0103, 0x03, 0x63),
    "DG4": (0x0104, 0x04, 0x76),
    "DG5": (0x0105, 0x05, 0x65),
    "DG6": (0x0106, 0x06, 0x66),
    "DG7": (0x0107, 0x07, 0x67),
    "DG8": (0x0108, 0x08, 0x68),
    "DG9": (0x0109, 0x09, 0x69),
    "DG10": (0x010A, 0x0A, 0x6A),
    "DG11": (0x010B, 0x0B, 0x6B),
    "DG12": (0x010C, 0x0C, 0x6C),
    "DG13": (0x010D, 0x0D, 0x6D),
    "DG14": (0x010E, 0x0E, 0x6E),
    "DG15": (0x010F, 0x0F, 0x6F),
    "DG16": (0x0110, 0x10, 0x70),
    "EF.SOD": (0x011D, 0x1D, 0x77),
}


def test_numbers_are_the_standards():
    found = {f.name: (f.file_id, f.short_id, f.tag) for f in ef_catalogue.files() if f.tag is not None}
    assert found == NUMBERS


def test_mandatory_files():
    mandatory = {f.name for f in ef_catalogue.files() if f.presence is Presence.MANDATORY}
    assert mandatory == {"EF.COM", "DG1", "DG2", "EF.SOD"}


def test_files_of_the_master_file():
    master = {f.name: f.file_id for f in ef_catalogue.files() if f.place is Place.MASTER_FILE}
    assert master == {"EF.ATR/INFO": 0x2F01, "EF.DIR": 0x2F00, "EF.CardAccess": 0x011C, "EF.CardSecurity": 0x011D}


@pytest.mark.parametrize(
    ("name", "expected"),
    [("EF.COM", "EF_COM.bin"), ("EF.SOD", "EF_SOD.bin"), ("DG1", "DG1.bin"), ("DG16", "DG16.bin"),
     ("EF.CardAccess", "EF_CardAccess.bin")],
)  # fmt: skip
def test_canonical_file_names(name, expected):
    assert ef_catalogue.file_name(name) == expected


def test_every_name_of_the_catalogue_is_recognised():
    """A mapping of files may be handed on as it was read: one name has a slash in it."""
    assert [ef_catalogue.recognise(f.name) for f in ef_catalogue.files()] == [f.name for f in ef_catalogue.files()]


def test_every_canonical_file_name_is_recognised():
    assert {ef_catalogue.recognise(f.file_name) for f in ef_catalogue.files()} == {f.name for f in ef_catalogue.files()}


@pytest.mark.parametrize(
    ("filename", "name"),
    [
        ("EF_COM", "EF.COM"), ("EF.COM", "EF.COM"), ("COM", "EF.COM"), ("com.bin", "EF.COM"), ("ef.com.BIN", "EF.COM"),
        ("011E", "EF.COM"), ("ef011e.bin", "EF.COM"),
        ("EF_SOD.bin", "EF.SOD"), ("EF.SOD", "EF.SOD"), ("sod.dat", "EF.SOD"), ("ef011d", "EF.SOD"),
        ("011D.bin", "EF.SOD"),
        ("DG1", "DG1"), ("EF_DG1.bin", "DG1"), ("EF.DG1", "DG1"), ("Datagroup1.bin", "DG1"), ("DataGroup1", "DG1"),
        ("DG01.bin", "DG1"), ("ef0101.bin", "DG1"), ("0101", "DG1"), ("EF0101.BIN", "DG1"),
        ("DG10", "DG10"), ("datagroup16.bin", "DG16"), ("ef010a.bin", "DG10"), ("0110", "DG16"),
        ("EF_CardAccess.bin", "EF.CardAccess"), ("some/folder/DG2.bin", "DG2"), ("C:\\chip\\EF.DG14", "DG14"),
    ],
)  # fmt: skip
def test_usual_spellings(filename, name):
    assert ef_catalogue.recognise(filename) == name


@pytest.mark.parametrize(
    "filename",
    ["", ".bin", "DG", "DG0", "DG17", "DG1.1", "DG001", "DG1.jpg", "DG1.bin.bak", "readme.txt", "0100", "011C", "ef",
     "COM1", "DG1 ", "DG1.bin/"],
)  # fmt: skip
def test_what_is_no_spelling(filename):
    assert ef_catalogue.recognise(filename) is None


def test_by_tag_and_by_number():
    assert ef_catalogue.by_tag(0x75) is ef_catalogue.data_group(2)
    assert ef_catalogue.by_tag(0x31) is None
    assert ef_catalogue.data_group(16).data_group == 16
    assert ef_catalogue.by_name("EF.SOD").data_group is None


@pytest.mark.parametrize("number", [0, 17, -1])
def test_no_such_data_group(number):
    with pytest.raises(UsageError):
        ef_catalogue.data_group(number)


def test_unknown_name_says_what_would_be_right():
    with pytest.raises(UsageError, match=r"EF\.COM"):
        ef_catalogue.file_name("DG99")


def test_padding_is_parted_from_the_object():
    assert ef_catalogue.without_padding(bytes.fromhex("6103010203") + b"\0\0") == (bytes.fromhex("6103010203"), 2)
    assert ef_catalogue.without_padding(bytes.fromhex("6100")) == (bytes.fromhex("6100"), 0)


@pytest.mark.parametrize(
    ("data", "reason"), [("", "cut"), ("61", "cut"), ("6105010203", "cut"), ("618003", "form"), ("6185", "form")]
)
def test_no_whole_object(data, reason):
    with pytest.raises(LdsError) as caught:
        ef_catalogue.without_padding(bytes.fromhex(data))
    assert caught.value.reason == reason


def test_a_huge_file_is_not_read():
    with pytest.raises(LdsError) as caught:
        ef_catalogue.without_padding(bytes(10_000_001))
    assert caught.value.reason == "limit"
