"""The logical data structure: data groups, EF.COM, EF.SOD (Doc 9303-10)."""
