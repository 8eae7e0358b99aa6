"""Speed, measured by hand and never as a test: `make bench`."""
