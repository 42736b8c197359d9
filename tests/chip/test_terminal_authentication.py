"""Terminal authentication: who reads DG3 and DG4, on both sides, and the reasons of ``chip.ta``."""

import itertools
import tomllib
from datetime import date
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding

from tests.support import builders as b
from tests.support import cards
from tests.support import terminals as t
from tests.support.cards import CAN, Shown, ca_info, pace_info, public_info, static_key, zone_key
from tjdocs.asn1 import tlv
from tjdocs.chip import CardKeys, MrzKey, Terminal, pace
from tjdocs.chip import terminal_authentication as ta
from tjdocs.chip.apdu import Answer, Command
from tjdocs.errors import UsageError
from tjdocs.findings import checks
from tjdocs.lds.dg14 import SecurityInfo
from tjdocs.pki import cvc
from tjdocs.pki.cvc import CvCertificate

Visit = t.Visit
CAM = pace_info("PACE-ECDH-CAM-AES-CBC-CMAC-128", 13)


def found(shown: Shown, *arguments, **options):
    """Return the finding of terminal authentication, and the protected files that were read."""
    findings, _ = shown.judge(*arguments, **options)
    return findings["chip.ta"]


def sensitive(reading):
    return {name: reading.files[name] for name in t.BOTH if name in reading.files}


def cam_card(**options) -> Shown:
    keys = CardKeys(mapping=static_key(13))
    return t.guarded(CAM, t.TA, keys=keys, security=cards.card_security(CAM, public_info(13, named=True)), **options)


@pytest.mark.parametrize(
    "shown",
    [
        t.guarded(),
        t.guarded(ca_info(), public_info(), t.TA),
        t.guarded(pace_info("PACE-ECDH-IM-AES-CBC-CMAC-256", 16), ca_info(), public_info()),
        t.guarded(pace_info("PACE-DH-GM-AES-CBC-CMAC-128", 2), ca_info(), public_info()),
        t.guarded(
            ca_info("CA-DH-AES-CBC-CMAC-128"), public_info(1), keys=CardKeys({None: static_key(1)})
        ),
        t.guarded(ca_info("CA-ECDH-3DES-CBC-CBC"), public_info()),
        cam_card(),
    ],
    ids=["pace", "bac", "pace-im", "pace-dh", "ca-dh", "ca-3des", "cam"],
)
def test_a_terminal_with_rights_reads_fingerprints_and_irises(shown):
    reading = shown.read(terminal=t.terminal())
    assert sensitive(reading) == {"DG3": t.FINGERS, "DG4": t.IRISES}
    step = next(step for step in reading.steps if step.check == "chip.ta")
    assert (str(step.outcome), step.reason, step.detail) == ("passed", "", t.CVCA)


def test_without_a_terminal_nothing_of_them_is_read():
    shown = t.guarded()
    reading = shown.read()
    assert sensitive(reading) == {}
    assert (reading.unread["DG3"], reading.unread["DG4"]) == ("no-rights", "no-rights")
    assert found(shown) == ("undetermined", "not-asked")


def test_a_chip_without_them_is_not_asked():
    assert found(Shown(pace_info(), ca_info(), public_info()), terminal=t.terminal()) == ("not-applicable", "not-offered")


def test_a_card_access_number_is_enough():
    reading = t.guarded().read(password=CAN, terminal=t.terminal())
    assert set(sensitive(reading)) == {"DG3", "DG4"}


@pytest.mark.parametrize("where", ["cvca", "dv", "is"])
def test_a_right_counts_only_where_every_certificate_has_it(where):
    less = {"rights": ("DG3",)}
    trust = t.TerminalTrust.of(t.cvca(**less)) if where == "cvca" else t.trust()
    chain = (t.dv(**less) if where == "dv" else t.dv(), t.terminal_certificate(**less) if where == "is" else t.terminal_certificate())
    known = (*chain, t.cvca(**less)) if where == "cvca" else chain
    reading = t.guarded(terminals=trust).read(terminal=t.terminal(*known))
    assert set(sensitive(reading)) == {"DG3"}
    assert reading.unread["DG4"] == "no-rights"


