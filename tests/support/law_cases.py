"""Documents of ours and of others, a register and lists, for every reason that the law's checks give."""

import functools
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from tests.support import builders as b
from tjdocs import mrz, seal
from tjdocs.border import DocumentStatus, Evidence, Inspector, Verdict, Watchlists
from tjdocs.errors import RegisterError
from tjdocs.pki.signer import Signer, combination
from tjdocs.pki.trust.store import TrustStore

CODES = {
    "external-passport": ("TD3", "PP"),
    "internal-passport": ("TD1", "ID"),
    "stateless-id": ("TD3", "PS"),
    "registration-certificate": ("TD2", "IR"),
    "return-certificate": ("TD2", "PU"),
}


class Desk:
    """A register that is a table."""

    def __init__(self, standing: DocumentStatus | None = None, *, broken: bool = False) -> None:
        self.standing, self.broken, self.used = standing, broken, 0

    def status(self, number: str) -> DocumentStatus | None:
        if self.broken:
            raise RegisterError("out of reach")
        return self.standing

    def use_up(self, number: str, *, at: datetime, point: str) -> bool:
        self.used += 1
        return self.used == 1


@functools.cache
def authority() -> b.Party:
    return b.csca("CSCA SPECIMEN", "TJ", period=(b.moment(2010), b.moment(2045)))


@functools.cache
def document_signer() -> b.Party:
    codes = [code for _, code in CODES.values()]
    return b.signer(authority(), "TJ", types=[*codes, "P", "AX"], period=(b.moment(2010), b.moment(2040)), key_period=None)


@functools.lru_cache(maxsize=256)
def document(
    kind: str = "external-passport",
    *,
    issued: str | None = "2026-03-02",
    expires: str = "2036-03-01",
    nationality: str = "TJK",
    code: str = "",
    format_: str = "",
    born: str = "1994-11-24",
    primary: str = "ERIKSSON",
    secondary: str = "ANNA MARIA",
    number: str = "T00000001",
) -> tuple[str, dict[str, bytes]]:
    """Return zone and chip of a document of ours."""
    own_format, own_code = CODES.get(kind, ("TD3", "PP"))
    made = mrz.make(
        format_ or own_format,
        document_code=code or own_code,
        issuing_state="TJK",
        document_number=number,
        nationality=nationality,
        date_of_birth=born,
        sex="F",
        date_of_expiry=expires,
        primary_identifier=primary,
        secondary_identifier=secondary,
    )
    groups = {1: b.dg1("".join(made.lines)), 2: b.dg2()}
    if issued is not None:
        groups[12] = b.dg12(issued.replace("-", ""))
    values = {number: b.digest("sha256", data) for number, data in groups.items()}
    files = {f"DG{number}": data for number, data in groups.items()}
    files["EF.COM"] = b.com(groups)
    moment = datetime.fromisoformat(f"{issued or '2026-03-02'}T09:00:00+00:00")
    files["EF.SOD"] = b.sod(b.security_object(values), document_signer(), signing_time=moment)
    return made.text, files


@functools.lru_cache(maxsize=64)
def foreigner(nationality: str = "UTO", **zone: Any) -> tuple[str, dict[str, bytes]]:
    """Return zone and chip of another State's passport."""
    scene = b.scene(inside=b.zone(nationality=nationality, **zone))
    return scene.mrz, dict(scene.chip)


@dataclass(frozen=True)
class Traveller:
    """Who stands at the border, and what the officer has."""

    shown: tuple[str, dict[str, bytes]] | None = field(default_factory=document)
    direction: str | None = "entry"
    lists: tuple[dict[str, Any], ...] = ()
    register: Desk | None = None
    at: date | datetime = b.AT
    point: str = ""
    asks: bool = False
    claims: dict[str, Any] | None = None
    trusting: bool = True
    dry_run: bool = False
    origin: dict[str, Any] | None = None  # of the lists, if they are an excerpt

    def evidence(self) -> Evidence:
        text, chip = self.shown if self.shown is not None else (None, None)
        return Evidence(
            mrz=text, chip=chip, direction=self.direction, point=self.point, asks_protection=self.asks,
            claims=self.claims,
        )  # fmt: skip

    def inspector(self) -> Inspector:
        anchors = [authority().certificate, b.utopia().certificate] if self.trusting else []
        lists = Watchlists.of(self.lists, origin=self.origin) if self.lists else None
        return Inspector(trust=TrustStore.of(anchors), register=self.register, lists=lists)

    def judge(self) -> Verdict:
        return self.inspector().inspect(self.evidence(), at=self.at, dry_run=self.dry_run)


def entry(category: str = "ban", **more: Any) -> dict[str, Any]:
    """Return an entry that means the specimen's holder exactly."""
    return {
        "id": "E-1",
        "category": category,
        "primary_identifier": "ERIKSSON",
        "secondary_identifier": "ANNA MARIA",
        "date_of_birth": "1994-11-24",
        "direction": "both",
        "reason": "court order",
        "authority": "court",
        "state": "UTO",
        **more,
    }


def grant(category: str, **more: Any) -> dict[str, Any]:
    """Return a visa or permit of the foreigner."""
    given = {"date_of_birth": "1974-08-12", "nationality": "UTO", "valid_until": "2026-12-31", "direction": "", **more}
    return entry(category, **given)


