"""Documents from issue to destruction, what replaces them, their holders, and who may do what."""

import dataclasses
from datetime import date, timedelta
from itertools import product

import pytest

from tests.support.register_helpers import KIND, NOW, enrol, issue, new_register, open_register, person, stock
from tjdocs.documents import example
from tjdocs.errors import RegisterError, UsageError
from tjdocs.register import Document, Holder, Keys, Register, lifecycle, tables

# written down by hand, not read from specs/register
LAWFUL = {
    ("handover", "issued"): "handed-over",
    ("spoil", "issued"): "spoiled",
    ("lost", "issued"): "lost",
    ("lost", "handed-over"): "lost",
    ("lost", "stolen"): "lost",
    ("stolen", "issued"): "stolen",
    ("stolen", "handed-over"): "stolen",
    ("stolen", "lost"): "stolen",
    ("revoke", "issued"): "revoked",
    ("revoke", "handed-over"): "revoked",
    ("revoke", "lost"): "revoked",
    ("revoke", "stolen"): "revoked",
    ("use", "issued"): "used-up",
    ("use", "handed-over"): "used-up",
    ("destroy", "lost"): "destroyed",
    ("destroy", "stolen"): "destroyed",
    ("destroy", "revoked"): "destroyed",
    ("destroy", "replaced"): "destroyed",
    ("destroy", "used-up"): "destroyed",
    ("destroy", "spoiled"): "destroyed",
}
ACTS = ("handover", "spoil", "lost", "stolen", "revoke", "use", "destroy")
ROAD = {
    "issued": (), "handed-over": ("handover",), "lost": ("handover", "lost"), "stolen": ("stolen",), "revoked": ("revoke",),
    "used-up": ("use",), "spoiled": ("spoil",), "destroyed": ("spoil", "destroy"),
}  # fmt: skip
REPLACED = {("renewal", "handed-over"): "replaced", ("damage", "handed-over"): "replaced", ("change-of-name", "handed-over"): "replaced",
            ("loss", "lost"): "lost", ("theft", "stolen"): "stolen"}  # fmt: skip


def do(register, act, number, at=NOW, **more):
    officers = ["chief", "second"] if act == "destroy" else ["anna" if act in ("handover", "spoil") else "chief"]
    needs = lifecycle.documents().action(act).needs
    told = {"ground": "told"} if "ground" in needs else {"reference": "act 2"} if "act" in needs else {}
    register.documents.act(act, number, officers=officers, at=at, **{**told, **more})


def bring(register, state, **more):
    number = issue(register, **more)
    if state == "replaced":
        do(register, "handover", number)
        issue(register, replaces=number, ground="renewal")
    else:
        for act in ROAD[state]:
            do(register, act, number)
    assert register.document(number, officer="anna").status == state
    return number


def rows(register):
    with register._context.store.read() as connection:
        return [sorted(map(repr, connection.execute(t.select()).all())) for t in (tables.document, tables.entry, tables.blank)]


@pytest.mark.parametrize(("act", "state"), list(product(ACTS, [*ROAD, "replaced"])))
def test_every_pair_of_act_and_state(stocked, act, state):
    number = bring(stocked, state)
    before = rows(stocked)
    if (act, state) in LAWFUL:
        do(stocked, act, number)
        assert stocked.document(number, officer="anna").status == LAWFUL[act, state]
        return
    with pytest.raises(RegisterError, match=f"{act} is not lawful at status {state}") as caught:
        do(stocked, act, number)
    assert number not in str(caught.value)
    assert rows(stocked) == before


def test_the_table_above_is_what_the_specification_says():
    assert {(a.id, s): a.to for a in lifecycle.documents().actions.values() for s in a.from_} == LAWFUL
    assert {(r.id, s): r.to for r in lifecycle.documents().replacements.values() for s in r.from_} == REPLACED


