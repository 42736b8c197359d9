"""Profiles: which features a kind of seal has, each one file of ``specs/seals/`` (Doc 9303-13, 2.2.2 and 3.1)."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

from tjdocs import mrz, specs
from tjdocs.errors import SpecError, UsageError
from tjdocs.mrz import mrz_problems
from tjdocs.mrz.formats import formats
from tjdocs.seal import c40, dates
from tjdocs.seal.seal_problems import SealProblem
from tjdocs.seal.vds_features import Feature
from tjdocs.seal.vds_header import VERSIONS, Header

__all__ = ["FeatureSpec", "Profile", "Value", "find", "get", "names", "parse", "plain"]

Value: TypeAlias = str | int | tuple[int, ...] | date | bytes
"""What a feature says: ``text`` and ``zone`` a str, ``integer`` an int, ``integers`` a tuple, ``date``, ``binary``."""

_TABLES = ("coding", "problems", "results")  # other files of the folder
_ANY_DAY = date(2000, 1, 1)  # check digits do not depend on it


class FeatureSpec(specs.Row, frozen=True):
    """One feature of a profile.

    :param type: how its value is coded: ``text`` (C40), ``zone`` (C40, fillers as blanks), ``integer`` (unsigned),
        ``integers`` (one byte each), ``date``, ``binary``
    :param length: fewest and most bytes
    :param characters: fewest and most characters of a text or zone; a shorter text is filled with blanks
    :param zone: format of the zone whose beginning it is
    :param one_of: name of a group of which a seal has exactly one feature
    :param of: the document that it is about: ``document``, ``visa`` or ``passport``
    :param agrees: the field of a zone that it must agree with
    :param words: what values mean; with ``closed`` no others are allowed
    :param past: of a date: the day is not after those of issue and signing
    """

    id: str
    tag: int
    type: Literal["text", "zone", "integer", "integers", "date", "binary"]
    length: tuple[int, int]
    text: str
    characters: tuple[int, int] = (0, 0)
    zone: str = ""
    required: bool = True
    one_of: str = ""
    of: Literal["document", "visa", "passport"] = "document"
    agrees: str = ""
    closed: bool = False
    past: bool = False
    words: Mapping[str, str] = {}

    def __post_init__(self) -> None:
        textual = self.type in ("text", "zone")
        for sound, problem in (
            (0 <= self.tag < 0xFF, "a tag that is no feature's"),
            (0 <= self.length[0] <= self.length[1], "unusable length"),
            (textual == (self.characters != (0, 0)), "characters are a text's"),
            (not textual or tuple(map(c40.size, self.characters)) == self.length, "length and characters do not fit"),
            ((self.type == "zone") == (self.zone in formats()), "the zone's format is missing or unknown"),
            (not self.past or self.type == "date", "only a date is past"),
            (not self.agrees or hasattr(mrz.Mrz, self.agrees), "agrees with no field of a zone"),
        ):
            if not sound:
                raise ValueError(problem)

    @property
    def _whole(self) -> int:
        """Number of characters of the whole zone."""
        layout = formats()[self.zone]
        return layout.lines * layout.columns

    def decode(self, data: bytes) -> Value:
        """Return the value of the bytes: a text without trailing blanks, a zone with its fillers.

        :raises ValueError: they are not coded so, or say what the profile does not allow
        """
        value = _DECODERS[self.type](data)
        if isinstance(value, str):
            if not self.characters[0] <= len(value) <= self.characters[1]:
                raise ValueError("another number of characters")
            value = value.replace(" ", "<") if self.type == "zone" else value.rstrip(" ")
        if value == "" or (self.closed and plain(value) not in self.words):
            raise ValueError("a value that the profile does not know")
        return value

    def encode(self, value: Value) -> bytes:
        """Return a value's bytes. A zone may be given whole, with line ends; what the seal does not hold is left out.

        :raises UsageError: it is of another type, or none that the profile allows
        """
        if not isinstance(value, _PYTHON[self.type]) or isinstance(value, bool):
            raise UsageError("a value of another type", where=f"feature {self.id}", hint=self.hint)
        try:
            if isinstance(value, str):
                value = self._filled(value)
            data = _ENCODERS[self.type](value, self.length[0])
            if not self.length[0] <= len(data) <= self.length[1]:
                raise ValueError("another length")
            self.decode(data)
        except (ValueError, OverflowError, TypeError):
            raise UsageError("not a value of the feature", where=f"feature {self.id}", hint=self.hint) from None
        return data

    def from_json(self, value: object) -> Value:
        """Return a value from JSON: dates in ISO 8601, bytes in hexadecimal, several numbers as a list.

        :raises UsageError: it is not of the feature's type
        """
        try:
            if self.type in ("date", "binary") and isinstance(value, str):
                return date.fromisoformat(value) if self.type == "date" else bytes.fromhex(value)
        except ValueError:
            raise UsageError("not a value of the feature", where=f"feature {self.id}", hint=self.hint) from None
        if isinstance(value, list) and all(isinstance(number, int) for number in value):
            return tuple(value)
        if not isinstance(value, str | int):
            raise UsageError("a value of another type", where=f"feature {self.id}", hint=self.hint)
        return value

    def _filled(self, text: str) -> str:
        if self.type != "zone":
            return text.ljust(self.characters[0])
        joined = "".join(text.split())
        return joined[: self.characters[1]] if len(joined) == self._whole else joined

    def meaning(self, value: Value) -> str:
        """Return the profile's words for a value, empty where it has none."""
        return self.words.get(plain(value), "")

    def sound(self, value: Value, at: date) -> bool:
        """Whether a zone is of its format and its check digits are right; a zone's beginning is filled up."""
        zone = mrz.parse(str(value).ljust(self._whole, "<"), joined=True, at=at)
        kinds = mrz_problems.problem_kinds()
        return zone.format == self.zone and not any(
            problem.severity == "error" and kinds[problem.code].check == "mrz.check-digits" for problem in zone.problems
        )

    @property
    def hint(self) -> str:
        """What a value must be like."""
        if self.closed:
            return f"one of {', '.join(self.words)}"
        low, high = self.characters if self.type in ("text", "zone") else self.length
        size = str(low) if low == high else f"{low} to {high}"
        return {
            "text": f"{size} characters of A-Z, 0-9 and blank",
            "zone": f"{size} characters of a {self.zone} zone, lines joined",
            "integer": f"a number that fits {size} byte(s)",
            "integers": f"{size} numbers from 0 to 255",
            "date": "a date",
            "binary": f"{size} bytes",
        }[self.type]


