"""Forms on the server: the built-in XLSForms, and the compiler and linter for a town's own."""