@pytest.mark.parametrize(
    ("ground", "state"),
    list(product(["renewal", "damage", "change-of-name", "loss", "theft"], ["issued", "handed-over", "lost", "stolen", "revoked", "replaced"])),
)  # fmt: skip
def test_what_may_replace_what(stocked, ground, state):
    old = bring(stocked, state)
    reservation = stocked.reserve(KIND, officer="anna", at=NOW)
    number = reservation.number
    before = rows(stocked)
    call = {"at": NOW, "issued": NOW.date(), "expires": date(2036, 11, 23), "files": {}, "replaces": old, "ground": ground}
    if (ground, state) in REPLACED:
        reservation.commit(**call)
        found = stocked.document(old, officer="anna")
        assert (found.status, found.replaced_by, found.ground) == (REPLACED[ground, state], number, ground)
        assert stocked.document(number, officer="anna").replaces == old
        with pytest.raises(RegisterError):  # once only
            issue(stocked, replaces=old, ground=ground)
        return
    with pytest.raises(RegisterError, match=f"{ground} is not a ground"):
        reservation.commit(**call)
    assert rows(stocked) == before


def test_replacing_needs_a_document_and_a_ground(stocked):
    old = bring(stocked, "handed-over")
    for more in ({"replaces": old}, {"ground": "loss"}, {"replaces": "P0000999", "ground": "loss"}, {"replaces": old, "ground": "whim"}):
        with pytest.raises(RegisterError):
            issue(stocked, **more)


def test_life_of_a_number(stocked):
    assert stocked.document("P0000001", officer="anna") is None
    reservation = stocked.reserve(KIND, officer="anna", at=NOW)
    number = reservation.number
    assert stocked.document(number, officer="anna") == Document(number, KIND, "reserved", "anna", office="dushanbe")
    assert stocked.blanks.find(number, officer="anna").state == "reserved"
    files = {"DG1": "00" * 32}
    reservation.commit(at=NOW, issued=NOW.date(), expires=date(2036, 11, 23), files=files)
    found = stocked.document(number, officer="anna")
    assert found == Document(number, KIND, "issued", "anna", "2026-11-24", "2036-11-23", files, "dushanbe")
    assert not found.valid(NOW)
    do(stocked, "handover", number)
    found = stocked.document(number, officer="anna")
    assert [found.valid(date(2026, 11, 23)), found.valid(NOW), found.valid(date(2036, 11, 23)), found.valid(date(2036, 11, 24))] == [
        False, True, True, False,
    ]  # fmt: skip
    assert [found.status_at(date(2036, 11, 23)), found.status_at(date(2036, 11, 24))] == ["handed-over", "expired"]
    assert [b"issue" in entry or b"handover" in entry for entry in stocked.documents.history(number, officer="anna")] == [True, True]


def test_no_number_in_repr(stocked):
    number = issue(stocked)
    for value in (stocked.document(number, officer="anna"), stocked.blanks.find(number, officer="anna"), stocked, person(), stocked._context.keys):
        assert number not in repr(value)
        assert "ERIKSSON" not in repr(value)


def test_times_do_not_go_back(stocked):
    number = bring(stocked, "handed-over")
    with pytest.raises(RegisterError, match="before the last"):
        do(stocked, "lost", number, at=NOW - timedelta(seconds=1))
    with pytest.raises(RegisterError, match="before the last"):
        do(stocked, "handover", issue(stocked, at=NOW + timedelta(days=1)))
    with pytest.raises(UsageError, match="before it is issued"):
        issue(stocked, expires=NOW.date() - timedelta(days=1))


@pytest.mark.parametrize("act", ACTS)
def test_an_officer_without_the_role(stocked, act):
    may = {"handover": {"anna"}, "spoil": {"anna"}, "use": {"gate"}}
    number = bring(stocked, "spoiled" if act == "destroy" else "issued")
    for officer in ("anna", "auditor", "gate", "nobody"):
        if officer in may.get(act, ()):
            continue
        officers = [officer, "chief"] if act == "destroy" else [officer]
        with pytest.raises(RegisterError, match="missing role"):
            stocked.documents.act(act, number, officers=officers, at=NOW, ground="g", reference="r")
    do(stocked, act, number)


def test_an_officer_issues_at_the_own_office(stocked):
    with pytest.raises(RegisterError, match="another office"):
        stocked.reserve(KIND, officer="anna", at=NOW, office="khujand")
    with pytest.raises(RegisterError, match="number not available"):
        stocked.reserve(KIND, officer="chief", at=NOW)  # the store has none confirmed
    reservation = stocked.reserve(KIND, officer="anna", at=NOW)
    number = reservation.number
    stocked.officers.dismiss("anna", "clerk", officer="chief", at=NOW)
    with pytest.raises(RegisterError, match="missing role"):
        reservation.commit(at=NOW, issued=NOW.date(), expires=date(2036, 11, 23), files={})
    assert stocked.document(number, officer="chief").status == "reserved"