WAYS = " ".join(["اوهغ", "وهوه", "هقجة", "چوهو"] * 6)  # read in more ways than are looked for
AREA, STRIPE = "border-area-permit", "border-stripe-permit"
PAPER = ("registration-certificate", "return-certificate")
NEVER = {"id": "E-9", "category": "ban", "primary_identifier": "EKBERG", "direction": "both", "reason": "x", "authority": "y"}
CHINESE = {**NEVER, "primary_identifier": "李", "secondary_identifier": "明", "date_of_birth": "1994-11-24"}
ALTERED = {"altered": ["watch", "grant"]}
SOMEBODY = grant(AREA, primary_identifier="EKBERG", places=["Kulma"])


@dataclass(frozen=True)
class Case:
    id: str
    who: Traveller
    check: str
    outcome: str
    reason: str
    verdict: str


def case(id_: str, who: Traveller, check: str, outcome: str, reason: str = "", verdict: str = "") -> Case:
    usual = {"passed": "admit", "failed": "refuse", "warning": "admit", "not-applicable": "admit"}
    return Case(id_, who, check, outcome, reason, verdict or usual.get(outcome, "refer"))


T = Traveller
UNREADABLE = ("GARBAGE", None)
OUT = document(kind="stateless-id", nationality="XXA", issued="2026-03-02", expires="2027-03-01")
ID_CARD = document("internal-passport")
FOREIGN = foreigner()
VALID = DocumentStatus("handed-over", "external-passport", "2026-03-02", "2036-03-01")


def standing(status: str = "handed-over", **more: Any) -> Desk:
    given = {"document_type": "external-passport", "date_of_issue": "2026-03-02", "date_of_expiry": "2036-03-01"}
    return Desk(DocumentStatus(status, **{**given, **more}))


CHIP = {name: sha256(data).hexdigest() for name, data in document()[1].items()}


def without_sod() -> tuple[str, dict[str, bytes]]:
    text, chip = document()
    return text, {name: data for name, data in chip.items() if name != "EF.SOD"}


def td3(code: str, state: str = "UTO") -> tuple[str, None]:
    return b.lines(b.zone(code=code, state=state)), None


