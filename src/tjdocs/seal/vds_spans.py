"""A seal as labelled bytes, for the dissect view (Doc 9303-13, 2)."""

from tjdocs.seal import vds_profiles
from tjdocs.seal.vds import Seal
from tjdocs.seal.vds_features import Feature
from tjdocs.spans import Span

__all__ = ["spans"]

_HEADER, _MESSAGE, _SIGNATURE = "Doc 9303-13, 2.2", "Doc 9303-13, 2.3", "Doc 9303-13, 2.4"


def spans(data: bytes) -> tuple[Span, ...]:
    """Return a seal as labelled spans: header, each feature with tag, length and value, signature. Never raises."""
    seal = Seal.parse(data)
    raw = seal.raw
    if seal.header is None:
        return (Span(0, raw, "not readable as a seal", _HEADER, value=", ".join(p.code for p in seal.problems)),)
    size = seal.header.size
    labelled = [Span(0, raw[:size], "header", _HEADER, value=seal.profile.title if seal.profile else "unknown profile")]
    for part in seal.header.parts:
        stretch = raw[part.offset : part.offset + part.size]
        labelled.append(Span(part.offset, stretch, part.meaning, _HEADER, 1, part.value))
    end = seal.features[-1].end if seal.features else size
    labelled.append(Span(size, raw[size:end], "message zone", _MESSAGE, value=f"{len(seal.features)} features"))
    for feature in seal.features:
        labelled += _feature(seal, feature)
    if seal.closing is not None:
        labelled += _signature(raw, seal.closing)
        end = seal.closing.end
    if end < len(raw):
        labelled.append(Span(end, raw[end:], "not readable", "Doc 9303-13, 2"))
    return tuple(labelled)


def _feature(seal: Seal, feature: Feature) -> list[Span]:
    spec = seal.profile.by_tag(feature.tag) if seal.profile else None
    clause = seal.profile.clause if spec and seal.profile else _MESSAGE
    value = seal.values.get(spec.id) if spec else None
    text = vds_profiles.plain(value) if value is not None else ""
    if spec and value is not None and (meaning := spec.meaning(value)):
        text += f" ({meaning})"
    return [
        Span(
            feature.offset, seal.raw[feature.offset : feature.end], spec.text if spec else "unknown feature", clause, 1
        ),
        *_head(seal.raw, feature),
        Span(feature.offset + feature.head, feature.value, "value", clause, 2, text),
    ]


def _signature(raw: bytes, zone: Feature) -> list[Span]:
    start, half = zone.offset + zone.head, len(zone.value) // 2
    return [
        Span(zone.offset, raw[zone.offset : zone.end], "signature zone", _SIGNATURE),
        *_head(raw, zone, _SIGNATURE, 1),
        Span(start, zone.value[:half], "r", _SIGNATURE, 1),
        Span(start + half, zone.value[half:], "s", _SIGNATURE, 1),
    ]


def _head(raw: bytes, item: Feature, clause: str = _MESSAGE, depth: int = 2) -> tuple[Span, Span]:
    length = raw[item.offset + 1 : item.offset + item.head]
    return (
        Span(item.offset, raw[item.offset : item.offset + 1], "tag", clause, depth, f"{item.tag:02X}"),
        Span(item.offset + 1, length, "length", clause, depth, str(len(item.value))),
    )