_DECODERS: dict[str, Callable[[bytes], Value]] = {
    "text": c40.decode,
    "zone": c40.decode,
    "integer": lambda data: int.from_bytes(data, "big"),
    "integers": tuple,
    "date": lambda data: _day(data),
    "binary": bytes,
}
_ENCODERS: dict[str, Callable[[Any, int], bytes]] = {
    "text": lambda value, size: c40.encode(value),
    "zone": lambda value, size: c40.encode(value),
    "integer": lambda value, size: value.to_bytes(size, "big"),
    "integers": lambda value, size: bytes(value),
    "date": lambda value, size: dates.encode(value),
    "binary": lambda value, size: bytes(value),
}
_PYTHON: dict[str, type | tuple[type, ...]] = {
    "text": str,
    "zone": str,
    "integer": int,
    "integers": (tuple, list),
    "date": date,
    "binary": bytes,
}


def _day(data: bytes) -> date:
    day = dates.decode(data)
    if day is None:
        raise ValueError("not a day")
    return day


def plain(value: Value) -> str:
    """Return a value as text: bytes in hexadecimal, a date in ISO 8601, numbers parted by blanks."""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, tuple):
        return " ".join(map(str, value))
    return value.isoformat() if isinstance(value, date) else str(value)


class Profile(specs.Spec, frozen=True):
    """One kind of seal.

    :param definition: document feature definition reference; with ``category``, the document type category, and
        where ``countries`` names some, with the issuing country, it names the profile
    :param versions: of the header that it allows
    :param zone_state: whether the State in the zone must be the one in the header
    """

    id: str
    title: str
    clause: str
    definition: int
    category: int
    versions: tuple[int, ...]
    countries: tuple[str, ...]
    zone_state: bool
    feature: tuple[FeatureSpec, ...]

    def __post_init__(self) -> None:
        tags, names = [row.tag for row in self.feature], [row.id for row in self.feature]
        if len(set(tags)) != len(tags) or len(set(names)) != len(names):
            raise ValueError("a tag or a name that is there twice")
        if not self.versions or not set(self.versions) <= set(VERSIONS):
            raise ValueError(f"unknown versions; of {VERSIONS}")
        if not all(1 <= number <= 254 for number in (self.definition, self.category)):
            raise ValueError("definition or category out of range; 1 to 254")

    def by_tag(self, tag: int) -> FeatureSpec | None:
        """Return the feature of that tag, None when the profile has none."""
        return next((feature for feature in self.feature if feature.tag == tag), None)

    def by_name(self, name: str) -> FeatureSpec:
        """Return the feature of that name.

        :raises UsageError: the profile has none
        """
        for feature in self.feature:
            if feature.id == name:
                return feature
        known = ", ".join(feature.id for feature in self.feature)
        raise UsageError("unknown feature", where=f"{self.id}: {name}", hint=f"known are {known}")

    def check(self, header: Header, features: tuple[Feature, ...]) -> tuple[SealProblem, ...]:
        """Return the problems of a header's version and features under the profile."""
        problems = []
        if header.version not in self.versions:
            problems.append(SealProblem("profile-version", "version", offset=1, detail=f"version {header.version}"))
        present = set()
        for feature in features:
            spec = self.by_tag(feature.tag)
            if spec is None:
                problems.append(SealProblem("feature-unknown", f"feature {feature.tag:02X}", offset=feature.offset))
                continue
            present.add(spec.id)
            problems += _check_one(spec, feature, header)
        for spec in self.feature:
            if spec.required and not spec.one_of and spec.id not in present:
                problems.append(SealProblem("feature-missing", spec.id))
        for group in dict.fromkeys(spec.one_of for spec in self.feature if spec.one_of):
            count = sum(spec.id in present for spec in self.feature if spec.one_of == group)
            if count != 1:
                problems.append(SealProblem("feature-duplicate" if count else "feature-missing", group))
        return tuple(problems)