CASES = [
    # the document
    case("ours", T(), "doc.type", "passed"),
    case("old-code", T(document(code="P")), "doc.type", "passed"),
    case("no-zone", T(None), "doc.type", "undetermined", "no-input"),
    case("unknown-code", T(document(format_="TD1", code="AX")), "doc.type", "undetermined", "not-known"),
    case("code-in-another-format", T(document(format_="TD2", code="ID")), "doc.type", "undetermined", "not-known"),
    case("category-a", T(document("registration-certificate", expires="2026-09-01"), "domestic", claims={"category": "A"}),
         "doc.type", "passed", verdict="refuse"),  # it has expired
    case("category-h", T(document("registration-certificate"), "domestic", claims={"category": "H"}), "doc.type", "failed", "category"),
    case("genuine", T(), "doc.genuine", "passed"),
    case("untrusted", T(trusting=False), "doc.genuine", "undetermined", "premise"),
    case("use-in", T(), "doc.use", "passed"),
    case("use-out", T(direction="exit"), "doc.use", "passed"),
    case("use-no-direction", T(direction=None), "doc.use", "undetermined", "no-direction", "admit"),
    case("use-no-zone", T(None), "doc.use", "undetermined", "no-input"),
    case("use-unknown-kind", T(document(format_="TD1", code="AX")), "doc.use", "undetermined", "premise"),
    case("internal-in", T(ID_CARD), "doc.use", "failed", "domestic-only"),
    case("internal-out", T(ID_CARD, "exit"), "doc.use", "failed", "domestic-only"),
    case("internal-inside", T(ID_CARD, "domestic"), "doc.use", "passed"),
    case("external-inside", T(direction="domestic"), "doc.use", "undetermined", "wrong-direction"),
    case("registration-out", T(document("registration-certificate"), "exit"), "doc.use", "failed", "no-travel-document"),
    case("return-out", T(document("return-certificate", issued="2026-11-20", expires="2026-12-10"), "exit"), "doc.use", "failed", "wrong-direction"),
    case("stateless-out", T(OUT, "exit"), "doc.use", "passed"),
    case("stateless-in", T(OUT), "doc.use", "passed"),
    case("foreign-card", T((mrz.make("TD1", document_code="ID", issuing_state="UTO", document_number="1", nationality="UTO",
         date_of_birth="1974-08-12", sex="F", date_of_expiry="2036-03-01", primary_identifier="ERIKSSON").text, None)),
         "doc.use", "undetermined", "not-recognised"),
    case("visa-alone", T((mrz.make("MRV-A", document_code="V", issuing_state="UTO", document_number="1", nationality="UTO",
         date_of_birth="1974-08-12", sex="F", date_of_expiry="2036-03-01", primary_identifier="ERIKSSON").text, None)),
         "doc.use", "failed", "no-travel-document"),
    # how long it is valid
    case("ten-years-less-a-day", T(), "doc.validity-period", "passed"),
    case("the-anniversary", T(document(expires="2036-03-02")), "doc.validity-period", "passed"),
    case("a-day-more", T(document(expires="2036-03-03")), "doc.validity-period", "failed", "too-long"),
    case("stateless-two-years", T(document("stateless-id", nationality="XXA", expires="2028-03-01")), "doc.validity-period", "failed", "too-long"),
    case("stateless-anniversary", T(document("stateless-id", nationality="XXA", expires="2027-03-02")), "doc.validity-period", "passed"),
    case("return-31-days", T(document("return-certificate", issued="2026-11-20", expires="2026-12-21")), "doc.validity-period", "failed", "too-long"),
    case("return-30-days", T(document("return-certificate", issued="2026-11-20", expires="2026-12-20")), "doc.validity-period", "passed"),
    case("registration-extended", T(document("registration-certificate", issued="2026-11-20", expires="2027-05-21"), "domestic"),
         "doc.validity-period", "undetermined", "extended"),
    case("registration-six-months", T(document("registration-certificate", issued="2026-11-20", expires="2027-05-20"), "domestic"),
         "doc.validity-period", "passed"),
    case("registration-too-early", T(document("registration-certificate", issued="2019-12-17", expires="2020-06-16"), "domestic"),
         "doc.validity-period", "failed", "before-it-existed"),
    case("internal-too-early", T(document("internal-passport", issued="2014-02-28", expires="2024-02-27"), "domestic", at=date(2023, 1, 1)),
         "doc.validity-period", "failed", "before-it-existed"),
    case("internal-first-day", T(document("internal-passport", issued="2014-03-01", expires="2024-02-29"), "domestic", at=date(2023, 1, 1)),
         "doc.validity-period", "passed"),
    case("internal-expired-before", T(document("internal-passport", issued=None, expires="2014-02-28"), "domestic"),
         "doc.validity-period", "failed", "before-it-existed"),
    case("no-issue-date", T(document(issued=None)), "doc.validity-period", "undetermined", "no-issue-date", "admit"),
    case("issue-date-from-register", T(document(issued=None, expires="2036-03-03"), register=standing(date_of_expiry="2036-03-03")),
         "doc.validity-period", "failed", "too-long"),
    case("dated-tomorrow", T(document(issued="2026-11-25", expires="2036-11-24")), "doc.validity-period", "failed", "issued-in-future"),
    case("validity-foreign", T(FOREIGN, lists=(grant("visa"),)), "doc.validity-period", "not-applicable", "foreign"),
    case("validity-no-zone", T(None), "doc.validity-period", "undetermined", "no-input"),
    case("validity-unknown-kind", T(document(format_="TD1", code="AX")), "doc.validity-period", "undetermined", "premise"),
    case("validity-of-a-service-passport", T(document(code="PO")), "doc.validity-period", "not-applicable", "not-limited"),
    # the register
    case("no-register", T(), "register.status", "undetermined", "no-register", "admit"),
    case("stands", T(register=standing()), "register.status", "passed"),
    case("issued", T(register=standing("issued")), "register.status", "passed"),
    *(case(status, T(register=standing(status)), "register.status", "failed", status)
      for status in ("lost", "stolen", "revoked", "used-up", "replaced", "destroyed")),
    *(case(status, T(register=standing(status)), "register.status", "failed", "not-issued") for status in ("reserved", "spoiled")),
    case("never-issued", T(register=Desk()), "register.status", "failed", "unknown-number"),
    case("register-broken", T(register=Desk(broken=True)), "register.status", "undetermined", "unavailable"),
    case("register-of-other-words", T(register=standing("geklaut")), "register.status", "undetermined", "unavailable"),
    case("used-up-and-told", T(register=standing("used-up", since="2026-11-24T08:00:00+05:00", point="khujand-airport", by="officer-1")),
         "register.status", "failed", "used-up"),
    case("register-no-zone", T(None, register=Desk()), "register.status", "undetermined", "no-input"),
    case("register-foreign", T(FOREIGN, register=Desk(), lists=(grant("visa"),)), "register.status", "not-applicable", "foreign"),
    case("agrees", T(register=standing()), "register.agreement", "passed"),
    case("agreement-no-register", T(), "register.agreement", "undetermined", "no-register", "admit"),
    case("agreement-nothing", T(document(issued=None), register=Desk(DocumentStatus("issued"))), "register.agreement", "undetermined", "no-input", "admit"),
    case("agreement-foreign", T(FOREIGN, lists=(grant("visa"),)), "register.agreement", "not-applicable", "foreign"),
    case("agreement-premise", T(register=standing("lost")), "register.agreement", "undetermined", "premise", "refuse"),
    case("another-expiry", T(register=standing(date_of_expiry="2031-03-01")), "register.agreement", "failed", "differs"),
    case("another-issue", T(register=standing(date_of_issue="2021-03-02")), "register.agreement", "failed", "differs"),
    case("another-type", T(register=standing(document_type="internal-passport")), "register.agreement", "failed", "differs"),
    case("another-chip", T(register=standing(files={"DG2": "00" * 32})), "register.agreement", "failed", "differs"),
    case("another-chip-spelt-otherwise", T(register=standing(files={"Datagroup2.bin": "00" * 32})), "register.agreement", "failed", "differs"),
    case("chip-withheld", T((document()[0], None), register=standing(files=CHIP)), "register.agreement", "undetermined", "chip-not-shown"),
    case("signature-withheld", T(without_sod(), register=standing(files=CHIP)), "register.agreement", "undetermined", "chip-not-shown"),
    case("chip-withheld-and-expiry-altered", T((document()[0], None), register=standing(files=CHIP, date_of_expiry="2031-03-01")),
         "register.agreement", "failed", "differs"),
    case("chip-shown", T(register=standing(files=CHIP)), "register.agreement", "passed"),
    case("details-not-read", T((document()[0], {k: v for k, v in document()[1].items() if k not in ("DG12", "EF.COM")}), register=standing(files=CHIP)),
         "register.agreement", "passed"),
    case("a-page-is-no-chip", T((document()[0], None), register=standing(files={"page.png": "00" * 32})), "register.agreement", "passed", verdict="refer"),
    # where
    case("point", T(point="kulma"), "crossing.point", "passed"),
    case("no-point", T(), "crossing.point", "undetermined", "no-point", "admit"),
    case("point-no-direction", T(direction=None), "crossing.point", "undetermined", "no-direction", "admit"),
    case("point-inside", T(ID_CARD, "domestic"), "crossing.point", "not-applicable", "not-crossing"),
    case("no-such-point", T(point="my-back-garden"), "crossing.point", "undetermined", "not-set"),
    # protection
    case("not-asked", T(), "holder.protection", "not-applicable", "not-asked"),
    case("asked", T(asks=True), "holder.protection", "undetermined", "asked"),
    case("asked-without-anything", T(None, asks=True), "holder.protection", "undetermined", "asked"),
    case("asked-on-a-forgery", T(document(expires="2036-03-03"), asks=True), "holder.protection", "undetermined", "asked"),
    case("asked-under-a-ban", T(asks=True, lists=(entry(),)), "holder.protection", "undetermined", "asked"),
    # bans
    case("no-ban", T(lists=(NEVER,)), "holder.ban", "passed"),
    case("banned", T(lists=(entry(),)), "holder.ban", "failed", "banned"),
    case("banned-in", T(lists=(entry(direction="entry"),)), "holder.ban", "failed", "banned"),
    case("banned-out-entering", T(lists=(entry(direction="exit"),)), "holder.ban", "passed"),
    case("banned-out", T(direction="exit", lists=(entry(direction="exit"),)), "holder.ban", "failed", "banned"),
    case("ban-over", T(lists=(entry(valid_until="2026-11-23"),)), "holder.ban", "passed"),
    case("ban-last-day", T(lists=(entry(valid_until="2026-11-24"),)), "holder.ban", "failed", "banned"),
    case("ban-tomorrow", T(lists=(entry(valid_from="2026-11-25"),)), "holder.ban", "passed"),
    case("ban-year-alone", T(lists=(entry(date_of_birth="1994"),)), "holder.ban", "undetermined", "possible-match"),
    case("ban-spelt-otherwise", T(lists=(entry(primary_identifier="ERICSSON"),)), "holder.ban", "undetermined", "possible-match"),
    case("ban-in-cyrillic", T(lists=(entry(primary_identifier="ЭРИКССОН", secondary_identifier="АННА МАРИЯ"),)), "holder.ban", "undetermined", "possible-match"),
    case("birth-partly-unknown", T(document(born="94<<<<"), lists=(entry(),)), "holder.ban", "undetermined", "possible-match"),
    case("appeal-pending", T(lists=(entry(appeal="pending"),)), "holder.ban", "failed", "banned"),
    case("appeal-suspended", T(lists=(entry(appeal="suspended"),)), "holder.ban", "undetermined", "appeal"),
    case("appeal-granted", T(lists=(entry(appeal="granted"),)), "holder.ban", "passed"),
    case("two-bans", T(lists=(entry(appeal="granted"), entry(id="E-2"))), "holder.ban", "failed", "banned"),
    case("ban-in-letters-of-no-table", T(lists=(CHINESE,)), "holder.ban", "warning", "unfit-entries"),
    case("ban-of-more-spellings-than-are-looked-for", T(lists=({**NEVER, "primary_identifier": WAYS, "secondary_identifier": WAYS},)),
         "holder.ban", "warning", "unfit-entries"),
    case("ban-of-a-code-that-no-mrz-has", T(lists=({**NEVER, "document_number": "A1", "issuing_state": "GER"},)), "holder.ban", "warning", "unfit-entries"),
    case("ban-altered", T(lists=(NEVER,), origin=ALTERED), "holder.ban", "undetermined", "list-altered"),
    case("ban-no-list", T(), "holder.ban", "undetermined", "no-list", "admit"),
    case("ban-other-lists", T(lists=(SOMEBODY,)), "holder.ban", "undetermined", "no-list", "admit"),
    case("ban-no-direction", T(direction=None, lists=(entry(),)), "holder.ban", "undetermined", "no-direction", "admit"),
    case("ban-no-name", T(None, lists=(entry(),)), "holder.ban", "undetermined", "no-input"),
    case("ban-inside", T(ID_CARD, "domestic", lists=(entry(),)), "holder.ban", "not-applicable", "not-asked-for"),
    case("ban-untrusted", T(trusting=False, lists=(NEVER,)), "holder.ban", "undetermined", "premise"),
    case("ban-on-an-untrusted-document", T(trusting=False, lists=(entry(),)), "holder.ban", "failed", "banned"),
    case("ban-on-a-name-that-is-said", T(None, lists=(entry(),), claims={"primary_identifier": "Эрикссон", "date_of_birth": "1994"}),
         "holder.ban", "undetermined", "premise"),
    # other lists
    case("watch-nothing", T(lists=(entry("wanted-person", date_of_birth="1980-01-01"),)), "holder.watch", "passed"),
    case("missing-found", T(lists=(entry("missing-person"),)), "holder.watch", "undetermined", "listed"),
    case("missing-perhaps", T(lists=(entry("missing-person", date_of_birth="1994"),)), "holder.watch", "undetermined", "possible-match"),
    case("missing-inside", T(ID_CARD, "domestic", lists=(entry("missing-person"),)), "holder.watch", "undetermined", "listed"),
    case("missing-in-letters-of-no-table", T(lists=({**CHINESE, "category": "missing-person"},)), "holder.watch", "warning", "unfit-entries"),
    case("watch-altered", T(lists=({**NEVER, "category": "wanted-person"},), origin=ALTERED), "holder.watch", "undetermined", "list-altered"),
    case("foreign-ban-departing", T(direction="exit", lists=(entry("foreign-entry-ban"),)), "holder.watch", "warning", "told"),
    case("foreign-ban-arriving", T(lists=(entry("foreign-entry-ban"),)), "holder.watch", "undetermined", "no-list", "admit"),
    case("watch-no-direction", T(direction=None), "holder.watch", "undetermined", "no-direction", "admit"),
    case("watch-no-list", T(), "holder.watch", "undetermined", "no-list", "admit"),
    case("watch-no-name", T(None, lists=(entry("missing-person"),)), "holder.watch", "undetermined", "no-input"),
    case("watch-untrusted", T(trusting=False, lists=(entry("missing-person", date_of_birth="1990-01-01"),)), "holder.watch", "undetermined", "premise"),
    # the right to enter
    case("citizen", T(), "holder.right", "passed"),
    case("citizen-out", T(direction="exit"), "holder.right", "not-applicable", "not-entering"),
    case("right-no-direction", T(direction=None), "holder.right", "undetermined", "no-direction", "admit"),
    case("right-no-zone", T(None), "holder.right", "undetermined", "no-input"),
    case("stateless-returns", T(OUT), "holder.right", "passed"),
    case("visa-free", T(foreigner("RUS")), "holder.right", "passed"),
    case("visa-free-kazakhstan", T(foreigner("KAZ")), "holder.right", "passed"),
    case("visa", T(FOREIGN, lists=(grant("visa"),)), "holder.right", "passed"),
    case("residence-permit", T(FOREIGN, lists=(grant("residence-permit"),)), "holder.right", "passed"),
    case("visa-by-number", T(FOREIGN, lists=(grant("visa", document_number="L898902C3", issuing_state="UTO", date_of_birth=""),)), "holder.right", "passed"),
    case("visa-of-another", T(FOREIGN, lists=(grant("visa", primary_identifier="EKBERG"),)), "holder.right", "failed", "no-right"),
    case("visa-over", T(FOREIGN, lists=(grant("visa", valid_until="2026-11-23"),)), "holder.right", "failed", "expired"),
    case("visa-tomorrow", T(FOREIGN, lists=(grant("visa", valid_from="2026-11-25"),)), "holder.right", "failed", "expired"),
    case("visa-to-leave", T(FOREIGN, lists=(grant("visa", direction="exit"),)), "holder.right", "failed", "no-right"),
    case("visa-to-enter", T(FOREIGN, lists=(grant("visa", direction="entry"),)), "holder.right", "passed"),
    case("visa-lifted", T(FOREIGN, lists=(grant("visa", appeal="granted"),)), "holder.right", "failed", "no-right"),
    case("visa-suspended", T(FOREIGN, lists=(grant("visa", appeal="suspended"),)), "holder.right", "undetermined", "appeal"),
    case("visa-suspended-by-number", T(FOREIGN, lists=(grant("visa", document_number="L898902C3", issuing_state="UTO", date_of_birth="", appeal="suspended"),)),
         "holder.right", "undetermined", "appeal"),
    case("visa-suspended-and-over", T(FOREIGN, lists=(grant("visa", appeal="suspended", valid_until="2026-11-23"),)), "holder.right", "failed", "expired"),
    case("visa-pending", T(FOREIGN, lists=(grant("visa", appeal="pending"),)), "holder.right", "passed"),
    case("visa-suspended-beside-another", T(FOREIGN, lists=(grant("visa", appeal="suspended"), grant("residence-permit", id="E-2"))), "holder.right", "passed"),
    case("visa-perhaps", T(FOREIGN, lists=(grant("visa", date_of_birth="1974"),)), "holder.right", "undetermined", "possible-match"),
    case("visa-altered", T(FOREIGN, lists=(grant("visa", primary_identifier="EKBERG"),), origin=ALTERED), "holder.right", "undetermined", "list-altered"),
    case("visa-needed", T(FOREIGN), "holder.right", "undetermined", "no-list"),
    case("right-untrusted", T(trusting=False), "holder.right", "undetermined", "premise"),
    # border area and border stripe
    case("permit-crossing", T(), "holder.permit", "not-applicable", "not-needed"),
    case("permit-no-direction", T(direction=None), "holder.permit", "undetermined", "no-direction", "admit"),
    case("area-citizen", T(direction="border-area"), "holder.permit", "not-applicable", "not-needed"),
    case("area-foreigner", T(FOREIGN, "border-area", lists=(grant(AREA, places=["Kulma"]),), claims={"place": "kulma"}), "holder.permit", "passed"),
    case("area-nothing", T(FOREIGN, "border-area"), "holder.permit", "undetermined", "no-list"),
    case("area-none", T(FOREIGN, "border-area", lists=(SOMEBODY,)), "holder.permit", "failed", "no-permit"),
    case("area-over", T(FOREIGN, "border-area", lists=(grant(AREA, places=["Kulma"], valid_until="2026-01-01"),), claims={"place": "Kulma"}),
         "holder.permit", "failed", "out-of-date"),
    case("area-altered", T(FOREIGN, "border-area", lists=(SOMEBODY,), origin=ALTERED), "holder.permit", "undetermined", "list-altered"),
    case("area-elsewhere", T(FOREIGN, "border-area", lists=(grant(AREA, places=["Kulma"]),), claims={"place": "Dusti"}), "holder.permit", "failed", "other-place"),
    case("area-by-another-road", T(FOREIGN, "border-area", lists=(grant(AREA, places=["Kulma"], routes=["M41"]),),
         claims={"place": "Kulma", "route": "M34"}), "holder.permit", "failed", "other-route"),
    case("area-by-the-road", T(FOREIGN, "border-area", lists=(grant(AREA, places=["Kulma"], routes=["M41"]),),
         claims={"place": "Kulma", "route": "m41"}), "holder.permit", "passed"),
    case("area-lifted", T(FOREIGN, "border-area", lists=(grant(AREA, places=["Kulma"], appeal="granted"),), claims={"place": "kulma"}),
         "holder.permit", "failed", "no-permit"),
    case("area-suspended", T(FOREIGN, "border-area", lists=(grant(AREA, places=["Kulma"], appeal="suspended"),), claims={"place": "kulma"}),
         "holder.permit", "undetermined", "appeal"),
    case("area-nowhere-said", T(FOREIGN, "border-area", lists=(grant(AREA, places=["Kulma"]),)), "holder.permit", "undetermined", "no-place"),
    case("area-perhaps", T(FOREIGN, "border-area", lists=(grant(AREA, places=["Kulma"], date_of_birth="1974"),), claims={"place": "Kulma"}),
         "holder.permit", "undetermined", "possible-match"),
    case("area-permit-for-the-stripe", T(FOREIGN, "border-stripe", lists=(grant(AREA, places=["Kulma"]),), claims={"place": "Kulma"}),
         "holder.permit", "undetermined", "no-list"),
    case("stripe-citizen", T(direction="border-stripe", lists=(SOMEBODY, {**SOMEBODY, "category": STRIPE})), "holder.permit", "failed", "no-permit"),
    case("stripe-permit", T(direction="border-stripe", claims={"place": "Kulma"},
         lists=(entry(STRIPE, valid_until="2026-12-31", places=["Kulma"]),)), "holder.permit", "passed"),
    case("area-no-name", T(None, "border-area", lists=(SOMEBODY,)), "holder.permit", "undetermined", "no-input"),
    case("area-untrusted", T(FOREIGN, "border-area", trusting=False, lists=(grant(AREA, places=["Kulma"]),), claims={"place": "kulma"}),
         "holder.permit", "undetermined", "premise"),
    # the stay
    case("stay-citizen", T(direction="exit"), "holder.stay", "not-applicable", "not-staying"),
    case("stay-entering", T(FOREIGN, lists=(grant("visa"),)), "holder.stay", "not-applicable", "not-staying"),
    case("stay-no-direction", T(FOREIGN, None), "holder.stay", "undetermined", "no-direction", "admit"),
    case("stay-unsaid", T(FOREIGN, "exit"), "holder.stay", "undetermined", "no-entry-date", "admit"),
    case("stay-no-zone", T(None, "exit"), "holder.stay", "undetermined", "no-input"),
    case("stay-ten-days", T(FOREIGN, "exit", claims={"entered": "2026-11-10"}), "holder.stay", "passed"),
    case("stay-eleven-days", T(FOREIGN, "exit", claims={"entered": "2026-11-09"}), "holder.stay", "failed", "overstayed", "refer"),
    case("stay-registered", T(FOREIGN, "exit", claims={"entered": "2026-06-01", "registered": "2026-06-10"}),
         "holder.stay", "undetermined", "registration-claimed", "refer"),
    case("stay-registered-before-entry", T(FOREIGN, "exit", claims={"entered": "2026-06-01", "registered": "2026-05-10"}), "holder.stay", "failed", "overstayed", "refer"),
    case("stay-registered-late", T(FOREIGN, "exit", claims={"entered": "2026-06-01", "registered": "2026-06-16"}), "holder.stay", "failed", "overstayed", "refer"),
    case("stay-registered-to-enter", T(FOREIGN, "exit", claims={"entered": "2026-06-01"},
         lists=(grant("registration", valid_from="2026-06-05", direction="entry"),)), "holder.stay", "failed", "overstayed", "refer"),
    case("stay-registration-lifted", T(FOREIGN, "exit", claims={"entered": "2026-06-01"},
         lists=(grant("registration", valid_from="2026-06-05", appeal="granted"),)), "holder.stay", "failed", "overstayed", "refer"),
    case("stay-registration-suspended", T(FOREIGN, "exit", claims={"entered": "2026-06-01"},
         lists=(grant("registration", valid_from="2026-06-05", appeal="suspended"),)), "holder.stay", "undetermined", "appeal", "refer"),
    case("stay-registration-suspended-and-late", T(FOREIGN, "exit", claims={"entered": "2026-06-01"},
         lists=(grant("registration", valid_from="2026-07-20", appeal="suspended"),)), "holder.stay", "failed", "overstayed", "refer"),
    case("stay-registered-on-a-list", T(FOREIGN, "exit", claims={"entered": "2026-06-01"}, lists=(grant("registration", valid_from="2026-06-05"),)),
         "holder.stay", "passed"),
    case("stay-perhaps-on-a-list", T(FOREIGN, "exit", claims={"entered": "2026-06-01"},
         lists=(grant("registration", valid_from="2026-06-05", date_of_birth="1974"),)), "holder.stay", "failed", "overstayed", "refer"),
    case("stay-altered", T(FOREIGN, "exit", claims={"entered": "2026-06-01"}, lists=(grant("registration", primary_identifier="EKBERG", valid_from="2026-06-05"),),
         origin=ALTERED), "holder.stay", "undetermined", "list-altered"),
    case("stay-tomorrow", T(FOREIGN, "exit", claims={"entered": "2026-11-25"}), "holder.stay", "failed", "entered-in-future", "refer"),
    case("stay-in-a-year-without-table", T(FOREIGN, "exit", claims={"entered": "2030-06-03"}, at=date(2030, 6, 18)),
         "holder.stay", "undetermined", "holidays-unknown"),
    case("stay-far-over-in-such-a-year", T(FOREIGN, "exit", claims={"entered": "2030-06-03"}, at=date(2030, 7, 18)),
         "holder.stay", "failed", "overstayed", "refer"),
    case("stay-untrusted", T(FOREIGN, "exit", trusting=False, claims={"entered": "2026-11-23"}), "holder.stay", "undetermined", "premise"),
]  # fmt: skip


