"""The reader of each file of the chip, by the file's name."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from tjdocs.errors import UsageError
from tjdocs.lds.dg1 import Dg1
from tjdocs.lds.dg2 import Dg2
from tjdocs.lds.dg11 import Dg11
from tjdocs.lds.dg12 import Dg12
from tjdocs.lds.dg14 import Dg14
from tjdocs.lds.dg15 import Dg15
from tjdocs.lds.ef_com import EfCom
from tjdocs.lds.ef_sod import EfSod

__all__ = ["READERS", "parse_file"]

READERS: Mapping[str, Callable[[bytes], Any]] = MappingProxyType(
    {
        "EF.COM": EfCom.parse,
        "EF.SOD": EfSod.parse,
        "DG1": Dg1.parse,
        "DG2": Dg2.parse,
        "DG11": Dg11.parse,
        "DG12": Dg12.parse,
        "DG14": Dg14.parse,
        "DG15": Dg15.parse,
    }
)


def parse_file(name: str, data: bytes) -> Any:
    """Parse a file of the chip.

    :param name: ``EF.COM``, ``EF.SOD``, ``DG1``, ``DG2``, ``DG11``, ``DG12``, ``DG14`` or ``DG15``
    :return: an object of the file's class, for example :class:`tjdocs.lds.Dg1`
    :raises LdsError: the file is malformed
    :raises UsageError: the content of that file is not parsed
    """
    if name not in READERS:
        raise UsageError("unknown file", where=name, hint=", ".join(READERS))
    return READERS[name](data)
