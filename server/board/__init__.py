"""The town board: how each area stands this week and before, and who reported what."""
