"""How each card fault misbehaves (``specs/chip/faults.toml``): its name, and what it changes."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tjdocs.asn1 import tlv
from tjdocs.chip import bac, faulty_files
from tjdocs.chip.apdu import EXTENDED, SHORT, Answer, Command
from tjdocs.chip.card_keys import CardKeys
from tjdocs.chip.faulty_card import Behaviour, FaultyCard
from tjdocs.chip.groups import CurveGroup, ModpGroup
from tjdocs.chip.pace import PaceCard, PaceProtocol
from tjdocs.chip.passwords import Password
from tjdocs.chip.secure_messaging import SecureMessaging
from tjdocs.chip.transport import TransportError
from tjdocs.lds.dg15 import Dg15
from tjdocs.pki import public_key

__all__ = ["BEHAVIOURS"]


class _Refused(Behaviour):
    """A stage is answered with a status word."""

    def __init__(self, stage: str, sw: int) -> None:
        self._stage, self._sw = stage, sw

    def before(self, card: FaultyCard, stage: str, command: Command) -> Answer | None:
        return Answer(self._sw) if stage == self._stage else None


class _Changed(Behaviour):
    """The data of a stage's good answer are changed."""

    def __init__(self, stage: str, change: Callable[[FaultyCard, Command, bytes], bytes]) -> None:
        self._stage, self._change = stage, change

    def after(self, card: FaultyCard, stage: str, command: Command, answer: Answer) -> Answer:
        if stage != self._stage or not answer.ok:
            return answer
        return Answer(answer.sw, self._change(card, command, answer.data))


class _Sealed(Behaviour):
    """The first protected answer to a reading is changed. ``objects`` are those without the MAC."""

    def __init__(self, change: Callable[[SecureMessaging, dict[int, bytes], Answer, Answer], Answer]) -> None:
        self._change, self._left = change, 1
        self._last = Answer(0x9000)

    def sealed(self, card: FaultyCard, messaging: SecureMessaging, command: Command, plain: Answer) -> Answer:
        before, self._last = self._last, messaging.protect_answer(plain, command.ins)
        if command.ins != 0xB0 or not plain.ok or not before.data or not self._left:
            return self._last
        self._left = 0
        data = self._last.data
        places, _ = tlv.places(data, 0, len(data), 9)
        objects = {tag: data[start:stop] for tag, _, start, stop in places if tag != 0x8E}
        return self._change(messaging, objects, self._last, before)


def _with(
    make: Callable[[dict[int, bytes]], bytes], sw: int = 0x9000
) -> Callable[[SecureMessaging, dict[int, bytes], Answer, Answer], Answer]:
    return lambda messaging, objects, answer, before: messaging.seal(make(objects), sw)


def _joined(objects: Mapping[int, bytes]) -> bytes:
    return b"".join(tlv.encode(tag, value) for tag, value in objects.items())


def _without_mac(messaging: SecureMessaging, objects: dict[int, bytes], answer: Answer, before: Answer) -> Answer:
    return Answer(answer.sw, _joined(objects))


class _Garbled(_Sealed):
    """The data decrypt to zeros without padding."""

    def __init__(self) -> None:
        super().__init__(self._garble)

    @staticmethod
    def _garble(messaging: SecureMessaging, objects: dict[int, bytes], answer: Answer, before: Answer) -> Answer:
        size = len(objects[0x87]) - 1
        return messaging.seal(_joined(objects | {0x87: b"\x01" + messaging.encrypt(bytes(size))}), answer.sw)


class _PlainAnswer(Behaviour):
    """A protected reading is answered in plain, with a status word alone or with data."""

    def __init__(self, sw: int, data: bytes = b"") -> None:
        self._answer, self._left = Answer(sw, data), 2

    def sealed(self, card: FaultyCard, messaging: SecureMessaging, command: Command, plain: Answer) -> Answer:
        answer = messaging.protect_answer(plain, command.ins)
        self._left -= command.ins == 0xB0
        if command.ins != 0xB0 or self._left:
            return answer
        return replace(self._answer, data=plain.data) if self._answer.data else self._answer


