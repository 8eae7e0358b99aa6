"""Records leaving the register as files and feeds: typed, masked, marked and written down."""
