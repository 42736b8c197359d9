"""A register's settings read, and its own keys unwrapped, when it is opened or migrated."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from tjdocs.errors import RegisterError
from tjdocs.register.database import Store
from tjdocs.register.register_keys import Keys
from tjdocs.register.register_log import Secrets, check_origin, has_begun, keys_named

__all__ = ["unlock"]

_RESTORE = "restore them from a backup"


def unlock(store: Store, connection: Connection, keys: Keys) -> tuple[bool, Secrets]:
    """Return whether it is a trial register, and its secrets as far as ``keys`` open them.

    :raises RegisterError: a setting is gone, unusable or changed, or the keys are another register's
    """
    settings = store.settings(connection)
    wrapped = _wrapped(settings)
    if keys.verifier is not None and keys.verifier.name != settings["origin"]:
        if has_begun(connection, keys.verifier.name):  # its log is of these keys
            raise _changed("origin")
        check_origin(keys.verifier, settings["origin"])
    named = keys_named(connection, settings["origin"])
    secrets = _unwrapped(keys, wrapped) if keys.data else Secrets()
    if keys.data and (
        wrong := [name for name, fingerprint in named.items() if secrets.named().get(name) != fingerprint]
    ):
        # under another key persons would not be found, and who has a passport would get a second one
        raise _changed(f"key.{wrong[0]}")
    return settings["trial"] == "1", secrets


def _wrapped(settings: Mapping[str, str]) -> list[bytes]:
    """Return the register's own two keys, wrapped.

    :raises RegisterError: a setting is gone or unusable, by name; nothing is then taken for granted
    """
    own_keys = []
    for name in ("lookup", "mac"):
        try:
            own_keys.append(bytes.fromhex(settings[f"key.{name}"]))
        except (KeyError, TypeError, ValueError):
            raise _changed(f"key.{name}") from None
    if settings.get("trial") not in ("0", "1"):
        raise _changed("trial")
    if not isinstance(settings.get("origin"), str):
        raise _changed("origin")
    return own_keys


def _unwrapped(keys: Keys, wrapped: Sequence[bytes]) -> Secrets:
    own_keys = []
    for name, own in zip(("lookup", "mac"), wrapped, strict=True):
        try:
            own_keys.append(keys.unwrap(own))
        except RegisterError:
            raise RegisterError(
                "wrapped by another key, or damaged", where=f"setting key.{name}",
                hint="open the register with its keys, or restore it from a backup",
            ) from None  # fmt: skip
    return Secrets(*own_keys)


def _changed(name: str) -> RegisterError:
    return RegisterError("the register's settings were changed", where=f"setting {name}", hint=_RESTORE)