def test_a_right_that_the_chip_does_not_grant_is_named():
    """The terminal has no certificate of the CVCA, and so cannot know that its chain has no right to DG4."""
    trust = t.TerminalTrust.of(t.cvca(rights=("DG3",)))
    assert found(t.guarded(terminals=trust), terminal=t.terminal()) == ("failed", "not-granted")


def test_a_chip_reads_again_in_a_new_session():
    """Rights and keys of a session end with it; date and authorities do not."""
    shown = t.guarded()
    for _ in range(2):
        assert set(sensitive(shown.read(terminal=t.terminal()))) == {"DG3", "DG4"}
    assert sensitive(shown.read()) == {}
    assert shown.card._terminals.trust.today == t.FROM["is"]


@pytest.mark.parametrize("links", [0, 1, 2])
def test_links_lead_from_an_older_authority(links):
    names = ["UTCVCA00001", "UTCVCA00002", "UTCVCA00003"]
    made = [t.certificate("cvca", new, old) for old, new in itertools.pairwise(names[: links + 1])]
    verifier = t.certificate("dv-domestic", t.DV, names[links])
    shown = t.guarded()
    reading = shown.read(terminal=t.terminal(*made, verifier, t.terminal_certificate()))
    assert set(sensitive(reading)) == {"DG3", "DG4"}
    assert shown.card._terminals.trust.references == tuple(reversed(names[: links + 1]))[:2]
    assert cvc.references(shown.card.files["EF.CVCA"]) == shown.card._terminals.trust.references


def test_a_link_that_the_chip_does_not_need_is_not_sent():
    trust = t.trust().after(t.link(), t.CVCA)
    verifier = t.certificate("dv-domestic", t.DV, t.LINKED)
    reading = t.guarded(terminals=trust).read(terminal=t.terminal(t.link(), verifier, t.terminal_certificate()))
    assert set(sensitive(reading)) == {"DG3", "DG4"}


ALGORITHMS = [row.id for row in cvc._table().algorithm]


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_every_algorithm_reads(algorithm):
    """Cases ISO7816_E_01 to E_07 and E_35 to E_38 of BSI TR-03105-5.1."""
    kind = "rsa" if "RSA" in algorithm else "ec"
    keys = {name: t.key(name, kind) for name in (t.CVCA, t.DV, t.IS)}

    def made(role, holder, authority):
        return t.certificate(role, holder, authority, own=keys[holder], signer=keys[authority], algorithm=algorithm)

    trust = t.TerminalTrust.of(made("cvca", t.CVCA, t.CVCA))
    chain = (made("dv-domestic", t.DV, t.CVCA), made("is", t.IS, t.DV))
    terminal = Terminal.of([one.raw for one in chain], keys[t.IS])
    assert set(sensitive(t.guarded(terminals=trust).read(terminal=terminal))) == {"DG3", "DG4"}


# reasons


def last_octet(certificate: CvCertificate) -> CvCertificate:
    data = bytearray(certificate.raw)
    data[-1] ^= 1
    return CvCertificate.parse(bytes(data))


def replaced(ins: int, make):
    """Change the protected answer to an instruction: this side has the session's keys."""

    class Resealing:
        def __init__(self, card):
            self._card = card
            self._run, card._run_command = card._run_command, self.run

        def run(self, command):
            answer = self._run(command)
            return make(command, answer) if command.ins == ins else answer

        def transmit(self, command):
            return self._card.transmit(command)

        def reset(self):
            self._card.power_on()

    return Resealing


def challenge_of(size):
    return replaced(0x84, lambda command, answer: Answer(0x9000, bytes(8)[:size] if size < 8 else answer.data[:size]))


