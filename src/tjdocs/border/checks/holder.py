"""Law on the person, by lists: ``holder.ban``, ``holder.watch``, ``holder.right``, ``holder.permit``."""

from collections.abc import Iterable, Mapping
from functools import cache
from types import MappingProxyType

from tjdocs import specs
from tjdocs.border.crossing import Crossing
from tjdocs.documents.document_type import Cited
from tjdocs.findings import Finding, Outcome
from tjdocs.messages import Message
from tjdocs.watchlists.watchlists import Category, Entry, Found, Match, appeals, categories

__all__ = ["ban", "concerning", "incomplete", "is_suspended", "matches", "permit", "right", "rights", "watch"]

_CROSSINGS = ("entry", "exit")
_OUTCOMES = {"refuse": Outcome.FAILED, "refer": Outcome.UNDETERMINED, "tell": Outcome.WARNING}


def ban(crossing: Crossing) -> list[Finding]:
    """Judge ``holder.ban``: an exact match refuses, a possible one refers (BOR-2)."""
    return _watched(crossing, "holder.ban", "banned")


def watch(crossing: Crossing) -> list[Finding]:
    """Judge ``holder.watch``: every other list, each with its own consequence."""
    return _watched(crossing, "holder.watch", "listed")


def _watched(crossing: Crossing, check: str, word: str) -> list[Finding]:
    if crossing.direction is None:
        return [Finding(check, Outcome.UNDETERMINED, "no-direction")]
    looked_up = _categories(crossing, check)
    if not looked_up:
        return [Finding(check, Outcome.NOT_APPLICABLE, "not-asked-for")]
    if crossing.lists is None or not any(crossing.listed.get(name) for name in looked_up):
        return [Finding(check, Outcome.UNDETERMINED, "no-list")]
    result = crossing.look_up(looked_up)
    if result is None:
        return [Finding(check, Outcome.UNDETERMINED, "no-input")]
    findings = incomplete(check, result)
    day = crossing.day.isoformat()
    for match in concerning(result, crossing):
        if _on(match.entry, day):
            findings.append(_consequence(check, word, match, looked_up[match.entry.category]))
    if crossing.person is not None and not crossing.person.names:
        findings.append(Finding(check, Outcome.UNDETERMINED, "no-input"))
    lacking, little = _unfit(crossing, looked_up)
    if lacking:
        findings.append(Finding.of(check, Outcome.WARNING, "unfit-entries", Message.all((*lacking, *little))))
    return findings or [Finding.of(check, Outcome.PASSED, detail=little[0] if little else "")]


def _unfit(crossing: Crossing, wanted: Iterable[str]) -> tuple[tuple[Message, ...], tuple[Message, ...]]:
    """Return two details: how many entries match nobody or not in each spelling, and how many only a single name."""
    counts = [crossing.unfit.get(name, {}) for name in wanted]
    little = sum(count.get("too-little", 0) for count in counts)
    partly = sum(count.get("spellings", 0) + count.get("names", 0) for count in counts)
    codes = sum(count.get("code", 0) for count in counts)
    lacking = sum(sum(count.values()) for count in counts) - little - partly - codes
    counted = (("not-findable", lacking), ("without-code", codes), ("more-spellings", partly))
    unfit = tuple(Message.of(id_, count=count) for id_, count in counted if count)
    return unfit, (Message.of("too-little", count=little),) if little else ()


def incomplete(check: str, result: Found) -> list[Finding]:
    """Return a finding for each reason why a look-up may have missed entries."""
    reasons = [word for word, applies in (("limit", result.limit), ("list-altered", result.altered)) if applies]
    return [Finding(check, Outcome.UNDETERMINED, word) for word in reasons]


def concerning(result: Found, crossing: Crossing) -> list[Match]:
    """Return the matches whose entries concern this direction and are not lifted by an appeal.

    A permit for the border area or a registration crosses no border: a direction in it is not asked there.
    """
    fitting = ["", "both", crossing.direction]
    return [
        match
        for match in result.matches
        if (match.entry.direction in fitting or (_grants(match.entry) and crossing.direction not in _CROSSINGS))
        and _effect(match.entry) != "lifted"
    ]


def matches(crossing: Crossing, check: str) -> list[Match]:
    """Return the matches that a check found, for a report; none of a check without lists."""
    wanted = _categories(crossing, check)
    result = crossing.look_up(wanted) if wanted else None
    return concerning(result, crossing) if result is not None else []


def _grants(entry: Entry) -> bool:
    return categories()[entry.category].kind == "grant"


def is_suspended(entry: Entry) -> bool:
    """Whether an officer decides if an entry is in force: a suspended ban bans nobody, a suspended right gives none."""
    return _effect(entry) == "refer"


def _effect(entry: Entry) -> str:
    return appeals()[entry.appeal or "none"]


def _on(entry: Entry, day: str) -> bool:
    return (entry.valid_from or day) <= day <= (entry.valid_until or day)


def _consequence(check: str, word: str, match: Match, category: Category) -> Finding:
    entry = match.entry
    consequence = category.exact if match.exact else category.possible
    outcome = _OUTCOMES[consequence]
    reason = "told" if consequence == "tell" else word if match.exact else "possible-match"
    if is_suspended(entry) and outcome is Outcome.FAILED:
        outcome, reason = Outcome.UNDETERMINED, "appeal"
    facts = (
        ("value", "value", entry.category),
        ("reason", "reason", entry.reason),
        ("authority", "authority", entry.authority),
        ("state", "state", entry.state),
        ("until", "day", entry.valid_until),
        ("appeal", "appeal", entry.appeal),
        ("matched-by", "how", match.by),
        ("date-of-birth", "how", match.born),
    )
    detail = Message.all(tuple(Message.of(id_, **{name: value}) for id_, name, value in facts if value))
    return Finding.of(check, outcome, reason, detail, entry.id)


