"""The log played again: what the other tables must say after every act in it."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from tjdocs.errors import RegisterError
from tjdocs.register import lives, values
from tjdocs.register.blanks import apply
from tjdocs.register.ranges import Pattern, Span, Stock

__all__ = ["UNKNOWN", "Replay"]

State = tuple[str, str, str, str]  # state, ground, replaced by, since
UNKNOWN = "?"  # what an entry that was not read would say


class Replay:
    """Everything but the issued documents' own rows, which an audit compares as it reads.

    :param whole: from the first entry on; else what was lawful before is not known, and not asked
    """

    def __init__(self, *, whole: bool = True) -> None:
        self._whole = whole
        self._seen: set[int] = set()
        self._moments: dict[str, datetime] = {}
        self.settings: dict[str, str] = {}
        self.officers: set[tuple[str, str, str]] = set()
        self.series: dict[int, tuple[str, Pattern]] = {}
        self.stock: dict[int, Stock] = {}
        self.documents: dict[str, State] = {}
        self.decisions: dict[str, dict[str, Any]] = {}

    def add(self, act: str, subject: str, leaf: bytes) -> str:
        """Play one entry that is not an issue; return what is wrong with it, ``""`` for nothing."""
        try:
            table = json.loads(leaf)
            if (table["act"], table["subject"]) != (act, subject):
                return "the entry is about something else"
            if (seen := hash(leaf)) in self._seen:
                return "the same entry twice"
            self._seen.add(seen)
            if "blanks" in table:
                if self._whole:
                    self._blanks(act, table)
            elif "document" in table:
                self._document(act, subject, table["document"])
            elif act == "series":
                self.series[table["series"]] = (table["document_type"], Pattern.parse(subject))
            elif act == "enrol":
                if any(one[:2] == (subject, table["role"]) for one in self.officers):
                    return "the officer has that role"
                self.officers.add((subject, table["role"], table["office"]))
            elif act == "dismiss":
                gone = {one for one in self.officers if one[:2] == (subject, table["role"])}
                if self._whole and not gone:
                    return "the officer has no such role"
                self.officers -= gone
            elif act == "decide":
                self.decisions[subject] = table["decision"]
            elif act == "init":
                self.settings = {"origin": subject, "trial": "1" if table["trial"] else "0"}
            elif act not in ("rewrap", "migrate"):
                return "no such act"
        except (ValueError, KeyError, TypeError):
            return "not readable"
        except RegisterError as error:
            return error.message
        return ""

    def _document(self, act: str, subject: str, row: dict[str, Any]) -> None:
        before = self.documents.get(subject)
        moment = datetime.fromisoformat(row["since"])
        # a spoiling may come after anything: `resume` finds that what was recorded is not there
        if self._whole and act != "spoil":
            life, state = lives.documents(), before[0] if before else "issued"
            if act == "replace":
                if state not in life.replacements[row["ground"]].sources:
                    raise RegisterError(f"{row['ground']} is no ground for what is {state}")
            else:
                life.check(life.act(act), state)
            if subject in self._moments and moment < self._moments[subject]:
                raise RegisterError("an act before the last one on this document")
        self._moments[subject] = moment
        # what was not read says by whom it was replaced: the row's own word is taken
        unknown = before[2] if before else "" if self._whole else UNKNOWN
        self.documents[subject] = (row["state"], row["ground"], row.get("replaced_by", unknown), row["since"])

    def _blanks(self, act: str, table: dict[str, Any]) -> None:
        rule, blanks, told = lives.blanks().act(act), table["blanks"], table.get("told", {})
        first, last = blanks["first"], blanks["last"]
        stock = self.stock.setdefault(blanks["series"], Stock())
        moment = values.utc(datetime.fromisoformat(table["at"]))
        if not rule.sources:
            if stock.cover(first, last):
                raise RegisterError("blanks that were received before")
            stock.put(Span(first, last, rule.to, told["office"], "", moment), first, last)
            return
        if not stock.covers(first, last):
            raise RegisterError("blanks that were never received")
        for span in stock.cover(first, last):
            lives.blanks().check(rule, span.state)
        apply(stock, rule, first, last, told, moment)

    def issue(self, series: int, office: str, document_type: str, first: int, last: int) -> Iterator[tuple[int, int]]:
        """Take blanks that became documents out of the stock; yield stretches that could not have."""
        stock = self.stock.setdefault(series, Stock())
        if self.series.get(series, ("",))[0] != document_type:
            yield first, last
            return
        at = first
        for span in stock.cover(first, last):
            if span.first > at:
                yield at, span.first - 1
            if (span.state, span.office) != ("confirmed", office):
                yield span.first, span.last
            at = span.last + 1
        if at <= last:
            yield at, last
        stock.put(None, first, last)

    def number(self, series: int, first: int, last: int) -> str:
        """Return how a stretch of a series is called."""
        pattern = self.series[series][1] if series in self.series else None
        if pattern is None:
            return f"series {series}, {first}-{last}"
        return pattern.number(first) if first == last else f"{pattern.number(first)}-{pattern.number(last)}"