@pytest.mark.parametrize(
    "change",
    [
        {"files": None}, {"files": {"DG1": "zz"}}, {"files": {"../x": "00" * 32}}, {"files": {'"': "00" * 32}}, {"files": {"DG1": 5}},
        {"issued": NOW}, {"issued": "2026-11-24"}, {"expires": None}, {"category": 'A"'}, {"category": None}, {"person": "ANNA"},
        {"at": NOW.replace(tzinfo=None)}, {"written": {"a/../b": "00" * 32}}, {"person": Holder("X", date(2000, 1, 1), citizenship='T"K')},
    ],
)  # fmt: skip
def test_what_cannot_be_recorded(stocked, change):
    reservation = stocked.reserve(KIND, officer="anna", at=NOW)
    before = rows(stocked)
    call = {"at": NOW, "issued": NOW.date(), "expires": date(2036, 11, 23), "files": {}, **change}
    with pytest.raises((UsageError, AttributeError)):
        reservation.commit(**call)
    assert rows(stocked) == before
    reservation.withdraw(at=NOW)


@pytest.mark.parametrize("end", ["issued", "spoiled", "resumed"])
def test_only_a_number_that_is_still_reserved_moves(stocked, end):
    reservation = stocked.reserve(KIND, officer="anna", at=NOW)
    if end == "issued":
        reservation.commit(at=NOW, issued=NOW.date(), expires=date(2036, 11, 23), files={})
    elif end == "spoiled":
        reservation.withdraw(at=NOW)
    else:
        stocked._issuing._held.clear()  # as when its process ends
        stocked.resume(officer="chief", at=NOW)
    before = rows(stocked)
    for act in (
        lambda: reservation.withdraw(at=NOW),
        reservation.placed,
        lambda: reservation.commit(at=NOW, issued=NOW.date(), expires=date(2036, 11, 23), files={}),
    ):
        with pytest.raises(RegisterError, match=r"is not reserved|is not committed") as caught:
            act()
        assert reservation.number not in str(caught.value)
    assert rows(stocked) == before


def test_a_reservation_ends_with_its_block(stocked, tmp_path):
    """A number that is left unused is spoiled, and what went wrong first is what the caller learns."""
    with stocked.reserve(KIND, officer="anna", at=NOW) as reservation:
        pass
    assert stocked.blanks.find(reservation.number, officer="anna").state == "spoiled"
    place = tmp_path / "out"
    with pytest.raises(ZeroDivisionError), stocked.reserve(KIND, officer="anna", at=NOW, out=place) as failed:
        failed.commit(at=NOW, issued=NOW.date(), expires=date(2036, 11, 23), files={}, written={"a": "00" * 32}) or 1 / 0
    assert stocked.document(failed.number, officer="anna").status == "spoiled"
    with stocked.reserve(KIND, officer="anna", at=NOW, out=tmp_path / "whole") as whole:  # the caller puts it in place
        whole.commit(at=NOW, issued=NOW.date(), expires=date(2036, 11, 23), files={}, written={"a": "00" * 32})
    assert stocked.document(whole.number, officer="anna").status == "issued"
    assert stocked.resume(officer="chief", at=NOW) == []
    with stocked.reserve(KIND, officer="anna", at=NOW) as issued:
        issued.commit(at=NOW, issued=NOW.date(), expires=date(2036, 11, 23), files={})
    assert stocked.document(issued.number, officer="anna").status == "issued"


# ------------------------------------------------------------------------------------------------------------ holders


def test_one_valid_document_of_a_type(stocked):
    first = issue(stocked, person=person())
    for other in (person(), person(given_names="ANNA-MARIA"), person(personal_number=""), person(family_name="Эрикссон")):
        reservation = stocked.reserve(KIND, officer="anna", at=NOW)
        call = {"at": NOW, "issued": NOW.date(), "expires": date(2036, 11, 23), "files": {}, "person": other}
        with pytest.raises(RegisterError, match="has a valid") as caught:
            reservation.commit(**call)
        assert "ERIKSSON" not in str(caught.value)
        reservation.withdraw(at=NOW)
    # another number is another person; another type's specification may allow several
    issue(stocked, person=person(personal_number="ZE999999Z"))
    issue(stocked, person=person(), several=True)
    issue(stocked, person=person(family_name="OTHER", personal_number=""))
    do(stocked, "handover", first)
    do(stocked, "lost", first)
    known = stocked.documents.dossier(person(), officer="anna")
    assert {d.status for d in known.documents} == {"lost", "issued"}


