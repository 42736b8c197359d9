"""Programs that others wrote read our card over PC/SC, and our reader reads it there."""

import base64
import json
import os
import subprocess
import sys

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.interop import virtual_reader
from tests.support import builders as b
from tests.support import cards
from tests.support import terminals as t
from tests.support.cards import Shown, ca_info, pace_info, public_info
from tjdocs.chip import CardKeys, Terminal, read, vpcd
from tjdocs.lds import ef_catalogue
from tjdocs.pki.cvc import CvCertificate

pytestmark = pytest.mark.interop
NOT_READ = ("EF.CardAccess", "EF.CardSecurity", "EF.CVCA")
P256, BP256, P384, BP384 = 12, 13, 15, 16
LARGE = b.der(0x75, bytes(range(256)) * 200)


@pytest.fixture(scope="module")
def slot(tmp_path_factory):
    with virtual_reader.inserted(tmp_path_factory.mktemp("pcsc"), Shown().card) as slot:
        yield slot


# ---------------------------------------------------------------------------------------------------------- JMRTD reads


@pytest.fixture(scope="module")
def jmrtd(slot):
    """Ask JMRTD to read a card: one virtual machine for all of them."""
    command = ["java", "-Xmx512m", "-cp", os.environ["TJDOCS_JMRTD"], "tjdocs.interop.Chip"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as program:

        def ask(shown, **job):
            slot.put(shown.card)
            named = {name: _file_id(name) for name in shown.card.files if name not in NOT_READ}
            if "can" not in job:
                job["mrz"] = _parts(cards.zone_key())
            program.stdin.write(json.dumps({"reader": virtual_reader.NAME, "files": named, **job}) + "\n")
            program.stdin.flush()
            answer = json.loads(program.stdout.readline())
            assert "error" not in answer, answer["error"]
            return answer

        yield ask
        program.stdin.close()
        program.wait(20)


def _parts(key):
    """Return number, birth and expiry of the zone information, without their check digits."""
    text = key.information
    return text[:-15].rstrip("<"), text[-14:-8], text[-7:-1]


def _file_id(name):
    return ef_catalogue.by_name(name).file_id


def all_equal(answer, shown):
    files = {name: data for name, data in shown.card.files.items() if name not in NOT_READ}
    read = {name: base64.b64decode(data) for name, data in answer["files"].items()}
    assert set(read) == set(files)
    assert [name for name in files if read[name] != files[name]] == []
    return True


def test_jmrtd_reads_by_basic_access_control(jmrtd):
    shown = Shown()
    answer = jmrtd(shown)
    assert answer["access"] == "BAC"
    assert all_equal(answer, shown)


@pytest.mark.parametrize("block", [223, 8000])
def test_jmrtd_reads_a_large_face(jmrtd, block):
    """Beyond 32 kB, with the odd instruction, and in commands of extended length."""
    shown = Shown(pace_info(), groups={2: LARGE})
    assert all_equal(jmrtd(shown, block=block), shown)


@pytest.mark.parametrize("number", [P256, BP256, P384, BP384])
@pytest.mark.parametrize("mapping", ["GM", "IM"])
@pytest.mark.parametrize("suite", ["AES-CBC-CMAC-128", "AES-CBC-CMAC-256"])
def test_jmrtd_reads_by_pace(jmrtd, mapping, number, suite):
    shown = Shown(pace_info(f"PACE-ECDH-{mapping}-{suite}", number))
    answer = jmrtd(shown)
    assert mapping in answer["access"]
    assert all_equal(answer, shown)


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("PACE-DH-GM-AES-CBC-CMAC-128", 0),
        ("PACE-DH-GM-3DES-CBC-CBC", 1),
        ("PACE-DH-GM-AES-CBC-CMAC-256", 2),
        ("PACE-DH-IM-AES-CBC-CMAC-128", 2),
        ("PACE-ECDH-GM-3DES-CBC-CBC", 12),
        ("PACE-ECDH-IM-3DES-CBC-CBC", 13),
        ("PACE-ECDH-GM-AES-CBC-CMAC-192", 15),
        ("PACE-ECDH-GM-AES-CBC-CMAC-256", 18),
        ("PACE-ECDH-GM-AES-CBC-CMAC-128", 9),
        ("PACE-ECDH-GM-AES-CBC-CMAC-128", 14),
    ],
)
def test_jmrtd_reads_by_pace_of_other_groups_and_ciphers(jmrtd, name, number):
    shown = Shown(pace_info(name, number))
    assert all_equal(jmrtd(shown), shown)


