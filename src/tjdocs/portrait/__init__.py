"""Portraits: the photograph handed in, the face image of DG2, the portrait of a specimen."""

from tjdocs.lds.biometrics.iso19794_face import Eyes
from tjdocs.portrait.face_image import check_face, check_image
from tjdocs.portrait.prepare_portrait import crop, prepare

__all__ = ["Eyes", "check_face", "check_image", "crop", "prepare"]
