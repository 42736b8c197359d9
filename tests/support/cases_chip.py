"""Cases of a chip's protocols for the vectors: the worked examples of Doc 9303-11, and what a reader must not take.

The values are the standard's (``tests/chip/worked_examples.toml``). Signatures of active authentication are made here,
from ISO/IEC 9796-2 and BSI TR-03111, never by the library.
"""

import hashlib
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from tests.support import builders as b
from tests.support import signing
from tests.support.vector_files import b64

EXAMPLES = {
    name: {key: value if key == "mrz_information" else bytes.fromhex(value) for key, value in table.items()}
    for name, table in tomllib.loads((Path(__file__).parents[1] / "chip/worked_examples.toml").read_text()).items()
}
TD3 = "L898902C<369080619406236"
CAN = "123456"
# prime and order of the curve with parameterId 13, RFC 5639, 3.4
BRAINPOOL_P = int("A9FB57DBA1EEA9BC3E660A909D838D726E3BF623D52620282013481D1F6E5377", 16)
CHALLENGE = bytes.fromhex("F173589974BF40C6")
_TRAILERS = {"sha1": "BC", "sha224": "38CC", "sha256": "34CC", "sha384": "36CC", "sha512": "35CC"}
_PLAIN = {"sha224": "2", "sha256": "3", "sha384": "4", "sha512": "5"}  # BSI TR-03111, 5.2.1.1: last arc of the identifier


class Case(NamedTuple):
    """A question about a chip's protocol, with its answer."""

    comment: str
    source: str
    given: dict[str, Any]
    expected: str
    reason: str = ""
    flags: tuple[str, ...] = ()


def cases() -> Iterator[Case]:
    """Yield every case, in the order of their ids."""
    yield from _basic_access_control()
    yield from _pace()
    yield from _secure_messaging()
    yield from _rsa()
    yield from _ecdsa()


def _case(comment: str, clause: str, operation: str, given: dict[str, Any], expected: str | bytes, reason: str = "", *flags: str) -> Case:
    inside = {key: b64(value) if isinstance(value, bytes) else value for key, value in given.items()}
    text = expected.hex().upper() if isinstance(expected, bytes) else expected
    return Case(comment, f"Doc 9303-11, {clause}", {"operation": operation, **inside}, text, reason, flags)


def _flipped(data: bytes, place: int = -1) -> bytes:
    changed = bytearray(data)
    changed[place] ^= 1
    return bytes(changed)


# ------------------------------------------------------------------------------------------------ basic access control


def _basic_access_control() -> Iterator[Case]:
    one = EXAMPLES["bac"]
    numbers = {"rnd_ic": one["rnd_ic"], "rnd_ifd": one["rnd_ifd"]}
    asked = {"mrz_information": TD3, **numbers, "k_ifd": one["k_ifd"]}
    yield _case("BAC: the reader's token", "D.3", "bac-token", asked, one["external_authenticate_data"])
    right = one["external_authenticate_response"]
    given = {"mrz_information": TD3, **numbers, "answer": right}
    yield _case("BAC: the chip's answer", "D.3", "bac-answer", given, "valid")
    wrong: list[tuple[str, dict[str, Any], str]] = [
        ("with a wrong MAC", {"answer": _flipped(right)}, "mac"),
        ("with a changed cryptogram", {"answer": _flipped(right, 0)}, "mac"),
        ("one byte short", {"answer": right[:-1]}, "structure"),
        ("empty", {"answer": b""}, "structure"),
        ("to another random number of the chip", {"rnd_ic": _flipped(one["rnd_ic"])}, "challenge-not-returned"),
        ("to another random number of the reader", {"rnd_ifd": _flipped(one["rnd_ifd"])}, "challenge-not-returned"),
        ("under the key of another MRZ", {"mrz_information": TD3[:-1] + "7"}, "mac"),
        ("which is the reader's own token, sent back", {"answer": one["external_authenticate_data"]}, "challenge-not-returned"),
    ]
    for comment, change, reason in wrong:
        yield _case(f"BAC: an answer {comment}", "4.3.3", "bac-answer", given | change, "invalid", reason, "chip.bac")
    start = EXAMPLES["secure_messaging_3des"]
    session = {**numbers, "k_ifd": one["k_ifd"], "k_ic": one["k_ic"], "command": start["select_command"]}
    yield _case("BAC: the first command of the session", "D.4", "bac-session", session, start["select_protected_command"])


