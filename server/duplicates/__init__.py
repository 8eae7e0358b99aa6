"""Records that may be one: found by marks and compared, so that a person can decide.

It compares as the phone does (`shared.search`), and with what only the server has besides: the
keyed hash of ID numbers, and time for near misses. It never merges anything by itself.
"""
