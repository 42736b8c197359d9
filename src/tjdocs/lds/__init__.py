"""The logical data structure: data groups, EF.COM, EF.SOD (Doc 9303-10)."""

from tjdocs.lds.dg1 import Dg1
from tjdocs.lds.dg2 import Dg2
from tjdocs.lds.dg7 import Dg7
from tjdocs.lds.dg11 import Dg11
from tjdocs.lds.dg12 import Dg12
from tjdocs.lds.dg14 import Dg14, SecurityInfos
from tjdocs.lds.dg15 import Dg15
from tjdocs.lds.ef_catalogue import spans
from tjdocs.lds.ef_com import EfCom
from tjdocs.lds.ef_sod import EfSod
from tjdocs.lds.lds_problems import LdsError
from tjdocs.lds.readers import parse_file

__all__ = [
    "Dg1",
    "Dg2",
    "Dg7",
    "Dg11",
    "Dg12",
    "Dg14",
    "Dg15",
    "EfCom",
    "EfSod",
    "LdsError",
    "SecurityInfos",
    "parse_file",
    "spans",
]
