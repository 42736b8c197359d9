"""The log played again: what the other tables must say after every act in it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from tjdocs.errors import RegisterError
from tjdocs.register import lives, values
from tjdocs.register.blanks import apply
from tjdocs.register.entries import UNREADABLE, read_leaf, read_moment, split_signatures
from tjdocs.register.ranges import Pattern, Span, Stock
from tjdocs.register.roll import ABOUT_OFFICERS, Fault, Roll

__all__ = ["UNKNOWN", "Replay"]

State = tuple[str, str, str, str]  # state, ground, replaced by, since
UNKNOWN = "?"  # what an entry that was not read would say
_ABOUT_ANOTHER = Fault("unlawful", "the entry is about something else")
_WITHOUT_ROWS = ("rewrap", "migrate", "enrol", "dismiss", "new-key")


class Replay:
    """Everything but the issued documents' own rows, which an audit compares as it reads.

    :param whole: from the first entry on; else what was lawful before is not known, and not asked
    :param roll: verifies officers and signatures; None: they are not verified
    """

    def __init__(self, *, whole: bool = True, roll: Roll | None = None) -> None:
        self._whole = whole
        self._roll = roll
        self._seen: set[int] = set()
        self._moments: dict[str, datetime] = {}
        self.settings: dict[str, str] = {}
        self.series: dict[int, tuple[str, Pattern]] = {}
        self.stock: dict[int, Stock] = {}
        self.documents: dict[str, State] = {}
        self.decisions: dict[str, dict[str, Any]] = {}

    def add(self, act: str, subject: str, leaf: bytes, place: int = 0) -> list[Fault]:
        """Play one entry that is not an issue; return its faults.

        :param place: the entry's, or the number of entries before it
        """
        body, signatures = split_signatures(leaf)
        try:
            entry = read_leaf(body)
            found = [] if (entry["act"], entry["subject"]) == (act, subject) else [_ABOUT_ANOTHER]
            if (seen := hash(leaf)) in self._seen:
                return [*found, Fault("unlawful", "the same entry twice")]
            self._seen.add(seen)
            if (fault := self._judged(entry, body, signatures, place)) is not None:
                found.append(fault)
            if entry["act"] != "issue":
                self._play(entry)
        except RegisterError as error:
            found.append(Fault("unlawful", error.message))
        except UNREADABLE:
            if act in ABOUT_OFFICERS and self._roll is not None:
                self._roll.lose()
            return [Fault("unlawful", "not readable")]
        return found

    def _judged(self, entry: dict[str, Any], body: bytes, signatures: dict[str, bytes], place: int) -> Fault | None:
        if self._roll is None:
            return None
        if entry["act"] in ABOUT_OFFICERS:
            return self._roll.add(entry, body, signatures, place)
        return self._roll.judge(entry["act"], entry["officers"], body, signatures)

    def _play(self, entry: dict[str, Any]) -> None:
        act, subject = entry["act"], entry["subject"]
        if "blanks" in entry:
            _check_count(act, entry, lives.blanks().act(act).officers)
            if self._whole:
                self._blanks(act, entry)
        elif "document" in entry:
            self._document(act, subject, entry)
        elif act == "series":
            self.series[entry["series"]] = (entry["document_type"], Pattern.parse(subject))
        elif act == "decide":
            self.decisions[subject] = entry["decision"]
        elif act == "init":
            self.settings = {"origin": subject, "trial": "1" if entry["trial"] else "0"}
        elif act not in _WITHOUT_ROWS:
            raise RegisterError("no such act")

    def _document(self, act: str, subject: str, entry: dict[str, Any]) -> None:
        row, before = entry["document"], self.documents.get(subject)
        moment = read_moment(row["since"])
        count = 1 if act == "replace" else lives.documents().act(act).officers
        _check_count(act, entry, count)
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
        moment = values.utc(read_moment(table["at"]))
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


def _check_count(act: str, entry: dict[str, Any], count: int) -> None:
    if len(entry["officers"]) != count or len(set(entry["officers"])) != count:
        raise RegisterError(f"{act} is signed by {count}")
