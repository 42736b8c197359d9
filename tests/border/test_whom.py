"""Whom the lists are asked for: every name there is for a ban, for a right those alone that the State signed."""

from dataclasses import replace

import pytest

from tests.support import builders as b
from tests.support.law_cases import OTHER, RESEMBLING, Traveller, document, entry, foreigner, grant, resembling
from tjdocs import limits, mrz
from tjdocs.border import Evidence, Inspector, Watchlists
from tjdocs.border.evidence import evidence_archive
from tjdocs.pki.trust.store import TrustStore

WATCHED, RIGHT = "holder.ban", "holder.right"


def dg11(name: str = "", born: str = "", others: tuple[str, ...] = ()) -> bytes:
    """DG11 with a full name, a date of birth and other names (Doc 9303-10, 4.7.11)."""
    objects = [(0x5F0E, name.encode())] if name else []
    objects += [(0x5F2B, born.encode())] if born else []
    tags = b"".join(tag.to_bytes(2) for tag, _ in objects)
    content = b"".join(b.der(tag, value) for tag, value in objects)
    if others:
        tags += b"\xa0"
        content += b.der(0xA0, b.der(0x02, bytes([len(others)])), *(b.der(0x5F0F, other.encode()) for other in others))
    return b.der(0x6B, b.der(0x5C, tags), content)


def judge(scene: b.Scene, *entries: dict, direction: str = "entry", **more) -> dict[str, tuple[str, str, str]]:
    """Return outcome, reason and detail of the checks of the holder, with the decision."""
    evidence = replace(scene.evidence, direction=direction, **more)
    verdict = Inspector(trust=scene.trust, lists=Watchlists.of(entries)).inspect(evidence, at=b.AT)
    found = {f.check: (str(f.outcome), f.reason, f.detail) for f in verdict.findings if f.check.startswith("holder.")}
    return {**found, "decision": (str(verdict.decision), "", "")}


def passport(inside: str | None = None, eleven: bytes | None = None, *, signed: bool = True, **zone: str) -> b.Scene:
    """Return a passport of Utopia with a DG11, whose hash is in EF.SOD or is not."""
    inside = b.zone(**zone) if inside is None else inside
    groups = {1: b.dg1(inside), 2: b.dg2(), 12: b.dg12("20260302")}
    scene = b.scene(inside=inside, groups={**groups, 11: eleven} if signed and eleven else groups)
    return scene if signed or eleven is None else scene.with_files(DG11=eleven)


VISA, BAN = grant("visa", **OTHER), entry(date_of_birth="1974-08-12", **OTHER)


@pytest.mark.requirement("BOR-3")
def test_a_visa_under_the_name_of_a_signed_dg11_counts_and_under_no_other():
    """A zone is transliterated and cut; DG11 has the name as it is."""
    name = "VISAHOLDER<<OTHER<PERSON"
    assert judge(passport(eleven=dg11(name)), VISA)[RIGHT][:2] == ("passed", "")
    assert judge(passport(eleven=dg11(others=(name,))), VISA)[RIGHT][:2] == ("passed", "")
    unsigned = judge(passport(eleven=dg11(name), signed=False), VISA)
    assert unsigned[RIGHT][:2] == ("failed", "no-right")
    assert unsigned["decision"][0] == "refuse"
    assert judge(passport(), VISA)[RIGHT][:2] == ("failed", "no-right")
    assert judge(passport(), VISA, claims=OTHER)[RIGHT][:2] == ("failed", "no-right")


def test_a_right_is_not_even_looked_for_under_an_unsigned_name(monkeypatch):
    """The premise would stop it; the look-up itself must not depend on that."""
    scene = passport(eleven=dg11("VISAHOLDER<<OTHER<PERSON"), signed=False)
    verdict = Inspector(trust=scene.trust, lists=Watchlists.of([VISA])).inspect(scene.evidence, at=b.AT)
    assert [name.text for name in verdict.crossing.holder.names] == ["ERIKSSON<<ANNA<MARIA"]
    assert "VISAHOLDER<<OTHER<PERSON" in [name.text for name in verdict.crossing.person.names]