# ---------------------------------------------------------------------------------------------------------------- PACE


def _info(oid: str, parameter_id: int) -> bytes:
    return b.sequence(b.der(0x06, bytes.fromhex(oid)), b.integer(2), b.integer(parameter_id))


_PACE_EXAMPLES = {
    "pace_gm_ecdh": ("GM over ECDH", "G.1", _info("04007F00070202040202", 13)),
    "pace_cam_ecdh": ("CAM over ECDH", "I", _info("04007F00070202040602", 13)),
    "pace_gm_dh": ("GM over DH", "G.2", _info("04007F00070202040102", 0)),
    "pace_im_ecdh": ("IM over ECDH", "H.1", _info("04007F00070202040402", 13)),
    "pace_im_dh": ("IM over DH", "H.2", _info("04007F00070202040302", 0)),
}


def _pace() -> Iterator[Case]:
    for name, (title, clause, info) in _PACE_EXAMPLES.items():
        one, curve = EXAMPLES[name], name.endswith("ecdh")
        point = b"\x04" if curve else b""
        shape = "_x_y" if curve else ""
        password = {"mrz_information": one["mrz_information"]} if "mrz_information" in one else {"can": CAN}
        nonce = {"pace_info": info, **password, "nonce": one["encrypted_nonce_z"]}
        yield _case(f"PACE-{title}: the nonce", clause, "pace-nonce", nonce, one["nonce_s"])
        base = point + one[f"mapped_generator{shape}"]
        if "nonce_t" in one:
            given = {"pace_info": info, "nonce": one["nonce_s"], "other_nonce": one["nonce_t"]}
        else:
            given = {"pace_info": info, "nonce": one["nonce_s"], "private_key": one["terminal_mapping_private_key"]}
            given["public_key"] = point + one[f"chip_mapping_public_key{shape}"]
        yield _case(f"PACE-{title}: the mapped base", clause, "pace-map", given, base)
        other = point + one[f"chip_agreement_public_key{shape}"]
        own = point + one[f"terminal_agreement_public_key{shape}"]
        agree = {"pace_info": info, "base": base, "private_key": one["terminal_agreement_private_key"], "public_key": other}
        yield _case(f"PACE-{title}: the session keys", clause, "pace-agree", agree, one["ks_enc"] + one["ks_mac"])
        for side, key, token in (("reader", other, "token_ifd"), ("chip", own, "token_ic")):
            asked = {"pace_info": info, "ks_mac": one["ks_mac"], "public_key": key}
            yield _case(f"PACE-{title}: the token of the {side}", clause, "pace-token", asked, one[token])
        for comment, key, reason in _wrong_keys(own, curve=curve):
            refused = "refused", reason, "chip.pace"
            yield _case(f"PACE-{title}: a public key {comment}", "9.6", "pace-agree", agree | {"public_key": key}, *refused)
            if "private_key" in given and reason == "invalid-key":
                yield _case(f"PACE-{title}: a mapping key {comment}", "9.6", "pace-map", given | {"public_key": key}, *refused)
    yield from _mapped_proof()


def _wrong_keys(own: bytes, *, curve: bool) -> Iterator[tuple[str, bytes, str]]:
    yield "that is the reader's own", own, "same-key"
    if curve:
        size = len(own) // 2
        yield "off the curve", _flipped(own), "invalid-key"
        yield "in compressed form", b"\x02" + own[1 : 1 + size], "invalid-key"
        yield "that is the point at infinity", b"\x00", "invalid-key"
        yield "with an x that is not below the prime", b"\x04" + BRAINPOOL_P.to_bytes(size, "big") + own[1 + size :], "invalid-key"
        yield "one byte short", own[:-1], "invalid-key"
        return
    prime = int.from_bytes(EXAMPLES["pace_gm_dh"]["prime_p"], "big")
    for comment, number in (("that is 0", 0), ("that is 1", 1), ("of order 2", prime - 1), ("above the prime", prime + 1)):
        yield comment, number.to_bytes(len(own), "big"), "invalid-key"
    outside = next(n for n in range(2, 100) if pow(n, int.from_bytes(EXAMPLES["pace_gm_dh"]["subgroup_order_q"], "big"), prime) != 1)
    yield "outside of the subgroup", outside.to_bytes(len(own), "big"), "invalid-key"