def test_jmrtd_reads_with_a_card_access_number(jmrtd):
    shown = Shown(pace_info())
    assert all_equal(jmrtd(shown, can="123456"), shown)


@pytest.mark.parametrize("number", [P256, BP256, P384, BP384])
@pytest.mark.parametrize("size", [128, 192, 256])
def test_jmrtd_proves_the_key_of_the_mapping(jmrtd, number, size):
    """The data of the fourth step times our static key is our key of the second, by Bouncy Castle's arithmetic."""
    mapping = pace_info(f"PACE-ECDH-CAM-AES-CBC-CMAC-{size}", number)
    keys = CardKeys(mapping=cards.static_key(number))
    shown = Shown(mapping, keys=keys, security=cards.card_security(mapping, public_info(number, named=True)))
    answer = jmrtd(shown, cam=f"{cards.static_key(number):x}")
    assert answer["cam"] is True
    assert base64.b64decode(answer["security"]) == shown.card.files["EF.CardSecurity"]
    assert all_equal(answer, shown)


@pytest.mark.parametrize(
    ("protocol", "number"),
    [
        ("CA-ECDH-3DES-CBC-CBC", P256),
        ("CA-ECDH-AES-CBC-CMAC-128", BP256),
        ("CA-ECDH-AES-CBC-CMAC-192", P384),
        ("CA-ECDH-AES-CBC-CMAC-256", BP384),
        ("CA-DH-3DES-CBC-CBC", 0),
        ("CA-DH-AES-CBC-CMAC-256", 2),
    ],
)
@pytest.mark.parametrize("access", ["PACE", "BAC"])
def test_jmrtd_authenticates_the_chip(jmrtd, protocol, number, access):
    """Its new keys protect every file."""
    infos = (ca_info(protocol), public_info(number))
    shown = Shown(*(pace_info(),) * (access == "PACE"), *infos, keys=CardKeys({None: cards.static_key(number)}))
    answer = jmrtd(shown)
    assert answer["chip"] is not None
    assert all_equal(answer, shown)


@pytest.mark.parametrize(
    ("key", "name", "hash_"),
    [
        (b.rsa_key("active"), "SHA-1", "sha1"),
        (b.rsa_key("active"), "SHA-256", "sha256"),
        (b.ec_key("active"), "SHA-256", "sha256"),
    ],
    ids=["rsa-sha1", "rsa-sha256", "ecdsa-sha256"],
)
def test_jmrtd_authenticates_actively(jmrtd, key, name, hash_):
    shown = Shown(pace_info(), active=key, keys=CardKeys(active_authentication=key, active_hash=hash_))
    answer = jmrtd(shown, active=name)
    assert answer["active"] is True
    assert all_equal(answer, shown)


def terminal_job(algorithm):
    """Return a card with fingerprints and irises, and the terminal for it."""
    kind = "rsa" if "RSA" in algorithm else "ec"
    keys = {name: t.key(name, kind) for name in (t.CVCA, t.DV, t.IS)}

    def made(role, holder, authority):
        return t.certificate(role, holder, authority, own=keys[holder], signer=keys[authority], algorithm=algorithm)

    trust = t.TerminalTrust.of(made("cvca", t.CVCA, t.CVCA))
    chain = (made("dv-domestic", t.DV, t.CVCA), made("is", t.IS, t.DV))
    key = keys[t.IS].private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    terminal = {
        "chain": [base64.b64encode(one.raw).decode() for one in chain],
        "key": base64.b64encode(key).decode(),
        "algorithm": algorithm,
    }
    return trust, terminal


