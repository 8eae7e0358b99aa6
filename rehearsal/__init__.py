"""A week of a whole town, rehearsed: the app's real store and sync against the real server.

It stands above both sides, so it may know both; nobody imports it. `doorstep demo --week` starts
it as a process of its own. Chance and time are given: the same plan gives the same week.
"""
