"""Counting doors: each dwelling as it stands, and every figure as a number of such doors.

What counts is said in `shared.coverage`; here it is kept up with the register and asked of the
database. A figure and the list behind it are one condition.
"""