def ef_cvca(content):
    def make(command, answer):
        return Answer(0x9000, content) if command.p1 == 0x9C and command.le == 36 else answer

    return replaced(0xB0, make)


OTHER_FILE = t.info("TA", b.integer(1), b.sequence(b.der(0x04, b"\x01\x77"), b.der(0x04, b"\x17")))
SAME_FILE = t.info("TA", b.integer(1), b.sequence(b.der(0x04, b"\x01\x1c"), b.der(0x04, b"\x1c")))


REASONS = [
    ("no-chain", "undetermined", lambda: t.guarded(terminals=t.TerminalTrust.of(t.certificate("cvca", t.LINKED, t.LINKED))), (), None),
    ("no-chip-authentication", "undetermined", lambda: t.guarded(pace_info()), (), None),
    ("structure", "failed", t.guarded, (), ef_cvca(b"\x42\x00\x00\x00\x00" + bytes(31))),
    ("structure", "failed", t.guarded, (), ef_cvca(bytes(36))),
    ("cvca-unread", "failed", lambda: t.guarded(pace_info(), ca_info(), public_info(), OTHER_FILE), (), None),
    ("certificate-refused", "failed", t.guarded, (lambda: last_octet(t.dv()), t.terminal_certificate), None),
    ("certificate-refused", "failed", t.guarded, (t.dv, lambda: last_octet(t.terminal_certificate())), None),
    ("certificate-refused", "failed", lambda: t.guarded(terminals=t.trust(date(2026, 12, 11))), (), None),
    ("challenge", "failed", t.guarded, (), challenge_of(7)),
    ("refused", "failed", t.guarded, (), replaced(0x82, lambda command, answer: Answer(0x6300))),
    ("unprotected", "warning", t.guarded, (), replaced(0xB0, lambda c, a: Answer(0x9000, t.FINGERS[: c.le]) if c.p1 == 0x83 and c.p2 == 0 else a)),
    ("too-many-references", "warning", t.guarded, (), ef_cvca(cvc.encode_references([t.CVCA[:9], "DECV00002", t.CVCA]))),
]  # fmt: skip
SEEN_ELSEWHERE = {"not-asked", "not-offered", "not-granted", "static-binding"}


@pytest.mark.parametrize(("reason", "outcome", "make", "chain", "between"), REASONS)
def test_each_reason_of_a_terminal(reason, outcome, make, chain, between):
    terminal = t.terminal(*(one() for one in chain)) if chain else t.terminal()
    findings, verdict = make().judge(between, terminal=terminal)
    assert findings["chip.ta"] == (outcome, reason)
    assert verdict.decision == ("refer" if outcome == "failed" else "admit")


def test_a_named_file_that_is_the_standards_is_read():
    assert found(t.guarded(pace_info(), ca_info(), public_info(), SAME_FILE), terminal=t.terminal()) == ("passed", "")


@pytest.mark.parametrize("password", [zone_key(), CAN], ids=["mrz", "can"])
def test_a_chip_bound_to_its_document_number_is_the_second_try(password):
    shown = t.guarded()
    static = zone_key().information[:-14].encode()

    class Static(ta.CardSide):
        def authenticate(self, signature, identifier, agreed):
            return super().authenticate(signature, static, agreed)

    shown.card._terminals = Static(t.trust())
    expected = ("warning", "static-binding") if password is not CAN else ("failed", "refused")
    assert found(shown, password=password, terminal=t.terminal()) == expected


def test_a_chip_with_another_number_than_its_zone_refuses():
    """Case ISO7816_E_11."""
    shown = t.guarded(ca_info(), public_info())

    class Other(ta.CardSide):
        def authenticate(self, signature, identifier, agreed):
            return super().authenticate(signature, b"M11T002JM4", agreed)

    shown.card._terminals = Other(t.trust())
    assert found(shown, terminal=t.terminal()) == ("failed", "refused")


