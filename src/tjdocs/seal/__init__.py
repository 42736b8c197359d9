"""Visible digital seals: signed bar codes on paper (Doc 9303-13).

:func:`make` makes one, :class:`Seal` reads one from any bytes, :func:`verify` judges its signer and signature,
:func:`draw_bar_code` and :func:`read_bar_codes` are the bar code around it. Profiles are data: ``specs/seals/``.
"""

from tjdocs.seal.bar_code import BarCodeError, draw_bar_code, read_bar_codes
from tjdocs.seal.make_vds import make
from tjdocs.seal.vds import Seal
from tjdocs.seal.vds_features import Feature
from tjdocs.seal.vds_header import Header
from tjdocs.seal.vds_profiles import Profile
from tjdocs.seal.vds_spans import spans
from tjdocs.seal.verify_seal import Verification, verify

__all__ = [
    "BarCodeError",
    "Feature",
    "Header",
    "Profile",
    "Seal",
    "Verification",
    "draw_bar_code",
    "make",
    "read_bar_codes",
    "spans",
    "verify",
]
