"""Published specimens: read, made again byte for byte, and damaged."""

import io
from dataclasses import replace

import pytest
from asn1crypto import keys
from PIL import Image

from tests.lds.test_lds_mutations import examine, view
from tests.support import real_data
from tests.support.lds_helpers import sampled_mutations
from tjdocs.lds import ef_catalogue
from tjdocs.lds.biometrics.iso19794_face import FacialRecord
from tjdocs.lds.dg1 import Dg1
from tjdocs.lds.dg2 import Dg2, Iso39794Face
from tjdocs.lds.dg11 import Dg11
from tjdocs.lds.dg12 import Dg12
from tjdocs.lds.dg14 import Dg14
from tjdocs.lds.dg15 import Dg15
from tjdocs.lds.ef_com import EfCom
from tjdocs.portrait import check
from tjdocs.portrait.face_image import check_face

pytestmark = pytest.mark.real

TYPES = {"EF.COM": EfCom, "DG1": Dg1, "DG2": Dg2, "DG11": Dg11, "DG12": Dg12, "DG14": Dg14, "DG15": Dg15}
SPECIMENS = ["bsi2008", "bsi2008_pss", "bsi2008_extra"]


def files(folder: str) -> dict[str, bytes]:
    found = {path.name: path.read_bytes() for path in sorted((real_data.folder() / "specimens" / folder).glob("*.bin"))}
    if not found:
        real_data.missing(folder, real_data.folder())
    return {ef_catalogue.recognise(name) or name: data for name, data in found.items()}


@pytest.mark.parametrize("folder", SPECIMENS)
def test_every_file_is_recognised_by_its_name_and_its_tag(folder):
    for name, data in files(folder).items():
        assert ef_catalogue.by_tag(data[0]) is ef_catalogue.by_name(name)
        assert ef_catalogue.without_padding(data) == (data, 0)


@pytest.mark.parametrize("folder", SPECIMENS)
def test_every_file_comes_back_byte_for_byte(folder):
    read = [name for name, data in files(folder).items() if name in TYPES and examine(TYPES[name], data)]
    assert len(read) == (2 if folder == "bsi2008_extra" else 5)


@pytest.mark.parametrize("folder", ["bsi2008", "bsi2008_pss"])
def test_files_made_from_their_fields_are_the_same(folder):
    for name, data in files(folder).items():
        if name in TYPES:
            assert replace(TYPES[name].parse(data)).encode() == data, name


@pytest.mark.parametrize("folder", SPECIMENS)
def test_every_file_has_a_view(folder):
    for name, data in files(folder).items():
        view(data)
        meanings = [span.meaning for span in ef_catalogue.spans(data)]
        assert meanings[0] == ef_catalogue.by_name(name).title
        if name != "EF.SOD":
            assert not [m for m in meanings if m.startswith(("object ", "cannot"))], name


def test_the_german_specimen():
    found = files("bsi2008")
    assert EfCom.parse(found["EF.COM"]).data_groups == (1, 2, 3, 14)
    zone = Dg1.parse(found["DG1"])
    assert zone.lines == (
        "P<D<<MUSTERMANN<<ERIKA<<<<<<<<<<<<<<<<<<<<<<",
        "C11T002JM4D<<9608122F1310317<<<<<<<<<<<<<<<6",
    )
    two = Dg2.parse(found["DG2"])
    assert two.problems == ()
    record = two.templates[0].record
    assert isinstance(record, FacialRecord)
    (face,) = record.faces
    # the record says 337 x 449, the picture is 413 x 531: harmless, and named
    assert Image.open(io.BytesIO(face.image)).size == (413, 531)
    assert [(p.code, p.severity) for p in check_face(face)] == [("record-image-size", "warning")]
    fourteen = Dg14.parse(found["DG14"])
    assert [info.name for info in fourteen.infos] == ["PK-ECDH", "CA-ECDH-3DES-CBC-CBC", "TA"]
    assert fourteen.problems == ()
    fifteen = Dg15.parse(found["DG15"])
    assert fifteen.algorithm == "1.2.840.113549.1.1.1"
    # its modulus lacks the leading zero and so reads as a negative number; the bytes are kept as they are
    modulus = keys.PublicKeyInfo.load(fifteen.public_key)["public_key"].parsed["modulus"]
    assert modulus.native < 0
    assert len(modulus.contents) == 128


def test_details_with_dates_in_binary_coded_digits():
    found = files("bsi2008_extra")
    eleven, twelve = Dg11.parse(found["DG11"]), Dg12.parse(found["DG12"])
    assert (eleven.full_name, eleven.other_names) == ("Doe John", ("William",))
    assert (eleven.date_of_birth, eleven.place_of_birth) == ("19700101", ("TEST", "TEST"))
    assert [(p.code, p.severity) for p in eleven.problems] == [("tag-list", "warning")]  # 5F17 is there, not listed
    assert (twelve.date_of_issue, twelve.personalization_time) == ("20240101", "20240101123059")
    assert [(p.code, p.severity) for p in twelve.problems] == [("tag-list-missing", "warning")]


def test_iso_39794_sample():
    data = real_data.read("iso39794/ICAO_39794_5_AP_MandFields.dat")
    face = Iso39794Face.parse(data)
    assert (face.generation, face.year, face.claimed_format, face.format) == (3, 2019, "JPEG2000", "JPEG2000")
    assert check(face.image) == ()
    assert replace(face).encode() == data


@pytest.mark.sweep
@pytest.mark.parametrize("folder", SPECIMENS)
def test_damaged_specimens(folder):
    for name, data in files(folder).items():
        for damaged in sampled_mutations(data, 150, first=min(len(data), 120)):
            examine(TYPES.get(name, Dg2), damaged)
        for damaged in sampled_mutations(data, 3):
            view(damaged)


@pytest.mark.sweep
def test_damaged_iso_39794():
    data = real_data.read("iso39794/ICAO_39794_5_AP_MandFields.dat")
    size = len(data).to_bytes(2, "big")
    inner = (
        b"\x7f\x60\x82"
        + (len(data) + 5 + 16).to_bytes(2, "big")
        + bytes.fromhex("a10e81010282010087020101880200087f2e82")
    )
    inner += size + data
    group = b"\x7f\x61\x82" + (len(inner) + 3).to_bytes(2, "big") + b"\2\1\1" + inner
    file = b"\x75\x82" + len(group).to_bytes(2, "big") + group
    assert examine(Dg2, file)
    assert Dg2.parse(file).images[0][4:8] == b"jP  "
    outcomes = {examine(Dg2, damaged) for damaged in sampled_mutations(file, 150, first=110)}
    assert outcomes == {True, False}