def test_every_reason_has_its_card():
    assert {row[0] for row in REASONS} | SEEN_ELSEWHERE == set(checks()["chip.ta"].reasons) - {""}


# bad calls


def test_a_terminal_names_its_malformed_certificate():
    with pytest.raises(UsageError, match=r"certificates\[1\]"):
        Terminal.of([t.dv().raw, b"\x7f\x21\x00"], t.key(t.IS))


@pytest.mark.parametrize("key", [t.key(t.DV), t.key("x", "rsa")], ids=["of-the-verifier", "rsa"])
def test_a_terminal_needs_the_certificate_of_its_key(key):
    with pytest.raises(UsageError, match="missing certificate of the terminal"):
        Terminal.of([t.dv().raw, t.terminal_certificate().raw], key)


def test_no_key_is_in_the_representation():
    assert "PrivateKey" not in repr(t.terminal())


# the card


def test_the_card_grants_after_the_whole_run_alone():
    visit = Visit()
    assert visit.read(3) == 0x6982
    assert visit.authenticate() == 0x6A88  # no certificate yet
    assert [visit.verify(t.dv()), visit.verify(t.terminal_certificate())] == [0x9000, 0x9000]
    assert visit.read(3) == 0x6982
    assert visit.authenticate(signed=b"another") == 0x6300
    assert visit.read(3) == 0x6982
    assert visit.authenticate() == 0x9000
    assert [visit.read(3), visit.read(4), visit.read(1)] == [0x9000, 0x9000, 0x9000]
    assert visit.authenticate() == 0x6985  # once a session
    visit.begin()
    assert visit.read(3) == 0x6982


def test_the_card_wants_chip_authentication_first():
    visit = Visit(chip=False)
    assert [visit.verify(t.dv()), visit.verify(t.terminal_certificate())] == [0x9000, 0x9000]
    assert visit.authenticate() == 0x6985
    assert visit.read(3) == 0x6982


def test_a_verifier_is_no_terminal():
    visit = Visit()
    visit.verify(t.dv())
    assert visit.named(0x81A4, t.DV) == 0x6A88


def test_a_challenge_counts_once():
    visit = Visit()
    visit.verify(t.dv()), visit.verify(t.terminal_certificate())
    assert visit.authenticate(signed=b"another") == 0x6300
    signature = cvc.sign(t.key(t.IS), t.dv().key.algorithm, b"x")
    assert visit.session.send(Command(0x00, 0x82, data=signature)).sw == 0x6985


def test_a_verifiers_key_ends_with_the_session():
    """Case ISO7816_J_22 of BSI TR-03105-3.2."""
    visit = Visit()
    assert visit.verify(t.dv()) == 0x9000
    visit.begin()
    assert visit.verify(t.terminal_certificate()) == 0x6985


def test_certificates_in_plain_end_the_session():
    """Case ISO7816_J_12."""
    visit = Visit()
    plain = Command(0x00, 0x22, 0x81, 0xB6, b"\x83\x0b" + t.CVCA.encode()).encode()
    assert visit.shown.card.transmit(plain)[-2:] == b"\x69\x87"
    assert visit.shown.card.transmit(plain)[-2:] == b"\x69\x82"


# BSI TR-03105-3.2, unit J: what the card takes and refuses; the numbers are of its cases


def changed(certificate: CvCertificate, tag: int, make) -> bytes:
    """Return a verifier's certificate with one object of its body changed, and signed again."""
    body = b"".join(
        make(item) if item.tag == tag else tlv.encode(item.tag, item.value)
        for item in tlv.children(tlv.read(certificate.body))
    )
    body = tlv.encode(0x7F4E, body)
    return body + tlv.encode(0x5F37, cvc.sign(t.key(t.CVCA), certificate.key.algorithm, body))


def value(data: bytes):
    return lambda item: tlv.encode(item.tag, data)


def without(*tags: int):
    return lambda item: tlv.encode(
        item.tag, b"".join(tlv.encode(o.tag, o.value) for o in tlv.children(item) if o.tag not in tags)
    )


