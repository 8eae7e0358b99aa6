"""Monthly assessment of grids: a versioned formula, every number with its records, and no ranking.

Off until a town switches it on. Log-ins, time online, photos, tracks, and the numbers of diary
entries and of new cases are not in it, and cannot be.
"""