class _Files(Behaviour):
    """Other files than those of the document."""

    def __init__(
        self,
        shown: Callable[[dict[str, bytes]], dict[str, bytes]] = dict,
        basis: Callable[[dict[str, bytes]], dict[str, bytes]] = dict,
        keys: Callable[[CardKeys], CardKeys] = lambda keys: keys,
    ) -> None:
        self._shown, self._basis, self._keys = shown, basis, keys

    def shown(self, files: dict[str, bytes]) -> dict[str, bytes]:
        return self._shown(files)

    def basis(self, files: dict[str, bytes]) -> dict[str, bytes]:
        return self._basis(files)

    def keys(self, keys: CardKeys) -> CardKeys:
        return self._keys(keys)


class _Slow(Behaviour):
    """Answers come late."""

    def __init__(self, stages: tuple[str, ...] | None, factor: int, seconds: float) -> None:
        self._stages, self._factor, self._seconds = stages, factor, seconds

    def before(self, card: FaultyCard, stage: str, command: Command) -> Answer | None:
        if self._stages is None or stage in self._stages:
            card.sleep(self._seconds)
            self._seconds *= self._factor
        return None


class _Repeating(Behaviour):
    """The same challenge in every session; the first try is refused."""

    def __init__(self) -> None:
        self._challenge, self._tries = bytes(range(1, 9)), 0

    def after(self, card: FaultyCard, stage: str, command: Command, answer: Answer) -> Answer:
        if stage == "challenge" and answer.ok:
            card.set_challenge(self._challenge)
            return Answer(0x9000, self._challenge)
        return answer

    def before(self, card: FaultyCard, stage: str, command: Command) -> Answer | None:
        if stage != "bac":
            return None
        self._tries += 1
        return Answer(0x6300) if self._tries == 1 else None


class _Ends(Behaviour):
    """Reading past the end of a file."""

    def __init__(self, sw: int) -> None:
        self._sw = sw

    def before(self, card: FaultyCard, stage: str, command: Command) -> Answer | None:
        name = card.own_file(command) if command.ins == 0xB0 else None
        if name is None or command.le is None:
            return None
        offset = command.p2 if command.p1 & 0x80 else command.p1 << 8 | command.p2
        rest = len(card.files[name]) - offset
        if command.le <= rest or rest <= 0:
            return None
        return Answer(0x6C00 | rest) if self._sw == 0x6C00 else Answer(self._sw) if self._sw == 0x6B00 else None

    def after(self, card: FaultyCard, stage: str, command: Command, answer: Answer) -> Answer:
        short = stage == "read" and answer.ok and len(answer.data) < (command.le or 0)
        return replace(answer, sw=0x6282) if short and self._sw == 0x6282 else answer


class _FarEnd(Behaviour):
    """The usual READ BINARY gives nothing beyond 32 kB, nor a part that reaches there."""

    def before(self, card: FaultyCard, stage: str, command: Command) -> Answer | None:
        reach = (command.p1 << 8 | command.p2) + (command.le or 0)
        return Answer(0x6B00) if command.ins == 0xB0 and not command.p1 & 0x80 and reach > 0x8000 else None


class _Closed(Behaviour):
    """A file is neither selected nor read."""

    def __init__(self, sw: int) -> None:
        self._sw = sw

    def before(self, card: FaultyCard, stage: str, command: Command) -> Answer | None:
        chosen = command.data == b"\x01\x02" if stage == "select-file" else stage == "read"
        named = stage == "select-file" or card.own_file(command) == "DG2"
        return Answer(self._sw) if chosen and named else None


class _Unstable(Behaviour):
    """The further parts of DG1 are those of another document."""

    def after(self, card: FaultyCard, stage: str, command: Command, answer: Answer) -> Answer:
        further = command.ins == 0xB0 and not command.p1 & 0x80 and (command.p1 or command.p2)
        if further and answer.data and card.own_file(command) == "DG1":
            return replace(answer, data=faulty_files.flipped(answer.data, -1))
        return answer