@pytest.mark.parametrize("algorithm", ["TA-ECDSA-SHA-256", "TA-ECDSA-SHA-512", "TA-RSA-PSS-SHA-256", "TA-RSA-v1-5-SHA-256"])
@pytest.mark.parametrize("access", ["PACE", "BAC"])
def test_jmrtd_authenticates_itself_and_reads_fingerprints(jmrtd, access, algorithm):
    trust, terminal = terminal_job(algorithm)
    infos = (*(pace_info(),) * (access == "PACE"), ca_info(), public_info(), t.TA)
    shown = t.guarded(*infos, terminals=trust)
    answer = jmrtd(shown, terminal=terminal)
    assert answer["terminal"] is True
    assert base64.b64decode(answer["files"]["DG3"]) == t.FINGERS
    assert all_equal(answer, shown)


# ------------------------------------------------------------------------------------------------------------- openpace


def openpace(*command):
    run = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return run.stdout + run.stderr


def test_cvc_print_verifies_our_certificates(tmp_path):
    """It finds an issuer in its folder under the reference, without an ending."""
    chain = (t.cvca(), t.link(), t.dv(), t.terminal_certificate())
    for one in chain:
        (tmp_path / one.holder).write_bytes(one.raw)
    for one in chain:
        printed = openpace("cvc-print", "--cvc", str(tmp_path / one.holder), "--cvc-dir", str(tmp_path))
        assert one.holder in printed
        assert one.authority in printed
        assert "certificate verified" in printed.lower(), printed
    wrong = bytearray(t.dv().raw)
    wrong[-1] ^= 1
    (tmp_path / "wrong").write_bytes(bytes(wrong))
    printed = openpace("cvc-print", "--cvc", str(tmp_path / "wrong"), "--cvc-dir", str(tmp_path))
    assert "certificate verified" not in printed.lower(), printed


@pytest.mark.parametrize("scheme", ["ECDSA_SHA_256", "ECDSA_SHA_384"])
def test_certificates_of_cvc_create_open_our_card(tmp_path, scheme):
    """Its authority, its verifier and its terminal: our reader with its key reads our card, which trusts them."""
    paths = {name: tmp_path / name for name in ("ca", "dv", "is")}
    keys = {name: t.curve_key("secp256r1", number) for number, name in enumerate(paths)}
    for name, key in keys.items():
        (tmp_path / f"{name}.key").write_bytes(key.private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption()))

    def create(role, name, holder, issuer, issued, expires):
        more = [] if issuer == name else ["--sign-as", str(paths[issuer])]
        key = ["--key", str(tmp_path / f"{name}.key")] if issuer != name else []
        printed = openpace(
            "cvc-create", "--role", role, "--type", "is", "--chr", holder, "--issued", issued, "--expires", expires,
            "--sign-with", str(tmp_path / f"{issuer}.key"), "--scheme", scheme, "--read-finger", "--read-iris",
            "--out-cert", str(paths[name]), *more, *key,
        )  # fmt: skip
        assert paths[name].exists(), printed
        return CvCertificate.parse(paths[name].read_bytes())

    authority = create("cvca", "ca", t.CVCA, "ca", "260101", "281201")
    verifier = create("dv_domestic", "dv", t.DV, "ca", "261001", "261220")
    own = create("terminal", "is", t.IS, "dv", "261120", "261210")
    assert own.raw == paths["is"].read_bytes()
    terminal = Terminal.of([verifier.raw, own.raw], keys["is"])
    reading = t.guarded(terminals=t.TerminalTrust.of(authority)).read(terminal=terminal)
    assert reading.files["DG3"] == t.FINGERS
    assert reading.files["DG4"] == t.IRISES


# ---------------------------------------------------------------------------------------- our reader, and plain readers


@pytest.mark.parametrize(
    "infos",
    [(), (pace_info(),), (pace_info("PACE-DH-GM-AES-CBC-CMAC-128", 2),), (pace_info(), ca_info(), public_info())],
    ids=["bac", "pace", "pace-dh", "all"],
)
def test_our_reader_reads_over_pcsc(slot, infos):
    from tjdocs.chip.pcsc import PcscTransport, readers

    active = b.ec_key("active") if len(infos) == 3 else None
    shown = Shown(*infos, active=active, groups={2: LARGE})
    slot.put(shown.card)
    assert readers()[0].startswith(virtual_reader.NAME)
    transport = PcscTransport(virtual_reader.NAME)
    reading = read(transport, cards.zone_key())
    transport.reset()
    assert dict(reading.files) == shown.card.files
    assert {str(step.outcome) for step in reading.steps} == {"passed"}
    again = read(transport, cards.zone_key())
    assert dict(again.files) == shown.card.files
    transport._connection.disconnect()


