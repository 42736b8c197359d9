"""The zone's figures for ``tools/bench``: parsing, making, repairing, reading pictures. Not a tool of its own."""

import multiprocessing
import os
import random
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tests.support.mrz_zones import FORMATS, random_zone, seeded

from bench_common import AT, ROOT, Result, ratio
from tjdocs import mrz
from tjdocs.mrz.repairs.ocr_confusions import confusions


def _holders() -> list[dict[str, str]]:
    """Return the fields of 50 passports, no two alike."""
    picked = random.Random(9303)
    syllables = [a + b for a in "BDFGHJKLMNPRSTVYZ" for b in "AEIOU"]

    def word() -> str:
        return "".join(picked.choices(syllables, k=picked.randint(2, 4)))

    def day(first: int, last: int) -> str:
        return f"{picked.randint(first, last)}-{picked.randint(1, 12):02d}-{picked.randint(1, 28):02d}"

    return [
        {
            "document_code": "P", "issuing_state": "TJK", "document_number": f"T{picked.randrange(10**8):08}",
            "nationality": "TJK", "date_of_birth": day(1950, 2010), "sex": picked.choice("MF"),
            "date_of_expiry": day(2027, 2029), "primary_identifier": word() + "OV",
            "secondary_identifier": f"{word()} {word()}",
        }
        for _ in range(50)
    ]  # fmt: skip


def mrz_parse_speedup(folder: Path) -> Result:
    """The checker of the ``mrz`` package over ours, on the same zones."""
    from mrz.checker.td3 import TD3CodeChecker

    texts = [mrz.make("TD3", **holder).text for holder in _holders()]
    day = AT.date()

    def theirs() -> None:
        assert all(bool(TD3CodeChecker(text)) for text in texts)

    def ours() -> None:
        assert all(mrz.parse(text, at=day).valid for text in texts)

    return ratio(theirs, ours, rounds=60, repeat=1) | {
        "compared": "mrz 0.6.2's TD3CodeChecker over mrz.parse, 50 zones"
    }


def mrz_make_speedup(folder: Path) -> Result:
    """The generator of the ``mrz`` package over ours, the same zones from the same fields."""
    from mrz.generator.td3 import TD3CodeGenerator

    holders = _holders()
    arguments = [
        (
            "P", "TJK", holder["primary_identifier"], holder["secondary_identifier"], holder["document_number"], "TJK",
            holder["date_of_birth"].replace("-", "")[2:], holder["sex"], holder["date_of_expiry"].replace("-", "")[2:],
        )
        for holder in holders
    ]  # fmt: skip
    # theirs puts 0 over an empty optional field, ours < unless told
    same = [{**holder, "optional_data_check_digit": "0"} for holder in holders]

    def theirs() -> list[str]:
        return [str(TD3CodeGenerator(*given)) for given in arguments]

    def ours() -> list[str]:
        return [mrz.make("TD3", **given).text for given in same]

    if theirs() != ours():
        raise RuntimeError("the two generators do not make the same zones")
    return ratio(theirs, ours, rounds=60, repeat=1) | {
        "compared": "mrz 0.6.2's TD3CodeGenerator over mrz.make, 50 zones"
    }


def mrz_repair_ratio(folder: Path) -> Result:
    """The repair of a zone with three wrong characters over its plain reading as it was; the worst of 200 zones."""
    picked, day = seeded(9303), AT.date()
    read_as: dict[str, list[str]] = {}
    for read, meanings in confusions().of.items():
        for meant, cost in meanings if read.isascii() and read.isalnum() else ():
            if cost <= 2:
                read_as.setdefault(meant, []).append(read)
    pairs = []
    for number in range(200):
        right = random_zone(picked, FORMATS[number % len(FORMATS)]).text
        wrong = list(right)
        places = [
            i
            for i, character in enumerate(right)
            if character in read_as and (character != "<" or picked.random() < 0.2)
        ]
        for place in picked.sample(places, 3):
            wrong[place] = picked.choice(read_as[wrong[place]])
        pairs.append((right, "".join(wrong)))
    alike = sum(mrz.parse(wrong, at=day, repair=True).text == right for right, wrong in pairs)

    def cost(right: str, wrong: str, rounds: int) -> Result:
        def measured() -> mrz.Mrz:
            return mrz.parse(wrong, at=day, repair=True)

        def floor() -> list[mrz.Mrz]:
            return [mrz.parse(right, at=day) for _ in range(100)]

        result = ratio(measured, floor, rounds=rounds, repeat=1)
        return {**result, "value": round(float(str(result["value"])) * 100, 1)}

    each = sorted((float(str(cost(*pair, 5)["value"])), pair) for pair in pairs)
    return cost(*each[-1][1], 60) | {
        "compared": "mrz.parse(repair=True) of a zone with three wrong characters over mrz.parse of it as it was, "
        f"the worst of {len(pairs)} in five formats; the median one {each[len(each) // 2][0]:.0f}; "
        f"{alike} were given back as they were"
    }