SPELT = ("ZE184226B", "ze184226b", "ZE 184226 B", "ZE-184226-B", "ZE184226B<", " ZE184226B ", "ZE184226B-")


@pytest.mark.requirement("ONE-1")
@pytest.mark.parametrize("before", [False, True])
@pytest.mark.parametrize("kept", ["ZE184226B", "ZE-184226-B"])
@pytest.mark.parametrize("asked", SPELT)
def test_a_personal_number_is_one_whatever_parts_it(register, monkeypatch, kept, asked, before):
    """A zone has a filler for a blank and a hyphen; one written more made another person, with a passport of his own."""
    stock(register, "P0000001-P0000010")
    with monkeypatch.context() as patched:
        if before:  # as a register kept it until now
            patched.setattr(Holder, "personal_key", lambda self: " ".join(self.personal_number.upper().split()).encode())
        number = issue(register, person=person(personal_number=kept))
    assert [d.number for d in register.documents.dossier(person(personal_number=asked), officer="anna").documents] == [number]
    with pytest.raises(RegisterError, match="has a valid"):
        issue(register, person=person(personal_number=asked))
    renamed = person(family_name="OTHER", personal_number=kept)
    assert [d.number for d in register.documents.dossier(renamed, officer="anna").documents] == [number]
    assert person(personal_number=asked).may_be(person(personal_number=kept))
    assert issue(register, person=person(personal_number="ZE184226C")) == "P0000003"


def test_a_personal_number_without_letters_and_digits_is_none(stocked):
    issue(stocked, person=person(personal_number="- <"))
    with pytest.raises(RegisterError, match="has a valid"):
        issue(stocked, person=person(personal_number="-"))


def test_an_expired_document_hinders_nobody(stocked):
    issue(stocked, person=person(), expires=date(2026, 12, 1))
    with pytest.raises(RegisterError, match="has a valid"):
        issue(stocked, person=person(), at=NOW + timedelta(days=7))
    assert issue(stocked, person=person(), at=NOW + timedelta(days=8))


def test_what_is_known_of_a_person(stocked):
    number = issue(stocked, person=person())
    issue(stocked, person=person(family_name="OTHER", personal_number=""))
    issue(stocked)
    known = stocked.documents.dossier(person(), officer="anna")
    assert [d.number for d in known.documents] == [number]
    assert [d.number for d in known.valid(KIND, at=NOW)] == [number]
    assert known.valid("other", at=NOW) == ()
    assert known.valid(KIND, at=date(2037, 1, 1)) == ()
    assert len(stocked.documents.dossier(person(family_name="Эрикссон", personal_number=""), officer="anna").documents) == 1
    assert stocked.documents.dossier(person(date_of_birth=date(1974, 8, 13), personal_number=""), officer="anna").documents == ()
    assert stocked.documents.dossier(person(personal_number="ZE999999Z"), officer="anna").documents == ()
    with pytest.raises(UsageError):
        stocked.documents.dossier("ERIKSSON", officer="anna")
    for officer in ("auditor", "nobody"):
        with pytest.raises(RegisterError, match="missing role"):
            stocked.documents.dossier(person(), officer=officer)


def test_the_holder_is_read_back(stocked):
    number = issue(stocked, person=person())
    assert stocked.documents.holder(number, officer="gate") == person()
    assert stocked.documents.holder(issue(stocked), officer="anna") is None
    with pytest.raises(RegisterError, match="unknown document"):
        stocked.documents.holder("P0000999", officer="anna")
    with pytest.raises(RegisterError, match="missing role"):
        stocked.documents.holder(number, officer="auditor")


def everything(register):
    with register._context.store.read() as connection:
        return repr([connection.execute(table.select()).all() for table in tables.metadata.sorted_tables])