def test_a_right_is_looked_for_by_the_chips_zone_and_not_by_another_page():
    printed = b.zone(names="VISAHOLDER<<OTHER<PERSON")
    scene = replace(passport(), mrz=b.lines(printed))
    verdict = Inspector(trust=scene.trust, lists=Watchlists.of([VISA, BAN])).inspect(scene.evidence, at=b.AT)
    assert [name.text for name in verdict.crossing.holder.names] == ["ERIKSSON<<ANNA<MARIA"]
    assert judge(scene, VISA, BAN)[WATCHED][:2] == ("failed", "banned")


@pytest.mark.requirement("BOR-2")
@pytest.mark.parametrize(
    "scene",
    [passport(eleven=dg11("VISAHOLDER<<OTHER<PERSON")), passport(eleven=dg11("VISAHOLDER<<OTHER<PERSON"), signed=False)],
    ids=["signed", "unsigned"],
)
def test_a_ban_under_any_name_of_the_chip_counts(scene):
    assert judge(scene, BAN)[WATCHED][1] == "banned"


def test_a_ban_in_letters_of_no_table_is_found_by_a_chip_in_the_same_letters():
    ban = entry(primary_identifier="李", secondary_identifier="明", date_of_birth="1974-08-12")
    assert judge(passport(eleven=dg11("李<<明")), ban)[WATCHED][0] in ("failed", "warning")
    verdict = Inspector(trust=passport().trust, lists=Watchlists.of([ban])).inspect(
        replace(passport(eleven=dg11("李<<明")).evidence, direction="entry"), at=b.AT
    )
    assert verdict.decision == "refuse"