# ------------------------------------------------------------------------------- the name of another, and other names


OTHER = {"primary_identifier": "VISAHOLDER", "secondary_identifier": "OTHER PERSON"}
STRIPE_OF_OTHER = grant(STRIPE, places=["X"], nationality="TJK", date_of_birth="1994-11-24", **OTHER)
REGISTRATION_OF_OTHER = grant("registration", valid_from="2026-03-04", **OTHER)
# a genuine document of one person, and the name of another with the same date of birth claimed
CLAIMED = [
    case("visa-of-another-claimed", T(FOREIGN, lists=(grant("visa", **OTHER),), claims=OTHER), "holder.right", "failed", "no-right"),
    case("stripe-permit-of-another-claimed", T(direction="border-stripe", lists=(STRIPE_OF_OTHER,), claims={"place": "X", **OTHER}),
         "holder.permit", "failed", "no-permit"),
    case("registration-of-another-claimed", T(FOREIGN, "exit", lists=(REGISTRATION_OF_OTHER,), claims={"entered": "2026-03-03", **OTHER}),
         "holder.stay", "failed", "overstayed", "refer"),
    case("citizenship-claimed", T(None, claims={"nationality": "TJK"}), "holder.right", "undetermined", "no-input"),
    case("citizenship-claimed-inside", T(None, "border-area", claims={"nationality": "TJK"}, lists=(SOMEBODY,)), "holder.permit", "undetermined", "no-input"),
    case("citizenship-claimed-at-the-exit", T(None, "exit", claims={"nationality": "TJK"}), "holder.stay", "undetermined", "no-input"),
    case("ban-of-another-claimed", T(lists=(entry(**OTHER),), claims=OTHER), "holder.ban", "failed", "banned"),
]

