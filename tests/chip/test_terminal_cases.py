"""The cases of BSI TR-03105-3.2 about terminal authentication: units K, L, M, N, and what is left of J.

The others of unit J are in ``test_terminal_authentication.py``. The names of the tests have the cases' numbers.
"""

from datetime import date

import pytest

from tests.support import terminals as t
from tests.support.cards import ca_info, public_info, zone_key
from tests.support.terminals import Visit
from tjdocs.asn1 import tlv
from tjdocs.chip.apdu import Command
from tjdocs.chip.secure_messaging import SecureMessagingError
from tjdocs.pki import cvc
from tjdocs.pki.cvc import CvCertificate

CHECKING_ERROR = range(0x6400, 0x7000)
DG3, DG4 = 3, 4
TERMINAL = t.dv().key.algorithm


def chained(visit: Visit, *certificates: CvCertificate) -> list[int]:
    return [visit.verify(one) for one in certificates or (t.dv(), t.terminal_certificate())]


def ready(by: str = "bac", *certificates: CvCertificate) -> Visit:
    """A session in which the terminal's certificates were taken."""
    visit = Visit(by=by)
    assert set(chained(visit, *certificates)) == {0x9000}
    return visit


def closed(visit: Visit, *files: int) -> bool:
    return all(visit.read(file) in CHECKING_ERROR for file in files or (DG3, DG4))


def signature(visit: Visit, challenge: bytes, signer: str = t.IS, identifier: bytes | None = None) -> bytes:
    own = visit.identifier if identifier is None else identifier
    return cvc.sign(t.key(signer), TERMINAL, own + challenge + visit.agreed)


def answered(visit: Visit, data: bytes, cla: int = 0) -> int:
    return visit.session.send(Command(cla, 0x82, data=data)).sw


# ------------------------------------------------------------------------------------------------------ J: certificates


def test_j_1_a_right_chain_is_taken():
    assert chained(Visit()) == [0x9000, 0x9000]


def test_j_3_a_verifier_with_a_wrong_signature():
    visit = Visit()
    right = t.dv()
    wrong = right.signature[:-1] + bytes((right.signature[-1] ^ 1,))
    assert visit.verify(right.body + tlv.encode(0x5F37, wrong)) == 0x6300
    assert visit.named(0x81B6, t.DV) in CHECKING_ERROR


@pytest.mark.parametrize("case", ["J_13", "J_15"])
def test_a_wrong_class_byte(case):
    visit = Visit()
    name = b"\x83" + bytes((len(t.CVCA),)) + t.CVCA.encode()
    choice = Command(0x80, 0x22, 0x81, 0xB6, name)
    if case == "J_15":
        assert visit.named(0x81B6, t.CVCA) == 0x9000
        choice = Command(0x80, 0x2A, 0x00, 0xBE, t.dv().sent, extended=True)
    with pytest.raises(SecureMessagingError) as error:
        visit.session.send(choice)
    assert error.value.sw in CHECKING_ERROR


def test_j_56_a_terminals_key_on_a_smaller_curve():
    visit = Visit()
    assert visit.verify(t.dv()) == 0x9000
    assert visit.verify(t.terminal_certificate(own=t.curve_key("secp224r1"))) == 0x6300


# ------------------------------------------------------------------------------------------- K: terminal authentication


@pytest.mark.parametrize("by", ["bac", "pace"])
def test_k_1_the_whole_of_it(by):
    visit = ready(by)
    assert visit.authenticate() == 0x9000
    assert [visit.read(DG3), visit.read(DG4)] == [0x9000, 0x9000]


def test_k_2_an_unknown_holder():
    visit = ready()
    assert visit.named(0x81A4, "UTNONE00001") in (0x9000, *CHECKING_ERROR)
    challenge = visit.session.send(Command(0, 0x84, le=8)).data
    assert answered(visit, signature(visit, challenge)) != 0x9000
    assert closed(visit)


def test_k_4_an_answer_without_protection():
    visit = ready()
    visit.named(0x81A4, t.IS)
    challenge = visit.session.send(Command(0, 0x84, le=8)).data
    plain = visit.shown.card.transmit(Command(0, 0x82, data=signature(visit, challenge)).encode())
    assert int.from_bytes(plain, "big") in CHECKING_ERROR  # two bytes: without protection
    gone = visit.shown.card.transmit(Command(0, 0xB0, 0x80 | DG3, 0, le=8).encode())
    assert gone == b"\x69\x82"