def absent(item):
    return b""


def odd(part: bytes):
    """Change the identifier in an object."""
    return lambda item: tlv.encode(item.tag, item.value.replace(part, bytes((part[0] ^ 1,)) + part[1:], 1))


def signed_with(make) -> bytes:
    """Return a verifier's certificate with another signature."""
    certificate = t.dv()
    return certificate.body + tlv.encode(0x5F37, make(certificate.signature))


RSA_OID = bytes.fromhex("060A04007F00070202020104")
NO_DATE = bytes((2, 6, 1, 11, 1, 0))
DAY_31 = bytes((2, 6, 1, 1, 3, 1))
MALFORMED = {
    "J_4 without signature": lambda: t.dv().body,
    "J_5 without body": lambda: tlv.encode(0x5F37, t.dv().signature),
    "J_6 without rights": lambda: changed(t.dv(), 0x7F4C, absent),
    "J_7 without effective date": lambda: changed(t.dv(), 0x5F25, absent),
    "J_8 without last day": lambda: changed(t.dv(), 0x5F24, absent),
    "J_9 effective date with a bad digit": lambda: changed(t.dv(), 0x5F25, value(NO_DATE)),
    "J_10 last day with a bad digit": lambda: changed(t.dv(), 0x5F24, value(NO_DATE)),
    "J_17, J_26 wrong tag of the body": lambda: b"\x7f\x4f" + t.dv().sent[2:],
    "J_18, J_27 wrong tag of the signature": lambda: t.dv().body + tlv.encode(0x5F38, t.dv().signature),
    "J_19 no such effective day": lambda: changed(t.dv(), 0x5F25, value(DAY_31)),
    "J_20 no such last day": lambda: changed(t.dv(), 0x5F24, value(DAY_31)),
    "J_21 ends before it begins": lambda: changed(t.dv(), 0x5F24, value(bytes((2, 5, 0, 1, 0, 1)))),
    "J_23 wrong identifier of the rights": lambda: changed(t.dv(), 0x7F4C, odd(bytes.fromhex("7F0007030102"))),
    "J_24, J_36 wrong identifier of the key": lambda: changed(t.dv(), 0x7F49, odd(bytes.fromhex("7F0007020202"))),
    "J_28 wrong length of the body": lambda: t.dv().body[:3] + bytes((t.dv().body[3] - 1,)) + t.dv().sent[4:],
    "J_29 wrong length of the signature": lambda: t.dv().body + b"\x5f\x37\x3f" + t.dv().signature,
    "J_30 wrong signature": lambda: signed_with(lambda s: s[:-1] + bytes(((s[-1] + 1) % 256,))),
    "J_31 signature too short": lambda: signed_with(lambda s: s[:-1]),
    "J_33 r is 0": lambda: signed_with(lambda s: bytes(32) + s[32:]),
    "J_34 s is 0": lambda: signed_with(lambda s: s[:32] + bytes(32)),
    "J_37 key without identifier": lambda: changed(t.dv(), 0x7F49, without(0x06)),
    "J_38 key without point": lambda: changed(t.dv(), 0x7F49, without(0x86)),
    "J_39, J_40 an RSA key without numbers": lambda: changed(t.dv(), 0x7F49, value(RSA_OID + b"\x81\x01\x05")),
    "J_41 key with an unknown object": lambda: changed(t.dv(), 0x7F49, lambda i: tlv.encode(i.tag, i.value + b"\x77\x01\x00")),
    "parameters in a verifier's key": lambda: t.dv(parameters=True).sent,
    "a key's object twice": lambda: changed(t.dv(), 0x7F49, lambda i: tlv.encode(i.tag, i.value + i.value[12:])),
    "bytes after it": lambda: t.dv().sent + b"\x00\x00",
    "another version": lambda: changed(t.dv(), 0x5F29, value(b"\x01")),
    "J_55 a key on a smaller curve": lambda: t.dv(own=t.curve_key("secp224r1")).sent,
    "an RSA key under an elliptic curve": lambda: t.dv(own=t.key("x", "rsa"), algorithm="TA-RSA-PSS-SHA-256", signed_by=t.ECDSA).sent,
    "a hash that is not the authority's": lambda: t.dv(algorithm="TA-ECDSA-SHA-512", signed_by=t.ECDSA).sent,
    "expired": lambda: t.dv(valid_from=date(2025, 11, 1), valid_to=date(2025, 12, 31)).sent,
}


