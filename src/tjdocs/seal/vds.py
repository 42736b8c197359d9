"""A visible digital seal, read from any bytes, and put together (Doc 9303-13, 2)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from tjdocs import limits
from tjdocs.errors import UsageError
from tjdocs.seal import vds_features as coding
from tjdocs.seal import vds_header as heading
from tjdocs.seal import vds_profiles
from tjdocs.seal.seal_problems import SealProblem
from tjdocs.seal.vds_features import SIGNATURE, Feature
from tjdocs.seal.vds_header import Header
from tjdocs.seal.vds_profiles import Profile, Value

__all__ = ["MAX_SIZE", "Seal"]

MAX_SIZE = limits.SEAL


@dataclass(frozen=True, slots=True)
class Seal:
    """A seal as read. Its content is personal data and not in ``repr``.

    :param raw: its bytes
    :param header: None where its fields cannot be separated
    :param features: in their order, unknown ones included
    :param closing: the signature zone, None without one
    :param profile: what the features mean, None when the header names no known profile
    :param problems: everything wrong or worth a word
    """

    raw: bytes = field(repr=False)
    header: Header | None
    features: tuple[Feature, ...]
    closing: Feature | None
    profile: Profile | None = field(repr=False)
    problems: tuple[SealProblem, ...]

    @classmethod
    def parse(cls, data: bytes) -> "Seal":
        """Read a seal. No bytes raise an error: see ``problems``.

        :raises UsageError: no bytes
        """
        if not isinstance(data, bytes | bytearray | memoryview):
            raise UsageError("not bytes", where="seal", hint="the bytes that the bar code holds")
        raw = bytes(data)
        if len(raw) > MAX_SIZE:
            return cls(raw, None, (), None, None, (SealProblem("too-long", detail=f"{len(raw)} bytes"),))
        header, problems = heading.parse(raw)
        if header is None:
            return cls(raw, None, (), None, None, problems)
        features, closing, faults = coding.read(raw, header.size, der=header.version == 4)
        profile = vds_profiles.find(header.definition, header.category, header.country)
        if profile is None:
            unknown = f"{header.definition:02X} {header.category:02X} of {header.country}"
            against: tuple[SealProblem, ...] = (
                SealProblem("profile-unknown", "", offset=header.size - 2, detail=unknown),
            )
        else:
            against = profile.check(header, features)
        return cls(raw, header, features, closing, profile, (*problems, *faults, *against))

    @classmethod
    def assemble(cls, signed: bytes, signature: bytes) -> "Seal":
        """Return the seal of its signed bytes (``make_vds.message``) and a signature, r and s joined."""
        return cls.parse(signed + coding.encode(SIGNATURE, signature, der=True))

    def encode(self) -> bytes:
        """Return the bytes read."""
        return self.raw

    @property
    def signature(self) -> bytes:
        """R and s, joined; empty without a signature."""
        return self.closing.value if self.closing else b""

    @property
    def signed(self) -> bytes:
        """The bytes that are signed, header and message zone, as read; empty without a signature."""
        return self.raw[: self.closing.offset] if self.closing else b""

    @property
    def valid(self) -> bool:
        """Whether its form has no problem but warnings. Its signature is not considered."""
        return all(problem.severity == "warning" for problem in self.problems)

    @property
    def values(self) -> Mapping[str, Value]:
        """The features' values by the profile's names, without unreadable and unknown ones."""
        values: dict[str, Value] = {}
        for feature in self.features:
            spec = self.profile.by_tag(feature.tag) if self.profile else None
            if spec is None or spec.id in values or not spec.length[0] <= len(feature.value) <= spec.length[1]:
                continue
            try:
                values[spec.id] = spec.decode(feature.value)
            except ValueError:
                continue
        return MappingProxyType(values)

    @property
    def zone(self) -> str:
        """The zone in the seal, lines joined, or its beginning; empty where there is none."""
        values = self.values
        names = (spec.id for spec in self.profile.feature if spec.zone) if self.profile else ()
        return next((str(values[name]) for name in names if name in values), "")

    def as_json(self) -> dict[str, Any]:
        """Return the seal with the keys that the command line prints; bytes in hexadecimal, dates in ISO 8601."""
        result: dict[str, Any] = {"profile": self.profile.id if self.profile else None, "valid": self.valid}
        for name in Header.__slots__:
            value = getattr(self.header, name) if self.header else None
            result[name] = value.isoformat() if name.endswith("_date") and value else value
        values = self.values
        result["features"] = [self._feature_json(feature, values) for feature in self.features]
        result["signature"] = self.signature.hex()
        result["problems"] = [problem.as_json() for problem in self.problems]
        return result

    def _feature_json(self, feature: Feature, values: Mapping[str, Value]) -> dict[str, Any]:
        spec = self.profile.by_tag(feature.tag) if self.profile else None
        value = values.get(spec.id) if spec else None
        return {
            "tag": feature.tag,
            "name": spec.id if spec else None,
            "value": vds_profiles.plain(value) if value is not None else None,
            "meaning": spec.meaning(value) if spec and value is not None else "",
            "bytes": feature.value.hex(),
        }