@pytest.mark.parametrize("holder", [t.DV, t.CVCA], ids=["K_5", "K_6"])
def test_the_key_of_another_role(holder):
    visit = ready()
    chosen = visit.named(0x81A4, holder)
    challenge = visit.session.send(Command(0, 0x84, le=8)).data
    assert answered(visit, signature(visit, challenge, holder)) != 0x9000
    assert chosen in (0x9000, *CHECKING_ERROR)
    assert closed(visit)


def test_k_7_a_wrong_class_byte():
    visit = ready()
    visit.named(0x81A4, t.IS)
    challenge = visit.session.send(Command(0, 0x84, le=8)).data
    with pytest.raises(SecureMessagingError) as error:
        answered(visit, signature(visit, challenge), cla=0x80)
    assert error.value.sw in CHECKING_ERROR


def test_k_10_the_first_of_two_challenges():
    visit = ready()
    visit.named(0x81A4, t.IS)
    first, second = (visit.session.send(Command(0, 0x84, le=8)).data for _ in "ab")
    assert first != second
    assert answered(visit, signature(visit, first)) != 0x9000
    assert closed(visit)


def test_k_12_a_challenge_of_seven_bytes():
    visit = ready()
    visit.named(0x81A4, t.IS)
    challenge = visit.session.send(Command(0, 0x84, le=7))
    assert len(challenge.data) == 7 or challenge.sw in CHECKING_ERROR
    assert answered(visit, signature(visit, challenge.data)) != 0x9000
    assert closed(visit)


def test_k_14_without_a_challenge():
    visit = ready()
    visit.named(0x81A4, t.IS)
    assert answered(visit, signature(visit, bytes(8))) in (0x6300, *CHECKING_ERROR)
    assert closed(visit)


def test_k_15_without_a_chosen_key():
    visit = ready()
    answer = visit.session.send(Command(0, 0x84, le=8))
    assert answered(visit, signature(visit, answer.data)) in (0x6300, *CHECKING_ERROR)
    assert closed(visit)


@pytest.mark.parametrize("data", [b"", b"\x83", b"\x83\x05UTIS", b"\x84\x09UTIS00001", b"\x83\x00"])
def test_k_17_a_choice_with_a_wrong_structure(data):
    visit = ready()
    assert visit.session.send(Command(0, 0x22, 0x81, 0xA4, data)).sw in CHECKING_ERROR


def test_k_18_rights_end_with_the_session():
    visit = ready()
    assert visit.authenticate() == 0x9000
    visit.begin(chip=False)
    assert closed(visit)


def test_k_19_files_may_be_read_between():
    visit = Visit()
    assert [visit.read(file) for file in (0x1D, 1, 2)] == [0x9000] * 3
    assert chained(visit) == [0x9000, 0x9000]
    assert visit.read(1) == 0x9000
    assert visit.authenticate() == 0x9000


def test_k_20_the_document_number_after_pace():
    visit = ready("pace")
    visit.named(0x81A4, t.IS)
    challenge = visit.session.send(Command(0, 0x84, le=8)).data
    number = zone_key().information[:-14].encode()
    assert answered(visit, signature(visit, challenge, identifier=number)) in (0x6300, *CHECKING_ERROR)
    assert closed(visit)


# -------------------------------------------------------------------------------------------------- L: effective rights


@pytest.mark.parametrize(
    ("verifier", "system", "read", "denied"),
    [
        (("DG3", "DG4"), ("DG3",), DG3, DG4),
        (("DG3", "DG4"), ("DG4",), DG4, DG3),
        (("DG3",), ("DG3", "DG4"), DG3, DG4),
        (("DG4",), ("DG3", "DG4"), DG4, DG3),
    ],
    ids=["L_1 L_2", "L_3 L_4", "L_5 L_6", "L_7 L_8"],
)
def test_rights_are_those_that_all_have(verifier, system, read, denied):
    visit = ready("bac", t.dv(rights=verifier), t.terminal_certificate(rights=system))
    assert visit.authenticate() == 0x9000
    assert visit.read(read) == 0x9000
    assert closed(visit, denied)


