"""The log played again: what the other tables must say after every act in it."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from tjdocs.errors import RegisterError
from tjdocs.register import lives, values
from tjdocs.register.blanks import apply
from tjdocs.register.ranges import Pattern, Span, Stock

__all__ = ["Replay"]

State = tuple[str, str, str, str]  # state, ground, replaced by, since


class Replay:
    """Everything but the issued documents' own rows, which an audit compares as it reads."""

    def __init__(self) -> None:
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
            if "blanks" in table:
                self._blanks(act, table)
            elif "document" in table:
                row = table["document"]
                before = self.documents.get(subject, ("", "", "", ""))
                self.documents[subject] = (row["state"], row["ground"], row.get("replaced_by", before[2]), row["since"])
            elif act == "series":
                self.series[table["series"]] = (table["document_type"], Pattern.parse(subject))
            elif act == "enrol":
                self.officers.add((subject, table["role"], table["office"]))
            elif act == "dismiss":
                self.officers = {one for one in self.officers if one[:2] != (subject, table["role"])}
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
