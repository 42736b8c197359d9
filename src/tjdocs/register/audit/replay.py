"""The log played again: what the other tables must say after every act in it."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any, NamedTuple

from tjdocs.auditlog.entry import UNREADABLE, read_leaf, read_moment, split_signatures
from tjdocs.documents.number_pattern import Pattern
from tjdocs.errors import RegisterError, UsageError
from tjdocs.register import decisions, lifecycle, records
from tjdocs.register.audit.issue_entries import Said
from tjdocs.register.audit.roll import ABOUT_OFFICERS, Fault, Roll
from tjdocs.register.belonging import BELONG, SETTING
from tjdocs.register.blanks import apply, as_told
from tjdocs.register.number_ranges import Span, Stock
from tjdocs.times import day_of

__all__ = ["UNKNOWN", "Replay"]

State = tuple[str, str, str, str]  # state, ground, replaced by, since
UNKNOWN = "?"  # what an entry that was not read would say
_ABOUT_ANOTHER = Fault("unlawful", "the entry is about something else")
_KEY = ("key", "proof")
# what each act without blanks and documents has in its entry, in addition to the keys of all
_MEMBERS = {
    "init": ("trial", "keys", "migrated", *_KEY),
    "migrate": ("before", "now", "register", *_KEY),
    "enrol": ("role", "office", "fingerprint", *_KEY),
    "dismiss": ("role",),
    "new-key": _KEY,
    "rewrap": (),
    "series": ("series", "document_type"),
    "decide": ("decision",),
    BELONG: ("csca",),
}
_FORM = {"schema", "act", "subject", "at", "officers", "nonce"}
_DECISION = {
    "kind", "outcome", "day", "document_type", "officer", "act", "citizenship", "sex", "category", "office", "person",
}  # fmt: skip


class Replacing(NamedTuple):
    """Hold why a document was replaced, which the issue in its place must say too."""

    number: str
    ground: str
    at: str
    officers: tuple[str, ...]


class Replay:
    """Everything but the issued documents' own rows, which an audit compares as it reads.

    :param whole: from the first entry on; else acts before it are unknown, and not required
    :param roll: verifies officers and signatures; None: they are not verified
    """

    def __init__(self, *, whole: bool = True, roll: Roll | None = None) -> None:
        self._whole = whole
        self._roll = roll
        self._seen: set[int] = set()
        self._moments: dict[str, datetime] = {}
        self.replacing: dict[str, Replacing] = {}  # by the number of the new document
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
            faults = [] if (entry["act"], entry["subject"]) == (act, subject) else [_ABOUT_ANOTHER]
            if (seen := hash(body)) in self._seen:  # whatever its signatures
                return [*faults, Fault("unlawful", "the same entry twice")]
            self._seen.add(seen)
            if (fault := self._judged(entry, body, signatures, place)) is not None:
                faults.append(fault)
            if entry["act"] != "issue":
                self._play(entry)
        except (RegisterError, UsageError) as error:
            faults.append(Fault("unlawful", error.message))
        except UNREADABLE:
            if act in ABOUT_OFFICERS and self._roll is not None:
                self._roll.lose()
            return [Fault("unlawful", "not readable")]
        return faults

    def _judged(self, entry: dict[str, Any], body: bytes, signatures: dict[str, bytes], place: int) -> Fault | None:
        if self._roll is None:
            return None
        if entry["act"] in ABOUT_OFFICERS:
            return self._roll.add(entry, body, signatures, place)
        office = entry.get("told", {}).get("office", "") if entry["act"] == "confirm" else ""
        return self._roll.judge(entry["act"], entry["officers"], body, signatures, office)

    def _play(self, entry: dict[str, Any]) -> None:
        act, subject = entry["act"], entry["subject"]
        if "blanks" in entry:
            _check_form(entry, "blanks", "told")
            _check_count(act, entry, lifecycle.blanks().action(act).officers)
            self._check_numbers(subject, entry["blanks"])
            if self._whole:
                self._blanks(act, entry)
        elif "document" in entry:
            _check_form(entry, "document", "reference")
            self._document(act, subject, entry)
        elif act in _MEMBERS:
            _check_form(entry, *_MEMBERS[act])
            self._other(act, subject, entry)
        else:
            raise RegisterError("unknown action")

    def _other(self, act: str, subject: str, entry: dict[str, Any]) -> None:
        if act == "series":
            kind = records.word(entry["document_type"], "document_type")
            self._declare(entry["series"], kind, Pattern.parse(subject))
        elif act == "decide":
            self._decide(subject, entry)
        elif act == "init":
            self.settings = {"origin": subject, "trial": "1" if entry["trial"] else "0"}
        elif act == BELONG:
            self._belong(entry)

    def _declare(self, series: int, document_type: str, pattern: Pattern) -> None:
        if series in self.series or any(known.collides(pattern) for _, known in self.series.values()):
            raise RegisterError("a series whose numbers are another's")
        self.series[series] = (document_type, pattern)

    def _belong(self, entry: dict[str, Any]) -> None:
        if SETTING in self.settings:
            raise RegisterError("the register belongs to an authority")
        self.settings[SETTING] = entry["csca"]["key"]

    def _document(self, act: str, subject: str, entry: dict[str, Any]) -> None:
        row, before = entry["document"], self.documents.get(subject)
        moment = read_moment(entry["at"])
        count = 1 if act == "replace" else lifecycle.documents().action(act).officers
        _check_count(act, entry, count)
        expected = self._outcome(act, entry, before)
        if row != expected:
            wrong = sorted(name for name in row.keys() | expected.keys() if row.get(name) != expected.get(name))
            raise RegisterError(f"{wrong[0]} is not what {act} makes of it")
        if subject in self._moments and moment < self._moments[subject]:
            raise RegisterError("an act before the last one on this document")
        if act == "replace":
            if row["replaced_by"] in self.replacing:
                raise RegisterError("one document in place of two")
            replacing = Replacing(subject, row["ground"], entry["at"], tuple(entry["officers"]))
            self.replacing[row["replaced_by"]] = replacing
        self._moments[subject] = moment
        # an entry that was not read names the new number: the row's own is taken
        unknown = before[2] if before else "" if self._whole else UNKNOWN
        self.documents[subject] = (row["state"], row["ground"], row.get("replaced_by", unknown), row["since"])

    def _outcome(self, act: str, entry: dict[str, Any], before: State | None) -> dict[str, str]:
        """Return what an act makes of a document, by its life: nothing is believed but a ground and a number.

        :raises RegisterError: an act that is not lawful for it, or lacks a value
        """
        life, row = lifecycle.documents(), entry["document"]
        state = before[0] if before else "issued" if self._whole else None
        columns = {"since": entry["at"]}
        if act == "replace":
            rule = life.replacements.get(row.get("ground", ""))
            if rule is None or (state is not None and state not in rule.from_) or (before and before[2]):
                raise RegisterError(f"{row.get('ground', '')[:40]} is not a ground at status {state}")
            if not records.is_number(row.get("replaced_by")) or "reference" in entry:
                raise RegisterError("replaced by no document")
            return {**columns, "state": rule.to, "ground": rule.id, "replaced_by": row["replaced_by"]}
        move = life.action(act)
        if state is not None:
            life.check(move, state)
        if "ground" in move.needs:
            ground = records.told(row.get("ground"), "ground")
        else:
            ground = before[1] if before else "" if self._whole else row["ground"]
        if "act" in move.needs or "reference" in entry:
            records.told(entry.get("reference"), "reference")
        return {**columns, "state": move.to, "ground": ground}

    def _check_numbers(self, subject: str, blanks: dict[str, int]) -> None:
        """Require the subject that these blanks have.

        :raises RegisterError: it is about others
        """
        first, last = blanks["first"], blanks["last"]
        if blanks["series"] not in self.series:
            if self._whole:
                raise RegisterError("blanks of no series")
            return
        self.series[blanks["series"]][1].check(first, last)
        if subject != self.number(blanks["series"], first, last):
            raise RegisterError(f"its blanks are {self.number(blanks['series'], first, last)}")

    def _decide(self, subject: str, entry: dict[str, Any]) -> None:
        decision, outcomes = entry["decision"], lifecycle.decisions()
        if decision.keys() != _DECISION:
            raise RegisterError("a decision without its columns, or with others")
        if subject in self.decisions:
            raise RegisterError("decided before under this id")
        if entry["officers"] != [decision["officer"]]:
            raise RegisterError("another officer than the one who signs")
        if decision["outcome"] not in outcomes.get(decision["kind"], ()):
            raise RegisterError("unknown decision")
        decisions.check(subject, decision)
        if date.fromisoformat(decision["day"]) > day_of(read_moment(entry["at"])):
            raise RegisterError("a decision of a day to come")
        self.decisions[subject] = decision

    def _blanks(self, act: str, table: dict[str, Any]) -> None:
        rule, blanks, details = lifecycle.blanks().action(act), table["blanks"], table.get("told", {})
        if details.keys() != set(rule.needs):
            raise RegisterError(f"{act} needs {', '.join(rule.needs)}, and nothing else")
        for need, text in details.items():
            as_told(need, records.told(text, need))
        first, last = blanks["first"], blanks["last"]
        stock = self.stock.setdefault(blanks["series"], Stock())
        moment = records.utc(read_moment(table["at"]))
        if not rule.from_:
            if stock.cover(first, last):
                raise RegisterError("blanks that were received before")
            stock.put(Span(first, last, rule.to, details["office"], "", moment), first, last)
            return
        if not stock.covers(first, last):
            raise RegisterError("blanks that were never received")
        for span in stock.cover(first, last):
            lifecycle.blanks().check(rule, span.state)
        apply(stock, rule, first, last, details, moment)

    def issued(
        self, number: str, series: int, blank: int, document_type: str, officer: str, replaces: str, said: Said, *,
        acted: bool,
    ) -> Fault | None:  # fmt: skip
        """Return the fault of an issue: another number than its blank's, or in place of what nobody replaced.

        :param acted: officers acted on the document since
        """
        _, pattern = self.series.get(series, ("", None))
        if (pattern is None and (self._whole or not records.is_number(number))) or (
            pattern is not None and pattern.number(blank) != number
        ):
            return Fault("unlawful", "another number than its blank has")
        if acted:
            if number in self._moments:
                return Fault("unlawful", "acted on before it was issued")
            self._moments[number] = read_moment(said.at)
        if not (replaces or said.ground or number in self.replacing):
            return None
        replaced = self.replacing.pop(number, None)
        if replaced is None and not self._whole and records.is_number(replaces):
            return None  # the act may be before the first entry read
        if replaced != Replacing(replaces, said.ground, said.at, (officer,)):
            return Fault("unlawful", f"in place of {replaces[:40] or 'none'}, which was not replaced by it")
        types = [kind for kind, one in self.series.values() if one.read(replaces) is not None]
        if self._whole and types != [document_type]:
            return Fault("unlawful", "in place of a document of another type")
        return None

    def numbers(self, series: int) -> Callable[[int], str]:
        """Return what names the blanks of a series; where it is unknown, by names that no number has."""
        return self.series[series][1].number if series in self.series else lambda blank: ""

    def unreplaced(self) -> Iterator[tuple[str, str]]:
        """Yield each document that was replaced by one that was never issued, with that one's number."""
        for number, replacing in self.replacing.items():
            yield replacing.number, number

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


def _check_form(entry: dict[str, Any], *names: str) -> None:
    """Refuse an entry with members that its act does not have.

    :raises RegisterError: it has such
    """
    if more := entry.keys() - _FORM - set(names):
        raise RegisterError(f"{min(more)[:40]} does not belong in such an entry")


def _check_count(act: str, entry: dict[str, Any], count: int) -> None:
    if len(entry["officers"]) != count or len(set(entry["officers"])) != count:
        raise RegisterError(f"{act} is signed by {count}")