def test_l_9_and_l_10_a_chain_alone_gives_no_rights():
    assert closed(ready())


def test_l_11_and_l_12_a_failed_answer_gives_no_rights():
    visit = ready()
    assert visit.authenticate(signed=b"another") == 0x6300
    assert closed(visit)


@pytest.mark.parametrize(
    ("by", "again"),
    [("bac", "bac"), ("pace", "pace"), ("pace", "bac"), ("bac", "pace")],
    ids=["L_13", "L_14", "L_15", "L_16"],
)
def test_access_once_more_is_refused(by, again):
    shown = t.guarded()
    visit = Visit(shown, by=by)
    assert chained(visit) == [0x9000, 0x9000]
    assert visit.authenticate() == 0x9000
    command = Command(0, 0x84, le=8) if again == "bac" else Command(0, 0x22, 0xC1, 0xA4, PACE)
    first = visit.session.send(command)
    if first.ok and again == "bac":  # a challenge: of no use without an access that is refused
        answer = visit.session.send(Command(0, 0x82, data=bytes(40), le=40))
        assert not answer.ok
    else:
        assert not first.ok
    assert visit.read(1) == 0x9000  # the session goes on as it was


PACE = bytes.fromhex("800A04007F00070202040202" + "830102")


# ------------------------------------------------------------------------------------------------------------ M: update


@pytest.mark.parametrize("case", ["M_1", "M_2"])
def test_a_newer_date_moves_the_cards(case):
    """What ended before it is refused then."""
    later = date(2026, 12, 5)
    newer = t.dv(valid_from=later, other_life=True, valid_to=date(2027, 1, 15))
    old = t.terminal_certificate(valid_to=date(2026, 12, 1))
    visit = Visit()
    if case == "M_1":
        assert chained(visit, t.dv(), t.terminal_certificate(valid_from=later, valid_to=date(2026, 12, 31))) == [0x9000] * 2
    else:
        assert visit.verify(newer) == 0x9000
    assert visit.today == later
    visit.begin()
    assert chained(visit, t.dv(), old) == [0x9000, 0x6300]


def test_m_3_two_authorities_until_the_old_one_ends():
    visit = Visit(t.guarded(ca_info(), public_info(), terminals=t.trust()))
    assert visit.verify(t.link(valid_to=date(2029, 6, 1), other_life=True)) == 0x9000
    visit.begin()
    assert cvc.references(visit.shown.card.files["EF.CVCA"]) == (t.LINKED, t.CVCA)
    assert visit.verify(t.dv()) == 0x9000  # under the old one
    after = {"valid_from": date(2028, 12, 2), "valid_to": date(2029, 1, 20)}
    assert visit.verify(t.certificate("dv-domestic", "UTDV00002", t.LINKED, **after)) == 0x9000
    assert visit.today == date(2028, 12, 2)
    visit.begin()
    under_the_old = t.certificate("dv-domestic", "UTDV00003", t.CVCA, **(after | {"valid_from": date(2028, 11, 20)}))
    assert visit.verify(under_the_old) == 0x6300
    # a link is the way out for a card that was not used for long
    visit.begin()
    assert visit.verify(t.certificate("cvca", "UTCVCA00003", t.LINKED)) == 0x9000


def test_m_4_two_links_in_turn():
    visit = Visit()
    assert visit.verify(t.link()) == 0x9000
    assert visit.verify(t.certificate("cvca", "UTCVCA00003", t.LINKED)) == 0x9000
    assert cvc.references(visit.shown.card.files["EF.CVCA"]) == ("UTCVCA00003", t.LINKED)


def test_m_5_a_terminal_under_an_authority():
    visit = Visit()
    assert visit.verify(t.link()) == 0x9000
    assert visit.verify(t.terminal_certificate(authority=t.LINKED)) == 0x6300


def test_n_1_a_link_to_another_algorithm():
    visit = Visit()
    rsa = t.key("x", "rsa")
    assert visit.verify(t.link(own=rsa, algorithm="TA-RSA-PSS-SHA-256", signed_by=t.ECDSA)) == 0x9000
