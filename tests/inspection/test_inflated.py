"""Genuine files blown up to 100 kB in every place: no reader raises, and what is said of them stays in proportion.

Each element in turn is repeated, filled, or put into itself, so that each reader meets a long list, a long value and deep
nesting where it expects a few bytes. ``TJDOCS_SWEEP=full`` makes all variants; otherwise some, always the same.
"""

import copy
import json
import os
import random

import pytest

from tests.support import builders as b
from tests.support import seals_made
from tjdocs.asn1 import tlv
from tjdocs.border import Evidence, Inspector
from tjdocs.border.report.html_report import render
from tjdocs.inspection.seal_checks import examine_seal
from tjdocs.lds import ef_catalogue, ef_sod_spans
from tjdocs.pki import certificate_spans
from tjdocs.pki.certificate import Certificate, CertificateError
from tjdocs.pki.crl import Crl, CrlError
from tjdocs.pki.signed_data import CmsError, SignedData
from tjdocs.seal import Seal, spans

SIZE = 100_000
SOME = 10_000 if os.environ.get("TJDOCS_SWEEP") == "full" else 30  # variants of each file
FILLS = [b"\0", b"A", b"\xff", b"1", b"<", b"\x30\x00", b"\x02\x01\x01", b"\x30\x80", "Щ".encode(), b" a", b"\x81"]


def parsed(data: bytes) -> list | None:
    """Return TLVs as lists of a tag and content, in which elements that are elements again; None for none."""
    found, place = [], 0
    try:
        while place < len(data):
            start = place
            place += 1
            if data[start] & 0x1F == 0x1F:
                while data[place] & 0x80:
                    place += 1
                place += 1
            tag, length = data[start:place], data[place]
            place += 1
            if length >= 0x80:
                size = length & 0x7F
                length = int.from_bytes(data[place : place + size], "big")
                place += size
            if place + length > len(data) or tag == b"\0":
                return None
            body = data[place : place + length]
            inner = parsed(body) if tag[0] & 0x20 or (tag == b"\x04" and length > 4) else None
            found.append([tag, inner if inner else body])
            place += length
    except IndexError:
        return None
    return found


def encoded(nodes) -> bytes:
    out = b""
    for tag, content in nodes:
        body = encoded(content) if isinstance(content, list) else content
        length = bytes((len(body),)) if len(body) < 0x80 else b"\x83" + len(body).to_bytes(3, "big")
        if len(body) >= 0x80:  # the shortest form
            size = (len(body).bit_length() + 7) // 8
            length = bytes((0x80 | size,)) + len(body).to_bytes(size, "big")
        out += tag + length + body
    return out


def paths(nodes, above=()):
    for index, (_, content) in enumerate(nodes):
        yield (*above, index)
        if isinstance(content, list):
            yield from paths(content, (*above, index))


def inflated(data: bytes, size: int = SIZE):
    """Yield a genuine file in which one element is blown up."""
    tree = parsed(data)
    room = max(size - len(data), size // 2)
    for path in paths(tree):
        def changed(make, path=path):
            copied = copy.deepcopy(tree)
            siblings = copied
            for index in path[:-1]:
                siblings = siblings[index][1]
            siblings[path[-1] : path[-1] + 1] = make(siblings[path[-1]])
            return encoded(copied)

        yield changed(lambda node: [node] * max(2, room // len(encoded([node]))))
        yield changed(lambda node: [[node[0], [node] * 1 if isinstance(node[1], list) else node[1]]])

        def nested(node):
            for _ in range(200):
                node = [node[0], [node]]
            return [node]

        yield changed(nested)
        for fill in FILLS:
            yield changed(lambda node, fill=fill: [[node[0], (fill * (room // len(fill) + 1))[:room]]])


def chosen(data: bytes, size: int = SIZE) -> list[bytes]:
    """Return some of them: a few in each run, the same ones, and more at full size."""
    found = list(inflated(data, size))
    random.Random(len(data)).shuffle(found)
    return found[:SOME]


def is_in_proportion(said: object) -> bool:
    return len(json.dumps(said)) < 40 * SIZE


SCENE = b.scene()
DETAILS = b.der(0x6B, b.der(0x5C, b"\x5f\x0e\xa0"), b.der(0x5F0E, b"A<<B"), b.der(0xA0, b.der(2, b"\1"), b.der(0x5F0F, b"C<<D")))
INFOS = b.der(0x6E, b.set_of([b.sequence(b.oid("0.4.0.127.0.7.2.2.3.2.2"), b.integer(1), b.integer(7))]))
KEY = b.der(0x6F, b.spki(b.ec_key("aa")))
FILES = {**SCENE.chip, "DG11": DETAILS, "DG12": b.dg12("20260302"), "DG14": INFOS, "DG15": KEY}


@pytest.mark.sweep
@pytest.mark.requirement("TR-VERDICT")
@pytest.mark.parametrize("name", FILES)
def test_files_of_a_chip(name):
    inspector = Inspector(trust=SCENE.trust)
    for number, data in enumerate(chosen(FILES[name])):
        verdict = inspector.inspect(Evidence(mrz=SCENE.mrz, chip={**SCENE.chip, name: data}), at=b.AT)
        assert is_in_proportion(verdict.as_json())
        shown = ef_sod_spans.spans(data) if data[:1] == b"\x77" else ef_catalogue.spans(data)
        assert is_in_proportion([span.as_json() for span in shown])
        if number % 10 == 0:
            assert len(render(verdict, lang="ru")) < 10 * SIZE


@pytest.mark.sweep
@pytest.mark.parametrize("raw", [b.utopia().raw, b.utopian_signer().raw], ids=["CSCA", "signer"])
def test_certificates(raw):
    for data in chosen(raw, 60_000):
        assert is_in_proportion([span.as_json() for span in certificate_spans.spans(data)])
        try:
            certificate = Certificate.parse(data)
        except CertificateError:
            continue
        certificate.verify(certificate)
        for name in ("key_usage", "extended_key_usage", "private_key_usage", "document_types", "is_ca", "country", "subject_text"):
            getattr(certificate, name)


@pytest.mark.sweep
def test_lists_of_revoked_signers_and_signed_data():
    for data in chosen(b.revocation_list(b.utopia(), [1, 2]).raw):
        try:
            Crl.parse(data)
        except CrlError:
            pass
    for data in chosen(SCENE.chip["EF.SOD"][4:]):
        try:
            SignedData.parse(data)
        except CmsError:
            pass


@pytest.mark.sweep
def test_seals():
    data = seals_made.made()
    for place in random.Random(1).sample(range(len(data)), min(SOME, len(data))):
        for fill in (b"\0", b"\xff", b"\x01\x7f", bytes(range(256))):
            long = (data[:place] + fill * 4096)[:4096]
            spans(long)
            assert is_in_proportion(Seal.parse(long).as_json())
            examine_seal(long, SCENE.trust, (), at=b.AT)


def test_a_version_of_many_digits_is_no_version():
    """Python refuses to write such a number down, and a person would not read it."""
    huge = b.signed_data(b.security_object({1: bytes(32)}), [b.signer_info(b"", b.utopian_signer())], [], version=10**20_000)
    with pytest.raises(CmsError, match="more digits") as caught:
        SignedData.parse(huge[tlv.place(huge)[2] :])
    assert caught.value.reason == "limit"
    assert ef_sod_spans.spans(huge)[0].meaning.startswith("not readable as EF.SOD: limit")
    findings = SCENE.with_files(EF_SOD=huge).examine().findings
    assert ("pa.sod-structure", "undetermined", "limit") in [(f.check, str(f.outcome), f.reason) for f in findings]
