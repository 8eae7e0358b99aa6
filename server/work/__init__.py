"""Grid work at the office: reading cases and reports, taking steps, setting rules.

Whoever draws a list, a sheet or a summary asks here: every number comes with its list.
"""
