"""Reviewing at the office: one queue of all that waits for a person, and questions to workers.

It reads what the register and the office keep, writes through the register, and keeps of its own
only who looks at what and until when something rests.
"""
