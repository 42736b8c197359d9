"""The reader of each file of the chip, by the file's name."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from tjdocs.lds.dg1 import Dg1
from tjdocs.lds.dg2 import Dg2
from tjdocs.lds.dg11 import Dg11
from tjdocs.lds.dg12 import Dg12
from tjdocs.lds.dg14 import Dg14
from tjdocs.lds.dg15 import Dg15
from tjdocs.lds.ef_com import ComFile
from tjdocs.lds.ef_sod import Sod

__all__ = ["READERS"]

READERS: Mapping[str, Callable[[bytes], Any]] = MappingProxyType(
    {
        "EF.COM": ComFile.parse,
        "EF.SOD": Sod.parse,
        "DG1": Dg1.parse,
        "DG2": Dg2.parse,
        "DG11": Dg11.parse,
        "DG12": Dg12.parse,
        "DG14": Dg14.parse,
        "DG15": Dg15.parse,
    }
)