def test_names_of_a_chip_without_end_are_a_limit_and_cost_little():
    other = "CHOJIQX" * (limits.NAMES // 7) + "<<A"
    for eleven in (dg11(other), dg11("A<<B", others=("CHOJIQX" * 20 + "<<QX",) * 30), dg11("Ъ<" * 5000), dg11("A<<B", others=[f"A{one}{two}<<B" for one in "BCDFGHKL" for two in "MNPRSTV"])):
        scene = passport(eleven=eleven)
        found = judge(scene, entry(primary_identifier="EKBERG"), grant("visa"))
        assert found[WATCHED][:2] == ("undetermined", "limit")
        assert found[RIGHT][:2] == ("passed", "")  # the zone's name is there
        assert found["decision"][0] == "refer"
        verdict = Inspector(trust=scene.trust, lists=Watchlists.of([VISA])).inspect(scene.evidence, at=b.AT)
        assert sum(len(name.text) for name in verdict.crossing.person.names) < 2 * limits.NAMES


# ------------------------------------------------------------------------------------------------------------- births


@pytest.mark.parametrize(
    ("born", "told", "expected"),
    [
        ("2026-01-05", "", ("failed", "banned")),  # a child, as two digits are read
        ("1926-01-05", "", ("undetermined", "possible-match")),  # or a holder of a hundred years
        ("1926-01-05", "19260105", ("failed", "banned")),  # DG11 says which
        ("2026-01-05", "19260105", ("undetermined", "possible-match")),
        ("1926-01-05", "19260106", ("undetermined", "possible-match")),  # it contradicts the zone
        ("1926-01-05", "19260000", ("undetermined", "possible-match")),
        ("1926-01-05", "1926", ("undetermined", "possible-match")),
        ("1826-01-05", "", ("passed", "")),
    ],
)
def test_the_century_of_a_birth(born, told, expected):
    scene = passport(eleven=dg11(born=told) if told else None, born="260105")
    assert judge(scene, entry(date_of_birth=born))[WATCHED][:2] == expected


def test_who_is_too_old_to_be_a_hundred_years_older():
    assert judge(passport(born="050105"), entry(date_of_birth="1905-01-05"))[WATCHED][:2] == ("passed", "")  # 121
    assert judge(passport(born="070105"), entry(date_of_birth="1907-01-05"))[WATCHED][1] == "possible-match"  # 119


# -------------------------------------------------------------------------------------------------------------- names


@pytest.mark.parametrize(
    ("names", "primary", "secondary", "reason"),
    [
        ("ERIKSSON", "ERIKSSON", "", "banned"),
        ("ERIKSSON", "ERIKSSON", "ANNA", "possible-match"),
        ("ANNA", "ERIKSSON", "ANNA", "possible-match"),
        ("ANNA<MARIA", "ANNA MARIA", "", "banned"),
        ("EKBERG", "ERIKSSON", "ANNA", ""),
    ],
)
def test_a_holder_with_one_identifier(names, primary, secondary, reason):
    ban = entry(primary_identifier=primary, secondary_identifier=secondary, date_of_birth="1974-08-12")
    assert judge(passport(names=names), ban)[WATCHED][1] == reason


@pytest.mark.parametrize("row", [{"primary_identifier": "ERIKSSON", "secondary_identifier": ""}, {"primary_identifier": "ANNA", "secondary_identifier": ""}])
def test_a_zone_without_primary_identifier_is_looked_up_all_the_same(row):
    """Not lawful, but real: the only identifier is then the whole name (Doc 9303-3, 4.6)."""
    zone = b.lines(b.zone(names="<<ANNA"))
    assert mrz.parse(zone, at=b.AT).primary_identifier in ("", "ANNA")
    found = judge(replace(passport(), chip=None, mrz=zone), entry(date_of_birth="1974-08-12", **row))
    assert found[WATCHED][1] in ("banned", "premise")
    if row["primary_identifier"] == "ANNA":
        assert found[WATCHED][1] == "banned"


def test_where_no_name_can_be_read_nobody_is_free_of_a_ban():
    zone = b.lines(b.zone(names=""))
    found = Inspector(trust=TrustStore.of([]), lists=Watchlists.of([BAN])).inspect(Evidence(mrz=zone, direction="entry"), at=b.AT)
    assert found.crossing.person.names == ()
    outcomes = {(str(f.outcome), f.reason) for f in found.findings if f.check == WATCHED}
    assert outcomes <= {("undetermined", "no-input"), ("undetermined", "premise")}


@pytest.mark.parametrize("born", ["1994-11-24", "1994-11", "1994", "", "24.11.1994", "1994-13", "1994-02-30", "94", "x"])
def test_a_claimed_date_that_is_not_known_hides_nobody(born):
    """In a form that no entry has it would match none."""
    claims = {"primary_identifier": "ERIKSSON", "secondary_identifier": "ANNA MARIA", "date_of_birth": born}
    (finding,) = (f for f in Traveller(None, claims=claims, lists=(entry(),)).judge().findings if f.check == WATCHED)
    assert finding.reason == ("banned" if born == "1994-11-24" else "possible-match")


# ------------------------------------------------------------------------------------------- the same, as a right


@pytest.mark.requirement("BOR-3")
@pytest.mark.parametrize("id_", sorted(RESEMBLING))
def test_no_right_by_a_name_that_resembles(id_):
    """What refers a holder who may be banned admits nobody."""
    row, who = resembling(id_)
    visa = {**row, "category": "visa", "valid_until": "2027-01-01", "direction": ""}
    _, _, shown, given, _, shown_born = RESEMBLING[id_]
    traveller = Traveller(document(primary=shown, secondary=given, born=shown_born, nationality="UTO"), lists=(visa,))
    assert who.judge().decision == "refer"
    verdict = traveller.judge()
    assert verdict.decision != "admit"
    (finding,) = (f for f in verdict.findings if f.check == RIGHT)
    # given names that lack at the end are looked at by an officer, as before: never more
    reasons = ("no-right", "possible-match") if id_ in ("doubled",) else ("no-right",)
    assert finding.reason in reasons


def test_an_archive_tells_what_the_lists_were(tmp_path):
    """A list that was altered, or whose entries nobody finds, is the same finding when it is judged again."""
    from tests.border.test_proof import CLEAN, exported, outcomes, trusting

    chinese = entry(id="E-2", primary_identifier="李", secondary_identifier="明")
    for number, who in enumerate(
        (
            Traveller(lists=(entry(), chinese)),
            Traveller(lists=(entry(primary_identifier="EKBERG"),), origin={"altered": ["watch"]}),
            Traveller(foreigner(), lists=(grant("visa"),), origin={"limit": ["grant"]}),
            Traveller(foreigner(), lists=(VISA,), claims=OTHER),
            Traveller(lists=(entry(**OTHER),), claims=OTHER),
        )
    ):
        verdict = exported(tmp_path / f"{number}.zip", who)
        result = evidence_archive.verify_evidence(tmp_path / f"{number}.zip", trust=trusting())
        assert outcomes(result) == CLEAN
        assert result.verdict.findings == verdict.findings
        assert result.verdict.findings
    assert b"E-2" not in b"".join((tmp_path / f"{n}.zip").read_bytes() for n in range(5))
