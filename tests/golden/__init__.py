"""Messages as version 1 of the protocol wrote them. They are never changed: they must work."""
