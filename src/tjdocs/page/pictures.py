"""Pictures that a caller hands over, made to fit: portrait, ghost image, signature."""

import struct

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps, ImageStat

from tjdocs import limits
from tjdocs import portrait as portraits
from tjdocs.errors import UsageError
from tjdocs.images import most_pixels, open_file, upright_on_white
from tjdocs.page.page_layout import Box, Ghost, Portrait
from tjdocs.portrait import prepare_portrait

__all__ = ["fit_portrait", "fit_signature", "open_picture", "paste_ghost"]

_FORMATS = ("PNG", "JPEG", "JPEG2000")
_MODES = ("1", "L", "LA", "P", "RGB", "RGBA", "CMYK")
_UNREADABLE = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    struct.error,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)
_PLAIN, _LIGHT = 12, 128  # grey levels: the variation of a plain background, and the level below which it is dark
_FADE = (0.78, 0.98)  # shares of the second portrait's height between which it fades out
_CROPPED = 0.2  # share of a side that may be cut off: more would cut into the head


def open_picture(source: bytes | Image.Image, *, where: str) -> Image.Image:
    """Return a picture that a caller handed over as RGB, upright as its camera says, transparent parts white.

    :raises UsageError: it is not PNG, JPEG or JPEG 2000, is damaged, or is over 40 million pixels
    """
    hint = "a PNG, JPEG or JPEG 2000 picture, 8-bit grey or RGB, of at most 40 million pixels"
    try:
        picture = open_file(source, _FORMATS) if isinstance(source, bytes) else source
        if picture.width * picture.height > (most_pixels(source) if isinstance(source, bytes) else limits.PIXELS):
            raise UsageError("too large a picture", where=where, hint=hint)
        if picture.mode not in _MODES:
            raise UsageError("a picture of an unusual kind", where=where, hint=hint)
        return upright_on_white(picture).convert("RGB")
    except _UNREADABLE:
        raise UsageError("not a readable picture", where=where, hint=hint) from None


def fit_portrait(picture: Image.Image, place: Portrait, eyes: portraits.Eyes | None = None) -> Image.Image:
    """Return the picture cropped to the place's shape and scaled; it is never stretched.

    Where the eyes are known, it is cropped about them as DG2 is: a head of 3.6 to 4.1 eye distances then has 70 to 80 %
    of the place's height (Doc 9303-3, 3.9.1.3). Without them it is cropped about its middle.

    :raises UsageError: it would lose more than a fifth of a side, or has too few pixels left; unusable eyes
    """
    if eyes is not None:
        try:
            return prepare_portrait.crop(
                picture, eyes=eyes, size=(place.box.width, place.box.height), smallest=place.smallest
            )
        except UsageError as error:
            where = "eyes" if error.where == "eyes" else "portrait"
            raise UsageError(error.message, where=where, hint=error.hint) from None
    width, height = picture.size
    shape = place.box.width / place.box.height
    crop_width, crop_height = min(width, round(height * shape)), min(height, round(width / shape))
    if crop_width < width * (1 - _CROPPED) or crop_height < height * (1 - _CROPPED):
        raise UsageError(
            "not a portrait's shape", where="portrait", hint=f"{place.box.width} x {place.box.height} or near it"
        )
    if crop_width < place.smallest[0] or crop_height < place.smallest[1]:
        raise UsageError(
            "too small a portrait", where="portrait", hint=f"at least {place.smallest[0]} x {place.smallest[1]}"
        )
    left, top = (width - crop_width) // 2, (height - crop_height) // 2
    crop = (left, top, left + crop_width, top + crop_height)
    return picture.resize((place.box.width, place.box.height), Image.Resampling.LANCZOS, box=crop)


def paste_ghost(page: Image.Image, portrait: Image.Image, place: Ghost) -> Box:
    """Print the portrait a second time, grey, weak, without an edge (Doc 9303-2, A.5.4.4).

    Its background is paper, and its shoulders fade out.

    :param portrait: as it was printed
    """
    grey = _on_white(ImageOps.autocontrast(portrait.convert("L"), cutoff=1))
    scale = min(place.box.width / grey.width, place.box.height / grey.height)
    grey = grey.resize((round(grey.width * scale), round(grey.height * scale)), Image.Resampling.LANCZOS)
    vignette = Image.new("L", grey.size)
    rim = round(grey.width * 0.09)
    ImageDraw.Draw(vignette).rounded_rectangle((rim, rim, grey.width - rim, grey.height * 2), radius=rim * 2, fill=255)
    vignette = ImageChops.multiply(vignette.filter(ImageFilter.GaussianBlur(rim / 2.5)), _fading(grey.size))
    weak = grey.point([round(255 - (255 - level) * place.strength) for level in range(256)])
    weak = Image.composite(weak, Image.new("L", grey.size, 255), vignette)
    left = place.box.left + (place.box.width - grey.width) // 2
    top = place.box.top + (place.box.height - grey.height) // 2
    box = Box(left, top, left + grey.width, top + grey.height)
    page.paste(ImageChops.multiply(page.crop(box), weak.convert("RGB")), box)
    return box


def _on_white(grey: Image.Image) -> Image.Image:
    """Return a portrait with its plain light background as white: all pixels as light as the upper corners."""
    across, down = grey.width // 8, grey.height // 5
    corners = [grey.crop((x, 0, x + across, down)) for x in (0, grey.width - across)]
    tone = min(ImageStat.Stat(corner).median[0] for corner in corners) - _PLAIN
    if tone < _LIGHT:  # no light background: the picture as it is
        return grey
    return grey.point([min(255, round(level * 255 / tone)) for level in range(256)])


def _fading(size: tuple[int, int]) -> Image.Image:
    """Return a mask that is full above the shoulders and nothing at the lower edge."""
    column = Image.new("L", (1, size[1]))
    first, last = (share * size[1] for share in _FADE)
    column.putdata([round(255 * min(1.0, max(0.0, (last - y) / (last - first)))) for y in range(size[1])])
    return column.resize(size)


def fit_signature(page: Image.Image, signature: Image.Image, box: Box) -> Box:
    """Print a signature whole, its shape kept, without a frame (Doc 9303-3, 3.9.2), darkening the print beneath."""
    scale = min(box.width / signature.width, box.height / signature.height)
    size = (max(1, int(signature.width * scale)), max(1, int(signature.height * scale)))
    small = signature.convert("L").resize(size, Image.Resampling.LANCZOS).convert("RGB")
    top = box.top + (box.height - size[1]) // 2
    place = Box(box.left, top, box.left + size[0], top + size[1])
    page.paste(ImageChops.multiply(page.crop(place), small), place)
    return place