def _categories(crossing: Crossing, check: str) -> Mapping[str, Category]:
    """Return the categories of a check that are looked up in this direction."""
    return _looked_up(check, crossing.direction)


@cache
def _looked_up(check: str, direction: str | None) -> Mapping[str, Category]:
    return MappingProxyType({c.id: c for c in categories().values() if c.check == check and direction in c.directions})


# --------------------------------------------------------------------------------------------------------------- right


class OwnState(specs.Row, frozen=True):
    """The State whose border it is, and the documents on which its residents return."""

    code: str
    returning: tuple[str, ...]


class Agreement(Cited, frozen=True, kw_only=True):
    """States whose citizens enter without a visa."""

    id: str
    states: tuple[str, ...]


class RightFile(specs.Spec, frozen=True):
    """The form of ``specs/border/rights.toml``."""

    state: OwnState
    agreement: tuple[Agreement, ...]


@cache
def rights() -> RightFile:
    """Return ``specs/border/rights.toml``.

    :raises tjdocs.errors.SpecError: it is malformed
    """
    return specs.load("border/rights.toml", RightFile)


def citizen(crossing: Crossing) -> bool:
    """Whether the holder is a citizen of the State whose border it is."""
    return crossing.nationality == rights().state.code


def right(crossing: Crossing) -> list[Finding]:
    """Judge ``holder.right``: citizenship, return, agreement, or a visa or permit on a list (BOR-3)."""
    check = "holder.right"
    if crossing.direction is None:
        return [Finding(check, Outcome.UNDETERMINED, "no-direction")]
    if crossing.direction != "entry":
        return [Finding(check, Outcome.NOT_APPLICABLE, "not-entering")]
    if not crossing.nationality:
        return [Finding(check, Outcome.UNDETERMINED, "no-input")]
    if citizen(crossing):
        return [Finding.of(check, Outcome.PASSED, detail=Message.word("citizen"))]
    class_ = crossing.document_class
    if class_ is not None and class_.id in rights().state.returning:
        return [Finding.of(check, Outcome.PASSED, detail=Message.of("returning-on", document=class_.id))]
    for row in rights().agreement:
        if crossing.nationality in row.states:
            return [Finding.of(check, Outcome.PASSED, detail=Message.word(row.id))]
    return [_granted(crossing, check, "no-right", "expired")]


# -------------------------------------------------------------------------------------------------------------- permit


_CITIZEN = "a citizen needs none for the border area"


def permit(crossing: Crossing) -> list[Finding]:
    """Judge ``holder.permit``: border area for all but citizens (BOR-6), border stripe for all (BOR-7)."""
    check = "holder.permit"
    if crossing.direction is None:
        return [Finding(check, Outcome.UNDETERMINED, "no-direction")]
    if crossing.direction == "border-area" and citizen(crossing):
        return [Finding.of(check, Outcome.NOT_APPLICABLE, "not-needed", Message.word(_CITIZEN))]
    if not _categories(crossing, check):
        return [Finding(check, Outcome.NOT_APPLICABLE, "not-needed")]
    return [_granted(crossing, check, "no-permit", "out-of-date")]


def _granted(crossing: Crossing, check: str, none: str, past: str) -> Finding:
    """Return the best of what the entries found come to."""
    wanted = _categories(crossing, check)
    if crossing.lists is None or not any(crossing.listed.get(name) for name in wanted):
        return Finding(check, Outcome.UNDETERMINED, "no-list")
    result = crossing.look_up(wanted)
    if result is None:
        return Finding(check, Outcome.UNDETERMINED, "no-input")
    judged = [_grant(match, crossing, check, past) for match in concerning(result, crossing)]
    judged += incomplete(check, result)
    for outcome in (Outcome.PASSED, Outcome.UNDETERMINED, Outcome.FAILED):
        for finding in judged:
            if finding.outcome is outcome:
                return finding
    return Finding(check, Outcome.FAILED, none)


def _grant(match: Match, crossing: Crossing, check: str, past: str) -> Finding:
    entry = match.entry
    detail = Message.of("granted-until", category=entry.category, day=str(entry.valid_until))
    if not _on(entry, crossing.day.isoformat()):
        return Finding.of(check, Outcome.FAILED, past, detail, entry.id)
    for allowed, asked, word in (
        (entry.places, crossing.claims.place, "other-place"),
        (entry.routes, crossing.claims.route, "other-route"),
    ):
        if allowed and not asked:
            return Finding.of(check, Outcome.UNDETERMINED, "no-place", detail, entry.id)
        if allowed and asked.casefold() not in (place.casefold() for place in allowed):
            return Finding.of(check, Outcome.FAILED, word, detail, entry.id)
    for doubt, reason, why in (
        (not match.exact, "possible-match", Message.of("matched-by", how=match.by)),
        (is_suspended(entry), "appeal", Message.of("appeal", appeal=entry.appeal)),
    ):
        if doubt:
            return Finding.of(check, Outcome.UNDETERMINED, reason, Message.all((detail, why)), entry.id)
    return Finding.of(check, Outcome.PASSED, detail=detail, subject=entry.id)