@pytest.mark.parametrize("case", MALFORMED)
def test_a_refused_certificate_changes_nothing(case):
    """Its date is later than the card's, which does not move, and its key is not usable."""
    visit = Visit()
    before = visit.today
    assert visit.verify(MALFORMED[case](), t.CVCA) == 0x6300
    assert visit.today == before
    assert visit.named(0x81B6, t.DV) == 0x6A88
    assert visit.verify(t.dv()) == 0x9000  # the case differs from a right certificate in one thing


def test_the_date_moves_with_what_was_taken():
    visit = Visit()
    visit.verify(t.dv())
    assert visit.today == t.FROM["dv-domestic"]
    visit.verify(t.terminal_certificate())
    assert visit.today == t.FROM["is"]


def test_a_foreign_terminal_never_moves_the_date():
    """J_11."""
    visit = Visit()
    foreign = t.certificate("dv-foreign", t.FOREIGN, t.CVCA)
    assert visit.verify(foreign) == 0x9000
    assert visit.verify(t.certificate("is", t.IS, t.FOREIGN)) == 0x9000
    assert visit.today == t.FROM["dv-foreign"]
    assert visit.authenticate() == 0x9000


@pytest.mark.parametrize("reference", ["UTNONE00001", t.DV])
def test_an_unknown_issuer(reference):
    """J_2, J_25."""
    visit = Visit()
    assert visit.named(0x81B6, reference) == 0x6A88
    assert visit.verify(t.dv(), reference) == 0x6985
    assert visit.today == t.FROM["cvca"]


def test_another_issuer_than_the_certificate_names():
    """J_25: the other authority is known, and did not sign."""
    visit = Visit(t.guarded(ca_info(), public_info(), terminals=t.trust().after(t.link(), t.CVCA)))
    assert visit.verify(t.dv(), t.LINKED) == 0x6300


def test_a_certificate_without_a_chosen_issuer():
    """J_35; one choice serves one certificate."""
    visit = Visit()
    send = Command(0x00, 0x2A, 0x00, 0xBE, t.dv().sent, extended=True)
    assert visit.session.send(send).sw == 0x6985
    assert visit.verify(t.dv()) == 0x9000
    assert visit.session.send(send).sw == 0x6985


@pytest.mark.parametrize(
    ("issuer", "role"),
    [
        ("cvca", "is"),
        ("dv-domestic", "cvca"),
        ("dv-foreign", "cvca"),
        ("dv-domestic", "dv-domestic"),
        ("dv-domestic", "dv-foreign"),
        ("dv-foreign", "dv-domestic"),
        ("dv-foreign", "dv-foreign"),
        ("is", "dv-foreign"),
        ("is", "dv-domestic"),
        ("is", "is"),
        ("is", "cvca"),
    ],
)
def test_each_role_signs_only_the_next(issuer, role):
    """J_43 to J_53."""
    visit = Visit()
    above = {"cvca": t.CVCA, "dv-domestic": t.DV, "dv-foreign": t.FOREIGN, "is": t.IS}[issuer]
    if issuer != "cvca":
        verifier = t.certificate("dv-foreign", t.FOREIGN, t.CVCA) if issuer == "dv-foreign" else t.dv()
        assert visit.verify(verifier) == 0x9000
    if issuer == "is":
        assert visit.verify(t.terminal_certificate()) == 0x9000
    before = visit.today
    later = {"valid_from": date(2026, 12, 1), "other_life": True}
    assert visit.verify(t.certificate(role, "UTNEW00001", above, **later)) == 0x6300
    assert visit.today == before


