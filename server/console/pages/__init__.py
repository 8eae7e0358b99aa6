"""The console's own pages: what each shows is gathered by functions, drawn by its template."""