def _mapped_proof() -> Iterator[Case]:
    one = EXAMPLES["pace_cam_ecdh"]
    given = {
        "pace_info": _PACE_EXAMPLES["pace_cam_ecdh"][2],
        "ks_enc": one["ks_enc"],
        "data": one["encrypted_chip_authentication_data"],
        "mapping_key": b"\x04" + one["chip_mapping_public_key_x_y"],
        "static_key": b"\x04" + one["chip_static_public_key_x_y"],
    }
    yield _case("PACE-CAM: the proof of the chip's key", "I", "pace-chip-key", given, "valid")
    wrong = {
        "changed": {"data": _flipped(given["data"])},
        "empty": {"data": b""},
        "cut to one block": {"data": given["data"][:16]},
        "for another mapping key": {"mapping_key": b"\x04" + one["terminal_mapping_public_key_x_y"]},
        "for another static key": {"static_key": b"\x04" + one["chip_agreement_public_key_x_y"]},
        "under another session key": {"ks_enc": one["ks_mac"]},
    }
    for comment, change in wrong.items():
        yield _case(f"PACE-CAM: a proof {comment}", "4.4.3.5.2", "pace-chip-key", given | change, "invalid", "not-proved", "chip.ca")


# ---------------------------------------------------------------------------------------------------- secure messaging


def _secure_messaging() -> Iterator[Case]:
    one = EXAMPLES["secure_messaging_3des"]
    start = int.from_bytes(one["start_ssc"], "big")
    keys = {"cipher": "3DES-CBC-CBC", "ks_enc": one["ks_enc"], "ks_mac": one["ks_mac"]}
    for number, name in enumerate(("select", "read_4", "read_18")):
        title = name.replace("_", " ")
        counter = {"counter": (start + 2 * number).to_bytes(8, "big")}
        given = keys | counter | {"command": one[f"{name}_command"]}
        yield _case(f"secure messaging: {title}, the command", "D.4", "sm-command", given, one[f"{name}_protected_command"])
        before = {"counter": (start + 2 * number + 1).to_bytes(8, "big")}
        instruction = "A4" if name == "select" else "B0"
        given = keys | before | {"instruction": instruction, "answer": one[f"{name}_protected_response"]}
        plain = one.get(f"{name}_data", b"") + b"\x90\x00"
        yield _case(f"secure messaging: {title}, the answer", "D.4", "sm-answer", given, plain)
    right = one["read_4_protected_response"]
    given = keys | {"counter": (start + 3).to_bytes(8, "big"), "instruction": "B0", "answer": right}
    cryptogram, status, mac = right[:11], right[11:15], right[15:25]
    assert right == cryptogram + status + mac + b"\x90\x00"
    wrong: list[tuple[str, dict[str, Any], str]] = [
        ("with a changed MAC", {"answer": _flipped(right, 24)}, "mac"),
        ("with a changed cryptogram", {"answer": _flipped(right, 5)}, "mac"),
        ("of the command before", {"answer": one["select_protected_response"]}, "mac"),
        ("under a counter that was not raised", {"counter": (start + 2).to_bytes(8, "big")}, "mac"),
        ("without protection", {"answer": one["read_4_data"] + b"\x90\x00"}, "unprotected"),
        ("that is a status word alone", {"answer": b"\x69\x88"}, "unprotected"),
        ("without a MAC", {"answer": cryptogram + status + b"\x90\x00"}, "no-mac"),
        ("with another status word outside", {"answer": right[:-2] + b"\x62\x82"}, "status-differs"),
        ("with objects behind the MAC", {"answer": right[:-2] + status + b"\x90\x00"}, "no-mac"),
        ("cut in its last object", {"answer": right[:-5] + b"\x90\x00"}, "structure"),
    ]
    for comment, change, reason in wrong:
        yield _case(f"secure messaging: an answer {comment}", "9.8", "sm-answer", given | change, "refused", reason, "chip.secure-messaging")


# ----------------------------------------------------------------------------------------------- active authentication


def _recoverable(hash_: str, size: int, challenge: bytes = CHALLENGE, header: str = "6A", trailer: str = "") -> bytes:
    """Return the block of ISO/IEC 9796-2, scheme 1, partial recovery."""
    tail = bytes.fromhex(trailer or _TRAILERS[hash_])
    recovered = bytes(number % 251 for number in range(size - 1 - hashlib.new(hash_).digest_size - len(tail)))
    return bytes.fromhex(header) + recovered + hashlib.new(hash_, recovered + challenge).digest() + tail


