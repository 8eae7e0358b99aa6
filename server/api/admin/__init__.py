"""The console's deeds as JSON, for programs: the same rights, the same area, the same audit."""