def _check_one(spec: FeatureSpec, feature: Feature, header: Header) -> tuple[SealProblem, ...]:
    if not spec.length[0] <= len(feature.value) <= spec.length[1]:
        return (SealProblem("feature-length", spec.id, offset=feature.offset, detail=f"{len(feature.value)} bytes"),)
    try:
        value = spec.decode(feature.value)
    except ValueError:
        return (SealProblem("feature-value", spec.id, offset=feature.offset),)
    days = [day for day in (header.issue_date, header.signature_date) if day is not None]
    if spec.past and isinstance(value, date) and any(value > day for day in days):
        detail = f"{value.isoformat()}, {min(days).isoformat()}"
        return (SealProblem("feature-later", spec.id, detail, feature.offset),)
    if spec.zone and not spec.sound(value, header.issue_date or _ANY_DAY):
        return (SealProblem("zone", spec.id, offset=feature.offset),)
    return ()


def parse(table: Mapping[str, Any], *, where: str) -> Profile:
    """Return a profile from a parsed file.

    :raises SpecError: an unknown or missing key, or a value that cannot be used
    """
    return specs.convert(table, Profile, where=where)


@cache
def _all() -> Mapping[str, Profile]:
    profiles: dict[str, Profile] = {}
    for path in sorted(specs.folder("specs").glob("seals/*.toml")):
        if path.stem in _TABLES:
            continue
        profile = parse(specs.read_toml(f"seals/{path.name}"), where=f"specs/seals/{path.name}")
        if profile.id != path.stem:
            raise SpecError("the id is not the file's name", where=f"specs/seals/{path.name}")
        for other in profiles.values():
            same = (other.definition, other.category) == (profile.definition, profile.category)
            if same and (not other.countries or not profile.countries or set(other.countries) & set(profile.countries)):
                raise SpecError("two profiles of one definition and category", where=f"{other.id}, {profile.id}")
        profiles[profile.id] = profile
    return MappingProxyType(profiles)


def names() -> tuple[str, ...]:
    """Return the ids of all profiles."""
    return tuple(_all())


def get(name: str) -> Profile:
    """Return the profile ``name``.

    :raises UsageError: there is none of that name
    """
    profile = _all().get(name)
    if profile is None:
        raise UsageError("unknown profile of a seal", where=str(name), hint=f"one of {', '.join(names())}")
    return profile


def find(definition: int, category: int, country: str) -> Profile | None:
    """Return the profile that a header names, None when it is not known."""
    for profile in _all().values():
        if (profile.definition, profile.category) == (definition, category) and (
            not profile.countries or country in profile.countries
        ):
            return profile
    return None
