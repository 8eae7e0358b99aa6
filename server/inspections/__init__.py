"""Weekly inspections: a sample that anybody can draw again, and what was found in it.

A finding is a record of its grid, so that its worker reads it and replies without signal.
"""
