"""The standard's specimen (Doc 9303-4 to -6, appendices), as each of the five documents prints it."""

from functools import cache

import zxingcpp
from PIL import Image

from tjdocs import page
from tjdocs.portrait.specimen_portrait import SpecimenPortrait, draw_specimen

LINES = (
    "PPUTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
    "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
)

VALUES = {
    "document_code": "PP",
    "issuing_state": "UTO",
    "document_number": "L898902C3",
    "primary_identifier": "ЭРИКССОН / ERIKSSON",
    "secondary_identifier": "АННА МАРИЯ / ANNA MARIA",
    "nationality": "УТОПИЯ / UTOPIA",
    "date_of_birth": "12 АВГ/AUG 1974",
    "personal_number": "ZE184226B",
    "sex": "З/F",
    "place_of_birth": "ЗЕНИТ / ZENITH",
    "date_of_issue": "16 АПР/APR 2002",
    "authority": "ВАЗОРАТИ КОРҲОИ ДОХИЛӢ / MINISTRY OF INTERNAL AFFAIRS",
    "date_of_expiry": "15 АПР/APR 2012",
}

_EVERYWHERE = ("document_number", "primary_identifier", "secondary_identifier", "sex", "place_of_birth", "authority")
_NUMERIC = {"date_of_birth": "12.08.1974", "date_of_issue": "16.04.2002", "date_of_expiry": "15.04.2012"}
_COMMON = {key: VALUES[key] for key in _EVERYWHERE}
_DATES = {key: VALUES[key] for key in _NUMERIC}

DOCUMENTS = {
    "td3": VALUES,
    "td1": {**_COMMON, **_NUMERIC, "nationality": "УТОПИЯ / UTOPIA", "personal_number": "ZE184226B"},
    "stateless": {
        **_COMMON,
        **_DATES,
        "document_code": "PS",
        "issuing_state": "UTO",
        "nationality": "ШАХСИ БЕШАҲРВАНД / STATELESS PERSON",
        "residence_permit": "UT 0000001",
        "residence_permit_expires": "31 ДЕК/DEC 2012",
    },
    "registration": {
        **_COMMON,
        **_NUMERIC,
        "nationality": "БЕШАҲРВАНД / STATELESS PERSON",
        "category": "A: ШАХСИ БЕШАҲРВАНД БО ИҶОЗАТНОМАИ ИСТИҚОМАТИ МУҲЛАТГУЗАШТАИ ДАВЛАТИ ХОРИҶӢ / "
        "STATELESS PERSON, FOREIGN RESIDENCE PERMIT EXPIRED",
        "date_of_acceptance": "16.04.2002",
        "place_of_registration": "ДУШАНБЕ / DUSHANBE",
        "exemption": "КҲМ / Code on Administrative Offences: 497, 498 (2), 499 (1), 499 (2); "
        "КҶ / Criminal Code: 335 (1), 336",
    },
    "return": {
        **_COMMON,
        **_DATES,
        "nationality": "УТОПИЯ / UTOPIA",
        "destination": "ДУШАНБЕ / DUSHANBE",
        "transit_points": "ИСТАНБУЛ, АЛМАТО / ISTANBUL, ALMATY",
    },
}

ZONES = {
    "td3": LINES,
    "td1": ("IDUTOL898902C36<<<<<<<<<<<<<<<", "7408122F1204159UTO<<<<<<<<<<<8", "ERIKSSON<<ANNA<MARIA<<<<<<<<<<"),
    "stateless": (
        "PSUTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
        "L898902C36XXA7408122F1204159<<<<<<<<<<<<<<08",
    ),
    "registration": ("IRUTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "L898902C36XXA7408122F1204159<<<<<<<8"),
    "return": ("PUUTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "L898902C36UTO7408122F1204159<<<<<<<8"),
}

SIZES = {  # millimetres of each face (Doc 9303-4, -5 and -6, 2.1-2.2; A4)
    "td3": [(125, 88)],
    "td1": [(85.6, 53.98)] * 2,
    "stateless": [(125, 88)],
    "registration": [(105, 148)],
    "return": [(210, 297)],
}

NAMES = tuple(SIZES)
WITH_CHIP = ("td3", "td1", "stateless")
WITH_CODE = ("td1", "stateless", "registration", "return")


def payload(length: int) -> bytes:
    """Return bytes that are no text, as a signed seal's are."""
    return bytes(151 * index % 256 for index in range(length))


def bar_code(data: bytes, *, scale: int = 1, quiet: bool = True) -> Image.Image:
    """Return a square Data Matrix by zxing-cpp, as seals are drawn; left to itself it chooses long rectangles too."""
    symbol = zxingcpp.create_barcode(data, zxingcpp.BarcodeFormat.DataMatrix, force_square=True)
    pixels = memoryview(symbol.to_image(scale=scale, add_quiet_zones=quiet))
    return Image.frombytes("L", (pixels.shape[1], pixels.shape[0]), pixels.tobytes())


@cache
def _portrait() -> SpecimenPortrait:
    return draw_specimen()


def specimen(name: str, values: dict[str, str] | None = None, **more: object) -> page.Page:
    """Draw a document's specimen with all that belongs on it, but for what is given otherwise."""
    given: dict[str, object] = {"lines": ZONES[name], "specimen": True, "chip": name in WITH_CHIP}
    if "portrait" not in more:
        given |= {"portrait": _portrait().image, "eyes": _portrait().eyes}
    if name in WITH_CODE:
        given["code"] = bar_code(payload(134))
    return page.draw(name, DOCUMENTS[name] | (values or {}), **(given | more))