class _Limited(Behaviour):
    """Long answers, or commands of extended length, are refused without protection, and the session is lost."""

    def __init__(self, most: int | None) -> None:
        self._most = most

    def raw(self, card: FaultyCard, command: bytes, answer: Callable[[bytes], bytes]) -> bytes:
        extended = len(command) > 5 and command[4] == 0
        if self._most is None and extended:
            card.lose_session()
            return b"\x67\x00"
        return answer(command)

    def before(self, card: FaultyCard, stage: str, command: Command) -> Answer | None:
        return Answer(0x6700) if self._most is not None and stage == "read" and (command.le or 0) > self._most else None

    def sealed(self, card: FaultyCard, messaging: SecureMessaging, command: Command, plain: Answer) -> Answer:
        if plain.sw == 0x6700:
            card.lose_session()
            return Answer(0x6700)
        return messaging.protect_answer(plain, command.ins)


class _Chained(Behaviour):
    """Long commands are taken in a chain only, and long answers given in parts."""

    def __init__(self) -> None:
        self._parts, self._left = b"", b""

    def raw(self, card: FaultyCard, command: bytes, answer: Callable[[bytes], bytes]) -> bytes:
        parsed = Command.parse(command)
        if parsed.extended:
            card.lose_session()
            return b"\x67\x00"
        if parsed.ins == 0xC0:
            return self._given(self._left)
        if parsed.cla & 0x1C == 0x1C:
            self._parts += parsed.data
            return b"\x90\x00"
        if self._parts:
            data, self._parts = self._parts + parsed.data, b""
            command = replace(parsed, data=data, le=EXTENDED, extended=True).encode()
        return self._given(answer(command))

    def _given(self, answer: bytes) -> bytes:
        if len(answer) <= SHORT + 2:
            return answer
        part, self._left = answer[:SHORT], answer[SHORT:]
        return part + bytes((0x61, min(len(self._left) - 2, 0xFF)))


class _Endless(Behaviour):
    """61xx without an end."""

    def raw(self, card: FaultyCard, command: bytes, answer: Callable[[bytes], bytes]) -> bytes:
        return b"\x61\x10"


class _Pulled(Behaviour):
    """The card is gone in the middle of DG2."""

    _gone = False

    def raw(self, card: FaultyCard, command: bytes, answer: Callable[[bytes], bytes]) -> bytes:
        given = b"" if self._gone else answer(command)
        if self._gone:
            raise TransportError("card-removed")
        return given

    def after(self, card: FaultyCard, stage: str, command: Command, answer: Answer) -> Answer:
        self._gone = self._gone or (stage == "read" and card.own_file(command) == "DG2")
        return answer


class _RefusedKey(Behaviour):
    """The key of chip authentication is refused, by either of its commands."""

    def __init__(self, sw: int) -> None:
        self._sw = sw

    def before(self, card: FaultyCard, stage: str, command: Command) -> Answer | None:
        return Answer(self._sw) if stage in ("ca-set", "ca") else None


class _NewKeysEarly(Behaviour):
    """Chip authentication is answered under the new keys."""

    def sealed(self, card: FaultyCard, messaging: SecureMessaging, command: Command, plain: Answer) -> Answer:
        used = card.early or messaging
        return used.protect_answer(plain, command.ins)


class _OldKeys(Behaviour):
    """Chip authentication changes no keys."""

    def after(self, card: FaultyCard, stage: str, command: Command, answer: Answer) -> Answer:
        if stage == "ca":
            card.keep_keys()
        return answer


class _Trusting(Behaviour):
    """The card takes every token."""

    def run(self, protocol: PaceProtocol, password: Password, static: int | None) -> PaceCard:
        return _TrustingRun(protocol, password, static)


class _TrustingRun(PaceCard):
    """A card that takes every token."""

    def _confirm(self, given: dict[int, bytes]) -> bytes:
        return super()._confirm(given | {0x85: self._tokens[0]})


# answers of PACE: the objects inside of 7C


def _in_7c(change: Callable[[FaultyCard, Command, dict[int, bytes]], dict[int, bytes]]) -> Callable[..., bytes]:
    def changed(card: FaultyCard, command: Command, data: bytes) -> bytes:
        objects = {item.tag: item.value for item in tlv.children(tlv.read(data))}
        return tlv.encode(0x7C, _joined(change(card, command, objects)))

    return changed


def _own_key(number: int, make: Callable[[FaultyCard], bytes]) -> Behaviour:
    """Return a fault that sends another key in step 2 or 3."""
    return _Changed(f"pace-{number}", _in_7c(lambda card, command, objects: dict.fromkeys(objects, make(card))))