def test_opensc_and_pcsc_scan_see_the_card(slot):
    shown = Shown(pace_info())
    slot.put(shown.card)
    atr = vpcd.atr(shown.card).hex(" ").upper()

    def said(*command):
        run = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
        return run.stdout + run.stderr

    assert said("opensc-tool", "-r", "0", "--atr").strip().upper() == atr.replace(" ", ":")
    sent = said("opensc-tool", "-r", "0", "-s", "00A4040C07A0000002471001", "-s", "0084000008")
    assert "SW1=0x90, SW2=0x00" in sent
    assert f"ATR: {atr}" in said("pcsc_scan", "-c")


# ------------------------------------------------------------------------------------------------------------- libmrtd

_SHIM = """
#include <stddef.h>
#include <stdint.h>
typedef int (*exchange)(const uint8_t *, size_t, uint8_t *, size_t);
static exchange card;
void shim_card(exchange given) { card = given; }
int nfc_initiator_transceive_bytes(void *d, const uint8_t *tx, size_t n, uint8_t *rx, size_t m, int t)
{ (void)d; (void)t; return card(tx, n, rx, m); }
"""


def test_libmrtd_reads_by_basic_access_control(tmp_path):
    """Debian's libmrtd0 0.1.6 is made for NFC: a library in place of its driver hands each command to our card."""
    source, shim = tmp_path / "shim.c", tmp_path / "libshim.so"
    source.write_text(_SHIM, encoding="ascii")
    subprocess.run(["gcc", "-shared", "-fPIC", "-o", str(shim), str(source)], check=True, timeout=60)
    shown = Shown(pace_info(), groups={2: b.der(0x75, bytes(range(256)) * 12)})
    assert shown.card.transmit(bytes.fromhex("00A4040C07A0000002471001")) == b"\x90\x00"
    script = tmp_path / "read.py"
    script.write_text(_LIBMRTD, encoding="utf-8")
    program = subprocess.Popen(
        [sys.executable, str(script), str(shim), cards.zone_key().information],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with program:
        for line in program.stdout:
            kind, _, text = line.strip().partition(" ")
            if kind != "command":
                break
            program.stdin.write(shown.card.transmit(bytes.fromhex(text)).hex() + "\n")
            program.stdin.flush()
    assert kind == "files"
    read = {name: bytes.fromhex(data) for name, data in json.loads(text).items()}
    for name in ("EF.COM", "DG1", "DG2", "EF.SOD"):
        assert read[name] == shown.card.files[name], name


# In a process of its own: C code that ends badly must not end the tests.
_LIBMRTD = """
import ctypes, json, sys

shim = ctypes.CDLL(sys.argv[1], mode=ctypes.RTLD_GLOBAL)

@ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_uint8), ctypes.c_size_t, ctypes.POINTER(ctypes.c_uint8), ctypes.c_size_t)
def exchange(tx, n, rx, m):
    print("command", bytes(tx[:n]).hex(), flush=True)
    answer = bytes.fromhex(sys.stdin.readline())
    ctypes.memmove(rx, answer, len(answer))
    return len(answer)

shim.shim_card(exchange)
library = ctypes.CDLL("libmrtd.so.0")
enc, mac, ssc = ctypes.create_string_buffer(16), ctypes.create_string_buffer(16), ctypes.c_uint64()
library.mrtd_bac_keyhandshake(None, sys.argv[2].encode(), enc, mac, ctypes.byref(ssc))
files = {}
for name, number in {"EF.COM": b"\\x01\\x1e", "DG1": b"\\x01\\x01", "DG2": b"\\x01\\x02", "EF.SOD": b"\\x01\\x1d"}.items():
    out, size = ctypes.create_string_buffer(100_000), ctypes.c_int(0)
    library.mrtd_fileread_read(None, number, out, ctypes.byref(size), enc, mac, ctypes.byref(ssc))
    files[name] = out.raw[: size.value].hex()
print("files", json.dumps(files), flush=True)
"""
