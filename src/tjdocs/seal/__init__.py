"""Visible digital seals: signed bar codes on paper (Doc 9303-13).

:func:`make` makes one, :class:`Seal` reads one from any bytes, :func:`verify` judges its signer and signature,
:func:`draw_code` and :func:`read_code` are the bar code around it. Profiles are data: ``specs/seals/``.
"""

from tjdocs.seal.bar_code import CodeError, draw_code, is_picture, read_code, read_codes, symbologies
from tjdocs.seal.make_vds import make, message
from tjdocs.seal.seal_problems import Problem
from tjdocs.seal.seal_results import Result, Status, status
from tjdocs.seal.vds import Seal
from tjdocs.seal.vds_features import Feature
from tjdocs.seal.vds_header import MAGIC, Header
from tjdocs.seal.vds_profiles import FeatureSpec, Profile, Value
from tjdocs.seal.vds_spans import spans
from tjdocs.seal.verify_seal import Verification, verify

__all__ = [
    "MAGIC",
    "CodeError",
    "Feature",
    "FeatureSpec",
    "Header",
    "Problem",
    "Profile",
    "Result",
    "Seal",
    "Status",
    "Value",
    "Verification",
    "draw_code",
    "is_picture",
    "make",
    "message",
    "read_code",
    "read_codes",
    "spans",
    "status",
    "symbologies",
    "verify",
]
