"""Portraits: the photograph handed in, the face image of DG2, the portrait of a specimen."""
