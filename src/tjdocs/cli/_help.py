"""The help of every command: its group, its time, and an example that the tests run."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from rich.markup import escape

__all__ = ["EXAMPLES", "GROUPS", "TIMES", "epilog", "panel", "prepared"]

_R = "--register sqlite:///register.db"
_A = "--authority authority"

# Commands of `tjdocs` and of its larger groups, by their use.
GROUPS: Mapping[str, Mapping[str, tuple[str, ...]]] = MappingProxyType({
    "": {
        "Inspect documents": ("verify", "border", "chip", "mrz", "seal", "sod", "dissect", "explain"),
        "Issue documents": ("documents", "issue", "issue-batch", "reissue", "print-again", "register"),
        "Keys and trust": ("authority", "trust"),
        "For developers": ("vectors",),
        "About": ("help", "version"),
    },
    "register": {
        "Blanks": ("receive", "assign", "confirm", "spoil", "destroy"),
        "Documents and decisions": ("status", "find", "handover", "lost", "stolen", "revoke", "decide"),
        "Officers and orders": ("officers", "enrol", "dismiss", "key", "countersign"),
        "Reports and proofs": ("report", "statistics", "audit", "sequence", "prove", "check"),
        "The register itself": ("init", "migrate", "resume", "rewrap"),
    },
})  # fmt: skip

# In an order in which they run one after the other, in one folder.
EXAMPLES: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "": ("tjdocs verify passport/chip --trust trust.db", "tjdocs help verify", "tjdocs explain lds.dg1-mrz/differs"),
    "help": ("tjdocs help border inspect",),
    "version": ("tjdocs version",),
    "explain": ("tjdocs explain lds.dg1-mrz/differs", "tjdocs explain practice-no-end --lang ru"),
    "authority create": ("tjdocs authority create authority",),
    "authority signer": ("tjdocs authority signer authority",),
    "authority seal-signer": ("tjdocs authority seal-signer authority visa",),
    "authority crl": ("tjdocs authority crl authority",),
    "documents list": ("tjdocs documents list",),
    "documents show": ("tjdocs documents show external-passport --lang tg",),
    "documents example": ("tjdocs documents example external-passport > application.json",),
    "documents schema": ("tjdocs documents schema > application.schema.json",),
    "documents check": ("tjdocs documents check external-passport --application application.json",),
    "issue": (f"tjdocs issue external-passport {_A} --application application.json --out passport",),
    "reissue": (f"tjdocs reissue T00000001 {_A} --application application.json --out passport-2 --reason smudged",),
    "print-again": (f'tjdocs print-again passport-2 {_A} --reason "paper jam"',),
    "issue-batch": (f"tjdocs issue-batch external-passport applications.jsonl {_A} --out passports",),
    "mrz parse": ("tjdocs mrz parse passport/mrz.txt", "tjdocs mrz parse passport/mrz.txt --json > fields.json"),
    "mrz repair": ("tjdocs mrz repair passport/mrz.txt",),
    "mrz read": ("tjdocs mrz read passport/page.png",),
    "mrz make": ("tjdocs mrz make --format TD3 fields.json",),
    "sod show": ("tjdocs sod show passport/chip/EF_SOD.bin",),
    "dissect": ("tjdocs dissect passport/chip/DG1.bin", "tjdocs dissect authority/csca.cer"),
    "seal make": (f"tjdocs seal make emergency-travel-document {_A} --features features.json --out seal",),
    "seal show": ("tjdocs seal show seal/seal.png",),
    "seal verify": (
        "tjdocs seal verify seal/seal.png --trust authority/csca.cer --seal-signer authority/signers/seal-0001.cer",
    ),
    "trust import": ("tjdocs trust import --store trust.db authority/csca.crl --anchor authority/csca.cer",),
    "trust list": ("tjdocs trust list --store trust.db --country TJ",),
    "trust explain": ("tjdocs trust explain --store trust.db --country TJ",),
    "verify": ("tjdocs verify passport/chip --trust trust.db --mrz passport/mrz.txt --report report.html",),
    "chip read": ("tjdocs chip read --emulate passport --trust trust.db --out files",),
    "chip list": ("tjdocs chip list",),
    "chip emulate": ("tjdocs chip emulate passport",),
    "border inspect": (
        "tjdocs border inspect --mrz passport/mrz.txt --chip passport/chip --trust trust.db --direction entry "
        "--watch-list bans.jsonl --record records",
        "tjdocs border inspect --evidence traveller.json --setup desk.json --lang tg",
    ),
    "border serve": ("tjdocs border serve --trust trust.db --direction entry",),
    "border batch": ("tjdocs border batch lane --trust trust.db --direction entry --out results.jsonl",),
    "border lists": ("tjdocs border lists bans.jsonl --out bans.db",),
    "border purge": ("tjdocs border purge records",),
    "border evidence export": (
        "tjdocs border evidence export evidence.zip --evidence traveller.json --setup desk.json "
        "--export-signer inspection.cer --export-key inspection.key",
    ),
    "border evidence verify": ("tjdocs border evidence verify evidence.zip --trust inspection.cer",),
    "register key new": ("tjdocs register key new anna.key --officer anna --officer-passphrase-file anna.pass",),
    "register key show": ("tjdocs register key show anna.request",),
    "register key passphrase": (
        "tjdocs register key passphrase anna.key --officer-passphrase-file anna.pass --new-passphrase-file anna-2.pass",
    ),
    "register init": (
        f"tjdocs register init {_R}",
        "tjdocs register init --register postgresql://office@db/register --keys keys --name example.tj/register "
        "--officer chief --office dushanbe --officer-key chief.key",
    ),
    "register migrate": (f"tjdocs register migrate --officer chief --officer-key chief.key {_R}",),
    "register enrol": (f"tjdocs register enrol anna clerk --office dushanbe {_R}",),
    "register receive": (f"tjdocs register receive T00000001-T00000100 --type external-passport {_R}",),
    "register assign": (f"tjdocs register assign T00000001-T00000100 --office dushanbe {_R}",),
    "register confirm": (f"tjdocs register confirm T00000001-T00000100 --office dushanbe {_R}",),
    "register spoil": (f'tjdocs register spoil T00000100 --ground "torn in the printer" {_R}',),
    "register destroy": (f"tjdocs register destroy T00000100 --reference 18 --officer anna --officer boris {_R}",),
    "register handover": (f"tjdocs register handover T00000001 {_R}",),
    "register lost": (f'tjdocs register lost T00000001 --ground "told by its holder" {_R}',),
    "register stolen": (f'tjdocs register stolen T00000099 --ground "police report 17" {_R}',),
    "register revoke": (f"tjdocs register revoke T00000001 --ground found {_R}",),
    "register decide": (f"tjdocs register decide citizenship citizen --reference 12 {_R}",),
    "register resume": (f"tjdocs register resume {_R}",),
    "register rewrap": (f"tjdocs register rewrap --new-key {_R}",),
    "register officers": (f"tjdocs register officers {_R}",),
    "register status": (f"tjdocs register status T00000001 {_R}",),
    "register find": (f"tjdocs register find --surname ERIKSSON --date-of-birth 1974-08-12 {_R}",),
    "register report": (f"tjdocs register report {_R}",),
    "register audit": (f"tjdocs register audit {_R}",),
    "register sequence": (f"tjdocs register sequence --heads heads.txt {_R}",),
    "register prove": (f"tjdocs register prove T00000001 {_R} > proof.json",),
    "register check": ("tjdocs register check proof.json --verifier register.db-keys/log.pub",),
    "register statistics": (f"tjdocs register statistics --by office {_R}",),
    "register dismiss": (f"tjdocs register dismiss anna clerk {_R}",),
    "register key replace": (
        "tjdocs register key replace anna --request anna-2.request --officer chief --officer eva "
        f"--order order.json {_R}",
    ),
    "register countersign": (f"tjdocs register countersign order.json --officer-key eva.key {_R}",),
    "vectors list": ("tjdocs vectors list",),
    "vectors show": ("tjdocs vectors show pa-0001",),
    "vectors export": ("tjdocs vectors export vectors",),
    "vectors run": (
        "tjdocs vectors run --area mrz",
        "tjdocs vectors run --area lds --lines -- python3 adapter.py",
    ),
})  # fmt: skip


_ISSUED, _INSPECTED, _DONE, _STATUS = "Date of issue", "Time of inspection", "Time of the action", "Time of the status"
_PERIOD = "Last day of the period, unless --to is given"

# What --at is the time of.
TIMES: Mapping[str, str] = MappingProxyType({
    "mrz parse": "Day on which the dates of the MRZ are judged",
    "mrz repair": "Day on which the dates of the MRZ are judged",
    "mrz read": "Day on which the dates of the MRZ are judged",
    "verify": _INSPECTED,
    "seal verify": _INSPECTED,
    "chip read": _INSPECTED,
    "chip emulate": "Day on which the dates of the MRZ are judged",
    "border inspect": _INSPECTED,
    "border batch": f"{_INSPECTED} of all records",
    "border serve": f"{_INSPECTED} of all lines",
    "border purge": "Time at which the retention of a record is over",
    "border evidence export": _INSPECTED,
    "trust import": "Time of the import, at which signatures are judged",
    "trust explain": "Time at which the certificates are judged",
    "authority create": "Time from which the certificates are valid",
    "authority signer": "Time from which the certificate is valid",
    "authority seal-signer": "Time from which the certificate is valid",
    "authority crl": "Time of issue of the CRL",
    "documents example": "Day of the application, from which its other dates are counted",
    "documents check": "Day on which the document would be issued",
    "issue": _ISSUED,
    "issue-batch": f"{_ISSUED} of all documents",
    "reissue": f"{_ISSUED} of the new document",
    "print-again": "Time of printing, which the record notes",
    "seal make": "Day of signing",
    "register init": "Time of the first log entry",
    "register migrate": "Time of the log entry",
    "register status": _STATUS,
    "register find": _STATUS,
    "register report": _PERIOD,
    "register statistics": _PERIOD,
    **{f"register {name}": _DONE for name in (
        "receive", "assign", "confirm", "spoil", "destroy", "handover", "lost", "stolen", "revoke", "decide", "enrol",
        "dismiss", "resume", "rewrap", "key replace",
    )},
})  # fmt: skip


def prepared(command: Any, path: str) -> Any:
    """Return a command with its time and example, and the commands below it in their groups.

    Brackets in a help are text; rich would take them for styles.
    """
    command.help = escape(command.help or "")
    for parameter in command.params:
        if parameter.name == "at" and path in TIMES:
            parameter.help = f"{TIMES[path]}; now, unless given. ISO 8601, a moment with its offset."
        if getattr(parameter, "help", None):
            parameter.help = escape(parameter.help)
    below = getattr(command, "commands", {})
    command.epilog = epilog(path, *(f"{path} {name}" for name in below))
    for name, one in below.items():
        prepared(one, f"{path} {name}")
        one.rich_help_panel = panel(path, name)
    return command


def epilog(path: str, *below: str) -> str:
    """Return the examples of a command; a group has those of its first two commands."""
    examples = EXAMPLES.get(path) or [EXAMPLES[name][0] for name in below if name in EXAMPLES][:2]
    return escape("\n".join(("Example:" if len(examples) == 1 else "Examples:", *examples))) if examples else ""


def panel(group: str, name: str) -> str | None:
    """Return the heading above a command in the help of its group, None where there is none."""
    return next((heading for heading, names in GROUPS.get(group, {}).items() if name in names), None)
