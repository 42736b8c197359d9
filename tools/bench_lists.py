"""The watch lists' figures for ``tools/bench``. Not a tool of its own."""

import json
import random
from collections import Counter
from pathlib import Path

import made_up
from bench_common import Result, ratio
from tjdocs.mrz.names import Name
from tjdocs.watchlists.watchlists import PersonQuery, Watchlists, categories


def match_growth(folder: Path) -> Result:
    """Looking persons up in a list of 1,000,000 over looking the same up in one of 1,000, possible matches included."""
    picked = random.Random(9303)
    syllables = [a + b for a in "BDFGHJKLMNPRSTVYZ" for b in "AEIOU"]

    def word() -> str:
        return "".join(picked.choices(syllables, k=picked.randint(2, 4))) + picked.choice("NRSV")

    surnames, given = [word() + "OV" for _ in range(20_000)], [word() for _ in range(2_000)]

    def born() -> str:
        day = f"{picked.randint(1940, 2010)}-{picked.randint(1, 12):02d}-{picked.randint(1, 28):02d}"
        return day[: picked.choices((10, 7, 4, 0), (94, 2, 3.5, 0.5))[0]]

    def rows(count: int) -> list[dict[str, object]]:
        # few names are very common, as everywhere
        return [
            {
                "id": str(number), "category": "ban", "direction": "both",
                "reason": "specimen", "authority": "specimen",
                "primary_identifier": surnames[min(int(picked.expovariate(0.005)), 19_999)],
                "secondary_identifier": given[min(int(picked.expovariate(0.02)), 1_999)], "date_of_birth": born(),
            }
            for number in range(count)
        ]  # fmt: skip

    short = rows(1000)
    indexes = []
    for name, more in (("short", []), ("long", rows(999_000))):
        path = folder / f"{name}.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in (*short, *more)))
        indexes.append(Watchlists.build(folder / f"{name}.db", [path]))
    # half of the travellers are on the list, with whole and partly known dates; half have its commonest names
    people = [
        PersonQuery((Name((row["primary_identifier"],), (row["secondary_identifier"],)),), row["date_of_birth"])
        for row in (*short[:100], *({**row, "date_of_birth": "1980-05-05"} for row in short[100:200]))
    ]
    matches = [sum(len(index.find(person, categories()).matches) for person in people) for index in indexes]

    def look_up(index: Watchlists) -> None:
        for person in people:
            index.find(person, categories())

    return ratio(lambda: look_up(indexes[1]), lambda: look_up(indexes[0]), rounds=30, repeat=1) | {
        "compared": f"{len(people)} persons in a list of 1,000,000 ({matches[1]} matches) over the same in one of 1,000"
        f" ({matches[0]} matches)"
    }


_TRAVELLERS, _ENTRIES = 100_000, 10_000


def possible_share(folder: Path) -> Result:
    """Share of honest travellers, per cent, for whom a list of bans has a match that is not theirs.

    The same entries as a list of visas are matched as everything was before bans were matched wider.
    """
    people = [
        PersonQuery((Name(tuple(one.primary.split()), tuple(one.secondary.split())),), one.born, one.sex)
        for one in made_up.people(_TRAVELLERS, seed=4217)
    ]
    rules: dict[str, Counter[str]] = {}
    for category in ("ban", "visa"):
        lists = Watchlists.of(made_up.entries(_ENTRIES, seed=9303, category=category))
        results = (lists.find(person, [category]).matches for person in people)
        firsts = (matches[0] for matches in results if matches)
        rules[category] = Counter(f"{match.by} ({match.born})" if match.born else match.by for match in firsts)
    share = {category: 100 * sum(counts.values()) / _TRAVELLERS for category, counts in rules.items()}
    counted = ", ".join(f"{rule} {count}" for rule, count in rules["ban"].most_common())
    return {
        "value": round(share["ban"], 3),
        "spread": 0,
        "compared": f"per cent of {_TRAVELLERS} made-up travellers against {_ENTRIES} entries; {share['visa']:.3f} "
        f"by the names as they are spelt, as before and as for rights; first matches: {counted}",
    }


FIGURES = {
    "ban.possible_share": possible_share,
    "ban.match_growth": match_growth,
}