def _rsa() -> Iterator[Case]:
    key = signing.rsa_key("rsa-2048")
    size = key.size // 8
    base = {"public_key": signing.spki("rsa-2048"), "challenge": CHALLENGE}
    for hash_ in _TRAILERS:
        signature = key.raw(_recoverable(hash_, size))
        yield _case(f"active authentication: RSA with {hash_}", "6.1.2.2", "active-authentication", base | {"signature": signature}, "valid")
    right = key.raw(_recoverable("sha256", size))
    other = (key.n - int.from_bytes(right, "big")).to_bytes(size, "big")
    yield _case("active authentication: RSA, n minus the number", "6.1.2.2", "active-authentication", base | {"signature": other}, "valid")
    wrong: list[tuple[str, bytes, str]] = [
        ("a changed signature", _flipped(right), "trailer"),
        ("of another challenge", key.raw(_recoverable("sha256", size, _flipped(CHALLENGE))), "wrong-signature"),
        ("with a trailer of no hash", key.raw(_recoverable("sha256", size, trailer="30CC")), "trailer"),
        ("with a header of total recovery", key.raw(_recoverable("sha256", size, header="4A")), "wrong-signature"),
        ("one byte short", right[1:], "length"),
        ("empty", b"", "length"),
        ("not below the modulus", b"\xff" * size, "length"),
        ("of PKCS #1", key.raw(signing.pkcs1_block(signing.digest_info("sha256", CHALLENGE), size)), "trailer"),
    ]
    for comment, signature, reason in wrong:
        yield _case(f"active authentication: RSA {comment}", "6.1.2.2", "active-authentication", base | {"signature": signature}, "invalid", reason, "chip.aa")


def _aa_info(hash_: str) -> bytes:
    """Return a DG14 whose ActiveAuthenticationInfo names plain ECDSA with the hash."""
    info = b.sequence(b.oid("2.23.136.1.1.5"), b.integer(1), b.oid(f"0.4.0.127.0.7.1.1.4.1.{_PLAIN[hash_]}"))
    return b.der(0x6E, b.set_of((info,)))


def _ecdsa() -> Iterator[Case]:
    for name, hash_ in (("secp256r1", "sha256"), ("brainpoolP256r1", "sha256"), ("secp384r1", "sha384"), ("secp521r1", "sha512"), ("secp256r1", "sha224")):
        key = signing.ec_key(name)
        signed = key.sign(CHALLENGE, ec.ECDSA(getattr(hashes, hash_.upper())()))
        r, s = decode_dss_signature(signed)
        size = signing.order_bytes(name)
        right = r.to_bytes(size, "big") + s.to_bytes(size, "big")
        base = {"public_key": b.spki(key), "challenge": CHALLENGE, "dg14": _aa_info(hash_)}
        title = f"active authentication: ECDSA {name} with {hash_}"
        yield _case(title, "6.1.2.3", "active-authentication", base | {"signature": right}, "valid")
        if name != "secp256r1" or hash_ != "sha256":
            continue
        without = {key_: value for key_, value in base.items() if key_ != "dg14"}
        yield _case(f"{title}, no DG14 names it", "6.1.2.3", "active-authentication", without | {"signature": right}, "acceptable", "no-algorithm", "no-algorithm")
        yield _case(f"{title}, as X.509 has it", "6.1.2.3", "active-authentication", base | {"signature": signed}, "acceptable", "signature-form", "signature-form")
        wrong: list[tuple[str, dict[str, Any]]] = [
            ("a changed signature", {"signature": _flipped(right)}),
            ("of another challenge", {"challenge": _flipped(CHALLENGE)}),
            ("r and s zero", {"signature": bytes(2 * size)}),
            ("one byte short", {"signature": right[:-1]}),
            ("with the hash of another algorithm", {"dg14": _aa_info("sha384")}),
            ("of another key", {"public_key": b.spki(signing.ec_key("brainpoolP256r1"))}),
        ]
        for comment, change in wrong:
            given = base | {"signature": right} | change
            yield _case(f"{title}, {comment}", "6.1.2.3", "active-authentication", given, "invalid", "wrong-signature", "chip.aa")
