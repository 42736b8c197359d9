"""Portraits: the photograph handed in, the face image of DG2, the portrait of a specimen."""

from tjdocs.lds.biometrics.iso19794_face import Eyes
from tjdocs.portrait.face_finder import measure
from tjdocs.portrait.face_image import check
from tjdocs.portrait.prepare_portrait import prepare

__all__ = [
    "Eyes",
    "check",
    "measure",
    "prepare",
]
