"""Plain state objects: what a screen shows and what can be done on it. No Flet in here."""
