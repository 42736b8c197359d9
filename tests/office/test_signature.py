"""The holder's signature as a picture: on the page and in DG7 (Doc 9303-3, 3.9.2; Doc 9303-10, 4.7.7)."""

import dataclasses
import io
import json
import random

import pytest
from PIL import Image, ImageDraw

from tjdocs.documents import Application, ApplicationError, example, load_types
from tjdocs.errors import TjdocsError
from tjdocs.lds.dg7 import Dg7
from tjdocs.lds.ef_sod import EfSod
from tjdocs.office import Office, quality
from tjdocs.register import Register

NAMES = load_types.names()


def drawn(size=(500, 140), ink=0, paper=255, kind="PNG", width=6):
    """A scrawl that is nobody's."""
    picture = Image.new("L", size, paper)
    source = random.Random(7)
    points = [(size[0] * (0.08 + 0.84 * step / 20), size[1] * source.uniform(0.15, 0.85)) for step in range(21)]
    ImageDraw.Draw(picture).line(points, fill=ink, width=width)
    stream = io.BytesIO()
    picture.save(stream, kind)
    return stream.getvalue()


@pytest.fixture(scope="module")
def five(trial, tmp_path_factory):
    return Office(trial, Register(f"sqlite:///{tmp_path_factory.mktemp('signature') / 'register.db'}"))


def signed(name, now, signature=None):
    return dataclasses.replace(example(name, at=now), signature=drawn() if signature is None else signature)


@pytest.mark.requirement("ICAO-PAGE")
@pytest.mark.parametrize("name", NAMES)
def test_it_stands_on_the_page_and_in_dg7(five, now, name):
    application = signed(name, now)
    assert Application.from_json(application.to_json()) == application
    issued = five.issue(application, at=now)
    (placed,) = (part for part in issued.page.placed if part.kind == "signature")
    face = next(face for face, layout in zip(issued.page.faces, _faces(issued), strict=True) if layout == placed.face)
    ink = face.convert("L").crop(placed.box).point([255 if level < 60 else 0 for level in range(256)])
    assert ink.getbbox()
    if issued.chip:
        (image,) = Dg7.parse(bytes(issued.chip["DG7"])).images
        assert image.startswith(b"\xff\xd8\xff")
        shown = Image.open(io.BytesIO(image))
        assert (shown.size, shown.mode, len(shown.getexif())) == ((500, 140), "L", 0)
        assert 7 in EfSod.parse(bytes(issued.chip["EF.SOD"])).security_object.hashes


def _faces(issued):
    return list(dict.fromkeys(part.face for part in issued.page.placed))


@pytest.mark.parametrize("name", NAMES)
def test_without_one_there_is_no_dg7(five, now, name):
    issued = five.issue(example(name, at=now), at=now)
    assert "DG7" not in issued.chip
    assert not [part for part in issued.page.placed if part.kind == "signature"]


def test_a_large_one_is_scaled_down_and_a_transparent_one_stands_on_white(five, now):
    issued = five.issue(signed("external-passport", now, drawn((2400, 800), width=20)), at=now)
    assert Image.open(io.BytesIO(Dg7.parse(bytes(issued.chip["DG7"])).images[0])).size == (800, 267)
    clear = Image.new("RGBA", (500, 140), (0, 0, 0, 0))
    ImageDraw.Draw(clear).line([(20, 20), (480, 120)], fill=(0, 0, 0, 255), width=6)
    stream = io.BytesIO()
    clear.save(stream, "PNG")
    issued = five.issue(signed("external-passport", now, stream.getvalue()), at=now)
    assert Image.open(io.BytesIO(Dg7.parse(bytes(issued.chip["DG7"])).images[0])).getpixel((5, 130)) > 240


FAULTS = [
    (b"no picture", "image-damaged"),
    (drawn()[:200], "image-damaged"),
    (drawn((100, 30)), "image-size"),
    (drawn((200, 400)), "image-narrow"),
    (drawn(ink=255), "image-contrast"),
    (drawn(ink=255, paper=0), "image-contrast"),
    (drawn((5000, 4000)), "image-limit"),
    (b"\xff" * 2_000_001, "image-limit"),
]


@pytest.mark.parametrize(("signature", "reason"), FAULTS, ids=[f"{n}-{reason}" for n, (_, reason) in enumerate(FAULTS)])
def test_an_unusable_one_is_a_fault_of_its_field(five, now, signature, reason):
    with pytest.raises(ApplicationError) as caught:
        five.issue(signed("external-passport", now, signature), at=now)
    assert [(fault.field, fault.reason) for fault in caught.value.faults] == [("signature", reason)]
    assert caught.value.hint


def test_no_base64(now):
    table = json.loads(signed("external-passport", now).to_json()) | {"signature": "%%%"}
    with pytest.raises(ApplicationError) as caught:
        Application.from_json(json.dumps(table))
    assert caught.value.where == "signature"


def test_dg7_is_read_back_before_the_document_counts(five, now, monkeypatch):
    monkeypatch.setattr(quality, "_signature", lambda chip: b"another")
    with pytest.raises(TjdocsError, match="did not read back: DG7"):
        five.issue(signed("external-passport", now), at=now)
