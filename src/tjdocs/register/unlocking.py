"""A register's settings read, and its own keys unwrapped, when it is opened or migrated."""

from collections.abc import Mapping

from sqlalchemy import Connection

from tjdocs.errors import RegisterError
from tjdocs.register.keys import Keys
from tjdocs.register.log import Secrets, check_origin, keys_named
from tjdocs.register.store import Store

__all__ = ["unlock"]

_RESTORE = "restore them from a backup"


def unlock(store: Store, connection: Connection, keys: Keys) -> tuple[bool, Secrets]:
    """Return whether it is a trial register, and its secrets as far as ``keys`` open them.

    :raises RegisterError: a setting is gone, unusable or changed, or the keys are another register's
    """
    settings = store.settings(connection)
    named = keys_named(connection, str(settings.get("origin")))
    wrapped = _wrapped(settings)
    if keys.verifier is not None:
        check_origin(keys.verifier, settings["origin"])
    secrets = Secrets(*map(keys.unwrap, wrapped)) if keys.data else Secrets()
    if keys.data and (wrong := [name for name, said in named.items() if secrets.named().get(name) != said]):
        # under another key persons would not be found, and who has a passport would get a second one
        raise RegisterError("the register's settings were changed", where=f"setting key.{wrong[0]}", hint=_RESTORE)
    return settings["trial"] == "1", secrets


def _wrapped(settings: Mapping[str, str]) -> list[bytes]:
    """Return the register's own two keys, wrapped.

    :raises RegisterError: a setting is gone or unusable; nothing is then taken for granted
    """
    try:
        found = [bytes.fromhex(settings[f"key.{name}"]) for name in ("lookup", "mac")]
        if settings["trial"] in ("0", "1") and isinstance(settings["origin"], str):
            return found
    except (KeyError, TypeError, ValueError):
        pass
    raise RegisterError("the register's settings were changed", where="setting", hint=_RESTORE)