def test_nothing_of_a_person_stands_in_the_database(stocked, url, tmp_path):
    issue(stocked, person=person())
    stocked.decisions.record("citizenship", "citizen", day=NOW.date(), act="o 1", officer="chief", at=NOW, person=person())
    text = everything(stocked)
    for secret in ("ERIKSSON", "ANNA", "1974-08-12", "1974, 8, 12", "19740812", "ZE184226B"):
        assert secret not in text
    if url.startswith("sqlite"):
        raw = b"".join(path.read_bytes() for path in tmp_path.glob("register.db*") if path.is_file())
        assert not [secret for secret in (b"ERIKSSON", b"ANNA MARIA", b"1974-08-12", b"ZE184226B") if secret in raw]


def test_without_the_data_key_it_counts_and_audits(stocked, url, keys):
    number = issue(stocked, person=person())
    stocked.log.sequence()
    blind = open_register(url, Keys((), None, keys.verifier))
    assert blind.document(number, officer="anna").status == "issued"
    assert blind.audit(officer="auditor").sound
    assert blind.statistics(first=NOW.date(), last=NOW.date(), by=["citizenship"], officer="auditor").rows[0].count == 1
    for call in (
        lambda: blind.documents.dossier(person(), officer="anna"),
        lambda: blind.documents.holder(number, officer="anna"),
        lambda: issue(blind, person=person()),
    ):
        with pytest.raises(RegisterError, match="key"):
            call()


def test_a_new_key_wraps_every_row_anew(tmp_path, url, keys):
    folder = tmp_path / "keys"
    made = Keys.create(folder, name="example.tj/register", passphrase=b"of a test")
    register = new_register(url, made, office="o")
    register.blanks.add_series(KIND, "P{:07d}", officer="chief", at=NOW)
    stock(register, "P0000001-P0000010", office="o")
    number = issue(register, officer="chief", person=person())
    head = register.log.sequence()
    both = Keys.open(folder, passphrase=b"of a test").renewed(folder, passphrase=b"of a test")
    assert [key.secret for key in both.data][1:] == [key.secret for key in made.data]
    register = open_register(url, both)
    with pytest.raises(RegisterError, match="missing role"):
        register.rewrap(officer="nobody", at=NOW)
    assert register.rewrap(officer="chief", at=NOW) == 1
    assert register.rewrap(officer="chief", at=NOW) == 0
    newest = both.only_newest(folder, passphrase=b"of a test")
    register = open_register(url, Keys.open(folder, passphrase=b"of a test"))
    assert newest.data == register._context.keys.data
    assert register.documents.holder(number, officer="chief") == person()
    assert [d.number for d in register.documents.dossier(person(), officer="chief").documents] == [number]
    with pytest.raises(RegisterError, match="another key"):
        Register(url, keys=made)
    enrol(register, "auditor", "auditor", "o")
    assert register.audit(officer="auditor", since=head).sound


def test_a_person_moved_to_another_row_cannot_be_read(stocked):
    one, other = issue(stocked, person=person()), issue(stocked, person=person(family_name="OTHER", personal_number=""))
    with stocked._context.store.write() as connection:
        for column in ("sealed", "wrapped"):
            connection.exec_driver_sql(
                f"UPDATE document SET {column} = (SELECT {column} FROM document WHERE number = '{one}') WHERE number = '{other}'"
            )
    with pytest.raises(RegisterError, match="was changed"):
        stocked.documents.holder(other, officer="anna")


@pytest.mark.parametrize(
    "change",
    [{"family_name": ""}, {"family_name": " "}, {"family_name": "a\n"}, {"family_name": "a" * 201}, {"sex": 5}, {"date_of_birth": None},
     {"date_of_birth": NOW}, {"given_names": None}],
)  # fmt: skip
def test_who_is_no_person(change):
    with pytest.raises(UsageError):
        person(**change)


def test_the_applicant_is_a_person():
    application = example(KIND, at=NOW)
    made = Holder.of(application)
    assert (made.family_name, made.date_of_birth) == (application.family_name, application.date_of_birth)
    with pytest.raises(UsageError):
        Holder.of(dataclasses.replace(application, date_of_birth=None))


# ---------------------------------------------------------------------------------------- decisions and statistics


