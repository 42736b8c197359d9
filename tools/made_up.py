"""Made-up travellers, of names put together by chance from ``name_parts.toml``. Not a tool of its own."""

import random
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

_PARTS = tomllib.loads((Path(__file__).parent / "name_parts.toml").read_text(encoding="utf-8"))["people"]
_OF_WOMEN = {
    "OV": "OVA", "EV": "EVA", "IN": "INA", "SKIY": "SKAYA", "OVICH": "OVNA", "EVICH": "EVNA", " OGLI": " QIZI",
}  # fmt: skip
_DAYS = [(date(1945, 1, 1) + timedelta(days)).isoformat() for days in range(366 * 65)]


@dataclass(frozen=True, slots=True)
class MadeUp:
    primary: str
    secondary: str
    born: str
    sex: str


class _People:
    def __init__(self, row: dict[str, object]) -> None:
        self._words = {key: str(row[key]).split() for key in ("stems", "male", "female")}
        # the first of a list are the commonest, as everywhere
        self._weights = {key: [1 / (place + 3) ** 0.8 for place in range(len(w))] for key, w in self._words.items()}
        self._ends = {key: (list(row[key]), list(row[key].values())) for key in ("endings", "father")}
        self._patronymic = int(row["patronymic"]) / 100

    def one(self, picked: random.Random, men: float) -> MadeUp:
        sex = "M" if picked.random() < men else "F"

        def word(key: str) -> str:
            return picked.choices(self._words[key], self._weights[key])[0]

        def ending(key: str) -> str:
            chosen = picked.choices(*self._ends[key])[0]
            return _OF_WOMEN.get(chosen, chosen) if sex == "F" else chosen

        secondary = word("male" if sex == "M" else "female")
        if picked.random() < self._patronymic:
            secondary += f" {word('male')}{ending('father')}"
        # who does not know the day has the first of January
        born = f"{picked.randint(1945, 2005)}-01-01" if picked.random() < 0.03 else picked.choice(_DAYS)
        return MadeUp(word("stems") + ending("endings"), secondary, born, sex)


def people(count: int, seed: int, *, men: float = 0.6) -> Iterator[MadeUp]:
    """Yield so many, the same for the same seed."""
    picked = random.Random(seed)
    groups, shares = [_People(row) for row in _PARTS], [row["share"] for row in _PARTS]
    for group in picked.choices(groups, shares, k=count):
        yield group.one(picked, men)


def entries(count: int, seed: int, category: str) -> Iterator[dict[str, object]]:
    """Yield so many entries of a list: of the same people, the date of some known in part, the given names of some."""
    picked = random.Random(seed + 1)
    for number, one in enumerate(people(count, seed, men=0.85)):
        given = one.secondary.split()
        count = picked.choices((len(given), 1, 0), (70, 28.5, 1.5))[0]
        yield {
            "id": str(number),
            "category": category,
            "direction": "both",
            "reason": "specimen",
            "authority": "specimen",
            "valid_until": "2036-01-01",
            "primary_identifier": one.primary,
            "secondary_identifier": " ".join(given[:count]),
            "date_of_birth": one.born[: picked.choices((10, 7, 4, 0), (94, 2, 3.5, 0.5))[0]],
            "sex": one.sex,
        }
