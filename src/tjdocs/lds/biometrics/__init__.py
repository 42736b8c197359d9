"""Biometric data blocks of DG2 (ISO/IEC 19794-5 and 39794-5) and their images."""