def _reflected(card: FaultyCard, command: Command, objects: dict[int, bytes]) -> dict[int, bytes]:
    own = next(tlv.children(tlv.read(command.data))).value
    return dict.fromkeys(objects, own)


def _off_curve(variant: str) -> Behaviour:
    def made(card: FaultyCard) -> bytes:
        group = card.group
        assert group is not None  # noqa: S101
        size = (group.prime.bit_length() + 7) // 8
        if variant == "infinity":
            return b"\x00"
        number = {"0": 0, "1": 1, "p-1": group.prime - 1}.get(variant, 2)
        if isinstance(group, CurveGroup):
            return b"\x04" + number.to_bytes(size, "big") + (number ^ 1).to_bytes(size, "big")
        return (0 if variant == "off" else number).to_bytes(size, "big")

    return _own_key(3, made)


def _outside(card: FaultyCard) -> bytes:
    """Return the smallest number that is not in the subgroup."""
    group = card.group
    assert isinstance(group, ModpGroup)  # noqa: S101
    number = next(n for n in range(2, 1000) if pow(n, group.order, group.prime) != 1)
    return number.to_bytes((group.prime.bit_length() + 7) // 8, "big")


def _compressed(card: FaultyCard, command: Command, objects: dict[int, bytes]) -> dict[int, bytes]:
    return {tag: bytes((2 + (value[-1] & 1),)) + value[1 : (len(value) + 1) // 2] for tag, value in objects.items()}


def _full_key(card: FaultyCard, command: Command, data: bytes) -> bytes:
    value = next(tlv.children(tlv.read(data))).value
    return tlv.encode(0x7C, tlv.encode(0x7F49, tlv.encode(0x86, value)))


def _malformed(card: FaultyCard, command: Command, data: bytes) -> bytes:
    return data[:1] + b"\x7f" + data[2:]


def _other_tag(card: FaultyCard, command: Command, objects: dict[int, bytes]) -> dict[int, bytes]:
    return {tag | 0x10: value for tag, value in objects.items()}


def _mapping_data(change: Callable[[bytes], dict[int, bytes]]) -> Behaviour:
    """Return a fault in the chip authentication data of the fourth step."""

    def changed(card: FaultyCard, command: Command, objects: dict[int, bytes]) -> dict[int, bytes]:
        data = objects.pop(0x8A, b"")
        return objects | change(data)

    return _Changed("pace-4", _in_7c(changed))


# active authentication


class _OldChallenge(Behaviour):
    """Eight other bytes are signed."""

    def after(self, card: FaultyCard, stage: str, command: Command, answer: Answer) -> Answer:
        if stage != "aa" or not answer.ok:
            return answer
        return card.run_plain(replace(command, data=secrets.token_bytes(len(command.data))))


def _opened(card: FaultyCard, change: Callable[[int, bytes], bytes], data: bytes) -> bytes:
    """Return an RSA signature whose block is changed."""
    key = card.keys.active_authentication
    assert isinstance(key, rsa.RSAPrivateKey)  # noqa: S101
    numbers = key.private_numbers()
    public = numbers.public_numbers
    block = pow(int.from_bytes(data, "big"), public.e, public.n).to_bytes(len(data), "big")
    return pow(int.from_bytes(change(len(data), block), "big"), numbers.d, public.n).to_bytes(len(data), "big")


def _trailer(variant: str) -> Behaviour:
    def changed(size: int, block: bytes) -> bytes:
        if variant == "none":
            return block[:-2] + b"\x3f\xcc"
        return block[:-2] + (b"\x35\xcc" if block[-2:] != b"\x35\xcc" else b"\x34\xcc")

    return _Changed("aa", lambda card, command, data: _opened(card, changed, data))


def _cube_root(number: int) -> int:
    """Return the largest number whose cube is not above ``number``."""
    low, high = 0, 1 << (number.bit_length() // 3 + 1)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if middle**3 <= number else (low, middle - 1)
    return low


def _forged(card: FaultyCard, command: Command, data: bytes) -> bytes:
    """Return a cube root: the head of its block is chosen, the rest is not."""
    recovered = b"\x01" * 8
    head = b"\x6a" + recovered + public_key.hash_data("sha1", recovered + command.data) + b"\xbc"
    size = len(data)
    return _cube_root(int.from_bytes(head + b"\xff" * (size - len(head)), "big")).to_bytes(size, "big")


def _swapped() -> Behaviour:
    """Return a fault with a DG15 of its own, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    spki = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return _Files(
        shown=faulty_files.put("DG15", lambda data: Dg15(spki).encode()),
        keys=lambda keys: replace(keys, active_authentication=key, active_hash="sha256"),
    )


def _wrong_random(card: FaultyCard, command: Command, data: bytes) -> bytes:
    own = card.bac_keys()
    content = bac.opened(own, data)
    return bac.sealed(own, content[:8] + bytes(8) + content[16:])


def _every(variant: str) -> Behaviour:
    stage, _, sw = variant.partition("=")
    return _Refused(stage, int(sw or "6F00", 16))


_LONG_STATUS = b"\x99\x81\x02\x90\x00"
_FACE = "DG2"

BEHAVIOURS: Mapping[str, Callable[[str], Behaviour]] = {
    "app-missing": lambda v: _Refused("select-application", 0x6A82),
    "bac-bad-mac": lambda v: _Changed("bac", lambda card, command, data: faulty_files.flipped(data, -1)),
    "bac-bad-cryptogram": lambda v: _Changed("bac", _wrong_random),
    "bac-refuse": lambda v: _Refused("bac", 0x6300),
    "bac-challenge-repeats": lambda v: _Repeating(),
    "bac-delay": lambda v: _Slow(("challenge", "bac"), 2, 1),
    "sm-error-sw": lambda v: _PlainAnswer(int(v, 16)),
    "sm-no-mac": lambda v: _Sealed(_without_mac),
    "sm-no-cryptogram": lambda v: _Sealed(_with(lambda o: _joined({0x99: o[0x99]}))),
    "sm-no-status": lambda v: _Sealed(_with(lambda o: _joined({0x87: o[0x87]}))),
    "sm-bad-mac": lambda v: _Sealed(
        lambda m, o, answer, before: replace(answer, data=faulty_files.flipped(answer.data, -1))
    ),
    "sm-bad-cryptogram": lambda v: _Garbled(),
    "sm-plain-answer": lambda v: _PlainAnswer(0x9000, b"data"),
    "sm-replay": lambda v: _Sealed(lambda m, o, answer, before: before),
    "sm-outer-sw": lambda v: _Sealed(_with(lambda o: _joined({0x99: b"\x6a\x82"}))),
    "sm-status-len": lambda v: _Sealed(_with(lambda o: _joined(o | {0x99: b"\x90\x00\x00"[: int(v)]}))),
    "sm-extra-object": lambda v: _Sealed(_with(lambda o: _joined(o | {0x86: b"x"}))),
    "sm-order": lambda v: _Sealed(_with(lambda o: _joined({0x99: o[0x99], 0x87: o[0x87]}))),
    "sm-long-length": lambda v: _Sealed(_with(lambda o: _joined({0x87: o[0x87]}) + _LONG_STATUS)),
    "ef-select-refused": lambda v: _Closed(int(v, 16)),
    "ef-over-32k": lambda v: _FarEnd(),
    "ef-eof-6b00": lambda v: _Ends(0x6B00),
    "ef-eof-6282": lambda v: _Ends(0x6282),
    "ef-eof-6cxx": lambda v: _Ends(0x6C00),
    "ef-truncated": lambda v: _Files(faulty_files.put(_FACE, faulty_files.cut)),
    "ef-longer": lambda v: _Files(faulty_files.put(_FACE, lambda data: data + bytes(16))),
    "ef-changes": lambda v: _Unstable(),
    "read-160": lambda v: _Limited(160),
    "no-extended": lambda v: _Limited(None),
    "chain-only": lambda v: _Chained(),
    "sw-61": lambda v: _Endless(),
    "pulled": lambda v: _Pulled(),
    "slow": lambda v: _Slow(None, 1, 3),
    "ca-access-tlv": lambda v: _Files(faulty_files.put("EF.CardAccess", lambda data: data[:-3])),
    "ca-access-bad-id": lambda v: _Files(faulty_files.put("EF.CardAccess", faulty_files.other_parameters(int(v)))),
    "ca-access-bad-oid": lambda v: _Files(faulty_files.put("EF.CardAccess", faulty_files.no_such_protocol)),
    "ca-access-downgrade": lambda v: _Files(basis=faulty_files.put("EF.CardAccess", faulty_files.weaker)),
    "ca-access-hidden": lambda v: _Files(faulty_files.without("EF.CardAccess")),
    "pace-mse": lambda v: _Refused("pace-0", 0x6A80),
    "pace-nonce": lambda v: _Changed("pace-1", lambda card, command, data: faulty_files.flipped(data, -1)),
    "pace-step1-form": lambda v: _Changed("pace-1", _malformed),
    "pace-tag-90": lambda v: _Changed(f"pace-{v}", _in_7c(_other_tag)),
    "pace-step2-sw": lambda v: _Refused("pace-2", 0x6A80) if v == "sw" else _Changed("pace-2", _malformed),
    "pace-step3": lambda v: _Refused("pace-3", 0x6A80) if v == "sw" else _Changed("pace-3", _malformed),
    "pace-full-key": lambda v: _Changed(f"pace-{v}", _full_key),
    "pace-reflect": lambda v: _Changed(f"pace-{v}", _in_7c(_reflected)),
    "pace-off-curve": _off_curve,
    "pace-small-order": lambda v: _own_key(3, _outside),
    "pace-token": lambda v: _Changed("pace-4", lambda card, command, data: faulty_files.flipped(data, -1)),
    "pace-step4-form": lambda v: _Refused("pace-4", 0x6300) if v == "sw" else _Changed("pace-4", _malformed),
    "pace-token-first": lambda v: _Trusting(),
    "pace-compressed": lambda v: _Changed("pace-3", _in_7c(_compressed)),
    "cam-none": lambda v: _mapping_data(lambda data: {} if v == "missing" else {0x8A: b""}),
    "cam-no-octets": lambda v: _mapping_data(lambda data: {0x8A: faulty_files.flipped(data, -17)}),
    "cam-wrong": lambda v: _mapping_data(lambda data: {0x8A: faulty_files.flipped(data, 0)}),
    "cam-8b": lambda v: _mapping_data(lambda data: {0x8B: data}),
    "cam-in-gm": lambda v: _mapping_data(lambda data: {0x8A: bytes(48)}),
    "cam-other-key": lambda v: _Files(keys=faulty_files.other_keys),
    "cam-no-key": lambda v: _Files(faulty_files.put("EF.CardSecurity", faulty_files.other_key_id)),
    "cam-unsigned": lambda v: _Files(faulty_files.put("EF.CardSecurity", lambda data: faulty_files.flipped(data, -1))),
    "ca-wrong-key": lambda v: _Files(keys=faulty_files.other_keys),
    "ca-keeps-old-keys": lambda v: _OldKeys(),
    "ca-unknown-key-id": lambda v: _RefusedKey(int(v, 16)),
    "ca-bad-spec": lambda v: _Files(faulty_files.put("DG14", faulty_files.dg14(faulty_files.bad_key(v)))),
    "ca-id-mismatch": lambda v: _Files(faulty_files.put("DG14", faulty_files.dg14(faulty_files.other_id))),
    "ca-new-keys-early": lambda v: _NewKeysEarly(),
    "aa-wrong-key": lambda v: _Files(keys=faulty_files.other_keys),
    "aa-trailer": _trailer,
    "aa-old-challenge": lambda v: _OldChallenge(),
    "aa-short": lambda v: _Changed("aa", lambda card, command, data: data[:231]),
    "aa-bad-oid": lambda v: _Files(faulty_files.bad_oid),
    "aa-e3-garbage": lambda v: _Changed("aa", _forged),
    "dg15-swapped": lambda v: _swapped(),
    "clone-full": lambda v: _Files(keys=lambda keys: CardKeys()),
    "clone-strip": lambda v: _Files(faulty_files.stripped),
    "two-cards": lambda v: _Files(faulty_files.put(_FACE, lambda data: faulty_files.flipped(data, -1))),
    "tlv-bomb": lambda v: _Files(faulty_files.put("EF.CardAccess", faulty_files.bomb(v))),
    "every-sw": _every,
}
"""The fault of each name, made for a variant."""