# primary and secondary identifier of a ban, those that are shown, the date of birth of either
_DAY = "1994-11-24"
RESEMBLING = {
    "no-given-names": ("ERIKSSON", "", "ERIKSSON", "ANNA MARIA", _DAY, _DAY),
    "in-one-field": ("ERIKSSON ANNA MARIA", "", "ERIKSSON", "ANNA MARIA", _DAY, _DAY),
    "fields-exchanged": ("ANNA MARIA", "ERIKSSON", "ERIKSSON", "ANNA MARIA", _DAY, _DAY),
    "another-order": ("ERIKSSON", "MARIA ANNA", "ERIKSSON", "ANNA MARIA", _DAY, _DAY),
    "second-name-alone": ("ERIKSSON", "MARIA", "ERIKSSON", "ANNA MARIA", _DAY, _DAY),
    "initials-with-dots": ("Эрикссон", "А.М.", "ERIKSSON", "ANNA MARIA", _DAY, _DAY),
    "initials-with-dots-and-a-blank": ("Эрикссон", "А. М.", "ERIKSSON", "ANNA MARIA", _DAY, _DAY),
    "look-alikes-in-one-of-two-names": ("PAXMOHOB", "АЛИШЕР", "RAKHMONOV", "ALISHER", _DAY, "1994-11-25"),
    "cut-to-an-initial": ("ERIKSSON", "ANNA MARIA", "ERIKSSON", "A", _DAY, _DAY),
    "a-surname-more": ("ERIKSSON SMITH", "ANNA", "ERIKSSON", "ANNA", _DAY, _DAY),
    "day-and-month": ("ERIKSSON", "ANNA", "ERIKSSON", "ANNA", "1994-11-12", "1994-12-11"),
    "one-day-later": ("ERIKSSON", "ANNA", "ERIKSSON", "ANNA", _DAY, "1994-11-25"),
    "one-day-earlier": ("ERIKSSON", "ANNA", "ERIKSSON", "ANNA", "1994-12-01", "1994-11-30"),
    "a-hundred-years": ("ERIKSSON", "ANNA", "ERIKSSON", "ANNA", "1926-01-05", "1926-01-05"),
    "a-hundred-years-in-part": ("ERIKSSON", "ANNA", "ERIKSSON", "ANNA", "1926", "1926-01-05"),
    "ov-dropped": ("РАҲМОНОВ", "ЭМОМ", "RAHMON", "EMOM", _DAY, _DAY),
    "ov-dropped-year-alone": ("РАҲМОНОВ", "ЭМОМ", "RAHMON", "EMOM", "1994", _DAY),
    "zoda-added": ("RAHMON", "EMOM", "RAHMONZODA", "EMOM", _DAY, _DAY),
    "ova-to-zoda": ("KARIMOVA", "NIGORA", "KARIMZODA", "NIGORA", _DAY, _DAY),
    "ova-to-ov": ("KARIMOVA", "NIGORA", "KARIMOV", "NIGORA", _DAY, _DAY),
    "iyon-to-ev": ("ШАРИФИЁН", "НИГОРА", "SHARIFEVA", "NIGORA", _DAY, _DAY),
    "i-added": ("РУДАКӢ", "АЛИ", "RUDAKOV", "ALI", _DAY, _DAY),
    "f-and-p": ("SHARIPOV", "JAMSHED", "SHARIFOV", "JAMSHED", _DAY, _DAY),
    "h-and-g": ("HUSEYNOV", "UMED", "GUSEINOV", "UMED", _DAY, _DAY),
    "h-and-g-in-the-middle": ("HASANOV", "ALI", "GASANOV", "ALI", _DAY, _DAY),
    "other-vowels": ("MUHAMMADIEV", "ABDULLOH", "MAHMADIEV", "ABDULLO", _DAY, _DAY),
    "letters-exchanged": ("EIRKSSON", "ANNA", "ERIKSSON", "ANNA", _DAY, _DAY),
    "consonants-exchanged": ("ERISKSON", "ANNA", "ERIKSSON", "ANNA", _DAY, _DAY),
    "letters-exchanged-in-the-given-name": ("ERIKSSON", "MARAI", "ERIKSSON", "MARIA", _DAY, _DAY),
    "doubled": ("ERIKKSON", "ANA", "ERIKSSON", "ANNA", _DAY, _DAY),
    "in-arabic-letters": ("رحمانی", "علی", "RAHMANI", "ALI", _DAY, _DAY),
    "two-spellings-with-a-stroke": ("САФАРОВ/SAFAROV", "АЛИ/ALI", "SAFAROV", "ALI", _DAY, _DAY),
    "two-spellings-with-a-semicolon": ("САФАРОВ;SAFAROV", "АЛИ", "SAFAROV", "ALI", _DAY, _DAY),
    "two-surnames-with-a-dot-between": ("SAFAROV·RAHMON", "ALI", "SAFAROV", "ALI", _DAY, _DAY),
    "scripts-mixed": ("CАФАРОВ", "АЛИ", "SAFAROV", "ALI", _DAY, _DAY),  # the first letter is Latin
}