@pytest.mark.requirement("CIT-1")
def test_citizenship_as_settled_is_known_of_a_person(stocked):
    told = {"day": NOW.date(), "act": "81/086/7, protocol 5", "officer": "chief", "at": NOW}
    stocked.decisions.record("citizenship", "citizen", person=person(), **told)
    stocked.decisions.record("citizenship", "stateless", person=person(family_name="OTHER", personal_number=""), **told)
    (found,) = stocked.documents.dossier(person(), officer="anna").decisions
    assert (found.kind, found.outcome, found.day, found.act) == ("citizenship", "citizen", "2026-11-24", "81/086/7, protocol 5")
    assert stocked.audit(officer="auditor").sound


@pytest.mark.requirement("REG-6")
def test_the_register_dates_the_legalisation(stocked):
    told = {"act": "1", "officer": "chief", "at": NOW, "person": person(), "category": "A"}
    stocked.decisions.record("legalisation", "in-time", day=date(2026, 3, 1), **told)
    (found,) = stocked.documents.dossier(person(), officer="anna").decisions
    assert (found.outcome, found.day, found.category) == ("in-time", "2026-03-01", "A")


@pytest.mark.parametrize(
    "change",
    [{"kind": "weather"}, {"outcome": "maybe"}, {"day": date(2026, 11, 25)}, {"day": None}, {"act": ""}, {"category": "'"}, {"office": "a b"}],
)  # fmt: skip
def test_decisions_that_are_none(stocked, change):
    call = {"kind": "citizenship", "outcome": "citizen", "day": NOW.date(), "act": "1", "officer": "chief", "at": NOW, **change}
    kind, outcome = call.pop("kind"), call.pop("outcome")
    with pytest.raises(UsageError):
        stocked.decisions.record(kind, outcome, **call)
    with pytest.raises(RegisterError, match="missing role"):
        stocked.decisions.record("citizenship", "citizen", day=NOW.date(), act="1", officer="anna", at=NOW)


@pytest.mark.requirement("STAT-1")
def test_counts_beside_those_of_a_year_earlier(register):
    before = NOW.replace(year=2025)
    register.blanks.receive("P0000001-P0000100", act="1", supplier="s", office="dushanbe", officer="chief", at=before.replace(month=1))
    register.blanks.move("confirm", "P0000001-P0000100", officers=["chief"], at=before.replace(month=1), office="dushanbe")
    people = [("TJK", "F"), ("TJK", "F"), ("TJK", "M"), ("UTO", "M")]
    for n, (state, sex) in enumerate(people):
        issue(register, person=person(citizenship=state, sex=sex, personal_number=f"{n}"))
    issue(register, at=before, person=person(citizenship="TJK", sex="M", personal_number="9"), several=True)
    issue(register, at=before.replace(month=10), person=person(personal_number="8"))  # outside both periods
    do(register, "spoil", issue(register))
    for outcome, year in (("refused", 2026), ("refused", 2026), ("refused", 2025), ("accepted", 2025)):
        at = NOW.replace(year=year)
        register.decisions.record("application", outcome, day=at.date(), act="1", officer="chief", at=at, document_type=KIND, category="A")
    first, last = date(2026, 11, 1), date(2026, 11, 30)

    def rows(*by):
        found = register.statistics(first=first, last=last, by=by, officer="auditor")
        return {row.keys: (row.count, row.before) for row in found.rows}

    assert rows("decision") == {("issued",): (4, 1), ("application: refused",): (2, 1), ("application: accepted",): (0, 1)}
    assert rows("citizenship", "sex", "decision") == {
        ("TJK", "F", "issued"): (2, 0), ("TJK", "M", "issued"): (1, 1), ("UTO", "M", "issued"): (1, 0),
        ("", "", "application: refused"): (2, 1), ("", "", "application: accepted"): (0, 1),
    }  # fmt: skip
    assert rows("document_type") == {(KIND,): (6, 3)}
    assert rows("office") == {("dushanbe",): (4, 1), ("store",): (2, 2)}
    assert rows("category") == {("",): (4, 1), ("A",): (2, 2)}
    found = register.statistics(first=first, last=last, by=["decision"], officer="chief")
    assert found.as_csv().splitlines()[0] == "decision,count,a_year_earlier,change"
    assert "issued,4,1,3" in found.as_csv().splitlines()
    assert found.as_json()["rows"][-1] == {"decision": "issued", "count": 4, "a_year_earlier": 1}
    for by in ([], ["colour"], ["sex", "sex"]):
        with pytest.raises(UsageError):
            register.statistics(first=first, last=last, by=by, officer="chief")
    for wrong in ({"first": last, "last": first}, {"first": NOW, "last": last}):
        with pytest.raises(UsageError):
            register.statistics(**wrong, officer="chief")
    with pytest.raises(RegisterError, match="missing role"):
        register.statistics(first=first, last=last, officer="anna")


