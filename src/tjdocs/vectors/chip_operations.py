"""The answers of this library about the protocols of a chip (Doc 9303-11): every random number is in the input."""

import base64
from collections.abc import Callable, Mapping
from typing import Any

from tjdocs.chip import active_authentication, bac, pace, pace_mapping
from tjdocs.chip.active_authentication import ActiveAuthentication
from tjdocs.chip.apdu import Answer, ApduError, Command
from tjdocs.chip.cipher_suite import SUITES
from tjdocs.chip.groups import GroupError
from tjdocs.chip.pace import PaceProtocol, PaceRun
from tjdocs.chip.passwords import Can, MrzKey, Password
from tjdocs.chip.secure_messaging import SecureMessaging, SecureMessagingError
from tjdocs.chip.session import ProtocolError
from tjdocs.errors import UsageError
from tjdocs.lds import LdsError
from tjdocs.lds.dg14 import Dg14, SecurityInfo

__all__ = ["OPERATIONS"]

_Given = Mapping[str, Any]
_REFUSED = "refused"


def _bytes(given: _Given, name: str) -> bytes:
    return base64.b64decode(given[name])


def _hex(*parts: bytes) -> str:
    return b"".join(parts).hex().upper()


def _protocol(given: _Given) -> PaceProtocol:
    protocol = PaceProtocol.of(SecurityInfo.parse(_bytes(given, "pace_info")))
    if protocol is None:
        raise UsageError("not a protocol of Doc 9303-11", where="pace_info")
    return protocol


def _password(given: _Given) -> Password:
    return Can(given["can"]) if "can" in given else MrzKey(given["mrz_information"])


def _messaging(given: _Given) -> SecureMessaging:
    counter = int.from_bytes(_bytes(given, "counter"), "big")
    return SecureMessaging(SUITES[given["cipher"]], _bytes(given, "ks_enc"), _bytes(given, "ks_mac"), counter)


def _bac_token(given: _Given) -> tuple[str, str]:
    content = _bytes(given, "rnd_ifd") + _bytes(given, "rnd_ic") + _bytes(given, "k_ifd")
    return _hex(bac.sealed(bac.keys(MrzKey(given["mrz_information"])), content)), ""


def _bac_answer(given: _Given) -> tuple[str, str]:
    try:
        bac.chip_key(
            bac.keys(MrzKey(given["mrz_information"])),
            _bytes(given, "answer"),
            rnd_ic=_bytes(given, "rnd_ic"),
            rnd_ifd=_bytes(given, "rnd_ifd"),
        )
    except ProtocolError as error:
        return "invalid", error.reason
    return "valid", ""


def _bac_session(given: _Given) -> tuple[str, str]:
    numbers = (_bytes(given, name) for name in ("k_ifd", "k_ic", "rnd_ifd", "rnd_ic"))
    return _hex(bac.messaging(*numbers).protect(Command.parse(_bytes(given, "command"))).encode()), ""


def _pace_nonce(given: _Given) -> tuple[str, str]:
    protocol = _protocol(given)
    return _hex(protocol.suite.decrypt(pace.password_key(protocol, _password(given)), _bytes(given, "nonce"))), ""


def _pace_map(given: _Given) -> tuple[str, str]:
    protocol, nonce = _protocol(given), _bytes(given, "nonce")
    group = protocol.group
    try:
        if protocol.mapping == "IM":
            base = pace_mapping.integrated(group, protocol.suite, nonce, _bytes(given, "other_nonce"))
        else:
            private = int.from_bytes(_bytes(given, "private_key"), "big")
            own = group.encode(group.power(group.base, private))
            other = pace.other_key(group, _bytes(given, "public_key"), own)
            base = pace_mapping.generic(group, nonce, group.power(other, private))
    except GroupError:
        return _REFUSED, "invalid-key"
    except ProtocolError as error:
        return _REFUSED, error.reason
    return _hex(group.encode(base)), ""


def _pace_agree(given: _Given) -> tuple[str, str]:
    protocol = _protocol(given)
    group, private = protocol.group, int.from_bytes(_bytes(given, "private_key"), "big")
    own = group.encode(group.power(group.decode(_bytes(given, "base")), private))
    try:
        other = pace.other_key(group, _bytes(given, "public_key"), own)
    except GroupError:
        return _REFUSED, "invalid-key"
    except ProtocolError as error:
        return _REFUSED, error.reason
    return _hex(*pace.session_keys(protocol, group.power(other, private))), ""


def _pace_token(given: _Given) -> tuple[str, str]:
    protocol = _protocol(given)
    public = protocol.group.decode(_bytes(given, "public_key"))
    return _hex(pace.token(protocol, _bytes(given, "ks_mac"), public)), ""


def _pace_chip_key(given: _Given) -> tuple[str, str]:
    protocol = _protocol(given)
    data = pace.opened_data(protocol.suite, _bytes(given, "ks_enc"), _bytes(given, "data"))
    run = PaceRun(protocol, b"", _bytes(given, "mapping_key"), data)
    proved = pace.proves_key(run, protocol.group.decode(_bytes(given, "static_key")))
    return ("valid", "") if proved else ("invalid", "not-proved")


def _protect(given: _Given) -> tuple[str, str]:
    return _hex(_messaging(given).protect(Command.parse(_bytes(given, "command"))).encode()), ""


def _unprotect(given: _Given) -> tuple[str, str]:
    """Open the answer to the command with the given instruction; the counter is the one before the answer's."""
    try:
        opened = _messaging(given).open_answer(Answer.parse(_bytes(given, "answer")), int(given["instruction"], 16))
    except (SecureMessagingError, ApduError) as error:
        return _REFUSED, getattr(error, "reason", "structure")
    return _hex(opened.encode()), ""


def _active(given: _Given) -> tuple[str, str]:
    infos: tuple[SecurityInfo, ...] = ()
    if "dg14" in given:
        try:
            infos = Dg14.parse(_bytes(given, "dg14")).infos
        except LdsError:
            raise UsageError("not a DG14", where="dg14") from None
    run = ActiveAuthentication(_bytes(given, "challenge"), _bytes(given, "signature"))
    reason, warnings = active_authentication.check(_bytes(given, "public_key"), infos, run)
    return ("invalid", reason) if reason else ("acceptable" if warnings else "valid", " ".join(warnings))


OPERATIONS: dict[str, Callable[[_Given], tuple[str, str]]] = {
    "bac-token": _bac_token,
    "bac-answer": _bac_answer,
    "bac-session": _bac_session,
    "pace-nonce": _pace_nonce,
    "pace-map": _pace_map,
    "pace-agree": _pace_agree,
    "pace-token": _pace_token,
    "pace-chip-key": _pace_chip_key,
    "sm-command": _protect,
    "sm-answer": _unprotect,
    "active-authentication": _active,
}
"""By the name in a vector's input."""