def resembling(id_: str) -> tuple[dict[str, Any], Traveller]:
    """Return the ban and who is shown."""
    primary, secondary, shown, given, born, shown_born = RESEMBLING[id_]
    row = entry(primary_identifier=primary, secondary_identifier=secondary, date_of_birth=born)
    return row, T(document(primary=shown, secondary=given, born=shown_born), lists=(row,))


CASES += CLAIMED
CASES += [case(f"ban-{id_}", resembling(id_)[1], "holder.ban", "undetermined", "possible-match") for id_ in RESEMBLING]


# ------------------------------------------------------------------------------------------------- documents by a seal


@functools.cache
def seal_signer() -> Signer:
    subject = b.name(("C", "TJ"), ("O", "SPECIMEN"), ("CN", "01"))
    extensions = [
        b.purposes("2.23.136.1.1.11.1"),
        b.key_usage("digitalSignature"),
        b.authority_identifier(authority().identifier),
        b.document_types("IR", "PS", "PU"),
    ]
    period = (b.moment(2026), b.moment(2028))
    party = b.certify(subject, b.ec_key("seal"), extensions, by=authority(), serial=0xA1, period=period)
    return Signer(party.certificate, combination("ecdsa-p256-sha256"), party.key)


def sealed(kind: str, profile: str, *, issued: str, zone: str = "", **more: Any) -> bytes:
    """Return the seal of a document, over its zone unless over another."""
    day = date.fromisoformat(issued)
    permit = {"residence_permit_expires": date.fromisoformat(more.pop("permit"))} if "permit" in more else {}
    features = {"zone": zone or document(kind, issued=issued, **more)[0].replace("\n", ""), **permit}
    if profile == "registration-certificate":
        features |= {"category": more.get("category", "A"), "date_of_acceptance": day}
    return seal.make(
        profile, signer=seal_signer(), issue_date=day, signature_date=day, features=features, country="TJK"
    ).encode()


