"""Visible digital seals: signed bar codes on paper (Doc 9303-13).

:func:`make` makes one, :class:`Seal` reads one whatever its bytes say, :func:`verify` judges its signer and signature,
:func:`draw_code` and :func:`read_code` are the bar code around it. Profiles are data: ``specs/seals/``.
"""

from tjdocs.seal.code import CodeError, draw_code, is_picture, read_code, read_codes, symbologies
from tjdocs.seal.dissect import spans
from tjdocs.seal.features import Feature
from tjdocs.seal.header import MAGIC, Header
from tjdocs.seal.making import make, message
from tjdocs.seal.problems import Problem
from tjdocs.seal.profiles import FeatureSpec, Profile, Value
from tjdocs.seal.results import Result, Status, status
from tjdocs.seal.seal import Seal
from tjdocs.seal.verifying import Verification, verify

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
