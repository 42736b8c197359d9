"""The limits and thresholds of reading an MRZ from a picture; without OpenCV, so that their form can be shown."""

from tjdocs import specs

__all__ = ["PictureNumbers"]


class PictureNumbers(specs.Spec, frozen=True):
    """``specs/mrz/picture.toml``, where each is explained."""

    max_bytes: int
    max_pixels: int
    most_rows: int
    most_lines: int
    most_places: int
    least_likeness: float
    sure_likeness: float
    most_unreadable: float
    temperature: float
    least_usual: float
    uncertain_misfit: float
    unreadable_misfit: float
    uncertain_likelihood: float
    unreadable_likelihood: float
    uncertain_apart: float
    uncertain_spot: float
    uncertain_contrast: tuple[float, float]
    unreadable_contrast: tuple[float, float]