@dataclass(frozen=True)
class Paper(Traveller):
    """Who shows a document without a chip, its seal beside its zone."""

    seal: bytes | None = None

    def evidence(self) -> Evidence:
        return replace(super().evidence(), seal=self.seal)

    def inspector(self) -> Inspector:
        given = super().inspector()
        anchors = [e.certificate for e in given.trust.entries]
        trust = TrustStore.of(anchors, [seal_signer().certificate])
        return Inspector(trust=trust, register=self.register, lists=given.lists)


RETURN = {"issued": "2026-11-20", "expires": "2026-12-10"}
REGISTERED = {"issued": "2026-11-20", "expires": "2027-05-19", "nationality": "XXA"}
STATELESS = {"issued": "2026-03-02", "expires": "2027-03-01", "nationality": "XXA"}


def paper(kind: str, profile: str, *, over: str = "", **more: Any) -> Paper:
    """Return a traveller with zone and seal of a document of ours."""
    given = {key: value for key, value in more.items() if key not in ("register", "direction", "lists")}
    asked = {key: value for key, value in more.items() if key in ("register", "direction", "lists")}
    text = document(kind, **{key: value for key, value in given.items() if key != "permit"})[0]
    return Paper((text, None), seal=sealed(kind, profile, zone=over, **given), **asked)
