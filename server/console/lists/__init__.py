"""The register's tables on starlette-admin: lists with filters, sorting and search, read only."""
