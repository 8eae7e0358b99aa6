"""Screens of grid work: cases, reports, entries."""
