"""Cards in PC/SC readers, by ``pyscard`` (extra ``pcsc``), which is imported when it is called for."""

from typing import TYPE_CHECKING, Any

from tjdocs.chip.transport import TransportError
from tjdocs.errors import InputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["PcscTransport", "readers"]


def _system() -> Any:
    try:
        from smartcard import System
    except ImportError:
        raise UsageError("PC/SC is missing", where="smartcard", hint="pip install 'tjdocs[pcsc]'") from None
    return System


def readers() -> tuple[str, ...]:
    """Return the names of the PC/SC readers of this machine.

    :raises UsageError: the extra ``pcsc`` is missing
    :raises InputError: the service of PC/SC does not answer
    """
    return tuple(str(reader) for reader in _readers())


def _readers() -> "Sequence[Any]":
    system = _system()
    from smartcard.Exceptions import SmartcardException
    from smartcard.pcsc.PCSCExceptions import BaseSCardException

    try:
        listed: Sequence[Any] = system.readers()
    except (SmartcardException, BaseSCardException):  # the second is not one of the first
        raise InputError("PC/SC does not answer", where="pcscd", hint="start the service of PC/SC") from None
    return listed


class PcscTransport:
    """A card in a reader.

    :param reader: name of the reader, or the beginning of it; empty: the first that has a card
    :raises UsageError: the extra ``pcsc`` is missing
    :raises InputError: there is no such reader, or no card in it
    """

    def __init__(self, reader: str = "") -> None:
        _system()
        from smartcard.Exceptions import CardConnectionException, NoCardException

        self._errors = (CardConnectionException, NoCardException)
        fitting = [item for item in _readers() if str(item).startswith(reader)]
        for item in fitting:
            connection = item.createConnection()
            try:
                connection.connect()
            except self._errors:
                continue
            self._connection: Any = connection
            return
        what = "the reader is empty" if fitting else "unknown reader"
        raise InputError(what, where=reader or "PC/SC", hint="tjdocs chip list names the readers")

    def transmit(self, command: bytes) -> bytes:
        """Send a command and return the answer; ``61xx`` and ``6Cxx`` are left to the session.

        :raises TransportError: the card or the reader is gone
        """
        try:
            data, sw1, sw2 = self._connection.transmit(list(command))
        except self._errors:
            raise TransportError("card-removed") from None
        return bytes((*data, sw1, sw2))

    def reset(self) -> None:
        """Switch the card off and on.

        :raises TransportError: it did not come back
        """
        from smartcard.scard import SCARD_UNPOWER_CARD

        try:
            self._connection.disconnect()
            self._connection.connect(disposition=SCARD_UNPOWER_CARD)
        except self._errors:
            raise TransportError("card-removed") from None
