"""``specs/portrait/handed_in.toml``: what a photograph and a picture of a signature must be."""

from functools import cache

from tjdocs import specs

__all__ = ["PHOTOGRAPH", "PhotoFile", "PhotographRules", "SignatureRules", "photograph_rules", "signature_rules"]


class PhotographRules(specs.Row, frozen=True):
    """The rules of a photograph."""

    formats: tuple[str, ...]
    smallest: tuple[int, int]
    shape: tuple[int, int]
    most_cut: float
    max_bytes: int
    max_pixels: int
    max_turn: int


class SignatureRules(specs.Row, frozen=True):
    """The rules of a picture of the holder's signature (Doc 9303-3, 3.9.2)."""

    smallest: tuple[int, int]
    largest: tuple[int, int]
    max_bytes: int
    max_pixels: int
    darkest_ink: int
    least_ink: float
    most_ink: float


class PhotoFile(specs.Spec, frozen=True):
    """The form of the file."""

    portrait: PhotographRules
    signature: SignatureRules


PHOTOGRAPH = PhotographRules.__struct_fields__


@cache
def _file() -> PhotoFile:
    return specs.load("portrait/handed_in.toml", PhotoFile)


def photograph_rules() -> PhotographRules:
    """Return the rules of a photograph.

    :raises tjdocs.errors.SpecError: the file is malformed
    """
    return _file().portrait


def signature_rules() -> SignatureRules:
    """Return the rules of a picture of a signature.

    :raises tjdocs.errors.SpecError: the file is malformed
    """
    return _file().signature