def test_rsa_signatures_above_the_modulus():
    """J_32, and a salt that is not as long as the hash (cvc-create makes the longest that fits)."""
    keys = {name: t.key(name, "rsa") for name in (t.CVCA, t.DV)}
    given = {"algorithm": "TA-RSA-PSS-SHA-256"}
    trust = t.TerminalTrust.of(t.cvca(own=keys[t.CVCA], signer=keys[t.CVCA], **given))
    right = t.dv(own=keys[t.DV], signer=keys[t.CVCA], **given)
    visit = Visit(t.guarded(ca_info(), public_info(), terminals=trust))
    size = len(right.signature)
    above = int.from_bytes(right.signature, "big") + keys[t.CVCA].public_key().public_numbers().n
    if above < 1 << 8 * size:
        assert visit.verify(right.body + tlv.encode(0x5F37, above.to_bytes(size, "big"))) == 0x6300
    assert visit.verify(right.body + tlv.encode(0x5F37, b"\xff" * size)) == 0x6300
    salted = keys[t.CVCA].sign(
        right.body, padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.MAX_LENGTH), hashes.SHA256()
    )
    assert visit.verify(right.body + tlv.encode(0x5F37, salted)) == 0x6300
    assert visit.verify(right) == 0x9000


def test_links_are_taken_though_expired_and_the_oldest_authority_goes():
    visit = Visit(t.guarded(ca_info(), public_info(), terminals=t.trust(date(2029, 6, 1))))
    assert visit.verify(t.link()) == 0x9000  # until December 2028
    third = t.certificate("cvca", "UTCVCA00003", t.LINKED)
    assert visit.verify(third) == 0x9000
    assert cvc.references(visit.shown.card.files["EF.CVCA"]) == ("UTCVCA00003", t.LINKED)
    assert visit.named(0x81B6, t.CVCA) == 0x6A88
    assert visit.today == date(2029, 6, 1)


def test_a_link_may_change_the_curve():
    own = t.curve_key("brainpoolP256r1")
    visit = Visit()
    assert visit.verify(t.link(own=own)) == 0x9000
    verifier = t.certificate("dv-domestic", t.DV, t.LINKED, signer=own, own=t.curve_key("brainpoolP256r1", 2))
    assert visit.verify(verifier) == 0x9000


def test_a_known_authority_is_refused():
    visit = Visit()
    assert visit.verify(t.cvca()) == 0x6300
    assert visit.verify(t.link()) == 0x9000
    assert visit.verify(t.link()) == 0x6300


def test_unknown_extensions_and_reserved_bits_are_ignored():
    visit = Visit()
    certificate = t.dv()
    body = tlv.read(certificate.body).value + tlv.encode(0x65, b"\x73\x03\x06\x01\x00")
    body = tlv.encode(0x7F4E, body.replace(b"\x53\x01\x83", b"\x53\x01\xbf"))
    signature = cvc.sign(t.key(t.CVCA), certificate.key.algorithm, body)
    assert visit.verify(body + tlv.encode(0x5F37, signature), t.CVCA) == 0x9000


# worked examples: JMRTD and cvc-create on the other side, over PC/SC (`chip_transcripts.toml`)

EXAMPLES = tomllib.loads((Path(__file__).parent / "terminal_examples.toml").read_text(encoding="utf-8"))["example"]
ROWS = {row["id"]: {key: bytes.fromhex(text) if key not in ("id", "title") else text for key, text in row.items()} for row in EXAMPLES}


def example_trust() -> t.TerminalTrust:
    trust = t.TerminalTrust.of(CvCertificate.parse(ROWS["cv_cvca"]["certificate"]))
    for name in ("cv_dv", "cv_is"):
        one = CvCertificate.parse(ROWS[name]["certificate"])
        trust = trust.after(one, one.authority)
    return trust


