"""Read an MRZ from an image: find the lines, straighten them, match the characters of OCR-B."""