@pytest.mark.requirement("STAT-1")
def test_a_leap_day_has_a_year_earlier(stocked):
    assert stocked.statistics(first=date(2028, 2, 29), last=date(2028, 2, 29), officer="chief").rows == ()


def test_a_cell_that_starts_a_formula():
    from tjdocs.register.statistics import Row, Statistics

    table = Statistics(("office",), NOW.date(), NOW.date(), (Row(("=1+1",), 1, 0), Row(("@x",), 0, 0)))
    assert "'=1+1,1,0,1" in table.as_csv()
    assert "'@x" in table.as_csv()


def test_whole_months_are_compared_with_whole_months(register):
    """February of a year before or after a leap year; a part of a month is compared day by day."""
    from tjdocs.register.statistics import _a_year_earlier

    for first, last, before in (
        (date(2025, 2, 1), date(2025, 2, 28), (date(2024, 2, 1), date(2024, 2, 29))),
        (date(2024, 2, 1), date(2024, 2, 29), (date(2023, 2, 1), date(2023, 2, 28))),
        (date(2025, 1, 1), date(2025, 2, 28), (date(2024, 1, 1), date(2024, 2, 29))),
        (date(2025, 2, 10), date(2025, 2, 28), (date(2024, 2, 10), date(2024, 2, 28))),
        (date(2024, 2, 29), date(2024, 2, 29), (date(2023, 2, 28), date(2023, 2, 28))),
        (date(2026, 1, 1), date(2026, 12, 31), (date(2025, 1, 1), date(2025, 12, 31))),
    ):
        assert _a_year_earlier(first, last) == before


@pytest.mark.requirement("STAT-1")
def test_what_was_spoiled_is_not_counted_when_it_was_destroyed_either(stocked):
    spoiled, lost = issue(stocked), issue(stocked)
    stocked.act("spoil", spoiled, officers=["chief"], at=NOW, ground="misprint")
    stocked.act("handover", lost, officers=["anna"], at=NOW)
    stocked.act("lost", lost, officers=["chief"], at=NOW, ground="reported")
    day = {"first": NOW.date(), "last": NOW.date(), "by": ["document_type"], "officer": "auditor"}
    assert [row.count for row in stocked.statistics(**day).rows] == [1]
    for number in (spoiled, lost):
        stocked.act("destroy", number, officers=["chief", "second"], at=NOW, reference="act 5")
    assert [row.count for row in stocked.statistics(**day).rows] == [1]


@pytest.mark.requirement("STL-3")
def test_only_ones_own_document_is_replaced(stocked):
    old = issue(stocked, person=person())
    stocked.act("handover", old, officers=["anna"], at=NOW)
    for other in (
        person(personal_number="ZE184226C"),
        person(personal_number="", family_name="SPECIMEN"),
        person(personal_number="", date_of_birth=date(1974, 8, 13)),
    ):
        with pytest.raises(RegisterError, match="another person's"):
            stocked.replaceable(old, KIND, ground="renewal", at=NOW, person=other, officer="anna")
        reservation = stocked.reserve(KIND, officer="anna", at=NOW)
        values = {"issued": NOW.date(), "expires": date(2036, 11, 23), "files": {}, "person": other}
        with pytest.raises(RegisterError, match="another person's"):
            reservation.commit(at=NOW, replaces=old, ground="renewal", **values)
        reservation.withdraw(at=NOW)
    with pytest.raises(RegisterError, match="missing role"):
        stocked.replaceable(old, KIND, ground="renewal", at=NOW, person=person(), officer="gate")
    assert stocked.document(old, officer="anna").status == "handed-over"
    renamed = person(personal_number="", family_name="SPECIMEN")
    early = dataclasses.replace(renamed, date_of_birth=date(1974, 8, 13))
    with pytest.raises(RegisterError, match="another person's"):
        stocked.replaceable(old, KIND, ground="change-of-name", at=NOW, person=early, officer="anna")
    new = issue(stocked, person=renamed, replaces=old, ground="change-of-name")
    assert stocked.document(old, officer="anna").replaced_by == new