def test_certificates_of_cvc_create():
    trust = example_trust()
    assert trust.today == date(2026, 11, 1)
    assert trust.last.rights == {"DG3"}
    for name in ("cv_cvca", "cv_dv", "cv_is", "cv_link_to_brainpool", "cv_dv_foreign"):
        raw = ROWS[name]["certificate"]
        assert CvCertificate.parse(raw).raw == raw
    link = CvCertificate.parse(ROWS["cv_link_to_brainpool"]["certificate"])
    assert link.key.curve.name == "brainpoolP256r1"
    assert trust.after(link, link.authority).references == ("UTCVCATEST00002", "UTCVCATEST00001")
    foreign = CvCertificate.parse(ROWS["cv_dv_foreign"]["certificate"])
    assert (foreign.role.id, foreign.rights) == ("dv-foreign", {"DG3"})
    with pytest.raises(cvc.CvcError, match="dates"):
        CvCertificate.parse(ROWS["cv_bad_dates"]["certificate"])
    with pytest.raises(UsageError, match="a wrong signature"):  # the longest salt that fits
        t.TerminalTrust.of(CvCertificate.parse(ROWS["cv_rsa_pss_cvca"]["certificate"]))


def test_the_answer_of_jmrtd_after_basic_access_control():
    row, last = ROWS["ca_ecdh_p256_aes128_ta_bac"], example_trust().last
    agreed = ta.compressed(12, row["terminal_ephemeral_public_key"])
    assert agreed == row["ta_comp_pk_ifd"]
    ((_, identifier),) = ta.chip_identifiers(zone_key_of("L898902C"), None)
    assert identifier == row["ta_id_ic_ascii_as_hex"]
    signed = identifier + row["ta_r_ic"] + agreed
    assert signed == row["ta_signature_input"]
    algorithm = last.certificate.key.algorithm
    assert cvc.verify(last.key, algorithm, row["ta_signature_plain_ecdsa_sha256"], signed)
    assert not cvc.verify(last.key, algorithm, row["ta_signature_plain_ecdsa_sha256"], signed[1:])


def zone_key_of(number: str) -> MrzKey:
    return MrzKey.made(number, "690806", "940623")


def test_the_answer_of_jmrtd_after_pace():
    row, last = ROWS["pace_gm_bp256_aes128_ca_ta"], example_trust().last
    protocol = pace.PaceProtocol.of(SecurityInfo.parse(pace_info("PACE-ECDH-GM-AES-CBC-CMAC-128", 13)))
    run = pace.PaceRun(protocol, row["pace_chip_agreement_public_key"])
    (_, identifier), (warning, number) = ta.chip_identifiers(zone_key_of("L898902C"), run)
    assert identifier == row["ta_id_ic_is_x_of_pace_chip_key"]
    assert (warning, number) == ("static-binding", b"L898902C<3")
    agreed = ta.compressed(12, row["ca_terminal_ephemeral_public_key"])
    assert agreed == row["ta_comp_pk_ifd_is_x_of_ca_key"]
    signed = identifier + row["ta_r_ic"] + agreed
    algorithm = last.certificate.key.algorithm
    assert cvc.verify(last.key, algorithm, row["ta_signature_plain_ecdsa_sha256"], signed)


def test_the_key_of_the_example_is_its_terminals():
    key = serialization.load_der_private_key(ROWS["cv_is_key"]["key"], None)
    terminal = Terminal.of([ROWS["cv_dv"]["certificate"], ROWS["cv_is"]["certificate"]], key)
    trust = t.TerminalTrust.of(CvCertificate.parse(ROWS["cv_cvca"]["certificate"]))
    reading = t.guarded(terminals=trust).read(terminal=terminal)
    assert set(sensitive(reading)) == {"DG3"}
