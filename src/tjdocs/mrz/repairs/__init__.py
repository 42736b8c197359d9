"""Repair an MRZ that a scanner misread, by check digits and by the shapes of characters."""
