"""A client that somebody else could have written, who had docs/protocol.md and nothing of ours."""
