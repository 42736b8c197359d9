"""The bundled test vectors: load them, export them, run them against this library or any program.

>>> from tjdocs import vectors
>>> vectors.areas()
('algorithms', 'attacks', 'conformance', 'lds', 'mrz', 'passive-authentication', 'seal')
>>> vectors.load("passive-authentication")[0].expected
'valid'
"""

from tjdocs.vectors.report import Report, Result
from tjdocs.vectors.run_vectors import run
from tjdocs.vectors.vector import Vector, areas, export, load

__all__ = ["Report", "Result", "Vector", "areas", "export", "load", "run"]
