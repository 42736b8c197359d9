"""Issue and verify ICAO travel documents (Doc 9303, 8th edition).

The public door is in the packages: ``tjdocs.mrz``, ``tjdocs.documents``, ``tjdocs.office``,
``tjdocs.register``, ``tjdocs.border``, ``tjdocs.pki``, ``tjdocs.vectors``.
"""

__version__ = "0.1.0"
