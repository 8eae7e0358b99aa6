"""Period summaries: what was done in an area between two days, counted from the register.

Every figure is the number of the items behind it, so that whoever opens one finds just these.
"""
