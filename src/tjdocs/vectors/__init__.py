"""The bundled test vectors: load them, export them, run them against this library or any program.

>>> from tjdocs import vectors
>>> vectors.areas()
('algorithms', 'attacks', 'conformance', 'lds', 'mrz', 'passive-authentication', 'seal')
>>> vectors.load("mrz")[0].expected
'valid'
"""

from tjdocs.vectors.model import Vector, areas, export, load
from tjdocs.vectors.run import Difference, Report, run

__all__ = ["Difference", "Report", "Vector", "areas", "export", "load", "run"]