def _pictured(kind: str, seed: int) -> tuple[bool, bool, bool]:
    """Draw one picture of the setting on which the reader was not tuned, and read it.

    Returned: read exactly, passed as valid without a word although wrong, with a warning or repaired though right.
    """
    import cv2
    from tests.support import hard_pictures, pictures

    cv2.setNumThreads(1)
    if kind == "photograph":
        picture = pictures.photograph(seed, pictures.HELD_OUT)
    elif kind == "sent":
        picture = hard_pictures.sent(seed)
    elif kind == "damaged":
        picture = pictures.damaged(seed, pictures.HELD_OUT)
    else:
        picture = pictures.flatbed(seed, pictures.HELD_OUT, float(kind))
    zone = mrz.read(picture.file() if kind not in ("photograph", "sent") else picture.image, at=pictures.AT)
    exact, notice = zone.lines == picture.lines, bool(zone.problems) or zone.repaired
    return exact, not exact and zone.valid and not notice, exact and notice


def _read(kind: str, count: int, what: str) -> tuple[Result, int]:
    """Return the share of pictures that are read exactly, and how many wrong zones pass in silence."""
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(
        os.cpu_count(), mp_context=context, initializer=sys.path.insert, initargs=(0, str(ROOT))
    ) as pool:
        results = list(pool.map(_pictured, [kind] * count, range(40_000, 40_000 + count), chunksize=4))
    share = sum(exact for exact, _, _ in results) / count
    notices = sum(notices for _, _, notices in results)
    compared = f"of {count} {what}, read exactly; {notices} of these with a warning or repaired; spread: standard error"
    spread = (share * (1 - share) / count) ** 0.5
    result: Result = {"value": round(share, 4), "spread": round(spread, 4), "compared": compared}
    return result, sum(silent for _, silent, _ in results)


_SCANNED = "of five formats at {} dpi, turned by up to 5 degrees, noise, blur, uneven light"
_HELD = "photographs 600 to 4000 pixels wide, any way up, slanted, coloured, textured, JPEG"


def mrz_read_300dpi(folder: Path) -> Result:
    """Zones read exactly from scans at 300 dpi."""
    return _read("300", 100, f"scans {_SCANNED.format(300)}")[0]


def mrz_read_150dpi(folder: Path) -> Result:
    """Zones read exactly from scans at 150 dpi."""
    return _read("150", 100, f"scans {_SCANNED.format(150)}")[0]


def mrz_read_photographs(folder: Path) -> Result:
    """Zones read exactly from photographs of whole pages."""
    return _read("photograph", 100, _HELD)[0]


def mrz_read_sent(folder: Path) -> Result:
    """Zones read exactly from pictures with several troubles at once."""
    troubles = "askew, curled, shaded, shining, shaken, overprinted, busy, small, badly printed, squeezed"
    return _read("sent", 100, f"pictures as people send them, each with one to three troubles: {troubles}")[0]


def mrz_read_wrong_as_valid(folder: Path) -> Result:
    """Damaged pictures whose zone was read wrongly and passed as valid without a word."""
    count = 1000
    result, silent = _read("damaged", count, "damaged pictures")
    text = f"{silent} of {count} damaged pictures gave a wrong zone that is valid, not repaired, and without a problem"
    return {"value": silent, "spread": 0, "compared": f"{text}; {result['value']:.1%} were read exactly"}


FIGURES = {
    "mrz.parse_speedup": mrz_parse_speedup,
    "mrz.make_speedup": mrz_make_speedup,
    "mrz.repair_ratio": mrz_repair_ratio,
}
PICTURES = {
    "mrz.read_300dpi": mrz_read_300dpi,
    "mrz.read_150dpi": mrz_read_150dpi,
    "mrz.read_photographs": mrz_read_photographs,
    "mrz.read_sent": mrz_read_sent,
    "mrz.read_wrong_as_valid": mrz_read_wrong_as_valid,
}
